//! Who a terminal says it is.

use std::env;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Who a terminal says it is. What it answers is better than the environment: that outlives a terminal started from
/// another, and does not travel through ssh.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Its answer to XTVERSION (`CSI > q`): `XTerm(379)`.
    pub version: String,
    /// Its secondary device attributes (`CSI > c`): `41;379;0`.
    pub attributes: String,
    /// `TERM`.
    pub term: String,
    /// `TERM_PROGRAM` and `TERM_PROGRAM_VERSION`.
    pub program: String,
}

impl Identity {
    /// What the environment says, before anything was answered.
    pub fn from_env() -> Identity {
        let var = |name| env::var(name).unwrap_or_default();
        let program = [var("TERM_PROGRAM"), var("TERM_PROGRAM_VERSION")].join(" ");
        Identity {
            term: var("TERM"),
            program: program.trim_end().to_owned(),
            ..Identity::default()
        }
    }

    /// Whether this is tmux.
    pub fn is_tmux(&self) -> bool {
        self.version.starts_with("tmux") || self.attributes.starts_with("84;")
    }

    /// The same for the same terminal in the same version.
    pub fn key(&self) -> String {
        [&self.version, &self.attributes, &self.term, &self.program]
            .map(String::as_str)
            .join(" | ")
    }

    /// The terminal around tmux, if tmux says within a moment. A terminal that does not answer XTVERSION has a `TERM` at
    /// least.
    pub fn around_tmux() -> Option<Identity> {
        let mut tmux = Command::new("tmux");
        tmux.args(["display", "-p", "#{client_termtype}\n#{client_termname}"]);
        let said = said(&mut tmux, Duration::from_millis(300))?;
        let mut lines = said.lines().map(str::to_owned);
        Some(Identity {
            version: lines.next()?,
            term: lines.next()?,
            ..Identity::default()
        })
    }
}

/// What a command prints, if it is done in time. For short answers only: they must fit into a pipe.
fn said(command: &mut Command, limit: Duration) -> Option<String> {
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    while start.elapsed() < limit {
        match child.try_wait() {
            Ok(None) => thread::sleep(Duration::from_millis(1)),
            Ok(Some(status)) if status.success() => {
                return String::from_utf8(child.wait_with_output().ok()?.stdout).ok();
            }
            _ => return None,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_takes_too_long_says_nothing() {
        let start = Instant::now();
        let limit = Duration::from_millis(200);
        assert_eq!(said(Command::new("sleep").arg("60"), limit), None);
        assert!(start.elapsed() < Duration::from_secs(10));
        assert_eq!(said(&mut Command::new("false"), limit), None);
        assert_eq!(said(&mut Command::new("no-such-command"), limit), None);
        let echo = said(Command::new("echo").arg("a\nb"), Duration::from_secs(10));
        assert_eq!(echo.as_deref(), Some("a\nb\n"));
    }
}
