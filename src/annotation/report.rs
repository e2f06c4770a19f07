//! All that is known of the agreement of some annotators, to be shown or written.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use super::agree::{CodeAgreement, Confusion, RangeAgreement, SetAgreement, Study};
use super::span::Span;
use super::state::State;
use super::target::Target;
use super::taxonomy::Taxonomy;
use crate::stats::table::{Cell, Figure, Table, Unit};

/// The filter that lists what annotators differ about.
pub const FILTER: &str = "tag:disagree";

/// Agreement of some annotators. A coefficient that is not defined is nothing: see [`super::agree`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report<'s> {
    /// Whose.
    pub annotators: Vec<&'s str>,
    /// Responses that somebody decided about.
    pub items: usize,
    /// Responses that at least two decided about.
    pub shared: usize,
    /// Of those, responses to which they gave different codes.
    pub disagreements: usize,
    /// Of those, responses that were adjudicated.
    pub settled: usize,
    /// The filter that lists those that were not.
    pub filter: &'static str,
    /// On whole sets of codes.
    pub sets: SetAgreement,
    /// On each code.
    pub codes: Vec<CodeOf<'s>>,
    /// On where codes stand.
    pub ranges: Vec<RangesOf<'s>>,
    /// How many grapheme clusters edges may be apart; nothing where there were no texts to count clusters in.
    pub tolerance: Option<usize>,
    /// What two confuse, for each pair.
    pub confusion: Vec<ConfusionOf<'s>>,
}

impl Report<'_> {
    /// What was compared, one sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let n = |count: usize, one: &str, many: &str| match count {
            1 => format!("1 {one}"),
            count => format!("{count} {many}"),
        };
        let mut told = vec![
            format!(
                "{}: {}",
                n(self.annotators.len(), "annotator", "annotators"),
                self.annotators.join(", ")
            ),
            format!(
                "{} decided about, {} by two or more",
                n(self.items, "response", "responses"),
                self.shared
            ),
            format!(
                "{} with different codes, {} of them settled",
                n(self.disagreements, "response", "responses"),
                self.settled
            ),
            format!("to list what is not settled: {}", self.filter),
        ];
        if self.shared == 0 {
            told.push("nothing was decided about by two, so there is nothing to compare".into());
        }
        told
    }

    /// The numbers, for the eye. Codes are shown by name too, where the taxonomy has them.
    pub fn tables(&self, taxonomy: &Taxonomy) -> Vec<Table> {
        if self.shared == 0 {
            return Vec::new();
        }
        let mut tables = vec![self.sets_table(), self.codes_table(taxonomy)];
        if self.annotators.len() > 2 {
            tables.push(self.pairs_table());
        }
        tables.extend(self.ranges_table());
        tables.extend(self.confusion.iter().map(ConfusionOf::table));
        tables
    }

    fn sets_table(&self) -> Table {
        let sets = &self.sets;
        let mut table = Table::new(
            "sets",
            "Agreement on sets of codes",
            &["coefficient", "responses", "value"],
        )
        .note("— is not defined: nothing was shared, or everybody always said the same.");
        for (name, items, value) in [
            ("Krippendorff's alpha, MASI distance", sets.items, sets.masi),
            (
                "Krippendorff's alpha, Jaccard distance",
                sets.items,
                sets.jaccard,
            ),
            (
                "Krippendorff's alpha, equal sets only",
                sets.items,
                sets.exact,
            ),
            (
                "Fleiss' kappa, each set a category",
                sets.fleiss_items,
                sets.fleiss,
            ),
        ] {
            table.push(vec![text(name), items.into(), plain(value)]);
        }
        table
    }

    fn codes_table(&self, taxonomy: &Taxonomy) -> Table {
        let is_pair = self.annotators.len() == 2;
        let mut columns = vec![
            "code",
            "name",
            "responses",
            "given",
            "equal",
            "alpha",
            "Fleiss",
        ];
        columns.extend(is_pair.then_some("Cohen"));
        let mut table = Table::new("codes", "Agreement on each code", &columns);
        for code in &self.codes {
            let name = taxonomy.code(code.code).map_or("", |code| &code.name);
            let given: usize = code.given.values().sum();
            let equal = code.observed.map_or(Figure::None, Figure::Value);
            let mut row = vec![
                text(code.code),
                text(name),
                code.items.into(),
                given.into(),
                Unit::Share.cell(equal),
                plain(code.alpha),
                plain(code.fleiss),
            ];
            if is_pair {
                row.push(plain(code.cohen.first().and_then(|pair| pair.kappa)));
            }
            table.push(row);
        }
        table
    }

    fn pairs_table(&self) -> Table {
        let columns = ["code", "annotator", "and", "responses", "Cohen"];
        let mut table = Table::new("pairs", "Agreement of each two on each code", &columns);
        for code in &self.codes {
            for pair in &code.cohen {
                let [a, b] = pair.annotators.map(text);
                table.push(vec![
                    text(code.code),
                    a,
                    b,
                    pair.items.into(),
                    plain(pair.kappa),
                ]);
            }
        }
        table
    }

    fn ranges_table(&self) -> Option<Table> {
        let columns = [
            "code",
            "annotator",
            "and",
            "both",
            "only 1st",
            "only 2nd",
            "F1",
        ];
        let table = Table::new("ranges", "Agreement on ranges of text", &columns);
        let Some(tolerance) = self.tolerance else {
            let note =
                "ranges are compared in grapheme clusters of the texts: name the runs for that";
            return Some(table.note(note));
        };
        let clusters = if tolerance == 1 {
            "cluster"
        } else {
            "clusters"
        };
        let mut table = table.note(format!(
            "two ranges agree where neither edge is further apart than {tolerance} {clusters}"
        ));
        for ranges in &self.ranges {
            let [a, b] = ranges.annotators.map(text);
            let RangeAgreement {
                both,
                only_a,
                only_b,
            } = ranges.agreement;
            let f1 = plain(Some(ranges.f1));
            table.push(vec![
                text(ranges.code),
                a,
                b,
                both.into(),
                only_a.into(),
                only_b.into(),
                f1,
            ]);
        }
        (!table.rows.is_empty()).then_some(table)
    }
}

