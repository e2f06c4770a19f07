//! The data card: how the samples came to be, in Markdown, beside them.

use super::check::Rejection;
use super::training::{Reasoning, Sieve, Tallies};

/// What a card tells.
pub struct Card<'a> {
    /// How the outputs were looked at.
    pub sieve: &'a Sieve,
    /// What became of them.
    pub tallies: &'a Tallies,
    /// The files of outputs, as they were named.
    pub outputs: &'a [String],
    /// The runs whose questions were kept out, as they were named.
    pub excluded: &'a [String],
}

impl Card<'_> {
    /// How every card begins.
    pub const TITLE: &'static str =
        "# Training samples: reasoning about how names are spelled in another script";

    /// The card.
    pub fn markdown(&self) -> String {
        let Card {
            sieve,
            tallies,
            outputs,
            excluded,
        } = self;
        let total = tallies.total();
        let mut text = String::new();
        let mut line = |line: &str| text.extend([line, "\n"]);
        line(&format!("{}\n", Card::TITLE));
        line(&format!(
            "{} samples to train on (`train.jsonl`, {} questions) and {} to test with (`test.jsonl`, {} questions). {} outputs were \
             rejected; `rejected.jsonl` has each with its reasons.\n",
            total.train,
            tallies.questions[0].len(),
            total.test,
            tallies.questions[1].len(),
            total.rejected
        ));
        for note in &tallies.notes {
            line(&format!("**{}**\n", escaped(note)));
        }
        line("## How they came to be\n");
        line(
            "A teacher model was given a question, the names in it with their forms in the source language, and the accepted \
             answers, and asked for the reasoning of somebody who has none of these: to meet the name in the script of the \
             question, to weigh several spellings of it in the source script, to recall what each would be, to settle on one, \
             and to answer in the language of the question. The student prompt is the question alone. The reasoning is \
             synthetic: it was written towards a known answer, and says nothing of what any model knows.\n",
        );
        for (teacher, times) in &tallies.teachers {
            line(&format!(
                "- teacher: {} ({times} outputs)",
                escaped(teacher)
            ));
        }
        for path in *outputs {
            line(&format!("- outputs: `{}`", escaped(path)));
        }
        for path in *excluded {
            line(&format!(
                "- questions kept out: those of `{}`",
                escaped(path)
            ));
        }
        line(&format!(
            "- split: by question, {} of the questions to test with, so that no two languages of one question stand on both sides",
            percent(sieve.test)
        ));
        line(&match sieve.reasoning {
            Reasoning::Think => {
                "- reasoning: in the reply, between `<think>` and `</think>`".to_owned()
            }
            Reasoning::Field => {
                "- reasoning: in the field `reasoning_content` of the reply".to_owned()
            }
        });
        line("\n## What was asked of a sample\n");
        let checks = &sieve.checks;
        line(&format!(
            "- the answer is right by the grader {}",
            checks.grader.label()
        ));
        line(
            "- every name of the question stands in the reasoning in an accepted form of the source language, or one that differs by known orthographic freedom only (name audit of scriptlens: exact or variant)",
        );
        line(
            "- of every name at least two different spellings stand in the reasoning in the source script",
        );
        line(
            "- most letters of the reasoning, and of two steps in three, are in the script that was asked for; nor is it clearly in English, or in the language of question or source, where another of that script was asked for (whatlang); other languages of a script are not told apart",
        );
        line(
            "- nothing in it speaks of what was given (a list of phrases in 13 languages), and the answer does not stand before the first spelling",
        );
        line(&format!(
            "- the reasoning has {} to {} characters",
            checks.length.start(),
            checks.length.end()
        ));
        line(&format!(
            "- it shares at most {} of its stretches of five letters with a sample before it (MinHash estimate)",
            percent(checks.likeness)
        ));
        line("\n## What was accepted\n");
        line("| source→target script | to train on | to test with | rejected |");
        line("|---|---|---|---|");
        for (pair, tally) in &tallies.pairs {
            line(&format!(
                "| {pair} | {} | {} | {} |",
                tally.train, tally.test, tally.rejected
            ));
        }
        line("\n## Why the others were not\n");
        line("One output may have several reasons.\n");
        let reasons: Vec<Rejection> = total.reasons.keys().copied().collect();
        let words: Vec<&str> = reasons.iter().map(|reason| reason.word()).collect();
        line(&format!(
            "| source→target script |{}",
            words
                .iter()
                .map(|word| format!(" {word} |"))
                .collect::<String>()
        ));
        line(&format!("|---|{}", "---|".repeat(words.len())));
        for (pair, tally) in &tallies.pairs {
            let times =
                |reason: &Rejection| format!(" {} |", tally.reasons.get(reason).unwrap_or(&0));
            line(&format!(
                "| {pair} |{}",
                reasons.iter().map(times).collect::<String>()
            ));
        }
        line("\n## How to read them\n");
        line(match sieve.reasoning {
            Reasoning::Think => {
                "Each line has `messages` of `role` and `content`. TRL: `SFTTrainer` takes the file as it is. Axolotl: `type: \
                 chat_template`, with `split_thinking: true` for templates that have a place for reasoning. LLaMA-Factory: \
                 `dataset: scriptlens_train` with this folder as `dataset_dir`, described in `dataset_info.json`."
            }
            Reasoning::Field => {
                "Each line has `messages` of `role` and `content`, the reply also `reasoning_content`. TRL and Axolotl (`type: \
                 chat_template`) give it to the chat template, which must have a place for it. LLaMA-Factory reads no such \
                 field: write the samples with the reasoning in `<think>` for it."
            }
        });
        text
    }
}

fn percent(share: f64) -> String {
    format!("{}\u{a0}%", (share * 1000.0).round() / 10.0)
}

/// Text from files, which is no mark-up.
fn escaped(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars()
        .map(plain)
        .collect::<String>()
        .replace('|', "\\|")
        .replace('<', "&lt;")
        .replace('`', "'")
}
