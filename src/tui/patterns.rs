//! The patterns as numbers: analyses, what came of each, and where one reads.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::app::Cursor;
use super::sample::Sample;
use super::widgets::forest;
use crate::corpus::{Corpus, Key};
use crate::stats::analyses::{self, RegressAsk};
use crate::stats::logit::{Keep, Options};
use crate::stats::resample::Plan;
use crate::stats::{Selection, Sides, Told};

/// An analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // `about` says what each is.
pub enum Analysis {
    Regress,
    Hint,
    Paired,
    Transfer,
    Names,
    Composition,
    Variance,
    Vote,
    Overlap,
    Scaling,
}

impl Analysis {
    /// All of them.
    pub const ALL: [Analysis; 10] = [
        Analysis::Regress,
        Analysis::Hint,
        Analysis::Paired,
        Analysis::Transfer,
        Analysis::Names,
        Analysis::Composition,
        Analysis::Variance,
        Analysis::Vote,
        Analysis::Overlap,
        Analysis::Scaling,
    ];

    /// Its word, as on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Analysis::Regress => "regress",
            Analysis::Hint => "hint",
            Analysis::Paired => "paired",
            Analysis::Transfer => "transfer",
            Analysis::Names => "names",
            Analysis::Composition => "composition",
            Analysis::Variance => "variance",
            Analysis::Vote => "vote",
            Analysis::Overlap => "overlap",
            Analysis::Scaling => "scaling",
        }
    }

    /// What it answers.
    pub fn about(self) -> &'static str {
        match self {
            Analysis::Regress => "Is it script, language or family?",
            Analysis::Hint => "Does a hint help where it should? Two conditions in pairs.",
            Analysis::Paired => "Who gains and who loses? Any two runs or models in pairs.",
            Analysis::Transfer => {
                "What is known at the source, and what of it is carried over? Scores of ECLeKTic, MultiLoKo and X-FaKT."
            }
            Analysis::Names => "Does the name decide?",
            Analysis::Composition => "What is the reasoning written in?",
            Analysis::Variance => "Never right, or sometimes right? Over epochs.",
            Analysis::Vote => "What would a vote over languages, or the best language, buy?",
            Analysis::Overlap => "Do two languages know the same things?",
            Analysis::Scaling => "How does accuracy grow with the number of training languages?",
        }
    }

    /// It is of two sides.
    pub fn compares(self) -> bool {
        matches!(self, Analysis::Hint | Analysis::Paired)
    }

    /// It asks what became of the names.
    pub fn needs_audit(self) -> bool {
        self == Analysis::Names
    }

    fn sides(self, corpus: &Corpus) -> Option<Sides> {
        let of = |key| Sides::of(corpus, key);
        match self {
            Analysis::Hint => of(Key::Condition),
            Analysis::Paired => of(Key::Run),
            _ => None,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The analysis.
    pub analysis: Analysis,
    /// Two sides, where it is of two.
    pub sides: Option<Sides>,
    /// Of a regression: its rows and terms.
    pub options: Options,
}

impl Asked {
    /// Computes it. `go_on` hears which share is done, and may break off; then there is nothing.
    ///
    /// # Errors
    /// A sentence, where something is missing.
    pub fn of(
        self,
        sample: &Sample,
        go_on: &(dyn Fn(f32) -> ControlFlow<()> + Sync),
    ) -> Option<Result<Told, String>> {
        let corpus = sample.named();
        let selection = Selection::of(&corpus, sample.filter.clone(), sample.mask.clone());
        let all = selection.rows().count().max(1) as f32;
        let by_row = |done: usize| go_on(done as f32 / all);
        let plan = Plan::default();
        let mut told = match self.analysis {
            Analysis::Regress => {
                let options = self.options;
                analyses::regress(&selection, RegressAsk { options, plan }, go_on)?
            }
            Analysis::Hint | Analysis::Paired => match self.sides {
                Some(sides) => analyses::paired(&selection, sides, plan, go_on)?,
                None => return Some(Err("There are no two of a kind to compare.".into())),
            },
            Analysis::Names => analyses::names(&selection, plan, go_on)?,
            Analysis::Composition => analyses::composition(&selection, &by_row)?,
            Analysis::Vote => analyses::vote(&selection, &by_row)?,
            Analysis::Transfer => analyses::transfer(&selection, "en"),
            Analysis::Variance => analyses::variance(&selection),
            Analysis::Overlap => analyses::overlap(&selection),
            Analysis::Scaling => analyses::scaling(&selection),
        };
        told.scope.filter = sample.told_filter();
        Some(Ok(told))
    }
}

/// An analysis, and what came of it.
pub struct Entry {
    /// What would be computed now.
    pub asked: Asked,
    /// What was, and of what.
    pub found: Option<Found>,
    /// How it is laid out, and in how many cells.
    laid_out: Option<(u16, Vec<String>)>,
}

/// What came of an analysis.
pub struct Found {
    of: Sample,
    asked: Asked,
    /// The numbers, or why there are none.
    pub told: Result<Arc<Told>, String>,
}

impl Entry {
    /// Whether it was computed as it would be now.
    pub fn is_current(&self, sample: Option<&Sample>) -> bool {
        let found = self.found.as_ref();
        found.is_some_and(|found| {
            found.asked == self.asked && sample.is_some_and(|sample| found.of.is(sample))
        })
    }

    /// The numbers.
    pub fn told(&self) -> Option<&Arc<Told>> {
        self.found.as_ref()?.told.as_ref().ok()
    }

    /// As it was last laid out.
    pub fn lines(&self) -> &[String] {
        self.laid_out.as_ref().map_or(&[], |(_, lines)| lines)
    }
}

/// The list of analyses.
pub struct Patterns {
    /// They.
    pub entries: Vec<Entry>,
    /// Place in their list.
    pub list: Cursor,
    /// The tables have the keys, not the list.
    pub reading: bool,
    /// The first line in sight.
    pub top: usize,
    /// What is computed.
    pub running: Option<Running>,
}

/// An analysis that is under way.
pub struct Running {
    /// Its place in the list.
    pub at: usize,
    asked: Asked,
    of: Sample,
    /// The share that is done.
    pub done: f32,
}

impl Patterns {
    /// Nothing is computed yet.
    pub fn of(corpus: &Corpus) -> Patterns {
        let entry = |analysis: Analysis| Entry {
            asked: Asked {
                analysis,
                sides: analysis.sides(corpus),
                options: Options {
                    keep: Keep::All,
                    target_effects: false,
                },
            },
            found: None,
            laid_out: None,
        };
        // Who loads a remedy beside what it is to mend asks whether it does.
        let begins = match Sides::remedy(corpus) {
            Some(_) => Analysis::Paired,
            None => Analysis::Regress,
        };
        let at = Analysis::ALL
            .iter()
            .position(|analysis| *analysis == begins);
        Patterns {
            entries: Analysis::ALL.map(entry).into(),
            list: Cursor {
                at: at.unwrap_or_default(),
                top: 0,
            },
            reading: false,
            top: 0,
            running: None,
        }
    }

    /// The one that is looked at. The list is never empty, and the cursor within it.
    pub fn at_hand(&self) -> Option<&Entry> {
        self.entries.get(self.list.at)
    }

    /// The same, to be changed.
    pub fn at_hand_mut(&mut self) -> Option<&mut Entry> {
        self.entries.get_mut(self.list.at)
    }

    /// Goes to another.
    pub fn go(&mut self, to: usize) {
        self.list.go(to, self.entries.len());
        self.top = 0;
    }

    /// What was running came to an end.
    pub fn take(&mut self, told: Result<Told, String>) {
        let Some(Running { at, asked, of, .. }) = self.running.take() else {
            return;
        };
        if let Some(entry) = self.entries.get_mut(at) {
            let told = told.map(Arc::new);
            entry.found = Some(Found { of, asked, told });
            entry.laid_out = None;
            self.top = if at == self.list.at { 0 } else { self.top };
        }
    }

    /// The one at hand is to be computed.
    pub fn begin(&mut self, of: Sample) -> Option<Asked> {
        let asked = self.at_hand()?.asked;
        let (at, done) = (self.list.at, 0.0);
        self.running = Some(Running {
            at,
            asked,
            of,
            done,
        });
        Some(asked)
    }

    /// What was computed names what is to be hidden, or the other way round.
    pub fn forget(&mut self) {
        self.running = None;
        for entry in &mut self.entries {
            (entry.found, entry.laid_out) = (None, None);
        }
    }

    /// Lays out the one at hand in so many cells, and keeps within it.
    pub fn lay_out(&mut self, width: u16, height: u16) {
        let mut count = 0;
        if let Some(entry) = self.at_hand_mut() {
            if entry.laid_out.as_ref().is_none_or(|(of, _)| *of != width) {
                entry.laid_out = entry.told().map(|told| (width, lines(told, width)));
            }
            count = entry.lines().len();
        }
        self.top = self.top.min(count.saturating_sub(usize::from(height)));
    }
}

fn lines(told: &Told, width: u16) -> Vec<String> {
    let width = usize::from(width);
    let text = told.text_with(width, &|table| forest::of(table, width).unwrap_or_default());
    text.lines().map(str::to_owned).collect()
}
