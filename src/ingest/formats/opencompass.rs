//! OpenCompass: `predictions/<model>/<dataset>.json`, an object of responses by their index, with what became of them in
//! `results/<model>/<dataset>.json`; large data sets lie in shards, `<dataset>_0.json` and so on.
//!
//! Names are those of the output handlers of its inferencers (`icl_base_inferencer.py`), of `openicl_eval.py`, which
//! joins the shards and writes the results, and of its evaluators, in versions 0.1 to 0.5.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::inspect::{conversation, flatten, is_small, items, plain, texts};
use super::table::score_value;
use super::{Answer, Fault, Format, Look, Reading, Readings};
use crate::ingest::bytes::Bytes;
use crate::ingest::container::{KEY, Row};
use crate::ingest::judges::{SIMPLEQA, outcome};
use crate::ingest::lookup::Lookup;
use crate::ingest::sniff::candidates;
use crate::ingest::{Hints, json};
use crate::record::{Record, Score, ScoreValue, Trace};

/// Folders of a run.
const PREDICTIONS: &str = "predictions";
const RESULTS: &str = "results";

pub(super) fn recognise(look: &Look) -> Answer {
    if look.any(is_prediction) {
        return prediction(look);
    }
    let summary = ["dataset", "version", "metric", "mode"];
    if look.any(|row| summary.iter().all(|name| row.contains_key(*name))) {
        let run = look.path.parent().and_then(Path::parent);
        return serves(run.is_some_and(|run| run.join(PREDICTIONS).is_dir()));
    }
    let Some(place) = Place::of(look.path, RESULTS) else {
        return Answer::No;
    };
    if place.sibling(PREDICTIONS, "").is_file() || place.sibling(PREDICTIONS, "_0").is_file() {
        return Answer::Companion;
    }
    if look.any(is_whole_detail) {
        let file = File {
            model: place.model(),
            dataset: place.stem,
            offset: Some(0),
            ..File::default()
        };
        return Answer::Yes(Box::new(file));
    }
    // Others have details too, but with their questions.
    let asks = |row: &Map<String, Value>| {
        let names = ["question", "prompt", "input", "problem", "query"];
        names.iter().any(|name| row.contains_key(*name))
    };
    let scored = look.around.contains_key("details") && look.around.values().any(Value::is_number);
    match scored && look.any(|row| is_detail(row) && !asks(row)) {
        true => serves(false),
        false => Answer::No,
    }
}

fn serves(responses: bool) -> Answer {
    match responses {
        true => Answer::Companion,
        false => Answer::Refused(
            "results of OpenCompass without its responses: those are in the folder predictions of the same run".into(),
        ),
    }
}

fn prediction(look: &Look) -> Answer {
    let stem = look.path.file_stem().unwrap_or_default().to_string_lossy();
    if let Some(whole) = stem.strip_prefix(UNFINISHED)
        && look.path.with_file_name(format!("{whole}.json")).is_file()
    {
        return Answer::Companion;
    }
    Answer::Yes(Box::new(File::open(look.path, &stem)))
}

/// How the name of a file begins whose inference has not come to its end.
const UNFINISHED: &str = "tmp_";

fn index(row: &Map<String, Value>) -> Option<String> {
    [KEY, "idx", "index", "id"]
        .iter()
        .find_map(|name| plain(row.get(*name)?))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A response of an inferencer: of one that generates, or of one that compares likelihoods.
fn is_prediction(row: &Map<String, Value>) -> bool {
    let has = |name: &str| row.contains_key(name);
    has("prediction")
        && (has("origin_prompt") || has("testing input") || has("in-context examples"))
        && index(row).is_some_and(|index| is_number(&index))
}

/// What an evaluator says of a response.
fn is_detail(row: &Map<String, Value>) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| row.contains_key(*name));
    has(TAKEN) && (has(VERDICTS) || has(GOLD))
}

