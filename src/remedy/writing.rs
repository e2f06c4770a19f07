//! The requests for all rows that are meant, one after the other: no more texts are in memory than are being made.

use std::collections::BTreeSet;
use std::fmt;

use indexmap::IndexMap;
use serde_json::json;

use super::condition::Condition;
use super::names::Golds;
use super::order::in_order;
use super::prompt::{Prompt, Skip, Versions, prompt};
use super::report::Report;
use super::request::{Request, Settings, wanted};
use super::teacher::{LESSON, Thinking, lesson};
use super::template::Templates;
use crate::corpus::fields::NONE;
use crate::corpus::{Corpus, Key};
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

/// A prompt, and the response that is wanted of it.
#[derive(Debug, Clone)]
pub struct Made {
    /// The prompt.
    pub prompt: Prompt,
    /// What was asked, without what only a reply can say.
    pub asked: Record,
    /// The run it is taken from.
    pub of: String,
    /// That run asked with more around the question than the prompt has.
    pub framed: bool,
}

impl Made {
    /// Which question it is, from where to where, and what its prompt is made of.
    pub fn head(&self) -> String {
        let Made { asked, prompt, .. } = self;
        let locale =
            |locale: &Option<Locale>| locale.as_ref().map_or("?".to_owned(), ToString::to_string);
        let (source, target) = (locale(&asked.source), locale(&asked.target));
        format!(
            "{} · {source} → {target} · template {}",
            asked.question_id, prompt.template
        )
    }

    /// The requests for it, one for each epoch.
    pub fn requests(self, settings: &Settings) -> Vec<Request> {
        settings.requests(self.asked, &self.of)
    }
}

/// A plan for some responses: which questions are asked, of which model, as which run.
pub struct Batch<'a> {
    plan: &'a Plan,
    corpus: &'a Corpus,
    /// Rows, by question.
    questions: Vec<Vec<u32>>,
    model: String,
    run: String,
}

impl Plan {
    /// What is asked for some rows: each question once in each language, in the order of loading.
    ///
    /// # Errors
    /// Nothing says which model is asked.
    pub fn batch<'a>(&'a self, corpus: &'a Corpus, rows: &[u32]) -> Result<Batch<'a>, Models> {
        let model = model(corpus, rows, self.settings.model.as_deref())?;
        Ok(Batch {
            plan: self,
            corpus,
            questions: questions(corpus, rows),
            run: free_run(corpus, &format!("{model}/{}", self.ask.word())),
            model,
        })
    }

    fn make(
        &self,
        record: Record,
        versions: &Versions,
        (model, run): (&str, &str),
        caches: &mut Caches<'static>,
    ) -> Result<Made, Skip> {
        let (templates, mined) = (&self.templates, self.mined);
        let (prompt, lesson) = match self.ask {
            Ask::Again(condition) => {
                let made = prompt(&record, condition, templates, mined, versions, caches);
                (made?, None)
            }
            Ask::Teach(thinking) => {
                let (prompt, lesson) =
                    lesson(&record, thinking, templates, mined, versions, caches)?;
                (prompt, Some(lesson))
            }
        };
        let of = record.run.clone();
        // Who teaches compares nothing.
        let framed = record.prompt.is_some() && matches!(self.ask, Ask::Again(_));
        let mut asked = wanted(record, model, self.ask.word(), run);
        asked.prompt = (prompt.text != asked.question).then(|| prompt.text.clone());
        let about = json!({
            "of": of,
            "template": prompt.template,
            "forms": prompt.forms,
            "unchanged": prompt.unchanged,
            "system": self.settings.system,
            "settings": self.settings.body,
        });
        asked.metadata.insert("remedy".into(), about);
        if let Some(lesson) = lesson {
            let lesson = serde_json::to_value(lesson).unwrap_or_default();
            asked.metadata.insert(LESSON.into(), lesson);
        }
        Ok(Made {
            prompt,
            asked,
            of,
            framed,
        })
    }
}

