//! The exact conditional likelihood: given how many of its responses are right, which of them are.
//!
//! Rows of a stratum are taken for independent, with odds that make the right number likely; the number is then given. That
//! leaves the conditional likelihood as it is, and keeps every number of the recursion between 0 and 1 in strata of any
//! size. (The recursion is that of M. H. Gail, J. H. Lubin and L. V. Rubinstein, 1981, for sums over all subsets.)

use std::ops::Range;

use nalgebra::{DMatrix, DVector};

use super::newton::Point;
use super::sample::{Cause, Dropped, Sample, Used};

/// Questions of which some responses are right and some wrong.
#[derive(Debug, Clone)]
pub(super) struct Strata {
    terms: usize,
    /// One line a pattern, one column a term.
    patterns: Vec<f64>,
    /// Pattern and outcome of each row.
    rows: Vec<(u32, bool)>,
    strata: Vec<Stratum>,
}

#[derive(Debug, Clone)]
struct Stratum {
    rows: Range<usize>,
    /// Which outcome is rarer: that one is counted, as the recursion is as long as there are hits.
    hit: bool,
    hits: usize,
}

/// A state less likely than this adds nothing to the curvature; in strata of hundreds of rows most states are.
const UNREACHED: f64 = 1e-16;

/// Room for the recursion, kept from stratum to stratum.
#[derive(Debug, Default)]
struct Room {
    /// Probability of a hit of each row, before their number is given.
    chance: Vec<f64>,
    /// Probability of `j` hits from row `i` on, at `i * (hits + 1) + j`.
    after: Vec<f64>,
    /// Probability that the rows before row `i` leave `j` hits, likewise.
    before: Vec<f64>,
    /// Expected values of all terms over the rows from the current one on, given `j` hits.
    means: Vec<f64>,
    away: Vec<f64>,
}

impl Strata {
    /// Strata of a sample, with the columns of some terms only; and what enters.
    pub fn new(sample: &Sample, kept: &[usize]) -> (Strata, Used) {
        let [mut right, mut wrong] =
            [Cause::AlwaysRight, Cause::AlwaysWrong].map(|cause| Dropped {
                cause,
                rows: 0,
                questions: 0,
            });
        let (mut strata, mut entered) = (Vec::new(), 0);
        for range in &sample.questions {
            let rows = sample.rows.get(range.clone()).unwrap_or_default();
            let hits = rows.iter().filter(|(_, right)| *right).count();
            let misses = rows.len() - hits;
            if hits > 0 && misses > 0 {
                strata.push(Stratum {
                    rows: range.clone(),
                    hit: hits <= misses,
                    hits: hits.min(misses),
                });
                entered += rows.len();
                continue;
            }
            let dropped = if hits > 0 { &mut right } else { &mut wrong };
            dropped.rows += rows.len();
            dropped.questions += 1;
        }
        let used = Used {
            rows: entered,
            questions: strata.len(),
            dropped: [right, wrong].into_iter().filter(|d| d.rows > 0).collect(),
        };
        let strata = Strata {
            terms: kept.len(),
            patterns: sample.columns(kept),
            rows: sample.rows.clone(),
            strata,
        };
        (strata, used)
    }

    pub fn len(&self) -> usize {
        self.strata.len()
    }

    /// Log likelihood, slope and curvature, each stratum as often as `times` says; once where it says nothing.
    pub fn at(&self, coefficients: &DVector<f64>, times: Option<&[u32]>) -> Point {
        let (logs, odds) = self.odds(coefficients);
        let mut room = Room::default();
        let mut off = vec![0.0; odds.len()];
        // Rows of the upper triangle, one after the other.
        let mut curvature = vec![0.0; self.terms * (self.terms + 1) / 2];
        let mut log = 0.0;
        for (stratum, weight) in self.weighted(times) {
            let rows = self.rows_of(stratum);
            let scale = room.fill(rows, stratum, &odds);
            log += weight * room.log(rows, stratum, &logs, &odds, scale);
            room.residuals(rows, stratum, |pattern, left| off[pattern] += weight * left);
            self.curve(&mut room, stratum, weight, &mut curvature);
        }
        Point {
            log,
            score: self.slope(&off),
            information: self.square(&curvature),
        }
    }

