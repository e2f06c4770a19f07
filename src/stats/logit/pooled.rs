//! The fit over all questions at once: what goes with accuracy, whatever the question.

use nalgebra::{DMatrix, DVector};
use serde::Serialize;

use super::conditional::{Coefficient, coefficients, profile};
use super::newton::{self, Point};
use super::sample::{Excluded, Sample, tell_apart};
use super::{Regression, Term};
use crate::stats::interval::around;
use crate::stats::{Estimate, Refusal};

/// Pooled logistic regression, with errors clustered by question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pooled {
    /// The coefficients, predictors first. They are marginal: smaller than within questions where questions differ.
    pub coefficients: Vec<Coefficient>,
    /// Average marginal effects of the predictors that are not separated.
    pub effects: Vec<Marginal>,
    /// Logarithm of the likelihood, as if rows were independent.
    pub log_likelihood: f64,
    /// Rows.
    pub rows: usize,
    /// Questions.
    pub questions: usize,
    /// Terms that could not be fitted.
    pub excluded: Vec<Excluded>,
    /// Terms that perfectly tell right from wrong; see [`super::Conditional::separated`].
    pub separated: Vec<Term>,
}

/// Average marginal effect of a predictor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Marginal {
    /// The predictor.
    pub term: Term,
    /// By how many percentage points the mean predicted accuracy is higher if the predictor is 1 in all rows than if it is 0
    /// in all, everything else as it is. The interval is clustered by question, by the delta method.
    pub points: Estimate,
    /// Its standard error.
    pub se: f64,
}

/// Rows by pattern.
struct Counts {
    terms: usize,
    patterns: Vec<f64>,
    rows: Vec<f64>,
    right: Vec<f64>,
}

impl Counts {
    fn new(sample: &Sample, kept: &[usize]) -> Counts {
        let lines = sample.patterns.chunks_exact(sample.terms.len());
        let with_intercept = |line: &[f64]| {
            let all: Vec<f64> = std::iter::once(1.0).chain(line.iter().copied()).collect();
            kept.iter()
                .filter_map(|at| all.get(*at).copied())
                .collect::<Vec<f64>>()
        };
        let patterns: Vec<f64> = lines.flat_map(with_intercept).collect();
        let n = sample.patterns.len() / sample.terms.len();
        let (mut rows, mut right) = (vec![0.0; n], vec![0.0; n]);
        for (pattern, is_right) in &sample.rows {
            rows[*pattern as usize] += 1.0;
            right[*pattern as usize] += f64::from(u8::from(*is_right));
        }
        Counts {
            terms: kept.len(),
            patterns,
            rows,
            right,
        }
    }

    fn lines(&self) -> impl Iterator<Item = &[f64]> {
        self.patterns.chunks_exact(self.terms.max(1))
    }

    fn at(&self, coefficients: &DVector<f64>) -> Point {
        let mut point = Point::zero(self.terms);
        for ((line, n), right) in self.lines().zip(&self.rows).zip(&self.right) {
            let log = dot(line, coefficients);
            let chance = logistic(log);
            let line = DVector::from_row_slice(line);
            point.log += right * ln_logistic(log) + (n - right) * ln_logistic(-log);
            point.score.axpy(right - n * chance, &line, 1.0);
            point
                .information
                .ger(n * chance * (1.0 - chance), &line, &line, 1.0);
        }
        point
    }

    /// Sum over questions of their squared slopes.
    fn meat(&self, sample: &Sample, coefficients: &DVector<f64>) -> DMatrix<f64> {
        let chances: Vec<f64> = self
            .lines()
            .map(|line| logistic(dot(line, coefficients)))
            .collect();
        let mut meat = DMatrix::zeros(self.terms, self.terms);
        for rows in &sample.questions {
            let mut slope = DVector::zeros(self.terms);
            for (pattern, right) in sample.rows.get(rows.clone()).unwrap_or_default() {
                let at = *pattern as usize;
                let off = f64::from(u8::from(*right)) - chances[at];
                for (sum, value) in slope.iter_mut().zip(&self.patterns[at * self.terms..]) {
                    *sum += off * value;
                }
            }
            meat.ger(1.0, &slope, &slope, 1.0);
        }
        meat
    }

