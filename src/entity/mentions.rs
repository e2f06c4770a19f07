//! Every place where a form of an entity, or something trying to be it, stands in a text.
//!
//! A text is folded once. Each form is then looked for with errors in the letters of its own script, and, where a
//! script of the text has no form, by the sound of its consonants. Only what is found that way is aligned to the edges
//! of words or clusters and shown to the name model, and each window once in a run.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use unicode_normalization::UnicodeNormalization;
use unicode_script::Script as Letters;
use unicode_segmentation::GraphemeCursor;

use super::compare::{Compare, Comparison, Pair, Step};
use super::cue::{Cue, align, cues};
use super::forms::{Form, Sought};
use super::inflection::Inflection;
use super::scan::{self, Pattern, Sounds};
use super::variant::{Edge, Folded, Letter, is_unspaced, marks_agree};

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
    /// How likely both are one name; 1 unless garbled.
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

/// What a garbled mention must reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// Probability, where the form is in the same script.
    pub same: f32,
    /// Probability, where only forms of other scripts are known.
    pub cross: f32,
}

impl Default for Threshold {
    fn default() -> Self {
        Threshold {
            same: 0.7,
            cross: 0.75,
        }
    }
}

/// So many forms of different sound are listened for across scripts.
const HEARD: usize = 4;

/// Letters of the shortest name that is recognised when garbled, and of the shortest that is when it is also split.
const SHORT: usize = 5;
const LONG: usize = 8;

/// So much more likely must a window be that cuts a word.
const CLEARLY: f32 = 0.2;

/// From so many bits above the usual on, a part of a transliteration is wrong rather than free.
const WRONG: f32 = 8.5;

/// What is remembered over the texts of a run. Keep one per thread.
#[derive(Debug, Default)]
pub struct Caches {
    ready: HashMap<String, Rc<Ready>>,
    inflections: HashMap<(Letters, String), Rc<Inflection>>,
    rated: HashMap<String, HashMap<Box<str>, Rc<Rated>>>,
    windows: usize,
    pub(super) sounds: Sounds,
    /// How many windows were shown to the name model, for measurements.
    pub compared: usize,
}

/// What was once said of a form and a window.
#[derive(Debug)]
pub(super) struct Rated {
    pub(super) comparison: Comparison,
    /// See [`every_word_is_there`].
    is_whole: OnceCell<bool>,
    cues: OnceCell<Vec<Cue>>,
}

/// So many windows and forms are remembered before the cache starts anew.
const REMEMBERED: usize = 100_000;

/// A form made ready to be looked for.
#[derive(Debug)]
struct Ready {
    letters: Vec<char>,
    /// The same with the bytes of the form.
    kept: Vec<Letter>,
    words: Vec<Range<usize>>,
    script: Letters,
    pattern: Option<Pattern>,
    /// The same with the last word first, as names stand in registers and in East Asia.
    turned: Option<(Vec<char>, Vec<u8>)>,
    sound: Option<Pattern>,
    has_capital: bool,
}

impl Ready {
    fn new(text: &str, sounds: &mut Sounds) -> Ready {
        let folded = Folded::of(text);
        let kept: Vec<Letter> = folded
            .letters
            .iter()
            .filter(|letter| !letter.is_break())
            .copied()
            .collect();
        let letters: Vec<char> = kept.iter().map(|letter| letter.c).collect();
        let words = words(&kept);
        let codes = |letters: &[char]| letters.iter().map(|c| scan::code(*c)).collect::<Vec<u8>>();
        let own = codes(&letters);
        let script = folded.script();
        let errors = match script {
            Letters::Han if own.len() < 3 => 0,
            _ => scan::errors(own.len()),
        };
        let turned = match words.as_slice() {
            [.., last] if matches!(words.len(), 2 | 3) && !is_unspaced(script) => {
                let turned = [&letters[last.clone()], &letters[..last.start]].concat();
                let codes = codes(&turned);
                Some((turned, codes))
            }
            _ => None,
        };
        let sound = scan::class(sounds, &kept, 0..kept.len());
        let slack = if sound.len() < 6 {
            0
        } else {
            sound.len() as u32 / 5
        };
        Ready {
            pattern: Pattern::new(&own, errors),
            turned,
            sound: Pattern::new(&sound, slack).filter(|_| sound.len() >= 4),
            has_capital: starts_with_capital(text),
            script,
            letters,
            words,
            kept,
        }
    }
}

