//! What is kept of the records of one block: codes and numbers, made on the worker that parsed them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::dict::Dict;
use super::fields::{KEYS, Key, Layer, NONE};
use crate::ingest::judges::outcome;
use crate::ingest::{Asked, Fold, INVALID, Item, Problem, without_language};
use crate::record::{Basis, Outcome, Record, ScoreValue};
use crate::script::{self, HanMatch, Locale, Profile, Script, ScriptRelation};

/// Columns of a run of records, with codes into dictionaries of its own.
#[derive(Default)]
pub struct Chunk {
    pub(super) dicts: [Dict; KEYS.len()],
    pub(super) codes: [Vec<u32>; KEYS.len()],
    pub(super) numbers: Numbers,
    /// Row in the chunk of every record that may be one of several rows of one response.
    pub(super) folds: Vec<(usize, Fold)>,
    pub(super) metrics: HashMap<(u32, String), Metric>,
    pub(super) evidence: HashMap<u32, Evidence>,
    /// Some record was graded before it was written; then there are codes of what was logged.
    graded: bool,
    pub(super) note: Option<String>,
    /// Runs, and those whose questions they were asked again.
    pub(super) remedies: Vec<(String, String)>,
    pub(super) problems: Vec<Problem>,
}

/// Columns that are not names.
#[derive(Default)]
pub(super) struct Numbers {
    pub epoch: Vec<u32>,
    pub trace_length: Vec<u32>,
    pub answer_length: Vec<u32>,
    pub answer: Vec<u32>,
    pub at: Vec<u64>,
    pub size: Vec<u32>,
    pub truncated: Vec<bool>,
    pub guessed: Vec<bool>,
    pub failed: Vec<bool>,
    pub at_source: Vec<bool>,
    pub by_row: Vec<bool>,
}

/// How a score behaves over a run.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Metric {
    /// How many responses have it.
    pub count: u64,
    /// Its first value.
    pub first: ScoreValue,
    /// It never had another.
    pub constant: bool,
}

/// What the responses of a run look like, which may explain a score that never varies.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Evidence {
    /// Responses.
    pub responses: u64,
    /// Responses whose answer is blank.
    pub empty: u64,
    /// Responses that were stopped by a length limit.
    pub truncated: u64,
    /// Responses out of which a scorer took nothing, though it took something out of others or says so.
    pub nothing_extracted: u64,
    /// Responses in which an accepted answer stands as it is.
    pub contained: u64,
}

impl Evidence {
    fn of(record: &Record) -> Evidence {
        let blank = record.answer.trim().is_empty();
        let contains = |gold: &String| !gold.trim().is_empty() && record.answer.contains(&**gold);
        let extracted = record.extracted.as_deref().map(str::trim);
        Evidence {
            responses: 1,
            empty: blank.into(),
            truncated: record.truncated.into(),
            nothing_extracted: extracted.is_some_and(|e| ["", INVALID].contains(&e)).into(),
            contained: record.gold.iter().any(contains).into(),
        }
    }

    pub fn merge(&mut self, other: &Evidence) {
        self.responses += other.responses;
        self.empty += other.empty;
        self.truncated += other.truncated;
        self.nothing_extracted += other.nothing_extracted;
        self.contained += other.contained;
    }

    /// The likely reason why a score has this value throughout, and what to do.
    pub fn cause(&self, value: &ScoreValue) -> String {
        let all = self.responses;
        let most = |count: u64| 2 * count > all;
        let wrong = outcome(value) == Outcome::Wrong;
        match self {
            Evidence { empty, .. } if most(*empty) => format!(
                "{empty} of {all} answers are blank: the models were cut off, or their reasoning was taken for all they said"
            ),
            Evidence { contained, .. } if wrong && 20 * contained > all => format!(
                "yet the accepted answer stands in {contained} of {all} answers: extraction or comparison failed, so grade them anew, for example with --grade contains"
            ),
            Evidence { nothing_extracted: n, .. } if most(*n) => format!(
                "nothing was extracted from {n} of {all} answers: the pattern does not fit them, so grade them anew, for example with --grade letter"
            ),
            Evidence { truncated, .. } if most(*truncated) => format!(
                "{truncated} of {all} responses were stopped by a length limit before they could answer"
            ),
            _ if outcome(value) == Outcome::Right => {
                "it may measure something else than right and wrong, so look at a few before trusting it".into()
            }
            _ => "usually the answer was not found in the text, so look at a few before trusting it".into(),
        }
    }
}

impl Metric {
    pub fn merge(&mut self, other: &Metric) {
        self.count += other.count;
        self.constant &= other.constant && self.first == other.first;
    }
}

impl Chunk {
    /// Takes the records of one block of a file.
    pub fn of(han: HanMatch, items: &mut dyn Iterator<Item = Result<Item, Problem>>) -> Chunk {
        let mut chunk = Chunk::default();
        for (dict, spec) in chunk.dicts.iter_mut().zip(&KEYS) {
            *dict = Dict::with(spec.values);
        }
        for item in items {
            match item {
                Ok(item) => chunk.push(han, &item),
                Err(problem) => chunk.problems.push(problem),
            }
        }
        chunk
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.numbers.at.len()
    }

