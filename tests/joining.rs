//! What files say of one another: joins, settings beside the data, rows that are parallel, runs in pieces.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use scriptlens::corpus::{Corpus, Key, Options};
use scriptlens::ingest::{Gravity, Manifests, On, Settings, propose, walk};
use scriptlens::record::{Basis, Outcome, Record};

/// Files in a temporary folder.
struct Files(tempfile::TempDir);

impl Files {
    fn of(files: &[(&str, &str)]) -> Files {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        Files(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn load(&self, settings: Settings) -> (Arc<Corpus>, Vec<Record>) {
        let options = Options {
            settings,
            ..Options::default()
        };
        let paths = [self.0.path().display().to_string()];
        let corpus = Corpus::load(&paths, &options, |_| ControlFlow::Continue(()));
        let rows = 0..corpus.len() as u32;
        let records = rows.map(|row| corpus.read(row).unwrap()).collect();
        (corpus, records)
    }

    fn fine(&self, settings: Settings) -> (Arc<Corpus>, Vec<Record>) {
        let (corpus, records) = self.load(settings);
        assert_eq!(
            corpus.problems_of(Gravity::Lost),
            0,
            "{:?}",
            corpus.problems()
        );
        (corpus, records)
    }
}

const ANSWERS: &str = r#"{"id": "p1", "lang": "hi", "prediction": "सरायेवो"}
{"id": "p1", "lang": "bs", "prediction": "Sarajevo"}
{"id": "p2", "lang": "hi", "prediction": "मोस्तार"}
"#;

const GOLD: &str = r#"{"id": "p1", "lang": "bs", "source_lang": "bs", "question": "Koji je glavni grad?", "targets": ["Sarajevo"]}
{"id": "p1", "lang": "hi", "source_lang": "bs", "question": "राजधानी क्या है?", "targets": ["सरायेवो", "साराजेवो"], "page": "Sarajevo"}
"#;

#[test]
fn a_joined_file_gives_answers_questions_and_the_question_at_the_source() {
    let files = Files::of(&[("run.jsonl", ANSWERS), ("gold.jsonl", GOLD)]);
    let gold = files.path("gold.jsonl").display().to_string();
    let settings = Settings {
        joins: vec![(gold, On::parse("id").unwrap())],
        ..Settings::default()
    };
    let (corpus, records) = files.fine(settings);
    assert_eq!(records.len(), 3, "the joined file is no run of its own");
    let hindi = &records[0];
    assert_eq!(hindi.question, "राजधानी क्या है?");
    assert_eq!(hindi.gold, ["सरायेवो", "साराजेवो"]);
    assert_eq!(hindi.source.as_ref().unwrap().to_string(), "bs-Latn");
    assert_eq!(
        hindi.source_question.as_deref(),
        Some("Koji je glavni grad?")
    );
    assert_eq!(hindi.metadata["page"], "Sarajevo");
    assert_eq!(corpus.name(0, Key::Match), "cross");
    assert_eq!(
        (records[1].gold.as_slice(), &records[1].source_question),
        (&["Sarajevo".to_owned()][..], &None)
    );
    assert!(records[2].gold.is_empty(), "nobody knows p2");
}

#[test]
fn a_joined_table_may_hold_nothing_but_the_answers() {
    let settings = |files: &Files, name: &str| Settings {
        joins: vec![(
            files.path(name).display().to_string(),
            On::parse("id").unwrap(),
        )],
        ..Settings::default()
    };
    for (name, table) in [
        ("gold.csv", "id,question,answer\np1,Koji grad?,Sarajevo\n"),
        ("gold.csv", "id,answer\np1,Sarajevo\n"),
        ("gold.csv", "id,gold\np1,\"['Sarajevo', 'Saraj']\"\n"),
        (
            "gold.jsonl",
            "{\"id\": \"p1\", \"answer\": {\"value\": \"Sarajevo\", \"aliases\": [\"Saraj\"]}}\n",
        ),
    ] {
        let files = Files::of(&[("run.jsonl", ANSWERS), (name, table)]);
        let (_, records) = files.fine(settings(&files, name));
        assert_eq!(
            records[1].gold.first().map(String::as_str),
            Some("Sarajevo"),
            "{table}"
        );
        assert_eq!(records[1].answer, "Sarajevo");
    }
}

#[test]
fn of_several_variants_the_one_in_the_same_script_is_joined() {
    let answers = "id,lang,response\n1,sr-Cyrl,Београд\n1,zh-Hant,東京\n";
    let gold = "id,lang,question,gold\n1,sr-Latn,Koji?,Beograd\n1,sr-Cyrl,Који?,Београд\n1,zh-Hans,哪里,东京\n";
    let files = Files::of(&[("run.csv", answers), ("gold.csv", gold)]);
    let settings = Settings {
        joins: vec![(
            files.path("gold.csv").display().to_string(),
            On::parse("id").unwrap(),
        )],
        ..Settings::default()
    };
    let (_, records) = files.fine(settings);
    assert_eq!(
        (records[0].gold.as_slice(), records[0].question.as_str()),
        (&["Београд".to_owned()][..], "Који?")
    );
    assert!(
        records[1].gold.is_empty(),
        "another script is another variant"
    );
}

#[test]
fn rows_of_shards_are_paired_with_those_of_the_same_shard() {
    let settings = "[[files]]\npath = \"*\"\ndataset = \"facts\"\npair = \"position\"\n";
    let row = |text: &str| format!("{{\"question\": \"{text}\", \"response\": \"{text}\"}}\n");
    let names = ["he_part-0", "he_part-1", "ru_part-0", "ru_part-1"];
    let rows: Vec<_> = names
        .iter()
        .map(|name| (format!("{name}.jsonl"), row(name)))
        .collect();
    let mut all: Vec<(&str, &str)> = rows.iter().map(|(name, row)| (&**name, &**row)).collect();
    all.push(("scriptlens.toml", settings));
    let (_, records) = Files::of(&all).fine(Settings::default());
    let ids: Vec<_> = records
        .iter()
        .map(|record| record.question_id.as_str())
        .collect();
    assert_eq!(
        ids,
        [
            "facts#part-0/1",
            "facts#part-1/1",
            "facts#part-0/1",
            "facts#part-1/1"
        ]
    );
}

#[test]
fn a_join_that_finds_nobody_says_so() {
    let files = Files::of(&[("run.jsonl", ANSWERS), ("gold.csv", "id,answer\nq9,x\n")]);
    let settings = |name: &str| Settings {
        joins: vec![(
            files.path(name).display().to_string(),
            On::parse("id").unwrap(),
        )],
        ..Settings::default()
    };
    let (corpus, _) = files.fine(settings("gold.csv"));
    assert!(
        corpus
            .problems()
            .iter()
            .any(|p| p.reason.contains("nothing was joined"))
    );
    let (corpus, records) = files.load(settings(""));
    assert!(records.is_empty());
    assert!(
        corpus
            .problems()
            .iter()
            .any(|p| p.reason.contains("nothing is left to open")),
        "{:?}",
        corpus.problems()
    );
}

#[test]
fn settings_hold_for_parts_of_their_folder_and_tell_what_they_miss() {
    let settings = "[[files]]\npath = \"./a/*.jsonl\"\nmodel = \"atlas\"\n[[files]]\npath = \"typo/*\"\nmodel = \"x\"\n";
    let files = Files::of(&[("scriptlens.toml", settings), ("a/run.jsonl", ANSWERS)]);
    let (corpus, records) = files.fine(Settings::default());
    assert!(records.iter().all(|record| record.run == "atlas"));
    assert!(
        corpus.problems()[0]
            .to_string()
            .contains("no file matches the path \"typo/*\"")
    );
    for part in ["a", "a/run.jsonl"] {
        let paths = [files.path(part).display().to_string()];
        let corpus = Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()));
        assert_eq!(corpus.name(0, Key::Run), "atlas", "{part}");
        assert!(corpus.problems().is_empty());
    }
}

