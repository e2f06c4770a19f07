//! What became of the rows: what is asked of them, of which nothing is, and why.

use std::collections::BTreeMap;
use std::path::Path;

use super::files::manifest;
use super::prompt::Skip;
use super::writing::Made;

/// What became of the rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// Questions, each in one language, that are asked.
    pub asked: usize,
    /// Requests for them.
    pub requests: usize,
    /// Those that are not, by the reason.
    pub skipped: BTreeMap<Skip, usize>,
    /// Responses that could not be read again, and why.
    pub unread: Vec<String>,
    /// Forms that were left out because they are the answer or hold it.
    pub withheld: usize,
    /// Prompts with a form that nobody gave.
    pub mined: usize,
    /// Prompts that are no more than the question.
    pub unchanged: usize,
    /// Questions that the run asked with more around them than the prompt has.
    pub framed: usize,
    /// The name of the run that comes of it.
    pub run: String,
    /// The runs the questions are taken from.
    pub of: BTreeMap<String, usize>,
    /// Templates that were used.
    pub templates: BTreeMap<String, usize>,
}

impl Report {
    pub(super) fn count(&mut self, made: &Made, epochs: usize) {
        let Made {
            prompt, of, framed, ..
        } = made;
        self.asked += 1;
        self.requests += epochs;
        self.withheld += prompt.withheld;
        self.mined += usize::from(prompt.forms.iter().any(|form| form.mined.is_some()));
        self.unchanged += usize::from(prompt.unchanged);
        self.framed += usize::from(*framed);
        *self.of.entry(of.clone()).or_default() += 1;
        *self.templates.entry(prompt.template.clone()).or_default() += 1;
    }

    pub(super) fn add(&mut self, part: Report) {
        self.asked += part.asked;
        self.requests += part.requests;
        self.unread.extend(part.unread);
        self.withheld += part.withheld;
        self.mined += part.mined;
        self.unchanged += part.unchanged;
        self.framed += part.framed;
        add(&mut self.skipped, part.skipped);
        add(&mut self.of, part.of);
        add(&mut self.templates, part.templates);
    }

    /// What there is to say of it, line by line. `file` is where the requests are, if they were written; `done` what is
    /// done to the questions.
    pub fn lines(&self, file: Option<&Path>, done: &str) -> Vec<String> {
        let requests = count(self.requests, "request", "requests");
        let mut lines = self.unread.clone();
        lines.push(match file {
            Some(file) if self.requests > 0 => format!(
                "{requests} written to {}, what they ask to {}",
                file.display(),
                manifest(file).display()
            ),
            Some(file) => format!(
                "there is nothing to ask, so {} was not written",
                file.display()
            ),
            None => format!("{requests} would be written"),
        });
        if self.asked > 0 {
            let asked = count(self.asked, "question", "questions");
            lines.push(format!("  {asked}, as asked in {}", times(&self.of)));
            lines.push(format!("  {done} as {}", self.run));
            lines.push(format!("  templates {}", times(&self.templates)));
        }
        if !self.skipped.is_empty() {
            let all = self.skipped.values().sum();
            lines.push(format!("skipped {}", count(all, "question", "questions")));
            let skipped = self.skipped.iter();
            lines.extend(skipped.map(|(skip, times)| format!("  {times} {}", skip.word())));
        }
        for (number, what, one, more) in [
            (
                self.withheld,
                "left out, as it is the answer or holds it",
                "form",
                "forms",
            ),
            (
                self.mined,
                "with a form that was found in parallel questions",
                "prompt",
                "prompts",
            ),
            (
                self.unchanged,
                "no more than the question, as the form or version is of its own language",
                "prompt",
                "prompts",
            ),
            (
                self.framed,
                "in a longer prompt in the log, of which only the question is asked: ask the baseline again too, and compare with that",
                "question",
                "questions",
            ),
        ] {
            if number > 0 {
                lines.push(format!("{} {what}", count(number, one, more)));
            }
        }
        if self.requests > MOST && file.is_some() {
            lines.push(format!(
                "OpenAI takes {MOST} requests in a file: split -l {MOST} parts them"
            ));
        }
        lines
    }
}

/// OpenAI takes so many requests in a file; vLLM takes any number.
const MOST: usize = 50_000;

fn count(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

fn times(counts: &BTreeMap<String, usize>) -> String {
    let each = counts
        .iter()
        .map(|(name, times)| format!("{name} ({times})"));
    each.collect::<Vec<_>>().join(", ")
}

fn add<K: Ord>(counts: &mut BTreeMap<K, usize>, more: BTreeMap<K, usize>) {
    for (key, times) in more {
        *counts.entry(key).or_default() += times;
    }
}
