//! Files of data sets of knowledge across languages, small ones written for these tests, from bytes to the corpus.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use scriptlens::corpus::{Corpus, Key, Options};
use scriptlens::ingest::Gravity;
use scriptlens::record::{Basis, Outcome, Record, ScoreValue, Trace};

/// What a path was loaded as; every row is read again by its place.
struct Loaded {
    corpus: Arc<Corpus>,
    records: Vec<Record>,
}

fn load(path: &str) -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(path);
    assert!(path.exists(), "{}", path.display());
    let paths = [path.display().to_string()];
    let corpus = Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()));
    let rows = 0..corpus.len() as u32;
    let records = rows.map(|row| corpus.read(row).unwrap()).collect();
    Loaded { corpus, records }
}

impl Loaded {
    fn formats(&self) -> BTreeSet<&str> {
        let files = self.corpus.files().iter();
        files.map(|file| file.source.format()).collect()
    }

    /// What was told of the files, with what it cost.
    fn problems(&self) -> Vec<(Gravity, String)> {
        let all = self.corpus.problems().iter();
        let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
        all.map(|p| (p.gravity, format!("{}: {}", name(&p.path), p.reason)))
            .collect()
    }

    #[track_caller]
    fn told(&self, gravity: Gravity, parts: &[&str]) {
        let problems = self.problems();
        let told: Vec<_> = problems.iter().filter(|(g, _)| *g == gravity).collect();
        assert_eq!(told.len(), parts.len(), "{problems:?}");
        for ((_, told), part) in told.iter().zip(parts) {
            assert!(told.contains(part), "{told}");
        }
    }

    /// The names that rows have under a key, in their order.
    fn keys(&self, key: Key) -> Vec<&str> {
        let rows = 0..self.corpus.len() as u32;
        rows.map(|row| self.corpus.name(row, key)).collect()
    }

    fn barriers(&self) -> usize {
        let rows = self.corpus.groups().all.iter();
        rows.filter(|group| group.barrier).count()
    }
}

/// Source, target, outcome and answer, in one line.
fn line(record: &Record) -> String {
    let locale = |locale: &Option<scriptlens::script::Locale>| {
        locale.as_ref().map_or("?".into(), ToString::to_string)
    };
    format!(
        "{}>{} {}: {}",
        locale(&record.source),
        locale(&record.target),
        record.outcome.word(),
        record.answer
    )
}

fn lines(records: &[Record]) -> Vec<String> {
    records.iter().map(line).collect()
}

#[test]
fn eclektic_rows_are_a_question_in_every_language_that_has_one() {
    let loaded = load("eclektic/data");
    assert_eq!(loaded.formats(), BTreeSet::from(["ECLeKTic"]));
    assert_eq!(
        lines(&loaded.records),
        [
            "he-Hebr>he-Hebr unjudged: ",
            "he-Hebr>en-Latn unjudged: ",
            "he-Hebr>hi-Deva unjudged: ",
            "ja-Jpan>en-Latn unjudged: ",
            "ja-Jpan>ja-Jpan unjudged: ",
        ]
    );
    let [original, english, hindi, ..] = loaded.records.as_slice() else {
        panic!("{:?}", loaded.records)
    };
    assert_eq!(
        (original.gold[0].as_str(), &original.source_question),
        ("הנגר אבנר", &None)
    );
    assert_eq!(
        english.source_question.as_deref(),
        Some("מי בנה את גשר העץ?")
    );
    assert_eq!(english.question, "Who built the wooden bridge?");
    assert_eq!(
        english.metadata["content"],
        "The bridge was built by one carpenter."
    );
    assert_eq!(english.metadata["title"], "גשר העץ");
    assert!(
        !hindi.metadata.contains_key("content"),
        "too long to carry along"
    );
    let ids = [
        "eclektic#1",
        "eclektic#1",
        "eclektic#1",
        "eclektic#2",
        "eclektic#2",
    ];
    assert_eq!(loaded.keys(Key::Question), ids);
    assert_eq!(loaded.problems(), []);
}

