//! `scriptlens summary`: what was loaded, in numbers.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;

use super::{Failure, Inputs, Only, n, printable, table};
use crate::annotation::Folder;
use crate::corpus::{Filter, Layer};
use crate::stats::{
    Cell, Count, Interval, NamesCell, NamesSummary, Remedy, Summary, TagCount, TagsSummary,
    VerdictCount,
};

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens summary logs/
  scriptlens summary logs/ --where 'cross -model:qwen*'
  scriptlens summary logs/ --names
  scriptlens summary logs/ --where 'tag:vowel annotator:ann'
  scriptlens summary logs/ --json | jq '.scripts[] | select(.source != .target)'
  scriptlens summary logs/ --csv > accuracy.csv";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    only: Only,
    /// Look for the names of every question, and count what became of them
    #[arg(long)]
    names: bool,
    /// Count the tags, also where there are none
    #[arg(long)]
    tags: bool,
    /// Print everything as one JSON object
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print the table of source and target scripts as CSV
    #[arg(long)]
    csv: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Form {
    Text,
    Json,
    Csv,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let form = match (arguments.json, arguments.csv) {
        (true, _) => Form::Json,
        (_, true) => Form::Csv,
        _ => Form::Text,
    };
    let filter = arguments.only.filter()?;
    let layers = [
        arguments.names.then_some(Layer::Audit),
        arguments.tags.then_some(Layer::Tags),
    ];
    let layers: Vec<Layer> = layers.into_iter().flatten().collect();
    print(&arguments.inputs, &filter, &layers, form)
}

