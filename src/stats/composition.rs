//! What a trace is written in: shares of languages or scripts, how mixed it is, and whether it stays with the question.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Clustered, Refusal, clustered_share};

/// What one trace is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace<'a> {
    /// Code of the question it answers.
    pub question: u32,
    /// Code of the language, or script, the question was asked in.
    pub asked: u32,
    /// Code of each language, or script, with the number of its lines, or letters.
    pub parts: &'a [(u32, u32)],
}

/// What the traces of a run are written in. A trace counts as one, however long it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Composition {
    /// Traces with something in them.
    pub traces: usize,
    /// Traces with nothing in them, which count for nothing else.
    pub empty: usize,
    /// Mean share of each language, or script; the largest first. They add up to 1.
    pub shares: Vec<(u32, f64)>,
    /// Mean over traces of the mixing entropy, in nats.
    pub mixing: f64,
    /// Mean share of the language, or script, of the question, with an interval clustered by question.
    pub consistency: Result<Clustered, Refusal>,
    /// Share of traces most of which is in the language, or script, of the question; a tie is not.
    pub matching: Result<Clustered, Refusal>,
}

impl Composition {
    /// Counts traces.
    ///
    /// # Errors
    /// There is nothing in any of them.
    pub fn of(traces: &[Trace]) -> Result<Composition, Refusal> {
        let mut shares: BTreeMap<u32, f64> = BTreeMap::new();
        let (mut mixing, mut consistency, mut matching) = (0.0, Vec::new(), Vec::new());
        for trace in traces {
            let parts = self::shares(trace.parts);
            if parts.is_empty() {
                continue;
            }
            for (code, share) in &parts {
                *shares.entry(*code).or_default() += share;
            }
            mixing += entropy(parts.values().copied());
            let asked = parts.get(&trace.asked).copied().unwrap_or_default();
            consistency.push((trace.question, asked));
            let others = parts.iter().filter(|(code, _)| **code != trace.asked);
            let leads = others.fold(asked > 0.0, |leads, (_, share)| leads && asked > *share);
            matching.push((trace.question, f64::from(u8::from(leads))));
        }
        let n = consistency.len();
        if n == 0 {
            return Err(Refusal::Empty);
        }
        let mean = shares.into_iter().map(|(code, sum)| (code, sum / n as f64));
        let mut shares: Vec<(u32, f64)> = mean.collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(Composition {
            traces: n,
            empty: traces.len() - n,
            shares,
            mixing: mixing / n as f64,
            consistency: clustered_share(&consistency),
            matching: clustered_share(&matching),
        })
    }
}

/// Share of each code in the sum of all counts; nothing where that is 0.
pub fn shares(parts: &[(u32, u32)]) -> BTreeMap<u32, f64> {
    let all: f64 = parts.iter().map(|(_, count)| f64::from(*count)).sum();
    let mut shares = BTreeMap::new();
    for (code, count) in parts.iter().filter(|(_, count)| *count > 0) {
        *shares.entry(*code).or_default() += f64::from(*count) / all;
    }
    shares
}

/// Entropy of shares in nats: 0 where all is one language. By the natural logarithm of 2 it is in bits. (Language mixing in
/// reasoning language models, arXiv 2505.14815, which does not say which of the two it shows.)
pub fn entropy(shares: impl Iterator<Item = f64>) -> f64 {
    let terms = shares.filter(|share| *share > 0.0);
    // Of one share of 1 the sum is -0.
    terms.map(|share| -share * share.ln()).sum::<f64>() + 0.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn entropy_gives_the_published_value() {
        let nats = entropy([0.5, 0.2, 0.3].into_iter());
        assert!((nats - 1.0297).abs() < 5e-5, "{nats}");
        assert!((nats / std::f64::consts::LN_2 - 1.4855).abs() < 5e-5);
        assert_eq!(entropy([1.0, 0.0].into_iter()).to_bits(), 0.0f64.to_bits());
        let even = entropy([0.25; 4].into_iter());
        assert!((even - 4f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn a_long_trace_counts_as_one() {
        let trace = |question, parts| Trace {
            question,
            asked: 1,
            parts,
        };
        let found = Composition::of(&[
            trace(0, &[(1, 1000)]),
            trace(1, &[(1, 1), (2, 2), (3, 1)]),
            trace(2, &[]),
            trace(3, &[(2, 0)]),
            trace(4, &[(2, 7), (1, 7)]),
        ])
        .unwrap();
        assert_eq!((found.traces, found.empty), (3, 2));
        let shares = [(1, 1.75 / 3.0), (2, 1.0 / 3.0), (3, 0.25 / 3.0)];
        for (found, expected) in found.shares.iter().zip(shares) {
            assert_eq!(found.0, expected.0);
            assert!((found.1 - expected.1).abs() < 1e-12);
        }
        assert!((found.consistency.unwrap().mean.value - 1.75 / 3.0).abs() < 1e-12);
        assert!((found.matching.unwrap().mean.value - 1.0 / 3.0).abs() < 1e-12);
        let mixing = (1.5 * 2f64.ln() + 2f64.ln()) / 3.0;
        assert!((found.mixing - mixing).abs() < 1e-12, "{}", found.mixing);
    }

    #[test]
    fn traces_with_nothing_in_them_have_no_composition() {
        let empty = Trace {
            question: 0,
            asked: 1,
            parts: &[],
        };
        assert_eq!(Composition::of(&[empty]), Err(Refusal::Empty));
        let one = Trace {
            parts: &[(1, 3)],
            ..empty
        };
        let found = Composition::of(&[one]).unwrap();
        assert_eq!(found.consistency, Err(Refusal::OneQuestion));
    }
}
