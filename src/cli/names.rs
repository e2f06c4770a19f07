//! `scriptlens names`: spellings of names compared across scripts, without any run.

use std::io::{self, BufRead, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use unicode_width::UnicodeWidthStr;

use super::{Failure, printable};
use crate::entity::NameModel;
use crate::entity::name::{Comparison, Pair};
use crate::script::Romaniser;

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens names align Sarajevo サラエボ
  scriptlens names align Агнон 'עגנון'
  scriptlens names score < pairs.tsv > scored.tsv";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read two tab-separated columns, an expected name and a found one, and append probability, verdict and alignment
    Score,
    /// Print how two spellings go together, letter by letter
    Align {
        /// The name as it should be
        expected: String,
        /// The name as it was found
        found: String,
    },
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.command {
        Command::Score => score(),
        Command::Align { expected, found } => align(expected, found),
    }
}

fn score() -> Result<ExitCode, Failure> {
    let model = NameModel::shipped();
    let mut out = BufWriter::new(io::stdout().lock());
    let is_seen = io::stdout().is_terminal();
    let mut failed = false;
    for (number, line) in (1..).zip(io::stdin().lock().split(b'\n')) {
        let line = line.map_err(|error| {
            Failure::Work(format!(
                "line {number} of standard input could not be read: {error}"
            ))
        })?;
        let line = String::from_utf8_lossy(&line);
        let line = line.strip_suffix('\r').unwrap_or(&line);
        // What was given goes through as it is, but not to a terminal, which would obey it.
        let shown = |text: &str| match is_seen {
            true => text
                .split('\t')
                .map(printable)
                .collect::<Vec<_>>()
                .join("\t"),
            false => text.to_owned(),
        };
        let mut columns = line.split('\t');
        let (Some(expected), Some(found)) = (columns.next(), columns.next()) else {
            eprintln!(
                "scriptlens: line {number} of standard input has no two columns parted by a tab; it went through as it is"
            );
            failed = true;
            writeln!(out, "{}", shown(line))?;
            continue;
        };
        let compared = model.compare(expected, found);
        writeln!(
            out,
            "{}\t{:.3}\t{}\t{}",
            shown(line),
            compared.probability,
            compared.likeness().word(),
            printable(&compact(&compared, expected, found))
        )?;
    }
    out.flush()?;
    Ok(ExitCode::from(u8::from(failed)))
}

/// One stretch after the other, parted by blanks: `s:с`, and what diverges with its sign, `!a:о`.
fn compact(compared: &Comparison, expected: &str, found: &str) -> String {
    let part = |text: &str, range: std::ops::Range<usize>| {
        text.get(range).unwrap_or_default().replace(' ', "_")
    };
    let stretch = |pair: &Pair| {
        let sign = if pair.step.diverges() { "!" } else { "" };
        let (a, b) = (
            part(expected, pair.expected.clone()),
            part(found, pair.found.clone()),
        );
        format!("{sign}{a}:{b}")
    };
    let all: Vec<String> = compared.pairs.iter().map(stretch).collect();
    all.join(" ")
}

fn align(expected: &str, found: &str) -> Result<ExitCode, Failure> {
    let compared = NameModel::shipped().compare(expected, found);
    let mut romaniser = Romaniser::new();
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{}: the same name with probability {:.3}",
        compared.likeness().word(),
        compared.probability
    )?;
    let rows = compared.pairs.iter().map(|pair| {
        let [a, b] = [(expected, &pair.expected), (found, &pair.found)]
            .map(|(text, range)| text.get(range.clone()).unwrap_or_default());
        let sounds = |text: &str, romaniser: &mut Romaniser| match text.is_ascii() {
            true => String::new(),
            false => printable(&romaniser.romanise(text)),
        };
        [
            printable(a),
            sounds(a, &mut romaniser),
            printable(b),
            sounds(b, &mut romaniser),
            pair.step.word().to_owned(),
            format!("{:.1}", pair.cost),
        ]
    });
    let rows: Vec<[String; 6]> = rows.collect();
    let head = ["expected", "", "found", "", "step", "bits above the usual"];
    let wide = |column: usize| {
        let cells = rows.iter().map(|row| row[column].width());
        cells.chain([head[column].width()]).max().unwrap_or(0)
    };
    let wide: Vec<usize> = (0..head.len()).map(wide).collect();
    let head = head.map(str::to_owned);
    for row in std::iter::once(&head).chain(&rows) {
        let mut line = String::new();
        for (cell, wide) in row.iter().zip(&wide) {
            line += cell;
            line += &" ".repeat(wide - cell.width() + 2 * usize::from(*wide > 0));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}
