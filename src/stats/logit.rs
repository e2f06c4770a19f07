//! Is it script, language or family? Logistic regression of whether a response is right.
//!
//! [`Regression::conditional`] compares responses to the same question only, so that how hard a question is drops out
//! exactly; its coefficients are log odds *within* a question. [`Regression::pooled`] compares all responses, and says by
//! how many points the predictors go with accuracy over all questions; its coefficients are smaller wherever questions
//! differ in difficulty, and that is no error. The specification is the reader's choice and stands beside every result:
//! [`Regression::specification`].

mod conditional;
mod newton;
mod pooled;
mod sample;
mod specification;
mod strata;
mod table;

pub use conditional::{Bootstrapped, Coefficient, Conditional, LeftOut, Without};
pub use newton::PENALTY_SD;
pub use pooled::{Marginal, Pooled};
pub use sample::{Cause, Dropped, Excluded, Used};
pub use table::{Across, Caveat, ScriptPair, ScriptTable, caveats};

use serde::Serialize;

use super::Refusal;
use sample::Sample;

/// One response that is right or wrong. Codes are the caller's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Code of the question: the stratum.
    pub question: u32,
    /// Code of the model, or of the run.
    pub model: u32,
    /// Code of the language in which the knowledge is local.
    pub source: u32,
    /// Code of the language in which the question was asked.
    pub target: u32,
    /// Code of the script of the source.
    pub source_script: u32,
    /// Code of the script of the target.
    pub target_script: u32,
    /// 1 where the scripts are the same, 0 where they differ; between them where part of a script is shared and counted so.
    pub script_match: f64,
    /// The languages are the same.
    pub language_match: bool,
    /// The languages are of one family.
    pub family_match: bool,
    /// The response is right.
    pub right: bool,
}

impl Row {
    /// The question was asked in its source language.
    pub fn is_at_source(&self) -> bool {
        self.source == self.target
    }
}

/// What rows are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// All rows; those asked in the source language are told apart by language match.
    #[default]
    All,
    /// Rows asked in another language than the source.
    Across,
    /// Of those, the ones whose question the same model knows in the source language, by majority of its responses there.
    /// This selects by outcome: read it beside the other.
    KnownAcross,
}

impl Keep {
    /// All of them.
    pub const ALL: [Keep; 3] = [Keep::All, Keep::Across, Keep::KnownAcross];

    /// Its word on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Keep::All => "all",
            Keep::Across => "across",
            Keep::KnownAcross => "known-across",
        }
    }

    /// What it is.
    pub const fn about(self) -> &'static str {
        match self {
            Keep::All => "all, those asked in the source language among them",
            Keep::Across => "those asked in another language than the source",
            Keep::KnownAcross => {
                "those asked in another language than the source, if the same model knows the question there; this selects by \
                 outcome"
            }
        }
    }
}

/// What is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Options {
    /// What rows are used.
    pub keep: Keep,
    /// A term for each target language. Without them, script match also takes up that some languages are easier.
    pub target_effects: bool,
}

/// A term of the regression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Term {
    /// Where the curve lies; only in the pooled fit.
    Intercept,
    /// This model against the reference model.
    Model(u32),
    /// This target language against the reference language.
    Target(u32),
    /// Source and target script are the same.
    ScriptMatch,
    /// Source and target language are the same.
    LanguageMatch,
    /// Source and target language are of one family.
    FamilyMatch,
}

impl Term {
    /// The predictors: what is asked about. All other terms are there to be held constant.
    pub const PREDICTORS: [Term; 3] = [Term::ScriptMatch, Term::LanguageMatch, Term::FamilyMatch];

    /// One of [`Term::PREDICTORS`].
    pub fn is_predictor(self) -> bool {
        Term::PREDICTORS.contains(&self)
    }
}

/// Rows made ready for fitting.
#[derive(Debug, Clone)]
pub struct Regression {
    options: Options,
    rows: Vec<Row>,
    sample: Sample,
    used: Used,
}

impl Regression {
    /// Chooses the rows and lays out the terms. The order of rows changes nothing.
    ///
    /// # Errors
    /// Nothing is left; all is right, or all wrong; there is one question; a match is no number from 0 to 1.
    pub fn new(rows: &[Row], options: Options) -> Result<Regression, Refusal> {
        let (rows, used) = sample::choose(rows, options.keep)?;
        Ok(Regression {
            sample: Sample::new(&rows, options.target_effects),
            options,
            rows,
            used,
        })
    }

    /// What was chosen.
    pub fn options(&self) -> Options {
        self.options
    }

    /// Rows that were chosen, and those that were not, with the reason. All chosen rows enter the pooled fit.
    pub fn used(&self) -> &Used {
        &self.used
    }

    /// Model against which the others are held: the one whose responses say most, being neither all right nor all wrong.
    pub fn reference_model(&self) -> Option<u32> {
        self.sample.reference_model
    }

    /// The same for the target language, where those have terms.
    pub fn reference_target(&self) -> Option<u32> {
        self.sample.reference_target
    }

    /// Which scripts meet which, and what follows from it for script match. Belongs beside every coefficient of it.
    pub fn scripts(&self) -> ScriptTable {
        ScriptTable::of(&self.rows)
    }
}

#[cfg(test)]
mod tests;
