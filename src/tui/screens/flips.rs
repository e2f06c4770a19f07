//! Flips: all questions that two runs answered, those in which they differ first.

use ratatui::layout::Rect;

use super::browse::{Fields, names, one_line, scripts};
use super::{counted, rule};
use crate::corpus::Key;
use crate::record::Outcome;
use crate::stats::paired::{Pair, Paired, Quadrant, Test};
use crate::tui::app::App;
use crate::tui::flips::rows;
use crate::tui::text::Canvas;

/// Lines above the list.
pub(in crate::tui) const HEAD: u16 = 4;

pub(super) fn render(app: &App, area: Rect, canvas: &mut Canvas) {
    let Some(flips) = &app.flips else { return };
    let theme = &app.theme;
    let run = |code| app.name_of_run(code);
    let head = Rect { height: 1, ..area };
    rule(
        head,
        "two runs on the same questions",
        theme.title,
        theme,
        canvas,
    );
    let line = |nth: u16| area.y + nth;
    let room = area.width.saturating_sub(2);
    let runs = format!("A {}   B {}", run(flips.a), run(flips.b));
    canvas.put(area.x + 1, line(1), room, &runs, theme.chosen);
    let Some(found) = &flips.found else {
        canvas.put(area.x + 1, line(2), room, "pairing …", theme.faint);
        return;
    };
    canvas.put(area.x + 1, line(2), room, &told(&found.paired), theme.text);
    let test = match &found.paired.test {
        Some(Test { method, p, mid_p }) => {
            format!("p = {p:.4}, mid-p = {mid_p:.4}: {}", method.word())
        }
        None if found.pairs.is_empty() => "no test: no question was answered by both".into(),
        None => "no test: they nowhere differ".into(),
    };
    canvas.put(area.x + 1, line(3), room, &test, theme.faint);
    let list = Rect {
        y: area.y + HEAD.min(area.height),
        height: area.height.saturating_sub(HEAD),
        ..area
    };
    for (y, at) in (list.top()..list.bottom()).zip(flips.list.top..found.pairs.len()) {
        pair(
            app,
            found.pairs[at],
            Rect {
                y,
                height: 1,
                ..list
            },
            canvas,
        );
        if at == flips.list.at {
            let line = Rect {
                y,
                height: 1,
                ..list
            };
            canvas.buffer.set_style(line, theme.selected);
        }
    }
    if found.pairs.is_empty() {
        let hint =
            "no question that the filter shows was answered by both: , and . choose other runs";
        canvas.put(list.x + 1, list.y, room, hint, theme.faint);
    }
}

fn told(paired: &Paired) -> String {
    let Paired {
        both,
        only_a,
        only_b,
        neither,
        undecided,
        questions,
        ..
    } = paired;
    let undecided = match undecided {
        0 => String::new(),
        n => format!(" · undecided {n}"),
    };
    format!(
        "only A {only_a} · only B {only_b} · both right {both} · neither {neither}{undecided} · {}",
        counted(*questions, "question")
    )
}

fn pair(app: &App, pair: Pair, area: Rect, canvas: &mut Canvas) {
    let (corpus, theme) = (&app.corpus, &app.theme);
    let Some((a, b)) = rows(corpus, pair) else {
        return;
    };
    let (signs, style) = match pair.quadrant {
        Quadrant::OnlyA => ("A✓ B✗", theme.wrong),
        Quadrant::OnlyB => ("A✗ B✓", theme.right),
        Quadrant::Both => ("A✓ B✓", theme.text),
        Quadrant::Neither => ("A✗ B✗", theme.text),
        Quadrant::Undecided => ("A? B?", theme.faint),
    };
    let mut fields = Fields {
        canvas,
        x: area.x + 1,
        y: area.y,
        end: area.right(),
    };
    fields.add(6, signs, style);
    fields.add(10, &scripts(corpus, a), theme.text);
    if corpus.is_audited() {
        for row in [a, b] {
            let (told, style) = names(app, [row]);
            fields.add(5, &told, style);
        }
    }
    let rest = area.right().saturating_sub(fields.x);
    fields.add(rest * 2 / 5, corpus.name(a, Key::Question), theme.text);
    if let Some(Ok(record)) = app.records.get(a) {
        let judged = record.outcome() != Outcome::Unjudged;
        let style = if judged { theme.text } else { theme.faint };
        fields.add(rest * 3 / 5, one_line(&record.question), style);
    }
}
