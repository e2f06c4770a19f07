//! Two runs on the same questions: who is right where the other is wrong, and whether that could be chance.

use std::collections::BTreeMap;

use serde::Serialize;
use statrs::function::erf::erfc;

use crate::corpus::Corpus;

/// Who of two runs is right, by majority over epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quadrant {
    /// Only the first.
    OnlyA,
    /// Only the second.
    OnlyB,
    /// Both.
    Both,
    /// Neither.
    Neither,
    /// One of them is neither right nor wrong.
    Undecided,
}

impl Quadrant {
    /// All of them; those in which the runs differ first.
    pub const ALL: [Quadrant; 5] = [
        Quadrant::OnlyA,
        Quadrant::OnlyB,
        Quadrant::Both,
        Quadrant::Neither,
        Quadrant::Undecided,
    ];

    fn of(a: Option<bool>, b: Option<bool>) -> Quadrant {
        match (a, b) {
            (Some(true), Some(false)) => Quadrant::OnlyA,
            (Some(false), Some(true)) => Quadrant::OnlyB,
            (Some(true), Some(true)) => Quadrant::Both,
            (Some(false), Some(false)) => Quadrant::Neither,
            _ => Quadrant::Undecided,
        }
    }
}

/// One question in one language, answered by both runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Code of the question.
    pub question: u32,
    /// Group of the first run.
    pub a: u32,
    /// Group of the second.
    pub b: u32,
    /// Who is right.
    pub quadrant: Quadrant,
}

/// All questions, in each language, that both runs answered and of which the mask lets a response of either through; where
/// the runs differ first, then by question.
pub fn pairs(corpus: &Corpus, a: u32, b: u32, mask: &[bool]) -> Vec<Pair> {
    let groups = corpus.groups();
    let shown = |group: u32| {
        let mut rows = groups.rows(group).iter();
        rows.any(|row| mask.get(*row as usize) == Some(&true))
    };
    let mut pairs = Vec::new();
    let of_a = (0..).zip(&groups.all).filter(|(_, group)| group.run == a);
    for (first, group) in of_a {
        let like = |other: &&u32| {
            let other = &groups.all[**other as usize];
            other.run == b && other.target == group.target
        };
        let second = groups.of_question(group.question).iter().find(like);
        if let Some(second) = second.filter(|second| shown(first) || shown(**second)) {
            let other = &groups.all[*second as usize];
            pairs.push(Pair {
                question: group.question,
                a: first,
                b: *second,
                quadrant: Quadrant::of(group.outcome(), other.outcome()),
            });
        }
    }
    pairs.sort_by_key(|pair| (pair.quadrant, pair.question, pair.a));
    pairs
}

/// Two runs in numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Paired {
    /// Pairs in which both are right.
    pub both: usize,
    /// Only the first.
    pub only_a: usize,
    /// Only the second.
    pub only_b: usize,
    /// Neither.
    pub neither: usize,
    /// One of them is neither right nor wrong; these count for nothing.
    pub undecided: usize,
    /// Questions among the pairs.
    pub questions: usize,
    /// Whether the difference could be chance.
    pub test: Option<Test>,
}

/// A test of whether two runs are equally often right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Test {
    /// How it was done.
    pub method: Method,
    /// How likely a difference at least this large is where there is none; two-sided.
    pub p: f64,
    /// The same, counting only half of what is exactly as likely as what was seen.
    pub mid_p: f64,
}

/// How two runs were tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// One pair for each question: McNemar's exact test (binomial).
    McNemar,
    /// Several pairs for a question depend on each other: the sign of the difference of each question is flipped, and all
    /// ways to do so are counted.
    SignFlip,
    /// The same by the normal distribution, where there are too many ways.
    SignFlipNormal,
}

impl Method {
    /// What it is called.
    pub const fn word(self) -> &'static str {
        match self {
            Method::McNemar => "McNemar's exact test, one pair a question",
            Method::SignFlip => {
                "exact sign-flip test by question, as pairs of one question depend on each other"
            }
            Method::SignFlipNormal => "sign-flip test by question, by the normal distribution",
        }
    }
}

impl Paired {
    /// Counts pairs.
    pub fn of(pairs: &[Pair]) -> Paired {
        let count = |quadrant| {
            pairs
                .iter()
                .filter(|pair| pair.quadrant == quadrant)
                .count()
        };
        // For each question how many pairs there are, and by how many the first run is ahead.
        let mut questions: BTreeMap<u32, (usize, i64)> = BTreeMap::new();
        for pair in pairs {
            let (all, ahead) = questions.entry(pair.question).or_default();
            *all += usize::from(pair.quadrant != Quadrant::Undecided);
            *ahead += match pair.quadrant {
                Quadrant::OnlyA => 1,
                Quadrant::OnlyB => -1,
                _ => 0,
            };
        }
        let is_single = questions.values().all(|(all, _)| *all <= 1);
        let ahead: Vec<i64> = questions.values().map(|(_, ahead)| *ahead).collect();
        Paired {
            both: count(Quadrant::Both),
            only_a: count(Quadrant::OnlyA),
            only_b: count(Quadrant::OnlyB),
            neither: count(Quadrant::Neither),
            undecided: count(Quadrant::Undecided),
            questions: questions.len(),
            test: sign_flip(&ahead).map(|test| match (is_single, test.method) {
                (true, Method::SignFlip) => Test {
                    method: Method::McNemar,
                    ..test
                },
                _ => test,
            }),
        }
    }
}

