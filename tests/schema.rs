//! `assets/record.schema.json` says of the JSON Lines format what the code does: everything written passes it, its
//! members are those of the serde form, and what is no record fails it.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use scriptlens::record::{Basis, Entity, Grade, Outcome, Record, Score, ScoreValue, Trace};
use serde_json::{Value, json};

fn schema() -> Value {
    serde_json::from_str(include_str!("../assets/record.schema.json")).unwrap()
}

/// Whether the schema lets a value through. Only the keywords it uses are known here, so that none goes untested.
fn is_valid(value: &Value) -> bool {
    let schema = schema();
    allows(&schema, &schema, value)
}

fn allows(root: &Value, schema: &Value, value: &Value) -> bool {
    let Value::Object(keywords) = schema else {
        return *schema != json!(false);
    };
    let branch = |name: &str| {
        keywords
            .get(name)
            .is_none_or(|schema| allows(root, schema, value))
    };
    keywords
        .iter()
        .all(|(keyword, said)| match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "default" | "examples" | "then" => true,
            "$ref" => {
                let pointer = said.as_str().unwrap().trim_start_matches('#');
                allows(root, root.pointer(pointer).unwrap(), value)
            }
            "type" => match said {
                Value::Array(types) => types.iter().any(|name| is_of(value, name)),
                name => is_of(value, name),
            },
            "enum" => said.as_array().unwrap().contains(value),
            "const" => said == value,
            "anyOf" => {
                let schemas = said.as_array().unwrap();
                schemas.iter().any(|schema| allows(root, schema, value))
            }
            "if" => !allows(root, said, value) || branch("then"),
            "minimum" => value.as_f64() >= said.as_f64(),
            "maximum" => value.as_f64() <= said.as_f64(),
            "pattern" => {
                assert_eq!(said, "^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$");
                value.as_str().is_some_and(is_tag)
            }
            "required" => {
                let names = said.as_array().unwrap().iter();
                let mut names = names.map(|name| name.as_str().unwrap());
                names.all(|name| value.get(name).is_some())
            }
            "items" => {
                let mut items = value.as_array().into_iter().flatten();
                items.all(|item| allows(root, said, item))
            }
            "properties" => {
                let mut members = value.as_object().into_iter().flatten();
                members.all(|(name, member)| {
                    said.get(name)
                        .is_none_or(|schema| allows(root, schema, member))
                })
            }
            "additionalProperties" => {
                let known = |name: &String| {
                    keywords
                        .get("properties")
                        .is_some_and(|known| known.get(name).is_some())
                };
                let mut members = value.as_object().into_iter().flatten();
                members.all(|(name, member)| known(name) || allows(root, said, member))
            }
            _ => panic!("this test does not know the keyword {keyword}"),
        })
}

fn is_of(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("there is no type {other}"),
    }
}

