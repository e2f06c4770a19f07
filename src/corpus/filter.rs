//! The filter language: `src:Hebr tgt:Deva cross wrong model:qwen* -run:base len>2000 "exact phrase" ~fuzzy`.
//!
//! Clauses are joined by *and*; values of one clause, separated by commas, by *or*; a dash before a clause means *not*.
//! What a filter shows on screen is what it was parsed from, so it can be copied to the command line.

use std::fmt;
use std::ops::Range;

use super::fields::{FLAGS, Flag, KEYS, Key, Layer, MEASURES, Measure, NONE};
use super::tags::DISAGREE;

/// What a response must be to be shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// All of these must hold.
    pub clauses: Vec<Clause>,
}

/// One condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// The condition must not hold.
    pub negated: bool,
    /// The condition.
    pub test: Test,
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// The name is one of these; `*` and `?` stand for any characters, case does not count.
    OneOf(Key, Vec<String>),
    /// The number compares so.
    Compare(Measure, Op, f64),
    /// The response is this.
    Is(Flag),
    /// Question, answer, gold or trace contain this text; case does not count.
    Phrase(String),
    /// A word of question, answer or gold is close to this, in any script.
    Fuzzy(String),
    /// A run of the first name is right where one of the second is wrong, on the same question in the same language.
    Flip(String, String),
}

/// How a number compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Op {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

/// Longer signs first, so that `>=` is not read as `>`.
const OPS: [(&str, Op); 5] = [
    ("<=", Op::AtMost),
    (">=", Op::AtLeast),
    ("<", Op::Less),
    (">", Op::More),
    ("=", Op::Equal),
];

/// What is wrong with a filter, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// The bytes that are wrong.
    pub span: Range<usize>,
    /// What is wrong with them, and what to write instead.
    pub message: String,
}

impl FilterError {
    /// The filter with a line of carets under the wrong part, counted in characters.
    pub fn pointed(&self, text: &str) -> String {
        let before = text.get(..self.span.start).unwrap_or(text).chars().count();
        let wide = text
            .get(self.span.clone())
            .map_or(1, |part| part.chars().count().max(1));
        format!(
            "{text}\n{}{}\ncolumn {}: {}",
            " ".repeat(before),
            "^".repeat(wide),
            before + 1,
            self.message
        )
    }
}

impl Filter {
    /// Reads a filter; an empty text is the filter that lets everything through.
    ///
    /// # Errors
    /// The first clause that cannot be read.
    pub fn parse(text: &str) -> Result<Filter, FilterError> {
        let clauses = tokens(text)?
            .into_iter()
            .map(|span| clause(text, span))
            .collect::<Result<_, _>>()?;
        Ok(Filter { clauses })
    }

    /// Whether any clause needs the texts, which lie on disk.
    pub fn reads_texts(&self) -> bool {
        self.clauses.iter().any(Clause::reads_texts)
    }

    /// Whether any clause needs this layer of columns.
    pub fn needs(&self, layer: Layer) -> bool {
        self.clauses.iter().any(|clause| match &clause.test {
            Test::OneOf(key, _) => key.spec().layer == layer,
            Test::Is(flag) => flag.layer() == layer,
            _ => layer == Layer::Loaded,
        })
    }

    /// The clause for tags of those whom the filter names, where it names some and the clause is about tags.
    pub(super) fn whose(&self, clause: &Clause) -> Option<Clause> {
        let Test::OneOf(Key::Tag, codes) = &clause.test else {
            return None;
        };
        let mut named = self.clauses.iter().filter(|clause| !clause.negated);
        let named = named.find_map(|clause| match &clause.test {
            Test::OneOf(Key::Annotator, names) => Some(names),
            _ => None,
        })?;
        let is_code =
            |code: &&String| !code.contains('@') && ![DISAGREE, NONE].contains(&code.as_str());
        let mut joined: Vec<String> = Vec::new();
        for code in codes {
            match is_code(&code) {
                true => joined.extend(named.iter().map(|name| format!("{code}@{name}"))),
                false => joined.push(code.clone()),
            }
        }
        Some(Clause {
            test: Test::OneOf(Key::Tag, joined),
            ..*clause
        })
    }

