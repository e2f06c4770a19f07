//! Measures the journal: from a tag to its being saved, with many tags already there, and opening a long journal.
//!
//! `cargo run --release --example annotation_speed [-- DIR]`; the disk that is measured is that of DIR.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use scriptlens::annotation::{
    Act, Decision, Event, Id, Journal, JournalError, Mark, Part, Place, Span, State, Target, Time,
    content_hash,
};

const CODES: [&str; 5] = ["vowel", "consonant", "wrong-entity", "lost", "omitted"];

fn main() -> Result<(), JournalError> {
    let dir = std::env::args_os()
        .nth(1)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = dir.join(format!("annotation-speed-{}", std::process::id()));
    saving(&dir.join("saving"), 100_000, 2_000)?;
    opening(&dir.join("opening"), 1_000_000)?;
    let _ = fs::remove_dir_all(&dir);
    Ok(())
}

fn saving(dir: &std::path::Path, tags: u32, times: u32) -> Result<(), JournalError> {
    write(dir, tags);
    let mut state = State::default();
    let mut journal = Journal::open(dir, "ann", &mut state)?.journal;
    let mut took = Vec::new();
    for number in 0..times {
        let start = Instant::now();
        let event = journal.event(decide(number, "run"));
        state.apply(&event);
        journal.append(&event)?;
        took.push(start.elapsed());
    }
    took.sort();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    println!(
        "tag to saved, {tags} tags in the journal, {times} times: median {:.2?}, 90 % {:.2?}, 99 % {:.2?}, longest {:.2?}",
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
    let start = Instant::now();
    for number in 0..times {
        let marks = state.marks("ann", &target(number, "run"));
        assert!(!marks.tags.is_empty());
    }
    println!("what holds of a response: {:.2?}", start.elapsed() / times);
    Ok(())
}

fn opening(dir: &std::path::Path, events: u32) -> Result<(), JournalError> {
    let bytes = write(dir, events);
    let (mut took, mut busy) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let (start, before) = (Instant::now(), cpu());
        let mut state = State::default();
        let opened = Journal::open(dir, "ann", &mut state)?;
        took.push(start.elapsed());
        busy.push(cpu() - before);
        assert_eq!((state.len(), opened.problems.len()), (events as usize, 0));
    }
    took.sort();
    busy.sort();
    let rate = bytes as f64 / took[2].as_secs_f64() / 1e6;
    println!(
        "opening {events} events, {} MB: median {:.2?} of {took:.2?} ({rate:.0} MB/s), {} ms of processor time, {} MB in memory at most",
        bytes / 1_000_000,
        took[2],
        busy[2],
        peak() / 1_000
    );
    Ok(())
}

fn target(number: u32, run: &str) -> Target<'static> {
    let question = format!("ecl-{:05}", number / 4);
    let locale = ["hi-Deva", "he-Hebr", "ru-Cyrl", "ja-Jpan"][number as usize % 4];
    Target(run.to_owned().into(), question.into(), locale.into(), 1)
}

fn decide(number: u32, run: &str) -> Act<'static> {
    let text = "It may be the inscription called Sarvadarma, or perhaps another that I forgot.";
    let place = match number % 4 {
        0 => Span::new(Part::Trace, text, 33..43)
            .map_or(Place::Response, |span| Place::Range(Box::new(span))),
        _ => Place::Response,
    };
    Act::Decide {
        target: target(number, run),
        content: content_hash("q", text, &number.to_string()),
        taxonomy: "names-and-reasoning@0123456789ab".into(),
        decision: Decision::Tag {
            mark: Mark {
                code: CODES[number as usize % 5].into(),
                place,
            },
            suggested: number.is_multiple_of(3),
        },
    }
}

/// Writes a journal without saving each event; how many bytes it has.
fn write(dir: &std::path::Path, events: u32) -> usize {
    let mut bytes = Vec::new();
    let mut last = None;
    for number in 0..events {
        let time = Time(1_760_000_000_000 + u64::from(number) * 700);
        let id = Id::next(time, last);
        last = Some(id);
        let act = decide(number, "qwen3-32b baseline");
        let annotator = "ann".into();
        bytes.extend(
            Event {
                id,
                time,
                annotator,
                act,
            }
            .line(),
        );
    }
    let path = dir.join("ann.jsonl");
    let written = fs::create_dir_all(dir)
        .and_then(|()| fs::File::create(path))
        .and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all()));
    assert!(written.is_ok(), "{written:?}");
    bytes.len()
}

/// Processor time of this process, in ms; 0 where the system does not say.
fn cpu() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.split_whitespace().skip(13).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum::<u64>()
        * 10
}

/// Most memory this process ever had, in kB; 0 where the system does not say.
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}
