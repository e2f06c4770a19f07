//! Graders: what an answer is worth against the accepted ones, without asking a model again.
//!
//! A grade stands beside the logged scores and never replaces them, so every grader names its rule and the version of it.
//! [`GRADERS`] is the table of all there are. An answer in which a grader finds nothing to compare is
//! [`Unparsed`](Outcome::Unparsed), not wrong: a run whose answers were cut off or badly formatted should not look like
//! one that knows nothing.

mod chars;
mod contains;
mod letter;
mod normalise;
mod number;
mod overlap;

use std::fmt;

use serde_json::Value;

use crate::record::{Grade, Outcome, Record};

/// An answer and what it is graded against.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What was answered after the reasoning.
    pub answer: &'a str,
    /// Every accepted answer.
    pub gold: &'a [String],
    /// BCP 47 primary language of the question. Without one the rules for English hold, as in MultiLoKo.
    pub language: Option<&'a str>,
    /// The texts of the options in order, if the log has them.
    pub choices: &'a [String],
}

impl Asked<'_> {
    fn language(&self) -> &str {
        let tag = self.language.unwrap_or("en");
        tag.split(['-', '_']).next().unwrap_or(tag)
    }

    /// The accepted answers that are not blank.
    fn gold(&self) -> Vec<&str> {
        let gold = self.gold.iter().map(String::as_str);
        gold.filter(|gold| !gold.trim().is_empty()).collect()
    }
}

/// What help and documentation say of a grader.
#[derive(Debug, PartialEq)]
pub struct About {
    /// The word on the command line.
    pub name: &'static str,
    /// The name on screen.
    pub title: &'static str,
    /// The rule and its version; it changes whenever the same answer may get another grade.
    pub version: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
    /// The least score that is right unless another is asked for; none where the score is 0 or 1 anyway.
    pub threshold: Option<f64>,
    rule: Rule,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    Exact,
    ExactV1,
    F1,
    Chrf,
    Recall,
    Contains,
    Letter,
    Number,
}

/// Every grader. The thresholds are conventions, not findings: look at the scores before trusting one.
pub const GRADERS: &[About] = &[
    About {
        name: "exact",
        title: "exact",
        version: "MultiLoKo normalisation 2",
        doc: "equal after lower case, without punctuation, articles of the language optional",
        threshold: None,
        rule: Rule::Exact,
    },
    About {
        name: "exact-v1",
        title: "exact",
        version: "MultiLoKo normalisation 1",
        doc: "the same as first published: English articles dropped in every language",
        threshold: None,
        rule: Rule::ExactV1,
    },
    About {
        name: "f1",
        title: "token F1",
        version: "MultiLoKo normalisation 2, Han by character",
        doc: "words shared with the accepted answer, in any order",
        threshold: Some(0.5),
        rule: Rule::F1,
    },
    About {
        name: "chrf",
        title: "chrF2",
        version: "sacrebleu 2 sentence chrF, MultiLoKo normalisation 2",
        doc: "runs of up to six letters shared with the accepted answer",
        threshold: Some(0.6),
        rule: Rule::Chrf,
    },
    About {
        name: "recall",
        title: "word recall",
        version: "ECLeKTic string score 1",
        doc: "words of the accepted answer that stand anywhere in the answer, as written",
        threshold: Some(1.0),
        rule: Rule::Recall,
    },
    About {
        name: "contains",
        title: "contains",
        version: "whole words 1",
        doc: "the accepted answer stands in the answer, as whole words",
        threshold: None,
        rule: Rule::Contains,
    },
    About {
        name: "letter",
        title: "option letter",
        version: "patterns 1",
        doc: "the letter of a multiple-choice answer, in many languages and scripts",
        threshold: None,
        rule: Rule::Letter,
    },
    About {
        name: "number",
        title: "last number",
        version: "numbers 1",
        doc: "the last number of the answer, in the digits of any script",
        threshold: None,
        rule: Rule::Number,
    },
];

/// One of [`GRADERS`], with its threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grader {
    about: &'static About,
    threshold: Option<f64>,
}

