//! One writer per format. Each log is shaped as its framework shapes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::compose::{Oddity, Response};
use crate::facts::{Fact, Local, script};
use crate::rng::Rng;
use crate::{Failure, NOTE, Run, parquet};

const DATASET: &str = "local-facts";
const ALPHANUMERIC: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn create(path: &Path) -> Result<File, Failure> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    File::create(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

/// The line end of a text file, whatever the machine.
fn lines(path: &Path, rows: &[Value]) -> Result<(), Failure> {
    let mut text = String::new();
    for row in rows {
        writeln!(text, "{row}")?;
    }
    Ok(create(path)?.write_all(text.as_bytes())?)
}

fn locale(language: &str) -> String {
    format!("{language}-{}", script(language))
}

/// The answer and the name in the question, in the languages a reader of this response may meet.
fn entities(fact: &Fact, language: &str) -> Value {
    let pick = |forms: fn(&Local) -> &Vec<String>| -> BTreeMap<&str, &Vec<String>> {
        let near = [fact.source.as_str(), language, "en"];
        let locals = fact
            .locals
            .iter()
            .filter(|(tag, _)| near.contains(&tag.as_str()));
        locals
            .map(|(tag, local)| (tag.as_str(), forms(local)))
            .collect()
    };
    json!([{"forms": pick(|local| &local.gold)}, {"forms": pick(|local| &local.subject)}])
}

/// scriptlens JSON Lines.
pub fn jsonl(out: &Path, run: &Run, facts: &[Fact], responses: &[Response]) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for response in responses {
        let fact = &facts[response.fact];
        let local = fact.local(&response.language)?;
        let kind = if response.oddity == Some(Oddity::Unterminated) {
            "unterminated"
        } else {
            "plain"
        };
        let mut row = json!({
            "model": run.model,
            "condition": run.condition,
            "dataset": DATASET,
            "question_id": fact.id,
            "epoch": response.epoch,
            "source": locale(&fact.source),
            "target": locale(&response.language),
            "question": response.question,
            "trace": {"kind": kind, "text": response.trace},
            "answer": response.answer,
            "gold": local.gold,
            "scores": [{"name": "contains_gold", "value": response.correct}],
            "correct": response.correct,
            "entities": entities(fact, &response.language),
        });
        if kind == "unterminated" {
            row["truncated"] = json!(true);
        }
        row["note"] = json!(NOTE);
        row["metadata"] = json!({"distractor": local.rival});
        rows.push(row);
    }
    lines(&out.join("atlas-9b_baseline.jsonl"), &rows)
}

