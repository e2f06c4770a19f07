//! The program without a screen: what it prints, what it writes, and the exit status it leaves.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use scriptlens::corpus::{Corpus, Options};
use scriptlens::ingest::Gravity;
use scriptlens::record::{Outcome, Record};
use serde_json::Value;

const HOME: &str = env!("CARGO_MANIFEST_DIR");

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scriptlens"));
    command.current_dir(HOME).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

/// Standard output of a call that must succeed and say nothing else.
#[track_caller]
fn printed(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    assert_eq!(text(&output.stderr), "", "{arguments:?}");
    text(&output.stdout)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Exit status and standard error of a call.
fn told(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(arguments);
    (output.status.code(), text(&output.stderr))
}

fn json_summary(paths: &[&str]) -> Value {
    let output = run(&[&["summary", "--json"], paths].concat());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn lines(text: &str) -> Vec<Record> {
    let record = |line| serde_json::from_str(line).unwrap();
    text.lines().map(record).collect()
}

fn load(path: &Path) -> Vec<Record> {
    let paths = [path.display().to_string()];
    let corpus = Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()));
    assert!(corpus.problems_of(Gravity::Lost) == 0);
    let rows = 0..corpus.len() as u32;
    rows.map(|row| corpus.read(row).unwrap()).collect()
}

/// A folder with one run of one question, asked in three languages, and the name of the run's file.
fn run_folder() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let row = |target: &str, answer: &str, correct: bool| {
        serde_json::json!({"run": "m/base", "model": "m", "condition": "base", "question_id": "q", "source": "he",
            "target": target, "question": "?", "answer": answer, "correct": correct})
    };
    let rows = [
        row("he", "נכון", true),
        row("hi", "गलत", false),
        row("yi", "אויך", true),
    ];
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let path = folder.path().join("run.jsonl");
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    (folder, path)
}

// Summary.

#[test]
fn the_summary_says_the_same_as_text_json_and_csv() {
    let text = printed(&["summary", "sample-runs"]);
    let json = json_summary(&["sample-runs"]);
    let csv = printed(&["summary", "--csv", "sample-runs"]);

    let responses = json["responses"].as_u64().unwrap();
    let sum = |list: &str| -> u64 {
        let list = json[list].as_array().unwrap();
        list.iter()
            .map(|entry| entry["responses"].as_u64().unwrap())
            .sum()
    };
    assert_eq!((sum("runs"), sum("scripts")), (responses, responses));
    let head = format!(
        "{responses} responses · {} questions · {} runs\n",
        json["questions"],
        json["runs"].as_array().unwrap().len()
    );
    assert!(text.starts_with(&head), "{text}");
    let barriers = format!(
        "barrier failures: {} of {} ",
        json["barrier_failures"], json["known_at_source"]
    );
    assert!(text.contains(&barriers), "{text}");
    for run in json["runs"].as_array().unwrap() {
        let name = run["run"].as_str().unwrap();
        assert!(text.lines().any(|line| line.starts_with(name)), "{name}");
    }

    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let cells: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let scripts = json["scripts"].as_array().unwrap();
    assert_eq!(cells.len(), scripts.len());
    for (cell, script) in cells.iter().zip(scripts) {
        for name in ["responses", "right", "judged"] {
            assert_eq!(cell[name], script[name].to_string(), "{cell:?}");
        }
        for name in ["source", "target"] {
            assert_eq!(cell[name], script[name].as_str().unwrap());
        }
        let rate = script["accuracy"]["rate"].as_f64().unwrap();
        assert_eq!(cell["accuracy"], format!("{rate:.6}"));
        let right: f64 = cell["right"].parse().unwrap();
        let judged: f64 = cell["judged"].parse().unwrap();
        assert!((rate - right / judged).abs() < 1e-12);
    }
}

#[test]
fn the_sample_runs_say_that_no_model_wrote_them() {
    let notes = json_summary(&["sample-runs"])["notes"].to_string();
    assert!(notes.contains("illustration"), "{notes}");
    assert!(printed(&["summary", "sample-runs"]).contains("note: "));
}

#[test]
fn without_a_terminal_the_summary_is_printed() {
    let summary = printed(&["summary", "sample-runs"]);
    assert_eq!(printed(&["sample-runs"]), summary);
    assert_eq!(
        printed(&[]),
        summary,
        "the folder sample-runs is the default"
    );
}

