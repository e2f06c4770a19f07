//! Responses to be judged one after the other.

use std::path::Path;
use std::{fs, io};

use serde::{Deserialize, Serialize};

use crate::annotation::{Status, Target, row_of, target_of};
use crate::corpus::Corpus;
use crate::hash::Hash;

/// In which order they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By chance; the same for the same seed.
    Random(u64),
    /// By question, all its variants together.
    ByQuestion,
    /// Questions that the fewest responses have right first.
    Hardest,
    /// As they were loaded.
    Loaded,
}

impl Order {
    /// Every order, and what it is.
    pub const ALL: [(Order, &str); 4] = [
        (
            Order::Random(1),
            "by chance; another number is another order",
        ),
        (Order::ByQuestion, "all variants of a question together"),
        (
            Order::Hardest,
            "questions that the fewest responses have right first",
        ),
        (Order::Loaded, "in the order of the files"),
    ];

    /// Reads `random 7`, `by-question`, `hardest`, `loaded`.
    pub fn parse(text: &str) -> Option<Order> {
        let mut words = text.split_whitespace();
        let order = match (words.next()?, words.next()) {
            ("random", None) => Order::Random(1),
            ("random", Some(seed)) => Order::Random(seed.parse().ok()?),
            ("by-question", None) => Order::ByQuestion,
            ("hardest", None) => Order::Hardest,
            ("loaded", None) => Order::Loaded,
            _ => return None,
        };
        words.next().is_none().then_some(order)
    }

    /// As it is read.
    pub fn word(self) -> String {
        match self {
            Order::Random(seed) => format!("random {seed}"),
            Order::ByQuestion => "by-question".into(),
            Order::Hardest => "hardest".into(),
            Order::Loaded => "loaded".into(),
        }
    }

    /// Puts rows into this order.
    pub fn sort(self, corpus: &Corpus, rows: &mut [u32]) {
        let groups = corpus.groups();
        let question = |row: &u32| groups.all[groups.of_row[*row as usize] as usize].question;
        match self {
            Order::Loaded => {}
            Order::Random(seed) => {
                // By what a response is, so that it does not depend on what else is loaded.
                let place = |row: &u32| {
                    let key = target_of(corpus, *row).key();
                    Hash::of_parts(&[&seed.to_le_bytes(), &key.0.to_le_bytes()])
                };
                rows.sort_by_cached_key(place);
            }
            Order::ByQuestion => rows.sort_by_key(question),
            Order::Hardest => {
                let mut shares = vec![(0u64, 0u64); 0];
                for group in &groups.all {
                    let question = group.question as usize;
                    if shares.len() <= question {
                        shares.resize(question + 1, (0, 0));
                    }
                    shares[question].0 += u64::from(group.right);
                    shares[question].1 += u64::from(group.right + group.wrong);
                }
                // In thousandths, so that it is a number that can be ordered; where nothing was judged last.
                let share = |row: &u32| match shares.get(question(row) as usize) {
                    Some((right, judged @ 1..)) => right * 1000 / judged,
                    _ => u64::MAX,
                };
                rows.sort_by_key(|row| (share(row), question(row)));
            }
        }
    }
}

/// A queue as it is kept between two sittings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The filter that chose its responses.
    pub filter: String,
    /// Their order.
    pub order: String,
    /// The responses: run, question, target locale, epoch.
    pub targets: Vec<(String, String, String, u32)>,
}

impl Kept {
    /// What is to be kept of a queue of these rows.
    pub fn of(corpus: &Corpus, filter: String, order: Order, rows: &[u32]) -> Kept {
        let target = |row: &u32| {
            let Target(run, question, locale, epoch) = target_of(corpus, *row);
            (
                run.into_owned(),
                question.into_owned(),
                locale.into_owned(),
                epoch,
            )
        };
        Kept {
            filter,
            order: order.word(),
            targets: rows.iter().map(target).collect(),
        }
    }

