//! A text that flows down a pane: cut into pieces at once, laid out piece by piece as they come into sight.

use std::ops::Range;

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::arabic::{self, Shape};
use super::bidi::{self, Direction, Levels};
use super::glyph::{Glyph, Look, glyphs, hangs};
use super::medium::{Cells, Medium, Order};
use super::width::Widths;
use super::wrap::{line_ends, wrap};
use crate::script::Romaniser;

/// How Latin letters help to read other scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Roman {
    /// Not at all.
    #[default]
    Off,
    /// They stand under each line.
    Under,
    /// They stand in place of the text.
    Instead,
}

impl Roman {
    /// The next of the three.
    pub fn next(self) -> Roman {
        match self {
            Roman::Off => Roman::Under,
            Roman::Under => Roman::Instead,
            Roman::Instead => Roman::Off,
        }
    }
}

/// What is needed to lay a text out.
pub struct Typesetter<'a> {
    /// What the terminal does with text.
    pub medium: &'a Medium,
    /// Romanisation under or in place of the text.
    pub roman: Roman,
    /// Remembers the words it has romanised.
    pub romaniser: &'a mut Romaniser,
}

/// A paragraph longer than this is laid out in pieces, each beginning a line: nothing that one can look at needs more,
/// and it bounds the time until the end of any text is in sight.
const PIECE: usize = 16 << 10;

/// A text cut into pieces.
pub struct Flow {
    text: String,
    pieces: Vec<Piece>,
    room: u16,
    direction: Direction,
}

struct Piece {
    /// Bytes of the text, without the line end.
    range: Range<usize>,
    laid: Option<Laid>,
}

/// A piece that is laid out. Ranges count from its beginning.
struct Laid {
    /// What is shown where it is not the text itself.
    shown: Option<Shown>,
    levels: Option<Levels>,
    rows: Vec<Row>,
    glosses: Vec<Gloss>,
}

/// Another text in place of the text, and where each of its words is from.
struct Shown {
    text: String,
    words: Vec<(usize, Range<usize>)>,
}

struct Row {
    line: Range<usize>,
    /// Romanisation of the line above rather than a line.
    under: bool,
}

/// Latin letters under a stretch of the text.
struct Gloss {
    stretch: Range<usize>,
    letters: String,
    /// Blanks that the stretch needs so that its neighbour's does not touch it.
    pad: u16,
}

/// One row as it is drawn.
pub struct Drawn<'a> {
    /// From left to right. Sources count in the whole text.
    pub glyphs: Vec<Glyph<'a>>,
    /// Cells left free before the first.
    pub indent: u16,
}

impl Flow {
    /// A text for a pane `room` cells wide.
    pub fn new(text: String, room: u16) -> Flow {
        let whole = 0..text.len();
        Flow::in_parts(text, &[whole], room)
    }

    /// Parts of a text, each of which begins a line. What is between them is not shown.
    pub fn in_parts(text: String, parts: &[Range<usize>], room: u16) -> Flow {
        let direction = bidi::direction(&text, Direction::LeftToRight);
        let parts = parts.iter().flat_map(|part| {
            let inside = text.get(part.clone()).unwrap_or_default();
            pieces(inside).map(|piece| part.start + piece.start..part.start + piece.end)
        });
        let pieces = parts.map(|range| Piece { range, laid: None }).collect();
        Flow {
            text,
            pieces,
            room: room.max(1),
            direction,
        }
    }

