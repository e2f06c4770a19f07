//! The prompt that a condition makes of a question, or why it makes none.

use std::borrow::Cow;

use super::condition::{Condition, Pivot};
use super::letters::letters;
use super::names::{Form, Forms, Golds, Names};
use super::template::{Template, Templates, fill};
use crate::entity::Caches;
use crate::record::Record;
use crate::script::{Locale, parse};

/// A prompt.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// What the user says.
    pub text: String,
    /// Forms of names that it gives.
    pub forms: Vec<Form>,
    /// Which template it is made of.
    pub template: String,
    /// Forms that were left out because they are the answer or hold it.
    pub withheld: usize,
    /// It is no more than the question: the other form or version is that of the question itself.
    pub unchanged: bool,
}

/// Why a question is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// There is nothing to ask.
    NoQuestion,
    /// Nothing says where the knowledge is local.
    NoSource,
    /// The question names nothing that is known.
    NoName,
    /// No name of the question has a form in that language.
    NoForm,
    /// Nobody asked the question in that language.
    NoVersion,
    /// What would be added is the answer, or holds it.
    GivesAway,
    /// The question holds its own answer, and offers no others.
    HoldsAnswer,
    /// The question offers answers that are not in its text.
    NoChoices,
    /// There is no accepted answer.
    NoGold,
    /// Source and target are written in the same script: no name has to change its letters.
    SameScript,
}

impl Skip {
    /// What is said of those that were skipped, after their number.
    pub const fn word(self) -> &'static str {
        match self {
            Skip::NoQuestion => "without the text of the question, which --join may bring",
            Skip::NoSource => "without a source language",
            Skip::NoName => "whose question has no known name",
            Skip::NoForm => "whose names have no form in that language",
            Skip::NoVersion => "never asked in that language",
            Skip::GivesAway => "where what is added would hold the answer",
            Skip::HoldsAnswer => "whose question holds its own answer",
            Skip::NoChoices => "whose choices are not in its text",
            Skip::NoGold => "without an accepted answer",
            Skip::SameScript => "of one script at source and target",
        }
    }
}

/// What a record cannot say of its question: the same in other languages.
pub(super) struct Versions<'a> {
    /// The question as it was asked in a language.
    pub of: &'a dyn Fn(&Locale) -> Option<String>,
    /// What is accepted in any language.
    pub golds: &'a Golds,
}

impl Versions<'_> {
    /// What must not be given away: of a question that offers answers also these.
    pub fn answers(&self, offered: &[&str]) -> Cow<'_, Golds> {
        match offered {
            [] => Cow::Borrowed(self.golds),
            _ => Cow::Owned(Golds::of(self.golds.texts().chain(offered.iter().copied()))),
        }
    }
}

/// The answers that a question offers. All must be in its text: nobody can choose among what is not shown.
pub(super) fn offered(record: &Record) -> Result<Vec<&str>, Skip> {
    let Some(choices) = record.metadata.get("choices") else {
        return Ok(Vec::new());
    };
    let choices = choices.as_array().ok_or(Skip::NoChoices)?;
    let question = letters(&record.question);
    let text = |choice: &'_ serde_json::Value| {
        let choice = choice.as_str().ok_or(Skip::NoChoices)?;
        match question.contains(&letters(choice)) {
            true => Ok(()),
            false => Err(Skip::NoChoices),
        }
    };
    choices.iter().try_for_each(text)?;
    Ok(choices
        .iter()
        .filter_map(serde_json::Value::as_str)
        .collect())
}

