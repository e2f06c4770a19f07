//! Outputs of batch APIs, one reply to a line, and the files of requests that say what was asked.
//!
//! - OpenAI Batch and vLLM `run-batch`: `{id, custom_id, response: {status_code, body}, error}`, where the body is a
//!   chat completion, a completion, or a response of `/v1/responses`. The requests: `{custom_id, method, url, body}`.
//! - Anthropic message batches: `{custom_id, result: {type, message}}`. The requests: `{custom_id, params}`.
//! - Gemini: `{key, response: {candidates}}` or `{key, error}`. The requests: `{key, request: {contents}}`.
//!
//! Replies come in any order, and only the requests have the questions. They are joined by their ids. Where a manifest of
//! ours ([`Asked`]) lies beside the replies, it says all that was asked, and which replies are missing. The shapes are
//! those of the vendors' own client libraries and manuals, and of vLLM's `run_batch.py`, as of 2026.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::inspect::{
    conversation, is_small, items, joined, kind, last_of, plain, text, unterminate,
};
use super::{Answer, Fault, Format, Look, Reading, Readings, prompted, table};
use crate::ingest::container::{Row, sample};
use crate::ingest::lookup::{Lookup, hash, neighbours};
use crate::ingest::sniff::candidates;
use crate::ingest::{Asked, Fold, Hints};
use crate::record::{Record, Trace};

/// Replies, and the requests they answer.
#[derive(Default)]
struct Batch {
    manifest: Option<Manifest>,
    requests: Vec<Lookup>,
    problems: Vec<String>,
}

pub(super) fn recognise(look: &Look) -> Answer {
    if look.any(is_reply) {
        return Answer::Yes(Box::new(Batch::open(look)));
    }
    let is_asked = |row: &Map<String, Value>| Asked::id(row).is_some();
    if !look.any(|row| is_request(row) || is_asked(row)) {
        return Answer::No;
    }
    let key = if look.any(is_asked) {
        Asked::id
    } else {
        request_id
    };
    if has_replies(look.path, key) {
        return Answer::Companion;
    }
    let advice = "requests of a batch without replies: put the output of the batch beside them and open that";
    Answer::Refused(advice.into())
}

fn id(row: &Map<String, Value>) -> Option<String> {
    row.get("custom_id").or(row.get("key")).and_then(plain)
}

fn is_reply(row: &Map<String, Value>) -> bool {
    let has = |member: &str, names: &[&str]| {
        let member = row.get(member).and_then(Value::as_object);
        member.is_some_and(|member| names.iter().any(|name| member.contains_key(*name)))
    };
    // A line of a request that failed has nothing but its ids and the error.
    let failed = || {
        row.get("response").is_none_or(Value::is_null)
            && has("error", &["message", "code"])
            && row.keys().all(|name| {
                ["id", "custom_id", "key", "response", "error", "note"].contains(&name.as_str())
            })
    };
    let ended = || {
        let end = row.get("result").map(kind).unwrap_or_default();
        end == "succeeded" || ENDS.contains(&end)
    };
    id(row).is_some()
        && (has("response", &["status_code", "body", "candidates"]) || ended() || failed())
}

/// How a request to Anthropic ends without a message.
const ENDS: &[&str] = &["errored", "canceled", "expired"];

/// Where a request has what was sent, and how it is told.
const SENT: &[(&str, &[&str])] = &[
    ("body", &["messages", "input", "prompt"]),
    ("params", &["messages"]),
    ("request", &["contents"]),
];

fn is_request(row: &Map<String, Value>) -> bool {
    let sent = |(member, asked): &(&str, &[&str])| {
        let sent = row.get(*member).and_then(Value::as_object);
        sent.is_some_and(|sent| asked.iter().any(|name| sent.contains_key(*name)))
    };
    // Who has put the answer beside the request has made a table of it.
    let answered = ["response", "output", "completion", "prediction", "result"];
    id(row).is_some()
        && SENT.iter().any(sent)
        && !answered.iter().any(|name| row.contains_key(*name))
}

