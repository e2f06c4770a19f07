//! Logs of HELM, OpenCompass, OpenAI evals and simple-evals, and documents of parallel lists, from files to responses.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use scriptlens::corpus::{Corpus, Key, Options};
use scriptlens::ingest::{Gravity, Problem};
use scriptlens::record::{Basis, Outcome, Record, ScoreValue, Trace};

struct Loaded {
    corpus: Arc<Corpus>,
    records: Vec<Record>,
}

fn load(path: &str) -> Loaded {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let path = folder.join(path).display().to_string();
    let corpus = Corpus::load(&[path], &Options::default(), |_| ControlFlow::Continue(()));
    let rows = 0..corpus.len() as u32;
    let records = rows.map(|row| corpus.read(row).unwrap()).collect();
    Loaded { corpus, records }
}

impl Loaded {
    /// Responses of a file, told by a part of its path.
    fn of(&self, file: &str) -> Vec<&Record> {
        let here = |row: u32| self.corpus.name(row, Key::File).contains(file);
        let rows = (0..).zip(&self.records);
        rows.filter(|(row, _)| here(*row))
            .map(|(_, record)| record)
            .collect()
    }

    fn problems(&self, gravity: Gravity) -> Vec<&Problem> {
        let all = self.corpus.problems().iter();
        all.filter(|problem| problem.gravity == gravity).collect()
    }

    #[track_caller]
    fn nothing_lost(&self) {
        assert_eq!(self.problems(Gravity::Lost), [] as [&Problem; 0]);
    }

    #[track_caller]
    fn formats_are(&self, expected: &str) {
        for opened in self.corpus.files() {
            let shown = format!("{opened:?}");
            assert!(shown.ends_with(&format!("({expected})")), "{shown}");
        }
    }
}

fn outcomes(records: &[&Record]) -> Vec<Outcome> {
    records.iter().map(|record| record.outcome).collect()
}

fn answers<'a>(records: &[&'a Record]) -> Vec<&'a str> {
    records
        .iter()
        .map(|record| record.answer.as_str())
        .collect()
}

fn ids<'a>(records: &[&'a Record]) -> Vec<(&'a str, u32)> {
    let id = |record: &&'a Record| (record.question_id.as_str(), record.epoch);
    records.iter().map(id).collect()
}

#[test]
fn helm_choices_are_letters_with_texts() {
    let loaded = load("helm/runs");
    loaded.nothing_lost();
    loaded.formats_are("HELM");
    assert_eq!(loaded.records.len(), 9);
    assert!(
        loaded.problems(Gravity::NoRun).is_empty(),
        "files beside the requests are read with them"
    );
    let records = loaded.of("places-");
    assert_eq!(
        outcomes(&records),
        [
            Outcome::Right,
            Outcome::Wrong,
            Outcome::Wrong,
            Outcome::Right,
            Outcome::Unjudged
        ]
    );
    assert_eq!(
        ids(&records),
        [("id7", 1), ("id7", 1), ("id9", 1), ("id9", 2), ("id11", 1)]
    );
    let first = records[0];
    assert_eq!(
        (first.answer.as_str(), first.extracted.as_deref()),
        (" B", Some("Πηνειός"))
    );
    assert_eq!(
        (first.gold[0].as_str(), first.truncated),
        ("Πηνειός", false)
    );
    assert_eq!(first.model.as_deref(), Some("acme/tiny-1"));
    assert_eq!(first.dataset.as_deref(), Some("places:subject=rivers"));
    assert_eq!(first.target.as_ref().unwrap().to_string(), "el-Grek");
    assert_eq!(first.target_basis, Basis::Record);
    assert_eq!(first.question, "Ποιος ποταμός περνά από τη Λάρισα;");
    assert!(first.prompt.as_deref().unwrap().starts_with("Pick one."));
    assert_eq!(first.metadata["choices"]["A"], "Αλιάκμονας");
    assert_eq!(first.scores.len(), 2);
    assert_eq!(first.metadata["statistics"]["num_references"], 2.0);
    assert_eq!(records[1].condition.as_deref(), Some("typos"));
    assert_eq!(records[1].run, "acme/tiny-1/typos");
    // A Greek alpha is none of the letters.
    assert_eq!(
        (records[2].extracted.as_deref(), records[2].truncated),
        (None, true)
    );
    assert_eq!(
        records[4].error.as_deref(),
        Some("the service was not there")
    );
}

#[test]
fn helm_generations_have_their_thinking() {
    let loaded = load("helm/runs/capitals-model=acme_think-2");
    loaded.nothing_lost();
    let [first, second] = loaded.records.as_slice() else {
        panic!("{}", loaded.records.len())
    };
    assert_eq!(
        first.trace,
        Trace::Plain("The capital of Georgia is Tbilisi.".into())
    );
    assert_eq!(
        (first.answer.as_str(), first.outcome),
        ("თბილისი.", Outcome::Right)
    );
    assert_eq!(first.gold, ["თბილისი", "Tbilisi"]);
    assert_eq!(first.metadata["completions"], 2);
    let names: Vec<_> = first
        .scores
        .iter()
        .map(|score| score.name.as_str())
        .collect();
    assert_eq!(names, ["exact_match", "quasi_exact_match", "f1_score"]);
    assert_eq!(first.dataset.as_deref(), Some("capitals"));
    assert!(second.truncated && second.scores.is_empty() && second.prompt.is_none());
}

