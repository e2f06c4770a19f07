//! The screens matrix and patterns as a person uses them.

#![allow(clippy::unwrap_used)]

#[path = "support/explorer.rs"]
mod explorer;

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crossterm::event::{
    Event as Terminal, KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind,
};
use explorer::{Explorer, samples};
use ratatui::layout::Rect;
use scriptlens::corpus::{Corpus, Key, Options};
use scriptlens::stats::matrix::Measure;
use scriptlens::tui::app::{Effect, Event, Screen};
use serde_json::{Value, json};

macro_rules! at_sizes {
    ($name:ident, $keys:expr, $sizes:expr) => {
        #[test]
        fn $name() {
            for (width, height) in $sizes {
                let text = Explorer::new(width, height).keys($keys).text();
                insta::assert_snapshot!(format!("{}_{width}x{height}", stringify!($name)), text);
            }
        }
    };
}

const BOTH: [(u16, u16); 2] = [(80, 24), (120, 40)];
const ALL: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 50)];

at_sizes!(matrix, "mjjll", ALL);
at_sizes!(matrix_of_languages_far_right, "maGlllllllllllkkk", ALL);
at_sizes!(matrix_of_a_difference, "md.", BOTH);
at_sizes!(matrix_of_families_gap, "meeaa", BOTH);
at_sizes!(matrix_by_row, "mn", BOTH);
at_sizes!(patterns, "%", BOTH);
at_sizes!(patterns_regression, "%<cr>", BOTH);
at_sizes!(patterns_pairs, "%jj<cr>", BOTH);
at_sizes!(patterns_blind_pairs, "H%jj<cr>", BOTH);

fn key(explorer: &mut Explorer, code: KeyCode) {
    let key = KeyEvent::new(code, KeyModifiers::NONE);
    explorer.happen(Event::Terminal(Terminal::Key(key)));
}

fn wheel(explorer: &mut Explorer, kind: MouseEventKind) {
    explorer.happen(Event::Terminal(Terminal::Mouse(MouseEvent {
        kind,
        column: 20,
        row: 8,
        modifiers: KeyModifiers::NONE,
    })));
}

/// Responses of a run that was asked one question in so many languages each.
fn corpus(lines: &[serde_json::Value]) -> Arc<Corpus> {
    let mut file = tempfile::Builder::new()
        .suffix(".jsonl")
        .tempfile()
        .unwrap();
    for line in lines {
        writeln!(file, "{line}").unwrap();
    }
    let paths = [file.path().display().to_string()];
    Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()))
}

fn response(run: &str, question: &str, target: &str, right: bool) -> serde_json::Value {
    json!({"run": run, "model": run, "question_id": question, "source": "he", "target": target, "question": "?",
        "answer": "x", "correct": right})
}

#[test]
fn enter_shows_exactly_what_a_cell_counts_whatever_is_measured() {
    let pairs = [Measure::Gap, Measure::Lift];
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("fepoch=1<cr>m");
    let before = explorer.app.filter.clone();
    for measure in Measure::ALL {
        assert_eq!(explorer.app.heat.ask.measure, measure);
        let [rows, columns] = explorer.app.heat.counted().unwrap().size();
        for row in (0..=rows).step_by(3) {
            for column in (0..=columns).step_by(4) {
                explorer.app.heat.go(0, row);
                explorer.app.heat.go(1, column);
                let n = explorer.app.heat.selected().unwrap().n;
                explorer.keys("<cr>");
                if n == 0 {
                    assert_eq!(explorer.app.screen, Screen::Matrix);
                    continue;
                }
                assert_eq!(explorer.app.screen, Screen::Browse);
                let shown = explorer.app.view.as_ref().unwrap().rows;
                match pairs.contains(&measure) {
                    true => assert!(shown >= n, "{measure:?} {row} {column}"),
                    false => assert_eq!(shown, n, "{measure:?} {row} {column}"),
                }
                explorer.keys("<esc>");
                assert_eq!(explorer.app.screen, Screen::Matrix);
                assert_eq!(explorer.app.filter, before);
                assert_eq!(explorer.app.heat.place(), [row, column]);
            }
        }
        explorer.keys("e");
    }
}

