//! What numbers are computed of: the responses of a view, with the names of runs hidden or not.

use std::borrow::Cow;
use std::sync::Arc;

use crate::corpus::view::Mask;
use crate::corpus::{Corpus, Filter, View};

/// The responses of a view.
#[derive(Clone)]
pub struct Sample {
    /// All there is.
    pub corpus: Arc<Corpus>,
    /// The filter.
    pub filter: Filter,
    /// What it lets through.
    pub mask: Mask,
    hidden: Option<Hidden>,
}

/// What is told in place of names.
#[derive(Clone, PartialEq)]
pub struct Hidden {
    /// Names of runs, by code.
    pub runs: Vec<String>,
    /// The filter.
    pub filter: String,
}

impl Sample {
    /// The responses of a view.
    pub fn of(view: &View, hidden: Option<Hidden>) -> Sample {
        Sample {
            corpus: view.corpus.clone(),
            filter: view.filter.clone(),
            mask: view.mask.clone(),
            hidden,
        }
    }

    /// Both are of the same responses, under the same names.
    pub fn is(&self, other: &Sample) -> bool {
        Arc::ptr_eq(&self.corpus, &other.corpus)
            && Arc::ptr_eq(&self.mask, &other.mask)
            && self.hidden == other.hidden
    }

    /// The corpus under the names that may be told.
    pub fn named(&self) -> Cow<'_, Corpus> {
        match &self.hidden {
            Some(hidden) => Cow::Owned(self.corpus.with_runs(&hidden.runs)),
            None => Cow::Borrowed(&self.corpus),
        }
    }

    /// The filter as it may be told.
    pub fn told_filter(&self) -> String {
        match &self.hidden {
            Some(hidden) => hidden.filter.clone(),
            None => self.filter.to_string(),
        }
    }
}
