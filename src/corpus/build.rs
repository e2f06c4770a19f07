//! Blocks to corpus: codes are made global, rows of one response folded, snapshots taken while loading goes on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use indexmap::IndexSet;
use polars::prelude::*;

use super::chunk::{Chunk, Evidence, Metric};
use super::dict::Dict;
use super::fields::{KEYS, Key, Layer, MEASURES};
use super::groups::{Grouper, Groups};
use super::regrade::by_source;
use super::{Corpus, Options, Progress};
use crate::entity::Catalog;
use crate::ingest::{self, Fold, Loaded, Opened, Place, Problem};

/// Between two snapshots the corpus grows at least by this factor, so that all of them together cost as much as a few.
const GROWTH: f64 = 1.6;
/// A score that is constant over fewer responses is no surprise.
const CONSTANT_OVER: u64 = 10;
const PAUSE: Duration = Duration::from_millis(150);

/// Reads all that the paths name. `show` receives the corpus as it grows, last of all when it is complete; breaking off
/// there ends the loading.
pub(super) fn load(
    paths: &[String],
    options: &Options,
    mut show: impl FnMut(Arc<Corpus>) -> ControlFlow<()>,
) -> Arc<Corpus> {
    let (inputs, mut problems) = ingest::walk(paths);
    problems.extend(options.problems.iter().cloned());
    let mut builder = Builder::new(inputs.len(), problems, options.catalog.clone());
    let mut last = (Instant::now(), 0);
    let han = options.han;
    let make = |items: &mut dyn Iterator<Item = _>| Chunk::of(han, items);
    ingest::load(&inputs, &options.settings, make, |loaded| {
        builder.take(loaded);
        if options.stop.load(Ordering::Relaxed) {
            builder.progress.stopped = true;
            return ControlFlow::Break(());
        }
        let rows = builder.rows as usize;
        let due = last.1 == 0 || (last.0.elapsed() > PAUSE && rows as f64 > last.1 as f64 * GROWTH);
        if rows > 0 && due {
            last = (Instant::now(), rows);
            return show(builder.snapshot(false));
        }
        ControlFlow::Continue(())
    });
    let corpus = builder.snapshot(true);
    let _ = show(corpus.clone());
    corpus
}

struct Builder {
    frame: DataFrame,
    dicts: [Arc<Dict>; KEYS.len()],
    grouper: Grouper,
    rows: u32,
    files: Vec<Arc<Opened>>,
    /// Row and outcome of each key of a file whose rows are folded.
    folded: HashMap<(u32, Fold), (u32, u32)>,
    /// Outcomes that a later row of the same response made better.
    outcomes: HashMap<u32, u32>,
    /// What was logged of rows that were graded before they were written, where it is another outcome.
    logged: Vec<(u32, u32)>,
    more: HashMap<u32, Vec<Place>>,
    metrics: HashMap<(u32, String), Metric>,
    evidence: HashMap<u32, Evidence>,
    notes: Vec<(u32, String)>,
    remedies: IndexSet<(String, String)>,
    problems: Vec<Problem>,
    catalog: Arc<Catalog>,
    progress: Progress,
}

impl Builder {
    fn new(inputs: usize, problems: Vec<Problem>, catalog: Arc<Catalog>) -> Builder {
        Builder {
            frame: DataFrame::empty(),
            dicts: KEYS.map(|spec| Arc::new(Dict::with(spec.values))),
            grouper: Grouper::default(),
            rows: 0,
            files: Vec::new(),
            folded: HashMap::new(),
            outcomes: HashMap::new(),
            logged: Vec::new(),
            more: HashMap::new(),
            metrics: HashMap::new(),
            evidence: HashMap::new(),
            notes: Vec::new(),
            remedies: IndexSet::new(),
            problems,
            catalog,
            progress: Progress {
                files: inputs,
                ..Progress::default()
            },
        }
    }

