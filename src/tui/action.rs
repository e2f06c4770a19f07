//! Every thing a person can do, in one table. Keymap, footer, help and command palette are derived from it.

use crossterm::event::{KeyCode, KeyModifiers};

/// Something a person can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // `ACTIONS` says what each does.
pub enum Action {
    Up,
    Down,
    PageUp,
    PageDown,
    Top,
    Bottom,
    Open,
    Back,
    NextFocus,
    Unfold,
    UnfoldAll,
    NextFailure,
    PreviousFailure,
    NextMention,
    PreviousMention,
    FirstWrong,
    Align,
    Audit,
    Compare,
    AddPane,
    DropPane,
    PaneLeft,
    PaneRight,
    NextPane,
    Lock,
    FirstDifference,
    NextDifference,
    PreviousDifference,
    Copy,
    CopyAll,
    Mark,
    Tag,
    Select,
    Done,
    Defer,
    Skip,
    Flag,
    Note,
    Undo,
    Redo,
    Queue,
    Adjudicate,
    Blind,
    Tags,
    Flips,
    FirstRun,
    SecondRun,
    Matrix,
    Measure,
    Axis,
    Normalise,
    Patterns,
    AskAgain,
    Rows,
    Targets,
    Difference,
    CopyTables,
    NextRow,
    PreviousRow,
    NextEpoch,
    PreviousEpoch,
    ToSource,
    Variants,
    Barrier,
    Filter,
    Search,
    Palette,
    Exclude,
    RemoveFilter,
    ClearFilters,
    Sort,
    Grade,
    Romanise,
    Strip,
    Marks,
    Inspect,
    CursorLeft,
    CursorRight,
    Bidi,
    Problems,
    Help,
    Redraw,
    Quit,
}

/// What the keys are for: a screen, or what is done on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // The screens have the same names.
pub enum Scene {
    Browse,
    Read,
    /// Read, with one cluster looked at closely.
    Inspect,
    Compare,
    Flips,
    Matrix,
    Patterns,
    /// Ask again.
    Again,
    Tags,
    Problems,
}

impl Scene {
    /// All of them.
    pub const ALL: [Scene; 10] = [
        Scene::Browse,
        Scene::Read,
        Scene::Inspect,
        Scene::Compare,
        Scene::Flips,
        Scene::Matrix,
        Scene::Patterns,
        Scene::Again,
        Scene::Tags,
        Scene::Problems,
    ];
}

/// Where an action makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On every screen.
    Anywhere,
    /// Where a response is at hand: in browse and read.
    Response,
    /// Where texts are shown: in browse, read and compare.
    Text,
    /// Where texts are set side by side.
    Compare,
    /// Where two of a kind are compared: in the list of what two runs answered, in matrix and patterns.
    Sides,
    /// In the matrix.
    Matrix,
    /// In patterns.
    Patterns,
    /// Where numbers are shown: in matrix and patterns.
    Numbers,
    /// In browse.
    Browse,
    /// Where there are panes of several kinds: in browse, patterns and tags.
    Panes,
    /// In read.
    Read,
    /// Where one goes from response to response: in read and ask again.
    Rows,
    /// Where a cursor goes sideways: in the matrix, and in read while a cluster is looked at.
    Sideways,
}

impl Place {
    /// What can be done there can be done nearly nowhere else, and so is told first.
    pub fn is_special(self) -> bool {
        matches!(
            self,
            Place::Matrix | Place::Patterns | Place::Numbers | Place::Sideways
        )
    }

    /// Whether this is a place in that scene.
    pub fn holds(self, scene: Scene) -> bool {
        match self {
            Place::Anywhere => true,
            Place::Response => matches!(scene, Scene::Browse | Scene::Read | Scene::Inspect),
            Place::Text => matches!(
                scene,
                Scene::Browse | Scene::Read | Scene::Inspect | Scene::Compare
            ),
            Place::Sides => matches!(scene, Scene::Flips | Scene::Matrix | Scene::Patterns),
            Place::Matrix => scene == Scene::Matrix,
            Place::Patterns => scene == Scene::Patterns,
            Place::Numbers => matches!(scene, Scene::Matrix | Scene::Patterns),
            Place::Panes => matches!(scene, Scene::Browse | Scene::Patterns | Scene::Tags),
            Place::Compare => scene == Scene::Compare,
            Place::Browse => scene == Scene::Browse,
            Place::Read => scene == Scene::Read,
            Place::Rows => matches!(scene, Scene::Read | Scene::Again),
            Place::Sideways => matches!(scene, Scene::Inspect | Scene::Matrix),
        }
    }
}

