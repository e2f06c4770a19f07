//! `scriptlens stats`: what it prints, and that what cannot be computed is a sentence.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

const HOME: &str = env!("CARGO_MANIFEST_DIR");

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scriptlens"));
    command.current_dir(HOME).stdin(Stdio::null());
    command.arg("stats").args(arguments).output().unwrap()
}

#[track_caller]
fn printed(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(&[arguments, &["--format", "json"]].concat())).unwrap()
}

/// What standard error says of wrong usage.
#[track_caller]
fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// The lines of a table of an answer.
#[track_caller]
fn rows<'a>(told: &'a Value, table: &str) -> &'a Vec<Value> {
    let tables = told["tables"].as_array().unwrap();
    let table = tables.iter().find(|known| known["name"] == table).unwrap();
    table["rows"].as_array().unwrap()
}

/// A response: model, condition, question, source, target, epoch, right.
fn row(
    who: [&str; 2],
    question: &str,
    [source, target]: [&str; 2],
    epoch: u32,
    right: bool,
) -> Value {
    json!({"run": format!("{}/{}", who[0], who[1]), "model": who[0], "condition": who[1], "question_id": question,
        "source": source, "target": target, "epoch": epoch, "question": "?", "answer": if right { "yes" } else { "no" },
        "correct": right, "trace": "because"})
}

fn file(folder: &Path, name: &str, rows: &[Value]) -> String {
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// Two models, two conditions, twelve questions from four languages of three scripts, asked in all four.
fn many() -> Vec<Value> {
    let languages = ["en", "de", "he", "hi"];
    let mut rows = Vec::new();
    for (m, model) in ["small", "large"].into_iter().enumerate() {
        for (c, condition) in ["baseline", "hint"].into_iter().enumerate() {
            for q in 0..12usize {
                for (t, target) in languages.into_iter().enumerate() {
                    let source = languages[q % 4];
                    let same = source == target || (q % 4 < 2 && t < 2);
                    let ease = usize::from(same) * 3
                        + m * 2
                        + c * usize::from(!same) * 2
                        + usize::from(source == target);
                    let right = (q * 7 + t * 5 + m * 3 + c) % 8 < 2 + ease;
                    rows.push(row(
                        [model, condition],
                        &format!("q{q}"),
                        [source, target],
                        1,
                        right,
                    ));
                }
            }
        }
    }
    rows
}

/// No number is none.
fn is_finite(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric());
    !words
        .into_iter()
        .any(|word| ["nan", "inf"].contains(&word.to_lowercase().as_str()))
}

/// Every analysis; `names` looks for names and `matrix` has several measures.
const ALL: [&[&str]; 16] = [
    &["matrix"],
    &["matrix", "--measure", "transfer", "--by", "language"],
    &["matrix", "--measure", "gap", "--by", "family"],
    &["matrix", "--measure", "lost"],
    &["matrix", "--measure", "trace-share"],
    &["matrix", "--base", "row"],
    &["transfer"],
    &["regress", "--rounds", "100"],
    &[
        "regress",
        "--rounds",
        "100",
        "--rows",
        "known-across",
        "--targets",
    ],
    &["names", "--rounds", "100"],
    &["composition"],
    &["variance"],
    &["vote"],
    &["overlap"],
    &["scaling"],
    &[
        "attribution",
        "--base",
        "baseline",
        "--translated",
        "hint",
        "--from-trace",
        "hint",
        "--both",
        "hint",
    ],
];

