//! `scriptlens annotations`: the judgements of people.

mod agree;
mod export;
mod import;
mod merge;
mod stats;

use std::collections::HashSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::{Failure, Inputs, Only, audited, journals};
use crate::annotation::{Judged, Target, folder};
use crate::corpus::{Corpus, Layer, view};

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens annotations stats logs/
  scriptlens annotations agree logs/ --annotators ann,bob
  scriptlens annotations export logs/ -o tags.csv
  scriptlens annotations import from-colleague.jsonl --annotations logs/annotations
  scriptlens annotations merge mine/ theirs/ -o logs/annotations

Judgements are journals, one for each annotator, in the folder annotations beside the data unless --annotations says
otherwise.";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write what holds, for other tools: tags, notes, flags, what is done, gold tags
    #[command(after_help = export::EXAMPLES)]
    Export(export::Arguments),
    /// Put judgements from other tools into the journals; what is there already stays as it is
    #[command(after_help = import::EXAMPLES)]
    Import(import::Arguments),
    /// Tell how far annotators agree, and where not
    #[command(after_help = agree::EXAMPLES)]
    Agree(agree::Arguments),
    /// Unite folders of journals
    #[command(after_help = merge::EXAMPLES)]
    Merge(merge::Arguments),
    /// Count what was done, by annotator and by code
    #[command(after_help = stats::EXAMPLES)]
    Stats(stats::Arguments),
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.command {
        Command::Export(arguments) => export::run(arguments),
        Command::Import(arguments) => import::run(arguments),
        Command::Agree(arguments) => agree::run(arguments),
        Command::Merge(arguments) => merge::run(arguments),
        Command::Stats(arguments) => stats::run(arguments),
    }
}

/// Judgements, with the responses that they are about where runs were named.
struct Loaded {
    judged: Judged,
    corpus: Option<Arc<Corpus>>,
    /// The rows that a filter lets through, where there is one.
    rows: Option<HashSet<u32>>,
    code: ExitCode,
}

impl Loaded {
    /// With the runs that are named.
    fn with_runs(inputs: &Inputs, only: &Only) -> Result<Loaded, Failure> {
        let filter = only.filter()?;
        let (mut corpus, mut code) = inputs.load()?;
        if filter.needs(Layer::Audit) {
            corpus = audited(&corpus);
        }
        let (corpus, judged) = inputs.tagged(&corpus, &mut code)?;
        let rows = (!only.is_everything()).then(|| view::rows(&corpus, &filter));
        Ok(Loaded {
            judged,
            rows: rows.map(HashSet::from_iter),
            corpus: Some(corpus),
            code,
        })
    }

    /// The same; where no run is named, from journals alone.
    fn new(inputs: &Inputs, only: &Only) -> Result<Loaded, Failure> {
        if !inputs.paths.is_empty() {
            return Loaded::with_runs(inputs, only);
        }
        if !only.is_everything() {
            return Err(Failure::Usage(
                "--where needs the runs: name them before it".to_owned(),
            ));
        }
        let dir = inputs.annotations.clone().unwrap_or_else(|| folder(&[]));
        must_be(&dir)?;
        let mut code = ExitCode::SUCCESS;
        let journals = journals(&dir, &mut code);
        Ok(Loaded {
            judged: Judged {
                state: journals.state,
                ..Judged::default()
            },
            corpus: None,
            rows: None,
            code,
        })
    }

    /// Whether a response is among those that are asked for.
    fn is_meant(&self, target: &Target) -> bool {
        let row = || self.judged.attached.find(target);
        let rows = self.rows.as_ref();
        rows.is_none_or(|rows| row().is_some_and(|(row, _)| rows.contains(&row)))
    }
}

/// Journals can only be read from a folder that is there.
fn must_be(dir: &Path) -> Result<(), Failure> {
    match dir.is_dir() {
        true => Ok(()),
        false => Err(Failure::Usage(format!(
            "there is no folder {}: name the runs, or the folder of the journals with --annotations",
            dir.display()
        ))),
    }
}
