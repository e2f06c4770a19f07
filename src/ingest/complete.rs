//! What a record leaves unsaid and its surroundings say: locales, run name, question identity, outcome.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::{Said, reasoning};
use crate::record::{Basis, Record, TRAINING_LANGUAGES, Trace};
use crate::script::{self, Locale};

/// What the names of a file, its folders and its task say of the records in it.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// Name of the run where the records name neither run nor model.
    pub run: String,
    /// Locale named by the file, else by the nearest folder that names one.
    pub locale: Option<Locale>,
    /// Which piece of a run the file is.
    pub shard: Option<String>,
    /// What the user says of the file.
    pub said: Arc<Said>,
}

impl Hints {
    /// Reads the names on the way from `root` (what the user named) to `path`.
    pub fn of(path: &Path, root: &Path) -> Hints {
        if path == Path::new("-") {
            return Hints {
                run: "stdin".into(),
                ..Hints::default()
            };
        }
        let below = path
            .strip_prefix(root)
            .ok()
            .filter(|p| !p.as_os_str().is_empty());
        let names = below.or(path.file_name().map(Path::new)).unwrap_or(path);
        let mut hints = Hints::default();
        let mut parts = Vec::new();
        for (depth, name) in names
            .iter()
            .rev()
            .map(|name| name.to_string_lossy())
            .enumerate()
        {
            let whole = if depth == 0 { stem(&name) } else { &name };
            let stem = without_shard(whole);
            let shard = whole[stem.len()..].trim_start_matches(['-', '_', '.']);
            hints.shard = hints
                .shard
                .or((!shard.is_empty()).then(|| shard.to_owned()));
            let found = script::from_path(stem);
            parts.push(match &found {
                Some(found) => without(stem, found.range.clone()),
                None => stem.to_owned(),
            });
            hints.locale = hints.locale.or(found.map(|found| found.locale));
        }
        parts.reverse();
        parts.retain(|part| !part.is_empty());
        // `runs/phi-4/Greek.csv`: the file name was all language, so the folder the user named tells the run.
        if parts.is_empty() {
            parts.extend(
                root.file_stem()
                    .map(|name| name.to_string_lossy().into_owned()),
            );
        }
        hints.run = parts.join("/");
        // A file tells the same whether it was opened by itself or with its folder. Of the folder only whole words count.
        let beside = if below.is_some() {
            root
        } else {
            root.parent().unwrap_or(root)
        };
        let folder = beside.file_name().map(|name| name.to_string_lossy());
        let found = folder.and_then(|name| script::from_path(&name));
        let word = found.filter(|found| found.range.len() > 3);
        hints.locale = hints.locale.or(word.map(|found| found.locale));
        hints
    }
}

/// A file name without its endings (`run.jsonl.gz` → `run`), but with dots that belong to the name (`qwen2.5-7b`).
fn stem(name: &str) -> &str {
    let mut stem = name;
    while let Some((before, ending)) = stem.rsplit_once('.') {
        let known = [
            "jsonl", "ndjson", "json", "csv", "tsv", "parquet", "arrow", "ipc", "feather", "eval",
            "txt",
        ];
        if before.is_empty() || !(known.contains(&ending) || ["gz", "zst"].contains(&ending)) {
            break;
        }
        stem = before;
    }
    stem
}

/// A name without the number of its shard: a run that was cut into pieces is one run.
fn without_shard(name: &str) -> &str {
    static SHARD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let words = r"(?:part|shard|chunk|split|rank|worker|piece)[-_.]?\d+(?:[-_.]of[-_.]?\d+)?";
        Regex::new(&format!(r"(?i)(?:^|[-_.])(?:{words}|\d+[-_.]of[-_.]\d+)$")).ok()
    });
    let shard = SHARD.as_ref().and_then(|shard| shard.find(name));
    shard.map_or(name, |shard| &name[..shard.start()])
}

/// The name of a task or data set without the language in it: `global_mmlu_full_sw` → `global_mmlu_full`.
pub fn without_language(name: &str) -> String {
    match script::from_path(name) {
        Some(found) => without(name, found.range),
        None => name.to_owned(),
    }
}

/// `results_en_v2` without `en` → `results_v2`.
fn without(name: &str, range: std::ops::Range<usize>) -> String {
    let (before, after) = (
        name.get(..range.start).unwrap_or(name),
        name.get(range.end..).unwrap_or(""),
    );
    let separator = |c: char| matches!(c, '_' | '-' | '.' | ' ');
    let (before, after) = (
        before.trim_end_matches(separator),
        after.trim_start_matches(separator),
    );
    if before.is_empty() || after.is_empty() {
        format!("{before}{after}")
    } else {
        format!("{before}_{after}")
    }
}

