//! What was loaded, and how it went.

use super::{CLUSTERED, begin};
use crate::corpus::fields::MATCHES;
use crate::corpus::{Group, Key};
use crate::stats::selection::Selection;
use crate::stats::table::{Cell, Table, Unit};
use crate::stats::told::Needs;
use crate::stats::{RunSummary, Summary, Told, clustered_share};

/// Asked in a script that is not wholly that of the source.
fn is_across(group: &Group) -> bool {
    let matching = MATCHES.get(group.matching as usize);
    matching.is_some_and(|matching| ["cross", "partial"].contains(matching))
}

/// Runs, what is known and lost, and what was left out.
pub fn summary(selection: &Selection) -> Told {
    let mut told = begin(
        selection,
        Needs::Responses,
        "What was loaded",
        &[
            "A barrier failure: right when asked in the source language, wrong when asked in another script, by the same run, by majority over epochs.",
        ],
    );
    if told.refusal.is_some() {
        return told;
    }
    let corpus = selection.corpus();
    let found = match Summary::of(corpus, selection.filter()) {
        Ok(found) => found,
        Err(reason) => {
            told.refusal = Some(format!("The responses could not be counted: {reason}"));
            return told;
        }
    };
    let columns = [
        "run",
        "responses",
        "right or wrong",
        "unattempted",
        "unparsed",
        "accuracy",
        "questions",
        "epochs",
    ];
    let mut runs = Table::new("runs", "Runs", &columns).note(CLUSTERED);
    let (codes, questions) = (corpus.codes(Key::Run), corpus.codes(Key::Question));
    for RunSummary {
        run,
        count,
        questions: asked,
        epochs,
    } in &found.runs
    {
        let code = corpus.dict(Key::Run).code(run);
        let of_run = selection
            .rows()
            .filter(|row| Some(codes[*row as usize]) == code);
        let right: Vec<(u32, f64)> = of_run
            .filter_map(|row| {
                let right = selection.right(row)?;
                Some((questions[row as usize], f64::from(u8::from(right))))
            })
            .collect();
        runs.push(vec![
            run.as_str().into(),
            count.responses.into(),
            count.judged.into(),
            count.unattempted.into(),
            count.unparsed.into(),
            Unit::Share.cell(clustered_share(&right).map(|found| found.mean)),
            (*asked).into(),
            (*epochs as usize).into(),
        ]);
    }
    let groups = selection.groups().iter();
    let groups = groups.map(|group| &corpus.groups().all[*group as usize]);
    let lost: Vec<(u32, f64)> = groups
        .filter(|group| group.known && is_across(group))
        .map(|group| (group.question, f64::from(u8::from(group.barrier))))
        .collect();
    let mut barrier = Table::new(
        "barrier",
        "Barrier failures, of what is asked in another script and known at the source",
        &["failures", "of", "share"],
    )
    .note("Each is a question in one language in one run.")
    .note(CLUSTERED);
    barrier.push(vec![
        found.barrier_failures.into(),
        found.known_at_source.into(),
        match lost.is_empty() {
            true => Cell::NOTHING,
            false => Unit::Share.cell(clustered_share(&lost).map(|found| found.mean)),
        },
    ]);
    told.tables = vec![runs, barrier];
    told.caveats.extend(found.remarks);
    if found.problems > 0 {
        told.caveats.push(format!(
            "{} records or files could not be read, and are missing from everything here.",
            found.problems
        ));
    }
    told
}
