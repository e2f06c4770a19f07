//! How rows lie in bytes, whatever they mean.

use std::borrow::Cow;
use std::ops::ControlFlow;

use serde_json::{Map, Value};

use super::{Block, BlockSink, Place, Spot, json};

/// The name under which a row that is a member of an object has its own name.
pub(super) const KEY: &str = "";

/// One row as it was found.
#[derive(Debug, Clone)]
pub(super) enum Row<'a> {
    /// The bytes of a JSON value.
    Json(Cow<'a, [u8]>),
    /// A value: cells by the names of their columns.
    Value(Value),
}

impl Row<'_> {
    /// The row as a value.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn value(self) -> Result<Value, String> {
        match self {
            Row::Json(bytes) => json::parse(&bytes).map_err(|error| format!("not JSON: {error}")),
            Row::Value(value) => Ok(value),
        }
    }

    /// The row as named values.
    ///
    /// # Errors
    /// It is something else.
    pub fn object(self) -> Result<Map<String, Value>, String> {
        match self.value()? {
            Value::Object(row) => Ok(row),
            other => Err(format!("expected an object, found {}", kind(&other))),
        }
    }
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

/// Receives rows, or why they cannot be read.
pub(super) type RowSink<'a> = dyn FnMut(Spot, Place, Result<Row, String>) + 'a;

/// Rows in a file, which can be listed once and read again at any time, from several threads.
pub(super) trait Container: Send + Sync {
    /// What it is called where the format says nothing more.
    fn kind(&self) -> &'static str;
    /// Bytes or rows in the file: what progress is measured by.
    fn size(&self) -> u64;
    /// Names of the columns, where they are known without a row.
    fn columns(&self) -> &[String] {
        &[]
    }
    /// Cuts the file into blocks, in order, and returns what stood in the way.
    fn blocks(&self, sink: &mut BlockSink) -> Vec<(Spot, String)>;
    /// The rows of a block, in order.
    fn rows(&self, block: &Block, sink: &mut RowSink);
    /// One row again.
    ///
    /// # Errors
    /// The file is gone, or its bytes are no longer what they were.
    fn row(&self, place: Place) -> Result<Row<'static>, String>;
}

/// How many rows are looked at to tell the format of a file.
const SAMPLE: usize = 1000;

/// The first rows that are objects, or the header alone: enough to tell what the others are.
pub(super) fn sample(container: &dyn Container) -> Vec<Map<String, Value>> {
    let mut first = Vec::new();
    container.blocks(&mut |block| {
        // Some containers begin with a block that is small, so one may not be enough.
        container.rows(&block, &mut |_, _, row| {
            if first.len() < SAMPLE
                && let Some(Ok(row)) = row.ok().map(Row::object)
            {
                first.push(row);
            }
        });
        if first.is_empty() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    let columns = container.columns().iter();
    let empty: Map<String, Value> = columns.map(|name| (name.clone(), Value::Null)).collect();
    if first.is_empty() && !empty.is_empty() {
        first.push(empty);
    }
    first
}
