//! Romanisation, and the key by which a name is found across scripts.
//!
//! uroman reads every script and gives Indic letters their inherent vowels, but takes some 20 µs a word, so words are
//! remembered. It knows no language: kanji come out as Mandarin, and Arabic and Hebrew without the vowels they do not
//! write.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};

use unicode_normalization::char::is_combining_mark;
use uroman::{Uroman, rom_format};

/// How many words are remembered before the cache starts anew, and up to which length in bytes: together 10 MB at most.
/// What is longer is a clause in a script without spaces, and seldom comes twice.
const REMEMBERED: usize = 50_000;
const REMEMBERED_LENGTH: usize = 64;

/// Han that uroman would turn into digits, 萬寶路 into 10000baolu, by their readings.
const NUMERALS: [(char, &str); 20] = [
    ('零', "ling"),
    ('〇', "ling"),
    ('一', "yi"),
    ('二', "er"),
    ('两', "liang"),
    ('兩', "liang"),
    ('三', "san"),
    ('四', "si"),
    ('五', "wu"),
    ('六', "liu"),
    ('七', "qi"),
    ('八', "ba"),
    ('九', "jiu"),
    ('十', "shi"),
    ('百', "bai"),
    ('千', "qian"),
    ('万', "wan"),
    ('萬', "wan"),
    ('亿', "yi"),
    ('億', "yi"),
];

/// Where uroman's spelling is not the usual one, in order: Hangul ㅊ, Georgian ქ and ხ.
const REPAIRS: [(RangeInclusive<char>, &str, &str); 3] = [
    ('가'..='힣', "c", "ch"),
    ('ა'..='ჿ', "kh", "k"),
    ('ა'..='ჿ', "x", "kh"),
];

/// A run of letters longer than this many bytes is romanised in parts.
const LONGEST: usize = 512;

/// Latin letters for any script. Remembers the words it has seen, so keep one per thread.
#[derive(Debug, Default)]
pub struct Romaniser {
    uroman: Uroman,
    words: HashMap<Box<str>, Box<str>>,
}

impl Romaniser {
    /// A romaniser that remembers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The text with every word in Latin letters. Case is kept, and so is everything between words; ASCII comes back as
    /// it is.
    pub fn romanise(&mut self, text: &str) -> String {
        let mut romanised = String::with_capacity(text.len());
        self.words(text, |_, word| romanised.push_str(word));
        romanised
    }

    /// The same word by word, with the bytes that each is from. What stands between words is told like a word.
    pub fn words(&mut self, text: &str, mut tell: impl FnMut(Range<usize>, &str)) {
        let mut start = 0;
        while let Some(first) = text[start..].chars().next() {
            let is_between = separates(first);
            let end = text[start..]
                .find(|c| separates(c) != is_between)
                .map_or(text.len(), |length| start + length);
            // What is longer is no word, and its cost grows with the square of its length.
            let end = end.min(text.floor_char_boundary(start + LONGEST));
            let run = &text[start..end];
            if run.is_ascii() {
                tell(start..end, run);
            } else {
                tell(start..end, &self.word(run));
            }
            start = end;
        }
    }

    /// The key for cross-script search: each word as the skeleton of its consonants, one space between words. Sounds
    /// that scripts do not tell apart are one letter, so `sarwadharma`, `सर्वधर्म`, `Сарвадхарма` and `サルワダルマ` share
    /// the key `srptrm`. It finds candidates and proves nothing: `parader` is not far from `brother`.
    pub fn search_key(&mut self, text: &str) -> String {
        let romanised = self.romanise(text).to_ascii_lowercase();
        let words = romanised.split(|c: char| !(c.is_ascii_alphanumeric() || is_apostrophe(c)));
        words
            .filter(|word| !word.is_empty())
            .map(skeleton)
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn word(&mut self, word: &str) -> Cow<'_, str> {
        if word.len() > REMEMBERED_LENGTH {
            return Cow::Owned(self.spell(word));
        }
        if !self.words.contains_key(word) {
            if self.words.len() >= REMEMBERED {
                self.words.clear();
            }
            self.words.insert(word.into(), self.spell(word).into());
        }
        Cow::Borrowed(self.words.get(word).map_or("", |romanised| romanised))
    }

