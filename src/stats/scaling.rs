//! How accuracy grows with the number of training languages: y = a·x^b. The fit leaves out x = 1, and what one language
//! reaches is held against it. (The form is that of arXiv 2510.02272; its numbers and weights are not known.)

use serde::Serialize;
use thiserror::Error;

/// A power law.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scaling {
    /// What the law says for x = 1.
    pub a: f64,
    /// The exponent.
    pub b: f64,
    /// Points it was fitted on: all but those at x = 1.
    pub points: usize,
    /// Root of the mean square of what is left in the logarithm; nothing where two values of x leave nothing.
    pub left: Option<f64>,
    /// What one language reaches, against the law.
    pub at_one: Result<Residual, NoScaling>,
}

/// One training language against what the law says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Residual {
    /// Mean of the points at x = 1.
    pub seen: f64,
    /// What the law says: `a`.
    pub predicted: f64,
    /// Seen less predicted; below 0 where one language falls short of the law.
    pub residual: f64,
}

/// Why there is no power law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoScaling {
    /// Two numbers of languages are needed.
    #[error(
        "A power law needs runs with at least two different numbers of training languages above one."
    )]
    TooFew,
    /// No logarithm.
    #[error("An accuracy is 0 or below, so its logarithm is undefined.")]
    NotPositive,
    /// Half a language.
    #[error("A number of training languages is below one or not finite.")]
    NoLanguage,
    /// Nothing to hold against the law.
    #[error(
        "No run was trained on one language, so there is nothing to compare with what the law says for one."
    )]
    NoneAtOne,
}

impl Scaling {
    /// Least squares on the logarithms of points (x, y): number of training languages, accuracy.
    ///
    /// # Errors
    /// The law is undefined.
    pub fn fit(points: &[(f64, f64)]) -> Result<Scaling, NoScaling> {
        if points.iter().any(|(x, _)| !x.is_finite() || *x < 1.0) {
            return Err(NoScaling::NoLanguage);
        }
        if points.iter().any(|(_, y)| !y.is_finite() || *y <= 0.0) {
            return Err(NoScaling::NotPositive);
        }
        let (one, more): (Vec<_>, Vec<_>) = points.iter().partition(|(x, _)| *x == 1.0);
        let logs: Vec<(f64, f64)> = more.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
        let mut numbers: Vec<f64> = logs.iter().map(|(x, _)| *x).collect();
        numbers.sort_unstable_by(f64::total_cmp);
        numbers.dedup();
        if numbers.len() < 2 {
            return Err(NoScaling::TooFew);
        }
        let n = logs.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / n;
        let (x, y) = (mean(|point| point.0), mean(|point| point.1));
        let (cross, square) = logs.iter().fold((0.0, 0.0), |sum, point| {
            let off = point.0 - x;
            (sum.0 + off * (point.1 - y), sum.1 + off * off)
        });
        let b = cross / square;
        let a = (y - b * x).exp();
        let off = logs.iter().map(|point| point.1 - a.ln() - b * point.0);
        let left = off.map(|off| off * off).sum::<f64>();
        let seen = one.iter().map(|(_, y)| y).sum::<f64>() / one.len() as f64;
        Ok(Scaling {
            a,
            b,
            points: logs.len(),
            left: (numbers.len() > 2).then(|| (left / n).sqrt()),
            at_one: match one.is_empty() {
                true => Err(NoScaling::NoneAtOne),
                false => Ok(Residual {
                    seen,
                    predicted: a,
                    residual: seen - a,
                }),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_power_law_is_found_and_one_language_held_against_it() {
        let law = |x: f64| (x, 0.4 * x.powf(0.15));
        let found = Scaling::fit(&[(1.0, 0.31), law(2.0), law(3.0), law(6.0), law(6.0)]).unwrap();
        assert!((found.a - 0.4).abs() < 1e-12 && (found.b - 0.15).abs() < 1e-12);
        assert_eq!(found.points, 4);
        assert!(found.left.unwrap() < 1e-12);
        assert!((found.at_one.unwrap().residual + 0.09).abs() < 1e-12);
    }

    #[test]
    fn the_point_at_one_does_not_move_the_law() {
        let more = [(2.0, 0.5), (4.0, 0.55), (7.0, 0.6)];
        let with = Scaling::fit(&[&[(1.0, 0.01)], &more[..]].concat()).unwrap();
        let without = Scaling::fit(&more).unwrap();
        assert_eq!((with.a, with.b), (without.a, without.b));
        assert_eq!(without.at_one, Err(NoScaling::NoneAtOne));
    }

    #[test]
    fn an_undefined_law_is_refused_with_a_reason() {
        for (points, reason) in [
            (&[][..], NoScaling::TooFew),
            (&[(1.0, 0.3), (2.0, 0.4)], NoScaling::TooFew),
            (&[(2.0, 0.3), (2.0, 0.4)], NoScaling::TooFew),
            (&[(2.0, 0.0), (3.0, 0.4)], NoScaling::NotPositive),
            (&[(2.0, f64::NAN), (3.0, 0.4)], NoScaling::NotPositive),
            (&[(0.0, 0.3), (3.0, 0.4)], NoScaling::NoLanguage),
        ] {
            assert_eq!(Scaling::fit(points), Err(reason), "{points:?}");
        }
        assert_eq!(Scaling::fit(&[(2.0, 0.3), (3.0, 0.4)]).unwrap().left, None);
    }
}
