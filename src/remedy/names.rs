//! The names that a question asks with, the forms another language has for them, and whether a text gives the answer away.

use std::ops::Range;

use indexmap::IndexSet;
use serde::{Deserialize, Serialize};

use super::letters::{letters, numbers, stem, western, words};
use super::prompt::Skip;
use crate::entity::{
    BREAK, Caches, Case, Edge, Folded, Kind, Known, NameModel, Origin, Role, Sought, audit,
    is_name, sought,
};
use crate::grade::{Asked, Grader};
use crate::record::{Outcome, Record};
use crate::script::Locale;

/// A form that a prompt gives for a name of its question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// The name as the question has it.
    pub name: String,
    /// The form.
    pub form: String,
    /// Its language.
    pub language: String,
    /// The probability that it is one, where nobody gave it: it was found in parallel questions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mined: Option<f32>,
}

/// A name of a question and where it stands there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    pub range: Range<usize>,
    /// Which of the forms stands for it.
    pub form: usize,
}

/// The names of a question.
pub(super) struct Names<'a> {
    record: &'a Record,
    sought: Vec<Sought>,
    /// For each of these, where it stands in the question; nowhere where it is the answer.
    places: Vec<Vec<Range<usize>>>,
    /// What must not be given away.
    answers: Vec<Sought>,
    /// Their forms that are not among these.
    told: Vec<Told>,
    golds: &'a Golds,
    /// Words and numbers of the question: these give nothing away.
    words: Vec<String>,
    numbers: Vec<String>,
    /// The answer stands in the question.
    pub holds_answer: bool,
    /// Rule by which an accepted answer stands in a text.
    contains: Option<Grader>,
}

/// What is accepted as the answer to a question, in any language.
#[derive(Clone, Default)]
pub(super) struct Golds {
    told: Vec<Told>,
    /// Those that are names.
    named: Option<Sought>,
}

impl Golds {
    /// These answers.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Golds {
        let texts: IndexSet<&str> = texts.into_iter().collect();
        let named = texts.iter().filter(|text| is_name(text));
        let forms = named.map(|text| crate::entity::Form::new(text, "und", Origin::Gold));
        let forms: Vec<_> = forms.collect();
        Golds {
            told: texts.into_iter().map(Told::of).collect(),
            named: (!forms.is_empty()).then_some(Sought {
                id: None,
                role: Role::Answer,
                forms,
            }),
        }
    }

    /// The answers.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.told.iter().map(|told| told.text.as_str())
    }
}

/// An accepted answer, or a form of it.
#[derive(Clone)]
struct Told {
    text: String,
    /// Its letters as all its variants share them.
    folded: String,
    /// The same, and the text, with Western digits.
    key: String,
    western: String,
    /// Those of all words but the first: the grader may leave an article out.
    rest: String,
    /// How a word begins that it may have become.
    stem: Option<String>,
    numbers: Vec<String>,
}

impl Told {
    fn of(text: &str) -> Told {
        let rest = text.split_once(' ').map(|(_, rest)| letters(rest));
        Told {
            text: text.to_owned(),
            folded: Folded::of(text).key(),
            western: western(text).into_owned(),
            key: letters(text),
            rest: rest.unwrap_or_default(),
            stem: stem(text),
            numbers: numbers(text),
        }
    }

    /// It may stand in a text of these letters.
    fn stands(&self, text: &str) -> bool {
        let mut keys = [&self.key, &self.rest].into_iter();
        keys.any(|key| !key.is_empty() && text.contains(key.as_str()))
    }
}

/// The forms of the names of a question in another language.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Forms {
    pub forms: Vec<Form>,
    /// Where the names stand, in order.
    pub places: Vec<Place>,
    /// Forms that were left out because they are the answer or hold it.
    pub withheld: usize,
    /// Names that are written alike in both languages.
    pub same: usize,
    /// The question names something, whether it has a form or not.
    pub named: bool,
}

