//! Writes frames so that no cell smears into its neighbours, whatever the terminal makes of a cluster.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use crossterm::queue;
use crossterm::terminal::{DisableLineWrap, EnableLineWrap};
use ratatui::backend::{Backend as _, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Cell, CellDiffOption, CellWidth};
use ratatui::layout::{Position, Size};

use crate::tui::text::width::agreed;

/// Has the terminal reorder again, as it does by default (BDSM and SCP, ECMA-48 8.3.17). For the way out.
pub const IMPLICIT: &str = "\x1b[8h\x1b[0 k";
/// Rows come in the order of the screen, left to right.
const EXPLICIT: &str = "\x1b[8l\x1b[1 k";

/// ratatui's writer for crossterm with three differences. A cell on whose width terminals may disagree is blanked first,
/// and the cursor is put where the next one begins. Overrides behind a changed cell are sent again. And rows can be
/// declared to come in the order of the screen.
pub struct Backend<W: Write> {
    inner: CrosstermBackend<W>,
    explicit: bool,
    /// What stands between overrides on the screen, by row and column.
    overrides: BTreeMap<(u16, u16), Cell>,
}

impl<W: Write> Backend<W> {
    /// Writes to this.
    pub fn new(writer: W) -> Backend<W> {
        Backend {
            inner: CrosstermBackend::new(writer),
            explicit: false,
            overrides: BTreeMap::new(),
        }
    }

    /// Declares that rows come in the order of the screen, or no longer. The screen must then be cleared and drawn anew.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub fn set_explicit(&mut self, explicit: bool) -> io::Result<()> {
        if self.explicit != explicit {
            self.explicit = explicit;
            let rows = self.size()?.height;
            self.declare(rows)?;
        }
        Ok(())
    }

    /// Keeps what is drawn in these columns, if it stands between overrides.
    fn remember(&mut self, columns: Range<u16>, row: u16, cell: &Cell) {
        let start = columns.start;
        for column in columns {
            self.overrides.remove(&(row, column));
        }
        if cell.symbol().starts_with('\u{202d}') {
            self.overrides.insert((row, start), cell.clone());
        }
    }

    /// VTE keeps the declaration of each row, and takes it only with the cursor in the first column.
    fn declare(&mut self, rows: u16) -> io::Result<()> {
        let declaration = if self.explicit { EXPLICIT } else { IMPLICIT };
        for row in 1..=rows {
            write!(self.inner, "\x1b[{row};1H{declaration}")?;
        }
        Write::flush(&mut self.inner)
    }
}

/// What is sent for a cell: blanks, then the cluster over them, then the cursor to the cell after, where ratatui would
/// think that it is already. (Behind a wide cell it moves the cursor itself.)
fn sent(x: u16, cell: &Cell) -> Cow<'_, Cell> {
    // A single letter whose width is forced is one that this terminal has wider than others.
    let forced = matches!(cell.diff_option, CellDiffOption::ForcedWidth(n) if n.get() > 1);
    if agreed(cell.symbol()) && !forced {
        return Cow::Borrowed(cell);
    }
    let width = usize::from(cell.cell_width().max(1));
    let mut symbol = format!("{:width$}\x1b[{}G{}", "", x + 1, cell.symbol());
    if width == 1 {
        symbol += &format!("\x1b[{}G", x + 2);
    }
    let mut cell = cell.clone();
    cell.set_symbol(&symbol);
    Cow::Owned(cell)
}

