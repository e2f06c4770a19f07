//! The fit within questions, its bootstrap, and the fit without each language.

use nalgebra::{Cholesky, DMatrix, DVector};
use serde::Serialize;

use super::newton::{self, Peak, Point};
use super::sample::{Excluded, Used, tell_apart};
use super::strata::Strata;
use super::{Regression, Row, Term};
use crate::stats::interval::around;
use crate::stats::resample::{Percentile, Plan, Watch, resample};
use crate::stats::{Estimate, Refusal};

/// A coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Coefficient {
    /// Its term.
    pub term: Term,
    /// Log odds, with an interval by the error clustered by question; of a separated term by the profile of the penalised
    /// likelihood, which takes questions for independent.
    pub log_odds: Estimate,
    /// Standard error clustered by question (sandwich); of a separated term it means nothing.
    pub se: f64,
    /// Standard error by the model alone. The pooled one is too small, as it takes rows for independent.
    pub model_se: f64,
}

impl Coefficient {
    /// Odds ratio.
    pub fn odds_ratio(&self) -> Estimate {
        self.log_odds.map(f64::exp)
    }
}

/// Coefficients with their errors. `bread` is the inverse of the information, `meat` the sum of squared slopes, with its
/// correction for few questions.
pub(super) fn coefficients(
    terms: &[Term],
    peak: &Peak,
    meat: &DMatrix<f64>,
    questions: usize,
) -> (Vec<Coefficient>, DMatrix<f64>) {
    let covariance = &peak.inverse * meat * &peak.inverse;
    let error = |of: &DMatrix<f64>, at: usize| of[(at, at)].max(0.0).sqrt();
    let all = terms.iter().enumerate().map(|(at, term)| {
        let se = error(&covariance, at);
        Coefficient {
            term: *term,
            log_odds: around(peak.coefficients[at], se, questions),
            se,
            model_se: error(&peak.inverse, at),
        }
    });
    let mut all: Vec<Coefficient> = all.collect();
    all.sort_by_key(|coefficient| !coefficient.term.is_predictor());
    (all, covariance)
}

/// Gives separated terms the interval of their profile.
pub(super) fn profile(
    coefficients: &mut [Coefficient],
    terms: &[Term],
    peak: &Peak,
    at: impl Fn(&DVector<f64>) -> Point,
) -> Result<(), Refusal> {
    for place in &peak.separated {
        let term = terms.get(*place);
        let coefficient = coefficients.iter_mut().find(|c| Some(&c.term) == term);
        if let Some(coefficient) = coefficient {
            coefficient.log_odds = newton::profile(peak, *place, &at)?;
        }
    }
    Ok(())
}

/// Conditional logistic regression with one stratum a question.
#[derive(Debug, Clone, Serialize)]
pub struct Conditional {
    /// The coefficients, predictors first.
    pub coefficients: Vec<Coefficient>,
    /// Logarithm of the conditional likelihood.
    pub log_likelihood: f64,
    /// What entered, of the rows chosen, and what could not, with the reason.
    pub used: Used,
    /// Terms that could not be fitted.
    pub excluded: Vec<Excluded>,
    /// Terms that perfectly tell right from wrong. Where there are any, the fit is penalised: a ridge, by a normal prior on
    /// every log odds with a standard deviation of [`super::PENALTY_SD`].
    pub separated: Vec<Term>,
    #[serde(skip)]
    terms: Vec<Term>,
    #[serde(skip)]
    strata: Strata,
    #[serde(skip)]
    peak: Peak,
}

impl Regression {
    /// Fits within questions.
    ///
    /// # Errors
    /// No question has both outcomes, or fewer than two have; no predictor varies within a question.
    pub fn conditional(&self) -> Result<Conditional, Refusal> {
        let mut fit = self.conditional_from(|_| 0.0)?;
        let at = |coefficients: &DVector<f64>| fit.strata.at(coefficients, None);
        profile(&mut fit.coefficients, &fit.terms, &fit.peak, at)?;
        Ok(fit)
    }

