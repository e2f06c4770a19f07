//! Whether what a teacher wrote may be a training sample; if not, every reason why.

use std::collections::{HashMap, HashSet};
use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

use unicode_script::{Script as Letters, UnicodeScript};
use whatlang::{Detector, Lang};

use crate::entity::{
    Caches, Case, Finding, Folded, Kind, Known, Mention, NameModel, Sought, audit,
};
use crate::grade::Grader;
use crate::record::{Outcome, Record, Trace};
use crate::script::{HanMatch, Locale, Profile, Script, ScriptRelation, match_of, parse, steps};

use super::names::{Golds, Names};
use super::teacher::Lesson;

/// Why a sample is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rejection {
    /// Its question is among those to keep out.
    Excluded,
    /// The request was none for a training sample.
    NoLesson,
    /// The request failed.
    Failed,
    /// The reply was cut off.
    CutOff,
    /// There is no reasoning to read.
    NoTrace,
    /// The answer does not pass the grader.
    Wrong,
    /// A name of the question never stands in the reasoning as the source language writes it.
    NoSourceForm,
    /// Of a name fewer than two spellings in the source script are weighed.
    OneCandidate,
    /// The reasoning is in another script than was asked for.
    OtherScript,
    /// The reasoning is in another language of that script: that of the question, of the source, or English.
    OtherLanguage,
    /// The reasoning speaks of what was given.
    Betrayed,
    /// The answer stands in the reasoning before any spelling is weighed.
    AnswerFirst,
    /// The reasoning is too short.
    Short,
    /// The reasoning is too long.
    Long,
    /// Nearly the same was accepted before.
    Duplicate,
}

impl Rejection {
    /// Every reason, in the order in which they are told.
    pub const ALL: [Rejection; 15] = [
        Rejection::Excluded,
        Rejection::NoLesson,
        Rejection::Failed,
        Rejection::CutOff,
        Rejection::NoTrace,
        Rejection::Wrong,
        Rejection::NoSourceForm,
        Rejection::OneCandidate,
        Rejection::OtherScript,
        Rejection::OtherLanguage,
        Rejection::Betrayed,
        Rejection::AnswerFirst,
        Rejection::Short,
        Rejection::Long,
        Rejection::Duplicate,
    ];

    /// The word in files.
    pub const fn word(self) -> &'static str {
        match self {
            Rejection::Excluded => "excluded",
            Rejection::NoLesson => "no-lesson",
            Rejection::Failed => "failed",
            Rejection::CutOff => "cut-off",
            Rejection::NoTrace => "no-trace",
            Rejection::Wrong => "wrong",
            Rejection::NoSourceForm => "no-source-form",
            Rejection::OneCandidate => "one-candidate",
            Rejection::OtherScript => "other-script",
            Rejection::OtherLanguage => "other-language",
            Rejection::Betrayed => "betrayed",
            Rejection::AnswerFirst => "answer-first",
            Rejection::Short => "short",
            Rejection::Long => "long",
            Rejection::Duplicate => "duplicate",
        }
    }

    /// What it means, in one line.
    pub const fn doc(self) -> &'static str {
        match self {
            Rejection::Excluded => "the question is one to keep out",
            Rejection::NoLesson => "the request was none of sft requests",
            Rejection::Failed => "the request failed",
            Rejection::CutOff => "the reply was cut off",
            Rejection::NoTrace => "there is no reasoning to read",
            Rejection::Wrong => "the answer does not pass the grader",
            Rejection::NoSourceForm => "no accepted form of a name in the source language",
            Rejection::OneCandidate => "fewer than two spellings of a name are weighed",
            Rejection::OtherScript => "the reasoning is in another script than asked for",
            Rejection::OtherLanguage => "it is in another language of that script",
            Rejection::Betrayed => "the reasoning speaks of what was given",
            Rejection::AnswerFirst => "the answer stands before any spelling is weighed",
            Rejection::Short => "the reasoning is too short",
            Rejection::Long => "the reasoning is too long",
            Rejection::Duplicate => "nearly the same was accepted before",
        }
    }
}

/// What is asked of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Checks {
    /// Who says whether the answer is right.
    pub grader: Grader,
    /// How long the reasoning may be, in characters.
    pub length: RangeInclusive<usize>,
    /// From which share on two samples are nearly the same, 0 to 1.
    pub likeness: f64,
}

