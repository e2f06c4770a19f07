//! ECLeKTic (arXiv 2502.21228): questions whose answer is in the Wikipedia of one language only, asked in twelve.
//!
//! - The data set: `eclektic_main.jsonl`, whose rows have `{L}_q`, `{L}_a`, `{L}_c` for every language, and tables with
//!   one row per language that were made of it. Both are questions without answers of a model.
//! - `<target>_predictions.csv` of MLLM-interpretability: a row is the answer to the question in its source language and
//!   to that in a target language. `a_src` and `a_tgt` are the model's; where the table was joined with the data set,
//!   `original_answer` and `answer` are gold.
//! - `<model>_generations.json` and, beside it, `<model>_judgments.csv` of several judges. The scorer takes the mean of
//!   the judges, and half of them are enough for right.
//! - JSON Lines of `answer`, which is gold, and `prediction`, as the scorer by word recall takes them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use super::inspect::texts;
use super::{Answer, Fault, Format, Look, Reading, Readings, has, rest, said, score};
use crate::ingest::Hints;
use crate::ingest::container::Row;
use crate::ingest::judges::{majority, outcome};
use crate::ingest::lookup::Lookup;
use crate::record::{Outcome, Record};
use crate::script::{self, Locale};

/// What the rows are.
enum Eclektic {
    /// Questions in all languages.
    Wide,
    /// A question in one language, beside its original.
    Long,
    /// Answers in the source language and in a target language.
    Pairs(Pairs),
    /// Answers in one language, judged in another file.
    Generations(Generations),
    /// Answers in one language, not judged.
    Predictions,
}

const PAIR: &[&str] = &[
    "q_id",
    "source_lang",
    "target_lang",
    "q_src",
    "q_tgt",
    "a_src",
    "a_tgt",
];
const GENERATION: &[&str] = &[
    "q_id",
    "lang",
    "generation_idx",
    "original_lang",
    "response",
];
const PREDICTION: &[&str] = &["q_id", "original_language", "target_language", "prediction"];
const JUDGMENT: &[&str] = &["q_id", "lang", "generation_idx", "judge", "correct"];
const SOURCE: &[&str] = &["q_id", "q_src", "a_src", "correct_source"];
const LONG: &[&str] = &[
    "q_id",
    "original_lang",
    "language",
    "question",
    "original_question",
    "answer",
];

pub(super) fn recognise(look: &Look) -> Answer {
    let all = |names: &[&str]| look.any(|row| has(row, names));
    let form = if all(PAIR) {
        Eclektic::Pairs(Pairs::beside(look.path))
    } else if all(GENERATION) {
        Eclektic::Generations(Generations::open(look.path))
    } else if all(PREDICTION) {
        Eclektic::Predictions
    } else if all(JUDGMENT) {
        let generations = beside(look.path, "_judgments.csv", "_generations.json");
        return match generations {
            Some(path) if path.exists() => Answer::Companion,
            _ => Answer::Refused("judgments of ECLeKTic answers without the answers: the file <model>_generations.json belongs beside them".into()),
        };
    } else if all(SOURCE) {
        return match siblings(look.path).is_empty() {
            false => Answer::Companion,
            true => Answer::Refused("ECLeKTic answers in the source language only: open the <language>_predictions.csv they were made for".into()),
        };
    } else if look.any(is_wide) {
        Eclektic::Wide
    } else if all(LONG) && !look.any(is_answered) {
        Eclektic::Long
    } else {
        return Answer::No;
    };
    Answer::Yes(Box::new(form))
}

fn is_wide(row: &Map<String, Value>) -> bool {
    has(row, &["q_id", "original_lang"]) && languages(row).count() > 1
}

/// What a model said stands beside the data set, in a table of somebody's own.
fn is_answered(row: &Map<String, Value>) -> bool {
    ["response", "prediction", "output", "model_answer"]
        .iter()
        .any(|name| row.contains_key(*name))
}

