//! What a filter lets through: rows, folded into groups, sorted, and counted by facet.
//!
//! Conditions on columns are polars expressions, each evaluated once and kept. Conditions on texts are tried row by row
//! on what the others leave, and the view grows meanwhile.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use polars::prelude::*;

use super::fields::{KEYS, Layer, MATCHES, OUTCOMES};
use super::filter::{Clause, Filter, Op, Test};
use super::search::Search;
use super::{Corpus, Dict, Flag, Key};

/// The facets of browse, in order.
pub const FACETS: [Key; 16] = [
    Key::Source,
    Key::Target,
    Key::Match,
    Key::Outcome,
    Key::Verdict,
    Key::Cue,
    Key::Tag,
    Key::Gold,
    Key::Annotator,
    Key::Model,
    Key::Condition,
    Key::TargetLanguage,
    Key::SourceLanguage,
    Key::Trace,
    Key::TraceScript,
    Key::Dataset,
];

/// How the list is ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// As loaded.
    #[default]
    Loaded,
    /// By question, its source language first.
    Question,
    /// Longest reasoning first.
    Longest,
}

impl Sort {
    /// The next order.
    pub fn next(self) -> Sort {
        match self {
            Sort::Loaded => Sort::Question,
            Sort::Question => Sort::Longest,
            Sort::Longest => Sort::Loaded,
        }
    }

    /// What it is called on screen.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Loaded => "as loaded",
            Sort::Question => "by question",
            Sort::Longest => "longest trace first",
        }
    }
}

/// Counts of the values of one key, as they would be without the filter's own choice of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Facet {
    /// The key.
    pub key: Key,
    /// Code and number of responses, most first; values without any are left out.
    pub values: Vec<(u32, u32)>,
}

/// What a filter lets through.
#[derive(Clone)]
pub struct View {
    /// Of which corpus.
    pub corpus: Arc<Corpus>,
    /// The filter.
    pub filter: Filter,
    /// The order of `list`.
    pub sort: Sort,
    /// Groups with a response that is let through.
    pub list: Vec<u32>,
    /// Which rows are let through.
    pub mask: Mask,
    /// Number of responses let through.
    pub rows: usize,
    /// Groups in `list` that are barrier failures.
    pub barriers: usize,
    /// Counts.
    pub facets: Vec<Facet>,
    /// Texts tried so far and in all, where the filter needs texts.
    pub scanned: Option<(usize, usize)>,
}

impl View {
    /// Texts tried so far and in all, while some are left.
    pub fn searching(&self) -> Option<(usize, usize)> {
        self.scanned.filter(|(done, all)| done < all)
    }
}

/// Which rows a condition holds for.
pub type Mask = Arc<Vec<bool>>;

/// Those rows, in order.
pub fn rows_of(mask: &Mask) -> impl Iterator<Item = u32> + '_ {
    let rows = (0..).zip(mask.iter());
    rows.filter(|(_, holds)| **holds).map(|(row, _)| row)
}

/// Makes views; keeps the masks of conditions it has already evaluated.
#[derive(Default)]
pub struct Viewer {
    corpus: Option<Arc<Corpus>>,
    masks: HashMap<String, Mask>,
}

/// So many masks are kept: one each for the clauses a person has recently had.
const KEPT_MASKS: usize = 16;
/// Texts tried between two looks at the clock: few at first, so that there is soon something to see.
const FIRST_BATCH: usize = 256;
const LAST_BATCH: usize = 8192;
const PAUSE: Duration = Duration::from_millis(100);

