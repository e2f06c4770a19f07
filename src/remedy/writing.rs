//! The requests for all rows that are meant, one after the other: no more texts are in memory than are being made.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::condition::Condition;
use super::order::in_order;
use super::prompt::{Prompt, Skip, Versions, prompt};
use super::request::{Request, Settings, wanted};
use super::teacher::{LESSON, Thinking, lesson};
use super::template::Templates;
use crate::corpus::fields::NONE;
use crate::corpus::{Corpus, Filter, Key, view};
use crate::entity::Caches;
use crate::record::Record;
use crate::script::Locale;

/// What is wanted of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// The answer to the question, under a condition.
    Again(Condition),
    /// A training sample whose reasoning is in this language.
    Teach(Thinking),
}

impl Ask {
    /// The condition of the run that comes of it.
    pub const fn word(self) -> &'static str {
        match self {
            Ask::Again(condition) => condition.word(),
            Ask::Teach(_) => "teacher",
        }
    }
}

/// What to ask, and how.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What is wanted.
    pub ask: Ask,
    /// What prompts are made of.
    pub templates: Templates,
    /// Forms that were found in parallel questions count too, marked as such.
    pub mined: bool,
    /// What is asked of the engine.
    pub settings: Settings,
}

/// A prompt, the record it was made from, and its requests.
#[derive(Debug, Clone)]
pub struct Made {
    /// The response of the run that is asked again.
    pub record: Record,
    /// What it became.
    pub prompt: Prompt,
    /// One for each epoch.
    pub requests: Vec<Request>,
}

/// What became of the rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// Questions, each in one language, that are asked.
    pub asked: usize,
    /// Requests for them.
    pub requests: usize,
    /// Those that are not, by the reason.
    pub skipped: BTreeMap<Skip, usize>,
    /// Responses that could not be read again, and why.
    pub unread: Vec<String>,
    /// Forms that were left out because they are the answer or hold it.
    pub withheld: usize,
    /// Prompts with a form that nobody gave.
    pub mined: usize,
    /// Prompts that are no more than the question.
    pub unchanged: usize,
    /// Questions that the run asked with more around them than the prompt has.
    pub framed: usize,
    /// The model and the run that is wanted of it.
    pub model: String,
    /// Its name.
    pub run: String,
    /// The runs the questions are taken from.
    pub of: BTreeMap<String, usize>,
    /// Templates that were used.
    pub templates: BTreeMap<String, usize>,
}

impl Plan {
    /// Makes the requests for each question, in each language, of which the filter lets a response through, in the order
    /// of loading. What several runs were asked is asked once. `give` may break off.
    ///
    /// # Errors
    /// Nobody says which model is asked.
    pub fn write<E>(
        &self,
        corpus: &Corpus,
        filter: &Filter,
        mut give: impl FnMut(Made) -> Result<(), E>,
    ) -> Result<Result<Report, E>, String> {
        let rows = view::rows(corpus, filter);
        let model = model(corpus, &rows, self.settings.model.as_deref())?;
        let run = free_run(corpus, &format!("{model}/{}", self.ask.word()));
        let questions = questions(corpus, rows);
        let mut report = Report {
            model,
            run,
            ..Report::default()
        };
        let (model, run) = (report.model.clone(), report.run.clone());
        let make = |rows: &Vec<u32>, caches: &mut Caches<'static>| {
            self.make_all(corpus, rows, (&model, &run), caches)
        };
        let taken = in_order(&questions, make, |made| {
            made.into_iter().try_for_each(|made| match made {
                Ok(made) => {
                    report.count(&made);
                    give(made)
                }
                Err(Missing::Skipped(skip)) => {
                    *report.skipped.entry(skip).or_default() += 1;
                    Ok(())
                }
                Err(Missing::Unread(reason)) => {
                    report.unread.push(reason);
                    Ok(())
                }
            })
        });
        Ok(taken.map(|()| report))
    }

    /// The requests for one question in several languages. Each response is read once.
    fn make_all(
        &self,
        corpus: &Corpus,
        rows: &[u32],
        wanted_of: (&str, &str),
        caches: &mut Caches<'static>,
    ) -> Vec<Result<Made, Missing>> {
        let read = |row: &u32| corpus.read(*row).map_err(Missing::Unread);
        let mut read: Vec<Result<Record, Missing>> = rows.iter().map(read).collect();
        let is_nameless = |read: &Result<Record, Missing>| {
            read.as_ref().is_ok_and(|record| record.entities.is_empty())
        };
        if let Some(nameless) = rows.first().filter(|_| read.iter().any(is_nameless)) {
            let entities = corpus.entities_of_row(*nameless, self.mined);
            for record in read.iter_mut().flatten() {
                if record.entities.is_empty() {
                    record.entities.clone_from(&entities);
                }
            }
        }
        let versions: Vec<(String, Locale, String)> = read
            .iter()
            .flatten()
            .filter_map(|record| {
                let target = record.target.clone()?;
                Some((record.run.clone(), target, record.question.clone()))
            })
            .collect();
        let made = rows.iter().zip(read).map(|(row, record)| {
            let record = record?;
            let version = |locale: &Locale| {
                let own = versions
                    .iter()
                    .find(|(run, target, _)| *run == record.run && target == locale);
                own.map(|(.., question)| question.clone())
                    .or_else(|| corpus.version_in(*row, locale))
            };
            self.make(&record, &Versions { of: &version }, wanted_of, caches)
        });
        made.collect()
    }

    fn make(
        &self,
        record: &Record,
        versions: &Versions,
        wanted_of: (&str, &str),
        caches: &mut Caches<'static>,
    ) -> Result<Made, Missing> {
        let (model, run) = wanted_of;
        let templates = &self.templates;
        let (prompt, lesson) = match self.ask {
            Ask::Again(condition) => {
                let made = prompt(record, condition, templates, self.mined, versions, caches);
                (made.map_err(Missing::Skipped)?, None)
            }
            Ask::Teach(thinking) => {
                let made = lesson(record, thinking, templates, self.mined, versions, caches);
                let (prompt, lesson) = made.map_err(Missing::Skipped)?;
                (prompt, Some(lesson))
            }
        };
        let of = record.run.as_str();
        let mut asked = wanted(record, model, self.ask.word(), run);
        asked.prompt = (prompt.text != record.question).then(|| prompt.text.clone());
        let about = json!({
            "of": of,
            "template": prompt.template,
            "forms": prompt.forms,
            "unchanged": prompt.unchanged,
            "settings": Value::from(self.settings.body.clone()),
        });
        asked.metadata.insert("remedy".into(), about);
        if let Some(lesson) = lesson {
            let lesson = serde_json::to_value(lesson).unwrap_or_default();
            asked.metadata.insert(LESSON.into(), lesson);
        }
        let requests = self.settings.requests(&asked, of);
        Ok(Made {
            record: record.clone(),
            prompt,
            requests,
        })
    }
}

