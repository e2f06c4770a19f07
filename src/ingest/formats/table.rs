//! A row of any table: what its columns mean, by their usual names or as the user says.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::{Answer, Fault, Format, Look, Readings, inspect, lm_eval};
use crate::ingest::container::Row;
use crate::ingest::rows::PLAIN;
use crate::ingest::{Hints, json, judges, reasoning};
use crate::record::{Entity, Record, Score, ScoreValue, Trace};
use crate::script;

/// What a column can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // Each is the field of `Record` of that name.
pub enum Field {
    Run,
    Model,
    Condition,
    Dataset,
    QuestionId,
    Epoch,
    Source,
    Target,
    Question,
    SourceQuestion,
    Prompt,
    Trace,
    Answer,
    Extracted,
    Gold,
    Correct,
    Score,
    Entities,
    Truncated,
    Error,
    Note,
    /// `answer` is the gold answer where the row also has a response, and the response where it does not.
    AnswerOrGold,
}

/// The usual names of each field, best first; compared in lower case with `_` for blanks and dashes.
const NAMES: &[(Field, &[&str])] = &[
    (Field::Run, &["run", "run_name", "run_id", "experiment"]),
    (
        Field::Model,
        &[
            "model",
            "model_name",
            "model_id",
            "eval_model",
            "generator",
            "engine",
            "system",
        ],
    ),
    (
        Field::Condition,
        &["condition", "setting", "prompt_type", "prompt_condition"],
    ),
    (
        Field::Dataset,
        &["dataset", "task", "task_name", "benchmark"],
    ),
    (
        Field::QuestionId,
        &[
            "question_id",
            "qid",
            "q_id",
            "id",
            "sample_id",
            "item_id",
            "doc_id",
            "example_id",
            "custom_id",
            "uid",
            "idx",
            "index",
            "question_hash",
            "doc_hash",
            "sample_hash",
            "hash",
        ],
    ),
    (
        Field::Epoch,
        &["epoch", "generation_idx", "sample_idx", "repeat", "trial"],
    ),
    (Field::Source, inspect::SOURCE_FIELDS),
    (Field::Source, &["source"]),
    (Field::Target, inspect::TARGET_FIELDS),
    (
        Field::Question,
        &[
            "question",
            "query",
            "problem",
            "question_text",
            "q_tgt",
            "input",
            "instruction",
            "user_prompt",
            "text",
        ],
    ),
    (
        Field::SourceQuestion,
        &[
            "source_question",
            "question_source",
            "original_question",
            "q_src",
        ],
    ),
    (
        Field::Prompt,
        &["prompt", "full_prompt", "prompt_text", "messages"],
    ),
    (
        Field::Trace,
        &[
            "trace",
            "reasoning",
            "thinking",
            "reasoning_content",
            "reasoning_trace",
            "reasoning_text",
            "thought",
            "thoughts",
            "think",
            "chain_of_thought",
            "cot",
            "rationale",
        ],
    ),
    (
        Field::Answer,
        &[
            "response",
            "model_answer",
            "modelanswer",
            "model_response",
            "model_output",
            "raw_output",
            "output",
            "completion",
            "generation",
            "generated_text",
            "generated_answer",
            "prediction",
            "predicted_answer",
            "predicted",
            "pred",
            "llm_response",
        ],
    ),
    (
        Field::Extracted,
        &[
            "extracted",
            "extracted_answer",
            "parsed_answer",
            "filtered_answer",
        ],
    ),
    (
        Field::Gold,
        &[
            "gold",
            "golds",
            "gold_answer",
            "gold_answers",
            "target",
            "targets",
            "reference",
            "references",
            "reference_answer",
            "expected",
            "expected_answer",
            "ground_truth",
            "correct_answer",
            "answers",
            "answer_list",
            "a_tgt",
            "solution",
        ],
    ),
    (Field::AnswerOrGold, &["answer"]),
    (
        Field::Correct,
        &["correct", "is_correct", "correctness", "correct_target"],
    ),
    (
        Field::Score,
        &[
            "score",
            "scores",
            "grade",
            "judge",
            "judge_output",
            "judge_response",
            "verdict",
            "judgement",
            "judgment",
            "rating",
            "exact_match",
            "em",
            "acc",
            "f1",
            "bleu",
            "chrf",
            "rouge_l",
        ],
    ),
    (Field::Entities, &["entities"]),
    (
        Field::Truncated,
        &["truncated", "stop_reason", "finish_reason"],
    ),
    (Field::Error, &["error", "error_message"]),
    (Field::Note, &["note"]),
];

