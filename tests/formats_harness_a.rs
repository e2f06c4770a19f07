//! Logs of batch APIs, Every Eval Ever, promptfoo, DeepEval and lighteval, loaded as a user loads them.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use scriptlens::corpus::{Corpus, Key, Options};
use scriptlens::ingest::Gravity;
use scriptlens::record::{Outcome, Record, Score, ScoreValue, Trace};

/// Responses in order, what they were read as, and what was told besides.
struct Loaded {
    records: Vec<Record>,
    formats: Vec<&'static str>,
    problems: Vec<(Gravity, String)>,
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

fn load(path: &Path) -> Loaded {
    let paths = [path.display().to_string()];
    let corpus = Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()));
    let rows = 0..corpus.len() as u32;
    let records: Vec<Record> = rows.map(|row| corpus.read(row).unwrap()).collect();
    for (row, record) in (0..).zip(&records) {
        assert_eq!(corpus.name(row, Key::Outcome), record.outcome().word());
        assert_eq!(corpus.name(row, Key::Trace), record.trace.kind().word());
    }
    Loaded {
        records,
        formats: corpus
            .files()
            .iter()
            .map(|file| file.source.format())
            .collect(),
        problems: corpus
            .problems()
            .iter()
            .map(|problem| (problem.gravity, problem.to_string()))
            .collect(),
    }
}

impl Loaded {
    /// The only response of a question in a language.
    #[track_caller]
    fn of(&self, question: &str, language: &str) -> &Record {
        let all = self.all(question, language);
        assert_eq!(all.len(), 1, "{question} {language}");
        all[0]
    }

    #[track_caller]
    fn by(&self, id: &str) -> &Record {
        let mut records = self.records.iter();
        records.find(|record| record.question_id == id).unwrap()
    }

    fn all(&self, question: &str, language: &str) -> Vec<&Record> {
        let is = |record: &&Record| {
            let target = record
                .target
                .as_ref()
                .map(|target| target.language.as_str());
            record.question_id == question && target == Some(language)
        };
        self.records.iter().filter(is).collect()
    }

    #[track_caller]
    fn told(&self, expected: &[(Gravity, &str)]) {
        assert_eq!(self.problems.len(), expected.len(), "{:?}", self.problems);
        for ((gravity, said), (expected, part)) in self.problems.iter().zip(expected) {
            assert_eq!(gravity, expected, "{said}");
            assert!(said.contains(part), "{said}");
        }
    }
}

fn plain(text: &str) -> Trace {
    Trace::Plain(text.into())
}

fn score(name: &str, value: f64) -> Score {
    Score {
        name: name.into(),
        value: ScoreValue::Number(value),
        explanation: None,
    }
}

#[track_caller]
fn has_score<'a>(record: &'a Record, name: &str, value: ScoreValue) -> &'a Score {
    let found = record
        .scores
        .iter()
        .find(|score| score.name == name)
        .unwrap();
    assert_eq!(found.value, value);
    found
}

