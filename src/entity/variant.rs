//! Known orthographic freedom: what may differ between two spellings of one name without either being wrong.
//!
//! A text is folded to the letters that all its variants share, and each letter knows the bytes it is from. What is
//! folded, script by script:
//!
//! | script | freedom |
//! |---|---|
//! | all | case, width, compatibility forms, spaces, hyphens, apostrophes, middle dots, emphasis marks, invisible characters |
//! | Latin | diacritics, also those inside a letter (ł, đ, ø, ı), ligatures (æ, œ, ß) |
//! | Greek | tonos, breathings, dialytika, final sigma |
//! | Cyrillic | ё, stress marks; not й and ї, which are letters of their own |
//! | Armenian | the ligature և |
//! | Hebrew | niqqud, final letters, doubled vav and yod, the kind of geresh; other matres lectionis are letters |
//! | Arabic | harakat, tatweel, alef forms, hamza and its seats, alef maqsura, ta marbuta, Persian and Urdu twins |
//! | Devanagari | nukta, candrabindu, a virama at the end of a word |
//! | other Indic | homorganic nasal or anusvara, chillu letters, khanda ta |
//! | Thai, Lao | tone marks and the short-vowel mark: foreign names are written with and without |
//! | kana | hiragana or katakana, length mark, small letters, ヴ and ブ |
//! | Han | simplified, traditional, Japanese |
//! | Hangul | spaces only; syllables are taken apart into their letters, as those are what goes wrong |

use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, decompose_compatible, is_combining_mark};
use unicode_script::{Script, UnicodeScript};

/// One letter of a folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    /// What all variants of the letter share.
    pub c: char,
    /// How it stands to the letter before it.
    pub edge: Edge,
    /// The script of the letter as it was written, by its number.
    script: u8,
    /// Where it starts, in bytes of the text.
    pub start: u32,
    /// Where it ends, with the marks that were folded away.
    pub end: u32,
}

impl Letter {
    /// The script of the letter; hiragana counts as katakana.
    pub fn script(&self) -> Script {
        match SCRIPTS.get(usize::from(self.script)) {
            None => Script::Common,
            Some(Script::Hiragana) => Script::Katakana,
            Some(script) => *script,
        }
    }

    /// It was written in hiragana, which runs on without words, where katakana writes one.
    pub fn is_hiragana(&self) -> bool {
        SCRIPTS.get(usize::from(self.script)) == Some(&Script::Hiragana)
    }

    /// A place where no name goes on: the end of a sentence, a comma, a line.
    pub fn is_break(&self) -> bool {
        self.c == BREAK
    }
}

/// How a letter stands to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// It goes on with the same word.
    Inside,
    /// Nothing shows whether a word begins: scripts without spaces, a change of script.
    Free,
    /// A word begins.
    Word,
}

/// What stands in a folded text where no name goes on.
pub const BREAK: char = '\0';

/// A folded text.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    /// Its letters, with one [`BREAK`] between stretches that belong together.
    pub letters: Vec<Letter>,
    /// The scripts it has letters of, and from the first to the last letter of each; both kana are one.
    stretches: Vec<(Script, Range<u32>)>,
}

impl Folded {
    /// Folds a text, at some 100 MB/s.
    pub fn of(text: &str) -> Folded {
        let mut folder = Folder {
            letters: Vec::with_capacity(text.len() / 2 + 8),
            seen: [const { 0..0 }; SCRIPTS.len()],
            gap: true,
        };
        let table = &*TABLE;
        for (at, c) in text.char_indices() {
            folder.push(table, c, at as u32, (at + c.len_utf8()) as u32);
        }
        folder.close();
        let mut stretches: Vec<(Script, Range<u32>)> = Vec::new();
        for (script, seen) in SCRIPTS.into_iter().zip(folder.seen) {
            match stretches.last_mut() {
                _ if seen.end == 0 => {}
                Some((Script::Katakana, both)) if script == Script::Hiragana => {
                    *both = both.start.min(seen.start)..both.end.max(seen.end);
                }
                _ if script == Script::Hiragana => stretches.push((Script::Katakana, seen)),
                _ => stretches.push((script, seen)),
            }
        }
        Folded {
            letters: folder.letters,
            stretches,
        }
    }

