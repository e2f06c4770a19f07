//! The list of kinds of error that are tagged: data, replaceable by a project's own.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::entity::{Cue, Verdict};
use crate::hash::Hash;
use crate::record::Outcome;

/// The one that is shipped.
const SHIPPED: &str = include_str!("../../assets/taxonomy.toml");

/// A list of codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxonomy {
    name: String,
    codes: Vec<Code>,
    version: String,
}

/// One kind of error, or a heading over some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// What stands in files.
    pub code: String,
    /// The key that sets it, a letter or a digit; a heading has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<char>,
    /// What stands on screen.
    pub name: String,
    /// When to use it, for annotators.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub guideline: String,
    /// The heading it stands under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// How bad it is.
    #[serde(default)]
    pub severity: Severity,
    /// What it can be said of; everything where nothing is given.
    #[serde(default = "everything")]
    pub applies: Vec<Scope>,
    /// What makes the program suggest it.
    #[serde(default, skip_serializing_if = "Suggests::is_empty")]
    pub suggests: Suggests,
}

/// How bad an error is.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// No error.
    None,
    /// The reader still knows what is meant.
    Minor,
    /// What is meant is lost or in doubt.
    #[default]
    Major,
}

impl Severity {
    /// The word used in files and on screen.
    pub const fn word(self) -> &'static str {
        match self {
            Severity::None => "none",
            Severity::Minor => "minor",
            Severity::Major => "major",
        }
    }
}

/// What a code can be said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// A whole response.
    Response,
    /// A named thing in it.
    Entity,
    /// A range of its text.
    Range,
}

fn everything() -> Vec<Scope> {
    vec![Scope::Response, Scope::Entity, Scope::Range]
}

/// What makes the program suggest a code, by the words of the house.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Suggests {
    /// Verdicts on a name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verdict: Vec<String>,
    /// Cues of a name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cue: Vec<String>,
    /// Outcomes of the response.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outcome: Vec<String>,
}

impl Suggests {
    fn is_empty(&self) -> bool {
        *self == Suggests::default()
    }
}

/// All that is wrong with a taxonomy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct TaxonomyError(
    /// What is wrong: line from 1, or 0 for the whole file, and a sentence that names the code.
    pub Vec<(usize, String)>,
);

impl fmt::Display for TaxonomyError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (number, (line, what)) in self.0.iter().enumerate() {
            let end = if number == 0 { "" } else { "\n" };
            match line {
                0 => write!(f, "{end}taxonomy: {what}")?,
                line => write!(f, "{end}taxonomy, line {line}: {what}")?,
            }
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    code: Vec<Spanned<Code>>,
}

impl Taxonomy {
    /// Reads a taxonomy. Everything that is wrong is told at once.
    pub fn parse(text: &str) -> Result<Taxonomy, TaxonomyError> {
        let line = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(0, |span| line(span.start));
            TaxonomyError(vec![(line, error.message().to_owned())])
        })?;
        let mut wrong = Vec::new();
        if file.name.is_empty() || file.name.contains('@') {
            wrong.push((
                0,
                format!("{:?} is no name: it is empty or has an @", file.name),
            ));
        }
        check(&file.code, |at, what| wrong.push((line(at), what)));
        if !wrong.is_empty() {
            return Err(TaxonomyError(wrong));
        }
        let codes: Vec<Code> = file.code.into_iter().map(Spanned::into_inner).collect();
        let content = serde_json::to_string(&codes).unwrap_or_default();
        let hash = Hash::of(&content).to_string();
        Ok(Taxonomy {
            version: format!("{}@{}", file.name, &hash[..12]),
            name: file.name,
            codes,
        })
    }

    /// The one that is shipped.
    pub fn shipped() -> Result<Taxonomy, TaxonomyError> {
        Taxonomy::parse(SHIPPED)
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its name and a hash of its codes: two files that differ in spaces and comments only are one version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Every code and heading, in the order of the file.
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// A code by its name in files.
    pub fn code(&self, code: &str) -> Option<&Code> {
        self.codes.iter().find(|other| other.code == code)
    }

    /// The code of a key.
    pub fn key(&self, key: char) -> Option<&Code> {
        self.codes.iter().find(|code| code.key == Some(key))
    }

    /// Codes that are suggested where these verdicts, cues and outcomes stand, the most telling first: by cue, in the
    /// order given, then by verdict, then by outcome.
    pub fn suggested<'t>(
        &'t self,
        verdicts: &[&str],
        cues: &[&str],
        outcome: Option<&str>,
    ) -> Vec<&'t Code> {
        let mut found: Vec<&Code> = Vec::new();
        let mut add = |words: &[&str], of: fn(&Suggests) -> &[String]| {
            for word in words {
                let named = |code: &&Code| of(&code.suggests).iter().any(|name| name == word);
                for code in self.codes.iter().filter(named) {
                    if !found.contains(&code) {
                        found.push(code);
                    }
                }
            }
        };
        add(cues, |suggests| &suggests.cue);
        add(verdicts, |suggests| &suggests.verdict);
        add(outcome.as_slice(), |suggests| &suggests.outcome);
        found
    }
}