/// An Inspect log.
pub fn inspect(
    out: &Path,
    run: &Run,
    facts: &[Fact],
    responses: &[Response],
) -> Result<(), Failure> {
    let mut rng = Rng::of(&["inspect", run.model]);
    let mut id = |length: usize| rng.token(ALPHANUMERIC, length);
    let (task_id, eval_id, run_id) = (id(22), id(22), id(22));
    let created = "2026-03-02T09:15:00+00:00";
    let sample_id =
        |response: &Response| format!("{}.{}", facts[response.fact].id, response.language);
    let mut ids: Vec<String> = responses.iter().map(&sample_id).collect();
    ids.dedup();
    let eval = json!({
        "eval_id": eval_id, "run_id": run_id, "created": created,
        "task": "local_facts", "task_id": task_id, "task_version": 0, "task_file": "local_facts.py",
        "task_display_name": "local_facts", "task_registry_name": "local_facts",
        "task_attribs": {}, "task_args": {"condition": run.condition}, "task_args_passed": {"condition": run.condition},
        "dataset": {"name": DATASET, "location": "local_facts.jsonl", "samples": ids.len(), "sample_ids": ids, "shuffled": false},
        "model": run.model,
        "model_generate_config": {"temperature": 0.6, "max_tokens": 2048},
        "model_args": {}, "model_roles": {},
        "config": {"epochs": run.epochs, "epochs_reducer": ["mean"], "fail_on_error": true, "continue_on_fail": false,
            "sandbox_cleanup": true, "log_samples": true, "log_realtime": true, "log_images": true, "score_display": true},
        "packages": {"inspect_ai": "0.3.186"},
        "metadata": {"note": NOTE, "condition": run.condition},
        "scorers": [{"name": "match", "options": {"location": "any"},
            "metrics": [{"name": "inspect_ai/accuracy", "options": {}}, {"name": "inspect_ai/stderr", "options": {}}],
            "metadata": {}}],
    });
    let plan = json!({
        "name": "plan",
        "steps": [
            {"solver": "system_message", "params": {"template": SYSTEM}, "params_passed": {"template": SYSTEM}},
            {"solver": "generate", "params": {}, "params_passed": {}},
        ],
        "config": {"temperature": 0.6, "max_tokens": 2048},
    });

    let mut samples = Vec::new();
    let mut summaries = Vec::new();
    let mut by_sample: BTreeMap<String, Vec<&Response>> = BTreeMap::new();
    let mut usage = [0_usize; 3];
    for (index, response) in responses.iter().enumerate() {
        let sample = inspect_sample(run, facts, response, &sample_id(response), index)?;
        let used = &sample["model_usage"][run.model];
        for (sum, key) in
            usage
                .iter_mut()
                .zip(["input_tokens", "output_tokens", "reasoning_tokens"])
        {
            *sum += used[key].as_u64().unwrap_or(0) as usize;
        }
        let pick = |key: &str| sample[key].clone();
        summaries.push(json!({
            "id": pick("id"), "epoch": pick("epoch"), "input": pick("input"), "target": pick("target"),
            "metadata": {"question_id": sample["metadata"]["question_id"], "source_lang": sample["metadata"]["source_lang"],
                "target_lang": sample["metadata"]["target_lang"], "condition": run.condition},
            "scores": pick("scores"), "model_usage": pick("model_usage"),
            "started_at": pick("started_at"), "completed_at": pick("completed_at"),
            "total_time": pick("total_time"), "working_time": pick("working_time"), "uuid": pick("uuid"),
            "retries": 0, "completed": true, "message_count": 3,
        }));
        by_sample
            .entry(sample_id(response))
            .or_default()
            .push(response);
        samples.push((
            format!(
                "samples/{}_epoch_{}.json",
                sample_id(response),
                response.epoch
            ),
            sample,
        ));
    }
    let means: Vec<f64> = by_sample
        .values()
        .map(|epochs| epochs.iter().filter(|r| r.correct).count() as f64 / epochs.len() as f64)
        .collect();
    let n = means.len() as f64;
    let mean = means.iter().sum::<f64>() / n;
    let stderr = (means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
    let usage = json!({run.model: {"input_tokens": usage[0], "output_tokens": usage[1],
        "total_tokens": usage[0] + usage[1], "reasoning_tokens": usage[2]}});
    let header = json!({
        "version": 2, "status": "success", "eval": eval, "plan": plan,
        "results": {"total_samples": responses.len(), "completed_samples": responses.len(), "scores": [{
            "name": "match", "scorer": "match", "reducer": "mean", "scored_samples": ids.len(), "unscored_samples": 0,
            "params": {"location": "any"},
            "metrics": {"accuracy": {"name": "accuracy", "value": mean, "params": {}},
                "stderr": {"name": "stderr", "value": stderr, "params": {}}}}]},
        "stats": {"started_at": created, "completed_at": "2026-03-02T09:41:08+00:00", "model_usage": usage},
    });
    let reductions = json!([{"scorer": "match", "reducer": "mean", "samples": by_sample.iter().map(|(id, epochs)| {
        let right = epochs.iter().filter(|r| r.correct).count() as f64;
        json!({"value": right / epochs.len() as f64, "answer": epochs[0].answer, "explanation": epochs[0].answer,
            "sample_id": id})
    }).collect::<Vec<_>>()}]);

    let path = out.join(format!(
        "2026-03-02T09-15-00+00-00_local-facts_{task_id}.eval"
    ));
    let mut zip = ZipWriter::new(create(&path)?);
    let mut member =
        |name: &str, value: &Value, method: CompressionMethod| -> Result<(), Failure> {
            zip.start_file(
                name,
                SimpleFileOptions::default().compression_method(method),
            )?;
            Ok(zip.write_all(serde_json::to_string_pretty(value)?.as_bytes())?)
        };
    let (deflate, zstd) = (CompressionMethod::Deflated, CompressionMethod::Zstd);
    member(
        "_journal/start.json",
        &json!({"version": 2, "eval": eval, "plan": plan}),
        deflate,
    )?;
    for (index, (name, sample)) in samples.iter().enumerate() {
        // Both of the methods that Inspect has used, so that a reader meets them side by side.
        member(name, sample, if index % 2 == 0 { zstd } else { deflate })?;
    }
    for (index, chunk) in summaries.chunks(100).enumerate() {
        member(
            &format!("_journal/summaries/{}.json", index + 1),
            &json!(chunk),
            deflate,
        )?;
    }
    member("summaries.json", &json!(summaries), zstd)?;
    member("reductions.json", &reductions, deflate)?;
    member("header.json", &header, zstd)?;
    zip.finish()?;
    Ok(())
}

const SYSTEM: &str = "Answer in the language of the question, in one short sentence.";

fn inspect_sample(
    run: &Run,
    facts: &[Fact],
    response: &Response,
    id: &str,
    index: usize,
) -> Result<Value, Failure> {
    let fact = &facts[response.fact];
    let local = fact.local(&response.language)?;
    let mut rng = Rng::of(&["sample", run.model, id, &response.epoch.to_string()]);
    let mut token = |length: usize| rng.token(ALPHANUMERIC, length);
    let (system, user, assistant, uuid) = (token(22), token(22), token(22), token(22));
    let mut content = Vec::new();
    match response.oddity {
        Some(Oddity::Encrypted { summary }) => {
            let blob = format!("gAAAAAB{}==", rng.token(BASE64, 340));
            let mut block = json!({"type": "reasoning", "reasoning": blob, "redacted": true});
            if summary {
                block["summary"] = json!(response.trace.split("\n\n").next().unwrap_or_default());
            }
            content.push(block);
        }
        _ => content
            .push(json!({"type": "reasoning", "reasoning": response.trace, "redacted": false})),
    }
    let cut = response.oddity == Some(Oddity::Unterminated);
    if !cut {
        content.push(json!({"type": "text", "text": response.answer}));
    }
    let message = json!({"id": assistant, "content": content, "source": "generate", "role": "assistant", "model": run.model});
    let (asked, thought) = (
        response.question.chars().count() / 2 + 21,
        response.trace.chars().count() / 2,
    );
    let said = if cut {
        2048
    } else {
        thought + response.answer.chars().count() / 2 + 4
    };
    let usage = json!({"input_tokens": asked, "output_tokens": said, "total_tokens": asked + said, "reasoning_tokens": thought});
    let seconds = 2.0 + (said as f64 / 8.0).round() / 10.0;
    let (minute, second) = (15 + index / 12, (index % 12) * 5);
    Ok(json!({
        "id": id,
        "epoch": response.epoch,
        "input": response.question,
        "target": local.gold,
        "messages": [
            {"id": system, "content": SYSTEM, "role": "system"},
            {"id": user, "content": response.question, "source": "input", "role": "user"},
            message,
        ],
        "output": {
            "model": run.model,
            "choices": [{"message": message, "stop_reason": if cut { "max_tokens" } else { "stop" }}],
            "completion": response.answer,
            "usage": usage,
            "time": seconds,
        },
        "scores": {"match": {
            "value": if response.correct { "C" } else { "I" },
            "answer": response.answer,
            "explanation": response.answer,
            "history": [],
        }},
        "metadata": {
            "question_id": fact.id, "source_lang": fact.source, "target_lang": response.language,
            "condition": run.condition, "entities": entities(fact, &response.language),
            "distractor": local.rival, "note": NOTE,
        },
        "store": {},
        "events": [],
        "model_usage": {run.model: usage},
        "started_at": format!("2026-03-02T09:{minute:02}:{second:02}+00:00"),
        "completed_at": format!("2026-03-02T09:{minute:02}:{:02}+00:00", second + 4),
        "total_time": seconds,
        "working_time": seconds,
        "uuid": uuid,
        "error_retries": [],
        "attachments": {},
    }))
}

/// lm-evaluation-harness: one samples file per language, one row per document and filter, and a results file.
pub fn lm_eval(
    out: &Path,
    run: &Run,
    facts: &[Fact],
    responses: &[Response],
) -> Result<(), Failure> {
    let dir = out.join("lm-eval").join(run.model);
    let stamp = "2026-03-03T10-00-00.000000";
    let mut by_language: BTreeMap<&str, Vec<&Response>> = BTreeMap::new();
    for response in responses {
        by_language
            .entry(&response.language)
            .or_default()
            .push(response);
    }
    let mut results = BTreeMap::new();
    let mut configs = BTreeMap::new();
    let mut counts = BTreeMap::new();
    let mut shots = BTreeMap::new();
    let mut better = BTreeMap::new();
    let mut versions = BTreeMap::new();
    for (language, responses) in &by_language {
        let task = format!("local_facts_{language}");
        let mut rows = Vec::new();
        let mut sums = [0.0_f64; 2];
        for (doc_id, response) in responses.iter().enumerate() {
            for (filter, row) in lm_eval_rows(run, facts, response, doc_id)?
                .into_iter()
                .enumerate()
            {
                sums[filter] += row["exact_match"].as_f64().unwrap_or(0.0);
                rows.push(row);
            }
        }
        lines(&dir.join(format!("samples_{task}_{stamp}.jsonl")), &rows)?;
        let n = responses.len() as f64;
        let error = |sum: f64| {
            if n > 1.0 {
                json!((sum / n * (1.0 - sum / n) / (n - 1.0)).sqrt())
            } else {
                json!("N/A")
            }
        };
        results.insert(
            task.clone(),
            json!({
                "alias": task,
                "exact_match,strict-match": sums[0] / n, "exact_match_stderr,strict-match": error(sums[0]),
                "exact_match,flexible-extract": sums[1] / n, "exact_match_stderr,flexible-extract": error(sums[1]),
            }),
        );
        configs.insert(task.clone(), json!({
            "task": task, "dataset_path": "json", "test_split": "test", "output_type": "generate_until",
            "doc_to_text": "{{question}}\n\n{{instruction}}", "doc_to_target": "{{answers}}",
            "description": "", "num_fewshot": 0, "repeats": 1, "should_decontaminate": false,
            "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": true, "ignore_case": true}],
            "generation_kwargs": {"until": [], "max_gen_toks": 2048, "do_sample": true, "temperature": 0.6},
            "filter_list": [
                {"name": "strict-match", "filter": [
                    {"function": "regex", "regex_pattern": "\\nAnswer: (.+)$"},
                    {"function": "take_first"}]},
                {"name": "flexible-extract", "filter": [
                    {"function": "regex", "group_select": -1, "regex_pattern": "([^:：\\n]+?)[.。]?$"},
                    {"function": "take_first"}]},
            ],
            "metadata": {"version": 1.0, "note": NOTE, "condition": run.condition},
        }));
        counts.insert(
            task.clone(),
            json!({"original": responses.len(), "effective": responses.len()}),
        );
        shots.insert(task.clone(), 0);
        versions.insert(task.clone(), 1.0);
        better.insert(task, json!({"exact_match": true}));
    }
    let summary = json!({
        "results": results,
        "configs": configs,
        "versions": versions,
        "n-shot": shots,
        "higher_is_better": better,
        "n-samples": counts,
        "config": {
            "model": "local-completions", "model_args": {"model": run.model}, "batch_size": 8, "device": null,
            "limit": null, "gen_kwargs": {"temperature": 0.6, "max_gen_toks": 2048}, "random_seed": 0,
            "metadata": {"note": NOTE, "condition": run.condition},
        },
        "date": 1_772_532_000.0,
        "model_source": "local-completions",
        "model_name": run.model,
        "model_name_sanitized": run.model,
        "chat_template": null,
        "start_time": 1200.0,
        "end_time": 2860.5,
        "total_evaluation_time_seconds": "1660.5",
    });
    let mut text = serde_json::to_string_pretty(&summary)?;
    text.push('\n');
    Ok(create(&dir.join(format!("results_{stamp}.json")))?.write_all(text.as_bytes())?)
}

