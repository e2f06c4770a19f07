//! What scores say of right and wrong: one table of schemes, what the user says instead, and the vote of several judges.

use glob::{MatchOptions, Pattern};

use serde_json::Value;

use super::formats::table::score_of;
use crate::record::{Outcome, Record, Score, ScoreValue};

/// How the values of a score are taken. Values are compared without case; a number may be `>=0.5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheme {
    /// What it is called in help.
    pub name: &'static str,
    /// Where it holds.
    pub holds: &'static str,
    /// Values that mean right.
    pub right: &'static [&'static str],
    /// Values that mean wrong.
    pub wrong: &'static [&'static str],
    /// Values that mean that the model declined to answer.
    pub unattempted: &'static [&'static str],
}

/// Words that mean the same everywhere.
pub const WORDS: Scheme = Scheme {
    name: "words",
    holds: "in any score",
    right: &["correct", "true", "yes", "right", "pass", "passed"],
    wrong: &["incorrect", "false", "no", "wrong", "fail", "failed"],
    unattempted: &[
        "not_attempted",
        "not attempted",
        "unattempted",
        "not-attempted",
    ],
};

/// Metrics of which 1 is right and 0 is wrong. A `score` or `rating` may have any scale.
pub const METRICS: Scheme = Scheme {
    name: "metrics",
    holds: "in correct, exact_match, em, acc, accuracy and metrics of harnesses",
    right: &["1"],
    wrong: &["0"],
    unattempted: &[],
};

/// SimpleQA's letters. They are grades of an essay elsewhere, so a column must have no other letters.
pub const SIMPLEQA: Scheme = Scheme {
    name: "SimpleQA",
    holds: "in a grade of whose first 1,000 values all are A, B or C",
    right: &["a"],
    wrong: &["b"],
    unattempted: &["c"],
};

/// Inspect's letters.
pub const INSPECT: Scheme = Scheme {
    name: "Inspect",
    holds: "in Inspect logs; P, partly, decides nothing",
    right: &["c", "1"],
    wrong: &["i", "n", "0"],
    unattempted: &[],
};

/// The letters of graders that OpenAI evals ask whether an answer meets a criterion.
pub const CRITERION: Scheme = Scheme {
    name: "criterion",
    holds: "in the choice of a grader of OpenAI evals that was asked for Y or N",
    right: &["y"],
    wrong: &["n"],
    unattempted: &[],
};

/// Ratings of X-FaKT: right in the language of the question, in English, in another language; wrong.
pub const XFAKT: Scheme = Scheme {
    name: "X-FaKT",
    holds: "in its ratings [[1]] to [[4]]",
    right: &["1", "2", "3"],
    wrong: &["4"],
    unattempted: &[],
};

/// Every scheme, as help shows them.
pub const SCHEMES: &[Scheme] = &[WORDS, METRICS, SIMPLEQA, INSPECT, CRITERION, XFAKT];

impl Scheme {
    /// What a value means; nothing where it is in none of the lists.
    pub fn outcome(&self, value: &ScoreValue) -> Outcome {
        let among = |list: &[&str]| list.iter().any(|wanted| is(value, wanted));
        decided(
            among(self.right),
            among(self.wrong),
            among(self.unattempted),
        )
    }
}

fn decided(right: bool, wrong: bool, unattempted: bool) -> Outcome {
    match (right, wrong, unattempted) {
        (true, ..) => Outcome::Right,
        (_, true, _) => Outcome::Wrong,
        (.., true) => Outcome::NotAttempted,
        _ => Outcome::Unjudged,
    }
}

/// A word without what stands around it: `**Correct**`, `CORRECT.`
fn said(text: &str) -> &str {
    match text.trim_matches(|c: char| !c.is_alphanumeric()) {
        "" => text.trim(),
        word => word,
    }
}

