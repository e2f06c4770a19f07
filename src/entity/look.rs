//! What stands at a place of a text where a form was found with errors: the form, a variant of it, a case, something
//! trying to be it, or nothing of the kind.

use std::ops::Range;
use std::rc::Rc;

use unicode_normalization::UnicodeNormalization;
use unicode_script::Script as Letters;

use super::cue::{Cue, cues};
use super::forms::Form;
use super::inflection::Inflection;
use super::likely::{could_be, is_whole};
use super::mention::{Kind, Mention};
use super::name::Pair;
use super::scan::{self, Sounds};
use super::search::Search;
use super::text::{Text, clusters, words};
use super::variant::{Letter, marks_agree};
use super::wanted::{Rated, Wanted, starts_with_capital};
use super::window::{NEARBY, windows};

/// What a garbled mention must reach: the probability where the form is in the same script, and where it is not.
const LIKELY: f32 = 0.7;
const LIKELY_ACROSS: f32 = 0.75;

/// So much more likely must a window be that cuts a word.
const CLEARLY: f32 = 0.2;

/// From so many bits above the usual on, what the name model lets pass is odd.
const ODD: f32 = 8.0;

/// At most so many windows about a place are shown to the name model.
const SHOWN: usize = 6;

/// Looks for one form in one text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a, 'm> {
    pub(super) text: &'a Text<'a>,
    pub(super) wanted: &'a Wanted<'m>,
    search: &'a Search<'a, 'm>,
    /// The place of the form among those of the entity.
    form: usize,
}

/// A place to look at.
struct Place<'a> {
    script: Letters,
    /// No letter there is of the script of the form.
    crosses: bool,
    inflection: &'a Inflection,
    /// The rows of letters that may be the name.
    windows: Vec<Range<usize>>,
}

impl<'a, 'm> Look<'a, 'm> {
    pub(super) fn new(
        search: &'a Search<'a, 'm>,
        text: &'a Text<'a>,
        form: usize,
        wanted: &'a Wanted<'m>,
    ) -> Self {
        Look {
            text,
            wanted,
            search,
            form,
        }
    }

    /// The best that stands at about this row of letters.
    pub(super) fn at(&self, about: Range<usize>, sounds: &mut Sounds) -> Option<Mention> {
        let is_apart = self.text.is_edge(about.start) && self.text.is_edge(about.end);
        if is_apart && self.is_same(&about) {
            return self.spelt(about, sounds);
        }
        let place = self.place(about)?;
        let same = || place.windows.iter().find(|window| self.is_same(window));
        let case = || {
            place
                .windows
                .iter()
                .find(|window| self.is_case(window, &place))
        };
        if let Some(window) = same() {
            return self.spelt(window.clone(), sounds);
        }
        if let Some(window) = case() {
            return Some(self.mention(window.clone(), Kind::Variant, vec![Cue::Inflection]));
        }
        self.garbled(&place, sounds)
    }

    /// The form with its last word first, if words begin and end there.
    pub(super) fn turned(&self, window: Range<usize>, turned: &[char]) -> Option<Mention> {
        let row = self.row(&window).iter().map(|letter| letter.c);
        let stands = row.eq(turned.iter().copied())
            && self.text.is_edge(window.start)
            && self.text.is_edge(window.end);
        stands.then(|| self.mention(window, Kind::Variant, vec![Cue::Order]))
    }

