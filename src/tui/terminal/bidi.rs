//! Who brings right-to-left text into the order of the screen, this program or the terminal, and how it is sent.

use super::{Identity, Known};
use crate::tui::text::{Bidi, Cells, Order};

/// What the user asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BidiMode {
    /// What is best for the terminal.
    #[default]
    Auto,
    /// The terminal reorders.
    Terminal,
    /// This program reorders.
    Visual,
    /// Nobody does: letters stand as they are stored.
    Off,
}

impl BidiMode {
    /// All of them, in the order in which [`BidiMode::next`] goes.
    pub const ALL: [BidiMode; 4] = [
        BidiMode::Auto,
        BidiMode::Terminal,
        BidiMode::Visual,
        BidiMode::Off,
    ];

    /// Its name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            BidiMode::Auto => "auto",
            BidiMode::Terminal => "terminal",
            BidiMode::Visual => "visual",
            BidiMode::Off => "off",
        }
    }

    /// The mode of this name.
    pub fn parse(word: &str) -> Option<BidiMode> {
        BidiMode::ALL.into_iter().find(|mode| mode.word() == word)
    }

    /// The one after this, around.
    pub fn next(self) -> BidiMode {
        match self {
            BidiMode::Auto => BidiMode::Terminal,
            BidiMode::Terminal => BidiMode::Visual,
            BidiMode::Visual => BidiMode::Off,
            BidiMode::Off => BidiMode::Auto,
        }
    }
}

/// What a terminal does with right-to-left text, and so what is best.
struct Terminal {
    name: &'static str,
    /// How its answer to XTVERSION begins.
    version: &'static str,
    /// How its secondary device attributes begin.
    attributes: &'static str,
    /// How `TERM` begins, or `TERM_PROGRAM`.
    term: &'static str,
    order: Order,
    cells: Cells,
    because: &'static str,
}

#[rustfmt::skip]
const TERMINALS: [Terminal; 11] = {
    use Cells::{Override, Plain, Words};
    use Order::{Terminal as Term, Visual};
    const fn row(
        name: &'static str, version: &'static str, attributes: &'static str, term: &'static str,
        order: Order, cells: Cells, because: &'static str,
    ) -> Terminal {
        Terminal { name, version, attributes, term, order, cells, because }
    }
    [
        row("VTE",          "VTE",       "65;",     "vte",            Visual, Override, "reorders whole rows"),
        row("Konsole",      "Konsole",   "1;115;",  "konsole",        Term,   Override, "reorders by itself"),
        row("mlterm",       "mlterm",    "24;279;", "mlterm",         Term,   Plain,    "reorders by itself"),
        row("kitty",        "kitty",     "1;4000;", "xterm-kitty",    Visual, Words,    "turns words around"),
        row("Terminal.app", "Terminal.", "1;95;",   "Apple_Terminal", Visual, Override, "reorders whole rows"),
        row("xterm",        "XTerm",     "41;",     "xterm-direct",   Visual, Plain,    "does not reorder"),
        row("foot",         "foot",      "1;01",    "foot",           Visual, Plain,    "does not reorder"),
        row("alacritty",    "alacritty", "",        "alacritty",      Visual, Plain,    "does not reorder"),
        row("WezTerm",      "WezTerm",   "1;277;",  "WezTerm",        Visual, Plain,    "does not reorder"),
        row("Ghostty",      "ghostty",   "",        "xterm-ghostty",  Visual, Plain,    "does not reorder"),
        row("iTerm2",       "iTerm2",    "",        "iTerm",          Visual, Plain,    "does not reorder"),
    ]
};

impl Terminal {
    /// The terminal with this identity: what it answers counts more than the environment.
    fn of(identity: &Identity) -> Option<&'static Terminal> {
        let begins = |text: &str, with: &str| !with.is_empty() && text.starts_with(with);
        let by = |matches: &dyn Fn(&Terminal) -> bool| TERMINALS.iter().find(|row| matches(row));
        if !identity.version.is_empty() {
            return by(&|row| begins(&identity.version, row.version));
        }
        by(&|row| begins(&identity.attributes, row.attributes))
            .or_else(|| by(&|row| begins(&identity.term, row.term)))
            .or_else(|| by(&|row| begins(&identity.program, row.term)))
    }
}

