//! Characters that deceive the reader of a text: what cannot be seen, and what looks like something else.
//!
//! The rule for words is UTS #39, 5.1 and 5.2: the letters of a word have to share a script, and Latin goes together
//! with any script it is not mistaken for. On top of that come the habits of real text, each told where it stands. A
//! word here is a run of letters, marks and digits. It ends at a hyphen or an apostrophe (`IBM-ში`, `SMS'ка`) and at a
//! letter of a script that puts no spaces around foreign words (`NASAは`, `NASA는`).

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::char::is_combining_mark;
use unicode_properties::UnicodeEmoji;
use unicode_script::{Script as UnicodeScript, UnicodeScript as _};
use unicode_security::{GeneralSecurityProfile, skeleton};
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::profile::{LETTERS, NO_LETTER, is_east_asian};

/// What is odd about a place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exotic {
    /// Something without a look of its own: a control, a zero-width or bidi character, a selector or tag that selects
    /// nothing. Where a script or an emoji needs it, it is not exotic.
    Invisible,
    /// A blank between two letters that is not U+0020, so that a search for the two words fails.
    Blank,
    /// A letter of another script than its word, which looks like this letter of the word's script.
    Homoglyph {
        /// The letter it looks like (UTS #39, confusables).
        like: char,
    },
    /// A word of scripts that do not belong together, other than by look-alikes.
    MixedScript,
}

impl fmt::Display for Exotic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exotic::Invisible => f.write_str("invisible"),
            Exotic::Blank => f.write_str("no plain space"),
            Exotic::Homoglyph { like } => write!(f, "looks like {like} U+{:04X}", u32::from(*like)),
            Exotic::MixedScript => f.write_str("mixed scripts"),
        }
    }
}

/// What is exotic in a text, in order. The ranges are in bytes, lie on cluster boundaries, and none overlaps another:
/// what is within a mixed word goes without saying.
pub fn exotic(text: &str) -> Vec<(Range<usize>, Exotic)> {
    let mut found = Vec::new();
    for (at, cluster) in text.grapheme_indices(true) {
        let range = at..at + cluster.len();
        if range.len() > 1 || cluster.bytes().any(|byte| byte.is_ascii_control()) {
            found.extend(unseen(text, range.clone()).map(|exotic| (range, exotic)));
        }
    }
    for (word, oddity) in odd_words(text) {
        match oddity {
            Oddity::LookAlikes(main) => {
                for (at, c) in text[word.clone()].char_indices() {
                    if let Some(like) = script_in_word(c).and_then(|id| look_alike(c, id, main)) {
                        let at = word.start + at;
                        let letter = whole_clusters(text, at..at + c.len_utf8());
                        found.push((letter, Exotic::Homoglyph { like }));
                    }
                }
            }
            Oddity::Mixed => found.push((whole_clusters(text, word), Exotic::MixedScript)),
        }
    }
    found.sort_by_key(|(range, _)| (range.start, Reverse(range.end)));
    found.dedup_by(|(next, _), (range, _)| next.start < range.end);
    found
}

/// What is odd about a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Oddity {
    /// Every foreign letter looks like one of this script.
    LookAlikes(u8),
    /// Some foreign letter does not.
    Mixed,
}

/// Words of scripts that do not belong together, in order: `Mоscow` with a Cyrillic о, `dharmaधर्म`.
fn odd_words(text: &str) -> impl Iterator<Item = (Range<usize>, Oddity)> + '_ {
    Words { text, at: 0 }
        .filter_map(|word| oddity(&text[word.clone()]).map(|oddity| (word, oddity)))
}

const LATIN: u8 = UnicodeScript::Latin as u8;
const GREEK: u8 = UnicodeScript::Greek as u8;

/// Scripts whose letters are mistaken for each other. With any script but these, UTS #39, 5.2 lets Latin mix
/// ("moderately restrictive").
const ALIKE: [u8; 7] = [
    LATIN,
    GREEK,
    UnicodeScript::Cyrillic as u8,
    UnicodeScript::Armenian as u8,
    UnicodeScript::Cherokee as u8,
    UnicodeScript::Coptic as u8,
    UnicodeScript::Lisu as u8,
];

