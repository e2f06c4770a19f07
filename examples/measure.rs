//! Measures the explorer as a person meets it: the built program in a pseudo-terminal, keys typed, the screen read.
//!
//! `cargo build --release && cargo run --release --example measure -- FILE` prints time to the first row, loading time,
//! the longest any key waited, time from a filter to its screen, time to the first fuzzy hits, and peak memory.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

type Failure = Box<dyn std::error::Error>;

const SIZE: PtySize = PtySize {
    rows: 40,
    cols: 120,
    pixel_width: 0,
    pixel_height: 0,
};
const PATIENCE: Duration = Duration::from_secs(60);
/// Line with the number of responses shown and the active filters.
const FILTERS: u16 = 1;
/// Line with the title of the preview.
const PREVIEW: u16 = 23;

struct Session {
    keys: Box<dyn Write + Send>,
    screen: Arc<Mutex<vt100::Parser>>,
    process: Option<u32>,
}

impl Session {
    fn start(program: &PathBuf, file: &str) -> Result<Session, Failure> {
        let pair = native_pty_system().openpty(SIZE)?;
        let mut command = CommandBuilder::new(program);
        command.arg(file);
        command.env("TERM", "xterm-256color");
        let child = pair.slave.spawn_command(command)?;
        let parser = vt100::Parser::new(size(SIZE.rows)?, size(SIZE.cols)?, 0);
        let screen = Arc::new(Mutex::new(parser));
        let (mut output, parser) = (pair.master.try_clone_reader()?, screen.clone());
        let keys = pair.master.take_writer()?;
        std::thread::spawn(move || {
            // The master must live as long as it is read.
            let _master = pair.master;
            let mut bytes = [0; 1 << 16];
            while let Ok(n @ 1..) = output.read(&mut bytes) {
                if let Ok(mut parser) = parser.lock() {
                    parser.process(&bytes[..n]);
                }
            }
        });
        Ok(Session {
            keys,
            screen,
            process: child.process_id(),
        })
    }

    fn line(&self, line: u16) -> String {
        let Ok(parser) = self.screen.lock() else {
            return String::new();
        };
        parser
            .screen()
            .rows(0, SIZE.cols)
            .nth(usize::from(line))
            .unwrap_or_default()
    }

    fn press(&mut self, keys: &str) -> Result<(), Failure> {
        self.keys.write_all(keys.as_bytes())?;
        Ok(self.keys.flush()?)
    }

    /// Waits until the screen is so, and says for how long.
    fn until(&self, what: &str, is_so: impl Fn(&Session) -> bool) -> Result<Duration, Failure> {
        let start = Instant::now();
        while !is_so(self) {
            if start.elapsed() > PATIENCE {
                let screen = self
                    .screen
                    .lock()
                    .map(|p| p.screen().contents())
                    .unwrap_or_default();
                return Err(format!("waited in vain for {what}; the screen:\n{screen}").into());
            }
            std::thread::sleep(Duration::from_micros(300));
        }
        Ok(start.elapsed())
    }

    /// Presses keys and waits until a line is another.
    fn changed(&mut self, keys: &str, line: u16) -> Result<Duration, Failure> {
        let before = self.line(line);
        self.press(keys)?;
        self.until("a change", |session| session.line(line) != before)
    }

    fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process?)).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace()
            .nth(1)?
            .parse::<u64>()
            .ok()
            .map(|kib| kib / 1024)
    }
}

fn main() -> Result<(), Failure> {
    let file = std::env::args().nth(1).ok_or("name a file to open")?;
    let program = std::env::current_exe()?
        .ancestors()
        .nth(2)
        .ok_or("no target folder")?
        .join("scriptlens");
    let bytes = std::fs::metadata(&file)?.len();

    let start = Instant::now();
    let mut session = Session::start(&program, &file)?;
    session.until("the first response", |s| {
        s.line(PREVIEW + 1).contains("QUESTION")
    })?;
    println!("first rows on screen  {:>8.1} ms", millis(start.elapsed()));

    let (mut slowest, mut pressed) = (Duration::ZERO, 0);
    while session.line(0).contains("loading") {
        let key = if pressed % 40 < 20 { "j" } else { "k" };
        slowest = slowest.max(session.changed(key, PREVIEW)?);
        pressed += 1;
        std::thread::sleep(Duration::from_millis(60));
    }
    let loaded = start.elapsed();
    let speed = bytes as f64 / 1e6 / loaded.as_secs_f64();
    println!(
        "loading complete      {:>8.1} ms  ({speed:.0} MB/s)",
        millis(loaded)
    );
    println!(
        "slowest of {pressed:>4} keys   {:>8.1} ms  while loading",
        millis(slowest)
    );

    report_memory(&session, "loading");

    // The view of the complete corpus may still be on its way.
    std::thread::sleep(Duration::from_secs(1));
    for (keys, what) in [
        ("b", "filter: barrier"),
        ("X", "all filters off"),
        ("b", "filter again"),
        ("X", "off again"),
    ] {
        println!(
            "{what:<22}{:>8.1} ms",
            millis(until_shown(&mut session, keys)?)
        );
        std::thread::sleep(Duration::from_millis(300));
    }
    session.press("fsrc:Hebr tgt:Deva wrong len>100")?;
    std::thread::sleep(Duration::from_millis(300));
    println!(
        "filter: four clauses  {:>8.1} ms",
        millis(until_shown(&mut session, "\r")?)
    );
    session.changed("X", FILTERS)?;
    std::thread::sleep(Duration::from_millis(300));
    session.press("/sarwadharma")?;
    std::thread::sleep(Duration::from_millis(300));
    println!(
        "first fuzzy hits      {:>8.1} ms",
        millis(until_shown(&mut session, "\r")?)
    );
    let mut slowest = Duration::ZERO;
    for step in 0..40 {
        slowest = slowest.max(session.changed(if step % 4 < 2 { "j" } else { "k" }, PREVIEW)?);
    }
    println!(
        "slowest of   40 keys   {:>8.1} ms  while searching",
        millis(slowest)
    );
    let searched = Instant::now();
    session.until("the end of the search", |s| {
        !s.line(FILTERS).contains("searched")
    })?;
    println!(
        "search complete after {:>8.1} ms more",
        millis(searched.elapsed())
    );
    report_memory(&session, "searching");
    session.press("q")
}

fn report_memory(session: &Session, after: &str) {
    if let Some(peak) = session.peak_memory() {
        println!("peak memory           {peak:>8} MiB after {after}");
    }
}

/// Presses keys and waits until another number of responses is shown, not none.
fn until_shown(session: &mut Session, keys: &str) -> Result<Duration, Failure> {
    let shown = |session: &Session| {
        session
            .line(FILTERS)
            .split(" of ")
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let before = shown(session);
    session.press(keys)?;
    session.until("another number of responses", |s| {
        ![before.as_str(), "0", ""].contains(&shown(s).as_str())
    })
}

fn size(cells: u16) -> Result<NonZeroU16, Failure> {
    NonZeroU16::new(cells).ok_or_else(|| "an empty screen".into())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