#[test]
fn a_cell_is_selected_by_a_click_and_opened_by_another() {
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("m");
    let text = explorer.text();
    let line = text
        .lines()
        .position(|line| line.starts_with(" Cyrl"))
        .unwrap();
    let head = text.lines().find(|line| line.contains("Armn")).unwrap();
    let column = head.chars().collect::<String>().find("Cyrl").unwrap();
    let column = head[..column].chars().count();
    explorer.click(column as u16 + 4, line as u16);
    assert_eq!(explorer.app.screen, Screen::Matrix);
    let n = explorer.app.heat.selected().unwrap().n;
    assert!(explorer.text().contains("Cyrl → Cyrl"));
    explorer.click(column as u16 + 4, line as u16);
    assert_eq!(explorer.app.screen, Screen::Browse);
    assert_eq!(explorer.app.view.as_ref().unwrap().rows, n);
    explorer.keys("<cr><esc>");
    assert_eq!(explorer.app.screen, Screen::Browse, "back from read");
    explorer.keys("<esc>");
    assert_eq!(explorer.app.screen, Screen::Matrix);
}

#[test]
fn the_wheel_and_the_arrows_scroll_both_ways_and_heads_stay() {
    let mut explorer = Explorer::new(80, 24);
    explorer.keys("ma");
    wheel(&mut explorer, MouseEventKind::ScrollDown);
    wheel(&mut explorer, MouseEventKind::ScrollRight);
    assert_eq!(explorer.app.heat.place(), [3, 1]);
    explorer.keys("GG").keys(&"l".repeat(40));
    let counted = explorer.app.heat.counted().unwrap().clone();
    assert_eq!(explorer.app.heat.place(), counted.size());
    explorer.keys("k<left>");
    let text = explorer.text();
    let last = counted.matrix.targets.last().unwrap();
    assert!(
        text.lines().nth(4).unwrap().contains(last.as_str()),
        "{text}"
    );
    assert!(text.lines().any(|line| line.starts_with(" all")), "{text}");
}

#[test]
fn one_side_after_the_other_is_chosen() {
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("md");
    assert!(explorer.text().contains("entity-hint less baseline"));
    explorer.keys("d");
    assert!(explorer.text().contains("d runs"), "{}", explorer.text());
    let before = explorer.app.heat.ask.sides.unwrap();
    explorer.keys(".");
    assert_ne!(explorer.app.heat.ask.sides.unwrap().b, before.b);
    explorer.keys("dd");
    assert_eq!(explorer.app.heat.ask.sides, None);
    // A lift is of two: it takes the conditions by itself.
    explorer.keys("eeee");
    assert!(explorer.app.heat.ask.sides.is_some());
    assert!(explorer.app.heat.counted().is_some());
}

#[test]
fn the_matrix_is_of_what_the_filter_shows_and_says_when_nothing_is_left() {
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("m");
    let whole = |explorer: &Explorer| explorer.app.heat.counted().unwrap().matrix.all.n;
    let all = whole(&explorer);
    explorer.keys("fcross<cr>");
    assert_eq!(explorer.app.screen, Screen::Matrix);
    assert!(whole(&explorer) < all);
    explorer.keys("fright wrong<cr>");
    let text = explorer.text();
    assert!(
        text.contains("The filter lets no response through."),
        "{text}"
    );
    explorer.keys("<cr>");
    explorer.keys("%");
    for line in 0..10 {
        explorer.keys("<cr>");
        let text = explorer.text();
        assert!(
            text.contains("The filter lets no response through."),
            "{line}:\n{text}"
        );
        explorer.keys("<esc>j");
    }
}

#[test]
fn few_and_degenerate_responses_give_sentences() {
    let one = [response("a", "q1", "he", true)];
    let right = [
        response("a", "q1", "he", true),
        response("a", "q2", "hi", true),
    ];
    for lines in [&one[..], &right[..]] {
        let mut explorer = Explorer::of(corpus(lines), 100, 30);
        explorer.keys("md");
        assert!(
            explorer
                .text()
                .contains("there are no two of a kind to compare")
        );
        explorer.keys("%");
        for _ in 0..10 {
            explorer.keys("<cr>");
            assert!(explorer.app.patterns.as_ref().unwrap().running.is_none());
            assert!(explorer.text().len() > 200);
            explorer.keys("<esc>j");
        }
    }
}

