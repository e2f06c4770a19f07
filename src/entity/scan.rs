//! Finding what is nearly a name in a long text, fast.
//!
//! Letters become codes of a byte: all vowels of a script are one, as they are what is mistaken first. Codes of
//! different letters may collide, which costs time and finds nothing wrong, because every hit is looked at again.

use std::sync::LazyLock;

use crate::script::Romaniser;

use super::variant::{BREAK, Letter};

/// The code of what no name has.
pub const NONE: u8 = 0;
const VOWEL: u8 = 1;

/// Letters that are vowels, or that write a vowel as often as a consonant.
const VOWELS: &str = "aeiouyаеиоуыэюяйіїєьъαεηιουωаաեէըիոօւაეიოუאהויעاويىअआइईउऊऋएऐओऔঅআইঈউঊএঐওঔଅଆଇଈଉଊଏଐଓଔਅਆਇਈਉਊਏਐਓਔઅઆઇઈઉઊએઐઓઔ\
    அஆஇஈஉஊஎஏஐஒஓஔఅఆఇఈఉఊఎఏఐఒఓఔಅಆಇಈಉಊಎಏಐಒಓಔഅആഇഈഉഊഎഏഐഒഓഔอวยะัาิีึืุูเแโใไອວຍະັາິີຶືຸູເແໂໃໄົຽឥឦឧឨឩឪឫឬឭឮឯឰឱឲឳ";

static CODES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let code = |code: u32| match char::from_u32(code) {
        None | Some(BREAK) => NONE,
        Some(c) if writes_a_vowel(c) => VOWEL,
        // Kana of one consonant are one code.
        Some(c @ 'ア'..='ヺ') => {
            2 + KANA_ROWS
                .iter()
                .position(|row| row.contains(c))
                .unwrap_or(20) as u8
        }
        Some(_) => 40 + (code % 215) as u8,
    };
    (0..0x1_0000).map(code).collect()
});

const KANA_ROWS: [&str; 15] = [
    "アイウエオ",
    "カキクケコ",
    "ガギグゲゴ",
    "サシスセソ",
    "ザジズゼゾ",
    "タチツテト",
    "ダヂヅデド",
    "ナニヌネノ",
    "ハヒフヘホ",
    "バビブベボ",
    "パピプペポ",
    "マミムメモ",
    "ヤユヨ",
    "ラリルレロ",
    "ワヰヱヲ",
];

/// The letter is a vowel of its script.
pub fn is_vowel(c: char) -> bool {
    code(c) == VOWEL
}

fn writes_a_vowel(c: char) -> bool {
    // Vowel signs of the scripts of India, of Sinhala, Khmer and Myanmar, and those of Hangul.
    let offset = c as u32 & 0x7f;
    let is_sign = match c {
        '\u{900}'..='\u{d7f}' => matches!(offset, 0x3e..=0x4c | 0x62 | 0x63),
        '\u{d80}'..='\u{dff}' => matches!(offset, 0x05..=0x16 | 0x4f..=0x5f),
        '\u{1000}'..='\u{109f}' => matches!(offset, 0x21..=0x35),
        '\u{1780}'..='\u{17ff}' => matches!(offset, 0x36..=0x45),
        _ => matches!(c, '\u{1161}'..='\u{1175}'),
    };
    is_sign || VOWELS.contains(c)
}

/// The code of a folded letter.
pub fn code(c: char) -> u8 {
    CODES
        .get(c as usize)
        .copied()
        .unwrap_or(40 + (c as u32 % 215) as u8)
}

/// A row of codes that is looked for, with at most so many errors: Myers' algorithm on the bits of a word.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    codes: Box<[u8]>,
    /// For each code, at which places the pattern has it.
    places: Box<[u64; 256]>,
    errors: u32,
}

/// Where a pattern may end, and how far it is off there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The number of codes up to its end.
    pub end: usize,
    /// Codes to change, add or leave out.
    pub errors: u32,
}

/// A pattern is no longer than the bits of a word; what is longer is found by its beginning.
const LONGEST: usize = 64;

impl Pattern {
    /// Makes a pattern ready; `None` without codes.
    pub fn new(codes: &[u8], errors: u32) -> Option<Pattern> {
        let codes: Box<[u8]> = codes.iter().copied().take(LONGEST).collect();
        if codes.is_empty() {
            return None;
        }
        let mut places = Box::new([0; 256]);
        for (place, code) in codes.iter().enumerate() {
            places[usize::from(*code)] |= 1 << place;
        }
        places[usize::from(NONE)] = 0;
        Some(Pattern {
            codes,
            places,
            errors,
        })
    }

