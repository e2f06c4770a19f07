//! The README says what the tables of the program say.

#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;
use std::path::Path;

use scriptlens::corpus::fields::{FLAGS, KEYS, MEASURES};
use scriptlens::corpus::{Corpus, Options};
use scriptlens::grade::GRADERS;
use scriptlens::ingest::Gravity;
use scriptlens::ingest::judges::SCHEMES;
use scriptlens::record::Record;
use scriptlens::remedy::{Condition, Rejection};
use scriptlens::stats::matrix::Measure;
use scriptlens::tui::action::ACTIONS;

const README: &str = include_str!("../README.md");

#[test]
fn every_field_number_and_word_of_the_filter_language_is_in_the_readme() {
    let keys = KEYS.iter().map(|spec| format!("`{}:`", spec.name));
    let words = MEASURES
        .iter()
        .map(|m| m.1)
        .chain(FLAGS.iter().map(|f| f.1))
        .map(|word| format!("`{word}`"));
    for name in keys.chain(words) {
        assert!(README.contains(&name), "the README lacks {name}");
    }
}

#[test]
fn every_measure_of_the_matrix_is_in_the_readme() {
    for word in Measure::ALL.map(Measure::word) {
        assert!(
            README.contains(&format!("`{word}`")) || README.contains(&format!("--measure {word}`")),
            "the README lacks {word}"
        );
    }
}

#[test]
fn every_action_is_in_the_readme_with_its_keys() {
    for spec in ACTIONS {
        let row = README
            .lines()
            .find(|line| line.starts_with('|') && line.contains(&format!("| `{}` |", spec.name)));
        assert!(row.is_some(), "the README lacks {}", spec.name);
        for key in spec.keys {
            assert!(
                row.is_some_and(|row| row.contains(&format!("`{key}`"))),
                "{} lacks {key}",
                spec.name
            );
        }
    }
}

#[test]
fn every_condition_of_prompts_is_in_the_readme() {
    for condition in Condition::ALL {
        let named = format!("`{condition}`");
        let row = README
            .lines()
            .any(|line| line.starts_with('|') && line.contains(&named));
        assert!(row, "the README lacks {condition}");
    }
}

#[test]
fn every_reason_against_a_sample_is_in_the_readme() {
    for reason in Rejection::ALL {
        let row = format!("| `{}` | {} |", reason.word(), reason.doc());
        assert!(README.contains(&row), "the README lacks {row}");
    }
}

#[test]
fn every_grader_and_scheme_of_judges_is_in_the_readme() {
    for about in GRADERS {
        let row = format!("| `{}`", about.name);
        let row = README.lines().find(|line| line.starts_with(&row));
        let says = |row: &str| row.contains(about.doc) && row.contains(about.version);
        assert!(row.is_some_and(says), "the README lacks {}", about.name);
    }
    for scheme in SCHEMES {
        let lists = [scheme.right, scheme.wrong, scheme.unattempted].map(|list| list.join(", "));
        let row = format!(
            "| {} | {} | {} |",
            scheme.name,
            scheme.holds,
            lists.join(" | ")
        );
        assert!(README.contains(&row), "the README lacks {row}");
    }
}

#[test]
fn the_settings_of_the_readme_can_be_read() {
    let start = README.find("```toml\n[[files]]").map_or(0, |at| at + 8);
    let settings = README[start..].split("```").next().unwrap_or_default();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("gold")).unwrap();
    let row = "{\"id\": \"q1\", \"question\": \"?\", \"targets\": [\"!\"]}\n";
    std::fs::write(folder.path().join("gold/gold.jsonl"), row).unwrap();
    std::fs::write(folder.path().join("scriptlens.toml"), settings).unwrap();
    std::fs::write(folder.path().join("run.jsonl"), row).unwrap();
    let paths = [folder.path().display().to_string()];
    let corpus = Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()));
    assert_eq!(
        corpus.problems_of(Gravity::Lost),
        0,
        "{:?}",
        corpus.problems()
    );
}

#[test]
fn every_format_is_in_the_readme() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let paths = [folder.display().to_string()];
    let corpus = Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()));
    for file in corpus.files() {
        let format = file.source.format();
        let known = README
            .lines()
            .any(|line| line.starts_with("| ") && line.contains(format));
        assert!(known || format == "batch", "the README lacks {format}");
    }
}

#[test]
fn the_example_record_of_the_readme_is_one() {
    let (_, after) = README.split_once("```json\n").unwrap();
    let (block, _) = after.split_once("```").unwrap();
    let record: Result<Record, _> = serde_json::from_str(block);
    assert!(
        record.is_ok_and(|record| !record.question_id.is_empty()),
        "{block}"
    );
}
