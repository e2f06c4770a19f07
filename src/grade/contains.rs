//! Whether an accepted answer stands in a longer one, as words.
//!
//! Both texts are taken as NFKC, in lower case, without punctuation, and without articles. Punctuation is taken away in
//! two ways, by nothing and by a space, because `U.S.A.` wants the first and `İstanbul'da` the second. `Iran` does not
//! stand in `Iranian`: where a script shows the ends of words, the match must end where a word does. Chinese, Japanese,
//! Thai and their like show none, so there any place will do, as long as no letter is cut from its marks. Little words
//! that Arabic and Hebrew write in front of a word and Korean writes behind it do not hide it; the endings of other
//! languages do.

use unicode_normalization::UnicodeNormalization;

use super::chars::{is_letter_or_number, is_mark, joined};
use super::normalise::{is_stripped, plain, without_articles};

/// Letters that are words by themselves and are written as part of the next, with how many may come together.
const BEFORE: &[(&str, &str, usize)] = &[
    ("ar", "وفبكلا", 4),
    ("he", "ובלכמשה", 3),
    ("iw", "ובלכמשה", 3),
];

/// Shorter words than this are not looked for behind such letters: too many longer words end in them.
const SHORTEST: usize = 3;

/// Korean particles and forms of the copula.
const BEHIND: &str = "은 는 이 가 을 를 에 의 와 과 도 만 로 나 이나 으로 에서 에게 까지 부터 보다 처럼 에는 에도 에서는 \
    으로는 로는 이다 다 이며 이고 이라고 라고 였다 이었다 입니다 였습니다 이었습니다 이에요 예요";

/// The first form of an accepted answer that stands in the answer.
pub(super) fn find(answer: &str, gold: &[&str], language: &str) -> Option<String> {
    let texts = forms(answer, language);
    let mut wanted = gold.iter().flat_map(|gold| forms(gold, language));
    wanted.find(|form| texts.iter().any(|text| stands_in(text, form, language)))
}

/// There is something to look for, or in.
pub(super) fn has_words(text: &str) -> bool {
    text.nfkc().any(|c| !c.is_whitespace() && !is_gap(c))
}

/// Punctuation, which may stand between words.
fn is_gap(c: char) -> bool {
    is_stripped(c) || c == '\u{200c}'
}

fn forms(text: &str, language: &str) -> Vec<String> {
    let text: String = text.nfkc().collect();
    let spaced = |c| if is_gap(c) { ' ' } else { c };
    let closed = plain(&text.replace('\u{200c}', ""));
    let open = plain(&text.chars().map(spaced).collect::<String>());
    let mut forms = vec![
        without_articles(&closed, language),
        without_articles(&open, language),
    ];
    forms.extend([closed, open]);
    forms.retain(|form| !form.is_empty());
    // The longest first: it says most of what was found.
    forms.sort_unstable_by(|a, b| (b.len(), a).cmp(&(a.len(), b)));
    forms.dedup();
    forms
}

fn stands_in(text: &str, form: &str, language: &str) -> bool {
    let mut from = 0;
    while let Some(at) = text[from..].find(form).map(|at| from + at) {
        if begins_word(&text[..at], form, language) && ends_word(&text[at + form.len()..], form) {
            return true;
        }
        from = at + form.chars().next().map_or(1, char::len_utf8);
    }
    false
}

fn begins_word(before: &str, form: &str, language: &str) -> bool {
    let ends = (before.chars().next_back(), form.chars().next());
    let (Some(last), Some(first)) = ends else {
        return true;
    };
    !joined(last, first) || has_small_words(before, form, language)
}

/// `before` ends in nothing but letters that are words by themselves.
fn has_small_words(before: &str, form: &str, language: &str) -> bool {
    let Some((_, letters, most)) = BEFORE.iter().find(|(known, ..)| *known == language) else {
        return false;
    };
    let mut word = before
        .chars()
        .rev()
        .take_while(|c| is_letter_or_number(*c) || is_mark(*c));
    let small = word.by_ref().take(*most).all(|c| letters.contains(c));
    small && word.next().is_none() && form.chars().nth(SHORTEST - 1).is_some()
}

fn ends_word(after: &str, form: &str) -> bool {
    let (Some(last), Some(next)) = (form.chars().next_back(), after.chars().next()) else {
        return true;
    };
    let end = after
        .find(|c| !is_letter_or_number(c))
        .unwrap_or(after.len());
    !joined(last, next) || BEHIND.split(' ').any(|particle| particle == &after[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: &str, answer: &str, gold: &str, expected: bool) {
        assert_eq!(
            find(answer, &[gold], language).is_some(),
            expected,
            "{gold} in {answer}"
        );
    }

    #[test]
    fn a_word_is_not_found_in_a_longer_one() {
        check("en", "It was an Iranian ship.", "Iran", false);
        check("en", "It lies in Iran.", "Iran", true);
        check("ru", "Это московский театр", "Москов", false);
        check("en", "In 1990 or so", "19", false);
        check("en", "It is 19km away", "19", true);
        check("fr", "Un cafe\u{301}", "caf", false);
    }

    #[test]
    fn scripts_without_spaces_are_searched_anywhere() {
        check("ja", "それは東京タワーです", "東京", true);
        check("zh", "位于長江大橋旁", "長江大橋", true);
        check("th", "เมืองหลวงคือกรุงเทพมหานคร", "กรุงเทพ", true);
        check("th", "กินข้าว", "ก", false);
    }

    #[test]
    fn punctuation_neither_hides_nor_makes_a_word() {
        check("en", "the U.S.A. joined", "USA", true);
        check("tr", "Köprü İstanbul'da.", "İstanbul", true);
        check("en", "Paris/Lyon", "Lyon", true);
        check("fa", "کتاب\u{200c}خانه ملی", "کتاب خانه", true);
    }

    #[test]
    fn small_words_written_together_do_not_hide_a_name() {
        check("ar", "توفي بالرياض", "الرياض", true);
        check("ar", "في والدوحة", "دوحة", true);
        check("he", "נולד בירושלים", "ירושלים", true);
        check("en", "בירושלים", "ירושלים", false);
        check("ko", "서울에서 태어났다", "서울", true);
        check("ko", "한국어를 말한다", "한국", false);
    }
}
