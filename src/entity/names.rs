//! The names of one response.

use super::told::Told;
use super::{Caches, Case, Finding, Known, NameModel, Sought, audit, sought};
use crate::record::Record;

/// The names of one response: what was looked for, and what became of each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names {
    /// What was looked for.
    pub sought: Vec<Sought>,
    /// One finding for each.
    pub findings: Vec<Finding>,
}

impl Names {
    /// The names of a record, where these other entities are known.
    pub fn of(record: &Record, known: &Known, caches: &mut Caches<'static>) -> Names {
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
