//! Learns how names cross from one script to another, from pairs of names that are mostly right.
//!
//! Each pair is explained by stretches of letters that stand for each other. How often each pair of stretches does is
//! found by expectation-maximisation: explain all names with what is known, count, and begin again. A pair that is
//! better explained as two names that met by chance counts for little, and what was seen about once counts for nothing.
//! In the last rounds the letters around a stretch are counted too: an `r` is often lost at the end of a word and seldom
//! before a vowel.

use std::collections::{BTreeMap, HashMap, HashSet};

use unicode_normalization::UnicodeNormalization as _;

use super::table::{CLASSES, LOST, ODD, Places, Share, class};
use super::units::{BORDER, OTHER, Spelling};

/// How many rounds of counting.
const ROUNDS: usize = 10;

/// This much is taken from each count before it is believed.
const DISCOUNT: f64 = 1.0;

/// Of a letter that nothing stands for this much more is taken, for each pair: names that are the same only in part have
/// such letters, and not because they are silent.
const STRAY: f64 = 4e-4;

/// Latin letters with marks have their base to fall back on, so they must come this many times more often to be learnt.
const MARKED: usize = 10;

/// How long stretches of letters may be.
#[derive(Debug, Clone, Copy)]
pub struct Lengths {
    /// On the left, 3 at most.
    pub left: u8,
    /// On the right, 3 at most.
    pub right: u8,
    /// Whether the letters around a left stretch are looked at.
    pub placed: bool,
}

/// How many of the rounds, the last ones, look at the letters around a stretch.
const PLACED: usize = 4;

/// So many names are taken to have shown nothing about the letters around a stretch, before what was seen is believed.
const DOUBT: f64 = 6.0;

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
        .filter(|(letter, count)| {
            let is_marked = matches!(letter, '\u{80}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
            *count >= if is_marked { least * MARKED } else { least }
        })
        .map(|(letter, _)| letter)
        .collect()
}

