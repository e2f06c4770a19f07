//! The nouns: what one line of any log means once it has been read.
//!
//! Every loader ends in a [`Record`]; everything above works on records or on columns made from them. The serde form of
//! [`Record`] *is* the scriptlens JSON Lines format (`assets/record.schema.json`).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::script::Locale;

/// One response: what a run answered to one variant of a question, in one epoch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Record {
    /// Name of the run; made from model and condition, or from the file, where a log has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub run: String,
    /// The model that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What was done to the question, for example `baseline` or `entity-hint`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Data set or task the question comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// The language-independent item: all variants of one question share it.
    pub question_id: String,
    /// Which of several samples of the same run and variant this is; counts from 1.
    #[serde(default = "first_epoch")]
    pub epoch: u32,
    /// Where the knowledge is local.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Locale>,
    /// The language and script the question was asked in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Locale>,
    /// What the target locale is known from.
    #[serde(skip_serializing_if = "Basis::is_record")]
    pub target_basis: Basis,
    /// The question as asked, without instructions around it where the log keeps it apart.
    pub question: String,
    /// The whole prompt, where it is more than the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The reasoning.
    #[serde(skip_serializing_if = "Trace::is_absent")]
    pub trace: Trace,
    /// What was answered after the reasoning.
    pub answer: String,
    /// The part of the answer that a scorer took out of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extracted: Option<String>,
    /// Every accepted answer; the first is the one shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gold: Vec<String>,
    /// Every score as it was logged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<Score>,
    /// Right, wrong, or not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correct: Option<bool>,
    /// Named things in the question and its answer, with their accepted spellings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// The model was stopped by a length limit.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// What went wrong while the model was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What the reader of this record must know of it, for example that it was written for illustration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Everything else worth showing.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
}

fn first_epoch() -> u32 {
    1
}

/// What a locale is known from, best first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The record says so.
    #[default]
    Record,
    /// A task, file or folder name says so.
    Path,
    /// Guessed from the text of the question.
    Text,
}

impl Basis {
    fn is_record(&self) -> bool {
        *self == Basis::Record
    }
}

/// The reasoning text of a response and how it was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    from = "TraceForm",
    tag = "kind",
    content = "text",
    rename_all = "lowercase"
)]
pub enum Trace {
    /// The log has no reasoning.
    #[default]
    Absent,
    /// The reasoning as the model wrote it.
    Plain(String),
    /// A summary by the provider; the reasoning itself is withheld.
    Summary(String),
    /// Reasoning whose end is missing: the model was cut off, or never closed its delimiter.
    Unterminated(String),
    /// An encrypted or redacted blob. It is not text, so it is not kept.
    Encrypted,
}

/// A trace may also be written as a bare string, which is then [`Trace::Plain`].
#[derive(Deserialize)]
#[serde(untagged)]
enum TraceForm {
    Text(String),
    Kind {
        kind: TraceKind,
        #[serde(default)]
        text: String,
    },
}

impl From<TraceForm> for Trace {
    fn from(form: TraceForm) -> Self {
        match form {
            TraceForm::Text(text) if text.trim().is_empty() => Trace::Absent,
            TraceForm::Text(text) => Trace::Plain(text),
            TraceForm::Kind { kind, text } => match kind {
                TraceKind::Absent => Trace::Absent,
                TraceKind::Plain => Trace::Plain(text),
                TraceKind::Summary => Trace::Summary(text),
                TraceKind::Unterminated => Trace::Unterminated(text),
                TraceKind::Encrypted => Trace::Encrypted,
            },
        }
    }
}

impl Trace {
    /// The readable text; empty where there is none.
    pub fn text(&self) -> &str {
        match self {
            Trace::Plain(text) | Trace::Summary(text) | Trace::Unterminated(text) => text,
            Trace::Absent | Trace::Encrypted => "",
        }
    }

    /// Which kind of trace this is.
    pub fn kind(&self) -> TraceKind {
        match self {
            Trace::Absent => TraceKind::Absent,
            Trace::Plain(_) => TraceKind::Plain,
            Trace::Summary(_) => TraceKind::Summary,
            Trace::Unterminated(_) => TraceKind::Unterminated,
            Trace::Encrypted => TraceKind::Encrypted,
        }
    }

    /// No reasoning was logged.
    pub fn is_absent(&self) -> bool {
        *self == Trace::Absent
    }
}

/// [`Trace`] without its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TraceKind {
    /// See [`Trace::Absent`].
    Absent,
    /// See [`Trace::Plain`].
    Plain,
    /// See [`Trace::Summary`].
    Summary,
    /// See [`Trace::Unterminated`].
    Unterminated,
    /// See [`Trace::Encrypted`].
    Encrypted,
}

impl TraceKind {
    /// The word used in filters, columns and on screen.
    pub fn word(self) -> &'static str {
        match self {
            TraceKind::Absent => "absent",
            TraceKind::Plain => "plain",
            TraceKind::Summary => "summary",
            TraceKind::Unterminated => "unterminated",
            TraceKind::Encrypted => "encrypted",
        }
    }
}

/// One score as it was logged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The metric, with its filter or scorer where there are several: `exact_match`, `exact_match/strict-match`.
    pub name: String,
    /// What was given.
    pub value: ScoreValue,
    /// Why, where a judge says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
}

/// The value of a score, in the shape the log has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ScoreValue {
    /// `null` or not a number: the scorer gave nothing.
    Unscored,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A letter or word, such as `C`, `INCORRECT`.
    Text(String),
}

impl std::fmt::Display for ScoreValue {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            ScoreValue::Unscored => f.write_str("not scored"),
            ScoreValue::Bool(yes) => yes.fmt(f),
            ScoreValue::Number(number) => number.fmt(f),
            ScoreValue::Text(text) => text.fmt(f),
        }
    }
}

/// A named thing and its accepted spellings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// An identifier, for example of Wikidata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Language tag to accepted forms, the usual one first.
    pub forms: std::collections::BTreeMap<String, Vec<String>>,
}
