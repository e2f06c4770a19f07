//! Sample files of lm-evaluation-harness: `samples_<task>_<time>.jsonl` and the `results_<time>.json` beside it.
//!
//! The harness writes one row for each document and filter. [`Task::record`] reads one row; rows with the same
//! [`DocKey`] are one response and are put together by [`fold`](crate::ingest::fold()).

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::inspect::{conversation, flatten, is_small, last_of, locales, plain, texts};
use super::{Answer, Fault, Format, Look, Reading, Readings};
use crate::ingest::container::Row;
use crate::ingest::judges::outcome;
use crate::ingest::{Fold, Hints};
use crate::ingest::{json, reasoning};
use crate::record::{Record, Score};

/// What the rows of one document share, whatever their filter.
pub type DocKey = String;

/// Whether a row is one of this format.
pub fn is_row(row: &Map<String, Value>) -> bool {
    row.contains_key("doc")
        && ["resps", "filtered_resps"]
            .iter()
            .any(|name| row.contains_key(*name))
}

pub(in crate::ingest) fn recognise(look: &Look) -> Answer {
    if look.any(is_row) {
        return Answer::Yes(Box::new(Task::open(look.path)));
    }
    if !is_results(look.around) {
        return Answer::No;
    }
    if has_samples(look.path) {
        return Answer::Companion;
    }
    Answer::Refused(
        "lm-eval results without samples: run it with --log_samples to have responses".into(),
    )
}

fn is_results(document: &Map<String, Value>) -> bool {
    document.get("results").is_some_and(Value::is_object)
        && ["n-shot", "configs", "higher_is_better", "n-samples"]
            .iter()
            .any(|key| document.contains_key(*key))
}

fn has_samples(results: &Path) -> bool {
    let Some(Ok(mut siblings)) = results.parent().map(fs::read_dir) else {
        return false;
    };
    siblings.any(|entry| {
        entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("samples_"))
    })
}

impl Format for Task {
    fn name(&self) -> &'static str {
        "lm-eval"
    }

    fn problems(&self) -> Vec<Fault> {
        self.problem.clone().into_iter().map(Fault::from).collect()
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let (record, key) = self.record(row.value()?)?;
        Ok(vec![Reading {
            fold: Some(Fold::InFile(key)),
            ..record.into()
        }])
    }
}

/// One sample file: the task, and what the results beside it say about the run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Task {
    /// The task, if the file name says it.
    pub name: Option<String>,
    /// The model, if the results or the folder say it.
    pub model: Option<String>,
    /// The results file that was used.
    pub results: Option<PathBuf>,
    /// What the user said of the run with `--metadata`.
    pub metadata: Map<String, Value>,
    /// How the task was set up.
    pub config: Map<String, Value>,
    /// What could not be read beside the file.
    pub problem: Option<String>,
    /// Metrics of which less is better.
    lower: Vec<String>,
}

/// The largest results file that is read.
const RESULTS_LIMIT: u64 = 64 << 20;

impl Task {
    /// Looks at the name of a sample file and at the results beside it; both may be missing.
    pub fn open(path: &Path) -> Task {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = stem
            .strip_prefix("samples_")
            .and_then(|rest| rest.rsplit_once('_'));
        let mut task = Task {
            name: name.map(|(task, _)| task.to_owned()),
            ..Task::default()
        };
        task.results = results_beside(path, name.map(|(_, time)| time));
        match task.results.as_deref().map(read_results) {
            Some(Ok(results)) => task.learn(&results),
            Some(Err(error)) => {
                task.problem = Some(format!(
                    "the results beside the samples could not be read: {error}"
                ))
            }
            None => {}
        }
        if task.model.is_none() && name.is_some() {
            let folder = path
                .parent()
                .and_then(Path::file_name)
                .map(|folder| folder.to_string_lossy());
            task.model = folder
                .filter(|folder| folder.contains("__"))
                .map(|folder| folder.replacen("__", "/", 1));
        }
        task
    }

