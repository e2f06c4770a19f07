//! `scriptlens sft`: training samples that teach to reason about how a name is spelled in another script.

use std::collections::HashSet;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::prompts::{Writing, share};
use super::{Failure, Inputs, Only, printable, whole, write_line};
use crate::corpus::{Corpus, Key};
use crate::grade::Grader;
use crate::ingest::Gravity;
use crate::output::Whole;
use crate::remedy::{Ask, Card, Checks, Plan, Reasoning, Sieve, Sifted, Thinking};

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens sft requests logs/ --where 'cross wrong' --model TEACHER -o teach.jsonl
  vllm run-batch -i teach.jsonl -o taught.jsonl --model TEACHER
  scriptlens sft check taught.jsonl
  scriptlens sft check taught.jsonl --exclude eval-logs/ -o samples/";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write requests that ask a teacher for reasoning in which spellings of a name are weighed
    Requests(Requests),
    /// Take the outputs that may be training samples, and say of the others why not
    Check(Check),
}

#[derive(Args)]
struct Requests {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    only: Only,
    /// The language of the reasoning: that of the question, of the source, or English
    #[arg(long, value_name = "LANGUAGE", default_value = "target", value_parser = thinking())]
    think_in: Thinking,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Args)]
struct Check {
    #[command(flatten)]
    inputs: Inputs,
    /// Folder for train.jsonl, test.jsonl, rejected.jsonl, a data card and dataset_info.json; without it nothing is written
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// A run whose questions are kept out, such as the one to evaluate with (repeatable)
    #[arg(long, value_name = "RUN")]
    exclude: Vec<String>,
    /// Where the reasoning goes
    #[arg(long, value_enum, default_value_t = Place::Think)]
    reasoning: Place,
    /// Share of questions to test with
    #[arg(long, value_name = "SHARE", default_value_t = 0.1, value_parser = share)]
    test: f64,
    /// Least characters of reasoning
    #[arg(long, value_name = "N", default_value_t = 200)]
    min_length: usize,
    /// Most characters of reasoning
    #[arg(long, value_name = "N", default_value_t = 8000)]
    max_length: usize,
    /// The share of its text above which a sample is nearly one before it
    #[arg(long, value_name = "SHARE", default_value_t = 0.8, value_parser = share)]
    alike: f64,
}

/// Where a sample has the reasoning.
#[derive(Clone, Copy, ValueEnum)]
enum Place {
    /// In the reply, between <think> and </think>
    Think,
    /// In reasoning_content beside the reply
    Field,
}

fn thinking() -> impl TypedValueParser<Value = Thinking> {
    let words = Thinking::ALL.map(Thinking::word);
    PossibleValuesParser::new(words).map(|word| {
        let named = |thinking: &Thinking| thinking.word() == word;
        Thinking::ALL.into_iter().find(named).unwrap_or_default()
    })
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.command {
        Command::Requests(requests) => request(requests),
        Command::Check(check) => sift(check),
    }
}

fn request(arguments: &Requests) -> Result<ExitCode, Failure> {
    let Requests {
        inputs,
        only,
        think_in,
        writing,
    } = arguments;
    if writing.model.is_none() && !writing.dry_run {
        return Err(Failure::Usage(
            "name the teacher with --model: it is seldom the model that was asked".into(),
        ));
    }
    let templates = writing.templates()?;
    let mut settings = writing.settings()?;
    settings.model.get_or_insert_with(|| "teacher".into());
    settings
        .system
        .get_or_insert_with(|| templates.teacher.system.clone());
    let plan = Plan {
        ask: Ask::Teach(*think_in),
        templates,
        mined: writing.mined,
        settings,
    };
    writing.carry_out(&plan, inputs, &only.filter()?, "taught")
}

fn sift(arguments: &Check) -> Result<ExitCode, Failure> {
    let Check {
        inputs,
        output,
        exclude,
        reasoning,
        test,
        min_length,
        max_length,
        alike,
    } = arguments;
    if min_length > max_length {
        return Err(Failure::Usage(format!(
            "--min-length {min_length} is more than --max-length {max_length}"
        )));
    }
    let grader = inputs.grade.map_or_else(|| Grader::parse("contains"), Ok);
    let sieve = Sieve {
        checks: Checks {
            grader: grader.map_err(Failure::Usage)?,
            length: *min_length..=*max_length,
            likeness: *alike,
        },
        excluded: questions(inputs, exclude)?,
        test: *test,
        reasoning: match reasoning {
            Place::Think => Reasoning::Think,
            Place::Field => Reasoning::Field,
        },
    };
    let (corpus, mut code) = Inputs {
        grade: None,
        ..inputs.clone()
    }
    .load()?;
    if corpus.is_empty() {
        return Err(Failure::Work("there are no outputs to check".into()));
    }
    let mut folder = output.as_deref().map(Folder::create).transpose()?;
    let tallies = sieve.sift(&corpus, |sifted| match &mut folder {
        Some(folder) => folder.write(&sifted),
        None => Ok(()),
    })?;
    for reason in &tallies.unread {
        eprintln!("scriptlens: {}", printable(reason));
        code = ExitCode::from(1);
    }
    if let Some(folder) = folder {
        let outputs = inputs.paths()?;
        let card = Card {
            sieve: &sieve,
            tallies: &tallies,
            outputs: &outputs,
            excluded: exclude,
        };
        folder.finish(&card.markdown(), sieve.reasoning)?;
    }
    let mut out = io::stdout().lock();
    for line in tallies.plain().lines() {
        writeln!(out, "{}", printable(line))?;
    }
    Ok(code)
}

