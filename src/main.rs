//! The `scriptlens` program.

fn main() {}
