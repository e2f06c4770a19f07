//! Responses side by side, and what two runs answered.

use super::*;

impl App {
    /// Lays out what is side by side; asks for it to be aligned, where it is not.
    pub(super) fn lay_out_compare(&mut self, areas: &Areas) -> Option<Effect> {
        let mut compare = self.compare.take()?;
        for pane in &mut compare.panes {
            if pane.of().is_none()
                && let Some(Ok(record)) = self.records.get(pane.row)
                && let Some(Some(names)) = self.names.get(&pane.row)
            {
                pane.take(record.clone(), names.clone());
            }
        }
        let panes = panes(areas.panes, compare.panes.len());
        let setting = |(_, text): &(Rect, Rect)| {
            let setting = Setting {
                width: text.width,
                strip: self.strip,
                marks: self.marks,
                roman: self.roman,
                blind: self.desk.is_blind,
            };
            (setting, usize::from(text.height))
        };
        let settings: Vec<_> = panes.all.iter().map(setting).collect();
        let mut with = Typesetter {
            medium: &self.medium,
            roman: self.roman,
            romaniser: &mut self.romaniser,
        };
        compare.settle(&settings, panes.stacked, &mut with, &mut self.search);
        if let Some(told) = compare.told {
            self.message = Some(told.into());
        }
        if self.aligning {
            let corpus = &self.corpus;
            let rival = |known| corpus.known_name(known).to_owned();
            compare.align(rival, &mut self.romaniser);
        }
        let wanted = compare.wanted();
        let rows = compare.rows();
        self.compare = Some(compare);
        wanted.map(|responses| Effect::Compare(rows, responses))
    }

    /// Sets the response at hand beside another, or what is marked beside each other; where that is done, the next partner.
    pub(super) fn compare(&mut self) -> Vec<Effect> {
        if self.screen == Screen::Compare {
            return self.next_partner(false);
        }
        let reading = self.screen == Screen::Read;
        if !reading && self.marked.len() > 1 {
            let marked = std::mem::take(&mut self.marked);
            if marked.len() > compare::MOST {
                self.message = Some(format!("only the first {} are compared", compare::MOST));
            }
            return self.open_compare(Compare::of(marked));
        }
        let Some(row) = self.row() else {
            return Vec::new();
        };
        match self.corpus.partners(row).first() {
            None => self.say("nothing to compare with: no other response to this question"),
            Some(partner) => {
                self.message = Some(format!("beside it: {}", partner.why.word()));
                self.open_compare(Compare::of([row, partner.row]))
            }
        }
    }

    /// Lists what two runs answered, or goes back from there.
    pub(super) fn open_flips(&mut self) -> Vec<Effect> {
        if self.screen == Screen::Flips {
            self.screen = Screen::Browse;
            return Vec::new();
        }
        if self.flips.is_none() {
            self.flips = Flips::beside(&self.corpus, self.selected_row());
        }
        if self.flips.is_none() {
            return self.say("there is only one run: two are needed");
        }
        self.screen = Screen::Flips;
        self.ask_pairs().into_iter().collect()
    }

    /// Asks what the two runs have in common, of what the filter shows.
    pub(super) fn ask_pairs(&self) -> Option<Effect> {
        let flips = self.flips.as_ref()?;
        let view = self.view.as_ref()?;
        Some(Effect::Pair {
            corpus: self.corpus.clone(),
            a: flips.a,
            b: flips.b,
            mask: view.mask.clone(),
        })
    }

    pub(super) fn act_in_flips(&mut self, action: Action) -> Vec<Effect> {
        let page = usize::from(areas(self).body.height.saturating_sub(FLIPS_HEAD));
        let Some(flips) = &mut self.flips else {
            return Vec::new();
        };
        match action {
            Action::FirstRun | Action::SecondRun => {
                let runs = self.corpus.dict(Key::Run).len() as u32;
                flips.next_run(runs, action == Action::FirstRun);
                return self.ask_pairs().into_iter().collect();
            }
            Action::Open => {
                let pair = flips.selected();
                if let Some((a, b)) = pair.and_then(|pair| flips::rows(&self.corpus, pair)) {
                    return self.open_compare(Compare::of([a, b]));
                }
            }
            action => {
                let count = flips.found.as_ref().map_or(0, |found| found.pairs.len());
                if let Some(to) = flips.list.moved(action, page) {
                    flips.list.go(to, count);
                }
            }
        }
        Vec::new()
    }

