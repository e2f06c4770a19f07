//! `scriptlens stats`: one analysis at a time.

use std::io::{self, Write};
use std::num::NonZero;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::thread;

use clap::{Args, Subcommand, ValueEnum};

use super::{Failure, Inputs, Only, printable, write_line};
use crate::corpus::Layer;
use crate::stats::analyses::{self, Conditions, RegressAsk};
use crate::stats::logit::{Keep, Options};
use crate::stats::matrix::{Ask, Axis, Base, Matrix, Measure, Need, TraceShares};
use crate::stats::resample::Plan;
use crate::stats::{Selection, Sides, Told};

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens stats matrix logs/ --measure transfer
  scriptlens stats matrix logs/ --measure lift --a baseline --b entity-hint
  scriptlens stats transfer logs/ --format md
  scriptlens stats regress logs/ --rows across --rounds 2000 --seed 7
  scriptlens stats hint logs/ --where 'model:qwen*'
  scriptlens stats paired logs/ --a model-a/base --b model-b/base
  scriptlens stats names logs/ --format csv --table scripts

Every answer says of how many responses it is, by what filter, and what to beware of.";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Source by target: accuracy, transfer, gap, lost names, lift, unparsed, script of the reasoning
    Matrix {
        #[command(flatten)]
        common: Common,
        /// What rows and columns are
        #[arg(long, value_enum, default_value_t)]
        by: Axis,
        /// What is measured
        #[arg(long, value_enum, default_value_t)]
        measure: Measure,
        /// Divide accuracy by the accuracy at the source of its row or column
        #[arg(long, value_enum, default_value_t)]
        base: Base,
        #[command(flatten)]
        sides: Both,
    },
    /// Scores of ECLeKTic, MultiLoKo and X-FaKT, run by run
    Transfer {
        #[command(flatten)]
        common: Common,
        /// The language to and from which MultiLoKo translates
        #[arg(long, value_name = "LANGUAGE", default_value = "en")]
        pivot: String,
    },
    /// Is it script, language or family: logistic regression within questions, and pooled
    Regress {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        drawn: Drawn,
        /// Which rows are used
        #[arg(long, value_enum, default_value_t)]
        rows: Keep,
        /// A term for each target language, so that script match does not take up that some are easier
        #[arg(long)]
        targets: bool,
    },
    /// Does a hint help where it should: two conditions, within a script and across
    Hint {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        drawn: Drawn,
        #[command(flatten)]
        sides: Both,
    },
    /// The same for any two runs, conditions or models
    Paired {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        drawn: Drawn,
        #[command(flatten)]
        sides: Both,
    },
    /// Does the name decide: right and wrong by what became of the names
    Names {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        drawn: Drawn,
    },
    /// What the reasoning is written in: scripts, languages, how mixed, and whether it stays with the question
    Composition(Common),
    /// Never right or sometimes right, over epochs
    Variance(Common),
    /// What a vote over the languages, or the best choice of one, would buy
    Vote(Common),
    /// Whether two languages know the same things
    Overlap(Common),
    /// Accuracy by number of training languages
    Scaling(Common),
    /// Where accuracy is lost: understanding, writing down or reasoning, from four conditions
    Attribution {
        #[command(flatten)]
        common: Common,
        /// Condition as asked
        #[arg(long, value_name = "CONDITION")]
        base: String,
        /// Condition with the question translated
        #[arg(long, value_name = "CONDITION")]
        translated: String,
        /// Condition with the answer taken from the trace
        #[arg(long, value_name = "CONDITION")]
        from_trace: String,
        /// Condition with both
        #[arg(long, value_name = "CONDITION")]
        both: String,
    },
}

#[derive(Args)]
struct Common {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    only: Only,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Print this table only; JSON and CSV name them all
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// For a screen of 100 columns
    #[default]
    Text,
    /// Markdown
    Md,
    /// One JSON object
    Json,
    /// Tables as CSV; lines that begin with # say what has to be said
    Csv,
}

/// How intervals are drawn.
#[derive(Args)]
pub(super) struct Drawn {
    /// Seed of the bootstrap: the same gives the same
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Rounds of the bootstrap
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..))]
    rounds: u32,
}

impl Drawn {
    pub(super) fn plan(&self) -> Plan {
        Plan {
            seed: self.seed,
            rounds: self.rounds,
            threads: thread::available_parallelism().map_or(1, NonZero::get),
        }
    }
}

/// What is compared.
#[derive(Args)]
pub(super) struct Both {
    /// The first condition, run or model: what the second is held against
    #[arg(long, value_name = "NAME", requires = "b")]
    a: Option<String>,
    /// The second
    #[arg(long, value_name = "NAME", requires = "a")]
    b: Option<String>,
}

impl Both {
    pub(super) fn named(&self) -> (Option<&str>, Option<&str>) {
        (self.a.as_deref(), self.b.as_deref())
    }

    pub(super) fn sides(&self, selection: &Selection) -> Result<Sides, Failure> {
        let (a, b) = self.named();
        Sides::named(selection, a, b).map_err(Failure::Usage)
    }
}

