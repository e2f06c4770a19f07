//! The desk of the annotator at this screen: what everybody has said of the responses, and what is being said now.
//! It performs no I/O: what is decided is an [`Event`] to be saved.

mod chooser;
mod queue;

use std::path::PathBuf;
use std::sync::Arc;

pub use chooser::{Chooser, Chosen, For, settable};
pub use queue::{Kept, Order, Queue};

use crate::annotation::{
    Access, Act, Attached, Decision, Event, Id, Mark, Marks, Place, Recent, State, Status, Target,
    Taxonomy, Time, row_of, said, target_of,
};
use crate::corpus::{Corpus, Tags};
use crate::hash::Hash;

/// Journals as they were found.
pub struct Opened {
    /// What follows from all of them.
    pub state: State,
    /// Whether that of the annotator can be written.
    pub access: Access,
    /// What could not be read.
    pub problems: Vec<String>,
    /// The queue that was not finished.
    pub queue: Option<Arc<Kept>>,
}

/// How saving went.
#[derive(Debug, Clone)]
pub struct Saved {
    /// It answers to one event; otherwise it was tried again.
    pub is_answer: bool,
    /// Whether the journal can be written.
    pub access: Access,
    /// How many events are not on the disk yet.
    pub unsaved: usize,
    /// Why.
    pub trouble: Option<String>,
    /// Events that something else wrote into the journal.
    pub adopted: Vec<Event<'static>>,
}

/// All that tagging knows.
pub struct Desk {
    /// The codes.
    pub taxonomy: Arc<Taxonomy>,
    /// Who sits here.
    pub annotator: String,
    /// Where the journals are.
    pub folder: PathBuf,
    /// What everybody said.
    pub state: State,
    attached: Attached,
    tags: Tags,
    /// The corpus does not know yet what was said last.
    pub is_news: bool,
    /// Whether the journal can be written.
    pub access: Access,
    /// Events that are not on the disk yet, and why; those on their way are not counted.
    pub unsaved: (usize, Option<String>),
    /// Events that are on their way to the disk.
    pub saving: usize,
    /// Responses to be judged one after the other.
    pub queue: Option<Queue>,
    /// A queue that was not finished.
    pub kept: Option<Arc<Kept>>,
    /// A code is being chosen.
    pub chooser: Option<Chooser>,
    /// Names of runs, and what others said, are hidden.
    pub is_blind: bool,
    /// What is decided about responses that are not read yet.
    pub waiting: Vec<(u32, Decision<'static>)>,
    last: Option<Id>,
    /// Tells the time.
    pub clock: fn() -> Time,
}

impl Desk {
    /// A desk at which nothing was said yet.
    pub fn new(taxonomy: Arc<Taxonomy>, annotator: String) -> Desk {
        Desk {
            taxonomy,
            annotator,
            folder: PathBuf::new(),
            state: State::default(),
            attached: Attached::default(),
            tags: Tags::default(),
            is_news: false,
            access: Access::New,
            unsaved: (0, None),
            saving: 0,
            queue: None,
            kept: None,
            chooser: None,
            is_blind: false,
            waiting: Vec::new(),
            last: None,
            clock: Time::now,
        }
    }

    /// Takes journals that were opened.
    pub fn open(&mut self, opened: Opened) {
        self.last = opened.state.last(&self.annotator);
        (self.state, self.access, self.kept) = (opened.state, opened.access, opened.queue);
    }

    /// Takes word of what was saved.
    pub fn take(&mut self, saved: Saved) {
        self.saving -= usize::from(saved.is_answer).min(self.saving);
        self.unsaved = (saved.unsaved, saved.trouble);
        self.access = saved.access;
        for event in saved.adopted {
            self.last = self.last.max(Some(event.id));
            self.state.apply(&event);
            self.is_news = true;
        }
    }

    /// Takes word of where the judged responses are.
    pub fn attach(&mut self, mut attached: Attached, corpus: &Corpus) {
        self.state.rename(&attached.renamed);
        if let Some(mut queue) = self.queue.take() {
            queue.look_again(|row| self.status(corpus, row));
            self.queue = Some(queue);
        }
        attached.merge(&self.attached);
        self.tags = attached.tags(&self.state);
        self.attached = attached;
        self.is_news = true;
    }

    /// What everybody says, by row.
    pub fn tags(&self) -> &Tags {
        &self.tags
    }

    /// Somebody has said something, or a queue was begun.
    pub fn is_in_use(&self) -> bool {
        !self.state.is_empty() || self.queue.is_some()
    }

    /// How far the annotator is with a response.
    pub fn status(&self, corpus: &Corpus, row: u32) -> Status {
        self.marks(corpus, row).status
    }

    /// What the annotator says of a response.
    pub fn marks(&self, corpus: &Corpus, row: u32) -> Marks<'_> {
        self.state.marks(&self.annotator, &target_of(corpus, row))
    }

