//! Responses of a corpus that a filter lets through, as what statistics are computed from.
//!
//! This is the one place that says what counts. Right and wrong count; what was declined, not found by a grader or judged by
//! nobody counts as neither, and is told. What is shown is what the filter lets through, but what a run *knows* is looked for
//! in all that is loaded: a filter such as `cross` hides the responses that say so.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;

use super::logit::{Across, Row, caveats};
use super::told::Scope;
use super::transfer::Answer;
use crate::corpus::fields::{MATCHES, NONE, OUTCOMES};
use crate::corpus::view::{Mask, rows_of};
use crate::corpus::{Corpus, Filter, Group, Key, Measure, view};
use crate::record::Outcome;
use crate::script;

/// What stands for a locale that is not known.
pub const UNKNOWN: u32 = u32::MAX;

/// Responses that a filter lets through.
pub struct Selection<'a> {
    /// Codes of the outcomes, by row: looking for a column takes longer than looking into it.
    outcomes: &'a [u32],
    corpus: &'a Corpus,
    filter: Filter,
    mask: Mask,
    shown: Vec<u32>,
    locales: Locales,
}

/// Languages with their scripts, as one code for source and target alike.
#[derive(Debug, Clone, Default)]
pub struct Locales {
    names: IndexSet<(String, String)>,
    /// Source and target of each group, [`UNKNOWN`] where it is not known.
    of_group: Vec<[u32; 2]>,
}

impl Locales {
    fn of(corpus: &Corpus) -> Locales {
        let mut locales = Locales::default();
        let groups = corpus.groups();
        let keys = [
            (Key::SourceLanguage, Key::Source),
            (Key::TargetLanguage, Key::Target),
        ];
        let codes = keys.map(|(language, script)| (corpus.codes(language), corpus.codes(script)));
        // Few languages and scripts and many groups: a table of codes, not a map.
        let size = |key: Key| corpus.dict(key).len();
        let mut known = keys.map(|(language, script)| vec![None; size(language) * size(script)]);
        for group in 0..groups.all.len() as u32 {
            let row = groups.rows(group).first().map_or(0, |row| *row as usize);
            let mut pair = [UNKNOWN; 2];
            for (side, ((language, script), (languages, scripts))) in
                keys.into_iter().zip(codes).enumerate()
            {
                let (tongue, letters) = (languages[row], scripts[row]);
                let place = &mut known[side][tongue as usize * size(script) + letters as usize];
                pair[side] = *place.get_or_insert_with(|| {
                    let name = |key: Key, code| corpus.dict(key).name(code).to_owned();
                    match name(language, tongue) {
                        none if none.is_empty() || none == NONE => UNKNOWN,
                        language => {
                            let name = (language, name(script, letters));
                            locales.names.insert_full(name).0 as u32
                        }
                    }
                });
            }
            locales.of_group.push(pair);
        }
        locales
    }

    fn get(&self, code: u32) -> Option<&(String, String)> {
        self.names.get_index(code as usize)
    }

    /// The language of a locale; empty for one that is not known.
    pub fn language(&self, code: u32) -> &str {
        self.get(code).map_or("", |(language, _)| language)
    }

    /// The script of a locale; empty for one that is not known.
    pub fn script(&self, code: u32) -> &str {
        self.get(code).map_or("", |(_, script)| script)
    }

    /// The family of the language of a locale, where it is known.
    pub fn family(&self, code: u32) -> Option<&'static str> {
        script::family(self.language(code))
    }

    /// What it is called: its language, with the script where that is not the usual one.
    pub fn name(&self, code: u32) -> String {
        let (language, script) = (self.language(code), self.script(code));
        let usual = script::default_script(language);
        match usual.is_some_and(|usual| usual.as_str() == script) {
            true => language.to_owned(),
            false => format!("{language}-{script}"),
        }
    }

    /// The code of a language in its usual script, or of a locale as [`Locales::name`] calls it.
    pub fn named(&self, name: &str) -> Option<u32> {
        (0..self.names.len() as u32).find(|code| self.name(*code) == name)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// No response has any.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// Whether what a run answered in the source language counts although the filter hides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sources {
    /// Only what is shown, whether the source is known or not.
    Unneeded,
    /// Only what is shown.
    AsShown,
    /// Of the questions that are shown, always: without them nobody knows what was known.
    Always,
}