/// A detail that repeats the response.
fn is_whole_detail(row: &Map<String, Value>) -> bool {
    let has = |name: &str| row.contains_key(name);
    let named = row.get(KEY).and_then(Value::as_str).is_some_and(is_number);
    let origin = row.get("origin_prediction");
    let asked = has("prompt") || origin.is_some_and(|own| own.get("origin_prompt").is_some());
    named && asked && (origin.is_some() || has("refr")) && is_detail(row)
}

/// What the answer is called after it was taken out of the response.
const TAKEN: &[&str] = &["pred", "predictions"];
const VERDICTS: &[&str] = &["correct", "is_correct", "cascade_correct"];
const GOLD: &[&str] = &[
    "gold",
    "refr",
    "ref",
    "reference",
    "references",
    "answer",
    "answers",
];

/// Where a file of a run is: `<run>/<kind>/<model>/<stem>.json`.
struct Place {
    run: PathBuf,
    folders: PathBuf,
    stem: String,
}

impl Place {
    fn of(path: &Path, kind: &str) -> Option<Place> {
        let kind = path
            .ancestors()
            .skip(1)
            .find(|folder| folder.ends_with(kind))?;
        let inner = path.strip_prefix(kind).ok()?;
        Some(Place {
            run: kind.parent()?.to_owned(),
            folders: inner.parent()?.to_owned(),
            stem: inner.file_stem()?.to_string_lossy().into_owned(),
        })
    }

    /// The file of another kind, with an ending for its shard.
    fn sibling(&self, kind: &str, shard: &str) -> PathBuf {
        let name = format!("{}{shard}.json", self.stem);
        self.run.join(kind).join(&self.folders).join(name)
    }

    fn model(&self) -> Option<String> {
        Some(self.folders.file_name()?.to_string_lossy().into_owned())
    }
}

/// A file of responses.
#[derive(Default)]
struct File {
    model: Option<String>,
    dataset: String,
    /// How many responses the shards before this one have; nothing where one of them is missing.
    offset: Option<u64>,
    results: Option<Results>,
    problems: Vec<String>,
}

/// The details of a results file.
struct Results {
    details: Lookup,
    /// Each detail is about all the copies of one question that the data set was made of.
    grouped: bool,
}

impl File {
    fn open(path: &Path, stem: &str) -> File {
        let stem = stem.strip_prefix(UNFINISHED).unwrap_or(stem);
        let mut place = Place::of(path, PREDICTIONS);
        let scored = |place: &Place| place.sibling(RESULTS, "").is_file();
        let shard = match &place {
            Some(place) if scored(place) => None,
            _ => shard(path, stem),
        };
        let (dataset, number) = shard.unwrap_or((stem, 0));
        let before = (0..number).map(|k| path.with_file_name(format!("{dataset}_{k}.json")));
        let mut file = File {
            dataset: dataset.to_owned(),
            offset: before.map(|shard| count(&shard)).sum(),
            ..File::default()
        };
        if let Some(place) = &mut place {
            place.stem = dataset.to_owned();
            file.model = place.model();
            let results = place.sibling(RESULTS, "");
            if results.is_file() {
                match Results::open(&results) {
                    Ok(results) => file.results = results,
                    Err(error) => file
                        .problems
                        .push(format!("{} could not be read: {error}", results.display())),
                }
            }
        }
        file
    }
}

/// The data set and the number of a shard. The writer takes a number at the end for one where there is a shard 0 and
/// no file of the data set as a whole.
fn shard<'a>(path: &Path, stem: &'a str) -> Option<(&'a str, u64)> {
    let (dataset, number) = stem.rsplit_once('_')?;
    let there = |end: &str| {
        path.with_file_name(format!("{dataset}{end}.json"))
            .is_file()
    };
    if !is_number(number) || !there("_0") || there("") {
        return None;
    }
    Some((dataset, number.parse().ok()?))
}

/// How many responses a file has.
fn count(path: &Path) -> Option<u64> {
    let bytes = Bytes::open(path).ok()?;
    let walked = json::members(bytes.reader(), &[], &mut |_, _| ControlFlow::Continue(())).ok()?;
    walked.problems.is_empty().then_some(walked.elements)
}

