//! What is said of files from outside them: on the command line, and in a `scriptlens.toml` beside the data.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use glob::Pattern;
use regex::Regex;
use serde::Deserialize;

use super::join::{Join, On};
use super::judges::{Judges, Rule};
use super::{FieldMap, Input, Problem, walk};
use crate::script::{self, Locale};

/// Name of the file with settings for the folder it is in and those below.
pub const MANIFEST: &str = "scriptlens.toml";

/// The settings that count for a folder: those in it, or the next above.
pub fn manifest_of(folder: &Path) -> Option<PathBuf> {
    let mut all = folder.ancestors().map(|folder| folder.join(MANIFEST));
    all.find(|manifest| manifest.is_file())
}

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
    /// On how many languages the model was trained.
    pub training_languages: Option<u32>,
    /// The same row of other files is the same question.
    pub position: bool,
    /// The folder that the settings are for: what the data set is called, where rows are paired and nothing else names it.
    pub folder: Option<String>,
    /// The file is left out.
    pub skip: bool,
    /// The file says more of the questions of others: its answers are the accepted ones.
    pub joined: bool,
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
    path: PathBuf,
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
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Files {
    path: String,
    run: Option<String>,
    model: Option<String>,
    condition: Option<String>,
    dataset: Option<String>,
    source: Option<String>,
    target: Option<String>,
    training_languages: Option<u32>,
    #[serde(default)]
    pair: Pair,
    #[serde(default)]
    skip: bool,
    #[serde(default)]
    map: BTreeMap<String, String>,
    /// Some file is meant.
    #[serde(skip)]
    matched: AtomicBool,
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
    let mut rest = text.strip_prefix("./").unwrap_or(text);
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
        said.training_languages = self.training_languages.or(said.training_languages);
        said.position |= self.pair == Pair::Position;
        said.skip |= self.skip;
        let map = self.map.iter().map(|(f, c)| (f.as_str(), c.as_str()));
        // It was checked when the file was read. What is said later says more.
        let mut map = FieldMap::of(map).unwrap_or_default();
        map.extend(std::mem::take(&mut said.map));
        said.map = map;
        self.matched.store(true, Ordering::Relaxed);
    }
}

impl Manifest {
    fn open(path: &Path, folder: &Path, problems: &mut Vec<Problem>) -> Result<Manifest, String> {
        let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
        let text: Text = toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            format!("line {line}: {}", error.message().replace('\n', " "))
        })?;
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
        let manifest = Manifest {
            path: path.into(),
            folder: folder.into(),
            files,
            judges,
            joins: Vec::new(),
        };
        let mut joins = Vec::new();
        for JoinText { file, on, to } in text.join {
            let to = to.map(|to| pattern(&to)).transpose()?;
            let on = On::parse(&on)?;
            let file = folder.join(file).display().to_string();
            let (join, lost) = Join::open(&file, on, |path| manifest.said(path));
            problems.extend(lost);
            joins.push((to, Arc::new(join)));
        }
        Ok(Manifest { joins, ..manifest })
    }

    fn said(&self, path: &Path) -> Said {
        let mut said = Said::default();
        self.tell(path, &mut said);
        said
    }

    /// Patterns that no file matches.
    fn unmatched(&self) -> impl Iterator<Item = Problem> {
        let unmatched = self
            .files
            .iter()
            .filter(|(_, files)| !files.matched.load(Ordering::Relaxed));
        unmatched.map(|(_, files)| {
            Problem::remark(
                &self.path,
                format!("no file matches the path {:?}", files.path),
            )
        })
    }

    fn tell(&self, path: &Path, said: &mut Said) {
        let full = path.canonicalize().unwrap_or(path.into());
        let below = full.strip_prefix(&self.folder).unwrap_or(path);
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
            let said = |_: &Path| Said {
                map: settings.map.clone(),
                ..Said::default()
            };
            let (join, lost) = Join::open(path, on.clone(), said);
            problems.extend(lost);
            joins.push(Arc::new(join));
        }
        let mut manifests: HashMap<PathBuf, Option<Manifest>> = HashMap::new();
        // Where only a part of the folder is opened, patterns of the others match nothing.
        let mut whole = false;
        let mut said_of = |input: &Input| {
            let mut said = Said {
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
                    whole |= input
                        .root
                        .canonicalize()
                        .is_ok_and(|root| manifest.folder.starts_with(root));
                }
            }
            // What is typed goes before what was written down.
            let mut map = settings.map.clone();
            map.extend(said.map);
            said.map = map;
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
        if let (true, Some(input)) = (files.is_empty() && !joined.is_empty(), inputs.first()) {
            let reason =
                "nothing is left to open: what is there is joined to other files, which are not";
            problems.push(Problem::file(&input.root, reason));
        }
        if whole {
            let manifests = manifests.values().flatten();
            problems.extend(manifests.flat_map(Manifest::unmatched));
        }
        Prepared { files, problems }
    }

    /// Remarks on joins that found nobody.
    pub fn unused(&self) -> Vec<Problem> {
        let mut joins: Vec<&Arc<Join>> = self
            .files
            .iter()
            .flat_map(|(_, said)| &said.joins)
            .collect();
        joins.sort_by_key(|join| Arc::as_ptr(join));
        joins.dedup_by_key(|join| Arc::as_ptr(join));
        joins.into_iter().filter_map(|join| join.unused()).collect()
    }

    /// The files, in order, with what is said of each.
    pub fn files(&self) -> &[(Input, Arc<Said>)] {
        &self.files
    }
}

impl Settings {
    /// The settings that hold for a file, and the folder their paths begin at: those the user names, else the nearest
    /// in its folder or above.
    fn beside(&self, input: &Input) -> Option<(PathBuf, PathBuf)> {
        let folder = input.path.canonicalize().ok()?.parent()?.to_path_buf();
        match &self.manifests {
            Manifests::Ignored => None,
            Manifests::Beside => {
                let manifest = manifest_of(&folder)?;
                let above = manifest.parent()?.into();
                Some((manifest, above))
            }
            Manifests::Only(manifest) => {
                let top = match input.root.is_dir() {
                    true => input.root.canonicalize().ok()?,
                    false => folder.clone(),
                };
                let own = manifest.canonicalize().ok();
                let own = own.as_deref().and_then(Path::parent);
                // Settings that lie elsewhere count from the folder that is opened.
                let start = own
                    .filter(|own| folder.starts_with(own))
                    .map(Path::to_path_buf);
                Some((manifest.clone(), start.unwrap_or(top)))
            }
        }
    }
}

/// Every file under a path, for [`Join::open`].
pub(super) fn files(path: &str) -> (Vec<Input>, Vec<Problem>) {
    walk(&[path.to_owned()])
}