impl ConfusionOf<'_> {
    /// Only codes that were given by one of the two, under numbers, so that many fit beside each other.
    fn table(&self) -> Table {
        let nothing = self.table.codes.len();
        let count = |down: usize, across: usize| self.table.counts[down][across];
        let is_used = |code: &usize| (0..=nothing).any(|o| count(*code, o) + count(o, *code) > 0);
        let used: Vec<usize> = (0..=nothing).filter(is_used).collect();
        let [down, across] = self.annotators;
        let mut columns = vec!["code".to_owned(), "number".to_owned()];
        columns.extend((1..=used.len()).map(|number| number.to_string()));
        let heads: Vec<&str> = columns.iter().map(String::as_str).collect();
        let title = format!("Where one gave another code: {down} down, {across} across by number");
        let mut table = Table::new("confusion", title, &heads);
        for (number, code) in (1usize..).zip(&used) {
            let name = self.table.codes.get(*code).copied().unwrap_or("(nothing)");
            let counts = used.iter().map(|other| match count(*code, *other) {
                0 => text("·"),
                some => Cell::Count(some as usize),
            });
            table.push(
                [text(name), number.into()]
                    .into_iter()
                    .chain(counts)
                    .collect(),
            );
        }
        table
    }
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn plain(value: Option<f64>) -> Cell {
    Unit::Plain.cell(value.map_or(Figure::None, Figure::Value))
}