/// The shares learnt from pairs of names.
pub fn learn(pairs: &[(Spelling, Spelling)], lengths: Lengths) -> Vec<Share> {
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

    let surroundings = surroundings(pairs.iter().map(|(left, _)| left), lengths.left);
    let mut places: Vec<[f32; 2 * CLASSES]> = vec![[1.0; 2 * CLASSES]; keys.len()];
    let mut wrong = 0.05;
    for round in 0..ROUNDS {
        let mut counts = vec![0.0f64; keys.len()];
        let mut around = vec![[0.0f32; 2 * CLASSES]; keys.len()];
        let mut wrong_pairs = 0.0;
        for (lattice, apart) in lattices.iter().zip(&apart) {
            wrong_pairs +=
                lattice.count(
                    &shares,
                    &places,
                    &mut counts,
                    &mut around,
                    |together| match round {
                        0 | 1 => 1.0,
                        _ => (1.0 - wrong) * together / ((1.0 - wrong) * together + wrong * apart),
                    },
                );
        }
        if lengths.placed && round + PLACED >= ROUNDS {
            for (((place, around), key), count) in
                places.iter_mut().zip(&around).zip(&keys).zip(&counts)
            {
                let usual = &surroundings[&key.0];
                *place = std::array::from_fn(|nth| {
                    let expected = usual[nth].max(1e-4);
                    let factor =
                        (f64::from(around[nth]) + DOUBT * expected) / (count + DOUBT) / expected;
                    // As in the file.
                    ((2.0 * factor.log2()).round().clamp(-12.0, 12.0) / 2.0).exp2() as f32
                });
            }
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
    let learnt = keys.iter().zip(&shares).zip(&floors).zip(&places);
    let learnt = learnt.filter(|(((_, share), floor), _)| *share > *floor);
    let mut learnt: Vec<Share> = learnt
        .map(|(((key, share), _), places)| Share {
            left: text(key.0),
            right: text(key.1),
            share: *share,
            places: Places::from(places.map(|factor| (2.0 * factor.log2()).round() as i8)),
        })
        .collect();
    learnt.sort_by(|a, b| (&a.left, &a.right).cmp(&(&b.left, &b.right)));
    learnt
}

/// For each stretch, the shares of the classes of letters before it and after it, in all names.
fn surroundings<'a>(
    names: impl Iterator<Item = &'a Spelling>,
    longest: u8,
) -> HashMap<u64, [f64; 2 * CLASSES]> {
    let mut found: HashMap<u64, [f64; 2 * CLASSES]> = HashMap::new();
    for name in names {
        let classes = classes(name);
        for (node, stretches) in stretches(name, longest).into_iter().enumerate() {
            for (from, key) in stretches {
                let counts = found.entry(key).or_insert([0.0; 2 * CLASSES]);
                counts[usize::from(classes[usize::from(from)].0)] += 1.0;
                counts[CLASSES + usize::from(classes[node].1)] += 1.0;
            }
        }
    }
    for counts in found.values_mut() {
        let total: f64 = counts[..CLASSES].iter().sum();
        counts.iter_mut().for_each(|count| *count /= total);
    }
    found
}

/// For each node the class of the letter before it and of the one after it.
fn classes(name: &Spelling) -> Vec<(u8, u8)> {
    let mut classes = vec![(0, 0); name.nodes.len()];
    for letter in &name.letters {
        let class = class(letter.letter);
        classes[usize::from(letter.to)].0 = class;
        classes[usize::from(letter.from)].1 = class;
    }
    classes
}

/// A left and a right stretch in a pair of names.
struct Arc {
    /// Cells.
    from: u32,
    to: u32,
    /// Which stretches.
    id: u32,
    /// The classes of the letters before and after the left one.
    before: u8,
    after: u8,
}

/// All ways to explain one pair.
struct Lattice {
    /// In the order of the cells.
    arcs: Vec<Arc>,
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
        let classes = classes(left);
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
                        arcs.push(Arc {
                            from,
                            to,
                            id: id((*l, *r)),
                            before: classes[usize::from(*from_left)].0,
                            after: classes[i].1,
                        });
                    }
                }
            }
        }
        Self {
            arcs,
            cells: lefts.len() * rights.len(),
        }
    }

    /// Adds how often each pair of stretches is used here, and where, as far as the pair is right; tells how far it is
    /// wrong.
    fn count(
        &self,
        shares: &[f64],
        places: &[[f32; 2 * CLASSES]],
        counts: &mut [f64],
        around: &mut [[f32; 2 * CLASSES]],
        right: impl Fn(f64) -> f64,
    ) -> f64 {
        let share = |arc: &Arc| {
            let places = &places[arc.id as usize];
            let around = places[usize::from(arc.before)] * places[CLASSES + usize::from(arc.after)];
            shares[arc.id as usize] * f64::from(around)
        };
        let mut before = vec![0.0f64; self.cells];
        let mut after = vec![0.0f64; self.cells];
        before[0] = 1.0;
        after[self.cells - 1] = 1.0;
        for arc in &self.arcs {
            before[arc.to as usize] += before[arc.from as usize] * share(arc);
        }
        let together = before[self.cells - 1];
        if together <= 0.0 {
            return 1.0;
        }
        for arc in self.arcs.iter().rev() {
            after[arc.from as usize] += after[arc.to as usize] * share(arc);
        }
        let right = right(together);
        for arc in &self.arcs {
            let count =
                right / together * before[arc.from as usize] * share(arc) * after[arc.to as usize];
            counts[arc.id as usize] += count;
            around[arc.id as usize][usize::from(arc.before)] += count as f32;
            around[arc.id as usize][CLASSES + usize::from(arc.after)] += count as f32;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Names in capitals: every vowel is kept, and `r` is lost at the end of a word alone.
    fn learnt() -> Vec<Share> {
        let mut pairs = Vec::new();
        for a in ["ba", "da", "fa", "ga", "ma", "na", "pa", "sa"] {
            for b in ["ra", "ro", "ri", "ta", "to", "ti"] {
                for end in ["r", "", "t"] {
                    let latin = format!("{a}{b}{end}");
                    let native =
                        format!("{a}{b}{}", if end == "r" { "" } else { end }).to_uppercase();
                    pairs.push((latin, native));
                }
            }
        }
        let all: HashSet<char> = ('a'..='z').collect();
        let spell = |text: &str| Spelling::new(text, &all, None);
        let spelt: Vec<(Spelling, Spelling)> =
            pairs.iter().map(|(a, b)| (spell(a), spell(b))).collect();
        let lengths = Lengths {
            left: 2,
            right: 1,
            placed: true,
        };
        learn(&spelt, lengths)
    }

    #[test]
    fn what_stands_for_a_letter_is_learnt_with_its_place() {
        let learnt = learnt();
        let of = |left: &str, right: &str| {
            learnt
                .iter()
                .find(|entry| (&*entry.left, &*entry.right) == (left, right))
        };
        assert!(of("t", "t").is_some());
        assert!(of("t", "r").is_none());
        // The letter r is lost, alone or with the vowel before it, before a border and not before a vowel.
        let lost = learnt
            .iter()
            .filter(|entry| entry.left.ends_with('r') && !entry.right.contains('r'));
        let border = CLASSES + usize::from(class(BORDER));
        let vowel = CLASSES + usize::from(class('a'));
        let places: Vec<(i8, i8)> = lost
            .map(|entry| (entry.places[border], entry.places[vowel]))
            .collect();
        assert!(!places.is_empty());
        assert!(
            places.iter().all(|(border, vowel)| border > vowel),
            "{places:?}"
        );
    }

    #[test]
    fn the_same_names_give_the_same_shares() {
        assert_eq!(learnt(), learnt());
    }
}
