#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;

use nalgebra::DVector;
use proptest::prelude::*;
use serde_json::Value;

use super::sample::Sample;
use super::strata::Strata;
use super::*;
use crate::stats::Estimate;
use crate::stats::resample::{Plan, UNWATCHED};

/// Scripts and families of the twelve languages of ECLeKTic, as codes: de en es fr he hi id it ja ko pt zh.
const TWELVE: [(u32, u32); 12] = [
    (0, 0),
    (0, 0),
    (0, 1),
    (0, 1),
    (1, 2),
    (2, 3),
    (0, 4),
    (0, 1),
    (3, 5),
    (4, 6),
    (0, 1),
    (5, 7),
];

fn row(
    languages: &[(u32, u32)],
    question: u32,
    model: u32,
    source: u32,
    target: u32,
    right: bool,
) -> Row {
    let ((source_script, source_family), (target_script, target_family)) =
        (languages[source as usize], languages[target as usize]);
    Row {
        question,
        model,
        source,
        target,
        source_script,
        target_script,
        script_match: f64::from(u8::from(source_script == target_script)),
        language_match: source == target,
        family_match: source_family == target_family,
        right,
    }
}

/// What a simulation is drawn with.
#[derive(Clone, Copy)]
struct World {
    questions: u32,
    models: u32,
    /// Spread of the difficulty of questions.
    difficulty: f64,
    script: f64,
    language: f64,
    /// Spread of the effect of script match over questions.
    varies: f64,
}

/// The design of the simulation in section 8 of the methods: one response a cell.
const WORLD: World = World {
    questions: 40,
    models: 2,
    difficulty: 2.0,
    script: 1.0,
    language: 0.8,
    varies: 0.0,
};

fn simulate(world: World, seed: u64) -> Vec<Row> {
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut rows = Vec::new();
    for question in 0..world.questions {
        let source = chance.u32(..12);
        let hard = world.difficulty * normal(&mut chance);
        let script = world.script + world.varies * normal(&mut chance);
        for model in 0..world.models {
            for target in 0..12 {
                let mut row = row(&TWELVE, question, model, source, target, false);
                let log = 0.5 * f64::from(model) - 0.5 - hard
                    + script * row.script_match
                    + world.language * f64::from(u8::from(row.language_match));
                row.right = chance.f64() < 1.0 / (1.0 + (-log).exp());
                rows.push(row);
            }
        }
    }
    rows
}

fn normal(chance: &mut fastrand::Rng) -> f64 {
    (0..12).map(|_| chance.f64()).sum::<f64>() - 6.0
}

fn fit(rows: &[Row], options: Options) -> Regression {
    Regression::new(rows, options).unwrap()
}

fn script(fit: &Conditional) -> f64 {
    fit.log_odds(Term::ScriptMatch).unwrap()
}

/// A design of the reference: its rows, options and numbers.
fn references() -> Vec<(Vec<Row>, Options, Value)> {
    let designs = include_str!("../../../tests/fixtures/logit/designs.json");
    let designs: Vec<Value> = serde_json::from_str(designs).unwrap();
    let read = |design: Value| {
        let mut names: Vec<String> = Vec::new();
        let mut code = |name: &Value| {
            let name = name.as_str().unwrap();
            let known = names.iter().position(|known| known == name);
            known.unwrap_or_else(|| {
                names.push(name.to_owned());
                names.len() - 1
            }) as u32
        };
        let languages = design["languages"].as_array().unwrap().iter();
        let languages: Vec<_> = languages.map(|l| (code(&l[0]), code(&l[1]))).collect();
        let rows = design["rows"].as_array().unwrap().iter().map(|cells| {
            let cell = |at: usize| cells[at].as_u64().unwrap() as u32;
            row(&languages, cell(0), cell(1), cell(2), cell(3), cell(4) == 1)
        });
        let rows = rows.collect();
        let options = Options {
            keep: Keep::All,
            target_effects: design["target_effects"].as_bool().unwrap(),
        };
        (rows, options, design)
    };
    designs.into_iter().map(read).collect()
}

/// What the reference calls a term.
fn name(term: Term) -> String {
    match term {
        Term::Intercept => "constant".to_owned(),
        Term::Model(model) => format!("model {model}"),
        Term::Target(target) => format!("target {target}"),
        Term::ScriptMatch => "script_match".to_owned(),
        Term::LanguageMatch => "language_match".to_owned(),
        Term::FamilyMatch => "family_match".to_owned(),
    }
}

