//! How the name model is made from pairs of names. Shared by `train_name_costs` and `name_bench`.

// Each of the two uses its own half.
#![allow(dead_code)]

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::path::Path;

use scriptlens::entity::name::calibration::{Calibration, Line};
use scriptlens::entity::name::hand::{Hand, readings};
use scriptlens::entity::name::learn::{Lengths, alphabet, learn};
use scriptlens::entity::name::news::common;
use scriptlens::entity::name::units::Spelling;
use scriptlens::entity::name::{NameModel, Share, Table};
use unicode_segmentation::UnicodeSegmentation as _;
use uroman::{Uroman, rom_format};

/// The scripts that get a table of their own, and how long stretches of their letters may be.
const LEARNT: [(Hand, u8); 6] = [
    (Hand::Arab, 2),
    (Hand::Cyrl, 2),
    (Hand::Hang, 3),
    (Hand::Hani, 2),
    (Hand::Hebr, 2),
    (Hand::Kana, 2),
];

/// From how many names on a letter is learnt by itself.
const LEAST: usize = 12;

/// How many of a thousand right names may seem to have an error.
const ALLOWED: usize = 27;

/// Names by script: Latin form, native form.
pub type Names = BTreeMap<String, Vec<(String, String)>>;

/// The files of a model by name.
pub type Files = BTreeMap<String, String>;

/// Reads every `<Script>.tsv` of a folder: script, Latin form, native form, weight; of pairs that weigh at least so much.
pub fn read(folder: &Path, least: u32) -> std::io::Result<Names> {
    let mut names = Names::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tsv") {
            for line in std::fs::read_to_string(path)?.lines() {
                let fields: Vec<&str> = line.split('\t').collect();
                if let [script, latin, native, weight] = fields[..]
                    && weight.parse().is_ok_and(|weight: u32| weight >= least)
                {
                    names
                        .entry(script.to_owned())
                        .or_default()
                        .push((latin.to_owned(), native.to_owned()));
                }
            }
        }
    }
    Ok(names)
}

/// FNV-1a, folded: the hash by which names are split. The same name is on one side in every script.
pub fn hash(latin: &str) -> u64 {
    let hash = latin
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    hash ^ hash >> 32
}

/// The names whose hash leaves, or does not leave, this rest of ten.
pub fn part(names: &Names, rest: u64, is_rest: bool) -> Names {
    let keep = |pairs: &Vec<(String, String)>| -> Vec<(String, String)> {
        pairs
            .iter()
            .filter(|(latin, _)| (hash(latin) % 10 == rest) == is_rest)
            .cloned()
            .collect()
    };
    names
        .iter()
        .map(|(script, pairs)| (script.clone(), keep(pairs)))
        .collect()
}

/// A model from all these names: tables from all, calibration from two tenths by tables from the rest.
pub fn train(names: &Names, han_readings: &str) -> Files {
    let mut held = part(names, 9, true);
    for (script, pairs) in part(names, 7, true) {
        held.entry(script).or_default().extend(pairs);
    }
    let mut rest = part(&part(names, 9, false), 7, false);
    rest.retain(|script, _| is_learnt(script));
    let files = tables(&rest, han_readings);
    let model = NameModel::new(|name| files.get(name).cloned());
    let calibration = calibrate(&model, names, &held);

    let mut files = tables(names, han_readings);
    files.insert("calibration.tsv".into(), calibration.to_text());
    files
}

fn is_learnt(script: &str) -> bool {
    LEARNT.iter().any(|(hand, _)| hand.code() == script)
}

