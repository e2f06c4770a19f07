//! Judgements as rows, for other tools and back: JSON Lines and CSV, and plain structs for any other table.
//!
//! Rows hold what is in force: tags, notes, flags, states of work and adjudications. What was undone, and what a later
//! judgement replaced, stays in the journal.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::event::{Act, Decision, Event, Id, Mark, Place, Time};
use super::span::{Offsets, Part, Span};
use super::state::{Made, State, Status};
use super::target::{Target, content_hash};
use crate::hash::Hash;

/// The texts of a response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// As asked.
    pub question: String,
    /// The reasoning.
    pub trace: String,
    /// What was answered after it.
    pub answer: String,
}

impl Texts {
    /// One of them.
    pub fn part(&self, part: Part) -> &str {
        match part {
            Part::Question => &self.question,
            Part::Trace => &self.trace,
            Part::Answer => &self.answer,
        }
    }

    /// What they say, as one number.
    pub fn content(&self) -> Hash {
        content_hash(&self.question, &self.trace, &self.answer)
    }
}

/// What a row is.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A tag of an annotator.
    #[default]
    Tag,
    /// A note; `text` says what.
    Note,
    /// To be looked at again.
    Flag,
    /// Looked at, and no tag was set.
    Done,
    /// To be decided later.
    Deferred,
    /// Left out.
    Skipped,
    /// A tag that was adjudicated; without a code, that there is none. Rows with one id are one decision.
    Gold,
}

impl Kind {
    /// The word used in files.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Tag => "tag",
            Kind::Note => "note",
            Kind::Flag => "flag",
            Kind::Done => "done",
            Kind::Deferred => "deferred",
            Kind::Skipped => "skipped",
            Kind::Gold => "gold",
        }
    }
}

/// One judgement in force. Everything that is not known is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// What this is.
    pub kind: Kind,
    /// The event; made from the row where it is not given.
    pub id: Option<Id>,
    /// When.
    pub time: Time,
    /// Whose.
    pub annotator: String,
    /// Name of the run.
    pub run: String,
    /// Id of the question.
    pub question_id: String,
    /// Language and script it was asked in.
    pub target: String,
    /// Which of several samples, from 1.
    pub epoch: u32,
    /// Of the texts that were judged.
    pub content: Option<Hash>,
    /// Whether the response says something else now.
    pub stale: Option<bool>,
    /// With its version.
    pub taxonomy: String,
    /// The code.
    pub code: String,
    /// The program had suggested it.
    pub suggested: bool,
    /// The named thing it is about.
    pub entity: String,
    /// The text in which its range is.
    pub part: Option<Part>,
    /// First byte of the range, in UTF-8.
    pub start_byte: Option<usize>,
    /// The byte after it.
    pub end_byte: Option<usize>,
    /// The same in code points; empty where the text is not at hand, or does not stand there any more.
    pub start_code_point: Option<usize>,
    /// The same.
    pub end_code_point: Option<usize>,
    /// The same in extended grapheme clusters.
    pub start_cluster: Option<usize>,
    /// The same.
    pub end_cluster: Option<usize>,
    /// Of the covered text.
    pub text_hash: Option<Hash>,
    /// How the covered text begins.
    pub head: String,
    /// What stands before it.
    pub before: String,
    /// What stands after it.
    pub after: String,
    /// What a note says.
    pub text: String,
}

