//! Samples of Every Eval Ever: `{uuid}_samples.jsonl`, one row for each sample and result, and the aggregate
//! `{uuid}.json` beside it, which names metrics and data sets.
//!
//! The fields are those of `instance_level_eval.schema.json` and `eval.schema.json`, 0.2 and 0.3, and of the converters
//! that come with them: epochs and stop reasons stand in the metadata.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::inspect::{
    alike, conversation, is_blob, is_small, items, joined, last_of, locales, plain, role, text,
    texts, unterminate,
};
use super::lm_eval::read_results;
use super::{Answer, Fault, Format, Look, Reading, Readings, prompted, scored_together};
use crate::ingest::container::Row;
use crate::ingest::{Fold, Hints};
use crate::record::{Outcome, Record, Score, ScoreValue, Trace};

/// What the aggregate says of the samples.
#[derive(Default)]
struct Samples {
    /// Metric and data set by the id, else the name, of a result.
    results: HashMap<String, About>,
    /// The harness that made them.
    library: Option<Value>,
    problem: Option<String>,
}

#[derive(Clone, Default)]
struct About {
    metric: Option<String>,
    dataset: Option<String>,
}

pub(super) fn recognise(look: &Look) -> Answer {
    if look.any(is_sample) {
        return Answer::Yes(Box::new(Samples::open(look)));
    }
    let aggregate = look
        .rows
        .iter()
        .chain([look.around])
        .find(|row| is_aggregate(row));
    let Some(aggregate) = aggregate else {
        return Answer::No;
    };
    let details = aggregate.get("detailed_evaluation_results");
    let named =
        details.and_then(|details| Path::new(details.get("file_path")?.as_str()?).file_name());
    let stem = look.path.file_stem().unwrap_or_default().to_string_lossy();
    let own = ["", ".gz", ".zst"].map(|ending| format!("{stem}_samples.jsonl{ending}"));
    let mut own = own.iter().map(|name| look.path.with_file_name(name));
    if own.any(|path| path.is_file())
        || named.is_some_and(|name| look.path.with_file_name(name).is_file())
    {
        return Answer::Companion;
    }
    let advice = "aggregate results of Every Eval Ever have no responses: open their _samples.jsonl where there is one";
    Answer::Refused(advice.into())
}

fn is_sample(row: &Map<String, Value>) -> bool {
    ["evaluation_id", "model_id", "sample_id", "interaction_type"]
        .iter()
        .all(|name| row.get(*name).is_some_and(Value::is_string))
        && row.get("input").is_some_and(Value::is_object)
}

fn is_aggregate(document: &Map<String, Value>) -> bool {
    document.get("evaluation_id").is_some_and(Value::is_string)
        && document.get("model_info").is_some_and(Value::is_object)
        && document.contains_key("evaluation_results")
}

/// The aggregate of `x_samples.jsonl` is `x.json`.
fn aggregate_of(samples: &Path) -> Option<PathBuf> {
    let name = samples.file_name()?.to_str()?;
    let (stem, _) = name.split_once("_samples.")?;
    Some(samples.with_file_name(format!("{stem}.json"))).filter(|path| path.is_file())
}

impl Samples {
    fn open(look: &Look) -> Samples {
        let mut samples = Samples::default();
        match aggregate_of(look.path).map(|path| read_results(&path)) {
            Some(Ok(aggregate)) => {
                let id = aggregate.get("evaluation_id");
                if look.any(|row| row.get("evaluation_id") == id) {
                    samples.learn(&aggregate);
                } else {
                    samples.problem =
                        Some("the aggregate beside the samples is of another evaluation".into());
                }
            }
            Some(Err(error)) => {
                samples.problem = Some(format!(
                    "the aggregate beside the samples could not be read: {error}"
                ));
            }
            None => {}
        }
        samples
    }

    fn learn(&mut self, aggregate: &Value) {
        self.library = aggregate.get("eval_library").cloned().filter(is_small);
        for result in items(aggregate.get("evaluation_results")) {
            let at = |path: &str| result.pointer(path).and_then(plain);
            let about = About {
                metric: at("/metric_config/metric_name").or_else(|| at("/metric_config/metric_id")),
                dataset: at("/source_data/dataset_name"),
            };
            for name in ["/evaluation_name", "/evaluation_result_id"] {
                if let Some(name) = at(name) {
                    self.results.insert(name, about.clone());
                }
            }
        }
    }

