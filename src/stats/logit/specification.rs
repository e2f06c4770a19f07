//! The specification in words, to stand beside every result.

use super::{Conditional, Excluded, PENALTY_SD, Pooled, Regression, Term};

impl Regression {
    /// What was fitted, one statement a line; `name` gives the name of a model or of a target language by its term.
    pub fn specification(&self, name: impl Fn(Term) -> String) -> Vec<String> {
        let (models, targets) = self
            .sample
            .terms
            .iter()
            .fold((0, 0), |count, term| match term {
                Term::Model(_) => (count.0 + 1, count.1),
                Term::Target(_) => (count.0, count.1 + 1),
                _ => count,
            });
        let mut formula = String::new();
        if models > 0 {
            formula += " + model";
        }
        if targets > 0 {
            formula += " + target language";
        }
        formula += " + script match + language match + family match";
        let rows = self.options.keep.about();
        let reference = |what: &str, term: Option<Term>| {
            term.map(|term| format!("Reference {what}: {}.", name(term)))
        };
        let lines = [
            Some("Outcome: the response is right (1) or wrong (0).".to_owned()),
            Some(format!("Within questions: log odds(right) = question{formula}; conditional likelihood, exact, one stratum a question.")),
            Some(format!("Pooled: log odds(right) = constant{formula}; errors clustered by question.")),
            Some(format!("Rows: {rows}.")),
            match models {
                0 => Some("One model, so there is no term for models.".to_owned()),
                _ => reference("model", self.reference_model().map(Term::Model)),
            },
            match targets {
                0 => Some("No terms for target languages: script match also takes up that some languages are easier.".to_owned()),
                _ => reference("target language", self.reference_target().map(Term::Target)),
            },
        ];
        lines.into_iter().flatten().collect()
    }
}

impl Conditional {
    /// What became of the fit within questions: terms that could not be fitted, and a penalty.
    pub fn remarks(&self, name: impl Fn(Term) -> String) -> Vec<String> {
        remarks(&self.excluded, &self.separated, name)
    }
}

impl Pooled {
    /// The same for the pooled fit.
    pub fn remarks(&self, name: impl Fn(Term) -> String) -> Vec<String> {
        remarks(&self.excluded, &self.separated, name)
    }
}

fn remarks(
    excluded: &[Excluded],
    separated: &[Term],
    name: impl Fn(Term) -> String,
) -> Vec<String> {
    let list = |terms: &[Term]| {
        terms
            .iter()
            .map(|term| name(*term))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let excluded = excluded.iter().map(|excluded| match excluded.said_by[..] {
        [] => format!(
            "{}: does not vary where it would count, so it is left out.",
            name(excluded.term)
        ),
        ref by => format!(
            "{}: says the same as {}, so it is left out; the two cannot be told apart.",
            name(excluded.term),
            list(by)
        ),
    });
    let penalty = (!separated.is_empty()).then(|| {
        format!(
            "Separation: {} perfectly tell right from wrong, so there is no largest likelihood. The fit is penalised (a ridge: a \
             normal prior with standard deviation {PENALTY_SD} on every log odds), and draws them towards 0.",
            list(separated)
        )
    });
    excluded.chain(penalty).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::{Keep, Options, Row};
    use super::*;

    fn row(question: u32, model: u32, target: u32, right: bool) -> Row {
        let same = question % 3 == target;
        Row {
            question,
            model,
            source: question % 3,
            target,
            source_script: question % 3,
            target_script: target,
            script_match: f64::from(u8::from(same)),
            language_match: same,
            family_match: false,
            right,
        }
    }

    #[test]
    fn the_specification_says_what_was_fitted_and_what_was_not() {
        let mut rows = Vec::new();
        for question in 0..12 {
            for (model, target) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
                let right = (question * 5 + model * 3 + target * 7) % 4 < 2;
                rows.push(row(question, model, target, right));
            }
        }
        let options = Options {
            keep: Keep::All,
            target_effects: true,
        };
        let regression = Regression::new(&rows, options).unwrap();
        let name = |term| match term {
            Term::Model(model) => format!("m{model}"),
            Term::Target(target) => format!("t{target}"),
            Term::ScriptMatch => "script match".to_owned(),
            Term::LanguageMatch => "language match".to_owned(),
            Term::FamilyMatch => "family match".to_owned(),
            Term::Intercept => "constant".to_owned(),
        };
        let lines = regression.specification(name);
        assert!(lines[1].contains(
            "question + model + target language + script match + language match + family match"
        ));
        assert_eq!(
            &lines[4..],
            ["Reference model: m0.", "Reference target language: t0."]
        );
        let remarks = regression.conditional().unwrap().remarks(name);
        assert_eq!(
            remarks,
            [
                "language match: says the same as script match, so it is left out; the two cannot be told apart.",
                "family match: does not vary where it would count, so it is left out.",
            ]
        );
    }
}
