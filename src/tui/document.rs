//! A response as text to read: sections with titles, laid out as they come into sight and drawn from any place.

use std::collections::HashMap;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::text::{Drawn, Flow, Look, Medium, Roman, Typesetter};
use super::theme::{Role, sign};
use crate::corpus::fields::NONE;
use crate::corpus::{Corpus, Key, Search};
use crate::record::{Basis, Entity, Grade, Outcome, Record, Trace};
use crate::script::{Exotic, Profile, Script, exotic, steps};

struct Section {
    title: String,
    role: Role,
    flow: Flow,
    /// The text stands behind the title, on one line.
    inline: bool,
    /// Steps of the trace, where the script strip is shown.
    steps: Vec<Range<usize>>,
    /// Scripts of the trace from its beginning to its end, where the script strip is shown.
    overview: Vec<Option<Script>>,
}

/// Whether a text may stand behind its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inline {
    WhereShort,
    Never,
}

/// What stands on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Blank,
    Title(usize),
    Overview(usize),
    /// A piece of the text of a section.
    Piece(usize, usize),
}

/// A line of a document: an item, and which of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    item: usize,
    row: usize,
}

/// A place in a text, which outlasts a new layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Number of the section.
    pub section: usize,
    /// Byte of its text.
    pub byte: usize,
}

/// How a document is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Width of the pane, in cells.
    pub width: u16,
    /// Each step of the trace is coloured by its script, in the margin.
    pub strip: bool,
    /// Characters that deceive are marked.
    pub marks: bool,
    /// Latin letters under the text or in its place.
    pub roman: Roman,
    /// What tells which run it is from is left out.
    pub blind: bool,
}

/// Cells of the margin that holds the script strip: a code, a bar, a blank.
pub const MARGIN: u16 = 6;

/// What is known of a piece that is in sight.
#[derive(Default)]
struct Findings {
    steps: Vec<(Range<usize>, Option<Script>)>,
    exotic: Vec<(Range<usize>, Exotic)>,
    hits: Vec<Range<usize>>,
}

