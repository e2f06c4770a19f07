//! Worked examples: what became of a name, as a reader would say it, in many scripts. They stand in `verdicts.toml`.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use scriptlens::entity::{
    Caches, Case, Form, Known, Mention, NameModel, Origin, Part, Role, Sought, Verdict, audit,
};
use scriptlens::script::{Profile, parse};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Examples {
    names: BTreeMap<String, Name>,
    case: Vec<Example>,
}

#[derive(Deserialize)]
struct Name {
    from: String,
    #[serde(flatten)]
    forms: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    of: String,
    r#in: String,
    #[serde(default)]
    asked: bool,
    #[serde(default)]
    known: Vec<String>,
    trace: String,
    answer: String,
    verdict: String,
    stands: Option<Vec<String>>,
    cue: Option<String>,
    parts: Option<[String; 2]>,
}

fn examples() -> Examples {
    toml::from_str(include_str!("verdicts.toml")).unwrap()
}

impl Example {
    /// What is wrong with what is said of it.
    fn judged(&self, name: &Name) -> Option<String> {
        let forms = name.forms.iter().flat_map(|(language, forms)| {
            forms
                .iter()
                .map(|form| Form::new(form, language, Origin::Record))
        });
        let role = if self.asked {
            Role::Question
        } else {
            Role::Answer
        };
        let sought = [Sought {
            id: None,
            role,
            forms: forms.collect(),
        }];
        let mut caches = Caches::new();
        let mut known = Known::new();
        for other in &self.known {
            let forms = vec![Form::new(other, &self.r#in, Origin::Catalog)];
            known.add(
                &Sought {
                    id: None,
                    role: Role::Answer,
                    forms,
                },
                &mut caches,
            );
        }
        let (source, target) = (parse(&name.from), parse(&self.r#in));
        let case = Case {
            trace: &self.trace,
            answer: &self.answer,
            sought: &sought,
            source: source.as_ref(),
            target: target.as_ref(),
        };
        let finding = audit(&case, NameModel::shipped(), &known, &mut caches).remove(0);
        let text = |mention: &Mention| match mention.part {
            Part::Trace => &self.trace[mention.range.clone()],
            Part::Answer => &self.answer[mention.range.clone()],
        };
        let stands: Vec<&str> = finding.mentions.iter().map(text).collect();
        let cues: Vec<&str> = finding.cues().iter().map(|cue| cue.word()).collect();
        let parts = finding.first_wrong.and_then(|at| {
            let mention = &finding.mentions[at];
            let (form, found) = mention.diverges.clone()?;
            let text = match mention.part {
                Part::Trace => &self.trace,
                Part::Answer => &self.answer,
            };
            let form = sought[0].forms[mention.form].text[form].to_owned();
            Some([form, text[found].to_owned()])
        });
        let is_right = finding.verdict.word() == self.verdict
            && self
                .stands
                .as_ref()
                .is_none_or(|expected| *expected == stands)
            && self
                .cue
                .as_ref()
                .is_none_or(|cue| cues.contains(&cue.as_str()))
            && (self.parts.is_none() || self.parts == parts);
        (!is_right).then(|| {
            format!(
                "{} in {}: {} | {}\n  expected {} {:?} {:?} {:?}\n  got {} {stands:?} {cues:?} {parts:?}",
                self.of, self.r#in, self.trace, self.answer, self.verdict, self.stands, self.cue, self.parts,
                finding.verdict.word(),
            )
        })
    }
}

#[test]
fn verdicts_are_those_a_reader_would_give() {
    let examples = examples();
    let wrong = examples
        .case
        .iter()
        .filter_map(|case| case.judged(&examples.names[&case.of]));
    let wrong: Vec<String> = wrong.collect();
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_examples_are_many_in_many_scripts_and_of_all_verdicts() {
    let examples = examples();
    let labels = examples.case.iter().filter_map(|case| {
        let text = format!("{} {}", case.trace, case.answer);
        Profile::of(&text)
            .label(None)
            .map(|label| label.to_string())
    });
    let scripts: BTreeSet<String> = labels.collect();
    let verdicts: BTreeSet<&str> = examples
        .case
        .iter()
        .map(|case| case.verdict.as_str())
        .collect();
    assert!(
        examples.case.len() >= 60 && scripts.len() >= 14,
        "{scripts:?}"
    );
    assert_eq!(
        verdicts,
        Verdict::ALL.iter().map(|verdict| verdict.word()).collect()
    );
}
