//! Where accuracy is lost on the way from question to answer: in understanding (U), in the reasoning (R) or in writing the
//! answer down (G). Each is what putting it right would buy. (After arXiv 2510.27269.)

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Accuracy of one language under the four conditions, 0 to 1, and the ceiling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stages {
    /// As asked.
    pub base: f64,
    /// With the question translated.
    pub translated: f64,
    /// As asked, with the answer taken from the trace.
    pub from_trace: f64,
    /// With the question translated and the answer taken from the trace.
    pub both: f64,
    /// The best base accuracy of any language.
    pub ceiling: f64,
}

/// What of the way to the ceiling is lost where, in accuracy. The three add up to the headroom.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Attribution {
    /// Ceiling less base; 0 at the ceiling.
    pub headroom: f64,
    /// Lost in understanding the question.
    pub understanding: f64,
    /// Lost in writing the answer down.
    pub generation: f64,
    /// The rest: lost in the reasoning.
    pub reasoning: f64,
}

impl Attribution {
    /// Splits the headroom; `None` where an accuracy is not finite.
    pub fn of(stages: Stages) -> Option<Attribution> {
        let Stages {
            base,
            translated,
            from_trace,
            both,
            ceiling,
        } = stages;
        let all = [base, translated, from_trace, both, ceiling];
        if !all.iter().all(|accuracy| accuracy.is_finite()) {
            return None;
        }
        let headroom = (ceiling - base).max(0.0);
        let half = |first: f64, second: f64| (0.5 * (first + second)).max(0.0);
        let mut understanding = half(translated - base, both - from_trace);
        let mut generation = half(from_trace - base, both - translated);
        let explained = understanding + generation;
        if explained > headroom {
            understanding *= headroom / explained;
            generation *= headroom / explained;
        }
        Some(Attribution {
            headroom,
            understanding,
            generation,
            reasoning: (headroom - understanding - generation).max(0.0),
        })
    }

    /// Several languages together: those with more headroom weigh more.
    pub fn sum(languages: impl IntoIterator<Item = Attribution>) -> Attribution {
        let none = Attribution {
            headroom: 0.0,
            understanding: 0.0,
            generation: 0.0,
            reasoning: 0.0,
        };
        languages.into_iter().fold(none, |sum, one| Attribution {
            headroom: sum.headroom + one.headroom,
            understanding: sum.understanding + one.understanding,
            generation: sum.generation + one.generation,
            reasoning: sum.reasoning + one.reasoning,
        })
    }

    /// Shares of the headroom: understanding, generation, reasoning. `None` at the ceiling.
    pub fn shares(self) -> Option<[f64; 3]> {
        let parts = [self.understanding, self.generation, self.reasoning];
        (self.headroom > 0.0).then(|| parts.map(|part| part / self.headroom))
    }
}

/// Welch's t-test of two means.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Welch {
    /// Mean of the first less mean of the second.
    pub difference: f64,
    /// Student's t.
    pub t: f64,
    /// Degrees of freedom.
    pub freedom: f64,
    /// How likely a difference at least this large is where there is none; two-sided.
    pub p: f64,
}

/// Whether two means differ, such as the accuracies of a language and of English over seeds (B. L. Welch, 1947). `None` with
/// fewer than two numbers on a side, or where neither side varies: then the test says nothing.
pub fn welch(a: &[f64], b: &[f64]) -> Option<Welch> {
    let side = |numbers: &[f64]| {
        let n = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / n;
        let square: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
        (numbers.len() > 1).then(|| (mean, square / (n - 1.0) / n, n - 1.0))
    };
    let ((mean_a, error_a, n_a), (mean_b, error_b, n_b)) = (side(a)?, side(b)?);
    let error = error_a + error_b;
    let freedom = error * error / (error_a * error_a / n_a + error_b * error_b / n_b);
    let t = (mean_a - mean_b) / error.sqrt();
    if !t.is_finite() || !freedom.is_finite() {
        return None;
    }
    let student = StudentsT::new(0.0, 1.0, freedom).ok()?;
    Some(Welch {
        difference: mean_a - mean_b,
        t,
        freedom,
        p: (2.0 * student.cdf(-t.abs())).min(1.0),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_part_is_the_mean_of_what_it_buys_alone_and_after_the_other() {
        let found = Attribution::of(Stages {
            base: 0.40,
            translated: 0.60,
            from_trace: 0.45,
            both: 0.68,
            ceiling: 0.80,
        })
        .unwrap();
        // U = ((.60 - .40) + (.68 - .45)) / 2, G = ((.45 - .40) + (.68 - .60)) / 2
        assert!((found.understanding - 0.215).abs() < 1e-12);
        assert!((found.generation - 0.065).abs() < 1e-12);
        assert!((found.reasoning - 0.12).abs() < 1e-12);
        let shares = found.shares().unwrap();
        assert!((shares[0] - 0.5375).abs() < 1e-12, "{shares:?}");
    }

    #[test]
    fn more_than_the_headroom_is_scaled_down() {
        let found = Attribution::of(Stages {
            base: 0.5,
            translated: 0.7,
            from_trace: 0.6,
            both: 0.8,
            ceiling: 0.6,
        })
        .unwrap();
        let shares = found.shares().unwrap();
        assert!((shares[0] - 2.0 / 3.0).abs() < 1e-12 && shares[2].abs() < 1e-12);
    }

    #[test]
    fn languages_weigh_by_their_headroom() {
        let of = |headroom, understanding| Attribution {
            headroom,
            understanding,
            generation: 0.0,
            reasoning: headroom - understanding,
        };
        let all = Attribution::sum([of(0.3, 0.3), of(0.1, 0.0)]);
        assert!((all.shares().unwrap()[0] - 0.75).abs() < 1e-12);
        assert_eq!(Attribution::sum([]).shares(), None);
    }

    #[test]
    fn welch_gives_the_values_of_scipy() {
        // scipy.stats.ttest_ind(a, b, equal_var=False)
        let found = welch(&[0.70, 0.74, 0.69, 0.50], &[0.80, 0.78, 0.83]).unwrap();
        assert!((found.t - -2.626_018).abs() < 1e-6, "{found:?}");
        assert!((found.freedom - 3.429_322).abs() < 1e-6, "{found:?}");
        assert!((found.p - 0.068_418).abs() < 1e-6, "{found:?}");
        assert_eq!(welch(&[0.5], &[0.4, 0.6]), None);
        assert_eq!(welch(&[0.5, 0.5], &[0.5, 0.5]), None);
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_headroom(all in proptest::array::uniform5(0.0f64..=1.0)) {
            let [base, translated, from_trace, both, ceiling] = all;
            let stages = Stages { base, translated, from_trace, both, ceiling };
            let found = Attribution::of(stages).unwrap();
            let sum = found.understanding + found.generation + found.reasoning;
            prop_assert!((sum - found.headroom).abs() < 1e-9);
            prop_assert!(found.understanding >= 0.0 && found.generation >= 0.0);
        }
    }
}
