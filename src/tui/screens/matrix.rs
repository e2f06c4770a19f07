//! Matrix: source by target as a heat map, the cell under the cursor in words below.

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::rule;
use crate::corpus::Key;
use crate::stats::Sides;
use crate::stats::matrix::{Base, Cell, Matrix, Measure, Need};
use crate::stats::table::Unit;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::matrix::{Counted, HeatMap};
use crate::tui::text::Canvas;
use crate::tui::theme::Theme;

/// Lines above the cells: title, what the keys chose, names of targets.
const HEAD: u16 = 3;
/// Lines below them, as long as there is room for as many cells.
const DETAIL: u16 = 8;
/// Names of sources and targets have at most so many cells.
const LONGEST: usize = 18;
/// The darker the more, in quarters.
const SHADES: [&str; 5] = ["  ", "░░", "▒▒", "▓▓", "██"];
/// What margins are called.
const ALL: &str = "all";

/// Where the cells are.
#[derive(Debug, Clone, Copy)]
pub(in crate::tui) struct Grid {
    /// So many rows and columns are in sight besides the margins.
    pub fit: [usize; 2],
    area: Rect,
    /// Cells of the terminal for the name of a source, a number, a count, and all of a cell.
    label: u16,
    value: u16,
    count: u16,
    cell: u16,
    /// The same of the margin at the right, whose counts are longer.
    margin: u16,
}

impl Grid {
    /// For what was counted; nothing before.
    pub(in crate::tui) fn of(app: &App, area: Rect) -> Option<Grid> {
        let counted = app.heat.counted()?;
        let matrix = &counted.matrix;
        let inner = || matrix.cells.iter().flatten().chain(&matrix.by_target);
        let margins = || matrix.by_source.iter().chain([&matrix.all]);
        let cells_of = |text: &str| app.medium.cells(text);
        let widest = |names: &[String]| {
            let names = names.iter().map(|name| cells_of(name).min(LONGEST));
            names.max().unwrap_or(0).max(ALL.len()) as u16
        };
        let all = || inner().chain(margins());
        let value = all().map(|cell| cells_of(&number(cell, matrix.unit())));
        let value = value.max().unwrap_or(0) as u16;
        let digits = |cell: &Cell| short(cell.n).len().max(2) as u16;
        let count = inner().map(digits).max().unwrap_or(0);
        let longer = margins().map(digits).max().unwrap_or(0);
        let label = widest(&matrix.sources);
        // Shade, number, mark, count, and blanks between.
        let wide = |count| 2 + 1 + value + 1 + count;
        let cell = (wide(count) + 1).max(widest(&matrix.targets) + 1);
        let margin = wide(longer);
        let lines = area.height.saturating_sub(HEAD + 1);
        let least = DETAIL.min(lines / 2);
        let [rows, columns] = counted.size();
        let columns_fit = area.width.saturating_sub(label + 2 + margin) / cell;
        Some(Grid {
            fit: [
                usize::from(lines - least).min(rows),
                usize::from(columns_fit).min(columns),
            ],
            area,
            label,
            value,
            count,
            cell,
            margin,
        })
    }

    /// Numbers of the rows or columns in sight; the last is that of the margin.
    fn shown(&self, heat: &HeatMap, counted: &Counted, side: usize) -> Vec<usize> {
        let size = counted.size()[side];
        let top = heat.at[side].top;
        let inner = top..(top + self.fit[side]).min(size);
        inner.chain([size]).collect()
    }

    fn x(&self, nth: usize) -> u16 {
        self.area.x + self.label + 2 + nth as u16 * self.cell
    }

    fn y(&self, nth: usize) -> u16 {
        self.area.y + HEAD + nth as u16
    }

    /// Row and column of the cell at a place of the screen.
    pub(in crate::tui) fn place(&self, heat: &HeatMap, at: Position) -> Option<[usize; 2]> {
        let counted = heat.counted()?;
        let line = usize::from(at.y.checked_sub(self.y(0))?);
        let column = usize::from(at.x.checked_sub(self.x(0))? / self.cell);
        let of = |side, nth| self.shown(heat, counted, side).get(nth).copied();
        Some([of(0, line)?, of(1, column)?])
    }
}

