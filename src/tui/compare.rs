//! Two to four responses side by side: which, how far they are scrolled, and where they part.

use std::ops::Range;
use std::sync::Arc;

use super::action::Action;
use super::document::{Document, Setting, Spot};
use super::marks::{Alignment, Names};
use super::text::Typesetter;
use crate::compare::{Compared, Differs, differences};
use crate::corpus::Search;
use crate::entity::Names as Found;
use crate::record::Record;
use crate::script::{Profile, Romaniser};

/// At most so many are side by side.
pub const MOST: usize = 4;

/// Responses side by side. The first is the reference.
pub struct Compare {
    /// The responses, from left to right or from top to bottom.
    pub panes: Vec<Pane>,
    /// The pane that the keys act on.
    pub focus: usize,
    /// All scroll together.
    pub locked: bool,
    /// Whose steps stand side by side, by the rows of the panes; none while that is worked out.
    compared: Option<(Vec<u32>, Arc<Compared>)>,
    /// The number of the request, where one is under way.
    asked: Option<Vec<u32>>,
    top: Top,
    wishes: Vec<Wish>,
    /// What somebody wanted is not there.
    pub told: Option<&'static str>,
}

/// One response.
#[derive(Default)]
pub struct Pane {
    /// Its row.
    pub row: u32,
    /// The response and its names, once they are there.
    of: Option<(Arc<Record>, Arc<Found>)>,
    /// The scripts of its reasoning, for its head.
    shares: String,
    /// Its text.
    pub document: Option<Document>,
    /// Its names.
    pub names: Names,
    /// What the text beside it lacks, as bytes of the reasoning, as far as it is in sight.
    pub changed: Vec<Range<usize>>,
    setting: Option<Setting>,
    /// The items of question, title of the reasoning, each step, and answer.
    parts: Vec<Range<usize>>,
    /// Where it stands when it scrolls alone.
    top: Top,
}

/// A beat of the comparison, and a line of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Top {
    beat: usize,
    line: usize,
}

/// Where somebody wants to be.
#[derive(Debug, Clone, Copy)]
enum Wish {
    Lines(isize),
    Start,
    End,
    FirstDifference,
    Difference(isize),
    Mark(isize),
    FirstWrong,
}

/// What stands on a line of a pane.
pub enum Seen {
    /// Nothing.
    Blank,
    /// There is no such step here.
    Gap,
    /// A line of these items.
    Line(Range<usize>, usize),
}

/// Beats before the steps: the question, and the title of the reasoning.
const BEFORE: usize = 2;

impl Compare {
    /// These responses side by side.
    pub fn of(rows: impl IntoIterator<Item = u32>) -> Compare {
        let pane = |row| Pane {
            row,
            ..Pane::default()
        };
        Compare {
            panes: rows.into_iter().take(MOST).map(pane).collect(),
            focus: 0,
            locked: true,
            compared: None,
            asked: None,
            top: Top::default(),
            wishes: Vec::new(),
            told: None,
        }
    }

    /// The rows that are shown.
    pub fn rows(&self) -> Vec<u32> {
        self.panes.iter().map(|pane| pane.row).collect()
    }

    /// What is known of how they go together.
    pub fn compared(&self) -> Option<&Compared> {
        let (rows, compared) = self.compared.as_ref()?;
        let is_same = self
            .panes
            .iter()
            .map(|pane| pane.row)
            .eq(rows.iter().copied());
        is_same.then_some(compared)
    }

    /// How they go together, for these rows.
    pub fn take(&mut self, rows: Vec<u32>, compared: Arc<Compared>) {
        if rows == self.rows() {
            for pane in &mut self.panes {
                pane.document = None;
            }
            (self.compared, self.asked) = (Some((rows, compared)), None);
        }
    }

    /// The responses that are to be set side by side, where that is not done or under way.
    pub fn wanted(&mut self) -> Option<Vec<(Arc<Record>, Arc<Found>)>> {
        let rows = self.rows();
        if self.compared().is_some() || self.asked.as_ref() == Some(&rows) {
            return None;
        }
        let all: Option<Vec<_>> = self.panes.iter().map(|pane| pane.of.clone()).collect();
        if all.is_some() {
            self.asked = Some(rows);
        }
        all
    }

    /// Names or outcomes may have changed: everything is to be looked at anew.
    pub fn forget(&mut self) {
        (self.compared, self.asked) = (None, None);
        for pane in &mut self.panes {
            (pane.of, pane.document) = (None, None);
        }
    }

    /// It must be laid out anew.
    pub fn forget_layout(&mut self) {
        self.panes.iter_mut().for_each(|pane| pane.setting = None);
    }