    /// Gives it a pane of another width, for which it is laid out anew.
    pub fn resize(&mut self, room: u16) {
        self.room = room.max(1);
        self.pieces.iter_mut().for_each(|piece| piece.laid = None);
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many pieces there are.
    pub fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// The bytes of a piece.
    pub fn range(&self, piece: usize) -> Range<usize> {
        self.pieces[piece].range.clone()
    }

    /// The piece in which a byte stands.
    pub fn piece_of(&self, byte: usize) -> usize {
        self.pieces
            .partition_point(|piece| piece.range.start <= byte)
            .saturating_sub(1)
    }

    /// Lays a piece out, unless it is. Returns its rows.
    pub fn lay(&mut self, piece: usize, with: &mut Typesetter) -> usize {
        let (room, otherwise) = (self.room, self.direction);
        let Piece { range, laid } = &mut self.pieces[piece];
        let text = &self.text[range.clone()];
        laid.get_or_insert_with(|| Laid::new(text, room, otherwise, with))
            .rows
            .len()
    }

    /// A piece is laid out.
    pub fn is_laid(&self, piece: usize) -> bool {
        self.pieces[piece].laid.is_some()
    }

    /// Rows of a piece: those it has, or a guess where it is not laid out.
    pub fn rows(&self, piece: usize) -> usize {
        let Piece { range, laid } = &self.pieces[piece];
        match laid {
            Some(laid) => laid.rows.len(),
            None => 1 + range.len() / usize::from(self.room),
        }
    }

    /// Bytes of the text that a row of a laid out piece shows, and whether it is the romanisation under them.
    pub fn row(&self, piece: usize, row: usize) -> Option<(Range<usize>, bool)> {
        let Piece { range, laid } = self.pieces.get(piece)?;
        let laid = laid.as_ref()?;
        let Row { line, under } = laid.rows.get(row)?;
        let source = laid.source(line.clone());
        Some((range.start + source.start..range.start + source.end, *under))
    }

    /// The row of a laid out piece in which a byte of the text stands.
    pub fn row_of(&self, piece: usize, byte: usize) -> usize {
        let rows = self.pieces[piece]
            .laid
            .as_ref()
            .map_or(0, |laid| laid.rows.len());
        let holds = |row: &usize| {
            self.row(piece, *row)
                .is_some_and(|(range, under)| !under && range.start <= byte)
        };
        (0..rows).rev().find(holds).unwrap_or(0)
    }

    /// What to draw for a row of a piece that is laid out.
    pub fn draw(&self, piece: usize, row: usize, medium: &Medium) -> Option<Drawn<'_>> {
        let Piece { range, laid } = self.pieces.get(piece)?;
        let laid = laid.as_ref()?;
        let Row { line, under } = laid.rows.get(row)?;
        let text = laid
            .shown
            .as_ref()
            .map_or(&self.text[range.clone()], |shown| shown.text.as_str());
        let mut glyphs = laid.glyphs(text, line.clone(), medium);
        let base = laid.levels.as_ref().map(Levels::base);
        let rtl = base == Some(Direction::RightToLeft) && medium.bidi.order != Order::Off;
        let width: u16 = glyphs.iter().map(|glyph| glyph.width).sum();
        let indent = if rtl {
            self.room.saturating_sub(width)
        } else {
            0
        };
        if *under {
            // Latin letters stand under what is seen, whoever puts it in order.
            let seen = laid.glyphs(text, line.clone(), &medium.as_seen());
            glyphs = laid.under(line, &seen, medium.widths);
        }
        for glyph in &mut glyphs {
            let source = laid.source(glyph.source.clone());
            glyph.source = range.start + source.start..range.start + source.end;
        }
        Some(Drawn { glyphs, indent })
    }
}

