//! A response as text to read: sections with titles, wrapped to a width once and drawn from any line.

use std::ops::Range;

use super::text;
use super::theme::sign;
use crate::corpus::fields::NONE;
use crate::corpus::{Corpus, Key};
use crate::record::{Basis, Grade, Outcome, Record, Trace};

/// What a section is, which decides its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Ordinary text.
    Plain,
    /// What the reader must know.
    Warning,
    /// A right answer.
    Right,
    /// A wrong answer.
    Wrong,
    /// Small print.
    Faint,
}

struct Section {
    title: String,
    role: Role,
    text: String,
}

/// One line of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Title of a section.
    Title(usize),
    /// Title of a section with its text behind it.
    Inline(usize),
    /// Bytes of the text of a section.
    Text(usize, Range<usize>),
    /// Nothing.
    Blank,
}

/// A response laid out for a width.
pub struct Document {
    sections: Vec<Section>,
    lines: Vec<Line>,
}

impl Document {
    /// Lays out a record, with the question in its source language where there is one.
    pub fn new(
        corpus: &Corpus,
        row: u32,
        record: &Record,
        source: Option<&Record>,
        width: u16,
    ) -> Document {
        let mut document = Document {
            sections: sections(corpus, row, record, source),
            lines: Vec::new(),
        };
        document.wrap(width);
        document
    }

    /// A document that only says why there is none.
    pub fn failed(reason: &str, width: u16) -> Document {
        let section = Section {
            title: "this response cannot be read".into(),
            role: Role::Warning,
            text: reason.into(),
        };
        let mut document = Document {
            sections: vec![section],
            lines: Vec::new(),
        };
        document.wrap(width);
        document
    }

    fn wrap(&mut self, width: u16) {
        for (at, section) in self.sections.iter().enumerate() {
            let beside =
                text::cells(&section.title) + 2 + text::cells(&section.text) <= usize::from(width);
            if beside && !section.text.contains('\n') {
                self.lines.push(Line::Inline(at));
                continue;
            }
            self.lines.extend((at > 0).then_some(Line::Blank));
            self.lines.push(Line::Title(at));
            self.lines.extend(
                text::wrap(&section.text, width)
                    .into_iter()
                    .map(|range| Line::Text(at, range)),
            );
        }
    }

    /// All lines.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Title, text and role of a line.
    pub fn line(&self, line: &Line) -> (&str, &str, Role) {
        let section = |at: &usize| &self.sections[*at];
        match line {
            Line::Title(at) => (&section(at).title, "", section(at).role),
            Line::Inline(at) => (&section(at).title, &section(at).text, section(at).role),
            Line::Text(at, range) => (
                "",
                section(at).text[range.clone()].trim_end(),
                section(at).role,
            ),
            Line::Blank => ("", "", Role::Plain),
        }
    }
}

fn sections(corpus: &Corpus, row: u32, record: &Record, source: Option<&Record>) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut add = |title: String, role: Role, text: &str| {
        if !text.trim().is_empty() {
            sections.push(Section {
                title,
                role,
                text: text.to_owned(),
            });
        }
    };
    let asked = record
        .target
        .as_ref()
        .map_or(NONE.into(), ToString::to_string);
    let basis = match record.target_basis {
        Basis::Record => "",
        Basis::Path => ", by the name of task or file",
        Basis::Position => ", by its row",
        Basis::Text => ", guessed from the text",
    };
    let paired = match record.question_basis {
        Basis::Position => ", paired by its row",
        _ => "",
    };
    add(
        "ERROR".into(),
        Role::Warning,
        record.error.as_deref().unwrap_or_default(),
    );
    add(
        format!("QUESTION ({asked}{basis}){paired}"),
        Role::Plain,
        &record.question,
    );
    let at_source = match (source, &record.source_question) {
        (Some(source), _) => Some((source.target.as_ref(), &source.question)),
        (None, Some(question)) => Some((record.source.as_ref(), question)),
        (None, None) => None,
    };
    if let Some((tongue, question)) = at_source {
        let tongue = tongue.map_or(NONE.into(), ToString::to_string);
        add(
            format!("QUESTION in its source language ({tongue})"),
            Role::Plain,
            question,
        );
    }
    add("EXPECTED".into(), Role::Plain, &record.gold.join("\n"));
    let role = match record.outcome() {
        Outcome::Right => Role::Right,
        Outcome::Wrong => Role::Wrong,
        Outcome::Unparsed => Role::Warning,
        Outcome::NotAttempted | Outcome::Unjudged => Role::Plain,
    };
    let told = |outcome: Outcome| format!("{} {}", sign(outcome), outcome.word());
    let verdict = match &record.grade {
        Some(_) => format!(
            "{}, logged {}",
            told(record.outcome()),
            told(record.outcome)
        ),
        None => told(record.outcome),
    };
    let answer = if record.answer.is_empty() {
        "(empty)"
    } else {
        &record.answer
    };
    add(format!("ANSWER {verdict}"), role, answer);
    add(
        "EXTRACTED from the answer".into(),
        Role::Plain,
        record.extracted.as_deref().unwrap_or_default(),
    );
    if let Some(grade) = &record.grade {
        add(
            format!("GRADED by {}", grade.grader),
            Role::Plain,
            &graded(grade),
        );
    }
    let (title, text) = trace(corpus, row, record);
    add(
        title,
        if record.trace.text().is_empty() {
            Role::Faint
        } else {
            Role::Plain
        },
        &text,
    );
    add("SCORES as logged".into(), Role::Plain, &scores(record));
    let whole = record
        .prompt
        .as_deref()
        .filter(|prompt| *prompt != record.question);
    add("PROMPT".into(), Role::Faint, whole.unwrap_or_default());
    let metadata = record
        .metadata
        .iter()
        .map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name}: {text}"),
            None => format!("{name}: {value}"),
        });
    add(
        "METADATA".into(),
        Role::Faint,
        &metadata.collect::<Vec<_>>().join("\n"),
    );
    add(
        "NOTE".into(),
        Role::Warning,
        record.note.as_deref().unwrap_or_default(),
    );
    add("ORIGIN".into(), Role::Faint, corpus.name(row, Key::File));
    sections
}

/// What a grader found and what it made of it.
fn graded(grade: &Grade) -> String {
    let score = grade.score.map(|score| format!("score {score:.3}"));
    let found = grade
        .found
        .as_ref()
        .map(|found| format!("compared: {found}"));
    let pattern = grade
        .pattern
        .as_ref()
        .map(|pattern| format!("found by: {pattern}"));
    let parts = [Some(grade.outcome.word().to_owned()), score, found, pattern];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn trace(corpus: &Corpus, row: u32, record: &Record) -> (String, String) {
    let length = record.trace.text().chars().count();
    let script = corpus.name(row, Key::TraceScript);
    let title = format!(
        "TRACE ({}, {length} characters, {script})",
        record.trace.kind().word()
    );
    match &record.trace {
        Trace::Absent => ("TRACE".into(), "(none was logged)".into()),
        Trace::Encrypted => (
            "TRACE (encrypted)".into(),
            "(encrypted or redacted by the provider: it cannot be read)".into(),
        ),
        Trace::Unterminated(text) => (title, format!("{text}\n— the trace breaks off here —")),
        Trace::Plain(text) | Trace::Summary(text) => (title, text.clone()),
    }
}

fn scores(record: &Record) -> String {
    let line = |score: &crate::record::Score| match &score.explanation {
        Some(why) => format!("{} = {}: {why}", score.name, score.value),
        None => format!("{} = {}", score.name, score.value),
    };
    record
        .scores
        .iter()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}