static USUAL: LazyLock<HashMap<&'static str, (Field, usize)>> = LazyLock::new(|| {
    let ranked = |(field, names): &(Field, &'static [&'static str])| {
        names
            .iter()
            .enumerate()
            .map(|(rank, name)| (*name, (*field, rank)))
            .collect::<Vec<_>>()
    };
    NAMES.iter().flat_map(ranked).collect()
});

/// The record key of a field, as `--map` and the JSON Lines format spell it.
const SPELLING: &[(&str, Field)] = &[
    ("run", Field::Run),
    ("model", Field::Model),
    ("condition", Field::Condition),
    ("dataset", Field::Dataset),
    ("question_id", Field::QuestionId),
    ("id", Field::QuestionId),
    ("epoch", Field::Epoch),
    ("source", Field::Source),
    ("source_lang", Field::Source),
    ("target", Field::Target),
    ("lang", Field::Target),
    ("target_lang", Field::Target),
    ("question", Field::Question),
    ("source_question", Field::SourceQuestion),
    ("prompt", Field::Prompt),
    ("trace", Field::Trace),
    ("reasoning", Field::Trace),
    ("answer", Field::Answer),
    ("response", Field::Answer),
    ("extracted", Field::Extracted),
    ("gold", Field::Gold),
    ("correct", Field::Correct),
    ("score", Field::Score),
    ("entities", Field::Entities),
    ("truncated", Field::Truncated),
    ("error", Field::Error),
    ("note", Field::Note),
];

/// What the user said about columns: `--map field=column`, where a column may be a path such as `doc.question`.
#[derive(Debug, Clone, Default)]
pub struct FieldMap(Vec<(Field, String)>);

impl FieldMap {
    /// The user named no column.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads `field=column` pairs.
    ///
    /// # Errors
    /// The pair has no `=`, or the field is none of those there are; the message lists them.
    pub fn parse(pairs: &[String]) -> Result<FieldMap, String> {
        let pair = |pair: &String| {
            let (field, column) = pair.split_once('=').ok_or_else(|| {
                format!(
                    "--map {pair}: write it as field=column, for example --map question=prompt_text"
                )
            })?;
            FieldMap::of([(field, column)]).map_err(|e| format!("--map {pair}: {e}"))
        };
        let mut map = FieldMap::default();
        for pair in pairs.iter().map(pair) {
            map.0.extend(pair?.0);
        }
        Ok(map)
    }

    /// Takes fields with their columns.
    ///
    /// # Errors
    /// A field is none of those there are; the message lists them.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<FieldMap, String> {
        let pair = |(field, column): (&str, &str)| {
            let known = SPELLING.iter().find(|(name, _)| *name == field);
            let (_, field) = known.ok_or_else(|| {
                let names: Vec<_> = SPELLING.iter().map(|(name, _)| *name).collect();
                format!("no field {field}; the fields are {}", names.join(", "))
            })?;
            Ok((*field, column.to_owned()))
        };
        let pairs = pairs.into_iter().map(pair).collect::<Result<_, String>>()?;
        Ok(FieldMap(pairs))
    }

    /// The field that a column was named for.
    pub(in crate::ingest) fn meaning(&self, column: &str) -> Option<Field> {
        let named = self.0.iter().find(|(_, named)| named == column);
        named.map(|(field, _)| *field)
    }

    /// Adds columns for the fields that have none yet.
    pub fn extend(&mut self, more: FieldMap) {
        let known: Vec<Field> = self.0.iter().map(|(field, _)| *field).collect();
        let new = more
            .0
            .into_iter()
            .filter(|(field, _)| !known.contains(field));
        self.0.extend(new);
    }
}

