//! What became of an entity in a response: one verdict, and everything it rests on.
//!
//! A verdict is evidence, never an accusation. The rules, first that holds:
//!
//! | verdict | when |
//! |---|---|
//! | confused | another known entity stands where this one should: in the answer, or wherever this one never stands right |
//! | drifting | two different wrong spellings |
//! | garbled | a wrong spelling |
//! | untransliterated | source and target script differ, and what the question names is only ever written in the target script, though a form in the source script is known and there is reasoning in which it could stand |
//! | romanised-only | only in Latin letters, though neither side is Latin and another form is known |
//! | exact, variant | the best spelling that stands there |
//! | absent | nowhere |

use std::collections::HashMap;
use std::ops::Range;

use unicode_script::Script as Letters;

use crate::script::{HanMatch, Locale, Script, ScriptRelation, match_of};

use super::compare::Compare;
use super::cue::Cue;
use super::forms::{Case, Role, Sought};
use super::inflection::Inflection;
use super::mentions::{Caches, Kind, Mention, Part, Search, Text, Threshold};
use super::scan;
use super::variant::{Edge, Folded};

/// What became of an entity in a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// An accepted form.
    Exact,
    /// Differs by known freedom only.
    Variant,
    /// Recognisably the same name, with divergent letters.
    Garbled,
    /// Another known entity, or closer to one.
    Confused,
    /// Never leaves the target script although another script was needed.
    Untransliterated,
    /// Only a Latin pivot appears, though neither side is Latin.
    RomanisedOnly,
    /// Several wrong spellings in one response.
    Drifting,
    /// Nowhere.
    Absent,
}

impl Verdict {
    /// Every verdict, in the order of their codes in columns.
    pub const ALL: [Verdict; 8] = [
        Verdict::Exact,
        Verdict::Variant,
        Verdict::Garbled,
        Verdict::Confused,
        Verdict::Untransliterated,
        Verdict::RomanisedOnly,
        Verdict::Drifting,
        Verdict::Absent,
    ];

    /// The verdict of a word.
    pub fn named(word: &str) -> Option<Verdict> {
        Verdict::ALL
            .into_iter()
            .find(|verdict| verdict.word() == word)
    }

    /// How bad it is, to show the worst of several.
    pub const fn gravity(self) -> u8 {
        match self {
            Verdict::Exact => 0,
            Verdict::Variant => 1,
            Verdict::Absent => 2,
            Verdict::Untransliterated => 3,
            Verdict::RomanisedOnly => 4,
            Verdict::Garbled => 5,
            Verdict::Drifting => 6,
            Verdict::Confused => 7,
        }
    }

    /// The name stands in a wrong form. A name that is absent, or in another script than was needed, may have been known.
    pub const fn is_loss(self) -> bool {
        matches!(
            self,
            Verdict::Garbled | Verdict::Confused | Verdict::Drifting
        )
    }

    /// The word used in filters, columns and on screen.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Exact => "exact",
            Verdict::Variant => "variant",
            Verdict::Garbled => "garbled",
            Verdict::Confused => "confused",
            Verdict::Untransliterated => "untransliterated",
            Verdict::RomanisedOnly => "romanised-only",
            Verdict::Drifting => "drifting",
            Verdict::Absent => "absent",
        }
    }
}

/// The verdict on one entity of a response, and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Which of the entities that were looked for.
    pub entity: usize,
    /// What became of it.
    pub verdict: Verdict,
    /// Where it stands: first in the trace, then in the answer, each in order.
    pub mentions: Vec<Mention>,
    /// The place among them of the first that is wrong.
    pub first_wrong: Option<usize>,
    /// How it stands in the answer: the best that is there.
    pub answer: Option<Kind>,
    /// The answer has a wrong spelling that stood in the trace.
    pub repeats: bool,
    /// Another known entity that stands where this one should.
    pub rival: Option<Rival>,
}

/// Another known entity in place of the one that was looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Rival {
    /// Its place among what is known.
    pub known: usize,
    /// Where it stands.
    pub part: Part,
    /// Bytes of that text.
    pub range: Range<usize>,
}

impl Finding {
    /// What went wrong, most telling first, over all wrong mentions; of a variant what is free in it.
    pub fn cues(&self) -> Vec<Cue> {
        let is_wrong = self.first_wrong.is_some();
        let mentions = self
            .mentions
            .iter()
            .filter(|mention| !is_wrong || mention.kind == Kind::Garbled);
        let mut cues: Vec<Cue> = mentions
            .flat_map(|mention| mention.cues.iter().copied())
            .collect();
        cues.sort_unstable();
        cues.dedup();
        cues
    }
}

