//! A JSON document whose members are arrays, one for each column of a table: `{"predicted": […], "gold": […]}`.
//!
//! Row `i` is made of the elements `i`. Only their places are in memory.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::ops::{ControlFlow, Range};
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use super::bytes::Bytes;
use super::container::{Container, Row, RowSink};
use super::formats::table::Table;
use super::{Block, BlockSink, Place, Spot, json};

/// Rows go to the parsers in groups of this many.
const GROUP: u64 = 256;

pub(super) struct Parallel {
    bytes: Arc<Bytes>,
    names: Vec<String>,
    /// Found when somebody asks for rows: most documents turn out to be something else before.
    table: OnceLock<Found>,
}

#[derive(Debug, Default, PartialEq)]
struct Found {
    columns: Vec<Column>,
    rows: u64,
    problems: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Column {
    name: String,
    /// Offset and length of each element.
    places: Vec<(u64, u32)>,
}

/// The members of a document that may be columns, by what is known of it; those that are `large` were not looked into.
/// A document with a question or an answer of its own is one record, and its lists belong to that.
pub(super) fn columns(members: &Map<String, Value>, large: &[String]) -> Vec<String> {
    let lists = members.iter().filter_map(|(name, value)| {
        let elements = value.as_array()?;
        Some((name, elements.first()?))
    });
    let lists: Vec<_> = lists.collect();
    let is_chat = lists.iter().any(|(_, first)| first.get("role").is_some());
    let alone = members.iter().filter(|(_, value)| !value.is_array());
    if is_chat || Table::default().knows(alone.map(|(name, _)| name.as_str())) {
        return Vec::new();
    }
    let names = lists.into_iter().map(|(name, _)| name).chain(large);
    match names.cloned().collect::<Vec<_>>() {
        names if names.len() > 1 => names,
        _ => Vec::new(),
    }
}

/// Whether an object on a line of its own is such a document and no row: its lists must be of one length, and be of
/// texts where their name says question or answer.
pub(super) fn is_table(object: &Map<String, Value>) -> bool {
    let names = columns(object, &[]);
    let lists: Vec<_> = names.iter().map(|name| (name, &object[name])).collect();
    let len = |list: &Value| list.as_array().map_or(0, Vec::len);
    let texts = |list: &Value| {
        let all = |list: &Vec<Value>| list.iter().all(|e| e.is_string() || e.is_null());
        list.as_array().is_some_and(all)
    };
    let telling = lists.iter().filter(|(_, list)| texts(list));
    lists.windows(2).all(|two| len(two[0].1) == len(two[1].1))
        && Table::default().knows(telling.map(|(name, _)| name.as_str()))
}

impl Parallel {
    pub fn new(bytes: Arc<Bytes>, names: Vec<String>) -> Parallel {
        Parallel {
            bytes,
            names,
            table: OnceLock::new(),
        }
    }

    fn table(&self) -> &Found {
        self.table.get_or_init(|| {
            // One walk finds all of them: there may be as many lists in a document as it has lines.
            let numbers: HashMap<&str, usize> =
                self.names.iter().map(String::as_str).zip(0..).collect();
            let places = RefCell::new(vec![None; self.names.len()]);
            let column = Cell::new(0);
            let mut wanted = |name: &str| {
                let number = numbers.get(name).copied();
                if let Some(number) = number {
                    column.set(number);
                    places.borrow_mut()[number].get_or_insert_with(Vec::new);
                }
                number.is_some()
            };
            let mut place = |at: u64, element: &[u8]| {
                let len = u32::try_from(element.len()).unwrap_or(u32::MAX);
                if let Some(places) = &mut places.borrow_mut()[column.get()] {
                    places.push((at, len));
                }
                ControlFlow::Continue(())
            };
            let walked = json::arrays(self.bytes.reader(), &mut wanted, &mut place);
            let problems = match walked {
                Ok(walked) => walked
                    .problems
                    .into_iter()
                    .map(|d| format!("at byte {}: {}", d.offset, d.what))
                    .collect(),
                Err(error) => vec![error.to_string()],
            };
            let columns = self.names.iter().zip(places.into_inner());
            let column = |(name, places): (&String, Option<_>)| {
                Some(Column {
                    name: name.clone(),
                    places: places?,
                })
            };
            settle(columns.filter_map(column).collect(), problems)
        })
    }

    fn cells<'a>(
        &self,
        row: u64,
        cells: impl Iterator<Item = (&'a str, Result<Value, String>)>,
    ) -> Result<Row<'static>, String> {
        let named = cells.map(|(name, value)| match value {
            Ok(value) => Ok((name.to_owned(), value)),
            Err(error) => Err(format!("element {row} of {name}: {error}")),
        });
        Ok(Row::Value(Value::Object(named.collect::<Result<_, _>>()?)))
    }

