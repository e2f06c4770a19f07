//! The screen ask again as a person uses it.

#![allow(clippy::unwrap_used)]

#[path = "support/explorer.rs"]
mod explorer;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

use explorer::{Explorer, samples};
use ratatui::layout::Rect;
use scriptlens::corpus::{Corpus, Options};
use scriptlens::tui::app::{Effect, Event, Screen};

/// One model's baseline, of which nothing is asked twice.
const SHOWN: &str = "model:atlas* cond:baseline cross wrong";

fn shown(filter: &str, width: u16, height: u16) -> Explorer {
    let mut explorer = Explorer::new(width, height);
    explorer.keys(&format!("f{filter}<cr>"));
    explorer
}

/// Types a name in place of the one that is offered.
fn name(explorer: &mut Explorer, path: &Path) {
    let offered = explorer.app.prompt.as_ref().unwrap().text().chars().count();
    explorer.keys(&"<bs>".repeat(offered));
    explorer.keys(&format!("{}<cr>", path.display()));
}

#[test]
fn the_prompt_stands_beside_its_question() {
    for (width, height) in [(80, 24), (120, 40)] {
        for (name, keys) in [
            ("hint", "W"),
            ("inject_into_the_next", "WjjjJ"),
            ("prefix_of_the_one_that_is_read", "<cr>Wjjjjj"),
        ] {
            let text = shown(SHOWN, width, height).keys(keys).text();
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), text);
        }
    }
}

#[test]
fn what_is_written_is_what_the_command_line_writes() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("a.jsonl"), folder.path().join("b.jsonl"));
    let mut explorer = shown(SHOWN, 120, 40);
    explorer.keys("W<cr>");
    name(&mut explorer, &here);
    let told = explorer.app.again.as_ref().unwrap().told.clone();
    let told = told.unwrap().unwrap();
    assert!(told[0].contains("requests written to"), "{told:?}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_scriptlens"));
    let arguments = [
        "prompts",
        "sample-runs",
        "--condition",
        "entity-hint",
        "--where",
        SHOWN,
        "-o",
    ];
    assert!(
        command
            .args(arguments)
            .arg(&there)
            .status()
            .unwrap()
            .success()
    );
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    assert!(read(&here).lines().count() > 30);
    assert_eq!(read(&here), read(&there));
    let manifest = |name: &str| read(&folder.path().join(name));
    assert_eq!(manifest("a.manifest.jsonl"), manifest("b.manifest.jsonl"));

    // A file that is there stays, and the screen says why.
    explorer.keys("<cr>");
    name(&mut explorer, &here);
    assert!(
        explorer.text().contains("is there already"),
        "{}",
        explorer.text()
    );
    assert_eq!(read(&here), read(&there));
}

#[test]
fn what_cannot_be_asked_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let mut explorer = shown("cross wrong", 120, 40);
    explorer.keys("W<cr>");
    name(&mut explorer, &path);
    let text = explorer.text();
    assert!(text.contains("such as model:atlas-9b"), "{text}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

    let mut explorer = shown("q:nothing-of-this-name", 120, 40);
    assert!(explorer.keys("W").text().contains("no question at hand"));
    let mut explorer = shown(SHOWN, 120, 40);
    explorer.keys("HW");
    assert_eq!(explorer.app.screen, Screen::Browse);
    assert!(explorer.text().contains("H shows names again"));
}

#[test]
fn writing_can_be_stopped_and_leaves_nothing() {
    let mut explorer = shown(SHOWN, 80, 24);
    explorer.keys("W<cr>");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let app = &mut explorer.app;
    app.size = Rect::new(0, 0, 80, 24);
    let sample = app.sample().unwrap();
    let order = scriptlens::tui::again::Order {
        sample,
        condition: scriptlens::remedy::Condition::Baseline,
        path: path.as_path().into(),
    };
    assert!(order.carry_out(&|_| ControlFlow::Break(())).is_none());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    // Esc breaks off, and what comes too late is not taken.
    app.again.as_mut().unwrap().writing = Some(0.5);
    explorer.keys("<esc><esc>");
    let stopped = explorer.app.act(scriptlens::tui::action::Action::Back);
    assert!(!stopped.iter().any(|effect| matches!(effect, Effect::Quit)));
    explorer.happen(Event::Written(0, Ok(vec!["too late".into()])));
    assert!(explorer.app.again.as_ref().unwrap().told.is_none());
}

#[test]
fn the_cursor_and_the_mouse_stay_within_the_conditions() {
    let mut explorer = shown(SHOWN, 80, 24);
    explorer.keys("WGjj");
    assert_eq!(
        explorer.app.again.as_ref().unwrap().condition().word(),
        "translation-prefix-english"
    );
    explorer.click(3, 5);
    assert_eq!(
        explorer.app.again.as_ref().unwrap().condition().word(),
        "substitute"
    );
    explorer.click(3, 20);
    explorer.keys("<esc>");
    assert_eq!(explorer.app.screen, Screen::Browse);
    // An empty corpus has nothing to ask, and a small screen no room to say so.
    let nothing = Corpus::load(&[], &Options::default(), |_| ControlFlow::Break(()));
    for (width, height) in [(1, 1), (12, 4), (40, 8)] {
        Explorer::of(nothing.clone(), width, height).keys("Wjk<esc>");
        Explorer::of(samples(), width, height).keys("WGk");
    }
}
