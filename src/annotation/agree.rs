//! How far annotators agree.
//!
//! A coefficient is `None` where it is not defined: nothing to compare, or no disagreement possible because everybody
//! always gave the same one answer.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Serialize;

use super::event::Place;
use super::span::{Part, Span};
use super::state::{Marks, State, Status};
use super::target::Target;

/// Cohen's kappa of a square table of counts: one rater's categories down, the other's across. (J. Cohen, A coefficient
/// of agreement for nominal scales, 1960.)
pub fn cohen(table: &[Vec<u64>]) -> Option<f64> {
    let total: u64 = table.iter().flatten().sum();
    if total == 0 {
        return None;
    }
    let n = total as f64;
    let share = |count: u64| count as f64 / n;
    let (mut observed, mut expected) = (0.0, 0.0);
    for (category, row) in table.iter().enumerate() {
        let down: u64 = row.iter().sum();
        let across: u64 = table.iter().filter_map(|row| row.get(category)).sum();
        observed += share(row.get(category).copied().unwrap_or(0));
        expected += share(down) * share(across);
    }
    beyond_chance(observed, expected)
}

/// Fleiss' kappa: one row for each item, how many raters gave it each category. Every item needs the same number of
/// raters, at least two. (J. L. Fleiss, Measuring nominal scale agreement among many raters, 1971.)
pub fn fleiss(items: &[Vec<u64>]) -> Option<f64> {
    let raters: u64 = items.first()?.iter().sum();
    let is_even = items.iter().all(|item| item.iter().sum::<u64>() == raters);
    if raters < 2 || !is_even {
        return None;
    }
    let (n, raters) = (items.len() as f64, raters as f64);
    let agreeing = |item: &Vec<u64>| {
        let pairs: u64 = item
            .iter()
            .map(|count| count * count.saturating_sub(1))
            .sum();
        pairs as f64 / (raters * (raters - 1.0))
    };
    let observed = items.iter().map(agreeing).sum::<f64>() / n;
    let categories = items.iter().map(Vec::len).max().unwrap_or(0);
    let given =
        |category: usize| -> u64 { items.iter().filter_map(|item| item.get(category)).sum() };
    let expected = (0..categories)
        .map(|category| (given(category) as f64 / (n * raters)).powi(2))
        .sum();
    beyond_chance(observed, expected)
}

fn beyond_chance(observed: f64, expected: f64) -> Option<f64> {
    let possible = 1.0 - expected;
    (possible > f64::EPSILON).then(|| (observed - expected) / possible)
}

/// Krippendorff's alpha: for each item the values that it was given, by whomever; an item with fewer than two drops
/// out. The distance of two values is from 0 to 1. (K. Krippendorff, Computing Krippendorff's alpha-reliability, 2011:
/// the form with coincidences.)
pub fn krippendorff<T: Ord>(items: &[Vec<T>], distance: impl Fn(&T, &T) -> f64) -> Option<f64> {
    let mut given: BTreeMap<&T, f64> = BTreeMap::new();
    let mut observed = 0.0;
    for item in items.iter().filter(|item| item.len() > 1) {
        let mut apart = 0.0;
        for (at, value) in item.iter().enumerate() {
            *given.entry(value).or_default() += 1.0;
            apart += item
                .iter()
                .skip(at + 1)
                .map(|other| distance(value, other))
                .sum::<f64>();
        }
        observed += 2.0 * apart / (item.len() - 1) as f64;
    }
    let n: f64 = given.values().sum();
    let mut expected = 0.0;
    for (at, (value, count)) in given.iter().enumerate() {
        for (other, times) in given.iter().skip(at + 1) {
            expected += 2.0 * count * times * distance(value, other);
        }
    }
    // Observed over n, expected over n (n - 1).
    (expected > 0.0).then(|| 1.0 - observed * (n - 1.0) / expected)
}

/// Distance of two values of a nominal scale: 0 where they are equal, else 1.
pub fn nominal<T: PartialEq>(a: &T, b: &T) -> f64 {
    f64::from(u8::from(a != b))
}

/// Jaccard distance of two sets; 0 for two empty ones.
pub fn jaccard<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> f64 {
    1.0 - overlap(a, b)
}

