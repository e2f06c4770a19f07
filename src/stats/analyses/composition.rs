//! What the reasoning is written in.
//!
//! Scripts are counted by letter. Languages are told line by line where the script decides the language, as it does for
//! Hebrew, Thai or Korean but not for Latin or Cyrillic: such lines are named by their script. A model that guesses the
//! language of a line would tell more, but the lines of a trace are short and full of foreign names, where such models guess
//! badly.

use std::collections::HashMap;
use std::ops::ControlFlow;

use indexmap::IndexSet;

use super::{CLUSTERED, begin};
use crate::corpus::{Key, Measure};
use crate::record::{Record, TraceKind};
use crate::script::{self, Profile, Script};
use crate::stats::composition::{Composition, Trace};
use crate::stats::selection::Selection;
use crate::stats::table::{Cell, Table, Unit};
use crate::stats::told::Needs;
use crate::stats::{Refusal, Told};

/// What is read of one trace.
#[derive(Debug, Clone)]
struct Read {
    scripts: Vec<(Script, u32)>,
    languages: Vec<(String, u32)>,
}

impl Read {
    /// Nothing where the reasoning is no text of the model.
    fn of(record: &Record) -> Option<Read> {
        let own = [TraceKind::Plain, TraceKind::Unterminated];
        let text = own
            .contains(&record.trace.kind())
            .then(|| record.trace.text())?;
        let asked = record.target.as_ref().map(|locale| locale.script);
        let mut scripts: Vec<(Script, u32)> = Vec::new();
        for (found, count) in Profile::of(text).counts() {
            // Undecided Han is what the question is written in, where it may be.
            let script = asked
                .filter(|asked| found.counts_for(*asked))
                .unwrap_or(*found);
            match scripts.iter_mut().find(|(known, _)| *known == script) {
                Some((_, sum)) => *sum += count,
                None => scripts.push((script, *count)),
            }
        }
        let mut languages: HashMap<String, u32> = HashMap::new();
        for line in text.lines() {
            let locale = script::guess(line);
            if locale.script != Script::ZYYY {
                let name = match locale.language.as_str() {
                    "und" => format!("some language in {}", locale.script),
                    language => language.to_owned(),
                };
                *languages.entry(name).or_default() += 1;
            }
        }
        Some(Read {
            scripts,
            languages: languages.into_iter().collect(),
        })
    }
}

/// Why nothing is told of reasoning.
const NO_TRACE: &str = "There is no reasoning that can be read.";

/// Codes and counts of scripts and of languages.
type Parts = [Vec<(u32, u32)>; 2];

