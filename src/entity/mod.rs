//! Names: their forms, where they stand in a text, and what became of them.

pub(crate) mod catalog;
mod cue;
mod forms;
mod inflection;
mod known;
mod likely;
mod look;
mod mention;
pub mod mining;
pub mod name;
mod names;
mod partial;
mod scan;
mod search;
mod text;
pub mod told;
mod variant;
mod verdict;
mod wanted;
mod window;

pub use catalog::{Catalog, Entry};
pub use cue::Cue;
pub use forms::{Case, Form, Origin, Role, Sought, forms, is_name, sought};
pub use known::Known;
pub use mention::{Kind, Mention, Part};
pub use name::NameModel;
pub use names::Names;
pub(crate) use variant::{BREAK, Edge, Folded};
pub use verdict::{Finding, Rival, Verdict, audit};
pub use wanted::Caches;
