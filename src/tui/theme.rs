//! What things look like, by the role they play. Colour never carries meaning alone: a sign stands with it.

use ratatui::style::{Color, Modifier, Style};

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
