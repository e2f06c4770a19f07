//! One way to tell numbers: a table of typed cells, and what has to be said with it, as text, Markdown, JSON or CSV.

use std::fmt::Write as _;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use unicode_width::UnicodeWidthStr;

use super::{Estimate, Interval};

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// A word for programs, no two of one telling the same.
    pub name: &'static str,
    /// What it shows.
    pub title: String,
    /// Heads of the columns; words for programs too.
    pub columns: Vec<String>,
    /// Cells, line by line.
    pub rows: Vec<Vec<Cell>>,
    /// What has to be known to read it.
    pub notes: Vec<String>,
    /// Who it is for.
    #[serde(skip)]
    pub reader: Reader,
}

/// Who a table is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reader {
    /// It is in every form.
    #[default]
    All,
    /// It is laid out for the eye: not in JSON and CSV.
    People,
    /// It is too long for the eye: only in JSON and CSV.
    Programs,
}

/// What stands in a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A name.
    Text(String),
    /// A count.
    Count(usize),
    /// A number with its unit.
    Figure(Figure, Unit),
}

/// A number, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// There is nothing to count.
    None,
    /// A number.
    Value(f64),
    /// A number with its 95 % interval.
    Estimate(Estimate),
    /// A number cannot be; a sentence says why.
    Refused(String),
}

/// How a number is shown. JSON and CSV have it as it is: shares and differences of shares from -1 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A share: per cent.
    Share,
    /// A difference of shares: points, with their sign.
    Points,
    /// An odds ratio or another factor.
    Ratio,
    /// A number as it is, with its sign.
    Signed,
    /// A number as it is.
    Plain,
    /// How likely it is by chance.
    Chance,
}

impl Figure {
    /// A difference of shares: it and its interval stay within -1 and 1. Where all questions differ alike, nothing is known of
    /// how far it may be off, and there is no interval.
    pub fn difference(found: Estimate) -> Figure {
        match found.high - found.low > 1e-9 {
            true => Figure::Estimate(found.map(|end| end.clamp(-1.0, 1.0))),
            false => Figure::Value(found.value),
        }
    }

    /// The number.
    pub fn value(&self) -> Option<f64> {
        match self {
            Figure::Value(value) => Some(*value),
            Figure::Estimate(estimate) => Some(estimate.value),
            Figure::None | Figure::Refused(_) => None,
        }
    }
}

impl From<f64> for Figure {
    fn from(value: f64) -> Figure {
        Figure::Value(value)
    }
}

impl From<Estimate> for Figure {
    fn from(estimate: Estimate) -> Figure {
        Figure::Estimate(estimate)
    }
}

impl From<Interval> for Figure {
    fn from(interval: Interval) -> Figure {
        Figure::Estimate(Estimate {
            value: interval.rate,
            low: interval.low,
            high: interval.high,
        })
    }
}

impl<T: Into<Figure>> From<Option<T>> for Figure {
    fn from(figure: Option<T>) -> Figure {
        figure.map_or(Figure::None, Into::into)
    }
}

