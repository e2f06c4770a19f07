//! What is carried over from the language in which a thing is known to another: the scores of the benchmarks, and what lies
//! behind them. Each is of one run, so that the caller gives the answers of one model under one condition.

mod eclektic;
mod lift;
mod multiloko;
mod overlap;
mod variance;
mod vote;
mod xfakt;

pub use eclektic::{Eclektic, Score};
pub use lift::{Lift, Paired};
pub use multiloko::{Language, MultiLoKo, OverLanguages};
pub use overlap::{Overlap, overlaps};
pub use variance::{ResponseVariance, Split};
pub use vote::{Choice, Vote, Voted};
pub use xfakt::{XFakt, XFaktRates};

/// One answer that is right or wrong. Codes are the caller's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Code of the question.
    pub question: u32,
    /// Code of the language in which the knowledge is local.
    pub source: u32,
    /// Code of the language in which the question was asked.
    pub target: u32,
    /// Number of the sample.
    pub epoch: u32,
    /// The answer is right.
    pub right: bool,
}

impl Answer {
    /// The question was asked in its source language.
    pub fn is_at_source(&self) -> bool {
        self.source == self.target
    }

    /// 1 or 0.
    fn score(&self) -> f64 {
        f64::from(u8::from(self.right))
    }
}

/// Right more often than wrong; a tie is not.
fn most<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> bool {
    let ahead = |ahead, answer: &Answer| ahead + if answer.right { 1 } else { -1 };
    answers.into_iter().fold(0, ahead) > 0
}

/// Mean, and twice its standard error; the error of one number is none.
fn mean_and_margin(numbers: &[f64]) -> Option<(f64, Option<f64>)> {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    let margin = deviation(numbers).map(|deviation| 2.0 * deviation / n.sqrt());
    (!numbers.is_empty()).then_some((mean, margin))
}

/// Standard deviation of a sample (n - 1); of one number there is none.
fn deviation(numbers: &[f64]) -> Option<f64> {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    let square: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
    (numbers.len() > 1).then(|| (square / (n - 1.0)).sqrt())
}
