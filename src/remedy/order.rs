//! Things looked at on all cores and given back in their order, a few at a time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crossbeam_channel::bounded;

use crate::entity::Caches;

/// Things that a thread takes at a time.
const BATCH: usize = 8;

/// Gives what is made of each thing to `take`, in the order of the things. What is made and not yet taken is bounded: the
/// threads wait. Each keeps its caches to the end.
///
/// # Errors
/// The first that `take` gives; nothing more is made then.
pub(super) fn in_order<T: Sync, M: Send, E>(
    things: &[T],
    make: impl Fn(&T, &mut Caches<'static>) -> M + Sync,
    mut take: impl FnMut(M) -> Result<(), E>,
) -> Result<(), E> {
    let batches: Vec<&[T]> = things.chunks(BATCH).collect();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let (send, receive) = bounded(2 * threads);
    thread::scope(|scope| {
        for _ in 0..threads {
            let (send, batches, next, make) = (send.clone(), &batches, &next, &make);
            scope.spawn(move || {
                let mut caches = Caches::new();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(batch) = batches.get(at) else { break };
                    let made: Vec<M> = batch.iter().map(|thing| make(thing, &mut caches)).collect();
                    if send.send((at, made)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        let (mut waiting, mut due) = (BTreeMap::new(), 0);
        // Taken by value: where it ends early, nobody receives any more, and the threads end.
        for (at, made) in receive {
            waiting.insert(at, made);
            while let Some(made) = waiting.remove(&due) {
                due += 1;
                made.into_iter().try_for_each(&mut take)?;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_comes_in_order_and_may_break_off() {
        let things: Vec<u32> = (0..1000).collect();
        let mut seen = Vec::new();
        let all: Result<(), ()> = in_order(
            &things,
            |thing, _| thing * 2,
            |made| {
                seen.push(made);
                Ok(())
            },
        );
        assert!(all.is_ok() && seen == things.iter().map(|thing| thing * 2).collect::<Vec<_>>());
        let broken = in_order(
            &things,
            |thing, _| *thing,
            |made| if made < 100 { Ok(()) } else { Err(made) },
        );
        assert_eq!(broken, Err(100));
    }
}
