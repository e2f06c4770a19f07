//! Logs of OpenAI evals (`oaieval`): JSON Lines with `{"spec": …}` first, then an event on each line, and
//! `{"final_report": …}` last. The events of a sample, which stand anywhere between those of others, are one response.
//!
//! Names are those of `evals/record.py`, and of the classes that record: `Match` and its like, `ModelBasedClassify`.

use serde_json::{Map, Value};

use super::inspect::{flatten, is_small, plain, texts};
use super::{Answer, Fault, Format, Look, Readings};
use crate::ingest::Hints;
use crate::ingest::container::Row;
use crate::ingest::judges::{CRITERION, METRICS, WORDS, majority};
use crate::ingest::lookup::Lookup;
use crate::record::{Outcome, Record, ScoreValue};

pub(super) fn recognise(look: &Look) -> Answer {
    if !look.any(is_event) {
        return Answer::No;
    }
    match Lookup::open(look.path, key) {
        Ok(events) => Answer::Yes(Box::new(Log::new(events, look))),
        Err(error) => Answer::Refused(format!(
            "a log of OpenAI evals whose events cannot be put together ({error}): save it as a file of its own"
        )),
    }
}

fn is_event(row: &Map<String, Value>) -> bool {
    ["run_id", "event_id", "sample_id", "type", "data"]
        .iter()
        .all(|name| row.contains_key(*name))
}

/// What the events of one response share.
fn key(row: &Map<String, Value>) -> Option<String> {
    let part = |name| row.get(name).and_then(plain);
    is_event(row).then(|| Some(format!("{}\u{1f}{}", part("run_id")?, part("sample_id")?)))?
}

/// A log.
struct Log {
    events: Lookup,
    model: Option<String>,
    dataset: Option<String>,
    /// Answers are graded by a model, whose own answer is the last that is sampled.
    graded: bool,
    about: Map<String, Value>,
}

impl Log {
    fn new(events: Lookup, look: &Look) -> Log {
        let none = Value::Null;
        let spec = look.rows.iter().find_map(|row| row.get("spec"));
        let spec = spec.unwrap_or(&none);
        let text = |path: &str| spec.pointer(path).and_then(plain);
        let class = text("/run_config/eval_spec/cls").unwrap_or_default();
        let about = ["split", "base_eval", "created_at", "run_id"];
        let kept = |name: &&str| Some(((*name).to_owned(), spec.get(*name)?.clone()));
        Log {
            events,
            model: text("/completion_fns/0").or_else(|| text("/model_name")),
            dataset: text("/eval_name").or_else(|| text("/base_eval")),
            graded: class.contains("modelgraded"),
            about: about.iter().filter_map(kept).collect(),
        }
    }
}

impl Format for Log {
    fn name(&self) -> &'static str {
        "OpenAI evals"
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let row = row.object()?;
        if row.contains_key("spec") || row.contains_key("final_report") {
            return Ok(Vec::new());
        }
        if !is_event(&row) {
            return Err("neither an event nor the outline of a log"
                .to_owned()
                .into());
        }
        let Some(key) = key(&row) else {
            return Err(Fault::remark("an event that belongs to no sample"));
        };
        match self.events.first(&key) {
            // Not by their ids alone: where those are all the same, every event would be a response.
            Some(first) if first != row => Ok(Vec::new()),
            _ => Ok(vec![self.sample(&self.events.rows(&key)).into()]),
        }
    }
}

impl Log {
    fn sample(&self, events: &[Map<String, Value>]) -> Record {
        let of = |kind: &str| -> Vec<&Value> {
            let of_kind = events.iter().filter(|event| event["type"] == *kind);
            of_kind.map(|event| &event["data"]).collect()
        };
        let sample_id = events.first().and_then(|event| plain(&event["sample_id"]));
        let mut record = Record {
            model: self.model.clone(),
            dataset: self.dataset.clone(),
            question_id: sample_id.unwrap_or_default(),
            metadata: self.about.clone(),
            ..Record::default()
        };
        let (samplings, metrics) = (of("sampling"), of("metrics"));
        let graded = self.graded || metrics.iter().any(|data| data.get("choice").is_some());
        // A grader is asked after the model. Where it alone was asked, the answers stood in the data.
        let (own, grader) = match samplings.split_last() {
            Some((grader, own)) if graded => (own, Some(*grader)),
            _ => (samplings.as_slice(), None),
        };
        // Else an earlier sampling is a turn or a step on the way to the last.
        let answer = if graded { own.first() } else { own.last() };
        if let Some(data) = answer {
            reply(&mut record, data);
        }
        ask(
            &mut record,
            own.iter().rev().chain(&of("pick_option")),
            &of("raw_sample"),
        );
        matched(&mut record, &of("match"));
        measured(&mut record, &metrics, grader);
        for data in of("pick_option") {
            let picked = data.get("picked").and_then(plain).unwrap_or_default();
            if record.answer.is_empty() {
                record.answer = picked;
            }
        }
        record.error = of("error").last().map(|data| {
            let part = |name| data.get(name).and_then(plain);
            let parts = [part("type"), part("message")].into_iter().flatten();
            parts.collect::<Vec<_>>().join(": ")
        });
        keep(&mut record, events);
        record
    }
}

