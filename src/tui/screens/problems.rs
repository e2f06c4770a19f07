//! Problems: scores that look wrong, and every record and file that could not be read, where and why.

use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use super::{counted, rule};
use crate::ingest::Gravity;
use crate::tui::app::App;
use crate::tui::text::Canvas;

/// Lines below the list in which the selected problem stands whole.
const WHOLE: u16 = 4;

pub(super) fn render(app: &App, area: Rect, canvas: &mut Canvas) {
    let theme = &app.theme;
    if area.height == 0 {
        return;
    }
    let skipped = app.corpus.problems_of(Gravity::NoRun);
    let remarks = app.corpus.problems_of(Gravity::Remark);
    let title = format!(
        "{} · {} · {} that {} no run",
        counted(app.corpus.problems_of(Gravity::Lost), "problem"),
        counted(app.corpus.warnings().len() + remarks, "warning"),
        counted(skipped, "file"),
        if skipped == 1 { "is" } else { "are" },
    );
    rule(
        Rect { height: 1, ..area },
        &title,
        theme.title,
        theme,
        canvas,
    );
    let below = if area.height > 3 * WHOLE { WHOLE } else { 0 };
    let list = Rect {
        y: area.y + 1,
        height: area.height - 1 - below,
        ..area
    };
    if app.notices() == 0 && !app.corpus.progress().stopped {
        canvas.put(
            list.x + 1,
            list.y,
            list.width,
            "everything was read",
            theme.faint,
        );
    }
    for (y, at) in (list.top()..list.bottom()).zip(app.problems.top..app.notices()) {
        let (sign, style, place, reason) = notice(app, at);
        let mut x = list.x + 1;
        for (part, room, style) in [
            (sign, 1, style),
            (&shortened(&place, app), list.width, theme.text),
            (reason, list.width, style),
        ] {
            x += canvas.put(x, y, room.min(list.right().saturating_sub(x)), part, style);
            canvas.fence(x, y);
            x += 1;
        }
        if at == app.problems.at {
            canvas.buffer.set_style(
                Rect {
                    y,
                    height: 1,
                    ..list
                },
                theme.selected,
            );
        }
    }
    if below > 0 && app.notices() > 0 {
        let (_, style, place, reason) = notice(app, app.problems.at);
        let whole = format!("{place}: {reason}");
        let y = list.bottom();
        rule(
            Rect {
                y,
                height: 1,
                ..area
            },
            "selected",
            theme.title,
            theme,
            canvas,
        );
        let room = Rect {
            x: area.x + 1,
            y: y + 1,
            width: area.width.saturating_sub(2),
            height: below - 1,
        };
        let lines = canvas.medium.wrap(&whole, room.width);
        for (y, line) in (room.top()..room.bottom()).zip(lines) {
            canvas.put(room.x, y, room.width, &whole[line], style);
        }
    }
}

/// A line of the screen: sign, style, place, reason. Warnings come first.
fn notice(app: &App, at: usize) -> (&'static str, Style, String, &str) {
    let (theme, warnings) = (&app.theme, app.corpus.warnings());
    if let Some((run, reason)) = warnings.get(at) {
        return ("?", theme.warning, run.clone(), reason);
    }
    match app.corpus.problems().get(at - warnings.len()) {
        Some(problem) => {
            let place = format!("{}{}", problem.path.display(), problem.spot);
            let (sign, style) = match problem.gravity {
                Gravity::Lost => ("!", theme.warning),
                Gravity::Remark => ("?", theme.warning),
                Gravity::NoRun => ("·", theme.faint),
            };
            (sign, style, place, &problem.reason)
        }
        None => ("", theme.text, String::new(), ""),
    }
}

/// Shortened from the left so that the reason still has room.
fn shortened(place: &str, app: &App) -> String {
    let room = usize::from(app.size.width) * 2 / 5;
    let clusters: Vec<&str> = place.graphemes(true).collect();
    match clusters.len().checked_sub(room) {
        Some(over @ 1..) => format!(
            "…{}",
            clusters.iter().skip(over + 1).copied().collect::<String>()
        ),
        _ => place.to_owned(),
    }
}
