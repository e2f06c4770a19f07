//! The explorer: a pure machine ([`app`]), what it draws ([`screens`]), and the driver here that connects both to a
//! terminal and to the workers.

pub mod action;
pub mod app;
pub mod document;
pub mod keymap;
pub mod prompt;
pub mod records;
pub mod screens;
pub mod text;
pub mod theme;
pub mod worker;

use std::io::{self, Write, stdout};
use std::ops::ControlFlow;
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use crossterm::{cursor, execute, queue};
use ratatui::layout::Rect;

use crate::corpus::{Corpus, Filter, Options};
use crate::grade::Grader;
use app::{App, Effect, Event};
use keymap::Keymap;
use worker::Workers;

/// Explores what the paths name, until the user leaves.
///
/// # Errors
/// The key file is wrong, or the terminal cannot be used.
pub fn run(
    paths: Vec<String>,
    options: Options,
    filter: Filter,
    grader: Option<Grader>,
) -> io::Result<()> {
    let keymap = match directories::ProjectDirs::from("", "", "scriptlens") {
        Some(dirs) => {
            Keymap::read(&dirs.config_dir().join("keymap.toml")).map_err(io::Error::other)?
        }
        None => Keymap::default(),
    };
    let (send, events) = unbounded();
    watch_signals(&send)?;
    let terminal = Terminal::enter()?;
    let size = crossterm::terminal::size().map(|(width, height)| Rect::new(0, 0, width, height))?;
    watch_keys(&send);
    let nothing = Corpus::load(&[], &options, |_| ControlFlow::Break(()));
    let workers = Workers::start(paths, options, &send);
    let mut app = App::new(nothing, filter, keymap, size);
    app.grader = grader;
    drive(app, &events, &workers, terminal)
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
                if matches!(effect, Effect::Redraw) {
                    terminal.redraw_all()?;
                } else if !workers.run(effect) {
                    return Ok(());
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
struct Terminal(ratatui::DefaultTerminal);

impl Terminal {
    fn enter() -> io::Result<Terminal> {
        let terminal = Terminal(ratatui::try_init()?);
        execute!(stdout(), EnableMouseCapture, EnableBracketedPaste)?;
        // ratatui's hook leaves the other screen. A panic on a worker would else leave a dead explorer behind.
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if crate::ingest::is_guarded() {
                return;
            }
            let _ = execute!(
                stdout(),
                DisableMouseCapture,
                DisableBracketedPaste,
                cursor::Show
            );
            hook(panic);
            std::process::exit(101);
        }));
        Ok(terminal)
    }

    /// Has the next frame drawn whole.
    fn redraw_all(&mut self) -> io::Result<()> {
        let size = self.0.size()?;
        self.0.resize(Rect::new(0, 0, size.width, size.height))
    }

    /// Draws a frame. The size may have changed since the last event told it; what is then missing is returned.
    fn draw(&mut self, app: &mut App) -> io::Result<Vec<Effect>> {
        queue!(stdout(), BeginSynchronizedUpdate)?;
        let mut effects = Vec::new();
        self.0.draw(|frame| {
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
        // Nothing more can be done about a terminal that does not take it.
        let _ = execute!(
            stdout(),
            DisableMouseCapture,
            DisableBracketedPaste,
            cursor::Show
        );
        ratatui::restore();
    }
}