pub(super) fn render(app: &App, area: Rect, canvas: &mut Canvas) {
    let (heat, theme) = (&app.heat, &app.theme);
    if area.height <= HEAD {
        return;
    }
    let grid = Grid::of(app, area);
    let head = Rect { height: 1, ..area };
    let title = heat.counted().map(|counted| counted.matrix.title());
    let title = title.unwrap_or("source by target".to_owned());
    rule(head, &title, theme.title, theme, canvas);
    controls(
        app,
        Rect {
            y: area.y + 1,
            ..head
        },
        canvas,
    );
    let below = Rect {
        x: area.x + 1,
        y: area.y + HEAD,
        width: area.width.saturating_sub(2),
        height: area.height - HEAD,
    };
    match (&heat.found, grid) {
        (Some(Ok(counted)), Some(grid)) if counted.told.refusal.is_none() => {
            cells(app, counted, &grid, canvas);
            detail(app, counted, &grid, canvas);
        }
        (Some(Ok(counted)), _) => {
            let reason = counted.told.refusal.as_deref().unwrap_or_default();
            sentences(&[(reason.to_owned(), theme.warning)], below, canvas);
        }
        (Some(Err(reason)), _) => {
            let mut lines = vec![(sentence(reason), theme.warning)];
            if heat.ask.needs() == Some(Need::Audit) && !app.corpus.is_audited() {
                lines.push((audit(app), theme.text));
            }
            sentences(&lines, below, canvas);
        }
        (None, _) => sentences(&[("counting …".to_owned(), theme.faint)], below, canvas),
    }
    if let Some(done @ 0.01..) = heat.counting {
        let told = format!(" {:.0} % of the texts are read · esc stops ", done * 100.0);
        let wide = canvas.medium.cells(&told) as u16;
        let x = area.right().saturating_sub(wide + 1);
        canvas.put(x, area.y, wide, &told, theme.warning);
    }
}

/// Which part of the rows and columns is in sight, where not all are.
fn in_sight(heat: &HeatMap, counted: &Counted, grid: &Grid) -> String {
    let seen = ["sources", "targets"].iter().enumerate();
    let seen = seen.filter_map(|(side, what)| {
        let (size, top, fit) = (counted.size()[side], heat.at[side].top, grid.fit[side]);
        let last = (top + fit).min(size);
        (fit < size).then(|| format!(" {what} {}–{last} of {size} ", top + 1))
    });
    seen.collect::<Vec<_>>().join("·")
}

/// A sentence of the library as one that stands alone.
fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters.next().map(char::to_uppercase);
    let whole: String = first.into_iter().flatten().chain(letters).collect();
    match whole.ends_with('.') {
        true => whole,
        false => whole + ".",
    }
}

fn audit(app: &App) -> String {
    match app.auditing {
        Some(done) => format!("Names are looked for: {:.0} %. A stops that.", done * 100.0),
        None => "A has them looked for, which takes a while, and stops it.".to_owned(),
    }
}

/// What is chosen, with the keys that change it.
fn controls(app: &App, area: Rect, canvas: &mut Canvas) {
    let ask = &app.heat.ask;
    let (measure, _) = ask.measure.parts();
    let base = match ask.base {
        Base::None => "as it is",
        Base::Row => "by what is known at the source",
        Base::Column => "by how the target does on its own",
    };
    let mut chosen = vec![
        (Action::Measure, measure.to_owned()),
        (Action::Axis, format!("by {}", ask.axis.word())),
        (Action::Normalise, base.to_owned()),
    ];
    match ask.sides {
        None => chosen.push((Action::Difference, "no difference".to_owned())),
        Some(sides) => chosen.extend(told_sides(app, sides)),
    }
    choices(app, &chosen, area, canvas);
}

/// Two sides, with the keys that change them.
pub(super) fn told_sides(app: &App, sides: Sides) -> [(Action, String); 3] {
    let [a, b] = app.names_of_sides(sides);
    let kind = match sides.key {
        Key::Condition => "conditions",
        Key::Model => "models",
        _ => "runs",
    };
    [
        (Action::Difference, kind.to_owned()),
        (Action::FirstRun, format!("A {a}")),
        (Action::SecondRun, format!("B {b}")),
    ]
}

