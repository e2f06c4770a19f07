//! A text made ready to be searched for names.

use std::ops::Range;

use unicode_script::Script as Letters;
use unicode_segmentation::GraphemeCursor;

use super::inflection::Inflection;
use super::mention::Part;
use super::scan::{self, Sounds};
use super::variant::{Edge, Folded, Letter};

/// No word of a name is longer, in letters: what is longer is code or noise.
pub(super) const LONGEST_WORD: usize = 64;

/// A text made ready to be searched.
#[derive(Debug)]
pub struct Text<'a> {
    /// As it is written.
    pub text: &'a str,
    /// Trace or answer.
    pub part: Part,
    /// Its letters.
    pub folded: Folded,
    /// One for each letter, see [`scan`].
    pub(super) codes: Vec<u8>,
    sounds: Option<Sounding>,
}

impl<'a> Text<'a> {
    /// Folds a text.
    pub fn new(text: &'a str, part: Part) -> Text<'a> {
        let folded = Folded::of(text);
        let codes = folded
            .letters
            .iter()
            .map(|letter| scan::code(letter.c))
            .collect();
        Text {
            text,
            part,
            folded,
            codes,
            sounds: None,
        }
    }

    /// Where a form of a script may stand that has so many letters, perhaps with some of other scripts.
    pub(super) fn stretch(&self, script: Letters, length: usize) -> Range<usize> {
        let stretch = self.folded.stretch(script);
        let end = (stretch.end + length).min(self.codes.len());
        stretch.start.saturating_sub(length).min(end)..end
    }

    /// A word may begin at this letter, or end before it.
    pub(super) fn is_edge(&self, at: usize) -> bool {
        let letter = self.folded.letters.get(at);
        letter.is_none_or(|letter| letter.edge != Edge::Inside)
    }

    /// Where the word of a letter begins.
    pub(super) fn first_of_word(&self, at: usize) -> usize {
        let mut before = (0..=at).rev().take(LONGEST_WORD);
        before.find(|at| self.is_edge(*at)).unwrap_or(at)
    }

    /// A name may begin at this letter: a word does, or all before it in the word may stand before a name.
    pub(super) fn begins(&self, at: usize, inflection: &Inflection) -> bool {
        let before = || {
            let first = self.first_of_word(at);
            let word = self.folded.letters.get(first..at + 2).unwrap_or_default();
            inflection.begins(word).contains(&(at - first))
        };
        self.is_edge(at) || before()
    }

    /// A letter of a script that is listened to where the scripts `covered` are not.
    pub(super) fn is_open(&self, letter: &Letter, covered: &[Letters]) -> bool {
        let script = letter.script();
        // Kanji have other sounds than Han, and running hiragana are no foreign name.
        let is_kanji = script == Letters::Han && self.folded.has(Letters::Katakana);
        !(covered.contains(&script) || letter.is_hiragana() || is_kanji)
    }

    /// The sounds of what is in other scripts than those `covered`. Entities mostly have the same ones, so the last
    /// answer is kept.
    pub(super) fn sounds(&mut self, covered: &[Letters], sounds: &mut Sounds) -> &Sounding {
        let kept = self.sounds.take();
        let kept = kept.filter(|sounding| sounding.covered == covered);
        let heard = kept.unwrap_or_else(|| {
            let (mut heard, mut places) = (Vec::new(), Vec::new());
            sounds.of(
                &self.folded.letters,
                |letter| self.is_open(letter, covered),
                |sound, at| {
                    heard.push(sound);
                    places.push(at as u32);
                },
            );
            Sounding {
                covered: covered.to_vec(),
                sounds: heard,
                places,
            }
        });
        self.sounds.insert(heard)
    }

    /// The bytes of a row of letters, on cluster boundaries.
    pub(super) fn bytes(&self, letters: Range<usize>) -> Range<usize> {
        let start = self
            .folded
            .letters
            .get(letters.start)
            .map_or(0, |letter| letter.start as usize);
        let last = letters
            .end
            .checked_sub(1)
            .and_then(|last| self.folded.letters.get(last));
        let end = last.map_or(start, |letter| letter.end as usize);
        clusters(self.text, start..end)
    }
}

/// The sounds of the letters of some scripts, each with the place of its letter.
#[derive(Debug)]
pub(super) struct Sounding {
    /// Letters of these scripts, those it is not asked for, have no sound.
    covered: Vec<Letters>,
    pub(super) sounds: Vec<u8>,
    pub(super) places: Vec<u32>,
}

/// The clusters that a range touches.
pub(super) fn clusters(text: &str, range: Range<usize>) -> Range<usize> {
    let is_boundary = |at: usize| {
        let (before, after) = text.split_at_checked(at).unwrap_or(("", ""));
        let neighbours = before.chars().next_back().zip(after.chars().next());
        if neighbours.is_some_and(|(before, after)| is_whole(before) && is_whole(after)) {
            return true;
        }
        let mut cursor = GraphemeCursor::new(at, text.len(), true);
        cursor.is_boundary(text, 0).unwrap_or(true)
    };
    let mut start = range.start.min(text.len());
    while start > 0 && !(text.is_char_boundary(start) && is_boundary(start)) {
        start -= 1;
    }
    let mut end = range.end.min(text.len());
    while end < text.len() && !(text.is_char_boundary(end) && is_boundary(end)) {
        end += 1;
    }
    start..end
}

/// A character that is a cluster of its own, unless something follows it that is none.
fn is_whole(c: char) -> bool {
    matches!(c, ' '..='~' | 'À'..='˿' | 'Ͱ'..='҂' | 'Ҋ'..='֏' | 'א'..='ת' | 'ؠ'..='ي' | 'ა'..='ჿ' | '、'..='】' | 'ぁ'..='ゖ' | 'ァ'..='ー' | '一'..='鿿' | '가'..='힣')
}

/// The words of a row of letters.
pub(super) fn words(letters: &[Letter]) -> Vec<Range<usize>> {
    let starts: Vec<usize> = (0..letters.len())
        .filter(|at| *at == 0 || letters[*at].edge == Edge::Word)
        .collect();
    let ends = starts.iter().skip(1).copied().chain([letters.len()]);
    starts
        .iter()
        .copied()
        .zip(ends)
        .map(|(start, end)| start..end)
        .collect()
}
