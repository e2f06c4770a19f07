//! Never right, or sometimes right: what several answers to the same question in the same language say of its errors. (After
//! arXiv 2510.15551: a gap of answers that are sometimes right closes by asking again.)

use std::collections::BTreeMap;

use serde::Serialize;

use super::Answer;
use crate::stats::{Clustered, Refusal, clustered_share};

/// How answers vary over epochs, at the source and elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResponseVariance {
    /// Asked in the source language.
    pub at_source: Result<Split, Refusal>,
    /// Asked in another.
    pub elsewhere: Result<Split, Refusal>,
}

/// Questions in one language each, by how often they are right.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Split {
    /// Questions in one language that were asked at least twice.
    pub variants: usize,
    /// Those asked once, which count for nothing else.
    pub asked_once: usize,
    /// Never right: asking again does not help.
    pub never: usize,
    /// Right at times.
    pub sometimes: usize,
    /// Always right.
    pub always: usize,
    /// Share of wrong answers that fall on what is never right; none where nothing is wrong.
    pub wrong_never: Option<f64>,
    /// Mean share of right answers.
    pub accuracy: Result<Clustered, Refusal>,
    /// Share right at least once: what a perfect judge would buy.
    pub any: Result<Clustered, Refusal>,
    /// Share right more often than wrong; a tie counts half.
    pub majority: Result<Clustered, Refusal>,
}

impl ResponseVariance {
    /// Counts the answers of one run.
    pub fn of(answers: &[Answer]) -> ResponseVariance {
        let split = |at_source: bool| {
            let of = answers
                .iter()
                .filter(|answer| answer.is_at_source() == at_source);
            Split::of(&of.copied().collect::<Vec<Answer>>())
        };
        ResponseVariance {
            at_source: split(true),
            elsewhere: split(false),
        }
    }
}

impl Split {
    /// Counts answers of one run, such as those of one pair of scripts.
    ///
    /// # Errors
    /// Nothing was asked twice.
    pub fn of(answers: &[Answer]) -> Result<Split, Refusal> {
        let mut variants: BTreeMap<(u32, u32), (usize, usize)> = BTreeMap::new();
        for answer in answers {
            let (right, asked) = variants
                .entry((answer.question, answer.target))
                .or_default();
            *right += usize::from(answer.right);
            *asked += 1;
        }
        let all = variants.len();
        variants.retain(|_, (_, asked)| *asked > 1);
        if variants.is_empty() {
            return Err(if all == 0 {
                Refusal::Empty
            } else {
                Refusal::OneEpoch
            });
        }
        let count = |is: fn(usize, usize) -> bool| {
            let of = variants
                .values()
                .filter(|(right, asked)| is(*right, *asked));
            of.count()
        };
        let wrong = |is: fn(usize) -> bool| -> usize {
            let of = variants.values().filter(|(right, _)| is(*right));
            of.map(|(right, asked)| asked - right).sum()
        };
        let (never, all_wrong) = (wrong(|right| right == 0), wrong(|_| true));
        let mean = |of: fn(f64) -> f64| {
            let scores = variants.iter().map(|((question, _), (right, asked))| {
                (*question, of(*right as f64 / *asked as f64))
            });
            clustered_share(&scores.collect::<Vec<_>>())
        };
        Ok(Split {
            variants: variants.len(),
            asked_once: all - variants.len(),
            never: count(|right, _| right == 0),
            sometimes: count(|right, asked| right > 0 && right < asked),
            always: count(|right, asked| right == asked),
            wrong_never: (all_wrong > 0).then(|| never as f64 / all_wrong as f64),
            accuracy: mean(|share| share),
            any: mean(|share| f64::from(u8::from(share > 0.0))),
            majority: mean(|share| {
                0.5 + 0.5 * (share - 0.5).signum() * f64::from(u8::from(share != 0.5))
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn asked(question: u32, target: u32, outcomes: &str) -> Vec<Answer> {
        let answer = |(epoch, outcome)| Answer {
            question,
            source: 0,
            target,
            epoch,
            right: outcome == '1',
        };
        (1..).zip(outcomes.chars()).map(answer).collect()
    }

    #[test]
    fn never_right_and_sometimes_right_are_told_apart() {
        let answers = [
            asked(0, 0, "1111"),
            asked(0, 1, "0000"),
            asked(1, 1, "0100"),
            asked(2, 1, "1100"),
            asked(3, 1, "0111"),
            asked(4, 1, "1111"),
            asked(5, 1, "0"),
        ];
        let found = ResponseVariance::of(&answers.concat());
        let elsewhere = found.elsewhere.unwrap();
        assert_eq!(
            (elsewhere.never, elsewhere.sometimes, elsewhere.always),
            (1, 3, 1)
        );
        assert_eq!((elsewhere.variants, elsewhere.asked_once), (5, 1));
        // 4 of 4 + 3 + 2 + 1
        assert_eq!(elsewhere.wrong_never, Some(0.4));
        let mean = |of: Result<Clustered, Refusal>| of.unwrap().mean.value;
        assert!((mean(elsewhere.accuracy) - 0.5).abs() < 1e-12);
        assert!((mean(elsewhere.any) - 0.8).abs() < 1e-12);
        assert!((mean(elsewhere.majority) - 0.5).abs() < 1e-12);
        let at_source = found.at_source.unwrap();
        assert_eq!((at_source.always, at_source.wrong_never), (1, None));
        assert_eq!(at_source.accuracy, Err(Refusal::OneQuestion));
    }

    #[test]
    fn one_epoch_says_nothing() {
        assert_eq!(Split::of(&asked(0, 1, "1")), Err(Refusal::OneEpoch));
        assert_eq!(Split::of(&[]), Err(Refusal::Empty));
    }
}