impl Checks {
    /// Everything that is wrong with a sample by itself, and its lesson where there is one.
    pub fn of(
        &self,
        record: &Record,
        caches: &mut Caches<'static>,
    ) -> (Vec<Rejection>, Option<Lesson>) {
        let (Some(lesson), Some(source)) = (Lesson::of(record), &record.source) else {
            return (vec![Rejection::NoLesson], None);
        };
        let broken = match &record.trace {
            _ if record.truncated => Some(Rejection::CutOff),
            _ if record.error.is_some() => Some(Rejection::Failed),
            Trace::Plain(text) if !text.trim().is_empty() => None,
            _ => Some(Rejection::NoTrace),
        };
        let reasons = match broken {
            Some(reason) => vec![reason],
            None => self.of_whole(record, &lesson, source, caches),
        };
        (reasons, Some(lesson))
    }

    fn of_whole(
        &self,
        record: &Record,
        lesson: &Lesson,
        source: &Locale,
        caches: &mut Caches<'static>,
    ) -> Vec<Rejection> {
        let trace = record.trace.text();
        let golds = Golds::of(record.gold.iter().map(String::as_str));
        let names = Names::of(record, &golds, caches);
        let spelled = spelled(record, &names, lesson, source, caches);
        let length = trace.chars().count();
        let is_right = self.grader.grade_record(record).outcome == Outcome::Right;
        let mut reasons = Vec::new();
        let mut unless = |holds: bool, reason| {
            if !holds {
                reasons.push(reason);
            }
        };
        unless(is_right, Rejection::Wrong);
        unless(
            !spelled.is_empty() && spelled.iter().all(|name| name.found),
            Rejection::NoSourceForm,
        );
        unless(
            spelled.iter().all(|name| name.distinct >= 2),
            Rejection::OneCandidate,
        );
        let is_in_script = is_in(trace, lesson.trace.script);
        unless(is_in_script, Rejection::OtherScript);
        let others = [record.target.as_ref(), Some(source)];
        let is_in_language = is_of(trace, &lesson.trace, &others);
        unless(!is_in_script || is_in_language, Rejection::OtherLanguage);
        unless(!is_betrayed(trace), Rejection::Betrayed);
        let first = spelled.iter().filter_map(|name| name.first).min();
        unless(
            !answers_before(trace, first, &names, &lesson.trace, caches),
            Rejection::AnswerFirst,
        );
        unless(length >= *self.length.start(), Rejection::Short);
        unless(length <= *self.length.end(), Rejection::Long);
        reasons
    }
}

/// How a name of the question is spelled in the reasoning, in the source script.
struct Spelled {
    /// An accepted form of the source language stands there.
    found: bool,
    /// Distinct spellings.
    distinct: usize,
    /// Where the first stands.
    first: Option<usize>,
}

fn spelled(
    record: &Record,
    names: &Names,
    lesson: &Lesson,
    source: &Locale,
    caches: &mut Caches<'static>,
) -> Vec<Spelled> {
    let mut asked = names.asked_in(source);
    let is_lesson = |sought: &Sought| {
        let mut forms = sought.forms.iter();
        forms.any(|form| lesson.names.iter().any(|name| name.form == form.text))
    };
    asked.retain(is_lesson);
    let case = Case {
        trace: record.trace.text(),
        answer: "",
        sought: &asked,
        source: Some(source),
        target: record.target.as_ref(),
    };
    let findings = audit(&case, NameModel::shipped(), &Known::new(), caches);
    let of = |finding: Finding| {
        let stands = |mention: &Mention| case.trace.get(mention.range.clone()).unwrap_or("");
        let in_source = |mention: &&Mention| {
            let label = Profile::of(stands(mention)).label(Some(source.script));
            label.is_some_and(|label| {
                match_of(label, source.script, HanMatch::None) == ScriptRelation::Same
            })
        };
        let mentions = || finding.mentions.iter().filter(in_source);
        let key = |mention: &Mention| Folded::of(stands(mention)).key();
        Spelled {
            found: mentions().any(|mention| mention.kind != Kind::Garbled),
            distinct: mentions().map(key).collect::<HashSet<_>>().len(),
            first: mentions().map(|mention| mention.range.start).min(),
        }
    };
    findings.into_iter().map(of).collect()
}

/// Most letters, and most letters of two steps in three, are of a script.
fn is_in(trace: &str, script: Script) -> bool {
    let is_of = |text: &str| {
        let profile = Profile::of(text);
        let is_most = profile
            .dominant()
            .is_some_and(|dominant| profile.share(script) >= profile.share(dominant));
        (profile.letters() > 0).then_some(is_most)
    };
    let steps: Vec<bool> = steps(trace)
        .filter_map(|step| is_of(trace.get(step)?))
        .collect();
    let of_script = steps.iter().filter(|is_of| **is_of).count();
    is_of(trace) == Some(true) && 3 * of_script >= 2 * steps.len()
}