/// More additions than this take too long.
const MOST: u64 = 1_000_000_000;

/// Whether differences of questions are as often on one side as on the other: their signs are flipped in all ways, and the
/// sums at least as far from 0 are counted. Of differences of ±1 this is McNemar's exact test. Nothing where no question
/// differs.
pub fn sign_flip(differences: &[i64]) -> Option<Test> {
    let sizes: Vec<usize> = differences
        .iter()
        .map(|difference| difference.unsigned_abs() as usize)
        .filter(|size| *size > 0)
        .collect();
    let most: usize = sizes.iter().sum();
    let seen = differences.iter().sum::<i64>().unsigned_abs() as usize;
    if sizes.is_empty() {
        return None;
    }
    if sizes.len() as u64 * most as u64 > MOST {
        let variance: f64 = sizes.iter().map(|size| (size * size) as f64).sum();
        let p = two_sided(seen as f64 / variance.sqrt());
        return Some(Test {
            method: Method::SignFlipNormal,
            p,
            mid_p: p,
        });
    }
    // The share of all ways that lead to each sum, from -most to most; only every other one can be.
    let mut ways = vec![0.0f64; most + 1];
    ways[0] = 1.0;
    let mut reached = 0;
    for size in sizes {
        // `ways[k]` is for the sum `2k - reached`: adding `size` moves up by `size`, subtracting leaves it where it is.
        for at in (0..=reached).rev() {
            let half = ways[at] / 2.0;
            ways[at] = half;
            ways[at + size] += half;
        }
        reached += size;
    }
    let sum = |at: usize| (2 * at).abs_diff(most);
    let share = |holds: &dyn Fn(usize) -> bool| -> f64 {
        let all = ways.iter().enumerate();
        all.filter(|(at, _)| holds(sum(*at)))
            .map(|(_, share)| share)
            .sum()
    };
    let p = share(&|sum| sum >= seen).min(1.0);
    let equal = share(&|sum| sum == seen);
    Some(Test {
        method: Method::SignFlip,
        p,
        // Where nothing is ahead there is only one such sum, and no smaller one.
        mid_p: p - equal / 2.0,
    })
}

/// The probability that a standard normal number is at least so far from 0.
fn two_sided(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn mcnemar(b: usize, c: usize) -> Test {
        let differences = [vec![1; b], vec![-1; c], vec![0; 7]].concat();
        sign_flip(&differences).unwrap()
    }

    #[test]
    fn differences_of_one_give_the_exact_test_of_mcnemar() {
        for ((b, c), p, mid) in [
            ((5, 1), 0.21875, 0.125),
            ((10, 2), 0.038574, 0.022461),
            ((6, 0), 0.03125, 0.015625),
            ((8, 3), 0.226562, 0.145996),
        ] {
            let test = mcnemar(b, c);
            assert!((test.p - p).abs() < 1e-6, "{b} {c}: {}", test.p);
            assert!((test.mid_p - mid).abs() < 1e-6, "{b} {c}: {}", test.mid_p);
        }
        let test = mcnemar(86, 150);
        assert!((test.p - 3.716e-5).abs() < 1e-8, "{}", test.p);
    }

    #[test]
    fn questions_with_several_pairs_count_as_one() {
        // Ten languages of one question all better: that is one question, and no evidence.
        let test = sign_flip(&[10]).unwrap();
        assert_eq!(test.p, 1.0);
        // Signs of 3, 2, 1: of eight sums only ±6 are as far out.
        assert!((sign_flip(&[3, 2, 1]).unwrap().p - 0.25).abs() < 1e-12);
        // ±2 ±1 ±1 = 2: of eight sums ±4, and ±2 twice each.
        assert!((sign_flip(&[2, 1, -1]).unwrap().p - 0.75).abs() < 1e-12);
        assert_eq!(sign_flip(&[0, 0]), None);
        assert_eq!(sign_flip(&[]), None);
        assert_eq!(sign_flip(&[1, -1]).unwrap().p, 1.0);
    }

    #[test]
    fn many_questions_are_tested_by_the_normal_distribution() {
        let differences: Vec<i64> = (0..40_000)
            .map(|n| if n % 100 < 51 { 1 } else { -1 })
            .collect();
        let test = sign_flip(&differences).unwrap();
        assert_eq!(test.method, Method::SignFlipNormal);
        // z = 800 / 200 = 4
        assert!((test.p - 6.334e-5).abs() < 1e-7, "{}", test.p);
        assert!((two_sided(1.959964) - 0.05).abs() < 1e-6);
        assert!((two_sided(3.0) - 0.002_699_796).abs() < 1e-8);
        assert!((two_sided(4.0) - 6.334_248e-5).abs() < 1e-10);
    }
}
