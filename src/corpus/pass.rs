//! One look at many responses, on as many threads as there are cores.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::Corpus;
use crate::record::Record;

/// Things that are looked at between two looks at whether anybody still waits.
const BATCH: usize = 256;

impl Corpus {
    /// What `find` makes of the texts of each of these rows, in their order; of a row whose file is gone, nothing. `go_on`
    /// hears how many are done, and may break off; then there is nothing at all.
    pub fn texts<T: Clone + Send>(
        &self,
        rows: &[u32],
        find: impl Fn(&Record) -> T + Sync,
        go_on: &(dyn Fn(usize) -> ControlFlow<()> + Sync),
    ) -> Option<Vec<Option<T>>> {
        let read = |(): &mut (), row| self.logged(row).ok().map(|record| find(&record));
        self.each(rows, || (), read, go_on)
    }

    /// What `find` makes of each of these rows or questions, in their order. Each thread has a `start` of its own, to remember things in.
    /// `go_on` hears how many rows are done, and may break off; then there is nothing.
    pub(crate) fn each<S, T: Clone + Default + Send>(
        &self,
        things: &[u32],
        start: impl Fn() -> S + Sync,
        find: impl Fn(&mut S, u32) -> T + Sync,
        go_on: &(dyn Fn(usize) -> ControlFlow<()> + Sync),
    ) -> Option<Vec<T>> {
        let (stopped, done) = (AtomicBool::new(false), AtomicUsize::new(0));
        let mut found = vec![T::default(); things.len()];
        let batches = Mutex::new(found.chunks_mut(BATCH).enumerate());
        let next = || {
            batches
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .next()
        };
        let work = || {
            let mut state = start();
            while let Some((batch, found)) = next()
                && !stopped.load(Ordering::Relaxed)
            {
                let things = &things[batch * BATCH..];
                for (thing, found) in things.iter().zip(found.iter_mut()) {
                    *found = find(&mut state, *thing);
                }
                let done = done.fetch_add(found.len(), Ordering::Relaxed) + found.len();
                if go_on(done).is_break() {
                    stopped.store(true, Ordering::Relaxed);
                }
            }
        };
        // Threads of their own and no pool, as in a search.
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(work);
            }
        });
        (!stopped.into_inner()).then_some(found)
    }
}