#[test]
fn every_answer_says_of_what_it_is_and_fits_the_screen() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "run.jsonl", &many());
    let pairs: [&[&str]; 3] = [
        &["hint", "--rounds", "100"],
        &[
            "paired",
            "--a",
            "small/baseline",
            "--b",
            "large/hint",
            "--rounds",
            "100",
        ],
        &["matrix", "--measure", "lift"],
    ];
    for analysis in ALL.iter().chain(&pairs) {
        let text = printed(&[analysis, &[path.as_str(), "--where", "-q:q0"][..]].concat());
        assert!(
            text.contains("176 of 192 responses · 11 questions · 4 runs · filter: -q:q0"),
            "{analysis:?}: {text}"
        );
        // Where there are no numbers there is nothing to beware of.
        let is_refused = text.contains("\nNo response has a name to look for.\n");
        assert!(
            is_refused || text.contains("\nBeware\n- "),
            "{analysis:?}: {text}"
        );
        assert!(is_finite(&text), "{analysis:?}: {text}");
        for line in text.lines() {
            assert!(line.width() <= 100, "{analysis:?}: {line}");
        }
        let markdown = printed(&[analysis, &[path.as_str(), "--format", "md"][..]].concat());
        assert!(markdown.starts_with("## ") && markdown.contains("192 of 192 responses"));
        let csv = printed(&[analysis, &[path.as_str(), "--format", "csv"][..]].concat());
        assert!(csv.contains("# 192 of 192 responses"));
        let told = json(&[analysis, &[path.as_str()][..]].concat());
        assert_eq!(told["scope"]["of"], 192);
        for table in told["tables"].as_array().unwrap() {
            let columns = table["columns"].as_array().unwrap().len();
            for row in table["rows"].as_array().unwrap() {
                assert_eq!(
                    row.as_array().unwrap().len(),
                    columns,
                    "{analysis:?}: {row}"
                );
            }
        }
    }
}

#[test]
fn where_nothing_can_be_computed_a_sentence_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let of = |keep: &dyn Fn(&Value) -> bool| many().into_iter().filter(keep).collect::<Vec<_>>();
    let outcome = |right: bool| {
        let mut rows = many();
        rows.iter_mut()
            .for_each(|row| row["correct"] = json!(right));
        rows
    };
    let unjudged = {
        let mut rows = many();
        rows.iter_mut()
            .for_each(|row| drop(row.as_object_mut().unwrap().remove("correct")));
        rows
    };
    let without_source = {
        let mut rows = many();
        rows.iter_mut()
            .for_each(|row| drop(row.as_object_mut().unwrap().remove("source")));
        rows
    };
    let cases = [
        (
            "one model",
            of(&|row| row["model"] == "small" && row["condition"] == "hint"),
        ),
        ("one language", of(&|row| row["target"] == "en")),
        ("one question", of(&|row| row["question_id"] == "q1")),
        (
            "one response",
            of(&|row| row["question_id"] == "q1")[..1].to_vec(),
        ),
        ("all right", outcome(true)),
        ("all wrong", outcome(false)),
        ("unjudged", unjudged),
        ("without source", without_source),
    ];
    let pairs: [&[&str]; 1] = [&["paired", "--a", "small", "--b", "large", "--rounds", "100"]];
    let check = |name: &str, analysis: &[&str], more: &[&str]| {
        let output = run(&[analysis, more].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        // Two sides that are not there are wrong usage, and are told so.
        let told = output.status.code() == Some(0)
            || output.status.code() == Some(2) && error.contains("there are");
        assert!(told, "{name} {analysis:?}: {text} {error}");
        assert!(
            is_finite(&text) && !error.contains("panic"),
            "{name} {analysis:?}: {text}{error}"
        );
    };
    for (name, rows) in &cases {
        let path = file(folder.path(), "run.jsonl", rows);
        for analysis in ALL.iter().chain(&pairs) {
            check(name, analysis, &[&path]);
        }
    }
    let path = file(folder.path(), "run.jsonl", &many());
    for analysis in ALL.iter().chain(&pairs) {
        check("nothing", analysis, &[&path, "--where", "src:Thai"]);
    }
    let regress = |more: &[&str]| {
        json(&[&["regress", path.as_str()], more].concat())["refusal"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(regress(&["--where", "src:Thai"]).contains("The filter lets no response through"));
    assert!(regress(&["--where", "right"]).contains("All responses are right"));
    assert!(regress(&["--where", "q:q1"]).contains("only one question"));
    let refusal = |name: &str| {
        let (_, rows) = cases.iter().find(|(of, _)| *of == name).unwrap();
        let path = file(folder.path(), "other.jsonl", rows);
        json(&["transfer", &path])["refusal"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(refusal("unjudged").contains("--grade"));
    assert!(refusal("without source").contains("scriptlens.toml"));
}

#[test]
fn a_seed_gives_the_same_again_and_another_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "run.jsonl", &many());
    let with = |seed: &str| {
        printed(&[
            "regress", &path, "--rounds", "200", "--seed", seed, "--table", "within",
        ])
    };
    assert_eq!(with("3"), with("3"));
    assert_ne!(with("3"), with("4"));
    assert!(with("3").contains("200 bootstrap rounds") && with("3").contains("seed 3"));
}

#[test]
fn the_regression_says_what_it_is_and_beware_of_latin_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "run.jsonl", &many());
    let text = printed(&["regress", &path, "--rounds", "100", "--rows", "across"]);
    for said in [
        "log odds(right) = question + model + script match",
        "The design: which scripts meet which",
        "\"both Latn\" here",
        "What is used, and what is not",
        "without each language",
        "it is not that of any paper",
    ] {
        assert!(text.replace("\n  ", " ").contains(said), "{said}: {text}");
    }
}

