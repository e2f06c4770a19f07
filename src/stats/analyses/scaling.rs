//! How accuracy grows with the number of languages a run was trained on, where runs say how many.

use std::collections::BTreeMap;

use super::begin;
use crate::corpus::Key;
use crate::record::TRAINING_LANGUAGES;
use crate::stats::scaling::{NoScaling, Residual, Scaling};
use crate::stats::selection::{Selection, Sources, UNKNOWN};
use crate::stats::table::{Cell, Figure, Table, Unit};
use crate::stats::told::Needs;
use crate::stats::{Told, wilson};

/// Fits accuracy elsewhere against the number of training languages, all runs together. One record of each run is read.
pub fn scaling(selection: &Selection) -> Told {
    let mut told = begin(
        selection,
        Needs::Sources,
        "Accuracy by number of training languages",
        &[
            "y = a · x^b by least squares on logarithms: x the number of training languages, y the accuracy of a run in other languages than the source. The fit leaves out x = 1, and what one language reaches is held against it.",
            "The number is training_languages among the metadata of a record, or in scriptlens.toml.",
        ],
    );
    if told.refusal.is_some() {
        return told;
    }
    let corpus = selection.corpus();
    let runs = corpus.codes(Key::Run);
    let mut first: BTreeMap<u32, u32> = BTreeMap::new();
    for row in selection.rows() {
        first.entry(runs[row as usize]).or_insert(row);
    }
    let mut table = Table::new(
        "runs",
        "Runs",
        &[
            "run",
            "training languages",
            "responses",
            "accuracy elsewhere",
            "the law says",
        ],
    )
    .note("Intervals are Wilson's, as if responses did not depend on each other.");
    let mut points = Vec::new();
    for (run, name) in selection.runs() {
        let number = first.get(&run).and_then(|row| corpus.read(*row).ok());
        let number = number.and_then(|record| match record.metadata.get(TRAINING_LANGUAGES)? {
            serde_json::Value::String(text) => text.trim().parse::<f64>().ok(),
            other => other.as_f64(),
        });
        let answers = selection.answers(run, Sources::AsShown);
        let away: Vec<bool> = answers
            .iter()
            .filter(|answer| answer.source != UNKNOWN && !answer.is_at_source())
            .map(|answer| answer.right)
            .collect();
        let right = away.iter().filter(|right| **right).count();
        let accuracy = wilson(right, away.len());
        if let (Some(x), Some(accuracy)) = (number, accuracy) {
            points.push((x, accuracy.rate));
        }
        table.push(vec![
            name.into(),
            number.map_or(Cell::NOTHING, |x| {
                if x.fract() == 0.0 && x >= 0.0 {
                    (x as usize).into()
                } else {
                    Unit::Plain.cell(x)
                }
            }),
            away.len().into(),
            Unit::Share.cell(accuracy),
            Cell::NOTHING,
        ]);
    }
    let fit = match points.is_empty() {
        true => Err(NoScaling::TooFew),
        false => Scaling::fit(&points),
    };
    match &fit {
        Ok(fit) => {
            for row in &mut table.rows {
                let x = match row.get(1) {
                    Some(Cell::Count(x)) => Some(*x as f64),
                    Some(Cell::Figure(Figure::Value(x), _)) => Some(*x),
                    _ => None,
                };
                if let (Some(x), Some(law)) = (x, row.last_mut()) {
                    *law = Unit::Share.cell(fit.a * x.powf(fit.b));
                }
            }
            let mut law = Table::new(
                "law",
                "The law",
                &[
                    "a",
                    "b",
                    "points",
                    "left in the logarithm",
                    "seen at 1",
                    "the law says",
                    "seen less law",
                ],
            )
            .note("a is what the law says for one language; b its exponent.");
            let one = |of: fn(&Residual) -> f64| match &fit.at_one {
                Ok(found) => Figure::Value(of(found)),
                Err(reason) => Figure::Refused(reason.to_string()),
            };
            law.push(vec![
                Unit::Plain.cell(fit.a),
                Unit::Plain.cell(fit.b),
                fit.points.into(),
                Unit::Plain.cell(fit.left),
                Unit::Share.cell(one(|found| found.seen)),
                Unit::Share.cell(one(|found| found.predicted)),
                Unit::Points.cell(one(|found| found.residual)),
            ]);
            told.tables.push(law);
        }
        Err(reason) => told.refusal = Some(reason.to_string()),
    }
    told.tables.push(table);
    told.caveats.push(
        "Few points, and runs that differ in more than the number of languages, fit many laws."
            .into(),
    );
    told
}