/// Compares coefficients and, of the predictors, errors; the reference takes the first model and target for reference.
fn compare(regression: &Regression, found: &[Coefficient], clustered: bool, expected: &Value) {
    let value = |term: Term| expected["coefficients"][name(term)].as_f64().unwrap_or(0.0);
    for coefficient in found.iter().filter(|c| c.term != Term::Intercept) {
        let base = match coefficient.term {
            Term::Model(_) => value(Term::Model(regression.reference_model().unwrap())),
            Term::Target(_) => value(Term::Target(regression.reference_target().unwrap())),
            _ => 0.0,
        };
        let is = coefficient.log_odds.value;
        let should = value(coefficient.term) - base;
        assert!(
            (is - should).abs() < 1e-6,
            "{:?}: {is} {should}",
            coefficient.term
        );
        if coefficient.term.is_predictor() {
            let should = expected["errors"][name(coefficient.term)].as_f64().unwrap();
            let is = if clustered {
                coefficient.se
            } else {
                coefficient.model_se
            };
            assert!(
                (is - should).abs() < 1e-6,
                "{:?}: {is} {should}",
                coefficient.term
            );
        }
    }
}

#[test]
fn within_questions_it_finds_what_the_reference_finds() {
    for (rows, options, design) in references() {
        let regression = fit(&rows, options);
        let found = regression.conditional().unwrap();
        let expected = &design["conditional"];
        compare(&regression, &found.coefficients, false, expected);
        let log = expected["log_likelihood"].as_f64().unwrap();
        assert!(
            (found.log_likelihood - log).abs() < 1e-7,
            "{}",
            design["name"]
        );
        assert!(found.separated.is_empty() && found.excluded.is_empty());
        let terms = expected["coefficients"].as_object().unwrap().len();
        assert_eq!(found.coefficients.len(), terms);
    }
}

#[test]
fn pooled_it_finds_what_the_reference_finds() {
    for (rows, options, design) in references() {
        let regression = fit(&rows, options);
        let found = regression.pooled().unwrap();
        let expected = &design["pooled"];
        compare(&regression, &found.coefficients, true, expected);
        let log = expected["log_likelihood"].as_f64().unwrap();
        assert!(
            (found.log_likelihood - log).abs() < 1e-7,
            "{}",
            design["name"]
        );
        assert_eq!(found.effects.len(), 3);
        for effect in found.effects {
            let (is, se) = (effect.points.value / 100.0, effect.se / 100.0);
            let should = expected["effects"][name(effect.term)].as_f64().unwrap();
            assert!(
                (is - should).abs() < 1e-7,
                "{:?}: {is} {should}",
                effect.term
            );
            let should = expected["effect_errors"][name(effect.term)]
                .as_f64()
                .unwrap();
            assert!(
                (se - should).abs() < 1e-6,
                "{:?}: {se} {should}",
                effect.term
            );
        }
    }
}

/// Log likelihood by going through all subsets of each question.
fn by_hand(rows: &[Row], sample: &Sample, coefficients: &[f64]) -> f64 {
    let mut log = 0.0;
    for question in &sample.questions {
        let odds: Vec<f64> = sample.rows[question.clone()]
            .iter()
            .map(|(pattern, _)| {
                let line = &sample.patterns[*pattern as usize * sample.terms.len()..];
                line.iter()
                    .zip(coefficients)
                    .map(|(x, b)| x * b)
                    .sum::<f64>()
                    .exp()
            })
            .collect();
        let right = rows[question.clone()].iter().enumerate();
        let seen = right.fold(0u32, |seen, (at, row)| seen | u32::from(row.right) << at);
        let of = |subset: u32| -> f64 {
            let within = odds
                .iter()
                .enumerate()
                .filter(|(at, _)| subset >> at & 1 == 1);
            within.map(|(_, odds)| odds).product()
        };
        let all = (0..1u32 << odds.len()).filter(|s| s.count_ones() == seen.count_ones());
        log += (of(seen) / all.map(of).sum::<f64>()).ln();
    }
    log
}