/// Reads rows whose columns are known only by name.
#[derive(Debug, Default)]
pub struct Table {
    map: FieldMap,
    /// Values of the document around the rows: the model, a time stamp.
    around: Record,
    /// What the user said of columns that is not so.
    lost: Option<Fault>,
    /// Scores are SimpleQA's letters.
    letters: bool,
    /// It is joined to other files: what it answers is the accepted answer, and a row may say anything.
    joined: bool,
}

/// The cells of one row by meaning, each with the rank of the name that claimed it.
type Cells = Vec<(Field, usize, String, Value)>;

impl Table {
    /// A table read by usual names, except where `map` says otherwise.
    pub fn new(map: FieldMap) -> Table {
        Table {
            map,
            ..Table::default()
        }
    }

    /// Takes what the members of the document around the rows say of all of them: `model`, `dataset`, `note` …, at its
    /// top level or in its `metadata`.
    pub fn with_outline(mut self, members: &Map<String, Value>) -> Table {
        let mut flat: Map<String, Value> = members.clone();
        for nested in ["metadata", "meta", "config", "info"] {
            if let Some(Value::Object(inner)) = members.get(nested) {
                flat.extend(inner.clone());
            }
        }
        flat.retain(|_, value| !value.is_object() && !value.is_array());
        let about = [
            Field::Run,
            Field::Model,
            Field::Condition,
            Field::Dataset,
            Field::Source,
            Field::Target,
            Field::Note,
        ];
        let mut cells = self.cells(flat, &mut Record::default());
        cells.retain(|(field, ..)| about.contains(field));
        fill(&mut self.around, cells);
        self
    }

    /// Whether a row with these columns can be a response: it must have a question, an answer or a trace.
    pub fn knows<'a>(&self, columns: impl IntoIterator<Item = &'a str>) -> bool {
        let telling = [
            Field::Question,
            Field::Prompt,
            Field::Answer,
            Field::AnswerOrGold,
            Field::Trace,
        ];
        self.map.0.iter().any(|(field, _)| telling.contains(field))
            || columns
                .into_iter()
                .any(|name| usual(name).is_some_and(|(field, _)| telling.contains(&field)))
    }

    /// Looks whether the rows have the columns that the user named, and what letters their grades are.
    fn checked(mut self, look: &Look) -> Table {
        let rows = look.rows;
        let lacks = |column: &str| {
            let mut rows = rows.iter();
            rows.all(|row| take(&mut row.clone(), column).is_none())
        };
        let lost = self.map.0.iter().find(|(_, column)| lacks(column));
        if let (Some((_, column)), Some(row)) = (lost, rows.first()) {
            let names: Vec<_> = row.keys().map(String::as_str).collect();
            let reason = format!(
                "--map names a column {column}, but here are only {}",
                names.join(", ")
            );
            // Another file of a folder may have it.
            self.lost = Some(match look.named {
                true => Fault::from(reason),
                false => Fault::remark(reason),
            });
        }
        let grades = rows.iter().flatten().filter_map(|(name, value)| {
            let grade = value.as_str()?.trim();
            let is_score = matches!(usual(name), Some((Field::Score, _)));
            (is_score && grade.len() == 1 && grade.is_ascii()).then(|| grade.to_ascii_uppercase())
        });
        let grades: BTreeSet<_> = grades.collect();
        let known = |grade: &String| ["A", "B", "C"].contains(&grade.as_str());
        self.joined = look.joined;
        self.letters =
            ["A", "B"].iter().all(|needed| grades.contains(*needed)) && grades.iter().all(known);
        self
    }

    /// Reads one row.
    pub fn record(&self, row: Map<String, Value>) -> Record {
        let mut record = self.around.clone();
        self.add(&mut record, row);
        record
    }

    /// Adds to a record what a row says and the record does not yet.
    pub fn add(&self, record: &mut Record, row: Map<String, Value>) {
        let cells = self.cells(row, record);
        fill(record, cells);
    }

    fn cells(&self, mut row: Map<String, Value>, record: &mut Record) -> Cells {
        let mut cells = Cells::new();
        for (field, column) in &self.map.0 {
            if let Some(value) = take(&mut row, column) {
                cells.push((*field, 0, column.clone(), value));
            }
        }
        let mapped: Vec<Field> = cells.iter().map(|(field, ..)| *field).collect();
        for (name, value) in row {
            match usual(&name) {
                // A field the user mapped takes nothing else, except that a row may have several scores.
                Some((field, rank)) if field == Field::Score || !mapped.contains(&field) => {
                    cells.push((field, rank.saturating_add(1), name, value));
                }
                _ if value.is_null() => {}
                _ => {
                    record.metadata.insert(name, value);
                }
            }
        }
        settle_answer(&mut cells, self.joined);
        cells.sort_by_key(|(field, rank, ..)| (*field as u8, *rank));
        cells
    }
}

