//! A file of any kind, or a folder of files: nothing panics, and every record is read again as it was parsed.
//!
//! An input that begins with a line `== name` is a folder, with a file from each such line on. Anything else is one file.
#![no_main]

use std::collections::HashSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Component, Path};
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use scriptlens::ingest::{Input, Place, Said, open};

mod parts;

fuzz_target!(|data: &[u8]| {
    let parts = parts::parts(data).unwrap_or_else(|| vec![("run.jsonl", data)]);
    if parts.len() > 8
        || parts
            .iter()
            .any(|(name, body)| !is_name(name) || is_table(body))
    {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    // Some formats look for companions in the folder above, which must be ours too.
    let root = folder.path().join("above/root");
    let mut inputs = Vec::new();
    for (name, body) in parts {
        let path = root.join(name);
        let made = fs::create_dir_all(path.parent().expect("a parent"));
        // A name may be both a file and a folder.
        if made.and_then(|()| fs::write(&path, body)).is_ok() {
            let root = root.clone();
            inputs.push(Input {
                path,
                root,
                named: true,
            });
        }
    }
    inputs.iter().for_each(check);
});

/// A relative path of plain names.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() < 200
        && !name.contains('\0')
        && Path::new(name)
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
}

/// Parquet and Arrow IPC are left out: polars panics over some damaged files. The library catches that, but here the hook
/// for panics ends the process before anything can be caught.
fn is_table(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let body = body.trim_ascii_start();
    body.starts_with(b"PAR1") || body.starts_with(b"ARROW1")
}

fn check(input: &Input) {
    let Ok(Some(opened)) = open(input, &Arc::new(Said::default())) else {
        return;
    };
    let mut places = HashSet::new();
    opened.source.blocks(&mut |block| {
        opened.source.parse(&block, &mut |item| {
            let Ok(item) = item else { return };
            let place = item.place;
            assert_eq!(Place::unpacked(place.packed(), place.len), place);
            assert!(places.insert(place), "two records at {place:?}");
            let again = opened.source.read(place);
            // What is not a number does not equal itself.
            assert!(
                again.as_ref() == Ok(&item.record)
                    || format!("{again:?}") == format!("{:?}", Ok::<_, String>(&item.record)),
                "{place:?} of {opened:?}\nparsed {:#?}\nread   {again:#?}",
                item.record
            );
        });
        ControlFlow::Continue(())
    });
}