    fn take(&mut self, loaded: Loaded<Chunk>) {
        match loaded {
            Loaded::File(opened) => {
                // The code of a file is its number, so no two may have one name, as they can where it is no UTF-8.
                let names = Arc::make_mut(&mut self.dicts[Key::File as usize]);
                let mut name = opened.path.display().to_string();
                while names.code(&name).is_some() {
                    name.push('\'');
                }
                names.intern(&name);
                self.files.push(opened);
                self.progress.file = self.files.len();
            }
            Loaded::Problem(problem) => self.problems.push(problem),
            Loaded::Block { file, made, end } => {
                self.progress.part = end as f32 / self.files[file].source.size().max(1) as f32;
                self.append(file as u32, made);
            }
        }
    }

    fn append(&mut self, file: u32, mut chunk: Chunk) {
        self.problems.append(&mut chunk.problems);
        self.remedies.extend(std::mem::take(&mut chunk.remedies));
        if let Some(note) = chunk.note.take()
            && self.notes.last().is_none_or(|(noted, _)| *noted != file)
        {
            self.notes.push((file, note));
        }
        self.globalise(file, &mut chunk);
        let better = self.fold(file, &mut chunk);
        for row in 0..chunk.len() {
            let numbers = &chunk.numbers;
            self.grouper.push(
                |key| chunk.codes[key as usize][row],
                numbers.at_source[row],
                numbers.answer[row],
            );
        }
        let [outcomes, logged] = [Key::Outcome, Key::Logged].map(|key| &chunk.codes[key as usize]);
        let pairs = (self.rows..).zip(outcomes.iter().zip(logged));
        let other = pairs.filter(|(_, (outcome, logged))| outcome != logged);
        self.logged
            .extend(other.map(|(row, (_, logged))| (row, *logged)));
        self.rows += chunk.len() as u32;
        for (row, was, is) in better {
            self.grouper.judge_again(row, was, is);
            self.outcomes.insert(row, is);
        }
        // The columns of a chunk are all of one length and their names differ, so this cannot fail.
        if let Ok(frame) = frame(chunk) {
            match self.frame.width() {
                0 => self.frame = frame,
                _ => drop(self.frame.vstack_mut(&frame)),
            }
        }
    }

    /// Replaces the codes of the chunk's own dictionaries by those of the corpus.
    fn globalise(&mut self, file: u32, chunk: &mut Chunk) {
        let columns = chunk
            .codes
            .iter_mut()
            .zip(&chunk.dicts)
            .zip(&mut self.dicts);
        for (((codes, local), global), spec) in columns.zip(&KEYS) {
            if spec.key == Key::File {
                codes.fill(file);
                continue;
            }
            let known: Vec<Option<u32>> = local.names().map(|name| global.code(name)).collect();
            let map: Vec<u32> = if known.iter().all(Option::is_some) {
                known.into_iter().flatten().collect()
            } else {
                let global = Arc::make_mut(global);
                local.names().map(|name| global.intern(name)).collect()
            };
            codes
                .iter_mut()
                .for_each(|code| *code = map[*code as usize]);
        }
        let global = &self.dicts[0];
        let run_of = |run| global.code(chunk.dicts[0].name(run)).unwrap_or_default();
        for (run, evidence) in &chunk.evidence {
            let known = self.evidence.entry(run_of(*run)).or_default();
            known.merge(evidence);
        }
        for ((run, name), metric) in chunk.metrics.drain() {
            let run = run_of(run);
            self.metrics
                .entry((run, name))
                .and_modify(|known| known.merge(&metric))
                .or_insert(metric);
        }
    }

    /// Takes out rows whose response is already there, and remembers where they are. Returns rows whose outcome is
    /// better by another filter: the row, its outcome so far, and now.
    fn fold(&mut self, file: u32, chunk: &mut Chunk) -> Vec<(u32, u32, u32)> {
        let mut drop = vec![false; chunk.len()];
        let (mut dropped, mut better) = (0, Vec::new());
        for (row, fold) in std::mem::take(&mut chunk.folds) {
            let fresh = self.rows + row as u32 - dropped;
            let outcome = chunk.codes[Key::Outcome as usize][row];
            // A further answer is none, and nothing is taken over from it.
            let is_further = matches!(fold, Fold::Anywhere(_));
            let within = if is_further { u32::MAX } else { file };
            let (first, known) = self
                .folded
                .entry((within, fold))
                .or_insert((fresh, outcome));
            if *first != fresh && is_further {
                drop[row] = true;
                dropped += 1;
            } else if *first != fresh {
                let place = Place::unpacked(chunk.numbers.at[row], chunk.numbers.size[row]);
                self.more.entry(*first).or_default().push(place);
                drop[row] = true;
                dropped += 1;
                // Codes of outcomes go from right over wrong to unjudged.
                if outcome < *known {
                    better.push((*first, *known, outcome));
                    *known = outcome;
                }
            }
        }
        if dropped > 0 {
            chunk.retain(&drop);
        }
        better
    }

