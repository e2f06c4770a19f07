//! GeoFact-X (arXiv 2507.05418, jd730/BRIDGE): facts about five regions, asked in their five languages, each with
//! reasoning and an answer that belong to the data set. Rows of the data set only; no model said any of it.

use serde_json::{Map, Value};

use super::inspect::texts;
use super::table::trace;
use super::{Answer, Format, Look, Readings, has, rest, said};
use crate::ingest::Hints;
use crate::ingest::container::Row;
use crate::record::Record;
use crate::script;

struct GeofactX;

const FIELDS: &[&str] = &[
    "question",
    "answer_list",
    "reasoning",
    "corrected_answer_list",
    "topic",
    "region",
    "answer_type",
    "language",
];

/// The language in which what is asked about a region is local.
const REGIONS: &[(&str, &str)] = &[
    ("USA", "en"),
    ("India", "hi"),
    ("Japan", "ja"),
    ("Kenya", "sw"),
    ("Thailand", "th"),
];

pub(super) fn recognise(look: &Look) -> Answer {
    // Whatever else a row has may be what a model said.
    let is_row = |row: &Map<String, Value>| {
        has(
            row,
            &[
                "question",
                "answer_list",
                "reasoning",
                "region",
                "answer_type",
                "language",
            ],
        ) && row
            .keys()
            .all(|name| FIELDS.contains(&name.as_str()) || name == "id")
    };
    match look.any(is_row) {
        true => Answer::Yes(Box::new(GeofactX)),
        false => Answer::No,
    }
}

impl Format for GeofactX {
    fn name(&self) -> &'static str {
        "GeoFact-X"
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let row = row.object()?;
        let locale = |name| script::parse(&said(&row, name)?);
        let region = said(&row, "region").unwrap_or_default();
        let source = REGIONS.iter().find(|(name, _)| *name == region);
        let gold = [
            texts(row.get("corrected_answer_list")),
            texts(row.get("answer_list")),
        ];
        let record = Record {
            condition: Some("gold reasoning".into()),
            dataset: Some("geofact-x".into()),
            question_id: said(&row, "id").unwrap_or_default(),
            source: source.and_then(|(_, language)| script::parse(language)),
            target: locale("language"),
            question: said(&row, "question").unwrap_or_default(),
            trace: trace(row.get("reasoning").cloned().unwrap_or_default()),
            gold: gold
                .into_iter()
                .find(|gold| !gold.is_empty())
                .unwrap_or_default(),
            note: Some("the reasoning is the gold reasoning of GeoFact-X, not a model's".into()),
            ..Record::default()
        };
        let told = [
            "id",
            "question",
            "reasoning",
            "corrected_answer_list",
            "language",
        ];
        let metadata = rest(row, &told);
        Ok(vec![Record { metadata, ..record }.into()])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_model_added_is_not_taken_for_gold() {
        let recognised = |row: Value| {
            let look = Look {
                path: std::path::Path::new("x.jsonl"),
                rows: &[row.as_object().unwrap().clone()],
                around: &Map::new(),
                map: &Default::default(),
                named: false,
                joined: false,
            };
            matches!(recognise(&look), Answer::Yes(_))
        };
        let mut row = json!({"question": "?", "answer_list": [], "reasoning": "", "region": "USA",
            "answer_type": "City", "language": "thai"});
        assert!(recognised(row.clone()));
        row["response"] = "!".into();
        assert!(!recognised(row));
    }
}
