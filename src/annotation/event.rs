//! One line of a journal: who judged what, when, and how.
//!
//! ```json
//! {"id":"019aa1b2-…","time":"2026-11-21T09:30:00.000Z","annotator":"ann","kind":"tag","target":["run","q17","hi-Deva",1],"content":"…","taxonomy":"names@…","code":"vowel"}
//! ```
//!
//! A line of a kind that this version does not know, or with members that it does not know, is kept and passed over.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::span::Span;
use super::target::Target;
use crate::hash::{Hash, parsed};

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event<'a> {
    /// Which.
    pub id: Id,
    /// When.
    pub time: Time,
    /// Whose.
    pub annotator: Cow<'a, str>,
    /// What.
    pub act: Act<'a>,
}

/// What an event does.
#[derive(Debug, Clone, PartialEq)]
pub enum Act<'a> {
    /// Judges a response.
    Decide {
        /// The response.
        target: Target<'a>,
        /// What it said.
        content: Hash,
        /// The taxonomy in use, with its version.
        taxonomy: Cow<'a, str>,
        /// The judgement.
        decision: Decision<'a>,
    },
    /// Takes back the decision with this id, of the same annotator.
    Undo(Id),
    /// Brings it back.
    Redo(Id),
    /// Something of a later version.
    Unknown,
}

/// A judgement on one response.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision<'a> {
    /// It has this tag; also says that the response was looked at.
    Tag {
        /// Which.
        mark: Mark<'a>,
        /// The program had suggested it.
        suggested: bool,
    },
    /// It has this tag no longer.
    Untag(Mark<'a>),
    /// A note in place of the one that was there; an empty one removes it.
    Note {
        /// What it is about.
        place: Place<'a>,
        /// What it says.
        text: Cow<'a, str>,
    },
    /// To be looked at again by somebody, or no longer.
    Flag(bool),
    /// Looked at; there is nothing more to tag.
    Done,
    /// To be decided later.
    Defer,
    /// Not to be decided by this annotator.
    Skip,
    /// What holds where annotators differ: all tags of the response, perhaps none.
    Adjudicate(Vec<Mark<'a>>),
}

/// A code at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark<'a> {
    /// The code of the taxonomy.
    pub code: Cow<'a, str>,
    /// What it is about.
    pub place: Place<'a>,
}

/// What in a response a mark or a note is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place<'a> {
    /// All of it.
    Response,
    /// A named thing, by its id or else its first form.
    Entity(Cow<'a, str>),
    /// A range of one of its texts.
    Range(Box<Span<'a>>),
}

impl Mark<'_> {
    /// The same, with texts of its own.
    pub fn to_owned(&self) -> Mark<'static> {
        Mark {
            code: Cow::Owned(self.code.as_ref().to_owned()),
            place: self.place.to_owned(),
        }
    }
}

impl Place<'_> {
    /// The same, with texts of its own.
    pub fn to_owned(&self) -> Place<'static> {
        match self {
            Place::Response => Place::Response,
            Place::Entity(name) => Place::Entity(Cow::Owned(name.as_ref().to_owned())),
            Place::Range(span) => Place::Range(Box::new(Span::to_owned(span))),
        }
    }
}

impl Event<'_> {
    /// The event as its line, with the line end.
    pub fn line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(&Line::from(self)).unwrap_or_default();
        line.push(b'\n');
        line
    }

    /// The same, with texts of its own.
    pub fn to_owned(&self) -> Event<'static> {
        let act = match &self.act {
            Act::Undo(of) => Act::Undo(*of),
            Act::Redo(of) => Act::Redo(*of),
            Act::Unknown => Act::Unknown,
            Act::Decide {
                target,
                content,
                taxonomy,
                decision,
            } => Act::Decide {
                target: target.to_owned(),
                content: *content,
                taxonomy: Cow::Owned(taxonomy.as_ref().to_owned()),
                decision: decision.to_owned(),
            },
        };
        Event {
            id: self.id,
            time: self.time,
            annotator: Cow::Owned(self.annotator.as_ref().to_owned()),
            act,
        }
    }
}

impl Decision<'_> {
    /// The same, with texts of its own.
    pub fn to_owned(&self) -> Decision<'static> {
        match self {
            Decision::Tag { mark, suggested } => Decision::Tag {
                mark: mark.to_owned(),
                suggested: *suggested,
            },
            Decision::Untag(mark) => Decision::Untag(mark.to_owned()),
            Decision::Note { place, text } => Decision::Note {
                place: place.to_owned(),
                text: Cow::Owned(text.as_ref().to_owned()),
            },
            Decision::Flag(on) => Decision::Flag(*on),
            Decision::Done => Decision::Done,
            Decision::Defer => Decision::Defer,
            Decision::Skip => Decision::Skip,
            Decision::Adjudicate(marks) => {
                Decision::Adjudicate(marks.iter().map(Mark::to_owned).collect())
            }
        }
    }
}

