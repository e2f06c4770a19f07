//! Intervals of rates.

use serde::Serialize;

/// A rate with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The rate itself, 0 to 1.
    pub rate: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Standard normal quantile at .975.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's score interval of `hits` out of `n`; `None` where there is nothing to count. (E. B. Wilson, 1927; formula 4
/// in R. G. Newcombe, Two-sided confidence intervals for the single proportion, 1998.)
pub fn wilson(hits: usize, n: usize) -> Option<Interval> {
    if n == 0 {
        return None;
    }
    let (hits, n) = (hits as f64, n as f64);
    let rate = hits / n;
    let spread = Z * (rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n)).sqrt();
    let (middle, scale) = (rate + Z * Z / (2.0 * n), 1.0 + Z * Z / n);
    let end = |end: f64| (end / scale).clamp(0.0, 1.0);
    Some(Interval {
        rate,
        low: end(middle - spread),
        high: end(middle + spread),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn wilson_gives_the_published_values() {
        for (hits, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
            (10, 10, 0.7225, 1.0),
            (7, 10, 0.3968, 0.8922),
            (3, 12, 0.0889, 0.5323),
        ] {
            let found = wilson(hits, n).unwrap();
            assert!(
                (found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5,
                "{hits}/{n}: {found:?}"
            );
        }
        assert_eq!(wilson(0, 0), None);
    }
}
