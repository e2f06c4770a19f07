//! Does the name decide?

use std::ops::ControlFlow;

use super::{CLUSTERED, begin};
use crate::corpus::fields::NONE;
use crate::corpus::{Flag, Key};
use crate::stats::resample::Plan;
use crate::stats::selection::Selection;
use crate::stats::table::{Table, Unit};
use crate::stats::told::Needs;
use crate::stats::within::{Marked, within};
use crate::stats::{NamesCell, NamesSummary, Refusal, Told, VerdictCount, clustered_share};

/// What became of names against right and wrong. `go_on` hears which share is done, and may break off; then there is nothing.
pub fn names(
    selection: &Selection,
    plan: Plan,
    go_on: &(dyn Fn(f32) -> ControlFlow<()> + Sync),
) -> Option<Told> {
    let mut told = begin(
        selection,
        Needs::Outcomes,
        "Does the name decide?",
        &[
            "A name is lost where it is garbled, drifting or confused. Only responses with a name to look for count.",
        ],
    );
    if told.refusal.is_some() {
        return Some(told);
    }
    let corpus = selection.corpus();
    let rows: Vec<u32> = selection.rows().collect();
    let Some(summary) = NamesSummary::of(corpus, &rows) else {
        told.refusal = Some("Names were not looked for yet.".into());
        return Some(told);
    };
    let lost = corpus
        .frame()
        .column(Flag::Lost.word())
        .and_then(|column| column.bool());
    let is_lost = |row: u32| {
        lost.as_ref()
            .is_ok_and(|lost| lost.get(row as usize) == Some(true))
    };
    let verdicts = corpus.codes(Key::Verdict);
    let none = corpus.dict(Key::Verdict).code(NONE);
    let (questions, runs) = (corpus.codes(Key::Question), corpus.codes(Key::Run));
    let named: Vec<u32> = rows
        .into_iter()
        .filter(|row| Some(verdicts[*row as usize]) != none)
        .collect();
    if named.is_empty() {
        told.refusal = Some("No response has a name to look for.".into());
        return Some(told);
    }
    let marked: Vec<Marked> = named
        .iter()
        .filter_map(|row| {
            Some(Marked {
                question: questions[*row as usize],
                model: runs[*row as usize],
                marked: is_lost(*row),
                right: selection.right(*row)?,
            })
        })
        .collect();
    let rounds = plan.rounds.max(1) as f32;
    let odds = match within(&marked, plan, &|done| go_on(done as f32 / rounds)) {
        Err(Refusal::Stopped) => return None,
        odds => odds,
    };
    let mut within = Table::new(
        "within",
        "Within a question and run: odds of being right with a lost name, against those without",
        &["odds ratio", "questions that say something", "responses of those", "all responses"],
    )
    .note("Mantel and Haenszel, one stratum for each question and run. Below 1, a lost name goes with being wrong.")
    .note(plan.sentence());
    let counts = odds.as_ref().map_or([0, 0, marked.len()], |odds| {
        [odds.questions, odds.rows, odds.all_rows]
    });
    let mut line = vec![Unit::Ratio.cell(odds.map(|odds| odds.odds_ratio.estimate))];
    line.extend(counts.map(Into::into));
    within.push(line);
    let groups = corpus.groups();
    let group = |row: u32| &groups.all[groups.of_row[row as usize] as usize];
    let is_cross = |row: u32| ["cross", "partial"].contains(&corpus.name(row, Key::Match));
    let mut failures = Table::new(
        "failures",
        "How many have lost a name",
        &["responses", "with a name", "lost"],
    )
    .note(CLUSTERED);
    type Is<'a> = &'a dyn Fn(u32) -> bool;
    let kinds: [(&str, Is); 4] = [
        ("wrong, of barrier failures", &|row| {
            group(row).barrier && selection.right(row) == Some(false)
        }),
        ("right across scripts, known at the source", &|row| {
            group(row).known && is_cross(row) && selection.right(row) == Some(true)
        }),
        ("right in the source language", &|row| {
            group(row).at_source && selection.right(row) == Some(true)
        }),
        ("wrong in the source language", &|row| {
            group(row).at_source && selection.right(row) == Some(false)
        }),
    ];
    for (kind, is) in kinds {
        let of: Vec<(u32, f64)> = named
            .iter()
            .filter(|row| is(**row))
            .map(|row| (questions[*row as usize], f64::from(u8::from(is_lost(*row)))))
            .collect();
        failures.push(vec![
            kind.into(),
            of.len().into(),
            Unit::Share.cell(clustered_share(&of).map(|found| found.mean)),
        ]);
    }
    told.tables = vec![
        within,
        failures,
        verdict_table(&summary),
        script_table(&summary),
    ];
    told.caveats.push("A verdict is evidence from spelling: it can be wrong, and a name that is right in another way may count as lost.".into());
    told.caveats.push("That lost names go with wrong answers does not say that the name was the cause: whoever does not know a thing may not know its name either.".into());
    Some(told)
}

fn verdict_table(summary: &NamesSummary) -> Table {
    let mut table = Table::new("verdicts", "Accuracy given the verdict", &["verdict", "responses", "judged", "accuracy"])
        .note("A response with several names may have several verdicts. Intervals are Wilson's, as if responses did not depend on each other.");
    for VerdictCount { verdict, count } in &summary.verdicts {
        table.push(vec![
            (*verdict).into(),
            count.responses.into(),
            count.judged.into(),
            Unit::Share.cell(count.accuracy),
        ]);
    }
    table
}

fn script_table(summary: &NamesSummary) -> Table {
    let columns = [
        "source",
        "target",
        "responses",
        "a name lost",
        "accuracy where lost",
        "where kept",
    ];
    let mut table = Table::new("scripts", "By pair of scripts", &columns)
        .note("Intervals are Wilson's, as above.");
    for NamesCell {
        source,
        target,
        responses,
        lost,
        where_lost,
        where_kept,
        ..
    } in &summary.scripts
    {
        table.push(vec![
            source.as_str().into(),
            target.as_str().into(),
            (*responses).into(),
            Unit::Share.cell(*lost),
            Unit::Share.cell(where_lost.accuracy),
            Unit::Share.cell(where_kept.accuracy),
        ]);
    }
    table
}