    /// Adds the condition, or takes it away if it is there.
    pub fn toggle(&mut self, test: Test) {
        match self
            .clauses
            .iter()
            .position(|clause| !clause.negated && clause.test == test)
        {
            Some(at) => drop(self.clauses.remove(at)),
            None => self.clauses.push(Clause {
                negated: false,
                test,
            }),
        }
    }

    /// Whether a value of a facet is chosen: `Some(true)` if it must be, `Some(false)` if it must not.
    pub fn chosen(&self, key: Key, value: &str) -> Option<bool> {
        let holds = |clause: &&Clause| matches!(&clause.test, Test::OneOf(k, v) if *k == key && v.iter().any(|v| v == value));
        self.clauses
            .iter()
            .find(holds)
            .map(|clause| !clause.negated)
    }

    /// Adds a value to the choice of a facet, or takes it away if it is chosen.
    pub fn toggle_value(&mut self, key: Key, value: &str, negated: bool) {
        let was = self.chosen(key, value);
        for clause in &mut self.clauses {
            if let Test::OneOf(k, values) = &mut clause.test
                && *k == key
            {
                values.retain(|v| v != value);
            }
        }
        self.clauses
            .retain(|clause| !matches!(&clause.test, Test::OneOf(_, values) if values.is_empty()));
        if was == Some(!negated) {
            return;
        }
        let same = |clause: &&mut Clause| {
            clause.negated == negated && matches!(&clause.test, Test::OneOf(k, _) if *k == key)
        };
        match self.clauses.iter_mut().find(same) {
            Some(Clause {
                test: Test::OneOf(_, values),
                ..
            }) => values.push(value.to_owned()),
            _ => self.clauses.push(Clause {
                negated,
                test: Test::OneOf(key, vec![value.to_owned()]),
            }),
        }
    }
}

impl Clause {
    /// Whether the condition is about a text, which lies on disk.
    pub fn reads_texts(&self) -> bool {
        matches!(self.test, Test::Phrase(_) | Test::Fuzzy(_))
    }

    /// The facet this clause chooses values of.
    pub fn key(&self) -> Option<Key> {
        match &self.test {
            Test::OneOf(key, _) => Some(*key),
            Test::Is(Flag::Same | Flag::Cross | Flag::Partial) => Some(Key::Match),
            Test::Is(
                Flag::Right | Flag::Wrong | Flag::Unattempted | Flag::Unparsed | Flag::Unjudged,
            ) => Some(Key::Outcome),
            _ => None,
        }
    }
}

/// Byte ranges between blanks; blanks inside quotes do not count.
pub(super) fn tokens(text: &str) -> Result<Vec<Range<usize>>, FilterError> {
    let mut found = Vec::new();
    let (mut start, mut quote) = (None, None);
    for (at, c) in text.char_indices() {
        match c {
            '"' => {
                quote = if quote.is_none() { Some(at) } else { None };
                start = start.or(Some(at));
            }
            c if c.is_whitespace() && quote.is_none() => {
                found.extend(start.take().map(|start| start..at))
            }
            _ => start = start.or(Some(at)),
        }
    }
    match quote {
        Some(at) => Err(FilterError {
            span: at..text.len(),
            message: "this quote is never closed".into(),
        }),
        None => {
            found.extend(start.map(|start| start..text.len()));
            Ok(found)
        }
    }
}

