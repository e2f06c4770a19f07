//! The analyses: each takes the responses that are shown and gives what is to be told of them. What cannot be computed is a
//! sentence in place of a number.

mod attribution;
mod composition;
mod hint;
mod languages;
mod names;
mod regress;
mod scaling;
mod summary;
mod transfer;

pub use attribution::{Conditions, attribution};
pub use composition::composition;
pub use hint::paired;
pub use languages::{overlap, variance, vote};
pub use names::names;
pub use regress::{Ask as RegressAsk, regress};
pub use scaling::scaling;
pub use summary::summary;
pub use transfer::transfer;

use super::selection::Selection;
use super::told::{Needs, Told};

/// An analysis that has nothing to tell yet, or says why it has nothing to tell at all.
pub(super) fn begin(
    selection: &Selection,
    needs: Needs,
    title: impl Into<String>,
    method: &[&str],
) -> Told {
    let scope = selection.scope();
    Told {
        title: title.into(),
        refusal: scope.lacks(needs),
        scope,
        method: method.iter().map(|line| (*line).to_owned()).collect(),
        tables: Vec::new(),
        caveats: Vec::new(),
    }
}

/// Said where several answers to a question are pooled.
const CLUSTERED: &str =
    "Intervals are clustered by question: answers to one question depend on each other.";
