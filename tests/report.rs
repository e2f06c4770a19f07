//! `scriptlens report`: one document, whole in every format, whose numbers are those of `scriptlens stats`.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use roxmltree::{Document, Node};
use serde_json::{Value, json};

const HOME: &str = env!("CARGO_MANIFEST_DIR");

fn run(folder: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scriptlens"));
    command.current_dir(folder).stdin(Stdio::null());
    command.env("SOURCE_DATE_EPOCH", "1767225600");
    command.args(arguments).output().unwrap()
}

#[track_caller]
fn printed(folder: &str, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn report(folder: &str, path: &str, format: &str, more: &[&str]) -> String {
    let arguments = ["report", path, "--rounds", "100", "--format", format];
    printed(folder, &[&arguments, more].concat())
}

/// A response: run, question, source, target, right.
fn row(run: &str, question: &str, [source, target]: [&str; 2], right: bool) -> Value {
    json!({"run": run, "model": run, "condition": "baseline", "question_id": question, "source": source,
        "target": target, "question": "?", "answer": if right { "yes" } else { "no" }, "correct": right,
        "trace": "because"})
}

fn file(folder: &Path, name: &str, rows: &[Value]) {
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    std::fs::write(folder.join(name), text).unwrap();
}

/// Two runs, eight questions from four languages of three scripts, asked in all four.
fn two_runs([first, second]: [&str; 2]) -> Vec<Value> {
    let languages = ["en", "de", "he", "hi"];
    let mut rows = Vec::new();
    for (m, run) in [first, second].into_iter().enumerate() {
        for q in 0..8usize {
            for (t, target) in languages.into_iter().enumerate() {
                let source = languages[q % 4];
                let same = source == target || (q % 4 < 2 && t < 2);
                let ease = usize::from(same) * 3 + m * 2 + usize::from(source == target);
                let right = (q * 7 + t * 5 + m * 3) % 8 < 2 + ease;
                rows.push(row(run, &format!("q{q}"), [source, target], right));
            }
        }
    }
    rows
}

/// The page as a tree: it is written so that it is XML too, but for the head.
#[track_caller]
fn page(html: &str) -> String {
    let (doctype, page) = html.split_once('\n').unwrap();
    assert_eq!(doctype, "<!DOCTYPE html>");
    let lines = page.lines().map(|line| match line.starts_with("<meta ") {
        true => line.replace('>', "/>"),
        false => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn text(node: Node) -> String {
    let texts = node.descendants().filter(Node::is_text);
    texts.filter_map(|text| text.text()).collect()
}

/// What must hold of every page.
#[track_caller]
fn check(html: &str) {
    let page = page(html);
    let tree = Document::parse(&page).unwrap_or_else(|e| panic!("{e}\n{page}"));
    let all = || tree.descendants().filter(Node::is_element);
    let mut ids = BTreeSet::new();
    for node in all() {
        let name = node.tag_name().name();
        let foreign = [
            "script", "link", "img", "iframe", "object", "embed", "base", "form",
        ];
        assert!(!foreign.contains(&name), "{name}");
        for attribute in node.attributes() {
            let (key, value) = (attribute.name(), attribute.value());
            assert!(
                !key.starts_with("on") && key != "src" && key != "style",
                "{key}"
            );
            assert!(!value.contains("://"), "{key}={value}");
            if key == "id" {
                assert!(ids.insert(value.to_owned()), "twice: {value}");
            }
        }
        if name == "figure" {
            let has = |wanted: &str| {
                node.descendants()
                    .any(|node| node.tag_name().name() == wanted)
            };
            assert!(has("svg") && has("figcaption"));
        }
        if name == "table" {
            let first = node.first_element_child().unwrap();
            assert_eq!(first.tag_name().name(), "caption");
            let columns = |row: &Node| row.children().filter(Node::is_element).count();
            let rows: Vec<usize> = node
                .descendants()
                .filter(|node| node.tag_name().name() == "tr")
                .map(|row| columns(&row))
                .collect();
            assert!(
                rows.iter().skip(1).all(|n| *n == rows[0] || *n == 1),
                "{rows:?}"
            );
        }
    }
    for link in all().filter_map(|node| node.attribute("href")) {
        assert!(
            ids.contains(link.trim_start_matches('#')),
            "{link} leads nowhere"
        );
    }
    let style = all()
        .find(|node| node.tag_name().name() == "style")
        .unwrap();
    let style = text(style);
    assert!(!style.contains("url(") && !style.contains("@import") && !style.contains("@font-face"));
    // A number that is none never stands in a figure or table.
    for node in all().filter(|node| ["td", "text"].contains(&node.tag_name().name())) {
        let said = text(node).to_lowercase();
        let mut words = said.split(|c: char| !c.is_alphanumeric());
        assert!(!words.any(|word| ["nan", "inf"].contains(&word)), "{said}");
    }
}

/// Every figure stands for itself as XML.
#[track_caller]
fn figures(html: &str) -> usize {
    let starts: Vec<usize> = html.match_indices("<svg ").map(|(at, _)| at).collect();
    for at in &starts {
        let end = html[*at..].find("</svg>").unwrap() + 6;
        let tree = Document::parse(&html[*at..at + end]).unwrap();
        assert_eq!(tree.root_element().attribute("role"), Some("img"));
        assert!(
            !tree
                .root_element()
                .attribute("aria-label")
                .unwrap()
                .is_empty()
        );
    }
    starts.len()
}

/// Rows of tables of Markdown, but for the grids, of which HTML makes figures.
fn rows_of_markdown(markdown: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut is_grid = false;
    for line in markdown.lines() {
        if line.starts_with('#') {
            is_grid = line.contains("Source down, target across");
        }
        if let (Some(line), false) = (line.strip_prefix("| "), is_grid) {
            let line = line.strip_suffix(" |").unwrap();
            if !line.starts_with("---") {
                rows.push(line.split(" | ").map(str::to_owned).collect());
            }
        }
    }
    rows
}

#[test]
fn the_page_of_the_sample_runs_is_whole_and_needs_nothing_from_elsewhere() {
    let html = report(HOME, "sample-runs", "html", &[]);
    check(&html);
    assert!(figures(&html) >= 9, "{}", figures(&html));
    assert!(html.contains("no model&#39;s output"));
}

#[test]
fn html_and_markdown_say_the_same_in_every_row() {
    let html = report(HOME, "sample-runs", "html", &["--no-audit"]);
    let markdown = report(HOME, "sample-runs", "md", &["--no-audit"]);
    let page = page(&html);
    let tree = Document::parse(&page).unwrap();
    let rows = tree
        .descendants()
        .filter(|node| node.tag_name().name() == "tr");
    let cells =
        |row: Node| -> Vec<String> { row.children().filter(Node::is_element).map(text).collect() };
    let known: BTreeSet<Vec<String>> = rows.map(cells).collect();
    let said = rows_of_markdown(&markdown);
    assert!(said.len() > 200, "{}", said.len());
    for row in said {
        // The command says another format.
        assert!(known.contains(&row), "{row:?}");
    }
}

#[test]
fn every_number_is_that_of_stats() {
    let found = report(HOME, "sample-runs", "json", &[]);
    let found: Value = serde_json::from_str(&found).unwrap();
    let drawn: &[&str] = &["--rounds", "100"];
    let same: [(&str, &[&str], &[&str]); 9] = [
        ("accuracy", &["matrix"], &[]),
        ("gap", &["matrix", "--measure", "gap"], &[]),
        ("lost", &["matrix", "--measure", "lost"], &[]),
        (
            "transfer-by-language",
            &["matrix", "--measure", "transfer", "--by", "language"],
            &[],
        ),
        ("scores", &["transfer"], &[]),
        ("regression", &["regress"], drawn),
        ("paired", &["hint"], drawn),
        ("names", &["names"], drawn),
        ("overlap", &["overlap"], &[]),
    ];
    for (id, analysis, more) in same {
        let sections = found["sections"].as_array().unwrap();
        let mut section = sections
            .iter()
            .find(|section| section["id"] == id)
            .unwrap()
            .clone();
        section.as_object_mut().unwrap().shift_remove("id");
        let arguments = [
            &["stats"],
            analysis,
            &["sample-runs", "--format", "json"],
            more,
        ]
        .concat();
        let told: Value = serde_json::from_str(&printed(HOME, &arguments)).unwrap();
        assert_eq!(section, told, "{id}");
    }
}

#[test]
fn the_command_at_its_end_makes_the_same_bytes_again() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    file(
        folder.path(),
        "two runs.jsonl",
        &two_runs(["small", "large"]),
    );
    let more = [
        "--where",
        "-model:none",
        "--seed",
        "7",
        "--han",
        "none",
        "--grade",
        "exact",
    ];
    for format in ["html", "md", "json", "csv"] {
        let first = report(home, "two runs.jsonl", format, &more);
        let json: Value =
            serde_json::from_str(&report(home, "two runs.jsonl", "json", &more)).unwrap();
        let command = json["made"]["command"].as_str().unwrap();
        let command = command.replace("--format=json", &format!("--format={format}"));
        let words = shlex::split(&command).unwrap();
        assert_eq!(words[0], "scriptlens");
        let words: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        assert_eq!(printed(home, &words), first, "{command}");
    }
}

#[test]
fn what_a_log_says_is_no_markup() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    let evil = [
        "<script>alert(1)</script>",
        "\"quoted\" & 'single' \u{7}\u{202e}bell",
    ];
    let mut rows = two_runs(evil);
    for row in &mut rows {
        row["entities"] =
            json!([{"id": "\"><b>", "forms": {"en": ["\"O'Hara\" <i>"], "he": ["אוהרה"]}}]);
    }
    file(folder.path(), "evil.jsonl", &rows);
    let html = report(home, "evil.jsonl", "html", &[]);
    check(&html);
    assert!(figures(&html) > 3);
    assert!(!html.contains("<script") && html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!html.contains('\u{7}') && !html.contains('\u{202e}'));
}

#[test]
fn where_there_is_little_there_are_sentences() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    let all = two_runs(["small", "large"]);
    let only = |is: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        all.iter().filter(|row| is(row)).cloned().collect()
    };
    let with = |right: Value| -> Vec<Value> {
        let mut rows = all.clone();
        rows.iter_mut()
            .for_each(|row| row["correct"] = right.clone());
        rows
    };
    let mut nowhere = all.clone();
    for row in &mut nowhere {
        row.as_object_mut()
            .unwrap()
            .retain(|key, _| key != "source" && key != "target");
    }
    let cases = [
        ("one-model", only(&|row| row["run"] == "small")),
        (
            "one-language",
            only(&|row| row["source"] == "he" && row["target"] == "he"),
        ),
        ("one-question", only(&|row| row["question_id"] == "q1")),
        ("one-response", all[..1].to_vec()),
        ("all-right", with(json!(true))),
        ("all-wrong", with(json!(false))),
        ("unjudged", with(Value::Null)),
        ("no-locales", nowhere),
    ];
    for (name, rows) in cases {
        let path = format!("{name}.jsonl");
        file(folder.path(), &path, &rows);
        check(&report(home, &path, "html", &[]));
        let markdown = report(home, &path, "md", &[]);
        assert!(
            markdown.contains("## Not in this report, and why"),
            "{name}"
        );
        report(home, &path, "csv", &[]);
    }
    file(folder.path(), "all.jsonl", &all);
    let empty = report(home, "all.jsonl", "html", &["--where", "model:nobody"]);
    check(&empty);
    assert_eq!(figures(&empty), 0);
    let markdown = report(home, "all.jsonl", "md", &["--where", "model:nobody"]);
    assert!(markdown.contains("- What was loaded: The filter lets no response through."));
}

