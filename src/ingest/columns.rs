//! Parquet and Arrow IPC tables, read by polars in slices of rows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use polars::prelude::*;
use serde_json::{Map, Value};

use super::container::{Container, Row, RowSink};
use super::{Block, BlockSink, Place, Spot};

/// Rows are decoded in groups of this many: parsing takes groups in turn, reading keeps the last few.
const GROUP: u64 = 512;
const KEPT_GROUPS: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Parquet,
    Ipc,
}

/// A group of rows, decoded together.
type Group = Arc<Vec<Map<String, Value>>>;

pub(super) struct Columns {
    path: Box<Path>,
    kind: Kind,
    names: Vec<String>,
    rows: u64,
    cache: Mutex<LruCache<u64, Group>>,
}

/// How many reads are under way whose panics are caught. A panic hook that ends the program must look here first.
static GUARDED: AtomicUsize = AtomicUsize::new(0);

/// Whether a panic may be one of polars over a file, which becomes a problem of that file.
pub fn is_guarded() -> bool {
    GUARDED.load(Ordering::Relaxed) > 0
}

/// polars panics over some damaged files and over column types it was built without.
fn guarded<T>(read: impl FnOnce() -> PolarsResult<T>) -> Result<T, String> {
    GUARDED.fetch_add(1, Ordering::Relaxed);
    let result = catch_unwind(AssertUnwindSafe(read));
    GUARDED.fetch_sub(1, Ordering::Relaxed);
    match result {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => {
            let hint = "it is damaged, or has a column of a type that is not read here, such as a category or a decimal";
            Err(format!(
                "{hint}: write it anew with plain numbers and texts"
            ))
        }
    }
}

fn scan(path: &Path, kind: Kind) -> PolarsResult<LazyFrame> {
    let path = PlRefPath::try_from_path(path)?;
    match kind {
        Kind::Parquet => LazyFrame::scan_parquet(
            path,
            ScanArgsParquet {
                glob: false,
                ..Default::default()
            },
        ),
        Kind::Ipc => LazyFrame::scan_ipc(
            path,
            IpcScanOptions::default(),
            UnifiedScanArgs {
                glob: false,
                ..Default::default()
            },
        ),
    }
}

impl Columns {
    /// Opens a table.
    ///
    /// # Errors
    /// It is damaged, or has columns that are not read here.
    pub fn open(path: &Path, kind: Kind) -> Result<Columns, String> {
        let shape = || -> PolarsResult<(Vec<String>, u64)> {
            let mut frame = scan(path, kind)?;
            let schema = frame.collect_schema()?;
            let names = schema.iter_names().map(ToString::to_string).collect();
            let count = frame.select([len()]).collect()?;
            let rows = count.columns()[0].get(0)?.extract::<u64>().unwrap_or(0);
            Ok((names, rows))
        };
        let (names, rows) = guarded(shape).map_err(|e| format!("the table cannot be read: {e}"))?;
        let kept = std::num::NonZeroUsize::new(KEPT_GROUPS).unwrap_or(std::num::NonZeroUsize::MIN);
        Ok(Columns {
            path: path.into(),
            kind,
            names,
            rows,
            cache: Mutex::new(LruCache::new(kept)),
        })
    }

    fn decode(&self, at: u64, len: u64) -> Result<Vec<Map<String, Value>>, String> {
        guarded(|| {
            let frame = scan(&self.path, self.kind)?
                .slice(at as i64, len as IdxSize)
                .collect()?;
            let mut rows = vec![Map::new(); frame.height()];
            for column in frame.columns() {
                let series = column.as_materialized_series().rechunk();
                for (row, value) in rows.iter_mut().zip(series.iter()) {
                    row.insert(column.name().to_string(), json(value));
                }
            }
            Ok(rows)
        })
    }

    fn group(&self, group: u64) -> Result<Group, String> {
        let cache = || self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rows) = cache().get(&group).cloned() {
            return Ok(rows);
        }
        let rows = Arc::new(self.decode(group * GROUP, GROUP)?);
        cache().put(group, rows.clone());
        Ok(rows)
    }
}

/// All rows of a Parquet file, each column as JSON.
///
/// # Errors
/// It is damaged, or has columns that are not read here.
pub fn read_parquet(path: &Path) -> Result<Vec<Map<String, Value>>, String> {
    let table = Columns::open(path, Kind::Parquet)?;
    table.decode(0, table.rows)
}

impl Container for Columns {
    fn kind(&self) -> &'static str {
        match self.kind {
            Kind::Parquet => "Parquet",
            Kind::Ipc => "Arrow IPC",
        }
    }

    fn size(&self) -> u64 {
        self.rows
    }

    fn columns(&self) -> &[String] {
        &self.names
    }

    fn blocks(&self, sink: &mut BlockSink) -> Vec<(Spot, String)> {
        for at in (0..self.rows).step_by(GROUP as usize) {
            if sink(Block::Range(at..(at + GROUP).min(self.rows))).is_break() {
                break;
            }
        }
        Vec::new()
    }

    fn rows(&self, block: &Block, sink: &mut RowSink) {
        let Block::Range(range) = block else { return };
        let spot = |at: u64| Spot::Row(at + 1);
        match self.decode(range.start, range.end - range.start) {
            Ok(rows) => {
                for (at, row) in range.clone().zip(rows) {
                    sink(
                        spot(at),
                        Place::new(at, 0),
                        Ok(Row::Value(Value::Object(row))),
                    );
                }
            }
            Err(reason) => sink(spot(range.start), Place::new(range.start, 0), Err(reason)),
        }
    }

    fn row(&self, place: Place) -> Result<Row<'static>, String> {
        let group = self.group(place.at / GROUP)?;
        let row = group.get((place.at % GROUP) as usize).cloned();
        row.map(|row| Row::Value(Value::Object(row)))
            .ok_or_else(|| "the row is gone: load again".into())
    }
}

/// A cell as JSON; what JSON has no word for as its text.
fn json(value: AnyValue) -> Value {
    match value {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(yes) => Value::Bool(yes),
        // Neither a category can be asked for its type, nor a time for its text where it names a zone.
        ref text if text.get_str().is_some() => Value::from(text.get_str()),
        AnyValue::Datetime(at, unit, Some(_)) => {
            Value::String(format!("{} UTC", AnyValue::Datetime(at, unit, None)))
        }
        AnyValue::DatetimeOwned(at, unit, Some(_)) => {
            Value::String(format!("{} UTC", AnyValue::Datetime(at, unit, None)))
        }
        AnyValue::List(list) => list.iter().map(json).collect(),
        AnyValue::Struct(..) | AnyValue::StructOwned(..) => {
            let (mut names, mut values) = (Vec::new(), Vec::new());
            if let DataType::Struct(fields) = value.dtype() {
                names.extend(fields.iter().map(|field| field.name().to_string()));
            }
            value._materialize_struct_av(&mut values);
            Value::Object(
                names
                    .into_iter()
                    .zip(values.into_iter().map(json))
                    .collect(),
            )
        }
        ref number if number.dtype().is_integer() => {
            {
                // Hashes fill all of 64 bits.
                let unsigned = number.extract::<u64>().map(Value::from);
                unsigned
                    .or_else(|| number.extract::<i64>().map(Value::from))
                    .unwrap_or_default()
            }
        }
        ref number if number.dtype().is_float() => {
            number.extract::<f64>().map_or(Value::Null, Value::from)
        }
        other => Value::String(other.to_string()),
    }
}
