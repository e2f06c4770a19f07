//! What a teacher is asked, so that a model learns to reason about how a name is spelled in another script.
//!
//! The teacher gets facts, accepted answers and forms; the student gets the question, and nothing else.

use serde::{Deserialize, Serialize};

use super::names::{Form, Names};
use super::prompt::{Prompt, Skip, Versions, offered, version};
use super::template::{Templates, fill};
use crate::entity::Caches;
use crate::record::Record;
use crate::script::{HanMatch, Locale, ScriptRelation, english_name, match_of, parse};

/// The language of the reasoning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Thinking {
    /// That of the question.
    #[default]
    Target,
    /// That in which the knowledge is local.
    Source,
    /// English.
    English,
}

impl Thinking {
    /// All of them.
    pub const ALL: [Thinking; 3] = [Thinking::Target, Thinking::Source, Thinking::English];

    /// The word on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Thinking::Target => "target",
            Thinking::Source => "source",
            Thinking::English => "english",
        }
    }
}

/// What a manifest says of a training sample besides what was asked of the teacher.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lesson {
    /// What the student is asked.
    pub student: String,
    /// The language the reasoning should be in.
    pub trace: Locale,
    /// The names of the question and how the source language writes them.
    pub names: Vec<Form>,
}

/// The member of the metadata in which a manifest has the lesson.
pub(super) const LESSON: &str = "sft";

impl Lesson {
    /// The lesson of a record that came of such a request.
    pub fn of(record: &Record) -> Option<Lesson> {
        serde_json::from_value(record.metadata.get(LESSON)?.clone()).ok()
    }
}

/// What the teacher is asked about the question of a record, and the lesson.
pub(super) fn lesson(
    record: &Record,
    thinking: Thinking,
    templates: &Templates,
    mined: bool,
    versions: &Versions,
    caches: &mut Caches<'static>,
) -> Result<(Prompt, Lesson), Skip> {
    let question = record.question.trim();
    if question.is_empty() {
        return Err(Skip::NoQuestion);
    }
    let gold = record.gold.iter().map(|gold| gold.trim());
    let gold: Vec<&str> = gold.filter(|gold| !gold.is_empty()).collect();
    if gold.is_empty() {
        return Err(Skip::NoGold);
    }
    let (Some(source), Some(target)) = (&record.source, &record.target) else {
        return Err(Skip::NoSource);
    };
    if match_of(source.script, target.script, HanMatch::Partial) == ScriptRelation::Same {
        return Err(Skip::SameScript);
    }
    let offered = offered(record)?;
    let golds = versions.answers(&offered);
    let names = Names::of(record, &golds, caches);
    if names.holds_answer {
        return Err(Skip::HoldsAnswer);
    }
    let forms = names.forms(source, mined, caches);
    if forms.forms.is_empty() {
        return Err(forms.why_none());
    }
    let trace = match thinking {
        Thinking::Target => target.clone(),
        Thinking::Source => source.clone(),
        Thinking::English => parse("en").ok_or(Skip::NoSource)?,
    };
    let teacher = &templates.teacher;
    let [source_name, target_name, trace_name] = [source, target, &trace].map(language_name);
    let mut facts: Vec<String> = Vec::new();
    for form in &forms.forms {
        let accepted = names.accepted(form, source).join(" / ");
        let values = [
            ("name", form.name.as_str()),
            ("form", &accepted),
            ("source", &source_name),
        ];
        facts.push(fill(&teacher.name, &values));
    }
    if let Some(version) = version(record, source, versions) {
        let values = [
            ("version", version.trim()),
            ("source", source_name.as_str()),
        ];
        facts.push(fill(&teacher.version_of_question, &values));
    }
    let answers = names.answers_in(source);
    let answers = gold
        .iter()
        .copied()
        .chain(answers.iter().map(String::as_str));
    let mut accepted: Vec<&str> = Vec::new();
    answers.for_each(|answer| {
        if !accepted.contains(&answer) {
            accepted.push(answer)
        }
    });
    facts.push(fill(&teacher.answer, &[("gold", &accepted.join(" / "))]));
    let background = ["content", "context"]
        .iter()
        .find_map(|name| record.metadata.get(*name)?.as_str());
    if let Some(background) = background {
        facts.push(fill(
            &teacher.background,
            &[("background", background.trim())],
        ));
    }
    let text = fill(
        &teacher.prompt,
        &[
            ("question", question),
            ("target", &target_name),
            ("facts", &facts.join("\n")),
            ("trace", &trace_name),
            ("source", &source_name),
            ("script", &source.script.name()),
        ],
    );
    let (_, template) = templates.of(Some(target));
    let lesson = Lesson {
        student: fill(&template.question, &[("question", question)]),
        trace,
        names: forms.forms.clone(),
    };
    let prompt = Prompt {
        text,
        withheld: forms.withheld,
        forms: forms.forms,
        template: format!("teacher {}", teacher.version),
        unchanged: false,
    };
    Ok((prompt, lesson))
}

/// What a language is called in English, with its script where that is not its usual one.
fn language_name(locale: &Locale) -> String {
    let name = english_name(&locale.language).unwrap_or(&locale.language);
    match crate::script::default_script(&locale.language) == Some(locale.script) {
        true => name.to_owned(),
        false => format!("{name} in the {} script", locale.script.name()),
    }
}
