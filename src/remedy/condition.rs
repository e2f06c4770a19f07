//! What is done to a question before it is asked again.

use std::fmt;

/// Which other form of a name, or version of a question, is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pivot {
    /// That of the language in which the knowledge is local.
    Source,
    /// That of English.
    English,
}

/// One way to ask again. The names are those of the literature: substitution and injection after arXiv 2510.10280, the
/// translation before the question after arXiv 2510.27269, entities in the source language after arXiv 2603.17070.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// The question as it is.
    Baseline,
    /// Behind the question, how its names are written in the source language.
    EntityHint,
    /// Names replaced by another form.
    Substitute(Pivot),
    /// Names followed by another form.
    Inject(Pivot),
    /// Another version of the question before it.
    TranslationPrefix(Pivot),
}

impl Condition {
    /// All of them, as help lists them.
    pub const ALL: [Condition; 8] = [
        Condition::Baseline,
        Condition::EntityHint,
        Condition::Substitute(Pivot::Source),
        Condition::Substitute(Pivot::English),
        Condition::Inject(Pivot::Source),
        Condition::Inject(Pivot::English),
        Condition::TranslationPrefix(Pivot::Source),
        Condition::TranslationPrefix(Pivot::English),
    ];

    /// The word on the command line and in records.
    pub const fn word(self) -> &'static str {
        match self {
            Condition::Baseline => "baseline",
            Condition::EntityHint => "entity-hint",
            Condition::Substitute(Pivot::Source) => "substitute",
            Condition::Substitute(Pivot::English) => "substitute-english",
            Condition::Inject(Pivot::Source) => "inject",
            Condition::Inject(Pivot::English) => "inject-english",
            Condition::TranslationPrefix(Pivot::Source) => "translation-prefix",
            Condition::TranslationPrefix(Pivot::English) => "translation-prefix-english",
        }
    }

    /// What it does, in one line.
    pub const fn doc(self) -> &'static str {
        match self {
            Condition::Baseline => "the question as it is",
            Condition::EntityHint => {
                "behind the question, how its names are written in the source language"
            }
            Condition::Substitute(Pivot::Source) => "names replaced by their source-language form",
            Condition::Substitute(Pivot::English) => "names replaced by their English form",
            Condition::Inject(Pivot::Source) => "names followed by their source-language form",
            Condition::Inject(Pivot::English) => "names followed by their English form",
            Condition::TranslationPrefix(Pivot::Source) => {
                "the source-language version before the question"
            }
            Condition::TranslationPrefix(Pivot::English) => {
                "the English version before the question"
            }
        }
    }

    /// The condition of a word.
    pub fn named(word: &str) -> Option<Condition> {
        Condition::ALL
            .into_iter()
            .find(|condition| condition.word() == word)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(self.word())
    }
}
