//! Rows of a second file, found by a key: requests of a batch, statistics of a run, gold answers.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::Place;
use super::container::{Container, Row, sample};
use super::sniff::{Candidate, candidates};

/// An index of a file by a key of its rows. Only places are in memory; rows are read when they are asked for.
pub(super) struct Lookup {
    container: Box<dyn Container>,
    /// Places of the rows with a key of this hash, in order.
    places: HashMap<u64, Vec<Place>>,
    /// How many rows have a key.
    len: usize,
    /// How many cannot be read.
    damaged: usize,
}

impl Lookup {
    /// Reads a file once. `key` gives the key of a row, or nothing where it has none.
    ///
    /// # Errors
    /// The file cannot be read, or no row has a key.
    pub fn open(
        path: &Path,
        key: impl Fn(&Map<String, Value>) -> Option<String>,
    ) -> Result<Lookup, String> {
        Lookup::index(path, |_, row| key(row))
    }

    /// Reads a file whose rows are known by their position: the first row that is one has the key `0`.
    ///
    /// # Errors
    /// The file cannot be read, or has no such row.
    pub fn numbered(
        path: &Path,
        is_row: impl Fn(&Map<String, Value>) -> bool,
    ) -> Result<Lookup, String> {
        Lookup::index(path, |at, row| is_row(row).then(|| at.to_string()))
    }

    /// `key` also gets how many rows had a key before.
    fn index(
        path: &Path,
        key: impl Fn(usize, &Map<String, Value>) -> Option<String>,
    ) -> Result<Lookup, String> {
        let has_key = |candidate: &Candidate| {
            let rows = sample(candidate.container.as_ref());
            rows.iter().any(|row| key(0, row).is_some())
        };
        let found = candidates(path)?.into_iter().find(has_key);
        let container = found
            .ok_or("no row has what it would be joined by")?
            .container;
        let mut places: HashMap<u64, Vec<Place>> = HashMap::new();
        let (mut len, mut damaged) = (0, 0);
        container.blocks(&mut |block| {
            container.rows(&block, &mut |_, place, row| {
                let row = row.and_then(Row::object).ok();
                damaged += usize::from(row.is_none());
                if let Some(key) = row.and_then(|row| key(len, &row)) {
                    places.entry(hash(&key)).or_default().push(place);
                    len += 1;
                }
            });
            ControlFlow::Continue(())
        });
        Ok(Lookup {
            container,
            places,
            len,
            damaged,
        })
    }

    /// How many rows have a key.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The rows with this key, in order.
    pub fn rows(&self, key: &str) -> Vec<Map<String, Value>> {
        self.at(hash(key)).collect()
    }

    fn at(&self, key: u64) -> impl Iterator<Item = Map<String, Value>> {
        let places = self.places.get(&key).into_iter().flatten();
        places.filter_map(|place| self.container.row(*place).and_then(Row::object).ok())
    }

    /// The rows whose key none of the others has, in no order.
    pub fn without<'a>(
        &'a self,
        others: &'a [&'a Lookup],
    ) -> impl Iterator<Item = Map<String, Value>> + 'a {
        let is_alone = |key: &&u64| !others.iter().any(|other| other.places.contains_key(key));
        let alone = self.places.keys().filter(is_alone).copied();
        alone.flat_map(|key| self.at(key))
    }

    /// Rows that share their key with others, together with these.
    pub fn shared(&self) -> impl Iterator<Item = Vec<Map<String, Value>>> {
        let shared = self.places.iter().filter(|(_, places)| places.len() > 1);
        shared.map(|(key, _)| self.at(*key).collect())
    }

    /// How many rows cannot be read.
    pub fn damaged(&self) -> usize {
        self.damaged
    }

    /// How many keys another has too.
    pub fn shares(&self, other: &Lookup) -> usize {
        let keys = self.places.keys();
        keys.filter(|key| other.places.contains_key(key)).count()
    }

    /// The first row with this key.
    pub fn first(&self, key: &str) -> Option<Map<String, Value>> {
        let place = self.places.get(&hash(key))?.first()?;
        self.container.row(*place).and_then(Row::object).ok()
    }
}

/// How many files of a folder are looked at.
const NEIGHBOURS: usize = 256;

/// The JSON files in a folder, without `path` itself; those whose names begin like its name come first.
pub(super) fn neighbours(path: &Path, folder: &Path) -> Vec<PathBuf> {
    let own = path.file_name().unwrap_or_default().to_string_lossy();
    let here = path.parent() == Some(folder);
    let folder = match folder {
        empty if empty.as_os_str().is_empty() => Path::new("."),
        folder => folder,
    };
    let alike = |name: &str| {
        let pairs = own.bytes().zip(name.bytes());
        pairs.take_while(|(a, b)| a == b).count()
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names
        .filter(|name| is_json(name) && !(here && **name == *own))
        .collect();
    names.sort_by_cached_key(|name| (std::cmp::Reverse(alike(name)), name.clone()));
    names.truncate(NEIGHBOURS);
    names.into_iter().map(|name| folder.join(name)).collect()
}

fn is_json(name: &str) -> bool {
    let plain = name.strip_suffix(".gz").or(name.strip_suffix(".zst"));
    let plain = plain.unwrap_or(name);
    let endings = [".json", ".jsonl", ".ndjson"];
    endings.iter().any(|ending| plain.ends_with(ending))
}

/// A number for a key, the same as long as the program runs.
pub(super) fn hash(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
