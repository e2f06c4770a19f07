//! The threads that do the waiting: loading, evaluating filters, reading and grading responses, looking for names. They answer with events.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, bounded, unbounded};

use super::again;
use super::app::{App, Effect, Event};
use super::desk::{Kept, Opened, Saved};
use super::flips::Found;
use super::matrix::{Counted, Traces};
use crate::annotation::agree::Study;
use crate::annotation::{
    self, Access, Attached, Folder, Journal, Judged, Report, State, Taxonomy, prepare,
};
use crate::compare::{Compared, Response};
use crate::corpus::view::{Viewer, rows_of};
use crate::corpus::{Corpus, Options};
use crate::entity::Caches;

/// What a thread remembers from one effect to the next.
#[derive(Default)]
pub struct Memory {
    viewer: Viewer,
    caches: Caches<'static>,
    journal: Option<Journal>,
    traces: Traces,
}

/// Does the work of an effect. What comes of it goes to `send`, which breaks off when nobody waits for more. Effects
/// that are the driver's own do nothing here.
pub fn carry_out(
    effect: Effect,
    memory: &mut Memory,
    send: &(dyn Fn(Event) -> ControlFlow<()> + Sync),
) {
    match effect {
        Effect::View {
            generation,
            corpus,
            filter,
            sort,
        } => memory.viewer.view(&corpus, &filter, sort, &mut |view| {
            send(Event::Viewed(generation, Box::new(view)))
        }),
        Effect::Fetch(corpus, rows) => {
            let read = |row: u32| (row, corpus.read(row).map(Arc::new));
            let _ = send(Event::Fetched(rows.into_iter().map(read).collect()));
        }
        Effect::Grade {
            generation,
            corpus,
            grader,
        } => {
            let tell = |done| send(Event::Grading(generation, done));
            if let Some(corpus) = corpus.graded(grader, &tell) {
                let _ = send(Event::Graded(generation, corpus));
            }
        }
        Effect::Audit { generation, corpus } => {
            let tell = |done| send(Event::Auditing(generation, done));
            if let Some(audit) = corpus.audit(&tell) {
                let _ = send(Event::Audited(generation, Arc::new(audit)));
            }
        }
        Effect::Find(corpus, row, record) => {
            let names = corpus.names(&record, &mut memory.caches);
            let _ = send(Event::Found(row, Arc::new(names)));
        }
        Effect::Compare(rows, responses) => {
            let responses: Vec<Response> = responses
                .iter()
                .map(|(record, names)| Response { record, names })
                .collect();
            let compared = Compared::of(&responses);
            let _ = send(Event::Compared(rows, Arc::new(compared)));
        }
        Effect::Pair { corpus, a, b, mask } => {
            let found = Found::of(&corpus, a, b, &mask);
            let _ = send(Event::Paired(a, b, Arc::new(found)));
        }
        Effect::Count {
            generation,
            sample,
            ask,
        } => {
            let tell = |done| send(Event::Counting(generation, done));
            if let Some(found) = Counted::of(&sample, ask, &mut memory.traces, &tell) {
                let _ = send(Event::Counted(generation, found.map(Box::new)));
            }
        }
        Effect::Analyse {
            generation,
            sample,
            asked,
        } => {
            let tell = |done| send(Event::Analysing(generation, done));
            if let Some(told) = asked.of(&sample, &tell) {
                let _ = send(Event::Analysed(generation, told.map(Box::new)));
            }
        }
        Effect::Preview(corpus, row, condition) => {
            let preview = again::preview(&corpus, row, condition);
            let _ = send(Event::Previewed(row, condition, preview));
        }
        Effect::Write(generation, order) => {
            let tell = |done| send(Event::Writing(generation, done));
            if let Some(told) = order.carry_out(&tell) {
                let _ = send(Event::Written(generation, told));
            }
        }
        Effect::Open(dir, annotator) => {
            let opened = open(&dir, &annotator, &mut memory.journal);
            let _ = send(Event::Opened(Box::new(opened)));
        }
        Effect::Save(event) => {
            if let Some(journal) = &mut memory.journal
                && (event.is_some() || is_due(journal))
            {
                let _ = send(Event::Saved(save(journal, event.as_deref())));
            }
        }
        Effect::Attach(corpus, judged) => {
            let go_on = |_| ControlFlow::Continue(());
            if let Some(attached) = Attached::of(&corpus, &judged, &go_on) {
                let _ = send(Event::Attached(Box::new(attached)));
            }
        }
        Effect::Label {
            generation,
            corpus,
            tags,
        } => {
            let _ = send(Event::Labelled(generation, corpus.with_tags(&tags)));
        }
        Effect::Queue {
            corpus,
            mask,
            filter,
            order,
        } => {
            let mut rows: Vec<u32> = rows_of(&mask).collect();
            order.sort(&corpus, &mut rows);
            let kept = Kept::of(&corpus, filter, order, &rows);
            let _ = send(Event::Queued(kept, rows));
        }
        Effect::Agree(corpus, folder, taxonomy, wide) => {
            let go_on = |_| ControlFlow::Continue(());
            if let Some(judged) = Judged::load(&corpus, &folder, &go_on) {
                let lines = agreement(&judged, &corpus, &taxonomy, wide);
                let _ = send(Event::Agreed(Arc::new(lines)));
            }
        }
        Effect::Keep(kept) => {
            if let Some(journal) = &memory.journal {
                // A queue that cannot be kept is a queue all the same, and can be begun again.
                let _ = kept.write(journal.path());
            }
        }
        Effect::Close(reply) => {
            // Nobody waits any more where this is not wanted.
            let _ = reply.send(memory.journal.take().and_then(rest));
        }
        Effect::StopView(_)
        | Effect::StopGrade(_)
        | Effect::StopAudit(_)
        | Effect::StopCount(_)
        | Effect::StopAnalyse(_)
        | Effect::StopWrite(_)
        | Effect::StopLoading
        | Effect::Redraw
        | Effect::Copy(_)
        | Effect::Quit => {}
    }
}

