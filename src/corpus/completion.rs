//! What could be written next in a filter.

use std::ops::Range;

use super::Corpus;
use super::fields::{FLAGS, KEYS, Key, MEASURES};
use super::filter::{field, quoted};
use super::view::FACETS;

/// A way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The bytes it replaces.
    pub range: Range<usize>,
    /// What to write there.
    pub text: String,
    /// What it means.
    pub doc: String,
}

/// At most this many are offered.
const OFFERED: usize = 40;

/// Ways to go on with the filter `text` at byte `cursor`.
pub fn complete(corpus: &Corpus, text: &str, cursor: usize) -> Vec<Completion> {
    let before = text.get(..cursor).unwrap_or(text);
    // A blank may be of several bytes, such as that of a Japanese keyboard.
    let word = before.rsplit(char::is_whitespace).next().unwrap_or(before);
    let word = word.strip_prefix('-').unwrap_or(word);
    let start = before.len() - word.len();
    if word.starts_with(['"', '~']) {
        return Vec::new();
    }
    match field(word) {
        Some((name, values)) => {
            let typed = values.rsplit(',').next().unwrap_or(values);
            let range = before.len() - typed.len()..before.len();
            Key::named(name).map_or_else(Vec::new, |key| {
                values_like(corpus, key, typed.trim_matches('"'), &range)
            })
        }
        None => words_like(word, &(start..before.len())),
    }
}

fn words_like(typed: &str, range: &Range<usize>) -> Vec<Completion> {
    let flags = FLAGS
        .iter()
        .map(|(_, word, doc)| ((*word).to_owned(), *doc));
    let keys = KEYS
        .iter()
        .map(|spec| (format!("{}:", spec.name), spec.doc));
    let measures = MEASURES
        .iter()
        .map(|(_, name, doc)| (format!("{name}>"), *doc));
    let all = flags
        .chain(keys)
        .chain(measures)
        .filter(|(text, _)| text.starts_with(typed) && text != typed);
    all.map(|(text, doc)| Completion {
        range: range.clone(),
        text,
        doc: doc.to_owned(),
    })
    .collect()
}

/// Values of a key that hold what was typed; those that begin with it first.
fn values_like(corpus: &Corpus, key: Key, typed: &str, range: &Range<usize>) -> Vec<Completion> {
    let dict = corpus.dict(key);
    let typed = typed.to_lowercase();
    let like = |code: &u32| dict.name(*code).to_lowercase().contains(&typed);
    // What has several words is found by each of them.
    let mut codes: Vec<u32> = (0..dict.single() as u32)
        .filter(like)
        .take(10 * OFFERED)
        .collect();
    if FACETS.contains(&key) {
        let names = |code: &u32| {
            (
                !dict.name(*code).to_lowercase().starts_with(&typed),
                dict.name(*code).to_owned(),
            )
        };
        codes.sort_by_key(names);
    }
    let offer = |code| Completion {
        range: range.clone(),
        text: quoted(dict.name(code)),
        doc: String::new(),
    };
    codes.into_iter().take(OFFERED).map(offer).collect()
}
