//! What is put on the screen for each grapheme cluster of a text: itself, or a sign where it has no look of its own or
//! would steer the terminal.

use std::borrow::Cow;
use std::iter::Peekable;
use std::ops::Range;

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::{GraphemeIndices, UnicodeSegmentation};

use super::width::Widths;
use crate::script::{is_written_without_blanks, seen};

/// What a glyph is drawn as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The cluster itself.
    Letter,
    /// A sign that stands for something without a look.
    Sign,
    /// Room that is left free.
    Blank,
}

/// One thing on the screen: a grapheme cluster or what stands for it, and the cells it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glyph<'a> {
    /// What is printed.
    pub symbol: Cow<'a, str>,
    /// In cells, at least one.
    pub width: u16,
    /// The bytes of the text it stands for.
    pub source: Range<usize>,
    /// It belongs to a run from right to left.
    pub rtl: bool,
    /// How it is drawn.
    pub look: Look,
}

/// What a tab looks like. It is as wide everywhere: where lines are broken anew there are no columns to keep.
const TAB: &str = "→   ";
const TAB_WIDTH: u16 = 4;
/// What stands for something hidden in a cluster.
const HIDDEN: &str = "\u{b7}";
/// More code points than any script needs in one cluster; terminals lose count long before. The rest is not printed.
const CROWDED: usize = 32;

/// What a cluster looks like.
enum Shown<'a> {
    Itself(&'a str, u16),
    /// Without what nobody would see of it, and a sign for that.
    Purged(String, u16),
    Sign(char),
    Tab,
    /// A mark that this terminal draws in the cell of the letter before it.
    Joined,
    /// The same without a letter before it.
    Orphan(&'a str),
    /// It is there for line ends only, and takes no cell.
    Nothing,
}

/// Looks at the clusters of a text one after the other.
pub struct Reader<'a> {
    text: &'a str,
    widths: Widths,
    before: char,
}

impl<'a> Reader<'a> {
    /// One that begins.
    pub fn new(text: &'a str, widths: Widths) -> Reader<'a> {
        Reader {
            text,
            widths,
            before: ' ',
        }
    }

    /// Cells of the next cluster. None where it belongs to the cells of the one before.
    pub fn cells(&mut self, at: usize, cluster: &str) -> Option<usize> {
        Some(match self.next(at, cluster) {
            Shown::Itself(_, width) => usize::from(width),
            Shown::Purged(_, width) => usize::from(width),
            Shown::Sign(_) | Shown::Orphan(_) => 1,
            Shown::Tab => usize::from(TAB_WIDTH),
            Shown::Joined | Shown::Nothing => return None,
        })
    }

    /// Whether the next cluster is a mark that this terminal draws in the cell of the letter before it: Myanmar has such
    /// vowels.
    fn joins(&self, cluster: &str) -> bool {
        !cluster.is_ascii()
            && cluster.starts_with(is_combining_mark)
            && (self.before.is_alphanumeric() || is_combining_mark(self.before))
            && self.widths.cluster(cluster) == 0
    }

    fn next<'b>(&mut self, at: usize, cluster: &'b str) -> Shown<'b> {
        let first = cluster.chars().next().unwrap_or(' ');
        let joins = self.joins(cluster);
        let before = std::mem::replace(&mut self.before, first);
        match first {
            ' '..='~' if cluster.len() == 1 => return Shown::Itself(cluster, 1),
            '\t' => return Shown::Tab,
            // Pictures of the control characters themselves.
            '\0'..='\x1f' => {
                return Shown::Sign(char::from_u32(0x2400 + first as u32).unwrap_or('\u{fffd}'));
            }
            '\x7f' => return Shown::Sign('\u{2421}'),
            '\u{80}'..='\u{9f}' => return Shown::Sign('\u{fffd}'),
            '\u{2028}' | '\u{2029}' => return Shown::Sign('\u{2424}'),
            '\u{200b}' if is_written_without_blanks(before) => return Shown::Nothing,
            _ => {}
        }
        let cluster = printed(cluster);
        let width = self.widths.cluster(cluster);
        if cluster.len() > first.len_utf8()
            && let Some(rest) = seen(self.text, at..at + cluster.len())
        {
            let width = self.widths.cluster(&rest);
            let rest = if width > 0 { rest } else { String::new() };
            return Shown::Purged(rest + HIDDEN, width + 1);
        }
        match width {
            0 if joins => Shown::Joined,
            0 if is_combining_mark(first) => Shown::Orphan(cluster),
            // An invisible control that could turn the line around, or only take part in widths.
            0 => Shown::Sign('\u{b7}'),
            _ if matches!(first, '\u{fff9}'..='\u{fffb}') => Shown::Sign('\u{b7}'),
            width => Shown::Itself(cluster, width),
        }
    }
}

/// As much of a cluster as is printed.
fn printed(cluster: &str) -> &str {
    if cluster.len() <= CROWDED {
        return cluster;
    }
    let end = cluster.char_indices().nth(CROWDED);
    &cluster[..end.map_or(cluster.len(), |(at, _)| at)]
}

/// The glyphs of a part of a text in logical order.
pub fn glyphs(text: &str, part: Range<usize>, widths: Widths) -> Glyphs<'_> {
    Glyphs {
        text,
        clusters: text[part.clone()].grapheme_indices(true).peekable(),
        at: part.start,
        reader: Reader::new(text, widths),
    }
}

/// See [`glyphs`].
pub struct Glyphs<'a> {
    text: &'a str,
    clusters: Peekable<GraphemeIndices<'a>>,
    at: usize,
    reader: Reader<'a>,
}

impl<'a> Iterator for Glyphs<'a> {
    type Item = Glyph<'a>;

    fn next(&mut self) -> Option<Glyph<'a>> {
        loop {
            let (at, cluster) = self.clusters.next()?;
            let start = self.at + at;
            let mut end = start + cluster.len();
            let (symbol, width, look) = match self.reader.next(start, cluster) {
                Shown::Itself(symbol, width) => {
                    while let Some((at, mark)) =
                        self.clusters.next_if(|(_, next)| self.reader.joins(next))
                    {
                        self.reader.next(self.at + at, mark);
                        end += mark.len();
                    }
                    // What is not printed of a crowded cluster is not printed with more marks either.
                    let whole = symbol.len() == cluster.len();
                    let symbol = if whole {
                        &self.text[start..end]
                    } else {
                        symbol
                    };
                    (Cow::Borrowed(symbol), width, Look::Letter)
                }
                Shown::Purged(symbol, width) => (Cow::Owned(symbol), width, Look::Sign),
                Shown::Sign(sign) => (Cow::Owned(sign.to_string()), 1, Look::Sign),
                Shown::Orphan(mark) => (Cow::Owned(format!("\u{25cc}{mark}")), 1, Look::Sign),
                Shown::Tab => (Cow::Borrowed(TAB), TAB_WIDTH, Look::Sign),
                Shown::Joined | Shown::Nothing => continue,
            };
            return Some(Glyph {
                symbol,
                width,
                source: start..end,
                rtl: false,
                look,
            });
        }
    }
}

/// Blanks that may hang over the end of a line. A tab is none: it is seen.
pub fn is_blank(cluster: &str) -> bool {
    cluster.chars().all(hangs)
}

/// A character of such blanks.
pub fn hangs(c: char) -> bool {
    c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')
}