#[test]
fn replies_of_a_batch_are_joined_with_their_requests() {
    let batch = load(&fixture("batch/chat"));
    assert_eq!(
        batch.formats,
        ["batch", "batch"],
        "the requests are no run of their own"
    );
    assert_eq!(batch.records.len(), 8);
    batch.told(&[(Gravity::Lost, "output.jsonl:6: not JSON")]);

    let swedish = batch.of("lake", "sv");
    assert_eq!(swedish.question, "Vilken är Armeniens största sjö?");
    assert_eq!(
        swedish.prompt.as_deref(),
        Some("system:\nSvara kort.\n\nuser:\nVilken är Armeniens största sjö?")
    );
    assert_eq!(swedish.trace, plain("The largest lake is Sevan."));
    assert_eq!(
        (swedish.answer.as_str(), &swedish.gold[..]),
        ("Sevan", &["Sevan".to_owned()][..])
    );
    assert_eq!(swedish.model.as_deref(), Some("acme/tiny-1"));
    assert_eq!(swedish.metadata["served_model"], "acme/tiny-1-2026");
    assert_eq!(swedish.source.as_ref().unwrap().to_string(), "hy-Armn");
    assert_eq!(swedish.metadata["reasoning_tokens"], 7);
    assert_eq!(swedish.metadata["max_tokens"], 64);
    assert_eq!(swedish.metadata["custom_id"], "lake-sv");
    assert_eq!(swedish.metadata["topic"], "water");
    assert_eq!(swedish.outcome, Outcome::Unjudged);

    let armenian = batch.all("lake", "hy");
    assert_eq!(
        armenian
            .iter()
            .map(|record| record.epoch)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(armenian[0].trace, plain("Sevan, surely."));
    assert_eq!(armenian[0].answer, "Սևան");
    assert_eq!(armenian[1].trace, Trace::Summary("It weighed Van.".into()));
}

#[test]
fn failures_of_a_batch_are_kept() {
    let batch = load(&fixture("batch/chat"));
    let cut = batch.by("mount-hy");
    assert!(cut.truncated);
    assert_eq!(
        (&cut.trace, cut.answer.as_str()),
        (&Trace::Unterminated("Արագա".into()), "")
    );
    let error = |id: &str| batch.by(id).error.clone().unwrap();
    assert_eq!(error("river-sv"), "stopped by the provider: content_filter");
    assert_eq!(error("mount-sv"), "status 429: slow down");
    assert_eq!(error("city-sv"), "the batch took too long");
    let late = batch.by("mount-sv");
    assert_eq!(late.question, "Vilket är Armeniens högsta berg?");
    assert_eq!(late.model.as_deref(), Some("acme/tiny-1"));
    let unknown = batch.by("ocean-sv");
    assert_eq!(
        (unknown.question.as_str(), unknown.answer.as_str()),
        ("", "Inget")
    );
}

#[test]
fn requests_may_lie_in_the_folder_above() {
    let batch = load(&fixture("batch/responses"));
    batch.told(&[]);
    assert_eq!(batch.formats, ["batch"]);
    assert_eq!(batch.records.len(), 3);
    let summary = "It recalled Svaneti.\n\nIt chose Shkhara.";
    let english = batch.by("2");
    assert_eq!(english.trace, Trace::Summary(summary.into()));
    assert_eq!(
        (
            english.answer.as_str(),
            &english.metadata["reasoning_tokens"]
        ),
        ("Shkhara", &31.into())
    );
    assert_eq!(english.question, "Which is the highest peak of Georgia?");
    let georgian = batch.of("1", "ka");
    assert_eq!(
        (&georgian.trace, georgian.answer.as_str()),
        (&Trace::Encrypted, "შხარა")
    );
    assert!(
        georgian
            .prompt
            .as_deref()
            .unwrap()
            .starts_with("system:\nAnswer briefly.")
    );
    let cut = batch.by("3");
    assert!(cut.truncated && cut.trace == Trace::Unterminated("Kura or Mtkv".into()));
}

#[test]
fn batches_of_other_vendors_are_read_alike() {
    let anthropic = load(&fixture("batch/anthropic"));
    anthropic.told(&[]);
    assert_eq!(anthropic.records.len(), 4);
    let of = |id: &str| {
        anthropic
            .records
            .iter()
            .find(|record| record.question_id == id)
            .unwrap()
    };
    assert_eq!(
        (&of("a").trace, of("a").answer.as_str()),
        (&plain("Crete or Euboea."), "Creta")
    );
    assert_eq!(of("a").metadata["thinking"]["budget_tokens"], 200);
    assert_eq!(
        (&of("b").trace, of("b").answer.as_str()),
        (&Trace::Encrypted, "Η Κρήτη")
    );
    assert_eq!(of("c").error.as_deref(), Some("too many tokens"));
    assert_eq!(of("d").error.as_deref(), Some("expired"));
    assert_eq!(of("d").question, "Ποιο είναι το μακρύτερο ποτάμι;");

    let gemini = load(&fixture("batch/gemini"));
    gemini.told(&[]);
    let of = |id: &str| {
        gemini
            .records
            .iter()
            .find(|record| record.question_id == id)
            .unwrap()
    };
    assert_eq!(
        (&of("q2").trace, of("q2").answer.as_str()),
        (&Trace::Summary("It compared peaks.".into()), "Midžor")
    );
    assert_eq!(of("q2").model.as_deref(), Some("acme-g-1"));
    assert!(of("q1").truncated);
    assert_eq!(of("q1").target.as_ref().unwrap().to_string(), "sr-Cyrl");
    assert_eq!(
        of("q1").prompt.as_deref(),
        Some("system:\nУкратко.\n\nuser:\nКоја је највиша планина Србије?")
    );
    assert_eq!(of("q3").error.as_deref(), Some("internal"));
}

#[test]
fn requests_alone_are_no_run() {
    let alone = load(&fixture("batch/alone/requests.jsonl"));
    assert!(alone.records.is_empty());
    alone.told(&[(Gravity::Lost, "requests of a batch without replies")]);
}

#[test]
fn a_batch_tells_when_its_requests_are_missing_or_in_doubt() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.jsonl");
    fs::copy(fixture("batch/chat/output.jsonl"), &output).unwrap();
    let lost = (Gravity::Lost, "not JSON");
    load(&output).told(&[lost, (Gravity::Lost, "questions are missing")]);
    for name in ["out_requests.jsonl", "another.jsonl"] {
        fs::copy(
            fixture("batch/chat/requests.jsonl"),
            folder.path().join(name),
        )
        .unwrap();
    }
    let doubt = (
        Gravity::Lost,
        "the questions are those of out_requests.jsonl",
    );
    load(&output).told(&[lost, doubt]);
}

