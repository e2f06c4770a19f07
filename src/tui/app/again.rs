//! Asking again what is shown, under another condition.

use std::path::Path;

use super::*;
use crate::remedy::Condition;
use crate::tui::again::{Again, Order, Preview, free_name};
use crate::tui::screens::again::panes;

const STOPPED: &str = "stopped: nothing was written";

impl App {
    /// Shows what conditions make of the question at hand, or goes back from there.
    pub(super) fn open_again(&mut self) -> Vec<Effect> {
        if let (Screen::Again, Some(again)) = (self.screen, &self.again) {
            self.screen = again.from;
            return Vec::new();
        }
        if self.desk.is_blind {
            return self.say("requests name the model that is asked: H shows names again");
        }
        let from = match self.screen {
            Screen::Read => Screen::Read,
            _ => Screen::Browse,
        };
        match &mut self.again {
            Some(again) => again.from = from,
            None => self.again = Some(Again::of(from)),
        }
        self.screen = Screen::Again;
        Vec::new()
    }

    /// The row that is asked about.
    pub fn row_asked(&self) -> Option<u32> {
        match self.again.as_ref()?.from {
            Screen::Read => Some(self.reading),
            _ => self.selected_row(),
        }
    }

    /// Asks for what the condition at hand makes of the question at hand, unless it is known or on its way.
    pub(super) fn prepare_again(&mut self, areas: &Areas) -> Option<Effect> {
        let row = self.row_asked()?;
        let again = self.again.as_mut()?;
        let height = usize::from(panes(areas.body).list.height);
        again.list.show(Condition::ALL.len(), height);
        let condition = again.condition();
        let known = again.preview.as_ref();
        if known.is_some_and(|(of, under, _)| (*of, *under) == (row, condition)) {
            return None;
        }
        again.preview = Some((row, condition, None));
        Some(Effect::Preview(self.corpus.clone(), row, condition))
    }

    pub(super) fn previewed(&mut self, row: u32, condition: Condition, preview: Preview) {
        if let Some((of, under, found)) =
            self.again.as_mut().and_then(|again| again.preview.as_mut())
            && (*of, *under) == (row, condition)
        {
            *found = Some(preview);
        }
    }

    pub(super) fn act_in_again(&mut self, action: Action) -> Vec<Effect> {
        let page = usize::from(panes(areas(self).body).list.height);
        let Some(again) = &mut self.again else {
            return Vec::new();
        };
        match action {
            Action::Open if again.writing.is_some() => {
                return self.say("requests are being written: esc stops it");
            }
            Action::Open => {
                let name = free_name(again.condition()).display().to_string();
                self.open_prompt(Kind::File, name);
            }
            Action::NextRow | Action::PreviousRow => {
                again.told = None;
                let step = if action == Action::NextRow { 1 } else { -1 };
                self.read_entry(self.list.at.saturating_add_signed(step));
            }
            action => {
                if let Some(to) = again.list.moved(action, page) {
                    again.go(to);
                }
            }
        }
        Vec::new()
    }

    /// Has requests for all that is shown written to a file.
    pub(super) fn write_requests(&mut self, name: &str) -> Vec<Effect> {
        let Some(sample) = self.sample() else {
            return self.say("the filter is still at work: once more");
        };
        let Some(again) = self.again.as_mut().filter(|_| !name.is_empty()) else {
            return self.say("no name, so nothing was written");
        };
        again.writing = Some(0.0);
        again.told = None;
        self.write_generation += 1;
        let (condition, path) = (again.condition(), Path::new(name).into());
        vec![Effect::Write(
            self.write_generation,
            Order {
                sample,
                condition,
                path,
            },
        )]
    }

    pub(super) fn written(&mut self, told: Result<Vec<String>, String>) {
        if let Some(again) = &mut self.again {
            if self.screen != Screen::Again {
                let lines = told.as_ref().map(|lines| lines.first());
                self.message = match lines {
                    Ok(line) => line.cloned(),
                    Err(reason) => Some(reason.clone()),
                };
            }
            (again.writing, again.told) = (None, Some(told));
        }
    }

    /// Stops writing, or goes back.
    pub(super) fn leave_again(&mut self) -> Vec<Effect> {
        let Some(again) = &mut self.again else {
            return Vec::new();
        };
        if again.writing.take().is_some() {
            self.write_generation += 1;
            self.message = Some(STOPPED.into());
            return vec![Effect::StopWrite(self.write_generation)];
        }
        self.screen = again.from;
        Vec::new()
    }

    /// The condition of the line that was clicked; one that was already selected is written.
    pub(super) fn click_in_again(&mut self, at: Position) -> Vec<Effect> {
        let room = panes(areas(self).body).list;
        let Some(again) = self.again.as_mut().filter(|_| room.contains(at)) else {
            return Vec::new();
        };
        let line = again.list.top + usize::from(at.y - room.y);
        if line == again.list.at {
            return self.act(Action::Open);
        }
        again.go(line);
        Vec::new()
    }
}
