//! How many cells terminals give to a grapheme cluster. Most add up the letters; they differ in what else counts.

use icu_properties::CodePointMapData;
use icu_properties::props::EastAsianWidth;
use serde::{Deserialize, Serialize};
use unicode_properties::{GeneralCategory, UnicodeEmoji, UnicodeGeneralCategory};
use unicode_width::UnicodeWidthChar;

/// What a terminal counts in a grapheme cluster, beyond its letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Widths {
    /// Spacing marks (general category Mc) have a cell: the vowel of कि.
    spacing: bool,
    /// So do those that Unicode counts as extending (Grapheme_Extend): the vowel of বা.
    extending: bool,
    /// Halfwidth (han)dakuten have a cell: ｶﾞ.
    sound: bool,
    /// Vowels and final consonants of decomposed Korean syllables have a cell.
    jamo: bool,
    /// Khmer consonants below another one have a cell.
    subscripts: bool,
    /// Controls that cannot be seen have a cell, the joiner and those of direction among them.
    controls: bool,
    /// What keeps its cells after a zero width joiner.
    joiner: Joiner,
    /// A skin tone behind an emoji keeps its cells.
    tones: bool,
    /// U+FE0F makes a narrow emoji wide: ❤️.
    emoji: bool,
    /// U+FE0E makes a wide emoji narrow: ⌚︎.
    text: bool,
    /// Letters and signs that East Asian fonts have wide (East_Asian_Width A, UAX #11) have two cells: Cyrillic, borders.
    ambiguous: bool,
    /// The most that a cluster of narrow letters gets.
    cap: Option<u16>,
}

/// What keeps its cells after a zero width joiner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Joiner {
    /// Everything: a family is as wide as its members.
    All,
    /// Everything but emoji: a family is one emoji.
    Letters,
    /// Nothing.
    None,
}

/// A code point as terminals look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// So many cells everywhere, unless it is a spacing mark.
    Letter(u16),
    /// No cell anywhere.
    Mark,
    Extending,
    Sound,
    Jamo,
    Control,
    Tone,
    /// The Khmer sign that puts the next consonant below.
    Coeng,
    /// U+FE0F.
    Emoji,
    /// U+FE0E.
    Text,
}

fn kind(c: char) -> Kind {
    match c {
        '\u{20}'..='\u{7e}' => Kind::Letter(1),
        '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7ff}' => Kind::Jamo,
        '\u{17d2}' => Kind::Coeng,
        '\u{fe0e}' => Kind::Text,
        '\u{fe0f}' => Kind::Emoji,
        '\u{ff9e}' | '\u{ff9f}' => Kind::Sound,
        '\u{1f3fb}'..='\u{1f3ff}' => Kind::Tone,
        _ => match c.width().unwrap_or(0) {
            0 => hidden(c),
            width => Kind::Letter(width as u16),
        },
    }
}

/// What has no cell of its own in Unicode. The lists spare a look into a large table for each mark of an Indic text.
fn hidden(c: char) -> Kind {
    match c {
        '\u{9be}' | '\u{9d7}' | '\u{b3e}' | '\u{b57}' | '\u{bbe}' | '\u{bd7}' | '\u{cc0}'
        | '\u{cc2}' | '\u{cc7}' | '\u{cc8}' | '\u{cca}' | '\u{ccb}' | '\u{cd5}' | '\u{cd6}'
        | '\u{d3e}' | '\u{d57}' | '\u{dcf}' | '\u{ddf}' | '\u{1715}' | '\u{1734}' | '\u{1b35}'
        | '\u{1b3b}' | '\u{1b3d}' | '\u{1b43}' | '\u{1b44}' | '\u{1baa}' | '\u{1bf2}'
        | '\u{1bf3}' | '\u{302e}' | '\u{302f}' | '\u{a953}' | '\u{a9c0}' => Kind::Extending,
        '\u{ad}'
        | '\u{605}'
        | '\u{61c}'
        | '\u{70f}'
        | '\u{890}'
        | '\u{891}'
        | '\u{8e2}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => Kind::Control,
        '\u{10000}'.. => match c.general_category() {
            GeneralCategory::SpacingMark => Kind::Extending,
            GeneralCategory::Format => Kind::Control,
            _ => Kind::Mark,
        },
        _ => Kind::Mark,
    }
}

