//! How much of a text is in which script.
//!
//! Counted are base letters: a cluster has one, whatever marks it carries. Not counted are digits, punctuation, marks,
//! the Latin letters of URLs, mark-up, TeX commands and code, and letters of no one script. Han is told apart by
//! `assets/han_variants.txt`; kana and Hangul take the Han of their own line with them, because a trace may turn from
//! Chinese to Japanese and back.

use std::sync::LazyLock;

use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script as UnicodeScript, UnicodeScript as _};

use super::Script;

/// Share of each script in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// Letters of each script, most first.
    counts: Vec<(Script, u32)>,
}

impl Profile {
    /// Counts a text, in one pass over its bytes.
    pub fn of(text: &str) -> Profile {
        let mut counter = Counter::new();
        counter.read(text.as_bytes());
        counter.finish()
    }

    /// Letters of each script, most first.
    pub fn counts(&self) -> &[(Script, u32)] {
        &self.counts
    }

    /// Each script with its share of the letters, largest first. The shares add up to 1 unless there are no letters.
    pub fn shares(&self) -> impl Iterator<Item = (Script, f32)> + '_ {
        let letters = self.letters() as f32;
        self.counts
            .iter()
            .map(move |&(script, count)| (script, count as f32 / letters))
    }

    /// The script of most letters; `None` for a text without letters.
    pub fn dominant(&self) -> Option<Script> {
        self.counts.first().map(|&(script, _)| script)
    }

    /// The share of one script. Text of undecided Han counts for `Hans` and `Hant`, and either of them for `Hani`.
    pub fn share(&self, script: Script) -> f32 {
        match self.letters() {
            0 => 0.0,
            letters => self.count(script) as f32 / letters as f32,
        }
    }

    /// How many letters were counted.
    pub fn letters(&self) -> usize {
        self.counts.iter().map(|&(_, count)| count as usize).sum()
    }

    /// The script of a question or an answer, which are short and full of foreign names, so most letters is a bad rule.
    ///
    /// The script expected of the declared language wins with a tenth of the letters, or with two letters unless it is
    /// Latin, which stands in every text; then the largest script other than Latin that has a quarter and three
    /// letters; then the largest. For a trace, which may well be in another language than the question, use
    /// [`dominant`](Self::dominant).
    pub fn label(&self, expected: Option<Script>) -> Option<Script> {
        if let Some(expected) = expected {
            let count = self.count(expected);
            if count > 0 && (self.share(expected) >= 0.10 || count >= 2 && expected != Script::LATN)
            {
                return Some(expected);
            }
            // A name or a title in Japanese need not have any kana.
            if expected == Script::JPAN
                && self.letters() <= 20
                && self.dominant().is_some_and(is_han)
            {
                return Some(expected);
            }
        }
        let foreign = self
            .counts
            .iter()
            .find(|&&(script, _)| script != Script::LATN);
        let foreign = foreign.filter(|&&(script, count)| count >= 3 && self.share(script) >= 0.25);
        foreign.map(|&(script, _)| script).or(self.dominant())
    }

    fn count(&self, script: Script) -> u32 {
        self.counts
            .iter()
            .filter(|&&(found, _)| found.counts_for(script))
            .map(|&(_, count)| count)
            .sum()
    }
}

impl Script {
    /// Whether letters that were found in this script are letters of another: text of undecided Han counts for `Hans` and
    /// `Hant`, and either of them for `Hani`.
    pub fn counts_for(self, script: Script) -> bool {
        let is_undecided = [self, script].contains(&Script::HANI) && is_han(self) && is_han(script);
        let is_korean = [self, script] == [Script::KORE, Script::HANG];
        self == script || is_undecided || is_korean
    }
}

fn is_han(script: Script) -> bool {
    [Script::HANI, Script::HANS, Script::HANT].contains(&script)
}

/// Whether a number stands for Han, kana, Hangul or Bopomofo.
pub(super) fn is_east_asian(id: u8) -> bool {
    matches!(
        id,
        HAN | SIMPLIFIED | TRADITIONAL | HIRAGANA | KATAKANA | HANGUL | BOPOMOFO
    )
}