pub(super) fn recognise(look: &Look) -> Answer {
    let table = Table::new(look.map.clone());
    if !look.joined && !look.any(|row| table.knows(row.keys().map(String::as_str))) {
        return Answer::No;
    }
    Answer::Yes(Box::new(table.with_outline(look.around).checked(look)))
}

impl Format for Table {
    fn name(&self) -> &'static str {
        PLAIN
    }

    fn problems(&self) -> Vec<Fault> {
        self.lost.clone().into_iter().collect()
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let mut record = self.record(row.object()?);
        if self.joined {
            return Ok(vec![record.into()]);
        }
        judges::judge(&mut record, self.letters);
        readings(record)
    }
}

/// A row of a table as a response, if it is one.
pub(super) fn readings(mut record: Record) -> Readings {
    if let Some(name) = aggregate(&record) {
        let reason = format!("the row {name:?} says something of the others and is no response");
        return Err(Fault::remark(reason));
    }
    let texts = [&record.question, &record.answer, record.trace.text()];
    if texts.iter().all(|text| text.is_empty())
        && record.gold.is_empty()
        && record.outcome.is_unjudged()
    {
        return Err("neither a question nor an answer in this row"
            .to_owned()
            .into());
    }
    judges::judge(&mut record, false);
    Ok(vec![record.into()])
}

/// What may stand beside a question before it is asked.
const BESIDE: &[Field] = &[
    Field::Condition,
    Field::Dataset,
    Field::QuestionId,
    Field::Epoch,
    Field::Source,
    Field::Target,
    Field::Question,
    Field::Gold,
    Field::AnswerOrGold,
    Field::Entities,
    Field::Note,
];

/// Takes what stands beside a question before it is asked: metadata of a request, variables of a test. It says nothing
/// about what the model did, so an answer in it is the expected one.
pub(super) fn beside(record: &mut Record, row: Map<String, Value>) {
    let (mut known, mut rest) = (Map::new(), Map::new());
    for (name, value) in row {
        match usual(&name) {
            Some((Field::AnswerOrGold, _)) => drop(known.entry("gold").or_insert(value)),
            Some((field, _)) if BESIDE.contains(&field) => drop(known.insert(name, value)),
            _ => drop(rest.insert(name, value)),
        }
    }
    Table::default().add(record, known);
    rest.retain(|_, value| inspect::is_small(value));
    record.metadata.extend(rest);
}

/// What a row calls itself that sums the others up: `** MEAN EM **`, `Average`.
fn aggregate(record: &Record) -> Option<&str> {
    let sums = |name: &&str| {
        let words = name.split(|c: char| !c.is_alphanumeric());
        let mut words = words.filter(|word| !word.is_empty()).map(str::to_lowercase);
        let first = words.next().unwrap_or_default();
        [
            "mean", "average", "avg", "total", "overall", "macro", "micro",
        ]
        .contains(&first.as_str())
            && words.count() < 3
    };
    let silent = record.answer.is_empty() && record.trace.is_absent() && record.gold.is_empty();
    let names = [record.question_id.as_str(), record.question.as_str()];
    names.into_iter().find(sums).filter(|_| silent)
}

/// Decides what a column called `answer` is.
fn settle_answer(cells: &mut Cells, joined: bool) {
    let has = |field| {
        cells
            .iter()
            .any(|(f, _, _, value)| *f == field && !value.is_null())
    };
    let meaning = if joined || has(Field::Answer) {
        Field::Gold
    } else {
        Field::Answer
    };
    for (field, rank, ..) in cells
        .iter_mut()
        .filter(|(field, ..)| *field == Field::AnswerOrGold)
    {
        (*field, *rank) = (
            meaning,
            if meaning == Field::Gold {
                usize::MAX
            } else {
                0
            },
        );
    }
}

