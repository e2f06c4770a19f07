//! Reasoning that a log keeps inside the answer: where it begins, where it ends, and what is left of the answer.
//!
//! One table of delimiters drives everything. A delimiter counts only where it opens the text, or where it closes a
//! trace whose opening the chat template had already written; one that is merely mentioned, in prose or in code, is text.

use crate::record::Trace;

/// A text divided into its reasoning and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The reasoning, without its delimiters; several blocks are joined by a blank line.
    pub trace: Trace,
    /// Everything else. A text without delimiters is its own answer, unchanged.
    pub answer: String,
}

struct Delimiter {
    /// What opens a trace; longer forms first.
    opens: &'static [&'static str],
    /// What closes it.
    close: &'static str,
    /// Markers inside a trace that only divide it.
    inside: &'static [&'static str],
    /// Whether what follows the opener makes it one; for openers that are also words.
    guard: fn(&str) -> bool,
    /// The closer counts without an opener, since templates write the opener into the prompt.
    prefilled: bool,
    /// The text is a list of items that need no closer: the last closer ends it, and without one all of it is trace.
    items: bool,
}

const PLAIN: Delimiter = Delimiter {
    opens: &[],
    close: "",
    inside: &[],
    guard: |_| true,
    prefilled: true,
    items: false,
};

const DELIMITERS: &[Delimiter] = &[
    // DeepSeek R1, Qwen3, QwQ.
    Delimiter {
        opens: &["<think>"],
        close: "</think>",
        ..PLAIN
    },
    Delimiter {
        opens: &["<thinking>"],
        close: "</thinking>",
        ..PLAIN
    },
    Delimiter {
        opens: &["<thought>"],
        close: "</thought>",
        ..PLAIN
    },
    Delimiter {
        opens: &["<reasoning>"],
        close: "</reasoning>",
        ..PLAIN
    },
    // Seed-OSS.
    Delimiter {
        opens: &["<seed:think>"],
        close: "</seed:think>",
        ..PLAIN
    },
    // Kimi.
    Delimiter {
        opens: &["◁think▷"],
        close: "◁/think▷",
        ..PLAIN
    },
    // Magistral.
    Delimiter {
        opens: &["[THINK]"],
        close: "[/THINK]",
        ..PLAIN
    },
    // s1, with or without a newline after the words.
    Delimiter {
        opens: &["<|im_start|>think"],
        close: "<|im_start|>answer",
        ..PLAIN
    },
    // gpt-oss, raw harmony channels.
    Delimiter {
        opens: &[
            "<|start|>assistant<|channel|>analysis<|message|>",
            "<|channel|>analysis<|message|>",
        ],
        close: "<|channel|>final<|message|>",
        inside: &[
            "<|end|>",
            "<|start|>assistant",
            "<|channel|>analysis<|message|>",
            "<|channel|>commentary<|message|>",
        ],
        ..PLAIN
    },
    // gpt-oss decoded without its special tokens, which leaves their names.
    Delimiter {
        opens: &["analysis"],
        close: "assistantfinal",
        inside: &["assistantanalysis", "assistantcommentary"],
        guard: |rest| rest.starts_with(char::is_uppercase) || rest.contains("assistantfinal"),
        prefilled: false,
        ..PLAIN
    },
    // Data sets of worked steps, such as GeoFact-X.
    Delimiter {
        opens: &["<step>"],
        close: "</step>",
        inside: &["<step>", "</step>"],
        prefilled: false,
        items: true,
        ..PLAIN
    },
];

/// Chat templates echoed before the reply: how such a text begins, and what stands before the reply.
const ECHOES: &[(&str, &str)] = &[
    ("<|im_start|>", "<|im_start|>assistant"),
    (
        "<|begin_of_text|>",
        "<|start_header_id|>assistant<|end_header_id|>",
    ),
    (
        "<|start_header_id|>",
        "<|start_header_id|>assistant<|end_header_id|>",
    ),
];

/// Tokens that end a reply.
const TRAILERS: &[&str] = &[
    "<|im_end|>",
    "<|return|>",
    "<|end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "</s>",
];

/// Divides what a model wrote into reasoning and answer.
///
/// Reasoning that is opened and never closed takes the rest of the text and is [`Trace::Unterminated`]. An empty block
/// is no reasoning. A chat template that was echoed before the reply is dropped.
pub fn split(text: &str) -> Split {
    let reply = reply(text);
    let mut rest = reply;
    let mut blocks = Vec::new();
    let mut cut_off = false;
    let mut found = reply.len() < text.len();
    while let Some(part) = opened(rest).or_else(|| closed(rest)) {
        blocks.extend(part.blocks());
        (rest, cut_off, found) = (part.after, part.cut_off, true);
    }
    let trace = match blocks.join("\n\n") {
        text if cut_off => Trace::Unterminated(text),
        text if text.is_empty() => Trace::Absent,
        text => Trace::Plain(text),
    };
    Split {
        trace,
        answer: if found { ended(rest) } else { rest }.to_owned(),
    }
}

