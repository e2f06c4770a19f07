//! What a person asks for, by key, mouse or palette.

use super::*;
use crate::tui::screens::help;

impl App {
    /// Does what a person asked for, by key, mouse or palette.
    pub fn act(&mut self, action: Action) -> Vec<Effect> {
        if self.help.is_some() {
            return self.act_in_help(action);
        }
        match action {
            Action::Help => self.help = Some(0),
            Action::Redraw => return vec![Effect::Redraw],
            Action::Search => {
                let last = self
                    .filter
                    .clauses
                    .iter()
                    .rev()
                    .find(|clause| !clause.negated && clause.reads_texts());
                let text = match last.map(|clause| &clause.test) {
                    Some(Test::Phrase(text)) => format!("\"{text}\""),
                    Some(Test::Fuzzy(text)) => text.clone(),
                    _ => String::new(),
                };
                self.open_prompt(Kind::Search, text);
            }
            Action::Filter => {
                let text = self.filter.to_string();
                let text = if text.is_empty() { text } else { text + " " };
                self.open_prompt(Kind::Filter, text);
            }
            Action::Palette => self.open_prompt(Kind::Palette, String::new()),
            Action::Grade => self.open_prompt(Kind::Grade, String::new()),
            Action::Bidi => return self.cycle_bidi(),
            Action::Romanise => {
                self.roman = self.roman.next();
                let what = match self.roman {
                    Roman::Off => "the text as it is",
                    Roman::Under => "Latin letters under each line",
                    Roman::Instead => "Latin letters in place of the text",
                };
                return self.say(what);
            }
            Action::Strip => {
                self.strip ^= true;
                let on = "the script of each step of the trace stands in the margin";
                return self.say(if self.strip { on } else { "no script strip" });
            }
            Action::Marks => {
                self.marks ^= true;
                let on = "marked: invisible characters, letters that look like others, words of two scripts";
                return self.say(if self.marks { on } else { "nothing is marked" });
            }
            Action::Inspect => {
                self.inspecting ^= self.screen == Screen::Read;
                if self.screen == Screen::Browse {
                    self.inspecting = true;
                    return self.act_in_browse(Action::Open);
                }
            }
            Action::Audit => return self.toggle_audit(),
            Action::Compare => return self.compare(),
            Action::Flips => return self.open_flips(),
            Action::Matrix => return self.open_matrix(),
            Action::Patterns => return self.open_patterns(),
            Action::AskAgain => return self.open_again(),
            Action::Align => self.aligning ^= true,
            Action::NextMention | Action::PreviousMention | Action::FirstWrong => {
                match (self.screen, &mut self.compare) {
                    (Screen::Compare, Some(compare)) => compare.act(action, 1),
                    (Screen::Read, _) => self.page.act(action, 1),
                    _ => self.preview.act(action, 1),
                }
                self.aligning = true;
            }
            Action::Barrier => {
                let mut filter = self.filter.clone();
                filter.toggle(Test::Is(Flag::Barrier));
                return self.refilter(filter);
            }
            Action::RemoveFilter if self.filter.clauses.is_empty() => {
                return self.say("there is no filter");
            }
            Action::RemoveFilter => return self.remove_clause(self.filter.clauses.len() - 1),
            Action::ClearFilters => return self.refilter(Filter::default()),
            Action::Sort => {
                self.sort = self.sort.next();
                self.message = Some(format!("ordered {}", self.sort.word()));
                return self.ask_view();
            }
            Action::Problems => {
                self.screen = if self.screen == Screen::Problems {
                    Screen::Browse
                } else {
                    Screen::Problems
                };
            }
            Action::Back => return self.back(),
            Action::Quit if self.screen == Screen::Browse => return self.leave(),
            Action::Quit => (self.screen, self.inspecting) = (Screen::Browse, false),
            Action::NextFailure => return self.find_failure(1),
            Action::PreviousFailure => return self.find_failure(-1),
            Action::ToSource => return self.cross_to_source(),
            Action::Tag
            | Action::Adjudicate
            | Action::Note
            | Action::Flag
            | Action::Done
            | Action::Defer
            | Action::Skip
            | Action::Undo
            | Action::Redo
            | Action::Queue
            | Action::Tags
            | Action::Blind => return self.act_at_desk(action),
            Action::Select => {
                self.inspecting = true;
                self.page.select();
                if self.screen == Screen::Browse {
                    return self.act_in_browse(Action::Open);
                }
            }
            Action::Variants => return self.only_question(),
            action => match self.screen {
                Screen::Browse => return self.act_in_browse(action),
                Screen::Read => return self.act_in_read(action),
                Screen::Compare => return self.act_in_compare(action),
                Screen::Flips => return self.act_in_flips(action),
                Screen::Matrix => return self.act_in_matrix(action),
                Screen::Patterns => return self.act_in_patterns(action),
                Screen::Again => return self.act_in_again(action),
                Screen::Tags => return self.act_in_tags(action),
                Screen::Problems => {
                    let page = usize::from(areas(self).body.height.saturating_sub(2));
                    if let Some(to) = self.problems.moved(action, page) {
                        self.problems.go(to, self.notices());
                    }
                }
            },
        }
        Vec::new()
    }

