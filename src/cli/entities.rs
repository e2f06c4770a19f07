//! `scriptlens entities`: a catalog of the names of each question, for a person to correct.

use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Failure, Inputs, whole, write_line};

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens entities logs/ -o catalog.jsonl
  scriptlens entities logs/ | grep '\"mined\"'
  scriptlens logs/ --entities catalog.jsonl

One JSON line for each question and name: question_id, id, and language to accepted forms. Forms under mined were found
in parallel questions; correct them, take mined away, and give the file back with --entities.";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    /// File to write; standard output where it is left out
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let (corpus, code) = arguments.inputs.load()?;
    let entries = corpus.entities(&|_| ControlFlow::Continue(()));
    let entries = entries.unwrap_or_default();
    let write = |out: &mut dyn Write| -> Result<(), Failure> {
        let mut out = BufWriter::new(out);
        for entry in &entries {
            write_line(&mut out, entry)?;
        }
        Ok(out.flush()?)
    };
    let Some(path) = &arguments.output else {
        write(&mut io::stdout().lock())?;
        return Ok(code);
    };
    whole(path, |file| write(file))?;
    let mined = entries.iter().filter(|entry| !entry.mined.is_empty());
    let noun = if entries.len() == 1 { "name" } else { "names" };
    eprintln!(
        "{} {noun} written to {}, {} found in parallel questions",
        entries.len(),
        path.display(),
        mined.count()
    );
    Ok(code)
}
