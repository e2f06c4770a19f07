//! What is drawn. Every screen takes the state by shared reference, draws, and decides nothing.

pub(super) mod again;
mod bars;
mod browse;
pub(super) mod compare;
mod desk;
pub(super) mod flips;
pub(super) mod help;
pub(super) mod matrix;
pub(super) mod patterns;
mod problems;
mod read;
pub(super) mod tags;

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::action::Scene;
use super::app::{App, Focus, Screen};
use super::document::{Document, Line, MARGIN, Spot};
use super::marks::{Alignment, Fate, Mark, Marks};
use super::page::Page;
use super::text::{Canvas, Glyph, Look};
use super::theme::{Role, Theme};
use super::widgets;
use crate::script::Script;

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
    /// All panes of compare.
    pub panes: Rect,
    /// What is said of the response at hand; empty where nobody judges.
    pub desk: Rect,
    /// Alignment of a name, below the text that it is from; empty where it is not shown.
    pub alignment: Rect,
}

/// The sign of a row on which something is tagged.
const TAGGED: &str = "#";
const FACETS_WIDTH: u16 = 27;
/// Narrower than this, facets are shown only while they have the keys.
const WIDE: u16 = 100;
/// Lower than this, there is no preview.
const TALL: u16 = 14;

/// Where the panes are, for the state at hand.
pub fn areas(app: &App) -> Areas {
    let Rect { width, height, .. } = app.size;
    let line = |y: u16| Rect::new(0, y.min(height), width, u16::from(y < height));
    let whole = Rect::new(0, 2.min(height), width, height.saturating_sub(3));
    let judging = matches!(app.screen, Screen::Browse | Screen::Read) && app.desk.is_in_use();
    let desk = match judging && whole.height >= 4 * desk::HEIGHT {
        true => desk::HEIGHT,
        false => 0,
    };
    let body = Rect {
        height: whole.height - desk,
        ..whole
    };
    let desk = Rect {
        y: body.bottom(),
        height: desk,
        ..whole
    };
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
    // One line between list and preview, one column before the text and two behind it, the last for the scroll bar.
    let mut preview = Rect {
        x: right.x + 1,
        y: right.bottom().saturating_sub(below) + 1.min(below),
        width: right.width.saturating_sub(3),
        height: below.saturating_sub(1),
    };
    let mut text = Rect {
        x: body.x + 1,
        y: body.y + 1.min(body.height),
        width: body.width.saturating_sub(3),
        // One line more below the text tells what the inspected cluster is.
        height: body
            .height
            .saturating_sub(1 + u16::from(app.scene() == Scene::Inspect)),
    };
    let mut panes = body;
    let pane = match app.screen {
        Screen::Browse => &mut preview,
        Screen::Compare => &mut panes,
        Screen::Read
        | Screen::Flips
        | Screen::Matrix
        | Screen::Patterns
        | Screen::Again
        | Screen::Tags
        | Screen::Problems => &mut text,
    };
    let mut alignment = Rect::default();
    let lines = widgets::alignment::HEIGHT + 1;
    if app.aligning && pane.height >= 2 * lines {
        pane.height -= lines;
        alignment = Rect {
            x: pane.x,
            y: body.bottom() - lines,
            width: (pane.width + 2).min(body.right() - pane.x),
            height: lines,
        };
    }
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
        preview,
        text,
        panes,
        desk,
        alignment,
    }
}

/// Draws one frame.
pub fn render(app: &App, buffer: &mut Buffer) -> Layout {
    let areas = areas(app);
    let mut layout = Layout::default();
    let canvas = &mut Canvas {
        buffer,
        medium: &app.medium,
    };
    bars::header(app, areas.header, canvas, &mut layout);
    bars::filters(app, areas.filters, canvas, &mut layout);
    match app.screen {
        Screen::Browse => browse::render(app, &areas, canvas),
        Screen::Read => read::render(app, &areas, canvas),
        Screen::Compare => compare::render(app, areas.panes, areas.alignment, canvas),
        Screen::Flips => flips::render(app, areas.body, canvas),
        Screen::Matrix => matrix::render(app, areas.body, canvas),
        Screen::Patterns => patterns::render(app, areas.body, canvas),
        Screen::Again => again::render(app, areas.body, canvas),
        Screen::Tags => tags::render(app, areas.body, canvas),
        Screen::Problems => problems::render(app, areas.body, canvas),
    }
    desk::render(app, areas.desk, canvas);
    if let Some(chooser) = &app.desk.chooser {
        let below = Rect {
            height: areas.body.height + areas.desk.height,
            ..areas.body
        };
        desk::chooser(app, chooser, below, canvas);
    }
    if let Some(scroll) = app.help {
        help::render(app, scroll, areas.body, canvas);
    }
    bars::footer(app, &areas, canvas, &mut layout);
    layout
}

