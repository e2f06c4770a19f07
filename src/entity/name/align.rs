//! Aligns two names letter by letter.

use super::table::{Side, Stretch, Table};

const NOWHERE: Stretch = Stretch {
    from: 0,
    number: 0,
    length: 0,
};

/// A stretch of either side that was aligned, between nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edit {
    /// Nodes of the left name.
    pub left: (u16, u16),
    /// Nodes of the right name.
    pub right: (u16, u16),
    /// How much more often the two stand for each other than by chance, in bits.
    pub bits: f32,
    /// What that usually is for the left stretch, and for the right one.
    pub usual: (f32, f32),
}

/// How much likelier the two are one name than two that met by chance, over all alignments; a natural logarithm.
pub fn score(table: &Table, left: &Side, right: &Side) -> f64 {
    let width = right.len();
    let mut sums = vec![0.0f64; left.len() * width];
    sums[0] = 1.0;
    for i in 0..left.len() {
        for j in 0..width {
            let mut sum = sums[i * width + j];
            for l in left.ending(i) {
                let row = usize::from(l.from) * width;
                for r in right.ending(j) {
                    if l.length + r.length == 0
                        || l.length == 0 && r.length > 1
                        || r.length == 0 && l.length > 1
                    {
                        continue;
                    }
                    let before = sums[row + usize::from(r.from)];
                    if before > 0.0 {
                        sum += before * table.weight(*l, *r);
                    }
                }
            }
            sums[i * width + j] = sum;
        }
    }
    let total = sums.last().copied().unwrap_or(0.0).max(f64::MIN_POSITIVE);
    total.ln() - left.own - right.own
}

/// The best alignment.
pub fn trace(table: &Table, left: &Side, right: &Side) -> Vec<Edit> {
    let width = right.len();
    let mut best = vec![(f32::NEG_INFINITY, NOWHERE, NOWHERE, 0.0f32); left.len() * width];
    best[0].0 = 0.0;
    for i in 0..left.len() {
        for j in 0..width {
            let mut found = best[i * width + j];
            for l in left.ending(i) {
                for r in right.ending(j) {
                    if l.length + r.length == 0
                        || l.length == 0 && r.length > 1
                        || r.length == 0 && l.length > 1
                    {
                        continue;
                    }
                    let weight = table.weight(*l, *r);
                    if weight <= 0.0 {
                        continue;
                    }
                    let bits = weight.log2() as f32;
                    let total = best[usize::from(l.from) * width + usize::from(r.from)].0 + bits;
                    if total > found.0 {
                        found = (total, *l, *r, bits);
                    }
                }
            }
            best[i * width + j] = found;
        }
    }
    let mut edits = Vec::with_capacity(left.len());
    let (mut i, mut j) = (left.len() - 1, width - 1);
    while i > 0 || j > 0 {
        let (_, l, r, bits) = best[i * width + j];
        let (before_left, before_right) = (usize::from(l.from), usize::from(r.from));
        edits.push(Edit {
            left: (l.from, i as u16),
            right: (r.from, j as u16),
            bits,
            usual: table.usual_bits(l.number, r.number),
        });
        if (before_left, before_right) == (i, j) {
            break;
        }
        (i, j) = (before_left, before_right);
    }
    edits.reverse();
    edits
}