/// What is chosen on a line, each with its key.
pub(super) fn choices(app: &App, chosen: &[(Action, String)], area: Rect, canvas: &mut Canvas) {
    let (mut x, theme) = (area.x + 1, &app.theme);
    for (action, text) in chosen {
        let key = app.keymap.keys(*action).first().map_or("", String::as_str);
        let room = |x: u16| area.right().saturating_sub(x);
        x += canvas.put(x, area.y, room(x), key, theme.key) + 1;
        x += canvas.put(x, area.y, room(x), text, theme.text) + 2;
        canvas.fence(x - 1, area.y);
    }
}

fn cells(app: &App, counted: &Counted, grid: &Grid, canvas: &mut Canvas) {
    let (heat, theme, matrix) = (&app.heat, &app.theme, &counted.matrix);
    let [rows, columns] = [0, 1].map(|side| grid.shown(heat, counted, side));
    let name = |names: &[String], at: usize| names.get(at).map_or(ALL, String::as_str).to_owned();
    let heads = grid.area.y + HEAD - 1;
    canvas.put(grid.area.x + 1, heads, grid.label, "↓→", theme.faint);
    let [selected_row, selected_column] = heat.place();
    let style = |is_here: bool| if is_here { theme.chosen } else { theme.title };
    for (nth, column) in columns.iter().enumerate() {
        let text = name(&matrix.targets, *column);
        let style = style(*column == selected_column);
        canvas.put(grid.x(nth), heads, grid.cell - 1, &text, style);
    }
    for (line, row) in rows.iter().enumerate() {
        let y = grid.y(line);
        let text = name(&matrix.sources, *row);
        let style = style(*row == selected_row);
        canvas.put(grid.area.x + 1, y, grid.label, &text, style);
        for (nth, column) in columns.iter().enumerate() {
            let wide = match nth + 1 == columns.len() {
                true => grid.margin,
                false => grid.cell - 1,
            };
            let place = Rect::new(grid.x(nth), y, wide, 1);
            cell(
                counted.cell([*row, *column]),
                matrix,
                grid,
                place,
                theme,
                canvas,
            );
            if [*row, *column] == heat.place() {
                let place = place.intersection(grid.area);
                canvas.buffer.set_style(place, theme.selected);
            }
        }
    }
}

fn cell(cell: &Cell, matrix: &Matrix, grid: &Grid, at: Rect, theme: &Theme, canvas: &mut Canvas) {
    if cell.n == 0 {
        canvas.put(at.x + 3, at.y, at.width, "·", theme.faint);
        return;
    }
    let unit = matrix.unit();
    let (shade, heat) = match cell.figure.value() {
        Some(value) => (shade(value, unit), tone(value, matrix, theme)),
        None => (SHADES[0], theme.faint),
    };
    let (heat, text) = match cell.few {
        true => (theme.faint, theme.faint),
        false => (heat, theme.text),
    };
    canvas.put(at.x, at.y, 2, shade, heat);
    let mark = if cell.few { "*" } else { " " };
    let value = usize::from(grid.value);
    let count = match at.width == grid.margin {
        true => usize::from(grid.margin - grid.value - 4),
        false => usize::from(grid.count),
    };
    let told = format!("{:>value$}{mark}", number(cell, unit));
    let used = canvas.put(at.x + 3, at.y, grid.value + 1, &told, text);
    let n = format!("{:>count$}", short(cell.n));
    canvas.put(at.x + 3 + used, at.y, at.width, &n, theme.faint);
}

/// The number of a cell, without its unit.
fn number(cell: &Cell, unit: Unit) -> String {
    match (cell.figure.value(), unit) {
        (None, _) => "—".to_owned(),
        (Some(value), Unit::Share) => format!("{:.0}", value * 100.0),
        (Some(value), Unit::Points) => format!("{:+.0}", value * 100.0),
        (Some(value), unit) => unit.show(value),
    }
}

/// A count in four cells at most.
fn short(n: usize) -> String {
    match n {
        0..10_000 => n.to_string(),
        10_000..1_000_000 => format!("{}k", n / 1000),
        _ => format!("{}M", n / 1_000_000),
    }
}