    fn snapshot(&mut self, complete: bool) -> Arc<Corpus> {
        self.frame.rechunk_mut();
        self.settle_outcomes();
        let questions = self.dicts[Key::Question as usize].len();
        let groups = if complete {
            self.folded = HashMap::new();
            let groups = std::mem::take(&mut self.grouper).finish(questions);
            let twins = twins(&self.frame, &groups, &self.files);
            self.problems.extend(twins);
            self.problems.extend(self.silent());
            groups
        } else {
            self.grouper.groups(questions)
        };
        let mut frame = self.frame.clone();
        // Same length as every other column. Until somebody grades, both outcomes are one, but
        // for what was graded before it was written.
        for flag in by_source(&groups) {
            let _ = frame.with_column(flag);
        }
        let name = Key::Logged.spec().name;
        if let Ok(outcome) = frame.column(Key::Outcome.spec().name) {
            let mut logged = outcome.clone().with_name(name.into());
            if let (false, Ok(codes)) = (self.logged.is_empty(), outcome.u32()) {
                let mut codes: Vec<u32> = codes.into_no_null_iter().collect();
                self.logged
                    .iter()
                    .for_each(|(row, code)| codes[*row as usize] = *code);
                logged = Column::new(name.into(), codes);
            }
            let _ = frame.with_column(logged);
        }
        Arc::new(Corpus {
            frame,
            rows: self.rows,
            dicts: self.dicts.clone(),
            groups: Arc::new(groups),
            files: self.files.clone(),
            more: Arc::new(self.more.clone()),
            warnings: self.warnings(),
            notes: self.notes.clone(),
            remedies: self.remedies(),
            problems: {
                let mut problems = self.problems.clone();
                problems.sort_by_key(|problem| problem.gravity);
                problems
            },
            progress: Progress {
                complete,
                ..self.progress
            },
            catalog: self.catalog.clone(),
            audit: None,
            is_tagged: false,
            grader: None,
            as_logged: false,
        })
    }
}

impl Builder {
    /// Codes of the runs that are here with the one whose questions they were asked again.
    fn remedies(&self) -> Vec<(u32, u32)> {
        let runs = &self.dicts[Key::Run as usize];
        let remedies = self.remedies.iter();
        remedies
            .filter_map(|(run, of)| Some((runs.code(of)?, runs.code(run)?)))
            .collect()
    }

    /// Remarks on files that were read and hold nothing, and said nothing of it.
    fn silent(&self) -> Vec<Problem> {
        let column = self
            .frame
            .column(Key::File.spec().name)
            .and_then(Column::u32);
        let codes: HashSet<u32> = column
            .iter()
            .flat_map(|codes| codes.into_no_null_iter())
            .collect();
        let told: HashSet<&Path> = self.problems.iter().map(|problem| &*problem.path).collect();
        let files = (0..).zip(&self.files);
        let silent =
            files.filter(|(code, file)| !codes.contains(code) && !told.contains(&*file.path));
        silent
            .map(|(_, file)| Problem::remark(&file.path, "it holds no responses"))
            .collect()
    }

    fn warnings(&self) -> Vec<(String, String)> {
        let constant = self
            .metrics
            .iter()
            .filter(|(_, metric)| metric.constant && metric.count >= CONSTANT_OVER);
        let warning = |((run, name), metric): (&(u32, String), &Metric)| {
            let evidence = self.evidence.get(run).copied().unwrap_or_default();
            let cause = evidence.cause(&metric.first);
            let (value, count) = (&metric.first, metric.count);
            let reason = format!("{name} is {value} in all {count} responses; {cause}");
            (self.dicts[Key::Run as usize].name(*run).to_owned(), reason)
        };
        let mut warnings: Vec<_> = constant.map(warning).collect();
        warnings.sort();
        warnings
    }

