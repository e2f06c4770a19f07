//! Zip archives whose members any number of threads read, also archives that were cut short.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use zip::ZipArchive;

use super::bytes::{Bytes, most_unpacked};

/// An archive. Clones share the file.
#[derive(Clone)]
pub(super) struct Archive {
    zip: ZipArchive<At>,
    size: u64,
    problem: Option<String>,
}

impl Archive {
    /// Opens an archive. Of one that was cut short, every member that is whole can be read.
    ///
    /// # Errors
    /// It is no zip archive, or no member of it is whole.
    pub fn open(bytes: Bytes) -> Result<Archive, String> {
        let bytes = Arc::new(bytes);
        let size = bytes.len();
        let error = match ZipArchive::new(At::whole(bytes.clone())) {
            Ok(zip) => {
                return Ok(Archive {
                    zip,
                    size,
                    problem: None,
                });
            }
            Err(error) => format!(
                "not a readable zip archive ({error}); a log that was being copied or written may be incomplete"
            ),
        };
        let Some((count, rebuilt)) = At::rebuilt(bytes) else {
            return Err(error);
        };
        let zip = ZipArchive::new(rebuilt).map_err(|_| error.clone())?;
        let members = if count == 1 { "member" } else { "members" };
        Ok(Archive {
            zip,
            size,
            problem: Some(format!(
                "{error}: {count} {members} before the end were read"
            )),
        })
    }

    /// Why this is not the whole archive.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.zip.len()
    }

    /// The member of this name.
    pub fn index_for_name(&self, name: &str) -> Option<usize> {
        self.zip.index_for_name(name)
    }

    /// The name of a member.
    pub fn name(&self, member: usize) -> String {
        let name = self.zip.name_for_index(member).and_then(Result::ok);
        name.map(|name| name.into_owned()).unwrap_or_default()
    }

    /// The bytes of a member. Memory follows what is really there, never the size that the archive claims.
    ///
    /// # Errors
    /// It is damaged, or inflates beyond reason.
    pub fn read(&self, member: usize, limit: u64) -> Result<Vec<u8>, String> {
        self.with(member, |reader, packed| {
            let limit = limit.min(most_unpacked(packed));
            let mut bytes = Vec::new();
            reader
                .take(limit + 1)
                .read_to_end(&mut bytes)
                .map_err(|error| damaged(&error))?;
            if bytes.len() as u64 > limit {
                return Err(format!(
                    "it inflates to more than {} MiB and was not read",
                    limit >> 20
                ));
            }
            Ok(bytes)
        })
    }

    /// Reads a member as a stream; the second argument is how many bytes it is in the file.
    ///
    /// # Errors
    /// It cannot be unpacked, or `take` fails.
    pub fn with<T>(
        &self,
        member: usize,
        take: impl FnOnce(&mut dyn Read, u64) -> Result<T, String>,
    ) -> Result<T, String> {
        let mut zip = self.zip.clone();
        let mut file = zip
            .by_index(member)
            .map_err(|error| format!("cannot be unpacked: {error}"))?;
        let packed = file.compressed_size().min(self.size);
        take(&mut file, packed)
    }
}

/// What became of a member that cannot be read to its end.
pub(super) fn damaged(error: &io::Error) -> String {
    format!("damaged: {error}")
}

/// A place in the bytes of an archive: those of the file, and after them a directory that was made anew.
#[derive(Clone)]
struct At {
    bytes: Arc<Bytes>,
    /// How much of the file is read.
    split: u64,
    tail: Arc<[u8]>,
    at: u64,
}

impl At {
    fn whole(bytes: Arc<Bytes>) -> At {
        At {
            split: bytes.len(),
            bytes,
            tail: Arc::default(),
            at: 0,
        }
    }

    /// The members of an archive whose directory is missing, found by their own headers, and how many are whole.
    fn rebuilt(bytes: Arc<Bytes>) -> Option<(u16, At)> {
        let (mut split, mut count, mut tail) = (0_u64, 0_u16, Vec::new());
        while let Some(member) = Member::at(&bytes, split) {
            member.list(&mut tail);
            (split, count) = (member.end, count.checked_add(1)?);
        }
        let (start, length) = (u32::try_from(split).ok()?, u32::try_from(tail.len()).ok()?);
        tail.extend(b"PK\x05\x06\0\0\0\0");
        tail.extend(count.to_le_bytes());
        tail.extend(count.to_le_bytes());
        tail.extend(length.to_le_bytes());
        tail.extend(start.to_le_bytes());
        tail.extend([0; 2]);
        let at = At {
            bytes,
            split,
            tail: tail.into(),
            at: 0,
        };
        (count > 0).then_some((count, at))
    }

    fn end(&self) -> u64 {
        self.split + self.tail.len() as u64
    }
}

/// A whole member by its own header (APPNOTE.TXT 4.3.7).
struct Member {
    /// Version needed, flags, method, time, date, checksum, sizes, lengths of name and extra field: as the directory has
    /// them too.
    fixed: [u8; 26],
    name: Vec<u8>,
    start: u32,
    end: u64,
}

impl Member {
    fn at(bytes: &Bytes, start: u64) -> Option<Member> {
        let header = bytes.at(start, 30).ok()?;
        let fixed: [u8; 26] = header.strip_prefix(b"PK\x03\x04")?.try_into().ok()?;
        let short = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
        let size = u32::from_le_bytes([fixed[14], fixed[15], fixed[16], fixed[17]]);
        let (name, extra) = (short(22), short(24));
        // Where the sizes stand elsewhere, the end of the member is not known.
        if short(2) & 8 != 0 || size == u32::MAX {
            return None;
        }
        let data = start + 30 + u64::from(name) + u64::from(extra);
        let end = data + u64::from(size);
        (end <= bytes.len()).then_some(())?;
        Some(Member {
            fixed,
            name: bytes.at(start + 30, name.into()).ok()?,
            start: start.try_into().ok()?,
            end,
        })
    }

    /// Writes the entry of the directory (4.3.12), without extra fields.
    fn list(&self, directory: &mut Vec<u8>) {
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&self.fixed[..24]);
        directory.extend([0; 12]);
        directory.extend(self.start.to_le_bytes());
        directory.extend(&self.name);
    }
}

impl Read for At {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = if self.at < self.split {
            let left = usize::try_from(self.split - self.at).unwrap_or(usize::MAX);
            let room = buffer.len().min(left);
            self.bytes.read_at(&mut buffer[..room], self.at)?
        } else {
            let from = usize::try_from(self.at - self.split).unwrap_or(usize::MAX);
            let mut rest = self.tail.get(from..).unwrap_or_default();
            rest.read(buffer)?
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for At {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, step) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::End(step) => (self.end(), step),
            SeekFrom::Current(step) => (self.at, step),
        };
        let before = || {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                "seek to before the start of the file",
            )
        };
        self.at = from.checked_add_signed(step).ok_or_else(before)?;
        Ok(self.at)
    }
}
