//! MultiLoKo (arXiv 2504.10356, facebookresearch/multiloko): questions about what is known locally, in 31 languages.
//!
//! - The data set: `<language>/dev.jsonl`, the questions of a language, and `<language>/dev_translated_human_english.jsonl`
//!   and the like, its translations. They have no answers of a model.
//! - Predictions, JSON Lines or CSV of `language`, `id` and `prediction`. Questions and gold answers are in the data set.
//! - What `eval.py` writes: one JSON document of languages, ids, scores. Answers and targets are in lower case and without
//!   punctuation there; newer versions list several forms of each.
//!
//! `language` may be that of a translation, as eval.py names them: `bengali_translated_human_english` is asked in English
//! and known in Bengali. A translation has the ids of its original, and so have the two Mandarins: each is one question.

use serde_json::{Map, Value};

use super::inspect::{is_small, texts};
use super::{Answer, Fault, Format, Look, Reading, Readings, has, rest, said, score};
use crate::ingest::Hints;
use crate::ingest::container::{KEY, Row};
use crate::ingest::judges::METRICS;
use crate::record::{Record, ScoreValue};
use crate::script::{self, Locale};

/// What the rows are.
enum Multiloko {
    /// Questions of this set.
    Benchmark(Option<Set>),
    /// Answers.
    Predictions,
    /// Answers with scores, by language and id.
    Evaluation,
}

/// Questions of one language, or their translation.
#[derive(Debug, Clone, PartialEq)]
struct Set {
    source: Locale,
    target: Locale,
    condition: Option<&'static str>,
}

const HUMAN: &str = "human translation";
const MACHINE: &str = "machine translation";
const TRANSLATED: [(&str, &str); 2] = [
    ("_translated_human_", HUMAN),
    ("_translated_machine_", MACHINE),
];

impl Set {
    fn named(name: &str) -> Option<Set> {
        let translated = TRANSLATED.iter().find_map(|(marker, condition)| {
            let (source, target) = name.split_once(marker)?;
            Some((source, target, Some(*condition)))
        });
        let (source, target, condition) = translated.unwrap_or((name, name, None));
        Some(Set {
            source: script::parse(source)?,
            target: script::parse(target)?,
            condition,
        })
    }

    /// The set of a file of the data set: its folder is the language, its name may say a translation.
    fn of(path: &std::path::Path) -> Option<Set> {
        let folder = path.parent()?.file_name()?.to_str()?;
        let stem = path.file_name()?.to_str()?.split('.').next()?;
        match stem.split_once("_translated_") {
            Some((_, translation)) => Set::named(&format!("{folder}_translated_{translation}")),
            None => Set::named(folder),
        }
    }
}

const PREDICTION: &[&str] = &["language", "id", "prediction"];
const QUESTION: &[&str] = &["text", "question", "targets", "target", "id", "output_type"];

pub(super) fn recognise(look: &Look) -> Answer {
    let is_prediction = |row: &Map<String, Value>| {
        let set = said(row, "language").and_then(|name| Set::named(&name));
        has(row, PREDICTION) && row.len() == PREDICTION.len() && set.is_some()
    };
    let is_question = |row: &Map<String, Value>| {
        has(row, QUESTION) && row.get("targets").is_some_and(Value::is_array)
    };
    let is_language = |row: &Map<String, Value>| {
        row.contains_key(KEY) && row.values().any(|item| scored(item).is_some())
    };
    Answer::Yes(Box::new(if look.any(is_prediction) {
        Multiloko::Predictions
    } else if look.any(is_question) {
        Multiloko::Benchmark(Set::of(look.path))
    } else if look.any(is_language) {
        Multiloko::Evaluation
    } else {
        return Answer::No;
    }))
}

/// An item of an evaluation; the means of a language stand among them as mere numbers.
fn scored(item: &Value) -> Option<&Map<String, Value>> {
    let item = item.as_object()?;
    has(item, &["em", "prediction", "targets"]).then_some(item)
}

impl Format for Multiloko {
    fn name(&self) -> &'static str {
        "MultiLoKo"
    }

    fn read(&self, row: Row, hints: &Hints) -> Readings {
        let row = row.object()?;
        match self {
            Multiloko::Benchmark(set) => Ok(vec![question(row, set.as_ref()).into()]),
            Multiloko::Predictions => Ok(vec![prediction(&row, hints).into()]),
            Multiloko::Evaluation => evaluation(&row, hints),
        }
    }
}

fn record(id: String, set: Option<&Set>) -> Record {
    Record {
        dataset: Some("multiloko".into()),
        question_id: id,
        source: set.map(|set| set.source.clone()),
        target: set.map(|set| set.target.clone()),
        condition: set.and_then(|set| set.condition).map(str::to_owned),
        ..Record::default()
    }
}

/// An answer. A person's translation is a variant of the question in the same run, so that it has its original as
/// counterpart; the machine's, which would be a second one in the same language, is a run of its own.
fn answered(id: String, set: Option<&Set>, hints: &Hints) -> Record {
    let mut record = record(id, set);
    if record.condition.as_deref() == Some(HUMAN) {
        record.run = hints.run.clone();
    }
    record
}

fn question(row: Map<String, Value>, set: Option<&Set>) -> Record {
    let mut record = record(said(&row, "id").unwrap_or_default(), set);
    record.question = said(&row, "question").unwrap_or_default();
    record.gold = texts(row.get("targets"));
    let told = ["text", "question", "targets", "id"];
    record.metadata = rest(row, &told);
    record
}