/// A text is not clearly in English, or in one of the other languages, rather than in this one. Where nobody can tell, it is
/// not.
fn is_of(text: &str, locale: &Locale, others: &[Option<&Locale>]) -> bool {
    let known = |locale: &Locale| LANGUAGES.get(locale).copied();
    let Some(asked) = known(locale) else {
        return true;
    };
    let others = others.iter().copied().flatten().filter_map(known);
    let among = others.chain([asked, Lang::Eng]).collect();
    let found = Detector::with_allowlist(among).detect(text);
    found.is_none_or(|found| found.lang() == asked || !found.is_reliable())
}

/// The languages that can be told apart, each in its usual script.
static LANGUAGES: LazyLock<HashMap<Locale, Lang>> = LazyLock::new(|| {
    let all = Lang::all().iter();
    let locale = |lang: &Lang| Some((parse(lang.code())?, *lang));
    all.filter_map(locale).collect()
});

/// What a trace says that was told its answer, in lower case.
static TELLTALES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let text = include_str!("../../assets/prompts/telltales.toml");
    let lists: std::collections::BTreeMap<String, Vec<String>> =
        toml::from_str(text).unwrap_or_default();
    lists.into_values().flatten().collect()
});

fn is_betrayed(trace: &str) -> bool {
    let trace = trace.to_lowercase();
    // "As given" is no part of "was given". What follows may be an ending; in Hebrew and Japanese so may what goes before.
    let stands = |telltale: &String| {
        let mut places = trace.match_indices(telltale.as_str());
        places.any(|(at, _)| {
            let before = trace[..at].chars().next_back();
            before.is_none_or(|c| !matches!(c.script(), Letters::Latin | Letters::Cyrillic))
        })
    };
    TELLTALES.iter().any(stands)
}

/// An accepted answer stands in a step that ends before the first spelling, or in the first step.
fn answers_before(
    trace: &str,
    first: Option<usize>,
    names: &Names,
    locale: &Locale,
    caches: &mut Caches<'static>,
) -> bool {
    let mut steps = steps(trace).enumerate();
    let comes_first = |(nth, step): &(usize, Range<usize>)| {
        *nth == 0 || first.is_none_or(|first| step.end <= first)
    };
    let mut early = steps.by_ref().take_while(comes_first);
    early.any(|(_, step)| names.says(trace.get(step).unwrap_or(""), Some(locale), caches))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn there_are_telltales_of_every_language_with_a_template_in_lower_case() {
        assert!(TELLTALES.len() > 100);
        for telltale in TELLTALES.iter() {
            assert_eq!(*telltale, telltale.to_lowercase());
            assert!(!telltale.trim().is_empty());
        }
        assert!(is_betrayed("The answer, As Provided, is this."));
        for fact in [
            "I recall the film, and then its director.",
            "The garden was given to the city.",
            "After the student uprising.",
        ] {
            assert!(!is_betrayed(fact), "{fact}");
        }
    }

    #[test]
    fn languages_of_one_script_are_told_apart_where_a_text_is_clear() {
        let of = |tag: &str| parse(tag).unwrap();
        let german = "Die Frage nennt den Garten Soswaewon. Zuerst überlege ich, wie er auf Koreanisch geschrieben wird. Die mittlere Silbe könnte anders lauten, und dann hätte der Ort einen anderen Namen.";
        let english = "The question names the garden Soswaewon. First I ask myself how it is written in Korean. The syllable in the middle may be another one, and then the place would have another name.";
        let source = of("ko");
        assert!(is_of(german, &of("de"), &[Some(&source)]));
        assert!(!is_of(english, &of("de"), &[Some(&source)]));
        assert!(!is_of(german, &of("en"), &[Some(&of("de"))]));
        // Nobody can tell, or it is not for this to tell.
        assert!(is_of("Soswaewon", &of("de"), &[None]));
        assert!(is_of(english, &of("hi-Latn"), &[None]));
        assert!(
            [
                "de", "en", "es", "fr", "id", "it", "pt", "ru", "hi", "he", "ja", "ko", "zh"
            ]
            .iter()
            .all(|tag| LANGUAGES.contains_key(&of(tag)))
        );
    }

    #[test]
    fn a_trace_is_in_the_script_of_most_of_its_steps() {
        let mixed =
            "Сначала вспомню фильм.\nНазвание: ფიროსმანი или პიროსმანი.\nТеперь имя режиссёра.";
        assert!(is_in(mixed, Script::CYRL));
        assert!(!is_in(mixed, Script::LATN));
        assert!(is_in("漢字とかな。\n城の名前は松江城。", Script::JPAN));
        assert!(!is_in("1969 — 1970", Script::LATN));
    }
}