#[test]
fn an_answer_in_the_source_language_counts_once_in_a_folder_of_pairs() {
    let loaded = load("eclektic/pairs");
    let of = |model: &str| -> Vec<String> {
        let records = loaded.records.iter();
        records
            .filter(|record| record.model.as_deref() == Some(model))
            .map(line)
            .collect()
    };
    let across = [
        "en-Latn>he-Hebr right: מירה",
        "en-Latn>he-Hebr wrong: נובה",
        "en-Latn>hi-Deva wrong: मीरा",
        "en-Latn>hi-Deva right: तावो",
    ];
    let source = [
        "en-Latn>en-Latn right: Mira drew it.",
        "en-Latn>en-Latn right: It is called Tavo.",
    ];
    assert_eq!(of("acme-1"), [&source[..], &across].concat());
    // Without a file of the source language, the first file gives its responses.
    let interleaved = [
        source[0], across[0], source[1], across[1], across[2], across[3],
    ];
    assert_eq!(of("acme-2"), interleaved);
    assert_eq!(loaded.barriers(), 4, "two across scripts in each run");
    assert_eq!(loaded.problems(), [], "the source answers are a companion");

    let hebrew = |record: &&Record| record.answer == "נובה" && !record.gold.is_empty();
    let hebrew = loaded.records.iter().find(hebrew).unwrap();
    assert_eq!(hebrew.gold, ["טאבו"], "gold of the joined table");
    assert_eq!(
        hebrew.source_question.as_deref(),
        Some("What is the island called?")
    );
    assert_eq!(hebrew.metadata["a_src"], "It is called Tavo.");
    assert_eq!(hebrew.scores.len(), 1);
    assert_eq!(hebrew.scores[0].name, "correct_target");
    assert!(!hebrew.metadata.contains_key("original_content"));
}

#[test]
fn judgments_are_joined_and_half_of_the_judges_are_enough() {
    let loaded = load("eclektic/judged");
    assert_eq!(
        lines(&loaded.records),
        [
            "el-Grek>el-Grek right: Ο Άρδας.",
            "el-Grek>el-Grek wrong: Δεν ξέρω.",
            "el-Grek>ko-Kore right: 아르다강",
            "el-Grek>ko-Kore wrong: 한강",
            "el-Grek>el-Grek unjudged: ",
        ]
    );
    let first = &loaded.records[0];
    assert_eq!(first.trace, Trace::Plain("Πέρα από τη γέφυρα.".into()));
    assert_eq!(
        (first.model.as_deref(), &first.gold[..]),
        (Some("acme-3"), &["Άρδας".to_owned()][..])
    );
    let scores: Vec<_> = first
        .scores
        .iter()
        .map(|s| (s.name.as_str(), s.value.to_string()))
        .collect();
    assert_eq!(
        scores,
        [
            ("correct/judge-a", "True".to_owned()),
            ("correct/judge-b", "True".to_owned()),
            ("correct/judge-c", "False".to_owned()),
        ]
    );
    let epochs: Vec<_> = loaded.records.iter().map(|record| record.epoch).collect();
    assert_eq!(epochs, [1, 2, 1, 2, 1]);
    assert_eq!(first.metadata["content"], "Κείμενο.");
    assert_eq!(loaded.problems(), []);

    let alone = load("eclektic/alone");
    assert_eq!(alone.corpus.len(), 0);
    alone.told(Gravity::NoRun, &["_generations.json belongs beside them"]);
}

#[test]
fn eclektic_answers_beside_a_prediction_or_an_original_question_are_gold() {
    let recall = load("eclektic/recall");
    assert_eq!(
        lines(&recall.records),
        [
            "zh-Hans>zh-Hans unjudged: 白塔寺",
            "zh-Hans>he-Hebr unjudged: איני יודע"
        ]
    );
    assert_eq!(recall.records[1].gold, ["המגדל הלבן"]);
    let long = load("eclektic/long");
    assert_eq!(
        lines(&long.records),
        ["fr-Latn>fr-Latn unjudged: ", "fr-Latn>zh-Hans unjudged: "]
    );
    assert_eq!(long.records[1].gold, ["布吕姆"]);
    assert_eq!(long.records[0].source_question, None);
    assert_eq!(
        long.records[1].source_question.as_deref(),
        Some("Où est le moulin ?")
    );
}

