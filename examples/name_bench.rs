//! How well the name model does on names it was not trained on.
//!
//! ```text
//! cargo run --release --example name_bench -- <folder with <Script>.tsv> [fold]
//! ```
//!
//! With a fold from 1 to 6 or 8 (7 and 9 calibrate) that tenth is measured instead and the last one is not seen at all: for choosing settings.
//!
//! The tables are trained anew on the names of which the hash leaves 1 to 9 of ten, in memory, and measured on the rest;
//! the shipped tables are trained on all names and would flatter themselves.
//!
//! - F1: all pairs of names are to be accepted, and for each pair the best of 60 wrong names of the same script is to be
//!   refused. Some pairs of the data are two different names, so 1 cannot be reached; `wrong` says of how many pairs the
//!   romanisation has next to nothing in common with the Latin form.
//! - garbled: one unit of a native name is replaced, left out or put in (see [`Injector`]), in pairs that pass unharmed.
//!   `strict` counts only pairs seen at least twice, which are seldom two different names, and only garbled forms that are
//!   wrong beyond doubt, by what does not ask the model: see [`is_strictly_wrong`].

mod name_training;

use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::io::Read as _;
use std::path::Path;
use std::time::Instant;

use flate2::read::GzDecoder;
use name_training::{Injector, Numbers, best_f1, f1_at, hardest, part, read, romanise, train};
use scriptlens::entity::name::{Comparison, Likeness, NameModel, Step};
use uroman::Uroman;

const SCRIPTS: [(&str, f64); 6] = [
    ("Cyrl", 0.985),
    ("Hebr", 0.975),
    ("Arab", 0.960),
    ("Kana", 0.950),
    ("Hang", 0.900),
    ("Hani", 0.900),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("which folder with <Script>.tsv?")?;
    let names = read(Path::new(&folder), 0)?;
    let readings = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/names/han_readings.tsv.gz");
    let mut han = String::new();
    GzDecoder::new(std::fs::File::open(readings)?).read_to_string(&mut han)?;
    let begun = Instant::now();
    let fold: u64 = std::env::args().nth(2).map_or(Ok(0), |fold| fold.parse())?;
    // Whoever chooses settings by another tenth must not see the last one.
    let seen = part(&names, 0, false);
    let seen = if fold == 0 {
        seen
    } else {
        part(&seen, fold, false)
    };
    let files = train(&seen, &han);
    println!("trained in {:.0} s", begun.elapsed().as_secs_f64());
    let model = NameModel::new(|name| files.get(name).cloned());
    let test = part(&names, fold, true);
    let seen_twice = part(&read(Path::new(&folder), 2)?, fold, true);

    println!(
        "\n| script | pairs | wrong | F1 | bar | at | F1 at {} | F1 of pairs seen twice | uroman | any_ascii | scores/s | alignments/s |",
        NameModel::SAME
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    let uroman = Uroman::new();
    for (script, bar) in SCRIPTS {
        let Some(pairs) = test.get(script) else {
            continue;
        };
        let begun = Instant::now();
        let (same, other) = hardest(pairs, |left, rights| {
            let prepared = model.prepare(left);
            rights
                .iter()
                .map(|right| f64::from(prepared.probability(right)))
                .collect()
        });
        let speed = pairs.len() as f64 * 61.0 / begun.elapsed().as_secs_f64();
        let (f1, at) = best_f1(&same, &other);
        let sure: HashSet<&(String, String)> =
            seen_twice.get(script).into_iter().flatten().collect();
        let of_sure = |scores: &[f64]| -> Vec<f64> {
            let kept = pairs
                .iter()
                .zip(scores)
                .filter(|(pair, _)| sure.contains(pair));
            kept.map(|(_, score)| *score).collect()
        };
        let (sure_f1, _) = best_f1(&of_sure(&same), &of_sure(&other));
        let shipped = f1_at(&same, &other, f64::from(NameModel::SAME));
        let begun = Instant::now();
        let aligned: usize = pairs
            .iter()
            .map(|(latin, native)| model.compare(latin, native).pairs.len())
            .sum();
        let alignments =
            pairs.len() as f64 / begun.elapsed().as_secs_f64() * f64::from(u8::from(aligned > 0));
        let by_uroman: BTreeMap<&str, String> = pairs
            .iter()
            .map(|(_, native)| (&**native, romanise(&uroman, native)))
            .collect();
        let by_any_ascii: BTreeMap<&str, String> = pairs
            .iter()
            .map(|(_, native)| (&**native, any_ascii::any_ascii(native).to_lowercase()))
            .collect();
        let baseline = |romanised: &BTreeMap<&str, String>| {
            let (same, other) = hardest(pairs, |left, rights| {
                let left = any_ascii::any_ascii(left).to_lowercase();
                rights
                    .iter()
                    .map(|right| similarity(&left, romanised.get(right).map_or("", |r| r)))
                    .collect()
            });
            best_f1(&same, &other).0
        };
        let wrong = pairs
            .iter()
            .filter(|(latin, native)| {
                similarity(&any_ascii::any_ascii(latin), &by_uroman[&**native]) < 0.2
            })
            .count();
        println!(
            "| {script} | {} | {:.1} % | {f1:.4} | {bar:.3} | {at:.2} | {shipped:.4} | {sure_f1:.4} of {} | {:.3} | {:.3} | {speed:.0} | {alignments:.0} |",
            pairs.len(),
            100.0 * wrong as f64 / pairs.len() as f64,
            sure.len(),
            baseline(&by_uroman),
            baseline(&by_any_ascii),
        );
    }

    println!(
        "\n| script | correct called garbled | called different | garbled | of these at the right place | other said | by kind: replaced, left out, put in |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (script, _) in SCRIPTS {
        if let Some(pairs) = test.get(script) {
            let sure = seen_twice.get(script).into_iter().flatten().collect();
            garbled(&model, script, pairs, &sure);
        }
    }
    Ok(())
}

/// One minus the Levenshtein distance by the longer length.
fn similarity(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != y))
                .min(row[j] + 1)
                .min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], next);
        }
    }
    1.0 - row[b.len()] as f64 / a.len().max(b.len()).max(1) as f64
}

