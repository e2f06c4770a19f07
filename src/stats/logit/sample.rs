//! Rows that are used, and rows laid out for fitting: rows with the same terms share a pattern, of which there are few.

use std::collections::BTreeMap;
use std::ops::Range;

use nalgebra::{Cholesky, DMatrix, DVector};
use serde::Serialize;

use super::{Keep, Row, Term};
use crate::stats::Refusal;

/// Rows that enter a fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Used {
    /// Rows.
    pub rows: usize,
    /// Questions.
    pub questions: usize,
    /// What does not enter.
    pub dropped: Vec<Dropped>,
}

/// Rows that do not enter a fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// Why.
    pub cause: Cause,
    /// Rows.
    pub rows: usize,
    /// Questions of which nothing is left for this reason.
    pub questions: usize,
}

/// Why rows do not enter a fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Asked in the source language, by choice.
    AtSource,
    /// The model does not know the question in its source language, or was not asked there; by choice.
    NotKnown,
    /// The question is always right, so its responses cannot be compared with each other.
    AlwaysRight,
    /// The question is always wrong.
    AlwaysWrong,
}

impl Cause {
    /// A sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Cause::AtSource => "asked in the source language",
            Cause::NotKnown => "not known by the same model in the source language",
            Cause::AlwaysRight => {
                "the question is always right, so nothing can be compared within it"
            }
            Cause::AlwaysWrong => {
                "the question is always wrong, so nothing can be compared within it"
            }
        }
    }
}

/// A term that could not be fitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excluded {
    /// The term.
    pub term: Term,
    /// The terms that say the same; none where the term does not vary.
    pub said_by: Vec<Term>,
}

/// Keeps rows as chosen, sorted, so that their order changes no digit.
pub(super) fn choose(rows: &[Row], keep: Keep) -> Result<(Vec<Row>, Used), Refusal> {
    let in_range = |row: &Row| (0.0..=1.0).contains(&row.script_match);
    if !rows.iter().all(in_range) {
        return Err(Refusal::OutOfRange);
    }
    let mut all = rows.to_vec();
    all.sort_unstable_by(|a, b| {
        let key = |row: &Row| {
            let who = (row.question, row.model, row.source, row.target);
            let scripts = (row.source_script, row.target_script);
            (
                who,
                scripts,
                row.language_match,
                row.family_match,
                row.right,
            )
        };
        let script = |row: &Row| row.script_match;
        key(a).cmp(&key(b)).then(script(a).total_cmp(&script(b)))
    });
    let mut dropped = Vec::new();
    if keep != Keep::All {
        let mut known: BTreeMap<(u32, u32), i64> = BTreeMap::new();
        for row in all.iter().filter(|row| row.is_at_source()) {
            *known.entry((row.question, row.model)).or_default() += if row.right { 1 } else { -1 };
        }
        remove(&mut all, &mut dropped, Cause::AtSource, Row::is_at_source);
        if keep == Keep::KnownAcross {
            remove(&mut all, &mut dropped, Cause::NotKnown, |row| {
                known
                    .get(&(row.question, row.model))
                    .is_none_or(|ahead| *ahead <= 0)
            });
        }
    }
    let questions = count(&all);
    let right = all.iter().filter(|row| row.right).count();
    match (all.len(), right, questions) {
        (0, ..) => Err(Refusal::Empty),
        (n, right, _) if n == right => Err(Refusal::AllRight),
        (_, 0, _) => Err(Refusal::AllWrong),
        (_, _, 1) => Err(Refusal::OneQuestion),
        _ => {
            let used = Used {
                rows: all.len(),
                questions,
                dropped,
            };
            Ok((all, used))
        }
    }
}

fn remove(
    rows: &mut Vec<Row>,
    dropped: &mut Vec<Dropped>,
    cause: Cause,
    is: impl Fn(&Row) -> bool,
) {
    let (before, questions) = (rows.len(), count(rows));
    rows.retain(|row| !is(row));
    if rows.len() < before {
        dropped.push(Dropped {
            cause,
            rows: before - rows.len(),
            questions: questions - count(rows),
        });
    }
}

/// Questions among sorted rows.
fn count(rows: &[Row]) -> usize {
    rows.chunk_by(|a, b| a.question == b.question).count()
}

/// Rows laid out.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    /// The terms; predictors last, so that what another term already says is not put down to them.
    pub terms: Vec<Term>,
    /// One line of values a pattern, one column a term.
    pub patterns: Vec<f64>,
    /// Pattern of each row, and whether it is right.
    pub rows: Vec<(u32, bool)>,
    /// Rows of each question.
    pub questions: Vec<Range<usize>>,
    pub reference_model: Option<u32>,
    pub reference_target: Option<u32>,
}

