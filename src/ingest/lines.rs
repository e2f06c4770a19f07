//! JSON Lines: one row per line, cut into blocks at line ends.

use std::io::Read;

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
    fn cut(&self, sink: &mut BlockSink) -> Result<(), (Spot, String)> {
        let mut reader = self.0.reader();
        let (mut at, mut line, mut want) = (0, 1, FIRST_BLOCK);
        let mut carry = Vec::new();
        loop {
            let mut bytes = std::mem::take(&mut carry);
            bytes.reserve(want);
            let room = want.saturating_sub(bytes.len()).max(FIRST_BLOCK) as u64;
            let read = (&mut reader).take(room).read_to_end(&mut bytes);
            let read = read.map_err(|e| (Spot::Line(line), e.to_string()))?;
            if read == 0 && bytes.is_empty() {
                return Ok(());
            }
            let end = match memchr::memrchr(b'\n', &bytes) {
                Some(newline) => newline + 1,
                None if read == 0 => bytes.len(),
                None if bytes.len() > LONGEST_LINE => {
                    let reason =
                        "a line of more than 256 MiB; the rest of the file was left out".to_owned();
                    return Err((Spot::Line(line), reason));
                }
                None => {
                    want = bytes.len() * 2;
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

impl Container for Lines {
    fn kind(&self) -> &'static str {
        "JSON Lines"
    }

    fn size(&self) -> u64 {
        self.0.len()
    }

    fn blocks(&self, sink: &mut BlockSink) -> Vec<(Spot, String)> {
        self.cut(sink).err().into_iter().collect()
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
        Ok(Row::Json(bytes.into()))
    }
}