fn lm_eval_rows(
    run: &Run,
    facts: &[Fact],
    response: &Response,
    doc_id: usize,
) -> Result<Vec<Value>, Failure> {
    const INSTRUCTION: &str = "Answer in the language of the question. Put the final answer on the last line, after \"Answer:\".";
    let fact = &facts[response.fact];
    let local = fact.local(&response.language)?;
    let mut rng = Rng::of(&["lm-eval", run.model, &fact.id, &response.language]);
    let right = |text: &str| {
        let text = text.to_lowercase();
        f64::from(u8::from(
            local.gold.iter().any(|form| form.to_lowercase() == text),
        ))
    };
    // The marker is sometimes translated with the answer; the strict filter then finds nothing, which is a known way
    // for a score to be about format instead of knowledge.
    let marker = match response.language.as_str() {
        "ru" | "bg" if rng.chance(0.2) => "Ответ: ",
        "zh" if rng.chance(0.25) => "答案：",
        "de" if rng.chance(0.2) => "Antwort: ",
        _ => "Answer: ",
    };
    let marker = if response.language == "bg" && marker == "Ответ: " {
        "Отговор: "
    } else {
        marker
    };
    let last = if response.name.is_empty() {
        response.answer.trim_end_matches(['.', '。', '।', '։', '។'])
    } else {
        &response.name
    };
    let text = match response.oddity {
        Some(Oddity::Unterminated) => format!("<think>\n{}", response.trace),
        _ if last.is_empty() => format!("<think>\n{}\n</think>\n\n", response.trace),
        _ => format!(
            "<think>\n{}\n</think>\n\n{}\n\n{marker}{last}",
            response.trace, response.answer
        ),
    };
    let done = response.oddity != Some(Oddity::Unterminated) && !last.is_empty();
    let strict = if done && marker == "Answer: " {
        last
    } else {
        "[invalid]"
    };
    let flexible = if done { last } else { "[invalid]" };
    if (right(flexible) > 0.0) != response.correct {
        return Err(Failure::new(format!(
            "{}.{}: the extracted answer is graded otherwise: {flexible}",
            fact.id, response.language
        )));
    }
    let doc = json!({
        "id": fact.id, "question": response.question, "instruction": INSTRUCTION, "answer": local.gold[0], "answers": local.gold,
        "source_lang": fact.source, "language": response.language, "note": NOTE,
    });
    let hashes: Vec<String> = (0..3).map(|_| rng.token("0123456789abcdef", 64)).collect();
    let row = |filter: &str, found: &str| {
        json!({
            "doc_id": doc_id, "doc": doc, "target": local.gold,
            "arguments": {"gen_args_0": {"arg_0": format!("{}\n\n{INSTRUCTION}", response.question),
                "arg_1": {"until": [], "max_gen_toks": 2048, "do_sample": true, "temperature": 0.6}}},
            "resps": [[text]], "filtered_resps": [found], "filter": filter, "metrics": ["exact_match"],
            "doc_hash": hashes[0], "prompt_hash": hashes[1], "target_hash": hashes[2], "exact_match": right(found),
        })
    };
    Ok(vec![
        row("strict-match", strict),
        row("flexible-extract", flexible),
    ])
}