/// What is not a base letter of one script.
pub(super) const NO_LETTER: u8 = UnicodeScript::Common as u8;
const LATIN: u8 = UnicodeScript::Latin as u8;
pub(super) const HAN: u8 = UnicodeScript::Han as u8;
pub(super) const HIRAGANA: u8 = UnicodeScript::Hiragana as u8;
const KATAKANA: u8 = UnicodeScript::Katakana as u8;
pub(super) const HANGUL: u8 = UnicodeScript::Hangul as u8;
const BOPOMOFO: u8 = UnicodeScript::Bopomofo as u8;
/// Han that only simplified text uses; a number that unicode-script has no script for.
pub(super) const SIMPLIFIED: u8 = 251;
/// Han that only traditional text uses.
pub(super) const TRADITIONAL: u8 = 252;

/// Which script each code point is a base letter of. Asking unicode-script costs 13 ns a letter, this 1.
pub(super) struct Letters {
    /// For each block of 256 code points, where its page starts.
    starts: Vec<u32>,
    pages: Vec<u8>,
    /// The script of each number in the pages.
    scripts: Vec<Script>,
}

pub(super) static LETTERS: LazyLock<Letters> = LazyLock::new(Letters::new);

impl Letters {
    fn new() -> Letters {
        // Planes from 4 on have no letters; the last page stands for all of them.
        let mut ids = vec![NO_LETTER; 0x4_0000];
        let mut scripts = vec![Script::ZYYY; 256];
        for c in '\0'..'\u{40000}' {
            let id = letter(c);
            ids[c as usize] = id;
            if id != NO_LETTER && id == c.script() as u8 {
                scripts[id as usize] = Script::from(c.script());
            }
        }
        let variants = include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/assets/han_variants.txt"
        ));
        let mut kind = HAN;
        for line in variants.lines().filter(|line| !line.starts_with('#')) {
            match line {
                "simplified" => kind = SIMPLIFIED,
                "traditional" => kind = TRADITIONAL,
                _ => line.chars().for_each(|c| ids[c as usize] = kind),
            }
        }
        let mut pages: Vec<u8> = vec![NO_LETTER; 256];
        let mut starts = Vec::with_capacity(0x1100);
        for page in ids.chunks(256) {
            // Pages that are all of one script are many, and are kept once.
            let known = page
                .iter()
                .all(|&id| id == page[0])
                .then(|| pages.chunks(256).position(|known| known == page));
            starts.push(known.flatten().map_or(pages.len(), |at| at * 256) as u32);
            if known.flatten().is_none() {
                pages.extend_from_slice(page);
            }
        }
        starts.resize(0x1100, 0);
        Letters {
            starts,
            pages,
            scripts,
        }
    }

    #[inline]
    fn at(&self, code: u32) -> u8 {
        let start = self.starts.get((code >> 8) as usize).copied().unwrap_or(0);
        self.pages
            .get((start + (code & 0xff)) as usize)
            .copied()
            .unwrap_or(NO_LETTER)
    }

    /// The script of a base letter as a number; `NO_LETTER` for everything else.
    pub(super) fn of(&self, c: char) -> u8 {
        self.at(c as u32)
    }
}

/// The script a character is a base letter of. Letters shared by scripts are resolved by their extensions: the length
/// mark ー is kana, and the tatweel, which is shared by a dozen scripts, is none.
fn letter(c: char) -> u8 {
    if !c.is_alphabetic() || is_combining_mark(c) {
        return NO_LETTER;
    }
    match c.script() {
        UnicodeScript::Common | UnicodeScript::Inherited => {
            let shared = c.script_extension();
            match () {
                () if shared.is_common() || shared.is_inherited() => NO_LETTER,
                () if shared.contains_script(UnicodeScript::Katakana) => KATAKANA,
                () if shared.len() == 1 => shared
                    .iter()
                    .next()
                    .map_or(NO_LETTER, |script| script as u8),
                () => NO_LETTER,
            }
        }
        UnicodeScript::Unknown => NO_LETTER,
        script => script as u8,
    }
}

/// Bytes at which something other than a letter may begin: code, URL, mark-up, TeX command, line.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'`' | b':' | b'<' | b'\\' | b'\n')
}

const CHUNK: usize = 32;

/// One text being counted.
struct Counter {
    counts: [u32; 256],
    /// Latin letters in code: all there is when an answer is nothing but code.
    in_code: u32,
    /// Han, Hangul and kana of lines that are done.
    japanese: u32,
    korean: u32,
    /// Han of lines without either: of long lines, and of lines so short that the rest of the text decides.
    han: Han,
    short_han: Han,
}