    /// The curvature of each stratum by itself, to be added up by [`Strata::sum`].
    pub fn curvatures(&self, coefficients: &DVector<f64>) -> Vec<f64> {
        let (_, odds) = self.odds(coefficients);
        let cells = self.terms * (self.terms + 1) / 2;
        let mut room = Room::default();
        let mut curvatures = vec![0.0; self.strata.len() * cells];
        for (stratum, curvature) in self.strata.iter().zip(curvatures.chunks_exact_mut(cells)) {
            room.fill(self.rows_of(stratum), stratum, &odds);
            self.curve(&mut room, stratum, 1.0, curvature);
        }
        curvatures
    }

    /// The sum of curvatures, each as often as `times` says.
    pub fn sum(&self, curvatures: &[f64], times: &[u32]) -> DMatrix<f64> {
        let mut sum = vec![0.0; self.terms * (self.terms + 1) / 2];
        for (curvature, times) in curvatures.chunks_exact(sum.len()).zip(times) {
            if *times > 0 {
                let weight = f64::from(*times);
                let cells = sum.iter_mut().zip(curvature);
                cells.for_each(|(sum, cell)| *sum += weight * cell);
            }
        }
        self.square(&sum)
    }

    /// The whole matrix of an upper triangle.
    fn square(&self, triangle: &[f64]) -> DMatrix<f64> {
        let mut square = DMatrix::zeros(self.terms, self.terms);
        let mut cells = triangle.iter();
        for row in 0..self.terms {
            for column in row..self.terms {
                let cell = cells.next().copied().unwrap_or_default();
                square[(row, column)] = cell;
                square[(column, row)] = cell;
            }
        }
        square
    }

    /// The slope alone, which takes far less time.
    pub fn score(&self, coefficients: &DVector<f64>, times: &[u32]) -> DVector<f64> {
        let (_, odds) = self.odds(coefficients);
        let mut room = Room::default();
        let mut off = vec![0.0; odds.len()];
        for (stratum, weight) in self.weighted(Some(times)) {
            let rows = self.rows_of(stratum);
            room.fill(rows, stratum, &odds);
            room.residuals(rows, stratum, |pattern, left| off[pattern] += weight * left);
        }
        self.slope(&off)
    }

    /// Sum over strata of the square of their slopes: the middle of the sandwich.
    pub fn meat(&self, coefficients: &DVector<f64>) -> DMatrix<f64> {
        let (_, odds) = self.odds(coefficients);
        let mut room = Room::default();
        let mut meat = DMatrix::zeros(self.terms, self.terms);
        for (stratum, _) in self.weighted(None) {
            let rows = self.rows_of(stratum);
            room.fill(rows, stratum, &odds);
            let mut slope = DVector::zeros(self.terms);
            room.residuals(rows, stratum, |pattern, left| {
                slope.axpy(left, &DVector::from_row_slice(self.pattern(pattern)), 1.0);
            });
            meat.ger(1.0, &slope, &slope, 1.0);
        }
        meat
    }