#[test]
fn a_join_on_a_field_that_is_not_there_is_a_problem_that_names_it() {
    let files = Files::of(&[("run.jsonl", ANSWERS), ("gold.jsonl", GOLD)]);
    let gold = files.path("gold.jsonl").display().to_string();
    let settings = Settings {
        joins: vec![(gold, On::parse("id=title").unwrap())],
        ..Settings::default()
    };
    let (corpus, records) = files.load(settings);
    assert_eq!(records.len(), 3);
    let problem = corpus.problems()[0].to_string();
    assert!(
        problem.contains("gold.jsonl") && problem.contains("no row has a field title"),
        "{problem}"
    );
}

const SETTINGS: &str = r#"
[[files]]
path = "**/{model}/{target}.csv"
condition = "plain"
dataset = "capitals"
pair = "position"
map = { question = "frage", answer = "antwort" }

[[files]]
path = "old/**"
skip = true

[[join]]
file = "gold.csv"
on = "frage"

[judges."mark*"]
right = ["++", ">=4"]
wrong = ["--", "<4"]
unattempted = ["pass"]
"#;

#[test]
fn settings_beside_the_data_make_flags_needless() {
    let table = |rows: &[&str]| format!("frage,antwort,marks\n{}\n", rows.join("\n"));
    let files = Files::of(&[
        ("scriptlens.toml", SETTINGS),
        (
            "a/atlas/Greek.csv",
            &table(&["Ποια;,Αθήνα,++", "Πού;,Εδώ,3"]),
        ),
        (
            "a/atlas/Georgian.csv",
            &table(&["რომელი?,ათენი,--", "სად?,,pass"]),
        ),
        ("a/atlas/summary.csv", "frage,antwort\nAll,3\n"),
        ("old/run.jsonl", ANSWERS),
        ("gold.csv", "question,frage,targets\nx,Ποια;,Αθήνα\n"),
    ]);
    let (corpus, records) = files.load(Settings::default());
    let said = |record: &Record| {
        (
            record.run.clone(),
            record.target.as_ref().unwrap().to_string(),
            record.question_id.clone(),
            record.outcome.word(),
        )
    };
    let read: Vec<_> = records.iter().map(said).collect();
    let row = |target: &str, id: &str, outcome| {
        (
            "atlas/plain".to_owned(),
            target.to_owned(),
            id.to_owned(),
            outcome,
        )
    };
    assert_eq!(
        read,
        [
            row("ka-Geor", "capitals#1", "wrong"),
            row("ka-Geor", "capitals#2", "unattempted"),
            row("el-Grek", "capitals#1", "right"),
            row("el-Grek", "capitals#2", "wrong"),
        ],
        "{:?}",
        corpus.problems()
    );
    assert!(
        records
            .iter()
            .all(|record| record.question_basis == Basis::Position)
    );
    assert_eq!(
        corpus.dict(Key::Question).len(),
        2,
        "rows are paired over the languages"
    );
}

