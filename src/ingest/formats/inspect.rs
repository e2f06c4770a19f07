//! Inspect AI logs: the mapping of a sample to a record, and the zip container of `.eval` files.
//!
//! A log is a [`Header`] (everything but the samples) and samples. `.json` logs are one document, walked by the caller;
//! `.eval` logs are an [`Eval`], whose samples are decoded one by one when somebody asks for them.

use std::collections::HashMap;
use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::OnceLock;

use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::{Answer, Format, Look, Readings};
use crate::ingest::Hints;
use crate::ingest::archive::{Archive, damaged};
use crate::ingest::bytes::Bytes;
use crate::ingest::container::Row;
use crate::ingest::judges::outcome;
use crate::ingest::{json, reasoning};
use crate::record::{Record, Score, ScoreValue, Trace};
use crate::script::{self, Locale};

/// Fields that name the language in which the knowledge is local, best first.
pub const SOURCE_FIELDS: &[&str] = &[
    "source_lang",
    "source_language",
    "source_locale",
    "src_lang",
    "original_lang",
    "original_language",
    "lang_origin",
    "native_language",
];
/// Fields that name the language a question was asked in, best first.
pub const TARGET_FIELDS: &[&str] = &[
    "target_lang",
    "target_language",
    "target_locale",
    "tgt_lang",
    "question_lang",
    "question_language",
    "query_lang",
    "lang_query",
    "prompt_lang",
    "lang",
    "language",
    "language_script",
    "locale",
];
/// Pairs of names too common to be trusted alone: both must be there and both must be languages.
const PAIRS: &[(&str, &str)] = &[("source", "target"), ("src", "tgt")];

/// The source and target locale that `fields` name.
pub fn locales(fields: &Map<String, Value>) -> (Option<Locale>, Option<Locale>) {
    let read = |name: &str| {
        fields
            .get(name)
            .and_then(Value::as_str)
            .and_then(script::parse)
    };
    let first = |names: &[&str]| names.iter().find_map(|name| read(name));
    let pair = PAIRS
        .iter()
        .find_map(|(source, target)| Some((read(source)?, read(target)?)))
        .unzip();
    (
        first(SOURCE_FIELDS).or(pair.0),
        first(TARGET_FIELDS).or(pair.1),
    )
}

/// A log without its samples.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Header {
    /// Name of the run: the model, and the condition where there is one.
    pub run: String,
    /// The model that was evaluated.
    pub model: Option<String>,
    /// What was done to the questions.
    pub condition: Option<String>,
    /// The task.
    pub task: Option<String>,
    /// The data set behind the task.
    pub dataset: Option<String>,
    /// `started`, `success`, `cancelled` or `error`.
    pub status: String,
    /// What whoever made the log says of it.
    pub note: Option<String>,
    /// Why the run as a whole failed.
    pub error: Option<String>,
    /// How many samples the run was to have, over all epochs.
    pub samples: Option<u64>,
    /// Solvers, arguments and settings worth showing.
    pub about: Map<String, Value>,
    scorer: Option<String>,
}

/// Whether a JSON document is an Inspect log; it may be without its samples.
pub fn is_log(value: &Value) -> bool {
    let said = ["/eval/task", "/eval/model"]
        .iter()
        .any(|path| value.pointer(path).is_some_and(Value::is_string));
    said && ["version", "status", "plan", "samples"]
        .iter()
        .any(|member| value.get(member).is_some())
}

pub(in crate::ingest) fn recognise(look: &Look) -> Answer {
    let log = Value::Object(look.around.clone());
    if !is_log(&log) {
        return Answer::No;
    }
    match Header::parse(&log) {
        Ok(header) => Answer::Yes(Box::new(header)),
        Err(reason) => Answer::Refused(reason),
    }
}

impl Format for Header {
    fn name(&self) -> &'static str {
        "Inspect"
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let record = match row {
            Row::Json(bytes) => self.sample_bytes(&bytes)?,
            Row::Value(value) => self.sample(value)?,
        };
        Ok(vec![record.into()])
    }
}

/// What [`Header::about`] is made of: its name, and where it stands in the log.
const ABOUT: &[(&str, &str)] = &[
    ("created", "/eval/created"),
    ("solver", "/eval/solver"),
    ("solver_args", "/eval/solver_args"),
    ("steps", "/plan/steps"),
    ("task_args", "/eval/task_args"),
    ("task_version", "/eval/task_version"),
    ("generate", "/eval/model_generate_config"),
    ("model_args", "/eval/model_args"),
    ("config", "/eval/config"),
    ("packages", "/eval/packages"),
    ("tags", "/eval/tags"),
    ("metadata", "/eval/metadata"),
    ("results", "/results/scores"),
];

impl Header {
    /// Reads `header.json`, `_journal/start.json` or a `.json` log; samples in it are not looked at.
    ///
    /// # Errors
    /// If it is no Inspect log.
    pub fn parse(log: &Value) -> Result<Header, String> {
        if !is_log(log) {
            return Err(
                "not an Inspect log: it has no \"eval\" that names a task or a model".into(),
            );
        }
        let text = |path: &str| {
            log.pointer(path)
                .and_then(Value::as_str)
                .filter(|t| !t.is_empty())
                .map(str::to_owned)
        };
        let first = |paths: &[&str]| paths.iter().find_map(|path| text(path));
        let model = text("/eval/model");
        let task = text("/eval/task");
        let condition = first(&[
            "/eval/metadata/condition",
            "/eval/task_args/condition",
            "/metadata/condition",
        ]);
        let name = model.as_deref().or(task.as_deref()).unwrap_or_default();
        Ok(Header {
            run: condition
                .as_ref()
                .map_or(name.to_owned(), |condition| format!("{name}/{condition}")),
            dataset: text("/eval/dataset/name"),
            status: text("/status").unwrap_or_else(|| "started".into()),
            note: first(&["/eval/metadata/note", "/metadata/note"]),
            error: text("/error/message"),
            samples: log
                .pointer("/results/total_samples")
                .and_then(Value::as_u64),
            scorer: first(&[
                "/eval/scorers/0/name",
                "/results/scores/0/scorer",
                "/results/scorer/name",
                "/results/scorer",
            ]),
            about: ABOUT
                .iter()
                .filter_map(|(name, path)| Some(((*name).to_owned(), log.pointer(path)?.clone())))
                .filter(|(_, value)| !is_empty(value))
                .collect(),
            model,
            task,
            condition,
        })
    }

