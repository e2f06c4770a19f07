//! Conditions on texts: an exact phrase, or a word close to this one in any script.

use std::collections::HashMap;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::filter::{Clause, Filter, Test};
use crate::record::Record;
use crate::script::Romaniser;

/// How much of the score of a perfect match a fuzzy one must reach.
const CLOSE: f64 = 0.75;
/// Over how many times its own length a pattern may be spread: in a long clause every few letters occur in their order.
const SPREAD: f64 = 1.35;

/// How many words each search remembers.
const KEPT_WORDS: usize = 20_000;

/// The conditions of a filter that need texts, ready to be tried on many records.
pub(super) struct Search {
    needles: Vec<(bool, Needle)>,
    matcher: SkimMatcherV2,
    romaniser: Romaniser,
}

enum Needle {
    Phrase(String),
    Fuzzy { words: Vec<FuzzyWord> },
}

struct FuzzyWord {
    /// Words tried so far, because a text has far fewer different ones than words.
    tried: HashMap<Box<str>, bool>,
    folded: Pattern,
    /// The word in Latin letters.
    roman: Pattern,
    /// Its consonants, as any script would spell them.
    key: Option<Pattern>,
}

/// A pattern and the score from which on a match counts.
struct Pattern {
    text: String,
    least: i64,
}

impl Search {
    pub fn new(filter: &Filter) -> Search {
        let (matcher, mut romaniser) = (SkimMatcherV2::default(), Romaniser::new());
        let pattern = |text: String| {
            let perfect = matcher.fuzzy_match(&text, &text).unwrap_or_default();
            Pattern {
                text,
                least: (perfect as f64 * CLOSE) as i64,
            }
        };
        let mut needle = |clause: &Clause| match &clause.test {
            Test::Phrase(text) => Some((clause.negated, Needle::Phrase(fold(text)))),
            Test::Fuzzy(text) => {
                let word = |word: &str| FuzzyWord {
                    tried: HashMap::new(),
                    folded: pattern(fold(word)),
                    roman: pattern(fold(&romaniser.romanise(word))),
                    key: Some(romaniser.search_key(word))
                        .filter(|key| key.len() > 2)
                        .map(pattern),
                };
                Some((
                    clause.negated,
                    Needle::Fuzzy {
                        words: text.split_whitespace().map(word).collect(),
                    },
                ))
            }
            _ => None,
        };
        let needles = filter.clauses.iter().filter_map(&mut needle).collect();
        Search {
            needles,
            matcher,
            romaniser,
        }
    }

    /// Whether all conditions hold.
    pub fn matches(&mut self, record: &Record) -> bool {
        let Search {
            needles,
            matcher,
            romaniser,
        } = self;
        needles.iter_mut().all(|(negated, needle)| {
            let found = match needle {
                Needle::Phrase(phrase) => {
                    phrase_texts(record).any(|text| fold(text).contains(phrase.as_str()))
                }
                Needle::Fuzzy { words } => words.iter_mut().all(|word| {
                    names(record)
                        .flat_map(tokens)
                        .any(|token| word.close_to(token, matcher, romaniser))
                }),
            };
            found != *negated
        })
    }
}

impl FuzzyWord {
    fn close_to(
        &mut self,
        token: &str,
        matcher: &SkimMatcherV2,
        romaniser: &mut Romaniser,
    ) -> bool {
        if let Some(known) = self.tried.get(token) {
            return *known;
        }
        let near = |text: &str, pattern: &Pattern| {
            matcher
                .fuzzy_indices(text, &pattern.text)
                .is_some_and(|(score, at)| {
                    let spread = at
                        .last()
                        .zip(at.first())
                        .map_or(0, |(last, first)| last - first + 1);
                    score >= pattern.least && spread as f64 <= at.len() as f64 * SPREAD
                })
        };
        // A key has hardly a vowel: three letters are in many long words by chance.
        let near_key = |key: &Pattern, token: String| match key.text.len() {
            0..=3 => token == key.text,
            _ => near(&token, key),
        };
        let close = near(&fold(token), &self.folded)
            || near(&fold(&romaniser.romanise(token)), &self.roman)
            || self
                .key
                .as_ref()
                .is_some_and(|key| near_key(key, romaniser.search_key(token)));
        if self.tried.len() >= KEPT_WORDS {
            self.tried.clear();
        }
        self.tried.insert(token.into(), close);
        close
    }
}

/// Where names are looked for.
fn names(record: &Record) -> impl Iterator<Item = &str> {
    [record.question.as_str(), record.answer.as_str()]
        .into_iter()
        .chain(record.gold.iter().map(String::as_str))
}

fn phrase_texts(record: &Record) -> impl Iterator<Item = &str> {
    names(record).chain([record.trace.text()])
}

/// Runs of letters, digits and marks.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .filter(|token| !token.is_empty())
}

/// Case and compatibility forms do not count. fuzzy-matcher itself folds ASCII only.
fn fold(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.nfkc().flat_map(char::to_lowercase).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn finds(filter: &str, question: &str) -> bool {
        let record = Record {
            question: question.into(),
            ..Record::default()
        };
        Search::new(&Filter::parse(filter).unwrap()).matches(&record)
    }

    #[test]
    fn a_name_is_found_in_every_script() {
        for question in [
            "サルワダルマはどこにありますか？",
            "सर्वधर्म कहाँ है?",
            "Где находится Сарвадхарма?",
            "사르와다르마는 어디에 있습니까?",
            "Where is Sarwadharma?",
        ] {
            assert!(finds("~sarwadharma", question), "{question}");
            assert!(!finds("~kilimanjaro", question), "{question}");
            assert!(!finds("-~sarwadharma", question), "{question}");
        }
        assert!(finds("~Сараево", "Where is Sarajevo?"));
        assert!(finds("~МОСКВА", "москва"), "case counts in no script");
    }

    #[test]
    fn a_phrase_is_found_whole_whatever_its_case() {
        assert!(finds("\"Где находится\"", "где находится мост"));
        assert!(!finds("\"где мост\"", "где находится мост"));
        assert!(finds("-\"где мост\" \"мост\"", "где находится мост"));
    }
}