/// MASI distance of two sets: 1 - J M, with M = 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap,
/// 0 where they share nothing; 0 for two empty ones. (R. Passonneau, Measuring agreement on set-valued items, 2006.)
pub fn masi<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> f64 {
    let monotony = if a == b {
        1.0
    } else if a.is_disjoint(b) {
        0.0
    } else if a.is_subset(b) || b.is_subset(a) {
        2.0 / 3.0
    } else {
        1.0 / 3.0
    };
    1.0 - overlap(a, b) * monotony
}

fn overlap<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> f64 {
    match a.union(b).count() {
        0 => 1.0,
        all => a.intersection(b).count() as f64 / all as f64,
    }
}

/// Agreement on ranges of one text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RangeAgreement {
    /// Pairs of ranges that agree.
    pub both: usize,
    /// Ranges of the first that the second has not.
    pub only_a: usize,
    /// Ranges of the second that the first has not.
    pub only_b: usize,
}

impl RangeAgreement {
    /// Of ranges in grapheme clusters. Two agree where neither edge is further apart than `tolerance` clusters; each
    /// agrees with one other at most, in the way that makes the most pairs. So order and nesting do not matter.
    pub fn of(a: &[Range<usize>], b: &[Range<usize>], tolerance: usize) -> RangeAgreement {
        let is_near = |a: &Range<usize>, b: &Range<usize>| {
            a.start.abs_diff(b.start) <= tolerance && a.end.abs_diff(b.end) <= tolerance
        };
        let near: Vec<Vec<usize>> = a
            .iter()
            .map(|a| {
                (0..b.len())
                    .filter(|other| is_near(a, &b[*other]))
                    .collect()
            })
            .collect();
        let mut partner = vec![None; b.len()];
        let both = (0..a.len())
            .filter(|range| pair(*range, &near, &mut partner, &mut vec![false; b.len()]))
            .count();
        RangeAgreement {
            both,
            only_a: a.len() - both,
            only_b: b.len() - both,
        }
    }

    /// F1: pairs over the mean number of ranges; the same whoever is first. There is no kappa of ranges, since nobody
    /// can count the ranges that nobody marked; F1 is what it tends to. (G. Hripcsak and A. S. Rothschild, 2005.)
    pub fn f1(self) -> Option<f64> {
        let all = 2 * self.both + self.only_a + self.only_b;
        (all > 0).then(|| 2.0 * self.both as f64 / all as f64)
    }
}

impl std::ops::AddAssign for RangeAgreement {
    fn add_assign(&mut self, other: Self) {
        self.both += other.both;
        self.only_a += other.only_a;
        self.only_b += other.only_b;
    }
}

/// Finds a partner for a range, moving others to other partners where that helps (augmenting paths, H. W. Kuhn 1955).
fn pair(
    range: usize,
    near: &[Vec<usize>],
    partner: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for other in &near[range] {
        if !std::mem::replace(&mut tried[*other], true)
            && partner[*other].is_none_or(|rival| pair(rival, near, partner, tried))
        {
            partner[*other] = Some(range);
            return true;
        }
    }
    false
}

/// The judgements of some annotators, ready to be compared: an item is a response, and counts for those who decided
/// about it. Deferred, skipped and unseen responses are missing values, not empty ones.
#[derive(Debug, Clone, Default)]
pub struct Study<'s> {
    annotators: Vec<&'s str>,
    items: Vec<Item<'s>>,
}

/// One response.
#[derive(Debug, Clone)]
pub struct Item<'s> {
    /// Which.
    pub target: Target<'s>,
    /// What each annotator says, in the order of the annotators; nothing where one has not decided.
    pub marks: Vec<Option<Marks<'s>>>,
}

impl Item<'_> {
    /// The codes that an annotator gave, at whatever place.
    pub fn codes(&self, annotator: usize) -> Option<BTreeSet<&str>> {
        let marks = self.marks.get(annotator)?.as_ref()?;
        let codes = marks.tags.iter().map(|tag| tag.mark.code.as_ref());
        Some(codes.collect())
    }

    /// The codes of everybody who decided.
    fn sets(&self) -> Vec<BTreeSet<&str>> {
        (0..self.marks.len())
            .filter_map(|annotator| self.codes(annotator))
            .collect()
    }

    /// Two who decided gave different codes.
    pub fn is_disputed(&self) -> bool {
        let sets = self.sets();
        sets.iter().any(|set| Some(set) != sets.first())
    }
}