impl<T: Into<Figure>, E: std::fmt::Display> From<Result<T, E>> for Figure {
    fn from(figure: Result<T, E>) -> Figure {
        figure.map_or_else(|reason| Figure::Refused(reason.to_string()), Into::into)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<usize> for Cell {
    fn from(count: usize) -> Cell {
        Cell::Count(count)
    }
}

impl Unit {
    /// A cell with this unit.
    pub fn cell(self, figure: impl Into<Figure>) -> Cell {
        match (self, figure.into()) {
            (Unit::Points, Figure::Estimate(found)) => {
                Cell::Figure(Figure::difference(found), self)
            }
            (_, figure) => Cell::Figure(figure, self),
        }
    }

    /// A number for the eye.
    pub fn show(self, value: f64) -> String {
        match self {
            Unit::Share => format!("{:.1} %", value * 100.0),
            Unit::Points => format!("{:+.1} pt", value * 100.0),
            Unit::Ratio if value >= 100.0 => format!("{value:.0}"),
            Unit::Ratio => format!("{value:.2}"),
            Unit::Signed => format!("{value:+.3}"),
            Unit::Plain => format!("{value:.3}"),
            Unit::Chance if value < 0.0001 => "< 0.0001".to_owned(),
            Unit::Chance => format!("{value:.4}"),
        }
    }

    /// A number with its interval for the eye.
    pub(super) fn show_estimate(self, estimate: &Estimate) -> String {
        let bare = |value| {
            let shown = self.show(value);
            shown
                .trim_end_matches(" %")
                .trim_end_matches(" pt")
                .to_owned()
        };
        let between = if matches!(self, Unit::Points | Unit::Signed) {
            " to "
        } else {
            "–"
        };
        format!(
            "{} ({}{between}{})",
            self.show(estimate.value),
            bare(estimate.low),
            bare(estimate.high)
        )
    }
}

impl Cell {
    /// Nothing.
    pub const NOTHING: Cell = Cell::Figure(Figure::None, Unit::Plain);

    fn is_text(&self) -> bool {
        matches!(self, Cell::Text(_))
    }

    /// The cell for the eye, on its own.
    pub fn told(&self) -> String {
        match self {
            Cell::Figure(Figure::Refused(reason), _) => reason.clone(),
            cell => cell.show(&mut Vec::new()),
        }
    }

    /// The cell for the eye; why there is no number goes among the reasons, and its number stands here.
    fn show(&self, reasons: &mut Vec<String>) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Count(count) => count.to_string(),
            Cell::Figure(Figure::None, _) => "—".to_owned(),
            Cell::Figure(Figure::Value(value), unit) => unit.show(*value),
            Cell::Figure(Figure::Estimate(estimate), unit) => unit.show_estimate(estimate),
            Cell::Figure(Figure::Refused(reason), _) => {
                let known = reasons.iter().position(|known| known == reason);
                let at = known.unwrap_or_else(|| {
                    reasons.push(reason.clone());
                    reasons.len() - 1
                });
                format!("— [{}]", at + 1)
            }
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Count(count) => serializer.serialize_u64(*count as u64),
            Cell::Figure(Figure::None, _) => serializer.serialize_none(),
            Cell::Figure(Figure::Value(value), _) => serializer.serialize_f64(*value),
            Cell::Figure(Figure::Estimate(estimate), _) => estimate.serialize(serializer),
            Cell::Figure(Figure::Refused(reason), _) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("refused", reason)?;
                map.end()
            }
        }
    }
}

/// Wider than this no line of text is, unless asked for.
pub const WIDE: usize = 100;

/// A sentence in lines of so many cells, the later ones set in by so many blanks.
pub fn wrapped(text: &str, wide: usize, set_in: usize) -> String {
    let (mut out, mut width) = (String::new(), 0);
    for word in text.split_whitespace() {
        let of_word = word.width();
        if width > 0 && width + 1 + of_word > wide {
            let _ = write!(out, "\n{}{word}", " ".repeat(set_in));
            width = set_in + of_word;
        } else {
            let blank = if width > 0 { " " } else { "" };
            let _ = write!(out, "{blank}{word}");
            width += blank.len() + of_word;
        }
    }
    out
}

impl Table {
    /// A table without lines.
    pub fn new(name: &'static str, title: impl Into<String>, columns: &[&str]) -> Table {
        Table {
            name,
            title: title.into(),
            columns: columns.iter().map(|head| (*head).to_owned()).collect(),
            rows: Vec::new(),
            notes: Vec::new(),
            reader: Reader::All,
        }
    }

    /// The same for some readers only.
    pub fn reader(self, reader: Reader) -> Table {
        Table { reader, ..self }
    }

    /// The same with a note.
    pub fn note(mut self, note: impl Into<String>) -> Table {
        self.notes.push(note.into());
        self
    }

    /// Adds a line.
    pub fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// The cells for the eye, and why some are no numbers.
    pub(super) fn shown(&self) -> (Vec<Vec<String>>, Vec<String>) {
        let mut reasons = Vec::new();
        let rows = self.rows.iter();
        let rows = rows.map(|row| row.iter().map(|cell| cell.show(&mut reasons)).collect());
        (rows.collect(), reasons)
    }

