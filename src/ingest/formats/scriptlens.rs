//! The JSON Lines format of this project, the serde form of [`Record`], and the table that `convert` makes of it.

use serde_json::{Map, Value};

use super::table::{self, Table};
use super::{Answer, Format, Look, Reading, Readings};
use crate::ingest::container::Row;
use crate::ingest::{Hints, flat};
use crate::record::Record;

/// What does not fit the format is read as a table.
struct Scriptlens(Table);

pub(super) fn recognise(look: &Look) -> Answer {
    let is_record = |row: &Map<String, Value>| {
        row.contains_key("question_id")
            && row.get("scores").is_none_or(Value::is_array)
            && row.get("gold").is_none_or(Value::is_array)
            && row.keys().all(|key| flat::is_field(key))
    };
    let ours = look.any(|row| is_record(row) || flat::is_flat(row));
    if ours && look.map.is_empty() {
        Answer::Yes(Box::new(Scriptlens(Table::default())))
    } else {
        Answer::No
    }
}

impl Format for Scriptlens {
    fn name(&self) -> &'static str {
        "scriptlens"
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        if let Row::Json(bytes) = &row
            && let Ok(record) = serde_json::from_slice(bytes)
        {
            return own(record);
        }
        let row = row.object()?;
        if flat::is_flat(&row) {
            let record = serde_json::from_value(flat::unflatten(row));
            return own(record.map_err(|e| format!("not a scriptlens record: {e}"))?);
        }
        table::readings(lenient(row, &self.0)?)
    }
}

/// A record of our own format says everything itself: names around it add nothing, and no score is taken for more than
/// it says. So what was converted is read again as it was.
fn own(record: Record) -> Readings {
    Ok(vec![Reading {
        whole: true,
        ..record.into()
    }])
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