/// Whether East Asian fonts may have this wide. unicode-width leaves out the letters among them.
fn is_ambiguous(c: char) -> bool {
    CodePointMapData::<EastAsianWidth>::new().get(c) == EastAsianWidth::Ambiguous
}

/// Whether this is a spacing mark. U+0903 is the first there is.
fn is_spacing(c: char) -> bool {
    c >= '\u{903}' && c.general_category() == GeneralCategory::SpacingMark
}

/// Whether this is a single letter that every terminal gives the same cells. Emoji are not: each Unicode version adds
/// some.
pub fn agreed(cluster: &str) -> bool {
    let mut letters = cluster.chars();
    let (Some(c), None) = (letters.next(), letters.next()) else {
        return false;
    };
    let letter = || matches!(kind(c), Kind::Letter(1 | 2)) && !is_spacing(c);
    c < '\u{300}' || c < '\u{1f000}' && letter()
}

impl Widths {
    /// Everything counts: VTE and xterm.
    pub const SUM: Widths = Widths {
        spacing: true,
        extending: true,
        sound: true,
        jamo: false,
        subscripts: true,
        controls: false,
        joiner: Joiner::All,
        tones: true,
        emoji: false,
        text: false,
        ambiguous: false,
        cap: None,
    };

    /// As the crate unicode-width counts from 0.2.3 on (0.2.2 differs in the halfwidth dakuten), rare ligatures apart.
    pub const UNICODE: Widths = Widths {
        extending: false,
        subscripts: false,
        joiner: Joiner::Letters,
        tones: false,
        emoji: true,
        text: true,
        ..Widths::SUM
    };

    /// Two cells at most for a cluster, and none for marks: foot.
    pub const CLUSTER2: Widths = Widths {
        spacing: false,
        extending: false,
        subscripts: true,
        cap: Some(2),
        ..Widths::UNICODE
    };

    /// One cell for every cluster of narrow letters: kitty since it counts clusters.
    pub const CLUSTER1: Widths = Widths {
        cap: Some(1),
        ..Widths::CLUSTER2
    };

    /// The models there are names for.
    pub const NAMED: [(&str, Widths); 4] = [
        ("sum", Widths::SUM),
        ("unicode", Widths::UNICODE),
        ("cluster1", Widths::CLUSTER1),
        ("cluster2", Widths::CLUSTER2),
    ];

    /// Whether the controls of direction (U+202D and its kin) take a cell, so that they cannot be used.
    pub fn show_controls(self) -> bool {
        self.controls
    }

    /// Cells of a grapheme cluster; 0 for one that has nothing to show of its own.
    pub fn cluster(self, cluster: &str) -> u16 {
        if let [byte] = cluster.as_bytes() {
            return u16::from(!byte.is_ascii_control());
        }
        let (mut cells, mut hidden, mut wide) = (0, 0, false);
        // The code point before, and the cells it got.
        let (mut before, mut got) = ('\0', 0);
        for c in cluster.chars() {
            got = match kind(c) {
                Kind::Control => {
                    hidden = u16::saturating_add(hidden, self.controls.into());
                    0
                }
                _ if before == '\u{200d}' && self.joins(c) => 0,
                Kind::Letter(_) if before == '\u{17d2}' && !self.subscripts => 0,
                Kind::Letter(1) if !self.spacing && is_spacing(c) => 0,
                Kind::Letter(1) if self.ambiguous && is_ambiguous(c) => 2,
                Kind::Letter(width) => width,
                Kind::Mark | Kind::Coeng => 0,
                Kind::Extending => u16::from(self.extending),
                Kind::Sound => u16::from(self.sound),
                Kind::Jamo => u16::from(self.jamo),
                Kind::Tone if self.tones || cells == 0 => 2,
                Kind::Tone => 0,
                Kind::Emoji if self.emoji && got == 1 && before.is_emoji_char() => {
                    wide = true;
                    1
                }
                Kind::Text if self.text && got == 2 && before.is_emoji_char() => {
                    wide = false;
                    cells -= 1;
                    0
                }
                Kind::Emoji | Kind::Text => 0,
            };
            cells = u16::saturating_add(cells, got);
            // Flags are two narrow code points.
            wide |= got == 2 || c >= '\u{1f000}';
            before = c;
        }
        match self.cap {
            _ if cells == 0 => 0,
            Some(cap) if !wide => cells.min(cap),
            _ => cells.saturating_add(hidden),
        }
    }

