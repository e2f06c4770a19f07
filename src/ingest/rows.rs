//! A file as rows of a container that a format reads.

use std::path::Path;

use super::complete::{Hints, complete};
use super::container::{Container, Row};
use super::formats::{Fault, Format, Reading};
use super::{Block, BlockSink, Item, ItemSink, Place, Problem, Source};
use crate::record::{Basis, Record};

pub(super) struct Rows {
    pub path: Box<Path>,
    pub container: Box<dyn Container>,
    pub format: Box<dyn Format>,
    pub hints: Hints,
    /// What became of the bytes on the way.
    pub remark: Option<Fault>,
}

/// The name of formats that say nothing more than how their rows lie.
pub(super) const PLAIN: &str = "table";

/// How many responses of one row a [`Place`] can tell apart.
const PARTS: usize = 1 << u16::BITS;

impl Rows {
    fn items(&self, row: Row, place: Place, number: Option<u64>) -> Result<Vec<Item>, Fault> {
        let readings = self.format.read(row, &self.hints)?;
        if readings.len() > PARTS {
            return Err(format!("more than {PARTS} responses in one row").into());
        }
        let items = readings.into_iter().zip(0..=u16::MAX);
        Ok(items
            .map(|(reading, part)| self.item(reading, place.part(part), number))
            .collect())
    }

    fn item(&self, reading: Reading, place: Place, number: Option<u64>) -> Item {
        let Reading {
            mut record,
            fold,
            whole,
            position,
        } = reading;
        let position = position || self.hints.said.position;
        if position {
            record.question_basis = Basis::Position;
            record.question_id = String::new();
        } else if record.question_id.is_empty() && record.question.trim().is_empty() {
            // Nothing says which question it is, so it is none that is known.
            record.question_id = format!("{}:{}", self.hints.run, place.at);
        }
        complete(&mut record, &self.hints, whole);
        Item {
            place,
            record,
            row: number
                .filter(|_| position)
                .map(|row| match &self.hints.shard {
                    Some(shard) => format!("{shard}/{row}"),
                    None => row.to_string(),
                }),
            fold,
        }
    }
}

impl Source for Rows {
    fn format(&self) -> &'static str {
        match self.format.name() {
            PLAIN => self.container.kind(),
            name => name,
        }
    }

    fn size(&self) -> u64 {
        self.container.size()
    }

    fn blocks(&self, sink: &mut BlockSink) -> Vec<Problem> {
        let beside = self
            .remark
            .clone()
            .into_iter()
            .chain(self.format.problems());
        let beside = beside.map(|Fault { reason, gravity }| Problem {
            gravity,
            ..Problem::file(&self.path, reason)
        });
        let damage = self.container.blocks(sink).into_iter();
        beside
            .chain(damage.map(|(spot, reason)| Problem::at(&self.path, spot, reason)))
            .collect()
    }

    fn parse(&self, block: &Block, sink: &mut ItemSink) {
        self.container.rows(block, &mut |spot, place, row| {
            let read = |row| self.items(row, place, spot.number());
            match row.map_err(Fault::from).and_then(read) {
                Ok(items) => items.into_iter().for_each(|item| sink(Ok(item))),
                Err(Fault { reason, gravity }) => sink(Err(Problem {
                    gravity,
                    ..Problem::at(&self.path, spot, reason)
                })),
            }
        });
    }

    fn read(&self, place: Place) -> Result<Record, String> {
        let items = self.items(self.container.row(place)?, place, None);
        let item = items.map_err(|fault| fault.reason)?.into_iter();
        item.map(|item| item.record)
            .nth(place.part.into())
            .ok_or_else(|| "the row is no longer what it was: load the file again".into())
    }
}
