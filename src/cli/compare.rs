//! `scriptlens compare`: responses to one question side by side.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{Failure, Inputs, Only, printable, write_line};
use crate::compare::{Compared, Response};
use crate::corpus::{Corpus, Filter, Key, Layer, view};
use crate::entity::{Caches, Names};
use crate::ingest;
use crate::record::Record;

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens compare baseline.jsonl hint.eval --question q17
  scriptlens compare logs/ --question q17 --where 'tgt:Hebr,Latn run:base*'
  scriptlens compare a.jsonl b.jsonl --question q17 --format markdown > q17.md

Of several paths one response each is taken, to the question in the same language where there is one; of one path the
first that the filter lets through and those worth setting beside it, four at most.";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    /// Id of the question
    #[arg(long, value_name = "ID")]
    question: String,
    #[command(flatten)]
    only: Only,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// One step after the other
    Text,
    /// A table with a column for each response
    Markdown,
    /// Everything
    Json,
}

/// More than this nobody can read side by side.
const MOST: usize = 4;

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let Arguments {
        inputs,
        question,
        only,
        format,
    } = arguments;
    let filter = only.filter()?;
    let (corpus, code) = inputs.load_for(&filter, &[Layer::Audit])?;
    let rows = chosen(&corpus, inputs, question, &filter)?;
    let mut caches = Caches::new();
    let mut read: Vec<(Record, Names)> = Vec::new();
    for row in rows {
        let record = corpus.read(row).map_err(Failure::Work)?;
        let names = corpus.names(&record, &mut caches);
        read.push((record, names));
    }
    let responses: Vec<Response> = read
        .iter()
        .map(|(record, names)| Response { record, names })
        .collect();
    let compared = Compared::of(&responses);
    let mut out = io::stdout().lock();
    match format {
        Format::Text => write_text(&mut out, &compared.plain(&responses))?,
        Format::Markdown => write_text(&mut out, &compared.markdown(&responses))?,
        Format::Json => write_line(&mut out, &compared.told(&responses))?,
    }
    Ok(code)
}

/// Line ends are meant; no other control reaches the terminal.
fn write_text(out: &mut impl Write, text: &str) -> Result<(), Failure> {
    for line in text.lines() {
        writeln!(out, "{}", printable(line))?;
    }
    Ok(())
}

/// The rows to compare.
fn chosen(
    corpus: &Corpus,
    inputs: &Inputs,
    question: &str,
    filter: &Filter,
) -> Result<Vec<u32>, Failure> {
    let is_it = |row: &u32| {
        let name = corpus.name(*row, Key::Question);
        name == question || name.split_once('#').is_some_and(|(_, id)| id == question)
    };
    let rows: Vec<u32> = view::rows(corpus, filter)
        .into_iter()
        .filter(is_it)
        .collect();
    let Some(first) = rows.first().copied() else {
        return Err(Failure::Usage(format!(
            "no response to question {question} passes the filter; scriptlens filter lists what there is"
        )));
    };
    let paths = inputs.paths()?;
    let mut chosen: Vec<u32> = match paths.as_slice() {
        [_] => {
            let partners = corpus.partners(first);
            let shown = partners.iter().map(|partner| partner.row);
            let shown = shown.filter(|row| rows.contains(row));
            std::iter::once(first).chain(shown).collect()
        }
        several => {
            let from = |path: &String| -> Vec<u32> {
                let (files, _) = ingest::walk(std::slice::from_ref(path));
                let is_its = |row: &&u32| {
                    let file = &corpus.files()[corpus.codes(Key::File)[**row as usize] as usize];
                    files.iter().any(|input| same_file(&input.path, &file.path))
                };
                rows.iter().filter(is_its).copied().collect()
            };
            let of_each: Vec<Vec<u32>> = several.iter().map(from).collect();
            let of_each: Vec<Vec<u32>> = of_each
                .into_iter()
                .filter(|rows| !rows.is_empty())
                .collect();
            let target =
                |row: u32| [Key::TargetLanguage, Key::Target].map(|key| corpus.name(row, key));
            // In the same language, where all have one.
            let shared = of_each.first().into_iter().flatten().copied().find(|row| {
                let mut others = of_each.iter();
                others.all(|rows| rows.iter().any(|other| target(*other) == target(*row)))
            });
            let pick = |rows: &Vec<u32>| {
                let same = |row: &&u32| shared.is_none_or(|shared| target(shared) == target(**row));
                rows.iter().find(same).copied()
            };
            of_each.iter().filter_map(pick).collect()
        }
    };
    // A file that was named twice was read once.
    let mut seen = Vec::new();
    chosen.retain(|row| {
        !seen.contains(row) && {
            seen.push(*row);
            true
        }
    });
    if chosen.len() > MOST {
        eprintln!(
            "scriptlens: {MOST} of {} responses are compared: --where says which",
            chosen.len()
        );
    }
    chosen.truncate(MOST);
    match chosen.len() {
        0 | 1 => Err(Failure::Usage(format!(
            "there is only one response to question {question} here: two are needed to compare"
        ))),
        _ => Ok(chosen),
    }
}

/// The same file, however it is named.
fn same_file(a: &Path, b: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    a == b || real(a) == real(b)
}
