//! What a grapheme cluster consists of, for the reader who wonders.

use std::fmt;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
use unicode_script::{Script as UnicodeScript, UnicodeScript as _};

use super::Script;
use super::exotic::{is_invisible, unseen};

/// One code point of a cluster. Its `Display` is the code and the name: `U+0915 DEVANAGARI LETTER KA`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct CodePoint {
    /// The code point.
    code: char,
    /// Its Unicode name in capitals; of a control its alias, such as `LINE FEED`; in small letters what it is where it
    /// has neither.
    name: String,
    /// Its script; of marks and signs that several scripts share, the script of the letter they stand with.
    script: Script,
}

impl fmt::Display for CodePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U+{:04X} {}", u32::from(self.code), self.name)
    }
}

/// The code points of a cluster, in order.
fn code_points(cluster: &str) -> impl Iterator<Item = CodePoint> + '_ {
    let is_own = |script: &UnicodeScript| {
        !matches!(script, UnicodeScript::Common | UnicodeScript::Inherited)
    };
    let base = cluster.chars().map(|c| c.script()).find(is_own);
    cluster.chars().map(move |code| {
        let script = Script::from(script_with(code, base));
        CodePoint {
            code,
            name: name(code, script),
            script,
        }
    })
}

/// A cluster and what it consists of, on one line: `कि  U+0915 DEVANAGARI LETTER KA · U+093F DEVANAGARI VOWEL SIGN I ·
/// Deva`. Characters that cannot be seen stand there by their code only, so the line is safe to show. Of a cluster of
/// very many code points the first are told.
pub fn describe(cluster: &str) -> String {
    const TOLD: usize = 8;
    let hides = unseen(cluster, 0..cluster.len()).is_some();
    let is_seen = |c: &char| !(c.is_whitespace() || hides && is_invisible(*c));
    let mut line: String = cluster.chars().filter(is_seen).take(2 * TOLD).collect();
    let mut scripts: Vec<Script> = Vec::new();
    for (nth, point) in code_points(cluster).take(TOLD).enumerate() {
        let gap = match nth {
            0 if line.is_empty() => "",
            0 => "  ",
            _ => " · ",
        };
        line += &format!("{gap}{point}");
        if !scripts.contains(&point.script) {
            scripts.push(point.script);
        }
    }
    let untold = cluster.chars().count().saturating_sub(TOLD);
    if untold > 0 {
        line += &format!(" · {untold} more");
    }
    for script in scripts {
        line += &format!(" · {script}");
    }
    line
}

/// The script of a character next to a letter of script `base` (UAX #24, 5.1).
fn script_with(c: char, base: Option<UnicodeScript>) -> UnicodeScript {
    let scripts = c.script_extension();
    match (c.script(), base) {
        (UnicodeScript::Common, _) if scripts.is_common() => UnicodeScript::Common,
        (UnicodeScript::Common | UnicodeScript::Inherited, Some(base))
            if scripts.contains_script(base) =>
        {
            base
        }
        (UnicodeScript::Common | UnicodeScript::Inherited, _) => UnicodeScript::Common,
        (own, _) => own,
    }
}

fn name(c: char, script: Script) -> String {
    if let Some(name) = unicode_names2::name(c) {
        return name.to_string();
    }
    match c.general_category() {
        GeneralCategory::Control => control(c).to_owned(),
        GeneralCategory::PrivateUse => "private use".to_owned(),
        GeneralCategory::Unassigned if is_noncharacter(c) => "noncharacter".to_owned(),
        GeneralCategory::Unassigned => "unassigned".to_owned(),
        // Tangut, and what is newer than the names.
        _ => format!("{} character", script.name()),
    }
}

/// Two at the end of each plane, and 32 among the Arabic presentation forms (Unicode, 23.7).
fn is_noncharacter(c: char) -> bool {
    u32::from(c) & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&c)
}

/// The alias of a control character (NameAliases.txt, the first of kind control).
fn control(c: char) -> &'static str {
    let at = match u32::from(c) {
        code @ 0..0x20 => code,
        code => code.saturating_sub(0x5f),
    };
    CONTROLS.get(at as usize).copied().unwrap_or("control")
}

