//! How a text is read: which table knows its letters.

use std::collections::BTreeMap;

use unicode_script::{Script, UnicodeScript as _};

use super::units::Readings;

/// A way of writing that the model has learnt, or the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hand {
    /// Latin, which all others are learnt from.
    Latn,
    /// Arabic.
    Arab,
    /// Cyrillic.
    Cyrl,
    /// Hangul, and Han as Koreans read it.
    Hang,
    /// Han in Mandarin.
    Hani,
    /// Hebrew.
    Hebr,
    /// Both kana, and Han as Japanese read it.
    Kana,
    /// Any other script, romanised.
    Other,
}

impl Hand {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// All of them.
    pub const ALL: [Hand; 8] = [
        Hand::Latn,
        Hand::Arab,
        Hand::Cyrl,
        Hand::Hang,
        Hand::Hani,
        Hand::Hebr,
        Hand::Kana,
        Hand::Other,
    ];

    /// The code of the script; `Zyyy` for the rest.
    pub fn code(self) -> &'static str {
        match self {
            Hand::Latn => "Latn",
            Hand::Arab => "Arab",
            Hand::Cyrl => "Cyrl",
            Hand::Hang => "Hang",
            Hand::Hani => "Hani",
            Hand::Hebr => "Hebr",
            Hand::Kana => "Kana",
            Hand::Other => "Zyyy",
        }
    }

    /// The file of its table.
    pub fn file(self) -> String {
        format!("{}.tsv", self.code())
    }

    /// The hands that may have written a text, the likeliest first: Han alone may be Mandarin, Japanese or Korean.
    pub fn of(text: &str) -> Vec<Hand> {
        if text.is_ascii() {
            return vec![Hand::Latn];
        }
        let mut counts = [0usize; Self::COUNT];
        for c in text.chars() {
            let hand = match c {
                '\0'..='\x7f' if c.is_ascii_alphabetic() => Hand::Latn,
                '\0'..='\x7f' => continue,
                'ァ'..='ヺ' | 'ぁ'..='ゖ' => Hand::Kana,
                _ => match c.script() {
                    Script::Latin => Hand::Latn,
                    Script::Arabic => Hand::Arab,
                    Script::Cyrillic => Hand::Cyrl,
                    Script::Hangul => Hand::Hang,
                    Script::Han | Script::Bopomofo => Hand::Hani,
                    Script::Hebrew => Hand::Hebr,
                    Script::Hiragana | Script::Katakana => Hand::Kana,
                    Script::Common | Script::Inherited => continue,
                    _ => Hand::Other,
                },
            };
            counts[hand as usize] += 1;
        }
        let most = Self::ALL
            .into_iter()
            .rev()
            .max_by_key(|hand| counts[*hand as usize]);
        let has = |hand: Hand| counts[hand as usize] > 0;
        match most {
            Some(Hand::Hani) if has(Hand::Kana) => vec![Hand::Kana],
            Some(Hand::Hani) if has(Hand::Hang) => vec![Hand::Hang],
            Some(Hand::Hani) => vec![Hand::Hani, Hand::Kana, Hand::Hang],
            Some(hand) if has(hand) => vec![hand],
            _ => vec![Hand::Latn],
        }
    }
}

/// The readings of Han by hand: a character, then what it is in Bopomofo, in katakana and in Hangul, in lists by blanks.
/// Hangul comes as jamo.
pub fn readings(text: &str) -> BTreeMap<Hand, Readings> {
    let mut readings: BTreeMap<Hand, Readings> = BTreeMap::new();
    for line in text.lines() {
        let mut fields = line.split('\t');
        let Some(han) = fields.next().and_then(|field| field.chars().next()) else {
            continue;
        };
        for (hand, field) in [Hand::Hani, Hand::Kana, Hand::Hang].into_iter().zip(fields) {
            let words: Vec<Box<str>> = field
                .split(' ')
                .filter(|word| !word.is_empty())
                .map(Box::from)
                .collect();
            if !words.is_empty() {
                readings.entry(hand).or_default().insert(han, words);
            }
        }
    }
    readings
}
