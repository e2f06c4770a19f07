//! What prompts are made of: one file of texts for each language, with places for what the question brings.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::condition::{Condition, Pivot};
use crate::script::{Locale, default_script};

const ENGLISH: &str = "en";
const SHIPPED_ENGLISH: &str = include_str!("../../assets/prompts/en.toml");

/// The other files that are shipped, by their language.
const SHIPPED: &[(&str, &str)] = &[
    ("de", include_str!("../../assets/prompts/de.toml")),
    ("es", include_str!("../../assets/prompts/es.toml")),
    ("fr", include_str!("../../assets/prompts/fr.toml")),
    ("he", include_str!("../../assets/prompts/he.toml")),
    ("hi", include_str!("../../assets/prompts/hi.toml")),
    ("id", include_str!("../../assets/prompts/id.toml")),
    ("it", include_str!("../../assets/prompts/it.toml")),
    ("ja", include_str!("../../assets/prompts/ja.toml")),
    ("ko", include_str!("../../assets/prompts/ko.toml")),
    ("pt", include_str!("../../assets/prompts/pt.toml")),
    ("zh", include_str!("../../assets/prompts/zh.toml")),
    ("zh-Hant", include_str!("../../assets/prompts/zh-Hant.toml")),
];

/// The name of the file that asks a teacher, without its ending.
const TEACHER: &str = "teacher";
const SHIPPED_TEACHER: &str = include_str!("../../assets/prompts/teacher.toml");

/// The texts of one language. Each place in braces must be there.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Template {
    /// Whatever tells it from those before it; records name it.
    pub version: String,
    /// The prompt around the question, or what it has become: `{question}`.
    pub question: String,
    /// `{question}` and `{hints}`, one to a line.
    pub entity_hint: String,
    /// One hint: `{name}` as the question has it and its `{form}`.
    pub hint: String,
    /// What stands in place of a name that is followed by a form: `{name}` and `{form}`.
    pub inject: String,
    /// `{version}`, the question in its source language, and `{question}`.
    pub translation_prefix: String,
    /// The same for English.
    pub translation_prefix_english: String,
}

/// What a teacher is asked, in English.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TeacherTemplate {
    /// Whatever tells it from those before it; records name it.
    pub version: String,
    /// The message of the system.
    pub system: String,
    /// `{question}` with its language `{target}`, the `{facts}`, one to a line, the language of the reasoning `{trace}`, and
    /// the `{source}` language with its `{script}`.
    pub prompt: String,
    /// A fact: a `{name}` of the question and the accepted `{form}` in the `{source}` language.
    pub name: String,
    /// A fact: the question in the `{source}` language, `{version}`.
    pub version_of_question: String,
    /// A fact: the accepted answers, `{gold}`.
    pub answer: String,
    /// A fact: what the log has besides, `{background}`.
    pub background: String,
}

/// The texts of all languages.
#[derive(Debug, Clone, PartialEq)]
pub struct Templates {
    /// Those of English, which stand in for every language without its own.
    english: (String, Template),
    of_language: HashMap<String, (String, Template)>,
    /// What teachers are asked.
    pub teacher: TeacherTemplate,
}

impl Templates {
    /// The texts that are shipped, and those of a folder in their place: `ru.toml` for Russian, `teacher.toml`.
    ///
    /// # Errors
    /// A file cannot be read, or lacks a text or a place in it; the message names it.
    pub fn read(folder: Option<&Path>) -> Result<Templates, String> {
        let mut templates = Templates {
            english: named(ENGLISH, SHIPPED_ENGLISH)?,
            of_language: HashMap::new(),
            teacher: TeacherTemplate::parse(SHIPPED_TEACHER)?,
        };
        for (language, text) in SHIPPED {
            let added = templates.add(language, text);
            added.map_err(|error| format!("{language}: {error}"))?;
        }
        let Some(folder) = folder else {
            return Ok(templates);
        };
        let cannot = |path: &Path, error: &dyn std::fmt::Display| {
            format!("the prompts of {} cannot be read: {error}", path.display())
        };
        let entries = fs::read_dir(folder).map_err(|error| cannot(folder, &error))?;
        let mut found = false;
        for entry in entries {
            let path = entry.map_err(|error| cannot(folder, &error))?.path();
            let name = path.file_stem().and_then(|name| name.to_str());
            let is_toml = path.extension().is_some_and(|ending| ending == "toml");
            let Some(name) = name.filter(|_| is_toml) else {
                continue;
            };
            let text = fs::read_to_string(&path).map_err(|error| cannot(&path, &error))?;
            let added = match name {
                TEACHER => TeacherTemplate::parse(&text).map(|teacher| templates.teacher = teacher),
                language => templates.add(language, &text),
            };
            added.map_err(|error| cannot(&path, &error))?;
            found = true;
        }
        match found {
            true => Ok(templates),
            false => Err(cannot(
                folder,
                &"it has no file such as ru.toml or teacher.toml",
            )),
        }
    }

    fn add(&mut self, language: &str, text: &str) -> Result<(), String> {
        let named = named(language, text)?;
        match language {
            ENGLISH => self.english = named,
            _ => drop(self.of_language.insert(language.to_owned(), named)),
        }
        Ok(())
    }

    /// The texts of a locale and their name: of its language and script where there are some, of its language in its usual
    /// script, else English.
    pub fn of(&self, locale: Option<&Locale>) -> (&str, &Template) {
        let own = locale.and_then(|locale| {
            let is_usual = default_script(&locale.language) == Some(locale.script);
            let usual = || self.of_language.get(&locale.language).filter(|_| is_usual);
            self.of_language.get(&locale.to_string()).or_else(usual)
        });
        let (name, template) = own.unwrap_or(&self.english);
        (name, template)
    }
}