/// The languages that a wide row has a question in, as its columns name them.
fn languages(row: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let language = |name: &'_ str| {
        let language = name.strip_suffix("_q")?;
        script::parse(language).map(|_| name.len() - "_q".len())
    };
    row.keys()
        .filter_map(move |name| Some(&name[..language(name)?]))
}

impl Format for Eclektic {
    fn name(&self) -> &'static str {
        "ECLeKTic"
    }

    fn problems(&self) -> Vec<Fault> {
        let problem = match self {
            Eclektic::Generations(generations) => generations.problem.clone(),
            _ => None,
        };
        problem.into_iter().map(Fault::from).collect()
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let row = row.object()?;
        let records = match self {
            Eclektic::Wide => wide(&row),
            Eclektic::Long => vec![long(row)],
            Eclektic::Pairs(pairs) => pairs.read(&row),
            Eclektic::Generations(generations) => vec![generations.read(row)],
            Eclektic::Predictions => vec![prediction(row)],
        };
        Ok(records.into_iter().map(Reading::from).collect())
    }
}

/// What every record says: the question, and the language its answer is known in.
fn record(row: &Map<String, Value>, source: &str) -> Record {
    Record {
        dataset: Some("eclektic".into()),
        question_id: said(row, "q_id").unwrap_or_default(),
        source: locale(row, source),
        ..Record::default()
    }
}

fn locale(row: &Map<String, Value>, name: &str) -> Option<Locale> {
    script::parse(row.get(name)?.as_str()?)
}

fn wide(row: &Map<String, Value>) -> Vec<Record> {
    let original = said(row, "original_lang").unwrap_or_default();
    let about: Map<String, Value> = ["title", "url"]
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), row.get(*name)?.clone())))
        .collect();
    let variant = |language: &str| {
        let is_source = language == original;
        // The original is there twice, once under its own name.
        let part = |part: &str, whole: &str| {
            said(row, &format!("{language}_{part}"))
                .or_else(|| said(row, whole).filter(|_| is_source))
        };
        let mut metadata = about.clone();
        let context = part("c", "content").map(Value::from);
        metadata.extend(context.map(|context| ("content".to_owned(), context)));
        let source_question = said(row, &format!("{original}_q")).or_else(|| said(row, "question"));
        Some(Record {
            target: script::parse(language),
            question: part("q", "question")?,
            gold: part("a", "answer").into_iter().collect(),
            source_question: source_question.filter(|_| !is_source),
            metadata: rest(metadata, &[]),
            ..record(row, "original_lang")
        })
    };
    let columns: Vec<_> = languages(row).collect();
    let alone = Some(original.as_str()).filter(|original| !columns.contains(original));
    let all = alone.into_iter().chain(columns.iter().copied());
    all.filter_map(variant).collect()
}

fn long(row: Map<String, Value>) -> Record {
    let mut record = Record {
        target: locale(&row, "language"),
        question: said(&row, "question").unwrap_or_default(),
        gold: texts(row.get("answer")),
        source_question: said(&row, "original_question"),
        ..record(&row, "original_lang")
    };
    record.source_question = record
        .source_question
        .filter(|question| *question != record.question);
    let told = ["original_content", "original_answer", "translated"];
    record.metadata = rest(row, &[LONG, &told].concat());
    record
}

fn prediction(row: Map<String, Value>) -> Record {
    let mut record = Record {
        target: locale(&row, "target_language"),
        question: said(&row, "question").unwrap_or_default(),
        answer: said(&row, "prediction").unwrap_or_default(),
        gold: texts(row.get("answer")),
        model: said(&row, "model"),
        ..record(&row, "original_language")
    };
    let told = ["answer", "question", "model"];
    record.metadata = rest(row, &[PREDICTION, &told].concat());
    record
}

/// `<target>_predictions.csv` of one model, in a folder with those of other target languages.
///
/// Each of these files repeats the answers in the source language. They are one response and not as many epochs, so one
/// file of the folder gives them: that of the source language, where source and target are the same, else the first by
/// name. A row of the others keeps what was said in the source language as metadata. So a file that is opened without
/// its folder may be without its source responses.
struct Pairs {
    model: Option<String>,
    /// The target language, as the file name has it.
    own: Option<String>,
    /// Those of the files beside it, and its own.
    siblings: BTreeSet<String>,
}

