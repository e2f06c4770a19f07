//! A response as it is read: what of it is in sight, and the cluster that is looked at.

use std::ops::Range;
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::action::Action;
use super::document::{Document, Place, Setting, Spot, Step};
use super::marks::Names;
use super::text::{Typesetter, word_at};
use crate::annotation::{self, Mark, Part};
use crate::corpus::Search;
use crate::entity::Names as Found;
use crate::script::{Romaniser, describe};

/// A laid out response.
#[derive(Default)]
pub struct Page {
    row: Option<u32>,
    /// With or without the question in its source language, and in which setting it was laid out.
    key: Option<(bool, Setting)>,
    /// The text, once it is there.
    pub document: Option<Document>,
    /// First line in sight.
    pub top: Place,
    /// The cluster that is looked at, if one is.
    pub cursor: Option<Spot>,
    /// Where it is to go, one after the other, as soon as it is laid out.
    wishes: Vec<Wish>,
    /// What was at the top when somebody last went there: it stays, in whatever layout.
    anchor: Option<Spot>,
    /// It was laid out anew since it was last shown.
    fresh: bool,
    /// Its names.
    pub names: Names,
    /// Where what is being selected begins; it ends at the cursor.
    selected_from: Option<Spot>,
    /// What is tagged: section and bytes.
    pub tagged: Vec<(usize, Range<usize>)>,
    /// There was no mark to go to when somebody last wanted to.
    pub at_end: bool,
}

/// Where in a text someone wants to be.
#[derive(Debug, Clone, Copy)]
enum Wish {
    Lines(isize),
    Top,
    Bottom,
    Cursor(Step),
    CursorAt {
        line: u16,
        column: u16,
        selects: bool,
    },
    Select,
    Mark(isize),
    FirstWrong,
}

impl Page {
    /// Scrolls, together with what is still to be scrolled.
    pub fn scroll(&mut self, lines: isize) {
        match self.wishes.last_mut() {
            Some(Wish::Lines(before)) => *before = before.saturating_add(lines),
            _ => self.wishes.push(Wish::Lines(lines)),
        }
    }

    /// Does what scrolls it.
    pub fn act(&mut self, action: Action, height: u16) {
        let page = isize::try_from(height.saturating_sub(1).max(1)).unwrap_or(1);
        match action {
            Action::Up => self.scroll(-1),
            Action::Down => self.scroll(1),
            Action::PageUp => self.scroll(-page),
            Action::PageDown => self.scroll(page),
            Action::Top => self.wishes.push(Wish::Top),
            Action::Bottom => self.wishes.push(Wish::Bottom),
            Action::NextMention => self.wishes.push(Wish::Mark(1)),
            Action::PreviousMention => self.wishes.push(Wish::Mark(-1)),
            Action::FirstWrong => self.wishes.push(Wish::FirstWrong),
            _ => {}
        }
    }

    /// Looks at the cluster one step further.
    pub fn step(&mut self, step: Step) {
        self.wishes.push(Wish::Cursor(step));
    }

    /// Looks at the cluster in a column of a line in sight; a pointer that is dragged selects all up to it.
    pub fn point(&mut self, line: u16, column: u16, selects: bool) {
        self.wishes.push(Wish::CursorAt {
            line,
            column,
            selects,
        });
    }

    /// Selects the name or word under the cursor; where something is selected, all names and words that it touches.
    pub fn select(&mut self) {
        self.wishes.push(Wish::Select);
    }

    /// Selects nothing; whether something was selected.
    pub fn deselect(&mut self) -> bool {
        self.selected_from.take().is_some()
    }

    /// What is selected: section and bytes, whole clusters.
    pub fn selected(&self) -> Option<(usize, Range<usize>)> {
        let (from, to) = (self.selected_from?, self.cursor?);
        let document = self.document.as_ref()?;
        let end = |spot: Spot| spot.byte + document.cluster(spot).map_or(0, str::len);
        let range = from.byte.min(to.byte)..end(from).max(end(to));
        (from.section == to.section).then_some((from.section, range))
    }

    /// The name that stands over a spot, or else the word.
    fn whole(&self, document: &Document, spot: Spot) -> Range<usize> {
        let marks = self.names.marks.as_ref();
        match marks.and_then(|marks| marks.at(spot.section, spot.byte)) {
            Some((_, mark)) => mark.range.clone(),
            None => word_at(document.text(spot.section), spot.byte),
        }
    }