    /// The same, with a guess of the log odds to start from.
    fn conditional_from(&self, guess: impl Fn(Term) -> f64) -> Result<Conditional, Refusal> {
        let all: Vec<usize> = (0..self.sample.terms.len()).collect();
        let (strata, used) = Strata::new(&self.sample, &all);
        match used.questions {
            0 => return Err(Refusal::NoMixedQuestion),
            1 => return Err(Refusal::OneQuestion),
            _ => {}
        }
        let point = strata.at(&DVector::zeros(all.len()), None);
        let (kept, excluded) = tell_apart(&self.sample.terms, &point.information);
        let terms: Vec<Term> = kept
            .iter()
            .filter_map(|at| self.sample.terms.get(*at).copied())
            .collect();
        if !terms.iter().any(|term| term.is_predictor()) {
            return Err(Refusal::NothingVaries);
        }
        let (strata, _) = Strata::new(&self.sample, &kept);
        let start = DVector::from_iterator(terms.len(), terms.iter().map(|term| guess(*term)));
        let peak = newton::maximise(start, |coefficients| strata.at(coefficients, None))?;
        let n = used.questions as f64;
        let meat = strata.meat(&peak.coefficients) * (n / (n - 1.0));
        let (coefficients, _) = coefficients(&terms, &peak, &meat, used.questions);
        Ok(Conditional {
            coefficients,
            log_likelihood: peak.log,
            used,
            excluded,
            separated: peak
                .separated
                .iter()
                .filter_map(|at| terms.get(*at).copied())
                .collect(),
            terms,
            strata,
            peak,
        })
    }

    /// Fits again without each language, be it source or target.
    ///
    /// # Errors
    /// The watch, told how many languages are done, says stop.
    pub fn leave_one_out(&self, watch: Watch) -> Result<LeftOut, Refusal> {
        let mut languages: Vec<u32> = self
            .rows
            .iter()
            .flat_map(|row| [row.source, row.target])
            .collect();
        languages.sort_unstable();
        languages.dedup();
        let whole = self.conditional().ok();
        let guess = |term| {
            let peak = whole.as_ref().filter(|whole| whole.separated.is_empty());
            peak.and_then(|whole| whole.log_odds(term)).unwrap_or(0.0)
        };
        let mut without = Vec::new();
        for (done, language) in (1..).zip(languages) {
            let with = |row: &&Row| row.source != language && row.target != language;
            let rows: Vec<Row> = self.rows.iter().filter(with).copied().collect();
            // The rows are chosen already, and what is known at the source no longer among them.
            let options = super::Options {
                keep: super::Keep::All,
                ..self.options
            };
            let fit = Regression::new(&rows, options).and_then(|fit| fit.conditional_from(guess));
            let script = |fit: Conditional| {
                fit.log_odds(Term::ScriptMatch)
                    .ok_or(Refusal::NothingVaries)
            };
            without.push(Without {
                language,
                script_match: fit.and_then(script),
            });
            if watch(done).is_break() {
                return Err(Refusal::Stopped);
            }
        }
        let found: Vec<f64> = without.iter().filter_map(|w| w.script_match.ok()).collect();
        let ends = |value: &f64| (*value, *value);
        let range = found
            .iter()
            .map(ends)
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        Ok(LeftOut { without, range })
    }
}

/// Log odds of script match without each language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeftOut {
    /// One line a language.
    pub without: Vec<Without>,
    /// The lowest and the highest.
    pub range: Option<(f64, f64)>,
}

/// Log odds of script match without one language.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Without {
    /// Code of the language.
    pub language: u32,
    /// Log odds, or why there are none.
    pub script_match: Result<f64, Refusal>,
}

/// Intervals of coefficients by the bootstrap.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bootstrapped {
    /// Log odds of each term, in the order of [`Conditional::coefficients`]. A separated term has none: how far from 0 it is
    /// drawn is the penalty's doing in each round.
    pub log_odds: Vec<(Term, Result<Percentile, Refusal>)>,
    /// How it was drawn.
    pub plan: Plan,
    /// Rounds that were penalised: all of them where the fit is; else those in which some terms perfectly told right from
    /// wrong.
    pub penalised: usize,
}

