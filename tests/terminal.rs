//! End to end: the built program in a pseudo-terminal, keys typed, the screen read.

#[path = "support/session.rs"]
mod session;

use std::path::Path;
use std::process::Command;

use session::{Failure, Session};

fn samples(columns: u16, rows: u16) -> Result<Session, Failure> {
    samples_with(&[], columns, rows)
}

fn samples_with(arguments: &[&str], columns: u16, rows: u16) -> Result<Session, Failure> {
    let program = Path::new(env!("CARGO_BIN_EXE_scriptlens"));
    let session = Session::start(program, arguments, columns, rows)?;
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
    assert!(session.end()?);
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
    assert!(session.end()?);
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
        session.end()?;
        session.until(signal, Session::is_restored)?;
    }
    let mut session = samples(80, 24)?;
    session.press("\x03")?;
    assert!(session.end()?);
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
    assert!(session.end()?);
    Ok(())
}

/// Names in the scripts of traces, each with something that terminal programs are known to lose.
const NAMES: &[(&str, &[&str])] = &[
    ("Latn", &["Dvořák", "Nguyễn Du"]),
    ("Cyrl", &["Достоевский", "Ґалаґан"]),
    ("Grek", &["Καζαντζάκης", "Ελύτης"]),
    ("Armn", &["Խաչատրյան", "Սևակ"]),
    ("Geor", &["ფიროსმანი", "რუსთაველი"]),
    ("Hebr", &["עגנון", "נַחְמָן"]),
    ("Arab", &["محفوظ", "فُرُوغ"]),
    ("Deva", &["प्रेमचन्द", "श्रीकृष्ण", "क्षत्रिय"]),
    ("Beng", &["রবীন্দ্রনাথ", "জীবনানন্দ", "কো"]),
    ("Taml", &["பாரதியார்", "கொற்கை"]),
    ("Thai", &["สุนทรภู่", "น้ำพุ", "กำแพง"]),
    ("Laoo", &["ໄຊຍະບູລີ", "ນ້ຳ"]),
    ("Khmr", &["ភ្នំពេញ", "សៀមរាប", "ខ្មែរ"]),
    ("Mymr", &["အောင်ဆန်း", "မန္တလေး"]),
    ("Ethi", &["ሐዲስ አለማየሁ", "ጎንደር"]),
    ("Hans", &["鲁迅", "沈从文"]),
    ("Jpan", &["川端康成", "ヴァン", "ﾊﾟﾋﾟ"]),
    ("Hang", &["박경리", "윤동주"]),
];

#[test]
fn every_name_in_every_script_stands_on_the_screen_after_scrolling_too() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let mut lines = String::new();
    for (script, names) in NAMES {
        let record = serde_json::json!({
            "question_id": script, "model": "m", "question": names.join(" / "), "answer": script,
            "trace": {"kind": "plain", "text": NAMES.iter().map(|(_, names)| names.join(" | ")).collect::<Vec<_>>().join("\n")},
        });
        lines += &format!("{record}\n");
    }
    let path = folder.path().join("names.jsonl");
    std::fs::write(&path, lines)?;
    let path = path.display().to_string();
    let program = Path::new(env!("CARGO_BIN_EXE_scriptlens"));
    // In the order of the text, so that names from right to left are found too.
    let mut session = Session::start(program, &["--bidi", "off", &path], 120, 60)?;
    let whole = |session: &Session, between: &str| -> Result<(), Failure> {
        for (script, names) in NAMES {
            let names = names.join(between);
            session.until(&format!("{script}: {names}"), |s| s.text().contains(&names))?;
        }
        Ok(())
    };
    whole(&session, " / ")?;
    session.press("jjjGkkg")?;
    whole(&session, " / ")?;
    session.press("\r")?;
    whole(&session, " | ")?;
    session.press("iljjllkh")?;
    shows(&session, " U+")?;
    whole(&session, " | ")?;
    session.press("i")?;
    session.until("no inspector", |s| !s.text().contains(" U+"))?;
    session.press("\x1b")?;
    whole(&session, " / ")?;
    session.press("GR")?;
    shows(&session, "Dostoevsk")?;
    session.press("RR")?;
    whole(&session, " / ")
}

#[test]
fn right_to_left_text_is_put_in_order_by_whoever_is_asked() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("one.jsonl");
    std::fs::write(
        &path,
        r#"{"question_id": "q", "question": "abc", "answer": "עגנון", "model": "m"}"#,
    )?;
    let path = path.display().to_string();
    let program = Path::new(env!("CARGO_BIN_EXE_scriptlens"));
    let mut session = Session::start(program, &[&path], 100, 30)?;
    // This emulator does not reorder, and is not known to.
    shows(&session, "ןונגע")?;
    session.press("B")?;
    shows(&session, "right-to-left text: terminal: as asked")?;
    shows(&session, "עגנון")?;
    session.press("B")?;
    shows(&session, "right-to-left text: visual: as asked")?;
    shows(&session, "ןונגע").map(drop)
}

