//! JSON as logs really have it: Python's `NaN`, lone surrogates, documents of gigabytes.
//!
//! [`parse`] reads one value, repairing only what the plain parser refuses. [`array_elements`] and [`values`] cut a
//! stream into values without holding it: they know strings, escapes and depth, nothing else, so what they hand over may
//! still turn out to be broken when it is parsed.

use std::io::{self, Read};
use std::ops::ControlFlow;

use memchr::memchr3;
use serde_json::{Map, Value};

/// The largest single element that is read.
pub const ELEMENT_CAP: usize = 256 << 20;
/// The largest other member of a document that is kept in its [`Outline`].
pub const MEMBER_CAP: usize = 4 << 20;
/// What all members of an [`Outline`] may weigh together.
const OUTLINE_CAP: usize = 64 << 20;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Where [`array_elements`] and [`values`] put what they find: the offset of its first byte, and its bytes.
pub type Sink<'a> = &'a mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>;
/// Says of an array by its name whether [`arrays`] is to walk it.
pub type Wanted<'a> = &'a mut dyn FnMut(&str) -> bool;

/// Reads one JSON value. What the plain parser refuses is repaired once: bare `NaN`, infinities and numbers beyond any float become `null`, lone
/// surrogates and invalid UTF-8 become U+FFFD, raw control characters in strings are escaped.
///
/// # Errors
/// The error of the first attempt, so that its line and column are those of the bytes given.
pub fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    serde_json::from_slice(bytes).or_else(|error| {
        serde_json::from_slice(&repaired(&String::from_utf8_lossy(bytes))).map_err(|_| error)
    })
}

/// The tokens Python's `json` writes for numbers that JSON has no word for; the longest first.
const NOT_NUMBERS: [&[u8]; 3] = [b"-Infinity", b"Infinity", b"NaN"];

fn repaired(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len() + 16);
    let (mut at, mut string) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let (taken, written): (usize, &[u8]) = match byte {
            b'"' => {
                string = !string;
                (1, b"\"")
            }
            b'\\' if string => escape(rest),
            0..0x20 if string => {
                out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
                (1, b"")
            }
            b'-' | b'I' | b'N' | b'0'..=b'9' if !string => number(rest),
            _ => (1, &rest[..1]),
        };
        out.extend_from_slice(written);
        at += taken;
    }
    out
}

/// The number at the start of `rest`, or what Python writes for one: how much of it to take and what to write instead.
fn number(rest: &[u8]) -> (usize, &[u8]) {
    if let Some(token) = NOT_NUMBERS.iter().find(|token| rest.starts_with(token)) {
        return (token.len(), b"null");
    }
    let part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let taken = rest.iter().take_while(part).count().max(1);
    let value = std::str::from_utf8(&rest[..taken])
        .ok()
        .and_then(|text| text.parse::<f64>().ok());
    let written = if value.is_some_and(f64::is_infinite) {
        b"null"
    } else {
        &rest[..taken]
    };
    (taken, written)
}

/// The escape at the start of `rest`: how much of it to take and what to write instead.
fn escape(rest: &[u8]) -> (usize, &[u8]) {
    match unit(rest) {
        Some(0xd800..=0xdbff) if matches!(unit(&rest[6..]), Some(0xdc00..=0xdfff)) => {
            (12, &rest[..12])
        }
        Some(0xd800..=0xdfff) => (6, b"\\ufffd"),
        _ => {
            let taken = rest.len().min(2);
            (taken, &rest[..taken])
        }
    }
}

/// The UTF-16 unit that a `\uXXXX` at the start of `rest` stands for.
fn unit(rest: &[u8]) -> Option<u16> {
    let digits = rest.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// What a document holds besides the array that was walked.
#[derive(Debug, Default, PartialEq)]
pub struct Outline {
    /// The other members of the top-level object, as they stand, in their order. Empty for a top-level array.
    pub members: Vec<(String, Vec<u8>)>,
    /// The array was there.
    pub found: bool,
    /// How many elements were handed over.
    pub elements: u64,
    /// What could not be read, and where.
    pub problems: Vec<Problem>,
    /// Names of members too large to be kept.
    pub large: Vec<String>,
    weight: usize,
}

/// Something in a document that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Byte offset from the start of the stream.
    pub offset: u64,
    /// What was wrong.
    pub what: String,
}

