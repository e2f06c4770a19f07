//! What a step can be found again by in another trace.

use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::char::is_combining_mark;
use unicode_script::UnicodeScript as _;

use super::Trace;
use super::digits::{Number, han_number, number, roman_number};
use crate::script::digit;
use crate::script::{Profile, Romaniser, Script};

/// What an anchor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The whole step, letter by letter.
    Step,
    /// A name, by its number.
    Name,
    /// A number of two digits or more.
    Number,
    /// A number of one digit.
    Digit,
    /// What stands in quotation marks.
    Quote,
    /// Code or mathematics.
    Code,
    /// A word that is foreign in one of the traces.
    Foreign,
    /// A word where both traces are in one script.
    Word,
    /// Letters that follow one another, in a script without blanks.
    Gram,
    /// The number of a list item.
    Marker,
}

impl Kind {
    const ALL: [Kind; 10] = [
        Kind::Step,
        Kind::Name,
        Kind::Number,
        Kind::Digit,
        Kind::Quote,
        Kind::Code,
        Kind::Foreign,
        Kind::Word,
        Kind::Gram,
        Kind::Marker,
    ];

    /// What an anchor of this kind weighs that stands once in either trace.
    pub fn weight(self) -> f32 {
        match self {
            Kind::Step | Kind::Name | Kind::Number | Kind::Code | Kind::Foreign => 1.0,
            Kind::Quote => 1.2,
            Kind::Digit | Kind::Word => 0.5,
            Kind::Gram => 0.25,
            Kind::Marker => 0.15,
        }
    }

    /// Whether a step that has one says what a step without it does not, whatever the languages. Titles are translated.
    pub fn is_strong(self) -> bool {
        matches!(self, Kind::Name | Kind::Number | Kind::Code)
    }
}

/// An anchor: a hash of what it is, with its kind in the lowest bits. Two that are equal are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Anchor(u64);

impl Anchor {
    fn new(kind: Kind, hash: u64) -> Anchor {
        Anchor(hash << 4 | kind as u64)
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        let kind = Kind::ALL.get((self.0 & 15) as usize);
        kind.copied().unwrap_or(Kind::Marker)
    }
}