impl Results {
    /// Results may have no details, which is no damage.
    fn open(path: &Path) -> Result<Option<Results>, String> {
        candidates(path)?;
        let by_name = |row: &Map<String, Value>| {
            let name = row.get(KEY)?.as_str().filter(|name| is_number(name))?;
            Some(name.to_owned())
        };
        let named = |row: &Map<String, Value>| row.contains_key(KEY);
        let details = Lookup::open(path, by_name).or_else(|_| {
            Lookup::numbered(path, |row| !named(row) && (is_detail(row) || judged(row)))
        });
        Ok(details.ok().map(|details| Results {
            grouped: details
                .first("0")
                .is_some_and(|row| row.contains_key("example_abbr")),
            details,
        }))
    }

    /// The detail of a response, and which of several copies of its question it answers.
    fn of(&self, index: u64) -> (Map<String, Value>, u64) {
        let questions = self.details.len() as u64;
        let (at, copy) = match self.grouped && questions > 0 {
            true => (index % questions, index / questions),
            false => (index, 0),
        };
        let mut detail = self.details.first(&at.to_string()).unwrap_or_default();
        if self.grouped {
            for (_, value) in &mut detail {
                if let Value::Array(copies) = value
                    && let Some(own) = copies.get_mut(copy as usize)
                {
                    *value = own.take();
                }
            }
        }
        (detail, copy)
    }
}

/// A detail that is the reply of a judge, as it was logged.
fn judged(row: &Map<String, Value>) -> bool {
    row.contains_key("prediction") && row.contains_key("origin_prompt")
}

impl Format for File {
    fn name(&self) -> &'static str {
        "OpenCompass"
    }

    fn problems(&self) -> Vec<Fault> {
        self.problems.iter().cloned().map(Fault::from).collect()
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let row = row.object()?;
        let at: Option<u64> = index(&row).and_then(|index| index.parse().ok());
        // The data set as a whole numbers its questions, whatever file they are in.
        let at = at
            .zip(self.offset)
            .and_then(|(at, offset)| offset.checked_add(at));
        if is_whole_detail(&row) {
            let (row, detail) = response(row);
            return Ok(self.readings(&row, detail, at, 0));
        }
        if !is_prediction(&row) {
            // What stands beside the responses, such as their type.
            return match row.contains_key(KEY) && !row.contains_key("prediction") {
                true => Ok(Vec::new()),
                false => Err("neither a prompt nor a prediction in this row"
                    .to_owned()
                    .into()),
            };
        }
        let results = self.results.as_ref().zip(at);
        let (detail, copy) = results
            .map(|(results, at)| results.of(at))
            .unwrap_or_default();
        let questions = self
            .results
            .as_ref()
            .map_or(0, |results| results.details.len() as u64);
        let at = match copy {
            0 => at,
            _ => at.map(|at| at % questions),
        };
        Ok(self.readings(&row, detail, at, copy))
    }
}

/// A detail as the response it repeats, and what remains of it.
fn response(mut detail: Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
    let mut row = Map::new();
    let taken = TAKEN.iter().find_map(|name| detail.get(*name)).cloned();
    let prompt = detail.remove("prompt");
    let own = match detail.remove("origin_prediction") {
        // Where likelihoods were compared, this is everything but the choice.
        Some(Value::Object(own)) => {
            row = own;
            None
        }
        said => said,
    };
    for (name, value) in [("origin_prompt", prompt), ("prediction", own.or(taken))] {
        if let Some(value) = value {
            row.insert(name.into(), value);
        }
    }
    (row, detail)
}