impl<'a> Selection<'a> {
    /// The responses a filter lets through.
    pub fn new(corpus: &'a Corpus, filter: &Filter) -> Selection<'a> {
        let mut mask = vec![false; corpus.len()];
        for row in view::rows(corpus, filter) {
            mask[row as usize] = true;
        }
        Selection::of(corpus, filter.clone(), mask.into())
    }

    /// The same of a view that is there already.
    pub fn of(corpus: &'a Corpus, filter: Filter, mask: Mask) -> Selection<'a> {
        let groups = corpus.groups();
        let is_shown = |group: &u32| {
            let mut rows = groups.rows(*group).iter();
            rows.any(|row| mask.get(*row as usize) == Some(&true))
        };
        Selection {
            outcomes: corpus.codes(Key::Outcome),
            locales: Locales::of(corpus),
            shown: (0..groups.all.len() as u32).filter(is_shown).collect(),
            corpus,
            filter,
            mask,
        }
    }

    /// Of which corpus.
    pub fn corpus(&self) -> &'a Corpus {
        self.corpus
    }

    /// The filter.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Languages with their scripts.
    pub fn locales(&self) -> &Locales {
        &self.locales
    }

    /// Source and target of a group, [`UNKNOWN`] where it is not known.
    pub fn locales_of(&self, group: u32) -> [u32; 2] {
        self.locales.of_group[group as usize]
    }

    /// Rows that are shown.
    pub fn rows(&self) -> impl Iterator<Item = u32> + '_ {
        rows_of(&self.mask)
    }

