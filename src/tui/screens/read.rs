//! Read: one response whole.

use ratatui::layout::Rect;

use super::{Areas, alignment, document, rule};
use crate::corpus::{Key, Measure};
use crate::tui::app::App;
use crate::tui::text::Canvas;

pub(super) fn render(app: &App, areas: &Areas, canvas: &mut Canvas) {
    let theme = &app.theme;
    if areas.body.height == 0 {
        return;
    }
    rule(
        Rect {
            height: 1,
            ..areas.body
        },
        &title(app, app.reading),
        theme.title,
        theme,
        canvas,
    );
    document(app, &app.page, areas.text, canvas);
    alignment(app, &app.page, areas.alignment, canvas);
    if let Some(told) = app.page.inspected() {
        let line = Rect {
            y: areas.text.bottom(),
            height: 1,
            ..areas.body
        };
        rule(line, &told, theme.chosen, theme, canvas);
    }
}

/// Which response this is, on one line.
pub(super) fn title(app: &App, row: u32) -> String {
    let corpus = &app.corpus;
    let name = |key| corpus.name(row, key);
    let locale = |language, script| format!("{}-{}", name(language), name(script));
    let groups = corpus.groups();
    let Some(group) = groups.of_row.get(row as usize) else {
        return String::new();
    };
    let epochs = groups.rows(*group).len();
    let epoch = corpus.measure(Measure::Epoch)[row as usize];
    let outcome = match (name(Key::Outcome), groups.all[*group as usize].barrier) {
        ("wrong", true) => "✗ wrong ▸ barrier failure",
        ("wrong", false) => "✗ wrong",
        ("right", _) => "✓ right",
        _ => "· unjudged",
    };
    let source = locale(Key::SourceLanguage, Key::Source).replace("none-none", "");
    let mut parts = vec![
        outcome.to_owned(),
        name(Key::Question).to_owned(),
        format!("{source}→{}", locale(Key::TargetLanguage, Key::Target)),
        app.run_name(row).into_owned(),
    ];
    if epochs > 1 {
        parts.push(format!("epoch {epoch} of {epochs}"));
    }
    parts.join(" · ")
}