/// Majority of right over wrong answers: more than zero is right.
type Votes = HashMap<(String, String, String), i32>;

#[test]
fn barrier_failures_are_those_that_the_records_give() {
    let records = lines(&printed(&["filter", "sample-runs", "--where", ""]));
    let mut votes = Votes::new();
    let mut sources = HashMap::new();
    let mut cross = HashMap::new();
    for record in &records {
        let (source, target) = (
            record.source.as_ref().unwrap(),
            record.target.as_ref().unwrap(),
        );
        let variant = (
            record.run.clone(),
            record.question_id.clone(),
            target.to_string(),
        );
        let vote = match record.outcome {
            Outcome::Right => 1,
            Outcome::Wrong => -1,
            _ => 0,
        };
        *votes.entry(variant.clone()).or_default() += vote;
        sources.insert(variant.clone(), source.to_string());
        cross.insert(
            variant,
            household(source.script.as_str()) != household(target.script.as_str()),
        );
    }
    let known = |variant: &(String, String, String)| {
        let (run, question, _) = variant.clone();
        votes
            .get(&(run, question, sources[variant].clone()))
            .is_some_and(|votes| *votes > 0)
    };
    let crossed: Vec<_> = votes
        .keys()
        .filter(|variant| cross[*variant] && known(variant))
        .collect();
    let failed = crossed
        .iter()
        .filter(|variant| votes[**variant] < 0)
        .count();
    let json = json_summary(&["sample-runs"]);
    assert_eq!(json["known_at_source"], crossed.len());
    assert_eq!(json["barrier_failures"], failed);
    assert!(failed > 0);
}

/// Scripts that count as one: kinds of Han, Hangul with and without Han.
fn household(script: &str) -> &str {
    match script {
        "Hans" | "Hant" => "Hani",
        "Hang" => "Kore",
        other => other,
    }
}

// Filter.

#[test]
fn a_filter_lets_through_what_it_says() {
    let count = |filter: &str| lines(&printed(&["filter", "sample-runs", filter])).len();
    let all = json_summary(&["sample-runs"])["responses"]
        .as_u64()
        .unwrap();
    assert_eq!(
        (count("right") + count("wrong") + count("unjudged")) as u64,
        all
    );
    assert_eq!(
        (count("same") + count("cross") + count("partial")) as u64,
        all
    );
    let hebrew = lines(&printed(&["filter", "sample-runs", "cross wrong tgt:Hebr"]));
    assert!(!hebrew.is_empty());
    for record in hebrew {
        assert_eq!(record.outcome, Outcome::Wrong);
        assert_eq!(record.target.unwrap().script.as_str(), "Hebr");
        assert_ne!(record.source.unwrap().script.as_str(), "Hebr");
    }
    assert_eq!(
        printed(&["filter", "sample-runs", "--where", "wrong -src:Latn"]),
        printed(&["filter", "sample-runs", "wrong -src:Latn"])
    );
    let found = lines(&printed(&["filter", "sample-runs", "~sarajevo"]));
    assert!(found.len() < all as usize);
}

#[test]
fn barrier_failures_of_a_run_are_filtered() {
    let (_folder, path) = run_folder();
    let failures = lines(&printed(&["filter", &path, "barrier"]));
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].answer, "गलत");
    let json = json_summary(&[&path]);
    assert_eq!(
        (&json["barrier_failures"], &json["known_at_source"]),
        (&1.into(), &1.into())
    );
}

#[test]
fn a_wrong_filter_points_at_its_column() {
    let (status, message) = told(&["filter", "sample-runs", "cross soruce:Hebr"]);
    assert_eq!(status, Some(2));
    assert!(
        message.contains("\ncross soruce:Hebr\n      ^^^^^^\ncolumn 7: "),
        "{message}"
    );
    let (status, message) = told(&["filter", "sample-runs", "--where", "len>many"]);
    assert_eq!(status, Some(2));
    assert!(message.contains("column 5: "), "{message}");
}

// Convert.