/// What decides how the glyphs of a text look.
struct Painter<'a> {
    theme: &'a Theme,
    document: &'a Document,
    marks: Option<&'a Marks>,
    /// The number of the mark that is looked at.
    chosen: Option<usize>,
    /// The cluster that is looked at.
    cursor: Option<Spot>,
    /// What is selected: section and bytes.
    selected: Option<(usize, Range<usize>)>,
    /// What is tagged.
    tagged: &'a [(usize, Range<usize>)],
    /// What the text beside it lacks: section and bytes.
    changed: Option<(usize, &'a [Range<usize>])>,
    /// The script that was last named in the margin.
    script: Option<Script>,
}

impl Painter<'_> {
    fn line(&mut self, line: Line, area: Rect, y: u16, canvas: &mut Canvas) {
        let theme = self.theme;
        match line {
            Line::Blank => {}
            Line::Title(title) => drop(canvas.put(area.x, y, area.width, title, theme.title)),
            Line::Overview(scripts) => {
                let strip = Rect {
                    x: area.x + MARGIN,
                    y,
                    width: area.width.saturating_sub(MARGIN),
                    height: 1,
                };
                widgets::strip::across(scripts, strip, theme, canvas);
            }
            Line::Text {
                title,
                section,
                role,
                drawn,
                scripts,
                under,
            } => {
                let mut left = 0;
                if let Some(title) = title {
                    left = canvas.put(area.x, y, area.width, title, theme.title) + 2;
                } else if self.document.has_strip() && role == Role::Trace {
                    left = MARGIN;
                    // Of several on one row the one that is news.
                    let news = scripts.iter().rfind(|script| self.script != Some(**script));
                    if let Some(script) = news.or(scripts.first()) {
                        widgets::strip::beside(*script, news.is_some(), area.x, y, theme, canvas);
                        self.script = Some(*script);
                    }
                }
                let x = area.x.saturating_sub(1);
                if let Some(fate) = self.worst(section, &drawn.glyphs).filter(|_| !under) {
                    canvas.put(x, y, 1, fate.sign(), theme.fate(fate));
                } else if self.is_tagged(section, &drawn.glyphs) && !under {
                    canvas.put(x, y, 1, TAGGED, theme.tagged);
                }
                let x = area.x + left + drawn.indent;
                let room = area.width.saturating_sub(left + drawn.indent);
                canvas.row(x, y, room, &drawn.glyphs, |glyph| match under {
                    true if glyph.look == Look::Sign => theme.faint.patch(theme.control),
                    true => theme.faint,
                    false => self.style(section, role, glyph),
                });
            }
        }
    }

    /// The worst of the names on a row.
    fn worst(&self, section: usize, row: &[Glyph]) -> Option<Fate> {
        let start = row.iter().map(|glyph| glyph.source.start).min()?;
        let end = row.iter().map(|glyph| glyph.source.end).max()?;
        self.marks?.worst(section, &(start..end))
    }

    /// Something on a row is tagged.
    fn is_tagged(&self, section: usize, row: &[Glyph]) -> bool {
        let touches = |glyph: &Glyph, range: &Range<usize>| {
            range.start < glyph.source.end && glyph.source.start < range.end
        };
        let here = self.tagged.iter().filter(|(at, _)| *at == section);
        here.into_iter()
            .any(|(_, range)| row.iter().any(|glyph| touches(glyph, range)))
    }

    fn style(&self, section: usize, role: Role, glyph: &Glyph) -> Style {
        let theme = self.theme;
        let source = &glyph.source;
        let touches = |range: &Range<usize>| range.start < source.end && source.start < range.end;
        let mut style = theme.role(role);
        if glyph.look == Look::Sign {
            style = style.patch(theme.control);
        }
        if let Some((_, changed)) = self.changed.filter(|(at, _)| *at == section) {
            let at = changed.partition_point(|range| range.end <= source.start);
            if changed.get(at).is_some_and(touches) {
                style = style.patch(theme.changed);
            }
        }
        if let Some((at, mark)) = self.marks.and_then(|marks| marks.at(section, source.start)) {
            style = style.patch(theme.fate(mark.fate));
            if mark.diverges.as_ref().is_some_and(touches) {
                style = style.patch(theme.diverging);
            }
            if self.chosen == Some(at) {
                style = style.patch(theme.selected);
            }
        }
        let (exotic, hit) = self.document.marks(section, source);
        if hit {
            style = style.patch(theme.hit);
        }
        if exotic {
            style = style.patch(theme.exotic);
        }
        let holds = |(at, range): &(usize, Range<usize>)| *at == section && touches(range);
        if self.tagged.iter().any(holds) {
            style = style.patch(theme.tagged);
        }
        if self.selected.as_ref().is_some_and(holds) {
            style = style.patch(theme.selected);
        }
        let on = |spot: Spot| spot.section == section && source.contains(&spot.byte);
        if glyph.look != Look::Blank && self.cursor.is_some_and(on) {
            style = style.patch(theme.selected);
        }
        style
    }
}