    /// Whether a column is of names, which stand to the left.
    pub(super) fn is_names(&self, column: usize) -> bool {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let mut cells = cells.peekable();
        cells.peek().is_some() && cells.all(Cell::is_text)
    }

    /// What stands below: the reasons, then the notes.
    pub(super) fn foot(&self, reasons: Vec<String>) -> Vec<String> {
        let reasons = (1..)
            .zip(reasons)
            .map(|(at, reason)| format!("[{at}] {reason}"));
        reasons.chain(self.notes.iter().cloned()).collect()
    }

    /// Columns in line, for so many cells. What is wider is broken: the names at the left come again before the columns that
    /// did not fit.
    pub fn text(&self, wide: usize) -> String {
        let (rows, reasons) = self.shown();
        let mut out = wrapped(&self.title, wide, 0) + "\n";
        let lines: Vec<&Vec<String>> = std::iter::once(&self.columns).chain(&rows).collect();
        let widest = |column: usize| {
            let cells = lines.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.width()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(widest).collect();
        if rows.is_empty() {
            out += "(nothing to show)\n";
        }
        let blocks = if rows.is_empty() {
            Vec::new()
        } else {
            self.blocks(&widths, wide)
        };
        for (at, block) in blocks.iter().enumerate() {
            out += if at > 0 { "\n" } else { "" };
            for row in &lines {
                let cells = block.iter().filter_map(|column| {
                    let (cell, width) = (row.get(*column)?, widths.get(*column)?);
                    let pad = " ".repeat(width.saturating_sub(cell.width()));
                    Some(match self.is_names(*column) {
                        true => format!("{cell}{pad}"),
                        false => format!("{pad}{cell}"),
                    })
                });
                out += cells.collect::<Vec<_>>().join("  ").trim_end();
                out.push('\n');
            }
        }
        for note in self.foot(reasons) {
            out += &wrapped(&note, wide, 2);
            out.push('\n');
        }
        out
    }

    /// Columns that stand beside each other, so that each line fits.
    fn blocks(&self, widths: &[usize], wide: usize) -> Vec<Vec<usize>> {
        let used = |columns: &[usize]| columns.iter().map(|at| widths[*at] + 2).sum::<usize>();
        let names = (0..widths.len())
            .take_while(|at| *at < 3 && self.is_names(*at))
            .count();
        let mut names: Vec<usize> = (0..names.max(1).min(widths.len())).collect();
        // Names that leave no room for a number are not said again.
        while names.len() > 1 && used(&names) > wide / 2 {
            names.pop();
        }
        let mut blocks = vec![names.clone()];
        for (column, width) in widths.iter().enumerate().skip(names.len()) {
            match blocks.last_mut() {
                Some(last) if last.len() == names.len() || used(last) + width <= wide => {
                    last.push(column);
                }
                _ => blocks.push([&names[..], &[column]].concat()),
            }
        }
        blocks
    }

    /// A table of Markdown under a heading.
    pub fn markdown(&self) -> String {
        let (rows, reasons) = self.shown();
        let cell = |text: &str| text.replace('|', "\\|").replace(['\n', '\r'], " ");
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut out = format!("### {}\n\n", cell(&self.title));
        out += &line(self.columns.iter().map(|head| cell(head)).collect());
        let rule = |column| if self.is_names(column) { "---" } else { "---:" };
        out += &line(
            (0..self.columns.len())
                .map(|at| rule(at).to_owned())
                .collect(),
        );
        for row in rows {
            out += &line(row.iter().map(|text| cell(text)).collect());
        }
        for note in self.foot(reasons) {
            let _ = write!(out, "\n{}\n", note.trim());
        }
        out
    }

    /// The table as CSV: a column with intervals has two more, for their ends.
    pub fn csv(&self) -> String {
        let ends = |column: usize| {
            let mut cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.any(|cell| matches!(cell, Cell::Figure(Figure::Estimate(_), _)))
        };
        let ends: Vec<bool> = (0..self.columns.len()).map(ends).collect();
        let mut out = csv::Writer::from_writer(Vec::new());
        let heads = self.columns.iter().zip(&ends).flat_map(|(head, ends)| {
            let more = ["low", "high"].map(|end| format!("{head} {end}"));
            let more = more.into_iter().filter(|_| *ends);
            std::iter::once(head.clone()).chain(more)
        });
        // Writing into memory does not fail.
        let _ = out.write_record(heads);
        for row in &self.rows {
            let cells = row.iter().zip(&ends).flat_map(|(cell, ends)| {
                let (one, more) = match cell {
                    Cell::Text(text) => (text.clone(), Default::default()),
                    Cell::Count(count) => (count.to_string(), Default::default()),
                    Cell::Figure(Figure::Value(value), _) => {
                        (value.to_string(), Default::default())
                    }
                    Cell::Figure(Figure::Estimate(found), _) => (
                        found.value.to_string(),
                        [found.low.to_string(), found.high.to_string()],
                    ),
                    Cell::Figure(Figure::None | Figure::Refused(_), _) => Default::default(),
                };
                std::iter::once(one).chain(more.into_iter().filter(|_| *ends))
            });
            let _ = out.write_record(cells);
        }
        String::from_utf8(out.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    /// Why some cells hold no number.
    pub fn reasons(&self) -> Vec<String> {
        self.shown().1
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::stats::{Refusal, wilson};

    fn table() -> Table {
        let mut table = Table::new(
            "t",
            "Accuracy by run",
            &["run", "n", "accuracy", "gap", "p"],
        )
        .note("A note.");
        table.push(vec![
            "a|b".into(),
            10usize.into(),
            Unit::Share.cell(wilson(7, 10)),
            Unit::Points.cell(-0.05),
            Unit::Chance.cell(0.00001),
        ]);
        table.push(vec![
            "c".into(),
            0usize.into(),
            Unit::Share.cell(wilson(0, 0)),
            Unit::Points.cell(Err::<f64, _>(Refusal::OneQuestion)),
            Unit::Chance.cell(None::<f64>),
        ]);
        table
    }

    #[test]
    fn columns_stand_in_line_and_reasons_below() {
        let text = table().text(WIDE);
        assert_eq!(
            text,
            "Accuracy by run\n\
             run   n            accuracy      gap         p\n\
             a|b  10  70.0 % (39.7–89.2)  -5.0 pt  < 0.0001\n\
             c     0                   —    — [1]         —\n\
             [1] There is only one question, and it says nothing of how questions differ.\n\
             A note.\n"
        );
    }

    #[test]
    fn markdown_escapes_what_would_end_a_cell() {
        let markdown = table().markdown();
        assert!(markdown.contains("| a\\|b | 10 | 70.0 % (39.7–89.2) |"));
        assert!(markdown.contains("| --- | ---: |"));
    }

    #[test]
    fn programs_get_numbers_as_they_are() {
        let csv = table().csv();
        let mut lines = csv.lines();
        assert_eq!(
            lines.next(),
            Some("run,n,accuracy,accuracy low,accuracy high,gap,p")
        );
        assert!(lines.next().unwrap().starts_with("a|b,10,0.7,0.3967"));
        assert_eq!(lines.next(), Some("c,0,,,,,"));
        let json = serde_json::to_value(table()).unwrap();
        assert_eq!(json["rows"][0][2]["value"], 0.7);
        assert!(
            json["rows"][1][3]["refused"]
                .as_str()
                .unwrap()
                .contains("one question")
        );
        assert!(json["rows"][1][2].is_null());
    }

    #[test]
    fn what_is_too_wide_is_broken_and_says_its_names_again() {
        let heads = [
            "run",
            "first of many",
            "second of many",
            "third of many",
            "fourth of many",
            "fifth of many",
            "sixth",
            "seventh",
        ];
        let mut wide = Table::new("w", "Wide ".repeat(40), &heads);
        let row: Vec<Cell> = (0..7).map(|n| Unit::Share.cell(wilson(n, 7))).collect();
        wide.push([vec!["the run".into()], row].concat());
        let text = wide.text(WIDE);
        assert_eq!(text.matches("the run").count(), 2);
        assert!(
            text.contains("seventh") && text.lines().all(|line| line.width() <= WIDE),
            "{text}"
        );
    }
}
