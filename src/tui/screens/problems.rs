//! Problems: every record and file that could not be read, where, and why.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{counted, rule};
use crate::tui::app::App;
use crate::tui::text;

pub(super) fn render(app: &App, area: Rect, buffer: &mut Buffer) {
    let (theme, problems) = (&app.theme, app.corpus.problems());
    if area.height == 0 {
        return;
    }
    let skipped = problems.iter().filter(|problem| problem.skipped).count();
    let title = format!(
        "{} · {} that {} no run",
        counted(problems.len() - skipped, "problem"),
        counted(skipped, "file"),
        if skipped == 1 { "is" } else { "are" },
    );
    rule(
        Rect { height: 1, ..area },
        &title,
        theme.title,
        theme,
        buffer,
    );
    let lines = area.top() + 1..area.bottom();
    if problems.is_empty() {
        text::put(
            buffer,
            area.x + 1,
            area.y + 1,
            area.width.saturating_sub(1),
            "everything was read",
            theme.faint,
        );
    }
    for (y, at) in lines.zip(app.problems.top..problems.len()) {
        let problem = &problems[at];
        let (sign, style) = if problem.skipped {
            ("·", theme.faint)
        } else {
            ("!", theme.warning)
        };
        text::put(buffer, area.x + 1, y, 1, sign, style);
        let used = text::put(
            buffer,
            area.x + 3,
            y,
            area.width.saturating_sub(3),
            &place(app, at),
            theme.text,
        );
        let x = area.x + 3 + used;
        text::fence(buffer, x, y);
        text::put(
            buffer,
            x + 1,
            y,
            area.right().saturating_sub(x + 1),
            &problem.reason,
            style,
        );
        if at == app.problems.at {
            buffer.set_style(
                Rect {
                    y,
                    height: 1,
                    ..area
                },
                theme.selected,
            );
        }
    }
}

/// File and place, shortened from the left so that the reason still has room.
fn place(app: &App, at: usize) -> String {
    let problem = &app.corpus.problems()[at];
    let place = format!("{}{}", problem.path.display(), problem.spot);
    let room = usize::from(app.size.width) * 2 / 5;
    let letters: Vec<char> = place.chars().collect();
    match letters.len().checked_sub(room) {
        Some(over @ 1..) => format!("…{}", letters[over + 1..].iter().collect::<String>()),
        _ => place,
    }
}