pub(in crate::ingest) fn usual(name: &str) -> Option<(Field, usize)> {
    USUAL.get(name).copied().or_else(|| {
        let folded: String = name
            .trim()
            .chars()
            .map(|c| {
                if matches!(c, ' ' | '-') {
                    '_'
                } else {
                    c.to_ascii_lowercase()
                }
            })
            .collect();
        USUAL
            .get(folded.as_str())
            .copied()
            .or_else(|| by_word(&folded))
    })
}

/// Words that make a column a judgement, whoever's it is.
const JUDGES: &[&str] = &[
    "judge",
    "judgement",
    "judgment",
    "verdict",
    "correct",
    "rating",
];
/// Words that make it something about one.
const ABOUT_JUDGES: &[&str] = &[
    "model",
    "name",
    "prompt",
    "template",
    "reason",
    "reasoning",
    "explanation",
    "rationale",
    "answer",
    "option",
    "choice",
    "letter",
    "label",
    "index",
    "id",
    "response",
    "output",
    "text",
    "raw",
    "count",
    "total",
    "num",
];

/// `english_question`, `predicted_option`: the word that tells, behind every whole name that does.
fn by_word(name: &str) -> Option<(Field, usize)> {
    let words = (name.split('_').next()?, name.rsplit('_').next()?);
    match words {
        // Beside one in another language it is what that was made of.
        ("english", "question" | "query") => Some((Field::Question, usize::MAX - 1)),
        (_, "question" | "query") => Some((Field::Question, usize::MAX - 2)),
        ("predicted" | "prediction" | "generated", _) => Some((Field::Answer, usize::MAX - 1)),
        // `judge_gpt`, `gpt4_judge`, `correct_claude`; but `judge_model` is no judgement.
        _ if name.split('_').any(|word| ABOUT_JUDGES.contains(&word)) => None,
        (first, last) if [first, last].iter().any(|word| JUDGES.contains(word)) => {
            Some((Field::Score, usize::MAX - 1))
        }
        _ => None,
    }
}

/// Takes a column out of the row; dots lead into nested objects.
fn take(row: &mut Map<String, Value>, column: &str) -> Option<Value> {
    if let Some(value) = row.get_mut(column) {
        return Some(value.take());
    }
    let (outer, inner) = column.split_once('.')?;
    match row.get_mut(outer)? {
        Value::Object(nested) => take(nested, inner),
        _ => None,
    }
}

/// Puts cells, sorted by field and rank, into the record. The best named cell that says anything wins.
fn fill(record: &mut Record, cells: Cells) {
    // The reply of a conversation gives way to a column of answers.
    let mut answered = false;
    for (field, _, name, value) in cells {
        if value.is_null() {
            continue;
        }
        match field {
            Field::Run if record.run.is_empty() => record.run = text(value),
            Field::Model => set(&mut record.model, value),
            Field::Condition => set(&mut record.condition, value),
            Field::Dataset => set(&mut record.dataset, value),
            Field::QuestionId if record.question_id.is_empty() => record.question_id = text(value),
            Field::Epoch => {
                // Only `epoch` itself counts from 1 in the logs that have it.
                let first = u32::from(!name.to_ascii_lowercase().starts_with("epoch"));
                record.epoch =
                    number(&value).map_or(record.epoch, |n| n.clamp(0.0, 1e6) as u32 + first);
            }
            Field::Source | Field::Target => {
                let slot = if field == Field::Source {
                    &mut record.source
                } else {
                    &mut record.target
                };
                match script::parse(&text(value.clone())) {
                    Some(locale) if slot.is_none() => *slot = Some(locale),
                    _ => drop(record.metadata.insert(name, value)),
                }
            }
            Field::Question if record.question.is_empty() => record.question = text(value),
            Field::SourceQuestion => set(&mut record.source_question, value),
            Field::Prompt if record.prompt.is_none() => prompt(record, value),
            Field::Trace if record.trace.is_absent() => record.trace = trace(value),
            Field::Answer if record.answer.is_empty() || !answered => {
                (record.answer, answered) = (text(value), true);
            }
            // A second column of this kind is what was taken out of the first.
            Field::Answer | Field::Extracted => set(&mut record.extracted, value),
            Field::Gold if record.gold.is_empty() => record.gold = texts(value),
            Field::Correct => {
                let value = score_value(&value);
                if record.outcome.is_unjudged() {
                    record.outcome = judges::outcome(&value);
                }
                record.scores.push(Score {
                    name,
                    value,
                    explanation: None,
                });
            }
            Field::Score => scores(record, &name, value),
            Field::Entities => record.entities = entities(value),
            Field::Truncated => record.truncated = truncated(&value),
            Field::Error => set(&mut record.error, value),
            Field::Note => set(&mut record.note, value),
            _ => {
                record.metadata.insert(name, value);
            }
        }
    }
    if record.question.is_empty() {
        record.question = record.prompt.take().unwrap_or_default();
    }
}