impl Viewer {
    /// Evaluates a filter. `show` receives the view, several times where texts are tried; a break means that nobody
    /// waits for it any more.
    pub fn view(
        &mut self,
        corpus: &Arc<Corpus>,
        filter: &Filter,
        sort: Sort,
        show: &mut dyn FnMut(View) -> std::ops::ControlFlow<()>,
    ) {
        if self
            .corpus
            .as_ref()
            .is_none_or(|known| !Arc::ptr_eq(known, corpus))
            || self.masks.len() > KEPT_MASKS
        {
            self.masks.clear();
            self.corpus = Some(corpus.clone());
        }
        let base = self.all_but(corpus, filter, None);
        if !filter.reads_texts() {
            let counted = |key| self.all_but(corpus, filter, Some(key));
            let _ = show(view(corpus, filter, sort, &base, counted, None));
            return;
        }
        // What is shown is searched first; then what the facets would let through if they chose otherwise, so that they
        // can say how much that is.
        let open = self.all(corpus, filter, |clause| clause.key().is_none());
        let mut rows: Vec<u32> = (0..corpus.rows).filter(|row| base[*row as usize]).collect();
        rows.extend((0..corpus.rows).filter(|row| open[*row as usize] && !base[*row as usize]));
        let mut found = vec![false; base.len()];
        let (mut done, mut any, mut shown) = (0, false, Instant::now());
        let mut searches = Searches::new(filter);
        let mut size = FIRST_BATCH;
        loop {
            let batch = &rows[done..(done + size).min(rows.len())];
            size = (size * 2).min(LAST_BATCH);
            let hits = searches.hits(corpus, batch);
            // The first hits are shown at once, the rest now and then.
            let first = !any && !hits.is_empty();
            any |= first;
            hits.into_iter().for_each(|row| found[row as usize] = true);
            done += batch.len();
            let last = done == rows.len();
            if last || first || shown.elapsed() > PAUSE {
                shown = Instant::now();
                let both = |mask: &Mask| {
                    Arc::new(mask.iter().zip(&found).map(|(a, b)| *a && *b).collect())
                };
                let list: Mask = both(&base);
                let counted = |key| match filter
                    .clauses
                    .iter()
                    .any(|clause| clause.key() == Some(key))
                {
                    true => both(&self.all_but(corpus, filter, Some(key))),
                    false => list.clone(),
                };
                let view = view(
                    corpus,
                    filter,
                    sort,
                    &list,
                    counted,
                    Some((done, rows.len())),
                );
                if show(view).is_break() || last {
                    return;
                }
            }
        }
    }

    /// Rows for which every condition on columns holds, except those that choose values of `key`.
    fn all_but(&mut self, corpus: &Corpus, filter: &Filter, key: Option<Key>) -> Mask {
        self.all(corpus, filter, |clause| {
            key.is_none() || clause.key() != key
        })
    }

    /// Rows for which every condition on columns holds that is used.
    fn all(&mut self, corpus: &Corpus, filter: &Filter, used: impl Fn(&Clause) -> bool) -> Mask {
        let used = filter
            .clauses
            .iter()
            .filter(|clause| !clause.reads_texts() && used(clause));
        let masks: Vec<Mask> = used
            .map(|clause| {
                let whose = filter.whose(clause);
                let clause = whose.as_ref().unwrap_or(clause);
                self.mask(corpus, &clause.to_string(), &clause.test, clause.negated)
            })
            .collect();
        match masks.as_slice() {
            [] => Arc::new(vec![true; corpus.len()]),
            [one] => one.clone(),
            [first, rest @ ..] => {
                let mut all = first.to_vec();
                for mask in rest {
                    all.iter_mut()
                        .zip(mask.iter())
                        .for_each(|(all, one)| *all &= one);
                }
                Arc::new(all)
            }
        }
    }

    fn mask(&mut self, corpus: &Corpus, text: &str, test: &Test, negated: bool) -> Mask {
        if let Some(mask) = self.masks.get(text) {
            return mask.clone();
        }
        let mut mask = evaluate(corpus, test);
        if negated {
            mask.iter_mut().for_each(|holds| *holds = !*holds);
        }
        self.masks
            .entry(text.to_owned())
            .or_insert(Arc::new(mask))
            .clone()
    }
}

/// Rows a filter lets through, in order of loading. For callers that want no facets.
pub fn rows(corpus: &Corpus, filter: &Filter) -> Vec<u32> {
    let base = Viewer::default().all_but(corpus, filter, None);
    let rows: Vec<u32> = (0..corpus.rows).filter(|row| base[*row as usize]).collect();
    if filter.reads_texts() {
        Searches::new(filter).hits(corpus, &rows)
    } else {
        rows
    }
}

/// A search for each thread, kept over batches because each remembers the words it has met.
struct Searches(Vec<Search>);

impl Searches {
    fn new(filter: &Filter) -> Searches {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        Searches((0..threads).map(|_| Search::new(filter)).collect())
    }

    /// Those of the rows whose texts match, in order. On threads of their own: a pool whose tasks wait for polars, which
    /// reads tables on another pool, would begin one task inside the other until the stack is full.
    fn hits(&mut self, corpus: &Corpus, rows: &[u32]) -> Vec<u32> {
        let share = rows.len().div_ceil(self.0.len()).max(1);
        let hits = |search: &mut Search, rows: &[u32]| {
            let hit = |row: &&u32| {
                corpus
                    .read(**row)
                    .is_ok_and(|record| search.matches(&record))
            };
            rows.iter().filter(hit).copied().collect::<Vec<_>>()
        };
        thread::scope(|scope| {
            let shares = self.0.iter_mut().zip(rows.chunks(share));
            let shares: Vec<_> = shares
                .map(|(search, rows)| scope.spawn(move || hits(search, rows)))
                .collect();
            let found = shares.into_iter().map(|share| share.join());
            found.flat_map(Result::unwrap_or_default).collect()
        })
    }
}

