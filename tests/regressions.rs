//! What was once wrong, each with the file or command that showed it.
#![allow(clippy::unwrap_used, clippy::panic)]
use scriptlens::corpus::view;
use scriptlens::corpus::{Corpus, Filter, Key, Options};
use scriptlens::ingest::Gravity;
use std::ops::ControlFlow;
use std::process::Command;
use std::sync::Arc;

fn load(path: &std::path::Path) -> Arc<Corpus> {
    Corpus::load(&[path.display().to_string()], &Options::default(), |_| {
        ControlFlow::Continue(())
    })
}
fn file(name: &str, text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    (dir, path)
}
#[track_caller]
fn rows(name: &str, text: &str, n: usize) -> Arc<Corpus> {
    let (_dir, path) = file(name, text);
    let corpus = load(&path);
    let lost = corpus
        .problems()
        .iter()
        .filter(|p| p.gravity == Gravity::Lost);
    let problems: Vec<_> = lost.map(|p| p.reason.clone()).collect();
    assert_eq!((corpus.len(), problems), (n, vec![]));
    corpus
}
fn run(args: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_scriptlens"))
        .args(args)
        .output()
        .unwrap()
}

#[test]
fn a01_int_question_id() {
    rows(
        "r.jsonl",
        "{\"question_id\":7,\"question\":\"?\",\"answer\":\"!\"}\n",
        1,
    );
}
#[test]
fn a01_null_answer() {
    rows(
        "r.jsonl",
        "{\"question_id\":\"7\",\"question\":\"?\",\"answer\":null}\n",
        1,
    );
}
#[test]
fn a01_source_is_a_dataset() {
    rows(
        "r.jsonl",
        "{\"question_id\":\"7\",\"question\":\"?\",\"answer\":\"!\",\"source\":\"wikipedia\"}\n",
        1,
    );
}
#[test]
fn a01_correct_is_1() {
    rows(
        "r.jsonl",
        "{\"question_id\":\"7\",\"question\":\"?\",\"answer\":\"!\",\"correct\":1}\n",
        1,
    );
}
#[test]
fn a01_trace_null() {
    rows(
        "r.jsonl",
        "{\"question_id\":\"7\",\"question\":\"?\",\"answer\":\"!\",\"trace\":null}\n",
        1,
    );
}
#[test]
fn a01_epoch_text() {
    rows(
        "r.jsonl",
        "{\"question_id\":\"7\",\"question\":\"?\",\"answer\":\"!\",\"epoch\":1.0}\n",
        1,
    );
}
#[test]
fn a01_unknown_member_dropped() {
    let (_d, p) = file(
        "r.jsonl",
        "{\"question_id\":\"1\",\"question\":\"?\",\"answer\":\"!\"}\n{\"question_id\":\"2\",\"question\":\"?\",\"answer\":\"!\",\"score\":1,\"source_lang\":\"he\"}\n",
    );
    let c = load(&p);
    let r = c.read(1).unwrap();
    assert!(
        r.source.is_some() && !r.scores.is_empty(),
        "silently dropped: {r:?}"
    );
}
#[test]
fn a02_truncated_document_is_silently_skipped_in_a_folder() {
    let (dir, _p) = file(
        "run.json",
        "{\"model\":\"m\",\"results\":[{\"question\":\"?\",\"response\":\"one\"},{\"question\":\"?\",\"resp",
    );
    let c = load(dir.path());
    assert!(
        c.problems().iter().any(|p| p.gravity != Gravity::NoRun),
        "{:?}",
        c.problems()
    );
    assert_eq!(c.len(), 1);
}
#[test]
fn a03_convert_changes_the_outcome() {
    let row = r#"{"doc_id":0,"doc":{"question":"Q"},"target":"g","arguments":[["Q",{}]],"resps":[["a"]],"filtered_resps":["a"],"filter":"none","metrics":["f1","n_ok"],"doc_hash":"h","f1":0.5,"n_ok":1}"#;
    let (dir, p) = file("samples_t_he_2026-01-02T03-04-05.000006.jsonl", row);
    let out = dir.path().join("all.jsonl");
    run(&["convert", p.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert_eq!(
        load(&p).name(0, Key::Outcome),
        load(&out).name(0, Key::Outcome)
    );
}
#[test]
fn a03_convert_to_a_name_that_is_a_language_changes_the_target() {
    let (dir, p) = file("run.jsonl", "{\"question_id\":\"1\",\"answer\":\"x\"}\n");
    let out = dir.path().join("he.jsonl");
    run(&["convert", p.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert_eq!(
        load(&p).read(0).unwrap().target,
        load(&out).read(0).unwrap().target
    );
}
#[test]
#[cfg(unix)]
fn a04_two_file_names_that_are_not_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let dir = tempfile::tempdir().unwrap();
    for (name, q) in [
        (&b"n\xfe.jsonl"[..], "first"),
        (b"n\xff.jsonl", "the second question"),
        (b"z.jsonl", "third"),
    ] {
        std::fs::write(
            dir.path().join(std::ffi::OsStr::from_bytes(name)),
            format!("{{\"question\":\"{q}\",\"response\":\"x\"}}\n"),
        )
        .unwrap();
    }
    let c = load(dir.path());
    let q: Vec<_> = (0..3).map(|r| c.read(r).map(|r| r.question)).collect();
    assert_eq!(
        q,
        [
            Ok("first".to_owned()),
            Ok("the second question".to_owned()),
            Ok("third".to_owned())
        ]
    );
}
#[test]
fn a05_fuzzy_matches_everything_chinese() {
    let (_d, p) = file(
        "r.jsonl",
        "{\"question\":\"与亚巴卡和车站有关的人叫什么名字？\",\"response\":\"\"}\n{\"question\":\"entworfen\",\"response\":\"\"}\n{\"question\":\"After\",\"response\":\"\"}\n",
    );
    let c = load(&p);
    assert_eq!(
        view::rows(&c, &Filter::parse("~hatarari").unwrap()),
        [] as [u32; 0]
    );
}
#[test]
fn a06_a_filter_that_begins_with_a_dash() {
    let (_d, p) = file("r.jsonl", "{\"question\":\"?\",\"response\":\"!\"}\n");
    let p = p.to_str().unwrap();
    for args in [
        &["filter", p, "-wrong"][..],
        &["filter", p, "--where", "-wrong"],
        &[p, "--filter", "-wrong"],
    ] {
        let o = run(args);
        assert_eq!(
            o.status.code(),
            Some(0),
            "{args:?} {}",
            String::from_utf8_lossy(&o.stderr)
        );
    }
}
#[test]
fn a07_filter_without_a_terminal_is_ignored() {
    let (_d, p) = file("r.jsonl", "{\"question\":\"?\",\"response\":\"!\"}\n");
    assert_eq!(
        run(&[p.to_str().unwrap(), "--filter", "corss"])
            .status
            .code(),
        Some(2)
    );
}
#[test]
fn a08_one_line_of_more_than_64_kib() {
    rows(
        "r.jsonl",
        &format!(
            "{{\"question\":\"?\",\"response\":\"{}\"}}\n",
            "x".repeat(70_000)
        ),
        1,
    );
}
#[test]
fn a09_a_first_line_that_is_no_response() {
    let row = "{\"question\":\"?\",\"response\":\"!\"}\n";
    let (_d, p) = file("r.jsonl", &format!("{{\"spec\":{{\"a\":1}}}}\n{row}{row}"));
    let c = load(&p);
    let lost = c.problems().iter().filter(|p| p.gravity == Gravity::Lost);
    let reasons: Vec<_> = lost.map(|p| p.to_string()).collect();
    assert_eq!(c.len(), 2);
    assert!(
        reasons.len() == 1 && reasons[0].contains("r.jsonl:1: neither a question nor an answer"),
        "{reasons:?}"
    );
}
#[test]
fn a10_rows_without_question_and_id_are_one_question() {
    let c = rows(
        "r.jsonl",
        "{\"prediction\":\"a\",\"lang\":\"he\"}\n{\"prediction\":\"b\",\"lang\":\"he\"}\n",
        2,
    );
    assert_eq!(c.dict(Key::Question).len(), 2);
}
#[test]
fn a11_zero_based_epochs() {
    let row = |n| {
        format!(
            "{{\"q_id\":\"a\",\"lang\":\"he\",\"generation_idx\":{n},\"question\":\"q\",\"response\":\"x\"}}\n"
        )
    };
    let c = rows("r.jsonl", &(row(0) + &row(1) + &row(2)), 3);
    let e: Vec<_> = (0..3).map(|r| c.read(r).unwrap().epoch).collect();
    assert_eq!(
        e.iter().collect::<std::collections::BTreeSet<_>>().len(),
        3,
        "{e:?}"
    );
}
#[test]
#[cfg(unix)]
fn a12_convert_writes_0600_and_empties() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, p) = file("r.jsonl", "{\"question\":\"?\",\"response\":\"!\"}\n");
    let out = dir.path().join("o.jsonl");
    run(&["convert", p.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    let mode = std::fs::metadata(&out).unwrap().permissions().mode() & 0o777;
    let fresh = std::fs::metadata(&p).unwrap().permissions().mode() & 0o777;
    assert_eq!(format!("{mode:o}"), format!("{fresh:o}"));
}
#[test]
fn a13_convert_of_nothing_overwrites() {
    let (dir, p) = file("good.jsonl", "{\"question\":\"?\",\"response\":\"!\"}\n");
    run(&[
        "convert",
        dir.path().join("typo.jsonl").to_str().unwrap(),
        "-o",
        p.to_str().unwrap(),
    ]);
    assert_eq!(load(&p).len(), 1);
}
#[test]
fn a14_quote_in_a_name() {
    let (_d, p) = file(
        "r.jsonl",
        "{\"run\":\"a \\\"b\\\" c\",\"question\":\"?\",\"response\":\"!\"}\n",
    );
    let c = load(&p);
    let mut f = Filter::default();
    f.toggle_value(Key::Run, "a \"b\" c", false);
    let f = Filter::parse(&f.to_string()).unwrap();
    assert_eq!(view::rows(&c, &f).len(), 1, "{f}");
}
#[test]
fn a15_two_stars() {
    let (_d, p) = file(
        "r.jsonl",
        "{\"run\":\"gen\",\"question\":\"?\",\"response\":\"!\"}\n",
    );
    assert_eq!(
        view::rows(&load(&p), &Filter::parse("run:g**n").unwrap()).len(),
        1
    );
}
#[test]
fn a16_duplicate_columns() {
    let (_d, p) = file("r.csv", "question,answer,answer\nq,a1,a2\n");
    let c = load(&p);
    assert!(
        serde_json::to_string(&c.read(0).unwrap())
            .unwrap()
            .contains("a1"),
        "a cell is lost"
    );
}
#[test]
fn a17_blank_lines_before_csv() {
    rows("r.csv", "\nquestion,response\nq,a\n", 1);
}
#[test]
fn a18_same_file_by_two_paths() {
    let (dir, p) = file("r.jsonl", "{\"question\":\"?\",\"response\":\"!\"}\n");
    let again = dir
        .path()
        .join(".")
        .join("..")
        .join(dir.path().file_name().unwrap())
        .join("r.jsonl");
    let c = Corpus::load(
        &[p.display().to_string(), again.display().to_string()],
        &Options::default(),
        |_| ControlFlow::Continue(()),
    );
    assert_eq!(c.len(), 1);
}
#[test]
#[cfg(unix)]
fn a19_right_to_left_override_in_a_run_name() {
    let (_d, p) = file(
        "r.jsonl",
        "{\"run\":\"a\u{202e}gnp\",\"question\":\"?\",\"response\":\"!\"}\n",
    );
    assert!(
        !String::from_utf8(run(&["summary", p.to_str().unwrap()]).stdout)
            .unwrap()
            .contains('\u{202e}')
    );
}
#[test]
fn a20_map_to_no_column() {
    let (_d, p) = file("r.jsonl", "{\"question\":\"?\",\"response\":\"!\"}\n");
    let o = run(&["summary", p.to_str().unwrap(), "--map", "question=nosuch"]);
    assert_ne!(
        String::from_utf8_lossy(&o.stderr),
        "",
        "a mapped column that no file has goes unsaid"
    );
}
#[test]
fn a21_1e400() {
    rows(
        "r.jsonl",
        "{\"question\":\"?\",\"response\":\"!\",\"score\":1e400}\n",
        1,
    );
}
#[test]
fn a22_responses_in_outputs_of_every_line() {
    rows(
        "r.jsonl",
        &"{\"question\":\"?\",\"outputs\":[{\"text\":\"a\"}]}\n".repeat(3),
        3,
    );
}
