//! Figures of a report as SVG: heat maps of a matrix, forest plots of numbers with intervals.
//!
//! Lines and words are in [`INK`], which the style sheet turns into the colour of the text around, so that a figure can be
//! read in light and in dark. What stands on a coloured cell is black or white.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use unicode_width::UnicodeWidthStr;

use crate::stats::matrix::{Cell, FEW, Matrix};
use crate::stats::table::{self, Figure, Unit};
use crate::stats::{Estimate, Told};

/// A figure.
#[derive(Debug, Clone)]
pub enum Plot {
    /// Source down, target across.
    Heat(Box<Matrix>),
    /// Numbers with their intervals, one a line.
    Forest(Forest),
}

/// Numbers with their intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    title: String,
    /// How many it is of, and what the intervals are.
    caption: String,
    unit: Unit,
    lines: Vec<(String, Estimate)>,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// The colour of text; the style sheet knows it.
const INK: RGBColor = RGBColor(1, 1, 1);
/// What says little.
const GREY: RGBColor = RGBColor(190, 190, 190);
/// From orange over white to violet, after ColorBrewer's PuOr, which colour-blind readers can tell apart.
const DIVERGING: [RGBColor; 7] = [
    RGBColor(179, 88, 6),
    RGBColor(241, 163, 64),
    RGBColor(254, 224, 182),
    RGBColor(247, 247, 247),
    RGBColor(216, 218, 235),
    RGBColor(153, 142, 195),
    RGBColor(84, 39, 136),
];

impl Plot {
    /// A forest plot of columns of tables, each given with what is said after its names; nothing where there is no interval.
    pub(super) fn forest(
        told: &Told,
        title: &str,
        columns: &[(&str, usize, &str)],
    ) -> Option<Plot> {
        let (mut lines, mut notes, mut unit): (Vec<_>, Vec<&str>, _) = Default::default();
        for (name, column, said) in columns {
            let Some(table) = told.tables.iter().find(|table| table.name == *name) else {
                continue;
            };
            for row in &table.rows {
                let Some(table::Cell::Figure(Figure::Estimate(found), of)) = row.get(*column)
                else {
                    continue;
                };
                let (mut name, mut n) = (Vec::new(), String::new());
                for cell in row {
                    match cell {
                        table::Cell::Text(text) => name.push(text.as_str()),
                        table::Cell::Count(count) if n.is_empty() => n = format!(" (n {count})"),
                        _ => {}
                    }
                }
                unit = Some(*of);
                let said = if said.is_empty() {
                    ""
                } else {
                    &format!(" · {said}")
                };
                lines.push((name.join(" → ") + said + &n, *found));
            }
            notes.extend(table.notes.iter().map(String::as_str));
        }
        let used = told.tables.iter().find(|table| table.name == "used");
        let used = used.map(used_rows).unwrap_or_default();
        notes.dedup();
        Some(Plot::Forest(Forest {
            title: title.to_owned(),
            caption: used + &notes.join(" "),
            unit: unit?,
            lines,
        }))
    }

    /// What it shows.
    pub fn title(&self) -> String {
        match self {
            Plot::Heat(matrix) => matrix.title(),
            Plot::Forest(forest) => forest.title.clone(),
        }
    }

    /// How to read it.
    pub fn caption(&self) -> String {
        match self {
            Plot::Heat(matrix) => format!(
                "Source down, target across. Each cell has its number, in {}, and below it how many it is of (n); all: {} of {} questions. Grey: fewer than {FEW}. A dot: none. Intervals are in the table below.",
                match matrix.unit() {
                    Unit::Points => "points of 100",
                    _ => "per cent",
                },
                matrix.all.n,
                matrix.all.questions,
            ),
            Plot::Forest(forest) => {
                let how = match forest.unit {
                    Unit::Ratio => {
                        "Odds ratios with their 95 % intervals on a logarithmic axis. On the line at 1 there is no difference; to the right of it the odds are higher. An arrow: the interval goes on."
                    }
                    Unit::Points => {
                        "Differences in points with their 95 % intervals. On the line at 0 there is none."
                    }
                    _ => "Shares with their 95 % intervals.",
                };
                format!("{how} {}", forest.caption)
            }
        }
    }

    /// The figure; nothing where it cannot be drawn.
    pub fn svg(&self) -> Option<String> {
        match self {
            Plot::Heat(matrix) => heat(matrix),
            Plot::Forest(forest) => forest.svg(),
        }
    }
}