/// A template and its name, `ru 1`.
fn named(language: &str, text: &str) -> Result<(String, Template), String> {
    let template: Template = parse(text)?;
    template.check()?;
    Ok((format!("{language} {}", template.version), template))
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error| error.to_string().trim().replace('\n', " "))
}

impl Template {
    fn check(&self) -> Result<(), String> {
        check("question", &self.question, &["question"])?;
        check("entity-hint", &self.entity_hint, &["question", "hints"])?;
        check("hint", &self.hint, &["name", "form"])?;
        check("inject", &self.inject, &["name", "form"])?;
        let places = ["version", "question"];
        check("translation-prefix", &self.translation_prefix, &places)?;
        let english = &self.translation_prefix_english;
        check("translation-prefix-english", english, &places)
    }

    /// The text into which a condition puts the question.
    pub(super) fn around(&self, condition: Condition) -> &str {
        match condition {
            Condition::Baseline | Condition::Substitute(_) | Condition::Inject(_) => &self.question,
            Condition::EntityHint => &self.entity_hint,
            Condition::TranslationPrefix(Pivot::Source) => &self.translation_prefix,
            Condition::TranslationPrefix(Pivot::English) => &self.translation_prefix_english,
        }
    }
}

impl TeacherTemplate {
    fn parse(text: &str) -> Result<TeacherTemplate, String> {
        let template: TeacherTemplate = parse(text)?;
        template.check()?;
        Ok(template)
    }

    fn check(&self) -> Result<(), String> {
        let places = ["question", "target", "facts", "trace", "source", "script"];
        check("prompt", &self.prompt, &places)?;
        check("name", &self.name, &["name", "form", "source"])?;
        let version = &self.version_of_question;
        check("version-of-question", version, &["source", "version"])?;
        check("answer", &self.answer, &["gold"])?;
        check("background", &self.background, &["background"])
    }
}

/// Every place that is needed stands in a text, and no other.
fn check(name: &str, text: &str, places: &[&str]) -> Result<(), String> {
    if let Some(missing) = places
        .iter()
        .find(|place| !text.contains(&format!("{{{place}}}")))
    {
        return Err(format!("{name} lacks {{{missing}}}"));
    }
    let unknown =
        pieces(text).find(|piece| matches!(piece, Piece::Place(place) if !places.contains(place)));
    match unknown {
        Some(Piece::Place(place)) => Err(format!(
            "{name} has {{{place}}}, which nothing fills; there is {{{}}}",
            places.join("}, {")
        )),
        _ => Ok(()),
    }
}

/// A piece of a text: what stands there, or a place to be filled.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Piece<'a> {
    Text(&'a str),
    Place(&'a str),
}

fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, left) = match rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((place, left)) => (Piece::Place(place), left),
            None => {
                let first = rest.chars().next().map_or(0, char::len_utf8);
                let end = rest[first..]
                    .find('{')
                    .map_or(rest.len(), |end| first + end);
                (Piece::Text(&rest[..end]), &rest[end..])
            }
        };
        rest = left;
        Some(piece)
    })
}

/// A text with its places filled. What fills a place is not looked at again, so braces in a question stay braces.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let filled = pieces(text).map(|piece| match piece {
        Piece::Text(text) => text,
        Piece::Place(place) => values
            .iter()
            .find(|(name, _)| *name == place)
            .map_or("", |(_, value)| value),
    });
    filled.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_language_of_eclektic_has_a_template_and_the_others_take_the_english_one() {
        let templates = Templates::read(None).unwrap();
        for language in [
            "de", "en", "es", "fr", "he", "hi", "id", "it", "ja", "ko", "pt", "zh",
        ] {
            let locale = crate::script::parse(language).unwrap();
            assert_eq!(templates.of(Some(&locale)).0, format!("{language} 1"));
        }
        let of = |tag: &str| templates.of(crate::script::parse(tag).as_ref()).0;
        assert_eq!(of("zh-TW"), "zh-Hant 1");
        assert_eq!(of("ka"), "en 1");
        assert_eq!(of("hi-Latn"), "en 1");
        assert_eq!(templates.of(None).0, "en 1");
    }

    #[test]
    fn what_fills_a_place_is_not_filled_again() {
        let filled = fill("{a} {b} {", &[("a", "{b}"), ("b", "x")]);
        assert_eq!(filled, "{b} x {");
    }

    #[test]
    fn a_folder_replaces_what_is_shipped_and_what_it_lacks_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let read = || Templates::read(Some(folder.path()));
        assert!(read().unwrap_err().contains("no file such as"));
        let own = SHIPPED_ENGLISH.replace("version = \"1\"", "version = \"mine\"");
        fs::write(folder.path().join("ka.toml"), &own).unwrap();
        let locale = crate::script::parse("ka");
        assert_eq!(read().unwrap().of(locale.as_ref()).0, "ka mine");
        for (text, reason) in [
            (own.replace("“{name}” is", "it is"), "hint lacks {name}"),
            (
                own.replace("“{form}”", "{form} {gold}"),
                "hint has {gold}, which nothing fills",
            ),
            (
                own.replace("hint = \"In", "hind = \"In"),
                "unknown field `hind`",
            ),
        ] {
            fs::write(folder.path().join("ka.toml"), text).unwrap();
            let error = read().unwrap_err();
            assert!(
                error.contains("ka.toml") && error.contains(reason),
                "{error}"
            );
        }
    }
}