    fn form(&self) -> Option<&'a Form> {
        self.search.sought.forms.get(self.form)
    }

    pub(super) fn row(&self, window: &Range<usize>) -> &'a [Letter] {
        let letters = &self.text.folded.letters;
        letters.get(window.clone()).unwrap_or_default()
    }

    pub(super) fn written(&self, window: &Range<usize>) -> &'a str {
        let range = self.text.bytes(window.clone());
        self.text.text.get(range).unwrap_or("")
    }

    pub(super) fn inflection(&self, script: Letters) -> &'a Inflection {
        self.search.inflections.in_script(script)
    }

    fn place(&self, about: Range<usize>) -> Option<Place<'a>> {
        let row = self.row(&about).iter().filter(|letter| !letter.is_break());
        let script = row.clone().next()?.script();
        let inflection = self.inflection(script);
        let letters = &self.text.folded.letters;
        let crosses = !row
            .clone()
            .any(|letter| letter.script() == self.wanted.script);
        let windows = windows(letters, about, self.wanted.words.len(), inflection);
        Some(Place {
            script,
            crosses,
            inflection,
            windows,
        })
    }

    /// What stands there is no common word, such as later for Later.
    fn is_a_name(&self, window: &Range<usize>) -> bool {
        let wanted = self.wanted;
        let is_word = wanted.words.len() == 1 && wanted.has_capital;
        // A short name in katakana is a piece of any text in hiragana.
        let hides = wanted.script == Letters::Katakana
            && wanted.letters.len() < NEARBY
            && !wanted.letters.iter().any(Letter::is_hiragana)
            && self.row(window).iter().all(Letter::is_hiragana);
        !hides && (!is_word || starts_with_capital(self.written(window)))
    }

    fn is_same(&self, window: &Range<usize>) -> bool {
        let wanted = self.wanted.letters.iter().map(|letter| letter.c);
        let row = self.row(window).iter().map(|letter| letter.c);
        row.eq(wanted) && self.is_a_name(window)
    }

    fn is_case(&self, window: &Range<usize>, place: &Place) -> bool {
        let row = self.row(window);
        let (found, basic) = (words(row), &self.wanted.words);
        found.len() == basic.len()
            && found.iter().zip(basic).all(|(found, basic)| {
                let found = row.get(found.clone()).unwrap_or_default();
                place.inflection.is_case(self.wanted.word(basic), found)
            })
            && self.is_a_name(window)
    }

    /// The form, or what differs from it by known freedom.
    fn spelt(&self, window: Range<usize>, sounds: &mut Sounds) -> Option<Mention> {
        let mut mention = self.mention(window.clone(), Kind::Variant, Vec::new());
        let last = self.row(&window).last()?;
        // An ending that is written on the last letter of the name cannot be parted from it.
        if mention.range.end > last.end as usize {
            let ends = window.end..=self.text.folded.letters.len();
            let end = ends.clone().find(|at| self.text.is_edge(*at));
            let window = window.start..end.unwrap_or(window.end);
            return Some(self.mention(window, Kind::Variant, vec![Cue::Inflection]));
        }
        let (form, stands) = (self.form()?, self.written(&window));
        if stands == form.text || stands.nfc().eq(form.text.nfc()) {
            mention.kind = Kind::Exact;
            return Some(mention);
        }
        mention.cues = cues(&form.text, stands, &[], sounds);
        // Vietnamese tells words apart by marks.
        let is_free = mention.letters != Letters::Latin
            || marks_agree(&form.text, stands, form.language != "vi");
        if !is_free {
            mention.kind = Kind::Garbled;
            mention.probability = self.wanted.compare(stands).comparison.probability;
        }
        Some(mention)
    }

    /// The likeliest window that is recognisably the name.
    fn garbled(&self, place: &Place, sounds: &mut Sounds) -> Option<Mention> {
        let likely = if place.crosses { LIKELY_ACROSS } else { LIKELY };
        let mut best: Option<(f32, &Range<usize>, Rc<Rated>)> = None;
        for window in self.nearest(place).take(SHOWN) {
            if !could_be(self.wanted, self.text, window, place.crosses, sounds) {
                continue;
            }
            let rated = self.wanted.compare(self.written(window));
            let probability = rated.comparison.probability;
            // Whole words come first; only what is clearly better cuts them.
            let needed = best.as_ref().map_or(likely, |(best, ..)| best + CLEARLY);
            let is_whole = || {
                is_whole(
                    self.wanted,
                    self.row(window),
                    place.crosses,
                    &rated.comparison,
                    sounds,
                )
            };
            if probability >= needed && *rated.is_whole.get_or_init(is_whole) {
                best = Some((probability, window, rated));
            }
        }
        let (_, window, rated) = best?;
        Some(self.judged(window, &rated, place, sounds))
    }

    /// The windows that are about as far from the form as the nearest one, whole words first; in Han the
    /// nearest first.
    fn nearest<'p>(&self, place: &'p Place) -> impl Iterator<Item = &'p Range<usize>> {
        let mut least = u32::MAX - 1;
        let distance = |window: &Range<usize>| {
            if place.crosses {
                return 0;
            }
            let codes = self.text.codes.get(window.clone()).unwrap_or_default();
            let apart = codes.len().abs_diff(self.wanted.codes.len()) as u32;
            if apart > least + 1 {
                return apart;
            }
            let distance = scan::distance(&self.wanted.codes, codes);
            least = least.min(distance);
            distance
        };
        let distances: Vec<u32> = place.windows.iter().map(distance).collect();
        let least = distances.iter().min().copied().unwrap_or(0);
        let windows = place.windows.iter().zip(distances);
        let mut near: Vec<_> = windows
            .filter(|(_, distance)| *distance <= least + 1)
            .collect();
        if place.script == Letters::Han {
            near.sort_by_key(|(_, distance)| *distance);
        }
        near.into_iter().map(|(window, _)| window)
    }

    /// The mention of what the name model recognised.
    fn judged(
        &self,
        window: &Range<usize>,
        rated: &Rated,
        place: &Place,
        sounds: &mut Sounds,
    ) -> Mention {
        let (form, stands) = (self.wanted.text(), self.written(window));
        let comparison = &rated.comparison;
        let known = || cues(form, stands, &comparison.pairs, sounds);
        let cues = rated.cues.get_or_init(known).clone();
        let mention = self.mention(window.clone(), Kind::Garbled, cues);
        let start = mention.range.start;
        let pair = |pair: &Pair| Pair {
            found: pair.found.start + start..pair.found.end + start,
            ..pair.clone()
        };
        let pairs: Vec<Pair> = comparison.pairs.iter().map(pair).collect();
        // Where no form of the script is known, only what sounds different is wrong.
        let mut sounds_wrong = |pair: &Pair| {
            (pair.step.diverges() || pair.cost >= ODD)
                && !sounds_alike(
                    within(&self.wanted.letters, &pair.expected),
                    within(self.row(window), &pair.found),
                    sounds,
                )
        };
        let kind = match place.crosses && !pairs.iter().any(&mut sounds_wrong) {
            true => Kind::Variant,
            false => Kind::Garbled,
        };
        let parts = pairs.iter().find(|pair| pair.step.diverges());
        let diverges = match parts {
            Some(pair) => Some((
                clusters(form, pair.expected.clone()),
                clusters(self.text.text, pair.found.clone()),
            )),
            None if place.crosses => None,
            None => self.first_difference(window),
        };
        Mention {
            kind,
            probability: comparison.probability,
            diverges,
            pairs,
            ..mention
        }
    }

    /// The first clusters that differ in their letters.
    fn first_difference(&self, window: &Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
        let (expected, found) = (&self.wanted.letters, self.row(window));
        let pairs = expected.iter().zip(found);
        let common = pairs.take_while(|(a, b)| a.c == b.c).count();
        let of = |text: &str, letters: &[Letter]| {
            let last = letters.last().map_or(0, |last| last.end as usize);
            let range = letters.get(common).map_or(last..last, |letter| {
                letter.start as usize..letter.end as usize
            });
            clusters(text, range)
        };
        (common < expected.len().max(found.len()))
            .then(|| (of(self.wanted.text(), expected), of(self.text.text, found)))
    }

    pub(super) fn mention(&self, window: Range<usize>, kind: Kind, cues: Vec<Cue>) -> Mention {
        let letters = self.row(&window).iter();
        let script = letters
            .map(Letter::script)
            .find(|script| *script != Letters::Common);
        Mention {
            part: self.text.part,
            range: self.text.bytes(window),
            form: self.form,
            kind,
            probability: 1.0,
            pairs: Vec::new(),
            diverges: None,
            cues,
            letters: script.unwrap_or(Letters::Common),
        }
    }
}

/// The letters that begin in a range of bytes.
fn within<'a>(letters: &'a [Letter], range: &Range<usize>) -> &'a [Letter] {
    let place = |byte: usize| letters.partition_point(|letter| (letter.start as usize) < byte);
    letters
        .get(place(range.start)..place(range.end))
        .unwrap_or_default()
}

/// Two stretches have the same consonants; one that is only breathed may be missing.
fn sounds_alike(a: &[Letter], b: &[Letter], sounds: &mut Sounds) -> bool {
    let (a, b) = (scan::class(sounds, a), scan::class(sounds, b));
    a == b || a.is_empty() && b == *b"k" || b.is_empty() && a == *b"k"
}
