//! Who may write a journal: one process at a time.
//!
//! The lock is one of the operating system on a file beside the journal, so it ends with its process, however that ends.
//! The file says whose it is, for others to read.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::event::Time;

/// Who holds a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Id of the process.
    pub pid: u32,
    /// Name of the machine.
    pub host: String,
    /// Since when.
    pub since: Time,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Holder { pid, host, since } = self;
        write!(f, "process {pid} on {host}, since {since}")
    }
}

/// The right to write; given back when dropped.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    /// Holds the lock as long as it is open.
    file: File,
}

/// What came of asking for a lock.
#[derive(Debug)]
pub(super) enum Asked {
    Ours(Lock),
    /// Somebody has it; who, if that can be read.
    Theirs(Option<Holder>),
}

impl Lock {
    /// Asks for the lock of a journal.
    pub fn ask(journal: &Path) -> io::Result<Asked> {
        let path = journal.with_added_extension("lock");
        loop {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                // A file system without locks: two writers are then noticed when the journal has grown by itself.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => return Ok(Asked::Theirs(holder(&mut file))),
            }
            // The last holder may have removed the file between opening and locking: then this lock is nobody's.
            if !same_file(&file, &path) {
                continue;
            }
            let lock = Lock { path, file };
            // A full disk leaves it unsigned, and is told when something is to be saved.
            let _ = lock.sign();
            return Ok(Asked::Ours(lock));
        }
    }

    /// It still counts: its file was not removed.
    pub fn stands(&self) -> bool {
        same_file(&self.file, &self.path)
    }

    /// Writes who holds it.
    fn sign(&self) -> io::Result<()> {
        let holder = Holder {
            pid: std::process::id(),
            host: host(),
            since: Time::now(),
        };
        self.file.set_len(0)?;
        (&self.file).rewind()?;
        (&self.file).write_all(&serde_json::to_vec(&holder)?)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed while it is still held, so that nobody's lock is removed.
        if self.stands() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn holder(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// The open file is still the one at that path.
#[cfg(unix)]
pub(super) fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |data: fs::Metadata| (data.dev(), data.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(there)) => id(open) == id(there),
        _ => false,
    }
}

/// The open file is still the one at that path, as far as can be told: an open file cannot be replaced here.
#[cfg(not(unix))]
pub(super) fn same_file(_: &File, path: &Path) -> bool {
    path.exists()
}

fn host() -> String {
    let name = hostname::get().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_second_is_told_who_was_first() {
        let dir = tempfile::tempdir().unwrap();
        let journal = dir.path().join("ann.jsonl");
        let Asked::Ours(first) = Lock::ask(&journal).unwrap() else {
            unreachable!()
        };
        let Asked::Theirs(Some(holder)) = Lock::ask(&journal).unwrap() else {
            unreachable!()
        };
        assert_eq!(holder.pid, std::process::id());
        assert!(!holder.host.is_empty());
        drop(first);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        assert!(matches!(Lock::ask(&journal).unwrap(), Asked::Ours(_)));
    }

    #[test]
    fn what_a_dead_process_left_is_taken_over() {
        let dir = tempfile::tempdir().unwrap();
        let journal = dir.path().join("ann.jsonl");
        let left = r#"{"pid":1,"host":"gone-with-a-long-name.example.org","since":"2020-01-01T00:00:00.000Z"}"#;
        fs::write(dir.path().join("ann.jsonl.lock"), left).unwrap();
        let Asked::Ours(lock) = Lock::ask(&journal).unwrap() else {
            unreachable!()
        };
        let text = fs::read_to_string(&lock.path).unwrap();
        let holder: Holder = serde_json::from_str(&text).unwrap();
        assert_eq!(holder.pid, std::process::id());
    }
}
