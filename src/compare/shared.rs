//! Which anchors two traces share, and how much each of them says.

use std::ops::Range;

use super::Trace;
use super::anchors::{Anchor, Kind, Relation, anchors};

/// The anchors of two traces, by number.
#[derive(Default)]
pub(super) struct Shared {
    /// What is known of each anchor that stands in both.
    pub anchors: Vec<Known>,
    /// The steps of the right trace that have an anchor: those of all anchors, one after the other.
    places: Vec<u32>,
    /// The left trace.
    pub left: Side,
    /// The right trace.
    pub right: Side,
}

/// An anchor that stands in both traces.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// From 0 to the weight of its kind: less, the more steps have it.
    pub weight: f32,
    /// Whether a step without it says something else.
    pub is_strong: bool,
    /// In how many pairs of steps it stands.
    pub pairs: usize,
    places: Range<usize>,
}

/// One trace.
#[derive(Default)]
pub(super) struct Side {
    /// What is known of each step.
    pub steps: Vec<Step>,
    /// The shared anchors of all steps, one step after the other.
    anchors: Vec<u32>,
}

/// What is known of a step.
#[derive(Debug, Clone, Default)]
pub(super) struct Step {
    /// The weight of all its anchors, shared or not.
    pub weight: f32,
    /// The weight of those that say something whatever the languages.
    pub strong: f32,
    /// Its length, where 1 is the mean in its trace.
    pub length: f32,
    /// The anchor that is the step as a whole.
    pub whole: Option<u32>,
    anchors: Range<usize>,
}

impl Side {
    fn new(steps: &[Range<usize>]) -> Side {
        let length: usize = steps.iter().map(ExactSizeIterator::len).sum();
        let mean = length as f32 / steps.len().max(1) as f32;
        let step = |range: &Range<usize>| Step {
            length: range.len() as f32 / mean,
            ..Step::default()
        };
        Side {
            steps: steps.iter().map(step).collect(),
            anchors: Vec::new(),
        }
    }

    /// The shared anchors of a step.
    pub fn of(&self, step: usize) -> &[u32] {
        &self.anchors[self.steps[step].anchors.clone()]
    }

    /// Takes (step, anchor) in the order of the steps.
    fn fill(&mut self, mut found: Vec<(u32, u32)>) {
        found.sort_unstable();
        let mut at = 0;
        for (nth, step) in self.steps.iter_mut().enumerate() {
            let end = at
                + found[at..]
                    .iter()
                    .take_while(|(of, _)| *of as usize == nth)
                    .count();
            step.anchors = at..end;
            at = end;
        }
        self.anchors = found.into_iter().map(|(_, anchor)| anchor).collect();
    }
}

impl Shared {
    /// Reads both traces.
    pub fn of(left: (&Trace, &[Range<usize>]), right: (&Trace, &[Range<usize>])) -> Shared {
        let relation = Relation::of(left.0, right.0);
        let [in_left, in_right] = [0, 1].map(|side| {
            let (trace, steps) = [left, right][side];
            let mut found = anchors(trace, steps, &relation, relation.scripts[side]);
            found.sort_unstable();
            found.dedup();
            found
        });
        let mut shared = Shared {
            left: Side::new(left.1),
            right: Side::new(right.1),
            ..Shared::default()
        };
        let rarity = Rarity::of(left.1.len() + right.1.len());
        let (mut of_left, mut of_right) = (Vec::new(), Vec::new());
        let (mut lefts, mut rights) = (&in_left[..], &in_right[..]);
        while let Some(anchor) = next(lefts, rights) {
            let (with_left, with_right) = (take(&mut lefts, anchor), take(&mut rights, anchor));
            let kind = anchor.kind();
            let weight = kind.weight() * rarity.of_count(with_left.len() + with_right.len());
            let is_shared = !with_left.is_empty() && !with_right.is_empty();
            let number = shared.anchors.len() as u32;
            for (side, with, of) in [
                (&mut shared.left, with_left, &mut of_left),
                (&mut shared.right, with_right, &mut of_right),
            ] {
                for &(_, step) in with {
                    let known = &mut side.steps[step as usize];
                    if is_shared {
                        of.push((step, number));
                    }
                    if kind == Kind::Step {
                        known.whole = is_shared.then_some(number);
                    } else if is_shared || kind.is_strong() || relation.words_tell() {
                        known.weight += weight;
                    }
                    if kind.is_strong() {
                        known.strong += weight;
                    }
                }
            }
            if is_shared {
                let start = shared.places.len();
                shared
                    .places
                    .extend(with_right.iter().map(|(_, step)| *step));
                shared.anchors.push(Known {
                    weight,
                    is_strong: kind.is_strong(),
                    pairs: with_left.len() * with_right.len(),
                    places: start..shared.places.len(),
                });
            }
        }
        shared.left.fill(of_left);
        shared.right.fill(of_right);
        shared
    }

