//! Where lines end: UAX #14, with dictionaries for the scripts that put no blanks between words.

use std::ops::Range;
use std::sync::LazyLock;

use icu_segmenter::options::{LineBreakOptions, LineBreakWordOption};
use icu_segmenter::{LineSegmenter, LineSegmenterBorrowed};
use unicode_segmentation::UnicodeSegmentation;

use super::glyph::{Reader, is_blank};
use super::width::Widths;

static LINES: LazyLock<LineSegmenterBorrowed<'static>> =
    LazyLock::new(|| LineSegmenter::new_dictionary(LineBreakOptions::default()));

/// Korean is written with blanks, and its words read better whole.
static KOREAN_LINES: LazyLock<LineSegmenterBorrowed<'static>> = LazyLock::new(|| {
    let mut options = LineBreakOptions::default();
    options.word_option = Some(LineBreakWordOption::KeepAll);
    LineSegmenter::new_dictionary(options)
});

/// Byte ranges of the lines of one paragraph, `room` cells wide. Blanks hang over the end of a line; a stretch without a
/// line end that is longer than a line is broken between clusters. `pad` is asked once for every stretch that stays
/// together how many cells more than its own it needs.
pub fn wrap(
    paragraph: &str,
    room: u16,
    widths: Widths,
    mut pad: impl FnMut(Range<usize>, usize) -> usize,
) -> Vec<Range<usize>> {
    let room = usize::from(room.max(1));
    let mut ends = line_ends(paragraph).peekable();
    let mut reader = Reader::new(paragraph, widths);
    let mut lines = Vec::new();
    let (mut line, mut column) = (0, 0);
    // What is read of the stretch at hand, which may have to move to the next line.
    let (mut stretch, mut width) = (0, 0);
    // The end is looked at like one more cluster, for the stretch before it.
    let clusters = paragraph.grapheme_indices(true);
    for (at, cluster) in clusters.chain([(paragraph.len(), "")]) {
        let cells = reader.cells(at, cluster);
        // The rules know nothing of clusters: a line end within one, or before what belongs to its cells, is none.
        while ends.next_if(|end| *end < at).is_some() {}
        if ends.next_if_eq(&at).is_some() && cells.is_some() && at > stretch {
            let extra = pad(stretch..at, width);
            width += extra;
            // The last cell of what was added is a blank, which may hang.
            if extra > 0 && column + width > room + 1 && stretch > line {
                lines.push(line..stretch);
                (line, column) = (stretch, 0);
            }
            (column, stretch, width) = (column + width, at, 0);
        }
        let cells = cells.unwrap_or(0);
        if column + width + cells > room && !is_blank(cluster) {
            if stretch > line {
                lines.push(line..stretch);
                (line, column) = (stretch, 0);
            }
            if width + cells > room && at > line {
                lines.push(line..at);
                (line, stretch, width) = (at, at, 0);
            }
        }
        width += cells;
    }
    lines.push(line..paragraph.len());
    lines
}

/// Where a line of a paragraph could end; whether that is between clusters is not said.
pub fn line_ends(paragraph: &str) -> impl Iterator<Item = usize> {
    let segmenter = if is_korean(paragraph) {
        &KOREAN_LINES
    } else {
        &LINES
    };
    segmenter.segment_str(paragraph)
}

/// More Hangul than Han and kana.
fn is_korean(paragraph: &str) -> bool {
    if paragraph.is_ascii() {
        return false;
    }
    let (mut hangul, mut others) = (0, 0);
    for c in paragraph.chars() {
        match c {
            '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}' => hangul += 1,
            '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' => {
                others += 1;
            }
            _ => {}
        }
    }
    hangul > others
}
