//! What a judgement is about: one response, named so that it is found again in renamed and re-sorted files.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::hash::Hash;

/// A response by what it is, not by where it lies. In JSON an array: run, question, target locale, epoch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Target<'a>(
    /// Name of the run.
    #[serde(borrow)]
    pub Cow<'a, str>,
    /// Id of the question.
    #[serde(borrow)]
    pub Cow<'a, str>,
    /// The language and script it was asked in, such as `hi-Deva`; empty where that is not known.
    #[serde(borrow)]
    pub Cow<'a, str>,
    /// Which of several samples; counts from 1.
    pub u32,
);

impl<'a> Target<'a> {
    /// A target that borrows its names.
    pub fn new(run: &'a str, question: &'a str, locale: &'a str, epoch: u32) -> Target<'a> {
        Target(run.into(), question.into(), locale.into(), epoch)
    }

    /// The same, with names of its own.
    pub fn to_owned(&self) -> Target<'static> {
        let own = |name: &Cow<str>| Cow::Owned(name.as_ref().to_owned());
        Target(own(&self.0), own(&self.1), own(&self.2), self.3)
    }

    /// The target as one number.
    pub fn key(&self) -> Hash {
        let epoch = self.3.to_le_bytes();
        let Target(run, question, locale, _) = self;
        Hash::of_parts(&[
            run.as_bytes(),
            question.as_bytes(),
            locale.as_bytes(),
            &epoch,
        ])
    }
}

/// What a response says, as one number: a judgement is stale where it is not the one of its event.
pub fn content_hash(question: &str, trace: &str, answer: &str) -> Hash {
    Hash::of_parts(&[question.as_bytes(), trace.as_bytes(), answer.as_bytes()])
}
