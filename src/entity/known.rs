//! Every entity of the runs at hand, to tell a garbled name from another one.

use std::collections::HashMap;

use unicode_script::Script as Letters;

use super::forms::{Role, Sought};
use super::inflection::{Inflection, Inflections, has_prefixes};
use super::name::NameModel;
use super::scan;
use super::search::Search;
use super::text::{Text, words};
use super::variant::{Edge, Folded, Letter};
use super::verdict::Rival;
use super::wanted::Caches;

/// See the file.
#[derive(Debug, Default)]
pub struct Known {
    entities: Vec<Entry>,
    forms: Vec<KnownForm>,
    /// Forms by the letters they begin with, and by their sound.
    by_start: HashMap<(char, char), Vec<usize>>,
    /// The codes of these letters.
    starts: Starts,
    by_sound: HashMap<Box<[u8]>, Vec<usize>>,
    /// Entities by the words of their forms.
    by_word: HashMap<Box<str>, Vec<usize>>,
    /// Entities by folded form.
    by_text: HashMap<Box<str>, Vec<usize>>,
}

/// A set of two codes, which says fast that nothing known begins at a letter.
#[derive(Debug, Default)]
struct Starts(Vec<u64>);

impl Starts {
    fn place(first: u8, second: u8) -> (usize, u64) {
        let place = usize::from(first) << 8 | usize::from(second);
        (place / 64, 1 << (place % 64))
    }

    fn add(&mut self, first: u8, second: u8) {
        self.0.resize(1024, 0);
        let (at, bit) = Starts::place(first, second);
        self.0[at] |= bit;
    }

    #[inline]
    fn have(&self, first: u8, second: u8) -> bool {
        let (at, bit) = Starts::place(first, second);
        self.0.get(at).is_some_and(|bits| bits & bit != 0)
    }
}

#[derive(Debug)]
struct KnownForm {
    text: String,
    letters: Box<[char]>,
    script: Letters,
    entity: usize,
}

#[derive(Debug)]
struct Entry {
    name: String,
    is_answer: bool,
}

impl Known {
    /// Nothing known yet.
    pub fn new() -> Known {
        Known::default()
    }

    /// Adds an entity. What shares a form with one that is known is that one.
    pub fn add(&mut self, sought: &Sought, caches: &mut Caches) {
        let folded = sought.forms.iter().map(|form| Folded::of(&form.text));
        let folded: Vec<Folded> = folded.collect();
        let known = folded.iter().filter_map(|form| {
            let ids = self.by_text.get(form.key().as_str())?;
            ids.first().copied()
        });
        let entity = known.min().unwrap_or(self.entities.len());
        if entity == self.entities.len() {
            let name = sought.forms.first().map(|form| form.text.clone());
            self.entities.push(Entry {
                name: name.unwrap_or_default(),
                is_answer: false,
            });
        }
        if let Some(entry) = self.entities.get_mut(entity) {
            entry.is_answer |= sought.role == Role::Answer;
        }
        for (form, folded) in sought.forms.iter().zip(folded) {
            let ids = self.by_text.entry(folded.key().into()).or_default();
            if !ids.contains(&entity) {
                ids.push(entity);
                self.add_form(entity, &form.text, folded, caches);
            }
        }
    }

    fn add_form(&mut self, entity: usize, text: &str, folded: Folded, caches: &mut Caches) {
        let script = folded.script();
        let mut kept = folded.letters;
        kept.retain(|letter| !letter.is_break());
        for word in words(&kept) {
            let word = kept.get(word).unwrap_or_default();
            let entities = self.by_word.entry(key(word)).or_default();
            if !entities.contains(&entity) {
                entities.push(entity);
            }
        }
        let [first, second, ..] = kept.as_slice() else {
            return;
        };
        let number = self.forms.len();
        // Names of two letters are words of many languages, but not in Han.
        if kept.len() > 2 || script == Letters::Han {
            let alike = self.by_start.entry((first.c, second.c)).or_default();
            alike.push(number);
            self.starts.add(scan::code(first.c), scan::code(second.c));
        }
        let sound = scan::class(&mut caches.sounds, &kept);
        if sound.len() >= 3 {
            self.by_sound.entry(sound.into()).or_default().push(number);
        }
        self.forms.push(KnownForm {
            text: text.to_owned(),
            letters: kept.iter().map(|letter| letter.c).collect(),
            script,
            entity,
        });
    }

