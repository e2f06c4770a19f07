//! CSV and TSV: a header, then rows that may hold line ends inside quotes.

use std::path::Path;

use serde_json::{Map, Value};

use super::bytes::Bytes;
use super::complete::Hints;
use super::mapper::Mapper;
use super::{Block, BlockSink, Item, ItemSink, Place, Problem, Source, Spot};
use crate::record::Record;

/// Rows go to the parsers in groups of about this many bytes.
const GROUP: u64 = 1 << 20;

pub(super) struct Delimited {
    pub path: Box<Path>,
    pub bytes: Bytes,
    pub mapper: Mapper,
    pub hints: Hints,
    pub delimiter: u8,
    pub header: Vec<String>,
}

/// The delimiter and the columns, where the head of a file looks like such a table.
pub(super) fn header(head: &[u8]) -> Option<(u8, Vec<String>)> {
    let line = head
        .split(|byte| *byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty())?;
    let count = |delimiter| (memchr::memchr_iter(delimiter, line).count(), delimiter);
    let (count, delimiter) = [b',', b'\t', b';', b'|'].map(count).into_iter().max()?;
    let mut first = csv::StringRecord::new();
    let read = count > 0 && rows(head, delimiter).read_record(&mut first).ok()?;
    let mut names: Vec<String> = Vec::new();
    for name in &first {
        let name = name.trim_start_matches('\u{feff}').trim();
        // Two columns of one name are two columns.
        let twin = names.iter().filter(|known| *known == name).count();
        names.push(if twin > 0 {
            format!("{name} ({})", twin + 1)
        } else {
            name.to_owned()
        });
    }
    read.then_some((delimiter, names))
}

fn rows<R: std::io::Read>(reader: R, delimiter: u8) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(reader)
}

impl Delimited {
    fn item(&self, row: &csv::ByteRecord, place: Place) -> Result<Item, String> {
        if row.len() != self.header.len() {
            return Err(format!(
                "{} fields where the header has {}: check the quotes around this row",
                row.len(),
                self.header.len()
            ));
        }
        let cell = |bytes: &[u8]| match bytes {
            [] => Value::Null,
            bytes => Value::String(String::from_utf8_lossy(bytes).into_owned()),
        };
        let cells: Map<String, Value> = self
            .header
            .iter()
            .cloned()
            .zip(row.iter().map(cell))
            .collect();
        self.mapper.value(Value::Object(cells), place, &self.hints)
    }

    /// Reads rows out of `bytes`, which lie at `at` in the file.
    fn each(&self, bytes: &[u8], at: u64, mut sink: impl FnMut(Result<Item, String>)) {
        let mut reader = rows(bytes, self.delimiter);
        let mut row = csv::ByteRecord::new();
        loop {
            match reader.read_byte_record(&mut row) {
                Ok(true) => {
                    let start = row.position().map_or(0, csv::Position::byte);
                    let len = (reader.position().byte() - start) as u32;
                    sink(self.item(
                        &row,
                        Place {
                            at: at + start,
                            len,
                        },
                    ));
                }
                Ok(false) => return,
                Err(error) => return sink(Err(error.to_string())),
            }
        }
    }

    /// Cuts between rows, which the library finds because only it knows what is inside quotes.
    fn cut(&self, sink: &mut BlockSink) -> Result<(), (u64, String)> {
        let mut reader = rows(self.bytes.reader(), self.delimiter);
        let mut row = csv::ByteRecord::new();
        let header = reader
            .read_byte_record(&mut row)
            .map_err(|e| (1, e.to_string()))?;
        let (mut start, mut first, mut next, mut more) = (reader.position().byte(), 1, 1, header);
        while more {
            more = reader
                .read_byte_record(&mut row)
                .map_err(|e| (next, e.to_string()))?;
            next += u64::from(more);
            let end = reader.position().byte();
            if end - start >= GROUP || !more {
                let bytes = self
                    .bytes
                    .at(start, (end - start) as usize)
                    .map_err(|e| (next, e))?;
                if sink(Block::Bytes {
                    at: start,
                    line: first,
                    bytes,
                })
                .is_break()
                {
                    break;
                }
                (start, first) = (end, next);
            }
        }
        Ok(())
    }
}

impl Source for Delimited {
    fn format(&self) -> &'static str {
        if self.delimiter == b'\t' {
            "TSV"
        } else {
            "CSV"
        }
    }

    fn size(&self) -> u64 {
        self.bytes.len()
    }

    fn blocks(&self, sink: &mut BlockSink) -> Vec<Problem> {
        let problem = |(row, reason)| Problem::at(&self.path, Spot::Row(row), reason);
        let lost = self
            .mapper
            .problem()
            .map(|reason| Problem::file(&self.path, reason));
        lost.into_iter()
            .chain(self.cut(sink).map_err(problem).err())
            .collect()
    }

    fn parse(&self, block: &Block, sink: &mut ItemSink) {
        let Block::Bytes { at, line, bytes } = block else {
            return;
        };
        let mut row = *line;
        self.each(bytes, *at, |item| {
            sink(item.map_err(|reason| Problem::at(&self.path, Spot::Row(row), reason)));
            row += 1;
        });
    }

    fn read(&self, place: Place) -> Result<Record, String> {
        let bytes = self.bytes.at(place.at, place.len as usize)?;
        let mut found = Err("the row is gone: load the file again".to_owned());
        self.each(&bytes, place.at, |item| {
            found = item.map(|item| item.record)
        });
        found
    }
}