impl<'a> Event<'a> {
    /// Reads a line. What is wrong with it is said in one sentence.
    pub fn parse(line: &'a str) -> Result<Event<'a>, String> {
        #[derive(Deserialize)]
        struct Kind {
            kind: String,
        }
        match serde_json::from_str::<Line>(line) {
            Ok(line) => Event::try_from(line),
            Err(error) => match serde_json::from_str::<Kind>(line) {
                // A later version may give a member of ours another shape, in a kind of its own.
                Ok(Kind { kind }) if !KINDS.contains(&kind.as_str()) => Ok(Event {
                    id: Id::default(),
                    time: Time::default(),
                    annotator: Cow::default(),
                    act: Act::Unknown,
                }),
                _ => Err(error.to_string()),
            },
        }
    }
}

/// The lines of a journal that are not blank, read; numbers of lines count from 1.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let ends = memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]);
    let mut start = 0;
    let lines = ends.map(move |end| bytes.get(std::mem::replace(&mut start, end + 1)..end));
    let numbered = lines
        .zip(1..)
        .filter_map(|(line, number)| Some((number, line?)));
    numbered.filter(|(_, line)| !line.iter().all(u8::is_ascii_whitespace))
}

/// Reads a line that may be no text.
pub(super) fn parse(line: &[u8]) -> Result<Event<'_>, String> {
    let text = std::str::from_utf8(line).map_err(|error| error.to_string())?;
    Event::parse(text)
}

const KINDS: [&str; 11] = [
    "tag",
    "untag",
    "note",
    "flag",
    "unflag",
    "done",
    "defer",
    "skip",
    "adjudicate",
    "undo",
    "redo",
];

/// An event as it is written.
#[derive(Serialize, Deserialize)]
struct Line<'a> {
    id: Id,
    time: Time,
    #[serde(borrow)]
    annotator: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    target: Option<Target<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content: Option<Hash>,
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    taxonomy: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    code: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    entity: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    range: Option<Box<Span<'a>>>,
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    text: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    suggested: bool,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<Tag<'a>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<Id>,
}

/// A mark of an adjudication as it is written.
#[derive(Serialize, Deserialize)]
struct Tag<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    entity: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    range: Option<Box<Span<'a>>>,
}

impl<'a> From<Tag<'a>> for Mark<'a> {
    fn from(tag: Tag<'a>) -> Self {
        Mark {
            code: tag.code,
            place: place(tag.entity, tag.range),
        }
    }
}

impl<'a> From<&Mark<'a>> for Tag<'a> {
    fn from(mark: &Mark<'a>) -> Self {
        let (entity, range) = written(&mark.place);
        Tag {
            code: mark.code.clone(),
            entity,
            range,
        }
    }
}

fn place<'a>(entity: Cow<'a, str>, range: Option<Box<Span<'a>>>) -> Place<'a> {
    match range {
        Some(span) => Place::Range(span),
        None if entity.is_empty() => Place::Response,
        None => Place::Entity(entity),
    }
}

fn written<'a>(place: &Place<'a>) -> (Cow<'a, str>, Option<Box<Span<'a>>>) {
    match place {
        Place::Response => (Cow::default(), None),
        Place::Entity(name) => (name.clone(), None),
        Place::Range(span) => (Cow::default(), Some(span.clone())),
    }
}

impl<'a> TryFrom<Line<'a>> for Event<'a> {
    type Error = String;

    fn try_from(line: Line<'a>) -> Result<Self, String> {
        let kind = line.kind.as_ref();
        let mark = |code: Cow<'a, str>, entity, range| match code.is_empty() {
            false => Ok(Mark {
                code,
                place: place(entity, range),
            }),
            true => Err(format!("{kind} without code")),
        };
        let of = || line.of.ok_or_else(|| format!("{kind} without of"));
        let decision = match kind {
            "undo" => Err(Act::Undo(of()?)),
            "redo" => Err(Act::Redo(of()?)),
            "tag" => Ok(Decision::Tag {
                mark: mark(line.code, line.entity, line.range)?,
                suggested: line.suggested,
            }),
            "untag" => Ok(Decision::Untag(mark(line.code, line.entity, line.range)?)),
            "note" => Ok(Decision::Note {
                place: place(line.entity, line.range),
                text: line.text,
            }),
            "flag" => Ok(Decision::Flag(true)),
            "unflag" => Ok(Decision::Flag(false)),
            "done" => Ok(Decision::Done),
            "defer" => Ok(Decision::Defer),
            "skip" => Ok(Decision::Skip),
            "adjudicate" => {
                let tags = line.tags.ok_or("adjudicate without tags")?;
                Ok(Decision::Adjudicate(
                    tags.into_iter().map(Mark::from).collect(),
                ))
            }
            _ => Err(Act::Unknown),
        };
        let act = match decision {
            Err(act) => act,
            Ok(decision) => Act::Decide {
                target: line
                    .target
                    .ok_or_else(|| format!("{kind} without target"))?,
                content: line
                    .content
                    .ok_or_else(|| format!("{kind} without content"))?,
                taxonomy: line.taxonomy,
                decision,
            },
        };
        Ok(Event {
            id: line.id,
            time: line.time,
            annotator: line.annotator,
            act,
        })
    }
}