/// The columns of the CSV and Parquet files.
pub const COLUMNS: [&str; 12] = [
    "model",
    "condition",
    "question_id",
    "source_lang",
    "target_lang",
    "epoch",
    "question",
    "reasoning",
    "response",
    "gold",
    "correct",
    "note",
];

/// One row of a table; its fields are named in [`COLUMNS`].
#[derive(Serialize)]
pub struct Row {
    /// The run's model.
    pub model: String,
    /// The run's condition.
    pub condition: String,
    /// The fact's identifier.
    pub question_id: String,
    /// Where the fact is local.
    pub source_lang: String,
    /// What was asked in.
    pub target_lang: String,
    /// Counts from 1.
    pub epoch: i32,
    /// With the hint.
    pub question: String,
    /// The trace.
    pub reasoning: String,
    /// The answer.
    pub response: String,
    /// Accepted forms, as a JSON array.
    pub gold: String,
    /// The grade.
    pub correct: bool,
    /// That none of this is a model's.
    pub note: String,
}

/// One run over two files: the first half of the questions as CSV, the rest as Parquet.
pub fn tables(
    out: &Path,
    run: &Run,
    facts: &[Fact],
    responses: &[Response],
) -> Result<(), Failure> {
    let dir = out.join(format!("{}_{}", run.model, run.condition));
    let mut halves: [Vec<Row>; 2] = [Vec::new(), Vec::new()];
    for response in responses {
        let fact = &facts[response.fact];
        // A table has no place to say that the reasoning was cut off, but the delimiter that never comes says it.
        let reasoning = match response.oddity {
            Some(Oddity::Unterminated) => format!("<think>\n{}", response.trace),
            _ => response.trace.clone(),
        };
        halves[usize::from(response.fact >= facts.len() / 2)].push(Row {
            model: run.model.to_owned(),
            condition: run.condition.to_owned(),
            question_id: fact.id.clone(),
            source_lang: fact.source.clone(),
            target_lang: response.language.clone(),
            epoch: i32::try_from(response.epoch)?,
            question: response.question.clone(),
            reasoning,
            response: response.answer.clone(),
            gold: serde_json::to_string(&fact.local(&response.language)?.gold)?,
            correct: response.correct,
            note: NOTE.to_owned(),
        });
    }
    let mut csv = csv::Writer::from_writer(create(&dir.join("part-1.csv"))?);
    for row in &halves[0] {
        csv.serialize(row)?;
    }
    csv.flush()?;
    parquet::write(&dir.join("part-2.parquet"), &halves[1])
}

