//! What follows from events: which tags hold now, what can be undone, what was decided last.
//!
//! It depends on the set of events only, not on the order in which they come: events of one annotator count in the
//! order of their ids. So applying is the same as merging.
//!
//! A decision is in force unless the last word about it is an undo. What an undo would take next is the last decision
//! in force; what a redo would bring back is the last undone, unless something was decided since. An undo or redo names
//! its decision, so it means the same in every order and after every restart.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use indexmap::{IndexMap, IndexSet};

use super::event::{self, Act, Decision, Event, Id, Mark, Place, Time};
use super::journal::Problem;
use super::target::Target;
use crate::hash::{Hash, Quick};

/// Bytes from which on a journal is read on a thread of its own.
const LONG: usize = 1 << 20;

/// Lines that are handed over at once: so many that a batch is no great piece of memory.
const BATCH: usize = 256;

/// About as many bytes as a short line has.
const SHORTEST: usize = 300;

/// All that is known from some events.
#[derive(Debug, Default)]
pub struct State {
    targets: IndexMap<Hash, Named, Quick>,
    /// Targets that are called otherwise now: as they were called, and what they said.
    aliases: HashMap<(Hash, Hash), u32, Quick>,
    taxonomies: IndexSet<Box<str>>,
    layers: IndexMap<Box<str>, Layer>,
    entries: Vec<Entry>,
    /// Adjudications of a target, by id.
    gold: HashMap<u32, Vec<u32>, Quick>,
    /// The last word about a decision, by annotator and decision: said by which event, and whether it is an undo.
    words: HashMap<(u32, Id), (Id, bool), Quick>,
}

/// A target in one piece of memory.
#[derive(Debug)]
struct Named {
    /// Run, question, locale.
    text: Box<str>,
    /// Where the first two end.
    ends: [u32; 2],
    epoch: u32,
}

impl Named {
    fn new(Target(run, question, locale, epoch): &Target) -> Named {
        let ends = [run.len(), run.len() + question.len()];
        Named {
            text: [run.as_ref(), question, locale].concat().into(),
            ends: ends.map(|end| end as u32),
            epoch: *epoch,
        }
    }

    fn target(&self) -> Target<'_> {
        let [run, question] = self.ends.map(|end| end as usize);
        let text = &self.text;
        Target::new(
            &text[..run],
            &text[run..question],
            &text[question..],
            self.epoch,
        )
    }
}

/// One annotator.
#[derive(Debug, Default)]
struct Layer {
    /// Their entries, by id.
    made: Vec<u32>,
    /// The last of them on each target, by id.
    on: Vec<Option<u32>>,
    /// What is undone, by the undo.
    undone: BTreeMap<Id, Id>,
    /// The greatest id of an event.
    last: Id,
}

/// One decision.
#[derive(Debug)]
struct Entry {
    id: Id,
    time: Time,
    content: Hash,
    target: u32,
    layer: u32,
    taxonomy: u32,
    undone: bool,
    /// The entry of the same annotator on the same target before this one, by id.
    before: Option<u32>,
    decision: Decision<'static>,
}

/// What an event did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is new.
    New,
    /// It was known already.
    Known,
    /// Another event of the same annotator has its id; that one stays.
    Clash,
    /// It is of a later version and has no effect.
    Passed,
}

/// What one annotator says of one response.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marks<'s> {
    /// Tags, in the order in which they were set.
    pub tags: Vec<Tag<'s>>,
    /// Notes, one for each place.
    pub notes: Vec<Note<'s>>,
    /// To be looked at again: who says so.
    pub flag: Option<Made<'s>>,
    /// How far it is.
    pub status: Status,
    /// The decision that says so.
    pub decided: Option<Made<'s>>,
}

/// The event behind something that holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Made<'s> {
    /// Which.
    pub id: Id,
    /// When.
    pub time: Time,
    /// What the response said then.
    pub content: Hash,
    /// The taxonomy then, with its version.
    pub taxonomy: &'s str,
}

