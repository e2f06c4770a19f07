//! How MultiLoKo makes two spellings of an answer equal, in the two versions of its `eval.py` that scores were published
//! with (facebookresearch/multiloko; the second is commit 26a1fcc).
//!
//! Both begin alike: lower case, then no punctuation (nothing takes its place, so `l'homme` becomes `lhomme`). Version 1
//! then drops the English articles in every language, so that `A Coruña` becomes `coruña` and `An Giang` `giang`.
//! Version 2 knows the articles of nine languages and keeps every form it meets on the way: an answer is right if any
//! form of it is any form of an accepted one.

use super::chars::{is_letter_or_number, is_punctuation};

/// Articles that stand apart and mean nothing else. Indefinite ones that are also the number one are not here: `ein
/// Kind` answers how many.
const ARTICLES: &[(&str, &[&str])] = &[
    ("en", &["a", "an", "the"]),
    ("de", &["der", "die", "das", "den", "dem", "des"]),
    ("nl", &["de", "het"]),
    ("fr", &["le", "la", "les", "des"]),
    ("it", &["il", "lo", "la", "i", "gli", "le"]),
    ("es", &["el", "la", "los", "las", "unos", "unas"]),
    ("pt", &["o", "a", "os", "as", "uns", "umas"]),
    ("ro", &["niste", "niște"]),
    ("fil", &["ang", "ng", "mga", "si", "sina"]),
    ("tl", &["ang", "ng", "mga", "si", "sina"]),
];

/// Articles written as the beginning of a word.
const PREFIXES: &[(&str, &str)] = &[("ar", "ال"), ("he", "ה"), ("iw", "ה")];

/// What one of MultiLoKo's prompts asks for around an answer: `جواب … ہے`.
const FRAMES: &[(&str, (&str, &str))] = &[("ur", ("جواب", "ہے"))];

/// Zero-width non-joiner. Where the writer had none, a space stands for it in Persian and nothing in Bengali.
const ZWNJ: char = '\u{200c}';

/// The one form that version 1 compares; empty for an answer of articles and punctuation.
pub(super) fn version_1(text: &str) -> String {
    let text = without_words(&plain(text), &["a", "an", "the"]);
    out_of_sentence(&text)
}

/// The forms that version 2 compares, as written first; none for an answer of punctuation.
pub(super) fn variants(text: &str, language: &str) -> Vec<String> {
    let answer = out_of_sentence(&plain(text));
    let bare = without_articles(&answer, language);
    let unframed = out_of_frame(&answer, language);
    let bare_unframed = without_articles(&unframed, language);
    let mut forms = vec![answer, bare, unframed, bare_unframed];
    let plain: Vec<String> = forms.iter().flat_map(|form| without_zwnj(form)).collect();
    forms.extend(plain);
    let mut different: Vec<String> = Vec::new();
    for form in forms {
        if !form.is_empty() && !different.contains(&form) {
            different.push(form);
        }
    }
    different
}

/// Lower case, no punctuation, single spaces.
pub(super) fn plain(text: &str) -> String {
    let text = text.to_lowercase();
    single_spaces(
        &text
            .chars()
            .filter(|c| !is_stripped(*c))
            .collect::<String>(),
    )
}

/// Punctuation of ASCII, which counts signs such as `+` and `$`, their fullwidth copies, and all of Unicode's.
pub(super) fn is_stripped(c: char) -> bool {
    const MORE: &str = "〾〿＄＋＜＝＞＾｀｜～";
    if c.is_ascii() {
        return c.is_ascii_punctuation();
    }
    is_punctuation(c) || MORE.contains(c)
}

/// `text` without the articles of the language. A prefix goes only where two letters stay: `הר` is a mountain.
pub(super) fn without_articles(text: &str, language: &str) -> String {
    if let Some(prefix) = of(PREFIXES, language) {
        let bare = |word| {
            let rest: Option<&str> = str::strip_prefix(word, prefix);
            rest.filter(|rest| rest.chars().nth(1).is_some())
                .unwrap_or(word)
        };
        return text
            .split_whitespace()
            .map(bare)
            .collect::<Vec<_>>()
            .join(" ");
    }
    match of(ARTICLES, language) {
        Some(articles) => without_words(text, articles),
        None => text.to_owned(),
    }
}

fn of<T: Copy>(table: &[(&str, T)], language: &str) -> Option<T> {
    let found = table.iter().find(|(known, _)| *known == language);
    found.map(|(_, value)| *value)
}

