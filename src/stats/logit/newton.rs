//! Newton's method on a concave likelihood, and what to do where it has no peak.

use nalgebra::{Cholesky, DMatrix, DVector};

use crate::stats::{Estimate, Refusal};

/// Standard deviation of the normal prior (a ridge on every log odds) of a penalised fit. It takes odds ratios up to about
/// e^5 for likely.
pub const PENALTY_SD: f64 = 2.5;

/// A log odds this far from 0 is taken for one on its way to infinity.
const FAR: f64 = 15.0;
/// After a step this short the peak is reached, as far as numbers go.
const NEAR: f64 = 1e-6;
/// The longest step.
const LONG: f64 = 4.0;
const STEPS: usize = 60;

/// A likelihood at some coefficients.
#[derive(Debug, Clone)]
pub(super) struct Point {
    /// Logarithm.
    pub log: f64,
    /// Its slope.
    pub score: DVector<f64>,
    /// Its curvature, turned round.
    pub information: DMatrix<f64>,
}

impl Point {
    pub fn zero(terms: usize) -> Point {
        Point {
            log: 0.0,
            score: DVector::zeros(terms),
            information: DMatrix::zeros(terms, terms),
        }
    }

    fn penalised(mut self, coefficients: &DVector<f64>, penalty: f64) -> Point {
        self.log -= penalty / 2.0 * coefficients.norm_squared();
        self.score -= coefficients * penalty;
        for at in 0..self.score.len() {
            self.information[(at, at)] += penalty;
        }
        self
    }
}

/// Where a likelihood is highest.
#[derive(Debug, Clone)]
pub(super) struct Peak {
    pub coefficients: DVector<f64>,
    /// Log likelihood, without the penalty.
    pub log: f64,
    /// The information, and its inverse.
    pub information: DMatrix<f64>,
    pub inverse: DMatrix<f64>,
    /// The terms, by place, that perfectly tell right from wrong; where there are any, the fit is penalised.
    pub separated: Vec<usize>,
    /// Precision of the prior; 0 where there is none.
    pub penalty: f64,
}

/// The peak; where there is none, since some terms perfectly tell right from wrong, that of the penalised likelihood.
pub(super) fn maximise(
    start: DVector<f64>,
    at: impl Fn(&DVector<f64>) -> Point,
) -> Result<Peak, Refusal> {
    match climb(start.clone(), 0.0, &at) {
        Climb::Top(peak) => Ok(peak),
        Climb::NoTop(separated) => Ok(Peak {
            separated,
            ..penalised(start, at)?
        }),
    }
}

/// The peak of the penalised likelihood; there always is one.
pub(super) fn penalised(
    start: DVector<f64>,
    at: impl Fn(&DVector<f64>) -> Point,
) -> Result<Peak, Refusal> {
    match climb(start, PENALTY_SD.powi(-2), &at) {
        Climb::Top(peak) => Ok(peak),
        Climb::NoTop(_) => Err(Refusal::NoRest),
    }
}

/// Half the quantile of chi-square with one degree of freedom at .95.
const DROP: f64 = 1.920_729_410_347_062;
/// A profile is followed no farther than this.
const FARTHEST: f64 = 64.0;

/// The interval of a log odds by the profile of the penalised likelihood: where the highest that is left, with this log odds
/// held, falls short of the peak by half of chi-square. Where terms are separated, errors at the peak mean nothing.
pub(super) fn profile(
    peak: &Peak,
    place: usize,
    at: impl Fn(&DVector<f64>) -> Point,
) -> Result<Estimate, Refusal> {
    let penalty = PENALTY_SD.powi(-2);
    let height = |peak: &Peak| peak.log - penalty / 2.0 * peak.coefficients.norm_squared();
    let value = peak.coefficients[place];
    let falls_short = |held: f64| {
        let mut start = peak.coefficients.clone();
        start[place] = held;
        let pinned = |coefficients: &DVector<f64>| {
            let mut point = at(coefficients);
            point.information.row_mut(place).fill(0.0);
            point.information.column_mut(place).fill(0.0);
            point.information[(place, place)] = 1.0;
            // What the penalty takes away again.
            point.score[place] = penalty * coefficients[place];
            point
        };
        let held = penalised(start, pinned)?;
        Ok(height(peak) - height(&held) > DROP)
    };
    let end = |sign: f64| {
        let (mut near, mut far) = (0.0, 0.5);
        while !falls_short(value + sign * far)? {
            (near, far) = (far, 2.0 * far);
            if far > FARTHEST {
                return Err(Refusal::Separated);
            }
        }
        while far - near > 5e-3 {
            let middle = 0.5 * (near + far);
            match falls_short(value + sign * middle)? {
                true => far = middle,
                false => near = middle,
            }
        }
        Ok(value + sign * far)
    };
    Ok(Estimate {
        value,
        low: end(-1.0)?,
        high: end(1.0)?,
    })
}

enum Climb {
    Top(Peak),
    /// Places of the terms that run away.
    NoTop(Vec<usize>),
}

fn climb(start: DVector<f64>, penalty: f64, at: &impl Fn(&DVector<f64>) -> Point) -> Climb {
    let look = |coefficients: &DVector<f64>| at(coefficients).penalised(coefficients, penalty);
    let mut coefficients = start;
    let mut point = look(&coefficients);
    let mut running = Vec::new();
    for _ in 0..STEPS {
        let Some(cholesky) = Cholesky::new(point.information.clone()) else {
            break;
        };
        let mut step = cholesky.solve(&point.score);
        let size = step.amax();
        if size < NEAR {
            // Newton's last step squares what was left.
            coefficients += step;
            return Climb::Top(Peak {
                log: point.log + penalty / 2.0 * coefficients.norm_squared(),
                coefficients,
                inverse: cholesky.inverse(),
                information: point.information,
                separated: Vec::new(),
                penalty,
            });
        }
        running = (0..step.len())
            .filter(|at| step[*at].abs() > 0.1 * size)
            .collect();
        if size > LONG {
            step *= LONG / size;
        }
        let mut next = &coefficients + &step;
        let mut ahead = look(&next);
        // A step too far is halved; the slack is for rounding near the top.
        for _ in 0..30 {
            if ahead.log >= point.log - 1e-9 * (1.0 + point.log.abs()) {
                break;
            }
            step *= 0.5;
            next = &coefficients + &step;
            ahead = look(&next);
        }
        (coefficients, point) = (next, ahead);
        if penalty == 0.0 && coefficients.amax() > FAR {
            break;
        }
    }
    Climb::NoTop(running)
}
