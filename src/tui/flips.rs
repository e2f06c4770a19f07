//! Two runs on the same questions: who is right where the other is wrong.

use std::sync::Arc;

use super::app::Cursor;
use crate::corpus::view::Mask;
use crate::corpus::{Corpus, Key};
use crate::stats::paired::{Pair, Paired, Quadrant, pairs};

/// Two runs, and the questions that both answered.
pub struct Flips {
    /// Code of the first run.
    pub a: u32,
    /// Code of the second.
    pub b: u32,
    /// The questions, in each language, once they are paired.
    pub found: Option<Arc<Found>>,
    /// Place in their list.
    pub list: Cursor,
}

/// What two runs have in common.
#[derive(Debug)]
pub struct Found {
    /// Where the runs differ first.
    pub pairs: Vec<Pair>,
    /// The same in numbers.
    pub paired: Paired,
}

impl Found {
    /// Pairs two runs, as far as the mask lets a response of either through.
    pub fn of(corpus: &Corpus, a: u32, b: u32, mask: &Mask) -> Found {
        let pairs = pairs(corpus, a, b, mask);
        Found {
            paired: Paired::of(&pairs),
            pairs,
        }
    }
}

impl Flips {
    /// The run of a response and the one it is best compared with: of the same model if there is one, else the next.
    pub fn beside(corpus: &Corpus, row: Option<u32>) -> Option<Flips> {
        let runs = corpus.dict(Key::Run).len() as u32;
        let row = row.unwrap_or(0) as usize;
        let a = *corpus.codes(Key::Run).get(row)?;
        let partner = corpus.partners(row as u32).into_iter().find_map(|partner| {
            let run = corpus.codes(Key::Run)[partner.row as usize];
            (run != a).then_some(run)
        });
        let b = partner.or_else(|| (0..runs).find(|run| *run != a))?;
        Some(Flips {
            a,
            b,
            found: None,
            list: Cursor::default(),
        })
    }

    /// Takes the next run for the first or the second place.
    pub fn next_run(&mut self, runs: u32, first: bool) {
        let (this, other) = match first {
            true => (&mut self.a, self.b),
            false => (&mut self.b, self.a),
        };
        let next = (1..=runs).map(|step| (*this + step) % runs.max(1));
        if let Some(run) = next.into_iter().find(|run| *run != other) {
            *this = run;
        }
        (self.found, self.list) = (None, Cursor::default());
    }

    /// What they have in common was found.
    pub fn take(&mut self, a: u32, b: u32, found: Arc<Found>) {
        if (a, b) == (self.a, self.b) {
            self.found = Some(found);
        }
    }

    /// The pair that is selected.
    pub fn selected(&self) -> Option<Pair> {
        self.found.as_ref()?.pairs.get(self.list.at).copied()
    }
}

/// The responses of a pair that show best how it is: one that is right and one that is wrong, where it flips.
pub fn rows(corpus: &Corpus, pair: Pair) -> Option<(u32, u32)> {
    let like = |group: u32, outcome: Option<&str>| {
        let rows = corpus.groups().rows(group);
        let mut fit = rows.iter().filter(|row| {
            outcome.is_none_or(|outcome| corpus.name(**row, Key::Outcome) == outcome)
        });
        fit.next().or(rows.first()).copied()
    };
    let (a, b) = match pair.quadrant {
        Quadrant::OnlyA => (Some("right"), Some("wrong")),
        Quadrant::OnlyB => (Some("wrong"), Some("right")),
        Quadrant::Both => (Some("right"), Some("right")),
        Quadrant::Neither => (Some("wrong"), Some("wrong")),
        Quadrant::Undecided => (None, None),
    };
    Some((like(pair.a, a)?, like(pair.b, b)?))
}
