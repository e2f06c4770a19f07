//! One request in the OpenAI Batch format, and the line of the manifest that says what it asked.

use serde_json::{Map, Value, json};

use crate::ingest::Asked;
use crate::record::{Outcome, Record, Trace};

/// What is judged or asked again: one response, wherever its file lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    /// The run.
    pub run: &'a str,
    /// The question, the same in every language.
    pub question: &'a str,
    /// The language and script it was asked in.
    pub locale: &'a str,
    /// Which of several samples.
    pub epoch: u32,
}

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
    pub line: Value,
    /// The line of the manifest.
    pub asked: Asked,
}

impl Settings {
    /// The requests for one question, one for each epoch. `asked` is the response that is wanted, with the prompt in it;
    /// `of` the run it is made from.
    pub(super) fn requests(&self, asked: &Record, of: &str) -> Vec<Request> {
        let prompt = asked.prompt.as_ref().unwrap_or(&asked.question);
        let system = self
            .system
            .iter()
            .map(|text| json!({"role": "system", "content": text}));
        let user = json!({"role": "user", "content": prompt});
        let messages: Vec<Value> = system.chain([user]).collect();
        let mut body = Map::new();
        body.insert("model".into(), asked.model.clone().into());
        body.insert("messages".into(), messages.into());
        body.extend(self.body.clone());
        // Whatever changes the reply changes the id, so that no output is taken for that of another batch.
        let fixed = Value::from(body.clone()).to_string();
        let locale = asked
            .target
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let condition = asked.condition.as_deref().unwrap_or_default();
        let epochs = 1..=self.epochs.max(1);
        let request = |epoch: u32| {
            let target = Target {
                run: of,
                question: &asked.question_id,
                locale: &locale,
                epoch,
            };
            let id = target.custom_id(condition, &[&fixed, &format!("{:?}", self.seed)]);
            let mut body = body.clone();
            if let Some(seed) = self.seed {
                body.insert(
                    "seed".into(),
                    seed.saturating_add(u64::from(epoch - 1)).into(),
                );
            }
            Request {
                line: json!({"custom_id": id, "method": "POST", "url": "/v1/chat/completions", "body": body}),
                asked: Asked {
                    custom_id: id,
                    asked: Record {
                        epoch,
                        ..asked.clone()
                    },
                },
            }
        };
        epochs.map(request).collect()
    }
}

impl Target<'_> {
    /// An id that names question, locale, condition and epoch for a reader, and all else by a number.
    pub fn custom_id(&self, condition: &str, more: &[&str]) -> String {
        let epoch = self.epoch.to_string();
        let named = [self.run, self.question, self.locale, condition, &epoch];
        // FNV-1a, a fixed function: ids are in files.
        let bytes = named
            .iter()
            .chain(more)
            .flat_map(|part| part.bytes().chain([0xff]));
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let rest = format!("{}_{condition}_{hash:016x}_e{epoch}", self.locale);
        let room = LONGEST.saturating_sub(rest.len() + 1);
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let question: String = self.question.chars().map(plain).take(room).collect();
        let question = question.trim_matches('-');
        match question.is_empty() {
            true => rest,
            false => format!("{question}_{rest}"),
        }
    }
}

/// What is wanted of a run that is asked again: everything but what only a reply can say.
pub(super) fn wanted(record: &Record, model: &str, condition: &str, run: &str) -> Record {
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
        metadata: kept(&record.metadata),
        ..record.clone()
    }
}

/// Of what the log has besides, what belongs to the question and not to the reply.
fn kept(metadata: &Map<String, Value>) -> Map<String, Value> {
    let of_question = [
        "choices", "content", "context", "title", "url", "topic", "region",
    ];
    let all = metadata.iter();
    let kept = all.filter(|(name, _)| of_question.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::remedy::Condition;

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
                    let target = Target {
                        run,
                        question,
                        locale,
                        epoch,
                    };
                    let id = target.custom_id(condition.word(), &[]);
                    let is_plain = id
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
                    assert!(id.len() <= LONGEST && is_plain, "{id}");
                    assert!(id.contains(condition.word()) && id.contains(locale), "{id}");
                    assert!(id.ends_with(&format!("_e{epoch}")), "{id}");
                    assert_ne!(id, target.custom_id(condition.word(), &["another body"]));
                    assert!(seen.insert(id));
                }
            }
        }
    }
}
