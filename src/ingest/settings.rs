//! What is said of files from outside them: on the command line, and in a `scriptlens.toml` beside the data.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use glob::Pattern;
use regex::Regex;
use serde::Deserialize;

use super::join::{Join, On};
use super::judges::{Judges, Rule};
use super::{FieldMap, Input, Problem, walk};
use crate::script::{self, Locale};

/// Name of the file with settings for the folder it is in and those below.
pub const MANIFEST: &str = "scriptlens.toml";

/// What the user says on the command line.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Columns by their meaning.
    pub map: FieldMap,
    /// Files to join, and what to join them on.
    pub joins: Vec<(String, On)>,
    /// Which files with settings are used.
    pub manifests: Manifests,
}

/// Which files with settings are used.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Manifests {
    /// Those beside the data.
    #[default]
    Beside,
    /// This one, wherever it is.
    Only(PathBuf),
    /// None.
    Ignored,
}

/// What is said of one file.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Name of its run.
    pub run: Option<String>,
    /// The model that answered.
    pub model: Option<String>,
    /// What was done to the questions.
    pub condition: Option<String>,
    /// Where the questions come from.
    pub dataset: Option<String>,
    /// Where the knowledge is local.
    pub source: Option<Locale>,
    /// The language of the questions.
    pub target: Option<Locale>,
    /// The same row of other files is the same question.
    pub position: bool,
    /// The folder that the settings are for: what the data set is called, where rows are paired and nothing else names it.
    pub folder: Option<String>,
    /// The file is left out.
    pub skip: bool,
    /// Columns by their meaning.
    pub map: FieldMap,
    /// What scores mean.
    pub judges: Judges,
    /// Files that say more of the same questions.
    pub joins: Vec<Arc<Join>>,
}

/// A `scriptlens.toml`.
#[derive(Debug)]
struct Manifest {
    folder: PathBuf,
    files: Vec<(Regex, Files)>,
    judges: Judges,
    joins: Vec<(Option<Regex>, Arc<Join>)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(default)]
    files: Vec<Files>,
    #[serde(default)]
    join: Vec<JoinText>,
    #[serde(default)]
    judges: BTreeMap<String, JudgeText>,
}

/// `[[files]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Files {
    path: String,
    run: Option<String>,
    model: Option<String>,
    condition: Option<String>,
    dataset: Option<String>,
    source: Option<String>,
    target: Option<String>,
    #[serde(default)]
    pair: Pair,
    #[serde(default)]
    skip: bool,
    #[serde(default)]
    map: BTreeMap<String, String>,
}

/// What tells that variants are of one question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Pair {
    #[default]
    Id,
    Position,
}

/// `[[join]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JoinText {
    file: String,
    on: String,
    #[serde(rename = "for")]
    to: Option<String>,
}

/// `[judges.NAME]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct JudgeText {
    right: Vec<Value>,
    wrong: Vec<Value>,
    unattempted: Vec<Value>,
}

/// A value of a score, with or without quotes.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Bool(bool),
    Whole(i64),
    Number(f64),
}

impl From<Value> for String {
    fn from(value: Value) -> String {
        match value {
            Value::Text(text) => text,
            Value::Bool(yes) => yes.to_string(),
            Value::Whole(number) => number.to_string(),
            Value::Number(number) => number.to_string(),
        }
    }
}

/// Names of what a path can tell, in braces in a pattern.
const PLACES: &[&str] = &["run", "model", "condition", "dataset", "source", "target"];

/// A pattern of paths as an expression: `*` and `?` within a name, `**` over folders, `{model}` for what it tells.
fn pattern(text: &str) -> Result<Regex, String> {
    let mut expression = String::from("^");
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (taken, part) = if rest.starts_with("**/") {
            (3, "(?:.*/)?".to_owned())
        } else if rest.starts_with("**") {
            (2, ".*".to_owned())
        } else if let Some((name, _)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'))
        {
            if !PLACES.contains(&name) {
                return Err(format!(
                    "path {text:?}: {{{name}}} is none of {}",
                    PLACES.join(", ")
                ));
            }
            (name.len() + 2, format!("(?<{name}>[^/]+?)"))
        } else {
            let part = match letter {
                '*' => "[^/]*".to_owned(),
                '?' => "[^/]".to_owned(),
                other => regex::escape(other.encode_utf8(&mut [0; 4])),
            };
            (letter.len_utf8(), part)
        };
        expression.push_str(&part);
        rest = &rest[taken..];
    }
    expression.push('$');
    Regex::new(&expression).map_err(|e| format!("path {text:?}: {e}"))
}

