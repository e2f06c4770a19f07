//! End to end: the built program in a pseudo-terminal, keys typed, the screen read.

#[path = "support/session.rs"]
mod session;

use std::path::Path;
use std::process::Command;

use session::{Failure, Session};

fn samples(columns: u16, rows: u16) -> Result<Session, Failure> {
    let session = Session::start(
        Path::new(env!("CARGO_BIN_EXE_scriptlens")),
        &[],
        columns,
        rows,
    )?;
    session.until("sample-runs to be loaded", |s| {
        s.text().contains("1,099 of 1,099 responses") && !s.text().contains("loading")
    })?;
    Ok(session)
}

fn shows(session: &Session, text: &str) -> Result<(), Failure> {
    session.until(text, |s| s.text().contains(text)).map(drop)
}

#[test]
fn a_researcher_goes_from_the_samples_to_one_failure_and_its_source() -> Result<(), Failure> {
    let mut session = samples(120, 40)?;
    shows(&session, "4 runs")?;
    shows(
        &session,
        "Written for illustration by the scriptlens project",
    )?;

    session.press("b")?;
    shows(&session, "[1× barrier]")?;
    session.until("fewer responses", |s| !s.line(1).contains("1,099 of 1,099"))?;

    session.press("ftgt:De\t\r")?;
    shows(&session, "[2× tgt:Deva]")?;
    session.until("Devanagari only", |s| s.line(3).contains("→Deva"))?;

    session.press("\r")?;
    shows(&session, "QUESTION in its source language")?;
    shows(&session, "▸ barrier failure")?;
    session.press("s")?;
    session.until("the source", |s| {
        s.line(2).contains("✓ right") || s.line(2).contains("epoch")
    })?;
    session.press("\x1b")?;
    session.until("browse again", |s| s.text().contains("SOURCE script"))?;

    session.press("XX/koprivshtitsa\r")?;
    shows(&session, "~koprivshtitsa]")?;
    session.until("hits in Cyrillic", |s| {
        s.text().contains("Копривщица") || s.text().contains("Копривштица")
    })?;

    session.resize(80, 24)?;
    session.until("a smaller screen", |s| {
        s.text().contains("koprivshtitsa") && !s.text().contains("SOURCE script")
    })?;

    session.press("q")?;
    let status = session.child.wait()?;
    assert!(status.success());
    session
        .until("the terminal as it was", Session::is_restored)
        .map(drop)
}

#[test]
fn wrong_input_is_told_on_the_prompt_line_and_nothing_is_lost() -> Result<(), Failure> {
    let mut session = samples(100, 30)?;
    session.press("fcross wrnog\r")?;
    shows(
        &session,
        "column 7: wrnog is no filter word; did you mean wrong",
    )?;
    session.press("\x7f\x7f\x7fong\r")?;
    shows(&session, "[2× wrong]")?;
    session.press("2")?;
    session.until("one filter less", |s| !s.line(1).contains("wrong"))?;
    session.press(":probl\r")?;
    shows(&session, "0 problems")?;
    session.press("?")?;
    shows(&session, "KEYS everywhere")?;
    session.press("q")?;
    session.press("q")?;
    session.press("q")?;
    assert!(session.child.wait()?.success());
    Ok(())
}

#[cfg(unix)]
#[test]
fn the_terminal_is_restored_whatever_ends_the_program() -> Result<(), Failure> {
    for signal in ["-TERM", "-HUP", "-INT"] {
        let mut session = samples(80, 24)?;
        assert!(session.on_other_screen());
        let id = session.child.process_id().ok_or("no process")?.to_string();
        assert!(Command::new("kill").args([signal, &id]).status()?.success());
        session.child.wait()?;
        session.until(signal, Session::is_restored)?;
    }
    let mut session = samples(80, 24)?;
    session.press("\x03")?;
    assert!(session.child.wait()?.success());
    session.until("Ctrl-C", Session::is_restored).map(drop)
}

#[test]
fn no_size_is_too_small() -> Result<(), Failure> {
    let mut session = samples(80, 24)?;
    for (columns, rows) in [(1, 1), (2, 3), (20, 4), (5, 40), (200, 2), (80, 24)] {
        session.resize(columns, rows)?;
        session.press("jk\tjk?jq")?;
    }
    // The emulator may have cut a frame that was under way while its size changed.
    for _ in 0..100 {
        session.press("\x0c")?;
        std::thread::sleep(std::time::Duration::from_millis(20));
        if session.text().contains("scriptlens") {
            break;
        }
    }
    shows(&session, "scriptlens")?;
    session.press("q")?;
    assert!(session.child.wait()?.success());
    Ok(())
}
