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
    /// From which surprise on, in bits, letters diverge that stand for others, that were put in, that were left out. See
    /// [`Line::surprise`].
    pub limits: [f32; 3],
    /// How much more than the score of an even chance the rest of a name must reach if the name as a whole does not.
    pub rest: f64,
}

impl Line {
    /// Between hands of which no pairs of names are known.
    pub const UNKNOWN: Line = Line {
        even: 6.0,
        slope: 0.5,
        limits: [16.0, 13.0, 17.0],
        rest: 0.0,
    };

    /// How surprising letters are, in bits: by what they cost more than what usually stands there, and by what an error of
    /// that kind would explain. The first looks at some letters, the second at the whole name; together they tell best.
    pub fn surprise(cost: f32, gain: f32) -> f32 {
        cost + gain / 2.0
    }

    /// The probability of a score.
    pub fn probability(self, score: f64) -> f32 {
        (1.0 / (1.0 + (-(score - self.even) * self.slope).exp())) as f32
    }
}

impl Line {
    /// The probability that two names are one but for one error, from the score and from how much the error takes from it.
    pub fn forgiven(self, score: f64, error: f64) -> f32 {
        let more = if score < self.even { self.rest } else { 0.0 };
        self.probability(score + error - more)
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
            let [a, b, even, slope, replaced, added, lost, rest] = fields[..] else {
                return None;
            };
            let limits = [
                replaced.parse().ok()?,
                added.parse().ok()?,
                lost.parse().ok()?,
            ];
            let line = Line {
                even: even.parse().ok()?,
                slope: slope.parse().ok()?,
                limits,
                rest: rest.parse().ok()?,
            };
            Some(((hand(a)?, hand(b)?), line))
        });
        Self(lines.collect())
    }

    /// One line for each pair of hands: both codes, even score, slope, the three limits, and what the rest must reach.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for ((a, b), line) in &self.0 {
            let Line {
                even,
                slope,
                limits: [replaced, added, lost],
                rest,
            } = line;
            let _ = writeln!(
                text,
                "{}\t{}\t{even:.2}\t{slope:.3}\t{replaced:.1}\t{added:.1}\t{lost:.1}\t{rest:.1}",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calibration_is_read_as_it_was_written() {
        let mut calibration = Calibration::default();
        let line = Line {
            even: 3.25,
            slope: 0.7,
            limits: [12.0, 9.5, 17.1],
            rest: -1.5,
        };
        calibration.set(Hand::Kana, Hand::Latn, line);
        let read = Calibration::from_text(&calibration.to_text());
        assert_eq!(read, calibration);
        assert_eq!(read.line(Hand::Latn, Hand::Kana), line);
        assert_eq!(read.line(Hand::Kana, Hand::Latn), line);
        assert_eq!(read.line(Hand::Kana, Hand::Hebr), Line::UNKNOWN);
    }

    #[test]
    fn the_even_score_parts_the_same_from_the_others() {
        let same: Vec<f64> = (0..50).map(|nth| 4.0 + f64::from(nth) / 5.0).collect();
        let other: Vec<f64> = (0..50).map(|nth| 2.0 - f64::from(nth) / 5.0).collect();
        let line = Calibration::fit(&same, &other);
        assert!((2.0..4.0).contains(&line.even), "{line:?}");
        assert!(line.probability(line.even) == 0.5);
        assert!(line.probability(4.5) > 0.5 && line.probability(1.5) < 0.5);
    }

    #[test]
    fn an_unlike_name_is_forgiven_less() {
        let line = Line {
            even: 3.0,
            rest: 2.0,
            ..Line::UNKNOWN
        };
        assert!(line.forgiven(3.0, 0.0) >= 0.5);
        assert!(line.forgiven(2.0, 2.0) < 0.5);
        assert!(line.forgiven(2.0, 3.0) >= 0.5);
    }
}