/// What is known of an action.
pub struct Spec {
    /// The action.
    pub action: Action,
    /// Its name in the palette and in key files.
    pub name: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// One or two words for the footer; empty for what everybody tries anyway.
    pub short: &'static str,
    /// Keys it has unless the user says otherwise.
    pub keys: &'static [&'static str],
    /// Where it makes sense.
    pub place: Place,
}

const fn spec(
    action: Action,
    place: Place,
    name: &'static str,
    keys: &'static [&'static str],
    short: &'static str,
    doc: &'static str,
) -> Spec {
    Spec {
        action,
        name,
        doc,
        short,
        keys,
        place,
    }
}

/// Every action, in the order of help.
pub const ACTIONS: &[Spec] = &[
    spec(
        Action::Help,
        Place::Anywhere,
        "help",
        &["?"],
        "help",
        "show all keys, or hide them",
    ),
    spec(
        Action::Search,
        Place::Anywhere,
        "search",
        &["/"],
        "search",
        "find a word in any script, or an \"exact phrase\"",
    ),
    spec(
        Action::Filter,
        Place::Anywhere,
        "filter",
        &["f"],
        "filter",
        "edit the filter",
    ),
    spec(
        Action::Barrier,
        Place::Anywhere,
        "barrier",
        &["b"],
        "barrier failures",
        "show only barrier failures: right in the source language, wrong in another script",
    ),
    spec(
        Action::Open,
        Place::Anywhere,
        "open",
        &["enter"],
        "open",
        "read the response; choose the value of a facet; compare what two runs answered; open a cell; compute",
    ),
    spec(
        Action::Tag,
        Place::Response,
        "tag",
        &["t"],
        "tag",
        "tag the response, a name or the selected text: a letter chooses the code, saves it and goes on",
    ),
    spec(
        Action::NextFailure,
        Place::Response,
        "next-failure",
        &["]"],
        "next failure",
        "go to the next wrong response",
    ),
    spec(
        Action::PreviousFailure,
        Place::Response,
        "previous-failure",
        &["["],
        "",
        "go to the wrong response before",
    ),
    spec(
        Action::NextMention,
        Place::Text,
        "next-mention",
        &["n"],
        "names",
        "go to the next place where a name of the question stands, or something trying to be it",
    ),
    spec(
        Action::PreviousMention,
        Place::Text,
        "previous-mention",
        &["N"],
        "",
        "go to the place before",
    ),
    spec(
        Action::FirstWrong,
        Place::Text,
        "first-wrong",
        &["w"],
        "where it went wrong",
        "go to the first place where a name is wrong; the reasoning comes before the answer",
    ),
    spec(
        Action::Align,
        Place::Text,
        "align",
        &["a"],
        "alignment",
        "show how the name goes together with what was expected, letter by letter, or hide it",
    ),
    spec(
        Action::Compare,
        Place::Text,
        "compare",
        &["c"],
        "compare",
        "set the response beside another, or the marked ones beside each other; again for the next that is worth a look",
    ),
    spec(
        Action::Mark,
        Place::Browse,
        "mark",
        &["M"],
        "",
        "mark the row to compare it, or take the mark away",
    ),
    spec(
        Action::Flips,
        Place::Anywhere,
        "flips",
        &["F"],
        "two runs",
        "list the questions that two runs answered, those in which they differ first; enter compares",
    ),
    spec(
        Action::Matrix,
        Place::Anywhere,
        "matrix",
        &["m"],
        "matrix",
        "source by target as a heat map: how each pair does, of how many; enter opens the responses of a cell",
    ),
    spec(
        Action::Measure,
        Place::Matrix,
        "measure",
        &["e"],
        "measure",
        "measure something else: accuracy, transfer, gap, lost names, lift, unparsed, script of the reasoning",
    ),
    spec(
        Action::Axis,
        Place::Matrix,
        "axis",
        &["a"],
        "axis",
        "by script, by language, by family",
    ),
    spec(
        Action::Normalise,
        Place::Matrix,
        "normalise",
        &["n"],
        "normalise",
        "divide accuracy by that at the source of the row, of the column, or by nothing",
    ),
    spec(
        Action::Patterns,
        Place::Anywhere,
        "patterns",
        &["%"],
        "patterns",
        "the patterns as numbers: regression, pairs, transfer scores, names and more; enter computes one",
    ),
    spec(
        Action::AskAgain,
        Place::Anywhere,
        "ask-again",
        &["W"],
        "",
        "ask again what the filter shows under another condition: the prompt beside the question; enter writes requests",
    ),
    spec(
        Action::Rows,
        Place::Patterns,
        "rows",
        &["w"],
        "rows",
        "which rows the regression is of: all, those asked elsewhere than at the source, of these what is known there",
    ),
    spec(
        Action::Targets,
        Place::Patterns,
        "targets",
        &["e"],
        "targets",
        "a term of the regression for each target language, or none",
    ),
    spec(
        Action::Difference,
        Place::Numbers,
        "difference",
        &["d"],
        "difference",
        "what is compared: conditions, runs, models; in the matrix the second less the first, or nothing",
    ),
    spec(
        Action::FirstRun,
        Place::Sides,
        "first-run",
        &[","],
        "first",
        "take the next run, condition or model for A",
    ),
    spec(
        Action::SecondRun,
        Place::Sides,
        "second-run",
        &["."],
        "second",
        "take the next run, condition or model for B",
    ),
    spec(
        Action::CopyTables,
        Place::Numbers,
        "copy-tables",
        &["y"],
        "copy",
        "copy the tables to the clipboard as Markdown, with what has to be said with them",
    ),
    spec(
        Action::FirstDifference,
        Place::Compare,
        "first-difference",
        &["d"],
        "where they part",
        "go to where they first part: a name right in one and wrong in another, else a step that not all have",
    ),
    spec(
        Action::NextDifference,
        Place::Compare,
        "next-difference",
        &["]"],
        "next difference",
        "go to the next step in which they part",
    ),
    spec(
        Action::PreviousDifference,
        Place::Compare,
        "previous-difference",
        &["["],
        "",
        "go to the step before in which they part",
    ),
    spec(
        Action::NextPane,
        Place::Compare,
        "next-pane",
        &["tab"],
        "next pane",
        "give the keys to the next pane",
    ),
    spec(
        Action::AddPane,
        Place::Compare,
        "add-pane",
        &["+"],
        "add",
        "set one more response beside these, four at most",
    ),
    spec(
        Action::DropPane,
        Place::Compare,
        "drop-pane",
        &["-"],
        "drop",
        "take the pane away that has the keys",
    ),
    spec(
        Action::PaneLeft,
        Place::Compare,
        "pane-left",
        &["<"],
        "",
        "move the pane to the left; the leftmost is what the others are compared with",
    ),
    spec(
        Action::PaneRight,
        Place::Compare,
        "pane-right",
        &[">"],
        "",
        "move the pane to the right",
    ),
    spec(
        Action::Lock,
        Place::Compare,
        "lock",
        &["u"],
        "scroll alone",
        "have the pane scroll alone, or all together again",
    ),
    spec(
        Action::Copy,
        Place::Compare,
        "copy",
        &["y"],
        "copy",
        "copy the response of the pane to the clipboard",
    ),
    spec(
        Action::CopyAll,
        Place::Compare,
        "copy-all",
        &["Y"],
        "",
        "copy all panes to the clipboard, step beside step",
    ),
    spec(
        Action::Select,
        Place::Response,
        "select",
        &["V"],
        "select",
        "select the word or name under the cursor to tag it; arrows change what is selected, again takes whole words",
    ),
    spec(
        Action::Done,
        Place::Response,
        "nothing-to-tag",
        &["O"],
        "",
        "looked at, and there is nothing to tag; goes on",
    ),
    spec(
        Action::Defer,
        Place::Response,
        "defer",
        &["D"],
        "",
        "put the response off; goes on, and a queue comes back to it",
    ),
    spec(
        Action::Skip,
        Place::Response,
        "skip",
        &["P"],
        "",
        "leave the response out; goes on",
    ),
    spec(
        Action::Flag,
        Place::Response,
        "flag",
        &["*"],
        "",
        "flag the response to be looked at again, or take the flag away",
    ),
    spec(
        Action::Note,
        Place::Response,
        "note",
        &["C"],
        "",
        "write a note about the response or the selected text; an empty one takes it away",
    ),
    spec(
        Action::Undo,
        Place::Anywhere,
        "undo",
        &["U"],
        "",
        "take back your last decision, also one of an earlier sitting, and go there",
    ),
    spec(
        Action::Redo,
        Place::Anywhere,
        "redo",
        &["ctrl-r"],
        "",
        "bring back what was taken back last",
    ),
    spec(
        Action::Queue,
        Place::Anywhere,
        "queue",
        &["Q"],
        "",
        "judge what the filter shows one after the other, in an order of your choice; go on with a queue, or stop it",
    ),
    spec(
        Action::Adjudicate,
        Place::Response,
        "settle",
        &["="],
        "",
        "settle what holds where people differ",
    ),
    spec(
        Action::Tags,
        Place::Anywhere,
        "tags",
        &["T"],
        "",
        "what you decided last, to go back to it, and how far annotators agree",
    ),
    spec(
        Action::Blind,
        Place::Anywhere,
        "blind",
        &["H"],
        "",
        "hide the names of runs and what others said, or show them",
    ),
    spec(
        Action::ToSource,
        Place::Response,
        "to-source",
        &["s"],
        "source",
        "jump to the same question in its source language, and back",
    ),
    spec(
        Action::Variants,
        Place::Response,
        "variants",
        &["v"],
        "variants",
        "show only this question, in all its languages, runs and epochs; again to show the others",
    ),
    spec(
        Action::Unfold,
        Place::Browse,
        "unfold",
        &["space"],
        "unfold",
        "show the epochs of this row, or fold them",
    ),
    spec(
        Action::UnfoldAll,
        Place::Browse,
        "unfold-all",
        &["z"],
        "",
        "show the epochs of all rows, or fold them",
    ),
    spec(
        Action::NextFocus,
        Place::Panes,
        "next-focus",
        &["tab"],
        "next pane",
        "go from the list to the facets to the preview; in patterns to the tables",
    ),
    spec(
        Action::Exclude,
        Place::Browse,
        "exclude",
        &["-"],
        "",
        "in the facets: leave the value out",
    ),
    spec(
        Action::RemoveFilter,
        Place::Anywhere,
        "remove-filter",
        &["x"],
        "",
        "switch the last filter off; 1 to 9 switch that one off",
    ),
    spec(
        Action::ClearFilters,
        Place::Anywhere,
        "clear-filters",
        &["X"],
        "",
        "switch all filters off",
    ),
    spec(
        Action::Sort,
        Place::Browse,
        "sort",
        &["o"],
        "order",
        "order the list: as loaded, by question, longest trace first",
    ),
    spec(
        Action::Grade,
        Place::Anywhere,
        "grade",
        &["r"],
        "re-grade",
        "judge the answers anew by a grader, or as logged",
    ),
    spec(
        Action::Audit,
        Place::Anywhere,
        "audit",
        &["A"],
        "",
        "look for the names of all questions in all responses, or stop looking; it begins by itself",
    ),
    spec(
        Action::Romanise,
        Place::Text,
        "romanise",
        &["R"],
        "romanise",
        "show Latin letters under each line, or in place of the text, or none",
    ),
    spec(
        Action::Strip,
        Place::Text,
        "script-strip",
        &["S"],
        "script strip",
        "show the script of each step of the trace in the margin, or hide it",
    ),
    spec(
        Action::Marks,
        Place::Text,
        "marks",
        &["!"],
        "marks",
        "mark invisible characters, letters that look like those of another script, and words of two scripts",
    ),
    spec(
        Action::Inspect,
        Place::Response,
        "inspect",
        &["i"],
        "inspect",
        "look at one cluster closely: its code points, their names, its script; arrows go to others",
    ),
    spec(
        Action::CursorLeft,
        Place::Sideways,
        "cursor-left",
        &["left", "h"],
        "",
        "go to the cluster or cell to the left",
    ),
    spec(
        Action::CursorRight,
        Place::Sideways,
        "cursor-right",
        &["right", "l"],
        "next",
        "go to the cluster or cell to the right",
    ),
    spec(
        Action::Bidi,
        Place::Anywhere,
        "bidi",
        &["B"],
        "",
        "who puts right-to-left text in order: scriptlens or the terminal, as it is known to do (auto), or nobody",
    ),
    spec(
        Action::NextRow,
        Place::Rows,
        "next-row",
        &["J", "right", "l"],
        "next",
        "read the next row of the list",
    ),
    spec(
        Action::PreviousRow,
        Place::Rows,
        "previous-row",
        &["K", "left", "h"],
        "",
        "read the row before",
    ),
    spec(
        Action::NextEpoch,
        Place::Read,
        "next-epoch",
        &["e"],
        "epoch",
        "read the next epoch of this row",
    ),
    spec(
        Action::PreviousEpoch,
        Place::Read,
        "previous-epoch",
        &["E"],
        "",
        "read the epoch before",
    ),
    spec(
        Action::Problems,
        Place::Anywhere,
        "problems",
        &["p"],
        "problems",
        "list what could not be read",
    ),
    spec(
        Action::Palette,
        Place::Anywhere,
        "palette",
        &[":"],
        "commands",
        "find a command by its name",
    ),
    spec(
        Action::Back,
        Place::Anywhere,
        "back",
        &["esc"],
        "",
        "close what is open; stop a search; stop loading",
    ),
    spec(
        Action::Down,
        Place::Anywhere,
        "down",
        &["down", "j"],
        "",
        "one down",
    ),
    spec(
        Action::Up,
        Place::Anywhere,
        "up",
        &["up", "k"],
        "",
        "one up",
    ),
    spec(
        Action::PageDown,
        Place::Anywhere,
        "page-down",
        &["pagedown", "ctrl-f", "ctrl-d"],
        "",
        "one page down",
    ),
    spec(
        Action::PageUp,
        Place::Anywhere,
        "page-up",
        &["pageup", "ctrl-b", "ctrl-u"],
        "",
        "one page up",
    ),
    spec(
        Action::Top,
        Place::Anywhere,
        "top",
        &["home", "g"],
        "",
        "to the top",
    ),
    spec(
        Action::Bottom,
        Place::Anywhere,
        "bottom",
        &["end", "G"],
        "",
        "to the bottom",
    ),
    spec(
        Action::Redraw,
        Place::Anywhere,
        "redraw",
        &["ctrl-l"],
        "",
        "draw the screen anew, when something else wrote on it",
    ),
    spec(
        Action::Quit,
        Place::Anywhere,
        "quit",
        &["q", "ctrl-c"],
        "quit",
        "leave this screen; in browse: leave scriptlens",
    ),
];

