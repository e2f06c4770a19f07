//! `scriptlens convert`: everything that was loaded, as one file other programs read.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use polars::prelude::*;
use serde_json::{Map, Value};

use super::{Failure, Inputs, audited, n, whole};
use crate::corpus::fields::NONE;
use crate::corpus::{Corpus, Flag, Key, Measure, Said, Tags, word};
use crate::ingest::flat::{self, Kind};
use crate::record::Record;

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens convert logs/ -o logs.parquet
  scriptlens convert logs/*.eval -o logs.jsonl
  scriptlens convert logs/ --names -o logs.parquet
  scriptlens convert logs/ --tags -o tagged.parquet

Parquet has one row per response: the fields of the JSON Lines format (scores, entities and metadata as JSON text) and
source_script, target_script, match, trace_script, trace_length, barrier; with --names also verdicts, cues, name_lost; with --tags also tags, gold_tags,
annotators, disputed, stale, flagged, deferred, skipped, noted.";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    /// The file to write; its ending says how: .parquet or .jsonl
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Look for the names of every question, and write what became of them too: verdicts, cues, name_lost (Parquet)
    #[arg(long)]
    names: bool,
    /// Write what people say of each response too: tags, gold_tags, annotators, disputed, stale, flagged … (Parquet)
    #[arg(long)]
    tags: bool,
}

/// Rows of a Parquet row group: their texts are in memory together.
const GROUP: usize = 8192;

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let path = &arguments.output;
    let write = match path.extension().and_then(|ending| ending.to_str()) {
        Some("parquet") => parquet,
        Some("jsonl" | "ndjson") => jsonl,
        _ => {
            return Err(Failure::Usage(format!(
                "{}: the ending must be .parquet or .jsonl",
                path.display()
            )));
        }
    };
    let (mut corpus, mut code) = arguments.inputs.load()?;
    if corpus.is_empty() {
        return Err(Failure::Work(format!(
            "nothing was read, so {} was not written",
            path.display()
        )));
    }
    if arguments.names {
        corpus = audited(&corpus);
    }
    let said = match arguments.tags {
        true => Some(arguments.inputs.judged(&corpus, &mut code)?.tags()),
        false => None,
    };
    let mut lost = 0;
    let records = (0..corpus.len() as u32).filter_map(|row| match corpus.read(row) {
        Ok(record) => Some((row, record)),
        Err(reason) => {
            eprintln!("scriptlens: {}", super::printable(&reason));
            lost += 1;
            None
        }
    });
    whole(path, |file| {
        write(&corpus, said.as_ref(), &mut { records }, file)
    })?;
    if lost > 0 {
        code = ExitCode::from(1);
    }
    let written = corpus.len() - lost;
    eprintln!("{} written to {}", n(written, "response"), path.display());
    Ok(code)
}

fn some(words: Vec<&String>) -> Option<Vec<&String>> {
    Some(words).filter(|words| !words.is_empty())
}

type Records<'a> = &'a mut dyn Iterator<Item = (u32, Record)>;

fn jsonl(_: &Corpus, _: Option<&Tags>, records: Records, file: &mut File) -> Result<(), Failure> {
    let mut out = BufWriter::new(file);
    for (_, record) in records {
        serde_json::to_writer(&mut out, &record).map_err(std::io::Error::from)?;
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

fn parquet(
    corpus: &Corpus,
    said: Option<&Tags>,
    records: Records,
    file: &mut File,
) -> Result<(), Failure> {
    let schema = frame(corpus, said, &[])?.schema().clone();
    let mut writer = ParquetWriter::new(file).batched(&schema)?;
    let mut group = Vec::with_capacity(GROUP);
    loop {
        group.clear();
        group.extend((&mut *records).take(GROUP));
        if group.is_empty() {
            break;
        }
        writer.write_batch(&frame(corpus, said, &group)?)?;
    }
    writer.finish()?;
    Ok(())
}

fn frame(corpus: &Corpus, said: Option<&Tags>, group: &[(u32, Record)]) -> PolarsResult<DataFrame> {
    let flat = |(_, record): &(u32, Record)| flat::flatten(record).unwrap_or_default();
    let rows: Vec<Map<String, Value>> = group.iter().map(flat).collect();
    let mut columns: Vec<Column> = flat::COLUMNS
        .iter()
        .map(|(name, kind)| column(&rows, name, *kind))
        .collect();
    let derived = [
        ("source_script", Key::Source),
        ("target_script", Key::Target),
        ("match", Key::Match),
        ("trace_script", Key::TraceScript),
    ];
    for (name, key) in derived {
        let names: StringChunked = group
            .iter()
            .map(|(row, _)| Some(corpus.name(*row, key)))
            .collect();
        columns.push(names.with_name(name.into()).into_series().into());
    }
    let lengths = corpus.measure(Measure::TraceLength);
    let lengths: Vec<u32> = group
        .iter()
        .map(|(row, _)| lengths[*row as usize])
        .collect();
    columns.push(Column::new("trace_length".into(), lengths));
    let groups = corpus.groups();
    let barrier =
        |(row, _): &(u32, Record)| groups.all[groups.of_row[*row as usize] as usize].barrier;
    columns.push(Column::new(
        "barrier".into(),
        group.iter().map(barrier).collect::<Vec<_>>(),
    ));
    if corpus.is_audited() {
        columns.extend(names(corpus, group));
    }
    if let Some(said) = said {
        columns.extend(tags(said, group));
    }
    DataFrame::new(group.len(), columns)
}

/// What became of the names: verdicts and cues, several parted by blanks, and whether one was lost.
fn names(corpus: &Corpus, group: &[(u32, Record)]) -> Vec<Column> {
    let of = |name: &str, key: Key| -> Column {
        let names: StringChunked = group
            .iter()
            .map(|(row, _)| Some(corpus.name(*row, key)).filter(|name| *name != NONE))
            .collect();
        names.with_name(name.into()).into_series().into()
    };
    let lost = corpus.frame().column(Flag::Lost.word());
    let lost = lost.and_then(|lost| Ok(lost.bool()?.clone()));
    let is_lost = |(row, _): &(u32, Record)| {
        let lost = lost.as_ref().ok()?;
        lost.get(*row as usize)
    };
    let lost: Vec<Option<bool>> = group.iter().map(is_lost).collect();
    vec![
        of("verdicts", Key::Verdict),
        of("cues", Key::Cue),
        Column::new("name_lost".into(), lost),
    ]
}

/// What people say: codes and names, several parted by blanks, and flags. A response that was adjudicated to have no tag
/// has empty gold tags.
fn tags(tags: &Tags, group: &[(u32, Record)]) -> Vec<Column> {
    let said: Vec<Option<&Said>> = group.iter().map(|(row, _)| tags.get(*row)).collect();
    let words = |name: &str, of: fn(&Said) -> Option<Vec<&String>>| {
        let joined = |words: Vec<&String>| {
            let words: BTreeSet<String> = words.into_iter().map(|name| word(name)).collect();
            words.into_iter().collect::<Vec<_>>().join(" ")
        };
        let cells = said.iter().map(|said| of((*said)?).map(joined));
        Column::new(name.into(), cells.collect::<Vec<Option<String>>>())
    };
    let flag = |name: &str, of: fn(&Said) -> bool| {
        let cells = said.iter().map(|said| said.is_some_and(of));
        Column::new(name.into(), cells.collect::<Vec<bool>>())
    };
    vec![
        words("tags", |said| {
            some(said.tags.iter().map(|(code, _)| code).collect())
        }),
        words("gold_tags", |said| {
            said.gold.as_ref().map(|gold| gold.iter().collect())
        }),
        words("annotators", |said| some(said.annotators.iter().collect())),
        flag("disputed", |said| said.is_disputed),
        flag(Flag::Stale.word(), |said| said.is_stale),
        flag(Flag::Flagged.word(), |said| said.is_flagged),
        flag(Flag::Deferred.word(), |said| said.is_deferred),
        flag(Flag::Skipped.word(), |said| said.is_skipped),
        flag(Flag::Noted.word(), |said| said.is_noted),
    ]
}

fn column(rows: &[Map<String, Value>], name: &str, kind: Kind) -> Column {
    let cells = rows.iter().map(|row| row.get(name));
    let text = |cell: Option<&Value>| cell.and_then(Value::as_str).map(str::to_owned);
    let name = name.into();
    match kind {
        Kind::Text => Column::new(name, cells.map(text).collect::<Vec<_>>()),
        Kind::Number => Column::new(
            name,
            cells
                .map(|cell| cell?.as_u64().map(|n| n as u32))
                .collect::<Vec<_>>(),
        ),
        Kind::Truth => Column::new(name, cells.map(|cell| cell?.as_bool()).collect::<Vec<_>>()),
        Kind::List => {
            let mut list = ListStringChunkedBuilder::new(name, rows.len(), rows.len());
            for cell in cells {
                let texts = cell
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .map(Value::as_str);
                list.append_values_iter(texts.flatten());
            }
            list.finish().into_series().into()
        }
    }
}