/// Counts what the filter lets through, with these layers of columns; tags are counted wherever there are any.
pub(super) fn print(
    inputs: &Inputs,
    filter: &Filter,
    layers: &[Layer],
    form: Form,
) -> Result<ExitCode, Failure> {
    let has_tags = Folder::is_at(&inputs.annotations()?).then_some(Layer::Tags);
    let layers: Vec<Layer> = layers.iter().copied().chain(has_tags).collect();
    let (corpus, code) = inputs.load_for(filter, &layers)?;
    let summary = Summary::of(&corpus, filter)?;
    let mut out = io::stdout().lock();
    match form {
        Form::Text => text(&summary, &mut out)?,
        Form::Json => {
            serde_json::to_writer_pretty(&mut out, &summary).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Form::Csv => csv(&summary, &mut out)?,
    }
    Ok(code)
}

fn text(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let Summary {
        responses,
        questions,
        runs,
        ..
    } = summary;
    writeln!(
        out,
        "{} · {} · {}",
        n(*responses, "response"),
        n(*questions, "question"),
        n(runs.len(), "run")
    )?;
    if let Some(grader) = &summary.grader {
        writeln!(out, "graded by {grader}, not as logged")?;
    }
    if !summary.filter.is_empty() {
        writeln!(out, "filter: {}", printable(&summary.filter))?;
    }
    for note in &summary.notes {
        writeln!(out, "note: {}", printable(note))?;
    }
    writeln!(
        out,
        "barrier failures: {} of {} asked in another script and known in the source language\n",
        summary.barrier_failures,
        n(summary.known_at_source, "variant"),
    )?;
    if *responses == 0 {
        return writeln!(out, "nothing to count");
    }
    let columns = columns(runs.iter().map(|run| &run.count));
    let counts = |count: &Count| {
        columns
            .iter()
            .map(|(_, cell)| cell(count))
            .collect::<Vec<_>>()
    };
    let heads = || columns.iter().map(|(head, _)| *head);
    let run = |run: &crate::stats::RunSummary| {
        let more = vec![run.questions.to_string(), run.epochs.to_string()];
        [vec![printable(&run.run)], counts(&run.count), more].concat()
    };
    let head: Vec<_> = ["run"].into_iter().chain(heads()).collect();
    let head = [&head[..], &["questions", "epochs"]].concat();
    table(out, &head, &[0], runs.iter().map(run).collect())?;
    writeln!(out)?;
    for Remedy { run, of } in &summary.remedies {
        let told = format!(
            "{run} was asked again what {of} was asked: scriptlens stats paired tells what that changed"
        );
        writeln!(out, "{}\n", printable(&told))?;
    }
    let cell = |cell: &Cell| {
        let names = vec![cell.source.clone(), cell.target.clone()];
        [names, counts(&cell.count)].concat()
    };
    let head: Vec<_> = ["source", "target"].into_iter().chain(heads()).collect();
    table(
        out,
        &head,
        &[0, 1],
        summary.scripts.iter().map(cell).collect(),
    )?;
    if let Some(names) = &summary.names {
        self::names(names, out)?;
    }
    if let Some(tags) = &summary.tags {
        self::tags(tags, out)?;
    }
    writeln!(
        out,
        "Intervals are Wilson's; responses to one question depend on each other, so the true ones are wider."
    )?;
    for warning in &summary.warnings {
        writeln!(out, "warning: {}", printable(warning))?;
    }
    for remark in &summary.remarks {
        writeln!(out, "remark: {}", printable(remark))?;
    }
    if summary.skipped > 0 {
        writeln!(
            out,
            "{} in the folders left out",
            n(summary.skipped, "file that is no run").replace("files that is", "files that are")
        )?;
    }
    if summary.problems > 0 {
        writeln!(
            out,
            "{} (listed above on standard error)",
            n(summary.problems, "problem")
        )?;
    }
    Ok(())
}

/// What became of the names, over all and by scripts.
fn names(names: &NamesSummary, out: &mut impl Write) -> io::Result<()> {
    let responses = n(names.responses, "response");
    writeln!(
        out,
        "\nnames were looked for in {responses}; one with several may have several verdicts"
    )?;
    let rate = |rate: &Option<Interval>| match rate {
        Some(i) => format!("{:.1} %", i.rate * 100.0),
        None => "—".into(),
    };
    let verdict = |line: &VerdictCount| {
        vec![
            line.verdict.to_owned(),
            line.count.responses.to_string(),
            line.count.judged.to_string(),
            rate(&line.count.accuracy),
        ]
    };
    let rows = names.verdicts.iter().map(verdict).collect();
    table(
        out,
        &["verdict", "responses", "judged", "accuracy"],
        &[0],
        rows,
    )?;
    writeln!(out)?;
    let interval = |i: Interval| format!("{:.1}–{:.1}", i.low * 100.0, i.high * 100.0);
    let cell = |cell: &NamesCell| {
        vec![
            cell.source.clone(),
            cell.target.clone(),
            cell.responses.to_string(),
            rate(&cell.lost),
            cell.lost.map_or("—".into(), interval),
            rate(&cell.where_lost.accuracy),
            rate(&cell.where_kept.accuracy),
        ]
    };
    let head = [
        "source",
        "target",
        "responses",
        "a name lost",
        "95 % interval",
        "accuracy where lost",
        "where kept",
    ];
    table(
        out,
        &head,
        &[0, 1],
        names.scripts.iter().map(cell).collect(),
    )
}

/// What people say.
fn tags(tags: &TagsSummary, out: &mut impl Write) -> io::Result<()> {
    let TagsSummary {
        decided,
        disputed,
        gold,
        stale,
        codes,
        ..
    } = tags;
    writeln!(
        out,
        "\n{} decided about, {disputed} disputed, {gold} with a gold tag, {stale} stale",
        n(*decided, "response")
    )?;
    if codes.is_empty() {
        return writeln!(out);
    }
    let line = |line: &TagCount| {
        let who = line.by.iter().map(|(who, count)| format!("{who} {count}"));
        vec![
            printable(&line.code),
            line.responses.to_string(),
            line.disputed.to_string(),
            line.gold.to_string(),
            line.stale.to_string(),
            printable(&who.collect::<Vec<_>>().join(", ")),
        ]
    };
    let head = ["tag", "responses", "disputed", "gold", "stale", "by"];
    let rows: Vec<Vec<String>> = codes.iter().map(line).collect();
    table(out, &head, &[0, 5], rows)?;
    writeln!(out)
}

/// A column of counts: its head, and its cell.
type Column = (&'static str, fn(&Count) -> String);

/// The columns of counts; those that are nowhere needed are left out.
fn columns<'a>(mut counts: impl Iterator<Item = &'a Count> + Clone) -> Vec<Column> {
    let mut columns: Vec<Column> = vec![
        ("responses", |count| count.responses.to_string()),
        ("judged", |count| count.judged.to_string()),
    ];
    if counts.clone().any(|count| count.unattempted > 0) {
        columns.push(("unattempted", |count| count.unattempted.to_string()));
    }
    if counts.any(|count| count.unparsed > 0) {
        columns.push(("unparsed", |count| count.unparsed.to_string()));
    }
    columns.push(("accuracy", |count| match &count.accuracy {
        Some(i) => format!("{:.1} %", i.rate * 100.0),
        None => "—".into(),
    }));
    columns.push(("95 % interval", |count| match &count.accuracy {
        Some(i) => format!("{:.1}–{:.1}", i.low * 100.0, i.high * 100.0),
        None => "—".into(),
    }));
    columns
}

fn csv(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record([
        "source",
        "target",
        "responses",
        "right",
        "judged",
        "unattempted",
        "unparsed",
        "accuracy",
        "low",
        "high",
    ])?;
    for Cell {
        source,
        target,
        count:
            Count {
                responses,
                right,
                judged,
                unattempted,
                unparsed,
                accuracy,
            },
    } in &summary.scripts
    {
        let ends = accuracy.map_or([String::new(), String::new(), String::new()], |i| {
            [i.rate, i.low, i.high].map(|end| format!("{end:.6}"))
        });
        let counts = [responses, right, judged, unattempted, unparsed].map(ToString::to_string);
        writer.write_record(
            [source.clone(), target.clone()]
                .iter()
                .chain(&counts)
                .chain(&ends),
        )?;
    }
    writer.flush()
}
