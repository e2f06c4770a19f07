//! What a hint buys: the same questions in the same languages under two conditions.

use serde::Serialize;

use crate::stats::{Change, Clustered, Refusal, clustered};

/// One question in one language under two conditions, each as the share of right answers over epochs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paired {
    /// Code of the question.
    pub question: u32,
    /// Source and target script differ.
    pub cross: bool,
    /// Without the hint.
    pub before: f64,
    /// With it.
    pub after: f64,
}

impl Paired {
    /// By how much the second condition is better; for a difference of differences, see [`crate::stats::contrast`].
    pub fn change(&self) -> Change {
        Change {
            question: self.question,
            cross: self.cross,
            by: self.after - self.before,
        }
    }
}

/// What a hint buys.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Lift {
    /// Mean of `after` less `before`, with an interval clustered by question.
    pub lift: Clustered,
    /// Mean without the hint.
    pub before: f64,
    /// Mean with it.
    pub after: f64,
    /// Pairs that are better with the hint.
    pub gains: usize,
    /// Pairs that are worse.
    pub losses: usize,
}

impl Lift {
    /// Counts pairs, such as those of one pair of scripts.
    ///
    /// # Errors
    /// There are fewer than two questions, or a share is not finite.
    pub fn of(pairs: &[Paired]) -> Result<Lift, Refusal> {
        let changes = pairs.iter().map(|pair| (pair.question, pair.change().by));
        let lift = clustered(&changes.collect::<Vec<_>>())?;
        let mean = |of: fn(&Paired) -> f64| pairs.iter().map(of).sum::<f64>() / pairs.len() as f64;
        let count = |is: fn(f64) -> bool| pairs.iter().filter(|pair| is(pair.change().by)).count();
        Ok(Lift {
            lift,
            before: mean(|pair| pair.before),
            after: mean(|pair| pair.after),
            gains: count(|by| by > 0.0),
            losses: count(|by| by < 0.0),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn gains_and_losses_add_up_to_the_lift() {
        let pair = |question, before: u8, after: u8| Paired {
            question,
            cross: true,
            before: f64::from(before),
            after: f64::from(after),
        };
        let pairs = [
            pair(0, 0, 1),
            pair(0, 0, 1),
            pair(1, 1, 0),
            pair(2, 1, 1),
            pair(3, 0, 1),
        ];
        let found = Lift::of(&pairs).unwrap();
        assert_eq!((found.gains, found.losses), (3, 1));
        assert!((found.lift.mean.value - 0.4).abs() < 1e-12);
        assert!((found.after - found.before - 0.4).abs() < 1e-12);
        assert_eq!(found.lift.questions, 4);
        assert_eq!(Lift::of(&pairs[..2]), Err(Refusal::OneQuestion));
        assert_eq!(Lift::of(&[]), Err(Refusal::Empty));
    }
}