    /// The letters as a string; equal for all variants of a text.
    pub fn key(&self) -> String {
        self.letters.iter().map(|letter| letter.c).collect()
    }

    /// The text has a letter of this script.
    pub fn has(&self, script: Script) -> bool {
        self.scripts().any(|seen| seen == script)
    }

    /// From the first letter of a script to its last one; both kana are one.
    pub fn stretch(&self, script: Script) -> Range<usize> {
        let stretch = self.stretches.iter().find(|(of, _)| *of == script);
        stretch.map_or(0..0, |(_, range)| range.start as usize..range.end as usize)
    }

    /// The scripts of the text.
    pub fn scripts(&self) -> impl Iterator<Item = Script> + '_ {
        self.stretches.iter().map(|(script, _)| *script)
    }

    /// The script of most letters.
    pub fn script(&self) -> Script {
        let count = |script: &Script| {
            self.letters
                .iter()
                .filter(|letter| letter.script() == *script)
                .count()
        };
        let most = self.scripts().max_by_key(count);
        most.unwrap_or(Script::Common)
    }
}

/// Whether the marks on the Latin letters of a form and of its variant go together: marks may be left out, and where the
/// language does not tell words apart by them, may be added, but one is not written for another.
pub fn marks_agree(form: &str, found: &str, may_add: bool) -> bool {
    let marks = |text: &str, letter: &Letter| {
        let letter = text
            .get(letter.start as usize..letter.end as usize)
            .unwrap_or("");
        letter
            .nfd()
            .filter(|c| matches!(c, '\u{300}'..='\u{36f}'))
            .collect::<Vec<char>>()
    };
    let (a, b) = (Folded::of(form), Folded::of(found));
    let mut letters = a.letters.iter().zip(&b.letters);
    letters.all(|(a, b)| {
        let (a, b) = (marks(form, a), marks(found, b));
        let within = |a: &[char], b: &[char]| a.iter().all(|mark| b.contains(mark));
        within(&b, &a) || may_add && within(&a, &b)
    })
}

/// Scripts written without spaces between words.
pub const fn is_unspaced(script: Script) -> bool {
    matches!(
        script,
        Script::Han
            | Script::Hiragana
            | Script::Bopomofo
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar
            | Script::Tibetan
            | Script::Tai_Le
            | Script::New_Tai_Lue
            | Script::Tai_Tham
            | Script::Tai_Viet
            | Script::Javanese
            | Script::Balinese
    )
}

/// The scripts that have a number of their own; the others share the number 0.
const SCRIPTS: [Script; 47] = [
    Script::Common,
    Script::Latin,
    Script::Greek,
    Script::Cyrillic,
    Script::Armenian,
    Script::Georgian,
    Script::Hebrew,
    Script::Arabic,
    Script::Syriac,
    Script::Thaana,
    Script::Nko,
    Script::Ethiopic,
    Script::Devanagari,
    Script::Bengali,
    Script::Gurmukhi,
    Script::Gujarati,
    Script::Oriya,
    Script::Tamil,
    Script::Telugu,
    Script::Kannada,
    Script::Malayalam,
    Script::Sinhala,
    Script::Thai,
    Script::Lao,
    Script::Khmer,
    Script::Myanmar,
    Script::Tibetan,
    Script::Mongolian,
    Script::Han,
    Script::Katakana,
    Script::Hiragana,
    Script::Hangul,
    Script::Bopomofo,
    Script::Yi,
    Script::Cherokee,
    Script::Canadian_Aboriginal,
    Script::Tifinagh,
    Script::Adlam,
    Script::Tai_Le,
    Script::New_Tai_Lue,
    Script::Tai_Tham,
    Script::Tai_Viet,
    Script::Javanese,
    Script::Balinese,
    Script::Ol_Chiki,
    Script::Meetei_Mayek,
    Script::Vai,
];

const UNSPACED: [bool; SCRIPTS.len()] = {
    let mut unspaced = [false; SCRIPTS.len()];
    let mut number = 0;
    while number < SCRIPTS.len() {
        unspaced[number] = is_unspaced(SCRIPTS[number]);
        number += 1;
    }
    unspaced
};

