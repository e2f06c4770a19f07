//! Which steps belong together: a path through both traces that never turns back.

use std::ops::Range;

use super::shared::{Shared, ratio};

/// Every cell of a gap of at most this many is looked at; a larger one is parted.
const CELLS: usize = 1 << 14;
/// Anchors in more pairs of steps find no pins.
const COMMON: usize = 16;
/// What a pair must weigh to be a pin.
const PIN: f32 = 0.8;
/// What the neighbour of a pair gets for being that.
const NEAR: f32 = 0.1;
/// How much of the weight of an anchor that only one of two steps has speaks against the pair.
const AGAINST: f32 = 0.15;
/// What a pair without anchors gets for being of one length: little tells such steps apart but that.
const BARE: f32 = 0.5;
/// A step whose strong anchors weigh more is not paired without one.
const TELLING: f32 = 0.6;
/// The same as [`CELLS`], for pairs without anchors.
const BARE_CELLS: usize = 1 << 12;

/// The steps that belong together, in order.
pub(super) fn pairs(shared: &Shared) -> Vec<(usize, usize)> {
    let (lefts, rights) = (shared.left.steps.len(), shared.right.steps.len());
    let is_same = |l: usize, r: usize| {
        let of_left = shared.left.steps[l].whole;
        of_left.is_some() && of_left == shared.right.steps[r].whole
    };
    let shorter = lefts.min(rights);
    let head = (0..shorter).take_while(|&nth| is_same(nth, nth)).count();
    let tail = (1..=shorter - head)
        .take_while(|nth| is_same(lefts - nth, rights - nth))
        .count();
    let mut pairs: Vec<_> = (0..head).map(|nth| (nth, nth)).collect();
    let mut path = Path {
        shared,
        pairs: Vec::new(),
        row: Vec::new(),
    };
    path.between(head..lefts - tail, head..rights - tail);
    pairs.append(&mut path.pairs);
    pairs.extend((1..=tail).rev().map(|nth| (lefts - nth, rights - nth)));
    match pairs.is_empty() {
        true => pairs,
        false => path.neighbours(&pairs),
    }
}

struct Path<'a> {
    shared: &'a Shared,
    pairs: Vec<(usize, usize)>,
    /// What a step of the left shares with those of the right: all, and of what is strong.
    row: Vec<(f32, f32)>,
}

impl Path<'_> {
    /// Pairs by anchors.
    fn between(&mut self, left: Range<usize>, right: Range<usize>) {
        if left.len() * right.len() <= CELLS {
            return self.gap(left, right);
        }
        let (mut l, mut r) = (left.start, right.start);
        for (pin_l, pin_r) in pins(self.shared, left.clone(), right.clone()) {
            self.part(l..pin_l, r..pin_r);
            self.pairs.push((pin_l, pin_r));
            (l, r) = (pin_l + 1, pin_r + 1);
        }
        self.part(l..left.end, r..right.end);
    }

    /// A gap without pins: what is too large is halved on both sides.
    fn part(&mut self, left: Range<usize>, right: Range<usize>) {
        if left.len() * right.len() <= CELLS {
            return self.gap(left, right);
        }
        let (l, r) = (left.start + left.len() / 2, right.start + right.len() / 2);
        self.part(left.start..l, right.start..r);
        self.part(l..left.end, r..right.end);
    }

    /// The best pairs in a gap, looking at every cell.
    fn gap(&mut self, left: Range<usize>, right: Range<usize>) {
        let shared = self.shared;
        let mut row = std::mem::take(&mut self.row);
        let found = best(left.len(), right.len(), |nth, values| {
            let l = left.start + nth;
            let of_left = &shared.left.steps[l];
            row.clear();
            row.resize(right.len(), (0.0, 0.0));
            for &anchor in shared.left.of(l) {
                let anchor = &shared.anchors[anchor as usize];
                for &place in shared.places(anchor, &right) {
                    let (all, strong) = &mut row[place as usize - right.start];
                    *all += anchor.weight;
                    *strong += if anchor.is_strong { anchor.weight } else { 0.0 };
                }
            }
            for ((value, &(all, strong)), of_right) in values
                .iter_mut()
                .zip(&row)
                .zip(&shared.right.steps[right.clone()])
            {
                if all > 0.0 {
                    let likeness = ratio(all, of_left, of_right);
                    let against = of_left.strong + of_right.strong - 2.0 * strong;
                    *value = all * (0.5 + 0.5 * likeness) - AGAINST * against;
                }
            }
        });
        self.row = row;
        self.pairs.extend(
            found
                .into_iter()
                .map(|(l, r)| (left.start + l, right.start + r)),
        );
    }

    /// The pairs, and what stands between two of them without an anchor, where both sides have about as many such steps.
    fn neighbours(&self, pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
        let (lefts, rights) = (&self.shared.left.steps, &self.shared.right.steps);
        let mut all = Vec::with_capacity(pairs.len());
        let (mut l, mut r) = (0, 0);
        for &(pair_l, pair_r) in pairs.iter().chain([&(lefts.len(), rights.len())]) {
            let free_l: Vec<_> = (l..pair_l)
                .filter(|nth| lefts[*nth].strong < TELLING)
                .collect();
            let free_r: Vec<_> = (r..pair_r)
                .filter(|nth| rights[*nth].strong < TELLING)
                .collect();
            let (gap_l, gap_r) = (pair_l - l, pair_r - r);
            if gap_l.abs_diff(gap_r) <= gap_l.max(gap_r) / 3
                && free_l.len() * free_r.len() <= BARE_CELLS
            {
                let found = best(free_l.len(), free_r.len(), |l, values| {
                    let of_left = &lefts[free_l[l]];
                    for (r, value) in values.iter_mut().enumerate() {
                        let of_right = &rights[free_r[r]];
                        let (a, b) = (of_left.length, of_right.length);
                        *value = BARE * a.min(b) / a.max(b).max(f32::MIN_POSITIVE)
                            - AGAINST * (of_left.strong + of_right.strong);
                    }
                });
                all.extend(found.into_iter().map(|(l, r)| (free_l[l], free_r[r])));
            }
            if pair_l < lefts.len() {
                all.push((pair_l, pair_r));
            }
            (l, r) = (pair_l + 1, pair_r + 1);
        }
        all
    }
}

