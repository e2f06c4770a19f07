//! What the terminal does with text: how wide it draws, and who puts right-to-left text in order.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::bidi::{Direction, Levels, direction, may_turn};
use super::glyph::{self, Glyph, Look};
use super::width::Widths;
use super::{flow, wrap};

/// The order in which cells are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// That of the screen (UAX #9 L2), shaped here.
    Visual,
    /// That of the text; the terminal reorders.
    Terminal,
    /// That of the text; nobody reorders.
    Off,
}

/// How a right-to-left cell is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cells {
    /// As it is.
    Plain,
    /// Between U+202D and U+202C, so that the terminal leaves it where it is. It keeps U+202D with the cell before, so this
    /// has no effect in the first column of the screen.
    Override,
    /// The letters of each word in the order of the text, unshaped: the terminal turns words around.
    Words,
}

/// What is done, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bidi {
    /// The order of cells.
    pub order: Order,
    /// How right-to-left cells are sent.
    pub cells: Cells,
    /// Each row is declared to be in the order of the screen (`CSI 8 l`).
    pub explicit: bool,
    /// For the user: `visual: xterm does not reorder`.
    pub why: String,
}

/// What the terminal does with text.
#[derive(Debug, Clone, PartialEq)]
pub struct Medium {
    /// How many cells it gives to a cluster.
    pub widths: Widths,
    /// Who puts right-to-left text in order, and how.
    pub bidi: Bidi,
}

impl Medium {
    /// Whether letters of Arabic have to be joined before they are sent.
    pub(super) fn joins(&self) -> bool {
        self.bidi.order == Order::Visual && self.bidi.cells != Cells::Words
    }

    /// The same for the order in which a reader sees cells, which is not always that in which they are sent.
    pub fn as_seen(&self) -> Medium {
        let mut seen = self.clone();
        if seen.bidi.order == Order::Terminal {
            seen.bidi.order = Order::Visual;
            seen.bidi.cells = Cells::Words;
        }
        seen
    }

    /// Cells of a text on one line.
    pub fn cells(&self, text: &str) -> usize {
        let mut reader = glyph::Reader::new(text, self.widths);
        let clusters = text.grapheme_indices(true);
        clusters
            .filter_map(|(at, cluster)| reader.cells(at, cluster))
            .sum()
    }

    /// A text on one line, from left to right. What does not fit `room` cells is told by an ellipsis.
    pub fn line<'a>(&self, text: &'a str, room: u16) -> Vec<Glyph<'a>> {
        let mut row: Vec<Glyph> = Vec::with_capacity(text.len().min(usize::from(room) + 1));
        let mut used = 0;
        for glyph in glyph::glyphs(text, 0..text.len(), self.widths) {
            used += glyph.width;
            row.push(glyph);
            if used > room {
                break;
            }
        }
        if used > room {
            while let Some(last) = row.pop_if(|_| used + 1 > room) {
                used -= last.width;
            }
            // In the order of the line it belongs to what stands before it.
            if let Some(source) = row.last().map(|last| last.source.clone()) {
                let narrow = self.widths.cluster("…") == 1;
                row.push(Glyph {
                    symbol: if narrow { "…" } else { ">" }.into(),
                    width: 1,
                    source,
                    rtl: false,
                    look: Look::Sign,
                });
            }
        }
        let shown = &text[..row.last().map_or(0, |last| last.source.end)];
        if !may_turn(shown) {
            return row;
        }
        let levels = Levels::of(shown, direction(text, Direction::LeftToRight));
        flow::arrange(shown, row, Some(&levels), self)
    }

    /// Byte ranges of the lines of a text that is `room` cells wide.
    pub fn wrap(&self, text: &str, room: u16) -> Vec<Range<usize>> {
        let lines = flow::paragraphs(text).flat_map(|paragraph| {
            let start = paragraph.start;
            let lines = wrap::wrap(&text[paragraph], room, self.widths, |_, _| 0);
            lines
                .into_iter()
                .map(move |line| start + line.start..start + line.end)
        });
        lines.collect()
    }
}
