//! Is it script, language or family?

use std::ops::ControlFlow;

use super::begin;
use crate::stats::logit::{
    Bootstrapped, Conditional, Keep, LeftOut, Options, Pooled, Regression, Term,
};
use crate::stats::resample::Plan;
use crate::stats::selection::{Selection, Sources};
use crate::stats::table::{Cell, Table, Unit};
use crate::stats::told::Needs;
use crate::stats::{Told, wilson};

/// What is fitted, and how its intervals are drawn.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// Rows and terms.
    pub options: Options,
    /// The bootstrap.
    pub plan: Plan,
}

/// Fits within questions and pooled, draws intervals, and fits without each language. `go_on` hears which share is done, and
/// may break off; then there is nothing.
pub fn regress(
    selection: &Selection,
    ask: Ask,
    go_on: &(dyn Fn(f32) -> ControlFlow<()> + Sync),
) -> Option<Told> {
    let mut told = begin(
        selection,
        Needs::Sources,
        "Is it script, language or family?",
        &[],
    );
    if told.refusal.is_some() {
        return Some(told);
    }
    told.caveats.push(
        "The specification is this program's and yours; it is not that of any paper.".to_owned(),
    );
    // What is known at the source is needed only to choose, and all of it is dropped again.
    let sources = match ask.options.keep {
        Keep::KnownAcross => Sources::Always,
        Keep::All | Keep::Across => Sources::AsShown,
    };
    let rows = selection.regression_rows(sources);
    let regression = match Regression::new(&rows, ask.options) {
        Ok(regression) => regression,
        Err(reason) => {
            told.refusal = Some(reason.to_string());
            return Some(told);
        }
    };
    let names = Names::of(selection);
    let name = |term| names.term(term);
    told.method = regression.specification(name);
    if rows.iter().any(|row| row.script_match == 0.5) {
        told.method.push("Japanese and Chinese count as half a script match (--han none or full counts them otherwise).".into());
    }
    let scripts = regression.scripts();
    for caveat in &scripts.caveats {
        told.caveats.push(caveat.sentence(
            |code| names.script(code),
            |code| selection.locales().name(code),
        ));
    }
    match ask.options.keep {
        Keep::All => told.caveats.push("Rows in the source language are among these, and script and language match both hold there: compare with --rows across.".into()),
        Keep::Across => {}
        Keep::KnownAcross => told.caveats.push("Rows were chosen by what is known at the source, which is an outcome: compare with --rows across.".into()),
    }
    let pooled = regression.pooled();
    match regression.conditional() {
        Ok(fit) => {
            told.method.push(ask.plan.sentence());
            let rounds = ask.plan.rounds.max(1) as f32;
            let drawn = fit
                .bootstrap(ask.plan, &|done| go_on(0.9 * done as f32 / rounds))
                .ok()?;
            let languages = selection.locales().len().max(1) as f32;
            let left_out = regression
                .leave_one_out(&|done| go_on(0.9 + 0.1 * done as f32 / languages))
                .ok()?;
            told.tables.push(within(&fit, &drawn, &names));
            told.tables.extend(
                pooled
                    .as_ref()
                    .ok()
                    .map(|pooled| self::pooled(pooled, &names)),
            );
            told.tables.push(left(&left_out, selection));
            told.tables.push(used(&regression, Some(&fit)));
            told.tables.push(pairs(&regression, &names));
            let others = others(&fit, &drawn, &names);
            told.tables
                .extend(Some(others).filter(|table| !table.rows.is_empty()));
            told.caveats.extend(fit.remarks(name));
            if drawn.penalised > 0 && fit.separated.is_empty() {
                told.caveats.push(format!(
                    "In {} of {} rounds some term perfectly told right from wrong, and the round was penalised.",
                    drawn.penalised, ask.plan.rounds
                ));
            }
        }
        Err(reason) => {
            told.refusal = Some(format!("Within questions nothing can be fitted. {reason}"));
            told.tables.extend(
                pooled
                    .as_ref()
                    .ok()
                    .map(|pooled| self::pooled(pooled, &names)),
            );
            told.tables.push(used(&regression, None));
            told.tables.push(pairs(&regression, &names));
        }
    }
    if let Err(reason) = &pooled {
        told.caveats
            .push(format!("Pooled nothing can be fitted. {reason}"));
    }
    told.caveats.push("Within questions and pooled differ where questions differ in difficulty: the first is the odds for one question, the second the odds over all, and smaller. Neither says what causes what.".into());
    Some(told)
}

/// What codes are called.
struct Names<'a, 'b> {
    selection: &'a Selection<'b>,
    runs: Vec<(u32, String)>,
    scripts: Vec<String>,
}

impl<'a, 'b> Names<'a, 'b> {
    fn of(selection: &'a Selection<'b>) -> Names<'a, 'b> {
        Names {
            selection,
            runs: selection.runs(),
            scripts: selection.scripts(),
        }
    }

    fn script(&self, code: u32) -> String {
        self.scripts.get(code as usize).cloned().unwrap_or_default()
    }