fn evaluate(corpus: &Corpus, test: &Test) -> Vec<bool> {
    if let Test::Flip(a, b) = test {
        return flips(corpus, a, b);
    }
    let Some(expr) = expression(corpus, test) else {
        return vec![false; corpus.len()];
    };
    let mask = corpus
        .frame
        .clone()
        .lazy()
        .select([expr.alias("mask")])
        .collect();
    let mask = mask.and_then(|frame| {
        Ok(frame
            .column("mask")?
            .bool()?
            .iter()
            .map(|holds| holds == Some(true))
            .collect())
    });
    mask.unwrap_or_else(|_: PolarsError| vec![false; corpus.len()])
}

/// Responses of both runs where the first is right and the second wrong.
fn flips(corpus: &Corpus, a: &str, b: &str) -> Vec<bool> {
    let groups = corpus.groups();
    // A run may be told by its name, its condition or its model.
    let keys = [Key::Run, Key::Condition, Key::Model];
    let like = |run: &str| keys.map(|key| codes_like(corpus, key, &[run.to_owned()]));
    let [first, second] = [a, b].map(like);
    let mut mask = vec![false; corpus.len()];
    let is = |group: u32, runs: &[Vec<u32>; 3], right: bool| {
        let Some(row) = groups.rows(group).first() else {
            return false;
        };
        let is_it =
            |(key, codes): (&Key, &Vec<u32>)| codes.contains(&corpus.codes(*key)[*row as usize]);
        keys.iter().zip(runs).any(is_it) && groups.all[group as usize].outcome() == Some(right)
    };
    for right in (0..groups.all.len() as u32).filter(|group| is(*group, &first, true)) {
        let this = &groups.all[right as usize];
        let other = |group: &&u32| groups.all[**group as usize].target == this.target;
        for wrong in groups.of_question(this.question).iter().filter(other) {
            if is(*wrong, &second, false) {
                let rows = groups.rows(right).iter().chain(groups.rows(*wrong));
                rows.for_each(|row| mask[*row as usize] = true);
            }
        }
    }
    mask
}

/// The condition as an expression on the columns; `None` where it can hold for no row.
pub fn expression(corpus: &Corpus, test: &Test) -> Option<Expr> {
    Some(match test {
        Test::OneOf(key, patterns) => {
            let codes = codes_like(corpus, *key, patterns);
            match codes.as_slice() {
                [] => return None,
                [code] => col(key.spec().name).eq(lit(*code)),
                codes => col(key.spec().name)
                    .is_in(lit(Series::new("codes".into(), codes)).implode(true), false),
            }
        }
        Test::Compare(measure, op, number) => {
            let column = col(measure.name()).cast(DataType::Float64);
            match op {
                Op::Less => column.lt(lit(*number)),
                Op::AtMost => column.lt_eq(lit(*number)),
                Op::Equal => column.eq(lit(*number)),
                Op::AtLeast => column.gt_eq(lit(*number)),
                Op::More => column.gt(lit(*number)),
            }
        }
        Test::Is(flag) => match flag {
            Flag::Same => code(Key::Match, MATCHES, "same"),
            Flag::Cross => code(Key::Match, MATCHES, "cross"),
            Flag::Partial => code(Key::Match, MATCHES, "partial"),
            Flag::Right | Flag::Wrong | Flag::Unattempted | Flag::Unparsed | Flag::Unjudged => {
                code(Key::Outcome, OUTCOMES, flag.word())
            }
            Flag::Barrier
            | Flag::Known
            | Flag::AtSource
            | Flag::Truncated
            | Flag::Guessed
            | Flag::Failed
            | Flag::ByRow
            | Flag::Lost
            | Flag::Repeated
            | Flag::Untagged
            | Flag::Stale
            | Flag::Flagged
            | Flag::Deferred
            | Flag::Skipped
            | Flag::Noted => col(flag.word()),
        },
        Test::Phrase(_) | Test::Fuzzy(_) | Test::Flip(..) => return None,
    })
}