/// A few rows of up to four questions, sorted as the sample wants them.
fn few_rows() -> impl Strategy<Value = Vec<Row>> {
    let row =
        (0u32..4, 0u32..3, 0u32..12, any::<bool>()).prop_map(|(question, model, target, right)| {
            row(&TWELVE, question, model, question * 3, target, right)
        });
    prop::collection::vec(row, 2..40).prop_map(|mut rows| {
        rows.sort_by_key(|row| row.question);
        rows.chunk_by(|a, b| a.question == b.question)
            .flat_map(|question| question[..question.len().min(9)].to_vec())
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_recursion_is_the_sum_over_all_subsets(rows in few_rows(), seed: u64) {
        let sample = Sample::new(&rows, false);
        let kept: Vec<usize> = (0..sample.terms.len()).collect();
        let (strata, _) = Strata::new(&sample, &kept);
        let mut chance = fastrand::Rng::with_seed(seed);
        let at: Vec<f64> = kept.iter().map(|_| 6.0 * chance.f64() - 3.0).collect();
        let point = strata.at(&at.clone().into(), None);
        prop_assert!((point.log - by_hand(&rows, &sample, &at)).abs() < 1e-9);
        // Slope and curvature by small differences.
        const SMALL: f64 = 1e-5;
        for term in 0..at.len() {
            let moved = |by: f64| {
                let mut at: DVector<f64> = at.clone().into();
                at[term] += by;
                strata.at(&at, None)
            };
            let (up, down) = (moved(SMALL), moved(-SMALL));
            let slope = (up.log - down.log) / (2.0 * SMALL);
            prop_assert!((point.score[term] - slope).abs() < 1e-6);
            let curve = (down.score - up.score) / (2.0 * SMALL);
            prop_assert!((point.information.column(term) - curve).amax() < 1e-6);
        }
        let once = vec![1; strata.len()];
        prop_assert!((strata.score(&at.into(), &once) - point.score).amax() < 1e-12);
    }

    #[test]
    fn neither_order_nor_questions_that_say_nothing_change_the_fit(seed: u64) {
        let rows = simulate(World { questions: 25, ..WORLD }, seed);
        let found = fit(&rows, Options::default()).conditional().unwrap();
        let mut other = rows.clone();
        fastrand::Rng::with_seed(seed).shuffle(&mut other);
        let shuffled = fit(&other, Options::default()).conditional().unwrap();
        prop_assert_eq!(&shuffled.coefficients, &found.coefficients);
        for question in 1000..1010 {
            other.extend((0..12).map(|target| row(&TWELVE, question, 0, 4, target, question % 2 == 0)));
        }
        let more = fit(&other, Options::default()).conditional().unwrap();
        // The model of reference may be another now.
        let log = (more.log_likelihood - found.log_likelihood).abs();
        prop_assert!((script(&more) - script(&found)).abs() < 1e-6 && log < 1e-6);
        let dropped: usize = more.used.dropped.iter().map(|d| d.questions).sum();
        let before: usize = found.used.dropped.iter().map(|d| d.questions).sum();
        prop_assert_eq!((more.used.questions, dropped), (found.used.questions, before + 10));
    }

    #[test]
    fn separation_is_found_where_it_is_and_nowhere_else(rows in few_rows()) {
        // With script match alone, it is where all that differs within questions goes one way.
        let alone = |r: &Row| Row { model: 0, language_match: false, family_match: false, ..*r };
        let rows: Vec<Row> = rows.iter().map(alone).collect();
        let Ok(regression) = Regression::new(&rows, Options::default()) else {
            return Ok(());
        };
        let (mut with, mut against) = (0, 0);
        for question in rows.chunk_by(|a, b| a.question == b.question) {
            let count = |same: bool, right: bool| {
                let is = |r: &&Row| (r.script_match > 0.0, r.right) == (same, right);
                question.iter().filter(is).count()
            };
            with += count(true, true) * count(false, false);
            against += count(true, false) * count(false, true);
        }
        if let Ok(found) = regression.conditional() {
            prop_assert_eq!(found.separated.is_empty(), with > 0 && against > 0);
        }
        let empty = [(true, true), (true, false), (false, true), (false, false)];
        let cell = |cell: &(bool, bool)| rows.iter().any(|r| (r.script_match > 0.0, r.right) == *cell);
        if let Ok(found) = regression.pooled() {
            prop_assert_eq!(found.separated.is_empty(), empty.iter().all(cell));
        }
    }

    #[test]
    fn nothing_makes_it_panic_or_give_no_number(rows in few_rows(), target_effects: bool, keep in 0..3) {
        let keep = [Keep::All, Keep::Across, Keep::KnownAcross][keep as usize];
        let Ok(regression) = Regression::new(&rows, Options { keep, target_effects }) else {
            return Ok(());
        };
        let plan = Plan { seed: 1, rounds: 10, threads: 1 };
        let finite = |c: &Coefficient| c.log_odds.low.is_finite() && c.log_odds.high.is_finite() && c.model_se.is_finite();
        if let Ok(found) = regression.conditional() {
            prop_assert!(found.coefficients.iter().all(finite), "{:?}", found);
            if let Ok(drawn) = found.bootstrap(plan, UNWATCHED) {
                prop_assert!(drawn.log_odds.iter().flat_map(|(_, p)| p).all(|p| p.estimate.low.is_finite()));
            }
        }
        if let Ok(found) = regression.pooled() {
            prop_assert!(found.coefficients.iter().all(finite), "{:?}", found);
            prop_assert!(found.effects.iter().all(|e| e.points.low.is_finite()));
        }
        prop_assert!(regression.leave_one_out(UNWATCHED).is_ok());
    }
}

#[test]
fn too_little_is_told_with_a_reason() {
    let new = |rows: &[Row]| Regression::new(rows, Options::default()).map(|_| ());
    assert_eq!(new(&[]), Err(Refusal::Empty));
    let rows = simulate(WORLD, 1);
    let all = |right: bool| {
        rows.iter()
            .map(|row| Row { right, ..*row })
            .collect::<Vec<_>>()
    };
    assert_eq!(new(&all(true)), Err(Refusal::AllRight));
    assert_eq!(new(&all(false)), Err(Refusal::AllWrong));
    let only = |keep: &dyn Fn(&Row) -> bool| {
        rows.iter()
            .filter(|row| keep(row))
            .copied()
            .collect::<Vec<_>>()
    };
    let mixed = rows.chunk_by(|a, b| a.question == b.question).find(|rows| {
        let right = rows.iter().filter(|row| row.right).count();
        right > 0 && right < rows.len()
    });
    assert_eq!(new(mixed.unwrap()), Err(Refusal::OneQuestion));
    let one_language = only(&|row| row.source == 0 && row.target == 0);
    let fit = Regression::new(&one_language, Options::default()).unwrap();
    assert_eq!(fit.pooled().err(), Some(Refusal::NothingVaries));
    let one_target = rows
        .iter()
        .map(|r| row(&TWELVE, r.question, r.model, r.source, 0, r.right));
    let fit = Regression::new(&one_target.collect::<Vec<_>>(), Options::default()).unwrap();
    assert_eq!(fit.conditional().err(), Some(Refusal::NothingVaries));
    assert!(fit.pooled().is_ok());
    let constant = |row: &Row| Row {
        right: row.question.is_multiple_of(2),
        ..*row
    };
    let constant: Vec<Row> = rows.iter().map(constant).collect();
    let fit = Regression::new(&constant, Options::default()).unwrap();
    assert_eq!(fit.conditional().err(), Some(Refusal::NoMixedQuestion));
    let wrong = Row {
        script_match: f64::NAN,
        ..rows[0]
    };
    assert_eq!(new(&[wrong]), Err(Refusal::OutOfRange));
}

#[test]
fn one_model_has_no_term_and_says_so() {
    let world = World { models: 1, ..WORLD };
    let regression = fit(&simulate(world, 3), Options::default());
    let found = regression.conditional().unwrap();
    assert_eq!(found.coefficients.len(), 3);
    let lines = regression.specification(name);
    assert!(
        lines.iter().any(|line| line.starts_with("One model")),
        "{lines:?}"
    );
    assert!(!lines.iter().any(|line| line.contains("paper")));
}

#[test]
fn what_tells_right_from_wrong_is_found_and_the_fit_penalised() {
    let mut rows = simulate(WORLD, 5);
    for row in &mut rows {
        row.right = row.right || row.script_match > 0.0;
    }
    let regression = fit(&rows, Options::default());
    let found = regression.conditional().unwrap();
    assert_eq!(found.separated, [Term::ScriptMatch]);
    assert!(
        script(&found) > 2.0 && script(&found) < 10.0,
        "{}",
        script(&found)
    );
    assert!(found.remarks(name)[0].starts_with("Separation: script_match"));
    let plan = Plan {
        seed: 1,
        rounds: 50,
        threads: 2,
    };
    let drawn = found.bootstrap(plan, UNWATCHED).unwrap();
    assert_eq!(drawn.penalised, 50);
    assert_eq!(
        drawn.log_odds[0],
        (Term::ScriptMatch, Err(Refusal::Separated))
    );
    assert!(drawn.log_odds[1].1.is_ok());
    // Whatever it is, it is large; how large, nobody knows.
    let interval = found.coefficients[0].log_odds;
    assert!(
        interval.low > 1.0 && interval.high - interval.low > 2.0,
        "{interval:?}"
    );
    assert_eq!(regression.pooled().unwrap().separated, [Term::ScriptMatch]);
    // A model that is always wrong says nothing of the rest, and only its own term is named.
    let mut rows = simulate(World { models: 3, ..WORLD }, 6);
    let without: Vec<Row> = rows.iter().filter(|row| row.model != 2).copied().collect();
    for row in rows.iter_mut().filter(|row| row.model == 2) {
        row.right = false;
    }
    let found = fit(&rows, Options::default()).conditional().unwrap();
    assert_eq!(found.separated, [Term::Model(2)]);
    let without = fit(&without, Options::default()).conditional().unwrap();
    assert!((script(&found) - script(&without)).abs() < 0.1);
}

#[test]
fn a_short_cut_ends_where_the_long_way_ends() {
    let world = World {
        questions: 200,
        ..WORLD
    };
    let regression = fit(&simulate(world, 8), Options::default());
    let found = regression.conditional().unwrap();
    let n = found.used.questions;
    let curvatures = found.curvatures();
    assert!(curvatures.is_some());
    let mut chance = fastrand::Rng::with_seed(2);
    for curvatures in [curvatures.as_deref(), None] {
        let mut short_cuts = 0;
        for _ in 0..40 {
            let mut times = vec![0; n];
            (0..n).for_each(|_| times[chance.usize(..n)] += 1);
            let Some((short, _)) = found.short_cut(&times, curvatures) else {
                continue;
            };
            short_cuts += 1;
            let (long, _) = found.long_way(&times).unwrap();
            for (short, long) in short.iter().zip(long) {
                assert!((short - long).abs() < 1e-5, "{short} {long}");
            }
        }
        assert!(short_cuts > 35, "{short_cuts}");
    }
}

#[test]
fn what_says_the_same_is_left_out_and_named() {
    // Each language has a script and a family of its own.
    let own: Vec<(u32, u32)> = (0..12).map(|n| (n, n)).collect();
    let rows: Vec<Row> = simulate(WORLD, 9)
        .iter()
        .map(|r| row(&own, r.question, r.model, r.source, r.target, r.right))
        .collect();
    let regression = fit(&rows, Options::default());
    let found = regression.conditional().unwrap();
    let same = |term| Excluded {
        term,
        said_by: vec![Term::ScriptMatch],
    };
    assert_eq!(
        found.excluded,
        [same(Term::LanguageMatch), same(Term::FamilyMatch)]
    );
    assert!(found.remarks(name)[0].contains("language_match: says the same as script_match"));
    assert_eq!(regression.scripts().caveats, [Caveat::SharedOnlyAtSource]);
    // With one source, script match is said by the target languages.
    let rows: Vec<Row> = simulate(WORLD, 9)
        .iter()
        .map(|r| row(&TWELVE, r.question, r.model, 0, r.target, r.right))
        .collect();
    let options = Options {
        target_effects: true,
        ..Options::default()
    };
    let refused = fit(&rows, options).conditional().err();
    assert_eq!(refused, Some(Refusal::NothingVaries));
    assert!(fit(&rows, Options::default()).conditional().is_ok());
}

#[test]
fn rows_are_kept_as_chosen_and_the_others_counted() {
    let rows = simulate(WORLD, 10);
    let keep = |keep| {
        let options = Options {
            keep,
            ..Options::default()
        };
        fit(&rows, options)
    };
    let all = keep(Keep::All);
    assert_eq!((all.used().rows, all.used().questions), (960, 40));
    let across = keep(Keep::Across);
    let dropped = Dropped {
        cause: Cause::AtSource,
        rows: 80,
        questions: 0,
    };
    assert_eq!(
        (across.used().rows, &across.used().dropped[..]),
        (880, &[dropped][..])
    );
    let found = across.conditional().unwrap();
    assert_eq!(found.excluded[0].term, Term::LanguageMatch);
    let known = keep(Keep::KnownAcross);
    let right = rows
        .iter()
        .filter(|row| row.is_at_source() && row.right)
        .count();
    assert_eq!(known.used().rows, 11 * right);
    let left: usize = known.used().dropped.iter().map(|d| d.rows).sum();
    assert_eq!(known.used().rows + left, 960);
    let left: usize = known.used().dropped.iter().map(|d| d.questions).sum();
    assert_eq!(known.used().questions + left, 40);
}

#[test]
fn a_bootstrap_is_repeated_by_its_seed_on_any_number_of_threads() {
    let found = fit(&simulate(WORLD, 11), Options::default())
        .conditional()
        .unwrap();
    let plan = Plan {
        seed: 42,
        rounds: 60,
        threads: 1,
    };
    let one = found.bootstrap(plan, UNWATCHED).unwrap();
    for threads in [2, 5] {
        let many = found
            .bootstrap(Plan { threads, ..plan }, UNWATCHED)
            .unwrap();
        for (one, many) in one.log_odds.iter().zip(&many.log_odds) {
            assert_eq!(
                (one.0, one.1.unwrap().estimate),
                (many.0, many.1.unwrap().estimate)
            );
        }
    }
    let other = found
        .bootstrap(Plan { seed: 43, ..plan }, UNWATCHED)
        .unwrap();
    assert_ne!(one.log_odds[0].1, other.log_odds[0].1);
    let stop = |_| ControlFlow::Break(());
    assert_eq!(found.bootstrap(plan, &stop), Err(Refusal::Stopped));
}

/// Mean of the estimates, and how often the bootstrap interval, and the one by the clustered error, hold the true effect.
fn coverage(world: World, runs: u64) -> [f64; 3] {
    let plan = Plan {
        seed: 1,
        rounds: 200,
        threads: 2,
    };
    let mut sums = [0.0; 3];
    for seed in 0..runs {
        let rows = simulate(world, 77_000 + seed);
        let found = fit(&rows, Options::default()).conditional().unwrap();
        let drawn = found.bootstrap(plan, UNWATCHED).unwrap();
        let (drawn, clustered) = (drawn.log_odds[0], found.coefficients[0]);
        assert_eq!(
            (drawn.0, clustered.term),
            (Term::ScriptMatch, Term::ScriptMatch)
        );
        let holds = |interval: Estimate| {
            f64::from(u8::from(
                interval.low <= world.script && world.script <= interval.high,
            ))
        };
        sums[0] += clustered.log_odds.value;
        sums[1] += holds(drawn.1.unwrap().estimate);
        sums[2] += holds(clustered.log_odds);
    }
    sums.map(|sum| sum / runs as f64)
}

#[test]
fn the_interval_holds_the_true_effect_nine_times_in_ten() {
    // The effect differs from question to question, so that an interval by the model alone would be too narrow.
    let world = World {
        questions: 60,
        models: 1,
        varies: 0.5,
        ..WORLD
    };
    let [mean, drawn, clustered] = coverage(world, 120);
    assert!((mean - 1.0).abs() < 0.08, "{mean}");
    assert!(drawn >= 0.90, "{drawn}");
    assert!(clustered >= 0.90, "{clustered}");
}

#[test]
fn pooled_is_smaller_where_questions_differ() {
    let world = World {
        questions: 400,
        ..WORLD
    };
    let regression = fit(&simulate(world, 13), Options::default());
    let within = script(&regression.conditional().unwrap());
    let pooled = regression.pooled().unwrap().coefficients[0];
    assert_eq!(pooled.term, Term::ScriptMatch);
    assert!(pooled.log_odds.value < 0.85 * within, "{pooled:?} {within}");
}

#[test]
fn each_language_is_left_out_once() {
    let regression = fit(&simulate(WORLD, 14), Options::default());
    let found = regression.leave_one_out(UNWATCHED).unwrap();
    assert_eq!(found.without.len(), 12);
    let (low, high) = found.range.unwrap();
    let whole = script(&regression.conditional().unwrap());
    assert!(low < whole && whole < high, "{low} {whole} {high}");
    let stop = |done| match done {
        3 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    assert_eq!(regression.leave_one_out(&stop), Err(Refusal::Stopped));
}

#[test]
fn strata_of_thousands_of_rows_do_not_overflow() {
    let mut chance = fastrand::Rng::with_seed(3);
    let mut rows = Vec::new();
    for question in 0..2 {
        for n in 0..4000 {
            let target = n % 12;
            let mut row = row(&TWELVE, question, n % 3, 0, target, false);
            let log = row.script_match + f64::from(row.model) - 1.0;
            row.right = chance.f64() < 1.0 / (1.0 + (-log).exp());
            rows.push(row);
        }
    }
    let found = fit(&rows, Options::default()).conditional().unwrap();
    // With so many rows a question, conditioning changes next to nothing, and the truth is near.
    assert!((script(&found) - 1.0).abs() < 0.15, "{}", script(&found));
    assert!(found.log_likelihood.is_finite());
}
