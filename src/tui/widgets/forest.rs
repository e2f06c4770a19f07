//! Odds ratios and their intervals as a forest plot, drawn in characters on a logarithmic scale.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use crate::stats::Estimate;
use crate::stats::table::{Cell, Figure, Table, Unit};

/// No more cells than this are drawn: a wider plot says no more.
const MOST: usize = 72;
/// Nor in fewer than this.
const LEAST: usize = 20;
/// Ticks of the axis, as far as the intervals reach.
const TICKS: [f64; 13] = [
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0,
];

/// The first column of ratios with intervals of a table, drawn in so many cells; nothing where it has none.
pub fn of(table: &Table, width: usize) -> Option<String> {
    let ratio = |cell: &Cell| match cell {
        Cell::Figure(Figure::Estimate(found), Unit::Ratio) => Some(*found),
        _ => None,
    };
    let column = (0..table.columns.len()).find(|at| {
        let mut cells = table.rows.iter().filter_map(|row| row.get(*at));
        cells.any(|cell| ratio(cell).is_some())
    })?;
    let rows = table.rows.iter().filter_map(|row| match row.first() {
        Some(Cell::Text(name)) => Some((name.as_str(), ratio(row.get(column)?)?)),
        _ => None,
    });
    draw(&rows.collect::<Vec<_>>(), width)
}

/// A line each, and the axis below; nothing where there is no room.
fn draw(rows: &[(&str, Estimate)], width: usize) -> Option<String> {
    let label = rows.iter().map(|(name, _)| name.width()).max()?;
    let room = width.checked_sub(label + 2)?.min(MOST);
    if room < LEAST {
        return None;
    }
    let scale = Scale::of(rows, room);
    let mut out = String::from("\n");
    for (name, found) in rows {
        let pad = " ".repeat(label - name.width());
        let _ = writeln!(out, "{name}{pad}  {}", scale.line(found).trim_end());
    }
    let _ = writeln!(out, "{}  {}", " ".repeat(label), scale.axis().trim_end());
    Some(out)
}

/// From odds ratios to cells.
struct Scale {
    ticks: Vec<f64>,
    room: usize,
}

impl Scale {
    /// From the tick below all intervals to the one above; 1 is always among them.
    fn of(rows: &[(&str, Estimate)], room: usize) -> Scale {
        let ends = rows.iter().flat_map(|(_, found)| [found.low, found.high]);
        let (low, high) = ends
            .filter(|end| end.is_finite())
            .fold((1.0, 1.0), |(low, high): (f64, f64), end| {
                (low.min(end), high.max(end))
            });
        let first = TICKS.iter().rposition(|tick| *tick <= low).unwrap_or(0);
        let last = TICKS.iter().position(|tick| *tick >= high);
        let last = last.unwrap_or(TICKS.len() - 1);
        // One tick is no axis.
        let (first, last) = match first == last {
            true => (first.saturating_sub(1), (last + 1).min(TICKS.len() - 1)),
            false => (first, last),
        };
        let ticks = TICKS.get(first..=last).unwrap_or(&TICKS).to_vec();
        Scale { ticks, room }
    }

    fn ends(&self) -> (f64, f64) {
        let first = self.ticks.first().copied().unwrap_or(1.0);
        (first, self.ticks.last().copied().unwrap_or(first))
    }

    /// The cell of an odds ratio, and whether it is within the axis.
    fn place(&self, ratio: f64) -> (usize, bool) {
        let (first, last) = self.ends();
        let within = (first..=last).contains(&ratio);
        let share = (ratio.clamp(first, last) / first).ln() / (last / first).ln();
        ((share * (self.room - 1) as f64).round() as usize, within)
    }

    fn line(&self, found: &Estimate) -> String {
        let mut cells = vec![' '; self.room];
        let (one, _) = self.place(1.0);
        cells[one] = '┊';
        let (low, low_within) = self.place(found.low);
        let (high, high_within) = self.place(found.high);
        cells[low..=high].fill('─');
        cells[low] = if low_within { '├' } else { '◂' };
        cells[high] = if high_within { '┤' } else { '▸' };
        cells[self.place(found.value).0] = '●';
        cells.into_iter().collect()
    }

    /// The ticks, each under its place; one that would touch another is left out, 1 never.
    fn axis(&self) -> String {
        let mut cells = vec![' '; self.room];
        let mut put = |tick: f64| {
            let text = tick.to_string();
            let at = self.place(tick).0.saturating_sub(text.len() / 2);
            let at = at.min(self.room - text.len());
            let around = at.saturating_sub(1)..(at + text.len() + 1).min(self.room);
            if cells[around].iter().all(|cell| *cell == ' ') {
                for (cell, letter) in cells[at..].iter_mut().zip(text.chars()) {
                    *cell = letter;
                }
            }
        };
        put(1.0);
        self.ticks.iter().for_each(|tick| put(*tick));
        cells.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn estimate(low: f64, value: f64, high: f64) -> Estimate {
        Estimate { value, low, high }
    }

    #[test]
    fn an_interval_stands_over_its_place_on_the_axis() {
        let rows = [
            ("script match", estimate(2.0, 5.0, 10.0)),
            ("family", estimate(0.5, 1.0, 2.0)),
        ];
        assert_eq!(
            draw(&rows, 45).unwrap(),
            "\n\
             script match         ┊      ├────────●──────┤\n\
             family        ├──────●──────┤\n\
            \u{20}             0.5    1      2        5     10\n"
        );
    }

    #[test]
    fn what_reaches_beyond_the_axis_ends_in_an_arrow() {
        let drawn = draw(&[("x", estimate(0.5, 300.0, f64::INFINITY))], 60).unwrap();
        let line = drawn.lines().nth(1).unwrap();
        assert!(line.ends_with('●') && line.contains('├'), "{drawn}");
        let drawn = draw(&[("x", estimate(0.0, 1.0, 2.0))], 60).unwrap();
        assert!(drawn.contains('◂') && drawn.contains('┤'), "{drawn}");
    }

    #[test]
    fn where_there_is_no_room_nothing_is_drawn() {
        assert_eq!(draw(&[("script match", estimate(1.0, 2.0, 3.0))], 30), None);
        assert_eq!(draw(&[], 80), None);
    }

    proptest! {
        #[test]
        fn it_always_fits_and_never_panics(
            rows in prop::collection::vec((0.0..1e6f64, 0.0..1e6f64, 0.0..1e6f64), 1..6), width in 0usize..200,
        ) {
            let sorted = rows.into_iter().map(|(a, b, c)| {
                let mut ends = [a, b, c];
                ends.sort_by(f64::total_cmp);
                ("name", estimate(ends[0], ends[1], ends[2]))
            });
            if let Some(drawn) = draw(&sorted.collect::<Vec<_>>(), width) {
                prop_assert!(drawn.lines().all(|line| line.width() <= width));
            }
        }
    }
}
