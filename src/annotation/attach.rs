//! Where in a corpus the responses are that judgements are about.
//!
//! A response is found by its target. A run that has no name in its log is called after its file, so renaming the file
//! renames the run, and questions without an id are counted by their rows, which another order changes. Such a response
//! is found by what it says: question, trace and answer.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::state::{Marks, State, Status};
use super::target::{Target, content_hash};
use crate::corpus::fields::NONE;
use crate::corpus::{Corpus, Flag, Key, Measure, Said, Tags};
use crate::hash::Hash;
use crate::record::Record;

/// Where the judged responses are.
#[derive(Debug, Clone, Default)]
pub struct Attached {
    /// Row and present content of each target that is here.
    rows: HashMap<Hash, (u32, Hash)>,
    /// Targets that are here under another name: as they were called, and as they are called now.
    pub renamed: Vec<(Target<'static>, Target<'static>)>,
    /// How many targets are not here.
    pub missing: usize,
}

/// The target of a row.
pub fn target_of(corpus: &Corpus, row: u32) -> Target<'_> {
    let name = |key| corpus.name(row, key);
    let known = |name: &str| name != NONE;
    let locale = match [name(Key::TargetLanguage), name(Key::Target)] {
        [language, script] if known(language) && known(script) => format!("{language}-{script}"),
        [language, script] => match known(language) {
            true => language.to_owned(),
            false => script.replace(NONE, ""),
        },
    };
    let epoch = corpus.measure(Measure::Epoch).get(row as usize);
    Target(
        name(Key::Run).into(),
        name(Key::Question).into(),
        locale.into(),
        epoch.copied().unwrap_or(1),
    )
}

/// What a response says, as one number.
pub fn content_of(record: &Record) -> Hash {
    content_hash(&record.question, record.trace.text(), &record.answer)
}

