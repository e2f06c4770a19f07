//! A `scriptlens.toml` for files nobody has said anything of yet, from what is found in them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::container::sample;
use super::lookup::hash;
use super::sniff::{NO_COLUMN, candidates};
use super::{Input, Item, Loaded, Manifests, Opened, Problem, Settings, load};
use crate::record::{Basis, Outcome, Record, ScoreValue};
use crate::script;

/// What was found in one file.
#[derive(Debug, Default)]
struct Found {
    responses: usize,
    answered: usize,
    with_gold: usize,
    runs: BTreeSet<String>,
    /// Hashes of the ids of questions, where the records have ids.
    ids: HashSet<u64>,
    /// A hash for each cell of what is there besides texts, by column: a column of parallel files is equal in all.
    columns: BTreeMap<String, Vec<u64>>,
    by_path: bool,
    /// Values of scores that decide nothing.
    undecided: BTreeMap<String, BTreeSet<String>>,
}

/// So many values of a score are named.
const VALUES: usize = 8;

impl Found {
    fn take(&mut self, record: &Record) {
        self.responses += 1;
        self.answered += usize::from(!record.answer.is_empty() || !record.trace.is_absent());
        self.with_gold += usize::from(!record.gold.is_empty());
        self.runs.insert(record.run.clone());
        if record.question_basis == Basis::Record {
            self.ids.insert(hash(&record.question_id));
        }
        self.by_path |= record.target_basis == Basis::Path;
        for (name, value) in &record.metadata {
            let column = self.columns.entry(name.clone()).or_default();
            column.push(hash(&value.to_string()));
        }
        if record.outcome != Outcome::Unjudged {
            return;
        }
        for score in &record.scores {
            let values = self.undecided.entry(score.name.clone()).or_default();
            if values.len() <= VALUES && score.value != ScoreValue::Unscored {
                values.insert(score.value.to_string());
            }
        }
    }

    fn merge(&mut self, other: Found) {
        self.responses += other.responses;
        self.answered += other.answered;
        self.with_gold += other.with_gold;
        self.runs.extend(other.runs);
        self.ids.extend(other.ids);
        for (name, cells) in other.columns {
            self.columns.entry(name).or_default().extend(cells);
        }
        self.by_path |= other.by_path;
        for (name, values) in other.undecided {
            self.undecided.entry(name).or_default().extend(values);
        }
    }

    /// Questions and accepted answers without anybody's answers.
    fn is_key(&self) -> bool {
        self.answered == 0 && self.with_gold > 0
    }
}

/// Files that differ only in the language, or the shard, in their names.
#[derive(Debug, Default)]
struct Group {
    format: &'static str,
    files: Vec<(PathBuf, Found)>,
}

/// Reads every file once and writes settings that make of them what they are taken for now; what can be said besides
/// stands in comments. Paths are relative to `folder`.
pub fn propose(inputs: &[Input], folder: &Path) -> (String, Vec<Problem>) {
    let mut files: Vec<(Arc<Opened>, Found)> = Vec::new();
    let mut problems = Vec::new();
    let make = |items: &mut dyn Iterator<Item = Result<Item, Problem>>| {
        let (mut found, mut lost) = (Found::default(), Vec::new());
        for item in items {
            match item {
                Ok(item) => found.take(&item.record),
                Err(problem) => lost.push(problem),
            }
        }
        (found, lost)
    };
    let settings = Settings {
        manifests: Manifests::Ignored,
        ..Settings::default()
    };
    load(inputs, &settings, make, |loaded| {
        match loaded {
            Loaded::File(opened) => files.push((opened, Found::default())),
            Loaded::Block {
                file,
                made: (found, lost),
                ..
            } => {
                files[file].1.merge(found);
                problems.extend(lost);
            }
            Loaded::Problem(problem) => problems.push(problem),
        }
        ControlFlow::Continue(())
    });
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for (opened, found) in files {
        let pattern = pattern(&relative(&opened.path, folder), found.by_path);
        let group = groups.entry(pattern).or_default();
        group.format = opened.source.format();
        group.files.push((opened.path.clone(), found));
    }
    (written(&groups, &problems, folder), problems)
}