impl Action {
    /// What is known of this action.
    pub fn spec(self) -> &'static Spec {
        // Every action is in the table: a test sees to it.
        ACTIONS
            .iter()
            .find(|spec| spec.action == self)
            .unwrap_or(&ACTIONS[0])
    }
}

/// A key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// The key.
    pub code: KeyCode,
    /// Control and alt; shift is in the letter.
    pub modifiers: KeyModifiers,
}

const NAMED: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
];

impl Key {
    /// Reads `ctrl-f`, `alt-x`, `enter`, `G`, `f5`.
    pub fn parse(text: &str) -> Option<Key> {
        let (mut modifiers, mut rest) = (KeyModifiers::NONE, text);
        for (prefix, modifier) in [
            ("ctrl-", KeyModifiers::CONTROL),
            ("alt-", KeyModifiers::ALT),
        ] {
            if let Some(after) = rest.strip_prefix(prefix).filter(|after| !after.is_empty()) {
                (modifiers, rest) = (modifiers | modifier, after);
            }
        }
        let mut letters = rest.chars();
        let code = match (letters.next(), letters.next()) {
            (Some(letter), None) => KeyCode::Char(letter),
            _ => match rest.strip_prefix('f').and_then(|n| n.parse().ok()) {
                Some(n @ 1..=12) => KeyCode::F(n),
                _ => NAMED.iter().find(|(name, _)| *name == rest)?.1,
            },
        };
        Some(Key { code, modifiers })
    }

    /// The key of a terminal event; shift is left to the letter it makes.
    pub fn of(event: crossterm::event::KeyEvent) -> Key {
        Key {
            code: event.code,
            modifiers: event.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_default_key_is_a_key_and_means_one_thing_on_a_screen() {
        for scene in Scene::ALL {
            let mut seen = HashSet::new();
            for spec in ACTIONS.iter().filter(|spec| spec.place.holds(scene)) {
                for key in spec.keys {
                    let fresh = seen.insert(Key::parse(key).unwrap());
                    assert!(fresh, "{key} means two things in {scene:?}");
                }
            }
        }
    }

    #[test]
    fn names_are_unique_and_every_action_is_listed() {
        let names: HashSet<_> = ACTIONS.iter().map(|spec| spec.name).collect();
        assert_eq!(names.len(), ACTIONS.len());
        assert_eq!(ACTIONS.len(), Action::Quit as usize + 1);
        assert!(
            ACTIONS
                .iter()
                .all(|spec| spec.action.spec().name == spec.name)
        );
    }
}
