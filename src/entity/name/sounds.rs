//! Finds where in a long text a name may stand, in one pass and in any script.
//!
//! Of every letter only the coarse sound of its consonant is kept; what scripts tell apart least is one sound. In the row
//! of sounds a name is searched with some errors, all at once for 64 of its sounds (G. Myers, "A fast bit-vector
//! algorithm for approximate string matching based on dynamic programming", 1999). What is found is a place to look
//! at, no mention.

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU8, Ordering};

use uroman::{Uroman, rom_format};

use super::units::Readings;

/// The consonants of a text, coarsely.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sounds {
    /// Sounds from 1 to 7.
    sounds: Vec<u8>,
    /// The byte of the letter that each belongs to.
    bytes: Vec<u32>,
}

const LIPS: u8 = 1;
const TEETH: u8 = 2;
const THROAT: u8 = 3;
const HISS: u8 = 4;
const LIQUID: u8 = 5;
const M: u8 = 6;
const N: u8 = 7;

/// A letter that has not been asked for yet.
const UNKNOWN: u8 = 0xff;

/// The sounds of the letters up to U+FFFF, learnt as they come.
pub(super) struct Ear(Box<[AtomicU8]>);

impl fmt::Debug for Ear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ear")
    }
}

impl Default for Ear {
    fn default() -> Self {
        Self((0..0x1_0000).map(|_| AtomicU8::new(UNKNOWN)).collect())
    }
}

impl Ear {
    /// The sounds of a text. Han is heard in Mandarin.
    pub(super) fn hear(&self, text: &str, uroman: &Uroman, mandarin: Option<&Readings>) -> Sounds {
        let mut heard = Sounds {
            sounds: Vec::with_capacity(text.len() / 2),
            bytes: Vec::with_capacity(text.len() / 2),
        };
        let bytes = text.as_bytes();
        for (at, c) in text.char_indices() {
            let both = match c {
                '\0'..='\x7f' => latin(bytes[at], bytes.get(at + 1).copied().unwrap_or(b' ')),
                c => self.letter(c, uroman, mandarin),
            };
            for sound in [both & 0xf, both >> 4] {
                if sound != 0 {
                    heard.sounds.push(sound);
                    heard.bytes.push(at as u32);
                }
            }
        }
        heard
    }

    fn letter(&self, c: char, uroman: &Uroman, mandarin: Option<&Readings>) -> u8 {
        let Some(known) = self.0.get(u32::from(c) as usize) else {
            return 0;
        };
        let sounds = known.load(Ordering::Relaxed);
        if sounds != UNKNOWN {
            return sounds;
        }
        let read = mandarin.and_then(|readings| readings.get(&c)?.first());
        let spelt = read.map_or_else(|| c.to_string(), |word| word.to_string());
        let latin_text = uroman
            .romanize_string::<rom_format::Str>(&spelt, None)
            .to_string();
        let text = if c.is_alphabetic() {
            latin_text.as_bytes()
        } else {
            &[]
        };
        let mut heard = (0..text.len())
            .map(|at| latin(text[at], text.get(at + 1).copied().unwrap_or(b' ')))
            .filter(|sound| *sound != 0);
        let (first, second) = (
            heard.next().unwrap_or(0) & 0xf,
            heard.next().unwrap_or(0) & 0xf,
        );
        let sounds = first | if second == first { 0 } else { second << 4 };
        known.store(sounds, Ordering::Relaxed);
        sounds
    }
}

/// The sound of a Latin letter before another.
fn latin(letter: u8, next: u8) -> u8 {
    let next = next.to_ascii_lowercase();
    match letter.to_ascii_lowercase() {
        b'c' if matches!(next, b'h' | b'e' | b'i' | b'y' | b'z') => HISS,
        // The first of two is enough.
        same if same == next && same.is_ascii_alphabetic() => 0,
        b'w' if !matches!(next, b'a' | b'e' | b'i' | b'o' | b'u' | b'y') => 0,
        b'p' if next == b'h' => LIPS,
        b't' | b'd' if matches!(next, b's' | b'z' | b'j') => 0,
        b'b' | b'f' | b'p' | b'v' | b'w' => LIPS,
        b'd' | b't' => TEETH,
        b'c' | b'g' | b'k' | b'q' => THROAT,
        b'j' | b's' | b'z' => HISS,
        b'x' => THROAT | HISS << 4,
        b'l' | b'r' => LIQUID,
        b'm' => M,
        b'n' => N,
        _ => 0,
    }
}

