//! Stands in for an engine in the round trip of the README: answers the requests of `scriptlens prompts` and `scriptlens
//! sft requests` with replies that were written by hand, and fails all others as an engine fails. No model is asked.
//!
//! ```sh
//! cargo run --example written_replies -- target/trip/requests.manifest.jsonl > target/trip/outputs.jsonl
//! ```

mod engine;

use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = std::env::args()
        .nth(1)
        .ok_or("name the manifest".to_owned());
    let done = done.and_then(|path| {
        let manifest =
            std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let replies = engine::replies(&manifest)?;
        let written = replies
            .iter()
            .try_for_each(|reply| writeln!(io::stdout(), "{reply}"));
        written.map_err(|error| error.to_string())
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("written_replies: {error}");
            ExitCode::FAILURE
        }
    }
}