fn request_id(row: &Map<String, Value>) -> Option<String> {
    id(row).filter(|_| is_request(row))
}

/// The id of a row that is one of a kind.
type Key = fn(&Map<String, Value>) -> Option<String>;

fn reply_id(row: &Map<String, Value>) -> Option<String> {
    id(row).filter(|_| is_reply(row))
}

/// The first rows of a file that are like this.
fn rows_like(path: &Path, like: impl Fn(&Map<String, Value>) -> bool) -> Vec<Map<String, Value>> {
    let found = candidates(path).into_iter().flatten();
    let rows = found.flat_map(|candidate| sample(candidate.container.as_ref()));
    rows.filter(|row| like(row)).collect()
}

/// A path that has its folders, however the user named it.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// There is a file of replies to these requests: beside them or in a folder there, as [`Batch::open`] looks for them.
fn has_replies(path: &Path, key: Key) -> bool {
    let Ok(requests) = Lookup::open(path, key) else {
        return false;
    };
    let path = absolute(path);
    let here = path.parent().unwrap_or(&path).to_owned();
    let entries = fs::read_dir(&here).into_iter().flatten().flatten();
    let below = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir());
    let folders = std::iter::once(here).chain(below);
    let mut files = folders.flat_map(|folder| neighbours(&path, &folder));
    files.any(|file| {
        let replies = rows_like(&file, is_reply);
        replies
            .iter()
            .filter_map(id)
            .any(|id| requests.first(&id).is_some())
    })
}

impl Batch {
    /// Looks for a manifest and for requests beside the replies, then in the folder above.
    fn open(look: &Look) -> Batch {
        let ids: Vec<String> = look.rows.iter().filter_map(reply_id).collect();
        let path = absolute(look.path);
        let (manifest, doubt) = nearest(&path, &ids, Asked::id);
        let mut problems: Vec<String> = doubt.into_iter().collect();
        if let Some((name, manifest)) = manifest.into_iter().next() {
            let manifest = Manifest::open(&path, name, manifest);
            problems.extend(manifest.problems());
            return Batch {
                manifest: Some(manifest),
                requests: Vec::new(),
                problems,
            };
        }
        let (requests, doubt) = nearest(&path, &ids, request_id);
        problems.extend(doubt);
        if requests.is_empty() {
            problems.push("the questions are missing: they are in the manifest that scriptlens prompts wrote, or in the file of requests, which belongs beside this one".into());
        }
        Batch {
            manifest: None,
            requests: requests.into_iter().map(|(_, requests)| requests).collect(),
            problems,
        }
    }
}

/// The files beside another, or else in the folder above, that know some of these ids, those that know most first; and a
/// word of doubt where several know as many.
fn nearest(path: &Path, ids: &[String], key: Key) -> (Vec<(String, Lookup)>, Option<String>) {
    let folders = path.ancestors().skip(1).take(2);
    let mut found = folders
        .map(|folder| knowing(path, folder, ids, key))
        .find(|found| !found.is_empty())
        .unwrap_or_default();
    found.sort_by_key(|(shared, ..)| Reverse(*shared));
    let doubt = match found.as_slice() {
        [(best, name, _), (second, other, _), ..] if best == second => Some(format!(
            "{name} and {other} have requests with the same ids: the questions are those of {name}"
        )),
        _ => None,
    };
    let found = found.into_iter().map(|(_, name, file)| (name, file));
    (found.collect(), doubt)
}

/// Files in a folder that have some of these ids: how many, and the name of the file.
fn knowing(path: &Path, folder: &Path, ids: &[String], key: Key) -> Vec<(usize, String, Lookup)> {
    let candidates = neighbours(path, folder).into_iter();
    let found = candidates.filter_map(|file| {
        if rows_like(&file, |row| key(row).is_some()).is_empty() {
            return None;
        }
        let known = Lookup::open(&file, key).ok()?;
        let shared = ids.iter().filter(|id| known.first(id).is_some()).count();
        let name = file.file_name()?.to_string_lossy().into_owned();
        (shared > 0).then_some((shared, name, known))
    });
    found.collect()
}

