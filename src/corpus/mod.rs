//! All that is loaded: columns in memory, texts where they lie, who is whose counterpart, what a filter lets through.

mod audit;
mod build;
mod chunk;
mod completion;
mod dict;
pub mod fields;
pub mod filter;
mod groups;
pub mod partners;
mod pass;
mod regrade;
mod search;
mod tags;
pub mod view;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use polars::prelude::*;

pub use audit::Audit;
pub use completion::{Completion, complete};
pub use dict::Dict;
pub use fields::{Flag, KEYS, Key, Layer, Measure};
pub use filter::{Clause, Filter, FilterError, Test};
pub use groups::{Group, Groups};
pub use search::Search;
pub use tags::{DISAGREE, Said, Tags, word};
pub use view::{Facet, Sort, View};

use crate::entity::Catalog;
use crate::grade::Grader;
use crate::ingest::{Gravity, Opened, Place, Problem, Settings, fold};
use crate::record::{Basis, Record};
use crate::script::HanMatch;

/// How to load.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What the user says of the files.
    pub settings: Settings,
    /// Whether Japanese and Chinese share a script.
    pub han: HanMatch,
    /// Accepted forms of entities, besides those that records bring.
    pub catalog: Arc<Catalog>,
    /// What was wrong with what the user said, in files other than those that are loaded.
    pub problems: Vec<Problem>,
    /// Set from outside, it ends the loading at the next block.
    pub stop: Arc<AtomicBool>,
}

/// How far loading has come.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Progress {
    /// Files met.
    pub files: usize,
    /// Files opened.
    pub file: usize,
    /// How much of the last one is read, 0 to 1.
    pub part: f32,
    /// Nothing more will come.
    pub complete: bool,
    /// Loading was stopped before the end.
    pub stopped: bool,
}

/// Everything loaded so far. It never changes: loading makes a new one, and so does grading.
#[derive(Clone)]
pub struct Corpus {
    frame: DataFrame,
    rows: u32,
    dicts: [Arc<Dict>; KEYS.len()],
    groups: Arc<Groups>,
    files: Vec<Arc<Opened>>,
    /// Places of the other rows that were folded into a row.
    more: Arc<HashMap<u32, Vec<Place>>>,
    warnings: Vec<(String, String)>,
    notes: Vec<(u32, String)>,
    remedies: Vec<(u32, u32)>,
    problems: Vec<Problem>,
    progress: Progress,
    catalog: Arc<Catalog>,
    audit: Option<Arc<Audit>>,
    /// It has the columns of [`Tags`].
    is_tagged: bool,
    grader: Option<Grader>,
    /// Grades that records bring with them do not count.
    as_logged: bool,
}

impl Corpus {
    /// Reads all that the paths name; `show` receives the corpus as it grows and once it is complete, and may break off.
    pub fn load(
        paths: &[String],
        options: &Options,
        show: impl FnMut(Arc<Corpus>) -> ControlFlow<()>,
    ) -> Arc<Corpus> {
        build::load(paths, options, show)
    }

    /// The same with further columns, of the same length, and the names behind their codes.
    fn with_layer(
        &self,
        columns: &[Column],
        dicts: impl IntoIterator<Item = (Key, Arc<Dict>)>,
    ) -> Corpus {
        let mut corpus = self.clone();
        for column in columns {
            let _ = corpus.frame.with_column(column.clone());
        }
        for (key, dict) in dicts {
            corpus.dicts[key as usize] = dict;
        }
        corpus
    }

    /// The same with other names for its runs, by code: who is to be blind must not read them in what is computed.
    pub fn with_runs(&self, names: &[String]) -> Corpus {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let known = self.dict(Key::Run);
        let renamed = |run: &str| known.code(run).and_then(|code| names.get(code as usize));
        let mut corpus = self.with_layer(&[], [(Key::Run, Arc::new(Dict::with(&names)))]);
        for (run, _) in &mut corpus.warnings {
            *run = renamed(run).map_or(String::new(), |name| (*name).to_owned());
        }
        corpus
    }

    /// Number of responses.
    pub fn len(&self) -> usize {
        self.rows as usize
    }

    /// There is no response.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The columns: codes under the names of [`KEYS`], numbers, flags.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// Names behind the codes of a key.
    pub fn dict(&self, key: Key) -> &Dict {
        &self.dicts[key as usize]
    }

    /// Codes of a key, by row.
    pub fn codes(&self, key: Key) -> &[u32] {
        self.numbers(key.spec().name)
    }

    /// Numbers of a measure, by row.
    pub fn measure(&self, measure: Measure) -> &[u32] {
        self.numbers(measure.name())
    }

    /// Snapshots are in one chunk and no column has gaps, so there is always a slice.
    fn numbers(&self, name: &str) -> &[u32] {
        self.frame
            .column(name)
            .and_then(Column::u32)
            .and_then(|column| column.cont_slice())
            .unwrap_or(&[])
    }

    /// Name of a key in a row.
    pub fn name(&self, row: u32, key: Key) -> &str {
        self.codes(key)
            .get(row as usize)
            .map_or("", |code| self.dict(key).name(*code))
    }

    /// Who is whose counterpart.
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// Files that were opened, by code.
    pub fn files(&self) -> &[Arc<Opened>] {
        &self.files
    }

    /// What could not be read.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many problems are of this gravity.
    pub fn problems_of(&self, gravity: Gravity) -> usize {
        let all = self.problems.iter();
        all.filter(|problem| problem.gravity == gravity).count()
    }

    /// What files say of themselves: the code of the file, and its note.
    pub fn notes(&self) -> impl Iterator<Item = (u32, &str)> {
        self.notes.iter().map(|(file, note)| (*file, note.as_str()))
    }

    /// Runs that are here with one that was asked their questions again: the code of the run, and of the one after it.
    pub fn remedies(&self) -> &[(u32, u32)] {
        &self.remedies
    }

    /// How far loading has come.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Scores that never varied over a run: usually the answer was not found in the text, not that all are wrong. The
    /// run, and what to know of it.
    pub fn warnings(&self) -> &[(String, String)] {
        &self.warnings
    }

    /// The whole response, read from its file, with what the grader says of it where one was asked.
    ///
    /// # Errors
    /// The file is gone or has changed.
    pub fn read(&self, row: u32) -> Result<Record, String> {
        let record = self.with_mined(self.logged(row)?, row);
        Ok(self.with_grade(record))
    }

    fn logged(&self, row: u32) -> Result<Record, String> {
        let file = self
            .codes(Key::File)
            .get(row as usize)
            .ok_or("there is no such row")?;
        let opened = &self.files[*file as usize];
        let at = self
            .frame
            .column("at")
            .and_then(Column::u64)
            .ok()
            .and_then(|at| at.get(row as usize));
        let place = Place::unpacked(at.unwrap_or_default(), self.numbers("size")[row as usize]);
        let read = |place| {
            opened
                .source
                .read(place)
                .map_err(|reason| format!("{}: {reason}", opened.path.display()))
        };
        let mut record = read(place)?;
        for place in self.more.get(&row).into_iter().flatten() {
            fold(&mut record, read(*place)?);
        }
        if record.question_basis == Basis::Position && record.question_id.is_empty() {
            // Only the corpus knows which row of its file this is.
            record.question_id = self.name(row, Key::Question).to_owned();
        }
        self.catalog
            .complete(&mut record, self.name(row, Key::Question));
        Ok(record)
    }
}
