//! scriptlens: where did a model know a thing in one script and lose it in another?
//!
//! The library behind the `scriptlens` program. [`corpus::Corpus::load`] reads evaluation logs of any known format,
//! [`corpus::Filter`] says which responses are meant, [`stats`] counts them; `tui` and `cli` show them.

pub mod annotation;
pub mod cli;
pub mod compare;
pub mod corpus;
pub mod entity;
pub mod grade;
pub mod hash;
pub mod ingest;
mod output;
pub mod record;
pub mod remedy;
pub mod script;
pub mod stats;
pub mod tui;
