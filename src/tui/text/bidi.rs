//! Text from right to left: which way a paragraph runs, and what stands where on a line of it. The Unicode
//! Bidirectional Algorithm (UAX #9), applied to whole grapheme clusters.

use std::ops::Range;
use std::sync::LazyLock;

use unicode_bidi::{BidiClass, Level, ParagraphBidiInfo, bidi_class};
use unicode_bidi_mirroring::get_mirrored;

/// Which way a paragraph runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// As Latin does.
    LeftToRight,
    /// As Arabic and Hebrew do.
    RightToLeft,
}

impl Direction {
    fn level(self) -> Level {
        match self {
            Direction::LeftToRight => Level::ltr(),
            Direction::RightToLeft => Level::rtl(),
        }
    }
}

/// Whether anything in a text could be placed from right to left although the paragraph runs from left to right: a
/// letter or digit of a script that does, or a control that forces it. Where there is none, a line of such a paragraph
/// stands as it is stored.
pub fn may_turn(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(turns)
}

fn turns(c: char) -> bool {
    // Most text is in these blocks, and nothing in them turns.
    if matches!(c, ..'\u{590}' | '\u{900}'..'\u{200e}' | '\u{2070}'..'\u{fb1d}' | '\u{1f000}'..) {
        return false;
    }
    use BidiClass::{AL, AN, R, RLE, RLI, RLO};
    matches!(bidi_class(c), R | AL | AN | RLE | RLI | RLO)
}

/// How much of a paragraph says which way it runs, in bytes.
const ENOUGH: usize = 4096;

/// Which way a paragraph runs: the way of most of its letters, so that an Arabic paragraph that begins with a Latin
/// name still runs from right to left. The first letter decides between equals, `otherwise` holds where there is none.
/// Only the beginning of a long paragraph is looked at.
///
/// This stands in for rules P2 and P3 of UAX #9, as its HL1 allows: they know the first letter only.
pub fn direction(paragraph: &str, otherwise: Direction) -> Direction {
    let start = &paragraph[..paragraph.floor_char_boundary(ENOUGH)];
    let mut letters = start.chars().filter_map(|c| match c {
        '\0'..='\x7f' => c.is_ascii_alphabetic().then_some(Direction::LeftToRight),
        _ => match bidi_class(c) {
            BidiClass::L => Some(Direction::LeftToRight),
            BidiClass::R | BidiClass::AL => Some(Direction::RightToLeft),
            _ => None,
        },
    });
    let Some(first) = letters.next() else {
        return otherwise;
    };
    if !may_turn(start) {
        return first;
    }
    let votes = letters.map(|letter| if letter == first { 1 } else { -1 });
    let lead = 1 + votes.sum::<i32>();
    if (lead >= 0) == (first == Direction::LeftToRight) {
        Direction::LeftToRight
    } else {
        Direction::RightToLeft
    }
}

/// How deep every byte of a paragraph is embedded: even levels run from left to right, odd ones from right to left.
/// Computed once for a paragraph, whatever its lines will be.
#[derive(Debug, Clone)]
pub struct Levels {
    base: Direction,
    /// Empty where nothing turns.
    bytes: Vec<Level>,
}

impl Levels {
    /// Levels of a paragraph that runs that way (UAX #9 up to the implicit rules).
    pub fn of(paragraph: &str, base: Direction) -> Levels {
        let bytes = if base == Direction::LeftToRight && !may_turn(paragraph) {
            Vec::new()
        } else {
            // It gives the controls that rule X9 removes the level of the character before them.
            ParagraphBidiInfo::new(paragraph, Some(base.level())).levels
        };
        Levels { base, bytes }
    }

    /// Which way the paragraph runs.
    pub fn base(&self) -> Direction {
        self.base
    }

    /// What stands where on a line: the indices of its clusters from left to right, and whether each belongs to a run
    /// from right to left (UAX #9 L1 to L3). `clusters` are the grapheme clusters of the line as byte ranges of the
    /// paragraph, in the order they are stored in.
    ///
    /// A cluster moves as a unit with the level of its first character, so marks stay on their letters. Controls that
    /// the algorithm takes away are placed as well: beside the character before them, or with the blanks around them.
    /// The work is that of the line, however long the paragraph.
    pub fn order(&self, paragraph: &str, clusters: &[Range<usize>]) -> Vec<(usize, bool)> {
        if self.bytes.is_empty() {
            return (0..clusters.len()).map(|i| (i, false)).collect();
        }
        let base = self.base.level();
        let mut order: Vec<(usize, u8)> = Vec::with_capacity(clusters.len());
        // L1: blanks before a separator or the end of the line belong to the paragraph, not to the text before them.
        let mut trailing = true;
        for (i, cluster) in clusters.iter().enumerate().rev() {
            trailing = match paragraph.get(cluster.clone()).map_or(Kind::Other, kind) {
                Kind::Separator => true,
                Kind::Blank => trailing,
                Kind::Other => false,
            };
            let level = match self.bytes.get(cluster.start) {
                Some(level) if !trailing => *level,
                _ => base,
            };
            order.push((i, level.number()));
        }
        order.reverse();
        // L2: from the deepest level up, whatever is at least that deep is turned around. The rule ends at the lowest odd
        // level; what is turned below that is turned twice.
        let deepest = order.iter().map(|(_, level)| *level).max().unwrap_or(0);
        for level in (1..=deepest).rev() {
            for run in order.chunk_by_mut(|a, b| (a.1 >= level) == (b.1 >= level)) {
                if run.first().is_some_and(|(_, deep)| *deep >= level) {
                    run.reverse();
                }
            }
        }
        order
            .into_iter()
            .map(|(i, level)| (i, level % 2 == 1))
            .collect()
    }
}