impl Laid {
    fn new(text: &str, room: u16, otherwise: Direction, with: &mut Typesetter) -> Laid {
        let shown = (with.roman == Roman::Instead && !text.is_ascii())
            .then(|| Shown::romanised(text, with.romaniser));
        let text = shown.as_ref().map_or(text, |shown| &shown.text);
        let levels =
            bidi::may_turn(text).then(|| Levels::of(text, bidi::direction(text, otherwise)));
        let mut glosses = Vec::new();
        let joins = with.medium.joins() && arabic::joins(text);
        let lines = wrap(text, room, with.medium.widths, |stretch, width| {
            let whole = &text[stretch.clone()];
            let sign = |c: char| !c.is_alphanumeric();
            if with.roman != Roman::Under || whole.chars().all(|c| sign(c) || is_latin(c)) {
                return 0;
            }
            let letters = with.romaniser.romanise(whole);
            let letters = letters.trim_matches(sign).to_owned();
            if letters.is_empty() || letters == whole.trim_matches(sign) {
                return 0;
            }
            let joined = joins.then(|| ligatures(text, stretch.clone()));
            let width = width - joined.unwrap_or(0);
            let pad = (with.medium.cells(&letters) + 1).saturating_sub(width) as u16;
            glosses.push(Gloss {
                stretch,
                letters,
                pad,
            });
            usize::from(pad)
        });
        let mut rows = Vec::with_capacity(lines.len());
        let mut waiting = glosses
            .iter()
            .map(|gloss: &Gloss| gloss.stretch.start)
            .peekable();
        for line in lines {
            let mut under = false;
            while waiting.next_if(|at| *at < line.end).is_some() {
                under = true;
            }
            rows.push(Row {
                line: line.clone(),
                under: false,
            });
            if under {
                rows.push(Row { line, under });
            }
        }
        Laid {
            shown,
            levels,
            rows,
            glosses,
        }
    }

    /// The bytes of the piece that bytes of what is shown are from.
    fn source(&self, range: Range<usize>) -> Range<usize> {
        let Some(Shown { words, .. }) = &self.shown else {
            return range;
        };
        let word = |at: usize| {
            words
                .partition_point(|(start, _)| *start <= at)
                .checked_sub(1)
        };
        let start = word(range.start).map_or(0, |word| words[word].1.start);
        let last = word(range.end.saturating_sub(1).max(range.start));
        start..last.map_or(start, |word| words[word].1.end)
    }

    /// The glyphs of a line from left to right, the blanks at its end left out.
    fn glyphs<'a>(&self, text: &'a str, line: Range<usize>, medium: &Medium) -> Vec<Glyph<'a>> {
        let bare = text[line.clone()].trim_end_matches(hangs).len();
        let mut row: Vec<Glyph> = Vec::with_capacity(bare);
        let mut glosses = self.glosses_of(&line).iter().peekable();
        for glyph in glyphs(text, line.start..line.start + bare, medium.widths) {
            while let Some(gloss) = glosses.next_if(|gloss| gloss.stretch.end <= glyph.source.start)
            {
                pad(&mut row, gloss.pad);
            }
            row.push(glyph);
        }
        for gloss in glosses.filter(|gloss| gloss.stretch.end <= line.end) {
            pad(&mut row, gloss.pad);
        }
        arrange(text, row, self.levels.as_ref(), medium)
    }

    /// The romanisation that stands under a line, each word where its letters begin.
    fn under<'a>(&'a self, line: &Range<usize>, above: &[Glyph], widths: Widths) -> Vec<Glyph<'a>> {
        let mut starts = Vec::new();
        for gloss in self
            .glosses_of(line)
            .iter()
            .filter(|gloss| gloss.stretch.start >= line.start)
        {
            let mut x = 0;
            for glyph in above {
                if gloss.stretch.contains(&glyph.source.start) {
                    starts.push((x, gloss));
                    break;
                }
                x += usize::from(glyph.width);
            }
        }
        starts.sort_by_key(|(x, _)| *x);
        let mut row = Vec::new();
        let mut end = 0;
        for (
            x,
            Gloss {
                stretch, letters, ..
            },
        ) in starts
        {
            let source = stretch.clone();
            let blank = |_| Glyph {
                symbol: " ".into(),
                width: 1,
                source: source.end..source.end,
                rtl: false,
                look: Look::Blank,
            };
            let from = row.len();
            row.extend((end..x).map(blank));
            row.extend(
                glyphs(letters, 0..letters.len(), widths).map(|letter| Glyph {
                    source: stretch.clone(),
                    ..letter
                }),
            );
            end += row[from..]
                .iter()
                .map(|glyph| usize::from(glyph.width))
                .sum::<usize>();
        }
        row
    }

    fn glosses_of(&self, line: &Range<usize>) -> &[Gloss] {
        let from = self
            .glosses
            .partition_point(|gloss| gloss.stretch.end <= line.start);
        let to = self
            .glosses
            .partition_point(|gloss| gloss.stretch.start < line.end);
        &self.glosses[from..to.max(from)]
    }
}