/// One more value in a hash.
fn mix(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// A hash of a text as it is.
fn whole(text: &str) -> u64 {
    let (eights, rest) = text.as_bytes().as_chunks::<8>();
    let eights = eights.iter().map(|eight| u64::from_le_bytes(*eight));
    let rest = rest.iter().map(|byte| u64::from(*byte));
    eights.chain(rest).fold(0, mix)
}

/// What two traces are to each other, which decides what in them is an anchor.
pub(super) struct Relation {
    /// The main script of either.
    pub scripts: [Option<Script>; 2],
    /// Where the letters of both lie, as a set of blocks. A word elsewhere is not in both.
    blocks: u64,
    /// Both are in one language, as far as is known.
    is_one_language: bool,
}

impl Relation {
    /// Looks at both.
    pub fn of(a: &Trace, b: &Trace) -> Relation {
        let scripts = [a, b].map(|trace| Profile::of(trace.text).dominant());
        let is_known = |language: &str| !language.is_empty() && language != "und";
        let is_one_language =
            a.language == b.language || !is_known(a.language) || !is_known(b.language);
        Relation {
            scripts,
            blocks: blocks(a.text) & blocks(b.text),
            is_one_language,
        }
    }

    /// Both are in this script.
    fn script(&self) -> Option<Script> {
        self.scripts[0].filter(|script| Some(*script) == self.scripts[1])
    }

    /// Whether a letter is of the script that both are in.
    fn is_own(&self, letter: char) -> bool {
        self.script().is_some_and(|own| match letter.is_ascii() {
            true => own == Script::LATN,
            false => !is_one_alphabet(own) || Script::from(letter.script()) == own,
        })
    }

    /// Whether words that only one of two steps has say that the steps differ.
    pub fn words_tell(&self) -> bool {
        self.is_one_language && self.script().is_some()
    }

    /// The fewest letters of a word. Of short words that two languages of one script share, most are false friends: on,
    /// me, an.
    fn shortest(&self) -> u32 {
        match self.is_one_language || self.script().is_none() {
            true => 2,
            false => 4,
        }
    }
}

/// Which of 64 a letter belongs to; scripts seldom share one.
fn block(c: char) -> u64 {
    1 << (u32::from(c) >> 7 & 63)
}

fn blocks(text: &str) -> u64 {
    let mut blocks = 0;
    for c in text.chars() {
        blocks |= block(c);
    }
    blocks
}

/// The most words that are romanised in the quotations of one trace: 20 µs each.
const ROMANISED: usize = 100;
/// A longer quotation or formula is a passage, bytes.
const LONGEST: usize = 160;
/// The letters of a word that count, so that most of its forms are one.
const STEM: u32 = 6;
/// The same in Hangul, where particles follow after two or three.
const HANGUL_STEM: u32 = 2;

/// How many letters of a word that begins with this one count. Katakana is not inflected.
fn stem(letter: char) -> u32 {
    match letter {
        '\u{ac00}'..='\u{d7a3}' => HANGUL_STEM,
        '\u{30a0}'..='\u{30ff}' => u32::MAX,
        _ => STEM,
    }
}

/// Every anchor of a trace, which is mainly in this script, with the step it stands in.
pub(super) fn anchors(
    trace: &Trace,
    steps: &[Range<usize>],
    relation: &Relation,
    script: Option<Script>,
) -> Vec<(Anchor, u32)> {
    let mut names = trace.names.to_vec();
    names.sort_by_key(|(_, range)| range.start);
    let mut reader = Reader {
        relation,
        // Thai counts years from 543 before those of the others.
        is_thai: script == Some(Script::THAI),
        romaniser: Romaniser::new(),
        romanised: 0,
        found: Vec::with_capacity(trace.text.len() / 8),
        step: 0,
    };
    let mut names = names.iter().peekable();
    for (nth, step) in steps.iter().enumerate() {
        reader.step = nth as u32;
        let text = &trace.text[step.clone()];
        reader.tell(Kind::Step, whole(text));
        let mut at = reader.marker(text);
        let mut read = 0;
        while let Some((name, range)) = names.next_if(|(_, range)| range.start < step.end) {
            if range.start < step.start || range.end <= range.start {
                continue;
            }
            reader.tell(Kind::Name, u64::from(*name));
            // What a name consists of is no anchor besides.
            let start = text.floor_char_boundary(range.start - step.start);
            reader.read(text, at.max(read)..start);
            read = text.ceil_char_boundary(range.end - step.start);
            at = at.max(read);
        }
        reader.read(text, at..text.len());
        reader.quotes(text);
    }
    reader.found
}

struct Reader<'a> {
    relation: &'a Relation,
    is_thai: bool,
    romaniser: Romaniser,
    romanised: usize,
    found: Vec<(Anchor, u32)>,
    step: u32,
}

