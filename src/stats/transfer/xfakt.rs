//! The three scores of X-FaKT: facts recalled at all, and facts recalled equally well where the language of the question is
//! not that of the country.

use serde::Serialize;

use super::Answer;
use crate::stats::Refusal;
use crate::stats::attribution::{Welch, welch};

/// Error rates of X-FaKT, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct XFaktRates {
    /// Where the language is that of the fact.
    pub at_source: f64,
    /// Elsewhere.
    pub elsewhere: f64,
}

/// Scores of X-FaKT, 0 to 1; 1 is best.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct XFakt {
    /// The rates they come from.
    pub rates: XFaktRates,
    /// Factual recall.
    pub recall: f64,
    /// Knowledge transfer.
    pub transfer: f64,
    /// Harmonic mean of both.
    pub score: f64,
    /// Whether errors elsewhere differ from those at the source, taking all answers for independent, which they are not.
    pub test: Option<Welch>,
}

impl XFaktRates {
    /// Factual recall, knowledge transfer, and their harmonic mean.
    pub fn scores(self) -> (f64, f64, f64) {
        let (elsewhere, at_source) = (self.elsewhere, self.at_source);
        let recall = 1.5 * (1.0 / (elsewhere + at_source + 1.0) - 1.0 / 3.0);
        let transfer = 2.0 * (1.0 / ((elsewhere - at_source).abs() + 1.0) - 0.5);
        // Both are 0 for no rates: recall only where both are 1, and then transfer is 1.
        let score = 2.0 * recall * transfer / (recall + transfer);
        (recall, transfer, score)
    }
}

impl XFakt {
    /// Counts the answers of one run, all epochs together; each answer counts the same.
    ///
    /// # Errors
    /// No question was asked in its source language, or none in another.
    pub fn of(answers: &[Answer]) -> Result<XFakt, Refusal> {
        let errors = |at_source: bool| {
            let of = answers
                .iter()
                .filter(|answer| answer.is_at_source() == at_source);
            of.map(|answer| 1.0 - answer.score()).collect::<Vec<f64>>()
        };
        let (at_source, elsewhere) = (errors(true), errors(false));
        match (at_source.len(), elsewhere.len()) {
            (0, 0) => return Err(Refusal::Empty),
            (0, _) => return Err(Refusal::NoSource),
            (_, 0) => return Err(Refusal::OneLanguage),
            _ => {}
        }
        let mean = |errors: &[f64]| errors.iter().sum::<f64>() / errors.len() as f64;
        let rates = XFaktRates {
            at_source: mean(&at_source),
            elsewhere: mean(&elsewhere),
        };
        let (recall, transfer, score) = rates.scores();
        Ok(XFakt {
            rates,
            recall,
            transfer,
            score,
            test: welch(&elsewhere, &at_source),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_ends_of_the_scale_are_0_and_1() {
        let scores = |at_source, elsewhere| {
            XFaktRates {
                at_source,
                elsewhere,
            }
            .scores()
        };
        assert_eq!(scores(0.0, 0.0), (1.0, 1.0, 1.0));
        let none = scores(1.0, 1.0);
        assert!(none.0.abs() < 1e-15 && none.1 == 1.0 && none.2.abs() < 1e-15);
        let local = scores(0.0, 1.0);
        assert!((local.0 - 0.25).abs() < 1e-12 && local.1 == 0.0 && local.2 == 0.0);
        // By hand: 1.5 (1 / 1.6 - 1 / 3) = .4375; 2 (1 / 1.2 - 1 / 2) = .6667; 2 · .4375 · .6667 / 1.1042 = .5283
        let some = scores(0.2, 0.4);
        assert!((some.0 - 0.4375).abs() < 1e-12 && (some.1 - 2.0 / 3.0).abs() < 1e-12);
        assert!((some.2 - 0.528_302).abs() < 1e-6, "{some:?}");
    }

    #[test]
    fn rates_are_counted_at_the_source_and_elsewhere() {
        let answer = |question, target, right| Answer {
            question,
            source: 0,
            target,
            epoch: 1,
            right,
        };
        let answers = [
            answer(0, 0, true),
            answer(1, 0, true),
            answer(2, 0, false),
            answer(0, 1, false),
            answer(1, 1, true),
        ];
        let found = XFakt::of(&answers).unwrap();
        assert!((found.rates.at_source - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(found.rates.elsewhere, 0.5);
        assert!(found.test.unwrap().t > 0.0);
        assert_eq!(XFakt::of(&answers[..3]), Err(Refusal::OneLanguage));
        assert_eq!(XFakt::of(&answers[3..]), Err(Refusal::NoSource));
        assert_eq!(XFakt::of(&[]), Err(Refusal::Empty));
    }
}