    fn settle_outcomes(&mut self) {
        let changed = std::mem::take(&mut self.outcomes);
        let name = Key::Outcome.spec().name;
        if let Ok(column) = self.frame.column(name).and_then(Column::u32)
            && !changed.is_empty()
        {
            let mut codes: Vec<u32> = column.into_no_null_iter().collect();
            changed
                .into_iter()
                .for_each(|(row, code)| codes[row as usize] = code);
            // It replaces a column of the same length.
            let _ = self.frame.with_column(Column::new(name.into(), codes));
        }
    }
}

impl Chunk {
    fn retain(&mut self, drop: &[bool]) {
        fn keep<T>(column: &mut Vec<T>, drop: &[bool]) {
            let mut rows = drop.iter();
            column.retain(|_| !rows.next().copied().unwrap_or_default());
        }
        self.codes.iter_mut().for_each(|column| keep(column, drop));
        let n = &mut self.numbers;
        for column in [
            &mut n.epoch,
            &mut n.trace_length,
            &mut n.answer_length,
            &mut n.answer,
            &mut n.size,
        ] {
            keep(column, drop);
        }
        for column in [
            &mut n.truncated,
            &mut n.guessed,
            &mut n.failed,
            &mut n.at_source,
            &mut n.by_row,
        ] {
            keep(column, drop);
        }
        keep(&mut n.at, drop);
    }
}

fn frame(chunk: Chunk) -> PolarsResult<DataFrame> {
    let height = chunk.len();
    let n = chunk.numbers;
    // What was logged is the outcome until somebody grades, and other layers come when all is there: no columns here.
    let codes = KEYS
        .iter()
        .zip(chunk.codes)
        .filter(|(spec, _)| spec.key != Key::Logged && spec.layer == Layer::Loaded)
        .map(|(spec, codes)| Column::new(spec.name.into(), codes));
    let measures = MEASURES
        .iter()
        .zip([n.trace_length, n.answer_length, n.epoch]);
    let measures = measures.map(|((_, name, _), numbers)| Column::new((*name).into(), numbers));
    let flags = [
        ("truncated", n.truncated),
        ("guessed", n.guessed),
        ("failed", n.failed),
        ("atsource", n.at_source),
        ("byrow", n.by_row),
    ];
    let flags = flags.map(|(name, values)| Column::new(name.into(), values));
    let place = [
        Column::new("at".into(), n.at),
        Column::new("size".into(), n.size),
    ];
    DataFrame::new(
        height,
        codes.chain(measures).chain(flags).chain(place).collect(),
    )
}

/// Remarks on files that answer the same questions in the same run with the same epoch: more epochs, or the same twice.
fn twins(frame: &DataFrame, groups: &Groups, files: &[Arc<Opened>]) -> Vec<Problem> {
    let numbers = |name: &str| {
        let column = frame.column(name).and_then(Column::u32);
        column.and_then(|column| column.cont_slice()).unwrap_or(&[])
    };
    let (epochs, of_file) = (numbers("epoch"), numbers(Key::File.spec().name));
    let mut twins: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    let mut first: HashMap<u32, u32> = HashMap::new();
    for group in 0..groups.all.len() as u32 {
        let rows = groups.rows(group);
        if rows.len() < 2 {
            continue;
        }
        first.clear();
        for row in rows {
            let (epoch, file) = (epochs[*row as usize], of_file[*row as usize]);
            match first.get(&epoch) {
                Some(before) => *twins.entry((file, *before)).or_default() += 1,
                None => drop(first.insert(epoch, file)),
            }
        }
    }
    let remark = |((file, before), count): ((u32, u32), usize)| {
        let responses = if count == 1 { "response" } else { "responses" };
        let [file, other] = [file, before].map(|file| &files[file as usize].path);
        let reason = if file == other {
            format!(
                "{count} {responses} to questions that this run has already answered in this file, in the same language and epoch: \
                 counted as more epochs"
            )
        } else {
            format!(
                "{count} {responses} to questions that the same run also answers in {}: counted as more epochs; give one of \
                 them a run of its own in scriptlens.toml, if it is one",
                other.display()
            )
        };
        Problem::remark(file, reason)
    };
    twins.into_iter().map(remark).collect()
}