/// All that is in force, by response, then by annotator. `texts` gives the texts of a response that is at hand.
pub fn rows(state: &State, mut texts: impl FnMut(&Target) -> Option<Texts>) -> Vec<Row> {
    let mut rows = Vec::new();
    for target in state.targets() {
        let texts = texts(&target);
        let row = |kind, annotator: &str, made: Made| Row {
            kind,
            id: Some(made.id),
            time: made.time,
            annotator: annotator.to_owned(),
            run: target.0.to_string(),
            question_id: target.1.to_string(),
            target: target.2.to_string(),
            epoch: target.3,
            content: Some(made.content).filter(|content| *content != Hash::default()),
            stale: texts.as_ref().map(|texts| made.is_stale(texts.content())),
            taxonomy: made.taxonomy.to_owned(),
            ..Row::default()
        };
        for annotator in state.annotators() {
            let marks = state.marks(annotator, &target);
            for tag in &marks.tags {
                let mut row = row(Kind::Tag, annotator, tag.made);
                row.mark(tag.mark, texts.as_ref());
                row.suggested = tag.suggested;
                rows.push(row);
            }
            for note in &marks.notes {
                let mut row = row(Kind::Note, annotator, note.made);
                row.place(note.place, texts.as_ref());
                row.text = note.text.to_owned();
                rows.push(row);
            }
            rows.extend(marks.flag.map(|made| row(Kind::Flag, annotator, made)));
            let kind = match marks.status {
                Status::Done if marks.tags.is_empty() => Some(Kind::Done),
                Status::Deferred => Some(Kind::Deferred),
                Status::Skipped => Some(Kind::Skipped),
                Status::Open | Status::Done => None,
            };
            let status = kind.zip(marks.decided).map(|(kind, made)| {
                let mut row = row(kind, annotator, made);
                if let Some(Decision::Tag { .. }) = state.decision(annotator, made.id) {
                    // The tag was taken off again; its event says something else than this row.
                    row.id = Some(Id::of(made.time, &format!("{annotator} {}", made.id)));
                }
                row
            });
            rows.extend(status);
        }
        if let Some(gold) = state.gold(&target) {
            let empty = row(Kind::Gold, gold.annotator, gold.made);
            for mark in gold.marks {
                let mut row = empty.clone();
                row.mark(mark, texts.as_ref());
                rows.push(row);
            }
            if gold.marks.is_empty() {
                rows.push(empty);
            }
        }
    }
    rows
}

impl Row {
    /// The response that it is about.
    pub fn target(&self) -> Target<'_> {
        Target::new(
            &self.run,
            &self.question_id,
            &self.target,
            self.epoch.max(1),
        )
    }

    fn mark(&mut self, mark: &Mark, texts: Option<&Texts>) {
        self.code = mark.code.to_string();
        self.place(&mark.place, texts);
    }

    /// Fills in what the row is about.
    pub(super) fn place(&mut self, place: &Place, texts: Option<&Texts>) {
        match place {
            Place::Response => {}
            Place::Entity(name) => self.entity = name.to_string(),
            Place::Range(span) => self.span(span, texts),
        }
    }

    fn span(&mut self, span: &Span, texts: Option<&Texts>) {
        self.part = Some(span.part);
        (self.start_byte, self.end_byte) = (Some(span.start), Some(span.end));
        self.text_hash = Some(span.hash);
        self.head = span.head.to_string();
        self.before = span.before.to_string();
        self.after = span.after.to_string();
        let text = texts.map_or("", |texts| texts.part(span.part));
        if span.find(text) == Some(span.range()) {
            let offsets = Offsets::new(text);
            let (start, end) = (offsets.at(span.start), offsets.at(span.end));
            self.start_code_point = start.map(|units| units.code_points);
            self.end_code_point = end.map(|units| units.code_points);
            self.start_cluster = start.map(|units| units.clusters);
            self.end_cluster = end.map(|units| units.clusters);
        }
    }

    fn own_place(&self) -> Result<Place<'static>, String> {
        let Some(part) = self.part else {
            return Ok(match self.entity.is_empty() {
                true => Place::Response,
                false => Place::Entity(Cow::Owned(self.entity.clone())),
            });
        };
        let (Some(start), Some(end), Some(hash)) = (self.start_byte, self.end_byte, self.text_hash)
        else {
            return Err("a range needs start_byte, end_byte and text_hash".to_owned());
        };
        if start >= end {
            return Err(format!("the range from byte {start} to {end} is empty"));
        }
        Ok(Place::Range(Box::new(Span {
            part,
            start,
            end,
            hash,
            head: Cow::Owned(self.head.clone()),
            before: Cow::Owned(self.before.clone()),
            after: Cow::Owned(self.after.clone()),
        })))
    }

    fn own_mark(&self) -> Result<Mark<'static>, String> {
        match self.code.is_empty() {
            true => Err("a tag needs a code".to_owned()),
            false => Ok(Mark {
                code: Cow::Owned(self.code.clone()),
                place: self.own_place()?,
            }),
        }
    }

    fn decision(&self) -> Result<Decision<'static>, String> {
        Ok(match self.kind {
            Kind::Tag => Decision::Tag {
                mark: self.own_mark()?,
                suggested: self.suggested,
            },
            Kind::Note => Decision::Note {
                place: self.own_place()?,
                text: Cow::Owned(self.text.clone()),
            },
            Kind::Flag => Decision::Flag(true),
            Kind::Done => Decision::Done,
            Kind::Deferred => Decision::Defer,
            Kind::Skipped => Decision::Skip,
            Kind::Gold if self.code.is_empty() => Decision::Adjudicate(Vec::new()),
            Kind::Gold => Decision::Adjudicate(vec![self.own_mark()?]),
        })
    }
}