    /// Keeps it beside the journal of its annotator.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, journal: &Path) -> io::Result<()> {
        let path = journal.with_extension("queue.json");
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        serde_json::to_writer(&mut file, self)?;
        file.persist(&path)?;
        Ok(())
    }

    /// The one beside a journal; `None` where there is none that can be read.
    pub fn read(journal: &Path) -> Option<Kept> {
        let text = fs::read(journal.with_extension("queue.json")).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

/// A queue.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// The filter that chose its responses, and their order.
    pub told: String,
    /// The responses that are here.
    pub rows: Vec<u32>,
    /// How far each is.
    statuses: Vec<Status>,
    /// How many of them are done or left out.
    pub settled: usize,
}

impl Queue {
    /// A queue of responses, each of this status.
    pub fn new(told: String, rows: Vec<u32>, status: impl Fn(u32) -> Status) -> Queue {
        let statuses: Vec<Status> = rows.iter().map(|row| status(*row)).collect();
        Queue {
            settled: statuses
                .iter()
                .filter(|status| is_settled(**status))
                .count(),
            told,
            rows,
            statuses,
        }
    }

    /// The rows of a kept queue that are here.
    pub fn rows_of(kept: &Kept, corpus: &Corpus) -> Vec<u32> {
        let row = |(run, question, locale, epoch): &(String, String, String, u32)| {
            row_of(corpus, &Target::new(run, question, locale, *epoch))
        };
        kept.targets.iter().filter_map(row).collect()
    }

    /// All may have another status now.
    pub fn look_again(&mut self, status: impl Fn(u32) -> Status) {
        let (told, rows) = (
            std::mem::take(&mut self.told),
            std::mem::take(&mut self.rows),
        );
        *self = Queue::new(told, rows, status);
    }

    /// A response has this status now.
    pub fn set(&mut self, row: u32, status: Status) {
        let Some(at) = self.rows.iter().position(|other| *other == row) else {
            return;
        };
        let before = std::mem::replace(&mut self.statuses[at], status);
        self.settled =
            self.settled + usize::from(is_settled(status)) - usize::from(is_settled(before));
    }

    /// The next response after this place that is open; when there is none, the next that was put off.
    pub fn next(&self, after: usize) -> Option<usize> {
        let around = || (after + 1..self.rows.len()).chain(0..(after + 1).min(self.rows.len()));
        let is = |wanted: Status| move |at: &usize| self.statuses.get(*at) == Some(&wanted);
        around()
            .find(is(Status::Open))
            .or_else(|| around().find(is(Status::Deferred)))
    }

    /// How many were put off.
    pub fn deferred(&self) -> usize {
        self.statuses
            .iter()
            .filter(|status| **status == Status::Deferred)
            .count()
    }
}

fn is_settled(status: Status) -> bool {
    matches!(status, Status::Done | Status::Skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_reads_back_what_it_says() {
        for (order, _) in Order::ALL {
            assert_eq!(Order::parse(&order.word()), Some(order));
        }
        assert_eq!(Order::parse("random 42"), Some(Order::Random(42)));
        assert_eq!(Order::parse("random x"), None);
        assert_eq!(Order::parse("loaded twice"), None);
    }

    #[test]
    fn what_was_put_off_comes_after_all_that_is_open() {
        let mut queue = Queue::new(String::new(), vec![7, 8, 9], |_| Status::Open);
        queue.set(7, Status::Deferred);
        assert_eq!(queue.next(0), Some(1));
        queue.set(8, Status::Done);
        queue.set(9, Status::Skipped);
        assert_eq!((queue.settled, queue.deferred()), (2, 1));
        assert_eq!(queue.next(2), Some(0));
        queue.set(7, Status::Done);
        assert_eq!((queue.settled, queue.next(0)), (3, None));
        queue.set(8, Status::Open);
        assert_eq!((queue.settled, queue.next(2)), (2, Some(1)));
    }
}
