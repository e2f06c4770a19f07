//! The journal of one annotator: JSON Lines that are only ever added to. What was saved is never lost.
//!
//! An event is saved when its line is in the file and the file is on the disk (`fsync`). The journal also stays in
//! memory, byte by byte: so a file that is removed, emptied or replaced while it is open can be written again.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::event::{self, Act, Event, Id, Time};
use super::lock::{Asked, Holder, Lock, same_file};
use super::state::State;

/// A journal, open.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    annotator: Box<str>,
    /// The lines that stand in the file, each with its end.
    image: Vec<u8>,
    /// Lines that are not saved yet.
    pending: Vec<u8>,
    /// How many.
    unsaved: usize,
    /// A write failed, so a part of `pending` may stand in the file.
    failed: bool,
    /// The greatest id so far.
    last: Option<Id>,
    /// Lines of others, found in the file.
    adopted: Vec<u8>,
    lock: Option<Lock>,
    file: Option<File>,
    access: Access,
}

/// Whether the journal can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// By this process.
    Ours,
    /// There is no journal yet; the first event makes it.
    New,
    /// Another process writes it; who, if that is known.
    Theirs(Option<Holder>),
    /// Not now, and why.
    Barred(String),
}

/// A journal as it was found.
#[derive(Debug)]
pub struct Opened {
    /// The journal.
    pub journal: Journal,
    /// What was wrong with it.
    pub problems: Vec<Problem>,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// In which file.
    pub path: PathBuf,
    /// In which line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl Problem {
    pub(super) fn new(path: &Path, line: usize, what: String) -> Problem {
        Problem {
            path: path.to_owned(),
            line,
            what,
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let (path, what) = (self.path.display(), &self.what);
        match self.line {
            0 => write!(f, "{path}: {what}"),
            line => write!(f, "{path}:{line}: {what}"),
        }
    }
}

/// What saving did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// Lines that were written.
    pub lines: usize,
}

/// Why an event is not saved yet. It is kept, and tried again with the next one or by [`Journal::save`].
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another process writes this journal.
    #[error("another explorer writes this journal: {}", .0.as_ref().map_or("it does not say who".to_owned(), Holder::to_string))]
    Held(Option<Holder>),
    /// The file is gone.
    #[error("{} was removed; saving again writes all of it anew", .0.display())]
    Removed(PathBuf),
    /// The file is not as it was left.
    #[error("{} was changed by something else; saving again adds what it lacks", .0.display())]
    Changed(PathBuf),
    /// The system refused.
    #[error("{}: {}", .path.display(), plain(.error))]
    Io {
        /// Which file.
        path: PathBuf,
        /// What it said.
        #[source]
        error: io::Error,
    },
    /// A name that can be no file name.
    #[error(
        "{0:?} is no name for an annotator: it is empty or has a sign that a file name cannot have"
    )]
    Name(String),
}

/// What an error of the system means to somebody who tags.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::QuotaExceeded => "the disk quota is used up".to_owned(),
        io::ErrorKind::FileTooLarge => "the file may not grow any more".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        io::ErrorKind::PermissionDenied => "writing is not permitted there".to_owned(),
        _ => error.to_string(),
    }
}

/// The file of an annotator's journal.
pub fn file_name(annotator: &str) -> Result<String, JournalError> {
    let is_bad = |letter: char| letter.is_control() || r#"/\:*?"<>|"#.contains(letter);
    let is_name = !annotator.trim().is_empty()
        && !annotator.starts_with('.')
        && !annotator.contains(is_bad)
        && annotator.len() <= 100;
    match is_name {
        true => Ok(format!("{annotator}.jsonl")),
        false => Err(JournalError::Name(annotator.to_owned())),
    }
}

