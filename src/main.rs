//! The `scriptlens` program: parse, dispatch, say how it went.

use std::process::ExitCode;

fn main() -> ExitCode {
    scriptlens::cli::main()
}
