//! `scriptlens annotations merge`: folders of journals as one.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::must_be;
use crate::annotation::{OTHERS, Union};
use crate::cli::{Failure, n, printable};

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens annotations merge mine/ theirs/ -o logs/annotations
  scriptlens annotations merge logs/annotations -o logs/annotations   # after a merge of git by hand

Every event is kept once, whoever is merged first and however often; what is in the folder that is written stays. Lines
that are no event, or have the id of another, are kept in set-aside.txt.";

#[derive(Args)]
pub(super) struct Arguments {
    /// Folders of journals
    #[arg(value_name = "DIRS", required = true)]
    folders: Vec<PathBuf>,
    /// The folder to write
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let Arguments { folders, output } = arguments;
    let cannot = |doing: &str, dir: &PathBuf, error: std::io::Error| {
        Failure::Work(format!(
            "{} cannot be {doing}: {error}; nothing was written",
            dir.display()
        ))
    };
    let mut union = Union::default();
    for dir in folders {
        must_be(dir)?;
        let before = union.len();
        let mut own = Union::default();
        let files = own.add_folder(dir).map_err(|e| cannot("read", dir, e))?;
        let events = own.len();
        union.merge(own);
        println!(
            "{}: {}, {}, {} new",
            printable(&dir.display().to_string()),
            n(files, "journal"),
            n(events, "event"),
            union.len() - before
        );
    }
    union
        .add_folder(output)
        .map_err(|e| cannot("read", output, e))?;
    let problems = union
        .write(output)
        .map_err(|e| cannot("written", output, e))?;
    let others = union.others().count();
    println!(
        "{}: {} of {}",
        printable(&output.display().to_string()),
        n(union.len(), "event"),
        n(union.journals().len(), "annotator")
    );
    if others > 0 {
        eprintln!(
            "scriptlens: {} set aside in {}: no event, or with the id of another",
            n(others, "line"),
            printable(&output.join(OTHERS).display().to_string())
        );
    }
    for problem in &problems {
        eprintln!("scriptlens: {}", printable(&problem.to_string()));
    }
    let failed = others > 0 || !problems.is_empty();
    Ok(ExitCode::from(u8::from(failed)))
}
