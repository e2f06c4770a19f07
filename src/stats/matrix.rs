//! Source by target, script by script, language by language or family by family: what goes on in each pair.
//!
//! One pass over the groups, question by question. Of each cell, each margin and the whole it keeps sums and sums of
//! products over questions; from these come shares, differences of shares, and errors clustered by question.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;

use serde::Serialize;

use super::interval::{around, within};
use super::selection::{Selection, Sides, UNKNOWN};
use super::table::{self, Figure, Reader, Table, Unit};
use super::told::{Needs, Told};
use super::wilson;
use crate::corpus::fields::NONE;
use crate::corpus::{Clause, Filter, Flag, Key, Test};
use crate::record::{Outcome, TraceKind};
use crate::script::Profile;

/// What rows and columns are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// Scripts.
    #[default]
    Script,
    /// Languages.
    Language,
    /// Families of languages.
    Family,
}

impl Axis {
    /// All of them, in the order in which a key cycles them.
    pub const ALL: [Axis; 3] = [Axis::Script, Axis::Language, Axis::Family];

    /// What it is called.
    pub const fn word(self) -> &'static str {
        match self {
            Axis::Script => "script",
            Axis::Language => "language",
            Axis::Family => "family",
        }
    }

    /// What it is.
    pub const fn about(self) -> &'static str {
        match self {
            Axis::Script => "scripts",
            Axis::Language => "languages",
            Axis::Family => "families of languages",
        }
    }
}

/// What is measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Share of right responses among those that are right or wrong.
    #[default]
    Accuracy,
    /// The same among responses in another language to questions that the same run knows in the source language.
    Transfer,
    /// Accuracy of the same run on the same question in the source language, less accuracy here.
    Gap,
    /// Share of responses in which a name was lost, among those with a name to look for. Needs an audit.
    Lost,
    /// Accuracy of the second side less that of the first, on the same question in the same language. Needs sides.
    Lift,
    /// Share of responses in which no answer was found, among all.
    Unparsed,
    /// Mean share of the reasoning that is in the script of the question. Needs the texts.
    TraceShare,
}

impl Measure {
    /// All of them, in the order in which a key cycles them.
    pub const ALL: [Measure; 7] = [
        Measure::Accuracy,
        Measure::Transfer,
        Measure::Gap,
        Measure::Lost,
        Measure::Lift,
        Measure::Unparsed,
        Measure::TraceShare,
    ];

    /// Its word on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Measure::Accuracy => "accuracy",
            Measure::Transfer => "transfer",
            Measure::Gap => "gap",
            Measure::Lost => "lost",
            Measure::Lift => "lift",
            Measure::Unparsed => "unparsed",
            Measure::TraceShare => "trace-share",
        }
    }

    /// What it is.
    pub const fn about(self) -> &'static str {
        match self {
            Measure::Accuracy => "accuracy: right among those that are right or wrong",
            Measure::Transfer => {
                "transfer: right among responses in another language to questions known in the source language by the same run"
            }
            Measure::Gap => {
                "gap to the source: accuracy in the source language less accuracy here, same run, same question"
            }
            Measure::Lost => {
                "names lost: responses in which a name is garbled, drifting or confused, among those with a name to look for"
            }
            Measure::Lift => {
                "lift: accuracy of the second side less the first, on the same question in the same language"
            }
            Measure::Unparsed => "unparsed: responses in which no answer was found, among all",
            Measure::TraceShare => {
                "trace share: mean share of the letters of the reasoning that are in the script of the question"
            }
        }
    }

    /// What it is called, and what it is.
    pub fn parts(self) -> (&'static str, &'static str) {
        let about = self.about();
        about.split_once(": ").unwrap_or((about, about))
    }

    /// It is a difference of shares, from -1 to 1, not a share.
    pub fn is_difference(self) -> bool {
        matches!(self, Measure::Gap | Measure::Lift)
    }

    /// Whole responses are counted, so that Wilson's interval is one of a cell.
    fn is_counted(self) -> bool {
        !self.is_difference() && self != Measure::TraceShare
    }
}

/// Against what a cell is held, as users of ECLeKTic do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Base {
    /// Nothing.
    #[default]
    None,
    /// Divided by the accuracy at the source of its row: what is known there.
    Row,
    /// Divided by the accuracy at the source of its column: how well the target does on what is its own.
    Column,
}

