//! Source by target as a heat map: what is asked for, what came of it, and where the cursor is.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::app::Cursor;
use super::sample::Sample;
use crate::corpus::Filter;
use crate::stats::matrix::{Ask, Cell, Matrix, Need, TraceShares};
use crate::stats::{Selection, Told};

/// A matrix and what is said with it.
#[derive(Debug)]
pub struct Counted {
    /// The matrix.
    pub matrix: Matrix,
    /// Of what it is, and what to beware of.
    pub told: Told,
}

/// The shares of the script of the question in all reasoning, and of what they are.
pub type Traces = Option<(Sample, TraceShares)>;

impl Counted {
    /// Counts what a sample shows. `go_on` hears which share of the texts is read, where they are, and may break off; then
    /// there is nothing.
    ///
    /// # Errors
    /// A sentence, where something is missing that the measure needs.
    pub fn of(
        sample: &Sample,
        ask: Ask,
        traces: &mut Traces,
        go_on: &(dyn Fn(f32) -> ControlFlow<()> + Sync),
    ) -> Option<Result<Counted, String>> {
        let mask = sample.mask.clone();
        let selection = Selection::of(&sample.corpus, sample.filter.clone(), mask);
        let known = traces.as_ref().is_some_and(|(of, _)| of.is(sample));
        if ask.needs() == Some(Need::Traces) && !known {
            let all = selection.rows().count().max(1) as f32;
            let shares = TraceShares::of(&selection, &|done| go_on(done as f32 / all))?;
            *traces = Some((sample.clone(), shares));
        }
        let traces = traces.as_ref().map(|(_, shares)| shares);
        Some(Matrix::of(&selection, ask, traces).map(|matrix| {
            let told = matrix.told(&selection);
            Counted { matrix, told }
        }))
    }

    /// A cell by row and column; behind the last of them are the margins and the whole.
    pub fn cell(&self, [row, column]: [usize; 2]) -> &Cell {
        let Matrix {
            cells,
            by_source,
            by_target,
            all,
            ..
        } = &self.matrix;
        match (by_source.get(row), by_target.get(column)) {
            (Some(margin), None) => margin,
            (None, Some(margin)) => margin,
            (None, None) => all,
            (Some(_), Some(_)) => cells
                .get(row)
                .and_then(|row| row.get(column))
                .unwrap_or(all),
        }
    }

    /// How many rows and columns there are, without the margins.
    pub fn size(&self) -> [usize; 2] {
        [self.matrix.sources.len(), self.matrix.targets.len()]
    }
}

/// The heat map.
#[derive(Default)]
pub struct HeatMap {
    /// What is asked for.
    pub ask: Ask,
    /// What came of it, or of what was asked before; or why there is nothing.
    pub found: Option<Result<Arc<Counted>, String>>,
    /// The share of the texts that are read, while it is counted.
    pub counting: Option<f32>,
    /// Row and column; behind the last of them are the margins.
    pub at: [Cursor; 2],
    /// The filter before a cell was opened.
    pub opened_from: Option<Filter>,
    /// Of what the newest request was.
    of: Option<(Sample, Ask)>,
}

impl HeatMap {
    /// Whether this has to be counted; asked again, it has not.
    pub fn begin(&mut self, sample: &Sample) -> bool {
        let known = |(of, ask): &(Sample, Ask)| of.is(sample) && *ask == self.ask;
        if self.of.as_ref().is_some_and(known) {
            return false;
        }
        self.of = Some((sample.clone(), self.ask));
        true
    }

    /// Has it counted anew.
    pub fn forget(&mut self) {
        (self.of, self.found) = (None, None);
    }

    /// It was counted, or cannot be.
    pub fn take(&mut self, found: Result<Counted, String>) {
        let axis = |found: &Option<Result<Arc<Counted>, String>>| match found {
            Some(Ok(counted)) => Some(counted.matrix.axis),
            _ => None,
        };
        let before = axis(&self.found);
        self.counting = None;
        self.found = Some(found.map(Arc::new));
        if before.is_some() && axis(&self.found).is_some_and(|axis| Some(axis) != before) {
            self.at = Default::default();
        }
    }

    /// What was counted.
    pub fn counted(&self) -> Option<&Arc<Counted>> {
        self.found.as_ref()?.as_ref().ok()
    }

    /// Row and column of the cursor.
    pub fn place(&self) -> [usize; 2] {
        self.at.map(|cursor| cursor.at)
    }

    /// The cell under the cursor.
    pub fn selected(&self) -> Option<&Cell> {
        Some(self.counted()?.cell(self.place()))
    }

    /// Keeps the cursor in sight, where so many rows and columns fit; the margins always are.
    pub fn show(&mut self, fit: [usize; 2]) {
        let Some(size) = self.counted().map(|counted| counted.size()) else {
            return;
        };
        for ((cursor, size), fit) in self.at.iter_mut().zip(size).zip(fit) {
            let at = cursor.at.min(size);
            cursor.show(size, fit);
            cursor.at = at;
        }
    }

    /// Goes to a row or column, the margin at most.
    pub fn go(&mut self, side: usize, to: usize) {
        if let Some(size) = self.counted().map(|counted| counted.size()) {
            self.at[side].go(to, size[side] + 1);
        }
    }
}
