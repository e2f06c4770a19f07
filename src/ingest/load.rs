//! The engine: files to blocks on one thread, blocks to records on all the others, results back in order.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{Block, Input, Item, Opened, Prepared, Problem, Settings, open};

/// What comes out of [`load`], in the order of the files.
pub enum Loaded<T> {
    /// A file was opened; its number counts from 0 in order of these messages.
    File(Arc<Opened>),
    /// A block was read.
    Block {
        /// Number of the file.
        file: usize,
        /// What was made of its records.
        made: T,
        /// How far into the file this block reaches, in the unit of its `Source::size`.
        end: u64,
    },
    /// Something could not be read.
    Problem(Problem),
}

struct Job<T> {
    turn: u64,
    task: Task<T>,
}

enum Task<T> {
    Done(Loaded<T>),
    Parse(usize, Arc<Opened>, Block),
}

/// Reads every file. `make` turns the records of a block into whatever the caller keeps, on a worker thread; `sink`
/// receives the results on the calling thread, in order, until it breaks off. Memory is bounded by a few blocks.
pub fn load<T: Send>(
    inputs: &[Input],
    settings: &Settings,
    make: impl Fn(&mut dyn Iterator<Item = Result<Item, Problem>>) -> T + Sync,
    mut sink: impl FnMut(Loaded<T>) -> ControlFlow<()>,
) {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let (give, take) = bounded::<Job<T>>(workers);
    let (done, finished) = bounded::<(u64, Loaded<T>)>(workers);
    let stopped = AtomicBool::new(false);
    let prepared = Prepared::new(inputs, settings);
    std::thread::scope(|scope| {
        scope.spawn(|| feed(&prepared, give, &stopped));
        for _ in 0..workers {
            let (take, done) = (take.clone(), done.clone());
            let make = &make;
            scope.spawn(move || work(&take, &done, make));
        }
        drop((take, done));
        let mut waiting = BTreeMap::new();
        let mut turn = 0;
        for (number, result) in &finished {
            waiting.insert(number, result);
            while let Some(result) = waiting.remove(&turn) {
                turn += 1;
                if sink(result).is_break() {
                    stopped.store(true, Ordering::Relaxed);
                    // Workers must be able to finish what they hold, or the scope would never end.
                    finished.iter().for_each(drop);
                    return;
                }
            }
        }
    });
    if !stopped.load(Ordering::Relaxed) {
        for remark in prepared.unused() {
            let _ = sink(Loaded::Problem(remark));
        }
    }
}

fn feed<T>(prepared: &Prepared, give: Sender<Job<T>>, stopped: &AtomicBool) {
    let mut turn = 0;
    let mut send = |task| {
        let sent = !stopped.load(Ordering::Relaxed) && give.send(Job { turn, task }).is_ok();
        turn += 1;
        if sent {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    };
    let mut files = 0;
    for problem in &prepared.problems {
        if send(Task::Done(Loaded::Problem(problem.clone()))).is_break() {
            return;
        }
    }
    let mut companions = Vec::new();
    for (input, said) in prepared.files() {
        let flow = match open(input, said) {
            Err(problem) => send(Task::Done(Loaded::Problem(problem))),
            Ok(None) => {
                companions.push(input);
                ControlFlow::Continue(())
            }
            Ok(Some(opened)) => {
                let opened = Arc::new(opened);
                let mut flow = send(Task::Done(Loaded::File(opened.clone())));
                let cut = opened.source.blocks(&mut |block| {
                    flow = send(Task::Parse(files, opened.clone(), block));
                    flow
                });
                files += 1;
                for problem in cut {
                    flow = send(Task::Done(Loaded::Problem(problem)));
                }
                flow
            }
        };
        if flow.is_break() {
            return;
        }
    }
    if files > 0 {
        return;
    }
    for input in companions {
        let reason =
            "it serves another file beside it, which reads it: open that one, or the folder";
        let problem = Task::Done(Loaded::Problem(Problem::file(&input.path, reason)));
        if send(problem).is_break() {
            return;
        }
    }
}

fn work<T>(
    take: &Receiver<Job<T>>,
    done: &Sender<(u64, Loaded<T>)>,
    make: &impl Fn(&mut dyn Iterator<Item = Result<Item, Problem>>) -> T,
) {
    for Job { turn, task } in take {
        let result = match task {
            Task::Done(result) => result,
            Task::Parse(file, opened, block) => {
                let mut items = Vec::new();
                opened.source.parse(&block, &mut |item| items.push(item));
                Loaded::Block {
                    file,
                    made: make(&mut items.into_iter()),
                    end: block.end(),
                }
            }
        };
        if done.send((turn, result)).is_err() {
            return;
        }
    }
}