/// What is odd about a word, if anything.
fn oddity(word: &str) -> Option<Oddity> {
    let letters = word
        .chars()
        .filter_map(|c| Some((c, script_in_word(c)?)))
        .filter(|&(_, id)| id != NO_LETTER);
    let (_, first) = letters.clone().next()?;
    if letters.clone().all(|(_, id)| id == first) {
        return None;
    }
    // Rare from here on.
    let letters: Vec<(char, u8)> = letters.collect();
    if is_name_with_ending(&letters) || is_symbol(&letters) {
        return None;
    }
    let mut counts = [0_u32; 256];
    for &(_, id) in &letters {
        counts[usize::from(id)] += 1;
    }
    // The script of most letters, the first of equals.
    let (_, main) = *letters
        .iter()
        .min_by_key(|&&(_, id)| Reverse(counts[usize::from(id)]))?;
    let mut foreign = letters.iter().filter(|&&(_, id)| id != main);
    match foreign.all(|&(c, id)| look_alike(c, id, main).is_some()) {
        true => Some(Oddity::LookAlikes(main)),
        false => Some(Oddity::Mixed),
    }
}

/// A Latin name or acronym with an ending of the language around it, or a prefix where the language has them:
/// `NASAയുടെ`, `iPhoneന്റെ`, `בNASA`.
fn is_name_with_ending(letters: &[(char, u8)]) -> bool {
    const WITH_PREFIXES: [u8; 3] = [
        UnicodeScript::Arabic as u8,
        UnicodeScript::Ethiopic as u8,
        UnicodeScript::Hebrew as u8,
    ];
    let is_latin = |&(_, id): &(char, u8)| id == LATIN;
    let mut others = letters
        .iter()
        .filter(|letter| !is_latin(letter))
        .map(|&(_, id)| id);
    let Some(other) = others.next() else {
        return false;
    };
    let latin_runs = letters
        .chunk_by(|a, b| a.1 == b.1)
        .filter(|run| run.iter().any(is_latin));
    !ALIKE.contains(&other)
        && others.all(|id| id == other)
        && latin_runs.count() == 1
        && letters
            .iter()
            .any(|&(c, id)| id == LATIN && c.is_uppercase())
        && (letters.first().is_some_and(is_latin) || WITH_PREFIXES.contains(&other))
}

/// A sign made of one or two Greek letters, as in `Δx`, `kΩ`, `TNFα` and `2πr`. Greek capitals that are drawn like
/// Latin ones, and ο, are no signs, nor are Greek letters around a Latin one that is drawn like a Greek one.
fn is_symbol(letters: &[(char, u8)]) -> bool {
    let deceives = |&(c, id): &(char, u8)| match id {
        GREEK => (c.is_uppercase() || c == 'ο') && look_alike(c, GREEK, LATIN).is_some(),
        _ => look_alike(c, LATIN, GREEK).is_some(),
    };
    let of = |script: u8| letters.iter().filter(move |&&(_, id)| id == script);
    let mut runs = letters.chunk_by(|a, b| a.1 == b.1);
    letters.iter().all(|&(_, id)| id == LATIN || id == GREEK)
        && runs.all(|run| run.len() <= 2 || run.iter().all(|&(_, id)| id == LATIN))
        && !of(GREEK).any(deceives)
        && (of(GREEK).count() <= of(LATIN).count() || !of(LATIN).any(deceives))
}

/// The everyday letter of script `main`, in the same case, that a letter of script `id` looks like.
fn look_alike(c: char, id: u8, main: u8) -> Option<char> {
    if id == main || !ALIKE.contains(&id) {
        return None;
    }
    let look: String = skeleton(c.encode_utf8(&mut [0; 4])).collect();
    let mut alike = LOOKS.get(&(main, look))?.iter().copied();
    alike.find(|other| other.is_uppercase() == c.is_uppercase())
}

