//! Aligns two names letter by letter.

use super::table::{Side, Stretch, Table};

const NOWHERE: Stretch = Stretch {
    from: 0,
    number: 0,
    length: 0,
    before: 0,
    after: 0,
    is_doubled: false,
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
                    if !may_meet(l, r) {
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
    let own = |side: &Side| side.own.last().copied().unwrap_or(0.0);
    total.ln() - own(left) - own(right)
}

/// Nothing may stand for one letter, no more.
fn may_meet(left: &Stretch, right: &Stretch) -> bool {
    match (left.length, right.length) {
        (0, length) | (length, 0) => length == 1,
        _ => true,
    }
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
                for r in right.ending(j).iter().filter(|r| may_meet(l, r)) {
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

/// How much likelier the two are with one error than without, at least, over all alignments and before it is said how
/// likely errors are; in bits, for an error of each kind: other letters, letters of the left alone, letters of the right
/// alone. An error takes up to so `many` grapheme clusters of the left and of the right, which are then as likely as they
/// are in any name.
pub fn gains(table: &Table, left: &Side, right: &Side, many: (usize, usize)) -> [f32; 3] {
    let width = right.len();
    let cell = |left: u16, right: u16| usize::from(left) * width + usize::from(right);
    let mut before = vec![0.0f64; left.len() * width];
    let mut after = before.clone();
    let mut arcs: Vec<(usize, usize, f64)> = Vec::with_capacity(before.len() * 2);
    before[0] = 1.0;
    for i in 0..left.len() {
        for j in 0..width {
            let to = i * width + j;
            for l in left.ending(i) {
                for r in right.ending(j).iter().filter(|r| may_meet(l, r)) {
                    let weight = table.weight(*l, *r);
                    if weight > 0.0 {
                        let from = cell(l.from, r.from);
                        arcs.push((from, to, weight));
                        before[to] += before[from] * weight;
                    }
                }
            }
        }
    }
    if let Some(end) = after.last_mut() {
        *end = 1.0;
    }
    for (from, to, weight) in arcs.iter().rev() {
        after[*from] += after[*to] * weight;
    }
    let (lefts, rights) = (borders(left), borders(right));
    let own =
        |side: &Side, from: u16, to: u16| side.own[usize::from(to)] - side.own[usize::from(from)];
    let mut gains = [f64::NEG_INFINITY; 3];
    for (i, to_left) in lefts.iter().enumerate() {
        for (j, to_right) in rights.iter().enumerate() {
            for from_left in &lefts[i.saturating_sub(many.0)..=i] {
                for from_right in &rights[j.saturating_sub(many.1)..=j] {
                    let kind = match (from_left == to_left, from_right == to_right) {
                        (true, true) => continue,
                        (false, false) => 0,
                        (false, true) => 1,
                        (true, false) => 2,
                    };
                    let around =
                        before[cell(*from_left, *from_right)] * after[cell(*to_left, *to_right)];
                    let within =
                        own(left, *from_left, *to_left) + own(right, *from_right, *to_right);
                    gains[kind] = gains[kind].max(around.ln() + within);
                }
            }
        }
    }
    let without = after[0].max(f64::MIN_POSITIVE).ln();
    gains.map(|gain| ((gain - without) / std::f64::consts::LN_2) as f32)
}

/// The nodes between grapheme clusters, without what marks the ends of the name.
fn borders(side: &Side) -> Vec<u16> {
    let mut found: Vec<(u16, u32)> = Vec::with_capacity(side.nodes.len());
    for (node, byte) in side.nodes.iter().enumerate() {
        match (byte, found.last_mut()) {
            (Some(0), Some(last)) => last.0 = node as u16,
            (Some(byte), Some(last)) if last.1 == *byte => {}
            (Some(byte), _) => found.push((node as u16, *byte)),
            (None, _) => {}
        }
    }
    found.into_iter().map(|(node, _)| node).collect()
}

#[cfg(test)]
mod tests {
    use super::super::table::Share;
    use super::super::units::Spelling;
    use super::*;

    /// A table in which each of these letters stands for its capital.
    fn table() -> Table {
        let letters = "abcdefg ".chars();
        Table::new(letters.map(|letter| Share {
            left: letter.to_string().into(),
            right: letter.to_string().into(),
            share: 0.125,
            places: Default::default(),
        }))
    }

    fn sides(table: &Table, left: &str, right: &str) -> (Side, Side) {
        let spell = |text: &str| Spelling::new(text, table.left_alphabet(), None);
        (table.left(&spell(left)), table.right(&spell(right)))
    }

    #[test]
    fn one_name_scores_more_than_two() {
        let table = table();
        let score = |left, right| {
            let (left, right) = sides(&table, left, right);
            score(&table, &left, &right)
        };
        assert!(score("abcd", "abcd") > 6.0);
        assert!(score("abcd", "efga") < 0.0);
        assert!(score("abcd", "abcd") > score("abcd", "abc"));
    }

    #[test]
    fn an_alignment_covers_both_sides_in_order() {
        let table = table();
        let (left, right) = sides(&table, "abcd", "abd");
        let edits = trace(&table, &left, &right);
        let mut at = (0, 0);
        for edit in &edits {
            assert_eq!((edit.left.0, edit.right.0), at);
            at = (edit.left.1, edit.right.1);
        }
        assert_eq!(at, (left.len() as u16 - 1, right.len() as u16 - 1));
        let lost: Vec<u16> = edits
            .iter()
            .filter(|edit| edit.right.0 == edit.right.1)
            .map(|edit| edit.left.0)
            .collect();
        assert_eq!(lost, [3], "the third letter, after the border");
    }

    #[test]
    fn the_kind_of_an_error_explains_most() {
        let table = table();
        for (left, right, kind) in [
            ("abcd", "abed", 0),
            ("abcd", "abd", 1),
            ("abcd", "abecd", 2),
        ] {
            let (l, r) = sides(&table, left, right);
            let gains = gains(&table, &l, &r, (1, 1));
            assert!(gains[kind] > 8.0, "{left} {right} {gains:?}");
            assert!(
                gains.iter().all(|gain| *gain <= gains[kind]),
                "{left} {right} {gains:?}"
            );
        }
        let (l, r) = sides(&table, "abcd", "abcd");
        assert!(gains(&table, &l, &r, (1, 1)).iter().all(|gain| *gain < 0.0));
    }
}