impl Made<'_> {
    /// The response says something else now. Of a judgement from a table without hashes nobody knows.
    pub fn is_stale(&self, now: Hash) -> bool {
        self.content != Hash::default() && self.content != now
    }
}

/// How far an annotator is with a response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Nothing is decided.
    #[default]
    Open,
    /// Tagged, or looked at and left without a tag.
    Done,
    /// To be decided later.
    Deferred,
    /// Left out.
    Skipped,
}

impl Status {
    /// The word used in filters, files and on screen.
    pub const fn word(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::Done => "done",
            Status::Deferred => "deferred",
            Status::Skipped => "skipped",
        }
    }
}

/// A tag in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tag<'s> {
    /// By which event.
    pub made: Made<'s>,
    /// The code and its place.
    pub mark: &'s Mark<'static>,
    /// The program had suggested it.
    pub suggested: bool,
}

/// A note in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Note<'s> {
    /// By which event.
    pub made: Made<'s>,
    /// What it is about.
    pub place: &'s Place<'static>,
    /// What it says.
    pub text: &'s str,
}

/// What holds where annotators differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gold<'s> {
    /// By which event.
    pub made: Made<'s>,
    /// Who decided.
    pub annotator: &'s str,
    /// The tags that hold; perhaps none.
    pub marks: &'s [Mark<'static>],
}

/// A decision of late.
#[derive(Debug, Clone, PartialEq)]
pub struct Recent<'s> {
    /// Its event.
    pub id: Id,
    /// When.
    pub time: Time,
    /// About which response.
    pub target: Target<'s>,
    /// What the response said then.
    pub content: Hash,
    /// What was decided.
    pub decision: &'s Decision<'static>,
    /// It was taken back.
    pub undone: bool,
}

impl State {
    /// The greatest id of an event of an annotator: that of the next must be above it.
    pub fn last(&self, annotator: &str) -> Option<Id> {
        self.layers.get(annotator).map(|layer| layer.last)
    }

    /// Applies an event; what is in force depends on all events, not on their order.
    pub fn apply(&mut self, event: &Event) -> Applied {
        if event.act == Act::Unknown {
            return Applied::Passed;
        }
        let layer = self.layer(&event.annotator);
        if let Some((_, layer)) = self.layers.get_index_mut(layer as usize) {
            layer.last = layer.last.max(event.id);
        }
        match &event.act {
            Act::Unknown => Applied::Passed,
            Act::Undo(of) => self.word(event, *of, true),
            Act::Redo(of) => self.word(event, *of, false),
            Act::Decide {
                target,
                content,
                taxonomy,
                decision,
            } => self.decide(event, target, *content, taxonomy, decision),
        }
    }

    /// Applies all events of a journal. Lines that cannot be read are told and change nothing.
    pub fn read(&mut self, path: &Path, journal: &[u8]) -> Vec<Problem> {
        self.read_all(path, journal).0
    }

    /// The same, with the greatest id.
    pub(super) fn read_all(&mut self, path: &Path, journal: &[u8]) -> (Vec<Problem>, Option<Id>) {
        let (mut problems, mut last) = (Vec::new(), None);
        self.entries.reserve(journal.len() / SHORTEST);
        let mut take = |(line, event): (usize, Result<Event, String>)| {
            let what = match event {
                Ok(event) => {
                    last = last.max(Some(event.id));
                    match self.apply(&event) {
                        Applied::Clash => "another event has its id; the first stays".to_owned(),
                        _ => return,
                    }
                }
                Err(error) => error,
            };
            problems.push(Problem::new(path, line, what));
        };
        let parsed = |(line, bytes)| (line, event::parse(bytes));
        if journal.len() < LONG {
            event::lines(journal).map(parsed).for_each(take);
            return (problems, last);
        }
        // Reading and applying take equally long.
        std::thread::scope(|scope| {
            let (sender, batches) = std::sync::mpsc::sync_channel::<Vec<_>>(8);
            let read = move || {
                let mut lines = event::lines(journal).map(parsed).peekable();
                while lines.peek().is_some() {
                    let batch = lines.by_ref().take(BATCH).collect();
                    if sender.send(batch).is_err() {
                        return;
                    }
                }
            };
            let reader = std::thread::Builder::new().spawn_scoped(scope, read);
            batches.into_iter().flatten().for_each(&mut take);
            if reader.is_err() {
                event::lines(journal).map(parsed).for_each(&mut take);
            }
        });
        (problems, last)
    }