/// The tables of all hands.
pub fn tables(names: &Names, han_readings: &str) -> Files {
    let mut files = Files::from([("han_readings.tsv".into(), han_readings.to_owned())]);
    let all_readings = readings(han_readings);
    for (hand, longest) in LEARNT {
        let Some(pairs) = names.get(hand.code()) else {
            continue;
        };
        let latin = alphabet(pairs.iter().map(|pair| &*pair.0), LEAST);
        let mut native = alphabet(pairs.iter().map(|pair| &*pair.1), LEAST);
        let readings = all_readings.get(&hand).filter(|_| hand == Hand::Hani);
        native.extend(
            readings
                .into_iter()
                .flat_map(|readings| readings.values().flatten().flat_map(|word| word.chars())),
        );
        let spelt: Vec<(Spelling, Spelling)> = pairs
            .iter()
            .map(|pair| {
                (
                    Spelling::new(&pair.0, &latin, None),
                    Spelling::new(&pair.1, &native, readings),
                )
            })
            .collect();
        files.insert(
            hand.file(),
            text(learn(
                &spelt,
                Lengths {
                    left: 3,
                    right: longest,
                    placed: true,
                },
            )),
        );
    }
    files.insert(Hand::Other.file(), text(romanised(names)));
    files.insert(Hand::Latn.file(), text(variants(names)));
    files
}

fn text(shares: Vec<Share>) -> String {
    Table::to_text(shares)
}

/// How Latin names and romanised names go together.
fn romanised(names: &Names) -> Vec<Share> {
    let romaniser = NameModel::new(|_| None);
    let is_vowelled = |script: &str| !matches!(script, "Arab" | "Hebr" | "Hani");
    let pairs: Vec<&(String, String)> = names
        .iter()
        .filter(|(script, _)| is_vowelled(script))
        .flat_map(|(_, pairs)| pairs)
        .collect();
    let latin = alphabet(pairs.iter().map(|pair| &*pair.0), LEAST);
    let plain: HashSet<char> = ('a'..='z').chain(['\'']).collect();
    let spelt: Vec<(Spelling, Spelling)> = pairs
        .iter()
        .map(|pair| {
            (
                Spelling::new(&pair.0, &latin, None),
                romaniser.romanised(&pair.1, &plain),
            )
        })
        .collect();
    learn(
        &spelt,
        Lengths {
            left: 2,
            right: 2,
            placed: true,
        },
    )
}

/// How Latin spellings of one name vary: Latin forms of the same native form, and each form as it is.
fn variants(names: &Names) -> Vec<Share> {
    let pairs = same_native(names);
    let latin = alphabet(pairs.iter().map(|pair| &*pair.0), LEAST);
    let spelt: Vec<(Spelling, Spelling)> = pairs
        .iter()
        .map(|(a, b)| {
            (
                Spelling::new(a, &latin, None),
                Spelling::new(b, &latin, None),
            )
        })
        .collect();
    let lengths = Lengths {
        left: 2,
        right: 2,
        placed: false,
    };
    // Which of two spellings comes first says nothing.
    let mut both: BTreeMap<(Box<str>, Box<str>), f64> = BTreeMap::new();
    for entry in learn(&spelt, lengths) {
        for pair in [
            (entry.left.clone(), entry.right.clone()),
            (entry.right, entry.left),
        ] {
            *both.entry(pair).or_default() += entry.share / 2.0;
        }
    }
    both.into_iter()
        .map(|((left, right), share)| Share {
            left,
            right,
            share,
            places: Default::default(),
        })
        .collect()
}

/// Latin forms of the same native form, in both orders.
pub fn same_native(names: &Names) -> Vec<(String, String)> {
    let mut forms: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for pairs in names
        .iter()
        .filter(|(script, _)| is_learnt(script))
        .map(|(_, pairs)| pairs)
    {
        for (latin, native) in pairs {
            forms.entry(native).or_default().insert(latin);
        }
    }
    let mut pairs = Vec::new();
    for forms in forms.values().filter(|forms| forms.len() < 8) {
        for a in forms {
            for b in forms {
                if a == b && hash(a).is_multiple_of(8) || a != b && is_close(a, b) {
                    pairs.push(((*a).to_owned(), (*b).to_owned()));
                }
            }
        }
    }
    pairs
}

/// Whether at least half of the longer of two forms is in the other, in order. Many pairs of the data are two names.
fn is_close(a: &str, b: &str) -> bool {
    common(a, b) * 2 >= a.chars().count().max(b.chars().count())
}