    pub(super) fn act_in_help(&mut self, action: Action) -> Vec<Effect> {
        let scroll = Cursor {
            at: self.help.unwrap_or_default(),
            top: 0,
        };
        match (
            action,
            scroll.moved(action, usize::from(self.size.height / 2)),
        ) {
            (Action::Help | Action::Back | Action::Quit, _) => self.help = None,
            (_, Some(to)) => {
                self.help = Some(to.min(help::last(self)));
            }
            _ => {
                self.help = None;
                return self.act(action);
            }
        }
        Vec::new()
    }

    /// Leaves, unless something is not saved: then once more.
    fn leave(&mut self) -> Vec<Effect> {
        let (unsaved, why) = &self.desk.unsaved;
        if *unsaved + self.desk.waiting.len() == 0 || std::mem::replace(&mut self.is_leaving, true)
        {
            return vec![Effect::Quit];
        }
        let why = why.as_deref().unwrap_or("they are on their way");
        self.message = Some(format!(
            "{unsaved} decisions are not saved ({why}): once more leaves, and writes them elsewhere"
        ));
        vec![Effect::Save(None)]
    }

    /// Closes or stops the nearest thing.
    pub(super) fn back(&mut self) -> Vec<Effect> {
        if self.scene() == Scene::Inspect && self.page.deselect() {
            return Vec::new();
        } else if self.scene() == Scene::Inspect {
            self.inspecting = false;
        } else if self.screen == Screen::Compare {
            self.screen = self.compared_from;
            if self.screen == Screen::Flips {
                // The filter may be another than before.
                return self.ask_pairs().into_iter().collect();
            }
        } else if self.screen == Screen::Read {
            self.screen = std::mem::replace(&mut self.read_from, Screen::Browse);
        } else if let Screen::Matrix | Screen::Patterns = self.screen {
            return self.leave_numbers();
        } else if self.screen == Screen::Again {
            return self.leave_again();
        } else if self.screen != Screen::Browse {
            self.screen = Screen::Browse;
        } else if self.viewing && self.filter.reads_texts() {
            self.viewing = false;
            self.generation += 1;
            self.message = Some("search stopped: what it found so far stays".into());
            return vec![Effect::StopView(self.generation)];
        } else if self.grading.take().is_some() {
            self.grade_generation += 1;
            self.grader = self.corpus.grader();
            self.message = Some("grading stopped: right and wrong are as before".into());
            return vec![Effect::StopGrade(self.grade_generation)];
        } else if self.focus != Focus::List {
            self.focus = Focus::List;
        } else if let Some(filter) = self.heat.opened_from.take() {
            self.screen = Screen::Matrix;
            return self.refilter(filter);
        } else if self.loading {
            self.message = Some("loading stopped: what is there stays".into());
            return vec![Effect::StopLoading];
        }
        Vec::new()
    }

    pub(super) fn act_in_browse(&mut self, action: Action) -> Vec<Effect> {
        let areas = areas(self);
        match (action, self.focus) {
            (Action::NextFocus, focus) => {
                self.focus = match focus {
                    Focus::List => Focus::Facets,
                    Focus::Facets if areas.preview.height > 0 => Focus::Preview,
                    _ => Focus::List,
                };
            }
            (Action::Open | Action::Unfold, Focus::Facets) => return self.toggle_facet(false),
            (Action::Exclude, Focus::Facets) => return self.toggle_facet(true),
            (Action::Open, _) => {
                if let Some(row) = self.selected_row() {
                    (self.reading, self.screen, self.came_from) = (row, Screen::Read, None);
                    self.read_from = Screen::Browse;
                }
            }
            (Action::Unfold, _) => self.unfold(),
            (Action::Mark, _) => {
                if let Some(row) = self.selected_row() {
                    match self.marked.iter().position(|marked| *marked == row) {
                        Some(at) => drop(self.marked.remove(at)),
                        None => self.marked.push(row),
                    }
                    let to = self.list.at + 1;
                    self.list.go(to, self.entries.len());
                }
            }
            (Action::UnfoldAll, _) => {
                let anchor = self
                    .entries
                    .get(self.list.at)
                    .map(|entry| entry.group_of(&self.corpus));
                match (self.unfolded.is_empty(), &self.view) {
                    (true, Some(view)) => self.unfolded.extend(&view.list),
                    _ => self.unfolded.clear(),
                }
                self.refold(anchor);
            }
            (action, Focus::List) => {
                if let Some(to) = self.list.moved(action, usize::from(areas.list.height)) {
                    self.list.go(to, self.entries.len());
                }
            }
            (action, Focus::Facets) => {
                if let Some(to) = self.facets.moved(action, usize::from(areas.facets.height)) {
                    self.facets.go(to, self.facet_lines().len());
                }
            }
            (action, Focus::Preview) => self.preview.act(action, areas.preview.height),
        }
        Vec::new()
    }