    /// Every place where the pattern ends with few enough errors; of neighbours the best.
    pub fn hits(&self, text: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        let last = 1_u64 << (self.codes.len() - 1);
        let (mut plus, mut minus, mut errors) = (u64::MAX, 0_u64, self.codes.len() as u32);
        let mut best: Option<Hit> = None;
        for (at, code) in text.iter().enumerate() {
            let equal = self.places[usize::from(*code)];
            let vertical = equal | minus;
            let horizontal = ((equal & plus).wrapping_add(plus) ^ plus) | equal;
            let mut up = minus | !(horizontal | plus);
            let mut down = plus & horizontal;
            errors = errors + u32::from(up & last != 0) - u32::from(down & last != 0);
            up <<= 1;
            down <<= 1;
            plus = down | !(vertical | up);
            minus = up & vertical;
            if errors <= self.errors {
                let hit = Hit {
                    end: at + 1,
                    errors,
                };
                match &mut best {
                    Some(best) if hit.end - best.end > self.codes.len() / 2 => {
                        hits.push(*best);
                        *best = hit;
                    }
                    Some(best) if hit.errors >= best.errors => {}
                    _ => best = Some(hit),
                }
            } else if let Some(best) = best.take() {
                hits.push(best);
            }
        }
        hits.extend(best);
        hits
    }

    /// How many codes are looked for.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Where the pattern that was found most likely begins.
    pub fn start(&self, text: &[u8], hit: Hit) -> usize {
        let end = hit.end;
        if hit.errors == 0 {
            return end - self.codes.len();
        }
        let longest = self.codes.len() + self.errors as usize;
        let before = &text[end.saturating_sub(longest)..end];
        let mut start = end;
        let length = self.codes.len();
        let mut row = first_row();
        let mut best = (length as u32, length);
        for (used, code) in before.iter().rev().enumerate() {
            advance(&mut row[..=length], self.codes.iter().rev(), *code);
            let now = (row[length], (used + 1).abs_diff(length));
            if now < best {
                best = now;
                start = end - used - 1;
            }
        }
        start
    }
}

/// How many codes may be off in a pattern of this length.
pub fn errors(length: usize) -> u32 {
    match length {
        0..=1 => 0,
        2..=5 => 1,
        _ => (length * 3 / 10) as u32,
    }
}

/// Edits between two rows of codes, of which the first counts up to its [`LONGEST`] code.
pub fn distance(a: &[u8], b: &[u8]) -> u32 {
    let a = &a[..a.len().min(LONGEST)];
    let mut row = first_row();
    for code in b {
        advance(&mut row[..=a.len()], a.iter(), *code);
    }
    row[a.len()]
}

fn first_row() -> [u32; LONGEST + 1] {
    std::array::from_fn(|place| place as u32)
}

/// The next row of the table of edits.
fn advance<'a>(row: &mut [u32], wanted: impl Iterator<Item = &'a u8>, code: u8) {
    let mut corner = row[0];
    let mut before = corner + 1;
    row[0] = before;
    for (wanted, cell) in wanted.zip(&mut row[1..]) {
        let change = corner + u32::from(*wanted != code || code == NONE);
        corner = *cell;
        before = change.min(corner + 1).min(before + 1);
        *cell = before;
    }
}

/// What letters of any script sound like, as codes: the skeleton of consonants.
#[derive(Debug, Default)]
pub struct Sounds {
    romaniser: Romaniser,
    /// By code point.
    known: Vec<Option<Box<[u8]>>>,
}

impl Sounds {
    /// The sounds of those of a row of letters that count, each with the place of the letter it is from; the others
    /// are one [`NONE`].
    pub fn of(
        &mut self,
        letters: &[Letter],
        counts: impl Fn(&Letter) -> bool,
        mut tell: impl FnMut(u8, usize),
    ) {
        let (mut last, mut is_apart) = (NONE, true);
        for (at, letter) in letters.iter().enumerate() {
            if letter.is_break() || !counts(letter) {
                if !is_apart {
                    tell(NONE, at);
                }
                (last, is_apart) = (NONE, true);
                continue;
            }
            is_apart = false;
            if letter.c.is_ascii_alphabetic() {
                let next = letters.get(at + 1).map_or(' ', |next| next.c);
                let sound = latin(letter.c, next);
                // Doubled letters, and digraphs of one class, are one sound.
                if sound != NONE && (sound != last || letter.edge != super::variant::Edge::Inside) {
                    tell(sound, at);
                }
                last = sound;
                continue;
            }
            if self
                .known
                .get(letter.c as usize)
                .is_none_or(Option::is_none)
            {
                let sounds = self.ask(letter.c);
                let needed = (letter.c as usize + 1).max(self.known.len());
                self.known.resize(needed, None);
                self.known[letter.c as usize] = Some(sounds);
            }
            let sounds = self
                .known
                .get(letter.c as usize)
                .and_then(Option::as_deref)
                .unwrap_or_default();
            for sound in sounds {
                if *sound != last || letter.edge != super::variant::Edge::Inside {
                    tell(*sound, at);
                }
                last = *sound;
            }
            if sounds.is_empty() {
                last = NONE;
            }
        }
    }

    /// Whether two characters of Han are read alike, at least in part: 孝 and 考, 楊 and 梁, not 四 and 个.
    pub fn rhyme(&mut self, a: char, b: char) -> bool {
        let mut reading = |c: char| {
            self.romaniser
                .romanise(c.encode_utf8(&mut [0; 4]))
                .to_ascii_lowercase()
        };
        let (a, b) = (reading(a), reading(b));
        fn rhyme(reading: &str) -> &str {
            reading.trim_start_matches(|c: char| !is_vowel(c))
        }
        let longer = a.len().max(b.len());
        rhyme(&a) == rhyme(&b) || distance(a.as_bytes(), b.as_bytes()) as usize * 2 <= longer
    }