impl Sample {
    /// Lays out sorted rows.
    pub fn new(rows: &[Row], target_effects: bool) -> Sample {
        let (models, reference_model) = levels(rows, |row| row.model);
        let (targets, reference_target) = match target_effects {
            true => levels(rows, |row| row.target),
            false => (Vec::new(), None),
        };
        let mut terms: Vec<Term> = models.into_iter().map(Term::Model).collect();
        terms.extend(targets.into_iter().map(Term::Target));
        terms.extend(Term::PREDICTORS);
        let mut known = BTreeMap::new();
        let mut patterns = Vec::new();
        let mut laid = Vec::with_capacity(rows.len());
        for row in rows {
            let target = if target_effects { row.target } else { 0 };
            let matches = (
                row.script_match.to_bits(),
                row.language_match,
                row.family_match,
            );
            let fresh = known.len() as u32;
            let pattern = *known
                .entry((row.model, target, matches))
                .or_insert_with(|| {
                    patterns.extend(terms.iter().map(|term| value(*term, row)));
                    fresh
                });
            laid.push((pattern, row.right));
        }
        let mut questions = Vec::new();
        for question in rows.chunk_by(|a, b| a.question == b.question) {
            let start = questions.last().map_or(0, |last: &Range<usize>| last.end);
            questions.push(start..start + question.len());
        }
        Sample {
            terms,
            patterns,
            rows: laid,
            questions,
            reference_model,
            reference_target,
        }
    }

    /// The columns of some terms only.
    pub fn columns(&self, kept: &[usize]) -> Vec<f64> {
        let lines = self.patterns.chunks_exact(self.terms.len());
        lines
            .flat_map(|line| kept.iter().filter_map(|at| line.get(*at).copied()))
            .collect()
    }
}

fn value(term: Term, row: &Row) -> f64 {
    let is = |yes: bool| f64::from(u8::from(yes));
    match term {
        Term::Intercept => 1.0,
        Term::Model(model) => is(row.model == model),
        Term::Target(target) => is(row.target == target),
        Term::ScriptMatch => row.script_match,
        Term::LanguageMatch => is(row.language_match),
        Term::FamilyMatch => is(row.family_match),
    }
}

/// All levels but the reference, and the reference: the level with the most responses of both outcomes.
fn levels(rows: &[Row], of: impl Fn(&Row) -> u32) -> (Vec<u32>, Option<u32>) {
    let mut counts: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for row in rows {
        let (right, all) = counts.entry(of(row)).or_default();
        *right += u64::from(row.right);
        *all += 1;
    }
    let says = |(right, all): (u64, u64)| right as f64 * (all - right) as f64 / all as f64;
    let mut reference: Option<(u32, f64)> = None;
    for (level, count) in &counts {
        if reference.is_none_or(|(_, most)| says(*count) > most) {
            reference = Some((*level, says(*count)));
        }
    }
    let reference = reference.map(|(level, _)| level);
    let others = counts.into_keys().filter(|level| Some(*level) != reference);
    (others.collect(), reference)
}

/// Below this share of a term's information that is its own, the term is said by those before it.
const OWN: f64 = 1e-8;

/// Which terms can be fitted, in order, given their information; the others with what says the same.
pub(super) fn tell_apart(
    terms: &[Term],
    information: &DMatrix<f64>,
) -> (Vec<usize>, Vec<Excluded>) {
    let (mut kept, mut excluded) = (Vec::<usize>::new(), Vec::new());
    let most = information.diagonal().max();
    for (at, term) in terms.iter().enumerate() {
        let all = information[(at, at)];
        let with: DVector<f64> = kept
            .iter()
            .map(|k| information[(*k, at)])
            .collect::<Vec<_>>()
            .into();
        let said = Cholesky::new(information.select_rows(&kept).select_columns(&kept))
            .map_or_else(|| with.clone() * 0.0, |inverse| inverse.solve(&with));
        if all <= OWN * most {
            excluded.push(Excluded {
                term: *term,
                said_by: Vec::new(),
            });
        } else if all - said.dot(&with) <= OWN * all {
            let by = kept
                .iter()
                .zip(said.iter())
                .filter(|(_, share)| share.abs() > 1e-6);
            excluded.push(Excluded {
                term: *term,
                said_by: by.filter_map(|(k, _)| terms.get(*k).copied()).collect(),
            });
        } else {
            kept.push(at);
        }
    }
    (kept, excluded)
}
