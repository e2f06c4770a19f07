//! Details of lighteval: `details/<model>/<time>/details_<task>_<time>.parquet`.
//!
//! Columns are `doc`, `model_response` and `metric` (`__doc__` … in its manual) since 0.10, with the fields of `Doc` and
//! `ModelResponse`; before, one column for each field of `DetailsLogger.Detail`, lists printed as Python prints them
//! where they would not fit a column.

use std::borrow::Cow;
use std::path::{Component, Path};

use serde_json::{Map, Value};

use super::inspect::{
    alike, conversation, flatten, is_small, items, last_of, plain, texts, unterminate,
};
use super::lm_eval::{messages, python_list};
use super::{Answer, Format, Look, Readings, prompted, scored_together, table};
use crate::ingest::container::Row;
use crate::ingest::judges::outcome;
use crate::ingest::{Hints, reasoning};
use crate::record::{Record, Trace};

/// One task, as its file is named.
#[derive(Debug, Default, PartialEq)]
struct Task {
    name: Option<String>,
    model: Option<String>,
}

pub(super) fn recognise(look: &Look) -> Answer {
    if look.any(|row| is_row(row) || is_flat(row)) {
        return Answer::Yes(Box::new(Task::of(look.path)));
    }
    let mut documents = look.rows.iter().chain([look.around]);
    if !documents.any(is_results) {
        return Answer::No;
    }
    if details_of(look.path) {
        return Answer::Companion;
    }
    Answer::Refused(
        "lighteval results without details: run it with --save-details to have responses".into(),
    )
}

/// A column by its name, or by its name between underscores.
fn column<'a>(row: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    row.get(name).or_else(|| row.get(&format!("__{name}__")))
}

fn is_row(row: &Map<String, Value>) -> bool {
    ["doc", "model_response", "metric"]
        .iter()
        .all(|name| column(row, name).is_some())
}

fn is_flat(row: &Map<String, Value>) -> bool {
    ["example", "full_prompt", "predictions", "metrics"]
        .iter()
        .all(|name| row.contains_key(*name))
}

fn is_results(document: &Map<String, Value>) -> bool {
    document.contains_key("config_general")
        && document.contains_key("config_tasks")
        && document.contains_key("results")
}

/// `results/<model>/results_<time>.json` has its details in `details/<model>/<time>`.
fn details_of(results: &Path) -> bool {
    let stem = results.file_stem().unwrap_or_default().to_string_lossy();
    let time = stem.strip_prefix("results_").unwrap_or_default();
    let mut above = results.ancestors().skip(1);
    let Some(root) = above.find(|folder| folder.file_name().is_some_and(|name| name == "results"))
    else {
        return false;
    };
    let model = results
        .parent()
        .and_then(|folder| folder.strip_prefix(root).ok())
        .unwrap_or(Path::new(""));
    !time.is_empty()
        && root
            .with_file_name("details")
            .join(model)
            .join(time)
            .is_dir()
}

impl Task {
    fn of(path: &Path) -> Task {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let named = stem
            .strip_prefix("details_")
            .and_then(|rest| rest.rsplit_once('_'));
        let name = named.map(|(name, _)| task(name));
        let folders: Vec<Cow<str>> = path
            .parent()
            .unwrap_or(path)
            .components()
            .filter_map(|part| match part {
                Component::Normal(name) => Some(name.to_string_lossy()),
                _ => None,
            })
            .collect();
        // The last folder is the time.
        let details = folders.iter().rposition(|folder| folder == "details");
        let below = details.and_then(|at| folders.get(at + 1..folders.len().saturating_sub(1)));
        let model = below
            .filter(|model| !model.is_empty())
            .map(|model| model.join("/"));
        // A data set of details on a hub is called by the model.
        let hub = || {
            folders.iter().rev().find_map(|folder| {
                let model = folder.strip_prefix("details_")?;
                Some(
                    model
                        .trim_end_matches("_private")
                        .replacen("__", "/", 1)
                        .trim_start_matches('_')
                        .to_owned(),
                )
            })
        };
        Task {
            name,
            model: model.or_else(hub),
        }
    }
}