    fn learn(&mut self, results: &Value) {
        self.model = model(results);
        let said = results
            .get("config")
            .and_then(|config| config.get("metadata"));
        self.metadata = said.and_then(Value::as_object).cloned().unwrap_or_default();
        let Some(name) = &self.name else { return };
        let of_task = |member: &str| results.get(member)?.get(name)?.as_object();
        let lower = of_task("higher_is_better")
            .into_iter()
            .flatten()
            .filter(|(_, better)| **better == Value::Bool(false));
        self.lower = lower.map(|(metric, _)| metric.clone()).collect();
        self.config = of_task("configs").cloned().unwrap_or_default();
        self.config.retain(|_, value| is_small(value));
    }

    fn about(&self, name: &str) -> Option<String> {
        self.metadata.get(name).and_then(plain)
    }

    /// Reads one row, and the key it shares with the rows of other filters.
    ///
    /// # Errors
    /// If it is no row of this format.
    pub fn record(&self, row: Value) -> Result<(Record, DocKey), String> {
        let Value::Object(row) = row else {
            return Err("not a row of samples: it is no JSON object".into());
        };
        if !is_row(&row) {
            return Err(
                "not a row of samples: it has no \"doc\" with \"resps\" or \"filtered_resps\""
                    .into(),
            );
        }
        let none = Map::new();
        let doc = row.get("doc").and_then(Value::as_object).unwrap_or(&none);
        let requests = requests(row.get("arguments"));
        let mut record = Record {
            model: self.model.clone(),
            condition: self.about("condition"),
            note: self.about("note"),
            dataset: self.name.clone(),
            question_id: question_id(doc, &row),
            epoch: 1,
            metadata: doc
                .iter()
                .filter(|(_, v)| is_small(v))
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect(),
            ..Record::default()
        };
        (record.source, record.target) = locales(doc);
        ask(&mut record, doc, requests.first());
        match choices(doc, &requests) {
            Some(choices) => choose(&mut record, &row, choices),
            None => reply(&mut record, &row),
        }
        self.score(&mut record, &row);
        Ok((record, self.key(&row)))
    }

    fn key(&self, row: &Map<String, Value>) -> DocKey {
        let part = |name| row.get(name).and_then(plain).unwrap_or_default();
        format!(
            "{}\u{1f}{}\u{1f}{}",
            self.name.as_deref().unwrap_or_default(),
            part("doc_id"),
            part("doc_hash")
        )
    }

    fn score(&self, record: &mut Record, row: &Map<String, Value>) {
        let filter = row
            .get("filter")
            .and_then(Value::as_str)
            .filter(|filter| *filter != "none");
        let metrics = metrics(row);
        for metric in &metrics {
            let name = filter.map_or((*metric).to_owned(), |filter| format!("{metric}/{filter}"));
            match row.get(*metric) {
                // Lists of texts are what a metric of the whole run is made from, such as BLEU.
                Some(Value::Array(items))
                    if items.iter().all(|item| item.is_string() || item.is_array()) => {}
                Some(value) => flatten(&name, value, &mut record.scores),
                None => {}
            }
        }
        let better = metrics
            .iter()
            .filter(|metric| !self.lower.iter().any(|lower| lower == *metric));
        let (known, other): (Vec<_>, Vec<_>) = better.partition(|metric| METRICS.contains(metric));
        let said = |metrics: &[&&str]| {
            metrics.iter().find_map(|metric| {
                let mut scores = record.scores.iter();
                let of_metric = |score: &&Score| score.name.split('/').next() == Some(**metric);
                let said = outcome(&scores.find(of_metric)?.value);
                (!said.is_unjudged()).then_some(said)
            })
        };
        record.outcome = if known.is_empty() {
            said(&other)
        } else {
            said(&known)
        }
        .unwrap_or_default();
    }
}

/// What the harness writes where a filter finds nothing.
pub const INVALID: &str = "[invalid]";

/// Per-row metrics of the harness, the ones that decide first.
const METRICS: &[&str] = &[
    "exact_match",
    "em",
    "acc",
    "acc_norm",
    "accuracy",
    "math_verify",
    "f1",
    "contains",
    "score",
];

/// Members of a row that are no metric.
const STRUCTURE: &[&str] = &[
    "doc_id",
    "doc",
    "target",
    "arguments",
    "resps",
    "filtered_resps",
    "filter",
    "metrics",
    "doc_hash",
    "prompt_hash",
    "target_hash",
    "task_name",
    "schema_version",
];