/// Fills in what a format could not know. Every record passes through here exactly once. A record that is whole says
/// everything itself: names around it add nothing.
pub(super) fn complete(record: &mut Record, hints: &Hints, whole: bool) {
    if record.trace.is_absent() && !record.answer.is_empty() {
        let split = reasoning::split(&record.answer);
        if !split.trace.is_absent() || split.answer.len() != record.answer.len() {
            (record.trace, record.answer) = (split.trace, split.answer);
        }
    }
    if matches!(record.trace, Trace::Unterminated(_)) && record.answer.is_empty() {
        record.truncated = true;
    }
    record.epoch = record.epoch.max(1);
    let said = &hints.said;
    for (field, said) in [
        (&mut record.model, &said.model),
        (&mut record.condition, &said.condition),
        (&mut record.dataset, &said.dataset),
    ] {
        *field = said.clone().or(field.take());
    }
    if said.position && record.dataset.is_none() {
        // Rows of two data sets are not parallel.
        record.dataset.clone_from(&said.folder);
    }
    if let Some(run) = &said.run {
        record.run.clone_from(run);
    }
    record.source = said.source.clone().or(record.source.take());
    if said.target.is_some() {
        (record.target, record.target_basis) = (said.target.clone(), Basis::Path);
    }
    if let Some(number) = said.training_languages {
        record
            .metadata
            .insert(TRAINING_LANGUAGES.into(), number.into());
    }
    said.judges.overrule(record);
    if record.target.is_none() && !whole {
        (record.target, record.target_basis) = (hints.locale.clone(), Basis::Path);
    }
    // A joined file may know the question, whose letters may tell the language.
    said.joins
        .iter()
        .for_each(|join| join.add(record, &said.map));
    locate(record);
    if record.run.is_empty() {
        record.run = match (&record.model, &record.condition) {
            (Some(model), Some(condition)) => format!("{model}/{condition}"),
            (Some(model), None) => model.clone(),
            (None, Some(condition)) => format!("{}/{condition}", hints.run),
            (None, None) => hints.run.clone(),
        };
    }
    if record.question_id.is_empty() && record.question_basis != Basis::Position {
        record.question_id = text_id(&record.question);
        record.question_basis = Basis::Text;
    }
}

/// The target locale where neither the record nor the names of its files tell it: from the name of the task, else from
/// the text itself.
fn locate(record: &mut Record) {
    if record.target.is_some() {
        return;
    }
    let named = record.dataset.as_deref().and_then(script::from_path);
    (record.target, record.target_basis) = match named {
        Some(found) => (Some(found.locale), Basis::Path),
        None if record.question.trim().is_empty() => (None, Basis::Text),
        None => (Some(script::guess(&record.question)), Basis::Text),
    };
}

/// Identity of a question that has no id: variants in other languages cannot be found by it, other runs can.
pub(super) fn text_id(question: &str) -> String {
    // FNV-1a: a fixed function, because the id ends up in files and must not change with the compiler.
    let hash = question
        .trim()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("text-{hash:016x}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn hints(path: &str, root: &str) -> (String, Option<String>) {
        let hints = Hints::of(Path::new(path), Path::new(root));
        (hints.run, hints.locale.map(|l| l.to_string()))
    }

    #[test]
    fn names_around_a_file_tell_run_and_language() {
        for (path, root, run, locale) in [
            (
                "/data/x_fakt/phi-4/plain/Greek.csv",
                "/data/x_fakt",
                "phi-4/plain",
                Some("el-Grek"),
            ),
            (
                "/data/phi-4/Greek.csv",
                "/data/phi-4",
                "phi-4",
                Some("el-Grek"),
            ),
            (
                "/data/results/out_qwen3_5-9b_lanna.json",
                "/data/results",
                "out_qwen3_5-9b",
                Some("nod-Lana"),
            ),
            ("/data/run.jsonl.gz", "/data/run.jsonl.gz", "run", None),
            ("/czech-qa/run.csv", "/czech-qa", "run", Some("cs-Latn")),
            (
                "/czech-qa/run.csv",
                "/czech-qa/run.csv",
                "run",
                Some("cs-Latn"),
            ),
            ("/data/qwen2.5-7b.csv", "/data", "qwen2.5-7b", None),
            ("/data/qwen-00001-of-00008.parquet", "/data", "qwen", None),
            ("/data/qwen/part-0003.jsonl", "/data", "qwen", None),
            ("/data/qwen_shard2.jsonl", "/data", "qwen", None),
        ] {
            assert_eq!(
                hints(path, root),
                (run.into(), locale.map(Into::into)),
                "{path}"
            );
        }
    }

    #[test]
    fn a_record_that_says_nothing_gets_what_its_names_and_text_say() {
        let hints = Hints {
            run: "phi-4".into(),
            ..Hints::default()
        };
        let mut record = Record {
            question: "Πού βρίσκεται η Ναύπακτος;".into(),
            answer: "<think>Στην Ελλάδα.</think>Ελλάδα".into(),
            ..Record::default()
        };
        complete(&mut record, &hints, false);
        assert_eq!(record.trace, Trace::Plain("Στην Ελλάδα.".into()));
        assert_eq!(record.answer, "Ελλάδα");
        assert_eq!(record.target.unwrap().to_string(), "el-Grek");
        assert_eq!(record.target_basis, Basis::Text);
        assert_eq!(record.run, "phi-4");
        assert!(record.question_id.starts_with("text-"));
    }
}