    /// The steps of the right trace in a range that have an anchor.
    pub fn places(&self, anchor: &Known, range: &Range<usize>) -> &[u32] {
        let places = &self.places[anchor.places.clone()];
        let start = places.partition_point(|place| (*place as usize) < range.start);
        let end = places.partition_point(|place| (*place as usize) < range.end);
        &places[start..end]
    }

    /// The numbers of the anchors that two steps share.
    fn both(&self, left: usize, right: usize) -> impl Iterator<Item = u32> + '_ {
        let others = self.right.of(right);
        let of_left = self.left.of(left).iter().copied();
        of_left.filter(|anchor| others.binary_search(anchor).is_ok())
    }

    /// How much of what two steps say is in both, from 0 to 1.
    pub fn likeness(&self, left: usize, right: usize) -> f32 {
        let (l, r) = (&self.left.steps[left], &self.right.steps[right]);
        if l.whole.is_some() && l.whole == r.whole {
            return 1.0;
        }
        let weight = |anchor: u32| self.anchors[anchor as usize].weight;
        let shared = self
            .both(left, right)
            .fold(0.0, |sum, anchor| sum + weight(anchor));
        ratio(shared, l, r)
    }

    /// How many anchors pairs have in common.
    pub fn count(&self, pairs: &[(usize, usize)]) -> usize {
        let mut is_seen = vec![false; self.anchors.len()];
        for &(left, right) in pairs {
            for anchor in self.both(left, right) {
                is_seen[anchor as usize] = true;
            }
        }
        is_seen.into_iter().filter(|seen| *seen).count()
    }
}

fn next(lefts: &[(Anchor, u32)], rights: &[(Anchor, u32)]) -> Option<Anchor> {
    let first = |found: &[(Anchor, u32)]| found.first().map(|(anchor, _)| *anchor);
    match (first(lefts), first(rights)) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (left, right) => left.or(right),
    }
}

/// Takes all places of an anchor.
fn take<'a>(found: &mut &'a [(Anchor, u32)], anchor: Anchor) -> &'a [(Anchor, u32)] {
    let count = found.iter().take_while(|(of, _)| *of == anchor).count();
    let (taken, rest) = found.split_at(count);
    *found = rest;
    taken
}

/// A step says more than its anchors do: this much, which the other may lack.
const UNTOLD: f32 = 0.25;

/// How much of what two steps say is in both, where their common anchors weigh so much.
pub(super) fn ratio(shared: f32, left: &Step, right: &Step) -> f32 {
    let all = left.weight + right.weight + 2.0 * UNTOLD;
    (2.0 * shared / all).min(1.0)
}

/// What being rare is worth: 1 for what stands in one step of either trace, near 0 for what stands in all.
struct Rarity {
    steps: f32,
}

impl Rarity {
    fn of(steps: usize) -> Rarity {
        Rarity {
            steps: steps as f32 + 1.0,
        }
    }

    fn of_count(&self, count: usize) -> f32 {
        let rarest = (self.steps / 2.0).ln();
        let rarity = (self.steps / count.max(2) as f32).ln() / rarest;
        rarity.clamp(0.02, 1.0)
    }
}
