//! Numbers one can trust: every rate with its count and an interval.

pub mod analyses;
pub mod attribution;
mod chance;
pub mod composition;
mod interval;
pub mod logit;
pub mod matrix;
mod names;
pub mod paired;
mod refusal;
pub mod report;
pub mod resample;
pub mod scaling;
pub mod selection;
mod summary;
pub mod table;
mod tags;
pub mod told;
pub mod transfer;
pub mod within;

pub use chance::{McNemar, holm, mcnemar};
pub use interval::{
    Change, Clustered, Contrast, Estimate, Interval, clustered, clustered_share, contrast,
    newcombe, ratio, share, wilson,
};
pub use names::{NamesCell, NamesSummary, VerdictCount};
pub use refusal::Refusal;
pub use selection::{Selection, Sides};
pub use summary::{Cell, Count, Remedy, RunSummary, Summary};
pub use tags::{TagCount, TagsSummary};
pub use told::Told;