impl Files {
    fn check(&self) -> Result<Regex, String> {
        for locale in [&self.source, &self.target].into_iter().flatten() {
            script::parse(locale)
                .ok_or_else(|| format!("{locale:?} is no language that is known here"))?;
        }
        FieldMap::of(self.map.iter().map(|(f, c)| (f.as_str(), c.as_str())))
            .map_err(|e| format!("map: {e}"))?;
        pattern(&self.path)
    }

    /// Adds what this says of a file, if the path is one of those it is about.
    fn tell(&self, pattern: &Regex, path: &str, said: &mut Said) {
        let Some(found) = pattern.captures(path) else {
            return;
        };
        let named = |name: &str| found.name(name).map(|found| found.as_str().to_owned());
        let locale = |fixed: &Option<String>, name: &str| match fixed {
            Some(tag) => Ok(script::parse(tag)),
            // A path where no language stands is none that was meant.
            None => match found.name(name) {
                Some(found) => script::from_path(found.as_str())
                    .map(|found| Some(found.locale))
                    .ok_or(()),
                None => Ok(None),
            },
        };
        let (Ok(source), Ok(target)) = (
            locale(&self.source, "source"),
            locale(&self.target, "target"),
        ) else {
            return;
        };
        let set = |into: &mut Option<String>, fixed: &Option<String>, name: &str| {
            *into = fixed.clone().or_else(|| named(name)).or(into.take());
        };
        set(&mut said.run, &self.run, "run");
        set(&mut said.model, &self.model, "model");
        set(&mut said.condition, &self.condition, "condition");
        set(&mut said.dataset, &self.dataset, "dataset");
        said.source = source.or(said.source.take());
        said.target = target.or(said.target.take());
        said.position |= self.pair == Pair::Position;
        said.skip |= self.skip;
        let map = self.map.iter().map(|(f, c)| (f.as_str(), c.as_str()));
        // It was checked when the file was read.
        said.map.extend(FieldMap::of(map).unwrap_or_default());
    }
}

impl Manifest {
    fn open(path: &Path, folder: &Path, problems: &mut Vec<Problem>) -> Result<Manifest, String> {
        let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
        let text: Text = toml::from_str(&text).map_err(|e| e.to_string().trim().to_owned())?;
        let files = text
            .files
            .into_iter()
            .map(|files| Ok((files.check()?, files)));
        let files = files.collect::<Result<Vec<_>, String>>()?;
        let judges = text.judges.into_iter().map(|(name, judge)| {
            let list = |values: Vec<Value>| values.into_iter().map(String::from).collect();
            Ok(Rule {
                scores: Pattern::new(&name).map_err(|e| format!("judges.{name}: {e}"))?,
                right: list(judge.right),
                wrong: list(judge.wrong),
                unattempted: list(judge.unattempted),
            })
        });
        let judges = Judges(judges.collect::<Result<_, String>>()?);
        let mut joins = Vec::new();
        for JoinText { file, on, to } in text.join {
            let to = to.map(|to| pattern(&to)).transpose()?;
            let on = On::parse(&on)?;
            let file = folder.join(file).display().to_string();
            let (join, lost) = Join::open(&file, on);
            problems.extend(lost);
            joins.push((to, Arc::new(join)));
        }
        Ok(Manifest {
            folder: folder.into(),
            files,
            judges,
            joins,
        })
    }

