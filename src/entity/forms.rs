//! What is looked for: an entity as a set of forms, each with its script and where it is known from.

use unicode_script::Script as Letters;

use crate::record::{Entity, Record};
use crate::script::{Locale, Profile, Script, default_script};

use super::mention::Part;
use super::variant::{self, Folded};

/// What an entity is to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A form of it stands in the question.
    Question,
    /// It is, or belongs to, the answer.
    Answer,
}

/// Where a form is known from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Origin {
    /// The record gives it.
    Record,
    /// A catalogue of entities gives it.
    Catalog,
    /// It is an accepted answer that reads like a name.
    Gold,
    /// It was found in parallel questions, with this much certainty from 0 to 1.
    Mined(f32),
}

/// One accepted spelling of an entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// As it is written.
    pub text: String,
    /// BCP 47 language; `und` where nothing says it.
    pub language: String,
    /// Its script, by its own letters.
    pub script: Script,
    /// The Unicode script of most of its letters; hiragana counts as katakana.
    pub letters: Letters,
    /// Its letters as all its variants share them.
    pub key: String,
    /// Where it is known from.
    pub origin: Origin,
}

impl Form {
    /// A form of some language.
    pub fn new(text: &str, language: &str, origin: Origin) -> Form {
        let label = Profile::of(text).label(default_script(language));
        let folded = Folded::of(text);
        Form {
            text: text.to_owned(),
            language: language.to_owned(),
            script: label.unwrap_or(Script::ZYYY),
            letters: folded.script(),
            key: folded.key(),
            origin,
        }
    }
}

/// An entity as it is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Sought {
    /// An identifier, for example of Wikidata.
    pub id: Option<String>,
    /// What it is to the question.
    pub role: Role,
    /// Its accepted forms, no two of them variants of one language.
    pub forms: Vec<Form>,
}

impl Sought {
    /// What it is called in every language alike: its English form where there is one, else its first.
    pub fn name(&self) -> &str {
        let english = self.forms.iter().find(|form| form.language == "en");
        english
            .or(self.forms.first())
            .map_or("", |form| form.text.as_str())
    }

    /// The entity has a form that differs from this text by known freedom only.
    pub fn accepts(&self, text: &str) -> bool {
        self.accepts_key(&Folded::of(text).key())
    }

    /// The same for letters as all variants of a text share them.
    pub fn accepts_key(&self, key: &str) -> bool {
        self.forms.iter().any(|form| form.key == key)
    }

    /// Takes over forms that are not known yet.
    pub fn merge(&mut self, forms: impl IntoIterator<Item = Form>) {
        for form in forms {
            let is_known = self.forms.iter().any(|known| {
                known.text == form.text
                    && (known.language == form.language || form.language == "und")
            });
            if !is_known && !form.text.trim().is_empty() {
                self.forms.push(form);
            }
        }
    }
}

/// The forms of an entity of a record or a catalogue.
pub fn forms(entity: &Entity, origin: Origin) -> Vec<Form> {
    let languages = entity.forms.iter();
    languages
        .flat_map(|(language, texts)| {
            let mined = entity.mined.get(language);
            let origin = mined.map_or(origin, |probability| Origin::Mined(*probability));
            texts
                .iter()
                .map(move |text| Form::new(text, language, origin))
        })
        .collect()
}

/// Everything to look for in a response: the entities of the record, those of the catalogue that share a form with
/// them or with the question, and the accepted answers that are names.
pub fn sought(record: &Record, catalog: &[Entity]) -> Vec<Sought> {
    let mut all: Vec<Sought> = record
        .entities
        .iter()
        .map(|entity| Sought {
            id: entity.id.clone(),
            role: Role::Answer,
            forms: forms(entity, Origin::Record),
        })
        .collect();
    for entity in catalog {
        let known = all.iter_mut().find(|sought| {
            entity.id.is_some() && entity.id == sought.id
                || entity
                    .forms
                    .values()
                    .flatten()
                    .any(|form| sought.accepts(form))
        });
        if let Some(sought) = known {
            sought.merge(forms(entity, Origin::Catalog));
        }
    }
    let language = record
        .target
        .as_ref()
        .map_or("und", |target| target.language.as_str());
    let golden: Vec<Form> = record
        .gold
        .iter()
        .filter(|gold| is_name(gold))
        .map(|gold| Form::new(gold.trim(), language, Origin::Gold))
        .collect();
    let answers: Vec<usize> = (0..all.len())
        .filter(|at| golden.iter().any(|gold| all[*at].accepts_key(&gold.key)))
        .collect();
    match answers.first() {
        // Whatever is accepted in place of a form of an entity is a form of it.
        Some(answer) => all[*answer].merge(golden),
        None if golden.is_empty() => {}
        None => all.push(Sought {
            id: None,
            role: Role::Answer,
            forms: golden,
        }),
    }
    let question = [Some(&record.question), record.source_question.as_ref()];
    let question: Vec<String> = question
        .into_iter()
        .flatten()
        .map(|text| Folded::of(text).key())
        .collect();
    for (at, sought) in all.iter_mut().enumerate() {
        let stands = |form: &Form| {
            let mut question = question.iter();
            question.any(|question| question.contains(&form.key))
        };
        if !answers.contains(&at) && sought.forms.iter().any(stands) {
            sought.role = Role::Question;
        }
    }
    all.retain(|sought| !sought.forms.is_empty());
    all
}

