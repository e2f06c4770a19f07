//! The prompt line: filter, search and command palette, with completion and history.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::action::{ACTIONS, Action};
use super::app::{RESUME, STOP};
use super::desk::Order;
use super::keymap::Keymap;
use crate::corpus::{Completion, Corpus, Filter, complete};
use crate::grade::{GRADERS, Grader};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A filter.
    Filter,
    /// A text to find.
    Search,
    /// A command.
    Palette,
    /// A grader.
    Grade,
    /// A note about a response.
    Note,
    /// The order of a queue.
    Queue,
    /// The name of a file.
    File,
}

/// A line being typed.
pub struct Prompt {
    /// What for.
    pub kind: Kind,
    input: Input,
    /// Ways to go on.
    pub offers: Vec<Completion>,
    /// The one that Enter or Tab takes.
    pub chosen: Option<usize>,
    /// What is wrong with the line so far.
    pub error: Option<String>,
    /// Place in the history, from the newest; 0 is the line itself.
    past: usize,
    draft: String,
}

/// What a key in the prompt led to.
pub enum Outcome {
    /// Still typing.
    Typing,
    /// Given up.
    Closed,
    /// The filter to use.
    Filter(Filter),
    /// The text to search for; empty for none.
    Search(String),
    /// The command to run.
    Run(Action),
    /// Judge by this grader, or as logged.
    Grade(Option<Grader>),
    /// The note; empty for none.
    Note(String),
    /// The order of a queue, or what else to do with it.
    Queue(String),
    /// The name of the file; empty for none.
    File(String),
}

/// Lines typed before, oldest first, one list for each kind.
#[derive(Debug, Clone, Default)]
pub struct History([Vec<String>; 7]);

impl History {
    fn add(&mut self, kind: Kind, line: &str) {
        let lines = &mut self.0[kind as usize];
        lines.retain(|known| known != line);
        if !line.trim().is_empty() {
            lines.push(line.to_owned());
        }
    }

    fn back(&self, kind: Kind, steps: usize) -> Option<&str> {
        let lines = &self.0[kind as usize];
        lines
            .len()
            .checked_sub(steps)
            .and_then(|at| lines.get(at))
            .map(String::as_str)
    }
}

impl Prompt {
    /// Opens a prompt with a text in it.
    pub fn new(kind: Kind, text: String, corpus: &Corpus, keymap: &Keymap) -> Prompt {
        let draft = text.clone();
        let input = Input::new(text);
        let mut prompt = Prompt {
            kind,
            input,
            offers: Vec::new(),
            chosen: None,
            error: None,
            past: 0,
            draft,
        };
        prompt.refresh(corpus, keymap);
        prompt
    }

    /// The line as typed.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Bytes of the line before the cursor.
    pub fn cursor(&self) -> usize {
        let chars = self.input.value().char_indices();
        chars
            .map(|(at, _)| at)
            .nth(self.input.cursor())
            .unwrap_or(self.input.value().len())
    }

    /// Takes a key.
    pub fn key(
        &mut self,
        key: KeyEvent,
        corpus: &Corpus,
        keymap: &Keymap,
        history: &mut History,
    ) -> Outcome {
        match (key.code, key.modifiers) {
            (KeyCode::Esc, _) | (KeyCode::Char('c' | 'g'), KeyModifiers::CONTROL) => {
                return Outcome::Closed;
            }
            (KeyCode::Enter, _) => return self.enter(history),
            (KeyCode::Tab, _) => self.tab(corpus, keymap, 1),
            (KeyCode::BackTab, _) => self.tab(corpus, keymap, -1),
            (KeyCode::Up, _) if self.lists() => self.choose(-1),
            (KeyCode::Down, _) if self.lists() => self.choose(1),
            (KeyCode::Up, _) => self.travel(history, 1),
            (KeyCode::Down, _) => self.travel(history, -1),
            (KeyCode::Backspace, _) if self.text().is_empty() => return Outcome::Closed,
            _ => {
                self.input.handle_event(&Event::Key(key));
                (self.past, self.draft) = (0, self.input.value().to_owned());
                self.refresh(corpus, keymap);
            }
        }
        Outcome::Typing
    }