    /// Reads the bytes of one sample. What no record shows, the events above all, is not even built.
    ///
    /// # Errors
    /// If the bytes are no JSON or no sample.
    pub fn sample_bytes(&self, bytes: &[u8]) -> Result<Record, String> {
        let wanted = serde_json::Deserializer::from_slice(bytes).deserialize_map(Wanted);
        let value = match wanted {
            Ok(sample) => Value::Object(sample),
            Err(_) => json::parse(bytes).map_err(|error| format!("not JSON: {error}"))?,
        };
        self.sample(value)
    }

    /// Turns one sample into a record.
    ///
    /// # Errors
    /// If the value is no sample.
    pub fn sample(&self, value: Value) -> Result<Record, String> {
        let Value::Object(mut sample) = value else {
            return Err("not an Inspect sample: it is no JSON object".into());
        };
        let Some(question_id) = sample.get("id").and_then(plain) else {
            return Err("not an Inspect sample: it has no id".into());
        };
        attach(&mut sample);
        let mut record = Record {
            run: self.run.clone(),
            model: self.model.clone(),
            condition: self.condition.clone(),
            dataset: self.task.clone(),
            note: self.note.clone(),
            question_id,
            epoch: epoch(&sample),
            gold: texts(sample.get("target")),
            ..Record::default()
        };
        ask(&mut record, &sample);
        reply(&mut record, &sample);
        score(&mut record, &sample, self.scorer.as_deref());
        keep(&mut record, sample);
        Ok(record)
    }

    /// Turns the summary of a sample into a record: its texts are cut short, and its reply is missing.
    ///
    /// # Errors
    /// If the value is no summary.
    pub fn summary(&self, summary: &Value) -> Result<Record, String> {
        let mut record = self.sample(summary.clone())?;
        let note = "only the summary of this sample could be read: its texts are cut short and its reply is missing";
        record.note = Some(
            record
                .note
                .map_or(note.into(), |own| format!("{own}; {note}")),
        );
        Ok(record)
    }
}

/// The members of a sample that a record is made of.
const WANTED: &[&str] = &[
    "id",
    "epoch",
    "input",
    "choices",
    "target",
    "messages",
    "output",
    "scores",
    "score",
    "metadata",
    "error",
    "limit",
    "attachments",
    "transcript",
    "message_refs",
];

/// Builds an object of its [`WANTED`] members only.
struct Wanted;

impl<'de> Visitor<'de> for Wanted {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a sample")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut sample = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if WANTED.contains(&name.as_str()) {
                sample.insert(name, members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(sample)
    }
}

/// Puts attachments where they are referred to, in the members a record is made of.
fn attach(sample: &mut Map<String, Value>) {
    let old = sample
        .remove("transcript")
        .and_then(|mut transcript| transcript.get_mut("content").map(Value::take));
    let Some(Value::Object(attachments)) = sample
        .remove("attachments")
        .filter(|a| !is_empty(a))
        .or(old)
    else {
        return;
    };
    let mut room = json::ELEMENT_CAP;
    for name in WANTED {
        if let Some(value) = sample.get_mut(*name) {
            resolve(value, &attachments, &mut room);
        }
    }
}