/// `lighteval|mgsm:sw|5` → `mgsm:sw`: without the suite and the number of examples.
fn task(name: &str) -> String {
    let mut parts: Vec<&str> = name.split('|').collect();
    if parts.len() > 1
        && parts
            .last()
            .is_some_and(|shots| shots.parse::<u32>().is_ok())
    {
        parts.pop();
    }
    if parts.len() > 1 {
        parts.remove(0);
    }
    parts.join("|")
}

/// One sample, in whichever columns it was.
#[derive(Default)]
struct Sample {
    question: String,
    instruction: String,
    prompt: String,
    choices: Vec<String>,
    gold: Vec<String>,
    answers: Vec<String>,
    reasonings: Vec<Option<String>>,
    processed: Vec<String>,
    logprobs: Vec<f64>,
    metrics: Value,
    specific: Map<String, Value>,
    id: String,
    task: Option<String>,
}

impl Format for Task {
    fn name(&self) -> &'static str {
        "lighteval"
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let row = row.object()?;
        let sample = if is_row(&row) {
            Sample::nested(&row)
        } else if is_flat(&row) {
            Sample::flat(&row)
        } else {
            return Err("not a row of lighteval's details".to_owned().into());
        };
        let mut record = Record {
            model: self.model.clone(),
            dataset: sample.task.as_deref().map(task).or(self.name.clone()),
            question_id: sample.id.clone(),
            gold: sample.gold.clone(),
            epoch: 1,
            ..Record::default()
        };
        table::beside(&mut record, sample.specific.clone());
        if record.question.is_empty() {
            let query = sample.question.as_str();
            let bare = query
                .strip_prefix(sample.instruction.as_str())
                .unwrap_or(query);
            record.question = bare.trim().to_owned();
        }
        prompted(&mut record, sample.prompt.clone());
        score(&mut record, &sample.metrics);
        Ok(sample
            .answered(record)
            .into_iter()
            .map(Into::into)
            .collect())
    }
}

impl Sample {
    fn nested(row: &Map<String, Value>) -> Sample {
        let part = |member: &str, name: &str| column(row, member)?.get(name);
        let text = |member, name| part(member, name).and_then(plain).unwrap_or_default();
        let choices = list(part("doc", "choices"));
        let input = part("model_response", "input");
        let chat = input.and_then(messages);
        let prompt = chat
            .as_deref()
            .map_or_else(|| input.and_then(plain).unwrap_or_default(), conversation);
        let query = text("doc", "query");
        Sample {
            question: if query.is_empty() {
                chat.map(|chat| last_of(&chat, "user")).unwrap_or_default()
            } else {
                query
            },
            instruction: text("doc", "instruction"),
            prompt,
            gold: chosen(&choices, part("doc", "gold_index")),
            choices,
            answers: list(part("model_response", "text")),
            reasonings: items(part("model_response", "reasonings"))
                .iter()
                .map(plain)
                .collect(),
            processed: list(part("model_response", "text_post_processed")),
            logprobs: items(part("model_response", "logprobs"))
                .iter()
                .filter_map(Value::as_f64)
                .collect(),
            metrics: column(row, "metric").cloned().unwrap_or_default(),
            specific: part("doc", "specific")
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default(),
            id: text("doc", "id"),
            task: part("doc", "task_name")
                .and_then(plain)
                .filter(|task| !task.is_empty()),
        }
    }

