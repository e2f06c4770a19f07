//! JSON Lines: one row per line, cut into blocks at line ends.

use std::io::{BufRead, Read};

use super::bytes::Bytes;
use super::container::{Container, Row, RowSink};
use super::{Block, BlockSink, Place, Spot};

/// The first block is small so that there is something to see at once.
const FIRST_BLOCK: usize = 1 << 16;
const BLOCK: usize = 1 << 20;
/// A longer line is not a record anybody wrote.
const LONGEST_LINE: usize = 1 << 28;

pub(super) struct Lines(pub Bytes);

impl Lines {
    fn cut(&self, sink: &mut BlockSink, problems: &mut Vec<(Spot, String)>) -> std::io::Result<()> {
        let mut reader = self.0.reader();
        let (mut at, mut line, mut want) = (0, 1, FIRST_BLOCK);
        let mut carry = Vec::new();
        loop {
            let mut bytes = std::mem::take(&mut carry);
            let room = want.saturating_sub(bytes.len()).max(1);
            bytes.reserve(room);
            let read = (&mut reader).take(room as u64).read_to_end(&mut bytes)?;
            if read == 0 && bytes.is_empty() {
                return Ok(());
            }
            let end = match memchr::memrchr(b'\n', &bytes) {
                Some(newline) => newline + 1,
                None if read == 0 => bytes.len(),
                None if bytes.len() > LONGEST_LINE => {
                    let reason = format!(
                        "a line of more than {} MiB was left out",
                        LONGEST_LINE >> 20
                    );
                    problems.push((Spot::Line(line), reason));
                    let passed = bytes.len() as u64;
                    drop(bytes);
                    at += passed + pass_line(&mut reader)?;
                    (line, want) = (line + 1, BLOCK);
                    continue;
                }
                None => {
                    want = (bytes.len() * 2).min(LONGEST_LINE + 1);
                    carry = bytes;
                    continue;
                }
            };
            carry.extend_from_slice(&bytes[end..]);
            bytes.truncate(end);
            let next = (
                at + end as u64,
                line + memchr::memchr_iter(b'\n', &bytes).count() as u64,
            );
            if sink(Block::Bytes { at, line, bytes }).is_break() {
                return Ok(());
            }
            ((at, line), want) = (next, BLOCK);
        }
    }
}

/// Passes over the rest of a line without keeping it; how long it was.
fn pass_line(reader: &mut impl BufRead) -> std::io::Result<u64> {
    let mut passed = 0;
    loop {
        let window = reader.fill_buf()?;
        let newline = memchr::memchr(b'\n', window);
        let step = newline.map_or(window.len(), |at| at + 1);
        reader.consume(step);
        passed += step as u64;
        if newline.is_some() || step == 0 {
            return Ok(passed);
        }
    }
}

impl Container for Lines {
    fn kind(&self) -> &'static str {
        "JSON Lines"
    }

    fn size(&self) -> u64 {
        self.0.len()
    }

    fn blocks(&self, sink: &mut BlockSink) -> Vec<(Spot, String)> {
        let mut problems = Vec::new();
        if let Err(error) = self.cut(sink, &mut problems) {
            problems.push((Spot::File, error.to_string()));
        }
        problems
    }

    fn rows(&self, block: &Block, sink: &mut RowSink) {
        let Block::Bytes { at, line, bytes } = block else {
            return;
        };
        let mut start = 0;
        for (line, end) in (*line..).zip(memchr::memchr_iter(b'\n', bytes).chain([bytes.len()])) {
            let raw = &bytes[start..end];
            let offset = at + start as u64;
            start = end + 1;
            let content = raw.trim_ascii();
            if content.is_empty() || content == b"\xef\xbb\xbf" {
                continue;
            }
            let row = if content.iter().all(|byte| *byte == 0) {
                Err(
                    "NUL bytes only: the file was damaged while it was written or copied"
                        .to_owned(),
                )
            } else {
                Ok(Row::Json(content.into()))
            };
            sink(Spot::Line(line), Place::new(offset, raw.len()), row);
        }
    }

    fn row(&self, place: Place) -> Result<Row<'static>, String> {
        let bytes = self.0.at(place.at, place.len as usize)?;
        Ok(Row::Json(bytes.trim_ascii().to_vec().into()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::ops::ControlFlow;

    #[test]
    fn a_line_beyond_reason_costs_no_other() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut text = b"{\"a\":1}\n".to_vec();
        text.resize(LONGEST_LINE + (3 << 20), b' ');
        text.extend(b"\n{\"a\":3}\n");
        std::fs::write(file.path(), text).unwrap();
        let lines = Lines(Bytes::open(file.path()).unwrap());
        let mut rows = Vec::new();
        let problems = lines.blocks(&mut |block| {
            lines.rows(&block, &mut |spot, place, row| {
                rows.push((spot, row.unwrap().value().unwrap()));
                assert!(lines.row(place).is_ok());
            });
            ControlFlow::Continue(())
        });
        let a = |n: u64| serde_json::json!({ "a": n });
        assert_eq!(rows, [(Spot::Line(1), a(1)), (Spot::Line(3), a(3))]);
        assert_eq!(problems[0].0, Spot::Line(2));
    }
}
