//! From scores to probabilities.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::hand::Hand;

/// How scores between two hands are to be read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// The score of an even chance.
    pub even: f64,
    /// How fast chances change around it.
    pub slope: f64,
    /// From which cost on, in bits, letters diverge that stand for others, that were put in, that were left out.
    pub surprise: [f32; 3],
}

impl Line {
    /// Between hands of which no pairs of names are known.
    pub const UNKNOWN: Line = Line {
        even: 6.0,
        slope: 0.5,
        surprise: [9.0, 9.0, 9.0],
    };

    /// The probability of a score.
    pub fn probability(self, score: f64) -> f32 {
        (1.0 / (1.0 + (-(score - self.even) * self.slope).exp())) as f32
    }
}

/// How scores are to be read, for each pair of hands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calibration(BTreeMap<(Hand, Hand), Line>);

impl Calibration {
    /// The line of two hands, in any order.
    pub fn line(&self, a: Hand, b: Hand) -> Line {
        let key = (a.min(b), a.max(b));
        self.0.get(&key).copied().unwrap_or(Line::UNKNOWN)
    }

    /// Sets the line of two hands.
    pub fn set(&mut self, a: Hand, b: Hand, line: Line) {
        self.0.insert((a.min(b), a.max(b)), line);
    }

    /// Reads what [`Calibration::to_text`] wrote.
    pub fn from_text(text: &str) -> Self {
        let hand = |code: &str| Hand::ALL.into_iter().find(|hand| hand.code() == code);
        let lines = text.lines().filter_map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [a, b, even, slope, replaced, added, lost] = fields[..] else {
                return None;
            };
            let surprise = [
                replaced.parse().ok()?,
                added.parse().ok()?,
                lost.parse().ok()?,
            ];
            let line = Line {
                even: even.parse().ok()?,
                slope: slope.parse().ok()?,
                surprise,
            };
            Some(((hand(a)?, hand(b)?), line))
        });
        Self(lines.collect())
    }

    /// One line for each pair of hands: both codes, even score, slope, and the three costs.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for ((a, b), line) in &self.0 {
            let Line {
                even,
                slope,
                surprise: [replaced, added, lost],
            } = line;
            let _ = writeln!(
                text,
                "{}\t{}\t{even:.2}\t{slope:.3}\t{replaced:.1}\t{added:.1}\t{lost:.1}",
                a.code(),
                b.code()
            );
        }
        text
    }

    /// The line that best tells the scores of the same names from those of others, by the logarithmic loss. Some pairs of
    /// the data are wrong, so no pair may lose more than a few.
    pub fn fit(same: &[f64], other: &[f64]) -> Line {
        const MOST: f64 = 3.0;
        let loss = |line: Line| -> f64 {
            let of = |score: f64, sign: f64| {
                (-sign * (score - line.even) * line.slope)
                    .exp()
                    .ln_1p()
                    .min(MOST)
            };
            same.iter()
                .map(|score| of(*score, 1.0))
                .chain(other.iter().map(|score| of(*score, -1.0)))
                .sum()
        };
        let lines = (-20..80).flat_map(|even| {
            (1..20).map(move |slope| Line {
                even: f64::from(even) / 4.0,
                slope: f64::from(slope) / 10.0,
                ..Line::UNKNOWN
            })
        });
        let best = lines
            .map(|line| (loss(line), line))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        best.map_or(Line::UNKNOWN, |(_, line)| line)
    }
}