    /// Rows of a group that are shown.
    pub fn rows_of(&self, group: u32) -> impl Iterator<Item = u32> + '_ {
        let rows = self.corpus.groups().rows(group).iter().copied();
        rows.filter(|row| self.mask[*row as usize])
    }

    /// Whether a row is right; neither where it is neither right nor wrong.
    pub fn right(&self, row: u32) -> Option<bool> {
        match self.outcomes.get(row as usize).copied() {
            Some(code) if code == Outcome::Right as u32 => Some(true),
            Some(code) if code == Outcome::Wrong as u32 => Some(false),
            _ => None,
        }
    }

    /// How many of the shown rows of a group are right, and how many are right or wrong.
    pub fn judged(&self, group: u32) -> (usize, usize) {
        let outcomes = self.rows_of(group).filter_map(|row| self.right(row));
        outcomes.fold((0, 0), |(right, all), is| {
            (right + usize::from(is), all + 1)
        })
    }

    /// Groups with a row that is shown.
    pub fn groups(&self) -> &[u32] {
        &self.shown
    }

    /// Codes of a key among what is shown, in their order.
    pub fn among(&self, key: Key) -> Vec<u32> {
        let codes = self.corpus.codes(key);
        let mut seen = vec![false; self.corpus.dict(key).len()];
        for row in self.rows() {
            seen[codes[row as usize] as usize] = true;
        }
        (0..)
            .zip(seen)
            .filter(|(_, seen)| *seen)
            .map(|(code, _)| code)
            .collect()
    }

    /// The runs that are shown: code and name.
    pub fn runs(&self) -> Vec<(u32, String)> {
        let name = |code| self.corpus.dict(Key::Run).name(code).to_owned();
        self.among(Key::Run)
            .into_iter()
            .map(|code| (code, name(code)))
            .collect()
    }

    /// Of which responses this is, to be told with every number.
    pub fn scope(&self) -> Scope {
        let codes = self.corpus.codes(Key::Outcome);
        let mut outcomes = [0; OUTCOMES.len()];
        let (mut responses, mut without_locale) = (0, 0);
        for row in self.rows() {
            responses += 1;
            if let Some(count) = outcomes.get_mut(codes[row as usize] as usize) {
                *count += 1;
            }
            let group = self.corpus.groups().of_row[row as usize];
            without_locale +=
                usize::from(self.locales_of(group).contains(&UNKNOWN) && self.right(row).is_some());
        }
        let runs = self.runs();
        let files: BTreeSet<u32> = self.among(Key::File).into_iter().collect();
        let notes = self.corpus.notes().filter(|(file, _)| files.contains(file));
        let notes: BTreeSet<String> = notes.map(|(_, note)| note.to_owned()).collect();
        let warnings = self.corpus.warnings().iter();
        let warnings = warnings.filter(|(run, _)| runs.iter().any(|(_, shown)| shown == run));
        Scope {
            filter: self.filter.to_string(),
            responses,
            of: self.corpus.len(),
            questions: self.among(Key::Question).len(),
            runs: runs.len(),
            outcomes,
            without_locale,
            grader: self.corpus.grader().map(|grader| grader.label()),
            notes: notes.into_iter().collect(),
            warnings: warnings
                .map(|(run, reason)| format!("{run}: {reason}"))
                .collect(),
        }
    }

    /// Groups of a run that are shown, and with [`Sources::Always`] those in which it was asked the same questions in their
    /// source language; of these all rows count.
    fn groups_of_run(&self, run: u32, sources: Sources) -> Vec<(u32, bool)> {
        let groups = self.corpus.groups();
        let shown = self.shown.iter().copied();
        let shown = shown.filter(|group| groups.all[*group as usize].run == run);
        let mut chosen = BTreeMap::new();
        for group in shown {
            chosen.entry(group).or_insert(false);
            if sources == Sources::Always
                && let Some(source) = groups.source_of(group)
            {
                chosen.insert(source, true);
            }
        }
        chosen.into_iter().collect()
    }

    fn rows_chosen(&self, (group, all): (u32, bool)) -> Vec<u32> {
        match all {
            true => self.corpus.groups().rows(group).to_vec(),
            false => self.rows_of(group).collect(),
        }
    }

    /// Answers of a run that are right or wrong, with a known target, and a known source unless it is not needed; of the
    /// epochs that are shown.
    pub fn answers(&self, run: u32, sources: Sources) -> Vec<Answer> {
        let epochs = self.corpus.measure(Measure::Epoch);
        let groups = self.groups_of_run(run, sources);
        // What is known in an epoch that is not shown says nothing of those that are.
        let shown = groups.iter().flat_map(|(group, _)| self.rows_of(*group));
        let shown: BTreeSet<u32> = shown.map(|row| epochs[row as usize]).collect();
        let of_group = |chosen: (u32, bool)| {
            let [source, target] = self.locales_of(chosen.0);
            let question = self.corpus.groups().all[chosen.0 as usize].question;
            let known = target != UNKNOWN && (source != UNKNOWN || sources == Sources::Unneeded);
            let rows = self.rows_chosen(chosen).into_iter();
            let answer = |row: u32| {
                let epoch = epochs[row as usize];
                let right = self.right(row)?;
                let answer = Answer {
                    question,
                    source,
                    target,
                    epoch,
                    right,
                };
                (known && shown.contains(&epoch)).then_some(answer)
            };
            rows.filter_map(answer).collect::<Vec<Answer>>()
        };
        groups.into_iter().flat_map(of_group).collect()
    }

    /// Rows of a regression: what is right or wrong, with a known source and target. The model is the run, since a run is
    /// one model under one condition.
    pub fn regression_rows(&self, sources: Sources) -> Vec<Row> {
        let scripts = Scripts::of(&self.locales);
        let mut rows = Vec::new();
        for (run, _) in self.runs() {
            for chosen in self.groups_of_run(run, sources) {
                let group = &self.corpus.groups().all[chosen.0 as usize];
                let [source, target] = self.locales_of(chosen.0);
                let Some(script_match) = script_match(group) else {
                    continue;
                };
                if [source, target].contains(&UNKNOWN) {
                    continue;
                }
                let family = |code| self.locales.family(code);
                let fresh = |right| Row {
                    question: group.question,
                    model: run,
                    source,
                    target,
                    source_script: scripts.of[source as usize],
                    target_script: scripts.of[target as usize],
                    script_match,
                    language_match: self.locales.language(source) == self.locales.language(target),
                    family_match: source == target
                        || family(source).is_some() && family(source) == family(target),
                    right,
                };
                let found = self.rows_chosen(chosen).into_iter();
                rows.extend(found.filter_map(|row| self.right(row)).map(fresh));
            }
        }
        rows
    }

    /// Names of the codes of scripts in [`Selection::regression_rows`].
    pub fn scripts(&self) -> Vec<String> {
        Scripts::of(&self.locales).names.into_iter().collect()
    }
}