#[derive(Clone, Copy, Default)]
struct Han {
    letters: u32,
    simplified: u32,
    traditional: u32,
}

/// A line of less Han than this may be a heading in a Japanese text.
const SHORT_LINE: u32 = 12;

impl Counter {
    fn new() -> Counter {
        Counter {
            counts: [0; 256],
            in_code: 0,
            japanese: 0,
            korean: 0,
            han: Han::default(),
            short_han: Han::default(),
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        let letters = &*LETTERS;
        let mut at = 0;
        let mut next_chunk = 0;
        while let Some(&byte) = bytes.get(at) {
            if let Some(chunk) = bytes
                .get(at..at + CHUNK)
                .filter(|_| byte < 0x80 && at >= next_chunk)
            {
                let (mut latin, mut other) = (0, 0);
                for &byte in chunk {
                    latin += u8::from((byte | 0x20).wrapping_sub(b'a') < 26);
                    other |= u8::from(is_special(byte)) | byte & 0x80;
                }
                if other == 0 {
                    self.counts[LATIN as usize] += u32::from(latin);
                    at += CHUNK;
                    continue;
                }
                next_chunk = at + CHUNK;
            }
            at = match byte {
                0..0x80 if is_special(byte) => self.special(bytes, at),
                0..0x80 => {
                    self.counts[LATIN as usize] += u32::from(byte.is_ascii_alphabetic());
                    at + 1
                }
                _ => {
                    let (code, length) = decode(&bytes[at..]);
                    self.counts[letters.at(code) as usize] += 1;
                    at + length
                }
            };
        }
        self.end_line();
    }

    /// Steps over what a special byte begins, if it begins anything; returns where to go on.
    fn special(&mut self, bytes: &[u8], at: usize) -> usize {
        let rest = &bytes[at + 1..];
        match bytes[at] {
            b'\n' => self.end_line(),
            b'`' => return self.code(bytes, at),
            b':' if rest.starts_with(b"//") => return self.url(bytes, at),
            b'\\' => {
                return at
                    + 1
                    + rest
                        .iter()
                        .take_while(|byte| byte.is_ascii_alphabetic())
                        .count();
            }
            b'<' if rest
                .first()
                .is_some_and(|&byte| byte == b'/' || byte.is_ascii_alphabetic()) =>
            {
                let end = rest
                    .iter()
                    .take(64)
                    .position(|&byte| matches!(byte, b'>' | b'<' | b'\n'));
                return end
                    .filter(|&end| rest[end] == b'>')
                    .map_or(at + 1, |end| at + end + 2);
            }
            _ => {}
        }
        at + 1
    }

    /// Steps over code, setting its Latin letters apart; other letters in it are names in quotation and are counted.
    fn code(&mut self, bytes: &[u8], at: usize) -> usize {
        let ticks = bytes[at..].iter().take_while(|&&byte| byte == b'`').count();
        let start = at + ticks;
        // A fence that never closes holds the rest of the text; a single tick that does not close on its line is a
        // tick.
        let is_fence = ticks >= 3;
        let closes = |window: &[u8]| window.iter().all(|&byte| byte == b'`');
        let line = bytes[start..]
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(bytes.len(), |end| start + end);
        let within = &bytes[start..if is_fence { bytes.len() } else { line }];
        let end = match within.windows(ticks).position(closes) {
            Some(end) => start + end,
            None if is_fence => bytes.len(),
            None => return start,
        };
        let mut at = start;
        while at < end {
            at += match bytes[at] {
                b'\n' => {
                    self.end_line();
                    1
                }
                byte @ 0..0x80 => {
                    self.in_code += u32::from(byte.is_ascii_alphabetic());
                    1
                }
                _ => {
                    let (code, length) = decode(&bytes[at..]);
                    self.counts[LETTERS.at(code) as usize] += 1;
                    length
                }
            };
        }
        (end + ticks).min(bytes.len())
    }

    /// Steps over a URL from its `://` on, and takes back the letters of its scheme.
    fn url(&mut self, bytes: &[u8], at: usize) -> usize {
        let scheme = bytes[..at]
            .iter()
            .rev()
            .take(8)
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count() as u32;
        let latin = &mut self.counts[LATIN as usize];
        *latin = latin.saturating_sub(scheme);
        // CJK text puts no space after a URL; its punctuation and letters begin with these bytes.
        let ends = |&byte: &u8| {
            byte.is_ascii_whitespace()
                || matches!(byte, b'"' | b'<' | b'>' | b')' | b']' | 0xe3..=0xef)
        };
        at + bytes[at..]
            .iter()
            .position(ends)
            .unwrap_or(bytes.len() - at)
    }

    /// Gives the Han of a line to Japanese if a tenth of it is kana, to Korean if half of it is Hangul.
    fn end_line(&mut self) {
        let mut take = |id: u8| std::mem::take(&mut self.counts[id as usize]);
        let kana = take(HIRAGANA) + take(KATAKANA);
        let hangul = take(HANGUL);
        let mut han = Han {
            letters: take(HAN),
            simplified: take(SIMPLIFIED),
            traditional: take(TRADITIONAL),
        };
        han.letters += han.simplified + han.traditional;
        self.japanese += kana;
        self.korean += hangul;
        match han.letters {
            0 => {}
            letters if kana > 0 && kana * 9 >= letters && kana >= hangul => {
                self.japanese += letters
            }
            letters if hangul >= letters => self.korean += letters,
            letters if letters < SHORT_LINE => self.short_han.add(han),
            _ => self.han.add(han),
        }
    }

    fn finish(mut self) -> Profile {
        if self.japanese > self.han.letters + self.short_han.letters {
            self.japanese += self.short_han.letters;
        } else {
            self.han.add(self.short_han);
        }
        self.counts[NO_LETTER as usize] = 0;
        let composites = [
            (Script::JPAN, self.japanese),
            (Script::KORE, self.korean),
            (self.han.script(), self.han.letters),
        ];
        let mut counts: Vec<(Script, u32)> = composites
            .into_iter()
            .filter(|&(_, count)| count > 0)
            .collect();
        for (id, &count) in self
            .counts
            .iter()
            .enumerate()
            .filter(|&(_, &count)| count > 0)
        {
            counts.push((LETTERS.scripts[id], count));
        }
        if counts.is_empty() && self.in_code > 0 {
            counts.push((Script::LATN, self.in_code));
        }
        counts.sort_by_key(|&(script, count)| (std::cmp::Reverse(count), script));
        Profile { counts }
    }
}

impl Han {
    fn add(&mut self, other: Han) {
        self.letters += other.letters;
        self.simplified += other.simplified;
        self.traditional += other.traditional;
    }

