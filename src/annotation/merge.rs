//! Journals of several people, or of one person on several machines, as one.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::event::{self, Id};
use super::journal::{Problem, file_name};
use super::lock::{Asked, Lock};
use super::state::State;

/// What git needs to know in the folder of the journals (`.gitattributes`): both sides of a merge keep their lines.
pub const ATTRIBUTES: &str = "*.jsonl text eol=lf merge=union\n";

/// And what it need not keep (`.gitignore`).
pub const IGNORE: &str = "*.jsonl.lock\n";

/// Where a merge keeps lines that are no event, or have the id of another.
pub const OTHERS: &str = "set-aside.txt";

/// All journals of a folder, in force together.
#[derive(Debug, Default)]
pub struct Folder {
    /// What follows from them.
    pub state: State,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// The files, by name.
    pub journals: Vec<PathBuf>,
}

impl Folder {
    /// Reads every `.jsonl` file of a folder; none where there is no folder. Changes nothing.
    pub fn read(dir: &Path) -> io::Result<Folder> {
        Folder::read_beside(dir, None, State::default())
    }

    /// Whether there is a journal in a folder.
    pub fn is_at(dir: &Path) -> bool {
        journals(dir).is_ok_and(|journals| !journals.is_empty())
    }

    /// The same as [`Folder::read`]; a folder that cannot be read is a problem among the others.
    pub fn read_or_tell(dir: &Path) -> Folder {
        Folder::read(dir).unwrap_or_else(|error| Folder {
            problems: vec![Problem::new(dir, 0, error.to_string())],
            ..Folder::default()
        })
    }

    /// The same, beside a journal that the state holds already.
    pub fn read_beside(dir: &Path, own: Option<&Path>, state: State) -> io::Result<Folder> {
        let mut folder = Folder {
            state,
            ..Folder::default()
        };
        folder.journals = journals(dir)?;
        for path in folder
            .journals
            .iter()
            .filter(|path| Some(path.as_path()) != own)
        {
            match fs::read(path) {
                Ok(journal) => folder.problems.extend(folder.state.read(path, &journal)),
                Err(error) => {
                    let problem = Problem::new(path, 0, error.to_string());
                    folder.problems.push(problem);
                }
            }
        }
        Ok(folder)
    }
}

/// The journals of a folder, by name; none where there is no folder.
fn journals(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let paths = entries.map(|entry| Ok(entry?.path()));
    let mut paths = paths.collect::<io::Result<Vec<PathBuf>>>()?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
    paths.sort();
    Ok(paths)
}

/// Makes a folder ready for journals and for git.
///
/// # Errors
/// It cannot be made or written.
pub fn prepare(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    for (name, text) in [(".gitattributes", ATTRIBUTES), (".gitignore", IGNORE)] {
        let path = dir.join(name);
        if !path.exists() {
            write_whole(&path, text.as_bytes())?;
        }
    }
    Ok(())
}

/// Writes a journal that nobody has open. What is there is replaced only where it differs.
fn replace(path: &Path, journal: &[u8]) -> Result<(), String> {
    let lock = match Lock::ask(path).map_err(|error| error.to_string())? {
        Asked::Ours(lock) => lock,
        Asked::Theirs(holder) => {
            let who = holder.map_or("somebody".to_owned(), |holder| holder.to_string());
            return Err(format!("not written, because {who} has it open"));
        }
    };
    let written = write_whole(path, journal);
    drop(lock);
    written.map_err(|error| error.to_string())
}

/// A file appears under its name only when it is whole and on the disk.
fn write_whole(path: &Path, text: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(text)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// The union of journals, line by line, to be written again. It is the same whatever is added first, or twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Union {
    /// By event: whose it is, and its line.
    events: BTreeMap<Id, (String, String)>,
    /// Lines that are no event: kept, because nothing is lost.
    others: BTreeSet<String>,
}

impl Union {
    /// Adds a journal. Of two different lines with one id, the smaller stays among the events.
    pub fn add(&mut self, journal: &[u8]) {
        for (_, line) in event::lines(journal) {
            let text = String::from_utf8_lossy(line).trim().to_owned();
            match event::parse(line) {
                Ok(event) if event.id != Id::default() => {
                    self.put(event.id, (event.annotator.into_owned(), text));
                }
                _ => {
                    self.others.insert(text);
                }
            }
        }
    }

