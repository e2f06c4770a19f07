//! Tags: what the annotator decided last, and how far annotators agree.

use ratatui::layout::Rect;

use super::browse::Fields;
use super::{counted, rule, scrollbar};
use crate::tui::app::App;
use crate::tui::tags::Shows;
use crate::tui::text::Canvas;

/// Lines above the list.
pub(in crate::tui) const HEAD: u16 = 1;

pub(super) fn render(app: &App, area: Rect, canvas: &mut Canvas) {
    let theme = &app.theme;
    if area.height == 0 {
        return;
    }
    let decisions = app.desk.state.decisions(&app.desk.annotator);
    let title = match app.board.shows {
        Shows::Recent => format!(
            "{} of {} · tab: agreement",
            counted(decisions, "decision"),
            app.desk.annotator
        ),
        Shows::Agreement => {
            "agreement, of what is saved · enter: where people differ · tab: decisions".to_owned()
        }
    };
    rule(
        Rect { height: 1, ..area },
        &title,
        theme.title,
        theme,
        canvas,
    );
    let list = Rect {
        y: area.y + HEAD,
        height: area.height - HEAD,
        ..area
    };
    match app.board.shows {
        Shows::Recent => recent(app, list, canvas),
        Shows::Agreement => agreement(app, list, canvas),
    }
}

fn recent(app: &App, area: Rect, canvas: &mut Canvas) {
    let theme = &app.theme;
    let all = app.desk.state.recent(&app.desk.annotator);
    let shown = all.enumerate().skip(app.board.recent.top);
    let mut is_empty = true;
    for ((at, recent), y) in shown.zip(area.top()..area.bottom()) {
        is_empty = false;
        let mut fields = Fields {
            canvas,
            x: area.x + 1,
            y,
            end: area.right(),
        };
        let style = if recent.undone {
            theme.faint
        } else {
            theme.text
        };
        let time = recent.time.to_string().replace('T', " ");
        fields.add(16, time.get(..16).unwrap_or(&time), theme.faint);
        fields.add(6, if recent.undone { "undone" } else { "" }, theme.warning);
        fields.add(area.width / 3, &app.desk.words(&recent), style);
        fields.add(
            area.width,
            &format!("{} {}", recent.target.1, recent.target.2),
            style,
        );
        if at == app.board.recent.at {
            let line = Rect {
                y,
                height: 1,
                ..area
            };
            canvas.buffer.set_style(line, theme.selected);
        }
    }
    if is_empty {
        let hint = "nothing is decided yet: t tags a response";
        canvas.put(area.x + 1, area.y, area.width, hint, theme.faint);
    }
}

fn agreement(app: &App, area: Rect, canvas: &mut Canvas) {
    let theme = &app.theme;
    let told = match (&app.board.agreement, app.desk.is_blind) {
        (_, true) => Some("what others said is hidden: see it first (H)"),
        (None, _) => Some("comparing …"),
        _ => None,
    };
    if let Some(told) = told {
        canvas.put(area.x + 1, area.y, area.width, told, theme.faint);
        return;
    }
    let lines = app
        .board
        .agreement
        .as_deref()
        .map_or(&[][..], Vec::as_slice);
    let room = area.width.saturating_sub(2);
    for (line, y) in lines
        .iter()
        .skip(app.board.top.at)
        .zip(area.top()..area.bottom())
    {
        canvas.put(area.x + 1, y, room, line, theme.text);
    }
    scrollbar(area, app.board.top.at, lines.len(), theme, canvas);
}
