//! What the program writes: files that are whole or not there at all, and text that a terminal shows and does not obey.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::NamedTempFile;

/// A file that appears under its name only when it is whole. One that is dropped before was never there.
pub(crate) struct Whole {
    file: NamedTempFile,
    path: PathBuf,
}

impl Whole {
    /// A new file with the rights that any new file of the user has.
    ///
    /// # Errors
    /// Its folder cannot be written to; the message names the file.
    pub fn create(path: &Path) -> io::Result<Whole> {
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let file = builder.tempfile_in(folder.unwrap_or(Path::new(".")));
        Ok(Whole {
            file: file.map_err(|error| match folder {
                Some(folder) if error.kind() == io::ErrorKind::NotFound => {
                    let told = format!("there is no folder {}: make it first", folder.display());
                    cannot(path, &io::Error::new(error.kind(), told))
                }
                // A message of its own would name a file that nobody asked for.
                _ => cannot(
                    path,
                    &error
                        .raw_os_error()
                        .map_or(error, io::Error::from_raw_os_error),
                ),
            })?,
            path: path.to_owned(),
        })
    }

    /// Where its content goes.
    pub fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Gives it its name, in place of what had it.
    ///
    /// # Errors
    /// What has the name cannot be replaced; the message names the file.
    pub fn keep(self) -> io::Result<()> {
        let kept = self.file.persist(&self.path);
        kept.map(drop)
            .map_err(|error| cannot(&self.path, &error.error))
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn cannot(path: &Path, error: &io::Error) -> io::Error {
    let told = format!("{} could not be written: {error}", path.display());
    io::Error::new(error.kind(), told)
}

/// Writes a line of JSON in which also those characters are escaped that a terminal would obey.
pub(crate) fn write_line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::Serializer::with_formatter(&mut *out, Escaping);
    value.serialize(&mut line)?;
    out.write_all(b"\n")
}

struct Escaping;

impl serde_json::ser::Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        // One of these bytes begins whatever is obeyed and got through JSON; most texts have none of them.
        let may_be = |byte: &u8| matches!(byte, 0x7f | 0xc2 | 0xd8 | 0xe2 | 0xef);
        if !text.as_bytes().iter().any(may_be) {
            return out.write_all(text.as_bytes());
        }
        let mut rest = text;
        while let Some(at) = rest.find(obeyed) {
            let letter = rest[at..].chars().next().unwrap_or_default();
            write!(out, "{}\\u{:04x}", &rest[..at], u32::from(letter))?;
            rest = &rest[at + letter.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }
}

/// Text from files with its control characters made visible, so that none reaches the terminal.
pub(crate) fn printable(text: &str) -> String {
    text.replace(obeyed, "\u{fffd}")
}

/// What a terminal obeys instead of showing: controls, and what turns the direction of a line or cannot be seen.
fn obeyed(c: char) -> bool {
    let hidden = matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}');
    c.is_control() || hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_gets_into_a_line() {
        for c in (char::MIN..=char::MAX).filter(|c| obeyed(*c)) {
            let mut line = Vec::new();
            assert!(write_line(&mut line, &format!("a{c}é{c}")).is_ok());
            let text = String::from_utf8_lossy(&line);
            assert!(!text.trim_end_matches('\n').contains(obeyed), "{c:?}");
            let read: Result<String, _> = serde_json::from_str(&text);
            assert_eq!(read.ok(), Some(format!("a{c}é{c}")));
        }
    }

    #[test]
    fn a_file_that_is_not_kept_was_never_there() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("a.jsonl");
        let mut whole = Whole::create(&path)?;
        write_line(whole.file(), &"a")?;
        assert!(!path.exists());
        drop(whole);
        assert_eq!(std::fs::read_dir(folder.path())?.count(), 0);
        let whole = Whole::create(&path)?;
        whole.keep()?;
        assert!(path.exists());
        let error = Whole::create(&path.join("b")).err();
        assert!(error.is_some_and(|error| error.to_string().contains("a.jsonl/b could not")));
        Ok(())
    }
}