/// The events of rows, to be applied and saved where they are new. What is wrong is told with the number of its row,
/// from 1. The same rows always give the same events.
pub fn events(rows: &[Row]) -> (Vec<Event<'static>>, Vec<(usize, String)>) {
    let mut events: BTreeMap<(Id, &str), Event> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (number, row) in (1..).zip(rows) {
        let needed = [
            (&row.annotator, "an annotator"),
            (&row.question_id, "a question_id"),
        ];
        if let Some((_, what)) = needed.iter().find(|(cell, _)| cell.is_empty()) {
            wrong.push((number, format!("a row needs {what}")));
            continue;
        }
        let decision = match row.decision() {
            Ok(decision) => decision,
            Err(what) => {
                wrong.push((number, what));
                continue;
            }
        };
        let id = row.id.unwrap_or_else(|| {
            let text = serde_json::to_string(row).unwrap_or_default();
            Id::of(row.time, &text)
        });
        let event = Event {
            id,
            time: row.time,
            annotator: Cow::Owned(row.annotator.clone()),
            act: Act::Decide {
                target: row.target().to_owned(),
                content: row.content.unwrap_or_default(),
                taxonomy: Cow::Owned(row.taxonomy.clone()),
                decision,
            },
        };
        match events.get_mut(&(id, row.annotator.as_str())) {
            None => {
                events.insert((id, &row.annotator), event);
            }
            Some(known) => {
                if !join(known, &event) {
                    wrong.push((
                        number,
                        "another row has its id and says something else".to_owned(),
                    ));
                }
            }
        }
    }
    (events.into_values().collect(), wrong)
}

/// Adds the marks of one row of an adjudication to those of the others; tells whether the two are one event.
fn join(known: &mut Event<'static>, event: &Event<'static>) -> bool {
    if known == event {
        return true;
    }
    let (
        Act::Decide {
            decision: known, ..
        },
        Act::Decide { decision: more, .. },
    ) = (&mut known.act, &event.act)
    else {
        return false;
    };
    let (Decision::Adjudicate(marks), Decision::Adjudicate(more)) = (known, more) else {
        return false;
    };
    for mark in more {
        if !marks.contains(mark) {
            marks.push(mark.clone());
        }
    }
    true
}