/// One stretch of reasoning and what follows it.
struct Part<'a> {
    delimiter: &'static Delimiter,
    block: &'a str,
    after: &'a str,
    cut_off: bool,
}

impl<'a> Part<'a> {
    fn blocks(&self) -> Vec<&'a str> {
        let mut blocks = vec![self.block];
        for marker in self.delimiter.inside {
            blocks = blocks
                .into_iter()
                .flat_map(|block| block.split(marker))
                .collect();
        }
        blocks
            .into_iter()
            .map(str::trim)
            .filter(|block| !block.is_empty())
            .collect()
    }
}

/// The reasoning that opens `text`.
fn opened(text: &str) -> Option<Part<'_>> {
    let text = text.trim_start();
    DELIMITERS.iter().find_map(|delimiter| {
        let body = delimiter
            .opens
            .iter()
            .find_map(|open| text.strip_prefix(open))?;
        (delimiter.guard)(body).then(|| delimiter.part(body))
    })
}

/// The reasoning at the start of `text` whose opener stands in the prompt: it has one closer and no opener.
fn closed(text: &str) -> Option<Part<'_>> {
    DELIMITERS
        .iter()
        .filter(|delimiter| delimiter.prefilled)
        .find_map(|delimiter| {
            let (block, after) = delimiter.close(text)?;
            let opens = delimiter
                .opens
                .iter()
                .any(|open| block.contains(open) && !delimiter.inside.contains(open));
            (!opens && !after.contains(delimiter.close)).then_some(Part {
                delimiter,
                block,
                after,
                cut_off: false,
            })
        })
}

impl Delimiter {
    fn part<'a>(&'static self, body: &'a str) -> Part<'a> {
        let (block, after, cut_off) = match self.close(body) {
            Some((block, after)) => (block, after, false),
            None => (body, "", !self.items),
        };
        Part {
            delimiter: self,
            block,
            after,
            cut_off,
        }
    }

    /// What stands before the closer and after it.
    fn close<'a>(&self, text: &'a str) -> Option<(&'a str, &'a str)> {
        let mut found = text
            .match_indices(self.close)
            .filter(|found| !quoted(text, *found));
        let (at, close) = if self.items {
            found.last()
        } else {
            found.next()
        }?;
        Some((&text[..at], &text[at + close.len()..]))
    }
}

/// A delimiter in backticks or quotation marks is mentioned, not used.
fn quoted(text: &str, (at, found): (usize, &str)) -> bool {
    ['`', '"', '\'']
        .iter()
        .any(|quote| text[..at].ends_with(*quote) && text[at + found.len()..].starts_with(*quote))
}

/// `text` without a chat template echoed before the reply.
fn reply(text: &str) -> &str {
    let start = text.trim_start();
    if opened(start).is_some() {
        return text;
    }
    let echo = ECHOES
        .iter()
        .filter(|(begins, _)| start.starts_with(begins));
    let found = echo
        .filter_map(|(_, marker)| Some(&text[text.rfind(marker)? + marker.len()..]))
        .next();
    found.unwrap_or(text)
}