/// Every entity of the runs at hand, to tell a garbled name from another one.
#[derive(Debug, Default)]
pub struct Known {
    entities: Vec<Entry>,
    forms: Vec<KnownForm>,
    /// Forms by the letters they begin with, and by their sound.
    by_start: HashMap<(char, char), Vec<usize>>,
    by_sound: HashMap<Box<[u8]>, Vec<usize>>,
    /// Entities by folded form.
    by_text: HashMap<Box<str>, Vec<usize>>,
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

    /// Adds an entity, unless one with all of its forms is known.
    pub fn add(&mut self, sought: &Sought, caches: &mut Caches) {
        let keys: Vec<Folded> = sought
            .forms
            .iter()
            .map(|form| Folded::of(&form.text))
            .collect();
        let mut shared: Option<usize> = None;
        for key in &keys {
            let ids = self.by_text.get(key.key().as_str());
            shared = shared.or_else(|| ids.and_then(|ids| ids.first().copied()));
        }
        let id = shared.unwrap_or(self.entities.len());
        if shared.is_none() {
            self.entities.push(Entry {
                name: sought
                    .forms
                    .first()
                    .map_or_else(String::new, |form| form.text.clone()),
                is_answer: false,
            });
        }
        if let Some(entry) = self.entities.get_mut(id) {
            entry.is_answer |= sought.role == Role::Answer;
        }
        for (form, folded) in sought.forms.iter().zip(&keys) {
            let kept: Vec<_> = folded
                .letters
                .iter()
                .filter(|letter| !letter.is_break())
                .copied()
                .collect();
            let letters: Box<[char]> = kept.iter().map(|letter| letter.c).collect();
            let ids = self.by_text.entry(folded.key().into()).or_default();
            let (Some(first), Some(second)) = (letters.first(), letters.get(1)) else {
                continue;
            };
            if ids.contains(&id) {
                continue;
            }
            ids.push(id);
            let number = self.forms.len();
            // Names of two letters are words of many languages, but not in Han.
            if letters.len() > 2 || form.letters == Letters::Han {
                let alike = self.by_start.entry((*first, *second)).or_default();
                alike.push(number);
            }
            let sound = scan::class(&mut caches.sounds, &kept, 0..kept.len());
            if sound.len() >= 3 {
                self.by_sound.entry(sound.into()).or_default().push(number);
            }
            self.forms.push(KnownForm {
                text: form.text.clone(),
                script: form.letters,
                letters,
                entity: id,
            });
        }
    }

    /// The usual form of an entity.
    pub fn name(&self, known: usize) -> &str {
        self.entities.get(known).map_or("", |entry| &entry.name)
    }

    /// The numbers of what shares a form with an entity.
    fn same(&self, sought: &Sought) -> Vec<usize> {
        let forms = sought.forms.iter();
        let keys = forms.filter_map(|form| self.by_text.get(Folded::of(&form.text).key().as_str()));
        keys.flatten().copied().collect()
    }

    /// Every accepted form of an entity that stands in a text, as letters; of those that begin together the longest.
    fn stands(
        &self,
        folded: &Folded,
        inflection: &mut dyn FnMut(Letters) -> std::rc::Rc<Inflection>,
    ) -> Vec<(usize, Range<usize>)> {
        let letters = &folded.letters;
        let mut places = Vec::new();
        for (at, pair) in letters.windows(2).enumerate() {
            let [first, second] = pair else { continue };
            if first.edge == Edge::Inside {
                continue;
            }
            let Some(forms) = self.by_start.get(&(first.c, second.c)) else {
                continue;
            };
            let mut best: Option<(usize, Range<usize>)> = None;
            for form in forms.iter().filter_map(|form| self.forms.get(*form)) {
                let end = at + form.letters.len();
                let fits = letters.get(at..end).is_some_and(|row| {
                    row.iter()
                        .map(|letter| letter.c)
                        .eq(form.letters.iter().copied())
                });
                let is_longer = best.as_ref().is_none_or(|(_, best)| end > best.end);
                if fits && is_longer && ends_here(letters, at, end, &inflection(first.script())) {
                    best = Some((form.entity, at..end));
                }
            }
            places.extend(best);
        }
        places
    }
}

/// No ending of a name is longer, in letters.
const LONGEST_ENDING: usize = 16;

