//! A range of a text that can be found again, and the units in which others count it.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use crate::hash::Hash;

/// A text of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The question as asked.
    Question,
    /// The reasoning.
    Trace,
    /// What was answered after it.
    Answer,
}

impl Part {
    /// Every part, in the order of reading.
    pub const ALL: [Part; 3] = [Part::Question, Part::Trace, Part::Answer];

    /// The word used in files and on screen.
    pub const fn word(self) -> &'static str {
        match self {
            Part::Question => "question",
            Part::Trace => "trace",
            Part::Answer => "answer",
        }
    }

    /// The part of that word.
    pub fn named(word: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.word() == word)
    }
}

/// Bytes of context that are kept at each side, and of the text itself.
const CONTEXT: usize = 24;

/// A range of a text, with what is needed to find it again when the text around it changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Span<'a> {
    /// Which text.
    pub part: Part,
    /// Its first byte, in UTF-8.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// Of the text it covers.
    pub hash: Hash,
    /// How the covered text begins.
    #[serde(borrow)]
    pub head: Cow<'a, str>,
    /// What stands before it.
    #[serde(borrow, default)]
    pub before: Cow<'a, str>,
    /// What stands after it.
    #[serde(borrow, default)]
    pub after: Cow<'a, str>,
}

/// Two spans are one where they cover the same bytes saying the same.
impl PartialEq for Span<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.part, self.start, self.end, self.hash)
            == (other.part, other.start, other.end, other.hash)
    }
}

impl Eq for Span<'_> {}

impl<'a> Span<'a> {
    /// The span of these bytes; `None` where they are no part of the text, or nothing.
    pub fn new(part: Part, text: &'a str, range: Range<usize>) -> Option<Span<'a>> {
        let covered = text.get(range.clone()).filter(|text| !text.is_empty())?;
        let (before, after) = (&text[..range.start], &text[range.end..]);
        let before = &before[before.ceil_char_boundary(before.len().saturating_sub(CONTEXT))..];
        Some(Span {
            part,
            start: range.start,
            end: range.end,
            hash: Hash::of(covered),
            head: covered[..covered.floor_char_boundary(CONTEXT)].into(),
            before: before.into(),
            after: after[..after.floor_char_boundary(CONTEXT)].into(),
        })
    }

    /// The same, with texts of its own.
    pub fn to_owned(&self) -> Span<'static> {
        let own = |text: &Cow<str>| Cow::Owned(text.as_ref().to_owned());
        Span {
            head: own(&self.head),
            before: own(&self.before),
            after: own(&self.after),
            ..*self
        }
    }

    /// Its bytes at the time of the judgement.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Where the covered text stands in a text that may have changed: where it was, else the place with the most of its
    /// old context, else the nearest. `None` where it stands nowhere.
    pub fn find(&self, text: &str) -> Option<Range<usize>> {
        let length = self.end.checked_sub(self.start)?;
        let says = |range: &Range<usize>| {
            text.get(range.clone())
                .is_some_and(|text| Hash::of(text) == self.hash)
        };
        if says(&self.range()) {
            return Some(self.range());
        }
        if self.head.is_empty() {
            return None;
        }
        let places = occurrences(text, &self.head).map(|start| start..start + length);
        places.filter(says).max_by_key(|place| {
            let context = shared(text[..place.start].bytes().rev(), self.before.bytes().rev())
                + shared(text[place.end..].bytes(), self.after.bytes());
            (context, std::cmp::Reverse(place.start.abs_diff(self.start)))
        })
    }
}

/// Every place where a text stands, also where places overlap.
fn occurrences<'t>(text: &'t str, wanted: &'t str) -> impl Iterator<Item = usize> + 't {
    let step = wanted.chars().next().map_or(1, char::len_utf8);
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + text.get(from..)?.find(wanted)?;
        from = at + step;
        Some(at)
    })
}

/// How many bytes two texts share from their start.
fn shared(a: impl Iterator<Item = u8>, b: impl Iterator<Item = u8>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

/// One place of a text, counted in several units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Units {
    /// UTF-8 bytes.
    pub bytes: usize,
    /// Code points, as Python counts.
    pub code_points: usize,
    /// UTF-16 code units, as JavaScript counts.
    pub utf16: usize,
    /// Extended grapheme clusters (UAX #29) that end at or before it.
    pub clusters: usize,
}

/// Turns places of one text from one unit into another.
#[derive(Debug)]
pub struct Offsets<'t> {
    text: &'t str,
    /// Start of each cluster, and the end of the text.
    clusters: Vec<usize>,
}

