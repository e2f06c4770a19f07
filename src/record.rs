//! The nouns: what one line of any log means once it has been read.
//!
//! Every loader ends in a [`Record`]; everything above works on records or on columns made from them. The serde form of
//! [`Record`] *is* the scriptlens JSON Lines format (`assets/record.schema.json`).

use serde::{Deserialize, Deserializer, Serialize, de};
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
    /// What the id of the question is known from.
    #[serde(skip_serializing_if = "Basis::is_record")]
    pub question_basis: Basis,
    /// The question as asked, without instructions around it where the log keeps it apart.
    pub question: String,
    /// The question in its source language, where the log or a joined file has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_question: Option<String>,
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
    /// Right or wrong, as far as the log says so.
    #[serde(rename = "correct", skip_serializing_if = "Outcome::is_unjudged")]
    pub outcome: Outcome,
    /// What a grader of this program says, where one was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
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

/// Where a record says, among its metadata, on how many languages its model was trained.
pub const TRAINING_LANGUAGES: &str = "training_languages";

fn first_epoch() -> u32 {
    1
}

impl Record {
    /// Right or wrong: by the grader that was asked for, else as logged.
    pub fn outcome(&self) -> Outcome {
        self.grade
            .as_ref()
            .map_or(self.outcome, |grade| grade.outcome)
    }
}

/// What a locale or the identity of a question is known from, best first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The record says so.
    #[default]
    Record,
    /// A task, file or folder name says so.
    Path,
    /// Files that are parallel by what they say of themselves have it in the same row.
    Position,
    /// Told from the text of the question.
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

/// What is known of right and wrong, the most telling first. In JSON `true` and `false`, or the word of the others;
/// nothing is unjudged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The answer is right.
    Right,
    /// The answer is wrong.
    Wrong,
    /// The model declined to answer.
    NotAttempted,
    /// A grader found no answer in the text: nothing is known of what the model knew.
    Unparsed,
    /// Nothing says whether the answer is right.
    #[default]
    Unjudged,
}

impl Outcome {
    /// Every outcome, in the order of their codes in columns.
    pub const ALL: [Outcome; 5] = [
        Outcome::Right,
        Outcome::Wrong,
        Outcome::NotAttempted,
        Outcome::Unparsed,
        Outcome::Unjudged,
    ];

    /// The word used in filters, columns and files.
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Right => "right",
            Outcome::Wrong => "wrong",
            Outcome::NotAttempted => "unattempted",
            Outcome::Unparsed => "unparsed",
            Outcome::Unjudged => "unjudged",
        }
    }

    /// The outcome of that word.
    pub fn named(word: &str) -> Option<Outcome> {
        Outcome::ALL
            .into_iter()
            .find(|outcome| outcome.word() == word)
    }

    /// Nothing is known.
    pub fn is_unjudged(&self) -> bool {
        *self == Outcome::Unjudged
    }
}

impl From<bool> for Outcome {
    fn from(right: bool) -> Self {
        if right {
            Outcome::Right
        } else {
            Outcome::Wrong
        }
    }
}

impl Serialize for Outcome {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Outcome::Right => serializer.serialize_bool(true),
            Outcome::Wrong => serializer.serialize_bool(false),
            Outcome::Unjudged => serializer.serialize_none(),
            other => serializer.serialize_str(other.word()),
        }
    }
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OutcomeVisitor)
    }
}

struct OutcomeVisitor;

impl serde::de::Visitor<'_> for OutcomeVisitor {
    type Value = Outcome;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("true, false, \"unattempted\", \"unparsed\" or null")
    }

    fn visit_bool<E>(self, right: bool) -> Result<Outcome, E> {
        Ok(right.into())
    }

    fn visit_unit<E>(self) -> Result<Outcome, E> {
        Ok(Outcome::Unjudged)
    }

    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Outcome, E> {
        Outcome::named(word)
            .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(word), &self))
    }
}

/// What a grader of this program says of an answer, beside the scores that were logged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grade {
    /// Name of the grader, with its version and threshold.
    pub grader: String,
    /// The score, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// What follows from it.
    #[serde(
        default,
        rename = "correct",
        skip_serializing_if = "Outcome::is_unjudged"
    )]
    pub outcome: Outcome,
    /// What was taken out of the answer and compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What found it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
}

/// The value of a score, in the shape the log has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

impl<'de> Deserialize<'de> for ScoreValue {
    // What is derived for an untagged enum tries each shape and words a complaint for every one that does not fit, for
    // every score of a corpus.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl de::Visitor<'_> for Any {
            type Value = ScoreValue;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("null, true, false, a number or a text")
            }

            fn visit_unit<E>(self) -> Result<ScoreValue, E> {
                Ok(ScoreValue::Unscored)
            }

            fn visit_bool<E>(self, yes: bool) -> Result<ScoreValue, E> {
                Ok(ScoreValue::Bool(yes))
            }

            fn visit_i64<E>(self, number: i64) -> Result<ScoreValue, E> {
                Ok(ScoreValue::Number(number as f64))
            }

            fn visit_u64<E>(self, number: u64) -> Result<ScoreValue, E> {
                Ok(ScoreValue::Number(number as f64))
            }

            fn visit_f64<E>(self, number: f64) -> Result<ScoreValue, E> {
                Ok(ScoreValue::Number(number))
            }

            fn visit_str<E>(self, text: &str) -> Result<ScoreValue, E> {
                Ok(ScoreValue::Text(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Any)
    }
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// An identifier, for example of Wikidata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Language tag to accepted forms, the usual one first.
    pub forms: std::collections::BTreeMap<String, Vec<String>>,
    /// Language tag to the probability, from 0 to 1, of forms that nobody gave: they were found in parallel questions.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub mined: std::collections::BTreeMap<String, f32>,
}