/// Opens the journals of a folder, that of an annotator for writing.
fn open(dir: &Path, annotator: &str, journal: &mut Option<Journal>) -> Opened {
    let mut state = State::default();
    let mut problems = Vec::new();
    let mut access = Access::New;
    match Journal::open(dir, annotator, &mut state) {
        Ok(opened) => {
            problems.extend(opened.problems.iter().map(ToString::to_string));
            access = opened.journal.access().clone();
            *journal = Some(opened.journal);
        }
        Err(error) => problems.push(error.to_string()),
    }
    let own = journal.as_ref().map(Journal::path);
    let state = match Folder::read_beside(dir, own, state) {
        Ok(folder) => {
            problems.extend(folder.problems.iter().map(ToString::to_string));
            folder.state
        }
        Err(error) => {
            problems.push(format!("{}: {error}", dir.display()));
            State::default()
        }
    };
    Opened {
        queue: own.and_then(Kept::read).map(Arc::new),
        state,
        access,
        problems,
    }
}

/// Something is not saved, or could not be because another held the journal.
fn is_due(journal: &Journal) -> bool {
    journal.unsaved() > 0 || matches!(journal.access(), Access::Theirs(_))
}

/// Adds an event to a journal, and has all that is not saved yet on the disk.
fn save(journal: &mut Journal, event: Option<&annotation::Event>) -> Saved {
    let is_first = *journal.access() == Access::New;
    let done = match event {
        Some(event) => journal.append(event),
        None => journal.save(),
    };
    if let (true, Ok(_), Some(folder)) = (is_first, &done, journal.path().parent()) {
        // A folder without them is one all the same.
        let _ = prepare(folder);
    }
    Saved {
        is_answer: event.is_some(),
        trouble: done.err().map(|error| error.to_string()),
        access: journal.access().clone(),
        unsaved: journal.unsaved(),
        adopted: journal.adopted(),
    }
}

/// How far annotators agree, line by line.
fn agreement(judged: &Judged, corpus: &Corpus, taxonomy: &Taxonomy, wide: usize) -> Vec<String> {
    let annotators: Vec<&str> = judged.state.annotators().collect();
    let study = Study::of(&judged.state, &annotators);
    let report = Report::of(&study, &judged.state, Some(0), judged.clusters(corpus));
    let mut lines = report.sentences();
    for table in report.tables(taxonomy) {
        lines.push(String::new());
        lines.extend(table.text(wide).lines().map(str::to_owned));
    }
    lines
}

/// Decisions that could not be saved.
#[derive(Debug)]
pub struct Rest {
    /// How many.
    pub count: usize,
    /// Why.
    pub why: String,
    /// The file they belong into.
    pub journal: PathBuf,
    /// Their lines.
    pub lines: Vec<u8>,
}

/// What is left of a journal after one more try.
fn rest(mut journal: Journal) -> Option<Rest> {
    if journal.unsaved() == 0 {
        // Who only reads leaves nothing behind, not even an empty journal.
        return None;
    }
    let why = journal.save().err()?.to_string();
    Some(Rest {
        count: journal.unsaved(),
        why,
        journal: journal.path().to_owned(),
        lines: journal.pending().to_vec(),
    })
}

/// Has an event and all that follows from it happen on this thread, without a terminal; false if the program would end.
/// For tests and measurements.
pub fn settle(app: &mut App, memory: &mut Memory, event: Event) -> bool {
    let mut stays = true;
    let mut effects = app.update(event);
    effects.extend(app.prepare());
    while let Some(effect) = effects.pop() {
        stays &= !matches!(effect, Effect::Quit);
        let (send, events) = unbounded();
        carry_out(effect, memory, &|event| match send.send(event) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        });
        for event in events.try_iter() {
            effects.extend(app.update(event));
            effects.extend(app.prepare());
        }
    }
    stays
}

