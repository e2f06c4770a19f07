//! The hand-written sources: what is asked, in which languages, how the names are spelled and how they go wrong.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::Failure;

/// One fact that is known mostly where it is local.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The question's identifier, shared by all its languages.
    pub id: String,
    /// The language the fact is local to.
    pub source: String,
    /// What is asked, in a few English words.
    pub title: String,
    /// Where a reader can look it up.
    pub check: String,
    /// Everything that differs by language.
    #[serde(rename = "in")]
    pub locals: BTreeMap<String, Local>,
}

/// One fact in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Local {
    /// The question as asked.
    pub question: String,
    /// Spellings of the name in the question, the one in the question first.
    pub subject: Vec<String>,
    /// Spellings of the answer that count as right.
    pub gold: Vec<String>,
    /// Another real entity that is easily taken for the answer.
    pub rival: String,
    /// The answer's name with one or two wrong letters.
    pub garbled: Vec<String>,
    /// The answer's name but for case, marks or spaces, where the writing system leaves that freedom.
    pub variant: Option<String>,
    /// What people there know of it.
    pub lore: Vec<String>,
}

impl Fact {
    /// The fact in a language that is known to be there: [`load`] has checked the source and English.
    pub fn local(&self, language: &str) -> Result<&Local, Failure> {
        self.locals
            .get(language)
            .ok_or_else(|| Failure::new(format!("{}: nothing written in {language}", self.id)))
    }
}

/// Phrases by language and slot.
pub type Phrases = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// Reads every fact, in the order of the file names, and checks what the runs rely on.
pub fn load(dir: &Path) -> Result<(Vec<Fact>, Phrases), Failure> {
    let phrases: Phrases = parse(&dir.join("phrases.toml"))?;
    let mut paths: Vec<_> = fs::read_dir(dir.join("facts"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "toml"));
    paths.sort();
    let facts = paths
        .iter()
        .map(|path| parse::<Fact>(path))
        .collect::<Result<Vec<_>, _>>()?;
    let mut wrong = Vec::new();
    for fact in &facts {
        check(fact, &phrases, &mut wrong);
    }
    for (language, slots) in &phrases {
        let least = if language == "en" { 6 } else { 3 };
        for (slot, variants) in slots {
            let question_level = slot == "hint" || slot == "refuse";
            if variants.len() < least && !question_level {
                wrong.push(format!(
                    "phrases: {language}.{slot} has {} of {least} variants",
                    variants.len()
                ));
            }
        }
    }
    if wrong.is_empty() {
        Ok((facts, phrases))
    } else {
        Err(Failure::new(wrong.join("\n")))
    }
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    toml::from_str(&text).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

fn check(fact: &Fact, phrases: &Phrases, wrong: &mut Vec<String>) {
    for language in ["en", fact.source.as_str()] {
        if !fact.locals.contains_key(language) {
            wrong.push(format!("{}: must be asked in {language}", fact.id));
        }
    }
    for (language, local) in &fact.locals {
        let at = format!("{}.{language}", fact.id);
        if !phrases.contains_key(language) || script(language) == "Zyyy" {
            wrong.push(format!("{at}: no phrases or no script for this language"));
        }
        if local.gold.is_empty()
            || local.subject.is_empty()
            || local.garbled.len() < 2
            || local.lore.len() < 2
        {
            wrong.push(format!(
                "{at}: needs gold, subject, two garbled spellings and two sentences of lore"
            ));
        }
        if !local
            .subject
            .iter()
            .any(|form| local.question.contains(form.as_str()))
        {
            wrong.push(format!("{at}: the question does not contain its subject"));
        }
        if accepts(&local.gold, &local.question) {
            wrong.push(format!("{at}: the question gives its answer away"));
        }
        for sentence in local
            .lore
            .iter()
            .filter(|sentence| accepts(&local.gold, sentence))
        {
            wrong.push(format!(
                "{at}: lore would let an absent name in: {sentence}"
            ));
        }
        for miss in local.garbled.iter().chain([&local.rival]) {
            if accepts(&local.gold, miss) {
                wrong.push(format!("{at}: {miss} would count as right"));
            }
        }
        if local
            .variant
            .as_ref()
            .is_some_and(|variant| local.gold.contains(variant))
        {
            wrong.push(format!("{at}: the variant is an accepted form"));
        }
    }
}

/// The grader: an answer is right when it contains an accepted form, whatever the case.
pub fn accepts(gold: &[String], answer: &str) -> bool {
    let answer = answer.to_lowercase();
    gold.iter()
        .any(|form| answer.contains(&form.to_lowercase()))
}

/// ISO 15924 code of the script a language of these runs is written in.
pub fn script(language: &str) -> &'static str {
    match language {
        "en" | "de" | "fr" | "tr" | "vi" => "Latn",
        "ru" | "bg" => "Cyrl",
        "el" => "Grek",
        "he" => "Hebr",
        "ar" | "fa" => "Arab",
        "hi" | "ne" => "Deva",
        "ja" => "Jpan",
        "ko" => "Kore",
        "zh" => "Hans",
        "th" => "Thai",
        "ka" => "Geor",
        "hy" => "Armn",
        "bn" => "Beng",
        "km" => "Khmr",
        _ => "Zyyy",
    }
}