#[test]
fn parquet_and_json_lines_hold_the_same_records() {
    let folder = tempfile::tempdir().unwrap();
    let mut written = Vec::new();
    for name in ["all.parquet", "all.jsonl"] {
        let path = folder.path().join(name);
        let output = run(&["convert", "sample-runs", "-o", &path.display().to_string()]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(text(&output.stderr).contains("responses written to"));
        assert!(output.stdout.is_empty());
        written.push(load(&path));
    }
    let original = load(&Path::new(HOME).join("sample-runs"));
    assert_eq!(written[0].len(), original.len());
    for (at, record) in original.iter().enumerate() {
        assert_eq!(written[0][at], *record, "row {at} of the Parquet file");
        assert_eq!(written[1][at], *record, "row {at} of the JSON Lines file");
    }
    let entries = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(entries, 2, "nothing else is left behind");
}

#[test]
fn every_kind_of_record_survives_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        r#"{"question_id":"a"}"#,
        r#"{"question_id":"b","run":"r","target":"el","question":"Ποιος;","trace":{"kind":"plain","text":"α\n\nβ"},"answer":"\u0000 \"x\"\t"}"#,
        r#"{"question_id":"b","run":"r","target":"el","trace":{"kind":"encrypted"},"epoch":4000000000}"#,
        r#"{"question_id":"b","run":"r","source":"hi","target":"el","target_basis":"text","trace":{"kind":"summary","text":"s"},"correct":true}"#,
        r#"{"question_id":"c","run":"r","target":"he","trace":{"kind":"unterminated","text":"u"},"truncated":true,"answer":"a","correct":false}"#,
        r#"{"question_id":"d","run":"r","target":"he","prompt":"","extracted":"","gold":["",", [x]","א"],"error":"e","note":"n"}"#,
        r#"{"question_id":"e","run":"r","target":"he","scores":[{"name":"a","value":0.1},{"name":"b","value":null},{"name":"c","value":"C","explanation":"w"},{"name":"d","value":false}],"correct":true}"#,
        r#"{"question_id":"f","run":"r","target":"he","entities":[{"id":"Q1","forms":{"he":["א","ב"]}},{"forms":{}}],"metadata":{"z":[1,{"y":null}],"a":18446744073709551615}}"#,
    ];
    let from = folder.path().join("from.jsonl");
    std::fs::write(&from, rows.join("\n")).unwrap();
    let original = load(&from);
    assert_eq!(original.len(), rows.len());
    for name in ["out.parquet", "out.jsonl"] {
        let to = folder.path().join(name);
        let arguments = [
            "convert",
            &from.display().to_string(),
            "-o",
            &to.display().to_string(),
        ];
        assert_eq!(run(&arguments).status.code(), Some(0));
        assert_eq!(load(&to), original, "{name}");
    }
}

#[test]
fn a_file_that_cannot_be_written_leaves_nothing_behind() {
    let (folder, path) = run_folder();
    let blocked = folder.path().join("taken.parquet");
    std::fs::create_dir(&blocked).unwrap();
    let (status, message) = told(&["convert", &path, "-o", &blocked.display().to_string()]);
    assert_eq!(status, Some(1));
    assert!(message.contains("could not be written"), "{message}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    let (status, message) = told(&["convert", &path, "-o", "logs.xlsx"]);
    assert_eq!(status, Some(2));
    assert!(message.contains(".parquet or .jsonl"), "{message}");
}

// Exit statuses and messages.

#[test]
fn the_exit_status_tells_whether_all_was_read() {
    let (folder, path) = run_folder();
    std::fs::write(folder.path().join("README.md"), "# About\n").unwrap();
    let whole = folder.path().display().to_string();
    assert_eq!(told(&["summary", &whole]), (Some(0), String::new()));

    let broken = folder.path().join("broken.jsonl");
    std::fs::write(&broken, "{\"question\":\"?\",\"response\":\"!\"}\n{\"quest").unwrap();
    let converted = folder.path().join("all.jsonl").display().to_string();
    for arguments in [
        &["summary", &whole][..],
        &["summary", "--json", &whole],
        &["filter", &whole, "right"],
        &["convert", &whole, "-o", &converted],
        &[&whole],
    ] {
        let (status, message) = told(arguments);
        assert_eq!(status, Some(1), "{arguments:?}");
        let place = format!("{}:2: not JSON", broken.display());
        assert!(message.contains(&place), "{message}");
    }
    let (status, message) = told(&["summary", &path, "gone.jsonl"]);
    assert_eq!(status, Some(1));
    assert!(message.contains("gone.jsonl: no such file"), "{message}");
}

#[test]
fn wrong_usage_is_status_2_and_says_what_to_write() {
    let elsewhere = tempfile::tempdir().unwrap();
    let output = program().current_dir(elsewhere.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("there is no folder sample-runs here"));
    for (arguments, says) in [
        (
            &["summary", "sample-runs", "--map", "qestion=x"][..],
            "question_id",
        ),
        (
            &["summary", "sample-runs", "--map", "question"],
            "field=column",
        ),
        (&["summary", "sample-runs", "--han", "half"], "partial"),
        (
            &["summary", "--json", "--csv", "sample-runs"],
            "cannot be used with",
        ),
        (&["summary", "--jsn"], "--json"),
        (&["convert", "sample-runs"], "--output"),
        (&["filter"], "name paths and a filter"),
    ] {
        let (status, message) = told(arguments);
        assert_eq!(status, Some(2), "{arguments:?}: {message}");
        assert!(message.contains(says), "{arguments:?}: {message}");
    }
}

#[test]
fn a_column_is_mapped_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.csv");
    std::fs::write(&path, "Frage,Reaktion\nWo?,hier\n").unwrap();
    let path = path.display().to_string();
    let records = lines(&printed(&[
        "filter",
        &path,
        "unjudged",
        "--map",
        "question=Frage",
        "--map",
        "answer=Reaktion",
    ]));
    assert_eq!(
        (records[0].question.as_str(), records[0].answer.as_str()),
        ("Wo?", "hier")
    );
    let (status, message) = told(&["summary", &path]);
    assert_eq!(status, Some(1));
    assert!(message.contains("--map question=COLUMN"), "{message}");
}