/// A name may end here: the word does, or what is left of it may hang on a name.
fn ends_here(
    letters: &[super::variant::Letter],
    start: usize,
    end: usize,
    inflection: &Inflection,
) -> bool {
    let rest = letters[end..]
        .iter()
        .take(LONGEST_ENDING + 1)
        .take_while(|letter| letter.edge == Edge::Inside && !letter.is_break())
        .count();
    rest == 0 || inflection.ends(&letters[start..end + rest]).contains(&rest)
}

/// Looks at a response: one finding for each entity that is looked for.
pub fn audit(
    case: &Case,
    names: &impl Compare,
    known: &Known,
    caches: &mut Caches,
) -> Vec<Finding> {
    audit_with(case, names, known, caches, Threshold::default())
}

/// The same with a threshold of the caller's.
pub fn audit_with<N: Compare>(
    case: &Case,
    names: &N,
    known: &Known,
    caches: &mut Caches,
    threshold: Threshold,
) -> Vec<Finding> {
    let locales = [case.target, case.source];
    let languages: Vec<&str> = locales
        .into_iter()
        .flatten()
        .map(|locale| locale.language.as_str())
        .collect();
    let search = Search {
        names,
        threshold,
        languages: &languages,
    };
    let mut texts = [
        Text::new(case.trace, Part::Trace),
        Text::new(case.answer, Part::Answer),
    ];
    let mine: Vec<Vec<usize>> = case
        .sought
        .iter()
        .map(|sought| known.same(sought))
        .collect();
    let others: Vec<Other> = texts
        .iter()
        .flat_map(|text| {
            let places = known.stands(&text.folded, &mut |script| {
                caches.inflection(script, &languages)
            });
            let places = places.into_iter().map(|(known, letters)| Other {
                known,
                part: text.part,
                range: text.bytes(letters),
            });
            places.collect::<Vec<_>>()
        })
        .collect();
    let mut findings = Vec::with_capacity(case.sought.len());
    for (entity, sought) in case.sought.iter().enumerate() {
        let mentions = texts
            .iter_mut()
            .flat_map(|text| search.mentions(text, sought, caches));
        let mentions: Vec<Mention> = mentions.collect();
        let foreign: Vec<&Other> = others
            .iter()
            .filter(|other| {
                !mine
                    .get(entity)
                    .is_some_and(|mine| mine.contains(&other.known))
            })
            .collect();
        let asked = |other: &Other| mine.iter().flatten().any(|known| *known == other.known);
        findings.push(judge(
            entity, sought, case, mentions, &foreign, asked, known, names, caches,
        ));
    }
    findings
}

/// A known entity that stands somewhere.
#[derive(Debug)]
struct Other {
    known: usize,
    part: Part,
    range: Range<usize>,
}

#[allow(clippy::too_many_arguments)]
fn judge(
    entity: usize,
    sought: &Sought,
    case: &Case,
    found: Vec<Mention>,
    foreign: &[&Other],
    asked: impl Fn(&Other) -> bool,
    known: &Known,
    names: &impl Compare,
    caches: &mut Caches,
) -> Finding {
    let text = |part: Part| match part {
        Part::Trace => case.trace,
        Part::Answer => case.answer,
    };
    let rival = |other: &Other| Rival {
        known: other.known,
        part: other.part,
        range: other.range.clone(),
    };
    // What is the name of another is no mention of this one.
    let mut rivals: Vec<Rival> = Vec::new();
    let mut mentions = Vec::with_capacity(found.len());
    for mention in found {
        if mention.kind != Kind::Garbled {
            mentions.push(mention);
            continue;
        }
        let covers = |other: &&&Other| {
            other.part == mention.part
                && other.range.start <= mention.range.start
                && mention.range.end <= other.range.end
        };
        let stands = text(mention.part).get(mention.range.clone()).unwrap_or("");
        if let Some(other) = foreign.iter().find(covers) {
            rivals.push(rival(other));
        } else if let Some(closer) =
            closer(stands, mention.probability, sought, known, names, caches)
        {
            rivals.push(Rival {
                known: closer,
                part: mention.part,
                range: mention.range.clone(),
            });
        } else {
            mentions.push(restored(mention, case));
        }
    }
    let is_right = |mention: &&Mention| mention.kind != Kind::Garbled;
    let in_answer: Vec<&Mention> = mentions
        .iter()
        .filter(|mention| mention.part == Part::Answer)
        .collect();
    let answer = in_answer.iter().map(|mention| mention.kind).min();
    if sought.role == Role::Answer && answer.is_none() {
        let is_rival = |other: &&&Other| {
            let is_answer = known
                .entities
                .get(other.known)
                .is_some_and(|entry| entry.is_answer);
            other.part == Part::Answer && is_answer && !asked(other)
        };
        rivals.extend(foreign.iter().find(is_rival).map(|other| rival(other)));
    }
    let has_right = mentions.iter().any(|mention| is_right(&mention));
    let rival = rivals
        .iter()
        .find(|rival| rival.part == Part::Answer && answer.is_none());
    let rival = rival
        .or_else(|| rivals.iter().find(|_| !has_right && mentions.is_empty()))
        .cloned();
    let spelling = |mention: &Mention| {
        let stands = text(mention.part).get(mention.range.clone()).unwrap_or("");
        Folded::of(stands).key()
    };
    let mut wrong: Vec<String> = mentions
        .iter()
        .filter(|mention| !is_right(mention))
        .map(&spelling)
        .collect();
    wrong.sort_unstable();
    wrong.dedup();
    let said = |part: Part| {
        mentions
            .iter()
            .filter(move |mention| mention.part == part && mention.kind == Kind::Garbled)
    };
    let repeats = said(Part::Answer)
        .any(|answer| said(Part::Trace).any(|trace| spelling(trace) == spelling(answer)));
    let verdict = match () {
        () if rival.is_some() => Verdict::Confused,
        () if wrong.len() > 1 => Verdict::Drifting,
        () if wrong.len() == 1 => Verdict::Garbled,
        () if is_untransliterated(sought, case, &mentions) => Verdict::Untransliterated,
        () if is_romanised_only(sought, case, &mentions) => Verdict::RomanisedOnly,
        () => match mentions.iter().map(|mention| mention.kind).min() {
            Some(Kind::Exact) => Verdict::Exact,
            Some(_) => Verdict::Variant,
            None => Verdict::Absent,
        },
    };
    Finding {
        entity,
        verdict,
        first_wrong: mentions
            .iter()
            .position(|mention| mention.kind == Kind::Garbled),
        answer,
        repeats,
        rival,
        mentions,
    }
}

