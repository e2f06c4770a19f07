//! A part of a name that stands for all of it: `Dvořák` for `Antonín Dvořák`.
//!
//! After its first full mention a name goes on as one of its outer words. Without one the last word alone will do as an
//! answer, if it is nobody else's that is known. In either case it stands alone: beside another word with a capital it
//! is the name of a brother, or of a street.

use std::ops::Range;

use memchr::memmem::Finder;

use super::cue::Cue;
use super::forms::Role;
use super::known::Known;
use super::look::Look;
use super::mention::{Kind, Mention, Part};
use super::search::Search;
use super::text::Text;
use super::variant::Letter;

impl Search<'_, '_> {
    /// The parts of the name that stand alone in a text, beside the full mentions in it. `is_named` where a full mention
    /// stands in an earlier text; `mine` are the numbers of the entity among what is known.
    pub(super) fn parts(
        &self,
        text: &Text,
        full: &[Mention],
        is_named: bool,
        known: &Known,
        mine: &[usize],
    ) -> Vec<Mention> {
        let mut parts: Vec<Mention> = Vec::new();
        for (form, wanted) in self.distinct() {
            if wanted.parts.is_empty() || !text.folded.has(wanted.script) {
                continue;
            }
            let look = Look::new(self, text, form, wanted);
            for (word, stem) in &wanted.parts {
                let is_last = word.end == wanted.letters.len();
                let is_owned = is_last
                    && text.part == Part::Answer
                    && self.sought.role == Role::Answer
                    && known.is_only_of(wanted.word(word), mine);
                let may_stand = |part: &Mention| {
                    let is_before = |full: &Mention| full.range.end <= part.range.start;
                    let is_named = is_named || full.iter().any(is_before);
                    is_named && (is_last || wanted.has_capital)
                        || is_owned && (wanted.has_capital || text.is_clause(&part.range))
                };
                parts.extend(look.parts(word, stem).filter(may_stand));
            }
        }
        let is_apart =
            |a: &Mention, b: &Mention| a.range.end <= b.range.start || b.range.end <= a.range.start;
        parts.sort_by_key(|part| part.range.start);
        parts.retain(|part| full.iter().all(|full| is_apart(full, part)));
        parts.dedup_by(|part, before| !is_apart(part, before));
        parts
    }
}

impl Look<'_, '_> {
    /// Where a word of the form stands alone, perhaps inflected.
    fn parts(&self, word: &Range<usize>, stem: &Finder) -> impl Iterator<Item = Mention> {
        let stretch = self.text.stretch(self.wanted.script, 0);
        let codes = self.text.codes.get(stretch.clone()).unwrap_or_default();
        let windows = stem.find_iter(codes);
        let windows = windows.filter_map(move |at| self.part(stretch.start + at, word));
        windows.map(|window| self.mention(window, Kind::Variant, vec![Cue::Partial]))
    }

    /// The word of the text at a letter, if it is this word of the form.
    fn part(&self, start: usize, word: &Range<usize>) -> Option<Range<usize>> {
        let basic = self.wanted.word(word);
        let first = self.text.first_of_word(start);
        let end = self.text.end_of_word(start);
        let inflection = self.inflection(self.wanted.script);
        let found = self.row(&(start..end));
        if !self.text.begins(start, inflection) || !inflection.is_case(basic, found) {
            return None;
        }
        // Of what hangs on the name nothing belongs to it.
        let is_whole = found.len() >= basic.len()
            && basic
                .iter()
                .zip(found)
                .all(|(basic, found)| basic.c == found.c);
        let window = start..if is_whole { start + basic.len() } else { end };
        (self.text.stands_alone(&(first..end)) && self.has_its_capital(basic, &window))
            .then_some(window)
    }

    /// A word that has a capital in the form has one here.
    fn has_its_capital(&self, basic: &[Letter], window: &Range<usize>) -> bool {
        let first = basic
            .first()
            .map_or(0..0, |letter| letter.start as usize..letter.end as usize);
        let is_capital = |text: &str| text.chars().next().is_some_and(char::is_uppercase);
        let form = self.wanted.text().get(first).unwrap_or("");
        !self.wanted.has_capital || is_capital(form) && is_capital(self.written(window))
    }
}

impl Text<'_> {
    fn end_of_word(&self, at: usize) -> usize {
        let mut after = at + 1..self.folded.letters.len();
        after
            .find(|at| self.is_edge(*at))
            .unwrap_or(self.folded.letters.len())
    }

    /// No hyphen or dot joins a word to another, and no word beside it has a capital.
    fn stands_alone(&self, word: &Range<usize>) -> bool {
        let range = self.bytes(word.clone());
        let (before, after) = (&self.text[..range.start], &self.text[range.end..]);
        let joins = ['-', '‐', '‑', '–', '־', '・', '·', '='];
        let is_capital = |at: usize| {
            let letter = self
                .folded
                .letters
                .get(at)
                .filter(|letter| !letter.is_break());
            let written = letter.and_then(|letter| self.text.get(letter.start as usize..));
            written.is_some_and(|written| written.starts_with(char::is_uppercase))
        };
        let before_it = word.start.checked_sub(1).filter(|at| {
            self.folded
                .letters
                .get(*at)
                .is_some_and(|letter| !letter.is_break())
        });
        !(before.ends_with(joins)
            || after.starts_with(joins)
            || before_it.is_some_and(|at| is_capital(self.first_of_word(at)))
            || is_capital(word.end))
    }

    /// Nothing else stands between two breaks.
    fn is_clause(&self, range: &Range<usize>) -> bool {
        let is_break = |c: char| !c.is_alphanumeric() && !c.is_whitespace();
        let before = self.text[..range.start].trim_end_matches([' ', '*', '"', '_']);
        let after = self.text[range.end..].trim_start_matches([' ', '*', '"', '_']);
        (before.is_empty() || before.ends_with(is_break) || before.ends_with('\n'))
            && (after.is_empty() || after.starts_with(is_break) || after.starts_with('\n'))
    }
}
