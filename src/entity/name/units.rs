//! What a name is written with: letters, as the alignment counts them.
//!
//! A letter here is the smallest thing that has a sound: a jamo of a Hangul syllable, a kana, the initial or the rime
//! of a Mandarin syllable (in Bopomofo). Where a Han character has several readings the name is a graph, and each way
//! through it is one reading of the name.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_segmentation::UnicodeSegmentation as _;

/// Stands at both ends of a name and between its words.
pub const BORDER: char = ' ';

/// Stands for every letter that a table does not know.
pub const OTHER: char = '\u{fffd}';

/// How a Han character is read: words in the letters of one table.
pub type Readings = HashMap<char, Vec<Box<str>>>;

/// One letter between two nodes of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    /// The letter.
    pub letter: char,
    /// The node it starts from.
    pub from: u16,
    /// The node it leads to, always a later one.
    pub to: u16,
}

/// A name as a graph of letters. The first node and the last are its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// All letters, in the order of the nodes they lead to.
    pub letters: Vec<Letter>,
    /// For each node the byte of the text where it stands; none within a grapheme cluster.
    pub nodes: Vec<Option<u32>>,
}

impl Spelling {
    /// The letters of a text, as far as they are in the `alphabet`: what is not is tried without its marks. Case, width,
    /// composition, vowel points and punctuation leave no trace; Hangul comes apart into jamo.
    pub fn new(text: &str, alphabet: &HashSet<char>, readings: Option<&Readings>) -> Self {
        let reader = Reader { alphabet, readings };
        let mut spelling = Self::begin(text.len());
        for (start, cluster) in text.grapheme_indices(true) {
            reader.cluster(cluster, &mut spelling);
            spelling.stand_at(start + cluster.len());
        }
        spelling.finish()
    }

    /// The same from a romanisation that says from which bytes each piece is.
    pub fn romanised<'a>(
        text: &str,
        pieces: impl Iterator<Item = (&'a str, usize)>,
        alphabet: &HashSet<char>,
    ) -> Self {
        let reader = Reader {
            alphabet,
            readings: None,
        };
        let is_edge: HashSet<usize> = text
            .grapheme_indices(true)
            .map(|(start, _)| start)
            .collect();
        let mut spelling = Self::begin(text.len());
        for (piece, end) in pieces {
            let mut last = ' ';
            for c in piece.chars() {
                // Length is written in many ways.
                if c != last || !"aeiou".contains(c) {
                    reader.cluster(c.encode_utf8(&mut [0; 4]), &mut spelling);
                }
                last = c;
            }
            if end == text.len() || is_edge.contains(&end) {
                spelling.stand_at(end);
            }
        }
        spelling.stand_at(text.len());
        spelling.finish()
    }

    fn begin(room: usize) -> Self {
        let mut spelling = Self {
            letters: Vec::with_capacity(room + 2),
            nodes: Vec::with_capacity(room + 3),
        };
        spelling.nodes.push(Some(0));
        spelling.push(BORDER);
        spelling.stand_at(0);
        spelling
    }

    fn finish(mut self) -> Self {
        if self.letters.len() == 1 || !self.ends_word() {
            let end = self.nodes.last().copied().flatten();
            self.push(BORDER);
            if let Some(last) = self.nodes.last_mut() {
                *last = end;
            }
        }
        self
    }

    fn ends_word(&self) -> bool {
        self.letters
            .last()
            .is_some_and(|last| last.letter == BORDER)
    }

    /// The last node stands at this byte. A cluster without a letter belongs to the letter before it.
    fn stand_at(&mut self, byte: usize) {
        if let Some(last) = self.nodes.last_mut() {
            *last = u32::try_from(byte).ok();
        }
    }

    fn last_node(&self) -> u16 {
        u16::try_from(self.nodes.len() - 1).unwrap_or(u16::MAX)
    }

    fn is_full(&self) -> bool {
        self.nodes.len() > LONGEST
    }

    fn push(&mut self, letter: char) {
        let from = self.last_node();
        self.letters.push(Letter {
            letter,
            from,
            to: from + 1,
        });
        self.nodes.push(None);
    }

