//! Agreement with the test files of the Unicode Character Database: what stands where on a line, what a letter is, and
//! where a line may end. The files are Unicode's own; those for clusters and for line ends have lost the remarks at the
//! end of each line.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs::File;
use std::io::Read;
use std::ops::Range;

use flate2::read::GzDecoder;
use icu_segmenter::LineSegmenter;
use unicode_segmentation::UnicodeSegmentation;

use scriptlens::tui::text::{Direction, Levels};

/// The lines of a file that hold a test.
fn cases(file: &str) -> Vec<String> {
    let path = format!("{}/tests/unicode/{file}.txt.gz", env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    GzDecoder::new(File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

fn character(hex: &str) -> char {
    char::from_u32(u32::from_str_radix(hex, 16).unwrap()).unwrap()
}

/// Where BidiCharacterTest says that the parts of a text stand, and whether their level is odd. Parts are single
/// characters, or clusters of several as in rule L3: a cluster stands where its characters do, which must be side by
/// side and on levels of the same kind. A part of which rule X9 leaves nothing has no place.
fn expected(parts: &[Range<usize>], text: &str, levels: &str, order: &str) -> Vec<(usize, bool)> {
    let levels: Vec<&str> = levels.split_whitespace().collect();
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let part = |at: usize| parts.iter().position(|part| part.contains(&at)).unwrap();
    let mut order: Vec<(usize, bool)> = order
        .split_whitespace()
        .map(|i| i.parse::<usize>().unwrap())
        .map(|i| (part(places[i]), levels[i].parse::<u8>().unwrap() % 2 == 1))
        .collect();
    order.dedup();
    order
}

#[test]
fn everything_stands_where_unicode_says() {
    let cases = cases("BidiCharacterTest-15.0");
    let (mut wrong, mut with_marks) = (Vec::new(), 0);
    for case in &cases {
        let fields: Vec<&str> = case.split(';').collect();
        let [text, _, base, levels, order] = fields[..] else {
            panic!("{case}")
        };
        let text: String = text.split(' ').map(character).collect();
        // Where the direction is left to P2 and P3, this is what they find: ours is found in another way.
        let base = match base {
            "0" => Direction::LeftToRight,
            _ => Direction::RightToLeft,
        };
        let characters = text.char_indices().map(|(at, c)| at..at + c.len_utf8());
        let clusters = text
            .grapheme_indices(true)
            .map(|(at, cluster)| at..at + cluster.len());
        for parts in [characters.collect::<Vec<_>>(), clusters.collect()] {
            let expected = expected(&parts, &text, levels, order);
            with_marks += usize::from(expected.len() < order.split_whitespace().count());
            let mut ours = Levels::of(&text, base).order(&text, &parts);
            // Ours has a place for what X9 removes as well, which the file knows nothing about.
            ours.retain(|(part, _)| expected.iter().any(|(kept, _)| kept == part));
            if ours != expected {
                wrong.push(case);
            }
        }
    }
    assert_eq!((cases.len(), with_marks, wrong), (91_707, 14, vec![]));
}

/// A text of GraphemeBreakTest or LineBreakTest and where it may be broken (÷), in bytes, the beginning included.
fn breaks(case: &str) -> (String, Vec<usize>) {
    let (mut text, mut breaks) = (String::new(), vec![0]);
    for word in case.split_whitespace() {
        match word {
            "÷" if text.is_empty() => {}
            "÷" => breaks.push(text.len()),
            "×" => {}
            hex => text.push(character(hex)),
        }
    }
    (text, breaks)
}

#[test]
fn clusters_are_those_of_unicode() {
    let cases = cases("GraphemeBreakTest-17.0");
    let mut wrong = Vec::new();
    for case in &cases {
        let (text, breaks) = breaks(case);
        let ours = text.grapheme_indices(true).map(|(at, _)| at);
        if !ours.chain([text.len()]).eq(breaks) {
            wrong.push(case);
        }
    }
    assert_eq!((cases.len(), wrong), (766, vec![]));
}

/// Why a line may end elsewhere than in Unicode 17, by which characters such texts are known (the first reason that
/// fits counts), and how many there are. icu_segmenter 2.4 follows Unicode 15.1, so most of it is what has changed since.
const ELSEWHERE: [(&str, &str, usize); 6] = [
    (
        "a vowel sign without its letter is left to the dictionaries, not to LB1 and LB9",
        "\u{e31}\u{102c}",
        146,
    ),
    (
        "an unassigned character was an ideograph and is a letter",
        "\u{1f8ff}",
        67,
    ),
    (
        "LB28a: Balinese digits were numbers and are letters",
        "\u{1b50}",
        14,
    ),
    (
        "LB19a is new: quotation marks between ideographs",
        "\u{201c}",
        5,
    ),
    (
        "LB15c is new, LB25 is another: numbers with signs and points",
        "$%\u{20a9}\u{fe6a}\\./",
        47,
    ),
    (
        "LB20a is new, LB21a is another: hyphens, and what follows a Hebrew letter",
        "-\u{5be}\u{5e9}",
        41,
    ),
];

#[test]
fn lines_end_where_unicode_lets_them() {
    let segmenter = LineSegmenter::new_dictionary(Default::default());
    let cases = cases("LineBreakTest-17.0");
    let mut found = ELSEWHERE.map(|(why, signs, _)| (why, signs, 0));
    for case in &cases {
        let (text, breaks) = breaks(case);
        if !segmenter.segment_str(&text).eq(breaks) {
            let reason = found
                .iter_mut()
                .find(|(_, signs, _)| text.contains(|c| signs.contains(c)));
            reason.unwrap_or_else(|| panic!("{case}")).2 += 1;
        }
    }
    assert_eq!((cases.len(), found), (19_338, ELSEWHERE));
}
