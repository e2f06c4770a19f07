//! Pieces of screens that several of them show.

pub mod alignment;
pub mod strip;
