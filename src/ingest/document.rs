//! A JSON document that holds its rows in an array or an object, or is a sequence of values over several lines each.

use std::ops::ControlFlow;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::bytes::Bytes;
use super::container::{Container, KEY, Row, RowSink};
use super::{Block, BlockSink, Place, Spot, json};

/// Rows go to the parsers in groups of about this many bytes.
const GROUP: usize = 1 << 20;

pub(super) struct Document {
    pub bytes: Arc<Bytes>,
    pub rows: Rows,
}

/// Where in the document the rows are.
#[derive(Debug, Clone)]
pub(super) enum Rows {
    /// Elements of the array under this path; of the top-level array where it is empty.
    Array(Vec<String>),
    /// Members of the object under this path; of the top-level object where it is empty.
    Object(Vec<String>),
    /// The document is a sequence of values.
    Values,
}

impl Document {
    fn walk(&self, sink: json::Sink) -> std::io::Result<Vec<json::Problem>> {
        let reader = self.bytes.reader();
        match &self.rows {
            Rows::Values => json::values(reader, sink),
            Rows::Array(path) => {
                json::array_elements(reader, &names(path), sink).map(|o| o.problems)
            }
            Rows::Object(path) => json::members(reader, &names(path), sink).map(|o| o.problems),
        }
    }

    fn read<'a>(&self, bytes: std::borrow::Cow<'a, [u8]>) -> Result<Row<'a>, String> {
        match self.rows {
            Rows::Object(_) => member(&bytes).map(Row::Value),
            _ => Ok(Row::Json(bytes)),
        }
    }
}

fn names(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

/// `"name": value` as a row: what the value has, and its name under [`KEY`].
fn member(bytes: &[u8]) -> Result<Value, String> {
    let braced = [b"{", bytes, b"}"].concat();
    let pair = json::parse(&braced).map_err(|error| format!("not JSON: {error}"))?;
    let Value::Object(pair) = pair else {
        return Err("not a member of an object".into());
    };
    let mut row = Map::new();
    for (name, value) in pair {
        row.insert(KEY.into(), name.into());
        match value {
            Value::Object(inner) => row.extend(inner),
            other => drop(row.insert("value".into(), other)),
        }
    }
    Ok(Value::Object(row))
}

impl Container for Document {
    fn kind(&self) -> &'static str {
        "JSON"
    }

    fn size(&self) -> u64 {
        self.bytes.len()
    }

    fn blocks(&self, sink: &mut BlockSink) -> Vec<(Spot, String)> {
        let (mut group, mut size, mut first, mut stopped) = (Vec::new(), 0, 1, false);
        let mut flush = |group: &mut Vec<(u64, Vec<u8>)>, size: &mut usize| {
            let elements = std::mem::take(group);
            let count = elements.len() as u64;
            *size = 0;
            if count == 0 {
                return ControlFlow::Continue(());
            }
            first += count;
            sink(Block::Elements {
                first: first - count,
                elements,
            })
        };
        let mut element = |at: u64, bytes: &[u8]| {
            size += bytes.len();
            group.push((at, bytes.to_vec()));
            if size < GROUP {
                return ControlFlow::Continue(());
            }
            let flow = flush(&mut group, &mut size);
            stopped = flow.is_break();
            flow
        };
        let damage = self.walk(&mut element);
        if !stopped {
            // What was whole before the document broke off is still worth reading.
            let _ = flush(&mut group, &mut size);
        }
        match damage {
            Ok(damage) => damage
                .into_iter()
                .map(|d| (Spot::File, format!("at byte {}: {}", d.offset, d.what)))
                .collect(),
            Err(error) => vec![(Spot::File, error.to_string())],
        }
    }

    fn rows(&self, block: &Block, sink: &mut RowSink) {
        let Block::Elements { first, elements } = block else {
            return;
        };
        for (row, (at, bytes)) in (*first..).zip(elements) {
            let place = Place::new(*at, bytes.len());
            sink(Spot::Row(row), place, self.read(bytes.into()));
        }
    }

    fn row(&self, place: Place) -> Result<Row<'static>, String> {
        let bytes = self.bytes.at(place.at, place.len as usize)?;
        self.read(bytes.into())
    }
}
