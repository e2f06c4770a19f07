//! Everything that can be said of the responses at hand, in one document: which analyses belong into it, in which order, and
//! what it takes to make it again. HTML, Markdown, JSON and CSV all tell this one list.

mod html;
mod made;
mod plot;

use std::fmt::Write as _;
use std::ops::ControlFlow;

use serde::Serialize;

pub use made::{Made, Read};
pub use plot::Plot;

use super::analyses::{self, RegressAsk};
use super::logit::Options;
use super::matrix::{self, Axis, Measure, Need, TraceShares};
use super::resample::Plan;
use super::selection::{Selection, Sides};
use super::told::{Needs, Scope, Told, sentence};
use crate::corpus::Key;
use crate::record::Outcome;

/// A report.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// How it was made.
    pub made: Made,
    /// Of which responses everything in it is.
    pub scope: Scope,
    /// What it tells, in its order.
    pub sections: Vec<Section>,
}

/// An analysis in a report.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// A word for programs and for links, no two the same.
    pub id: &'static str,
    /// What is told: the same that `scriptlens stats` tells.
    #[serde(flatten)]
    pub told: Told,
    /// Its figures.
    #[serde(skip)]
    pub plots: Vec<Plot>,
}

impl Section {
    /// It says why it has no numbers, and no more.
    pub fn is_refused(&self) -> bool {
        let mut tables = self.told.tables.iter();
        self.told.refusal.is_some() && tables.all(|table| table.rows.is_empty())
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// How intervals are drawn.
    pub plan: Plan,
    /// What is compared; none where there are no two.
    pub sides: Option<Sides>,
}

/// How far a report has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Which section is at work.
    pub id: &'static str,
    /// The number of it, from 1.
    pub at: usize,
    /// Of so many.
    pub of: usize,
    /// How much of it is done, 0 to 1.
    pub part: f32,
}

/// Hears how far a report has come, and says whether to go on.
pub type Watch<'a> = &'a (dyn Fn(Step) -> ControlFlow<()> + Sync);

/// A section that a report may have.
#[derive(Debug, Clone, Copy)]
enum Part {
    Summary,
    Matrix(Axis, Measure),
    Transfer,
    Regress,
    Paired,
    Names,
    Composition,
    Variance,
    Vote,
    Overlap,
    Scaling,
}

/// All of them in their order: what there is, where it is lost, whether script explains it, what helps, and what lies behind.
const PARTS: [(&str, Part); 19] = [
    ("summary", Part::Summary),
    ("accuracy", Part::Matrix(Axis::Script, Measure::Accuracy)),
    ("transfer", Part::Matrix(Axis::Script, Measure::Transfer)),
    ("gap", Part::Matrix(Axis::Script, Measure::Gap)),
    (
        "accuracy-by-language",
        Part::Matrix(Axis::Language, Measure::Accuracy),
    ),
    (
        "transfer-by-language",
        Part::Matrix(Axis::Language, Measure::Transfer),
    ),
    ("scores", Part::Transfer),
    ("regression", Part::Regress),
    ("paired", Part::Paired),
    ("lift", Part::Matrix(Axis::Script, Measure::Lift)),
    ("names", Part::Names),
    ("lost", Part::Matrix(Axis::Script, Measure::Lost)),
    ("unparsed", Part::Matrix(Axis::Script, Measure::Unparsed)),
    ("composition", Part::Composition),
    (
        "trace-share",
        Part::Matrix(Axis::Script, Measure::TraceShare),
    ),
    ("overlap", Part::Overlap),
    ("vote", Part::Vote),
    ("variance", Part::Variance),
    ("scaling", Part::Scaling),
];

/// What one part needs to be told.
struct Asked<'a> {
    selection: &'a Selection<'a>,
    ask: Ask,
    go_on: &'a (dyn Fn(f32) -> ControlFlow<()> + Sync),
}

impl Report {
    /// Computes everything; a watch that breaks off gets nothing.
    pub fn of(selection: &Selection, ask: Ask, made: Made, watch: Watch) -> Option<Report> {
        let mut sections = Vec::new();
        for (at, (id, part)) in (1..).zip(PARTS) {
            let step = |part| Step {
                id,
                at,
                of: PARTS.len(),
                part,
            };
            if watch(step(0.0)).is_break() {
                return None;
            }
            let asked = Asked {
                selection,
                ask,
                go_on: &|done| watch(step(done)),
            };
            let (told, plots) = part.tell(&asked)?;
            sections.push(Section { id, told, plots });
        }
        Some(Report {
            made,
            scope: selection.scope(),
            sections,
        })
    }

