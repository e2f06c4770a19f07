//! The matrix of source and target, on small runs written here.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Write as _;
use std::ops::ControlFlow;
use std::sync::Arc;

use proptest::prelude::*;
use scriptlens::corpus::{Corpus, Filter, Options, view};
use scriptlens::stats::matrix::{Ask, Axis, Base, Matrix, Measure, TraceShares};
use scriptlens::stats::table::Figure;
use scriptlens::stats::{Selection, Sides};
use serde_json::{Value, json};

/// A response: run, condition, question, source, target, epoch, right.
type Row<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, u32, Value);

fn record(row: &Row) -> Value {
    let (model, condition, question, source, target, epoch, correct) = row;
    json!({"run": format!("{model}/{condition}"), "model": model, "condition": condition, "question_id": question,
        "source": source, "target": target, "epoch": epoch, "question": "?", "answer": "x", "correct": correct,
        "trace": if *target == "he" { "כל זה בעברית" } else { "half वाहे" }})
}

fn corpus(rows: &[Row]) -> Arc<Corpus> {
    let mut file = tempfile::Builder::new()
        .suffix(".jsonl")
        .tempfile()
        .unwrap();
    for row in rows {
        writeln!(file, "{}", record(row)).unwrap();
    }
    let paths = [file.path().display().to_string()];
    Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()))
}

/// Two questions from Hebrew and one from Hindi, under two conditions.
fn small() -> Arc<Corpus> {
    let (yes, no) = (json!(true), json!(false));
    corpus(&[
        ("m", "baseline", "q1", "he", "he", 1, yes.clone()),
        ("m", "baseline", "q1", "he", "hi", 1, no.clone()),
        ("m", "baseline", "q1", "he", "hi", 2, yes.clone()),
        ("m", "baseline", "q1", "he", "mr", 1, json!("unparsed")),
        ("m", "baseline", "q2", "he", "he", 1, no.clone()),
        ("m", "baseline", "q2", "he", "hi", 1, yes.clone()),
        ("m", "baseline", "q3", "hi", "hi", 1, yes.clone()),
        ("m", "baseline", "q3", "hi", "mr", 1, no.clone()),
        ("m", "hint", "q1", "he", "hi", 1, yes.clone()),
        ("m", "hint", "q2", "he", "hi", 1, no),
        ("m", "hint", "q3", "hi", "mr", 1, yes),
    ])
}

fn matrix(corpus: &Corpus, filter: &str, ask: Ask) -> Matrix {
    let filter = Filter::parse(filter).unwrap();
    let selection = Selection::new(corpus, &filter);
    let traces = TraceShares::of(&selection, &|_| ControlFlow::Continue(())).unwrap();
    Matrix::of(&selection, ask, Some(&traces)).unwrap()
}

fn ask(measure: Measure) -> Ask {
    Ask {
        measure,
        ..Ask::default()
    }
}

/// Value and count of a cell.
#[track_caller]
fn at(matrix: &Matrix, source: &str, target: &str) -> (f64, usize) {
    let place = |names: &[String], name: &str| names.iter().position(|n| n == name).unwrap();
    let cell = &matrix.cells[place(&matrix.sources, source)][place(&matrix.targets, target)];
    (cell.figure.value().unwrap(), cell.n)
}

#[test]
fn accuracy_counts_what_is_right_or_wrong() {
    let corpus = small();
    let found = matrix(&corpus, "cond:baseline", ask(Measure::Accuracy));
    assert_eq!(
        (&found.sources[..], &found.targets[..]),
        (
            &["Deva".to_owned(), "Hebr".into()][..],
            &["Deva".to_owned(), "Hebr".into()][..]
        )
    );
    assert_eq!(at(&found, "Hebr", "Hebr"), (0.5, 2));
    // 1 of 2 epochs, and 1 of 1; what was unparsed is not counted.
    assert_eq!(at(&found, "Hebr", "Deva"), (2.0 / 3.0, 3));
    assert_eq!(at(&found, "Deva", "Deva"), (0.5, 2));
    assert_eq!(
        (found.all.figure.value().unwrap(), found.all.n),
        (4.0 / 7.0, 7)
    );
    assert!(found.cells[0][1].n == 0 && found.cells[0][1].figure == Figure::None);
    assert!(found.all.few);
}

