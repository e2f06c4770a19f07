//! Requests that ask again, what comes back, and training samples.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use proptest::prelude::*;
use scriptlens::corpus::{Corpus, Filter, Options, view};
use scriptlens::grade::Grader;
use scriptlens::ingest::{Asked, Gravity};
use scriptlens::record::{Entity, Record};
use scriptlens::remedy::{
    Ask, Checks, Condition, Lesson, Made, Pivot, Plan, Reasoning, Report, Request, Settings, Sieve,
    Sifted, Skip, Tallies, Templates, Thinking,
};
use scriptlens::script::parse;
use serde::Deserialize;
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
        ask: Ask::Again(condition),
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
    let batch = plan.batch(corpus, &rows(corpus, filter)).unwrap();
    let report = batch.write(
        |made| made,
        |made| {
            all.extend(made);
            Ok::<(), ()>(())
        },
    );
    (all, report.unwrap())
}

fn rows(corpus: &Corpus, filter: &str) -> Vec<u32> {
    view::rows(corpus, &Filter::parse(filter).unwrap())
}

/// The lines of requests, and what they ask.
fn requests(plan: &Plan, all: Vec<Made>) -> Vec<(Value, Asked)> {
    let requests = all
        .into_iter()
        .flat_map(|made| made.requests(&plan.settings));
    let line = |request: Request| (serde_json::to_value(request.line).unwrap(), request.asked);
    requests.map(line).collect()
}

/// A manifest of these.
fn manifest(requests: &[(Value, Asked)]) -> String {
    let asked = requests.iter();
    asked
        .map(|(_, asked)| serde_json::to_string(asked).unwrap() + "\n")
        .collect()
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
            assert_eq!(made[0].prompt.text, made[0].asked.question);
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
    let asked = &all[0].asked.metadata["remedy"];
    assert_eq!(asked["forms"][0]["form"], "דירה להשכיר");
    assert!(asked["forms"][0]["mined"].as_f64().unwrap() > 0.8);
}