impl Sounds {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.sounds.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sounds.is_empty()
    }

    /// Whether this sounds like a name, with as many errors as [`Sounds::places`] allows.
    pub fn could_match(&self, name: &Sounds) -> bool {
        let apart = self.len().abs_diff(name.len());
        let most = errors(name.len());
        apart <= most
            && Search::new(name)
                .is_some_and(|search| search.ends(self).any(|end| end + 1 + most >= self.len()))
    }

    /// The places of `text`, as bytes, where this name may stand: from the start of the first word to the end of the last;
    /// in a script without spaces, some letters more than needed. `self` are the sounds of `text`. At most every third
    /// sound of the name is wrong. A name with fewer than two consonants has no places.
    pub fn places(&self, text: &str, name: &Sounds) -> Vec<Range<usize>> {
        let Some(search) = Search::new(name) else {
            return Vec::new();
        };
        let mut places: Vec<Range<usize>> = Vec::new();
        for end in search.ends(self) {
            let first = (end + 1).saturating_sub(name.len());
            let (Some(start), Some(last)) = (self.bytes.get(first), self.bytes.get(end)) else {
                continue;
            };
            let place = widened(text, *start as usize, *last as usize);
            match places.last_mut() {
                Some(before) if before.end >= place.start => before.end = before.end.max(place.end),
                _ => places.push(place),
            }
        }
        places
    }
}

fn errors(length: usize) -> usize {
    length / 3
}

/// From the start of a word to the end of a word, or some letters more where words are not parted.
fn widened(text: &str, start: usize, last: usize) -> Range<usize> {
    const MOST: usize = 8;
    let joins = |c: &char| {
        c.is_alphanumeric()
            || unicode_normalization::char::is_combining_mark(*c)
            || matches!(c, '\'' | '’' | 'ー')
    };
    let before: usize = text[..start]
        .chars()
        .rev()
        .take_while(joins)
        .take(MOST)
        .map(char::len_utf8)
        .sum();
    let first = text[last..].chars().next().map_or(0, char::len_utf8);
    let after: usize = text[last + first..]
        .chars()
        .take_while(joins)
        .take(MOST)
        .map(char::len_utf8)
        .sum();
    start - before..last + first + after
}

/// A name to be searched.
struct Search {
    /// For each sound, where the name has it.
    masks: [u64; 8],
    length: usize,
}

impl Search {
    fn new(name: &Sounds) -> Option<Self> {
        let length = name.len().min(64);
        let mut masks = [0u64; 8];
        for (nth, sound) in name.sounds.iter().take(length).enumerate() {
            masks[usize::from(*sound & 7)] |= 1 << nth;
        }
        (length >= 2).then_some(Self { masks, length })
    }

    /// The last sounds of all places that fit.
    fn ends<'a>(&'a self, text: &'a Sounds) -> impl Iterator<Item = usize> + 'a {
        let most = errors(self.length);
        let top = 1u64 << (self.length - 1);
        let (mut plus, mut minus, mut distance) = (u64::MAX, 0u64, self.length);
        text.sounds
            .iter()
            .enumerate()
            .filter_map(move |(at, sound)| {
                let equal = self.masks[usize::from(*sound & 7)];
                let across = equal | minus;
                let down = (((equal & plus).wrapping_add(plus)) ^ plus) | equal;
                let (up, less) = (minus | !(down | plus), plus & down);
                distance = distance + usize::from(up & top != 0) - usize::from(less & top != 0);
                let (up, less) = (up << 1, less << 1);
                plus = less | !(across | up);
                minus = up & across;
                (distance <= most).then_some(at)
            })
    }
}