/// How many rows each fit has used.
fn used_rows(table: &table::Table) -> String {
    let said = table.rows.iter().filter_map(|row| match &row[..] {
        [
            table::Cell::Text(used),
            table::Cell::Text(what),
            table::Cell::Count(responses),
            table::Cell::Count(questions),
        ] if used == "used" => Some(format!(
            "n {what}: {responses} responses to {questions} questions. "
        )),
        _ => None,
    });
    said.collect()
}

/// Draws on a sheet of this size.
fn sheet(width: i32, height: i32, draw: impl FnOnce(&Area) -> Drawn) -> Option<String> {
    let mut svg = String::new();
    let size = (width.max(1) as u32, height.max(1) as u32);
    let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
    draw(&area).ok()?;
    area.present().ok()?;
    drop(area);
    Some(svg)
}

/// A text around a point.
fn text(area: &Area, text: &str, at: (i32, i32), size: f64, color: RGBColor, pos: HPos) -> Drawn {
    // plotters makes letters smaller by this.
    let font = FontDesc::new(FontFamily::SansSerif, size * 1.24, FontStyle::Normal);
    let style = TextStyle::from(font)
        .color(&color)
        .pos(Pos::new(pos, VPos::Center));
    // XML knows no controls.
    let text = text.replace(char::is_control, "\u{fffd}");
    Ok(area.draw(&Text::new(text, at, style))?)
}

fn line(area: &Area, points: [(i32, i32); 2], width: u32) -> Drawn {
    Ok(area.draw(&PathElement::new(points.to_vec(), INK.stroke_width(width)))?)
}

/// About how wide a text of this size is.
fn wide(text: &str, size: f64) -> i32 {
    (text.width() as f64 * size * 0.58).ceil() as i32
}

/// What colour stands for what number.
struct Colours {
    unit: Unit,
    /// The number at either end; that at the other is its opposite, or 0.
    most: f64,
}

impl Colours {
    fn of(matrix: &Matrix) -> Colours {
        let unit = matrix.unit();
        let together = matrix.by_source.iter().chain(&matrix.by_target);
        let cells = matrix.cells.iter().flatten().chain(together);
        let cells = cells.filter(|cell| !cell.few);
        let far = cells.filter_map(|cell| cell.figure.value()).map(f64::abs);
        let far = (far.fold(0.1, f64::max) * 10.0).ceil() / 10.0;
        Colours {
            unit,
            most: if unit == Unit::Points { far } else { 1.0 },
        }
    }

    fn ends(&self) -> [f64; 2] {
        let least = if self.unit == Unit::Points {
            -self.most
        } else {
            0.0
        };
        [least, self.most]
    }

    /// Of a place from 0 to 1 on the scale.
    fn at(&self, place: f64) -> RGBColor {
        let place = place.clamp(0.0, 1.0);
        match self.unit {
            Unit::Points => DerivedColorMap::new(&DIVERGING).get_color(place as f32),
            _ => ViridisRGB.get_color(place as f32),
        }
    }

    fn of_value(&self, value: f64) -> RGBColor {
        let [least, most] = self.ends();
        self.at((value - least) / (most - least))
    }
}

/// Black or white, whichever can be read on it.
fn on(RGBColor(red, green, blue): RGBColor) -> RGBColor {
    let light = 0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue);
    if light > 140.0 { BLACK } else { WHITE }
}

const CELL: (i32, i32) = (58, 38);
/// Between the cells and what is taken together.
const APART: i32 = 8;