impl Grader {
    /// Reads `exact`, `f1` or `f1>=0.8`. The error names all there are.
    pub fn parse(text: &str) -> Result<Grader, String> {
        let (name, threshold) = match text.split_once(">=").or_else(|| text.split_once('≥')) {
            Some((name, threshold)) => (name.trim(), Some(threshold.trim())),
            None => (text.trim(), None),
        };
        let about = GRADERS.iter().find(|about| about.name == name);
        let about = about.ok_or_else(|| format!("there is no grader {name:?}.\n{}", list()))?;
        let Some(threshold) = threshold else {
            return Ok(Grader {
                about,
                threshold: about.threshold,
            });
        };
        if about.threshold.is_none() {
            return Err(format!("the grader {name} takes no threshold.\n{}", list()));
        }
        match threshold.parse() {
            Ok(least) if least > 0.0 && least <= 1.0 => Ok(Grader {
                about,
                threshold: Some(least),
            }),
            _ => Err(format!(
                "the threshold of {name} is a number above 0 and up to 1, such as {name}>=0.8; found {threshold:?}"
            )),
        }
    }

    /// What kind of grader this is.
    pub fn about(&self) -> &'static About {
        self.about
    }

    /// The name on screen and in reports: with threshold, rule and version.
    pub fn label(&self) -> String {
        let About { title, version, .. } = self.about;
        match self.threshold {
            Some(least) => format!("{title} ≥ {least} ({version})"),
            None => format!("{title} ({version})"),
        }
    }

    /// What [`parse`](Self::parse) reads back.
    pub fn name(&self) -> String {
        let name = self.about.name;
        match self.threshold {
            Some(least) => format!("{name}>={least}"),
            None => name.to_owned(),
        }
    }

    /// Grades a response as it was logged.
    pub fn grade_record(&self, record: &Record) -> Grade {
        let choices = record.metadata.get("choices").and_then(Value::as_array);
        let choices = choices.into_iter().flatten().filter_map(Value::as_str);
        let choices: Vec<String> = choices.map(str::to_owned).collect();
        self.grade(&Asked {
            answer: &record.answer,
            gold: &record.gold,
            language: record.target.as_ref().map(|locale| &*locale.language),
            choices: &choices,
        })
    }

    /// Grades one answer. Without an accepted answer nothing is judged; in a blank one there is nothing to find.
    pub fn grade(&self, asked: &Asked) -> Grade {
        let finding = match (asked.gold().is_empty(), asked.answer.trim().is_empty()) {
            (true, _) => Finding::nothing_to_compare_with(),
            (_, true) => Finding::nothing_found(),
            _ => self.about.rule.find(asked),
        };
        let least = self.threshold.unwrap_or(1.0);
        let outcome = match finding.score {
            Ok(score) if score >= least => Outcome::Right,
            Ok(_) => Outcome::Wrong,
            Err(outcome) => outcome,
        };
        Grade {
            grader: self.label(),
            score: finding.score.ok(),
            outcome,
            found: finding.found.map(cut),
            pattern: finding.pattern.map(str::to_owned),
        }
    }
}

/// One line for each grader.
fn list() -> String {
    let line = |about: &About| {
        let threshold = about.threshold.map(|least| {
            let name = about.name;
            format!("; takes a threshold, {name}>={least} unless another is given")
        });
        format!(
            "  {:<9} {}{}",
            about.name,
            about.doc,
            threshold.unwrap_or_default()
        )
    };
    let lines: Vec<String> = GRADERS.iter().map(line).collect();
    format!("Graders:\n{}", lines.join("\n"))
}

impl fmt::Display for Grader {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(&self.name())
    }
}

/// What a rule finds: a score or why there is none, and what was compared.
struct Finding {
    score: Result<f64, Outcome>,
    found: Option<String>,
    pattern: Option<&'static str>,
}

impl Finding {
    fn new(score: f64, found: Option<String>) -> Finding {
        Finding {
            score: Ok(score.clamp(0.0, 1.0)),
            found,
            pattern: None,
        }
    }

    fn nothing_to_compare_with() -> Finding {
        Finding {
            score: Err(Outcome::Unjudged),
            found: None,
            pattern: None,
        }
    }

    fn nothing_found() -> Finding {
        Finding {
            score: Err(Outcome::Unparsed),
            ..Finding::nothing_to_compare_with()
        }
    }
}

impl Rule {
    fn find(self, asked: &Asked) -> Finding {
        match self {
            Rule::Exact => best(asked, |answer, gold| f64::from(answer == gold)),
            Rule::ExactV1 => exact_v1(asked),
            Rule::F1 => best(asked, overlap::f1),
            Rule::Chrf => best(asked, overlap::chrf),
            Rule::Recall => recall(asked),
            Rule::Contains => contained(asked),
            Rule::Letter => letter(asked),
            Rule::Number => number(asked),
        }
    }
}