/// The path from the folder, which is a full one. What means something in a pattern stands for any character.
fn relative(path: &Path, folder: &Path) -> String {
    let full = path.canonicalize().unwrap_or(path.into());
    let below = full.strip_prefix(folder).unwrap_or(path);
    let names: Vec<_> = below.iter().map(|name| name.to_string_lossy()).collect();
    names.join("/").replace(['{', '}', '*'], "?")
}

/// The path of a file with `{target}` for the language in its name.
fn pattern(path: &str, by_path: bool) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(f, n)| (f, n));
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    let found = script::from_path(stem).filter(|_| by_path);
    let Some(found) = found else {
        return path.to_owned();
    };
    let (before, after) = (&stem[..found.range.start], &stem[found.range.end..]);
    let slash = if folder.is_empty() { "" } else { "/" };
    let dot = if ending.is_empty() { "" } else { "." };
    format!("{folder}{slash}{before}{{target}}{after}{dot}{ending}")
}

const HEAD: &str = "\
# Settings of scriptlens for this folder, read whenever it or something in it is opened.
# Written by `scriptlens init` from what it found; change what is wrong, delete what you do not need.
#
# Paths are patterns, relative to this file: * and ? within a name, ** over folders, and {target}, {source}, {model},
# {condition}, {dataset} or {run} where the path tells it. Of several [[files]] that match, later ones say more.
# Each may have: run, model, condition, dataset, source, target, pair = \"position\", skip = true,
# map = { question = \"column\" }.
";

fn written(groups: &BTreeMap<String, Group>, problems: &[Problem], folder: &Path) -> String {
    let mut text = HEAD.to_owned();
    for (pattern, group) in groups {
        block(&mut text, pattern, group);
    }
    for (key, others) in joins(groups) {
        let _ = write!(
            text,
            "\n# Questions and accepted answers for {others}; this file is then no run of its own.\n[[join]]\nfile = {}\non = \"question_id\"\n",
            quoted(key)
        );
    }
    judges(&mut text, groups);
    unknown(&mut text, problems, folder);
    text
}

fn block(text: &mut String, pattern: &str, group: &Group) {
    let responses: usize = group.files.iter().map(|(_, found)| found.responses).sum();
    let runs: BTreeSet<&str> = group
        .files
        .iter()
        .flat_map(|(_, found)| found.runs.iter().map(String::as_str))
        .collect();
    let files = match group.files.len() {
        1 => String::new(),
        n => format!("{n} files, "),
    };
    let _ = write!(
        text,
        "\n# {files}{}, {responses} responses\n[[files]]\npath = {}\n",
        group.format,
        quoted(pattern)
    );
    match runs.iter().collect::<Vec<_>>().as_slice() {
        [run] => drop(writeln!(text, "run = {}", quoted(run))),
        runs => drop(writeln!(
            text,
            "# {} runs, named by their records",
            runs.len()
        )),
    }
    match parallel(group) {
        Some(true) => text.push_str("# a column says the same of the same row in each of these files\npair = \"position\"\n"),
        Some(false) => text.push_str(
            "# as many rows in each file, and no ids; if the same row is the same question everywhere:\n# pair = \"position\"\n",
        ),
        None => {}
    }
}