    fn term(&self, term: Term) -> String {
        let run = |code| self.runs.iter().find(|(run, _)| *run == code);
        match term {
            Term::Intercept => "constant".to_owned(),
            Term::Model(code) => run(code).map_or(String::new(), |(_, name)| name.clone()),
            Term::Target(code) => format!("asked in {}", self.selection.locales().name(code)),
            Term::ScriptMatch => "script match".to_owned(),
            Term::LanguageMatch => "language match".to_owned(),
            Term::FamilyMatch => "family match".to_owned(),
        }
    }
}

fn drawn_odds(drawn: &Bootstrapped, term: Term) -> Cell {
    let found = drawn.log_odds.iter().find(|(of, _)| *of == term);
    let odds = found.map(|(_, found)| found.as_ref().map(|found| found.estimate.map(f64::exp)));
    match odds {
        Some(odds) => Unit::Ratio.cell(odds),
        None => Cell::NOTHING,
    }
}

fn within(fit: &Conditional, drawn: &Bootstrapped, names: &Names) -> Table {
    let mut table = Table::new(
        "within",
        "Within questions: odds of being right, by how much they are multiplied",
        &["term", "odds ratio, bootstrap", "odds ratio, clustered", "log odds", "se"],
    )
    .note("Interval of the first by drawing whole questions, of the second by the sandwich error clustered by question; of a separated term by its profile.");
    for coefficient in fit
        .coefficients
        .iter()
        .filter(|one| one.term.is_predictor())
    {
        table.push(vec![
            names.term(coefficient.term).into(),
            drawn_odds(drawn, coefficient.term),
            Unit::Ratio.cell(coefficient.odds_ratio()),
            Unit::Signed.cell(coefficient.log_odds.value),
            Unit::Plain.cell(coefficient.se),
        ]);
    }
    table
}

fn pooled(fit: &Pooled, names: &Names) -> Table {
    let mut table = Table::new(
        "pooled",
        "Pooled: over all questions, the marginal estimate",
        &["term", "odds ratio, clustered", "average marginal effect"],
    )
    .note("The effect: by how many points the mean predicted accuracy is higher where the term holds in all rows than where it holds in none.");
    for coefficient in fit
        .coefficients
        .iter()
        .filter(|one| one.term.is_predictor())
    {
        let effect = fit
            .effects
            .iter()
            .find(|effect| effect.term == coefficient.term);
        let share = |points: f64| points / 100.0;
        table.push(vec![
            names.term(coefficient.term).into(),
            Unit::Ratio.cell(coefficient.odds_ratio()),
            Unit::Points.cell(effect.map(|effect| effect.points.map(share))),
        ]);
    }
    table
}

/// The terms that are there to be held constant.
fn others(fit: &Conditional, drawn: &Bootstrapped, names: &Names) -> Table {
    let mut table = Table::new(
        "held-constant",
        "Held constant, within questions: odds against the reference",
        &["term", "odds ratio, bootstrap"],
    );
    for coefficient in fit
        .coefficients
        .iter()
        .filter(|one| !one.term.is_predictor())
    {
        table.push(vec![
            names.term(coefficient.term).into(),
            drawn_odds(drawn, coefficient.term),
        ]);
    }
    table
}

fn left(left_out: &LeftOut, selection: &Selection) -> Table {
    let mut table = Table::new(
        "left-out",
        "Script match within questions, without each language",
        &["without", "odds ratio"],
    );
    for without in &left_out.without {
        table.push(vec![
            selection.locales().name(without.language).into(),
            Unit::Ratio.cell(without.script_match.map(f64::exp)),
        ]);
    }
    match left_out.range {
        Some((low, high)) => table.note(format!("From {:.2} to {:.2}.", low.exp(), high.exp())),
        None => table,
    }
}

fn used(regression: &Regression, fit: Option<&Conditional>) -> Table {
    let mut table = Table::new(
        "used",
        "What is used, and what is not",
        &["rows", "why", "responses", "questions"],
    );
    let chosen = regression.used();
    let used = |what: &str, responses: usize, questions: usize| {
        vec![
            "used".into(),
            what.into(),
            responses.into(),
            questions.into(),
        ]
    };
    let dropped = |dropped: &crate::stats::logit::Dropped| {
        vec![
            "dropped".into(),
            dropped.cause.sentence().into(),
            dropped.rows.into(),
            dropped.questions.into(),
        ]
    };
    table.rows.extend(chosen.dropped.iter().map(dropped));
    table.push(used("pooled", chosen.rows, chosen.questions));
    if let Some(fit) = fit {
        table.rows.extend(fit.used.dropped.iter().map(dropped));
        table.push(used("within questions", fit.used.rows, fit.used.questions));
    }
    table
}

fn pairs(regression: &Regression, names: &Names) -> Table {
    let mut table = Table::new(
        "design",
        "The design: which scripts meet which",
        &[
            "source",
            "target",
            "script match",
            "responses",
            "in the source language",
            "questions",
            "accuracy",
        ],
    )
    .note("Intervals here are Wilson's, as if responses did not depend on each other.");
    for pair in regression.scripts().pairs {
        table.push(vec![
            names.script(pair.source).into(),
            names.script(pair.target).into(),
            Unit::Plain.cell(pair.script_match),
            pair.rows.into(),
            pair.at_source.into(),
            pair.questions.into(),
            Unit::Share.cell(wilson(pair.right, pair.rows)),
        ]);
    }
    table
}