/// The value of a key whose values are fixed.
pub(crate) fn code(key: Key, values: &[&str], value: &str) -> Expr {
    let code = values
        .iter()
        .position(|v| *v == value)
        .unwrap_or(values.len());
    col(key.spec().name).eq(lit(code as u32))
}

/// A pattern for the glob library, in which only `*` and `?` are special: names of models and files hold brackets.
fn escaped(pattern: &str) -> String {
    let mut out = String::new();
    for letter in pattern.chars() {
        match letter {
            '[' => out.push_str("[[]"),
            // Two stars mean folders there.
            '*' if out.ends_with('*') => {}
            letter => out.push(letter),
        }
    }
    out
}

fn codes_like(corpus: &Corpus, key: Key, patterns: &[String]) -> Vec<u32> {
    let options = glob::MatchOptions {
        case_sensitive: false,
        ..Default::default()
    };
    let compiled = patterns
        .iter()
        .filter_map(|pattern| glob::Pattern::new(&escaped(pattern)).ok());
    let compiled: Vec<_> = compiled.collect();
    let like = |name: &str| {
        compiled
            .iter()
            .any(|pattern| pattern.matches_with(name, options))
    };
    let names = corpus.dict(key).names().zip(0..);
    let any = |name: &str| key.spec().layer != Layer::Loaded && name.split(' ').any(like);
    // The id of a question may stand behind its data set.
    let id = |name: &'_ str| {
        key == Key::Question && name.split_once('#').is_some_and(|(_, id)| like(id))
    };
    names
        .filter(|(name, _)| like(name) || any(name) || id(name))
        .map(|(_, code)| code)
        .collect()
}

fn view(
    corpus: &Arc<Corpus>,
    filter: &Filter,
    sort: Sort,
    base: &Mask,
    mut counted: impl FnMut(Key) -> Mask,
    scanned: Option<(usize, usize)>,
) -> View {
    let groups = corpus.groups();
    let mut seen = vec![false; groups.all.len()];
    let (mut list, mut rows) = (Vec::new(), 0);
    for (group, _) in groups
        .of_row
        .iter()
        .zip(base.iter())
        .filter(|(_, holds)| **holds)
    {
        rows += 1;
        if !std::mem::replace(&mut seen[*group as usize], true) {
            list.push(*group);
        }
    }
    sort_groups(corpus, sort, &mut list);
    let facets: Vec<Facet> = FACETS
        .iter()
        .map(|key| facet(corpus, *key, &counted(*key)))
        .collect();
    View {
        barriers: list
            .iter()
            .filter(|group| groups.all[**group as usize].barrier)
            .count(),
        corpus: corpus.clone(),
        filter: filter.clone(),
        sort,
        list,
        mask: base.clone(),
        rows,
        facets,
        scanned,
    }
}

fn sort_groups(corpus: &Corpus, sort: Sort, list: &mut [u32]) {
    let groups = corpus.groups();
    match sort {
        Sort::Loaded => {}
        Sort::Question => list.sort_by_key(|group| {
            let group = &groups.all[*group as usize];
            (group.question, !group.at_source, group.target, group.run)
        }),
        Sort::Longest => {
            let lengths = corpus.measure(super::Measure::TraceLength);
            let longest = |group: &u32| {
                groups
                    .rows(*group)
                    .iter()
                    .map(|row| lengths[*row as usize])
                    .max()
            };
            list.sort_by_cached_key(|group| std::cmp::Reverse(longest(group)));
        }
    }
}

fn counts(corpus: &Corpus, key: Key, mask: &[bool]) -> Vec<u32> {
    let mut counts = vec![0; corpus.dict(key).len().max(KEYS[key as usize].values.len())];
    for (code, holds) in corpus.codes(key).iter().zip(mask) {
        counts[*code as usize] += u32::from(*holds);
    }
    counts
}

/// Counts of several words become counts of each.
fn apart(dict: &Dict, counts: &mut Vec<u32>) {
    let single = dict.single();
    for code in single..counts.len() {
        for word in dict.name(code as u32).split(' ') {
            if let Some(word) = dict.code(word).filter(|word| (*word as usize) < single) {
                counts[word as usize] += counts[code];
            }
        }
    }
    counts.truncate(single);
}

fn facet(corpus: &Corpus, key: Key, mask: &[bool]) -> Facet {
    let mut counts = counts(corpus, key, mask);
    apart(corpus.dict(key), &mut counts);
    let mut values: Vec<(u32, u32)> = (0..).zip(counts).filter(|(_, count)| *count > 0).collect();
    values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Facet { key, values }
}
