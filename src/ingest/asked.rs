//! What a request asked, as the manifest beside a file of requests has it: everything a reply does not say.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::record::Record;

/// A line of a manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The id that the reply bears.
    pub custom_id: String,
    /// The response that is wanted, without what only the reply can say: trace, answer, error.
    pub asked: Record,
}

impl Asked {
    /// The run whose questions a response was asked again.
    pub fn of(record: &Record) -> Option<&str> {
        record.metadata.get("remedy")?.get("of")?.as_str()
    }

    /// The id of a row that is a line of a manifest.
    pub(super) fn id(row: &Map<String, Value>) -> Option<String> {
        let id = row.get("custom_id")?.as_str()?;
        (row.len() == 2 && row.get("asked")?.is_object()).then(|| id.to_owned())
    }
}