/// The metrics of a row: those it lists, else, in old rows, everything that can be one.
fn metrics(row: &Map<String, Value>) -> Vec<&str> {
    if let Some(Value::Array(names)) = row.get("metrics") {
        return names.iter().filter_map(Value::as_str).collect();
    }
    let can_be = |name: &str, value: &Value| {
        METRICS.contains(&name)
            || !STRUCTURE.contains(&name) && matches!(value, Value::Number(_) | Value::Bool(_))
    };
    row.iter()
        .filter(|(name, value)| can_be(name, value))
        .map(|(name, _)| name.as_str())
        .collect()
}

/// Fields of a document that hold the question, best first.
const QUESTION: &[&str] = &[
    "question",
    "query",
    "problem",
    "prompt",
    "input",
    "instruction",
    "sentence",
    "premise",
    "text",
    "ctx",
];

fn ask(record: &mut Record, doc: &Map<String, Value>, request: Option<&Request>) {
    let question = QUESTION.iter().find_map(|name| {
        doc.get(*name)?
            .as_str()
            .filter(|text| !text.trim().is_empty())
    });
    let chat = request.and_then(|request| messages(request.context));
    let prompt = match (&chat, request) {
        (Some(messages), _) => conversation(messages),
        (None, Some(request)) => request.context.as_str().unwrap_or_default().to_owned(),
        (None, None) => String::new(),
    };
    record.question = match (question, &chat) {
        (Some(question), _) => question.to_owned(),
        (None, Some(messages)) => last_of(messages, "user"),
        (None, None) => prompt.clone(),
    };
    for name in QUESTION {
        if record.metadata.get(*name).and_then(Value::as_str) == Some(&record.question) {
            record.metadata.remove(*name);
        }
    }
    record.prompt =
        Some(prompt).filter(|prompt| !prompt.is_empty() && prompt.trim() != record.question.trim());
}

/// The messages of a chat prompt: JSON in a string, maybe in a list of one, or the list itself.
pub(super) fn messages(context: &Value) -> Option<Vec<Value>> {
    match context {
        Value::String(text) if text.trim_start().starts_with('[') => {
            messages(&json::parse(text.as_bytes()).ok()?)
        }
        Value::Array(items) if items.iter().all(|item| item.get("role").is_some()) => {
            Some(items.clone())
        }
        Value::Array(items) if items.len() == 1 => messages(&items[0]),
        _ => None,
    }
}

/// What was sent to the model once: a context, and a continuation or settings.
struct Request<'a> {
    context: &'a Value,
    second: Option<&'a Value>,
}

/// `{"gen_args_0": {"arg_0": …, "arg_1": …}, …}`, or the older `[[…, …], …]`.
fn requests(arguments: Option<&Value>) -> Vec<Request<'_>> {
    let sent: Vec<&Value> = match arguments {
        Some(Value::Object(by_name)) => by_name.values().collect(),
        Some(Value::Array(all)) => all.iter().collect(),
        _ => Vec::new(),
    };
    sent.into_iter().filter_map(Request::read).collect()
}

impl<'a> Request<'a> {
    fn read(sent: &'a Value) -> Option<Self> {
        match sent {
            Value::Object(parts) => Some(Request {
                context: parts.get("arg_0")?,
                second: parts.get("arg_1"),
            }),
            Value::Array(parts) => Some(Request {
                context: parts.first()?,
                second: parts.get(1),
            }),
            _ => None,
        }
    }
}

/// What a response chooses from.
struct Choices {
    /// What the prompt was continued with, such as a letter.
    labels: Vec<String>,
    /// What each of them stands for; the same where the document does not say.
    texts: Vec<String>,
}

/// Fields that hold the choices one by one: of Global-MMLU, Belebele.
const OPTIONS: &[&[&str]] = &[
    &["option_a", "option_b", "option_c", "option_d"],
    &["mc_answer1", "mc_answer2", "mc_answer3", "mc_answer4"],
];

