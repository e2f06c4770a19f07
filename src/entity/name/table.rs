//! What a stretch of letters in one script becomes in another, and how often.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;

use super::units::{BORDER, OTHER, Readings, Spelling};

/// Chance of two letters that were never seen to stand for each other, against the chance that they meet anyway.
pub const ODD: f64 = 5e-4;

/// The same for a letter that nothing stands for.
pub const LOST: f64 = 5e-4;

/// Costs in the files are in steps of this many bits.
const STEP: f64 = 0.125;

/// How names cross between two scripts: stretches of up to three letters that stand for each other.
#[derive(Debug, Clone)]
pub struct Table {
    left: Half,
    right: Half,
    /// For a left and a right stretch, how much more often they stand for each other than by chance.
    weights: Index,
    /// The joint shares of the stretches of these numbers.
    shares: Vec<(u16, u16, f32)>,
}

/// One script of a table.
#[derive(Debug, Clone, Default)]
struct Half {
    alphabet: HashSet<char>,
    /// Letters and stretches by number.
    stretches: Index,
    texts: Vec<Box<str>>,
    /// For each stretch its share, against that of its letters if they came in any order.
    shares: Vec<f32>,
    /// For each stretch, by how many bits its counterparts are usually likelier than by chance.
    usual: Vec<f32>,
    longest: u8,
}

/// A stretch of letters within a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    /// The node it starts from.
    pub from: u16,
    /// Its number in the table, 0 where the table does not know it.
    pub number: u16,
    /// How many letters.
    pub length: u8,
}

/// One side of an alignment: for every node the stretches that end there.
#[derive(Debug, Clone)]
pub struct Side {
    pub(super) stretches: Vec<Stretch>,
    /// Where the stretches of each node end.
    pub(super) ends: Vec<u32>,
    /// For each node the byte of the text.
    pub(super) nodes: Vec<Option<u32>>,
    /// How much likelier the name is in its script than any order of its letters, as a logarithm.
    pub(super) own: f64,
}

impl Side {
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn ending(&self, node: usize) -> &[Stretch] {
        let start = node.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.stretches[start as usize..self.ends[node] as usize]
    }
}

impl Table {
    /// A table from the joint shares of left and right stretches.
    pub fn new(shares: impl IntoIterator<Item = (Box<str>, Box<str>, f64)>) -> Self {
        let shares: Vec<(Box<str>, Box<str>, f64)> = shares.into_iter().collect();
        let left = Half::new(shares.iter().map(|(left, _, share)| (&**left, *share)));
        let right = Half::new(shares.iter().map(|(_, right, share)| (&**right, *share)));
        let (chance_left, chance_right) = (
            chances(shares.iter().map(|(left, _, share)| (&**left, *share))),
            chances(shares.iter().map(|(_, right, share)| (&**right, *share))),
        );
        let mut weights = Index::with_room(shares.len());
        let mut numbered = Vec::with_capacity(shares.len());
        for (left_text, right_text, share) in &shares {
            let by_chance = chance(&chance_left, left_text) * chance(&chance_right, right_text);
            let (from, to) = (left.number(left_text), right.number(right_text));
            numbered.push((from, to, *share as f32));
            weights.insert(weight_key(from, to), ((share / by_chance) as f32).to_bits());
        }
        let mut table = Self {
            left,
            right,
            weights,
            shares: numbered,
        };
        table.left.usual = table.usual(&table.left, |(left, _, share)| (left, share));
        table.right.usual = table.usual(&table.right, |(_, right, share)| (right, share));
        table
    }

    /// For each stretch of a half, the mean of its weights in bits; of all at once or piece by piece, whichever is more.
    fn usual(&self, half: &Half, of: impl Fn((u16, u16, f32)) -> (u16, f32)) -> Vec<f32> {
        let mut sums = vec![(0.0f32, 0.0f32); half.texts.len()];
        for entry in &self.shares {
            let (number, share) = of(*entry);
            let weight = self
                .weights
                .get(weight_key(entry.0, entry.1))
                .map_or(1.0, f32::from_bits);
            if let Some((bits, total)) = sums.get_mut(usize::from(number)) {
                *bits += share * weight.log2();
                *total += share;
            }
        }
        let mut usual: Vec<f32> = sums
            .iter()
            .map(|(bits, total)| if *total > 0.0 { bits / total } else { 0.0 })
            .collect();
        if let Some(empty) = usual.get_mut(1) {
            *empty = 0.0;
        }
        // Shorter stretches first.
        let mut order: Vec<usize> = (2..half.texts.len()).collect();
        order.sort_by_key(|nth| half.texts[*nth].chars().count());
        for nth in order {
            let text = &half.texts[nth];
            for (cut, _) in text.char_indices().skip(1) {
                let part = |part: &str| usual[usize::from(half.number(part))];
                usual[nth] = usual[nth].max(part(&text[..cut]) + part(&text[cut..]));
            }
        }
        usual
    }

