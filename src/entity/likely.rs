//! What the name model alone cannot tell: whether a window may be a name at all, and whether all of it is meant.

use std::ops::Range;

use unicode_script::Script as Letters;

use super::cue::align;
use super::name::{Comparison, Pair, Step};
use super::scan::{self, Sounds};
use super::text::{Text, words};
use super::variant::{Edge, Letter};
use super::wanted::Wanted;

/// Letters of the shortest name that is recognised when garbled, and of the shortest that is when it is also split; of
/// Hangul, which has two or three to a syllable, twice as many.
const SHORT: usize = 5;
const LONG: usize = 8;

/// Characters of a Chinese, Japanese or Korean name; foreign ones have more.
const HAN: usize = 4;

/// Whether a window may be a garbled name, by what costs little to see.
pub(super) fn could_be(
    wanted: &Wanted,
    text: &Text,
    window: &Range<usize>,
    crosses: bool,
    sounds: &mut Sounds,
) -> bool {
    let range = text.bytes(window.clone());
    let (Some(row), Some(stands)) = (
        text.folded.letters.get(window.clone()),
        text.text.get(range.clone()),
    ) else {
        return false;
    };
    let script = match crosses {
        true => row.first().map_or(Letters::Common, Letter::script),
        false => wanted.script,
    };
    let length = wanted.letters.len();
    // What is shorter is near some word of any text.
    let is_short = match script {
        Letters::Han => length < 2,
        Letters::Katakana => length < 4,
        _ => length < SHORT,
    };
    let is_name = !wanted.has_capital || crosses || !has_case(stands) || is_capitalised(stands);
    let long = if script == Letters::Hangul {
        2 * LONG
    } else {
        LONG
    };
    let is_split = words(row).len() > wanted.words.len() && length < long;
    let is_running = row.iter().any(Letter::is_hiragana)
        && !wanted.text().chars().any(|c| matches!(c, 'ぁ'..='ゖ'));
    // In Han a short name that lost a character, or is of two, is one only where something shows where it ends.
    let shows = |at: usize| {
        let is_free = |letter: Option<&Letter>| {
            letter.is_none_or(|letter| letter.edge == Edge::Word || letter.is_hiragana())
        };
        let before = at.checked_sub(1);
        is_free(text.folded.letters.get(at))
            || before.is_some_and(|at| text.folded.letters.get(at).is_some_and(Letter::is_hiragana))
    };
    let is_cut = script == Letters::Han
        && (row.len() < length && length <= HAN || length == 2)
        && !(shows(window.start) && shows(window.end));
    // A middle dot says that the name goes on.
    let dots = ['・', '·', '='];
    let goes_on =
        text.text[..range.start].ends_with(dots) || text.text[range.end..].starts_with(dots);
    let fits = row.len() >= 2 && row.len() <= 3 * length + 6;
    fits && is_name
        && !(is_short || is_split || is_running || is_cut || goes_on)
        && (crosses || is_alike_in_short(wanted, row, sounds))
}

/// The first and the last word have a capital.
fn is_capitalised(text: &str) -> bool {
    let mut words = text
        .split_whitespace()
        .map(|word| word.trim_start_matches(|c: char| !c.is_alphanumeric()));
    let has_capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let first = words.next();
    first.is_some_and(has_capital) && words.next_back().is_none_or(has_capital)
}

fn has_case(text: &str) -> bool {
    text.chars().any(|c| c.is_lowercase() || c.is_uppercase())
}