/// Few bytes can refer to a large attachment many times: past `room`, references stay what they are.
fn resolve(value: &mut Value, attachments: &Map<String, Value>, room: &mut usize) {
    match value {
        Value::String(text) => {
            let key = ["attachment://", "tc://"]
                .iter()
                .find_map(|scheme| text.strip_prefix(scheme));
            if let Some(Value::String(found)) = key.and_then(|key| attachments.get(key))
                && let Some(left) = room.checked_sub(found.len())
            {
                (*text, *room) = (found.clone(), left);
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| resolve(item, attachments, room)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| resolve(member, attachments, room)),
        _ => {}
    }
}

/// Messages as a text: one as it is, several with who says each.
pub fn conversation(messages: &[Value]) -> String {
    match messages {
        [only] => text(only),
        several => several
            .iter()
            .map(|message| format!("{}:\n{}", role(message), text(message)))
            .collect::<Vec<_>>()
            .join("\n\n"),
    }
}

/// What was asked: the question and the prompt around it.
fn ask(record: &mut Record, sample: &Map<String, Value>) {
    let input = sample.get("input");
    let asked = match items(sample.get("messages")) {
        [] => items(input),
        all => &all[..all.iter().position(is_reply).unwrap_or(all.len())],
    };
    record.question = match input {
        Some(Value::String(question)) => question.clone(),
        Some(Value::Array(messages)) => last_of(messages, "user"),
        _ => last_of(asked, "user"),
    };
    let prompt = conversation(asked);
    record.prompt =
        Some(prompt).filter(|prompt| !prompt.is_empty() && prompt.trim() != record.question.trim());
}

/// What was replied: reasoning and answer, and what stopped them.
fn reply(record: &mut Record, sample: &Map<String, Value>) {
    let output = sample.get("output").unwrap_or(&Value::Null);
    let choice = output.pointer("/choices/0");
    let said = choice.and_then(|choice| choice.get("message"));
    let mut turns: Vec<&Value> = items(sample.get("messages"))
        .iter()
        .filter(|m| is_reply(m))
        .collect();
    if turns.is_empty() {
        turns.extend(said);
    }
    let completion = output
        .get("completion")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let completion = completion
        .or_else(|| said.or(turns.last().copied()).map(text))
        .unwrap_or_default();

    let logged: Vec<Trace> = turns.iter().flat_map(|turn| reasoned(turn)).collect();
    if logged.is_empty() {
        let inline = turns
            .iter()
            .map(|turn| reasoning::split(&text(turn)).trace)
            .filter(|t| !t.is_absent())
            .collect();
        let split = reasoning::split(&completion);
        record.trace = if turns.is_empty() {
            split.trace
        } else {
            joined(inline)
        };
        record.answer = split.answer;
    } else {
        record.trace = joined(logged);
        record.answer = completion;
    }

    let stop = choice
        .and_then(|choice| choice.get("stop_reason"))
        .and_then(Value::as_str);
    let limit = sample
        .get("limit")
        .and_then(|limit| limit.get("type").unwrap_or(limit).as_str());
    record.truncated = stop
        .is_some_and(|stop| ["max_tokens", "model_length", "length"].contains(&stop))
        || limit.is_some_and(|limit| ["token", "context"].contains(&limit));
    unterminate(record);
    let error = [sample.get("error"), output.get("error")]
        .into_iter()
        .flatten();
    record.error = error
        .filter_map(|e| e.get("message").unwrap_or(e).as_str())
        .next()
        .map(str::to_owned);
}

/// Reasoning that a limit cut off before there was an answer has no end.
pub(super) fn unterminate(record: &mut Record) {
    if record.truncated && record.answer.trim().is_empty() {
        record.trace = match std::mem::take(&mut record.trace) {
            Trace::Plain(text) => Trace::Unterminated(text),
            other => other,
        };
    }
}

/// The reasoning blocks of one message.
fn reasoned(message: &Value) -> Vec<Trace> {
    let blocks = items(message.get("content"))
        .iter()
        .filter(|block| kind(block) == "reasoning")
        .map(reasoning_block);
    let old = message
        .get("reasoning")
        .and_then(Value::as_str)
        .map(|text| Trace::Plain(text.into()));
    old.into_iter()
        .chain(blocks)
        .filter(|trace| *trace != Trace::Plain(String::new()))
        .collect()
}

fn reasoning_block(block: &Value) -> Trace {
    let text = |name| {
        block
            .get(name)
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|text: &&str| !text.is_empty())
    };
    let redacted = block
        .get("redacted")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    match (text("reasoning"), text("summary")) {
        (Some(reasoning), _) if !redacted && !is_blob(reasoning) => Trace::Plain(reasoning.into()),
        (_, Some(summary)) => Trace::Summary(summary.into()),
        (Some(_), None) => Trace::Encrypted,
        (None, None) if redacted => Trace::Encrypted,
        (None, None) => Trace::Plain(String::new()),
    }
}

/// Encrypted reasoning that a log does not mark as such: one long word of base64.
pub(super) fn is_blob(text: &str) -> bool {
    text.len() >= 256
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/-_=".contains(&b))
}

/// Several traces as one. It is only as good as its worst part: a summary among them makes it a summary.
pub(super) fn joined(traces: Vec<Trace>) -> Trace {
    let has = |wanted: fn(&Trace) -> bool| traces.iter().any(wanted);
    let text = traces
        .iter()
        .map(Trace::text)
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n");
    match text {
        text if text.is_empty() && has(|t| *t == Trace::Encrypted) => Trace::Encrypted,
        text if has(|t| matches!(t, Trace::Unterminated(_))) => Trace::Unterminated(text),
        text if text.is_empty() => Trace::Absent,
        text if has(|t| matches!(t, Trace::Summary(_))) => Trace::Summary(text),
        text => Trace::Plain(text),
    }
}

/// What scorers gave, in every shape they give it.
fn score(record: &mut Record, sample: &Map<String, Value>, scorer: Option<&str>) {
    let several = sample.get("scores").and_then(Value::as_object);
    let single = sample
        .get("score")
        .filter(|score| score.is_object())
        .map(|score| (scorer.unwrap_or("score"), score));
    for (name, score) in several
        .into_iter()
        .flatten()
        .map(|(name, score)| (name.as_str(), score))
        .chain(single)
    {
        let value = score.get("value").unwrap_or(&Value::Null);
        let explanation = score.get("explanation").and_then(Value::as_str);
        // Many scorers explain by repeating the reply.
        let explanation =
            explanation.filter(|text| !text.is_empty() && !alike(text, &record.answer));
        let first = record.scores.len();
        flatten(name, value, &mut record.scores);
        if let Some(score) = record.scores.get_mut(first) {
            score.explanation = explanation.map(str::to_owned);
        }
        if record.extracted.is_none() {
            record.extracted = score
                .get("answer")
                .and_then(plain)
                .filter(|answer| !alike(answer, &record.answer));
        }
    }
    let mut said = record.scores.iter().map(|score| outcome(&score.value));
    record.outcome = said
        .find(|outcome| !outcome.is_unjudged())
        .unwrap_or_default();
}