/// What is done for what was asked, in the terminal that is known.
pub fn choose(asked: BidiMode, known: &Known) -> Bidi {
    let tmux = known.identity.is_tmux();
    let terminal = match tmux {
        true => known.outer.as_ref().and_then(Terminal::of),
        false => Terminal::of(&known.identity),
    };
    let controls_shown = known.widths.is_some_and(|widths| widths.show_controls());
    let (best, cells) = match terminal {
        // tmux draws lines anew in pieces, which only the terminal around it that needs no overrides can reorder.
        Some(row) if tmux && row.cells == Cells::Override => (Order::Visual, Cells::Override),
        Some(row) => (row.order, row.cells),
        None if tmux => (Order::Visual, Cells::Override),
        None => (Order::Visual, Cells::Plain),
    };
    let cells = match cells {
        Cells::Override if known.takes_order || controls_shown => Cells::Plain,
        cells => cells,
    };
    let order = match asked {
        BidiMode::Auto => best,
        BidiMode::Terminal => Order::Terminal,
        BidiMode::Visual => Order::Visual,
        BidiMode::Off => Order::Off,
    };
    Bidi {
        order,
        cells: match order {
            Order::Visual => cells,
            Order::Off | Order::Terminal => Cells::Plain,
        },
        explicit: known.takes_order && order != Order::Terminal,
        why: why(asked, order, known, terminal),
    }
}

