//! Is it script, language or family: 100,000 responses to 5,000 questions, five models, twelve languages.
//!
//! The bars: a fit within 2 s, a thousand rounds of its bootstrap within a minute on two cores.

use divan::{Bencher, black_box};
use scriptlens::stats::logit::{Options, Regression, Row};
use scriptlens::stats::resample::{Plan, UNWATCHED};

/// Scripts of the twelve languages of ECLeKTic: de en es fr he hi id it ja ko pt zh.
const SCRIPTS: [u32; 12] = [0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 5];
/// Their families.
const FAMILIES: [u32; 12] = [0, 0, 1, 1, 2, 3, 4, 1, 5, 6, 1, 7];
const QUESTIONS: u32 = 5000;
const ROWS_OF_ONE: u32 = 20;
const MODELS: u32 = 5;

fn rows() -> Vec<Row> {
    let mut chance = fastrand::Rng::with_seed(1);
    let mut rows = Vec::new();
    for question in 0..QUESTIONS {
        let (source, hard) = (chance.u32(..12), 4.0 * chance.f64() - 2.0);
        for n in 0..ROWS_OF_ONE {
            let target = chance.u32(..12);
            let [source_script, target_script] = [source, target].map(|l| SCRIPTS[l as usize]);
            let script_match = f64::from(u8::from(source_script == target_script));
            let at_source = f64::from(u8::from(source == target));
            let model = n % MODELS;
            let log = f64::from(model) * 0.2 - hard + script_match + 0.8 * at_source;
            rows.push(Row {
                question,
                model,
                source,
                target,
                source_script,
                target_script,
                script_match,
                language_match: source == target,
                family_match: FAMILIES[source as usize] == FAMILIES[target as usize],
                right: chance.f64() < 1.0 / (1.0 + (-log).exp()),
            });
        }
    }
    rows
}

fn options(target_effects: bool) -> Options {
    Options {
        target_effects,
        ..Options::default()
    }
}

#[divan::bench(args = [false, true], sample_count = 10)]
fn fit_within_questions(bencher: Bencher, target_effects: bool) {
    let rows = rows();
    bencher.bench(|| {
        let regression = Regression::new(black_box(&rows), options(target_effects)).unwrap();
        regression.conditional().unwrap()
    });
}

#[divan::bench(args = [false, true], sample_count = 10)]
fn fit_pooled(bencher: Bencher, target_effects: bool) {
    let regression = Regression::new(&rows(), options(target_effects)).unwrap();
    bencher.bench(|| black_box(&regression).pooled().unwrap());
}

#[divan::bench(args = [false, true], sample_count = 1, sample_size = 1)]
fn a_thousand_rounds(bencher: Bencher, target_effects: bool) {
    let regression = Regression::new(&rows(), options(target_effects)).unwrap();
    let fit = regression.conditional().unwrap();
    let plan = Plan {
        seed: 1,
        rounds: 1000,
        threads: 2,
    };
    bencher.bench(|| black_box(&fit).bootstrap(plan, UNWATCHED).unwrap());
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn leave_one_language_out(bencher: Bencher) {
    let regression = Regression::new(&rows(), options(false)).unwrap();
    bencher.bench(|| black_box(&regression).leave_one_out(UNWATCHED).unwrap());
}