impl Shown {
    fn romanised(text: &str, romaniser: &mut Romaniser) -> Shown {
        let mut shown = String::with_capacity(text.len());
        let mut words = Vec::new();
        // Words are told apart by blanks also where their script does without.
        let mut start = 0;
        for end in line_ends(text).skip(1) {
            let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            if letter(shown.chars().next_back()) && letter(text[start..].chars().next()) {
                words.push((shown.len(), start..start));
                shown.push(' ');
            }
            romaniser.words(&text[start..end], |range, word| {
                let range = start + range.start..start + range.end;
                words.push((shown.len(), range.clone()));
                let whole = &text[range];
                shown.push_str(if whole.chars().all(is_latin) {
                    whole
                } else {
                    word
                });
            });
            start = end;
        }
        Shown { text: shown, words }
    }
}

/// Leaves cells free behind a glyph, in its run.
fn pad(row: &mut Vec<Glyph>, cells: u16) {
    let Some(last) = row.last().filter(|_| cells > 0) else {
        return;
    };
    let blank = Glyph {
        symbol: " ".into(),
        width: 1,
        look: Look::Blank,
        ..last.clone()
    };
    row.extend(std::iter::repeat_n(blank, usize::from(cells)));
}

/// Puts the glyphs of a line in the order in which they stand on the screen, and joins what is to be joined.
pub fn arrange<'a>(
    paragraph: &str,
    row: Vec<Glyph<'a>>,
    levels: Option<&Levels>,
    medium: &Medium,
) -> Vec<Glyph<'a>> {
    let Some(levels) = levels.filter(|_| medium.bidi.order != Order::Off) else {
        return row;
    };
    let mut row = if medium.joins() {
        join(paragraph, row)
    } else {
        row
    };
    let clusters: Vec<_> = row.iter().map(|glyph| glyph.source.clone()).collect();
    let order = levels.order(paragraph, &clusters);
    let mut arranged = Vec::with_capacity(row.len());
    for (at, rtl) in order {
        let glyph = &mut row[at];
        let mut glyph = Glyph {
            symbol: std::mem::take(&mut glyph.symbol),
            source: glyph.source.clone(),
            rtl,
            ..*glyph
        };
        let mirrors = rtl && medium.bidi.order == Order::Visual;
        if let Some(mirrored) = bidi::mirrored(&glyph.symbol).filter(|_| mirrors) {
            glyph.symbol = mirrored.to_string().into();
        }
        arranged.push(glyph);
    }
    if medium.bidi.order == Order::Terminal {
        back_to_text_order(&mut arranged);
        return arranged;
    }
    if medium.bidi.cells == Cells::Words {
        // Such a terminal turns around whatever is drawn in the font of Hebrew or Arabic: letters, their signs, digits.
        let turned = |glyph: &Glyph| glyph.symbol.starts_with(is_of_right_to_left_block);
        for run in arranged.chunk_by_mut(|one, next| turned(one) && turned(next)) {
            let mut symbols: Vec<_> = run.iter().map(|glyph| glyph.symbol.clone()).collect();
            for glyph in run {
                glyph.symbol = symbols.pop().unwrap_or_default();
            }
        }
    }
    if medium.bidi.cells == Cells::Override {
        for glyph in arranged.iter_mut().filter(|glyph| glyph.rtl) {
            glyph.symbol = format!("\u{202d}{}\u{202c}", glyph.symbol).into();
        }
    }
    arranged
}

