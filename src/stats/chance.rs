//! Could it be chance: McNemar's test of paired outcomes, and tests made many times.

use serde::Serialize;
use statrs::function::erf::erfc;

/// McNemar's test by the chi-square distribution with one degree of freedom. Rows must not depend on each other: with
/// several languages a question use a test by question instead.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct McNemar {
    /// Chi-square.
    pub chi_square: f64,
    /// Its p; two-sided.
    pub p: f64,
    /// Chi-square with the correction for continuity.
    pub corrected: f64,
    /// Its p.
    pub corrected_p: f64,
}

/// Tests pairs of which only the first, or only the second, is right (Q. McNemar, 1947); `None` where there are neither.
pub fn mcnemar(only_a: usize, only_b: usize) -> Option<McNemar> {
    let (all, apart) = ((only_a + only_b) as f64, only_a.abs_diff(only_b) as f64);
    let chi_square = apart * apart / all;
    let corrected = (apart - 1.0).max(0.0).powi(2) / all;
    (all > 0.0).then(|| McNemar {
        chi_square,
        p: erfc((chi_square / 2.0).sqrt()),
        corrected,
        corrected_p: erfc((corrected / 2.0).sqrt()),
    })
}

/// p-values of several tests made at once, such as one for each pair of languages, each raised so that the chance of a
/// single wrong one stays below the usual bound (S. Holm, 1979).
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut raised = vec![0.0; p.len()];
    let mut highest: f64 = 0.0;
    for (rank, at) in order.into_iter().enumerate() {
        highest = highest.max(p[at] * (p.len() - rank) as f64).min(1.0);
        raised[at] = highest;
    }
    raised
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn mcnemar_gives_the_published_values() {
        let test = mcnemar(86, 150).unwrap();
        assert!((test.chi_square - 17.3559).abs() < 5e-5);
        assert!((test.corrected - 16.8178).abs() < 5e-5);
        assert!((test.p - 3.10e-5).abs() < 5e-8, "{}", test.p);
        assert!(
            (test.corrected_p - 4.11e-5).abs() < 5e-8,
            "{}",
            test.corrected_p
        );
        let test = mcnemar(121, 59).unwrap();
        assert!((test.chi_square - 21.3556).abs() < 5e-5);
        assert!((test.corrected - 20.6722).abs() < 5e-5);
        assert_eq!(mcnemar(0, 0), None);
        assert_eq!(mcnemar(3, 3).unwrap().corrected_p, 1.0);
    }

    #[test]
    fn the_smallest_of_many_is_raised_most() {
        // As statsmodels' multipletests(method="holm").
        let raised = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (is, should) in raised.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((is - should).abs() < 1e-12, "{raised:?}");
        }
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }
}