/// A line to draw.
pub enum Line<'a> {
    /// Nothing.
    Blank,
    /// Title of a section.
    Title(&'a str),
    /// Scripts of a trace from its beginning to its end.
    Overview(&'a [Option<Script>]),
    /// A row of a text.
    Text {
        /// Title of the section, where the text stands behind it.
        title: Option<&'a str>,
        /// Number of the section.
        section: usize,
        /// What it is.
        role: Role,
        /// Its glyphs.
        drawn: Drawn<'a>,
        /// The scripts of its steps, where the strip is shown.
        scripts: Vec<Script>,
        /// The row is the romanisation of the one above.
        under: bool,
    },
}

/// A response laid out for a pane.
pub struct Document {
    sections: Vec<Section>,
    items: Vec<Item>,
    setting: Setting,
    findings: HashMap<(usize, usize), Findings>,
}

impl Document {
    /// Lays out a record, with the question in its source language where there is one.
    pub fn new(
        corpus: &Corpus,
        row: u32,
        record: &Record,
        source: Option<&Record>,
        setting: Setting,
        medium: &Medium,
    ) -> Document {
        let sections = sections(corpus, row, record, source, setting.blind);
        Document::of(sections, setting, medium)
    }

    /// A response to be set beside others: question, the reasoning cut into these steps, answer.
    pub fn in_steps(
        record: &Record,
        steps: &[Range<usize>],
        setting: Setting,
        medium: &Medium,
    ) -> Document {
        let texts = [question(record), reasoning(record, None), answer(record)];
        let mut document = Document::empty(setting);
        for (at, (title, role, text)) in texts.into_iter().enumerate() {
            let flow = match role {
                Role::Trace => Flow::in_parts(text, steps, setting.width),
                _ => Flow::new(text, setting.width),
            };
            document.add(at, title, role, flow, Inline::Never, medium);
        }
        document
    }

    /// The items of the question, of the title of the reasoning, of each of these steps, and of the answer.
    pub fn parts(&self, steps: &[Range<usize>]) -> Vec<Range<usize>> {
        let of = |section: usize| {
            let is_its = |item: &Item| match item {
                Item::Title(at) | Item::Overview(at) | Item::Piece(at, _) => *at == section,
                Item::Blank => false,
            };
            let start = self.items.iter().position(is_its).unwrap_or(0);
            let count = self.items[start..]
                .iter()
                .take_while(|item| is_its(item))
                .count();
            start..start + count
        };
        let [question, trace, answer] = [0, 1, 2].map(of);
        let is_piece = |item: &usize| matches!(self.items[*item], Item::Piece(..));
        let first = trace.clone().find(is_piece).unwrap_or(trace.end);
        let title_end = if steps.is_empty() { trace.end } else { first };
        let mut parts = vec![question, trace.start..title_end];
        let mut at = first;
        for step in steps {
            let start = at;
            while let Some(Item::Piece(section, piece)) = self.items.get(at)
                && *section == 1
                && self.sections[1].flow.range(*piece).start < step.end
            {
                at += 1;
            }
            parts.push(start..at);
        }
        parts.push(answer);
        parts
    }

    /// Lays items out and looks at what is in them. Returns their lines.
    pub fn settle(
        &mut self,
        items: Range<usize>,
        with: &mut Typesetter,
        search: &mut Search,
    ) -> usize {
        let mut lines = 0;
        for item in items {
            lines += self.lay(item, with);
            if let Item::Piece(section, piece) = self.items[item] {
                self.look_at(section, piece, search);
            }
        }
        lines
    }

    /// A line of items that are laid out.
    pub fn line_of<'a>(
        &'a self,
        items: Range<usize>,
        nth: usize,
        medium: &'a Medium,
    ) -> Option<Line<'a>> {
        let mut left = nth;
        for item in items {
            let rows = self.rows(item);
            if left < rows {
                return self.line(Place { item, row: left }, medium);
            }
            left -= rows;
        }
        None
    }

    /// Lines of items, by what is laid out and a guess for the rest.
    pub fn lines_of(&self, items: Range<usize>) -> usize {
        items.map(|item| self.rows(item)).sum()
    }

    /// A document that only says why there is none.
    pub fn failed(reason: &str, setting: Setting, medium: &Medium) -> Document {
        let title = "this response cannot be read".into();
        Document::of(vec![(title, Role::Warning, reason.into())], setting, medium)
    }

    fn empty(setting: Setting) -> Document {
        Document {
            sections: Vec::new(),
            items: Vec::new(),
            setting,
            findings: HashMap::new(),
        }
    }

    fn of(texts: Vec<(String, Role, String)>, setting: Setting, medium: &Medium) -> Document {
        let mut document = Document::empty(setting);
        for (at, (title, role, text)) in texts.into_iter().enumerate() {
            let flow = Flow::new(text, setting.width);
            document.add(at, title, role, flow, Inline::WhereShort, medium);
        }
        document
    }

    fn add(
        &mut self,
        at: usize,
        title: String,
        role: Role,
        mut flow: Flow,
        inline: Inline,
        medium: &Medium,
    ) {
        let setting = self.setting;
        let width = usize::from(setting.width);
        // What is longer in bytes than this is longer in cells than a line.
        let glossed = setting.roman == Roman::Under && !flow.text().is_ascii();
        let beside = medium.cells(&title) + 2;
        let short = inline == Inline::WhereShort && flow.text().len() < 6 * width && !glossed;
        let inline = short && flow.pieces() == 1 && beside + medium.cells(flow.text()) <= width;
        let strip = setting.strip && role == Role::Trace && !inline;
        let room = match (inline, strip) {
            (true, _) => setting.width - beside as u16,
            (false, true) => setting.width.saturating_sub(MARGIN),
            (false, false) => setting.width,
        };
        let (overview, steps) = match strip {
            true => (
                overview(flow.text(), usize::from(room)),
                steps(flow.text()).collect(),
            ),
            false => Default::default(),
        };
        flow.resize(room);
        if !inline {
            let gap = (at > 0).then_some(Item::Blank);
            let overview = (!overview.is_empty()).then_some(Item::Overview(at));
            let head = gap.into_iter().chain([Item::Title(at)]).chain(overview);
            self.items.extend(head);
        }
        let pieces = (0..flow.pieces()).map(|piece| Item::Piece(at, piece));
        self.items.extend(pieces);
        self.sections.push(Section {
            title,
            role,
            flow,
            inline,
            steps,
            overview,
        });
    }

    /// There is a margin for the script strip.
    pub fn has_strip(&self) -> bool {
        self.setting.strip
    }

    /// What a section is called, without what its title adds.
    pub fn name(&self, section: usize) -> &str {
        let title = &self.sections[section].title;
        let end = title.find(|c: char| c != ' ' && !c.is_ascii_alphabetic());
        title[..end.unwrap_or(title.len())].trim_end()
    }

    /// The section of a name.
    pub fn section(&self, name: &str) -> Option<usize> {
        (0..self.sections.len()).find(|section| self.name(*section) == name)
    }

    /// The text of a section.
    pub fn text(&self, section: usize) -> &str {
        self.sections[section].flow.text()
    }

    /// Lays an item out. Returns its rows.
    fn lay(&mut self, item: usize, with: &mut Typesetter) -> usize {
        match self.items[item] {
            Item::Piece(section, piece) => self.sections[section].flow.lay(piece, with),
            _ => 1,
        }
    }

    /// The place some lines further down or up.
    pub fn moved(&mut self, from: Place, lines: isize, with: &mut Typesetter) -> Place {
        let (mut place, mut left) = (from, lines.unsigned_abs());
        while left > 0 {
            let rows = self.lay(place.item, with);
            let step = match lines > 0 {
                true => left.min(rows.saturating_sub(place.row + 1)),
                false => left.min(place.row),
            };
            left -= step;
            match lines > 0 {
                true => place.row += step,
                false => place.row -= step,
            }
            if left == 0 {
                break;
            }
            place = match lines > 0 {
                true if place.item + 1 < self.items.len() => Place {
                    item: place.item + 1,
                    row: 0,
                },
                false if place.item > 0 => Place {
                    item: place.item - 1,
                    row: self.lay(place.item - 1, with).saturating_sub(1),
                },
                _ => break,
            };
            left -= 1;
        }
        place
    }

    /// The first line of the last screenful.
    pub fn end(&mut self, height: usize, with: &mut Typesetter) -> Place {
        let Some(item) = self.items.len().checked_sub(1) else {
            return Place::default();
        };
        let row = self.lay(item, with).saturating_sub(1);
        self.moved(Place { item, row }, 1 - height.max(1) as isize, with)
    }

    /// Lays out what is in sight from a place on, after moving it up where the document ends too early.
    /// What the search asks for is looked up there too.
    pub fn show(
        &mut self,
        top: Place,
        height: usize,
        with: &mut Typesetter,
        search: &mut Search,
    ) -> Place {
        let Some(last) = self.items.len().checked_sub(1) else {
            return Place::default();
        };
        let item = top.item.min(last);
        let row = top.row.min(self.lay(item, with).saturating_sub(1));
        let top = Place { item, row }.min(self.end(height, with));
        let bottom = self.moved(top, height as isize, with);
        for item in top.item..=bottom.item {
            self.lay(item, with);
            if let Item::Piece(section, piece) = self.items[item] {
                self.look_at(section, piece, search);
            }
        }
        top
    }

    fn look_at(&mut self, section: usize, piece: usize, search: &mut Search) {
        let marks = self.setting.marks;
        let Section { flow, steps, .. } = &self.sections[section];
        let range = flow.range(piece);
        let text = &flow.text()[range.clone()];
        let from_start = |found: Range<usize>| range.start + found.start..range.start + found.end;
        self.findings.entry((section, piece)).or_insert_with(|| {
            let mut findings = Findings {
                hits: search.hits(text).into_iter().map(from_start).collect(),
                ..Findings::default()
            };
            let from = steps.partition_point(|step| step.end <= range.start);
            let here = steps[from..]
                .iter()
                .take_while(|step| step.start < range.end);
            let script = |step: &Range<usize>| script_of(&flow.text()[step.clone()]);
            findings.steps = here.map(|step| (step.clone(), script(step))).collect();
            if marks {
                let exotic = exotic(text).into_iter();
                findings.exotic = exotic
                    .map(|(found, what)| (from_start(found), what))
                    .collect();
            }
            findings
        });
    }

    /// Rows of an item, or a guess where it is not laid out.
    fn rows(&self, item: usize) -> usize {
        match self.items[item] {
            Item::Piece(section, piece) => self.sections[section].flow.rows(piece),
            _ => 1,
        }
    }

    /// Every line from a place on.
    fn places(&self, from: Place) -> impl Iterator<Item = Place> {
        (from.item..self.items.len()).flat_map(move |item| {
            let first = if item == from.item { from.row } else { 0 };
            (first..self.rows(item)).map(move |row| Place { item, row })
        })
    }

    /// What stands on each line from a place on, as far as it is laid out.
    pub fn lines<'a>(&'a self, top: Place, medium: &'a Medium) -> impl Iterator<Item = Line<'a>> {
        self.places(top)
            .filter_map(|place| self.line(place, medium))
    }

    fn line<'a>(&'a self, place: Place, medium: &Medium) -> Option<Line<'a>> {
        let row = place.row;
        Some(match self.items[place.item] {
            Item::Blank => Line::Blank,
            Item::Title(section) => Line::Title(&self.sections[section].title),
            Item::Overview(section) => Line::Overview(&self.sections[section].overview),
            Item::Piece(section, piece) => {
                let Section {
                    title,
                    role,
                    flow,
                    inline,
                    ..
                } = &self.sections[section];
                let (bytes, under) = flow.row(piece, row)?;
                let mut drawn = flow.draw(piece, row, medium)?;
                if *inline {
                    drawn.indent = 0;
                }
                Line::Text {
                    title: inline.then_some(title.as_str()),
                    section,
                    role: *role,
                    drawn,
                    scripts: self.scripts(section, piece, &bytes),
                    under,
                }
            }
        })
    }

    /// Where the glyphs of a line of text begin.
    fn left(&self, title: Option<&str>, role: Role, medium: &Medium) -> u16 {
        match title {
            Some(title) => medium.cells(title) as u16 + 2,
            None if self.setting.strip && role == Role::Trace => MARGIN,
            None => 0,
        }
    }

    fn scripts(&self, section: usize, piece: usize, row: &Range<usize>) -> Vec<Script> {
        let steps = self
            .findings
            .get(&(section, piece))
            .map(|found| &found.steps);
        let here = steps.into_iter().flatten();
        here.filter(|(step, _)| step.start < row.end && step.end > row.start)
            .filter_map(|(_, script)| *script)
            .collect()
    }

    /// What is deceiving about the cluster at a byte.
    pub fn exotic(&self, spot: Spot) -> Option<&Exotic> {
        let piece = self.sections[spot.section].flow.piece_of(spot.byte);
        let exotic = &self.findings.get(&(spot.section, piece))?.exotic;
        exotic
            .iter()
            .find(|(range, _)| range.contains(&spot.byte))
            .map(|(_, what)| what)
    }

    /// Lines before a place and in all, by what is laid out and a guess for the rest.
    pub fn position(&self, place: Place) -> (usize, usize) {
        let before: usize = (0..place.item).map(|item| self.rows(item)).sum();
        let after: usize = (place.item..self.items.len())
            .map(|item| self.rows(item))
            .sum();
        (before + place.row, before + after)
    }

    /// How many lines stand before each of these spots, and in all; they come in the order of the document. By what is laid
    /// out and a guess for the rest.
    pub fn lines_before(&self, spots: impl Iterator<Item = Spot>) -> (Vec<usize>, usize) {
        let (mut found, mut lines) = (Vec::new(), 0);
        let mut spots = spots.peekable();
        for (at, item) in self.items.iter().enumerate() {
            let rows = self.rows(at);
            if let Item::Piece(section, piece) = *item {
                let flow = &self.sections[section].flow;
                let range = flow.range(piece);
                let here = |spot: &Spot| (spot.section, spot.byte) <= (section, range.end);
                while let Some(spot) = spots.next_if(here) {
                    let row = match flow.is_laid(piece) {
                        true => flow.row_of(piece, spot.byte),
                        false => {
                            rows * (spot.byte - range.start.min(spot.byte)) / range.len().max(1)
                        }
                    };
                    found.push(lines + row);
                }
            }
            lines += rows;
        }
        (found, lines)
    }

    /// The cluster in a column of a line, or the one nearest to it; `None` where the line is no text. Under a line it is
    /// that of the line.
    pub fn spot_at(&self, place: Place, column: u16, medium: &Medium) -> Option<Spot> {
        let above = Place {
            row: place.row.saturating_sub(1),
            ..place
        };
        let row = match self.seen(place, medium) {
            row if row.is_empty() => self.seen(above, medium),
            row => row,
        };
        let nearest = row.iter().rfind(|(x, ..)| *x <= column);
        nearest.or(row.first()).map(|(_, spot, _)| *spot)
    }

    /// Where a text stands.
    pub fn place_of(&mut self, spot: Spot, with: &mut Typesetter) -> Place {
        let piece = self.sections[spot.section].flow.piece_of(spot.byte);
        let sought = Item::Piece(spot.section, piece);
        let item = self.items.iter().position(|item| *item == sought);
        let item = item.unwrap_or(0);
        self.lay(item, with);
        let row = self.sections[spot.section].flow.row_of(piece, spot.byte);
        Place { item, row }
    }

    /// The text at the head of a place, to find it again in another layout; `None` where there is only a title.
    pub fn spot_of(&self, place: Place) -> Option<Spot> {
        match *self.items.get(place.item)? {
            Item::Piece(section, piece) => {
                let byte = self.sections[section].flow.row(piece, place.row)?.0.start;
                Some(Spot { section, byte })
            }
            Item::Blank | Item::Title(_) | Item::Overview(_) => None,
        }
    }

    /// The first cluster of a text within so many lines from a place on.
    pub fn first_spot(&self, from: Place, height: usize, medium: &Medium) -> Option<Spot> {
        let mut rows = self
            .places(from)
            .take(height)
            .map(|place| self.seen(place, medium));
        rows.find_map(|row| {
            row.into_iter()
                .map(|(_, spot, _)| spot)
                .min_by_key(|spot| spot.byte)
        })
    }

    /// The cluster beside or above or below one, as they are seen on the screen: behind the end of a line comes the
    /// beginning of the next, whichever way they run. The same where there is no other.
    pub fn step(&mut self, from: Spot, step: Step, with: &mut Typesetter) -> Spot {
        let place = self.place_of(from, with);
        let row = self.seen(place, with.medium);
        let at = row.iter().position(|(_, spot, end)| {
            spot.section == from.section && (spot.byte..*end).contains(&from.byte)
        });
        let at = at.unwrap_or(0);
        let beside = match step {
            Step::Left => at.checked_sub(1),
            Step::Right => Some(at + 1),
            Step::Up | Step::Down => None,
        };
        if let Some((_, spot, _)) = beside.and_then(|at| row.get(at)) {
            return *spot;
        }
        let column = row.get(at).map_or(0, |(x, ..)| *x);
        let lines = match step {
            Step::Left | Step::Up => -1,
            Step::Right | Step::Down => 1,
        };
        let mut there = place;
        loop {
            let next = self.moved(there, lines, with);
            if next == there {
                return from;
            }
            there = next;
            self.lay(there.item, with);
            let row = self.seen(there, with.medium);
            let spot = match step {
                Step::Left => row.last(),
                Step::Right => row.first(),
                Step::Up | Step::Down => row.iter().rfind(|(x, ..)| *x <= column).or(row.first()),
            };
            if let Some((_, spot, _)) = spot {
                return *spot;
            }
        }
    }

    /// The clusters of a line of text as they are seen from left to right: column, spot, and where each ends in the text.
    /// The romanisation under a line is not walked through.
    fn seen(&self, place: Place, medium: &Medium) -> Vec<(u16, Spot, usize)> {
        let medium = &medium.as_seen();
        let Some(Line::Text {
            title,
            section,
            role,
            drawn,
            under: false,
            ..
        }) = self.line(place, medium)
        else {
            return Vec::new();
        };
        let mut x = self.left(title, role, medium) + drawn.indent;
        let mut row: Vec<(u16, Spot, usize)> = Vec::new();
        for glyph in &drawn.glyphs {
            let byte = glyph.source.start;
            let spot = Spot { section, byte };
            // Letters that stand in place of a word all are that word.
            let is_new = row.last().is_none_or(|(_, last, _)| *last != spot);
            if glyph.look != Look::Blank && is_new && !glyph.source.is_empty() {
                row.push((x, spot, glyph.source.end));
            }
            x += glyph.width;
        }
        row
    }

    /// The cluster at a spot.
    pub fn cluster(&self, spot: Spot) -> Option<&str> {
        self.text(spot.section)
            .get(spot.byte..)?
            .graphemes(true)
            .next()
    }

    /// Whether a cluster is marked as deceiving, and whether it belongs to what was searched for.
    pub fn marks(&self, section: usize, source: &Range<usize>) -> (bool, bool) {
        let piece = self.sections[section].flow.piece_of(source.start);
        let Some(findings) = self.findings.get(&(section, piece)) else {
            return (false, false);
        };
        let covers = |range: &Range<usize>| range.start < source.end && range.end > source.start;
        let exotic = &findings.exotic;
        let at = exotic.partition_point(|(range, _)| range.end <= source.start);
        let is_exotic = exotic.get(at).is_some_and(|(range, _)| covers(range));
        let hits = &findings.hits;
        let at = hits.partition_point(|range| range.end <= source.start);
        (is_exotic, hits.get(at).is_some_and(covers))
    }
}

