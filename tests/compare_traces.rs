//! Traces side by side: hand-made pairs whose alignment is known, and what must hold of any two texts.

#![allow(clippy::unwrap_used)]

use std::ops::Range;

use proptest::collection::vec;
use proptest::prelude::*;
use scriptlens::compare::{Alignment, Beat, Trace, align, align_all};
use scriptlens::script::steps;

/// The share of steps that must have the partner, or none, that a reader gave them.
const AGREEMENT: f64 = 0.9;

/// One side of a fixture.
#[derive(Debug, Default)]
struct Side {
    language: String,
    text: String,
    names: Vec<(u32, Range<usize>)>,
    labels: Vec<String>,
}

impl Side {
    fn add(&mut self, line: &str) {
        let (label, text) = line.split_once("  ").unwrap();
        self.labels.push(label.to_owned());
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap();
            let (number, name) = name.split_once(':').unwrap();
            self.text += before;
            let start = self.text.len();
            self.text += name;
            let range = start..self.text.len();
            self.names.push((number.parse().unwrap(), range));
            rest = after;
        }
        self.text += rest;
    }

    fn trace(&self) -> Trace<'_> {
        Trace {
            text: &self.text,
            names: &self.names,
            language: &self.language,
        }
    }

    /// The step of the other side with the same label, for each step.
    fn partners(&self, other: &Side) -> Vec<Option<usize>> {
        let partner = |label: &String| {
            let is_partner = |of: &String| of == label && label != "-";
            other.labels.iter().position(is_partner)
        };
        self.labels.iter().map(partner).collect()
    }
}

fn fixture(name: &str) -> [Side; 2] {
    let path = format!(
        "{}/tests/fixtures/compare/{name}.txt",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(path).unwrap();
    let mut sides = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.split_once(' ') {
            Some(("left" | "right", language)) => sides.push(Side {
                language: language.to_owned(),
                ..Side::default()
            }),
            _ => sides.last_mut().unwrap().add(line),
        }
    }
    sides.try_into().ok().unwrap()
}

const FIXTURES: [&str; 9] = [
    "en_he", "en_th", "ru_ja", "hi_ar", "zh_ko", "en_en", "el_ka", "ja_en", "ar_ru",
];

/// How many steps have the partner a reader gave them, of how many; and what differs, to be read.
fn agreement(left: &Side, right: &Side) -> (usize, usize, String) {
    let alignment = align(&left.trace(), &right.trace());
    assert_eq!(alignment.left.len(), left.labels.len(), "a line is a step");
    assert_eq!(
        alignment.right.len(),
        right.labels.len(),
        "a line is a step"
    );
    let mut partner_l = vec![None; left.labels.len()];
    let mut partner_r = vec![None; right.labels.len()];
    for (l, r) in alignment.pairs() {
        (partner_l[l], partner_r[r]) = (Some(r), Some(l));
    }
    let mut told = String::new();
    let mut agreed = 0;
    for (side, steps, found, gold, other) in [
        (
            left,
            &alignment.left,
            &partner_l,
            left.partners(right),
            (right, &alignment.right),
        ),
        (
            right,
            &alignment.right,
            &partner_r,
            right.partners(left),
            (left, &alignment.left),
        ),
    ] {
        for (nth, (found, gold)) in found.iter().zip(&gold).enumerate() {
            let text = |place: Option<usize>| {
                place.map_or("nothing", |place| &other.0.text[other.1[place].clone()])
            };
            if found == gold {
                agreed += 1;
            } else {
                told += &format!(
                    "{}\n    found    {}\n    expected {}\n",
                    &side.text[steps[nth].clone()],
                    text(*found),
                    text(*gold)
                );
            }
        }
    }
    (agreed, partner_l.len() + partner_r.len(), told)
}

#[test]
fn a_reader_would_agree() {
    let mut is_bad = false;
    for name in FIXTURES {
        let [left, right] = fixture(name);
        let (agreed, all, told) = agreement(&left, &right);
        println!("{name}: {agreed} of {all}\n{told}");
        is_bad |= (agreed as f64) < AGREEMENT * all as f64;
    }
    assert!(
        !is_bad,
        "a pair agrees with its reader in less than {AGREEMENT} of the steps"
    );
}

