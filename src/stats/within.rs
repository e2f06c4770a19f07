//! Does something go with being right, within the same question? Such as a lost name.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Refusal;
use super::resample::{self, Percentile, Plan, Watch};

/// One response that is right or wrong, and that has or lacks what is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    /// Code of the question.
    pub question: u32,
    /// Code of the model, or of the run.
    pub model: u32,
    /// It has what is asked about, such as a lost name.
    pub marked: bool,
    /// It is right.
    pub right: bool,
}

/// Odds of being right with the mark against those without, among responses of one model to one question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WithinOdds {
    /// The odds ratio of N. Mantel and W. Haenszel (1959), with one stratum for each question and model; below 1 where the
    /// mark goes with being wrong. The interval draws whole questions.
    pub odds_ratio: Percentile,
    /// Questions that say something: a marked and an unmarked response, one of them right and one wrong.
    pub questions: usize,
    /// Responses of those.
    pub rows: usize,
    /// All responses.
    pub all_rows: usize,
}

/// Compares marked responses with unmarked ones.
///
/// # Errors
/// There are no responses; all are right, or all wrong; fewer than two questions say something; the mark perfectly
/// tells right from wrong.
pub fn within(rows: &[Marked], plan: Plan, watch: Watch) -> Result<WithinOdds, Refusal> {
    let right = rows.iter().filter(|row| row.right).count();
    match rows.len() {
        0 => return Err(Refusal::Empty),
        n if n == right => return Err(Refusal::AllRight),
        _ if right == 0 => return Err(Refusal::AllWrong),
        _ => {}
    }
    // Responses of a stratum: unmarked and wrong, unmarked and right, marked and wrong, marked and right.
    let mut strata: BTreeMap<(u32, u32), [f64; 4]> = BTreeMap::new();
    for row in rows {
        let counts = strata.entry((row.question, row.model)).or_default();
        counts[2 * usize::from(row.marked) + usize::from(row.right)] += 1.0;
    }
    let mut questions: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    let mut used = 0.0;
    for ((question, _), counts) in strata {
        let [wrong, right, marked_wrong, marked_right] = counts;
        let all: f64 = counts.iter().sum();
        let (with, against) = (marked_right * wrong / all, marked_wrong * right / all);
        if with + against > 0.0 {
            let sums = questions.entry(question).or_default();
            *sums = (sums.0 + with, sums.1 + against);
            used += all;
        }
    }
    let questions: Vec<(f64, f64)> = questions.into_values().collect();
    match questions.len() {
        0 => return Err(Refusal::NoMixedQuestion),
        1 => return Err(Refusal::OneQuestion),
        _ => {}
    }
    let (with, against) = questions
        .iter()
        .fold((0.0, 0.0), |sum, q| (sum.0 + q.0, sum.1 + q.1));
    if with == 0.0 || against == 0.0 {
        return Err(Refusal::Separated);
    }
    Ok(WithinOdds {
        odds_ratio: resample::ratio(&questions, plan, watch)?,
        questions: questions.len(),
        rows: used as usize,
        all_rows: rows.len(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::stats::resample::UNWATCHED;

    const PLAN: Plan = Plan {
        seed: 3,
        rounds: 200,
        threads: 1,
    };

    fn rows(question: u32, marked: bool, outcomes: &str) -> impl Iterator<Item = Marked> {
        outcomes.chars().map(move |outcome| Marked {
            question,
            model: 0,
            marked,
            right: outcome == '1',
        })
    }

    #[test]
    fn the_ratio_is_taken_within_questions() {
        // In each question the odds with the mark are a quarter; over all questions they would be more than without.
        let mut all = Vec::new();
        for n in 0..20 {
            let (easy, hard) = (2 * n, 2 * n + 1);
            all.extend(rows(easy, true, "1111111100000000").chain(rows(easy, false, "11110")));
            all.extend(rows(hard, true, "10000").chain(rows(hard, false, "1111111100000000")));
        }
        let found = within(&all, PLAN, UNWATCHED).unwrap();
        assert!((found.odds_ratio.estimate.value - 0.25).abs() < 1e-12);
        assert_eq!(
            (found.questions, found.rows, found.all_rows),
            (40, 840, 840)
        );
    }

    #[test]
    fn two_questions_give_the_sum_by_hand() {
        let all: Vec<Marked> = rows(0, true, "100")
            .chain(rows(0, false, "1110"))
            .chain(rows(1, true, "10"))
            .chain(rows(1, false, "10"))
            .chain(rows(2, true, "11")) // says nothing
            .collect();
        let found = within(&all, PLAN, UNWATCHED).unwrap();
        // (1·1/7 + 1·1/4) / (2·3/7 + 1·1/4)
        let by_hand = (1.0 / 7.0 + 0.25) / (6.0 / 7.0 + 0.25);
        assert!((found.odds_ratio.estimate.value - by_hand).abs() < 1e-12);
        assert_eq!((found.questions, found.rows, found.all_rows), (2, 11, 13));
    }

    #[test]
    fn too_little_is_told_with_a_reason() {
        let refused = |rows: &[Marked]| within(rows, PLAN, UNWATCHED).err();
        let of = |question, with: &str, without: &str| -> Vec<Marked> {
            rows(question, true, with)
                .chain(rows(question, false, without))
                .collect()
        };
        assert_eq!(refused(&[]), Some(Refusal::Empty));
        assert_eq!(refused(&of(0, "11", "1")), Some(Refusal::AllRight));
        assert_eq!(refused(&of(0, "0", "00")), Some(Refusal::AllWrong));
        assert_eq!(refused(&of(0, "10", "")), Some(Refusal::NoMixedQuestion));
        assert_eq!(refused(&of(0, "10", "10")), Some(Refusal::OneQuestion));
        let never = [of(0, "1", "10"), of(1, "1", "10")].concat();
        assert_eq!(refused(&never), Some(Refusal::Separated));
    }
}