fn starts_with_capital(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric())
        .any(|word| word.chars().next().is_some_and(char::is_uppercase))
}

/// The words of a row of letters.
fn words(letters: &[Letter]) -> Vec<Range<usize>> {
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

impl Caches {
    /// Nothing remembered yet.
    pub fn new() -> Caches {
        Caches::default()
    }

    fn ready(&mut self, text: &str) -> Rc<Ready> {
        if let Some(ready) = self.ready.get(text) {
            return Rc::clone(ready);
        }
        if self.ready.len() >= REMEMBERED {
            self.ready.clear();
        }
        let ready = Rc::new(Ready::new(text, &mut self.sounds));
        self.ready.insert(text.to_owned(), Rc::clone(&ready));
        ready
    }

    pub(super) fn inflection(&mut self, script: Letters, languages: &[&str]) -> Rc<Inflection> {
        let key = (script, languages.join(" "));
        let inflection = self.inflections.entry(key);
        Rc::clone(inflection.or_insert_with(|| Rc::new(Inflection::of(script, languages))))
    }

    /// Compares, once for each form and window.
    pub(super) fn compare(&mut self, names: &impl Compare, form: &str, found: &str) -> Rc<Rated> {
        let windows = self.rated.get(form);
        if let Some(rated) = windows.and_then(|windows| windows.get(found)) {
            return Rc::clone(rated);
        }
        if self.windows >= REMEMBERED {
            self.rated.clear();
            self.windows = 0;
        }
        self.windows += 1;
        self.compared += 1;
        let rated = Rc::new(Rated {
            comparison: names.compare(form, found),
            is_whole: OnceCell::new(),
            cues: OnceCell::new(),
        });
        let windows = self.rated.entry(form.to_owned()).or_default();
        windows.insert(found.into(), Rc::clone(&rated));
        rated
    }
}

/// A text made ready to be searched.
#[derive(Debug)]
pub struct Text<'a> {
    /// As it is written.
    pub text: &'a str,
    /// Trace or answer.
    pub part: Part,
    /// Its letters.
    pub folded: Folded,
    codes: Vec<u8>,
    /// The sounds of what is in no script of `covered`, and the letters they are from; made when needed.
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

#[derive(Debug)]
struct Sounding {
    covered: Vec<Letters>,
    sounds: Vec<u8>,
    places: Vec<u32>,
}

/// The clusters that a range touches.
pub(super) fn clusters(text: &str, range: Range<usize>) -> Range<usize> {
    let is_boundary = |at: usize| {
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

/// A search for one entity.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a, N> {
    /// Judges what is not equal.
    pub names: &'a N,
    /// What it must reach.
    pub threshold: Threshold,
    /// BCP 47 languages the text may be in.
    pub languages: &'a [&'a str],
}

impl<N: Compare> Search<'_, N> {
    /// The mentions of an entity in a text, in order. They do not overlap.
    pub fn mentions(&self, text: &mut Text, sought: &Sought, caches: &mut Caches) -> Vec<Mention> {
        let mut found: Vec<Mention> = Vec::new();
        let mut covered: Vec<Letters> = vec![Letters::Common];
        for (number, form) in sought.forms.iter().enumerate() {
            if text.folded.has(form.letters) {
                self.in_own_script(text, number, form, caches, &mut found);
            }
            covered.push(form.letters);
        }
        if text
            .folded
            .scripts()
            .any(|script| !covered.contains(&script))
        {
            self.across_scripts(text, sought, &covered, caches, &mut found);
        }
        best_apart(found, |mention| {
            sought
                .forms
                .get(mention.form)
                .map_or(0, |form| caches.ready(&form.text).words.len())
        })
    }

    fn in_own_script(
        &self,
        text: &Text,
        number: usize,
        form: &Form,
        caches: &mut Caches,
        found: &mut Vec<Mention>,
    ) {
        let ready = caches.ready(&form.text);
        if let Some(pattern) = &ready.pattern {
            for hit in pattern.hits(&text.codes) {
                let start = match hit.errors {
                    0 => hit.end - ready.letters.len().min(64),
                    _ => pattern.start(&text.codes, hit.end),
                };
                let end = (hit.end + ready.letters.len().saturating_sub(64)).min(text.codes.len());
                found.extend(self.look(text, start..end, number, form, &ready, caches));
            }
        }
        if let Some((turned, codes)) = &ready.turned {
            for start in scan::places(&text.codes, codes) {
                let window = start..start + turned.len();
                let letters = &text.folded.letters;
                let is_apart = |at: usize| {
                    letters
                        .get(at)
                        .is_none_or(|letter| letter.edge != Edge::Inside)
                };
                let is_same = letters[window.clone()]
                    .iter()
                    .map(|letter| letter.c)
                    .eq(turned.iter().copied());
                if is_same && is_apart(window.start) && is_apart(window.end) {
                    let mut mention = self.plain(text, window, number, ready.script, Kind::Variant);
                    mention.cues.push(Cue::Order);
                    found.push(mention);
                }
            }
        }
    }

    /// Looks for the sound of forms among letters of scripts that no form is in.
    fn across_scripts(
        &self,
        text: &mut Text,
        sought: &Sought,
        covered: &[Letters],
        caches: &mut Caches,
        found: &mut Vec<Mention>,
    ) {
        let letters = &text.folded.letters;
        // Kanji have other sounds than Han, and running hiragana are no foreign name.
        let is_japanese = text.folded.has(Letters::Katakana);
        let is_open = |letter: &Letter| {
            let script = letter.script();
            !(covered.contains(&script)
                || letter.is_hiragana()
                || is_japanese && script == Letters::Han)
        };
        if text
            .sounds
            .as_ref()
            .is_none_or(|sounding| sounding.covered != covered)
        {
            let (mut sounds, mut places) = (Vec::new(), Vec::new());
            caches.sounds.of(letters, is_open, |sound, at| {
                sounds.push(sound);
                places.push(at as u32);
            });
            text.sounds = Some(Sounding {
                covered: covered.to_vec(),
                sounds,
                places,
            });
        }
        let Some(Sounding { sounds, places, .. }) = &text.sounds else {
            return;
        };
        let mut windows: Vec<(Range<usize>, usize)> = Vec::new();
        let mut tried: Vec<Rc<Ready>> = Vec::new();
        for (number, form) in sought.forms.iter().enumerate() {
            let ready = caches.ready(&form.text);
            let Some(pattern) = &ready.sound else {
                continue;
            };
            if tried.len() >= HEARD
                || tried
                    .iter()
                    .any(|other| other.sound.as_ref() == Some(pattern))
            {
                continue;
            }
            tried.push(Rc::clone(&ready));
            for hit in pattern.hits(sounds) {
                let start = pattern.start(sounds, hit.end);
                let (Some(first), Some(last)) = (places.get(start), places.get(hit.end - 1)) else {
                    continue;
                };
                let window = *first as usize..*last as usize + 1;
                // Without spaces a short name is found everywhere.
                let is_long = hit.end - start >= 5 || !is_unspaced(letters[window.start].script());
                if is_long
                    && letters[window.clone()]
                        .iter()
                        .all(|letter| is_open(letter) || letter.is_break())
                {
                    windows.push((window, number));
                }
            }
        }
        let text = &*text;
        for (window, number) in windows {
            if let Some(form) = sought.forms.get(number) {
                let ready = caches.ready(&form.text);
                found.extend(self.look(text, window, number, form, &ready, caches));
            }
        }
    }

    /// The best that stands at about this row of letters.
    fn look(
        &self,
        text: &Text,
        about: Range<usize>,
        number: usize,
        form: &Form,
        ready: &Ready,
        caches: &mut Caches,
    ) -> Option<Mention> {
        let letters = &text.folded.letters;
        let script = letters
            .get(about.start..about.end)?
            .iter()
            .find(|letter| !letter.is_break())?
            .script();
        let crosses = !letters[about.clone()]
            .iter()
            .any(|letter| letter.script() == ready.script);
        let inflection = caches.inflection(script, self.languages);
        let mut windows = windows(letters, about, ready.words.len(), &inflection);
        if script == Letters::Han {
            windows.sort_by_key(|window| window.len().abs_diff(ready.letters.len()));
        }
        // A name of one word that is also a common word, such as Later.
        let is_written = |window: &Range<usize>| {
            let is_word = ready.words.len() == 1 && ready.has_capital;
            let stands = || text.text.get(text.bytes(window.clone())).unwrap_or("");
            // A short name in katakana is a piece of any text in hiragana.
            let hides = ready.script == Letters::Katakana
                && ready.letters.len() < NEARBY
                && !ready.kept.iter().any(Letter::is_hiragana)
                && letters[window.clone()].iter().all(Letter::is_hiragana);
            !hides && (!is_word || starts_with_capital(stands()))
        };
        let is_same = |window: &&Range<usize>| {
            is_written(window)
                && letters[(*window).clone()]
                    .iter()
                    .map(|letter| letter.c)
                    .eq(ready.letters.iter().copied())
        };
        if let Some(window) = windows.iter().find(is_same) {
            let mut mention = self.plain(text, window.clone(), number, script, Kind::Variant);
            // An ending that is written on the last letter of the name cannot be parted from it.
            if letters
                .get(window.end - 1)
                .is_some_and(|last| mention.range.end > last.end as usize)
            {
                let is_edge = |at: &usize| {
                    letters
                        .get(*at)
                        .is_none_or(|letter| letter.edge != Edge::Inside)
                };
                let end = (window.end..=letters.len())
                    .find(is_edge)
                    .unwrap_or(window.end);
                mention = self.plain(text, window.start..end, number, script, Kind::Variant);
                mention.cues.push(Cue::Inflection);
                return Some(mention);
            }
            let stands = text.text.get(mention.range.clone())?;
            if stands == form.text || stands.nfc().eq(form.text.nfc()) {
                mention.kind = Kind::Exact;
                return Some(mention);
            }
            mention.cues = cues(&form.text, stands, &[], &mut caches.sounds);
            // Vietnamese tells words apart by marks.
            let is_free =
                script != Letters::Latin || marks_agree(&form.text, stands, form.language != "vi");
            if !is_free {
                mention.kind = Kind::Garbled;
                mention.probability = caches
                    .compare(self.names, &form.text, stands)
                    .comparison
                    .probability;
            }
            return Some(mention);
        }
        let is_case = |window: &&Range<usize>| {
            let words = words(&letters[(*window).clone()]);
            is_written(window)
                && words.len() == ready.words.len()
                && words.iter().zip(&ready.words).all(|(word, basic)| {
                    let word = &letters[window.start + word.start..window.start + word.end];
                    inflection.is_case(&ready.letters[basic.clone()], word)
                })
        };
        if let Some(window) = windows.iter().find(is_case) {
            let mut mention = self.plain(text, window.clone(), number, script, Kind::Variant);
            mention.cues.push(Cue::Inflection);
            return Some(mention);
        }
        self.garbled(text, &windows, script, crosses, number, form, ready, caches)
    }

    #[allow(clippy::too_many_arguments)]
    fn garbled(
        &self,
        text: &Text,
        windows: &[Range<usize>],
        script: Letters,
        crosses: bool,
        number: usize,
        form: &Form,
        ready: &Ready,
        caches: &mut Caches,
    ) -> Option<Mention> {
        let letters = &text.folded.letters;
        let threshold = if crosses {
            self.threshold.cross
        } else {
            self.threshold.same
        };
        let distance = |window: &Range<usize>| match crosses || is_unspaced(script) {
            true => 0,
            false => {
                let codes = ready.letters.iter().map(|c| scan::code(*c));
                scan::distance(codes, text.codes[window.clone()].iter().copied())
            }
        };
        // What is shorter is near some word of any text.
        if !is_unspaced(script) && ready.letters.len() < SHORT || ready.letters.len() < 3 {
            return None;
        }
        let distances: Vec<u32> = windows.iter().map(distance).collect();
        let least = distances.iter().min()?;
        let near = windows
            .iter()
            .zip(&distances)
            .filter(|(_, distance)| **distance <= least + 1);
        let mut best: Option<(f32, Range<usize>, Rc<Rated>)> = None;
        for (window, _) in near.take(6) {
            let range = text.bytes(window.clone());
            let stands = text.text.get(range.clone())?;
            let is_name =
                !ready.has_capital || crosses || !has_case(stands) || is_capitalised(stands);
            let count = 1 + letters[window.clone()]
                .iter()
                .skip(1)
                .filter(|letter| letter.edge == Edge::Word)
                .count();
            let is_kana_word = !form.text.chars().any(|c| matches!(c, 'ぁ'..='ゖ'));
            if is_kana_word && letters[window.clone()].iter().any(Letter::is_hiragana) {
                continue;
            }
            // In Han a shorter name is one only where something shows that it ends.
            let shows = |at: usize| {
                letters
                    .get(at)
                    .is_none_or(|letter| letter.edge == Edge::Word)
            };
            if script == Letters::Han
                && window.len() < ready.letters.len()
                && !(shows(window.start) && shows(window.end))
            {
                continue;
            }
            // A middle dot says that the name goes on.
            let goes_on = text.text[..range.start].ends_with(['・', '·', '='])
                || text.text[range.end..].starts_with(['・', '·', '=']);
            if goes_on {
                continue;
            }
            let is_split = count > ready.words.len() && ready.letters.len() < LONG;
            if !is_name
                || is_split
                || window.len() < 2
                || window.len() > 3 * ready.letters.len() + 6
            {
                continue;
            }
            if !crosses && !is_alike_in_short(ready, &letters[window.clone()], &mut caches.sounds) {
                continue;
            }
            let rated = caches.compare(self.names, &form.text, stands);
            let likely = rated.comparison.probability;
            // Whole words come first; where they will do, only what is clearly better cuts them.
            let is_better = best.as_ref().is_none_or(|(probability, ..)| {
                let margin = if *probability >= threshold {
                    CLEARLY
                } else {
                    0.0
                };
                likely > *probability + margin
            });
            let row = &letters[window.clone()];
            let sounds = &mut caches.sounds;
            let is_whole = || every_word_is_there(ready, row, crosses, &rated.comparison, sounds);
            if is_better && likely >= threshold && *rated.is_whole.get_or_init(is_whole) {
                best = Some((likely, window.clone(), rated));
            }
        }
        let (probability, window, rated) = best?;
        let comparison = &rated.comparison;
        let range = text.bytes(window.clone());
        let stands = text.text.get(range.clone())?;
        let shift = |pair: &Pair| Pair {
            found: pair.found.start + range.start..pair.found.end + range.start,
            ..pair.clone()
        };
        let parts = comparison
            .pairs
            .iter()
            .find(|pair| !matches!(pair.step, Step::Match | Step::Variant));
        let diverges = match parts {
            Some(pair) => {
                let found = pair.found.start + range.start..pair.found.end + range.start;
                Some((
                    clusters(&form.text, pair.expected.clone()),
                    clusters(text.text, found),
                ))
            }
            None => first_difference(&form.text, text.text, &letters[window.clone()])
                .filter(|_| !crosses),
        };
        // Where no form of the script is known, a usual transliteration is nothing wrong.
        let is_wrong = |pair: &Pair| pair.step != Step::Match && pair.cost >= WRONG;
        let kind = match crosses && !comparison.pairs.iter().any(is_wrong) {
            true => Kind::Variant,
            false => Kind::Garbled,
        };
        Some(Mention {
            part: text.part,
            form: number,
            kind,
            probability,
            pairs: comparison.pairs.iter().map(shift).collect(),
            diverges,
            cues: rated
                .cues
                .get_or_init(|| cues(&form.text, stands, &comparison.pairs, &mut caches.sounds))
                .clone(),
            letters: script,
            range,
        })
    }

    fn plain(
        &self,
        text: &Text,
        window: Range<usize>,
        form: usize,
        letters: Letters,
        kind: Kind,
    ) -> Mention {
        Mention {
            part: text.part,
            range: text.bytes(window),
            form,
            kind,
            probability: 1.0,
            pairs: Vec::new(),
            diverges: None,
            cues: Vec::new(),
            letters,
        }
    }
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
fn every_word_is_there(
    ready: &Ready,
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
            kept(comparison, bytes(&ready.kept[word.clone()], 0), |pair| {
                &pair.expected
            })
        };
        let is_meant = |word: &Range<usize>| {
            kept(comparison, bytes(&window[word.clone()], start), |pair| {
                &pair.found
            })
        };
        return ready.words.iter().all(is_there) && found.iter().all(is_meant);
    }
    let aligned = align(&ready.kept, window);
    // For each letter of a side what stands for it on the other.
    let sides = [
        (&ready.kept[..], &ready.words, false),
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
                Some(b) if scan::is_vowel(a.c) && scan::is_vowel(b.c) => 1,
                _ => 0,
            };
            let same: usize = mine.iter().zip(others).map(likeness).sum();
            let others: Vec<Letter> = others.iter().copied().flatten().collect();
            same >= mine.len() || sounds_alike(mine, &others, sounds)
        })
    })
}

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
                || pair.step == Step::Substitution && pair.cost < WRONG * 0.6;
            (all + 1, good + usize::from(is_good))
        });
    good * 2 >= all
}

