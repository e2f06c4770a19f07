//! `scriptlens init`: settings for a folder, from what is found in it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::{Failure, printable};
use crate::ingest::{self, MANIFEST};

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens init logs/             write logs/scriptlens.toml
  scriptlens init logs/ -o -        print it instead
  scriptlens logs/                  from then on, the folder opens as it says";

#[derive(Args)]
pub(super) struct Arguments {
    /// The folder, or files of one folder
    #[arg(value_name = "PATHS", required = true)]
    paths: Vec<String>,
    /// Where to write it; - is standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write over settings that are there
    #[arg(long)]
    force: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let Arguments {
        paths,
        output,
        force,
    } = arguments;
    let (inputs, missing) = ingest::walk(paths);
    for problem in &missing {
        eprintln!("scriptlens: {}", printable(&problem.to_string()));
    }
    let roots = inputs
        .iter()
        .filter_map(|input| input.root.canonicalize().ok());
    let folders = roots.map(|root| match root.is_dir() {
        true => root,
        false => root.parent().unwrap_or(Path::new("")).to_path_buf(),
    });
    // The folder that all of them are in.
    let shared = folders.reduce(|one, other| {
        let above = one.ancestors().find(|folder| other.starts_with(folder));
        above.unwrap_or(Path::new("")).to_path_buf()
    });
    let Some(folder) = shared else {
        return Err(Failure::Work(
            "there is nothing to make settings for".into(),
        ));
    };
    let path = output.clone().unwrap_or_else(|| folder.join(MANIFEST));
    if path.exists() && !force {
        return Err(Failure::Work(format!(
            "{} is there already: name another file with -o, or write over it with --force",
            path.display()
        )));
    }
    let (text, problems) = ingest::propose(&inputs, &folder);
    if path == Path::new("-") {
        std::io::stdout().lock().write_all(text.as_bytes())?;
    } else {
        std::fs::write(&path, text)
            .map_err(|e| Failure::Work(format!("{} could not be written: {e}", path.display())))?;
        eprintln!(
            "written to {}: read it, and change what is wrong",
            path.display()
        );
    }
    let lost = problems
        .iter()
        .filter(|problem| problem.gravity == ingest::Gravity::Lost)
        .count();
    if lost > 0 {
        let problems = if lost == 1 { "problem" } else { "problems" };
        eprintln!("{lost} {problems} while reading: scriptlens summary lists them");
    }
    Ok(ExitCode::SUCCESS)
}