    /// Puts another response into the last place, or beside the others.
    pub fn put(&mut self, row: u32, beside: bool) {
        let pane = Pane {
            row,
            ..Pane::default()
        };
        if !beside && self.panes.len() > 1 {
            self.panes.pop();
        }
        self.panes.push(pane);
        self.focus = self.focus.min(self.panes.len() - 1);
    }

    /// Takes the pane away that the keys act on; there must be two.
    pub fn drop_pane(&mut self) -> bool {
        if self.panes.len() < 3 {
            return false;
        }
        self.panes.remove(self.focus);
        self.focus = self.focus.min(self.panes.len() - 1);
        true
    }

    /// Moves the pane that the keys act on to the left or right.
    pub fn move_pane(&mut self, step: isize) {
        if let Some(to) = self
            .focus
            .checked_add_signed(step)
            .filter(|to| *to < self.panes.len())
        {
            self.panes.swap(self.focus, to);
            self.focus = to;
        }
    }

    /// Has all scroll together, or each alone.
    pub fn toggle_lock(&mut self) {
        self.locked ^= true;
        let focused = self.panes.get(self.focus).map_or(self.top, |pane| pane.top);
        match self.locked {
            true => self.top = Top { line: 0, ..focused },
            false => self.panes.iter_mut().for_each(|pane| pane.top = self.top),
        }
    }

    /// Does what scrolls it.
    pub fn act(&mut self, action: Action, height: u16) {
        let page = isize::try_from(height.saturating_sub(1).max(1)).unwrap_or(1);
        let wish = match action {
            Action::Up => Wish::Lines(-1),
            Action::Down => Wish::Lines(1),
            Action::PageUp => Wish::Lines(-page),
            Action::PageDown => Wish::Lines(page),
            Action::Top => Wish::Start,
            Action::Bottom => Wish::End,
            Action::FirstDifference => Wish::FirstDifference,
            Action::NextDifference => Wish::Difference(1),
            Action::PreviousDifference => Wish::Difference(-1),
            Action::NextMention => Wish::Mark(1),
            Action::PreviousMention => Wish::Mark(-1),
            Action::FirstWrong => Wish::FirstWrong,
            _ => return,
        };
        self.wishes.push(wish);
    }

    /// Scrolls.
    pub fn scroll(&mut self, lines: isize) {
        self.wishes.push(Wish::Lines(lines));
    }

    /// Lays out what is in sight, after going where it is wanted. `settings` and `heights` are those of the panes; where
    /// they are `stacked`, steps need not be of one height.
    pub fn settle(
        &mut self,
        panes: &[(Setting, usize)],
        stacked: bool,
        with: &mut Typesetter,
        search: &mut Search,
    ) {
        self.told = None;
        let Some(compared) = self.compared.clone().map(|(_, compared)| compared) else {
            return;
        };
        if self.compared().is_none() {
            return;
        }
        for ((pane, (setting, _)), steps) in self.panes.iter_mut().zip(panes).zip(&compared.steps) {
            pane.lay_out(steps, *setting, with);
        }
        let mut layout = Layout {
            compared: &compared,
            panes: &mut self.panes,
            heights: panes.iter().map(|(_, height)| *height).collect(),
            stacked,
            with,
            search,
        };
        for wish in std::mem::take(&mut self.wishes) {
            let told = layout.go(wish, &mut self.top, self.focus, self.locked);
            self.told = told.or(self.told);
        }
        layout.show(&mut self.top, self.locked);
    }

    /// The number of the step that is at the top, of how many.
    pub fn position(&self) -> Option<(usize, usize)> {
        let compared = self.compared()?;
        let top = match self.locked {
            true => self.top,
            false => self.panes.get(self.focus)?.top,
        };
        let all = compared.rows.len();
        Some(((top.beat + 1).saturating_sub(BEFORE).min(all), all))
    }

    /// What stands on the lines of a pane, from the top. For drawing, after [`Compare::settle`].
    pub fn seen(&self, pane: usize, stacked: bool) -> Vec<Seen> {
        let (Some(compared), Some(this)) = (self.compared(), self.panes.get(pane)) else {
            return Vec::new();
        };
        let evened = self.locked && !stacked;
        let top = if self.locked { self.top } else { this.top };
        let mut seen = Vec::new();
        for beat in top.beat..beats(compared) {
            let height = match evened {
                true => {
                    let heights = self.panes.iter().enumerate();
                    heights
                        .map(|(at, pane)| pane.laid(compared, at, beat))
                        .max()
                }
                false => Some(this.laid(compared, pane, beat)),
            };
            let part = this.part(compared, pane, beat);
            // Where each scrolls alone, what it lacks takes no room.
            let height = height
                .unwrap_or(0)
                .max(usize::from(part.is_none() && self.locked));
            if height == 0 {
                continue;
            }
            let gap = gap(compared, &self.panes, beat);
            let from = if beat == top.beat { top.line } else { 0 };
            for line in from..gap + height {
                seen.push(match (line.checked_sub(gap), &part) {
                    (None, _) => Seen::Blank,
                    (Some(0), None) => Seen::Gap,
                    (Some(line), Some(items)) if line < this.lines(items) => {
                        Seen::Line(items.clone(), line)
                    }
                    _ => Seen::Blank,
                });
            }
            if seen.len() > ENOUGH {
                break;
            }
        }
        seen
    }

