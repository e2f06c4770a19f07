//! Patterns: the analyses, and the tables of the one at hand.

use ratatui::layout::Rect;

use super::matrix::{choices, sentences, told_sides};
use super::{rule, scrollbar};
use crate::stats::resample::Plan;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::patterns::{Analysis, Entry, Patterns};
use crate::tui::text::Canvas;

/// Cells of the list, the line beside it among them.
const WIDTH: u16 = 16;

/// Where list and tables are.
pub(in crate::tui) struct Panes {
    /// The analyses.
    pub list: Rect,
    /// What is chosen for the one at hand.
    chosen: Rect,
    /// Its tables.
    pub text: Rect,
}

/// Where they are in so much room.
pub(in crate::tui) fn panes(area: Rect) -> Panes {
    let width = WIDTH.min(area.width / 3);
    let list = Rect {
        y: area.y + 1.min(area.height),
        width,
        height: area.height.saturating_sub(1),
        ..area
    };
    let text = Rect {
        x: area.x + width + 1,
        y: area.y + 2.min(area.height),
        width: area.width.saturating_sub(width + 3),
        height: area.height.saturating_sub(2),
    };
    Panes {
        list,
        chosen: Rect {
            y: list.y,
            height: 1,
            ..text
        },
        text,
    }
}

pub(super) fn render(app: &App, area: Rect, canvas: &mut Canvas) {
    let (theme, room) = (&app.theme, panes(area));
    let Some((patterns, entry)) = app
        .patterns
        .as_ref()
        .and_then(|patterns| Some((patterns, patterns.at_hand()?)))
    else {
        return;
    };
    if area.height < 3 {
        return;
    }
    let head = Rect { height: 1, ..area };
    let title = format!("patterns · {}", entry.asked.analysis.about());
    rule(head, &title, theme.title, theme, canvas);
    list(app, patterns, room.list, canvas);
    let running = patterns.running.as_ref();
    let running = running.filter(|running| running.at == patterns.list.at);
    if let Some(running) = running {
        let told = format!("computing … {:.0} % · esc stops", running.done * 100.0);
        let line = room.chosen;
        canvas.put(line.x, line.y, line.width, &told, theme.warning);
    } else {
        choices(
            app,
            &chosen(app, entry),
            Rect {
                x: room.chosen.x.saturating_sub(1),
                ..room.chosen
            },
            canvas,
        );
    }
    tables(app, patterns, entry, room.text, canvas);
}

fn list(app: &App, patterns: &Patterns, area: Rect, canvas: &mut Canvas) {
    let (theme, sample) = (&app.theme, app.sample());
    let lines = patterns.entries.iter().enumerate().skip(patterns.list.top);
    for (y, (at, entry)) in (area.top()..area.bottom()).zip(lines) {
        let running = patterns.running.as_ref().is_some_and(|run| run.at == at);
        let (sign, style) = match &entry.found {
            _ if running => ("…", theme.warning),
            Some(_) if !entry.is_current(sample.as_ref()) => ("~", theme.warning),
            Some(found) if found.told.is_ok() => ("✓", theme.right),
            Some(_) => ("!", theme.warning),
            None => (" ", theme.faint),
        };
        canvas.put(area.x + 1, y, 1, sign, style);
        let word = entry.asked.analysis.word();
        canvas.put(
            area.x + 3,
            y,
            area.width.saturating_sub(4),
            word,
            theme.text,
        );
        canvas.put(area.right() - 1, y, 1, "│", theme.border);
        if at == patterns.list.at {
            let style = match patterns.reading {
                false => theme.selected,
                true => theme.selected_elsewhere,
            };
            let line = Rect::new(area.x, y, area.width - 1, 1);
            canvas.buffer.set_style(line, style);
        }
    }
    for y in area.y + patterns.entries.len() as u16..area.bottom() {
        canvas.put(area.right() - 1, y, 1, "│", theme.border);
    }
}

/// What the keys chose for an analysis.
fn chosen(app: &App, entry: &Entry) -> Vec<(Action, String)> {
    let asked = &entry.asked;
    match (asked.analysis, asked.sides) {
        (Analysis::Regress, _) => {
            let terms = match asked.options.target_effects {
                true => "target terms",
                false => "no target terms",
            };
            let Plan { rounds, seed, .. } = Plan::default();
            vec![
                (Action::Rows, format!("rows: {}", asked.options.keep.word())),
                (Action::Targets, terms.to_owned()),
                (Action::Open, format!("{rounds} rounds, seed {seed}")),
            ]
        }
        (_, Some(sides)) => told_sides(app, sides).into(),
        _ => Vec::new(),
    }
}

fn tables(app: &App, patterns: &Patterns, entry: &Entry, area: Rect, canvas: &mut Canvas) {
    let theme = &app.theme;
    let hint = match &entry.found {
        None => Some(("Enter computes it.".to_owned(), theme.faint)),
        Some(found) => match &found.told {
            Err(reason) => Some((reason.clone(), theme.warning)),
            Ok(_) => None,
        },
    };
    if let Some(hint) = hint {
        sentences(&[hint], area, canvas);
        return;
    }
    let lines = entry.lines();
    let mut is_first =
        patterns.top == 0 || lines.get(patterns.top - 1).is_some_and(String::is_empty);
    let shown = lines.iter().skip(patterns.top);
    for (y, line) in (area.top()..area.bottom()).zip(shown) {
        // What follows an empty line is a title, a reason why there is no number, or the head of a table.
        let style = if is_first { theme.title } else { theme.text };
        canvas.put(area.x, y, area.width, line, style);
        is_first = line.is_empty();
    }
    let edge = Rect {
        width: area.width + 2,
        ..area
    };
    scrollbar(edge, patterns.top, lines.len(), theme, canvas);
    if !entry.is_current(app.sample().as_ref()) {
        let told = " the filter, the data or a choice has changed: enter computes it anew ";
        let y = area.bottom().saturating_sub(1);
        canvas.put(area.x, y, area.width, told, theme.warning);
    }
}
