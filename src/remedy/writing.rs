//! The requests for all rows that are meant, one after the other: no more texts are in memory than are being made.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use serde_json::{Value, json};

use super::condition::Condition;
use super::prompt::{Prompt, Skip, Versions, prompt};
use super::request::{Request, Settings, wanted};
use super::template::Templates;
use crate::corpus::fields::NONE;
use crate::corpus::{Corpus, Filter, Key, view};
use crate::entity::Caches;
use crate::record::Record;
use crate::script::Locale;

/// What to ask, and how.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What is done to the question.
    pub condition: Condition,
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

/// So many questions are made at a time: their texts are in memory together.
const AT_ONCE: usize = 2048;

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
        let rows = questions(corpus, rows);
        let run = free_run(corpus, &format!("{model}/{}", self.condition));
        let mut report = Report {
            model,
            run,
            ..Report::default()
        };
        for rows in rows.chunks(AT_ONCE) {
            let make =
                |caches: &mut Caches<'static>, row| Some(self.make(corpus, row, &report, caches));
            let made = corpus.each(rows, Caches::new, make, &|_| ControlFlow::Continue(()));
            for made in made.into_iter().flatten().flatten() {
                match made {
                    Ok(made) => {
                        report.count(&made);
                        if let Err(error) = give(made) {
                            return Ok(Err(error));
                        }
                    }
                    Err(Missing::Skipped(skip)) => *report.skipped.entry(skip).or_default() += 1,
                    Err(Missing::Unread(reason)) => report.unread.push(reason),
                }
            }
        }
        Ok(Ok(report))
    }

    fn make(
        &self,
        corpus: &Corpus,
        row: u32,
        report: &Report,
        caches: &mut Caches<'static>,
    ) -> Result<Made, Missing> {
        let record = read(corpus, row, self.mined).map_err(Missing::Unread)?;
        let versions = Versions {
            of: &|locale: &Locale| corpus.version_in(row, locale),
        };
        let templates = &self.templates;
        let made = prompt(
            &record,
            self.condition,
            templates,
            self.mined,
            &versions,
            caches,
        );
        let prompt = made.map_err(Missing::Skipped)?;
        let of = corpus.name(row, Key::Run);
        let mut asked = wanted(&record, &report.model, self.condition.word(), &report.run);
        asked.prompt = (prompt.text != record.question).then(|| prompt.text.clone());
        let about = json!({
            "of": of,
            "template": prompt.template,
            "forms": prompt.forms,
            "unchanged": prompt.unchanged,
            "settings": Value::from(self.settings.body.clone()),
        });
        asked.metadata.insert("remedy".into(), about);
        let requests = self.settings.requests(&asked, of);
        Ok(Made {
            record,
            prompt,
            requests,
        })
    }
}

/// Why nothing is asked.
#[derive(Debug, Clone)]
pub(super) enum Missing {
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

/// Of rows the first of each question in each language, in order; one of a baseline where there is one, because under
/// another condition the question may have been another.
pub(super) fn questions(corpus: &Corpus, mut rows: Vec<u32>) -> Vec<u32> {
    let groups = corpus.groups();
    let group = |row: &u32| groups.all.get(*groups.of_row.get(*row as usize)? as usize);
    let rank = |row: &u32| match corpus.name(*row, Key::Condition) {
        "baseline" => 0,
        NONE => 1,
        _ => 2,
    };
    let mut best: HashMap<(u32, (u32, u32)), (u8, u32)> = HashMap::new();
    for row in &rows {
        let Some(group) = group(row) else { continue };
        let found = (rank(row), *row);
        let known = best.entry((group.question, group.target)).or_insert(found);
        *known = found.min(*known);
    }
    let is_best = |row: &u32| {
        let best = group(row).and_then(|group| best.get(&(group.question, group.target)));
        best.is_some_and(|(_, best)| best == row)
    };
    rows.retain(is_best);
    rows
}

/// The model to ask: the one that is named, else the only one that was asked before.
pub(super) fn model(corpus: &Corpus, rows: &[u32], named: Option<&str>) -> Result<String, String> {
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
pub(super) fn free_run(corpus: &Corpus, name: &str) -> String {
    let runs = corpus.dict(Key::Run);
    let is_free = |name: &String| runs.code(name).is_none();
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(is_free).unwrap_or_default()
}

/// A response with every entity that is known of its question.
pub(super) fn read(corpus: &Corpus, row: u32, mined: bool) -> Result<Record, String> {
    let mut record = corpus.read(row)?;
    if record.entities.is_empty() {
        record.entities = corpus.entities_of_row(row, mined);
    }
    Ok(record)
}