fn why(asked: BidiMode, order: Order, known: &Known, terminal: Option<&Terminal>) -> String {
    let word = match order {
        Order::Visual => "visual",
        Order::Terminal => "terminal",
        Order::Off => "off",
    };
    let asked = if asked == BidiMode::Auto {
        ""
    } else {
        "as asked; "
    };
    let name = terminal.map_or("the terminal", |row| row.name);
    let around = if known.identity.is_tmux() {
        " around tmux"
    } else {
        ""
    };
    let because = match terminal {
        _ if known.takes_order => "lets rows be in order",
        Some(row) => row.because,
        None if known.identity.is_tmux() => "may reorder whole rows",
        None => "is not known to reorder",
    };
    format!("{word}: {asked}{name}{around} {because}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::text::width::Widths;

    fn identity(version: &str, attributes: &str, term: &str) -> Identity {
        Identity {
            version: version.into(),
            attributes: attributes.into(),
            term: term.into(),
            program: String::new(),
        }
    }

    fn terminal(version: &str, attributes: &str, term: &str) -> Known {
        Known {
            identity: identity(version, attributes, term),
            ..Known::default()
        }
    }

    fn vte() -> Known {
        Known {
            takes_order: true,
            ..terminal("", "65;7006;1", "xterm-256color")
        }
    }

    fn tmux(outer: Option<Identity>) -> Known {
        Known {
            outer,
            ..terminal("tmux 3.3a", "84;0;0", "tmux-256color")
        }
    }

    fn auto(known: &Known) -> (Order, Cells, bool, String) {
        let bidi = choose(BidiMode::Auto, known);
        (bidi.order, bidi.cells, bidi.explicit, bidi.why)
    }

    #[test]
    fn each_terminal_gets_what_it_shows_right() {
        use Cells::{Override, Plain, Words};
        use Order::{Terminal, Visual};
        let apple = Known {
            identity: Identity {
                program: "Apple_Terminal 455".into(),
                ..Identity::default()
            },
            ..Known::default()
        };
        for (known, order, cells, explicit, why) in [
            (
                vte(),
                Visual,
                Plain,
                true,
                "visual: VTE lets rows be in order",
            ),
            (
                terminal("VTE(5603)", "", ""),
                Visual,
                Override,
                false,
                "visual: VTE reorders whole rows",
            ),
            (
                terminal("Konsole 22.12.3", "1;115;0", ""),
                Terminal,
                Plain,
                false,
                "terminal: Konsole reorders by itself",
            ),
            (
                terminal("", "1;115;0", ""),
                Terminal,
                Plain,
                false,
                "terminal: Konsole reorders by itself",
            ),
            (
                terminal("", "24;279;0", "mlterm"),
                Terminal,
                Plain,
                false,
                "terminal: mlterm reorders by itself",
            ),
            (
                terminal("kitty(0.26.5)", "1;4000;26", ""),
                Visual,
                Words,
                false,
                "visual: kitty turns words around",
            ),
            (
                terminal("XTerm(379)", "65;379;0", ""),
                Visual,
                Plain,
                false,
                "visual: xterm does not reorder",
            ),
            (
                terminal("", "0;1700;1", "alacritty"),
                Visual,
                Plain,
                false,
                "visual: alacritty does not reorder",
            ),
            (
                terminal("foot(1.28.0)", "", "foot"),
                Visual,
                Plain,
                false,
                "visual: foot does not reorder",
            ),
            (
                terminal("WezTerm 2024", "", ""),
                Visual,
                Plain,
                false,
                "visual: WezTerm does not reorder",
            ),
            (
                terminal("ghostty 1.1", "", ""),
                Visual,
                Plain,
                false,
                "visual: Ghostty does not reorder",
            ),
            (
                apple,
                Visual,
                Override,
                false,
                "visual: Terminal.app reorders whole rows",
            ),
            (
                Known::default(),
                Visual,
                Plain,
                false,
                "visual: the terminal is not known to reorder",
            ),
        ] {
            assert_eq!(auto(&known), (order, cells, explicit, why.into()));
        }
    }

    #[test]
    fn inside_tmux_the_terminal_around_it_counts() {
        use Cells::{Override, Plain, Words};
        use Order::{Terminal, Visual};
        for (outer, order, cells, why) in [
            (
                None,
                Visual,
                Override,
                "visual: the terminal around tmux may reorder whole rows",
            ),
            (
                Some(identity("", "", "xterm-256color")),
                Visual,
                Override,
                "visual: the terminal around tmux may reorder whole rows",
            ),
            (
                Some(identity("VTE(8401)", "", "")),
                Visual,
                Override,
                "visual: VTE around tmux reorders whole rows",
            ),
            (
                Some(identity("Konsole 26.08", "", "")),
                Visual,
                Override,
                "visual: Konsole around tmux reorders by itself",
            ),
            (
                Some(identity("kitty(0.26.5)", "", "")),
                Visual,
                Words,
                "visual: kitty around tmux turns words around",
            ),
            (
                Some(identity("XTerm(379)", "", "")),
                Visual,
                Plain,
                "visual: xterm around tmux does not reorder",
            ),
            (
                Some(identity("", "", "alacritty")),
                Visual,
                Plain,
                "visual: alacritty around tmux does not reorder",
            ),
            (
                Some(identity("", "", "mlterm")),
                Terminal,
                Plain,
                "terminal: mlterm around tmux reorders by itself",
            ),
        ] {
            assert_eq!(auto(&tmux(outer)), (order, cells, false, why.into()));
        }
    }

    #[test]
    fn what_is_asked_for_is_done_as_the_terminal_needs_it() {
        let konsole = terminal("Konsole 22.12.3", "", "");
        let done = |asked, known: &Known| {
            let bidi = choose(asked, known);
            (bidi.order, bidi.cells, bidi.explicit)
        };
        let expected = (Order::Visual, Cells::Override, false);
        assert_eq!(done(BidiMode::Visual, &konsole), expected);
        let expected = (Order::Off, Cells::Plain, false);
        assert_eq!(done(BidiMode::Off, &konsole), expected);
        assert_eq!(
            done(BidiMode::Off, &vte()),
            (Order::Off, Cells::Plain, true)
        );
        let expected = (Order::Terminal, Cells::Plain, false);
        assert_eq!(done(BidiMode::Terminal, &vte()), expected);
        let kitty = terminal("kitty(0.48.2)", "", "");
        assert_eq!(
            done(BidiMode::Off, &kitty),
            (Order::Off, Cells::Plain, false)
        );
        let why = choose(BidiMode::Visual, &konsole).why;
        assert_eq!(why, "visual: as asked; Konsole reorders by itself");
    }

    #[test]
    fn overrides_are_not_sent_where_they_would_be_seen() {
        let samples = Widths::SAMPLES.map(|sample| match sample.contains('\u{202d}') {
            true => 3,
            false => Widths::SUM.cluster(sample),
        });
        let known = Known {
            widths: Widths::measured(samples),
            ..tmux(None)
        };
        assert_eq!(choose(BidiMode::Auto, &known).cells, Cells::Plain);
    }

    #[test]
    fn modes_are_known_by_name_and_go_around() {
        for mode in BidiMode::ALL {
            assert_eq!(BidiMode::parse(mode.word()), Some(mode));
        }
        assert_eq!(BidiMode::parse("ltr"), None);
        let around = std::iter::successors(Some(BidiMode::Auto), |mode| Some(mode.next()));
        let around: Vec<BidiMode> = around.take(5).collect();
        assert_eq!(around, [&BidiMode::ALL[..], &[BidiMode::Auto]].concat());
    }
}
