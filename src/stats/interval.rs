//! Intervals of rates, of differences, and of means in which a question counts once.

use std::collections::BTreeMap;

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::Refusal;

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

/// Any number with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The number itself.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Estimate {
    /// The same on another scale that keeps the order, such as odds ratios for log odds.
    pub fn map(self, scale: impl Fn(f64) -> f64) -> Estimate {
        Estimate {
            value: scale(self.value),
            low: scale(self.low),
            high: scale(self.high),
        }
    }
}

/// Standard normal quantile at .975.
pub(super) const Z: f64 = 1.959_963_984_540_054;

/// Wilson's score interval of `hits` out of `n`; `None` where there is nothing to count. (E. B. Wilson, 1927; formula 4
/// in R. G. Newcombe, Two-sided confidence intervals for the single proportion, 1998.)
pub fn wilson(hits: usize, n: usize) -> Option<Interval> {
    if n == 0 {
        return None;
    }
    let found = wilson_of(hits as f64 / n as f64, n as f64);
    Some(Interval {
        rate: found.value,
        low: found.low,
        high: found.high,
    })
}

/// Wilson's interval of a rate among what is worth `n` independent rows.
fn wilson_of(rate: f64, n: f64) -> Estimate {
    let spread = Z * (rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n)).sqrt();
    let (middle, scale) = (rate + Z * Z / (2.0 * n), 1.0 + Z * Z / n);
    let end = |end: f64| (end / scale).clamp(0.0, 1.0);
    Estimate {
        value: rate,
        low: end(middle - spread),
        high: end(middle + spread),
    }
}

/// Difference of two independent rates, `a` minus `b`, each as hits and count, by Newcombe's hybrid score interval; `None`
/// where one of them counts nothing. (R. G. Newcombe, Interval estimation for the difference between independent
/// proportions, 1998, method 10.) Rows of one question are not independent: for those, see [`contrast`].
pub fn newcombe(a: (usize, usize), b: (usize, usize)) -> Option<Estimate> {
    let (a, b) = (wilson(a.0, a.1)?, wilson(b.0, b.1)?);
    let value = a.rate - b.rate;
    Some(Estimate {
        value,
        low: value - (a.rate - a.low).hypot(b.high - b.rate),
        high: value + (a.high - a.rate).hypot(b.rate - b.low),
    })
}

/// A mean over rows of several questions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Clustered {
    /// The mean, with an interval clustered by question.
    pub mean: Estimate,
    /// Its standard error, clustered by question.
    pub se: f64,
    /// What the standard error would be if all rows were independent, which they are not.
    pub naive_se: f64,
    /// Rows.
    pub rows: usize,
    /// Questions.
    pub questions: usize,
}

/// Mean of scores, given with the code of their question, with a standard error clustered by question (E. Miller, Adding
/// Error Bars to Evals, 2024). The interval is by Student's t with as many degrees of freedom as there are questions, less
/// one: with few questions the normal one is too narrow.
///
/// # Errors
/// There are fewer than two questions, or a score is not finite.
pub fn clustered(scores: &[(u32, f64)]) -> Result<Clustered, Refusal> {
    if scores.is_empty() {
        return Err(Refusal::Empty);
    }
    if scores.iter().any(|(_, score)| !score.is_finite()) {
        return Err(Refusal::OutOfRange);
    }
    let n = scores.len() as f64;
    let mean = scores.iter().map(|(_, score)| score).sum::<f64>() / n;
    let mut questions: BTreeMap<u32, f64> = BTreeMap::new();
    for (question, score) in scores {
        *questions.entry(*question).or_default() += score - mean;
    }
    if questions.len() < 2 {
        return Err(Refusal::OneQuestion);
    }
    let own: f64 = scores.iter().map(|(_, score)| (score - mean).powi(2)).sum();
    let together: f64 = questions.values().map(|sum| sum * sum).sum();
    let naive = own / (n * (n - 1.0));
    let se = (naive + (together - own) / (n * n)).max(0.0).sqrt();
    Ok(Clustered {
        mean: around(mean, se, questions.len()),
        se,
        naive_se: naive.sqrt(),
        rows: scores.len(),
        questions: questions.len(),
    })
}

/// A share over questions, each given as its part and its whole: the sum of the parts by the sum of the wholes. The
/// interval is clustered by question, by the delta method and Student's t as in [`clustered`].
///
/// # Errors
/// There are fewer than two questions with something to count, or a number is not finite.
pub fn ratio(questions: &[(f64, f64)]) -> Result<Estimate, Refusal> {
    let (value, se, counted) = ratio_and_error(questions)?;
    Ok(around(value, se, counted))
}