    /// The elements of a column in these rows.
    fn elements(&self, column: &Column, rows: &Range<u64>) -> Result<Vec<Value>, String> {
        let places = &column.places[rows.start as usize..rows.end as usize];
        let (Some((start, _)), Some((last, len))) = (places.first(), places.last()) else {
            return Ok(Vec::new());
        };
        let span = self
            .bytes
            .at(*start, (last - start) as usize + *len as usize)?;
        let element = |(at, len): &(u64, u32)| {
            let from = (at - start) as usize;
            parse(&span[from..from + *len as usize])
        };
        places.iter().map(element).collect()
    }
}

fn parse(element: &[u8]) -> Result<Value, String> {
    json::parse(element).map_err(|error| format!("not JSON: {error}"))
}

/// Which lists are the columns. Those of the most usual length are, if there are two of them; a list that is shorter
/// than half of that is one of something else. Lists that all differ are taken as far as the shortest of them goes.
fn settle(mut columns: Vec<Column>, mut problems: Vec<String>) -> Found {
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    for column in &columns {
        *lengths.entry(column.places.len()).or_default() += 1;
    }
    let usual = lengths
        .into_iter()
        .max_by_key(|(len, times)| (*times, *len));
    let Some((usual, times)) = usual else {
        return Found {
            problems,
            ..Found::default()
        };
    };
    columns.retain(|column| column.places.len() * 2 >= usual);
    let odd = columns.iter().filter(|c| c.places.len() != usual);
    let odd: Vec<_> = odd
        .map(|c| format!("{} has {}", c.name, c.places.len()))
        .collect();
    let odd = odd.join(", ");
    let mut rows = usual;
    if times > 1 {
        if !odd.is_empty() {
            problems.push(format!(
                "the lists of this document have {usual} elements, but {odd}: nothing tells which rows those belong to, so they are left out"
            ));
        }
        columns.retain(|column| column.places.len() == usual);
    } else if !odd.is_empty() {
        rows = columns.iter().map(|c| c.places.len()).min().unwrap_or(0);
        let longest = columns.iter().find(|c| c.places.len() == usual);
        let longest = longest.map_or("", |c| c.name.as_str());
        problems.push(format!(
            "the lists of this document differ in length: {longest} has {usual} elements, {odd}. The first {rows} of each are read as rows; if one is missing in the middle, they do not belong together"
        ));
    }
    if columns.len() < 2 {
        return Found {
            problems,
            ..Found::default()
        };
    }
    Found {
        columns,
        rows: rows as u64,
        problems,
    }
}

