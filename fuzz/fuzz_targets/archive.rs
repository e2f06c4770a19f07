//! An Inspect archive: nothing panics, and a sample is the same whenever it is decoded.
//!
//! An input that begins with a line `== name` is made into an archive, with a member from each such line on, since no
//! change to packed bytes gets past their checksums. Anything else is the archive itself.
#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use scriptlens::ingest::inspect::Eval;
use zip::write::{SimpleFileOptions, ZipWriter};

mod parts;

fuzz_target!(|data: &[u8]| {
    let archive = parts::parts(data).map(|parts| packed(&parts));
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(archive.as_deref().unwrap_or(data))
        .expect("room");
    let Ok(eval) = Eval::open(file.path()) else {
        return;
    };
    for at in 0..eval.len() {
        assert!(!eval.place(at).is_empty());
        assert_eq!(
            format!("{:?}", eval.record(at)),
            format!("{:?}", eval.record(at))
        );
    }
    assert!(eval.record(eval.len()).is_err());
});

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, body) in parts {
        // No archive has two members of one name.
        if zip.start_file(*name, stored).is_ok() {
            zip.write_all(body).expect("room");
        }
    }
    zip.finish().expect("an archive").into_inner()
}
