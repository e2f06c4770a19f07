//! HELM run folders, `runs/<suite>/<run>/`: the requests in `scenario_state.json`, the scores of each instance in
//! `per_instance_stats.json`, and what the run is in `run_spec.json`.
//!
//! Names and nesting are those of `RequestState`, `Instance`, `RequestResult`, `PerInstanceStats` and `Runner` in the
//! sources of HELM 0.2 to 0.5, and of published run folders.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::inspect::{conversation, is_small, items, last_of, plain};
use super::lm_eval::read_results;
use super::{Answer, Fault, Format, Look, Readings};
use crate::ingest::Hints;
use crate::ingest::container::Row;
use crate::ingest::judges::METRICS;
use crate::ingest::lookup::Lookup;
use crate::record::{Outcome, Record, Score, ScoreValue, Trace};
use crate::script::{self, Locale};

/// The file that has the responses.
const STATE: &str = "scenario_state.json";

pub(super) fn recognise(look: &Look) -> Answer {
    if look.any(is_state) {
        return Answer::Yes(Box::new(Helm::open(look)));
    }
    if !look.any(|row| serves(row) || is_spec(row)) && !is_spec(look.around) {
        return Answer::No;
    }
    if look.path.with_file_name(STATE).is_file() {
        return Answer::Companion;
    }
    Answer::Refused(format!(
        "part of a HELM run without its responses: they are in {STATE}, which is not beside it"
    ))
}

/// A request with the instance it was made for.
fn is_state(row: &Map<String, Value>) -> bool {
    let has = |name: &str, member: &str| row.get(name).is_some_and(|v| v.get(member).is_some());
    has("instance", "input") && has("request", "prompt")
}

/// A row of the lists beside the requests: statistics, of instances or of all, instances, predictions.
fn serves(row: &Map<String, Value>) -> bool {
    let has = |name: &str| row.contains_key(name);
    let reference = row.get("references").and_then(|all| all.get(0));
    has("instance_id") && (has("stats") || has("predicted_text") || has("request"))
        || row.get("sum_squared").is_some_and(Value::is_number)
            && row.get("name").is_some_and(Value::is_object)
        || has("input")
            && reference.is_some_and(|r| r.get("output").is_some() && r.get("tags").is_some())
}

/// `run_spec.json` or `scenario.json`.
fn is_spec(document: &Map<String, Value>) -> bool {
    let all = |names: &[&str]| names.iter().all(|name| document.contains_key(*name));
    all(&["adapter_spec", "scenario_spec", "metric_specs"])
        || all(&["name", "description", "tags", "definition_path"])
}

/// A run.
#[derive(Default)]
struct Helm {
    model: Option<String>,
    dataset: Option<String>,
    target: Option<Locale>,
    /// What else is said of the run.
    about: Map<String, Value>,
    stats: Option<Lookup>,
    /// The requests by instance, where there is one for each choice.
    choices: Option<Lookup>,
    problems: Vec<String>,
}

impl Helm {
    fn open(look: &Look) -> Helm {
        let mut helm = Helm::default();
        let spec = helm.beside(look.path, "run_spec.json", read_results);
        helm.learn(&spec.unwrap_or_default(), look);
        let stats = |path: &Path| Lookup::open(path, |row| key(row, row.get("instance_id")?));
        helm.stats = helm.beside(look.path, "per_instance_stats.json", stats);
        let separate = |row: &Map<String, Value>| row.contains_key("reference_index");
        if look.any(separate) && method(look).starts_with("multiple_choice_separate") {
            let by_instance = Lookup::open(look.path, state_key);
            helm.choices = helm.checked("the requests of one question", by_instance);
        }
        helm
    }

    /// What a file of this folder holds, if it is there.
    fn beside<T>(
        &mut self,
        path: &Path,
        name: &str,
        read: impl Fn(&Path) -> Result<T, String>,
    ) -> Option<T> {
        let beside = path.with_file_name(name);
        // Nothing is beside standard input.
        let there = path != Path::new("-") && beside.is_file();
        let found = there.then(|| read(&beside))?;
        self.checked(name, found)
    }

    fn checked<T>(&mut self, name: &str, read: Result<T, String>) -> Option<T> {
        read.map_err(|error| {
            self.problems
                .push(format!("{name} could not be read: {error}"))
        })
        .ok()
    }