/// Native forms of the same Latin form in two scripts.
pub fn same_latin(names: &Names, first: Hand, second: Hand) -> Vec<(String, String)> {
    let by_latin = |hand: Hand| {
        let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (latin, native) in names.get(hand.code()).into_iter().flatten() {
            found.entry(latin).or_default().push(native);
        }
        found
    };
    let (firsts, seconds) = (by_latin(first), by_latin(second));
    let mut pairs = Vec::new();
    for (latin, natives) in &firsts {
        for a in natives {
            for b in seconds.get(latin).into_iter().flatten() {
                if first != second || a < b {
                    pairs.push(((*a).to_owned(), (*b).to_owned()));
                }
            }
        }
    }
    pairs
}

/// A small generator of numbers, the same on every machine.
pub struct Numbers(pub u64);

impl Numbers {
    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// Scores of the pairs, and for each the best score of 60 wrong names for the same left form.
pub fn hardest(
    pairs: &[(String, String)],
    score: impl Fn(&str, &[&str]) -> Vec<f64>,
) -> (Vec<f64>, Vec<f64>) {
    let mut numbers = Numbers(0x5eed);
    let mut scores = (Vec::new(), Vec::new());
    for (left, right) in pairs {
        let mut asked = vec![&**right];
        for _ in 0..600 {
            let (other_left, other) = &pairs[numbers.below(pairs.len())];
            if other != right && other != left && other_left != left {
                asked.push(other);
            }
            if asked.len() > 60 {
                break;
            }
        }
        let found = score(left, &asked);
        scores.0.push(found[0]);
        scores
            .1
            .push(found[1..].iter().copied().fold(f64::NEG_INFINITY, f64::max));
    }
    scores
}

/// The sound a grapheme begins with, coarsely: what scripts do not tell apart is one.
fn sound(romanised: &str) -> char {
    match romanised
        .chars()
        .find(|c| c.is_ascii_alphabetic())
        .unwrap_or(' ')
    {
        'b' | 'p' | 'f' | 'v' | 'w' => 'p',
        'd' | 't' => 't',
        'g' | 'k' | 'q' | 'c' | 'x' | 'h' => 'k',
        's' | 'z' | 'j' => 's',
        'l' | 'r' => 'r',
        'm' => 'm',
        'n' => 'n',
        'a' => 'a',
        'e' | 'i' | 'y' => 'e',
        'o' | 'u' => 'o',
        _ => ' ',
    }
}

/// Puts one wrong grapheme into names of a script: a letter, a kana, a Hangul syllable or a Han character. A grapheme is
/// replaced by one that begins with another sound; or one that begins with a consonant is left out; or one that begins
/// with a consonant, and not with that of a neighbour, is put in. Vowel signs that are often not written, length and
/// doubling are left alone.
pub struct Injector {
    /// Graphemes that are common enough, with the sound they begin with.
    inventory: Vec<(String, char)>,
    sounds: BTreeMap<String, char>,
}

impl Injector {
    /// For names of this script.
    pub fn new<'a>(script: &str, names: impl Iterator<Item = &'a str>) -> Self {
        let uroman = Uroman::new();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for cluster in names.flat_map(|name| name.graphemes(true)) {
            *counts.entry(cluster).or_default() += 1;
        }
        let sounds: BTreeMap<String, char> = counts
            .keys()
            .map(|cluster| {
                let is_silent = matches!(*cluster, "ッ" | "ー" | "ь" | "ъ" | "ع" | "ء" | "ע");
                let sound = if is_silent {
                    ' '
                } else {
                    sound(&romanise(&uroman, cluster))
                };
                ((*cluster).to_owned(), sound)
            })
            .collect();
        let least = if matches!(script, "Hani" | "Hang") {
            3
        } else {
            20
        };
        let inventory: Vec<(String, char)> = counts
            .iter()
            .filter(|(cluster, count)| **count >= least && sounds[**cluster] != ' ')
            .map(|(cluster, _)| ((*cluster).to_owned(), sounds[*cluster]))
            .collect();
        Self { inventory, sounds }
    }

