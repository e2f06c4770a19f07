//! The terminal the explorer runs in: what is known of it, how text goes out to it in the right order, and the writer
//! that never smears.

#[cfg(unix)]
mod answers;
mod backend;
mod bidi;
mod cache;
mod identity;
mod probe;

pub use backend::{Backend, IMPLICIT};
pub use bidi::{BidiMode, choose};
pub use cache::Cache;
pub use identity::Identity;
pub use probe::probe;

use crossterm::event::KeyEvent;

use crate::tui::text::width::Widths;

/// What was learnt of the terminal. Nothing by default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// Who it says it is.
    pub identity: Identity,
    /// How it counts cells; none if it did not answer.
    pub widths: Option<Widths>,
    /// It can be told that rows come in the order of the screen (BDSM, ECMA-48 8.3.17): DECRQM 8 was answered by 1 or 2.
    pub takes_order: bool,
    /// The terminal around tmux, where tmux could say.
    pub outer: Option<Identity>,
    /// What the user typed meanwhile.
    pub typed: Vec<KeyEvent>,
}

impl Known {
    /// Takes a terminal that says nothing for the one that the environment names. Inside tmux that is the one around it.
    fn guess(&mut self) {
        let named = |name| std::env::var(name).is_ok_and(|value| !value.is_empty());
        if named("TMUX") {
            return;
        }
        if named("VTE_VERSION") {
            (self.identity.version, self.takes_order) = ("VTE".into(), true);
        } else if named("KONSOLE_VERSION") {
            self.identity.version = "Konsole".into();
        }
    }
}