fn heat(matrix: &Matrix) -> Option<String> {
    let colours = Colours::of(matrix);
    let widest = |names: &[String]| names.iter().map(|name| wide(name, 13.0)).max().unwrap_or(0);
    let left = widest(&matrix.sources).max(wide("source", 13.0)) + 16;
    let is_turned = widest(&matrix.targets) > CELL.0 - 4;
    let top = 34
        + if is_turned {
            widest(&matrix.targets)
        } else {
            14
        };
    let place = |row: usize, column: usize| {
        let apart = |at: usize, of: usize| if at == of { APART } else { 0 };
        (
            left + column as i32 * CELL.0 + apart(column, matrix.targets.len()),
            top + row as i32 * CELL.1 + apart(row, matrix.sources.len()),
        )
    };
    let (right, bottom) = place(matrix.sources.len(), matrix.targets.len());
    let (right, bottom) = (right + CELL.0, bottom + CELL.1);
    sheet((right + 4).max(left + 380), bottom + 62, |area| {
        text(area, "target", (left, 10), 12.0, INK, HPos::Left)?;
        text(
            area,
            "source",
            (left - 10, top - 12),
            12.0,
            INK,
            HPos::Right,
        )?;
        let all = "all".to_owned();
        for (column, name) in matrix.targets.iter().chain([&all]).enumerate() {
            let (x, y) = (place(0, column).0 + CELL.0 / 2, top - 12);
            match is_turned {
                true => turned(area, name, (x, top - 8))?,
                false => text(area, name, (x, y), 13.0, INK, HPos::Center)?,
            }
        }
        let rows = matrix.cells.iter().zip(&matrix.by_source);
        let rows = rows.map(|(cells, all)| cells.iter().chain([all]));
        for (row, (name, cells)) in matrix.sources.iter().zip(rows).enumerate() {
            let y = place(row, 0).1 + CELL.1 / 2;
            text(area, name, (left - 10, y), 13.0, INK, HPos::Right)?;
            for (column, found) in cells.enumerate() {
                cell(area, found, place(row, column), &colours)?;
            }
        }
        let last = matrix.sources.len();
        let y = place(last, 0).1 + CELL.1 / 2;
        text(area, "all", (left - 10, y), 13.0, INK, HPos::Right)?;
        for (column, found) in matrix.by_target.iter().chain([&matrix.all]).enumerate() {
            cell(area, found, place(last, column), &colours)?;
        }
        legend(area, (left, bottom + 18), &colours)
    })
}

/// A name that is read from below.
fn turned(area: &Area, name: &str, at: (i32, i32)) -> Drawn {
    let font = FontDesc::new(FontFamily::SansSerif, 13.0 * 1.24, FontStyle::Normal);
    let style = TextStyle::from(font.transform(FontTransform::Rotate270));
    let style = style.color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
    Ok(area.draw(&Text::new(
        name.replace(char::is_control, "\u{fffd}"),
        at,
        style,
    ))?)
}

fn cell(area: &Area, cell: &Cell, (x, y): (i32, i32), colours: &Colours) -> Drawn {
    let (middle, ends) = (
        x + CELL.0 / 2,
        [(x + 1, y + 1), (x + CELL.0 - 1, y + CELL.1 - 1)],
    );
    let Some(value) = cell.figure.value() else {
        return text(area, "·", (middle, y + CELL.1 / 2), 13.0, INK, HPos::Center);
    };
    let color = if cell.few {
        GREY
    } else {
        colours.of_value(value)
    };
    area.draw(&Rectangle::new(ends, color.filled()))?;
    let shown = colours.unit.show(value);
    let shown = shown.trim_end_matches(" %").trim_end_matches(" pt");
    text(area, shown, (middle, y + 14), 14.0, on(color), HPos::Center)?;
    text(
        area,
        &cell.n.to_string(),
        (middle, y + 28),
        10.5,
        on(color),
        HPos::Center,
    )
}

/// Which colour is which number.
fn legend(area: &Area, (x, y): (i32, i32), colours: &Colours) -> Drawn {
    let steps = 40;
    for step in 0..steps {
        let ends = [(x + step * 5, y), (x + step * 5 + 5, y + 12)];
        let color = colours.at(f64::from(step) / f64::from(steps - 1));
        area.draw(&Rectangle::new(ends, color.filled()))?;
    }
    let [least, most] = colours.ends();
    let middle = (least + most) / 2.0;
    for (value, at) in [(least, 0), (middle, steps * 5 / 2), (most, steps * 5)] {
        let pos = match at {
            0 => HPos::Left,
            at if at == steps * 5 => HPos::Right,
            _ => HPos::Center,
        };
        text(
            area,
            &colours.unit.show(value),
            (x + at, y + 24),
            11.0,
            INK,
            pos,
        )?;
    }
    let grey = x + steps * 5 + 28;
    area.draw(&Rectangle::new(
        [(grey, y), (grey + 16, y + 12)],
        GREY.filled(),
    ))?;
    text(
        area,
        &format!("fewer than {FEW}"),
        (grey + 22, y + 6),
        11.0,
        INK,
        HPos::Left,
    )
}

/// Odds ratios farther off than this are no longer told apart.
const FAR: f64 = 64.0;
/// The axis of a forest plot.
const AXIS: i32 = 360;
const LINE: i32 = 26;

