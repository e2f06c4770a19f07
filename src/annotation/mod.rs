//! Judgements of people on responses: what kinds there are, how they are kept, counted, compared and exchanged.
//!
//! A judgement is an [`Event`] in the [`Journal`] of its annotator, one line of JSON each, never changed once written.
//! [`State`] is what follows from events, in whatever order they come: so journals of several people, or of one person
//! on two machines, merge by union.

pub mod agree;
mod attach;
mod event;
pub mod exchange;
pub mod import;
mod journal;
mod judged;
pub mod label_studio;
mod lock;
mod merge;
mod report;
mod span;
mod state;
pub mod table;
mod target;
mod taxonomy;
mod work;

pub use attach::{Attached, content_of, row_of, said, target_of};
pub use event::{Act, Decision, Event, Id, Mark, Place, Time};
pub use journal::{Access, Journal, JournalError, Opened, Problem, Saved, file_name};
pub use judged::{Judged, folder};
pub use lock::Holder;
pub use merge::{ATTRIBUTES, Folder, IGNORE, OTHERS, Union, prepare};
pub use report::{CodeOf, CohenOf, ConfusionOf, FILTER, RangesOf, Report};
pub use span::{Offsets, Part, Span, Units};
pub use state::{Applied, Gold, Made, Marks, Note, Recent, State, Status, Tag};
pub use target::{Target, content_hash};
pub use taxonomy::{Code, Scope, Severity, Suggests, Taxonomy, TaxonomyError};
pub use work::{AnnotatorWork, CodeWork, PAUSE, Work};