    /// Whether this has no cells of its own behind a joiner.
    fn joins(self, c: char) -> bool {
        match self.joiner {
            Joiner::All => false,
            Joiner::Letters => c.is_emoji_char(),
            Joiner::None => true,
        }
    }

    /// What to print, each at the start of a line, to learn how a terminal counts: where the cursor is then goes to
    /// [`Widths::measured`].
    pub const SAMPLES: [&str; 13] = [
        "\u{915}\u{93f}",                              // कि
        "\u{9ac}\u{9be}",                              // বা
        "\u{938}\u{94d}\u{924}\u{94d}\u{930}",         // स्त्र
        "\u{1781}\u{17d2}\u{1798}\u{17c2}",            // ខ្មែ
        "\u{1112}\u{1161}\u{11ab}",                    // 한, decomposed
        "\u{ff76}\u{ff9e}",                            // ｶﾞ
        "\u{915}\u{94d}\u{200d}\u{937}",               // क्‍ष
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", // 👨‍👩‍👧
        "\u{1f44b}\u{1f3fd}",                          // 👋🏽
        "\u{2764}\u{fe0f}",                            // ❤️
        "\u{231a}\u{fe0e}",                            // ⌚︎
        "\u{202d}a\u{202c}",                           // an override around a letter
        "\u{436}",                                     // ж
    ];

