//! Where the names of a response stand in its document, and how the one that is looked at goes together with what was
//! expected.

use std::ops::Range;
use std::sync::Arc;

use super::document::{Document, Spot};
use super::text::{Direction, direction};
use crate::entity::Names as Found;
use crate::entity::name::{NameModel, Step};
use crate::entity::{Finding, Form, Kind, Part, Sought, Verdict};
use crate::script::Romaniser;

/// What stands at a mark. The worst comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// An accepted form.
    Exact,
    /// One that differs by known freedom only.
    Variant,
    /// A wrong spelling.
    Garbled,
    /// Another known entity.
    Rival,
}

impl Fate {
    /// That of the mentions a verdict rests on.
    pub fn of(verdict: Verdict) -> Fate {
        match verdict {
            Verdict::Exact => Fate::Exact,
            Verdict::Variant
            | Verdict::Untransliterated
            | Verdict::RomanisedOnly
            | Verdict::Absent => Fate::Variant,
            Verdict::Garbled | Verdict::Drifting => Fate::Garbled,
            Verdict::Confused => Fate::Rival,
        }
    }

    /// Its sign.
    pub const fn sign(self) -> &'static str {
        match self {
            Fate::Exact => "=",
            Fate::Variant => "≈",
            Fate::Garbled => "≠",
            Fate::Rival => "⇄",
        }
    }

    /// What it is called.
    pub const fn word(self) -> &'static str {
        match self {
            Fate::Rival => "another name",
            Fate::Exact => Kind::Exact.word(),
            Fate::Variant => Kind::Variant.word(),
            Fate::Garbled => Kind::Garbled.word(),
        }
    }

    /// It should not stand there.
    pub fn is_wrong(self) -> bool {
        self >= Fate::Garbled
    }
}

/// A place where a name, or something trying to be it, stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Section of the document.
    pub section: usize,
    /// Bytes of its text.
    pub range: Range<usize>,
    /// What stands there.
    pub fate: Fate,
    /// The bytes that first part from the expected form.
    pub diverges: Option<Range<usize>>,
    finding: usize,
    /// The mention of the finding; none where it is its rival.
    mention: Option<usize>,
    is_in_trace: bool,
}

impl Mark {
    /// Where it begins.
    pub fn spot(&self) -> Spot {
        Spot {
            section: self.section,
            byte: self.range.start,
        }
    }
}

/// All marks of a document, in its order. No two overlap.
#[derive(Debug, Clone)]
pub struct Marks {
    all: Vec<Mark>,
    names: Arc<Found>,
}

