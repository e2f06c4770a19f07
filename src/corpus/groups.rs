//! Who is whose counterpart: epochs of one variant, variants of one question, the same variant in other runs.

use std::collections::HashMap;

use super::fields::Key;
use crate::record::Outcome;

/// One variant of a question in one run, over all its epochs.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Code of the run.
    pub run: u32,
    /// Code of the question.
    pub question: u32,
    /// Codes of the target language and script.
    pub target: (u32, u32),
    /// Code of the match of source and target script.
    pub matching: u32,
    /// The question was asked in its source language.
    pub at_source: bool,
    /// Responses that are right.
    pub right: u32,
    /// Responses that are wrong.
    pub wrong: u32,
    /// Distinct answers.
    pub distinct: u32,
    /// The same run knows the question in its source language: it is right there by majority over epochs.
    pub known: bool,
    /// Barrier failure: right in the source language, wrong here, in another script, by majority over epochs.
    pub barrier: bool,
}

impl Group {
    /// Right or wrong by majority over epochs; a tie is neither.
    pub fn outcome(&self) -> Option<bool> {
        (self.right != self.wrong).then_some(self.right > self.wrong)
    }

    /// Counts one more, or one less, response of this outcome.
    fn count(&mut self, outcome: u32, by: fn(u32, u32) -> u32) {
        match outcome {
            RIGHT => self.right = by(self.right, 1),
            WRONG => self.wrong = by(self.wrong, 1),
            _ => {}
        }
    }
}

/// Rows by group and groups by question.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    /// All groups, in order of their first row.
    pub all: Vec<Group>,
    /// Group of each row.
    pub of_row: Vec<u32>,
    rows: Index,
    questions: Index,
}

/// Lists of numbers, one after the other: list `i` is `items[starts[i]..starts[i + 1]]`.
#[derive(Debug, Clone, Default)]
struct Index {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Index {
    /// Sorts `0..n` into lists by counting; within a list the order is kept.
    fn by(lists: usize, of: impl ExactSizeIterator<Item = u32> + Clone) -> Index {
        let mut starts = vec![0; lists + 1];
        of.clone().for_each(|list| starts[list as usize + 1] += 1);
        for list in 0..lists {
            starts[list + 1] += starts[list];
        }
        let (mut next, mut items) = (starts.clone(), vec![0; of.len()]);
        for (item, list) in of.enumerate() {
            let slot = &mut next[list as usize];
            items[*slot as usize] = item as u32;
            *slot += 1;
        }
        Index { starts, items }
    }

    fn list(&self, list: u32) -> &[u32] {
        match self.starts.get(list as usize..list as usize + 2) {
            Some(bounds) => &self.items[bounds[0] as usize..bounds[1] as usize],
            None => &[],
        }
    }
}

impl Groups {
    /// Rows of a group, in order of loading.
    pub fn rows(&self, group: u32) -> &[u32] {
        self.rows.list(group)
    }

    /// Groups of a question, in order of loading.
    pub fn of_question(&self, question: u32) -> &[u32] {
        self.questions.list(question)
    }

    /// The group in the same run that asked the same question in its source language.
    pub fn source_of(&self, group: u32) -> Option<u32> {
        let this = &self.all[group as usize];
        self.of_question(this.question)
            .iter()
            .copied()
            .find(|other| {
                let other = &self.all[*other as usize];
                other.run == this.run && other.at_source
            })
    }
}

/// Grows [`Groups`] row by row.
#[derive(Debug, Default)]
pub(super) struct Grouper {
    known: HashMap<(u32, u32, u32, u32), u32>,
    all: Vec<Group>,
    of_row: Vec<u32>,
    answers: Vec<u32>,
}

/// Codes of [`Key::Outcome`].
const RIGHT: u32 = Outcome::Right as u32;
const WRONG: u32 = Outcome::Wrong as u32;
/// Code of `same` among [`Key::Match`].
const SAME: u32 = 0;
/// Code of [`super::fields::NONE`] among [`Key::Match`].
const UNKNOWN: u32 = 3;

impl Grouper {
    /// Adds a row with these codes of every key.
    pub fn push(&mut self, code: impl Fn(Key) -> u32, at_source: bool, answer: u32) {
        let target = (code(Key::TargetLanguage), code(Key::Target));
        let (run, question) = (code(Key::Run), code(Key::Question));
        let group = *self
            .known
            .entry((run, question, target.0, target.1))
            .or_insert_with(|| {
                let matching = code(Key::Match);
                let fresh = Group {
                    run,
                    question,
                    target,
                    matching,
                    at_source,
                    right: 0,
                    wrong: 0,
                    distinct: 0,
                    known: false,
                    barrier: false,
                };
                self.all.push(fresh);
                self.all.len() as u32 - 1
            });
        let known = &mut self.all[group as usize];
        known.count(code(Key::Outcome), u32::wrapping_add);
        self.of_row.push(group);
        self.answers.push(answer);
    }