impl Base {
    /// All of them, in the order in which a key cycles them.
    pub const ALL: [Base; 3] = [Base::None, Base::Row, Base::Column];

    /// Its word on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Base::None => "none",
            Base::Row => "row",
            Base::Column => "column",
        }
    }

    /// What it is.
    pub const fn about(self) -> &'static str {
        match self {
            Base::None => "as it is",
            Base::Row => "divided by what is known at the source of the row",
            Base::Column => "divided by how well the target does on what is its own",
        }
    }
}

/// What matrix is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ask {
    /// What rows and columns are.
    pub axis: Axis,
    /// What is measured.
    pub measure: Measure,
    /// Against what it is held; only accuracy can be.
    pub base: Base,
    /// Two sides, of which the second less the first is shown; of [`Measure::Lift`] in pairs.
    pub sides: Option<Sides>,
}

impl Ask {
    /// What it takes to answer.
    pub fn needs(&self) -> Option<Need> {
        match self.measure {
            Measure::Lost => Some(Need::Audit),
            Measure::TraceShare => Some(Need::Traces),
            _ => None,
        }
    }
}

/// What a measure needs besides the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The audit of names.
    Audit,
    /// [`TraceShares`].
    Traces,
}

/// Of each row the share of its reasoning that is in the script of its question.
#[derive(Debug, Clone, Default)]
pub struct TraceShares(Vec<Option<f32>>);

impl TraceShares {
    /// Reads every reasoning that is text of the model: summaries and encrypted ones are not. `go_on` hears how many are
    /// done, and may break off; then there is nothing.
    pub fn of(
        selection: &Selection,
        go_on: &(dyn Fn(usize) -> ControlFlow<()> + Sync),
    ) -> Option<TraceShares> {
        let rows: Vec<u32> = selection.rows().collect();
        let share = |record: &crate::record::Record| {
            let script = record.target.as_ref()?.script;
            let own = [TraceKind::Plain, TraceKind::Unterminated];
            let profile = own
                .contains(&record.trace.kind())
                .then(|| Profile::of(record.trace.text()))?;
            (profile.letters() > 0).then(|| profile.share(script))
        };
        let found = selection.corpus().texts(&rows, share, go_on)?;
        let mut shares = vec![None; selection.corpus().len()];
        for (row, share) in rows.into_iter().zip(found) {
            shares[row as usize] = share.flatten();
        }
        Some(TraceShares(shares))
    }

    fn get(&self, row: u32) -> Option<f32> {
        self.0.get(row as usize).copied().flatten()
    }
}

/// A matrix.
#[derive(Debug, Clone, Serialize)]
pub struct Matrix {
    /// What rows and columns are.
    pub axis: Axis,
    /// What is measured.
    pub measure: Measure,
    /// Against what it is held.
    pub base: Base,
    /// What the sides are called, where there are two.
    pub sides: Option<[String; 2]>,
    /// What rows are called.
    pub sources: Vec<String>,
    /// What columns are called.
    pub targets: Vec<String>,
    /// Cells, by row and column.
    pub cells: Vec<Vec<Cell>>,
    /// Each row as a whole.
    pub by_source: Vec<Cell>,
    /// Each column as a whole.
    pub by_target: Vec<Cell>,
    /// All.
    pub all: Cell,
}

/// A pair of source and target, or several together.
#[derive(Debug, Clone, Serialize)]
pub struct Cell {
    /// Responses that count, or pairs of them for [`Measure::Gap`] and [`Measure::Lift`]; of two sides those of the smaller.
    pub n: usize,
    /// Questions among them.
    pub questions: usize,
    /// The number, with Wilson's interval in a cell that counts responses of one side, else one clustered by question.
    #[serde(serialize_with = "figure")]
    pub figure: Figure,
    /// So few responses that the number says little.
    pub few: bool,
    /// The filter that shows these responses. It cannot say that a response has a partner: for [`Measure::Gap`] and
    /// [`Measure::Lift`] those without one are shown too.
    pub filter: String,
}

fn figure<S: serde::Serializer>(figure: &Figure, serializer: S) -> Result<S::Ok, S::Error> {
    table::Cell::Figure(figure.clone(), Unit::Plain).serialize(serializer)
}

/// A cell of fewer responses says little.
pub const FEW: usize = 10;

/// Part and whole of the first side, then of the second.
type Parts = [f64; 4];