impl Container for Parallel {
    fn kind(&self) -> &'static str {
        "JSON"
    }

    fn size(&self) -> u64 {
        self.table().rows
    }

    fn blocks(&self, sink: &mut BlockSink) -> Vec<(Spot, String)> {
        let Found { rows, problems, .. } = self.table();
        for at in (0..*rows).step_by(GROUP as usize) {
            if sink(Block::Range(at..(at + GROUP).min(*rows))).is_break() {
                break;
            }
        }
        let problems = problems.iter();
        problems.map(|what| (Spot::File, what.clone())).collect()
    }

    fn rows(&self, block: &Block, sink: &mut RowSink) {
        let Block::Range(range) = block else { return };
        let columns = &self.table().columns;
        let read = |column| self.elements(column, range);
        let read: Result<Vec<Vec<Value>>, String> = columns.iter().map(read).collect();
        // Where one element is damaged, each row is read alone, so that the others are not lost with it.
        let mut whole = read.ok().map(|columns| {
            let columns = columns.into_iter().map(Vec::into_iter);
            columns.collect::<Vec<_>>()
        });
        for at in range.clone() {
            let place = Place::new(at, 0);
            let row = match &mut whole {
                Some(whole) => {
                    let next = columns.iter().zip(whole).map(|(column, values)| {
                        (column.name.as_str(), Ok(values.next().unwrap_or_default()))
                    });
                    self.cells(at, next)
                }
                None => self.row(place),
            };
            sink(Spot::Row(at + 1), place, row);
        }
    }

    fn row(&self, place: Place) -> Result<Row<'static>, String> {
        let read = |column: &Column| {
            let (at, len) = column.places.get(place.at as usize).ok_or("no such row")?;
            parse(&self.bytes.at(*at, *len as usize)?)
        };
        let columns = self.table().columns.iter();
        self.cells(place.at, columns.map(|c| (c.name.as_str(), read(c))))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;

    use serde_json::json;

    use super::*;

    fn members(document: Value) -> Map<String, Value> {
        document.as_object().unwrap().clone()
    }

    fn lists(lengths: &[(&str, usize)]) -> Vec<Column> {
        let list = |(name, len): &(&str, usize)| Column {
            name: (*name).to_owned(),
            places: vec![(0, 0); *len],
        };
        lengths.iter().map(list).collect()
    }

    fn settled(lengths: &[(&str, usize)]) -> (Vec<String>, u64, String) {
        let found = settle(lists(lengths), Vec::new());
        let names = found.columns.into_iter().map(|c| c.name).collect();
        (names, found.rows, found.problems.join("; "))
    }

    /// The rows of a document, each read twice, and what was wrong with it.
    fn rows(document: &str) -> (Vec<Result<Value, String>>, Vec<String>) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(document.as_bytes()).unwrap();
        let bytes = Arc::new(Bytes::open(file.path()).unwrap());
        let parallel = Parallel::new(bytes, vec!["q".into(), "a".into()]);
        let mut rows = Vec::new();
        let damage = parallel.blocks(&mut |block| {
            parallel.rows(&block, &mut |_, place, row| {
                let row = row.and_then(Row::value);
                assert_eq!(row, parallel.row(place).and_then(Row::value));
                rows.push(row);
            });
            ControlFlow::Continue(())
        });
        (rows, damage.into_iter().map(|(_, what)| what).collect())
    }

    #[test]
    fn rows_are_the_elements_at_the_same_place() {
        let (rows, problems) =
            rows(r#"{"score": 0.5, "q": ["где?", "когда?"], "a": [["там"], NaN]}"#);
        let expected = [
            json!({"q": "где?", "a": ["там"]}),
            json!({"q": "когда?", "a": null}),
        ];
        assert_eq!(rows, expected.map(Ok));
        assert_eq!(problems, [""; 0]);
    }

    #[test]
    fn a_damaged_element_costs_its_row() {
        let (rows, _) = rows(r#"{"q": ["一", tru, "三"], "a": [1, 2, 3]}"#);
        assert_eq!(rows[0], Ok(json!({"q": "一", "a": 1})));
        assert!(rows[1].as_ref().unwrap_err().starts_with("element 1 of q:"));
        assert_eq!(rows[2], Ok(json!({"q": "三", "a": 3})));
    }

    #[test]
    fn a_document_that_breaks_off_has_the_rows_that_are_whole() {
        let (rows, problems) = rows(r#"{"q": ["一", "二", "三"], "a": [1, 2, "#);
        assert_eq!(rows.len(), 2);
        assert!(problems.iter().any(|what| what.contains("cut off")));
        assert!(problems.iter().any(|what| what.contains("a has 2")));
    }

    #[test]
    fn lists_of_the_usual_length_are_the_columns() {
        let (names, rows, problems) = settled(&[("q", 9), ("a", 9), ("notes", 8), ("tags", 2)]);
        assert_eq!((names, rows), (vec!["q".into(), "a".into()], 9));
        assert!(
            problems.contains("9 elements, but notes has 8"),
            "{problems}"
        );
        assert!(!problems.contains("tags"));
        let (names, rows, problems) = settled(&[("q", 9), ("a", 8)]);
        assert_eq!((names.len(), rows), (2, 8));
        assert!(problems.contains("q has 9 elements, a has 8"), "{problems}");
        assert_eq!(settled(&[("q", 9), ("tags", 2)]).1, 0);
        assert_eq!(settled(&[]).1, 0);
    }

    #[test]
    fn a_record_with_lists_is_no_table() {
        let none: [&str; 0] = [];
        let of = |document| columns(&members(document), &[]);
        assert_eq!(
            of(json!({"model": "m", "predicted": ["a"], "gold": ["b"]})),
            ["predicted", "gold"]
        );
        assert_eq!(of(json!({"question": "?", "x": [1], "y": [2]})), none);
        assert_eq!(of(json!({"messages": [{"role": "user"}], "y": [2]})), none);
        assert_eq!(of(json!({"predicted": ["a"], "n": 1})), none);
        assert_eq!(
            columns(&members(json!({"a": [1]})), &["b".into()]),
            ["a", "b"]
        );
    }

    #[test]
    fn a_line_is_a_table_only_where_its_lists_leave_no_doubt() {
        let is = |line| is_table(&members(line));
        assert!(is(json!({"predicted": ["a", "b"], "gold": [1, 2]})));
        assert!(!is(json!({"predicted": ["a", "b"], "gold": [1]})));
        assert!(!is(json!({"choices": ["a", "b"], "labels": ["A", "B"]})));
        assert!(!is(json!({"id": 1, "scores": [1, 2]})));
    }
}
