//! What is said of the response at hand, what was decided last, and the codes to choose from.

use ratatui::layout::Rect;

use super::{count, rule};
use crate::annotation::{Access, Code, Place};
use crate::tui::app::App;
use crate::tui::desk::{Chooser, For};
use crate::tui::text::Canvas;

/// Lines that the desk takes.
pub(super) const HEIGHT: u16 = 2;
/// Decisions of late that are told.
const RECENT: usize = 6;

/// What is said of the response at hand, and below it what was decided last.
pub(super) fn render(app: &App, area: Rect, canvas: &mut Canvas) {
    let theme = &app.theme;
    if area.height < HEIGHT {
        return;
    }
    let (first, room) = (area.x + 1, area.width.saturating_sub(1));
    let said = app.at_hand().map_or(String::new(), |row| said(app, row));
    let style = if said.is_empty() {
        theme.faint
    } else {
        theme.text
    };
    let told = if said.is_empty() {
        "not judged yet"
    } else {
        &said
    };
    canvas.put(first, area.y, room, told, style);
    let y = area.y + 1;
    let mut x = first;
    let mut add = |text: &str, style| {
        let gap = if x > first { " · " } else { "" };
        x += canvas.put(x, y, area.right().saturating_sub(x), gap, theme.faint);
        x += canvas.put(x, y, area.right().saturating_sub(x), text, style);
    };
    if let Some(queue) = &app.desk.queue {
        let mut told = format!("queue {}/{}", count(queue.settled), count(queue.rows.len()));
        if queue.deferred() > 0 {
            told.push_str(&format!(" ({} put off)", queue.deferred()));
        }
        add(&told, theme.chosen);
    }
    if app.desk.is_blind {
        add("blind", theme.warning);
    }
    let on_its_way = app.desk.saving + app.desk.waiting.len();
    match (&app.desk.access, &app.desk.unsaved, on_its_way) {
        (Access::Theirs(_), ..) => add("read-only", theme.warning),
        (_, (unsaved @ 1.., _), _) => add(&format!("! {unsaved} not saved"), theme.wrong),
        (_, _, 1..) => add("saving …", theme.faint),
        _ => add("saved", theme.right),
    }
    let recent = app.desk.state.recent(&app.desk.annotator);
    for recent in recent.filter(|recent| !recent.undone).take(RECENT) {
        let told = format!(
            "{} {} {}",
            app.desk.words(&recent),
            recent.target.1,
            recent.target.2
        );
        add(&told, theme.faint);
    }
}

/// What everybody says of a response, the annotator first.
fn said(app: &App, row: u32) -> String {
    let all = app.desk.said(&app.corpus, row);
    let of = |(name, marks): &(&str, crate::annotation::Marks)| {
        let mut parts: Vec<String> = marks
            .tags
            .iter()
            .map(|tag| app.desk.mark(tag.mark))
            .collect();
        parts.extend(marks.notes.iter().map(|note| match note.place {
            Place::Range(span) => format!("note on «{}»: {}", span.head, note.text),
            _ => format!("note: {}", note.text),
        }));
        parts.extend(marks.flag.map(|_| "⚑ flagged".to_owned()));
        if parts.is_empty() {
            parts.push(marks.status.word().to_owned());
        }
        format!("{name}: {}", parts.join(", "))
    };
    let mut told: Vec<String> = all.iter().map(of).collect();
    let target = crate::annotation::target_of(&app.corpus, row);
    if let Some(gold) = app.desk.state.gold(&target).filter(|_| !app.desk.is_blind) {
        let marks: Vec<String> = gold.marks.iter().map(|mark| app.desk.mark(mark)).collect();
        let marks = if marks.is_empty() {
            "no tag".to_owned()
        } else {
            marks.join(", ")
        };
        told.push(format!("settled by {}: {marks}", gold.annotator));
    }
    let tags = app.desk.tags().get(row);
    if tags.is_some_and(|said| said.is_stale) {
        told.insert(0, "stale: the text has changed since".into());
    }
    told.join(" │ ")
}

/// Cells that a column of codes has at least.
const COLUMN: u16 = 26;
/// Lines of the guideline.
const GUIDELINE: u16 = 3;

