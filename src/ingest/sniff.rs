//! What a file is, by its content alone.

use std::ops::ControlFlow;
use std::path::Path;

use serde_json::{Map, Value};

use super::bytes::Bytes;
use super::columns::{self, Columns, Kind};
use super::complete::Hints;
use super::delimited::{self, Delimited};
use super::document::{Document, Records};
use super::eval::EvalFile;
use super::inspect::{self, Header};
use super::lines::Lines;
use super::mapper::Mapper;
use super::table::Table;
use super::{FieldMap, Input, Opened, Problem, Source, json};

/// How much of a file is looked at before its records are read.
const HEAD: usize = 1 << 16;

/// Names that lists of responses go by inside a document, likeliest first.
const LISTS: &[&str] = &[
    "samples",
    "results",
    "responses",
    "data",
    "rows",
    "records",
    "items",
    "instances",
    "predictions",
    "outputs",
    "examples",
    "questions",
];

const NO_RUN: &str =
    "not a run: no JSON, CSV, Parquet, Arrow IPC or Inspect log was recognised in it";
const NO_COLUMN: &str = "a table without a question or an answer: name the columns with --map, for example --map question=COLUMN";

/// Opens a file of records. `Ok(None)` is a file that belongs to another one, which reads it itself.
///
/// # Errors
/// The file cannot be read or is no run; a file that was only met on the way through a folder is then marked as skipped.
pub fn open(input: &Input, map: &FieldMap) -> Result<Option<Opened>, Problem> {
    match source(input, map) {
        Ok(source) => Ok(source.map(|source| Opened {
            path: input.path.clone(),
            source,
        })),
        Err(Refusal { reason, foreign }) => Err(Problem {
            skipped: foreign && !input.named,
            ..Problem::file(&input.path, reason)
        }),
    }
}

/// Why a file was not opened; `foreign` where it simply is something else.
struct Refusal {
    reason: String,
    foreign: bool,
}

impl From<String> for Refusal {
    fn from(reason: String) -> Self {
        Refusal {
            reason,
            foreign: false,
        }
    }
}

fn foreign(reason: &str) -> Refusal {
    Refusal {
        reason: reason.into(),
        foreign: true,
    }
}

fn source(input: &Input, map: &FieldMap) -> Result<Option<Box<dyn Source>>, Refusal> {
    let path = input.path.as_path();
    let hints = Hints::of(path, &input.root);
    let bytes = Bytes::open(path)?;
    let head = bytes.head(HEAD)?;
    let start = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(&head)
        .trim_ascii_start();
    match start {
        [] => Err(foreign("the file is empty")),
        [0, ..] => Err(
            "the file begins with NUL bytes: it was damaged while it was written or copied"
                .to_owned()
                .into(),
        ),
        [b'P', b'K', 3, 4, ..]
        | [b'P', b'A', b'R', b'1', ..]
        | [b'A', b'R', b'R', b'O', b'W', b'1', ..]
            if bytes.is_copy() =>
        {
            let hint = "an archive or table that is compressed or piped cannot be read in place: save it as a file of its own";
            Err(hint.to_owned().into())
        }
        [b'P', b'K', 3, 4, ..] => Ok(Some(Box::new(EvalFile::open(path, hints)?))),
        [b'P', b'A', b'R', b'1', ..] => table_file(path, Kind::Parquet, map, hints).map(Some),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => {
            table_file(path, Kind::Ipc, map, hints).map(Some)
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            let hint = "UTF-16 text: convert it first, for example with iconv -f UTF-16 -t UTF-8";
            Err(hint.to_owned().into())
        }
        [b'{', ..] => match rows(start).as_slice() {
            [] => document(path, bytes, map, hints),
            rows => lines(path, bytes, rows, map, hints).map(Some),
        },
        [b'[', ..] => document(path, bytes, map, hints),
        _ => match rows(start).as_slice() {
            rows @ [_, ..] => lines(path, bytes, rows, map, hints).map(Some),
            [] => delimited_file(path, bytes, &head, map, hints).map(Some),
        },
    }
}

/// Whole JSON objects on lines of their own at the head of a file, where it looks like JSON Lines. A damaged line among
/// them is one bad record, not another format.
fn rows(head: &[u8]) -> Vec<Map<String, Value>> {
    let lines = head
        .split(|byte| *byte == b'\n')
        .take(20)
        .filter(|line| line.starts_with(b"{"));
    let rows: Vec<_> = lines.filter_map(object).collect();
    match rows.as_slice() {
        // A document printed on one line is left to `document`, which looks inside.
        [only] if is_document(only) => Vec::new(),
        _ => rows,
    }
}

fn is_document(object: &Map<String, Value>) -> bool {
    let rows = |value: &Value| {
        value
            .as_array()
            .is_some_and(|list| list.first().is_some_and(Value::is_object))
    };
    inspect::is_log(&Value::Object(object.clone()))
        || LISTS.iter().any(|name| object.get(*name).is_some_and(rows))
}

fn lines(
    path: &Path,
    bytes: Bytes,
    rows: &[Map<String, Value>],
    map: &FieldMap,
    hints: Hints,
) -> Result<Box<dyn Source>, Refusal> {
    let mapper = rows
        .iter()
        .find_map(|row| Mapper::for_row(row, path, map, &Map::new()));
    let mapper = mapper.ok_or_else(|| foreign(NO_COLUMN))?;
    Ok(Box::new(Lines {
        path: path.into(),
        bytes,
        mapper,
        hints,
    }))
}