fn number(script: Script) -> u8 {
    let number = SCRIPTS.iter().position(|known| *known == script);
    number.unwrap_or(0) as u8
}

/// What is done with a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Kept as one letter.
    Letter,
    /// Kept as a mark that never begins a word.
    Sign,
    /// Dropped inside a word.
    Mark,
    /// Dropped between words.
    Gap,
    /// Ends what belongs together.
    Break,
    /// Becomes several letters, or depends on the letter before it.
    Special,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    c: char,
    kind: Kind,
    script: u8,
}

/// What is done with each character of the first plane; others are asked for one by one.
static TABLE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let mut table: Vec<Entry> = (0..0x1_0000)
        .map(|code| entry(char::from_u32(code).unwrap_or(' ')))
        .collect();
    for line in include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/han_folds.txt")).lines() {
        if line.starts_with('#') {
            continue;
        }
        for group in line.split(' ') {
            let mut group = group.chars();
            let Some(shared) = group.next() else { continue };
            for c in group {
                if let Some(entry) = table.get_mut(c as usize) {
                    entry.c = shared;
                }
            }
        }
    }
    table
});

/// Characters that one letter stands for, beyond what Unicode decomposes.
const TWINS: &[(&str, char)] = &[
    ("ł", 'l'),
    ("đð", 'd'),
    ("ø", 'o'),
    ("ħ", 'h'),
    ("ı", 'i'),
    ("ŧ", 't'),
    ("ƀ", 'b'),
    ("ə", 'e'),
    ("ς", 'σ'),
    ("ѐё", 'е'),
    ("ѝ", 'и'),
    ("ך", 'כ'),
    ("ם", 'מ'),
    ("ן", 'נ'),
    ("ף", 'פ'),
    ("ץ", 'צ'),
    ("أإآٱ", 'ا'),
    ("ىیئۍې", 'ي'),
    ("ؤ", 'و'),
    ("ةہۃۀەھۂ", 'ه'),
    ("کڪ", 'ك'),
    ("ँ", 'ं'),
    ("ঁ", 'ং'),
];

/// What becomes several letters.
const EXPANSIONS: [(char, &str); 9] = [
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('þ', "th"),
    ('և', "եւ"),
    ('ৎ', "ত্"),
    ('ൻ', "ന്"),
    ('ൽ', "ല്"),
    ('ൾ', "ള്"),
];

fn expansion(c: char) -> Option<&'static str> {
    let expansion = EXPANSIONS.iter().find(|(from, _)| *from == c);
    expansion.map(|(_, letters)| *letters)
}

fn is_expanded(c: char) -> bool {
    c.to_lowercase().find_map(expansion).is_some()
}

/// Dropped wherever they stand: invisible characters, tatweel, hamza, nukta, tone marks of Thai and Lao, the length
/// mark of kana.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{180b}'..='\u{180e}' | '\u{e0100}'..='\u{e01ef}'
        | 'ـ' | 'ء' | '\u{93c}' | '\u{e47}'..='\u{e4b}' | '\u{ec8}'..='\u{ecb}' | 'ー' | 'ｰ'
        | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}'
        | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6ed}' | '\u{951}'..='\u{954}' | '\u{3099}' | '\u{309a}')
}

/// What may stand between the words of a name or be left out: spaces, hyphens, apostrophes, middle dots, emphasis.
pub fn is_gap(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '-' | '‐'..='―' | '־'
            | '゠' | '・' | '･' | '·' | '•' | '‧' | '∙' | '⋅' | '\'' | '’' | '‘' | '`' | '´' | '׳' | '״'
            | '\u{2b9}'..='\u{2bf}' | '*' | '_' | '་' | '༌' | '=' | '＝' | '－'
    )
}

/// The letter that stands for this one too.
fn twin(c: char) -> char {
    let twin = TWINS.iter().find(|(from, _)| from.contains(c));
    twin.map_or(c, |(_, to)| *to)
}