fn set(into: &mut Option<String>, value: Value) {
    if into.is_none() {
        *into = Some(text(value)).filter(|text| !text.is_empty());
    }
}

/// A prompt is a text or a list of chat messages, whose last user message is the question.
fn prompt(record: &mut Record, value: Value) {
    let said = |message: &Value| message.get("content").map(|content| text(content.clone()));
    match value {
        Value::Array(mut messages) if messages.iter().any(|m| m.get("role").is_some()) => {
            // A reply at the end is the answer, unless a column of its own has it.
            let replied = |m: &Value| m.get("role").and_then(Value::as_str) == Some("assistant");
            if let Some(reply) = messages.pop_if(|last| replied(last)) {
                record.answer = said(&reply).unwrap_or_default();
            }
            let last = messages
                .iter()
                .rev()
                .find(|m| m.get("role").and_then(Value::as_str) == Some("user"));
            if let (true, Some(question)) = (record.question.is_empty(), last.and_then(said)) {
                record.question = question;
            }
            record.prompt = Some(
                messages
                    .iter()
                    .filter_map(said)
                    .collect::<Vec<_>>()
                    .join("\n\n"),
            );
        }
        value => record.prompt = Some(text(value)),
    }
}

pub(super) fn trace(value: Value) -> Trace {
    if let Some(trace) = value
        .get("kind")
        .and_then(|_| serde_json::from_value(value.clone()).ok())
    {
        return trace;
    }
    // GeoFact-X and others mark steps with `<step>`: markup, not reasoning.
    match text(value) {
        text if text.trim().is_empty() => Trace::Absent,
        text => match reasoning::split(&text).trace {
            Trace::Absent => Trace::Plain(text),
            found => found,
        },
    }
}

/// What a person would read in the cell.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        Value::Array(parts) if parts.len() == 1 => parts.into_iter().map(text).collect(),
        Value::Array(parts) if parts.iter().all(Value::is_string) => {
            parts.into_iter().map(text).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}

/// One or several texts; a cell may hold a list written as JSON.
fn texts(value: Value) -> Vec<String> {
    let list = match value {
        Value::Array(list) => list,
        Value::String(s) if s.trim_start().starts_with('[') => match json::parse(s.as_bytes()) {
            Ok(Value::Array(list)) => list,
            // As Python prints a list.
            _ => match lm_eval::python_list(s.trim()) {
                Some(list) => list.into_iter().map(Value::from).collect(),
                None => vec![Value::String(s)],
            },
        },
        Value::Object(mut answer) if answer.contains_key("aliases") => {
            let named = ["text", "value", "answer", "aliases"];
            let parts = named.iter().filter_map(|name| answer.remove(*name));
            return parts.flat_map(texts).collect();
        }
        one => vec![one],
    };
    list.into_iter()
        .map(text)
        .filter(|text| !text.is_empty())
        .collect()
}