    /// Several words, or one letter, from the last node to a new one.
    fn fork(&mut self, words: &[Box<str>], letter: Option<char>) {
        let from = self.last_node();
        let inner: usize = words.iter().map(|word| word.chars().count() - 1).sum();
        let to = from + 1 + u16::try_from(inner).unwrap_or(0);
        let mut last_letters = Vec::with_capacity(words.len());
        for word in words {
            let mut at = from;
            let mut letters = word.chars().peekable();
            while let Some(letter) = letters.next() {
                if letters.peek().is_some() {
                    let next = self.last_node() + 1;
                    self.letters.push(Letter {
                        letter,
                        from: at,
                        to: next,
                    });
                    self.nodes.push(None);
                    at = next;
                } else {
                    last_letters.push(Letter {
                        letter,
                        from: at,
                        to,
                    });
                }
            }
        }
        last_letters.extend(letter.map(|letter| Letter { letter, from, to }));
        self.letters.append(&mut last_letters);
        self.nodes.push(None);
    }
}

/// More nodes than any name has. What is longer is cut, so that nothing takes long.
pub const LONGEST: usize = 240;

struct Reader<'a> {
    alphabet: &'a HashSet<char>,
    readings: Option<&'a Readings>,
}

impl Reader<'_> {
    fn cluster(&self, cluster: &str, spelling: &mut Spelling) {
        if spelling.is_full() {
            return;
        }
        if cluster.chars().all(is_plain) {
            for c in cluster.chars() {
                self.letter(c.to_ascii_lowercase(), spelling);
            }
        } else {
            for c in cluster.nfkc().flat_map(char::to_lowercase).nfc().take(8) {
                self.letter(c, spelling);
            }
        }
    }

    fn letter(&self, c: char, spelling: &mut Spelling) {
        let c = fold(c);
        if is_separator(c) {
            if !spelling.ends_word() {
                spelling.push(BORDER);
            }
        } else if let Some(words) = self.readings.and_then(|readings| readings.get(&c)) {
            spelling.fork(words, self.alphabet.contains(&c).then_some(c));
        } else if let Some(jamo) = jamo(c) {
            for letter in jamo.into_iter().flatten() {
                spelling.push(letter);
            }
        } else if self.alphabet.contains(&c) {
            spelling.push(c);
        } else if let Some(letters) = without_stroke(c) {
            for letter in letters.chars() {
                spelling.push(letter);
            }
        } else if c.is_alphanumeric() && !is_combining_mark(c) {
            let mut base = c;
            decompose_canonical(c, |part| {
                if !is_combining_mark(part) {
                    base = part;
                }
            });
            spelling.push(if self.alphabet.contains(&base) {
                base
            } else {
                OTHER
            });
        }
    }
}

/// Without width and without anything to compose; small, but for ASCII.
fn is_plain(c: char) -> bool {
    matches!(c, '\0'..='\x7f' | 'а'..='џ' | 'א'..='ת' | 'ء'..='ي' | 'ァ'..='ヺ' | 'ー' | 'ぁ'..='ゖ' | '가'..='힣' | '一'..='龥')
}

/// What stands between the words of a name.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '‐'
                ..='―' | '・' | '·' | '=' | '_' | '゠' | '־' | '/' | '‧' | '•' | ',' | '.' | '،'
        )
}

/// Letters that are written in two ways and told apart by nobody.
fn fold(c: char) -> char {
    match c {
        'ぁ'..='ゖ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        'ی' => 'ي',
        'ک' => 'ك',
        '’' | '‘' | '`' | '´' | 'ʼ' | 'ʻ' | 'ʾ' | 'ʿ' | '׳' => '\'',
        other => other,
    }
}

/// The jamo of a Hangul syllable (Unicode, 3.12).
fn jamo(c: char) -> Option<[Option<char>; 3]> {
    let nth = u32::from(c)
        .checked_sub(0xac00)
        .filter(|nth| *nth < 11172)?;
    let last = (nth % 28 > 0).then(|| char::from_u32(0x11a7 + nth % 28));
    Some([
        char::from_u32(0x1100 + nth / 588),
        char::from_u32(0x1161 + nth % 588 / 28),
        last.flatten(),
    ])
}

/// Latin letters whose mark cannot be taken off by decomposition.
fn without_stroke(c: char) -> Option<&'static str> {
    Some(match c {
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'þ' => "th",
        'ŋ' => "ng",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ə' => "e",
        _ => return None,
    })
}