impl<'t> Offsets<'t> {
    /// Of this text.
    pub fn new(text: &'t str) -> Offsets<'t> {
        let starts = text.grapheme_indices(true).map(|(at, _)| at);
        Offsets {
            text,
            clusters: starts.chain([text.len()]).collect(),
        }
    }

    /// The units of a byte place; `None` where it is not between two code points.
    pub fn at(&self, byte: usize) -> Option<Units> {
        let before = self.text.get(..byte)?;
        Some(Units {
            bytes: byte,
            code_points: before.chars().count(),
            utf16: before.encode_utf16().count(),
            clusters: self.clusters.partition_point(|start| *start <= byte) - 1,
        })
    }

    /// The byte where so many code points have passed.
    pub fn byte_of_code_point(&self, count: usize) -> Option<usize> {
        let ends = self.text.char_indices().map(|(at, _)| at);
        ends.chain([self.text.len()]).nth(count)
    }

    /// The byte where so many UTF-16 code units have passed; `None` inside a surrogate pair.
    pub fn byte_of_utf16(&self, count: usize) -> Option<usize> {
        let mut passed = 0;
        for (at, letter) in self.text.char_indices() {
            if passed >= count {
                return (passed == count).then_some(at);
            }
            passed += letter.len_utf16();
        }
        (passed == count).then_some(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn span(text: &str, wanted: &str) -> Span<'static> {
        let at = text.find(wanted).unwrap();
        Span::new(Part::Trace, text, at..at + wanted.len())
            .unwrap()
            .to_owned()
    }

    #[test]
    fn a_span_is_found_where_it_was_and_where_it_went() {
        let text = "The inscription of Sarvadarma is old. Sarvadarma!";
        let old = span(text, "Sarvadarma");
        assert_eq!(old.find(text), Some(19..29));
        let moved = "Perhaps: Sarvadarma? No. The inscription of Sarvadarma is old.";
        assert_eq!(old.find(moved), Some(44..54));
        assert_eq!(old.find("The inscription of Sarwadharma is old."), None);
        assert_eq!(old.find(""), None);
    }

    #[test]
    fn without_context_the_nearest_place_counts() {
        let old = span("0123456789 aa", "aa");
        assert_eq!(old.find("aa.......aa"), Some(9..11));
        assert_eq!(old.find("aaa"), Some(1..3));
    }

    #[test]
    fn no_span_cuts_a_letter_or_is_empty() {
        assert!(Span::new(Part::Answer, "हिन्दी", 1..3).is_none());
        assert!(Span::new(Part::Answer, "a", 1..1).is_none());
        assert!(Span::new(Part::Answer, "a", 0..2).is_none());
    }

    #[test]
    fn units_differ_where_they_must() {
        let text = "a👋🏽हिx";
        let offsets = Offsets::new(text);
        let end = offsets.at(text.len()).unwrap();
        assert_eq!(
            (end.bytes, end.code_points, end.utf16, end.clusters),
            (16, 6, 8, 4)
        );
        assert_eq!(offsets.byte_of_utf16(2), None);
        assert_eq!(offsets.byte_of_utf16(5), Some(9));
        assert_eq!(offsets.byte_of_code_point(3), Some(9));
        assert_eq!(offsets.byte_of_code_point(7), None);
    }

    proptest! {
        #[test]
        fn units_lead_back_to_the_byte(text in "[a-c👋é\u{301}हि\r\n]{0,12}") {
            let offsets = Offsets::new(&text);
            for byte in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let units = offsets.at(byte).unwrap();
                prop_assert_eq!(offsets.byte_of_code_point(units.code_points), Some(byte));
                prop_assert_eq!(offsets.byte_of_utf16(units.utf16), Some(byte));
                let ends = text.grapheme_indices(true).map(|(at, cluster)| at + cluster.len());
                prop_assert_eq!(units.clusters, ends.filter(|end| *end <= byte).count());
            }
        }

        #[test]
        fn a_span_is_found_behind_any_new_beginning(text in "[a-c ]{1,30}", new in "[a-c ]{0,10}", at in 0usize..30, len in 1usize..10) {
            let start = at.min(text.len() - 1);
            let range = start..(start + len).min(text.len());
            let span = Span::new(Part::Trace, &text, range.clone()).unwrap();
            let changed = format!("{new}{text}");
            let found = span.find(&changed).unwrap();
            prop_assert_eq!(&changed[found], &text[range]);
        }
    }
}
