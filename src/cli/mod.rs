//! The command line: one file per subcommand, each a few lines over the library.

mod annotations;
mod audit;
mod compare;
mod convert;
mod entities;
mod filter;
mod init;
mod names;
mod prompts;
mod report;
mod sft;
mod stats;
mod summary;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::annotation::{self, Folder, Judged, Taxonomy};
use crate::corpus::{Corpus, Filter, Layer, Options};
use crate::entity::Catalog;
use crate::grade::Grader;
use crate::ingest::{FieldMap, Gravity, Manifests, On, Problem, Settings};
use crate::output::{self, Whole, printable};
use crate::script::HanMatch;
use crate::tui::Sitting;
use crate::tui::app::Wants;
use crate::tui::terminal::BidiMode;
use crate::tui::text::Widths;

/// What is opened when nothing is named.
const SAMPLES: &str = "sample-runs";

#[derive(Parser)]
#[command(name = "scriptlens", version, about, long_about = LONG_ABOUT, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    inputs: Inputs,
    /// Start with this filter, for example 'cross wrong'
    #[arg(
        long,
        short,
        value_name = "EXPR",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    filter: String,
    /// Who puts right-to-left text in order; auto, unless SCRIPTLENS_BIDI says otherwise, does what the terminal needs
    #[arg(long, value_name = "MODE", value_parser = bidi_mode())]
    bidi: Option<BidiMode>,
    /// How many cells the terminal gives to clusters such as क्षि; auto, unless SCRIPTLENS_WIDTH says otherwise, asks it
    #[arg(long, value_name = "MODEL", value_parser = width())]
    width: Option<Width>,
    /// Whose journal tags are written into, instead of one named after the user
    #[arg(long, value_name = "NAME")]
    annotator: Option<String>,
    #[command(flatten)]
    codes: Codes,
    /// Hide the names of runs, and what other annotators said
    #[arg(long)]
    blind: bool,
}

/// A model of widths; none for the one that was measured.
type Width = Option<Widths>;

fn bidi_mode() -> impl TypedValueParser<Value = BidiMode> {
    let words = BidiMode::ALL.map(BidiMode::word);
    PossibleValuesParser::new(words).map(|word| BidiMode::parse(&word).unwrap_or_default())
}

fn width() -> impl TypedValueParser<Value = Width> {
    let names = Widths::NAMED.map(|(name, _)| name);
    let named = |name: String| Widths::NAMED.into_iter().find(|named| named.0 == name);
    PossibleValuesParser::new(["auto"].into_iter().chain(names))
        .map(move |name| named(name).map(|(_, widths)| widths))
}

/// What a variable of the environment says, if anything.
fn from_env<T: Clone + Send + Sync + 'static>(
    name: &str,
    parser: impl TypedValueParser<Value = T>,
) -> Result<Option<T>, Failure> {
    let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let command = Cli::command();
    let parsed = parser.parse_ref(&command, None, &value);
    let wrong = |_| {
        Failure::Usage(format!(
            "{name} is {value:?} in the environment: that is no value; scriptlens --help lists them"
        ))
    };
    parsed.map(Some).map_err(wrong)
}

const LONG_ABOUT: &str = "\
A terminal explorer for evaluation runs of reasoning models on questions asked in many languages: \
where did the model know a thing in one script and lose it in another?

Opens Inspect logs, lm-evaluation-harness samples, JSON Lines, JSON, CSV, TSV, Parquet and Arrow IPC; \
the content decides the format. Without paths it opens the folder sample-runs. \
Where standard output is no terminal it prints the summary.";