/// The README beside the runs: what they are, what is where, and which facts they ask for.
pub fn readme(out: &Path, facts: &[Fact], runs: &[(&Run, Vec<Response>)]) -> Result<(), Failure> {
    let mut text = format!(
        "# Sample runs\n\n> {NOTE}\n\n\
        Small runs of two fictional models, `atlas-9b` and `meridian-32b`, to try scriptlens on and to test it with. The facts, \
        the names and their spellings are real and can be checked below. Which response is right, and all of the reasoning, is \
        made up by `examples/sample_runs`: a rate computed from these files says nothing about any model.\n\n\
        {} facts, each known mostly where it is local, each asked in its own language and several others; two conditions: \
        `baseline`, and `entity-hint`, where one sentence of the question gives the name in it as its own language spells it.\n\n\
        | run | format | where | responses |\n|---|---|---|---|\n",
        facts.len()
    );
    for (run, responses) in runs {
        let (format, place) = match (run.model, run.hinted()) {
            ("atlas-9b", false) => ("scriptlens JSON Lines", "`atlas-9b_baseline.jsonl`"),
            ("atlas-9b", true) => (
                "Inspect log",
                "`2026-03-02T09-15-00+00-00_local-facts_….eval`",
            ),
            (_, false) => (
                "lm-evaluation-harness",
                "`lm-eval/meridian-32b/`, a file per language and the results",
            ),
            (_, true) => (
                "CSV, Parquet",
                "`meridian-32b_entity-hint/`, one run over two files",
            ),
        };
        let epochs = if run.epochs == 1 {
            "1 epoch".to_owned()
        } else {
            format!("{} epochs", run.epochs)
        };
        writeln!(
            text,
            "| {} / {} | {format} | {place} | {} ({epochs}) |",
            run.model,
            run.condition,
            responses.len()
        )?;
    }
    text.push_str(
        "\nAn answer is right when it contains an accepted form in the language asked, whatever the case. So an answer with the \
        right name in another language counts as wrong, as a string match counts it. In the lm-evaluation-harness run the \
        filter `strict-match` also misses right answers whose marker was translated; `flexible-extract` finds them. Some \
        reasoning is cut off, some withheld, some answers are empty or refuse: logs are like that.\n\n\
        ## The facts\n\n| question | local to | answer | asked in | to check, for example on Wikipedia |\n|---|---|---|---|---|\n",
    );
    for fact in facts {
        let home = fact.local(&fact.source)?;
        let english = fact.local("en")?;
        let asked = fact
            .locals
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ");
        let answer = if home.gold[0] == english.gold[0] {
            home.gold[0].clone()
        } else {
            format!("{} ({})", english.gold[0], home.gold[0])
        };
        writeln!(
            text,
            "| {} | {} | {answer} | {asked} | {} |",
            fact.title,
            locale(&fact.source),
            fact.check
        )?;
    }
    text.push_str(
        "\n## To write them again\n\n```sh\ncargo run --example sample_runs\n```\n\nThe same seed gives the same files. Facts are \
        in `examples/sample_runs/facts/`, the phrases of the reasoning in `examples/sample_runs/phrases.toml`.\n",
    );
    Ok(create(&PathBuf::from(out).join("README.md"))?.write_all(text.as_bytes())?)
}