    /// By how many bits the counterparts of these two stretches are usually likelier than by chance.
    pub(super) fn usual_bits(&self, left: u16, right: u16) -> (f32, f32) {
        let of =
            |half: &Half, number: u16| half.usual.get(usize::from(number)).copied().unwrap_or(0.0);
        (of(&self.left, left), of(&self.right, right))
    }

    /// Reads a table back from [`Table::to_text`].
    pub fn from_text(text: &str) -> Self {
        Self::new(text.lines().filter_map(|line| {
            let mut fields = line.split('\t');
            let (left, right, cost) = (fields.next()?, fields.next()?, fields.next()?);
            let cost: f64 = cost.parse().ok()?;
            Some((left.into(), right.into(), (-cost * STEP).exp2()))
        }))
    }

    /// One line for each pair of stretches: left, right, and minus the binary logarithm of their joint share in
    /// eighths.
    pub fn to_text(shares: impl IntoIterator<Item = (Box<str>, Box<str>, f64)>) -> String {
        let lines: BTreeMap<(Box<str>, Box<str>), f64> = shares
            .into_iter()
            .map(|(left, right, share)| ((left, right), share))
            .collect();
        let mut text = String::new();
        for ((left, right), share) in lines {
            let _ = writeln!(text, "{left}\t{right}\t{:.0}", -share.log2() / STEP);
        }
        text
    }

    /// What each left stretch stands for, with the joint shares.
    pub(super) fn by_left(&self) -> BTreeMap<&str, Vec<(&str, f64)>> {
        let mut found: BTreeMap<&str, Vec<(&str, f64)>> = BTreeMap::new();
        for (left, right, share) in &self.shares {
            let texts = (
                self.left.texts.get(usize::from(*left)),
                self.right.texts.get(usize::from(*right)),
            );
            if let (Some(left), Some(right)) = texts {
                found
                    .entry(left)
                    .or_default()
                    .push((right, f64::from(*share)));
            }
        }
        found
    }

    /// The letters of the left script.
    pub fn left_alphabet(&self) -> &HashSet<char> {
        &self.left.alphabet
    }

    /// The letters of the right script.
    pub fn right_alphabet(&self) -> &HashSet<char> {
        &self.right.alphabet
    }

    /// The table between the right scripts of two tables whose left script is the same.
    pub(super) fn through(first: &Table, second: &Table) -> Self {
        let (by_first, by_second) = (first.by_left(), second.by_left());
        let mut joint: BTreeMap<(String, String), f64> = BTreeMap::new();
        let mut add = |left: &str, right: &str, share: f64| {
            if left.len() + right.len() > 0 {
                *joint
                    .entry((left.to_owned(), right.to_owned()))
                    .or_default() += share;
            }
        };
        let between: BTreeSet<&str> = by_first.keys().chain(by_second.keys()).copied().collect();
        for text in between {
            let total = |found: Option<&Vec<(&str, f64)>>| {
                found.map_or(0.0, |all| all.iter().map(|(_, share)| share).sum())
            };
            let share: f64 = (total(by_first.get(text)) + total(by_second.get(text))) / 2.0;
            if text.is_empty() {
                for (left, share) in by_first.get(text).into_iter().flatten() {
                    add(left, "", *share);
                }
                for (right, share) in by_second.get(text).into_iter().flatten() {
                    add("", right, *share);
                }
                continue;
            }
            let (lefts, rights) = (renderings(&by_first, text), renderings(&by_second, text));
            for (left, p) in &lefts {
                for (right, q) in &rights {
                    add(left, right, share * p * q);
                }
            }
        }
        let total: f64 = joint.values().sum();
        let kept = joint.into_iter().filter(|((left, right), share)| {
            let ends = [left, right].map(|text| text.chars().count());
            *share > 1e-6 * total
                && ends.iter().all(|length| *length <= 3)
                && (ends[0] > 0 && ends[1] > 0 || ends[0] + ends[1] == 1)
        });
        Self::new(kept.map(|((left, right), share)| (left.into(), right.into(), share / total)))
    }

