//! `scriptlens annotations stats`: how the work goes.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::Loaded;
use crate::annotation::{AnnotatorWork, CodeWork, PAUSE, Time, Work};
use crate::cli::{Codes, Failure, Inputs, Only, printable, table, write_line};

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens annotations stats logs/
  scriptlens annotations stats logs/ --where 'tgt:Hebr barrier'
  scriptlens annotations stats --annotations logs/annotations --format json";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    only: Only,
    #[command(flatten)]
    codes: Codes,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How numbers are printed.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// Tables
    Text,
    /// Everything, as one JSON object
    Json,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let taxonomy = arguments.codes.taxonomy()?;
    let loaded = Loaded::new(&arguments.inputs, &arguments.only)?;
    let work = Work::of(&loaded.judged.state, |target| loaded.is_meant(target));
    let mut out = io::stdout().lock();
    match arguments.format {
        Format::Json => write_line(&mut out, &work)?,
        Format::Text => {
            let name = |code: &str| taxonomy.code(code).map_or("", |code| &code.name).to_owned();
            text(&work, name, &mut out)?;
        }
    }
    Ok(loaded.code)
}

fn text(work: &Work, name: impl Fn(&str) -> String, out: &mut impl Write) -> io::Result<()> {
    if work.annotators.is_empty() {
        return writeln!(out, "nobody has judged anything");
    }
    let of = |work: &AnnotatorWork| {
        let counts = [
            work.done,
            work.deferred,
            work.skipped,
            work.flagged,
            work.notes,
            work.gold,
            work.tags,
        ];
        let counts = counts.iter().map(ToString::to_string);
        let share = share(work.suggested, work.tags);
        std::iter::once(printable(work.annotator))
            .chain(counts)
            .chain([share])
            .collect()
    };
    let head = [
        "annotator",
        "done",
        "deferred",
        "skipped",
        "flagged",
        "notes",
        "gold",
        "tags",
        "suggested",
    ];
    let rows: Vec<Vec<String>> = work.annotators.iter().map(of).collect();
    table(out, &head, &[0], rows)?;
    writeln!(out)?;
    let pace = |work: &AnnotatorWork| {
        let median = work.median_seconds;
        vec![
            printable(work.annotator),
            work.decisions.to_string(),
            work.undone.to_string(),
            when(work.first),
            when(work.last),
            median.map_or("—".to_owned(), |seconds| format!("{seconds:.1}")),
            work.pauses.to_string(),
        ]
    };
    let head = [
        "annotator",
        "made",
        "undone",
        "first (UTC)",
        "last (UTC)",
        "seconds",
        "pauses",
    ];
    let rows: Vec<Vec<String>> = work.annotators.iter().map(pace).collect();
    table(out, &head, &[0], rows)?;
    writeln!(
        out,
        "made: decisions; seconds: median between two, without pauses of over {} minutes\n",
        PAUSE / 60
    )?;
    if work.codes.is_empty() {
        return Ok(());
    }
    let code = |code: &CodeWork| {
        let by = code.by.iter().map(|(who, count)| format!("{who} {count}"));
        vec![
            printable(code.code),
            code.tags.to_string(),
            code.responses.to_string(),
            share(code.suggested, code.tags),
            printable(&by.collect::<Vec<_>>().join(", ")),
            name(code.code),
        ]
    };
    let head = ["code", "tags", "responses", "suggested", "by", "name"];
    table(
        out,
        &head,
        &[0, 4, 5],
        work.codes.iter().map(code).collect(),
    )
}

fn share(part: usize, all: usize) -> String {
    match all {
        0 => "—".to_owned(),
        all => format!("{:.0} %", 100.0 * part as f64 / all as f64),
    }
}

/// To the minute.
fn when(time: Option<Time>) -> String {
    let time = time.map_or("—".to_owned(), |time| time.to_string());
    time.chars().take(16).collect::<String>().replace('T', " ")
}