/// The pairs that are worth most together, by dynamic programming. `fill` tells what the pairs of one left step are
/// worth; what is worth nothing is no pair.
fn best(
    lefts: usize,
    rights: usize,
    mut fill: impl FnMut(usize, &mut [f32]),
) -> Vec<(usize, usize)> {
    #[derive(Clone, Copy, PartialEq)]
    enum Move {
        Left,
        Right,
        Both,
    }
    if lefts == 0 || rights == 0 {
        return Vec::new();
    }
    let width = rights + 1;
    // The first row and column are the beginning: what stands there is next to a pair.
    let mut moves = vec![Move::Both; (lefts + 1) * width];
    let mut above = vec![0.0_f32; width];
    let mut here = above.clone();
    let mut values = vec![0.0_f32; rights];
    for l in 0..lefts {
        values.fill(0.0);
        fill(l, &mut values);
        for r in 0..rights {
            let is_near = moves[l * width + r] == Move::Both && (l == 0) == (r == 0);
            let value = values[r] + if is_near { NEAR } else { 0.0 };
            let pair = above[r] + value;
            let (skip_left, skip_right) = (above[r + 1], here[r]);
            let (score, moved) = if values[r] > 0.0 && pair >= skip_left.max(skip_right) {
                (pair, Move::Both)
            } else if skip_left >= skip_right {
                (skip_left, Move::Left)
            } else {
                (skip_right, Move::Right)
            };
            here[r + 1] = score;
            moves[(l + 1) * width + r + 1] = moved;
        }
        std::mem::swap(&mut above, &mut here);
    }
    let mut pairs = Vec::new();
    let (mut l, mut r) = (lefts, rights);
    while l > 0 && r > 0 {
        match moves[l * width + r] {
            Move::Left => l -= 1,
            Move::Right => r -= 1,
            Move::Both => {
                (l, r) = (l - 1, r - 1);
                pairs.push((l, r));
            }
        }
    }
    pairs.reverse();
    pairs
}

/// Pairs that share something rare: of all chains of them that never turn back, the heaviest.
fn pins(shared: &Shared, left: Range<usize>, right: Range<usize>) -> Vec<(usize, usize)> {
    /// The end of a chain: its weight, its last pair, the chain without that.
    struct Chain {
        weight: f32,
        pair: (usize, usize),
        before: Option<usize>,
    }
    let mut chains: Vec<Chain> = Vec::new();
    let mut heaviest = Heaviest::new(right.len());
    let mut found: Vec<(u32, f32)> = Vec::new();
    let mut ends: Vec<(usize, usize)> = Vec::new();
    for l in left.clone() {
        found.clear();
        for &anchor in shared.left.of(l) {
            let anchor = &shared.anchors[anchor as usize];
            if anchor.pairs <= COMMON {
                let places = shared.places(anchor, &right);
                found.extend(places.iter().map(|place| (*place, anchor.weight)));
            }
        }
        found.sort_by_key(|(place, _)| *place);
        ends.clear();
        for same in found.chunk_by(|a, b| a.0 == b.0) {
            let weight: f32 = same.iter().map(|(_, weight)| weight).sum();
            if weight < PIN {
                continue;
            }
            let r = same[0].0 as usize - right.start;
            let before = heaviest.before(r);
            // Far from the diagonal a little less, so that of two chains the straight one is taken.
            let (a, b) = (
                (l - left.start) as f32 / left.len() as f32,
                r as f32 / right.len() as f32,
            );
            let weight =
                weight * (1.0 - 0.2 * (a - b).abs()) + before.map_or(0.0, |(weight, _)| weight);
            ends.push((r, chains.len()));
            chains.push(Chain {
                weight,
                pair: (l, r + right.start),
                before: before.map(|(_, chain)| chain),
            });
        }
        // Only now, so that no two pairs of a chain have one left step.
        for &(r, chain) in &ends {
            heaviest.add(r, (chains[chain].weight, chain));
        }
    }
    let mut pins = Vec::new();
    let mut end = heaviest.before(right.len()).map(|(_, chain)| chain);
    while let Some(chain) = end.and_then(|end| chains.get(end)) {
        pins.push(chain.pair);
        end = chain.before;
    }
    pins.reverse();
    pins
}