    /// A name in the left script.
    pub fn left(&self, spelling: &Spelling) -> Side {
        self.left.side(spelling)
    }

    /// A name in the right script.
    pub fn right(&self, spelling: &Spelling) -> Side {
        self.right.side(spelling)
    }

    /// A text of the right script by its letters.
    pub fn spell_right(&self, text: &str, readings: Option<&Readings>) -> Spelling {
        Spelling::new(text, &self.right.alphabet, readings)
    }

    /// A text of the left script by its letters.
    pub fn spell_left(&self, text: &str) -> Spelling {
        Spelling::new(text, &self.left.alphabet, None)
    }

    /// How much more often the two stand for each other than by chance.
    #[inline]
    pub(super) fn weight(&self, left: Stretch, right: Stretch) -> f64 {
        let known = (left.number > 0 && right.number > 0)
            .then(|| self.weights.get(weight_key(left.number, right.number)))
            .flatten()
            .map_or(0.0, |bits| f64::from(f32::from_bits(bits)));
        match (left.length, right.length) {
            (1, 1) => known.max(ODD),
            (0, _) | (_, 0) => known.max(LOST),
            _ => known,
        }
    }
}

impl Half {
    fn new<'a>(shares: impl Iterator<Item = (&'a str, f64)> + Clone) -> Self {
        let letters = chances(shares.clone());
        let mut totals: BTreeMap<&str, f64> = BTreeMap::new();
        for (text, share) in shares {
            *totals.entry(text).or_default() += share;
        }
        // A stretch is found letter by letter, so what it begins with has a number too.
        let beginnings: Vec<String> = totals
            .keys()
            .flat_map(|text| {
                text.char_indices()
                    .map(|(end, c)| text[..end + c.len_utf8()].to_owned())
            })
            .chain(letters.keys().map(char::to_string))
            .collect();
        for beginning in &beginnings {
            totals.entry(beginning).or_default();
        }
        let mut half = Half {
            alphabet: letters
                .keys()
                .copied()
                .filter(|c| *c != BORDER && *c != OTHER)
                .collect(),
            stretches: Index::with_room(totals.len() + 1),
            // Number 0 is no stretch, number 1 is the empty one.
            texts: vec!["".into(), "".into()],
            shares: vec![0.0, 0.0],
            usual: Vec::new(),
            longest: 1,
        };
        for (text, share) in totals {
            let length = text.chars().count();
            if length > 0 && half.texts.len() < usize::from(u16::MAX) {
                half.stretches
                    .insert(key(text.chars()), half.texts.len() as u32);
                half.texts.push(text.into());
                half.shares.push((share / chance(&letters, text)) as f32);
                half.longest = half.longest.max(length as u8);
            }
        }
        half
    }

    fn number(&self, text: &str) -> u16 {
        match text {
            "" => 1,
            text => self.stretches.get(key(text.chars())).unwrap_or(0) as u16,
        }
    }

    fn side(&self, spelling: &Spelling) -> Side {
        let nodes = spelling.nodes.len();
        let mut side = Side {
            stretches: Vec::with_capacity(nodes * 3),
            ends: Vec::with_capacity(nodes),
            nodes: spelling.nodes.clone(),
            own: 0.0,
        };
        // The stretches that end in a node, with their keys, to be made longer by the next letter.
        let mut keys: Vec<u64> = Vec::with_capacity(nodes * 3);
        let mut own = vec![0.0f64; nodes];
        let mut letters = spelling.letters.iter().peekable();
        for node in 0..nodes {
            side.stretches.push(Stretch {
                from: node as u16,
                number: 1,
                length: 0,
            });
            keys.push(0);
            if node == 0 {
                own[0] = 1.0;
            }
            while let Some(letter) = letters.next_if(|letter| usize::from(letter.to) == node) {
                let from = usize::from(letter.from);
                let start = from
                    .checked_sub(1)
                    .map_or(0, |before| side.ends[before] as usize);
                for nth in start..side.ends[from] as usize {
                    let before = side.stretches[nth];
                    if before.length >= self.longest {
                        continue;
                    }
                    let key = (keys[nth] << 21) | (u64::from(u32::from(letter.letter)) + 1);
                    let number = self.stretches.get(key).unwrap_or(0) as u16;
                    let length = before.length + 1;
                    if number == 0 && length > 1 {
                        continue;
                    }
                    let share = f64::from(self.shares[usize::from(number)]);
                    let share = if length == 1 { share.max(ODD) } else { share };
                    own[node] += own[usize::from(before.from)] * share;
                    side.stretches.push(Stretch {
                        from: before.from,
                        number,
                        length,
                    });
                    keys.push(key);
                }
            }
            side.ends.push(side.stretches.len() as u32);
        }
        side.own = own
            .last()
            .map_or(0.0, |own| own.max(f64::MIN_POSITIVE).ln());
        side
    }
}

