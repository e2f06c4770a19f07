//! Inspect `.eval` archives as a source of records.

use std::path::Path;

use super::bytes::Bytes;
use super::complete::{Hints, complete};
use super::formats::inspect::{Eval, Loaded};
use super::{Block, BlockSink, Item, ItemSink, Place, Problem, Source, Spot};
use crate::record::Record;

/// Samples are decoded in groups of this many.
const GROUP: u64 = 8;

pub(super) struct EvalFile {
    path: Box<Path>,
    eval: Eval,
    hints: Hints,
}

impl EvalFile {
    pub fn open(path: &Path, bytes: Bytes, hints: Hints) -> Result<EvalFile, String> {
        Ok(EvalFile {
            path: path.into(),
            eval: Eval::of(bytes)?,
            hints,
        })
    }
}

impl Source for EvalFile {
    fn format(&self) -> &'static str {
        "Inspect"
    }

    fn size(&self) -> u64 {
        self.eval.len() as u64
    }

    fn blocks(&self, sink: &mut BlockSink) -> Vec<Problem> {
        // An archive without samples still has one block, which tells what was wrong with it.
        for at in (0..self.size().max(1)).step_by(GROUP as usize) {
            if sink(Block::Range(at..(at + GROUP).min(self.size()))).is_break() {
                break;
            }
        }
        Vec::new()
    }

    fn parse(&self, block: &Block, sink: &mut ItemSink) {
        let Block::Range(range) = block else { return };
        if range.start == 0 {
            self.eval
                .problems()
                .iter()
                .for_each(|reason| sink(Err(Problem::file(&self.path, reason))));
        }
        for at in range.clone() {
            let problem = |reason| {
                Problem::at(
                    &self.path,
                    Spot::Member(self.eval.place(at as usize)),
                    reason,
                )
            };
            match self.eval.record(at as usize) {
                Ok(Loaded {
                    mut record,
                    problem: reason,
                }) => {
                    complete(&mut record, &self.hints, false);
                    sink(Ok(Item {
                        place: Place::new(at, 0),
                        record,
                        row: None,
                        fold: None,
                    }));
                    reason
                        .into_iter()
                        .for_each(|reason| sink(Err(problem(reason))));
                }
                Err(reason) => sink(Err(problem(reason))),
            }
        }
    }

    fn read(&self, place: Place) -> Result<Record, String> {
        let mut record = self.eval.record(place.at as usize)?.record;
        complete(&mut record, &self.hints, false);
        Ok(record)
    }
}
