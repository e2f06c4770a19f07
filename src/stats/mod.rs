//! Numbers one can trust: every rate with its count and an interval.

mod interval;
mod names;
pub mod paired;
mod summary;
mod tags;

pub use interval::{Interval, wilson};
pub use names::{NamesCell, NamesSummary, VerdictCount};
pub use summary::{Cell, Count, RunSummary, Summary};
pub use tags::{TagCount, TagsSummary};