    /// Shows where these tags stand.
    pub fn mark_tags<'m>(&mut self, tags: impl Iterator<Item = &'m Mark<'static>>) {
        self.tagged.clear();
        let Some(document) = &self.document else {
            return;
        };
        for mark in tags {
            if let annotation::Place::Range(span) = &mark.place {
                let section = match span.part {
                    Part::Question => document.section("QUESTION"),
                    Part::Trace => document.section("TRACE"),
                    Part::Answer => document.section("ANSWER"),
                };
                let here = section.and_then(|at| Some((at, span.find(document.text(at))?)));
                self.tagged.extend(here);
            }
        }
    }

    /// It must be laid out anew.
    pub fn forget_layout(&mut self) {
        self.key = None;
    }

    /// Shows a response, with or without the question in its source language. `make` lays it out, unless it is laid out
    /// in this setting.
    pub fn show(
        &mut self,
        row: u32,
        with_source: bool,
        setting: Setting,
        with: &mut Typesetter,
        make: impl FnOnce() -> Option<Document>,
    ) {
        if self.row != Some(row) {
            // A key pressed right after the one that opened it is meant for it.
            *self = Page {
                row: Some(row),
                wishes: std::mem::take(&mut self.wishes),
                ..Page::default()
            };
        }
        let key = (with_source, setting);
        if self.key == Some(key) {
            return;
        }
        // Until there is another, the one before is still true.
        let Some(mut document) = make() else { return };
        let kept = |spot: Spot| Some((spot, self.document.as_ref()?.name(spot.section)));
        let found = |document: &Document, (spot, name): (Spot, &str)| {
            let section = document.section(name)?;
            Some(Spot { section, ..spot })
        };
        let anchor = self
            .anchor
            .and_then(kept)
            .and_then(|kept| found(&document, kept));
        let cursor = self
            .cursor
            .and_then(kept)
            .and_then(|kept| found(&document, kept));
        if let Some(anchor) = anchor {
            self.top = document.place_of(anchor, with);
        }
        (self.anchor, self.cursor) = (anchor, cursor);
        (self.key, self.document, self.fresh) = (Some(key), Some(document), true);
        self.names.marks = None;
    }

    /// Marks where these names stand, unless they are marked.
    pub fn mark(&mut self, names: Option<&Arc<Found>>) {
        if let (None, Some(names), Some(document)) = (&self.names.marks, names, &self.document) {
            self.names.mark(names, document);
        }
    }

    /// Names must be marked anew.
    pub fn forget_marks(&mut self) {
        self.names.marks = None;
    }

    /// Compares the name that is looked at, or the first that is wrong, with what was expected.
    pub fn align(&mut self, rival: impl Fn(usize) -> String, romaniser: &mut Romaniser) {
        self.names.align(self.document.as_ref(), rival, romaniser);
    }

    /// Selects the name or word that stands there, or all that what is selected touches.
    fn select_whole(&mut self, there: Spot) {
        let Some(document) = &self.document else {
            return;
        };
        let (section, range) = self
            .selected()
            .unwrap_or((there.section, there.byte..there.byte + 1));
        let text = document.text(section);
        let last = text.floor_char_boundary(range.end.saturating_sub(1));
        let from = self
            .whole(
                document,
                Spot {
                    section,
                    byte: range.start,
                },
            )
            .start;
        let end = self
            .whole(
                document,
                Spot {
                    section,
                    byte: last,
                },
            )
            .end;
        let mut clusters = text
            .get(from..end)
            .unwrap_or_default()
            .grapheme_indices(true);
        let last = clusters.next_back().map_or(from, |(at, _)| from + at);
        self.selected_from = Some(Spot {
            section,
            byte: from,
        });
        self.cursor = Some(Spot {
            section,
            byte: last,
        });
    }

    /// What is known of the cluster that is looked at, or what is selected.
    pub fn inspected(&self) -> Option<String> {
        if let (Some((section, range)), Some(document)) = (self.selected(), &self.document) {
            let text = &document.text(section)[range];
            let clusters = text.graphemes(true).count();
            let shown: String = text.graphemes(true).take(40).collect();
            let more = if clusters > 40 { "…" } else { "" };
            return Some(format!(
                "selected: «{shown}{more}» · {clusters} clusters · t tags it"
            ));
        }
        let (document, spot) = (self.document.as_ref()?, self.cursor?);
        let exotic = document.exotic(spot).map(|exotic| format!(" · {exotic}"));
        let described = describe(document.cluster(spot)?);
        Some(described + &exotic.unwrap_or_default())
    }

    /// Goes where it is wanted, and lays out what is in sight there.
    pub fn settle(
        &mut self,
        height: u16,
        inspects: bool,
        with: &mut Typesetter,
        search: &mut Search,
    ) {
        let Some(document) = &mut self.document else {
            return;
        };
        let tall = usize::from(height.max(1));
        self.at_end = false;
        let mut steered = std::mem::take(&mut self.fresh);
        let goes = !self.wishes.is_empty();
        let (mut waiting, mut selecting) = (Vec::new(), None);
        for wish in std::mem::take(&mut self.wishes) {
            match wish {
                Wish::Lines(lines) => self.top = document.moved(self.top, lines, with),
                Wish::Top => self.top = Place::default(),
                Wish::Bottom => self.top = document.end(tall, with),
                Wish::Cursor(step) => {
                    let next = self.cursor.map(|spot| document.step(spot, step, with));
                    // What is selected stands in one text.
                    let is_apart = |from: Spot| next.is_some_and(|to| to.section != from.section);
                    if !self.selected_from.is_some_and(is_apart) {
                        self.cursor = next;
                    }
                }
                Wish::CursorAt {
                    line,
                    column,
                    selects,
                } => {
                    let place = document.moved(self.top, line as isize, with);
                    let spot = document.spot_at(place, column, with.medium);
                    match selects {
                        false => self.selected_from = None,
                        true => self.selected_from = self.selected_from.or(self.cursor),
                    }
                    let from = self.selected_from;
                    let fits = |spot: &Spot| from.is_none_or(|from| from.section == spot.section);
                    self.cursor = spot.filter(fits).or(self.cursor);
                }
                Wish::Select => {
                    let marks = self.names.marks.as_ref();
                    let chosen = marks.and_then(|marks| marks.get(self.names.chosen?));
                    let there = self.cursor.or(chosen.map(|mark| mark.spot()));
                    let first = || document.first_spot(self.top, tall, with.medium);
                    if let Some(there) = there.or_else(first) {
                        selecting = Some(there);
                    }
                }
                Wish::Mark(_) | Wish::FirstWrong => {
                    let Some(marks) = &self.names.marks else {
                        // As soon as it is known where names stand.
                        waiting.push(wish);
                        continue;
                    };
                    let next = match (wish, self.names.chosen) {
                        (Wish::FirstWrong, _) => marks.first_wrong(),
                        (Wish::Mark(step), Some(at)) => {
                            at.checked_add_signed(step).filter(|at| *at < marks.len())
                        }
                        (Wish::Mark(1), None) => {
                            let below = marks
                                .iter()
                                .position(|mark| document.place_of(mark.spot(), with) >= self.top);
                            below.or((!marks.is_empty()).then_some(0))
                        }
                        (_, None) => marks
                            .iter()
                            .rposition(|mark| document.place_of(mark.spot(), with) < self.top),
                        _ => None,
                    };
                    let Some((at, mark)) = next.and_then(|at| Some((at, marks.get(at)?))) else {
                        self.at_end = true;
                        continue;
                    };
                    self.names.chosen = Some(at);
                    self.cursor = Some(mark.spot());
                    let place = document.place_of(mark.spot(), with);
                    let bottom = document.moved(self.top, tall as isize - 1, with);
                    if place < self.top || place > bottom {
                        self.top = document.moved(place, -(tall as isize / 3), with);
                    }
                }
            }
            steered = matches!(wish, Wish::Cursor(_) | Wish::CursorAt { .. });
        }
        if let Some(there) = selecting {
            self.select_whole(there);
        }
        let Some(document) = &mut self.document else {
            return;
        };
        self.wishes = waiting;
        self.top = document.show(self.top, tall, with, search);
        if goes {
            self.anchor = document.spot_of(self.top);
        }
        if !inspects {
            self.cursor = None;
            return;
        }
        let bottom = document.moved(self.top, tall as isize - 1, with);
        let place = self.cursor.map(|spot| document.place_of(spot, with));
        match place {
            Some(place) if (self.top..=bottom).contains(&place) => {}
            Some(place) if steered => {
                let top = match place < self.top {
                    true => place,
                    false => document.moved(place, 1 - tall as isize, with),
                };
                self.top = document.show(top, tall, with, search);
            }
            _ => self.cursor = document.first_spot(self.top, tall, with.medium),
        }
    }
}
