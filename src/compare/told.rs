//! Responses side by side as text, Markdown or JSON.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Compared, Response, Row};

/// A comparison as it is written in JSON.
#[derive(Debug, Serialize)]
pub struct Told<'a> {
    /// The responses; the first is the reference.
    pub responses: Vec<ToldResponse<'a>>,
    /// The steps of their reasoning, side by side.
    pub rows: Vec<ToldRow<'a>>,
    /// The number of the row in which they first part.
    pub first_difference: Option<usize>,
}

/// A response of a comparison.
#[derive(Debug, Serialize)]
pub struct ToldResponse<'a> {
    /// Its run.
    pub run: &'a str,
    /// Its question.
    pub question_id: &'a str,
    /// In what it was asked.
    pub target: Option<String>,
    /// Its epoch.
    pub epoch: u32,
    /// Right or wrong.
    pub outcome: &'static str,
    /// The question as asked.
    pub question: &'a str,
    /// What was answered.
    pub answer: &'a str,
    /// How many names, numbers, titles and words it shares with the first.
    pub shared: usize,
    /// What became of each name: the name, and the verdict.
    pub verdicts: Vec<(&'a str, &'static str)>,
}

/// Steps side by side.
#[derive(Debug, Serialize)]
pub struct ToldRow<'a> {
    /// The step of each response, where it has one here.
    pub steps: Vec<Option<&'a str>>,
    /// In what they differ.
    pub differs: Option<&'static str>,
}

impl Compared {
    /// What is written in JSON.
    pub fn told<'a>(&self, responses: &[Response<'a>]) -> Told<'a> {
        let row = |row: &Row| ToldRow {
            steps: self.texts(row, responses),
            differs: row.differs.map(|differs| differs.word()),
        };
        Told {
            responses: responses
                .iter()
                .enumerate()
                .map(|(at, response)| ToldResponse::of(response, self.shared.get(at)))
                .collect(),
            rows: self.rows.iter().map(row).collect(),
            first_difference: self.first_difference(),
        }
    }

    fn texts<'a>(&self, row: &Row, responses: &[Response<'a>]) -> Vec<Option<&'a str>> {
        let step = |(at, step): (usize, &Option<usize>)| {
            let range = self.steps.get(at)?.get((*step)?)?;
            responses.get(at)?.record.trace.text().get(range.clone())
        };
        row.steps.iter().enumerate().map(step).collect()
    }

    /// One step after the other, as plain text.
    pub fn plain(&self, responses: &[Response]) -> String {
        let told = self.told(responses);
        let mut text = String::new();
        for (letter, response) in ('A'..).zip(&told.responses) {
            let _ = writeln!(text, "{letter}: {}", response.head());
        }
        let block = |title: String, parts: Vec<Option<&str>>, text: &mut String| {
            let _ = writeln!(text, "\n{title}");
            for (letter, part) in ('A'..).zip(parts) {
                let _ = match part {
                    Some(part) => writeln!(text, "{letter}: {part}"),
                    None => writeln!(text, "{letter}: —"),
                };
            }
        };
        let all = |of: fn(&ToldResponse) -> String| -> Vec<String> {
            told.responses.iter().map(of).collect()
        };
        let (questions, answers) = (
            all(|response| response.question.to_owned()),
            all(|response| response.answer.to_owned()),
        );
        block(
            "QUESTION".into(),
            questions.iter().map(|text| Some(text.as_str())).collect(),
            &mut text,
        );
        for (number, row) in (1..).zip(&told.rows) {
            let differs = row
                .differs
                .map_or(String::new(), |differs| format!(" ({differs})"));
            block(
                format!("STEP {number}{differs}"),
                row.steps.clone(),
                &mut text,
            );
        }
        block(
            "ANSWER".into(),
            answers.iter().map(|text| Some(text.as_str())).collect(),
            &mut text,
        );
        text
    }

    /// A table with a column for each response.
    pub fn markdown(&self, responses: &[Response]) -> String {
        let told = self.told(responses);
        let cell = |text: &str| text.replace('|', "\\|").replace(['\n', '\r'], " ");
        let line =
            |first: &str, cells: Vec<String>| format!("| {first} | {} |\n", cells.join(" | "));
        let all = |of: fn(&ToldResponse) -> String| -> Vec<String> {
            told.responses
                .iter()
                .map(|response| cell(&of(response)))
                .collect()
        };
        let mut text = line("", all(|response| response.head()));
        text += &format!("|---{}|\n", "|---".repeat(responses.len()));
        text += &line("question", all(|response| response.question.to_owned()));
        for (number, row) in (1..).zip(&told.rows) {
            let cells = row.steps.iter().map(|step| cell(step.unwrap_or("")));
            let differs = row
                .differs
                .map_or(String::new(), |differs| format!(": {differs}"));
            text += &line(&format!("{number}{differs}"), cells.collect());
        }
        text + &line("answer", all(|response| response.answer.to_owned()))
    }
}

impl<'a> ToldResponse<'a> {
    fn of(response: &Response<'a>, shared: Option<&usize>) -> ToldResponse<'a> {
        let record = response.record;
        let names = response.names;
        let verdict = |finding: &crate::entity::Finding| {
            let name = names.sought.get(finding.entity)?.name();
            Some((name, finding.verdict.word()))
        };
        ToldResponse {
            run: &record.run,
            question_id: &record.question_id,
            target: record.target.as_ref().map(ToString::to_string),
            epoch: record.epoch,
            outcome: record.outcome().word(),
            question: &record.question,
            answer: &record.answer,
            shared: shared.copied().unwrap_or(0),
            verdicts: names.findings.iter().filter_map(verdict).collect(),
        }
    }

    fn head(&self) -> String {
        let target = self.target.as_deref().unwrap_or("?");
        let mut head = format!(
            "{} · {} · {target} · epoch {} · {}",
            self.run, self.question_id, self.epoch, self.outcome
        );
        for (name, verdict) in &self.verdicts {
            let _ = write!(head, " · {name}: {verdict}");
        }
        head
    }
}