impl Attached {
    /// Looks for these targets, each with what its response said when it was last judged. Reads one text for each, and
    /// those of runs without ids where responses have moved. `go_on` hears how many texts are read, and may break off;
    /// then there is nothing.
    pub fn of(
        corpus: &Corpus,
        judged: &[(Target<'static>, Hash)],
        go_on: &(dyn Fn(usize) -> ControlFlow<()> + Sync),
    ) -> Option<Attached> {
        let mut attached = Attached::default();
        let here: Vec<Option<u32>> = judged
            .iter()
            .map(|(target, _)| row_of(corpus, target))
            .collect();
        let rows: Vec<u32> = here.iter().flatten().copied().collect();
        let contents = contents(corpus, &rows, go_on)?;
        let by_row = flag(corpus, Flag::ByRow);
        let is_by_row = |row: u32| by_row.get(row as usize) == Some(&true);
        let mut lost: Vec<usize> = Vec::new();
        for (at, ((target, content), row)) in judged.iter().zip(&here).enumerate() {
            let now = row.and_then(|row| Some((row, *contents.get(&row)?)));
            match now {
                Some((row, now)) if now == *content || !is_by_row(row) => {
                    attached.rows.insert(target.key(), (row, now));
                }
                _ => lost.push(at),
            }
        }
        let candidates = candidates(corpus, &lost, judged, is_by_row);
        let found = self::contents(corpus, &candidates, go_on)?;
        let mut by_content: HashMap<Hash, Vec<u32>> = HashMap::new();
        for row in candidates {
            if let Some(content) = found.get(&row) {
                by_content.entry(*content).or_default().push(row);
            }
        }
        for at in lost {
            let (target, content) = &judged[at];
            let alike = by_content.get(content).map_or(&[][..], Vec::as_slice);
            match (only(corpus, alike, target), here[at]) {
                (Some(row), _) => {
                    let now = target_of(corpus, row).to_owned();
                    attached.rows.insert(now.key(), (row, *content));
                    attached.renamed.push((target.clone(), now));
                }
                // What stands there now says something else.
                (None, Some(row)) if contents.contains_key(&row) => {
                    attached.rows.insert(target.key(), (row, contents[&row]));
                }
                _ => attached.missing += 1,
            }
        }
        Some(attached)
    }

    /// Row and present content of a target.
    pub fn find(&self, target: &Target) -> Option<(u32, Hash)> {
        self.rows.get(&target.key()).copied()
    }

    /// Takes over what others know and this does not.
    pub fn merge(&mut self, other: &Attached) {
        for (key, found) in &other.rows {
            self.rows.entry(*key).or_insert(*found);
        }
    }

    /// Adds a response that is judged for the first time.
    pub fn add(&mut self, target: &Target, row: u32, content: Hash) {
        self.rows.insert(target.key(), (row, content));
    }

    /// What is said of all responses that are here, as the corpus keeps it.
    pub fn tags(&self, state: &State) -> Tags {
        let mut tags = Tags::default();
        for target in state.targets() {
            if let Some((row, content)) = self.find(&target) {
                tags.set(row, said(state, &target, content));
            }
        }
        tags
    }
}

/// What is said of one response, which now says this.
pub fn said(state: &State, target: &Target, content: Hash) -> Said {
    let mut said = Said::default();
    let mut sets: Vec<Vec<&str>> = Vec::new();
    for annotator in state.annotators() {
        let marks: Marks = state.marks(annotator, target);
        let codes = marks.tags.iter().map(|tag| tag.mark.code.as_ref());
        let mut codes: Vec<&str> = codes.collect();
        codes.sort_unstable();
        codes.dedup();
        let given = codes
            .iter()
            .map(|code| ((*code).to_owned(), annotator.to_owned()));
        said.tags.extend(given);
        let made = marks.tags.iter().map(|tag| tag.made);
        let made = made.chain(marks.notes.iter().map(|note| note.made));
        let mut made = made.chain(marks.flag).chain(marks.decided);
        said.is_stale |= made.any(|made| made.is_stale(content));
        said.is_noted |= !marks.notes.is_empty();
        said.is_flagged |= marks.flag.is_some();
        match marks.status {
            Status::Done => {
                said.annotators.push(annotator.to_owned());
                sets.push(codes);
            }
            Status::Deferred => said.is_deferred = true,
            Status::Skipped => said.is_skipped = true,
            Status::Open => {}
        }
    }
    let gold = state.gold(target);
    let gold = gold.map(|gold| {
        gold.marks
            .iter()
            .map(|mark| mark.code.to_string())
            .collect()
    });
    said.is_disputed = gold.is_none() && sets.iter().any(|set| Some(set) != sets.first());
    said.gold = gold;
    said
}

/// What these rows say; those that cannot be read say nothing.
fn contents(
    corpus: &Corpus,
    rows: &[u32],
    go_on: &(dyn Fn(usize) -> ControlFlow<()> + Sync),
) -> Option<HashMap<u32, Hash>> {
    let read = |(): &mut (), row| corpus.read(row).ok().map(|record| content_of(&record));
    let found = corpus.each(rows, || (), read, go_on)?;
    let read = rows.iter().zip(found);
    Some(
        read.filter_map(|(row, content)| Some((*row, content?)))
            .collect(),
    )
}

/// The row of a target, as it is called.
pub fn row_of(corpus: &Corpus, target: &Target) -> Option<u32> {
    let Target(run, question, _, _) = target;
    let run = corpus.dict(Key::Run).code(run)?;
    let question = corpus.dict(Key::Question).code(question)?;
    let groups = corpus.groups();
    let of_run = groups.of_question(question).iter().copied();
    let mut of_run = of_run.filter(|group| groups.all[*group as usize].run == run);
    of_run.find_map(|group| {
        let mut rows = groups.rows(group).iter().copied();
        rows.find(|row| target_of(corpus, *row) == *target)
    })
}

/// Rows that lost targets may be now: answers to the same question in the same language, and any answer in that
/// language whose question is counted by its row.
fn candidates(
    corpus: &Corpus,
    lost: &[usize],
    judged: &[(Target<'static>, Hash)],
    is_by_row: impl Fn(u32) -> bool,
) -> Vec<u32> {
    let groups = corpus.groups();
    let mut rows = Vec::new();
    let mut locales: Vec<&str> = Vec::new();
    for at in lost {
        let Target(_, question, locale, _) = &judged[*at].0;
        locales.push(locale);
        if let Some(question) = corpus.dict(Key::Question).code(question) {
            let of_question = groups.of_question(question).iter();
            let all = of_question.flat_map(|group| groups.rows(*group)).copied();
            rows.extend(all.filter(|row| target_of(corpus, *row).2 == *locale));
        }
    }
    locales.sort_unstable();
    locales.dedup();
    if !locales.is_empty() {
        let counted = (0..corpus.len() as u32).filter(|row| is_by_row(*row));
        rows.extend(counted.filter(|row| {
            let Target(_, _, locale, _) = target_of(corpus, *row);
            locales.binary_search(&locale.as_ref()).is_ok()
        }));
    }
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// Of several rows that say the same, the one of that run, else the one of that question, else the only one: none is
/// guessed.
fn only(corpus: &Corpus, alike: &[u32], target: &Target) -> Option<u32> {
    let one = |is_it: &dyn Fn(&Target) -> bool| {
        let mut rows = alike.iter().filter(|row| is_it(&target_of(corpus, **row)));
        rows.next().filter(|_| rows.next().is_none()).copied()
    };
    let Target(run, question, locale, epoch) = target;
    let here = |other: &Target| other.2 == *locale && other.3 == *epoch;
    one(&|other| here(other) && other.0 == *run)
        .or_else(|| one(&|other| here(other) && other.1 == *question))
        .or_else(|| one(&here))
}

/// A flag by row.
fn flag(corpus: &Corpus, flag: Flag) -> Vec<bool> {
    let column = corpus
        .frame()
        .column(flag.word())
        .and_then(|column| column.bool());
    column.map_or_else(
        |_| Vec::new(),
        |column| column.iter().map(|holds| holds == Some(true)).collect(),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::annotation::{Act, Decision, Event, Id, Mark, Place, Time};
    use crate::corpus::Options;

    fn load(dir: &Path) -> Arc<Corpus> {
        let paths = [dir.display().to_string()];
        Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()))
    }

    fn tag(number: u128, corpus: &Corpus, row: u32) -> Event<'static> {
        Event {
            id: Id(number + 1),
            time: Time::default(),
            annotator: "ann".into(),
            act: Act::Decide {
                target: target_of(corpus, row).to_owned(),
                content: content_of(&corpus.read(row).unwrap()),
                taxonomy: "t@1".into(),
                decision: Decision::Tag {
                    mark: Mark {
                        code: format!("c{number}").into(),
                        place: Place::Response,
                    },
                    suggested: false,
                },
            },
        }
    }

    /// A code for each row of the corpus.
    fn tagged(corpus: &Corpus) -> State {
        let mut state = State::default();
        for row in 0..corpus.len() as u32 {
            state.apply(&tag(row.into(), corpus, row));
        }
        state
    }

    fn attach(corpus: &Corpus, state: &mut State) -> (Attached, Tags) {
        let go_on = |_| ControlFlow::Continue(());
        let attached = Attached::of(corpus, &state.judged(), &go_on).unwrap();
        state.rename(&attached.renamed);
        let tags = attached.tags(state);
        (attached, tags)
    }

    /// The codes of the response with that answer.
    fn codes(corpus: &Corpus, tags: &Tags, answer: &str) -> Vec<String> {
        let is_it = |row: &u32| corpus.read(*row).unwrap().answer == answer;
        let row = (0..corpus.len() as u32).find(is_it).unwrap();
        let said = tags.get(row);
        said.iter()
            .flat_map(|said| &said.tags)
            .map(|(code, _)| code.clone())
            .collect()
    }

    fn line(id: &str, answer: &str) -> String {
        format!(
            r#"{{{id}"target":"hi-Deva","question":"who wrote {answer}?","answer":"{answer}"}}"#
        )
    }

    #[test]
    fn tags_stay_with_their_response_when_its_file_is_renamed_and_sorted_anew() {
        for id in [
            |n: usize| format!(r#""question_id":"q{n}","#),
            |_| String::new(),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let line = |n: usize| line(&id(n), &format!("a{n}"));
            std::fs::write(dir.path().join("one.jsonl"), [0, 1, 2].map(line).join("\n")).unwrap();
            let mut state = tagged(&load(dir.path()));
            std::fs::remove_file(dir.path().join("one.jsonl")).unwrap();
            std::fs::write(dir.path().join("two.jsonl"), [2, 0, 1].map(line).join("\n")).unwrap();
            let corpus = load(dir.path());
            let (attached, tags) = attach(&corpus, &mut state);
            assert_eq!(attached.missing, 0);
            for n in 0..3 {
                assert_eq!(codes(&corpus, &tags, &format!("a{n}")), [format!("c{n}")]);
                assert!(tags.rows().all(|row| !tags.get(row).unwrap().is_stale));
            }
        }
    }

    #[test]
    fn a_tag_on_a_text_that_changed_stays_and_is_stale() {
        let dir = tempfile::tempdir().unwrap();
        let write = |answer| {
            let text = line(r#""question_id":"q1","#, answer);
            std::fs::write(dir.path().join("run.jsonl"), text).unwrap();
        };
        write("old");
        let mut state = tagged(&load(dir.path()));
        write("new");
        let corpus = load(dir.path());
        let (_, tags) = attach(&corpus, &mut state);
        assert_eq!(codes(&corpus, &tags, "new"), ["c0"]);
        assert!(tags.get(0).unwrap().is_stale);
    }

    #[test]
    fn what_is_not_loaded_is_missing_and_not_lost() {
        let dir = tempfile::tempdir().unwrap();
        let write = |id: &str| std::fs::write(dir.path().join("run.jsonl"), line(id, "a")).unwrap();
        write(r#""question_id":"q1","#);
        let mut state = tagged(&load(dir.path()));
        write(r#""question_id":"q2","#);
        let (attached, tags) = attach(&load(dir.path()), &mut state);
        assert_eq!((attached.missing, tags.rows().count()), (1, 0));
        assert_eq!(state.targets().count(), 1);
    }

    #[test]
    fn two_people_who_knew_a_run_by_two_names_speak_of_one_response() {
        let dir = tempfile::tempdir().unwrap();
        let text = line(r#""question_id":"q1","#, "a");
        std::fs::write(dir.path().join("old.jsonl"), &text).unwrap();
        let mut state = tagged(&load(dir.path()));
        std::fs::remove_file(dir.path().join("old.jsonl")).unwrap();
        std::fs::write(dir.path().join("new.jsonl"), &text).unwrap();
        let corpus = load(dir.path());
        let event = Event {
            annotator: "bob".into(),
            ..tag(7, &corpus, 0)
        };
        state.apply(&event);
        let (_, tags) = attach(&corpus, &mut state);
        let said = tags.get(0).unwrap();
        assert_eq!(said.annotators, ["ann", "bob"]);
        assert!(said.is_disputed);
        assert_eq!(state.targets().count(), 1);
        // The same events once more change nothing.
        assert_eq!(state.apply(&event), crate::annotation::Applied::Known);
    }
}