/// Sums over questions.
#[derive(Debug, Clone, Default)]
struct Sums {
    questions: usize,
    sum: Parts,
    /// Of products, the upper half.
    products: [[f64; 4]; 4],
}

impl Sums {
    fn add(&mut self, parts: &Parts) {
        self.questions += 1;
        for at in 0..4 {
            self.sum[at] += parts[at];
            for other in at..4 {
                self.products[at][other] += parts[at] * parts[other];
            }
        }
    }

    /// Standard error of a sum over questions of these multiples of the parts, which is 0 on the whole.
    fn error(&self, times: Parts) -> f64 {
        let mut square = 0.0;
        for at in 0..4 {
            square += times[at] * times[at] * self.products[at][at];
            for other in at + 1..4 {
                square += 2.0 * times[at] * times[other] * self.products[at][other];
            }
        }
        let n = self.questions as f64;
        (square.max(0.0) * n / (n - 1.0)).sqrt()
    }

    /// The number, and how many it is of.
    fn figure(&self, measure: Measure, two: bool, is_cell: bool) -> (Figure, usize) {
        let [part, whole, other_part, other_whole] = self.sum;
        let (value, times) = (part / whole, [1.0 / whole, -part / whole / whole, 0.0, 0.0]);
        if !two {
            let n = whole as usize;
            let figure = match self.questions {
                0 => Figure::None,
                _ if is_cell && measure.is_counted() => wilson(part as usize, n).into(),
                1 => Figure::Value(value),
                questions if measure.is_difference() => {
                    Figure::difference(around(value, self.error(times), questions))
                }
                questions => within(value, self.error(times), whole, questions).into(),
            };
            return (figure, n);
        }
        let n = whole.min(other_whole) as usize;
        if n == 0 {
            return (Figure::None, 0);
        }
        let other = other_part / other_whole;
        let times = [
            -times[0],
            -times[1],
            1.0 / other_whole,
            -other / other_whole,
        ];
        let figure = match self.questions {
            0 | 1 => Figure::Value(other - value),
            questions => Figure::difference(around(other - value, self.error(times), questions)),
        };
        (figure, n)
    }
}

/// Sums of all cells and margins, filled question by question.
struct Counter {
    sums: Vec<Sums>,
    now: Vec<Parts>,
    touched: Vec<usize>,
    columns: usize,
    cells: usize,
}

impl Counter {
    fn new(rows: usize, columns: usize) -> Counter {
        let cells = rows * columns;
        let all = cells + rows + columns + 1;
        Counter {
            sums: vec![Sums::default(); all],
            now: vec![[0.0; 4]; all],
            touched: Vec::new(),
            columns,
            cells,
        }
    }

    fn rows(&self) -> usize {
        self.cells / self.columns.max(1)
    }

    fn by_source(&self, row: usize) -> &Sums {
        &self.sums[self.cells + row]
    }

    fn by_target(&self, column: usize) -> &Sums {
        &self.sums[self.cells + self.rows() + column]
    }

    fn all(&self) -> &Sums {
        &self.sums[self.cells + self.rows() + self.columns]
    }

    /// Adds parts of which a whole is above 0.
    fn add(&mut self, row: usize, column: usize, parts: Parts) {
        let rows = self.rows();
        let places = [
            row * self.columns + column,
            self.cells + row,
            self.cells + rows + column,
            self.cells + rows + self.columns,
        ];
        for place in places {
            let now = &mut self.now[place];
            if now.iter().all(|part| *part == 0.0) {
                self.touched.push(place);
            }
            now.iter_mut()
                .zip(parts)
                .for_each(|(now, part)| *now += part);
        }
    }

    fn end_question(&mut self) {
        for place in self.touched.drain(..) {
            let parts = std::mem::take(&mut self.now[place]);
            self.sums[place].add(&parts);
        }
    }
}

/// Labels of an axis: the name of each, and the label of each locale.
struct Labels {
    names: Vec<String>,
    of_locale: Vec<usize>,
}

