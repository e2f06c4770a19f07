//! Requests that ask again, what comes back, and training samples.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use proptest::prelude::*;
use scriptlens::corpus::{Corpus, Filter, Options};
use scriptlens::ingest::{Asked, Gravity};
use scriptlens::record::{Entity, Record};
use scriptlens::remedy::{Condition, Made, Plan, Report, Settings, Skip, Templates};
use scriptlens::script::parse;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

const HOME: &str = env!("CARGO_MANIFEST_DIR");
const QUESTIONS: &str = "tests/fixtures/remedy/questions.jsonl";

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scriptlens"));
    let command = command.current_dir(HOME).stdin(Stdio::null());
    command.args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn load(paths: &[&str]) -> Arc<Corpus> {
    let path = |path: &&str| Path::new(HOME).join(path).display().to_string();
    let paths: Vec<String> = paths.iter().map(path).collect();
    Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()))
}

fn plan(condition: Condition) -> Plan {
    Plan {
        condition,
        templates: Templates::read(None).unwrap(),
        mined: false,
        settings: Settings {
            model: Some("m".into()),
            ..Settings::default()
        },
    }
}

fn made(plan: &Plan, corpus: &Corpus, filter: &str) -> (Vec<Made>, Report) {
    let mut all = Vec::new();
    let filter = Filter::parse(filter).unwrap();
    let give = |made| -> Result<(), ()> {
        all.push(made);
        Ok(())
    };
    let report = plan.write(corpus, &filter, give).unwrap().unwrap();
    (all, report)
}

/// A corpus of records of ours.
fn corpus(records: &[Value]) -> (tempfile::TempDir, Arc<Corpus>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    fs::write(&path, lines).unwrap();
    let corpus = load(&[path.to_str().unwrap()]);
    assert_eq!(
        corpus.problems_of(Gravity::Lost),
        0,
        "{:?}",
        corpus.problems()
    );
    (folder, corpus)
}

fn problems(corpus: &Corpus) -> String {
    let lost = corpus
        .problems()
        .iter()
        .filter(|problem| problem.gravity == Gravity::Lost);
    lost.map(|problem| format!("{problem}\n")).collect()
}

fn records(corpus: &Corpus) -> Vec<Record> {
    (0..corpus.len() as u32)
        .map(|row| corpus.read(row).unwrap())
        .collect()
}

// Prompts.

#[test]
fn the_prompts_of_each_language_read_as_they_should() {
    let corpus = load(&[QUESTIONS]);
    let mut golden = String::new();
    for condition in Condition::ALL {
        golden += &format!("=== {condition}\n");
        for made in made(&plan(condition), &corpus, "-tgt:Geor").0 {
            golden += &format!("--- {}\n{}\n", made.prompt.template, made.prompt.text);
        }
    }
    insta::assert_snapshot!(golden);
}

#[test]
fn a_condition_that_would_change_nothing_asks_the_question_and_says_so() {
    let corpus = load(&[QUESTIONS]);
    for condition in Condition::ALL {
        let (made, _) = made(&plan(condition), &corpus, "atsource");
        let is_source = condition.word().ends_with("-english") || condition == Condition::Baseline;
        assert_eq!(made[0].prompt.unchanged, !is_source, "{condition}");
        if !is_source {
            assert_eq!(made[0].prompt.text, made[0].record.question);
        }
    }
}

/// One question in Russian whose knowledge is local to Hebrew.
fn question(question: &str, gold: &[&str], entities: Value) -> Value {
    json!({"run": "m/base", "model": "m", "condition": "base", "question_id": "q", "source": "he", "target": "ru",
        "question": question, "answer": "?", "gold": gold, "entities": entities})
}

