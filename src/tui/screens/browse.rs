//! Browse: facets with live counts, the list, the preview.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{Areas, alignment, count, document, rule};
use crate::annotation::Status;
use crate::corpus::{Corpus, Key};
use crate::entity::Verdict;
use crate::record::Outcome;
use crate::tui::app::{App, Entry, Focus};
use crate::tui::marks::Fate;
use crate::tui::text::Canvas;

pub(super) fn render(app: &App, areas: &Areas, canvas: &mut Canvas) {
    if areas.facets.width > 0 {
        facets(app, areas.facets, canvas);
        for y in areas.body.top()..areas.body.bottom() {
            canvas.put(areas.facets.right(), y, 1, "│", app.theme.border);
        }
    }
    list(app, areas.list, canvas);
    if areas.preview.height > 0 {
        preview(app, areas.preview, canvas);
        alignment(app, &app.preview, areas.alignment, canvas);
    }
}

fn facets(app: &App, area: Rect, canvas: &mut Canvas) {
    let Some(view) = &app.view else { return };
    let theme = &app.theme;
    let lines = app.facet_lines();
    for (y, at) in (area.top()..area.bottom()).zip(app.facets.top..lines.len()) {
        let (facet, value) = lines[at];
        let facet = &view.facets[facet];
        let Some(value) = value else {
            let style = if at == app.facets.at && app.focus == Focus::Facets {
                theme.selected
            } else {
                theme.title
            };
            canvas.put(
                area.x + 1,
                y,
                area.width.saturating_sub(1),
                facet.key.spec().title,
                style,
            );
            continue;
        };
        let (code, n) = facet.values[value];
        let most = facet.values.iter().map(|(_, n)| *n).max().unwrap_or(1);
        let (mark, style) = match app.chosen(facet.key, code) {
            Some(true) => ("▪", theme.chosen),
            Some(false) => ("-", theme.wrong),
            None => (" ", theme.text),
        };
        let number = count(n as usize);
        let bar_room = 4;
        let name_room = area
            .width
            .saturating_sub(5 + bar_room + number.len() as u16);
        canvas.put(area.x + 1, y, 1, mark, style);
        let style = if at == app.facets.at && app.focus == Focus::Facets {
            theme.selected
        } else {
            style
        };
        canvas.put(
            area.x + 3,
            y,
            name_room,
            app.corpus.dict(facet.key).name(code),
            style,
        );
        let x = area
            .right()
            .saturating_sub(bar_room + 1 + number.len() as u16);
        canvas.fence(x.saturating_sub(1), y);
        canvas.put(x, y, number.len() as u16, &number, theme.text);
        canvas.put(
            area.right().saturating_sub(bar_room),
            y,
            bar_room,
            &bar(n, most, bar_room),
            theme.faint,
        );
    }
}

/// A bar of eighths of cells.
fn bar(n: u32, most: u32, room: u16) -> String {
    let eighths = (f64::from(n) / f64::from(most.max(1)) * f64::from(room) * 8.0).ceil() as usize;
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    "█".repeat(eighths / 8) + parts[eighths % 8]
}

/// Where the columns of the list are: outcome, scripts, run, question, answer.
struct Columns {
    /// The outcome as logged, where a grader says another.
    logged: u16,
    scripts: u16,
    /// What became of the names, once that is known.
    names: u16,
    tags: u16,
    run: u16,
    question: u16,
    answer: u16,
}

fn columns(width: u16, app: &App) -> Columns {
    let corpus = &app.corpus;
    let run = if width >= 90 { 22 } else { 14 };
    let logged = if corpus.grader().is_some() { 3 } else { 0 };
    let names = if corpus.is_audited() { 5 } else { 0 };
    let tags = if app.desk.is_in_use() { 3 } else { 0 };
    let optional = [logged, names, tags].map(|width| width + width.min(1));
    let rest = width.saturating_sub(8 + optional.iter().sum::<u16>() + 11 + run + 3);
    Columns {
        logged,
        names,
        tags,
        scripts: 10,
        run,
        question: rest * 3 / 5,
        answer: rest - rest * 3 / 5,
    }
}

/// Draws fields one after the other, each in its room, kept apart.
pub(super) struct Fields<'a, 'b> {
    pub canvas: &'a mut Canvas<'b>,
    pub x: u16,
    pub y: u16,
    pub end: u16,
}

