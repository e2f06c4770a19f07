//! `scriptlens annotations import`: judgements from other tools.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::annotation::{exchange, folder, import};
use crate::cli::{Failure, printable};

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens annotations import tags.csv --annotations logs/annotations
  scriptlens annotations import project-1.json --annotator ann
  scriptlens annotations import *.parquet *.jsonl --annotations logs/annotations

Reads what export writes, tables made by hand with at least annotator, run, question_id and code, and what Label Studio
exports as JSON. The content tells the format, unless --format does. Importing a file twice changes nothing.";

#[derive(Args)]
pub(super) struct Arguments {
    /// Files to read
    #[arg(value_name = "FILES", required = true)]
    files: Vec<PathBuf>,
    /// The folder of the journals; annotations here where it is left out
    #[arg(long, value_name = "DIR")]
    annotations: Option<PathBuf>,
    /// Whose rows those are that say nobody
    #[arg(long, value_name = "NAME")]
    annotator: Option<String>,
    /// How to read, where the content does not show it
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Rows, one to a line
    Jsonl,
    /// Rows under a line of names
    Csv,
    /// Rows as typed columns
    Parquet,
    /// What Label Studio exports as JSON
    LabelStudio,
}

impl From<Format> for import::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Jsonl => import::Format::Jsonl,
            Format::Csv => import::Format::Csv,
            Format::Parquet => import::Format::Parquet,
            Format::LabelStudio => import::Format::LabelStudio,
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let format = arguments.format.map(import::Format::from);
    let nobody = arguments.annotator.as_deref();
    let (mut events, mut wrong) = (Vec::new(), 0);
    let mut tell = |what: String| {
        wrong += 1;
        eprintln!("scriptlens: {}", printable(&what));
    };
    for path in &arguments.files {
        let file = path.display();
        match import::rows(path, format, nobody) {
            Ok((rows, wrong)) => {
                for what in wrong {
                    tell(format!("{file}: {what}"));
                }
                let (read, wrong) = exchange::events(&rows);
                for (row, what) in wrong {
                    tell(format!("{file}: row {row}: {what}"));
                }
                events.extend(read);
            }
            Err(what) => tell(format!("{file}: {what}")),
        }
    }
    let dir = arguments.annotations.clone();
    let dir = dir.unwrap_or_else(|| folder(&[]));
    let imported = import::import(&dir, &events);
    for what in imported.wrong {
        tell(what);
    }
    for problem in &imported.problems {
        eprintln!("scriptlens: {}", printable(&problem.to_string()));
    }
    println!(
        "{} new, {} known, {wrong} wrong, in {}",
        imported.new,
        imported.known,
        printable(&dir.display().to_string())
    );
    let failed = wrong > 0 || !imported.problems.is_empty();
    Ok(ExitCode::from(u8::from(failed)))
}
