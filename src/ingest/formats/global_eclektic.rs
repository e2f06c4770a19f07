//! Global ECLeKTic, the questions of the MRL 2026 shared task.
//!
//! - The tables of questions, one for each language: a question and its answer, and both in English as a machine and
//!   then a person translated them. They have no answers of a model.
//! - `model_generations_results.csv` of `model_generations.py`: the same rows with a `gen_<model>_<variant>` and an
//!   `em_<model>_<variant>` for every model and for the question as written (`orig`) and in English (`en`). The last row
//!   is the mean of each column. Newer files have no column for the language; then the file name or the text tells it.

use serde_json::{Map, Value};

use super::inspect::texts;
use super::{Answer, Fault, Format, Look, Readings, has, rest, said, score};
use crate::ingest::Hints;
use crate::ingest::complete::text_id;
use crate::ingest::container::Row;
use crate::ingest::judges::METRICS;
use crate::record::{Basis, Record};
use crate::script::{self, Locale};

struct GlobalEclektic;

/// A translated field: as a person corrected it, else as a machine made it.
type Translated = [&'static str; 2];

const QUESTION: Translated = [
    "Question Corrected Translation",
    "Question Automatic Translation",
];
const ANSWER: Translated = [
    "Answer Corrected Translation",
    "Answer Automatic Translation",
];

pub(super) fn recognise(look: &Look) -> Answer {
    let is_row = |row: &Map<String, Value>| has(row, &["ID", "Question", "Answer", QUESTION[0]]);
    match look.any(is_row) {
        true => Answer::Yes(Box::new(GlobalEclektic)),
        false => Answer::No,
    }
}

/// The question as written, and in English.
#[derive(Clone, Copy, PartialEq)]
enum Variant {
    Original,
    English,
}

/// The model and the variant in `gen_<model>_<variant>`. Names of models may have `_` in them.
fn generated(column: &str) -> Option<(&str, Variant)> {
    let (model, variant) = column.strip_prefix("gen_")?.rsplit_once('_')?;
    match variant {
        "orig" => Some((model, Variant::Original)),
        "en" => Some((model, Variant::English)),
        _ => None,
    }
}

impl Format for GlobalEclektic {
    fn name(&self) -> &'static str {
        "Global ECLeKTic"
    }

    fn read(&self, row: Row, hints: &Hints) -> Readings {
        let row = row.object()?;
        let question = said(&row, "Question")
            .ok_or_else(|| Fault::remark("no question in this row, so it is no response"))?;
        if question.trim_start().starts_with("** MEAN") {
            return Err(Fault::remark(
                "the means over all rows: an aggregate, no response",
            ));
        }
        let item = Item::new(&row, hints);
        let models: Vec<_> = row.keys().filter_map(|name| generated(name)).collect();
        let records: Vec<Record> = match models.is_empty() {
            true => [Variant::Original, Variant::English]
                .into_iter()
                .filter_map(|variant| item.asked(variant))
                .collect(),
            false => models
                .into_iter()
                .filter_map(|(model, variant)| item.answered(model, variant))
                .collect(),
        };
        Ok(records.into_iter().map(Into::into).collect())
    }
}

/// A row, and what its language is known from.
struct Item<'a> {
    row: &'a Map<String, Value>,
    source: Option<Locale>,
    basis: Basis,
    metadata: Map<String, Value>,
}

