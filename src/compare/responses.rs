//! Responses side by side: what the explorer shows and `scriptlens compare` prints.

use std::ops::Range;

use super::{Rows, Trace, align_all};
use crate::entity::{Kind, Names, Part, Sought};
use crate::record::Record;

/// A response and what became of its names.
#[derive(Debug, Clone, Copy)]
pub struct Response<'a> {
    /// The response.
    pub record: &'a Record,
    /// Its names.
    pub names: &'a Names,
}

/// The reasoning of several responses, step beside step. The first is the reference.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// For each response its steps, as bytes of its reasoning.
    pub steps: Vec<Vec<Range<usize>>>,
    /// Every step of every response once, in order.
    pub rows: Vec<Row>,
    /// For each response but the first, how much it has in common with the first: names, numbers, titles, words. Where it
    /// is nothing the order alone sets them side by side.
    pub shared: Vec<usize>,
}

/// Steps that stand side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// For each response the number of its step, where it has one here.
    pub steps: Vec<Option<usize>>,
    /// In what they differ most.
    pub differs: Option<Differs>,
}

/// In what the steps of a row differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Differs {
    /// A name stands right in one and wrong in another.
    Name,
    /// A response has no such step.
    Unmatched,
}

impl Differs {
    /// For people.
    pub const fn word(self) -> &'static str {
        match self {
            Differs::Name => "a name is right in one and wrong in another",
            Differs::Unmatched => "not all have this step",
        }
    }
}

impl Compared {
    /// Sets responses side by side.
    pub fn of(responses: &[Response]) -> Compared {
        let numbers = same_entities(responses);
        let places: Vec<Vec<(u32, Range<usize>)>> = responses
            .iter()
            .zip(&numbers)
            .map(|(response, numbers)| in_trace(response.names, numbers))
            .collect();
        let traces: Vec<Trace> = responses
            .iter()
            .zip(&places)
            .map(|(response, names)| Trace {
                text: response.record.trace.text(),
                names,
                language: match &response.record.target {
                    Some(target) => &target.language,
                    None => "und",
                },
            })
            .collect();
        let Rows {
            steps,
            rows,
            shared,
        } = align_all(&traces);
        let fates: Vec<Vec<(u32, Range<usize>, bool)>> = responses
            .iter()
            .zip(&numbers)
            .map(|(response, numbers)| fates(response.names, numbers))
            .collect();
        let row = |row: Vec<Option<usize>>| {
            let fates = row.iter().enumerate().map(|(response, step)| {
                let step = step.and_then(|step| steps.get(response)?.get(step));
                let fates = fates.get(response).map_or(&[][..], Vec::as_slice);
                step.map_or_else(Vec::new, |step| fates_in(fates, step))
            });
            let fates: Vec<Vec<(u32, bool)>> = fates.collect();
            let differs = match () {
                () if parts(&fates) => Some(Differs::Name),
                () if row.iter().any(Option::is_none) => Some(Differs::Unmatched),
                () => None,
            };
            Row {
                steps: row,
                differs,
            }
        };
        let rows = rows.into_iter().map(row).collect();
        Compared {
            steps,
            rows,
            shared,
        }
    }

    /// The row in which they first part: where a name is right in one and wrong in another, else where not all have the
    /// step.
    pub fn first_difference(&self) -> Option<usize> {
        let first = |differs| {
            let mut rows = self.rows.iter();
            rows.position(|row| row.differs == Some(differs))
        };
        first(Differs::Name).or_else(|| first(Differs::Unmatched))
    }
}

/// For each response the number of each of its entities: the same for the same entity.
fn same_entities(responses: &[Response]) -> Vec<Vec<u32>> {
    let mut known: Vec<&Sought> = Vec::new();
    let mut number = |sought| {
        let known_as = known.iter().position(|known| is_same(known, sought));
        known_as.unwrap_or_else(|| {
            known.push(sought);
            known.len() - 1
        }) as u32
    };
    responses
        .iter()
        .map(|response| response.names.sought.iter().map(&mut number).collect())
        .collect()
}

fn is_same<'a>(a: &'a Sought, b: &'a Sought) -> bool {
    match (&a.id, &b.id) {
        (Some(a), Some(b)) => a == b,
        _ => b.forms.iter().any(|form| a.accepts_key(&form.key)),
    }
}