/// More than half of the consonants of two words are alike.
fn sounds_alike(a: &[Letter], b: &[Letter], sounds: &mut Sounds) -> bool {
    let (a, b) = (
        scan::class(sounds, a, 0..a.len()),
        scan::class(sounds, b, 0..b.len()),
    );
    let longer = a.len().max(b.len());
    longer >= 2 && scan::distance(a.iter().copied(), b.iter().copied()) as usize * 2 < longer
}

/// Short names of Han and Hangul are near many words. They keep their syllables, and in Han what differs is read alike.
fn is_alike_in_short(ready: &Ready, window: &[Letter], sounds: &mut Sounds) -> bool {
    let starts = |c: char| matches!(c, '\u{1100}'..='\u{115f}');
    match ready.script {
        Letters::Hangul => {
            let expected: Vec<&[char]> = ready.letters.chunk_by(|_, next| !starts(*next)).collect();
            let found: Vec<char> = window.iter().map(|letter| letter.c).collect();
            let found: Vec<&[char]> = found.chunk_by(|_, next| !starts(*next)).collect();
            // Two of beginning, vowel and end.
            let is_alike = |(a, b): &(&&[char], &&[char])| {
                (0..3).filter(|at| a.get(*at) == b.get(*at)).count() >= 2
            };
            let alike = expected.iter().zip(&found).filter(is_alike).count();
            expected.len() > 4 || expected.len() == found.len() && alike * 2 >= expected.len()
        }
        Letters::Han if ready.letters.len() <= 3 => {
            let mut pairs = ready.letters.iter().zip(window);
            ready.letters.len() == window.len()
                && pairs.all(|(expected, found)| {
                    *expected == found.c || sounds.rhyme(*expected, found.c)
                })
        }
        _ => true,
    }
}

