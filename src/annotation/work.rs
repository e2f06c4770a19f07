//! How the work of annotators goes, in numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::event::Time;
use super::state::{State, Status};
use super::target::Target;

/// Between two decisions that are further apart, in seconds, somebody did something else.
pub const PAUSE: u64 = 5 * 60;

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Work<'s> {
    /// By whom, in the order in which they came.
    pub annotators: Vec<AnnotatorWork<'s>>,
    /// With which codes, the most frequent first.
    pub codes: Vec<CodeWork<'s>>,
}

/// What one annotator has done. Of judgements, those in force are counted; of decisions, all.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AnnotatorWork<'s> {
    /// Who.
    pub annotator: &'s str,
    /// Responses that are decided about.
    pub done: usize,
    /// Responses that are put off.
    pub deferred: usize,
    /// Responses that are left out.
    pub skipped: usize,
    /// Responses that are to be looked at again.
    pub flagged: usize,
    /// Notes.
    pub notes: usize,
    /// Responses whose gold tags this annotator settled.
    pub gold: usize,
    /// Tags.
    pub tags: usize,
    /// Tags that the program had suggested.
    pub suggested: usize,
    /// Decisions ever made.
    pub decisions: usize,
    /// Decisions that were taken back.
    pub undone: usize,
    /// When the first was made.
    pub first: Option<Time>,
    /// When the last was.
    pub last: Option<Time>,
    /// Median of the seconds between one decision and the next, without pauses.
    pub median_seconds: Option<f64>,
    /// Pauses: how often two decisions are more than [`PAUSE`] seconds apart.
    pub pauses: usize,
}

/// What was done with one code.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CodeWork<'s> {
    /// Which.
    pub code: &'s str,
    /// Tags in force.
    pub tags: usize,
    /// Responses with one.
    pub responses: usize,
    /// Tags that the program had suggested.
    pub suggested: usize,
    /// Tags by annotator.
    pub by: BTreeMap<&'s str, usize>,
    /// When the first was set.
    pub first: Option<Time>,
    /// When the last was.
    pub last: Option<Time>,
}

impl Work<'_> {
    /// On the responses that are meant.
    pub fn of<'s>(state: &'s State, is_meant: impl Fn(&Target) -> bool) -> Work<'s> {
        let mut codes: BTreeMap<&str, CodeWork> = BTreeMap::new();
        let mut annotators = Vec::new();
        for annotator in state.annotators() {
            let mut work = AnnotatorWork {
                annotator,
                ..AnnotatorWork::default()
            };
            let recent = state.recent(annotator);
            let mut times: Vec<u64> = Vec::new();
            for decision in recent.filter(|decision| is_meant(&decision.target)) {
                times.push(decision.time.0);
                work.decisions += 1;
                work.undone += usize::from(decision.undone);
            }
            times.sort_unstable();
            work.first = times.first().copied().map(Time);
            work.last = times.last().copied().map(Time);
            (work.median_seconds, work.pauses) = pace(&times);
            if work.decisions > 0 {
                annotators.push(work);
            }
        }
        for target in state.targets().filter(is_meant) {
            let mut seen: Vec<&str> = Vec::new();
            for work in &mut annotators {
                let marks = state.marks(work.annotator, &target);
                match marks.status {
                    Status::Done => work.done += 1,
                    Status::Deferred => work.deferred += 1,
                    Status::Skipped => work.skipped += 1,
                    Status::Open => {}
                }
                work.flagged += usize::from(marks.flag.is_some());
                work.notes += marks.notes.len();
                work.tags += marks.tags.len();
                for tag in &marks.tags {
                    let name = tag.mark.code.as_ref();
                    let code = codes.entry(name).or_default();
                    (code.code, code.tags) = (name, code.tags + 1);
                    code.suggested += usize::from(tag.suggested);
                    work.suggested += usize::from(tag.suggested);
                    *code.by.entry(work.annotator).or_default() += 1;
                    let time = Some(tag.made.time);
                    code.first = code.first.min(time).or(time);
                    code.last = code.last.max(time);
                    if !seen.contains(&name) {
                        seen.push(name);
                        code.responses += 1;
                    }
                }
            }
            if let Some(gold) = state.gold(&target) {
                let mut works = annotators.iter_mut();
                let work = works.find(|work| work.annotator == gold.annotator);
                work.into_iter().for_each(|work| work.gold += 1);
            }
        }
        let mut codes: Vec<CodeWork> = codes.into_values().collect();
        codes.sort_by_key(|code| std::cmp::Reverse(code.tags));
        Work { annotators, codes }
    }
}

/// Median seconds between moments, and how many pauses there are. The moments are in order.
fn pace(times: &[u64]) -> (Option<f64>, usize) {
    let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
    let (mut gaps, pauses): (Vec<u64>, Vec<u64>) = gaps.partition(|gap| *gap <= PAUSE * 1000);
    gaps.sort_unstable();
    let middle = gaps.len() / 2;
    let median = match (gaps.get(middle), gaps.len() % 2) {
        (Some(upper), 0) => Some((gaps[middle - 1] + upper) as f64 / 2.0),
        (upper, _) => upper.map(|gap| *gap as f64),
    };
    (median.map(|gap| gap / 1000.0), pauses.len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::exchange::tests::{everything, target};
    use super::*;

    #[test]
    fn pauses_are_no_work() {
        assert_eq!(pace(&[]), (None, 0));
        assert_eq!(pace(&[5]), (None, 0));
        assert_eq!(pace(&[0, 1_000, 4_000]), (Some(2.0), 0));
        assert_eq!(pace(&[0, 1_000, 301_000, 601_001, 603_001]), (Some(2.0), 1));
    }

    #[test]
    fn work_is_counted_by_annotator_and_by_code() {
        let state = everything();
        let work = Work::of(&state, |_| true);
        let ann = &work.annotators[0];
        assert_eq!(
            (ann.annotator, ann.done, ann.tags, ann.suggested),
            ("ann", 1, 4, 3)
        );
        assert_eq!((ann.notes, ann.flagged, ann.decisions), (1, 1, 6));
        let of = |name: &str| {
            let mut all = work.annotators.iter();
            all.find(|work| work.annotator == name).unwrap()
        };
        assert_eq!((of("bob").done, of("cyd").skipped), (1, 1));
        assert_eq!((of("dan").deferred, of("eve").gold), (1, 1));
        let vowel = &work.codes[0];
        assert_eq!((vowel.code, vowel.tags, vowel.responses), ("vowel", 3, 1));
        let first = vowel.first.unwrap();
        assert_eq!((first, vowel.by["ann"]), (ann.first.unwrap(), 3));
        assert_eq!(
            Work::of(&state, |other| *other != target()),
            Work::default()
        );
    }
}