impl Code {
    /// It only stands over others and cannot be set.
    pub fn is_heading(&self) -> bool {
        self.key.is_none()
    }
}

/// Tells what is wrong with codes, each with the place of its code.
fn check(codes: &[Spanned<Code>], mut wrong: impl FnMut(usize, String)) {
    let parents: HashMap<&str, Option<&str>> = codes
        .iter()
        .map(|code| code.get_ref())
        .map(|code| (code.code.as_str(), code.parent.as_deref()))
        .collect();
    let (mut names, mut keys) = (HashMap::new(), HashMap::new());
    if codes.iter().all(|code| code.get_ref().is_heading()) {
        wrong(0, "no code has a key, so nothing can be tagged".to_owned());
    }
    for entry in codes {
        let (at, code) = (entry.span().start, entry.get_ref());
        let name = code.code.as_str();
        let mut wrong = |what: String| wrong(at, format!("code {name:?}: {what}"));
        let is_plain = |letter: char| letter.is_alphanumeric() || "-_".contains(letter);
        if name.is_empty() || !name.chars().all(is_plain) {
            wrong("a code is letters, digits, - and _".to_owned());
        }
        if names.insert(name, ()).is_some() {
            wrong("stands twice".to_owned());
        }
        if let Some(key) = code.key {
            if !key.is_alphanumeric() {
                wrong(format!("key {key:?} is no letter or digit"));
            }
            if let Some(other) = keys.insert(key, name) {
                wrong(format!("key {key:?} is already that of {other:?}"));
            }
            if code.guideline.trim().is_empty() {
                wrong("has no guideline".to_owned());
            }
        }
        if code.applies.is_empty() {
            wrong("applies to nothing".to_owned());
        }
        match code.parent.as_deref() {
            Some(parent) if !parents.contains_key(parent) => {
                wrong(format!("parent {parent:?} is no code"));
            }
            Some(_) if is_own_ancestor(name, &parents) => {
                wrong("stands under itself".to_owned());
            }
            _ => {}
        }
        let is_verdict = |word: &&String| Verdict::named(word).is_none();
        let is_cue = |word: &&String| Cue::ALL.iter().all(|cue| cue.word() != word.as_str());
        let is_outcome = |word: &&String| Outcome::named(word).is_none();
        let verdicts = code.suggests.verdict.iter().filter(is_verdict);
        let cues = code.suggests.cue.iter().filter(is_cue);
        let outcomes = code.suggests.outcome.iter().filter(is_outcome);
        let words = verdicts.map(|word| ("verdict", word));
        let words = words.chain(cues.map(|word| ("cue", word)));
        for (kind, word) in words.chain(outcomes.map(|word| ("outcome", word))) {
            wrong(format!("{word:?} is no {kind}"));
        }
    }
}

