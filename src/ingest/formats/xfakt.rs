//! X-FaKT (kmrtanmay/X_FaKT): facts about thirteen countries, asked in thirteen languages.
//!
//! `results/<task>/<model>/<prompt>/<Language>.csv` has answers with the text of a judge, which ends in a rating;
//! `generations/…` has the same without the judge, and there `llm_output` is the answer. Files of a task are parallel by
//! row. Beside them are counts, `results_<prompt>.csv` and `splits_<prompt>.csv`.
//!
//! Of the three tasks only factual recall asks for what a model must know: in which country something is. There the
//! country of the answer says in which language the fact is local.

use std::path::Path;

use serde_json::{Map, Value};

use super::inspect::texts;
use super::table::bracketed;
use super::{Answer, Format, Look, Reading, Readings, has, rest, said, score};
use crate::ingest::Hints;
use crate::ingest::container::Row;
use crate::ingest::judges::XFAKT;
use crate::record::{Record, Score};
use crate::script::{self, Locale};

/// The folder names the model and what was done to the question.
#[derive(Debug, Default)]
struct Xfakt {
    model: Option<String>,
    condition: Option<String>,
}

const ANSWERED: &[&str] = &["Question", "answers", "label", "llm_output"];

/// Labels of factual recall. The other tasks have the language there.
const FACTS: &[&str] = &["cities", "lakes", "politicians", "artists", "athletes"];

pub(super) fn recognise(look: &Look) -> Answer {
    if look.any(|row| has(row, ANSWERED)) {
        return Answer::Yes(Box::new(Xfakt::of(look.path)));
    }
    let is_count = |row: &Map<String, Value>| {
        let first = row.keys().next().map(String::as_str);
        match first {
            Some("Prompt_type" | "Type") => has(row, &["English", "Swahili", "Thai"]),
            Some("LANGUAGES") => has(row, &["United States", "Kenya", "Thailand"]),
            _ => false,
        }
    };
    match look.any(is_count) {
        true => Answer::Refused(
            "counts of X-FaKT, without responses: open the folder of <Language>.csv beside it"
                .into(),
        ),
        false => Answer::No,
    }
}

impl Xfakt {
    fn of(path: &Path) -> Xfakt {
        let name = |folder: &Path| Some(folder.file_name()?.to_string_lossy().into_owned());
        let condition = path.parent().and_then(name);
        let condition = condition.filter(|name| name.ends_with("_system_prompt"));
        let model = path.parent().and_then(Path::parent).and_then(name);
        Xfakt {
            model: model.filter(|_| condition.is_some()),
            condition,
        }
    }
}

impl Format for Xfakt {
    fn name(&self) -> &'static str {
        "X-FaKT"
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let row = row.object()?;
        let question = said(&row, "Question").unwrap_or_default();
        let label = said(&row, "label").unwrap_or_default();
        let recalls = FACTS.contains(&label.as_str());
        let mut record = Record {
            model: self.model.clone(),
            condition: self.condition.clone(),
            dataset: Some(dataset(recalls, &question).into()),
            gold: texts(row.get("answers")),
            question,
            ..Record::default()
        };
        let said_last = said(&row, "llm_output").unwrap_or_default();
        if row.contains_key("Predicted") {
            record.answer = said(&row, "Predicted").unwrap_or_default();
            record.scores = vec![rating(said_last)];
            record.outcome = XFAKT.outcome(&record.scores[0].value);
        } else {
            record.answer = said_last;
        }
        let country = record.gold.first().filter(|_| recalls);
        record.source = country.and_then(|name| language_of(name));
        record.metadata = rest(row, &["Question", "Predicted", "answers", "llm_output"]);
        Ok(vec![Reading {
            position: true,
            ..record.into()
        }])
    }
}

/// Rows of each task are parallel, but a row of one is another question than the same row of another.
fn dataset(recalls: bool, question: &str) -> &'static str {
    match (recalls, question.contains('\n')) {
        (true, _) => "x-fakt",
        // An instruction, a fact and a question, on a line each.
        (false, true) => "x-fakt/counter_factual",
        (false, false) => "x-fakt/incontext_recall",
    }
}

fn rating(judgment: String) -> Score {
    let rating = bracketed(&judgment).map(Value::from);
    Score {
        explanation: Some(judgment),
        ..score("rating", rating.as_ref())
    }
}

/// The language of a country, whatever language the data set names it in.
fn language_of(country: &str) -> Option<Locale> {
    let named = |(_, names): &&(&str, &str)| names.split('|').any(|name| name == country.trim());
    let (language, _) = COUNTRIES.iter().find(named)?;
    script::parse(language)
}