/// The prompt that a condition makes of the question of a record. `mined` also takes forms that nobody gave.
pub(super) fn prompt(
    record: &Record,
    condition: Condition,
    templates: &Templates,
    mined: bool,
    versions: &Versions,
    caches: &mut Caches<'static>,
) -> Result<Prompt, Skip> {
    let question = record.question.trim();
    if question.is_empty() {
        return Err(Skip::NoQuestion);
    }
    let target = record.target.as_ref();
    let offered = offered(record)?;
    let golds = versions.answers(&offered);
    let names = Names::of(record, &golds, caches);
    // Of several answers that are offered, one is right.
    if offered.is_empty() && names.holds_answer {
        return Err(Skip::HoldsAnswer);
    }
    let (name, template) = templates.of(target);
    let around = template.around(condition);
    let whole = |values: &[(&str, &str)]| fill(around, values);
    let made = |text: String, forms: Forms, unchanged: bool| Prompt {
        text,
        withheld: forms.withheld,
        forms: forms.forms,
        template: name.to_owned(),
        unchanged,
    };
    let plain = |forms| {
        made(
            fill(&template.question, &[("question", question)]),
            forms,
            true,
        )
    };
    let pivot = match condition {
        Condition::Baseline => {
            return Ok(Prompt {
                unchanged: false,
                ..plain(Forms::default())
            });
        }
        Condition::EntityHint => Pivot::Source,
        Condition::Substitute(pivot)
        | Condition::Inject(pivot)
        | Condition::TranslationPrefix(pivot) => pivot,
    };
    let locale = pivot.locale(record).ok_or(Skip::NoSource)?;
    let is_own = target.is_some_and(|target| target.language == locale.language);
    if let Condition::TranslationPrefix(_) = condition {
        if is_own {
            return Ok(plain(Forms::default()));
        }
        let version = version(record, &locale, versions).ok_or(Skip::NoVersion)?;
        if names.gives_away(&version, Some(&locale), caches) {
            return Err(Skip::GivesAway);
        }
        let text = whole(&[("version", version.trim()), ("question", question)]);
        return Ok(made(text, Forms::default(), false));
    }
    let forms = names.forms(&locale, mined, caches);
    if forms.forms.is_empty() && forms.same == 0 {
        return Err(forms.why_none());
    }
    if is_own || forms.forms.is_empty() {
        return Ok(plain(forms));
    }
    let text = match condition {
        Condition::EntityHint => {
            let hint = |form: &Form| {
                fill(
                    &template.hint,
                    &[("name", &form.name), ("form", &form.form)],
                )
            };
            let hints: Vec<String> = forms.forms.iter().map(hint).collect();
            whole(&[("question", question), ("hints", &hints.join("\n"))])
        }
        _ => whole(&[(
            "question",
            rewritten(record, condition, template, &forms).trim(),
        )]),
    };
    Ok(made(text, forms, false))
}

impl Pivot {
    /// The locale of the other form.
    fn locale(self, record: &Record) -> Option<Locale> {
        match self {
            Pivot::Source => record.source.clone(),
            Pivot::English => parse("en"),
        }
    }
}

/// The question in another language: as the record has it, else as somebody was asked.
pub(super) fn version(record: &Record, locale: &Locale, versions: &Versions) -> Option<String> {
    let own = record.source_question.as_ref();
    let own = own.filter(|_| record.source.as_ref() == Some(locale));
    let found = own.cloned().or_else(|| (versions.of)(locale));
    found.filter(|version| !version.trim().is_empty())
}

/// The question with its names replaced, or the first mention of each followed by its form.
fn rewritten(record: &Record, condition: Condition, template: &Template, forms: &Forms) -> String {
    let question = record.question.as_str();
    let mut text = String::with_capacity(2 * question.len());
    let mut at = 0;
    let mut seen = Vec::new();
    for place in &forms.places {
        let (Some(before), Some(name), Some(form)) = (
            question.get(at..place.range.start),
            question.get(place.range.clone()),
            forms.forms.get(place.form),
        ) else {
            continue;
        };
        text += before;
        at = place.range.end;
        let is_first = !seen.contains(&place.form);
        seen.push(place.form);
        match condition {
            Condition::Substitute(_) => text += &form.form,
            _ if is_first && form.form != name => {
                text += &fill(&template.inject, &[("name", name), ("form", &form.form)]);
            }
            _ => text += name,
        }
    }
    text + question.get(at..).unwrap_or_default()
}