    /// Takes pasted text; line ends become blanks.
    pub fn paste(&mut self, text: &str, corpus: &Corpus, keymap: &Keymap) {
        /// No filter is longer; a whole text pasted by mistake would be.
        const MOST: usize = 4096;
        let pasted = text.chars().take(MOST);
        let pasted: String = pasted
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let (before, after) = self.text().split_at(self.cursor());
        let cursor = before.chars().count() + pasted.chars().count();
        self.input = Input::new(format!("{before}{pasted}{after}")).with_cursor(cursor);
        self.refresh(corpus, keymap);
    }

    /// The offers are a list to choose from.
    fn lists(&self) -> bool {
        matches!(self.kind, Kind::Palette | Kind::Grade | Kind::Queue)
    }

    fn enter(&mut self, history: &mut History) -> Outcome {
        let text = self.text().trim().to_owned();
        match self.kind {
            Kind::Palette => match self.chosen.and_then(|at| self.offers.get(at)) {
                Some(offer) => {
                    let action = ACTIONS
                        .iter()
                        .find(|spec| spec.name == offer.text)
                        .map(|spec| spec.action);
                    history.add(self.kind, &offer.text);
                    action.map_or(Outcome::Closed, Outcome::Run)
                }
                None => Outcome::Closed,
            },
            Kind::Search => {
                history.add(self.kind, &text);
                Outcome::Search(text)
            }
            Kind::Note => Outcome::Note(text),
            Kind::File => Outcome::File(text),
            Kind::Queue => {
                let offer = self.chosen.and_then(|at| self.offers.get(at));
                let text = offer.map_or(text, |offer| offer.text.clone());
                history.add(self.kind, &text);
                Outcome::Queue(text)
            }
            Kind::Grade => match self.grader(&text) {
                Ok(grader) => {
                    history.add(self.kind, &text);
                    Outcome::Grade(grader)
                }
                Err(error) => {
                    self.error = Some(error.lines().next().unwrap_or_default().to_owned());
                    Outcome::Typing
                }
            },
            Kind::Filter => match Filter::parse(self.text()) {
                Ok(filter) => {
                    history.add(self.kind, &text);
                    Outcome::Filter(filter)
                }
                Err(error) => {
                    self.error = Some(format!(
                        "column {}: {}",
                        column(self.text(), error.span.start),
                        error.message
                    ));
                    Outcome::Typing
                }
            },
        }
    }

    /// The grader of this name; as much of the name as is typed may be enough.
    fn grader(&self, text: &str) -> Result<Option<Grader>, String> {
        let offer = self.chosen.and_then(|at| self.offers.get(at));
        match offer.map_or(text, |offer| offer.text.as_str()) {
            AS_LOGGED => Ok(None),
            name => Grader::parse(name).map(Some),
        }
    }

    /// Takes the offer at hand, or the next one.
    fn tab(&mut self, corpus: &Corpus, keymap: &Keymap, step: isize) {
        match (self.kind, self.offers.as_slice()) {
            (Kind::Palette | Kind::Grade | Kind::Queue, _) => self.choose(step),
            (_, [only]) => {
                let offer = only.clone();
                self.take(&offer);
                self.refresh(corpus, keymap);
            }
            (_, []) => {}
            _ => {
                self.choose(step);
                if let Some(offer) = self.chosen.and_then(|at| self.offers.get(at)).cloned() {
                    self.take(&offer);
                    // The next Tab replaces what this one wrote.
                    let end = offer.range.start + offer.text.len();
                    self.offers
                        .iter_mut()
                        .for_each(|other| other.range.end = end);
                }
            }
        }
    }

    fn take(&mut self, offer: &Completion) {
        let mut text = self.text().to_owned();
        text.replace_range(offer.range.clone(), &offer.text);
        let cursor = text[..offer.range.start + offer.text.len()].chars().count();
        self.input = Input::new(text).with_cursor(cursor);
    }