/// A language, and the names of its country in the thirteen languages, as the data set spells them (it has the bird
/// for Turkey in some).
const COUNTRIES: &[(&str, &str)] = &[
    (
        "en",
        "United States|संयुक्त राज्य अमेरिका|美国|Соединенные Штаты|الولايات المتحدة|États-Unis|アメリカ合衆国|США|Ηνωμένες Πολιτείες|Amerika Birleşik Devletleri|Marekani|ประเทศสหรัฐอเมริกา",
    ),
    (
        "hi",
        "India|भारत|印度|Индия|الهند|Inde|インド|Індія|Ινδία|Hindistan|อินเดีย",
    ),
    ("zh", "China|चीन|中国|Китай|الصين|Chine|Κίνα|Çin|จีน"),
    (
        "ru",
        "Russia|रूस|俄罗斯|Россия|روسيا|Russie|ロシア|Росія|Ρωσία|Rusya|Urusi|รัสเซีย",
    ),
    (
        "ar",
        "Saudi Arabia|सऊदी अरब|沙特阿拉伯|Саудовская Аравия|المملكة العربية السعودية|Arabie Saoudite|साउदी अरेबिया|サウジアラビア|Саудівська Аравія|Σαουδική Αραβία|Suudi Arabistan|ซาอุดิอาระเบีย",
    ),
    (
        "fr",
        "France|फ्रांस|法国|Франция|فرنسا|फ्रान्स|フランス|Франція|Γαλλία|Fransa|Ufaransa|ฝรั่งเศส",
    ),
    (
        "ne",
        "Nepal|नेपाल|尼泊尔|Непал|نيبال|Népal|ネパール|Νεπάλ|เนปาล",
    ),
    (
        "ja",
        "Japan|जापान|日本|Япония|اليابان|Japon|Японія|Ιαπωνία|Japonya|Japani|ประเทศญี่ปุ่น",
    ),
    (
        "uk",
        "Ukraine|यूक्रेन|乌克兰|Украина|أوكرانيا|युक्रेन|ウクライナ|Україна|Ουκρανία|Ukrayna|ยูเครน",
    ),
    (
        "el",
        "Greece|ग्रीस|希腊|Греция|اليونان|Grèce|ギリシャ|Греція|Ελλάδα|Yunanistan|Ugiriki|กรีซ",
    ),
    (
        "tr",
        "Turkey|टर्की|火鸡|Турция|ديك رومى|Turquie|七面鳥|Туреччина|Τουρκία|Türkiye|Uturuki|ไก่งวง",
    ),
    (
        "sw",
        "Kenya|केन्या|肯尼亚|Кения|كينيا|ケニア|Кенія|Κενύα|เคนย่า",
    ),
    (
        "th",
        "Thailand|थाईलैंड|泰国|Таиланд|تايلاند|Thaïlande|थाइल्याण्ड|タイ|Таїланд|Σιάμ|Tayland|ประเทศไทย",
    ),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::record::Outcome;

    #[test]
    fn every_country_belongs_to_one_language() {
        let names = COUNTRIES.iter().flat_map(|(_, names)| names.split('|'));
        let names: Vec<_> = names.collect();
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(
            distinct.len(),
            names.len(),
            "no name is that of two countries"
        );
        let of = |country| language_of(country).map(|locale| locale.to_string());
        assert_eq!(of("Σιάμ").as_deref(), Some("th-Thai"));
        assert_eq!(of("美国").as_deref(), Some("en-Latn"));
        assert_eq!(of(" Kenya "), of("เคนย่า"));
        assert_eq!(of("Atlantis"), None);
    }

    #[test]
    fn a_rating_is_the_last_one_the_judge_gives() {
        let outcome = |text: &str| XFAKT.outcome(&rating(text.into()).value);
        assert_eq!(outcome("Not [[4]].\n\nRating: [[3]]"), Outcome::Right);
        assert_eq!(outcome("Rating: [[4]]"), Outcome::Wrong);
        assert_eq!(outcome("I cannot say"), Outcome::Unjudged);
        assert_eq!(outcome("Rating: [[7]]"), Outcome::Unjudged);
    }

    #[test]
    fn a_folder_of_prompts_names_model_and_condition() {
        let of = |path| {
            let Xfakt { model, condition } = Xfakt::of(Path::new(path));
            (model, condition)
        };
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(
            of("results/phi-4/without_system_prompt/Thai.csv"),
            (said("phi-4"), said("without_system_prompt"))
        );
        assert_eq!(
            of("with_system_prompt/Thai.csv"),
            (None, said("with_system_prompt"))
        );
        assert_eq!(of("Thai.csv"), (None, None));
    }

    #[test]
    fn names_of_tasks_name_no_language() {
        for (recalls, question) in [(true, "?"), (false, "?"), (false, "a\nb")] {
            let name = dataset(recalls, question);
            assert!(script::from_path(name).is_none(), "{name}");
        }
    }
}