    fn learn(&mut self, spec: &Value, look: &Look) {
        let text = |path: &str| spec.pointer(path).and_then(plain);
        let adapter = look.around.get("adapter_spec");
        self.model = text("/adapter_spec/model").or_else(|| adapter?.get("model").and_then(plain));
        let folder = || Some(look.path.parent()?.file_name()?.to_str()?.to_owned());
        // A folder is named after its run; others than that have no arguments in their names.
        let run = text("/name").or_else(|| folder().filter(|name| name.contains('=')));
        self.dataset = run.as_deref().map(dataset);
        let no_args = Map::new();
        let args = spec
            .pointer("/scenario_spec/args")
            .and_then(Value::as_object);
        let language = LANGUAGES
            .iter()
            .find_map(|name| args.unwrap_or(&no_args).get(*name)?.as_str());
        self.target = language.and_then(script::parse);
        self.about = [
            ("run_spec", run.map(Value::from)),
            ("groups", spec.get("groups").cloned()),
            ("method", Some(method(look).into())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    }
}

fn method<'a>(look: &'a Look) -> &'a str {
    let adapter = look.around.get("adapter_spec");
    let method = adapter.and_then(|adapter| adapter.get("method")?.as_str());
    method.unwrap_or_default()
}

/// Arguments of scenarios that name the language of the questions. Those of translation name two others.
const LANGUAGES: &[&str] = &["language", "lang", "language_code", "lang_code", "locale"];

/// Arguments in the name of a run that say who was asked and how, and not what.
const ASKING: &[&str] = &[
    "model",
    "model_deployment",
    "method",
    "data_augmentation",
    "stop",
    "stop_with",
    "add_to_stop",
    "newline",
    "instructions",
    "global_prefix",
    "global_suffix",
    "num_train_trials",
    "max_train_instances",
    "max_eval_instances",
    "num_outputs",
    "num_output_tokens",
    "increase_max_tokens",
    "temperature",
    "increase_temperature",
    "eval_split",
    "groups",
    "chatml",
    "process_output",
    "follow_format_instructions",
    "output_format_instructions",
];

/// `mmlu:subject=philosophy,method=…,model=…` → `mmlu:subject=philosophy`. A folder that was copied to where names have
/// no colon may have another character there.
fn dataset(run: &str) -> String {
    let first = run.find('=').unwrap_or(run.len());
    let colon = run[..first].find(':');
    let Some(end) = colon.or_else(|| run[..first].rfind('-').filter(|_| first < run.len())) else {
        return run.to_owned();
    };
    let (scenario, args) = (&run[..end], &run[end + 1..]);
    let what = |arg: &&str| !ASKING.contains(&arg.split('=').next().unwrap_or_default());
    match args.split(',').filter(what).collect::<Vec<_>>().join(",") {
        args if args.is_empty() => scenario.to_owned(),
        args => format!("{scenario}:{args}"),
    }
}

/// What a request, its statistics and the requests of its other choices share: instance, perturbation and trial.
fn key(row: &Map<String, Value>, instance: &Value) -> Option<String> {
    shared(instance, row.get("perturbation"), row)
}

fn state_key(row: &Map<String, Value>) -> Option<String> {
    let instance = row.get("instance")?;
    shared(instance.get("id")?, instance.get("perturbation"), row)
}

fn shared(id: &Value, perturbation: Option<&Value>, row: &Map<String, Value>) -> Option<String> {
    let members = perturbation
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let perturbation: BTreeMap<_, _> = members.collect();
    let trial = row.get("train_trial_index").and_then(Value::as_u64);
    Some(format!(
        "{}\u{1f}{perturbation:?}\u{1f}{}",
        plain(id)?,
        trial.unwrap_or_default()
    ))
}

impl Format for Helm {
    fn name(&self) -> &'static str {
        "HELM"
    }

    fn problems(&self) -> Vec<Fault> {
        self.problems.iter().cloned().map(Fault::from).collect()
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let row = row.object()?;
        if !is_state(&row) {
            let reason = "not a request of a HELM run: it has no \"instance\" with a \"request\"";
            return Err(reason.to_owned().into());
        }
        let key = state_key(&row);
        let mut states = vec![Value::Object(row)];
        if let (Some(choices), Some(key)) = (&self.choices, &key) {
            // The first request of a question tells what all of them say; the others only continue it.
            let same = |one: &Value, other: &Value| {
                let part = |name| one.get(name) == other.get(name);
                part("reference_index") && part("request_mode")
            };
            let first = choices.first(key).map(Value::Object);
            if first.is_some_and(|first| !same(&first, &states[0])) {
                return Ok(Vec::new());
            }
            let all = choices.rows(key).into_iter().map(Value::Object);
            let all: Vec<_> = all.collect();
            // The index may be of another list of the document, or the file may have changed since.
            if !all.is_empty() {
                states = all;
            }
        }
        let mut record = self.record(&states[0], key.as_deref());
        match self.choices {
            Some(_) => choose(&mut record, &states),
            None => reply(&mut record, &states[0]),
        }
        Ok(vec![record.into()])
    }
}

