//! What became of the names, against whether the answer is right.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Count;
use super::interval::{Interval, wilson};
use crate::corpus::fields::NONE;
use crate::corpus::{Corpus, Key};
use crate::entity::Verdict;
use crate::record::Outcome;

/// Verdicts against outcomes. A response with several names may have several verdicts, and counts for each.
#[derive(Debug, Serialize)]
pub struct NamesSummary {
    /// Responses with a name to look for.
    pub responses: usize,
    /// One line a verdict.
    pub verdicts: Vec<VerdictCount>,
    /// One line a pair of source and target script.
    pub scripts: Vec<NamesCell>,
}

/// Responses with a verdict.
#[derive(Debug, Serialize)]
pub struct VerdictCount {
    /// The verdict.
    pub verdict: &'static str,
    /// The responses.
    #[serde(flatten)]
    pub count: Count,
}

/// Names from one source script to one target script.
#[derive(Debug, Serialize)]
pub struct NamesCell {
    /// Source script.
    pub source: String,
    /// Target script.
    pub target: String,
    /// Responses with a name to look for.
    pub responses: usize,
    /// Share of those in which a name was lost, with Wilson's interval.
    pub lost: Option<Interval>,
    /// Responses in which a name was lost.
    pub where_lost: Count,
    /// Responses in which none was.
    pub where_kept: Count,
    /// Verdict against outcome.
    pub verdicts: Vec<VerdictCount>,
}

/// Counts by outcome.
#[derive(Debug, Clone, Copy, Default)]
struct Tally([usize; Outcome::ALL.len()]);

impl Tally {
    fn add(&mut self, outcome: u32) {
        if let Some(count) = self.0.get_mut(outcome as usize) {
            *count += 1;
        }
    }

    fn count(&self) -> Count {
        let of = |outcome: Outcome| self.0[outcome as usize];
        let (right, judged) = (of(Outcome::Right), of(Outcome::Right) + of(Outcome::Wrong));
        Count {
            responses: self.0.iter().sum(),
            right,
            judged,
            unattempted: of(Outcome::NotAttempted),
            unparsed: of(Outcome::Unparsed),
            accuracy: wilson(right, judged),
        }
    }
}

/// Tallies of one pair of scripts.
#[derive(Debug, Clone, Copy, Default)]
struct Tallies {
    verdicts: [Tally; Verdict::ALL.len()],
    lost: Tally,
    kept: Tally,
}

impl Tallies {
    fn add(&mut self, verdicts: &[Verdict], outcome: u32) {
        for verdict in verdicts {
            self.verdicts[*verdict as usize].add(outcome);
        }
        match verdicts.iter().any(|verdict| verdict.is_loss()) {
            true => self.lost.add(outcome),
            false => self.kept.add(outcome),
        }
    }

    fn verdicts(&self) -> Vec<VerdictCount> {
        let all = Verdict::ALL.into_iter().zip(&self.verdicts);
        let all = all.map(|(verdict, tally)| VerdictCount {
            verdict: verdict.word(),
            count: tally.count(),
        });
        all.filter(|line| line.count.responses > 0).collect()
    }
}

impl NamesSummary {
    /// Counts these rows; nothing where names were not looked for.
    pub fn of(corpus: &Corpus, rows: &[u32]) -> Option<NamesSummary> {
        if !corpus.is_audited() {
            return None;
        }
        let dict = corpus.dict(Key::Verdict);
        let read = |name: &str| name.split(' ').filter_map(Verdict::named).collect();
        let sets: Vec<Vec<Verdict>> = dict.names().map(read).collect();
        let none = dict.code(NONE);
        let [codes, outcomes, sources, targets] =
            [Key::Verdict, Key::Outcome, Key::Source, Key::Target].map(|key| corpus.codes(key));
        let (mut all, mut responses) = (Tallies::default(), 0);
        let mut pairs: BTreeMap<(u32, u32), Tallies> = BTreeMap::new();
        for row in rows.iter().map(|row| *row as usize) {
            if Some(codes[row]) == none {
                continue;
            }
            responses += 1;
            let verdicts = &sets[codes[row] as usize];
            all.add(verdicts, outcomes[row]);
            let pair = pairs.entry((sources[row], targets[row])).or_default();
            pair.add(verdicts, outcomes[row]);
        }
        let cell = |((source, target), tallies): ((u32, u32), Tallies)| {
            let (lost, kept) = (tallies.lost.count(), tallies.kept.count());
            NamesCell {
                source: corpus.dict(Key::Source).name(source).to_owned(),
                target: corpus.dict(Key::Target).name(target).to_owned(),
                responses: lost.responses + kept.responses,
                lost: wilson(lost.responses, lost.responses + kept.responses),
                where_lost: lost,
                where_kept: kept,
                verdicts: tallies.verdicts(),
            }
        };
        let mut scripts: Vec<NamesCell> = pairs.into_iter().map(cell).collect();
        scripts.sort_by(|a, b| (&a.source, &a.target).cmp(&(&b.source, &b.target)));
        Some(NamesSummary {
            responses,
            verdicts: all.verdicts(),
            scripts,
        })
    }
}