#[test]
fn settings_that_cannot_be_read_name_the_line_and_the_rest_goes_on() {
    for (settings, says) in [
        (
            "[[files]]\npath = \"*.csv\"\nlanguage = \"hi\"\n",
            "language",
        ),
        (
            "[[files]]\npath = \"{tongue}.csv\"\n",
            "{tongue} is none of",
        ),
        (
            "[[files]]\npath = \"*.csv\"\ntarget = \"no such tongue\"\n",
            "is no language",
        ),
        (
            "[[files]]\npath = \"*.csv\"\nmap = { frage = \"x\" }\n",
            "no field frage",
        ),
        (
            "[[join]]\nfile = \"nowhere.jsonl\"\non = \"id\"\n",
            "no such file",
        ),
    ] {
        let files = Files::of(&[("scriptlens.toml", settings), ("run.jsonl", ANSWERS)]);
        let (corpus, records) = files.load(Settings::default());
        assert_eq!(records.len(), 3, "{settings}");
        let problem = corpus.problems()[0].to_string();
        assert!(problem.contains(says), "{problem}");
    }
}

#[test]
fn settings_may_lie_elsewhere() {
    let elsewhere = Files::of(&[(
        "mine.toml",
        "[[files]]\npath = \"run.jsonl\"\nmodel = \"atlas\"\n",
    )]);
    let files = Files::of(&[("run.jsonl", ANSWERS)]);
    let settings = Settings {
        manifests: Manifests::Only(elsewhere.path("mine.toml")),
        ..Settings::default()
    };
    let (_, records) = files.fine(settings);
    assert!(records.iter().all(|record| record.run == "atlas"));
}