    /// The kind of the error (0 replaced, 1 left out, 2 put in), the garbled name, and the bytes where it is garbled.
    pub fn inject(
        &self,
        name: &str,
        numbers: &mut Numbers,
    ) -> Option<(usize, String, Range<usize>)> {
        let (inventory, sounds) = (&self.inventory, &self.sounds);
        let clusters: Vec<&str> = name.graphemes(true).collect();
        let at = numbers.below(clusters.len());
        let of = |nth: usize| {
            clusters
                .get(nth)
                .and_then(|cluster| sounds.get(*cluster))
                .copied()
                .unwrap_or(' ')
        };
        let (new, new_sound) = inventory.get(numbers.below(inventory.len()))?;
        let is_consonant = |sound: char| !matches!(sound, ' ' | 'a' | 'e' | 'o');
        let here = clusters[..at].concat().len();
        let end = here + clusters[at].len();
        let before = if at > 0 { of(at - 1) } else { ' ' };
        match numbers.below(3) {
            0 if of(at) != ' '
                && *new_sound != of(at)
                && (is_consonant(of(at)) || is_consonant(*new_sound)) =>
            {
                Some((
                    0,
                    format!("{}{new}{}", &name[..here], &name[end..]),
                    here..here + new.len(),
                ))
            }
            1 if clusters.len() > 2
                && is_consonant(of(at))
                && of(at) != before
                && of(at) != of(at + 1) =>
            {
                Some((1, format!("{}{}", &name[..here], &name[end..]), here..here))
            }
            2 if is_consonant(*new_sound) && *new_sound != before && *new_sound != of(at) => {
                Some((
                    2,
                    format!("{}{new}{}", &name[..here], &name[here..]),
                    here..here + new.len(),
                ))
            }
            _ => None,
        }
    }
}

/// A text in Latin letters, as uroman has it.
pub fn romanise(uroman: &Uroman, text: &str) -> String {
    uroman
        .romanize_string::<rom_format::Str>(text, None)
        .to_string()
        .to_lowercase()
}

/// The best F1 over all thresholds, and the threshold.
pub fn best_f1(same: &[f64], other: &[f64]) -> (f64, f64) {
    let mut scores: Vec<(f64, bool)> = same
        .iter()
        .map(|s| (*s, true))
        .chain(other.iter().map(|s| (*s, false)))
        .collect();
    scores.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut right, mut wrong, mut best) = (0.0, 0.0, (0.0, 0.0));
    for (nth, (score, is_same)) in scores.iter().enumerate() {
        *if *is_same { &mut right } else { &mut wrong } += 1.0;
        let is_last_of_equals = scores.get(nth + 1).is_none_or(|next| next.0 < *score);
        let f1 = 2.0 * right / (right + wrong + same.len() as f64);
        if is_last_of_equals && f1 > best.0 {
            best = (f1, *score);
        }
    }
    best
}

/// F1 at a threshold.
pub fn f1_at(same: &[f64], other: &[f64], threshold: f64) -> f64 {
    let reach = |scores: &[f64]| scores.iter().filter(|score| **score >= threshold).count() as f64;
    2.0 * reach(same) / (reach(same) + reach(other) + same.len() as f64)
}

pub fn calibrate(model: &NameModel, names: &Names, held: &Names) -> Calibration {
    let mut calibration = Calibration::default();
    let score = |left: &str, rights: &[&str]| -> Vec<f64> {
        let prepared = model.prepare(left);
        rights
            .iter()
            .map(|right| prepared.raw_score(right))
            .collect()
    };
    let mut fit = |a: Hand, b: Hand, mut pairs: Vec<(String, String)>| {
        if pairs.len() < 40 {
            return;
        }
        let mut numbers = Numbers(7);
        while pairs.len() > 2000 {
            pairs.swap_remove(numbers.below(pairs.len()));
        }
        let (same, other) = hardest(&pairs, score);
        let line = Calibration::fit(&same, &other);
        calibration.set(a, b, with_limits(model, b, &pairs, line));
    };
    let latin_line = |hand: Hand| held.get(hand.code()).cloned().unwrap_or_default();
    for (hand, _) in LEARNT {
        fit(Hand::Latn, hand, latin_line(hand));
    }
    let small: Vec<(String, String)> = names
        .iter()
        .filter(|(script, _)| !is_learnt(script) && *script != "Hira")
        .flat_map(|(_, pairs)| pairs.clone())
        .collect();
    fit(Hand::Latn, Hand::Other, small);
    fit(
        Hand::Latn,
        Hand::Latn,
        same_native(names)
            .into_iter()
            .filter(|(a, b)| a < b)
            .collect(),
    );
    for (nth, (first, _)) in LEARNT.iter().enumerate() {
        for (second, _) in &LEARNT[nth..] {
            fit(*first, *second, same_latin(names, *first, *second));
        }
    }
    // Of a romanised name and a learnt script there are no pairs: what is known of Latin must do.
    for (hand, _) in LEARNT {
        let line = calibration.line(Hand::Latn, hand);
        calibration.set(Hand::Other, hand, line);
    }
    let line = calibration.line(Hand::Latn, Hand::Latn);
    calibration.set(Hand::Other, Hand::Other, line);
    calibration
}