    fn layer(&mut self, annotator: &str) -> u32 {
        match self.layers.get_index_of(annotator) {
            Some(index) => index as u32,
            None => {
                let (index, _) = self.layers.insert_full(annotator.into(), Layer::default());
                index as u32
            }
        }
    }

    fn decide(
        &mut self,
        event: &Event,
        target: &Target,
        content: Hash,
        taxonomy: &str,
        decision: &Decision,
    ) -> Applied {
        let layer = self.layer(&event.annotator);
        if let Some(known) = self.number(layer, event.id) {
            let entry = &self.entries[known as usize];
            let is_same = entry.content == content
                && self.number_of(target, Some(content)) == Some(entry.target)
                && entry.decision == *decision;
            return if is_same {
                Applied::Known
            } else {
                Applied::Clash
            };
        }
        let taxonomy = match self.taxonomies.get_index_of(taxonomy) {
            Some(index) => index,
            None => self.taxonomies.insert_full(taxonomy.into()).0,
        };
        let known = self.number_of(target, Some(content));
        let target_number = known.unwrap_or_else(|| self.add(target));
        let word = self.words.get(&(layer, event.id));
        let number = self.entries.len() as u32;
        self.entries.push(Entry {
            id: event.id,
            time: event.time,
            content,
            target: target_number,
            layer,
            taxonomy: taxonomy as u32,
            undone: word.is_some_and(|(_, undone)| *undone),
            before: None,
            decision: decision.to_owned(),
        });
        self.chain(number);
        let entries = &self.entries;
        if let Some((_, layer)) = self.layers.get_index_mut(layer as usize) {
            insert(&mut layer.made, number, entries);
        }
        if let Decision::Adjudicate(_) = decision {
            insert(self.gold.entry(target_number).or_default(), number, entries);
        }
        Applied::New
    }

    /// The entry of an annotator with that id.
    fn number(&self, layer: u32, id: Id) -> Option<u32> {
        let (_, layer) = self.layers.get_index(layer as usize)?;
        let id_of = |number: &u32| self.entries[*number as usize].id;
        let last = layer.made.last().map(id_of)?;
        if id > last {
            return None;
        }
        let at = layer.made.binary_search_by_key(&id, id_of).ok()?;
        layer.made.get(at).copied()
    }

    /// Puts a new entry where its id belongs among those of its annotator on its target.
    fn chain(&mut self, number: u32) {
        let (id, layer, target) = {
            let entry = &self.entries[number as usize];
            (entry.id, entry.layer, entry.target)
        };
        let Some((_, layer)) = self.layers.get_index_mut(layer as usize) else {
            return;
        };
        if layer.on.len() <= target as usize {
            layer.on.resize(target as usize + 1, None);
        }
        let place = &mut layer.on[target as usize];
        let last = match *place {
            Some(last) if self.entries[last as usize].id > id => last,
            before => {
                *place = Some(number);
                self.entries[number as usize].before = before;
                return;
            }
        };
        let mut after = last;
        while let Some(before) = self.entries[after as usize].before {
            if self.entries[before as usize].id < id {
                break;
            }
            after = before;
        }
        self.entries[number as usize].before = self.entries[after as usize].before;
        self.entries[after as usize].before = Some(number);
    }