#[test]
fn a_run_in_shards_and_languages_is_one_run() {
    let line =
        |id: u32| format!("{{\"id\": \"q{id}\", \"question\": \"?\", \"response\": \"!\"}}\n");
    let files = Files::of(&[
        ("atlas_hi-00000-of-00002.jsonl", &line(1)),
        ("atlas_hi-00001-of-00002.jsonl", &line(2)),
        ("atlas_el-00000-of-00001.jsonl", &line(1)),
    ]);
    let (corpus, records) = files.fine(Settings::default());
    assert_eq!(corpus.dict(Key::Run).len(), 1);
    assert!(records.iter().all(|record| record.run == "atlas"));
    assert!(
        records
            .iter()
            .all(|record| record.outcome == Outcome::Unjudged)
    );
}

#[test]
fn settings_are_written_from_what_is_found_and_change_nothing_that_was_known() {
    let table = |rows: &[&str]| format!("question,response,topic,stars\n{}\n", rows.join("\n"));
    let gold = r#"{"id": "p1", "question": "राजधानी?", "lang": "hi", "targets": ["सरायेवो"]}"#;
    let files = Files::of(&[
        (
            "a/Greek.csv",
            &table(&["Ποια;,Αθήνα,city,5", "Πού;,Εδώ,river,2"]),
        ),
        (
            "a/Georgian.csv",
            &table(&["რომელი?,ათენი,city,1", "სად?,აქ,river,3"]),
        ),
        (
            "run.jsonl",
            "{\"id\": \"p1\", \"lang\": \"hi\", \"prediction\": \"सरायेवो\"}\n",
        ),
        ("gold.jsonl", gold),
        ("odd.csv", "frage,antwort\nWer?,Ich\n"),
    ]);
    let (inputs, _) = walk(&[files.path("").display().to_string()]);
    let (text, _) = propose(&inputs, &files.path("").canonicalize().unwrap());
    for says in [
        "# 2 files, CSV, 4 responses\n[[files]]\npath = \"a/{target}.csv\"\nrun = \"a\"\n",
        "\npair = \"position\"\n",
        "[[join]]\nfile = \"gold.jsonl\"\non = \"question_id\"\n",
        "# It has \"antwort\", \"frage\"\n",
    ] {
        assert!(text.contains(says), "{says}\n{text}");
    }
    let (before, plain) = files.fine(Settings::default());
    std::fs::write(files.path("scriptlens.toml"), &text).unwrap();
    let (after, said) = files.fine(Settings::default());
    assert_eq!(
        (before.len(), after.len()),
        (6, 5),
        "the joined file is no run any more"
    );
    assert_eq!(
        after.dict(Key::Question).len(),
        3,
        "two by their rows, one by its id"
    );
    let answer = |records: &[Record], of: &str| {
        let record = records.iter().find(|record| record.answer == of);
        record.cloned().unwrap()
    };
    assert!(answer(&plain, "सरायेवो").gold.is_empty());
    assert_eq!(answer(&said, "सरायेवो").gold, ["सरायेवो"]);
    assert_eq!(answer(&said, "Αθήνα").run, answer(&plain, "Αθήνα").run);
}