    pub(super) fn open_compare(&mut self, compare: Compare) -> Vec<Effect> {
        (self.compared_from, self.screen) = (self.screen, Screen::Compare);
        self.compare = Some(compare);
        Vec::new()
    }

    /// Puts the next partner of the reference into the last place, or beside the others.
    pub(super) fn next_partner(&mut self, beside: bool) -> Vec<Effect> {
        let Some(compare) = &mut self.compare else {
            return Vec::new();
        };
        let rows = compare.rows();
        let Some(first) = rows.first() else {
            return Vec::new();
        };
        if beside && rows.len() == compare::MOST {
            return self.say("four are enough: - drops one");
        }
        let partners = self.corpus.partners(*first);
        let last = rows
            .last()
            .and_then(|last| partners.iter().position(|p| p.row == *last));
        let from = last.map_or(0, |last| last + 1);
        let around = partners[from.min(partners.len())..].iter().chain(&partners);
        let Some(next) = around.copied().find(|partner| !rows.contains(&partner.row)) else {
            return self.say("no other response to this question is worth a look");
        };
        compare.put(next.row, beside);
        self.say(format!("beside it: {}", next.why.word()))
    }

    pub(super) fn act_in_compare(&mut self, action: Action) -> Vec<Effect> {
        let panes = panes(
            areas(self).panes,
            self.compare.as_ref().map_or(1, |c| c.panes.len()),
        );
        let Some(compare) = &mut self.compare else {
            return Vec::new();
        };
        match action {
            Action::Open => {
                if let Some(pane) = compare.panes.get(compare.focus) {
                    (self.reading, self.screen, self.came_from) = (pane.row, Screen::Read, None);
                    self.read_from = Screen::Compare;
                }
            }
            Action::AddPane => return self.next_partner(true),
            Action::DropPane if !compare.drop_pane() => {
                return self.say("two are needed to compare");
            }
            Action::PaneLeft => compare.move_pane(-1),
            Action::PaneRight => compare.move_pane(1),
            Action::NextPane => compare.focus = (compare.focus + 1) % compare.panes.len(),
            Action::Lock => {
                compare.toggle_lock();
                let told = match compare.locked {
                    true => "all scroll together",
                    false => "the pane with the keys scrolls alone",
                };
                return self.say(told);
            }
            Action::Copy => return self.copy(false),
            Action::CopyAll => return self.copy(true),
            action => {
                let height = panes
                    .all
                    .get(compare.focus)
                    .map_or(1, |(_, text)| text.height);
                compare.act(action, height);
            }
        }
        Vec::new()
    }

    /// Copies the response of a pane, or all of them step beside step.
    pub(super) fn copy(&mut self, all: bool) -> Vec<Effect> {
        let Some(compare) = &self.compare else {
            return Vec::new();
        };
        let responses: Option<Vec<Response>> = compare
            .panes
            .iter()
            .map(|pane| {
                let (record, names) = pane.of()?;
                Some(Response { record, names })
            })
            .collect();
        let text = match (responses, compare.compared()) {
            (Some(responses), Some(compared)) if all => compared.plain(&responses),
            (Some(responses), _) => {
                let Some(Response { record, .. }) = responses.get(compare.focus) else {
                    return Vec::new();
                };
                let parts = [&record.question, record.trace.text(), &record.answer];
                parts.map(str::trim).join("\n\n")
            }
            (None, _) => return self.say("not all is there yet"),
        };
        self.message = Some(match all {
            true => "copied: all panes, step beside step".into(),
            false => "copied: question, reasoning and answer of this pane".into(),
        });
        vec![Effect::Copy(text)]
    }
}