    /// Adds all journals of a folder, and what an earlier merge set aside there; none where there is no folder. Returns how
    /// many files that were.
    ///
    /// # Errors
    /// The folder or a file of it cannot be read.
    pub fn add_folder(&mut self, dir: &Path) -> io::Result<usize> {
        let others = Some(dir.join(OTHERS)).filter(|path| path.exists());
        let paths = journals(dir)?;
        for path in paths.iter().chain(&others) {
            self.add(&fs::read(path)?);
        }
        Ok(paths.len())
    }

    /// Adds another union.
    pub fn merge(&mut self, other: Union) {
        for (id, line) in other.events {
            self.put(id, line);
        }
        self.others.extend(other.others);
    }

    fn put(&mut self, id: Id, mut line: (String, String)) {
        match self.events.entry(id) {
            Entry::Vacant(place) => {
                place.insert(line);
            }
            Entry::Occupied(mut place) if *place.get() != line => {
                if line < *place.get() {
                    line = place.insert(line);
                }
                self.others.insert(line.1);
            }
            Entry::Occupied(_) => {}
        }
    }

    /// A journal for each annotator, its lines in the order of their ids.
    pub fn journals(&self) -> BTreeMap<&str, String> {
        let mut journals: BTreeMap<&str, String> = BTreeMap::new();
        for (annotator, line) in self.events.values() {
            let journal = journals.entry(annotator).or_default();
            journal.push_str(line);
            journal.push('\n');
        }
        journals
    }

