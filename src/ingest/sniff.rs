//! What a file is, by its content alone.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::bytes::Bytes;
use super::columns::{Columns, Kind};
use super::complete::Hints;
use super::container::{Container, sample};
use super::delimited::{self, Delimited};
use super::document::{self, Document};
use super::eval::EvalFile;
use super::formats::table::Table;
use super::formats::{Answer, Fault, Look, inspect, recognise, simple_evals};
use super::lines::Lines;
use super::parallel::{self, Parallel};
use super::rows::Rows;
use super::{Gravity, Input, Opened, Problem, Said, Source, json};

/// How much of a file is looked at to tell its container.
const HEAD: usize = 1 << 16;

/// Where lists of responses stand inside a document, likeliest first.
const LISTS: &[&[&str]] = &[
    &["samples"],
    &["results"],
    &["results", "results"],
    &["request_states"],
    &["testCases"],
    &["test_cases"],
    &["test_results"],
    &["testRunData", "testCases"],
    &["conversationalTestCases"],
    &["testRunData", "conversationalTestCases"],
    &["responses"],
    &["data"],
    &["rows"],
    &["records"],
    &["items"],
    &["instances"],
    &["predictions"],
    &["outputs"],
    &["examples"],
    &["questions"],
    &["details"],
];

const NO_RUN: &str =
    "not a run: no JSON, CSV, Parquet, Arrow IPC or Inspect log was recognised in it";
pub(super) const NO_COLUMN: &str = "a table without a question or an answer: name the columns with --map, for example --map question=COLUMN";
const NO_LIST: &str = "a JSON document without a list of responses";