impl<W: Write> ratatui::backend::Backend for Backend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut cells: Vec<(u16, u16, Cow<Cell>)> = Vec::new();
        // The first column behind the cell before, and its row.
        let mut before = (0, 0);
        let mut content = content.peekable();
        while let Some((x, y, cell)) = content.next() {
            // ratatui clears what a wide emoji covers after it was drawn: here it is blank before.
            if before.1 == y && x < before.0 {
                continue;
            }
            let mut end = x.saturating_add(cell.cell_width().max(1));
            self.remember(x..end, y, cell);
            cells.push((x, y, sent(x, cell)));
            // A terminal keeps an override with the cell before, where it was lost just now.
            while content
                .peek()
                .is_none_or(|next| (next.0, next.1) != (end, y))
                && let Some(cell) = self.overrides.get(&(y, end))
            {
                cells.push((end, y, Cow::Owned(sent(end, cell).into_owned())));
                end += 1;
            }
            before = (end, y);
        }
        // In the last column, what is wider than thought must not scroll the screen.
        queue!(self.inner, DisableLineWrap)?;
        self.inner
            .draw(cells.iter().map(|(x, y, cell)| (*x, *y, &**cell)))?;
        queue!(self.inner, EnableLineWrap)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.inner.clear_region(region)?;
        self.overrides.clear();
        if self.explicit && region == ClearType::All {
            let rows = self.size()?.height;
            self.declare(rows)?;
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn append_lines(&mut self, n: u16) -> io::Result<()> {
        self.inner.append_lines(n)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        ratatui::backend::Backend::flush(&mut self.inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::num::NonZeroU16;

    use ratatui::backend::Backend as _;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Color;
    use unicode_segmentation::UnicodeSegmentation;

    use super::*;
    use crate::tui::text::width::Widths;

    const AREA: Rect = Rect::new(0, 0, 60, 12);

    const PAGE: [&str; 14] = [
        "গর্বাচেভ মস্কোয় জন্মেছিলেন বাংলা ভাষায়",
        "ភាសាខ្មែរ គឺជាភាសារបស់ជនជាតិខ្មែរ",
        "plain letters, │ a border │ and blanks",
        "सर्वधर्म हिन्दी क्षत्रिय स्त्री की कहानी",
        "",
        "น้ำตกในภาษาไทย กำลังไหล",
        "கோயம்புத்தூர் தமிழ் மொழி கொண்டது",
        "family 👨\u{200d}👩\u{200d}👧 hand 👋🏽 heart ❤\u{fe0f} key 1\u{fe0f}\u{20e3} flag 🇩🇪",
        "שָׁלוֹם עוֹלָם in the middle of it",
        "\u{202d}ש\u{202c}\u{202d}ל\u{202c}\u{202d}ם\u{202c}",
        "東京都は日本の首都です ｶﾞｷﾞ か\u{3099}",
        "മലയാളം ഒരു ഭാഷയാണ്",
        "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af} 한글",
        "ក្ខកាំ and শ্রী and न्दी",
    ];

    /// A frame of the page from this line on, its cells as wide as a model says.
    fn frame(from: usize, widths: Widths) -> Buffer {
        let mut buffer = Buffer::empty(AREA);
        for y in 0..AREA.height {
            let text = PAGE[(from + usize::from(y)) % PAGE.len()];
            let clusters: Vec<&str> = match text.starts_with('\u{202d}') {
                true => text.split_inclusive('\u{202c}').collect(),
                false => text.graphemes(true).collect(),
            };
            let mut x = 0;
            for cluster in clusters {
                let width = widths.cluster(cluster).max(1);
                if x + width > AREA.width {
                    break;
                }
                let cell = &mut buffer[(x, y)];
                cell.set_symbol(cluster).set_bg(Color::Indexed(y as u8));
                if cluster.cell_width() != width {
                    cell.diff_option = CellDiffOption::ForcedWidth(NonZeroU16::new(width).unwrap());
                }
                for x in x + 1..x + width {
                    buffer[(x, y)].diff_option = CellDiffOption::ForcedWidth(NonZeroU16::MIN);
                }
                x += width;
            }
        }
        buffer
    }

    fn screen() -> vt100::Parser {
        let size = |n| NonZeroU16::new(n).unwrap();
        vt100::Parser::new(size(AREA.height), size(AREA.width), 0)
    }

    /// How vt100 counts.
    fn measured() -> Widths {
        let samples = Widths::SAMPLES.map(|sample| {
            let mut screen = screen();
            screen.process(sample.as_bytes());
            screen.screen().cursor_position().1
        });
        Widths::measured(samples).unwrap()
    }

    /// What the screen shows after these frames, written by this writer or by ratatui's.
    fn shown(frames: &[Buffer], ours: bool) -> Vec<String> {
        let mut screen = screen();
        let mut before = Buffer::empty(AREA);
        for frame in frames {
            let mut bytes = Vec::new();
            let changes = before.diff(frame).into_iter();
            match ours {
                true => Backend::new(&mut bytes).draw(changes).unwrap(),
                false => CrosstermBackend::new(&mut bytes).draw(changes).unwrap(),
            }
            screen.process(&bytes);
            before = frame.clone();
        }
        let rows = screen.screen().rows(0, AREA.width);
        // vt100 shows no overrides, but keeps them.
        rows.map(|row| {
            row.replace(['\u{202c}', '\u{202d}'], "")
                .trim_end()
                .to_owned()
        })
        .collect()
    }

    /// Lines that differ between a screen that was scrolled to and one that was drawn at once.
    fn smeared(widths: Widths, ours: bool) -> usize {
        let frames: Vec<Buffer> = (0..PAGE.len()).map(|from| frame(from, widths)).collect();
        let scrolled = (1..=frames.len()).flat_map(|end| shown(&frames[..end], ours));
        let fresh = frames.chunks(1).flat_map(|frame| shown(frame, ours));
        scrolled
            .zip(fresh)
            .filter(|(scrolled, fresh)| scrolled != fresh)
            .count()
    }

    #[test]
    fn nothing_of_a_frame_is_left_in_the_next() {
        assert_eq!(smeared(measured(), true), 0);
        // Wider than the terminal has it, which is as bad as it gets without an answer.
        for widths in [Widths::UNICODE, Widths::SUM] {
            assert_eq!(smeared(widths, true), 0, "{widths:?}");
            assert!(
                smeared(widths, false) > 0,
                "ratatui alone smears: {widths:?}"
            );
        }
    }

    fn bytes(cells: &[(u16, u16, &Cell)]) -> String {
        let mut bytes = Vec::new();
        Backend::new(&mut bytes)
            .draw(cells.iter().copied())
            .unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let text = text.strip_prefix("\x1b[?7l").unwrap();
        let (cells, _) = text.split_once("\x1b[39m").unwrap();
        cells.to_owned()
    }

    #[test]
    fn letters_are_sent_as_they_are_and_clusters_over_blanks() {
        let [a, ka, ki] = ["a", "क", "कि"].map(Cell::new);
        assert_eq!(
            bytes(&[(0, 0, &a), (1, 0, &ka), (2, 0, &a)]),
            "\x1b[1;1Haकa"
        );
        let sent = "\x1b[1;1H  \x1b[1Gकि\x1b[1;3Ha";
        assert_eq!(bytes(&[(0, 0, &ki), (2, 0, &a)]), sent);
        let e = Cell::new("e\u{301}");
        let sent = "\x1b[1;1H \x1b[1Ge\u{301}\x1b[2Ga";
        assert_eq!(bytes(&[(0, 0, &e), (1, 0, &a)]), sent);
    }

    #[test]
    fn what_a_wide_emoji_covers_is_not_blanked_after_it() {
        let (heart, blank) = (Cell::new("❤\u{fe0f}"), Cell::EMPTY);
        let sent = "\x1b[1;1H  \x1b[1G❤\u{fe0f}";
        assert_eq!(bytes(&[(0, 0, &heart), (1, 0, &blank)]), sent);
        let sent = sent.to_owned() + "\x1b[2;2H ";
        assert_eq!(bytes(&[(0, 0, &heart), (1, 1, &blank)]), sent);
    }

    #[test]
    fn overrides_behind_a_changed_cell_are_sent_again() {
        let [a, blank, shin] = ["a", " ", "\u{202d}ש\u{202c}"].map(Cell::new);
        let mut sent = Vec::new();
        let draw = |backend: &mut Backend<_>, cells: &[(u16, u16, &Cell)]| {
            backend.draw(cells.iter().copied()).unwrap();
        };
        let mut backend = Backend::new(&mut sent);
        draw(
            &mut backend,
            &[(0, 0, &a), (1, 0, &shin), (2, 0, &shin), (3, 0, &a)],
        );
        draw(&mut backend, &[(0, 0, &blank), (3, 0, &blank)]);
        draw(&mut backend, &[(1, 0, &a)]);
        draw(&mut backend, &[(2, 0, &a)]);
        draw(&mut backend, &[(0, 0, &a)]);
        let sent = String::from_utf8(sent).unwrap();
        let frames = sent.split("\x1b[?7l").skip(1);
        let counts: Vec<usize> = frames.map(|frame| frame.matches('ש').count()).collect();
        assert_eq!(counts, [2, 2, 1, 0, 0]);
    }

    #[test]
    fn each_row_is_declared_in_its_first_column() {
        let mut bytes = Vec::new();
        let mut backend = Backend::new(&mut bytes);
        backend.explicit = true;
        backend.declare(2).unwrap();
        backend.explicit = false;
        backend.declare(1).unwrap();
        let sent = "\x1b[1;1H\x1b[8l\x1b[1 k\x1b[2;1H\x1b[8l\x1b[1 k\x1b[1;1H\x1b[8h\x1b[0 k";
        assert_eq!(String::from_utf8(bytes).unwrap(), sent);
    }
}