/// The choices whose likelihoods were asked for; `None` if text was generated.
fn choices(doc: &Map<String, Value>, requests: &[Request]) -> Option<Choices> {
    let label = |request: &Request| Some(request.second?.as_str()?.trim().to_owned());
    let labels = requests.iter().map(label).collect::<Option<Vec<_>>>()?;
    let listed = doc.get("choices");
    let listed = texts(listed.map(|choices| choices.get("text").unwrap_or(choices)));
    let one_by_one = OPTIONS.iter().map(|names| {
        let texts = names.iter().map(|name| doc.get(*name).and_then(plain));
        texts.collect::<Option<Vec<_>>>().unwrap_or_default()
    });
    let mut named = std::iter::once(listed).chain(one_by_one);
    let texts = named.find(|texts| texts.len() == labels.len());
    (!labels.is_empty()).then(|| Choices {
        texts: texts.unwrap_or_else(|| labels.clone()),
        labels,
    })
}

/// A response that is a choice: the likeliest one.
fn choose(record: &mut Record, row: &Map<String, Value>, choices: Choices) {
    let Choices { labels, texts } = choices;
    let likelihoods: Vec<f64> = list(row, "resps").iter().filter_map(likelihood).collect();
    let best = likelihoods
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(b.1))
        .map(|(at, _)| at);
    if texts.len() > 1 {
        record.answer = best
            .and_then(|at| texts.get(at))
            .cloned()
            .unwrap_or_default();
    }
    record.gold = gold(row.get("target"));
    // The target is the number of a choice, or its label.
    if let [target] = record.gold.as_slice() {
        let numbered = target.parse().ok().and_then(|at: usize| texts.get(at));
        let labelled = || texts.get(labels.iter().position(|label| label == target)?);
        if let Some(text) = numbered.or_else(labelled).cloned() {
            record.gold = vec![text];
        }
    }
    record.metadata.insert("choices".into(), texts.into());
    record
        .metadata
        .insert("loglikelihoods".into(), likelihoods.into());
}

/// `[["-12.3", "False"]]`, more or less deeply wrapped, and its leaves texts or not.
fn likelihood(response: &Value) -> Option<f64> {
    match response {
        Value::Array(items) => likelihood(items.first()?),
        Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    }
}

/// A response that is text.
fn reply(record: &mut Record, row: &Map<String, Value>) {
    let mut said = Vec::new();
    list(row, "resps")
        .iter()
        .for_each(|response| leaves(response, &mut said));
    let mut taken = Vec::new();
    list(row, "filtered_resps")
        .iter()
        .for_each(|response| leaves(response, &mut taken));
    if said.is_empty() {
        said.clone_from(&taken);
    }
    let whole = said.first().copied().unwrap_or_default();
    let split = reasoning::split(whole);
    (record.trace, record.answer) = (split.trace, split.answer);
    let extracted = taken
        .first()
        .filter(|taken| **taken != whole && **taken != record.answer);
    record.extracted = extracted.map(|taken| (*taken).to_owned());
    record.gold = gold(row.get("target"));
    if said.len() > 1 {
        record.note = Some(format!(
            "this is the first of {} answers; the scores are those of all of them",
            said.len()
        ));
        let others = said.iter().skip(1).map(|text| (*text).into()).collect();
        record
            .metadata
            .insert("other_responses".into(), Value::Array(others));
    }
}

fn leaves<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, texts)),
        _ => {}
    }
}

fn list<'a>(row: &'a Map<String, Value>, name: &str) -> &'a [Value] {
    row.get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The accepted answers; the harness writes lists of them as Python prints them.
pub(super) fn gold(target: Option<&Value>) -> Vec<String> {
    match target {
        Some(Value::String(text)) => python_list(text.trim()).unwrap_or_else(|| texts(target)),
        _ => texts(target),
    }
}

/// Reads `['a', "b's"]`.
pub(super) fn python_list(text: &str) -> Option<Vec<String>> {
    let mut rest = text.strip_prefix('[')?.strip_suffix(']')?.trim();
    let mut items = Vec::new();
    while !rest.is_empty() {
        let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let (item, after) = python_string(&rest[1..], quote)?;
        items.push(item);
        rest = match after.trim_start() {
            "" => "",
            more => more.strip_prefix(',')?.trim_start(),
        };
    }
    Some(items)
}

fn python_string(text: &str, quote: char) -> Option<(String, &str)> {
    let mut item = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => item.push(match chars.next()?.1 {
                'n' => '\n',
                't' => '\t',
                other => other,
            }),
            c if c == quote => return Some((item, &text[at + 1..])),
            c => item.push(c),
        }
    }
    None
}