/// Opens a file of records. `Ok(None)` is a file that belongs to another one, which reads it itself.
///
/// # Errors
/// The file cannot be read or is no run; a file that was only met on the way through a folder is then no loss.
pub fn open(input: &Input, said: &Arc<Said>) -> Result<Option<Opened>, Problem> {
    match source(input, said) {
        Ok(source) => Ok(source.map(|source| Opened {
            path: input.path.clone(),
            source,
        })),
        Err(Refusal { reason, foreign }) => Err(Problem {
            gravity: match foreign && !input.named {
                true => Gravity::NoRun,
                false => Gravity::Lost,
            },
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

fn foreign(reason: impl Into<String>) -> Refusal {
    Refusal {
        reason: reason.into(),
        foreign: true,
    }
}

fn source(input: &Input, said: &Arc<Said>) -> Result<Option<Box<dyn Source>>, Refusal> {
    let path = input.path.as_path();
    let hints = Hints {
        said: said.clone(),
        ..Hints::of(path, &input.root)
    };
    let (candidates, refusal) = match content(path)? {
        Content::Archive(bytes) => {
            return Ok(Some(Box::new(EvalFile::open(path, bytes, hints)?)));
        }
        Content::Rows(candidates, unknown) => (candidates, unknown),
    };
    for Candidate {
        container,
        around,
        remark,
    } in candidates
    {
        let rows = sample(container.as_ref());
        let look = Look {
            path,
            rows: &rows,
            around: &around,
            map: &said.map,
            named: input.named,
            joined: said.joined,
        };
        match recognise(&look) {
            Answer::No => {}
            Answer::Companion => return Ok(None),
            Answer::Refused(reason) => return Err(foreign(reason)),
            Answer::Yes(format) => {
                return Ok(Some(Box::new(Rows {
                    path: path.into(),
                    container,
                    format,
                    hints,
                    remark,
                })));
            }
        }
    }
    Err(refusal)
}

/// What a file holds.
enum Content {
    /// An Inspect archive.
    Archive(Bytes),
    /// Rows in one of these places, and what to say where no format knows them.
    Rows(Vec<Candidate>, Refusal),
}

/// A way to take a file as rows.
pub(super) struct Candidate {
    /// The rows.
    pub container: Box<dyn Container>,
    /// What else the document has.
    pub around: Arc<Map<String, Value>>,
    /// What became of its bytes on the way.
    pub remark: Option<Fault>,
}

impl Candidate {
    fn only(container: impl Container + 'static, remark: Option<Fault>) -> Vec<Candidate> {
        vec![Candidate {
            container: Box::new(container),
            around: Arc::default(),
            remark,
        }]
    }
}

/// The ways to take a file as rows, the likeliest first.
///
/// # Errors
/// It cannot be read, or has no rows.
pub(super) fn candidates(path: &Path) -> Result<Vec<Candidate>, String> {
    match content(path) {
        Ok(Content::Rows(candidates, _)) => Ok(candidates),
        Ok(Content::Archive(_)) => Err("an archive".into()),
        Err(refusal) => Err(refusal.reason),
    }
}

fn content(path: &Path) -> Result<Content, Refusal> {
    let bytes = Bytes::open(path)?;
    let remark = bytes.remark().cloned();
    let head = bytes.head(HEAD)?;
    let start = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(&head)
        .trim_ascii_start();
    let table = |kind| {
        let table = Columns::open(path, kind)?;
        Ok(Content::Rows(
            Candidate::only(table, None),
            foreign(NO_COLUMN),
        ))
    };
    match start {
        [] => Err(foreign("the file is empty")),
        [0, ..] => Err(
            "the file begins with NUL bytes: it was damaged while it was written or copied"
                .to_owned()
                .into(),
        ),
        [b'P', b'A', b'R', b'1', ..] | [b'A', b'R', b'R', b'O', b'W', b'1', ..]
            if bytes.is_copy() =>
        {
            let hint = "a Parquet or Arrow table that is compressed as a whole or piped cannot be read in place: save it as a file of its own";
            Err(hint.to_owned().into())
        }
        [b'P', b'K', 3, 4, ..] => Ok(Content::Archive(bytes)),
        [b'P', b'A', b'R', b'1', ..] => table(Kind::Parquet),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => table(Kind::Ipc),
        [b'[', ..] => document(bytes),
        [b'{', ..] if !has_rows(start) => document(bytes),
        _ if has_rows(start) => {
            let lines = Candidate::only(Lines(bytes), remark);
            Ok(Content::Rows(lines, foreign(NO_COLUMN)))
        }
        _ => {
            let (delimiter, header) = delimited::header(&head).ok_or_else(|| foreign(NO_RUN))?;
            // A text with commas is no table.
            let prose = header.iter().any(|name| name.len() >= 40);
            let table = Delimited {
                bytes,
                delimiter,
                header,
            };
            let unknown = if prose { NO_RUN } else { NO_COLUMN };
            Ok(Content::Rows(
                Candidate::only(table, remark),
                foreign(unknown),
            ))
        }
    }
}

/// Whether there are whole JSON objects on lines of their own at the head of a file. A damaged line among them is one bad
/// record, not another format.
fn has_rows(head: &[u8]) -> bool {
    let lines = head
        .split(|byte| *byte == b'\n')
        .take(20)
        .filter(|line| line.starts_with(b"{"));
    let rows: Vec<_> = lines.filter_map(object).collect();
    match rows.as_slice() {
        [] => false,
        // A document printed on one line is left to `document`, which looks inside.
        [only] => !is_document(only),
        _ => true,
    }
}

fn is_document(object: &Map<String, Value>) -> bool {
    // A row has a question or an answer of its own, whatever lists it has besides.
    let alone = object
        .iter()
        .filter(|(_, value)| !value.is_array() && !value.is_object());
    if Table::default().knows(alone.map(|(name, _)| name.as_str())) {
        return false;
    }
    inspect::is_log(&Value::Object(object.clone()))
        || simple_evals::is_results(object)
        || LISTS.iter().any(|path| is_list(object, path))
        || parallel::is_table(object)
        || is_numbered(object)
}

/// Rows by their numbers: `{"0": {…}, "1": {…}}`.
fn is_numbered(object: &Map<String, Value>) -> bool {
    let mut members = object.iter();
    !object.is_empty() && members.all(|(name, row)| row.is_object() && name.parse::<u64>().is_ok())
}

/// There is a list of objects under this path.
fn is_list(members: &Map<String, Value>, path: &[&str]) -> bool {
    let Some((name, inner)) = path.split_first() else {
        return false;
    };
    let start = members.get(*name);
    let list = start.and_then(|start| inner.iter().try_fold(start, |at, name| at.get(name)));
    list.and_then(Value::as_array)
        .is_some_and(|list| list.first().is_some_and(Value::is_object))
}

fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    match json::parse(bytes) {
        Ok(Value::Object(row)) => Some(row),
        _ => None,
    }
}

/// A JSON document, or values printed over several lines each: every place in it where rows may be.
fn document(bytes: Bytes) -> Result<Content, Refusal> {
    let remark = bytes.remark().cloned();
    let Outline {
        members,
        lists,
        columns,
        damage,
    } = Outline::of(&bytes)?;
    let (bytes, around) = (Arc::new(bytes), Arc::new(members));
    let lists = lists.into_iter().map(document::Rows::Array);
    let others = [
        document::Rows::Object(vec!["details".into()]),
        document::Rows::Values,
        document::Rows::Object(Vec::new()),
    ];
    let candidate = |rows| Candidate {
        around: match rows {
            document::Rows::Values => Arc::default(),
            _ => around.clone(),
        },
        container: Box::new(Document {
            bytes: bytes.clone(),
            rows,
        }),
        remark: remark.clone(),
    };
    let unknown = match damage {
        Some(damage) => format!("the JSON document breaks off: {damage}").into(),
        None => foreign(NO_LIST),
    };
    let parallel = (!columns.is_empty()).then(|| Candidate {
        container: Box::new(Parallel::new(bytes.clone(), columns)),
        around: around.clone(),
        remark: remark.clone(),
    });
    let lists = lists.map(candidate);
    let others = others.into_iter().map(candidate);
    let candidates = lists.chain(parallel).chain(others).collect();
    Ok(Content::Rows(candidates, unknown))
}

/// What a document has at its top.
struct Outline {
    /// Its members, but for the lists of rows and what is very large.
    members: Map<String, Value>,
    /// Paths to lists of objects.
    lists: Vec<Vec<String>>,
    /// Members that may be the columns of a table.
    columns: Vec<String>,
    /// Where it breaks off.
    damage: Option<String>,
}

impl Outline {
    fn of(bytes: &Bytes) -> Result<Outline, Refusal> {
        let mut skip = |_, _: &[u8]| ControlFlow::Break(());
        let walked = json::array_elements(bytes.reader(), &[], &mut skip);
        let walked = walked.map_err(|e| Refusal::from(e.to_string()))?;
        let members = match walked.object() {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        let damage = walked.problems.first().map(|problem| problem.what.clone());
        let lists = if walked.found {
            vec![Vec::new()]
        } else if inspect::is_log(&Value::Object(members.clone())) {
            vec![vec!["samples".into()]]
        } else {
            // What a document breaks off in is not among its members.
            let may_be = |path: &&&[&str]| {
                let large = |name: &&str| walked.large.iter().any(|large| large == name);
                damage.is_some() || path.first().is_some_and(large) || is_list(&members, path)
            };
            let found = LISTS.iter().filter(may_be);
            found
                .map(|path| path.iter().map(ToString::to_string).collect())
                .collect()
        };
        Ok(Outline {
            columns: parallel::columns(&members, &walked.large),
            members,
            lists,
            damage,
        })
    }
}
