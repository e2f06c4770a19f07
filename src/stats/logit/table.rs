//! Which scripts meet which: what the data can say of script match at all.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Row;

/// Responses from one source script to one target script.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ScriptPair {
    /// Code of the source script.
    pub source: u32,
    /// Code of the target script.
    pub target: u32,
    /// Mean script match, as it enters the fit.
    pub script_match: f64,
    /// Responses.
    pub rows: usize,
    /// Those asked in the source language.
    pub at_source: usize,
    /// Responses that are right.
    pub right: usize,
    /// Questions.
    pub questions: usize,
}

/// The table of script pairs, and what follows from it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScriptTable {
    /// One line a pair, by code.
    pub pairs: Vec<ScriptPair>,
    /// What script match cannot be told apart from in these rows.
    pub caveats: Vec<Caveat>,
}

/// What script match cannot be told apart from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Caveat {
    /// Wherever two different languages share a script, it is this one, as Latin in ECLeKTic.
    OneSharedScript(u32),
    /// Source or target is always this language, as English in MultiLoKo.
    OneLanguageAlways(u32),
    /// No two different languages share a script.
    SharedOnlyAtSource,
}

impl Caveat {
    /// A sentence, with the name of a script or a language by its code.
    pub fn sentence(
        self,
        script: impl Fn(u32) -> String,
        language: impl Fn(u32) -> String,
    ) -> String {
        match self {
            Caveat::OneSharedScript(code) => {
                let script = script(code);
                format!(
                    "Where two languages share a script it is always {script}: script match means \"both {script}\" here, and \
                     cannot be told apart from whatever else those languages share."
                )
            }
            Caveat::OneLanguageAlways(code) => {
                let language = language(code);
                format!(
                    "Source or target is always {language}: script match means \"the other language is written like \
                     {language}\" here, and cannot be told apart from whatever else those languages share."
                )
            }
            Caveat::SharedOnlyAtSource => {
                "No two different languages share a script here: script match means \"asked in the source language\"."
                    .to_owned()
            }
        }
    }
}

impl ScriptTable {
    /// Counts rows sorted by question.
    pub(super) fn of(rows: &[Row]) -> ScriptTable {
        let mut pairs: BTreeMap<(u32, u32), (ScriptPair, Option<u32>)> = BTreeMap::new();
        for row in rows {
            let key = (row.source_script, row.target_script);
            let (pair, last) = pairs.entry(key).or_insert_with(|| {
                let pair = ScriptPair {
                    source: key.0,
                    target: key.1,
                    script_match: 0.0,
                    rows: 0,
                    at_source: 0,
                    right: 0,
                    questions: 0,
                };
                (pair, None)
            });
            pair.rows += 1;
            pair.script_match += row.script_match;
            pair.at_source += usize::from(row.is_at_source());
            pair.right += usize::from(row.right);
            pair.questions += usize::from(*last != Some(row.question));
            *last = Some(row.question);
        }
        let mean = |(pair, _): (ScriptPair, _)| ScriptPair {
            script_match: pair.script_match / pair.rows as f64,
            ..pair
        };
        ScriptTable {
            pairs: pairs.into_values().map(mean).collect(),
            caveats: caveats(&across(rows)),
        }
    }
}

/// A question asked in another language than its source: source and target, and their scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Across {
    /// Codes of source and target.
    pub languages: [u32; 2],
    /// Codes of their scripts.
    pub scripts: [u32; 2],
}

fn across(rows: &[Row]) -> Vec<Across> {
    let across = rows.iter().filter(|row| !row.is_at_source());
    let of = |row: &Row| Across {
        languages: [row.source, row.target],
        scripts: [row.source_script, row.target_script],
    };
    across.map(of).collect()
}

/// What has to be known of how these are chosen before script match is believed.
pub fn caveats(across: &[Across]) -> Vec<Caveat> {
    let mut shared: Vec<u32> = across
        .iter()
        .filter(|pair| pair.scripts[0] == pair.scripts[1])
        .map(|pair| pair.scripts[0])
        .collect();
    shared.sort_unstable();
    shared.dedup();
    let scripts = match shared[..] {
        [] => Some(Caveat::SharedOnlyAtSource),
        [one] => Some(Caveat::OneSharedScript(one)),
        _ => None,
    };
    let mut always = across
        .first()
        .map_or(Vec::new(), |pair| pair.languages.to_vec());
    always.retain(|language| across.iter().all(|pair| pair.languages.contains(language)));
    // Of two languages both are always there, and that says nothing more.
    let language = match always[..] {
        [one] => Some(Caveat::OneLanguageAlways(one)),
        _ => None,
    };
    scripts.into_iter().chain(language).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(question: u32, source: u32, target: u32, scripts: (u32, u32)) -> Row {
        Row {
            question,
            model: 0,
            source,
            target,
            source_script: scripts.0,
            target_script: scripts.1,
            script_match: f64::from(u8::from(scripts.0 == scripts.1)),
            language_match: source == target,
            family_match: false,
            right: target == 0,
        }
    }

    const LATN: u32 = 0;
    const HEBR: u32 = 1;
    const DEVA: u32 = 2;

    #[test]
    fn one_shared_script_is_told() {
        let rows = [
            row(0, 0, 0, (LATN, LATN)),
            row(0, 0, 1, (LATN, LATN)),
            row(0, 0, 2, (LATN, HEBR)),
            row(1, 2, 2, (HEBR, HEBR)),
            row(1, 2, 1, (HEBR, LATN)),
            row(2, 1, 3, (LATN, DEVA)),
        ];
        let table = ScriptTable::of(&rows);
        assert_eq!(table.caveats, [Caveat::OneSharedScript(LATN)]);
        assert_eq!(table.pairs.len(), 5);
        let latin = table.pairs[0];
        assert_eq!(
            (latin.rows, latin.at_source, latin.right, latin.questions),
            (2, 1, 1, 1)
        );
        let sentence = table.caveats[0].sentence(|_| "Latin".to_owned(), |_| String::new());
        assert!(sentence.contains("\"both Latin\""));
    }

    #[test]
    fn a_language_that_is_always_there_is_told() {
        let rows = [
            row(0, 0, 1, (LATN, LATN)),
            row(1, 0, 2, (LATN, HEBR)),
            row(2, 3, 0, (DEVA, LATN)),
        ];
        let caveats = [Caveat::OneSharedScript(LATN), Caveat::OneLanguageAlways(0)];
        assert_eq!(ScriptTable::of(&rows).caveats, caveats);
    }

    #[test]
    fn two_shared_scripts_need_no_word() {
        let rows = [
            row(0, 0, 1, (LATN, LATN)),
            row(1, 2, 3, (DEVA, DEVA)),
            row(2, 2, 0, (DEVA, LATN)),
        ];
        assert!(ScriptTable::of(&rows).caveats.is_empty());
        let apart = ScriptTable::of(&rows[2..]);
        assert_eq!(apart.caveats, [Caveat::SharedOnlyAtSource]);
    }
}
