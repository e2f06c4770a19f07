//! `scriptlens prompts`: requests that ask again under another condition.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use serde_json::{Map, Value};

use super::{Failure, Inputs, Only, printable};
use crate::corpus::{Corpus, Filter, view};
use crate::remedy::{Ask, Batch, Condition, Made, Models, Plan, Report, Settings, Templates};
use crate::tui::text::{Widths, wrap};

pub(super) const EXAMPLES: &str = "\
Examples:
  scriptlens prompts logs/ --where 'cross wrong' --condition entity-hint --dry-run
  scriptlens prompts logs/ --where cond:baseline --condition entity-hint -o requests.jsonl
  vllm run-batch -i requests.jsonl -o outputs.jsonl --model MODEL
  scriptlens logs/ outputs.jsonl --grade contains

Each question is asked once in each language of which --where lets a response through. What each request asks is
written to requests.manifest.jsonl: leave it beside the outputs, and they open as a run of the same questions.";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    only: Only,
    /// What is done to the question
    #[arg(long, value_name = "NAME", value_parser = condition())]
    condition: Condition,
    #[command(flatten)]
    writing: Writing,
}

/// What is asked of the engine, and where the requests go.
#[derive(Args)]
pub(super) struct Writing {
    /// File of requests to write; what they ask goes beside it
    #[arg(short, long, value_name = "FILE", required_unless_present = "dry_run")]
    output: Option<PathBuf>,
    /// Print the first prompt in each language next to its question, and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// The model to ask; that of the run where it is left out
    #[arg(long, value_name = "NAME")]
    pub(super) model: Option<String>,
    /// How often each question is asked
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    epochs: u32,
    /// Sampling temperature
    #[arg(long, value_name = "T", value_parser = temperature)]
    temperature: Option<f64>,
    /// Share of the likeliest tokens that are sampled from
    #[arg(long, value_name = "P", value_parser = share)]
    top_p: Option<f64>,
    /// Most tokens of a reply, reasoning included
    #[arg(long, value_name = "N")]
    max_tokens: Option<u32>,
    /// Seed of the first epoch; the others take the numbers after it
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// A message of the system before the question
    #[arg(long, value_name = "TEXT")]
    system: Option<String>,
    /// Other members of the request, for example '{"reasoning_effort": "high"}'
    #[arg(long, value_name = "JSON")]
    body: Option<String>,
    /// Folder of templates that replace those of their language: ru.toml, teacher.toml
    #[arg(long, value_name = "FOLDER")]
    prompts: Option<PathBuf>,
    /// Also use forms of names that were found in parallel questions and given by nobody; the manifest marks them
    #[arg(long)]
    pub(super) mined: bool,
}

/// A share from 0 to 1.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok();
    let share = share.filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "a share is a number from 0 to 1, such as 0.1".into())
}

fn temperature(text: &str) -> Result<f64, String> {
    let temperature = text.parse().ok();
    let temperature = temperature.filter(|temperature| (0.0..=100.0).contains(temperature));
    temperature.ok_or_else(|| "a temperature is a number from 0 on, such as 0.6".into())
}

fn condition() -> impl TypedValueParser<Value = Condition> {
    let values =
        Condition::ALL.map(|condition| PossibleValue::new(condition.word()).help(condition.doc()));
    PossibleValuesParser::new(values)
        .map(|word| Condition::named(&word).unwrap_or(Condition::Baseline))
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let Arguments {
        inputs,
        only,
        condition,
        writing,
    } = arguments;
    let plan = Plan {
        ask: Ask::Again(*condition),
        templates: writing.templates()?,
        mined: writing.mined,
        settings: writing.settings()?,
    };
    writing.carry_out(&plan, inputs, &only.filter()?, "asked again")
}

/// What is asked for the rows that a filter lets through.
fn batch<'a>(plan: &'a Plan, corpus: &'a Corpus, filter: &Filter) -> Result<Batch<'a>, Failure> {
    let batch = plan.batch(corpus, &view::rows(corpus, filter));
    batch.map_err(|models| {
        let advice = match &models {
            Models::None => String::new(),
            Models::Several(names) => format!(
                ", and leave the others out with --where model:{}",
                names.first().map_or("", String::as_str)
            ),
        };
        Failure::Usage(format!("{models}: name it with --model{advice}"))
    })
}