/// The first clusters that differ in their letters.
fn first_difference(
    form: &str,
    text: &str,
    window: &[Letter],
) -> Option<(Range<usize>, Range<usize>)> {
    let expected = Folded::of(form);
    let common = expected
        .letters
        .iter()
        .zip(window)
        .take_while(|(a, b)| a.c == b.c)
        .count();
    let of = |text: &str, letters: &[Letter]| {
        let last = letters
            .last()
            .map_or(0..0, |last| last.end as usize..last.end as usize);
        let range = letters
            .get(common)
            .map_or(last, |letter| letter.start as usize..letter.end as usize);
        clusters(text, range)
    };
    (common < expected.letters.len().max(window.len()))
        .then(|| (of(form, &expected.letters), of(text, window)))
}

/// No word of a name is longer, in letters: what is longer is code or noise.
const LONGEST_WORD: usize = 64;

/// Where nothing else shows the edge of a name, a space or a break within so many letters does.
const NEARBY: usize = 4;

/// The windows at about a row of letters that begin and end where names may, whole words first.
fn windows(
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
    ends.extend((edge(word) == Edge::Free).then_some(word));

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

/// Of mentions that overlap the best one, all in order.
fn best_apart(mut found: Vec<Mention>, mut words: impl FnMut(&Mention) -> usize) -> Vec<Mention> {
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
        best.extend(best_of(group, &mut words));
    }
    best
}

/// The same for mentions that all hang together.
fn best_of(mut group: Vec<Mention>, words: &mut impl FnMut(&Mention) -> usize) -> Vec<Mention> {
    let words: Vec<usize> = group.iter().map(words).collect();
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