    /// Simplified or traditional if one of them is at least twice the other: each has a few letters of the other in
    /// quotations and names.
    fn script(self) -> Script {
        match (self.simplified, self.traditional) {
            (0, 0) => Script::HANI,
            (simplified, traditional) if simplified >= 2 * traditional => Script::HANS,
            (simplified, traditional) if traditional >= 2 * simplified => Script::HANT,
            _ => Script::HANI,
        }
    }
}

/// The code point at the start of UTF-8 that does not start with ASCII, and its length. The text was a `str`, so the
/// bytes are there; the fallbacks only spare a check.
#[inline]
fn decode(bytes: &[u8]) -> (u32, usize) {
    let low = |at: usize| u32::from(bytes.get(at).copied().unwrap_or(0) & 0x3f);
    let first = u32::from(bytes[0]);
    match bytes[0] {
        0..0xe0 => ((first & 0x1f) << 6 | low(1), 2),
        0xe0..0xf0 => ((first & 0x0f) << 12 | low(1) << 6 | low(2), 3),
        _ => (
            (first & 0x07) << 18 | low(1) << 12 | low(2) << 6 | low(3),
            4,
        ),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> String {
        let counts = Profile::of(text).counts;
        counts
            .iter()
            .map(|(script, count)| format!("{script}:{count}"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn label(text: &str, expected: &str) -> String {
        Profile::of(text)
            .label(Script::parse(expected))
            .map_or_else(|| "none".into(), |script| script.to_string())
    }

    #[test]
    fn letters_are_counted_and_nothing_else() {
        for (text, expected) in [
            ("", ""),
            ("1969, 3.14 — … 😀", ""),
            ("Where?", "Latn:5"),
            ("Łódź naïve straße", "Latn:15"),
            ("सर्वधर्म।", "Deva:6"),
            ("שָׁלוֹם", "Hebr:4"),
            ("کـــتاب", "Arab:4"),
            ("Санкт-Петербург", "Cyrl:14"),
            ("น้ำ", "Thai:2"),
            ("NASA ने Apollo 11", "Latn:10 Deva:1"),
            ("𞤀𞤣𞤤𞤢𞤥", "Adlm:5"),
            ("ᨶᩣᨿ", "Lana:2"),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn urls_markup_tex_and_code_are_not_text() {
        for (text, expected) in [
            ("ראו https://he.wikipedia.org/wiki/Foo?x=1 שם", "Hebr:5"),
            ("见https://example.com/page。好", "Hans:2"),
            ("<think>да</think> <b>нет</b>", "Cyrl:5"),
            ("a < b и b > a", "Latn:4 Cyrl:1"),
            ("\\boxed{\\text{नमन}}", "Deva:3"),
            ("код `let x = 1;` тут", "Cyrl:6"),
            ("имя `सर्वधर्म` тут", "Cyrl:6 Deva:6"),
            ("до\n```python\nprint(\"привет\")\n```\nпосле", "Cyrl:13"),
            ("до ```let x", "Cyrl:2"),
            ("it's a ` tick", "Latn:8"),
            ("```\nParis\n```", "Latn:5"),
            ("`", ""),
            ("https://", ""),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn composites_are_whole_and_han_is_told_apart() {
        for (text, expected) in [
            ("東京タワーは高い", "Jpan:8"),
            ("スーパー", "Jpan:4"),
            ("서울 漢字", "Kore:4"),
            ("巴黎", "Hani:2"),
            ("这是国际组织", "Hans:6"),
            ("這是國際組織", "Hant:6"),
            ("佢哋喺香港嘅學校讀書", "Hant:10"),
            ("概要\nこれは本です。\nはい、そうです。", "Jpan:14"),
            (
                "这个问题问的是一座城市的名字，答案应该是东京。\n東京タワーは高い",
                "Hans:21 Jpan:8",
            ),
            (
                "这个人的名字在日语里写作サル，我们继续回答这个问题吧",
                "Hans:23 Jpan:2",
            ),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn a_question_is_labelled_by_what_its_language_expects() {
        for (text, expected, found) in [
            ("Eiffel Tower किस शहर में है?", "Deva", "Deva"),
            ("iPhone का CEO?", "Deva", "Deva"),
            ("NASA ने Apollo 11 कब भेजा", "", "Deva"),
            ("Who wrote सत्य?", "Latn", "Latn"),
            ("מי היה נשיא NBC", "Latn", "Latn"),
            (
                "מי היה הנשיא הראשון של מדינת ישראל ומי בא אחריו ab",
                "Latn",
                "Hebr",
            ),
            ("巴黎", "Hant", "Hant"),
            ("巴黎", "Jpan", "Jpan"),
            ("東京都", "Jpan", "Jpan"),
            ("東京都", "Hans", "Hant"),
            ("서울", "Hang", "Hang"),
            ("where", "Deva", "Latn"),
            ("12", "Deva", "none"),
        ] {
            assert_eq!(label(text, expected), found, "{text} {expected}");
        }
    }

    #[test]
    fn undecided_han_counts_for_both_kinds() {
        let undecided = Profile::of("巴黎");
        assert_eq!(
            (undecided.share(Script::HANS), undecided.share(Script::HANT)),
            (1.0, 1.0)
        );
        let simplified = Profile::of("这是国际组织");
        assert_eq!(
            (
                simplified.share(Script::HANI),
                simplified.share(Script::HANT)
            ),
            (1.0, 0.0)
        );
        assert_eq!(Profile::of("").share(Script::LATN), 0.0);
    }

    proptest! {
        #[test]
        fn shares_add_up_to_one(text in "(\\PC|[`:/<>\\\\\n漢かカ한zя]){0,80}") {
            let profile = Profile::of(&text);
            let sum: f32 = profile.shares().map(|(_, share)| share).sum();
            prop_assert!(profile.letters() == 0 && sum == 0.0 || (sum - 1.0).abs() < 1e-4);
            prop_assert!(profile.letters() <= text.chars().count());
        }

        #[test]
        fn counting_by_bytes_is_counting_by_characters(text in "[\\PC&&[^`:<\\\\]]{0,120}") {
            let letters = text.chars().filter(|&c| letter(c) != NO_LETTER).count();
            prop_assert_eq!(Profile::of(&text).letters(), letters);
        }
    }
}
