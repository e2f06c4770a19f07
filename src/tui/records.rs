//! Responses that were read lately, so that a frame never waits for a file.

use std::collections::HashSet;
use std::sync::Arc;

use lru::LruCache;

use crate::record::Record;

/// A response, or why it could not be read.
pub type Fetched = Result<Arc<Record>, String>;

/// At most this many bytes of text are kept, and never fewer than the last few responses.
const KEPT_BYTES: usize = 32 << 20;
const KEPT_AT_LEAST: usize = 128;

/// A cache bounded by bytes.
pub struct Records {
    kept: LruCache<u32, Fetched>,
    bytes: usize,
    asked: HashSet<u32>,
}

impl Default for Records {
    fn default() -> Self {
        Records {
            kept: LruCache::unbounded(),
            bytes: 0,
            asked: HashSet::new(),
        }
    }
}

impl Records {
    /// A response, if it was read.
    pub fn get(&self, row: u32) -> Option<&Fetched> {
        self.kept.peek(&row)
    }

    /// Keeps a response and forgets those that were wanted longest ago.
    pub fn put(&mut self, row: u32, record: Fetched) {
        self.asked.remove(&row);
        self.bytes += weight(&record);
        if let Some(old) = self.kept.put(row, record) {
            self.bytes -= weight(&old);
        }
        while self.bytes > KEPT_BYTES && self.kept.len() > KEPT_AT_LEAST {
            let Some((_, old)) = self.kept.pop_lru() else {
                break;
            };
            self.bytes -= weight(&old);
        }
    }

    /// Of the rows wanted, those that are neither here nor on their way.
    pub fn missing(&mut self, wanted: Vec<u32>) -> Vec<u32> {
        let (kept, asked) = (&mut self.kept, &mut self.asked);
        // Looking it up is what keeps it from being forgotten.
        wanted
            .into_iter()
            .filter(|row| kept.get(row).is_none() && asked.insert(*row))
            .collect()
    }
}

fn weight(record: &Fetched) -> usize {
    let texts = |r: &Arc<Record>| {
        r.trace.text().len()
            + r.answer.len()
            + r.question.len()
            + r.prompt.as_ref().map_or(0, String::len)
    };
    record.as_ref().map_or(0, texts) + 512
}