#[test]
fn helm_asks_for_each_choice_and_means_one_response() {
    let loaded =
        load("helm/runs/islands-method=multiple_choice_separate_calibrated,model=acme_tiny-1");
    loaded.nothing_lost();
    let records: Vec<_> = loaded.records.iter().collect();
    assert_eq!(ids(&records), [("id1", 1), ("id2", 1)]);
    // By its statistics the less likely choice; and without them nothing is known of the second question.
    assert_eq!(answers(&records), ["日本", ""]);
    assert_eq!(outcomes(&records), [Outcome::Right, Outcome::Unjudged]);
    assert_eq!(
        records[0].metadata["loglikelihoods"],
        serde_json::json!([-5.0, -4.0])
    );
    assert_eq!(
        records[0].metadata["choices"],
        serde_json::json!(["日本", "中国"])
    );
    assert_eq!(records[0].prompt.as_deref(), Some("佐渡島はどの国? 日本"));
}

#[test]
fn helm_statistics_alone_are_no_run() {
    let loaded = load("helm/alone");
    assert!(loaded.records.is_empty());
    let passed = loaded.problems(Gravity::NoRun);
    assert!(
        passed[0].reason.contains("scenario_state.json"),
        "{}",
        passed[0].reason
    );
}

#[test]
fn opencompass_predictions_are_joined_with_their_results() {
    let loaded = load("opencompass/20260203_040506");
    loaded.nothing_lost();
    loaded.formats_are("OpenCompass");
    assert!(loaded.problems(Gravity::NoRun).is_empty());
    let lakes = loaded.of("lakes.json");
    assert_eq!(
        outcomes(&lakes),
        [Outcome::Right, Outcome::Wrong, Outcome::Wrong]
    );
    assert_eq!(ids(&lakes), [("0", 1), ("1", 1), ("2", 1)]);
    assert_eq!(lakes[0].trace, Trace::Plain("青海湖,青海。".into()));
    assert_eq!(
        (lakes[0].answer.as_str(), lakes[0].question.as_str()),
        ("青海", "青海湖在哪个省?")
    );
    assert!(
        lakes[0]
            .prompt
            .as_deref()
            .unwrap()
            .starts_with("system:\n用一个词回答。")
    );
    assert_eq!(lakes[0].model.as_deref(), Some("acme-tiny"));
    assert_eq!(lakes[0].dataset.as_deref(), Some("lakes"));
    assert_eq!(lakes[0].metadata["res_length"], 9);
    assert_eq!(lakes[2].gold, ["江苏", "浙江"]);
}

#[test]
fn opencompass_shards_continue_one_another() {
    let loaded = load("opencompass/20260203_040506");
    let peaks = loaded.of("peaks_");
    assert_eq!(ids(&peaks), [("0", 1), ("1", 1), ("2", 1), ("2", 2)]);
    assert_eq!(
        outcomes(&peaks),
        [
            Outcome::Wrong,
            Outcome::Right,
            Outcome::Right,
            Outcome::Wrong
        ]
    );
    assert!(
        peaks
            .iter()
            .all(|record| record.dataset.as_deref() == Some("peaks"))
    );
    assert_eq!(peaks[1].extracted.as_deref(), Some("2629"));
    assert_eq!(peaks[1].gold, ["2629"]);
}

#[test]
fn opencompass_copies_of_a_question_are_epochs() {
    let loaded = load("opencompass/20260203_040506");
    let seas = loaded.of("seas.json");
    assert_eq!(ids(&seas), [("0", 1), ("1", 1), ("0", 2), ("1", 2)]);
    assert_eq!(
        outcomes(&seas),
        [
            Outcome::Right,
            Outcome::Right,
            Outcome::Wrong,
            Outcome::Wrong
        ]
    );
    assert_eq!(
        (&seas[3].gold[..], seas[3].scores.len()),
        (&["Азия".to_owned()][..], 2)
    );
    let deserts = loaded.of("tmp_deserts");
    assert_eq!(ids(&deserts), [("1", 1), ("0", 1)]);
    assert_eq!(deserts[0].dataset.as_deref(), Some("deserts"));
}

#[test]
fn opencompass_results_are_read_where_they_repeat_the_responses() {
    let loaded = load("opencompass/results_only");
    loaded.nothing_lost();
    let records: Vec<_> = loaded.records.iter().collect();
    assert_eq!(outcomes(&records), [Outcome::Right, Outcome::Wrong]);
    assert_eq!(answers(&records), ["中国", "नेपाल"]);
    assert_eq!(
        (records[1].question.as_str(), &records[1].gold[..]),
        ("खंभात की खाड़ी कहाँ है?", &["भारत".to_owned()][..])
    );
    assert_eq!(records[1].dataset.as_deref(), Some("bays"));
    let passed = loaded.problems(Gravity::NoRun);
    assert_eq!(passed.len(), 1);
    assert!(passed[0].path.ends_with("capes.json") && passed[0].reason.contains("predictions"));
}

