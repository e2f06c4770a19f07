//! The matrix, and the patterns as numbers.

use super::*;
use crate::stats::Sides;
use crate::stats::logit::Keep;
use crate::stats::matrix::{Axis, Base, Measure};
use crate::tui::patterns::Analysis;
use crate::tui::screens::{matrix, patterns};

/// Said in place of what is asked for.
const HIDDEN_SIDES: &str =
    "Conditions and models are hidden while names are hidden: H shows them, d compares runs.";
const STOPPED: &str = "Stopped before it was done: enter starts it again.";

fn next<T: Copy + PartialEq>(all: &[T], this: T) -> T {
    let mut around = all.iter().chain(all).skip_while(|other| **other != this);
    around.nth(1).copied().unwrap_or(this)
}

impl App {
    /// What numbers are computed of: what the filter shows, once that is known.
    pub fn sample(&self) -> Option<Sample> {
        let view = self.view.as_ref()?;
        let is_shown = view.filter == self.filter;
        let hidden = self.desk.is_blind.then(|| {
            let runs = 0..self.corpus.dict(Key::Run).len() as u32;
            let clauses = self.filter.clauses.iter();
            let clauses: Vec<String> = clauses.map(|clause| self.told(clause)).collect();
            Hidden {
                runs: runs.map(|run| self.name_of_run(run).into()).collect(),
                filter: clauses.join(" "),
            }
        });
        is_shown.then(|| Sample::of(view, hidden))
    }

    /// What the sides of a comparison are called.
    pub fn names_of_sides(&self, sides: Sides) -> [String; 2] {
        match sides.key {
            Key::Run => [sides.a, sides.b].map(|run| self.name_of_run(run).into()),
            _ if self.hides(sides) => ["…".to_owned(), "…".to_owned()],
            _ => sides.names(&self.corpus).map(str::to_owned),
        }
    }

    fn hides(&self, sides: Sides) -> bool {
        self.desk.is_blind && sides.key != Key::Run
    }

    /// The next kind of sides that there are two of, of those that come after `after`.
    fn next_sides(&self, after: Option<Sides>) -> Option<Sides> {
        let from = after.and_then(|sides| Sides::KEYS.iter().position(|key| *key == sides.key));
        let keys = &Sides::KEYS[from.map_or(0, |at| at + 1)..];
        let mut sides = keys.iter().filter_map(|key| Sides::of(&self.corpus, *key));
        sides.find(|sides| !self.hides(*sides))
    }

    /// What was computed says names that are to be hidden, or hides some that may be shown.
    pub(super) fn forget_numbers(&mut self) -> Vec<Effect> {
        self.heat.forget();
        self.patterns.iter_mut().for_each(Patterns::forget);
        self.analyse_generation += 1;
        vec![Effect::StopAnalyse(self.analyse_generation)]
    }

    /// Shows source by target, or goes back from there.
    pub(super) fn open_matrix(&mut self) -> Vec<Effect> {
        self.heat.opened_from = None;
        self.screen = match self.screen {
            Screen::Matrix => Screen::Browse,
            _ => Screen::Matrix,
        };
        Vec::new()
    }

    /// Has the matrix counted, where it is not as the filter and the keys have it, and keeps its cursor in sight.
    pub(super) fn prepare_matrix(&mut self, areas: &Areas) -> Option<Effect> {
        let fit = matrix::Grid::of(self, areas.body).map(|grid| grid.fit);
        self.heat.show(fit.unwrap_or_default());
        let sample = self.sample()?;
        if !self.heat.begin(&sample) {
            return None;
        }
        self.count_generation += 1;
        if self.heat.ask.sides.is_some_and(|sides| self.hides(sides)) {
            self.heat.take(Err(HIDDEN_SIDES.into()));
            return None;
        }
        self.heat.counting = Some(0.0);
        Some(Effect::Count {
            generation: self.count_generation,
            sample,
            ask: self.heat.ask,
        })
    }

    /// A matrix was counted.
    pub(super) fn counted(&mut self, found: Result<Counted, String>) {
        let sides = self.heat.ask.sides;
        let names = sides.map(|sides| self.names_of_sides(sides));
        self.heat.take(found.map(|mut counted| {
            counted.matrix.sides = names;
            counted.told.title = counted.matrix.title();
            counted.told.scope.filter = self.sample().map_or(String::new(), |of| of.told_filter());
            counted
        }));
    }

