//! The scores of MultiLoKo (arXiv 2504.10356): each language on its own questions, how far languages lie apart, and whether
//! a thing is better asked in the language it comes from.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Answer, mean_and_margin};
use crate::stats::{Estimate, Refusal, ratio};

/// Scores of MultiLoKo, 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MultiLoKo {
    /// One line a language with questions of its own.
    pub languages: Vec<Language>,
    /// Mean over languages of how each does on its own questions, asked in itself.
    pub average: OverLanguages,
    /// The best language, and its score.
    pub max: (u32, f64),
    /// The worst language, and its score. A score of 0 is more often a matter of format than of knowledge.
    pub min: (u32, f64),
    /// `max` less `min`.
    pub gap: f64,
    /// Mean over languages of the mother-tongue effect; none where nothing was translated to the pivot.
    pub mother_tongue: Option<OverLanguages>,
    /// Mean over languages of the locality effect; none where nothing was translated from the pivot.
    pub locality: Option<OverLanguages>,
}

/// One language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Language {
    /// Its code.
    pub language: u32,
    /// Score on its own questions, asked in itself.
    pub local: f64,
    /// Its own questions, asked in itself.
    pub answers: usize,
    /// Mother-tongue effect: that score less the score on the same questions translated to the pivot. Above 0 the knowledge
    /// is better reached in the mother tongue. Over questions asked both ways, with an interval clustered by question.
    pub mother_tongue: Option<Result<Estimate, Refusal>>,
    /// The same over all questions, asked both ways or not, as published code counts it.
    pub mother_tongue_as_coded: Option<f64>,
    /// Locality effect: `local` less the score on questions of the pivot translated to this language.
    pub locality: Option<f64>,
}

/// A mean over languages.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OverLanguages {
    /// The mean; each language counts the same.
    pub mean: f64,
    /// Twice its standard error over languages, as published; none with one language.
    pub margin: Option<f64>,
    /// Languages.
    pub languages: usize,
}

impl OverLanguages {
    fn of(numbers: &[f64]) -> Option<OverLanguages> {
        let (mean, margin) = mean_and_margin(numbers)?;
        Some(OverLanguages {
            mean,
            margin,
            languages: numbers.len(),
        })
    }
}

impl MultiLoKo {
    /// Counts the answers of one run; `pivot` is the language to and from which questions are translated, English in the
    /// published data. Epochs are taken together.
    ///
    /// # Errors
    /// No question was asked in its source language.
    pub fn of(answers: &[Answer], pivot: u32) -> Result<MultiLoKo, Refusal> {
        if answers.is_empty() {
            return Err(Refusal::Empty);
        }
        let sources: BTreeSet<u32> = answers.iter().map(|answer| answer.source).collect();
        let mean = |source: u32, target: u32| {
            let is = |answer: &&Answer| (answer.source, answer.target) == (source, target);
            let scores: Vec<f64> = answers.iter().filter(is).map(Answer::score).collect();
            mean_and_margin(&scores).map(|(mean, _)| (mean, scores.len()))
        };
        let line = |language: u32| {
            let (local, answers_in) = mean(language, language)?;
            // The pivot would be held against itself.
            let other = |source, target| mean(source, target).filter(|_| language != pivot);
            let translated = other(language, pivot);
            Some(Language {
                language,
                local,
                answers: answers_in,
                mother_tongue: translated.map(|_| both_ways(answers, language, pivot)),
                mother_tongue_as_coded: translated.map(|(pivot, _)| local - pivot),
                locality: other(pivot, language).map(|(foreign, _)| local - foreign),
            })
        };
        let languages: Vec<Language> = sources.into_iter().filter_map(line).collect();
        let local: Vec<f64> = languages.iter().map(|language| language.local).collect();
        let of = |of: fn(&Language) -> Option<f64>| {
            let found: Vec<f64> = languages.iter().filter_map(of).collect();
            OverLanguages::of(&found)
        };
        let mut order: Vec<(u32, f64)> = languages.iter().map(|l| (l.language, l.local)).collect();
        order.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (Some(average), Some(min), Some(max)) =
            (OverLanguages::of(&local), order.first(), order.last())
        else {
            return Err(Refusal::NoSource);
        };
        Ok(MultiLoKo {
            average,
            max: *max,
            min: *min,
            gap: max.1 - min.1,
            mother_tongue: of(|language| language.mother_tongue_as_coded),
            locality: of(|language| language.locality),
            languages,
        })
    }
}

