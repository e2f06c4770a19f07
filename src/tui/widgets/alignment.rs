//! Two names under each other, stretch by stretch, with what the one is to the other.

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::entity::name::Step;
use crate::tui::marks::{Alignment, Spelt, Unit};
use crate::tui::text::Canvas;
use crate::tui::theme::Theme;

/// Lines below the title: both names with their Latin letters, and the steps.
pub const HEIGHT: u16 = 5;

/// What stands where a name has nothing.
const NOTHING: &str = "·";

/// Draws it. What does not fit is left out at the beginning, as far as the first divergence still shows.
pub fn render(alignment: &Alignment, area: Rect, theme: &Theme, canvas: &mut Canvas) {
    const LABELS: [&str; 5] = ["expected", "", "found", "", "step, bits"];
    let label = 12.min(area.width / 4);
    for (label_text, y) in LABELS.iter().zip(area.top()..area.bottom()) {
        canvas.put(area.x, y, label, label_text, theme.faint);
    }
    let cells = |unit: &Unit| unit_cells(unit, canvas);
    let widths: Vec<usize> = alignment.units.iter().map(cells).collect();
    let room = area.width.saturating_sub(label);
    let mut used = 0;
    let first = first_shown(alignment, &widths, usize::from(room));
    let units = alignment.units.iter().zip(&widths).skip(first);
    for (unit, width) in units.map(|(unit, width)| (unit, *width as u16)) {
        if used + width > room {
            break;
        }
        // Names that both run from right to left stand so here too.
        let x = match alignment.rtl {
            true => area.right() - used - width,
            false => area.x + label + used,
        };
        let style = style(unit, theme);
        let rows = [
            (written(&unit.expected), style),
            (&unit.expected.latin, theme.faint),
            (written(&unit.found), style),
            (&unit.found.latin, theme.faint),
            (
                &told(unit),
                style.remove_modifier(ratatui::style::Modifier::UNDERLINED),
            ),
        ];
        for ((text, style), y) in rows.into_iter().zip(area.top()..area.bottom()) {
            let free = match alignment.rtl {
                true => width - 1 - canvas.medium.cells(text) as u16,
                false => 0,
            };
            canvas.put(x + free, y, width - 1 - free, text, style);
            canvas.fence(x + width - 1, y);
        }
        used += width;
    }
}

fn written(spelt: &Spelt) -> &str {
    match spelt.text.trim() {
        "" if spelt.text.is_empty() => NOTHING,
        "" => "␣",
        _ => &spelt.text,
    }
}

/// The sign of the step, and what it costs where it costs anything.
fn told(unit: &Unit) -> String {
    let sign = match unit.step {
        Step::Match if !unit.diverges => "=",
        Step::Variant if !unit.diverges => "≈",
        Step::Insertion => "+",
        Step::Omission => "−",
        Step::Match | Step::Variant | Step::Substitution => "≠",
    };
    match unit.cost {
        cost if cost < 0.05 => sign.to_owned(),
        cost => format!("{sign}{cost:.1}"),
    }
}

fn style(unit: &Unit, theme: &Theme) -> Style {
    match (unit.diverges, unit.step) {
        (true, _) => theme.garbled.patch(theme.diverging),
        (false, Step::Match) => theme.text,
        (false, _) => theme.variant,
    }
}

/// Cells of a unit with the blank behind it.
fn unit_cells(unit: &Unit, canvas: &Canvas) -> usize {
    let texts = [
        written(&unit.expected),
        &unit.expected.latin,
        written(&unit.found),
        &unit.found.latin,
        &told(unit),
    ];
    let widest = texts
        .into_iter()
        .map(|text| canvas.medium.cells(text))
        .max();
    1 + widest.unwrap_or(0)
}

/// The first unit to show so that the first divergence is in sight with what follows it.
fn first_shown(alignment: &Alignment, widths: &[usize], room: usize) -> usize {
    let all: usize = widths.iter().sum();
    let parts = alignment.units.iter().position(|unit| unit.diverges);
    let Some(parts) = parts.filter(|_| all > room) else {
        return 0;
    };
    let mut used = 0;
    let fits = |at: &usize| {
        used += widths[*at];
        used <= room / 2
    };
    (0..=parts).rev().take_while(fits).last().unwrap_or(parts)
}