    fn weighted<'a>(
        &'a self,
        times: Option<&'a [u32]>,
    ) -> impl Iterator<Item = (&'a Stratum, f64)> {
        let weight = move |at| match times {
            Some(times) => times.get(at).copied().map_or(0.0, f64::from),
            None => 1.0,
        };
        let strata = self.strata.iter().enumerate();
        let weighted = strata.map(move |(at, stratum)| (stratum, weight(at)));
        weighted.filter(|(_, weight)| *weight > 0.0)
    }

    fn rows_of(&self, stratum: &Stratum) -> &[(u32, bool)] {
        self.rows.get(stratum.rows.clone()).unwrap_or_default()
    }

    fn pattern(&self, at: usize) -> &[f64] {
        &self.patterns[at * self.terms..][..self.terms]
    }

    /// Log odds and odds of each pattern.
    fn odds(&self, coefficients: &DVector<f64>) -> (Vec<f64>, Vec<f64>) {
        let lines = self.patterns.chunks_exact(self.terms.max(1));
        let dot = |line: &[f64]| {
            line.iter()
                .zip(coefficients.iter())
                .map(|(x, b)| x * b)
                .sum::<f64>()
        };
        let logs: Vec<f64> = lines.map(dot).collect();
        let odds = logs.iter().map(|log| log.exp()).collect();
        (logs, odds)
    }

    /// The slope, from what is left of each pattern: right responses less expected ones.
    fn slope(&self, off: &[f64]) -> DVector<f64> {
        let mut slope = DVector::zeros(self.terms);
        for (line, off) in self.patterns.chunks_exact(self.terms.max(1)).zip(off) {
            for (sum, value) in slope.iter_mut().zip(line) {
                *sum += off * value;
            }
        }
        slope
    }

    /// Adds the covariance of the sums of all terms over the hits. Rows are gone through from the last to the first; what a
    /// row is known to be moves the expected sums by `away`, and the squares of these moves add up to the covariance.
    fn curve(&self, room: &mut Room, stratum: &Stratum, weight: f64, curvature: &mut [f64]) {
        let (terms, hits, n) = (self.terms, stratum.hits, stratum.rows.len());
        let wide = hits + 1;
        let all = room.after[hits];
        let Room {
            chance,
            after,
            before,
            means,
            away,
        } = room;
        means.clear();
        means.resize(wide * terms, 0.0);
        away.clear();
        away.resize(terms, 0.0);
        for (row, (pattern, _)) in self.rows_of(stratum).iter().enumerate().rev() {
            let values = &self.patterns[*pattern as usize * terms..][..terms];
            let (least, most) = self::left(n, hits, row);
            for left in (least.max(1)..=most).rev() {
                let here = after[row * wide + left];
                let reached = before[row * wide + left] * here / all;
                if reached < UNREACHED {
                    continue;
                }
                let hit = chance[row] * after[(row + 1) * wide + left - 1] / here;
                let (low, high) = means.split_at_mut(left * terms);
                let one_less = &low[(left - 1) * terms..];
                let mean = &mut high[..terms];
                for (((away, value), less), mean) in away
                    .iter_mut()
                    .zip(values)
                    .zip(one_less)
                    .zip(mean.iter_mut())
                {
                    *away = value + less - *mean;
                    *mean += hit * *away;
                }
                let scale = weight * reached * hit * (1.0 - hit);
                if scale <= 0.0 {
                    continue;
                }
                let mut cells = &mut curvature[..];
                for at in 0..terms {
                    let (line, rest) = cells.split_at_mut(terms - at);
                    let by = scale * away[at];
                    for (cell, away) in line.iter_mut().zip(&away[at..]) {
                        *cell += by * away;
                    }
                    cells = rest;
                }
            }
        }
    }
}