/// Every word of the form is recognisable in what was found, and no word stands there for nothing: a family name alone
/// makes no brother the same man.
pub(super) fn is_whole(
    wanted: &Wanted,
    window: &[Letter],
    crosses: bool,
    comparison: &Comparison,
    sounds: &mut Sounds,
) -> bool {
    let found = words(window);
    if crosses {
        let start = window.first().map_or(0, |first| first.start as usize);
        let bytes = |letters: &[Letter], start: usize| {
            let ends = letters.first().zip(letters.last());
            ends.map_or(0..0, |(first, last)| {
                first.start as usize - start..last.end as usize - start
            })
        };
        let is_there = |word: &Range<usize>| {
            kept(comparison, bytes(wanted.word(word), 0), |pair| {
                &pair.expected
            })
        };
        let is_meant = |word: &Range<usize>| {
            kept(comparison, bytes(&window[word.clone()], start), |pair| {
                &pair.found
            })
        };
        return wanted.words.iter().all(is_there) && found.iter().all(is_meant);
    }
    let aligned = align(&wanted.letters, window);
    // For each letter of a side what stands for it on the other.
    let sides = [
        (&wanted.letters[..], &wanted.words, false),
        (window, &found, true),
    ];
    sides.into_iter().all(|(letters, words, turned)| {
        let mut others: Vec<Option<Letter>> = Vec::with_capacity(letters.len());
        for (a, b) in &aligned {
            let (mine, other) = if turned { (b, a) } else { (a, b) };
            others.extend(mine.map(|_| *other));
        }
        words.iter().filter(|word| word.len() >= 3).all(|word| {
            let (mine, others) = (
                &letters[word.clone()],
                others.get(word.clone()).unwrap_or_default(),
            );
            let likeness = |(a, b): (&Letter, &Option<Letter>)| match b {
                Some(b) if a.c == b.c => 2,
                Some(b) if scan::code(a.c) == scan::code(b.c) => 1,
                _ => 0,
            };
            let same: usize = mine.iter().zip(others).map(likeness).sum();
            // What begins otherwise must go on the more alike.
            let begins = mine.first().zip(others.first().copied().flatten());
            let needed = match begins {
                Some((a, b)) if scan::code(a.c) == scan::code(b.c) => mine.len() * 5,
                _ => mine.len() * 6,
            };
            let others: Vec<Letter> = others.iter().copied().flatten().collect();
            same * 5 >= needed || sounds_alike(mine, &others, sounds)
        })
    })
}

/// Up to so many bits above the usual, what stands for a part of a word is meant for it.
const MEANT: f32 = 5.0;

/// At least half of what the model aligned with a word is more than nothing.
fn kept(comparison: &Comparison, word: Range<usize>, side: fn(&Pair) -> &Range<usize>) -> bool {
    let within = |pair: &&Pair| {
        let range = side(pair);
        !range.is_empty() && range.start >= word.start && range.end <= word.end
    };
    let (all, good) = comparison
        .pairs
        .iter()
        .filter(within)
        .fold((0, 0), |(all, good), pair| {
            let is_good = matches!(pair.step, Step::Match | Step::Variant)
                || pair.step == Step::Substitution && pair.cost < MEANT;
            (all + 1, good + usize::from(is_good))
        });
    good * 2 >= all
}

/// More than half of the consonants of two words are alike.
fn sounds_alike(a: &[Letter], b: &[Letter], sounds: &mut Sounds) -> bool {
    let (a, b) = (scan::class(sounds, a), scan::class(sounds, b));
    let longer = a.len().max(b.len());
    longer >= 2 && scan::distance(&a, &b) as usize * 2 < longer
}

/// Short names of Han and Hangul are near many words. They keep their syllables, and in Han what differs is read alike.
fn is_alike_in_short(wanted: &Wanted, row: &[Letter], sounds: &mut Sounds) -> bool {
    match wanted.script {
        Letters::Hangul => {
            let begins = |letter: &Letter| matches!(letter.c, '\u{1100}'..='\u{115f}');
            let syllables = |row: &[Letter]| row.iter().filter(|letter| begins(letter)).count();
            let expected = wanted.letters.chunk_by(|_, next| !begins(next));
            let found = row.chunk_by(|_, next| !begins(next));
            // Two of beginning, vowel and end.
            let is_alike = |(a, b): &(&[Letter], &[Letter])| {
                let part = |of: &[Letter], at: usize| of.get(at).map(|letter| letter.c);
                (0..3).filter(|at| part(a, *at) == part(b, *at)).count() >= 2
            };
            let alike = expected.zip(found).filter(is_alike).count();
            let length = syllables(&wanted.letters);
            length > 4 || length == syllables(row) && alike * 2 >= length
        }
        Letters::Han if wanted.letters.len() <= 3 => {
            let begins = |row: &[Letter]| row.first().map(|letter| letter.c);
            let is_family = wanted.letters.len() > 2 || begins(&wanted.letters) == begins(row);
            let mut pairs = wanted.letters.iter().zip(row);
            is_family
                && wanted.letters.len() == row.len()
                && pairs.all(|(a, b)| a.c == b.c || sounds.rhyme(a.c, b.c))
        }
        _ => true,
    }
}
