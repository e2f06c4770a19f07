//! What a stretch of letters in one script becomes in another, and how often.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;
use std::rc::Rc;

use super::units::{BORDER, OTHER, Readings, Spelling};

/// Chance of two letters that were never seen to stand for each other, against the chance that they meet anyway.
pub const ODD: f64 = 5e-4;

/// The same for a letter that nothing stands for.
pub const LOST: f64 = 5e-4;

/// The same for a letter that stands twice, of which one is enough.
const DOUBLED: f64 = 0.03;

/// Costs in the files are in steps of this many bits.
const STEP: f64 = 0.125;

/// How zero is written among places.
const ZERO: u8 = b'm';

/// How names cross between two scripts: stretches of up to three letters that stand for each other.
#[derive(Debug, Clone)]
pub struct Table {
    left: Half,
    right: Half,
    /// For a left and a right stretch, which of the `weights`.
    known: Index,
    weights: Vec<Weight>,
    /// One bit for each left and right stretch: most pairs are in no table, and this says so fastest.
    is_known: Vec<u64>,
    row: usize,
    /// The joint shares of the stretches of these numbers.
    shares: Vec<(u16, u16, f32)>,
}

/// A left and a right stretch that stand for each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// Letters of the left script.
    pub left: Box<str>,
    /// Letters of the right script.
    pub right: Box<str>,
    /// Their share of all that stands for each other.
    pub share: f64,
    /// Where they do so more often, or less.
    pub places: Places,
}

/// For each class of the letter before a left stretch, then of the letter after it: by how many halves of a bit the
/// stretch stands for its counterpart more often there than anywhere.
pub type Places = [i8; 2 * CLASSES];

/// How many classes of letters there are around a stretch.
pub const CLASSES: usize = 6;

/// The class of a letter next to a stretch: border, light vowel, dark vowel, sonorant, breath, any other.
pub fn class(letter: char) -> u8 {
    let mut base = letter;
    if !letter.is_ascii() {
        base = unicode_normalization::UnicodeNormalization::nfd([letter].into_iter())
            .next()
            .unwrap_or(letter);
    }
    match base {
        BORDER => 0,
        'e' | 'i' | 'y' => 1,
        'a' | 'o' | 'u' => 2,
        'l' | 'm' | 'n' | 'r' => 3,
        'h' | '\'' => 4,
        _ => 5,
    }
}

/// How much more often two stretches stand for each other than by chance, and around which letters.
#[derive(Debug, Clone)]
struct Weight {
    anywhere: f32,
    before: [f32; CLASSES],
    after: [f32; CLASSES],
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
    /// The class of the letter before it.
    pub before: u8,
    /// The class of the letter after it.
    pub after: u8,
    /// Whether it is one letter, and the same as the one before it.
    pub is_doubled: bool,
}