    fn tell(&self, path: &Path, said: &mut Said) {
        let below = path.strip_prefix(&self.folder).unwrap_or(path);
        let names: Vec<_> = below.iter().map(|name| name.to_string_lossy()).collect();
        let below = names.join("/");
        for (pattern, files) in &self.files {
            files.tell(pattern, &below, said);
        }
        let name = self.folder.file_name();
        said.folder = name.map(|name| name.to_string_lossy().into_owned());
        said.judges.0.extend(self.judges.0.iter().cloned());
        for (to, join) in &self.joins {
            if to.as_ref().is_none_or(|to| to.is_match(&below)) {
                said.joins.push(join.clone());
            }
        }
    }
}

/// What is said of each of some files.
#[derive(Debug, Default)]
pub struct Prepared {
    files: Vec<(Input, Arc<Said>)>,
    /// What could not be used of what was said.
    pub problems: Vec<Problem>,
}

impl Prepared {
    /// Reads the settings beside the files, and the files to be joined. Files that are joined to others, settings
    /// themselves and what is to be left out are no longer among the files.
    pub fn new(inputs: &[Input], settings: &Settings) -> Prepared {
        let mut problems = Vec::new();
        let mut joins = Vec::new();
        for (path, on) in &settings.joins {
            let (join, lost) = Join::open(path, on.clone());
            problems.extend(lost);
            joins.push(Arc::new(join));
        }
        let mut manifests: HashMap<PathBuf, Option<Manifest>> = HashMap::new();
        let mut said_of = |input: &Input| {
            let mut said = Said {
                map: settings.map.clone(),
                joins: joins.clone(),
                ..Said::default()
            };
            if let Some((path, folder)) = settings.beside(input) {
                let manifest = manifests.entry(path.clone()).or_insert_with(|| {
                    let manifest = Manifest::open(&path, &folder, &mut problems);
                    manifest
                        .map_err(|reason| problems.push(Problem::file(&path, reason)))
                        .ok()
                });
                if let Some(manifest) = manifest {
                    manifest.tell(&input.path, &mut said);
                }
            }
            Arc::new(said)
        };
        let is_manifest =
            |input: &&Input| input.path.file_name().is_some_and(|name| name == MANIFEST);
        let files = inputs.iter().filter(|input| !is_manifest(input));
        let mut files: Vec<_> = files.map(|input| (input.clone(), said_of(input))).collect();
        let joined: HashSet<PathBuf> = files
            .iter()
            .flat_map(|(_, said)| &said.joins)
            .flat_map(|join| join.paths())
            .collect();
        files.retain(|(input, said)| {
            let path = input.path.canonicalize().unwrap_or(input.path.clone());
            !said.skip && !joined.contains(&path)
        });
        Prepared { files, problems }
    }

    /// The files, in order, with what is said of each.
    pub fn files(&self) -> &[(Input, Arc<Said>)] {
        &self.files
    }
}

impl Settings {
    /// The settings that hold for a file, and the folder their paths begin at: those the user names, else the nearest
    /// from its folder up to the one that was opened.
    fn beside(&self, input: &Input) -> Option<(PathBuf, PathBuf)> {
        let top = match input.root.is_dir() {
            true => input.root.as_path(),
            false => input.root.parent()?,
        };
        match &self.manifests {
            Manifests::Beside => {}
            Manifests::Ignored => return None,
            Manifests::Only(manifest) => {
                let beside = manifest.parent().unwrap_or(Path::new(""));
                // Settings that lie elsewhere count from the folder that is opened.
                let folder = if top.starts_with(beside) { beside } else { top };
                return Some((manifest.clone(), folder.into()));
            }
        }
        let mut folder = input.path.parent()?;
        loop {
            let manifest = folder.join(MANIFEST);
            if manifest.is_file() {
                return Some((manifest, folder.into()));
            }
            if folder == top {
                return None;
            }
            folder = folder.parent().filter(|folder| folder.starts_with(top))?;
        }
    }
}

/// Every file under a path, for [`Join::open`].
pub(super) fn files(path: &str) -> (Vec<Input>, Vec<Problem>) {
    walk(&[path.to_owned()])
}