#[test]
fn two_runs_are_compared_where_there_are_no_two_conditions() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    file(folder.path(), "all.jsonl", &two_runs(["small", "large"]));
    let markdown = report(home, "all.jsonl", "md", &[]);
    assert!(
        markdown.contains("## From run small to run large"),
        "{markdown}"
    );
    let markdown = report(home, "all.jsonl", "md", &["--a", "large", "--b", "small"]);
    assert!(markdown.contains("## From run large to run small"));
    let output = run(
        home,
        &["report", "all.jsonl", "--a", "large", "--b", "huge"],
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_ending_of_the_file_says_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    file(folder.path(), "all.jsonl", &two_runs(["small", "large"]));
    let starts = [
        ("html", "<!DOCTYPE html>"),
        ("md", "# Where"),
        ("json", "{\"made\""),
        ("csv", "# made on 2026-01-01"),
    ];
    for (ending, start) in starts {
        let path = format!("out.{ending}");
        let printed = printed(
            home,
            &[
                "report",
                "all.jsonl",
                "--rounds",
                "100",
                "--no-audit",
                "-o",
                &path,
            ],
        );
        assert!(printed.is_empty());
        let written = std::fs::read_to_string(folder.path().join(&path)).unwrap();
        assert!(written.starts_with(start), "{ending}");
    }
    let output = run(home, &["report", "all.jsonl", "-o", "out.pdf"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!folder.path().join("out.pdf").exists());
}

#[test]
fn a_report_of_two_small_runs() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    file(
        folder.path(),
        "two-runs.jsonl",
        &two_runs(["small", "large"]),
    );
    let markdown = report(home, "two-runs.jsonl", "md", &[]);
    let markdown = markdown.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(markdown);
}
