//! Which other responses are worth setting beside one, best first.

use super::Corpus;
use super::fields::Key;

/// Another response to the same question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partner {
    /// Its row.
    pub row: u32,
    /// Why it is worth a look.
    pub why: Why,
    /// One is right and the other wrong.
    pub flips: bool,
}

/// Why a response is set beside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The same run asked the question in its source language.
    Source,
    /// The same model under another condition, in the same language.
    Condition,
    /// Another model, in the same language.
    Model,
    /// Another epoch of the same run, with the opposite outcome.
    Epoch,
    /// The same run asked the question in another script.
    Script,
    /// The same run asked the question in another language of the same script.
    Language,
}

impl Why {
    /// For people.
    pub const fn word(self) -> &'static str {
        match self {
            Why::Source => "the same question in its source language",
            Why::Condition => "the same model under another condition",
            Why::Model => "another model",
            Why::Epoch => "another epoch with the opposite outcome",
            Why::Script => "the same question in another script",
            Why::Language => "the same question in another language",
        }
    }
}

impl Corpus {
    /// Other responses to the question of this one, the most telling first: its source language, another script in which
    /// the outcome is the opposite, other runs, other epochs, then the rest.
    pub fn partners(&self, row: u32) -> Vec<Partner> {
        let groups = self.groups();
        let Some(mine) = groups.of_row.get(row as usize).copied() else {
            return Vec::new();
        };
        let this = &groups.all[mine as usize];
        let mut partners: Vec<Partner> = Vec::new();
        for group in groups.of_question(this.question) {
            if *group == mine {
                let rows = groups.rows(mine).iter().filter(|other| **other != row);
                let epochs = rows.map(|other| Partner {
                    row: *other,
                    why: Why::Epoch,
                    flips: self.flips(row, *other),
                });
                partners.extend(epochs.filter(|epoch| epoch.flips));
            } else if let Some(why) = self.why(mine, *group) {
                partners.extend(self.best_of(row, *group, why));
            }
        }
        // One epoch shows what there is to see.
        let mut seen_epoch = false;
        partners.retain(|partner| {
            partner.why != Why::Epoch || !std::mem::replace(&mut seen_epoch, true)
        });
        // Another script with the opposite outcome says as much as the source language.
        let rank = |partner: &Partner| match (partner.why, partner.flips) {
            (Why::Script, true) => 1,
            (Why::Source, _) => 0,
            (why, _) => why as u8 + 2,
        };
        partners.sort_by_key(|partner| (rank(partner), !partner.flips, partner.row));
        partners
    }

    /// What another group of the same question is to one; nothing where it differs in too much.
    fn why(&self, mine: u32, theirs: u32) -> Option<Why> {
        let groups = self.groups();
        let (this, other) = (&groups.all[mine as usize], &groups.all[theirs as usize]);
        if other.run == this.run {
            return Some(match () {
                () if other.at_source => Why::Source,
                () if other.target.1 != this.target.1 => Why::Script,
                () => Why::Language,
            });
        }
        if other.target != this.target {
            return None;
        }
        let model = |group| {
            let row = groups.rows(group).first();
            row.map(|row| self.codes(Key::Model)[*row as usize])
        };
        match model(mine) == model(theirs) {
            true => Some(Why::Condition),
            false => Some(Why::Model),
        }
    }

    /// Of a group the response of the same epoch, or one with the opposite outcome.
    fn best_of(&self, row: u32, group: u32, why: Why) -> Option<Partner> {
        let epochs = self.measure(super::Measure::Epoch);
        let rows = self.groups().rows(group);
        let best = rows.iter().min_by_key(|other| {
            let same_epoch = epochs[**other as usize] == epochs[row as usize];
            (!self.flips(row, **other), !same_epoch)
        });
        best.map(|other| Partner {
            row: *other,
            why,
            flips: self.flips(row, *other),
        })
    }

    /// One is right and the other wrong.
    fn flips(&self, one: u32, other: u32) -> bool {
        let outcome = |row| self.name(row, Key::Outcome);
        matches!(
            (outcome(one), outcome(other)),
            ("right", "wrong") | ("wrong", "right")
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::corpus::Options;
    use std::io::Write;
    use std::ops::ControlFlow;

    /// Responses of one question: model, condition, target, epoch, right.
    fn corpus(responses: &[(&str, &str, &str, u32, bool)]) -> std::sync::Arc<Corpus> {
        let mut file = tempfile::Builder::new()
            .suffix(".jsonl")
            .tempfile()
            .unwrap();
        for (model, condition, target, epoch, right) in responses {
            let record = serde_json::json!({
                "question_id": "q", "model": model, "condition": condition, "source": "he-Hebr", "target": target,
                "epoch": epoch, "correct": right, "question": "?", "answer": format!("{right}"),
            });
            writeln!(file, "{record}").unwrap();
        }
        let paths = [file.path().display().to_string()];
        Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()))
    }

    #[test]
    fn what_tells_most_comes_first_and_says_why() {
        let corpus = corpus(&[
            ("m", "base", "hi-Deva", 1, false),
            ("m", "base", "ru-Cyrl", 1, false),
            ("m", "base", "hi-Deva", 2, true),
            ("n", "base", "hi-Deva", 1, false),
            ("m", "hint", "hi-Deva", 1, true),
            ("m", "base", "th-Thai", 1, true),
            ("m", "base", "he-Hebr", 1, true),
            ("n", "base", "th-Thai", 1, true),
        ]);
        let partners = corpus.partners(0);
        let told: Vec<_> = partners.iter().map(|p| (p.row, p.why, p.flips)).collect();
        assert_eq!(
            told,
            [
                (6, Why::Source, true),
                (5, Why::Script, true),
                (4, Why::Condition, true),
                (3, Why::Model, false),
                (2, Why::Epoch, true),
                (1, Why::Script, false),
            ],
            "another model in another language differs in too much"
        );
    }

    #[test]
    fn a_response_alone_has_no_partners() {
        assert_eq!(
            corpus(&[("m", "base", "hi-Deva", 1, false)]).partners(0),
            []
        );
        assert_eq!(corpus(&[]).partners(0), []);
    }
}