const GO_ON: &(dyn Fn(usize) -> ControlFlow<()> + Sync) = &|_| ControlFlow::Continue(());
const GO_ON_SHARE: &(dyn Fn(f32) -> ControlFlow<()> + Sync) = &|_| ControlFlow::Continue(());

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let stopped = || Failure::Work("it was stopped before it was done".into());
    match &arguments.command {
        Command::Matrix {
            common,
            by,
            measure,
            base,
            sides,
        } => {
            let needs = Ask {
                measure: *measure,
                ..Ask::default()
            }
            .needs();
            common.tell(needs == Some(Need::Audit), |selection| {
                let wanted = sides.a.is_some() || *measure == Measure::Lift;
                let ask = Ask {
                    axis: *by,
                    measure: *measure,
                    base: *base,
                    sides: wanted.then(|| sides.sides(selection)).transpose()?,
                };
                let traces = match needs {
                    Some(Need::Traces) => TraceShares::of(selection, GO_ON),
                    _ => None,
                };
                let matrix = Matrix::of(selection, ask, traces.as_ref()).map_err(Failure::Usage)?;
                Ok(matrix.told(selection))
            })
        }
        Command::Transfer { common, pivot } => {
            common.tell(false, |selection| Ok(analyses::transfer(selection, pivot)))
        }
        Command::Regress {
            common,
            drawn,
            rows,
            targets,
        } => common.tell(false, |selection| {
            let options = Options {
                keep: *rows,
                target_effects: *targets,
            };
            let ask = RegressAsk {
                options,
                plan: drawn.plan(),
            };
            analyses::regress(selection, ask, GO_ON_SHARE).ok_or_else(stopped)
        }),
        Command::Hint {
            common,
            drawn,
            sides,
        } => common.tell(false, |selection| {
            let sides = sides.sides(selection)?;
            analyses::paired(selection, sides, drawn.plan(), GO_ON_SHARE).ok_or_else(stopped)
        }),
        Command::Paired {
            common,
            drawn,
            sides,
        } => common.tell(false, |selection| {
            let sides = sides.sides(selection)?;
            analyses::paired(selection, sides, drawn.plan(), GO_ON_SHARE).ok_or_else(stopped)
        }),
        Command::Names { common, drawn } => common.tell(true, |selection| {
            analyses::names(selection, drawn.plan(), GO_ON_SHARE).ok_or_else(stopped)
        }),
        Command::Composition(common) => common.tell(false, |selection| {
            analyses::composition(selection, GO_ON).ok_or_else(stopped)
        }),
        Command::Variance(common) => {
            common.tell(false, |selection| Ok(analyses::variance(selection)))
        }
        Command::Vote(common) => common.tell(false, |selection| {
            analyses::vote(selection, GO_ON).ok_or_else(stopped)
        }),
        Command::Overlap(common) => {
            common.tell(false, |selection| Ok(analyses::overlap(selection)))
        }
        Command::Scaling(common) => {
            common.tell(false, |selection| Ok(analyses::scaling(selection)))
        }
        Command::Attribution {
            common,
            base,
            translated,
            from_trace,
            both,
        } => {
            let conditions = Conditions {
                base: base.clone(),
                translated: translated.clone(),
                from_trace: from_trace.clone(),
                both: both.clone(),
            };
            common.tell(false, |selection| {
                Ok(analyses::attribution(selection, &conditions))
            })
        }
    }
}

impl Common {
    /// Loads, chooses, computes and prints.
    fn tell(
        &self,
        needs_audit: bool,
        analyse: impl FnOnce(&Selection) -> Result<Told, Failure>,
    ) -> Result<ExitCode, Failure> {
        let filter = self.only.filter()?;
        let layers: &[Layer] = if needs_audit { &[Layer::Audit] } else { &[] };
        let (corpus, code) = self.inputs.load_for(&filter, layers)?;
        let mut told = analyse(&Selection::new(&corpus, &filter))?;
        if let Some(wanted) = &self.table {
            let names: Vec<&str> = told.tables.iter().map(|table| table.name).collect();
            if !names.contains(&wanted.as_str()) {
                return Err(Failure::Usage(format!(
                    "there is no table {wanted} here; there are {}",
                    names.join(", ")
                )));
            }
            told.tables.retain(|table| table.name == wanted);
        }
        let mut out = io::stdout().lock();
        let text = match self.format {
            Format::Json => {
                write_line(&mut out, &told)?;
                return Ok(code);
            }
            Format::Text => told.text(),
            Format::Md => told.markdown(),
            Format::Csv => told.csv(),
        };
        // Line ends are meant; no other control reaches the terminal.
        for line in text.lines() {
            writeln!(out, "{}", printable(line))?;
        }
        Ok(code)
    }
}

/// The words of an enum of the library, as values of a flag.
macro_rules! words {
    ($($of:ty),*) => {$(
        impl ValueEnum for $of {
            fn value_variants<'a>() -> &'a [Self] {
                &<$of>::ALL
            }

            fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
                Some(clap::builder::PossibleValue::new(self.word()).help(self.about()))
            }
        }
    )*};
}

words!(Axis, Measure, Base, Keep);