impl<'a> Item<'a> {
    fn new(row: &'a Map<String, Value>, hints: &Hints) -> Item<'a> {
        let said = said(row, "Language").and_then(|tag| locale(&tag));
        let told = ["ID", "Question", "Answer", "Language"];
        let mut metadata = rest(row.clone(), &[&told[..], &QUESTION, &ANSWER].concat());
        metadata.retain(|name, _| !name.starts_with("gen_") && !name.starts_with("em_"));
        Item {
            row,
            basis: match said {
                Some(_) => Basis::Record,
                None => Basis::Path,
            },
            source: said.or_else(|| hints.locale.clone()),
            metadata,
        }
    }

    fn asked(&self, variant: Variant) -> Option<Record> {
        let text = |names: &[&str]| names.iter().find_map(|name| said(self.row, name));
        let (question, answer, target): (&[&str], &[&str], _) = match variant {
            Variant::Original => (&["Question"], &["Answer"], self.source.clone()),
            Variant::English => (&QUESTION, &ANSWER, script::parse("en")),
        };
        let original = said(self.row, "Question").unwrap_or_default();
        Some(Record {
            dataset: Some("global-eclektic".into()),
            question_id: self.id(&original),
            source: self.source.clone(),
            target_basis: match (variant, &target) {
                (Variant::Original, Some(_)) => self.basis,
                _ => Basis::Record,
            },
            target,
            question: text(question)?,
            source_question: Some(original).filter(|_| variant == Variant::English),
            gold: texts(text(answer).map(Value::from).as_ref()),
            note: said(self.row, "Exclude").map(|_| "the authors exclude this question".into()),
            metadata: self.metadata.clone(),
            ..Record::default()
        })
    }

    fn answered(&self, model: &str, variant: Variant) -> Option<Record> {
        let ending = match variant {
            Variant::Original => "orig",
            Variant::English => "en",
        };
        let answer = said(self.row, &format!("gen_{model}_{ending}"));
        let em = self.row.get(&format!("em_{model}_{ending}"));
        let em = em.filter(|value| !value.is_null());
        if answer.is_none() && em.is_none() {
            // The file was written before this row was asked.
            return None;
        }
        let mut record = self.asked(variant)?;
        record.model = Some(model.to_owned());
        record.answer = answer.unwrap_or_default();
        record.scores.extend(em.map(|_| score("em", em)));
        let said = record
            .scores
            .iter()
            .map(|score| METRICS.outcome(&score.value));
        record.outcome = said.min().unwrap_or_default();
        Some(record)
    }

    /// Every language counts its questions from 1, so a number alone is no identity.
    fn id(&self, question: &str) -> String {
        match (said(self.row, "ID"), &self.source) {
            (Some(id), Some(source)) => format!("{source}/{id}"),
            _ => text_id(question),
        }
    }
}

/// `kor_hang`, `por_latn_braz`: a country may follow, in four letters.
fn locale(tag: &str) -> Option<Locale> {
    script::parse(tag).or_else(|| script::parse(tag.rsplit_once('_')?.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_column_names_its_model_and_variant() {
        let model = |column| generated(column).map(|(model, _)| model);
        assert_eq!(model("gen_Llama-3.3_70B_it_orig"), Some("Llama-3.3_70B_it"));
        assert_eq!(model("gen_Llama_en"), Some("Llama"));
        assert_eq!(model("gen_Llama_fr"), None);
        assert_eq!(model("em_Llama_en"), None);
        assert_eq!(model("gen_"), None);
    }

    #[test]
    fn a_country_may_follow_the_script() {
        let said = |tag| locale(tag).map(|locale| locale.to_string());
        assert_eq!(said("por_latn_braz").as_deref(), Some("pt-Latn"));
        assert_eq!(said("rus_cyrl_bela").as_deref(), Some("ru-Cyrl"));
        assert_eq!(said("ell_grek").as_deref(), Some("el-Grek"));
        assert_eq!(said("arz_arab").as_deref(), Some("arz-Arab"));
        assert_eq!(said("Klingon"), None);
    }

    #[test]
    fn what_was_not_asked_yet_is_no_response() {
        let row = json!({"ID": "1", "Question": "Wo?", "Answer": "Dort", "Language": "deu_latn",
            "Question Corrected Translation": "Where?", "gen_a_orig": null, "em_a_orig": null,
            "gen_a_en": null, "em_a_en": "0"});
        let readings = GlobalEclektic.read(Row::Value(row), &Hints::default());
        let Ok(readings) = readings else { panic!() };
        assert_eq!(readings.len(), 1);
        assert_eq!(readings[0].record.outcome, crate::record::Outcome::Wrong);
    }
}