/// A step of the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To what stands left.
    Left,
    /// To what stands right.
    Right,
    /// To the line above.
    Up,
    /// To the line below.
    Down,
}

/// The script of most letters. Whether Han is simplified or traditional is no change of script here: many a sentence
/// does not say.
fn script_of(text: &str) -> Option<Script> {
    Profile::of(text).dominant().map(|script| match script {
        Script::HANS | Script::HANT => Script::HANI,
        other => other,
    })
}

/// The script of each of `cells` parts of a text. Of a large part only the beginning is looked at.
pub fn overview(text: &str, cells: usize) -> Vec<Option<Script>> {
    const ENOUGH: usize = 1024;
    /// Fewer letters than this say nothing.
    const LEAST: usize = 24;
    let cells = cells.min(text.len() / LEAST).max(1);
    let mut before = None;
    let parts = (0..cells).map(|cell| {
        let start = text.floor_char_boundary(text.len() * cell / cells);
        let end = text.floor_char_boundary(text.len() * (cell + 1) / cells);
        let end = end.min(text.floor_char_boundary(start + ENOUGH));
        before = script_of(&text[start..end]).or(before);
        before
    });
    parts.collect()
}

fn sections(
    corpus: &Corpus,
    row: u32,
    record: &Record,
    source: Option<&Record>,
    blind: bool,
) -> Vec<(String, Role, String)> {
    let mut sections = Vec::new();
    let mut add = |title: String, role: Role, text: &str| {
        if !text.is_empty() {
            let blank = text.chars().all(|c| c == ' ' || c == '\n');
            let text = if blank { "(blank)" } else { text };
            sections.push((title, role, text.to_owned()));
        }
    };
    add(
        "ERROR".into(),
        Role::Warning,
        record.error.as_deref().unwrap_or_default(),
    );
    let (title, role, text) = question(record);
    add(title, role, &text);
    let at_source = match (source, &record.source_question) {
        (Some(source), _) => Some((source.target.as_ref(), &source.question)),
        (None, Some(question)) => Some((record.source.as_ref(), question)),
        (None, None) => None,
    };
    if let Some((tongue, question)) = at_source {
        let tongue = tongue.map_or(NONE.into(), ToString::to_string);
        add(
            format!("QUESTION in its source language ({tongue})"),
            Role::Plain,
            question,
        );
    }
    add("EXPECTED".into(), Role::Plain, &record.gold.join("\n"));
    add("NAMES".into(), Role::Plain, &names(&record.entities));
    let (title, role, text) = answer(record);
    add(title, role, &text);
    add(
        "EXTRACTED from the answer".into(),
        Role::Plain,
        record.extracted.as_deref().unwrap_or_default(),
    );
    if let Some(grade) = &record.grade {
        add(
            format!("GRADED by {}", grade.grader),
            Role::Plain,
            &graded(grade),
        );
    }
    let (title, role, text) = reasoning(record, Some(corpus.name(row, Key::TraceScript)));
    add(title, role, &text);
    add("SCORES as logged".into(), Role::Plain, &scores(record));
    let whole = record
        .prompt
        .as_deref()
        .filter(|prompt| *prompt != record.question);
    add("PROMPT".into(), Role::Faint, whole.unwrap_or_default());
    let metadata = record
        .metadata
        .iter()
        .map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name}: {text}"),
            None => format!("{name}: {value}"),
        });
    if !blind {
        let metadata: Vec<String> = metadata.collect();
        add("METADATA".into(), Role::Faint, &metadata.join("\n"));
    }
    add(
        "NOTE".into(),
        Role::Warning,
        record.note.as_deref().unwrap_or_default(),
    );
    if !blind {
        add("ORIGIN".into(), Role::Faint, corpus.name(row, Key::File));
    }
    sections
}