/// Score in the own language less score in the pivot, over questions asked both ways; each question counts once.
fn both_ways(answers: &[Answer], language: u32, pivot: u32) -> Result<Estimate, Refusal> {
    let mut questions: BTreeMap<u32, [Vec<f64>; 2]> = BTreeMap::new();
    for answer in answers.iter().filter(|answer| answer.source == language) {
        let [own, translated] = questions.entry(answer.question).or_default();
        match answer.target {
            target if target == language => own.push(answer.score()),
            target if target == pivot => translated.push(answer.score()),
            _ => {}
        }
    }
    let difference = |[own, translated]: &[Vec<f64>; 2]| {
        Some((
            mean_and_margin(own)?.0 - mean_and_margin(translated)?.0,
            1.0,
        ))
    };
    let differences: Vec<(f64, f64)> = questions.values().filter_map(difference).collect();
    ratio(&differences)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Ten questions of a source, asked in a target, so many of them right.
    fn ten(source: u32, target: u32, right: u32) -> Vec<Answer> {
        let answer = |n| Answer {
            question: source * 10 + n,
            source,
            target,
            epoch: 1,
            right: n < right,
        };
        (0..10).map(answer).collect()
    }

    #[test]
    fn each_language_counts_the_same() {
        let answers = [
            ten(0, 0, 8),
            ten(1, 1, 5),
            ten(1, 1, 5), // a second epoch weighs nothing
            ten(1, 0, 4),
            ten(0, 1, 7),
            ten(2, 2, 2),
            ten(2, 0, 3),
        ];
        let found = MultiLoKo::of(&answers.concat(), 0).unwrap();
        assert!((found.average.mean - 0.5).abs() < 1e-12);
        // .8, .5, .2: deviation .3, over the root of three, twice
        assert!((found.average.margin.unwrap() - 0.6 / 3f64.sqrt()).abs() < 1e-12);
        assert_eq!((found.max, found.min), ((0, 0.8), (2, 0.2)));
        assert!((found.gap - 0.6).abs() < 1e-12);
        // .5 - .4 and .2 - .3
        let mother_tongue = found.mother_tongue.unwrap();
        assert_eq!(mother_tongue.languages, 2);
        assert!(mother_tongue.mean.abs() < 1e-12);
        // .5 - .7
        let locality = found.locality.unwrap();
        assert_eq!((locality.languages, locality.margin), (1, None));
        assert!((locality.mean + 0.2).abs() < 1e-12);
        let paired = found.languages[1].mother_tongue.unwrap().unwrap();
        assert!((paired.value - 0.1).abs() < 1e-12 && paired.low < 0.0);
        assert_eq!(found.languages[0].mother_tongue, None);
    }

    #[test]
    fn the_gap_of_the_published_table_is_best_less_worst() {
        // Min, max and gap in percent, from the table of the authors.
        for (min, max, gap) in [
            (164, 500, 336),
            (120, 552, 432),
            (128, 488, 360),
            (88, 436, 348),
            (124, 476, 352),
            (0, 404, 404),
            (72, 416, 344),
            (36, 464, 428),
            (76, 404, 328),
            (0, 308, 308),
            (4, 72, 68),
        ] {
            let share = |right: u32, source| {
                (0..1000).map(move |n| Answer {
                    question: source * 1000 + n,
                    source,
                    target: source,
                    epoch: 1,
                    right: n < right,
                })
            };
            let answers: Vec<Answer> = share(min, 0).chain(share(max, 1)).collect();
            let found = MultiLoKo::of(&answers, 0).unwrap();
            assert!((found.gap * 1000.0 - f64::from(gap)).abs() < 1e-9);
        }
    }

    #[test]
    fn without_answers_in_the_source_language_there_is_nothing() {
        assert_eq!(MultiLoKo::of(&[], 0), Err(Refusal::Empty));
        assert_eq!(MultiLoKo::of(&ten(1, 0, 3), 0), Err(Refusal::NoSource));
        let one = MultiLoKo::of(&ten(1, 1, 3), 0).unwrap();
        assert_eq!(
            (one.gap, one.average.margin, one.mother_tongue),
            (0.0, None, None)
        );
    }
}