const PREDICTIONS: &str = "_predictions.csv";

/// Target languages of the predictions in the folder of a file.
fn siblings(path: &Path) -> BTreeSet<String> {
    let entries = path
        .parent()
        .map(folder)
        .and_then(|folder| fs::read_dir(folder).ok());
    let names = entries.into_iter().flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    names
        .filter_map(|name| Some(name.strip_suffix(PREDICTIONS)?.to_owned()))
        .collect()
}

fn folder(path: &Path) -> &Path {
    match path.as_os_str().is_empty() {
        true => Path::new("."),
        false => path,
    }
}

impl Pairs {
    fn beside(path: &Path) -> Pairs {
        let name = path.file_name().and_then(|name| name.to_str());
        let own = name.and_then(|name| name.strip_suffix(PREDICTIONS));
        // The writer puts the files of a model into a folder of its name, unless it has but one model.
        let model = path.parent().and_then(Path::file_name);
        let model = model.map(|name| name.to_string_lossy().into_owned());
        Pairs {
            model: model.filter(|name| own.is_some() && name != "artifacts"),
            own: own.map(str::to_owned),
            siblings: siblings(path),
        }
    }

    /// This file is the one that gives the responses in the source language.
    fn gives_source(&self, source: &str) -> bool {
        let Some(own) = &self.own else { return true };
        let giver = self.siblings.get(source).or(self.siblings.first());
        giver.is_none_or(|giver| giver == own)
    }

    fn read(&self, row: &Map<String, Value>) -> Vec<Record> {
        let told = [
            "original_question",
            "question",
            "original_answer",
            "answer",
            "language",
        ];
        let dull = ["original_lang", "original_content", "content", "translated"];
        let scores = ["correct_source", "correct_target"];
        let about = rest(row.clone(), &[PAIR, &told, &dull, &scores].concat());
        let record = |question: &str, answer: &str, gold: &str, target: &str, name: &str| {
            let mut record = Record {
                model: self.model.clone(),
                target: locale(row, target),
                question: said(row, question).unwrap_or_default(),
                answer: said(row, answer).unwrap_or_default(),
                gold: texts(row.get(gold)),
                metadata: about.clone(),
                ..record(row, "source_lang")
            };
            record.scores.push(score(name, row.get(name)));
            record.outcome = outcome(&record.scores[0].value);
            record
        };
        let source = || {
            record(
                "q_src",
                "a_src",
                "original_answer",
                "source_lang",
                "correct_source",
            )
        };
        let mut target = record("q_tgt", "a_tgt", "answer", "target_lang", "correct_target");
        if target.source.is_some() && target.source == target.target {
            return vec![target];
        }
        target.source_question = said(row, "q_src");
        if self.gives_source(&said(row, "source_lang").unwrap_or_default()) {
            return vec![source(), target];
        }
        let elsewhere = ["a_src", "correct_source"]
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), row.get(*name)?.clone())));
        target.metadata.extend(rest(elsewhere.collect(), &[]));
        vec![target]
    }
}

/// `<model>_generations.json`, and the judgments beside it.
#[derive(Default)]
struct Generations {
    model: Option<String>,
    judgments: Option<Lookup>,
    problem: Option<String>,
}

/// The file beside this one whose name ends otherwise.
fn beside(path: &Path, ending: &str, other: &str) -> Option<std::path::PathBuf> {
    let stem = path.file_name()?.to_str()?.strip_suffix(ending)?;
    Some(path.with_file_name(format!("{stem}{other}")))
}

