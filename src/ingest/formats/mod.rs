//! What rows mean, one file per format, and how a format is told by its first rows.

mod batch;
mod deepeval;
mod eclektic;
mod every_eval_ever;
mod geofact_x;
mod global_eclektic;
mod helm;
mod lighteval;
mod multiloko;
mod openai_evals;
mod opencompass;
mod promptfoo;
mod scriptlens;
pub(super) mod simple_evals;
mod xfakt;

pub mod inspect;
pub mod lm_eval;
pub(super) mod table;

use std::path::Path;

use serde_json::{Map, Value};

use super::container::Row;
use super::{FieldMap, Fold, Gravity, Hints};
use crate::record::{Outcome, Record, Score};

/// What is known of a file before its rows are read one by one.
pub(super) struct Look<'a> {
    /// The file.
    pub path: &'a Path,
    /// Its first rows that are objects.
    pub rows: &'a [Map<String, Value>],
    /// The other members of the document around them.
    pub around: &'a Map<String, Value>,
    /// Columns named by the user.
    pub map: &'a FieldMap,
    /// The user named this very file.
    pub named: bool,
    /// It says more of the questions of others.
    pub joined: bool,
}

impl Look<'_> {
    /// One of the first rows is like this. A damaged or odd row among them is no other format.
    pub fn any(&self, like: impl Fn(&Map<String, Value>) -> bool) -> bool {
        self.rows.iter().any(like)
    }
}

/// What a format says of a file.
pub(super) enum Answer {
    /// It is another format.
    No,
    /// It is this one, read so.
    Yes(Box<dyn Format>),
    /// It belongs to a file beside it, which reads it itself.
    Companion,
    /// It is of this format, but holds no responses. The reason says what to open instead.
    Refused(String),
}

/// One response that a row holds.
pub(super) struct Reading {
    /// What the row says.
    pub record: Record,
    /// Readings with the same are one response, logged in several rows.
    pub fold: Option<Fold>,
    /// The row says everything itself; names around it add nothing.
    pub whole: bool,
    /// The same row of the files in other languages is the same question.
    pub position: bool,
}

impl From<Record> for Reading {
    fn from(record: Record) -> Self {
        Reading {
            record,
            fold: None,
            whole: false,
            position: false,
        }
    }
}

/// Why a row holds no response.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    /// What is wrong with it.
    pub reason: String,
    /// Whether anything was lost.
    pub gravity: Gravity,
}

impl From<String> for Fault {
    fn from(reason: String) -> Self {
        Fault {
            reason,
            gravity: Gravity::Lost,
        }
    }
}

impl Fault {
    /// The row is no response and never was one.
    pub fn remark(reason: impl Into<String>) -> Self {
        Fault {
            reason: reason.into(),
            gravity: Gravity::Remark,
        }
    }
}

/// What a row gives: none where it only continues another, several where it is wide.
pub(super) type Readings = Result<Vec<Reading>, Fault>;

/// What the fields of a row mean.
pub(super) trait Format: Send + Sync {
    /// What it is called on screen.
    fn name(&self) -> &'static str;
    /// Reads a row.
    fn read(&self, row: Row, hints: &Hints) -> Readings;
    /// What went wrong with the files beside this one, or with what the user said of it.
    fn problems(&self) -> Vec<Fault> {
        Vec::new()
    }
}

/// Every format, the most telling first: whoever says anything but no has the file.
const FORMATS: &[fn(&Look) -> Answer] = &[
    inspect::recognise,
    lm_eval::recognise,
    helm::recognise,
    opencompass::recognise,
    openai_evals::recognise,
    simple_evals::recognise,
    lighteval::recognise,
    promptfoo::recognise,
    every_eval_ever::recognise,
    deepeval::recognise,
    batch::recognise,
    eclektic::recognise,
    global_eclektic::recognise,
    multiloko::recognise,
    xfakt::recognise,
    geofact_x::recognise,
    scriptlens::recognise,
    table::recognise,
];

/// What a file is.
pub(super) fn recognise(look: &Look) -> Answer {
    let answers = FORMATS.iter().map(|format| format(look));
    answers
        .into_iter()
        .find(|answer| !matches!(answer, Answer::No))
        .unwrap_or(Answer::No)
}

/// The prompt around a question, where it is more than the question.
fn prompted(record: &mut Record, prompt: String) {
    let is_more = !prompt.trim().is_empty() && prompt.trim() != record.question.trim();
    record.prompt = is_more.then_some(prompt);
}

/// A conversation as a question, which is its last user message, and the prompt around it.
fn asked(record: &mut Record, messages: &[Value]) {
    let whole = inspect::conversation(messages);
    let last = Some(inspect::last_of(messages, "user")).filter(|last| !last.is_empty());
    record.question = last.unwrap_or_else(|| whole.clone());
    prompted(record, whole);
}

/// One of several answers that were scored together: what is said of all of them is not said of one.
fn scored_together(record: &mut Record, answers: usize) {
    if answers > 1 {
        record.outcome = Outcome::Unjudged;
        record.note = Some(format!(
            "the scores are those of {answers} answers together"
        ));
    }
}

/// Whether a row has all of these fields.
fn has(row: &Map<String, Value>, names: &[&str]) -> bool {
    names.iter().all(|name| row.contains_key(*name))
}

/// What a field says, where it says anything.
fn said(row: &Map<String, Value>, name: &str) -> Option<String> {
    let text = row.get(name).and_then(inspect::plain);
    text.filter(|text| !text.trim().is_empty())
}

/// A score as it was logged.
fn score(name: &str, value: Option<&Value>) -> Score {
    Score {
        name: name.to_owned(),
        value: table::score_value(value.unwrap_or(&Value::Null)),
        explanation: None,
    }
}

/// The other fields that are worth carrying along.
fn rest(mut row: Map<String, Value>, told: &[&str]) -> Map<String, Value> {
    row.retain(|name, value| !told.contains(&name.as_str()) && inspect::is_small(value));
    row
}