impl Journal {
    /// Opens the journal of an annotator in a folder and applies its events. Makes nothing: folder and file are made by
    /// the first event. A journal that another process holds, or that cannot be written, is open for reading.
    pub fn open(dir: &Path, annotator: &str, state: &mut State) -> Result<Opened, JournalError> {
        let path = dir.join(file_name(annotator)?);
        let mut journal = Journal {
            annotator: annotator.into(),
            image: Vec::new(),
            pending: Vec::new(),
            unsaved: 0,
            failed: false,
            last: None,
            adopted: Vec::new(),
            lock: None,
            file: None,
            access: Access::New,
            path,
        };
        let mut problems = Vec::new();
        if journal.path.exists() && journal.connect(&mut problems).is_err() {
            journal.peek(&mut problems)?;
        }
        let (read, last) = state.read_all(&journal.path, &journal.image);
        problems.extend(read);
        journal.last = last;
        Ok(Opened { journal, problems })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whose it is.
    pub fn annotator(&self) -> &str {
        &self.annotator
    }

    /// Whether it can be written.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// How many events are not saved yet.
    pub fn unsaved(&self) -> usize {
        self.unsaved
    }

    /// Their lines, so that they can be shown or kept elsewhere when the program must end without saving them.
    pub fn pending(&self) -> &[u8] {
        &self.pending
    }

    /// Events that were found in the file and not written here, since the last call: to be applied.
    pub fn adopted(&mut self) -> Vec<Event<'static>> {
        let adopted = std::mem::take(&mut self.adopted);
        let events = event::lines(&adopted).filter_map(|(_, line)| event::parse(line).ok());
        events.map(|event| event.to_owned()).collect()
    }