/// Scorers repeat the reply, trimmed or in lower case, as what they took out of it.
pub(super) fn alike(one: &str, other: &str) -> bool {
    one.trim() == other.trim() || one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// One score per leaf of `value`, named by the way to it.
pub fn flatten(name: &str, value: &Value, scores: &mut Vec<Score>) {
    let value = match value {
        Value::Array(items) => {
            return items
                .iter()
                .enumerate()
                .for_each(|(at, item)| flatten(&format!("{name}/{at}"), item, scores));
        }
        Value::Object(members) => {
            return members
                .iter()
                .for_each(|(key, member)| flatten(&format!("{name}/{key}"), member, scores));
        }
        Value::Null => ScoreValue::Unscored,
        Value::Bool(yes) => ScoreValue::Bool(*yes),
        Value::Number(number) => number
            .as_f64()
            .map_or(ScoreValue::Unscored, ScoreValue::Number),
        Value::String(word) => ScoreValue::Text(word.clone()),
    };
    scores.push(Score {
        name: name.to_owned(),
        value,
        explanation: None,
    });
}

/// Metadata that names the question independently of its language.
const QUESTION_IDS: &[&str] = &["question_id", "qid", "q_id"];

/// The largest text of the metadata, and the largest list or object as JSON, that a record carries along.
const SMALL: usize = 4 << 10;

/// Metadata, and what it says about languages, names and the condition.
fn keep(record: &mut Record, mut sample: Map<String, Value>) {
    let mut metadata = match sample.remove("metadata") {
        Some(Value::Object(metadata)) => metadata,
        _ => Map::new(),
    };
    (record.source, record.target) = locales(&metadata);
    if let Some(entities) = metadata
        .get("entities")
        .and_then(|e| serde_json::from_value(e.clone()).ok())
    {
        record.entities = entities;
        metadata.remove("entities");
    }
    if record.condition.is_none() {
        record.condition = metadata
            .get("condition")
            .and_then(Value::as_str)
            .map(str::to_owned);
    }
    // A sample id must be unique in its log, so that of one question in several languages is kept beside it.
    if let Some(question) = QUESTION_IDS
        .iter()
        .find_map(|name| plain(metadata.get(*name)?))
    {
        record.question_id = question;
    }
    metadata.retain(|_, value| is_small(value));
    for name in ["choices", "limit"] {
        if let Some(value) = sample
            .remove(name)
            .filter(|value| !is_empty(value) && is_small(value))
        {
            metadata.entry(name).or_insert(value);
        }
    }
    record.metadata = metadata;
}

/// Whether a value is worth carrying along with a record.
pub fn is_small(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => text.len() <= SMALL,
        nested => nested.to_string().len() <= SMALL,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// A string or a number as text.
pub fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// One text, or each of several; empty ones are none.
pub fn texts(value: Option<&Value>) -> Vec<String> {
    let several = match value {
        Some(Value::Array(items)) => items.iter().filter_map(plain).collect(),
        other => other.and_then(plain).into_iter().collect::<Vec<_>>(),
    };
    several
        .into_iter()
        .filter(|text| !text.trim().is_empty())
        .collect()
}

fn epoch(sample: &Map<String, Value>) -> u32 {
    sample
        .get("epoch")
        .and_then(Value::as_u64)
        .and_then(|epoch| u32::try_from(epoch).ok())
        .unwrap_or(1)
}

pub(super) fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn kind(block: &Value) -> &str {
    block
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

pub(super) fn role(message: &Value) -> &str {
    message
        .get("role")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// An assistant message of the model itself, not one of an example in the prompt.
fn is_reply(message: &Value) -> bool {
    role(message) == "assistant" && message.get("source").and_then(Value::as_str) != Some("input")
}

/// The text of a message: text blocks are fragments of one text.
pub fn text(message: &Value) -> String {
    match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        content => items(content)
            .iter()
            .filter_map(|block| block.get("text")?.as_str())
            .collect(),
    }
}

/// The text of the last message of a role.
pub fn last_of(messages: &[Value], wanted: &str) -> String {
    messages
        .iter()
        .rev()
        .find(|message| role(message) == wanted)
        .map(text)
        .unwrap_or_default()
}

/// The largest member of an archive that is inflated.
const MEMBER_LIMIT: u64 = 1 << 30;

/// An `.eval` log: a zip archive with a member for each sample.
///
/// Opening reads the header and the list of samples. Samples are decoded on demand, by any number of threads.
pub struct Eval {
    header: Header,
    archive: Archive,
    entries: Vec<Entry>,
    /// Lists in several members, `{folder}/{number}.json`: folder to members in the order of their numbers.
    lists: HashMap<String, Vec<usize>>,
    /// Read when the first sample turns out to be damaged: where one is, others are.
    all_summaries: OnceLock<Summaries>,
    problems: Vec<String>,
}

/// The bytes of a summary by id and epoch of its sample.
type Summaries = HashMap<(String, u32), Box<[u8]>>;

/// One sample of an archive, wherever it is.
struct Entry {
    id: String,
    epoch: u32,
    member: Option<usize>,
    /// Where the summary is kept: only for a sample that has nothing else.
    summary: Option<Box<[u8]>>,
}

/// A sample as far as it could be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The sample; from its summary, if there is a problem.
    pub record: Record,
    /// Why this is not the whole sample.
    pub problem: Option<String>,
}

impl Eval {
    /// Opens an archive. One without a header, since its run crashed or is still going on, is read from its journal.
    ///
    /// # Errors
    /// If the file is no zip archive, or no Inspect log.
    pub fn open(path: &Path) -> Result<Eval, String> {
        Eval::of(Bytes::open(path)?)
    }

    /// Opens an archive that may be compressed as a whole.
    pub(in crate::ingest) fn of(bytes: Bytes) -> Result<Eval, String> {
        let archive = Archive::open(bytes)?;
        let cut = archive.problem().map(str::to_owned);
        let (lists, entries) = (HashMap::new(), Vec::new());
        let mut eval = Eval {
            header: Header::default(),
            archive,
            entries,
            lists,
            all_summaries: OnceLock::new(),
            problems: cut.into_iter().collect(),
        };
        eval.header = eval.read_header()?;
        eval.lists = eval.numbered();
        eval.list();
        Ok(eval)
    }

    /// The log without its samples.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// There are no samples.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What was wrong with the archive as a whole.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The member of the archive that holds, or should hold, the sample at `index`.
    pub fn place(&self, index: usize) -> String {
        match self.entries.get(index) {
            Some(Entry {
                member: Some(member),
                ..
            }) => self.name(*member),
            Some(entry) => format!("samples/{}_epoch_{}.json", entry.id, entry.epoch),
            None => String::new(),
        }
    }

    /// Decodes the sample at `index`; if it is missing or damaged, its summary.
    ///
    /// # Errors
    /// If neither can be read.
    pub fn record(&self, index: usize) -> Result<Loaded, String> {
        let entry = self
            .entries
            .get(index)
            .ok_or_else(|| format!("there is no sample {index}"))?;
        let problem = match self.sample(entry) {
            Ok(record) => {
                return Ok(Loaded {
                    record,
                    problem: None,
                });
            }
            Err(problem) => problem,
        };
        match self.summary(entry) {
            Some(record) => Ok(Loaded {
                record,
                problem: Some(format!("{problem}; its summary is shown instead")),
            }),
            None => Err(format!("{problem}, and it has no summary")),
        }
    }

    fn sample(&self, entry: &Entry) -> Result<Record, String> {
        let member = entry
            .member
            .ok_or("the sample is missing from the archive")?;
        let bytes = self.read(member, MEMBER_LIMIT)?;
        match self.name(member).strip_suffix("/sample.json") {
            Some(folder) => self.header.sample(self.unchunked(folder, &bytes)?),
            None => self.header.sample_bytes(&bytes),
        }
    }

    /// A sample whose messages and attachments are in members of their own, as one value.
    fn unchunked(&self, folder: &str, shell: &[u8]) -> Result<Value, String> {
        let mut sample = json::parse(shell).map_err(|error| format!("not JSON: {error}"))?;
        let pool = self.chunks(folder, "messages")?;
        let sizes: Vec<usize> = pool
            .iter()
            .map(|message| message.to_string().len())
            .collect();
        let (mut messages, mut size) = (Vec::new(), 0);
        for part in items(sample.get("message_refs")) {
            let part =
                range(part).and_then(|range| Some((sizes.get(range.clone())?, &pool[range])));
            let (sizes, part) =
                part.ok_or("its message_refs point to messages that are not there")?;
            size += sizes.iter().sum::<usize>();
            if size > json::ELEMENT_CAP {
                return Err("its message_refs repeat messages beyond reason".into());
            }
            messages.extend_from_slice(part);
        }
        let attachments = self.chunks(folder, "attachments")?;
        let attachments: Map<_, _> = attachments
            .into_iter()
            .enumerate()
            .map(|(at, text)| (at.to_string(), text))
            .collect();
        let metadata = self
            .archive
            .index_for_name(&format!("{folder}/metadata.json"));
        let metadata = metadata.map_or(Ok(Value::Null), |member| self.json(member))?;
        if let Some(sample) = sample.as_object_mut() {
            let parts = [
                ("messages", messages.into()),
                ("attachments", attachments.into()),
                ("metadata", metadata),
            ];
            sample.extend(
                parts
                    .map(|(name, part)| (name.to_owned(), part))
                    .into_iter()
                    .filter(|(_, part)| !is_empty(part)),
            );
        }
        Ok(sample)
    }

    /// The lists in the members of a folder as one.
    fn chunks(&self, folder: &str, kind: &str) -> Result<Vec<Value>, String> {
        let mut all = Vec::new();
        for member in self
            .lists
            .get(&format!("{folder}/{kind}"))
            .into_iter()
            .flatten()
        {
            match self.json(*member)? {
                Value::Array(items) => all.extend(items),
                _ => return Err(format!("{} is no list", self.name(*member))),
            }
        }
        Ok(all)
    }

    fn numbered(&self) -> HashMap<String, Vec<usize>> {
        let mut lists: HashMap<String, Vec<(u64, usize)>> = HashMap::new();
        for (member, name) in self.names() {
            if let Some((folder, file)) = name.rsplit_once('/')
                && let Some(number) = file
                    .strip_suffix(".json")
                    .and_then(|stem| stem.parse().ok())
            {
                lists
                    .entry(folder.to_owned())
                    .or_default()
                    .push((number, member));
            }
        }
        let sorted = |mut list: Vec<(u64, usize)>| {
            list.sort_unstable();
            list.into_iter().map(|(_, member)| member).collect()
        };
        lists
            .into_iter()
            .map(|(folder, list)| (folder, sorted(list)))
            .collect()
    }

    fn read_header(&mut self) -> Result<Header, String> {
        let read = |eval: &Eval, name| {
            let member = eval.archive.index_for_name(name)?;
            let header = eval.json(member).and_then(|value| Header::parse(&value));
            Some(header.map_err(|error| format!("{name}: {error}")))
        };
        let last = match read(self, "header.json") {
            Some(Ok(header)) => return Ok(header),
            Some(Err(error)) => error,
            None => "the run never finished: this is what its journal holds".into(),
        };
        match read(self, "_journal/start.json") {
            Some(header) => {
                self.problems.push(last);
                header
            }
            None => Err("not an Inspect log: the archive has neither a good header.json nor a _journal/start.json".into()),
        }
    }

    /// Lists the samples: those of the summaries in their order, then those that only have a member.
    fn list(&mut self) {
        let mut known = HashMap::new();
        let mut entries: Vec<Entry> = Vec::new();
        let mut problems = Vec::new();
        let members: HashMap<_, _> = self
            .names()
            .filter_map(|(at, name)| Some((key(&name)?, at)))
            .collect();
        let mut add = |id: String, epoch: u32, summary: Option<&[u8]>| {
            let member = members.get(&(id.clone(), epoch)).copied();
            let summary = summary.filter(|_| member.is_none()).map(Box::from);
            let entry = Entry {
                id,
                epoch,
                member,
                summary,
            };
            match known.get(&(entry.id.clone(), epoch)) {
                Some(at) => entries[*at] = entry,
                None => {
                    known.insert((entry.id.clone(), epoch), entries.len());
                    entries.push(entry);
                }
            }
        };
        for source in self.summaries() {
            let read = self.each_summary(source, &mut |bytes, summary| {
                if let Some(id) = summary.get("id").and_then(plain) {
                    add(id, summary.as_object().map_or(1, epoch), Some(bytes));
                }
                ControlFlow::Continue(())
            });
            problems.extend(
                read.err()
                    .map(|error| format!("{}: {error}", self.name(source))),
            );
        }
        let mut rest: Vec<_> = members
            .iter()
            .filter(|(key, _)| !known.contains_key(*key))
            .collect();
        rest.sort_unstable_by_key(|(_, member)| **member);
        entries.extend(rest.into_iter().map(|((id, epoch), member)| Entry {
            id: id.clone(),
            epoch: *epoch,
            member: Some(*member),
            summary: None,
        }));
        self.entries = entries;
        self.problems.extend(problems);
    }

    /// The members that hold summaries.
    fn summaries(&self) -> Vec<usize> {
        match self.archive.index_for_name("summaries.json") {
            Some(member) => vec![member],
            None => self
                .lists
                .get("_journal/summaries")
                .cloned()
                .unwrap_or_default(),
        }
    }

    fn each_summary(
        &self,
        member: usize,
        take: &mut dyn FnMut(&[u8], &Value) -> ControlFlow<()>,
    ) -> Result<(), String> {
        let outline = self.archive.with(member, |reader, _| {
            let mut sink = |_, bytes: &[u8]| match json::parse(bytes) {
                Ok(summary) => take(bytes, &summary),
                Err(_) => ControlFlow::Continue(()),
            };
            json::array_elements(reader, &[], &mut sink).map_err(|error| damaged(&error))
        })?;
        outline
            .problems
            .into_iter()
            .next()
            .map_or(Ok(()), |problem| Err(problem.what))
    }

    /// The summary of a sample, kept or looked up again.
    fn summary(&self, entry: &Entry) -> Option<Record> {
        let bytes = match &entry.summary {
            Some(bytes) => bytes,
            None => {
                let all = self.all_summaries.get_or_init(|| self.read_summaries());
                all.get(&(entry.id.clone(), entry.epoch))?
            }
        };
        self.header.summary(&json::parse(bytes).ok()?).ok()
    }

    /// The summaries of all samples by id and epoch; the last one of a sample counts.
    fn read_summaries(&self) -> HashMap<(String, u32), Box<[u8]>> {
        let mut all = HashMap::new();
        for source in self.summaries() {
            // What stands before damage in the list of summaries is still good.
            let _ = self.each_summary(source, &mut |bytes, summary| {
                if let Some(id) = summary.get("id").and_then(plain) {
                    let epoch = summary.as_object().map_or(1, epoch);
                    all.insert((id, epoch), bytes.into());
                }
                ControlFlow::Continue(())
            });
        }
        all
    }

    fn names(&self) -> impl Iterator<Item = (usize, String)> {
        (0..self.archive.len()).map(|member| (member, self.name(member)))
    }

    fn name(&self, member: usize) -> String {
        self.archive.name(member)
    }

    fn json(&self, member: usize) -> Result<Value, String> {
        json::parse(&self.read(member, MEMBER_LIMIT)?).map_err(|error| format!("not JSON: {error}"))
    }

    fn read(&self, member: usize, limit: u64) -> Result<Vec<u8>, String> {
        self.archive.read(member, limit)
    }
}

/// The sample that a member holds: its id and epoch.
fn key(name: &str) -> Option<(String, u32)> {
    let name = name.strip_prefix("samples/")?;
    let name = name
        .strip_suffix("/sample.json")
        .or_else(|| name.strip_suffix(".json"))?;
    let (id, epoch) = name.rsplit_once("_epoch_")?;
    Some((id.to_owned(), epoch.parse().ok()?))
}

/// `[start, end]`, the end not included.
fn range(value: &Value) -> Option<std::ops::Range<usize>> {
    let at = |index: usize| usize::try_from(value.get(index)?.as_u64()?).ok();
    Some(at(0)?..at(1)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::record::Outcome;

    fn path(name: &str) -> std::path::PathBuf {
        Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/inspect"
        ))
        .join(name)
    }

    fn eval() -> Eval {
        Eval::open(&path("place-names.eval")).unwrap()
    }

    /// The record of a sample that is whole.
    fn whole(eval: &Eval, id: &str, epoch: u32) -> Record {
        let at = eval
            .entries
            .iter()
            .position(|entry| (entry.id.as_str(), entry.epoch) == (id, epoch))
            .unwrap();
        let loaded = eval.record(at).unwrap();
        assert_eq!(loaded.problem, None);
        loaded.record
    }

    fn score(name: &str, value: ScoreValue) -> Score {
        Score {
            name: name.into(),
            value,
            explanation: None,
        }
    }

    fn header() -> Header {
        Header {
            run: "acme/reasoner-1".into(),
            ..Header::default()
        }
    }

    #[test]
    fn samples_are_listed_once_and_in_order() {
        let eval = eval();
        let ids: Vec<_> = eval
            .entries
            .iter()
            .map(|entry| (entry.id.as_str(), entry.epoch))
            .collect();
        assert_eq!(
            ids,
            [
                ("1", 1),
                ("שם/ב 2", 1),
                ("1", 2),
                ("3", 1),
                ("4", 1),
                ("5", 1),
                ("6", 1)
            ]
        );
        assert_eq!(eval.place(1), "samples/שם/ב 2_epoch_1.json");
        assert_eq!(eval.place(4), "samples/4_epoch_1.json");
        assert_eq!(eval.problems(), [""; 0]);
    }

    #[test]
    fn the_header_names_run_and_condition() {
        let eval = eval();
        let header = eval.header();
        assert_eq!(header.run, "acme/reasoner-1/entity-hint");
        assert_eq!(header.task.as_deref(), Some("place_names"));
        assert_eq!(
            (header.status.as_str(), header.samples),
            ("success", Some(7))
        );
        assert!(header.note.as_deref().unwrap().contains("no model said"));
        assert_eq!(
            header.about["generate"],
            json!({"reasoning_effort": "high"})
        );
    }

    #[test]
    fn a_stored_sample_is_read_with_its_blocks_attachments_and_scores() {
        let record = whole(&eval(), "1", 1);
        assert_eq!(record.question, "מי בנה את מקדש סרוואדהרמה?");
        assert_eq!(
            record.prompt.as_deref(),
            Some("system:\nענה בקצרה.\n\nuser:\nמי בנה את מקדש סרוואדהרמה?")
        );
        assert_eq!(
            record.trace,
            Trace::Plain("The name is Sarvadarma, I think.".into())
        );
        assert_eq!(record.answer, "סרואדרמה");
        assert_eq!(record.extracted, None);
        assert_eq!(record.gold, ["Sarwadharma", "सर्वधर्म"]);
        assert_eq!(record.outcome, Outcome::Wrong);
        assert_eq!(record.source.unwrap().language, "hi");
        assert_eq!(record.target.unwrap().language, "he");
        assert_eq!(record.entities[0].forms["he"], ["סרוואדהרמה"]);
        assert_eq!(record.metadata["level"], 2);
        let explained = |mut score: Score, why: &str| {
            score.explanation = Some(why.into());
            score
        };
        assert_eq!(
            record.scores,
            [
                explained(
                    score("match", ScoreValue::Text("I".into())),
                    "The second letter is missing."
                ),
                explained(
                    score("judge", ScoreValue::Unscored),
                    "The judge gave nothing."
                ),
                score("parts/name", ScoreValue::Number(0.5)),
                score("parts/date", ScoreValue::Bool(true)),
                score("steps/0", ScoreValue::Number(1.0)),
                score("steps/1", ScoreValue::Number(0.25)),
            ]
        );
    }

    #[test]
    fn redacted_reasoning_leaves_its_summary_or_nothing() {
        let record = whole(&eval(), "1", 2);
        assert_eq!(
            record.trace,
            Trace::Summary("**Finding the temple**".into())
        );
        assert_eq!((record.epoch, record.outcome), (2, Outcome::Right));
        let record = whole(&eval(), "שם/ב 2", 1);
        assert_eq!(record.trace, Trace::Encrypted);
        assert!(!serde_json::to_string(&record).unwrap().contains("gAAAA"));
        assert!(record.truncated && record.answer.is_empty() && record.gold.is_empty());
        assert_eq!(record.question, "מי בנה את מקדש סרוואדהרמה?");
        assert!(record.prompt.unwrap().contains("assistant:\nדוגמה"));
    }

    #[test]
    fn a_member_of_several_zstd_frames_is_read_to_its_end() {
        let record = whole(&eval(), "3", 1);
        let trace = "first, look it up\n\nthen a lone surrogate \u{fffd} stands here";
        assert_eq!(record.trace, Trace::Plain(trace.into()));
        assert_eq!(record.answer, "Sarwadharma");
        assert_eq!(record.outcome, Outcome::Right);
    }

    #[test]
    fn errors_and_limits_are_told() {
        let record = whole(&eval(), "6", 1);
        assert_eq!(record.error.as_deref(), Some("the server went away"));
        assert_eq!(record.answer, "half an answ");
        assert!(record.truncated && record.trace.is_absent() && record.scores.is_empty());
    }

    #[test]
    fn a_missing_or_damaged_member_gives_its_summary() {
        let eval = eval();
        for (at, word) in [(4, "missing"), (5, "damaged")] {
            let Loaded { record, problem } = eval.record(at).unwrap();
            assert!(problem.unwrap().contains(word));
            assert_eq!(record.extracted.as_deref(), Some("from the summary"));
            assert!(record.note.unwrap().contains("only the summary"));
            assert_eq!(record.scores, [score("match", ScoreValue::Unscored)]);
        }
        assert!(eval.record(99).is_err());
    }

    #[test]
    fn a_member_too_large_is_refused() {
        let eval = eval();
        let member = eval.entries[0].member.unwrap();
        assert!(
            eval.read(member, 100)
                .unwrap_err()
                .contains("inflates to more than")
        );
    }

    #[test]
    fn a_run_that_never_finished_is_read_from_its_journal() {
        let eval = Eval::open(&path("unfinished.eval")).unwrap();
        assert!(eval.problems()[0].contains("never finished"));
        assert_eq!(eval.header().status, "started");
        let ids: Vec<_> = eval.entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids, ["1", "2", "7"]);
        let refs = eval.record(1).unwrap();
        assert!(refs.problem.unwrap().contains("message_refs"));
        assert_eq!(refs.record.question, "the last of three lines");
    }

    #[test]
    fn a_sample_in_chunks_is_put_together() {
        let record = whole(&Eval::open(&path("unfinished.eval")).unwrap(), "1", 1);
        assert_eq!(record.question, "מי בנה את מקדש סרוואדהרמה?");
        assert_eq!(
            record.prompt.as_deref(),
            Some("system:\nענה בקצרה.\n\nuser:\nמי בנה את מקדש סרוואדהרמה?")
        );
        assert_eq!(record.trace, Trace::Plain("A famous temple.".into()));
        assert_eq!(record.target.unwrap().language, "he");
        assert_eq!(record.outcome, Outcome::Right);
    }

    #[test]
    fn several_threads_read_one_archive() {
        let eval = eval();
        let read = || {
            (0..eval.len())
                .map(|at| eval.record(at).unwrap().record)
                .collect::<Vec<_>>()
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(read)).collect();
            threads
                .into_iter()
                .for_each(|thread| assert_eq!(thread.join().unwrap(), read()));
        });
    }

    #[test]
    fn an_old_document_is_read() {
        let bytes = std::fs::read(path("old.json")).unwrap();
        let mut samples = Vec::new();
        let outline = json::array_elements(&bytes[..], &["samples"], &mut |_, sample| {
            samples.push(sample.to_vec());
            ControlFlow::Continue(())
        });
        let log = outline.unwrap().object();
        let header = Header::parse(&log).unwrap();
        assert_eq!(header.error.as_deref(), Some("the run was stopped"));
        let record = header.sample_bytes(&samples[0]).unwrap();
        assert_eq!(record.question, "מי בנה את מקדש סרוואדהרמה?");
        assert_eq!(record.trace, Trace::Plain("It is the first letter.".into()));
        assert_eq!(
            (record.answer.as_str(), record.extracted.as_deref()),
            ("ANSWER: א", Some("א"))
        );
        assert_eq!(
            record.scores,
            [score("match", ScoreValue::Text("C".into()))]
        );
        assert_eq!(record.metadata["choices"], json!(["one", "two"]));
        assert!(record.truncated);
        assert_eq!(
            header.sample_bytes(&samples[1]).unwrap().scores,
            [score("match", ScoreValue::Unscored)]
        );
        assert!(
            header
                .sample_bytes(&samples[2])
                .unwrap_err()
                .contains("no id")
        );
    }

    #[test]
    fn only_content_makes_a_log() {
        assert!(is_log(&json!({"version": 2, "eval": {"task": "t"}})));
        for other in [
            json!({}),
            json!([]),
            json!({"eval": "x"}),
            json!({"evalId": 1, "results": {}}),
        ] {
            assert!(!is_log(&other) && Header::parse(&other).is_err());
        }
        assert!(Eval::open(&path("old.json")).err().unwrap().contains("zip"));
    }

    #[test]
    fn common_names_are_languages_only_in_pairs() {
        let read = |fields: Value| locales(fields.as_object().unwrap());
        assert_eq!(
            read(json!({"source": "en", "target": "no such language"})),
            (None, None)
        );
        assert!(matches!(
            read(json!({"source": "he", "target": "hi"})),
            (Some(_), Some(_))
        ));
        assert!(matches!(
            read(json!({"language": "Hindi"})),
            (None, Some(_))
        ));
    }

    #[test]
    fn reasoning_blocks_of_every_kind_are_told_apart() {
        let trace = |block: Value| joined(vec![reasoning_block(&block)]);
        assert_eq!(
            trace(json!({"reasoning": "why"})),
            Trace::Plain("why".into())
        );
        assert_eq!(
            trace(json!({"reasoning": "gAAA".repeat(99)})),
            Trace::Encrypted
        );
        assert_eq!(
            trace(json!({"reasoning": "", "summary": "in short"})),
            Trace::Summary("in short".into())
        );
        assert_eq!(
            trace(json!({"reasoning": "", "redacted": true})),
            Trace::Encrypted
        );
        assert_eq!(trace(json!({"reasoning": ""})), Trace::Absent);
    }

    #[test]
    fn a_reply_cut_off_while_reasoning_has_an_unterminated_trace() {
        let record = header().sample(json!({"id": 1, "input": "q", "messages": [
            {"role": "assistant", "content": [{"type": "reasoning", "reasoning": "why"}]}
        ], "output": {"choices": [{"stop_reason": "max_tokens"}], "completion": ""}}));
        assert_eq!(record.unwrap().trace, Trace::Unterminated("why".into()));
    }

    proptest! {
        #[test]
        fn no_sample_makes_it_panic(text in ".*", number: i64, which in 0usize..12) {
            let odd = [json!(null), json!(text), json!([text]), json!({"a": text}), json!(number), json!([[number]])];
            let mut sample = json!({"id": 1, "messages": [{"role": "assistant", "content": odd[which % 6]}]});
            for (at, name) in WANTED.iter().enumerate().skip(1) {
                if at % 3 != which % 3 {
                    sample[*name] = odd[(at + which) % 6].clone();
                }
            }
            prop_assert!(header().sample(sample).is_ok());
        }
    }
}