/// `text` without white space and end-of-reply tokens around it.
fn ended(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(shorter) = TRAILERS.iter().find_map(|token| text.strip_suffix(token)) {
        text = shorter.trim_end();
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use proptest::prelude::*;

    use super::*;

    fn plain(trace: &str) -> Trace {
        Trace::Plain(trace.into())
    }

    fn unterminated(trace: &str) -> Trace {
        Trace::Unterminated(trace.into())
    }

    #[track_caller]
    fn check(text: &str, trace: Trace, answer: &str) {
        assert_eq!(
            split(text),
            Split {
                trace,
                answer: answer.into()
            },
            "{text}"
        );
    }

    #[test]
    fn every_delimiter_is_split() {
        for (text, trace, answer) in [
            ("<think>\nwhy\n</think>\n\nParis", "why", "Paris"),
            ("  <think>why</think>Paris", "why", "Paris"),
            ("why\n</think>\nParis", "why", "Paris"),
            ("<thinking>why</thinking>Paris", "why", "Paris"),
            ("<thought>why</thought>Paris", "why", "Paris"),
            ("<reasoning>why</reasoning>Paris", "why", "Paris"),
            ("<seed:think>why</seed:think>Paris", "why", "Paris"),
            ("◁think▷why◁/think▷Paris", "why", "Paris"),
            ("why◁/think▷Paris", "why", "Paris"),
            ("[THINK]why[/THINK]Paris", "why", "Paris"),
            (
                "<|im_start|>think\nwhy\n<|im_start|>answer\nParis",
                "why",
                "Paris",
            ),
            (
                "<|im_start|>thinkwhy<|im_start|>answerParis<|im_end|>",
                "why",
                "Paris",
            ),
            (
                "<|channel|>analysis<|message|>why<|end|><|start|>assistant<|channel|>final<|message|>Paris<|return|>",
                "why",
                "Paris",
            ),
            (
                "<|start|>assistant<|channel|>analysis<|message|>one<|end|><|start|>assistant<|channel|>analysis\
                 <|message|>two<|end|><|start|>assistant<|channel|>final<|message|>Paris",
                "one\n\ntwo",
                "Paris",
            ),
            (
                "analysisWe think of 日本.assistantfinal答えは東京",
                "We think of 日本.",
                "答えは東京",
            ),
            (
                "analysisわからないassistantcommentaryやはりassistantfinal東京",
                "わからない\n\nやはり",
                "東京",
            ),
            ("<step> one\n<step> two", "one\n\ntwo", ""),
            (
                "<step>one</step>\n<step>two</step>\nParis",
                "one\n\ntwo",
                "Paris",
            ),
        ] {
            check(text, plain(trace), answer);
        }
    }

    #[test]
    fn what_is_never_closed_is_all_trace() {
        check("<think>\nwhy, because", unterminated("why, because"), "");
        check("<|im_start|>think\nwhy", unterminated("why"), "");
        check("analysisThe user asks", unterminated("The user asks"), "");
        check("<|channel|>analysis<|message|>why", unterminated("why"), "");
        check("◁think▷why", unterminated("why"), "");
        check("<think>a</think><think>b", unterminated("a\n\nb"), "");
    }

    #[test]
    fn an_empty_block_is_no_reasoning() {
        check("<think>\n\n</think>\n\nParis", Trace::Absent, "Paris");
        check("</think>Paris", Trace::Absent, "Paris");
        check(
            "<|channel|>final<|message|>Paris<|return|>",
            Trace::Absent,
            "Paris",
        );
    }

    #[test]
    fn blocks_that_follow_each_other_are_joined() {
        check("<think>a</think>\n<think>b</think> c", plain("a\n\nb"), "c");
        check(
            "<think>a</think><reasoning>b</reasoning>c",
            plain("a\n\nb"),
            "c",
        );
    }

    #[test]
    fn a_delimiter_that_is_mentioned_is_text() {
        for text in [
            "Models write <think> before they answer.",
            "Use `<think>` and `</think>` around it.",
            "End it with `</think>` always.",
            "```html\n<think>x</think>\n```",
            "analysis of the data",
            "analysis: Paris",
            "Analysis\nThe",
            "the analysisWe did",
            " unchanged \n",
            "a </think> b </think> c",
            "",
        ] {
            check(text, Trace::Absent, text);
        }
        check(
            "<think>write `</think>` last</think>Paris",
            plain("write `</think>` last"),
            "Paris",
        );
    }

    #[test]
    fn an_echoed_template_is_dropped() {
        let echo = "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhere?<|im_end|>\n<|im_start|>assistant\n";
        check(
            &format!("{echo}<|im_start|>think\nwhy\n<|im_start|>answer\nParis<|im_end|>"),
            plain("why"),
            "Paris",
        );
        check(&format!("{echo}Paris<|im_end|>\n"), Trace::Absent, "Paris");
    }

    /// Every marker there is, longer ones first.
    fn markers() -> Vec<&'static str> {
        let delimiters = DELIMITERS
            .iter()
            .flat_map(|d| d.opens.iter().chain([&d.close]).chain(d.inside));
        let mut markers: Vec<_> = delimiters.chain(TRAILERS).copied().collect();
        markers.sort_by_key(|marker| std::cmp::Reverse(marker.len()));
        markers
    }

    /// Pieces that meet each other in every order.
    fn any_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            3 => prop::sample::select(markers()).prop_map(str::to_owned),
            1 => Just("\n".to_owned()),
            1 => Just("`".to_owned()),
            2 => "[a-zA-Z日 ]{0,5}",
            1 => any::<String>(),
        ];
        prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
    }

    /// The letters of `text` after every marker in it is gone: what no split may lose or reorder.
    fn letters(text: &str) -> String {
        let without = |text: String, marker: &str| text.replace(marker, "\u{0}");
        let text = markers().into_iter().fold(text.to_owned(), without);
        text.chars()
            .filter(|c| !c.is_whitespace() && *c != '\u{0}')
            .collect()
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_invented(text in any_text()) {
            prop_assume!(reply(&text) == text);
            let Split { trace, answer } = split(&text);
            prop_assert!(text.contains(&answer));
            let both = format!("{}\u{0}{answer}", trace.text());
            prop_assert_eq!(letters(&both), letters(&text));
        }

        #[test]
        fn an_answer_opens_with_no_delimiter(text in any_text()) {
            let answer = split(&text).answer;
            prop_assert!(opened(&answer).is_none());
        }

        #[test]
        fn a_text_without_delimiters_is_unchanged(text in "[^<◁\\[]*") {
            prop_assume!(!text.contains("assistantfinal") && !text.trim_start().starts_with("analysis"));
            prop_assert_eq!(split(&text), Split { trace: Trace::Absent, answer: text });
        }
    }
}