/// What the variants of a question share: a name of the data set's own where there is one.
fn question_id(doc: &Map<String, Value>, row: &Map<String, Value>) -> String {
    let field = |name: &str| doc.get(name).and_then(plain);
    let belebele = || Some(format!("{}#{}", field("link")?, field("question_number")?));
    let own = field("sample_id")
        .or_else(|| field("id"))
        .or_else(belebele)
        .or_else(|| field("q_id"));
    own.or_else(|| row.get("doc_id").and_then(plain))
        .unwrap_or_default()
}

/// The results of the same time beside a sample file, or the only ones there.
fn results_beside(samples: &Path, time: Option<&str>) -> Option<PathBuf> {
    let folder = samples
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let entries = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    let json = |name: &&String| name.ends_with(".json");
    let of_time =
        |name: &&String| time.is_some_and(|time| name.ends_with(&format!("_{time}.json")));
    let same = names
        .iter()
        .filter(json)
        .filter(of_time)
        .min_by_key(|name| !name.starts_with("results_"));
    let mut results = names
        .iter()
        .filter(json)
        .filter(|name| name.starts_with("results_"));
    let only = || results.next().filter(|_| results.next().is_none());
    same.or_else(only).map(|name| folder.join(name))
}

/// A document beside the rows, whatever it holds.
pub(super) fn read_results(path: &Path) -> Result<Value, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(RESULTS_LIMIT)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    json::parse(&bytes).map_err(|error| error.to_string())
}

