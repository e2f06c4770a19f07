//! What went wrong in a name, in a word: guesses from an alignment, for a person to look at.

use crate::script::{Exotic, exotic};

use super::name::{Pair, Step};
use super::scan::{self, Sounds, is_vowel};
use super::variant::{self, Folded, Letter};

/// One kind of difference between a form and what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cue {
    /// Two scripts in one word, or a letter that looks like the right one.
    Mixed,
    /// The parts are all there, in another order.
    Order,
    /// A syllable is missing.
    Omitted,
    /// A syllable is too many.
    Added,
    /// b, f, p, v, w.
    Labial,
    /// l, r.
    Liquid,
    /// s, z, sh, ch, j.
    Sibilant,
    /// k, kh, g, gh, h, q.
    Guttural,
    /// d, t, th.
    Dental,
    /// m, n.
    Nasal,
    /// An h or an aspirate more or less.
    Aspirate,
    /// Another consonant altogether.
    Consonant,
    /// Another vowel, or one more or less.
    Vowel,
    /// A long vowel or letter for a short one.
    Length,
    /// Another character of the same reading, in Han.
    Homophone,
    /// A foreign name was restored from its local spelling, and not to what it was.
    BackTransliteration,
    /// Equal but for spaces and hyphens.
    Segmentation,
    /// Equal but for marks on letters, or their case or width.
    Marks,
    /// Equal but for an ending.
    Inflection,
    /// A part of the name that stands for all of it.
    Partial,
}

impl Cue {
    /// Every cue, the most telling first.
    pub const ALL: [Cue; 20] = [
        Cue::Mixed,
        Cue::Order,
        Cue::Omitted,
        Cue::Added,
        Cue::Labial,
        Cue::Liquid,
        Cue::Sibilant,
        Cue::Guttural,
        Cue::Dental,
        Cue::Nasal,
        Cue::Aspirate,
        Cue::Consonant,
        Cue::Vowel,
        Cue::Length,
        Cue::Homophone,
        Cue::BackTransliteration,
        Cue::Segmentation,
        Cue::Marks,
        Cue::Inflection,
        Cue::Partial,
    ];

    /// The word used in filters, columns and on screen.
    pub const fn word(self) -> &'static str {
        match self {
            Cue::Mixed => "mixed-script",
            Cue::Order => "order",
            Cue::Omitted => "omitted-syllable",
            Cue::Added => "added-syllable",
            Cue::Labial => "b/v/p",
            Cue::Liquid => "l/r",
            Cue::Sibilant => "s/z/sh",
            Cue::Guttural => "k/kh/g",
            Cue::Dental => "d/t",
            Cue::Nasal => "m/n",
            Cue::Aspirate => "aspirate",
            Cue::Consonant => "consonant",
            Cue::Vowel => "vowel",
            Cue::Length => "length",
            Cue::Homophone => "homophone",
            Cue::BackTransliteration => "back-transliteration",
            Cue::Segmentation => "segmentation",
            Cue::Marks => "marks",
            Cue::Inflection => "inflection",
            Cue::Partial => "partial-name",
        }
    }
}

/// The cues of a form and what was found in its place, most telling first; of two variants, what is free in them.
///
/// In one script they come from the letters themselves; across scripts from the alignment of the name model.
pub fn cues(form: &str, found: &str, pairs: &[Pair], sounds: &mut Sounds) -> Vec<Cue> {
    let mut cues = Vec::new();
    let is_mixed =
        |(_, kind): &(_, Exotic)| matches!(kind, Exotic::Homoglyph { .. } | Exotic::MixedScript);
    if !found.is_ascii() && exotic(found).iter().any(is_mixed) && !exotic(form).iter().any(is_mixed)
    {
        cues.push(Cue::Mixed);
    }
    let (expected, stands) = (Folded::of(form), Folded::of(found));
    if expected
        .letters
        .iter()
        .map(|letter| letter.c)
        .eq(stands.letters.iter().map(|letter| letter.c))
    {
        cues.push(freedom(form, found));
    } else if expected.script() == stands.script() {
        of_letters(&expected, &stands, sounds, &mut cues);
    } else {
        of_pairs(&expected, &stands, pairs, sounds, &mut cues);
    }
    if is_mixed_up(form, found) {
        cues.push(Cue::Order);
    }
    cues.sort_unstable();
    cues.dedup();
    cues
}