/// What all replies of a batch should be.
struct Manifest {
    name: String,
    asked: Lookup,
    /// The requests that nobody answered, neither here nor in a file of replies beside this one.
    missing: Vec<String>,
    /// Of requests that were answered several times, by the hash of their id, the reply that counts, by that of its text.
    counts: HashMap<u64, u64>,
    /// Other files of replies, and how many of these requests they answer.
    elsewhere: Vec<(String, usize)>,
    beside: Vec<Lookup>,
    /// Where they all are.
    folder: String,
}

/// So many ids are named where there may be thousands.
const NAMED: usize = 10;

impl Manifest {
    fn open(path: &Path, name: String, asked: Lookup) -> Manifest {
        let folder = path.parent().unwrap_or(path);
        let own = Lookup::open(path, reply_id).ok();
        let beside = neighbours(path, folder).into_iter().filter_map(|file| {
            let is_reply = |row: &Map<String, Value>| is_reply(row);
            let replies = (!rows_like(&file, is_reply).is_empty())
                .then(|| Lookup::open(&file, reply_id).ok())??;
            let name = file.file_name()?.to_string_lossy().into_owned();
            Some((name, replies))
        });
        let beside: Vec<(String, Lookup)> = beside.collect();
        let mut counts = HashMap::new();
        for replies in own.iter().flat_map(Lookup::shared) {
            let best = replies.iter().find(|row| has_succeeded(row));
            if let Some((id, best)) = best
                .or(replies.first())
                .and_then(|row| Some((id(row)?, row)))
            {
                counts.insert(hash(&id), text_hash(best));
            }
        }
        let elsewhere = beside.iter().map(|(name, other)| {
            let shared = own.as_ref().map_or(0, |own| own.shares(other));
            (name.clone(), shared)
        });
        let elsewhere = elsewhere.filter(|(_, shared)| *shared > 0).collect();
        let answered = own.iter().chain(beside.iter().map(|(_, replies)| replies));
        let answered: Vec<&Lookup> = answered.collect();
        let missing = asked.without(&answered).filter_map(|row| Asked::id(&row));
        let mut missing: Vec<String> = missing.collect();
        missing.sort_unstable();
        Manifest {
            name,
            missing,
            asked,
            counts,
            elsewhere,
            beside: beside.into_iter().map(|(_, replies)| replies).collect(),
            folder: folder.display().to_string(),
        }
    }

    /// What is to be known of the replies as a whole.
    fn problems(&self) -> Vec<String> {
        let (missing, all) = (self.missing.len(), self.asked.len());
        let mut problems = Vec::new();
        if self.asked.damaged() > 0 {
            problems.push(format!(
                "{} lines of {} cannot be read: replies to these requests are not known",
                self.asked.damaged(),
                self.name
            ));
        }
        if missing > 0 {
            let named = self.missing.iter().take(NAMED).map(String::as_str);
            let named: Vec<&str> = named.collect();
            let more = match missing.saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            problems.push(format!(
                "{missing} of the {all} requests of {} have no reply: {}{more}",
                self.name,
                named.join(", ")
            ));
        }
        problems.extend(self.elsewhere.iter().map(|(other, shared)| {
            format!(
                "{shared} of these requests are answered in {other} too: of two replies the one that is loaded first counts, and none that failed"
            )
        }));
        problems
    }