    /// An undo or a redo.
    fn word(&mut self, event: &Event, of: Id, undone: bool) -> Applied {
        let number = self.layer(&event.annotator);
        let said = self.words.get(&(number, of)).copied();
        match said {
            Some((by, _)) if by >= event.id => return Applied::Known,
            _ => self.words.insert((number, of), (event.id, undone)),
        };
        if let Some((_, layer)) = self.layers.get_index_mut(number as usize) {
            if let Some((by, true)) = said {
                layer.undone.remove(&by);
            }
            if undone {
                layer.undone.insert(event.id, of);
            }
        }
        if let Some(entry) = self.number(number, of) {
            self.entries[entry as usize].undone = undone;
        }
        Applied::New
    }

    /// Every annotator, in the order in which they came.
    pub fn annotators(&self) -> impl Iterator<Item = &str> {
        self.layers.keys().map(AsRef::as_ref)
    }

    /// Every response that something was ever decided about, in the order in which they came. The place of one here
    /// never changes.
    pub fn targets(&self) -> impl Iterator<Item = Target<'_>> {
        // One that is called otherwise now has no decisions under its old name.
        let present = |number: &u32| {
            (0..self.layers.len() as u32).any(|layer| self.last_on(layer, *number).is_some())
        };
        let targets = self.targets.values().zip(0..);
        targets
            .filter(move |(_, number)| present(number))
            .map(|(named, _)| named.target())
    }

    /// Every target, with what its response said when the last decision about it was made.
    pub fn judged(&self) -> Vec<(Target<'static>, Hash)> {
        let content = |number: u32| {
            let entries = (0..self.layers.len() as u32).filter_map(|layer| {
                let last = self.last_on(layer, number)?;
                self.entries.get(last as usize)
            });
            let last = entries.max_by_key(|entry| entry.id)?;
            Some(last.content)
        };
        let targets = self.targets().filter_map(|target| {
            let content = content(self.number_of(&target, None)?)?;
            Some((target.to_owned(), content))
        });
        targets.collect()
    }

    /// From now on targets are called otherwise, all at once: as they were called, and as they are called now. What is
    /// known of two that are called the same is of one. Events that call them as before are still understood.
    pub fn rename(&mut self, renamed: &[(Target, Target)]) {
        let mut moved: Vec<(u32, u32)> = Vec::new();
        for (old, new) in renamed {
            let Some(from) = self.number_of(old, None) else {
                continue;
            };
            let to = self.number_of(new, None).unwrap_or_else(|| self.add(new));
            for layer in 0..self.layers.len() {
                let layer = self.layers.get_index_mut(layer).map(|(_, layer)| layer);
                let mut next = layer.and_then(|layer| layer.on.get_mut(from as usize)?.take());
                while let Some(number) = next {
                    next = self.entries[number as usize].before.take();
                    moved.push((number, to));
                }
            }
            self.gold.remove(&from);
            for (number, _) in moved.iter().rev().take_while(|(_, target)| *target == to) {
                let content = self.entries[*number as usize].content;
                self.aliases.insert((old.key(), content), to);
            }
        }
        for (number, to) in moved {
            self.entries[number as usize].target = to;
            self.chain(number);
            if let Decision::Adjudicate(_) = self.entries[number as usize].decision {
                insert(self.gold.entry(to).or_default(), number, &self.entries);
            }
        }
    }

    /// The number of a target; of one that is spoken of as it was called when its response said this.
    fn number_of(&self, target: &Target, content: Option<Hash>) -> Option<u32> {
        let key = target.key();
        let alias = content.and_then(|content| self.aliases.get(&(key, content)).copied());
        alias.or_else(|| self.targets.get_index_of(&key).map(|number| number as u32))
    }

    /// Adds a target.
    fn add(&mut self, target: &Target) -> u32 {
        let (number, _) = self.targets.insert_full(target.key(), Named::new(target));
        number as u32
    }

    /// How many decisions are known, undone ones too.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The decision of an annotator with that id.
    pub fn decision(&self, annotator: &str, id: Id) -> Option<&Decision<'static>> {
        let layer = self.layers.get_index_of(annotator)?;
        let entry = self.entries.get(self.number(layer as u32, id)? as usize)?;
        Some(&entry.decision)
    }

    /// What an annotator says of a response.
    pub fn marks(&self, annotator: &str, target: &Target) -> Marks<'_> {
        let layer = self.layers.get_index_of(annotator);
        match (layer, self.number_of(target, None)) {
            (Some(layer), Some(target)) => self.marks_at(layer as u32, target),
            _ => Marks::default(),
        }
    }

    /// What everybody says: annotator, response, and what they say of it; by response, then by annotator.
    pub fn all(&self) -> impl Iterator<Item = (&str, Target<'_>, Marks<'_>)> {
        let layers = self.layers.keys().zip(0..);
        self.targets
            .values()
            .zip(0..)
            .flat_map(move |(target, number)| {
                layers
                    .clone()
                    .filter(move |(_, layer)| self.last_on(*layer, number).is_some())
                    .map(move |(name, layer)| {
                        (name.as_ref(), target.target(), self.marks_at(layer, number))
                    })
            })
    }

    fn marks_at<'s>(&'s self, layer: u32, target: u32) -> Marks<'s> {
        let mut marks = Marks::default();
        let mut history: Vec<&Entry> = Vec::new();
        let mut last = self.last_on(layer, target);
        while let Some(number) = last {
            let entry = &self.entries[number as usize];
            history.push(entry);
            last = entry.before;
        }
        for entry in history.into_iter().rev().filter(|entry| !entry.undone) {
            let made = self.made(entry);
            let decide = |marks: &mut Marks<'s>, status| {
                (marks.status, marks.decided) = (status, Some(made));
            };
            match &entry.decision {
                Decision::Tag { mark, suggested } => {
                    marks.tags.retain(|tag| tag.mark != mark);
                    marks.tags.push(Tag {
                        made,
                        mark,
                        suggested: *suggested,
                    });
                    decide(&mut marks, Status::Done);
                }
                Decision::Untag(mark) => marks.tags.retain(|tag| tag.mark != mark),
                Decision::Note { place, text } => {
                    marks.notes.retain(|note| note.place != place);
                    if !text.is_empty() {
                        marks.notes.push(Note { made, place, text });
                    }
                }
                Decision::Flag(on) => marks.flag = on.then_some(made),
                Decision::Done => decide(&mut marks, Status::Done),
                Decision::Defer => decide(&mut marks, Status::Deferred),
                Decision::Skip => decide(&mut marks, Status::Skipped),
                Decision::Adjudicate(_) => {}
            }
        }
        marks
    }

    /// The last entry of an annotator on a target.
    fn last_on(&self, layer: u32, target: u32) -> Option<u32> {
        let (_, layer) = self.layers.get_index(layer as usize)?;
        layer.on.get(target as usize).copied().flatten()
    }

    fn made(&self, entry: &Entry) -> Made<'_> {
        let taxonomy = self.taxonomies.get_index(entry.taxonomy as usize);
        Made {
            id: entry.id,
            time: entry.time,
            content: entry.content,
            taxonomy: taxonomy.map_or("", AsRef::as_ref),
        }
    }

    /// What was adjudicated of a response: the last decision of anybody.
    pub fn gold(&self, target: &Target) -> Option<Gold<'_>> {
        let target = self.number_of(target, None)?;
        let entries = self.gold.get(&target)?.iter().rev();
        let mut entries = entries.map(|number| &self.entries[*number as usize]);
        let entry = entries.find(|entry| !entry.undone)?;
        let Decision::Adjudicate(marks) = &entry.decision else {
            return None;
        };
        let (annotator, _) = self.layers.get_index(entry.layer as usize)?;
        Some(Gold {
            made: self.made(entry),
            annotator,
            marks,
        })
    }

    /// The decision that an undo takes back next.
    pub fn undo(&self, annotator: &str) -> Option<Id> {
        let entries = self.recent(annotator);
        entries
            .filter(|entry| !entry.undone)
            .map(|entry| entry.id)
            .next()
    }

    /// The decision that a redo brings back next.
    pub fn redo(&self, annotator: &str) -> Option<Id> {
        let (number, _, layer) = self.layers.get_full(annotator)?;
        let last = self.recent(annotator).next()?.id;
        let undone = layer.undone.range(last..).rev();
        let mut known = undone.filter(|(_, of)| self.number(number as u32, **of).is_some());
        known.next().map(|(_, of)| *of)
    }

    /// How many decisions an annotator made, with those that were taken back.
    pub fn decisions(&self, annotator: &str) -> usize {
        self.layers
            .get(annotator)
            .map_or(0, |layer| layer.made.len())
    }

    /// The decisions of an annotator, the last first, with those that were taken back.
    pub fn recent(&self, annotator: &str) -> impl Iterator<Item = Recent<'_>> {
        let made = self.layers.get(annotator).map(|layer| layer.made.iter());
        let entries = made.into_iter().flatten().rev();
        entries.filter_map(|number| {
            let entry = self.entries.get(*number as usize)?;
            let (_, target) = self.targets.get_index(entry.target as usize)?;
            Some(Recent {
                id: entry.id,
                time: entry.time,
                target: target.target(),
                content: entry.content,
                decision: &entry.decision,
                undone: entry.undone,
            })
        })
    }
}