/// Why nothing is asked.
#[derive(Debug, Clone)]
enum Missing {
    Skipped(Skip),
    Unread(String),
}

impl Report {
    fn count(&mut self, made: &Made) {
        let Made {
            record,
            prompt,
            requests,
        } = made;
        self.asked += 1;
        self.requests += requests.len();
        self.withheld += prompt.withheld;
        self.mined += usize::from(prompt.forms.iter().any(|form| form.mined.is_some()));
        self.unchanged += usize::from(prompt.unchanged);
        self.framed += usize::from(record.prompt.is_some());
        *self.of.entry(record.run.clone()).or_default() += 1;
        *self.templates.entry(prompt.template.clone()).or_default() += 1;
    }
}

/// Of rows the first of each question in each language, by question; one of a baseline where there is one, because under
/// another condition the question may have been another.
fn questions(corpus: &Corpus, rows: Vec<u32>) -> Vec<Vec<u32>> {
    let groups = corpus.groups();
    let rank = |row: u32| match corpus.name(row, Key::Condition) {
        "baseline" => 0,
        NONE => 1,
        _ => 2,
    };
    let mut best: IndexMap<u32, IndexMap<_, (u8, u32)>> = IndexMap::new();
    for row in rows {
        let group = groups.of_row.get(row as usize);
        let Some(group) = group.and_then(|group| groups.all.get(*group as usize)) else {
            continue;
        };
        let found = (rank(row), row);
        let of_question = best.entry(group.question).or_default();
        let known = of_question.entry(group.target).or_insert(found);
        *known = found.min(*known);
    }
    let rows = |of_question: IndexMap<_, (u8, u32)>| {
        of_question.into_values().map(|(_, row)| row).collect()
    };
    best.into_values().map(rows).collect()
}

/// The model to ask: the one that is named, else the only one that was asked before.
fn model(corpus: &Corpus, rows: &[u32], named: Option<&str>) -> Result<String, String> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let codes = corpus.codes(Key::Model);
    let mut models: Vec<u32> = rows
        .iter()
        .filter_map(|row| codes.get(*row as usize).copied())
        .collect();
    models.sort_unstable();
    models.dedup();
    let names = models
        .iter()
        .map(|code| corpus.dict(Key::Model).name(*code));
    let names: Vec<&str> = names.filter(|name| *name != NONE).collect();
    match names.as_slice() {
        [name] => Ok((*name).to_owned()),
        [] if rows.is_empty() => Ok(String::new()),
        [] => {
            Err("the runs do not say which model answered: name the one to ask with --model".into())
        }
        several => Err(format!(
            "these are runs of {}, and a batch asks one model: name it with --model, and leave the others out with --where model:{}",
            several.join(", "),
            several.first().copied().unwrap_or_default(),
        )),
    }
}

/// A name that no run has yet: what is asked again must not be taken for more epochs of what was asked before.
fn free_run(corpus: &Corpus, name: &str) -> String {
    let runs = corpus.dict(Key::Run);
    let is_free = |name: &String| runs.code(name).is_none();
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(is_free).unwrap_or_default()
}
