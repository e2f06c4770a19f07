//! What is drawn. Every screen takes the state by shared reference, draws, and decides nothing.

mod bars;
mod browse;
pub(super) mod help;
mod problems;
mod read;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::app::{App, Focus, Screen};
use super::document::{Document, Role};
use super::text;
use super::theme::Theme;

/// What the last frame put where, for the mouse.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    /// Active filters, with their number.
    pub chips: Vec<(Rect, usize)>,
    /// The count of barrier failures.
    pub barrier: Rect,
    /// Where the cursor is, in a prompt.
    pub cursor: Option<(u16, u16)>,
}

/// Where the panes are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Areas {
    /// First line.
    pub header: Rect,
    /// Second line: active filters.
    pub filters: Rect,
    /// Everything between.
    pub body: Rect,
    /// Last line.
    pub footer: Rect,
    /// Facets of browse; empty where there is no room.
    pub facets: Rect,
    /// Lines of the list, below its head.
    pub list: Rect,
    /// Preview of browse; empty where there is no room.
    pub preview: Rect,
    /// Text of read.
    pub text: Rect,
}

const FACETS_WIDTH: u16 = 27;
/// Narrower than this, facets are shown only while they have the keys.
const WIDE: u16 = 100;
/// Lower than this, there is no preview.
const TALL: u16 = 14;

/// Where the panes are, for the state at hand.
pub fn areas(app: &App) -> Areas {
    let Rect { width, height, .. } = app.size;
    let line = |y: u16| Rect::new(0, y.min(height), width, u16::from(y < height));
    let body = Rect::new(0, 2.min(height), width, height.saturating_sub(3));
    let beside = if width >= WIDE || app.focus == Focus::Facets {
        FACETS_WIDTH.min(width)
    } else {
        0
    };
    // One column between facets and list.
    let right = Rect {
        x: beside + u16::from(beside > 0),
        width: width
            .saturating_sub(beside + 1)
            .max(u16::from(beside == 0) * width),
        ..body
    };
    let below = if body.height >= TALL {
        (body.height * 9 / 20).max(6)
    } else {
        0
    };
    let list_height = right.height.saturating_sub(1 + below);
    Areas {
        header: line(0),
        filters: line(1),
        body,
        footer: line(height.saturating_sub(1).max(2)),
        facets: Rect {
            width: beside,
            ..body
        },
        list: Rect {
            y: right.y + 1.min(right.height),
            height: list_height,
            ..right
        },
        // One line between list and preview, one column on each side of the text.
        preview: Rect {
            x: right.x + 1,
            y: right.bottom().saturating_sub(below) + 1.min(below),
            width: right.width.saturating_sub(2),
            height: below.saturating_sub(1),
        },
        text: Rect {
            x: body.x + 1,
            y: body.y + 1.min(body.height),
            width: body.width.saturating_sub(3),
            height: body.height.saturating_sub(1),
        },
    }
}

/// Draws one frame.
pub fn render(app: &App, buffer: &mut Buffer) -> Layout {
    let areas = areas(app);
    let mut layout = Layout::default();
    bars::header(app, areas.header, buffer, &mut layout);
    bars::filters(app, areas.filters, buffer, &mut layout);
    match app.screen {
        Screen::Browse => browse::render(app, &areas, buffer),
        Screen::Read => read::render(app, &areas, buffer),
        Screen::Problems => problems::render(app, areas.body, buffer),
    }
    if let Some(scroll) = app.help {
        help::render(app, scroll, areas.body, buffer);
    }
    bars::footer(app, &areas, buffer, &mut layout);
    layout
}

/// Draws a document from its line `from` on.
fn document(document: &Document, from: usize, area: Rect, theme: &Theme, buffer: &mut Buffer) {
    for (y, line) in (area.top()..area.bottom()).zip(document.lines().iter().skip(from)) {
        let (title, text, role) = document.line(line);
        let style = match role {
            Role::Plain => theme.text,
            Role::Warning => theme.warning,
            Role::Right => theme.right,
            Role::Wrong => theme.wrong,
            Role::Faint => theme.faint,
        };
        let used = text::put(buffer, area.x, y, area.width, title, theme.title);
        let used = if used > 0 { used + 2 } else { 0 };
        text::put(
            buffer,
            area.x + used,
            y,
            area.width.saturating_sub(used),
            text,
            style,
        );
    }
}

/// A bar at the right edge that shows which part of a long text is in sight.
fn scrollbar(area: Rect, from: usize, count: usize, theme: &Theme, buffer: &mut Buffer) {
    let height = usize::from(area.height);
    if count <= height || height == 0 || area.width == 0 {
        return;
    }
    let size = (height * height / count).clamp(1, height.max(1));
    let at = (height - size) * from / (count - height).max(1);
    for line in 0..height {
        let sign = if (at..at + size).contains(&line) {
            "┃"
        } else {
            "│"
        };
        text::put(
            buffer,
            area.right().saturating_sub(1),
            area.y + line as u16,
            1,
            sign,
            theme.border,
        );
    }
}

/// A line across, with a title in it.
fn rule(area: Rect, title: &str, style: Style, theme: &Theme, buffer: &mut Buffer) {
    for x in area.left()..area.right() {
        text::put(buffer, x, area.y, 1, "─", theme.border);
    }
    if area.width > 4 {
        text::put(
            buffer,
            area.x + 1,
            area.y,
            area.width.saturating_sub(2),
            &format!(" {title} "),
            style,
        );
    }
}

/// A count with separators: `1,248`.
fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun.
fn counted(n: usize, noun: &str) -> String {
    format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" })
}