    /// The beat in which a line of a pane stands that scrolls with the others, and in what it differs.
    pub fn differs(&self, beat: usize) -> Option<Differs> {
        let compared = self.compared()?;
        compared.rows.get(beat.checked_sub(BEFORE)?)?.differs
    }

    /// Compares the name that is looked at in the pane of the keys with what was expected.
    pub fn align(&mut self, rival: impl Fn(usize) -> String, romaniser: &mut Romaniser) {
        if let Some(pane) = self.panes.get_mut(self.focus) {
            pane.names.align(pane.document.as_ref(), rival, romaniser);
        }
    }

    /// How the name that is looked at goes together with what was expected.
    pub fn alignment(&self) -> Option<&Alignment> {
        self.panes.get(self.focus)?.names.alignment()
    }
}

/// More lines than any screen has.
const ENOUGH: usize = 400;

/// Question, title of the reasoning, steps, answer.
fn beats(compared: &Compared) -> usize {
    BEFORE + compared.rows.len() + 1
}

/// Blank lines before a beat: where a paragraph begins in any of the traces.
fn gap(compared: &Compared, panes: &[Pane], beat: usize) -> usize {
    if beat == 0 {
        return 0;
    }
    let Some(row) = beat
        .checked_sub(BEFORE)
        .and_then(|at| compared.rows.get(at))
    else {
        return 1;
    };
    let begins = |(pane, step): (usize, &Option<usize>)| {
        let (steps, text) = (&compared.steps[pane], panes.get(pane)?.trace()?);
        let step = (*step)?;
        let before = step.checked_sub(1).map_or(0, |before| steps[before].end);
        let between = text.get(before..steps[step].start)?;
        Some(between.contains('\n'))
    };
    let begins = row
        .steps
        .iter()
        .enumerate()
        .any(|step| begins(step) == Some(true));
    usize::from(begins && beat > BEFORE)
}

impl Pane {
    /// The response is there, and what became of its names.
    pub fn take(&mut self, record: Arc<Record>, names: Arc<Found>) {
        self.shares = script_shares(record.trace.text());
        self.of = Some((record, names));
    }

    /// The response and its names, once they are there.
    pub fn of(&self) -> Option<(&Record, &Found)> {
        let (record, names) = self.of.as_ref()?;
        Some((record, names))
    }

    /// The scripts of its reasoning, the largest first.
    pub fn shares(&self) -> &str {
        &self.shares
    }

    fn trace(&self) -> Option<&str> {
        self.of.as_ref().map(|(record, _)| record.trace.text())
    }

    fn lay_out(&mut self, steps: &[Range<usize>], setting: Setting, with: &mut Typesetter) {
        let Some((record, names)) = &self.of else {
            return;
        };
        if self.document.is_some() && self.setting == Some(setting) {
            return;
        }
        let document = Document::in_steps(record, steps, setting, with.medium);
        self.parts = document.parts(steps);
        self.names.mark(names, &document);
        (self.document, self.setting) = (Some(document), Some(setting));
    }

    /// The items of a beat.
    fn part(&self, compared: &Compared, pane: usize, beat: usize) -> Option<Range<usize>> {
        let part = match beat.checked_sub(BEFORE) {
            None => beat,
            Some(row) => match compared.rows.get(row) {
                Some(row) => BEFORE + (*row.steps.get(pane)?)?,
                None => self.parts.len().checked_sub(1)?,
            },
        };
        self.parts.get(part).cloned()
    }

    /// The beat in which a part of a text stands.
    fn beat_of(&self, compared: &Compared, pane: usize, spot: Spot) -> usize {
        match spot.section {
            0 => 0,
            1 => {
                let steps = &compared.steps[pane];
                let step = steps.partition_point(|step| step.end <= spot.byte);
                let mut rows = compared.rows.iter();
                let row = rows.position(|row| row.steps[pane] == Some(step));
                BEFORE + row.unwrap_or(0)
            }
            _ => beats(compared) - 1,
        }
    }

