//! Bytes to records: what a file is, where its records are, what each of them says, and what could not be read.
//!
//! A file is a *container* (how rows lie in bytes: lines, elements of a document, members of an archive, rows of a table)
//! and a *format* (what the fields of a row mean). This room never sees the screen and keeps no text: a
//! [`Place`] is enough to read a record again.

mod archive;
mod asked;
mod bytes;
mod columns;
mod complete;
mod container;
mod delimited;
mod document;
mod eval;
pub mod flat;
mod fold;
mod formats;
mod join;
pub mod json;
pub mod judges;
mod lines;
mod load;
mod lookup;
mod parallel;
mod propose;
pub mod reasoning;
mod rows;
mod settings;
mod sniff;
mod walk;

use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use asked::Asked;
pub(crate) use bytes::Bytes;
pub use columns::{is_guarded, read_parquet};
pub use complete::{Hints, without_language};
pub use fold::fold;
pub use formats::inspect;
pub use formats::lm_eval::INVALID;
pub use formats::table::{Field, FieldMap};
pub use join::{Join, On};
pub use load::{Loaded, load};
pub use propose::propose;
pub use settings::{MANIFEST, Manifests, Prepared, Said, Settings, manifest_of};
pub use sniff::open;
pub use walk::{Input, JUDGEMENTS, walk};

use crate::record::Record;

/// Where the bytes of one record are. What the numbers mean is the container's own affair: byte offset and length in a
/// text file, index of a member or of a row elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// Offset or index, less than 2⁴⁸.
    pub at: u64,
    /// Length in bytes; 0 where `at` is an index.
    pub len: u32,
    /// Which of the records of one row, where a row holds several.
    pub part: u16,
}

/// Bits of [`Place::packed`] that are the offset.
const OFFSET_BITS: u32 = 48;

impl Place {
    /// The only record at this offset or index.
    pub fn new(at: u64, len: usize) -> Place {
        Place {
            at,
            len: u32::try_from(len).unwrap_or(u32::MAX),
            part: 0,
        }
    }

    /// Another record of the same row.
    pub fn part(self, part: u16) -> Place {
        Place { part, ..self }
    }

    /// Offset and part as one number, as a column keeps them.
    pub fn packed(self) -> u64 {
        self.at | u64::from(self.part) << OFFSET_BITS
    }

    /// The place with this packed offset and length.
    pub fn unpacked(packed: u64, len: u32) -> Place {
        Place {
            at: packed & ((1 << OFFSET_BITS) - 1),
            len,
            part: (packed >> OFFSET_BITS) as u16,
        }
    }
}

/// One record as it was read.
#[derive(Debug, Clone)]
pub struct Item {
    /// Where to read it again.
    pub place: Place,
    /// What it says.
    pub record: Record,
    /// Its row, and its shard where there are several, where that is what tells the question.
    pub row: Option<String>,
    /// Items that are one response have the same.
    pub fold: Option<Fold>,
}

/// What items have in common that are one response.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Fold {
    /// Among those of their file: one response is logged once for each filter.
    InFile(String),
    /// Wherever they are: a request is answered again in another file.
    Anywhere(String),
}

/// A piece of a file, cut where a record ends, that can be parsed without its neighbours.
#[derive(Debug)]
pub enum Block {
    /// Bytes of a text file.
    Bytes {
        /// Offset of the first byte.
        at: u64,
        /// Number of the first line or row, from 1.
        line: u64,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Elements of a document, each with its offset.
    Elements {
        /// Number of the first element, from 1.
        first: u64,
        /// Offset and bytes of each.
        elements: Vec<(u64, Vec<u8>)>,
    },
    /// Indices of members or rows.
    Range(std::ops::Range<u64>),
}

impl Block {
    /// How far the file has been read once this block is done, in the unit of [`Source::size`].
    fn end(&self) -> u64 {
        match self {
            Block::Bytes { at, bytes, .. } => at + bytes.len() as u64,
            Block::Elements { elements, .. } => elements
                .last()
                .map_or(0, |(at, bytes)| at + bytes.len() as u64),
            Block::Range(range) => range.end,
        }
    }
}

/// Receives blocks; a break means that nobody waits for more.
pub type BlockSink<'a> = dyn FnMut(Block) -> ControlFlow<()> + 'a;
/// Receives records and problems.
pub type ItemSink<'a> = dyn FnMut(Result<Item, Problem>) + 'a;

/// A file whose records can be listed once and read again at any time, from several threads.
pub trait Source: Send + Sync {
    /// What the format is called on screen.
    fn format(&self) -> &'static str;
    /// Bytes, members or rows in the file: what progress is measured by.
    fn size(&self) -> u64;
    /// Cuts the file into blocks, in order, and returns what stood in the way. Cheap next to [`Source::parse`].
    fn blocks(&self, sink: &mut BlockSink) -> Vec<Problem>;
    /// Reads the records of a block, in order.
    fn parse(&self, block: &Block, sink: &mut ItemSink);
    /// Reads one record again.
    ///
    /// # Errors
    /// The file is gone, or its bytes are no longer what they were.
    fn read(&self, place: Place) -> Result<Record, String>;
}

/// A [`Source`] and the file it reads.
pub struct Opened {
    /// The file as the user named it.
    pub path: PathBuf,
    /// Its content.
    pub source: Box<dyn Source>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} ({})", self.path.display(), self.source.format())
    }
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// In which file.
    pub path: Arc<Path>,
    /// Where in it.
    pub spot: Spot,
    /// What was wrong, and what to do where that is known.
    pub reason: String,
    /// What it cost.
    pub gravity: Gravity,
}

/// What a problem cost, most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Something was not read.
    Lost,
    /// Everything was read; this is worth knowing of it.
    Remark,
    /// A file met while walking a folder is simply not a run: worth listing, not worth an exit status.
    NoRun,
}

/// Where in a file a problem is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    /// The file as a whole.
    File,
    /// A line, from 1.
    Line(u64),
    /// A row or element, from 1.
    Row(u64),
    /// A member of an archive.
    Member(String),
}

impl Problem {
    /// A problem with a file as a whole.
    pub fn file(path: &Path, reason: impl Into<String>) -> Self {
        Problem::at(path, Spot::File, reason)
    }

    /// Something to know of a file of which everything was read.
    pub fn remark(path: &Path, reason: impl Into<String>) -> Self {
        Problem {
            gravity: Gravity::Remark,
            ..Problem::file(path, reason)
        }
    }

    /// A problem somewhere in a file.
    pub fn at(path: &Path, spot: Spot, reason: impl Into<String>) -> Self {
        Problem {
            path: path.into(),
            spot,
            reason: reason.into(),
            gravity: Gravity::Lost,
        }
    }
}

impl Spot {
    /// Number of the line or row.
    fn number(&self) -> Option<u64> {
        match self {
            Spot::Line(number) | Spot::Row(number) => Some(*number),
            Spot::File | Spot::Member(_) => None,
        }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Spot::File => Ok(()),
            Spot::Line(line) => write!(f, ":{line}"),
            Spot::Row(row) => write!(f, ":row {row}"),
            Spot::Member(member) => write!(f, "!{member}"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}{}: {}", self.path.display(), self.spot, self.reason)
    }
}