/// The everyday letters of the scripts that are alike, by script and by their look.
static LOOKS: LazyLock<HashMap<(u8, String), Vec<char>>> = LazyLock::new(|| {
    let mut looks: HashMap<(u8, String), Vec<char>> = HashMap::new();
    for c in
        ('\0'..='\u{ffff}').filter(|&c| ALIKE.contains(&LETTERS.of(c)) && c.identifier_allowed())
    {
        let look = skeleton(c.encode_utf8(&mut [0; 4])).collect();
        looks.entry((LETTERS.of(c), look)).or_default().push(c);
    }
    looks
});

/// Words with a letter outside ASCII.
struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let text = self.text;
        loop {
            let bytes = text.as_bytes().get(self.at..)?;
            let ascii = &bytes[..bytes.iter().position(|byte| !byte.is_ascii())?];
            let first = self.at + ascii.len();
            let in_word = ascii
                .iter()
                .rev()
                .take_while(|byte| byte.is_ascii_alphanumeric())
                .count();
            // What follows a backslash is a TeX command or an escape such as \n.
            let is_command = ascii
                .get(..ascii.len() - in_word)
                .is_some_and(|rest| rest.ends_with(b"\\"));
            let start = if is_command { first } else { first - in_word };
            let rest = &text[first..];
            let length = rest
                .find(|c| script_in_word(c).is_none())
                .unwrap_or(rest.len());
            if length > 0 {
                self.at = first + length;
                return Some(start..self.at);
            }
            self.at = first + rest.chars().next()?.len_utf8();
        }
    }
}

/// The script of a character in a word, `NO_LETTER` for what belongs to words of any script; `None` for what does not
/// stand in words.
fn script_in_word(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric().then_some(if c.is_ascii_digit() {
            NO_LETTER
        } else {
            LATIN
        });
    }
    let id = match LETTERS.of(c) {
        NO_LETTER if is_combining_mark(c) => match c.script() {
            UnicodeScript::Common | UnicodeScript::Inherited => NO_LETTER,
            script => script as u8,
        },
        NO_LETTER if !c.is_alphanumeric() => return None,
        id => id,
    };
    (!is_unspaced(id)).then_some(id)
}

/// Scripts whose words have no spaces between them, and Hangul, which writes its particles behind any word.
fn is_unspaced(id: u8) -> bool {
    const UNSPACED: [u8; 8] = [
        UnicodeScript::Thai as u8,
        UnicodeScript::Lao as u8,
        UnicodeScript::Khmer as u8,
        UnicodeScript::Myanmar as u8,
        UnicodeScript::Tai_Tham as u8,
        UnicodeScript::Tai_Viet as u8,
        UnicodeScript::Tai_Le as u8,
        UnicodeScript::New_Tai_Lue as u8,
    ];
    is_east_asian(id) || UNSPACED.contains(&id)
}

/// The cluster at a place, if it has something in it that nobody sees.
pub(super) fn unseen(text: &str, range: Range<usize>) -> Option<Exotic> {
    let before = |at: usize| text[..at].chars().next_back();
    let after = |at: usize| text[at..].chars().next();
    let cluster = &text[range.clone()];
    let hides = cluster.char_indices().any(|(at, c)| {
        let at = range.start + at;
        is_invisible(c) && !is_needed(c, before(at), after(at + c.len_utf8()), cluster)
    });
    if hides {
        return Some(Exotic::Invisible);
    }
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let is_wide = |c: Option<char>| c.is_some_and(|c| is_east_asian(LETTERS.of(c)));
    let (before, after) = (before(range.start), after(range.end));
    let is_blank = !cluster.is_ascii() && cluster.chars().all(char::is_whitespace);
    // The wide blank is the blank of East Asian text.
    let is_at_home = cluster == "\u{3000}" && (is_wide(before) || is_wide(after));
    (is_blank && is_letter(before) && is_letter(after) && !is_at_home).then_some(Exotic::Blank)
}

/// A cluster without what nobody sees of it and nothing needs; `None` where there is no such thing.
pub fn seen(text: &str, range: Range<usize>) -> Option<String> {
    let cluster = &text[range.clone()];
    if !cluster.chars().any(is_invisible) || unseen(text, range) != Some(Exotic::Invisible) {
        return None;
    }
    Some(cluster.chars().filter(|c| !is_invisible(*c)).collect())
}