/// What is free in two variants.
fn freedom(form: &str, found: &str) -> Cue {
    let joined = |text: &str| {
        text.chars()
            .filter(|c| !variant::is_gap(*c))
            .collect::<String>()
    };
    match () {
        () if joined(form) == joined(found) => Cue::Segmentation,
        () if form.contains('ー') != found.contains('ー') => Cue::Length,
        () => Cue::Marks,
    }
}

/// The cues of two spellings in one script, from the cheapest way to turn the one into the other.
fn of_letters(expected: &Folded, stands: &Folded, sounds: &mut Sounds, cues: &mut Vec<Cue>) {
    let aligned = align(&expected.letters, &stands.letters);
    for run in
        aligned.chunk_by(|a, b| a.0.is_none() == b.0.is_none() && a.1.is_none() == b.1.is_none())
    {
        let (gone, more): (Vec<_>, Vec<_>) = run.iter().copied().unzip();
        let (gone, more): (Vec<Letter>, Vec<Letter>) = (
            gone.into_iter().flatten().collect(),
            more.into_iter().flatten().collect(),
        );
        match (gone.as_slice(), more.as_slice()) {
            (gone, []) => cues.push(of_one(gone, expected, Cue::Omitted)),
            ([], more) => cues.push(of_one(more, stands, Cue::Added)),
            (gone, more) => {
                let pairs = gone.iter().zip(more).filter(|(a, b)| a.c != b.c);
                cues.extend(pairs.map(|(a, b)| of_two(&[*a], &[*b], sounds)));
            }
        }
    }
}

/// The cues of a name model's alignment.
fn of_pairs(
    expected: &Folded,
    stands: &Folded,
    pairs: &[Pair],
    sounds: &mut Sounds,
    cues: &mut Vec<Cue>,
) {
    for run in pairs
        .chunk_by(|a, b| a.step == b.step && matches!(a.step, Step::Insertion | Step::Omission))
    {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        let gone = letters(expected, first.expected.start..last.expected.end);
        let more = letters(stands, first.found.start..last.found.end);
        match first.step {
            Step::Match | Step::Variant => {}
            Step::Omission => cues.push(of_one(&gone, expected, Cue::Omitted)),
            Step::Insertion => cues.push(of_one(&more, stands, Cue::Added)),
            Step::Substitution => cues.push(of_two(&gone, &more, sounds)),
        }
    }
}

/// A plain alignment of the letters of one script.
pub fn align(a: &[Letter], b: &[Letter]) -> Vec<(Option<Letter>, Option<Letter>)> {
    let alone = |letter: &Letter| if is_vowel(letter.c) { 2 } else { 3 };
    let change = |a: &Letter, b: &Letter| match (a.c == b.c, is_vowel(a.c), is_vowel(b.c)) {
        (true, ..) => 0,
        (false, true, true) => 2,
        (false, false, false) => 3,
        _ => 5,
    };
    let width = b.len() + 1;
    let mut cost = vec![0_u32; (a.len() + 1) * width];
    // What is cheapest up to the i-th letter of the one and the j-th of the other, and what was done last.
    let step = |cost: &[u32], i: usize, j: usize| {
        let (x, y) = (a.get(i.wrapping_sub(1)), b.get(j.wrapping_sub(1)));
        let both = x.zip(y).map(|(x, y)| {
            (
                cost[(i - 1) * width + j - 1] + change(x, y),
                Some(*x),
                Some(*y),
            )
        });
        let gone = x.map(|x| (cost[(i - 1) * width + j] + alone(x), Some(*x), None));
        let more = y.map(|y| (cost[i * width + j - 1] + alone(y), None, Some(*y)));
        [both, gone, more]
            .into_iter()
            .flatten()
            .min_by_key(|(cost, ..)| *cost)
    };
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            cost[i * width + j] = step(&cost, i, j).map_or(0, |(cost, ..)| cost);
        }
    }
    let mut aligned = Vec::new();
    let (mut i, mut j) = (a.len(), b.len());
    while let Some((_, gone, more)) = step(&cost, i, j) {
        aligned.push((gone, more));
        (i, j) = (
            i - usize::from(gone.is_some()),
            j - usize::from(more.is_some()),
        );
    }
    aligned.reverse();
    aligned
}

fn letters(folded: &Folded, range: std::ops::Range<usize>) -> Vec<Letter> {
    let within =
        |letter: &&Letter| letter.start as usize >= range.start && letter.end as usize <= range.end;
    folded.letters.iter().filter(within).copied().collect()
}

fn is_h(letter: &Letter) -> bool {
    matches!(
        letter.c,
        'h' | 'ه' | 'ה' | 'ح' | 'х' | 'ᄒ' | 'ह' | 'ჰ' | 'հ' | '\u{94d}'
    )
}

