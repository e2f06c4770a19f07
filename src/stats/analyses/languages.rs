//! What languages have in common, and what asking in several of them, or several times, would buy.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::{CLUSTERED, begin};
use crate::corpus::Key;
use crate::record::{Outcome, Record};
use crate::script::Romaniser;
use crate::stats::selection::{Selection, Sources, UNKNOWN};
use crate::stats::table::{Cell, Table, Unit};
use crate::stats::told::Needs;
use crate::stats::transfer::{ResponseVariance, Split, Vote, Voted, overlaps};
use crate::stats::{Clustered, Refusal, Told};

/// Which languages know the same things.
pub fn overlap(selection: &Selection) -> Told {
    let mut told = begin(
        selection,
        Needs::Outcomes,
        "Whether languages know the same things",
        &[
            "Over questions asked in both languages, each right or wrong by majority over epochs; a tie is wrong.",
        ],
    );
    if told.refusal.is_some() {
        return told;
    }
    let locales = selection.locales();
    let mut table = Table::new(
        "overlap",
        "Questions right in both of two languages",
        &["run", "a", "b", "both", "only a", "only b", "neither", "Jaccard", "b if a", "a if b", "odds ratio"],
    )
    .note("Jaccard: right in both, of those right in either. Odds ratio: by Woolf; none where one of the four counts is 0.");
    for (run, name) in selection.runs() {
        for pair in overlaps(&selection.answers(run, Sources::Unneeded)) {
            let counts = [pair.both, pair.only_a, pair.only_b, pair.neither];
            let names = [name.clone(), locales.name(pair.a), locales.name(pair.b)];
            let mut row: Vec<Cell> = names.into_iter().map(Cell::from).collect();
            row.extend(counts.map(Cell::from));
            row.extend([
                Unit::Share.cell(pair.jaccard()),
                Unit::Share.cell(pair.b_given_a()),
                Unit::Share.cell(pair.a_given_b()),
                Unit::Ratio.cell(pair.odds_ratio()),
            ]);
            table.push(row);
        }
    }
    if table.rows.is_empty() {
        told.refusal = Some(Refusal::OneLanguage.to_string());
    }
    told.tables.push(table);
    told.caveats.push(
        "Two languages that are right often overlap often: read the odds ratio beside the share."
            .into(),
    );
    told
}

/// Never right, or sometimes right.
pub fn variance(selection: &Selection) -> Told {
    let mut told = begin(
        selection,
        Needs::Sources,
        "Never right, or sometimes right",
        &["Over questions in one language that were asked at least twice by the same run."],
    );
    if told.refusal.is_some() {
        return told;
    }
    let mut table = Table::new(
        "variance",
        "How answers vary over epochs",
        &["run", "asked", "variants", "never", "sometimes", "always", "wrong on never", "accuracy", "majority", "any"],
    )
    .note("wrong on never: share of wrong answers that fall on what is never right; asking again does not help there.")
    .note("majority: right more often than wrong, a tie counts half; any: right at least once.")
    .note(CLUSTERED);
    for (run, name) in selection.runs() {
        let found = ResponseVariance::of(&selection.answers(run, Sources::AsShown));
        for (asked, split) in [
            ("at the source", found.at_source),
            ("elsewhere", found.elsewhere),
        ] {
            let mut row: Vec<Cell> = vec![name.as_str().into(), asked.into()];
            match split {
                Ok(split) => row.extend(cells(&split)),
                Err(reason) => {
                    row.push(Unit::Share.cell(Err::<f64, _>(reason)));
                    row.resize(table.columns.len(), Cell::NOTHING);
                }
            }
            table.push(row);
        }
    }
    told.tables.push(table);
    told.caveats
        .push("With few epochs, what is right at times is easily taken for never right.".into());
    told
}

fn cells(split: &Split) -> Vec<Cell> {
    let counts = [split.variants, split.never, split.sometimes, split.always];
    let mut cells: Vec<Cell> = counts.map(Cell::from).to_vec();
    cells.push(Unit::Share.cell(split.wrong_never));
    cells.extend([&split.accuracy, &split.majority, &split.any].map(mean));
    cells
}