/// One side of an alignment: for every node the stretches that end there.
#[derive(Debug, Clone)]
pub struct Side {
    pub(super) stretches: Vec<Stretch>,
    /// Where the stretches of each node end.
    pub(super) ends: Vec<u32>,
    /// For each node the byte of the text.
    pub(super) nodes: Vec<Option<u32>>,
    /// For each node, how much likelier the name up to it is in its script than any order of its letters, as a
    /// logarithm.
    pub(super) own: Vec<f64>,
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
    pub fn new(shares: impl IntoIterator<Item = Share>) -> Self {
        let shares: Vec<Share> = shares.into_iter().collect();
        let lefts = || shares.iter().map(|entry| (&*entry.left, entry.share));
        let rights = || shares.iter().map(|entry| (&*entry.right, entry.share));
        let (left, right) = (Half::new(lefts()), Half::new(rights()));
        let (chance_left, chance_right) = (chances(lefts()), chances(rights()));
        let mut known = Index::with_room(shares.len());
        let row = right.texts.len().div_ceil(64);
        let mut is_known = vec![0u64; row * left.texts.len()];
        let mut weights = Vec::with_capacity(shares.len());
        let mut numbered = Vec::with_capacity(shares.len());
        for entry in &shares {
            let by_chance = chance(&chance_left, &entry.left) * chance(&chance_right, &entry.right);
            let (from, to) = (left.number(&entry.left), right.number(&entry.right));
            numbered.push((from, to, entry.share as f32));
            known.insert(weight_key(from, to), weights.len() as u32);
            if let Some(bits) = is_known.get_mut(usize::from(from) * row + usize::from(to) / 64) {
                *bits |= 1 << (to % 64);
            }
            let factor = |nth: usize| (f32::from(entry.places[nth]) / 2.0).exp2();
            weights.push(Weight {
                anywhere: (entry.share / by_chance) as f32,
                before: std::array::from_fn(factor),
                after: std::array::from_fn(|nth| factor(CLASSES + nth)),
            });
        }
        let mut table = Self {
            left,
            right,
            known,
            weights,
            is_known,
            row,
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
                .find(entry.0, entry.1)
                .map_or(1.0, |weight| weight.anywhere);
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

    #[inline]
    fn find(&self, left: u16, right: u16) -> Option<&Weight> {
        let bits = self
            .is_known
            .get(usize::from(left) * self.row + usize::from(right) / 64)?;
        if bits >> (right % 64) & 1 == 0 {
            return None;
        }
        self.weights
            .get(self.known.get(weight_key(left, right))? as usize)
    }

    /// Reads a table back from [`Table::to_text`].
    pub fn from_text(text: &str) -> Self {
        Self::new(text.lines().filter_map(|line| {
            let mut fields = line.split('\t');
            let (left, right, cost) = (fields.next()?, fields.next()?, fields.next()?);
            let cost: f64 = cost.parse().ok()?;
            let mut places = [0; 2 * CLASSES];
            for (place, letter) in places.iter_mut().zip(fields.next().unwrap_or("").bytes()) {
                *place = letter.wrapping_sub(ZERO) as i8;
            }
            Some(Share {
                left: left.into(),
                right: right.into(),
                share: (-cost * STEP).exp2(),
                places,
            })
        }))
    }

    /// One line for each pair of stretches: left, right, minus the binary logarithm of their joint share in eighths, and
    /// the places as letters, of which `m` is zero, if any is not.
    pub fn to_text(shares: impl IntoIterator<Item = Share>) -> String {
        let mut shares: Vec<Share> = shares.into_iter().collect();
        shares.sort_by(|a, b| (&a.left, &a.right).cmp(&(&b.left, &b.right)));
        let mut text = String::new();
        for Share {
            left,
            right,
            share,
            places,
        } in shares
        {
            let _ = write!(text, "{left}\t{right}\t{:.0}", -share.log2() / STEP);
            if places.iter().any(|place| *place != 0) {
                text.push('\t');
                text.extend(places.iter().map(|place| {
                    char::from(ZERO.wrapping_add(place.clamp(&-12, &12).cast_unsigned()))
                }));
            }
            text.push('\n');
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
        let (mut from_first, mut from_second) =
            (Renderings::new(&by_first), Renderings::new(&by_second));
        let between: BTreeSet<&str> = by_first.keys().chain(by_second.keys()).copied().collect();
        for text in &between {
            from_first.of(text);
            from_second.of(text);
        }
        let mut joint: HashMap<(&str, &str), f64> = HashMap::new();
        // Less than a hundredth of what is kept in the end adds up to nothing.
        let mut add = |left, right, share: f64| {
            if (left, right) != ("", "") && share > 1e-8 {
                *joint.entry((left, right)).or_default() += share;
            }
        };
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
            for (left, p) in from_first.known(text) {
                for (right, q) in from_second.known(text) {
                    add(left, right, share * p * q);
                }
            }
        }
        // In an order of their own, so that sums and numbers are the same every time.
        let mut joint: Vec<((&str, &str), f64)> = joint.into_iter().collect();
        joint.sort_unstable_by_key(|(texts, _)| *texts);
        let total: f64 = joint.iter().map(|(_, share)| share).sum();
        let kept = joint.into_iter().filter(|((left, right), share)| {
            let ends = [left, right].map(|text| text.chars().count());
            *share > 1e-6 * total
                && ends.iter().all(|length| *length <= 3)
                && (ends[0] > 0 && ends[1] > 0 || ends[0] + ends[1] == 1)
        });
        Self::new(kept.map(|((left, right), share)| Share {
            left: left.into(),
            right: right.into(),
            share: share / total,
            places: Places::default(),
        }))
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
        let known = self.find(left.number, right.number).map_or(0.0, |weight| {
            let around =
                weight.before[usize::from(left.before)] * weight.after[usize::from(left.after)];
            f64::from(weight.anywhere * around)
        });
        match (left.length, right.length) {
            (1, 1) => known.max(ODD),
            (0, _) if right.is_doubled => known.max(DOUBLED),
            (_, 0) if left.is_doubled => known.max(DOUBLED),
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
            own: vec![0.0; nodes],
        };
        let (mut before, mut after) = (vec![0; nodes], vec![0; nodes]);
        let mut last = vec![None; nodes];
        for letter in &spelling.letters {
            let class = class(letter.letter);
            after[usize::from(letter.from)] = class;
            before[usize::from(letter.to)] = class;
            last[usize::from(letter.to)] = Some(letter.letter);
        }
        // The stretches that end in a node, with their keys, to be made longer by the next letter.
        let mut keys: Vec<u64> = Vec::with_capacity(nodes * 3);
        let mut letters = spelling.letters.iter().peekable();
        for node in 0..nodes {
            side.stretches.push(Stretch {
                from: node as u16,
                number: 1,
                length: 0,
                before: before[node],
                after: after[node],
                is_doubled: false,
            });
            keys.push(0);
            if node == 0 {
                side.own[0] = 1.0;
            }
            while let Some(letter) = letters.next_if(|letter| usize::from(letter.to) == node) {
                let from = usize::from(letter.from);
                let start = from
                    .checked_sub(1)
                    .map_or(0, |before| side.ends[before] as usize);
                for nth in start..side.ends[from] as usize {
                    let shorter = side.stretches[nth];
                    if shorter.length >= self.longest {
                        continue;
                    }
                    let key = (keys[nth] << 21) | (u64::from(u32::from(letter.letter)) + 1);
                    let number = self.stretches.get(key).unwrap_or(0) as u16;
                    let length = shorter.length + 1;
                    if number == 0 && length > 1 {
                        continue;
                    }
                    let share = f64::from(self.shares[usize::from(number)]);
                    let share = if length == 1 { share.max(ODD) } else { share };
                    side.own[node] += side.own[usize::from(shorter.from)] * share;
                    side.stretches.push(Stretch {
                        from: shorter.from,
                        number,
                        length,
                        before: shorter.before,
                        after: after[node],
                        is_doubled: length == 1 && last[from] == Some(letter.letter),
                    });
                    keys.push(key);
                }
            }
            side.ends.push(side.stretches.len() as u32);
        }
        for own in &mut side.own {
            *own = own.max(f64::MIN_POSITIVE).ln();
        }
        side
    }
}

/// What stretches may become, with probabilities: as learnt, or piece by piece. Each is worked out once.
struct Renderings<'a> {
    by_left: &'a BTreeMap<&'a str, Vec<(&'a str, f64)>>,
    known: HashMap<&'a str, Rc<[(String, f64)]>>,
}

impl<'a> Renderings<'a> {
    fn new(by_left: &'a BTreeMap<&'a str, Vec<(&'a str, f64)>>) -> Self {
        Self {
            by_left,
            known: HashMap::new(),
        }
    }

    /// Those that [`Renderings::of`] was asked for.
    fn known(&self, text: &str) -> &[(String, f64)] {
        self.known.get(text).map_or(&[], |known| known)
    }

    fn of(&mut self, text: &'a str) -> Rc<[(String, f64)]> {
        if let Some(known) = self.known.get(text) {
            return Rc::clone(known);
        }
        let mut found: HashMap<String, f64> = HashMap::new();
        let mut add = |result: &str, share: f64| match found.get_mut(result) {
            Some(sum) => *sum += share,
            None => drop(found.insert(result.to_owned(), share)),
        };
        let learnt = self.by_left.get(text);
        if let Some(learnt) = learnt {
            let total: f64 = learnt.iter().map(|(_, share)| share).sum();
            for (result, share) in learnt {
                add(result, share / total);
            }
        }
        let piecewise = if learnt.is_some() { 0.1 } else { 1.0 };
        let mut result = String::new();
        for (cut, _) in text.char_indices().skip(1) {
            let (begin, end) = (self.of(&text[..cut]), self.of(&text[cut..]));
            for (first, p) in begin.iter() {
                for (second, q) in end.iter() {
                    result.clear();
                    result.extend([first.as_str(), second]);
                    add(&result, piecewise * p * q);
                }
            }
        }
        // In an order of their own, so that the sum is the same every time.
        let mut found: Vec<(String, f64)> = found.into_iter().collect();
        found.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let total: f64 = found.iter().map(|(_, share)| share).sum();
        let total = total.max(f64::MIN_POSITIVE);
        let found = found
            .into_iter()
            .map(|(result, share)| (result, share / total));
        let found: Rc<[(String, f64)]> = found.filter(|(_, share)| *share > 0.003).collect();
        self.known.insert(text, Rc::clone(&found));
        found
    }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn entry(left: &str, right: &str, share: f64) -> Share {
        Share {
            left: left.into(),
            right: right.into(),
            share,
            places: Places::default(),
        }
    }

    #[test]
    fn a_table_is_read_as_it_was_written() {
        let mut lost = entry("r", "", 0.0625);
        lost.places = [0, 1, -2, 3, -12, 12, 0, 0, 0, 5, -7, 0];
        let text = Table::to_text([lost, entry("ka", "カ", 0.25)]);
        assert_eq!(text, "ka\tカ\t16\nr\t\t32\tmnkpaymmmrfm\n");
        let table = Table::from_text(&text);
        assert_eq!(table.left_alphabet().len(), 3);
        let (r, nothing) = (table.left.number("r"), table.right.number(""));
        let weight = table.find(r, nothing).unwrap();
        assert_eq!(
            weight.before,
            [1.0, 2f32.sqrt(), 0.5, 2f32.powf(1.5), 1.0 / 64.0, 64.0]
        );
        assert_eq!(weight.after[3..5], [2f32.powf(2.5), 2f32.powf(-3.5)]);
        assert!(table.find(r, table.right.number("カ")).is_none());
    }

    #[test]
    fn two_tables_make_one_through_what_they_share() {
        let first = Table::new([entry("ka", "カ", 0.5), entry("ta", "タ", 0.5)]);
        let second = Table::new([entry("ka", "ка", 0.5), entry("ta", "та", 0.5)]);
        let through = Table::through(&first, &second);
        let number =
            |left: &str, right: &str| (through.left.number(left), through.right.number(right));
        let known = |left, right| {
            let (left, right) = number(left, right);
            through.find(left, right).is_some()
        };
        assert!(known("カ", "ка") && known("タ", "та"));
        assert!(!known("カ", "та") && !known("タ", "ка"));
    }

    #[test]
    fn every_number_is_found_again() {
        let mut index = Index::with_room(100);
        for key in 1..=100u64 {
            index.insert(key * 977, key as u32);
        }
        assert!((1..=100u64).all(|key| index.get(key * 977) == Some(key as u32)));
        assert_eq!((index.get(0), index.get(5)), (None, None));
    }
}
