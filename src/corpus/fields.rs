//! Everything a response can be filtered, counted or exported by: one table for columns, filter language, facets, help.

use crate::entity::{Cue, Verdict};
use crate::record::Outcome;

/// A column of names, stored as codes into a dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // `KEYS` says what each is.
pub enum Key {
    Run,
    Model,
    Condition,
    Dataset,
    Question,
    SourceLanguage,
    Source,
    TargetLanguage,
    Target,
    Match,
    Outcome,
    Logged,
    Trace,
    TraceScript,
    AnswerScript,
    File,
    Verdict,
    Cue,
    Tag,
    Gold,
    Annotator,
}

/// Where a column comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// With the records.
    Loaded,
    /// The audit of names. Before it there is no such column.
    Audit,
    /// Judgements of people. There is no such column where none were looked for.
    Tags,
}

/// What the filter language knows of a [`Key`].
#[derive(Debug, Clone, Copy)]
pub struct KeySpec {
    /// The key.
    pub key: Key,
    /// Its name in filters and columns.
    pub name: &'static str,
    /// What heads its facet.
    pub title: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// All its values, where they are fixed; their position is their code.
    pub values: &'static [&'static str],
    /// Where it comes from. What was not loaded is any number of words, parted by blanks.
    pub layer: Layer,
}

/// What a value is called that a record does not have.
pub const NONE: &str = "none";

/// Values of [`Key::Match`], by code.
pub const MATCHES: &[&str] = &["same", "cross", "partial", NONE];
/// Values of [`Key::Outcome`], by code.
pub const OUTCOMES: &[&str] = &[
    Outcome::Right.word(),
    Outcome::Wrong.word(),
    Outcome::NotAttempted.word(),
    Outcome::Unparsed.word(),
    Outcome::Unjudged.word(),
];
/// Values of [`Key::Verdict`], by code; several of them are further values.
pub const VERDICTS: [&str; Verdict::ALL.len() + 1] = {
    let mut words = [NONE; Verdict::ALL.len() + 1];
    let mut at = 0;
    while at < Verdict::ALL.len() {
        words[at] = Verdict::ALL[at].word();
        at += 1;
    }
    words
};
/// Values of [`Key::Cue`], by code; several of them are further values.
pub const CUES: [&str; Cue::ALL.len() + 1] = {
    let mut words = [NONE; Cue::ALL.len() + 1];
    let mut at = 0;
    while at < Cue::ALL.len() {
        words[at] = Cue::ALL[at].word();
        at += 1;
    }
    words
};
/// Values of [`Key::Trace`], by code: the order of [`crate::record::TraceKind`].
pub const TRACES: &[&str] = &["absent", "plain", "summary", "unterminated", "encrypted"];

const fn key(key: Key, name: &'static str, title: &'static str, doc: &'static str) -> KeySpec {
    KeySpec {
        key,
        name,
        title,
        doc,
        values: &[],
        layer: Layer::Loaded,
    }
}

/// Every key, in the order of [`Key`].
pub const KEYS: [KeySpec; 21] = [
    key(
        Key::Run,
        "run",
        "RUN",
        "run: model and condition, or the name of the file",
    ),
    key(Key::Model, "model", "MODEL", "model that answered"),
    key(
        Key::Condition,
        "cond",
        "CONDITION",
        "condition of the run, such as baseline or entity-hint",
    ),
    key(
        Key::Dataset,
        "dataset",
        "DATASET",
        "data set or task as logged",
    ),
    key(
        Key::Question,
        "q",
        "QUESTION",
        "id of the question, the same in every language",
    ),
    key(
        Key::SourceLanguage,
        "srclang",
        "SOURCE language",
        "language in which the knowledge is local",
    ),
    key(
        Key::Source,
        "src",
        "SOURCE script",
        "script of that language",
    ),
    key(
        Key::TargetLanguage,
        "tgtlang",
        "TARGET language",
        "language in which the question was asked",
    ),
    key(
        Key::Target,
        "tgt",
        "TARGET script",
        "script in which the question was asked",
    ),
    KeySpec {
        values: MATCHES,
        ..key(
            Key::Match,
            "match",
            "MATCH",
            "source and target script: same, cross, partial (Jpan and Han), none",
        )
    },
    KeySpec {
        values: OUTCOMES,
        ..key(
            Key::Outcome,
            "outcome",
            "OUTCOME",
            "right, wrong, unattempted, unparsed or unjudged",
        )
    },
    KeySpec {
        values: OUTCOMES,
        ..key(
            Key::Logged,
            "logged",
            "LOGGED outcome",
            "outcome as logged, where a grader says otherwise",
        )
    },
    KeySpec {
        values: TRACES,
        ..key(
            Key::Trace,
            "trace",
            "TRACE",
            "how the reasoning was logged: plain, summary, unterminated, encrypted, absent",
        )
    },
    key(
        Key::TraceScript,
        "tracescript",
        "TRACE script",
        "script most of the reasoning is in",
    ),
    key(
        Key::AnswerScript,
        "answerscript",
        "ANSWER script",
        "script most of the answer is in",
    ),
    key(Key::File, "file", "FILE", "file the response was read from"),
    KeySpec {
        values: &VERDICTS,
        layer: Layer::Audit,
        ..key(
            Key::Verdict,
            "verdict",
            "NAMES",
            "what became of a name of the question: exact, variant, garbled, confused, untransliterated …",
        )
    },
    KeySpec {
        values: &CUES,
        layer: Layer::Audit,
        ..key(
            Key::Cue,
            "cue",
            "CUE of names",
            "what differs in a name: vowel, length, b/v/p, omitted-syllable, mixed-script …",
        )
    },
    KeySpec {
        layer: Layer::Tags,
        ..key(
            Key::Tag,
            "tag",
            "TAG",
            "code that somebody tagged it with; vowel@ann is one of ann's; disagree where people differ",
        )
    },
    KeySpec {
        layer: Layer::Tags,
        ..key(
            Key::Gold,
            "gold",
            "GOLD tag",
            "code that holds since it was adjudicated",
        )
    },
    KeySpec {
        layer: Layer::Tags,
        ..key(
            Key::Annotator,
            "annotator",
            "ANNOTATOR",
            "who has decided about it; with tag: whose tags are meant",
        )
    },
];

