//! What a second file says of the same questions: accepted answers, the question in its source language, entities.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use super::formats::table::{self, Field};
use super::lookup::hash;
use super::settings::{Said, files};
use super::{Gravity, Opened, Place, Problem, open};
use crate::record::{Basis, Record};
use crate::script::Locale;

/// What two files are joined on: a field of one, and of the other.
#[derive(Debug, Clone, PartialEq)]
pub struct On {
    left: String,
    right: String,
}

impl On {
    /// Reads `field`, or `field=other` where the second file calls it something else.
    ///
    /// # Errors
    /// A side is empty.
    pub fn parse(text: &str) -> Result<On, String> {
        let (left, right) = text.split_once('=').unwrap_or((text, text));
        if left.is_empty() || right.is_empty() {
            return Err(format!(
                "on {text:?}: name a field, for example id, or one of each file: id=question_id"
            ));
        }
        Ok(On {
            left: left.into(),
            right: right.into(),
        })
    }
}

/// Records of other files, by a key. Only places are in memory.
#[derive(Debug)]
pub struct Join {
    on: On,
    files: Vec<Opened>,
    /// File and place of the records with a key of this hash.
    places: HashMap<u64, Vec<(usize, Place)>>,
}

impl Join {
    /// Reads files once: a file, a folder, or a pattern.
    pub(super) fn open(path: &str, on: On) -> (Join, Vec<Problem>) {
        let (inputs, mut problems) = files(path);
        let mut join = Join {
            on,
            files: Vec::new(),
            places: HashMap::new(),
        };
        let said = Arc::new(Said::default());
        for input in inputs {
            match open(&input, &said) {
                Ok(Some(opened)) => join.add_file(opened, &mut problems),
                Ok(None) => {}
                Err(problem) if problem.gravity == Gravity::NoRun => {}
                Err(problem) => problems.push(problem),
            }
        }
        if join.places.is_empty() && problems.is_empty() {
            let reason = format!(
                "no row has a field {} to be joined on: name another with --on",
                join.on.right
            );
            problems.push(Problem::file(path.as_ref(), reason));
        }
        (join, problems)
    }

    fn add_file(&mut self, opened: Opened, problems: &mut Vec<Problem>) {
        let file = self.files.len();
        let cut = opened.source.blocks(&mut |block| {
            opened.source.parse(&block, &mut |item| match item {
                Ok(item) => {
                    if let Some(key) = value(&item.record, &self.on.right) {
                        let places = self.places.entry(hash(&key)).or_default();
                        places.push((file, item.place));
                    }
                }
                Err(problem) => problems.push(problem),
            });
            ControlFlow::Continue(())
        });
        problems.extend(cut);
        self.files.push(opened);
    }

    /// The files that were read, in full.
    pub(super) fn paths(&self) -> impl Iterator<Item = PathBuf> {
        let full = |file: &Opened| file.path.canonicalize().unwrap_or(file.path.clone());
        self.files.iter().map(full)
    }

    /// Adds to a record what it does not have and the other files do.
    pub(super) fn add(&self, record: &mut Record) {
        let Some(key) = value(record, &self.on.left) else {
            return;
        };
        let places = self.places.get(&hash(&key)).into_iter().flatten();
        let others = places.filter_map(|(file, place)| self.files[*file].source.read(*place).ok());
        // Two keys may have one hash.
        let others: Vec<_> = others
            .filter(|other| value(other, &self.on.right).as_ref() == Some(&key))
            .collect();
        for other in &others {
            record.source = record.source.take().or_else(|| other.source.clone());
        }
        for other in others {
            merge(record, other);
        }
    }
}

/// The value of a field of a record, as rows of other files have it.
fn value(record: &Record, field: &str) -> Option<String> {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let found = match table::usual(field) {
        Some((Field::QuestionId, _)) if record.question_basis != Basis::Text => {
            text(&record.question_id)
        }
        Some((Field::Question, _)) => text(&record.question),
        _ => None,
    };
    found.or_else(|| {
        let named = record.metadata.get(field)?;
        named.as_str().map_or_else(|| Some(named.to_string()), text)
    })
}

fn merge(record: &mut Record, other: Record) {
    let tongue = (other.target_basis != Basis::Text)
        .then_some(other.target)
        .flatten();
    let language = |locale: &Option<Locale>| locale.as_ref().map(|locale| locale.language.clone());
    let foreign = tongue.is_some() && language(&tongue) != language(&record.target);
    if foreign {
        // A variant in another language tells the question in its source language, and nothing else of this one.
        if language(&tongue) == language(&record.source) && record.source_question.is_none() {
            record.source_question = text(other.question);
        }
        if record.entities.is_empty() {
            record.entities = other.entities;
        }
        return;
    }
    if record.question.is_empty() {
        record.question = other.question;
    }
    if record.gold.is_empty() {
        record.gold = other.gold;
    }
    if record.entities.is_empty() {
        record.entities = other.entities;
    }
    let asked_at_source = record.source.is_some() && record.source == record.target;
    if record.source_question.is_none() && !asked_at_source {
        record.source_question = other.source_question;
    }
    record.dataset = record.dataset.take().or(other.dataset);
    for (name, value) in other.metadata {
        record.metadata.entry(name).or_insert(value);
    }
}

fn text(text: String) -> Option<String> {
    Some(text).filter(|text| !text.trim().is_empty())
}
