//! Test runs of DeepEval: `test_run_*.json`, `.latest_test_run.json` (`testRunData` around it), and what
//! `evaluate()` returns (`test_results`).
//!
//! The fields are those of `LLMApiTestCase`, `ConversationalApiTestCase` and `MetricData` in its `test_run/api.py` and
//! `tracing/api.py`, in camel case as they are saved and in snake case as they are in Python.

use serde_json::{Map, Value};

use super::inspect::{conversation, is_small, items, last_of, plain, role, text, texts};
use super::{Answer, Fault, Format, Look, Readings, prompted, table};
use crate::ingest::container::Row;
use crate::ingest::{Hints, judges};
use crate::record::{Outcome, Record, Score, ScoreValue};

/// A test run.
struct Run {
    /// The model, where the hyperparameters name it: metrics name only their judge.
    model: Option<String>,
    problem: Option<String>,
}

pub(super) fn recognise(look: &Look) -> Answer {
    if !look.any(|row| is_case(row) || is_conversation(row)) {
        return Answer::No;
    }
    let around = look
        .around
        .get("testRunData")
        .and_then(Value::as_object)
        .unwrap_or(look.around);
    let model = around
        .get("hyperparameters")
        .and_then(|said| plain(said.get("model")?));
    let conversations = around.get("conversationalTestCases");
    let unread = items(conversations).len();
    let problem = (unread > 0 && look.any(is_case))
        .then(|| format!("this run also has conversations ({unread}), which are not read: save them in a file of their own"));
    Answer::Yes(Box::new(Run { model, problem }))
}

/// A member by its name in camel case or in snake case.
fn either<'a>(row: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let snake = name.chars().flat_map(|c| {
        let underscore = c.is_uppercase().then_some('_');
        underscore.into_iter().chain(c.to_lowercase())
    });
    row.get(name)
        .or_else(|| row.get(&snake.collect::<String>()))
}

fn metrics(row: &Map<String, Value>) -> Option<&Value> {
    either(row, "metricsData").or_else(|| either(row, "metricsMetadata"))
}

fn is_case(row: &Map<String, Value>) -> bool {
    row.get("input").is_some_and(Value::is_string)
        && either(row, "actualOutput").is_some_and(|said| said.is_string() || said.is_null())
        && (metrics(row).is_some() || row.contains_key("success") && row.contains_key("name"))
}

fn is_conversation(row: &Map<String, Value>) -> bool {
    row.get("turns").is_some_and(Value::is_array) && metrics(row).is_some()
}

impl Format for Run {
    fn name(&self) -> &'static str {
        "DeepEval"
    }

    fn problems(&self) -> Vec<Fault> {
        self.problem.clone().into_iter().map(Fault::from).collect()
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let row = row.object()?;
        let mut record = Record {
            model: self.model.clone(),
            epoch: 1,
            ..Record::default()
        };
        if is_conversation(&row) {
            converse(&mut record, items(row.get("turns")));
        } else if row.get("input").is_some() {
            record.question = row.get("input").and_then(plain).unwrap_or_default();
            record.answer = either(&row, "actualOutput")
                .and_then(plain)
                .unwrap_or_default();
            record.gold = texts(either(&row, "expectedOutput"));
        } else {
            return Err(
                "not a test case of DeepEval: it has neither an input nor turns"
                    .to_owned()
                    .into(),
            );
        }
        let noted = row
            .get("metadata")
            .or_else(|| either(&row, "additionalMetadata"));
        if let Some(Value::Object(noted)) = noted {
            table::beside(&mut record, noted.clone());
        }
        for name in [
            "name",
            "context",
            "retrievalContext",
            "scenario",
            "expectedOutcome",
            "tags",
            "comments",
        ] {
            if let Some(value) = either(&row, name).filter(|value| is_small(value)) {
                record.metadata.entry(name).or_insert_with(|| value.clone());
            }
        }
        score(&mut record, &row);
        Ok(vec![record.into()])
    }
}

/// The last answer of a conversation is the response, what came before it the prompt.
fn converse(record: &mut Record, turns: &[Value]) {
    let last = turns.iter().rposition(|turn| role(turn) == "assistant");
    let asked = &turns[..last.unwrap_or(turns.len())];
    record.answer = last.map(|last| text(&turns[last])).unwrap_or_default();
    record.question = last_of(asked, "user");
    prompted(record, conversation(asked));
}

fn score(record: &mut Record, row: &Map<String, Value>) {
    if let Some(success) = row.get("success").and_then(Value::as_bool) {
        record.scores.push(Score {
            name: "success".into(),
            value: ScoreValue::Bool(success),
            explanation: None,
        });
    }
    let (mut votes, mut settings) = (Vec::new(), Map::new());
    for metric in items(metrics(row)) {
        let Value::Object(metric) = metric else {
            continue;
        };
        let name = metric.get("name").or(metric.get("metric")).and_then(plain);
        let name = name.unwrap_or_else(|| "metric".into());
        let value = metric.get("score").and_then(Value::as_f64);
        let said = |of: &str| metric.get(of).and_then(plain);
        record.scores.push(Score {
            name: name.clone(),
            value: value.map_or(ScoreValue::Unscored, ScoreValue::Number),
            explanation: said("reason").or_else(|| said("error")),
        });
        let success = metric.get("success").and_then(Value::as_bool);
        votes.extend(success.filter(|_| is_correctness(&name)).map(Outcome::from));
        let about = ["threshold", "success", "evaluationModel"];
        let about = about
            .iter()
            .filter_map(|of| Some(((*of).to_owned(), either(metric, of)?.clone())));
        settings.insert(name, about.collect());
    }
    if !settings.is_empty() {
        record.metadata.insert("metrics".into(), settings.into());
    }
    record.outcome = judges::majority(&votes);
}

/// Most metrics judge style, safety or retrieval. A test may pass them with a wrong answer.
fn is_correctness(metric: &str) -> bool {
    let metric = metric.to_lowercase();
    ["correct", "exact match", "accuracy"]
        .iter()
        .any(|word| metric.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_both_spellings() {
        let row = serde_json::json!({"actual_output": "a", "expectedOutput": "b"});
        let row = row.as_object().cloned().unwrap_or_default();
        assert_eq!(either(&row, "actualOutput"), Some(&"a".into()));
        assert_eq!(either(&row, "expectedOutput"), Some(&"b".into()));
        assert_eq!(either(&row, "retrievalContext"), None);
    }

    #[test]
    fn only_metrics_of_correctness_decide() {
        assert!(is_correctness("Correctness [GEval]") && is_correctness("Exact Match"));
        assert!(!is_correctness("Answer Relevancy") && !is_correctness("Toxicity"));
    }
}
