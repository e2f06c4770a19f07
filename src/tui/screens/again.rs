//! Ask again: the conditions, and what the one at hand makes of the question at hand.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::matrix::choices;
use super::rule;
use crate::remedy::{Condition, Made};
use crate::script::Romaniser;
use crate::tui::action::Action;
use crate::tui::again::Again;
use crate::tui::app::App;
use crate::tui::text::{Canvas, Flow, Roman, Typesetter};

/// Cells of the list, the line beside it among them.
const WIDTH: u16 = 31;

/// Where list and prompt are.
pub(in crate::tui) struct Panes {
    /// The conditions.
    pub list: Rect,
    /// What the keys do.
    keys: Rect,
    /// The prompt.
    text: Rect,
}

/// Where they are in so much room.
pub(in crate::tui) fn panes(area: Rect) -> Panes {
    let width = WIDTH.min(area.width / 2);
    let below = |lines: u16| {
        let lines = lines.min(area.height);
        (area.y + lines, area.height - lines)
    };
    let (y, height) = below(1);
    let list = Rect {
        y,
        height,
        width,
        ..area
    };
    let keys = Rect {
        x: area.x + width,
        y,
        width: area.width.saturating_sub(width + 1),
        height: 1,
    };
    let (y, height) = below(3);
    let text = Rect {
        x: keys.x + 1,
        y,
        width: keys.width.saturating_sub(2),
        height,
    };
    Panes { list, keys, text }
}

pub(super) fn render(app: &App, area: Rect, canvas: &mut Canvas) {
    let (theme, room) = (&app.theme, panes(area));
    let Some(again) = app.again.as_ref().filter(|_| area.height > 3) else {
        return;
    };
    let head = Rect { height: 1, ..area };
    let title = format!("ask again · {}", again.condition().doc());
    rule(head, &title, theme.title, theme, canvas);
    list(app, again, room.list, canvas);
    match again.writing {
        Some(done) => {
            let told = format!("writing … {:.0} % · esc stops", done * 100.0);
            let line = room.keys;
            canvas.put(line.x + 1, line.y, line.width, &told, theme.warning);
        }
        None => {
            let keys = [
                (Action::Open, "write requests for all shown".to_owned()),
                (Action::NextRow, "another question".to_owned()),
            ];
            choices(app, &keys, room.keys, canvas);
        }
    }
    texts(lines(app, again), room.text, canvas);
}

/// Texts below each other, each in its own direction; where there is no room for all, the corner says so.
fn texts(texts: Vec<(String, Style)>, area: Rect, canvas: &mut Canvas) {
    let (medium, mut romaniser) = (canvas.medium, Romaniser::new());
    let mut with = Typesetter {
        medium,
        roman: Roman::Off,
        romaniser: &mut romaniser,
    };
    let mut y = area.top();
    for (text, style) in texts {
        if text.is_empty() {
            y = (y + 1).min(area.bottom());
            continue;
        }
        let mut flow = Flow::new(text, area.width);
        for piece in 0..flow.pieces() {
            for row in 0..flow.lay(piece, &mut with).max(1) {
                if y == area.bottom() {
                    canvas.put(area.right(), y.saturating_sub(1), 1, "…", style);
                    return;
                }
                if let Some(drawn) = flow.draw(piece, row, medium) {
                    let indent = drawn.indent.min(area.width);
                    let (x, room) = (area.x + indent, area.width - indent);
                    canvas.row(x, y, room, &drawn.glyphs, |_| style);
                }
                y += 1;
            }
        }
    }
}

fn list(app: &App, again: &Again, area: Rect, canvas: &mut Canvas) {
    let theme = &app.theme;
    let shown = Condition::ALL.iter().enumerate().skip(again.list.top);
    for (y, (at, condition)) in (area.top()..area.bottom()).zip(shown) {
        let width = area.width.saturating_sub(3);
        canvas.put(area.x + 2, y, width, condition.word(), theme.text);
        if at == again.list.at {
            let line = Rect::new(area.x, y, area.width.saturating_sub(1), 1);
            canvas.buffer.set_style(line, theme.selected);
        }
    }
    for y in area.top()..area.bottom() {
        canvas.put(area.right().saturating_sub(1), y, 1, "│", theme.border);
    }
}

/// What came of writing, else the prompt next to its question.
fn lines(app: &App, again: &Again) -> Vec<(String, Style)> {
    let theme = &app.theme;
    match &again.told {
        Some(Ok(lines)) => {
            let told = lines.iter().map(|line| (line.clone(), theme.text));
            let next = [
                String::new(),
                "An engine executes the file, such as vllm run-batch -i requests.jsonl -o outputs.jsonl --model MODEL. Open its outputs beside the run they came from; the manifest has to lie beside them.".into(),
            ];
            told.chain(next.map(|line| (line, theme.faint))).collect()
        }
        Some(Err(reason)) => vec![(reason.clone(), theme.warning)],
        None => match &again.preview {
            Some((.., Some(Ok(made)))) => prompt(app, made),
            Some((.., Some(Err(reason)))) => vec![(reason.clone(), theme.warning)],
            Some((.., None)) => vec![("…".into(), theme.faint)],
            None => vec![("There is no question at hand.".into(), theme.faint)],
        },
    }
}

fn prompt(app: &App, made: &Made) -> Vec<(String, Style)> {
    let theme = &app.theme;
    let Made { asked, prompt, .. } = made;
    let mut lines = vec![(made.head(), theme.faint), (String::new(), theme.text)];
    for (name, text) in [("question", &asked.question), ("prompt", &prompt.text)] {
        lines.push((name.to_owned(), theme.title));
        lines.extend(text.lines().map(|line| (line.to_owned(), theme.text)));
        lines.push((String::new(), theme.text));
    }
    let changed = match (prompt.unchanged, prompt.forms.len()) {
        (true, _) => {
            "nothing is added: the form or version is of the language of the question itself"
                .to_owned()
        }
        (false, 0) => return lines,
        (false, 1) => "one form is given".to_owned(),
        (false, forms) => format!("{forms} forms are given"),
    };
    lines.push((changed, theme.faint));
    lines
}
