//! What an audit says of one entity in one response, as it is written in JSON.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use super::name::{NameModel, Pair, Step};
use super::{Case, Finding, Kind, Mention, Part, Role, Sought};

/// The verdict on one entity, with its evidence.
#[derive(Debug, Serialize)]
pub struct Told<'a> {
    /// What was looked for.
    pub entity: ToldEntity<'a>,
    /// What became of it.
    pub verdict: &'static str,
    /// What differs, most telling first.
    pub cues: Vec<&'static str>,
    /// How it stands in the answer, if it does: exact, variant or garbled.
    pub answer: Option<&'static str>,
    /// The answer has a wrong spelling that stood in the trace.
    pub repeats: bool,
    /// Another known entity that stands where this one should.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rival: Option<ToldRival<'a>>,
    /// The place among the mentions of the first that is wrong.
    pub first_wrong: Option<usize>,
    /// Where it stands: first in the trace, then in the answer.
    pub mentions: Vec<ToldMention<'a>>,
}

/// What was looked for.
#[derive(Debug, Serialize)]
pub struct ToldEntity<'a> {
    /// An identifier, for example of Wikidata.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    /// `question` or `answer`.
    pub role: &'static str,
    /// Language to accepted forms.
    pub forms: BTreeMap<&'a str, Vec<&'a str>>,
}

/// Another entity in place of the one that was looked for.
#[derive(Debug, Serialize)]
pub struct ToldRival<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Where it stands.
    #[serde(flatten)]
    pub place: ToldPlace<'a>,
}

/// Where something stands.
#[derive(Debug, Serialize)]
pub struct ToldPlace<'a> {
    /// `trace` or `answer`.
    pub part: &'static str,
    /// First byte in that text.
    pub start: usize,
    /// Byte behind the last.
    pub end: usize,
    /// What stands there.
    pub text: &'a str,
}

/// One place where the entity, or something trying to be it, stands.
#[derive(Debug, Serialize)]
pub struct ToldMention<'a> {
    /// Where.
    #[serde(flatten)]
    pub place: ToldPlace<'a>,
    /// Exact, variant or garbled.
    pub kind: &'static str,
    /// The form it was compared with.
    pub form: &'a str,
    /// The language of that form.
    pub language: &'a str,
    /// How likely both are one name.
    pub probability: f32,
    /// What differs.
    pub cues: Vec<&'static str>,
    /// The first clusters that part: of the form, and of what stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diverges: Option<(&'a str, &'a str)>,
    /// Stretch by stretch; left out where both are the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alignment: Vec<ToldPair<'a>>,
}

/// A stretch of the form, and what stands for it.
#[derive(Debug, Serialize)]
pub struct ToldPair<'a> {
    /// Of the form.
    pub expected: &'a str,
    /// Of what stands there.
    pub found: &'a str,
    /// `match`, `variant`, `substitution`, `insertion` or `omission`.
    pub step: &'static str,
    /// In bits above the usual.
    pub cost: f32,
}

impl<'a> Told<'a> {
    /// What a finding says. `name` is what another known entity is called.
    pub fn of(
        case: &Case<'a>,
        finding: &'a Finding,
        name: impl Fn(usize) -> &'a str,
    ) -> Option<Told<'a>> {
        let sought = case.sought.get(finding.entity)?;
        let place = |part: Part, range: &Range<usize>| ToldPlace {
            part: part.word(),
            start: range.start,
            end: range.end,
            text: case.text(part).get(range.clone()).unwrap_or_default(),
        };
        let mention = |mention: &'a Mention| {
            let form = sought.forms.get(mention.form)?;
            let place = place(mention.part, &mention.range);
            let (expected, found) = mention.diverges.clone().unzip();
            let text = |text: &'a str, range: Option<Range<usize>>| text.get(range?);
            Some(ToldMention {
                kind: mention.kind.word(),
                form: &form.text,
                language: &form.language,
                probability: rounded(mention.probability),
                cues: mention.cues.iter().map(|cue| cue.word()).collect(),
                diverges: text(&form.text, expected).zip(text(case.text(mention.part), found)),
                alignment: match mention.kind {
                    Kind::Exact => Vec::new(),
                    _ => aligned(&form.text, place.text, mention),
                },
                place,
            })
        };
        Some(Told {
            entity: ToldEntity::of(sought),
            verdict: finding.verdict.word(),
            cues: finding.cues().iter().map(|cue| cue.word()).collect(),
            answer: finding.answer.map(Kind::word),
            repeats: finding.repeats,
            rival: finding.rival.as_ref().map(|rival| ToldRival {
                name: name(rival.known),
                place: place(rival.part, &rival.range),
            }),
            first_wrong: finding.first_wrong,
            mentions: finding.mentions.iter().filter_map(mention).collect(),
        })
    }
}

impl<'a> ToldEntity<'a> {
    fn of(sought: &'a Sought) -> ToldEntity<'a> {
        let mut forms: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for form in &sought.forms {
            forms.entry(&form.language).or_default().push(&form.text);
        }
        ToldEntity {
            id: sought.id.as_deref(),
            role: match sought.role {
                Role::Question => "question",
                Role::Answer => "answer",
            },
            forms,
        }
    }
}

/// Two names stretch by stretch. Where they part by their letters, the model may still see a usual variant.
fn aligned<'a>(expected: &'a str, found: &'a str, mention: &Mention) -> Vec<ToldPair<'a>> {
    let parts = |pair: &Pair| mention.kind == Kind::Garbled && mention.parts_in(pair);
    let pair = |pair: &Pair| ToldPair {
        expected: expected.get(pair.expected.clone()).unwrap_or_default(),
        found: found.get(pair.found.clone()).unwrap_or_default(),
        step: match pair.step {
            Step::Match | Step::Variant if parts(pair) => Step::Substitution.word(),
            step => step.word(),
        },
        cost: rounded(pair.cost),
    };
    let compared = NameModel::shipped().compare(expected, found);
    compared.pairs.iter().map(pair).collect()
}

/// To the thousandth: more says nothing.
pub fn rounded(number: f32) -> f32 {
    (number * 1000.0).round() / 1000.0
}
