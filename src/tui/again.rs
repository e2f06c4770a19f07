//! The questions that are shown, to be asked again: under which condition, and what that makes of the one at hand.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::app::{Cursor, Screen};
use super::sample::Sample;
use crate::corpus::Corpus;
use crate::corpus::view::rows_of;
use crate::remedy::{
    Ask, Batch, Condition, Made, Models, Plan, Report, Settings, Templates, manifest,
};

/// What a condition makes of a question, or why nothing.
pub type Preview = Result<Box<Made>, String>;

/// The conditions, and where one reads.
pub struct Again {
    /// Place in their list.
    pub list: Cursor,
    /// The screen this was opened from.
    pub from: Screen,
    /// Of which row and under which condition, and what came of it once that is known.
    pub preview: Option<(u32, Condition, Option<Preview>)>,
    /// Requests are written: which share of the questions is done.
    pub writing: Option<f32>,
    /// What came of that.
    pub told: Option<Result<Vec<String>, String>>,
}

impl Again {
    /// Opened from a screen.
    pub fn of(from: Screen) -> Again {
        let hint = |condition: &Condition| *condition == Condition::EntityHint;
        let at = Condition::ALL.iter().position(hint).unwrap_or_default();
        Again {
            list: Cursor { at, top: 0 },
            from,
            preview: None,
            writing: None,
            told: None,
        }
    }

    /// The condition at hand.
    pub fn condition(&self) -> Condition {
        let at = self.list.at.min(Condition::ALL.len() - 1);
        Condition::ALL[at]
    }

    /// Goes to another condition.
    pub fn go(&mut self, to: usize) {
        self.list.go(to, Condition::ALL.len());
        self.told = None;
    }
}

/// One request for each question, as an engine samples by itself.
fn plan(condition: Condition) -> Result<Plan, String> {
    Ok(Plan {
        ask: Ask::Again(condition),
        templates: Templates::read(None)?,
        mined: false,
        settings: Settings::default(),
    })
}

/// What a condition makes of the question of a row.
pub fn preview(corpus: &Corpus, row: u32, condition: Condition) -> Preview {
    let mut plan = plan(condition)?;
    plan.settings.model = Some(String::new());
    let batch = plan.batch(corpus, &[row]).map_err(told)?;
    let mut all = Vec::new();
    let report = batch.write(
        |made| made,
        |made| {
            all.extend(made);
            Ok::<(), String>(())
        },
    )?;
    let skipped = report.skipped.keys().map(|skip| skip.word().to_owned());
    let why = skipped.chain(report.unread).next();
    all.pop()
        .map(Box::new)
        .ok_or_else(|| format!("nothing is asked: a question {}", why.unwrap_or_default()))
}

fn told(models: Models) -> String {
    match &models {
        Models::None => format!("{models}: scriptlens prompts --model names one"),
        Models::Several(names) => format!(
            "{models}: filter for one of them, such as model:{}",
            names.first().map_or("", String::as_str)
        ),
    }
}

/// A name for a file of requests that nothing has yet.
pub fn free_name(condition: Condition) -> PathBuf {
    let word = condition.word();
    let numbered = (2..).map(|number| format!("requests-{word}-{number}.jsonl"));
    let names = std::iter::once(format!("requests-{word}.jsonl")).chain(numbered);
    let mut paths = names.map(PathBuf::from);
    let is_free = |path: &PathBuf| !path.exists() && !manifest(path).exists();
    paths.find(is_free).unwrap_or_default()
}

/// Requests that are to be written.
#[derive(Clone)]
pub struct Order {
    /// Of which responses.
    pub sample: Sample,
    /// Under which condition.
    pub condition: Condition,
    /// Where the requests go.
    pub path: Arc<Path>,
}

impl Order {
    /// Writes the requests for all that a filter shows, and says what came of it. `go_on` hears which share is done, and may
    /// break off; then there is nothing.
    ///
    /// # Errors
    /// A sentence: nothing can be asked, or a file cannot be written.
    pub fn carry_out(
        &self,
        go_on: &(dyn Fn(f32) -> ControlFlow<()> + Sync),
    ) -> Option<Result<Vec<String>, String>> {
        let Order {
            sample,
            condition,
            path,
        } = self;
        let written = || -> Result<Option<Report>, String> {
            let names = [path.to_path_buf(), manifest(path)];
            if let Some(taken) = names.iter().find(|path| path.exists()) {
                return Err(format!(
                    "{} is there already: take another name",
                    taken.display()
                ));
            }
            let plan = plan(*condition)?;
            let rows: Vec<u32> = rows_of(&sample.mask).collect();
            let batch: Batch = plan.batch(&sample.corpus, &rows).map_err(told)?;
            let all = batch.len().max(1) as f32;
            let saved = batch.save(path, |done| go_on(done as f32 / all));
            saved.map_err(|error| error.to_string())
        };
        let report = written().transpose()?;
        Some(report.map(|report| report.lines(Some(path), "asked again")))
    }
}
