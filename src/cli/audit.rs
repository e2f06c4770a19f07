//! `scriptlens audit`: what became of the names of each question.

use std::io::{self, BufRead, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::{Failure, Inputs, Only, printable, write_line};
use crate::corpus::{Layer, view};
use crate::entity::Names;
use crate::entity::told::Told;
use crate::entity::{Caches, Catalog, Known};
use crate::record::Record;

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens audit logs/ > names.jsonl
  scriptlens audit logs/ --where 'cross wrong' | jq -c 'select(.verdict == \"garbled\")'
  scriptlens audit logs/ --entities labels.jsonl
  scriptlens audit - < records.jsonl > audited.jsonl

With - alone it is a filter: scriptlens records in, one to a line, the same records out with what was found under
metadata.names, one for one and in constant memory. Names of other questions are then known from --entities only.";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    only: Only,
}

/// One response and one entity.
#[derive(Serialize)]
struct Line<'a> {
    run: &'a str,
    question_id: &'a str,
    epoch: u32,
    source: Option<String>,
    target: Option<String>,
    outcome: &'static str,
    #[serde(flatten)]
    told: Told<'a>,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    if arguments.inputs.paths == ["-"] && arguments.only.is_everything() {
        let catalog = arguments.inputs.options()?.catalog;
        return pass_through(&catalog);
    }
    let filter = arguments.only.filter()?;
    let (corpus, mut code) = arguments.inputs.load_for(&filter, &[Layer::Audit])?;
    let mut caches = Caches::new();
    let mut out = BufWriter::new(io::stdout().lock());
    for row in view::rows(&corpus, &filter) {
        let record = match corpus.read(row) {
            Ok(record) => record,
            Err(reason) => {
                eprintln!("scriptlens: {}", printable(&reason));
                code = ExitCode::from(1);
                continue;
            }
        };
        let names = corpus.names(&record, &mut caches);
        for told in names.told(&record, |known| corpus.known_name(known)) {
            let line = Line {
                run: &record.run,
                question_id: &record.question_id,
                epoch: record.epoch,
                source: record.source.as_ref().map(ToString::to_string),
                target: record.target.as_ref().map(ToString::to_string),
                outcome: record.outcome().word(),
                told,
            };
            write_line(&mut out, &line)?;
        }
    }
    out.flush()?;
    Ok(code)
}

/// Records in, records out. A line that is no record is told and goes through as it is, so that lines still answer to
/// lines.
fn pass_through(catalog: &Catalog) -> Result<ExitCode, Failure> {
    let (known, mut caches) = (Known::new(), Caches::new());
    let mut out = BufWriter::new(io::stdout().lock());
    // What a terminal would obey does not reach it.
    let is_seen = io::stdout().is_terminal();
    let (mut number, mut failed) = (0, false);
    let mut line = Vec::new();
    let mut input = io::stdin().lock();
    let cannot = |e: io::Error| Failure::Work(format!("standard input could not be read: {e}"));
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).map_err(cannot)? == 0 {
            break;
        }
        number += 1;
        if line.trim_ascii().is_empty() {
            out.write_all(&line)?;
            continue;
        }
        let bytes = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        let mut record: Record = match serde_json::from_slice(bytes) {
            Ok(record) => record,
            Err(error) => {
                eprintln!(
                    "scriptlens: line {number} of standard input is no scriptlens record, and went through as it is: {}",
                    printable(&error.to_string())
                );
                failed = true;
                match is_seen {
                    true => writeln!(
                        out,
                        "{}",
                        printable(String::from_utf8_lossy(&line).trim_end())
                    )?,
                    false => out.write_all(&line)?,
                }
                continue;
            }
        };
        let question = record.question_id.clone();
        catalog.complete(&mut record, &question);
        let names = Names::of(&record, &known, &mut caches);
        let told: Vec<Told> = names.told(&record, |_| "").collect();
        let told = serde_json::to_value(told).unwrap_or(Value::Null);
        record.metadata.insert("names".into(), told);
        write_line(&mut out, &record)?;
    }
    out.flush()?;
    Ok(ExitCode::from(u8::from(failed)))
}
