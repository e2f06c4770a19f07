//! Measures the explorer as a person meets it: the built program in a pseudo-terminal, keys typed, the screen read.
//!
//! `cargo build --release && cargo run --release --example measure -- FILE` prints time to the first row, loading time,
//! the longest any key waited, time from a filter to its screen, time to the first fuzzy hits, and peak memory.

#[path = "../tests/support/session.rs"]
mod session;

use std::time::{Duration, Instant};

use session::{Failure, Session};

/// Line with the number of responses shown and the active filters.
const FILTERS: u16 = 1;
/// Line with the title of the preview, on a screen of 40 lines.
const PREVIEW: u16 = 23;

fn main() -> Result<(), Failure> {
    let file = std::env::args().nth(1).ok_or("name a file to open")?;
    let program = std::env::current_exe()?;
    let program = program
        .ancestors()
        .nth(2)
        .ok_or("no target folder")?
        .join("scriptlens");
    let bytes = std::fs::metadata(&file)?.len();

    let start = Instant::now();
    let mut session = Session::start(&program, &[&file], 120, 40)?;
    session.until("the first response", |s| {
        s.line(PREVIEW + 1).contains("QUESTION")
    })?;
    told("first rows on screen", start.elapsed());

    let (mut slowest, mut pressed) = (Duration::ZERO, 0);
    while session.line(0).contains("loading") {
        let key = if pressed % 40 < 20 { "j" } else { "k" };
        slowest = slowest.max(until_changed(&mut session, key)?);
        pressed += 1;
        std::thread::sleep(Duration::from_millis(60));
    }
    told("loading complete", start.elapsed());
    println!(
        "{:<24}{:>9.0} MB/s",
        "",
        bytes as f64 / 1e6 / start.elapsed().as_secs_f64()
    );
    told(&format!("slowest of {pressed} keys"), slowest);
    report_memory(&session);

    // The view of the complete corpus may still be on its way.
    std::thread::sleep(Duration::from_secs(1));
    for (keys, what) in [
        ("b", "filter: barrier"),
        ("X", "all filters off"),
        ("b", "filter again"),
        ("X", "off again"),
    ] {
        told(what, until_shown(&mut session, keys)?);
        std::thread::sleep(Duration::from_millis(300));
    }
    session.press("fsrc:Hebr tgt:Deva wrong len>100")?;
    std::thread::sleep(Duration::from_millis(300));
    told("filter: four clauses", until_shown(&mut session, "\r")?);
    until_shown(&mut session, "X")?;
    std::thread::sleep(Duration::from_millis(300));
    session.press("/bridge")?;
    std::thread::sleep(Duration::from_millis(300));
    told("first fuzzy hits", until_shown(&mut session, "\r")?);
    // A list of one row has nowhere to go: let some more hits come.
    std::thread::sleep(Duration::from_millis(700));
    let mut slowest = Duration::ZERO;
    for step in 0..40 {
        slowest = slowest.max(until_changed(
            &mut session,
            if step % 4 < 2 { "j" } else { "k" },
        )?);
    }
    told("slowest of 40 keys", slowest);
    let rest = session.until("the end of the search", |s| {
        !s.line(FILTERS).contains("searched")
    })?;
    told("search complete after", rest);
    report_memory(&session);
    session.press("q")
}

/// Presses a key that moves the selection, and waits until the preview is another.
fn until_changed(session: &mut Session, key: &str) -> Result<Duration, Failure> {
    let before = session.line(PREVIEW);
    session.press(key)?;
    session.until("a change", |session| session.line(PREVIEW) != before)
}

/// Presses keys and waits until another number of responses is shown, not none.
fn until_shown(session: &mut Session, keys: &str) -> Result<Duration, Failure> {
    let shown = |s: &Session| {
        s.line(FILTERS)
            .split(" of ")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let before = shown(session);
    session.press(keys)?;
    session.until("another number of responses", |session| {
        let now = shown(session);
        now != before && !["0", ""].contains(&now.trim())
    })
}

fn told(what: &str, time: Duration) {
    println!("{what:<24}{:>9.1} ms", time.as_secs_f64() * 1e3);
}

/// Peak resident memory so far, where the system tells it.
fn report_memory(session: &Session) {
    let status = session
        .child
        .process_id()
        .map(|id| std::fs::read_to_string(format!("/proc/{id}/status")));
    let Some(Ok(status)) = status else { return };
    let kib = status.lines().find_map(|line| {
        line.strip_prefix("VmHWM:")?
            .split_whitespace()
            .next()?
            .parse::<f64>()
            .ok()
    });
    if let Some(kib) = kib {
        println!("{:<24}{:>9.0} MB", "peak memory", kib * 1024.0 / 1e6);
    }
}
