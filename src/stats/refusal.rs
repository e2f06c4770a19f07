//! Why there is no number: a sentence in its place.

use serde::Serialize;
use thiserror::Error;

/// Why there is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// Nothing was given, or nothing is left after what was asked for.
    #[error("No responses are left that are right or wrong.")]
    Empty,
    /// Nothing is wrong.
    #[error("All responses are right, so nothing can be compared.")]
    AllRight,
    /// Nothing is right.
    #[error("All responses are wrong, so nothing can be compared.")]
    AllWrong,
    /// An interval by question needs several.
    #[error("There is only one question, and it says nothing of how questions differ.")]
    OneQuestion,
    /// All questions went one way.
    #[error(
        "Each question is either always right or always wrong, so none of them says what matters."
    )]
    NoMixedQuestion,
    /// No predictor varies.
    #[error(
        "Script, language and family match never differ where it would count, so nothing can be said of them."
    )]
    NothingVaries,
    /// One of the two sides is empty.
    #[error("Same-script and cross-script responses are both needed, and one of them is missing.")]
    OneSide,
    /// One language.
    #[error("There is only one language, so nothing can be carried over.")]
    OneLanguage,
    /// No question was asked in its source language.
    #[error("No question was asked in its source language, so nobody knows what was known there.")]
    NoSource,
    /// No question is known where it comes from.
    #[error("No question is known in its source language, so there is nothing to carry over.")]
    NothingKnown,
    /// One response each.
    #[error(
        "Each question was asked once in each language; how answers vary needs several epochs."
    )]
    OneEpoch,
    /// A number is infinite, no number, or outside what is possible.
    #[error("A number is infinite, missing or outside its range.")]
    OutOfRange,
    /// Odds of 0 or infinity.
    #[error("It perfectly tells right from wrong, so the odds ratio is zero or infinite.")]
    Separated,
    /// The fit did not come to rest.
    #[error("The fit did not come to rest.")]
    NoRest,
    /// Too many rounds gave nothing.
    #[error(
        "More than one in twenty rounds of the bootstrap gave no number, so there is no interval."
    )]
    TooFewRounds,
    /// Somebody stopped it.
    #[error("Stopped before it was done.")]
    Stopped,
}