    /// Counts a row, whose outcome had this code, with another.
    pub fn judge_again(&mut self, row: u32, was: u32, is: u32) {
        let group = &mut self.all[self.of_row[row as usize] as usize];
        group.count(was, u32::wrapping_sub);
        group.count(is, u32::wrapping_add);
    }

    /// The groups of all rows so far.
    pub fn groups(&self, questions: usize) -> Groups {
        Groups::new(
            self.all.clone(),
            self.of_row.clone(),
            &self.answers,
            questions,
        )
    }

    /// The groups of all rows. What only growing needs is given back before memory is highest.
    pub fn finish(self, questions: usize) -> Groups {
        drop(self.known);
        Groups::new(self.all, self.of_row, &self.answers, questions)
    }
}

impl Groups {
    fn new(all: Vec<Group>, of_row: Vec<u32>, answers: &[u32], questions: usize) -> Groups {
        let mut groups = Groups {
            rows: Index::by(all.len(), of_row.iter().copied()),
            questions: Index::by(questions, all.iter().map(|group| group.question)),
            of_row,
            all,
        };
        let mut distinct = Vec::new();
        for group in 0..groups.all.len() as u32 {
            distinct.clear();
            distinct.extend(groups.rows(group).iter().map(|row| answers[*row as usize]));
            distinct.sort_unstable();
            distinct.dedup();
            groups.all[group as usize].distinct = distinct.len() as u32;
        }
        groups.look_at_sources();
        groups
    }

    fn look_at_sources(&mut self) {
        for group in 0..self.all.len() as u32 {
            let source = self.source_of(group);
            let source = source.and_then(|source| self.all[source as usize].outcome());
            let this = &mut self.all[group as usize];
            this.known = source == Some(true);
            this.barrier = this.known
                && this.outcome() == Some(false)
                && ![SAME, UNKNOWN].contains(&this.matching);
        }
    }

    /// The same groups with other outcomes, by row.
    pub(super) fn judged(&self, outcomes: &[u32]) -> Groups {
        let mut groups = self.clone();
        for group in &mut groups.all {
            (group.right, group.wrong) = (0, 0);
        }
        for (group, outcome) in self.of_row.iter().zip(outcomes) {
            groups.all[*group as usize].count(*outcome, u32::wrapping_add);
        }
        groups.look_at_sources();
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows as (run, question, target script, match, outcome, at source, answer).
    fn groups(rows: &[(u32, u32, u32, u32, u32, bool, u32)]) -> Groups {
        let mut grouper = Grouper::default();
        for &(run, question, script, matching, outcome, at_source, answer) in rows {
            let code = |key| match key {
                Key::Run => run,
                Key::Question => question,
                Key::Target | Key::TargetLanguage => script,
                Key::Match => matching,
                Key::Outcome => outcome,
                _ => 0,
            };
            grouper.push(code, at_source, answer);
        }
        grouper.groups(10)
    }

    const CROSS: u32 = 1;
    const PARTIAL: u32 = 2;

    #[test]
    fn a_barrier_failure_is_right_at_the_source_and_wrong_across_in_the_same_run() {
        let groups = groups(&[
            (0, 5, 1, SAME, RIGHT, true, 1),
            (0, 5, 2, CROSS, WRONG, false, 2), // the barrier failure
            (0, 5, 3, PARTIAL, WRONG, false, 2), // so is this: part of a script is not the script
            (0, 5, 4, SAME, WRONG, false, 2),  // lost, but not across scripts
            (1, 5, 2, CROSS, WRONG, false, 2), // another run, which was never asked at the source
            (0, 6, 1, SAME, WRONG, true, 1),
            (0, 6, 2, CROSS, WRONG, false, 2), // never known
        ]);
        let barrier: Vec<_> = groups.all.iter().map(|group| group.barrier).collect();
        assert_eq!(barrier, [false, true, true, false, false, false, false]);
        let known: Vec<_> = groups.all.iter().map(|group| group.known).collect();
        assert_eq!(known, [true, true, true, true, false, false, false]);
        assert_eq!(groups.source_of(1), Some(0));
        assert_eq!(groups.source_of(4), None);
        assert_eq!(groups.of_question(5).len(), 5);
    }

    #[test]
    fn the_majority_over_epochs_decides_and_a_tie_does_not() {
        let source = (0, 5, 1, SAME, RIGHT, true, 1);
        let [right, wrong] =
            [RIGHT, WRONG].map(|outcome| (0, 5, 2, CROSS, outcome, false, outcome));
        assert!(groups(&[source, right, wrong, wrong]).all[1].barrier);
        assert!(!groups(&[source, right, wrong]).all[1].barrier);
        let group = &groups(&[source, right, wrong, wrong]).all[1];
        assert_eq!((group.right, group.wrong, group.distinct), (1, 2, 2));
    }
}
