//! A file whose bytes can be read at any offset from any thread, however they were stored.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::walk::spool;

/// Random access to the plain bytes of a file: the file itself, or a spooled copy where it was compressed or a stream.
pub struct Bytes {
    file: File,
    len: u64,
    copy: bool,
}

impl Bytes {
    /// Opens a file, looking through gzip and zstd; `-` is standard input.
    ///
    /// # Errors
    /// The file cannot be read, or the compressed stream is damaged. The reason says which.
    pub fn open(path: &Path) -> Result<Bytes, String> {
        let file = if path == Path::new("-") {
            spool(io::stdin().lock())
                .map_err(|e| format!("standard input could not be kept: {e}"))?
        } else {
            let file = File::open(path).map_err(|e| e.to_string())?;
            // A pipe can be read only once.
            let regular = file.metadata().is_ok_and(|meta| meta.is_file());
            if regular {
                return Bytes::new(file)?.unpacked();
            }
            spool(file).map_err(|e| e.to_string())?
        };
        Ok(Bytes::new(file)?.unpacked()?.copied())
    }

    /// Looks through compression.
    fn unpacked(self) -> Result<Bytes, String> {
        let bytes = self;
        let magic = bytes.head(4)?;
        let plain = |result: io::Result<File>, what: &str| {
            result
                .map_err(|e| format!("the {what} stream is damaged or cut short: {e}"))
                .and_then(Bytes::new)
                .map(Bytes::copied)
        };
        match magic.as_slice() {
            [0x1f, 0x8b, ..] => plain(
                spool(flate2::read::MultiGzDecoder::new(bytes.reader())),
                "gzip",
            ),
            [0x28, 0xb5, 0x2f, 0xfd] => plain(
                zstd::stream::read::Decoder::new(bytes.reader()).and_then(spool),
                "zstd",
            ),
            _ => Ok(bytes),
        }
    }

    fn new(file: File) -> Result<Bytes, String> {
        let meta = file.metadata().map_err(|e| e.to_string())?;
        Ok(Bytes {
            len: meta.len(),
            file,
            copy: false,
        })
    }

    fn copied(self) -> Bytes {
        Bytes { copy: true, ..self }
    }

    /// The bytes are a spooled copy, so that the path does not lead to them.
    pub fn is_copy(&self) -> bool {
        self.copy
    }

    /// Length of the plain bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Reads exactly the range, or says that it is not there any more.
    ///
    /// # Errors
    /// The file was cut short or cannot be read.
    pub fn at(&self, at: u64, len: usize) -> Result<Vec<u8>, String> {
        // A length that was never true must not allocate: the file was replaced by a shorter one.
        if at.saturating_add(len as u64) > self.file.metadata().map_err(|e| e.to_string())?.len() {
            return Err("the file has changed since it was loaded: load it again".into());
        }
        let mut bytes = vec![0; len];
        read_exact_at(&self.file, &mut bytes, at).map_err(|e| e.to_string())?;
        Ok(bytes)
    }

    /// Up to `len` bytes from the start.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn head(&self, len: usize) -> Result<Vec<u8>, String> {
        let mut head = Vec::new();
        self.reader()
            .take(len as u64)
            .read_to_end(&mut head)
            .map_err(|e| e.to_string())?;
        Ok(head)
    }

    /// A reader from the start with its own position, so that several can run side by side.
    pub fn reader(&self) -> impl io::BufRead + '_ {
        BufReader::with_capacity(
            1 << 16,
            Cursor {
                file: &self.file,
                at: 0,
            },
        )
    }
}

struct Cursor<'a> {
    file: &'a File,
    at: u64,
}

impl Read for Cursor<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = read_at(self.file, into, self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}

#[cfg(unix)]
use std::os::unix::fs::FileExt;

#[cfg(unix)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    file.read_at(into, at)
}

#[cfg(windows)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, at)
}

#[cfg(not(any(unix, windows)))]
compile_error!("scriptlens reads files at an offset, which it can do on Unix and Windows");

fn read_exact_at(file: &File, mut into: &mut [u8], mut at: u64) -> io::Result<()> {
    while !into.is_empty() {
        match read_at(file, into, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => {
                into = &mut into[n..];
                at += n as u64;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write;

    fn opened(content: &[u8]) -> Result<Bytes, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().write_all(content).unwrap();
        Bytes::open(file.path())
    }

    #[test]
    fn compressed_files_are_opened_through() {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(b"{\"a\":1}\n").unwrap();
        for content in [
            gz.finish().unwrap(),
            zstd::encode_all(&b"{\"a\":1}\n"[..], 0).unwrap(),
            b"{\"a\":1}\n".into(),
        ] {
            assert_eq!(opened(&content).unwrap().at(0, 7).unwrap(), b"{\"a\":1}");
        }
    }

    #[test]
    fn a_damaged_stream_says_so() {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(&[b'x'; 5000]).unwrap();
        let whole = gz.finish().unwrap();
        assert!(
            opened(&whole[..whole.len() / 2])
                .err()
                .unwrap()
                .contains("gzip stream is damaged")
        );
    }

    #[test]
    fn a_range_past_the_end_is_an_error_and_allocates_nothing() {
        assert!(
            opened(b"abc")
                .unwrap()
                .at(1, usize::MAX / 2)
                .unwrap_err()
                .contains("has changed")
        );
    }
}