    pub(super) fn act_in_read(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::NextRow => self.read_entry(self.list.at.saturating_add(1)),
            Action::PreviousRow => self.read_entry(self.list.at.saturating_sub(1)),
            Action::NextEpoch => self.read_epoch(1),
            Action::PreviousEpoch => self.read_epoch(-1),
            Action::Up if self.inspecting => self.page.step(Step::Up),
            Action::Down if self.inspecting => self.page.step(Step::Down),
            Action::CursorLeft => self.page.step(Step::Left),
            Action::CursorRight => self.page.step(Step::Right),
            action => self.page.act(action, areas(self).text.height),
        }
        Vec::new()
    }

    pub(super) fn read_entry(&mut self, at: usize) {
        self.list.go(at, self.entries.len());
        self.came_from = None;
        if let Some(row) = self.selected_row() {
            self.reading = row;
        }
    }

    pub(super) fn read_epoch(&mut self, step: isize) {
        let groups = self.corpus.groups();
        let Some(group) = groups.of_row.get(self.reading as usize) else {
            return;
        };
        let rows = groups.rows(*group);
        let at = rows
            .iter()
            .position(|row| *row == self.reading)
            .unwrap_or(0) as isize;
        self.reading = rows[(at + step).rem_euclid(rows.len() as isize) as usize];
    }

    pub(super) fn unfold(&mut self) {
        let Some(entry) = self.entries.get(self.list.at).copied() else {
            return;
        };
        let group = entry.group_of(&self.corpus);
        if !self.unfolded.remove(&group) {
            self.unfolded.insert(group);
        }
        self.refold(Some(group));
    }

    pub(super) fn toggle_facet(&mut self, negated: bool) -> Vec<Effect> {
        let (Some((facet, Some(value))), Some(view)) = (
            self.facet_lines().get(self.facets.at).copied(),
            self.view.as_ref(),
        ) else {
            return Vec::new();
        };
        let facet = &view.facets[facet];
        let name = self.corpus.dict(facet.key).name(facet.values[value].0);
        let mut filter = self.filter.clone();
        filter.toggle_value(facet.key, name, negated);
        self.refilter(filter)
    }

    pub(super) fn find_failure(&mut self, step: isize) -> Vec<Effect> {
        let groups = self.corpus.groups();
        let wrong = |entry: &Entry| match entry.is_row() {
            false => groups.all[entry.group_of(&self.corpus) as usize].wrong > 0,
            true => entry
                .first_row(&self.corpus)
                .is_some_and(|row| self.corpus.name(row, Key::Outcome) == "wrong"),
        };
        let found = if step > 0 {
            (self.list.at + 1..self.entries.len()).find(|at| wrong(&self.entries[*at]))
        } else {
            (0..self.list.at.min(self.entries.len()))
                .rev()
                .find(|at| wrong(&self.entries[*at]))
        };
        match found {
            Some(at) if self.screen == Screen::Read => self.read_entry(at),
            Some(at) => self.list.go(at, self.entries.len()),
            None => return self.say("no more failures this way in what the filter shows"),
        }
        Vec::new()
    }

    /// To the same question in its source language; from there back to where this came from.
    pub(super) fn cross_to_source(&mut self) -> Vec<Effect> {
        let reading = self.screen == Screen::Read;
        let Some(here) = self.row() else {
            return Vec::new();
        };
        let there = match (self.source_row(here), self.came_from.take()) {
            (Some(source), _) => {
                self.came_from = Some((here, source));
                source
            }
            (None, Some((back, source))) if source == here => back,
            (None, _) => {
                return self.say("this question was not asked in its source language in this run");
            }
        };
        let group = self.corpus.groups().of_row[there as usize];
        let in_list = self
            .entries
            .iter()
            .position(|entry| *entry == Entry::group(group));
        match in_list {
            Some(at) if !reading => self.list.go(at, self.entries.len()),
            _ => {
                if !reading {
                    self.message = Some("the filter leaves this one out of the list".into());
                }
                (self.reading, self.screen) = (there, Screen::Read);
            }
        }
        Vec::new()
    }

    /// The question at hand with all its variants, or no question in particular.
    pub(super) fn only_question(&mut self) -> Vec<Effect> {
        let Some(row) = self.row() else {
            return Vec::new();
        };
        let mut filter = self.filter.clone();
        filter.toggle_value(Key::Question, self.corpus.name(row, Key::Question), false);
        self.screen = Screen::Browse;
        self.refilter(filter)
    }
}
