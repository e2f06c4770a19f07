//! Writing text into the cells of a frame.

use std::num::NonZeroU16;

use ratatui::buffer::{Buffer, CellDiffOption, CellWidth};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use super::glyph::{Glyph, Look};
use super::medium::{Medium, Order};

/// A frame, and what the terminal it is for does with text.
pub struct Canvas<'a> {
    /// The cells.
    pub buffer: &'a mut Buffer,
    /// The terminal.
    pub medium: &'a Medium,
}

impl Canvas<'_> {
    /// Writes a text on one line, up to `room` cells; what does not fit is told by an ellipsis. Returns the cells used.
    pub fn put(&mut self, x: u16, y: u16, room: u16, text: &str, style: Style) -> u16 {
        let room = self.room(x, y, room);
        let row = self.medium.line(text, room);
        self.row(x, y, room, &row, |_| style)
    }

    /// Writes glyphs from left to right, up to `room` cells. Returns the cells used.
    pub fn row(
        &mut self,
        x: u16,
        y: u16,
        room: u16,
        row: &[Glyph],
        style: impl Fn(&Glyph) -> Style,
    ) -> u16 {
        let room = self.room(x, y, room);
        let mut used = 0;
        for glyph in row {
            if used + glyph.width > room {
                break;
            }
            self.set(x + used, y, glyph, style(glyph));
            used += glyph.width;
        }
        used
    }

    /// Keeps what stands left of a blank cell apart from what stands right of it, where the terminal puts whole rows in
    /// order: by a left-to-right mark in the cell.
    pub fn fence(&mut self, x: u16, y: u16) {
        let reorders = self.medium.bidi.order == Order::Terminal;
        if !reorders
            || self.medium.widths.show_controls()
            || !self.buffer.area.contains((x, y).into())
        {
            return;
        }
        let cell = &mut self.buffer[(x, y)];
        let symbol = format!("{}\u{200e}", cell.symbol());
        cell.set_symbol(&symbol);
        cell.diff_option = CellDiffOption::ForcedWidth(NonZeroU16::MIN);
    }

    /// The cells there are from `x` on, `room` at most.
    fn room(&self, x: u16, y: u16, room: u16) -> u16 {
        let area = self.buffer.area;
        if area.contains((x, y).into()) {
            room.min(area.right() - x)
        } else {
            0
        }
    }

    fn set(&mut self, x: u16, y: u16, glyph: &Glyph, style: Style) {
        let cell = &mut self.buffer[(x, y)];
        // Nothing of what was there before shows through, neither its colour nor its width.
        cell.reset();
        cell.set_style(style);
        let signs = glyph.symbol.graphemes(true).count();
        if glyph.look == Look::Sign && signs > 1 && signs == usize::from(glyph.width) {
            // A sign may be several cells of its own.
            for (x, sign) in (x..x + glyph.width).zip(glyph.symbol.graphemes(true)) {
                let cell = &mut self.buffer[(x, y)];
                cell.reset();
                cell.set_symbol(sign).set_style(style);
            }
            return;
        }
        // Whoever made the glyph has seen to it; what steers a terminal is never sent all the same.
        if glyph.symbol.contains(char::is_control) {
            cell.set_symbol("\u{fffd}");
        } else {
            cell.set_symbol(&glyph.symbol);
        }
        if cell.cell_width() != glyph.width {
            cell.diff_option = NonZeroU16::new(glyph.width)
                .map_or(CellDiffOption::None, CellDiffOption::ForcedWidth);
        }
        for x in x + 1..x + glyph.width {
            let cell = &mut self.buffer[(x, y)];
            cell.reset();
            cell.set_style(style);
            // Different from an ordinary blank, so that one in its place is drawn and nothing of the cluster stays.
            cell.diff_option = CellDiffOption::ForcedWidth(NonZeroU16::MIN);
        }
    }
}