impl Reader<'_> {
    fn tell(&mut self, kind: Kind, hash: u64) {
        self.found.push((Anchor::new(kind, hash), self.step));
    }

    /// The number of the list item that a step is; returns its length.
    fn marker(&mut self, text: &str) -> usize {
        let start = text.trim_start_matches(['(', '*', '#', ' ']);
        let before = text.len() - start.len();
        let Some(found) = number(start, true).filter(|found| found.digits <= 2) else {
            return 0;
        };
        let mut after = start[found.length..].chars();
        let is_item = matches!(after.next(), Some('.' | ')' | '、' | '．' | '）'))
            && after.next().is_none_or(char::is_whitespace);
        if !is_item {
            return 0;
        }
        self.tell(Kind::Marker, found.whole);
        before + found.length
    }

    /// Numbers and words.
    fn read(&mut self, text: &str, range: Range<usize>) {
        let mut at = range.start;
        let mut number_end = usize::MAX;
        while at < range.end {
            let rest = &text[at..range.end];
            let Some(c) = rest.chars().next() else { break };
            at += match Sign::of(c).letter {
                Letter::None => c.len_utf8(),
                Letter::Digit => {
                    let in_date = at.checked_sub(1) == Some(number_end)
                        && text
                            .as_bytes()
                            .get(number_end)
                            .is_some_and(|sign| b".,".contains(sign));
                    let found = number(rest, in_date);
                    let length = found.map_or(c.len_utf8(), |found| found.length);
                    found.inspect(|found| self.number(found));
                    number_end = at + length;
                    length
                }
                Letter::Spaced => self.word(rest, c),
                Letter::Han => {
                    if let Some(found) = han_number(rest) {
                        self.number(&found);
                        found.length
                    } else {
                        self.gram::<2>(rest, Letter::Han)
                    }
                }
                Letter::Hiragana => c.len_utf8(),
                Letter::Unspaced => self.gram::<3>(rest, Letter::Unspaced),
            };
        }
    }

    fn number(&mut self, found: &Number) {
        let is_buddhist = self.is_thai
            && found.part.0 == 0
            && found.digits == 4
            && (2400..2600).contains(&found.whole);
        let whole = found.whole - if is_buddhist { 543 } else { 0 };
        let (digits, part) = found.part;
        let kind = if found.digits == 1 {
            Kind::Digit
        } else {
            Kind::Number
        };
        self.tell(kind, mix(mix(whole, part), u64::from(digits)));
    }

    /// The word that a text begins with; returns its length.
    fn word(&mut self, text: &str, first: char) -> usize {
        let (mut letters, mut hash, mut length) = (0, 0, 0);
        let stem = stem(first);
        for c in text.chars() {
            let sign = Sign::of(c);
            // UNESCO에
            let goes_on = match sign.letter {
                Letter::Spaced => self::stem(c) == stem,
                letter => letter == Letter::Digit,
            };
            if !goes_on {
                break;
            }
            length += c.len_utf8();
            if let Some(folded) = sign.folded.filter(|_| letters < stem) {
                letters += 1;
                hash = mix(hash, u64::from(folded));
            }
        }
        let word = &text[..length];
        if let Some(value) = roman_number(word) {
            self.tell(Kind::Number, mix(mix(value, 0), 0));
        } else if letters >= self.relation.shortest().min(stem) {
            self.letters(Kind::Word, first, hash);
        }
        length
    }

    /// The letters that a text begins with, `N` at a time; returns how far they were read.
    fn gram<const N: usize>(&mut self, text: &str, letter: Letter) -> usize {
        let mut length = 0;
        let mut last = [None; N];
        for c in text.chars() {
            if Sign::of(c).letter != letter
                || letter == Letter::Han && length > 0 && han_number(&text[length..]).is_some()
            {
                break;
            }
            length += c.len_utf8();
            last.rotate_left(1);
            last[N - 1] = Some(c);
            if let Some(first) = last[0] {
                let hash = last
                    .iter()
                    .flatten()
                    .fold(0, |hash, c| mix(hash, u64::from(*c)));
                self.letters(Kind::Gram, first, hash);
            }
        }
        length
    }

    /// A word, or a part of one, unless its letters are not in both traces.
    fn letters(&mut self, kind: Kind, first: char, hash: u64) {
        let folded = Sign::of(first).folded.unwrap_or(first);
        if self.relation.blocks & (block(first) | block(folded)) == 0 {
            return;
        }
        let kind = match kind {
            Kind::Word if !self.relation.is_own(first) => Kind::Foreign,
            _ => kind,
        };
        self.tell(kind, hash);
    }

    /// What stands in quotation marks, or between the signs of code or mathematics.
    fn quotes(&mut self, text: &str) {
        let mut at = 0;
        while let Some(found) = text[at..].find(opens) {
            let start = at + found;
            let Some(c) = text[start..].chars().next() else {
                break;
            };
            at = start + c.len_utf8();
            let Some((kind, close)) = close(c) else {
                continue;
            };
            let end = text.floor_char_boundary((at + LONGEST).min(text.len()));
            let Some(length) = text[at..end].find(close) else {
                continue;
            };
            let inside = &text[at..at + length];
            let is_tight =
                !inside.starts_with(char::is_whitespace) && !inside.ends_with(char::is_whitespace);
            if inside.is_empty() || !is_tight {
                continue;
            }
            let hash = match kind {
                Kind::Quote => self.title(inside),
                _ => Some(spell(inside, |c| !c.is_whitespace())),
            };
            hash.inspect(|hash| self.tell(kind, *hash));
            // Opening and closing marks may be the same.
            at += length + if close.contains(&c) { c.len_utf8() } else { 0 };
        }
    }

    /// A title: as it is read where the scripts differ, else as it is written.
    fn title(&mut self, title: &str) -> Option<u64> {
        if !title.chars().any(char::is_alphabetic) {
            return None;
        }
        let words = title.split_whitespace().count();
        if !self.relation.words_tell() && self.romanised + words <= ROMANISED {
            self.romanised += words;
            let key = self.romaniser.search_key(title);
            if key.len() >= 3 {
                return Some(spell(&key, |_| true));
            }
        }
        Some(spell(title, char::is_alphanumeric))
    }
}

