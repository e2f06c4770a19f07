//! From what the user typed to the list of files to open.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::Problem;

/// What a folder is called that holds judgements of people: its files are no runs.
pub const JUDGEMENTS: &str = "annotations";

/// A file to open.
#[derive(Debug, Clone)]
pub struct Input {
    /// The file.
    pub path: PathBuf,
    /// What the user named: names of runs are told relative to it.
    pub root: PathBuf,
    /// The user named this very file, so that it not being a run is a problem and not a passing remark.
    pub named: bool,
}

/// Expands paths: folders are walked in name order (hidden files and folders of judgements left out, links followed
/// once), globs expand, `-` is standard input. What cannot be found or entered is a problem, the rest goes on.
pub fn walk(paths: &[String]) -> (Vec<Input>, Vec<Problem>) {
    let (mut inputs, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        if path == "-" {
            inputs.push(Input {
                path: path.into(),
                root: path.into(),
                named: true,
            });
        } else if Path::new(path).exists() {
            walk_one(Path::new(path), &mut inputs, &mut problems);
        } else {
            expand(path, &mut inputs, &mut problems);
        }
    }
    // A file named twice, or once by itself and once by its folder, is one file.
    let mut seen = std::collections::HashSet::new();
    inputs.retain(|input| seen.insert(input.path.canonicalize().unwrap_or(input.path.clone())));
    (inputs, problems)
}

fn expand(pattern: &str, inputs: &mut Vec<Input>, problems: &mut Vec<Problem>) {
    let nothing = Problem::file(
        Path::new(pattern),
        "no such file or folder, and no file matches it as a pattern",
    );
    let judgements = |path: &Path| path.iter().filter(|part| *part == JUDGEMENTS).count();
    // What the pattern spells out was asked for.
    let asked = judgements(Path::new(pattern));
    match glob::glob(pattern) {
        Ok(found) if pattern.contains(['*', '?', '[']) => {
            let before = inputs.len();
            let found = found.flatten().filter(|path| judgements(path) <= asked);
            found.for_each(|path| walk_one(&path, inputs, problems));
            if inputs.len() == before {
                problems.push(nothing);
            }
        }
        _ => problems.push(nothing),
    }
}

fn walk_one(root: &Path, inputs: &mut Vec<Input>, problems: &mut Vec<Problem>) {
    let hidden = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        let holds_judgements = name == JUDGEMENTS && entry.file_type().is_dir();
        entry.depth() > 0 && (name.starts_with('.') || holds_judgements)
    };
    for entry in WalkDir::new(root)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|e| !hidden(e))
    {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            // Reading a pipe or a device met on the way could wait for ever.
            Ok(entry) if entry.depth() > 0 && !entry.file_type().is_file() => {}
            Ok(entry) => inputs.push(Input {
                named: entry.depth() == 0,
                path: entry.into_path(),
                root: root.into(),
            }),
            Err(error) => {
                let path = error.path().unwrap_or(root).to_path_buf();
                let reason = match error.loop_ancestor() {
                    Some(ancestor) => {
                        format!("a link back to {}: not followed again", ancestor.display())
                    }
                    None => error
                        .io_error()
                        .map_or_else(|| error.to_string(), ToString::to_string),
                };
                problems.push(Problem::file(&path, reason));
            }
        }
    }
}

/// Copies a stream that cannot be read twice into a nameless temporary file.
pub(super) fn spool(mut from: impl Read) -> io::Result<std::fs::File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut from, &mut file)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn names(inputs: &[Input], root: &Path) -> Vec<String> {
        inputs
            .iter()
            .map(|i| i.path.strip_prefix(root).unwrap().display().to_string())
            .collect()
    }

    #[test]
    fn folders_are_walked_in_order_and_hidden_files_left_out() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.jsonl", "a/1.csv", ".hidden/x.jsonl", "a/.DS_Store"] {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "{}").unwrap();
        }
        let (inputs, problems) = walk(&[dir.path().display().to_string()]);
        assert_eq!(names(&inputs, dir.path()), ["a/1.csv", "b.jsonl"]);
        assert!(inputs.iter().all(|input| !input.named) && problems.is_empty());

        let (inputs, _) = walk(&[format!("{}/*.jsonl", dir.path().display())]);
        assert_eq!(names(&inputs, dir.path()), ["b.jsonl"]);
        assert!(inputs[0].named);
    }

    #[test]
    fn judgements_beside_the_runs_are_no_runs() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["run.jsonl", "a/annotations/ann.jsonl", "a/run.jsonl"] {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "{}").unwrap();
        }
        let walked = |path: &str| {
            let (inputs, problems) = walk(&[format!("{}/{path}", dir.path().display())]);
            assert!(problems.is_empty(), "{problems:?}");
            names(&inputs, dir.path())
        };
        assert_eq!(walked(""), ["a/run.jsonl", "run.jsonl"]);
        assert_eq!(walked("**/*.jsonl"), ["a/run.jsonl", "run.jsonl"]);
        assert_eq!(walked("*"), ["a/run.jsonl", "run.jsonl"]);
        let journal = ["a/annotations/ann.jsonl"];
        assert_eq!(walked("a/annotations/ann.jsonl"), journal);
        assert_eq!(walked("a/annotations/*.jsonl"), journal);
        assert_eq!(walked("a/annotations"), journal);
    }

    #[test]
    fn what_is_not_there_is_a_problem_that_names_it() {
        let (inputs, problems) = walk(&["/nowhere/at/all.jsonl".into()]);
        assert!(inputs.is_empty());
        assert!(
            problems[0]
                .to_string()
                .starts_with("/nowhere/at/all.jsonl: no such file")
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_loop_is_a_problem_and_ends() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(dir.path(), dir.path().join("loop")).unwrap();
        std::fs::write(dir.path().join("run.jsonl"), "{}").unwrap();
        let (inputs, problems) = walk(&[dir.path().display().to_string()]);
        assert_eq!(inputs.len(), 1);
        assert!(problems[0].reason.contains("link back"));
    }
}