    fn flat(row: &Map<String, Value>) -> Sample {
        let text = |name: &str| row.get(name).and_then(plain).unwrap_or_default();
        let choices = list(row.get("choices"));
        let golds = list(row.get("gold"));
        let predictions = row.get("predictions");
        let logprobs: Vec<f64> = likelihoods(predictions);
        let chat = row.get("full_prompt").and_then(messages);
        Sample {
            question: text("example"),
            instruction: text("instruction"),
            prompt: chat
                .as_deref()
                .map_or_else(|| text("full_prompt"), conversation),
            gold: if golds.is_empty() {
                chosen(&choices, row.get("gold_index"))
            } else {
                golds
            },
            answers: if logprobs.is_empty() {
                list(predictions)
            } else {
                Vec::new()
            },
            choices,
            logprobs,
            metrics: match row.get("metrics") {
                Some(Value::String(printed)) => python_dict(printed).into(),
                metrics => metrics.cloned().unwrap_or_default(),
            },
            specific: row
                .get("specifics")
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default(),
            ..Sample::default()
        }
    }

    /// A response for each text; where none was generated, the likeliest choice.
    fn answered(self, mut record: Record) -> Vec<Record> {
        if self.answers.is_empty() {
            let likeliest = self
                .logprobs
                .iter()
                .enumerate()
                .max_by(|a, b| a.1.total_cmp(b.1));
            if self.logprobs.len() == self.choices.len() && self.choices.len() > 1 {
                record.answer = likeliest
                    .and_then(|(at, _)| self.choices.get(at))
                    .cloned()
                    .unwrap_or_default();
                record
                    .metadata
                    .insert("choices".into(), self.choices.into());
            }
            if !self.logprobs.is_empty() {
                record
                    .metadata
                    .insert("loglikelihoods".into(), self.logprobs.into());
            }
            return vec![record];
        }
        let answers = self.answers.len();
        let mut reasonings = self.reasonings.into_iter();
        let mut processed = self.processed.into_iter();
        let epochs = (1..).zip(self.answers).map(|(epoch, answer)| {
            let mut record = Record {
                epoch,
                ..record.clone()
            };
            let reasoned = reasonings
                .next()
                .flatten()
                .filter(|text| !text.trim().is_empty());
            let bare = reasoning::split(&answer).answer;
            record.extracted = processed
                .next()
                .filter(|text| !alike(text, &answer) && !alike(text, &bare));
            record.trace = reasoned.map_or(Trace::Absent, Trace::Plain);
            record.answer = answer;
            scored_together(&mut record, answers);
            unterminate(&mut record);
            record
        });
        epochs.collect()
    }
}

/// A list of texts; one that did not fit its column was printed.
fn list(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => python_list(text.trim()).unwrap_or_else(|| vec![text.clone()]),
        // One answer may be a list of one.
        Some(Value::Array(items)) if items.iter().all(Value::is_array) => {
            items.iter().flat_map(|item| texts(Some(item))).collect()
        }
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| plain(item).unwrap_or_default())
            .collect(),
        _ => Vec::new(),
    }
}

/// The choices at an index or at several.
fn chosen(choices: &[String], index: Option<&Value>) -> Vec<String> {
    let one = |index: &Value| {
        let index = index.as_u64()? as usize;
        choices.get(index).map(|choice| choice.trim().to_owned())
    };
    match index {
        Some(Value::Array(several)) => several.iter().filter_map(one).collect(),
        Some(Value::String(printed)) => {
            let numbers = printed.trim_matches(['[', ']']).split(',');
            numbers
                .filter_map(|number| one(&number.trim().parse::<u64>().ok()?.into()))
                .collect()
        }
        index => index.and_then(one).into_iter().collect(),
    }
}

