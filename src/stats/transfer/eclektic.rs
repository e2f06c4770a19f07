//! The scores of ECLeKTic (arXiv 2502.21228): what is known in its source language, and how much of that in others.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Answer, deviation, most};
use crate::stats::{Estimate, Refusal, share};

/// Scores of ECLeKTic. Each is computed for each epoch and then averaged, as published code does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Eclektic {
    /// Of all answers in another language than the source: those that are right and whose question is known in its source
    /// language.
    pub overall: Score,
    /// Transfer as published code counts it: of all answers to questions known in their source language, *that one
    /// included*, those that are right. With L languages it is (1 + (L - 1) · t) / L, t being transfer proper.
    pub transfer_as_coded: Score,
    /// Transfer proper: the same without the answers in the source language.
    pub transfer: Score,
    /// Epochs.
    pub epochs: usize,
    /// Questions asked in their source language, counted once for each epoch.
    pub questions: usize,
    /// Of those, the ones known there: right there, by majority if asked there several times.
    pub known: usize,
    /// Questions never asked in their source language, counted likewise. They enter nowhere.
    pub without_source: usize,
}

/// A score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// Mean over epochs, 0 to 1.
    pub value: f64,
    /// Standard deviation over epochs (n - 1), where there are several.
    pub deviation: Option<f64>,
    /// All epochs taken together, with an interval clustered by question.
    pub pooled: Result<Estimate, Refusal>,
    /// What counts for the score, over all epochs.
    pub hits: usize,
    /// What it is counted among.
    pub of: usize,
}

/// Hits and what they are counted among, for overall, transfer as coded, and transfer.
type Tally = [(usize, usize); 3];

