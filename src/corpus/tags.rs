//! What people say of responses, as columns.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use polars::prelude::*;

use super::fields::{Flag, Key, NONE};
use super::{Corpus, Dict};

/// The word among the tags of a response on which people differ.
pub const DISAGREE: &str = "disagree";

/// What people say of one response.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Said {
    /// Codes that it is tagged with, and by whom.
    pub tags: Vec<(String, String)>,
    /// Those who decided gave different codes, and nobody has settled that.
    pub is_disputed: bool,
    /// Codes that hold since it was adjudicated; `None` where it was not.
    pub gold: Option<Vec<String>>,
    /// Who has decided about it.
    pub annotators: Vec<String>,
    /// Its text is not what it was when something was said of it.
    pub is_stale: bool,
    /// Somebody wants it looked at again.
    pub is_flagged: bool,
    /// Somebody put it off.
    pub is_deferred: bool,
    /// Somebody left it out.
    pub is_skipped: bool,
    /// Somebody wrote a note about it.
    pub is_noted: bool,
}

/// What people say of responses, by row. Cheap to copy.
#[derive(Debug, Clone, Default)]
pub struct Tags(HashMap<u32, Arc<Said>>);

impl Tags {
    /// Says this of a row from now on.
    pub fn set(&mut self, row: u32, said: Said) {
        match said == Said::default() {
            true => drop(self.0.remove(&row)),
            false => drop(self.0.insert(row, Arc::new(said))),
        }
    }

    /// What is said of a row.
    pub fn get(&self, row: u32) -> Option<&Said> {
        self.0.get(&row).map(Arc::as_ref)
    }

    /// Rows of which something is said.
    pub fn rows(&self) -> impl Iterator<Item = u32> {
        self.0.keys().copied()
    }
}

/// A set of words for each of some rows.
struct Words {
    of_row: Vec<(u32, Vec<String>)>,
    single: BTreeSet<String>,
}

impl Words {
    fn of(said: &[(u32, &Said)], words: impl Fn(&Said) -> Vec<String>) -> Words {
        let of_row: Vec<_> = said.iter().map(|(row, said)| (*row, words(said))).collect();
        Words {
            single: of_row.iter().flat_map(|(_, words)| words.clone()).collect(),
            of_row,
        }
    }

    /// Those that say whose they are are not counted by themselves.
    fn without_whose(mut self) -> Words {
        self.single
            .retain(|word| !word.contains('@') || word.starts_with('@'));
        self
    }

    /// As a dictionary and codes; rows of which nothing is said have the word for that.
    fn column(self, key: Key, rows: usize) -> (Dict, Column) {
        let single: Vec<&str> = self.single.iter().map(String::as_str).collect();
        let mut dict = Dict::with(&single);
        let none = dict.intern(NONE);
        dict.seal();
        let mut codes = vec![none; rows];
        for (row, words) in &self.of_row {
            if let (Some(code), false) = (codes.get_mut(*row as usize), words.is_empty()) {
                *code = dict.intern(&words.join(" "));
            }
        }
        (dict, Column::new(key.spec().name.into(), codes))
    }
}

/// A name as a word among others, which blanks part: with underscores for its own.
pub fn word(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join("_")
}

impl Corpus {
    /// The same responses with what people say of them.
    pub fn with_tags(&self, tags: &Tags) -> Arc<Corpus> {
        let mut said: Vec<(u32, &Said)> = tags.0.iter().map(|(row, s)| (*row, &**s)).collect();
        said.sort_unstable_by_key(|(row, _)| *row);
        let tag = Words::of(&said, |said| {
            let mut codes: BTreeSet<String> =
                said.tags.iter().map(|(code, _)| word(code)).collect();
            codes.extend(said.is_disputed.then(|| DISAGREE.to_owned()));
            let whose = |(code, who): &(String, String)| format!("{}@{}", word(code), word(who));
            let whose: BTreeSet<String> = said.tags.iter().map(whose).collect();
            codes.into_iter().chain(whose).collect()
        })
        .without_whose();
        let gold = Words::of(&said, |said| {
            let gold = said.gold.iter().flatten().map(|code| word(code));
            gold.collect::<BTreeSet<_>>().into_iter().collect()
        });
        let annotator = Words::of(&said, |said| {
            said.annotators.iter().map(|who| word(who)).collect()
        });
        let flag = |flag: Flag, of: fn(&Said) -> bool| {
            let mut holds = vec![flag == Flag::Untagged; self.len()];
            for (row, said) in &said {
                if let Some(holds) = holds.get_mut(*row as usize) {
                    *holds = of(said);
                }
            }
            Column::new(flag.word().into(), holds)
        };
        let mut columns = vec![
            flag(Flag::Untagged, |said| said.annotators.is_empty()),
            flag(Flag::Stale, |said| said.is_stale),
            flag(Flag::Flagged, |said| said.is_flagged),
            flag(Flag::Deferred, |said| said.is_deferred),
            flag(Flag::Skipped, |said| said.is_skipped),
            flag(Flag::Noted, |said| said.is_noted),
        ];
        let mut dicts = Vec::new();
        for (key, words) in [
            (Key::Tag, tag),
            (Key::Gold, gold),
            (Key::Annotator, annotator),
        ] {
            let (dict, column) = words.column(key, self.len());
            dicts.push((key, Arc::new(dict)));
            columns.push(column);
        }
        let mut corpus = self.with_layer(&columns, dicts);
        corpus.is_tagged = true;
        Arc::new(corpus)
    }

