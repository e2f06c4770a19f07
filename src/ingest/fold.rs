//! Several rows of a log that are one response.

use super::formats::lm_eval::INVALID;
use crate::record::Record;

/// Adds a row of another filter to the response that its document already has: its scores, and what its filter took
/// out of the answer if nothing was before. Right by one filter is right: a filter that finds nothing says nothing
/// about what the model knew.
pub fn fold(response: &mut Record, row: Record) {
    for mut score in row.scores {
        if response.scores.contains(&score) {
            continue;
        }
        // Old files do not name their filters, so two of them give the same name twice.
        let plain = score.name.clone();
        let mut twin = 1;
        while response.scores.iter().any(|other| other.name == score.name) {
            twin += 1;
            score.name = format!("{plain}/{twin}");
        }
        response.scores.push(score);
    }
    let nothing =
        |taken: &Option<String>| taken.as_deref().is_none_or(|taken| taken.trim() == INVALID);
    if nothing(&response.extracted) && row.extracted.is_some() {
        response.extracted = row.extracted;
    }
    response.outcome = response.outcome.min(row.outcome);
}
