//! The training samples among the outputs of a teacher: which are taken, which side of the split they stand on, and why
//! the others are not.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::check::{Checks, Rejection};
use super::duplicates::Met;
use super::order::in_order;
use super::teacher::Lesson;
use crate::corpus::{Corpus, Key};
use crate::entity::Caches;
use crate::hash::Hash;
use crate::record::Record;

/// How the outputs of a teacher become samples.
#[derive(Debug, Clone)]
pub struct Sieve {
    /// What is asked of each.
    pub checks: Checks,
    /// Questions to keep out.
    pub excluded: HashSet<String>,
    /// The share of questions that are kept for testing, 0 to 1.
    pub test: f64,
    /// Where the reasoning goes.
    pub reasoning: Reasoning,
}

/// Where a sample has the reasoning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reasoning {
    /// In the reply, between `<think>` and `</think>`.
    #[default]
    Think,
    /// In the field `reasoning_content` of the message.
    Field,
}

/// What became of an output.
#[derive(Debug, Clone)]
pub enum Sifted {
    /// A sample to train on.
    Train(Value),
    /// A sample to test with.
    Test(Value),
    /// None, and why.
    Rejected(Box<Record>, Vec<Rejection>),
}

/// What became of the outputs of one pair of source and target script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Samples to train on.
    pub train: usize,
    /// Samples to test with.
    pub test: usize,
    /// Outputs that are none.
    pub rejected: usize,
    /// How many of these for each reason; one may have several.
    pub reasons: BTreeMap<Rejection, usize>,
}

/// What became of all outputs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tallies {
    /// By source and target script, `Geor→Cyrl`.
    pub pairs: BTreeMap<String, Tally>,
    /// Responses that could not be read again, and why.
    pub unread: Vec<String>,
    /// Teachers, and what they were asked with.
    pub teachers: BTreeMap<String, usize>,
    /// What files say of themselves, such as that they were written for illustration.
    pub notes: Vec<String>,
    /// Questions with a sample to train on, and to test with.
    pub questions: [HashSet<String>; 2],
}

impl Tally {
    /// Samples.
    pub fn accepted(&self) -> usize {
        self.train + self.test
    }
}

impl Sieve {
    /// Looks at every output in the order of loading. `give` may break off.
    ///
    /// # Errors
    /// What `give` says.
    pub fn sift<E>(
        &self,
        corpus: &Corpus,
        mut give: impl FnMut(Sifted) -> Result<(), E>,
    ) -> Result<Tallies, E> {
        let mut notes: Vec<String> = corpus.notes().map(|(_, note)| note.to_owned()).collect();
        notes.sort_unstable();
        notes.dedup();
        let mut tallies = Tallies {
            notes,
            ..Tallies::default()
        };
        let mut met = Met::default();
        let rows: Vec<u32> = (0..corpus.len() as u32).collect();
        let look = |row: &u32, caches: &mut Caches<'static>| {
            let looked = corpus.read(*row).map(|record| {
                let (reasons, lesson) = self.checks.of(&record, caches);
                (record, reasons, lesson)
            });
            (*row, looked)
        };
        in_order(&rows, look, |(row, looked)| {
            let (record, mut reasons, lesson) = match looked {
                Ok(looked) => looked,
                Err(reason) => {
                    tallies.unread.push(reason);
                    return Ok(());
                }
            };
            let question = corpus.name(row, Key::Question);
            if self.excluded.contains(question) {
                reasons.insert(0, Rejection::Excluded);
            }
            let mut lesson = lesson.filter(|_| reasons.is_empty());
            let mut is_known = || met.add(record.trace.text(), self.checks.likeness).is_some();
            if lesson.is_some() && is_known() {
                reasons.push(Rejection::Duplicate);
                lesson = None;
            }
            let is_test = is_test(question, self.test);
            tallies.count(
                &record,
                question,
                lesson.as_ref().map(|_| is_test),
                &reasons,
            );
            give(match lesson {
                Some(lesson) if is_test => Sifted::Test(self.sample(&record, &lesson)),
                Some(lesson) => Sifted::Train(self.sample(&record, &lesson)),
                None => Sifted::Rejected(Box::new(record), reasons),
            })
        })?;
        Ok(tallies)
    }

    /// A sample as TRL, Axolotl and LLaMA-Factory read it; what stands beside the messages they leave alone.
    fn sample(&self, record: &Record, lesson: &Lesson) -> Value {
        let (trace, answer) = (record.trace.text().trim(), record.answer.trim());
        let reply = match self.reasoning {
            Reasoning::Think => json!({
                "role": "assistant",
                "content": format!("<think>\n{trace}\n</think>\n\n{answer}"),
            }),
            Reasoning::Field => json!({
                "role": "assistant",
                "reasoning_content": trace,
                "content": answer,
            }),
        };
        json!({
            "messages": [{"role": "user", "content": lesson.student}, reply],
            "question_id": record.question_id,
            "source": record.source,
            "target": record.target,
        })
    }
}

