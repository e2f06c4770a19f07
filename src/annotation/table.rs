//! Judgements as a table of typed columns: Parquet.

use std::path::Path;

use polars::prelude::*;

use super::exchange::{Read, Row, read};
use super::span::Part;
use crate::ingest;

/// Rows as a table: the columns of [`Row`], with whole numbers, truth values and times (in UTC) as such. What is not
/// known is null.
///
/// # Errors
/// polars fails.
pub fn frame(rows: &[Row]) -> PolarsResult<DataFrame> {
    let text = |name: &str, of: fn(&Row) -> String| {
        let cells = rows.iter().map(of);
        let cells = cells.map(|cell| Some(cell).filter(|cell| !cell.is_empty()));
        Column::new(name.into(), cells.collect::<Vec<_>>())
    };
    let number = |name: &str, of: fn(&Row) -> Option<usize>| {
        let cells = rows.iter().map(|row| of(row).map(|number| number as i64));
        Column::new(name.into(), cells.collect::<Vec<_>>())
    };
    let truth = |name: &str, of: fn(&Row) -> Option<bool>| {
        Column::new(name.into(), rows.iter().map(of).collect::<Vec<_>>())
    };
    let time: Int64Chunked = rows.iter().map(|row| Some(row.time.0 as i64)).collect();
    let time = time.into_datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC));
    let columns = vec![
        text("kind", |row| row.kind.word().to_owned()),
        text("id", |row| {
            row.id.map_or(String::new(), |id| id.to_string())
        }),
        time.into_series().with_name("time".into()).into(),
        text("annotator", |row| row.annotator.clone()),
        text("run", |row| row.run.clone()),
        text("question_id", |row| row.question_id.clone()),
        text("target", |row| row.target.clone()),
        number("epoch", |row| Some(row.epoch as usize)),
        text("content", |row| {
            row.content.map_or(String::new(), |hash| hash.to_string())
        }),
        truth("stale", |row| row.stale),
        text("taxonomy", |row| row.taxonomy.clone()),
        text("code", |row| row.code.clone()),
        truth("suggested", |row| Some(row.suggested)),
        text("entity", |row| row.entity.clone()),
        text("part", |row| row.part.map_or("", Part::word).to_owned()),
        number("start_byte", |row| row.start_byte),
        number("end_byte", |row| row.end_byte),
        number("start_code_point", |row| row.start_code_point),
        number("end_code_point", |row| row.end_code_point),
        number("start_cluster", |row| row.start_cluster),
        number("end_cluster", |row| row.end_cluster),
        text("text_hash", |row| {
            row.text_hash.map_or(String::new(), |hash| hash.to_string())
        }),
        text("head", |row| row.head.clone()),
        text("before", |row| row.before.clone()),
        text("after", |row| row.after.clone()),
        text("text", |row| row.text.clone()),
    ];
    DataFrame::new(rows.len(), columns)
}

/// Reads rows from a Parquet file by the names of its columns; wrong ones are told with their number, from 1.
///
/// # Errors
/// The file is no Parquet that is read here.
pub fn read_parquet(path: &Path) -> Result<Read, String> {
    let table = ingest::read_parquet(path)?;
    Ok(read((1..).zip(table.into_iter().map(Ok))))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::exchange::tests::{everything, texts};
    use super::super::exchange::{rows, write_csv};
    use super::*;

    #[test]
    fn rows_come_back_from_parquet_as_they_were() {
        let before = rows(&everything(), |_| Some(texts()));
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rows.parquet");
        let mut table = frame(&before).unwrap();
        let file = std::fs::File::create(&path).unwrap();
        ParquetWriter::new(file).finish(&mut table).unwrap();
        assert_eq!(read_parquet(&path).unwrap(), (before, vec![]));
        assert!(read_parquet(&dir.path().join("none.parquet")).is_err());
    }

    #[test]
    fn a_table_has_the_columns_of_a_row_in_their_order() {
        let rows = rows(&everything(), |_| Some(texts()));
        let table = frame(&rows).unwrap();
        let mut csv = Vec::new();
        write_csv(&rows, &mut csv).unwrap();
        let csv = String::from_utf8(csv).unwrap();
        let names: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
        assert_eq!(table.get_column_names(), names);
        for (name, kind) in [
            ("epoch", DataType::Int64),
            ("suggested", DataType::Boolean),
            (
                "time",
                DataType::Datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC)),
            ),
        ] {
            assert_eq!(*table.column(name).unwrap().dtype(), kind);
        }
    }
}