    /// What was asked for by the request that a reply answers.
    fn of(&self, row: &Map<String, Value>) -> Result<Record, String> {
        let id = id(row).unwrap_or_default();
        let Some(asked) = self.asked.first(&id) else {
            let advice = match self.asked.damaged() {
                0 => "it answers another batch, whose manifest belongs beside its own output",
                _ => "its line is one of those that cannot be read, or it answers another batch",
            };
            return Err(format!("{id} is not in {}: {advice}", self.name));
        };
        if self
            .counts
            .get(&hash(&id))
            .is_some_and(|counts| *counts != text_hash(row))
        {
            return Err(format!(
                "{id} is answered more than once: the first reply without an error counts"
            ));
        }
        // A batch is sent once more for what failed.
        let again = || self.beside.iter().filter_map(|replies| replies.first(&id));
        if !has_succeeded(row) && again().any(|row| has_succeeded(&row)) {
            return Err(format!(
                "{id} failed here and is answered in another file beside this one: that reply counts, open it too"
            ));
        }
        let asked = serde_json::from_value::<Asked>(asked.into());
        let cannot = |error| format!("what {} says of {id} cannot be read: {error}", self.name);
        Ok(asked.map_err(cannot)?.asked)
    }
}

fn has_succeeded(row: &Map<String, Value>) -> bool {
    Body::of(row).is_ok_and(|body| body.error.is_none() && !body.replies.is_empty())
}

fn text_hash(row: &Map<String, Value>) -> u64 {
    hash(&serde_json::to_string(row).unwrap_or_default())
}

impl Format for Batch {
    fn name(&self) -> &'static str {
        "batch"
    }

    fn problems(&self) -> Vec<Fault> {
        self.problems.iter().cloned().map(Fault::from).collect()
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let row = row.object()?;
        if !is_reply(&row) {
            return Err(
                "not a reply of a batch: it has no id with a response or an error"
                    .to_owned()
                    .into(),
            );
        }
        let id = id(&row).unwrap_or_default();
        let mut record = match &self.manifest {
            Some(manifest) => manifest.of(&row)?,
            None => self.request(&id),
        };
        if record.question_id.is_empty() {
            record.question_id.clone_from(&id);
        } else {
            record
                .metadata
                .insert("custom_id".into(), id.as_str().into());
        }
        record.note = row.get("note").and_then(plain).or(record.note);
        let body = Body::of(&row)?;
        // A request that failed names no other model than the one it was sent to, and belongs to the same run.
        let served = body
            .model
            .filter(|served| record.model.as_ref() != Some(served));
        match record.model {
            Some(_) => keep(
                &mut record,
                "served_model",
                served.map(Value::from).as_ref(),
            ),
            None => record.model = served,
        }
        record.error = body.error;
        keep(&mut record, "usage", body.usage);
        keep(
            &mut record,
            "reasoning_tokens",
            body.usage.and_then(reasoning_tokens),
        );
        // What a manifest says is whole, and the same reply twice is one.
        let reading = |record: Record| Reading {
            whole: self.manifest.is_some(),
            fold: self.manifest.as_ref().map(|manifest| {
                Fold::Anywhere(format!("{}#{id}#{}", manifest.folder, record.epoch))
            }),
            ..record.into()
        };
        if body.replies.is_empty() {
            record.error.get_or_insert_with(|| "no reply".into());
            return Ok(vec![reading(record)]);
        }
        let several = body.replies.len() > 1;
        let readings = (1..).zip(body.replies).map(|(epoch, reply)| {
            let mut record = record.clone();
            if several {
                record.epoch = epoch;
            }
            reading(reply.given(record))
        });
        Ok(readings.collect())
    }
}

impl Batch {
    /// What was asked, as far as a request says it.
    fn request(&self, id: &str) -> Record {
        let mut record = Record {
            epoch: 1,
            ..Record::default()
        };
        let mut requests = self.requests.iter();
        if let Some(request) = requests.find_map(|requests| requests.first(id)) {
            ask(&mut record, request);
        }
        record
    }
}

fn keep(record: &mut Record, name: &str, value: Option<&Value>) {
    if let Some(value) = value.filter(|value| is_small(value)) {
        record.metadata.insert(name.into(), value.clone());
    }
}

/// Settings of a request worth showing.
const SETTINGS: &[&str] = &[
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "temperature",
    "top_p",
    "n",
    "seed",
    "reasoning",
    "reasoning_effort",
    "thinking",
    "chat_template_kwargs",
    "generationConfig",
    "generation_config",
];