impl Labels {
    fn of(selection: &Selection, axis: Axis, side: usize) -> Labels {
        let locales = selection.locales();
        let name = |code: u32| match axis {
            Axis::Script => locales.script(code).to_owned(),
            Axis::Language => locales.language(code).to_owned(),
            Axis::Family => locales.family(code).unwrap_or("no known family").to_owned(),
        };
        let groups = selection.groups().iter();
        let mut used = vec![false; locales.len()];
        for code in groups.map(|group| selection.locales_of(*group)[side]) {
            if let Some(used) = used.get_mut(code as usize) {
                *used = true;
            }
        }
        let names: BTreeSet<String> = (0..)
            .zip(&used)
            .filter(|(_, used)| **used)
            .map(|(code, _)| name(code))
            .collect();
        let names: Vec<String> = names.into_iter().collect();
        let place = |code| names.binary_search(&name(code)).unwrap_or(usize::MAX);
        Labels {
            of_locale: (0..locales.len() as u32).map(place).collect(),
            names,
        }
    }
}

impl Matrix {
    /// Counts what is shown. `traces` are needed for [`Measure::TraceShare`] only.
    ///
    /// # Errors
    /// A sentence, where something is missing that the measure needs, or where what is asked for makes no sense.
    pub fn of(
        selection: &Selection,
        ask: Ask,
        traces: Option<&TraceShares>,
    ) -> Result<Matrix, String> {
        check(selection, ask, traces)?;
        let corpus = selection.corpus();
        let groups = corpus.groups();
        let labels = [0, 1].map(|side| Labels::of(selection, ask.axis, side));
        let [sources, targets] = &labels;
        let mut counter = Counter::new(sources.names.len(), targets.names.len());
        let lift = match (ask.measure, ask.sides) {
            (Measure::Lift, Some(sides)) => sides.pairs(selection).into_iter().collect(),
            _ => HashMap::new(),
        };
        let two = ask.sides.is_some() && ask.measure != Measure::Lift;
        let seen = Seen {
            selection,
            ask,
            traces,
            lift,
            verdict_none: corpus.dict(Key::Verdict).code(NONE),
        };
        for question in 0..corpus.dict(Key::Question).len() as u32 {
            for group in groups.of_question(question) {
                let [source, target] = selection.locales_of(*group);
                if source == UNKNOWN || target == UNKNOWN {
                    continue;
                }
                let Some(row) = selection.rows_of(*group).next() else {
                    continue;
                };
                let place = [&labels[0], &labels[1]].map(|labels| &labels.of_locale);
                let (row_at, column_at) = (place[0][source as usize], place[1][target as usize]);
                let side = match ask.sides.filter(|_| two) {
                    Some(sides) => sides.side(corpus, row),
                    None => Some(0),
                };
                let (Some(side), Some((part, whole))) = (side, seen.parts(*group)) else {
                    continue;
                };
                let mut parts = [0.0; 4];
                (parts[2 * side], parts[2 * side + 1]) = (part, whole);
                counter.add(row_at, column_at, parts);
            }
            counter.end_question();
        }
        let bases = bases(selection, ask, &labels);
        let cell = |sums: &Sums, at: [Option<usize>; 2], base: Option<Option<f64>>| {
            let is_cell = at[0].is_some() && at[1].is_some();
            let (figure, n) = sums.figure(ask.measure, two, is_cell);
            let figure = match base {
                None => figure,
                Some(base) => figure
                    .value()
                    .zip(base)
                    .map(|(value, base)| value / base)
                    .into(),
            };
            Cell {
                n,
                questions: sums.questions,
                figure,
                few: n < FEW,
                filter: filter(selection, ask, &labels, at),
            }
        };
        let base = |row: Option<usize>, column: Option<usize>| {
            let of = |at: Option<usize>, side: usize| {
                at.and_then(|at| bases[side].get(at).copied().flatten())
            };
            match ask.base {
                Base::None => None,
                Base::Row => Some(of(row, 0)),
                Base::Column => Some(of(column, 1)),
            }
        };
        let cells = (0..sources.names.len()).map(|row| {
            let columns = 0..targets.names.len();
            let at = |column| {
                let sums = &counter.sums[row * counter.columns + column];
                cell(
                    sums,
                    [Some(row), Some(column)],
                    base(Some(row), Some(column)),
                )
            };
            columns.map(at).collect()
        });
        let by_source = (0..sources.names.len()).map(|row| {
            cell(
                counter.by_source(row),
                [Some(row), None],
                base(Some(row), None),
            )
        });
        let by_target = (0..targets.names.len()).map(|column| {
            cell(
                counter.by_target(column),
                [None, Some(column)],
                base(None, Some(column)),
            )
        });
        Ok(Matrix {
            axis: ask.axis,
            measure: ask.measure,
            base: ask.base,
            sides: ask
                .sides
                .map(|sides| sides.names(corpus).map(str::to_owned)),
            cells: cells.collect(),
            by_source: by_source.collect(),
            by_target: by_target.collect(),
            all: cell(counter.all(), [None, None], base(None, None)),
            sources: sources.names.clone(),
            targets: targets.names.clone(),
        })
    }

