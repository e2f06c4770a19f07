//! Where a name may begin and end about a place in a text.

use std::ops::Range;

use unicode_script::Script as Letters;

use super::inflection::Inflection;
use super::text::LONGEST_WORD;
use super::variant::{Edge, Letter};

/// Where nothing else shows the edge of a name, a space or a break within so many letters does.
pub(super) const NEARBY: usize = 4;

/// The windows at about a row of letters that begin and end where names may, whole words first.
pub(super) fn windows(
    letters: &[Letter],
    about: Range<usize>,
    words: usize,
    inflection: &Inflection,
) -> Vec<Range<usize>> {
    let edge = |at: usize| letters.get(at).map_or(Edge::Word, |letter| letter.edge);
    let is_edge = |at: &usize| edge(*at) != Edge::Inside;
    let back = |at: usize| (0..=at).rev().take(LONGEST_WORD).find(is_edge);
    let on = |at: usize| (at..=letters.len()).take(LONGEST_WORD).find(is_edge);
    let (Some(first), Some(last)) = (back(about.start), on(about.end.max(about.start + 1))) else {
        return Vec::new();
    };
    let kind = |at: usize| {
        letters
            .get(at)
            .map(|letter| (letter.script(), letter.is_hiragana()))
    };
    let is_han = |at: usize| {
        letters
            .get(at)
            .is_some_and(|letter| letter.script() == Letters::Han)
    };

    let mut starts = vec![first];
    let word = first..on((first + 1).max(about.start)).unwrap_or(first);
    let prefixes = inflection.begins(letters.get(word).unwrap_or_default());
    starts.extend(prefixes.into_iter().map(|prefix| first + prefix));
    if let Some(prefixed) = starts.iter().position(|start| *start == about.start) {
        starts.swap(0, prefixed);
    }
    starts.extend(on(about.start));
    if edge(first) == Edge::Free {
        let mut near = (first.saturating_sub(NEARBY)..first).rev();
        let space = near.find(|at| edge(*at) == Edge::Word);
        match space.filter(|space| (*space..first).all(|at| kind(at) == kind(first))) {
            Some(space) if !is_han(first) => starts.insert(0, space),
            _ => starts.extend(back(first.saturating_sub(1))),
        }
    }
    starts.extend(on(first + 1).filter(|next| edge(*next) == Edge::Free));

    let mut ends = vec![last];
    let word = back(last.saturating_sub(1)).unwrap_or(last);
    let suffixes = inflection.ends(letters.get(word..last).unwrap_or_default());
    ends.extend(suffixes.into_iter().map(|suffix| last - suffix));
    ends.extend(back(about.end).filter(|_| about.end < last));
    if edge(last) == Edge::Free {
        let space = (last + 1..=last + NEARBY).find(|at| edge(*at) == Edge::Word);
        match space.filter(|space| (last..*space).all(|at| kind(at) == kind(last - 1))) {
            Some(space) if !is_han(last - 1) => ends.insert(0, space),
            _ => ends.extend(on(last + 1)),
        }
    }
    let has_more = (first + 1..last)
        .filter(|at| edge(*at) == Edge::Word)
        .count()
        >= words;
    ends.extend((has_more || edge(word) == Edge::Free).then_some(word));

    let mut windows: Vec<Range<usize>> = Vec::new();
    for start in &starts {
        for end in &ends {
            let window = *start..*end;
            let is_whole = letters.get(window.clone()).is_some_and(|row| {
                let more = row
                    .iter()
                    .skip(1)
                    .filter(|letter| letter.edge == Edge::Word)
                    .count();
                !row.is_empty() && more <= words && !row.iter().any(Letter::is_break)
            });
            if is_whole && !windows.contains(&window) {
                windows.push(window);
            }
        }
    }
    windows
}