/// Writes rows as JSON Lines, each with every member.
pub fn write_jsonl(rows: &[Row], mut out: impl io::Write) -> io::Result<()> {
    for row in rows {
        serde_json::to_writer(&mut out, row)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Rows that were read, and what was wrong, with the number of its line or row, from 1.
pub type Read = (Vec<Row>, Vec<(usize, String)>);

/// Reads rows from JSON Lines; wrong ones are told with their line, from 1.
pub fn read_jsonl(text: &str) -> Read {
    let lines = (1..).zip(text.lines());
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    let parsed = |line| serde_json::from_str(line).map_err(|error| error.to_string());
    read(lines.map(|(number, line)| (number, parsed(line))))
}

/// Reads rows from the cells of a table, which may have lost their types on the way: numbers that are text or fractions,
/// truth values in the words of other programs, ids that are numbers. What is empty or null is not known.
pub(super) fn read(
    table: impl Iterator<Item = (usize, Result<Map<String, Value>, String>)>,
) -> Read {
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    for (number, cells) in table {
        match cells.and_then(row) {
            Ok(row) => rows.push(row),
            Err(what) => wrong.push((number, what)),
        }
    }
    (rows, wrong)
}

const TRUTHS: [&str; 2] = ["stale", "suggested"];
const NUMBERS: [&str; 7] = [
    "epoch",
    "start_byte",
    "end_byte",
    "start_code_point",
    "end_code_point",
    "start_cluster",
    "end_cluster",
];

fn row(mut cells: Map<String, Value>) -> Result<Row, String> {
    cells.retain(|_, cell| !cell.is_null() && cell != "");
    for (name, cell) in &mut cells {
        let text = match &*cell {
            Value::String(text) => text.trim().to_owned(),
            other => other.to_string(),
        };
        if NUMBERS.contains(&name.as_str()) {
            let whole = text.strip_suffix(".0").unwrap_or(&text);
            let number = whole.parse::<usize>();
            *cell = Value::from(number.map_err(|_| format!("{name} is no whole number: {text}"))?);
        } else if TRUTHS.contains(&name.as_str()) {
            *cell = Value::Bool(match text.to_ascii_lowercase().as_str() {
                "true" | "1" => true,
                "false" | "0" => false,
                _ => return Err(format!("{name} is neither true nor false: {text}")),
            });
        } else if name == "time" {
            // Tables part date and time by a blank, and name UTC in several ways or not at all.
            let zones = ["Z", "+00:00", " UTC"].iter();
            let plain = zones.fold(text.as_str(), |text, zone| {
                text.strip_suffix(zone).unwrap_or(text)
            });
            *cell = Value::String(plain.replacen(' ', "T", 1) + "Z");
        } else if !cell.is_string() {
            *cell = Value::String(text);
        }
    }
    serde_json::from_value(Value::Object(cells)).map_err(|error| error.to_string())
}

/// Writes rows as CSV with a line of names.
pub fn write_csv(rows: &[Row], out: impl io::Write) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(out);
    for row in rows {
        writer.serialize(row)?;
    }
    Ok(writer.flush()?)
}

/// Reads rows from CSV by the names in its first line; wrong ones are told with their line, from 1.
pub fn read_csv(text: &str) -> Read {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = match reader.headers() {
        Ok(names) => names.clone(),
        Err(error) => return (Vec::new(), vec![(1, error.to_string())]),
    };
    let table = reader.records().map(|record| {
        let line = |position: Option<&csv::Position>| position.map_or(0, csv::Position::line);
        match record {
            Ok(record) => {
                let cells = names.iter().zip(&record);
                let cells = cells.map(|(name, cell)| (name.to_owned(), Value::from(cell)));
                (line(record.position()) as usize, Ok(cells.collect()))
            }
            Err(error) => (line(error.position()) as usize, Err(error.to_string())),
        }
    });
    read(table)
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::annotation::State;

    pub fn texts() -> Texts {
        Texts {
            question: "Which inscription?".to_owned(),
            trace: "👋🏽 It is \"Sarvadarma\",\r\nor सरवधर्म.".to_owned(),
            answer: "सरवधर्म".to_owned(),
        }
    }

    pub fn target() -> Target<'static> {
        Target::new("run, one", "q\"1\"", "hi-Deva", 1)
    }

    pub fn mark(code: &'static str, wanted: &str) -> Mark<'static> {
        let texts = texts();
        let place = match wanted {
            "" => Place::Response,
            "Q42" => Place::Entity("Q42".into()),
            wanted => {
                let start = texts.trace.find(wanted).unwrap();
                let range = start..start + wanted.len();
                Place::Range(Box::new(
                    Span::new(Part::Trace, &texts.trace, range)
                        .unwrap()
                        .to_owned(),
                ))
            }
        };
        Mark {
            code: code.into(),
            place,
        }
    }

    /// A state in which these decisions were made, one after the other.
    pub fn state(decisions: Vec<(&'static str, Decision<'static>)>) -> State {
        let mut state = State::default();
        for ((annotator, decision), at) in decisions.into_iter().zip(1..) {
            let time = Time(1_800_000_000_000 + at);
            let event = Event {
                id: Id::of(time, annotator),
                time,
                annotator: annotator.into(),
                act: Act::Decide {
                    target: target(),
                    content: texts().content(),
                    taxonomy: "names@1".into(),
                    decision,
                },
            };
            state.apply(&event);
        }
        state
    }

    pub fn tag(code: &'static str, wanted: &str) -> Decision<'static> {
        Decision::Tag {
            mark: mark(code, wanted),
            suggested: code == "vowel",
        }
    }

    pub fn everything() -> State {
        state(vec![
            ("ann", tag("vowel", "Sarvadarma")),
            ("ann", tag("vowel", "सरवधर्म")),
            ("ann", tag("lost", "")),
            ("ann", tag("vowel", "Q42")),
            (
                "ann",
                Decision::Note {
                    place: Place::Response,
                    text: "a, \"note\"\nof two lines".into(),
                },
            ),
            ("ann", Decision::Flag(true)),
            ("bob", Decision::Done),
            ("cyd", Decision::Skip),
            ("dan", Decision::Defer),
            (
                "eve",
                Decision::Adjudicate(vec![mark("vowel", "Sarvadarma"), mark("lost", "")]),
            ),
        ])
    }

    #[test]
    fn ranges_are_given_in_every_unit() {
        let state = everything();
        let rows = rows(&state, |_| Some(texts()));
        let row = rows.iter().find(|row| row.head == "सरवधर्म").unwrap();
        let units = [row.start_byte, row.start_code_point, row.start_cluster];
        assert_eq!(units.map(Option::unwrap), [33, 27, 25]);
        let units = [row.end_byte, row.end_code_point, row.end_cluster];
        assert_eq!(units.map(Option::unwrap), [54, 34, 30]);
        assert_eq!(
            (row.text_hash, row.stale),
            (Some(Hash::of("सरवधर्म")), Some(false))
        );
    }

    #[test]
    fn of_a_text_that_changed_no_units_are_invented() {
        let state = everything();
        let mut changed = texts();
        changed.trace.insert(0, 'x');
        for row in rows(&state, |_| Some(changed.clone())) {
            assert_eq!((row.stale, row.start_cluster), (Some(true), None));
        }
        assert!(rows(&state, |_| None).iter().all(|row| row.stale.is_none()));
    }

    #[test]
    fn rows_lead_back_to_the_same_state_through_json_and_csv() {
        let state = everything();
        let before = rows(&state, |_| Some(texts()));
        let (mut json, mut table) = (Vec::new(), Vec::new());
        write_jsonl(&before, &mut json).unwrap();
        write_csv(&before, &mut table).unwrap();
        let (json, table) = (
            String::from_utf8(json).unwrap(),
            String::from_utf8(table).unwrap(),
        );
        for (read, wrong) in [read_jsonl(&json), read_csv(&table)] {
            assert_eq!(wrong, []);
            assert_eq!(read, before);
            let (events, wrong) = events(&read);
            assert_eq!(wrong, []);
            let mut again = State::default();
            for event in &events {
                again.apply(event);
                assert_eq!(state_knows(event), crate::annotation::Applied::Known);
            }
            assert_eq!(rows(&again, |_| Some(texts())), before);
        }
    }

    fn state_knows(event: &Event) -> crate::annotation::Applied {
        everything().apply(event)
    }

    #[test]
    fn a_table_that_went_through_another_program_is_still_read() {
        let table = "annotator,time,run,question_id,epoch,code,suggested,part,start_byte,end_byte,text_hash\n\
            ann,2026-01-01 00:00:00.5+00:00,r,17,1.0,vowel,True,trace,3.0,9.0,00000000000000000000000000000001\n\
            ann,2026-01-01 00:00:00,r,17,,vowel,,,,,\n";
        let (rows, wrong) = read_csv(table);
        assert_eq!(wrong, []);
        let row = &rows[0];
        assert_eq!(row.time.to_string(), "2026-01-01T00:00:00.500Z");
        assert_eq!(
            (row.epoch, row.suggested, row.start_byte, row.end_byte),
            (1, true, Some(3), Some(9))
        );
        assert_eq!(rows[1].epoch, 0);
        let json = r#"{"annotator":"ann","question_id":17,"run":null,"epoch":2,"start_byte":null}"#;
        let (rows, wrong) = read_jsonl(json);
        assert_eq!(wrong, []);
        assert_eq!((rows[0].question_id.as_str(), rows[0].epoch), ("17", 2));
        let (rows, wrong) = read_jsonl(r#"{"epoch":1.5}"#);
        assert_eq!(rows, []);
        assert!(wrong[0].1.contains("epoch"), "{wrong:?}");
    }

    #[test]
    fn a_tag_that_was_taken_off_leaves_no_event_of_another_meaning() {
        let state = state(vec![
            ("ann", tag("lost", "")),
            ("ann", Decision::Untag(mark("lost", ""))),
        ]);
        let rows = rows(&state, |_| None);
        assert_eq!(rows.len(), 1);
        let (mut events, wrong) = events(&rows);
        assert_eq!(wrong, []);
        let event = events.remove(0);
        assert!(matches!(
            event.act,
            Act::Decide {
                decision: Decision::Done,
                ..
            }
        ));
        let mut state = state;
        assert_eq!(state.apply(&event), crate::annotation::Applied::New);
    }

    #[test]
    fn a_table_made_by_hand_is_enough() {
        let table = "annotator,time,run,question_id,target,code\nann,2026-01-01T00:00:00Z,r,q,hi-Deva,vowel\nann,2026-01-01T00:00:00Z,r,q,hi-Deva,\n,2026-01-01T00:00:00Z,r,q,hi-Deva,lost\n";
        let (rows, wrong) = read_csv(table);
        assert_eq!((rows.len(), wrong), (3, vec![]));
        let (first, wrong) = events(&rows);
        assert_eq!(
            wrong.iter().map(|(row, _)| *row).collect::<Vec<_>>(),
            [2, 3]
        );
        assert_eq!(first, events(&rows).0);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        assert_eq!(read_jsonl("{}\n\n{\"epoch\":\"x\"}\n").1[0].0, 3);
        assert_eq!(read_csv("annotator,epoch\nann,1\nann,x\n").1[0].0, 3);
    }
}