/// The line with limits from which on letters diverge: such that few right names seem to have an error, and as many as can
/// be of those that have one do.
fn with_limits(model: &NameModel, found: Hand, pairs: &[(String, String)], line: Line) -> Line {
    let injector = Injector::new(found.code(), pairs.iter().map(|(_, right)| &**right));
    let mut numbers = Numbers(0xe44);
    let (mut right, mut wrong, mut passing) = (Vec::new(), Vec::new(), 0);
    for (expected, found) in pairs {
        let prepared = model.prepare(expected);
        right.push(prepared.surprises(found));
        if prepared.raw_score(found) >= line.even {
            passing += 1;
            let garbled = (0..10).filter_map(|_| injector.inject(found, &mut numbers));
            wrong.extend(
                garbled
                    .take(2)
                    .map(|(_, garbled, _)| prepared.surprises(&garbled)),
            );
        }
    }
    if wrong.len() < 500 {
        return line;
    }
    let allowed = passing * ALLOWED / 1000;
    let mut best = (0, line);
    for rest in (-4..=24).map(|half| f64::from(half) / 2.0) {
        let with_rest = Line { rest, ..line };
        let seen = |all: &[([f32; 3], f64, f64)]| -> Vec<[f32; 3]> {
            let seen = all
                .iter()
                .filter(|(_, score, error)| with_rest.forgiven(*score, *error) >= NameModel::SAME);
            seen.map(|(surprises, ..)| *surprises).collect()
        };
        let (right, wrong) = (seen(&right), seen(&wrong));
        for replaced in (4..=28).map(|limit| limit as f32) {
            for added in (4..=28).map(|limit| limit as f32) {
                let seems = |surprises: &&[f32; 3]| surprises[0] > replaced || surprises[1] > added;
                let alarms = right.iter().filter(seems).count();
                let Some(left) = allowed.checked_sub(alarms) else {
                    continue;
                };
                // The lowest that leaves no more than allowed.
                let mut lost: Vec<f32> = right
                    .iter()
                    .filter(|surprises| !seems(surprises))
                    .map(|surprises| surprises[2])
                    .collect();
                lost.sort_by(|a, b| b.total_cmp(a));
                let lost = lost
                    .get(left)
                    .map_or(4.0, |limit| (limit.max(4.0) * 10.0).ceil() / 10.0);
                let found = wrong
                    .iter()
                    .filter(|surprises| seems(surprises) || surprises[2] > lost)
                    .count();
                if found > best.0 {
                    best = (
                        found,
                        Line {
                            limits: [replaced, added, lost],
                            ..with_rest
                        },
                    );
                }
            }
        }
    }
    best.1
}