    fn push(&mut self, han: HanMatch, item: &Item) {
        let Item {
            place,
            record,
            row: number,
            fold,
        } = item;
        let row = self.len();
        let Record { source, target, .. } = record;
        let expected = target.as_ref().map(|locale| locale.script);
        let origin = source.as_ref().map(|locale| locale.script);
        let trace_script = Profile::of(record.trace.text()).label(None);
        let answer_script = Profile::of(&record.answer).label(expected);
        let question = question_key(record, number.as_deref());
        // In the order of `Key`.
        let names: [&str; KEYS.len()] = [
            &record.run,
            record.model.as_deref().unwrap_or(NONE),
            record.condition.as_deref().unwrap_or(NONE),
            record.dataset.as_deref().unwrap_or(NONE),
            &question,
            source.as_ref().map_or(NONE, |locale| &locale.language),
            origin.as_ref().map_or(NONE, Script::as_str),
            target.as_ref().map_or(NONE, |locale| &locale.language),
            expected.as_ref().map_or(NONE, Script::as_str),
            relation(source, target, han),
            record.outcome().word(),
            record.outcome.word(),
            record.trace.kind().word(),
            trace_script.as_ref().map_or(NONE, Script::as_str),
            answer_script.as_ref().map_or(NONE, Script::as_str),
            // The builder knows the file, and other layers come when all is there.
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
        ];
        if record.grade.is_some() && !self.graded {
            self.graded = true;
            self.codes[Key::Logged as usize] = self.codes[Key::Outcome as usize].clone();
        }
        let columns = self.codes.iter_mut().zip(&mut self.dicts).zip(names);
        for (((codes, dict), name), spec) in columns.zip(&KEYS) {
            // As long as no record brings a grade of its own, it is the outcome.
            if spec.layer != Layer::Loaded || spec.key == Key::Logged && !self.graded {
                continue;
            }
            codes.push(dict.intern(if name.is_empty() { NONE } else { name }));
        }
        let n = &mut self.numbers;
        n.epoch.push(record.epoch);
        n.trace_length
            .push(record.trace.text().chars().count() as u32);
        n.answer_length.push(record.answer.chars().count() as u32);
        n.answer.push(answer_hash(record));
        n.at.push(place.packed());
        n.size.push(place.len);
        n.truncated.push(record.truncated);
        n.guessed.push(record.target_basis == Basis::Text);
        n.failed.push(record.error.is_some());
        n.at_source
            .push(target.is_some() && same_locale(source, target));
        n.by_row.push(record.question_basis == Basis::Position);
        self.folds.extend(fold.clone().map(|fold| (row, fold)));
        self.note = self.note.take().or_else(|| record.note.clone());
        if let Some(of) = Asked::of(record)
            && self
                .remedies
                .last()
                .is_none_or(|(run, last)| (run.as_str(), last.as_str()) != (&record.run, of))
        {
            self.remedies.push((record.run.clone(), of.to_owned()));
        }
        let run = self.codes[0][row];
        if !record.scores.is_empty() {
            let evidence = Evidence::of(record);
            self.evidence.entry(run).or_default().merge(&evidence);
        }
        for score in &record.scores {
            let metric = Metric {
                count: 1,
                first: score.value.clone(),
                constant: true,
            };
            match self.metrics.get_mut(&(run, score.name.clone())) {
                Some(known) => known.merge(&metric),
                None => drop(self.metrics.insert((run, score.name.clone()), metric)),
            }
        }
    }
}

/// What identifies the question over files, runs and languages. An id that is a mere number counts only within its data
/// set, whose name is taken without the language in it (`global_mmlu_full_sw`).
fn question_key<'a>(record: &'a Record, row: Option<&str>) -> Cow<'a, str> {
    let id = &record.question_id;
    if let Some(row) = row {
        let dataset = record.dataset.as_deref().map(without_language);
        return format!("{}#{row}", dataset.unwrap_or_default()).into();
    }
    let number = id.bytes().all(|byte| byte.is_ascii_digit());
    match record
        .dataset
        .as_deref()
        .filter(|dataset| number && !dataset.is_empty())
    {
        None => Cow::Borrowed(id),
        Some(dataset) => format!("{}#{id}", without_language(dataset)).into(),
    }
}

/// The language is the same; a script that both name is too.
fn same_locale(source: &Option<Locale>, target: &Option<Locale>) -> bool {
    source.is_some() && source == target
}

fn relation(source: &Option<Locale>, target: &Option<Locale>, han: HanMatch) -> &'static str {
    match (source, target) {
        // A text without letters has no script to match.
        (Some(s), Some(t)) if ![s.script, t.script].contains(&Script::ZYYY) => {
            match script::match_of(s.script, t.script, han) {
                ScriptRelation::Same => "same",
                ScriptRelation::Cross => "cross",
                ScriptRelation::Partial => "partial",
            }
        }
        _ => NONE,
    }
}

/// Equal for answers that differ only in case, blanks and punctuation.
fn answer_hash(record: &Record) -> u32 {
    let answer = record.extracted.as_deref().unwrap_or(&record.answer);
    let mut hasher = DefaultHasher::new();
    for letter in answer
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
    {
        letter.hash(&mut hasher);
    }
    hasher.finish() as u32
}