#[track_caller]
fn skipped(records: &[Value], condition: Condition) -> (Vec<Skip>, usize) {
    let (_folder, corpus) = corpus(records);
    let (made, report) = made(&plan(condition), &corpus, "");
    assert!(
        report.skipped.values().all(|times| *times == 1),
        "{report:?}"
    );
    assert_eq!(made.len() + report.skipped.len(), 1, "{report:?}");
    (report.skipped.into_keys().collect(), report.withheld)
}

#[test]
fn what_cannot_be_asked_is_skipped_and_says_why() {
    let hint = Condition::EntityHint;
    let book = json!([{"forms": {"ru": ["Квартира внаём"]}}]);
    let asked = "Кто написал «Квартира внаём»?";
    let gold = &["Леа Голдберг"];
    assert_eq!(
        skipped(&[question(asked, gold, book)], hint).0,
        [Skip::NoForm]
    );
    assert_eq!(
        skipped(&[question(asked, gold, json!([]))], hint).0,
        [Skip::NoName]
    );
    assert_eq!(
        skipped(&[question("", gold, json!([]))], hint).0,
        [Skip::NoQuestion]
    );
    let prefix = Condition::named("translation-prefix").unwrap();
    assert_eq!(
        skipped(&[question(asked, gold, json!([]))], prefix).0,
        [Skip::NoVersion]
    );
    let mut homeless = question(asked, gold, json!([]));
    homeless.as_object_mut().unwrap().remove("source");
    assert_eq!(skipped(&[homeless], hint).0, [Skip::NoSource]);
}

#[test]
fn a_form_that_was_mined_counts_only_where_that_is_wanted_and_is_marked() {
    let mut entity = Entity::default();
    entity
        .forms
        .insert("ru".into(), vec!["Квартира внаём".into()]);
    entity.forms.insert("he".into(), vec!["דירה להשכיר".into()]);
    entity.mined.insert("he".into(), 0.9);
    let record = question(
        "Кто написал «Квартира внаём»?",
        &["Леа Голдберг"],
        json!([entity]),
    );
    let (_folder, corpus) = corpus(&[record]);
    let mut plan = plan(Condition::EntityHint);
    let (none, report) = made(&plan, &corpus, "");
    assert_eq!((none.len(), report.skipped[&Skip::NoForm]), (0, 1));
    plan.mined = true;
    let (all, report) = made(&plan, &corpus, "");
    assert_eq!((report.mined, all[0].prompt.forms[0].mined), (1, Some(0.9)));
    let asked = &all[0].requests[0].asked.asked.metadata["remedy"];
    assert_eq!(asked["forms"][0]["form"], "דירה להשכיר");
    assert!(asked["forms"][0]["mined"].as_f64().unwrap() > 0.8);
}

#[test]
fn the_questions_of_several_models_need_one_to_be_named() {
    let corpus = load(&["sample-runs"]);
    let mut plan = plan(Condition::Baseline);
    plan.settings.model = None;
    let write = |plan: &Plan, filter: &str| {
        plan.write(&corpus, &Filter::parse(filter).unwrap(), |_| {
            Ok::<(), ()>(())
        })
    };
    let error = write(&plan, "").unwrap_err();
    assert!(
        error.contains("atlas-9b") && error.contains("--model"),
        "{error}"
    );
    let report = write(&plan, "model:atlas* cond:baseline").unwrap().unwrap();
    assert_eq!(
        (report.model.as_str(), report.run.as_str()),
        ("atlas-9b", "atlas-9b/baseline-2")
    );
}

// Leaks.