/// How often each thing is said of right names and of garbled ones.
#[derive(Default)]
struct Told {
    right: [usize; 3],
    wrong: [[usize; 3]; 3],
    pointed: usize,
}

impl Told {
    fn print(&self, what: &str) {
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        let [same, garbled, different] = self.right;
        let said = |nth: usize| -> usize { self.wrong.iter().map(|kind| kind[nth]).sum() };
        let harmed = said(0) + said(1) + said(2);
        let called = self.wrong.map(|kind| share(kind[1], kind.iter().sum()));
        println!(
            "| {what} | {:.1} % of {} | {:.1} % | {:.1} % of {harmed} | {:.1} % | same {:.1} %, different {:.1} % | {:.0} / {:.0} / {:.0} % |",
            share(garbled, same + garbled),
            same + garbled,
            share(different, same + garbled + different),
            share(said(1), harmed),
            share(self.pointed, said(1)),
            share(said(0), harmed),
            share(said(2), harmed),
            called[0],
            called[1],
            called[2],
        );
    }
}

fn garbled(
    model: &NameModel,
    script: &str,
    pairs: &[(String, String)],
    sure: &HashSet<&(String, String)>,
) {
    let injector = Injector::new(script, pairs.iter().map(|(_, native)| &**native));
    let uroman = Uroman::new();
    let mut numbers = Numbers(0xbad);
    let (mut all, mut strict) = (Told::default(), Told::default());
    for pair in pairs {
        let (latin, native) = pair;
        let prepared = model.prepare(latin);
        let comparison = prepared.compare(native);
        let is_sure = sure.contains(pair);
        let nth = comparison.likeness() as usize;
        all.right[nth] += 1;
        strict.right[nth] += usize::from(is_sure);
        show(nth == 1, "false alarm", latin, native, native, &comparison);
        if comparison.likeness() != Likeness::Same {
            continue;
        }
        let Some((kind, wrong, place)) =
            (0..10).find_map(|_| injector.inject(native, &mut numbers))
        else {
            continue;
        };
        let comparison = prepared.compare(&wrong);
        let nth = comparison.likeness() as usize;
        let points = nth == 1 && points_at(&comparison, &wrong, &place);
        let is_strict = is_sure && is_strictly_wrong(&uroman, latin, native, &wrong);
        all.wrong[kind][nth] += 1;
        all.pointed += usize::from(points);
        strict.wrong[kind][nth] += usize::from(is_strict);
        strict.pointed += usize::from(is_strict && points);
        show(
            nth != 1,
            &format!("{:?} {kind}", comparison.likeness()),
            latin,
            native,
            &wrong,
            &comparison,
        );
        show(
            nth == 1 && !points,
            "not pointed",
            latin,
            native,
            &wrong,
            &comparison,
        );
    }
    all.print(script);
    strict.print(&format!("{script}, strict"));
}

/// Whether a garbled form is one that no one would write: it is romanised less like the Latin form than the right one,
/// and what was left out or changed was no letter that may stand for a vowel and is often not written.
fn is_strictly_wrong(uroman: &Uroman, latin: &str, right: &str, wrong: &str) -> bool {
    const MAY_BE_VOWELS: [char; 6] = ['و', 'ي', 'ا', 'ו', 'י', 'א'];
    let count = |text: &str| text.chars().filter(|c| MAY_BE_VOWELS.contains(c)).count();
    let latin = any_ascii::any_ascii(latin).to_lowercase();
    let like = |native: &str| similarity(&latin, &romanise(uroman, native));
    like(wrong) < like(right) && count(wrong) >= count(right)
}

/// With `SHOW` in the environment, all that went wrong is printed.
fn show(
    is_wrong: bool,
    what: &str,
    latin: &str,
    native: &str,
    found: &str,
    comparison: &Comparison,
) {
    if is_wrong && std::env::var_os("SHOW").is_some() {
        println!(
            "{what} {latin} {native} {found} p {:.2} forgiven {:.2} {:?}",
            comparison.probability,
            comparison.forgiven,
            told(latin, found, comparison)
        );
    }
}

fn told(latin: &str, native: &str, comparison: &Comparison) -> Vec<(String, String, Step, f32)> {
    comparison
        .pairs
        .iter()
        .map(|pair| {
            (
                latin[pair.expected.clone()].to_owned(),
                native[pair.found.clone()].to_owned(),
                pair.step,
                pair.cost,
            )
        })
        .collect()
}

/// The worst divergence is at that place, and no longer than a unit and its neighbour.
fn points_at(comparison: &Comparison, found: &str, place: &std::ops::Range<usize>) -> bool {
    let diverging = comparison.pairs.iter().filter(|pair| pair.step.diverges());
    diverging
        .max_by(|a, b| a.cost.total_cmp(&b.cost))
        .is_some_and(|pair| {
            let touches = pair.found.start <= place.end && place.start <= pair.found.end;
            let covers =
                place.is_empty() || pair.found.start < place.end && place.start < pair.found.end;
            touches
                && covers
                && unicode_segmentation::UnicodeSegmentation::graphemes(
                    &found[pair.found.clone()],
                    true,
                )
                .count()
                    <= 2
        })
}
