//! The number of an answer, as MGSM wants it, in the digits of any script.
//!
//! The last number counts, unless one stands in a TeX box. A single `,` or `.` before three digits says nothing: `1.234`
//! is read both as a whole number and as a fraction, and is right if either is. With any other number of digits it is a
//! decimal mark; several marks divide thousands (or lakhs) where the groups fit, and otherwise a list or a date. A percent
//! sign is no part of the number unless only one side has it; then `50%` is 0.5 too. Chinese numerals are read where there
//! are no digits. Not read: powers of ten, TeX fractions, numbers in words.

use super::boxed;
use super::chars::{is_currency, is_letter_or_number};
use crate::script::digit;

/// A number in a text.
pub(super) struct Number {
    /// As written.
    pub text: String,
    /// The name of the pattern that found it.
    pub pattern: &'static str,
    readings: Vec<f64>,
    percent: bool,
}

impl Number {
    /// Some reading of one is some reading of the other.
    pub fn equals(&self, other: &Number) -> bool {
        let of = |number: &Number, beside: &Number| {
            let mut readings = number.readings.clone();
            if number.percent && !beside.percent {
                readings.extend(number.readings.iter().map(|reading| reading / 100.0));
            }
            readings
        };
        let same = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
        let others = of(other, self);
        of(self, other)
            .iter()
            .any(|a| others.iter().any(|b| same(*a, *b)))
    }
}

/// The number that a text ends on.
pub(super) fn find(text: &str) -> Option<Number> {
    let named = |text, pattern, find: fn(&[char]) -> Option<Number>| {
        let number = find(&clean(text))?;
        Some(Number { pattern, ..number })
    };
    boxed(text)
        .and_then(|inside| named(inside, "\\boxed{5}", last))
        .or_else(|| named(text, "the last number", last))
        .or_else(|| named(text, "the last Chinese numeral", last_han))
}

/// One form for signs that come in several, and no TeX spacing.
fn clean(text: &str) -> Vec<char> {
    let text = match text.contains(['\\', '{']) {
        true => text
            .replace("{,}", ",")
            .replace("\\,", "")
            .replace("\\!", ""),
        false => text.to_owned(),
    };
    let one = |c| match c {
        '−' | '－' | '‑' => '-',
        '，' | '،' => ',',
        '．' => '.',
        '％' | '٪' | '﹪' => '%',
        '⁄' | '∕' => '/',
        other => other,
    };
    text.chars().map(one).collect()
}

fn last(text: &[char]) -> Option<Number> {
    let (mut at, mut found) = (0, None);
    while at < text.len() {
        if digit(text[at]).is_none() {
            at += 1;
            continue;
        }
        let start = at;
        let readings;
        (readings, at) = quotient(text, start);
        // m2, CO2, x1: part of a name.
        let in_name = start > 0 && text[start - 1].is_lowercase() | text[start - 1].is_uppercase();
        if in_name && at == start + 1 || readings.iter().any(|reading| !reading.is_finite()) {
            continue;
        }
        found = Some((start, at, readings));
    }
    let (mut start, end, mut readings) = found?;
    if is_negative(text, start) {
        start -= 1;
        readings.iter_mut().for_each(|reading| *reading = -*reading);
    }
    let mut after = text[end..].iter().skip_while(|c| c.is_whitespace());
    Some(Number {
        text: text[start..end].iter().collect(),
        pattern: "",
        readings,
        percent: after.next() == Some(&'%'),
    })
}

/// A minus stands right before the number or its currency, and is no hyphen.
fn is_negative(text: &[char], start: usize) -> bool {
    let mut before = text[..start].iter().rev().skip_while(|c| is_currency(**c));
    let minus = before.next() == Some(&'-');
    minus
        && !before
            .next()
            .is_some_and(|c| is_letter_or_number(*c) || *c == ')')
}

/// A number, or a fraction of two with a slash between. More slashes make a date, of which the last number is taken.
fn quotient(text: &[char], start: usize) -> (Vec<f64>, usize) {
    let (above, mut at) = counted(text, start, f64::INFINITY);
    let mut below = Vec::new();
    while text.get(at) == Some(&'/') && text.get(at + 1).copied().and_then(digit).is_some() {
        let (number, end) = counted(text, at + 1, f64::INFINITY);
        below.push(number);
        at = end;
    }
    let readings = match (above.as_slice(), below.pop()) {
        (_, None) => above,
        ([above], Some(last)) if below.is_empty() && last != [0.0] => {
            last.iter().map(|below| above / below).collect()
        }
        (_, Some(last)) => last,
    };
    (readings, at)
}