    /// Average marginal effect of the term at this place, and its slope.
    fn effect(&self, at: usize, coefficients: &DVector<f64>) -> (f64, DVector<f64>) {
        let all: f64 = self.rows.iter().sum();
        let (mut effect, mut slope) = (0.0, DVector::zeros(self.terms));
        for (line, n) in self.lines().zip(&self.rows) {
            for (value, sign) in [(1.0, 1.0), (0.0, -1.0)] {
                let mut line = DVector::from_row_slice(line);
                line[at] = value;
                let chance = logistic(line.dot(coefficients));
                let share = sign * n / all;
                effect += share * chance;
                slope.axpy(share * chance * (1.0 - chance), &line, 1.0);
            }
        }
        (effect, slope)
    }
}

impl Regression {
    /// Fits all rows at once. The errors have the usual corrections for few questions, G / (G - 1) · (N - 1) / (N - K).
    ///
    /// # Errors
    /// No predictor varies, or there are not more rows than terms.
    pub fn pooled(&self) -> Result<Pooled, Refusal> {
        let terms: Vec<Term> = std::iter::once(Term::Intercept)
            .chain(self.sample.terms.iter().copied())
            .collect();
        let all: Vec<usize> = (0..terms.len()).collect();
        let zero = DVector::zeros(terms.len());
        let information = Counts::new(&self.sample, &all).at(&zero).information;
        let (kept, excluded) = tell_apart(&terms, &information);
        let terms: Vec<Term> = kept
            .iter()
            .filter_map(|at| terms.get(*at).copied())
            .collect();
        if !terms.iter().any(|term| term.is_predictor()) {
            return Err(Refusal::NothingVaries);
        }
        let counts = Counts::new(&self.sample, &kept);
        let peak = newton::maximise(DVector::zeros(terms.len()), |at| counts.at(at))?;
        let questions = self.sample.questions.len();
        let (g, n, k) = (
            questions as f64,
            self.sample.rows.len() as f64,
            terms.len() as f64,
        );
        if n <= k {
            return Err(Refusal::NothingVaries);
        }
        let meat =
            counts.meat(&self.sample, &peak.coefficients) * (g / (g - 1.0) * (n - 1.0) / (n - k));
        let (mut coefficients, covariance) = coefficients(&terms, &peak, &meat, questions);
        profile(&mut coefficients, &terms, &peak, |at| counts.at(at))?;
        let effects = terms
            .iter()
            .enumerate()
            .filter(|(at, term)| term.is_predictor() && !peak.separated.contains(at));
        let effects = effects.map(|(at, term)| {
            let (effect, slope) = counts.effect(at, &peak.coefficients);
            let se = slope.dot(&(&covariance * &slope)).max(0.0).sqrt();
            Marginal {
                term: *term,
                points: around(100.0 * effect, 100.0 * se, questions),
                se: 100.0 * se,
            }
        });
        Ok(Pooled {
            coefficients,
            effects: effects.collect(),
            log_likelihood: peak.log,
            rows: self.sample.rows.len(),
            questions,
            excluded,
            separated: peak
                .separated
                .iter()
                .filter_map(|at| terms.get(*at).copied())
                .collect(),
        })
    }
}

fn dot(line: &[f64], coefficients: &DVector<f64>) -> f64 {
    line.iter()
        .zip(coefficients.iter())
        .map(|(x, b)| x * b)
        .sum()
}

fn logistic(log: f64) -> f64 {
    1.0 / (1.0 + (-log).exp())
}

/// Log of the logistic function, exact far out.
fn ln_logistic(log: f64) -> f64 {
    log.min(0.0) - (-log.abs()).exp().ln_1p()
}