#[test]
fn transfer_is_that_of_the_published_code_and_without_the_source_row() {
    // Four languages; of what is known at the source, half is right elsewhere.
    let folder = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for (question, right) in [
        ("a", [true, true, false, false]),
        ("b", [true, true, true, false]),
        ("c", [false, true, true, true]),
    ] {
        for (target, right) in ["he", "en", "de", "hi"].into_iter().zip(right) {
            all.push(row(["m", "c"], question, ["he", target], 1, right));
        }
    }
    let path = file(folder.path(), "run.jsonl", &all);
    for more in [&[][..], &["--where", "cross"]] {
        let told = json(&[&["transfer", path.as_str()], more].concat());
        let scores: Vec<(&str, f64, u64, u64)> = rows(&told, "eclektic")
            .iter()
            .map(|row| {
                (
                    row[1].as_str().unwrap(),
                    row[2].as_f64().unwrap(),
                    row[5].as_u64().unwrap(),
                    row[6].as_u64().unwrap(),
                )
            })
            .collect();
        assert_eq!(
            scores,
            [
                ("overall", 3.0 / 9.0, 3, 9),
                ("transfer", 0.5, 3, 6),
                ("transfer as coded", 5.0 / 8.0, 5, 8)
            ]
        );
    }
}

#[test]
fn what_was_known_in_another_epoch_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for (epoch, question, right) in [
        (1, "a", [true, true]),
        (1, "b", [true, false]),
        (2, "a", [true, false]),
        (2, "b", [false, false]),
    ] {
        for (target, right) in ["he", "hi"].into_iter().zip(right) {
            all.push(row(["m", "c"], question, ["he", target], epoch, right));
        }
    }
    let path = file(folder.path(), "run.jsonl", &all);
    let of = |filter: &str| {
        let told = json(&["transfer", &path, "--where", filter]);
        let values: Vec<f64> = rows(&told, "eclektic")
            .iter()
            .map(|row| row[2].as_f64().unwrap())
            .collect();
        values
    };
    // Epoch 1: half of what is known. Epoch 2: none of one.
    for filter in ["epoch=1", "epoch=1 cross"] {
        assert_eq!(of(filter), [0.5, 0.5, 0.75], "{filter}");
    }
    assert_eq!(of("cross"), [0.25, 0.25, 0.625]);
}