impl File {
    /// The responses of a row: several where several were sampled for one prompt.
    fn readings(
        &self,
        row: &Map<String, Value>,
        detail: Map<String, Value>,
        at: Option<u64>,
        copy: u64,
    ) -> Vec<Reading> {
        let mut record = Record {
            model: self.model.clone(),
            dataset: Some(self.dataset.clone()),
            question_id: at.map(|at| at.to_string()).unwrap_or_default(),
            ..Record::default()
        };
        ask(&mut record, row);
        keep(&mut record, row);
        let said = row.get("prediction").unwrap_or(&Value::Null);
        let samples: Vec<&Value> = match said {
            Value::Array(several)
                if !several.is_empty() && several.iter().all(Value::is_string) =>
            {
                match is_dialogue(row, several) {
                    // The answers of all turns; the last is to the last question.
                    true => several.last().into_iter().collect(),
                    false => several.iter().collect(),
                }
            }
            one => vec![one],
        };
        let several = samples.len();
        let reading = |(number, said): (usize, &Value)| {
            let mut record = record.clone();
            let epoch = copy
                .saturating_mul(several as u64)
                .saturating_add(number as u64 + 1);
            record.epoch = u32::try_from(epoch).unwrap_or(u32::MAX);
            reply(&mut record, row, said);
            let of_sample = |value: &Value| match value {
                Value::Array(all) if several > 1 && all.len() == several => all[number].clone(),
                all => all.clone(),
            };
            let detail = detail.iter();
            let detail: Map<_, _> = detail
                .map(|(name, value)| (name.clone(), of_sample(value)))
                .collect();
            if judged(&detail) {
                hear(&mut record, &detail);
            }
            for (name, value) in detail {
                judge(&mut record, &name, value);
            }
            record
        };
        let records = samples.into_iter().enumerate().map(reading);
        records.map(Reading::from).collect()
    }
}

/// Messages with the names of roles that others use, and their texts where others have them.
fn messages(prompt: &Value) -> Vec<Value> {
    let message = |message: &Value| {
        let role = message
            .get("role")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let role = match role {
            "HUMAN" => "user",
            "BOT" => "assistant",
            "SYSTEM" => "system",
            other => other,
        };
        let content = message.get("prompt").or_else(|| message.get("content"));
        serde_json::json!({"role": role, "content": content})
    };
    items(Some(prompt)).iter().map(message).collect()
}

/// Prompts of several turns: a list of lists, or one that has the answers of the model in it.
fn is_dialogue(row: &Map<String, Value>, said: &[Value]) -> bool {
    let prompt = row.get("origin_prompt").unwrap_or(&Value::Null);
    let turns = items(Some(prompt));
    let repeats = |message: &Value| said.first() == message.get("content") && said.len() > 1;
    turns.first().is_some_and(Value::is_array) || messages(prompt).iter().any(repeats)
}

fn ask(record: &mut Record, row: &Map<String, Value>) {
    let prompt = row.get("origin_prompt").filter(|prompt| !prompt.is_null());
    let prompt = prompt.or_else(|| row.get("testing input"));
    let last = prompt.and_then(|prompt| match items(Some(prompt)).last() {
        Some(turn) if turn.is_array() => Some(turn),
        _ => None,
    });
    match last.or(prompt) {
        Some(list @ Value::Array(_)) => {
            super::asked(record, &messages(list));
        }
        Some(text) => record.question = plain(text).unwrap_or_default(),
        None => {}
    }
    record.gold = GOLD
        .iter()
        .find_map(|name| gold(row.get(*name)?))
        .unwrap_or_default();
}

/// Gold answers: texts, or the number of one of several candidates.
fn gold(value: &Value) -> Option<Vec<String>> {
    let label = || value.get("label")?.as_u64();
    let chosen = label().and_then(|at| value.get("candidates")?.get(at as usize));
    Some(texts(Some(chosen.unwrap_or(value)))).filter(|gold| !gold.is_empty())
}