impl<'a> Names<'a> {
    /// Looks for the entities of a record in its question.
    ///
    /// `golds` are its answers.
    pub fn of(record: &'a Record, golds: &'a Golds, caches: &mut Caches<'static>) -> Names<'a> {
        let sought = sought(record, &[]);
        let is_gold = |sought: &Sought| {
            let mut golds = golds.told.iter();
            golds.any(|gold| !gold.folded.is_empty() && sought.accepts_key(&gold.folded))
        };
        let question = Folded::of(&record.question);
        // Most names stand as they are; only the others are worth a search, which takes a hundred times as long.
        let places = |sought: &Sought| -> Vec<Range<usize>> {
            let forms = sought.forms.iter();
            let found = forms.map(|form| plainly(&question, &form.key));
            found.max_by_key(Vec::len).unwrap_or_default()
        };
        let mut standing: Vec<Vec<Range<usize>>> = sought.iter().map(places).collect();
        for (sought, places) in sought.iter().zip(&mut standing) {
            if places.is_empty() && !is_gold(sought) {
                let found = stand(
                    record,
                    &record.question,
                    std::slice::from_ref(sought),
                    caches,
                );
                places.extend(found.into_iter().flatten());
            }
            // Neither goes beyond a comma; a title may have one.
            if places.is_empty() {
                places.extend(literally(sought, &record.question));
            }
        }
        let is_asked = |sought: &Sought, places: &[Range<usize>]| {
            (!places.is_empty() || sought.role == Role::Question) && !is_gold(sought)
        };
        let is_answer: Vec<bool> = sought
            .iter()
            .zip(&standing)
            .map(|(sought, places)| !is_asked(sought, places))
            .collect();
        let of = |wanted: bool| {
            let all = sought.iter().zip(&is_answer);
            all.filter(move |(_, is_answer)| **is_answer == wanted)
                .map(|(sought, _)| sought)
        };
        // What has a form in common with an answer is the answer, under whatever id.
        let answers: Vec<Sought> = of(true).cloned().collect();
        let shares = |sought: &Sought| {
            let mut answers = answers.iter();
            answers.any(|answer| {
                sought
                    .forms
                    .iter()
                    .any(|form| answer.accepts_key(&form.key))
            })
        };
        let mut stands = standing.iter().zip(&is_answer);
        let stands = stands.any(|(places, is_answer)| *is_answer && !places.is_empty());
        let places = sought.iter().zip(standing).zip(&is_answer);
        let places = places.map(
            |((sought, places), is_answer)| match is_answer | shares(sought) {
                true => Vec::new(),
                false => places,
            },
        );
        let forms = answers.iter().flat_map(|answer| &answer.forms);
        let forms = forms.map(|form| form.text.as_str());
        let is_new = |form: &&str| golds.told.iter().all(|gold| gold.text != *form);
        let told: IndexSet<&str> = forms.filter(is_new).collect();
        let mut names = Names {
            record,
            told: told.into_iter().map(Told::of).collect(),
            golds,
            words: words(&record.question),
            numbers: numbers(&record.question),
            places: places.collect(),
            sought,
            answers,
            holds_answer: stands,
            contains: Grader::parse("contains").ok(),
        };
        names.holds_answer |= names.says_answer(&record.question, record.target.as_ref());
        names
    }

    /// What a language calls the names of the question. A form that was mined counts only where that is wanted.
    pub fn forms(&self, locale: &Locale, mined: bool, caches: &mut Caches<'static>) -> Forms {
        let mut found = Forms::default();
        for (sought, ranges) in self.sought.iter().zip(&self.places) {
            let Some(first) = ranges.first() else {
                continue;
            };
            found.named = true;
            let Some(form) = form_in(sought, locale, mined) else {
                continue;
            };
            let stands = |range: &Range<usize>| self.record.question.get(range.clone());
            if ranges.iter().all(|range| stands(range) == Some(&form.text)) {
                found.same += 1;
                continue;
            }
            if self.is_answer(&form.text, locale, caches) {
                found.withheld += 1;
                continue;
            }
            let number = found.forms.len();
            let place = |range: &Range<usize>| Place {
                range: range.clone(),
                form: number,
            };
            found.places.extend(ranges.iter().map(place));
            found.forms.push(Form {
                name: self
                    .record
                    .question
                    .get(first.clone())
                    .unwrap_or_default()
                    .to_owned(),
                form: form.text.clone(),
                language: form.language.clone(),
                mined: match form.origin {
                    Origin::Mined(probability) => Some(probability),
                    _ => None,
                },
            });
        }
        // A name within a longer one is part of that.
        found
            .places
            .sort_by_key(|place| (place.range.start, std::cmp::Reverse(place.range.end)));
        let mut end = 0;
        found.places.retain(|place| {
            let is_apart = place.range.start >= end;
            end = end.max(place.range.end);
            is_apart
        });
        found
    }

    /// What would be added to the question says the answer, or has a word or a number of it that the question lacks.
    pub fn gives_away(
        &self,
        text: &str,
        locale: Option<&Locale>,
        caches: &mut Caches<'static>,
    ) -> bool {
        self.hints_at(text) || self.says(text, locale, caches)
    }

    fn all_told(&self) -> impl Iterator<Item = &Told> {
        self.golds.told.iter().chain(&self.told)
    }

    /// All that must not be said, as it is looked for.
    fn all_answers(&self) -> impl Iterator<Item = &Sought> {
        self.answers.iter().chain(&self.golds.named)
    }

    fn hints_at(&self, text: &str) -> bool {
        let (words, numbers) = (words(text), numbers(text));
        let is_new = |number: &&String| !self.numbers.contains(number);
        let has_number = |told: &Told| {
            let mut new = told.numbers.iter().filter(is_new);
            new.any(|number| numbers.contains(number))
        };
        let begins =
            |words: &[String], stem: &String| words.iter().any(|word| word.starts_with(stem));
        let has_word = |told: &Told| {
            let mut stem = told.stem.iter();
            stem.any(|stem| begins(&words, stem) && !begins(&self.words, stem))
        };
        let mut told = self.all_told();
        told.any(|told| has_number(told) || has_word(told))
    }

    /// An accepted answer, or a form of it in any language, stands in a text, as written or by known freedom.
    pub fn says(&self, text: &str, locale: Option<&Locale>, caches: &mut Caches<'static>) -> bool {
        let stands = |answer: &Sought| {
            let found = stand(self.record, text, std::slice::from_ref(answer), caches);
            found.iter().any(|places| !places.is_empty())
        };
        self.says_answer(text, locale) || self.all_answers().any(stands)
    }

    /// The same for a form of a name. Where a form of the answer is of its script, they are compared as they are written.
    fn is_answer(&self, text: &str, locale: &Locale, caches: &mut Caches<'static>) -> bool {
        let letters = Folded::of(text).script();
        let mut forms = self.all_answers().flat_map(|answer| &answer.forms);
        let is_of_script = forms.any(|form| form.letters == letters);
        self.hints_at(text)
            || match is_of_script {
                true => self.says_answer(text, Some(locale)),
                false => self.says(text, Some(locale), caches),
            }
    }

    /// An accepted answer, or a form of it in any language, stands in a text by its letters: as whole words by the rule of
    /// the grader, or, if it is not short, anywhere.
    fn says_answer(&self, text: &str, locale: Option<&Locale>) -> bool {
        let text = &*western(text);
        let key = letters(text);
        let told = self.all_told().filter(|told| told.stands(&key));
        let told: Vec<&Told> = told.collect();
        let gold: Vec<String> = told.iter().map(|told| told.western.clone()).collect();
        let is_long = |told: &&Told| told.key.chars().count() >= LONG && key.contains(&told.key);
        let asked = Asked {
            answer: text,
            gold: &gold,
            language: locale.map(|locale| locale.language.as_str()),
            choices: &[],
        };
        !gold.is_empty()
            && (told.iter().any(is_long)
                || self
                    .contains
                    .is_some_and(|contains| contains.grade(&asked).outcome == Outcome::Right))
    }

    /// The forms of the answer that are of a language.
    pub fn answers_in(&self, locale: &Locale) -> Vec<String> {
        let forms = self.answers.iter().flat_map(|answer| &answer.forms);
        let forms = forms.filter(|form| same_language(&form.language, locale));
        forms.map(|form| form.text.clone()).collect()
    }

    /// All forms in a language of the entity that has one of them.
    pub fn accepted(&self, form: &Form, locale: &Locale) -> Vec<String> {
        let has = |sought: &&Sought| sought.forms.iter().any(|known| known.text == form.form);
        let forms = self
            .sought
            .iter()
            .find(has)
            .into_iter()
            .flat_map(|sought| &sought.forms);
        let forms = forms.filter(|known| same_language(&known.language, locale));
        forms.map(|known| known.text.clone()).collect()
    }

    /// The names of the question, each with nothing but its forms in a language.
    pub fn asked_in(&self, locale: &Locale) -> Vec<Sought> {
        let named = self.sought.iter().zip(&self.places);
        let named = named
            .filter(|(_, places)| !places.is_empty())
            .map(|(sought, _)| {
                let forms = sought
                    .forms
                    .iter()
                    .filter(|form| same_language(&form.language, locale));
                Sought {
                    forms: forms.cloned().collect(),
                    ..sought.clone()
                }
            });
        named.filter(|sought| !sought.forms.is_empty()).collect()
    }
}

impl Forms {
    /// Why there is none.
    pub fn why_none(&self) -> Skip {
        match self {
            Forms { withheld: 1.., .. } => Skip::GivesAway,
            Forms { named: true, .. } => Skip::NoForm,
            Forms { .. } => Skip::NoName,
        }
    }
}

/// For each entity where it stands in a text, as written or by known freedom.
fn stand(
    record: &Record,
    text: &str,
    sought: &[Sought],
    caches: &mut Caches<'static>,
) -> Vec<Vec<Range<usize>>> {
    let case = Case {
        trace: "",
        answer: text,
        sought,
        source: record.source.as_ref(),
        target: record.target.as_ref(),
    };
    let findings = audit(&case, NameModel::shipped(), &Known::new(), caches);
    let places = findings.into_iter().map(|finding| {
        let right = finding
            .mentions
            .into_iter()
            .filter(|mention| mention.kind != Kind::Garbled);
        right.map(|mention| mention.range).collect()
    });
    places.collect()
}

/// From so many letters on, an answer within a word is one too: an ending may hang on it.
const LONG: usize = 5;

/// Where a form stands in a text as whole words, by known orthographic freedom.
fn plainly(text: &Folded, form: &str) -> Vec<Range<usize>> {
    let row: Vec<char> = form.chars().collect();
    if row.is_empty() || row.contains(&BREAK) {
        return Vec::new();
    }
    let is_edge = |at: usize| {
        let next = text.letters.get(at);
        next.is_none_or(|letter| letter.is_break() || letter.edge != Edge::Inside)
    };
    let mut found = Vec::new();
    for (at, window) in text.letters.windows(row.len()).enumerate() {
        let same = window.iter().zip(&row).all(|(letter, c)| letter.c == *c);
        if same
            && is_edge(at)
            && is_edge(at + row.len())
            && let (Some(first), Some(last)) = (window.first(), window.last())
        {
            found.push(first.start as usize..last.end as usize);
        }
    }
    found
}

fn literally(sought: &Sought, question: &str) -> Option<Range<usize>> {
    let mut forms = sought.forms.iter();
    forms.find_map(|form| {
        let at = question.find(&form.text)?;
        Some(at..at + form.text.len())
    })
}

fn same_language(language: &str, locale: &Locale) -> bool {
    language.split(['-', '_']).next() == Some(locale.language.as_str())
}

/// The usual form of an entity in a language: one in its script before one in another.
fn form_in<'a>(
    sought: &'a Sought,
    locale: &Locale,
    mined: bool,
) -> Option<&'a crate::entity::Form> {
    let of_language = || {
        let all = sought
            .forms
            .iter()
            .filter(|form| same_language(&form.language, locale));
        all.filter(move |form| mined || !matches!(form.origin, Origin::Mined(_)))
    };
    let own = of_language().find(|form| form.script == locale.script);
    own.or_else(|| of_language().next())
}
