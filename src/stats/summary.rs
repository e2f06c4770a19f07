//! What was loaded and how it went: runs, accuracy by script, barrier failures, suspicious metrics.

use std::collections::HashSet;

use polars::prelude::*;
use serde::Serialize;

use super::interval::{Interval, wilson};
use super::{NamesSummary, TagsSummary};
use crate::corpus::fields::OUTCOMES;
use crate::corpus::view::{self, code};
use crate::corpus::{Corpus, Filter, Flag, Key};
use crate::ingest::Gravity;

/// The whole of a corpus in numbers.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// What was counted: everything, or what this filter lets through.
    pub filter: String,
    /// The grader that says what is right; none where it is the log.
    pub grader: Option<String>,
    /// Responses.
    pub responses: usize,
    /// Questions.
    pub questions: usize,
    /// Variants (a question in one language, in one run) that are barrier failures.
    pub barrier_failures: usize,
    /// Variants asked in another script than that of their source, known at the source by the same run.
    pub known_at_source: usize,
    /// One line a run.
    pub runs: Vec<RunSummary>,
    /// Runs that are here with one whose questions they were asked again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<Remedy>,
    /// One line a pair of source and target script.
    pub scripts: Vec<Cell>,
    /// What became of the names, where they were looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<NamesSummary>,
    /// What people say, where judgements were looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<TagsSummary>,
    /// What looks wrong with the scores.
    pub warnings: Vec<String>,
    /// What files say of themselves, each note once.
    pub notes: Vec<String>,
    /// Records or files that could not be read.
    pub problems: usize,
    /// Files met in folders that are not runs.
    pub skipped: usize,
    /// What to know of files that were read.
    pub remarks: Vec<String>,
}

/// A run that was asked again what another was asked.
#[derive(Debug, Serialize)]
pub struct Remedy {
    /// Its name.
    pub run: String,
    /// That of the other.
    pub of: String,
}

/// A run.
#[derive(Debug, Serialize)]
pub struct RunSummary {
    /// Its name.
    pub run: String,
    /// Its responses.
    #[serde(flatten)]
    pub count: Count,
    /// Questions.
    pub questions: usize,
    /// Highest epoch.
    pub epochs: u32,
}

/// Responses from one source script to one target script.
#[derive(Debug, Serialize)]
pub struct Cell {
    /// Source script.
    pub source: String,
    /// Target script.
    pub target: String,
    /// The responses.
    #[serde(flatten)]
    pub count: Count,
}

/// How many responses, and how they went.
#[derive(Debug, Serialize)]
pub struct Count {
    /// Responses.
    pub responses: usize,
    /// Responses that are right.
    pub right: usize,
    /// Responses that are right or wrong.
    pub judged: usize,
    /// Responses that declined to answer.
    pub unattempted: usize,
    /// Responses in which a grader found no answer.
    pub unparsed: usize,
    /// Share of right ones among those judged, with Wilson's interval. Responses to one question depend on each other,
    /// so the true interval is wider.
    pub accuracy: Option<Interval>,
}

impl Summary {
    /// Counts what the filter lets through.
    ///
    /// # Errors
    /// polars fails.
    pub fn of(corpus: &Corpus, filter: &Filter) -> Result<Summary, PolarsError> {
        let rows = view::rows(corpus, filter);
        let table = match filter.clauses.is_empty() {
            true => corpus.frame().clone(),
            false => corpus
                .frame()
                .take(&IdxCa::from_vec("rows".into(), rows.clone()))?,
        };
        let groups = corpus.groups();
        let mut shown: Vec<u32> = rows
            .iter()
            .map(|row| groups.of_row[*row as usize])
            .collect();
        shown.sort_unstable();
        shown.dedup();
        let crossed = |group: &&u32| {
            let this = &groups.all[**group as usize];
            crosses(corpus, this.matching) && this.known
        };
        let among = |key: Key| -> HashSet<u32> {
            let codes = corpus.codes(key);
            rows.iter().map(|row| codes[*row as usize]).collect()
        };
        let (files, run_codes) = (among(Key::File), among(Key::Run));
        let told = corpus.notes().filter(|(file, _)| files.contains(file));
        let mut notes: Vec<String> = told.map(|(_, note)| note.to_owned()).collect();
        notes.sort();
        notes.dedup();
        let mut questions: Vec<u32> = shown
            .iter()
            .map(|group| groups.all[*group as usize].question)
            .collect();
        questions.sort_unstable();
        questions.dedup();
        Ok(Summary {
            filter: filter.to_string(),
            grader: corpus.grader().map(|grader| grader.label()),
            responses: rows.len(),
            questions: questions.len(),
            barrier_failures: shown
                .iter()
                .filter(|group| groups.all[**group as usize].barrier)
                .count(),
            known_at_source: shown.iter().filter(crossed).count(),
            runs: if rows.is_empty() {
                Vec::new()
            } else {
                runs(corpus, &table)?
            },
            scripts: if rows.is_empty() {
                Vec::new()
            } else {
                scripts(corpus, &table)?
            },
            remedies: {
                let here = corpus.remedies().iter();
                let here =
                    here.filter(|(of, run)| [of, run].iter().all(|run| run_codes.contains(run)));
                let name = |code: u32| corpus.dict(Key::Run).name(code).to_owned();
                here.map(|(of, run)| Remedy {
                    run: name(*run),
                    of: name(*of),
                })
                .collect()
            },
            names: NamesSummary::of(corpus, &rows),
            tags: TagsSummary::of(corpus, &rows),
            warnings: corpus
                .warnings()
                .iter()
                .filter(|(run, _)| {
                    let code = corpus.dict(Key::Run).code(run);
                    code.is_some_and(|code| run_codes.contains(&code))
                })
                .map(|(run, reason)| format!("{run}: {reason}"))
                .collect(),
            notes,
            problems: corpus.problems_of(Gravity::Lost),
            remarks: {
                let remarks = corpus.problems().iter();
                let remarks = remarks.filter(|problem| problem.gravity == Gravity::Remark);
                remarks.map(ToString::to_string).collect()
            },
            skipped: corpus.problems_of(Gravity::NoRun),
        })
    }
}