fn clause(text: &str, span: Range<usize>) -> Result<Clause, FilterError> {
    let negated = text[span.clone()].starts_with('-');
    let span = span.start + usize::from(negated)..span.end;
    let body = &text[span.clone()];
    let fail = |span: Range<usize>, message: String| Err(FilterError { span, message });
    let test = if body.is_empty() {
        return fail(
            span.start - 1..span.end,
            "a dash needs a clause behind it".into(),
        );
    } else if let Some(words) = body.strip_prefix('~') {
        match unquoted(words) {
            words if words.trim().is_empty() => {
                return fail(span, "write a word behind ~, for example ~sarajevo".into());
            }
            words => Test::Fuzzy(words),
        }
    } else if body.starts_with('"') {
        match unquoted(body) {
            words if words.trim().is_empty() => {
                return fail(span, "an empty phrase finds nothing".into());
            }
            words => Test::Phrase(words),
        }
    } else if let Some(runs) = body.strip_prefix("flip:") {
        let parts = split(runs, '>');
        match parts.as_slice() {
            [a, b] if !a.is_empty() && !b.is_empty() => Test::Flip(a.clone(), b.clone()),
            _ => {
                return fail(
                    span,
                    "write two runs, first the one that is right: flip:baseline>hint".into(),
                );
            }
        }
    } else if let Some((name, values)) = field(body) {
        let Some(key) = Key::named(name) else {
            let message = format!(
                "no field {name}{}",
                suggestion(name, KEYS.iter().map(|spec| spec.name))
            );
            return fail(span.start..span.start + name.len(), message);
        };
        let values = split(values, ',');
        if values.iter().any(String::is_empty) {
            return fail(span, format!("write a value behind {name}:"));
        }
        Test::OneOf(key, values)
    } else if let Some((name, sign, op)) = comparison(body) {
        let number = &body[name.len() + sign.len()..];
        let Some((measure, ..)) = MEASURES.iter().find(|(_, n, _)| *n == name) else {
            let message = format!(
                "no number {name}{}",
                suggestion(name, MEASURES.iter().map(|m| m.1))
            );
            return fail(span.start..span.start + name.len(), message);
        };
        match number.parse::<f64>() {
            Ok(number) if number.is_finite() => Test::Compare(*measure, op, number),
            _ => {
                return fail(
                    span.start + name.len() + sign.len()..span.end,
                    format!("{number:?} is no number"),
                );
            }
        }
    } else {
        match FLAGS.iter().find(|(_, word, _)| *word == body) {
            Some((flag, ..)) => Test::Is(*flag),
            None => {
                let near = suggestion(body, FLAGS.iter().map(|f| f.1));
                let near = near.trim_end_matches('?');
                return fail(
                    span,
                    format!(
                        "{body} is no filter word{near}; for a text write \"{body}\" or ~{body}"
                    ),
                );
            }
        }
    };
    Ok(Clause { negated, test })
}

/// `name:values`, where the colon comes before any quote.
pub(super) fn field(body: &str) -> Option<(&str, &str)> {
    body.split_once(':')
        .filter(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// The name before the first sign of comparison, and the sign.
fn comparison(body: &str) -> Option<(&str, &'static str, Op)> {
    let (name, rest) = body.split_at(body.find(['<', '>', '='])?);
    OPS.iter()
        .find(|(sign, _)| rest.starts_with(sign))
        .map(|(sign, op)| (name, *sign, *op))
}

/// The parts between signs that stand outside quotes.
fn split(values: &str, sign: char) -> Vec<String> {
    let mut quoted = false;
    let parts = values.split(|c| {
        quoted ^= c == '"';
        c == sign && !quoted
    });
    parts.map(unquoted).collect()
}

/// Takes quotes away; two of them inside quotes are one that is meant.
fn unquoted(text: &str) -> String {
    let (mut out, mut quoted) = (String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => out.push('"'),
            '"' => quoted = !quoted,
            letter => out.push(letter),
        }
    }
    out
}

fn suggestion<'a>(typed: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    let near = |name: &&str| {
        name.starts_with(typed) || typed.starts_with(*name) || distance(typed, name) <= 1
    };
    match names.clone().filter(|_| !typed.is_empty()).find(near) {
        Some(name) => format!("; did you mean {name}?"),
        None => format!("; there are {}", names.collect::<Vec<_>>().join(", ")),
    }
}

/// Letters to insert, delete or replace, or neighbours to swap, counted up to one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    if a.len() == 2 && b.len() == 2 && a[0] == b[1] && a[1] == b[0] {
        1
    } else {
        a.len().max(b.len())
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (at, clause) in self.clauses.iter().enumerate() {
            write!(f, "{}{clause}", if at == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let dash = if self.negated { "-" } else { "" };
        match &self.test {
            Test::OneOf(key, values) => {
                let values: Vec<_> = values.iter().map(|value| quoted(value)).collect();
                write!(f, "{dash}{}:{}", key.spec().name, values.join(","))
            }
            Test::Compare(measure, op, number) => {
                let sign = OPS
                    .iter()
                    .find(|(_, o)| o == op)
                    .map_or("=", |(sign, _)| sign);
                write!(f, "{dash}{}{sign}{number}", measure.name())
            }
            Test::Is(flag) => write!(f, "{dash}{}", flag.word()),
            Test::Phrase(text) => write!(f, "{dash}{}", in_quotes(text)),
            Test::Fuzzy(text) => write!(f, "{dash}~{}", quoted(text)),
            Test::Flip(a, b) => write!(f, "{dash}flip:{}>{}", quoted(a), quoted(b)),
        }
    }
}

/// A value as it must be written to be read as one value again.
pub(super) fn quoted(value: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, ',' | '"' | '>');
    if !value.is_empty() && value.chars().all(plain) {
        value.to_owned()
    } else {
        in_quotes(value)
    }
}

fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_example_of_the_design_is_read() {
        let filter = Filter::parse(
            r#"src:Hebr tgt:Deva cross wrong model:qwen* -run:base len>2000 "exact phrase" ~fuzzy"#,
        );
        let filter = filter.unwrap();
        assert_eq!(filter.clauses.len(), 9);
        assert_eq!(
            filter.clauses[0].test,
            Test::OneOf(Key::Source, vec!["Hebr".into()])
        );
        assert!(filter.clauses[5].negated);
        assert_eq!(
            filter.clauses[6].test,
            Test::Compare(Measure::TraceLength, Op::More, 2000.0)
        );
        assert_eq!(filter.clauses[7].test, Test::Phrase("exact phrase".into()));
        assert!(filter.reads_texts());
    }

    #[test]
    fn an_error_points_at_its_column_and_says_what_to_write() {
        for (text, column, says) in [
            ("cross soruce:Hebr", 7, "no field soruce"),
            ("corss", 1, "did you mean cross"),
            ("len>many", 5, "is no number"),
            ("wrong \"open", 7, "never closed"),
            ("Сараево cross", 1, "~Сараево"),
            ("wrong -", 7, "needs a clause"),
            ("src:", 1, "a value behind src:"),
            ("Сараево len>x", 1, "no filter word"),
        ] {
            let pointed = Filter::parse(text).unwrap_err().pointed(text);
            assert!(
                pointed.contains(&format!("column {column}:")) && pointed.contains(says),
                "{pointed}"
            );
        }
    }

    #[test]
    fn facets_write_the_same_language() {
        let mut filter = Filter::parse("cross").unwrap();
        filter.toggle_value(Key::Source, "Hebr", false);
        filter.toggle_value(Key::Source, "Cyrl", false);
        filter.toggle_value(Key::Run, "two words", true);
        assert_eq!(filter.to_string(), "cross src:Hebr,Cyrl -run:\"two words\"");
        filter.toggle_value(Key::Source, "Hebr", false);
        filter.toggle_value(Key::Run, "two words", true);
        filter.toggle(Test::Is(Flag::Cross));
        assert_eq!(filter.to_string(), "src:Cyrl");
        filter.toggle_value(Key::Source, "Cyrl", true);
        assert_eq!(
            filter.to_string(),
            "-src:Cyrl",
            "excluding a chosen value moves it"
        );
    }

    fn test() -> impl Strategy<Value = Test> {
        let word = "[^\\s\"]([^\\s]| ){0,8}";
        prop_oneof![
            (0..KEYS.len(), prop::collection::vec("\\PC{1,8}", 1..3))
                .prop_map(|(k, v)| Test::OneOf(KEYS[k].key, v)),
            (0..MEASURES.len(), 0..OPS.len(), any::<i32>()).prop_map(|(m, o, n)| Test::Compare(
                MEASURES[m].0,
                OPS[o].1,
                f64::from(n)
            )),
            (0..FLAGS.len()).prop_map(|f| Test::Is(FLAGS[f].0)),
            word.prop_map(Test::Phrase),
            word.prop_map(Test::Fuzzy),
            (word, word).prop_map(|(a, b)| Test::Flip(a, b)),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(clauses in prop::collection::vec((any::<bool>(), test()), 0..6)) {
            let clauses = clauses.into_iter().map(|(negated, test)| Clause { negated, test }).collect();
            let filter = Filter { clauses };
            prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter));
        }

        #[test]
        fn no_text_breaks_the_parser_and_errors_stay_inside_it(text in "\\PC{0,40}") {
            if let Err(error) = Filter::parse(&text) {
                prop_assert!(error.span.start <= error.span.end && error.span.end <= text.len());
                prop_assert!(text.get(error.span.clone()).is_some());
            }
        }
    }
}