impl Room {
    /// Runs the recursion both ways; the factor by which odds were scaled.
    fn fill(&mut self, rows: &[(u32, bool)], stratum: &Stratum, odds: &[f64]) -> f64 {
        let (n, hits) = (rows.len(), stratum.hits);
        let odds_of = |pattern: u32| match (odds[pattern as usize], stratum.hit) {
            (odds, true) => odds,
            (odds, false) => 1.0 / odds,
        };
        let mean = rows
            .iter()
            .map(|(pattern, _)| odds_of(*pattern))
            .sum::<f64>()
            / n as f64;
        let mut scale = hits as f64 / (n - hits) as f64 / mean;
        self.chance.clear();
        for _ in 0..30 {
            self.chance.clear();
            let (mut expected, mut variance) = (0.0, 0.0);
            self.chance.extend(rows.iter().map(|(pattern, _)| {
                let odds = scale * odds_of(*pattern);
                let chance = odds / (1.0 + odds);
                expected += chance;
                variance += chance * (1.0 - chance);
                chance
            }));
            // Near enough: the given number lies within two standard deviations, or one hit.
            let short = hits as f64 - expected;
            if short.abs() <= 0.5 + 2.0 * variance.sqrt() {
                break;
            }
            scale *= (short / variance.max(0.1)).clamp(-2.0, 2.0).exp();
        }
        let wide = hits + 1;
        for table in [&mut self.after, &mut self.before] {
            table.clear();
            table.resize((n + 1) * wide, 0.0);
        }
        self.after[n * wide] = 1.0;
        self.before[hits] = 1.0;
        for (row, chance) in self.chance.iter().enumerate().rev() {
            let (here, next) = self.after[row * wide..].split_at_mut(wide);
            let (least, most) = left(n, hits, row);
            if least == 0 {
                here[0] = next[0] * (1.0 - chance);
            }
            let least = least.max(1);
            let one_less = &next[least - 1..most];
            for ((here, same), less) in here[least..=most]
                .iter_mut()
                .zip(&next[least..])
                .zip(one_less)
            {
                *here = same * (1.0 - chance) + less * chance;
            }
        }
        for (row, chance) in self.chance.iter().enumerate() {
            let (last, here) = self.before[row * wide..].split_at_mut(wide);
            let (least, most) = left(n, hits, row + 1);
            if most == hits {
                here[hits] = last[hits] * (1.0 - chance);
            }
            let most = most.min(hits - 1);
            let one_more = &last[least + 1..];
            for ((here, same), more) in here[least..=most]
                .iter_mut()
                .zip(&last[least..])
                .zip(one_more)
            {
                *here = same * (1.0 - chance) + more * chance;
            }
        }
        scale
    }

    /// Tells each row's pattern, and by how much its outcome is above what was expected.
    fn residuals(&self, rows: &[(u32, bool)], stratum: &Stratum, mut tell: impl FnMut(usize, f64)) {
        let (n, hits, wide) = (rows.len(), stratum.hits, stratum.hits + 1);
        let all = self.after[hits];
        for (row, ((pattern, right), chance)) in rows.iter().zip(&self.chance).enumerate() {
            let (least, most) = left(n, hits, row);
            let least = least.max(1);
            let before = &self.before[row * wide..][least..=most];
            let after = &self.after[(row + 1) * wide..][least - 1..];
            let mut others = 0.0;
            for (before, after) in before.iter().zip(after) {
                others += before * after;
            }
            let expected = chance * others / all;
            let off = f64::from(u8::from(*right == stratum.hit)) - expected;
            tell(*pattern as usize, if stratum.hit { off } else { -off });
        }
    }

    /// Log of the conditional likelihood of a stratum.
    fn log(
        &self,
        rows: &[(u32, bool)],
        stratum: &Stratum,
        logs: &[f64],
        odds: &[f64],
        scale: f64,
    ) -> f64 {
        let sign = if stratum.hit { 1.0 } else { -1.0 };
        let (mut seen, mut none) = (0.0, 0.0);
        for (pattern, right) in rows {
            let (log, odds) = (logs[*pattern as usize], odds[*pattern as usize]);
            if *right == stratum.hit {
                seen += sign * log;
            }
            let odds = if stratum.hit { odds } else { 1.0 / odds };
            none += (scale * odds).ln_1p();
        }
        seen + stratum.hits as f64 * scale.ln() - none - self.after[stratum.hits].ln()
    }
}

/// How many hits can be left before a row of `n`: no more than there are rows left, and no fewer than the rows before can
/// leave.
fn left(n: usize, hits: usize, row: usize) -> (usize, usize) {
    (hits.saturating_sub(row), hits.min(n - row))
}