    fn spell(&self, word: &str) -> String {
        let reading = |c: char| {
            NUMERALS
                .iter()
                .find(|(numeral, _)| *numeral == c)
                .map(|(_, reading)| *reading)
        };
        let mut word = Cow::Borrowed(word);
        if word.chars().any(|c| reading(c).is_some()) {
            let letters = word
                .chars()
                .map(|c| reading(c).map_or_else(|| c.to_string(), str::to_owned));
            word = Cow::Owned(letters.collect());
        }
        let mut romanised = self
            .uroman
            .romanize_string::<rom_format::Str>(&word, None)
            .to_string();
        for (letters, spelling, usual) in REPAIRS {
            if word.chars().any(|c| letters.contains(&c)) {
                romanised = romanised.replace(spelling, usual);
            }
        }
        romanised
    }
}

/// What stands between words. Marks and the zero-width non-joiner belong to words, and so do apostrophes.
fn separates(c: char) -> bool {
    !(c.is_alphanumeric() || is_combining_mark(c) || is_apostrophe(c) || c == '\u{200c}')
}

/// Apostrophes, and the Hebrew geresh and gershayim.
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '’' | 'ʼ' | 'ʻ' | '׳' | '״')
}

/// Spellings of one sound, longest first; the first that fits is taken. Vowels and `h` vanish, as scripts write, omit
/// or insert them freely. Merged are: voiced, voiceless and aspirated stops (Hangul, Tamil, Arabic), `b f p v w`, `l
/// r` (kana), and the sibilants with their affricates.
const SOUNDS: [(&str, &str); 35] = [
    ("dkh", "t"),
    ("tkh", "t"),
    ("bkh", "p"),
    ("gkh", "k"),
    ("kh", ""),
    ("tsch", "s"),
    ("sch", "s"),
    ("tch", "s"),
    ("dzh", "s"),
    ("sh", "s"),
    ("ch", "s"),
    ("zh", "s"),
    ("dj", "s"),
    ("dz", "s"),
    ("ts", "s"),
    ("tz", "s"),
    ("ce", "s"),
    ("ci", "s"),
    ("cy", "s"),
    ("x", "ks"),
    ("b", "p"),
    ("f", "p"),
    ("p", "p"),
    ("v", "p"),
    ("w", "p"),
    ("d", "t"),
    ("t", "t"),
    ("c", "k"),
    ("g", "k"),
    ("k", "k"),
    ("q", "k"),
    ("j", "s"),
    ("z", "s"),
    ("s", "s"),
    ("l", "r"),
];