#[test]
fn every_help_has_examples() {
    for arguments in [
        &["--help"][..],
        &["summary", "--help"],
        &["filter", "--help"],
        &["convert", "--help"],
    ] {
        let help = printed(arguments);
        let examples = help.split("Examples:\n").nth(1).unwrap_or_default();
        assert!(
            examples.trim_start().contains("scriptlens "),
            "{arguments:?}: {help}"
        );
    }
    assert_eq!(
        printed(&["--version"]),
        format!("scriptlens {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_reader_that_stops_reading_is_no_error() {
    let (folder, path) = run_folder();
    // More than a pipe holds, so that the program must notice.
    let row = std::fs::read_to_string(&path).unwrap();
    std::fs::write(folder.path().join("run.jsonl"), row.repeat(3000)).unwrap();
    for arguments in [
        &["filter", &path, "run:m*"][..],
        &["filter", &path, "\"?\""],
        &["summary", "--json", &path],
    ] {
        let mut child = program()
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(text(&output.stderr), "", "{arguments:?}");
    }
}

#[test]
fn init_writes_settings_once_and_the_folder_opens_with_them() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-runs/atlas-9b_baseline.jsonl"),
        folder.path().join("run.jsonl"),
    )
    .unwrap();
    let path = folder.path().display().to_string();
    let printed = run(&["init", &path, "-o", "-"]);
    assert_eq!(printed.status.code(), Some(0), "{printed:?}");
    assert_eq!(run(&["init", &path]).status.code(), Some(0));
    let written = std::fs::read(folder.path().join("scriptlens.toml")).unwrap();
    assert_eq!(written, printed.stdout);
    assert!(text(&written).contains("path = \"run.jsonl\"\nrun = \"atlas-9b/baseline\""));
    let (status, message) = told(&["init", &path]);
    assert!(
        status == Some(1) && message.contains("--force"),
        "{message}"
    );
    assert_eq!(run(&["init", &path, "--force"]).status.code(), Some(0));
    assert_eq!(run(&["summary", &path]).status.code(), Some(0));
}

