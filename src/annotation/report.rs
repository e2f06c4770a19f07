//! All that is known of the agreement of some annotators, to be shown or written.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use super::agree::{CodeAgreement, Confusion, RangeAgreement, SetAgreement, Study};
use super::span::Span;
use super::state::State;
use super::target::Target;

/// The filter that lists what annotators differ about.
pub const FILTER: &str = "tag:disagree";

/// Agreement of some annotators. A coefficient that is not defined is nothing: see [`super::agree`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report<'s> {
    /// Whose.
    pub annotators: Vec<&'s str>,
    /// Responses that somebody decided about.
    pub items: usize,
    /// Responses that at least two decided about.
    pub shared: usize,
    /// Of those, responses to which they gave different codes.
    pub disagreements: usize,
    /// Of those, responses that were adjudicated.
    pub settled: usize,
    /// The filter that lists those that were not.
    pub filter: &'static str,
    /// On whole sets of codes.
    pub sets: SetAgreement,
    /// On each code.
    pub codes: Vec<CodeOf<'s>>,
    /// On where codes stand.
    pub ranges: Vec<RangesOf<'s>>,
    /// How many grapheme clusters edges may be apart; nothing where there were no texts to count clusters in.
    pub tolerance: Option<usize>,
    /// What two confuse, for each pair.
    pub confusion: Vec<ConfusionOf<'s>>,
}

/// Agreement on whether responses have a code.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CodeOf<'s> {
    /// The code.
    pub code: &'s str,
    /// Responses that at least two decided about.
    pub items: usize,
    /// How often each annotator gave it on those.
    pub given: BTreeMap<&'s str, usize>,
    /// Of the pairs of judgements on one response, how many are equal, from 0 to 1.
    pub observed: Option<f64>,
    /// Krippendorff's alpha for a nominal scale.
    pub alpha: Option<f64>,
    /// Fleiss' kappa, over the responses that everybody decided about.
    pub fleiss: Option<f64>,
    /// How many those are.
    pub fleiss_items: usize,
    /// Of each pair.
    pub cohen: Vec<CohenOf<'s>>,
}

/// Cohen's kappa of two annotators.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CohenOf<'s> {
    /// Who.
    pub annotators: [&'s str; 2],
    /// Responses that both decided about.
    pub items: usize,
    /// Kappa.
    pub kappa: Option<f64>,
}

impl<'s> CodeOf<'s> {
    fn of(agreement: CodeAgreement<'s>, annotators: &[&'s str]) -> CodeOf<'s> {
        let given = annotators.iter().copied().zip(agreement.given).collect();
        let cohen = agreement.cohen.into_iter();
        let cohen = cohen.map(|(a, b, items, kappa)| CohenOf {
            annotators: [annotators[a], annotators[b]],
            items,
            kappa,
        });
        CodeOf {
            code: agreement.code,
            items: agreement.items,
            given,
            observed: agreement.observed,
            alpha: agreement.alpha,
            fleiss: agreement.fleiss,
            fleiss_items: agreement.fleiss_items,
            cohen: cohen.collect(),
        }
    }
}

/// Agreement of two annotators on where a code stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RangesOf<'s> {
    /// The code.
    pub code: &'s str,
    /// Who.
    pub annotators: [&'s str; 2],
    /// Counts.
    #[serde(flatten)]
    pub agreement: RangeAgreement,
    /// F1.
    pub f1: f64,
}

/// What two annotators confuse.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConfusionOf<'s> {
    /// Who: the first down, the second across.
    pub annotators: [&'s str; 2],
    /// Counts.
    #[serde(flatten)]
    pub table: Confusion<'s>,
}

impl<'s> Report<'s> {
    /// Of a study. With a tolerance ranges are compared too; `clusters` turns them into grapheme clusters.
    pub fn of(
        study: &'s Study<'s>,
        state: &State,
        tolerance: Option<usize>,
        mut clusters: impl FnMut(&Target, &Span) -> Option<Range<usize>>,
    ) -> Report<'s> {
        let annotators = study.annotators();
        let codes: Vec<&str> = study.codes().into_iter().collect();
        let pairs = || {
            let all = 0..annotators.len();
            all.clone()
                .flat_map(move |a| (a + 1..all.end).map(move |b| (a, b)))
        };
        let mut ranges = Vec::new();
        for (code, tolerance) in codes.iter().zip(tolerance.into_iter().cycle()) {
            for (a, b) in pairs() {
                let agreement = study.ranges((a, b), code, tolerance, &mut clusters);
                if let Some(f1) = agreement.f1() {
                    ranges.push(RangesOf {
                        code,
                        annotators: [annotators[a], annotators[b]],
                        agreement,
                        f1,
                    });
                }
            }
        }
        let disputed = || study.disputed();
        let is_settled = |target: &Target| state.gold(target).is_some();
        let sets = study.sets();
        Report {
            annotators: annotators.to_vec(),
            items: study.items().len(),
            shared: sets.items,
            disagreements: disputed().count(),
            settled: disputed().filter(|item| is_settled(&item.target)).count(),
            filter: FILTER,
            sets,
            codes: codes
                .iter()
                .map(|code| CodeOf::of(study.code(code), annotators))
                .collect(),
            ranges,
            tolerance,
            confusion: pairs()
                .map(|(a, b)| ConfusionOf {
                    annotators: [annotators[a], annotators[b]],
                    table: study.confusion(a, b),
                })
                .collect(),
        }
    }
}
