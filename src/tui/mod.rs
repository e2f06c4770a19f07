//! The explorer: a pure machine ([`app`]), what it draws ([`screens`]), and the driver here that connects both to a
//! terminal and to the workers.

pub mod action;
pub mod again;
pub mod app;
mod clipboard;
pub mod compare;
pub mod desk;
pub mod document;
pub mod flips;
pub mod keymap;
pub mod marks;
pub mod matrix;
pub mod page;
pub mod patterns;
pub mod prompt;
pub mod records;
pub mod sample;
pub mod screens;
pub mod tags;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod widgets;
pub mod worker;

use std::io::{self, Stdout, Write, stdout};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::style::Print;
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, event, execute, queue};
use ratatui::layout::Rect;

use crate::annotation::Taxonomy;
use crate::corpus::{Corpus, Filter, Options};
use crate::grade::Grader;
use app::{App, Effect, Event, Wants};
use desk::Desk;
use keymap::Keymap;
use terminal::{Backend, Cache, IMPLICIT};
use worker::{Rest, Workers};

/// Explores what the paths name, until the user leaves.
///
/// # Errors
/// The key file is wrong, or the terminal cannot be used.
pub fn run(
    paths: Vec<String>,
    options: Options,
    filter: Filter,
    grader: Option<Grader>,
    wants: Wants,
    sitting: Sitting,
) -> io::Result<()> {
    let keymap = match directories::ProjectDirs::from("", "", "scriptlens") {
        Some(dirs) => {
            Keymap::read(&dirs.config_dir().join("keymap.toml")).map_err(io::Error::other)?
        }
        None => Keymap::default(),
    };
    let (send, events) = unbounded();
    watch_signals(&send)?;
    let mut terminal = Terminal::enter()?;
    let size = crossterm::terminal::size().map(|(width, height)| Rect::new(0, 0, width, height))?;
    let nothing = Corpus::load(&[], &options, |_| ControlFlow::Break(()));
    let workers = Workers::start(paths, options, &send);
    let mut desk = Desk::new(Arc::new(sitting.taxonomy), sitting.annotator.clone());
    desk.folder = sitting.folder.clone();
    let mut app = App::new(nothing, filter, keymap, desk, size);
    app.grader = grader;
    app.desk.is_blind = sitting.blind;
    workers.run(Effect::Open(sitting.folder, sitting.annotator));
    let known = terminal::probe(&Cache::user());
    for key in &known.typed {
        // The channel is open: this thread holds its other end.
        let _ = send.send(Event::Terminal(event::Event::Key(*key)));
    }
    app.set_terminal(known, wants);
    terminal.reset(app.medium.bidi.explicit)?;
    watch_keys(&send);
    let done = drive(app, &events, &workers, terminal);
    if let Some(rest) = workers.close() {
        rescue(&rest);
    }
    done
}

/// Who judges the responses, and how.
pub struct Sitting {
    /// The folder of the journals.
    pub folder: PathBuf,
    /// Whose journal is written.
    pub annotator: String,
    /// The codes.
    pub taxonomy: Taxonomy,
    /// Names of runs, and what others said, are hidden.
    pub blind: bool,
}

/// Writes decisions that could not be saved to where there is room, or at least to where somebody sees them.
fn rescue(rest: &Rest) {
    let Rest {
        count,
        why,
        journal,
        lines,
    } = rest;
    let dir = std::env::temp_dir().join(format!("scriptlens-unsaved-{}", std::process::id()));
    let file = dir.join(journal.file_name().unwrap_or_default());
    let written = std::fs::create_dir_all(&dir).and_then(|()| std::fs::write(&file, lines));
    eprintln!("scriptlens: {count} decisions could not be saved: {why}");
    match written {
        Ok(()) => eprintln!(
            "They are in {}. To add them: scriptlens annotations merge {} {} -o {1}",
            file.display(),
            dir.display(),
            journal
                .parent()
                .unwrap_or(std::path::Path::new("."))
                .display(),
        ),
        Err(error) => {
            eprintln!(
                "Nor could {}: {error}. These are their lines:",
                file.display()
            );
            eprint!("{}", String::from_utf8_lossy(lines));
        }
    }
}