fn reply(record: &mut Record, row: &Map<String, Value>, said: &Value) {
    // The number of the likeliest choice, where likelihoods were logged instead of it.
    let label = row.get("pred_label").and_then(Value::as_u64);
    let choice = label.and_then(|at| plain(row.get("choices")?.get(at as usize)?));
    record.answer = match (choice, said) {
        (Some(choice), _) => choice,
        (None, Value::Null) => String::new(),
        (None, Value::Object(parts)) => {
            let thought = ["reasoning_content", "reasoning", "thinking"];
            let thought = thought.iter().find_map(|name| parts.get(*name)?.as_str());
            if let Some(thought) = thought.filter(|thought| !thought.trim().is_empty()) {
                record.trace = Trace::Plain(thought.to_owned());
            }
            parts
                .get("prediction")
                .and_then(plain)
                .unwrap_or_else(|| said.to_string())
        }
        (None, other) => plain(other).unwrap_or_else(|| other.to_string()),
    };
}

/// What a detail says, by its name.
fn judge(record: &mut Record, name: &str, value: Value) {
    let unsaid = |value: &Value| matches!(value, Value::Null | Value::Array(_) | Value::Object(_));
    if TAKEN.contains(&name) {
        let taken = texts(Some(&value)).into_iter().next();
        record.extracted = taken.filter(|taken| *taken != record.answer);
    } else if GOLD.contains(&name) {
        if record.gold.is_empty() {
            record.gold = gold(&value).unwrap_or_default();
        }
    } else if VERDICTS.contains(&name) {
        let value = score_value(&value);
        record.outcome = record.outcome.min(outcome(&value));
        record.scores.push(Score {
            name: name.to_owned(),
            value,
            explanation: None,
        });
    } else if value.is_number() || value.is_boolean() {
        flatten(name, &value, &mut record.scores);
    } else if !REPEATED.contains(&name) && !unsaid(&value) && is_small(&value) {
        record.metadata.insert(name.to_owned(), value);
    }
}

/// Members of a detail that say nothing new.
const REPEATED: &[&str] = &[
    KEY,
    "example_abbr",
    "prompt",
    "origin_prompt",
    "origin_prediction",
    "prediction",
];

/// The reply of a model that was asked to judge. Its letters mean what its prompt says they do.
fn hear(record: &mut Record, detail: &Map<String, Value>) {
    let prompt = detail.get("origin_prompt").unwrap_or(&Value::Null);
    let asked = plain(prompt).unwrap_or_else(|| conversation(&messages(prompt)));
    let Some(said) = detail.get("prediction").and_then(plain) else {
        return;
    };
    let value = ScoreValue::Text(said.trim().trim_end_matches('.').to_owned());
    if asked.contains("A: CORRECT") && asked.contains("B: INCORRECT") {
        record.outcome = record.outcome.min(SIMPLEQA.outcome(&value));
    }
    record.scores.push(Score {
        name: "judge".into(),
        value,
        explanation: None,
    });
}