/// What a stretch may become, with probabilities: as learnt, or piece by piece.
fn renderings(by_left: &BTreeMap<&str, Vec<(&str, f64)>>, text: &str) -> Vec<(String, f64)> {
    let mut found: BTreeMap<String, f64> = BTreeMap::new();
    if let Some(known) = by_left.get(text) {
        let total: f64 = known.iter().map(|(_, share)| share).sum();
        for (result, share) in known {
            *found.entry((*result).to_owned()).or_default() += share / total;
        }
    }
    for (cut, _) in text.char_indices().skip(1) {
        let piecewise = if by_left.contains_key(text) { 0.1 } else { 1.0 };
        let (begin, end) = (
            renderings(by_left, &text[..cut]),
            renderings(by_left, &text[cut..]),
        );
        for (first, p) in &begin {
            for (second, q) in &end {
                *found.entry(format!("{first}{second}")).or_default() += piecewise * p * q;
            }
        }
    }
    let total: f64 = found.values().sum::<f64>().max(f64::MIN_POSITIVE);
    let mut found: Vec<(String, f64)> = found
        .into_iter()
        .map(|(result, share)| (result, share / total))
        .collect();
    found.retain(|(_, share)| *share > 0.003);
    found
}

/// The share of each letter.
fn chances<'a>(shares: impl Iterator<Item = (&'a str, f64)>) -> BTreeMap<char, f64> {
    let mut letters: BTreeMap<char, f64> = BTreeMap::new();
    for (text, share) in shares {
        for letter in text.chars() {
            *letters.entry(letter).or_default() += share;
        }
    }
    let total: f64 = letters.values().sum();
    letters.values_mut().for_each(|share| *share /= total);
    letters
}

fn chance(letters: &BTreeMap<char, f64>, text: &str) -> f64 {
    text.chars()
        .map(|c| letters.get(&c).copied().unwrap_or(1e-6))
        .product()
}

/// Up to three letters as a number.
fn key(letters: impl Iterator<Item = char>) -> u64 {
    letters.fold(0, |key, letter| {
        key << 21 | (u64::from(u32::from(letter)) + 1)
    })
}

fn weight_key(left: u16, right: u16) -> u64 {
    u64::from(left) << 16 | u64::from(right)
}

/// A hash table from numbers to numbers, for the innermost loop. Number 0 is no key.
#[derive(Debug, Clone, Default)]
struct Index {
    slots: Vec<(u64, u32)>,
    shift: u32,
}

impl Index {
    fn with_room(entries: usize) -> Self {
        let size = (entries * 2 + 2).next_power_of_two();
        Self {
            slots: vec![(0, 0); size],
            shift: 64 - size.trailing_zeros(),
        }
    }

    fn slot(&self, key: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize & mask;
        while self.slots[at].0 != key && self.slots[at].0 != 0 {
            at = (at + 1) & mask;
        }
        at
    }

    fn insert(&mut self, key: u64, value: u32) {
        if key != 0 {
            let at = self.slot(key);
            self.slots[at] = (key, value);
        }
    }

    #[inline]
    fn get(&self, key: u64) -> Option<u32> {
        let (found, value) = *self.slots.get(self.slot(key))?;
        (found == key && key != 0).then_some(value)
    }
}
