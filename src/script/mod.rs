//! Scripts, languages, families, romanisation. This room knows Unicode and nothing else.
//!
//! "Script" is a writing system (ISO 15924). Here stand the two nouns, [`Script`] and [`Locale`], and the rule that
//! says whether two scripts are the same one.

mod codepoint;
mod digit;
mod exotic;
mod languages;
mod profile;
mod romanise;
mod steps;

pub use codepoint::describe;
pub use digit::digit;
pub use exotic::{Exotic, exotic, is_written_without_blanks, seen};
pub use languages::{Found, default_script, english_name, family, from_path, guess, parse};
pub use profile::Profile;
pub use romanise::Romaniser;
pub use steps::{Steps, steps};

use std::fmt;

use serde::{Deserialize, Serialize};

/// A writing system: an ISO 15924 code, including the composites `Jpan`, `Kore`, `Hans`, `Hant`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Script([u8; 4]);

/// Codes of ISO 15924 that name several Unicode scripts together or one kind of Han, with what to call them.
const COMPOSITES: [(Script, &str); 5] = [
    (Script::HANB, "Han with Bopomofo"),
    (Script::HANS, "Han (simplified)"),
    (Script::HANT, "Han (traditional)"),
    (Script::JPAN, "Japanese"),
    (Script::KORE, "Korean"),
];

/// Scripts whose letters have Bidi_Class R or AL.
const RIGHT_TO_LEFT: &str = "Adlm Arab Armi Avst Chrs Cprt Elym Gara Hatr Hebr Hung Khar Lydi Mand Mani Mend Merc Mero \
    Narb Nbat Nkoo Orkh Ougr Palm Phli Phlp Phnx Prti Rohg Samr Sarb Sidt Sogd Sogo Syrc Thaa Yezi";

impl Script {
    /// Arabic.
    pub const ARAB: Script = Script(*b"Arab");
    /// Bopomofo.
    pub const BOPO: Script = Script(*b"Bopo");
    /// Cyrillic.
    pub const CYRL: Script = Script(*b"Cyrl");
    /// Devanagari.
    pub const DEVA: Script = Script(*b"Deva");
    /// Greek.
    pub const GREK: Script = Script(*b"Grek");
    /// Han with Bopomofo.
    pub const HANB: Script = Script(*b"Hanb");
    /// Hangul without Han; Korean text is [`Script::KORE`].
    pub const HANG: Script = Script(*b"Hang");
    /// Han of which nothing says whether it is simplified or traditional.
    pub const HANI: Script = Script(*b"Hani");
    /// Simplified Han.
    pub const HANS: Script = Script(*b"Hans");
    /// Traditional Han.
    pub const HANT: Script = Script(*b"Hant");
    /// Hebrew.
    pub const HEBR: Script = Script(*b"Hebr");
    /// Hiragana alone; Japanese text is [`Script::JPAN`].
    pub const HIRA: Script = Script(*b"Hira");
    /// Both kana.
    pub const HRKT: Script = Script(*b"Hrkt");
    /// Japanese: Han and kana.
    pub const JPAN: Script = Script(*b"Jpan");
    /// Katakana alone; Japanese text is [`Script::JPAN`].
    pub const KANA: Script = Script(*b"Kana");
    /// Korean: Hangul and Han.
    pub const KORE: Script = Script(*b"Kore");
    /// Latin.
    pub const LATN: Script = Script(*b"Latn");
    /// Thai.
    pub const THAI: Script = Script(*b"Thai");
    /// No script: a text without letters.
    pub const ZYYY: Script = Script(*b"Zyyy");

    /// The script with this code, in any case; `None` where no such code exists.
    pub fn parse(code: &str) -> Option<Script> {
        let mut bytes: [u8; 4] = code.as_bytes().try_into().ok()?;
        bytes.make_ascii_lowercase();
        bytes[0].make_ascii_uppercase();
        let script = Script(bytes);
        let exists = script.is_composite()
            || unicode_script::Script::from_short_name(script.as_str()).is_some();
        exists.then_some(script)
    }

    /// The code: `Deva`.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The name: `Devanagari`.
    pub fn name(self) -> String {
        if let Some((_, name)) = COMPOSITES.iter().find(|(script, _)| *script == self) {
            return (*name).to_owned();
        }
        let known = unicode_script::Script::from_short_name(self.as_str());
        known.map_or_else(
            || self.to_string(),
            |script| script.full_name().replace('_', " "),
        )
    }

    /// Written from right to left.
    pub fn is_rtl(self) -> bool {
        RIGHT_TO_LEFT.split(' ').any(|code| code == self.as_str())
    }

    fn is_composite(self) -> bool {
        COMPOSITES.iter().any(|(script, _)| *script == self)
    }

    /// The script as a reader counts it: parts and kinds of a composite are that composite.
    fn household(self) -> Script {
        match self {
            Script::HANS | Script::HANT | Script::HANB | Script::BOPO => Script::HANI,
            Script::HIRA | Script::KANA | Script::HRKT => Script::JPAN,
            Script::HANG => Script::KORE,
            other => other,
        }
    }
}