/// Numbers kept of the curvature of questions: 128 MB.
const MOST_CELLS: usize = 16_000_000;

/// After so many steps of the short cut a round is fitted the long way.
const SHORT_CUTS: usize = 20;

impl Conditional {
    /// Log odds of a term.
    pub fn log_odds(&self, term: Term) -> Option<f64> {
        let mut all = self.coefficients.iter();
        all.find(|coefficient| coefficient.term == term)
            .map(|coefficient| coefficient.log_odds.value)
    }

    /// Draws questions again, all their rows together, and fits each round. Questions that are always right or always wrong
    /// say nothing, and are not drawn.
    ///
    /// # Errors
    /// The watch says stop.
    pub fn bootstrap(&self, plan: Plan, watch: Watch) -> Result<Bootstrapped, Refusal> {
        let curvatures = self.curvatures();
        let rounds = resample(plan, self.strata.len(), watch, |times| {
            self.short_cut(times, curvatures.as_deref())
                .or_else(|| self.long_way(times))
        })?;
        let interval = |coefficient: &Coefficient| {
            let at = self.terms.iter().position(|term| *term == coefficient.term);
            let of = |round: &Option<Round>| {
                round
                    .as_ref()
                    .zip(at)
                    .and_then(|(round, at)| round.0.get(at).copied())
            };
            let values: Vec<Option<f64>> = rounds.iter().map(of).collect();
            let found = match self.separated.contains(&coefficient.term) {
                true => Err(Refusal::Separated),
                false => Percentile::of(coefficient.log_odds.value, &values, plan),
            };
            (coefficient.term, found)
        };
        Ok(Bootstrapped {
            log_odds: self.coefficients.iter().map(interval).collect(),
            plan,
            penalised: rounds.iter().flatten().filter(|round| round.1).count(),
        })
    }

    /// The curvature of each question, at the coefficients of all; nothing where that takes too much memory.
    pub(super) fn curvatures(&self) -> Option<Vec<f64>> {
        let terms = self.terms.len();
        let fits = self.strata.len() * terms * (terms + 1) / 2 <= MOST_CELLS;
        fits.then(|| self.strata.curvatures(&self.peak.coefficients))
    }

    /// Coefficients of one round, and whether it was penalised. They lie near those of all questions, so the curvature there
    /// serves for all steps, and each step needs only the slope. Nothing where that leads nowhere.
    pub(super) fn short_cut(&self, times: &[u32], curvatures: Option<&[f64]>) -> Option<Round> {
        let penalty = self.peak.penalty;
        let information = match curvatures {
            Some(curvatures) => {
                let mut information = self.strata.sum(curvatures, times);
                for at in 0..self.terms.len() {
                    information[(at, at)] += penalty;
                }
                information
            }
            // With so many questions, what was drawn hardly differs from all.
            None => self.peak.information.clone(),
        };
        let information = Cholesky::new(information)?;
        let mut coefficients = self.peak.coefficients.clone();
        let mut last = f64::INFINITY;
        for _ in 0..SHORT_CUTS {
            let slope = self.strata.score(&coefficients, times) - &coefficients * penalty;
            let step = information.solve(&slope);
            coefficients += &step;
            let size = step.amax();
            if size < 1e-6 {
                return Some((coefficients.as_slice().to_vec(), penalty > 0.0));
            }
            if size > last {
                return None;
            }
            last = size;
        }
        None
    }

    /// The same from the beginning, with all that goes with it.
    pub(super) fn long_way(&self, times: &[u32]) -> Option<Round> {
        let start = self.peak.coefficients.clone();
        let at = |coefficients: &DVector<f64>| self.strata.at(coefficients, Some(times));
        let peak = match self.peak.penalty > 0.0 {
            true => newton::penalised(start, at),
            false => newton::maximise(start, at),
        };
        let peak = peak.ok()?;
        Some((peak.coefficients.as_slice().to_vec(), peak.penalty > 0.0))
    }
}

pub(super) type Round = (Vec<f64>, bool);