/// A ratio, its error, and the questions that count.
fn ratio_and_error(questions: &[(f64, f64)]) -> Result<(f64, f64, usize), Refusal> {
    let counted = questions
        .iter()
        .filter(|(part, whole)| *part != 0.0 || *whole != 0.0)
        .count();
    let (part, whole) = questions.iter().fold((0.0, 0.0), |sum, question| {
        (sum.0 + question.0, sum.1 + question.1)
    });
    let value = part / whole;
    match counted {
        0 => Err(Refusal::Empty),
        _ if !value.is_finite() => Err(Refusal::OutOfRange),
        1 => Err(Refusal::OneQuestion),
        _ => {
            let off = questions
                .iter()
                .map(|(part, of)| (part - value * of) / whole);
            Ok((value, spread(off, counted), counted))
        }
    }
}

/// The same for shares from 0 to 1, with an interval that stays there and does not shrink to nothing where all is right or
/// all wrong: Wilson's, of as many independent rows as the clustered error is worth. (After E. L. Korn and B. I. Graubard,
/// 1998, who do so for another interval.)
///
/// # Errors
/// As [`clustered`]; or a score is outside 0 to 1.
pub fn clustered_share(scores: &[(u32, f64)]) -> Result<Clustered, Refusal> {
    if scores.iter().any(|(_, score)| !(0.0..=1.0).contains(score)) {
        return Err(Refusal::OutOfRange);
    }
    let found = clustered(scores)?;
    let mean = within(
        found.mean.value,
        found.se,
        found.rows as f64,
        found.questions,
    );
    Ok(Clustered { mean, ..found })
}

/// [`ratio`] for shares from 0 to 1, with the interval of [`clustered_share`].
///
/// # Errors
/// As [`ratio`]; or a part is larger than its whole.
pub fn share(questions: &[(f64, f64)]) -> Result<Estimate, Refusal> {
    if questions
        .iter()
        .any(|(part, whole)| !(0.0..=*whole).contains(part))
    {
        return Err(Refusal::OutOfRange);
    }
    let (found, se, counted) = ratio_and_error(questions)?;
    let rows = questions.iter().map(|(_, whole)| whole).sum();
    Ok(within(found, se, rows, counted))
}

/// Wilson's interval of a share whose clustered error is known. Where nothing varies, a question is worth one row.
pub(super) fn within(share: f64, se: f64, rows: f64, questions: usize) -> Estimate {
    let worth = share * (1.0 - share) / (se * se);
    let worth = if worth.is_finite() && se > 1e-12 {
        worth.min(rows)
    } else {
        questions as f64
    };
    let t = student(questions);
    wilson_of(share, worth * (Z / t).powi(2))
}

/// What changed for one question in one language between two conditions or runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Code of the question.
    pub question: u32,
    /// Source and target script differ.
    pub cross: bool,
    /// Score after less score before, -1 to 1.
    pub by: f64,
}

/// Changes where scripts differ against changes where they are the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Contrast {
    /// Mean change where the script is the same.
    pub same: Estimate,
    /// Mean change where scripts differ.
    pub cross: Estimate,
    /// Difference of differences: `cross` less `same`.
    pub difference: Estimate,
    /// Rows where the script is the same.
    pub same_rows: usize,
    /// Rows where scripts differ.
    pub cross_rows: usize,
    /// Questions.
    pub questions: usize,
}

/// Difference of differences, with intervals clustered by question as in [`ratio`].
///
/// # Errors
/// One side is missing or has fewer than two questions.
pub fn contrast(changes: &[Change]) -> Result<Contrast, Refusal> {
    let questions = by_question(changes);
    let side = |cross: bool| {
        let sums = questions.values().map(|sums| sums[usize::from(cross)]);
        sums.collect::<Vec<(f64, f64)>>()
    };
    let rows = |cross: bool| {
        changes
            .iter()
            .filter(|change| change.cross == cross)
            .count()
    };
    let (same_rows, cross_rows) = (rows(false), rows(true));
    match (same_rows, cross_rows) {
        (0, 0) => return Err(Refusal::Empty),
        (0, _) | (_, 0) => return Err(Refusal::OneSide),
        _ => {}
    }
    let (same, cross) = (ratio(&side(false))?, ratio(&side(true))?);
    let off = questions.values().map(|[same_sum, cross_sum]| {
        (cross_sum.0 - cross.value * cross_sum.1) / cross_rows as f64
            - (same_sum.0 - same.value * same_sum.1) / same_rows as f64
    });
    let difference = cross.value - same.value;
    Ok(Contrast {
        same,
        cross,
        difference: around(difference, spread(off, questions.len()), questions.len()),
        same_rows,
        cross_rows,
        questions: questions.len(),
    })
}