/// What was sampled: one text, or a list of several.
fn reply(record: &mut Record, data: &Value) {
    let said = texts(data.get("sampled"));
    if said.len() > 1 {
        record.metadata.insert("sampled".into(), said.len().into());
    }
    record.answer = said.into_iter().next().unwrap_or_default();
    for name in ["model", "usage"] {
        if let Some(value) = data.get(name).filter(|value| is_small(value)) {
            record.metadata.insert(name.into(), value.clone());
        }
    }
    let model = data.get("model").and_then(plain);
    record.model = record.model.take().or(model);
}

/// The prompt that was sent last, else the sample as the data set has it.
fn ask<'a>(record: &mut Record, mut asked: impl Iterator<Item = &'a &'a Value>, raw: &[&Value]) {
    let has = |data: &&&'a Value| data.get("prompt").is_some_and(|prompt| !prompt.is_null());
    let input = || raw.iter().find_map(|data| data.get("input"));
    let prompt = asked.find(has).and_then(|data| data.get("prompt"));
    match prompt.or_else(input) {
        Some(Value::Array(messages)) => {
            super::asked(record, messages);
        }
        Some(text) => record.question = plain(text).unwrap_or_default(),
        None => {}
    }
    if record.gold.is_empty() {
        record.gold = texts(raw.iter().find_map(|data| data.get("ideal")));
    }
}

/// What was compared with what, and whether it matched.
fn matched(record: &mut Record, matches: &[&Value]) {
    let says = |data: &&&Value| Some(Outcome::from(data.get("correct")?.as_bool()?));
    let votes: Vec<_> = matches.iter().filter_map(|data| says(&data)).collect();
    record.outcome = majority(&votes);
    for data in matches {
        if let Some(correct) = data.get("correct") {
            flatten("correct", correct, &mut record.scores);
        }
        for (name, value) in data.as_object().into_iter().flatten() {
            match name.as_str() {
                "correct" => {}
                "expected" => record.gold = some_texts(value, std::mem::take(&mut record.gold)),
                "picked" => {
                    let picked = texts(Some(value)).into_iter().next();
                    record.extracted = picked.filter(|picked| *picked != record.answer);
                }
                "sampled" if record.answer.is_empty() => {
                    record.answer = texts(Some(value)).into_iter().next().unwrap_or_default();
                }
                "prompt" if record.question.is_empty() => {
                    ask(record, [data].into_iter(), &[]);
                }
                "sampled" | "prompt" => {}
                _ if is_small(value) => {
                    record.metadata.insert(name.clone(), value.clone());
                }
                _ => {}
            }
        }
    }
}

fn some_texts(value: &Value, before: Vec<String>) -> Vec<String> {
    match texts(Some(value)) {
        none if none.is_empty() => before,
        texts => texts,
    }
}

/// Metrics as they are named. Where nothing was matched, those that say right or wrong decide.
fn measured(record: &mut Record, metrics: &[&Value], grader: Option<&Value>) {
    let first = record.scores.len();
    for (name, value) in metrics.iter().filter_map(|data| data.as_object()).flatten() {
        flatten(name, value, &mut record.scores);
    }
    let mut said = None;
    for score in &mut record.scores[first..] {
        let outcome = match score.name.as_str() {
            "choice" => {
                score.explanation = grader.and_then(|data| texts(data.get("sampled")).pop());
                WORDS
                    .outcome(&score.value)
                    .min(CRITERION.outcome(&score.value))
            }
            "accuracy" | "correct" | "exact_match" | "is_correct" => METRICS
                .outcome(&score.value)
                .min(WORDS.outcome(&score.value)),
            _ => Outcome::Unjudged,
        };
        if !outcome.is_unjudged() {
            said = said.or(Some(outcome));
        }
        if score.value == ScoreValue::Text("__invalid__".into()) {
            said = said.or(Some(Outcome::Unparsed));
        }
    }
    if record.outcome.is_unjudged() {
        record.outcome = said.unwrap_or_default();
    }
}