    fn ask(&mut self, c: char) -> Box<[u8]> {
        let is_han = matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}');
        let letters: Vec<char> = match c {
            '\u{1100}'..='\u{1112}' => "kkntdlmppss\0ssskpth"
                .chars()
                .nth(c as usize - 0x1100)
                .filter(|c| *c != '\0')
                .into_iter()
                .collect(),
            '\u{11a8}'..='\u{11c2}' => "kkknnntlllllllmppssnssktpth"
                .chars()
                .nth(c as usize - 0x11a8)
                .into_iter()
                .collect(),
            _ => self
                .romaniser
                .romanise(c.encode_utf8(&mut [0; 4]))
                .to_ascii_lowercase()
                .chars()
                .collect(),
        };
        let mut sounds: Vec<u8> = Vec::new();
        for (at, letter) in letters.iter().enumerate() {
            let next = letters.get(at + 1).copied().unwrap_or(' ');
            let sound = match letter {
                'c' | 'q' | 'x' if is_han => b's',
                letter => latin(*letter, next),
            };
            if sound != NONE && sounds.last() != Some(&sound) {
                sounds.push(sound);
            }
        }
        sounds.into()
    }
}

/// The sound of a Latin letter before another: voiced, voiceless and aspirated are one, and so are `b f p v w`, `l r`
/// and the sibilants. Vowels and `h` have none.
fn latin(c: char, next: char) -> u8 {
    match (c, next) {
        ('c' | 's' | 'z' | 't', 'h') if c != 't' => b's',
        ('k', 'h') => NONE,
        ('c', 'e' | 'i' | 'y') => b's',
        ('w', next) if !is_vowel(next) => NONE,
        ('b' | 'f' | 'p' | 'v' | 'w', _) => b'p',
        ('d' | 't', _) => b't',
        ('c' | 'g' | 'k' | 'q', _) => b'k',
        ('j' | 's' | 'z' | 'x', _) => b's',
        ('l' | 'r', _) => b'r',
        ('m' | 'n' | '0'..='9', _) => c as u8,
        _ => NONE,
    }
}

/// The class of a letter's first sound; `NONE` for vowels.
pub fn class(sounds: &mut Sounds, letters: &[Letter]) -> Vec<u8> {
    let mut found = Vec::new();
    sounds.of(letters, |_| true, |sound, _| found.push(sound));
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::variant::Folded;
    use super::*;
    use proptest::prelude::*;

    fn codes(text: &str) -> Vec<u8> {
        Folded::of(text)
            .letters
            .iter()
            .map(|letter| code(letter.c))
            .collect()
    }

    #[test]
    fn a_garbled_name_is_found_where_it_stands() {
        let text = codes("xx it was Giorgi Chengelaya who made it");
        let pattern = codes("Giorgi Shengelaia");
        let pattern = Pattern::new(&pattern, errors(pattern.len())).unwrap();
        let hits = pattern.hits(&text);
        assert_eq!(hits, [Hit { end: 23, errors: 1 }]);
        assert_eq!(pattern.start(&text, hits[0]), 7);
    }

    #[test]
    fn vowels_are_free_and_breaks_are_not() {
        let hits = |name: &str, text: &str| {
            Pattern::new(&codes(name), 0)
                .unwrap()
                .hits(&codes(text))
                .len()
        };
        assert_eq!(hits("Moinul", "Mainal"), 1);
        assert_eq!(hits("마이눌", "모이날"), 1);
        assert_eq!(hits("Моинул", "Май. Нул"), 0);
    }

    #[test]
    fn one_name_sounds_alike_in_every_script() {
        let mut sounds = Sounds::default();
        let mut of = |text: &str| {
            let letters = Folded::of(text).letters;
            String::from_utf8(class(&mut sounds, &letters)).unwrap()
        };
        for name in [
            "Sarwadharma",
            "सर्वधर्म",
            "Сарвадхарма",
            "サルワダルマ",
            "사르와다르마",
        ] {
            assert_eq!(of(name).replace('p', ""), "srtrm", "{name}");
        }
        assert_eq!(of("蔡襄"), "ssnk");
    }

    proptest! {
        #[test]
        fn the_bits_find_what_the_table_finds(pattern in "[abc]{1,8}", text in "[abc]{0,20}", errors in 0_u32..3) {
            let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
            let least = |end: usize| (0..=end).map(|start| distance(pattern, &text[start..end])).min().unwrap();
            let ready = Pattern::new(pattern, errors).unwrap();
            let hits = ready.hits(text);
            for hit in &hits {
                prop_assert_eq!(hit.errors, least(hit.end));
                let start = ready.start(text, *hit);
                prop_assert_eq!(distance(pattern, &text[start..hit.end]), hit.errors);
            }
            prop_assert_eq!(hits.is_empty(), (1..=text.len()).all(|end| least(end) > errors));
        }
    }
}