impl Eclektic {
    /// Counts the answers of one run.
    ///
    /// # Errors
    /// There are no answers; none in a source language, or none in another; nothing is known in its source language.
    pub fn of(answers: &[Answer]) -> Result<Eclektic, Refusal> {
        if answers.is_empty() {
            return Err(Refusal::Empty);
        }
        let mut asked: BTreeMap<(u32, u32), Vec<Answer>> = BTreeMap::new();
        for answer in answers {
            asked
                .entry((answer.epoch, answer.question))
                .or_default()
                .push(*answer);
        }
        let mut epochs: BTreeMap<u32, Tally> = BTreeMap::new();
        let mut tallies: BTreeMap<u32, Tally> = BTreeMap::new();
        let (mut questions, mut known, mut without_source) = (0, 0, 0);
        for ((epoch, question), answers) in asked {
            if !answers.iter().any(Answer::is_at_source) {
                without_source += 1;
                continue;
            }
            let is_known = most(answers.iter().filter(|answer| answer.is_at_source()));
            questions += 1;
            known += usize::from(is_known);
            let count =
                |is: &dyn Fn(&Answer) -> bool| answers.iter().filter(|answer| is(answer)).count();
            let all = (count(&|a| a.right), answers.len());
            let across = (
                count(&|a| a.right && !a.is_at_source()),
                count(&|a| !a.is_at_source()),
            );
            let tally = match is_known {
                true => [across, all, across],
                false => [(0, across.1), (0, 0), (0, 0)],
            };
            for sum in [
                epochs.entry(epoch).or_default(),
                tallies.entry(question).or_default(),
            ] {
                for (sum, (hits, of)) in sum.iter_mut().zip(tally) {
                    *sum = (sum.0 + hits, sum.1 + of);
                }
            }
        }
        if questions == 0 {
            return Err(Refusal::NoSource);
        }
        if known == 0 {
            return Err(Refusal::NothingKnown);
        }
        let score = |at: usize| {
            let of_epoch = |tally: &Tally| {
                tally
                    .get(at)
                    .filter(|(_, of)| *of > 0)
                    .map(|(hits, of)| *hits as f64 / *of as f64)
            };
            let shares: Vec<f64> = epochs.values().filter_map(of_epoch).collect();
            let parts = tallies.values().filter_map(|tally| tally.get(at));
            let parts: Vec<(f64, f64)> =
                parts.map(|(hits, of)| (*hits as f64, *of as f64)).collect();
            let sum = |of: fn(&(f64, f64)) -> f64| parts.iter().map(of).sum::<f64>() as usize;
            match shares.is_empty() {
                true => Err(Refusal::OneLanguage),
                false => Ok(Score {
                    value: shares.iter().sum::<f64>() / shares.len() as f64,
                    deviation: deviation(&shares),
                    pooled: share(&parts),
                    hits: sum(|part| part.0),
                    of: sum(|part| part.1),
                }),
            }
        };
        Ok(Eclektic {
            overall: score(0)?,
            transfer_as_coded: score(1)?,
            transfer: score(2)?,
            epochs: epochs.len(),
            questions,
            known,
            without_source,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A question asked in twelve languages, right in its source language and in so many others.
    fn question(question: u32, epoch: u32, at_source: bool, others: u32) -> Vec<Answer> {
        let answer = |target: u32| Answer {
            question,
            source: 0,
            target,
            epoch,
            right: if target == 0 {
                at_source
            } else {
                target <= others
            },
        };
        (0..12).map(answer).collect()
    }

    #[test]
    fn the_coded_transfer_counts_the_source_row() {
        // Off the diagonal half is right: 5 or 6 of 11.
        let answers = [question(0, 0, true, 5), question(1, 0, true, 6)].concat();
        let found = Eclektic::of(&answers).unwrap();
        assert_eq!(found.transfer.value, 0.5);
        assert!((found.transfer_as_coded.value - 0.5417).abs() < 5e-5);
        assert_eq!(found.transfer_as_coded.value, (1.0 + 11.0 * 0.5) / 12.0);
        assert_eq!((found.transfer.hits, found.transfer.of), (11, 22));
        assert_eq!(
            (found.transfer_as_coded.hits, found.transfer_as_coded.of),
            (13, 24)
        );
    }

    #[test]
    fn what_is_not_known_at_its_source_counts_only_for_overall() {
        let answers = [question(0, 0, true, 5), question(1, 0, false, 11)].concat();
        let found = Eclektic::of(&answers).unwrap();
        assert_eq!(found.overall.value, 5.0 / 22.0);
        assert_eq!(found.transfer.value, 5.0 / 11.0);
        assert_eq!((found.questions, found.known), (2, 1));
    }

    #[test]
    fn epochs_are_scored_one_by_one_and_averaged() {
        let answers = [
            question(0, 1, true, 11),
            question(1, 1, true, 11),
            question(0, 2, true, 0),
            question(1, 2, false, 11),
        ];
        let found = Eclektic::of(&answers.concat()).unwrap();
        assert_eq!(found.transfer.value, 0.5);
        assert!((found.transfer.deviation.unwrap() - 0.5f64.sqrt()).abs() < 1e-12);
        // Taken together 22 of 33.
        assert!((found.transfer.pooled.unwrap().value - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(found.epochs, 2);
    }

    #[test]
    fn a_question_never_asked_at_its_source_enters_nowhere() {
        let rest = question(1, 0, true, 3).split_off(1);
        let found = Eclektic::of(&[question(0, 0, true, 5), rest].concat()).unwrap();
        assert_eq!((found.questions, found.without_source), (1, 1));
        assert_eq!(found.overall.of, 11);
        assert_eq!(found.overall.pooled, Err(Refusal::OneQuestion));
    }

    #[test]
    fn too_little_is_told_with_a_reason() {
        assert_eq!(Eclektic::of(&[]), Err(Refusal::Empty));
        assert_eq!(
            Eclektic::of(&question(0, 0, false, 3)),
            Err(Refusal::NothingKnown)
        );
        let across = question(0, 0, true, 3).split_off(1);
        assert_eq!(Eclektic::of(&across), Err(Refusal::NoSource));
        let source = &question(0, 0, true, 3)[..1];
        assert_eq!(Eclektic::of(source), Err(Refusal::OneLanguage));
    }
}
