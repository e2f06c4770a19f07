//! What became of the names in every response.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use indexmap::IndexMap;
use polars::prelude::*;

use super::fields::{KEYS, Key, NONE};
use super::{Corpus, Dict};
use crate::entity::catalog::{is_same, merge};
use crate::entity::mining::{Mined, Version, mine};
use crate::entity::{
    Caches, Cue, Entry, Finding, Known, NameModel, Names, Sought, Verdict, sought,
};
use crate::record::{Entity, Record};
use crate::script::Locale;

/// What an audit of all responses found.
#[derive(Debug, Default)]
pub struct Audit {
    /// Every entity of every question.
    known: Known,
    /// Entities that nobody gave, by the code of their question.
    mined: HashMap<u32, Vec<Entity>>,
    /// The columns it makes.
    columns: Vec<Column>,
    verdicts: Arc<Dict>,
    cues: Arc<Dict>,
}

/// The entities of a question.
#[derive(Debug, Clone, Default)]
struct OfQuestion {
    sought: Vec<Sought>,
    mined: Vec<Entity>,
}

/// What the columns keep of a response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Seen {
    verdicts: u32,
    cues: u32,
    lost: bool,
    repeated: bool,
}

impl Corpus {
    /// Looks for the names of every question in its responses. Every text is read once. `go_on` hears which share is
    /// done, from 0 to 1, and may break off; then there is nothing.
    pub fn audit(&self, go_on: &(dyn Fn(f32) -> ControlFlow<()> + Sync)) -> Option<Audit> {
        let questions: Vec<u32> = (0..self.dict(Key::Question).len() as u32).collect();
        let whole = (questions.len() + self.len()).max(1) as f32;
        let look = |(): &mut (), question| self.entities_of(question);
        let found = self.each(&questions, || (), look, &|done| go_on(done as f32 / whole))?;
        let (mut known, mut mined, mut caches) = (Known::new(), HashMap::new(), Caches::new());
        for (question, found) in (0..).zip(found) {
            for sought in &found.sought {
                known.add(sought, &mut caches);
            }
            if !found.mined.is_empty() {
                mined.insert(question, found.mined);
            }
        }
        let see = |caches: &mut Caches<'static>, row| {
            let Ok(mut record) = self.logged(row) else {
                return Seen::default();
            };
            self.add_mined(&mut record, row, &mined);
            Seen::of(&Names::of(&record, &known, caches).findings)
        };
        let rows: Vec<u32> = (0..self.rows).collect();
        let before = questions.len();
        let tell = |done| go_on((before + done) as f32 / whole);
        let seen = self.each(&rows, Caches::new, see, &tell)?;
        Some(Audit::of(known, mined, &seen))
    }

    /// One response in each language to a question.
    fn one_in_each_language(&self, question: u32) -> Vec<(u32, Record)> {
        let groups = self.groups();
        let mut targets = Vec::new();
        let mut records = Vec::new();
        for group in groups.of_question(question) {
            let target = groups.all[*group as usize].target;
            if targets.contains(&target) {
                continue;
            }
            if let Some(row) = groups.rows(*group).first()
                && let Ok(record) = self.logged(*row)
            {
                targets.push(target);
                records.push((*row, record));
            }
        }
        records
    }

    /// The entities of a question: those that are given, or what its versions have in common.
    fn entities_of(&self, question: u32) -> OfQuestion {
        let mut records = self.one_in_each_language(question);
        let is_given = records
            .iter()
            .any(|(_, record)| !record.entities.is_empty());
        let mined = match is_given {
            true => Vec::new(),
            false => self.mine(&records),
        };
        let sought = records.iter_mut().flat_map(|(_, record)| {
            record.entities.extend(mined.iter().cloned());
            sought(record, &[])
        });
        OfQuestion {
            sought: sought.collect(),
            mined,
        }
    }

    /// What the versions of a question have in common.
    fn mine(&self, records: &[(u32, Record)]) -> Vec<Entity> {
        let at_source = |row: u32| {
            let groups = self.groups();
            groups.all[groups.of_row[row as usize] as usize].at_source
        };
        let versions = records.iter().filter_map(|(row, record)| {
            Some(Version {
                language: &record.target.as_ref()?.language,
                text: &record.question,
                is_source: at_source(*row),
            })
        });
        let mut versions: Vec<Version> = versions.collect();
        if !versions.iter().any(|version| version.is_source) {
            let told = records.iter().find_map(|(_, record)| {
                Some(Version {
                    language: &record.source.as_ref()?.language,
                    text: record.source_question.as_ref()?,
                    is_source: true,
                })
            });
            // Without the source nobody knows what a name should be.
            let Some(source) = told else {
                return Vec::new();
            };
            versions.push(source);
        }
        if versions.len() < 2 {
            return Vec::new();
        }
        let mined = mine(NameModel::shipped(), &versions);
        mined.into_iter().map(Mined::into_entity).collect()
    }

    /// Gives a record what was mined from its question, where it has no entities of its own.
    fn add_mined(&self, record: &mut Record, row: u32, mined: &HashMap<u32, Vec<Entity>>) {
        if record.entities.is_empty()
            && let Some(question) = self.codes(Key::Question).get(row as usize)
            && let Some(mined) = mined.get(question)
        {
            record.entities.extend(mined.iter().cloned());
        }
    }

    /// The same, with what this corpus was audited with.
    pub(super) fn with_mined(&self, mut record: Record, row: u32) -> Record {
        if let Some(audit) = &self.audit {
            self.add_mined(&mut record, row, &audit.mined);
        }
        record
    }

    /// Every entity of every question, given or mined, as a catalog has it. `go_on` hears which share of the questions is
    /// done, and may break off; then there is nothing.
    pub fn entities(&self, go_on: &(dyn Fn(f32) -> ControlFlow<()> + Sync)) -> Option<Vec<Entry>> {
        let questions: Vec<u32> = (0..self.dict(Key::Question).len() as u32).collect();
        let look = |(): &mut (), question| self.given_or_mined(question, true);
        let all = questions.len().max(1) as f32;
        let found = self.each(&questions, || (), look, &|done| go_on(done as f32 / all))?;
        let entry = |(question, entity): (&u32, Entity)| Entry {
            question_id: Some(self.dict(Key::Question).name(*question).to_owned()),
            id: entity.id,
            forms: entity.forms,
            mined: entity.mined,
        };
        let found = questions.iter().zip(found);
        let found =
            found.flat_map(|(question, found)| found.into_iter().map(move |e| (question, e)));
        Some(found.map(entry).collect())
    }

    /// The entities that any version of a question brings; where none does and mining is wanted, what the versions have in
    /// common.
    fn given_or_mined(&self, question: u32, mined: bool) -> Vec<Entity> {
        let records = self.one_in_each_language(question);
        let mut entities: Vec<Entity> = Vec::new();
        for entity in records.iter().flat_map(|(_, record)| &record.entities) {
            match entities.iter_mut().find(|known| is_same(known, entity)) {
                Some(known) => merge(known, entity),
                None => entities.push(entity.clone()),
            }
        }
        match entities.is_empty() && mined {
            true => self.mine(&records),
            false => entities,
        }
    }

    /// The entities of the question of a row, as its other versions have them; with `mined` also those that nobody gave.
    pub fn entities_of_row(&self, row: u32, mined: bool) -> Vec<Entity> {
        let question = self.codes(Key::Question).get(row as usize);
        question.map_or(Vec::new(), |question| self.given_or_mined(*question, mined))
    }

    /// A response to the question of these rows, in each language that none of them is in.
    pub fn other_languages(&self, rows: &[u32]) -> Vec<Record> {
        let groups = self.groups();
        let of = |row: &u32| {
            groups
                .of_row
                .get(*row as usize)
                .map(|group| &groups.all[*group as usize])
        };
        let mut seen: Vec<_> = rows
            .iter()
            .filter_map(of)
            .map(|group| group.target)
            .collect();
        let Some(question) = rows.iter().find_map(of).map(|group| group.question) else {
            return Vec::new();
        };
        let mut others = Vec::new();
        for group in groups.of_question(question) {
            let target = groups.all[*group as usize].target;
            if let (false, Some(row)) = (seen.contains(&target), groups.rows(*group).first()) {
                seen.push(target);
                others.extend(self.logged(*row));
            }
        }
        others
    }

    /// The question of a row as it was asked in another language: in the same run, else in the first that was asked it.
    pub fn version_in(&self, row: u32, locale: &Locale) -> Option<String> {
        let groups = self.groups();
        let question = *self.codes(Key::Question).get(row as usize)?;
        let target = (
            self.dict(Key::TargetLanguage).code(&locale.language)?,
            self.dict(Key::Target).code(locale.script.as_str())?,
        );
        let run = *self.codes(Key::Run).get(row as usize)?;
        let of_question = groups.of_question(question).iter();
        let mut versions =
            of_question.filter(|group| groups.all[**group as usize].target == target);
        // A run under another condition may have been asked more than the question.
        let own = versions
            .clone()
            .find(|group| groups.all[**group as usize].run == run);
        let row = groups.rows(*own.or_else(|| versions.next())?).first()?;
        self.logged(*row).ok().map(|record| record.question)
    }

    /// The same responses with the columns of an audit.
    pub fn with_audit(&self, audit: Arc<Audit>) -> Arc<Corpus> {
        let dicts = [
            (Key::Verdict, audit.verdicts.clone()),
            (Key::Cue, audit.cues.clone()),
        ];
        let mut corpus = self.with_layer(&audit.columns, dicts);
        corpus.audit = Some(audit);
        Arc::new(corpus)
    }

    /// Names were looked for in every response.
    pub fn is_audited(&self) -> bool {
        self.audit.is_some()
    }

    /// The names of a response. Before an audit nothing is known of the entities of other questions, for which those of
    /// this one may have been taken.
    pub fn names(&self, record: &Record, caches: &mut Caches<'static>) -> Names {
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
    fn of(known: Known, mined: HashMap<u32, Vec<Entity>>, seen: &[Seen]) -> Audit {
        let (verdicts, verdict) = sets(seen.iter().map(|seen| seen.verdicts), Key::Verdict);
        let (cues, cue) = sets(seen.iter().map(|seen| seen.cues), Key::Cue);
        let flag = |name: &str, of: fn(&Seen) -> bool| {
            Column::new(name.into(), seen.iter().map(of).collect::<Vec<_>>())
        };
        Audit {
            known,
            mined,
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
    dict.seal();
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
