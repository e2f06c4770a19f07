//! `scriptlens filter`: the responses that a filter lets through.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Args;

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
    let (corpus, mut code) = inputs.load_for(&filter, &[])?;
    let mut out = BufWriter::new(io::stdout().lock());
    for row in view::rows(&corpus, &filter) {
        match corpus.read(row) {
            Ok(record) => super::write_line(&mut out, &record)?,
            Err(reason) => {
                eprintln!("scriptlens: {}", super::printable(&reason));
                code = ExitCode::from(1);
            }
        }
    }
    out.flush()?;
    Ok(code)
}
