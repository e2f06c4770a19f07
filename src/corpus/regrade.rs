//! Right and wrong by a grader instead of the log.

use std::ops::ControlFlow;
use std::sync::Arc;

use polars::prelude::*;

use super::fields::Key;
use super::{Corpus, Group, Groups};
use crate::grade::Grader;
use crate::record::{Outcome, Record};

impl Corpus {
    /// The same responses, right or wrong by a grader; without one, as logged. Every text is read once. `go_on` hears
    /// how many rows are done, and may break off; then there is nothing.
    pub fn graded(
        &self,
        grader: Option<Grader>,
        go_on: &(dyn Fn(usize) -> ControlFlow<()> + Sync),
    ) -> Option<Arc<Corpus>> {
        let codes = match grader {
            Some(grader) => self.grades(grader, go_on)?,
            None => self.codes(Key::Logged).to_vec(),
        };
        let mut frame = self.frame.clone();
        let groups = self.groups.judged(&codes);
        // Columns of the same length replace others.
        let _ = frame.with_column(Column::new(Key::Outcome.spec().name.into(), codes));
        for flag in by_source(&groups) {
            let _ = frame.with_column(flag);
        }
        Some(Arc::new(Corpus {
            frame,
            groups: Arc::new(groups),
            grader,
            as_logged: grader.is_none(),
            ..self.clone()
        }))
    }

    fn grades(
        &self,
        grader: Grader,
        go_on: &(dyn Fn(usize) -> ControlFlow<()> + Sync),
    ) -> Option<Vec<u32>> {
        let outcome = |(): &mut (), row| match self.logged(row) {
            Ok(record) => grader.grade_record(&record).outcome as u32,
            // Whoever looks at it is told that the file is gone.
            Err(_) => Outcome::Unjudged as u32,
        };
        let all: Vec<u32> = (0..self.rows).collect();
        self.each(&all, || (), outcome, go_on)
    }

    /// The grader that says what is right; none where it is the log.
    pub fn grader(&self) -> Option<Grader> {
        self.grader
    }

    /// A response with what the grader says of it.
    pub(super) fn with_grade(&self, mut record: Record) -> Record {
        if self.grader.is_some() || self.as_logged {
            record.grade = self.grader.map(|grader| grader.grade_record(&record));
        }
        record
    }
}

/// Which rows are known at the source, and which are barrier failures.
pub(super) fn by_source(groups: &Groups) -> [Column; 2] {
    let flag = |name: &str, of: fn(&Group) -> bool| {
        let of_row = groups.of_row.iter();
        let flags = of_row.map(|group| of(&groups.all[*group as usize]));
        let flags = BooleanChunked::from_iter_values(name.into(), flags);
        flags.into_series().into()
    };
    [
        flag("known", |group| group.known),
        flag("barrier", |group| group.barrier),
    ]
}