impl From<unicode_script::Script> for Script {
    fn from(script: unicode_script::Script) -> Self {
        Script(script.as_iso15924_tag().to_be_bytes())
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Script {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        Script::parse(&code)
            .ok_or_else(|| format!("{code:?} is no ISO 15924 script code, such as Latn or Deva"))
    }
}

impl From<Script> for String {
    fn from(script: Script) -> Self {
        script.to_string()
    }
}

/// A language and the script it is written in: `he-Hebr`, `zh-Hant`, `und-Latn`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Locale {
    /// BCP 47 primary language, lower case; `und` where it is not known.
    pub language: String,
    /// The script.
    pub script: Script,
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}-{}", self.language, self.script))
    }
}

impl TryFrom<String> for Locale {
    type Error = String;

    fn try_from(tag: String) -> Result<Self, String> {
        parse(&tag).ok_or_else(|| {
            format!("{tag:?} names no language known here; a BCP 47 tag with its script always works, such as he-Hebr")
        })
    }
}

impl From<Locale> for String {
    fn from(locale: Locale) -> Self {
        locale.to_string()
    }
}

/// How much the Han in Japanese counts when Japanese is set against Chinese.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HanMatch {
    /// Two scripts.
    None,
    /// Neither same nor cross; shown as such.
    #[default]
    Partial,
    /// One script.
    Full,
}

impl HanMatch {
    /// Every setting, in the order in which a key cycles them.
    pub const ALL: [HanMatch; 3] = [HanMatch::None, HanMatch::Partial, HanMatch::Full];

    /// The word used on screen and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            HanMatch::None => "none",
            HanMatch::Partial => "partial",
            HanMatch::Full => "full",
        }
    }
}

/// What the scripts of a source and a target are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ScriptRelation {
    /// One script.
    #[serde(rename = "same-script")]
    Same,
    /// Two scripts.
    #[serde(rename = "cross-script")]
    Cross,
    /// Japanese and Chinese, which share Han.
    #[serde(rename = "partial")]
    Partial,
}

impl ScriptRelation {
    /// The word used in filters, columns and on screen.
    pub fn word(self) -> &'static str {
        match self {
            ScriptRelation::Same => "same-script",
            ScriptRelation::Cross => "cross-script",
            ScriptRelation::Partial => "partial",
        }
    }
}

/// Whether a source and a target script are the same: `Hans` and `Hant` are, `Kore` and `Hang` are, `Kore` and `Hani`
/// are not; `Jpan` and `Hani` are what `han` says.
pub fn match_of(source: Script, target: Script, han: HanMatch) -> ScriptRelation {
    let (source, target) = (source.household(), target.household());
    if source == target {
        return ScriptRelation::Same;
    }
    let shares_han = [source, target] == [Script::JPAN, Script::HANI]
        || [source, target] == [Script::HANI, Script::JPAN];
    match han {
        HanMatch::Partial if shares_han => ScriptRelation::Partial,
        HanMatch::Full if shares_han => ScriptRelation::Same,
        _ => ScriptRelation::Cross,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_codes_that_exist_are_scripts() {
        for code in [
            "Latn", "latn", "DEVA", "jpan", "Kore", "Hans", "Hant", "Hanb", "Lana", "Zyyy",
        ] {
            assert!(Script::parse(code).is_some(), "{code}");
        }
        for word in ["", "Lat", "Latin", "test", "full", "Eval", "éé", "данн"] {
            assert_eq!(Script::parse(word), None, "{word}");
        }
    }

    #[test]
    fn a_script_has_a_name_and_a_direction() {
        assert_eq!(Script::DEVA.name(), "Devanagari");
        assert_eq!(Script::parse("Lana").unwrap().name(), "Tai Tham");
        assert_eq!(Script::JPAN.name(), "Japanese");
        assert!(Script::HEBR.is_rtl() && Script::ARAB.is_rtl() && !Script::DEVA.is_rtl());
        for code in RIGHT_TO_LEFT.split(' ') {
            assert!(Script::parse(code).is_some(), "{code}");
        }
    }

    #[test]
    fn scripts_and_locales_are_strings_in_json() {
        let locale: Locale = serde_json::from_str("\"zh_TW\"").unwrap();
        assert_eq!(serde_json::to_string(&locale).unwrap(), "\"zh-Hant\"");
        assert_eq!(
            serde_json::from_str::<Script>("\"cyrl\"").unwrap(),
            Script::CYRL
        );
        let error = serde_json::from_str::<Locale>("\"klingonese\"")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("klingonese") && error.contains("he-Hebr"),
            "{error}"
        );
    }

    #[test]
    fn kinds_of_han_are_one_script_and_japanese_is_a_switch() {
        use ScriptRelation::{Cross, Partial, Same};
        let of = |a: &str, b: &str, han| {
            match_of(Script::parse(a).unwrap(), Script::parse(b).unwrap(), han)
        };
        for (a, b, none, partial, full) in [
            ("Latn", "Latn", Same, Same, Same),
            ("Latn", "Cyrl", Cross, Cross, Cross),
            ("Hans", "Hant", Same, Same, Same),
            ("Hang", "Kore", Same, Same, Same),
            ("Kana", "Jpan", Same, Same, Same),
            ("Kore", "Hani", Cross, Cross, Cross),
            ("Jpan", "Kore", Cross, Cross, Cross),
            ("Jpan", "Hani", Cross, Partial, Same),
            ("Hant", "Jpan", Cross, Partial, Same),
        ] {
            assert_eq!(of(a, b, HanMatch::None), none, "{a} {b}");
            assert_eq!(of(a, b, HanMatch::Partial), partial, "{a} {b}");
            assert_eq!(of(a, b, HanMatch::Full), full, "{a} {b}");
        }
    }
}