/// The readings of Han from `Unihan_Readings.txt`: character, Bopomofo, katakana, Hangul in jamo.
pub fn distil(unihan: &str) -> String {
    let mut fields: BTreeMap<char, BTreeMap<&str, &str>> = BTreeMap::new();
    for line in unihan.lines() {
        let mut parts = line.split('\t');
        let (Some(code), Some(field), Some(value)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let code = code
            .strip_prefix("U+")
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        if let Some(c) = code {
            fields.entry(c).or_default().insert(field, value);
        }
    }
    let mut text = String::new();
    for (c, fields) in fields {
        let is_common = [
            "kHanyuPinlu",
            "kTGHZ2013",
            "kXHC1983",
            "kJapaneseOn",
            "kHangul",
        ];
        if !is_common.iter().any(|field| fields.contains_key(field)) {
            continue;
        }
        let values = |field: &str| {
            fields
                .get(field)
                .copied()
                .unwrap_or_default()
                .split(' ')
                .filter(|v| !v.is_empty())
        };
        let pinyin = values("kMandarin")
            .chain(values("kHanyuPinlu").filter_map(|value| value.split('(').next()))
            .chain(
                values("kXHC1983")
                    .filter_map(|value| value.split(':').nth(1))
                    .flat_map(|all| all.split(',')),
            );
        let mandarin = distinct(pinyin.filter_map(bopomofo), 4);
        let japanese = distinct(
            values("kJapaneseOn")
                .take(2)
                .chain(values("kJapaneseKun").take(2))
                .filter_map(katakana),
            3,
        );
        let korean = distinct(
            values("kHangul").filter_map(|value| value.split(':').next().map(jamo)),
            2,
        );
        if !(mandarin.is_empty() && japanese.is_empty() && korean.is_empty()) {
            text += &format!(
                "{c}\t{}\t{}\t{}\n",
                mandarin.join(" "),
                japanese.join(" "),
                korean.join(" ")
            );
        }
    }
    text
}

fn distinct(words: impl Iterator<Item = String>, most: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in words {
        if found.len() < most && !word.is_empty() && !found.contains(&word) {
            found.push(word);
        }
    }
    found
}

/// A Hangul syllable as jamo.
fn jamo(syllable: &str) -> String {
    Spelling::new(syllable, &HashSet::new(), None)
        .letters
        .iter()
        .map(|letter| letter.letter)
        .filter(|c| *c != ' ')
        .collect()
}

/// A syllable of pinyin in Bopomofo, without its tone.
fn bopomofo(pinyin: &str) -> Option<String> {
    const INITIALS: [(&str, char); 21] = [
        ("zh", 'ㄓ'),
        ("ch", 'ㄔ'),
        ("sh", 'ㄕ'),
        ("b", 'ㄅ'),
        ("p", 'ㄆ'),
        ("m", 'ㄇ'),
        ("f", 'ㄈ'),
        ("d", 'ㄉ'),
        ("t", 'ㄊ'),
        ("n", 'ㄋ'),
        ("l", 'ㄌ'),
        ("g", 'ㄍ'),
        ("k", 'ㄎ'),
        ("h", 'ㄏ'),
        ("j", 'ㄐ'),
        ("q", 'ㄑ'),
        ("x", 'ㄒ'),
        ("r", 'ㄖ'),
        ("z", 'ㄗ'),
        ("c", 'ㄘ'),
        ("s", 'ㄙ'),
    ];
    const RIMES: [(&str, &str); 37] = [
        ("", ""),
        ("a", "ㄚ"),
        ("o", "ㄛ"),
        ("e", "ㄜ"),
        ("ai", "ㄞ"),
        ("ei", "ㄟ"),
        ("ao", "ㄠ"),
        ("ou", "ㄡ"),
        ("an", "ㄢ"),
        ("en", "ㄣ"),
        ("ang", "ㄤ"),
        ("eng", "ㄥ"),
        ("er", "ㄦ"),
        ("i", "ㄧ"),
        ("ia", "ㄧㄚ"),
        ("ie", "ㄧㄝ"),
        ("iao", "ㄧㄠ"),
        ("iu", "ㄧㄡ"),
        ("ian", "ㄧㄢ"),
        ("in", "ㄧㄣ"),
        ("iang", "ㄧㄤ"),
        ("ing", "ㄧㄥ"),
        ("iong", "ㄩㄥ"),
        ("u", "ㄨ"),
        ("ua", "ㄨㄚ"),
        ("uo", "ㄨㄛ"),
        ("uai", "ㄨㄞ"),
        ("ui", "ㄨㄟ"),
        ("uan", "ㄨㄢ"),
        ("un", "ㄨㄣ"),
        ("uang", "ㄨㄤ"),
        ("ong", "ㄨㄥ"),
        ("ü", "ㄩ"),
        ("üe", "ㄩㄝ"),
        ("üan", "ㄩㄢ"),
        ("ün", "ㄩㄣ"),
        ("io", "ㄧㄛ"),
    ];
    let plain: String = unicode_normalization::UnicodeNormalization::nfd(pinyin)
        .filter(|c| !matches!(c, '\u{300}' | '\u{301}' | '\u{304}' | '\u{30c}'))
        .collect();
    let plain: String = unicode_normalization::UnicodeNormalization::nfc(&*plain).collect();
    let initial = INITIALS.iter().find(|(latin, _)| plain.starts_with(latin));
    let rime = match (initial, plain.as_str()) {
        (Some((latin @ ("j" | "q" | "x"), _)), plain) if plain[latin.len()..].starts_with('u') => {
            plain[latin.len()..].replacen('u', "ü", 1)
        }
        (Some((latin @ ("zh" | "ch" | "sh" | "r" | "z" | "c" | "s"), _)), plain)
            if &plain[latin.len()..] == "i" =>
        {
            String::new()
        }
        (Some((latin, _)), plain) => plain[latin.len()..].to_owned(),
        (None, "you") => "iu".to_owned(),
        (None, "yong") => "iong".to_owned(),
        (None, "wei") => "ui".to_owned(),
        (None, "wen") => "un".to_owned(),
        (None, "weng") => "ong".to_owned(),
        (None, plain) if plain.starts_with("yu") => plain[1..].replacen('u', "ü", 1),
        (None, plain) if plain.starts_with("yi") || plain.starts_with("wu") => {
            plain[1..].to_owned()
        }
        (None, plain) => plain.replacen('y', "i", 1).replacen('w', "u", 1),
    };
    let (_, rime) = RIMES.iter().find(|(latin, _)| *latin == rime)?;
    Some(
        initial
            .map(|(_, letter)| *letter)
            .into_iter()
            .chain(rime.chars())
            .collect(),
    )
}

/// A word in the capitals of Unihan as katakana.
fn katakana(romaji: &str) -> Option<String> {
    const ROWS: [(&str, &str); 27] = [
        ("", "アイウエオ"),
        ("K", "カキクケコ"),
        ("G", "ガギグゲゴ"),
        ("S", "サシスセソ"),
        ("Z", "ザジズゼゾ"),
        ("T", "タチツテト"),
        ("D", "ダヂヅデド"),
        ("N", "ナニヌネノ"),
        ("H", "ハヒフヘホ"),
        ("B", "バビブベボ"),
        ("P", "パピプペポ"),
        ("M", "マミムメモ"),
        ("Y", "ヤイユエヨ"),
        ("R", "ラリルレロ"),
        ("W", "ワヰウヱヲ"),
        ("SH", "シシシシシ"),
        ("CH", "チチチチチ"),
        ("J", "ジジジジジ"),
        ("F", "フフフフフ"),
        ("TS", "ツツツツツ"),
        ("KY", "キキキキキ"),
        ("GY", "ギギギギギ"),
        ("NY", "ニニニニニ"),
        ("HY", "ヒヒヒヒヒ"),
        ("BY", "ビビビビビ"),
        ("MY", "ミミミミミ"),
        ("RY", "リリリリリ"),
    ];
    let mut word = String::new();
    let mut rest = romaji;
    while !rest.is_empty() {
        let length = rest.find(['A', 'I', 'U', 'E', 'O']);
        let onset = &rest[..length.unwrap_or(rest.len())];
        if let Some(after) = rest
            .strip_prefix('N')
            .filter(|after| !after.starts_with(['A', 'I', 'U', 'E', 'O', 'Y']))
        {
            word.push('ン');
            rest = after;
            continue;
        }
        if onset.len() > 1 && onset.as_bytes()[0] == onset.as_bytes()[1] || onset.starts_with("TCH")
        {
            word.push('ッ');
            rest = &rest[1..];
            continue;
        }
        let vowel = rest.as_bytes().get(length?).copied()?;
        let nth = b"AIUEO".iter().position(|v| *v == vowel)?;
        let (_, row) = ROWS.iter().find(|(latin, _)| *latin == onset)?;
        word.push(row.chars().nth(nth)?);
        if onset.len() == 2 && !matches!(onset, "TS") || onset == "J" {
            match vowel {
                b'A' => word.push('ャ'),
                b'U' => word.push('ュ'),
                b'O' => word.push('ョ'),
                _ => {}
            }
        }
        rest = &rest[length? + 1..];
    }
    Some(word)
}