#[test]
fn global_eclektic_tables_are_questions_in_two_languages() {
    let loaded = load("global_eclektic/questions");
    assert_eq!(loaded.formats(), BTreeSet::from(["Global ECLeKTic"]));
    assert_eq!(
        lines(&loaded.records),
        [
            "ko-Kore>ko-Kore unjudged: ",
            "ko-Kore>en-Latn unjudged: ",
            "ko-Kore>ko-Kore unjudged: ",
            "ko-Kore>en-Latn unjudged: ",
            "pt-Latn>pt-Latn unjudged: ",
            "pt-Latn>en-Latn unjudged: ",
        ]
    );
    let ids = [
        "ko-Kore/1",
        "ko-Kore/1",
        "ko-Kore/2",
        "ko-Kore/2",
        "pt-Latn/1",
        "pt-Latn/1",
    ];
    assert_eq!(loaded.keys(Key::Question), ids);
    let [_, corrected, excluded, automatic, ..] = loaded.records.as_slice() else {
        panic!("{:?}", loaded.records)
    };
    assert_eq!(
        (corrected.question.as_str(), corrected.gold[0].as_str()),
        ("When does the village festival take place?", "Autumn")
    );
    assert_eq!(
        (automatic.question.as_str(), automatic.gold[0].as_str()),
        ("What is the lake called?", "Moonlight Lake")
    );
    assert_eq!(automatic.source_question.as_deref(), Some("호수의 이름은?"));
    assert!(excluded.note.as_deref().unwrap().contains("exclude"));
    assert_eq!(excluded.target_basis, Basis::Record);
    loaded.told(Gravity::Remark, &["no question in this row"]);
}

#[test]
fn global_eclektic_results_are_a_response_of_every_model_in_two_languages() {
    let loaded = load("global_eclektic/run");
    let said: Vec<_> = loaded
        .records
        .iter()
        .map(|record| format!("{} {}", record.model.as_deref().unwrap(), line(record)))
        .collect();
    assert_eq!(
        said,
        [
            "tiny_v2-it ko-Kore>ko-Kore right: 가을.",
            "tiny_v2-it ko-Kore>en-Latn wrong: In spring",
            "big-70B ko-Kore>ko-Kore wrong: 봄",
            "big-70B ko-Kore>en-Latn right: Autumn",
            "tiny_v2-it ko-Kore>ko-Kore wrong: ",
            "tiny_v2-it ko-Kore>en-Latn right: Moonlight Lake",
        ]
    );
    assert_eq!(loaded.records[0].scores[0].value, ScoreValue::Number(1.0));
    assert!(
        loaded.records[0]
            .metadata
            .keys()
            .all(|name| !name.contains("tiny"))
    );
    assert_eq!(loaded.barriers(), 1);
    loaded.told(Gravity::Remark, &["means over all rows"]);

    // Newer files do not say the language.
    let newer = load("global_eclektic/newer");
    assert_eq!(
        lines(&newer.records),
        [
            "?>und-Cyrl right: Біля річки",
            "?>en-Latn wrong: On the hill"
        ]
    );
    assert_eq!(newer.records[0].target_basis, Basis::Text);
    let ids = newer.keys(Key::Question);
    assert!(ids[0] == ids[1] && ids[0].starts_with("text-"), "{ids:?}");
}

#[test]
fn multiloko_predictions_name_the_set_they_answer() {
    let [lines_file, table] = ["jsonl", "csv"].map(|ending| {
        let name = if ending == "csv" { "acme-2" } else { "acme-1" };
        load(&format!("multiloko/predictions/{name}.{ending}"))
    });
    assert_eq!(
        lines(&lines_file.records),
        [
            "bn-Beng>bn-Beng unjudged: পদ্মা",
            "bn-Beng>en-Latn unjudged: The Padma",
            "bn-Beng>en-Latn unjudged: The Ganges",
            "en-Latn>en-Latn unjudged: Loch Brume",
            "en-Latn>bn-Beng unjudged: ",
            "zh-Hans>zh-Hans unjudged: 石桥",
            "zh-Hant>zh-Hant unjudged: 木橋",
        ]
    );
    assert_eq!(lines(&table.records), lines(&lines_file.records));
    assert_eq!(
        lines_file.keys(Key::Run),
        [
            "acme-1",
            "acme-1",
            "acme-1/machine translation",
            "acme-1",
            "acme-1",
            "acme-1",
            "acme-1"
        ]
    );
    assert_eq!(lines_file.keys(Key::Condition)[1], "human translation");
    let ids = lines_file.keys(Key::Question);
    assert_eq!((ids[0], ids[1], ids[5]), (ids[2], "007_নদী.txt", ids[6]));
}