/// What was asked: the last message of the user, the conversation, and whatever people noted in the request.
fn ask(record: &mut Record, mut request: Map<String, Value>) {
    let sent = SENT.iter().find_map(|(name, _)| request.remove(*name));
    let sent = sent.unwrap_or_default();
    request.retain(|name, _| !["custom_id", "key", "method", "url"].contains(&name.as_str()));
    for noted in [request.remove("metadata"), sent.get("metadata").cloned()] {
        if let Some(Value::Object(noted)) = noted {
            table::beside(record, noted);
        }
    }
    table::beside(record, request);
    let messages = messages(&sent);
    if record.question.is_empty() {
        record.question = last_of(&messages, "user");
    }
    prompted(record, conversation(&messages));
    record.model = sent.get("model").and_then(plain);
    for name in SETTINGS {
        keep(record, name, sent.get(*name));
    }
}

/// The conversation that was sent, whatever the API calls its parts.
fn messages(sent: &Value) -> Vec<Value> {
    let said = |role: &str, content: Value| serde_json::json!({"role": role, "content": content});
    let system = [
        "system",
        "instructions",
        "systemInstruction",
        "system_instruction",
    ];
    let system = system
        .iter()
        .find_map(|name| sent.get(*name))
        .filter(|system| !system.is_null());
    let mut messages: Vec<Value> = system
        .map(|system| said("system", parts(system)))
        .into_iter()
        .collect();
    let asked = ["messages", "input", "contents", "prompt"]
        .iter()
        .find_map(|name| sent.get(*name));
    match asked {
        Some(Value::Array(turns)) => messages.extend(turns.iter().map(|turn| match turn {
            Value::String(text) => said("user", text.as_str().into()),
            turn if turn.get("parts").is_some() => {
                let role = turn.get("role").and_then(Value::as_str).unwrap_or("user");
                said(
                    if role == "model" { "assistant" } else { role },
                    parts(turn),
                )
            }
            turn => turn.clone(),
        })),
        Some(text) => messages.push(said("user", text.clone())),
        None => {}
    }
    messages
}

/// Gemini calls the blocks of a content its parts.
fn parts(content: &Value) -> Value {
    content.get("parts").unwrap_or(content).clone()
}

/// The answer to one request.
#[derive(Default)]
struct Body<'a> {
    model: Option<String>,
    usage: Option<&'a Value>,
    error: Option<String>,
    replies: Vec<Reply>,
}

/// One of the replies in it.
struct Reply {
    trace: Trace,
    answer: String,
    stop: Option<String>,
}