/// An accepted answer that reads like a name: short, of letters, and where the script has capitals, with one. No
/// number, date, letter of an option, sentence, yes or no.
pub fn is_name(text: &str) -> bool {
    let text = text.trim();
    let words = text.split_whitespace().count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let has_case = text.chars().any(|c| c.is_lowercase() || c.is_uppercase());
    let is_unspaced = text.chars().next().is_some_and(|c| {
        use unicode_script::UnicodeScript;
        variant::is_unspaced(c.script())
    });
    let ends_a_sentence = text.ends_with(['.', '?', '!', '。', '？', '！', '।', '։', '؟'])
        && text
            .split_whitespace()
            .next_back()
            .is_none_or(|word| word.chars().count() > 3);
    let is_polite = ["です", "ます", "ください", "でした", "ました", "ません"]
        .iter()
        .any(|end| text.ends_with(end));
    !(text.chars().any(char::is_numeric)
        || is_polite
        || text.contains([
            '=', '<', '>', '\\', '{', '}', '\n', '/', ';', '،', ',', '、',
        ])
        || letters < 2
        || letters == 2 && has_case
        || words > 6
        || letters > if is_unspaced { 24 } else { 60 }
        || ends_a_sentence
        || has_case
            && !text
                .split(|c: char| !c.is_alphabetic())
                .any(|word| word.chars().next().is_some_and(char::is_uppercase))
        || matches!(
            text.to_lowercase().as_str(),
            "yes" | "no" | "true" | "false" | "none" | "unknown"
        ))
}

/// What a response is looked at with: its texts, what to look for, and its locales.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The reasoning; empty where there is none to read.
    pub trace: &'a str,
    /// What was answered.
    pub answer: &'a str,
    /// What to look for.
    pub sought: &'a [Sought],
    /// Where the knowledge is local.
    pub source: Option<&'a Locale>,
    /// In what the question was asked.
    pub target: Option<&'a Locale>,
}

impl<'a> Case<'a> {
    /// The case of a record.
    pub fn of(record: &'a Record, sought: &'a [Sought]) -> Case<'a> {
        Case {
            trace: record.trace.text(),
            answer: &record.answer,
            sought,
            source: record.source.as_ref(),
            target: record.target.as_ref(),
        }
    }

    /// The text of a part.
    pub fn text(&self, part: Part) -> &'a str {
        match part {
            Part::Trace => self.trace,
            Part::Answer => self.answer,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn record(json: &str) -> Record {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn accepted_answers_are_told_from_numbers_and_sentences() {
        for name in [
            "Leah Goldberg",
            "Щусев",
            "이효석",
            "蔡襄",
            "طلعت حرب",
            "John F. Kennedy",
            "志賀直哉",
            "São Paulo",
        ] {
            assert!(is_name(name), "{name}");
        }
        for other in [
            "A",
            "B.",
            "1969",
            "3 июля",
            "yes",
            "the sea",
            "He was born in Cairo and lived there.",
            "",
            "x=2",
            "Paris, London",
        ] {
            assert!(!is_name(other), "{other}");
        }
    }

    #[test]
    fn a_form_has_the_script_of_its_letters() {
        for (text, language, script) in [
            ("志賀直哉", "ja", "Jpan"),
            ("ナオヤ", "ja", "Jpan"),
            ("이효석", "ko", "Kore"),
            ("王献臣", "zh", "Hans"),
            ("Sessiz Gemi", "ar", "Latn"),
            ("Щусев", "und", "Cyrl"),
        ] {
            assert_eq!(
                Form::new(text, language, Origin::Record).script.as_str(),
                script,
                "{text}"
            );
        }
    }

    #[test]
    fn gold_joins_the_entity_it_is_a_form_of() {
        let record = record(
            r#"{"question_id":"q","question":"Кто архитектор Казанского вокзала?","target":"ru-Cyrl",
            "gold":["Алексей Щусев","Щусев","1913"],"answer":"",
            "entities":[{"forms":{"ru":["Алексеи Щусев","Алексей Щусев"],"en":["Alexey Shchusev"]}},
            {"forms":{"ru":["Казанского вокзала"]}}]}"#,
        );
        let sought = sought(&record, &[]);
        assert_eq!(sought.len(), 2);
        assert_eq!(
            (sought[0].role, sought[1].role),
            (Role::Answer, Role::Question)
        );
        assert_eq!(sought[0].forms.len(), 4);
        assert_eq!(sought[0].forms.last().unwrap().origin, Origin::Gold);
    }

    #[test]
    fn a_catalogue_adds_forms_and_nothing_else() {
        let record = record(
            r#"{"question_id":"q","question":"?","answer":"","gold":["Leah Goldberg"],"target":"en",
            "entities":[{"id":"Q1","forms":{"en":["Leah Goldberg"]}}]}"#,
        );
        let catalog: Vec<Entity> = serde_json::from_str(
            r#"[{"id":"Q1","forms":{"he":["לאה גולדברג"]}},{"id":"Q2","forms":{"en":["Lotte Cohn"]}}]"#,
        )
        .unwrap();
        let sought = sought(&record, &catalog);
        assert_eq!(sought.len(), 1);
        assert!(sought[0].accepts("לאה גולדברג"));
    }
}
