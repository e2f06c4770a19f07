//! Judgements on the responses of a corpus.

use std::path::{Path, PathBuf};

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
    base.join("annotations")
}