/// What the traces of each run are written in. Every text is read once; `go_on` hears how many are done, and may break off;
/// then there is nothing.
pub fn composition(
    selection: &Selection,
    go_on: &(dyn Fn(usize) -> ControlFlow<()> + Sync),
) -> Option<Told> {
    let mut told = begin(
        selection,
        Needs::Responses,
        "What the reasoning is written in",
        &[
            "A trace counts as one, however long it is. Scripts: share of letters. Languages: share of lines, told only where the script decides the language.",
        ],
    );
    if told.refusal.is_some() {
        return Some(told);
    }
    let corpus = selection.corpus();
    let rows: Vec<u32> = selection.rows().collect();
    let read = corpus.texts(&rows, Read::of, go_on)?;
    let (runs, targets, questions) = (
        corpus.codes(Key::Run),
        corpus.codes(Key::Target),
        corpus.codes(Key::Question),
    );
    let mut kinds = Table::new(
        "traces",
        "Traces",
        &[
            "run",
            "responses",
            "read",
            "no reasoning",
            "summary",
            "encrypted",
            "cut short",
        ],
    )
    .note("Summaries are the provider's and encrypted ones no text: neither is read.");
    let mut by_run = Table::new(
        "composition",
        "By run",
        &["run", "traces", "in the script of the question", "most of it is", "mixing of scripts", "of languages"],
    )
    .note("In the script of the question: mean share of letters. Most of it is: share of traces with more letters in that script than in any other.")
    .note("Mixing: entropy in nats, mean over traces; 0 where all is one script or language. In bits it is 1.443 times as much.")
    .note(CLUSTERED);
    let mut shares = Table::new("shares", "Mean shares", &["run", "of", "in", "share"])
        .note("Shares below 0.1 % are left out.");
    let mut by_target = Table::new(
        "targets",
        "By script of the question, all runs together",
        &[
            "asked in",
            "traces",
            "in that script",
            "most of it is",
            "mixing of scripts",
        ],
    );
    let mut names: IndexSet<String> = IndexSet::new();
    let parts: Vec<Option<Parts>> = read
        .into_iter()
        .map(|read| {
            let read = read.flatten()?;
            let mut code = |name: String| names.insert_full(name).0 as u32;
            let scripts = read
                .scripts
                .iter()
                .map(|(script, n)| (code(script.to_string()), *n))
                .collect();
            let languages = read
                .languages
                .into_iter()
                .map(|(name, n)| (code(name), n))
                .collect();
            Some([scripts, languages])
        })
        .collect();
    let of = |wanted: &dyn Fn(u32) -> bool, what: usize| -> Result<Composition, Refusal> {
        let traces: Vec<Trace> = rows
            .iter()
            .zip(&parts)
            .filter(|(row, _)| wanted(**row))
            .filter_map(|(row, parts)| {
                let asked = corpus.dict(Key::Target).name(targets[*row as usize]);
                Some(Trace {
                    question: questions[*row as usize],
                    asked: names
                        .get_index_of(asked)
                        .map_or(u32::MAX, |code| code as u32),
                    parts: &parts.as_ref()?[what],
                })
            })
            .collect();
        Composition::of(&traces)
    };
    let refused = |first: Vec<Cell>, columns: usize| {
        let mut row = first;
        row.push(Unit::Share.cell(Err::<f64, _>(NO_TRACE)));
        row.resize(columns, Cell::NOTHING);
        row
    };
    for (run, name) in selection.runs() {
        let is_of = |row: u32| runs[row as usize] == run;
        kinds.push(traces(selection, &rows, &parts, run, &name));
        let languages = of(&is_of, 1);
        match of(&is_of, 0) {
            Ok(found) => {
                by_run.push(vec![
                    name.as_str().into(),
                    found.traces.into(),
                    Unit::Share.cell(found.consistency.map(|found| found.mean)),
                    Unit::Share.cell(found.matching.map(|found| found.mean)),
                    Unit::Plain.cell(found.mixing),
                    Unit::Plain.cell(
                        languages
                            .as_ref()
                            .map(|found| found.mixing)
                            .map_err(|reason| *reason),
                    ),
                ]);
                let both = [("scripts", Ok(found)), ("languages", languages)];
                for (what, found) in both {
                    let all = found.map(|found| found.shares).unwrap_or_default();
                    for (code, share) in all.into_iter().filter(|(_, share)| *share >= 0.001) {
                        let part = names.get_index(code as usize).map_or("", String::as_str);
                        shares.push(vec![
                            name.as_str().into(),
                            what.into(),
                            part.into(),
                            Unit::Share.cell(share),
                        ]);
                    }
                }
            }
            Err(_) => by_run.push(refused(
                vec![name.as_str().into(), 0usize.into()],
                by_run.columns.len(),
            )),
        }
    }
    for target in selection.among(Key::Target) {
        let script = corpus.dict(Key::Target).name(target);
        let row = match of(&|row| targets[row as usize] == target, 0) {
            Ok(found) => vec![
                script.into(),
                found.traces.into(),
                Unit::Share.cell(found.consistency.map(|found| found.mean)),
                Unit::Share.cell(found.matching.map(|found| found.mean)),
                Unit::Plain.cell(found.mixing),
            ],
            Err(_) => refused(vec![script.into(), 0usize.into()], by_target.columns.len()),
        };
        by_target.push(row);
    }
    if shares.rows.is_empty() {
        told.refusal = Some(NO_TRACE.to_owned());
        told.tables = vec![kinds];
        return Some(told);
    }
    told.tables = vec![by_run, by_target, shares, kinds];
    told.caveats.push("A name or a quotation in another script counts as that script: a trace that stays with the question is rarely at 100 %.".into());
    Some(told)
}

/// How the reasoning of a run was logged.
fn traces(
    selection: &Selection,
    rows: &[u32],
    parts: &[Option<Parts>],
    run: u32,
    name: &str,
) -> Vec<Cell> {
    let corpus = selection.corpus();
    let (runs, kinds) = (corpus.codes(Key::Run), corpus.codes(Key::Trace));
    let truncated = corpus
        .frame()
        .column("truncated")
        .and_then(|column| column.bool());
    let lengths = corpus.measure(Measure::TraceLength);
    let count = |is: &dyn Fn(usize) -> bool| {
        let rows = rows.iter().filter(|row| runs[**row as usize] == run);
        rows.filter(|row| is(**row as usize)).count()
    };
    let kind = |kind: TraceKind| count(&|row| kinds[row] == kind as u32);
    let read = rows
        .iter()
        .zip(parts)
        .filter(|(row, _)| runs[**row as usize] == run);
    let read = read.filter(|(_, parts)| {
        parts
            .as_ref()
            .is_some_and(|[scripts, _]| !scripts.is_empty())
    });
    let cut = |row: usize| {
        let by_limit = truncated
            .as_ref()
            .is_ok_and(|flags| flags.get(row) == Some(true));
        lengths[row] > 0 && (by_limit || kinds[row] == TraceKind::Unterminated as u32)
    };
    vec![
        name.into(),
        count(&|_| true).into(),
        read.count().into(),
        kind(TraceKind::Absent).into(),
        kind(TraceKind::Summary).into(),
        kind(TraceKind::Encrypted).into(),
        count(&cut).into(),
    ]
}
