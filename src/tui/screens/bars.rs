//! The lines above and below every screen: what is loaded, what is filtered, which keys work, the prompt.

use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;

use super::{Areas, Layout, count, counted};
use crate::corpus::Key;
use crate::ingest::Gravity;
use crate::tui::action::{ACTIONS, Spec};
use crate::tui::app::App;
use crate::tui::prompt::{Kind, Prompt};
use crate::tui::text::{Canvas, Glyph};

pub(super) fn header(app: &App, area: Rect, canvas: &mut Canvas, layout: &mut Layout) {
    if area.height == 0 {
        return;
    }
    let (corpus, theme) = (&app.corpus, &app.theme);
    let right = match &app.view {
        Some(view) => format!("barrier failures ▸ {} ", count(view.barriers)),
        None => String::new(),
    };
    let wide = canvas.medium.cells(&right) as u16;
    if area.width > wide + 30 {
        let x = area.right() - wide;
        canvas.put(x, area.y, wide, &right, theme.chosen);
        layout.barrier = Rect::new(x, area.y, wide, 1);
    }
    let mut room = area.width.saturating_sub(layout.barrier.width + 1);
    let mut x = area.x;
    let mut add = |text: &str, style| {
        let used = canvas.put(x, area.y, room, text, style);
        (x, room) = (x + used, room - used);
    };
    add(" scriptlens ", theme.title);
    let runs = corpus.dict(Key::Run).len();
    let questions = corpus.dict(Key::Question).len();
    let loaded = [
        counted(runs, "run"),
        counted(corpus.len(), "response"),
        counted(questions, "question"),
    ];
    add(&loaded.join(" · "), theme.text);
    let problems = corpus.problems_of(Gravity::Lost);
    if problems > 0 {
        add(
            &format!(" · ! {}", counted(problems, "problem")),
            theme.warning,
        );
    }
    let warnings = corpus.warnings().len() + corpus.problems_of(Gravity::Remark);
    if warnings > 0 {
        add(
            &format!(" · ? {}", counted(warnings, "warning")),
            theme.warning,
        );
    }
    let progress = corpus.progress();
    let at = format!(
        "file {}/{} {:.0} %",
        progress.file,
        progress.files,
        (progress.part * 100.0).min(100.0)
    );
    if let Some(done) = app.grading {
        let percent = done * 100 / corpus.len().max(1);
        add(&format!(" · grading {percent} %"), theme.warning);
    }
    if let Some(done) = app.auditing {
        add(&format!(" · names {:.0} %", done * 100.0), theme.faint);
    }
    if app.loading {
        add(&format!(" · loading {at}"), theme.warning);
    } else if progress.stopped {
        add(&format!(" · loading was stopped at {at}"), theme.warning);
    }
}

/// How many of how many, and every active filter with the key that switches it off.
pub(super) fn filters(app: &App, area: Rect, canvas: &mut Canvas, layout: &mut Layout) {
    if area.height == 0 {
        return;
    }
    let theme = &app.theme;
    let shown = match &app.view {
        Some(view) => format!(
            " {} of {} · {} · {}",
            count(view.rows),
            counted(view.corpus.len(), "response"),
            counted(view.list.len(), "row"),
            view.sort.word(),
        ),
        None if app.loading => " loading …".into(),
        None => String::new(),
    };
    let mut x = area.x + canvas.put(area.x, area.y, area.width, &shown, theme.text);
    if let Some((done, all)) = app.view.as_ref().and_then(|view| view.searching()) {
        let word = if app.viewing {
            "searched"
        } else {
            "search stopped at"
        };
        let searched = format!(" ({word} {} %)", done * 100 / all.max(1));
        x += canvas.put(
            x,
            area.y,
            area.right().saturating_sub(x),
            &searched,
            theme.warning,
        );
    }
    if let Some(grader) = app.corpus.grader() {
        let room = area.right().saturating_sub(x + 2);
        let graded = format!("graded by {}", grader.label());
        x += 2 + canvas.put(x + 2, area.y, room, &graded, theme.warning);
    }
    for (at, clause) in app.filter.clauses.iter().enumerate() {
        let room = area.right().saturating_sub(x + 2);
        let key = if at < 9 {
            format!("{}×", at + 1)
        } else {
            "×".into()
        };
        if room < 8 {
            break;
        }
        // In parts, so that no clause from right to left takes the key and the brackets with it.
        let head = canvas.put(x + 2, area.y, room, &format!("[{key} "), theme.chosen);
        let at_end = x + 2 + head;
        let room = room - head - 1;
        let used = canvas.put(at_end, area.y, room, &app.told(clause), theme.chosen);
        let used = head + used + canvas.put(at_end + used, area.y, 1, "]", theme.chosen);
        canvas.fence(x + 1, area.y);
        layout.chips.push((Rect::new(x + 2, area.y, used, 1), at));
        x += 2 + used;
    }
    // What a file says of itself stands beside what it shows.
    if let Some(note) = app.file_note() {
        canvas.put(
            x + 2,
            area.y,
            area.right().saturating_sub(x + 2),
            note,
            theme.warning,
        );
    }
}

