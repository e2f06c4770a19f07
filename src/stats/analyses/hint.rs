//! Two conditions, or any two runs or models, on the same questions in the same languages.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::begin;
use crate::corpus::Key;
use crate::corpus::fields::MATCHES;
use crate::stats::paired::{Method, Test, sign_flip};
use crate::stats::resample::{self, Plan};
use crate::stats::selection::{Selection, Sides};
use crate::stats::table::{Cell, Table, Unit};
use crate::stats::told::Needs;
use crate::stats::transfer::{Lift, Paired};
use crate::stats::{Change, Told, contrast, holm, mcnemar};

/// One question in one language on both sides.
struct Pair {
    paired: Paired,
    /// Name of [`Key::Match`].
    matching: &'static str,
    scripts: (String, String),
}

impl Pair {
    fn question(&self) -> u32 {
        self.paired.question
    }
}

/// Who gains and who loses from the first side to the second: where scripts are the same, where they differ, and by pair of
/// scripts. `go_on` hears which share is done, and may break off; then there is nothing.
pub fn paired(
    selection: &Selection,
    sides: Sides,
    plan: Plan,
    go_on: &(dyn Fn(f32) -> ControlFlow<()> + Sync),
) -> Option<Told> {
    let [a, b] = sides.names(selection.corpus());
    let (what, same) = match sides.key {
        Key::Condition => ("condition", " by the same model"),
        Key::Model => ("model", " under the same condition"),
        _ => ("run", ""),
    };
    let mut told = begin(
        selection,
        Needs::Outcomes,
        format!("From {what} {a} to {what} {b}"),
        &[
            &format!(
                "Pairs: the same question in the same language{same}. Each side is the share of right answers over its epochs; lift is {b} less {a}."
            ),
            "Gains and losses: pairs that are better, or worse. p: gains against losses question by question, signs flipped.",
        ],
    );
    if told.refusal.is_some() {
        return Some(told);
    }
    let pairs = pairs(selection, sides);
    if pairs.is_empty() {
        told.refusal = Some(format!(
            "No question was answered in the same language{same} under both, right or wrong: nothing can be paired."
        ));
        return Some(told);
    }
    let columns = [
        "pairs",
        "questions",
        "before",
        "after",
        "gains",
        "losses",
        "lift",
        "p",
    ];
    let by = |names: &[&'static str]| [names, &columns].concat();
    let mut matches = Table::new("match", "By script match", &by(&["scripts"]))
        .note("Intervals are clustered by question.");
    for (name, matching) in [("same", "same"), ("cross", "cross"), ("partial", "partial")] {
        let of: Vec<&Pair> = pairs
            .iter()
            .filter(|pair| pair.matching == matching)
            .collect();
        if !of.is_empty() {
            matches.push([vec![name.into()], line(&of).0].concat());
        }
    }
    let all: Vec<&Pair> = pairs.iter().collect();
    let (cells, test) = line(&all);
    matches.push([vec!["all".into()], cells].concat());
    let mut scripts = Table::new(
        "scripts",
        "By pair of scripts",
        &[
            "source", "target", "pairs", "before", "after", "gains", "losses", "lift", "p",
        ],
    );
    let mut of_scripts: BTreeMap<&(String, String), Vec<&Pair>> = BTreeMap::new();
    for pair in &pairs {
        of_scripts.entry(&pair.scripts).or_default().push(pair);
    }
    let lines: Vec<_> = of_scripts
        .iter()
        .map(|(scripts, pairs)| (scripts, line(pairs)))
        .collect();
    let tested: Vec<f64> = lines
        .iter()
        .filter_map(|(_, (_, test))| Some(test.as_ref()?.p))
        .collect();
    let mut raised = holm(&tested).into_iter();
    for ((source, target), (mut cells, test)) in lines {
        if let (Some(last), true) = (cells.last_mut(), test.is_some()) {
            *last = Unit::Chance.cell(raised.next());
        }
        // The questions, for which there is no room.
        cells.remove(1);
        scripts.push([vec![source.as_str().into(), target.as_str().into()], cells].concat());
    }
    scripts = scripts.note("p is raised for the number of pairs of scripts (Holm).");
    let changes: Vec<Change> = pairs
        .iter()
        .filter(|pair| ["same", "cross"].contains(&pair.matching))
        .map(|pair| pair.paired.change())
        .collect();
    let rounds = plan.rounds.max(1) as f32;
    let mut gap = Table::new(
        "gap",
        "Gap: right within a script less right across scripts",
        &["side", "gap"],
    )
    .note("Intervals are clustered by question.");
    let gap_of = |level: fn(&Paired) -> f64| {
        let levels = pairs
            .iter()
            .filter(|pair| ["same", "cross"].contains(&pair.matching));
        // The other way round: what cross lacks is positive.
        let levels = levels.map(|pair| Change {
            question: pair.question(),
            cross: !pair.paired.cross,
            by: level(&pair.paired),
        });
        let found = contrast(&levels.collect::<Vec<Change>>());
        Unit::Points.cell(found.map(|found| found.difference))
    };
    gap.push(vec!["before".into(), gap_of(|pair| pair.before)]);
    gap.push(vec!["after".into(), gap_of(|pair| pair.after)]);
    let found = contrast(&changes);
    let drawn = match found {
        Ok(_) => match resample::contrast(&changes, plan, &|done| go_on(done as f32 / rounds)) {
            Err(crate::stats::Refusal::Stopped) => return None,
            drawn => drawn,
        },
        Err(reason) => Err(reason),
    };
    let mut difference = Table::new(
        "difference",
        "Difference of differences: lift across scripts less lift within a script, by which the gap narrows",
        &["interval", "difference"],
    )
    .note(plan.sentence());
    difference.push(vec![
        "clustered by question".into(),
        Unit::Points.cell(found.map(|found| found.difference)),
    ]);
    difference.push(vec![
        "bootstrap by question".into(),
        Unit::Points.cell(drawn.map(|drawn| drawn.estimate)),
    ]);
    told.tables = vec![matches, gap, difference];
    if let Some(test) = test {
        told.method.push(format!("Test: {}.", test.method.word()));
        if test.method == Method::McNemar {
            told.tables.push(chi_square(&pairs));
        }
    }
    told.tables.push(scripts);
    told.caveats.push(design(&pairs));
    told.caveats.push("Same and cross differ in more than the script, such as the languages: a larger lift across scripts is no proof that the script is the cause.".into());
    Some(told)
}

/// Where the same script always is one and the same.
fn design(pairs: &[Pair]) -> String {
    let same = pairs.iter().filter(|pair| pair.matching == "same");
    let mut shared: Vec<&str> = same.map(|pair| pair.scripts.0.as_str()).collect();
    shared.sort_unstable();
    shared.dedup();
    match shared[..] {
        [] => "No pair has the same script on both sides.".to_owned(),
        [one] => format!(
            "Same script means \"both {one}\" here, and cannot be told apart from whatever else those languages share."
        ),
        ref several => format!("Same script is one of: {}.", several.join(", ")),
    }
}

fn pairs(selection: &Selection, sides: Sides) -> Vec<Pair> {
    let (corpus, groups) = (selection.corpus(), selection.corpus().groups());
    let pair = |(first, second): (u32, u32)| {
        let share = |group| {
            let (right, all) = selection.judged(group);
            (all > 0).then(|| right as f64 / all as f64)
        };
        let group = &groups.all[first as usize];
        let matching = MATCHES
            .get(group.matching as usize)
            .copied()
            .unwrap_or_default();
        let row = *groups.rows(first).first()?;
        let script = |key| corpus.name(row, key).to_owned();
        Some(Pair {
            paired: Paired {
                question: group.question,
                cross: matching == "cross",
                before: share(first)?,
                after: share(second)?,
            },
            matching,
            scripts: (script(Key::Source), script(Key::Target)),
        })
    };
    sides
        .pairs(selection)
        .into_iter()
        .filter_map(pair)
        .collect()
}

/// Cells from the number of pairs on, and the test in the last of them.
fn line(pairs: &[&Pair]) -> (Vec<Cell>, Option<Test>) {
    let paired: Vec<Paired> = pairs.iter().map(|pair| pair.paired).collect();
    let lift = Lift::of(&paired);
    let mean = |of: fn(&Paired) -> f64| paired.iter().map(of).sum::<f64>() / paired.len() as f64;
    let count = |is: fn(f64) -> bool| paired.iter().filter(|pair| is(pair.change().by)).count();
    let mut questions: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for pair in pairs {
        questions
            .entry(pair.question())
            .or_default()
            .push(pair.paired.change().by);
    }
    let ahead = |changes: &Vec<f64>| {
        changes
            .iter()
            .map(|by| i64::from(*by > 0.0) - i64::from(*by < 0.0))
            .sum::<i64>()
    };
    let is_single = questions.values().all(|changes| changes.len() == 1);
    let test = sign_flip(&questions.values().map(ahead).collect::<Vec<_>>());
    let test = test.map(|test| match (is_single, test.method) {
        (true, Method::SignFlip) => Test {
            method: Method::McNemar,
            ..test
        },
        _ => test,
    });
    let cells = vec![
        pairs.len().into(),
        questions.len().into(),
        Unit::Share.cell(mean(|pair| pair.before)),
        Unit::Share.cell(mean(|pair| pair.after)),
        count(|by| by > 0.0).into(),
        count(|by| by < 0.0).into(),
        match lift {
            Ok(lift) => Unit::Points.cell(lift.lift.mean),
            Err(_) => Unit::Points.cell(mean(|pair| pair.change().by)),
        },
        Unit::Chance.cell(test.map(|test| test.p)),
    ];
    (cells, test)
}

/// McNemar by chi-square beside the exact test, as others print it.
fn chi_square(pairs: &[Pair]) -> Table {
    let count = |is: fn(f64) -> bool| {
        pairs
            .iter()
            .filter(|pair| is(pair.paired.change().by))
            .count()
    };
    let mut table = Table::new(
        "mcnemar",
        "McNemar's test by chi-square",
        &["form", "chi-square", "p"],
    );
    if let Some(test) = mcnemar(count(|by| by > 0.0), count(|by| by < 0.0)) {
        let line = |form: &str, square, p| {
            vec![form.into(), Unit::Plain.cell(square), Unit::Chance.cell(p)]
        };
        table.push(line("plain", test.chi_square, test.p));
        table.push(line(
            "corrected for continuity",
            test.corrected,
            test.corrected_p,
        ));
    }
    table
}