/// A hash of some characters of a text, in any case.
fn spell(text: &str, counts: fn(char) -> bool) -> u64 {
    let letters = text.chars().filter(|c| counts(*c));
    let folded = letters.filter_map(|c| Sign::of(c).folded);
    folded.fold(0, |hash, c| mix(hash, u64::from(c)))
}

/// Whether all words of a text in this script are in one Unicode script.
fn is_one_alphabet(script: Script) -> bool {
    ![
        Script::JPAN,
        Script::KORE,
        Script::HANS,
        Script::HANT,
        Script::HANI,
    ]
    .contains(&script)
}

fn opens(c: char) -> bool {
    close(c).is_some()
}

/// What a mark opens, and what closes it.
fn close(c: char) -> Option<(Kind, &'static [char])> {
    Some(match c {
        '"' => (Kind::Quote, &['"']),
        '“' => (Kind::Quote, &['”']),
        '„' => (Kind::Quote, &['“', '”']),
        '«' => (Kind::Quote, &['»']),
        '״' => (Kind::Quote, &['״']),
        '「' => (Kind::Quote, &['」']),
        '『' => (Kind::Quote, &['』']),
        '《' => (Kind::Quote, &['》']),
        '〈' => (Kind::Quote, &['〉']),
        '`' => (Kind::Code, &['`']),
        '$' => (Kind::Code, &['$']),
        _ => return None,
    })
}

/// What a character is to a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letter {
    /// Not part of one.
    None,
    Digit,
    /// Of a script that puts blanks between words, and katakana, which stands apart by itself.
    Spaced,
    Han,
    /// Which is grammar for the most part.
    Hiragana,
    /// Of the scripts of Southeast Asia that have no blanks between words.
    Unspaced,
}

/// A character as it is compared.
#[derive(Debug, Clone, Copy)]
struct Sign {
    letter: Letter,
    /// In lower case; nothing for a mark that a writer may leave out: accents apart from their letter, the points of
    /// Hebrew and Arabic, the tatweel.
    folded: Option<char>,
}

/// Most letters. Asking Unicode for each takes half the time of an alignment.
static SIGNS: LazyLock<Vec<Sign>> =
    LazyLock::new(|| ('\0'..'\u{3100}').map(Sign::look_up).collect());

impl Sign {
    fn of(c: char) -> Sign {
        let known = SIGNS.get(c as usize).copied();
        known.unwrap_or_else(|| Sign::look_up(c))
    }

