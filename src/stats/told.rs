//! An analysis as it is told: of which responses, by what rules, its tables, and what to beware of.

use std::fmt::Write as _;

use serde::Serialize;

use super::table::{Reader, Table, WIDE, wrapped};
use crate::corpus::fields::OUTCOMES;

/// An analysis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// What it is.
    pub title: String,
    /// Of which responses.
    pub scope: Scope,
    /// What was computed, one statement a line.
    pub method: Vec<String>,
    /// Why there are no numbers, or not those that were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// The numbers.
    #[serde(serialize_with = "for_programs")]
    pub tables: Vec<Table>,
    /// What to beware of.
    pub caveats: Vec<String>,
}

fn for_programs<S: serde::Serializer>(tables: &[Table], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(tables.iter().filter(|table| table.reader != Reader::People))
}

/// Responses of an analysis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scope {
    /// The filter; empty where there is none.
    pub filter: String,
    /// Responses that it lets through.
    pub responses: usize,
    /// Of so many.
    pub of: usize,
    /// Questions among them.
    pub questions: usize,
    /// Runs among them.
    pub runs: usize,
    /// Outcomes of the responses, in the order of [`crate::record::Outcome::ALL`].
    pub outcomes: [usize; OUTCOMES.len()],
    /// Responses that are right or wrong, but whose source or target is not known.
    pub without_locale: usize,
    /// The grader that says what is right; none where it is the log.
    pub grader: Option<String>,
    /// What the files say of themselves, each note once.
    pub notes: Vec<String>,
    /// What looks wrong with the scores.
    pub warnings: Vec<String>,
}

/// What an analysis cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Responses.
    Responses,
    /// Responses that are right or wrong.
    Outcomes,
    /// Responses that are right or wrong, of which source and target are known.
    Sources,
}

impl Scope {
    /// Why nothing can be computed, and what to do; nothing where something can.
    pub fn lacks(&self, needs: Needs) -> Option<String> {
        let judged = self.outcomes[0] + self.outcomes[1];
        let lack = match needs {
            _ if self.of == 0 => "There are no responses.",
            _ if self.responses == 0 => "The filter lets no response through.",
            Needs::Outcomes | Needs::Sources if judged == 0 => {
                "No response is right or wrong as logged, so there is nothing to count: --grade judges the answers anew."
            }
            Needs::Sources if judged == self.without_locale => {
                "Of no response both the source and the target language are known: --join or scriptlens.toml can say them."
            }
            _ => return None,
        };
        Some(lack.to_owned())
    }

    /// One statement a line.
    pub fn sentences(&self) -> Vec<String> {
        let filter = match self.filter.as_str() {
            "" => "no filter".to_owned(),
            filter => format!("filter: {filter}"),
        };
        let [right, wrong, rest @ ..] = self.outcomes;
        let left_out = OUTCOMES[2..]
            .iter()
            .zip(rest)
            .filter(|(_, count)| *count > 0);
        let left_out: Vec<String> = left_out
            .map(|(word, count)| format!("{count} {word}"))
            .collect();
        let mut lines = vec![
            format!(
                "{} of {} · {} · {} · {filter}",
                self.responses,
                several(self.of, "response"),
                several(self.questions, "question"),
                several(self.runs, "run")
            ),
            match left_out.as_slice() {
                [] => format!("{right} right, {wrong} wrong"),
                some => format!(
                    "{right} right, {wrong} wrong; neither, and not counted: {}",
                    some.join(", ")
                ),
            },
        ];
        if self.without_locale > 0 {
            lines.push(format!(
                "{} of these have no known source or target, and count only where neither is asked for",
                self.without_locale
            ));
        }
        lines.extend(
            self.grader
                .iter()
                .map(|grader| format!("graded by {grader}, not as logged")),
        );
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        lines.extend(
            self.warnings
                .iter()
                .map(|warning| format!("warning: {warning}")),
        );
        lines
    }
}

/// The same with a capital letter.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn several(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

impl Told {
    /// The tables that are laid out for the eye.
    pub fn tables_for_people(&self) -> impl Iterator<Item = &Table> {
        self.tables
            .iter()
            .filter(|table| table.reader != Reader::Programs)
    }

    /// For a screen of 100 columns.
    pub fn text(&self) -> String {
        self.text_with(WIDE, &|_| String::new())
    }

    /// For a screen of so many columns, with something more below a table.
    pub fn text_with(&self, wide: usize, below: &dyn Fn(&Table) -> String) -> String {
        let wrapped = |text: &str, set_in| wrapped(text, wide, set_in);
        let mut out = format!("{}\n", wrapped(&self.title, 0));
        let lines = |out: &mut String, lines: &[String]| {
            for line in lines {
                let _ = writeln!(out, "{}", wrapped(line, 2));
            }
        };
        lines(&mut out, &self.scope.sentences());
        lines(&mut out, &self.method);
        if let Some(refusal) = &self.refusal {
            let _ = writeln!(out, "\n{}", wrapped(refusal, 0));
        }
        for table in self.tables_for_people() {
            let _ = write!(out, "\n{}{}", table.text(wide), below(table));
        }
        if !self.caveats.is_empty() {
            out.push_str("\nBeware\n");
            let caveats = self.caveats.iter().map(|caveat| format!("- {caveat}"));
            lines(&mut out, &caveats.collect::<Vec<_>>());
        }
        out
    }

    /// As a section of Markdown.
    pub fn markdown(&self) -> String {
        self.section(&self.scope.sentences())
    }

    /// The same among others that are of the same responses.
    pub fn markdown_without_scope(&self) -> String {
        self.section(&[])
    }

    fn section(&self, scope: &[String]) -> String {
        let mut out = format!("## {}\n\n", sentence(&self.title));
        let list = |out: &mut String, lines: &[String]| {
            for line in lines {
                let _ = writeln!(out, "- {line}");
            }
        };
        list(&mut out, scope);
        list(&mut out, &self.method);
        if let Some(refusal) = &self.refusal {
            let _ = writeln!(out, "\n**{refusal}**");
        }
        for table in self.tables_for_people() {
            let _ = write!(out, "\n{}", table.markdown());
        }
        if !self.caveats.is_empty() {
            out.push_str("\n### Beware\n\n");
            list(&mut out, &self.caveats);
        }
        out
    }

    /// As CSV: one table after the other, an empty line between them. Lines that begin with `#` say what has to be said.
    pub fn csv(&self) -> String {
        let comment = |out: &mut String, line: &str| {
            for line in line.lines() {
                let _ = writeln!(out, "# {line}");
            }
        };
        let mut out = String::new();
        comment(&mut out, &self.title);
        let said = self.scope.sentences();
        let said = said.iter().chain(&self.method).chain(&self.refusal);
        for line in said.chain(&self.caveats) {
            comment(&mut out, line);
        }
        let tables = self
            .tables
            .iter()
            .filter(|table| table.reader != Reader::People);
        for (at, table) in tables.enumerate() {
            out += if at > 0 { "\n" } else { "" };
            comment(&mut out, &format!("{}: {}", table.name, table.title));
            for line in table.reasons().iter().chain(&table.notes) {
                comment(&mut out, line);
            }
            out += &table.csv();
        }
        out
    }
}