/// Puts each run from right to left back into the order of the text, for a terminal that turns such runs around but knows
/// nothing of paragraphs. A run goes from its first to its last letter, with the signs, blanks and numbers between.
fn back_to_text_order(arranged: &mut [Glyph]) {
    let is_letter = |glyph: &Glyph| glyph.rtl && glyph.symbol.chars().any(char::is_alphabetic);
    let is_other = |glyph: &Glyph| !glyph.rtl && glyph.symbol.chars().any(char::is_alphabetic);
    for part in arranged.chunk_by_mut(|one, next| !is_other(one) && !is_other(next)) {
        let first = part.iter().position(is_letter);
        let last = part.iter().rposition(is_letter);
        if let (Some(first), Some(last)) = (first, last) {
            part[first..=last].sort_by_key(|glyph| glyph.source.start);
        }
    }
}

/// Hebrew, Arabic, Syriac, Thaana, N'Ko and their neighbours, with what is not a letter there.
fn is_of_right_to_left_block(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// How many pairs of letters of a stretch are drawn as one.
fn ligatures(paragraph: &str, stretch: Range<usize>) -> usize {
    let start = stretch.start;
    let clusters = paragraph[stretch].grapheme_indices(true);
    let clusters: Vec<_> = clusters
        .map(|(at, cluster)| start + at..start + at + cluster.len())
        .collect();
    let shapes = arabic::shape(paragraph, &clusters);
    shapes
        .iter()
        .filter(|shape| matches!(shape, Shape::Taken))
        .count()
}

/// Letters that are Latin already, with or without marks.
fn is_latin(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Gives Arabic letters the forms in which they join.
fn join<'a>(paragraph: &str, row: Vec<Glyph<'a>>) -> Vec<Glyph<'a>> {
    if !arabic::joins(paragraph) {
        return row;
    }
    let letters = || row.iter().filter(|glyph| glyph.look == Look::Letter);
    let clusters: Vec<_> = letters().map(|glyph| glyph.source.clone()).collect();
    let mut shapes = arabic::shape(paragraph, &clusters).into_iter();
    let mut joined: Vec<Glyph> = Vec::with_capacity(row.len());
    for mut glyph in row {
        let shape = match glyph.look {
            Look::Letter => shapes.next().unwrap_or(Shape::AsIs),
            _ => Shape::AsIs,
        };
        match shape {
            Shape::AsIs => joined.push(glyph),
            Shape::Form(symbol) | Shape::Ligature(symbol) => {
                glyph.symbol = symbol.into();
                joined.push(glyph);
            }
            Shape::Taken => {
                if let Some(ligature) = joined.last_mut() {
                    ligature.source.end = glyph.source.end;
                }
            }
        }
    }
    joined
}

/// Paragraphs without their line ends, long ones in pieces.
fn pieces(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    paragraphs(text).flat_map(move |paragraph| {
        let mut rest = paragraph.clone();
        let mut first = true;
        std::iter::from_fn(move || {
            if rest.is_empty() && !first {
                return None;
            }
            first = false;
            let end = rest.start + cut(&text[rest.clone()]);
            let piece = rest.start..end;
            rest.start = end;
            Some(piece)
        })
    })
}

/// Byte ranges between line ends, without them.
pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let ends = |c| matches!(c, '\n' | '\u{2028}' | '\u{2029}');
    let mut start = 0;
    text.split_inclusive(ends).map(move |line| {
        let text = line.strip_suffix(ends).unwrap_or(line);
        let range = start..start + text.strip_suffix('\r').unwrap_or(text).len();
        start += line.len();
        range
    })
}

/// How much of a paragraph is its first piece: behind a blank where there is one, between clusters in any case.
fn cut(paragraph: &str) -> usize {
    if paragraph.len() <= PIECE {
        return paragraph.len();
    }
    let window = &paragraph[..paragraph.floor_char_boundary(PIECE)];
    if let Some(blank) = window[window.ceil_char_boundary(PIECE / 2)..].rfind(' ') {
        return window.ceil_char_boundary(PIECE / 2) + blank + 1;
    }
    let mut cursor = GraphemeCursor::new(window.len(), paragraph.len(), true);
    if cursor.is_boundary(paragraph, 0) == Ok(true) {
        return window.len();
    }
    match cursor.next_boundary(paragraph, 0) {
        Ok(Some(end)) => end,
        _ => paragraph.len(),
    }
}