/// Agreement on whether responses have a code.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CodeOf<'s> {
    /// The code.
    pub code: &'s str,
    /// Responses that at least two decided about.
    pub items: usize,
    /// How often each annotator gave it on those.
    pub given: BTreeMap<&'s str, usize>,
    /// Of the pairs of judgements on one response, how many are equal, from 0 to 1.
    pub observed: Option<f64>,
    /// Krippendorff's alpha for a nominal scale.
    pub alpha: Option<f64>,
    /// Fleiss' kappa, over the responses that everybody decided about.
    pub fleiss: Option<f64>,
    /// How many those are.
    pub fleiss_items: usize,
    /// Of each pair.
    pub cohen: Vec<CohenOf<'s>>,
}

/// Cohen's kappa of two annotators.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CohenOf<'s> {
    /// Who.
    pub annotators: [&'s str; 2],
    /// Responses that both decided about.
    pub items: usize,
    /// Kappa.
    pub kappa: Option<f64>,
}

impl<'s> CodeOf<'s> {
    fn of(agreement: CodeAgreement<'s>, annotators: &[&'s str]) -> CodeOf<'s> {
        let given = annotators.iter().copied().zip(agreement.given).collect();
        let cohen = agreement.cohen.into_iter();
        let cohen = cohen.map(|(a, b, items, kappa)| CohenOf {
            annotators: [annotators[a], annotators[b]],
            items,
            kappa,
        });
        CodeOf {
            code: agreement.code,
            items: agreement.items,
            given,
            observed: agreement.observed,
            alpha: agreement.alpha,
            fleiss: agreement.fleiss,
            fleiss_items: agreement.fleiss_items,
            cohen: cohen.collect(),
        }
    }
}

/// Agreement of two annotators on where a code stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RangesOf<'s> {
    /// The code.
    pub code: &'s str,
    /// Who.
    pub annotators: [&'s str; 2],
    /// Counts.
    #[serde(flatten)]
    pub agreement: RangeAgreement,
    /// F1.
    pub f1: f64,
}

/// What two annotators confuse.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConfusionOf<'s> {
    /// Who: the first down, the second across.
    pub annotators: [&'s str; 2],
    /// Counts.
    #[serde(flatten)]
    pub table: Confusion<'s>,
}

impl<'s> Report<'s> {
    /// Of a study. With a tolerance ranges are compared too; `clusters` turns them into grapheme clusters.
    pub fn of(
        study: &'s Study<'s>,
        state: &State,
        tolerance: Option<usize>,
        mut clusters: impl FnMut(&Target, &Span) -> Option<Range<usize>>,
    ) -> Report<'s> {
        let annotators = study.annotators();
        let codes: Vec<&str> = study.codes().into_iter().collect();
        let pairs = || {
            let all = 0..annotators.len();
            all.clone()
                .flat_map(move |a| (a + 1..all.end).map(move |b| (a, b)))
        };
        let mut ranges = Vec::new();
        for (code, tolerance) in codes.iter().zip(tolerance.into_iter().cycle()) {
            for (a, b) in pairs() {
                let agreement = study.ranges((a, b), code, tolerance, &mut clusters);
                if let Some(f1) = agreement.f1() {
                    ranges.push(RangesOf {
                        code,
                        annotators: [annotators[a], annotators[b]],
                        agreement,
                        f1,
                    });
                }
            }
        }
        let disputed = || study.disputed();
        let is_settled = |target: &Target| state.gold(target).is_some();
        let sets = study.sets();
        Report {
            annotators: annotators.to_vec(),
            items: study.items().len(),
            shared: sets.items,
            disagreements: disputed().count(),
            settled: disputed().filter(|item| is_settled(&item.target)).count(),
            filter: FILTER,
            sets,
            codes: codes
                .iter()
                .map(|code| CodeOf::of(study.code(code), annotators))
                .collect(),
            ranges,
            tolerance,
            confusion: pairs()
                .map(|(a, b)| ConfusionOf {
                    annotators: [annotators[a], annotators[b]],
                    table: study.confusion(a, b),
                })
                .collect(),
        }
    }
}
