//! A record as one row of a table and back: what `convert` writes to Parquet is read again without loss.

use serde_json::{Map, Value};

use super::json;
use crate::record::Record;

/// Columns that hold JSON text, because a table has no one type for them.
const AS_JSON: [&str; 4] = ["scores", "grade", "entities", "metadata"];

/// Columns beside those of the JSON form: what is one member there and two columns here.
const BESIDE: [&str; 2] = ["trace_kind", "outcome"];

/// Columns of the table, in order, and whether they hold numbers, truth values, lists or text.
pub const COLUMNS: &[(&str, Kind)] = &[
    ("run", Kind::Text),
    ("model", Kind::Text),
    ("condition", Kind::Text),
    ("dataset", Kind::Text),
    ("question_id", Kind::Text),
    ("epoch", Kind::Number),
    ("source", Kind::Text),
    ("target", Kind::Text),
    ("target_basis", Kind::Text),
    ("question_basis", Kind::Text),
    ("question", Kind::Text),
    ("source_question", Kind::Text),
    ("prompt", Kind::Text),
    ("trace", Kind::Text),
    ("trace_kind", Kind::Text),
    ("answer", Kind::Text),
    ("extracted", Kind::Text),
    ("gold", Kind::List),
    ("scores", Kind::Text),
    ("correct", Kind::Truth),
    ("outcome", Kind::Text),
    ("grade", Kind::Text),
    ("entities", Kind::Text),
    ("truncated", Kind::Truth),
    ("error", Kind::Text),
    ("note", Kind::Text),
    ("metadata", Kind::Text),
];

/// What a column of the table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Text,
    Number,
    Truth,
    List,
}

/// The cells of a record.
///
/// # Errors
/// The record has no JSON form, which none that was read from a file lacks.
pub fn flatten(record: &Record) -> Result<Map<String, Value>, serde_json::Error> {
    let Value::Object(mut row) = serde_json::to_value(record)? else {
        return Ok(Map::new());
    };
    if let Some(Value::Object(mut trace)) = row.remove("trace") {
        row.insert(
            "trace_kind".into(),
            trace.remove("kind").unwrap_or_default(),
        );
        row.insert("trace".into(), trace.remove("text").unwrap_or_default());
    }
    // A column of truth values has no place for the other outcomes.
    row.insert("outcome".into(), record.outcome.word().into());
    row.retain(|name, value| name != "correct" || value.is_boolean());
    for name in AS_JSON {
        if let Some(value) = row.get_mut(name) {
            *value = Value::String(value.to_string());
        }
    }
    Ok(row)
}

/// Whether the serde form of a record has a field of that name.
pub(super) fn is_field(name: &str) -> bool {
    !BESIDE.contains(&name) && COLUMNS.iter().any(|(known, _)| *known == name)
}

/// Whether a table with these columns was made by [`flatten`]; it may have more.
pub(super) fn is_flat(row: &Map<String, Value>) -> bool {
    ["question_id", "trace_kind", "target_basis", "scores"]
        .iter()
        .all(|name| row.contains_key(*name))
}

/// The JSON form of the record whose cells these are.
pub(super) fn unflatten(mut row: Map<String, Value>) -> Value {
    row.retain(|name, value| !value.is_null() && COLUMNS.iter().any(|(known, _)| known == name));
    for name in AS_JSON {
        if let Some(Value::String(text)) = row.get(name) {
            let value = json::parse(text.as_bytes()).unwrap_or_default();
            row.insert(name.into(), value);
        }
    }
    if let Some(Value::String(outcome)) = row.remove("outcome")
        && !["right", "wrong", "unjudged"].contains(&outcome.as_str())
    {
        row.insert("correct".into(), outcome.into());
    }
    if let Some(kind) = row.remove("trace_kind") {
        let text = row
            .remove("trace")
            .unwrap_or_else(|| Value::String(String::new()));
        row.insert(
            "trace".into(),
            Map::from_iter([("kind".into(), kind), ("text".into(), text)]).into(),
        );
    }
    Value::Object(row)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::record::{Outcome, Score, ScoreValue, Trace};

    #[test]
    fn a_record_survives_the_table() {
        let record = Record {
            question_id: "q".into(),
            epoch: 2,
            target: crate::script::parse("hi-Deva"),
            trace: Trace::Unterminated("अब …".into()),
            gold: vec!["a".into(), "b".into()],
            scores: vec![Score {
                name: "em".into(),
                value: ScoreValue::Unscored,
                explanation: None,
            }],
            outcome: Outcome::Unparsed,
            ..Record::default()
        };
        let row = flatten(&record).unwrap();
        assert!(
            row.keys()
                .all(|key| COLUMNS.iter().any(|(name, _)| name == key))
        );
        assert_eq!(
            serde_json::from_value::<Record>(unflatten(row)).unwrap(),
            record
        );
    }
}
