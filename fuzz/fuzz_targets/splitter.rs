//! Reasoning inside a text: nothing panics, and trace and answer are parts of the text, in this order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scriptlens::ingest::reasoning::{Split, split};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Split { trace, answer } = split(text);
    // Blocks of a trace are joined by a blank line.
    let blocks = trace.text().split("\n\n");
    let mut rest = text;
    for part in blocks.chain([answer.as_str()]) {
        let Some(at) = rest.find(part) else {
            panic!("{part:?} is no part of the rest {rest:?}");
        };
        rest = &rest[at + part.len()..];
    }
});