    fn choose(&mut self, step: isize) {
        let count = self.offers.len() as isize;
        if count > 0 {
            let at = self
                .chosen
                .map_or(if step > 0 { -1 } else { 0 }, |at| at as isize);
            self.chosen = Some((at + step).rem_euclid(count) as usize);
        }
    }

    fn travel(&mut self, history: &History, step: isize) {
        let past = self.past.saturating_add_signed(step);
        let line = if past == 0 {
            Some(self.draft.as_str())
        } else {
            history.back(self.kind, past)
        };
        if let Some(line) = line {
            self.input = Input::new(line.to_owned());
            self.past = past;
            self.offers.clear();
        }
    }

    fn refresh(&mut self, corpus: &Corpus, keymap: &Keymap) {
        (self.chosen, self.error) = (None, None);
        match self.kind {
            Kind::Search | Kind::Note | Kind::File => {}
            Kind::Queue => {
                self.offers = queues(self.text());
                self.chosen = (!self.offers.is_empty()).then_some(0);
            }
            Kind::Filter => {
                self.offers = complete(corpus, self.text(), self.cursor());
                // An unfinished last word is no mistake yet.
                if let Err(error) = Filter::parse(self.text())
                    && error.span.end < self.text().len()
                {
                    self.error = Some(format!(
                        "column {}: {}",
                        column(self.text(), error.span.start),
                        error.message
                    ));
                }
            }
            Kind::Palette => {
                self.offers = commands(self.text(), keymap);
                self.chosen = (!self.offers.is_empty()).then_some(0);
            }
            Kind::Grade => {
                self.offers = graders(self.text());
                self.chosen = (!self.offers.is_empty()).then_some(0);
            }
        }
    }
}

/// The column of a byte, counted in characters from 1.
fn column(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or(text).chars().count() + 1
}

/// What is offered beside the graders.
const AS_LOGGED: &str = "as-logged";

/// Graders whose name begins like the text.
fn graders(text: &str) -> Vec<Completion> {
    let offer = |name: &str, doc: String| Completion {
        range: 0..text.len(),
        text: name.to_owned(),
        doc,
    };
    let all = GRADERS.iter().map(|about| {
        let name = about.threshold.map_or(about.name.to_owned(), |least| {
            format!("{}>={least}", about.name)
        });
        offer(&name, format!("{} ({})", about.doc, about.version))
    });
    let logged = offer(AS_LOGGED, "right and wrong as the log says".into());
    let offers = std::iter::once(logged).chain(all);
    offers
        .filter(|offer| offer.text.starts_with(text.trim()))
        .collect()
}

/// Orders of a queue, and what else can be done with one, that begin like the text.
fn queues(text: &str) -> Vec<Completion> {
    let orders = Order::ALL.map(|(order, doc)| (order.word(), doc));
    let others = [
        (
            RESUME.to_owned(),
            "go on with the queue of the last sitting",
        ),
        (STOP.to_owned(), "no queue: the list is that of the filter"),
    ];
    let offers = orders.into_iter().chain(others);
    let offers = offers.map(|(word, doc)| Completion {
        range: 0..text.len(),
        text: word,
        doc: doc.to_owned(),
    });
    offers
        .filter(|offer| offer.text.starts_with(text.trim()))
        .collect()
}

/// Commands whose name or description is like the text, best first.
fn commands(text: &str, keymap: &Keymap) -> Vec<Completion> {
    let matcher = SkimMatcherV2::default();
    let score = |spec: &super::action::Spec| {
        let name = matcher.fuzzy_match(spec.name, text).map(|score| 2 * score);
        name.max(matcher.fuzzy_match(spec.doc, text))
    };
    let mut found: Vec<_> = ACTIONS
        .iter()
        .filter_map(|spec| Some((score(spec)?, spec)))
        .collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let offer = |(_, spec): (i64, &super::action::Spec)| Completion {
        range: 0..text.len(),
        text: spec.name.to_owned(),
        doc: format!("{}  ({})", spec.doc, keymap.keys(spec.action).join(", ")),
    };
    found.into_iter().map(offer).collect()
}