impl Helm {
    /// What HELM measured of one instance, each value named as it is there: how good the answer is, and the rest.
    fn measured(&self, key: &str) -> (Vec<Score>, Map<String, Value>) {
        let rows = self.stats.as_ref().map(|stats| stats.rows(key));
        let rows = rows.iter().flatten();
        let (mut scores, mut others): (Vec<Score>, _) = (Vec::new(), Map::new());
        for stat in rows.flat_map(|row| items(row.get("stats"))) {
            let number = |name: &str| stat.get(name).and_then(Value::as_f64);
            let mean = || Some(number("sum")? / number("count").filter(|count| *count > 0.0)?);
            let Some(name) = stat.pointer("/name/name").and_then(plain) else {
                continue;
            };
            let value = number("mean").or_else(mean);
            if is_bookkeeping(&name) {
                others.insert(name, value.into());
                continue;
            }
            let score = Score {
                name,
                value: value.map_or(ScoreValue::Unscored, ScoreValue::Number),
                explanation: None,
            };
            // Two metrics of a run may both measure the same.
            if !scores.contains(&score) {
                scores.push(score);
            }
        }
        (scores, others)
    }

    /// What a request says of the question, and its instance of the answer.
    fn record(&self, state: &Value, key: Option<&str>) -> Record {
        let (scores, statistics) = key.map(|key| self.measured(key)).unwrap_or_default();
        let text = |path: &str| state.pointer(path).and_then(plain);
        let instance = &state["instance"];
        let mut record = Record {
            model: text("/request/model").or_else(|| self.model.clone()),
            dataset: self.dataset.clone(),
            target: self.target.clone(),
            condition: text("/instance/perturbation/name"),
            question_id: text("/instance/id").unwrap_or_default(),
            epoch: epoch(state),
            gold: correct(instance),
            outcome: outcome(&scores),
            scores,
            metadata: self.about.clone(),
            ..Record::default()
        };
        ask(&mut record, state);
        let kept = [
            ("split", instance.get("split")),
            ("sub_split", instance.get("sub_split")),
            ("perturbation", instance.get("perturbation")),
            ("extra_data", instance.get("extra_data")),
            ("choices", state.get("output_mapping")),
            ("annotations", state.get("annotations")),
        ];
        for (name, value) in kept {
            if let Some(value) = value.filter(|value| is_small(value)) {
                record.metadata.insert(name.into(), value.clone());
            }
        }
        if !statistics.is_empty() {
            record.metadata.insert(STATISTICS.into(), statistics.into());
        }
        if record.metadata.get("method").and_then(Value::as_str) == Some("ranking_binary")
            && let Some(reference) = state.get("reference_index").and_then(plain)
        {
            // Whether one of the documents of a query is relevant is a question of its own.
            record.question_id = format!("{}#{reference}", record.question_id);
        }
        record
    }
}

/// Trials count from 0, and differ in the examples of the prompt.
fn epoch(state: &Value) -> u32 {
    let trial = state.get("train_trial_index").and_then(Value::as_u64);
    trial
        .and_then(|trial| u32::try_from(trial.saturating_add(1)).ok())
        .unwrap_or(1)
}

fn ask(record: &mut Record, state: &Value) {
    let input = &state["instance"]["input"];
    let request = &state["request"];
    let chat = |of: &Value| Some(items(of.get("messages")).to_vec()).filter(|all| !all.is_empty());
    let asked = input
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default();
    record.question = match chat(input) {
        Some(messages) if asked.is_empty() => last_of(&messages, "user"),
        _ => asked.to_owned(),
    };
    let prompt = match chat(request) {
        Some(messages) => conversation(&messages),
        None => request["prompt"].as_str().unwrap_or_default().to_owned(),
    };
    if record.question.is_empty() {
        record.question = prompt;
    } else if !prompt.is_empty() && prompt.trim() != record.question.trim() {
        record.prompt = Some(prompt);
    }
}

fn reference(instance: &Value, at: usize) -> Option<String> {
    let reference = items(instance.get("references")).get(at)?;
    reference.pointer("/output/text").and_then(plain)
}

