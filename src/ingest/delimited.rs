//! CSV and TSV: a header, then rows that may hold line ends inside quotes.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::bytes::Bytes;
use super::container::{Container, Row, RowSink};
use super::{Block, BlockSink, Place, Spot};

/// Rows go to the parsers in groups of about this many bytes.
const GROUP: u64 = 1 << 20;

pub(super) struct Delimited {
    pub bytes: Bytes,
    pub delimiter: u8,
    pub header: Vec<String>,
}

const BOM: &[u8] = b"\xef\xbb\xbf";

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
    let mut twins: HashMap<&str, usize> = HashMap::new();
    for name in &first {
        let name = name.trim_start_matches('\u{feff}').trim();
        // Two columns of one name are two columns.
        let twin = twins.entry(name).or_default();
        *twin += 1;
        names.push(match *twin {
            1 => name.to_owned(),
            twin => format!("{name} ({twin})"),
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
    fn read(&self, row: &csv::ByteRecord) -> Result<Row<'static>, String> {
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
        Ok(Row::Value(Value::Object(cells)))
    }

    /// Reads rows out of `bytes`, which lie at `at` in the file.
    fn each(
        &self,
        bytes: &[u8],
        at: u64,
        mut sink: impl FnMut(Place, Result<Row<'static>, String>),
    ) {
        let mut reader = rows(bytes, self.delimiter);
        let mut row = csv::ByteRecord::new();
        loop {
            match reader.read_byte_record(&mut row) {
                Ok(true) => {
                    let start = row.position().map_or(0, csv::Position::byte);
                    let len = reader.position().byte() - start;
                    sink(Place::new(at + start, len as usize), self.read(&row));
                }
                Ok(false) => return,
                Err(error) => return sink(Place::new(at, bytes.len()), Err(error.to_string())),
            }
        }
    }

    /// The row that these bytes are.
    fn alone(&self, bytes: &[u8]) -> Result<Row<'static>, String> {
        let mut found = Err("the row is gone: load the file again".to_owned());
        self.each(bytes, 0, |_, row| found = row);
        found
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

impl Container for Delimited {
    fn kind(&self) -> &'static str {
        if self.delimiter == b'\t' {
            "TSV"
        } else {
            "CSV"
        }
    }

    fn size(&self) -> u64 {
        self.bytes.len()
    }

    fn columns(&self) -> &[String] {
        &self.header
    }

    fn blocks(&self, sink: &mut BlockSink) -> Vec<(Spot, String)> {
        let problem = |(row, reason)| (Spot::Row(row), reason);
        self.cut(sink).map_err(problem).err().into_iter().collect()
    }

    fn rows(&self, block: &Block, sink: &mut RowSink) {
        let Block::Bytes { at, line, bytes } = block else {
            return;
        };
        let mut number = *line;
        self.each(bytes, *at, |place, row| {
            let start = (place.at - at) as usize;
            let raw = bytes.get(start..start + place.len as usize);
            // The library skips a mark at the start of what it reads: the row must be the same when it is read alone.
            let row = match raw.filter(|raw| raw.starts_with(BOM)) {
                Some(raw) if start > 0 => self.alone(raw),
                _ => row,
            };
            sink(Spot::Row(number), place, row);
            number += 1;
        });
    }

    fn row(&self, place: Place) -> Result<Row<'static>, String> {
        self.alone(&self.bytes.at(place.at, place.len as usize)?)
    }
}