/// The questions of runs that are to be kept out.
fn questions(inputs: &Inputs, paths: &[String]) -> Result<HashSet<String>, Failure> {
    if paths.is_empty() {
        return Ok(HashSet::new());
    }
    let corpus = Corpus::load(paths, &inputs.options()?, |_| ControlFlow::Continue(()));
    // A question that is not known to be one to keep out would be trained on.
    if let Some(problem) = corpus
        .problems()
        .iter()
        .find(|problem| problem.gravity == Gravity::Lost)
    {
        return Err(Failure::Work(format!(
            "what is to be kept out must be read whole, and this was not: {problem}"
        )));
    }
    if corpus.is_empty() {
        return Err(Failure::Work(format!(
            "no question was read from {}, whose questions are to be kept out",
            paths.join(", ")
        )));
    }
    Ok(corpus
        .dict(Key::Question)
        .names()
        .map(str::to_owned)
        .collect())
}

/// The file of the data card.
const CARD: &str = "README.md";

/// What LLaMA-Factory has to know; it cannot read samples whose reasoning is in a field.
const INFO: &str = "dataset_info.json";

/// The files of samples.
struct Folder {
    path: PathBuf,
    train: BufWriter<Whole>,
    test: BufWriter<Whole>,
    rejected: BufWriter<Whole>,
}

impl Folder {
    fn create(path: &Path) -> Result<Folder, Failure> {
        let cannot = |path: &Path, error: io::Error| {
            Failure::Work(format!("{} could not be written: {error}", path.display()))
        };
        fs::create_dir_all(path).map_err(|error| cannot(path, error))?;
        // What was written here before gives way; what somebody else wrote does not.
        let is_ours =
            fs::read_to_string(path.join(CARD)).is_ok_and(|card| card.starts_with(Card::TITLE));
        let mut files = [CARD, "train.jsonl", "test.jsonl", "rejected.jsonl", INFO].iter();
        if let Some(other) = files.find(|name| !is_ours && path.join(name).exists()) {
            return Err(Failure::Usage(format!(
                "{} is there, and no card of training samples beside it: name another folder",
                path.join(other).display()
            )));
        }
        let file = |name: &str| {
            let file = Whole::create(&path.join(name));
            let file = file.map_err(|error| Failure::Work(error.to_string()))?;
            Ok::<_, Failure>(BufWriter::new(file))
        };
        Ok(Folder {
            path: path.to_owned(),
            train: file("train.jsonl")?,
            test: file("test.jsonl")?,
            rejected: file("rejected.jsonl")?,
        })
    }

    fn write(&mut self, sifted: &Sifted) -> Result<(), Failure> {
        match sifted {
            Sifted::Train(sample) => write_line(&mut self.train, sample),
            Sifted::Test(sample) => write_line(&mut self.test, sample),
            Sifted::Rejected(record, reasons) => {
                let reasons: Vec<&str> = reasons.iter().map(|reason| reason.word()).collect();
                write_line(
                    &mut self.rejected,
                    &json!({"reasons": reasons, "response": record}),
                )
            }
        }
    }

    /// Gives all files their names, those of samples once every one of them is whole.
    fn finish(self, card: &str, reasoning: Reasoning) -> Result<(), Failure> {
        let flushed =
            |file: BufWriter<Whole>| file.into_inner().map_err(|error| error.into_error());
        let files = [
            flushed(self.train)?,
            flushed(self.test)?,
            flushed(self.rejected)?,
        ];
        let cannot = |error: io::Error| Failure::Work(error.to_string());
        files
            .into_iter()
            .try_for_each(|file| file.keep().map_err(cannot))?;
        let write = |name: &str, text: &str| {
            whole(&self.path.join(name), |file| {
                Ok(file.write_all(text.as_bytes())?)
            })
        };
        write(CARD, card)?;
        let described = |file: &str| {
            json!({
                "file_name": file,
                "formatting": "sharegpt",
                "columns": {"messages": "messages"},
                "tags": {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"},
            })
        };
        if reasoning == Reasoning::Think {
            let info = json!({"scriptlens_train": described("train.jsonl"), "scriptlens_test": described("test.jsonl")});
            write(INFO, &format!("{info:#}\n"))?;
        } else if let Err(error) = fs::remove_file(self.path.join(INFO))
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error.into());
        }
        Ok(())
    }
}