    /// The model of a terminal that gave so many cells to [`Widths::SAMPLES`]; none where the numbers make no sense.
    pub fn measured(cells: [u16; Widths::SAMPLES.len()]) -> Option<Widths> {
        if cells.iter().any(|n| !(1..=16).contains(n)) {
            return None;
        }
        let [
            ki,
            ba,
            stra,
            khme,
            han,
            ga,
            joined,
            family,
            tone,
            heart,
            watch,
            over,
            zhe,
        ] = cells;
        let cap = (stra < 3).then_some(stra);
        let spacing = ki == 2;
        Some(Widths {
            spacing,
            extending: ba == 2,
            // A cap hides it in a cluster, but not alone.
            sound: ga == 2 || cap == Some(1),
            jamo: han > 2,
            subscripts: khme > 1 + u16::from(spacing) || cap == Some(1),
            controls: over > 1,
            joiner: match (family, joined) {
                (3.., _) => Joiner::All,
                (_, 1) if cap != Some(1) => Joiner::None,
                _ => Joiner::Letters,
            },
            tones: tone > 2,
            emoji: heart == 2,
            text: watch == 1,
            ambiguous: zhe == 2,
            cap,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;
    use unicode_width::UnicodeWidthStr;

    fn cells(widths: Widths, text: &str) -> u16 {
        text.graphemes(true).map(|c| widths.cluster(c)).sum()
    }

    const TERMINALS: [&str; 9] = [
        "VTE 0.84",
        "xterm 412",
        "Konsole 26",
        "alacritty 0.17",
        "tmux 3.8",
        "foot 1.28",
        "kitty 0.48",
        "kitty 0.26",
        "mlterm 3.9.4",
    ];

    /// Cells that terminals gave, in the order of [`TERMINALS`].
    const MEASURED: [(&str, [u16; 9]); 16] = [
        ("कि", [2, 2, 2, 2, 2, 1, 1, 1, 1]),
        ("क्त", [2, 2, 2, 2, 2, 2, 1, 2, 2]),
        ("क्षि", [3, 3, 3, 3, 3, 2, 1, 2, 2]),
        ("स्त्र", [3, 3, 3, 3, 3, 2, 1, 3, 3]),
        ("हिन्दी", [5, 5, 5, 5, 5, 3, 2, 3, 3]),
        ("বা", [2, 2, 2, 1, 2, 1, 1, 1, 1]),
        ("கொ", [2, 2, 2, 2, 2, 1, 1, 1, 1]),
        ("น้ำ", [2, 2, 2, 2, 2, 2, 1, 2, 2]),
        ("ខ្មែ", [3, 3, 3, 3, 3, 2, 1, 2, 2]),
        ("لا", [2, 2, 2, 2, 2, 2, 2, 2, 2]),
        ("\u{1112}\u{1161}\u{11ab}", [2, 2, 2, 2, 2, 2, 2, 4, 2]),
        ("ｶﾞ", [2, 2, 2, 1, 2, 2, 1, 2, 2]),
        ("👨\u{200d}👩\u{200d}👧", [6, 6, 2, 6, 2, 2, 2, 6, 8]),
        ("👋🏽", [4, 4, 2, 4, 2, 2, 2, 2, 4]),
        ("❤\u{fe0f}", [1, 1, 2, 1, 2, 2, 2, 2, 1]),
        ("⌚\u{fe0e}", [2, 2, 2, 2, 2, 1, 1, 1, 2]),
    ];

    /// The model of a terminal in the table, from what it gave to the samples.
    fn model(terminal: usize) -> Widths {
        let shows_controls = TERMINALS[terminal].starts_with("mlterm");
        let cap = MEASURED[3].1[terminal].min(2);
        let samples = Widths::SAMPLES.map(|sample| {
            match MEASURED.iter().find(|(cluster, _)| *cluster == sample) {
                Some((_, cells)) => cells[terminal],
                None if sample.contains('\u{202d}') => {
                    if shows_controls {
                        3
                    } else {
                        1
                    }
                }
                None if sample == "ж" => 1,
                None => cap + u16::from(shows_controls),
            }
        });
        Widths::measured(samples).unwrap()
    }

    #[test]
    fn a_few_samples_tell_all_that_was_measured() {
        for (terminal, name) in TERMINALS.iter().enumerate() {
            let widths = model(terminal);
            for (text, measured) in MEASURED {
                assert_eq!(
                    cells(widths, text),
                    measured[terminal],
                    "{text} in {name}: {widths:?}"
                );
            }
        }
    }

    #[test]
    fn the_named_models_are_those_of_the_terminals_they_are_named_after() {
        assert_eq!(Widths::SUM, model(0));
        assert_eq!(Widths::SUM, model(1));
        assert_eq!(Widths::CLUSTER2, model(5));
        assert_eq!(Widths::CLUSTER1, model(6));
    }

    #[test]
    fn a_terminal_with_east_asian_fonts_has_letters_of_other_scripts_wide() {
        let mut samples = Widths::SAMPLES.map(|sample| Widths::SUM.cluster(sample));
        samples[12] = 2;
        let widths = Widths::measured(samples).unwrap();
        assert_eq!(cells(widths, "Ре·б"), 8);
        assert_eq!(cells(widths, "ab日"), 4);
        assert_eq!(cells(widths, "الش क"), 5);
        assert_eq!(cells(Widths::SUM, "Ре·б"), 4);
    }

    #[test]
    fn samples_that_make_no_sense_give_no_model() {
        let mut samples = Widths::SAMPLES.map(|sample| Widths::SUM.cluster(sample));
        assert_eq!(Widths::measured(samples), Some(Widths::SUM));
        samples[3] = 0;
        assert_eq!(Widths::measured(samples), None);
    }

    #[test]
    fn what_has_nothing_to_show_has_no_cell() {
        let mlterm = model(8);
        for widths in [Widths::SUM, Widths::UNICODE, Widths::CLUSTER1, mlterm] {
            for hidden in [
                "", "\n", "\u{301}", "\u{200b}", "\u{202e}", "\u{200d}", "\u{fe0f}", "\u{1161}",
            ] {
                assert_eq!(widths.cluster(hidden), 0, "{hidden:?}");
            }
        }
        assert_eq!(
            mlterm.cluster("م\u{200c}"),
            2,
            "a control behind a letter is seen in mlterm"
        );
    }

    #[test]
    fn the_lists_agree_with_unicode() {
        let hidden = ('\0'..='\u{ffff}').filter(|c| c.width() == Some(0));
        for c in hidden.filter(|c| !c.is_control() && kind(*c) != Kind::Jamo) {
            let category = c.general_category();
            let spacing = category == GeneralCategory::SpacingMark;
            assert_eq!(
                kind(c) == Kind::Extending,
                spacing,
                "{}",
                c.escape_unicode()
            );
            let format = matches!(
                category,
                GeneralCategory::Format | GeneralCategory::Unassigned
            );
            assert!(format || kind(c) != Kind::Control, "{}", c.escape_unicode());
            assert!(
                category != GeneralCategory::Format || kind(c) == Kind::Control,
                "{}",
                c.escape_unicode()
            );
        }
        assert!(('\0'..'\u{903}').all(|c| c.general_category() != GeneralCategory::SpacingMark));
    }

    #[test]
    fn flags_are_wide_even_where_clusters_are_one_cell() {
        assert_eq!(Widths::CLUSTER1.cluster("🇩🇪"), 2);
        assert_eq!(Widths::CLUSTER1.cluster("1\u{fe0f}\u{20e3}"), 2);
    }

    #[test]
    fn single_letters_are_agreed_upon_and_marks_and_emoji_are_not() {
        for letter in ["a", "é", "ж", "ש", "ع", "क", "漢", "한", "│", "…"] {
            assert!(agreed(letter), "{letter}");
        }
        for other in [
            "",
            "e\u{301}",
            "कि",
            "\u{93f}",
            "\u{9be}",
            "ﾞ",
            "👋",
            "❤\u{fe0f}",
            "ab",
        ] {
            assert!(!agreed(other), "{other}");
        }
    }

    #[test]
    fn the_unicode_model_counts_emoji_as_the_crate_does() {
        for emoji in [
            "👨\u{200d}👩\u{200d}👧",
            "👋🏽",
            "👩🏽\u{200d}🚀",
            "❤\u{fe0f}",
            "👩\u{200d}❤\u{fe0f}\u{200d}👨",
            "🏳\u{fe0f}\u{200d}🌈",
            "1\u{fe0f}\u{20e3}",
            "©\u{fe0f}",
            "⌚\u{fe0e}",
            "⌚",
            "❤",
            "🇩🇪",
            "🏴\u{e0067}\u{e0062}\u{e007f}",
        ] {
            assert_eq!(
                usize::from(Widths::UNICODE.cluster(emoji)),
                emoji.width(),
                "{emoji}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_unicode_model_counts_as_the_crate_does(
            text in "([aकতகก漢][क-ह\u{93e}-\u{94d}ক-হা-ৌகা-்ก-์\u{200c}\u{200d}\u{3099}]{0,5}|[\u{1780}-\u{1782}\u{178e}-\u{1793}](\u{17d2}[\u{1780}-\u{1782}\u{178e}-\u{1793}])?[\u{17b6}-\u{17c5}]{0,2}|[\u{1100}-\u{1112}][\u{1161}-\u{1175}][\u{11a8}-\u{11c2}]?)"
        ) {
            for cluster in text.graphemes(true) {
                prop_assert_eq!(usize::from(Widths::UNICODE.cluster(cluster)), cluster.width(), "{}", cluster.escape_unicode());
            }
        }

        #[test]
        fn a_single_letter_has_the_same_cells_in_every_model(text in "\\PC{0,8}") {
            for cluster in text.graphemes(true).filter(|cluster| agreed(cluster)) {
                let cells = Widths::SUM.cluster(cluster);
                prop_assert!(cells > 0);
                prop_assert_eq!(Widths::CLUSTER1.cluster(cluster), cells);
                prop_assert_eq!(Widths::UNICODE.cluster(cluster), cells);
            }
        }
    }
}