/// The model as the results name it: directly, or in the arguments it was loaded with.
fn model(results: &Value) -> Option<String> {
    let text = |path: &str| {
        results
            .pointer(path)
            .and_then(Value::as_str)
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
    };
    let argument = |wanted: &str| {
        let arguments = results.pointer("/config/model_args")?.as_str()?;
        arguments.split(',').find_map(|pair| {
            Some(
                pair.trim()
                    .strip_prefix(wanted)?
                    .strip_prefix('=')?
                    .to_owned(),
            )
        })
    };
    let named = text("/model_name")
        .or_else(|| argument("pretrained"))
        .or_else(|| argument("model"));
    let named = named
        .or_else(|| text("/config/model_args/pretrained"))
        .or_else(|| text("/config/model_args/model"));
    named.or_else(|| text("/config/model"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use std::ops::ControlFlow;

    use serde_json::json;

    use super::*;
    use crate::ingest::fold;
    use crate::record::Outcome;
    use crate::record::{Score, ScoreValue, Trace};

    const NAMES: &str = "acme__tiny-1/samples_names_hi_2026-02-03T04-05-06.000001.jsonl";
    const CHOICES: &str = "acme__tiny-1/samples_belebele_ell_Grek_2026-02-03T04-05-06.000001.jsonl";

    /// The responses of a fixture, rows of one document put together.
    fn responses(name: &str) -> (Task, Vec<Record>) {
        let path = Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/lm_eval"
        ))
        .join(name);
        let task = Task::open(&path);
        let mut keys = Vec::new();
        let mut records: Vec<Record> = Vec::new();
        json::values(File::open(path).unwrap(), &mut |_, row| {
            let (record, key) = task.record(json::parse(row).unwrap()).unwrap();
            match keys.iter().position(|known| *known == key) {
                Some(at) => fold(&mut records[at], record),
                None => {
                    keys.push(key);
                    records.push(record);
                }
            }
            ControlFlow::Continue(())
        })
        .unwrap();
        (task, records)
    }

    fn score(name: &str, value: f64) -> Score {
        Score {
            name: name.into(),
            value: ScoreValue::Number(value),
            explanation: None,
        }
    }

    #[test]
    fn the_results_beside_the_samples_name_the_model() {
        let (task, _) = responses(NAMES);
        assert_eq!(task.name.as_deref(), Some("names_hi"));
        assert_eq!(task.model.as_deref(), Some("acme/tiny-1"));
        assert_eq!(task.config["output_type"], "generate_until");
        assert_eq!((task.problem, task.lower), (None, vec!["edits".to_owned()]));
        let alone = Task::open(Path::new(
            "no-such-folder/acme__tiny-1/samples_mgsm_ja_2026-02-03T04-05-06.jsonl",
        ));
        assert_eq!(
            (alone.name.as_deref(), alone.model.as_deref()),
            (Some("mgsm_ja"), Some("acme/tiny-1"))
        );
    }

    #[test]
    fn rows_of_several_filters_are_one_response() {
        let (_, records) = responses(NAMES);
        assert_eq!(records.len(), 2);
        let first = &records[0];
        assert_eq!(
            first.scores,
            [
                score("exact_match/strict-match", 0.0),
                score("edits/strict-match", 0.0),
                score("exact_match/flexible-extract", 1.0),
                score("edits/flexible-extract", 0.0),
            ]
        );
        assert_eq!(first.outcome, Outcome::Right);
        assert_eq!(first.extracted.as_deref(), Some("सागरमाथा"));
        assert_eq!(
            first.trace,
            Trace::Plain("The highest peak is Everest, in Nepali Sagarmatha.".into())
        );
        assert_eq!(first.answer, "उत्तर: सागरमाथा");
        assert_eq!(first.gold, ["सागरमाथा", "Mount 'Everest'"]);
        assert_eq!(first.question_id, "peaks/0");
        assert_eq!(first.target.as_ref().unwrap().language, "hi");
        assert_eq!(first.question, "हिमालय की सबसे ऊँची चोटी कौन सी है?");
        let prompt = "system:\nसंक्षेप में उत्तर दें।\n\nuser:\nप्रश्न: हिमालय की सबसे ऊँची चोटी कौन सी है?";
        assert_eq!(first.prompt.as_deref(), Some(prompt));
        assert_eq!(
            (records[1].prompt.as_deref(), records[1].outcome),
            (None, Outcome::Right)
        );
    }

    #[test]
    fn a_choice_is_the_likeliest_one() {
        let (_, records) = responses(CHOICES);
        assert_eq!(
            (records[0].answer.as_str(), &records[0].gold[..]),
            ("B", &["B".to_owned()][..])
        );
        assert_eq!(
            (records[1].answer.as_str(), &records[1].gold[..]),
            ("A", &["B".to_owned()][..])
        );
        assert_eq!(records[0].metadata["choices"], json!(["A", "B"]));
        assert_eq!(records[0].metadata["loglikelihoods"], json!([-1.5, -0.25]));
        assert_eq!(records[0].question_id, "https://example.org/p#1");
        assert_eq!(
            records[0].scores,
            [score("acc", 1.0), score("acc_norm", 1.0)]
        );
        assert_eq!(
            (records[0].outcome, records[1].outcome),
            (Outcome::Right, Outcome::Wrong)
        );
        assert!(records[0].prompt.as_deref().unwrap().ends_with("Απάντηση:"));
    }

    #[test]
    fn a_choice_is_its_text_where_the_document_has_it() {
        let chosen = |options: Value, target: Value| {
            let mut row = json!({"doc": options, "target": target,
                "arguments": [["?", " A"], ["?", " B"], ["?", " C"], ["?", " D"]],
                "resps": [[["-3", "False"]], [["-2", "False"]], [["-1", "False"]], [["-4", "False"]]]});
            row["filtered_resps"] = row["resps"].clone();
            let (record, _) = Task::default().record(row).unwrap();
            (record.answer, record.gold.join("|"))
        };
        let said = |answer: &str, gold: &str| (answer.to_owned(), gold.to_owned());
        let letters = json!({"option_a": "Τάνα", "option_b": "Νείλος", "option_c": "Βόλτα", "option_d": "Κονγκό"});
        assert_eq!(chosen(letters.clone(), "B".into()), said("Βόλτα", "Νείλος"));
        assert_eq!(chosen(letters, 2.into()), said("Βόλτα", "Βόλτα"));
        let numbers =
            json!({"mc_answer1": 40, "mc_answer2": "30", "mc_answer3": "20", "mc_answer4": "10"});
        assert_eq!(chosen(numbers, "0".into()), said("20", "40"));
        let three = json!({"option_a": "Τάνα", "option_b": "Νείλος", "option_c": "Βόλτα"});
        assert_eq!(chosen(three, "B".into()), said("C", "B"));
    }

    #[test]
    fn tasks_of_one_benchmark_are_told_apart_by_language_alone() {
        use crate::ingest::without_language;
        use crate::script::from_path;
        let global = "am ar bn cs de el en es fa fil fr ha he hi id ig it ja ko ky lt mg ms ne nl ny pl pt ro ru si sn \
            so sr sv sw te tr uk vi yo zh";
        for language in global.split_whitespace() {
            let locale = crate::script::parse(language).unwrap();
            for (task, alike) in [
                (format!("global_mmlu_full_{language}"), "global_mmlu_full"),
                (
                    format!("global_mmlu_full_{language}_anatomy"),
                    "global_mmlu_full_anatomy",
                ),
                (
                    format!("global_mmlu_full_{language}_us_foreign_policy"),
                    "global_mmlu_full_us_foreign_policy",
                ),
                (format!("global_mmlu_{language}"), "global_mmlu"),
                (format!("mgsm_direct_{language}"), "mgsm_direct"),
                (format!("mgsm_native_cot_{language}"), "mgsm_native_cot"),
                (format!("mgsm_en_cot_{language}"), "mgsm_en_cot"),
            ] {
                assert_eq!(
                    from_path(&task).map(|found| found.locale),
                    Some(locale.clone()),
                    "{task}"
                );
                assert_eq!(without_language(&task), alike, "{task}");
            }
        }
    }

    #[test]
    fn old_rows_name_neither_filter_nor_metrics() {
        let (task, records) = responses("old/mgsm_ja.jsonl");
        assert_eq!((task.name, task.model, task.results), (None, None, None));
        assert_eq!(records.len(), 2);
        let first = &records[0];
        assert_eq!(
            first.scores,
            [
                score("exact_match", 0.0),
                score("n_tokens", 1.0),
                score("exact_match/2", 1.0)
            ]
        );
        assert_eq!(
            (first.outcome, records[1].outcome),
            (Outcome::Right, Outcome::Unjudged)
        );
        assert_eq!(
            (first.trace.text(), first.answer.as_str()),
            ("The peak.", "山です")
        );
        assert_eq!(first.metadata["other_responses"], json!(["山"]));
        assert!(first.note.as_deref().unwrap().contains("first of 2"));
        assert_eq!(records[1].scores[0].value, ScoreValue::Unscored);
    }

    #[test]
    fn only_rows_are_rows() {
        let row = |value: Value| is_row(value.as_object().unwrap());
        assert!(row(json!({"doc": {}, "filtered_resps": []})));
        assert!(!row(json!({"doc": {}})) && !row(json!({"resps": []})));
        assert!(Task::default().record(json!([1])).is_err());
        assert!(
            Task::default()
                .record(json!({"doc": 1, "resps": 2, "arguments": 3, "metrics": [4]}))
                .is_ok()
        );
    }

    #[test]
    fn messages_are_found_however_they_are_wrapped() {
        let one = json!([{"role": "user", "content": "q"}]);
        for wrapped in [
            one.clone(),
            json!(one.to_string()),
            json!([one.to_string()]),
            json!([one]),
        ] {
            assert_eq!(last_of(&messages(&wrapped).unwrap(), "user"), "q");
        }
        assert_eq!(messages(&json!("[not a chat")), None);
    }

    #[test]
    fn lists_that_python_printed_are_lists() {
        assert_eq!(
            gold(Some(&json!(r#"['a', "b's", 'c\'d']"#))),
            ["a", "b's", "c'd"]
        );
        assert_eq!(gold(Some(&json!("[a, b]"))), ["[a, b]"]);
        assert_eq!(gold(Some(&json!("['a' 'b']"))), ["['a' 'b']"]);
        assert_eq!(gold(Some(&json!(""))), [""; 0]);
        assert_eq!(gold(Some(&json!(["a", 2]))), ["a", "2"]);
    }

    #[test]
    fn the_model_is_named_in_many_ways() {
        for (results, named) in [
            (json!({"model_name": "a/b"}), Some("a/b")),
            (
                json!({"config": {"model": "hf", "model_args": "dtype=auto,pretrained=a/b"}}),
                Some("a/b"),
            ),
            (
                json!({"config": {"model": "api", "model_args": {"model": "c"}}}),
                Some("c"),
            ),
            (json!({"config": {"model": "dummy"}}), Some("dummy")),
            (json!({}), None),
        ] {
            assert_eq!(model(&results).as_deref(), named);
        }
    }
}