#[test]
fn the_questions_of_several_models_need_one_to_be_named() {
    let corpus = load(&["sample-runs"]);
    let mut plan = plan(Condition::Baseline);
    plan.settings.model = None;
    let Err(error) = plan.batch(&corpus, &rows(&corpus, "")) else {
        panic!("one of several models was chosen")
    };
    assert!(error.to_string().contains("atlas-9b"), "{error}");
    let (all, report) = made(&plan, &corpus, "model:atlas* cond:baseline");
    assert_eq!(all[0].asked.model.as_deref(), Some("atlas-9b"));
    assert_eq!(report.run, "atlas-9b/baseline-2");
    let told = run(&[
        "prompts",
        "sample-runs",
        "--condition",
        "baseline",
        "--dry-run",
    ]);
    assert!(
        text(&told.stderr).contains("name it with --model"),
        "{told:?}"
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
            for (line, asked) in requests(&plan, all) {
                let answers = answers(&asked.asked);
                for message in line["body"]["messages"].as_array().unwrap() {
                    let prompt = bare(message["content"].as_str().unwrap());
                    let leaks = answers.iter().find(|answer| prompt.contains(*answer));
                    assert_eq!(leaks, None, "{condition}: {prompt}");
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

/// A question of that answer, with a name in it that has this form.
fn named(question: &str, gold: &str, name: &str, form: &str) -> Value {
    let entities = json!([{"forms": {"en": [name], "ka": [form]}}]);
    let mut record = self::question(question, &[gold], entities);
    (record["source"], record["target"]) = (json!("ka"), json!("en"));
    record
}

#[test]
fn what_says_the_answer_in_other_digits_or_with_an_ending_is_left_out() {
    let hint = plan(Condition::EntityHint);
    for (gold, name, form) in [
        ("1969", "the film", "الأرض ١٩٦٩"),
        ("1969", "the film", "男はつらいよ（一九六九年）"),
        ("1969 год", "the film", "ფიროსმანი 1969"),
        ("5 May 1969", "the film", "05.05.1969"),
        ("Köln", "the cathedral", "Kölner Dom"),
        ("Москва", "the shop", "ГУМ Москвы"),
        ("Александр Блок", "the work", "Опус Блока"),
    ] {
        let (_folder, corpus) = corpus(&[named(&format!("Who knows {name}?"), gold, name, form)]);
        let (all, report) = made(&hint, &corpus, "");
        assert!(all.is_empty(), "{gold} {form}: {}", all[0].prompt.text);
        assert_eq!(
            report.withheld + report.skipped[&Skip::GivesAway],
            1,
            "{report:?}"
        );
    }
    // What the question says itself gives nothing away.
    let shared = named(
        "Who shot Pirosmani 1969?",
        "nobody in 1969",
        "Pirosmani",
        "ფიროსმანი 1969",
    );
    let (_folder, corpus) = corpus(&[shared]);
    assert_eq!(made(&hint, &corpus, "").0.len(), 1);
}

#[test]
fn what_is_accepted_in_another_language_is_an_answer_too() {
    let mut english = named("In which city is the Gosho?", "Kyoto", "Gosho", "x");
    english["entities"] = json!([{"forms": {"en": ["Gosho"], "ja": ["京都御所"]}}]);
    let mut japanese = english.clone();
    for (member, value) in [("target", "ja"), ("question", "御所はどの都市にあるか。")]
    {
        japanese[member] = json!(value);
    }
    for record in [&mut english, &mut japanese] {
        record["source"] = json!("ja");
    }
    japanese["gold"] = json!(["京都"]);
    let (_folder, corpus) = corpus(&[english, japanese]);
    for condition in Condition::ALL {
        // Also where the Japanese version is not asked.
        for made in made(&plan(condition), &corpus, "tgtlang:en").0 {
            assert!(!made.prompt.text.contains("京都"), "{}", made.prompt.text);
        }
    }
}

#[test]
fn of_several_choices_none_is_marked_by_a_hint() {
    let text = "In which town is it? A) Tbilisi B) Yerevan C) Baku";
    let mut record = named(text, "B", "Yerevan", "ერევანი");
    record["metadata"] = json!({"choices": ["Tbilisi", "Yerevan", "Baku"]});
    let (_folder, corpus_of_all) = corpus(&[record.clone()]);
    let (all, report) = made(&plan(Condition::EntityHint), &corpus_of_all, "");
    assert!(all.is_empty(), "{report:?}");
    assert_eq!(
        made(&plan(Condition::Baseline), &corpus_of_all, "").0.len(),
        1
    );
    // Nobody can choose among what is not shown.
    record["question"] = json!("In which town is it?");
    let (_folder, corpus) = corpus(&[record]);
    let (all, report) = made(&plan(Condition::Baseline), &corpus, "");
    assert!(
        all.is_empty() && report.skipped[&Skip::NoChoices] == 1,
        "{report:?}"
    );
}

#[test]
fn a_name_that_is_written_alike_in_both_languages_changes_nothing() {
    let same = named("Who was Tesla?", "an inventor", "Tesla", "Tesla");
    let (_folder, corpus) = corpus(&[same]);
    for condition in [Condition::EntityHint, Condition::Substitute(Pivot::Source)] {
        let (all, report) = made(&plan(condition), &corpus, "");
        assert_eq!(
            (all[0].prompt.text.as_str(), report.unchanged),
            ("Who was Tesla?", 1)
        );
    }
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
    let requests = requests(&plan, all);
    let lines: String = requests
        .iter()
        .map(|(line, _)| format!("{line}\n"))
        .collect();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("requests.jsonl"), lines).unwrap();
    fs::write(at("requests.manifest.jsonl"), manifest(&requests)).unwrap();
    (folder, requests.into_iter().map(|(line, _)| line).collect())
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
fn what_failed_and_was_sent_once_more_counts_once() {
    let (folder, requests) = asked(Condition::Baseline, 1);
    let mut first: Vec<Value> = requests.iter().map(|request| reply(request, "x")).collect();
    first[0]["response"] = Value::Null;
    first[0]["error"] = json!({"code": "rate_limit", "message": "later"});
    let again = [reply(&requests[0], "y"), reply(&requests[1], "z")];
    let paths = [
        write_outputs(folder.path(), "outputs.jsonl", &first),
        write_outputs(folder.path(), "retry.jsonl", &again),
    ];
    for paths in [[&paths[0], &paths[1]], [&paths[1], &paths[0]]] {
        let corpus = load(&paths.map(String::as_str));
        let records = records(&corpus);
        assert_eq!(records.len(), requests.len());
        assert!(records.iter().all(|record| record.error.is_none()));
        let told = corpus.problems().iter().map(ToString::to_string);
        let told = told.collect::<Vec<String>>().join("\n");
        assert!(
            told.contains("failed here and is answered in another file"),
            "{told}"
        );
        assert!(
            told.contains("2 of these requests are answered in retry.jsonl too"),
            "{told}"
        );
    }
}

#[test]
fn a_damaged_manifest_is_named() {
    let (folder, requests) = asked(Condition::Baseline, 1);
    let replies: Vec<Value> = requests.iter().map(|request| reply(request, "x")).collect();
    let outputs = write_outputs(folder.path(), "outputs.jsonl", &replies);
    let manifest = folder.path().join("requests.manifest.jsonl");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, &text[..text.rfind("\"asked\"").unwrap()]).unwrap();
    let corpus = load(&[&outputs]);
    let told = problems(&corpus);
    assert!(
        told.contains("1 lines of requests.manifest.jsonl cannot be read"),
        "{told}"
    );
    assert_eq!(corpus.len(), requests.len() - 1);
}

#[test]
fn nothing_that_is_something_else_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let log = at("log.jsonl");
    fs::copy(Path::new(HOME).join(QUESTIONS), &log).unwrap();
    let before = fs::read_to_string(&log).unwrap();
    let refused = |arguments: &[&str], why: &str| {
        let output = run(arguments);
        assert!(!output.status.success());
        assert!(
            text(&output.stderr).contains(why),
            "{}",
            text(&output.stderr)
        );
    };
    let baseline = [
        "prompts",
        &log,
        "--condition",
        "baseline",
        "--model",
        "m",
        "-o",
    ];
    refused(&[&baseline[..], &[&log]].concat(), "holds something else");
    assert_eq!(fs::read_to_string(&log).unwrap(), before);
    refused(
        &[&baseline[..], &[&at("r.jsonl.gz")]].concat(),
        "leave .gz off",
    );
    refused(
        &[&baseline[..], &[&at("no/r.jsonl")]].concat(),
        "make it first",
    );
    // Requests may be written once more.
    let requests = at("r.jsonl");
    for _ in 0..2 {
        assert!(
            run(&[&baseline[..], &[&requests]].concat())
                .status
                .success()
        );
    }
    // A folder of somebody else's is no folder for samples, and nothing read is nothing written.
    let samples = at("samples");
    fs::create_dir(&samples).unwrap();
    fs::write(Path::new(&samples).join("train.jsonl"), "theirs").unwrap();
    refused(
        &["sft", "check", &log, "-o", &samples],
        "name another folder",
    );
    refused(
        &["sft", "check", &at("nothing.jsonl"), "-o", &at("new")],
        "no outputs to check",
    );
    assert!(!Path::new(&at("new")).exists());
    // What is to be kept out has to be known.
    let missing = at("missing.jsonl");
    refused(
        &[
            "sft",
            "check",
            &log,
            "--exclude",
            &log,
            "--exclude",
            &missing,
        ],
        "must be read whole",
    );
}

#[test]
fn sampling_is_checked_before_an_engine_does() {
    for (flags, why) in [
        (["--temperature", "NaN"], "a temperature is a number"),
        (["--top-p", "7"], "from 0 to 1"),
        (["--body", r#"{"seed": 7}"#], "which is for --seed to say"),
        (
            ["--body", r#"{"temperature": 1}"#],
            "which is for --temperature to say",
        ),
    ] {
        let output = run(&[
            &["prompts", QUESTIONS, "--condition", "baseline", "--dry-run"],
            &flags[..],
        ]
        .concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(
            text(&output.stderr).contains(why),
            "{}",
            text(&output.stderr)
        );
    }
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
        let rows: Vec<Value> = (0..questions).flat_map(|question| {
            locales.iter().map(move |target| json!({"run": "m/base", "model": "m", "question_id": question.to_string(),
                "dataset": "d", "source": "ka", "target": target, "question": format!("{question}?"), "answer": ""}))
        }).collect();
        let (folder, corpus) = corpus(&rows);
        let mut plan = plan(Condition::Baseline);
        plan.settings.epochs = epochs;
        let (all, _) = made(&plan, &corpus, "");
        let requests = requests(&plan, all);
        prop_assert_eq!(requests.len(), rows.len() * epochs as usize);
        let batch = folder.path().join("batch");
        fs::create_dir(&batch).unwrap();
        fs::write(batch.join("a.manifest.jsonl"), manifest(&requests)).unwrap();
        let wanted = |record: &Record| format!("{} {} {}", record.question_id, record.target.as_ref().unwrap(), record.epoch);
        let mut replies: Vec<(u64, Value)> = requests.iter().enumerate()
            .filter(|(nth, _)| !lost.contains(nth))
            .map(|(nth, (line, asked))| {
                let place = (nth as u64 + 1).wrapping_mul(seed | 1).rotate_left(17) ^ seed;
                (place, reply(line, &wanted(&asked.asked)))
            }).collect();
        replies.sort_by_key(|(place, _)| *place);
        let replies: Vec<Value> = replies.into_iter().map(|(_, reply)| reply).collect();
        if replies.is_empty() {
            return Ok(());
        }
        let outputs = write_outputs(&batch, "outputs.jsonl", &replies);
        let corpus = load(&[&outputs]);
        let read = records(&corpus);
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

// Training samples.

#[derive(Deserialize)]
struct Lessons {
    lesson: Vec<Taught>,
    bad: Vec<Bad>,
}

#[derive(Deserialize, Clone)]
struct Taught {
    id: String,
    source: String,
    target: String,
    question: String,
    gold: Vec<String>,
    name: Value,
    answer: Value,
    trace: String,
    reply: String,
}

#[derive(Deserialize)]
struct Bad {
    lesson: String,
    reasons: Vec<String>,
    trace: Option<String>,
    reply: Option<String>,
    #[serde(default)]
    replace: Vec<(String, String)>,
    #[serde(default)]
    repeat: usize,
}

fn lessons() -> Lessons {
    toml::from_str(include_str!("fixtures/remedy/lessons.toml")).unwrap()
}

impl Taught {
    fn bad(&self, bad: &Bad) -> Taught {
        let mut taught = self.clone();
        for (from, to) in &bad.replace {
            assert!(taught.trace.contains(from), "{from}");
            taught.trace = taught.trace.replace(from, to);
        }
        taught.trace = bad.trace.clone().unwrap_or(taught.trace);
        taught.trace = vec![taught.trace; bad.repeat.max(1)].join("\n");
        taught.reply = bad.reply.clone().unwrap_or(taught.reply);
        taught
    }

    fn record(&self) -> Value {
        json!({"run": "m/base", "model": "m", "condition": "baseline", "question_id": self.id, "source": self.source,
            "target": self.target, "question": self.question, "answer": "?", "gold": self.gold,
            "entities": [{"forms": self.name}, {"forms": self.answer}]})
    }

    fn pair(&self) -> String {
        let script = |tag: &str| parse(tag).unwrap().script;
        format!("{}→{}", script(&self.source), script(&self.target))
    }
}

/// A folder with a run and the requests to a teacher about it, twice for each question, and their ids.
fn teach(lessons: &[Taught]) -> (tempfile::TempDir, HashMap<String, Vec<String>>) {
    let records: Vec<Value> = lessons.iter().map(Taught::record).collect();
    let (folder, corpus) = corpus(&records);
    let mut plan = plan(Condition::Baseline);
    plan.ask = Ask::Teach(Thinking::Target);
    plan.settings.epochs = 2;
    let (all, report) = made(&plan, &corpus, "");
    assert_eq!(report.asked, lessons.len(), "{report:?}");
    let taught = folder.path().join("taught");
    fs::create_dir(&taught).unwrap();
    let mut ids: HashMap<String, Vec<String>> = HashMap::new();
    let requests = requests(&plan, all);
    fs::write(taught.join("teach.manifest.jsonl"), manifest(&requests)).unwrap();
    for (line, Asked { custom_id, asked }) in requests {
        assert_is_request(&line);
        ids.entry(asked.question_id).or_default().push(custom_id);
    }
    (folder, ids)
}

/// A reply with its reasoning in front of the answer.
fn thought(id: &str, taught: &Taught) -> Value {
    let content = format!("<think>\n{}\n</think>\n\n{}", taught.trace, taught.reply);
    let mut reply = reply(&json!({"custom_id": id, "body": {"model": "m"}}), "");
    reply["response"]["body"]["choices"][0]["message"] =
        json!({"role": "assistant", "content": content});
    reply
}

/// The replies of a teacher to the first request for each lesson.
fn thoughts(lessons: &[Taught], ids: &HashMap<String, Vec<String>>) -> Vec<Value> {
    let lessons = lessons.iter();
    lessons
        .map(|taught| thought(&ids[&taught.id][0], taught))
        .collect()
}

fn sieve() -> Sieve {
    Sieve {
        checks: Checks {
            grader: Grader::parse("contains").unwrap(),
            length: 200..=900,
            likeness: 0.8,
        },
        excluded: HashSet::new(),
        test: 0.0,
        reasoning: Reasoning::Think,
    }
}

/// The reasons for each output, in their order; none where it is accepted.
fn sifted(folder: &Path, replies: &[Value], sieve: &Sieve) -> (Vec<Vec<&'static str>>, Tallies) {
    let outputs = write_outputs(&folder.join("taught"), "taught.jsonl", replies);
    let corpus = load(&[&outputs]);
    let mut reasons = Vec::new();
    let tallies = sieve.sift(&corpus, |sifted| -> Result<(), ()> {
        reasons.push(match sifted {
            Sifted::Train(_) | Sifted::Test(_) => vec![],
            Sifted::Rejected(_, why) => why.iter().map(|reason| reason.word()).collect(),
        });
        Ok(())
    });
    (reasons, tallies.unwrap())
}

#[test]
fn what_a_teacher_wrote_well_is_accepted() {
    let Lessons { lesson, .. } = lessons();
    let (folder, ids) = teach(&lesson);
    let replies = thoughts(&lesson, &ids);
    let (reasons, tallies) = sifted(folder.path(), &replies, &sieve());
    assert!(reasons.iter().all(Vec::is_empty), "{reasons:?}");
    assert_eq!(tallies.total().accepted(), lesson.len());
}

#[test]
fn every_bad_sample_is_rejected_for_its_reason_and_no_other() {
    let Lessons { lesson, bad } = lessons();
    let (folder, ids) = teach(&lesson);
    let mut seen: BTreeMap<&str, (usize, BTreeSet<String>)> = BTreeMap::new();
    for bad in &bad {
        let taught = lesson
            .iter()
            .find(|taught| taught.id == bad.lesson)
            .unwrap();
        let [first, second] = ids[&taught.id].as_slice() else {
            panic!()
        };
        let spoilt = thought(second, &taught.bad(bad));
        let is_twin = bad.reasons == ["duplicate"];
        let replies = match is_twin {
            true => vec![thought(first, taught), spoilt],
            false => vec![spoilt],
        };
        let (reasons, tallies) = sifted(folder.path(), &replies, &sieve());
        assert_eq!(
            *reasons.last().unwrap(),
            bad.reasons,
            "{} {:?}",
            taught.id,
            bad.replace
        );
        assert_eq!(tallies.pairs[&taught.pair()].rejected, 1);
        for reason in &bad.reasons {
            let (times, pairs) = seen.entry(reason).or_default();
            *times += 1;
            pairs.insert(taught.pair());
        }
    }
    let reasons = [
        "wrong",
        "no-source-form",
        "one-candidate",
        "other-script",
        "other-language",
        "betrayed",
        "answer-first",
        "short",
        "long",
        "duplicate",
    ];
    assert_eq!(
        seen.keys().copied().collect::<BTreeSet<_>>(),
        BTreeSet::from(reasons)
    );
    assert!(
        seen.values()
            .all(|(times, pairs)| *times >= 4 && pairs.len() >= 3),
        "{seen:?}"
    );
}

#[test]
fn what_never_was_a_sample_is_rejected_for_its_reason() {
    let Lessons { lesson, .. } = lessons();
    let (folder, ids) = teach(&lesson);
    let good = thoughts(&lesson, &ids);
    let check = |spoil: &dyn Fn(&mut Value), sieve: &Sieve, reason: &str| {
        let mut replies = good.clone();
        replies.iter_mut().for_each(spoil);
        let (reasons, tallies) = sifted(folder.path(), &replies, sieve);
        let count = lesson.len();
        assert_eq!((reasons.len(), tallies.pairs.len()), (count, count));
        assert!(
            reasons.iter().all(|reasons| *reasons == [reason]),
            "{reason} {reasons:?}"
        );
    };
    let choice = |reply: &mut Value, name: &str, value: Value| {
        reply["response"]["body"]["choices"][0][name] = value
    };
    check(
        &|reply| choice(reply, "finish_reason", "length".into()),
        &sieve(),
        "cut-off",
    );
    let error = json!({"status_code": 500, "body": {"error": {"message": "late"}}});
    check(
        &|reply| reply["response"] = error.clone(),
        &sieve(),
        "failed",
    );
    let bare = json!({"role": "assistant", "content": "Georgi"});
    check(
        &|reply| choice(reply, "message", bare.clone()),
        &sieve(),
        "no-trace",
    );
    let mut without = sieve();
    without.excluded = lesson.iter().map(|taught| taught.id.clone()).collect();
    check(&|_| {}, &without, "excluded");
    let manifest = folder.path().join("taught/teach.manifest.jsonl");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"sft\":", "\"other\":")).unwrap();
    check(&|_| {}, &sieve(), "no-lesson");
}

#[test]
fn the_teacher_is_told_the_answer_and_the_student_never() {
    let corpus = load(&["sample-runs"]);
    let mut plan = plan(Condition::Baseline);
    plan.ask = Ask::Teach(Thinking::Target);
    let (all, report) = made(&plan, &corpus, "cross");
    assert!(all.len() > 100, "{report:?}");
    for made in all {
        let lesson = Lesson::of(&made.asked).unwrap();
        let student = bare(&lesson.student);
        assert!(
            !answers(&made.asked)
                .iter()
                .any(|answer| student.contains(answer)),
            "{student}"
        );
        assert_eq!(lesson.student, made.asked.question);
        assert!(
            made.asked
                .gold
                .iter()
                .all(|gold| made.prompt.text.contains(gold))
        );
        assert!(
            lesson
                .names
                .iter()
                .all(|name| made.prompt.text.contains(&name.form))
        );
    }
    let (none, report) = made(&plan, &corpus, "same -atsource");
    assert!(none.is_empty() && report.skipped[&Skip::SameScript] > 0);
}

#[test]
fn no_question_stands_on_both_sides_of_the_split() {
    let Lessons { lesson, .. } = lessons();
    // Each question in three languages.
    let variants = (0..20).flat_map(|number| {
        lesson[..3].iter().map(move |taught| Taught {
            id: format!("q{number}"),
            ..taught.clone()
        })
    });
    let variants: Vec<Taught> = variants.collect();
    let (folder, ids) = teach(&variants);
    let replies = variants.iter().enumerate().map(|(nth, taught)| {
        // Each was asked twice.
        thought(&ids[&taught.id][2 * (nth % 3)], taught)
    });
    let replies: Vec<Value> = replies.collect();
    let mut half = sieve();
    half.test = 0.5;
    // What is repeated here is no duplicate.
    half.checks.likeness = 1.1;
    let outputs = write_outputs(&folder.path().join("taught"), "taught.jsonl", &replies);
    let mut sides: BTreeMap<String, Vec<bool>> = BTreeMap::new();
    let tallies = half.sift(&load(&[&outputs]), |sifted| -> Result<(), ()> {
        let (sample, is_test) = match sifted {
            Sifted::Train(sample) => (sample, false),
            Sifted::Test(sample) => (sample, true),
            Sifted::Rejected(_, why) => panic!("{why:?}"),
        };
        let question = sample["question_id"].as_str().unwrap().to_owned();
        sides.entry(question).or_default().push(is_test);
        Ok(())
    });
    assert_eq!(sides.len(), 20);
    let is_whole = |side: &Vec<bool>| side.len() == 3 && side.iter().all(|is| *is == side[0]);
    assert!(sides.values().all(is_whole), "{sides:?}");
    let [train, test] = tallies.unwrap().questions;
    assert!(train.len() > 4 && test.len() > 4 && train.is_disjoint(&test));
    assert_eq!(train.len() + test.len(), 20);
}

#[test]
fn samples_are_written_as_trainers_read_them_with_a_card() {
    let Lessons { lesson, .. } = lessons();
    let (folder, ids) = teach(&lesson);
    let replies = thoughts(&lesson, &ids);
    let outputs = write_outputs(&folder.path().join("taught"), "taught.jsonl", &replies);
    let keep_out = write_outputs(folder.path(), "evaluate.jsonl", &[lesson[4].record()]);
    let into = folder.path().join("samples");
    for reasoning in ["think", "field"] {
        let _ = fs::remove_dir_all(&into);
        let output = run(&[
            "sft",
            "check",
            &outputs,
            "-o",
            into.to_str().unwrap(),
            "--test",
            "0",
            "--exclude",
            &keep_out,
            "--reasoning",
            reasoning,
        ]);
        // Of the second sample of each question nobody has written anything.
        assert_eq!(output.status.code(), Some(1));
        assert!(
            text(&output.stderr)
                .contains("5 of the 10 requests of teach.manifest.jsonl have no reply")
        );
        let table = text(&output.stdout);
        assert!(
            table.starts_with("4 of 5 outputs accepted\n  4 to train on (4 questions)"),
            "{table}"
        );
        assert!(
            table.lines().all(|line| line.chars().count() <= 80),
            "{table}"
        );
        let train = fs::read_to_string(into.join("train.jsonl")).unwrap();
        assert_eq!(train.lines().count(), 4);
        for (line, taught) in train.lines().zip(&lesson) {
            let sample: Value = serde_json::from_str(line).unwrap();
            assert_eq!(
                sample["messages"][0],
                json!({"role": "user", "content": taught.question})
            );
            let reply = match reasoning {
                "think" => {
                    json!({"role": "assistant", "content": format!("<think>\n{}\n</think>\n\n{}", taught.trace, taught.reply)})
                }
                _ => {
                    json!({"role": "assistant", "reasoning_content": taught.trace, "content": taught.reply})
                }
            };
            assert_eq!(sample["messages"][1], reply);
        }
        let rejected: Value =
            serde_json::from_str(&fs::read_to_string(into.join("rejected.jsonl")).unwrap())
                .unwrap();
        assert_eq!(rejected["reasons"], json!(["excluded"]));
        assert_eq!(rejected["response"]["question_id"], json!(lesson[4].id));
        let card = fs::read_to_string(into.join("README.md")).unwrap();
        for part in [
            "m, template teacher 1 (5 outputs)",
            "| Geor→Cyrl | 1 | 0 | 0 |",
            "| Jpan→Latn | 1 |",
            "evaluate.jsonl",
            "contains (whole words 1)",
        ] {
            assert!(card.contains(part), "{part}\n{card}");
        }
        let info = into.join("dataset_info.json");
        assert_eq!(info.exists(), reasoning == "think");
    }
}

// The round trip of the README.

#[path = "../examples/written_replies/engine.rs"]
mod engine;

#[test]
fn the_round_trip_of_the_readme_goes_all_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let answer = |manifest: &str, outputs: &str| {
        let manifest = fs::read_to_string(at(manifest)).unwrap();
        let replies = engine::replies(&manifest).unwrap();
        let lines: String = replies.iter().map(|reply| format!("{reply}\n")).collect();
        fs::write(at(outputs), lines).unwrap();
    };
    let chosen = "cond:baseline model:atlas* tgt:Cyrl q:pirosmani*,dira*,soswaewon*,fonissa*";
    let done = |arguments: &[&str]| {
        let output = run(arguments);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{arguments:?} {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    };

    let requests = at("requests.jsonl");
    done(&[
        "prompts",
        "sample-runs",
        "--where",
        &format!("{chosen} tgtlang:ru"),
        "--condition",
        "entity-hint",
        "-o",
        &requests,
    ]);
    answer("requests.manifest.jsonl", "outputs.jsonl");
    let outputs = at("outputs.jsonl");
    let graded = done(&["filter", &outputs, "--grade", "contains", "--where", ""]);
    let records: Vec<Record> = graded
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(records.len(), 4);
    assert!(
        records
            .iter()
            .all(|record| record.run == "atlas-9b/entity-hint-2"
                && record.note.as_deref() == Some(engine::NOTE))
    );
    let right = records
        .iter()
        .filter(|record| record.outcome() == scriptlens::record::Outcome::Right);
    assert_eq!(right.count(), 3);
    // What was wrong and is right now: the run is paired with the one it came from.
    let flips = done(&[
        "filter",
        "sample-runs",
        &outputs,
        "--grade",
        "contains",
        "--where",
        "flip:atlas-9b/entity-hint-2>atlas-9b/baseline run:atlas-9b/entity-hint-2",
    ]);
    assert!(flips.lines().count() >= 1, "{flips}");
    let side = done(&[
        "compare",
        "sample-runs/atlas-9b_baseline.jsonl",
        &outputs,
        "--question",
        "pirosmani-director",
        "--where",
        "tgtlang:ru",
    ]);
    assert!(
        side.contains("atlas-9b/baseline") && side.contains("atlas-9b/entity-hint-2"),
        "{side}"
    );

    // Both together lead to what the remedy changed, in whatever order they are named.
    let summary = done(&["summary", &outputs, "sample-runs", "--grade", "contains"]);
    let asked = "atlas-9b/entity-hint-2 was asked again what atlas-9b/baseline was asked";
    assert!(summary.contains(asked), "{summary}");
    let paired = [
        "stats",
        "paired",
        &outputs,
        "sample-runs",
        "--grade",
        "contains",
    ];
    let paired = done(&paired);
    assert!(
        paired.starts_with("From run atlas-9b/baseline to run atlas-9b/entity-hint-2"),
        "{paired}"
    );

    let teach = at("teach.jsonl");
    done(&[
        "sft",
        "requests",
        "sample-runs",
        "--where",
        &format!("{chosen} tgtlang:ru"),
        "--model",
        "teacher",
        "-o",
        &teach,
    ]);
    answer("teach.manifest.jsonl", "taught.jsonl");
    let samples = at("samples");
    let table = done(&["sft", "check", &at("taught.jsonl"), "-o", &samples]);
    assert!(table.starts_with("2 of 4 outputs accepted"), "{table}");
    for reason in ["betrayed", "failed"] {
        assert!(table.contains(reason), "{table}");
    }
    let card = fs::read_to_string(Path::new(&samples).join("README.md")).unwrap();
    assert!(card.contains(&format!("**{}**", engine::NOTE)), "{card}");
}
