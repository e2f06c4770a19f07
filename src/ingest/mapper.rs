//! What the fields of one JSON record mean, whichever container it lay in.

use std::path::Path;

use serde_json::{Map, Value};

use super::complete::{Hints, complete, judge};
use super::inspect::Header;
use super::lm_eval::{self, Task};
use super::table::Table;
use super::{FieldMap, Item, Place, flat, json};
use crate::record::Record;

/// How the records of a file are read.
pub(super) enum Mapper {
    /// The JSON Lines format of this project: the serde form of [`Record`].
    Scriptlens,
    /// lm-evaluation-harness samples.
    LmEval(Box<Task>),
    /// Samples of an Inspect log.
    Inspect(Box<Header>),
    /// Any other table.
    Table(Box<Table>),
}

/// Every key of the serde form of [`Record`].
const RECORD_KEYS: &[&str] = &[
    "run",
    "model",
    "condition",
    "dataset",
    "question_id",
    "epoch",
    "source",
    "target",
    "target_basis",
    "question",
    "prompt",
    "trace",
    "answer",
    "extracted",
    "gold",
    "scores",
    "correct",
    "entities",
    "truncated",
    "error",
    "note",
    "metadata",
];

impl Mapper {
    /// Chooses by what one row looks like; `None` where it is no response at all.
    pub fn for_row(
        row: &Map<String, Value>,
        path: &Path,
        map: &FieldMap,
        around: &Map<String, Value>,
    ) -> Option<Mapper> {
        let is_record = row.contains_key("question_id")
            && row.get("scores").is_none_or(Value::is_array)
            && row.get("gold").is_none_or(Value::is_array)
            && row.keys().all(|key| RECORD_KEYS.contains(&key.as_str()));
        let table = Table::new(map.clone());
        if is_record || flat::is_flat(row) {
            Some(Mapper::Scriptlens)
        } else if lm_eval::is_row(row) {
            Some(Mapper::LmEval(Box::new(Task::open(path))))
        } else if table.knows(row.keys().map(String::as_str)) {
            Some(Mapper::Table(Box::new(table.with_outline(around))))
        } else {
            None
        }
    }

    /// What the format is called on screen.
    pub fn name(&self) -> &'static str {
        match self {
            Mapper::Scriptlens => "scriptlens",
            Mapper::LmEval(_) => "lm-eval",
            Mapper::Inspect(_) => "Inspect",
            Mapper::Table(_) => "table",
        }
    }

    /// What went wrong with the files beside this one.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Mapper::LmEval(task) => task.problem.as_deref(),
            _ => None,
        }
    }

    /// Reads the bytes of one record.
    pub fn item(&self, bytes: &[u8], place: Place, hints: &Hints) -> Result<Item, String> {
        if let Mapper::Scriptlens = self
            && let Ok(record) = serde_json::from_slice(bytes)
        {
            return Ok(judged(record, place, hints));
        }
        if let Mapper::Inspect(header) = self {
            return Ok(finished(header.sample_bytes(bytes)?, None, place, hints));
        }
        let value = json::parse(bytes).map_err(|error| format!("not JSON: {error}"))?;
        self.value(value, place, hints)
    }

    /// Reads one record that is already a JSON value.
    pub fn value(&self, value: Value, place: Place, hints: &Hints) -> Result<Item, String> {
        match self {
            Mapper::Scriptlens => {
                let value = match value {
                    Value::Object(row) if flat::is_flat(&row) => flat::unflatten(row),
                    value => value,
                };
                let record = serde_json::from_value(value)
                    .map_err(|e| format!("not a scriptlens record: {e}"))?;
                Ok(judged(record, place, hints))
            }
            Mapper::LmEval(task) => {
                let (record, key) = task.record(value)?;
                Ok(finished(record, Some(key), place, hints))
            }
            Mapper::Inspect(header) => Ok(finished(header.sample(value)?, None, place, hints)),
            Mapper::Table(table) => match value {
                Value::Object(row) => Ok(judged(table.record(row), place, hints)),
                other => Err(format!("expected an object, found {}", kind(&other))),
            },
        }
    }
}

/// Inspect and lm-eval know what their scores mean; elsewhere a score that says it is right is believed.
fn judged(mut record: Record, place: Place, hints: &Hints) -> Item {
    judge(&mut record);
    finished(record, None, place, hints)
}

fn finished(mut record: Record, key: Option<String>, place: Place, hints: &Hints) -> Item {
    complete(&mut record, hints);
    Item { place, record, key }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
