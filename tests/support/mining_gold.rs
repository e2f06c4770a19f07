//! Judges what is mined from questions by a list that was written by hand from reading them.
//!
//! The list has one question to a line: its id, the language of its source, and its names, numbers and quoted titles,
//! each with the forms that count as right in each language. Optional ones neither count when found nor when missed:
//! adjectives of places, loan words, translations that happen to sound alike.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use scriptlens::entity::mining::{Kind, Mined, Version, mine};
use scriptlens::entity::name::NameModel;
use serde_json::Value;

/// One line of the list.
pub struct Gold {
    /// Which runs it is from.
    pub set: String,
    /// The id of the question.
    pub id: String,
    /// Language of the source.
    pub source: String,
    /// Where its versions stand in their file, by language, counted from one; where nothing else says it.
    pub lines: BTreeMap<String, usize>,
    names: Vec<Name>,
}

struct Name {
    kind: String,
    forms: BTreeMap<String, Vec<String>>,
    is_optional: bool,
    optional_in: Vec<String>,
}

/// How often what was mined is right.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tally {
    /// Mined, and in the list.
    pub right: usize,
    /// Mined, and not in the list, but a part of what is or more than it.
    pub partly: usize,
    /// Mined, and nothing of it is in the list.
    pub wrong: usize,
    /// In the list, and not mined.
    pub missed: usize,
    /// Mined, and optional.
    pub optional: usize,
}

impl Tally {
    /// The share of what was mined that is right.
    pub fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.partly + self.wrong).max(1) as f64
    }

    /// The share of the list that was mined.
    pub fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }

    fn add(&mut self, other: Tally) {
        self.right += other.right;
        self.partly += other.partly;
        self.wrong += other.wrong;
        self.missed += other.missed;
        self.optional += other.optional;
    }
}

/// What was counted, by script pair and by kind, with a line for each error.
#[derive(Debug, Default)]
pub struct Report {
    /// All of it.
    pub all: Tally,
    /// By set of runs.
    pub sets: BTreeMap<String, Tally>,
    /// By the scripts of source and target.
    pub scripts: BTreeMap<String, Tally>,
    /// By kind.
    pub kinds: BTreeMap<String, Tally>,
    /// What was wrong or missed.
    pub errors: Vec<String>,
    /// Pairs of a source and a target version.
    pub pairs: usize,
}

impl Report {
    /// Three tables.
    pub fn tables(&self) -> String {
        let mut text = String::from(
            "| | right | partly | wrong | missed | optional | precision | recall |\n|---|---|---|---|---|---|---|---|\n",
        );
        let rows = self.sets.iter().chain(&self.kinds).chain(&self.scripts);
        for (name, tally) in rows
            .map(|(name, tally)| (name.as_str(), tally))
            .chain([("all", &self.all)])
        {
            let Tally {
                right,
                partly,
                wrong,
                missed,
                optional,
            } = tally;
            let _ = writeln!(
                text,
                "| {name} | {right} | {partly} | {wrong} | {missed} | {optional} | {:.3} | {:.3} |",
                tally.precision(),
                tally.recall()
            );
        }
        text
    }
}

/// Reads the list.
pub fn gold(lines: &str) -> Vec<Gold> {
    let strings = |value: &Value| -> Vec<String> {
        let list = value.as_array().into_iter().flatten();
        list.filter_map(|form| Some(form.as_str()?.to_owned()))
            .collect()
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let name = |value: &Value| Name {
        kind: text(&value["kind"]),
        forms: value["forms"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(language, forms)| (language.clone(), strings(forms)))
            .collect(),
        is_optional: value["optional"] == true,
        optional_in: strings(&value["optional_in"]),
    };
    let line = |line: &str| {
        let value: Value = serde_json::from_str(line).ok()?;
        Some(Gold {
            set: text(&value["set"]),
            id: text(&value["id"]),
            source: text(&value["source"]),
            lines: value["lines"]
                .as_object()
                .into_iter()
                .flatten()
                .filter_map(|(language, line)| {
                    Some((language.clone(), usize::try_from(line.as_u64()?).ok()?))
                })
                .collect(),
            names: value["names"]
                .as_array()
                .into_iter()
                .flatten()
                .map(name)
                .collect(),
        })
    };
    lines.lines().filter_map(line).collect()
}

/// Mines each question and compares it with the list, source with each target. `versions` says language and text of a
/// question by its id. With `alone`, each target is mined with nothing but the source.
pub fn judge<'a>(
    model: &NameModel,
    gold: impl IntoIterator<Item = &'a Gold>,
    versions: impl Fn(&Gold) -> Vec<(String, String)>,
    alone: bool,
) -> Report {
    let mut report = Report::default();
    for line in gold {
        let texts = versions(line);
        let all: Vec<Version> = texts
            .iter()
            .map(|(language, text)| Version {
                language,
                text,
                is_source: *language == line.source,
            })
            .collect();
        let together = if alone { Vec::new() } else { mine(model, &all) };
        for target in all.iter().filter(|version| !version.is_source) {
            let with_source: Vec<Version> = all
                .iter()
                .filter(|version| version.is_source)
                .chain([target])
                .copied()
                .collect();
            let mined = if alone {
                mine(model, &with_source)
            } else {
                together.clone()
            };
            report.pairs += 1;
            line.compare(target.language, &mined, &mut report);
        }
    }
    report
}

