//! scriptlens: where did a model know a thing in one script and lose it in another?

pub mod ingest;
pub mod record;
pub mod script;
