//! Journals in the hands of real processes: killed, without space, without permission, two at once.
//!
//! The other process is this program again, running the one test that is left out otherwise; what it is to do stands in
//! the environment.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use scriptlens::annotation::{
    Access, Act, Decision, Event, Id, Journal, JournalError, Mark, Opened, Place, State, Target,
};
use scriptlens::hash::Hash;

fn open(dir: &Path) -> (Opened, State) {
    let mut state = State::default();
    (Journal::open(dir, "ann", &mut state).unwrap(), state)
}

/// A tag, its line longer the greater the number.
fn tag(number: usize, length: usize) -> Act<'static> {
    Act::Decide {
        target: Target(
            "run".into(),
            format!("q{number}").into(),
            "hi-Deva".into(),
            1,
        ),
        content: Hash::of("content"),
        taxonomy: "names@1".into(),
        decision: Decision::Tag {
            mark: Mark {
                code: "vowel".into(),
                place: Place::Entity("é".repeat(length).into()),
            },
            suggested: false,
        },
    }
}

fn add(journal: &mut Journal, number: usize, length: usize) -> (Id, Result<(), JournalError>) {
    let event = journal.event(tag(number, length));
    (event.id, journal.append(&event).map(drop))
}

/// The ids that stand in a journal, and how often.
fn ids(dir: &Path) -> HashMap<Id, usize> {
    let text = fs::read_to_string(dir.join("ann.jsonl")).unwrap();
    let mut ids = HashMap::new();
    for line in text.lines() {
        *ids.entry(Event::parse(line).unwrap().id).or_default() += 1;
    }
    ids
}

/// What `child` is to do, and where.
fn order(what: &str, dir: &Path) -> Vec<(&'static str, String)> {
    vec![
        ("CHILD", what.to_owned()),
        ("DIR", dir.to_str().unwrap().to_owned()),
    ]
}

fn program() -> String {
    std::env::current_exe()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned()
}

const ARGUMENTS: [&str; 4] = ["child", "--exact", "--ignored", "--nocapture"];

