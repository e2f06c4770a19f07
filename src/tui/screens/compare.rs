//! Compare: two to four responses side by side, or one below the other where there is no room.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::{Painter, alignment_of, rule, scrollbar};
use crate::corpus::{Key, Measure};
use crate::record::Outcome;
use crate::tui::app::App;
use crate::tui::compare::{Compare, Pane, Seen};
use crate::tui::text::Canvas;
use crate::tui::theme::Theme;
use crate::tui::widgets;

/// A narrower pane squeezes its text.
const NARROWEST: u16 = 48;

/// Where the panes are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Panes {
    /// Head and text of each.
    pub all: Vec<(Rect, Rect)>,
    /// They stand one below the other.
    pub stacked: bool,
}

/// Where so many panes are in a body.
pub fn panes(body: Rect, count: usize) -> Panes {
    let n = u16::try_from(count.max(1)).unwrap_or(1);
    let stacked = body.width / n < NARROWEST && n > 1;
    let all = (0..n).map(|at| {
        let whole = match stacked {
            true => {
                let (top, bottom) = (body.height * at / n, body.height * (at + 1) / n);
                Rect::new(body.x, body.y + top, body.width, bottom - top)
            }
            false => {
                let (left, right) = (body.width * at / n, body.width * (at + 1) / n);
                // One column between panes.
                let width = (right - left).saturating_sub(u16::from(at + 1 < n));
                Rect::new(body.x + left, body.y, width, body.height)
            }
        };
        let head = match whole.height {
            0..=4 => 1,
            5..=8 => 2,
            9..=15 => 3,
            _ => 4,
        };
        let head = whole.height.min(head);
        let text = Rect {
            x: whole.x + 1,
            y: whole.y + head,
            width: whole.width.saturating_sub(2),
            height: whole.height - head,
        };
        (
            Rect {
                height: head,
                ..whole
            },
            text,
        )
    });
    Panes {
        all: all.collect(),
        stacked,
    }
}

pub(super) fn render(app: &App, body: Rect, alignment: Rect, canvas: &mut Canvas) {
    let Some(compare) = &app.compare else { return };
    let theme = &app.theme;
    let panes = panes(body, compare.panes.len());
    for (at, (pane, (head, text))) in compare.panes.iter().zip(&panes.all).enumerate() {
        self::head(app, compare, at, *head, canvas);
        body_of(app, compare, at, pane, *text, panes.stacked, canvas);
        if !panes.stacked && at > 0 {
            for y in body.top()..body.bottom() {
                canvas.put(head.x.saturating_sub(1), y, 1, "│", theme.border);
            }
        }
    }
    if let (Some((_, text)), Some((step, of))) = (panes.all.last(), compare.position()) {
        let edge = Rect {
            width: text.width + 1,
            ..*text
        };
        let height = usize::from(text.height);
        // By steps: how many lines they are is not known before they are laid out.
        scrollbar(
            edge,
            step.saturating_sub(1),
            of + height.max(1),
            theme,
            canvas,
        );
    }
    alignment_of(
        theme,
        compare.alignment(),
        compare.compared().is_some(),
        alignment,
        canvas,
    );
}

fn body_of(
    app: &App,
    compare: &Compare,
    at: usize,
    pane: &Pane,
    area: Rect,
    stacked: bool,
    canvas: &mut Canvas,
) {
    let theme = &app.theme;
    let Some(document) = pane
        .document
        .as_ref()
        .filter(|_| compare.compared().is_some())
    else {
        let told = match app.records.get(pane.row) {
            Some(Err(reason)) => reason.as_str(),
            Some(Ok(_)) => "setting side by side …",
            None => "reading …",
        };
        canvas.put(area.x, area.y, area.width, told, theme.faint);
        return;
    };
    let mut painter = Painter {
        theme,
        document,
        marks: pane.names.marks.as_ref(),
        chosen: pane.names.chosen,
        cursor: None,
        selected: None,
        tagged: &[],
        changed: Some((1, &pane.changed)),
        script: None,
    };
    let medium = canvas.medium;
    for (y, seen) in (area.top()..area.bottom()).zip(compare.seen(at, stacked)) {
        match seen {
            Seen::Blank => {}
            Seen::Gap => {
                let gap = "╌".repeat(usize::from(area.width.min(8)));
                canvas.put(area.x, y, area.width, &gap, theme.border);
            }
            Seen::Line(items, line) => {
                if let Some(line) = document.line_of(items, line, medium) {
                    painter.line(line, area, y, canvas);
                }
            }
        }
        canvas.fence(area.right(), y);
    }
}