fn is_own_ancestor(name: &str, parents: &HashMap<&str, Option<&str>>) -> bool {
    let up = |code: &&str| parents.get(code).copied().flatten();
    let mut above = std::iter::successors(up(&name), up);
    above.by_ref().take(parents.len()).any(|code| code == name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn code(text: &str) -> String {
        format!("name = \"own\"\n\n{text}")
    }

    fn errors(text: &str) -> Vec<(usize, String)> {
        Taxonomy::parse(&code(text)).unwrap_err().0
    }

    #[test]
    fn the_shipped_taxonomy_is_sound() {
        let shipped = Taxonomy::shipped().unwrap();
        assert!(shipped.version().starts_with("names-and-reasoning@"));
        for code in shipped.codes().iter().filter(|code| !code.is_heading()) {
            assert!(code.guideline.contains("Example:"), "{}", code.code);
            assert!(code.parent.is_some(), "{}", code.code);
            assert_eq!(shipped.key(code.key.unwrap()), Some(code));
        }
        assert!(!SHIPPED.to_lowercase().contains("mqm"));
    }

    #[test]
    fn every_cue_and_every_wrong_verdict_suggests_something() {
        let shipped = Taxonomy::shipped().unwrap();
        for cue in Cue::ALL {
            assert!(
                !shipped.suggested(&[], &[cue.word()], None).is_empty(),
                "{cue:?}"
            );
        }
        for verdict in Verdict::ALL {
            let is_wrong = verdict != Verdict::Exact;
            assert_eq!(
                !shipped.suggested(&[verdict.word()], &[], None).is_empty(),
                is_wrong,
                "{verdict:?}"
            );
        }
    }

    #[test]
    fn what_tells_most_is_suggested_first() {
        let shipped = Taxonomy::shipped().unwrap();
        let codes = |verdicts: &[&str], cues: &[&str]| -> Vec<String> {
            let codes = shipped.suggested(verdicts, cues, None);
            codes.into_iter().map(|code| code.code.clone()).collect()
        };
        assert_eq!(
            codes(&["garbled"], &["l/r", "vowel"])[..2],
            ["consonant", "vowel"]
        );
        assert_eq!(codes(&["confused"], &[]), ["wrong-entity"]);
        assert_eq!(codes(&[], &[]).len(), 0);
    }

    #[test]
    fn mistakes_are_told_with_line_and_code() {
        let wrong = "[[code]]\ncode = \"a\"\nkey = \"x\"\nname = \"A\"\nguideline = \"g\"\nparent = \"z\"\n\n\
                     [[code]]\ncode = \"b\"\nkey = \"x\"\nname = \"B\"\nguideline = \"g\"\nsuggests = { cue = [\"vowle\"] }\n";
        assert_eq!(
            errors(wrong),
            [
                (3, "code \"a\": parent \"z\" is no code".to_owned()),
                (
                    10,
                    "code \"b\": key 'x' is already that of \"a\"".to_owned()
                ),
                (10, "code \"b\": \"vowle\" is no cue".to_owned()),
            ]
        );
        let shown = Taxonomy::parse(&code(wrong)).unwrap_err().to_string();
        assert!(shown.starts_with("taxonomy, line 3: code \"a\""));
    }

    #[test]
    fn what_the_file_cannot_say_is_told_with_its_line() {
        assert_eq!(
            errors("[[code]]\ncode = \"a\"\nname = \"A\"\nkye = \"x\"\n")[0].0,
            6
        );
        assert_eq!(
            errors("[[code]]\ncode = \"a\"\nname = \"A\"\nkey = \"xy\"\n")[0].0,
            6
        );
        assert_eq!(errors("[[code]]\ncode = \"a\"\n")[0].0, 3);
        assert!(Taxonomy::parse("name = ").is_err());
    }

    #[test]
    fn no_code_stands_under_itself_or_twice() {
        let group = |name: &str, parent: &str| {
            format!(
                "[[code]]\ncode = \"{name}\"\nkey = \"{name}\"\nname = \"N\"\nguideline = \"g\"\nparent = \"{parent}\"\n"
            )
        };
        let round = errors(&(group("a", "b") + &group("b", "a")));
        assert!(
            round
                .iter()
                .all(|(_, what)| what.ends_with("stands under itself"))
        );
        assert_eq!(round.len(), 2);
        let twice = errors(&(group("a", "b") + &group("b", "c") + &group("c", "c")));
        assert_eq!(twice.len(), 1);
    }

    #[test]
    fn a_version_is_its_codes_not_its_spaces() {
        let text = code("[[code]]\ncode = \"a\"\nkey = \"x\"\nname = \"A\"\nguideline = \"g\"\n");
        let version = |text: &str| Taxonomy::parse(text).unwrap().version().to_owned();
        assert_eq!(version(&text), version(&text.replace('\n', "\r\n")));
        assert_eq!(version(&text), version(&format!("# a comment\n{text}")));
        assert_ne!(version(&text), version(&text.replace("\"g\"", "\"h\"")));
    }
}