/// Whether a question is kept for testing: in all its languages, and in every run of this program.
fn is_test(question: &str, share: f64) -> bool {
    // 53 bits of it are a number below 1, exactly.
    ((Hash::of(question).0 >> 75) as f64) < share * (1_u64 << 53) as f64
}

impl Tallies {
    fn count(
        &mut self,
        record: &Record,
        question: &str,
        test: Option<bool>,
        reasons: &[Rejection],
    ) {
        let script = |locale: &Option<crate::script::Locale>| {
            locale
                .as_ref()
                .map_or("?".to_owned(), |locale| locale.script.to_string())
        };
        let pair = format!("{}→{}", script(&record.source), script(&record.target));
        let tally = self.pairs.entry(pair).or_default();
        let [train_questions, test_questions] = &mut self.questions;
        match test {
            Some(true) => {
                tally.test += 1;
                test_questions.insert(question.to_owned());
            }
            Some(false) => {
                tally.train += 1;
                train_questions.insert(question.to_owned());
            }
            None => tally.rejected += 1,
        }
        for reason in reasons {
            *tally.reasons.entry(*reason).or_default() += 1;
        }
        let remedy = record.metadata.get("remedy");
        let template = remedy.and_then(|remedy| remedy.get("template")?.as_str());
        let teacher = format!(
            "{}, template {}",
            record.model.as_deref().unwrap_or("unknown model"),
            template.unwrap_or("unknown")
        );
        *self.teachers.entry(teacher).or_default() += 1;
    }

    /// All pairs together.
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        for tally in self.pairs.values() {
            total.train += tally.train;
            total.test += tally.test;
            total.rejected += tally.rejected;
            for (reason, times) in &tally.reasons {
                *total.reasons.entry(*reason).or_default() += times;
            }
        }
        total
    }

    /// A table of what was taken and what was not, by pair of scripts, and a line for each reason: 80 columns at most.
    pub fn plain(&self) -> String {
        let total = self.total();
        let all = total.accepted() + total.rejected;
        let mut text = format!(
            "{} of {all} outputs accepted\n  {} to train on ({} questions), {} to test with ({} questions)\n",
            total.accepted(),
            total.train,
            self.questions[0].len(),
            total.test,
            self.questions[1].len(),
        );
        for (pair, tally) in &self.pairs {
            text += &format!(
                "\n{pair:<12} {:>6} accepted {:>6} rejected\n",
                tally.accepted(),
                tally.rejected
            );
            for (reason, times) in &tally.reasons {
                text += &format!("{times:>7}  {:<15} {}\n", reason.word(), reason.doc());
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_split_takes_about_its_share_and_never_changes() {
        let count = |share: f64| {
            (0..10_000)
                .filter(|nth| is_test(&format!("q{nth}"), share))
                .count()
        };
        assert_eq!((count(0.0), count(1.0)), (0, 10_000));
        assert!((800..1200).contains(&count(0.1)), "{}", count(0.1));
        assert_eq!(
            is_test("pirosmani-director", 0.5),
            is_test("pirosmani-director", 0.5)
        );
    }
}