impl Marks {
    /// The marks of these names.
    pub fn of(names: &Arc<Found>, document: &Document) -> Marks {
        let section = |part: Part| match part {
            Part::Trace => document.section("TRACE"),
            Part::Answer => document.section("ANSWER"),
        };
        let mut all: Vec<Mark> = Vec::new();
        for (finding, found) in names.findings.iter().enumerate() {
            let mentions = found.mentions.iter().enumerate().map(|(nth, mention)| {
                let fate = match mention.kind {
                    Kind::Exact => Fate::Exact,
                    Kind::Variant => Fate::Variant,
                    Kind::Garbled => Fate::Garbled,
                };
                let diverges = mention.diverges.clone().map(|(_, found)| found);
                (
                    mention.part,
                    mention.range.clone(),
                    fate,
                    diverges,
                    Some(nth),
                )
            });
            let rival = found.rival.as_ref();
            let rival =
                rival.map(|rival| (rival.part, rival.range.clone(), Fate::Rival, None, None));
            for (part, range, fate, diverges, mention) in mentions.chain(rival) {
                let Some(section) = section(part) else {
                    continue;
                };
                // What is shown may be cut or say that there is nothing.
                if document.text(section).get(range.clone()).is_some() {
                    all.push(Mark {
                        section,
                        range,
                        fate,
                        diverges,
                        finding,
                        mention,
                        is_in_trace: part == Part::Trace,
                    });
                }
            }
        }
        Marks {
            all: apart(all),
            names: names.clone(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Each in turn.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Mark> + ExactSizeIterator {
        self.all.iter()
    }

    /// The mark of a number.
    pub fn get(&self, at: usize) -> Option<&Mark> {
        self.all.get(at)
    }

    /// The mark over a byte, and its number.
    pub fn at(&self, section: usize, byte: usize) -> Option<(usize, &Mark)> {
        let behind = |mark: &Mark| (mark.section, mark.range.start) <= (section, byte);
        let at = self.all.partition_point(behind).checked_sub(1)?;
        let mark = &self.all[at];
        (mark.section == section && mark.range.contains(&byte)).then_some((at, mark))
    }

    /// The worst of what stands within these bytes.
    pub fn worst(&self, section: usize, range: &Range<usize>) -> Option<Fate> {
        let before = |mark: &Mark| (mark.section, mark.range.end) <= (section, range.start);
        let from = self.all.partition_point(before);
        let here = self.all[from..]
            .iter()
            .take_while(|mark| mark.section == section && mark.range.start < range.end);
        here.map(|mark| mark.fate).max()
    }

    /// The number of the first that is wrong; the reasoning comes before the answer.
    pub fn first_wrong(&self) -> Option<usize> {
        let wrong = self.all.iter().enumerate();
        wrong
            .filter(|(_, mark)| mark.fate.is_wrong())
            .min_by_key(|(at, mark)| (!mark.is_in_trace, *at))
            .map(|(at, _)| at)
    }

    /// What was looked for at a mark.
    pub fn name_of(&self, mark: &Mark) -> &str {
        let finding = self.names.findings.get(mark.finding);
        let sought = finding.and_then(|finding| self.names.sought.get(finding.entity));
        sought.map_or("", Sought::name)
    }

    /// The number of the finding that a mark belongs to.
    pub fn finding_of(&self, mark: &Mark) -> usize {
        mark.finding
    }

    /// How what stands at a mark goes together with what was expected.
    pub fn alignment(
        &self,
        at: usize,
        document: &Document,
        rival: impl Fn(usize) -> String,
        romaniser: &mut Romaniser,
    ) -> Option<Alignment> {
        let mark = self.all.get(at)?;
        let finding = self.names.findings.get(mark.finding)?;
        let sought = self.names.sought.get(finding.entity)?;
        let found = document.text(mark.section).get(mark.range.clone())?;
        let mention = mark.mention.and_then(|nth| finding.mentions.get(nth));
        let form = match mention {
            Some(mention) => sought.forms.get(mention.form)?,
            None => nearest(sought, found)?,
        };
        let compared = NameModel::shipped().compare(&form.text, found);
        let mut units: Vec<Unit> = Vec::with_capacity(compared.pairs.len());
        for pair in &compared.pairs {
            let parts = mention.is_some_and(|mention| mention.parts_in(pair));
            let expected = form.text.get(pair.expected.clone())?;
            let found = found.get(pair.found.clone())?;
            units.push(Unit {
                expected: Spelt::of(expected, romaniser),
                found: Spelt::of(found, romaniser),
                step: pair.step,
                cost: pair.cost,
                diverges: pair.step.diverges() || parts,
            });
        }
        Some(Alignment {
            title: self.title(at, mark, finding, form, compared.probability, rival),
            fate: mark.fate,
            rtl: [form.text.as_str(), found]
                .into_iter()
                .all(|text| direction(text, Direction::LeftToRight) == Direction::RightToLeft),
            units,
        })
    }

    fn title(
        &self,
        at: usize,
        mark: &Mark,
        finding: &Finding,
        form: &Form,
        probability: f32,
        rival: impl Fn(usize) -> String,
    ) -> String {
        let mention = mark.mention.and_then(|nth| finding.mentions.get(nth));
        let cues = mention.map_or(&[][..], |mention| &mention.cues);
        let cues = cues.iter().map(|cue| cue.word().to_owned());
        let known = match (&finding.rival, mention) {
            (Some(other), None) => Some(rival(other.known)).filter(|name| !name.is_empty()),
            _ => None,
        };
        let what = match known {
            Some(name) => format!("{} {} {name}", mark.fate.sign(), mark.fate.word()),
            None => format!("{} {}", mark.fate.sign(), mark.fate.word()),
        };
        let parts = [
            what,
            format!("{} {} of {}", form.language, at + 1, self.len()).replace("und ", ""),
            format!("same name {probability:.2}"),
        ];
        let verdict = format!("verdict {}", finding.verdict.word());
        let parts: Vec<String> = parts.into_iter().chain(cues).chain([verdict]).collect();
        parts.join(" · ")
    }
}

/// The names of a text: where they stand, which one is looked at, and how that goes together with what was expected.
#[derive(Default)]
pub struct Names {
    /// Where they stand, once that is known.
    pub marks: Option<Marks>,
    /// The number of the mark that is looked at.
    pub chosen: Option<usize>,
    /// The alignment, with the number of the mark it is of.
    alignment: Option<(usize, Alignment)>,
}

impl Names {
    /// Marks where names stand, in place of what was marked.
    pub fn mark(&mut self, names: &Arc<Found>, document: &Document) {
        self.marks = Some(Marks::of(names, document));
        self.alignment = None;
    }

    /// How the name that is looked at goes together with what was expected.
    pub fn alignment(&self) -> Option<&Alignment> {
        self.alignment.as_ref().map(|(_, alignment)| alignment)
    }

    /// Compares the name that is looked at, or the first that is wrong, with what was expected.
    pub fn align(
        &mut self,
        document: Option<&Document>,
        rival: impl Fn(usize) -> String,
        romaniser: &mut Romaniser,
    ) {
        let (Some(marks), Some(document)) = (&self.marks, document) else {
            return;
        };
        let first = || marks.first_wrong().or((!marks.is_empty()).then_some(0));
        let Some(at) = self.chosen.or_else(first) else {
            self.alignment = None;
            return;
        };
        if self.alignment.as_ref().is_none_or(|(of, _)| *of != at) {
            let alignment = marks.alignment(at, document, rival, romaniser);
            self.alignment = alignment.map(|alignment| (at, alignment));
        }
    }
}

/// The form that a text is likeliest meant for.
fn nearest<'a>(sought: &'a Sought, found: &str) -> Option<&'a Form> {
    let model = NameModel::shipped();
    let likely = |form: &&Form| model.probability(&form.text, found);
    sought
        .forms
        .iter()
        .max_by(|a, b| likely(a).total_cmp(&likely(b)))
}

/// Of marks that overlap, the worse one.
fn apart(mut all: Vec<Mark>) -> Vec<Mark> {
    all.sort_by_key(|mark| (std::cmp::Reverse(mark.fate), mark.section, mark.range.start));
    let mut kept: Vec<Mark> = Vec::with_capacity(all.len());
    let start = |mark: &Mark| (mark.section, mark.range.start);
    for mark in all {
        let at = kept.partition_point(|other| start(other) < start(&mark));
        let meets = |other: &Mark| {
            other.section == mark.section
                && other.range.start < mark.range.end
                && mark.range.start < other.range.end
        };
        let beside = [at.checked_sub(1), Some(at)];
        let mut beside = beside.into_iter().flatten().filter_map(|at| kept.get(at));
        if !beside.any(meets) {
            kept.insert(at, mark);
        }
    }
    kept
}

/// Two names side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Alignment {
    /// What it is, on one line.
    pub title: String,
    /// What stands there.
    pub fate: Fate,
    /// Stretch by stretch.
    pub units: Vec<Unit>,
    /// Both run from right to left.
    pub rtl: bool,
}

/// A stretch of both names.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Of the expected name.
    pub expected: Spelt,
    /// What stands for it.
    pub found: Spelt,
    /// What the one is to the other.
    pub step: Step,
    /// In bits above the usual.
    pub cost: f32,
    /// They part here.
    pub diverges: bool,
}

/// A stretch as it is written, and in Latin letters.
#[derive(Debug, Clone, PartialEq)]
pub struct Spelt {
    /// As it is written.
    pub text: String,
    /// In Latin letters; empty where it is.
    pub latin: String,
}

impl Spelt {
    fn of(text: &str, romaniser: &mut Romaniser) -> Spelt {
        let latin = match text.is_ascii() {
            true => String::new(),
            false => romaniser.romanise(text).to_string(),
        };
        Spelt {
            latin: if latin == text { String::new() } else { latin },
            text: text.to_owned(),
        }
    }
}
