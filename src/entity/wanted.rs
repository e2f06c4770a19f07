//! Forms made ready to be looked for, and what was once said of them.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use memchr::memmem::Finder;
use unicode_script::Script as Letters;

use super::cue::Cue;
use super::inflection::Inflections;
use super::name::{Comparison, NameModel, Prepared};
use super::scan::{self, Pattern, Sounds};
use super::text::words;
use super::variant::{Folded, Letter, is_unspaced};

/// So many forms are remembered before the cache starts anew, and so many windows of each: together some 100 MB at most.
const FORMS: usize = 8_192;
const WINDOWS: usize = 512;

/// What is remembered over the texts of a run, of one name model. Keep one per thread.
#[derive(Debug, Default)]
pub struct Caches<'m> {
    wanted: HashMap<Box<str>, Rc<Wanted<'m>>>,
    inflections: HashMap<String, Rc<Inflections>>,
    pub(super) sounds: Sounds,
}

impl<'m> Caches<'m> {
    /// Nothing remembered yet.
    pub fn new() -> Caches<'m> {
        Caches::default()
    }

    /// A form made ready.
    pub(super) fn wanted(&mut self, names: &'m NameModel, form: &str) -> Rc<Wanted<'m>> {
        if let Some(wanted) = self.wanted.get(form) {
            return Rc::clone(wanted);
        }
        if self.wanted.len() >= FORMS {
            self.wanted.clear();
        }
        let wanted = Rc::new(Wanted::new(names, form, &mut self.sounds));
        self.wanted.insert(form.into(), Rc::clone(&wanted));
        wanted
    }

    /// What may hang on a name in texts of these languages.
    pub(super) fn inflections(&mut self, languages: &[&str]) -> Rc<Inflections> {
        let known = self.inflections.entry(languages.join(" "));
        Rc::clone(known.or_insert_with(|| Rc::new(Inflections::of(languages))))
    }
}

/// Letters of the shortest word that is looked for alone, and words of the longest name of which one is.
const SHORTEST: usize = 4;
const MANY: usize = 4;

/// An ending changes at most so many letters of a word.
const ENDING: usize = 2;

/// A form made ready to be looked for.
#[derive(Debug)]
pub(super) struct Wanted<'m> {
    /// Its letters, with the bytes of the form.
    pub(super) letters: Vec<Letter>,
    /// One for each letter, see [`scan`].
    pub(super) codes: Vec<u8>,
    /// Its words, as ranges of letters.
    pub(super) words: Vec<Range<usize>>,
    pub(super) script: Letters,
    /// The same for all its variants.
    pub(super) key: String,
    /// It is written with a capital.
    pub(super) has_capital: bool,
    /// Its letters, to be looked for in its own script.
    pub(super) pattern: Option<Pattern>,
    /// The same with the last word first, as names stand in registers and in East Asia.
    pub(super) turned: Option<Turned>,
    /// The first and the last word of several, to be looked for by what endings leave of them.
    pub(super) parts: Vec<(Range<usize>, Finder<'static>)>,
    /// Its sounds, to be looked for in other scripts.
    pub(super) sound: Option<Pattern>,
    prepared: Prepared<'m>,
    rated: RefCell<HashMap<Box<str>, Rc<Rated>>>,
}

/// A form with its last word first.
#[derive(Debug)]
pub(super) struct Turned {
    pub(super) letters: Vec<char>,
    pub(super) codes: Finder<'static>,
}

/// What was once said of a window of a text.
#[derive(Debug)]
pub(super) struct Rated {
    pub(super) comparison: Comparison,
    /// No word of either side stands for nothing.
    pub(super) is_whole: OnceCell<bool>,
    pub(super) cues: OnceCell<Vec<Cue>>,
}

impl<'m> Wanted<'m> {
    fn new(names: &'m NameModel, text: &str, sounds: &mut Sounds) -> Wanted<'m> {
        let folded = Folded::of(text);
        let (script, key) = (folded.script(), folded.key());
        let mut letters = folded.letters;
        letters.retain(|letter| !letter.is_break());
        let words = words(&letters);
        let codes: Vec<u8> = letters.iter().map(|letter| scan::code(letter.c)).collect();
        // Two letters with an error are found everywhere, but for two characters of Han.
        let errors = match codes.len() {
            2 if script != Letters::Han => 0,
            length => scan::errors(length),
        };
        let sound = scan::class(sounds, &letters);
        let slack = match sound.len() {
            0..=3 => 0,
            4..=5 => 1,
            length => length as u32 / 5,
        };
        let turned = match words.as_slice() {
            [.., last] if matches!(words.len(), 2 | 3) && !is_unspaced(script) => {
                let turned = letters.iter().cycle().skip(last.start).take(letters.len());
                Some(Turned {
                    letters: turned.clone().map(|letter| letter.c).collect(),
                    codes: finder(turned.map(|letter| scan::code(letter.c))),
                })
            }
            _ => None,
        };
        let parts = match words.as_slice() {
            [first, .., last] if words.len() <= MANY && !is_unspaced(script) => vec![first, last],
            _ => Vec::new(),
        };
        let parts = parts.into_iter().filter(|word| word.len() >= SHORTEST);
        let parts = parts.map(|word| {
            let stem = (word.len() - ENDING).max(SHORTEST - 1);
            let codes = codes.iter().skip(word.start).take(stem).copied();
            (word.clone(), finder(codes))
        });
        let parts = parts.collect();
        Wanted {
            pattern: Pattern::new(&codes, errors),
            turned,
            sound: Pattern::new(&sound, slack).filter(|_| sound.len() >= 3),
            has_capital: starts_with_capital(text),
            letters,
            codes,
            words,
            script,
            key,
            parts,
            prepared: names.prepare(text),
            rated: RefCell::default(),
        }
    }

    /// The form as it is written.
    pub(super) fn text(&self) -> &str {
        self.prepared.text()
    }

    /// A word of the form.
    pub(super) fn word(&self, word: &Range<usize>) -> &[Letter] {
        self.letters.get(word.clone()).unwrap_or_default()
    }

    /// What the name model says of a window, asked once.
    pub(super) fn compare(&self, found: &str) -> Rc<Rated> {
        let mut known = self.rated.borrow_mut();
        if let Some(rated) = known.get(found) {
            return Rc::clone(rated);
        }
        if known.len() >= WINDOWS {
            known.clear();
        }
        let rated = Rc::new(Rated {
            comparison: self.prepared.compare(found),
            is_whole: OnceCell::new(),
            cues: OnceCell::new(),
        });
        known.insert(found.into(), Rc::clone(&rated));
        rated
    }
}

fn finder(codes: impl Iterator<Item = u8>) -> Finder<'static> {
    Finder::new(&codes.collect::<Vec<u8>>()).into_owned()
}

/// A word of the text has a capital.
pub(super) fn starts_with_capital(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric())
        .any(|word| word.chars().next().is_some_and(char::is_uppercase))
}