/// Puts an entry among others by its id, which is nearly always at the end.
fn insert(numbers: &mut Vec<u32>, number: u32, entries: &[Entry]) {
    let id = |number: u32| entries[number as usize].id;
    match numbers.last() {
        Some(last) if id(*last) > id(number) => {
            let at = numbers.partition_point(|other| id(*other) < id(number));
            numbers.insert(at, number);
        }
        _ => numbers.push(number),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn decide(
        annotator: &'static str,
        at: u64,
        question: u8,
        decision: Decision<'static>,
    ) -> Event<'static> {
        let time = Time(1_800_000_000_000 + at);
        Event {
            id: Id::of(time, annotator),
            time,
            annotator: annotator.into(),
            act: Act::Decide {
                target: Target::new(
                    "run",
                    ["q0", "q1", "q2"][question as usize % 3],
                    "hi-Deva",
                    1,
                ),
                content: Hash(0),
                taxonomy: "t@1".into(),
                decision,
            },
        }
    }

    fn mark(code: &'static str) -> Mark<'static> {
        Mark {
            code: code.into(),
            place: Place::Response,
        }
    }

    fn tag(code: &'static str) -> Decision<'static> {
        Decision::Tag {
            mark: mark(code),
            suggested: false,
        }
    }

    /// What is in force, in words.
    fn told(state: &State) -> Vec<String> {
        let mut told: Vec<String> = state
            .all()
            .map(|(annotator, target, marks)| {
                let recent: Vec<_> = state
                    .recent(annotator)
                    .map(|one| (one.id, one.undone))
                    .collect();
                let next = (state.undo(annotator), state.redo(annotator));
                format!(
                    "{annotator} {target:?} {marks:?} {:?} {recent:?} {next:?}",
                    state.gold(&target)
                )
            })
            .collect();
        told.sort();
        told
    }

    fn codes(state: &State, annotator: &str) -> Vec<String> {
        let target = Target::new("run", "q0", "hi-Deva", 1);
        let tags = state.marks(annotator, &target).tags;
        tags.iter().map(|tag| tag.mark.code.to_string()).collect()
    }

    /// One annotator at work: undo and redo as keys do them.
    #[derive(Default)]
    struct Work {
        state: State,
        at: u64,
    }

    impl Work {
        fn decide(&mut self, decision: Decision<'static>) {
            self.at += 1;
            let event = decide("ann", self.at, 0, decision);
            assert_eq!(self.state.apply(&event), Applied::New);
        }

        fn word(&mut self, of: Option<Id>, word: fn(Id) -> Act<'static>) -> bool {
            let Some(of) = of else {
                return false;
            };
            self.at += 1;
            let event = decide("ann", self.at, 0, Decision::Done);
            let event = Event {
                act: word(of),
                ..event
            };
            self.state.apply(&event) == Applied::New
        }

        fn undo(&mut self) -> bool {
            self.word(self.state.undo("ann"), Act::Undo)
        }

        fn redo(&mut self) -> bool {
            self.word(self.state.redo("ann"), Act::Redo)
        }
    }

    #[test]
    fn undo_goes_back_step_by_step_and_redo_forward() {
        let mut work = Work::default();
        for code in ["a", "b", "c"] {
            work.decide(tag(code));
        }
        assert!(work.undo() && work.undo());
        assert_eq!(codes(&work.state, "ann"), ["a"]);
        assert!(work.redo());
        assert_eq!(codes(&work.state, "ann"), ["a", "b"]);
        assert!(work.undo() && work.redo() && work.redo() && !work.redo());
        assert_eq!(codes(&work.state, "ann"), ["a", "b", "c"]);
    }

    #[test]
    fn after_a_new_decision_nothing_is_brought_back() {
        let mut work = Work::default();
        work.decide(tag("a"));
        assert!(work.undo());
        work.decide(tag("b"));
        assert!(!work.redo());
        assert!(work.undo() && !work.undo());
        assert_eq!(codes(&work.state, "ann"), [""; 0]);
        assert!(work.redo() && !work.redo());
        assert_eq!(codes(&work.state, "ann"), ["b"]);
    }

    #[test]
    fn taking_back_a_removal_restores_the_tag() {
        let mut work = Work::default();
        work.decide(tag("a"));
        work.decide(Decision::Untag(mark("a")));
        assert_eq!(codes(&work.state, "ann"), [""; 0]);
        assert!(work.undo());
        assert_eq!(codes(&work.state, "ann"), ["a"]);
    }

    #[test]
    fn nobody_takes_back_what_another_decided() {
        let mut state = State::default();
        let first = decide("ann", 1, 0, tag("a"));
        state.apply(&first);
        let mut other = decide("bob", 2, 0, Decision::Done);
        other.act = Act::Undo(first.id);
        state.apply(&other);
        assert_eq!(codes(&state, "ann"), ["a"]);
    }

    #[test]
    fn an_event_counts_once_and_another_with_its_id_does_not() {
        let mut state = State::default();
        let first = decide("ann", 1, 0, tag("a"));
        assert_eq!(state.apply(&first), Applied::New);
        assert_eq!(state.apply(&first), Applied::Known);
        let clash = Event {
            id: first.id,
            ..decide("ann", 1, 0, tag("b"))
        };
        assert_eq!(state.apply(&clash), Applied::Clash);
        assert_eq!(
            (codes(&state, "ann"), state.len()),
            (vec!["a".to_owned()], 1)
        );
    }

    #[test]
    fn the_last_adjudication_in_force_holds() {
        let target = Target::new("run", "q0", "hi-Deva", 1);
        let mut state = State::default();
        let gold = |codes: &[&'static str]| {
            Decision::Adjudicate(codes.iter().map(|code| mark(code)).collect())
        };
        let second = decide("eve", 2, 0, gold(&[]));
        state.apply(&second);
        state.apply(&decide("dan", 1, 0, gold(&["a"])));
        assert_eq!(
            state
                .gold(&target)
                .map(|gold| (gold.annotator, gold.marks.len())),
            Some(("eve", 0))
        );
        let mut undo = decide("eve", 3, 0, Decision::Done);
        undo.act = Act::Undo(second.id);
        state.apply(&undo);
        assert_eq!(
            state
                .gold(&target)
                .map(|gold| (gold.annotator, gold.marks.len())),
            Some(("dan", 1))
        );
        assert_eq!(state.marks("dan", &target).status, Status::Open);
    }

    #[test]
    fn a_long_journal_is_read_like_a_short_one() {
        let mut journal = Vec::new();
        let mut number = 0;
        while journal.len() <= LONG {
            number += 1;
            journal.extend(decide("ann", number, number as u8, tag("a")).line());
        }
        journal.extend(b"broken\n");
        let mut state = State::default();
        let problems = state.read(Path::new("ann.jsonl"), &journal);
        assert_eq!((state.len() as u64, problems.len()), (number, 1));
        assert_eq!(problems[0].line as u64, number + 1);
    }

    /// Events of two annotators, with undos and redos that may name anything.
    fn events() -> impl Strategy<Value = Vec<Event<'static>>> {
        let one = (0..2usize, 0u8..3, 0u8..11, any::<prop::sample::Index>());
        prop::collection::vec(one, 0..24).prop_map(|list| {
            let mut events: Vec<Event> = Vec::new();
            for ((who, question, what, which), at) in list.into_iter().zip(1..) {
                let annotator = ["ann", "bob"][who];
                let decision = match what {
                    0 | 1 => tag("a"),
                    2 => tag("b"),
                    3 => Decision::Untag(mark("a")),
                    4 => Decision::Note {
                        place: Place::Response,
                        text: "n".into(),
                    },
                    5 => Decision::Flag(true),
                    6 => Decision::Defer,
                    7 => Decision::Adjudicate(vec![mark("b")]),
                    _ => Decision::Done,
                };
                let mut event = decide(annotator, at, question, decision);
                if what > 7 && !events.is_empty() {
                    let of = which.get(&events).id;
                    event.act = if what > 9 {
                        Act::Redo(of)
                    } else {
                        Act::Undo(of)
                    };
                }
                events.push(event);
            }
            events
        })
    }

    proptest! {
        #[test]
        fn only_the_set_of_events_counts(events in events(), seed in any::<u64>()) {
            let (mut straight, mut mixed) = (State::default(), State::default());
            events.iter().for_each(|event| { straight.apply(event); });
            let mut order: Vec<&Event> = events.iter().chain(&events).collect();
            order.sort_by_key(|event| Hash::of(&format!("{seed}{}", event.id)));
            order.iter().for_each(|event| { mixed.apply(event); });
            prop_assert_eq!(told(&mixed), told(&straight));
        }

        #[test]
        fn undo_and_redo_are_those_of_an_editor(keys in prop::collection::vec(0u8..6, 0..40)) {
            let mut work = Work::default();
            let (mut done, mut undone): (Vec<u8>, Vec<u8>) = Default::default();
            let all = ["a", "b", "c", "d"];
            for key in keys {
                match key {
                    4 => {
                        prop_assert_eq!(work.undo(), !done.is_empty());
                        undone.extend(done.pop());
                    }
                    5 => {
                        prop_assert_eq!(work.redo(), !undone.is_empty());
                        done.extend(undone.pop());
                    }
                    code => {
                        work.decide(tag(all[code as usize]));
                        done.push(code);
                        undone.clear();
                    }
                }
                let mut expected: Vec<&str> = Vec::new();
                for code in &done {
                    expected.retain(|other| *other != all[*code as usize]);
                    expected.push(all[*code as usize]);
                }
                prop_assert_eq!(codes(&work.state, "ann"), expected);
            }
        }

        #[test]
        fn merging_is_union(a in events(), b in events(), c in events()) {
            use crate::annotation::Union;
            // Events of different lists may share an id and say different things: nothing of that may be lost either.
            let union = |events: &[&Vec<Event>]| {
                let mut union = Union::default();
                events.iter().flat_map(|events| events.iter()).for_each(|event| union.add(&event.line()));
                union
            };
            let merged = |mut a: Union, b: Union| { a.merge(b); a };
            let (ua, ub, uc) = (union(&[&a]), union(&[&b]), union(&[&c]));
            prop_assert_eq!(merged(ua.clone(), ub.clone()), merged(ub.clone(), ua.clone()));
            let left = merged(merged(ua.clone(), ub.clone()), uc.clone());
            prop_assert_eq!(&left, &merged(ua.clone(), merged(ub.clone(), uc)));
            prop_assert_eq!(&merged(left.clone(), ua.clone()), &left);
            prop_assert_eq!(&left, &union(&[&a, &b, &c]));
        }
    }
}
