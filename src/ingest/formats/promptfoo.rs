//! Results of promptfoo: `{evalId, results: {version, results: [..]}}`, or the same rows as JSON Lines.
//!
//! A row is one test with one provider and prompt. The fields are those of `EvaluateResult` in its `src/types/index.ts`,
//! versions 2 and 3; how reasoning is put before the output is from its providers (`anthropic/util.ts`,
//! `openai/chat.ts`).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::inspect::{conversation, flatten, is_small, items, joined, kind, last_of, plain};
use super::lm_eval::messages;
use super::{Answer, Format, Look, Readings, inspect, prompted, table};
use crate::ingest::Hints;
use crate::ingest::container::Row;
use crate::record::{Outcome, Record, Score, ScoreValue, Trace};

/// Rows of promptfoo.
struct Promptfoo {
    /// The rows have more than one prompt, so that its label is a condition.
    several_prompts: bool,
}

pub(super) fn recognise(look: &Look) -> Answer {
    if !look.any(is_row) {
        return Answer::No;
    }
    let labels: BTreeSet<_> = look
        .rows
        .iter()
        .filter_map(|row| label(row.get("prompt")?))
        .collect();
    Answer::Yes(Box::new(Promptfoo {
        several_prompts: labels.len() > 1,
    }))
}

fn is_row(row: &Map<String, Value>) -> bool {
    let is = |name: &str, right: fn(&Value) -> bool| row.get(name).is_some_and(right);
    is("provider", |provider| {
        provider.is_object() || provider.is_string()
    }) && is("prompt", |prompt| prompt.get("raw").is_some())
        && is("vars", Value::is_object)
        && is("success", Value::is_boolean)
}

/// What a prompt is called; a longer one is called by its text.
fn label(prompt: &Value) -> Option<String> {
    let label = prompt.get("label").or(prompt.get("display"))?.as_str()?;
    let line = label.lines().find(|line| !line.trim().is_empty())?.trim();
    let cut: String = line.chars().take(LABEL).collect();
    Some(if cut.len() < line.len() {
        cut + "…"
    } else {
        cut
    })
}

const LABEL: usize = 40;

impl Format for Promptfoo {
    fn name(&self) -> &'static str {
        "promptfoo"
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let row = row.object()?;
        if !is_row(&row) {
            return Err(
                "not a result of promptfoo: it has no provider, prompt, vars and success"
                    .to_owned()
                    .into(),
            );
        }
        let mut record = Record {
            epoch: 1,
            ..Record::default()
        };
        let provider = row.get("provider");
        let named = |name: &str| {
            provider
                .and_then(|provider| plain(provider.get(name)?))
                .filter(|name| !name.is_empty())
        };
        record.model = named("label")
            .or_else(|| named("id"))
            .or_else(|| provider.and_then(plain));
        if self.several_prompts {
            record.condition = row.get("prompt").and_then(label);
        }
        ask(&mut record, &row);
        reply(&mut record, &row);
        score(&mut record, &row);
        for name in ["latencyMs", "cost", "tokenUsage"] {
            if let Some(value) = row.get(name).filter(|value| is_small(value)) {
                record.metadata.insert(name.into(), value.clone());
            }
        }
        if let Some(id) = named("id").filter(|id| Some(id) != record.model.as_ref()) {
            record.metadata.insert("provider".into(), id.into());
        }
        Ok(vec![record.into()])
    }
}

/// What was asked: the variables of the test, what they say of it, and the prompt made of them.
fn ask(record: &mut Record, row: &Map<String, Value>) {
    let test = row.get("testCase");
    let noted = [row.get("vars"), test.and_then(|test| test.get("metadata"))];
    for noted in noted.into_iter().flatten().filter_map(Value::as_object) {
        table::beside(record, noted.clone());
    }
    for gold in expected(row) {
        if !record.gold.contains(&gold) {
            record.gold.push(gold);
        }
    }
    let raw = row
        .get("prompt")
        .and_then(|prompt| prompt.get("raw"))
        .unwrap_or(&Value::Null);
    let chat = messages(raw);
    let raw = plain(raw).unwrap_or_default();
    let prompt = chat.as_deref().map_or(raw, conversation);
    if record.question.is_empty() {
        record.question = chat.map_or(prompt.clone(), |chat| last_of(&chat, "user"));
        // Prompts differ, so the test says which question it is.
        let test = row
            .get("testIdx")
            .and_then(plain)
            .filter(|_| record.question_id.is_empty());
        record.question_id = test.map_or(std::mem::take(&mut record.question_id), |test| {
            format!("test {test}")
        });
    }
    prompted(record, prompt);
    if let Some(description) = test.and_then(|test| plain(test.get("description")?)) {
        record
            .metadata
            .insert("description".into(), description.into());
    }
}

