//! The only part of this example that needs polars.

use std::fs::File;
use std::path::Path;

use polars::prelude::{Column, DataFrame, ParquetWriter};

use crate::Failure;
use crate::write::{COLUMNS, Row};

/// Writes rows under the column names of the CSV files.
pub fn write(path: &Path, rows: &[Row]) -> Result<(), Failure> {
    let text = |pick: fn(&Row) -> &str| rows.iter().map(pick).collect::<Vec<_>>();
    let columns = vec![
        Column::new(COLUMNS[0].into(), text(|row| &row.model)),
        Column::new(COLUMNS[1].into(), text(|row| &row.condition)),
        Column::new(COLUMNS[2].into(), text(|row| &row.question_id)),
        Column::new(COLUMNS[3].into(), text(|row| &row.source_lang)),
        Column::new(COLUMNS[4].into(), text(|row| &row.target_lang)),
        Column::new(
            COLUMNS[5].into(),
            rows.iter().map(|row| row.epoch).collect::<Vec<_>>(),
        ),
        Column::new(COLUMNS[6].into(), text(|row| &row.question)),
        Column::new(COLUMNS[7].into(), text(|row| &row.reasoning)),
        Column::new(COLUMNS[8].into(), text(|row| &row.response)),
        Column::new(COLUMNS[9].into(), text(|row| &row.gold)),
        Column::new(
            COLUMNS[10].into(),
            rows.iter().map(|row| row.correct).collect::<Vec<_>>(),
        ),
        Column::new(COLUMNS[11].into(), text(|row| &row.note)),
    ];
    let mut frame = DataFrame::new(rows.len(), columns)?;
    ParquetWriter::new(File::create(path)?).finish(&mut frame)?;
    Ok(())
}
