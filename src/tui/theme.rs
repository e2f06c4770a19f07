//! What things look like, by the role they play. Colour never carries meaning alone: a sign stands with it.

use ratatui::style::{Color, Modifier, Style};

use super::marks::Fate;
use crate::record::Outcome;
use crate::script::Script;

/// What a section is, which decides its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Ordinary text.
    Plain,
    /// The reasoning.
    Trace,
    /// What the reader must know.
    Warning,
    /// A right answer.
    Right,
    /// A wrong answer.
    Wrong,
    /// Small print.
    Faint,
}

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
    /// Signs for characters that have no look of their own.
    pub control: Style,
    /// Characters that deceive.
    pub exotic: Style,
    /// What somebody tagged.
    pub tagged: Style,
    /// What was searched for.
    pub hit: Style,
    /// What the text beside it lacks.
    pub changed: Style,
    /// A name as it should be.
    pub exact: Style,
    /// A name that differs by known freedom.
    pub variant: Style,
    /// A name with wrong letters.
    pub garbled: Style,
    /// Another name than the one that should stand there.
    pub rival: Style,
    /// How much something is, in a heat map.
    pub heat: Style,
    /// Where two names part; on top of the style of the name.
    pub diverging: Style,
}

impl Theme {
    /// The style of a section of a text.
    pub fn role(&self, role: Role) -> Style {
        match role {
            Role::Plain | Role::Trace => self.text,
            Role::Warning => self.warning,
            Role::Right => self.right,
            Role::Wrong => self.wrong,
            Role::Faint => self.faint,
        }
    }

    /// The style of a script in the script strip. Scripts that often meet in one trace differ in colour; all others
    /// share what is left.
    pub fn script(&self, script: Script) -> Style {
        let colour = match script {
            Script::LATN => Color::LightBlue,
            Script::CYRL => Color::LightGreen,
            Script::THAI => Color::Green,
            Script::ARAB => Color::LightYellow,
            Script::HEBR => Color::Yellow,
            Script::DEVA => Color::LightMagenta,
            Script::HANI | Script::HANS | Script::HANT => Color::LightRed,
            Script::JPAN => Color::LightCyan,
            Script::KORE | Script::HANG => Color::Cyan,
            other => {
                COLOURS[other.as_str().bytes().map(usize::from).sum::<usize>() % COLOURS.len()]
            }
        };
        Style::new().fg(Color::Black).bg(colour)
    }

    /// The style of a name.
    pub fn fate(&self, fate: Fate) -> Style {
        match fate {
            Fate::Exact => self.exact,
            Fate::Variant => self.variant,
            Fate::Garbled => self.garbled,
            Fate::Rival => self.rival,
        }
    }

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

const COLOURS: [Color; 4] = [
    Color::LightGreen,
    Color::LightMagenta,
    Color::LightYellow,
    Color::LightCyan,
];

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
            changed: plain.fg(Color::Yellow).add_modifier(Modifier::BOLD),
            exact: plain.fg(Color::Green),
            variant: plain.fg(Color::Cyan),
            garbled: plain.fg(Color::Red).add_modifier(Modifier::BOLD),
            rival: plain.fg(Color::Magenta).add_modifier(Modifier::BOLD),
            tagged: plain
                .fg(Color::LightBlue)
                .add_modifier(Modifier::UNDERLINED),
            heat: plain.fg(Color::Cyan),
            diverging: plain.add_modifier(Modifier::UNDERLINED),
            hit: plain
                .fg(Color::Black)
                .bg(Color::Yellow)
                .add_modifier(Modifier::BOLD),
            exotic: plain
                .fg(Color::Magenta)
                .add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
        }
    }
}