/// A name that was to be restored in the script it comes from, and was not.
fn restored(mut mention: Mention, case: &Case) -> Mention {
    let scripts = case
        .source
        .zip(case.target)
        .map(|(source, target)| (source.script, target.script));
    let stands = Script::from(mention.letters);
    if scripts.is_some_and(|(source, target)| !is_same(source, target) && is_same(stands, source)) {
        mention.cues.push(Cue::BackTransliteration);
    }
    mention
}

/// So much closer must another name be.
const CLOSER: f32 = 0.1;

/// Another known entity of the same sound that a garbled mention is clearly closer to.
fn closer(
    stands: &str,
    probability: f32,
    sought: &Sought,
    known: &Known,
    names: &impl Compare,
    caches: &mut Caches,
) -> Option<usize> {
    let folded = Folded::of(stands);
    let sound = scan::class(&mut caches.sounds, &folded.letters, 0..folded.letters.len());
    let script = folded.script();
    let mine = known.same(sought);
    let alike = known.by_sound.get(sound.as_slice())?.iter();
    let others = alike
        .filter_map(|form| known.forms.get(*form))
        .filter(|form| form.script == script && !mine.contains(&form.entity));
    let mut best: Option<(f32, usize)> = None;
    for form in others {
        let other = caches
            .compare(names, &form.text, stands)
            .comparison
            .probability;
        if other > probability + CLOSER && best.is_none_or(|(best, _)| other > best) {
            best = Some((other, form.entity));
        }
    }
    best.map(|(_, id)| id)
}

fn is_same(a: Script, b: Script) -> bool {
    match_of(a, b, HanMatch::Full) == ScriptRelation::Same
}

fn is_untransliterated(sought: &Sought, case: &Case, mentions: &[Mention]) -> bool {
    let (Some(Locale { script: source, .. }), Some(Locale { script: target, .. })) =
        (case.source, case.target)
    else {
        return false;
    };
    sought.role == Role::Question
        && !is_same(*source, *target)
        && !case.trace.trim().is_empty()
        && !mentions.is_empty()
        && sought
            .forms
            .iter()
            .any(|form| is_same(form.script, *source))
        && mentions
            .iter()
            .all(|mention| is_same(Script::from(mention.letters), *target))
}

fn is_romanised_only(sought: &Sought, case: &Case, mentions: &[Mention]) -> bool {
    let is_latin =
        |locale: Option<&Locale>| locale.is_none_or(|locale| locale.script == Script::LATN);
    !is_latin(case.source)
        && !is_latin(case.target)
        && !mentions.is_empty()
        && sought
            .forms
            .iter()
            .any(|form| form.letters != Letters::Latin)
        && mentions
            .iter()
            .all(|mention| mention.letters == Letters::Latin)
}