impl Fields<'_, '_> {
    pub fn add(&mut self, room: u16, text: &str, style: Style) {
        let room = room.min(self.end.saturating_sub(self.x));
        self.canvas.put(self.x, self.y, room, text, style);
        self.x += room;
        self.canvas.fence(self.x, self.y);
        self.x += 1;
    }
}

fn list(app: &App, area: Rect, canvas: &mut Canvas) {
    let theme = &app.theme;
    let head = Rect {
        y: area.y.saturating_sub(1),
        height: 1,
        ..area
    };
    let Some(view) = &app.view else {
        let hint = if app.loading {
            "loading …"
        } else {
            "nothing loaded"
        };
        canvas.put(area.x + 1, area.y, area.width, hint, theme.faint);
        return;
    };
    let columns = columns(area.width, app);
    let mut fields = Fields {
        canvas,
        x: head.x,
        y: head.y,
        end: head.right(),
    };
    fields.add(7, " n/N", theme.title);
    if columns.logged > 0 {
        fields.add(columns.logged, "log", theme.title);
    }
    fields.add(columns.scripts, "src→tgt", theme.title);
    if columns.names > 0 {
        fields.add(columns.names, "name", theme.title);
    }
    if columns.tags > 0 {
        fields.add(columns.tags, "tag", theme.title);
    }
    fields.add(columns.run, "run", theme.title);
    fields.add(columns.question, "question", theme.title);
    fields.add(columns.answer, "answer", theme.title);
    if app.entries.is_empty() {
        let hint = match (view.corpus.is_empty(), app.viewing) {
            (_, true) => "looking …",
            (true, _) => "no response was read: press p for the problems",
            _ => "nothing matches: x switches the last filter off, X all of them",
        };
        canvas.put(
            area.x + 1,
            area.y,
            area.width.saturating_sub(1),
            hint,
            theme.faint,
        );
        return;
    }
    for (y, at) in (area.top()..area.bottom()).zip(app.list.top..app.entries.len()) {
        line(
            app,
            &columns,
            app.entries[at],
            Rect {
                y,
                height: 1,
                ..area
            },
            canvas,
        );
        if at == app.list.at {
            let style = if app.focus == Focus::List {
                theme.selected
            } else {
                theme.selected_elsewhere
            };
            canvas.buffer.set_style(
                Rect {
                    y,
                    height: 1,
                    ..area
                },
                style,
            );
        }
    }
}

fn line(app: &App, columns: &Columns, entry: Entry, area: Rect, canvas: &mut Canvas) {
    let (corpus, theme) = (&app.corpus, &app.theme);
    let Some(row) = app.row_of(entry) else {
        return;
    };
    let group = &corpus.groups().all[entry.group_of(corpus) as usize];
    let epochs = corpus.groups().rows(entry.group_of(corpus)).len();
    let (sign, style) = sign(app, entry, row, Key::Outcome);
    let barrier = match (app.marked.contains(&row), group.barrier) {
        (true, _) => '●',
        (false, true) => '▸',
        (false, false) => ' ',
    };
    let share = match (entry.is_row(), epochs) {
        (true, _) => format!(
            "  e{}",
            corpus.measure(crate::corpus::Measure::Epoch)[row as usize]
        ),
        (false, 1) => String::new(),
        // How many of the epochs are right, and how many different answers there are.
        (false, n) => format!(
            "{}/{n}{}",
            group.right,
            if group.distinct > 1 {
                format!("≠{}", group.distinct)
            } else {
                String::new()
            }
        ),
    };
    let mut fields = Fields {
        canvas,
        x: area.x,
        y: area.y,
        end: area.right(),
    };
    fields.add(7, &format!("{barrier}{sign}{share}"), style);
    if columns.logged > 0 {
        let (sign, style) = self::sign(app, entry, row, Key::Logged);
        fields.add(columns.logged, &format!(" {sign}"), style);
    }
    fields.add(columns.scripts, &scripts(corpus, row), theme.text);
    if columns.names > 0 {
        let rows = corpus.groups().rows(entry.group_of(corpus)).iter().copied();
        let mask = app.view.as_ref().map(|view| &view.mask);
        let shown = |row: &u32| mask.is_some_and(|mask| mask.get(*row as usize) == Some(&true));
        let (told, style) = match entry.is_row() {
            true => names(app, [row]),
            false => names(app, rows.filter(shown)),
        };
        fields.add(columns.names, &told, style);
    }
    if columns.tags > 0 {
        fields.add(columns.tags, &judged(app, row), theme.chosen);
    }
    fields.add(columns.run, &app.run_name(row), theme.text);
    match app.records.get(row) {
        Some(Ok(record)) => {
            fields.add(columns.question, one_line(&record.question), theme.text);
            let judged = ['✓', '✗'].contains(&sign);
            let style = if judged { style } else { theme.text };
            fields.add(columns.answer, one_line(&record.answer), style);
        }
        Some(Err(reason)) => fields.add(columns.question + columns.answer, reason, theme.warning),
        None => fields.add(columns.question, "…", theme.faint),
    }
}