/// What a grader found and what it made of it.
fn graded(grade: &Grade) -> String {
    let score = grade.score.map(|score| format!("score {score:.3}"));
    let found = grade
        .found
        .as_ref()
        .map(|found| format!("compared: {found}"));
    let pattern = grade
        .pattern
        .as_ref()
        .map(|pattern| format!("found by: {pattern}"));
    let parts = [Some(grade.outcome.word().to_owned()), score, found, pattern];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn question(record: &Record) -> (String, Role, String) {
    let asked = record
        .target
        .as_ref()
        .map_or(NONE.into(), ToString::to_string);
    let basis = match record.target_basis {
        Basis::Record => "",
        Basis::Path => ", by the name of task or file",
        Basis::Position => ", by its row",
        Basis::Text => ", guessed from the text",
    };
    let paired = match record.question_basis {
        Basis::Position => ", paired by its row",
        _ => "",
    };
    let title = format!("QUESTION ({asked}{basis}){paired}");
    (title, Role::Plain, record.question.clone())
}

fn answer(record: &Record) -> (String, Role, String) {
    let role = match record.outcome() {
        Outcome::Right => Role::Right,
        Outcome::Wrong => Role::Wrong,
        Outcome::Unparsed => Role::Warning,
        Outcome::NotAttempted | Outcome::Unjudged => Role::Plain,
    };
    let told = |outcome: Outcome| format!("{} {}", sign(outcome), outcome.word());
    let verdict = match &record.grade {
        Some(_) => format!(
            "{}, logged {}",
            told(record.outcome()),
            told(record.outcome)
        ),
        None => told(record.outcome),
    };
    let text = match record.answer.is_empty() {
        true => "(empty)".to_owned(),
        false => record.answer.clone(),
    };
    (format!("ANSWER {verdict}"), role, text)
}

/// The reasoning, with the script most of it is in where that is to be told.
fn reasoning(record: &Record, script: Option<&str>) -> (String, Role, String) {
    let length = record.trace.text().chars().count();
    let script = script.map_or(String::new(), |script| format!(", {script}"));
    let title = format!(
        "TRACE ({}, {length} characters{script})",
        record.trace.kind().word()
    );
    let text = match &record.trace {
        Trace::Absent => return ("TRACE".into(), Role::Faint, "(none was logged)".into()),
        Trace::Encrypted => {
            let why = "(encrypted or redacted by the provider: it cannot be read)";
            return ("TRACE (encrypted)".into(), Role::Faint, why.into());
        }
        Trace::Unterminated(text) => format!("{text}\n— the trace breaks off here —"),
        Trace::Plain(text) | Trace::Summary(text) => text.clone(),
    };
    let role = match record.trace.text().is_empty() {
        true => Role::Faint,
        false => Role::Trace,
    };
    (title, role, text)
}

/// The accepted forms of each entity, by language.
fn names(entities: &[Entity]) -> String {
    let forms = |entity: &Entity| {
        let of_language = entity.forms.iter();
        let of_language = of_language.map(|(language, forms)| {
            let mined = entity.mined.get(language);
            let mined =
                mined.map(|probability| format!(" (found in the question, {probability:.2})"));
            format!(
                "{language} {}{}",
                forms.join(", "),
                mined.unwrap_or_default()
            )
        });
        of_language.collect::<Vec<_>>().join(" · ")
    };
    entities.iter().map(forms).collect::<Vec<_>>().join("\n")
}

fn scores(record: &Record) -> String {
    let line = |score: &crate::record::Score| match &score.explanation {
        Some(why) => format!("{} = {}: {why}", score.name, score.value),
        None => format!("{} = {}", score.name, score.value),
    };
    record
        .scores
        .iter()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}