/// Published runs of two models on questions in English and in Tai Tham, where they lie beside the project.
#[test]
fn flips_of_two_real_runs_are_walked_and_compared() -> Result<(), Failure> {
    let folder = Path::new("../shared/real-runs/lanna-cross-script/results");
    if !folder.is_dir() {
        eprintln!("{} is not there: nothing is checked", folder.display());
        return Ok(());
    }
    let program = Path::new(env!("CARGO_BIN_EXE_scriptlens"));
    let path = folder.display().to_string();
    let mut session = Session::start(program, &[&path], 140, 40)?;
    session.until("all to be loaded", |s| {
        s.text().contains("responses") && !s.line(0).contains("loading")
    })?;
    session.press("F")?;
    shows(&session, "two runs on the same questions")?;
    session.until("pairs", |s| s.text().contains("only A"))?;
    let runs = session.line(3);
    session.press(".")?;
    session.until("pairs of other runs", |s| {
        s.line(3) != runs && s.text().contains("only A")
    })?;
    for _ in 0..3 {
        session.press("\r")?;
        session.until("the panes", |s| {
            s.text().contains("QUESTION") && s.text().contains("ANSWER")
        })?;
        session.press("\x1b")?;
        shows(&session, "two runs on the same questions")?;
        session.press("j")?;
    }
    session.press("q")?;
    session.press("q")?;
    assert!(session.end()?);
    Ok(())
}

#[test]
fn fifty_responses_are_tagged_some_taken_back_and_all_found_after_a_restart() -> Result<(), Failure>
{
    let dir = tempfile::tempdir()?;
    let journals = dir.path().display().to_string();
    let arguments = ["--annotations", journals.as_str(), "--annotator", "ann"];
    let journal = dir.path().join("ann.jsonl");
    let lines = || std::fs::read_to_string(&journal).map_or(0, |text| text.lines().count());

    let mut session = samples_with(&arguments, 120, 40)?;
    session.press("b")?;
    session.until("fewer responses", |s| !s.line(1).contains("1,099 of 1,099"))?;
    session.press("Qrandom 3\r")?;
    shows(&session, "queue 0/")?;
    for tagged in 1..=50 {
        session.press(["tl", "tk", "tn", "O"][tagged % 4])?;
        // The emulator may show half a frame, so the file is waited for too.
        session.until("the next of the queue, saved", |s| {
            let text = s.text();
            let is_next = text.contains(&format!("queue {tagged}/"));
            is_next && text.contains(" · saved") && lines() == tagged
        })?;
    }
    session.press("UUUUU")?;
    shows(&session, "queue 45/")?;
    session.until("all saved", |s| s.text().contains(" · saved"))?;
    session.press("qq")?;
    assert!(session.end()?);
    assert_eq!(lines(), 55);
    assert!(!dir.path().join("ann.jsonl.lock").exists());

    let mut session = samples_with(&arguments, 120, 40)?;
    shows(&session, "a queue is not finished")?;
    session.press("Qresume\r")?;
    shows(&session, "queue 45/")?;
    session.press("\x12")?;
    shows(&session, "queue 46/")?;
    session.press("Qstop\rXf-untagged\r")?;
    session.until("the ones that were tagged", |s| {
        s.line(1).contains("46 of 1,099")
    })?;
    session.press("Xftag:switched\r")?;
    session.until("one code", |s| s.line(1).contains("12 of 1,099"))?;

    // Whatever ends the program, what was saved is there.
    session.press("\rtf")?;
    session.until("saved", |s| s.text().contains("saved · Refused"))?;
    session.child.kill()?;
    assert_eq!(lines(), 57);
    let again = samples_with(&arguments, 120, 40)?;
    shows(&again, "saved · Refused")
}

#[test]
fn who_only_reads_leaves_nothing_behind() -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("one.jsonl");
    std::fs::write(
        &file,
        r#"{"question_id": "q", "question": "abc", "answer": "x"}"#,
    )?;
    let program = Path::new(env!("CARGO_BIN_EXE_scriptlens"));
    let mut session = Session::start(program, &[&dir.path().display().to_string()], 80, 24)?;
    shows(&session, "1 of 1 response")?;
    session.press("\rj")?;
    shows(&session, "QUESTION")?;
    session.press("qq")?;
    assert!(session.end()?);
    let left: Vec<_> = std::fs::read_dir(dir.path())?
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(left, ["one.jsonl"]);
    Ok(())
}
