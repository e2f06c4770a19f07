//! A response as it is read: what of it is in sight, and the cluster that is looked at.

use super::action::Action;
use super::document::{Document, Place, Setting, Spot, Step};
use super::text::{Glyph, Look, Typesetter};
use crate::corpus::Search;
use crate::script::describe;

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
    /// Where it is to go as soon as it is laid out.
    wish: Option<Wish>,
}

/// Where in a text someone wants to be.
#[derive(Debug, Clone, Copy)]
enum Wish {
    Lines(isize),
    Top,
    Bottom,
    Cursor(Step),
    CursorAt { line: u16, column: u16 },
}

impl Page {
    /// Scrolls, together with what is still to be scrolled.
    pub fn scroll(&mut self, lines: isize) {
        let before = match self.wish {
            Some(Wish::Lines(lines)) => lines,
            _ => 0,
        };
        self.wish = Some(Wish::Lines(before.saturating_add(lines)));
    }

    /// Does what scrolls it.
    pub fn act(&mut self, action: Action, height: u16) {
        let page = isize::try_from(height.saturating_sub(1).max(1)).unwrap_or(1);
        match action {
            Action::Up => self.scroll(-1),
            Action::Down => self.scroll(1),
            Action::PageUp => self.scroll(-page),
            Action::PageDown => self.scroll(page),
            Action::Top => self.wish = Some(Wish::Top),
            Action::Bottom => self.wish = Some(Wish::Bottom),
            _ => {}
        }
    }

    /// Looks at the cluster one step further.
    pub fn step(&mut self, step: Step) {
        self.wish = Some(Wish::Cursor(step));
    }

    /// Looks at the cluster in a column of a line in sight.
    pub fn point(&mut self, line: u16, column: u16) {
        self.wish = Some(Wish::CursorAt { line, column });
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
            *self = Page {
                row: Some(row),
                ..Page::default()
            };
        }
        let key = (with_source, setting);
        if self.key == Some(key) {
            return;
        }
        // What was at the top stays there in another layout of the same.
        let before = self.document.as_ref();
        let spot = before.and_then(|document| document.spot_of(self.top));
        self.document = make();
        self.key = self.document.is_some().then_some(key);
        if let (Some(document), Some(spot)) = (&mut self.document, spot)
            && self.top != Place::default()
        {
            self.top = document.place_of(spot, with);
        }
    }

    /// It has a margin for the script strip.
    pub fn has_strip(&self) -> bool {
        self.key.is_some_and(|(_, setting)| setting.strip)
    }

    /// Whether this is the cluster that is looked at.
    pub fn cursor_is_on(&self, section: usize, glyph: &Glyph) -> bool {
        let on = |spot: Spot| spot.section == section && glyph.source.contains(&spot.byte);
        glyph.look != Look::Blank && self.cursor.is_some_and(on)
    }

    /// What is known of the cluster that is looked at.
    pub fn inspected(&self) -> Option<String> {
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
        let mut steered = false;
        match self.wish.take() {
            Some(Wish::Lines(lines)) => self.top = document.moved(self.top, lines, with),
            Some(Wish::Top) => self.top = Place::default(),
            Some(Wish::Bottom) => self.top = document.end(tall, with),
            Some(Wish::Cursor(step)) => {
                self.cursor = self.cursor.map(|spot| document.step(spot, step, with));
                steered = true;
            }
            Some(Wish::CursorAt { line, column }) => {
                let place = document.moved(self.top, line as isize, with);
                let spot = document.spot_at(place, column, with.medium);
                self.cursor = spot.or(self.cursor);
                steered = true;
            }
            None => {}
        }
        self.top = document.show(self.top, tall, with, search);
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
