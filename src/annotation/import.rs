//! Judgements that come from elsewhere, put into the journals of their annotators.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::event::{Act, Decision, Event};
use super::exchange::{Read, Row, read, read_csv, read_jsonl};
use super::journal::{Access, Journal, JournalError, Problem};
use super::label_studio;
use super::merge::{Folder, prepare};
use super::state::{Applied, State, Status};
use super::table::read_parquet;

/// How a file holds judgements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Rows, one to a line.
    Jsonl,
    /// Rows under a line of names.
    Csv,
    /// Rows as typed columns.
    Parquet,
    /// Tasks of Label Studio.
    LabelStudio,
}

/// Reads the rows of a file, in the format that its content shows where none is given. Rows that say nobody are those of
/// `nobody`. What is wrong is told with its place in the file.
///
/// # Errors
/// The file cannot be read, or not as that format.
pub fn rows(
    path: &Path,
    format: Option<Format>,
    nobody: Option<&str>,
) -> Result<(Vec<Row>, Vec<String>), String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let format = format.unwrap_or_else(|| sniff(&bytes));
    let text = || std::str::from_utf8(&bytes).map_err(|error| format!("it is no UTF-8: {error}"));
    let json = || serde_json::from_str::<Value>(text()?).map_err(|error| error.to_string());
    let told = |place: &str, (rows, wrong): Read| {
        let wrong = wrong.into_iter();
        let wrong = wrong.map(|(number, what)| format!("{place} {number}: {what}"));
        (rows, wrong.collect())
    };
    let (mut rows, wrong) = match format {
        Format::Jsonl => told("line", read_jsonl(text()?)),
        Format::Csv => told("line", read_csv(text()?)),
        Format::Parquet => told("row", read_parquet(path)?),
        Format::LabelStudio => match json()? {
            Value::Array(rows) if rows.first().is_some_and(|row| row.get("data").is_none()) => {
                let cells = rows.into_iter().map(|row| match row {
                    Value::Object(cells) => Ok(cells),
                    other => Err(format!("{other} is no row")),
                });
                told("row", read((1..).zip(cells)))
            }
            tasks @ Value::Array(_) => label_studio::import(&tasks, |by| match (by, nobody) {
                (Value::Null, Some(nobody)) => nobody.to_owned(),
                (by, _) => label_studio::who(by),
            }),
            _ => return Err("it is no list of tasks or rows".to_owned()),
        },
    };
    for row in rows.iter_mut().filter(|row| row.annotator.is_empty()) {
        nobody.unwrap_or_default().clone_into(&mut row.annotator);
    }
    Ok((rows, wrong))
}

fn sniff(bytes: &[u8]) -> Format {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match start.trim_ascii_start() {
        start if start.starts_with(b"PAR1") => Format::Parquet,
        start if start.starts_with(b"[") => Format::LabelStudio,
        start if start.starts_with(b"{") => Format::Jsonl,
        _ => Format::Csv,
    }
}

/// What came of judgements from elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Events that were written.
    pub new: usize,
    /// Events that were there already.
    pub known: usize,
    /// Events that were not written, and why.
    pub wrong: Vec<String>,
    /// What was wrong with the journals.
    pub problems: Vec<Problem>,
}

/// Adds events to the journals of their annotators in a folder, each once: what is known from any journal there is not
/// written again.
pub fn import(dir: &Path, events: &[Event]) -> Imported {
    let Folder {
        mut state,
        problems,
        ..
    } = Folder::read_or_tell(dir);
    let mut imported = Imported {
        problems,
        ..Imported::default()
    };
    let mut of: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    for event in events {
        of.entry(&event.annotator).or_default().push(event);
    }
    for (annotator, events) in of {
        if let Err(error) = imported.add(dir, annotator, &events, &mut state) {
            let lost = events.len();
            let what = format!("{lost} of {annotator} not written: {error}");
            imported.wrong.push(what);
        }
    }
    imported
}