    /// The sections that have something to tell.
    fn told(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| !section.is_refused())
    }

    /// What is not here: a title, and why.
    fn refused(&self) -> Vec<(&str, &str)> {
        let refused = self.sections.iter().filter(|section| section.is_refused());
        refused
            .filter_map(|section| {
                Some((
                    section.told.title.as_str(),
                    section.told.refusal.as_deref()?,
                ))
            })
            .collect()
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut out = format!("# {TITLE}\n\n");
        for line in self.scope.sentences() {
            let _ = writeln!(out, "- {line}");
        }
        let _ = writeln!(out, "- {}", self.made.on());
        for section in self.told() {
            let _ = write!(out, "\n{}", section.told.markdown_without_scope());
        }
        let refused = self.refused();
        if !refused.is_empty() {
            let _ = writeln!(out, "\n## {ABSENT}\n");
        }
        for (title, reason) in refused {
            let _ = writeln!(out, "- {}: {reason}", sentence(title));
        }
        out + "\n" + &self.made.markdown()
    }

    /// As CSV: section by section, what has to be said in lines that begin with `#`.
    pub fn csv(&self) -> String {
        let mut out = self.made.comments();
        for section in &self.sections {
            let _ = write!(out, "\n# [{}]\n{}", section.id, section.told.csv());
        }
        out
    }
}

/// What a report is called.
const TITLE: &str = "Where knowledge crosses scripts, and where it does not";
/// What it calls that which it has not.
const ABSENT: &str = "Not in this report, and why";

impl Part {
    /// What is told, and the figures of it; nothing where it was stopped.
    fn tell(self, asked: &Asked) -> Option<(Told, Vec<Plot>)> {
        let Asked {
            selection,
            ask,
            go_on,
        } = *asked;
        let rows = selection.rows().count().max(1) as f32;
        let counted = |done: usize| go_on(done as f32 / rows);
        let told = match self {
            Part::Summary => analyses::summary(selection),
            Part::Matrix(axis, measure) => return matrix(asked, axis, measure, &counted),
            Part::Transfer => analyses::transfer(selection, PIVOT),
            Part::Regress => {
                let options = Options::default();
                let plan = ask.plan;
                analyses::regress(selection, RegressAsk { options, plan }, go_on)?
            }
            Part::Paired => match ask.sides {
                Some(sides) => analyses::paired(selection, sides, ask.plan, go_on)?,
                None => {
                    let title = "Two conditions or runs in pairs";
                    let mut told = analyses::begin(selection, Needs::Outcomes, title, &[]);
                    told.refusal.get_or_insert_with(|| NO_SIDES.to_owned());
                    told
                }
            },
            Part::Names => analyses::names(selection, ask.plan, go_on)?,
            Part::Composition => analyses::composition(selection, &counted)?,
            Part::Variance => analyses::variance(selection),
            Part::Vote => analyses::vote(selection, &counted)?,
            Part::Overlap => analyses::overlap(selection),
            Part::Scaling => analyses::scaling(selection),
        };
        let plot = match self {
            Part::Regress => Plot::forest(
                &told,
                "Odds of being right",
                &[
                    ("within", 1, "within questions, bootstrap"),
                    ("within", 2, "within questions, clustered"),
                    ("pooled", 1, "pooled, clustered"),
                ],
            ),
            Part::Paired => Plot::forest(&told, "Lift", &[("match", 7, "")]),
            Part::Names => {
                let title = "Share of responses with a lost name";
                Plot::forest(&told, title, &[("failures", 2, "")])
            }
            _ => None,
        };
        Some((told, plot.into_iter().collect()))
    }
}

/// The language to and from which MultiLoKo translates.
const PIVOT: &str = "en";

/// Said where nothing can be compared.
const NO_SIDES: &str =
    "There are not two conditions, nor two runs: --a and --b name two to compare.";

/// A matrix, with its heat map.
fn matrix(
    asked: &Asked,
    axis: Axis,
    measure: Measure,
    counted: &(dyn Fn(usize) -> ControlFlow<()> + Sync),
) -> Option<(Told, Vec<Plot>)> {
    let selection = asked.selection;
    let ask = matrix::Ask {
        axis,
        measure,
        sides: asked.ask.sides.filter(|_| measure == Measure::Lift),
        ..matrix::Ask::default()
    };
    let traces = match ask.needs() {
        Some(Need::Traces) => Some(TraceShares::of(selection, counted)?),
        _ => None,
    };
    let refused = |reason: String| {
        let title = format!("{} by source and target {}", measure.word(), axis.word());
        let mut told = analyses::begin(selection, Needs::Responses, title, &[]);
        told.refusal.get_or_insert(reason);
        Some((told, Vec::new()))
    };
    let unparsed = selection.scope().outcomes[Outcome::Unparsed as usize];
    if measure == Measure::Unparsed && unparsed == 0 {
        return refused("In every response an answer was found.".to_owned());
    }
    let matrix = match matrix::Matrix::of(selection, ask, traces.as_ref()) {
        Ok(matrix) => matrix,
        Err(reason) => return refused(format!("{}.", sentence(&reason))),
    };
    let mut told = matrix.told(selection);
    match told.refusal {
        // Cells of nothing say no more than the reason.
        Some(_) => {
            told.tables.clear();
            Some((told, Vec::new()))
        }
        None => Some((told, vec![Plot::Heat(Box::new(matrix))])),
    }
}

impl Sides {
    /// What a report compares where nobody says: the two conditions, or else the two runs, where there are two.
    pub fn only(selection: &Selection) -> Option<Sides> {
        Sides::named(selection, None, None)
            .ok()
            .or_else(|| match selection.among(Key::Run)[..] {
                [a, b] => Some(Sides {
                    key: Key::Run,
                    a,
                    b,
                }),
                _ => None,
            })
    }
}