fn correct(instance: &Value) -> Vec<String> {
    let references = items(instance.get("references")).iter();
    let correct = references.filter(|reference| {
        let tags = items(reference.get("tags"));
        tags.iter().any(|tag| tag == "correct")
    });
    correct
        .filter_map(|reference| reference.pointer("/output/text").and_then(plain))
        .collect()
}

/// Why a request has no answer.
fn failure(state: &Value) -> Option<String> {
    let Some(result) = state.get("result").filter(|result| !result.is_null()) else {
        return Some("the request was not made".into());
    };
    if result.get("success") != Some(&Value::Bool(false)) {
        return None;
    }
    let said = result.get("error").and_then(plain);
    Some(said.unwrap_or_else(|| "the request failed".into()))
}

/// A response that is text, or the letter of a choice.
fn reply(record: &mut Record, state: &Value) {
    record.error = failure(state);
    let completions = items(state.pointer("/result/completions"));
    let Some(first) = completions.first() else {
        return;
    };
    let said = first
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let prompt = state["request"]["prompt"].as_str().unwrap_or_default();
    let echoed = state["request"]["echo_prompt"] == true;
    let after = echoed.then(|| said.strip_prefix(prompt)).flatten();
    record.answer = after.unwrap_or(said).to_owned();
    let thought = first.pointer("/thinking/text").and_then(Value::as_str);
    if let Some(thought) = thought.filter(|thought| !thought.trim().is_empty()) {
        record.trace = Trace::Plain(thought.to_owned());
    }
    let mapping = state.get("output_mapping");
    record.extracted = mapping
        .and_then(|mapping| mapping.get(said.trim()))
        .and_then(plain);
    // A model that is to say one letter is cut off after it.
    let reason = first
        .pointer("/finish_reason/reason")
        .and_then(Value::as_str);
    record.truncated = reason == Some("length") && record.extracted.is_none();
    if completions.len() > 1 {
        let count = completions.len();
        record.metadata.insert("completions".into(), count.into());
    }
}

/// A response that is a choice: one request for each, of which HELM says the likeliest.
fn choose(record: &mut Record, states: &[Value]) {
    record.error = states.iter().find_map(failure);
    let original = |state: &&Value| {
        state
            .get("request_mode")
            .is_none_or(|mode| mode == "original")
    };
    let index = |state: &Value| Some(state.get("reference_index")?.as_u64()? as usize);
    let likelihood = |state: &Value| {
        let completion = state.pointer("/result/completions/0/logprob")?.as_f64()?;
        Some((index(state)?, completion))
    };
    let likelihoods: Vec<_> = states
        .iter()
        .filter(original)
        .filter_map(likelihood)
        .collect();
    let statistics = record.metadata.get(STATISTICS);
    let said = statistics.and_then(|all| all.get("predicted_index")?.as_f64());
    let said = said.filter(|at| *at >= 0.0).map(|at| at as usize);
    let calibrated = states.len() != states.iter().filter(original).count();
    let chosen = said.or_else(|| {
        let best = likelihoods.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
        // How likely a choice is without the question is another number, of which only HELM's scores tell.
        (!calibrated).then_some(best.0)
    });
    let instance = &states[0]["instance"];
    let choices: Vec<_> = (0..).map_while(|at| reference(instance, at)).collect();
    if let Some(at) = chosen {
        record.answer = choices.get(at).cloned().unwrap_or_default();
        if said.is_none() {
            record.note = Some(
                "the answer is the choice whose request was likeliest as a whole; HELM, whose statistics are not here, divides by its length"
                    .into(),
            );
        }
        if let Some(state) = states
            .iter()
            .filter(original)
            .find(|s| index(s) == Some(at))
        {
            ask(record, state);
        }
    }
    record.metadata.insert("choices".into(), choices.into());
    let likelihoods = likelihoods.into_iter().map(|(_, likelihood)| likelihood);
    let likelihoods: Vec<_> = likelihoods.collect();
    record
        .metadata
        .insert("loglikelihoods".into(), likelihoods.into());
}

/// Where statistics are that do not tell how good an answer is.
const STATISTICS: &str = "statistics";

/// Counts, costs and likelihoods, which HELM measures of every request whatever it is about. As scores they would be
/// taken for metrics that are the same everywhere, and so suspicious.
fn is_bookkeeping(name: &str) -> bool {
    let kinds = ["num_", "finish_reason_", "training_", "inference_"];
    let others = [
        "batch_size",
        "prompt_truncated",
        "max_prob",
        "predicted_index",
        "logprob",
        "logprob_per_byte",
        "perplexity",
        "bits_per_byte",
    ];
    kinds.iter().any(|kind| name.starts_with(kind)) || others.contains(&name)
}