fn crosses(corpus: &Corpus, matching: u32) -> bool {
    ["cross", "partial"].contains(&corpus.dict(Key::Match).name(matching))
}

/// The numbers of a [`Count`], as expressions.
fn counted() -> [Expr; 5] {
    let outcome = |value| code(Key::Outcome, OUTCOMES, value);
    [
        len().alias("responses"),
        outcome(Flag::Right.word()).sum().alias("right"),
        outcome(Flag::Wrong.word()).sum().alias("wrong"),
        outcome(Flag::Unattempted.word()).sum().alias("unattempted"),
        outcome(Flag::Unparsed.word()).sum().alias("unparsed"),
    ]
}

fn runs(corpus: &Corpus, table: &DataFrame) -> PolarsResult<Vec<RunSummary>> {
    let more = [
        col(Key::Question.spec().name).n_unique().alias("questions"),
        col("epoch").max().alias("epochs"),
    ];
    let by = [col(Key::Run.spec().name)];
    let table = table
        .clone()
        .lazy()
        .group_by_stable(by)
        .agg([&counted()[..], &more].concat())
        .collect()?;
    let run = table.column(Key::Run.spec().name)?.u32()?;
    let [questions, epochs] = ["questions", "epochs"].map(|name| numbers(&table, name));
    let (questions, epochs, counts) = (questions?, epochs?, counts(&table)?);
    let lines = run
        .into_no_null_iter()
        .zip(counts)
        .zip(questions)
        .zip(epochs);
    Ok(lines
        .map(|(((run, count), questions), epochs)| RunSummary {
            run: corpus.dict(Key::Run).name(run).to_owned(),
            count,
            questions,
            epochs: epochs as u32,
        })
        .collect())
}

fn scripts(corpus: &Corpus, table: &DataFrame) -> PolarsResult<Vec<Cell>> {
    let by = [Key::Source, Key::Target].map(|key| col(key.spec().name));
    let table = table
        .clone()
        .lazy()
        .group_by_stable(by)
        .agg(counted())
        .collect()?;
    let names = |key: Key| -> PolarsResult<Vec<String>> {
        let codes = table.column(key.spec().name)?.u32()?.clone();
        Ok(codes
            .into_no_null_iter()
            .map(|code| corpus.dict(key).name(code).to_owned())
            .collect())
    };
    let pairs = names(Key::Source)?.into_iter().zip(names(Key::Target)?);
    let cell = |((source, target), count)| Cell {
        source,
        target,
        count,
    };
    let mut cells: Vec<Cell> = pairs.zip(counts(&table)?).map(cell).collect();
    cells.sort_by(|a, b| (&a.source, &a.target).cmp(&(&b.source, &b.target)));
    Ok(cells)
}

fn numbers(table: &DataFrame, name: &str) -> PolarsResult<Vec<usize>> {
    let column = table.column(name)?.cast(&DataType::UInt32)?;
    Ok(column
        .u32()?
        .iter()
        .map(|n| n.unwrap_or_default() as usize)
        .collect())
}

fn counts(table: &DataFrame) -> PolarsResult<Vec<Count>> {
    let column = |name| numbers(table, name);
    let (responses, right, wrong) = (column("responses")?, column("right")?, column("wrong")?);
    let (unattempted, unparsed) = (column("unattempted")?, column("unparsed")?);
    let count = |row: usize| Count {
        responses: responses[row],
        right: right[row],
        judged: right[row] + wrong[row],
        unattempted: unattempted[row],
        unparsed: unparsed[row],
        accuracy: wilson(right[row], right[row] + wrong[row]),
    };
    Ok((0..responses.len()).map(count).collect())
}
