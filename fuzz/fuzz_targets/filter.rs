//! The filter language: nothing panics, errors and completions point into the text, and what is written is read back.
#![no_main]

use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use scriptlens::corpus::{Corpus, Filter, Options, complete};

/// Completions offer names of a corpus; even without any there are those of fields and flags.
static NOTHING: LazyLock<Arc<Corpus>> =
    LazyLock::new(|| Corpus::load(&[], &Options::default(), |_| ControlFlow::Continue(())));

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Filter::parse(text) {
        Ok(filter) => {
            let written = filter.to_string();
            assert_eq!(Filter::parse(&written), Ok(filter), "{written:?}");
        }
        Err(error) => {
            assert!(text.get(error.span.clone()).is_some(), "{error:?}");
            assert!(error.pointed(text).contains(&error.message));
        }
    }
    for cursor in [text.len(), text.len() / 2] {
        for offered in complete(&NOTHING, text, cursor) {
            assert!(text.get(offered.range.clone()).is_some(), "{offered:?}");
        }
    }
});