impl Generations {
    fn open(path: &Path) -> Generations {
        let name = path.file_name().and_then(|name| name.to_str());
        let model = name.and_then(|name| name.strip_suffix("_generations.json"));
        let mut generations = Generations {
            model: model.map(str::to_owned),
            ..Generations::default()
        };
        let judgments = beside(path, "_generations.json", "_judgments.csv");
        match judgments
            .filter(|path| path.exists())
            .map(|path| Lookup::open(&path, key))
        {
            Some(Ok(judgments)) => generations.judgments = Some(judgments),
            Some(Err(reason)) => {
                generations.problem = Some(format!(
                    "the judgments beside the generations could not be read: {reason}"
                ))
            }
            None => {}
        }
        generations
    }

    fn read(&self, row: Map<String, Value>) -> Record {
        let mut record = Record {
            model: self.model.clone(),
            target: locale(&row, "lang"),
            epoch: generation(&row).saturating_add(1),
            question: said(&row, "question").unwrap_or_default(),
            answer: said(&row, "response").unwrap_or_default(),
            gold: texts(row.get("answer")),
            ..record(&row, "original_lang")
        };
        let key = key(&row).unwrap_or_default();
        let judgments = self.judgments.iter().flat_map(|all| all.rows(&key));
        for judgment in judgments {
            let judge = said(&judgment, "judge").unwrap_or_default();
            let name = format!("correct/{judge}");
            record.scores.push(score(&name, judgment.get("correct")));
        }
        let votes: Vec<_> = record.scores.iter().map(|s| outcome(&s.value)).collect();
        record.outcome = match majority(&votes) {
            // The scorer asks for a mean of at least one half.
            Outcome::Unjudged if votes.contains(&Outcome::Right) => Outcome::Right,
            decided => decided,
        };
        record.metadata = rest(row, &[GENERATION, &["question", "answer"]].concat());
        record
    }
}

fn generation(row: &Map<String, Value>) -> u32 {
    let number = said(row, "generation_idx");
    number.and_then(|n| n.parse().ok()).unwrap_or_default()
}

/// What a generation and its judgments share.
fn key(row: &Map<String, Value>) -> Option<String> {
    let part = |name| said(row, name);
    let parts = [part("q_id")?, part("lang")?, part("generation_idx")?];
    Some(parts.join("\u{1f}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use serde_json::json;

    use super::*;

    fn pairs(own: Option<&str>, siblings: &[&str]) -> Pairs {
        Pairs {
            model: None,
            own: own.map(str::to_owned),
            siblings: siblings.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn one_file_of_a_folder_gives_the_source_responses() {
        let all = ["en", "he", "hi"];
        assert!(pairs(Some("en"), &all).gives_source("en"));
        assert!(!pairs(Some("he"), &all).gives_source("en"));
        assert!(
            pairs(Some("en"), &all).gives_source("ja"),
            "the first stands in"
        );
        assert!(!pairs(Some("hi"), &all).gives_source("ja"));
        assert!(
            pairs(None, &all).gives_source("en"),
            "predictions.csv is all there is"
        );
        assert!(pairs(Some("he"), &[]).gives_source("en"));
    }

    #[test]
    fn the_original_question_may_stand_under_its_own_name_only() {
        let Value::Object(row) = json!({"q_id": "9", "original_lang": "de", "question": "Wo?",
            "en_q": "Where?", "en_a": "There", "ja_q": "", "faq": "?", "notalanguage_q": "?"})
        else {
            panic!()
        };
        let records = wide(&row);
        let questions: Vec<_> = records.iter().map(|r| r.question.as_str()).collect();
        assert_eq!(questions, ["Wo?", "Where?"]);
        assert_eq!(records[0].source_question, None);
        assert_eq!(records[1].source_question.as_deref(), Some("Wo?"));
    }

    #[test]
    fn a_generation_needs_no_judgments() {
        let Value::Object(row) =
            json!({"q_id": 1, "lang": "xx", "generation_idx": null, "response": null})
        else {
            panic!()
        };
        let record = Generations::open(Path::new("no-such-folder/m_generations.json")).read(row);
        assert_eq!((record.model.as_deref(), record.epoch), (Some("m"), 1));
        assert_eq!((record.target, record.outcome), (None, Outcome::Unjudged));
    }
}