    /// Makes an event of this annotator, now, with an id above all before it.
    pub fn event<'a>(&mut self, act: Act<'a>) -> Event<'a> {
        let time = Time::now();
        let id = Id::next(time, self.last);
        self.last = Some(id);
        Event {
            id,
            time,
            annotator: self.annotator.to_string().into(),
            act,
        }
    }

    /// Adds an event. `Ok` means that it is on the disk, and all before it; otherwise it is kept in memory.
    pub fn append(&mut self, event: &Event) -> Result<Saved, JournalError> {
        self.append_lines(&event.line())
    }

    /// Adds lines, each with its end, and saves them together; what this version does not know of them stays.
    pub(super) fn append_lines(&mut self, lines: &[u8]) -> Result<Saved, JournalError> {
        let ids = event::lines(lines).filter_map(|(_, line)| Some(event::parse(line).ok()?.id));
        self.last = ids.chain(self.last).max();
        self.unsaved += event::lines(lines).count();
        self.pending.extend(lines);
        self.save()
    }

    /// Writes what is not saved yet, in order, each line once.
    pub fn save(&mut self) -> Result<Saved, JournalError> {
        self.connect(&mut Vec::new())?;
        let Some(file) = self.file.as_mut().filter(|_| !self.pending.is_empty()) else {
            return Ok(Saved { lines: 0 });
        };
        if let Err(error) = file
            .write_all(&self.pending)
            .and_then(|()| file.sync_data())
        {
            // Of what an `fsync` refused nobody knows whether it is on the disk: all of it is written again.
            let _ = file.set_len(self.image.len() as u64);
            self.file = None;
            self.failed = true;
            return Err(self.failure(error));
        }
        self.access = Access::Ours;
        let lines = event::lines(&self.pending).count();
        self.image.append(&mut self.pending);
        (self.unsaved, self.failed) = (0, false);
        Ok(Saved { lines })
    }

    fn failure(&mut self, error: io::Error) -> JournalError {
        let path = self.path.clone();
        let error = JournalError::Io { path, error };
        self.access = Access::Barred(error.to_string());
        error
    }

    /// Makes sure that the file is open, ours and as it was left.
    fn connect(&mut self, problems: &mut Vec<Problem>) -> Result<(), JournalError> {
        let Some(file) = &self.file else {
            self.file = Some(self.take(problems)?);
            self.access = Access::Ours;
            return Ok(());
        };
        let length = file.metadata().map_or(0, |data| data.len());
        if same_file(file, &self.path) && length == self.image.len() as u64 {
            return Ok(());
        }
        self.file = None;
        Err(match self.path.exists() {
            true => JournalError::Changed(self.path.clone()),
            false => JournalError::Removed(self.path.clone()),
        })
    }

    /// Takes the lock, opens the file, and brings file and memory together.
    fn take(&mut self, problems: &mut Vec<Problem>) -> Result<File, JournalError> {
        fs::create_dir_all(folder(&self.path)).map_err(|error| self.failure(error))?;
        if self.lock.as_ref().is_none_or(|lock| !lock.stands()) {
            self.lock = None;
            match Lock::ask(&self.path).map_err(|error| self.failure(error))? {
                Asked::Ours(lock) => self.lock = Some(lock),
                Asked::Theirs(holder) => {
                    self.access = Access::Theirs(holder.clone());
                    return Err(JournalError::Held(holder));
                }
            }
        }
        self.reopen(problems).map_err(|error| self.failure(error))
    }

    fn reopen(&mut self, problems: &mut Vec<Problem>) -> io::Result<File> {
        let is_new = !self.path.exists();
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .append(true)
            .create(true)
            .open(&self.path)?;
        let mut disk = Vec::new();
        file.read_to_end(&mut disk)?;
        if is_new {
            sync_names(&self.path)?;
        }
        let surplus = disk.strip_prefix(self.image.as_slice()).unwrap_or_default();
        if self.failed && !surplus.is_empty() && self.pending.starts_with(surplus) {
            file.set_len(self.image.len() as u64)?;
            disk.truncate(self.image.len());
        }
        let whole = whole_lines(&disk);
        if whole < disk.len() {
            if event::parse(&disk[whole..]).is_ok() {
                file.write_all(b"\n")?;
                disk.push(b'\n');
            } else {
                problems.push(self.set_aside(&disk, whole)?);
                file.set_len(whole as u64)?;
                disk.truncate(whole);
            }
            file.sync_data()?;
        }
        self.adopt(disk);
        Ok(file)
    }

    /// The file holds `disk`: what it lacks is to be written, what it has beyond is taken over.
    fn adopt(&mut self, disk: Vec<u8>) {
        if disk != self.image && !(self.image.is_empty() && self.pending.is_empty()) {
            let there: HashSet<&[u8]> = event::lines(&disk).map(|(_, line)| line).collect();
            let ours: HashSet<&[u8]> = event::lines(&self.image).map(|(_, line)| line).collect();
            let known = event::lines(&self.image).chain(event::lines(&self.pending));
            let missing = known.filter(|(_, line)| !there.contains(line));
            let foreign = event::lines(&disk).filter(|(_, line)| !ours.contains(line));
            let joined = |lines: Vec<(usize, &[u8])>| {
                let lines = lines.into_iter().map(|(_, line)| line);
                lines
                    .flat_map(|line| [line, b"\n"])
                    .flatten()
                    .copied()
                    .collect()
            };
            let missing: Vec<u8> = joined(missing.collect());
            let foreign: Vec<u8> = joined(foreign.collect());
            self.unsaved = event::lines(&missing).count();
            self.pending = missing;
            let ids =
                event::lines(&foreign).filter_map(|(_, line)| Some(event::parse(line).ok()?.id));
            self.last = ids.chain(self.last).max();
            self.adopted.extend(foreign);
        }
        self.image = disk;
    }

    /// Puts the torn last line into a file of its own, so that nothing is lost.
    fn set_aside(&self, disk: &[u8], whole: usize) -> io::Result<Problem> {
        let path = self.path.with_added_extension("torn");
        let mut file = OpenOptions::new().append(true).create(true).open(&path)?;
        file.write_all(&[&disk[whole..], b"\n"].concat())?;
        file.sync_all()?;
        let what = format!(
            "the last line is torn and was set aside in {}: it was never saved",
            path.display()
        );
        Ok(Problem::new(&self.path, event_line(disk, whole), what))
    }

    /// Reads a journal that is not ours. What is being written at its end is left alone.
    fn peek(&mut self, problems: &mut Vec<Problem>) -> Result<(), JournalError> {
        let mut disk = fs::read(&self.path).map_err(|error| self.failure(error))?;
        let whole = whole_lines(&disk);
        if whole < disk.len() {
            let what = "the last line is not whole: it is torn or being written".to_owned();
            problems.push(Problem::new(&self.path, event_line(&disk, whole), what));
            disk.truncate(whole);
        }
        self.image = disk;
        Ok(())
    }
}

