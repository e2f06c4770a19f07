//! Writes `sample-runs/`: small runs of two fictional models, one in each format that scriptlens reads.
//!
//! `cargo run --example sample_runs [-- <folder>]`. The facts and the names are real and hand-written in `facts/`; who
//! answers what, and how the reasoning goes, is made up here, from a fixed seed, to look like the thing one comes to
//! scriptlens for: a fact known in the script it is local to, and lost, often at the name, in another. Every answer is
//! graded against the accepted forms, and the example fails where the grade is not the intended one.

mod compose;
mod facts;
mod parquet;
mod rng;
mod write;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use compose::{Composer, Fate, Oddity, Response, Wish};
use facts::{Fact, Phrases, accepts, script};
use rng::Rng;

/// Says so in every file.
pub const NOTE: &str = "Written for illustration by the scriptlens project; no model's output.";

/// Why nothing, or nothing more, was written.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// With a message for whoever runs the example.
    pub fn new(message: impl Into<String>) -> Self {
        Failure(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure(error.to_string())
    }
}

/// One model under one condition.
pub struct Run {
    /// The model's name.
    pub model: &'static str,
    /// `baseline` or `entity-hint`.
    pub condition: &'static str,
    /// Samples per question and language.
    pub epochs: u32,
    /// The log has a place for reasoning that is withheld.
    seals: bool,
}

const RUNS: [Run; 4] = [
    Run {
        model: "atlas-9b",
        condition: "baseline",
        epochs: 3,
        seals: false,
    },
    Run {
        model: "atlas-9b",
        condition: "entity-hint",
        epochs: 2,
        seals: true,
    },
    Run {
        model: "meridian-32b",
        condition: "baseline",
        epochs: 1,
        seals: false,
    },
    Run {
        model: "meridian-32b",
        condition: "entity-hint",
        epochs: 1,
        seals: false,
    },
];

impl Run {
    fn big(&self) -> bool {
        self.model.starts_with("meridian")
    }

    /// Whether this run gives the spelling of the source.
    pub fn hinted(&self) -> bool {
        self.condition == "entity-hint"
    }
}

/// How far the question's language is from the fact's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Distance {
    Home,
    SameScript,
    /// Chinese and Japanese share characters, not the whole script.
    SharedCharacters,
    CrossScript,
}

fn distance(source: &str, target: &str) -> Distance {
    match (script(source), script(target)) {
        _ if source == target => Distance::Home,
        (a, b) if a == b => Distance::SameScript,
        ("Hans", "Jpan") | ("Jpan", "Hans") => Distance::SharedCharacters,
        _ => Distance::CrossScript,
    }
}

/// The chance, as log odds, that a run knows a fact at a distance.
fn odds(run: &Run, distance: Distance, target: &str) -> f64 {
    let base = match distance {
        Distance::Home => 2.3,
        Distance::SameScript => 0.75,
        Distance::SharedCharacters => 0.3,
        Distance::CrossScript => -1.15,
    };
    let size = match (run.big(), distance) {
        (true, Distance::CrossScript) => 1.0,
        (true, _) => 0.8,
        _ => 0.0,
    };
    let hint = match (run.hinted(), distance) {
        (true, Distance::CrossScript) => 0.95,
        (true, Distance::SharedCharacters) => 0.4,
        (true, _) => 0.2,
        _ => 0.0,
    };
    // What a language has been read in much is known better in it, whatever its script.
    let read = match target {
        "en" => 0.7,
        "zh" | "ru" | "de" | "fr" => 0.2,
        "ne" | "km" | "hy" | "ka" | "bn" if distance != Distance::Home => -0.5,
        _ => 0.0,
    };
    base + size + hint + read
}

