//! The scores of ECLeKTic, MultiLoKo and X-FaKT, run by run.

use super::begin;
use crate::stats::Told;
use crate::stats::selection::{Selection, Sources};
use crate::stats::table::{Cell, Table, Unit};
use crate::stats::told::Needs;
use crate::stats::transfer::{Eclektic, MultiLoKo, OverLanguages, XFakt};

/// Transfer scores of every run that is shown; `pivot` is the language to and from which MultiLoKo translates.
pub fn transfer(selection: &Selection, pivot: &str) -> Told {
    let mut told = begin(
        selection,
        Needs::Sources,
        "Transfer scores",
        &[
            "What a run answered in the source language counts to say what it knows, even where the filter hides it.",
        ],
    );
    if told.refusal.is_some() {
        return told;
    }
    let runs: Vec<(String, Vec<_>)> = selection
        .runs()
        .into_iter()
        .map(|(run, name)| (name, selection.answers(run, Sources::Always)))
        .collect();
    let mut eclektic = Table::new(
        "eclektic",
        "ECLeKTic: of what is known in its source language, how much is right in others",
        &["run", "score", "mean", "sd", "pooled", "hits", "of"],
    )
    .note("mean: over epochs, with its standard deviation; pooled: all epochs together, clustered by question.")
    .note("overall: right elsewhere and known at the source, of all answers elsewhere.")
    .note("transfer: right elsewhere, of answers elsewhere to questions known at the source.")
    .note("transfer as coded: the same with the answers in the source language counted too, as published code does; these are right by construction.");
    let mut known = Table::new(
        "known",
        "What is known at the source, each epoch counted",
        &[
            "run",
            "epochs",
            "asked at the source",
            "known there",
            "never asked there",
        ],
    );
    for (run, answers) in &runs {
        match Eclektic::of(answers) {
            Ok(found) => {
                let scores = [
                    ("overall", &found.overall),
                    ("transfer", &found.transfer),
                    ("transfer as coded", &found.transfer_as_coded),
                ];
                for (name, score) in scores {
                    eclektic.push(vec![
                        run.as_str().into(),
                        name.into(),
                        Unit::Share.cell(score.value),
                        Unit::Share.cell(score.deviation),
                        Unit::Share.cell(score.pooled),
                        score.hits.into(),
                        score.of.into(),
                    ]);
                }
                let counts = [
                    found.epochs,
                    found.questions,
                    found.known,
                    found.without_source,
                ];
                known.push(
                    std::iter::once(run.as_str().into())
                        .chain(counts.map(Cell::from))
                        .collect(),
                );
            }
            Err(reason) => {
                let mut row = vec![
                    run.as_str().into(),
                    "all".into(),
                    Unit::Share.cell(Err::<f64, _>(reason)),
                ];
                row.resize(eclektic.columns.len(), Cell::NOTHING);
                eclektic.push(row);
            }
        }
    }
    told.tables = vec![eclektic, known];
    told.tables.extend(multiloko(selection, &runs, pivot));
    told.tables.push(x_fakt(&runs));
    told.caveats.push(
        "Published code counts an answer that was declined or not found as wrong; here it counts as neither, so scores may be higher.".into(),
    );
    told.caveats.push("Knowing at the source is itself seen in few answers: some of what looks lost was guessed there.".into());
    told
}

type Runs = [(String, Vec<crate::stats::transfer::Answer>)];

fn multiloko(selection: &Selection, runs: &Runs, pivot: &str) -> [Table; 2] {
    let locales = selection.locales();
    let pivot_code = locales
        .named(pivot)
        .unwrap_or(super::super::selection::UNKNOWN);
    let mut scores = Table::new(
        "multiloko",
        "MultiLoKo: each language on its own questions, asked in itself",
        &["run", "languages", "average", "± 2 SE", "lowest", "highest", "gap", "mother tongue", "locality"],
    )
    .note("average: each language counts the same; ± is twice the standard error over languages, as published.")
    .note(format!("mother tongue: own questions asked in the own language, less the same translated to {pivot}; locality: own questions, less those of {pivot} translated to the language. Means over languages; in brackets twice the standard error to each side."))
    .note("A lowest score of 0 is more often a matter of format than of knowledge.");
    let mut each = Table::new(
        "multiloko-languages",
        "MultiLoKo, language by language",
        &[
            "run",
            "language",
            "n",
            "local",
            "mother tongue",
            "as coded",
            "locality",
        ],
    )
    .note(
        "mother tongue: over questions asked both ways, clustered by question; as coded: over all.",
    );
    let margin = |found: OverLanguages| match found.margin {
        Some(margin) => crate::stats::table::Figure::Estimate(crate::stats::Estimate {
            value: found.mean,
            low: found.mean - margin,
            high: found.mean + margin,
        }),
        None => found.mean.into(),
    };
    for (run, answers) in runs {
        let found = match MultiLoKo::of(answers, pivot_code) {
            Ok(found) => found,
            Err(reason) => {
                let mut row = vec![
                    run.as_str().into(),
                    Cell::NOTHING,
                    Unit::Share.cell(Err::<f64, _>(reason)),
                ];
                row.resize(scores.columns.len(), Cell::NOTHING);
                scores.push(row);
                continue;
            }
        };
        let end = |(language, score): (u32, f64)| {
            format!("{} {}", Unit::Share.show(score), locales.name(language))
        };
        scores.push(vec![
            run.as_str().into(),
            found.average.languages.into(),
            Unit::Share.cell(found.average.mean),
            Unit::Share.cell(found.average.margin),
            end(found.min).into(),
            end(found.max).into(),
            Unit::Share.cell(found.gap),
            Unit::Points.cell(found.mother_tongue.map(margin)),
            Unit::Points.cell(found.locality.map(margin)),
        ]);
        for language in &found.languages {
            let paired = match language.mother_tongue {
                Some(found) => Unit::Points.cell(found),
                None => Cell::NOTHING,
            };
            each.push(vec![
                run.as_str().into(),
                locales.name(language.language).into(),
                language.answers.into(),
                Unit::Share.cell(language.local),
                paired,
                Unit::Points.cell(language.mother_tongue_as_coded),
                Unit::Points.cell(language.locality),
            ]);
        }
    }
    [scores, each]
}

fn x_fakt(runs: &Runs) -> Table {
    let mut table = Table::new(
        "x-fakt",
        "X-FaKT: recalled at all, and as well elsewhere as in the language of the fact",
        &["run", "errors at source", "elsewhere", "recall", "transfer", "X-FaKT", "p"],
    )
    .note("Scores from 0 to 1, 1 is best. p of the difference of errors: Welch's t-test as published, which takes answers for independent; they are not, so it is too small.");
    for (run, answers) in runs {
        let run = Cell::from(run.as_str());
        match XFakt::of(answers) {
            Ok(found) => table.push(vec![
                run,
                Unit::Share.cell(found.rates.at_source),
                Unit::Share.cell(found.rates.elsewhere),
                Unit::Plain.cell(found.recall),
                Unit::Plain.cell(found.transfer),
                Unit::Plain.cell(found.score),
                Unit::Chance.cell(found.test.map(|test| test.p)),
            ]),
            Err(reason) => {
                let mut row = vec![run, Unit::Share.cell(Err::<f64, _>(reason))];
                row.resize(table.columns.len(), Cell::NOTHING);
                table.push(row);
            }
        }
    }
    table
}
