//! What the annotator decided last, and how far annotators agree.

use std::sync::Arc;

use super::app::Cursor;

/// What is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shows {
    /// What the annotator decided, the last first.
    #[default]
    Recent,
    /// How far annotators agree.
    Agreement,
}

/// The screen of judgements.
#[derive(Debug, Clone, Default)]
pub struct Board {
    /// What is shown.
    pub shows: Shows,
    /// Place among the decisions.
    pub recent: Cursor,
    /// Lines that tell the agreement, once they are there.
    pub agreement: Option<Arc<Vec<String>>>,
    /// Place among them.
    pub top: Cursor,
}