#[test]
fn what_is_known_is_looked_for_in_all_that_is_loaded() {
    let corpus = small();
    // The filter hides the responses in the source language.
    let found = matrix(&corpus, "cond:baseline cross", ask(Measure::Transfer));
    assert_eq!(at(&found, "Hebr", "Deva"), (0.5, 2));
    let gap = matrix(&corpus, "cond:baseline -atsource", ask(Measure::Gap));
    // q1: 1 - 1/2; q2: 0 - 1.
    assert_eq!(at(&gap, "Hebr", "Deva"), (-0.25, 2));
    assert_eq!(at(&gap, "Deva", "Deva"), (1.0, 1));
}

#[test]
fn languages_and_families_are_axes_too() {
    let corpus = small();
    let languages = Ask {
        axis: Axis::Language,
        ..ask(Measure::Accuracy)
    };
    let found = matrix(&corpus, "cond:baseline", languages);
    assert_eq!(at(&found, "hi", "mr"), (0.0, 1));
    let families = Ask {
        axis: Axis::Family,
        ..languages
    };
    let found = matrix(&corpus, "cond:baseline", families);
    assert_eq!(at(&found, "Afro-Asiatic", "Indo-European"), (2.0 / 3.0, 3));
}

#[test]
fn a_lift_is_of_pairs_and_a_difference_of_all() {
    let corpus = small();
    let everything = Filter::default();
    let selection = Selection::new(&corpus, &everything);
    let sides = Sides::named(&selection, None, None).unwrap();
    assert_eq!(sides.names(&corpus), ["baseline", "hint"]);
    let lift = Ask {
        sides: Some(sides),
        ..ask(Measure::Lift)
    };
    let found = Matrix::of(&selection, lift, None).unwrap();
    // q1: 1 - 1/2; q2: 0 - 1.
    assert_eq!(at(&found, "Hebr", "Deva"), (-0.25, 2));
    assert_eq!(at(&found, "Deva", "Deva"), (1.0, 1));
    let less = Ask {
        sides: Some(sides),
        ..ask(Measure::Accuracy)
    };
    let found = Matrix::of(&selection, less, None).unwrap();
    let (value, n) = at(&found, "Hebr", "Deva");
    assert!((value - (0.5 - 2.0 / 3.0)).abs() < 1e-12 && n == 2);
}

#[test]
fn rows_and_columns_are_held_against_what_is_known_at_the_source() {
    let corpus = small();
    let base = |base| Ask {
        base,
        axis: Axis::Language,
        ..Ask::default()
    };
    // Hebrew at the source 1 of 2, Hindi 1 of 1.
    let found = matrix(&corpus, "cond:baseline -atsource", base(Base::Row));
    assert!((at(&found, "he", "hi").0 - 2.0 / 3.0 / 0.5).abs() < 1e-12);
    let found = matrix(&corpus, "cond:baseline", base(Base::Column));
    assert!((at(&found, "he", "hi").0 - 2.0 / 3.0).abs() < 1e-12);
    // Nothing was asked of what is local in Marathi.
    let marathi = found.targets.iter().position(|name| name == "mr").unwrap();
    let hindi = found.sources.iter().position(|name| name == "hi").unwrap();
    assert_eq!(found.cells[hindi][marathi].figure, Figure::None);
}

#[test]
fn unparsed_and_the_script_of_traces_are_measures() {
    let corpus = small();
    let found = matrix(&corpus, "cond:baseline src:Hebr", ask(Measure::Unparsed));
    assert_eq!(at(&found, "Hebr", "Deva"), (0.25, 4));
    let found = matrix(&corpus, "cond:baseline", ask(Measure::TraceShare));
    assert_eq!(at(&found, "Hebr", "Hebr"), (1.0, 2));
    // "half" has four letters, "वाहे" two.
    assert!((at(&found, "Hebr", "Deva").0 - 2.0 / 6.0).abs() < 1e-6);
}