impl<'a> From<&Event<'a>> for Line<'a> {
    fn from(event: &Event<'a>) -> Self {
        let mut line = Line {
            id: event.id,
            time: event.time,
            annotator: event.annotator.clone(),
            kind: event.act.kind().into(),
            target: None,
            content: None,
            taxonomy: Cow::default(),
            code: Cow::default(),
            entity: Cow::default(),
            range: None,
            text: Cow::default(),
            suggested: false,
            tags: None,
            of: None,
        };
        match &event.act {
            Act::Undo(of) | Act::Redo(of) => line.of = Some(*of),
            Act::Unknown => {}
            Act::Decide {
                target,
                content,
                taxonomy,
                decision,
            } => {
                line.target = Some(target.clone());
                line.content = Some(*content);
                line.taxonomy = taxonomy.clone();
                if let Decision::Tag { mark, .. } | Decision::Untag(mark) = decision {
                    line.code = mark.code.clone();
                }
                match decision {
                    Decision::Tag {
                        mark: Mark { place, .. },
                        ..
                    }
                    | Decision::Untag(Mark { place, .. })
                    | Decision::Note { place, .. } => (line.entity, line.range) = written(place),
                    Decision::Adjudicate(marks) => {
                        line.tags = Some(marks.iter().map(Tag::from).collect());
                    }
                    Decision::Flag(_) | Decision::Done | Decision::Defer | Decision::Skip => {}
                }
                if let Decision::Note { text, .. } = decision {
                    line.text = text.clone();
                }
                line.suggested = matches!(
                    decision,
                    Decision::Tag {
                        suggested: true,
                        ..
                    }
                );
            }
        }
        line
    }
}

impl Act<'_> {
    /// The word of its kind, in files and on screen.
    pub fn kind(&self) -> &'static str {
        match self {
            Act::Undo(_) => "undo",
            Act::Redo(_) => "redo",
            Act::Unknown => "unknown",
            Act::Decide { decision, .. } => decision.kind(),
        }
    }
}

impl Decision<'_> {
    /// The word of its kind, in files and on screen.
    pub fn kind(&self) -> &'static str {
        match self {
            Decision::Tag { .. } => "tag",
            Decision::Untag(_) => "untag",
            Decision::Note { .. } => "note",
            Decision::Flag(true) => "flag",
            Decision::Flag(false) => "unflag",
            Decision::Done => "done",
            Decision::Defer => "defer",
            Decision::Skip => "skip",
            Decision::Adjudicate(_) => "adjudicate",
        }
    }
}

/// Id of an event: a UUID of version 7 (RFC 9562), so ids sort by time; those of one journal always rise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub u128);

impl Id {
    /// An id that nobody else has, above `last`: also where the clock was set back.
    pub fn next(now: Time, last: Option<Id>) -> Id {
        let random = Uuid::new_v4().into_bytes();
        let mut bytes = [0; 10];
        // Of a random UUID, bytes 6 and 8 are not all random.
        bytes[..6].copy_from_slice(&random[..6]);
        bytes[6..].copy_from_slice(&random[9..13]);
        let fresh = Id::build(now, bytes);
        match last {
            Some(last) if last >= fresh => Id(last.0 + 1 + u128::from(random[15])),
            _ => fresh,
        }
    }

    /// The id that always belongs to this text and time: what is imported twice is one.
    pub fn of(time: Time, text: &str) -> Id {
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&Hash::of(text).0.to_be_bytes()[..10]);
        Id::build(time, bytes)
    }

    fn build(time: Time, bytes: [u8; 10]) -> Id {
        let uuid = uuid::Builder::from_unix_timestamp_millis(time.0, &bytes).into_uuid();
        Id(uuid.as_u128())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        Uuid::from_u128(self.0).hyphenated().fmt(f)
    }
}

impl FromStr for Id {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Id, uuid::Error> {
        Uuid::try_parse(text).map(|uuid| Id(uuid.as_u128()))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer)
    }
}

/// A moment: milliseconds since 1970 in UTC; written after RFC 3339.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub u64);

/// The end of the year 9999, the last that RFC 3339 can write.
const LAST: u64 = 253_402_300_799_999;