/// Agreement on one code.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeAgreement<'s> {
    /// Which.
    pub code: &'s str,
    /// Items that at least two decided about.
    pub items: usize,
    /// How often each annotator gave it on those.
    pub given: Vec<usize>,
    /// Of the pairs of judgements on one item, how many are equal, from 0 to 1.
    pub observed: Option<f64>,
    /// Cohen's kappa of each pair of annotators, over the items that both decided about: who, how many items, kappa.
    pub cohen: Vec<(usize, usize, usize, Option<f64>)>,
    /// Fleiss' kappa, over the items that everybody decided about.
    pub fleiss: Option<f64>,
    /// How many those are.
    pub fleiss_items: usize,
    /// Krippendorff's alpha for a nominal scale, over all items that at least two decided about.
    pub alpha: Option<f64>,
}

/// Agreement on whole sets of codes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SetAgreement {
    /// Items that at least two decided about.
    pub items: usize,
    /// Krippendorff's alpha with MASI distance.
    pub masi: Option<f64>,
    /// With Jaccard distance.
    pub jaccard: Option<f64>,
    /// Where only equal sets agree.
    pub exact: Option<f64>,
    /// Fleiss' kappa where each set is a category, over the items that everybody decided about.
    pub fleiss: Option<f64>,
    /// How many those are.
    pub fleiss_items: usize,
}

/// What one gave where the other gave something else.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Confusion<'s> {
    /// The codes, in order; the last row and column stand for nothing.
    pub codes: Vec<&'s str>,
    /// Counts: the first annotator down, the second across. A code that both gave counts on the diagonal. Codes that
    /// only one gave stand against those that only the other gave, each item counting once for each pair; against
    /// nothing where the other gave no further code.
    pub counts: Vec<Vec<u64>>,
    /// Items that both decided about.
    pub items: usize,
}