/// Where names stand in the reasoning, by number.
fn in_trace(names: &Names, numbers: &[u32]) -> Vec<(u32, Range<usize>)> {
    let fates = fates(names, numbers);
    fates
        .into_iter()
        .map(|(number, range, _)| (number, range))
        .collect()
}

/// The same, and whether each is right.
fn fates(names: &Names, numbers: &[u32]) -> Vec<(u32, Range<usize>, bool)> {
    let all = names.findings.iter().flat_map(|finding| {
        let number = numbers.get(finding.entity).copied();
        let mentions = finding.mentions.iter();
        let mentions = mentions.filter(|mention| mention.part == Part::Trace);
        mentions.filter_map(move |mention| {
            Some((
                number?,
                mention.range.clone(),
                mention.kind != Kind::Garbled,
            ))
        })
    });
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(_, range, _)| range.start);
    all
}

/// The names within a step.
fn fates_in(fates: &[(u32, Range<usize>, bool)], step: &Range<usize>) -> Vec<(u32, bool)> {
    let from = fates.partition_point(|(_, range, _)| range.start < step.start);
    let here = fates[from..]
        .iter()
        .take_while(|(_, range, _)| range.start < step.end);
    here.map(|(number, _, right)| (*number, *right)).collect()
}

/// A name is right throughout one step and wrong somewhere in another.
fn parts(fates: &[Vec<(u32, bool)>]) -> bool {
    let mut all: Vec<(u32, bool)> = Vec::new();
    for step in fates {
        let mut numbers: Vec<u32> = step.iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            let right = step.iter().all(|(other, right)| *other != number || *right);
            if all
                .iter()
                .any(|(other, before)| *other == number && *before != right)
            {
                return true;
            }
            all.push((number, right));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::{Caches, Known};
    use crate::record::{Entity, Trace as Reasoning};

    fn response(target: &str, trace: &str) -> (Record, Names) {
        let forms = [
            ("en", "Koprivshtitsa"),
            ("ru", "Копривштица"),
            ("bg", "Копривщица"),
        ];
        let record = Record {
            target: crate::script::parse(target),
            trace: Reasoning::Plain(trace.into()),
            entities: vec![Entity {
                forms: forms
                    .map(|(language, form)| (language.into(), vec![form.into()]))
                    .into(),
                ..Entity::default()
            }],
            ..Record::default()
        };
        let names = Names::of(&record, &Known::new(), &mut Caches::new());
        (record, names)
    }

    fn compared(traces: &[(&str, &str)]) -> Compared {
        let read: Vec<_> = traces
            .iter()
            .map(|(target, trace)| response(target, trace))
            .collect();
        let responses: Vec<_> = read
            .iter()
            .map(|(record, names)| Response { record, names })
            .collect();
        Compared::of(&responses)
    }

    #[test]
    fn they_part_where_a_name_is_right_in_one_and_wrong_in_another() {
        let compared = compared(&[
            (
                "en",
                "It began in 1965.\nThe meadows lie above the town.\nThe town is Koprivshtitsa.",
            ),
            ("ru", "Впервые это было в 1965 году.\nГород — Копривштинца."),
        ]);
        assert!(compared.shared[1] > 0);
        let first = compared.first_difference();
        let row = first.map(|row| &compared.rows[row]);
        assert_eq!(
            row.map(|row| (row.steps.clone(), row.differs)),
            Some((vec![Some(2), Some(1)], Some(Differs::Name)))
        );
        assert!(
            compared
                .rows
                .iter()
                .any(|row| row.differs == Some(Differs::Unmatched))
        );
    }

    #[test]
    fn the_same_reasoning_nowhere_parts() {
        let trace = "It began in 1965.\nThe town is Koprivshtitsa.";
        let compared = compared(&[("en", trace), ("en", trace), ("en", trace)]);
        assert_eq!(compared.first_difference(), None);
        assert_eq!(compared.rows.len(), 2);
    }

    #[test]
    fn without_reasoning_there_is_nothing_to_set_side_by_side() {
        let compared = compared(&[("en", ""), ("ru", "")]);
        assert_eq!(
            (compared.rows.len(), compared.first_difference()),
            (0, None)
        );
    }
}
