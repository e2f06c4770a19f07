//! Results of OpenAI's simple-evals, `<eval>_<model>_<time>_allresults.json`: a conversation and a page of HTML for each
//! sample. Gold answer, extracted answer and score stand in the page alone.
//!
//! The page is that of `HTML_JINJA` in `common.py`, whose values are escaped.

use std::path::Path;

use serde_json::{Map, Value};

use super::inspect::{is_small, items, text};
use super::lm_eval::gold;
use super::table::score_value;
use super::{Answer, Fault, Format, Look, Readings};
use crate::ingest::Hints;
use crate::ingest::container::Row;
use crate::ingest::judges::{METRICS, WORDS};
use crate::record::{Outcome, Record, Score};

/// How the name of the file with all results ends.
const ALL: &str = "_allresults";

/// Whether an object has the columns of all results, or is a row of them.
pub(in crate::ingest) fn is_results(object: &Map<String, Value>) -> bool {
    object.contains_key("htmls") && object.contains_key("convos")
}

pub(super) fn recognise(look: &Look) -> Answer {
    if look.any(is_results) {
        return Answer::Yes(Box::new(Results::open(look)));
    }
    if !look.any(is_metrics) && !is_metrics(look.around) {
        return Answer::No;
    }
    let all = format!("{}{ALL}.json", stem(look.path));
    if look.path.with_file_name(&all).is_file() {
        return Answer::Companion;
    }
    Answer::Refused(format!(
        "metrics of simple-evals without its responses: they are in {all}, which is not beside it"
    ))
}

/// The metrics of a run: a number each, and how much it varies.
fn is_metrics(document: &Map<String, Value>) -> bool {
    let number = |value: &Value| value.is_number() || value.is_null();
    document.contains_key("score")
        && document.keys().any(|name| name.ends_with(":std"))
        && document.values().all(number)
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// The results of one eval.
#[derive(Debug, Default, PartialEq)]
struct Results {
    eval: Option<String>,
    model: Option<String>,
    /// Zero means that a sample was not attempted, too.
    attempts: bool,
}

impl Results {
    fn open(look: &Look) -> Results {
        let mut results = Results::named(&stem(look.path));
        let metrics = look.around.get("metrics");
        let declined = metrics.and_then(|metrics| metrics.get("is_not_attempted"));
        let all_tried = declined.and_then(Value::as_f64) == Some(0.0);
        let simple_qa = declined.is_some() || results.eval.as_deref() == Some("simpleqa");
        results.attempts = simple_qa && !all_tried;
        results
    }

    /// Reads `<eval>_<model>_<date>_<time>_allresults`, of which date and time may be missing.
    fn named(stem: &str) -> Results {
        let Some(name) = stem.strip_suffix(ALL) else {
            return Results::default();
        };
        let name = name.strip_suffix("_DEBUG").unwrap_or(name);
        let name = without_digits(name, 6)
            .and_then(|name| without_digits(name, 8))
            .unwrap_or(name);
        let (mut eval, mut model) = name.split_once('_').unwrap_or((name, ""));
        // Two parts name the eval where the first alone is the name of a family.
        if let Some((part, rest)) = model.split_once('_')
            && is_part(eval, part)
        {
            (eval, model) = (&name[..eval.len() + 1 + part.len()], rest);
        }
        let some = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        Results {
            eval: some(eval),
            model: some(model),
            attempts: false,
        }
    }
}

/// `healthbench_hard`, `mmlu_SW-KE`.
fn is_part(eval: &str, part: &str) -> bool {
    match eval {
        "healthbench" => ["hard", "consensus", "meta"].contains(&part),
        "mmlu" => part.len() == 5 && part.as_bytes()[2] == b'-' && part.to_uppercase() == part,
        _ => false,
    }
}

fn without_digits(name: &str, count: usize) -> Option<&str> {
    let (before, digits) = name.rsplit_once('_')?;
    let are = digits.len() == count && digits.bytes().all(|byte| byte.is_ascii_digit());
    are.then_some(before)
}

impl Format for Results {
    fn name(&self) -> &'static str {
        "simple-evals"
    }

    fn read(&self, row: Row, _: &Hints) -> Readings {
        let row = row.object()?;
        let page = row.get("htmls").and_then(Value::as_str).unwrap_or_default();
        let messages = items(row.get("convos"));
        if page.is_empty() && messages.is_empty() {
            return Err(Fault::remark(
                "neither a conversation nor a page of this sample",
            ));
        }
        let mut record = Record {
            model: self.model.clone(),
            dataset: self.eval.clone(),
            ..Record::default()
        };
        let asked = match messages.split_last() {
            Some((last, before)) if last.get("role").is_some_and(|r| r == "assistant") => {
                record.answer = text(last);
                before
            }
            _ => messages,
        };
        super::asked(&mut record, asked);
        self.result(&mut record, page);
        let others = row.into_iter().filter(|(name, value)| {
            !["htmls", "convos"].contains(&name.as_str()) && is_small(value)
        });
        record.metadata = others.collect();
        Ok(vec![record.into()])
    }
}

