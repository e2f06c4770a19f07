//! Names across scripts: whether two spellings are the same name, and where they diverge.

mod align;
mod assets;
pub mod calibration;
pub mod hand;
pub mod learn;
mod model;
pub mod news;
mod sounds;
mod table;
pub mod units;

pub use model::{Comparison, Likeness, NameModel, Pair, Prepared, Step};
pub use sounds::Sounds;
pub use table::{Share, Table};