    pub(super) fn act_in_matrix(&mut self, action: Action) -> Vec<Effect> {
        let grid = matrix::Grid::of(self, areas(self).body);
        let page = grid.map_or(1, |grid| grid.fit[0]);
        let heat = &mut self.heat;
        match action {
            Action::Measure => {
                if heat.ask.measure == Measure::Lift {
                    heat.ask.sides = None;
                }
                heat.ask.measure = next(&Measure::ALL, heat.ask.measure);
                heat.ask.base = Base::None;
                if (heat.ask.measure, heat.ask.sides) == (Measure::Lift, None) {
                    self.heat.ask.sides = self.next_sides(None);
                }
            }
            Action::Axis => heat.ask.axis = next(&Axis::ALL, heat.ask.axis),
            Action::Normalise => heat.ask.base = next(&Base::ALL, heat.ask.base),
            Action::Difference => {
                heat.ask.base = Base::None;
                let sides = heat.ask.sides;
                self.heat.ask.sides = self.next_sides(sides);
                if (sides, self.heat.ask.sides) == (None, None) {
                    return self.say("there are no two of a kind to compare");
                }
            }
            Action::FirstRun | Action::SecondRun => match heat.ask.sides {
                Some(sides) => {
                    let turned = sides.turned(&self.corpus, action == Action::FirstRun);
                    heat.ask.sides = Some(turned);
                }
                None => return self.say("d chooses what to compare"),
            },
            Action::CopyTables => {
                let told = heat.counted().map(|counted| counted.told.markdown());
                return self.copy_tables(told);
            }
            Action::Open => return self.open_cell(),
            Action::CursorLeft => heat.go(1, heat.at[1].at.saturating_sub(1)),
            Action::CursorRight => heat.go(1, heat.at[1].at + 1),
            action => {
                if let Some(to) = heat.at[0].moved(action, page) {
                    heat.go(0, to);
                }
            }
        }
        Vec::new()
    }

    /// Shows the responses of the cell under the cursor, and no others.
    fn open_cell(&mut self) -> Vec<Effect> {
        let Some(cell) = self.heat.selected() else {
            self.heat.forget();
            return Vec::new();
        };
        if self.desk.queue.is_some() {
            return self.say("the list is that of a queue: Q stops it");
        }
        if cell.n == 0 {
            return self.say("nothing is counted here");
        }
        let filter = match Filter::parse(&cell.filter) {
            Ok(filter) => filter,
            Err(error) => return self.say(error.message),
        };
        self.message = Some(match self.heat.ask.measure {
            Measure::Gap | Measure::Lift => {
                "those without a partner are shown too; esc leads back to the matrix".into()
            }
            _ => "the responses of this cell; esc leads back to the matrix".into(),
        });
        self.heat.opened_from = Some(self.filter.clone());
        (self.screen, self.focus, self.list) = (Screen::Browse, Focus::List, Cursor::default());
        self.refilter(filter)
    }

    /// The cell that was clicked; one that was already selected is opened.
    pub(super) fn click_in_matrix(&mut self, at: Position) -> Vec<Effect> {
        let grid = matrix::Grid::of(self, areas(self).body);
        let Some(place) = grid.and_then(|grid| grid.place(&self.heat, at)) else {
            return Vec::new();
        };
        if place == self.heat.place() {
            return self.open_cell();
        }
        (0..2).for_each(|side| self.heat.go(side, place[side]));
        Vec::new()
    }

    /// Lists the analyses, or goes back from there.
    pub(super) fn open_patterns(&mut self) -> Vec<Effect> {
        if self.screen == Screen::Patterns {
            self.screen = Screen::Browse;
            return Vec::new();
        }
        self.screen = Screen::Patterns;
        if self.patterns.is_none() {
            self.patterns = Some(Patterns::of(&self.corpus));
            if Sides::remedy(&self.corpus).is_some() {
                return self.analyse();
            }
        }
        Vec::new()
    }

    /// A run and one that was asked its questions again are here: says where they are compared.
    pub(super) fn tell_remedy(&mut self) {
        if let Some(sides) = Sides::remedy(&self.corpus) {
            let [before, after] = self.names_of_sides(sides);
            let key = self.keymap.keys(Action::Patterns).first().cloned();
            let key = key.unwrap_or_default();
            self.message = Some(format!(
                "{after} was asked again what {before} was asked: {key} tells what that changed"
            ));
        }
    }

    pub(super) fn prepare_patterns(&mut self, areas: &Areas) {
        let room = patterns::panes(areas.body);
        if let Some(patterns) = &mut self.patterns {
            let count = patterns.entries.len();
            patterns.list.show(count, usize::from(room.list.height));
            patterns.lay_out(room.text.width, room.text.height);
        }
    }