fn prediction(row: &Map<String, Value>, hints: &Hints) -> Record {
    let set = said(row, "language").and_then(|name| Set::named(&name));
    let id = said(row, "id").unwrap_or_default();
    let mut record = answered(id, set.as_ref(), hints);
    record.answer = said(row, "prediction").unwrap_or_default();
    record
}

fn evaluation(row: &Map<String, Value>, hints: &Hints) -> Readings {
    let name = row.get(KEY).and_then(Value::as_str).unwrap_or_default();
    if name == "group_metrics" {
        return Err(Fault::remark(
            "means over languages: these and the means of each language are left out",
        ));
    }
    let set = Set::named(name);
    let items = row
        .iter()
        .filter_map(|(id, item)| Some((id, scored(item)?)));
    let readings = items.map(|(id, item)| {
        let mut record = answered(id.clone(), set.as_ref(), hints);
        if set.is_none() {
            record.metadata.insert("language".into(), name.into());
        }
        scores(&mut record, item);
        Reading::from(record)
    });
    Ok(readings.collect())
}

fn scores(record: &mut Record, item: &Map<String, Value>) {
    let forms = texts(item.get("prediction"));
    record.answer = forms.first().cloned().unwrap_or_default();
    record.gold = texts(item.get("targets"));
    record.note =
        Some("eval.py has written answers and targets in lower case, without punctuation".into());
    if forms.len() > 1 {
        record.metadata.insert("forms".into(), forms.into());
    }
    for (name, value) in item {
        match value {
            Value::Number(_) | Value::Null => record.scores.push(score(name, Some(value))),
            value if !["prediction", "targets"].contains(&name.as_str()) && is_small(value) => {
                record.metadata.insert(name.clone(), value.clone());
            }
            _ => {}
        }
    }
    let em = item
        .get("em")
        .map_or(ScoreValue::Unscored, |_| score("em", item.get("em")).value);
    record.outcome = METRICS.outcome(&em);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use std::path::Path;

    use serde_json::json;

    use super::*;

    #[test]
    fn every_language_of_the_data_set_is_known() {
        let languages = "arabic bengali cantonese czech dutch english farsi french german hebrew hindi indonesian \
            italian japanese khmer korean malay marathi polish portuguese romanian russian simplified_mandarin \
            spanish swedish tagalog thai traditional_mandarin turkish urdu vietnamese";
        let locales = "ar-Arab bn-Beng yue-Hant cs-Latn nl-Latn en-Latn fa-Arab fr-Latn de-Latn he-Hebr hi-Deva \
            id-Latn it-Latn ja-Jpan km-Khmr ko-Kore ms-Latn mr-Deva pl-Latn pt-Latn ro-Latn ru-Cyrl zh-Hans \
            es-Latn sv-Latn fil-Latn th-Thai zh-Hant tr-Latn ur-Arab vi-Latn";
        assert_eq!(languages.split_whitespace().count(), 31);
        for (language, locale) in languages.split_whitespace().zip(locales.split_whitespace()) {
            let set = Set::named(language).unwrap();
            assert_eq!(set.target.to_string(), locale, "{language}");
            assert_eq!((set.source == set.target, set.condition), (true, None));
        }
    }

    #[test]
    fn a_translation_names_both_of_its_languages() {
        let set = Set::named("simplified_mandarin_translated_machine_english").unwrap();
        assert_eq!(
            (set.source.to_string(), set.target.to_string()),
            ("zh-Hans".into(), "en-Latn".into())
        );
        assert_eq!(set.condition, Some(MACHINE));
        assert_eq!(Set::named("klingon"), None);
        assert_eq!(Set::named("english_translated_human_klingon"), None);
        let file = Path::new("data/english/test_translated_human_farsi.jsonl.gz");
        let set = Set::of(file).unwrap();
        assert_eq!(
            (set.source.to_string(), set.target.to_string()),
            ("en-Latn".into(), "fa-Arab".into())
        );
        assert_eq!(Set::of(Path::new("dev.jsonl")), None);
    }

    #[test]
    fn other_predictions_are_not_taken() {
        let like = |row: Value| {
            let look = Look {
                path: Path::new("x.jsonl"),
                rows: &[row.as_object().unwrap().clone()],
                around: &Map::new(),
                map: &Default::default(),
                named: false,
                joined: false,
            };
            matches!(recognise(&look), Answer::Yes(_))
        };
        assert!(like(
            json!({"language": "thai", "id": "1", "prediction": "?"})
        ));
        assert!(!like(
            json!({"language": "thai", "id": "1", "prediction": "?", "question": "?"})
        ));
        assert!(!like(
            json!({"language": "C++", "id": "1", "prediction": "?"})
        ));
        assert!(!like(json!({KEY: "metrics", "em": 1.0})));
    }

    #[test]
    fn a_language_without_items_and_a_set_without_a_name_are_no_damage() {
        let readings = |row: Value| {
            let read = evaluation(row.as_object().unwrap(), &Hints::default());
            read.unwrap_or_else(|fault| panic!("{fault:?}"))
        };
        assert!(readings(json!({KEY: "thai", "em": 0.0})).is_empty());
        let item = json!({"em": 1, "prediction": [], "targets": []});
        let unknown = readings(json!({KEY: "elvish", "007": item, "em": 1}));
        assert_eq!(unknown[0].record.metadata["language"], "elvish");
        assert_eq!(unknown[0].record.outcome, crate::record::Outcome::Right);
    }
}