#[test]
fn samples_of_every_eval_ever_have_epochs_and_results() {
    let samples = load(&fixture("every_eval_ever"));
    assert_eq!(samples.formats, ["Every Eval Ever"]);
    samples.told(&[(Gravity::NoRun, "open their _samples.jsonl")]);
    assert_eq!(samples.records.len(), 6);
    let first = samples.all("p1", "am");
    assert_eq!(
        first.iter().map(|record| record.epoch).collect::<Vec<_>>(),
        [1, 2]
    );
    let first = first[0];
    assert_eq!(first.scores[0], score("exact match", 1.0));
    has_score(first, "chrF", ScoreValue::Number(0.8));
    assert_eq!(first.outcome, Outcome::Right);
    assert_eq!(
        first.prompt.as_deref(),
        Some("ጥያቄ: አዲስ አበባ የትኛው አገር ዋና ከተማ ናት?")
    );
    assert_eq!(
        (&first.trace, first.extracted.as_deref()),
        (&plain("The capital of Ethiopia."), Some("ኢትዮጵያ"))
    );
    assert_eq!(
        (first.model.as_deref(), first.dataset.as_deref()),
        (Some("acme/tiny-1"), Some("atlas.places"))
    );
    assert_eq!(first.metadata["eval_library"]["name"], "own");
    assert_eq!(samples.all("p1", "am")[1].outcome, Outcome::Wrong);

    let several = samples.all("p2", "fi");
    let said: Vec<_> = several
        .iter()
        .map(|r| (r.epoch, r.answer.as_str(), r.trace.text(), r.outcome))
        .collect();
    assert_eq!(
        said,
        [
            (1, "Etiopia", "first", Outcome::Unjudged),
            (2, "Kenia", "second", Outcome::Unjudged)
        ]
    );
    assert!(
        several[0]
            .note
            .as_deref()
            .unwrap()
            .contains("2 answers together")
    );

    let turns = samples.of("p3", "fi");
    assert_eq!(
        (turns.answer.as_str(), &turns.trace, turns.outcome),
        ("Mombasa", &plain("I will look."), Outcome::Wrong)
    );
    assert!(
        turns
            .prompt
            .as_deref()
            .unwrap()
            .starts_with("system:\nHae tieto.")
    );
    let failed = samples.of("p4", "fi");
    assert_eq!(
        (failed.error.as_deref(), failed.outcome),
        (Some("timeout"), Outcome::Unjudged)
    );
}

