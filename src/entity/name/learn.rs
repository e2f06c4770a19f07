//! Learns how names cross from one script to another, from pairs of names that are mostly right.
//!
//! Each pair is explained by stretches of letters that stand for each other. How often each pair of stretches does is
//! found by expectation-maximisation: explain all names with what is known, count, and begin again. A pair that is
//! better explained as two names that met by chance counts for little, and what was seen about once counts for nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use unicode_normalization::UnicodeNormalization as _;

use super::table::{LOST, ODD};
use super::units::{BORDER, OTHER, Spelling};

/// How many rounds of counting.
const ROUNDS: usize = 10;

/// This much is taken from each count before it is believed.
const DISCOUNT: f64 = 1.0;

/// Of a letter that nothing stands for this much more is taken, for each pair: names that are the same only in part have
/// such letters, and not because they are silent.
const STRAY: f64 = 4e-4;

/// How long stretches of letters may be.
#[derive(Debug, Clone, Copy)]
pub struct Lengths {
    /// On the left, 3 at most.
    pub left: u8,
    /// On the right, 3 at most.
    pub right: u8,
}

/// The joint shares of stretches of letters.
pub type Shares = Vec<(Box<str>, Box<str>, f64)>;

/// The letters that come at least so often in these names, Han among them.
pub fn alphabet<'a>(names: impl Iterator<Item = &'a str> + Clone, least: usize) -> HashSet<char> {
    let all: HashSet<char> = names
        .clone()
        .flat_map(|name| name.nfkc().flat_map(char::to_lowercase).nfc())
        .filter(|c| c.is_alphanumeric() || matches!(c, '\'' | 'ー'))
        .chain(['\''])
        .collect();
    let mut counts: HashMap<char, usize> = HashMap::new();
    for letter in names.flat_map(|name| Spelling::new(name, &all, None).letters) {
        *counts.entry(letter.letter).or_default() += 1;
    }
    counts
        .into_iter()
        .filter(|(_, count)| *count >= least)
        .map(|(letter, _)| letter)
        .collect()
}

/// The shares learnt from pairs of names.
pub fn learn(pairs: &[(Spelling, Spelling)], lengths: Lengths) -> Shares {
    let mut ids: HashMap<(u64, u64), u32> = HashMap::new();
    let mut keys: Vec<(u64, u64)> = Vec::new();
    let lattices: Vec<Lattice> = pairs
        .iter()
        .map(|(left, right)| {
            Lattice::new(left, right, lengths, |key| {
                *ids.entry(key).or_insert_with(|| {
                    keys.push(key);
                    keys.len() as u32 - 1
                })
            })
        })
        .collect();
    let left = Chances::new(pairs.iter().map(|(left, _)| left));
    let right = Chances::new(pairs.iter().map(|(_, right)| right));
    let by_chance: Vec<f64> = keys
        .iter()
        .map(|(l, r)| left.of(*l) * right.of(*r))
        .collect();
    let floors: Vec<f64> = keys
        .iter()
        .zip(&by_chance)
        .map(|((l, r), chance)| match (length(*l), length(*r)) {
            (1, 1) => chance * ODD,
            (1, 0) | (0, 1) => chance * LOST,
            _ => 0.0,
        })
        .collect();
    let apart: Vec<f64> = pairs
        .iter()
        .map(|(l, r)| left.of_name(l) * right.of_name(r))
        .collect();

    // To begin with, short stretches are likelier than long ones, and all else is chance.
    let mut shares: Vec<f64> = keys
        .iter()
        .zip(&by_chance)
        .map(|((l, r), chance)| match (length(*l), length(*r)) {
            (0, _) | (_, 0) => chance * 0.02,
            (a, b) => chance * 0.3f64.powi(a + b - 2),
        })
        .collect();
    let total: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= total);

    let mut wrong = 0.05;
    for round in 0..ROUNDS {
        let mut counts = vec![0.0f64; keys.len()];
        let mut wrong_pairs = 0.0;
        for (lattice, apart) in lattices.iter().zip(&apart) {
            wrong_pairs += lattice.count(&shares, &mut counts, |together| match round {
                0 | 1 => 1.0,
                _ => (1.0 - wrong) * together / ((1.0 - wrong) * together + wrong * apart),
            });
        }
        if round > 1 {
            wrong = (wrong_pairs / pairs.len().max(1) as f64).clamp(0.005, 0.3);
        }
        let total: f64 = counts.iter().sum::<f64>().max(1.0);
        let one_sided = DISCOUNT + STRAY * pairs.len() as f64;
        for (((share, count), floor), key) in shares.iter_mut().zip(&counts).zip(&floors).zip(&keys)
        {
            let discount = match key {
                _ if round == 0 => 0.0,
                (0, _) | (_, 0) => one_sided,
                _ => DISCOUNT,
            };
            *share = floor + (count - discount).max(0.0) / total;
        }
    }
    let learnt = keys.iter().zip(&shares).zip(&floors);
    let learnt = learnt.filter(|((_, share), floor)| *share > *floor);
    let mut learnt: Shares = learnt
        .map(|((key, share), _)| (text(key.0), text(key.1), *share))
        .collect();
    learnt.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    learnt
}