    fn lines(&self, items: &Range<usize>) -> usize {
        let document = self.document.as_ref();
        document.map_or(0, |document| document.lines_of(items.clone()))
    }

    /// Lines of a beat as far as it is laid out.
    fn laid(&self, compared: &Compared, pane: usize, beat: usize) -> usize {
        let part = self.part(compared, pane, beat);
        part.map_or(0, |items| self.lines(&items))
    }
}

/// Lays beats out.
struct Layout<'a, 'b> {
    compared: &'a Compared,
    panes: &'a mut [Pane],
    heights: Vec<usize>,
    stacked: bool,
    with: &'a mut Typesetter<'b>,
    search: &'a mut Search,
}

impl Layout<'_, '_> {
    /// Lines of a beat, with the gap before it: of one pane that scrolls alone, or of all together.
    fn height(&mut self, beat: usize, alone: Option<usize>) -> usize {
        let mut most = 0;
        for (at, pane) in self.panes.iter_mut().enumerate() {
            if alone.is_some_and(|alone| alone != at) {
                continue;
            }
            let lines = match pane.part(self.compared, at, beat) {
                Some(items) => match &mut pane.document {
                    Some(document) => document.settle(items, self.with, self.search),
                    None => 0,
                },
                None => usize::from(alone.is_none()),
            };
            most = most.max(lines);
        }
        match most {
            0 => 0,
            lines => lines + gap(self.compared, self.panes, beat),
        }
    }

    /// The place some lines further.
    fn moved(&mut self, from: Top, lines: isize, alone: Option<usize>) -> Top {
        let (mut top, mut left) = (from, lines.unsigned_abs());
        let last = beats(self.compared) - 1;
        while left > 0 {
            let rows = self.height(top.beat, alone);
            if lines > 0 {
                let step = left.min(rows.saturating_sub(top.line + 1));
                (top.line, left) = (top.line + step, left - step);
                if left == 0 || top.beat == last {
                    break;
                }
                top = Top {
                    beat: top.beat + 1,
                    line: 0,
                };
                while top.beat < last && self.height(top.beat, alone) == 0 {
                    top.beat += 1;
                }
            } else {
                let step = left.min(top.line);
                (top.line, left) = (top.line - step, left - step);
                if left == 0 || top.beat == 0 {
                    break;
                }
                top.beat -= 1;
                while top.beat > 0 && self.height(top.beat, alone) == 0 {
                    top.beat -= 1;
                }
                top.line = self.height(top.beat, alone).saturating_sub(1);
            }
            left -= 1;
        }
        top
    }

    /// The last place to begin at.
    fn end(&mut self, height: usize, alone: Option<usize>) -> Top {
        let beat = beats(self.compared) - 1;
        let line = self.height(beat, alone).saturating_sub(1);
        self.moved(Top { beat, line }, 1 - height.max(1) as isize, alone)
    }