#[test]
fn results_of_promptfoo_are_judged_by_their_assertions() {
    let results = load(&fixture("promptfoo/results.json"));
    assert_eq!(results.formats, ["promptfoo"]);
    results.told(&[]);
    assert_eq!(results.records.len(), 5);
    let japanese = results.all("port/1", "ja");
    let right = japanese[0];
    assert_eq!(
        (right.model.as_deref(), right.condition.as_deref()),
        (Some("Tiny"), Some("brief"))
    );
    assert_eq!(
        (right.answer.as_str(), right.outcome),
        ("韓国です。", Outcome::Right)
    );
    assert_eq!(right.gold, ["韓国"], "a rubric is no answer");
    assert_eq!(
        right.prompt.as_deref(),
        Some("Answer briefly: 釜山はどの国にありますか。")
    );
    let judge = has_score(right, "llm-rubric", ScoreValue::Number(0.9));
    assert_eq!(judge.explanation.as_deref(), Some("It names the country."));
    has_score(right, "success", ScoreValue::Bool(true));
    has_score(right, "script", ScoreValue::Number(1.0));
    assert_eq!(right.metadata["provider"], "openai:chat:tiny-1");
    assert_eq!(right.metadata["reasoning_tokens"], 11);
    assert_eq!(right.metadata["topic"], "ports");
    let wrong = japanese[1];
    assert_eq!(
        (wrong.outcome, wrong.error.as_deref()),
        (Outcome::Wrong, None),
        "a failed assertion is no error"
    );
    assert_eq!(
        (&wrong.trace, wrong.answer.as_str()),
        (&plain("Busan is a port of Korea."), "日本です。")
    );
    assert_eq!(wrong.condition.as_deref(), Some("think"));

    let korean = results.all("port/1", "ko");
    assert_eq!(
        (korean[0].outcome, &korean[0].gold[..]),
        (Outcome::Right, &["대한민국".to_owned()][..]),
        "only too slow"
    );
    assert_eq!(
        (korean[1].outcome, korean[1].error.as_deref()),
        (Outcome::Unjudged, Some("API error: 500"))
    );
    let object = &results.records[4];
    assert_eq!(
        (object.answer.as_str(), object.outcome),
        (r#"{"country":"KR"}"#, Outcome::Unjudged)
    );

    let lines = load(&fixture("promptfoo/rows.jsonl"));
    assert_eq!((lines.formats[0], lines.records.len()), ("promptfoo", 2));
    assert_eq!(lines.records[0].answer, right.answer);
}

#[test]
fn test_cases_of_deepeval_are_judged_by_metrics_of_correctness() {
    let run = load(&fixture("deepeval/test_run_20260101.json"));
    assert_eq!(run.formats, ["DeepEval"]);
    run.told(&[(Gravity::Lost, "this run also has conversations (1)")]);
    assert_eq!(run.records.len(), 3);
    let tamil = run.of("river/1", "ta");
    assert_eq!(
        (&tamil.trace, tamil.answer.as_str()),
        (&plain("Vaigai flows there."), "வைகை")
    );
    assert_eq!(
        (tamil.outcome, tamil.gold[0].as_str()),
        (Outcome::Right, "வைகை")
    );
    assert_eq!(tamil.model.as_deref(), Some("acme/tiny-1"), "not the judge");
    let judge = has_score(tamil, "Correctness [GEval]", ScoreValue::Number(0.9));
    assert_eq!(judge.explanation.as_deref(), Some("It is the same river."));
    assert_eq!(
        tamil.metadata["metrics"]["Correctness [GEval]"]["evaluationModel"],
        "judge-1"
    );
    assert_eq!(run.of("river/1", "en").outcome, Outcome::Wrong);
    let unscored = &run.records[2];
    assert_eq!(unscored.outcome, Outcome::Unjudged);
    let silent = has_score(unscored, "Toxicity", ScoreValue::Unscored);
    assert_eq!(silent.explanation.as_deref(), Some("judge timed out"));

    let talks = load(&fixture("deepeval/talks.json"));
    talks.told(&[]);
    assert_eq!(talks.records.len(), 1);
    let talk = &talks.records[0];
    assert_eq!(
        (talk.question.as_str(), talk.answer.as_str()),
        ("மதுரை எங்கே?", "தமிழ்நாட்டில்")
    );
    assert!(talk.prompt.as_deref().unwrap().starts_with("user:\nவணக்கம்"));
    assert_eq!(
        talk.outcome,
        Outcome::Unjudged,
        "a role kept is no right answer"
    );

    let returned = load(&fixture("deepeval/returned.json"));
    assert_eq!(
        (returned.formats[0], returned.records.len()),
        ("DeepEval", 1)
    );
    let record = &returned.records[0];
    assert_eq!(
        (record.answer.as_str(), record.outcome),
        ("In Tamil Nadu", Outcome::Wrong)
    );
}

fn strings(name: &str, lists: &[&[&str]]) -> Series {
    let lists: Vec<Series> = lists
        .iter()
        .map(|list| Series::new("".into(), *list))
        .collect();
    Series::new(name.into(), lists)
}

fn numbers(name: &str, lists: &[&[f64]]) -> Series {
    let lists: Vec<Series> = lists
        .iter()
        .map(|list| Series::new("".into(), *list))
        .collect();
    Series::new(name.into(), lists)
}

fn record(name: &str, fields: &[Series]) -> Column {
    let rows = fields[0].len();
    StructChunked::from_series(name.into(), rows, fields.iter())
        .unwrap()
        .into_series()
        .into()
}

fn write(path: &Path, columns: Vec<Column>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut table = DataFrame::new_infer_height(columns).unwrap();
    ParquetWriter::new(File::create(path).unwrap())
        .finish(&mut table)
        .unwrap();
}

const TIME: &str = "2026-03-01T10-00-00.000001";

#[test]
fn details_of_lighteval_are_read_from_nested_columns() {
    let folder = tempfile::tempdir().unwrap();
    let details = folder.path().join("details/acme/tiny-1").join(TIME);
    let gold: Vec<Series> = [0_i64, 1]
        .iter()
        .map(|at| Series::new("".into(), &[*at][..]))
        .collect();
    let doc = [
        Series::new(
            "query".into(),
            ["Answer.\nየጣና ሐይቅ የት ነው?", "Answer.\nየአባይ ወንዝ የት ይጀምራል?"],
        ),
        strings("choices", &[&[" ኢትዮጵያ", " ኬንያ"], &[" ግብፅ", " ኢትዮጵያ"]]),
        Series::new("gold_index".into(), gold),
        Series::new("instruction".into(), ["Answer.\n", "Answer.\n"]),
        Series::new("id".into(), ["17", "18"]),
        Series::new(
            "task_name".into(),
            ["lighteval|lakes:am|0", "lighteval|lakes:am|0"],
        ),
    ];
    let message = [
        Series::new("role".into(), ["user"]),
        Series::new("content".into(), ["የጣና ሐይቅ የት ነው?"]),
    ];
    let message = StructChunked::from_series("".into(), 1, message.iter())
        .unwrap()
        .into_series();
    let response = [
        Series::new("input".into(), [message.clone(), message]),
        strings(
            "text",
            &[&["<think>In the north.</think>ኢትዮጵያ", "ኬንያ"], &["ኢትዮጵያ"]],
        ),
        strings("text_post_processed", &[&["ኢትዮጵያ", "ኬ"], &["ኢትዮጵያ"]]),
        strings("reasonings", &[&[], &["The Blue Nile."]]),
        numbers("logprobs", &[&[], &[]]),
    ];
    let metric = [
        Series::new("extractive_match".into(), [0.0, 1.0]),
        Series::new("f1".into(), [0.5, 0.9]),
    ];
    let columns = vec![
        record("__doc__", &doc),
        record("__model_response__", &response),
        record("__metric__", &metric),
    ];
    write(
        &details.join(format!("details_lighteval|lakes:am|0_{TIME}.parquet")),
        columns,
    );
    let results = folder
        .path()
        .join("results/acme/tiny-1")
        .join(format!("results_{TIME}.json"));
    fs::create_dir_all(results.parent().unwrap()).unwrap();
    fs::write(&results, r#"{"config_general": {}, "results": {"all": {"em": 0.5}}, "versions": {}, "config_tasks": {}}"#).unwrap();

    let loaded = load(folder.path());
    loaded.told(&[]);
    assert_eq!(loaded.formats, ["lighteval"]);
    assert_eq!(loaded.records.len(), 3);
    let [first, second, third] = loaded.records.as_slice() else {
        panic!()
    };
    assert_eq!(
        (first.model.as_deref(), first.dataset.as_deref()),
        (Some("acme/tiny-1"), Some("lakes:am"))
    );
    assert_eq!(
        (first.question.as_str(), first.question_id.as_str()),
        ("የጣና ሐይቅ የት ነው?", "17")
    );
    assert_eq!(
        (&first.trace, first.answer.as_str()),
        (&plain("In the north."), "ኢትዮጵያ")
    );
    assert_eq!(
        (first.extracted.as_deref(), second.extracted.as_deref()),
        (None, Some("ኬ"))
    );
    assert_eq!((first.epoch, second.epoch), (1, 2));
    assert_eq!(
        second.outcome,
        Outcome::Unjudged,
        "scores of two answers together"
    );
    assert_eq!(first.gold, ["ኢትዮጵያ"]);
    assert_eq!(
        (&third.trace, third.answer.as_str()),
        (&plain("The Blue Nile."), "ኢትዮጵያ")
    );
    assert_eq!(
        (third.outcome, &third.gold[..]),
        (Outcome::Right, &["ኢትዮጵያ".to_owned()][..])
    );
    assert_eq!(
        third.scores,
        [score("extractive_match", 1.0), score("f1", 0.9)]
    );
    assert_eq!(third.target.as_ref().unwrap().to_string(), "am-Ethi");
}

#[test]
fn choices_of_lighteval_are_the_likeliest_ones() {
    let loaded = load(&fixture("lighteval"));
    loaded.told(&[]);
    assert_eq!(loaded.formats, ["lighteval", "lighteval"]);
    let [choice, first, second] = loaded.records.as_slice() else {
        panic!()
    };
    assert_eq!(
        (
            choice.answer.trim(),
            choice.gold[0].as_str(),
            choice.outcome
        ),
        ("Β", "Α", Outcome::Wrong)
    );
    assert_eq!(
        choice.metadata["loglikelihoods"],
        serde_json::json!([-2.5, -0.5])
    );
    assert_eq!(
        (first.answer.as_str(), second.answer.as_str()),
        ("Au Mali", "Niger")
    );
    assert_eq!(
        (first.gold[0].as_str(), first.prompt.as_deref()),
        ("Mali", Some("Q: Où est Tombouctou ?\nA:"))
    );
    assert_eq!(first.scores, [score("em", 0.0), score("maj@2", 1.0)]);
}

#[test]
fn results_of_lighteval_alone_are_no_run() {
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("results_x.json");
    fs::write(&results, r#"{"config_general": {}, "results": {"all": {"em": 0.5}}, "versions": {}, "config_tasks": {}}"#).unwrap();
    let loaded = load(&results);
    assert!(loaded.records.is_empty());
    loaded.told(&[(Gravity::Lost, "--save-details")]);
}

#[test]
fn published_samples_of_every_eval_ever_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/real-runs/every_eval_ever/tests/data");
    if !folder.is_dir() {
        eprintln!("skipped: there is no folder {}", folder.display());
        return;
    }
    let samples = load(&folder.join("skill_reference_conversion"));
    assert_eq!(
        (samples.formats[0], samples.records.len()),
        ("Every Eval Ever", 1)
    );
    let sample = &samples.records[0];
    assert_eq!(
        (sample.question.as_str(), sample.extracted.as_deref()),
        ("What is 2 + 2?", Some("4"))
    );
    assert_eq!(
        (sample.outcome, sample.scores[0].name.as_str()),
        (Outcome::Right, "accuracy")
    );
    let aggregates = load(&folder.join("community_evals_converter/datastore"));
    assert!(aggregates.records.is_empty());
    aggregates.told(&[(Gravity::NoRun, "open their _samples.jsonl")]);
}