/// All pairs one after the other, many times over: too long for looking at every pair of steps.
#[test]
fn a_long_trace_is_aligned_like_its_parts() {
    let [mut left, mut right] = [Side::default(), Side::default()];
    let mut count = 0;
    for round in 0..8 {
        for name in ["en_he", "ja_en", "en_th"] {
            count += 1;
            for (whole, part) in [&mut left, &mut right].into_iter().zip(fixture(name)) {
                whole.text += if whole.text.is_empty() { "" } else { "\n" };
                let start = whole.text.len();
                whole.text += &part.text;
                whole.language = "und".to_owned();
                let name = |(number, range): (u32, Range<usize>)| {
                    (100 * count + number, start + range.start..start + range.end)
                };
                whole.names.extend(part.names.into_iter().map(name));
                let label = |label: String| match label.as_str() {
                    "-" => label,
                    _ => format!("{round} {name} {label}", name = count),
                };
                whole.labels.extend(part.labels.into_iter().map(label));
            }
        }
    }
    assert!(left.labels.len() * right.labels.len() > 100_000);
    let (agreed, all, told) = agreement(&left, &right);
    println!("{agreed} of {all}");
    assert!(
        agreed as f64 >= AGREEMENT * all as f64,
        "{agreed} of {all}\n{told}"
    );
}

#[test]
fn three_traces_stand_in_rows() {
    let [english, hebrew] = fixture("en_he");
    let thai = fixture("en_th").into_iter().nth(1).unwrap();
    let rows = align_all(&[
        hebrew.trace(),
        english.trace(),
        hebrew.trace(),
        thai.trace(),
    ]);
    assert_eq!(rows.shared.len(), 4);
    let alone = align(&english.trace(), &hebrew.trace());
    assert_eq!(rows.shared[1], alone.shared);
    assert!(rows.shared[2] > rows.shared[1] && rows.shared[0] == rows.shared[2]);
    for row in &rows.rows {
        // The same trace twice: the two stand side by side in every row.
        assert_eq!(row[0], row[2]);
    }
    let pairs: Vec<_> = rows
        .rows
        .iter()
        .filter_map(|row| row[1].zip(row[0]))
        .collect();
    assert_eq!(pairs, alone.pairs().collect::<Vec<_>>());
}

/// What no trace of the first says may still be said by two others.
#[test]
fn others_meet_where_the_first_is_silent() {
    let none = |text| Trace {
        text,
        names: &[],
        language: "en",
    };
    let first = "The bridge stands in Mostar.\nIt fell in 1993.";
    let second =
        "The bridge stands in Mostar.\nHayruddin designed it for Suleiman.\nIt fell in 1993.";
    let third = "The bridge stands in Mostar.\nSuleiman had Hayruddin build it.\nIt fell in 1993.";
    let rows = align_all(&[none(first), none(second), none(third)]).rows;
    let expected = [
        vec![Some(0), Some(0), Some(0)],
        vec![None, Some(1), Some(1)],
        vec![Some(1), Some(2), Some(2)],
    ];
    assert_eq!(rows, expected);
}

#[test]
fn traces_with_nothing_in_common_have_no_pairs() {
    let none = |text, language| Trace {
        text,
        names: &[],
        language,
    };
    for (left, right) in [
        (
            none("The arch is wide.\nIt is old.", "en"),
            none("הגשר ישן.\nהוא רחב.", "he"),
        ),
        (none("", "en"), none("The arch is wide.", "en")),
        (none("", "und"), none("", "und")),
        (none("aaa bbb\nccc", "und"), none("ddd eee\nfff", "und")),
    ] {
        let alignment = align(&left, &right);
        assert_eq!((alignment.shared, alignment.pairs().count()), (0, 0));
    }
}

/// The mentions of a caller may lie anywhere.
#[test]
fn names_that_lie_outside_the_text_do_no_harm() {
    let text = "Ο τάφος του\nείναι στη νότια πύλη";
    let names = [
        (1, 1..3),
        (2, Range { start: 5, end: 4 }),
        (3, 10..25),
        (4, 70..90),
        (5, 0..usize::MAX),
        (6, 3..3),
    ];
    let trace = Trace {
        text,
        names: &names,
        language: "el",
    };
    let alignment = align(&trace, &trace);
    assert_eq!(alignment.pairs().collect::<Vec<_>>(), [(0, 0), (1, 1)]);
}