fn number(value: &Value) -> Option<f64> {
    value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

/// Any JSON value as a score.
pub(super) fn score_value(value: &Value) -> ScoreValue {
    match value {
        Value::Bool(yes) => ScoreValue::Bool(*yes),
        Value::Number(n) => n.as_f64().map_or(ScoreValue::Unscored, ScoreValue::Number),
        Value::String(word) if word.trim().is_empty() => ScoreValue::Unscored,
        Value::String(word) => match word.trim().parse::<f64>() {
            Ok(n) if n.is_finite() => ScoreValue::Number(n),
            Ok(_) => ScoreValue::Unscored,
            Err(_) => ScoreValue::Text(word.clone()),
        },
        Value::Null => ScoreValue::Unscored,
        other => ScoreValue::Text(other.to_string()),
    }
}

fn scores(record: &mut Record, name: &str, value: Value) {
    match value {
        // As our own format has them.
        Value::Array(list) if list.iter().all(|score| score.get("name").is_some()) => {
            record.scores.extend(
                list.into_iter()
                    .filter_map(|score| serde_json::from_value(score).ok()),
            );
        }
        Value::Object(several) => {
            let score = |(name, value): (&String, &Value)| Score {
                name: name.clone(),
                value: score_value(value),
                explanation: None,
            };
            record.scores.extend(several.iter().map(score));
        }
        one => record.scores.push(score_of(name, &one)),
    }
}

/// A value as a score of that name.
pub(in crate::ingest) fn score_of(name: &str, value: &Value) -> Score {
    let verdict = value.as_str().and_then(bracketed);
    Score {
        name: name.to_owned(),
        value: score_value(&verdict.map_or(value.clone(), Value::from)),
        explanation: verdict.and(value.as_str()).map(str::to_owned),
    }
}

/// What a judge that was asked for `[[verdict]]` says: the last one, after its reasons.
pub(super) fn bracketed(text: &str) -> Option<&str> {
    let (_, rest) = text.rsplit_once("[[")?;
    let (verdict, _) = rest.split_once("]]")?;
    Some(verdict.trim()).filter(|verdict| !verdict.is_empty() && verdict.len() < 40)
}

fn entities(value: Value) -> Vec<Entity> {
    let value = match value {
        Value::String(text) => json::parse(text.as_bytes()).unwrap_or_default(),
        value => value,
    };
    serde_json::from_value(value).unwrap_or_default()
}

fn truncated(value: &Value) -> bool {
    match value {
        Value::Bool(yes) => *yes,
        value => matches!(
            value.as_str(),
            Some("length" | "max_tokens" | "model_length" | "true" | "True")
        ),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ingest::Gravity;
    use crate::record::Outcome;
    use serde_json::json;

    fn record(row: Value) -> Record {
        let Value::Object(row) = row else {
            unreachable!()
        };
        Table::default().record(row)
    }

    #[test]
    fn columns_are_found_by_their_usual_names() {
        let r = record(
            json!({"Question": "Σε ποια χώρα;", "Predicted": "Ελλάδα", "answers": "Ελλάδα", "label": "cities"}),
        );
        assert_eq!(
            (r.question.as_str(), r.answer.as_str(), r.gold),
            ("Σε ποια χώρα;", "Ελλάδα", vec!["Ελλάδα".into()])
        );
        assert_eq!(r.metadata["label"], "cities");
    }

    #[test]
    fn answer_is_gold_beside_a_response_and_the_response_without_one() {
        assert_eq!(
            record(json!({"question": "?", "answer": "A", "response": "B"})).gold,
            ["A"]
        );
        let alone = record(json!({"question": "?", "answer": "A", "gold": "B"}));
        assert_eq!((alone.answer.as_str(), alone.gold), ("A", vec!["B".into()]));
    }

    #[test]
    fn a_second_answer_column_is_what_was_extracted_from_the_first() {
        let r = record(
            json!({"sample_id": 7, "ground_truth": "C", "predicted": "D", "correct": false, "raw_output": "{D}"}),
        );
        assert_eq!(
            (r.answer.as_str(), r.extracted.as_deref(), r.outcome),
            ("{D}", Some("D"), Outcome::Wrong)
        );
        assert_eq!(r.question_id, "7");
    }

    #[test]
    fn cells_of_a_csv_row_are_read_as_what_they_are() {
        let r = record(
            json!({"question": "?", "response": "", "correct": "True", "epoch": "2", "gold": "[\"a\", \"b\"]",
            "source_lang": "he", "target_lang": "hin_Deva", "score": "nan"}),
        );
        assert_eq!(
            (r.outcome, r.epoch, r.gold),
            (Outcome::Right, 2, vec!["a".into(), "b".into()])
        );
        assert_eq!(r.source.unwrap().to_string(), "he-Hebr");
        assert_eq!(r.target.unwrap().to_string(), "hi-Deva");
        assert_eq!(r.scores.last().unwrap().value, ScoreValue::Unscored);
    }

    #[test]
    fn judges_of_any_name_vote() {
        let judged = |row: Value| {
            let mut record = record(row);
            judges::judge(&mut record, false);
            (record.outcome, record.scores.len())
        };
        let row = json!({"question": "?", "response": "!", "judge_gpt": "YES", "claude_judge": "No.", "judge_gemini": "**Yes**", "judge_model": "correct"});
        assert_eq!(judged(row), (Outcome::Right, 3));
        let row = json!({"question": "?", "response": "!", "correct_gpt": "true", "gpt4_correct": "false"});
        assert_eq!(judged(row), (Outcome::Unjudged, 2));
        let row = json!({"question": "?", "response": "!", "correct_option": "B"});
        assert_eq!(judged(row).1, 0);
    }

    #[test]
    fn a_row_that_sums_up_the_others_is_no_response() {
        let read = |row: Value| readings(Table::default().record(row.as_object().unwrap().clone()));
        for row in [
            json!({"id": "** MEAN EM **", "em": 0.4}),
            json!({"question": "Average", "response": "", "em": 0.4}),
        ] {
            assert!(read(row).is_err_and(|fault| fault.gravity == Gravity::Remark));
        }
        assert!(read(json!({"question": "Total", "response": "4"})).is_ok());
        assert!(read(json!({"question": "Mean of 3 and 5 and 7?", "response": ""})).is_ok());
        assert!(
            read(json!({"id": "7", "em": 1})).is_err_and(|fault| fault.gravity == Gravity::Lost)
        );
    }

    #[test]
    fn a_judge_says_its_verdict_in_brackets_after_its_reasons() {
        let r = record(
            json!({"question": "?", "response": "!", "judgement": "Not [[2]]. Rating: [[4]]"}),
        );
        assert_eq!(r.scores[0].value, ScoreValue::Number(4.0));
        assert_eq!(
            r.scores[0].explanation.as_deref(),
            Some("Not [[2]]. Rating: [[4]]")
        );
        assert_eq!(bracketed("none"), None);
    }

    #[test]
    fn map_overrides_and_reaches_into_objects() {
        let map = FieldMap::parse(&["question=doc.q".into(), "answer=text".into()]).unwrap();
        let Value::Object(row) = json!({"doc": {"q": "why?"}, "question": "no", "text": "so"})
        else {
            unreachable!()
        };
        let r = Table::new(map).record(row);
        assert_eq!((r.question.as_str(), r.answer.as_str()), ("why?", "so"));
        assert!(
            FieldMap::parse(&["qestion=x".into()])
                .unwrap_err()
                .contains("question_id")
        );
        assert!(
            FieldMap::parse(&["question".into()])
                .unwrap_err()
                .contains("field=column")
        );
    }

    #[test]
    fn what_stands_around_the_rows_holds_for_all_of_them() {
        let Value::Object(around) =
            json!({"metadata": {"eval_model": "qwen", "total": 3}, "note": "ours"})
        else {
            unreachable!()
        };
        let Value::Object(row) = json!({"id": 1, "question": "?", "output": "!"}) else {
            unreachable!()
        };
        let r = Table::default().with_outline(&around).record(row);
        assert_eq!(
            (r.model.as_deref(), r.note.as_deref()),
            (Some("qwen"), Some("ours"))
        );
    }

    #[test]
    fn a_reply_at_the_end_of_a_conversation_is_the_answer() {
        let chat =
            json!([{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Him"}]);
        let r = record(json!({"messages": chat}));
        assert_eq!(
            (r.question.as_str(), r.answer.as_str(), r.prompt),
            ("Who?", "Him", Some("Who?".into()))
        );
        let r = record(json!({"messages": chat, "response": "Her"}));
        assert_eq!((r.answer.as_str(), r.extracted), ("Her", None));
    }

    #[test]
    fn chat_prompts_give_the_last_user_message_as_question() {
        let r = record(
            json!({"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who?"}],
            "output": "Him"}),
        );
        assert_eq!(
            (r.question.as_str(), r.prompt.as_deref()),
            ("Who?", Some("Be brief.\n\nWho?"))
        );
    }
}
