//! The judgements that belong to a corpus: where they are kept, and what they say of its responses.

use std::collections::HashMap;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

use super::attach::Attached;
use super::exchange::Texts;
use super::journal::Problem;
use super::merge::Folder;
use super::span::{Offsets, Part, Span};
use super::state::State;
use super::target::Target;
use crate::corpus::{Corpus, Tags};
use crate::hash::Hash;
use crate::ingest::JUDGEMENTS;

/// Where judgements on these paths are kept where nobody says: in `annotations` in the folder of the first; beside it,
/// where it is a file or a pattern; here, where it is standard input or there is none.
pub fn folder(paths: &[String]) -> PathBuf {
    let first = paths.first().filter(|path| *path != "-");
    let first = Path::new(first.map_or("", String::as_str));
    let is_pattern = |part: &Path| part.to_string_lossy().contains(['*', '?', '[']);
    let base = match first.exists() {
        true if first.is_dir() => first,
        true => first.parent().unwrap_or(first),
        // A pattern may stand for a folder too.
        false => {
            let mut above = first.ancestors().skip(1);
            above.find(|part| !is_pattern(part)).unwrap_or(first)
        }
    };
    base.join(JUDGEMENTS)
}

/// A range of a response: which response, part, bytes, and the hash of what they said.
type Ranged = (Hash, Part, Range<usize>, Hash);

/// Judgements, and where in a corpus the responses are that they are about.
#[derive(Debug, Default)]
pub struct Judged {
    /// What follows from all journals; responses are called as the corpus calls them.
    pub state: State,
    /// Where they are.
    pub attached: Attached,
    /// What of the journals could not be read.
    pub problems: Vec<Problem>,
}

impl Judged {
    /// Reads the journals of a folder and looks for what they judge. A folder that is not there holds nothing; one that
    /// cannot be read is a problem. `go_on` is that of [`Attached::of`].
    pub fn load(
        corpus: &Corpus,
        dir: &Path,
        go_on: &(dyn Fn(usize) -> ControlFlow<()> + Sync),
    ) -> Option<Judged> {
        Judged::of(corpus, Folder::read_or_tell(dir), go_on)
    }

    /// The same, of journals that are read.
    pub fn of(
        corpus: &Corpus,
        folder: Folder,
        go_on: &(dyn Fn(usize) -> ControlFlow<()> + Sync),
    ) -> Option<Judged> {
        let Folder {
            mut state,
            problems,
            ..
        } = folder;
        let attached = Attached::of(corpus, &state.judged(), go_on)?;
        state.rename(&attached.renamed);
        Some(Judged {
            state,
            attached,
            problems,
        })
    }

    /// What is said of the responses, as the corpus keeps it.
    pub fn tags(&self) -> Tags {
        self.attached.tags(&self.state)
    }

    /// Where ranges of the responses stand now, in grapheme clusters; nothing where they stand nowhere. Remembers.
    pub fn clusters(&self, corpus: &Corpus) -> impl FnMut(&Target, &Span) -> Option<Range<usize>> {
        let mut known: HashMap<Ranged, Option<Range<usize>>> = HashMap::new();
        let mut held: (Hash, Option<Texts>) = (Hash::default(), None);
        move |target, span| {
            let key = target.key();
            let found = known.entry((key, span.part, span.range(), span.hash));
            let find = || {
                if held.0 != key {
                    held = (key, self.texts(corpus, target));
                }
                let text = held.1.as_ref()?.part(span.part);
                let place = span.find(text)?;
                let offsets = Offsets::new(text);
                Some(offsets.at(place.start)?.clusters..offsets.at(place.end)?.clusters)
            };
            found.or_insert_with(find).clone()
        }
    }

    /// The texts of a judged response; nothing where it is not here or cannot be read.
    pub fn texts(&self, corpus: &Corpus, target: &Target) -> Option<Texts> {
        let (row, _) = self.attached.find(target)?;
        let record = corpus.read(row).ok()?;
        Some(Texts {
            trace: record.trace.text().to_owned(),
            question: record.question,
            answer: record.answer,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn judgements_are_kept_beside_the_first_path() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("logs")).unwrap();
        std::fs::write(dir.path().join("logs/run.jsonl"), "").unwrap();
        let of = |path: &str| {
            let path = dir.path().join(path).display().to_string();
            let found = folder(&[path, "elsewhere/".to_owned()]);
            found.strip_prefix(dir.path()).unwrap().to_owned()
        };
        for path in ["logs", "logs/", "logs/run.jsonl", "logs/*.jsonl"] {
            assert_eq!(of(path), Path::new("logs/annotations"), "{path}");
        }
        assert_eq!(of("logs/**/*.jsonl"), Path::new("logs/annotations"));
        assert_eq!(of("*/run.jsonl"), Path::new("annotations"));
        for paths in [&[][..], &["-".to_owned()], &["run.jsonl".to_owned()]] {
            assert_eq!(folder(paths), Path::new("annotations"));
        }
        assert_eq!(folder(&["*.jsonl".to_owned()]), Path::new("annotations"));
    }
}
