//! Texts as they are compared for what they give away: letters as all variants share them, numbers in Western digits.

use std::borrow::Cow;

use crate::entity::Folded;

/// Digits from zero to nine of other scripts stand in a row: these are their zeros.
const ZEROS: &str = "٠۰߀०০੦૦୦௦౦೦൦෦๐໐༠၀០᠐０";

/// Digits of Chinese and Japanese where years are written with them.
const HAN: &str = "〇一二三四五六七八九";

/// So many Han digits in a row are a number and no word.
const YEAR: usize = 3;

/// Numbers of fewer digits are everywhere.
const NUMBER: usize = 3;

/// From so many letters on, the beginning of a word tells which one it is; from one more on, so does all but its last
/// letter, on which endings hang.
const WORD: usize = 4;

/// The letters of a text, with the digits of every script as Western ones.
pub(super) fn letters(text: &str) -> String {
    Folded::of(&western(text)).key()
}

/// The text with Western digits.
pub(super) fn western(text: &str) -> Cow<'_, str> {
    // Most texts have none: this is asked of every letter.
    let is_han = |c: char| ('\u{3007}'..='\u{9fff}').contains(&c) && HAN.contains(c);
    let is_other = |c: char| !c.is_ascii() && (c.is_numeric() || is_han(c));
    if !text.contains(is_other) {
        return Cow::Borrowed(text);
    }
    let mut written = String::with_capacity(text.len());
    let mut run = Vec::new();
    let end = |run: &mut Vec<char>, written: &mut String| {
        let is_number = run.len() >= YEAR;
        written.extend(
            run.drain(..)
                .map(|c| match HAN.chars().position(|han| han == c) {
                    Some(value) if is_number => western_digit(value as u32),
                    _ => c,
                }),
        );
    };
    for c in text.chars() {
        if HAN.contains(c) {
            run.push(c);
        } else {
            end(&mut run, &mut written);
            written.push(digit(c).unwrap_or(c));
        }
    }
    end(&mut run, &mut written);
    Cow::Owned(written)
}

fn digit(c: char) -> Option<char> {
    let value = |zero: char| u32::from(c).checked_sub(u32::from(zero));
    let value = ZEROS.chars().filter_map(value).find(|value| *value < 10);
    value.map(western_digit)
}

fn western_digit(value: u32) -> char {
    char::from_digit(value, 10).unwrap_or_default()
}

/// The numbers of a text that are not small, in Western digits.
pub(super) fn numbers(text: &str) -> Vec<String> {
    let western = western(text);
    let numbers = western.split(|c: char| !c.is_ascii_digit());
    let numbers = numbers.filter(|number| number.len() >= NUMBER);
    numbers.map(str::to_owned).collect()
}

/// The letters of each word of a text.
pub(super) fn words(text: &str) -> Vec<String> {
    let western = western(text);
    let words = western.split(|c: char| !c.is_alphanumeric());
    let words = words.map(|word| Folded::of(word).key());
    words.filter(|word| !word.is_empty()).collect()
}

/// How a word begins that a short answer, or the last word of a name that is one, may have become: nothing where that says
/// too little.
pub(super) fn stem(answer: &str) -> Option<String> {
    let words = words(answer);
    let last = words.last().filter(|_| words.len() <= 3)?;
    let letters: Vec<char> = last.chars().collect();
    let kept = match letters.len() {
        0..WORD => return None,
        WORD => WORD,
        length => length - 1,
    };
    let is_word = letters.iter().all(|c| c.is_alphabetic());
    is_word.then(|| letters.iter().take(kept).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_are_the_same() {
        for text in ["١٩٦٩", "۱۹۶۹", "१९६९", "一九六九", "１９６９", "๑๙๖๙"]
        {
            assert_eq!(numbers(&format!("({text})")), ["1969"], "{text}");
        }
        // A word with a numeral in it is a word.
        assert_eq!(western("三国志と一九六九年"), "三国志と1969年");
        assert!(ZEROS.chars().all(|zero| digit(zero) == Some('0')));
        assert!(ZEROS.chars().all(|zero| {
            let nine = char::from_u32(u32::from(zero) + 9);
            nine.is_some_and(|nine| nine.is_numeric() && digit(nine) == Some('9'))
        }));
    }

    #[test]
    fn a_stem_is_what_endings_leave() {
        let of = |answer: &str| stem(answer).unwrap_or_default();
        assert_eq!(of("Köln"), "koln");
        assert_eq!(of("Москва"), "москв");
        assert_eq!(of("Александр Блок"), "блок");
        for nothing in ["Ur", "12", "1969", "one two three four", ""] {
            assert_eq!(stem(nothing), None, "{nothing}");
        }
    }
}
