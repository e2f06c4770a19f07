//! The bootstrap by question: questions are drawn again with all their rows, since rows of one question depend on each
//! other. What comes out depends on the seed and the number of rounds, not on the threads.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use serde::Serialize;

use super::interval::by_question;
use super::{Change, Estimate, Refusal};

/// How questions are drawn again. Shown beside every interval that comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Seed of chance.
    pub seed: u64,
    /// Rounds.
    pub rounds: u32,
    /// Threads to use; changes nothing but the time it takes.
    #[serde(skip)]
    pub threads: usize,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            seed: 1,
            rounds: 1000,
            threads: thread::available_parallelism().map_or(1, NonZero::get),
        }
    }
}

impl Plan {
    /// A sentence on how intervals were drawn.
    pub fn sentence(&self) -> String {
        format!(
            "95 % intervals: percentiles of {} bootstrap rounds that draw whole questions, seed {}.",
            self.rounds, self.seed
        )
    }
}

/// Told how many rounds are done; says whether to go on.
pub type Watch<'a> = &'a (dyn Fn(u32) -> ControlFlow<()> + Sync);

/// For who does not want to watch.
pub const UNWATCHED: Watch<'static> = &|_| ControlFlow::Continue(());

/// Draws questions and hands to `statistic` how often each was drawn; what it gives back, by round.
///
/// # Errors
/// There are no questions, or the watch says stop.
pub fn resample<T: Send>(
    plan: Plan,
    questions: usize,
    watch: Watch,
    statistic: impl Fn(&[u32]) -> T + Sync,
) -> Result<Vec<T>, Refusal> {
    if questions == 0 {
        return Err(Refusal::Empty);
    }
    let mut chance = fastrand::Rng::with_seed(plan.seed);
    let seeds: Vec<u64> = (0..plan.rounds).map(|_| chance.u64(..)).collect();
    let (next, done, stopped) = (AtomicU32::new(0), AtomicU32::new(0), AtomicU32::new(0));
    let work = || {
        let mut found = Vec::new();
        let mut drawn = vec![0; questions];
        while stopped.load(Ordering::Relaxed) == 0 {
            let round = next.fetch_add(1, Ordering::Relaxed);
            let Some(seed) = seeds.get(round as usize) else {
                break;
            };
            draw(&mut drawn, *seed);
            found.push((round, statistic(&drawn)));
            let done = 1 + done.fetch_add(1, Ordering::Relaxed);
            if watch(done).is_break() {
                stopped.store(1, Ordering::Relaxed);
            }
        }
        found
    };
    let mut found = thread::scope(|scope| {
        let others: Vec<_> = (1..plan.threads).map(|_| scope.spawn(work)).collect();
        let mut found = work();
        for other in others {
            match other.join() {
                Ok(more) => found.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        found
    });
    if found.len() < seeds.len() {
        return Err(Refusal::Stopped);
    }
    found.sort_by_key(|(round, _)| *round);
    Ok(found.into_iter().map(|(_, found)| found).collect())
}

/// Draws as many questions as there are.
fn draw(drawn: &mut [u32], seed: u64) {
    let mut chance = fastrand::Rng::with_seed(seed);
    drawn.fill(0);
    for _ in 0..drawn.len() {
        let at = chance.usize(..drawn.len());
        if let Some(times) = drawn.get_mut(at) {
            *times += 1;
        }
    }
}

/// An interval by the bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Percentile {
    /// The number and the percentiles 2.5 and 97.5 of the rounds.
    pub estimate: Estimate,
    /// How it was drawn.
    pub plan: Plan,
    /// Rounds that gave no number, such as one that drew no cross-script row.
    pub without: usize,
}

impl Percentile {
    /// The interval of a number from its rounds, of which at most one in twenty may have none.
    ///
    /// # Errors
    /// More rounds than that have none.
    pub fn of(value: f64, rounds: &[Option<f64>], plan: Plan) -> Result<Percentile, Refusal> {
        let mut found: Vec<f64> = rounds.iter().flatten().copied().collect();
        let without = rounds.len() - found.len();
        if found.is_empty() || without * 20 > rounds.len() {
            return Err(Refusal::TooFewRounds);
        }
        found.sort_unstable_by(f64::total_cmp);
        Ok(Percentile {
            estimate: Estimate {
                value,
                low: quantile(&found, 0.025),
                high: quantile(&found, 0.975),
            },
            plan,
            without,
        })
    }
}

/// Quantile of sorted numbers, between two of them by proportion (type 7 of R. J. Hyndman and Y. Fan, 1996); 0 of none.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share.clamp(0.0, 1.0) * sorted.len().saturating_sub(1) as f64;
    let (below, above) = (at.floor() as usize, at.ceil() as usize);
    match (sorted.get(below), sorted.get(above)) {
        (Some(low), Some(high)) => low + (high - low) * (at - at.floor()),
        _ => 0.0,
    }
}