pub(super) fn footer(app: &App, areas: &Areas, canvas: &mut Canvas, layout: &mut Layout) {
    let area = areas.footer;
    if area.height == 0 {
        return;
    }
    if let Some(prompt) = &app.prompt {
        return prompt_line(app, prompt, areas, canvas, layout);
    }
    for x in area.left()..area.right() {
        canvas.buffer[(x, area.y)].reset();
    }
    if let Some(message) = &app.message {
        canvas.put(
            area.x + 1,
            area.y,
            area.width.saturating_sub(2),
            message,
            app.theme.warning,
        );
        return;
    }
    let mut x = area.x + 1;
    let told = |spec: &&Spec| !spec.short.is_empty() && spec.place.holds(app.scene());
    let mut here: Vec<&Spec> = ACTIONS.iter().filter(told).collect();
    // What can be done only now comes first.
    here.sort_by_key(|spec| !spec.place.is_special());
    for spec in here {
        let Some(key) = app.keymap.keys(spec.action).first() else {
            continue;
        };
        let room = area.right().saturating_sub(x);
        if usize::from(room) < canvas.medium.cells(key) + canvas.medium.cells(spec.short) + 2 {
            continue;
        }
        x += canvas.put(x, area.y, room, key, app.theme.key) + 1;
        x += canvas.put(
            x,
            area.y,
            area.right().saturating_sub(x),
            spec.short,
            app.theme.faint,
        ) + 2;
    }
}

/// At most this many offers are in sight.
const OFFERS: usize = 10;

fn prompt_line(
    app: &App,
    prompt: &Prompt,
    areas: &Areas,
    canvas: &mut Canvas,
    layout: &mut Layout,
) {
    let (area, theme) = (areas.footer, &app.theme);
    for x in area.left()..area.right() {
        canvas.buffer[(x, area.y)].reset();
    }
    let label = match prompt.kind {
        Kind::Filter => "filter: ",
        Kind::Search => "search: ",
        Kind::Palette => ": ",
        Kind::Grade => "judge by: ",
        Kind::Note => "note: ",
        Kind::Queue => "queue: ",
        Kind::File => "write to: ",
    };
    let label_width = canvas.put(area.x, area.y, area.width, label, theme.key);
    let (start, room) = (
        area.x + label_width,
        area.width.saturating_sub(label_width + 1),
    );
    // Long lines are scrolled so that the cursor stays in sight.
    let before = &prompt.text()[..prompt.cursor()];
    let (mut from, mut used) = (before.len(), 0);
    for (at, cluster) in before.grapheme_indices(true).rev() {
        used += canvas.medium.cells(cluster);
        if used > usize::from(room) {
            break;
        }
        from = at;
    }
    let text = &prompt.text()[from..];
    let row = canvas.medium.line(text, room + 1);
    canvas.row(start, area.y, room + 1, &row, |_| theme.text);
    let column = column_of(prompt.cursor() - from, &row);
    layout.cursor = Some((start + column.min(room), area.y));
    offers(app, prompt, areas, canvas);
}

/// The column in which a byte would be typed: before its cluster, in the direction of that, or behind the last one.
fn column_of(byte: usize, row: &[Glyph]) -> u16 {
    let last = row.iter().map(|glyph| glyph.source.end).max().unwrap_or(0);
    let mut x = 0;
    for glyph in row {
        let (left, right) = (x, x + glyph.width);
        x = right;
        if glyph.source.contains(&byte) {
            return if glyph.rtl { right } else { left };
        }
        if byte >= last && glyph.source.end == last {
            return if glyph.rtl { left } else { right };
        }
    }
    0
}

fn offers(app: &App, prompt: &Prompt, areas: &Areas, canvas: &mut Canvas) {
    let (theme, body) = (&app.theme, areas.body);
    let hint = match (prompt.kind, &prompt.error) {
        (_, Some(error)) => Some((error.clone(), theme.wrong)),
        (Kind::Search, None) => {
            let hint =
                "finds words like it in any script; \"in quotes\": the exact phrase, in traces too";
            Some((hint.to_owned(), theme.faint))
        }
        (Kind::Grade, None) => {
            let hint = "judges every answer anew; what was logged stays beside it, as logged:…";
            Some((hint.to_owned(), theme.faint))
        }
        (Kind::Queue, None) => {
            let shown = app.view.as_ref().map_or(0, |view| view.rows);
            let hint = format!(
                "of the {} that the filter shows",
                counted(shown, "response")
            );
            Some((hint, theme.faint))
        }
        (Kind::File, None) => {
            let shown = app.view.as_ref().map_or(0, |view| view.rows);
            let hint = format!(
                "a request for each question and language of the {} that the filter shows",
                counted(shown, "response")
            );
            Some((hint, theme.faint))
        }
        (Kind::Note, None) => {
            let hint = "about the response, or about what is selected; empty takes the note away";
            Some((hint.to_owned(), theme.faint))
        }
        _ => None,
    };
    let room = usize::from(body.height).saturating_sub(usize::from(hint.is_some()));
    let chosen = prompt.chosen.unwrap_or(0);
    let first = chosen.saturating_sub(OFFERS.min(room).saturating_sub(1));
    let offers: Vec<_> = prompt
        .offers
        .iter()
        .enumerate()
        .skip(first)
        .take(OFFERS.min(room))
        .collect();
    let lines = offers.len() + usize::from(hint.is_some());
    let mut y = body.bottom().saturating_sub(lines as u16);
    let blank = |y: u16, canvas: &mut Canvas| {
        for x in body.left()..body.right() {
            canvas.buffer[(x, y)].reset();
        }
    };
    for (at, offer) in offers {
        blank(y, canvas);
        let style = if prompt.chosen == Some(at) {
            theme.selected
        } else {
            theme.text
        };
        canvas.put(body.x + 1, y, 24.min(body.width), &offer.text, style);
        let x = body.x + 27.max(2 + canvas.medium.cells(&offer.text).min(24) as u16);
        canvas.put(
            x,
            y,
            body.right().saturating_sub(x),
            &offer.doc,
            theme.faint,
        );
        y += 1;
    }
    if let Some((hint, style)) = hint.filter(|_| body.height > 0) {
        blank(y, canvas);
        canvas.put(body.x + 1, y, body.width.saturating_sub(1), &hint, style);
    }
}