/// Draws a page from the line on that is at its top, and at the right edge which part of it is in sight.
fn document(app: &App, page: &Page, area: Rect, canvas: &mut Canvas) {
    let theme = &app.theme;
    let Some(document) = &page.document else {
        canvas.put(area.x, area.y, area.width, "reading …", theme.faint);
        return;
    };
    let medium = canvas.medium;
    markers(page, area, theme, canvas);
    let mut painter = Painter {
        theme,
        document,
        marks: page.names.marks.as_ref(),
        chosen: page.names.chosen,
        cursor: page.cursor,
        selected: page.selected(),
        tagged: &page.tagged,
        changed: None,
        script: None,
    };
    for (y, line) in (area.top()..area.bottom()).zip(document.lines(page.top, medium)) {
        painter.line(line, area, y, canvas);
        canvas.fence(area.right(), y);
    }
    let edge = Rect {
        width: area.width + 2,
        ..area
    };
    let (before, all) = document.position(page.top);
    scrollbar(edge, before, all, theme, canvas);
}

/// Where in the whole text names stand, in the column before the scroll bar; of several the worst.
fn markers(page: &Page, area: Rect, theme: &Theme, canvas: &mut Canvas) {
    let (Some(document), Some(marks)) = (&page.document, &page.names.marks) else {
        return;
    };
    let (lines, all) = document.lines_before(marks.iter().map(Mark::spot));
    let height = usize::from(area.height);
    let mut signs = vec![None; height];
    for (mark, line) in marks.iter().zip(lines) {
        let at = if all > height {
            line * height / all
        } else {
            line
        };
        if let Some(sign) = signs.get_mut(at) {
            *sign = (*sign).max(Some(mark.fate));
        }
    }
    for (sign, y) in signs.into_iter().zip(area.top()..area.bottom()) {
        if let Some(fate) = sign {
            canvas.put(area.right(), y, 1, fate.sign(), theme.fate(fate));
        }
    }
}

/// The alignment of the name that is looked at, with its title.
fn alignment(app: &App, page: &Page, area: Rect, canvas: &mut Canvas) {
    alignment_of(
        &app.theme,
        page.names.alignment(),
        page.names.marks.is_some(),
        area,
        canvas,
    );
}

/// The same, where it is known where names stand.
fn alignment_of(
    theme: &Theme,
    alignment: Option<&Alignment>,
    is_known: bool,
    area: Rect,
    canvas: &mut Canvas,
) {
    if area.height == 0 {
        return;
    }
    let told = match (is_known, alignment) {
        (_, Some(alignment)) => alignment.title.as_str(),
        (false, None) => "looking for names …",
        (true, None) => "no name of this question stands here",
    };
    let style = alignment.map_or(theme.faint, |alignment| theme.fate(alignment.fate));
    let head = Rect { height: 1, ..area };
    rule(head, told, style, theme, canvas);
    if let Some(alignment) = alignment {
        let below = Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        };
        widgets::alignment::render(alignment, below, theme, canvas);
    }
}

/// A bar at the right edge that shows which part of a long text is in sight.
fn scrollbar(area: Rect, from: usize, count: usize, theme: &Theme, canvas: &mut Canvas) {
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
        canvas.put(
            area.right().saturating_sub(1),
            area.y + line as u16,
            1,
            sign,
            theme.border,
        );
    }
}

/// A line across, with a title in it.
fn rule(area: Rect, title: &str, style: Style, theme: &Theme, canvas: &mut Canvas) {
    for x in area.left()..area.right() {
        canvas.put(x, area.y, 1, "─", theme.border);
    }
    if area.width > 4 {
        canvas.put(
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