impl<'s> Study<'s> {
    /// Of these annotators.
    pub fn of(state: &'s State, annotators: &[&'s str]) -> Study<'s> {
        let marks = |target: &Target, annotator: &&str| {
            let marks = state.marks(annotator, target);
            (marks.status == Status::Done).then_some(marks)
        };
        let items = state.targets().map(|target| Item {
            marks: annotators.iter().map(|name| marks(&target, name)).collect(),
            target,
        });
        Study {
            annotators: annotators.to_vec(),
            items: items
                .filter(|item| item.marks.iter().any(Option::is_some))
                .collect(),
        }
    }

    /// Whose judgements these are.
    pub fn annotators(&self) -> &[&'s str] {
        &self.annotators
    }

    /// Every response that somebody decided about.
    pub fn items(&self) -> &[Item<'s>] {
        &self.items
    }

    /// Every code that was given, in order.
    pub fn codes(&self) -> BTreeSet<&str> {
        let marks = self
            .items
            .iter()
            .flat_map(|item| item.marks.iter().flatten());
        marks
            .flat_map(|marks| &marks.tags)
            .map(|tag| tag.mark.code.as_ref())
            .collect()
    }

    /// Only with responses that `is_meant` holds of.
    pub fn retain(&mut self, is_meant: impl Fn(&Target) -> bool) {
        self.items.retain(|item| is_meant(&item.target));
    }

    /// Responses on which two who decided gave different codes.
    pub fn disputed(&self) -> impl Iterator<Item = &Item<'s>> {
        self.items.iter().filter(|item| item.is_disputed())
    }

    /// Agreement on whether responses have a code.
    pub fn code<'c>(&self, code: &'c str) -> CodeAgreement<'c> {
        let has = |item: &Item, annotator| Some(item.codes(annotator)?.contains(code));
        let raters = self.annotators.len();
        let rows: Vec<Vec<Option<bool>>> = self
            .items
            .iter()
            .map(|item| (0..raters).map(|annotator| has(item, annotator)).collect())
            .collect();
        let said: Vec<Vec<bool>> = rows
            .iter()
            .map(|row| row.iter().copied().flatten().collect())
            .filter(|row: &Vec<bool>| row.len() > 1)
            .collect();
        let whole: Vec<Vec<u64>> = said
            .iter()
            .filter(|row| row.len() == raters)
            .map(|row| counts(row).to_vec())
            .collect();
        let is_shared = |row: &&Vec<Option<bool>>| row.iter().flatten().count() > 1;
        let given = |annotator: usize| {
            let shared = rows.iter().filter(is_shared);
            shared.filter(|row| row[annotator] == Some(true)).count()
        };
        let (mut equal, mut pairs) = (0, 0);
        for [no, yes] in said.iter().map(|row| counts(row)) {
            equal += no * no.saturating_sub(1) + yes * yes.saturating_sub(1);
            pairs += (no + yes) * (no + yes - 1);
        }
        CodeAgreement {
            code,
            items: said.len(),
            given: (0..raters).map(given).collect(),
            observed: (pairs > 0).then(|| equal as f64 / pairs as f64),
            cohen: pairs_of(raters)
                .map(|(a, b)| of_pair(&rows, a, b))
                .collect(),
            fleiss: fleiss(&whole),
            fleiss_items: whole.len(),
            alpha: krippendorff(&said, nominal),
        }
    }

    /// Agreement on whole sets of codes.
    pub fn sets(&self) -> SetAgreement {
        let sets: Vec<Vec<BTreeSet<&str>>> = self
            .items
            .iter()
            .map(Item::sets)
            .filter(|sets| sets.len() > 1)
            .collect();
        let categories: BTreeSet<&BTreeSet<&str>> = sets.iter().flatten().collect();
        let counts = |of_item: &Vec<BTreeSet<&str>>| -> Vec<u64> {
            let given = |category| of_item.iter().filter(|set| *set == category).count();
            categories
                .iter()
                .map(|category| given(*category) as u64)
                .collect()
        };
        let whole = sets.iter().filter(|of| of.len() == self.annotators.len());
        let whole: Vec<Vec<u64>> = whole.map(counts).collect();
        SetAgreement {
            items: sets.len(),
            fleiss: fleiss(&whole),
            fleiss_items: whole.len(),
            masi: krippendorff(&sets, masi),
            jaccard: krippendorff(&sets, jaccard),
            exact: krippendorff(&sets, nominal),
        }
    }

    /// What two annotators, by their numbers, confuse.
    pub fn confusion(&self, a: usize, b: usize) -> Confusion<'_> {
        let codes: Vec<&str> = self.codes().into_iter().collect();
        let nothing = codes.len();
        let place = |code: &str| codes.binary_search(&code).unwrap_or(nothing);
        let mut table = Confusion {
            counts: vec![vec![0; nothing + 1]; nothing + 1],
            items: 0,
            codes: codes.clone(),
        };
        for item in &self.items {
            let (Some(first), Some(second)) = (item.codes(a), item.codes(b)) else {
                continue;
            };
            table.items += 1;
            for code in first.intersection(&second) {
                table.counts[place(code)][place(code)] += 1;
            }
            if first == second && !first.is_empty() {
                continue;
            }
            let only = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| -> Vec<usize> {
                let only: Vec<usize> = one.difference(other).map(|code| place(code)).collect();
                if only.is_empty() { vec![nothing] } else { only }
            };
            let (downs, acrosses) = (only(&first, &second), only(&second, &first));
            for down in &downs {
                for across in &acrosses {
                    table.counts[*down][*across] += 1;
                }
            }
        }
        table
    }

    /// Agreement of two annotators on where a code stands, over the responses that both decided about. `clusters` turns
    /// a range of a response into grapheme clusters; one that it does not know is left out.
    pub fn ranges(
        &self,
        (a, b): (usize, usize),
        code: &str,
        tolerance: usize,
        mut clusters: impl FnMut(&Target, &Span) -> Option<Range<usize>>,
    ) -> RangeAgreement {
        let mut sum = RangeAgreement::default();
        for item in &self.items {
            let (Some(Some(first)), Some(Some(second))) = (item.marks.get(a), item.marks.get(b))
            else {
                continue;
            };
            for part in Part::ALL {
                let mut ranges = |marks: &Marks| -> Vec<Range<usize>> {
                    let tags = marks.tags.iter().filter(|tag| tag.mark.code == code);
                    let spans = tags.filter_map(|tag| match &tag.mark.place {
                        Place::Range(span) if span.part == part => Some(span),
                        _ => None,
                    });
                    spans
                        .filter_map(|span| clusters(&item.target, span))
                        .collect()
                };
                let (first, second) = (ranges(first), ranges(second));
                sum += RangeAgreement::of(&first, &second, tolerance);
            }
        }
        sum
    }
}

