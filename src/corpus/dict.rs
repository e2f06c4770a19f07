//! Names to codes: a column of names is a column of numbers and one of these.

use indexmap::IndexSet;

/// Distinct names in order of first appearance; the position of a name is its code.
#[derive(Debug, Clone, Default)]
pub struct Dict(IndexSet<Box<str>>);

impl Dict {
    /// A dictionary that starts with these names.
    pub fn with(names: &[&str]) -> Dict {
        Dict(names.iter().map(|name| (*name).into()).collect())
    }

    /// The code of a name, which is added if it is new.
    pub fn intern(&mut self, name: &str) -> u32 {
        match self.0.get_index_of(name) {
            Some(code) => code as u32,
            None => self.0.insert_full(name.into()).0 as u32,
        }
    }

    /// The code of a name.
    pub fn code(&self, name: &str) -> Option<u32> {
        self.0.get_index_of(name).map(|code| code as u32)
    }

    /// The name behind a code; empty for a code of another dictionary.
    pub fn name(&self, code: u32) -> &str {
        self.0.get_index(code as usize).map_or("", |name| name)
    }

    /// All names, by code.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(|name| &**name)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// There is no name yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