impl Writing {
    pub(super) fn templates(&self) -> Result<Templates, Failure> {
        Templates::read(self.prompts.as_deref()).map_err(Failure::Work)
    }

    pub(super) fn settings(&self) -> Result<Settings, Failure> {
        let mut body = Map::new();
        let mut set = |name: &str, value: Option<Value>| {
            body.extend(value.map(|value| (name.to_owned(), value)));
        };
        set("temperature", self.temperature.map(Value::from));
        set("top_p", self.top_p.map(Value::from));
        set("max_completion_tokens", self.max_tokens.map(Value::from));
        if let Some(more) = &self.body {
            let more: Map<String, Value> = serde_json::from_str(more).map_err(|error| {
                Failure::Usage(format!(
                    "--body {more}: no JSON object such as {{\"reasoning_effort\": \"high\"}}: {error}"
                ))
            })?;
            let flags = [
                ("model", "--model"),
                ("messages", "--system"),
                ("n", "--epochs"),
                ("seed", "--seed"),
                ("temperature", "--temperature"),
                ("top_p", "--top-p"),
                ("max_completion_tokens", "--max-tokens"),
            ];
            if let Some((name, flag)) = flags.iter().find(|(name, _)| more.contains_key(*name)) {
                return Err(Failure::Usage(format!(
                    "--body has {name}, which is for {flag} to say"
                )));
            }
            if more.contains_key("stream") {
                return Err(Failure::Usage(
                    "--body has stream, and a batch has none: leave it out".into(),
                ));
            }
            body.extend(more);
        }
        Ok(Settings {
            model: self.model.clone(),
            epochs: self.epochs,
            system: self.system.clone(),
            body,
            seed: self.seed,
        })
    }

    /// Shows what a plan makes of what a filter lets through, or writes it, and tells what came of it. `done` is what is
    /// done to the questions.
    pub(super) fn carry_out(
        &self,
        plan: &Plan,
        inputs: &Inputs,
        filter: &Filter,
        done: &str,
    ) -> Result<ExitCode, Failure> {
        let (corpus, code) = inputs.load_for(filter, &[])?;
        let batch = batch(plan, &corpus, filter)?;
        let file = self.output.as_deref().filter(|_| !self.dry_run);
        let report = match file {
            Some(path) => {
                let report = batch.save(path, |_| ControlFlow::Continue(()));
                let report = report.map_err(|error| Failure::Work(error.to_string()))?;
                report.unwrap_or_default()
            }
            None => dry_run(&batch)?,
        };
        for line in report.lines(file, done) {
            eprintln!("{}", printable(&line));
        }
        Ok(match report.unread.is_empty() {
            true => code,
            false => ExitCode::from(1),
        })
    }
}

/// Shows the first prompt in each language next to its question.
fn dry_run(batch: &Batch) -> Result<Report, Failure> {
    let mut seen = Vec::new();
    let mut out = io::stdout().lock();
    let show = |made: Vec<Made>| {
        made.into_iter().try_for_each(|made| {
            if seen.contains(&made.asked.target) {
                return Ok(());
            }
            seen.push(made.asked.target.clone());
            show(&mut out, &made)
        })
    };
    batch.write(|made| made, show)
}

/// Cells of a line on the terminal.
const ROOM: u16 = 78;

/// A prompt next to the question it is made of.
fn show(out: &mut impl Write, made: &Made) -> Result<(), Failure> {
    let Made { asked, prompt, .. } = made;
    writeln!(out, "{}", printable(&made.head()))?;
    for (name, text) in [("question", &asked.question), ("prompt", &prompt.text)] {
        writeln!(out, "  {name}")?;
        for paragraph in text.lines() {
            let paragraph = printable(paragraph);
            for line in wrap(&paragraph, ROOM - 4, Widths::SUM, |_, _| 0) {
                let line = format!("    {}", paragraph.get(line).unwrap_or_default());
                writeln!(out, "{}", line.trim_end())?;
            }
        }
    }
    Ok(writeln!(out)?)
}