/// Likelihoods of choices: numbers, pairs of a number and whether it was the greedy choice, or the same printed.
fn likelihoods(predictions: Option<&Value>) -> Vec<f64> {
    let number = |value: &Value| {
        value
            .as_f64()
            .or_else(|| items(Some(value)).first()?.as_f64())
    };
    match predictions {
        Some(Value::Array(items)) => items
            .iter()
            .map(number)
            .collect::<Option<_>>()
            .unwrap_or_default(),
        Some(Value::String(printed)) => {
            let inner = printed.trim().trim_start_matches('[').trim_end_matches(']');
            let pairs = inner.split('(').filter(|pair| !pair.trim().is_empty());
            let first = |pair: &str| pair.split([',', ')']).next()?.trim().parse().ok();
            pairs.map(first).collect::<Option<_>>().unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// `{'em': 0.0, 'qem': 1}`: numbers by their names, as Python prints them.
fn python_dict(printed: &str) -> Map<String, Value> {
    let inner = printed.trim().trim_start_matches('{').trim_end_matches('}');
    let pair = |pair: &str| {
        let (name, value) = pair.rsplit_once(": ")?;
        let name = name.trim().trim_matches(['\'', '"']);
        Some((name.to_owned(), value.trim().parse::<f64>().ok()?.into()))
    };
    inner.split(", ").filter_map(pair).collect()
}

/// Metrics of which 1 is right and 0 is wrong, as their names begin.
const EXACT: &[&str] = &[
    "extractive_match",
    "exact_match",
    "quasi_exact_match",
    "prefix_exact_match",
    "prefix_quasi_exact_match",
    "em",
    "qem",
    "pem",
    "pqem",
    "acc",
    "loglikelihood_acc",
    "pass@1",
    "simpleqa_correct",
];

/// Metrics are numbers; texts among them are what a judge was asked and said.
fn score(record: &mut Record, metrics: &Value) {
    for (name, value) in metrics.as_object().into_iter().flatten() {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                flatten(name, value, &mut record.scores)
            }
            text if is_small(text) => drop(record.metadata.insert(name.clone(), text.clone())),
            _ => {}
        }
    }
    let exact = record.scores.iter().filter(|score| {
        let name = score.name.split([':', '/']).next().unwrap_or_default();
        EXACT.contains(&name)
    });
    let mut said = exact.map(|score| outcome(&score.value));
    record.outcome = said
        .find(|outcome| !outcome.is_unjudged())
        .unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_around_a_file_tell_model_and_task() {
        let read = |path: &str| {
            let task = Task::of(Path::new(path));
            (task.model, task.name)
        };
        let some = |model: &str, task: &str| (Some(model.to_owned()), Some(task.to_owned()));
        let time = "2025-03-01T10-00-00.000001";
        let here =
            format!("out/details/acme/tiny-1/{time}/details_lighteval|mgsm:sw|5_{time}.parquet");
        assert_eq!(read(&here), some("acme/tiny-1", "mgsm:sw"));
        let hub = format!(
            "details_acme__tiny-1_private/{time}/details_belebele_ell_Grek_mcf|0_{time}.parquet"
        );
        assert_eq!(read(&hub), some("acme/tiny-1", "belebele_ell_Grek_mcf"));
        assert_eq!(read("table.parquet"), (None, None));
    }

    #[test]
    fn lists_that_python_printed_are_lists() {
        let text = |printed: &str| Value::from(printed);
        assert_eq!(list(Some(&text("['a', \"b's\"]"))), ["a", "b's"]);
        assert_eq!(list(Some(&text("a, b"))), ["a, b"]);
        assert_eq!(
            likelihoods(Some(&text("[(-1.5, False), (-0.25, True)]"))),
            [-1.5, -0.25]
        );
        assert_eq!(likelihoods(Some(&text("['(a)', 'b']"))), [0.0; 0]);
        let choices = [" A".to_owned(), " B".to_owned()];
        assert_eq!(chosen(&choices, Some(&text("[1]"))), ["B"]);
        assert_eq!(chosen(&choices, Some(&serde_json::json!([0, 7]))), ["A"]);
        assert_eq!(
            Value::from(python_dict("{'em': 0.0, 'qem': 1}")),
            serde_json::json!({"em": 0.0, "qem": 1.0})
        );
    }
}