/// A number with the large Chinese units that follow it: `1億2000万`. Each unit must be less than the one before.
fn counted(text: &[char], start: usize, less_than: f64) -> (Vec<f64>, usize) {
    let (mut readings, mut at) = plain(text, start);
    let unit = text.get(at).copied().and_then(large_unit);
    let Some(unit) = unit.filter(|unit| *unit < less_than) else {
        return (readings, at);
    };
    at += 1;
    let mut more = 0.0;
    if text.get(at).copied().and_then(digit).is_some() {
        let (rest, end) = counted(text, at, unit);
        if let [rest] = rest[..] {
            (more, at) = (rest, end);
        }
    }
    readings
        .iter_mut()
        .for_each(|reading| *reading = *reading * unit + more);
    (readings, at)
}

fn large_unit(c: char) -> Option<f64> {
    match c {
        '万' | '萬' => Some(1e4),
        '亿' | '億' => Some(1e8),
        '兆' => Some(1e12),
        _ => None,
    }
}

/// Digits with marks between them.
fn plain(text: &[char], start: usize) -> (Vec<f64>, usize) {
    let mut groups = vec![String::new()];
    let mut marks = Vec::new();
    let mut at = start;
    while let Some(c) = text.get(at) {
        let next = text.get(at + 1).copied().and_then(digit);
        if let Some(digit) = digit(*c) {
            let group = groups.last_mut();
            group
                .into_iter()
                .for_each(|group| group.extend(char::from_digit(digit, 10)));
        } else if is_mark_in_number(*c) && next.is_some()
            || *c == ' ' && stands_before_thousands(&text[at + 1..])
        {
            marks.push(*c);
            groups.push(String::new());
        } else {
            break;
        }
        at += 1;
    }
    (readings(&groups, &marks), at)
}

/// A plain space is a mark only before three digits and no more.
fn stands_before_thousands(text: &[char]) -> bool {
    let digits = text.iter().take_while(|c| digit(**c).is_some());
    digits.count() == 3
}

fn is_mark_in_number(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | '\'' | '’' | '٬' | '٫' | '\u{a0}' | '\u{202f}' | '\u{2009}'
    )
}

/// What groups of digits with marks between them may mean.
fn readings(groups: &[String], marks: &[char]) -> Vec<f64> {
    let value = |text: String| text.parse().unwrap_or(f64::INFINITY);
    let [before @ .., last] = groups else {
        return Vec::new();
    };
    let Some((mark, earlier)) = marks.split_last() else {
        return vec![value(last.clone())];
    };
    let decimal = || value(format!("{}.{last}", before.concat()));
    let may_be_decimal = matches!(mark, '.' | ',' | '٫');
    if earlier.iter().any(|other| other != mark) {
        let one_kind = earlier.windows(2).all(|pair| pair[0] == pair[1]) && !earlier.contains(mark);
        // What is no number may be a list that ends in one, of a few groups.
        let from = groups.len().saturating_sub(8).max(1);
        return match may_be_decimal && one_kind && are_thousands(before) {
            true => vec![decimal()],
            false => readings(&groups[from..], &marks[from..]),
        };
    }
    let whole = (*mark != '٫' && are_thousands(groups)).then(|| value(groups.concat()));
    let fraction = (may_be_decimal && earlier.is_empty()).then(decimal);
    // Two numbers may stand beside each other.
    let alone = (*mark == ' ' && !last.starts_with('0')).then(|| value(last.clone()));
    let both: Vec<f64> = whole.into_iter().chain(fraction).chain(alone).collect();
    match both.is_empty() {
        true => vec![value(last.clone())],
        false => both,
    }
}

/// Groups of thousands, or of lakhs: three digits at the end, two or three before, and no leading zero.
fn are_thousands(groups: &[String]) -> bool {
    let [first, middle @ .., last] = groups else {
        return false;
    };
    let starts = (1..=3).contains(&first.len()) && !first.starts_with('0');
    starts && last.len() == 3 && middle.iter().all(|group| matches!(group.len(), 2 | 3))
}

/// The last numeral in Chinese characters. One character alone is part of too many words, so it must stand at the end and
/// behind no other word than "is" or "has".
fn last_han(text: &[char]) -> Option<Number> {
    let is_numeral = |c: &char| han(*c).is_some();
    let last = text.iter().rposition(|c| is_letter_or_number(*c))?;
    let mut end = text.len();
    while let Some(at) = text[..end].iter().rposition(is_numeral) {
        let start = text[..at]
            .iter()
            .rposition(|c| !is_numeral(c))
            .map_or(0, |before| before + 1);
        let numeral = &text[start..=at];
        let before = start.checked_sub(1).and_then(|before| text.get(before));
        let apart = before.is_none_or(|c| !is_letter_or_number(*c) || "是为為有共は".contains(*c));
        let value = han_value(numeral).filter(|_| numeral.len() > 1 || apart && at == last);
        if let Some(value) = value {
            return Some(Number {
                text: numeral.iter().collect(),
                pattern: "",
                readings: vec![value],
                percent: false,
            });
        }
        end = start;
    }
    None
}

