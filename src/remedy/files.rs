//! The two files of a batch: its requests, and beside them the manifest that says what each asked.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::report::Report;
use super::request::Settings;
use super::writing::{Batch, Made};
use crate::output::{Whole, write_line};

/// The manifest of a file of requests: `requests.manifest.jsonl` beside `requests.jsonl`.
pub fn manifest(requests: &Path) -> PathBuf {
    match requests.extension() {
        Some(ending) if ending == "jsonl" => requests.with_extension("manifest.jsonl"),
        _ => {
            let mut name = requests.as_os_str().to_owned();
            name.push(".manifest.jsonl");
            name.into()
        }
    }
}

/// Why requests may not go to a file: it is compressed by its name, or what is there is something else.
fn refused(path: &Path, manifest: &Path) -> Option<String> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    if let Some(ending @ ("gz" | "zst" | "zip" | "bz2" | "xz")) = ending {
        return Some(format!(
            "{} would not be compressed: leave .{ending} off",
            path.display()
        ));
    }
    let is_other = |path: &&Path, members: [&str; 2]| {
        let first = File::open(path).ok().map(|file| {
            let mut line = Vec::new();
            let read = BufReader::new(file)
                .take(LONGEST)
                .read_until(b'\n', &mut line);
            (read.is_ok(), line)
        });
        let is_ours = |line: &[u8]| {
            let line = String::from_utf8_lossy(line);
            line.trim().is_empty() || members.iter().all(|member| line.contains(member))
        };
        first.is_some_and(|(is_read, line)| !is_read || !is_ours(&line))
    };
    let requests = Some(path).filter(|path| is_other(path, ["\"custom_id\"", "\"body\""]));
    let manifest = Some(manifest).filter(|path| is_other(path, ["\"custom_id\"", "\"asked\""]));
    let other = requests.or(manifest)?;
    Some(format!(
        "{} is there and holds something else: name another file",
        other.display()
    ))
}

/// So much is read of a file that is in the way.
const LONGEST: u64 = 1 << 20;

impl Batch<'_> {
    /// Writes both files; they appear under their names only when they are whole, and not where there is nothing to ask.
    /// `go_on` hears how many questions were looked at, and may break off; then there is no report either.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn save(
        &self,
        path: &Path,
        mut go_on: impl FnMut(usize) -> ControlFlow<()>,
    ) -> io::Result<Option<Report>> {
        let manifest = manifest(path);
        if let Some(reason) = refused(path, &manifest) {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, reason));
        }
        let mut requests = BufWriter::new(Whole::create(path)?);
        let mut asked = BufWriter::new(Whole::create(&manifest)?);
        let mut looked_at = 0;
        let report = self.write(
            |made| lines(made, self.settings()),
            |lines| {
                let (request, manifest) = lines.map_err(Some)?;
                requests.write_all(&request).map_err(Some)?;
                asked.write_all(&manifest).map_err(Some)?;
                looked_at += 1;
                match go_on(looked_at) {
                    ControlFlow::Continue(()) => Ok(()),
                    ControlFlow::Break(()) => Err(None),
                }
            },
        );
        let report = match report {
            Ok(report) => report,
            Err(None) => return Ok(None),
            Err(Some(error)) => return Err(error),
        };
        for file in [requests, asked] {
            let file = file.into_inner().map_err(|error| error.into_error())?;
            if report.requests > 0 {
                file.keep()?;
            }
        }
        Ok(Some(report))
    }
}

/// The lines of both files for some prompts.
fn lines(made: Vec<Made>, settings: &Settings) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let (mut requests, mut asked) = (Vec::new(), Vec::new());
    for request in made.into_iter().flat_map(|made| made.requests(settings)) {
        write_line(&mut requests, &request.line)?;
        write_line(&mut asked, &request.asked)?;
    }
    Ok((requests, asked))
}