impl Gold {
    /// Every form that counts as right, with its language.
    pub fn forms(&self) -> impl Iterator<Item = (&str, &str)> {
        let forms = self.names.iter().flat_map(|name| &name.forms);
        forms.flat_map(|(language, forms)| {
            forms
                .iter()
                .map(move |form| (language.as_str(), form.as_str()))
        })
    }

    fn compare(&self, target: &str, mined: &[Mined], report: &mut Report) {
        let scripts = format!("{}–{}", script(&self.source), script(target));
        let mut found = vec![false; self.names.len()];
        let mut count = |kind: &str, tally: Tally| {
            report.all.add(tally);
            report.sets.entry(self.set.clone()).or_default().add(tally);
            report
                .scripts
                .entry(scripts.clone())
                .or_default()
                .add(tally);
            report.kinds.entry(kind.to_owned()).or_default().add(tally);
        };
        let mut errors = Vec::new();
        for item in mined {
            let (Some(ours), Some(theirs)) = (item.forms.get(&self.source), item.forms.get(target))
            else {
                continue;
            };
            let place = |is: &dyn Fn(&str, &str) -> bool| {
                self.names.iter().enumerate().find(|(nth, name)| {
                    !found[*nth]
                        && name.has(&self.source, &ours.text, is)
                        && name.has(target, &theirs.text, is)
                })
            };
            let same = place(&|a, b| a == b);
            let kind = match item.kind {
                Kind::Name => "name",
                Kind::Number => "number",
                Kind::Title => "title",
            };
            let tally = if let Some((nth, name)) = same {
                let optional = name.is_optional_in(&[&self.source, target]);
                found[nth] = true;
                Tally {
                    right: usize::from(!optional),
                    optional: usize::from(optional),
                    ..Tally::default()
                }
            } else if place(&|a, b| a.contains(b) || b.contains(a)).is_some() {
                errors.push(format!(
                    "partly {scripts} {} {}→{target} {kind} {} | {} {:.3}",
                    self.id, self.source, ours.text, theirs.text, theirs.probability
                ));
                Tally {
                    partly: 1,
                    ..Tally::default()
                }
            } else {
                errors.push(format!(
                    "wrong  {scripts} {} {}→{target} {kind} {} | {} {:.3}",
                    self.id, self.source, ours.text, theirs.text, theirs.probability
                ));
                Tally {
                    wrong: 1,
                    ..Tally::default()
                }
            };
            count(kind, tally);
        }
        for (name, _) in self.names.iter().zip(&found).filter(|(_, found)| !**found) {
            let (Some(ours), Some(theirs)) = (name.forms.get(&self.source), name.forms.get(target))
            else {
                continue;
            };
            if !name.is_optional_in(&[&self.source, target]) {
                count(
                    &name.kind,
                    Tally {
                        missed: 1,
                        ..Tally::default()
                    },
                );
                errors.push(format!(
                    "missed {scripts} {} {}→{target} {} {ours:?} | {theirs:?}",
                    self.id, self.source, name.kind
                ));
            }
        }
        report.errors.append(&mut errors);
    }
}

impl Name {
    fn has(&self, language: &str, form: &str, is: &dyn Fn(&str, &str) -> bool) -> bool {
        self.forms
            .get(language)
            .is_some_and(|forms| forms.iter().any(|known| is(known, form)))
    }

    fn is_optional_in(&self, languages: &[&str]) -> bool {
        self.is_optional
            || languages
                .iter()
                .any(|language| self.optional_in.iter().any(|known| known == language))
    }
}

fn script(language: &str) -> &'static str {
    match language {
        "ru" | "bg" | "uk" => "Cyrl",
        "ar" | "fa" => "Arab",
        "he" => "Hebr",
        "el" => "Grek",
        "hi" | "ne" => "Deva",
        "bn" => "Beng",
        "ja" => "Jpan",
        "zh" => "Hans",
        "ko" => "Kore",
        "th" => "Thai",
        "km" => "Khmr",
        "hy" => "Armn",
        "ka" => "Geor",
        _ => "Latn",
    }
}