fn fate(correct: bool, distance: Distance, latin: bool, rng: &mut Rng) -> Fate {
    const FATES: [Fate; 8] = [
        Fate::Exact,
        Fate::Variant,
        Fate::Garbled,
        Fate::Confused,
        Fate::Untransliterated,
        Fate::Romanised,
        Fate::Drifting,
        Fate::Absent,
    ];
    let cross = distance == Distance::CrossScript;
    // Romanised only is a fate where neither side is Latin.
    let pivot = if latin { 0.0 } else { 1.0 };
    let weights = match (correct, cross) {
        (true, false) => [85.0, 15.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        (true, true) => [54.0, 11.0, 6.0, 0.0, 10.0, 11.0 * pivot, 8.0, 0.0],
        (false, false) => [0.0, 0.0, 16.0, 50.0, 0.0, 0.0, 8.0, 26.0],
        (false, true) => [0.0, 0.0, 27.0, 21.0, 14.0, 11.0 * pivot, 14.0, 13.0],
    };
    FATES[rng.weighted(&weights)]
}

fn oddity(run: &Run, correct: bool, distance: Distance, rng: &mut Rng) -> Option<Oddity> {
    let roll = rng.unit();
    let seal = if run.seals { 0.05 } else { 0.0 };
    if roll < seal {
        return Some(Oddity::Encrypted {
            summary: rng.chance(0.5),
        });
    }
    if correct {
        return None;
    }
    // The bigger model thinks longer and meets the length limit more often.
    let cut = if run.big() { 0.055 } else { 0.03 };
    match roll - seal {
        r if r < cut => Some(Oddity::Unterminated),
        r if r < cut + 0.012 => Some(Oddity::EmptyAnswer),
        r if r < cut + 0.025 => Some(Oddity::Refusal),
        r if r < cut + 0.07 && distance == Distance::CrossScript => Some(Oddity::WrongLanguage),
        _ => None,
    }
}

/// All responses of one run, graded.
fn respond(
    run: &Run,
    facts: &[Fact],
    phrases: &Phrases,
    composer: &mut Composer,
) -> Result<Vec<Response>, Failure> {
    let mut responses = Vec::new();
    for (index, fact) in facts.iter().enumerate() {
        // Some facts are harder than others, for every model alike.
        let hardness = Rng::of(&["fact", &fact.id]).normal() * 0.6;
        for (language, local) in &fact.locals {
            let distance = distance(&fact.source, language);
            let pair = Rng::of(&["pair", &fact.id, language]).normal() * 0.5;
            let own = Rng::of(&["own", run.model, &fact.id, language]).normal() * 0.5;
            let odds = odds(run, distance, language) + hardness + pair + own;
            let latin = script(&fact.source) == "Latn" || script(language) == "Latn";
            for epoch in 1..=run.epochs {
                let seed = [
                    run.model,
                    run.condition,
                    &fact.id,
                    language,
                    &epoch.to_string(),
                ];
                let mut rng = Rng::of(&seed);
                let known = rng.chance(1.0 / (1.0 + (-odds).exp()));
                let mut oddity = oddity(run, known, distance, &mut rng);
                // Some names are written alike in both languages; then it is the right answer after all.
                if oddity == Some(Oddity::WrongLanguage)
                    && accepts(&local.gold, &fact.local(elsewhere(fact, language))?.gold[0])
                {
                    oddity = Some(Oddity::Refusal);
                }
                let mut fate = fate(known, distance, latin, &mut rng);
                if oddity == Some(Oddity::WrongLanguage) {
                    fate = Fate::Exact;
                }
                if fate == Fate::Variant && local.variant.is_none() {
                    fate = Fate::Exact;
                }
                let english = match (run.big(), language.as_str()) {
                    (_, "ka" | "hy" | "km" | "ne" | "bn") => 0.6,
                    (true, _) => 0.3,
                    (false, _) => 0.38,
                };
                let wish = Wish {
                    fact,
                    language,
                    correct: known,
                    fate,
                    english,
                    hinted: run.hinted(),
                };
                let mut response = Response {
                    fact: index,
                    language: language.clone(),
                    epoch,
                    question: question(run, fact, language, phrases, &mut rng)?,
                    trace: composer.trace(&wish, &mut rng)?,
                    answer: String::new(),
                    name: String::new(),
                    correct: known,
                    fate,
                    oddity,
                };
                finish(&mut response, &wish, composer, &mut rng)?;
                composer.graded(&wish, &response.answer)?;
                responses.push(response);
            }
        }
    }
    Ok(responses)
}

/// The question, and in one natural sentence how the name in it is spelled where it is local.
fn question(
    run: &Run,
    fact: &Fact,
    language: &str,
    phrases: &Phrases,
    rng: &mut Rng,
) -> Result<String, Failure> {
    let local = fact.local(language)?;
    if !run.hinted() || language == fact.source {
        return Ok(local.question.clone());
    }
    let hints = phrases.get(language).and_then(|slots| slots.get("hint"));
    let hints =
        hints.ok_or_else(|| Failure::new(format!("phrases: {language}.hint is missing")))?;
    let origin = &fact.local(&fact.source)?.subject[0];
    // Nothing to add where both languages write it alike.
    if local.subject.contains(origin) {
        return Ok(local.question.clone());
    }
    let hint = hints[rng.below(hints.len())]
        .replace("{s}", &local.subject[0])
        .replace("{o}", origin);
    let space = if matches!(language, "ja" | "zh") {
        ""
    } else {
        " "
    };
    Ok(format!("{}{space}{hint}", local.question))
}

/// The language that an answer in the wrong language is in: that of the source, or English.
fn elsewhere<'a>(fact: &'a Fact, language: &str) -> &'a str {
    if language == "en" { &fact.source } else { "en" }
}