/// Events of other types, and what custom evals record.
fn keep(record: &mut Record, events: &[Map<String, Value>]) {
    let known = ["match", "sampling", "metrics", "error", "pick_option"];
    let kept = |event: &&Map<String, Value>| {
        let kind = event["type"].as_str().unwrap_or_default();
        !known.contains(&kind) && is_small(&event["data"])
    };
    for event in events.iter().filter(kept) {
        let Some(kind) = plain(&event["type"]) else {
            continue;
        };
        let data = event["data"].clone();
        match record.metadata.get_mut(&kind) {
            Some(Value::Array(all)) => all.push(data),
            _ => drop(record.metadata.insert(kind, vec![data].into())),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;
    use std::path::Path;

    use super::*;
    use crate::ingest::FieldMap;
    use serde_json::json;

    /// The responses of a log of these events of one sample.
    fn sample(events: &[(&str, Value)], class: &str) -> Record {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let spec = json!({"spec": {"completion_fns": ["m", "grader"], "eval_name": "e",
            "run_config": {"eval_spec": {"cls": class}}}});
        let mut rows = vec![spec];
        for (at, (kind, data)) in events.iter().enumerate() {
            rows.push(json!({"run_id": "r", "event_id": at, "sample_id": "e.1", "type": kind, "data": data}));
        }
        let lines: Vec<_> = rows.iter().map(ToString::to_string).collect();
        file.write_all(lines.join("\n").as_bytes()).unwrap();
        let rows: Vec<_> = rows
            .iter()
            .map(|r| r.as_object().unwrap().clone())
            .collect();
        let look = Look {
            path: Path::new(file.path()),
            rows: &rows,
            around: &Map::new(),
            map: &FieldMap::default(),
            named: false,
            joined: false,
        };
        let Answer::Yes(log) = recognise(&look) else {
            unreachable!()
        };
        let read = |row: Map<String, Value>| log.read(Row::Value(row.into()), &Hints::default());
        let mut records = rows.into_iter().flat_map(|row| read(row).unwrap());
        let record = records.next().unwrap().record;
        assert!(records.next().is_none());
        record
    }

    fn sampling(prompt: &str, sampled: Value) -> (&'static str, Value) {
        ("sampling", json!({"prompt": prompt, "sampled": sampled}))
    }

    #[test]
    fn the_words_of_a_grader_are_not_the_answer() {
        let choice = json!({"choice": "Y", "score": 1.0});
        let record = sample(
            &[
                sampling("Чья столица Ереван?", json!(["Армении"])),
                sampling("Is it right?", json!(["It is.\nY"])),
                ("metrics", choice.clone()),
            ],
            "",
        );
        assert_eq!(
            (record.question.as_str(), record.answer.as_str()),
            ("Чья столица Ереван?", "Армении")
        );
        assert_eq!(record.scores[0].explanation.as_deref(), Some("It is.\nY"));
        assert_eq!(
            (record.outcome, record.model.as_deref()),
            (Outcome::Right, Some("m"))
        );
        // The grader alone was asked.
        let record = sample(
            &[sampling("Is it right?", json!("Y")), ("metrics", choice)],
            "",
        );
        assert_eq!((record.question.as_str(), record.answer.as_str()), ("", ""));
        // It gave nothing that could be read, and the eval has names of its own.
        let class = "evals.elsuite.modelgraded.classify:ModelBasedClassify";
        let unread = json!({"tone": "__invalid__"});
        let events = [
            sampling("?", json!("!")),
            sampling("tone?", json!("…")),
            ("metrics", unread),
        ];
        let record = sample(&events, class);
        assert_eq!(
            (record.answer.as_str(), record.outcome),
            ("!", Outcome::Unparsed)
        );
    }

    #[test]
    fn of_several_turns_the_last_is_the_answer() {
        let record = sample(
            &[
                sampling("First?", json!("thinking")),
                sampling("Then?", json!(["b", "c"])),
                (
                    "match",
                    json!({"correct": false, "expected": ["a"], "picked": "b", "sampled": "b", "options": ["a", "b"]}),
                ),
                (
                    "match",
                    json!({"correct": false, "expected": null, "picked": null}),
                ),
                ("function_call", json!({"name": "f"})),
            ],
            "",
        );
        assert_eq!(
            (record.question.as_str(), record.answer.as_str()),
            ("Then?", "b")
        );
        assert_eq!(
            (record.gold, record.outcome),
            (vec!["a".to_owned()], Outcome::Wrong)
        );
        assert_eq!(record.metadata["function_call"], json!([{"name": "f"}]));
        assert_eq!(record.metadata["options"], json!(["a", "b"]));
        assert_eq!(record.metadata["sampled"], 2);
    }

    #[test]
    fn a_sample_that_failed_says_why() {
        let record = sample(
            &[
                (
                    "raw_sample",
                    json!({"input": [{"role": "system", "content": "Short."}, {"role": "user", "content": "¿Dónde?"}], "ideal": ["aquí"]}),
                ),
                ("error", json!({"type": "Timeout", "message": "60 s"})),
            ],
            "",
        );
        assert_eq!(record.error.as_deref(), Some("Timeout: 60 s"));
        assert_eq!(
            (record.question.as_str(), record.gold),
            ("¿Dónde?", vec!["aquí".to_owned()])
        );
    }
}
