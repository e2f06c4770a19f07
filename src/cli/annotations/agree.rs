//! `scriptlens annotations agree`: how far annotators agree, and where not.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;

use super::Loaded;
use super::stats::Format;
use crate::annotation::agree::Study;
use crate::annotation::{Report, Taxonomy};
use crate::cli::{Codes, Failure, Inputs, Only, printable, write_line};
use crate::stats::table::WIDE;

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens annotations agree logs/
  scriptlens annotations agree logs/ --annotators ann,bob --tolerance 1
  scriptlens annotations agree --annotations logs/annotations --format json | jq .sets.masi
  scriptlens logs/ --filter 'tag:disagree'

An item is a response, and counts for those who decided about it. Coefficients that are not defined are a dash here and
null in JSON. Without runs everything is told but the agreement of ranges, which is counted in the clusters of texts.";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    only: Only,
    /// Whose; everybody's where it is left out
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    annotators: Vec<String>,
    /// By how many grapheme clusters the edges of two ranges may be apart
    #[arg(long, value_name = "N", default_value_t = 0)]
    tolerance: usize,
    #[command(flatten)]
    codes: Codes,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let taxonomy = arguments.codes.taxonomy()?;
    let loaded = Loaded::new(&arguments.inputs, &arguments.only)?;
    let state = &loaded.judged.state;
    let known: Vec<&str> = state.annotators().collect();
    let named: Vec<&str> = arguments.annotators.iter().map(String::as_str).collect();
    if let Some(stranger) = named.iter().find(|name| !known.contains(name)) {
        return Err(Failure::Usage(format!(
            "{stranger} has judged nothing; those who have: {}",
            known.join(", ")
        )));
    }
    let annotators = if named.is_empty() { &known } else { &named };
    let mut study = Study::of(state, annotators);
    study.retain(|target| loaded.is_meant(target));
    let report = match &loaded.corpus {
        Some(corpus) => {
            let clusters = loaded.judged.clusters(corpus);
            Report::of(&study, state, Some(arguments.tolerance), clusters)
        }
        None => Report::of(&study, state, None, |_, _| None),
    };
    let mut out = io::stdout().lock();
    match arguments.format {
        Format::Json => write_line(&mut out, &report)?,
        Format::Text => text(&report, &taxonomy, &mut out)?,
    }
    Ok(loaded.code)
}

fn text(report: &Report, taxonomy: &Taxonomy, out: &mut impl Write) -> io::Result<()> {
    for sentence in report.sentences() {
        writeln!(out, "{}", printable(&sentence))?;
    }
    for table in report.tables(taxonomy) {
        writeln!(out)?;
        for line in table.text(WIDE).lines() {
            writeln!(out, "{}", printable(line))?;
        }
    }
    Ok(())
}
