//! One place where an entity, or something trying to be it, stands.

use std::ops::Range;

use unicode_script::Script as Letters;

use super::cue::Cue;
use super::name::Pair;

/// A part of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The reasoning.
    Trace,
    /// What was answered after it.
    Answer,
}

impl Part {
    /// The word used in output and on screen.
    pub const fn word(self) -> &'static str {
        match self {
            Part::Trace => "trace",
            Part::Answer => "answer",
        }
    }
}

/// How what stands there is related to the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The same in NFC, and nothing else: not in other case, not inflected inside.
    Exact,
    /// Different by known freedom, or in another case of its declension.
    Variant,
    /// Recognisably the same name, with divergent letters.
    Garbled,
}

impl Kind {
    /// The word used in output and on screen.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Exact => "exact",
            Kind::Variant => "variant",
            Kind::Garbled => "garbled",
        }
    }
}

/// One place where an entity, or something trying to be it, stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// Trace or answer.
    pub part: Part,
    /// Bytes of that text, on cluster boundaries; without what hangs on the name.
    pub range: Range<usize>,
    /// The form it was compared with, by its place among the forms of the entity.
    pub form: usize,
    /// How they are related.
    pub kind: Kind,
    /// How likely both are one name; 1 where they differ by known freedom at most.
    pub probability: f32,
    /// Of a garbled mention the alignment; `found` counts in bytes of the text.
    pub pairs: Vec<Pair>,
    /// The first clusters that part, in the form and in the text.
    pub diverges: Option<(Range<usize>, Range<usize>)>,
    /// What went wrong, most telling first; of a variant, what is free.
    pub cues: Vec<Cue>,
    /// Script of what stands there; hiragana counts as katakana.
    pub letters: Letters,
}

impl Mention {
    /// The first clusters that part are in this stretch of an alignment of the form with what stands there.
    pub fn parts_in(&self, pair: &Pair) -> bool {
        let meet = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
        let start = self.range.start;
        let found = start + pair.found.start..start + pair.found.end;
        self.diverges.as_ref().is_some_and(|(expected, stands)| {
            meet(&pair.expected, expected) || meet(&found, stands)
        })
    }
}

/// Of mentions that overlap the best one, all in order. `words` are how many words each form has.
pub(super) fn best_apart(mut found: Vec<Mention>, words: &[usize]) -> Vec<Mention> {
    found.sort_by_key(|mention| mention.range.start);
    let mut best = Vec::with_capacity(found.len());
    let mut rest = found.into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut end = first.range.end;
        let mut group = vec![first];
        while let Some(next) = rest.next_if(|next| next.range.start < end) {
            end = end.max(next.range.end);
            group.push(next);
        }
        best.extend(best_of(group, words));
    }
    best
}

/// The same for mentions that all hang together.
fn best_of(mut group: Vec<Mention>, words: &[usize]) -> Vec<Mention> {
    let words: Vec<usize> = group
        .iter()
        .map(|mention| words.get(mention.form).copied().unwrap_or(0))
        .collect();
    // A short form that is right inside a long one that is not: the long one is what was written.
    let is_part_of_more = |at: usize| {
        let part = &group[at].range;
        group.iter().zip(&words).any(|(other, count)| {
            *count > words[at]
                && other.kind == Kind::Garbled
                && other.range.len() > part.len()
                && other.range.start <= part.start
                && part.end <= other.range.end
        })
    };
    // Right before wrong, the longer first; of wrong ones the likelier, and what is only part of more last.
    let rank = |at: usize| {
        let mention = &group[at];
        match mention.kind {
            Kind::Garbled => (1, 0, 0),
            _ if is_part_of_more(at) => (0, 0, 0),
            Kind::Exact => (2, mention.range.len(), 1),
            Kind::Variant => (2, mention.range.len(), 0),
        }
    };
    let ranks: Vec<_> = (0..group.len()).map(rank).collect();
    let mut order: Vec<usize> = (0..group.len()).collect();
    order.sort_by(|a, b| {
        let by_probability = || group[*b].probability.total_cmp(&group[*a].probability);
        let by_length = || group[*b].range.len().cmp(&group[*a].range.len());
        ranks[*b]
            .cmp(&ranks[*a])
            .then_with(by_probability)
            .then_with(by_length)
    });
    let mut kept: Vec<usize> = Vec::new();
    for at in order {
        let range = &group[at].range;
        let is_apart = |other: &usize| {
            range.end <= group[*other].range.start || group[*other].range.end <= range.start
        };
        if kept.iter().all(is_apart) {
            kept.push(at);
        }
    }
    let mut number = 0..;
    group.retain(|_| number.next().is_some_and(|at: usize| kept.contains(&at)));
    group
}