/// Whether a letter belongs to a script that puts no blanks between words.
pub fn is_written_without_blanks(c: char) -> bool {
    is_unspaced(LETTERS.of(c))
}

/// Controls but tab and line end, the line separators, what Unicode lists as Default_Ignorable_Code_Point, and the
/// annotation signs and the blank braille pattern.
pub(super) fn is_invisible(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' => {
            true
        }
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' => true,
        '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' => true,
        '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

/// An invisible character that does what it is for.
fn is_needed(c: char, before: Option<char>, after: Option<char>, cluster: &str) -> bool {
    let is = |side: Option<char>, test: fn(char) -> bool| side.is_some_and(test);
    match c {
        // Persian and Indic spelling (RFC 5892 A.1 and A.2, without the joining types).
        '\u{200c}' => {
            is(before, is_letter_or_mark)
                && is(after, is_letter_or_mark)
                && (is(before, joins) || is(after, joins))
        }
        '\u{200d}' => {
            is(before, joins)
                || is(before, |c| is_emoji(c) || c == '\u{fe0f}') && is(after, is_emoji)
        }
        // Where words may part in scripts that do not show it.
        '\u{200b}' => is(before, is_in_unspaced_word) && is(after, is_in_unspaced_word),
        // The look of an emoji, of a keycap, of a Han, Myanmar or Mongolian letter, of a sign in mathematics.
        '\u{fe0e}' | '\u{fe0f}' => {
            is(before, is_emoji) || is(before, |c| c.is_ascii()) && after == Some('\u{20e3}')
        }
        '\u{fe00}'..='\u{fe0d}' | '\u{e0100}'..='\u{e01ef}' => is(before, has_variants),
        '\u{180b}'..='\u{180f}' => is(before, |c| c.script() == UnicodeScript::Mongolian),
        // Flags of regions, such as Scotland's.
        '\u{e0020}'..='\u{e007f}' => {
            cluster.starts_with('\u{1f3f4}') && cluster.ends_with('\u{e007f}')
        }
        // Half a syllable of old Korean.
        '\u{115f}' | '\u{1160}' => cluster.chars().nth(1).is_some(),
        _ => false,
    }
}

fn is_letter_or_mark(c: char) -> bool {
    c.is_alphabetic() || is_combining_mark(c)
}

/// A letter, mark or digit of a script whose words have no spaces between them.
pub(super) fn is_in_unspaced_word(c: char) -> bool {
    (c.is_alphanumeric() || is_combining_mark(c)) && is_unspaced(c.script() as u8)
}

/// A letter or mark of a script whose letters join or stack. Listed are the larger scripts where they do not.
fn joins(c: char) -> bool {
    use UnicodeScript::{
        Armenian, Bopomofo, Common, Cyrillic, Ethiopic, Georgian, Greek, Han, Hangul, Hebrew,
        Hiragana, Inherited, Katakana, Lao, Latin, Thai,
    };
    let scripts = c.script_extension();
    let apart = [
        Latin, Greek, Cyrillic, Hebrew, Armenian, Georgian, Ethiopic, Han, Hiragana, Katakana,
        Hangul, Bopomofo, Thai, Lao, Common, Inherited,
    ];
    is_letter_or_mark(c) && !scripts.iter().any(|script| apart.contains(&script))
}

fn is_emoji(c: char) -> bool {
    !c.is_ascii() && c.is_emoji_char()
}

fn has_variants(c: char) -> bool {
    let script = c.script();
    matches!(
        script,
        UnicodeScript::Han | UnicodeScript::Myanmar | UnicodeScript::Phags_Pa
    ) || script == UnicodeScript::Common
        && !c.is_alphanumeric()
        && !c.is_whitespace()
        && !is_invisible(c)
}