/// Assertions of which any value that holds is an expected answer.
const EXPECTS: &[&str] = &[
    "equals",
    "contains",
    "icontains",
    "contains-any",
    "icontains-any",
    "starts-with",
];

/// What assertions expect of the answer.
fn expected(row: &Map<String, Value>) -> Vec<String> {
    let graded = components(row).filter_map(|component| component.get("assertion"));
    let test = row.get("testCase").and_then(|test| test.get("assert"));
    let planned = items(test)
        .iter()
        .flat_map(|assertion| match kind(assertion) {
            "assert-set" => items(assertion.get("assert")),
            _ => std::slice::from_ref(assertion),
        });
    let telling = planned
        .chain(graded)
        .filter(|assertion| EXPECTS.contains(&kind(assertion)));
    let values = telling.flat_map(|assertion| inspect::texts(assertion.get("value")));
    values
        .filter_map(|value| render(value, row.get("vars")))
        .collect()
}

/// A value may stand for a variable; one that is made of more than that is not known.
fn render(value: String, vars: Option<&Value>) -> Option<String> {
    let inner = value
        .trim()
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"));
    match inner {
        Some(name) => plain(vars?.get(name.trim())?),
        None if value.contains("{{") || value.starts_with("file://") => None,
        None => Some(value),
    }
}

/// What was answered.
fn reply(record: &mut Record, row: &Map<String, Value>) {
    let response = row.get("response");
    let part = |name: &str| response.and_then(|response| response.get(name));
    let output = match part("output") {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    };
    match thinking(&output) {
        Thinking::None => record.answer = output,
        Thinking::Ends(trace, answer) => (record.trace, record.answer) = (trace, answer),
        Thinking::Unclear => {
            record.answer = output;
            record.note = Some(
                "the reasoning stands before the answer, and the log does not say where it ends"
                    .into(),
            );
        }
    }
    record.truncated = part("finishReason").and_then(Value::as_str) == Some("length");
    inspect::unterminate(record);
    // A failed assertion also has its reason here, but is no error.
    let failed = row.get("failureReason").and_then(Value::as_u64) == Some(2)
        || part("output").is_none_or(Value::is_null);
    let error = row.get("error").filter(|_| failed).and_then(plain);
    record.error = part("error")
        .and_then(plain)
        .or(error)
        .filter(|error| !error.is_empty());
    let tokens = part("tokenUsage").and_then(|usage| usage.pointer("/completionDetails/reasoning"));
    if let Some(tokens) = tokens.filter(|tokens| is_small(tokens)) {
        record
            .metadata
            .insert("reasoning_tokens".into(), tokens.clone());
    }
}

/// Reasoning at the head of an output.
#[derive(Debug, PartialEq)]
enum Thinking {
    None,
    Ends(Trace, String),
    Unclear,
}

/// Blocks of Anthropic have a line after the reasoning. Reasoning of others ends at an empty line, but may also have
/// some: only where there is one alone is it the end.
fn thinking(output: &str) -> Thinking {
    let (mut rest, mut traces) = (output, Vec::new());
    loop {
        if let Some(block) = rest.strip_prefix("Redacted Thinking: ") {
            traces.push(Trace::Encrypted);
            rest = block.split_once("\n\n").map_or("", |(_, rest)| rest);
        } else if let Some(block) = rest.strip_prefix("Thinking: ") {
            if let Some((thought, signed)) = block.split_once("\nSignature: ") {
                traces.push(Trace::Plain(thought.into()));
                rest = signed.split_once("\n\n").map_or("", |(_, rest)| rest);
                continue;
            }
            match block.split_once("\n\n") {
                Some((thought, answer)) if !answer.contains("\n\n") => {
                    traces.push(Trace::Plain(thought.into()));
                    rest = answer;
                    break;
                }
                _ => return Thinking::Unclear,
            }
        } else {
            break;
        }
    }
    match traces.is_empty() {
        true => Thinking::None,
        false => Thinking::Ends(joined(traces), rest.to_owned()),
    }
}