/// The sign of a line: the outcome of a row; of a group that of most of its epochs.
fn sign(app: &App, entry: Entry, row: u32, key: Key) -> (char, Style) {
    let (corpus, theme) = (&app.corpus, &app.theme);
    let codes = corpus.codes(key);
    let rows = match entry.is_row() {
        true => std::slice::from_ref(&row),
        false => corpus.groups().rows(entry.group_of(corpus)),
    };
    let count = |outcome: Outcome| {
        let like = |row: &&u32| codes.get(**row as usize) == Some(&(outcome as u32));
        rows.iter().filter(like).count()
    };
    match (count(Outcome::Right), count(Outcome::Wrong)) {
        (right, wrong) if right > wrong => theme.outcome(Outcome::Right),
        (right, wrong) if right < wrong => theme.outcome(Outcome::Wrong),
        (0, _) => theme.outcome(
            Outcome::ALL
                .into_iter()
                .find(|outcome| count(*outcome) == rows.len())
                .unwrap_or_default(),
        ),
        _ => ('~', theme.warning),
    }
}

/// The worst that became of a name in these responses: its sign and the beginning of the word.
pub(super) fn names(app: &App, rows: impl IntoIterator<Item = u32>) -> (String, Style) {
    let rows = rows.into_iter();
    let words = rows.flat_map(|row| app.corpus.name(row, Key::Verdict).split(' '));
    let Some(verdict) = words.filter_map(Verdict::named).max_by_key(|v| v.gravity()) else {
        return (String::new(), app.theme.faint);
    };
    let (sign, style) = match verdict {
        Verdict::Absent => (" ", app.theme.faint),
        Verdict::Untransliterated | Verdict::RomanisedOnly => (" ", app.theme.warning),
        verdict => {
            let fate = Fate::of(verdict);
            (fate.sign(), app.theme.fate(fate))
        }
    };
    let word = verdict.word();
    (format!("{sign}{}", &word[..word.len().min(4)]), style)
}

/// `Hebr→Deva`, or only the target where the source is not known.
/// What the annotator has said of a response: so many tags, nothing to tag, put off, left out; and whether it is flagged.
fn judged(app: &App, row: u32) -> String {
    let marks = app.desk.marks(&app.corpus, row);
    let said = match (marks.status, marks.tags.len()) {
        (Status::Done, 0) => "0".to_owned(),
        (Status::Done, tags) => tags.to_string(),
        (Status::Deferred, _) => "…".to_owned(),
        (Status::Skipped, _) => "-".to_owned(),
        (Status::Open, _) => " ".to_owned(),
    };
    let flag = if marks.flag.is_some() { "*" } else { "" };
    said + flag
}

pub(super) fn scripts(corpus: &Corpus, row: u32) -> String {
    let [source, target] = [Key::Source, Key::Target].map(|key| corpus.name(row, key));
    match source {
        crate::corpus::fields::NONE => format!("→{target}"),
        source => format!("{source}→{target}"),
    }
}

/// As much of a text as a line can need.
pub(super) fn one_line(text: &str) -> &str {
    let text = text.trim_start();
    let end = text
        .char_indices()
        .nth(300)
        .map_or(text.len(), |(at, _)| at);
    &text[..end]
}

fn preview(app: &App, area: Rect, canvas: &mut Canvas) {
    let theme = &app.theme;
    let style = if app.focus == Focus::Preview {
        theme.chosen
    } else {
        theme.title
    };
    let title = match app.selected_row() {
        Some(row) => super::read::title(app, row),
        None => "nothing selected".into(),
    };
    let line = Rect {
        x: area.x.saturating_sub(1),
        y: area.y.saturating_sub(1),
        width: area.width + 3,
        height: 1,
    };
    rule(line, &title, style, theme, canvas);
    if app.selected_row().is_some() {
        document(app, &app.preview, area, canvas);
    }
}