/// A digit below ten, or a unit from ten on.
fn han(c: char) -> Option<f64> {
    let small = "〇一二三四五六七八九".chars().position(|digit| digit == c);
    let unit = match c {
        '零' => Some(0.0),
        '两' | '兩' => Some(2.0),
        '十' => Some(10.0),
        '百' => Some(100.0),
        '千' => Some(1000.0),
        _ => large_unit(c),
    };
    small.map(|digit| digit as f64).or(unit)
}

/// `三百二十五`, `二〇一九`; nothing for units alone, of which only ten is a number.
fn han_value(numeral: &[char]) -> Option<f64> {
    let values: Vec<f64> = numeral.iter().filter_map(|c| han(*c)).collect();
    if values.iter().all(|value| *value < 10.0) {
        return Some(values.iter().fold(0.0, |sum, digit| sum * 10.0 + digit))
            .filter(|value| value.is_finite());
    }
    if *values.first()? > 10.0 {
        return None;
    }
    let (mut total, mut section, mut digit) = (0.0, 0.0, None);
    for value in values {
        if value >= 1e4 {
            total += (section + digit.take().unwrap_or(0.0)) * value;
            section = 0.0;
        } else if value >= 10.0 {
            section += digit.take().unwrap_or(1.0) * value;
        } else {
            digit = Some(value);
        }
    }
    Some(total + section + digit.unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: f64) {
        let number = find(text).map(|number| number.readings);
        assert_eq!(number.as_deref(), Some(&[expected][..]), "{text}");
    }

    fn equal(answer: &str, gold: &str) -> bool {
        matches!((find(answer), find(gold)), (Some(a), Some(b)) if a.equals(&b))
    }

    #[test]
    fn digits_of_every_script_are_read() {
        for (text, value) in [
            ("उत्तर: १८", 18.0),
            ("الجواب: ٤٢٫٥", 42.5),
            ("الجواب: ١٬٢٣٤٬٥٦٧", 1234567.0),
            ("پاسخ ۷۲ است", 72.0),
            ("คำตอบ: ๖๔", 64.0),
            ("উত্তর: ৩৬", 36.0),
            ("答え：２６０", 260.0),
            ("సమాధానం: ౧౮", 18.0),
            ("Answer: 18", 18.0),
            ("Ответ: 12 000 рублей", 12000.0),
            ("la réponse est 1 234,5", 1234.5),
            ("in 2024 100000 came", 100000.0),
        ] {
            check(text, value);
        }
    }

    #[test]
    fn the_last_number_counts() {
        check("3 eggs and 4 more make 7.", 7.0);
        check("\\boxed{18} km in 2 hours", 18.0);
        check("1, 2, 3", 3.0);
        check("1,2,3", 3.0);
        check("on 12.05.2020", 2020.0);
        check("12/05/2020", 2020.0);
        check("it is 3/4", 0.75);
        check("42 m2", 42.0);
        check("-$5", -5.0);
        check("10-12", 12.0);
        check("x = −3.5", -3.5);
    }

    #[test]
    fn marks_divide_thousands_or_decimals() {
        check("1,234,567", 1234567.0);
        check("1.234.567,89", 1234567.89);
        check("1'234'567.5", 1234567.5);
        check("12\u{a0}345", 12345.0);
        check("1,00,000", 100000.0);
        check("3,5", 3.5);
        check("0.125", 0.125);
        check("1{,}234{,}000", 1234000.0);
        assert!(equal("1.234", "1234") && equal("1,234", "1234") && equal("1.234", "1.234"));
        assert!(!equal("1.23", "123"));
    }

    #[test]
    fn a_percent_sign_counts_where_only_one_side_has_it() {
        assert!(equal("50%", "50") && equal("50 %", "50%") && equal("50%", "0.5"));
        assert!(!equal("50%", "0.5%"));
    }

    #[test]
    fn chinese_numerals_and_units_are_read() {
        for (text, value) in [
            ("答案是三百二十五。", 325.0),
            ("一共十二个", 12.0),
            ("二〇一九年", 2019.0),
            ("两万三千零五", 23005.0),
            ("答案是五", 5.0),
            ("12万円", 120000.0),
            ("1億2000万", 120000000.0),
        ] {
            check(text, value);
        }
        for text in ["我不知道，一点也不", "no idea", "千万不要", "中国统一"] {
            assert!(find(text).is_none(), "{text}");
        }
    }
}