    fn sample(&self, row: &Map<String, Value>) -> Record {
        let at = |name: &str| row.get(name).and_then(plain);
        let input = row.get("input");
        let part = |name: &str| input.and_then(|input| input.get(name));
        let mut record = Record {
            model: at("model_id"),
            dataset: at("evaluation_name"),
            question_id: at("sample_id").unwrap_or_default(),
            question: part("raw").and_then(plain).unwrap_or_default(),
            gold: texts(part("reference")),
            error: at("error").filter(|error| !error.is_empty()),
            epoch: 1,
            ..Record::default()
        };
        let metadata = row.get("metadata").and_then(Value::as_object);
        record.metadata = metadata.cloned().unwrap_or_default();
        (record.source, record.target) = locales(&record.metadata);
        if let Some(epoch) = record
            .metadata
            .get("epoch")
            .and_then(plain)
            .and_then(|epoch| epoch.parse().ok())
        {
            record.epoch = epoch;
        }
        let stop = record.metadata.get("stop_reason").and_then(Value::as_str);
        record.truncated =
            stop.is_some_and(|stop| ["max_tokens", "model_length", "length"].contains(&stop));
        prompted(
            &mut record,
            part("formatted").and_then(plain).unwrap_or_default(),
        );
        let result = ["evaluation_result_id", "evaluation_name"];
        let about = result.iter().find_map(|name| self.results.get(&at(name)?));
        let about = about.cloned().unwrap_or_default();
        let more = [
            ("choices", part("choices").cloned()),
            ("token_usage", row.get("token_usage").cloned()),
            ("performance", row.get("performance").cloned()),
            ("eval_library", self.library.clone()),
            ("dataset_name", about.dataset.map(Value::from)),
        ];
        for (name, value) in more {
            if let Some(value) = value {
                record.metadata.insert(name.into(), value);
            }
        }
        record.metadata.retain(|_, value| is_small(value));
        judge(&mut record, row.get("evaluation"), about.metric);
        record
    }
}

/// The score of the sample. Converters call everything but a full score not correct, so half a score decides nothing.
fn judge(record: &mut Record, evaluation: Option<&Value>, metric: Option<String>) {
    let evaluation = |name: &str| evaluation.and_then(|evaluation| evaluation.get(name));
    let (score, correct) = (
        evaluation("score").and_then(Value::as_f64),
        evaluation("is_correct").and_then(Value::as_bool),
    );
    let named = |name: String, value| Score {
        name,
        value,
        explanation: None,
    };
    record.scores.extend(score.map(|score| {
        named(
            metric.unwrap_or_else(|| "score".into()),
            ScoreValue::Number(score),
        )
    }));
    record
        .scores
        .extend(correct.map(|correct| named("is_correct".into(), ScoreValue::Bool(correct))));
    let partly = score.is_some_and(|score| score > 0.0 && score < 1.0);
    record.outcome = match correct {
        Some(false) if partly => Outcome::Unjudged,
        Some(correct) if record.error.is_none() => correct.into(),
        _ => Outcome::Unjudged,
    };
}

impl Format for Samples {
    fn name(&self) -> &'static str {
        "Every Eval Ever"
    }

    fn problems(&self) -> Vec<Fault> {
        self.problem.clone().into_iter().map(Fault::from).collect()
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let row = row.object()?;
        if !is_sample(&row) {
            return Err(
                "not a sample of Every Eval Ever: it has no ids of evaluation, model and sample"
                    .to_owned()
                    .into(),
            );
        }
        let mut record = self.sample(&row);
        let replies = match items(row.get("messages")) {
            [] => outputs(row.get("output")),
            messages => {
                let said = messages
                    .iter()
                    .position(|message| role(message) == "assistant");
                if record.prompt.is_none() {
                    prompted(
                        &mut record,
                        conversation(&messages[..said.unwrap_or(messages.len())]),
                    );
                }
                vec![transcript(messages)]
            }
        };
        let several = replies.len();
        let attributed = extracted(&row);
        let readings = (0..).zip(replies).map(|(sample, (trace, answer))| {
            let mut record = Record {
                epoch: record.epoch.saturating_add(sample),
                trace,
                answer,
                ..record.clone()
            };
            if several == 1 {
                record.extracted = attributed
                    .clone()
                    .filter(|taken| !alike(taken, &record.answer));
            }
            scored_together(&mut record, several);
            unterminate(&mut record);
            Reading {
                fold: fold(&row, &record),
                ..record.into()
            }
        });
        Ok(readings.collect())
    }
}