    /// Judgements of people were looked for.
    pub fn is_tagged(&self) -> bool {
        self.is_tagged
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::corpus::{Filter, Options, view};

    /// Four responses; ann and bob tagged the first, ann put off the second.
    fn corpus() -> Arc<Corpus> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run.jsonl");
        let line = |n| {
            format!(
                r#"{{"question_id":"q{n}","run":"r","target":"hi-Deva","question":"?","answer":"a"}}"#
            )
        };
        std::fs::write(&path, (0..4).map(line).collect::<Vec<_>>().join("\n")).unwrap();
        let paths = [path.display().to_string()];
        Corpus::load(&paths, &Options::default(), |_| {
            std::ops::ControlFlow::Continue(())
        })
    }

    fn tags() -> Tags {
        let mut tags = Tags::default();
        let pair = |code: &str, who: &str| (code.to_owned(), who.to_owned());
        tags.set(
            0,
            Said {
                tags: vec![
                    pair("vowel", "ann"),
                    pair("lost", "Bob B"),
                    pair("vowel", "Bob B"),
                ],
                is_disputed: true,
                annotators: vec!["ann".into(), "Bob B".into()],
                ..Said::default()
            },
        );
        tags.set(
            1,
            Said {
                is_deferred: true,
                ..Said::default()
            },
        );
        tags
    }

    fn found(corpus: &Corpus, filter: &str) -> Vec<u32> {
        view::rows(corpus, &Filter::parse(filter).unwrap())
    }

    #[test]
    fn tags_are_found_by_code_by_annotator_and_by_both() {
        let corpus = corpus().with_tags(&tags());
        assert_eq!(found(&corpus, "tag:vowel"), [0]);
        assert_eq!(found(&corpus, "tag:vow*"), [0]);
        assert_eq!(found(&corpus, "tag:disagree"), [0]);
        assert_eq!(found(&corpus, "annotator:bob_b"), [0]);
        assert_eq!(found(&corpus, "tag:lost annotator:bob_b"), [0]);
        assert_eq!(found(&corpus, "tag:lost annotator:ann"), [0; 0]);
        assert_eq!(found(&corpus, "-tag:lost annotator:ann"), [0]);
        assert_eq!(found(&corpus, "tag:lost@ann"), [0; 0]);
        assert_eq!(found(&corpus, "tag:none"), [1, 2, 3]);
        assert_eq!(found(&corpus, "untagged"), [1, 2, 3]);
        assert_eq!(found(&corpus, "deferred"), [1]);
    }

    /// What a facet counts, by value.
    fn counted(corpus: &Arc<Corpus>, key: Key) -> Vec<(String, u32)> {
        let mut facet = None;
        view::Viewer::default().view(
            corpus,
            &Filter::default(),
            view::Sort::Loaded,
            &mut |view| {
                facet = view.facets.into_iter().find(|facet| facet.key == key);
                std::ops::ControlFlow::Continue(())
            },
        );
        let dict = corpus.dict(key);
        let mut counts: Vec<_> = facet.unwrap().values;
        counts.sort_unstable();
        let counts = counts.iter();
        counts
            .map(|(code, n)| (dict.name(*code).to_owned(), *n))
            .collect()
    }

    #[test]
    fn a_facet_counts_codes_and_not_who_gave_them() {
        let counts = counted(&corpus().with_tags(&tags()), Key::Tag);
        let counts: Vec<_> = counts.iter().map(|(code, n)| (code.as_str(), *n)).collect();
        assert_eq!(
            counts,
            [("disagree", 1), ("lost", 1), ("vowel", 1), ("none", 3)]
        );
    }

    #[test]
    fn an_annotator_may_be_an_address() {
        let mut tags = Tags::default();
        let who = "ann@example.org".to_owned();
        tags.set(
            0,
            Said {
                tags: vec![("vowel".into(), who.clone())],
                annotators: vec![who.clone(), "bob".into()],
                ..Said::default()
            },
        );
        let corpus = corpus().with_tags(&tags);
        let counts = counted(&corpus, Key::Annotator);
        assert!(counts.contains(&(who, 1)), "{counts:?}");
        assert_eq!(found(&corpus, "tag:vowel annotator:ann@example.org"), [0]);
        assert_eq!(found(&corpus, "tag:vowel annotator:bob"), [0; 0]);
    }

    #[test]
    fn what_is_taken_back_leaves_no_trace() {
        let mut tags = tags();
        tags.set(0, Said::default());
        tags.set(1, Said::default());
        assert_eq!(tags.rows().count(), 0);
        let corpus = corpus().with_tags(&tags);
        assert_eq!(found(&corpus, "untagged").len(), 4);
    }
}