/// Lengths, likelihoods and what else is small.
fn keep(record: &mut Record, row: &Map<String, Value>) {
    let known = [
        "origin_prompt",
        "prediction",
        "in-context examples",
        "testing input",
        "prompt",
        "pred_label",
        KEY,
        "idx",
    ];
    let mut perplexities = Map::new();
    for (name, value) in row {
        let perplexity = value.get("PPL").or_else(|| value.get("BPB"));
        if let Some(perplexity) = perplexity {
            let label = name.strip_prefix("label: ").unwrap_or(name);
            perplexities.insert(label.to_owned(), perplexity.clone());
        } else if !known.contains(&name.as_str())
            && !GOLD.contains(&name.as_str())
            && is_small(value)
        {
            record.metadata.insert(name.clone(), value.clone());
        }
    }
    if !perplexities.is_empty() {
        record
            .metadata
            .insert("perplexities".into(), perplexities.into());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::record::Outcome;
    use serde_json::json;

    fn read(row: Value) -> Vec<Record> {
        let file = File {
            dataset: "rivers".into(),
            offset: Some(10),
            ..File::default()
        };
        let readings = file.read(Row::Value(row), &Hints::default()).unwrap();
        readings.into_iter().map(|reading| reading.record).collect()
    }

    #[test]
    fn several_samples_are_epochs() {
        let records = read(
            json!({KEY: "2", "origin_prompt": "黄河?", "prediction": ["<think>水</think>渤海", "黄海"], "gold": 3}),
        );
        assert_eq!(records.len(), 2);
        assert_eq!((records[1].epoch, records[1].answer.as_str()), (2, "黄海"));
        assert!(
            records
                .iter()
                .all(|r| r.question_id == "12" && r.gold == ["3"])
        );
    }

    #[test]
    fn of_a_dialogue_the_last_turn_is_the_response() {
        let turns = json!([[{"role": "HUMAN", "prompt": "一?"}], [{"role": "SYSTEM", "prompt": "简短"}, {"role": "HUMAN", "prompt": "二?"}]]);
        let records = read(
            json!({KEY: "0", "origin_prompt": turns, "prediction": ["甲", "乙"], "gold": ["子", "丑"]}),
        );
        assert_eq!(records.len(), 1);
        assert_eq!(
            (records[0].question.as_str(), records[0].answer.as_str()),
            ("二?", "乙")
        );
        assert_eq!(
            records[0].prompt.as_deref(),
            Some("system:\n简短\n\nuser:\n二?")
        );
        let filled = json!([{"role": "user", "content": "a?"}, {"role": "assistant", "content": "甲"}, {"role": "user", "content": "b?"}, {"role": "assistant", "content": "乙"}]);
        let records = read(json!({"idx": 1, "origin_prompt": filled, "prediction": ["甲", "乙"]}));
        assert_eq!((records.len(), records[0].answer.as_str()), (1, "乙"));
    }

    #[test]
    fn choices_by_likelihood_are_responses() {
        let records = read(
            json!({KEY: "1", "in-context examples": "…", "origin_prompt": "长江?", "prediction": "B", "gold": "A",
            "label: A": {"testing input": "长江?", "prompt": "长江?A", "PPL": 2.5}, "label: B": {"PPL": 1.5}}),
        );
        assert_eq!(
            (records[0].answer.as_str(), &records[0].gold[..]),
            ("B", &["A".to_owned()][..])
        );
        assert_eq!(
            records[0].metadata["perplexities"],
            json!({"A": 2.5, "B": 1.5})
        );
        let records = read(
            json!({KEY: "1", "testing input": "长江?", "prompt": "…", "choices": ["no", "yes"], "prediction": [0.2, 0.8], "pred_label": 1, "gold": 1}),
        );
        assert_eq!(
            (records[0].question.as_str(), records[0].answer.as_str()),
            ("长江?", "yes")
        );
    }

    #[test]
    fn reasoning_apart_is_a_trace() {
        let records = read(
            json!({"id": 4, "origin_prompt": "?", "prediction": {"prediction": "!", "reasoning_content": "…"},
            "gold": {"candidates": ["x", ["y", "z"]], "label": 1}}),
        );
        assert_eq!(
            (records[0].trace.text(), records[0].answer.as_str()),
            ("…", "!")
        );
        assert_eq!(records[0].gold, ["y", "z"]);
    }

    #[test]
    fn a_judge_decides_only_with_letters_that_its_prompt_explains() {
        let of = |prompt: &str| {
            let mut record = Record::default();
            let detail =
                json!({"origin_prompt": [{"role": "HUMAN", "prompt": prompt}], "prediction": "A."});
            hear(&mut record, detail.as_object().unwrap());
            record.outcome
        };
        assert_eq!(of("Grade it.\nA: CORRECT\nB: INCORRECT"), Outcome::Right);
        assert_eq!(of("Which answer is better, A or B?"), Outcome::Unjudged);
    }

    #[test]
    fn other_members_and_rows_are_no_responses() {
        assert_eq!(read(json!({KEY: "type", "value": "GEN"})), []);
        let file = File::default();
        assert!(
            file.read(Row::Value(json!({"idx": 1})), &Hints::default())
                .is_err()
        );
    }
}
