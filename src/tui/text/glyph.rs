//! What is put on the screen for each grapheme cluster of a text: itself, or a sign where it has no look of its own or
//! would steer the terminal.

use std::borrow::Cow;
use std::iter::Peekable;
use std::ops::Range;

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::{GraphemeIndices, UnicodeSegmentation};

use super::width::Widths;

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
/// More code points than any script needs in one cluster; terminals lose count long before. The rest is not printed.
const CROWDED: usize = 32;

/// What a cluster looks like.
enum Shown<'a> {
    Itself(&'a str, u16),
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
pub struct Reader {
    widths: Widths,
    before: char,
}

impl Reader {
    /// One that begins.
    pub fn new(widths: Widths) -> Reader {
        Reader {
            widths,
            before: ' ',
        }
    }

    /// Cells of the next cluster. None where it belongs to the cells of the one before.
    pub fn cells(&mut self, cluster: &str) -> Option<usize> {
        Some(match self.next(cluster) {
            Shown::Itself(_, width) => usize::from(width),
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

    fn next<'a>(&mut self, cluster: &'a str) -> Shown<'a> {
        let first = cluster.chars().next().unwrap_or(' ');
        let joins = self.joins(cluster);
        let before = std::mem::replace(&mut self.before, first);
        match first {
            ' '..='~' if cluster.len() == 1 => Shown::Itself(cluster, 1),
            '\t' => Shown::Tab,
            // Pictures of the control characters themselves.
            '\0'..='\x1f' => {
                Shown::Sign(char::from_u32(0x2400 + first as u32).unwrap_or('\u{fffd}'))
            }
            '\x7f' => Shown::Sign('\u{2421}'),
            '\u{80}'..='\u{9f}' => Shown::Sign('\u{fffd}'),
            '\u{200b}' if is_written_without_blanks(before) => Shown::Nothing,
            _ => {
                let cluster = printed(cluster);
                match self.widths.cluster(cluster) {
                    0 if joins => Shown::Joined,
                    0 if is_combining_mark(first) => Shown::Orphan(cluster),
                    // An invisible control that could turn the line around, or only take part in widths.
                    0 => Shown::Sign('\u{b7}'),
                    width => Shown::Itself(cluster, width),
                }
            }
        }
    }
}

/// Thai to Myanmar, and Khmer, where a zero-width space is the usual way to tell words apart.
fn is_written_without_blanks(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// As much of a cluster as is printed.
fn printed(cluster: &str) -> &str {
    if cluster.len() <= CROWDED {
        return cluster;
    }
    let end = cluster.char_indices().nth(CROWDED);
    &cluster[..end.map_or(cluster.len(), |(at, _)| at)]
}

/// The glyphs of a text in logical order. `at` is where the text stands in the whole that the sources count in.
pub fn glyphs(text: &str, at: usize, widths: Widths) -> Glyphs<'_> {
    Glyphs {
        text,
        clusters: text.grapheme_indices(true).peekable(),
        at,
        reader: Reader::new(widths),
    }
}

/// See [`glyphs`].
pub struct Glyphs<'a> {
    text: &'a str,
    clusters: Peekable<GraphemeIndices<'a>>,
    at: usize,
    reader: Reader,
}

impl<'a> Iterator for Glyphs<'a> {
    type Item = Glyph<'a>;

    fn next(&mut self) -> Option<Glyph<'a>> {
        loop {
            let (start, cluster) = self.clusters.next()?;
            let mut end = start + cluster.len();
            let (symbol, width, look) = match self.reader.next(cluster) {
                Shown::Itself(symbol, width) => {
                    while let Some((_, mark)) =
                        self.clusters.next_if(|(_, next)| self.reader.joins(next))
                    {
                        self.reader.next(mark);
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
                Shown::Sign(sign) => (Cow::Owned(sign.to_string()), 1, Look::Sign),
                Shown::Orphan(mark) => (Cow::Owned(format!("\u{25cc}{mark}")), 1, Look::Sign),
                Shown::Tab => (Cow::Borrowed(TAB), TAB_WIDTH, Look::Sign),
                Shown::Joined | Shown::Nothing => continue,
            };
            return Some(Glyph {
                symbol,
                width,
                source: self.at + start..self.at + end,
                rtl: false,
                look,
            });
        }
    }
}

/// White space that may hang over the end of a line.
pub fn is_blank(cluster: &str) -> bool {
    cluster.chars().all(char::is_whitespace)
}
