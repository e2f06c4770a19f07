//! `scriptlens filter`: the responses that a filter lets through.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::{Failure, Inputs};
use crate::corpus::view;

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens filter logs/ --where 'barrier src:Hebr'
  scriptlens filter logs/ 'cross wrong -model:qwen*' > failures.jsonl
  scriptlens filter run.parquet '~sarajevo' | jq -r .answer

The last argument is the filter unless --where gives it. Words: see the README or press ? in the explorer.";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    /// The filter; without it the last argument is
    #[arg(long = "where", value_name = "EXPR", allow_hyphen_values = true)]
    filter: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let Arguments { inputs, filter } = arguments;
    let (paths, expr) = match (filter, inputs.paths.split_last()) {
        (Some(filter), _) => (inputs.paths.clone(), filter.as_str()),
        (None, Some((last, paths))) => (paths.to_vec(), last.as_str()),
        (None, None) => {
            return Err(Failure::Usage(
                "name paths and a filter: scriptlens filter logs/ 'cross wrong'".into(),
            ));
        }
    };
    let filter = super::parse(expr)?;
    let inputs = Inputs {
        paths,
        ..inputs.clone()
    };
    let (corpus, mut code) = inputs.load()?;
    let mut out = BufWriter::new(io::stdout().lock());
    for row in view::rows(&corpus, &filter) {
        match corpus.read(row) {
            Ok(record) => {
                let mut line = serde_json::Serializer::with_formatter(&mut out, Escaping);
                record.serialize(&mut line).map_err(io::Error::from)?;
                writeln!(out)?;
            }
            Err(reason) => {
                eprintln!("scriptlens: {}", super::printable(&reason));
                code = ExitCode::from(1);
            }
        }
    }
    out.flush()?;
    Ok(code)
}

/// Compact JSON in which also those characters are escaped that a terminal would obey.
struct Escaping;

impl serde_json::ser::Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        let mut rest = text;
        while let Some(at) = rest.find(super::obeyed) {
            let letter = rest[at..].chars().next().unwrap_or_default();
            write!(out, "{}\\u{:04x}", &rest[..at], u32::from(letter))?;
            rest = &rest[at + letter.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }
}