/// Whether a score has a value that was written as text.
fn is(value: &ScoreValue, wanted: &str) -> bool {
    let number = match value {
        ScoreValue::Unscored => return false,
        ScoreValue::Bool(yes) => {
            return wanted.eq_ignore_ascii_case(if *yes { "true" } else { "false" });
        }
        ScoreValue::Text(text) if said(text).eq_ignore_ascii_case(wanted) => return true,
        ScoreValue::Text(text) => text.trim().parse().ok(),
        ScoreValue::Number(number) => Some(*number),
    };
    let Some(number) = number else { return false };
    let bound = |sign: &str| wanted.strip_prefix(sign)?.trim().parse::<f64>().ok();
    if let Some(bound) = bound(">=") {
        number >= bound
    } else if let Some(bound) = bound("<=") {
        number <= bound
    } else if let Some(bound) = bound(">") {
        number > bound
    } else if let Some(bound) = bound("<") {
        number < bound
    } else {
        wanted.parse() == Ok(number)
    }
}

/// What the user says of scores of some names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rule {
    /// The names; `*` stands for any characters.
    pub scores: Pattern,
    /// Values that mean right.
    pub right: Vec<String>,
    /// Values that mean wrong.
    pub wrong: Vec<String>,
    /// Values that mean that the model declined to answer.
    pub unattempted: Vec<String>,
}

/// What is said of the scores of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judges(pub Vec<Rule>);

impl Judges {
    fn rule(&self, name: &str) -> Option<&Rule> {
        let options = MatchOptions {
            case_sensitive: false,
            ..MatchOptions::default()
        };
        let mut rules = self.0.iter();
        rules.find(|rule| rule.scores.matches_with(name, options))
    }

    /// What the user says of a score; `None` where no rule is about it.
    fn ruled(&self, score: &Score) -> Option<Outcome> {
        let rule = self.rule(&score.name)?;
        let among = |list: &[String]| list.iter().any(|wanted| is(&score.value, wanted));
        Some(decided(
            among(&rule.right),
            among(&rule.wrong),
            among(&rule.unattempted),
        ))
    }

    /// Judges a record anew where the user has rules for its scores.
    pub fn overrule(&self, record: &mut Record) {
        if self.0.is_empty() {
            return;
        }
        // A rule makes a score of what was not known to be one.
        let named = |(name, _): &(&String, &Value)| self.rule(name).is_some();
        let scores = record.metadata.iter().filter(named);
        let scores: Vec<_> = scores
            .map(|(name, value)| score_of(name, value))
            .filter(|score| record.scores.iter().all(|known| known.name != score.name))
            .collect();
        record.metadata.retain(|name, _| self.rule(name).is_none());
        record.scores.extend(scores);
        let ruled: Vec<_> = record
            .scores
            .iter()
            .filter_map(|score| self.ruled(score))
            .collect();
        if !ruled.is_empty() {
            record.outcome = majority(&ruled);
        }
    }
}

/// Right or wrong by the scores of a table, whose meaning nobody vouches for: by the vote of its judges, else by the
/// first metric that says so beyond doubt. A letter may be a grade, and 1 may be the worst of ten.
pub fn judge(record: &mut Record, letters: bool) {
    if !record.outcome.is_unjudged() {
        return;
    }
    let votes = record.scores.iter().map(|score| {
        let simple = if letters {
            SIMPLEQA.outcome(&score.value)
        } else {
            Outcome::Unjudged
        };
        WORDS.outcome(&score.value).min(simple)
    });
    let votes: Vec<_> = votes.filter(|vote| !vote.is_unjudged()).collect();
    let metrics = record.scores.iter().filter(|score| is_metric(&score.name));
    record.outcome = match votes.as_slice() {
        [] => metrics
            .map(|score| METRICS.outcome(&score.value))
            .find(|outcome| !outcome.is_unjudged())
            .unwrap_or_default(),
        votes => majority(votes),
    };
}

fn is_metric(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.split('/').next().unwrap_or_default();
    ["correct", "exact_match", "em", "acc", "accuracy"].contains(&name)
}