fn shade(value: f64, unit: Unit) -> &'static str {
    let share = match unit {
        // Half of what is possible is a great difference.
        Unit::Points => value.abs() * 2.0,
        _ => value,
    };
    SHADES[(share.clamp(0.0, 1.0) * 4.0).round() as usize]
}

/// What is bad where it is much, or where it is less than nothing, has another colour than what is good.
fn tone(value: f64, matrix: &Matrix, theme: &Theme) -> Style {
    let is_bad = matches!(
        matrix.measure,
        Measure::Lost | Measure::Unparsed | Measure::Gap
    );
    match (matrix.unit(), is_bad == (value > 0.0)) {
        (Unit::Points, true) => theme.wrong,
        (Unit::Points, false) => theme.right,
        _ if is_bad => theme.warning,
        _ => theme.heat,
    }
}

/// The cell under the cursor, what is counted and what is not, and what to beware of.
fn detail(app: &App, counted: &Counted, grid: &Grid, canvas: &mut Canvas) {
    let (theme, matrix, told) = (&app.theme, &counted.matrix, &counted.told);
    let [row, column] = app.heat.place();
    let top = grid.y(grid.fit[0] + 1);
    let area = grid.area;
    if top >= area.bottom() {
        return;
    }
    let name = |names: &[String], at: usize| names.get(at).cloned();
    let (source, target) = (name(&matrix.sources, row), name(&matrix.targets, column));
    let title = match (source, target) {
        (Some(source), Some(target)) => format!("{source} → {target}"),
        (Some(source), None) => format!("from {source}, all targets"),
        (None, Some(target)) => format!("to {target}, all sources"),
        (None, None) => "all".to_owned(),
    };
    let line = Rect {
        y: top,
        height: 1,
        ..area
    };
    rule(line, &title, theme.chosen, theme, canvas);
    let seen = in_sight(&app.heat, counted, grid);
    let wide = canvas.medium.cells(&seen) as u16;
    let free = area.width.saturating_sub(title.chars().count() as u16 + 4);
    if wide < free {
        canvas.put(area.right() - wide - 1, top, wide, &seen, theme.faint);
    }
    let cell = counted.cell([row, column]);
    let noun = match matrix.measure {
        Measure::Gap | Measure::Lift => "pair",
        _ => "response",
    };
    let few = if cell.few {
        " · few: it says little"
    } else {
        ""
    };
    let smaller = match (&matrix.sides, matrix.measure) {
        (Some(_), Measure::Lift) | (None, _) => "",
        (Some(_), _) => " on the smaller side",
    };
    let figure = format!(
        "{} · {}{smaller} · {}{few}",
        matrix.unit().cell(cell.figure.clone()).told(),
        super::counted(cell.n, noun),
        super::counted(cell.questions, "question"),
    );
    let mut lines = vec![
        (figure, theme.title),
        (matrix.measure.about().to_owned(), theme.text),
    ];
    let scope = told.scope.sentences();
    let counted = scope.iter().skip(1).map(|line| (line.clone(), theme.text));
    lines.extend(counted);
    let caveats = told
        .caveats
        .iter()
        .map(|caveat| (caveat.clone(), theme.warning));
    lines.extend(caveats);
    let room = Rect {
        x: area.x + 1,
        y: top + 1,
        width: area.width.saturating_sub(2),
        height: area.bottom() - top - 1,
    };
    sentences(&lines, room, canvas);
}

/// Sentences below each other, wrapped; where there is no room for all, the last line says so.
pub(super) fn sentences(lines: &[(String, Style)], area: Rect, canvas: &mut Canvas) {
    let wrapped = lines.iter().flat_map(|(text, style)| {
        let ranges = canvas.medium.wrap(text, area.width);
        ranges.into_iter().map(move |range| (&text[range], *style))
    });
    let wrapped: Vec<(&str, Style)> = wrapped.collect();
    let height = usize::from(area.height);
    for (y, (nth, (text, style))) in (area.top()..area.bottom()).zip(wrapped.iter().enumerate()) {
        let more = nth + 1 == height && wrapped.len() > height;
        let used = canvas.put(area.x, y, area.width, text.trim_end(), *style);
        if more {
            let x = area.x + (used + 1).min(area.width.saturating_sub(1));
            canvas.put(x, y, 1, "…", *style);
        }
    }
}