impl Outline {
    /// The kept members as one object; what cannot be parsed is left out.
    pub fn object(&self) -> Value {
        let read = |(name, bytes): &(String, Vec<u8>)| Some((name.clone(), parse(bytes).ok()?));
        Value::Object(self.members.iter().filter_map(read).collect::<Map<_, _>>())
    }

    fn keep(&mut self, name: String, value: Kept) {
        if value.over || self.weight + value.bytes.len() > OUTLINE_CAP {
            self.large.push(name);
        } else {
            self.weight += value.bytes.len();
            self.members.push((name, value.bytes));
        }
    }

    fn problem(&mut self, offset: u64, what: impl Into<String>) {
        self.problems.push(Problem {
            offset,
            what: what.into(),
        });
    }
}

/// Walks the elements of one array of a JSON document: the document itself where `path` is empty, else the member of
/// that name, and so on inwards. The other members of a top-level object end in the [`Outline`], whether they stand
/// before the array or after it; a document without that array has only those. Memory is bounded by the largest element.
///
/// A document that is damaged or cut off gives everything before the damage; what is wrong is in
/// [`Outline::problems`].
///
/// # Errors
/// Only if the reader fails.
pub fn array_elements(reader: impl Read, path: &[&str], sink: Sink) -> io::Result<Outline> {
    walk(reader, path, Of::Array, None, sink)
}

/// Walks several arrays of a JSON document in one go: of the top-level object those whose names are `wanted`, each asked
/// for where it begins. Otherwise as [`array_elements`].
///
/// # Errors
/// Only if the reader fails.
pub fn arrays(reader: impl Read, wanted: Wanted, sink: Sink) -> io::Result<Outline> {
    walk(reader, &[], Of::Array, Some(wanted), sink)
}

/// Walks the members of one object of a JSON document as [`array_elements`] walks an array. What is handed over is a
/// member with its name, `"name": value`, without the braces around it.
///
/// # Errors
/// Only if the reader fails.
pub fn members(reader: impl Read, path: &[&str], sink: Sink) -> io::Result<Outline> {
    walk(reader, path, Of::Object, None, sink)
}

/// What is walked.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Array,
    Object,
}

fn walk<'a>(
    reader: impl Read,
    path: &[&str],
    of: Of,
    wanted: Option<Wanted<'a>>,
    sink: Sink<'a>,
) -> io::Result<Outline> {
    let mut walk = Walk {
        scan: Scanner::new(reader)?,
        of,
        wanted,
        sink,
        outline: Outline::default(),
    };
    match walk.document(path) {
        Ok(()) | Err(Stop::Enough) => {}
        Err(Stop::Damage(what)) => {
            let offset = walk.scan.offset;
            walk.outline.problem(offset, what);
        }
        Err(Stop::Io(error)) => return Err(error),
    }
    Ok(walk.outline)
}

/// Walks a stream of JSON values with anything between them: JSON Lines, or objects printed over several lines each.
///
/// A line that opens with `{` where no value can begin ends the value before it, so one broken row costs no other. What
/// is not JSON at all is handed over line by line: the parser then says what is wrong with it.
///
/// # Errors
/// Only if the reader fails. Values larger than [`ELEMENT_CAP`] are skipped and returned as problems.
pub fn values(reader: impl Read, sink: Sink) -> io::Result<Vec<Problem>> {
    let mut scan = Scanner::new(reader)?;
    let mut value = Kept::new(ELEMENT_CAP);
    let mut problems = Vec::new();
    while let Some(byte) =
        scan.next_byte(|b| b.is_ascii_whitespace() || matches!(b, b',' | 0x1e))?
    {
        let offset = scan.offset;
        value.clear();
        // A value that the end of the stream cuts off is handed over like any other: parsing it tells where it ends.
        match byte {
            b'{' | b'[' | b'"' => scan.take(
                &mut Nested {
                    lines: true,
                    ..Nested::default()
                },
                &mut value,
            )?,
            _ => scan.take(&mut Until(|b| b == b'\n'), &mut value)?,
        };
        if value.over {
            problems.push(Problem {
                offset,
                what: too_large(),
            });
        } else if sink(offset, &value.bytes).is_break() {
            break;
        }
    }
    Ok(problems)
}