/// What rule L1 tells apart.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Separator,
    Blank,
    Other,
}

fn kind(cluster: &str) -> Kind {
    use BidiClass::{B, BN, FSI, LRE, LRI, LRO, PDF, PDI, RLE, RLI, RLO, S, WS};
    let kind = |c| match bidi_class(c) {
        B | S => Kind::Separator,
        // The removed controls count as blanks (UAX #9, 5.2).
        WS | FSI | LRI | RLI | PDI | LRE | RLE | LRO | RLO | PDF | BN => Kind::Blank,
        _ => Kind::Other,
    };
    let mut chars = cluster.chars().map(kind);
    let first = chars.next().unwrap_or(Kind::Other);
    // A blank that carries a mark is something to see.
    if first == Kind::Blank && chars.any(|kind| kind == Kind::Other) {
        return Kind::Other;
    }
    first
}

/// The mirrored form of a cluster that is one mirrored character, such as a bracket (UAX #9 L4).
pub fn mirrored(cluster: &str) -> Option<char> {
    let mut chars = cluster.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return None;
    };
    get_mirrored(c).or_else(|| {
        let (_, mirror) = MISSED.iter().find(|(missed, _)| *missed == c)?;
        Some(*mirror)
    })
}

/// What `get_mirrored` of unicode-bidi-mirroring 0.4 does not find, such as ≥: it searches the second halves of its
/// pairs as if they were sorted. The pairs are there all the same, under their first halves.
static MISSED: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let signs = '\u{2000}'..='\u{2fff}';
    let pairs = signs.filter_map(|c| Some((get_mirrored(c)?, c)));
    pairs
        .filter(|(second, _)| get_mirrored(*second).is_none())
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{LeftToRight, RightToLeft};
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    fn clusters(text: &str) -> Vec<Range<usize>> {
        text.grapheme_indices(true)
            .map(|(at, cluster)| at..at + cluster.len())
            .collect()
    }

    /// A line as it is seen, from left to right.
    fn seen(text: &str, base: Direction) -> String {
        let clusters = clusters(text);
        Levels::of(text, base)
            .order(text, &clusters)
            .into_iter()
            .map(|(i, turned)| match mirrored(&text[clusters[i].clone()]) {
                Some(mirror) if turned => mirror.to_string(),
                _ => text[clusters[i].clone()].to_owned(),
            })
            .collect()
    }

    #[test]
    fn a_run_from_right_to_left_is_turned_around_and_its_numbers_are_not() {
        assert_eq!(
            seen("he said אבג 123, ok", LeftToRight),
            "he said 123 גבא, ok"
        );
        assert_eq!(seen("אבג (abc) 12", RightToLeft), "12 (abc) גבא");
        assert_eq!(seen("אבג (דה)", LeftToRight), "(הד) גבא");
    }

    #[test]
    fn marks_stay_on_their_letters() {
        assert_eq!(seen("שָׁלוֹם", RightToLeft), "םוֹלשָׁ");
        assert_eq!(seen("بِسْمِ", RightToLeft), "مِسْبِ");
    }

    #[test]
    fn blanks_at_the_end_of_a_line_and_before_a_tab_belong_to_the_paragraph() {
        assert_eq!(seen("אב  ", LeftToRight), "בא  ");
        assert_eq!(seen("ab  ", RightToLeft), "  ab");
        assert_eq!(seen("אב \tגד", LeftToRight), "בא \tדג");
        assert_eq!(
            seen("אב\u{2067} \u{2069}", LeftToRight),
            "בא\u{2067} \u{2069}"
        );
        assert_eq!(
            seen("\u{202b}אב \u{200b}", LeftToRight),
            "\u{202b}בא \u{200b}",
            "what X9 removes is no text either"
        );
        let (text, clusters) = ("אב גד", clusters("אב גד"));
        assert_eq!(
            Levels::of(text, LeftToRight).order(text, &clusters[..3]),
            [(1, true), (0, true), (2, false)],
            "on a line of its own, the blank is the last"
        );
    }

    #[test]
    fn controls_have_a_place_although_the_algorithm_takes_them_away() {
        assert_eq!(
            seen("\u{202e}abc\u{202c}", LeftToRight),
            "\u{202e}cba\u{202c}"
        );
        assert_eq!(
            seen("x\u{202e}abc\u{202c}y", LeftToRight),
            "x\u{202e}\u{202c}cbay"
        );
    }

    #[test]
    fn a_paragraph_runs_the_way_of_most_of_its_letters() {
        assert_eq!(direction("OpenAI شركة أمريكية", LeftToRight), RightToLeft);
        assert_eq!(
            direction("The word سلام means peace", RightToLeft),
            LeftToRight
        );
        assert_eq!(direction("ab בא", RightToLeft), LeftToRight);
        assert_eq!(direction("בא ab", LeftToRight), RightToLeft);
        assert_eq!(
            direction("a \u{2067}שלום\u{2069}", LeftToRight),
            RightToLeft
        );
        assert_eq!(direction("हिन्दी", RightToLeft), LeftToRight);
        for otherwise in [LeftToRight, RightToLeft] {
            assert_eq!(direction("", otherwise), otherwise);
            assert_eq!(direction("123 ... ١٢٣", otherwise), otherwise);
        }
    }

    #[test]
    fn only_the_beginning_of_a_long_paragraph_says_which_way_it_runs() {
        let long = format!("{}{}", "ש".repeat(3000), "a".repeat(9000));
        assert_eq!(direction(&long, LeftToRight), RightToLeft);
    }

    #[test]
    fn what_turns_is_a_matter_of_class_whatever_the_block() {
        use BidiClass::{AL, AN, R, RLE, RLI, RLO};
        for c in '\0'..=char::MAX {
            let class = matches!(bidi_class(c), R | AL | AN | RLE | RLI | RLO);
            assert_eq!(turns(c), class, "{c:?}");
        }
        assert!(may_turn("abc א") && may_turn("\u{202e}abc") && may_turn("١ ٢"));
        assert!(!may_turn(
            "Việt 東京 हिन्दी 서울 👩🏽 \u{2066}a\u{2069} \u{202d}b"
        ));
    }

    #[test]
    fn mirroring_goes_both_ways() {
        assert_eq!(mirrored("("), Some(')'));
        assert_eq!(mirrored("»"), Some('«'));
        assert_eq!((mirrored("≤"), mirrored("≥")), (Some('≥'), Some('≤')));
        assert_eq!(
            (mirrored("a"), mirrored("()"), mirrored("(\u{301}")),
            (None, None, None)
        );
        let mirror = |c: char| mirrored(c.encode_utf8(&mut [0; 4]));
        let pairs = ('\0'..=char::MAX).filter_map(|c| Some((c, mirror(c)?)));
        let mut count = 0;
        for (c, other) in pairs {
            assert_eq!(mirror(other), Some(c), "{c:?}");
            count += 1;
        }
        assert_eq!(count, 428, "as many as BidiMirroring.txt has");
    }

    /// Paragraphs of everything that matters, with deep and unbalanced controls.
    fn mixture() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-c]{1,3}",
            "(א|בּ|גָ|שׁ){1,3}",
            "[ابلم]{1,3}",
            "[0-9٣۴]{1,3}",
            "[()\\[\\]<«,.+$%-]",
            "[ \t\u{a0}\u{200b}]",
            "[\u{2066}-\u{2069}]",
            "[\u{202a}-\u{202e}]",
            "[\u{200e}\u{200f}\u{200d}\u{301}\u{600}]",
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    fn either() -> impl Strategy<Value = Direction> {
        prop_oneof![Just(LeftToRight), Just(RightToLeft)]
    }

    proptest! {
        #[test]
        fn every_cluster_of_a_line_has_one_place(text in mixture(), base in either(), cut in 0usize..40, take in 0usize..40) {
            let clusters = clusters(&text);
            let line = clusters.get(cut..).unwrap_or_default();
            let line = &line[..take.min(line.len())];
            let mut places: Vec<usize> = Levels::of(&text, base).order(&text, line).into_iter().map(|(i, _)| i).collect();
            places.sort_unstable();
            prop_assert!(places.into_iter().eq(0..line.len()));
        }

        #[test]
        fn any_text_at_all_has_an_order(text in any::<String>(), base in either()) {
            let clusters = clusters(&text);
            prop_assert_eq!(Levels::of(&text, base).order(&text, &clusters).len(), clusters.len());
            direction(&text, base);
        }

        #[test]
        fn text_that_cannot_turn_stands_as_it_is_stored(text in "[a-zж東कि0-9 \t()\u{202a}\u{202c}\u{202d}\u{2066}\u{2068}\u{2069}]{0,40}") {
            prop_assert!(!may_turn(&text));
            let clusters = clusters(&text);
            let order = Levels::of(&text, LeftToRight).order(&text, &clusters);
            prop_assert!(order.into_iter().eq((0..clusters.len()).map(|i| (i, false))));
            // And it is not only that nobody looked.
            let levels = ParagraphBidiInfo::new(&text, Some(Level::ltr())).levels;
            prop_assert!(levels.iter().all(Level::is_ltr));
        }

        #[test]
        fn letters_from_right_to_left_are_reversed(text in "(א|בּ|גָ|ا|بِ|ل){1,40}", base in either()) {
            prop_assert!(may_turn(&text));
            let clusters = clusters(&text);
            let order = Levels::of(&text, base).order(&text, &clusters);
            prop_assert!(order.into_iter().eq((0..clusters.len()).rev().map(|i| (i, true))));
        }
    }
}