/// Sum and count of the changes of each question: same script, then cross.
pub(super) fn by_question(changes: &[Change]) -> BTreeMap<u32, [(f64, f64); 2]> {
    let mut questions: BTreeMap<u32, [(f64, f64); 2]> = BTreeMap::new();
    for change in changes {
        let sums = questions.entry(change.question).or_default();
        let (sum, count) = &mut sums[usize::from(change.cross)];
        *sum += change.by;
        *count += 1.0;
    }
    questions
}

/// Standard error of a sum over questions, from how far each is off.
fn spread(off: impl Iterator<Item = f64>, questions: usize) -> f64 {
    let n = questions as f64;
    (off.map(|off| off * off).sum::<f64>() * n / (n - 1.0)).sqrt()
}

/// An interval by Student's t with one degree of freedom less than there are questions.
pub(super) fn around(value: f64, se: f64, questions: usize) -> Estimate {
    let t = student(questions);
    Estimate {
        value,
        low: value - t * se,
        high: value + t * se,
    }
}

/// Quantile of Student's t at .975, with one degree of freedom less than there are questions.
fn student(questions: usize) -> f64 {
    let freedom = questions.saturating_sub(1).max(1) as f64;
    StudentsT::new(0.0, 1.0, freedom).map_or(Z, |t| t.inverse_cdf(0.975))
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
            (0, 10, 0.0, 0.2775),
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

    #[test]
    fn newcombe_gives_the_published_values() {
        let found = newcombe((56, 70), (48, 80)).unwrap();
        assert!((found.value - 0.2).abs() < 1e-12);
        assert!((found.low - 0.0524).abs() < 5e-5, "{found:?}");
        assert!((found.high - 0.3339).abs() < 5e-5, "{found:?}");
        let turned = newcombe((48, 80), (56, 70)).unwrap();
        assert!((turned.low + found.high).abs() < 1e-12);
        assert_eq!(newcombe((1, 2), (0, 0)), None);
    }

    #[test]
    fn one_row_a_question_is_no_cluster() {
        let scores: Vec<_> = (0..20).map(|n| (n, f64::from(n % 3))).collect();
        let found = clustered(&scores).unwrap();
        assert!((found.se - found.naive_se).abs() < 1e-15);
    }

    #[test]
    fn copies_of_a_row_say_nothing_new() {
        // Each score ten times: naively the error shrinks by the root of ten, clustered it stays (but for n - 1).
        let scores: Vec<_> = (0..400).map(|n| (n / 10, f64::from(n / 10 % 2))).collect();
        let once: Vec<_> = (0..40).map(|n| (n, f64::from(n % 2))).collect();
        let (found, once) = (clustered(&scores).unwrap(), clustered(&once).unwrap());
        assert!(
            (found.se / once.se - 1.0).abs() < 0.02,
            "{found:?} {once:?}"
        );
        assert!(found.naive_se < 0.35 * found.se);
    }

    #[test]
    fn the_clustered_error_is_the_double_sum_of_its_source() {
        let scores = [(1, 1.0), (1, 0.0), (1, 1.0), (2, 0.0), (2, 0.0), (3, 1.0)];
        let n = scores.len() as f64;
        let mean = 0.5;
        let mut sum = 0.0;
        for (i, a) in scores.iter().enumerate() {
            for (j, b) in scores.iter().enumerate() {
                if i != j && a.0 == b.0 {
                    sum += (a.1 - mean) * (b.1 - mean);
                }
            }
        }
        let own: f64 = scores.iter().map(|(_, s)| (s - mean) * (s - mean)).sum();
        let by_hand = (own / (n * (n - 1.0)) + sum / (n * n)).sqrt();
        assert!((clustered(&scores).unwrap().se - by_hand).abs() < 1e-15);
    }

    #[test]
    fn a_share_of_questions_of_one_row_has_the_usual_error() {
        let rows: Vec<_> = (0..50)
            .map(|n| (f64::from(u8::from(n % 5 == 0)), 1.0))
            .collect();
        let found = ratio(&rows).unwrap();
        let se = (0.2 * 0.8 / 49.0f64).sqrt();
        assert!((found.value - 0.2).abs() < 1e-12);
        // Student's t for 49 degrees of freedom at .975
        assert!((found.high - 0.2 - 2.009_575 * se).abs() < 1e-6);
    }

    #[test]
    fn a_hint_that_helps_only_across_scripts_is_a_difference_of_differences() {
        let change = |question, cross, by| Change {
            question,
            cross,
            by,
        };
        let changes: Vec<_> = (0..20)
            .flat_map(|q| {
                [
                    change(q, false, 0.0),
                    change(q, true, f64::from(u8::from(q % 2 == 0))),
                    change(q, true, f64::from(u8::from(q % 4 == 0))),
                ]
            })
            .collect();
        let found = contrast(&changes).unwrap();
        assert_eq!(
            (found.same_rows, found.cross_rows, found.questions),
            (20, 40, 20)
        );
        assert!((found.difference.value - 0.375).abs() < 1e-12);
        assert!((found.cross.value - 0.375).abs() < 1e-12);
        assert!(found.difference.low > 0.0);
        assert_eq!(found.same.low, 0.0);
        assert_eq!(contrast(&changes[..1]), Err(Refusal::OneSide));
        assert_eq!(contrast(&changes[..3]), Err(Refusal::OneQuestion));
        assert_eq!(contrast(&[]), Err(Refusal::Empty));
    }

    #[test]
    fn the_interval_of_a_share_stays_within_0_and_1() {
        let rows = |n: u32, right: fn(u32) -> bool| -> Vec<(u32, f64)> {
            (0..n)
                .map(|n| (n / 5, f64::from(u8::from(right(n / 5)))))
                .collect()
        };
        // Ten questions always right, five rows each: ten rows, not fifty.
        let all = clustered_share(&rows(50, |_| true)).unwrap().mean;
        let ten = wilson(10, 10).unwrap();
        assert!(all.low < ten.low && all.low > 0.6, "{all:?}");
        assert_eq!((all.value, all.high), (1.0, 1.0));
        // Questions that are all right or all wrong are worth one row each; Student's t takes some more.
        let half = clustered_share(&rows(500, |question| question % 10 == 0))
            .unwrap()
            .mean;
        let hundred = wilson(10, 100).unwrap();
        assert!(
            half.low < hundred.low && half.low > hundred.low - 0.003,
            "{half:?}"
        );
        // Independent rows are worth what they are.
        let single: Vec<_> = (0..1000)
            .map(|n| (f64::from(u8::from(n % 4 == 0)), 1.0))
            .collect();
        let (found, plain) = (share(&single).unwrap(), wilson(250, 1000).unwrap());
        assert!((found.low - plain.low).abs() < 2e-4 && (found.high - plain.high).abs() < 2e-4);
        assert_eq!(share(&[(2.0, 1.0), (0.0, 1.0)]), Err(Refusal::OutOfRange));
        assert_eq!(
            clustered_share(&[(0, -1.0), (1, 0.0)]),
            Err(Refusal::OutOfRange)
        );
    }

    #[test]
    fn the_interval_of_a_share_holds_the_truth_nine_times_in_ten() {
        // Thirty questions of twelve rows, right nine times in ten, and alike within a question.
        let mut chance = fastrand::Rng::with_seed(4);
        let (mut held, mut naive) = (0, 0);
        for _ in 0..1000 {
            let mut scores = Vec::new();
            for question in 0..30 {
                let rate = if chance.f64() < 0.2 { 0.5 } else { 1.0 };
                let right = |chance: &mut fastrand::Rng| f64::from(u8::from(chance.f64() < rate));
                scores.extend((0..12).map(|_| (question, right(&mut chance))));
            }
            let found = clustered_share(&scores).unwrap();
            held += u32::from(found.mean.low <= 0.9 && 0.9 <= found.mean.high);
            naive += u32::from((found.mean.value - 0.9).abs() <= Z * found.naive_se);
        }
        assert!(held >= 920, "{held}");
        assert!(naive < 850, "{naive}");
    }

    #[test]
    fn too_little_is_told_and_not_counted() {
        assert_eq!(clustered(&[]), Err(Refusal::Empty));
        assert_eq!(clustered(&[(1, 1.0), (1, 0.0)]), Err(Refusal::OneQuestion));
        assert_eq!(
            clustered(&[(1, f64::NAN), (2, 0.0)]),
            Err(Refusal::OutOfRange)
        );
        assert_eq!(ratio(&[(0.0, 0.0)]), Err(Refusal::Empty));
        assert_eq!(ratio(&[(1.0, 2.0), (0.0, 0.0)]), Err(Refusal::OneQuestion));
    }
}
