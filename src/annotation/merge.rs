//! Journals of several people, or of one person on several machines, as one.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::event::{self, Id};
use super::journal::Problem;
use super::state::State;

/// What git needs to know in the folder of the journals (`.gitattributes`): both sides of a merge keep their lines.
pub const ATTRIBUTES: &str = "*.jsonl text eol=lf merge=union\n";

/// And what it need not keep (`.gitignore`).
pub const IGNORE: &str = "*.jsonl.lock\n";

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

    /// The same, beside a journal that the state holds already.
    pub fn read_beside(dir: &Path, own: Option<&Path>, state: State) -> io::Result<Folder> {
        let mut folder = Folder {
            state,
            ..Folder::default()
        };
        let entries = match fs::read_dir(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(folder),
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "jsonl") {
                folder.journals.push(path);
            }
        }
        folder.journals.sort();
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
    fn an_event_of_a_later_version_goes_with_its_annotator() {
        let later = line(9, "ann", "x").replace("note", "rate");
        assert_eq!(
            union(std::slice::from_ref(&later)).journals()["ann"],
            format!("{later}\n")
        );
    }
}
