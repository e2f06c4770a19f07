//! What is mined from parallel questions, against a list written by hand. The questions that other groups published are
//! read where they lie beside this project; without them that part of the list is left out.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/mining_gold.rs"]
mod mining_gold;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use mining_gold::{Gold, gold, judge};
use scriptlens::entity::name::NameModel;
use serde_json::Value;

const LIST: &str = include_str!("fixtures/mining.jsonl");

/// Language and text of each version of a question.
type Versions = Vec<(String, String)>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn sample_runs() -> HashMap<String, Versions> {
    let runs = std::fs::read_to_string(root().join("sample-runs/atlas-9b_baseline.jsonl")).unwrap();
    let mut questions: HashMap<String, Versions> = HashMap::new();
    for line in runs.lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| value[key].as_str().unwrap().to_owned();
        let language = text("target").split('-').next().unwrap().to_owned();
        let versions = questions.entry(text("question_id")).or_default();
        if !versions.iter().any(|(known, _)| *known == language) {
            versions.push((language, text("question")));
        }
    }
    questions
}

/// Questions of GeoFact-X by line and of X-FaKT by row.
fn real_runs(list: &[Gold]) -> Option<HashMap<String, Versions>> {
    let folder = root().join("../shared/real-runs");
    let geofact = std::fs::read_to_string(folder.join("geofact-x/geofact_x_test.jsonl")).ok()?;
    let geofact: Vec<Value> = geofact
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let languages = [
        ("en", "English"),
        ("ar", "Arabic"),
        ("ru", "Russian"),
        ("el", "Greek"),
        ("hi", "Hindi"),
        ("ja", "Japanese"),
        ("zh", "Chinese"),
        ("th", "Thai"),
        ("tr", "Turkish"),
    ];
    let tables = languages.map(|(tag, name)| {
        let path = folder.join(format!("x_fakt/phi-4/without_system_prompt/{name}.csv"));
        (tag, first_column(&std::fs::read_to_string(path).unwrap()))
    });
    let mut questions = HashMap::new();
    for line in list {
        let number = || line.id.split_once('#').unwrap().1.parse::<usize>().unwrap();
        let versions: Versions = match &*line.set {
            "geofact-x" => line
                .lines
                .iter()
                .map(|(language, line)| {
                    (
                        language.clone(),
                        geofact[line - 1]["question"].as_str().unwrap().to_owned(),
                    )
                })
                .collect(),
            "x_fakt" => tables
                .iter()
                .map(|(tag, rows)| ((*tag).to_owned(), rows[number() + 1].clone()))
                .collect(),
            _ => continue,
        };
        questions.insert(line.id.clone(), versions);
    }
    Some(questions)
}

/// The first field of each row.
fn first_column(table: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(table.as_bytes());
    reader
        .records()
        .map(|row| row.unwrap()[0].to_owned())
        .collect()
}

fn questions() -> (Vec<Gold>, HashMap<String, Versions>) {
    let mut list = gold(LIST);
    let mut questions = sample_runs();
    match real_runs(&list) {
        Some(more) => questions.extend(more),
        None => {
            eprintln!(
                "the real runs do not lie beside this project: only the sample runs are checked"
            );
            list.retain(|line| line.set == "sample-runs");
        }
    }
    (list, questions)
}

#[test]
fn every_form_of_the_list_stands_in_its_question() {
    let (list, questions) = questions();
    for line in &list {
        for (language, form) in line.forms() {
            let (_, text) = questions[&line.id]
                .iter()
                .find(|(known, _)| known == language)
                .unwrap();
            assert!(text.contains(form), "{} {language} {form}: {text}", line.id);
        }
    }
}

#[test]
fn nine_of_ten_that_are_mined_are_right() {
    let (list, questions) = questions();
    let versions = |line: &Gold| questions[&line.id].clone();
    for half in 0..2 {
        let lines = || {
            list.iter()
                .enumerate()
                .filter(|(nth, _)| nth % 2 == half)
                .map(|(_, line)| line)
        };
        let start = Instant::now();
        let together = judge(NameModel::shipped(), lines(), versions, false);
        let seconds = start.elapsed().as_secs_f64();
        // For `cargo test --test mining -- --nocapture`.
        println!(
            "{} pairs of questions, {:.0} pairs/s\n{}",
            together.pairs,
            together.pairs as f64 / seconds,
            together.tables()
        );
        assert!(
            together.all.precision() >= 0.9 && together.all.recall() >= 0.6,
            "{}\n{}",
            together.tables(),
            together.errors.join("\n")
        );
    }
}