fn finish(
    response: &mut Response,
    wish: &Wish,
    composer: &Composer,
    rng: &mut Rng,
) -> Result<(), Failure> {
    match response.oddity {
        Some(Oddity::Unterminated) => {
            // Inside a word, as a length limit does it.
            let length = response.trace.chars().count();
            let cut = length * 2 / 3 + rng.below((length / 4).max(1));
            response.trace = response
                .trace
                .chars()
                .take(cut)
                .collect::<String>()
                .trim_end()
                .to_owned();
        }
        Some(Oddity::EmptyAnswer) => {}
        Some(Oddity::Refusal) => response.answer = composer.must("refuse", wish.language, rng)?,
        Some(Oddity::WrongLanguage) => {
            let language = elsewhere(wish.fact, wish.language);
            let name = wish.fact.local(language)?.gold[0].clone();
            response.answer = composer
                .must("answer", language, rng)?
                .replace("{n}", &name);
            response.name = name;
        }
        Some(Oddity::Encrypted { .. }) | None => match composer.name(wish, rng)? {
            Some(name) => {
                response.answer = composer
                    .must("answer", wish.language, rng)?
                    .replace("{n}", &name);
                response.name = name;
            }
            None => response.answer = composer.must("idk", wish.language, rng)?,
        },
    }
    Ok(())
}

/// No two traces alike: the point of runs that people read.
fn distinct(runs: &[(&Run, Vec<Response>)]) -> Result<(), Failure> {
    let mut seen: BTreeMap<&str, &Response> = BTreeMap::new();
    for response in runs.iter().flat_map(|(_, responses)| responses) {
        if let Some(other) = seen.insert(&response.trace, response) {
            return Err(Failure::new(format!(
                "the same trace twice, {} and {}:\n{}",
                other.language, response.language, response.trace
            )));
        }
    }
    Ok(())
}

fn run() -> Result<(), Failure> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = std::env::args()
        .nth(1)
        .map_or_else(|| here.join("sample-runs"), PathBuf::from);
    let (facts, phrases) = facts::load(&here.join("examples/sample_runs"))?;
    let mut composer = Composer::new(&phrases);
    let mut runs = Vec::new();
    for run in &RUNS {
        runs.push((run, respond(run, &facts, &phrases, &mut composer)?));
    }
    distinct(&runs)?;
    for (run, responses) in &runs {
        match (run.big(), run.hinted()) {
            (false, false) => write::jsonl(&out, run, &facts, responses)?,
            (false, true) => write::inspect(&out, run, &facts, responses)?,
            (true, false) => write::lm_eval(&out, run, &facts, responses)?,
            (true, true) => write::tables(&out, run, &facts, responses)?,
        }
    }
    write::readme(&out, &facts, &runs)?;
    for (run, responses) in &runs {
        let right = responses.iter().filter(|response| response.correct).count();
        let mut fates: BTreeMap<Fate, usize> = BTreeMap::new();
        for response in responses {
            *fates.entry(response.fate).or_default() += 1;
        }
        println!(
            "{} {}: {} responses, {right} right, {fates:?}",
            run.model,
            run.condition,
            responses.len()
        );
        let odd: Vec<_> = responses
            .iter()
            .filter_map(|response| response.oddity)
            .collect();
        println!("    {odd:?}");
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("sample runs: {failure}");
            ExitCode::FAILURE
        }
    }
}