impl Forest {
    /// Where a number is on the axis, before it is stretched.
    fn along(&self, value: f64) -> f64 {
        match self.unit {
            Unit::Ratio => value.clamp(1.0 / FAR, FAR).log2(),
            _ => value,
        }
    }

    /// The ends of the axis and the numbers that are marked on it, as in [`Forest::along`].
    fn axis(&self) -> ([f64; 2], Vec<f64>) {
        let ends = self
            .lines
            .iter()
            .flat_map(|(_, found)| [found.low, found.high]);
        let ends: Vec<f64> = ends
            .map(|end| self.along(end))
            .filter(|end| end.is_finite())
            .collect();
        let (low, high) = ends
            .iter()
            .fold((0.0, 0.0), |(low, high): (f64, f64), end| {
                (low.min(*end), high.max(*end))
            });
        match self.unit {
            Unit::Ratio => {
                let (low, high) = (low.floor().min(-1.0), high.ceil().max(1.0));
                let marks = (low as i32..=high as i32).map(f64::from).collect();
                ([low, high], marks)
            }
            Unit::Points => {
                let far = |end: f64| ((end.abs() * 10.0).ceil() / 10.0).max(0.1);
                let (low, high) = (-far(low), far(high));
                let step = if high - low > 0.8 { 0.2 } else { 0.1 };
                let marks = ((low / step).ceil() as i32)..=((high / step).floor() as i32);
                (
                    [low, high],
                    marks.map(|mark| f64::from(mark) * step).collect(),
                )
            }
            _ => ([0.0, 1.0], vec![0.0, 0.25, 0.5, 0.75, 1.0]),
        }
    }

    fn svg(&self) -> Option<String> {
        let names = self.lines.iter().map(|(name, _)| wide(name, 13.0));
        let left = names.max()? + 20;
        let ([low, high], marks) = self.axis();
        let x = |along: f64| left + ((along - low) / (high - low) * f64::from(AXIS)).round() as i32;
        let bottom = 12 + self.lines.len() as i32 * LINE;
        let shown = |found: &Estimate| self.unit.show_estimate(found);
        let right = self
            .lines
            .iter()
            .map(|(_, found)| wide(&shown(found), 13.0))
            .max()?
            + 40;
        sheet(left + AXIS + right, bottom + 34, |area| {
            line(area, [(left, bottom), (left + AXIS, bottom)], 1)?;
            for mark in marks {
                line(area, [(x(mark), bottom), (x(mark), bottom + 5)], 1)?;
                let said = match self.unit {
                    Unit::Ratio if mark < 0.0 => format!("1/{}", (-mark).exp2()),
                    Unit::Ratio => mark.exp2().to_string(),
                    unit => unit.show(mark),
                };
                text(area, &said, (x(mark), bottom + 17), 11.0, INK, HPos::Center)?;
            }
            if matches!(self.unit, Unit::Ratio | Unit::Points) {
                let at = x(0.0);
                for y in (6..bottom).step_by(7) {
                    line(area, [(at, y), (at, (y + 4).min(bottom))], 1)?;
                }
            }
            for (at, (name, found)) in (0..).zip(&self.lines) {
                let y = 8 + at * LINE + LINE / 2;
                text(area, name, (left - 14, y), 13.0, INK, HPos::Right)?;
                let [start, end, middle] =
                    [found.low, found.high, found.value].map(|value| self.along(value));
                line(area, [(x(start), y), (x(end), y)], 2)?;
                for (value, along, turn) in [(found.low, start, 1), (found.high, end, -1)] {
                    let is_cut = self.unit == Unit::Ratio && !(1.0 / FAR..=FAR).contains(&value);
                    let tip = x(along);
                    match is_cut {
                        true => {
                            line(area, [(tip, y), (tip + 6 * turn, y - 4)], 1)?;
                            line(area, [(tip, y), (tip + 6 * turn, y + 4)], 1)?;
                        }
                        false => line(area, [(tip, y - 4), (tip, y + 4)], 1)?,
                    }
                }
                let (x, said) = (x(middle), shown(found));
                area.draw(&Rectangle::new(
                    [(x - 4, y - 4), (x + 4, y + 4)],
                    INK.filled(),
                ))?;
                text(area, &said, (left + AXIS + 24, y), 13.0, INK, HPos::Left)?;
            }
            Ok(())
        })
    }
}