/// C0, delete, C1.
const CONTROLS: [&str; 65] = [
    "NULL",
    "START OF HEADING",
    "START OF TEXT",
    "END OF TEXT",
    "END OF TRANSMISSION",
    "ENQUIRY",
    "ACKNOWLEDGE",
    "ALERT",
    "BACKSPACE",
    "CHARACTER TABULATION",
    "LINE FEED",
    "LINE TABULATION",
    "FORM FEED",
    "CARRIAGE RETURN",
    "SHIFT OUT",
    "SHIFT IN",
    "DATA LINK ESCAPE",
    "DEVICE CONTROL ONE",
    "DEVICE CONTROL TWO",
    "DEVICE CONTROL THREE",
    "DEVICE CONTROL FOUR",
    "NEGATIVE ACKNOWLEDGE",
    "SYNCHRONOUS IDLE",
    "END OF TRANSMISSION BLOCK",
    "CANCEL",
    "END OF MEDIUM",
    "SUBSTITUTE",
    "ESCAPE",
    "INFORMATION SEPARATOR FOUR",
    "INFORMATION SEPARATOR THREE",
    "INFORMATION SEPARATOR TWO",
    "INFORMATION SEPARATOR ONE",
    "DELETE",
    "PADDING CHARACTER",
    "HIGH OCTET PRESET",
    "BREAK PERMITTED HERE",
    "NO BREAK HERE",
    "INDEX",
    "NEXT LINE",
    "START OF SELECTED AREA",
    "END OF SELECTED AREA",
    "CHARACTER TABULATION SET",
    "CHARACTER TABULATION WITH JUSTIFICATION",
    "LINE TABULATION SET",
    "PARTIAL LINE FORWARD",
    "PARTIAL LINE BACKWARD",
    "REVERSE LINE FEED",
    "SINGLE SHIFT TWO",
    "SINGLE SHIFT THREE",
    "DEVICE CONTROL STRING",
    "PRIVATE USE ONE",
    "PRIVATE USE TWO",
    "SET TRANSMIT STATE",
    "CANCEL CHARACTER",
    "MESSAGE WAITING",
    "START OF GUARDED AREA",
    "END OF GUARDED AREA",
    "START OF STRING",
    "SINGLE GRAPHIC CHARACTER INTRODUCER",
    "SINGLE CHARACTER INTRODUCER",
    "CONTROL SEQUENCE INTRODUCER",
    "STRING TERMINATOR",
    "OPERATING SYSTEM COMMAND",
    "PRIVACY MESSAGE",
    "APPLICATION PROGRAM COMMAND",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cluster_is_told_on_one_line() {
        for (cluster, expected) in [
            ("a", "a  U+0061 LATIN SMALL LETTER A · Latn"),
            (
                "कि",
                "कि  U+0915 DEVANAGARI LETTER KA · U+093F DEVANAGARI VOWEL SIGN I · Deva",
            ),
            (
                "e\u{301}",
                "e\u{301}  U+0065 LATIN SMALL LETTER E · U+0301 COMBINING ACUTE ACCENT · Latn",
            ),
            ("漢", "漢  U+6F22 CJK UNIFIED IDEOGRAPH-6F22 · Hani"),
            ("한", "한  U+D55C HANGUL SYLLABLE HAN · Hang"),
            ("1", "1  U+0031 DIGIT ONE · Zyyy"),
            ("", ""),
        ] {
            assert_eq!(describe(cluster), expected);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_told_by_code_only() {
        assert_eq!(describe("\u{1b}"), "U+001B ESCAPE · Zyyy");
        assert_eq!(
            describe("\r\n"),
            "U+000D CARRIAGE RETURN · U+000A LINE FEED · Zyyy"
        );
        assert_eq!(describe("\u{202e}"), "U+202E RIGHT-TO-LEFT OVERRIDE · Zyyy");
        assert_eq!(describe("\u{a0}"), "U+00A0 NO-BREAK SPACE · Zyyy");
        assert_eq!(
            describe("a\u{200d}"),
            "a  U+0061 LATIN SMALL LETTER A · U+200D ZERO WIDTH JOINER · Latn"
        );
    }

    #[test]
    fn an_emoji_sequence_is_shown_whole() {
        let family = describe("👨\u{200d}👧");
        assert!(
            family.starts_with("👨\u{200d}👧  U+1F468 MAN · U+200D"),
            "{family}"
        );
    }

    #[test]
    fn signs_take_the_script_of_their_letter() {
        let scripts = |cluster: &str| -> Vec<String> {
            code_points(cluster)
                .map(|point| point.script.to_string())
                .collect()
        };
        assert_eq!(scripts("ب\u{64e}"), ["Arab", "Arab"]);
        assert_eq!(scripts("か\u{3099}"), ["Hira", "Hira"]);
        assert_eq!(scripts("क\u{200d}"), ["Deva", "Deva"]);
        for alone in ["ー", "\u{301}", "1", "!"] {
            assert_eq!(scripts(alone), ["Zyyy"]);
        }
    }

    #[test]
    fn what_has_no_name_is_told_what_it_is() {
        let name = |c: &str| code_points(c).map(|point| point.name).collect::<String>();
        assert_eq!(name("\u{e000}"), "private use");
        assert_eq!(name("\u{fffe}"), "noncharacter");
        assert_eq!(name("\u{378}"), "unassigned");
        assert_eq!(name("\u{17000}"), "Tangut character");
        assert_eq!(
            name("\u{7f}\u{80}\u{9f}"),
            "DELETEPADDING CHARACTERAPPLICATION PROGRAM COMMAND"
        );
    }

    #[test]
    fn a_cluster_of_very_many_code_points_is_cut() {
        let line = describe(&format!("a{}", "\u{301}".repeat(1000)));
        assert!(
            line.ends_with(" · 993 more · Latn") && line.len() < 400,
            "{line}"
        );
    }

    proptest! {
        #[test]
        fn a_line_has_no_control_and_every_code(cluster in "\\PC{0,6}|[\0-\u{20}\u{7f}-\u{a0}\u{200b}-\u{202e}]{0,6}") {
            let line = describe(&cluster);
            prop_assert!(!line.chars().any(char::is_control));
            for point in code_points(&cluster) {
                let code = format!("U+{:04X}", u32::from(point.code));
                prop_assert!(line.contains(&code));
                prop_assert!(!point.name.is_empty());
            }
        }
    }
}