fn mean(found: &Result<Clustered, Refusal>) -> Cell {
    Unit::Share.cell(found.map(|found| found.mean))
}

/// What a vote over the languages, or the best choice of one, would buy. Every answer is read once; `go_on` hears how many
/// are done, and may break off; then there is nothing.
pub fn vote(
    selection: &Selection,
    go_on: &(dyn Fn(usize) -> ControlFlow<()> + Sync),
) -> Option<Told> {
    let mut told = begin(
        selection,
        Needs::Outcomes,
        "What a vote over languages would buy",
        &[
            "Each answer to a question in any language is a vote. Right answers say the same; wrong ones do where they are spelt alike in Latin letters. What was declined or not found has no vote and counts as wrong.",
        ],
    );
    if told.refusal.is_some() {
        return Some(told);
    }
    let corpus = selection.corpus();
    let rows: Vec<u32> = selection.rows().collect();
    let text = |record: &Record| {
        record
            .extracted
            .clone()
            .unwrap_or_else(|| record.answer.clone())
    };
    // Only wrong answers have to be told apart.
    let wrong: Vec<u32> = rows
        .iter()
        .copied()
        .filter(|row| selection.right(*row) == Some(false))
        .collect();
    let texts = corpus.texts(&wrong, text, go_on)?;
    let (mut romaniser, mut known) = (Romaniser::new(), HashMap::new());
    let mut codes: HashMap<u32, u32> = HashMap::new();
    for (row, text) in wrong.into_iter().zip(texts) {
        let key = romaniser.search_key(&text.unwrap_or_default());
        if !key.trim().is_empty() {
            let fresh = known.len() as u32 + 1;
            codes.insert(row, *known.entry(key).or_insert(fresh));
        }
    }
    let (runs, outcomes, questions) = (
        corpus.codes(Key::Run),
        corpus.codes(Key::Outcome),
        corpus.codes(Key::Question),
    );
    let mut table = Table::new(
        "vote",
        "Accuracy as it is, and what could be bought",
        &["run", "questions", "as it is", "vote", "most right", "best language", "in it", "oracle"],
    )
    .note("vote: the answer that most votes agree on (CLSP, CLC), ties by chance. most right: more than half of the votes are right, whatever the others say.")
    .note("best language: the one that does best, chosen on the same questions and so somewhat too good. oracle: some language is right.")
    .note(CLUSTERED);
    for (run, name) in selection.runs() {
        let of_run = rows
            .iter()
            .copied()
            .filter(|row| runs[*row as usize] == run);
        let votes = of_run.filter_map(|row| {
            let outcome = outcomes[row as usize];
            let target = selection.locales_of(corpus.groups().of_row[row as usize])[1];
            let counts = outcome != Outcome::Unjudged as u32 && target != UNKNOWN;
            let right = outcome == Outcome::Right as u32;
            counts.then(|| Vote {
                question: questions[row as usize],
                target,
                answer: if right {
                    Some(0)
                } else {
                    codes.get(&row).copied()
                },
                right,
            })
        });
        let mut row = vec![Cell::from(name.as_str())];
        match Voted::of(&votes.collect::<Vec<_>>()) {
            Ok(found) => {
                let best = found.best_language.as_ref();
                row.extend([
                    found.questions.into(),
                    mean(&found.alone),
                    mean(&found.vote),
                    mean(&found.most_right),
                    best.map_or(Cell::NOTHING, |best| {
                        selection.locales().name(best.language).into()
                    }),
                    best.map_or(Cell::NOTHING, |best| mean(&best.accuracy)),
                    mean(&found.oracle),
                ]);
            }
            Err(reason) => {
                row.push(Unit::Share.cell(Err::<f64, _>(reason)));
                row.resize(table.columns.len(), Cell::NOTHING);
            }
        }
        table.push(row);
    }
    told.tables.push(table);
    told.caveats.push("Wrong answers that mean the same but are spelt differently in two languages do not agree here: the vote is an upper bound, and most right a lower one.".into());
    Some(told)
}