#[test]
fn what_needs_the_audit_says_so_until_it_is_there() {
    let lines: Vec<_> = ["he", "hi", "el"]
        .iter()
        .flat_map(|target| {
            [
                response("a", "q1", target, true),
                response("a", "q2", target, false),
            ]
        })
        .collect();
    let mut explorer = Explorer::of(corpus(&lines), 120, 40);
    // The harness runs the audit at once: without it there are no verdicts.
    assert!(explorer.app.corpus.is_audited());
    let unaudited = corpus(&lines);
    explorer.app.corpus = unaudited.clone();
    explorer.app.view.as_mut().unwrap().corpus = unaudited;
    explorer.keys("meee");
    assert_eq!(explorer.app.heat.ask.measure, Measure::Lost);
    let text = explorer.text();
    assert!(text.contains("Names were not looked for yet"), "{text}");
    explorer.keys("%jjjj<cr>");
    let text = explorer.text();
    assert!(text.contains("Names were not looked for yet"), "{text}");
}

/// Keys whose effects nobody carries out, as if a worker took its time.
fn unheard(explorer: &mut Explorer, letter: char) -> Vec<Effect> {
    let code = match letter {
        '\r' => KeyCode::Enter,
        '\u{1b}' => KeyCode::Esc,
        letter => KeyCode::Char(letter),
    };
    let key = KeyEvent::new(code, KeyModifiers::NONE);
    let mut effects = explorer.app.update(Event::Terminal(Terminal::Key(key)));
    effects.extend(explorer.app.prepare());
    effects
}

#[test]
fn a_fit_tells_how_far_it_is_and_escape_stops_it() {
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("%");
    let effects = unheard(&mut explorer, '\r');
    let [Effect::Analyse { generation, .. }] = effects[..] else {
        unreachable!("enter computes")
    };
    explorer.app.update(Event::Analysing(generation, 0.42));
    assert!(explorer.text().contains("42 % · esc stops"));
    let effects = unheard(&mut explorer, '\u{1b}');
    assert!(matches!(effects[..], [Effect::StopAnalyse(stopped)] if stopped > generation));
    let late = Event::Analysed(generation, Err("late".into()));
    explorer.happen(late);
    let text = explorer.text();
    assert!(text.contains("Stopped before it was done"), "{text}");
    assert_eq!(explorer.app.screen, Screen::Patterns);
    explorer.keys("<cr>");
    assert!(explorer.text().contains("Within questions"));
}

#[test]
fn reading_all_texts_for_a_matrix_can_be_stopped() {
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("meeeee");
    let effects = unheard(&mut explorer, 'e');
    let [Effect::Count { generation, .. }] = effects[..] else {
        unreachable!("it is counted")
    };
    explorer.app.update(Event::Counting(generation, 0.5));
    assert!(explorer.text().contains("50 % of the texts are read"));
    let effects = unheard(&mut explorer, '\u{1b}');
    assert!(matches!(effects[..], [Effect::StopCount(stopped)] if stopped > generation));
    assert!(explorer.text().contains("Stopped before it was done"));
    assert!(
        unheard(&mut explorer, 'j').is_empty(),
        "it does not begin again by itself"
    );
    explorer.keys("<cr>");
    assert!(explorer.app.heat.counted().is_some());
}

#[test]
fn tables_are_those_of_the_command_line_and_can_be_copied() {
    use scriptlens::corpus::Filter;
    use scriptlens::stats::{Selection, analyses};
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("%jjjjjj<cr>");
    let corpus = samples();
    let told = analyses::variance(&Selection::new(&corpus, &Filter::default()));
    let copied = unheard(&mut explorer, 'y');
    assert!(matches!(&copied[..], [Effect::Copy(text)] if *text == told.markdown()));
    let screen = explorer.text();
    let table = told.tables[0].text(101);
    let line = table.lines().nth(1).unwrap();
    assert!(screen.contains(line), "{line}\n{screen}");
    explorer.keys("fcross<cr>");
    assert!(explorer.text().contains("a choice has changed"));
    explorer.keys("<cr>");
    assert!(explorer.text().contains("filter: cross"));
}