/// The smallest range of whole clusters around a range.
pub(super) fn whole_clusters(text: &str, range: Range<usize>) -> Range<usize> {
    let cursor = |at| GraphemeCursor::new(at, text.len(), true);
    let is_boundary = |at| cursor(at).is_boundary(text, 0).unwrap_or(true);
    let start = if is_boundary(range.start) {
        range.start
    } else {
        cursor(range.start)
            .prev_boundary(text, 0)
            .ok()
            .flatten()
            .unwrap_or(0)
    };
    let end = if is_boundary(range.end) {
        range.end
    } else {
        cursor(range.end)
            .next_boundary(text, 0)
            .ok()
            .flatten()
            .unwrap_or(text.len())
    };
    start..end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_security::MixedScript;

    use super::*;

    fn mixed_words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
        odd_words(text).map(|(word, _)| word)
    }

    /// What is found, as `cluster:kind`.
    fn found(text: &str) -> String {
        let name = |exotic| match exotic {
            Exotic::Invisible => "invisible".to_owned(),
            Exotic::Blank => "blank".to_owned(),
            Exotic::Homoglyph { like } => like.to_string(),
            Exotic::MixedScript => "mixed".to_owned(),
        };
        let show = |c: char| match is_invisible(c) || c.is_whitespace() {
            true => format!("<{:x}>", u32::from(c)),
            false => c.to_string(),
        };
        let found: Vec<String> = exotic(text)
            .into_iter()
            .map(|(range, exotic)| {
                let place: String = text[range].chars().map(show).collect();
                format!("{place}:{}", name(exotic))
            })
            .collect();
        found.join(" ")
    }

    #[test]
    fn letters_that_look_like_those_of_their_word_are_told() {
        for (text, expected) in [
            ("Mоscow", "о:o"),
            ("Kiран", "K:К i:і"),
            ("CО2 и H2О", "О:O О:O"),
            ("https://аpple.com", "а:a"),
            ("Αthens", "Α:A"),
            ("Αθήvα τoν", "v:ν o:ο"),
            ("Іvan", "І:I"),
            ("оpen", "о:o"),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn words_of_scripts_that_do_not_belong_together_are_told() {
        for word in [
            "dharmaधर्म",
            "সর্ব\u{935}",
            "क\u{9bf}ताब",
            "সুরIAN",
            "SIMшка",
            "Daцзін",
            "التوanti",
            "سлово",
            "ωаx",
        ] {
            assert_eq!(found(word), format!("{word}:mixed"), "{word}");
        }
    }

    #[test]
    fn what_no_one_sees_is_told() {
        for (text, expected) in [
            ("Uraya\u{200b}san", "<200b>:invisible"),
            ("Ina\u{ad}ri", "<ad>:invisible"),
            ("\u{feff}Paris", "<feff>:invisible"),
            ("a\u{202e}b\u{202c}", "<202e>:invisible <202c>:invisible"),
            ("שלום\u{200f}!", "<200f>:invisible"),
            ("\u{1b}[31m", "<1b>:invisible"),
            ("a\u{200d}b", "a<200d>:invisible"),
            ("خانه‌ها\u{200c} ", "ا<200c>:invisible"),
            ("a\u{fe0f}", "a<fe0f>:invisible"),
            ("😀\u{fe0f}\u{fe01}", "😀<fe0f><fe01>:invisible"),
            ("😀\u{e0041}\u{e0042}", "😀<e0041><e0042>:invisible"),
            ("ก \u{200b}ข", "<200b>:invisible"),
            ("\u{3164}x", "<3164>:invisible"),
            ("a\u{2028}b", "<2028>:invisible"),
        ] {
            assert_eq!(found(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_blank_that_breaks_a_search_is_told() {
        assert_eq!(
            found("New\u{202f}York, в\u{a0}Москве"),
            "<202f>:blank <a0>:blank"
        );
        assert_eq!(found("Okinawa\u{3000}Naha"), "<3000>:blank");
        // Numbers, units, French punctuation, East Asian text, tabs, indentation.
        for text in [
            "10\u{a0}000\u{202f}km",
            "Quoi\u{202f}?",
            "東京\u{3000}タワー",
            "a\tb\nc\r\nd",
            "\u{a0}\u{a0}x",
        ] {
            assert_eq!(found(text), "", "{text:?}");
        }
    }

    #[test]
    fn the_spelling_of_languages_is_not_exotic() {
        for text in [
            "می‌خواهم خانه‌ها کتـــاب مُحَمَّد pdf‌ها",
            "हिन्दी क्‍ष क्‌ष শ্রী র‍্যাব සර්වධර්ම ශ්‍රී",
            "👨‍👩‍👧 ❤️ 👋🏽 1️⃣ 🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} 🏳️‍🌈 ⌚︎",
            "葛\u{e0100}城市 ᠮᠣᠩᠭᠣᠯ\u{180c}",
            "ភាសា\u{200b}ខ្មែរ ឆ្នាំ\u{200b}១៩៥២ ភាសាไทย",
            "µm μm kΩ Δx 2πr TNFα α-helix sinθ αx+βy ωνt λ",
            "Народна скупштина и Skupština, Санкт-Петербург, SMS-ка, iPhone'ом, XIX-го",
            "IBM-ში, İstanbul'da, NASAის, NASAയുടെ, iPhoneന്റെ, GPT4ना, בNASA, الNASA, በNASAን",
            "NASA는 NASAは NASA的 NASAของ サッカー Москва는 Δx는 ＮＨＫの",
            "भारत ने NASA से AI सीखा। Oʻzbek Hawaiʻi",
            "\\alphaа \\nМосква \\text{दिल्ली} v_ср имя_name $\\frac{а}{b}$ x=да",
            "https://ru.wikipedia.org/wiki/Москва?q=да 3367_ख.txt",
            "plain ASCII, 1 + 1 = 2\n",
        ] {
            assert_eq!(found(text), "", "{text}");
        }
    }

    #[test]
    fn each_kind_is_told_in_a_few_words() {
        let like = Exotic::Homoglyph { like: 'o' };
        assert_eq!(like.to_string(), "looks like o U+006F");
        assert_eq!(Exotic::MixedScript.to_string(), "mixed scripts");
    }

    #[test]
    fn a_mixed_word_is_found_once_and_whole() {
        let text = "Mоscow and Москва, dharmaधर्म.";
        let words: Vec<&str> = mixed_words(text).map(|word| &text[word]).collect();
        assert_eq!(words, ["Mоscow", "dharmaधर्म"]);
        assert_eq!(found("dharma\u{fe0f}धर्म"), "dharma<fe0f>धर्म:mixed");
    }

    #[test]
    fn everything_that_unicode_says_to_ignore_is_invisible() {
        for c in '\0'..=char::MAX {
            let is_ignored = skeleton(c.encode_utf8(&mut [0; 4])).next().is_none();
            assert!(!is_ignored || is_invisible(c), "{:x}", u32::from(c));
        }
    }

    proptest! {
        #[test]
        fn places_are_in_order_and_on_cluster_boundaries(
            text in "([a-cаоМορΔ漢か한กകিय\u{94d}י0_ \n\\\\]|\\PC|[\u{200b}-\u{200f}\u{fe0f}\u{301}\u{a0}\u{600}\u{e33}🏽❤]){0,40}",
        ) {
            let mut bounds: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
            bounds.push(text.len());
            let places = exotic(&text);
            for (range, _) in &places {
                prop_assert!(range.start < range.end);
                prop_assert!(bounds.contains(&range.start) && bounds.contains(&range.end), "{range:?}");
            }
            prop_assert!(places.is_sorted_by(|(a, _), (b, _)| a.end <= b.start));
            for word in mixed_words(&text) {
                prop_assert!(places.iter().any(|(range, _)| word.start < range.end && range.start < word.end));
            }
        }

        #[test]
        fn no_word_is_odd_that_has_one_script_for_uts_39(text in "[a-zà-ÿа-яα-ωअ-हಅ-ಹა-ჰא-תء-يー漢かカ한ㄅ\u{301}\u{94d}µ 0'-]{0,30}") {
            for word in mixed_words(&text) {
                prop_assert!(!text[word].is_single_script());
            }
        }

        #[test]
        fn a_word_of_two_scripts_other_than_latin_is_odd(a in "[ა-ჰ]{1,4}|[अ-ह]{1,4}", b in "[а-я]{1,4}|[א-ת]{1,4}") {
            let word = format!("{a}{b}");
            let whole = 0..word.len();
            prop_assert_eq!(mixed_words(&word).collect::<Vec<_>>(), vec![whole]);
        }
    }
}