/// What most of several judges say; nothing in a tie.
pub fn majority(votes: &[Outcome]) -> Outcome {
    let count = |outcome| votes.iter().filter(|vote| **vote == outcome).count();
    let mut counts = Outcome::ALL.map(|outcome| (count(outcome), outcome));
    counts[Outcome::Unjudged as usize].0 = 0;
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    if counts[0].0 > counts[1].0 {
        counts[0].1
    } else {
        Outcome::Unjudged
    }
}

/// What a metric or judge of a harness says beyond doubt. Numbers between 0 and 1 do not.
pub fn outcome(value: &ScoreValue) -> Outcome {
    INSPECT.outcome(value).min(WORDS.outcome(value))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn score(name: &str, value: impl Into<serde_json::Value>) -> Score {
        let value = serde_json::from_value(value.into()).unwrap();
        Score {
            name: name.into(),
            value,
            explanation: None,
        }
    }

    fn judged(scores: &[Score], letters: bool) -> Outcome {
        let mut record = Record {
            scores: scores.to_vec(),
            ..Record::default()
        };
        judge(&mut record, letters);
        record.outcome
    }

    #[test]
    fn a_score_of_unknown_scale_decides_nothing() {
        assert_eq!(
            judged(&[score("score", 1)], false),
            Outcome::Unjudged,
            "the worst of ten"
        );
        assert_eq!(
            judged(&[score("grade", "C")], false),
            Outcome::Unjudged,
            "a grade"
        );
        assert_eq!(judged(&[score("grade", "C")], true), Outcome::NotAttempted);
        assert_eq!(judged(&[score("em", 1)], false), Outcome::Right);
        assert_eq!(
            judged(&[score("judge", "INCORRECT")], false),
            Outcome::Wrong
        );
        assert_eq!(
            judged(&[score("judge", "NOT_ATTEMPTED")], false),
            Outcome::NotAttempted
        );
    }

    #[test]
    fn most_of_several_judges_decide_and_a_tie_does_not() {
        let judges = |says: &[&str]| {
            let scores: Vec<_> = says.iter().map(|word| score("judge", *word)).collect();
            judged(&scores, false)
        };
        assert_eq!(judges(&["YES", "NO", "YES"]), Outcome::Right);
        assert_eq!(judges(&["YES", "NO"]), Outcome::Unjudged);
        assert_eq!(judges(&["YES", "maybe"]), Outcome::Right);
        assert_eq!(
            judged(&[score("judge", "NO"), score("em", 1)], false),
            Outcome::Wrong
        );
    }

    #[test]
    fn only_scores_beyond_doubt_decide() {
        let says = |value: serde_json::Value| outcome(&score("s", value).value);
        assert_eq!(says(0.5.into()), Outcome::Unjudged);
        assert_eq!(says(1.0.into()), Outcome::Right);
        assert_eq!(says(0.into()), Outcome::Wrong);
        assert_eq!(says("INCORRECT".into()), Outcome::Wrong);
        assert_eq!(says("C".into()), Outcome::Right);
        assert_eq!(says("P".into()), Outcome::Unjudged);
        assert_eq!(says(true.into()), Outcome::Right);
        assert_eq!(outcome(&ScoreValue::Unscored), Outcome::Unjudged);
    }

    #[test]
    fn a_rule_of_the_user_goes_before_everything() {
        let list = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let judges = Judges(vec![Rule {
            scores: Pattern::new("shaberi*").unwrap(),
            right: list(&[">=8"]),
            wrong: list(&["<8"]),
            unattempted: list(&["refused"]),
        }]);
        let with = |value: Score| {
            let mut record = Record {
                scores: vec![score("em", 1), value],
                outcome: Outcome::Right,
                ..Record::default()
            };
            judges.overrule(&mut record);
            record.outcome
        };
        assert_eq!(with(score("Shaberi_score", 7)), Outcome::Wrong);
        assert_eq!(with(score("shaberi_score", "8.5")), Outcome::Right);
        assert_eq!(
            with(score("shaberi_score", "refused")),
            Outcome::NotAttempted
        );
        assert_eq!(with(score("shaberi_score", "no idea")), Outcome::Unjudged);
        assert_eq!(
            with(score("other", 7)),
            Outcome::Right,
            "no rule is about it"
        );
    }
}