/// A thread that carries out effects one after the other, and the number of the only request still waited for.
struct Worker {
    jobs: Sender<Effect>,
    newest: Arc<AtomicU64>,
}

impl Worker {
    fn start(events: &Sender<Event>) -> Worker {
        Worker::with(events, None)
    }

    /// One that carries out an effect of its own whenever nothing has come for so long.
    fn with(events: &Sender<Event>, idle: Option<(Duration, Effect)>) -> Worker {
        let (jobs, waiting) = unbounded::<Effect>();
        let newest = Arc::new(AtomicU64::new(0));
        let (events, current) = (events.clone(), newest.clone());
        thread::spawn(move || {
            let mut memory = Memory::default();
            loop {
                let job = match &idle {
                    None => waiting.recv().ok(),
                    Some((pause, effect)) => match waiting.recv_timeout(*pause) {
                        Err(RecvTimeoutError::Timeout) => Some(effect.clone()),
                        job => job.ok(),
                    },
                };
                let Some(job) = job else { return };
                let of = job.generation();
                let wanted = || of.is_none_or(|of| current.load(Ordering::Relaxed) == of);
                if !wanted() {
                    continue;
                }
                carry_out(job, &mut memory, &|event| {
                    if wanted() && events.send(event).is_ok() {
                        ControlFlow::Continue(())
                    } else {
                        ControlFlow::Break(())
                    }
                });
            }
        });
        Worker { jobs, newest }
    }

    fn take(&self, effect: Effect) {
        if let Some(generation) = effect.generation() {
            self.stop(generation);
        }
        // A thread that is gone has panicked, and the panic hook has ended the program.
        let _ = self.jobs.send(effect);
    }

    /// Nobody waits for requests before this one.
    fn stop(&self, generation: u64) {
        self.newest.store(generation, Ordering::Relaxed);
    }
}

/// What could not be saved is tried again so often.
const RETRY: Duration = Duration::from_secs(3);
/// So long is waited for the disk when leaving.
const PATIENCE: Duration = Duration::from_secs(10);

/// Handles to the threads.
pub struct Workers {
    views: Worker,
    fetches: Worker,
    grades: Worker,
    audits: Worker,
    counts: Worker,
    analyses: Worker,
    writes: Worker,
    journals: Worker,
    stop_loading: Arc<AtomicBool>,
}

impl Workers {
    /// Starts loading `paths` and waits for work. Events go to `events`.
    pub fn start(paths: Vec<String>, options: Options, events: &Sender<Event>) -> Workers {
        let stop_loading = options.stop.clone();
        let send = events.clone();
        thread::spawn(move || {
            Corpus::load(&paths, &options, |corpus| {
                let gone = send.send(Event::Loaded(corpus)).is_err();
                if gone {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            });
        });
        Workers {
            views: Worker::start(events),
            fetches: Worker::start(events),
            grades: Worker::start(events),
            audits: Worker::start(events),
            counts: Worker::start(events),
            analyses: Worker::start(events),
            writes: Worker::start(events),
            journals: Worker::with(events, Some((RETRY, Effect::Save(None)))),
            stop_loading,
        }
    }

    /// Has everything saved, and says what could not be.
    pub fn close(&self) -> Option<Rest> {
        let (reply, answer) = bounded(1);
        self.run(Effect::Close(reply));
        answer.recv_timeout(PATIENCE).ok().flatten()
    }

    /// Has an effect done; returns false for the one that ends the program.
    pub fn run(&self, effect: Effect) -> bool {
        match effect {
            Effect::View { .. } | Effect::Label { .. } => self.views.take(effect),
            Effect::Fetch(..) | Effect::Find(..) | Effect::Compare(..) | Effect::Pair { .. } => {
                self.fetches.take(effect)
            }
            Effect::Audit { .. } => self.audits.take(effect),
            Effect::Count { .. } => self.counts.take(effect),
            Effect::Analyse { .. } => self.analyses.take(effect),
            Effect::Write(..) => self.writes.take(effect),
            Effect::Attach(..) | Effect::Queue { .. } | Effect::Agree(..) | Effect::Preview(..) => {
                self.fetches.take(effect)
            }
            Effect::Open(..) | Effect::Save(_) | Effect::Keep(_) | Effect::Close(_) => {
                self.journals.take(effect)
            }
            Effect::Grade { .. } => self.grades.take(effect),
            Effect::StopView(generation) => self.views.stop(generation),
            Effect::StopGrade(generation) => self.grades.stop(generation),
            Effect::StopAudit(generation) => self.audits.stop(generation),
            Effect::StopCount(generation) => self.counts.stop(generation),
            Effect::StopAnalyse(generation) => self.analyses.stop(generation),
            Effect::StopWrite(generation) => self.writes.stop(generation),
            Effect::StopLoading => self.stop_loading.store(true, Ordering::Relaxed),
            // The driver's own.
            Effect::Redraw | Effect::Copy(_) => {}
            Effect::Quit => return false,
        }
        true
    }
}
