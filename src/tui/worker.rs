//! The threads that do the waiting: loading, evaluating filters, reading responses. They answer with events.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use crossbeam_channel::{Sender, unbounded};

use super::app::{Effect, Event};
use crate::corpus::view::Viewer;
use crate::corpus::{Corpus, Options};

/// Handles to the threads.
pub struct Workers {
    views: Sender<Effect>,
    fetches: Sender<Effect>,
    generation: Arc<AtomicU64>,
    stop_loading: Arc<AtomicBool>,
}

impl Workers {
    /// Starts loading `paths` and waits for work. Events go to `events`.
    pub fn start(paths: Vec<String>, options: Options, events: &Sender<Event>) -> Workers {
        let (views, view_jobs) = unbounded::<Effect>();
        let (fetches, fetch_jobs) = unbounded::<Effect>();
        let generation = Arc::new(AtomicU64::new(0));
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

        let (send, newest) = (events.clone(), generation.clone());
        thread::spawn(move || {
            let mut viewer = Viewer::default();
            for job in &view_jobs {
                // Only the last request counts.
                let job = view_jobs.try_iter().last().unwrap_or(job);
                let Effect::View {
                    generation,
                    corpus,
                    filter,
                    sort,
                } = job
                else {
                    continue;
                };
                viewer.view(&corpus, &filter, sort, &mut |view| {
                    let current = newest.load(Ordering::Relaxed) == generation;
                    if current && send.send(Event::Viewed(generation, Box::new(view))).is_ok() {
                        ControlFlow::Continue(())
                    } else {
                        ControlFlow::Break(())
                    }
                });
            }
        });

        let send = events.clone();
        thread::spawn(move || {
            for job in &fetch_jobs {
                let Effect::Fetch(corpus, rows) = job else {
                    continue;
                };
                let read = |row: u32| (row, corpus.read(row).map(Arc::new));
                if send
                    .send(Event::Fetched(rows.into_iter().map(read).collect()))
                    .is_err()
                {
                    return;
                }
            }
        });
        Workers {
            views,
            fetches,
            generation,
            stop_loading,
        }
    }

    /// Has an effect done; returns false for the one that ends the program.
    pub fn run(&self, effect: Effect) -> bool {
        match &effect {
            Effect::View { generation, .. } => {
                self.generation.store(*generation, Ordering::Relaxed);
                // A thread that is gone has panicked, and the panic hook has ended the program.
                let _ = self.views.send(effect);
            }
            Effect::StopView(generation) => self.generation.store(*generation, Ordering::Relaxed),
            Effect::Fetch(..) => drop(self.fetches.send(effect)),
            Effect::StopLoading => self.stop_loading.store(true, Ordering::Relaxed),
            // The driver's own.
            Effect::Redraw => {}
            Effect::Quit => return false,
        }
        true
    }
}