/// The skeleton of one romanised word.
fn skeleton(word: &str) -> String {
    let mut key = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let sound = SOUNDS
            .iter()
            .find(|(spelling, _)| rest.starts_with(spelling));
        let (length, sound) = match (sound, first) {
            // "Lawson" and "Bredow" have no w to hear, and "Xavier" no k.
            (_, 'w') if !rest[1..].starts_with(is_vowel) => (1, ""),
            (_, 'x') if key.is_empty() => (1, "s"),
            (Some((spelling, sound)), _) => (spelling.len(), *sound),
            (None, vowel) if is_vowel(vowel) || vowel == 'h' => {
                (1, if key.is_empty() { "a" } else { "" })
            }
            (None, apostrophe) if is_apostrophe(apostrophe) => (apostrophe.len_utf8(), ""),
            (None, other) => (other.len_utf8(), &rest[..other.len_utf8()]),
        };
        // Geminates, and stops before their affricates, are one sound.
        if !key.ends_with(sound) || first.is_ascii_digit() {
            key.push_str(sound);
        }
        rest = &rest[length..];
    }
    key
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_script_comes_out_in_latin_letters() {
        let mut romaniser = Romaniser::new();
        for (text, expected) in [
            ("", ""),
            ("as it is: 3.5 % – ok", "as it is: 3.5 % – ok"),
            ("Łódź, Việt Nam", "Lodz, Viet Nam"),
            ("Москва и Санкт-Петербург", "Moskva i Sankt-Peterburg"),
            ("दिल्ली, ५", "dillii, 5"),
            ("서울 차", "seoul cha"),
            ("ქუთაისი ხაჩაპური", "kutaisi khachapuri"),
            ("東京タワー", "dongjingtawaa"),
            ("三星 萬寶路", "sanxing wanbaolu"),
        ] {
            assert_eq!(romaniser.romanise(text), expected, "{text}");
        }
    }

    #[test]
    fn a_name_has_one_key_in_many_scripts() {
        let mut romaniser = Romaniser::new();
        for names in [
            "sarwadharma सर्वधर्म サルワダルマ Сарвадхарма 사르와다르마",
            "Moscow Москва モスクワ",
            "Tolstoy Толстой Τολστόι טולסטוי",
            "Athena Αθήνα",
            "Papadopoulos Παπαδόπουλος Пападопулос",
            "Netanyahu נתניהו",
            "Baghdad بغداد Багдад",
            "Muhammad محمد मुहम्मद Мухаммад",
            "Nehru नेहरू Неру ネルー",
            "Bangkok バンコク Бангкок",
            "Sukhothai สุโขทัย",
            "Nakamura なかむら ナカムラ Накамура 나카무라",
            "Gangnam 강남",
            "Beijing 北京",
            "Tbilisi თბილისი Тбилиси トビリシ",
            "Khachaturian Խաչատուրյան Хачатурян",
        ] {
            let names: Vec<&str> = names.split(' ').collect();
            let key = romaniser.search_key(names[0]);
            for name in names {
                let found = romaniser.search_key(name);
                assert!(is_subsequence(&key, &found), "{key} of {name}: {found}");
            }
        }
    }

    #[test]
    fn keys_of_different_names_differ() {
        let mut romaniser = Romaniser::new();
        let names = [
            "Moscow",
            "Tolstoy",
            "Baghdad",
            "Nehru",
            "Nakamura",
            "Tbilisi",
            "Beijing",
            "Gangnam",
            "Sukhothai",
        ];
        let keys: std::collections::BTreeSet<String> = names
            .iter()
            .map(|name| romaniser.search_key(name))
            .collect();
        assert_eq!(keys.len(), names.len(), "{keys:?}");
    }

    #[test]
    fn a_key_keeps_words_and_numbers_apart() {
        let mut romaniser = Romaniser::new();
        assert_eq!(
            romaniser.search_key("  Eiffel Tower, 1889!"),
            "apr tpr 1889"
        );
        assert_eq!(romaniser.search_key("…"), "");
    }

    #[test]
    fn the_cache_is_bounded_and_changes_nothing() {
        let mut romaniser = Romaniser::new();
        let first = romaniser.romanise("Москва");
        for number in 0..REMEMBERED + 10 {
            romaniser.words.insert(number.to_string().into(), "".into());
        }
        assert_eq!(romaniser.romanise("Москва"), first);
        romaniser.romanise("Киев");
        assert!(romaniser.words.len() <= REMEMBERED);
        romaniser.romanise(&"и".repeat(100));
        assert!(
            romaniser
                .words
                .keys()
                .all(|word| word.len() <= REMEMBERED_LENGTH)
        );
    }

    fn is_subsequence(needle: &str, text: &str) -> bool {
        let mut letters = text.chars();
        needle
            .chars()
            .all(|wanted| letters.any(|letter| letter == wanted))
    }
}