#[test]
fn nothing_shows_names_of_runs_to_the_blind() {
    let names: Vec<String> = [Key::Run, Key::Model, Key::Condition]
        .into_iter()
        .flat_map(|key| {
            samples()
                .dict(key)
                .names()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|name| name.len() > 5)
        .collect();
    let mut explorer = Explorer::new(200, 50);
    // What was computed before is hidden too.
    explorer.keys("md%<cr>j<cr><esc>j<cr><esc>mdH");
    let hides = |explorer: &mut Explorer, when: &str| {
        let text = explorer.text();
        for name in &names {
            assert!(!text.contains(name.as_str()), "{when}: {name} in\n{text}");
        }
    };
    hides(&mut explorer, "the matrix");
    explorer.keys("eeeeddd");
    hides(&mut explorer, "sides");
    explorer.keys("%g");
    for line in 0..10 {
        hides(&mut explorer, "before");
        explorer.keys("<cr>");
        for _ in 0..8 {
            hides(&mut explorer, &format!("analysis {line}"));
            key(&mut explorer, KeyCode::PageDown);
        }
        explorer.keys("<esc>j");
    }
    explorer.keys("<esc>fmodel:atlas*<cr>%gj<cr>");
    hides(&mut explorer, "filter");
    assert!(explorer.text().contains("hidden while names are hidden"));
}

#[test]
fn no_size_is_too_small() {
    for (width, height) in [(1, 1), (5, 5), (12, 6), (20, 8), (33, 9), (300, 7)] {
        let mut explorer = Explorer::new(width, height);
        explorer.keys("mllld%jj<cr>");
        explorer.app.size = Rect::new(0, 0, height, width);
        explorer.keys("jm");
        explorer.click(2, 2);
    }
}

#[test]
fn where_only_latin_is_shared_the_matrix_says_what_script_match_means() {
    let from_english = |question: &str| {
        ["en", "de", "he", "hi"].map(|target| {
            let mut response = response("a", question, target, target < "g");
            response["source"] = json!("en");
            response
        })
    };
    let lines = [from_english("q1"), from_english("q2")].concat();
    let mut explorer = Explorer::of(corpus(&lines), 80, 24);
    explorer.keys("m");
    let text = explorer.text();
    assert!(
        text.contains("it is always Latn: script match means"),
        "{text}"
    );
}

/// A run, and the same questions asked again: of whom one knows more across scripts.
fn run_and_remedy(folder: &Path) -> Arc<Corpus> {
    let record = |run: &str, question: usize, target: &str, right: bool, metadata: Value| {
        json!({"run": run, "question_id": format!("q{question}"), "source": "he", "target": target, "question": "?",
            "answer": "", "correct": right, "metadata": metadata})
    };
    let mut lines = Vec::new();
    for question in 0..6 {
        for (target, knows) in [("he", 6), ("ru", 4)] {
            let remedy = json!({"remedy": {"of": "m/baseline"}});
            // The remedy comes first, as it may on a command line.
            lines.insert(
                0,
                record("m/entity-hint", question, target, question < knows, remedy),
            );
            let knew = target == "he" || question < 1;
            lines.push(record("m/baseline", question, target, knew, json!({})));
        }
    }
    let path = folder.join("runs.jsonl");
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(&path, lines).unwrap();
    let paths = [path.display().to_string()];
    Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()))
}

#[test]
fn a_remedy_beside_its_run_leads_to_what_it_changed() {
    let folder = tempfile::tempdir().unwrap();
    let mut explorer = Explorer::of(run_and_remedy(folder.path()), 120, 40);
    let text = explorer.text();
    assert!(
        text.contains("m/entity-hint was asked again what m/baseline was asked: % tells"),
        "{text}"
    );
    let text = explorer.keys("%").text();
    insta::assert_snapshot!("a_remedy_and_what_it_changed_120x40", text);
}