impl Batch<'_> {
    /// How many questions there are, each in one language or several.
    pub fn len(&self) -> usize {
        self.questions.len()
    }

    /// What is asked of the engine.
    pub(super) fn settings(&self) -> &Settings {
        &self.plan.settings
    }

    /// There is nothing to ask.
    pub fn is_empty(&self) -> bool {
        self.questions.is_empty()
    }

    /// Makes the prompts, a question in all its languages at a time. `finish` makes of them whatever is wanted, on several
    /// threads; `give` takes that in order, and may break off.
    ///
    /// # Errors
    /// What `give` says.
    pub fn write<T: Send, E>(
        &self,
        finish: impl Fn(Vec<Made>) -> T + Sync,
        mut give: impl FnMut(T) -> Result<(), E>,
    ) -> Result<Report, E> {
        let mut report = Report {
            run: self.run.clone(),
            ..Report::default()
        };
        let epochs = self.plan.settings.epochs.max(1) as usize;
        let make = |rows: &Vec<u32>, caches: &mut Caches<'static>| {
            let mut part = Report::default();
            let made: Vec<Made> = self.make(rows, caches, &mut part);
            made.iter().for_each(|made| part.count(made, epochs));
            (part, finish(made))
        };
        in_order(&self.questions, make, |(part, finished)| {
            report.add(part);
            give(finished)
        })?;
        Ok(report)
    }

    /// The prompts for one question in several languages. Each response is read once.
    fn make(&self, rows: &[u32], caches: &mut Caches<'static>, report: &mut Report) -> Vec<Made> {
        let (plan, corpus) = (self.plan, self.corpus);
        let mut read: Vec<(u32, Record)> = Vec::with_capacity(rows.len());
        for row in rows {
            match corpus.read(*row) {
                Ok(record) => read.push((*row, record)),
                Err(reason) => report.unread.push(reason),
            }
        }
        let is_nameless = |(_, record): &&(u32, Record)| record.entities.is_empty();
        if let Some((row, _)) = read.iter().find(is_nameless) {
            let entities = corpus.entities_of_row(*row, plan.mined);
            for (_, record) in &mut read {
                if record.entities.is_empty() {
                    record.entities.clone_from(&entities);
                }
            }
        }
        let versions: Vec<(String, Option<Locale>, String)> = read
            .iter()
            .map(|(_, record)| {
                let Record {
                    run,
                    target,
                    question,
                    ..
                } = record;
                (run.clone(), target.clone(), question.clone())
            })
            .collect();
        // An answer is one in every language, also in those that are not asked.
        let here = read.iter().map(|(_, record)| record);
        let others = corpus.other_languages(rows);
        let golds = here.chain(&others).flat_map(|record| &record.gold);
        let golds = Golds::of(golds.map(String::as_str));
        let made = read.into_iter().filter_map(|(row, record)| {
            let run = record.run.clone();
            let version = |locale: &Locale| {
                let mut versions = versions.iter();
                let own =
                    versions.find(|(of, target, _)| *of == run && target.as_ref() == Some(locale));
                own.map(|(.., question)| question.clone())
                    .or_else(|| corpus.version_in(row, locale))
            };
            let versions = Versions {
                of: &version,
                golds: &golds,
            };
            let made = plan.make(record, &versions, (&self.model, &self.run), caches);
            made.map_err(|skip| *report.skipped.entry(skip).or_default() += 1)
                .ok()
        });
        made.collect()
    }
}

/// Of rows the first of each question in each language, by question; one of a baseline where there is one, because under
/// another condition the question may have been another.
fn questions(corpus: &Corpus, rows: &[u32]) -> Vec<Vec<u32>> {
    let groups = corpus.groups();
    let rank = |row: u32| match corpus.name(row, Key::Condition) {
        "baseline" => 0,
        NONE => 1,
        _ => 2,
    };
    let mut best: IndexMap<u32, IndexMap<_, (u8, u32)>> = IndexMap::new();
    for &row in rows {
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

/// Nothing says which model is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Models {
    /// The runs do not name theirs.
    None,
    /// They are of these.
    Several(Vec<String>),
}

impl fmt::Display for Models {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Models::None => f.write_str("the runs do not say which model answered"),
            Models::Several(names) => write!(
                f,
                "these are runs of {}, and a batch asks one model",
                names.join(", ")
            ),
        }
    }
}

/// The model to ask: the one that is named, else the only one that was asked before.
fn model(corpus: &Corpus, rows: &[u32], named: Option<&str>) -> Result<String, Models> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let codes = corpus.codes(Key::Model);
    let of_rows = rows.iter().filter_map(|row| codes.get(*row as usize));
    let models: BTreeSet<u32> = of_rows.copied().collect();
    let names = models
        .into_iter()
        .map(|code| corpus.dict(Key::Model).name(code));
    let mut names: Vec<String> = names
        .filter(|name| *name != NONE)
        .map(str::to_owned)
        .collect();
    match (names.len(), rows.is_empty()) {
        (0, false) => Err(Models::None),
        (0 | 1, _) => Ok(names.pop().unwrap_or_default()),
        _ => Err(Models::Several(names)),
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