    /// The unit of its numbers.
    pub fn unit(&self) -> Unit {
        match self.base {
            Base::None if self.sides.is_some() || self.measure.is_difference() => Unit::Points,
            Base::None => Unit::Share,
            Base::Row | Base::Column => Unit::Ratio,
        }
    }

    /// What it shows.
    pub fn title(&self) -> String {
        let sides = self
            .sides
            .as_ref()
            .map_or(String::new(), |[a, b]| format!(", {b} less {a}"));
        let base = match self.base {
            Base::None => "",
            Base::Row => ", by accuracy at the source of the row",
            Base::Column => ", by accuracy at the source of the column",
        };
        let (name, _) = self.measure.parts();
        format!(
            "{name} by source and target {}{sides}{base}",
            self.axis.word()
        )
    }

    /// The matrix as it is told.
    pub fn told(&self, selection: &Selection) -> Told {
        let scope = selection.scope();
        let needs = match self.measure {
            Measure::Lost | Measure::Unparsed | Measure::TraceShare => Needs::Responses,
            _ => Needs::Sources,
        };
        let nothing = || (self.all.n == 0).then(|| "Nothing is left to count.".to_owned());
        let mut told = Told {
            title: self.title(),
            refusal: scope.lacks(needs).or_else(nothing),
            scope,
            method: vec![self.measure.about().to_owned()],
            tables: match self.all.n {
                0 => vec![self.list()],
                _ => vec![self.grid(), self.margins(), self.list()],
            },
            caveats: vec![format!(
                "Cells of fewer than {FEW} are marked *, in a figure grey: they say little."
            )],
        };
        told.caveats.push(
            match self.measure.is_counted() && self.sides.is_none() && self.base == Base::None {
                true => "Intervals of cells are Wilson's, as if responses did not depend on each other; those of rows, columns and the whole are clustered by question.".to_owned(),
                false if self.base == Base::None => "Intervals are clustered by question.".to_owned(),
                false => "A quotient of two rates: no interval is given.".to_owned(),
            },
        );
        if self.all.n > 0 {
            // They weigh more than the others.
            told.caveats.splice(0..0, selection.caveats());
        }
        told
    }

    /// Rows and columns as they stand.
    fn grid(&self) -> Table {
        let unit = self.unit();
        let mut table = Table::new(
            "grid",
            "Source down, target across; in brackets how many it is of",
            &[],
        )
        .reader(Reader::People);
        let show = |cell: &Cell| {
            let value = match cell.figure.value() {
                Some(value) => unit
                    .show(value)
                    .trim_end_matches(" %")
                    .trim_end_matches(" pt")
                    .to_owned(),
                None => "—".to_owned(),
            };
            match cell.n {
                0 => "·".to_owned(),
                n => format!("{value}{} ({n})", if cell.few { "*" } else { "" }),
            }
        };
        let head: Vec<String> = std::iter::once(String::new())
            .chain(self.targets.iter().cloned())
            .chain(["all".to_owned()])
            .collect();
        table.columns = head;
        for ((name, cells), all) in self.sources.iter().zip(&self.cells).zip(&self.by_source) {
            let cells = cells.iter().chain([all]).map(|cell| show(cell).into());
            table.push(std::iter::once(name.as_str().into()).chain(cells).collect());
        }
        let all = self
            .by_target
            .iter()
            .chain([&self.all])
            .map(|cell| show(cell).into());
        table.push(std::iter::once("all".into()).chain(all).collect());
        table.note(match unit {
            Unit::Share => "Numbers are per cent.",
            Unit::Points => "Numbers are points of 100.",
            _ => "Numbers are quotients.",
        })
    }

