//! `scriptlens annotations export`: what holds, for other tools.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use polars::prelude::ParquetWriter;

use super::Loaded;
use crate::annotation::exchange::{self, Row};
use crate::annotation::label_studio::{self, Role};
use crate::annotation::{Target, table};
use crate::cli::{Codes, Failure, Inputs, Only, n, printable, whole, write_line};

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens annotations export logs/ > tags.jsonl
  scriptlens annotations export logs/ --where 'tag:disagree' --annotator ann bob -o disputed.csv
  scriptlens annotations export logs/ -o tags.parquet
  scriptlens annotations export logs/ --format label-studio -o tasks.json
  scriptlens annotations export --format label-studio-config > config.xml

One row for each tag, note, flag, decision without a tag, and gold tag. Ranges are given in UTF-8 bytes, code points and
grapheme clusters, with a hash of the text they cover. Without --format the ending of the file says how.";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    only: Only,
    /// Only judgements of these
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    annotator: Vec<String>,
    /// How to write
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// For Label Studio: as suggestions for the people there, not as work that is done
    #[arg(long)]
    predictions: bool,
    #[command(flatten)]
    codes: Codes,
    /// File to write; standard output where it is left out
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Rows, one to a line
    Jsonl,
    /// Rows under a line of names
    Csv,
    /// Rows as typed columns
    Parquet,
    /// Tasks of Label Studio, with the texts
    LabelStudio,
    /// What Label Studio needs to show the codes of the taxonomy
    LabelStudioConfig,
}

impl Format {
    fn of(path: &Path) -> Option<Format> {
        match path.extension()?.to_str()? {
            "jsonl" | "ndjson" => Some(Format::Jsonl),
            "csv" => Some(Format::Csv),
            "parquet" => Some(Format::Parquet),
            "json" => Some(Format::LabelStudio),
            "xml" => Some(Format::LabelStudioConfig),
            _ => None,
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let output = arguments.output.as_deref();
    let format = match (arguments.format, output) {
        (Some(format), _) => format,
        (None, None) => Format::Jsonl,
        (None, Some(path)) => Format::of(path).ok_or_else(|| {
            Failure::Usage(format!(
                "{}: the ending does not say how to write it: --format does",
                path.display()
            ))
        })?,
    };
    if format == Format::LabelStudioConfig {
        let config = label_studio::config(&arguments.codes.taxonomy()?);
        write(output, |out| Ok(out.write_all(config.as_bytes())?))?;
        return Ok(ExitCode::SUCCESS);
    }
    if format == Format::Parquet && output.is_none() && io::stdout().is_terminal() {
        return Err(Failure::Usage(
            "Parquet is nothing to look at: name a file with -o".to_owned(),
        ));
    }
    let loaded = Loaded::with_runs(&arguments.inputs, &arguments.only)?;
    let texts = |target: &Target| {
        let corpus = loaded.corpus.as_ref()?;
        let texts = || loaded.judged.texts(corpus, target);
        loaded.is_meant(target).then(texts).flatten()
    };
    let mut rows = exchange::rows(&loaded.judged.state, texts);
    let names = &arguments.annotator;
    rows.retain(|row| {
        let is_named = names.is_empty() || names.contains(&row.annotator);
        is_named && loaded.is_meant(&row.target())
    });
    match format {
        Format::Jsonl | Format::LabelStudioConfig => write(output, |out| {
            rows.iter()
                .try_for_each(|row| write_line(&mut &mut *out, row))
        })?,
        Format::Csv => write(output, |out| csv(&rows, output.is_none(), out))?,
        Format::Parquet => {
            let mut table = table::frame(&rows)?;
            let mut bytes = Vec::new();
            ParquetWriter::new(&mut bytes).finish(&mut table)?;
            write(output, |out| Ok(out.write_all(&bytes)?))?;
        }
        Format::LabelStudio => {
            let role = match arguments.predictions {
                true => Role::Prediction,
                false => Role::Annotation,
            };
            let (tasks, lost) = label_studio::export(&rows, role, texts);
            for what in lost {
                eprintln!("scriptlens: {what}");
            }
            write(output, |out| write_line(&mut &mut *out, &tasks))?;
        }
    }
    if let Some(path) = output {
        eprintln!("{} written to {}", n(rows.len(), "row"), path.display());
    }
    Ok(loaded.code)
}

/// To a file that appears when it is whole, or to standard output.
fn write(
    path: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let buffered = |out: &mut dyn Write| {
        let mut out = BufWriter::new(out);
        write(&mut out)?;
        Ok(out.flush()?)
    };
    match path {
        Some(path) => whole(path, |file| buffered(file)),
        None => buffered(&mut io::stdout().lock()),
    }
}

/// What a terminal would obey does not reach it.
fn csv(rows: &[Row], to_stdout: bool, out: &mut dyn Write) -> Result<(), Failure> {
    let cannot = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => Failure::from(error),
        other => Failure::Work(format!("a row could not be written: {other:?}")),
    };
    if !(to_stdout && io::stdout().is_terminal()) {
        return exchange::write_csv(rows, out).map_err(cannot);
    }
    let mut text = Vec::new();
    exchange::write_csv(rows, &mut text).map_err(cannot)?;
    for line in String::from_utf8_lossy(&text).lines() {
        writeln!(out, "{}", printable(line))?;
    }
    Ok(())
}
