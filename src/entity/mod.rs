//! Names: their forms, where they stand in a text, and what became of them.

mod catalog;

pub use catalog::{Catalog, Entry};