/// The heaviest chain that ends before a place: a Fenwick tree of maxima.
struct Heaviest {
    tree: Vec<Option<(f32, usize)>>,
}

impl Heaviest {
    fn new(places: usize) -> Heaviest {
        Heaviest {
            tree: vec![None; places + 1],
        }
    }

    fn before(&self, place: usize) -> Option<(f32, usize)> {
        let (mut at, mut best) = (place, None);
        while at > 0 {
            best = heavier(best, self.tree[at]);
            at &= at - 1;
        }
        best
    }

    fn add(&mut self, place: usize, chain: (f32, usize)) {
        let mut at = place + 1;
        while let Some(known) = self.tree.get_mut(at) {
            *known = heavier(*known, Some(chain));
            at += at & at.wrapping_neg();
        }
    }
}

/// The heavier of two chains; of two that weigh the same, the first.
fn heavier(a: Option<(f32, usize)>, b: Option<(f32, usize)>) -> Option<(f32, usize)> {
    match (a, b) {
        (Some(known), Some(chain))
            if chain.0 > known.0 || chain.0 == known.0 && chain.1 < known.1 =>
        {
            b
        }
        (None, _) => b,
        _ => a,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The most that any pairs are worth, by trying all.
    fn most(values: &[Vec<f32>], l: usize, r: usize, is_near: bool) -> f32 {
        if l == values.len() || r == values.first().map_or(0, Vec::len) {
            return 0.0;
        }
        let skipped = most(values, l + 1, r, false).max(most(values, l, r + 1, false));
        match values[l][r] {
            value if value > 0.0 => {
                let near = if is_near { NEAR } else { 0.0 };
                skipped.max(value + near + most(values, l + 1, r + 1, true))
            }
            _ => skipped,
        }
    }

    fn worth(values: &[Vec<f32>], pairs: &[(usize, usize)]) -> f32 {
        let mut next = (0, 0);
        let mut worth = 0.0;
        for &(l, r) in pairs {
            worth += values[l][r] + if (l, r) == next { NEAR } else { 0.0 };
            next = (l + 1, r + 1);
        }
        worth
    }

    proptest! {
        #[test]
        fn the_best_pairs_are_nearly_the_best_of_all(
            values in (1..5_usize).prop_flat_map(|rights| {
                proptest::collection::vec(proptest::collection::vec(-1.0..1.0_f32, rights), 1..5)
            })
        ) {
            let rights = values[0].len();
            let pairs = best(values.len(), rights, |l, row| row.copy_from_slice(&values[l]));
            prop_assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
            prop_assert!(pairs.iter().all(|&(l, r)| values[l][r] > 0.0));
            // Being near is looked at from one pair to the next only, so as much may be lost for each pair.
            let lost = most(&values, 0, 0, true) - worth(&values, &pairs);
            prop_assert!(lost <= NEAR * pairs.len().max(1) as f32 + 1e-5, "{lost}");
        }

        #[test]
        fn the_heaviest_chain_before_a_place_is_found(
            chains in proptest::collection::vec((0..40_usize, 0..9_u8), 0..60)
        ) {
            let mut heaviest = Heaviest::new(40);
            for (nth, &(place, weight)) in chains.iter().enumerate() {
                heaviest.add(place, (f32::from(weight), nth));
            }
            for place in 0..=40 {
                let before = chains.iter().filter(|(at, _)| *at < place);
                let most = before.map(|(_, weight)| f32::from(*weight)).reduce(f32::max);
                prop_assert_eq!(heaviest.before(place).map(|(weight, _)| weight), most);
            }
        }
    }

    #[test]
    fn neighbours_of_a_pair_are_paired() {
        let row = [0.3, 0.3, 0.3];
        let pairs = best(3, 3, |_, values| values.copy_from_slice(&row));
        assert_eq!(pairs, [(0, 0), (1, 1), (2, 2)]);
    }
}
