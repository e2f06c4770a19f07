//! A file whose bytes can be read at any offset from any thread, however they were stored.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::formats::Fault;
use super::walk::spool;

/// Random access to the plain bytes of a file: the file itself, or a spooled copy where it was compressed, a stream, or
/// text of another encoding than UTF-8.
pub struct Bytes {
    file: File,
    len: u64,
    copy: bool,
    /// What became of it on the way, and whether anything was lost.
    remark: Option<Fault>,
}

/// Nothing that people log is compressed to less than this part of its size; what claims to be is a bomb.
const RATIO: u64 = 200;
/// So much may be unpacked from anything.
const FLOOR: u64 = 64 << 20;

/// The most that is unpacked of so many packed bytes.
pub(super) fn most_unpacked(packed: u64) -> u64 {
    FLOOR.max(packed.saturating_mul(RATIO))
}

impl Bytes {
    /// Opens a file, looking through gzip and zstd; `-` is standard input. What is cut short or packed beyond reason
    /// gives what stands before.
    ///
    /// # Errors
    /// The file cannot be read, or nothing of the compressed stream can.
    pub fn open(path: &Path) -> Result<Bytes, String> {
        let file = if path == Path::new("-") {
            spool(io::stdin().lock())
                .map_err(|e| format!("standard input could not be kept: {e}"))?
        } else {
            let file = File::open(path).map_err(|e| e.to_string())?;
            // A pipe can be read only once.
            let regular = file.metadata().is_ok_and(|meta| meta.is_file());
            if regular {
                return Bytes::new(file)?.unpacked()?.in_utf8();
            }
            spool(file).map_err(|e| e.to_string())?
        };
        Ok(Bytes::new(file)?.unpacked()?.in_utf8()?.copied())
    }

    /// Looks through compression.
    fn unpacked(self) -> Result<Bytes, String> {
        let magic = self.head(4)?;
        match magic.as_slice() {
            [0x1f, 0x8b, ..] => self.unpack(
                "gzip",
                &mut flate2::read::MultiGzDecoder::new(self.reader()),
            ),
            [0x28, 0xb5, 0x2f, 0xfd] => {
                let decoder = zstd::stream::read::Decoder::new(self.reader());
                self.unpack("zstd", &mut decoder.map_err(|e| e.to_string())?)
            }
            _ => Ok(self),
        }
    }

    fn unpack(&self, what: &str, stream: &mut dyn Read) -> Result<Bytes, String> {
        let most = most_unpacked(self.len);
        let mut plain = tempfile::tempfile().map_err(|e| e.to_string())?;
        let end = io::copy(&mut stream.take(most + 1), &mut plain);
        let mut bytes = Bytes::new(plain)?.copied();
        let lost = match end {
            Ok(_) if bytes.len > most => format!(
                "it unpacks to more than {RATIO} times its size; what is beyond {} MiB was left out",
                most >> 20
            ),
            Ok(_) => return Ok(bytes),
            Err(e) if bytes.len == 0 => {
                return Err(format!("the {what} stream is damaged or cut short: {e}"));
            }
            Err(e) => format!(
                "the {what} stream is damaged or cut short after {} bytes ({e}); what stands before was read",
                bytes.len
            ),
        };
        bytes.remark = Some(Fault::from(lost));
        Ok(bytes)
    }

    /// Text of another encoding as a copy in UTF-8.
    fn in_utf8(self) -> Result<Bytes, String> {
        let Some(encoding) = encoding(&self.head(SAMPLE)?) else {
            return Ok(self);
        };
        let mut decoder = DecodeReaderBytesBuilder::new();
        let decoder = decoder.encoding(Some(encoding)).bom_override(true);
        let copy = spool(decoder.build(self.reader())).map_err(|e| e.to_string())?;
        let mut bytes = Bytes::new(copy)?.copied();
        let name = encoding.name();
        let guess = format!(
            "not UTF-8: read as {name}, by its bytes; if letters look wrong, convert it, for example with iconv"
        );
        let told = name.starts_with("UTF-16");
        bytes.remark = self.remark.or((!told).then(|| Fault::remark(guess)));
        Ok(bytes)
    }

    fn new(file: File) -> Result<Bytes, String> {
        let meta = file.metadata().map_err(|e| e.to_string())?;
        Ok(Bytes {
            len: meta.len(),
            file,
            copy: false,
            remark: None,
        })
    }

    fn copied(self) -> Bytes {
        Bytes { copy: true, ..self }
    }