#[test]
fn answers_are_graded_without_a_screen() {
    let logged = json_summary(&["sample-runs"]);
    let graded = json_summary(&["sample-runs", "--grade", "contains"]);
    assert_eq!(logged["grader"], serde_json::Value::Null);
    assert_eq!(graded["grader"], "contains (whole words 1)");
    assert_eq!(logged["responses"], graded["responses"]);
    let lines = run(&[
        "filter",
        "sample-runs",
        "--grade",
        "exact",
        "logged:right wrong epoch=1",
    ]);
    let record: Record = serde_json::from_str(text(&lines.stdout).lines().next().unwrap()).unwrap();
    assert_eq!(
        (record.outcome, record.outcome()),
        (Outcome::Right, Outcome::Wrong)
    );
    assert!(record.grade.unwrap().grader.starts_with("exact (MultiLoKo"));
    let folder = tempfile::tempdir().unwrap();
    for name in ["graded.jsonl", "graded.parquet"] {
        let file = folder.path().join(name).display().to_string();
        let written = run(&["convert", "sample-runs", "--grade", "contains", "-o", &file]);
        assert_eq!(written.status.code(), Some(0), "{written:?}");
        let again = json_summary(&[&file]);
        for said in ["barrier_failures", "known_at_source", "responses"] {
            assert_eq!(again[said], graded[said], "{name} {said}");
        }
        let logged_wrong = run(&["filter", &file, "logged:wrong right"]);
        let before = run(&[
            "filter",
            "sample-runs",
            "--grade",
            "contains",
            "logged:wrong right",
        ]);
        let count = |output: &Output| text(&output.stdout).lines().count();
        assert_eq!(count(&logged_wrong), count(&before), "{name}");
    }
    let (status, message) = told(&["summary", "sample-runs", "--grade", "bleu"]);
    assert!(status == Some(2) && message.contains("chrf"), "{message}");
}

#[test]
fn control_characters_in_files_never_reach_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let nasty = "a\u{1b}[31mred\u{7}\u{9b}2J\r\u{85}\u{7f}";
    let row = serde_json::json!({"run": nasty, "model": nasty, "question": "?", "response": nasty, "note": nasty,
        "score": nasty, "dataset": nasty, "source_lang": nasty, "target_lang": nasty});
    let row = row.to_string();
    let rows = format!("{row}\n").repeat(12) + "{\"\u{1b}[31m\": \u{1b}\n";
    std::fs::write(folder.path().join("run.jsonl"), rows).unwrap();
    let name = if cfg!(unix) {
        "b\u{1b}[2Jad.csv"
    } else {
        "bad.csv"
    };
    std::fs::write(folder.path().join(name), "question,\u{1b}response\n1\n").unwrap();
    std::fs::write(folder.path().join("\u{1b}c.txt"), "no run").unwrap();

    let whole = folder.path().display().to_string();
    for arguments in [
        &["summary", &whole][..],
        &["summary", "--csv", &whole],
        &[&whole],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        for printed in [text(&output.stdout), text(&output.stderr)] {
            let control = printed.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(control, None, "{printed:?}");
        }
        assert!(text(&output.stderr).lines().count() == 2, "{output:?}");
    }
    assert_eq!(json_summary(&[&whole])["runs"][0]["run"], nasty);
    let (status, message) = told(&["filter", &whole, "wrong"]);
    assert_eq!(status, Some(1));
    assert!(
        message.chars().all(|c| c == '\n' || !c.is_control()),
        "{message:?}"
    );
}

#[test]
fn a_catalog_adds_forms_of_names_and_tells_its_bad_lines() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let entry =
        r#"{"question_id": "amorgos-cliff-monastery", "forms": {"he": ["הוזוביוטיסה השנייה"]}}"#;
    std::io::Write::write_all(&mut file, format!("{entry}\nno entry\n").as_bytes()).unwrap();
    let path = file.path().display().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_scriptlens"))
        .args([
            "filter",
            "sample-runs",
            "--entities",
            &path,
            "q:amorgos* epoch=1",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "a line could not be read");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains(&format!("{path}:2: ")), "{told}");
    let records = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(records.lines().count() > 10);
    assert!(
        records
            .lines()
            .all(|line| line.contains("הוזוביוטיסה השנייה"))
    );
}

#[test]
fn every_name_of_every_response_has_a_verdict_with_its_evidence() {
    let lines = printed(&[
        "audit",
        "sample-runs",
        "--where",
        "tgt:Hebr wrong model:meridian*",
    ]);
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.len() > 5);
    for line in &lines {
        assert!(
            line["target"] == "he-Hebr" && line["outcome"] == "wrong",
            "{line}"
        );
        assert!(
            line["entity"]["forms"]
                .as_object()
                .is_some_and(|forms| !forms.is_empty())
        );
        for mention in line["mentions"].as_array().unwrap() {
            let [start, end] = ["start", "end"].map(|end| mention[end].as_u64().unwrap() as usize);
            assert_eq!(
                end - start,
                mention["text"].as_str().unwrap().len(),
                "{mention}"
            );
            assert_eq!(
                mention["kind"] == "exact",
                mention["alignment"].is_null(),
                "{mention}"
            );
        }
    }
    let horio = lines.iter().find(|line| {
        line["question_id"] == "matsue-castle-builder" && line["verdict"] == "garbled"
    });
    let horio = horio.expect("הוריו יושיארו");
    assert_eq!(horio["answer"], "garbled");
    let wrong = &horio["mentions"][horio["first_wrong"].as_u64().unwrap() as usize];
    assert!(wrong["diverges"].is_array(), "{wrong}");
}