fn too_large() -> String {
    format!(
        "an element of more than {} MiB was skipped",
        ELEMENT_CAP >> 20
    )
}

/// Why a walk ends early.
enum Stop {
    Enough,
    Damage(&'static str),
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Io(error)
    }
}

struct Walk<'a, R> {
    scan: Scanner<R>,
    of: Of,
    /// Instead of a path.
    wanted: Option<Wanted<'a>>,
    sink: Sink<'a>,
    outline: Outline,
}

impl<R: Read> Walk<'_, R> {
    fn document(&mut self, path: &[&str]) -> Result<(), Stop> {
        match (path, self.next()?, self.of) {
            ([], b'[', Of::Array) => self.array()?,
            ([], b'{', Of::Object) => self.members()?,
            (_, b'{', _) => self.object(path, true)?,
            _ => return Err(Stop::Damage("expected a JSON object or array")),
        }
        match self.scan.next_byte(space)? {
            None => Ok(()),
            Some(_) => Err(Stop::Damage("there is text after the end of the document")),
        }
    }

    fn object(&mut self, path: &[&str], top: bool) -> Result<(), Stop> {
        self.scan.skip();
        loop {
            match self.next()? {
                b'}' => break,
                b',' => self.scan.skip(),
                b'"' => self.member(path, top)?,
                _ => return Err(Stop::Damage("expected the name of a member")),
            }
        }
        self.scan.skip();
        Ok(())
    }

    fn member(&mut self, path: &[&str], top: bool) -> Result<(), Stop> {
        let name = self.value(MEMBER_CAP)?;
        let name = parse(&name.bytes)
            .ok()
            .and_then(|name| name.as_str().map(str::to_owned))
            .unwrap_or_default();
        if self.next()? != b':' {
            return Err(Stop::Damage("expected a colon after the name of a member"));
        }
        self.scan.skip();
        let next = self.next()?;
        if next == b'[' && self.wanted.as_mut().is_some_and(|wanted| wanted(&name)) {
            return self.array();
        }
        match (path, next, self.of) {
            ([wanted], b'[', Of::Array) if name == *wanted => return self.array(),
            ([wanted], b'{', Of::Object) if name == *wanted => return self.members(),
            ([wanted, inner @ ..], b'{', _) if name == *wanted && !inner.is_empty() => {
                return self.object(inner, false);
            }
            _ => {}
        }
        let value = self.value(if top { MEMBER_CAP } else { 0 })?;
        if top {
            self.outline.keep(name, value);
        }
        Ok(())
    }

    fn array(&mut self) -> Result<(), Stop> {
        self.outline.found = true;
        self.scan.skip();
        let mut element = Kept::new(ELEMENT_CAP);
        loop {
            match self.next()? {
                b']' => break,
                b',' => self.scan.skip(),
                b'}' | b':' => return Err(Stop::Damage("expected an element of the array")),
                _ => self.element(&mut element)?,
            }
        }
        self.scan.skip();
        Ok(())
    }

    fn members(&mut self) -> Result<(), Stop> {
        self.outline.found = true;
        self.scan.skip();
        let mut member = Kept::new(ELEMENT_CAP);
        loop {
            match self.next()? {
                b'}' => break,
                b',' => self.scan.skip(),
                b'"' => {
                    let offset = self.scan.offset;
                    member.clear();
                    self.take(&mut member)?;
                    let between = |byte| !space(byte) && byte != b':';
                    self.scan.take(&mut Until(between), &mut member)?;
                    self.take(&mut member)?;
                    self.hand_over(offset, &member)?;
                }
                _ => return Err(Stop::Damage("expected the name of a member")),
            }
        }
        self.scan.skip();
        Ok(())
    }

    fn element(&mut self, element: &mut Kept) -> Result<(), Stop> {
        let offset = self.scan.offset;
        element.clear();
        self.take(element)?;
        self.hand_over(offset, element)
    }

    fn hand_over(&mut self, offset: u64, element: &Kept) -> Result<(), Stop> {
        if element.over {
            self.outline.problem(offset, too_large());
            return Ok(());
        }
        self.outline.elements += 1;
        match (self.sink)(offset, &element.bytes) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stop::Enough),
        }
    }

    fn value(&mut self, cap: usize) -> Result<Kept, Stop> {
        let mut value = Kept::new(cap);
        self.take(&mut value)?;
        Ok(value)
    }

    fn take(&mut self, value: &mut Kept) -> Result<(), Stop> {
        let whole = match self.next()? {
            b'{' | b'[' | b'"' => self.scan.take(&mut Nested::default(), value)?,
            _ => self.scan.take(
                &mut Until(|b| space(b) || matches!(b, b',' | b']' | b'}')),
                value,
            )?,
        };
        if whole { Ok(()) } else { Err(CUT_OFF) }
    }

    /// The next byte that is not white space, left where it is.
    fn next(&mut self) -> Result<u8, Stop> {
        self.scan.next_byte(space)?.ok_or(CUT_OFF)
    }
}

