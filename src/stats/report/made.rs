//! How a report was made, and what it takes to make it again.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::corpus::{Corpus, Key};
use crate::stats::Selection;
use crate::stats::resample::Plan;
use crate::stats::table::{Cell, Table};

/// How a report was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Made {
    /// The day, by universal time.
    pub date: String,
    /// The command that makes it again, for a shell.
    pub command: String,
    /// What was at work, and its version.
    pub versions: Vec<(String, String)>,
    /// What was read.
    pub files: Vec<Read>,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Read {
    /// As it was named.
    pub path: String,
    /// What was taken from it.
    pub format: String,
    /// Its size; none where it is gone, or is no file.
    pub bytes: Option<u64>,
    /// SHA-256 of its bytes; none where there is too much to read again.
    pub sha256: Option<String>,
}

/// More than so many bytes together are not read again for their hash: about two seconds.
const HASHED: u64 = 1 << 30;

impl Made {
    /// Notes how it is made. `moment` is in seconds since 1970; `also` are files that were read besides those of responses.
    pub fn of(
        selection: &Selection,
        plan: Plan,
        command: String,
        also: &[PathBuf],
        moment: i64,
    ) -> Made {
        let corpus = selection.corpus();
        let date = chrono::DateTime::from_timestamp(moment, 0)
            .map_or_else(String::new, |moment| moment.format("%Y-%m-%d").to_string());
        Made {
            date,
            command,
            versions: versions(corpus, plan),
            files: files(selection, also),
        }
    }

    /// When, and by what.
    pub(super) fn on(&self) -> String {
        format!("made on {} by scriptlens {VERSION}", self.date)
    }

    /// The files as a table.
    pub(super) fn table(&self) -> Table {
        let mut table = Table::new("files", "Files", &["file", "format", "bytes", "SHA-256"]);
        for Read {
            path,
            format,
            bytes,
            sha256,
        } in &self.files
        {
            table.push(vec![
                path.as_str().into(),
                format.as_str().into(),
                bytes.map_or(Cell::NOTHING, |bytes| (bytes as usize).into()),
                sha256.as_deref().unwrap_or("not computed").into(),
            ]);
        }
        match self.files.iter().any(|file| file.sha256.is_none()) {
            true => table.note("Hashes are left out where files are not there to be read again, or are more than 1 GiB together."),
            false => table,
        }
    }

    pub(super) fn markdown(&self) -> String {
        let fence = "`".repeat(3);
        let mut out = format!("## {AGAIN}\n\n{fence}sh\n{}\n{fence}\n\n", self.command);
        for (what, version) in &self.versions {
            let _ = writeln!(out, "- {what}: {version}");
        }
        out + "\n" + &self.table().markdown()
    }

    pub(super) fn comments(&self) -> String {
        let mut out = format!("# {}\n", self.on());
        for line in self.command.lines() {
            let _ = writeln!(out, "# {line}");
        }
        for (what, version) in &self.versions {
            let _ = writeln!(out, "# {what}: {version}");
        }
        for Read { path, sha256, .. } in &self.files {
            let _ = writeln!(out, "# {} {path}", sha256.as_deref().unwrap_or("-"));
        }
        out
    }
}

/// What the last section is called.
pub(super) const AGAIN: &str = "To make it again";

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn versions(corpus: &Corpus, plan: Plan) -> Vec<(String, String)> {
    let outcomes = match corpus.grader() {
        Some(grader) => grader.label(),
        None => "as logged".to_owned(),
    };
    let names = match corpus.is_audited() {
        true => format!("looked for with the name model of scriptlens {VERSION}"),
        false => "not looked for".to_owned(),
    };
    let all = [
        ("scriptlens", VERSION.to_owned()),
        ("right and wrong", outcomes),
        ("names", names),
        ("seed", plan.seed.to_string()),
        ("bootstrap rounds", plan.rounds.to_string()),
    ];
    all.map(|(what, version)| (what.to_owned(), version)).into()
}

/// Files with a response that is shown, and those besides.
fn files(selection: &Selection, also: &[PathBuf]) -> Vec<Read> {
    let corpus = selection.corpus();
    let shown: BTreeSet<u32> = selection.among(Key::File).into_iter().collect();
    let of_corpus = (0..)
        .zip(corpus.files())
        .filter(|(code, _)| shown.contains(code))
        .map(|(_, file)| (file.path.as_path(), file.source.format()));
    let also = also.iter().map(|path| (path.as_path(), "besides"));
    let mut known = BTreeSet::new();
    let all: Vec<(&Path, &str)> = of_corpus
        .chain(also)
        .filter(|(path, _)| known.insert(path.to_path_buf()))
        .collect();
    let size = |path: &Path| {
        let about = std::fs::metadata(path).ok()?;
        about.is_file().then_some(about.len())
    };
    let sum: u64 = all.iter().filter_map(|(path, _)| size(path)).sum();
    let read = |(path, format): (&Path, &str)| {
        let bytes = size(path);
        Read {
            path: path.display().to_string(),
            format: format.to_owned(),
            bytes,
            sha256: bytes
                .filter(|_| sum <= HASHED)
                .and_then(|_| hash(path).ok()),
        }
    };
    all.into_iter().map(read).collect()
}

fn hash(path: &Path) -> io::Result<String> {
    let (mut file, mut hash) = (File::open(path)?, Sha256::new());
    let mut block = vec![0; 1 << 16];
    loop {
        let read = io::Read::read(&mut file, &mut block)?;
        if read == 0 {
            break;
        }
        hash.update(block.get(..read).unwrap_or_default());
    }
    let digits = hash.finalize();
    Ok(digits.iter().map(|byte| format!("{byte:02x}")).collect())
}