    pub(super) fn act_in_patterns(&mut self, action: Action) -> Vec<Effect> {
        let room = patterns::panes(areas(self).body);
        let sample = self.sample();
        let Some(patterns) = &mut self.patterns else {
            return Vec::new();
        };
        let Some(entry) = patterns.entries.get_mut(patterns.list.at) else {
            return Vec::new();
        };
        let is_due = !entry.is_current(sample.as_ref()) || entry.told().is_none();
        let asked = &mut entry.asked;
        match action {
            Action::NextFocus if patterns.reading => patterns.reading = false,
            Action::Open | Action::NextFocus if is_due => {
                patterns.reading = true;
                return self.analyse();
            }
            Action::Open | Action::NextFocus => patterns.reading ^= true,
            Action::Rows | Action::Targets if asked.analysis != Analysis::Regress => {
                return self.say("this is for the regression");
            }
            Action::Rows => asked.options.keep = next(&Keep::ALL, asked.options.keep),
            Action::Targets => asked.options.target_effects ^= true,
            Action::Difference | Action::FirstRun | Action::SecondRun
                if !asked.analysis.compares() =>
            {
                return self.say("this is of one side: hint and paired compare two");
            }
            Action::Difference => {
                let sides = asked.sides;
                let turned = self.next_sides(sides).or_else(|| self.next_sides(None));
                if let Some(entry) = self.patterns.as_mut().and_then(Patterns::at_hand_mut) {
                    entry.asked.sides = turned;
                }
            }
            Action::FirstRun | Action::SecondRun => {
                let first = action == Action::FirstRun;
                asked.sides = asked.sides.map(|sides| sides.turned(&self.corpus, first));
            }
            Action::CopyTables => {
                let told = entry.told().map(|told| told.markdown());
                return self.copy_tables(told);
            }
            action if patterns.reading => {
                let height = usize::from(room.text.height);
                let (top, at) = (0, patterns.top);
                let last = entry.lines().len().saturating_sub(height);
                if let Some(to) = (Cursor { at, top }).moved(action, height) {
                    patterns.top = to.min(last);
                }
            }
            action => {
                let page = usize::from(room.list.height);
                if let Some(to) = patterns.list.moved(action, page) {
                    patterns.go(to);
                }
            }
        }
        Vec::new()
    }

    /// Has the analysis at hand computed.
    fn analyse(&mut self) -> Vec<Effect> {
        let sample = self.sample();
        let is_audited = self.corpus.is_audited();
        let sides = self.patterns.as_ref().and_then(Patterns::at_hand);
        let sides = sides.and_then(|entry| entry.asked.sides);
        let is_hidden = sides.is_some_and(|sides| self.hides(sides));
        let Some(patterns) = &mut self.patterns else {
            return Vec::new();
        };
        let Some(sample) = sample else {
            return self.say("the filter is still at work: once more");
        };
        let Some(asked) = patterns.begin(sample.clone()) else {
            return Vec::new();
        };
        self.analyse_generation += 1;
        let reason = match asked.analysis {
            analysis if analysis.needs_audit() && !is_audited => {
                "Names were not looked for yet: A has them looked for, which takes a while, and stops it."
            }
            _ if is_hidden => HIDDEN_SIDES,
            _ => {
                return vec![Effect::Analyse {
                    generation: self.analyse_generation,
                    sample,
                    asked,
                }];
            }
        };
        patterns.take(Err(reason.into()));
        vec![Effect::StopAnalyse(self.analyse_generation)]
    }

    /// The analysis of the line that was clicked; one that was already selected is computed.
    pub(super) fn click_in_patterns(&mut self, at: Position) -> Vec<Effect> {
        let room = patterns::panes(areas(self).body);
        let Some(patterns) = &mut self.patterns else {
            return Vec::new();
        };
        patterns.reading = room.text.contains(at);
        if !room.list.contains(at) {
            return Vec::new();
        }
        let line = patterns.list.top + usize::from(at.y - room.list.y);
        if line == patterns.list.at {
            return self.act(Action::Open);
        }
        patterns.go(line);
        Vec::new()
    }

    pub(super) fn wheel_in_patterns(&mut self, at: Position, lines: isize) {
        let room = patterns::panes(areas(self).body);
        if let Some(patterns) = &mut self.patterns {
            match room.list.contains(at) {
                true => patterns.go(patterns.list.at.saturating_add_signed(lines)),
                false => patterns.top = patterns.top.saturating_add_signed(lines),
            }
        }
    }

    fn copy_tables(&mut self, told: Option<String>) -> Vec<Effect> {
        let Some(told) = told else {
            return self.say("there is nothing to copy yet");
        };
        self.message = Some("copied: the tables as Markdown".into());
        vec![Effect::Copy(told)]
    }

    /// Stops what is computed, or closes the nearest thing.
    pub(super) fn leave_numbers(&mut self) -> Vec<Effect> {
        if self.screen == Screen::Matrix && self.heat.counting.is_some() {
            self.count_generation += 1;
            self.heat.take(Err(STOPPED.into()));
            return vec![Effect::StopCount(self.count_generation)];
        }
        if let (Screen::Patterns, Some(patterns)) = (self.screen, &mut self.patterns) {
            if patterns.running.is_some() {
                self.analyse_generation += 1;
                patterns.take(Err(STOPPED.into()));
                return vec![Effect::StopAnalyse(self.analyse_generation)];
            }
            if std::mem::take(&mut patterns.reading) {
                return Vec::new();
            }
        }
        self.screen = Screen::Browse;
        Vec::new()
    }
}
