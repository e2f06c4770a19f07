//! A JSON document that holds its records in an array, or is a sequence of values over several lines each.

use std::ops::ControlFlow;
use std::path::Path;

use super::bytes::Bytes;
use super::complete::Hints;
use super::mapper::Mapper;
use super::{Block, BlockSink, Item, ItemSink, Place, Problem, Source, Spot, json};
use crate::record::Record;

/// Elements go to the parsers in groups of about this many bytes.
const GROUP: usize = 1 << 20;

pub(super) struct Document {
    pub path: Box<Path>,
    pub bytes: Bytes,
    pub mapper: Mapper,
    pub hints: Hints,
    pub records: Records,
}

/// Where in the document the records are.
pub(super) enum Records {
    /// Elements of the array at this member; of the top-level array where there is none.
    Array(Option<String>),
    /// The document is a sequence of values.
    Values,
}

impl Source for Document {
    fn format(&self) -> &'static str {
        self.mapper.name()
    }

    fn size(&self) -> u64 {
        self.bytes.len()
    }

    fn blocks(&self, sink: &mut BlockSink) -> Vec<Problem> {
        let (mut group, mut size, mut first, mut stopped) = (Vec::new(), 0, 1, false);
        let mut flush = |group: &mut Vec<(u64, Vec<u8>)>, size: &mut usize| {
            let block = Block::Elements {
                first,
                elements: std::mem::take(group),
            };
            let count = if let Block::Elements { elements, .. } = &block {
                elements.len() as u64
            } else {
                0
            };
            (first, *size) = (first + count, 0);
            if count == 0 {
                ControlFlow::Continue(())
            } else {
                sink(block)
            }
        };
        let mut element = |at: u64, bytes: &[u8]| {
            size += bytes.len();
            group.push((at, bytes.to_vec()));
            if size < GROUP {
                return ControlFlow::Continue(());
            }
            let flow = flush(&mut group, &mut size);
            stopped = flow.is_break();
            flow
        };
        let damage = match &self.records {
            Records::Values => json::values(self.bytes.reader(), &mut element),
            Records::Array(member) => {
                let path: Vec<&str> = member.iter().map(String::as_str).collect();
                json::array_elements(self.bytes.reader(), &path, &mut element)
                    .map(|outline| outline.problems)
            }
        };
        if !stopped {
            // What was whole before the document broke off is still worth reading.
            let _ = flush(&mut group, &mut size);
        }
        let problem = |what: String| Problem::file(&self.path, what);
        match damage {
            Ok(damage) => damage
                .into_iter()
                .map(|d| problem(format!("at byte {}: {}", d.offset, d.what)))
                .collect(),
            Err(error) => vec![problem(error.to_string())],
        }
    }

    fn parse(&self, block: &Block, sink: &mut ItemSink) {
        let Block::Elements { first, elements } = block else {
            return;
        };
        for (row, (at, bytes)) in (*first..).zip(elements) {
            let item = self.mapper.item(
                bytes,
                Place {
                    at: *at,
                    len: bytes.len() as u32,
                },
                &self.hints,
            );
            sink(item.map_err(|reason| Problem::at(&self.path, Spot::Row(row), reason)));
        }
    }

    fn read(&self, place: Place) -> Result<Record, String> {
        let bytes = self.bytes.at(place.at, place.len as usize)?;
        self.mapper
            .item(&bytes, place, &self.hints)
            .map(|Item { record, .. }| record)
    }
}