/// A sample is logged once for each result it counts for. Those rows agree in everything but the result.
fn fold(row: &Map<String, Value>, record: &Record) -> Option<Fold> {
    let at = |name: &str| row.get(name).and_then(plain);
    at("evaluation_result_id")?;
    let parts = [
        at("evaluation_id")?,
        at("model_id")?,
        record.question_id.clone(),
        record.epoch.to_string(),
        record.question.clone(),
        record.answer.clone(),
    ];
    Some(Fold::InFile(parts.join("\u{1f}")))
}

/// The answers of a single turn, each with its reasoning.
fn outputs(output: Option<&Value>) -> Vec<(Trace, String)> {
    let part = |name: &str| output.and_then(|output| output.get(name));
    let answers: Vec<String> = match part("raw") {
        Some(Value::Array(raw)) => raw
            .iter()
            .map(|text| plain(text).unwrap_or_default())
            .collect(),
        raw => raw.and_then(plain).into_iter().collect(),
    };
    let reasoned: Vec<Trace> = match part("reasoning_trace") {
        Some(Value::Array(traces)) => traces.iter().map(trace).collect(),
        one => one.map(trace).into_iter().collect(),
    };
    match answers.len() {
        0 => vec![(joined(reasoned), String::new())],
        1 => answers
            .into_iter()
            .map(|answer| (joined(reasoned.clone()), answer))
            .collect(),
        _ => {
            let reasoned = reasoned.into_iter().chain(std::iter::repeat(Trace::Absent));
            answers
                .into_iter()
                .zip(reasoned)
                .map(|(answer, trace)| (trace, answer))
                .collect()
        }
    }
}

fn trace(value: &Value) -> Trace {
    match value.as_str() {
        Some(blob) if is_blob(blob.trim()) => Trace::Encrypted,
        Some(text) if !text.trim().is_empty() => Trace::Plain(text.into()),
        _ => Trace::Absent,
    }
}

/// The last answer of a conversation, and the reasoning of all turns.
fn transcript(messages: &[Value]) -> (Trace, String) {
    let turns = messages
        .iter()
        .filter(|message| role(message) == "assistant");
    let traces = turns
        .filter_map(|turn| turn.get("reasoning_trace"))
        .map(trace);
    let traces = traces.filter(|trace| !trace.is_absent()).collect();
    let spoken: Vec<Value> = messages
        .iter()
        .filter(|message| !text(message).is_empty())
        .cloned()
        .collect();
    (joined(traces), last_of(&spoken, "assistant"))
}

/// What was taken for the final answer.
fn extracted(row: &Map<String, Value>) -> Option<String> {
    let attributions = items(row.get("answer_attribution")).iter().rev();
    let mut terminal =
        attributions.filter(|one| one.get("is_terminal").and_then(Value::as_bool) != Some(false));
    terminal
        .next()?
        .get("extracted_value")
        .and_then(plain)
        .filter(|taken| !taken.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn half_a_score_decides_nothing() {
        let judged = |evaluation: Value| {
            let mut record = Record::default();
            judge(&mut record, Some(&evaluation), None);
            (record.outcome, record.scores.len())
        };
        assert_eq!(
            judged(json!({"score": 1.0, "is_correct": true})),
            (Outcome::Right, 2)
        );
        assert_eq!(
            judged(json!({"score": 0, "is_correct": false})),
            (Outcome::Wrong, 2)
        );
        assert_eq!(
            judged(json!({"score": 0.7, "is_correct": false})),
            (Outcome::Unjudged, 2)
        );
        assert_eq!(judged(json!({"score": 0.7})), (Outcome::Unjudged, 1));
        assert_eq!(judged(json!(null)), (Outcome::Unjudged, 0));
    }

    #[test]
    fn outputs_are_read_in_every_shape() {
        let pair = |trace: Trace, answer: &str| (trace, answer.to_owned());
        let plain = |text: &str| Trace::Plain(text.into());
        let read = |output: Value| outputs(Some(&output));
        assert_eq!(
            read(json!({"raw": "a", "reasoning_trace": "r"})),
            [pair(plain("r"), "a")]
        );
        assert_eq!(
            read(json!({"raw": ["a"], "reasoning_trace": ["r", "s"]})),
            [pair(plain("r\n\ns"), "a")]
        );
        assert_eq!(
            read(json!({"raw": ["a", "b"], "reasoning_trace": ["r"]})),
            [pair(plain("r"), "a"), pair(Trace::Absent, "b")]
        );
        let blob = "gAAAA".repeat(80);
        assert_eq!(
            read(json!({"raw": ["a"], "reasoning_trace": [blob]})),
            [pair(Trace::Encrypted, "a")]
        );
        assert_eq!(outputs(None), [pair(Trace::Absent, "")]);
    }
}