#[test]
fn records_pass_through_the_audit_one_for_one() {
    let records = printed(&[
        "filter",
        "sample-runs/atlas-9b_baseline.jsonl",
        "epoch=1 tgt:Thai",
    ]);
    let input = format!("{}no record\n\n", records);
    let mut child = program()
        .args(["audit", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        std::io::Write::write_all(&mut stdin, input.as_bytes()).unwrap();
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(output.status.code(), Some(1), "one line is no record");
    let number = records.lines().count() + 1;
    let told = text(&output.stderr);
    assert!(
        told.contains(&format!(
            "line {number} of standard input is no scriptlens record"
        )),
        "{told}"
    );
    let out = text(&output.stdout);
    assert_eq!(out.lines().count(), number + 1);
    assert!(out.ends_with("\nno record\n\n"));
    for (before, after) in lines(&records).iter().zip(out.lines()) {
        let mut after: Record = serde_json::from_str(after).unwrap();
        let names = after.metadata.remove("names").unwrap();
        assert!(names.as_array().is_some_and(|names| !names.is_empty()));
        assert_eq!(&after, before);
    }
}

#[test]
fn verdicts_are_filtered_and_counted() {
    let garbled = printed(&[
        "filter",
        "sample-runs",
        "verdict:garbled cue:vowel epoch=1 tgt:Cyrl",
    ]);
    let garbled = lines(&garbled);
    assert!(garbled.len() > 5);
    let (status, told) = told(&["filter", "sample-runs", "verdict:"]);
    assert_eq!(status, Some(2), "{told}");
    let summary: Value =
        serde_json::from_str(&printed(&["summary", "sample-runs", "--names", "--json"])).unwrap();
    let names = &summary["names"];
    let of = |verdict: &str| {
        let verdicts = names["verdicts"].as_array().unwrap().iter();
        let line = verdicts.clone().find(|line| line["verdict"] == verdict);
        line.map_or(0, |line| line["responses"].as_u64().unwrap())
    };
    assert!(of("exact") > 300 && of("garbled") > 200, "{names}");
    for cell in names["scripts"].as_array().unwrap() {
        let [lost, kept] =
            ["where_lost", "where_kept"].map(|part| cell[part]["responses"].as_u64().unwrap());
        assert_eq!(cell["responses"], lost + kept);
    }
    assert!(
        json_summary(&["sample-runs"])["names"].is_null(),
        "nobody asked for them"
    );
}

#[test]
fn spellings_are_compared_without_any_run() {
    let mut child = program()
        .args(["names", "score"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pairs = "Sarajevo\tСараево\nAgnon\tעגנון\tkept\nonly one\nSarajevo\tТокио\n";
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), pairs.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("line 3 of standard input has no two columns"));
    let out = text(&output.stdout);
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(
        (rows[0][3], rows[1][2], rows[1][4]),
        ("same", "kept", "same")
    );
    assert_eq!(rows[2], ["only one"]);
    assert_eq!(rows[3][3], "different");
    let aligned = printed(&["names", "align", "Sarajevo", "サラエボ"]);
    assert!(
        aligned.starts_with("same: the same name with probability"),
        "{aligned}"
    );
    assert!(aligned.contains("ボ"), "{aligned}");
}

#[test]
fn names_of_questions_are_written_as_a_catalog_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let [runs, catalog] =
        ["runs.jsonl", "catalog.jsonl"].map(|name| folder.path().join(name).display().to_string());
    let question = |target: &str, text: &str| {
        let record = serde_json::json!({"question_id": "tower", "model": "m", "source": "ru-Cyrl", "target": target, "question": text, "answer": ""});
        format!("{record}\n")
    };
    let lines = question("ru-Cyrl", "В каком году основан город Новосибирск?")
        + &question(
            "en-Latn",
            "In which year was the city of Novosibirsk founded?",
        )
        + &question("ja-Jpan", "ノヴォシビルスク市は何年に創設されましたか。");
    std::fs::write(&runs, lines).unwrap();
    let (status, said) = told(&["entities", &runs, "-o", &catalog]);
    assert_eq!(
        (status, said.as_str()),
        (
            Some(0),
            format!("1 name written to {catalog}, 1 found in parallel questions\n").as_str()
        )
    );
    let written: Value = serde_json::from_str(&std::fs::read_to_string(&catalog).unwrap()).unwrap();
    assert_eq!(written["question_id"], "tower");
    assert_eq!(written["forms"]["en"], serde_json::json!(["Novosibirsk"]));
    assert!(
        written["mined"]["ja"]
            .as_f64()
            .is_some_and(|probability| probability > 0.5)
    );
    let shown = printed(&["filter", &runs, "--entities", &catalog, "tgt:Latn"]);
    assert_eq!(lines_of_forms(&shown), ["Новосибирск"]);
}

fn lines_of_forms(records: &str) -> Vec<String> {
    lines(records)
        .iter()
        .flat_map(|record| {
            record
                .entities
                .iter()
                .flat_map(|entity| entity.forms["ru"].clone())
        })
        .collect()
}

#[test]
fn responses_to_one_question_are_set_side_by_side() {
    let runs = [
        "compare",
        "sample-runs/atlas-9b_baseline.jsonl",
        "sample-runs/lm-eval",
        "--question",
        "pirosmani-director",
        "--where",
        "tgt:Cyrl",
    ];
    let as_text = printed(&runs);
    assert!(
        as_text.starts_with("A: atlas-9b/baseline")
            && as_text.contains("\nB: meridian-32b/baseline"),
        "{as_text}"
    );
    assert!(as_text.contains("\nSTEP 2\n") && as_text.contains("\nANSWER\n"));
    let json: Value =
        serde_json::from_str(&printed(&[&runs[..], &["--format", "json"]].concat())).unwrap();
    assert_eq!(json["responses"][1]["target"], "ru-Cyrl");
    let rows = json["rows"].as_array().unwrap();
    assert!(rows.iter().all(|row| {
        row["steps"]
            .as_array()
            .is_some_and(|steps| steps.len() == 2)
    }));
    let first = json["first_difference"].as_u64().unwrap() as usize;
    assert!(rows[first]["differs"].is_string());
    let markdown = printed(&[&runs[..], &["--format", "markdown"]].concat());
    assert!(
        markdown
            .lines()
            .all(|line| line.starts_with("| ") || line.starts_with("|---")),
        "{markdown}"
    );
    assert_eq!(markdown.lines().count(), rows.len() + 4);
    let (status, said) = told(&["compare", "sample-runs", "--question", "nobody-asked"]);
    assert_eq!(status, Some(2));
    assert!(
        said.contains("no response to question nobody-asked"),
        "{said}"
    );
}

#[test]
fn verdicts_are_columns_of_parquet_when_asked_for() {
    use polars::prelude::*;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("named.parquet").display().to_string();
    let (status, _) = told(&[
        "convert",
        "sample-runs/atlas-9b_baseline.jsonl",
        "--names",
        "-o",
        &path,
    ]);
    assert_eq!(status, Some(0));
    let table = ParquetReader::new(std::fs::File::open(&path).unwrap())
        .finish()
        .unwrap();
    let verdicts = table.column("verdicts").unwrap().str().unwrap();
    let lost = table.column("name_lost").unwrap().bool().unwrap();
    let is_lost = |verdict: &str| {
        ["garbled", "drifting", "confused"]
            .iter()
            .any(|word| verdict.contains(word))
    };
    let mut rows = 0;
    for (verdicts, lost) in verdicts.iter().zip(lost.iter()) {
        assert_eq!(verdicts.is_some_and(is_lost), lost == Some(true));
        rows += usize::from(lost == Some(true));
    }
    assert!(rows > 100);
    let again = printed(&["filter", &path, "epoch=1 tgt:Thai"]);
    let before = printed(&[
        "filter",
        "sample-runs/atlas-9b_baseline.jsonl",
        "epoch=1 tgt:Thai",
    ]);
    assert_eq!(again, before, "the rest is read back without loss");
}
