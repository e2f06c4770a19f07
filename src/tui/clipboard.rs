//! Text to the clipboard: by the terminal, which may be at the other end of a connection, and by what the desktop has.

use std::io::{self, Write, stdout};
use std::process::{Command, Stdio};
use std::thread;

use crossterm::clipboard::CopyToClipboard;
use crossterm::execute;

/// Programs that take a text to the clipboard, and the variable of the environment that says that they can.
const PROGRAMS: [(&str, &[&str], Option<&str>); 5] = [
    ("wl-copy", &[], Some("WAYLAND_DISPLAY")),
    ("xclip", &["-selection", "clipboard"], Some("DISPLAY")),
    ("xsel", &["--input", "--clipboard"], Some("DISPLAY")),
    ("pbcopy", &[], None),
    ("clip.exe", &[], None),
];

/// Copies a text: by OSC 52, which many terminals know and the others pass over, and by the first program that is there.
///
/// # Errors
/// The terminal cannot be written to.
pub fn copy(text: String) -> io::Result<()> {
    execute!(stdout(), CopyToClipboard::to_clipboard_from(&text))?;
    // A program may wait for as long as it holds the clipboard.
    thread::spawn(move || {
        let can = |variable: Option<&str>| {
            variable
                .is_none_or(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
        };
        for (program, arguments, variable) in PROGRAMS {
            let child = can(variable).then(|| {
                Command::new(program)
                    .args(arguments)
                    .stdin(Stdio::piped())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
            });
            if let Some(Ok(mut child)) = child {
                if let Some(mut stdin) = child.stdin.take() {
                    // A program that does not take it leaves it to the terminal.
                    let _ = stdin.write_all(text.as_bytes());
                }
                let _ = child.wait();
                return;
            }
        }
    });
    Ok(())
}
