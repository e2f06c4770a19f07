//! Logs that other groups published, as far as they lie beside this project; without them there is nothing to test.
//!
//! The numbers were counted in the files themselves, by other means than this program. Every row that was loaded is
//! read again, and must be what its columns say.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use scriptlens::corpus::{Corpus, Key, Measure, Options};
use scriptlens::ingest::{FieldMap, Gravity, Settings};
use scriptlens::record::{Basis, Outcome, Record, Trace, TraceKind};

/// Responses of a file, how many of them are right, and how many wrong.
type Counts = (&'static str, [usize; 3]);

/// A folder of logs that was loaded as a whole.
struct Loaded {
    folder: PathBuf,
    corpus: Arc<Corpus>,
    records: Vec<Record>,
}

/// Loads a folder; `None` where it is not there.
fn load(name: &str, map: &[&str]) -> Option<Loaded> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/real-runs")
        .join(name);
    if !folder.is_dir() {
        eprintln!("skipped: there is no folder {}", folder.display());
        return None;
    }
    let map: Vec<String> = map.iter().map(ToString::to_string).collect();
    let options = Options {
        settings: Settings {
            map: FieldMap::parse(&map).unwrap(),
            ..Settings::default()
        },
        ..Options::default()
    };
    let paths = [folder.display().to_string()];
    let corpus = Corpus::load(&paths, &options, |_| ControlFlow::Continue(()));
    let rows = 0..corpus.len() as u32;
    let records = rows.map(|row| corpus.read(row).unwrap()).collect();
    let loaded = Loaded {
        folder,
        corpus,
        records,
    };
    loaded.rows_are_what_their_columns_say();
    Some(loaded)
}

impl Loaded {
    fn rows_are_what_their_columns_say(&self) {
        let corpus = &self.corpus;
        for (row, record) in (0..).zip(&self.records) {
            let said = |key| corpus.name(row, key);
            let number = |measure| corpus.measure(measure)[row as usize] as usize;
            let place = || format!("row {row}, {} {}", said(Key::File), record.question_id);
            let trace = record.trace.text().chars().count();
            assert_eq!(number(Measure::TraceLength), trace, "{}", place());
            let answer = record.answer.chars().count();
            assert_eq!(number(Measure::AnswerLength), answer, "{}", place());
            assert_eq!(number(Measure::Epoch), record.epoch as usize, "{}", place());
            assert_eq!(said(Key::Run), record.run);
            assert!(said(Key::Question).ends_with(&record.question_id));
            assert_eq!(said(Key::Trace), record.trace.kind().word(), "{}", place());
            let outcome = record.outcome().word();
            assert_eq!(said(Key::Outcome), outcome, "{}", place());
            let target = record.target.as_ref().map(|t| t.script.to_string());
            assert_eq!(said(Key::Target), target.as_deref().unwrap_or("none"));
        }
    }

    fn name<'a>(&self, path: &'a str) -> &'a str {
        let folder = format!("{}/", self.folder.display());
        path.strip_prefix(folder.as_str()).unwrap()
    }

    /// Rows of a file, told by the end of its path.
    fn of(&self, file: &str) -> Vec<&Record> {
        let here = |(row, _): &(u32, &Record)| self.corpus.name(*row, Key::File).ends_with(file);
        let found = (0..).zip(&self.records).filter(here);
        found.map(|(_, record)| record).collect()
    }

    #[track_caller]
    fn has(&self, files: &[Counts]) {
        let mut found = BTreeMap::new();
        for opened in self.corpus.files() {
            let path = opened.path.display().to_string();
            found.insert(self.name(&path).to_owned(), [0; 3]);
        }
        for (row, record) in (0..).zip(&self.records) {
            let counts = found
                .get_mut(self.name(self.corpus.name(row, Key::File)))
                .unwrap();
            counts[0] += 1;
            counts[1] += usize::from(record.outcome == Outcome::Right);
            counts[2] += usize::from(record.outcome == Outcome::Wrong);
        }
        let expected: BTreeMap<String, [usize; 3]> = files
            .iter()
            .map(|(name, n)| ((*name).to_owned(), *n))
            .collect();
        assert_eq!(found, expected);
    }

    /// What was not opened: problems with a part of their reason, then files that were passed over.
    #[track_caller]
    fn passed_over(&self, problems: &[(&str, &str)], skipped: &[&str]) {
        let told = |gravity| {
            let all = self.corpus.problems().iter();
            all.filter(move |problem| problem.gravity == gravity)
        };
        let path = |problem: &scriptlens::ingest::Problem| {
            let path = problem.path.display().to_string();
            self.name(&path).to_owned()
        };
        let found: Vec<_> = told(Gravity::Lost)
            .map(|p| (path(p), p.reason.clone()))
            .collect();
        assert_eq!(found.len(), problems.len(), "{found:?}");
        for ((name, reason), (expected, says)) in found.iter().zip(problems) {
            assert_eq!(name, expected);
            assert!(reason.contains(says), "{reason}");
        }
        let found: BTreeSet<String> = told(Gravity::NoRun).map(path).collect();
        let skipped: BTreeSet<String> = skipped.iter().map(ToString::to_string).collect();
        assert_eq!(found, skipped);
    }

    fn names(&self, key: Key) -> BTreeMap<&str, usize> {
        let mut names = BTreeMap::new();
        for row in 0..self.corpus.len() as u32 {
            *names.entry(self.corpus.name(row, key)).or_default() += 1;
        }
        names
    }

    fn traces(&self) -> BTreeMap<&str, usize> {
        self.names(Key::Trace)
    }
}