/// `text` without whole words. A word is a run of letters and numbers: a mark ends it, as in the regular expressions of
/// the original.
fn without_words(text: &str, words: &[&str]) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(|c| !is_letter_or_number(c)).unwrap_or(rest.len());
        let other = rest[word..]
            .find(is_letter_or_number)
            .map_or(rest.len(), |at| word + at);
        let dropped = words.contains(&&rest[..word]);
        kept.push_str(if dropped { " " } else { &rest[..word] });
        kept.push_str(&rest[word..other]);
        rest = &rest[other..];
    }
    single_spaces(&kept)
}

/// The answer out of `the answer is …`, and without the Japanese copula at its end.
fn out_of_sentence(text: &str) -> String {
    if text.contains(" answer is ") {
        return text.split(" answer is ").last().unwrap_or(text).to_owned();
    }
    if text.contains("answer is ") {
        return text.replace("answer is ", "");
    }
    text.strip_suffix("です").unwrap_or(text).to_owned()
}

/// `text` without the frame; unchanged if there is none or nothing is in it.
fn out_of_frame(text: &str, language: &str) -> String {
    let Some((prefix, suffix)) = of(FRAMES, language) else {
        return text.to_owned();
    };
    let start = text.strip_prefix(prefix);
    let inner = start
        .and_then(|rest| rest.strip_prefix(' '))
        .unwrap_or(text);
    let end = inner.strip_suffix(suffix);
    let inner = end.and_then(|rest| rest.strip_suffix(' ')).unwrap_or(inner);
    match single_spaces(inner) {
        empty if empty.is_empty() => text.to_owned(),
        inner => inner,
    }
}

fn without_zwnj(text: &str) -> Vec<String> {
    if !text.contains(ZWNJ) {
        return Vec::new();
    }
    ["\u{20}", ""]
        .map(|instead| single_spaces(&text.replace(ZWNJ, instead)))
        .into()
}

/// `text` with one space where there was white space, and none around it.
pub(super) fn single_spaces(text: &str) -> String {
    let mut words = text.split_whitespace();
    let mut joined = String::with_capacity(text.len());
    joined.extend(words.next());
    for word in words {
        joined.push(' ');
        joined.push_str(word);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_2_keeps_every_form() {
        // Expected values from the `answer_variants` of multiloko eval.py, commit 26a1fcc, run on these texts.
        for (language, text, forms) in [
            ("de", "Die Donau!", &["die donau", "donau"][..]),
            ("de", "ein Kind", &["ein kind"]),
            (
                "fr",
                "Le fleuve Rhône",
                &["le fleuve rhône", "fleuve rhône"],
            ),
            (
                "es",
                "Los Andes centrales",
                &["los andes centrales", "andes centrales"],
            ),
            ("es", "A Coruña", &["a coruña"]),
            ("pt", "o\u{301} pao", &["o\u{301} pao", "\u{301} pao"]),
            (
                "fil",
                "Ang Lawa ng Taal",
                &["ang lawa ng taal", "lawa taal"],
            ),
            ("ar", "النهر الكبير", &["النهر الكبير", "نهر كبير"]),
            (
                "he",
                "הספרייה הלאומית",
                &["הספרייה הלאומית", "ספרייה לאומית"],
            ),
            ("he", "הר", &["הר"]),
            (
                "fa",
                "خانه\u{200c}ای",
                &["خانه\u{200c}ای", "خانه ای", "خانهای"],
            ),
            ("ur", "جواب لاہور ہے", &["جواب لاہور ہے", "لاہور"]),
            ("ja", "京都です。", &["京都"]),
            ("vi", "An Giang", &["an giang"]),
            ("en", "The answer is Lisbon.", &["lisbon"]),
            ("en", "50 % + 3", &["50 3"]),
            ("ja", "。。。", &[]),
        ] {
            assert_eq!(variants(text, language), forms, "{language} {text}");
        }
    }

    #[test]
    fn version_1_drops_english_articles_in_every_language() {
        for (text, form) in [
            ("The Danube river", "danube river"),
            ("Die Donau", "die donau"),
            ("A Coruña", "coruña"),
            ("An Giang", "giang"),
            ("京都です。", "京都"),
            ("The answer is Lisbon.", "lisbon"),
            ("a", ""),
        ] {
            assert_eq!(version_1(text), form, "{text}");
        }
    }
}
