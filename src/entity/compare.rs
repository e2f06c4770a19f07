//! What a name model must be able to say of two spellings.

use std::ops::Range;

/// Judges whether what stands in a text is meant for a name.
pub trait Compare {
    /// Compares an accepted form with what was found, letter by letter.
    fn compare(&self, expected: &str, found: &str) -> Comparison;

    /// The probability alone, where that is cheaper.
    fn probability(&self, expected: &str, found: &str) -> f32 {
        self.compare(expected, found).probability
    }
}

/// What became of an expected form in a found one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// How likely both are one name, from 0 to 1.
    pub probability: f32,
    /// What it would be if the worst divergence were none: how recognisable a garbled name is.
    pub forgiven: f32,
    /// The alignment, in the order of the expected form.
    pub pairs: Vec<Pair>,
}

/// Two parts of an alignment.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Bytes of the expected form.
    pub expected: Range<usize>,
    /// Bytes of what was found.
    pub found: Range<usize>,
    /// What happened.
    pub step: Step,
    /// What it costs above the usual, in bits.
    pub cost: f32,
}

/// What happened between two parts of an alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The same, or the usual spelling of it in the other script.
    Match,
    /// Different by known freedom.
    Variant,
    /// Something else stands for it.
    Substitution,
    /// Something more stands there.
    Insertion,
    /// Nothing stands for it.
    Omission,
}

impl Compare for super::NameModel {
    fn compare(&self, expected: &str, found: &str) -> Comparison {
        use super::name::Step as S;
        let found = super::NameModel::compare(self, expected, found);
        let pair = |pair: super::name::Pair| Pair {
            expected: pair.expected,
            found: pair.found,
            cost: pair.cost,
            step: match pair.step {
                S::Match => Step::Match,
                S::Variant => Step::Variant,
                S::Substitution => Step::Substitution,
                S::Insertion => Step::Insertion,
                S::Omission => Step::Omission,
            },
        };
        Comparison {
            probability: found.probability,
            forgiven: found.forgiven,
            pairs: found.pairs.into_iter().map(pair).collect(),
        }
    }
}