/// Statistics that say right or wrong. Those made for one kind of question come first, since they are only measured
/// where they are meant; then equality without case, articles and punctuation, which say nothing of what a model knew;
/// then equality of every character; last answers that only begin as they should.
const DECIDING: &[&str] = &[
    "chain_of_thought_correctness",
    "math_equiv_chain_of_thought",
    "math_equiv",
    "final_number_exact_match",
    "exact_match_indicator",
    "exact_set_match",
    "quasi_exact_match",
    "quasi_leave_articles_exact_match",
    "exact_match",
    "quasi_prefix_exact_match",
    "prefix_exact_match",
];

/// A value between 0 and 1, where several choices were equally likely, decides nothing.
fn outcome(scores: &[Score]) -> Outcome {
    let of = |name: &&str| scores.iter().find(|score| score.name == **name);
    let said = DECIDING.iter().filter_map(of);
    said.map(|score| METRICS.outcome(&score.value))
        .find(|outcome| !outcome.is_unjudged())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn state(result: Value) -> Value {
        json!({
            "instance": {"input": {"text": "תל אביב?"}, "references": [], "id": "id3"},
            "train_trial_index": 1,
            "request": {"model": "acme/m", "prompt": "Q: תל אביב?\nA:", "echo_prompt": true},
            "result": result,
        })
    }

    fn read(state: Value) -> Record {
        let row = Row::Value(state);
        let readings = Helm::default().read(row, &Hints::default()).unwrap();
        readings.into_iter().next().unwrap().record
    }

    #[test]
    fn names_of_runs_tell_the_data_set() {
        for (run, expected) in [
            (
                "mmlu:subject=philosophy,method=multiple_choice_joint,model=openai_gpt2",
                "mmlu:subject=philosophy",
            ),
            (
                "mmlu-subject=philosophy,model=a_b-c",
                "mmlu:subject=philosophy",
            ),
            ("narrative_qa:model=openai_gpt2", "narrative_qa"),
            ("gsm:", "gsm"),
            ("swahili-qa", "swahili-qa"),
        ] {
            assert_eq!(dataset(run), expected);
        }
    }

    #[test]
    fn keys_do_not_depend_on_the_order_of_members() {
        let of = |row: Value| state_key(&object(row)).unwrap();
        let one = of(
            json!({"instance": {"id": "id1", "perturbation": {"name": "typos", "prob": 0.1}}, "train_trial_index": 0}),
        );
        let other =
            of(json!({"instance": {"id": "id1", "perturbation": {"prob": 0.1, "name": "typos"}}}));
        assert_eq!(one, other);
        assert_ne!(one, of(json!({"instance": {"id": "id1"}})));
    }

    #[test]
    fn an_echoed_prompt_is_not_part_of_the_answer() {
        let record = read(state(json!({"success": true, "completions": [
            {"text": "Q: תל אביב?\nA: ישראל", "finish_reason": {"reason": "length"}, "thinking": {"text": "שם של עיר"}},
            {"text": "other"},
        ]})));
        assert_eq!((record.answer.as_str(), record.epoch), (" ישראל", 2));
        assert_eq!(record.trace, Trace::Plain("שם של עיר".into()));
        assert!(record.truncated);
        assert_eq!(record.metadata["completions"], 2);
        assert_eq!(record.prompt.as_deref(), Some("Q: תל אביב?\nA:"));
    }

    #[test]
    fn requests_that_failed_or_were_not_made_are_errors() {
        let failed = read(state(
            json!({"success": false, "error": "quota", "completions": []}),
        ));
        assert_eq!(failed.error.as_deref(), Some("quota"));
        assert_eq!(
            read(state(Value::Null)).error.as_deref(),
            Some("the request was not made")
        );
        assert!(
            Helm::default()
                .read(Row::Value(json!({})), &Hints::default())
                .is_err()
        );
    }

    #[test]
    fn the_more_telling_statistic_decides() {
        let score = |name: &str, value| Score {
            name: name.into(),
            value: ScoreValue::Number(value),
            explanation: None,
        };
        let of = |scores: &[Score]| outcome(scores);
        assert_eq!(
            of(&[score("exact_match", 0.0), score("quasi_exact_match", 1.0)]),
            Outcome::Right
        );
        assert_eq!(
            of(&[score("exact_match", 0.5), score("f1_score", 1.0)]),
            Outcome::Unjudged
        );
        assert_eq!(of(&[score("exact_match@5", 1.0)]), Outcome::Unjudged);
    }
}