#[test]
fn multiloko_questions_are_of_the_language_of_their_folder() {
    let loaded = load("multiloko/benchmark_data");
    assert_eq!(
        lines(&loaded.records),
        [
            "bn-Beng>bn-Beng unjudged: ",
            "bn-Beng>en-Latn unjudged: ",
            "bn-Beng>en-Latn unjudged: ",
            "en-Latn>bn-Beng unjudged: ",
        ]
    );
    let conditions = [
        "none",
        "human translation",
        "machine translation",
        "human translation",
    ];
    assert_eq!(loaded.keys(Key::Condition), conditions);
    let first = &loaded.records[0];
    assert_eq!(first.gold, ["পদ্মা", "পদ্মা নদী"]);
    assert_eq!(first.metadata["output_type"], "name");
    assert!(!first.metadata.contains_key("text"));
    assert_eq!(loaded.problems(), []);
}

#[test]
fn a_multiloko_evaluation_has_items_and_means_at_one_level() {
    let loaded = load("multiloko/evaluation");
    assert_eq!(loaded.formats(), BTreeSet::from(["MultiLoKo"]));
    assert_eq!(
        lines(&loaded.records),
        [
            "bn-Beng>bn-Beng right: পদ্মা",
            "bn-Beng>bn-Beng wrong: ফাল্গুন",
            "bn-Beng>en-Latn wrong: the ganges",
            "bn-Beng>en-Latn right: padma",
            "en-Latn>bn-Beng wrong: ",
        ]
    );
    let translated = &loaded.records[2];
    assert_eq!(translated.gold, ["padma"]);
    assert_eq!(
        translated.metadata["forms"],
        serde_json::json!(["the ganges", "ganges"])
    );
    let names: Vec<_> = translated.scores.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "em",
            "f1",
            "bleu",
            "chrf",
            "edit_distance",
            "edit_similarity",
            "contains"
        ]
    );
    assert_eq!(loaded.keys(Key::Question)[0], loaded.keys(Key::Question)[2]);
    assert_eq!(
        loaded.barriers(),
        1,
        "known in Bengali, lost in the translation"
    );
    loaded.told(Gravity::Remark, &["means over languages"]);
}

#[test]
fn x_fakt_ratings_decide_and_countries_say_where_a_fact_is_local() {
    let loaded = load("x_fakt");
    assert_eq!(loaded.formats(), BTreeSet::from(["X-FaKT"]));
    let of = |run: &str, dataset: &str| -> Vec<String> {
        let rows = loaded.records.iter();
        rows.filter(|record| record.run == run && record.dataset.as_deref() == Some(dataset))
            .map(line)
            .collect()
    };
    assert_eq!(
        of("acme-1/without_system_prompt", "x-fakt"),
        [
            "sw-Latn>el-Grek right: Το Ναϊρόμπι βρίσκεται στην Κένυα.",
            "th-Thai>el-Grek right: It is in Thailand.",
            "ja-Jpan>el-Grek wrong: ",
            "sw-Latn>sw-Latn right: Nairobi iko Kenya.",
            "th-Thai>sw-Latn wrong: Iko Laos.",
            "ja-Jpan>sw-Latn unjudged: 日本",
        ]
    );
    assert_eq!(of("acme-1/with_system_prompt", "x-fakt").len(), 1);
    // Where the fact is in the prompt, it is local nowhere.
    assert_eq!(
        of("acme-1/without_system_prompt", "x-fakt/incontext_recall"),
        ["?>el-Grek right: Ο Άλκης"]
    );
    assert_eq!(
        of("acme-1/without_system_prompt", "x-fakt/counter_factual"),
        ["?>en-Latn right: Kenya"]
    );
    let rated = loaded
        .records
        .iter()
        .find(|r| r.answer == "It is in Thailand.")
        .unwrap();
    assert_eq!(rated.scores[0].name, "rating");
    assert_eq!(rated.scores[0].value, ScoreValue::Number(2.0));
    assert!(
        rated.scores[0]
            .explanation
            .as_deref()
            .unwrap()
            .starts_with("Right, but")
    );
    assert_eq!(rated.metadata["label"], "cities");
    assert_eq!(rated.target_basis, Basis::Path);
    loaded.told(Gravity::NoRun, &["counts of X-FaKT", "counts of X-FaKT"]);

    // Generations that nobody has judged: there the last column is the answer.
    let raw = load("x_fakt_generations");
    assert_eq!(lines(&raw.records), ["sw-Latn>th-Thai unjudged: เคนยา"]);
    assert!(raw.records[0].scores.is_empty());
}

