//! Pieces of screens that several of them show.

pub mod alignment;
pub mod forest;
pub mod strip;
