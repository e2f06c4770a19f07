//! Judgements through the built program: filtered, counted, written, read back, compared, merged.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use polars::prelude::*;
use scriptlens::annotation::exchange::{self, Row, Texts};
use scriptlens::annotation::{
    Act, Decision, Folder, Journal, Mark, Part, Place, Span, State, content_of, target_of,
};
use scriptlens::corpus::{Corpus, Options};
use serde_json::Value;

/// A folder with a run of four questions, and judgements on it by two annotators.
struct Work {
    dir: tempfile::TempDir,
    corpus: Arc<Corpus>,
}

const TRACE: &str = "👋🏽 It is \"Sarvadarma\", or सरवधर्म.";

impl Work {
    fn new() -> Work {
        let dir = tempfile::tempdir().unwrap();
        let line = |n: usize| {
            serde_json::json!({"question_id": format!("q{n}"), "run": "r", "source": "he-Hebr", "target": "hi-Deva",
                "question": "Which?", "trace": {"kind": "plain", "text": TRACE}, "answer": format!("a{n}"), "correct": false})
        };
        let lines: String = (0..4).map(|n| format!("{}\n", line(n))).collect();
        fs::write(dir.path().join("run.jsonl"), lines).unwrap();
        let paths = [dir.path().display().to_string()];
        let corpus = Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()));
        let work = Work { dir, corpus };
        let vowel = work.range("Sarvadarma");
        let entity = Place::Entity("Q42".into());
        work.judge(
            "ann",
            &[
                (0, tag("vowel", vowel.clone(), true)),
                (0, tag("lost", Place::Response, false)),
                (0, note("a, \"note\"\nof two lines")),
                (1, tag("vowel", entity, false)),
                (2, Decision::Done),
                (3, Decision::Skip),
            ],
        );
        work.judge(
            "bob",
            &[
                (0, tag("vowel", work.range("सरवधर्म"), false)),
                (1, tag("vowel", Place::Response, false)),
                (2, tag("refusal", Place::Response, false)),
                (
                    2,
                    Decision::Adjudicate(vec![mark("refusal", Place::Response)]),
                ),
            ],
        );
        work
    }

    /// Adds judgements to the journal of an annotator, as the explorer does.
    fn judge(&self, annotator: &str, decisions: &[(u32, Decision<'static>)]) {
        let opened = Journal::open(&self.judgements(), annotator, &mut State::default());
        let mut journal = opened.unwrap().journal;
        for (row, decision) in decisions {
            let event = journal.event(Act::Decide {
                target: target_of(&self.corpus, *row).to_owned(),
                content: content_of(&self.corpus.read(*row).unwrap()),
                taxonomy: "names@1".into(),
                decision: decision.clone(),
            });
            journal.append(&event).unwrap();
        }
    }

    fn range(&self, wanted: &str) -> Place<'static> {
        let start = TRACE.find(wanted).unwrap();
        let span = Span::new(Part::Trace, TRACE, start..start + wanted.len());
        Place::Range(Box::new(span.unwrap().to_owned()))
    }

    fn judgements(&self) -> PathBuf {
        self.dir.path().join("annotations")
    }

    fn data(&self) -> String {
        self.dir.path().display().to_string()
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    /// Standard output of a call that must succeed and say nothing else.
    #[track_caller]
    fn printed(&self, arguments: &[&str]) -> String {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        assert_eq!(text(&output.stderr), "", "{arguments:?}");
        text(&output.stdout)
    }

    /// Ids of the questions that a filter lets through.
    #[track_caller]
    fn found(&self, filter: &str) -> Vec<String> {
        let lines = self.printed(&["filter", &self.data(), "--where", filter]);
        let id = |line| serde_json::from_str::<Value>(line).unwrap()["question_id"].clone();
        let ids = lines.lines().map(id);
        ids.map(|id| id.as_str().unwrap().to_owned()).collect()
    }
}

fn mark(code: &'static str, place: Place<'static>) -> Mark<'static> {
    let code = code.into();
    Mark { code, place }
}

fn tag(code: &'static str, place: Place<'static>, suggested: bool) -> Decision<'static> {
    let mark = mark(code, place);
    Decision::Tag { mark, suggested }
}