    /// Goes where it is wanted; tells where there is no such place.
    fn go(
        &mut self,
        wish: Wish,
        top: &mut Top,
        focus: usize,
        locked: bool,
    ) -> Option<&'static str> {
        let alone = (!locked).then_some(focus);
        let height = self.heights.get(focus).copied().unwrap_or(1);
        let from = match alone {
            Some(pane) => self.panes.get(pane)?.top,
            None => *top,
        };
        let to = match wish {
            Wish::Lines(lines) => self.moved(from, lines, alone),
            Wish::Start => Top::default(),
            Wish::End => self.end(height, alone),
            Wish::FirstDifference => match self.compared.first_difference() {
                Some(row) => self.before(BEFORE + row, height, alone),
                None => return Some("they nowhere part: every step has its counterpart"),
            },
            Wish::Difference(step) => {
                let rows = &self.compared.rows;
                let differs = |row: &usize| rows[*row].differs.is_some();
                // What is looked at stands a third of the screen below the top.
                let here = self.moved(from, height as isize / 3, alone).beat;
                let here = here.saturating_sub(BEFORE);
                let next = match step > 0 {
                    true => (here + 1..rows.len()).find(differs),
                    false => (0..here.min(rows.len())).rev().find(differs),
                };
                match next {
                    Some(row) => self.before(BEFORE + row, height, alone),
                    None => return Some("no more differences this way"),
                }
            }
            Wish::Mark(_) | Wish::FirstWrong => {
                let pane = self.panes.get_mut(focus)?;
                let marks = pane.names.marks.as_ref()?;
                let next = match (wish, pane.names.chosen) {
                    (Wish::Mark(step), Some(at)) => {
                        at.checked_add_signed(step).filter(|at| *at < marks.len())
                    }
                    (Wish::Mark(_), None) => (!marks.is_empty()).then_some(0),
                    _ => marks.first_wrong(),
                };
                let Some((at, mark)) = next.and_then(|at| Some((at, marks.get(at)?))) else {
                    return Some(match wish {
                        Wish::FirstWrong => "no name is wrong in this response",
                        _ => "no more names this way in this response",
                    });
                };
                let spot = mark.spot();
                pane.names.chosen = Some(at);
                let beat = self.panes[focus].beat_of(self.compared, focus, spot);
                self.before(beat, height, alone)
            }
        };
        match alone {
            Some(pane) => self.panes.get_mut(pane)?.top = to,
            None => *top = to,
        }
        None
    }

    /// A third of the screen before a beat.
    fn before(&mut self, beat: usize, height: usize, alone: Option<usize>) -> Top {
        self.moved(Top { beat, line: 0 }, -(height as isize / 3), alone)
    }

    /// Lays out what is in sight, and finds what differs there.
    fn show(&mut self, top: &mut Top, locked: bool) {
        let tallest = self.heights.iter().copied().max().unwrap_or(1);
        if locked {
            let alone = None;
            *top = (*top).min(self.end(if self.stacked { 1 } else { tallest }, alone));
            let bottom = self.moved(*top, tallest as isize, alone);
            for beat in top.beat..=bottom.beat {
                self.height(beat, alone);
            }
            self.find_changes(top.beat..bottom.beat + 1);
            return;
        }
        let mut shown: Option<Range<usize>> = None;
        for pane in 0..self.panes.len() {
            let height = self.heights.get(pane).copied().unwrap_or(1);
            let end = self.end(height, Some(pane));
            self.panes[pane].top = self.panes[pane].top.min(end);
            let top = self.panes[pane].top;
            let bottom = self.moved(top, height as isize, Some(pane));
            for beat in top.beat..=bottom.beat {
                self.height(beat, Some(pane));
            }
            let here = top.beat..bottom.beat + 1;
            shown = Some(match shown {
                Some(before) => before.start.min(here.start)..before.end.max(here.end),
                None => here,
            });
        }
        self.find_changes(shown.unwrap_or_default());
    }

    /// What the steps of these beats lack of each other, where they are in one script: those of the others against the
    /// first, those of the first against the second.
    fn find_changes(&mut self, beats: Range<usize>) {
        let mut changed: Vec<Vec<Range<usize>>> = vec![Vec::new(); self.panes.len()];
        for beat in beats {
            let row = beat
                .checked_sub(BEFORE)
                .and_then(|row| self.compared.rows.get(row));
            let Some(row) = row else { continue };
            let step = |pane: usize| {
                let range = self.compared.steps[pane].get(row.steps[pane]?)?;
                Some((range.start, self.panes[pane].trace()?.get(range.clone())?))
            };
            let Some((first_start, first)) = step(0) else {
                continue;
            };
            for pane in 1..self.panes.len() {
                let Some((start, text)) = step(pane) else {
                    continue;
                };
                if Profile::of(first).dominant() != Profile::of(text).dominant() {
                    continue;
                }
                let Some(differ) = differences(first, text) else {
                    continue;
                };
                let shift = |ranges: Vec<Range<usize>>, by: usize| {
                    ranges
                        .into_iter()
                        .map(move |range| range.start + by..range.end + by)
                };
                changed[pane].extend(shift(differ.right, start));
                if pane == 1 {
                    changed[0].extend(shift(differ.left, first_start));
                }
            }
        }
        for (pane, changed) in self.panes.iter_mut().zip(changed) {
            pane.changed = changed;
        }
    }
}

impl Pane {
    /// What became of each name, worst first.
    pub fn verdicts(&self) -> Vec<String> {
        let Some((_, names)) = &self.of else {
            return Vec::new();
        };
        let mut findings: Vec<_> = names.findings.iter().collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict.gravity()));
        let told = findings.iter().filter_map(|finding| {
            let name = names.sought.get(finding.entity)?.name();
            Some(format!("{} {name}", finding.verdict.word()))
        });
        told.collect()
    }
}

/// The scripts of a text, the largest first, as far as they are half a percent of it.
fn script_shares(text: &str) -> String {
    if text.is_empty() {
        return "no reasoning".into();
    }
    let profile = Profile::of(text);
    let shares = profile.shares().filter(|(_, share)| *share >= 0.005);
    let told = shares.map(|(script, share)| format!("{script} {:.0} %", share * 100.0));
    told.take(3).collect::<Vec<_>>().join(" ")
}