/// A trace of few words, numbers and signs, so that two share some; with names somewhere in it.
fn any_trace() -> impl Strategy<Value = Side> {
    let word = prop_oneof![
        "[ab]{1,3} ",
        "[0-9]{1,3}[.,]?",
        "[٠-٩]{1,3} ",
        "«[ab]{2,4}»",
        "\\PC{0,4}",
        "[กาบ]{1,4}",
        "[東京二十]{1,3}",
        "`x[12]`",
        "\n",
        "(Wait|Hmm)[.?!] ",
        "[IVX]{1,3} ",
        "[가나]{2,3} ",
    ];
    let names = vec((0..4_u32, 0..60_usize, 0..6_usize), 0..6);
    (vec(word, 0..40), names).prop_map(|(words, names)| Side {
        text: words.concat(),
        names: names
            .into_iter()
            .map(|(name, at, length)| (name, at..at + length))
            .collect(),
        language: "und".to_owned(),
        labels: Vec::new(),
    })
}

/// Every step once, in order.
fn check(alignment: &Alignment) {
    let (mut lefts, mut rights) = (Vec::new(), Vec::new());
    for beat in &alignment.beats {
        match *beat {
            Beat::Both {
                left,
                right,
                likeness,
            } => {
                assert!((0.0..=1.0).contains(&likeness), "{likeness}");
                lefts.push(left);
                rights.push(right);
            }
            Beat::Left(left) => lefts.push(left),
            Beat::Right(right) => rights.push(right),
        }
    }
    assert!(lefts.into_iter().eq(0..alignment.left.len()));
    assert!(rights.into_iter().eq(0..alignment.right.len()));
    assert_eq!(alignment.shared == 0, alignment.pairs().count() == 0);
}

proptest! {
    #[test]
    fn every_step_stands_once_and_in_order(left in any_trace(), right in any_trace()) {
        let alignment = align(&left.trace(), &right.trace());
        prop_assert!(alignment.left.iter().cloned().eq(steps(&left.text)));
        prop_assert!(alignment.right.iter().cloned().eq(steps(&right.text)));
        check(&alignment);
    }

    #[test]
    fn a_trace_is_aligned_with_itself_step_by_step(side in any_trace()) {
        let alignment = align(&side.trace(), &side.trace());
        let all = (0..alignment.left.len()).map(|nth| (nth, nth));
        prop_assert!(alignment.pairs().eq(all));
        let is_same = |beat: &Beat| matches!(beat, Beat::Both { likeness: 1.0, .. });
        prop_assert!(alignment.beats.iter().all(is_same));
    }

    #[test]
    fn sides_may_be_swapped(left in any_trace(), right in any_trace()) {
        let there = align(&left.trace(), &right.trace());
        let back = align(&right.trace(), &left.trace());
        prop_assert!(there.pairs().eq(back.pairs().map(|(r, l)| (l, r))));
        prop_assert_eq!(there.shared, back.shared);
    }

    #[test]
    fn rows_have_every_step_of_every_trace_once(sides in vec(any_trace(), 0..5)) {
        let traces: Vec<_> = sides.iter().map(Side::trace).collect();
        let rows = align_all(&traces);
        prop_assert_eq!(rows.steps.len(), traces.len());
        for (nth, steps) in rows.steps.iter().enumerate() {
            let found = rows.rows.iter().filter_map(|row| row[nth]);
            prop_assert!(found.eq(0..steps.len()));
        }
        prop_assert!(rows.rows.iter().all(|row| row.iter().any(Option::is_some)));
        if let [first, second] = &traces[..] {
            let pairs = rows.rows.iter().filter_map(|row| row[0].zip(row[1]));
            prop_assert!(align(first, second).pairs().eq(pairs));
        }
    }

    /// Long traces are pinned first; what holds of short ones holds of them.
    #[test]
    fn long_traces_too(left in vec("[a-d]{3} [e-h]{3} [0-9]{2}", 200..400), right in vec("[a-d]{3} [e-h]{3} [0-9]{2}", 100..400)) {
        let (left, right) = (left.join("\n"), right.join("\n"));
        let trace = |text| Trace { text, names: &[], language: "und" };
        let there = align(&trace(&left), &trace(&right));
        let back = align(&trace(&right), &trace(&left));
        check(&there);
        prop_assert!(there.pairs().eq(back.pairs().map(|(r, l)| (l, r))));
        prop_assert_eq!(&there, &align(&trace(&left), &trace(&right)));
    }
}