#[test]
fn events_of_openai_evals_are_put_together() {
    let loaded = load("openai_evals");
    loaded.nothing_lost();
    loaded.formats_are("OpenAI evals");
    let records = loaded.of("places.dev");
    assert_eq!(
        ids(&records),
        [
            ("places.dev.0", 1),
            ("places.dev.1", 1),
            ("places.dev.2", 1)
        ]
    );
    assert_eq!(
        outcomes(&records),
        [Outcome::Right, Outcome::Wrong, Outcome::Unjudged]
    );
    assert_eq!(answers(&records), ["Бишкек", "หลวงพระบาง", ""]);
    assert_eq!(records[0].question, "Столица Киргизии?");
    assert!(records[0].prompt.as_deref().unwrap().contains("one word"));
    assert_eq!(records[0].model.as_deref(), Some("acme-1"));
    assert_eq!(records[0].dataset.as_deref(), Some("places.dev.v0"));
    assert_eq!(records[1].gold, ["เวียงจันทน์", "Vientiane"]);
    assert_eq!(records[1].scores[1].value, ScoreValue::Number(0.25));
    assert_eq!(
        records[2].error.as_deref(),
        Some("APITimeoutError: Request timed out.")
    );
    assert_eq!(records[2].gold, ["Астана", "Нур-Султан"]);
    let graded = loaded.of("graded.dev");
    assert_eq!(
        (answers(&graded), outcomes(&graded)),
        (vec!["흑해"], vec![Outcome::Right])
    );
    assert!(
        graded[0].scores[0]
            .explanation
            .as_deref()
            .unwrap()
            .starts_with("It names")
    );
}

#[test]
fn simple_evals_keep_the_gold_answer_in_a_page() {
    let loaded = load("simple_evals");
    loaded.nothing_lost();
    loaded.formats_are("simple-evals");
    let records = loaded.of("mgsm");
    assert_eq!(outcomes(&records), [Outcome::Right, Outcome::Wrong]);
    assert_eq!(answers(&records), ["Jibu: Kenya", "ভারত"]);
    assert_eq!(
        (records[0].dataset.as_deref(), records[0].model.as_deref()),
        (Some("mgsm"), Some("acme-tiny"))
    );
    assert_eq!(
        (records[0].extracted.as_deref(), &records[0].gold[..]),
        (Some("Kenya"), &["Kenya".to_owned()][..])
    );
    assert_eq!(records[1].gold, ["বাংলাদেশ & ভারত"]);
    assert_eq!(
        (records[1].extracted.as_deref(), records[1].trace.text()),
        (None, "A river in Bangladesh.")
    );
    assert_eq!(
        records[1].prompt.as_deref(),
        Some("system:\nBe brief.\n\nuser:\nযমুনা নদী কোন দেশে?\n\nউত্তর:")
    );
    let facts = loaded.of("simpleqa");
    assert_eq!(outcomes(&facts), [Outcome::Right, Outcome::Wrong]);
    assert!(facts[1].note.as_deref().unwrap().contains("not attempted"));
    // The page for people, and metrics without responses; those beside their responses are not told of.
    let passed: Vec<_> = loaded
        .problems(Gravity::NoRun)
        .iter()
        .map(|p| p.reason.clone())
        .collect();
    assert_eq!(passed.len(), 2);
    assert!(
        passed
            .iter()
            .any(|reason| reason.contains("drop_acme-tiny_allresults.json"))
    );
}

#[test]
fn parallel_lists_are_columns() {
    let loaded = load("parallel/columns.json");
    loaded.nothing_lost();
    loaded.formats_are("JSON");
    let records: Vec<_> = loaded.records.iter().collect();
    assert_eq!(answers(&records), ["المغرب", "大間崎", "Россия"]);
    assert_eq!(
        outcomes(&records),
        [Outcome::Right, Outcome::Right, Outcome::Unjudged]
    );
    assert_eq!(records[0].gold, ["إسبانيا", "المغرب"]);
    assert_eq!(records[2].question, "Где мыс Челюскин?");
    assert_eq!(records[2].model.as_deref(), Some("acme/tiny-1"));
    assert_eq!(records[2].dataset.as_deref(), Some("capes"));
    let line = load("parallel/line.json");
    assert_eq!(
        answers(&line.records.iter().collect::<Vec<_>>()),
        ["日本", "भारत"]
    );
    let uneven = load("parallel/uneven.json");
    assert_eq!(uneven.records.len(), 1);
    let lost = uneven.problems(Gravity::Lost);
    assert!(
        lost[0]
            .reason
            .contains("question has 2 elements, predicted has 1"),
        "{}",
        lost[0].reason
    );
}