#[test]
fn what_is_missing_is_told() {
    let corpus = small();
    let filter = Filter::default();
    let selection = Selection::new(&corpus, &filter);
    let refused = |ask| Matrix::of(&selection, ask, None).unwrap_err();
    assert!(refused(ask(Measure::Lost)).contains("audit"));
    assert!(refused(ask(Measure::TraceShare)).contains("texts"));
    assert!(refused(ask(Measure::Lift)).contains("name both"));
    let nothing = matrix(&corpus, "src:Thai", ask(Measure::Accuracy));
    assert!(nothing.cells.is_empty() && nothing.all.n == 0);
    let names = Sides::named(&selection, Some("m/baseline"), Some("m/nothing")).unwrap_err();
    assert!(names.contains("\"m/baseline\", \"m/hint\""), "{names}");
}

proptest! {
    /// The filter of a cell shows exactly what the cell counts, and margins add up.
    #[test]
    fn a_cell_opens_its_own_responses(
        rows in proptest::collection::vec((0..2usize, 0..4usize, 0..3usize, 1..3u32, 0..4usize), 1..60),
        axis in 0..3usize, measure in 0..3usize,
    ) {
        let locales = ["he", "hi", "mr", "en"];
        let outcomes = [json!(true), json!(false), json!("unparsed"), Value::Null];
        let questions = ["a", "b", "c", "d"];
        let rows: Vec<Row> = rows.iter().map(|(run, question, target, epoch, outcome)| {
            (["m", "n"][*run], "c", questions[*question], locales[*question % 3], locales[*target], *epoch, outcomes[*outcome].clone())
        }).collect();
        let corpus = corpus(&rows);
        let measure = [Measure::Accuracy, Measure::Transfer, Measure::Unparsed][measure];
        let found = matrix(&corpus, "-model:z", Ask { axis: Axis::ALL[axis], ..ask(measure) });
        let count = |text: &str| view::rows(&corpus, &Filter::parse(text).unwrap()).len();
        let mut all = 0;
        for (cells, margin) in found.cells.iter().zip(&found.by_source) {
            for cell in cells.iter().filter(|cell| cell.n > 0) {
                prop_assert_eq!(count(&cell.filter), cell.n, "{}", cell.filter);
            }
            prop_assert_eq!(cells.iter().map(|cell| cell.n).sum::<usize>(), margin.n);
            prop_assert_eq!(count(&margin.filter), margin.n);
            all += margin.n;
        }
        prop_assert_eq!(all, found.all.n);
        prop_assert_eq!(count(&found.all.filter), all);
        for cell in found.cells.iter().flatten() {
            if let Figure::Estimate(estimate) = cell.figure {
                prop_assert!(estimate.low - 1e-12 <= estimate.value && estimate.value <= estimate.high + 1e-12);
            }
        }
    }
}

#[test]
fn the_interval_of_a_margin_is_that_of_clustered_shares() {
    let rows: Vec<(String, u32, bool)> = (0..40)
        .flat_map(|q| {
            (0..3).map(move |e| {
                (
                    format!("q{}", q / 2),
                    1 + e + q % 2 * 3,
                    (q * 7 + e * 5) % 4 < 2 + q % 2,
                )
            })
        })
        .collect();
    let rows: Vec<Row> = rows
        .iter()
        .map(|(q, epoch, right)| ("m", "c", q.as_str(), "he", "hi", *epoch, json!(right)))
        .collect();
    let corpus = corpus(&rows);
    let found = matrix(&corpus, "", ask(Measure::Accuracy));
    let mut questions: std::collections::BTreeMap<&str, (f64, f64)> = Default::default();
    for row in &rows {
        let sums = questions.entry(row.2).or_default();
        *sums = (
            sums.0 + f64::from(u8::from(row.6 == json!(true))),
            sums.1 + 1.0,
        );
    }
    let parts: Vec<(f64, f64)> = questions.into_values().collect();
    let expected = scriptlens::stats::share(&parts).unwrap();
    let Figure::Estimate(margin) = found.all.figure else {
        panic!("no interval")
    };
    assert!(
        (margin.low - expected.low).abs() < 1e-9 && (margin.high - expected.high).abs() < 1e-9,
        "{margin:?} {expected:?}"
    );
}