fn spawn(what: &str, dir: &Path) -> Child {
    Command::new(program())
        .args(ARGUMENTS)
        .envs(order(what, dir))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Tells the parent something that it reads at once, also when the process dies next.
fn say(word: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("> {word}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// What was said in whole lines; the harness says other things too.
fn said(out: &str) -> Vec<String> {
    let whole = out.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let lines = whole.lines().filter_map(|line| line.split_once("> "));
    lines.map(|(_, word)| word.to_owned()).collect()
}

#[test]
#[ignore = "the other process of these tests"]
fn child() {
    let Ok(what) = std::env::var("CHILD") else {
        return;
    };
    let dir = PathBuf::from(std::env::var("DIR").unwrap());
    match what.as_str() {
        "write" => write_until_killed(&dir),
        "hold" => hold(&dir),
        "full" => fill(&dir),
        "barred" => write_where_it_is_barred(&dir),
        _ => unreachable!(),
    }
}

/// Adds tags as fast as it can, and says each id once it is saved.
fn write_until_killed(dir: &Path) {
    let (Opened { mut journal, .. }, state) = open(dir);
    say(format!("open {}", state.len()));
    for number in 0.. {
        let (id, saved) = add(&mut journal, number, number * 37 % 3000);
        saved.unwrap();
        say(id);
    }
}

#[test]
fn whenever_the_process_is_killed_every_saved_tag_is_there_once() {
    let dir = tempfile::tempdir().unwrap();
    let rounds = 200;
    let (mut saved, mut torn, mut unsaid) = (Vec::new(), 0, 0);
    for round in 0..rounds {
        let mut child = spawn("write", dir.path());
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        while !text.contains("open") {
            assert_ne!(out.read_line(&mut text).unwrap(), 0);
        }
        // Somewhere between no write and some hundreds.
        let wait = u128::from_str_radix(&Hash::of(&round.to_string()).to_string()[..4], 16)
            .unwrap()
            % 100_000;
        let start = Instant::now();
        while start.elapsed() < Duration::from_micros(wait as u64) {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        out.read_to_string(&mut text).unwrap();
        child.wait().unwrap();
        saved.extend(
            said(&text)
                .iter()
                .filter_map(|word| word.parse::<Id>().ok()),
        );
        if round % 20 == 19 || round < 20 {
            let (opened, state) = open(dir.path());
            assert_eq!(opened.journal.access(), &Access::Ours);
            torn += opened.problems.len();
            let there = ids(dir.path());
            assert!(there.values().all(|times| *times == 1));
            assert!(
                saved.iter().all(|id| there.contains_key(id)),
                "round {round}"
            );
            assert_eq!(there.len(), state.len());
            unsaid = there.len() - saved.len();
        }
    }
    assert!(saved.len() > rounds, "{}", saved.len());
    println!(
        "{rounds} rounds, {} tags saved, {unsaid} more written, {torn} torn",
        saved.len()
    );
}

/// Opens the journal, says whether it is its own, and stays until its input ends.
fn hold(dir: &Path) {
    let (Opened { mut journal, .. }, _) = open(dir);
    let (_, saved) = add(&mut journal, 1, 3);
    match saved {
        Ok(()) => say("saved"),
        Err(error) => say(error),
    }
    let _ = std::io::stdin().read(&mut [0]);
}

#[test]
fn the_second_process_reads_only_and_says_who_writes() {
    let dir = tempfile::tempdir().unwrap();
    let first = |line: &str| {
        let mut child = spawn("hold", dir.path());
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        while !text.contains(line) {
            assert_ne!(out.read_line(&mut text).unwrap(), 0, "{text}");
        }
        (child, out, text)
    };
    let (mut other, ..) = first("> saved");
    let (Opened { mut journal, .. }, state) = open(dir.path());
    let Access::Theirs(Some(holder)) = journal.access().clone() else {
        unreachable!()
    };
    assert_eq!((holder.pid, state.len()), (other.id(), 1));
    let (id, saved) = add(&mut journal, 2, 3);
    assert!(saved.unwrap_err().to_string().contains(&holder.to_string()));
    assert_eq!((ids(dir.path()).len(), journal.unsaved()), (1, 1));
    // Killed, it leaves its lock file behind, and no lock.
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(dir.path().join("ann.jsonl.lock").exists());
    journal.save().unwrap();
    assert!(ids(dir.path()).contains_key(&id));
    let (mut third, _out, text) = first("another explorer");
    assert!(text.contains(&format!("process {}", std::process::id())));
    drop(third.stdin.take());
    assert!(third.wait().unwrap().success());
}

/// Adds tags until there is no more space, then makes space.
fn fill(dir: &Path) {
    let (Opened { mut journal, .. }, _) = open(dir);
    let mut ids = Vec::new();
    let error = loop {
        let (id, saved) = add(&mut journal, ids.len(), 1000);
        ids.push(id);
        match saved {
            Ok(()) => {}
            Err(error) => break error,
        }
        assert!(ids.len() < 1000, "it never became full");
    };
    say(&error);
    assert_eq!(journal.unsaved(), 1);
    // Tags go on, unsaved, and a reader sees no half line.
    for _ in 0..3 {
        let (id, saved) = add(&mut journal, ids.len(), 1000);
        ids.push(id);
        assert!(saved.is_err());
    }
    let before = crate::ids(dir);
    assert!(ids[..ids.len() - 4].iter().all(|id| before[id] == 1));
    let _ = fs::remove_file(dir.join("ballast"));
    let most = rustix::process::Rlimit {
        current: None,
        maximum: None,
    };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Fsize, most);
    journal.save().unwrap();
    assert_eq!(journal.unsaved(), 0);
    let after = crate::ids(dir);
    assert!(ids.iter().all(|id| after[id] == 1) && ids.len() == after.len());
    say("whole");
}

/// Runs a script in which `"$@"` is this program; tells what it said, or `None` where the system does not permit it.
fn script(what: &str, dir: &Path, namespace: bool, script: &str) -> Option<Vec<String>> {
    let mut shell = match namespace {
        true => {
            let mut unshare = Command::new("unshare");
            unshare.args(["--user", "--map-root-user", "--mount", "sh"]);
            unshare
        }
        false => Command::new("sh"),
    };
    let out = shell
        .args(["-c", script, "sh", &program()])
        .args(ARGUMENTS)
        .envs(order(what, dir))
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let told = said(&text);
    if told.is_empty() {
        return None;
    }
    assert!(
        out.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&out.stderr)
    );
    Some(told)
}

#[test]
fn on_a_full_disk_tags_wait_in_memory_and_are_all_written_later() {
    let dir = tempfile::tempdir().unwrap();
    let mount = r#"mount -t tmpfs -o size=128k tmpfs "$DIR" && head -c 65536 /dev/zero > "$DIR/ballast" && exec "$@""#;
    let told = script("full", dir.path(), true, mount);
    if let Some(told) = &told {
        assert!(told[0].contains("the disk is full"), "{told:?}");
        assert_eq!(told[1], "whole");
    }
    println!("on a small file system: {told:?}");
}

#[test]
fn at_the_limit_of_a_file_tags_wait_in_memory_and_are_all_written_later() {
    let dir = tempfile::tempdir().unwrap();
    let limit = r#"trap '' XFSZ; ulimit -S -f 64; exec "$@""#;
    let told = script("full", dir.path(), false, limit).unwrap();
    assert!(told[0].contains("may not grow"), "{told:?}");
    assert_eq!(told[1], "whole");
}

/// Tries to add a tag where that is not permitted, then permits it.
fn write_where_it_is_barred(dir: &Path) {
    let allow = |yes: bool| {
        let mode = if yes { "remount,rw" } else { "remount,ro" };
        let permissions = if yes { "u+w" } else { "u-w" };
        let mounted = Command::new("mount").args(["-o", mode]).arg(dir).output();
        let changed = Command::new("chmod").arg(permissions).arg(dir).output();
        mounted.unwrap().status.success() || changed.unwrap().status.success()
    };
    let (Opened { mut journal, .. }, _) = open(dir);
    let (first, saved) = add(&mut journal, 1, 3);
    saved.unwrap();
    drop(journal);
    assert!(allow(false));
    let (Opened { mut journal, .. }, state) = open(dir);
    assert_eq!(state.len(), 1);
    let Access::Barred(why) = journal.access().clone() else {
        unreachable!()
    };
    let (second, saved) = add(&mut journal, 2, 3);
    say(saved.unwrap_err());
    say(why);
    assert_eq!(journal.unsaved(), 1);
    assert!(allow(true));
    journal.save().unwrap();
    let there = ids(dir);
    assert!(there[&first] == 1 && there[&second] == 1 && there.len() == 2);
}

#[test]
fn in_a_read_only_folder_reading_works_and_tags_wait() {
    let dir = tempfile::tempdir().unwrap();
    let mount = r#"mount -t tmpfs -o size=1m tmpfs "$DIR" && exec "$@""#;
    let plain = r#"exec "$@""#;
    let is_root = rustix::process::getuid().is_root();
    let told = match is_root {
        // Permissions do not stop root; a file system does.
        true => script("barred", dir.path(), true, mount),
        false => script("barred", dir.path(), false, plain),
    };
    if let Some(told) = &told {
        assert!(
            told[0].contains("read-only") || told[0].contains("not permitted"),
            "{told:?}"
        );
        assert_eq!(told[0], told[1]);
    }
    println!("in a read-only folder: {told:?}");
}
