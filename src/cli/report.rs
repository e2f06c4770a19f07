//! `scriptlens report`: everything that can be said of the responses, as one document.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueEnum};

use super::stats::{Both, Drawn};
use super::{Failure, Inputs, Only, printable, whole, write_line};
use crate::corpus::Layer;
use crate::ingest::manifest_of;
use crate::stats::report::{Ask, Made, Report, Step};
use crate::stats::{Selection, Sides};

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens report logs/ -o report.html
  scriptlens report logs/ -o report.html --where 'model:qwen*' --a baseline --b entity-hint
  scriptlens report logs/ --format md
  scriptlens report logs/ --format json | jq '.sections[] | select(.id == \"regression\").tables'

The last section of a report has the command, the versions and the files to make it again. Where SOURCE_DATE_EPOCH is set
it is the date of the report, and the same command writes the same bytes.";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    only: Only,
    #[command(flatten)]
    drawn: Drawn,
    #[command(flatten)]
    sides: Both,
    /// Do not look for names, which takes longest
    #[arg(long)]
    no_audit: bool,
    /// The file to write, instead of standard output; its ending may say the format
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How to write it; else the ending of the file says it, or it is Markdown
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// One page with its figures, nothing from elsewhere
    Html,
    /// Markdown
    Md,
    /// One JSON object
    Json,
    /// Tables as CSV; lines that begin with # say what has to be said
    Csv,
}

impl Arguments {
    fn format(&self) -> Result<Format, Failure> {
        if let Some(format) = self.format {
            return Ok(format);
        }
        let Some(path) = &self.output else {
            return Ok(Format::Md);
        };
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("html" | "htm") => Ok(Format::Html),
            Some("md" | "markdown") => Ok(Format::Md),
            Some("json") => Ok(Format::Json),
            Some("csv") => Ok(Format::Csv),
            _ => Err(Failure::Usage(format!(
                "{}: the ending must be .html, .md, .json or .csv, or --format must say the format",
                path.display()
            ))),
        }
    }

    /// What makes the same report, with everything said that is otherwise taken for granted.
    fn command(&self, format: Format) -> Result<String, Failure> {
        let mut words = vec!["scriptlens".to_owned(), "report".to_owned()];
        words.extend(self.inputs.said()?);
        let mut flag = |name: &str, value: Option<String>| {
            words.extend(value.map(|value| format!("--{name}={value}")));
        };
        let (a, b) = self.sides.named();
        flag("where", self.only.said());
        flag("seed", Some(self.drawn.plan().seed.to_string()));
        flag("rounds", Some(self.drawn.plan().rounds.to_string()));
        flag("a", a.map(str::to_owned));
        flag("b", b.map(str::to_owned));
        let word = format.to_possible_value();
        flag("format", word.map(|word| word.get_name().to_owned()));
        flag(
            "output",
            self.output.as_ref().map(|path| path.display().to_string()),
        );
        words.extend(self.no_audit.then(|| "--no-audit".to_owned()));
        // No argument of a process has a NUL.
        Ok(shlex::try_join(words.iter().map(String::as_str)).unwrap_or_default())
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let (filter, format) = (arguments.only.filter()?, arguments.format()?);
    let layers: &[Layer] = match arguments.no_audit {
        true => &[],
        false => &[Layer::Audit],
    };
    let (corpus, code) = arguments.inputs.load_for(&filter, layers)?;
    let selection = Selection::new(&corpus, &filter);
    let sides = match arguments.sides.named() {
        (None, None) => Sides::only(&selection),
        _ => Some(arguments.sides.sides(&selection)?),
    };
    let plan = arguments.drawn.plan();
    let also = arguments
        .inputs
        .besides(corpus.files().iter().map(|file| file.path.as_path()));
    let made = Made::of(
        &selection,
        plan,
        arguments.command(format)?,
        &also,
        moment()?,
    );
    let stderr = io::stderr();
    let is_watched = stderr.is_terminal();
    let watch = |step: Step| {
        if is_watched {
            // Who does not see it misses nothing.
            let _ = write!(
                stderr.lock(),
                "\r\u{1b}[K{} of {}: {} {:.0} %",
                step.at,
                step.of,
                step.id,
                step.part * 100.0
            );
        }
        ControlFlow::Continue(())
    };
    let report = Report::of(&selection, Ask { plan, sides }, made, &watch);
    if is_watched {
        let _ = write!(stderr.lock(), "\r\u{1b}[K");
    }
    let report = report.ok_or_else(|| Failure::Work("it was stopped before it was done".into()))?;
    match &arguments.output {
        None => write(&report, format, &mut io::stdout().lock())?,
        Some(path) => {
            whole(path, |file| {
                let mut out = io::BufWriter::new(file);
                write(&report, format, &mut out)?;
                Ok(out.flush()?)
            })?;
            eprintln!("written to {}", printable(&path.display().to_string()));
        }
    }
    Ok(code)
}

/// The moment a report is of, in seconds since 1970.
fn moment() -> Result<i64, Failure> {
    let Some(said) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|said| !said.is_empty()) else {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        return Ok(now.map_or(0, |now| now.as_secs() as i64));
    };
    let seconds = said.to_str().and_then(|said| said.trim().parse().ok());
    seconds.ok_or_else(|| {
        Failure::Usage(format!(
            "SOURCE_DATE_EPOCH is {said:?} in the environment: it must be a number of seconds"
        ))
    })
}

fn write(report: &Report, format: Format, out: &mut impl Write) -> Result<(), Failure> {
    let text = match format {
        Format::Json => return write_line(out, report),
        Format::Html => report.html(),
        Format::Md => report.markdown(),
        Format::Csv => report.csv(),
    };
    // Line ends are meant; no other control gets out.
    for line in text.lines() {
        writeln!(out, "{}", printable(line))?;
    }
    Ok(())
}

impl Inputs {
    /// Paths and flags that say the same, defaults included.
    fn said(&self) -> Result<Vec<String>, Failure> {
        let mut words = self.paths()?;
        let mut flag = |name: &str, value: &str| words.push(format!("--{name}={value}"));
        self.map.iter().for_each(|map| flag("map", map));
        for (join, on) in self.join.iter().zip(&self.on) {
            flag("join", join);
            flag("on", on);
        }
        for (name, path) in [("settings", &self.settings), ("entities", &self.entities)] {
            if let Some(path) = path {
                flag(name, &path.display().to_string());
            }
        }
        if let Some(grader) = self.grade {
            flag("grade", &grader.name());
        }
        if let Some(han) = self.han.to_possible_value() {
            flag("han", han.get_name());
        }
        Ok(words)
    }

    /// Files that were read besides those with responses: settings, joined files, entities.
    fn besides<'a>(&self, files: impl Iterator<Item = &'a Path>) -> Vec<PathBuf> {
        let given = self.settings.iter().chain(&self.entities).cloned();
        let joined = self.join.iter().map(PathBuf::from);
        let mut all: Vec<PathBuf> = given.chain(joined.filter(|path| path.is_file())).collect();
        if self.settings.is_none() {
            let folders =
                files.filter_map(|path| path.canonicalize().ok()?.parent().map(Path::to_path_buf));
            let mut found: Vec<PathBuf> =
                folders.filter_map(|folder| manifest_of(&folder)).collect();
            found.sort();
            found.dedup();
            all.extend(found);
        }
        all
    }
}