const EXAMPLES: &str = "\
Examples:
  scriptlens                                   explore ./sample-runs
  scriptlens logs/ more/*.eval                 explore folders and files
  scriptlens run.csv --map question=prompt     name a column it does not know
  scriptlens logs/ --filter 'barrier tgt:Deva' start with a filter
  scriptlens summary logs/                     the same in numbers
  zcat run.jsonl.gz | scriptlens summary -     read standard input

Exit status: 0 all read, 1 something could not be read, 2 wrong usage.";

#[derive(Subcommand)]
enum Command {
    /// Count runs, accuracy by source and target script, barrier failures, suspicious metrics
    #[command(after_help = summary::EXAMPLES)]
    Summary(summary::Arguments),
    /// Print the responses that a filter lets through, as JSON Lines
    #[command(after_help = filter::EXAMPLES)]
    Filter(filter::Arguments),
    /// Write everything as Parquet or JSON Lines
    #[command(after_help = convert::EXAMPLES)]
    Convert(convert::Arguments),
    /// Find what became of the names of each question: one JSON line per response and entity
    #[command(after_help = audit::EXAMPLES)]
    Audit(audit::Arguments),
    /// Set responses to one question side by side, step beside step
    #[command(after_help = compare::EXAMPLES)]
    Compare(compare::Arguments),
    /// Write the names of each question as a catalog to correct, given or found in parallel questions
    #[command(after_help = entities::EXAMPLES)]
    Entities(entities::Arguments),
    /// Compare spellings of names across scripts
    #[command(after_help = names::EXAMPLES)]
    Names(names::Arguments),
    /// Exchange, compare, merge and count the judgements of people
    #[command(after_help = annotations::EXAMPLES)]
    Annotations(annotations::Arguments),
    /// Compute one analysis: matrix, transfer, regress, hint, paired, names, composition, variance, vote …
    #[command(after_help = stats::EXAMPLES)]
    Stats(stats::Arguments),
    /// Write everything that can be computed as one document: HTML with figures, Markdown, JSON or CSV
    #[command(after_help = report::EXAMPLES)]
    Report(report::Arguments),
    /// Write requests that ask again under another condition, in the OpenAI Batch format
    #[command(after_help = prompts::EXAMPLES)]
    Prompts(prompts::Arguments),
    /// Write requests for training samples, and check what a teacher made of them
    #[command(after_help = sft::EXAMPLES)]
    Sft(sft::Arguments),
    /// Write a scriptlens.toml for a folder, from what is found in it
    #[command(after_help = init::EXAMPLES)]
    Init(init::Arguments),
}

#[derive(Args, Clone)]
struct Inputs {
    /// Files, folders or patterns to open; - is standard input
    #[arg(value_name = "PATHS")]
    paths: Vec<String>,
    /// Which column is which field, for example question=prompt_text (repeatable)
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// A file, folder or pattern that says more of the same questions: answers, source-language questions, entities
    #[arg(long, value_name = "FILE", requires = "on")]
    join: Vec<String>,
    /// The field that --join joins on, or one of each: id=question_id
    #[arg(long, value_name = "FIELD", requires = "join")]
    on: Vec<String>,
    /// Settings to use instead of the scriptlens.toml beside the data
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Accepted forms of names: JSON Lines with question_id or id and forms, or a Wikidata label dump
    #[arg(long, value_name = "FILE")]
    entities: Option<PathBuf>,
    /// Judge the answers anew: exact, f1>=0.8, letter … (a wrong name lists all)
    #[arg(long, value_name = "NAME", value_parser = Grader::parse)]
    grade: Option<Grader>,
    /// Whether Japanese and Chinese count as the same script
    #[arg(long, value_enum, default_value_t = Han::Partial)]
    han: Han,
    /// The folder of judgements, instead of annotations beside the data
    #[arg(long, value_name = "DIR")]
    annotations: Option<PathBuf>,
}

/// Which of the responses are meant.
#[derive(Args, Clone)]
struct Only {
    /// Only responses that this filter lets through
    #[arg(
        long = "where",
        alias = "filter",
        value_name = "EXPR",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    filter: String,
}

impl Only {
    fn filter(&self) -> Result<Filter, Failure> {
        parse(&self.filter)
    }

    /// As it was typed, where it was.
    fn said(&self) -> Option<String> {
        (!self.is_everything()).then(|| self.filter.clone())
    }

    fn is_everything(&self) -> bool {
        self.filter.is_empty()
    }
}

/// Which codes there are.
#[derive(Args, Clone)]
struct Codes {
    /// Codes and their names, instead of those that are shipped
    #[arg(long, value_name = "FILE")]
    taxonomy: Option<PathBuf>,
}

impl Codes {
    fn taxonomy(&self) -> Result<Taxonomy, Failure> {
        let parsed = match &self.taxonomy {
            None => Taxonomy::shipped(),
            Some(path) => {
                let cannot = |e: &dyn std::fmt::Display| {
                    Failure::Work(format!("{} cannot be read: {e}", path.display()))
                };
                let text = std::fs::read_to_string(path).map_err(|e| cannot(&e))?;
                return Taxonomy::parse(&text).map_err(|e| cannot(&e));
            }
        };
        parsed.map_err(|e| Failure::Work(e.to_string()))
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Han {
    /// Two scripts
    None,
    /// Neither the same nor two
    Partial,
    /// One script
    Full,
}

/// Why a command ended early.
enum Failure {
    /// The user wrote something that cannot be.
    Usage(String),
    /// Something could not be done.
    Work(String),
    /// Whoever read the output stopped reading.
    Closed,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Closed,
            _ => Failure::Work(format!("the output could not be written: {error}")),
        }
    }
}

impl From<polars::error::PolarsError> for Failure {
    fn from(error: polars::error::PolarsError) -> Self {
        Failure::Work(error.to_string())
    }
}

/// Parses the command line, does what it says, and returns the exit status.
pub fn main() -> ExitCode {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // What polars makes of a damaged table becomes a problem of that file.
        if !crate::ingest::is_guarded() {
            hook(panic);
        }
    }));
    let cli = Cli::parse_from(with_dashed_filter(std::env::args_os().collect()));
    let result = match cli.command {
        Some(Command::Summary(arguments)) => summary::run(&arguments),
        Some(Command::Filter(arguments)) => filter::run(&arguments),
        Some(Command::Convert(arguments)) => convert::run(&arguments),
        Some(Command::Audit(arguments)) => audit::run(&arguments),
        Some(Command::Compare(arguments)) => compare::run(&arguments),
        Some(Command::Entities(arguments)) => entities::run(&arguments),
        Some(Command::Names(arguments)) => names::run(&arguments),
        Some(Command::Annotations(arguments)) => annotations::run(&arguments),
        Some(Command::Stats(arguments)) => stats::run(&arguments),
        Some(Command::Report(arguments)) => report::run(&arguments),
        Some(Command::Prompts(arguments)) => prompts::run(&arguments),
        Some(Command::Sft(arguments)) => sft::run(&arguments),
        Some(Command::Init(arguments)) => init::run(&arguments),
        None => {
            let bidi = cli.bidi.map_or_else(
                || from_env("SCRIPTLENS_BIDI", bidi_mode()),
                |bidi| Ok(Some(bidi)),
            );
            let width = cli.width.map_or_else(
                || from_env("SCRIPTLENS_WIDTH", width()),
                |width| Ok(Some(width)),
            );
            bidi.and_then(|bidi| {
                let wants = Wants {
                    bidi: bidi.unwrap_or_default(),
                    widths: width?.flatten(),
                };
                let sitting = Sitting {
                    folder: cli.inputs.folder()?,
                    annotator: annotator(cli.annotator)?,
                    taxonomy: cli.codes.taxonomy()?,
                    blind: cli.blind,
                };
                explore(&cli.inputs, &cli.filter, wants, sitting)
            })
        }
    };
    match result {
        Ok(code) => code,
        Err(Failure::Closed) => ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => told(&message, 2),
        Err(Failure::Work(message)) => told(&message, 1),
    }
}

/// `scriptlens filter PATHS '-wrong'`: a last argument that reads as a filter is no option, though it begins with a dash.
fn with_dashed_filter(mut args: Vec<OsString>) -> Vec<OsString> {
    let last = args
        .last()
        .and_then(|last| last.to_str())
        .unwrap_or_default();
    let dashed = last.starts_with('-') && last.len() > 2 && !last.starts_with("--");
    let named = args
        .iter()
        .any(|arg| arg.to_string_lossy().starts_with("--where"));
    if args.get(1).is_some_and(|command| command == "filter")
        && dashed
        && !named
        && Filter::parse(last).is_ok()
    {
        let expr = format!("--where={last}");
        args.pop();
        args.push(expr.into());
    }
    args
}

fn told(message: &str, status: u8) -> ExitCode {
    // Line ends are ours; the rest may be what was typed.
    let lines: Vec<String> = message.lines().map(printable).collect();
    eprintln!("scriptlens: {}", lines.join("\n"));
    ExitCode::from(status)
}

/// Who sits here: who was named, else the user.
fn annotator(named: Option<String>) -> Result<String, Failure> {
    let user = ["USER", "LOGNAME", "USERNAME"];
    let mut user = user.iter().filter_map(|name| std::env::var(name).ok());
    let name = named.or_else(|| user.find(|name| annotation::file_name(name).is_ok()));
    let name = name.unwrap_or_else(|| "annotator".into());
    match annotation::file_name(&name) {
        Ok(_) => Ok(name),
        Err(error) => Err(Failure::Usage(error.to_string())),
    }
}

fn explore(
    inputs: &Inputs,
    filter: &str,
    wants: Wants,
    sitting: Sitting,
) -> Result<ExitCode, Failure> {
    let filter = parse(filter)?;
    if !io::stdout().is_terminal() {
        return summary::print(inputs, &filter, &[], summary::Form::Text);
    }
    crate::tui::run(
        inputs.paths()?,
        inputs.options()?,
        filter,
        inputs.grade,
        wants,
        sitting,
    )
    .map_err(|e| Failure::Work(e.to_string()))?;
    Ok(ExitCode::SUCCESS)
}

fn parse(text: &str) -> Result<Filter, Failure> {
    Filter::parse(text).map_err(|error| {
        Failure::Usage(format!(
            "the filter cannot be read\n{}",
            error.pointed(text)
        ))
    })
}

impl Inputs {
    /// Where the judgements are.
    fn folder(&self) -> Result<PathBuf, Failure> {
        match &self.annotations {
            Some(dir) => Ok(dir.clone()),
            None => Ok(annotation::folder(&self.paths()?)),
        }
    }

    fn paths(&self) -> Result<Vec<String>, Failure> {
        match self.paths.as_slice() {
            [] if Path::new(SAMPLES).is_dir() => Ok(vec![SAMPLES.into()]),
            [] => Err(Failure::Usage(format!(
                "there is no folder {SAMPLES} here: name the files or folders to open, for example scriptlens logs/"
            ))),
            paths => Ok(paths.to_vec()),
        }
    }

    fn settings(&self) -> Result<Settings, Failure> {
        let map = FieldMap::parse(&self.map).map_err(Failure::Usage)?;
        if self.join.len() != self.on.len() {
            return Err(Failure::Usage(
                "every --join FILE needs its own --on FIELD, for example --join gold.jsonl --on id"
                    .into(),
            ));
        }
        let on = self
            .on
            .iter()
            .map(|on| On::parse(on).map_err(Failure::Usage));
        let joins = self.join.iter().zip(on);
        let joins = joins.map(|(path, on)| Ok((path.clone(), on?)));
        Ok(Settings {
            map,
            joins: joins.collect::<Result<_, Failure>>()?,
            manifests: match &self.settings {
                Some(path) => Manifests::Only(path.clone()),
                None => Manifests::Beside,
            },
        })
    }

    fn options(&self) -> Result<Options, Failure> {
        let han = match self.han {
            Han::None => HanMatch::None,
            Han::Partial => HanMatch::Partial,
            Han::Full => HanMatch::Full,
        };
        let (catalog, problems) = match &self.entities {
            Some(path) => Catalog::read(path).map_err(|reason| {
                Failure::Work(format!(
                    "the entities of {} cannot be read: {reason}",
                    path.display()
                ))
            })?,
            None => Default::default(),
        };
        Ok(Options {
            settings: self.settings()?,
            han,
            catalog: catalog.into(),
            problems,
            ..Options::default()
        })
    }

    /// Where the judgements are.
    fn annotations(&self) -> Result<PathBuf, Failure> {
        match &self.annotations {
            Some(dir) if !dir.is_dir() => Err(Failure::Usage(format!(
                "there is no folder {}: --annotations names the folder of the journals",
                dir.display()
            ))),
            _ => self.folder(),
        }
    }

    /// The same, with the layers of columns that the filter needs, and these.
    fn load_for(
        &self,
        filter: &Filter,
        layers: &[Layer],
    ) -> Result<(Arc<Corpus>, ExitCode), Failure> {
        let (mut corpus, mut code) = self.load()?;
        let wants = |layer| layers.contains(&layer) || filter.needs(layer);
        if wants(Layer::Audit) {
            corpus = audited(&corpus);
        }
        if wants(Layer::Tags) {
            (corpus, _) = self.tagged(&corpus, &mut code)?;
        }
        Ok((corpus, code))
    }

    /// The same responses with what people say of them.
    fn tagged(
        &self,
        corpus: &Corpus,
        code: &mut ExitCode,
    ) -> Result<(Arc<Corpus>, Judged), Failure> {
        let judged = self.judged(corpus, code)?;
        Ok((corpus.with_tags(&judged.tags()), judged))
    }

    /// The judgements on these responses. What of them could not be read is told on standard error and in the exit
    /// status, and so is how many are about responses that are not here, which is no failure.
    fn judged(&self, corpus: &Corpus, code: &mut ExitCode) -> Result<Judged, Failure> {
        let folder = journals(&self.annotations()?, code);
        let judged = Judged::of(corpus, folder, &|_| ControlFlow::Continue(()));
        let judged = judged.unwrap_or_default();
        if judged.attached.missing > 0 {
            let missing = judged.attached.missing;
            let are = if missing == 1 { "is" } else { "are" };
            eprintln!(
                "scriptlens: {} {are} not among those that were read",
                n(missing, "response with judgements")
            );
        }
        Ok(judged)
    }

    /// Loads everything and tells on standard error what could not be read. The exit status is 1 if anything was.
    fn load(&self) -> Result<(Arc<Corpus>, ExitCode), Failure> {
        let corpus = Corpus::load(&self.paths()?, &self.options()?, |_| {
            ControlFlow::Continue(())
        });
        let corpus = match self.grade {
            Some(_) => corpus.graded(self.grade, &|_| ControlFlow::Continue(())),
            None => None,
        }
        .unwrap_or(corpus);
        let mut failed = false;
        let mut stderr = io::stderr().lock();
        // Where nothing was found, what was passed over is the answer.
        let told = |problem: &&Problem| problem.gravity == Gravity::Lost || corpus.is_empty();
        for problem in corpus.problems().iter().filter(told) {
            failed = true;
            let _ = writeln!(stderr, "scriptlens: {}", printable(&problem.to_string()));
        }
        Ok((corpus, ExitCode::from(u8::from(failed))))
    }
}

/// The journals of a folder. What cannot be read is told on standard error and in the exit status.
fn journals(dir: &Path, code: &mut ExitCode) -> Folder {
    let folder = Folder::read_or_tell(dir);
    for problem in folder.problems.iter().take(MOST_TOLD) {
        eprintln!("scriptlens: {}", printable(&problem.to_string()));
        *code = ExitCode::from(1);
    }
    let more = folder.problems.len().saturating_sub(MOST_TOLD);
    if more > 0 {
        eprintln!(
            "scriptlens: {more} more could not be read: are these the journals? --annotations names their folder"
        );
    }
    folder
}

/// Lines of journals that are told one by one: a folder may be something else.
const MOST_TOLD: usize = 20;

/// So many of something: `1 response`, `2 responses with judgements`.
fn n(count: usize, noun: &str) -> String {
    match (count, noun.split_once(' ')) {
        (1, _) => format!("1 {noun}"),
        (_, Some((first, rest))) => format!("{count} {first}s {rest}"),
        (_, None) => format!("{count} {noun}s"),
    }
}

/// The same responses after the audit of names, which nothing breaks off here.
fn audited(corpus: &Arc<Corpus>) -> Arc<Corpus> {
    match corpus.audit(&|_| ControlFlow::Continue(())) {
        Some(audit) => corpus.with_audit(audit.into()),
        None => corpus.clone(),
    }
}

/// Columns in line: those with `names` to the left, numbers to the right.
fn table(
    out: &mut impl Write,
    head: &[&str],
    names: &[usize],
    rows: Vec<Vec<String>>,
) -> io::Result<()> {
    let head: Vec<String> = head.iter().map(ToString::to_string).collect();
    let all = || std::iter::once(&head).chain(&rows);
    let widths: Vec<usize> = (0..head.len())
        .map(|at| all().map(|row| row[at].width()).max().unwrap_or_default())
        .collect();
    for row in all() {
        let padded = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(at, (cell, width))| {
                let pad = " ".repeat(width - cell.width());
                if names.contains(&at) {
                    format!("{cell}{pad}")
                } else {
                    format!("{pad}{cell}")
                }
            });
        writeln!(out, "{}", padded.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

/// Writes a file that appears under its name only when it is whole.
fn whole(path: &Path, write: impl FnOnce(&mut File) -> Result<(), Failure>) -> Result<(), Failure> {
    let cannot = |error: io::Error| Failure::Work(error.to_string());
    let mut file = Whole::create(path).map_err(cannot)?;
    write(file.file())?;
    file.keep().map_err(cannot)
}

/// Writes a line of JSON that a terminal may show.
fn write_line(out: &mut impl Write, value: &impl Serialize) -> Result<(), Failure> {
    Ok(output::write_line(out, value)?)
}