/// The codes to choose from, over the lower part of the body.
pub(super) fn chooser(app: &App, chooser: &Chooser, body: Rect, canvas: &mut Canvas) {
    let theme = &app.theme;
    let codes = app.desk.taxonomy.codes();
    let columns = (body.width / COLUMN).max(1);
    let (rows, wide) = ((codes.len() as u16).div_ceil(columns), body.width / columns);
    // Title, suggestions or what others said, codes, guideline.
    let height = (rows + 2 + GUIDELINE + 1).min(body.height);
    let area = Rect {
        y: body.bottom() - height,
        height,
        ..body
    };
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            canvas.buffer[(x, y)].reset();
        }
    }
    rule(
        Rect { height: 1, ..area },
        &title(app, chooser),
        theme.chosen,
        theme,
        canvas,
    );
    if height < 4 {
        return;
    }
    let hint = match &chooser.purpose {
        For::Tags => suggestions(chooser, codes),
        For::Gold { said, .. } => opinions(app, said),
    };
    canvas.put(
        area.x + 1,
        area.y + 1,
        area.width.saturating_sub(2),
        &hint,
        theme.variant,
    );
    let grid = Rect {
        y: area.y + 2,
        height: height.saturating_sub(2 + 1 + GUIDELINE).min(rows).max(1),
        ..area
    };
    for (nth, (at, code)) in codes.iter().enumerate().enumerate() {
        let nth = nth as u16;
        let (column, row) = (nth / rows, nth % rows);
        if row >= grid.height {
            continue;
        }
        let x = grid.x + 1 + column * wide;
        let y = grid.y + row;
        let room = wide.saturating_sub(1).min(grid.right().saturating_sub(x));
        code_line(app, chooser, (at, code), Rect::new(x, y, room, 1), canvas);
    }
    let Some(code) = codes.get(chooser.cursor) else {
        return;
    };
    let line = Rect {
        y: grid.bottom(),
        height: 1,
        ..area
    };
    let of = match chooser.place_of(code) {
        Some((_, told)) => format!("{}: of {told}", code.name),
        None => format!("{}: not of what is at hand", code.name),
    };
    rule(line, &of, theme.title, theme, canvas);
    let room = area.width.saturating_sub(2);
    let lines = canvas.medium.wrap(&code.guideline, room);
    for (y, line) in (line.y + 1..area.bottom()).zip(lines) {
        canvas.put(
            area.x + 1,
            y,
            room,
            code.guideline[line].trim_end(),
            theme.text,
        );
    }
}

fn title(app: &App, chooser: &Chooser) -> String {
    let place = chooser.place.and_then(|at| chooser.places.get(at));
    let of = match place {
        Some((_, told)) => format!(" {told}"),
        None => String::new(),
    };
    let rest = match &chooser.purpose {
        For::Gold { .. } => "letter: set or clear · number: as theirs · enter: settle",
        For::Tags if chooser.stays => {
            "letter: set or clear · +: only one · tab: of what · esc: end"
        }
        For::Tags => "letter: tag and go on · space: and stay · +: several · tab: of what",
    };
    let what = match &chooser.purpose {
        For::Gold { .. } => "settle",
        For::Tags => "tag",
    };
    format!("{what}{of} as {} · {rest}", app.desk.annotator)
}

fn suggestions(chooser: &Chooser, codes: &[Code]) -> String {
    if chooser.suggested.is_empty() {
        return "nothing is suggested".into();
    }
    let names = chooser.suggested.iter().filter_map(|at| codes.get(*at));
    let names: Vec<String> = (1..)
        .zip(names)
        .map(|(nth, code)| format!("{nth} {}", code.name))
        .collect();
    format!(
        "suggested: {} · enter takes the one marked",
        names.join(" · ")
    )
}

fn opinions(app: &App, said: &[(String, Vec<crate::annotation::Mark>)]) -> String {
    let of = |(nth, (name, marks)): (usize, &(String, Vec<crate::annotation::Mark>))| {
        let marks: Vec<String> = marks.iter().map(|mark| app.desk.mark(mark)).collect();
        let marks = if marks.is_empty() {
            "no tag".into()
        } else {
            marks.join(", ")
        };
        format!("{nth} {name}: {marks}")
    };
    (1..).zip(said).map(of).collect::<Vec<_>>().join(" │ ")
}

/// A code: its key, whether it is set, its name.
fn code_line(
    app: &App,
    chooser: &Chooser,
    (at, code): (usize, &Code),
    area: Rect,
    canvas: &mut Canvas,
) {
    let theme = &app.theme;
    let Some(key) = code.key else {
        canvas.put(area.x, area.y, area.width, &code.name, theme.title);
        return;
    };
    let is_set = match &chooser.purpose {
        For::Gold { chosen, .. } => chosen.iter().any(|mark| mark.code.as_ref() == code.code),
        For::Tags => {
            let marks = app.desk.marks(&app.corpus, chooser.row);
            marks
                .tags
                .iter()
                .any(|tag| tag.mark.code.as_ref() == code.code)
        }
    };
    let style = match (chooser.place_of(code).is_some(), at == chooser.cursor) {
        (_, true) => theme.selected,
        (true, false) => theme.text,
        (false, false) => theme.faint,
    };
    canvas.put(area.x, area.y, 1, &key.to_string(), theme.key);
    canvas.put(
        area.x + 2,
        area.y,
        1,
        if is_set { "▪" } else { " " },
        theme.chosen,
    );
    let room = area.width.saturating_sub(4);
    canvas.put(area.x + 4, area.y, room, &code.name, style);
}
