//! What people say of responses, in numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::corpus::fields::NONE;
use crate::corpus::{Corpus, DISAGREE, Flag, Key};

/// Tags, and how far the work is.
#[derive(Debug, Default, Serialize)]
pub struct TagsSummary {
    /// Responses that somebody has decided about.
    pub decided: usize,
    /// Responses on which people differ, and nobody has settled it.
    pub disputed: usize,
    /// Responses with a code that holds since they were adjudicated.
    pub gold: usize,
    /// Responses whose text is not what it was when something was said of it.
    pub stale: usize,
    /// One line for each code, the most frequent first.
    pub codes: Vec<TagCount>,
    /// How many responses each annotator has decided about.
    pub annotators: BTreeMap<String, usize>,
}

/// Responses with a code.
#[derive(Debug, Default, Serialize)]
pub struct TagCount {
    /// The code.
    pub code: String,
    /// Responses that somebody gave it.
    pub responses: usize,
    /// By each annotator.
    pub by: BTreeMap<String, usize>,
    /// Of those, responses on which people differ, perhaps about another code.
    pub disputed: usize,
    /// Responses that have it since they were adjudicated.
    pub gold: usize,
    /// Responses that somebody gave it, and whose text has changed since something was said of it.
    pub stale: usize,
}

impl TagsSummary {
    /// Counts these rows; nothing where judgements were not looked for.
    pub fn of(corpus: &Corpus, rows: &[u32]) -> Option<TagsSummary> {
        if !corpus.is_tagged() {
            return None;
        }
        let stale = corpus.frame().column(Flag::Stale.word()).ok()?;
        let stale = stale.bool().ok()?;
        let words = |row, key| {
            let words = corpus.name(row, key).split(' ');
            words.filter(|word| *word != NONE && !word.is_empty())
        };
        let mut summary = TagsSummary::default();
        let mut codes: BTreeMap<&str, TagCount> = BTreeMap::new();
        for row in rows {
            let is_stale = stale.get(*row as usize) == Some(true);
            let is_disputed = words(*row, Key::Tag).any(|word| word == DISAGREE);
            for word in words(*row, Key::Tag).filter(|word| *word != DISAGREE) {
                match word.split_once('@') {
                    Some((code, who)) => {
                        let by = &mut codes.entry(code).or_default().by;
                        *by.entry(who.to_owned()).or_default() += 1;
                    }
                    None => {
                        let count = codes.entry(word).or_default();
                        count.responses += 1;
                        count.disputed += usize::from(is_disputed);
                        count.stale += usize::from(is_stale);
                    }
                }
            }
            for word in words(*row, Key::Gold) {
                codes.entry(word).or_default().gold += 1;
            }
            for who in words(*row, Key::Annotator) {
                *summary.annotators.entry(who.to_owned()).or_default() += 1;
            }
            summary.decided += usize::from(words(*row, Key::Annotator).next().is_some());
            summary.gold += usize::from(words(*row, Key::Gold).next().is_some());
            summary.disputed += usize::from(is_disputed);
            summary.stale += usize::from(is_stale);
        }
        let named = codes.into_iter().map(|(code, count)| TagCount {
            code: code.to_owned(),
            ..count
        });
        summary.codes = named.collect();
        summary
            .codes
            .sort_by_key(|count| std::cmp::Reverse(count.responses));
        Some(summary)
    }
}
