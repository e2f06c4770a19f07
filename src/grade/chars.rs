//! What the graders ask of single characters.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

/// Scripts written without spaces between words.
const UNSPACED: &[Script] = &[
    Script::Han,
    Script::Hiragana,
    Script::Katakana,
    Script::Bopomofo,
    Script::Thai,
    Script::Lao,
    Script::Khmer,
    Script::Myanmar,
    Script::Tai_Le,
    Script::New_Tai_Lue,
    Script::Tai_Tham,
    Script::Tai_Viet,
    Script::Javanese,
    Script::Balinese,
];

/// Of Unicode category P.
pub(super) fn is_punctuation(c: char) -> bool {
    group(c) == GeneralCategoryGroup::Punctuation
}

/// Of Unicode category M.
pub(super) fn is_mark(c: char) -> bool {
    group(c) == GeneralCategoryGroup::Mark
}

/// Of Unicode category L or N: what a regular expression calls a word character, the underscore aside.
pub(super) fn is_letter_or_number(c: char) -> bool {
    matches!(
        group(c),
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number
    )
}

/// A sign of money.
pub(super) fn is_currency(c: char) -> bool {
    c.general_category() == GeneralCategory::CurrencySymbol
}

fn group(c: char) -> GeneralCategoryGroup {
    c.general_category_group()
}

/// A Chinese character as the ECLeKTic string score counts them: unified ideographs, without 々 and 〇.
pub(super) fn is_han(c: char) -> bool {
    matches!(c,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{2a6df}' | '\u{2a700}'..='\u{2ebef}'
        | '\u{30000}'..='\u{3134f}')
}

/// The text goes on from `a` to `b` within one word, as far as script and kind of character tell.
pub(super) fn same_word(a: char, b: char) -> bool {
    if is_mark(b) {
        return true;
    }
    let inside = |c: char| is_letter_or_number(c) || is_mark(c);
    let shared = |script: Script| matches!(script, Script::Common | Script::Inherited);
    let (of_a, of_b) = (a.script(), b.script());
    inside(a) && inside(b) && (of_a == of_b || shared(of_a) || shared(of_b))
}

/// The text goes on from `a` to `b` within one word, and the script would have shown the end of the word. A number ends
/// where a letter begins: `5km`.
pub(super) fn joined(a: char, b: char) -> bool {
    let unspaced = |c: char| UNSPACED.contains(&c.script());
    let number = |c: char| group(c) == GeneralCategoryGroup::Number;
    is_mark(b) || same_word(a, b) && !unspaced(a) && !unspaced(b) && number(a) == number(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_where_the_script_shows_it() {
        for (a, b) in [
            ('a', 'n'),
            ('ن', 'ي'),
            ('к', 'и'),
            ('1', '9'),
            ('e', '\u{301}'),
        ] {
            assert!(joined(a, b), "{a}{b}");
        }
        for (a, b) in [
            ('a', ' '),
            ('京', '都'),
            ('タ', 'ワ'),
            ('C', 'で'),
            ('C', '은'),
            ('5', 'k'),
        ] {
            assert!(!joined(a, b), "{a}{b}");
        }
        assert!(same_word('ア', 'メ') && !same_word('C', '是'));
    }
}