/// Letters on one side only.
fn of_one(letters: &[Letter], folded: &Folded, syllable: Cue) -> Cue {
    let doubles = |letter: &Letter| {
        let twins = folded.letters.windows(2);
        twins
            .filter(|twins| twins[0].c == twins[1].c)
            .any(|twins| twins.contains(letter))
    };
    match letters {
        [letter] if doubles(letter) => Cue::Length,
        letters if letters.iter().all(|letter| is_vowel(letter.c)) => Cue::Vowel,
        letters if letters.iter().all(is_h) => Cue::Aspirate,
        [_] if !matches!(letters[0].c, '\u{3400}'..='\u{9fff}' | 'ア'..='ン') => Cue::Consonant,
        _ => syllable,
    }
}

/// Letters that stand for one another.
fn of_two(gone: &[Letter], more: &[Letter], sounds: &mut Sounds) -> Cue {
    let is_vowels = |letters: &[Letter]| letters.iter().all(|letter| is_vowel(letter.c));
    if is_vowels(gone) && is_vowels(more) {
        return Cue::Vowel;
    }
    let mut class = |letters: &[Letter]| scan::class(sounds, letters);
    let (a, b) = (class(gone), class(more));
    let is_han = |letters: &[Letter]| {
        letters
            .iter()
            .any(|letter| letter.script() == unicode_script::Script::Han)
    };
    if is_han(gone) {
        return if a == b && !a.is_empty() {
            Cue::Homophone
        } else {
            Cue::Consonant
        };
    }
    let is_nasal = |class: &[u8]| matches!(class, [b'm' | b'n']);
    match (a.as_slice(), b.as_slice()) {
        (a, b) if a != b && is_nasal(a) && is_nasal(b) => Cue::Nasal,
        (a, b) if a != b => Cue::Consonant,
        ([b'p', ..], _) => Cue::Labial,
        ([b'r', ..], _) => Cue::Liquid,
        ([b's', ..], _) => Cue::Sibilant,
        ([b'k', ..], _) => Cue::Guttural,
        ([b't', ..], _) => Cue::Dental,
        ([], _) if gone.iter().chain(more).any(is_h) => Cue::Aspirate,
        ([], _) => Cue::Guttural,
        // Of one class and none of these: kana of one row, which differ in their vowel.
        _ => Cue::Vowel,
    }
}

/// The same words in another order.
fn is_mixed_up(form: &str, found: &str) -> bool {
    let words = |text: &str| {
        let mut words: Vec<String> = text
            .split_whitespace()
            .map(|word| Folded::of(word).key())
            .collect();
        words.sort_unstable();
        words
    };
    words(form).len() > 1 && words(form) == words(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(form: &str, found: &str) -> Vec<Cue> {
        cues(form, found, &[], &mut Sounds::default())
    }

    #[test]
    fn differences_are_told_in_a_word() {
        for (form, found, cue) in [
            ("Horio Yoshiharu", "Horio Yoshihara", Cue::Vowel),
            ("Kositpipat", "Kosipipat", Cue::Consonant),
            ("Vann", "Bann", Cue::Labial),
            ("Kochar", "Kochal", Cue::Liquid),
            ("Халеги", "Халеки", Cue::Guttural),
            ("Shengelaia", "Zhengelaia", Cue::Sibilant),
            ("दिल्ली", "टिल्ली", Cue::Dental),
            ("堀尾吉晴", "堀尾吉清", Cue::Homophone),
            ("堀尾吉晴", "堀尾吉", Cue::Omitted),
            ("Khaleghi", "Kaleghi", Cue::Aspirate),
            ("Щусев", "Щуcев", Cue::Mixed),
            (
                "アレクセイ・シューセフ",
                "アレクセイ・シュセフ",
                Cue::Length,
            ),
            ("이 효석", "이효석", Cue::Segmentation),
            ("호리오 요시하루", "호리우 요시하라", Cue::Vowel),
            ("ख़ालेक़ी", "खालेकी", Cue::Marks),
            ("Génia", "Genia", Cue::Marks),
            ("Giorgi Shengelaia", "Giorgi Shenlaia", Cue::Omitted),
        ] {
            assert!(
                of(form, found).contains(&cue),
                "{form} {found}: {:?}",
                of(form, found)
            );
        }
        assert_eq!(
            Cue::ALL
                .map(Cue::word)
                .iter()
                .collect::<std::collections::BTreeSet<_>>()
                .len(),
            Cue::ALL.len()
        );
    }
}
