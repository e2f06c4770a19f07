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
    /// The JSON Lines format of this project: the serde form of [`Record`]. What does not fit it is read as a table.
    Scriptlens(Box<Table>),
    /// lm-evaluation-harness samples.
    LmEval(Box<Task>),
    /// Samples of an Inspect log.
    Inspect(Box<Header>),
    /// Any other table.
    Table(Box<Table>),
}

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
            && row.keys().all(|key| flat::is_field(key));
        let table = Table::new(map.clone());
        if (is_record || flat::is_flat(row)) && map.is_empty() {
            Some(Mapper::Scriptlens(Box::new(table)))
        } else if lm_eval::is_row(row) {
            Some(Mapper::LmEval(Box::new(Task::open(path))))
        } else if table.knows(row.keys().map(String::as_str)) {
            Some(Mapper::Table(Box::new(
                table.with_outline(around).checked(row),
            )))
        } else {
            None
        }
    }

    /// What the format is called on screen.
    pub fn name(&self) -> &'static str {
        match self {
            Mapper::Scriptlens(_) => "scriptlens",
            Mapper::LmEval(_) => "lm-eval",
            Mapper::Inspect(_) => "Inspect",
            Mapper::Table(_) => "table",
        }
    }

    /// What went wrong with the files beside this one.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Mapper::LmEval(task) => task.problem.as_deref(),
            Mapper::Table(table) => table.problem(),
            _ => None,
        }
    }

    /// Reads the bytes of one record.
    pub fn item(&self, bytes: &[u8], place: Place, hints: &Hints) -> Result<Item, String> {
        if let Mapper::Scriptlens(_) = self
            && let Ok(record) = serde_json::from_slice(bytes)
        {
            return Ok(own(record, place, hints));
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
            Mapper::Scriptlens(table) => match value {
                Value::Object(row) if flat::is_flat(&row) => {
                    let record = serde_json::from_value(flat::unflatten(row));
                    Ok(own(
                        record.map_err(|e| format!("not a scriptlens record: {e}"))?,
                        place,
                        hints,
                    ))
                }
                Value::Object(row) => table_row(lenient(row, table)?, place, hints),
                other => Err(format!("expected an object, found {}", kind(&other))),
            },
            Mapper::LmEval(task) => {
                let (record, key) = task.record(value)?;
                Ok(finished(record, Some(key), place, hints))
            }
            Mapper::Inspect(header) => Ok(finished(header.sample(value)?, None, place, hints)),
            Mapper::Table(table) => match value {
                Value::Object(row) => table_row(table.record(row), place, hints),
                other => Err(format!("expected an object, found {}", kind(&other))),
            },
        }
    }
}

/// A record of our own format says everything itself: names around it add nothing, and no score is taken for more than
/// it says. So what was converted is read again as it was.
fn own(record: Record, place: Place, hints: &Hints) -> Item {
    let hints = Hints {
        locale: None,
        run: hints.run.clone(),
    };
    finished(record, None, place, &hints)
}

/// Inspect and lm-eval know what their scores mean; in any other table a score that says it is right is believed.
fn table_row(mut record: Record, place: Place, hints: &Hints) -> Result<Item, String> {
    let texts = [&record.question, &record.answer, record.trace.text()];
    if texts.iter().all(|text| text.is_empty())
        && record.gold.is_empty()
        && record.correct.is_none()
    {
        return Err("neither a question nor an answer in this row".into());
    }
    judge(&mut record);
    Ok(finished(record, None, place, hints))
}

/// Takes from a row what fits our format as it is, and the rest as a table would.
fn lenient(row: Map<String, Value>, table: &Table) -> Result<Record, String> {
    let fits = |name: &str, value: &Value| {
        let alone = Map::from_iter([(name.to_owned(), value.clone())]);
        flat::is_field(name) && serde_json::from_value::<Record>(alone.into()).is_ok()
    };
    let (known, rest): (Map<_, _>, Map<_, _>) = row
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .partition(|(name, value)| fits(name, value));
    let record = serde_json::from_value(known.into());
    let mut record: Record = record.map_err(|e| format!("not a scriptlens record: {e}"))?;
    table.add(&mut record, rest);
    Ok(record)
}

fn finished(mut record: Record, key: Option<String>, place: Place, hints: &Hints) -> Item {
    if record.question_id.is_empty() && record.question.trim().is_empty() {
        // Nothing says which question it is, so it is none that is known.
        record.question_id = format!("{}:{}", hints.run, place.at);
    }
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