/// How many said no, and how many yes.
fn counts(row: &[bool]) -> [u64; 2] {
    let yes = row.iter().filter(|yes| **yes).count();
    [(row.len() - yes) as u64, yes as u64]
}

fn pairs_of(raters: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..raters).flat_map(move |a| (a + 1..raters).map(move |b| (a, b)))
}

/// Cohen's kappa of two, over what both said.
fn of_pair(rows: &[Vec<Option<bool>>], a: usize, b: usize) -> (usize, usize, usize, Option<f64>) {
    let mut table = vec![vec![0; 2]; 2];
    let both = rows.iter().filter_map(|row| Some((row[a]?, row[b]?)));
    for (a, b) in both {
        table[usize::from(a)][usize::from(b)] += 1;
    }
    let items: u64 = table.iter().flatten().sum();
    (a, b, items as usize, cohen(&table))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn is(value: Option<f64>, expected: f64) {
        let value = value.unwrap();
        assert!((value - expected).abs() < 5e-7, "{value} is not {expected}");
    }

    fn near(value: Option<f64>, expected: f64, digits: i32) {
        let value = value.unwrap();
        assert!(
            (value - expected).abs() < 0.5 * 0.1f64.powi(digits),
            "{value} is not {expected}"
        );
    }

    fn table(rows: [[u64; 2]; 2]) -> Vec<Vec<u64>> {
        rows.iter().map(|row| row.to_vec()).collect()
    }

    #[test]
    fn cohen_gives_the_known_values() {
        is(cohen(&table([[20, 5], [10, 15]])), 0.4);
        is(cohen(&table([[45, 15], [25, 15]])), 3.0 / 23.0);
        near(cohen(&table([[45, 15], [25, 15]])), 0.13043, 5);
        is(cohen(&table([[25, 35], [5, 35]])), 7.0 / 27.0);
        near(cohen(&table([[25, 35], [5, 35]])), 0.25926, 5);
        assert_eq!(cohen(&table([[7, 0], [0, 0]])), None);
        assert_eq!(cohen(&[]), None);
    }

    /// The table of ten subjects and fourteen raters that is in every account of the measure.
    const FLEISS: [[u64; 5]; 10] = [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ];

    #[test]
    fn fleiss_gives_the_known_value() {
        let items: Vec<Vec<u64>> = FLEISS.iter().map(|row| row.to_vec()).collect();
        near(fleiss(&items), 0.20993, 5);
        // The same table by exact fractions.
        is(fleiss(&items), 0.209_930_7);
        assert_eq!(fleiss(&[vec![2, 0], vec![1, 0]]), None);
        assert_eq!(fleiss(&[]), None);
    }

    fn columns(raters: &[&str]) -> Vec<Vec<char>> {
        let length = raters[0].len();
        let column = |at| {
            raters
                .iter()
                .filter_map(move |rater: &&str| rater.chars().nth(at))
        };
        (0..length)
            .map(|at| column(at).filter(|value| *value != '*').collect())
            .collect()
    }

    #[test]
    fn krippendorff_gives_the_known_values() {
        let canonical = columns(&[
            "123321412***",
            "1233224125*3",
            "*3332342251*",
            "12332441251*",
        ]);
        is(krippendorff(&canonical, nominal), 0.743_421);
        let binary = columns(&["0100000010", "1110010000"]);
        is(krippendorff(&binary, nominal), 0.095_238);
    }

    fn sets(raters: [&str; 3]) -> Vec<Vec<BTreeSet<char>>> {
        let split = |rater: &str| -> Vec<BTreeSet<char>> {
            let items = rater.split('|');
            items
                .map(|item| item.chars().filter(|c| c.is_alphabetic()).collect())
                .collect()
        };
        let raters = raters.map(split);
        (0..6)
            .map(|at| raters.iter().map(|rater| rater[at].clone()).collect())
            .collect()
    }

    #[test]
    fn distances_of_sets_give_the_known_values() {
        let set = |codes: &[u8]| codes.iter().copied().collect::<BTreeSet<u8>>();
        is(Some(masi(&set(&[1, 2]), &set(&[1, 2, 3, 4]))), 0.666_667);
        is(Some(masi(&set(&[1, 2]), &set(&[2, 3]))), 0.888_889);
        is(Some(masi(&set(&[]), &set(&[]))), 0.0);
        is(Some(masi(&set(&[]), &set(&[1]))), 1.0);
        is(Some(jaccard(&set(&[]), &set(&[]))), 0.0);
        is(Some(jaccard(&set(&[1, 2]), &set(&[2, 3]))), 0.666_667);
    }

    #[test]
    fn alpha_of_sets_gives_the_known_values() {
        let items = sets([
            "v | c,v | w | t | v | o,v",
            "v | v | w | t,w | v | o",
            "v | c | w | t | c | o,v",
        ]);
        is(krippendorff(&items, masi), 0.515_385);
        // 401/707.
        is(krippendorff(&items, jaccard), 0.567_185);
        is(krippendorff(&items, nominal), 0.420_455);
    }

    /// Items `q0`, `q1` … with what each annotator gave: codes, `-` for none, nothing for not decided.
    fn study(given: &[(&'static str, &[&str])]) -> State {
        use super::super::event::{Act, Decision, Event, Id, Mark, Time};
        use super::super::span::Span;
        use crate::hash::Hash;
        let mut state = State::default();
        let mut number = 0;
        for (annotator, items) in given {
            for (codes, item) in items.iter().zip(0..) {
                let tags = codes.split(',').filter(|code| !code.is_empty());
                let decisions = tags.map(|code| match code.split_once(' ') {
                    None if code == "-" => Decision::Done,
                    None if code == "later" => Decision::Defer,
                    place => {
                        let (code, range) = place.unwrap_or((code, ""));
                        let ends = range
                            .split_once('-')
                            .map(|(a, b)| a.parse().unwrap()..b.parse().unwrap());
                        let text = "abcdefghijklmnopqrstuvwxyz";
                        let span = ends.and_then(|range| Span::new(Part::Trace, text, range));
                        let place =
                            span.map_or(Place::Response, |span| Place::Range(Box::new(span)));
                        let code = code.to_owned().into();
                        Decision::Tag {
                            mark: Mark { code, place },
                            suggested: false,
                        }
                    }
                });
                for decision in decisions {
                    number += 1;
                    state.apply(&Event {
                        id: Id(number),
                        time: Time(0),
                        annotator: (*annotator).into(),
                        act: Act::Decide {
                            target: Target("r".into(), format!("q{item}").into(), "".into(), 1),
                            content: Hash(0),
                            taxonomy: "".into(),
                            decision,
                        },
                    });
                }
            }
        }
        state
    }

    #[test]
    fn sets_of_real_events_give_the_known_values() {
        let state = study(&[
            ("A", &["v", "c,v", "w", "t", "v", "o,v"]),
            ("B", &["v", "v", "w", "t,w", "v", "o"]),
            ("C", &["v", "c", "w", "t", "c", "o,v"]),
        ]);
        let study = Study::of(&state, &["A", "B", "C"]);
        let sets = study.sets();
        is(sets.masi, 0.515_385);
        is(sets.jaccard, 0.567_185);
        is(sets.exact, 0.420_455);
        let disputed: Vec<&str> = study
            .disputed()
            .map(|item| item.target.1.as_ref())
            .collect();
        assert_eq!(disputed, ["q1", "q3", "q4", "q5"]);
    }

    #[test]
    fn what_one_has_not_decided_is_missing_and_not_a_no() {
        let state = study(&[
            ("A", &["v", "v", "-", "-", "later", "v", ""]),
            ("B", &["v", "-", "-", "v", "v", "", "-"]),
        ]);
        let study = Study::of(&state, &["A", "B"]);
        let code = study.code("v");
        assert_eq!(
            (code.items, code.fleiss_items, study.items().len()),
            (4, 4, 7)
        );
        assert_eq!(
            (code.given.as_slice(), code.observed),
            (&[2, 2][..], Some(0.5))
        );
        assert_eq!(code.cohen, [(0, 1, 4, Some(0.0))]);
        // By hand: 8 values, 4 of each; 1 - 7 * 2 / 16.
        is(code.alpha, 0.125);
    }

    #[test]
    fn confusion_counts_what_only_one_gave() {
        let state = study(&[
            ("A", &["v", "v", "c,v", "-", "v", "v"]),
            ("B", &["v", "c", "v", "-", "-", ""]),
        ]);
        let study = Study::of(&state, &["A", "B"]);
        let table = study.confusion(0, 1);
        assert_eq!((table.codes.as_slice(), table.items), (&["c", "v"][..], 5));
        // Down A, across B: c, v, nothing.
        assert_eq!(table.counts, [[0, 0, 1], [1, 2, 1], [0, 0, 1]]);
    }

    #[test]
    fn ranges_are_compared_item_by_item_and_code_by_code() {
        let state = study(&[
            ("A", &["v 2-6,v 10-14", "v 0-3", "c 0-3"]),
            ("B", &["v 10-15,v 2-6", "c 0-3", "c 0-3"]),
        ]);
        let study = Study::of(&state, &["A", "B"]);
        let of =
            |code, tolerance| study.ranges((0, 1), code, tolerance, |_, span| Some(span.range()));
        assert_eq!(
            of("v", 0),
            RangeAgreement {
                both: 1,
                only_a: 2,
                only_b: 1
            }
        );
        assert_eq!(
            of("v", 1),
            RangeAgreement {
                both: 2,
                only_a: 1,
                only_b: 0
            }
        );
        is(of("c", 0).f1(), 0.666_667);
    }

    #[test]
    fn ranges_agree_within_the_tolerance_only() {
        let of =
            |a: &[Range<usize>], b: &[Range<usize>], tolerance| RangeAgreement::of(a, b, tolerance);
        let found = of(&[0..5, 10..20], &[11..20, 0..7], 1);
        assert_eq!((found.both, found.only_a, found.only_b), (1, 1, 1));
        is(found.f1(), 0.5);
        assert_eq!(of(&[0..5, 10..20], &[11..20, 0..7], 2).both, 2);
        assert_eq!(of(&[], &[], 3).f1(), None);
    }

    #[test]
    fn nesting_and_order_do_not_matter() {
        let found = RangeAgreement::of(&[0..20, 5..8], &[5..8, 0..20], 0);
        assert_eq!((found.both, found.f1()), (2, Some(1.0)));
        // The first may take either, the second only one of them.
        let found = RangeAgreement::of(&[1..5, 0..4], &[1..5, 2..6], 1);
        assert_eq!(found.both, 2);
    }

    proptest! {
        #[test]
        fn range_agreement_is_the_same_from_both_sides_and_in_any_order(
            a in prop::collection::vec((0usize..12, 1usize..5), 0..6),
            b in prop::collection::vec((0usize..12, 1usize..5), 0..6),
            tolerance in 0usize..3,
        ) {
            let ranges = |list: &[(usize, usize)]| -> Vec<Range<usize>> {
                list.iter().map(|(start, length)| *start..start + length).collect()
            };
            let (a, mut b) = (ranges(&a), ranges(&b));
            let one = RangeAgreement::of(&a, &b, tolerance);
            b.reverse();
            let other = RangeAgreement::of(&b, &a, tolerance);
            prop_assert_eq!((one.both, one.only_a, one.only_b), (other.both, other.only_b, other.only_a));
            prop_assert!(RangeAgreement::of(&a, &b, tolerance + 1).both >= one.both);
            prop_assert_eq!(RangeAgreement::of(&a, &a, tolerance).both, a.len());
        }

        #[test]
        fn alpha_of_two_sure_raters_is_one(values in prop::collection::vec(0u8..4, 2..20)) {
            let items: Vec<Vec<u8>> = values.iter().map(|value| vec![*value, *value]).collect();
            let is_one_value = values.iter().all(|value| *value == values[0]);
            prop_assert_eq!(krippendorff(&items, nominal), (!is_one_value).then_some(1.0));
        }
    }
}