impl<'a> Body<'a> {
    fn of(row: &'a Map<String, Value>) -> Result<Body<'a>, Fault> {
        let none = &Value::Null;
        let response = row.get("response").unwrap_or(none);
        let result = row.get("result").unwrap_or(none);
        let body = response.get("body").unwrap_or(none);
        if is_embedding(body) {
            return Err(Fault::remark("an embedding, not a response"));
        }
        let mut found = if result.is_object() {
            Body::anthropic(result.get("message").unwrap_or(none))
        } else if response.get("body").is_some() {
            Body::openai(body)
        } else {
            Body::gemini(response)
        };
        let status = response
            .get("status_code")
            .and_then(Value::as_u64)
            .filter(|status| *status >= 400);
        let errors = [row.get("error"), body.get("error"), result.get("error")];
        let said = errors.into_iter().flatten().find_map(message);
        let ended = Some(kind(result))
            .filter(|end| ENDS.contains(end))
            .map(str::to_owned);
        found.error = match (status, said.or(ended)) {
            (Some(status), said) => Some(format!("status {status}: {}", said.unwrap_or_default())),
            (None, said) => said.or(found.error),
        };
        Ok(found)
    }

    fn openai(body: &'a Value) -> Body<'a> {
        let choices = items(body.get("choices")).iter().map(|choice| {
            let (trace, answer) = match choice.get("message") {
                Some(message) => said(message),
                None => (
                    Trace::Absent,
                    choice.get("text").and_then(plain).unwrap_or_default(),
                ),
            };
            let stop = choice.get("finish_reason").and_then(plain);
            Reply {
                trace,
                answer,
                stop,
            }
        });
        let mut replies: Vec<Reply> = choices.collect();
        let output = items(body.get("output"));
        if !output.is_empty() {
            let blocks = output.iter().flat_map(|item| match kind(item) {
                "message" => items(item.get("content")),
                _ => std::slice::from_ref(item),
            });
            let (trace, answer) = read_blocks(blocks);
            let stop = body.pointer("/incomplete_details/reason").and_then(plain);
            replies.push(Reply {
                trace,
                answer,
                stop,
            });
        }
        Body {
            model: body.get("model").and_then(plain),
            usage: body.get("usage"),
            error: None,
            replies,
        }
    }

    fn anthropic(message: &'a Value) -> Body<'a> {
        let (trace, answer) = read_blocks(items(message.get("content")));
        let stop = message.get("stop_reason").and_then(plain);
        let reply = message.is_object().then_some(Reply {
            trace,
            answer,
            stop,
        });
        Body {
            model: message.get("model").and_then(plain),
            usage: message.get("usage"),
            error: None,
            replies: reply.into_iter().collect(),
        }
    }

    fn gemini(response: &'a Value) -> Body<'a> {
        let candidates = items(response.get("candidates")).iter().map(|candidate| {
            let parts = candidate.pointer("/content/parts");
            let (trace, answer) = read_parts(items(parts));
            Reply {
                trace,
                answer,
                stop: candidate.get("finishReason").and_then(plain),
            }
        });
        let blocked = response
            .pointer("/promptFeedback/blockReason")
            .and_then(Value::as_str);
        Body {
            model: response.get("modelVersion").and_then(plain),
            usage: response.get("usageMetadata"),
            error: blocked.map(|reason| format!("the prompt was blocked: {reason}")),
            replies: candidates.collect(),
        }
    }
}

fn is_embedding(body: &Value) -> bool {
    items(body.get("data"))
        .iter()
        .any(|item| item.get("embedding").is_some())
}

/// What an error says: its message, however deep it is wrapped.
fn message(error: &Value) -> Option<String> {
    match error {
        Value::String(text) => Some(text.clone()),
        Value::Object(members) => {
            let inner = members.get("message").or(members.get("error"));
            inner
                .and_then(message)
                .or_else(|| members.get("code").and_then(plain))
        }
        _ => None,
    }
}

fn reasoning_tokens(usage: &Value) -> Option<&Value> {
    let places = [
        "/completion_tokens_details/reasoning_tokens",
        "/output_tokens_details/reasoning_tokens",
        "/thoughtsTokenCount",
    ];
    places.iter().find_map(|place| usage.pointer(place))
}

/// Reasoning and answer of a chat message. Each server has its own place for the reasoning.
fn said(message: &Value) -> (Trace, String) {
    let (within, answer) = match message.get("content") {
        Some(Value::Array(blocks)) => read_blocks(blocks),
        content => (Trace::Absent, content.and_then(plain).unwrap_or_default()),
    };
    let details = items(message.get("reasoning_details")).iter();
    let detailed = joined(details.filter_map(detail).collect());
    let plainly = ["reasoning_content", "reasoning", "thinking"];
    let mut plainly = plainly
        .iter()
        .filter_map(|name| written(message.get(*name)?));
    let trace = match (detailed, plainly.next()) {
        (Trace::Absent | Trace::Encrypted, Some(text)) => Trace::Plain(text),
        (Trace::Absent, None) => within,
        (detailed, _) => detailed,
    };
    let refusal = || message.get("refusal").and_then(plain).unwrap_or_default();
    (trace, if answer.is_empty() { refusal() } else { answer })
}

fn written(value: &Value) -> Option<String> {
    value
        .as_str()
        .filter(|text| !text.trim().is_empty())
        .map(str::to_owned)
}

/// One of OpenRouter's `reasoning_details`.
fn detail(detail: &Value) -> Option<Trace> {
    match kind(detail) {
        "reasoning.summary" => detail.get("summary").and_then(written).map(Trace::Summary),
        "reasoning.encrypted" => Some(Trace::Encrypted),
        _ => detail.get("text").and_then(written).map(Trace::Plain),
    }
}

/// Reasoning and answer of content blocks, and of the items of `/v1/responses`.
fn read_blocks<'a>(blocks: impl IntoIterator<Item = &'a Value>) -> (Trace, String) {
    let (mut traces, mut answer) = (Vec::new(), String::new());
    for block in blocks {
        match kind(block) {
            "thinking" => traces.extend(thought(block)),
            "reasoning" => traces.extend(reasoned(block)),
            "redacted_thinking" => traces.push(Trace::Encrypted),
            "refusal" => answer.extend(block.get("refusal").and_then(Value::as_str)),
            _ => answer.extend(block.get("text").and_then(Value::as_str)),
        }
    }
    (joined(traces), answer)
}

/// A block of thinking; one that has a signature but no text was withheld.
fn thought(block: &Value) -> Option<Trace> {
    let text = match block.get("thinking") {
        Some(Value::Array(parts)) => text(&serde_json::json!({"content": parts})),
        thinking => thinking.and_then(plain).unwrap_or_default(),
    };
    let signed = block.get("signature").and_then(written).is_some();
    match text.trim() {
        "" => signed.then_some(Trace::Encrypted),
        _ => Some(Trace::Plain(text)),
    }
}

/// An item of reasoning: its text, else its summary, else the blob.
fn reasoned(item: &Value) -> Option<Trace> {
    let texts = |name: &str| {
        let parts = items(item.get(name)).iter();
        let parts: Vec<_> = parts
            .filter_map(|part| written(part.get("text")?))
            .collect();
        Some(parts.join("\n\n")).filter(|text| !text.is_empty())
    };
    let encrypted = || {
        item.get("encrypted_content")
            .and_then(written)
            .map(|_| Trace::Encrypted)
    };
    let summary = || texts("summary").map(Trace::Summary);
    texts("content")
        .map(Trace::Plain)
        .or_else(summary)
        .or_else(encrypted)
}

/// The parts of a Gemini candidate. What it shows of its thoughts are summaries; a signature is the thoughts encrypted.
fn read_parts(parts: &[Value]) -> (Trace, String) {
    let (mut traces, mut answer) = (Vec::new(), String::new());
    for part in parts {
        let text = part.get("text").and_then(Value::as_str).unwrap_or_default();
        let is_thought = part.get("thought").and_then(Value::as_bool) == Some(true);
        match is_thought {
            true => traces.push(Trace::Summary(text.into())),
            false => answer.push_str(text),
        }
        if part.get("thoughtSignature").is_some() {
            traces.push(Trace::Encrypted);
        }
    }
    (joined(traces), answer)
}

/// Why a model stopped, where it was no end of its own.
const LIMITS: &[&str] = &[
    "length",
    "max_tokens",
    "max_output_tokens",
    "model_context_window_exceeded",
];
const FILTERS: &[&str] = &[
    "content_filter",
    "refusal",
    "safety",
    "recitation",
    "blocklist",
    "prohibited_content",
    "spii",
];

impl Reply {
    fn given(self, mut record: Record) -> Record {
        (record.trace, record.answer) = (self.trace, self.answer);
        let stop = self.stop.unwrap_or_default().to_ascii_lowercase();
        record.truncated = LIMITS.contains(&stop.as_str());
        if FILTERS.contains(&stop.as_str()) && record.error.is_none() {
            record.error = Some(format!("stopped by the provider: {stop}"));
        }
        unterminate(&mut record);
        record
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn only_lines_of_batches_are_lines_of_batches() {
        for reply in [
            json!({"custom_id": "a", "response": {"body": {}}, "error": null}),
            json!({"custom_id": "a", "response": null, "error": {"message": "late"}}),
            json!({"custom_id": "a", "result": {"type": "canceled"}}),
            json!({"key": 1, "response": {"candidates": []}}),
        ] {
            assert!(
                is_reply(&row(reply.clone())) && !is_request(&row(reply.clone())),
                "{reply}"
            );
        }
        for table in [
            json!({"custom_id": "a", "response": "Agra", "question": "Where?"}),
            json!({"key": "a", "result": {"message": "Agra"}}),
            json!({"id": "a", "response": {"body": {}}}),
            json!({"custom_id": "a", "body": {"messages": []}, "response": "Agra"}),
            json!({"key": "a", "request": {"prompt": "Where?"}}),
        ] {
            assert!(
                !is_reply(&row(table.clone())) && !is_request(&row(table.clone())),
                "{table}"
            );
        }
    }

    #[test]
    fn reasoning_is_found_wherever_a_server_puts_it() {
        let plain = |text: &str| Trace::Plain(text.into());
        for (message, trace) in [
            (
                json!({"content": "a", "reasoning_content": "r"}),
                plain("r"),
            ),
            (
                json!({"content": "a", "reasoning": "r", "reasoning_content": null}),
                plain("r"),
            ),
            (json!({"content": "a", "thinking": "r"}), plain("r")),
            (
                json!({"content": "a", "reasoning_details": [{"type": "reasoning.text", "text": "r"}]}),
                plain("r"),
            ),
            (
                json!({"content": "a", "reasoning_details": [{"type": "reasoning.encrypted"}]}),
                Trace::Encrypted,
            ),
            (
                json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "r"}]}, {"type": "text", "text": "a"}]}),
                plain("r"),
            ),
            (
                json!({"content": [{"type": "thinking", "thinking": "", "signature": "s"}, {"type": "text", "text": "a"}]}),
                Trace::Encrypted,
            ),
            (json!({"content": null, "refusal": "a"}), Trace::Absent),
        ] {
            assert_eq!(said(&message), (trace, "a".into()), "{message}");
        }
    }

    #[test]
    fn a_line_says_why_it_has_no_answer() {
        let batch = Batch::default();
        let read = |value: Value| batch.read(Row::Value(value), &Hints::default());
        let error = |value: Value| read(value).ok()?.pop()?.record.error;
        let body =
            json!({"custom_id": "a", "response": {"status_code": 200, "body": {"choices": []}}});
        assert_eq!(error(body).as_deref(), Some("no reply"));
        let wrapped = json!({"custom_id": "a", "result": {"type": "errored", "error": {"error": {"message": "late"}}}});
        assert_eq!(error(wrapped).as_deref(), Some("late"));
        let status = json!({"custom_id": "a", "response": {"status_code": 500, "body": "oops"}});
        assert_eq!(error(status).as_deref(), Some("status 500: "));
        let blocked = json!({"key": "a", "response": {"candidates": [], "promptFeedback": {"blockReason": "SAFETY"}}});
        assert_eq!(
            error(blocked).as_deref(),
            Some("the prompt was blocked: SAFETY")
        );
        let embedding =
            json!({"custom_id": "a", "response": {"body": {"data": [{"embedding": [0.5]}]}}});
        assert_eq!(
            read(embedding).err(),
            Some(Fault::remark("an embedding, not a response"))
        );
        assert!(read(json!({"custom_id": "a"})).is_err() && read(json!([1])).is_err());
    }

    #[test]
    fn a_conversation_is_read_whatever_its_parts_are_called() {
        let read = |sent: Value| conversation(&messages(&sent));
        assert_eq!(read(json!({"input": "Where?"})), "Where?");
        assert_eq!(read(json!({"prompt": ["Where?"]})), "Where?");
        let gemini = json!({"contents": [{"parts": [{"text": "a"}]}, {"role": "model", "parts": [{"text": "b"}]}]});
        assert_eq!(read(gemini), "user:\na\n\nassistant:\nb");
        let blocks = json!({"system": [{"type": "text", "text": "s"}], "messages": [{"role": "user", "content": "a"}]});
        assert_eq!(read(blocks), "system:\ns\n\nuser:\na");
        assert_eq!(read(json!({})), "");
    }
}