#[test]
fn the_reasoning_of_geofact_x_is_said_to_be_gold() {
    let loaded = load("geofact_x");
    assert_eq!(
        lines(&loaded.records),
        [
            "hi-Deva>hi-Deva unjudged: ",
            "hi-Deva>ja-Jpan unjudged: ",
            "?>sw-Latn unjudged: ",
        ]
    );
    let golds: Vec<_> = loaded
        .records
        .iter()
        .map(|record| record.gold.join("|"))
        .collect();
    assert_eq!(
        golds,
        ["नीलनगर", "ニルナガル", "Nilnagar"],
        "corrected where it is there"
    );
    for record in &loaded.records {
        assert_eq!(record.condition.as_deref(), Some("gold reasoning"));
        assert!(record.note.as_deref().unwrap().contains("not a model's"));
        assert!(matches!(&record.trace, Trace::Plain(text) if !text.contains("<step>")));
        assert_eq!(record.outcome, Outcome::Unjudged);
        assert_eq!(record.metadata["topic"], "Geography");
    }
}

#[test]
fn lm_eval_tasks_of_several_languages_share_their_questions() {
    let loaded = load("lm_eval_languages");
    assert_eq!(loaded.formats(), BTreeSet::from(["lm-eval"]));
    let of = |task: &str| -> Vec<(String, String, String)> {
        let rows = 0..loaded.corpus.len() as u32;
        rows.filter(|row| loaded.corpus.name(*row, Key::Dataset).starts_with(task))
            .map(|row| {
                let record = &loaded.records[row as usize];
                let question = loaded.corpus.name(row, Key::Question).to_owned();
                (question, line(record), record.gold.join("|"))
            })
            .collect()
    };
    let row = |id: &str, line: &str, gold: &str| (id.to_owned(), line.to_owned(), gold.to_owned());
    let river = "high_school_geography/test/4";
    assert_eq!(
        of("global_mmlu"),
        [
            row(river, "?>el-Grek wrong: Τάνα", "Νείλος"),
            row(river, "?>sw-Latn right: Nili", "Nili"),
            row(river, "?>sw-Latn right: Nili", "Nili"),
        ]
    );
    assert_eq!(
        of("mgsm_direct"),
        [
            row("mgsm_direct#11", "?>sw-Latn right: Jibu ni 1,200.", "1200"),
            row("mgsm_direct#11", "?>te-Telu wrong: సమాధానం 120.", "1200"),
        ]
    );
    assert_eq!(of("mgsm_native_cot")[0].0, "mgsm_native_cot#11");
    let ships = "https://example.org/flores/9#2";
    assert_eq!(
        of("belebele"),
        [
            row(ships, "?>el-Grek right: Νότο", "Νότο"),
            row(ships, "?>ka-Geor wrong: ჩრდილოეთით", "სამხრეთით"),
        ]
    );
    let mmlu = &loaded.records[0];
    assert!(
        mmlu.metadata["choices"].as_array().unwrap().len() == 4,
        "{:?}",
        mmlu.metadata
    );
}