    /// What is worth knowing of how the bytes came to be, and whether anything was lost.
    pub(super) fn remark(&self) -> Option<&Fault> {
        self.remark.as_ref()
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

    /// Reads some bytes at an offset; none at the end.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        read_at(&self.file, into, at)
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

/// How much of a text is looked at to tell its encoding.
const SAMPLE: usize = 1 << 16;

/// The encoding of a text that is not UTF-8; nothing where it is, or is no text. Some stray bytes among
/// letters of UTF-8 are damage, not another encoding.
fn encoding(head: &[u8]) -> Option<&'static Encoding> {
    let zeros = |from: usize| {
        let half = head.iter().skip(from).step_by(2).take(64);
        half.clone().filter(|byte| **byte == 0).count() * 2 > half.count()
    };
    match head {
        [0xff, 0xfe, ..] => return Some(UTF_16LE),
        [0xfe, 0xff, ..] => return Some(UTF_16BE),
        _ if is_container(head) => return None,
        // Half the bytes of Latin letters in UTF-16 are zero.
        [b'{' | b'[' | b'a'..=b'z' | b'A'..=b'Z' | b'"', 0, ..] if zeros(1) && !zeros(0) => {
            return Some(UTF_16LE);
        }
        [0, b'{' | b'[' | b'a'..=b'z' | b'A'..=b'Z' | b'"', ..] if zeros(0) && !zeros(1) => {
            return Some(UTF_16BE);
        }
        _ => {}
    }
    // Other encodings have some pairs of bytes that could be UTF-8, and damaged UTF-8 has some that could not.
    let (mut letters, mut foreign) = (0, 0);
    for chunk in head.utf8_chunks() {
        letters += chunk
            .valid()
            .chars()
            .filter(|letter| !letter.is_ascii())
            .count();
        foreign += usize::from(!chunk.invalid().is_empty());
    }
    // The sample may end in the middle of a letter.
    if foreign <= letters.max(usize::from(head.len() == SAMPLE)) || head.contains(&0) {
        return None;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, true);
    Some(detector.guess(None, Utf8Detection::Deny))
}

/// Archives and tables are no text.
fn is_container(head: &[u8]) -> bool {
    [&b"PK\x03\x04"[..], b"PAR1", b"ARROW1"]
        .iter()
        .any(|magic| head.starts_with(magic))
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
    use crate::ingest::Gravity;
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

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gz.write_all(content).unwrap();
        gz.finish().unwrap()
    }

    #[test]
    fn a_stream_cut_short_gives_what_stands_before_and_says_so() {
        let lines: String = (0..5000)
            .map(|n| format!("{{\"n\":{}}}\n", n * 7919 % 5000))
            .collect();
        let whole = gzip(lines.as_bytes());
        let bytes = opened(&whole[..whole.len() / 2]).unwrap();
        let Fault { gravity, reason } = bytes.remark().unwrap();
        assert_eq!(*gravity, Gravity::Lost);
        assert!(
            reason.contains("gzip stream is damaged or cut short after"),
            "{reason}"
        );
        assert!(bytes.len() > 1000 && bytes.at(0, 7).unwrap() == b"{\"n\":0}");
        assert!(
            opened(&whole[..5])
                .err()
                .unwrap()
                .contains("damaged or cut short")
        );
    }

    #[test]
    fn what_unpacks_beyond_reason_is_not_unpacked_whole() {
        let bytes = opened(&gzip(&vec![b' '; (FLOOR + (1 << 20)) as usize])).unwrap();
        assert_eq!(bytes.len(), FLOOR + 1);
        assert!(
            bytes
                .remark()
                .unwrap()
                .reason
                .contains("more than 200 times its size")
        );
    }

    #[test]
    fn texts_of_other_encodings_become_utf_8() {
        let text = "question,antwort\nWo liegt Görlitz?,In Sachsen an der Neiße\n";
        let utf16 =
            |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        for content in [
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
            marked(b"\xff\xfe", utf16(u16::to_le_bytes)),
            marked(b"\xfe\xff", utf16(u16::to_be_bytes)),
        ] {
            let bytes = opened(&content).unwrap();
            assert_eq!(bytes.head(999).unwrap(), text.as_bytes());
            assert_eq!(bytes.remark(), None);
        }
        let latin1: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
        let bytes = opened(&latin1).unwrap();
        assert_eq!(bytes.head(999).unwrap(), text.as_bytes());
        let Fault { gravity, reason } = bytes.remark().unwrap();
        assert_eq!(*gravity, Gravity::Remark);
        assert!(reason.contains("read as windows-1252"), "{reason}");
    }

    #[test]
    fn a_stray_byte_is_no_other_encoding() {
        for content in [
            &b"caf\xc3\xa9 \xff"[..],
            b"PK\x03\x04\xe9\xe8",
            b"\0\0\0\0",
            b"plain",
        ] {
            assert!(encoding(content).is_none(), "{content:?}");
        }
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
