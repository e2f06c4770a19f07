//! Names to codes: a column of names is a column of numbers and one of these.

use indexmap::IndexSet;

/// Distinct names in order of first appearance; the position of a name is its code.
#[derive(Debug, Clone, Default)]
pub struct Dict {
    names: IndexSet<Box<str>>,
    /// How many of them are single words, where the others are several of these.
    single: Option<usize>,
}

impl Dict {
    /// A dictionary that starts with these names.
    pub fn with(names: &[&str]) -> Dict {
        Dict {
            names: names.iter().map(|name| (*name).into()).collect(),
            single: None,
        }
    }

    /// Names that come after this are several words, parted by blanks.
    pub fn seal(&mut self) {
        self.single = Some(self.names.len());
    }

    /// How many of the first names are single values.
    pub fn single(&self) -> usize {
        self.single.unwrap_or(self.names.len())
    }

    /// The code of a name, which is added if it is new.
    pub fn intern(&mut self, name: &str) -> u32 {
        match self.names.get_index_of(name) {
            Some(code) => code as u32,
            None => self.names.insert_full(name.into()).0 as u32,
        }
    }

    /// The code of a name.
    pub fn code(&self, name: &str) -> Option<u32> {
        self.names.get_index_of(name).map(|code| code as u32)
    }

    /// The name behind a code; empty for a code of another dictionary.
    pub fn name(&self, code: u32) -> &str {
        self.names.get_index(code as usize).map_or("", |name| name)
    }

    /// All names, by code.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// There is no name yet.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