fn table_file(
    path: &Path,
    kind: Kind,
    map: &FieldMap,
    hints: Hints,
) -> Result<Box<dyn Source>, Refusal> {
    let (names, rows) = columns::shape(path, kind)?;
    let row = names
        .iter()
        .map(|name| (name.clone(), Value::Null))
        .collect();
    let mapper = Mapper::for_row(&row, path, map, &Map::new()).ok_or_else(|| foreign(NO_COLUMN))?;
    Ok(Box::new(Columns::new(path, kind, rows, mapper, hints)))
}

fn delimited_file(
    path: &Path,
    bytes: Bytes,
    head: &[u8],
    map: &FieldMap,
    hints: Hints,
) -> Result<Box<dyn Source>, Refusal> {
    let (delimiter, header) = delimited::header(head).ok_or_else(|| foreign(NO_RUN))?;
    let table = Table::new(map.clone());
    if !table.knows(header.iter().map(String::as_str)) {
        return Err(foreign(if header.iter().all(|name| name.len() < 40) {
            NO_COLUMN
        } else {
            NO_RUN
        }));
    }
    let row = header
        .iter()
        .map(|name| (name.clone(), Value::Null))
        .collect();
    let mapper = Mapper::Table(Box::new(table.checked(&row)));
    Ok(Box::new(Delimited {
        path: path.into(),
        bytes,
        mapper,
        hints,
        delimiter,
        header,
    }))
}

/// A JSON document, or values printed over several lines each.
fn document(
    path: &Path,
    bytes: Bytes,
    map: &FieldMap,
    hints: Hints,
) -> Result<Option<Box<dyn Source>>, Refusal> {
    let Inside {
        records,
        first,
        around,
        damage,
    } = look_inside(&bytes)?;
    if inspect::is_log(&Value::Object(around.clone())) {
        let header = Header::parse(&Value::Object(around))?;
        let records = Records::Array(Some("samples".into()));
        let mapper = Mapper::Inspect(Box::new(header));
        return Ok(Some(Box::new(Document {
            path: path.into(),
            bytes,
            mapper,
            hints,
            records,
        })));
    }
    if is_lm_eval_results(&around) {
        return match has_samples(path) {
            true => Ok(None),
            false => Err(foreign(
                "lm-eval results without samples: run it with --log_samples to have responses",
            )),
        };
    }
    let mapper = first.and_then(|first| Mapper::for_row(&first, path, map, &around));
    let mapper = mapper.ok_or_else(|| match damage {
        Some(damage) => format!("the JSON document breaks off: {damage}").into(),
        None => foreign("a JSON document without a list of responses"),
    })?;
    Ok(Some(Box::new(Document {
        path: path.into(),
        bytes,
        mapper,
        hints,
        records,
    })))
}

struct Inside {
    records: Records,
    /// The first record.
    first: Option<Map<String, Value>>,
    /// The other members of the document.
    around: Map<String, Value>,
    /// Why there may be no record.
    damage: Option<String>,
}

fn look_inside(bytes: &Bytes) -> Result<Inside, Refusal> {
    let failed = |e: std::io::Error| Refusal::from(e.to_string());
    let first_of = |path: &[&str]| {
        let mut first = None;
        let outline = json::array_elements(bytes.reader(), path, &mut |_, element| {
            first = first.take().or_else(|| object(element));
            if first.is_some() && path.is_empty() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        outline.map(|outline| (first, outline)).map_err(failed)
    };
    let members = |outline: &json::Outline| match outline.object() {
        Value::Object(members) => members,
        _ => Map::new(),
    };

    let (first, outline) = first_of(&[])?;
    if first.is_some() || outline.found {
        return Ok(Inside {
            records: Records::Array(None),
            first,
            around: Map::new(),
            damage: None,
        });
    }
    for name in LISTS {
        let small = outline.members.iter().find(|(member, _)| member == name);
        let large = outline.large.iter().any(|member| member == name);
        if large
            || !outline.problems.is_empty()
            || small.is_some_and(|(_, value)| value.trim_ascii_start().starts_with(b"["))
        {
            let (first, outline) = first_of(&[name])?;
            if outline.found && (first.is_some() || *name == "samples") {
                return Ok(Inside {
                    records: Records::Array(Some((*name).into())),
                    first,
                    around: members(&outline),
                    damage: None,
                });
            }
        }
    }
    let around = members(&outline);
    // A sequence of values; one alone may be a record on a very long line.
    let mut values: Vec<Option<Map<String, Value>>> = Vec::new();
    json::values(bytes.reader(), &mut |_, value| {
        values.push(object(value));
        if values.len() == 2 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
    .map_err(failed)?;
    let damage = outline.problems.first().map(|problem| problem.what.clone());
    let sequence = values.len() == 2;
    Ok(Inside {
        records: Records::Values,
        first: values.into_iter().flatten().next(),
        around: if sequence { Map::new() } else { around },
        damage,
    })
}

fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    match json::parse(bytes) {
        Ok(Value::Object(row)) => Some(row),
        _ => None,
    }
}

fn is_lm_eval_results(document: &Map<String, Value>) -> bool {
    document.get("results").is_some_and(Value::is_object)
        && ["n-shot", "configs", "higher_is_better", "n-samples"]
            .iter()
            .any(|key| document.contains_key(*key))
}

fn has_samples(results: &Path) -> bool {
    let Some(Ok(mut siblings)) = results.parent().map(std::fs::read_dir) else {
        return false;
    };
    siblings.any(|entry| {
        entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("samples_"))
    })
}