impl Imported {
    fn add(
        &mut self,
        dir: &Path,
        annotator: &str,
        events: &[&Event],
        state: &mut State,
    ) -> Result<(), JournalError> {
        let opened = Journal::open(dir, annotator, state)?;
        let mut journal = opened.journal;
        // What the folder told already is not told again.
        let news = |problem: &Problem| !self.problems.contains(problem);
        let news: Vec<Problem> = opened.problems.into_iter().filter(news).collect();
        self.problems.extend(news);
        match journal.access() {
            Access::Ours | Access::New => {}
            // The first write says why.
            Access::Theirs(_) | Access::Barred(_) => drop(journal.save()?),
        }
        let (mut lines, mut new, mut known, mut wrong) = (Vec::new(), 0, 0, Vec::new());
        for event in events {
            if is_said(state, event) {
                known += 1;
                continue;
            }
            match state.apply(event) {
                Applied::New => {
                    lines.extend(event.line());
                    new += 1;
                }
                Applied::Known | Applied::Passed => known += 1,
                Applied::Clash => wrong.push(format!(
                    "{} of {annotator}: another event has this id and says something else",
                    event.id
                )),
            }
        }
        if new > 0 {
            let cannot = |error| JournalError::Io {
                path: dir.to_owned(),
                error,
            };
            prepare(dir).map_err(cannot)?;
            journal.append_lines(&lines)?;
        }
        self.new += new;
        self.known += known;
        self.wrong.extend(wrong);
        Ok(())
    }
}

/// That a response was looked at is no news where that is known, by whichever event.
fn is_said(state: &State, event: &Event) -> bool {
    let Act::Decide {
        target,
        decision: Decision::Done,
        ..
    } = &event.act
    else {
        return false;
    };
    state.marks(&event.annotator, target).status == Status::Done
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::exchange::tests::{everything, texts};
    use super::super::exchange::{self, events};
    use super::*;

    #[test]
    fn what_is_imported_twice_is_there_once() {
        let dir = tempfile::tempdir().unwrap();
        let rows = exchange::rows(&everything(), |_| Some(texts()));
        let (events, _) = events(&rows);
        let first = import(dir.path(), &events);
        assert_eq!((first.new, first.known), (events.len(), 0));
        assert_eq!((first.wrong, first.problems), (vec![], vec![]));
        let read = || {
            let folder = Folder::read(dir.path()).unwrap();
            let bytes = folder.journals.iter().map(|path| fs::read(path).unwrap());
            let bytes: Vec<_> = bytes.collect();
            (exchange::rows(&folder.state, |_| Some(texts())), bytes)
        };
        let (again, bytes) = read();
        let sorted = |mut rows: Vec<Row>| {
            rows.sort_by_key(|row| serde_json::to_string(row).unwrap());
            rows
        };
        assert_eq!(sorted(again), sorted(rows));
        let second = import(dir.path(), &events);
        assert_eq!((second.new, second.known), (0, events.len()));
        assert_eq!(read().1, bytes);
    }

    #[test]
    fn a_journal_that_is_open_elsewhere_is_not_written_and_the_others_are() {
        let dir = tempfile::tempdir().unwrap();
        let rows = exchange::rows(&everything(), |_| Some(texts()));
        let (events, _) = events(&rows);
        let mut state = State::default();
        let mut open = Journal::open(dir.path(), "ann", &mut state).unwrap();
        let event = open.journal.event(Act::Undo(events[0].id));
        open.journal.append(&event).unwrap();
        let imported = import(dir.path(), &events);
        assert!(
            imported.wrong[0].contains("of ann not written: another"),
            "{imported:?}"
        );
        assert!(imported.new > 0);
        assert!(dir.path().join("bob.jsonl").exists());
    }

    #[test]
    fn the_content_tells_the_format() {
        for (text, format) in [
            ("PAR1", Format::Parquet),
            ("\u{feff}[{", Format::LabelStudio),
            ("\n {}", Format::Jsonl),
            ("annotator,code\n", Format::Csv),
        ] {
            assert_eq!(sniff(text.as_bytes()), format);
        }
    }
}