fn components(row: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let grading = row.get("gradingResult");
    items(grading.and_then(|grading| grading.get("componentResults"))).iter()
}

/// Assertions that say nothing of whether an answer is right.
const ASIDE: &[&str] = &[
    "latency",
    "cost",
    "perplexity",
    "perplexity-score",
    "is-json",
    "contains-json",
    "is-xml",
    "contains-xml",
    "is-html",
    "contains-html",
    "is-sql",
    "contains-sql",
    "word-count",
    "finish-reason",
    "guardrails",
];

fn score(record: &mut Record, row: &Map<String, Value>) {
    for name in ["success", "score"] {
        if let Some(value) = row.get(name) {
            flatten(name, value, &mut record.scores);
        }
    }
    for (name, value) in row
        .get("namedScores")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        flatten(name, value, &mut record.scores);
    }
    let (mut judged, mut failed) = (false, false);
    for component in components(row) {
        let assertion = component.get("assertion");
        let kind = assertion.map(kind).unwrap_or_default();
        let pass = component.get("pass").and_then(Value::as_bool);
        let of = |name: &str| {
            component
                .get(name)
                .and_then(plain)
                .filter(|text| !text.is_empty())
        };
        let metric = assertion.and_then(|assertion| plain(assertion.get("metric")?));
        let value = component
            .get("score")
            .and_then(Value::as_f64)
            .map(ScoreValue::Number);
        let name = metric.unwrap_or_else(|| kind.to_owned());
        if !name.is_empty() {
            let name = unused(&name, &record.scores);
            let value = value
                .or(pass.map(ScoreValue::Bool))
                .unwrap_or(ScoreValue::Unscored);
            record.scores.push(Score {
                name,
                value,
                explanation: of("reason"),
            });
        }
        if !ASIDE.contains(&kind) {
            judged |= pass.is_some();
            failed |= pass == Some(false);
        }
    }
    let success = row.get("success").and_then(Value::as_bool) == Some(true);
    record.outcome = match record.error {
        None if judged => (success || !failed).into(),
        _ => Outcome::Unjudged,
    };
}

/// The name with a number, where it is taken.
fn unused(name: &str, scores: &[Score]) -> String {
    let taken = |name: &str| scores.iter().any(|score| score.name == name);
    let numbered = (2..).map(|twin| format!("{name}/{twin}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasoning_is_taken_off_only_where_its_end_is_known() {
        let ends =
            |trace: &str, answer: &str| Thinking::Ends(Trace::Plain(trace.into()), answer.into());
        assert_eq!(thinking("आगरा"), Thinking::None);
        assert_eq!(thinking("Thinking: a\n\nआगरा"), ends("a", "आगरा"));
        assert_eq!(thinking("Thinking: a\n\nb\n\nआगरा"), Thinking::Unclear);
        assert_eq!(thinking("Thinking: cut off"), Thinking::Unclear);
        assert_eq!(
            thinking("Thinking: a\n\nb\nSignature: x\n\nआगरा\n\n!"),
            ends("a\n\nb", "आगरा\n\n!")
        );
        let redacted = Thinking::Ends(Trace::Encrypted, "आगरा".into());
        assert_eq!(thinking("Redacted Thinking: xyz\n\nआगरा"), redacted);
    }

    #[test]
    fn an_expected_value_may_be_a_variable() {
        let vars = serde_json::json!({"answer": "Agra", "n": 7});
        let render = |value: &str| super::render(value.into(), Some(&vars));
        assert_eq!(render("{{answer}}").as_deref(), Some("Agra"));
        assert_eq!(render(" {{ n }} ").as_deref(), Some("7"));
        assert_eq!(render("in {{answer}}"), None);
        assert_eq!(render("{{missing}}"), None);
        assert_eq!(render("Agra").as_deref(), Some("Agra"));
    }
}
