//! What things look like, by the role they play. Colour never carries meaning alone: a sign stands with it.

use ratatui::style::{Color, Modifier, Style};

use crate::record::Outcome;

/// A style for each role. Colours are the terminal's own sixteen, so its palette rules.
#[derive(Debug, Clone)]
pub struct Theme {
    /// Ordinary text.
    pub text: Style,
    /// Titles of panes and sections.
    pub title: Style,
    /// What is less important.
    pub faint: Style,
    /// Lines between panes.
    pub border: Style,
    /// The row the keys act on.
    pub selected: Style,
    /// The same in a pane that does not have the keys.
    pub selected_elsewhere: Style,
    /// Right answers.
    pub right: Style,
    /// Wrong answers.
    pub wrong: Style,
    /// What wants attention: warnings, notes, truncation.
    pub warning: Style,
    /// Chosen filters.
    pub chosen: Style,
    /// Keys in footer and help.
    pub key: Style,
    /// Control characters made visible.
    pub control: Style,
}

impl Theme {
    /// The sign of an outcome, and its style.
    pub fn outcome(&self, outcome: Outcome) -> (char, Style) {
        let style = match outcome {
            Outcome::Right => self.right,
            Outcome::Wrong => self.wrong,
            Outcome::Unparsed => self.warning,
            Outcome::NotAttempted | Outcome::Unjudged => self.faint,
        };
        (sign(outcome), style)
    }
}

/// The sign of an outcome.
pub fn sign(outcome: Outcome) -> char {
    match outcome {
        Outcome::Right => '✓',
        Outcome::Wrong => '✗',
        Outcome::NotAttempted => '–',
        Outcome::Unparsed => '?',
        Outcome::Unjudged => '·',
    }
}

impl Default for Theme {
    fn default() -> Self {
        let plain = Style::new();
        Theme {
            text: plain,
            title: plain.add_modifier(Modifier::BOLD),
            faint: plain.fg(Color::DarkGray),
            border: plain.fg(Color::DarkGray),
            selected: plain.add_modifier(Modifier::REVERSED),
            selected_elsewhere: plain.add_modifier(Modifier::UNDERLINED),
            right: plain.fg(Color::Green),
            wrong: plain.fg(Color::Red).add_modifier(Modifier::BOLD),
            warning: plain.fg(Color::Yellow),
            chosen: plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
            key: plain.fg(Color::Cyan),
            control: plain.fg(Color::Magenta),
        }
    }
}
