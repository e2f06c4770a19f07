//! Aligning traces of two sizes.

use std::ops::Range;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use scriptlens::compare::{Trace, align, differences};
use scriptlens::script::steps;

/// A made trace: words drawn by rank from a vocabulary, with names, years and Latin words among them.
struct Made {
    text: String,
    names: Vec<(u32, Range<usize>)>,
    language: &'static str,
}

/// A generator of numbers that needs no crate.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// Two tellings of one plan of facts: each leaves out some, and adds some of its own.
fn made(alphabet: (char, u64, &str), language: &'static str, bytes: usize, seed: u64) -> Made {
    let (first, letters, blank) = alphabet;
    let mut plan = Dice(42);
    let mut own = Dice(seed);
    let mut made = Made {
        text: String::with_capacity(bytes + 200),
        names: Vec::new(),
        language,
    };
    let mut fact = 0;
    while made.text.len() < bytes {
        fact += 1;
        let (name, year, kind) = (plan.roll(400) as u32, 1000 + plan.roll(1020), plan.roll(4));
        if own.roll(6) == 0 {
            continue;
        }
        for nth in 0..8 + own.roll(6) {
            let mut word = Dice(own.roll(30).pow(3) / 9 + 77);
            for _ in 0..2 + word.roll(7) {
                let c = u32::from(first) + word.roll(letters) as u32;
                made.text.push(char::from_u32(c).unwrap());
            }
            made.text += blank;
            match (nth, kind) {
                (3, 0 | 1) => {
                    let start = made.text.len();
                    made.text += "Na";
                    made.text.push(first);
                    made.names.push((name, start..made.text.len()));
                    made.text.push(' ');
                }
                (5, 1 | 2) => made.text += &format!(" {year} "),
                (6, 2) if fact % 3 == 0 => made.text += &format!(" Tower{name} "),
                _ => {}
            }
        }
        made.text += ".\n";
    }
    made
}

impl Made {
    fn trace(&self) -> Trace<'_> {
        Trace {
            text: &self.text,
            names: &self.names,
            language: self.language,
        }
    }
}

const ENGLISH: (char, u64, &str) = ('a', 26, " ");
const HEBREW: (char, u64, &str) = ('א', 27, " ");
const THAI: (char, u64, &str) = ('ก', 46, "");
const HAN: (char, u64, &str) = ('一', 900, "");

fn bench(
    bencher: Bencher,
    left: (&'static str, (char, u64, &str)),
    right: (&'static str, (char, u64, &str)),
    bytes: usize,
) {
    let left = made(left.1, left.0, bytes, 1);
    let right = made(right.1, right.0, bytes, 2);
    let count = BytesCount::new(left.text.len() + right.text.len());
    bencher
        .counter(count)
        .bench_local(|| align(&black_box(left.trace()), &black_box(right.trace())));
}

const SIZES: [usize; 2] = [200_000, 1_000_000];

#[divan::bench(args = SIZES)]
fn english_and_hebrew(bencher: Bencher, bytes: usize) {
    bench(bencher, ("en", ENGLISH), ("he", HEBREW), bytes);
}

#[divan::bench(args = SIZES)]
fn english_twice(bencher: Bencher, bytes: usize) {
    bench(bencher, ("en", ENGLISH), ("en", ENGLISH), bytes);
}

#[divan::bench(args = SIZES)]
fn thai_twice(bencher: Bencher, bytes: usize) {
    bench(bencher, ("th", THAI), ("th", THAI), bytes);
}

#[divan::bench(args = SIZES)]
fn thai_and_chinese(bencher: Bencher, bytes: usize) {
    bench(bencher, ("th", THAI), ("zh", HAN), bytes);
}

/// The same few lines over and over, as a model that is caught in a loop writes them.
#[divan::bench(args = SIZES)]
fn caught_in_loops(bencher: Bencher, bytes: usize) {
    let lines = |line: &str| line.repeat(bytes / line.len());
    let left = lines("Wait, is it 1914?\nLet me think again.\nI should check the name.\n");
    let right = lines("Wait, was it 1914?\nI think I should look again.\n");
    let trace = |text| Trace {
        text,
        names: &[],
        language: "en",
    };
    bencher.bench_local(|| align(&black_box(trace(&left)), &black_box(trace(&right))));
}

/// What it takes to cut both texts into steps, which is part of all of the above.
#[divan::bench(args = SIZES)]
fn steps_of_english_and_hebrew(bencher: Bencher, bytes: usize) {
    let texts = [
        made(ENGLISH, "en", bytes, 1).text,
        made(HEBREW, "he", bytes, 2).text,
    ];
    bencher.bench_local(|| {
        texts
            .iter()
            .map(|text| steps(black_box(text)).count())
            .sum::<usize>()
    });
}

#[divan::bench]
fn differences_of_two_steps(bencher: Bencher) {
    let a = "It was 312 metres high, the tallest building in the world, until the Chrysler Building was finished.";
    let b = "At 312 metres it was the tallest structure of the world until they finished the Chrysler Building.";
    bencher.bench_local(|| differences(black_box(a), black_box(b)));
}
