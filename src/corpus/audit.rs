//! What became of the names in every response.

use std::ops::ControlFlow;
use std::sync::Arc;

use indexmap::IndexMap;
use polars::prelude::*;

use super::fields::{KEYS, Key, NONE};
use super::{Corpus, Dict};
use crate::entity::told::Told;
use crate::entity::{Caches, Case, Cue, Finding, Known, NameModel, Sought, Verdict, audit, sought};
use crate::record::Record;

/// What an audit of all responses found.
#[derive(Debug, Default)]
pub struct Audit {
    /// Every entity of every question.
    known: Known,
    /// The columns it makes.
    columns: Vec<Column>,
    verdicts: Arc<Dict>,
    cues: Arc<Dict>,
}

/// The names of one response: what was looked for, and what became of each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names {
    /// What was looked for.
    pub sought: Vec<Sought>,
    /// One finding for each.
    pub findings: Vec<Finding>,
}

/// What the columns keep of a response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Seen {
    verdicts: u32,
    cues: u32,
    lost: bool,
    repeated: bool,
}

impl Names {
    /// The names of a record, where these other entities are known.
    pub fn of(record: &Record, known: &Known, caches: &mut Caches) -> Names {
        let sought = sought(record, &[]);
        let case = Case::of(record, &sought);
        let findings = audit(&case, NameModel::shipped(), known, caches);
        Names { sought, findings }
    }

    /// What was found of each entity, as it is written in JSON. `name` is what another known entity is called.
    pub fn told<'a>(
        &'a self,
        record: &'a Record,
        name: impl Fn(usize) -> &'a str + Copy,
    ) -> impl Iterator<Item = Told<'a>> {
        let case = Case::of(record, &self.sought);
        self.findings
            .iter()
            .filter_map(move |finding| Told::of(&case, finding, name))
    }
}

impl Corpus {
    /// Looks for the names of every question in its responses. Every text is read once. `go_on` hears how many rows are
    /// done, and may break off; then there is nothing.
    pub fn audit(&self, go_on: &(dyn Fn(usize) -> ControlFlow<()> + Sync)) -> Option<Audit> {
        let known = self.known(go_on)?;
        let see = |caches: &mut Caches, row| {
            let Ok(record) = self.logged(row) else {
                return Seen::default();
            };
            Seen::of(&Names::of(&record, &known, caches).findings)
        };
        let all: Vec<u32> = (0..self.rows).collect();
        let seen = self.each_row(&all, Caches::new, see, go_on)?;
        Some(Audit::of(known, &seen))
    }

    /// Every entity of every question. One response in each language is enough to know those of a question.
    fn known(&self, go_on: &(dyn Fn(usize) -> ControlFlow<()> + Sync)) -> Option<Known> {
        let groups = self.groups();
        let mut rows = Vec::new();
        for question in 0..self.dict(Key::Question).len() as u32 {
            let mut targets = Vec::new();
            for group in groups.of_question(question) {
                let target = groups.all[*group as usize].target;
                if !targets.contains(&target) {
                    targets.push(target);
                    rows.extend(groups.rows(*group).first());
                }
            }
        }
        let look = |(): &mut (), row| {
            let record = self.logged(row).ok();
            record.map_or_else(Vec::new, |record| sought(&record, &[]))
        };
        let sought = self.each_row(&rows, || (), look, &|_| go_on(0))?;
        let (mut known, mut caches) = (Known::new(), Caches::new());
        for sought in sought.iter().flatten() {
            known.add(sought, &mut caches);
        }
        Some(known)
    }

    /// The same responses with the columns of an audit.
    pub fn with_audit(&self, audit: Arc<Audit>) -> Arc<Corpus> {
        let mut corpus = self.clone();
        for column in &audit.columns {
            // Of the same length as every other.
            let _ = corpus.frame.with_column(column.clone());
        }
        corpus.dicts[Key::Verdict as usize] = audit.verdicts.clone();
        corpus.dicts[Key::Cue as usize] = audit.cues.clone();
        corpus.audit = Some(audit);
        Arc::new(corpus)
    }

    /// Names were looked for in every response.
    pub fn is_audited(&self) -> bool {
        self.audit.is_some()
    }

    /// The names of a response. Before an audit nothing is known of the entities of other questions, for which those of
    /// this one may have been taken.
    pub fn names(&self, record: &Record, caches: &mut Caches) -> Names {
        match &self.audit {
            Some(audit) => Names::of(record, &audit.known, caches),
            None => Names::of(record, &Known::new(), caches),
        }
    }

    /// What another known entity is called.
    pub fn known_name(&self, known: usize) -> &str {
        self.audit
            .as_ref()
            .map_or("", |audit| audit.known.name(known))
    }
}

impl Seen {
    fn of(findings: &[Finding]) -> Seen {
        let mut seen = Seen::default();
        for finding in findings {
            seen.verdicts |= 1 << finding.verdict as u32;
            seen.lost |= finding.verdict.is_loss();
            seen.repeated |= finding.repeats;
            for cue in finding.cues() {
                seen.cues |= 1 << cue as u32;
            }
        }
        seen
    }
}

impl Audit {
    fn of(known: Known, seen: &[Seen]) -> Audit {
        let (verdicts, verdict) = sets(seen.iter().map(|seen| seen.verdicts), Key::Verdict);
        let (cues, cue) = sets(seen.iter().map(|seen| seen.cues), Key::Cue);
        let flag = |name: &str, of: fn(&Seen) -> bool| {
            Column::new(name.into(), seen.iter().map(of).collect::<Vec<_>>())
        };
        Audit {
            known,
            columns: vec![
                verdict,
                cue,
                flag("lost", |seen| seen.lost),
                flag("repeated", |seen| seen.repeated),
            ],
            verdicts: verdicts.into(),
            cues: cues.into(),
        }
    }
}

/// Sets of words, given as bits, as a dictionary and codes.
fn sets(bits: impl Iterator<Item = u32>, key: Key) -> (Dict, Column) {
    let spec = &KEYS[key as usize];
    let mut dict = Dict::with(spec.values);
    let mut codes: IndexMap<u32, u32> = IndexMap::new();
    let mut code = |bits: u32| {
        *codes.entry(bits).or_insert_with(|| {
            let words = spec.values.iter().enumerate();
            let words = words.filter(|(nth, _)| bits >> nth & 1 == 1);
            let words: Vec<&str> = words.map(|(_, word)| *word).collect();
            match words.as_slice() {
                [] => dict.intern(NONE),
                words => dict.intern(&words.join(" ")),
            }
        })
    };
    let codes: Vec<u32> = bits.map(&mut code).collect();
    (dict, Column::new(spec.name.into(), codes))
}

const _: () = assert!(Verdict::ALL.len() < 32 && Cue::ALL.len() < 32);
