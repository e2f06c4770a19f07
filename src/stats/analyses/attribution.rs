//! Where accuracy is lost on the way from question to answer, from four conditions of the same questions.

use std::collections::BTreeMap;

use super::begin;
use crate::corpus::Key;
use crate::stats::Told;
use crate::stats::attribution::{Attribution, Stages};
use crate::stats::selection::{Selection, UNKNOWN};
use crate::stats::table::{Cell, Table, Unit};
use crate::stats::told::Needs;

/// What the four conditions are called.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// As asked.
    pub base: String,
    /// With the question translated.
    pub translated: String,
    /// As asked, with the answer taken from the trace.
    pub from_trace: String,
    /// Both.
    pub both: String,
}

/// Splits what each language lacks to the best one, model by model.
pub fn attribution(selection: &Selection, conditions: &Conditions) -> Told {
    let Conditions {
        base,
        translated,
        from_trace,
        both,
    } = conditions;
    let mut told = begin(
        selection,
        Needs::Outcomes,
        "Where accuracy is lost: understanding, writing down, or reasoning",
        &[&format!(
            "Accuracy by language of the question under {base} (as asked), {translated} (question translated), {from_trace} (answer taken from the trace) and {both} (both). The ceiling is the best language as asked. Shares of the headroom."
        )],
    );
    if told.refusal.is_some() {
        return told;
    }
    let corpus = selection.corpus();
    let names = [base, translated, from_trace, both];
    let codes = names.map(|name| corpus.dict(Key::Condition).code(name));
    if let Some((name, _)) = names.iter().zip(codes).find(|(_, code)| code.is_none()) {
        let there_is: Vec<&str> = corpus.dict(Key::Condition).names().collect();
        told.refusal = Some(format!(
            "No condition is called \"{name}\"; there are: {}.",
            there_is.join(", ")
        ));
        return told;
    }
    let (conditions, models) = (corpus.codes(Key::Condition), corpus.codes(Key::Model));
    let mut counts: BTreeMap<(u32, u32), [(f64, f64); 4]> = BTreeMap::new();
    for row in selection.rows() {
        let stage = codes
            .iter()
            .position(|code| *code == Some(conditions[row as usize]));
        let target = selection.locales_of(corpus.groups().of_row[row as usize])[1];
        if let (Some(stage), Some(right)) = (stage, selection.right(row))
            && target != UNKNOWN
        {
            let counts = counts.entry((models[row as usize], target)).or_default();
            counts[stage].0 += f64::from(u8::from(right));
            counts[stage].1 += 1.0;
        }
    }
    let mut table = Table::new(
        "attribution",
        "Language by language",
        &[
            "model",
            "language",
            "as asked",
            "translated",
            "from trace",
            "both",
            "headroom",
            "understanding",
            "writing",
            "reasoning",
        ],
    );
    let mut sums: BTreeMap<u32, Vec<Attribution>> = BTreeMap::new();
    let accuracy = |counts: &[(f64, f64); 4]| counts.map(|(right, all)| right / all);
    for ((model, target), own) in &counts {
        let of_model = counts.iter().filter(|((of, _), _)| of == model);
        let bases = of_model
            .map(|(_, counts)| accuracy(counts)[0])
            .filter(|base| base.is_finite());
        let ceiling = bases.fold(f64::NAN, f64::max);
        let [base, translated, from_trace, both] = accuracy(own);
        let found = Attribution::of(Stages {
            base,
            translated,
            from_trace,
            both,
            ceiling,
        });
        let finite = |value: f64| Unit::Share.cell(Some(value).filter(|value| value.is_finite()));
        let mut row: Vec<Cell> = vec![
            corpus.dict(Key::Model).name(*model).into(),
            selection.locales().name(*target).into(),
        ];
        row.extend([base, translated, from_trace, both].map(finite));
        match found {
            Some(found) => {
                row.extend(shares(found));
                sums.entry(*model).or_default().push(found);
            }
            None => row.push(Unit::Points.cell(Err::<f64, _>(
                "It was not judged under all four conditions.",
            ))),
        }
        row.resize(table.columns.len(), Cell::NOTHING);
        table.push(row);
    }
    for (model, found) in sums {
        let all = Attribution::sum(found);
        let mut row = vec![
            corpus.dict(Key::Model).name(model).into(),
            "all, by headroom".into(),
        ];
        row.resize(6, Cell::NOTHING);
        row.extend(shares(all));
        table.push(row);
    }
    told.tables.push(table);
    told.caveats.push("No interval: with few seeds none would be honest. Read it for languages whose accuracy differs clearly from the best one's.".into());
    told
}

fn shares(found: Attribution) -> [Cell; 4] {
    let [understanding, generation, reasoning] = match found.shares() {
        Some(shares) => shares.map(|share| Unit::Share.cell(share)),
        None => [Cell::NOTHING, Cell::NOTHING, Cell::NOTHING],
    };
    [
        Unit::Points.cell(found.headroom),
        understanding,
        generation,
        reasoning,
    ]
}