impl Selection<'_> {
    /// What has to be known of how languages were chosen before a difference between scripts is believed.
    pub fn caveats(&self) -> Vec<String> {
        let scripts = Scripts::of(&self.locales);
        let script = |code: u32| scripts.of.get(code as usize).copied();
        let pairs = self.shown.iter().map(|group| self.locales_of(*group));
        let pairs: BTreeSet<[u32; 2]> = pairs.filter(|[source, target]| source != target).collect();
        let across = pairs.into_iter().filter_map(|languages| {
            let scripts = [script(languages[0])?, script(languages[1])?];
            Some(Across { languages, scripts })
        });
        let name = |code: u32| scripts.names.get_index(code as usize).cloned();
        let caveats = caveats(&across.collect::<Vec<_>>()).into_iter();
        caveats
            .map(|caveat| {
                caveat.sentence(
                    |code| name(code).unwrap_or_default(),
                    |code| self.locales.name(code),
                )
            })
            .collect()
    }
}

/// 1 where scripts are the same, 0 where they differ, half where Japanese meets Chinese and that counts as part.
fn script_match(group: &Group) -> Option<f64> {
    match MATCHES.get(group.matching as usize) {
        Some(&"same") => Some(1.0),
        Some(&"cross") => Some(0.0),
        Some(&"partial") => Some(0.5),
        _ => None,
    }
}

/// Scripts of locales as codes.
struct Scripts {
    names: IndexSet<String>,
    of: Vec<u32>,
}

impl Scripts {
    fn of(locales: &Locales) -> Scripts {
        let mut names = IndexSet::new();
        let of = locales
            .names
            .iter()
            .map(|(_, script)| names.insert_full(script.clone()).0 as u32);
        let of = of.collect();
        Scripts { names, of }
    }
}

/// Two sides of a comparison: runs, conditions or models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides {
    /// What they are: [`Key::Run`], [`Key::Condition`] or [`Key::Model`].
    pub key: Key,
    /// Code of the first: what the second is held against.
    pub a: u32,
    /// Code of the second.
    pub b: u32,
}

/// What sides may be, and what else of a response must be the same for two to be a pair.
const SIDES: [(Key, Option<Key>); 3] = [
    (Key::Condition, Some(Key::Model)),
    (Key::Run, None),
    (Key::Model, Some(Key::Condition)),
];

/// A word that stands for no intervention.
const PLAIN: [&str; 6] = ["baseline", "base", "none", "plain", "default", "control"];

impl Sides {
    /// What sides may be.
    pub const KEYS: [Key; 3] = [SIDES[0].0, SIDES[1].0, SIDES[2].0];

    /// A run and the one that was asked its questions again, where both are here.
    pub fn remedy(corpus: &Corpus) -> Option<Sides> {
        let (a, b) = *corpus.remedies().first()?;
        Some(Sides {
            key: Key::Run,
            a,
            b,
        })
    }

    /// The first two values of a key, no intervention before one; none where there are no two. Of runs, those of a remedy.
    pub fn of(corpus: &Corpus, key: Key) -> Option<Sides> {
        if let (Key::Run, Some(remedy)) = (key, Sides::remedy(corpus)) {
            return Some(remedy);
        }
        let dict = corpus.dict(key);
        let mut named = Sides::values(corpus, key).map(|code| (code, dict.name(code)));
        Some(Sides::in_order(key, named.next()?, named.next()?))
    }

    /// The same with the next value for the first or the second side.
    pub fn turned(self, corpus: &Corpus, first: bool) -> Sides {
        let (this, other) = if first {
            (self.a, self.b)
        } else {
            (self.b, self.a)
        };
        let values: Vec<u32> = Sides::values(corpus, self.key).collect();
        let at = values.iter().position(|code| *code == this).unwrap_or(0);
        let mut next = values
            .iter()
            .cycle()
            .skip(at + 1)
            .take(values.len())
            .copied();
        let next = next.find(|code| *code != other).unwrap_or(this);
        match first {
            true => Sides { a: next, ..self },
            false => Sides { b: next, ..self },
        }
    }

    /// Codes that some response has.
    fn values(corpus: &Corpus, key: Key) -> impl Iterator<Item = u32> {
        let mut used = vec![false; corpus.dict(key).len()];
        for code in corpus.codes(key) {
            used[*code as usize] = true;
        }
        let codes = (0..).zip(used).filter(|(_, used)| *used);
        codes.map(|(code, _)| code)
    }

