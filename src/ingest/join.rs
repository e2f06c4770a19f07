//! What a second file says of the same questions: accepted answers, the question in its source language, entities.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::formats::table::{self, Field};
use super::lookup::hash;
use super::settings::{Said, files};
use super::{FieldMap, Gravity, Opened, Place, Problem, open, without_language};
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
    name: PathBuf,
    files: Vec<(Opened, FieldMap)>,
    /// File and place of the records with a key of this hash.
    places: HashMap<u64, Vec<(usize, Place)>>,
    /// Somebody was found here.
    used: AtomicBool,
}

/// More partners than this are no variants of one question.
const PARTNERS: usize = 256;

impl Join {
    /// Reads files once: a file, a folder, or a pattern. `said` is what is said of each of them.
    pub(super) fn open(path: &str, on: On, said: impl Fn(&Path) -> Said) -> (Join, Vec<Problem>) {
        let (inputs, mut problems) = files(path);
        let mut join = Join {
            on,
            name: path.into(),
            files: Vec::new(),
            places: HashMap::new(),
            used: AtomicBool::new(false),
        };
        for input in inputs {
            let said = Said {
                joined: true,
                ..said(&input.path)
            };
            let map = said.map.clone();
            match open(&input, &Arc::new(said)) {
                Ok(Some(opened)) => join.add_file(opened, map, &mut problems),
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
            problems.push(Problem::file(&join.name, reason));
        }
        if join.places.values().any(|places| places.len() > PARTNERS) {
            let reason = format!(
                "more than {PARTNERS} rows have the same {}; only the first of them are joined",
                join.on.right
            );
            problems.push(Problem::remark(&join.name, reason));
        }
        (join, problems)
    }

    fn add_file(&mut self, opened: Opened, map: FieldMap, problems: &mut Vec<Problem>) {
        let file = self.files.len();
        let cut = opened.source.blocks(&mut |block| {
            opened.source.parse(&block, &mut |item| match item {
                Ok(item) => {
                    if let Some(key) = value(&item.record, &self.on.right, &map) {
                        let places = self.places.entry(hash(&key)).or_default();
                        if places.len() <= PARTNERS {
                            places.push((file, item.place));
                        }
                    }
                }
                Err(problem) => problems.push(problem),
            });
            ControlFlow::Continue(())
        });
        problems.extend(cut);
        self.files.push((opened, map));
    }

    /// The files that were read, in full.
    pub(super) fn paths(&self) -> impl Iterator<Item = PathBuf> {
        let full =
            |(file, _): &(Opened, FieldMap)| file.path.canonicalize().unwrap_or(file.path.clone());
        self.files.iter().map(full)
    }

    /// A remark where no record found anything here.
    pub(super) fn unused(&self) -> Option<Problem> {
        let unused = !self.used.load(Ordering::Relaxed) && !self.places.is_empty();
        let On { left, right } = &self.on;
        let reason =
            format!("no response has a {left} that is a {right} here, so nothing was joined");
        unused.then(|| Problem::remark(&self.name, reason))
    }

    /// Adds to a record what it does not have and the other files do.
    pub(super) fn add(&self, record: &mut Record, map: &FieldMap) {
        let Some(key) = value(record, &self.on.left, map) else {
            return;
        };
        let places = self.places.get(&hash(&key)).into_iter().flatten();
        let others = places.take(PARTNERS);
        let others = others.filter_map(|(file, place)| {
            let (file, map) = &self.files[*file];
            let other = file.source.read(*place).ok()?;
            // Two keys may have one hash, and the numbers of two data sets are not the same questions.
            let same = value(&other, &self.on.right, map).as_ref() == Some(&key);
            (same && same_dataset(record, &other)).then_some(other)
        });
        let others: Vec<_> = others.collect();
        if !others.is_empty() {
            self.used.store(true, Ordering::Relaxed);
        }
        for other in &others {
            record.source = record.source.take().or_else(|| other.source.clone());
        }
        for other in others {
            merge(record, other);
        }
    }
}

fn same_dataset(record: &Record, other: &Record) -> bool {
    match (&record.dataset, &other.dataset) {
        (Some(one), Some(other)) => without_language(one) == without_language(other),
        _ => true,
    }
}

/// The value of a field of a record, as rows of other files have it.
fn value(record: &Record, field: &str, map: &FieldMap) -> Option<String> {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let usual = || table::usual(field).map(|(field, _)| field);
    let found = match map.meaning(field).or_else(usual) {
        Some(Field::QuestionId) if record.question_basis != Basis::Text => {
            text(&record.question_id)
        }
        Some(Field::Question) => text(&record.question),
        _ => None,
    };
    found.or_else(|| {
        let named = record.metadata.get(field)?;
        named.as_str().map_or_else(|| Some(named.to_string()), text)
    })
}

/// How a joined row stands to a record.
#[derive(PartialEq)]
enum Variant {
    /// It says something of the question in the language and script of the record, or in none.
    Same,
    /// It is the question in its source language.
    Source,
    /// It is another variant.
    Other,
}

impl Variant {
    fn of(record: &Record, other: &Record) -> Variant {
        let (Some(tongue), Some(target)) = (&other.target, &record.target) else {
            return Variant::Same;
        };
        // A language that is only guessed may be wrong; the letters it was guessed from are not.
        let guessed = [record, other]
            .iter()
            .any(|record| record.target_basis == Basis::Text);
        let like = |locale: &Locale| match guessed {
            true => tongue.script == locale.script,
            false => tongue == locale,
        };
        match &record.source {
            _ if like(target) => Variant::Same,
            Some(source) if like(source) => Variant::Source,
            _ => Variant::Other,
        }
    }
}

fn merge(record: &mut Record, other: Record) {
    if record.entities.is_empty() {
        record.entities = other.entities.clone();
    }
    let variant = Variant::of(record, &other);
    if variant != Variant::Same {
        // A variant in another language tells the question in its source language, and nothing else of this one.
        if variant == Variant::Source && record.source_question.is_none() {
            record.source_question = text(other.question);
        }
        return;
    }
    if record.question.is_empty() {
        record.question = other.question;
    }
    if record.gold.is_empty() {
        record.gold = other.gold;
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
