//! What asking in all languages would buy: a vote over the languages, and the best choice of one.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::stats::{Clustered, Refusal, clustered_share};

/// One answer to a question in one language, for a vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vote {
    /// Code of the question.
    pub question: u32,
    /// Code of the language in which it was asked.
    pub target: u32,
    /// Code of the answer: equal where two answers say the same, whatever their language and script. None where there is no
    /// answer to count; it has no vote, and is wrong.
    pub answer: Option<u32>,
    /// The answer is right.
    pub right: bool,
}

/// What a vote or a choice of language would buy, as accuracy. All with an interval clustered by question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Voted {
    /// Questions.
    pub questions: usize,
    /// As it is: the mean of all answers.
    pub alone: Result<Clustered, Refusal>,
    /// The answer most languages agree on (CLSP and CLC); of answers with the same number of votes one by chance.
    pub vote: Result<Clustered, Refusal>,
    /// More than half of the answers are right: what a vote buys at least, if no two answers could be compared.
    pub most_right: Result<Clustered, Refusal>,
    /// The language that does best over all these questions. Chosen on the same questions, so somewhat too good.
    pub best_language: Option<Choice>,
    /// Some language is right: what a perfect choice for each question would buy.
    pub oracle: Result<Clustered, Refusal>,
}

/// One language, and what is right in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    /// Its code.
    pub language: u32,
    /// Accuracy in it.
    pub accuracy: Result<Clustered, Refusal>,
}

impl Voted {
    /// Counts the answers of one run.
    ///
    /// # Errors
    /// There are no answers, or all are in one language.
    pub fn of(votes: &[Vote]) -> Result<Voted, Refusal> {
        let mut questions: BTreeMap<u32, Vec<Vote>> = BTreeMap::new();
        let mut languages: BTreeMap<u32, Vec<(u32, f64)>> = BTreeMap::new();
        for vote in votes {
            questions.entry(vote.question).or_default().push(*vote);
            languages
                .entry(vote.target)
                .or_default()
                .push((vote.question, score(vote)));
        }
        match languages.len() {
            0 => return Err(Refusal::Empty),
            1 => return Err(Refusal::OneLanguage),
            _ => {}
        }
        let each = |of: fn(&[Vote]) -> f64| {
            let scores = questions
                .iter()
                .map(|(question, votes)| (*question, of(votes)));
            clustered_share(&scores.collect::<Vec<_>>())
        };
        let alone: Vec<(u32, f64)> = votes
            .iter()
            .map(|vote| (vote.question, score(vote)))
            .collect();
        // A language in which few were asked would win by luck.
        let widest = languages.values().map(Vec::len).max().unwrap_or_default();
        let wide = languages
            .iter()
            .filter(|(_, scores)| scores.len() == widest);
        let mean = |scores: &[(u32, f64)]| scores.iter().map(|(_, score)| score).sum::<f64>();
        let best = wide.max_by(|a, b| mean(a.1).total_cmp(&mean(b.1)).then(b.0.cmp(a.0)));
        Ok(Voted {
            questions: questions.len(),
            alone: clustered_share(&alone),
            vote: each(outcome),
            most_right: each(|votes| {
                let right = votes.iter().filter(|vote| vote.right).count();
                f64::from(u8::from(2 * right > votes.len()))
            }),
            best_language: best.map(|(language, scores)| Choice {
                language: *language,
                accuracy: clustered_share(scores),
            }),
            oracle: each(|votes| f64::from(u8::from(votes.iter().any(|vote| vote.right)))),
        })
    }
}

fn score(vote: &Vote) -> f64 {
    f64::from(u8::from(vote.right))
}

/// How likely the vote on a question is right. Where graders disagree on one answer, it is right by their share.
fn outcome(votes: &[Vote]) -> f64 {
    let mut answers: BTreeMap<u32, (usize, f64)> = BTreeMap::new();
    for vote in votes {
        if let Some(answer) = vote.answer {
            let (count, right) = answers.entry(answer).or_default();
            *count += 1;
            *right += score(vote);
        }
    }
    let most = answers
        .values()
        .map(|(count, _)| *count)
        .max()
        .unwrap_or_default();
    let first = answers.values().filter(|(count, _)| *count == most);
    let shares: Vec<f64> = first.map(|(count, right)| right / *count as f64).collect();
    match shares.is_empty() {
        true => 0.0,
        false => shares.iter().sum::<f64>() / shares.len() as f64,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Answers to a question in languages 0, 1, 2 …; answer 1 is right, 0 is none.
    fn votes(question: u32, answers: &[u32]) -> Vec<Vote> {
        let vote = |(target, answer): (u32, &u32)| Vote {
            question,
            target,
            answer: (*answer > 0).then_some(*answer),
            right: *answer == 1,
        };
        (0..).zip(answers).map(vote).collect()
    }

    #[test]
    fn the_most_frequent_answer_wins() {
        for (answers, likely) in [
            (&[1, 1, 2, 3, 4][..], 1.0), // two of five, and no other has two
            (&[1, 2, 2, 3, 4], 0.0),
            (&[1, 2, 3, 4, 5], 0.2),
            (&[1, 1, 2, 2, 3], 0.5),
            (&[0, 0, 0, 1, 0], 1.0), // no answer has no vote
            (&[0, 0], 0.0),
        ] {
            assert_eq!(outcome(&votes(0, answers)), likely, "{answers:?}");
        }
    }

    #[test]
    fn a_vote_lies_between_what_is_and_what_could_be() {
        let all = [
            votes(0, &[1, 1, 2]),
            votes(1, &[1, 1, 3]),
            votes(2, &[2, 3, 1]),
            votes(3, &[1, 4, 4]),
        ];
        let found = Voted::of(&all.concat()).unwrap();
        let mean = |of: Result<Clustered, Refusal>| of.unwrap().mean.value;
        assert_eq!(mean(found.alone), 0.5);
        assert!((mean(found.vote) - (1.0 + 1.0 + 1.0 / 3.0) / 4.0).abs() < 1e-12);
        assert_eq!(mean(found.most_right), 0.5);
        assert_eq!(mean(found.oracle), 1.0);
        let best = found.best_language.unwrap();
        assert_eq!((best.language, mean(best.accuracy)), (0, 0.75));
    }

    #[test]
    fn one_language_has_no_vote() {
        assert_eq!(Voted::of(&votes(0, &[1])), Err(Refusal::OneLanguage));
        assert_eq!(Voted::of(&[]), Err(Refusal::Empty));
        let one = Voted::of(&votes(0, &[1, 2])).unwrap();
        assert_eq!(one.vote, Err(Refusal::OneQuestion));
    }
}
