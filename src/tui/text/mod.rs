//! Text of many scripts in cells: clusters are never split, and nothing in a text reaches the terminal unescaped.
//!
//! Text and the ranges that are marked in it stay in logical order; a [`Glyph`] knows which bytes it stands for, so
//! whatever is marked finds its cells in any order of the line.

mod arabic;
mod bidi;
mod canvas;
mod flow;
mod glyph;
mod medium;
pub mod width;
mod word;
mod wrap;

pub use bidi::{Direction, Levels, direction};
pub use canvas::Canvas;
pub use flow::{Drawn, Flow, Roman, Typesetter};
pub use glyph::{Glyph, Look};
pub use medium::{Bidi, Cells, Medium, Order};
pub use width::Widths;
pub use word::word_at;
pub use wrap::wrap;