    /// Lines that are no event, or have the id of another.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        self.others.iter().map(String::as_str)
    }

    /// Writes a journal for each annotator into a folder, in place of the one that is there, and what is no event into a
    /// file beside them. What is there must have been added before: nothing else is kept. A journal that somebody has
    /// open, or that cannot be written, is left as it is and told.
    ///
    /// # Errors
    /// The folder cannot be made or written.
    pub fn write(&self, dir: &Path) -> io::Result<Vec<Problem>> {
        prepare(dir)?;
        let (mut problems, mut nameless) = (Vec::new(), String::new());
        for (annotator, journal) in self.journals() {
            let Ok(name) = file_name(annotator) else {
                let what = format!("{annotator:?} is no name for a file: kept in {OTHERS}");
                problems.push(Problem::new(dir, 0, what));
                nameless += &journal;
                continue;
            };
            let path = dir.join(name);
            if let Err(what) = replace(&path, journal.as_bytes()) {
                problems.push(Problem::new(&path, 0, what));
            }
        }
        let others = self.others().map(|line| format!("{line}\n"));
        let others = nameless + &others.collect::<String>();
        let path = dir.join(OTHERS);
        if !others.is_empty() || path.exists() {
            write_whole(&path, others.as_bytes())?;
        }
        Ok(problems)
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// There is no event.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn line(id: u128, annotator: &str, text: &str) -> String {
        let id = Id(id);
        format!(
            r#"{{"id":"{id}","time":"2026-01-01T00:00:00.000Z","annotator":"{annotator}","kind":"note","target":["r","q","",1],"content":"{:032x}","text":"{text}"}}"#,
            0
        )
    }

    fn union(lines: &[String]) -> Union {
        let mut union = Union::default();
        union.add(lines.join("\n").as_bytes());
        union
    }

    #[test]
    fn all_journals_of_a_folder_are_in_force_together() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: String| fs::write(dir.path().join(name), text).unwrap();
        write(
            "ann.jsonl",
            line(1, "ann", "a") + "\n" + &line(3, "ann", "c"),
        );
        write("bob.jsonl", line(2, "bob", "b") + "\nbroken\n");
        write("ann.jsonl.torn", "{".to_owned());
        let folder = Folder::read(dir.path()).unwrap();
        let lines: Vec<usize> = folder.problems.iter().map(|problem| problem.line).collect();
        assert_eq!(
            (folder.journals.len(), folder.state.len(), lines),
            (2, 3, vec![2])
        );
        let mut state = State::default();
        let opened = crate::annotation::Journal::open(dir.path(), "ann", &mut state).unwrap();
        let own = Some(opened.journal.path());
        let beside = Folder::read_beside(dir.path(), own, state).unwrap();
        assert_eq!((beside.journals.len(), beside.state.len()), (2, 3));
        let none = Folder::read(&dir.path().join("none")).unwrap();
        assert!(none.state.is_empty() && none.journals.is_empty());
    }

    #[test]
    fn both_sides_of_a_git_merge_keep_their_lines() {
        let lines = [
            "<<<<<<< HEAD".to_owned(),
            line(2, "ann", "b"),
            "=======".to_owned(),
            line(1, "ann", "a"),
            line(3, "bob", "c"),
            ">>>>>>> theirs".to_owned(),
        ];
        let union = union(&lines);
        let journals = union.journals();
        assert_eq!(journals["ann"], format!("{}\n{}\n", lines[3], lines[1]));
        assert_eq!(journals["bob"], format!("{}\n", lines[4]));
        assert_eq!(union.others().count(), 3);
    }

    #[test]
    fn of_two_lines_with_one_id_none_is_lost() {
        let (a, b) = (line(1, "ann", "a"), line(1, "ann", "b"));
        for lines in [[a.clone(), b.clone()], [b.clone(), a.clone()]] {
            let union = union(&lines);
            assert_eq!(
                (union.len(), union.others().collect::<Vec<_>>()),
                (1, vec![b.as_str()])
            );
        }
    }

    #[test]
    fn a_folder_that_was_merged_holds_all_and_stays_as_it_is_when_it_is_merged_again() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, text: String| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let clash = line(2, "ann", "B");
        write("one/ann.jsonl", line(2, "ann", "b") + "\nbroken\n");
        write("two/ann.jsonl", line(1, "ann", "a") + "\n" + &clash);
        write("two/x.jsonl", line(3, "a/b", "c"));
        let merged = |from: &[&str], to: &str| {
            let mut union = Union::default();
            for from in from {
                union.add_folder(&dir.path().join(from)).unwrap();
            }
            let problems = union.write(&dir.path().join(to)).unwrap();
            let read = |name: &str| fs::read_to_string(dir.path().join(to).join(name)).unwrap();
            let names = [".gitattributes", ".gitignore", "ann.jsonl", OTHERS];
            (problems.len(), names.map(read))
        };
        let (problems, files) = merged(&["one", "two"], "out");
        let [attributes, ignore, journal, others] = &files;
        assert_eq!((attributes.as_str(), ignore.as_str()), (ATTRIBUTES, IGNORE));
        assert_eq!(*journal, format!("{}\n{clash}\n", line(1, "ann", "a")));
        let kept = [line(3, "a/b", "c"), "broken".into(), line(2, "ann", "b")];
        assert!(kept.iter().all(|line| others.contains(line)), "{others}");
        assert_eq!(problems, 1);
        for from in [&["two", "one"][..], &["out", "one"], &["out"]] {
            assert_eq!(merged(from, "again").1, files, "{from:?}");
        }
        assert_eq!(merged(&["out", "two"], "out").1, files);
    }

    #[test]
    fn a_journal_that_is_open_is_not_written_under_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("ann.jsonl"), line(1, "ann", "a") + "\n").unwrap();
        let open =
            crate::annotation::Journal::open(dir.path(), "ann", &mut State::default()).unwrap();
        let mut union = union(&[line(1, "ann", "a"), line(2, "ann", "b")]);
        let problems = union.write(dir.path()).unwrap();
        assert!(problems[0].what.contains("has it open"), "{problems:?}");
        drop(open);
        assert_eq!(union.write(dir.path()).unwrap(), []);
        let mut again = Union::default();
        again.add_folder(dir.path()).unwrap();
        union.merge(again.clone());
        assert_eq!(union, again);
    }

    #[test]
    fn an_event_of_a_later_version_goes_with_its_annotator() {
        let later = line(9, "ann", "x").replace("note", "rate");
        assert_eq!(
            union(std::slice::from_ref(&later)).journals()["ann"],
            format!("{later}\n")
        );
    }
}
