//! The threads that do the waiting: loading, evaluating filters, reading and grading responses, looking for names. They answer with events.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use crossbeam_channel::{Sender, unbounded};

use super::app::{App, Effect, Event};
use super::flips::Found;
use crate::compare::{Compared, Response};
use crate::corpus::view::Viewer;
use crate::corpus::{Corpus, Options};
use crate::entity::Caches;

/// What a thread remembers from one effect to the next.
#[derive(Default)]
pub struct Memory {
    viewer: Viewer,
    caches: Caches<'static>,
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
        Effect::StopView(_)
        | Effect::StopGrade(_)
        | Effect::StopAudit(_)
        | Effect::StopLoading
        | Effect::Redraw
        | Effect::Copy(_)
        | Effect::Quit => {}
    }
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
        let (jobs, waiting) = unbounded::<Effect>();
        let newest = Arc::new(AtomicU64::new(0));
        let (events, current) = (events.clone(), newest.clone());
        thread::spawn(move || {
            let mut memory = Memory::default();
            for job in waiting {
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

/// Handles to the threads.
pub struct Workers {
    views: Worker,
    fetches: Worker,
    grades: Worker,
    audits: Worker,
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
            stop_loading,
        }
    }

    /// Has an effect done; returns false for the one that ends the program.
    pub fn run(&self, effect: Effect) -> bool {
        match effect {
            Effect::View { .. } => self.views.take(effect),
            Effect::Fetch(..) | Effect::Find(..) | Effect::Compare(..) | Effect::Pair { .. } => {
                self.fetches.take(effect)
            }
            Effect::Audit { .. } => self.audits.take(effect),
            Effect::Grade { .. } => self.grades.take(effect),
            Effect::StopView(generation) => self.views.stop(generation),
            Effect::StopGrade(generation) => self.grades.stop(generation),
            Effect::StopAudit(generation) => self.audits.stop(generation),
            Effect::StopLoading => self.stop_loading.store(true, Ordering::Relaxed),
            // The driver's own.
            Effect::Redraw | Effect::Copy(_) => {}
            Effect::Quit => return false,
        }
        true
    }
}