/// All ways to explain one pair.
struct Lattice {
    /// From cell, to cell, pair of stretches; in the order of the cells.
    arcs: Vec<(u32, u32, u32)>,
    cells: usize,
}

impl Lattice {
    fn new(
        left: &Spelling,
        right: &Spelling,
        lengths: Lengths,
        mut id: impl FnMut((u64, u64)) -> u32,
    ) -> Self {
        let lefts = stretches(left, lengths.left);
        let rights = stretches(right, lengths.right);
        let width = rights.len() as u32;
        let mut arcs = Vec::new();
        for (i, left) in lefts.iter().enumerate() {
            for (j, right) in rights.iter().enumerate() {
                let to = i as u32 * width + j as u32;
                for (from_left, l) in left {
                    for (from_right, r) in right {
                        match (length(*l), length(*r)) {
                            (0, 1) | (1, 0) | (1.., 1..) => {}
                            _ => continue,
                        }
                        let from = u32::from(*from_left) * width + u32::from(*from_right);
                        arcs.push((from, to, id((*l, *r))));
                    }
                }
            }
        }
        Self {
            arcs,
            cells: lefts.len() * rights.len(),
        }
    }

    /// Adds how often each pair of stretches is used here, as far as the pair is right; tells how far it is wrong.
    fn count(&self, shares: &[f64], counts: &mut [f64], right: impl Fn(f64) -> f64) -> f64 {
        let mut before = vec![0.0f64; self.cells];
        let mut after = vec![0.0f64; self.cells];
        before[0] = 1.0;
        after[self.cells - 1] = 1.0;
        for (from, to, id) in &self.arcs {
            before[*to as usize] += before[*from as usize] * shares[*id as usize];
        }
        let together = before[self.cells - 1];
        if together <= 0.0 {
            return 1.0;
        }
        for (from, to, id) in self.arcs.iter().rev() {
            after[*from as usize] += after[*to as usize] * shares[*id as usize];
        }
        let right = right(together);
        for (from, to, id) in &self.arcs {
            let id = *id as usize;
            counts[id] +=
                right / together * before[*from as usize] * shares[id] * after[*to as usize];
        }
        1.0 - right
    }
}

/// For each node the stretches that end there: where they start, and their letters as a number.
fn stretches(spelling: &Spelling, longest: u8) -> Vec<Vec<(u16, u64)>> {
    let mut all: Vec<Vec<(u16, u64)>> = (0..spelling.nodes.len())
        .map(|node| vec![(node as u16, 0)])
        .collect();
    for letter in &spelling.letters {
        let longer: Vec<(u16, u64)> = all[usize::from(letter.from)]
            .iter()
            .filter(|(_, key)| length(*key) < i32::from(longest))
            .map(|(from, key)| (*from, key << 21 | (u64::from(u32::from(letter.letter)) + 1)))
            .collect();
        all[usize::from(letter.to)].extend(longer);
    }
    all
}

fn length(key: u64) -> i32 {
    (0..3).take_while(|nth| key >> (21 * nth) != 0).count() as i32
}

fn letters(key: u64) -> impl Iterator<Item = char> {
    let parts = (0..3)
        .rev()
        .map(move |nth| (key >> (21 * nth)) as u32 & 0x1f_ffff);
    parts
        .filter(|part| *part > 0)
        .map(|part| char::from_u32(part - 1).unwrap_or(OTHER))
}

fn text(key: u64) -> Box<str> {
    letters(key).collect::<String>().into()
}

/// How often each letter comes.
struct Chances(BTreeMap<char, f64>);

impl Chances {
    fn new<'a>(names: impl Iterator<Item = &'a Spelling>) -> Self {
        let mut counts: BTreeMap<char, f64> = BTreeMap::from([(BORDER, 1.0)]);
        for letter in names.flat_map(|name| &name.letters) {
            *counts.entry(letter.letter).or_default() += 1.0;
        }
        let total: f64 = counts.values().sum();
        counts.values_mut().for_each(|count| *count /= total);
        Self(counts)
    }

    fn of(&self, key: u64) -> f64 {
        letters(key)
            .map(|c| self.0.get(&c).copied().unwrap_or(1e-6))
            .product()
    }

    fn of_name(&self, name: &Spelling) -> f64 {
        let mut chances = vec![0.0f64; name.nodes.len()];
        chances[0] = 1.0;
        for letter in &name.letters {
            let chance = self.0.get(&letter.letter).copied().unwrap_or(1e-6);
            chances[usize::from(letter.to)] += chances[usize::from(letter.from)] * chance;
        }
        chances
            .last()
            .map_or(0.0, |last| last.max(f64::MIN_POSITIVE))
    }
}
