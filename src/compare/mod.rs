//! Reasoning traces side by side: which step of one says what a step of another says, in whatever script.
//!
//! Steps are matched by their anchors: names, numbers, quoted titles, formulas, words that stand in both. A rare anchor
//! counts more than a common one. Pairs never cross, so what was said at another place stays without a partner, and
//! so does a step that nothing ties to the other trace, unless its neighbours do.

mod anchors;
mod differences;
mod digits;
mod pairing;
mod responses;
mod rows;
mod shared;
pub mod told;

pub use differences::{Differences, differences};
pub use responses::{Compared, Differs, Response, Row};
pub use rows::{Rows, align_all};

use std::cmp::Ordering;
use std::ops::Range;

use crate::script::steps;
use shared::Shared;

/// One trace, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Trace<'a> {
    /// The reasoning.
    pub text: &'a str,
    /// Where names stand: the number of a name, the same in every trace and script, and the bytes. In any order.
    pub names: &'a [(u32, Range<usize>)],
    /// BCP 47, or `und`.
    pub language: &'a str,
}

/// What stands at one place of an alignment. Steps are told by their place in [`Alignment::left`] and `right`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Beat {
    /// A step of each.
    Both {
        /// The step of the left trace.
        left: usize,
        /// The step of the right trace.
        right: usize,
        /// How much of what either says is in the other, from 0 to 1, by the weight of the anchors. 0 where only the
        /// neighbours say that the two belong together.
        likeness: f32,
    },
    /// A step that the right trace lacks.
    Left(usize),
    /// A step that the left trace lacks.
    Right(usize),
}

/// Two traces, step by step.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Alignment {
    /// The steps of the left trace, in bytes.
    pub left: Vec<Range<usize>>,
    /// The steps of the right trace.
    pub right: Vec<Range<usize>>,
    /// Every step once, in the order of either trace; where both have steps of their own, those of the left come first.
    pub beats: Vec<Beat>,
    /// How many anchors the pairs have in common. Without any there are no pairs.
    pub shared: usize,
}

impl Alignment {
    /// The steps that stand side by side, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.beats.iter().filter_map(|beat| match *beat {
            Beat::Both { left, right, .. } => Some((left, right)),
            Beat::Left(_) | Beat::Right(_) => None,
        })
    }
}

/// Aligns two traces. With the sides swapped the same steps are paired. Takes time by the length of the texts: 40 to 90 ms
/// for a megabyte a side.
pub fn align(left: &Trace, right: &Trace) -> Alignment {
    // Ties are broken by order, so the order of the sides must not tell.
    let is_swapped = order(left, right) == Ordering::Greater;
    let (first, second) = if is_swapped {
        (right, left)
    } else {
        (left, right)
    };
    let of_first: Vec<_> = steps(first.text).collect();
    let of_second: Vec<_> = steps(second.text).collect();
    let shared = Shared::of((first, &of_first), (second, &of_second));
    let found = pairing::pairs(&shared);
    let count = shared.count(&found);
    let mut pairs: Vec<_> = found
        .iter()
        .map(|&(l, r)| (l, r, shared.likeness(l, r)))
        .collect();
    if is_swapped {
        for (l, r, _) in &mut pairs {
            std::mem::swap(l, r);
        }
    }
    let (left, right) = if is_swapped {
        (of_second, of_first)
    } else {
        (of_first, of_second)
    };
    Alignment {
        beats: beats(left.len(), right.len(), &pairs),
        left,
        right,
        shared: count,
    }
}

fn order(a: &Trace, b: &Trace) -> Ordering {
    let names = |trace: &Trace| -> Vec<_> {
        let key = |(name, range): &(u32, Range<usize>)| (*name, range.start, range.end);
        trace.names.iter().map(key).collect()
    };
    let length = a.text.len().cmp(&b.text.len());
    length
        .then_with(|| a.text.cmp(b.text))
        .then_with(|| a.language.cmp(b.language))
        .then_with(|| names(a).cmp(&names(b)))
}

/// Every step once, around the pairs.
fn beats(lefts: usize, rights: usize, pairs: &[(usize, usize, f32)]) -> Vec<Beat> {
    let mut beats = Vec::with_capacity(lefts + rights - pairs.len());
    let (mut l, mut r) = (0, 0);
    for &(left, right, likeness) in pairs {
        beats.extend((l..left).map(Beat::Left));
        beats.extend((r..right).map(Beat::Right));
        beats.push(Beat::Both {
            left,
            right,
            likeness,
        });
        (l, r) = (left + 1, right + 1);
    }
    beats.extend((l..lefts).map(Beat::Left));
    beats.extend((r..rights).map(Beat::Right));
    beats
}