/// The best score of any form of the answer with any form of an accepted one, as MultiLoKo takes it.
fn best(asked: &Asked, score: fn(&str, &str) -> f64) -> Finding {
    let language = asked.language();
    let gold = asked.gold().into_iter();
    let gold: Vec<String> = gold
        .flat_map(|gold| normalise::variants(gold, language))
        .collect();
    if gold.is_empty() {
        return Finding::nothing_to_compare_with();
    }
    let mut best: Option<(f64, String)> = None;
    for answer in normalise::variants(asked.answer, language) {
        let scores = gold.iter().map(|gold| score(&answer, gold));
        let highest = scores.fold(0.0, f64::max);
        if best.as_ref().is_none_or(|(score, _)| highest > *score) {
            best = Some((highest, answer));
        }
    }
    best.map_or_else(Finding::nothing_found, |(score, answer)| {
        Finding::new(score, Some(answer))
    })
}

/// What is compared may be empty here, as it was in the original.
fn exact_v1(asked: &Asked) -> Finding {
    let answer = normalise::version_1(asked.answer);
    let mut gold = asked.gold().into_iter();
    let right = gold.any(|gold| normalise::version_1(gold) == answer);
    Finding::new(f64::from(right), Some(answer))
}

fn recall(asked: &Asked) -> Finding {
    let gold = asked.gold().into_iter();
    let scores = gold.map(|gold| overlap::recall(asked.answer, gold, asked.language()));
    let (score, words) = scores.fold(
        (0.0, Vec::new()),
        |best, next| {
            if next.0 > best.0 { next } else { best }
        },
    );
    Finding::new(score, (!words.is_empty()).then(|| words.join(" ")))
}

fn contained(asked: &Asked) -> Finding {
    if !asked.gold().into_iter().any(contains::has_words) {
        return Finding::nothing_to_compare_with();
    }
    if !contains::has_words(asked.answer) {
        return Finding::nothing_found();
    }
    let found = contains::find(asked.answer, &asked.gold(), asked.language());
    Finding::new(f64::from(found.is_some()), found)
}

fn letter(asked: &Asked) -> Finding {
    let accepted = letter::accepted(asked);
    if accepted.is_empty() {
        return Finding::nothing_to_compare_with();
    }
    let Some(chosen) = letter::find(asked) else {
        return Finding::nothing_found();
    };
    let right = accepted.contains(&chosen.option);
    Finding {
        pattern: Some(chosen.pattern),
        ..Finding::new(f64::from(right), Some(chosen.letter()))
    }
}

fn number(asked: &Asked) -> Finding {
    let gold = asked.gold().into_iter().filter_map(number::find);
    let gold: Vec<number::Number> = gold.collect();
    if gold.is_empty() {
        return Finding::nothing_to_compare_with();
    }
    let Some(found) = number::find(asked.answer) else {
        return Finding::nothing_found();
    };
    let right = gold.iter().any(|gold| found.equals(gold));
    Finding {
        pattern: Some(found.pattern),
        ..Finding::new(f64::from(right), Some(found.text))
    }
}

/// What stands in the last TeX box; to the end where it is not closed.
fn boxed(text: &str) -> Option<&str> {
    let (_, inside) = text.rsplit_once("\\boxed{")?;
    let mut depth = 1;
    let closes = inside.char_indices().find(|(_, c)| {
        depth += i32::from(*c == '{') - i32::from(*c == '}');
        depth == 0
    });
    Some(closes.map_or(inside, |(at, _)| &inside[..at]))
}