fn entry(c: char) -> Entry {
    let script = number(c.script());
    let of = |c, kind| Entry { c, kind, script };
    match c {
        _ if is_dropped(c) => of(
            c,
            // These may belong to the letter before them.
            if matches!(c, '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}') {
                Kind::Special
            } else {
                Kind::Mark
            },
        ),
        '׳' | '\'' | '’' | 'ו' | 'י' | 'ﾞ' | 'ﾟ' => of(c, Kind::Special),
        _ if is_gap(c) => of(c, Kind::Gap),
        '가'..='힣' | '\u{1100}'..='\u{11ff}' => of(c, Kind::Special),
        'ぁ'..='ゖ' | 'ァ'..='ヺ' => of(kana(c), Kind::Letter),
        'И' | 'и' | 'Й' | 'й' | 'Ї' | 'ї' | 'Ў' | 'ў' | 'Ќ' | 'ќ' | 'Ѓ' | 'ѓ' => {
            of(c.to_lowercase().next().unwrap_or(c), Kind::Letter)
        }
        _ if is_expanded(c) => of(c, Kind::Special),
        // What an Indic consonant is depends on the letters before it.
        _ if is_indic_consonant(c) => of(decomposed(c).next().unwrap_or(c), Kind::Special),
        _ if is_combining_mark(c) && decomposed(c).nth(1).is_none() => of(twin(c), Kind::Sign),
        _ if is_combining_mark(c) => of(c, Kind::Special),
        _ if c.is_alphanumeric() => {
            if let Some(digit) = c.to_digit(10) {
                return of(char::from_digit(digit, 10).unwrap_or(c), Kind::Letter);
            }
            let mut folded = decomposed(c).map(twin);
            match (folded.next(), folded.next()) {
                (Some(letter), None) => of(letter, Kind::Letter),
                (None, _) => of(c, Kind::Mark),
                _ => of(c, Kind::Special),
            }
        }
        _ => of(c, Kind::Break),
    }
}

/// A character in its parts, lower case, without what is dropped.
fn decomposed(c: char) -> impl Iterator<Item = char> {
    let mut parts = Vec::new();
    for lower in c.to_lowercase() {
        decompose_compatible(lower, |part| parts.extend(part.to_lowercase()));
    }
    let keeps_marks = matches!(c, '\u{980}'..='\u{9ff}' | '\u{a00}'..='\u{a7f}');
    parts
        .into_iter()
        .filter(move |part| keeps_marks || !is_dropped(*part))
}

/// A kana in its shared form: katakana, large.
fn kana(c: char) -> char {
    let c = match c {
        'ぁ'..='ゖ' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
        other => other,
    };
    match c {
        'ァ' => 'ア',
        'ィ' => 'イ',
        'ゥ' => 'ウ',
        'ェ' => 'エ',
        'ォ' => 'オ',
        'ッ' => 'ツ',
        'ャ' => 'ヤ',
        'ュ' => 'ユ',
        'ョ' => 'ヨ',
        'ヮ' => 'ワ',
        'ヵ' => 'カ',
        'ヶ' => 'ケ',
        'ヴ' => 'ブ',
        'ゞ' => 'ゝ',
        'ヾ' => 'ヽ',
        other => other,
    }
}

/// The virama of Devanagari.
const VIRAMA: char = '\u{94d}';

/// Of Thai and Lao: a vowel that is written before its consonant, or one that is written after it.
fn is_one_syllable(first: char, second: char) -> bool {
    let is_before = |c: char| matches!(c, 'เ'..='ไ' | 'ເ'..='ໄ');
    let is_after = |c: char| matches!(c, 'ะ' | 'า' | 'ำ' | 'ๅ' | 'ະ' | 'າ' | 'ຳ');
    is_before(first) && first != second || is_after(second)
}

/// In one of the Indian blocks that share a layout.
fn is_indic_consonant(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{d7f}') && matches!(c as u32 & 0x7f, 0x15..=0x39 | 0x58..=0x5f)
}

fn jamo(first: u32, offset: u32) -> char {
    char::from_u32(first + offset).unwrap_or(BREAK)
}

struct Folder {
    letters: Vec<Letter>,
    /// From the first to the last letter of each script, by its number.
    seen: [Range<u32>; SCRIPTS.len()],
    /// Something stood since the last letter that parts words.
    gap: bool,
}

