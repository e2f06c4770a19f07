//! The two files of a batch: its requests, and beside them the manifest that says what each asked.

use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::report::Report;
use super::request::Settings;
use super::writing::{Batch, Made};
use crate::output::{Whole, write_line};

/// The manifest of a file of requests: `requests.manifest.jsonl` beside `requests.jsonl`.
pub fn manifest(requests: &Path) -> PathBuf {
    requests.with_extension("manifest.jsonl")
}

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