impl Results {
    /// What the page says of the answer.
    fn result(&self, record: &mut Record, page: &str) {
        let said = |label| field(page, label).filter(|said| said != "None");
        // Programs are not compared with anything: their gold answer is how many runs of them were to pass.
        if self.eval.as_deref() != Some("humaneval") {
            record.gold = gold(said("Correct Answer").map(Value::from).as_ref());
        }
        let extracted = said("Extracted Answer");
        record.extracted = extracted.filter(|part| part.trim() != record.answer.trim());
        let Some(score) = said("Score") else { return };
        let value = score_value(&score.into());
        record.outcome = METRICS.outcome(&value).min(WORDS.outcome(&value));
        if self.attempts && record.outcome == Outcome::Wrong {
            let note =
                "wrong or not attempted: simple-evals logs which only for the run as a whole";
            record.note = Some(note.into());
        }
        record.scores.push(Score {
            name: "score".into(),
            value,
            explanation: None,
        });
    }
}

/// A field of the results, which are the last part of a page.
fn field(page: &str, label: &str) -> Option<String> {
    let (_, results) = page.rsplit_once("<h3>Results</h3>")?;
    let (_, rest) = results.split_once(&format!("<p>{label}: "))?;
    let (value, _) = rest.split_once("</p>")?;
    Some(unescaped(value))
}

/// What the template escaped; the ampersand last, since it begins all the others.
fn unescaped(text: &str) -> String {
    let names = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#39;", "'"),
        ("&#34;", "\""),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ];
    let replace = |text: String, (name, means): (&str, &str)| text.replace(name, means);
    names.into_iter().fold(text.to_owned(), replace)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::record::ScoreValue;
    use serde_json::json;

    fn named(stem: &str) -> (Option<String>, Option<String>) {
        let Results { eval, model, .. } = Results::named(stem);
        (eval, model)
    }

    #[test]
    fn names_of_files_tell_eval_and_model() {
        let some = |eval: &str, model: &str| (Some(eval.to_owned()), Some(model.to_owned()));
        let all = "_20260203_040506_allresults";
        assert_eq!(
            named(&format!("mgsm_o3-mini_high{all}")),
            some("mgsm", "o3-mini_high")
        );
        assert_eq!(
            named(&format!("mmlu_SW-KE_m{all}")),
            some("mmlu_SW-KE", "m")
        );
        assert_eq!(
            named("healthbench_hard_m_20260203_040506_DEBUG_allresults"),
            some("healthbench_hard", "m")
        );
        assert_eq!(named("simpleqa_m_allresults"), some("simpleqa", "m"));
        assert_eq!(named("drop_allresults"), (Some("drop".into()), None));
        assert_eq!(named("what_ever"), (None, None));
    }

    #[test]
    fn fields_are_those_after_the_conversation() {
        let page = "<pre>&lt;p&gt;Score: 1&lt;/p&gt;</pre>\n<h3>Results</h3>\n<p>Correct Answer: 3 &lt; 4 &amp;amp;\nso</p>\n<p>Extracted Answer: None</p>\n<p>Score: 0.0</p>\n";
        assert_eq!(field(page, "Correct Answer").unwrap(), "3 < 4 &amp;\nso");
        assert_eq!(field(page, "Score").unwrap(), "0.0");
        assert_eq!(field(page, "Rubric"), None);
        assert_eq!(field("<p>Score: 1</p>", "Score"), None);
    }

    #[test]
    fn a_page_tells_what_became_of_the_answer() {
        let result = |results: &Results, correct: &str, score: &str| {
            let page = format!(
                "<h3>Results</h3>\n<p>Correct Answer: {correct}</p>\n<p>Extracted Answer: ঢাকা</p>\n<p>Score: {score}</p>\n"
            );
            let mut record = Record {
                answer: "ঢাকা ".into(),
                ..Record::default()
            };
            results.result(&mut record, &page);
            record
        };
        let plain = Results::default();
        let right = result(&plain, "[&#39;ঢাকা&#39;, &#39;Dhaka&#39;]", "1.0");
        assert_eq!(
            (right.gold, right.extracted, right.outcome),
            (vec!["ঢাকা".into(), "Dhaka".into()], None, Outcome::Right)
        );
        assert_eq!(right.scores[0].value, ScoreValue::Number(1.0));
        assert_eq!(result(&plain, "", "0.5").outcome, Outcome::Unjudged);
        assert_eq!(result(&plain, "", "False").note, None);
        let simple_qa = Results {
            attempts: true,
            ..Results::default()
        };
        let wrong = result(&simple_qa, "x", "False");
        assert_eq!(wrong.outcome, Outcome::Wrong);
        assert!(wrong.note.unwrap().contains("not attempted"));
        assert_eq!(result(&simple_qa, "x", "True").note, None);
        let programs = Results {
            eval: Some("humaneval".into()),
            ..Results::default()
        };
        assert_eq!(result(&programs, "[1, 1]", "0.5").gold, [""; 0]);
    }

    #[test]
    fn metrics_alone_are_told_from_other_objects() {
        let is = |value: Value| is_metrics(value.as_object().unwrap());
        assert!(is(
            json!({"chars": 812.5, "chars:std": 90.1, "score": 0.5, "score:std": 0.5})
        ));
        assert!(!is(json!({"score": 0.5})) && !is(json!({"score": 1, "a:std": "x"})));
    }
}