    /// The usual form of an entity.
    pub fn name(&self, known: usize) -> &str {
        self.entities.get(known).map_or("", |entry| &entry.name)
    }

    /// The entity is an answer to some question.
    pub(super) fn is_answer(&self, known: usize) -> bool {
        self.entities
            .get(known)
            .is_some_and(|entry| entry.is_answer)
    }

    /// No other entity that is known has this word in its name.
    pub(super) fn is_only_of(&self, word: &[Letter], mine: &[usize]) -> bool {
        let entities = self.by_word.get(&key(word)).map_or(&[][..], Vec::as_slice);
        entities.iter().all(|entity| mine.contains(entity))
    }

    /// What shares a form with an entity.
    pub(super) fn same(&self, search: &Search) -> Vec<usize> {
        let forms = search.wanted.iter();
        let ids = forms.filter_map(|form| self.by_text.get(form.key.as_str()));
        ids.flatten().copied().collect()
    }

    /// Every known form that stands in a text; of those that begin together the longest.
    pub(super) fn stands(&self, text: &Text, inflections: &Inflections) -> Vec<Rival> {
        let letters = &text.folded.letters;
        let mut rivals = Vec::new();
        for (at, pair) in letters.windows(2).enumerate() {
            let [first, second] = pair else { continue };
            if first.edge == Edge::Inside && !has_prefixes(first.script())
                || !self.starts.have(scan::code(first.c), scan::code(second.c))
            {
                continue;
            }
            let inflection = inflections.in_script(first.script());
            if !text.begins(at, inflection) {
                continue;
            }
            let forms = self
                .by_start
                .get(&(first.c, second.c))
                .into_iter()
                .flatten();
            let forms = forms.filter_map(|form| self.forms.get(*form));
            let ends = forms.filter_map(|form| {
                let end = form.end(letters, at, inflection)?;
                Some((form.entity, end))
            });
            let longest = ends.max_by_key(|(_, end)| *end);
            rivals.extend(longest.map(|(known, end)| Rival {
                known,
                part: text.part,
                range: text.bytes(at..end),
            }));
        }
        rivals
    }

    /// Another entity of the same sound and script that is likelier meant than one of a probability.
    pub(super) fn likelier<'m>(
        &self,
        stands: &str,
        probability: f32,
        mine: &[usize],
        names: &'m NameModel,
        caches: &mut Caches<'m>,
    ) -> Option<usize> {
        let folded = Folded::of(stands);
        let sound = scan::class(&mut caches.sounds, &folded.letters);
        let script = folded.script();
        let alike = self.by_sound.get(sound.as_slice())?.iter();
        let mut best = (probability, None);
        for form in alike.filter_map(|form| self.forms.get(*form)) {
            if form.script != script || mine.contains(&form.entity) {
                continue;
            }
            let rated = caches.wanted(names, &form.text).compare(stands);
            if rated.comparison.probability > best.0 {
                best = (rated.comparison.probability, Some(form.entity));
            }
        }
        best.1
    }
}

fn key(word: &[Letter]) -> Box<str> {
    word.iter()
        .map(|letter| letter.c)
        .collect::<String>()
        .into()
}

/// No ending of a name is longer, in letters.
const LONGEST_ENDING: usize = 16;

impl KnownForm {
    /// Where the form ends if it stands at a letter: the word ends there, or what is left of it may hang on a name.
    fn end(&self, letters: &[Letter], at: usize, inflection: &Inflection) -> Option<usize> {
        let end = at + self.letters.len();
        let row = letters.get(at..end)?.iter().map(|letter| letter.c);
        if !row.eq(self.letters.iter().copied()) {
            return None;
        }
        let is_inside = |letter: &&Letter| letter.edge == Edge::Inside && !letter.is_break();
        let rest = letters.get(end..)?.iter().take(LONGEST_ENDING + 1);
        let rest = rest.take_while(is_inside).count();
        let word = letters.get(at..end + rest)?;
        (rest == 0 || inflection.ends(word).contains(&rest)).then_some(end)
    }
}
