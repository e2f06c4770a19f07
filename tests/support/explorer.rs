//! The explorer without a terminal: keys go in, effects are carried out at once, the screen is read.

#![allow(dead_code)] // Each user of this file needs its own half.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use crossterm::event::{
    Event as Terminal, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::buffer::{Buffer, CellDiffOption, CellWidth};
use ratatui::layout::Rect;
use scriptlens::annotation::{Taxonomy, Time};
use scriptlens::corpus::{Corpus, Filter, Options};
use scriptlens::tui::action::Action;
use scriptlens::tui::app::{App, Effect, Event};
use scriptlens::tui::desk::Desk;
use scriptlens::tui::keymap::Keymap;
use scriptlens::tui::screens;
use scriptlens::tui::worker::{Memory, carry_out, settle};

pub struct Explorer {
    pub app: App,
    memory: Memory,
    pub left: bool,
}

/// The sample runs, with the audit of names, which is made once for all tests.
pub fn samples() -> Arc<Corpus> {
    static SAMPLES: LazyLock<Arc<Corpus>> = LazyLock::new(|| {
        let go_on = |_: f32| ControlFlow::Continue(());
        let corpus = Corpus::load(&["sample-runs".to_owned()], &Options::default(), |_| {
            ControlFlow::Continue(())
        });
        let audit = corpus.audit(&go_on).expect("nobody breaks off");
        corpus.with_audit(audit.into())
    });
    SAMPLES.clone()
}

impl Explorer {
    pub fn new(width: u16, height: u16) -> Explorer {
        Explorer::of(samples(), width, height)
    }

    pub fn of(corpus: Arc<Corpus>, width: u16, height: u16) -> Explorer {
        let size = Rect::new(0, 0, width, height);
        let nothing = Corpus::load(&[], &Options::default(), |_| ControlFlow::Break(()));
        let taxonomy = Taxonomy::shipped().expect("it is sound").into();
        let mut desk = Desk::new(taxonomy, "ann".into());
        desk.clock = || Time(1_800_000_000_000);
        let app = App::new(nothing, Filter::default(), Keymap::default(), desk, size);
        let mut explorer = Explorer {
            app,
            memory: Memory::default(),
            left: false,
        };
        explorer.happen(Event::Loaded(corpus));
        explorer
    }

    /// Opens the journals of a folder.
    pub fn open(&mut self, dir: &Path) -> &mut Self {
        let annotator = self.app.desk.annotator.clone();
        self.app.desk.folder = dir.to_owned();
        self.carry_out(Effect::Open(dir.to_owned(), annotator));
        self
    }

    pub fn happen(&mut self, event: Event) {
        self.left |= !settle(&mut self.app, &mut self.memory, event);
        self.draw();
    }

    /// Types keys: letters as they are, the rest by name in angle brackets.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        let mut rest = keys;
        while let Some(letter) = rest.chars().next() {
            let named = rest
                .strip_prefix('<')
                .and_then(|named| named.split_once('>'));
            let code = match named.map(|(name, _)| name) {
                Some("cr") => KeyCode::Enter,
                Some("esc") => KeyCode::Esc,
                Some("tab") => KeyCode::Tab,
                Some("space") => KeyCode::Char(' '),
                Some("bs") => KeyCode::Backspace,
                Some("down") => KeyCode::Down,
                Some("end") => KeyCode::End,
                Some("left") => KeyCode::Left,
                Some("right") => KeyCode::Right,
                _ => KeyCode::Char(letter),
            };
            rest = match named.filter(|_| code != KeyCode::Char(letter)) {
                Some((_, after)) => after,
                None => &rest[letter.len_utf8()..],
            };
            self.happen(Event::Terminal(Terminal::Key(KeyEvent::new(
                code,
                KeyModifiers::NONE,
            ))));
        }
        self
    }

    /// Does what a key could ask for.
    pub fn act(&mut self, action: Action) {
        for effect in self.app.act(action) {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        let (send, events) = crossbeam_channel::unbounded();
        carry_out(effect, &mut self.memory, &|event| {
            let _ = send.send(event);
            ControlFlow::Continue(())
        });
        for event in events.try_iter() {
            self.happen(event);
        }
    }

    pub fn click(&mut self, column: u16, row: u16) {
        self.mouse(MouseEventKind::Down(MouseButton::Left), column, row);
    }

    /// Goes there with the button held.
    pub fn drag(&mut self, column: u16, row: u16) {
        self.mouse(MouseEventKind::Drag(MouseButton::Left), column, row);
    }

    fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) {
        self.happen(Event::Terminal(Terminal::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers: KeyModifiers::NONE,
        })));
    }

    pub fn draw(&mut self) -> Buffer {
        let mut buffer = Buffer::empty(self.app.size);
        self.app.layout = screens::render(&self.app, &mut buffer);
        buffer
    }

    /// The screen as text: each cluster once, marks that keep fields apart left out.
    pub fn text(&mut self) -> String {
        let buffer = self.draw();
        let area = buffer.area;
        let mut text = String::new();
        for y in area.top()..area.bottom() {
            let mut x = area.left();
            while x < area.right() {
                let cell = &buffer[(x, y)];
                let width = match cell.diff_option {
                    CellDiffOption::ForcedWidth(width) => width.get(),
                    _ => cell.symbol().cell_width().max(1),
                };
                text.push_str(&cell.symbol().replace('\u{200e}', ""));
                x += width;
            }
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
        }
        text
    }
}
