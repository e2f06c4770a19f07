//! The built program in a pseudo-terminal: keys go in, the screen is read. For the end-to-end test and for `measure`.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

pub type Failure = Box<dyn std::error::Error>;

type Keys = Arc<Mutex<Box<dyn Write + Send>>>;

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Session {
    keys: Keys,
    /// An empty home, gone with the session.
    _home: tempfile::TempDir,
    screen: Arc<Mutex<vt100::Parser>>,
    pub child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
}

impl Session {
    /// Starts a program with the given arguments on a screen of `columns` × `rows`, with an empty home.
    pub fn start(
        program: &Path,
        arguments: &[&str],
        columns: u16,
        rows: u16,
    ) -> Result<Session, Failure> {
        let pair = native_pty_system().openpty(size(columns, rows))?;
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(std::env::current_dir()?);
        command.env("TERM", "xterm-256color");
        let home = tempfile::tempdir()?;
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
            command.env(name, home.path());
        }
        let child = pair.slave.spawn_command(command)?;
        let parser = vt100::Parser::new(cells(rows)?, cells(columns)?, 0);
        let screen = Arc::new(Mutex::new(parser));
        let (mut output, parser) = (pair.master.try_clone_reader()?, screen.clone());
        let keys: Keys = Arc::new(Mutex::new(pair.master.take_writer()?));
        let answers = keys.clone();
        std::thread::spawn(move || {
            let mut bytes = [0; 1 << 16];
            while let Ok(n @ 1..) = output.read(&mut bytes) {
                if let (Ok(mut parser), Ok(mut answers)) = (parser.lock(), answers.lock()) {
                    take(&bytes[..n], &mut parser, &mut *answers);
                }
            }
        });
        Ok(Session {
            keys,
            _home: home,
            screen,
            child,
            master: pair.master,
        })
    }

    /// The screen as text.
    #[allow(dead_code)] // Each user of this file needs its own half.
    pub fn text(&self) -> String {
        self.screen
            .lock()
            .map(|parser| parser.screen().contents())
            .unwrap_or_default()
    }

    /// One line of the screen, from 0.
    #[allow(dead_code)]
    pub fn line(&self, line: u16) -> String {
        let Ok(parser) = self.screen.lock() else {
            return String::new();
        };
        let columns = parser.screen().size().1;
        parser
            .screen()
            .rows(0, columns.get())
            .nth(usize::from(line))
            .unwrap_or_default()
    }

    /// The program has the other screen, as full-screen programs do.
    #[allow(dead_code)]
    pub fn on_other_screen(&self) -> bool {
        self.screen
            .lock()
            .is_ok_and(|parser| parser.screen().alternate_screen())
    }

    /// The cursor is shown, and neither mouse nor pasted text is sent in a special way.
    #[allow(dead_code)]
    pub fn is_restored(&self) -> bool {
        self.screen.lock().is_ok_and(|parser| {
            let screen = parser.screen();
            let mouse = screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None;
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !mouse
                && !screen.bracketed_paste()
        })
    }

    /// Presses keys, given as the bytes a terminal sends.
    pub fn press(&mut self, keys: &str) -> Result<(), Failure> {
        let mut writer = self.keys.lock().map_err(|_| "the reader is gone")?;
        writer.write_all(keys.as_bytes())?;
        Ok(writer.flush()?)
    }

    /// Changes the size of the screen.
    #[allow(dead_code)]
    pub fn resize(&mut self, columns: u16, rows: u16) -> Result<(), Failure> {
        let (height, width) = (cells(rows)?, cells(columns)?);
        if let Ok(mut parser) = self.screen.lock() {
            parser.set_size(height, width);
        }
        Ok(self.master.resize(size(columns, rows))?)
    }

    /// Waits until the program has ended, and says whether it did so with success.
    #[allow(dead_code)]
    pub fn end(&mut self) -> Result<bool, Failure> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status.success());
            }
            if start.elapsed() > PATIENCE {
                let screen = self.text();
                self.child.kill()?;
                return Err(format!("the program does not end; the screen:\n{screen}").into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the screen is so, and says for how long.
    pub fn until(&self, what: &str, is_so: impl Fn(&Session) -> bool) -> Result<Duration, Failure> {
        let start = Instant::now();
        while !is_so(self) {
            if start.elapsed() > PATIENCE {
                return Err(
                    format!("waited in vain for {what}; the screen:\n{}", self.text()).into(),
                );
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        Ok(start.elapsed())
    }
}

/// Shows what the program writes, and answers where it asks for the cursor or for the kind of terminal.
fn take(mut bytes: &[u8], parser: &mut vt100::Parser, answers: &mut dyn Write) {
    const CURSOR: &[u8] = b"\x1b[6n";
    const KIND: &[u8] = b"\x1b[c";
    let end = |question: &[u8], bytes: &[u8]| {
        let at = bytes.windows(question.len()).position(|at| at == question);
        at.map(|at| at + question.len())
    };
    loop {
        let (cursor, kind) = (end(CURSOR, bytes), end(KIND, bytes));
        let Some(asked) = cursor.into_iter().chain(kind).min() else {
            parser.process(bytes);
            return;
        };
        parser.process(&bytes[..asked]);
        bytes = &bytes[asked..];
        let (row, column) = parser.screen().cursor_position();
        // A program that is gone needs no answer.
        let _ = match cursor == Some(asked) {
            true => write!(answers, "\x1b[{};{}R", row + 1, column + 1),
            false => write!(answers, "\x1b[?62;22c"),
        };
        let _ = answers.flush();
    }
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn cells(n: u16) -> Result<NonZeroU16, Failure> {
    NonZeroU16::new(n).ok_or_else(|| "an empty screen".into())
}