/// At most so many events are taken before a frame is drawn, so that a flood of them does not freeze the screen.
const EVENTS_PER_FRAME: usize = 256;

fn drive(
    mut app: App,
    events: &Receiver<Event>,
    workers: &Workers,
    mut terminal: Terminal,
) -> io::Result<()> {
    loop {
        for effect in app.prepare().into_iter().chain(terminal.draw(&mut app)?) {
            workers.run(effect);
        }
        // The channel cannot close: this thread holds a sender through the workers.
        let Ok(first) = events.recv() else {
            return Ok(());
        };
        for event in std::iter::once(first).chain(events.try_iter().take(EVENTS_PER_FRAME)) {
            for effect in app.update(event) {
                match effect {
                    Effect::Redraw => terminal.reset(app.medium.bidi.explicit)?,
                    Effect::Copy(text) => clipboard::copy(text)?,
                    effect => {
                        if !workers.run(effect) {
                            return Ok(());
                        }
                    }
                }
            }
        }
    }
}

fn watch_keys(send: &Sender<Event>) {
    let send = send.clone();
    thread::spawn(move || {
        // A terminal that cannot be read any more is gone.
        while let Ok(event) = crossterm::event::read() {
            if send.send(Event::Terminal(event)).is_err() {
                return;
            }
        }
        let _ = send.send(Event::Ended);
    });
}

#[cfg(unix)]
fn watch_signals(send: &Sender<Event>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    let send = send.clone();
    thread::spawn(move || {
        for _ in signals.forever() {
            let _ = send.send(Event::Ended);
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn watch_signals(_: &Sender<Event>) -> io::Result<()> {
    Ok(())
}

/// The terminal in raw mode on its other screen; as it was again when this is dropped, also by a panic.
struct Terminal {
    inner: ratatui::Terminal<Backend<Stdout>>,
    /// Rows are declared to come in the order of the screen.
    explicit: Arc<AtomicBool>,
}

impl Terminal {
    fn enter() -> io::Result<Terminal> {
        let explicit = Arc::new(AtomicBool::new(false));
        enable_raw_mode()?;
        let terminal = Terminal {
            inner: ratatui::Terminal::new(Backend::new(stdout()))?,
            explicit: explicit.clone(),
        };
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if crate::ingest::is_guarded() {
                return;
            }
            leave(explicit.load(Ordering::Relaxed));
            hook(panic);
            // A panic on a worker would else leave a dead explorer behind.
            std::process::exit(101);
        }));
        execute!(
            stdout(),
            EnterAlternateScreen,
            EnableMouseCapture,
            EnableBracketedPaste
        )?;
        Ok(terminal)
    }

    /// Has the next frame drawn whole, by a terminal that takes rows in the order of the screen, or not.
    fn reset(&mut self, explicit: bool) -> io::Result<()> {
        self.explicit.store(explicit, Ordering::Relaxed);
        self.inner.backend_mut().set_explicit(explicit)?;
        let size = self.inner.size()?;
        self.inner.resize(Rect::new(0, 0, size.width, size.height))
    }

    /// Draws a frame. The size may have changed since the last event told it; what is then missing is returned.
    fn draw(&mut self, app: &mut App) -> io::Result<Vec<Effect>> {
        queue!(stdout(), BeginSynchronizedUpdate)?;
        let mut effects = Vec::new();
        self.inner.draw(|frame| {
            if frame.area() != app.size {
                app.size = frame.area();
                effects = app.prepare();
            }
            app.layout = screens::render(app, frame.buffer_mut());
            if let Some(cursor) = app.layout.cursor {
                frame.set_cursor_position(cursor);
            }
        })?;
        queue!(stdout(), EndSynchronizedUpdate)?;
        stdout().flush()?;
        Ok(effects)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        leave(self.explicit.load(Ordering::Relaxed));
    }
}

/// Gives the terminal back. Nothing more can be done about one that does not take it.
fn leave(explicit: bool) {
    if explicit {
        let _ = queue!(stdout(), Print(IMPLICIT));
    }
    let _ = execute!(
        stdout(),
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}
