//! `scriptlens annotations agree`: how far annotators agree, and where not.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;

use super::Loaded;
use super::stats::Format;
use crate::annotation::agree::Study;
use crate::annotation::{CodeOf, ConfusionOf, RangesOf, Report, Taxonomy};
use crate::cli::{Codes, Failure, Inputs, Only, n, printable, table, write_line};

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
    let who = report.annotators.iter().map(|name| printable(name));
    writeln!(
        out,
        "{}: {}",
        n(report.annotators.len(), "annotator"),
        who.collect::<Vec<_>>().join(", ")
    )?;
    writeln!(
        out,
        "{} decided about, {} by two or more\n{} with different codes, {} of them settled",
        n(report.items, "response"),
        report.shared,
        n(report.disagreements, "response"),
        report.settled
    )?;
    writeln!(out, "to list what is not settled: {}\n", report.filter)?;
    if report.shared == 0 {
        return writeln!(
            out,
            "nothing was decided about by two, so there is nothing to compare"
        );
    }
    let sets = &report.sets;
    let set = |name: &str, value| vec![name.to_owned(), sets.items.to_string(), three(value)];
    let rows = vec![
        set("Krippendorff's alpha, MASI distance", sets.masi),
        set("Krippendorff's alpha, Jaccard distance", sets.jaccard),
        set("Krippendorff's alpha, equal sets only", sets.exact),
        vec![
            "Fleiss' kappa, each set a category".to_owned(),
            sets.fleiss_items.to_string(),
            three(sets.fleiss),
        ],
    ];
    table(out, &["sets of codes", "responses", "value"], &[0], rows)?;
    writeln!(out)?;
    codes(report, taxonomy, out)?;
    ranges(report, out)?;
    if let [table] = report.confusion.as_slice() {
        confusion(table, out)?;
    }
    writeln!(
        out,
        "— is not defined: nothing was shared, or everybody always said the same."
    )
}

fn codes(report: &Report, taxonomy: &Taxonomy, out: &mut impl Write) -> io::Result<()> {
    let is_pair = report.annotators.len() == 2;
    let line = |code: &CodeOf| {
        let given = code.given.values().sum::<usize>();
        let mut cells = vec![
            printable(code.code),
            code.items.to_string(),
            given.to_string(),
            code.observed
                .map_or("—".to_owned(), |share| format!("{:.1} %", share * 100.0)),
            three(code.alpha),
            three(code.fleiss),
        ];
        if is_pair {
            cells.push(three(code.cohen.first().and_then(|pair| pair.kappa)));
        }
        let name = taxonomy.code(code.code).map_or("", |code| &code.name);
        cells.push(name.to_owned());
        cells
    };
    let mut head = vec!["code", "responses", "given", "equal", "alpha", "Fleiss"];
    head.extend(is_pair.then_some("Cohen"));
    head.push("name");
    let last = head.len() - 1;
    table(
        out,
        &head,
        &[0, last],
        report.codes.iter().map(line).collect(),
    )?;
    writeln!(out)?;
    if is_pair || report.codes.is_empty() {
        return Ok(());
    }
    let pairs = report.codes.iter().flat_map(|code| {
        code.cohen.iter().map(|pair| {
            let [a, b] = pair.annotators.map(printable);
            let name = printable(code.code);
            let items = pair.items.to_string();
            vec![name, a, b, items, three(pair.kappa)]
        })
    });
    let head = ["code", "annotator", "and", "responses", "Cohen"];
    table(out, &head, &[0, 1, 2], pairs.collect())?;
    writeln!(out)
}

fn ranges(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let Some(tolerance) = report.tolerance else {
        return writeln!(
            out,
            "ranges are compared in grapheme clusters of the texts: name the runs for that\n"
        );
    };
    if report.ranges.is_empty() {
        return Ok(());
    }
    let line = |ranges: &RangesOf| {
        let [a, b] = ranges.annotators.map(printable);
        let counts = ranges.agreement;
        let counts = [counts.both, counts.only_a, counts.only_b];
        let mut cells = vec![printable(ranges.code), a, b];
        cells.extend(counts.iter().map(ToString::to_string));
        cells.push(three(Some(ranges.f1)));
        cells
    };
    let head = [
        "ranges",
        "annotator",
        "and",
        "both",
        "only 1st",
        "only 2nd",
        "F1",
    ];
    let rows = report.ranges.iter().map(line).collect();
    table(out, &head, &[0, 1, 2], rows)?;
    writeln!(
        out,
        "two ranges agree where neither edge is further apart than {}\n",
        n(tolerance, "cluster")
    )
}

/// Only codes that were given by one of the two, under numbers, so that many fit beside each other.
fn confusion(confusion: &ConfusionOf, out: &mut impl Write) -> io::Result<()> {
    let table = &confusion.table;
    let nothing = table.codes.len();
    let count = |down: usize, across: usize| table.counts[down][across];
    let is_used = |code: &usize| (0..=nothing).any(|o| count(*code, o) + count(o, *code) > 0);
    let used: Vec<usize> = (0..=nothing).filter(is_used).collect();
    let [down, across] = confusion.annotators.map(printable);
    let numbers: Vec<String> = (1..=used.len()).map(|number| number.to_string()).collect();
    let title = format!("{down} down, {across} across");
    let mut head = vec!["", title.as_str()];
    head.extend(numbers.iter().map(String::as_str));
    let line = |(number, code): (&String, &usize)| {
        let name = table.codes.get(*code).copied().unwrap_or("(nothing)");
        let counts = used.iter().map(|other| match count(*code, *other) {
            0 => "·".to_owned(),
            some => some.to_string(),
        });
        let mut cells = vec![number.clone(), printable(name)];
        cells.extend(counts);
        cells
    };
    let rows = numbers.iter().zip(&used).map(line).collect();
    self::table(out, &head, &[1], rows)?;
    writeln!(out)
}

/// To three places; a dash where it is not defined.
fn three(value: Option<f64>) -> String {
    value.map_or("—".to_owned(), |value| format!("{value:.3}"))
}