/// Whether files in several languages, without ids, have the same rows: surely, or only as many of them.
fn parallel(group: &Group) -> Option<bool> {
    let [(_, first), others @ ..] = group.files.as_slice() else {
        return None;
    };
    let alike = |(_, found): &(PathBuf, Found)| found.responses == first.responses;
    let nameless = group.files.iter().all(|(_, found)| found.ids.is_empty());
    if others.is_empty() || first.responses < 2 || !nameless || !others.iter().all(alike) {
        return None;
    }
    let tells = |(name, cells): (&String, &Vec<u64>)| {
        cells.len() == first.responses
            && cells.iter().any(|cell| *cell != cells[0])
            && others
                .iter()
                .all(|(_, found)| found.columns.get(name) == Some(cells))
    };
    Some(first.columns.iter().any(tells))
}

/// Files of accepted answers, by their pattern, and for whom they are: answers that have none, to questions they have.
fn joins(groups: &BTreeMap<String, Group>) -> Vec<(&str, String)> {
    let all = |group: &Group, is: fn(&Found) -> bool| group.files.iter().all(|(_, f)| is(f));
    let ids = |group: &Group| -> HashSet<u64> {
        let files = group.files.iter();
        files
            .flat_map(|(_, found)| found.ids.iter().copied())
            .collect()
    };
    let lacking: Vec<_> = groups
        .iter()
        .filter(|(_, group)| all(group, |found| found.with_gold == 0 && found.answered > 0))
        .map(|(pattern, group)| (pattern, ids(group)))
        .collect();
    let mut joins = Vec::new();
    for (pattern, group) in groups.iter().filter(|(_, group)| all(group, Found::is_key)) {
        let known = ids(group);
        let served = lacking.iter().filter(|(_, wanted)| {
            let shared = wanted.intersection(&known).count();
            !wanted.is_empty() && 2 * shared >= wanted.len()
        });
        let served: Vec<_> = served.map(|(pattern, _)| pattern.as_str()).collect();
        if !served.is_empty() {
            joins.push((pattern.as_str(), served.join(", ")));
        }
    }
    joins
}

/// Scores that decide nothing, in comments: only the user knows their scale.
fn judges(text: &mut String, groups: &BTreeMap<String, Group>) {
    let mut scores: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, found) in groups.values().flat_map(|group| &group.files) {
        for (name, values) in &found.undecided {
            let seen = scores.entry(name).or_default();
            seen.extend(values.iter().map(String::as_str));
        }
    }
    for (name, values) in scores.into_iter().filter(|(_, values)| !values.is_empty()) {
        let more = if values.len() > VALUES { " …" } else { "" };
        let seen: Vec<_> = values
            .into_iter()
            .take(VALUES)
            .map(|v| quoted(&cut(v)))
            .collect();
        let _ = write!(
            text,
            "\n# The score {} decides nothing yet; its values: {}{more}\n# [judges.{}]\n# right = []\n# wrong = []\n# unattempted = []\n",
            quoted(name),
            seen.join(", "),
            quoted(name)
        );
    }
}

/// Tables in which no question and no answer was found, in comments with the names of their columns.
fn unknown(text: &mut String, problems: &[Problem], folder: &Path) {
    for problem in problems
        .iter()
        .filter(|problem| problem.reason == NO_COLUMN)
    {
        let columns: BTreeSet<String> = candidates(&problem.path)
            .into_iter()
            .flatten()
            .flat_map(|candidate| sample(candidate.container.as_ref()))
            .flat_map(|row| row.into_iter().map(|(name, _)| name))
            .filter(|name| !name.is_empty())
            .collect();
        if columns.is_empty() {
            continue;
        }
        let path = quoted(&relative(&problem.path, folder));
        let columns: Vec<_> = columns
            .iter()
            .take(40)
            .map(|name| quoted(&cut(name)))
            .collect();
        let _ = write!(
            text,
            "\n# Not read: {}\n# It has {}\n# [[files]]\n# path = {path}\n# map = {{ question = \"\", answer = \"\" }}\n",
            cut(&problem.reason),
            columns.join(", ")
        );
    }
}

fn cut(text: &str) -> String {
    let line: String = text.chars().take(100).collect();
    line.replace(|c: char| c.is_control(), " ")
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