/// Letters and digits alone, without case and marks: what every spelling variant has in common, and more.
fn bare(text: &str) -> String {
    let letters = text.nfkd().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Every form of what the record accepts as an answer, in any language.
fn answers(record: &Record) -> BTreeSet<String> {
    let gold: BTreeSet<String> = record.gold.iter().map(|gold| bare(gold)).collect();
    let of = |entity: &Entity| -> Vec<String> {
        let forms: Vec<String> = entity
            .forms
            .values()
            .flatten()
            .map(|form| bare(form))
            .collect();
        match forms.iter().any(|form| gold.contains(form)) {
            true => forms,
            false => Vec::new(),
        }
    };
    let forms = record.entities.iter().flat_map(of);
    let all: BTreeSet<String> = forms.chain(gold.iter().cloned()).collect();
    all.into_iter().filter(|form| !form.is_empty()).collect()
}

#[test]
fn no_prompt_that_is_scored_holds_an_accepted_answer_in_any_language() {
    for path in ["sample-runs", QUESTIONS] {
        let corpus = load(&[path]);
        for condition in Condition::ALL {
            let mut plan = plan(condition);
            plan.mined = true;
            let (all, report) = made(&plan, &corpus, "");
            assert!(all.len() > 10, "{path} {condition} {report:?}");
            for made in all {
                let answers = answers(&made.record);
                for request in &made.requests {
                    for message in request.line["body"]["messages"].as_array().unwrap() {
                        let prompt = bare(message["content"].as_str().unwrap());
                        let leaks = answers.iter().find(|answer| prompt.contains(*answer));
                        assert_eq!(leaks, None, "{condition}: {prompt}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_name_that_is_the_answer_or_holds_it_is_left_out() {
    let hint = Condition::EntityHint;
    let asked = "Кто жил в Доме независимости в Тель-Авиве?";
    let house = json!({"forms": {"ru": ["Дом независимости", "Доме независимости"], "he": ["בית דיזנגוף"]}});
    let by_name =
        |gold: &[&str], entities: Value| skipped(&[question(asked, gold, entities)], hint);
    // The form holds the answer as another entity has it, with points.
    let mayor = json!({"forms": {"ru": ["Меир Дизенгоф"], "he": ["דִּיזֶנְגּוֹף"]}});
    assert_eq!(
        by_name(&["Меир Дизенгоф"], json!([house, mayor])),
        (vec![Skip::GivesAway], 0)
    );
    // An accepted answer that another entity shares.
    let (_folder, both) = corpus(&[question(
        "Как звали автора книги «Хана и Михаэль»?",
        &["Амос Оз"],
        json!([
            {"forms": {"ru": ["Хана и Михаэль"], "he": ["מיכאל שלי"]}},
            {"id": "Q1", "forms": {"ru": ["Амос Оз"], "he": ["עמוס עוז"]}}
        ]),
    )]);
    let (all, report) = made(&plan(hint), &both, "");
    assert_eq!((all[0].prompt.forms.len(), report.withheld), (1, 0));
    assert!(!all[0].prompt.text.contains("עוז"));
    // The answer stands in the question itself.
    assert_eq!(
        by_name(&["Тель-Авив"], json!([house])).0,
        [Skip::HoldsAnswer]
    );
    let mut choices = question("Хайфа или Тель-Авив?", &["Тель-Авив"], json!([]));
    choices["metadata"] = json!({"choices": ["Хайфа", "Тель-Авив"]});
    assert_eq!(skipped(&[choices], Condition::Baseline).0, []);
}

#[test]
fn a_version_that_holds_the_answer_is_not_put_before_the_question() {
    let prefix = Condition::named("translation-prefix").unwrap();
    let entities = json!([{"forms": {"ru": ["Амос Оз"], "he": ["עמוס עוז"]}}]);
    for version in [
        "מתי נולד עמוס עוז?",
        "מתי נולד עָמוֹס עוֹז?",
        "מה כתב עמוס־עוז?",
    ] {
        let mut record = question("Кто написал «Мой Михаэль»?", &["Амос Оз"], entities.clone());
        record["source_question"] = version.into();
        assert_eq!(skipped(&[record], prefix).0, [Skip::GivesAway], "{version}");
    }
    let mut record = question("Кто написал «Мой Михаэль»?", &["Амос Оз"], entities);
    record["source_question"] = "מי כתב את מיכאל שלי?".into();
    assert_eq!(skipped(&[record], prefix).0, []);
}

// Requests.

/// The line of a batch, after OpenAI's `BatchRequestInput` and vLLM's, and the body after `CreateChatCompletionRequest`.
fn assert_is_request(line: &Value) {
    let members: BTreeSet<&str> = line
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        members,
        BTreeSet::from(["custom_id", "method", "url", "body"])
    );
    let id = line["custom_id"].as_str().unwrap();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    assert!(
        (1..=64).contains(&id.len()) && id.bytes().all(is_plain),
        "{id}"
    );
    assert_eq!(
        (&line["method"], &line["url"]),
        (&json!("POST"), &json!("/v1/chat/completions"))
    );
    let body = line["body"].as_object().unwrap();
    assert!(!body["model"].as_str().unwrap().is_empty());
    for message in body["messages"].as_array().unwrap() {
        assert!(["system", "user"].contains(&message["role"].as_str().unwrap()));
        assert!(!message["content"].as_str().unwrap().is_empty());
        assert_eq!(message.as_object().unwrap().len(), 2);
    }
    for (name, value) in body {
        let fits = match name.as_str() {
            "model" | "messages" => true,
            "temperature" => value.as_f64().is_some_and(|t| (0.0..=2.0).contains(&t)),
            "top_p" => value.as_f64().is_some_and(|p| (0.0..=1.0).contains(&p)),
            "max_completion_tokens" | "seed" => value.is_u64(),
            "reasoning_effort" => value.is_string(),
            _ => false,
        };
        assert!(fits, "{name}: {value}");
    }
}

#[test]
fn the_requests_that_are_written_are_requests_of_a_batch() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("requests.jsonl");
    let output = run(&[
        "prompts",
        "sample-runs",
        "--where",
        "cond:baseline model:atlas*",
        "--condition",
        "inject",
        "-o",
        path.to_str().unwrap(),
        "--epochs",
        "3",
        "--seed",
        "11",
        "--temperature",
        "0.6",
        "--top-p",
        "0.95",
        "--max-tokens",
        "4096",
        "--system",
        "Be brief.",
        "--body",
        r#"{"reasoning_effort": "high"}"#,
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let lines = |path: &Path| -> Vec<Value> {
        let text = fs::read_to_string(path).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let requests = lines(&path);
    let manifest = lines(&folder.path().join("requests.manifest.jsonl"));
    assert!(requests.len() > 300 && requests.len() == manifest.len());
    let mut ids = BTreeSet::new();
    for (nth, (request, asked)) in requests.iter().zip(&manifest).enumerate() {
        assert_is_request(request);
        assert_eq!(request["body"].as_object().unwrap().len(), 7);
        assert_eq!(request["body"]["seed"], 11 + nth % 3);
        let asked: Asked = serde_json::from_value(asked.clone()).unwrap();
        assert_eq!(request["custom_id"], asked.custom_id);
        assert_eq!(asked.asked.epoch as usize, 1 + nth % 3);
        assert!(!asked.asked.gold.is_empty() && !asked.asked.question.is_empty());
        assert!(ids.insert(asked.custom_id));
    }
    let said = text(&output.stderr);
    assert!(
        said.contains(&format!("{} requests written", requests.len())),
        "{said}"
    );
    assert!(
        said.lines().all(|line| line.chars().count() < 200),
        "{said}"
    );
}

#[test]
fn a_dry_run_shows_the_prompt_next_to_its_question_and_writes_nothing() {
    let output = run(&[
        "prompts",
        QUESTIONS,
        "--where",
        "tgt:Jpan",
        "--condition",
        "entity-hint",
        "--dry-run",
    ]);
    let shown = text(&output.stdout);
    let question = "    1969年のジョージア映画『ピロスマニ』を監督したのは誰ですか。";
    let expected = format!(
        "pirosmani-director · ka-Geor → ja-Jpan · template ja 1\n  question\n{question}\n  prompt\n{question}\n\n    \
         「ピロスマニ」は原語では「ფიროსმანი」と表記されます。\n\n"
    );
    assert_eq!(shown, expected);
    assert!(text(&output.stderr).contains("1 request would be written"));
}

#[test]
fn a_wrong_body_or_folder_of_templates_is_told() {
    for (flags, status, reason) in [
        (["--body", "{"], 2, "no JSON object"),
        (["--body", r#"{"n": 2}"#], 2, "--body has n"),
        (
            ["--prompts", "tests/fixtures/remedy/none"],
            1,
            "cannot be read",
        ),
        (["--epochs", "0"], 2, "0 is not in 1..=1000"),
        (["--model", "x"], 2, "required"),
    ] {
        let output = run(&[
            &["prompts", QUESTIONS, "--condition", "baseline"][..],
            &flags[..],
        ]
        .concat());
        let output = match reason {
            "required" => output,
            _ => run(&[
                &["prompts", QUESTIONS, "--condition", "baseline", "--dry-run"][..],
                &flags[..],
            ]
            .concat()),
        };
        assert_eq!(output.status.code(), Some(status), "{flags:?}");
        assert!(
            text(&output.stderr).contains(reason),
            "{}",
            text(&output.stderr)
        );
    }
}

// Outputs.

/// A reply of vLLM to a request.
fn reply(request: &Value, answer: &str) -> Value {
    json!({"id": "vllm-1", "custom_id": request["custom_id"], "response": {"status_code": 200, "request_id": "r",
        "body": {"id": "c", "object": "chat.completion", "model": request["body"]["model"], "choices": [
            {"index": 0, "message": {"role": "assistant", "reasoning_content": format!("so, {answer}"), "content": answer},
            "finish_reason": "stop"}]}}, "error": null})
}

/// Requests and manifest in a folder, and the requests.
fn asked(condition: Condition, epochs: u32) -> (tempfile::TempDir, Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(condition);
    plan.settings.epochs = epochs;
    let corpus = load(&[QUESTIONS]);
    let (all, _) = made(&plan, &corpus, "");
    let requests = all.iter().flat_map(|made| &made.requests);
    let lines = |of: &dyn Fn(&scriptlens::remedy::Request) -> String| -> String {
        requests.clone().map(|request| of(request) + "\n").collect()
    };
    let manifest = lines(&|request| serde_json::to_string(&request.asked).unwrap());
    fs::write(
        folder.path().join("requests.jsonl"),
        lines(&|request| request.line.to_string()),
    )
    .unwrap();
    fs::write(folder.path().join("requests.manifest.jsonl"), manifest).unwrap();
    let requests = requests.map(|request| request.line.clone()).collect();
    (folder, requests)
}

fn write_outputs(folder: &Path, name: &str, replies: &[Value]) -> String {
    let path = folder.join(name);
    let lines: String = replies.iter().map(|reply| format!("{reply}\n")).collect();
    fs::write(&path, lines).unwrap();
    path.display().to_string()
}

#[test]
fn outputs_open_as_a_run_of_the_same_questions() {
    let (folder, requests) = asked(Condition::EntityHint, 2);
    let replies: Vec<Value> = requests
        .iter()
        .map(|request| reply(request, "Giorgi Shengelaia"))
        .collect();
    let outputs = write_outputs(folder.path(), "outputs.jsonl", &replies);
    let alone = load(&[&outputs]);
    assert_eq!(
        (problems(&alone), alone.len()),
        (String::new(), requests.len())
    );
    let first = &records(&alone)[2];
    assert_eq!((first.run.as_str(), first.epoch), ("m/entity-hint", 1));
    assert_eq!(first.condition.as_deref(), Some("entity-hint"));
    assert_eq!(
        (first.source.clone(), first.target.clone()),
        (parse("ka"), parse("en"))
    );
    assert_eq!(
        first.question,
        "Who directed the 1969 Georgian feature film “Pirosmani”?"
    );
    assert!(first.prompt.as_ref().unwrap().contains("ფიროსმანი"));
    assert_eq!(first.gold, ["Giorgi Shengelaia"]);
    assert_eq!(first.trace.text(), "so, Giorgi Shengelaia");
    assert_eq!(first.metadata["remedy"]["of"], "atlas-9b/baseline");
    // With the run it came from, the same questions are paired; the files beside it serve the outputs.
    let both = load(&[QUESTIONS, folder.path().to_str().unwrap()]);
    assert_eq!(
        (problems(&both), both.len()),
        (String::new(), requests.len() + 15)
    );
    let questions = both.groups().all.len();
    assert_eq!(questions, 30);
    let by_variant = both
        .groups()
        .all
        .iter()
        .map(|group| (group.question, group.target));
    assert_eq!(by_variant.collect::<BTreeSet<_>>().len(), 15);
}

#[test]
fn what_is_wrong_with_outputs_is_named_and_the_rest_is_used() {
    let (folder, requests) = asked(Condition::EntityHint, 1);
    let (other, strangers) = asked(Condition::Baseline, 1);
    drop(other);
    let id = |nth: usize| requests[nth]["custom_id"].as_str().unwrap().to_owned();
    let failed = |nth: usize, status: u64| {
        json!({"id": "f", "custom_id": id(nth), "response": {"status_code": status, "request_id": "r",
            "body": {"error": {"message": "the engine fell over"}}}, "error": null})
    };
    let mut cut = reply(&requests[4], "Giorgi Sheng");
    cut["response"]["body"]["choices"][0]["finish_reason"] = "length".into();
    let replies = [
        reply(&requests[3], "drei"),
        failed(2, 500),
        reply(&requests[0], "erste"),
        reply(&requests[0], "zweite"),
        failed(1, 429),
        reply(&requests[1], "nach dem zweiten Mal"),
        cut,
        reply(
            &json!({"custom_id": "nobody", "body": {"model": "m"}}),
            "wer?",
        ),
        reply(&strangers[0], "fremd"),
        json!({"id": "e", "custom_id": id(5), "response": null, "error": {"code": "batch_expired", "message": "too late"}}),
        reply(&requests[6], "doppelt"),
        reply(&requests[6], "doppelt"),
    ];
    let outputs = write_outputs(folder.path(), "outputs.jsonl", &replies);
    let corpus = load(&[&outputs]);
    let said = problems(&corpus);
    let missing: Vec<String> = (7..requests.len()).map(id).collect();
    assert!(
        said.contains(&format!(
            "{} of the {} requests of requests.manifest.jsonl have no reply",
            missing.len(),
            requests.len()
        )),
        "{said}"
    );
    for part in [
        format!("outputs.jsonl:4: {} is answered more than once", id(0)),
        format!("outputs.jsonl:5: {} is answered more than once", id(1)),
        "outputs.jsonl:8: nobody is not in requests.manifest.jsonl".into(),
        format!(
            "outputs.jsonl:9: {} is not in requests.manifest.jsonl: it answers another batch",
            strangers[0]["custom_id"].as_str().unwrap()
        ),
        missing[0].clone(),
    ] {
        assert!(said.contains(&part), "{part}\n{said}");
    }
    assert_eq!(said.lines().count(), 5, "{said}");
    let answers: HashMap<String, Record> = records(&corpus)
        .into_iter()
        .map(|record| {
            (
                record.metadata["custom_id"].as_str().unwrap().to_owned(),
                record,
            )
        })
        .collect();
    assert_eq!((answers.len(), corpus.len()), (7, 7));
    assert_eq!(answers[&id(0)].answer, "erste");
    assert_eq!(answers[&id(1)].answer, "nach dem zweiten Mal");
    assert_eq!(
        answers[&id(2)].error.as_deref(),
        Some("status 500: the engine fell over")
    );
    assert!(answers[&id(4)].truncated);
    assert_eq!(answers[&id(5)].error.as_deref(), Some("too late"));
    assert!(
        answers
            .values()
            .all(|record| !record.question.is_empty() && !record.gold.is_empty())
    );
}

#[test]
fn replies_in_another_file_beside_are_not_missing() {
    let (folder, requests) = asked(Condition::Baseline, 1);
    let replies: Vec<Value> = requests.iter().map(|request| reply(request, "x")).collect();
    write_outputs(folder.path(), "errors.jsonl", &replies[..4]);
    let outputs = write_outputs(folder.path(), "outputs.jsonl", &replies[4..]);
    assert_eq!(problems(&load(&[&outputs])), "");
}

#[test]
fn a_manifest_without_replies_says_what_to_do() {
    let (folder, _) = asked(Condition::Baseline, 1);
    let manifest = folder.path().join("requests.manifest.jsonl");
    let said = problems(&load(&[manifest.to_str().unwrap()]));
    assert!(
        said.contains("put the output of the batch beside them"),
        "{said}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn requests_and_outputs_join_one_to_one_through_any_shuffle(
        questions in 1_usize..6,
        locales in prop::sample::subsequence(vec!["el", "ja", "ru", "he", "zh-Hant", "zh"], 1..=6),
        epochs in 1_u32..4,
        seed in any::<u64>(),
        lost in prop::collection::btree_set(0_usize..100, 0..4),
    ) {
        let records: Vec<Value> = (0..questions).flat_map(|question| {
            locales.iter().map(move |target| json!({"run": "m/base", "model": "m", "question_id": question.to_string(),
                "dataset": "d", "source": "ka", "target": target, "question": format!("{question}?"), "answer": ""}))
        }).collect();
        let (folder, corpus) = corpus(&records);
        let mut plan = plan(Condition::Baseline);
        plan.settings.epochs = epochs;
        let (all, _) = made(&plan, &corpus, "");
        let requests: Vec<_> = all.iter().flat_map(|made| made.requests.clone()).collect();
        prop_assert_eq!(requests.len(), records.len() * epochs as usize);
        let manifest: String = requests.iter().map(|request| serde_json::to_string(&request.asked).unwrap() + "\n").collect();
        let batch = folder.path().join("batch");
        fs::create_dir(&batch).unwrap();
        fs::write(batch.join("a.manifest.jsonl"), manifest).unwrap();
        let wanted = |record: &Record| format!("{} {} {}", record.question_id, record.target.as_ref().unwrap(), record.epoch);
        let mut replies: Vec<(u64, Value)> = requests.iter().enumerate()
            .filter(|(nth, _)| !lost.contains(nth))
            .map(|(nth, request)| {
                let place = (nth as u64 + 1).wrapping_mul(seed | 1).rotate_left(17) ^ seed;
                (place, reply(&request.line, &wanted(&request.asked.asked)))
            }).collect();
        replies.sort_by_key(|(place, _)| *place);
        let replies: Vec<Value> = replies.into_iter().map(|(_, reply)| reply).collect();
        if replies.is_empty() {
            return Ok(());
        }
        let outputs = write_outputs(&batch, "outputs.jsonl", &replies);
        let corpus = load(&[&outputs]);
        let read = records_of(&corpus);
        prop_assert_eq!(read.len(), replies.len());
        for record in &read {
            prop_assert_eq!(&record.answer, &wanted(record));
        }
        let distinct: BTreeMap<String, u32> = read.iter().map(|record| (wanted(record), record.epoch)).collect();
        prop_assert_eq!(distinct.len(), replies.len());
        let missing = requests.len() - replies.len();
        prop_assert_eq!(problems(&corpus).contains("have no reply"), missing > 0);
    }
}

fn records_of(corpus: &Corpus) -> Vec<Record> {
    records(corpus)
}
