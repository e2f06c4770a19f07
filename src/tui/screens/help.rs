//! Help: every action with its keys, and the filter language, from the tables that rule them.

use ratatui::layout::Rect;

use super::rule;
use crate::corpus::fields::{FLAGS, KEYS, MEASURES};
use crate::grade::GRADERS;
use crate::ingest::judges::SCHEMES;
use crate::stats::matrix::Measure;
use crate::tui::action::{ACTIONS, Place};
use crate::tui::app::App;
use crate::tui::patterns::Analysis;
use crate::tui::text::Canvas;

/// Lines of help: what stands left, and what it means; a title has no meaning.
pub(crate) fn lines(app: &App) -> Vec<(String, String)> {
    let title = |title: &str| {
        [
            (String::new(), String::new()),
            (title.to_owned(), String::new()),
        ]
    };
    let mut lines = Vec::new();
    for (place, name) in [
        (Place::Anywhere, "KEYS everywhere"),
        (Place::Response, "KEYS in browse and read"),
        (Place::Text, "KEYS where texts are shown"),
        (Place::Compare, "KEYS in compare"),
        (Place::Matrix, "KEYS in the matrix"),
        (Place::Patterns, "KEYS in patterns"),
        (Place::Numbers, "KEYS in the matrix and patterns"),
        (
            Place::Sides,
            "KEYS in the matrix, patterns, and the list of two runs",
        ),
        (Place::Browse, "KEYS in browse"),
        (Place::Panes, "KEYS in browse and patterns"),
        (Place::Read, "KEYS in read"),
        (
            Place::Sideways,
            "KEYS in the matrix, and while a cluster is inspected",
        ),
    ] {
        lines.extend(title(name));
        for spec in ACTIONS.iter().filter(|spec| spec.place == place) {
            lines.push((app.keymap.keys(spec.action).join(" "), spec.doc.to_owned()));
        }
    }
    lines.extend(title("SIGNS of the list"));
    for (sign, doc) in [
        (
            "✓ ✗ ~ ·",
            "right, wrong, as often right as wrong, unjudged; by majority over epochs",
        ),
        (
            "– ?",
            "not attempted; no answer was found in the text (by a grader)",
        ),
        (
            "log",
            "the same as logged, where a grader says what is right",
        ),
        (
            "2 0 … - *",
            "tag: so many tags of yours, nothing to tag, put off, left out, flagged",
        ),
        ("▸ ●", "barrier failure; marked to be compared"),
        (
            "1/3≠2",
            "1 of 3 epochs is right, and there are 2 different answers",
        ),
    ] {
        lines.push((sign.to_owned(), doc.to_owned()));
    }
    lines.extend(title("SIGNS of the matrix"));
    for (sign, doc) in [
        (
            "░░ ▒▒ ▓▓ ██ 93 28",
            "the darker the more, in quarters; the number in per cent or points; of how many it is",
        ),
        ("*", "of so few that it says little"),
        ("· —", "nothing is counted here; there is no number"),
    ] {
        lines.push((sign.to_owned(), doc.to_owned()));
    }
    lines.extend(title("MEASURES of the matrix"));
    lines.extend(Measure::ALL.map(|measure| {
        let (name, doc) = measure.parts();
        (name.to_owned(), doc.to_owned())
    }));
    lines.extend(title("PATTERNS"));
    lines.extend(Analysis::ALL.map(|of| (of.word().to_owned(), of.about().to_owned())));
    lines.extend(title("TEXT in every script"));
    for (what, doc) in [
        (
            "␛ ␀ · →",
            "characters without a look of their own: controls, zero-width ones, tabs",
        ),
        (
            "Latn▌",
            "the script strip: the script of a step of the trace, named where it changes",
        ),
    ] {
        lines.push((what.to_owned(), doc.to_owned()));
    }
    lines.push(("this terminal".into(), app.told_terminal()));
    lines.extend(title("GRADERS: --grade NAME, or the key for grade"));
    lines.extend(GRADERS.iter().map(|about| {
        (
            about.name.to_owned(),
            format!("{} ({})", about.doc, about.version),
        )
    }));
    lines.extend(title(
        "JUDGES: what logged scores mean; [judges.NAME] in scriptlens.toml says otherwise",
    ));
    for scheme in SCHEMES {
        let lists = [
            ("right", scheme.right),
            ("wrong", scheme.wrong),
            ("not attempted", scheme.unattempted),
        ];
        let lists = lists.iter().filter(|(_, values)| !values.is_empty());
        let lists: Vec<_> = lists
            .map(|(word, values)| format!("{word}: {}", values.join(", ")))
            .collect();
        lines.push((
            scheme.name.to_owned(),
            format!("{}; {}", scheme.holds, lists.join("; ")),
        ));
    }
    lines.push((
        "several judges".into(),
        "what most of them say; a tie is unjudged".into(),
    ));
    lines.extend(title(
        "FILTER clauses: all must hold; a,b is a or b; a dash before one means not",
    ));
    lines.extend(
        FLAGS
            .iter()
            .map(|(_, word, doc)| ((*word).to_owned(), (*doc).to_owned())),
    );
    lines.extend(
        KEYS.iter()
            .map(|spec| (format!("{}:…", spec.name), spec.doc.to_owned())),
    );
    lines.extend(
        MEASURES
            .iter()
            .map(|(_, name, doc)| (format!("{name}<=>…"), (*doc).to_owned())),
    );
    lines.push((
        "\"…\"".into(),
        "exact phrase in question, answer, gold or trace".into(),
    ));
    lines.push((
        "flip:A>B".into(),
        "run A is right and run B wrong, on the same question in the same language".into(),
    ));
    lines.push((
        "~word".into(),
        "a word like this in question, answer or gold, in any script".into(),
    ));
    lines.remove(0);
    lines
}

/// How far help can be scrolled.
pub(crate) fn last(app: &App) -> usize {
    lines(app).len().saturating_sub(5)
}

pub(super) fn render(app: &App, scroll: usize, area: Rect, canvas: &mut Canvas) {
    let theme = &app.theme;
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            canvas.buffer[(x, y)].reset();
        }
    }
    if area.height == 0 {
        return;
    }
    rule(
        Rect { height: 1, ..area },
        "help: ? or Esc closes it, arrows scroll",
        theme.title,
        theme,
        canvas,
    );
    let left = 23.min(area.width / 3);
    let (x, mut y) = (area.x + left + 3, area.y + 1);
    for (what, meaning) in lines(app).into_iter().skip(scroll) {
        if y >= area.bottom() {
            break;
        }
        let style = if meaning.is_empty() {
            theme.title
        } else {
            theme.key
        };
        let indent = if meaning.is_empty() { 1 } else { 2 };
        let room = if meaning.is_empty() { area.width } else { left };
        canvas.put(area.x + indent, y, room, &what, style);
        let room = area.right().saturating_sub(x);
        let wrapped = canvas.medium.wrap(&meaning, room);
        for (line, y) in wrapped.iter().zip(y..area.bottom()) {
            canvas.put(x, y, room, meaning[line.clone()].trim_end(), theme.text);
        }
        y += wrapped.len().max(1) as u16;
    }
}