fn note(text: &'static str) -> Decision<'static> {
    Decision::Note {
        place: Place::Response,
        text: text.into(),
    }
}

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scriptlens"));
    let folder = tempfile::tempdir().unwrap();
    command.current_dir(folder.path()).stdin(Stdio::null());
    command.args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn texts(target: &scriptlens::annotation::Target) -> Option<Texts> {
    Some(Texts {
        question: "Which?".to_owned(),
        trace: TRACE.to_owned(),
        answer: target.1.replace('q', "a"),
    })
}

/// What holds by the journals of a folder, in an order of its own.
fn rows(dir: &Path) -> Vec<Row> {
    let folder = Folder::read(dir).unwrap();
    assert_eq!(folder.problems, []);
    let mut rows = exchange::rows(&folder.state, texts);
    rows.sort_by_key(|row| serde_json::to_string(row).unwrap());
    rows
}

/// Every file of a folder.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    let named = entries.map(|entry| (entry.file_name().into(), fs::read(entry.path()).unwrap()));
    named.collect()
}

#[test]
fn responses_are_filtered_by_what_people_said() {
    let work = Work::new();
    assert_eq!(work.found("tag:vowel"), ["q0", "q1"]);
    assert_eq!(work.found("tag:lost annotator:bob"), [""; 0]);
    assert_eq!(work.found("tag:refusal annotator:bob"), ["q2"]);
    // What was settled is disputed no longer.
    assert_eq!(work.found("tag:disagree"), ["q0"]);
    assert_eq!(work.found("gold:refusal"), ["q2"]);
    assert_eq!(work.found("untagged skipped"), ["q3"]);
    assert_eq!(work.found("noted wrong -stale"), ["q0"]);
    let named = ["audit", &work.data(), "--where", "tag:nothing"];
    assert_eq!(work.printed(&named), "");
}