impl Time {
    /// This moment.
    pub fn now() -> Time {
        let passed = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Time(u64::try_from(passed.as_millis()).unwrap_or(LAST).min(LAST))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let time = UNIX_EPOCH + Duration::from_millis(self.0.min(LAST));
        humantime::format_rfc3339_millis(time).fmt(f)
    }
}

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Time, String> {
        let time = humantime::parse_rfc3339(text).map_err(|error| format!("{text:?}: {error}"))?;
        let passed = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Time(
            u64::try_from(passed.as_millis()).unwrap_or(LAST).min(LAST),
        ))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::span::Part;
    use super::*;

    fn event(decision: Decision<'static>) -> Event<'static> {
        Event {
            id: Id::next(Time(1_800_000_000_000), None),
            time: Time(1_800_000_000_123),
            annotator: "ann".into(),
            act: Act::Decide {
                target: Target::new("run", "q \"1\"", "hi-Deva", 2),
                content: Hash::of("content"),
                taxonomy: "names@1".into(),
                decision,
            },
        }
    }

    fn marks() -> Vec<Mark<'static>> {
        let span = Span::new(Part::Trace, "a \"name\" here", 2..8).unwrap();
        let places = [
            Place::Response,
            Place::Entity("Q42".into()),
            Place::Range(Box::new(span)),
        ];
        let mark = |place| Mark {
            code: "vowel".into(),
            place,
        };
        places.into_iter().map(mark).collect()
    }

    #[test]
    fn every_event_is_read_as_it_was_written() {
        let mut decisions = vec![
            Decision::Flag(true),
            Decision::Flag(false),
            Decision::Done,
            Decision::Defer,
            Decision::Skip,
            Decision::Adjudicate(vec![]),
            Decision::Adjudicate(marks()),
        ];
        for mark in marks() {
            let place = mark.place.clone();
            decisions.push(Decision::Untag(mark.clone()));
            decisions.push(Decision::Note {
                place,
                text: "a note\nof two lines".into(),
            });
            decisions.push(Decision::Tag {
                mark,
                suggested: true,
            });
        }
        let mut events: Vec<Event> = decisions.into_iter().map(event).collect();
        for act in [Act::Undo(events[0].id), Act::Redo(events[0].id)] {
            events.push(Event {
                act,
                ..events[0].clone()
            });
        }
        for event in events {
            let line = String::from_utf8(event.line()).unwrap();
            assert_eq!(line.matches('\n').count(), 1);
            assert_eq!(Event::parse(&line), Ok(event));
        }
    }

    #[test]
    fn reading_a_plain_line_copies_nothing() {
        let line = String::from_utf8(event(Decision::Done).line())
            .unwrap()
            .replace("\\\"", "");
        let Act::Decide {
            target, taxonomy, ..
        } = Event::parse(&line).unwrap().act
        else {
            unreachable!()
        };
        let texts = [target.0, target.1, target.2, taxonomy];
        assert!(texts.iter().all(|text| matches!(text, Cow::Borrowed(_))));
    }

    #[test]
    fn what_a_later_version_writes_is_passed_over() {
        let later = r#"{"id":"x","kind":"rate","stars":5,"range":[1,2]}"#;
        assert_eq!(Event::parse(later).unwrap().act, Act::Unknown);
        let line = String::from_utf8(event(Decision::Done).line()).unwrap();
        let more = line.replacen('{', r#"{"mood":{"calm":true},"#, 1);
        assert_eq!(Event::parse(&more), Event::parse(&line));
    }

    #[test]
    fn what_is_missing_is_named() {
        let line = String::from_utf8(event(Decision::Done).line()).unwrap();
        let error = |from: &str, to: &str| Event::parse(&line.replace(from, to)).unwrap_err();
        assert_eq!(error("\"done\"", "\"tag\""), "tag without code");
        assert_eq!(error("\"done\"", "\"undo\""), "undo without of");
        assert_eq!(error("\"target\"", "\"goal\""), "done without target");
        assert!(Event::parse("<<<<<<< HEAD").is_err());
        assert!(error("Z\",", "\",").contains("line 1"));
    }

    #[test]
    fn ids_rise_also_when_the_clock_is_set_back() {
        let mut last = Id::next(Time(2_000), None);
        for now in [2_000, 2_000, 1_000, 5, 2_001] {
            let next = Id::next(Time(now), Some(last));
            assert!(next > last);
            last = next;
        }
        assert_eq!(last.to_string().parse(), Ok(last));
        assert_eq!(Id::of(Time(5), "a"), Id::of(Time(5), "a"));
        assert_ne!(Id::of(Time(5), "a"), Id::of(Time(5), "b"));
    }

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(
            Time(1_763_721_000_007).to_string(),
            "2025-11-21T10:30:00.007Z"
        );
        assert_eq!("2025-11-21T10:30:00Z".parse(), Ok(Time(1_763_721_000_000)));
        assert_eq!(Time(u64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
    }
}