/// The bootstrap of a share over questions, each given as its part and its whole.
///
/// # Errors
/// See [`super::ratio`]; or the watch says stop.
pub fn ratio(questions: &[(f64, f64)], plan: Plan, watch: Watch) -> Result<Percentile, Refusal> {
    let value = super::ratio(questions)?.value;
    let rounds = resample(plan, questions.len(), watch, |drawn| {
        share(drawn.iter().zip(questions.iter().copied()))
    })?;
    Percentile::of(value, &rounds, plan)
}

/// The bootstrap of a difference of differences.
///
/// # Errors
/// See [`super::contrast`]; or the watch says stop.
pub fn contrast(changes: &[Change], plan: Plan, watch: Watch) -> Result<Percentile, Refusal> {
    let value = super::contrast(changes)?.difference.value;
    let questions: Vec<_> = by_question(changes).into_values().collect();
    let rounds = resample(plan, questions.len(), watch, |drawn| {
        let same = share(drawn.iter().zip(questions.iter().map(|[same, _]| *same)))?;
        let cross = share(drawn.iter().zip(questions.iter().map(|[_, cross]| *cross)))?;
        Some(cross - same)
    })?;
    Percentile::of(value, &rounds, plan)
}

/// Sum of parts by sum of wholes, each as often as it was drawn.
fn share<'a>(questions: impl Iterator<Item = (&'a u32, (f64, f64))>) -> Option<f64> {
    let (part, whole) = questions.fold((0.0, 0.0), |sum, (times, (part, whole))| {
        let times = f64::from(*times);
        (sum.0 + times * part, sum.1 + times * whole)
    });
    (whole != 0.0).then(|| part / whole)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const PLAN: Plan = Plan {
        seed: 7,
        rounds: 500,
        threads: 1,
    };

    #[test]
    fn a_seed_gives_the_same_with_any_number_of_threads() {
        let questions: Vec<_> = (0..40).map(|n| (f64::from(n % 3), 4.0)).collect();
        let one = ratio(&questions, PLAN, UNWATCHED).unwrap();
        for threads in [2, 3, 8] {
            let plan = Plan { threads, ..PLAN };
            let many = ratio(&questions, plan, UNWATCHED).unwrap();
            assert_eq!(many.estimate, one.estimate);
        }
        let other = ratio(&questions, Plan { seed: 8, ..PLAN }, UNWATCHED).unwrap();
        assert_ne!(other.estimate, one.estimate);
    }

    #[test]
    fn as_many_questions_are_drawn_as_there_are() {
        let sums = resample(PLAN, 9, UNWATCHED, |drawn| drawn.iter().sum::<u32>()).unwrap();
        assert_eq!(sums, vec![9; 500]);
    }

    #[test]
    fn the_percentiles_agree_with_the_delta_method() {
        let questions: Vec<_> = (0..200).map(|n| (f64::from(n * 7 % 5), 5.0)).collect();
        let plan = Plan {
            rounds: 4000,
            ..PLAN
        };
        let found = ratio(&questions, plan, UNWATCHED).unwrap().estimate;
        let delta = crate::stats::ratio(&questions).unwrap();
        let width = delta.high - delta.low;
        assert!(
            (found.low - delta.low).abs() < 0.06 * width,
            "{found:?} {delta:?}"
        );
        assert!(
            (found.high - delta.high).abs() < 0.06 * width,
            "{found:?} {delta:?}"
        );
    }

    #[test]
    fn quantiles_are_between_neighbours() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), 2.5);
        assert_eq!(quantile(&[1.0, 2.0], 1.0), 2.0);
        assert_eq!(quantile(&[5.0], 0.3), 5.0);
    }

    #[test]
    fn a_plan_is_told_with_its_seed_and_rounds() {
        let sentence = PLAN.sentence();
        assert!(sentence.contains("500 bootstrap rounds") && sentence.contains("seed 7"));
    }

    #[test]
    fn it_stops_when_told() {
        let watch = |done| match done {
            20 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        };
        let found = resample(PLAN, 5, &watch, |_| ());
        assert_eq!(found, Err(Refusal::Stopped));
        assert_eq!(resample(PLAN, 0, UNWATCHED, |_| ()), Err(Refusal::Empty));
    }

    #[test]
    fn rounds_without_a_number_are_counted_and_too_many_refused() {
        let mut rounds = vec![Some(1.0); 100];
        rounds[..5].fill(None);
        assert_eq!(Percentile::of(1.0, &rounds, PLAN).unwrap().without, 5);
        rounds[5] = None;
        assert_eq!(
            Percentile::of(1.0, &rounds, PLAN),
            Err(Refusal::TooFewRounds)
        );
    }

    #[test]
    fn a_difference_of_differences_has_the_same_middle_as_without_chance() {
        let changes: Vec<_> = (0..60)
            .map(|n| Change {
                question: n / 3,
                cross: n % 3 > 0,
                by: f64::from(n % 4 % 2),
            })
            .collect();
        let found = contrast(&changes, PLAN, UNWATCHED).unwrap().estimate;
        let delta = crate::stats::contrast(&changes).unwrap().difference;
        assert_eq!(found.value, delta.value);
        assert!(found.low < found.value && found.value < found.high);
    }
}