/// The text of a grade is for reading beside many others.
fn cut(text: String) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn graded(grader: &str, language: &str, answer: &str, gold: &[&str]) -> Grade {
        let gold: Vec<String> = gold.iter().map(|gold| (*gold).to_owned()).collect();
        let asked = Asked {
            answer,
            gold: &gold,
            language: Some(language),
            choices: &[],
        };
        Grader::parse(grader).unwrap().grade(&asked)
    }

    #[track_caller]
    fn check(grader: &str, language: &str, answer: &str, gold: &[&str], outcome: Outcome) {
        let grade = graded(grader, language, answer, gold);
        assert_eq!(grade.outcome, outcome, "{answer}: {grade:?}");
    }

    #[test]
    fn exact_is_that_of_multiloko() {
        use Outcome::{Right, Wrong};
        // exact_match of multiloko eval.py over answer_variants (commit 26a1fcc) and over normalize_answer as first
        // published, run on these texts.
        for (language, answer, gold, now, first) in [
            ("de", "Die Donau", "Donau", Right, Wrong),
            ("de", "ein Kind", "Kind", Wrong, Wrong),
            ("ar", "النهر الكبير", "نهر كبير", Right, Wrong),
            ("he", "הספרייה הלאומית", "ספרייה לאומית", Right, Wrong),
            ("en", "The answer is Lisbon.", "Lisbon", Right, Right),
            ("ur", "جواب لاہور ہے", "لاہور", Right, Wrong),
            ("ja", "京都です。", "京都", Right, Right),
            ("fa", "خانه\u{200c}ای", "خانه ای", Right, Wrong),
            ("es", "A Coruña", "Coruña", Wrong, Right),
            ("vi", "An Giang", "Giang", Wrong, Right),
            ("pt", "O Porto", "Porto", Right, Wrong),
            ("it", "Il Po", "Po", Right, Wrong),
            ("fil", "Ang Lawa ng Taal", "Lawa Taal", Right, Wrong),
            ("ja", "長城", "長城！", Right, Right),
        ] {
            check("exact", language, answer, &[gold], now);
            check("exact-v1", language, answer, &[gold], first);
        }
        check("exact", "de", "Wien", &["Graz", "Wien"], Right);
    }

    #[test]
    fn scores_are_the_best_over_all_forms_and_accepted_answers() {
        // f1 and sentence_chrf of multiloko eval.py, commit 26a1fcc, with sacrebleu 2.6.0.
        for (language, answer, gold, f1, chrf) in [
            (
                "en",
                "The Danube river",
                "Danube",
                2.0 / 3.0,
                75.88125502055473,
            ),
            (
                "de",
                "der Fluss Donau",
                "die Donau",
                2.0 / 3.0,
                73.29284307288246,
            ),
            (
                "fr",
                "Le fleuve Rhône",
                "Rhône",
                2.0 / 3.0,
                69.80233980730999,
            ),
            ("es", "A Coruña", "Coruña", 2.0 / 3.0, 93.25876662636034),
            ("ru", "Река Волга", "Волга", 2.0 / 3.0, 77.17998542628128),
            (
                "hi",
                "नर्मदा नदी का तट",
                "नर्मदा नदी",
                2.0 / 3.0,
                88.59854884450613,
            ),
            ("ar", "النهر الكبير", "نهر كبير", 1.0, 100.0),
        ] {
            for (grader, score) in [("f1", f1), ("chrf", chrf / 100.0)] {
                let found = graded(grader, language, answer, &["?", gold])
                    .score
                    .unwrap();
                assert!((found - score).abs() < 1e-12, "{grader} {answer} {found}");
            }
        }
    }

    #[test]
    fn a_threshold_divides_right_from_wrong() {
        let score = graded("f1", "en", "The Danube river", &["Danube"]);
        assert_eq!(
            score.grader,
            "token F1 ≥ 0.5 (MultiLoKo normalisation 2, Han by character)"
        );
        assert_eq!(score.outcome, Outcome::Right);
        check(
            "f1>=0.8",
            "en",
            "The Danube river",
            &["Danube"],
            Outcome::Wrong,
        );
        check(
            "recall",
            "en",
            "Mount Elgon",
            &["Mount Kenya"],
            Outcome::Wrong,
        );
        check(
            "recall>=0.5",
            "en",
            "Mount Elgon",
            &["Mount Kenya"],
            Outcome::Right,
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_wrong() {
        for about in GRADERS {
            check(about.name, "en", " \n ", &["C", "3"], Outcome::Unparsed);
            check(about.name, "en", "C, 3", &[], Outcome::Unjudged);
            check(about.name, "en", "C, 3", &[" "], Outcome::Unjudged);
        }
        check("letter", "en", "I do not know", &["C"], Outcome::Unparsed);
        check("letter", "en", "Answer: B", &["C"], Outcome::Wrong);
        check("letter", "en", "Answer: B", &["Paris"], Outcome::Unjudged);
        check("number", "en", "I do not know", &["3"], Outcome::Unparsed);
        check("number", "en", "4", &["3"], Outcome::Wrong);
        check("exact", "en", "???", &["3"], Outcome::Unparsed);
        assert_eq!(graded("number", "en", "no", &["3"]).score, None);
    }

    #[test]
    fn a_grade_says_what_it_compared() {
        let grade = graded("letter", "ar", "الإجابة: (ج)", &["C"]);
        assert_eq!(
            (grade.outcome, grade.found.as_deref()),
            (Outcome::Right, Some("C"))
        );
        assert_eq!(grade.pattern.as_deref(), Some("Answer: C"));
        let grade = graded("number", "hi", "कुल १,२३४ रुपये", &["1234"]);
        assert_eq!(
            (grade.outcome, grade.found.as_deref()),
            (Outcome::Right, Some("१,२३४"))
        );
        let grade = graded(
            "contains",
            "de",
            "Es ist die Donau.",
            &["Der Rhein", "Donau"],
        );
        assert_eq!(grade.found.as_deref(), Some("donau"));
        let grade = graded("exact", "en", &"x".repeat(1000), &["y"]);
        assert_eq!(grade.found.unwrap().chars().count(), 201);
    }

    #[test]
    fn a_grader_that_is_not_there_is_answered_with_those_that_are() {
        let error = Grader::parse("f2").unwrap_err();
        assert!(
            GRADERS.iter().all(|about| error.contains(about.doc)),
            "{error}"
        );
        assert!(error.contains("f1>=0.5"), "{error}");
        for text in [
            "exact>=0.5",
            "f1>=0",
            "f1>=1.5",
            "f1>=",
            "f1>=NaN",
            "F1",
            "",
        ] {
            assert!(Grader::parse(text).is_err(), "{text}");
        }
        assert_eq!(Grader::parse(" chrf >= .60 ").unwrap().name(), "chrf>=0.6");
    }

    #[test]
    fn long_answers_are_graded() {
        let long = [
            "答", "1万", "Answer: ", "a ", "(", "\\boxed{", "1,", "1,1.", "1/", "一", "東",
        ]
        .map(|part| part.repeat(200_000 / part.len()));
        for (about, answer) in GRADERS
            .iter()
            .flat_map(|about| long.iter().map(move |answer| (about, answer)))
        {
            graded(about.name, "en", answer, &["3 C", "東京"]);
        }
    }

    /// Pieces of answers in many scripts, and what marks them, in every order.
    fn any_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            3 => prop::sample::select(vec![
                "Answer", "答案", ":", " ", "\n", "C", "ب", "(", ")", ".", ",", "\\boxed{", "}", "3", "٣", "२", "万",
                "三", "%", "/", "-", "the", "ال", "הספר", "です", "\u{200c}", "東京", "ไทย", "\u{301}", "جواب", "İ", "ß",
            ]).prop_map(str::to_owned),
            1 => any::<String>(),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn every_grade_is_in_range(
            answer in any_text(),
            gold in prop::collection::vec(any_text(), 0..3),
            choices in prop::collection::vec(any_text(), 0..5),
            language in prop::option::of(prop::sample::select(vec!["en", "ar", "he", "ja", "ko", "ur", "zh-Hant", "und"])),
        ) {
            let asked = Asked { answer: &answer, gold: &gold, language, choices: &choices };
            for about in GRADERS {
                let grade = Grader::parse(about.name).unwrap().grade(&asked);
                prop_assert!(grade.score.is_none_or(|score| (0.0..=1.0).contains(&score)), "{:?}", grade);
                let judged = matches!(grade.outcome, Outcome::Right | Outcome::Wrong);
                prop_assert_eq!(grade.score.is_some(), judged);
            }
        }

        #[test]
        fn what_is_accepted_is_right(gold in any_text()) {
            for name in ["exact", "exact-v1", "f1", "chrf", "recall", "contains", "number"] {
                let gold = [gold.as_str()];
                let outcome = graded(name, "en", gold[0], &gold).outcome;
                prop_assert!(matches!(outcome, Outcome::Right | Outcome::Unjudged | Outcome::Unparsed), "{name}");
            }
        }

        #[test]
        fn a_name_is_read_back(least in 1e-3..=1.0, at in 0..GRADERS.len()) {
            let about = &GRADERS[at];
            let threshold = about.threshold.map(|_| format!(">={least}")).unwrap_or_default();
            let grader = Grader::parse(&format!("{}{threshold}", about.name)).unwrap();
            prop_assert_eq!(Grader::parse(&grader.name()), Ok(grader));
            prop_assert!(grader.label().contains(about.version));
        }
    }
}
