//! Replies that were written by hand, as a batch has them.

use scriptlens::ingest::Asked;
use serde::Deserialize;
use serde_json::{Value, json};

/// What every reply says of itself.
pub const NOTE: &str = "Written by hand for an example of scriptlens; no model's output.";

#[derive(Deserialize)]
struct Written {
    reply: Vec<Reply>,
}

#[derive(Deserialize)]
struct Reply {
    condition: String,
    question: String,
    target: String,
    #[serde(default)]
    trace: String,
    answer: String,
}

/// The output of a batch, in another order than that of the requests, as engines give it.
pub fn replies(manifest: &str) -> Result<Vec<Value>, String> {
    let written = include_str!("replies.toml");
    let written: Written = toml::from_str(written).map_err(|error| error.to_string())?;
    let asked = manifest.lines().map(|line| {
        serde_json::from_str::<Asked>(line)
            .map_err(|error| format!("no line of a manifest: {error}"))
    });
    let mut replies = Vec::new();
    for asked in asked {
        let Asked { custom_id, asked } = asked?;
        let target = asked
            .target
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let condition = asked.condition.unwrap_or_default();
        let is_its = |reply: &&Reply| {
            (&reply.condition, &reply.question, &reply.target)
                == (&condition, &asked.question_id, &target)
        };
        let found = written.reply.iter().find(is_its);
        let body = found.map(|reply| {
            json!({"object": "chat.completion", "model": asked.model, "choices": [{
                "index": 0,
                "message": {"role": "assistant", "reasoning_content": reply.trace, "content": reply.answer},
                "finish_reason": "stop",
            }]})
        });
        let (response, error) = match body {
            Some(body) => (
                json!({"status_code": 200, "request_id": custom_id, "body": body}),
                Value::Null,
            ),
            None => (
                Value::Null,
                json!({"code": "unwritten", "message": "nobody has written a reply to this"}),
            ),
        };
        replies.push(json!({"id": format!("written-{custom_id}"), "custom_id": custom_id, "response": response,
            "error": error, "note": NOTE}));
    }
    replies.reverse();
    Ok(replies)
}
