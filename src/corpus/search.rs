//! Conditions on texts: an exact phrase, or a word close to this one in any script.

use std::collections::HashMap;
use std::ops::Range;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

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
pub struct Search {
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
    /// Those of a filter; there may be none.
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
                        .any(|(_, token)| word.close_to(token, matcher, romaniser))
                }),
            };
            found != *negated
        })
    }
}

impl Search {
    /// Where in a text something stands that a condition asks for, in order; ranges may touch but not overlap.
    pub fn hits(&mut self, text: &str) -> Vec<Range<usize>> {
        let Search {
            needles,
            matcher,
            romaniser,
        } = self;
        let mut hits = Vec::new();
        for (_, needle) in needles.iter_mut().filter(|(negated, _)| !negated) {
            match needle {
                Needle::Phrase(phrase) => hits.extend(phrase_hits(text, phrase)),
                Needle::Fuzzy { words } => hits.extend(tokens(text).filter_map(|(at, token)| {
                    let close = |word: &mut FuzzyWord| word.close_to(token, matcher, romaniser);
                    words.iter_mut().any(close).then(|| at..at + token.len())
                })),
            }
        }
        hits.sort_by_key(|hit| (hit.start, hit.end));
        hits.dedup_by(|next, hit| {
            let overlaps = next.start < hit.end;
            hit.end = hit.end.max(if overlaps { next.end } else { 0 });
            overlaps
        });
        hits
    }
}

/// Where a folded phrase stands in a text, in whole clusters.
fn phrase_hits(text: &str, phrase: &str) -> Vec<Range<usize>> {
    if phrase.is_empty() {
        return Vec::new();
    }
    let mut folded = String::with_capacity(text.len());
    // Where each cluster begins, folded and as it is.
    let mut clusters = Vec::new();
    for (at, cluster) in text.grapheme_indices(true) {
        clusters.push((folded.len(), at));
        folded.push_str(&fold(cluster));
    }
    let cluster = |at: usize| clusters.partition_point(|(start, _)| *start <= at);
    let found = folded.match_indices(phrase).map(|(start, found)| {
        let (_, from) = clusters[cluster(start) - 1];
        let after = clusters.get(cluster(start + found.len() - 1));
        from..after.map_or(text.len(), |(_, at)| *at)
    });
    found.collect()
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

/// Runs of letters, digits and marks, and where each begins.
fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let separates = |c: char| !c.is_alphanumeric() && !is_combining_mark(c);
    let mut end = 0;
    let tokens = text.split_inclusive(separates).map(move |token| {
        let at = end;
        end += token.len();
        (at, token.trim_end_matches(separates))
    });
    tokens.filter(|(_, token)| !token.is_empty())
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
    fn hits_are_whole_clusters_where_the_text_has_them() {
        let hits = |filter: &str, text: &'static str| -> Vec<&str> {
            let mut search = Search::new(&Filter::parse(filter).unwrap());
            search
                .hits(text)
                .into_iter()
                .map(|hit| &text[hit])
                .collect()
        };
        assert_eq!(
            hits("\"Die Brücke\"", "Hier: die Bru\u{308}cke, DIE BRÜCKE."),
            ["die Bru\u{308}cke", "DIE BRÜCKE"]
        );
        assert_eq!(
            hits("~sarwadharma", "वह सर्वधर्म और Sarvadarma।"),
            ["सर्वधर्म", "Sarvadarma"]
        );
        assert_eq!(
            hits("\"a b\" \"b c\"", "x a b c y"),
            ["a b c"],
            "what overlaps is one"
        );
        assert_eq!(hits("-\"bridge\" wrong", "a bridge"), [""; 0]);
    }

    #[test]
    fn a_phrase_is_found_whole_whatever_its_case() {
        assert!(finds("\"Где находится\"", "где находится мост"));
        assert!(!finds("\"где мост\"", "где находится мост"));
        assert!(finds("-\"где мост\" \"мост\"", "где находится мост"));
    }
}