    /// Rows, columns and the whole with their intervals.
    fn margins(&self) -> Table {
        let unit = self.unit();
        let columns = ["side", "name", self.measure.word(), "n", "questions"];
        let mut table = Table::new("margins", "Taken together", &columns).reader(Reader::People);
        let sides = [
            ("source", &self.sources, &self.by_source),
            ("target", &self.targets, &self.by_target),
        ];
        let line = |side: &str, name: &str, cell: &Cell| {
            let figure = unit.cell(cell.figure.clone());
            vec![
                side.into(),
                name.into(),
                figure,
                cell.n.into(),
                cell.questions.into(),
            ]
        };
        for (side, names, cells) in sides {
            let lines = names.iter().zip(cells).filter(|(_, cell)| cell.n > 0);
            table
                .rows
                .extend(lines.map(|(name, cell)| line(side, name, cell)));
        }
        table.push(line("all", "", &self.all));
        table
    }

    /// One line a cell.
    fn list(&self) -> Table {
        let unit = self.unit();
        let columns = [
            "source",
            "target",
            self.measure.word(),
            "n",
            "questions",
            "few",
            "filter",
        ];
        let mut table = Table::new("cells", "Cell by cell", &columns).reader(Reader::Programs);
        let mut line = |source: &str, target: &str, cell: &Cell| {
            table.push(vec![
                source.into(),
                target.into(),
                unit.cell(cell.figure.clone()),
                cell.n.into(),
                cell.questions.into(),
                if cell.few { "few" } else { "" }.into(),
                cell.filter.as_str().into(),
            ]);
        };
        for ((source, cells), all) in self.sources.iter().zip(&self.cells).zip(&self.by_source) {
            for (target, cell) in self.targets.iter().zip(cells) {
                line(source, target, cell);
            }
            line(source, "all", all);
        }
        for (target, cell) in self.targets.iter().zip(&self.by_target) {
            line("all", target, cell);
        }
        line("all", "all", &self.all);
        table
    }
}

fn check(selection: &Selection, ask: Ask, traces: Option<&TraceShares>) -> Result<(), String> {
    let missing = match ask.measure {
        Measure::Lost if !selection.corpus().is_audited() => {
            "names were not looked for yet: the share of lost names needs the audit"
        }
        Measure::TraceShare if traces.is_none() => {
            "the texts were not read yet: the share of the target script needs them"
        }
        Measure::Lift if ask.sides.is_none() => {
            "a lift is of two conditions, runs or models: name both"
        }
        measure
            if ask.base != Base::None && (measure != Measure::Accuracy || ask.sides.is_some()) =>
        {
            "only the accuracy of one side is held against the accuracy at the source"
        }
        _ => return Ok(()),
    };
    Err(missing.to_owned())
}

/// What is looked at in a group.
struct Seen<'a> {
    selection: &'a Selection<'a>,
    ask: Ask,
    traces: Option<&'a TraceShares>,
    lift: HashMap<u32, u32>,
    verdict_none: Option<u32>,
}

impl Seen<'_> {
    /// What of a group counts for the measure, and what it is counted among.
    fn parts(&self, group: u32) -> Option<(f64, f64)> {
        let (selection, corpus) = (self.selection, self.selection.corpus());
        let this = &corpus.groups().all[group as usize];
        let share = |(right, all): (usize, usize)| (all > 0).then(|| right as f64 / all as f64);
        let parts = match self.ask.measure {
            Measure::Accuracy => count(selection.judged(group)),
            Measure::Transfer if this.known && !this.at_source => count(selection.judged(group)),
            Measure::Transfer => return None,
            Measure::Gap => {
                let source = corpus
                    .groups()
                    .source_of(group)
                    .filter(|_| !this.at_source)?;
                let source = &corpus.groups().all[source as usize];
                let there = (
                    source.right as usize,
                    (source.right + source.wrong) as usize,
                );
                (share(there)? - share(selection.judged(group))?, 1.0)
            }
            Measure::Lift => {
                let other = *self.lift.get(&group)?;
                (
                    share(selection.judged(other))? - share(selection.judged(group))?,
                    1.0,
                )
            }
            Measure::Lost => {
                let verdicts = corpus.codes(Key::Verdict);
                let lost = corpus
                    .frame()
                    .column(Flag::Lost.word())
                    .and_then(|column| column.bool())
                    .ok()?;
                let named = |row: &u32| Some(verdicts[*row as usize]) != self.verdict_none;
                let rows = selection.rows_of(group).filter(named);
                let is_lost = |row: u32| lost.get(row as usize) == Some(true);
                count(rows.fold((0, 0), |(hits, all), row| {
                    (hits + usize::from(is_lost(row)), all + 1)
                }))
            }
            Measure::Unparsed => {
                let outcomes = corpus.codes(Key::Outcome);
                let is = |row: u32| outcomes[row as usize] == Outcome::Unparsed as u32;
                let rows = selection.rows_of(group);
                count(rows.fold((0, 0), |(hits, all), row| {
                    (hits + usize::from(is(row)), all + 1)
                }))
            }
            Measure::TraceShare => {
                let traces = self.traces?;
                let shares = selection.rows_of(group).filter_map(|row| traces.get(row));
                shares.fold((0.0, 0.0), |(sum, all), share| {
                    (sum + f64::from(share), all + 1.0)
                })
            }
        };
        (parts.1 > 0.0).then_some(parts)
    }
}