#[test]
fn a_hint_is_told_within_a_script_and_across() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for q in 0..6 {
        let question = format!("q{q}");
        let mut add = |condition, target, right| {
            all.push(row(["m", condition], &question, ["he", target], 1, right))
        };
        add("baseline", "he", true);
        add("hint", "he", true);
        // Across scripts four of six gain and one loses.
        add("baseline", "hi", q == 5);
        add("hint", "hi", q < 4);
    }
    let path = file(folder.path(), "run.jsonl", &all);
    let told = json(&["hint", &path, "--rounds", "100"]);
    let line = |scripts: &str| {
        rows(&told, "match")
            .iter()
            .find(|row| row[0] == scripts)
            .unwrap()
            .clone()
    };
    let cross = line("cross");
    assert_eq!(
        (&cross[1], &cross[5], &cross[6]),
        (&json!(6), &json!(4), &json!(1))
    );
    assert_eq!(cross[7]["value"], 0.5);
    // Four against one: the exact binomial test.
    assert_eq!(cross[8], 0.375);
    assert_eq!(line("same")[7], 0.0);
    let difference = &rows(&told, "difference")[0][1];
    assert_eq!(difference["value"], 0.5);
    // The gap is what cross lacks: from five to two of six.
    let gap = |side: usize| rows(&told, "gap")[side][1]["value"].as_f64().unwrap();
    assert!((gap(0) - 5.0 / 6.0).abs() < 1e-9 && (gap(1) - 2.0 / 6.0).abs() < 1e-9);
    // The other way round it is a loss.
    let back = json(&[
        "paired", &path, "--a", "hint", "--b", "BASELINE", "--rounds", "100",
    ]);
    assert_eq!(rows(&back, "difference")[0][1]["value"], -0.5);
}

#[test]
fn training_languages_come_from_the_record_or_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    // Accuracy 0.1 · x^0.5 times ten thousand rows is exact enough: 1 → 0.10, 4 → 0.20, 16 → 0.40.
    for (languages, right) in [(1, 8), (4, 20), (16, 40)] {
        let mut all: Vec<Value> = (0..100)
            .map(|q| {
                row(
                    [&format!("m{languages}"), "c"],
                    &format!("q{q}"),
                    ["en", "he"],
                    1,
                    q < right,
                )
            })
            .collect();
        if languages == 4 {
            all.iter_mut()
                .for_each(|row| row["metadata"] = json!({"training_languages": 4}));
        }
        file(folder.path(), &format!("m{languages}.jsonl"), &all);
    }
    let path = folder.path().display().to_string();
    assert!(
        json(&["scaling", &path])["refusal"]
            .as_str()
            .unwrap()
            .contains("two different numbers")
    );
    let settings = "[[files]]\npath = \"m16.jsonl\"\ntraining_languages = 16\n[[files]]\npath = \"m1.jsonl\"\ntraining_languages = 1\n";
    std::fs::write(folder.path().join("scriptlens.toml"), settings).unwrap();
    let told = json(&["scaling", &path]);
    let law = &rows(&told, "law")[0];
    assert!(
        (law[0].as_f64().unwrap() - 0.1).abs() < 1e-9
            && (law[1].as_f64().unwrap() - 0.5).abs() < 1e-9,
        "{law}"
    );
    // Seen 8 %, less than the 10 % of the law.
    assert!((law[6].as_f64().unwrap() + 0.02).abs() < 1e-9, "{law}");
}