/// How many bytes are whole lines.
fn whole_lines(bytes: &[u8]) -> usize {
    memchr::memrchr(b'\n', bytes).map_or(0, |end| end + 1)
}

/// The number of the line that begins there.
fn event_line(bytes: &[u8], at: usize) -> usize {
    memchr::memchr_iter(b'\n', &bytes[..at]).count() + 1
}

/// The folder of a file; a bare name lies in the current one.
fn folder(path: &Path) -> &Path {
    let parent = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// The name of a new file must be on the disk too, and that of its folder, which may be as new.
#[cfg(unix)]
fn sync_names(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()?;
    // The folder above may not be ours to open; then it is no folder that was made here.
    let _ = File::open(folder(folder(path))).and_then(|above| above.sync_all());
    Ok(())
}

#[cfg(not(unix))]
fn sync_names(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::event::Decision;
    use super::super::target::Target;
    use super::*;
    use crate::hash::Hash;

    fn open(dir: &Path) -> (Journal, Vec<Problem>, State) {
        let mut state = State::default();
        let Opened { journal, problems } = Journal::open(dir, "ann", &mut state).unwrap();
        (journal, problems, state)
    }

    fn note(number: usize) -> Act<'static> {
        Act::Decide {
            target: Target::new("run", "q", "hi-Deva", 1),
            content: Hash(0),
            taxonomy: "t@1".into(),
            decision: Decision::Note {
                place: super::super::event::Place::Response,
                text: format!("note {number}").into(),
            },
        }
    }

    fn add(journal: &mut Journal, number: usize) -> Result<Saved, JournalError> {
        let event = journal.event(note(number));
        journal.append(&event)
    }

    fn add_all(journal: &mut Journal, count: usize) {
        for number in 1..=count {
            add(journal, number).unwrap();
        }
    }

    /// The numbers of the notes in a folder, in the order of their lines.
    fn notes(dir: &Path) -> Vec<usize> {
        let text = fs::read_to_string(dir.join("ann.jsonl")).unwrap();
        let number = |line: &str| {
            line.split("note ")
                .nth(1)?
                .trim_end_matches(['"', '}'])
                .parse()
                .ok()
        };
        assert!(text.ends_with('\n'));
        text.lines().filter_map(number).collect()
    }

    #[test]
    fn looking_makes_nothing_and_the_first_event_makes_all() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("annotations");
        let (mut journal, problems, _) = open(&folder);
        assert_eq!((journal.access(), problems), (&Access::New, vec![]));
        assert!(!folder.exists());
        assert_eq!(add(&mut journal, 1).unwrap(), Saved { lines: 1 });
        assert_eq!((journal.access(), notes(&folder)), (&Access::Ours, vec![1]));
    }

    #[test]
    fn what_was_saved_is_there_again_and_ids_go_on_rising() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, ..) = open(dir.path());
        add_all(&mut journal, 3);
        let last = journal.last;
        drop(journal);
        let (mut journal, problems, state) = open(dir.path());
        assert_eq!((problems, state.len(), journal.last), (vec![], 3, last));
        assert!(Some(journal.event(note(4)).id) > last);
    }

    #[test]
    fn several_torn_lines_are_all_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ann.jsonl");
        for torn in ["{\"id\":\"019a", "\0\0\0"] {
            fs::write(&path, torn).unwrap();
            let (_, problems, _) = open(dir.path());
            assert_eq!((problems.len(), problems[0].line), (1, 1));
        }
        let kept = fs::read(dir.path().join("ann.jsonl.torn")).unwrap();
        assert_eq!(kept, b"{\"id\":\"019a\n\0\0\0\n");
    }

    #[test]
    fn wherever_the_last_line_is_cut_only_that_line_is_set_aside() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, ..) = open(dir.path());
        add_all(&mut journal, 3);
        let (path, bytes) = (journal.path().to_owned(), journal.image.clone());
        drop(journal);
        let last = whole_lines(&bytes[..bytes.len() - 1]);
        for cut in last + 1..bytes.len() - 1 {
            fs::write(&path, &bytes[..cut]).unwrap();
            let _ = fs::remove_file(dir.path().join("ann.jsonl.torn"));
            let (mut journal, problems, state) = open(dir.path());
            assert_eq!((problems.len(), state.len()), (1, 2));
            let torn = fs::read(dir.path().join("ann.jsonl.torn")).unwrap();
            assert_eq!(torn, [&bytes[last..cut], b"\n"].concat());
            add(&mut journal, 4).unwrap();
            assert_eq!(notes(dir.path()), [1, 2, 4]);
        }
    }

    #[test]
    fn a_last_line_that_only_lacks_its_end_counts() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, ..) = open(dir.path());
        add_all(&mut journal, 2);
        let path = journal.path().to_owned();
        drop(journal);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        let (mut journal, problems, state) = open(dir.path());
        assert_eq!((problems, state.len()), (vec![], 2));
        add(&mut journal, 3).unwrap();
        assert_eq!(notes(dir.path()), [1, 2, 3]);
    }

    #[test]
    fn a_bad_line_in_the_middle_is_told_and_stays_in_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, ..) = open(dir.path());
        add_all(&mut journal, 2);
        let path = journal.path().to_owned();
        drop(journal);
        let text = fs::read_to_string(&path).unwrap();
        let (first, second) = text.split_once('\n').unwrap();
        let later = r#"{"id":"x","kind":"rate","stars":5}"#;
        let bad = [
            first.as_bytes(),
            b"<<<<<<< HEAD",
            b"\xff",
            later.as_bytes(),
            second.as_bytes(),
        ]
        .join(&b'\n');
        fs::write(&path, &bad).unwrap();
        let (mut journal, problems, state) = open(dir.path());
        let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!((lines, state.len()), (vec![2, 3], 2));
        add(&mut journal, 3).unwrap();
        assert!(fs::read(&path).unwrap().starts_with(&bad));
    }

    #[test]
    fn a_removed_file_is_told_and_written_again_in_full() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("annotations");
        let (mut journal, ..) = open(&folder);
        add_all(&mut journal, 3);
        fs::remove_dir_all(&folder).unwrap();
        assert!(matches!(
            add(&mut journal, 4),
            Err(JournalError::Removed(_))
        ));
        assert_eq!(journal.unsaved(), 1);
        assert_eq!(add(&mut journal, 5).unwrap(), Saved { lines: 5 });
        assert_eq!(
            (notes(&folder), journal.unsaved()),
            (vec![1, 2, 3, 4, 5], 0)
        );
        assert!(matches!(
            Journal::open(&folder, "ann", &mut State::default())
                .unwrap()
                .journal
                .access,
            Access::Theirs(Some(_))
        ));
    }

    #[test]
    fn an_emptied_file_is_told_and_filled_again() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, ..) = open(dir.path());
        add_all(&mut journal, 3);
        fs::write(journal.path(), b"").unwrap();
        assert!(matches!(
            add(&mut journal, 4),
            Err(JournalError::Changed(_))
        ));
        journal.save().unwrap();
        assert_eq!(notes(dir.path()), [1, 2, 3, 4]);
    }

    #[test]
    fn of_a_replaced_file_both_sides_stay() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, ..) = open(dir.path());
        add_all(&mut journal, 3);
        let text = fs::read_to_string(journal.path()).unwrap();
        let first = text.lines().next().unwrap();
        let late = journal.last.map_or(0, |last| last.0) + (1 << 100);
        let foreign = Event {
            id: Id(late),
            time: Time(5),
            annotator: "ann".into(),
            act: note(99),
        };
        let replaced = [first.as_bytes(), b"\n", &foreign.line()].concat();
        let other = dir.path().join("other");
        fs::write(&other, replaced).unwrap();
        fs::rename(other, journal.path()).unwrap();
        assert!(matches!(
            add(&mut journal, 4),
            Err(JournalError::Changed(_))
        ));
        assert_eq!(journal.save().unwrap(), Saved { lines: 3 });
        assert_eq!(notes(dir.path()), [1, 99, 2, 3, 4]);
        assert_eq!(journal.adopted(), [foreign]);
        assert!(journal.event(note(5)).id > Id(late));
        assert_eq!(journal.adopted(), []);
    }

    #[test]
    fn what_a_failed_write_left_is_no_second_event() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, ..) = open(dir.path());
        add(&mut journal, 1).unwrap();
        for (part, number) in [1, 40, usize::MAX].into_iter().zip(2..) {
            // As after a write that stopped in the middle, on a disk that then could not even be cut back.
            let event = journal.event(note(number));
            journal.pending = event.line();
            let part = part.min(journal.pending.len());
            let bytes = [&journal.image, &journal.pending[..part]].concat();
            fs::write(&journal.path, bytes).unwrap();
            (journal.file, journal.failed) = (None, true);
            assert_eq!(journal.save().unwrap(), Saved { lines: 1 });
            assert_eq!(notes(dir.path()), (1..=number).collect::<Vec<_>>());
        }
        assert_eq!(journal.adopted(), []);
    }

    #[test]
    fn the_second_reads_only_and_takes_over_later() {
        let dir = tempfile::tempdir().unwrap();
        let (mut first, ..) = open(dir.path());
        add(&mut first, 1).unwrap();
        let (mut second, _, state) = open(dir.path());
        let Access::Theirs(Some(holder)) = second.access() else {
            unreachable!()
        };
        assert_eq!((holder.pid, state.len()), (std::process::id(), 1));
        let error = add(&mut second, 2).unwrap_err();
        assert!(
            error
                .to_string()
                .contains(&format!("process {}", std::process::id()))
        );
        add(&mut first, 3).unwrap();
        drop(first);
        second.save().unwrap();
        assert_eq!(
            (notes(dir.path()), second.adopted().len()),
            (vec![1, 3, 2], 1)
        );
    }

    #[test]
    fn a_reader_leaves_a_line_alone_that_is_being_written() {
        let dir = tempfile::tempdir().unwrap();
        let (mut first, ..) = open(dir.path());
        add(&mut first, 1).unwrap();
        first.file.as_mut().unwrap().write_all(b"{\"id").unwrap();
        let (_, problems, state) = open(dir.path());
        assert_eq!((problems.len(), state.len()), (1, 1));
        assert!(fs::read(first.path()).unwrap().ends_with(b"{\"id"));
        assert!(!dir.path().join("ann.jsonl.torn").exists());
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in ["", " ", "a/b", "..", ".x", "a\nb", "a\\b", "c:"] {
            assert!(
                matches!(file_name(name), Err(JournalError::Name(_))),
                "{name:?}"
            );
        }
        assert_eq!(file_name("Анна B").unwrap(), "Анна B.jsonl");
    }
}
