//! Whether two languages know the same things: the overlap of the questions that are right in them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Answer;
use crate::stats::Estimate;
use crate::stats::interval::Z;

/// Two languages, over the questions asked in both, each right or wrong by majority over epochs; a tie is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overlap {
    /// Code of the first language.
    pub a: u32,
    /// Code of the second.
    pub b: u32,
    /// Questions right in both.
    pub both: usize,
    /// Right in the first only.
    pub only_a: usize,
    /// Right in the second only.
    pub only_b: usize,
    /// Right in neither.
    pub neither: usize,
}

impl Overlap {
    /// Share right in both of those right in either (Jaccard); none where nothing is right.
    pub fn jaccard(&self) -> Option<f64> {
        share(self.both, self.both + self.only_a + self.only_b)
    }

    /// Share right in the second of those right in the first.
    pub fn b_given_a(&self) -> Option<f64> {
        share(self.both, self.both + self.only_a)
    }

    /// Share right in the first of those right in the second.
    pub fn a_given_b(&self) -> Option<f64> {
        share(self.both, self.both + self.only_b)
    }

    /// Odds of being right in one language if right in the other, against those if wrong, with an interval by the logarithm
    /// (B. Woolf, 1955); none where one of the four counts is 0.
    pub fn odds_ratio(&self) -> Option<Estimate> {
        let counts = [self.both, self.only_a, self.only_b, self.neither].map(|count| count as f64);
        let [both, only_a, only_b, neither] = counts;
        let log = (both * neither / (only_a * only_b)).ln();
        let se = counts.iter().map(|count| 1.0 / count).sum::<f64>().sqrt();
        let estimate = Estimate {
            value: log,
            low: log - Z * se,
            high: log + Z * se,
        };
        (!counts.contains(&0.0)).then(|| estimate.map(f64::exp))
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// All pairs of languages with a question in common, by code.
pub fn overlaps(answers: &[Answer]) -> Vec<Overlap> {
    let mut asked: BTreeMap<u32, BTreeMap<u32, i64>> = BTreeMap::new();
    for answer in answers {
        let ahead = asked
            .entry(answer.question)
            .or_default()
            .entry(answer.target)
            .or_default();
        *ahead += if answer.right { 1 } else { -1 };
    }
    let mut pairs: BTreeMap<(u32, u32), Overlap> = BTreeMap::new();
    for languages in asked.values() {
        for (a, in_a) in languages {
            for (b, in_b) in languages.range(a + 1..) {
                let pair = pairs.entry((*a, *b)).or_insert(Overlap {
                    a: *a,
                    b: *b,
                    both: 0,
                    only_a: 0,
                    only_b: 0,
                    neither: 0,
                });
                *match (*in_a > 0, *in_b > 0) {
                    (true, true) => &mut pair.both,
                    (true, false) => &mut pair.only_a,
                    (false, true) => &mut pair.only_b,
                    (false, false) => &mut pair.neither,
                } += 1;
            }
        }
    }
    pairs.into_values().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn answer(question: u32, target: u32, right: bool) -> Answer {
        Answer {
            question,
            source: 0,
            target,
            epoch: 1,
            right,
        }
    }

    #[test]
    fn four_counts_give_the_rest() {
        let mut answers = Vec::new();
        for question in 0..20 {
            answers.push(answer(question, 0, question < 10));
            answers.push(answer(question, 1, (4..12).contains(&question)));
        }
        // In the third language only one question was asked, twice, with different outcomes: that is wrong.
        answers.push(answer(0, 2, true));
        answers.push(answer(0, 2, false));
        let found = overlaps(&answers);
        assert_eq!(found.len(), 3);
        let pair = &found[0];
        let counts = (pair.both, pair.only_a, pair.only_b, pair.neither);
        assert_eq!(counts, (6, 4, 2, 8));
        assert_eq!(pair.jaccard(), Some(0.5));
        assert_eq!(
            (pair.b_given_a(), pair.a_given_b()),
            (Some(0.6), Some(0.75))
        );
        let odds = pair.odds_ratio().unwrap();
        assert!((odds.value - 6.0).abs() < 1e-12);
        let spread = Z * (1.0 / 6.0 + 0.25 + 0.5 + 0.125f64).sqrt();
        assert!((odds.high - 6.0 * spread.exp()).abs() < 1e-9);
        assert_eq!((found[1].only_a, found[1].odds_ratio()), (1, None));
        assert_eq!(found[2].jaccard(), None);
    }

    #[test]
    fn one_language_overlaps_with_nothing() {
        assert!(overlaps(&[answer(0, 0, true), answer(1, 0, true)]).is_empty());
        assert!(overlaps(&[]).is_empty());
    }
}