#[test]
fn judgements_lie_beside_the_data_or_where_the_flag_says() {
    let work = Work::new();
    let of_file = [&work.path("run.jsonl"), "--where", "tag:lost"];
    let lines = |more: &[&str]| {
        let arguments = [&["filter"], &of_file[..], more].concat();
        work.printed(&arguments).lines().count()
    };
    assert_eq!(lines(&[]), 1);
    fs::rename(work.judgements(), work.path("elsewhere")).unwrap();
    assert_eq!(lines(&[]), 0);
    let elsewhere = work.path("elsewhere");
    assert_eq!(lines(&["--annotations", &elsewhere]), 1);
    let wrong = run(&["filter", &work.data(), "wrong", "--annotations", "nowhere"]);
    let output = run(&["summary", &work.data(), "--annotations", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("nowhere"));
    // The last argument is the filter.
    assert_eq!(wrong.status.code(), Some(0));
}

#[test]
fn the_summary_counts_tags() {
    let work = Work::new();
    let table = work.printed(&["summary", &work.data()]);
    let line = |start: &str| {
        let line = table.lines().find(|line| line.starts_with(start));
        line.unwrap().split_whitespace().collect::<Vec<_>>()
    };
    assert_eq!(
        line("vowel"),
        ["vowel", "2", "1", "0", "0", "ann", "2,", "bob", "2"]
    );
    assert_eq!(line("refusal"), ["refusal", "1", "0", "1", "0", "bob", "1"]);
    let start = table.find("\n3 responses decided about").unwrap();
    let tags = table[start..].lines().take(6);
    assert!(tags.into_iter().all(|line| line.chars().count() <= 80));
    let json = work.printed(&["summary", &work.data(), "--json", "--where", "tag:lost"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["tags"]["decided"], 1);
    assert_eq!(json["tags"]["codes"][0]["by"]["ann"], 1);
    fs::remove_dir_all(work.judgements()).unwrap();
    let without = work.printed(&["summary", &work.data()]);
    assert!(!without.contains("decided about"));
    let asked = work.printed(&["summary", &work.data(), "--tags"]);
    assert!(asked.contains("0 responses decided about"), "{asked}");
}

#[test]
fn tags_are_columns_of_a_converted_table() {
    let work = Work::new();
    let path = work.path("tagged.parquet");
    let output = run(&["convert", &work.data(), "--tags", "-o", &path]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let file = fs::File::open(&path).unwrap();
    let table = ParquetReader::new(file).finish().unwrap();
    let column = |name: &str| -> Vec<Option<String>> {
        let column = table.column(name).unwrap().str().unwrap();
        column.iter().map(|cell| cell.map(str::to_owned)).collect()
    };
    let some = |text: &str| Some(text.to_owned());
    let tags = [some("lost vowel"), some("vowel"), some("refusal"), None];
    assert_eq!(column("tags"), tags);
    assert_eq!(column("gold_tags"), [None, None, some("refusal"), None]);
    assert_eq!(column("annotators")[1], some("ann bob"));
    let skipped = table.column("skipped").unwrap().bool().unwrap();
    assert_eq!(
        skipped.iter().flatten().collect::<Vec<_>>(),
        [false, false, false, true]
    );
    // And it is read as a run again.
    assert_eq!(
        work.printed(&["filter", &path, "tag:lost"]).lines().count(),
        1
    );
}

#[test]
fn what_is_exported_comes_back_the_same_in_every_format() {
    let work = Work::new();
    let before = rows(&work.judgements());
    assert_eq!(before.len(), 10);
    for name in ["tags.jsonl", "tags.csv", "tags.parquet", "tasks.json"] {
        let file = work.path(name);
        let output = run(&["annotations", "export", &work.data(), "-o", &file]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let again = work.path(&format!("again-{name}"));
        let import = ["annotations", "import", &file, "--annotations", &again];
        let told = work.printed(&import);
        assert!(told.contains("10 new, 0 known, 0 wrong"), "{name}: {told}");
        assert_eq!(rows(Path::new(&again)), before, "{name}");
        let written = files(Path::new(&again));
        let told = work.printed(&import);
        assert!(told.contains("0 new, 10 known, 0 wrong"), "{name}: {told}");
        assert_eq!(files(Path::new(&again)), written, "{name}");
        // Where they came from nothing is new either.
        let home = work.judgements().display().to_string();
        let told = work.printed(&["annotations", "import", &file, "--annotations", &home]);
        assert!(told.contains("0 new, 10 known, 0 wrong"), "{name}: {told}");
    }
}

#[test]
fn an_export_gives_ranges_in_three_units_and_only_what_was_asked_for() {
    let work = Work::new();
    let all = ["annotations", "export", &work.data()];
    let bob = work.printed(&[&all[..], &["--annotator", "bob", "--filter", "q:q0"]].concat());
    let row: Value = serde_json::from_str(bob.trim()).unwrap();
    let covered = &TRACE[row["start_byte"].as_u64().unwrap() as usize..];
    assert!(covered.starts_with("सरवधर्म"));
    let code_points = TRACE
        .chars()
        .skip(row["start_code_point"].as_u64().unwrap() as usize);
    assert_eq!(code_points.collect::<String>(), covered);
    assert_eq!(
        row["end_cluster"].as_u64().unwrap() - row["start_cluster"].as_u64().unwrap(),
        5
    );
    assert_eq!(row["text_hash"].as_str().unwrap().len(), 32);
    assert_eq!(row["stale"], false);
    let config = work.printed(&["annotations", "export", "--format", "label-studio-config"]);
    assert!(config.contains("<Choice value=\"refusal\""), "{config}");
}

/// Judgements on items, one text of codes an annotator; codes of an item are letters, `-` is none, `*` is not seen.
fn study(of: &[(&str, Vec<String>)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut table = String::from("annotator,run,question_id,target,kind,code\n");
    for (annotator, items) in of {
        for (number, codes) in items.iter().enumerate() {
            for code in codes.chars().filter(|code| *code != '*') {
                let (kind, code) = match code {
                    '-' => ("done", String::new()),
                    code => ("tag", code.to_string()),
                };
                table += &format!("{annotator},r,q{number},hi-Deva,{kind},{code}\n");
            }
        }
    }
    let path = dir.path().join("study.csv");
    fs::write(&path, table).unwrap();
    let [path, to] = [path, dir.path().join("annotations")].map(|path| path.display().to_string());
    let output = run(&["annotations", "import", &path, "--annotations", &to]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    dir
}

fn agreement(dir: &Path, more: &[&str]) -> Value {
    let annotations = dir.join("annotations").display().to_string();
    let agree = ["annotations", "agree", "--annotations", &annotations];
    let output = run(&[&agree[..], &["--format", "json"], more].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let json = text(&output.stdout);
    assert!(!json.contains("NaN"));
    serde_json::from_str(&json).unwrap()
}

fn items(letters: &str) -> Vec<String> {
    letters.split(' ').map(str::to_owned).collect()
}

#[track_caller]
fn near(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap();
    assert!((value - expected).abs() < 1e-6, "{value} is not {expected}");
}

#[test]
fn cohens_kappa_has_its_check_values() {
    for ([[both, only_a], [only_b, none]], kappa) in [
        ([[20, 5], [10, 15]], 0.4),
        ([[45, 15], [25, 15]], 0.130_434_8),
        ([[25, 35], [5, 35]], 0.259_259_3),
    ] {
        let given = |first: &str, second: &str, third: &str, fourth: &str| {
            let all = [
                (first, both),
                (second, only_a),
                (third, only_b),
                (fourth, none),
            ];
            let all = all
                .iter()
                .flat_map(|(code, count)| vec![(*code).to_owned(); *count]);
            all.collect::<Vec<String>>()
        };
        let a = given("x", "x", "-", "-");
        let b = given("x", "-", "x", "-");
        let dir = study(&[("a", a), ("b", b)]);
        let report = agreement(dir.path(), &[]);
        near(&report["codes"][0]["cohen"][0]["kappa"], kappa);
        assert_eq!(report["disagreements"], only_a + only_b);
        assert_eq!(report["confusion"][0]["counts"][0][0], both);
    }
}

#[test]
fn krippendorffs_alpha_has_its_check_values() {
    let dir = study(&[
        ("A", items("1 2 3 3 2 1 4 1 2 * * *")),
        ("B", items("1 2 3 3 2 2 4 1 2 5 * 3")),
        ("C", items("* 3 3 3 2 3 4 2 2 5 1 *")),
        ("D", items("1 2 3 3 2 4 4 1 2 5 1 *")),
    ]);
    near(&agreement(dir.path(), &[])["sets"]["exact"], 0.743_421_1);
    let dir = study(&[
        ("A", items("- x - - - - - - x -")),
        ("B", items("x x x - - x - - - -")),
    ]);
    near(
        &agreement(dir.path(), &[])["codes"][0]["alpha"],
        0.095_238_1,
    );
    let dir = study(&[
        ("A", items("v cv w t v ov")),
        ("B", items("v v w tw v o")),
        ("C", items("v c w t c ov")),
    ]);
    let report = agreement(dir.path(), &[]);
    near(&report["sets"]["masi"], 0.515_384_6);
    near(&report["sets"]["jaccard"], 0.567_185_7);
    near(&report["sets"]["exact"], 0.420_454_5);
    assert_eq!(
        agreement(dir.path(), &["--annotators", "A,C"])["annotators"][1],
        "C"
    );
}

#[test]
fn fleiss_kappa_has_its_check_value() {
    let table = [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ];
    let given = |counts: &[usize; 5]| -> Vec<&str> {
        let codes = ["1", "2", "3", "4", "5"].iter().zip(counts);
        codes
            .flat_map(|(code, count)| vec![*code; *count])
            .collect()
    };
    let raters: Vec<String> = (0..14).map(|rater| format!("r{rater:02}")).collect();
    let of = |rater: usize| {
        table
            .iter()
            .map(|counts| given(counts)[rater].to_owned())
            .collect()
    };
    let of: Vec<(&str, Vec<String>)> = (0..14)
        .map(|rater| (raters[rater].as_str(), of(rater)))
        .collect();
    near(
        &agreement(study(&of).path(), &[])["sets"]["fleiss"],
        0.209_930_7,
    );
}

#[test]
fn what_is_not_defined_is_said_and_never_a_number() {
    let dir = study(&[("A", items("x x")), ("B", items("x x"))]);
    let report = agreement(dir.path(), &[]);
    assert_eq!(report["codes"][0]["cohen"][0]["kappa"], Value::Null);
    assert_eq!(report["sets"]["masi"], Value::Null);
    let annotations = dir.path().join("annotations").display().to_string();
    let agree = ["annotations", "agree", "--annotations", &annotations];
    let told = text(&run(&agree).stdout);
    assert!(
        told.contains("— is not defined") && !told.contains("NaN"),
        "{told}"
    );
    assert!(told.contains("name the runs"), "{told}");
    let output = run(&[&agree[..], &["--annotators", "A,nobody"]].concat());
    assert_eq!(output.status.code(), Some(2));
    let alone = text(&run(&[&agree[..], &["--annotators", "A"]].concat()).stdout);
    assert!(alone.contains("nothing to compare"), "{alone}");
}

#[test]
fn ranges_agree_within_the_tolerance() {
    let work = Work::new();
    work.judge(
        "cyd",
        &[(0, tag("vowel", work.range("\"Sarvadarma\""), false))],
    );
    let f1 = |tolerance: &str| {
        let agree = [
            "annotations",
            "agree",
            &work.data(),
            "--annotators",
            "ann,cyd",
        ];
        let more = ["--format", "json", "--tolerance", tolerance];
        let report: Value =
            serde_json::from_str(&work.printed(&[&agree[..], &more].concat())).unwrap();
        report["ranges"][0]["f1"].as_f64().unwrap()
    };
    assert_eq!((f1("0"), f1("1")), (0.0, 1.0));
    let told = work.printed(&["annotations", "agree", &work.data()]);
    assert!(
        told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
}

#[test]
fn merging_is_the_same_in_every_order_and_again() {
    let (one, two) = (Work::new(), Work::new());
    two.judge("ann", &[(3, Decision::Flag(true))]);
    let [a, b] = [&one, &two].map(|work| work.judgements().display().to_string());
    let merge = |from: [&str; 2], to: &str| {
        let to = one.path(to);
        let told = one.printed(&["annotations", "merge", from[0], from[1], "-o", &to]);
        assert!(told.contains("21 events of 2 annotators"), "{told}");
        files(Path::new(&to))
    };
    let merged = merge([&a, &b], "ab");
    assert_eq!(merge([&b, &a], "ba"), merged);
    assert_eq!(merge([&a, &b], "ab"), merged);
    for name in [".gitattributes", ".gitignore", "ann.jsonl", "bob.jsonl"] {
        assert!(merged.contains_key(Path::new(name)), "{name}");
    }
}

#[test]
fn what_is_no_event_survives_a_merge_and_is_told() {
    let work = Work::new();
    let journal = work.judgements().join("ann.jsonl");
    let before = fs::read_to_string(&journal).unwrap();
    let clash = before.lines().next().unwrap().replace("vowel", "length");
    fs::write(&journal, format!("{before}<<<<<<< HEAD\n{clash}\n")).unwrap();
    let [from, to] =
        [work.judgements(), work.dir.path().join("merged")].map(|p| p.display().to_string());
    let output = run(&["annotations", "merge", &from, "-o", &to]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("2 lines set aside"),
        "{output:?}"
    );
    let kept = fs::read_to_string(Path::new(&to).join("set-aside.txt")).unwrap();
    assert!(kept.contains("<<<<<<< HEAD"), "{kept}");
    let all = kept + &fs::read_to_string(Path::new(&to).join("ann.jsonl")).unwrap();
    assert!(
        before
            .lines()
            .chain([clash.as_str()])
            .all(|line| all.contains(line))
    );
    let output = run(&["annotations", "merge", "nowhere", "-o", &to]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_damaged_line_is_told_with_its_place_and_costs_no_more() {
    let work = Work::new();
    let journal = work.judgements().join("ann.jsonl");
    let text_of = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, format!("{{\"id\":\u{1b}[31m}}\n{text_of}")).unwrap();
    let output = run(&["filter", &work.data(), "tag:vowel"]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(
        told.contains("ann.jsonl:1:") && !told.contains('\u{1b}'),
        "{told}"
    );
    assert_eq!(text(&output.stdout).lines().count(), 2);
}

#[test]
fn judgements_on_what_is_not_loaded_are_counted_and_told() {
    let work = Work::new();
    let lines = fs::read_to_string(work.path("run.jsonl")).unwrap();
    let first = lines.lines().next().unwrap();
    fs::write(work.path("run.jsonl"), format!("{first}\n")).unwrap();
    let output = run(&["filter", &work.data(), "tag:vowel"]);
    assert_eq!(output.status.code(), Some(0));
    let told = text(&output.stderr);
    assert!(
        told.contains("3 responses with judgements are not among"),
        "{told}"
    );
    let output = run(&["annotations", "stats", &work.data(), "--where", "tag:vowel"]);
    let told = text(&output.stderr);
    assert_eq!(told.lines().count(), 1, "{told}");
    // They are exported all the same.
    let output = run(&["annotations", "export", &work.data()]);
    assert_eq!(text(&output.stdout).lines().count(), 10);
}

#[test]
fn a_text_that_changed_makes_its_tags_stale() {
    let work = Work::new();
    let lines = fs::read_to_string(work.path("run.jsonl")).unwrap();
    fs::write(
        work.path("run.jsonl"),
        lines.replace("It is", "I say it is"),
    )
    .unwrap();
    assert_eq!(work.found("stale tag:lost"), ["q0"]);
    let rows = work.printed(&["annotations", "export", &work.data(), "--where", "tag:lost"]);
    assert!(
        rows.lines().all(|line| line.contains("\"stale\":true")),
        "{rows}"
    );
}

#[test]
fn what_cannot_be_imported_is_told_and_the_rest_is_written() {
    let work = Work::new();
    let file = work.path("by-hand.csv");
    let table = "annotator,run,question_id,target,code\n,r,q0,hi-Deva,vowel\nann,r,,hi-Deva,vowel\ncyd,r,q1,hi-Deva,vowel\n";
    fs::write(&file, table).unwrap();
    let home = work.judgements().display().to_string();
    let import = ["annotations", "import", &file, "--annotations", &home];
    let output = run(&import);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stdout).starts_with("1 new, 0 known, 2 wrong"),
        "{output:?}"
    );
    assert!(text(&output.stderr).contains("by-hand.csv: row 1: a row needs an annotator"));
    let output = run(&[&import[..], &["--annotator", "dan"]].concat());
    assert!(
        text(&output.stdout).starts_with("1 new, 1 known, 1 wrong"),
        "{output:?}"
    );
    // Nobody knows what the responses said then, so nothing is stale.
    assert_eq!(work.found("tag:vowel annotator:cyd -stale"), ["q1"]);
    let broken = work.path("broken.parquet");
    fs::write(&broken, "PAR1 and no more").unwrap();
    let output = run(&["annotations", "import", &broken, "--annotations", &home]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        text(&output.stderr).contains("broken.parquet"),
        "{output:?}"
    );
}

#[test]
fn a_journal_that_somebody_has_open_is_not_written() {
    let work = Work::new();
    let file = work.path("tags.csv");
    fs::write(&file, "annotator,run,question_id,code\nann,r,q9,vowel\n").unwrap();
    let opened = Journal::open(&work.judgements(), "ann", &mut State::default()).unwrap();
    let home = work.judgements().display().to_string();
    let import = ["annotations", "import", &file, "--annotations", &home];
    let output = run(&import);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(
        told.contains(&format!("process {}", std::process::id())),
        "{told}"
    );
    drop(opened);
    assert!(work.printed(&import).starts_with("1 new"));
}

#[test]
fn work_is_counted_by_annotator_and_code() {
    let work = Work::new();
    let stats = ["annotations", "stats", &work.data()];
    let json: Value =
        serde_json::from_str(&work.printed(&[&stats[..], &["--format", "json"]].concat())).unwrap();
    let ann = &json["annotators"][0];
    assert_eq!(
        (&ann["annotator"], &ann["done"], &ann["skipped"]),
        (&"ann".into(), &3.into(), &1.into())
    );
    assert_eq!(
        (&ann["tags"], &ann["suggested"], &ann["notes"]),
        (&3.into(), &1.into(), &1.into())
    );
    assert!(ann["median_seconds"].is_number());
    let told = work.printed(&stats);
    assert!(
        told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
    assert!(told.contains("5 minutes"), "{told}");
    assert!(
        told.lines()
            .any(|line| line.starts_with("vowel") && line.ends_with("Vowel")),
        "{told}"
    );
    let own = work.path("own.toml");
    fs::write(&own, "name = \"own\"\n[[code]]\ncode = \"vowel\"\nkey = \"v\"\nname = \"Selbstlaut\"\nguideline = \"x\"\n").unwrap();
    let told = work.printed(&[&stats[..], &["--taxonomy", &own]].concat());
    assert!(
        told.contains("Selbstlaut") && told.contains("refusal"),
        "{told}"
    );
}
