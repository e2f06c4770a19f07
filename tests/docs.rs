//! The README says what the tables of the program say.

use scriptlens::corpus::fields::{FLAGS, KEYS, MEASURES};
use scriptlens::record::Record;
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
fn every_action_is_in_the_readme_with_its_keys() {
    for spec in ACTIONS {
        let row = README
            .lines()
            .find(|line| line.starts_with('|') && line.contains(&format!("`{}`", spec.name)));
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
fn the_example_record_of_the_readme_is_one() {
    let record = README
        .lines()
        .find(|line| line.starts_with('{') && line.contains("question_id"));
    let block = record.map_or_else(
        || {
            let start = README.find("```json\n").map_or(0, |at| at + 8);
            README[start..]
                .split("```")
                .next()
                .unwrap_or_default()
                .to_owned()
        },
        str::to_owned,
    );
    let record: Result<Record, _> = serde_json::from_str(&block);
    assert!(
        record.is_ok_and(|record| !record.question_id.is_empty()),
        "{block}"
    );
}