fn is_tag(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[track_caller]
fn check(value: &Value) {
    assert!(is_valid(value), "{value}");
}

/// A record with something in every member.
fn full() -> Record {
    let score = |name: &str, value, explanation: Option<&str>| Score {
        name: name.into(),
        value,
        explanation: explanation.map(Into::into),
    };
    Record {
        run: "atlas-9b/baseline".into(),
        model: Some("atlas-9b".into()),
        condition: Some("baseline".into()),
        dataset: Some("facts".into()),
        question_id: "facts/7".into(),
        epoch: 2,
        source: scriptlens::script::parse("hi-Deva"),
        target: scriptlens::script::parse("zh-TW"),
        target_basis: Basis::Path,
        question_basis: Basis::Position,
        question: "誰？".into(),
        source_question: Some("कौन?".into()),
        prompt: Some("答えて。\n\n誰？".into()),
        trace: Trace::Plain("想一想。".into()),
        answer: "他".into(),
        extracted: Some("他".into()),
        gold: vec!["他".into(), "she".into()],
        scores: vec![
            score("exact_match", ScoreValue::Number(0.5), None),
            score("judge", ScoreValue::Text("C".into()), Some("it is")),
            score("found", ScoreValue::Bool(true), None),
            score("f1", ScoreValue::Unscored, None),
            score("nan", ScoreValue::Number(f64::NAN), None),
        ],
        outcome: Outcome::Wrong,
        grade: Some(Grade {
            grader: "exact".into(),
            score: Some(0.0),
            outcome: Outcome::Unparsed,
            found: Some("他".into()),
            pattern: Some("Answer: X".into()),
        }),
        entities: vec![Entity {
            id: Some("Q1".into()),
            forms: BTreeMap::from([("hi".into(), vec!["वह".into()]), ("zh".into(), vec![])]),
            mined: BTreeMap::from([("hi".into(), 0.93)]),
        }],
        truncated: true,
        error: Some("the server went away".into()),
        note: Some("written for illustration".into()),
        metadata: [("level".to_owned(), json!({"deep": [1, null]}))]
            .into_iter()
            .collect(),
    }
}

/// Records that together have every variant of every type.
fn every_variant() -> Vec<Record> {
    let traces = [
        Trace::Absent,
        Trace::Plain("a".into()),
        Trace::Summary("b".into()),
        Trace::Unterminated(String::new()),
        Trace::Encrypted,
    ];
    let bases = [Basis::Record, Basis::Path, Basis::Text];
    let locales = ["he", "hin_Deva", "iw-IL", "und-Latn", "xx-Cyrl", "nod_Lana"];
    let mut records = vec![full(), Record::default()];
    records.extend(traces.map(|trace| Record { trace, ..full() }));
    records.extend(bases.map(|target_basis| Record {
        target_basis,
        ..full()
    }));
    records.extend(locales.map(|tag| Record {
        source: Some(scriptlens::script::parse(tag).unwrap()),
        ..Record::default()
    }));
    records
}

#[test]
fn every_record_that_is_written_passes() {
    for record in every_variant() {
        let written = serde_json::to_value(&record).unwrap();
        check(&written);
        if record.scores.is_empty() {
            assert_eq!(serde_json::from_value::<Record>(written).unwrap(), record);
        }
    }
}

#[test]
fn every_record_that_passes_is_read() {
    for value in [
        json!({}),
        json!({"question_id": "a", "trace": "because", "target": "el"}),
        json!({"trace": {"kind": "plain"}}),
        json!({"trace": {"kind": "encrypted", "text": ""}}),
        json!({"model": null, "correct": null, "source": null, "prompt": null, "note": null, "error": null}),
        json!({"scores": [{"name": "em", "value": 1, "explanation": null}], "epoch": 0}),
        json!({"entities": [{"forms": {}}, {"id": null, "forms": {"he": ["א"]}}], "metadata": {"a": []}}),
    ] {
        check(&value);
        serde_json::from_value::<Record>(value.clone()).unwrap_or_else(|e| panic!("{e}: {value}"));
    }
}

#[test]
fn the_members_are_those_of_the_serde_form() {
    let names = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    let schema = schema();
    let record = serde_json::to_value(full()).unwrap();
    for (pointer, written) in [
        ("/properties", &record),
        ("/$defs/trace/properties", &record["trace"]),
        ("/$defs/score/properties", &record["scores"][1]),
        ("/$defs/entity/properties", &record["entities"][0]),
    ] {
        let described = schema.pointer(pointer).unwrap();
        assert_eq!(names(described), names(written), "{pointer}");
        let described = described.as_object().unwrap().values();
        assert!(
            described
                .clone()
                .all(|member| member["description"].is_string())
        );
    }
}

#[test]
fn what_is_no_record_fails() {
    for value in [
        json!([]),
        json!("a record"),
        json!({"qestion": "a misspelt member"}),
        json!({"question_id": 7}),
        json!({"epoch": -1}),
        json!({"epoch": 1.5}),
        json!({"source": "Klingon language"}),
        json!({"target": {"language": "he", "script": "Hebr"}}),
        json!({"target_basis": "guess"}),
        json!({"trace": {"text": "of no kind"}}),
        json!({"trace": {"kind": "secret", "text": "a"}}),
        json!({"trace": {"kind": "encrypted", "text": "gAAAAB"}}),
        json!({"trace": null}),
        json!({"answer": null}),
        json!({"gold": "not a list"}),
        json!({"gold": [1]}),
        json!({"scores": {"em": 1}}),
        json!({"scores": [{"value": 1}]}),
        json!({"scores": [{"name": "em", "value": [1]}]}),
        json!({"correct": "yes"}),
        json!({"entities": [{"id": "Q1"}]}),
        json!({"entities": [{"forms": {"he": "א"}}]}),
        json!({"truncated": "length"}),
        json!({"metadata": []}),
    ] {
        assert!(!is_valid(&value), "{value}");
    }
}

#[test]
fn every_line_of_the_sample_runs_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-runs");
    let entries = std::fs::read_dir(folder).unwrap();
    let files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    let lines = |file: &&PathBuf| file.extension().is_some_and(|ending| ending == "jsonl");
    let mut seen = 0;
    for file in files.iter().filter(lines) {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            check(&value);
            seen += 1;
        }
    }
    assert!(seen > 0, "sample-runs has JSON Lines");
}
