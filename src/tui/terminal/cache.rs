//! What was measured of terminals before, so that it need not be again.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;

use crate::tui::text::width::Widths;

/// A small TOML file of measured widths by terminal. One that cannot be read or written is done without.
#[derive(Debug, Clone, Default)]
pub struct Cache(Option<PathBuf>);

impl Cache {
    /// The file in the user's cache folder.
    pub fn user() -> Cache {
        let dirs = directories::ProjectDirs::from("", "", "scriptlens");
        Cache(dirs.map(|dirs| dirs.cache_dir().join("terminals.toml")))
    }

    /// The file at this path.
    pub fn at(path: PathBuf) -> Cache {
        Cache(Some(path))
    }

    /// What was measured of the terminal with this key.
    pub fn get(&self, key: &str) -> Option<Widths> {
        self.read().remove(key)
    }

    /// Keeps what was measured of the terminal with this key.
    pub fn put(&self, key: &str, widths: Widths) {
        let mut all = self.read();
        all.insert(key.to_owned(), widths);
        // It is measured again next time.
        let _ = self.write(&all);
    }

    fn read(&self) -> BTreeMap<String, Widths> {
        let text = self
            .0
            .as_ref()
            .and_then(|path| fs::read_to_string(path).ok());
        text.and_then(|text| toml::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// Under another name first, so that nobody reads half a file.
    fn write(&self, all: &BTreeMap<String, Widths>) -> io::Result<()> {
        let Some(path) = &self.0 else { return Ok(()) };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let new = path.with_extension(format!("{}.tmp", std::process::id()));
        fs::write(&new, toml::to_string(all).map_err(io::Error::other)?)?;
        fs::rename(&new, path)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_was_measured_is_found_again_and_a_broken_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/terminals.toml");
        let cache = Cache::at(path.clone());
        assert_eq!(cache.get("a"), None);
        cache.put("a | \"1;2\" | \u{1b}", Widths::SUM);
        cache.put("b", Widths::CLUSTER1);
        assert_eq!(cache.get("a | \"1;2\" | \u{1b}"), Some(Widths::SUM));
        assert_eq!(cache.get("b"), Some(Widths::CLUSTER1));

        fs::write(&path, "b = 1\n[").unwrap();
        assert_eq!(cache.get("b"), None);
        cache.put("b", Widths::CLUSTER2);
        assert_eq!(cache.get("b"), Some(Widths::CLUSTER2));
        let names = fs::read_dir(path.parent().unwrap()).unwrap();
        assert_eq!(names.count(), 1, "nothing else is left behind");
    }

    #[test]
    fn a_cache_that_cannot_be_written_is_done_without() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let cache = Cache::at(file.join("terminals.toml"));
        cache.put("a", Widths::SUM);
        assert_eq!(cache.get("a"), None);
        Cache::default().put("a", Widths::SUM);
    }
}