fn count((hits, all): (usize, usize)) -> (f64, f64) {
    (hits as f64, all as f64)
}

/// Accuracy at the source by label, for rows and for columns: what the runs that are shown answered to the questions that are
/// shown, in their source language, whatever the filter hides.
fn bases(selection: &Selection, ask: Ask, labels: &[Labels; 2]) -> [Vec<Option<f64>>; 2] {
    if ask.base == Base::None {
        return Default::default();
    }
    let groups = selection.corpus().groups();
    let shown = selection.groups().iter();
    let sources: BTreeSet<u32> = shown.filter_map(|group| groups.source_of(*group)).collect();
    [0, 1].map(|side| {
        let names = &labels[side].names;
        let mut counts = vec![(0.0, 0.0); names.len()];
        for group in &sources {
            let locale = selection.locales_of(*group)[side] as usize;
            let place = labels[side].of_locale.get(locale);
            if let Some(count) = place.and_then(|place| counts.get_mut(*place)) {
                let group = &groups.all[*group as usize];
                *count = (
                    count.0 + f64::from(group.right),
                    count.1 + f64::from(group.right + group.wrong),
                );
            }
        }
        let rate = |(right, all): (f64, f64)| (right > 0.0).then(|| right / all);
        counts.into_iter().map(rate).collect()
    })
}

/// The filter that shows the responses of a cell.
fn filter(selection: &Selection, ask: Ask, labels: &[Labels; 2], at: [Option<usize>; 2]) -> String {
    let mut filter: Filter = selection.filter().clone();
    let mut add = |negated, test| {
        let clause = Clause { negated, test };
        if !filter.clauses.contains(&clause) {
            filter.clauses.push(clause);
        }
    };
    let one_of = |key, values: &[&str]| {
        Test::OneOf(
            key,
            values.iter().map(|value| (*value).to_owned()).collect(),
        )
    };
    let keys = match ask.axis {
        Axis::Script => [Key::Source, Key::Target],
        Axis::Language | Axis::Family => [Key::SourceLanguage, Key::TargetLanguage],
    };
    for ((key, labels), at) in keys.into_iter().zip(labels).zip(at) {
        let locales = selection.locales();
        match at {
            None => add(true, one_of(key, &[NONE])),
            Some(at) if ask.axis == Axis::Family => {
                let of = labels
                    .of_locale
                    .iter()
                    .zip(0u32..)
                    .filter(|(place, _)| **place == at);
                let of: BTreeSet<&str> = of.map(|(_, code)| locales.language(code)).collect();
                add(false, one_of(key, &of.into_iter().collect::<Vec<_>>()));
            }
            Some(at) => add(false, one_of(key, &[&labels.names[at]])),
        }
    }
    if let Some(sides) = ask.sides {
        add(false, one_of(sides.key, &sides.names(selection.corpus())));
    }
    let judged = [Outcome::Right, Outcome::Wrong].map(Outcome::word);
    match ask.measure {
        Measure::Accuracy | Measure::Lift => add(false, one_of(Key::Outcome, &judged)),
        Measure::Transfer => {
            add(false, Test::Is(Flag::Known));
            add(true, Test::Is(Flag::AtSource));
            add(false, one_of(Key::Outcome, &judged));
        }
        Measure::Gap => {
            add(true, Test::Is(Flag::AtSource));
            add(false, one_of(Key::Outcome, &judged));
        }
        Measure::Lost => add(true, one_of(Key::Verdict, &[NONE])),
        Measure::Unparsed => {}
        Measure::TraceShare => {
            add(
                false,
                one_of(
                    Key::Trace,
                    &[TraceKind::Plain, TraceKind::Unterminated].map(TraceKind::word),
                ),
            );
        }
    }
    filter.to_string()
}