#[test]
fn headroom_is_split_into_understanding_writing_and_reasoning() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    // English 9 of 10; Hebrew 4, translated 6, from the trace 5, both 7.
    for (condition, right) in [("base", 4), ("translated", 6), ("trace", 5), ("both", 7)] {
        for q in 0..10 {
            all.push(row(
                ["m", condition],
                &format!("q{q}"),
                ["en", "he"],
                1,
                q < right,
            ));
            all.push(row(
                ["m", condition],
                &format!("q{q}"),
                ["en", "en"],
                1,
                q < 9,
            ));
        }
    }
    let path = file(folder.path(), "run.jsonl", &all);
    let told = json(&[
        "attribution",
        &path,
        "--base",
        "base",
        "--translated",
        "translated",
        "--from-trace",
        "trace",
        "--both",
        "both",
    ]);
    let hebrew = rows(&told, "attribution")
        .iter()
        .find(|row| row[1] == "he")
        .unwrap();
    let number = |at: usize| hebrew[at].as_f64().unwrap();
    for (at, expected) in [(6, 0.5), (7, 0.4), (8, 0.2), (9, 0.4)] {
        assert!((number(at) - expected).abs() < 1e-9, "{hebrew}");
    }
}

#[test]
fn votes_and_overlaps_are_counted_by_question() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for (question, right) in [
        ("a", [true, true, false]),
        ("b", [false, false, true]),
        ("c", [true, false, false]),
    ] {
        for (n, (target, right)) in ["he", "en", "hi"].into_iter().zip(right).enumerate() {
            let mut row = row(["m", "c"], question, ["he", target], 1, right);
            // Wrong answers to b agree, those to c do not.
            if !right && question == "c" {
                row["answer"] = json!(["אחד", "two", "तीन"][n]);
            }
            all.push(row);
        }
    }
    let path = file(folder.path(), "run.jsonl", &all);
    let told = json(&["vote", &path]);
    let vote = &rows(&told, "vote")[0];
    // a is outvoted by none, b is lost two to one, c is one of three.
    assert!(
        (vote[3]["value"].as_f64().unwrap() - (1.0 + 0.0 + 1.0 / 3.0) / 3.0).abs() < 1e-9,
        "{vote}"
    );
    assert!((vote[4]["value"].as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-9);
    assert_eq!(vote[7]["value"], 1.0);
    let told = json(&["overlap", &path]);
    let pair = rows(&told, "overlap")
        .iter()
        .find(|row| row[1] == "he" && row[2] == "en")
        .unwrap();
    assert_eq!(
        (&pair[3], &pair[4], &pair[5], &pair[6]),
        (&json!(1), &json!(1), &json!(0), &json!(1))
    );
}

#[test]
fn wrong_flags_are_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "run.jsonl", &many());
    let error = refused(&["paired", &path, "--a", "small", "--b", "huge"]);
    assert!(error.contains("models: \"small\", \"large\""), "{error}");
    assert!(refused(&["hint", &path, "--a", "baseline"]).contains("--b"));
    assert!(refused(&["transfer", &path, "--table", "x"]).contains("eclektic, known"));
    assert!(
        refused(&["matrix", &path, "--measure", "transfer", "--base", "row"])
            .contains("only the accuracy")
    );
    assert!(refused(&["regress", &path, "--rounds", "3"]).contains("100"));
    assert!(refused(&["transfer", &path, "--where", "bogus"]).contains("no filter word"));
    let error = refused(&["hint", &path, "--where", "cond:hint"]);
    assert!(error.contains("name two conditions"), "{error}");
}

#[test]
fn a_table_of_csv_can_be_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "run.jsonl", &many());
    let text = printed(&["matrix", &path, "--format", "csv", "--table", "cells"]);
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let measured: Vec<&str> = heads.iter().skip(2).take(3).collect();
    assert_eq!(measured, ["accuracy", "accuracy low", "accuracy high"]);
    let cells: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(cells.len(), 3 * 3 + 3 + 3 + 1);
    // A filter of a cell is one that filter takes.
    let latin = cells
        .iter()
        .find(|cell| &cell[0] == "Latn" && &cell[1] == "Hebr")
        .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_scriptlens"));
    let output = command
        .args(["filter", &path, "--where", &latin[8]])
        .output()
        .unwrap();
    let shown = output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .count();
    assert_eq!(shown.to_string(), latin[5]);
}