impl Folder {
    #[inline]
    fn push(&mut self, table: &[Entry], c: char, start: u32, end: u32) {
        let entry = match table.get(c as usize) {
            Some(entry) => *entry,
            None => entry(c),
        };
        match entry.kind {
            Kind::Letter => self.letter(entry.c, entry.script, start, end),
            Kind::Sign => self.sign(entry.c, entry.script, start, end),
            Kind::Mark => self.extend(end),
            Kind::Gap => self.gap = true,
            Kind::Break => self.end(start),
            Kind::Special => self.special(entry, c, start, end),
        }
    }

    #[inline]
    fn letter(&mut self, c: char, script: u8, start: u32, end: u32) {
        if self.gap {
            self.close();
        }
        let edge = match self.letters.last() {
            _ if self.gap => Edge::Word,
            Some(last) if is_one_syllable(last.c, c) => Edge::Inside,
            Some(last) if last.script == script && !UNSPACED[usize::from(script)] => Edge::Inside,
            // Digits go with any letters.
            Some(last)
                if (last.script == 0) != (script == 0)
                    && !UNSPACED[usize::from(last.script.max(script))] =>
            {
                Edge::Inside
            }
            Some(_) => Edge::Free,
            None => Edge::Word,
        };
        let at = self.letters.len() as u32;
        let seen = &mut self.seen[usize::from(script)];
        *seen = if seen.end == 0 { at } else { seen.start }..at + 1;
        self.gap = false;
        self.letters.push(Letter {
            c,
            edge,
            script,
            start,
            end,
        });
    }

    /// A virama at the end of a word is written or not.
    fn close(&mut self) {
        if let [.., before, last] = self.letters.as_mut_slice()
            && last.c == VIRAMA
        {
            before.end = last.end;
            self.letters.pop();
        }
    }

    /// A mark goes on with the letter it stands on, whatever its script is said to be.
    fn sign(&mut self, c: char, script: u8, start: u32, end: u32) {
        let script = match self.letters.last() {
            Some(last) if script == 0 => last.script,
            _ => script,
        };
        self.letter(c, script, start, end);
        if let Some(last) = self.letters.last_mut() {
            last.edge = Edge::Inside;
        }
    }

    /// What was dropped belongs to the letter before it, unless a gap lies between.
    fn extend(&mut self, end: u32) {
        if let Some(last) = self
            .letters
            .last_mut()
            .filter(|last| !last.is_break() && !self.gap)
        {
            last.end = end;
        }
    }

    fn end(&mut self, at: u32) {
        self.close();
        self.gap = true;
        if self.letters.last().is_some_and(|last| !last.is_break()) {
            self.letters.push(Letter {
                c: BREAK,
                edge: Edge::Word,
                script: 0,
                start: at,
                end: at,
            });
        }
    }

    fn special(&mut self, entry: Entry, c: char, start: u32, end: u32) {
        let last = self.letters.last().copied().filter(|_| !self.gap);
        match c {
            '가'..='힣' => {
                let code = c as u32 - 0xac00;
                self.letter(jamo(0x1100, code / 588), entry.script, start, end);
                self.sign(jamo(0x1161, code % 588 / 28), entry.script, start, end);
                if !code.is_multiple_of(28) {
                    self.sign(jamo(0x11a7, code % 28), entry.script, start, end);
                }
            }
            '\u{1160}'..='\u{11ff}' => self.sign(c, entry.script, start, end),
            '\u{1100}'..='\u{115f}' => self.letter(c, entry.script, start, end),
            // A mark is dropped, unless it makes another letter: й, ї, ガ, パ.
            '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}' | 'ﾞ' | 'ﾟ' => {
                let mark = match c {
                    'ﾞ' => '\u{3099}',
                    'ﾟ' => '\u{309a}',
                    other => other,
                };
                let whole = last.and_then(|last| compose(last.c, mark));
                if let Some(whole) = whole.filter(|whole| {
                    matches!(whole, 'й' | 'ї' | 'ў' | 'ќ' | 'ѓ' | '\u{3040}'..='\u{30ff}')
                }) && let Some(last) = self.letters.last_mut()
                {
                    last.c = kana(whole);
                }
                self.extend(end);
            }
            // The geresh is part of a Hebrew letter, an apostrophe is not.
            '׳' | '\'' | '’' => {
                let is_geresh = last.is_some_and(|last| {
                    last.end == start
                        && matches!(
                            last.c,
                            'ג' | 'ז' | 'צ' | 'ת' | 'ד' | 'ח' | 'ט' | 'ע' | 'ר' | 'ו'
                        )
                });
                let is_sound = last.is_some_and(|last| matches!(last.c, 'ג' | 'ז' | 'צ'));
                match () {
                    () if is_geresh && is_sound => {
                        self.sign('׳', last.map_or(0, |last| last.script), start, end)
                    }
                    () if is_geresh => self.extend(end),
                    () => self.gap = true,
                }
            }
            'ו' | 'י' if last.is_some_and(|last| last.c == c) => self.extend(end),
            'ו' | 'י' => self.letter(c, entry.script, start, end),
            _ if is_indic_consonant(c) => self.indic(entry, c, start, end),
            _ => {
                let expansion = c.to_lowercase().find_map(expansion);
                let parts: Vec<char> = match expansion {
                    Some(letters) => letters.chars().collect(),
                    None => decomposed(c).map(twin).collect(),
                };
                for (place, part) in parts.into_iter().enumerate() {
                    match place {
                        0 if !is_combining_mark(part) => {
                            self.letter(part, entry.script, start, end)
                        }
                        _ => self.sign(part, entry.script, start, end),
                    }
                }
            }
        }
    }