    /// What was done to the question comes second.
    fn in_order(key: Key, first: (u32, &str), second: (u32, &str)) -> Sides {
        // A run is called by its model and its condition.
        let is_plain = |name: &str| {
            let condition = name.rsplit('/').next().unwrap_or(name);
            PLAIN.contains(&condition.to_lowercase().as_str())
        };
        let swap = is_plain(second.1) && !is_plain(first.1);
        let (a, b) = if swap {
            (second, first)
        } else {
            (first, second)
        };
        Sides {
            key,
            a: a.0,
            b: b.0,
        }
    }

    /// The two sides of these names; without names a run and its remedy, else the two conditions, where there are two.
    ///
    /// # Errors
    /// No key has both; a sentence says what there is.
    pub fn named(selection: &Selection, a: Option<&str>, b: Option<&str>) -> Result<Sides, String> {
        let names = |key: Key| -> Vec<(u32, &str)> {
            let dict = selection.corpus.dict(key);
            selection
                .among(key)
                .into_iter()
                .map(|code| (code, dict.name(code)))
                .collect()
        };
        let there_is = || {
            let list = |key: Key, what: &str| {
                let names = names(key)
                    .into_iter()
                    .map(|(_, name)| format!("\"{name}\""));
                let names: Vec<String> = names.take(8).collect();
                format!("{what}: {}", names.join(", "))
            };
            format!(
                "{}; {}; {}",
                list(Key::Condition, "conditions"),
                list(Key::Run, "runs"),
                list(Key::Model, "models")
            )
        };
        let (a, b) = match (a, b) {
            (Some(a), Some(b)) => (a, b),
            (None, None) => {
                let runs = selection.among(Key::Run);
                if let Some(remedy) = Sides::remedy(selection.corpus())
                    && [remedy.a, remedy.b].iter().all(|run| runs.contains(run))
                {
                    return Ok(remedy);
                }
                return match names(Key::Condition).as_slice() {
                    [first, second] => Ok(Sides::in_order(Key::Condition, *first, *second)),
                    _ => Err(format!(
                        "name two conditions, runs or models to compare, with --a and --b; there are {}",
                        there_is()
                    )),
                };
            }
            _ => return Err("--a and --b go together: name both".to_owned()),
        };
        for (key, _) in SIDES {
            let code = |wanted: &str| {
                let mut names = names(key).into_iter();
                names
                    .find(|(_, name)| name.eq_ignore_ascii_case(wanted))
                    .map(|(code, _)| code)
            };
            if let (Some(first), Some(second)) = (code(a), code(b)) {
                return match first == second {
                    true => Err(format!("\"{a}\" and \"{b}\" are the same: name two")),
                    false => Ok(Sides {
                        key,
                        a: first,
                        b: second,
                    }),
                };
            }
        }
        Err(format!(
            "no two conditions, runs or models are called \"{a}\" and \"{b}\"; there are {}",
            there_is()
        ))
    }

    /// The names of both.
    pub fn names<'a>(&self, corpus: &'a Corpus) -> [&'a str; 2] {
        [self.a, self.b].map(|code| corpus.dict(self.key).name(code))
    }

    /// Which side a row is on: 0 for the first, 1 for the second.
    pub fn side(&self, corpus: &Corpus, row: u32) -> Option<usize> {
        let code = corpus.codes(self.key)[row as usize];
        [self.a, self.b].iter().position(|side| *side == code)
    }

    /// Groups of both sides that are shown and differ in nothing else: the same question in the same language, and for
    /// conditions the same model, for models the same condition.
    pub fn pairs(&self, selection: &Selection) -> Vec<(u32, u32)> {
        let (corpus, groups) = (selection.corpus, selection.corpus.groups());
        let same = SIDES
            .iter()
            .find(|(key, _)| *key == self.key)
            .and_then(|(_, same)| *same);
        let mut sides: [BTreeMap<_, u32>; 2] = Default::default();
        for group in selection.groups().iter().copied() {
            let Some(row) = selection.rows_of(group).next() else {
                continue;
            };
            let this = &groups.all[group as usize];
            let same = same.map(|key| corpus.codes(key)[row as usize]);
            if let Some(side) = self.side(corpus, row) {
                sides[side]
                    .entry((this.question, this.target, same))
                    .or_insert(group);
            }
        }
        let [first, second] = &sides;
        let pairs = first
            .iter()
            .filter_map(|(key, group)| Some((*group, *second.get(key)?)));
        pairs.collect()
    }
}