    fn look_up(c: char) -> Sign {
        let is_free = matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}');
        let letter = match c {
            '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
            | '々'
            | '〇' => Letter::Han,
            '\u{ac00}'..='\u{d7a3}' => Letter::Spaced,
            '\u{3041}'..='\u{309f}' => Letter::Hiragana,
            _ if digit(c).is_some() => Letter::Digit,
            _ if !c.is_alphanumeric() && !is_combining_mark(c) => Letter::None,
            '\u{e00}'..='\u{eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{1a20}'..='\u{1aaf}' => Letter::Unspaced,
            _ => Letter::Spaced,
        };
        let lower = match letter {
            Letter::Han => None,
            _ => c.to_lowercase().next(),
        };
        Sign {
            letter,
            folded: (!is_free).then_some(lower.unwrap_or(c)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kinds of the anchors that two traces of one step share.
    fn common(left: (&str, &str), right: (&str, &str)) -> Vec<Kind> {
        let [left, right] = [left, right].map(|(language, text)| Trace {
            text,
            names: &[],
            language,
        });
        let relation = Relation::of(&left, &right);
        let find = |trace: &Trace, script| {
            let step = 0..trace.text.len();
            let mut found = anchors(trace, std::slice::from_ref(&step), &relation, script);
            found.sort_unstable();
            found.dedup();
            found
        };
        let of_right = find(&right, relation.scripts[1]);
        let mut of_left = find(&left, relation.scripts[0]);
        of_left.retain(|anchor| of_right.contains(anchor));
        of_left
            .into_iter()
            .map(|(anchor, _)| anchor.kind())
            .collect()
    }

    #[test]
    fn a_number_is_found_in_any_digits() {
        let one = [Kind::Number];
        assert_eq!(
            common(("en", "built in 1,269"), ("ar", "بني سنة ١٢٦٩")),
            one
        );
        assert_eq!(
            common(("ru", "середина XVIII века"), ("ja", "十八世紀の半ば")),
            one
        );
        assert_eq!(common(("en", "870,000 people"), ("ko", "약 87만 명")), one);
        assert_eq!(
            common(("en", "two of 7"), ("he", "שניים מתוך 7")),
            [Kind::Digit]
        );
        let date = common(("ru", "было 28.06.1914"), ("ar", "في ٢٨ يونيو ١٩١٤"));
        assert_eq!(date, [Kind::Number, Kind::Number]);
    }

    #[test]
    fn a_year_of_the_buddhist_era_is_the_same_year() {
        assert_eq!(
            common(("en", "in 1914"), ("th", "ในปี พ.ศ. ๒๔๕๗")),
            [Kind::Number]
        );
        assert_eq!(common(("en", "in 1914"), ("he", "בשנת 2457")), []);
    }

    #[test]
    fn a_title_is_found_as_it_sounds() {
        let one = [Kind::Quote];
        assert_eq!(
            common(
                ("ru", "основала «Эрмитаж» она"),
                ("ja", "「エルミタージュ」を創設")
            ),
            one
        );
        assert_eq!(
            common(("en", "the “Sarvadharma” text"), ("hi", "ग्रंथ \"सर्वधर्म\" है")),
            one
        );
        assert_eq!(
            common(("ru", "роман «Бесы» тут"), ("ja", "小説「白痴」である")),
            []
        );
    }

    #[test]
    fn a_foreign_word_and_code_are_found_in_both() {
        assert_eq!(
            common(
                ("he", "השם Hayreddin מופיע כאן"),
                ("th", "คำว่า Hayreddin อยู่ตรงนี้ในหนังสือ")
            ),
            [Kind::Foreign]
        );
        assert_eq!(
            common(
                ("en", "the word Hayreddin"),
                ("th", "ผู้ออกแบบสะพานคือ Hayreddin ตามหนังสือ")
            ),
            [Kind::Foreign]
        );
        assert_eq!(
            common(("en", "by CPU"), ("ko", "CPU는 설계자가 만들었다고 한다")),
            [Kind::Foreign]
        );
        let code = common(("he", "הערך $x_i + 1$ כאן"), ("ru", "берём $x_i+1$ тут"));
        assert!(code.contains(&Kind::Code), "{code:?}");
        assert_eq!(
            common(("he", "עולה $5 או $6"), ("ru", "стоит $5 или $7")),
            [Kind::Digit]
        );
    }

    #[test]
    fn words_of_one_language_are_found_in_most_of_their_forms() {
        let one = [Kind::Word];
        assert_eq!(
            common(("ru", "старинного моста"), ("ru", "старинный дворец")),
            one
        );
        assert_eq!(
            common(("en", "Architects say"), ("en", "an architect")),
            one
        );
        assert_eq!(common(("ko", "설계자는"), ("ko", "설계자가")), one);
        assert_eq!(
            common(("zh", "的起重机了"), ("zh", "用起重机呢")),
            [Kind::Gram, Kind::Gram]
        );
    }

    #[test]
    fn short_words_of_two_languages_are_false_friends() {
        assert_eq!(common(("en", "on me an"), ("fr", "on me an")), [Kind::Step]);
        assert_eq!(
            common(("en", "a museum in it"), ("fr", "le museum est in")),
            [Kind::Word]
        );
    }

    #[test]
    fn the_number_of_a_list_item_is_no_number() {
        assert_eq!(common(("en", "12. So"), ("he", "12) אז")), [Kind::Marker]);
        assert_eq!(common(("en", "12 or so"), ("he", "12. אז")), []);
    }

    #[test]
    fn every_kind_is_told_by_its_anchor() {
        for kind in Kind::ALL {
            assert_eq!(Anchor::new(kind, u64::MAX).kind(), kind);
        }
    }
}