/// What a pane is, and in what it differs from the reference: its parts, line by line.
fn facts(app: &App, pane: &Pane) -> [Vec<String>; 3] {
    let (corpus, row) = (&app.corpus, pane.row);
    let name = |key| corpus.name(row, key).to_owned();
    let groups = corpus.groups();
    let group = groups.of_row.get(row as usize).copied().unwrap_or(0);
    let mut run = vec![app.run_name(row).into_owned()];
    if groups.rows(group).len() > 1 {
        let epoch = corpus.measure(Measure::Epoch)[row as usize];
        run.push(format!("epoch {epoch}"));
    }
    run.extend((corpus.grader().is_some()).then(|| format!("logged {}", name(Key::Logged))));
    let length = corpus.measure(Measure::TraceLength)[row as usize];
    let locale = format!("{}-{}", name(Key::TargetLanguage), name(Key::Target));
    let text = vec![
        locale,
        format!("{length} characters"),
        pane.shares().to_owned(),
    ];
    [run, text, pane.verdicts()]
}

fn head(app: &App, compare: &Compare, at: usize, area: Rect, canvas: &mut Canvas) {
    let (corpus, theme) = (&app.corpus, &app.theme);
    let (Some(pane), Some(first)) = (compare.panes.get(at), compare.panes.first()) else {
        return;
    };
    if area.height == 0 {
        return;
    }
    let outcome = Outcome::ALL
        .into_iter()
        .find(|outcome| outcome.word() == corpus.name(pane.row, Key::Outcome))
        .unwrap_or_default();
    let (sign, style) = theme.outcome(outcome);
    let title = match compare.focus == at {
        true => theme.chosen,
        false => theme.title,
    };
    rule(Rect { height: 1, ..area }, "", title, theme, canvas);
    let mine = facts(app, pane);
    let reference = facts(app, first);
    let mut line = Words {
        canvas,
        x: area.x + 1,
        end: area.right().saturating_sub(1),
    };
    line.add(area.y, &format!("{sign} {}", outcome.word()), style);
    for (nth, (facts, reference)) in mine.iter().zip(&reference).enumerate() {
        let y = area.y + nth as u16;
        if y >= area.bottom() {
            return;
        }
        if nth > 0 {
            line.x = area.x + 1;
        }
        for fact in facts {
            let differs = at > 0 && !reference.contains(fact);
            let plain = if nth == 0 { title } else { theme.text };
            line.add(
                y,
                fact,
                if differs {
                    differing(plain, theme)
                } else {
                    plain
                },
            );
        }
        let shared = compare
            .compared()
            .and_then(|compared| compared.shared.get(at));
        if nth == 1 && at > 0 && shared == Some(&0) {
            line.add(
                y,
                "shares nothing with the first: side by side by order",
                theme.warning,
            );
        }
    }
    if area.height > 3
        && let Some((record, _)) = pane.of()
    {
        let strip = Rect {
            x: area.x + 1,
            y: area.y + 3,
            width: area.width.saturating_sub(2),
            height: 1,
        };
        let scripts = crate::tui::document::overview(record.trace.text(), usize::from(strip.width));
        if !record.trace.text().is_empty() {
            widgets::strip::across(&scripts, strip, theme, line.canvas);
        }
    }
}

/// What the reference does not say.
fn differing(style: Style, theme: &Theme) -> Style {
    style
        .patch(theme.changed)
        .add_modifier(Modifier::UNDERLINED)
}

/// Writes words one after the other.
struct Words<'a, 'b> {
    canvas: &'a mut Canvas<'b>,
    x: u16,
    end: u16,
}

impl Words<'_, '_> {
    fn add(&mut self, y: u16, text: &str, style: Style) {
        let room = self.end.saturating_sub(self.x + 1);
        if room == 0 {
            return;
        }
        self.canvas.put(
            self.x,
            y,
            1,
            " ",
            style.remove_modifier(Modifier::UNDERLINED),
        );
        let used = self.canvas.put(self.x + 1, y, room, text, style);
        self.x += 1 + used;
        if self.x < self.end {
            self.canvas.put(self.x, y, 1, " ", Style::new());
            self.canvas.fence(self.x, y);
            self.x += 1;
        }
    }
}