    /// A nasal with a virama before a consonant of its own place of articulation is the anusvara. The blocks of India
    /// share one layout: five rows of five consonants from the offset 0x15 on, virama 0x4d, anusvara 0x02.
    fn indic(&mut self, entry: Entry, c: char, start: u32, end: u32) {
        let block = entry.c as u32 & !0x7f;
        let offset = |c: char| (c as u32).wrapping_sub(block);
        let row = |c: char| match offset(c) {
            offset @ 0x15..=0x28 => Some((offset - 0x15) / 5),
            0x2a..=0x2e => Some(4),
            _ => None,
        };
        let is_nasal = |c: char| matches!(offset(c), 0x19 | 0x1e | 0x23 | 0x28 | 0x2e);
        if let [.., nasal, virama] = self.letters.as_mut_slice()
            && !self.gap
            && offset(virama.c) == 0x4d
            && is_nasal(nasal.c)
            && !is_nasal(entry.c)
            && row(nasal.c).is_some()
            && row(nasal.c) == row(entry.c)
            && let Some(anusvara) = char::from_u32(block + 2)
        {
            nasal.c = anusvara;
            nasal.end = virama.end;
            self.letters.pop();
        }
        self.letter(entry.c, entry.script, start, end);
        // Only in Devanagari is the nukta left out at will; in Bengali it makes another letter.
        if entry.c != c && block != 0x900 {
            self.sign(jamo(block, 0x3c), entry.script, start, end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Two spellings differ by nothing but known freedom.
    fn same(a: &str, b: &str) -> bool {
        Folded::of(a).key() == Folded::of(b).key()
    }

    #[test]
    fn what_a_script_leaves_free_is_the_same() {
        for (a, b) in [
            ("Yahya Kemal Beyatlı", "YAHYÂ KEMÂL-BEYATLI"),
            ("Łódź", "lodz"),
            ("Strauß", "Strauss"),
            ("Nguyễn Trãi", "Nguyen Trai"),
            ("Qurʾān", "Qur’an"),
            ("Αλέξανδρος", "ΑΛΕΞΑΝΔΡΟΣ"),
            ("Τζένια Άβερμπουχ", "Τζενια Αβερμπουχ"),
            ("Фёдор", "Федор"),
            ("Пушки\u{301}н", "Пушкин"),
            ("и\u{306}", "й"),
            ("Երևան", "Երեւան"),
            ("ירושלים", "יְרוּשָׁלַיִם"),
            ("ג'ניה", "ג׳ניה"),
            ("הוריאו־יושיהרו", "הוריאו יושיהרו"),
            ("أليكسي", "اليكسي"),
            ("روح‌اللّه خالقى", "روح الله خالقی"),
            ("مُحَمَّـد", "محمد"),
            ("ख़ालेक़ी", "खालेकी"),
            ("हिन्दी", "हिंदी"),
            ("उद् दौला", "उद-दौला"),
            ("চাঁদ", "চাংদ"),
            ("বঙ্গ", "বংগ"),
            ("ന്‍", "ൻ"),
            ("โฆษิต พิพัฒน์", "โฆษิตพิพัฒน์"),
            ("ร่องขุ่น", "รองขุน"),
            ("サーバー・ネット", "サバネット"),
            ("しょうご", "ショウゴ"),
            ("ｶﾞﾝﾀﾞﾑ", "ガンダム"),
            ("か\u{3099}", "が"),
            ("王献臣", "王獻臣"),
            ("沢", "澤"),
            ("泽", "澤"),
            ("이 효석", "이효석"),
            ("한", "한"),
        ] {
            assert_eq!(Folded::of(a).key(), Folded::of(b).key(), "{a} {b}");
            assert!(same(a, b));
        }
    }

    #[test]
    fn letters_of_their_own_are_not_folded() {
        for (a, b) in [
            ("Чалермчай", "Чалермчаи"),
            ("Яхья", "Яхъя"),
            ("गया", "गाय"),
            ("हिन्दी", "हिम्दी"),
            ("अन्न", "अंन"),
            ("য", "য়"),
            ("צוסב", "צ'וסב"),
            ("אוורבוך", "אברבוך"),
            ("パリ", "バリ"),
            ("晴", "春"),
            ("석", "성"),
        ] {
            assert!(!same(a, b), "{a} {b}");
        }
    }

    #[test]
    fn marks_are_left_out_or_added_but_not_exchanged() {
        assert!(marks_agree("Nguyễn Trãi", "Nguyen Trai", false));
        assert!(!marks_agree("Thái Tương", "Thái Tường", false));
        assert!(marks_agree("Yahya Kemal", "Yahyâ Kemâl", true));
        assert!(!marks_agree("Dvořák", "Dvořâk", true));
    }

    #[test]
    fn words_and_clauses_are_kept_apart() {
        let folded = Folded::of("Жан-Поль, l’Été");
        assert_eq!(folded.key(), "жанполь\0lete");
        let words: Vec<usize> = (0..folded.letters.len())
            .filter(|at| folded.letters[*at].edge == Edge::Word)
            .collect();
        assert_eq!(words, [0, 3, 7, 8, 9]);
        let folded = Folded::of("วัดร่องขุ่น");
        assert_eq!(folded.letters[1].edge, Edge::Inside);
        assert_eq!(folded.letters[2].edge, Edge::Free);
        assert_eq!(Folded::of("NASA는").letters[4].edge, Edge::Free);
    }

    #[test]
    fn a_letter_knows_its_bytes_and_script() {
        let text = "(Ke\u{301}mâl)";
        let folded = Folded::of(text);
        let parts: Vec<&str> = folded.letters[..5]
            .iter()
            .map(|letter| &text[letter.start as usize..letter.end as usize])
            .collect();
        assert_eq!(parts, ["K", "e\u{301}", "m", "â", "l"]);
        assert!(folded.has(Script::Latin) && !folded.has(Script::Greek));
        assert_eq!(Folded::of("ab अब अबक").script(), Script::Devanagari);
    }

    proptest! {
        #[test]
        fn letters_are_in_order_and_on_characters(text in "([a-zà-ÿа-яά-ώא-ת؀-ۿऀ-ॿঀ-৿ഀ-ൿก-๛ぁ-ヿ一-丁가-각ᄀ-ᇿ\u{300}-\u{309}'’. \n-]|\\PC){0,40}") {
            let folded = Folded::of(&text);
            let mut before = 0;
            for letter in &folded.letters {
                prop_assert!(letter.start as usize >= before);
                before = letter.start as usize;
                prop_assert!(text.get(letter.start as usize..letter.end as usize).is_some());
            }
        }

        #[test]
        fn folding_knows_no_normal_form(text in "[a-zà-ÿĀ-ſЀ-ӿͰ-Ͽ]{0,20}|[א-ת\u{600}-\u{6ff}]{0,20}|[ऀ-ॿ]{0,20}|[ঀ-৿]{0,20}|[가-힣ぁ-ヶ]{0,20}") {
            let (nfc, nfd) = (text.nfc().collect::<String>(), text.nfd().collect::<String>());
            prop_assert_eq!(Folded::of(&nfc).key(), Folded::of(&nfd).key());
        }
    }
}
