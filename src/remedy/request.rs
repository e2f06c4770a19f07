//! One request in the OpenAI Batch format, and the line of the manifest that says what it asked.

use std::iter;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::hash::Hash;
use crate::ingest::Asked;
use crate::record::{Outcome, Record, Trace};

/// Anthropic takes ids of so many letters, digits, dashes and underscores; OpenAI and vLLM name no limit.
const LONGEST: usize = 64;

/// What is asked of the engine, whatever the prompt.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// The model; that of the run where it is left out.
    pub model: Option<String>,
    /// How many samples of each question.
    pub epochs: u32,
    /// A message of the system before the question.
    pub system: Option<String>,
    /// Other members of the body: temperature, max_completion_tokens …
    pub body: Map<String, Value>,
    /// The seed of the first epoch; each other has the next number, so that samples differ.
    pub seed: Option<u64>,
}

/// A request and what it asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The line of the file of requests.
    pub line: Line,
    /// The line of the manifest.
    pub asked: Asked,
}

/// A request in the OpenAI Batch format.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// The id that the reply will bear.
    pub custom_id: String,
    method: &'static str,
    url: &'static str,
    /// What is asked of the engine.
    pub body: Body,
}

/// What a request asks of the engine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Body {
    model: String,
    messages: Vec<Message>,
    #[serde(flatten)]
    more: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Message {
    role: &'static str,
    content: String,
}

impl Settings {
    /// The requests for one question, one for each epoch. `asked` is the response that is wanted, with the prompt in it;
    /// `of` the run it is made from.
    pub(super) fn requests(&self, asked: Record, of: &str) -> Vec<Request> {
        let message = |role, content: &str| Message {
            role,
            content: content.to_owned(),
        };
        let system = self.system.iter().map(|text| message("system", text));
        let user = message("user", asked.prompt.as_ref().unwrap_or(&asked.question));
        let body = Body {
            model: asked.model.clone().unwrap_or_default(),
            messages: system.chain([user]).collect(),
            more: self.body.clone(),
            seed: self.seed,
        };
        // Whatever changes the reply changes the id, so that no output is taken for that of another batch.
        let fixed = serde_json::to_string(&body).unwrap_or_default();
        let times = self.epochs.max(1);
        let of_epoch = |(epoch, (mut asked, mut body)): (u32, (Record, Body))| {
            asked.epoch = epoch;
            body.seed = self
                .seed
                .map(|seed| seed.saturating_add(u64::from(epoch - 1)));
            if let (Some(seed), Some(remedy)) = (body.seed, asked.metadata.get_mut("remedy")) {
                remedy["settings"]["seed"] = seed.into();
            }
            let custom_id = custom_id(&asked, &[of, &fixed]);
            Request {
                line: Line {
                    custom_id: custom_id.clone(),
                    method: "POST",
                    url: "/v1/chat/completions",
                    body,
                },
                asked: Asked { custom_id, asked },
            }
        };
        let each = iter::repeat_n((asked, body), times as usize);
        (1..).zip(each).map(of_epoch).collect()
    }
}

/// An id that names question, locale, condition and epoch for a reader, and these and all else by a number.
fn custom_id(asked: &Record, more: &[&str]) -> String {
    let locale = asked.target.as_ref().map(ToString::to_string);
    let locale = locale.unwrap_or_default();
    let condition = asked.condition.as_deref().unwrap_or_default();
    let named = [&asked.question_id, locale.as_str(), condition];
    let parts: Vec<&[u8]> = named
        .iter()
        .chain(more)
        .map(|part| part.as_bytes())
        .collect();
    let hash = Hash::of_parts(&parts).0 as u64;
    let rest = format!("{locale}_{condition}_{hash:016x}_e{}", asked.epoch);
    let room = LONGEST.saturating_sub(rest.len() + 1);
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let question: String = asked.question_id.chars().map(plain).take(room).collect();
    match question.trim_matches('-') {
        "" => rest,
        question => format!("{question}_{rest}"),
    }
}

/// What is wanted of a run that is asked again: everything but what only a reply can say.
pub(super) fn wanted(record: Record, model: &str, condition: &str, run: &str) -> Record {
    Record {
        run: run.to_owned(),
        model: Some(model.to_owned()),
        condition: Some(condition.to_owned()),
        prompt: None,
        trace: Trace::Absent,
        answer: String::new(),
        extracted: None,
        scores: Vec::new(),
        outcome: Outcome::Unjudged,
        grade: None,
        truncated: false,
        error: None,
        note: None,
        metadata: kept(record.metadata),
        ..record
    }
}

/// The members of a record's metadata that belong to the question and not to the reply.
const OF_QUESTION: [&str; 7] = [
    "choices", "content", "context", "title", "url", "topic", "region",
];

fn kept(mut metadata: Map<String, Value>) -> Map<String, Value> {
    metadata.retain(|name, _| OF_QUESTION.contains(&name.as_str()));
    metadata
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::remedy::Condition;
    use crate::script::parse;

    #[test]
    fn an_id_is_short_plain_and_its_own() {
        let mut seen = HashSet::new();
        let long = "eine-sehr-lange-kennung-über-alles-hinweg/und noch weiter".repeat(3);
        for condition in Condition::ALL {
            for (run, question, locale) in [
                ("m/base", "q1", "el-Grek"),
                ("m/hint", "q1", "el-Grek"),
                ("m/base", long.as_str(), "zh-Hant"),
                ("m/base", "вопрос", "und-Zyyy"),
                ("m/base", "", ""),
            ] {
                for epoch in [1, 2, 1000] {
                    let asked = Record {
                        question_id: question.into(),
                        target: parse(locale),
                        condition: Some(condition.word().into()),
                        epoch,
                        ..Record::default()
                    };
                    let id = custom_id(&asked, &[run]);
                    let is_plain = id
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
                    assert!(id.len() <= LONGEST && is_plain, "{id}");
                    assert!(id.contains(condition.word()) && id.contains(locale), "{id}");
                    assert!(id.ends_with(&format!("_e{epoch}")), "{id}");
                    assert_ne!(id, custom_id(&asked, &[run, "another body"]));
                    assert!(seen.insert(id));
                }
            }
        }
    }
}
