//! More than two traces: rows with a step of each, or none.

use std::ops::Range;

use super::{Trace, align};
use crate::script::steps;

/// Several traces, row by row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// The steps of each trace, in bytes.
    pub steps: Vec<Vec<Range<usize>>>,
    /// For each trace the place of its step in `steps`. Every step stands in one row, in the order of its trace.
    pub rows: Vec<Vec<Option<usize>>>,
    /// How many anchors each trace shares with the first; the first, with the one that shares most.
    pub shared: Vec<usize>,
}

/// Aligns traces with the first. What a step has no partner for there may still stand beside a step of another.
pub fn align_all(traces: &[Trace]) -> Rows {
    let cut = |trace: &Trace| steps(trace.text).collect::<Vec<_>>();
    let mut all = Rows {
        steps: traces.iter().map(cut).collect(),
        rows: Vec::new(),
        shared: vec![0; traces.len()],
    };
    for (nth, trace) in traces.iter().enumerate() {
        let mut places = Places {
            rows: vec![None; all.steps[nth].len()],
        };
        for (earlier, of) in traces[..nth].iter().enumerate() {
            let alignment = align(of, trace);
            places.take(alignment.pairs(), &all.rows_of(earlier));
            if earlier == 0 {
                all.shared[nth] = alignment.shared;
                all.shared[0] = all.shared[0].max(alignment.shared);
            }
        }
        all.add(nth, traces.len(), &places.rows);
    }
    all
}

impl Rows {
    /// The row of each step of a trace.
    fn rows_of(&self, trace: usize) -> Vec<usize> {
        let has = |(at, row): (usize, &Vec<Option<usize>>)| row[trace].map(|_| at);
        self.rows.iter().enumerate().filter_map(has).collect()
    }

    /// Puts each step of a trace into its row; those that have none get rows of their own, before the row of the next.
    fn add(&mut self, trace: usize, traces: usize, places: &[Option<usize>]) {
        let mut rows = Vec::with_capacity(self.rows.len() + places.len());
        let mut before = std::mem::take(&mut self.rows)
            .into_iter()
            .enumerate()
            .peekable();
        let mut own = Vec::new();
        for (step, place) in places.iter().enumerate() {
            let Some(place) = *place else {
                own.push(step);
                continue;
            };
            while let Some((_, row)) = before.next_if(|(at, _)| *at < place) {
                rows.push(row);
            }
            rows.extend(own.drain(..).map(|step| row_of(trace, step, traces)));
            if let Some((_, mut row)) = before.next() {
                row[trace] = Some(step);
                rows.push(row);
            }
        }
        rows.extend(before.map(|(_, row)| row));
        rows.extend(own.into_iter().map(|step| row_of(trace, step, traces)));
        self.rows = rows;
    }
}

fn row_of(trace: usize, step: usize, traces: usize) -> Vec<Option<usize>> {
    let mut row = vec![None; traces];
    row[trace] = Some(step);
    row
}

/// The row of each step of the trace that is being added, as far as it is known; they rise.
struct Places {
    rows: Vec<Option<usize>>,
}

impl Places {
    /// Takes pairs, in order, of steps of an earlier trace and of this one, where they do not cross what is taken.
    fn take(&mut self, pairs: impl Iterator<Item = (usize, usize)>, rows: &[usize]) {
        // The row of the next step that has one, for each step.
        let mut after = vec![usize::MAX; self.rows.len()];
        let mut next = usize::MAX;
        for (after, row) in after.iter_mut().zip(&self.rows).rev() {
            *after = next;
            next = row.unwrap_or(next);
        }
        let (mut read, mut last) = (0, None);
        for (earlier, step) in pairs {
            last = self.rows[read..step]
                .iter()
                .flatten()
                .next_back()
                .copied()
                .or(last);
            read = step;
            let row = rows[earlier];
            if self.rows[step].is_none() && last.is_none_or(|last| last < row) && row < after[step]
            {
                self.rows[step] = Some(row);
            }
        }
    }
}