impl Key {
    /// What the filter language knows of this key.
    pub fn spec(self) -> &'static KeySpec {
        &KEYS[self as usize]
    }

    /// The key of that name.
    pub fn named(name: &str) -> Option<Key> {
        KEYS.iter()
            .find(|spec| spec.name == name)
            .map(|spec| spec.key)
    }
}

/// A column of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // `MEASURES` says what each is.
pub enum Measure {
    TraceLength,
    AnswerLength,
    Epoch,
}

/// Name and meaning of every [`Measure`], in its order.
pub const MEASURES: [(Measure, &str, &str); 3] = [
    (
        Measure::TraceLength,
        "len",
        "length of the reasoning in characters: len>2000",
    ),
    (
        Measure::AnswerLength,
        "anslen",
        "length of the answer in characters: anslen=0",
    ),
    (
        Measure::Epoch,
        "epoch",
        "number of the sample of the same run and variant, from 1",
    ),
];

impl Measure {
    /// Its name in filters and columns.
    pub fn name(self) -> &'static str {
        MEASURES[self as usize].1
    }
}

/// Something a response is or is not, told by one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // `FLAGS` says what each is.
pub enum Flag {
    Barrier,
    Known,
    Same,
    Cross,
    Partial,
    Right,
    Wrong,
    Unattempted,
    Unparsed,
    Unjudged,
    AtSource,
    Truncated,
    Guessed,
    Failed,
    ByRow,
    Lost,
    Repeated,
    Untagged,
    Stale,
    Flagged,
    Deferred,
    Skipped,
    Noted,
}

/// Word and meaning of every [`Flag`], in its order.
pub const FLAGS: [(Flag, &str, &str); 23] = [
    (
        Flag::Barrier,
        "barrier",
        "barrier failure: right in the source language, wrong in another script, same run",
    ),
    (
        Flag::Known,
        "known",
        "right in the source language, same run, by majority over epochs",
    ),
    (Flag::Same, "same", "source and target script are the same"),
    (Flag::Cross, "cross", "source and target script differ"),
    (
        Flag::Partial,
        "partial",
        "Japanese and Chinese: part of the script is shared",
    ),
    (Flag::Right, "right", "the answer is right"),
    (Flag::Wrong, "wrong", "the answer is wrong"),
    (
        Flag::Unattempted,
        "unattempted",
        "the model declined to answer",
    ),
    (
        Flag::Unparsed,
        "unparsed",
        "no answer was found in the text, so it counts neither as right nor as wrong",
    ),
    (
        Flag::Unjudged,
        "unjudged",
        "nothing says whether the answer is right",
    ),
    (Flag::AtSource, "atsource", "asked in the source language"),
    (Flag::Truncated, "truncated", "stopped by a length limit"),
    (
        Flag::Guessed,
        "guessed",
        "the target language was guessed from the text",
    ),
    (
        Flag::Failed,
        "failed",
        "the model gave an error instead of an answer",
    ),
    (
        Flag::ByRow,
        "byrow",
        "paired with its variants by its row in files that are parallel, not by an id",
    ),
    (
        Flag::Lost,
        "lost",
        "a name of the question stands in a wrong form: garbled, drifting or confused",
    ),
    (
        Flag::Repeated,
        "repeated",
        "the answer has a wrong spelling of a name that stood in the reasoning",
    ),
    (
        Flag::Untagged,
        "untagged",
        "nobody has decided about it yet",
    ),
    (
        Flag::Stale,
        "stale",
        "its text is not what it was when it was tagged",
    ),
    (
        Flag::Flagged,
        "flagged",
        "somebody wants it looked at again",
    ),
    (Flag::Deferred, "deferred", "somebody put it off"),
    (Flag::Skipped, "skipped", "somebody left it out"),
    (Flag::Noted, "noted", "somebody wrote a note about it"),
];

impl Flag {
    /// Its word.
    pub fn word(self) -> &'static str {
        FLAGS[self as usize].1
    }

    /// Where it comes from.
    pub fn layer(self) -> Layer {
        match self {
            Flag::Lost | Flag::Repeated => Layer::Audit,
            Flag::Untagged
            | Flag::Stale
            | Flag::Flagged
            | Flag::Deferred
            | Flag::Skipped
            | Flag::Noted => Layer::Tags,
            _ => Layer::Loaded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_in_the_order_of_their_enums() {
        assert!(
            KEYS.iter()
                .enumerate()
                .all(|(at, spec)| spec.key as usize == at)
        );
        assert!(
            MEASURES
                .iter()
                .enumerate()
                .all(|(at, (measure, ..))| *measure as usize == at)
        );
        assert!(
            FLAGS
                .iter()
                .enumerate()
                .all(|(at, (flag, ..))| *flag as usize == at)
        );
    }

    #[test]
    fn no_name_means_two_things() {
        let names = KEYS
            .iter()
            .map(|spec| spec.name)
            .chain(MEASURES.iter().map(|m| m.1))
            .chain(FLAGS.iter().map(|f| f.1));
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