    /// What each annotator says of a response, the one at this desk first; only that one where others are hidden.
    pub fn said(&self, corpus: &Corpus, row: u32) -> Vec<(&str, Marks<'_>)> {
        let target = target_of(corpus, row);
        let others = self
            .state
            .annotators()
            .filter(|name| *name != self.annotator && !self.is_blind);
        let all = std::iter::once(self.annotator.as_str()).chain(others);
        let all = all.map(|name| (name, self.state.marks(name, &target)));
        all.filter(|(_, marks)| *marks != Marks::default())
            .collect()
    }

    /// The row of a target: where it was found, or where it is by name while that is still looked for.
    pub fn row(&self, corpus: &Corpus, target: &Target) -> Option<u32> {
        let found = self.attached.find(target).map(|(row, _)| row);
        found.or_else(|| row_of(corpus, target))
    }

    /// Decides something about a response that says this. The event is to be saved.
    pub fn decide(
        &mut self,
        corpus: &Corpus,
        row: u32,
        content: Hash,
        decision: Decision<'static>,
    ) -> Box<Event<'static>> {
        let target = target_of(corpus, row).to_owned();
        self.attached.add(&target, row, content);
        let act = Act::Decide {
            target,
            content,
            taxonomy: self.taxonomy.version().to_owned().into(),
            decision,
        };
        self.say(act, corpus)
    }

    /// Takes back the last decision that holds; what it was.
    pub fn undo(&mut self, corpus: &Corpus) -> Option<(Box<Event<'static>>, Told)> {
        let id = self.state.undo(&self.annotator)?;
        let told = self.told(id)?;
        Some((self.say(Act::Undo(id), corpus), told))
    }

    /// Brings back what was taken back last; what it was.
    pub fn redo(&mut self, corpus: &Corpus) -> Option<(Box<Event<'static>>, Told)> {
        let id = self.state.redo(&self.annotator)?;
        let told = self.told(id)?;
        Some((self.say(Act::Redo(id), corpus), told))
    }

    fn told(&self, id: Id) -> Option<Told> {
        let mut recent = self.state.recent(&self.annotator);
        let recent = recent.find(|recent| recent.id == id)?;
        Some(Told {
            what: self.words(&recent),
            target: recent.target.to_owned(),
        })
    }

    fn say(&mut self, act: Act<'static>, corpus: &Corpus) -> Box<Event<'static>> {
        let time = (self.clock)();
        let id = Id::next(time, self.last);
        self.last = Some(id);
        let event = Event {
            id,
            time,
            annotator: self.annotator.clone().into(),
            act,
        };
        self.state.apply(&event);
        self.saving += 1;
        if let Some(target) = self.target_of(&event) {
            self.look_again(&target, corpus);
        }
        Box::new(event)
    }

    /// The response that an event is about.
    fn target_of(&self, event: &Event<'static>) -> Option<Target<'static>> {
        match &event.act {
            Act::Decide { target, .. } => Some(target.clone()),
            Act::Undo(of) | Act::Redo(of) => self.told(*of).map(|told| told.target),
            Act::Unknown => None,
        }
    }

    /// What is said of a response has changed.
    fn look_again(&mut self, target: &Target, corpus: &Corpus) {
        if let Some((row, content)) = self.attached.find(target) {
            self.tags.set(row, said(&self.state, target, content));
            self.is_news = true;
        }
        let Some(row) = self.row(corpus, target) else {
            return;
        };
        let status = self.status(corpus, row);
        if let Some(queue) = &mut self.queue {
            queue.set(row, status);
        }
    }

    /// A decision in a few words.
    pub fn words(&self, recent: &Recent) -> String {
        let name = |code: &str| match self.taxonomy.code(code) {
            Some(code) => code.name.clone(),
            None => code.to_owned(),
        };
        match recent.decision {
            Decision::Tag { mark, .. } => self.mark(mark),
            Decision::Untag(mark) => format!("no longer {}", self.mark(mark)),
            Decision::Note { text, .. } if text.is_empty() => "no longer a note".into(),
            Decision::Note { text, .. } => format!("note: {text}"),
            Decision::Flag(true) => "flag".into(),
            Decision::Flag(false) => "no longer a flag".into(),
            Decision::Done => "nothing to tag".into(),
            Decision::Defer => "put off".into(),
            Decision::Skip => "left out".into(),
            Decision::Adjudicate(marks) if marks.is_empty() => "settled: no tag".into(),
            Decision::Adjudicate(marks) => {
                let names: Vec<String> = marks.iter().map(|mark| name(&mark.code)).collect();
                format!("settled: {}", names.join(", "))
            }
        }
    }

    /// A tag in a few words.
    pub fn mark(&self, mark: &Mark) -> String {
        let code = self.taxonomy.code(&mark.code);
        let name = code.map_or(mark.code.as_ref(), |code| code.name.as_str());
        match &mark.place {
            Place::Response => name.to_owned(),
            Place::Entity(entity) => format!("{name} ({entity})"),
            Place::Range(span) => format!("{name} «{}»", span.head),
        }
    }
}

/// A decision that was taken back or brought back.
pub struct Told {
    /// What it was, in a few words.
    pub what: String,
    /// About which response.
    pub target: Target<'static>,
}
