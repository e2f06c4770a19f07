//! Names: their forms, where they stand in a text, and what became of them.

pub(crate) mod catalog;
mod compare;
mod cue;
mod forms;
mod inflection;
mod mentions;
pub mod mining;
pub mod name;
mod names;
mod scan;
pub mod told;
mod variant;
mod verdict;

pub use catalog::{Catalog, Entry};
pub use cue::Cue;
pub use forms::{Case, Form, Origin, Role, Sought, sought};
pub use mentions::{Caches, Kind, Mention, Part};
pub use name::NameModel;
pub use names::Names;
pub use verdict::{Finding, Known, Rival, Verdict, audit};