const CUT_OFF: Stop = Stop::Damage("the document ends in the middle: it was cut off");

fn space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Bytes of one value, up to a limit; past it only that it was passed.
struct Kept {
    bytes: Vec<u8>,
    cap: usize,
    over: bool,
}

impl Kept {
    fn new(cap: usize) -> Self {
        Kept {
            bytes: Vec::new(),
            cap,
            over: false,
        }
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.over = false;
    }

    fn push(&mut self, bytes: &[u8]) {
        self.over |= self.bytes.len() + bytes.len() > self.cap;
        if self.over {
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }
}

/// A reader with a window on its next bytes and the place of the window in the stream.
struct Scanner<R> {
    reader: R,
    window: Box<[u8]>,
    start: usize,
    end: usize,
    offset: u64,
}

impl<R: Read> Scanner<R> {
    fn new(reader: R) -> io::Result<Self> {
        let mut scan = Scanner {
            reader,
            window: vec![0; 64 << 10].into(),
            start: 0,
            end: 0,
            offset: 0,
        };
        while scan.end < BOM.len() && scan.read()? > 0 {}
        if scan.window[..scan.end].starts_with(BOM) {
            scan.advance(BOM.len());
        }
        Ok(scan)
    }

    fn read(&mut self) -> io::Result<usize> {
        loop {
            match self.reader.read(&mut self.window[self.end..]) {
                Ok(read) => {
                    self.end += read;
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// What is in the window; empty only at the end of the stream.
    fn fill(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            self.read()?;
        }
        Ok(&self.window[self.start..self.end])
    }

    fn advance(&mut self, bytes: usize) {
        self.start += bytes;
        self.offset += bytes as u64;
    }

    /// Steps over the byte that [`Self::next_byte`] has shown.
    fn skip(&mut self) {
        self.advance(1);
    }

    fn next_byte(&mut self, passed: impl Fn(u8) -> bool) -> io::Result<Option<u8>> {
        loop {
            let window = self.fill()?;
            if window.is_empty() {
                return Ok(None);
            }
            let found = window
                .iter()
                .copied()
                .enumerate()
                .find(|(_, byte)| !passed(*byte));
            let step = found.map_or(window.len(), |(at, _)| at);
            self.advance(step);
            if let Some((_, byte)) = found {
                return Ok(Some(byte));
            }
        }
    }

    /// Copies bytes until `end` has seen the last of them; false if the stream ends first.
    fn take(&mut self, end: &mut impl End, into: &mut Kept) -> io::Result<bool> {
        loop {
            let window = self.fill()?;
            if window.is_empty() {
                return Ok(end.at_end_of_stream());
            }
            let found = end.find(window);
            let step = found.unwrap_or(window.len());
            into.push(&window[..step]);
            self.advance(step);
            if found.is_some() {
                return Ok(true);
            }
        }
    }
}

/// Knows where a value ends, window by window.
trait End {
    /// How many bytes of `window` still belong to the value, if it ends there.
    fn find(&mut self, window: &[u8]) -> Option<usize>;

    /// The end of the stream is a fair end of the value.
    fn at_end_of_stream(&self) -> bool;
}

/// A scalar, which ends before the byte that is not of it.
struct Until<F>(F);

impl<F: Fn(u8) -> bool> End for Until<F> {
    fn find(&mut self, window: &[u8]) -> Option<usize> {
        window.iter().position(|byte| (self.0)(*byte))
    }

    fn at_end_of_stream(&self) -> bool {
        true
    }
}

/// A string, array or object, which ends with its closing byte.
#[derive(Default)]
struct Nested {
    depth: u64,
    string: bool,
    escape: bool,
    /// The last byte outside strings that is not white space.
    last: u8,
    /// The byte before was a newline.
    fresh: bool,
    /// A line that opens with `{` where no value can begin ends the value too.
    lines: bool,
}

impl Nested {
    fn broken_off(&self, byte: u8) -> bool {
        self.lines && byte == b'{' && (self.string || !matches!(self.last, b'[' | b',' | b':'))
    }

    /// Takes one byte outside strings; true if it closes the value.
    fn step(&mut self, byte: u8) -> bool {
        match byte {
            b'"' => self.string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b'\n' => self.fresh = true,
            _ => {}
        }
        if !space(byte) {
            self.last = byte;
        }
        matches!(byte, b'}' | b']') && self.depth == 0
    }
}

impl End for Nested {
    fn find(&mut self, window: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(&byte) = window.get(at) {
            if std::mem::take(&mut self.fresh) && self.broken_off(byte) {
                return Some(at);
            }
            if std::mem::take(&mut self.escape) {
                at += 1;
            } else if self.string {
                at += memchr3(b'"', b'\\', b'\n', &window[at..])?;
                match window[at] {
                    b'\\' => self.escape = true,
                    b'\n' => self.fresh = true,
                    _ => self.string = false,
                }
                at += 1;
                if !self.string && self.depth == 0 {
                    return Some(at);
                }
            } else {
                at += 1;
                if self.step(byte) {
                    return Some(at);
                }
            }
        }
        None
    }

    fn at_end_of_stream(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Gives a few bytes at a time, so that every boundary falls inside a window once.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let step = self.1.min(self.0.len()).min(buffer.len());
            buffer[..step].copy_from_slice(&self.0[..step]);
            self.0 = &self.0[step..];
            Ok(step)
        }
    }

    fn elements(text: &str, path: &[&str], step: usize) -> (Vec<Value>, Outline) {
        let mut found = Vec::new();
        let outline = array_elements(
            Trickle(text.as_bytes(), step),
            path,
            &mut |offset, bytes| {
                let from = usize::try_from(offset).unwrap();
                assert_eq!(&text.as_bytes()[from..from + bytes.len()], bytes);
                found.push(parse(bytes).unwrap());
                ControlFlow::Continue(())
            },
        );
        (found, outline.unwrap())
    }

    fn rows(text: &str) -> Vec<Option<Value>> {
        let mut found = Vec::new();
        let problems = values(Trickle(text.as_bytes(), 3), &mut |_, bytes| {
            found.push(parse(bytes).ok());
            ControlFlow::Continue(())
        });
        assert_eq!(problems.unwrap(), []);
        found
    }

    #[test]
    fn python_numbers_become_null_outside_strings_only() {
        let text = br#"{"a":NaN,"b":[Infinity,-Infinity,-1],"c":"NaN -Infinity \" NaN"}"#;
        let value = parse(text).unwrap();
        assert_eq!(
            value,
            json!({"a":null,"b":[null,null,-1],"c":"NaN -Infinity \" NaN"})
        );
    }

    #[test]
    fn lone_surrogates_and_bad_bytes_become_replacement_characters() {
        assert_eq!(parse(br#""a\ud800b""#).unwrap(), json!("a\u{fffd}b"));
        assert_eq!(
            parse(br#""\ude00\ud83d\ude00\\ud800""#).unwrap(),
            json!("\u{fffd}\u{1f600}\\ud800")
        );
        assert_eq!(parse(b"\"\xff\"").unwrap(), json!("\u{fffd}"));
        assert_eq!(parse(b"\"a\nb\x00\"").unwrap(), json!("a\nb\0"));
        assert_eq!(parse(b"\xef\xbb\xbf[1]").unwrap(), json!([1]));
    }

    #[test]
    fn the_first_error_is_reported() {
        let error = parse(b"{\"a\": NaN,\n \"b\": }").unwrap_err();
        assert_eq!((error.line(), error.column()), (1, 7));
    }

    #[test]
    fn members_before_and_after_the_array_are_kept() {
        let text = r#"{"version":2,"samples":[{"id":1},{"id":"]\"}"}],"stats":{"samples":[9]}}"#;
        let (found, outline) = elements(text, &["samples"], 5);
        assert_eq!(found, [json!({"id":1}), json!({"id":"]\"}"})]);
        assert_eq!(
            outline.object(),
            json!({"version":2,"stats":{"samples":[9]}})
        );
        assert!(outline.found && outline.problems.is_empty());
    }

    #[test]
    fn a_path_leads_inwards() {
        let text = r#"{"results":{"version":3,"results":[1,2]},"config":{}}"#;
        let (found, outline) = elements(text, &["results", "results"], 4);
        assert_eq!(found, [json!(1), json!(2)]);
        assert_eq!(outline.object(), json!({"config":{}}));
    }

    #[test]
    fn members_of_an_object_come_with_their_names() {
        let text = r#"{"n":1,"details":{"0" : {"a":"}"},"1":2,
            "x\"y":[3]},"m":2}"#;
        for step in [1, 3, 99] {
            let mut found = Vec::new();
            let outline = members(
                Trickle(text.as_bytes(), step),
                &["details"],
                &mut |at, bytes| {
                    let at = usize::try_from(at).unwrap();
                    assert_eq!(&text.as_bytes()[at..at + bytes.len()], bytes);
                    found.push(parse(&[b"{", bytes, b"}"].concat()).unwrap());
                    ControlFlow::Continue(())
                },
            );
            assert_eq!(
                found,
                [json!({"0":{"a":"}"}}), json!({"1":2}), json!({"x\"y":[3]})]
            );
            assert_eq!(outline.unwrap().object(), json!({"n":1,"m":2}));
        }
        let mut count = 0;
        let outline = members(text.as_bytes(), &[], &mut |_, _| {
            count += 1;
            ControlFlow::Continue(())
        });
        assert!(outline.unwrap().found && count == 3);
    }

    #[test]
    fn an_array_that_is_something_else_is_a_member() {
        let (found, outline) = elements(r#"{"samples":null}"#, &["samples"], 9);
        assert!(found.is_empty() && !outline.found);
        assert_eq!(outline.object(), json!({"samples":null}));
    }

    #[test]
    fn an_object_where_an_array_was_asked_for_shows_its_members() {
        let (found, outline) = elements(r#"{"a":[1],"b":{"c":2}}"#, &[], 3);
        assert!(found.is_empty() && !outline.found && outline.problems.is_empty());
        assert_eq!(outline.object(), json!({"a":[1],"b":{"c":2}}));
        assert_eq!(elements("[1]", &["a"], 3).1.problems.len(), 1);
    }

    #[test]
    fn a_document_cut_off_gives_what_stands_before_the_cut() {
        let (found, outline) = elements(
            r#"{"version":2,"samples":[{"id":1},{"id":"#,
            &["samples"],
            7,
        );
        assert_eq!(found, [json!({"id":1})]);
        assert_eq!(outline.object(), json!({"version":2}));
        assert!(outline.problems[0].what.contains("cut off"));
    }

    #[test]
    fn a_member_too_large_is_named() {
        let text = format!(r#"{{"big":"{}","samples":[1]}}"#, "x".repeat(MEMBER_CAP));
        let (found, outline) = elements(&text, &["samples"], 60_000);
        assert_eq!(found, [json!(1)]);
        assert_eq!(outline.large, ["big"]);
    }

    #[test]
    fn the_sink_can_stop() {
        let outline =
            array_elements(&b"[1,2,3]"[..], &[], &mut |_, _| ControlFlow::Break(())).unwrap();
        assert_eq!((outline.elements, outline.problems.len()), (1, 0));
    }

    #[test]
    fn values_come_in_lines_or_printed_large() {
        assert_eq!(
            rows("{\"a\":1}\n{\"a\":2}\r\n\n[3]\n4\n"),
            [
                Some(json!({"a":1})),
                Some(json!({"a":2})),
                Some(json!([3])),
                Some(json!(4))
            ]
        );
        assert_eq!(
            rows("{\n  \"a\": [\n{\n\"b\":1}\n]\n}\n{\n  \"a\": 2\n}"),
            [Some(json!({"a":[{"b":1}]})), Some(json!({"a":2}))]
        );
    }

    #[test]
    fn one_broken_row_costs_no_other() {
        let good = Some(json!({"a":1}));
        for broken in [
            "{\"a\": \"no end}",
            "{\"a\": {",
            "{\"a\": [1, 2",
            "rubbish } \"",
            "{\"a\":1",
        ] {
            let text = format!("{{\"a\":1}}\n{broken}\n{{\"a\":1}}\n{{\"a\":1}}\n");
            assert_eq!(
                rows(&text),
                [good.clone(), None, good.clone(), good.clone()],
                "{broken}"
            );
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[\\\\\"\\[\\]{},:\n é😀]{0,9}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 48, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn elements_are_those_of_the_document(all in prop::collection::vec(any_json(), 0..6), step in 1usize..40, pretty: bool) {
            let write = if pretty { serde_json::to_string_pretty } else { serde_json::to_string::<Value> };
            let (found, outline) = elements(&write(&Value::from(all.clone())).unwrap(), &[], step);
            prop_assert_eq!(&found, &all);
            prop_assert_eq!(outline.problems, []);
            let whole = json!({"\"a": 1, "é": all, "z": {"é": [0]}});
            let (found, outline) = elements(&write(&whole).unwrap(), &["é"], step);
            prop_assert_eq!(&found, &all);
            prop_assert_eq!(outline.object(), json!({"\"a": 1, "z": {"é": [0]}}));
            let lines: String = all.iter().map(|v| format!("{}\n", write(v).unwrap())).collect();
            prop_assert_eq!(rows(&lines), all.into_iter().map(Some).collect::<Vec<_>>());
        }

        #[test]
        fn nothing_panics(bytes: Vec<u8>, step in 1usize..9) {
            let _ = parse(&bytes);
            let _ = array_elements(Trickle(&bytes, step), &["a"], &mut |_, _| ControlFlow::Continue(()));
            let _ = values(Trickle(&bytes, step), &mut |_, _| ControlFlow::Continue(()));
        }

        #[test]
        fn what_python_writes_is_read(value in any_json()) {
            let text = value.to_string();
            prop_assert_eq!(parse(format!("[NaN,{text}]").as_bytes()).unwrap(), json!([null, value]));
        }
    }
}