#[test]
fn inspect_ai_fixtures_of_every_version() {
    let Some(loaded) = load("inspect/inspect_ai", &[]) else {
        return;
    };
    loaded.has(&[
        ("tests/analysis/test_logs/2025-05-12T20-27-36-04-00_browser.json", [1, 1, 0]),
        ("tests/analysis/test_logs/2025-05-12T20-28-13-04-00_no-samples.json", [0, 0, 0]),
        ("tests/analysis/test_logs/2025-05-12T20-28-13-04-00_popularity.json", [3, 2, 1]),
        ("tests/analysis/test_logs/2025-05-12T20-28-26-04-00_security-guide.json", [3, 3, 0]),
        ("tests/analysis/test_logs_choices/mmlu-no-summary-choices.eval", [1, 0, 1]),
        ("tests/analysis/test_logs_choices/mmlu-summary-choices.eval", [1, 0, 1]),
        ("tests/log/test_eval_log/log_formats.eval", [1, 0, 1]),
        ("tests/log/test_eval_log/log_formats.json", [1, 0, 1]),
        ("tests/log/test_eval_log/log_images.json", [1, 0, 1]),
        ("tests/log/test_eval_log/log_images_tc.json", [1, 0, 1]),
        ("tests/log/test_eval_log/log_message_deduplication.eval", [1, 0, 1]),
        ("tests/log/test_eval_log/log_read_sample.eval", [1, 1, 0]),
        ("tests/log/test_eval_log/log_read_sample.json", [1, 1, 0]),
        ("tests/log/test_eval_log/log_streaming.eval", [4, 3, 1]),
        ("tests/log/test_eval_log/log_tool_call_error.json", [1, 0, 0]),
        (
            "tests/log/test_list_logs/2024-11-05T13-31-45-05-00_input-task_8zXjbRzCWrL9GXiXo2vus9.json",
            [1, 1, 0],
        ),
        (
            "tests/log/test_list_logs/2024-11-05T13-32-37-05-00_input-task_hxs4q9azL3ySGkjJirypKZ.eval",
            [1, 1, 0],
        ),
        ("tests/log/test_list_logs/custom.eval", [1, 1, 0]),
        ("tests/log/test_list_logs/ignore.json", [1, 1, 0]),
        (
            "tests/scorer/logs/2025-02-11T15-17-00-05-00_popularity_dPiJifoWeEQBrfWsAopzWr.eval",
            [10, 0, 0],
        ),
        (
            "tests/scorer/logs/2025-02-11T15-18-04-05-00_popularity_mj7khqpMM4GBCfVQozKgzB.eval",
            [10, 8, 2],
        ),
    ]);
    let no_logs: Vec<String> = [
        "basic",
        "empty",
        "escape_hatch",
        "gap_models",
        "leaf_tool_exclusion",
        "legacy_steps",
        "notable_caps",
        "notable_caps_uncapped",
        "parallel_spans",
        "steps_same_name",
    ]
    .iter()
    .map(|name| format!("tests/log/test_skeleton/{name}.json"))
    .chain(["SOURCE.txt".to_owned()])
    .collect();
    loaded.passed_over(&[], &no_logs.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(loaded.traces(), BTreeMap::from([("absent", 45)]));

    // The same log in both containers is the same record.
    for name in ["log_formats", "log_read_sample"] {
        let [one, other] =
            ["eval", "json"].map(|ending| loaded.of(&format!("test_eval_log/{name}.{ending}")));
        assert_eq!(one[0].answer, other[0].answer, "{name}");
        assert_eq!(one[0].question, other[0].question, "{name}");
        assert_eq!(one[0].scores, other[0].scores, "{name}");
    }
    // Attachments stand where they are referred to.
    let referred = |record: &&Record| {
        let record = serde_json::to_string(record).unwrap();
        record.contains("attachment://") || record.contains("tc://")
    };
    assert_eq!(loaded.records.iter().filter(referred).count(), 0);
    let epochs: BTreeSet<u32> = loaded
        .of("log_streaming.eval")
        .iter()
        .map(|r| r.epoch)
        .collect();
    assert_eq!(epochs, BTreeSet::from([1, 2]));
}

#[test]
fn inspect_flow_logs_keep_summaries_and_never_the_blobs() {
    let Some(loaded) = load("inspect/inspect_flow", &[]) else {
        return;
    };
    loaded.has(&[
        (
            "tests/test_logs/logs1/2025-12-11T18-00-43+00-00_gpqa-diamond_NL3aygdanSgqAJfzoMFuH6.eval",
            [4, 4, 0],
        ),
        (
            "tests/test_logs/logs1/2026-01-09T18-27-59+00-00_gpqa-diamond_nbjF337MtumE8dao4wZ3vj.eval",
            [4, 4, 0],
        ),
        (
            "tests/test_logs/logs2/2026-01-09T18-27-59+00-00_mmlu-0-shot_AaMwC64MK8EccYgfhUqy3n.eval",
            [1, 0, 1],
        ),
        (
            "tests/test_logs/logs2/sub/2026-01-09T18-27-59+00-00_mmlu-0-shot_CrDgVENUk8bU5TUmRGYXVJ.eval",
            [1, 0, 1],
        ),
    ]);
    loaded.passed_over(&[], &["SOURCE.txt"]);
    assert_eq!(
        loaded.traces(),
        BTreeMap::from([("encrypted", 2), ("summary", 8)])
    );
    for record in loaded.records.iter() {
        let text = serde_json::to_string(record).unwrap();
        assert!(!text.contains("gAAAA"), "{}", record.question_id);
        match &record.trace {
            Trace::Summary(text) => {
                let words = text.split_whitespace();
                assert!(words.clone().count() > 10 && words.clone().all(|w| w.len() < 200));
            }
            trace => assert_eq!(*trace, Trace::Encrypted),
        }
    }
    let runs = loaded.names(Key::Run);
    assert_eq!(
        runs,
        BTreeMap::from([("openai/gpt-5", 5), ("openai/gpt-5-mini", 5)])
    );
    let epochs: BTreeSet<u32> = loaded
        .of("NL3aygdanSgqAJfzoMFuH6.eval")
        .iter()
        .map(|r| r.epoch)
        .collect();
    assert_eq!(epochs, BTreeSet::from([1, 2, 3, 4]));
}

#[test]
fn inspect_scout_logs_of_a_hundred_samples() {
    let Some(loaded) = load("inspect/inspect_scout", &[]) else {
        return;
    };
    loaded.has(&[
        (
            "logs/2025-09-23T08-09-58-04-00_popularity_DN2wbX2ZvACsBpjwptzBRo.eval",
            [100, 63, 37],
        ),
        (
            "logs/2025-09-23T08-09-58-04-00_security-guide_LuxZJVwvymC3S3SyoJczxB.eval",
            [16, 11, 5],
        ),
        (
            "logs/2025-09-23T08-09-58-04-00_theory-of-mind_bbB4eRCx2rFJLyPH42Cj9r.eval",
            [100, 83, 17],
        ),
        (
            "logs/2025-11-07T10-59-47-05-00_websearch-addition-problem_LqPDntDnkk4h2fSqQ8i6CE.eval",
            [1, 1, 0],
        ),
    ]);
    loaded.passed_over(&[], &[]);
    assert_eq!(loaded.names(Key::Run).len(), 2);
    assert!(
        loaded
            .records
            .iter()
            .all(|r| !r.question.is_empty() && !r.answer.is_empty())
    );
}

#[test]
fn lm_eval_samples_beside_their_results() {
    let Some(loaded) = load("every_eval_ever/tests/data/lm_eval", &[]) else {
        return;
    };
    loaded.has(&[(
        "samples_math_perturbed_full_2026-01-21T03-44-18.458309.jsonl",
        [10, 0, 10],
    )]);
    // The results belong to the samples and are no run of their own.
    loaded.passed_over(&[], &[]);
    let model = "RylanSchaeffer/mem_Qwen3-93M_minerva_math_rep_0_sbst_1.0000_epch_1_ot_1";
    for record in &loaded.records {
        assert_eq!(record.model.as_deref(), Some(model));
        assert_eq!(record.dataset.as_deref(), Some("math_perturbed_full"));
        assert_eq!(record.scores.len(), 1);
        assert_eq!(record.target.as_ref().unwrap().to_string(), "und-Latn");
        assert!(!record.gold.is_empty() && !record.question.starts_with("Problem:"));
        assert!(record.prompt.as_deref().unwrap().starts_with("Problem:"));
    }
    let constant = loaded.corpus.warnings();
    assert_eq!(constant.len(), 1, "a metric that is 0 throughout is told");
}

#[test]
fn lanna_runs_with_two_damaged_files() {
    let Some(loaded) = load("lanna-cross-script", &[]) else {
        return;
    };
    let files = [
        (
            "anthropic_claude-opus-4_6_en",
            "anthropic/claude-opus-4.6",
            20,
        ),
        (
            "anthropic_claude-opus-4_6_lanna",
            "anthropic/claude-opus-4.6",
            13,
        ),
        ("deepseek_deepseek-v3_2_lanna", "deepseek/deepseek-v3.2", 8),
        (
            "deepseek_deepseek-v3_2_original_en",
            "deepseek/deepseek-v3.2",
            21,
        ),
        (
            "google_gemini-3-flash-preview_en",
            "google/gemini-3-flash-preview",
            21,
        ),
        (
            "google_gemini-3_1-flash-lite-preview_en",
            "google/gemini-3.1-flash-lite-preview",
            19,
        ),
        (
            "google_gemini-3_1-flash-lite-preview_lanna",
            "google/gemini-3.1-flash-lite-preview",
            11,
        ),
        (
            "google_gemini-3_1-pro-preview_en",
            "google/gemini-3.1-pro-preview",
            21,
        ),
        (
            "google_gemini-3_1-pro-preview_lanna",
            "google/gemini-3.1-pro-preview",
            16,
        ),
        ("openai_gpt-5_4_en", "openai/gpt-5.4", 20),
        ("openai_gpt-5_4_lanna", "openai/gpt-5.4", 14),
        ("qwen_qwen3_5-397b-a17b_en", "qwen/qwen3.5-397b-a17b", 19),
        ("qwen_qwen3_5-9b_en", "qwen/qwen3.5-9b", 17),
        ("qwen_qwen3_5-9b_lanna", "qwen/qwen3.5-9b", 5),
    ];
    let name = |stem: &str| format!("results/annotated_question_output_{stem}.json");
    let mut right = BTreeMap::new();
    for (stem, model, correct) in files {
        let rows = loaded.of(&name(stem));
        assert_eq!(rows.len(), 23, "{stem}");
        let of_model = |r: &&&Record| r.model.as_deref() == Some(model) && r.run == model;
        assert_eq!(rows.iter().filter(of_model).count(), 23, "{stem}");
        right.insert(
            stem,
            rows.iter().filter(|r| r.outcome == Outcome::Right).count(),
        );
        assert!(rows.iter().all(|r| !r.outcome.is_unjudged()));
        assert_eq!(right[stem], correct, "{stem}");
        let locale = if stem.ends_with("_en") {
            "en-Latn"
        } else {
            "nod-Lana"
        };
        for row in rows {
            assert_eq!(row.target.as_ref().unwrap().to_string(), locale, "{stem}");
            assert_eq!(row.target_basis, Basis::Path, "{stem}");
        }
    }
    assert_eq!(
        (loaded.records.len(), loaded.corpus.files().len()),
        (14 * 23, 14)
    );
    assert_eq!(
        loaded.names(Key::Question).len(),
        23,
        "both scripts share their questions"
    );
    loaded.passed_over(
        &[
            (&name("google_gemini-3-flash-preview_lanna"), "NUL"),
            (&name("qwen_qwen3_5-397b-a17b_lanna"), "NUL"),
        ],
        &[
            "LICENSE",
            "SOURCE.txt",
            "annotated_question.txt",
            "unannotated_question.txt",
        ],
    );
    // One answer is 235 kilobytes long.
    let longest = loaded.corpus.measure(Measure::AnswerLength).iter().max();
    assert_eq!(longest, Some(&235_108));
}

#[test]
fn x_fakt_languages_are_known_from_names_of_files() {
    let Some(loaded) = load("x_fakt", &[]) else {
        return;
    };
    let languages = [
        ("Arabic", "ar-Arab"),
        ("Chinese", "zh-Hans"),
        ("English", "en-Latn"),
        ("French", "fr-Latn"),
        ("Greek", "el-Grek"),
        ("Hindi", "hi-Deva"),
        ("Japanese", "ja-Jpan"),
        ("Nepali", "ne-Deva"),
        ("Russian", "ru-Cyrl"),
        ("Swahili", "sw-Latn"),
        ("Thai", "th-Thai"),
        ("Turkish", "tr-Latn"),
        ("Ukrainian", "uk-Cyrl"),
    ];
    for (language, locale) in languages {
        let rows = loaded.of(&format!("phi-4/without_system_prompt/{language}.csv"));
        assert_eq!(rows.len(), 802, "{language}");
        for row in rows {
            assert_eq!(row.target.as_ref().unwrap().to_string(), locale);
            assert_eq!(row.target_basis, Basis::Path);
            assert!(
                !row.question.is_empty() && !row.gold.is_empty(),
                "{language}"
            );
        }
    }
    assert_eq!(loaded.records.len(), 13 * 802);
    assert_eq!(
        loaded.names(Key::Run),
        BTreeMap::from([("phi-4/without_system_prompt", 13 * 802)])
    );
    assert_eq!(loaded.names(Key::Target).len(), 8, "of eight scripts");
    assert_eq!(
        loaded.names(Key::Outcome),
        BTreeMap::from([("right", 7425), ("wrong", 3001)])
    );
    let sources = loaded.names(Key::SourceLanguage);
    assert_eq!(
        (sources.len(), sources["en"], sources["el"]),
        (13, 806, 793)
    );
    loaded.passed_over(
        &[],
        &[
            "LICENSE",
            "SOURCE.txt",
            "phi-4/results_without_system_prompt.csv",
            "phi-4/splits_without_system_prompt.csv",
        ],
    );
}

#[test]
fn multiloko_predictions_share_ids_only_between_the_mandarins() {
    let Some(loaded) = load("multiloko", &[]) else {
        return;
    };
    loaded.has(&[("test.csv", [7500, 0, 0]), ("test.jsonl", [7500, 0, 0])]);
    loaded.passed_over(&[], &["LICENSE", "SOURCE.txt"]);
    // 30 languages of 250 questions.
    assert_eq!(loaded.names(Key::Question).len(), 7500 - 250);
    let targets: BTreeSet<String> = loaded
        .records
        .iter()
        .map(|record| record.target.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(targets.len(), 30);
}

#[test]
fn geofact_x_steps_are_the_trace() {
    let Some(loaded) = load("geofact-x", &[]) else {
        return;
    };
    loaded.has(&[("geofact_x_test.jsonl", [300, 0, 0])]);
    loaded.passed_over(&[], &["LICENSE", "SOURCE.txt"]);
    assert_eq!(
        loaded.names(Key::TargetLanguage),
        BTreeMap::from([("en", 70), ("hi", 62), ("ja", 59), ("sw", 52), ("th", 57)])
    );
    assert_eq!(
        loaded.names(Key::Target),
        BTreeMap::from([("Deva", 62), ("Jpan", 59), ("Latn", 122), ("Thai", 57)])
    );
    assert_eq!(loaded.traces(), BTreeMap::from([("plain", 300)]));
    for record in &loaded.records {
        assert_eq!(record.trace.kind(), TraceKind::Plain);
        assert!(
            !record.trace.text().contains("<step>"),
            "{}",
            record.question
        );
        assert_eq!(record.target_basis, Basis::Record);
    }
    let golds: usize = loaded.records.iter().map(|r| r.gold.len()).sum();
    assert_eq!(golds, 743, "of the corrected lists");
    assert_eq!(loaded.names(Key::Question).len(), 300);
}

#[test]
fn parquet_tables_with_a_column_that_is_mapped() {
    let Some(loaded) = load("parquet", &["question=Bengali Question"]) else {
        return;
    };
    loaded.has(&[
        ("llama_ts_rqa_12th_physics_1_results.parquet", [304, 0, 0]),
        ("llama_ts_sentiment_results.parquet", [156, 0, 0]),
    ]);
    loaded.passed_over(&[], &["LICENSE", "SOURCE.txt"]);
    let physics = loaded.of("llama_ts_rqa_12th_physics_1_results.parquet");
    let first = physics[0];
    assert!(first.question.starts_with("একটি স্প্রিং-এ 500 N বল"));
    assert_eq!(first.answer, "ঘ) 98 J");
    assert_eq!(first.gold, ["c"]);
    assert_eq!(first.metadata["A Bn"], "0.04 J");
    assert_eq!(first.target.as_ref().unwrap().script.as_str(), "Beng");
    let sentiment = loaded.of("llama_ts_sentiment_results.parquet");
    for record in sentiment {
        assert_eq!(record.target.as_ref().unwrap().to_string(), "bn-Beng");
        assert!(!record.answer.is_empty());
    }
}
