//! Numbers by their value, whatever the digits and however they are grouped.

use crate::script::digit;

/// A number in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    /// The digits before the decimal sign, as a number; of more than nineteen digits, some number made of them.
    pub whole: u64,
    /// How many digits stand after the decimal sign, and those digits.
    pub part: (u32, u64),
    /// How many digits it has.
    pub digits: u32,
    /// The bytes it takes.
    pub length: usize,
}

/// The number that a text begins with, which is a digit. `1,269`, `1.269`, `1 269`, `١٬٢٦٩` and `१२६९` are one number,
/// and so are `12,69,000` and `1,269,000`; `3,14` and `٣٫١٤`; `87万` and `870,000`. A date is its numbers, so what follows
/// another number and a sign is read to the next sign.
pub(super) fn number(text: &str, in_date: bool) -> Option<Number> {
    let first = Group::of(text)?;
    let (mut whole, mut digits, mut part) = (first.value, first.digits, (0, 0));
    let mut length = first.length;
    if in_date {
        return Some(Number {
            whole,
            part,
            digits,
            length,
        });
    }
    if let Some(grouped) = grouped(text, first) {
        (whole, digits, length) = (grouped.value, grouped.digits, grouped.length);
    }
    let mut rest = text[length..].chars();
    if let Some(sign @ ('.' | ',' | '٫')) = rest.next()
        && let Some(group) = Group::of(rest.as_str())
        && !follows(&rest.as_str()[group.length..], sign)
    {
        part = (group.digits, group.value);
        digits += group.digits;
        length += sign.len_utf8() + group.length;
    }
    if part.0 == 0
        && let Some(c) = text[length..].chars().next()
        && let Some(times) = myriad(c)
    {
        whole = whole.wrapping_mul(times);
        length += c.len_utf8();
    }
    Some(Number {
        whole,
        part,
        digits,
        length,
    })
}

/// The same sign and a digit once more: a date, a version, an address.
fn follows(text: &str, sign: char) -> bool {
    text.strip_prefix(sign)
        .is_some_and(|rest| rest.starts_with(|c| digit(c).is_some()))
}

/// Digits without anything between.
#[derive(Clone, Copy)]
struct Group {
    value: u64,
    digits: u32,
    length: usize,
}

impl Group {
    fn of(text: &str) -> Option<Group> {
        let mut group = Group {
            value: 0,
            digits: 0,
            length: 0,
        };
        for c in text.chars() {
            let Some(value) = digit(c) else { break };
            group.value = group.value.wrapping_mul(10).wrapping_add(u64::from(value));
            group.digits += 1;
            group.length += c.len_utf8();
        }
        (group.digits > 0).then_some(group)
    }
}

/// A number in groups of thousands, or of the Indian kind, that begins with this group.
fn grouped(text: &str, first: Group) -> Option<Group> {
    let sign = text[first.length..].chars().next()?;
    let groups = matches!(
        sign,
        ',' | '.' | '٬' | '\'' | '’' | ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}'
    );
    if !groups || first.digits > 3 || first.value == 0 {
        return None;
    }
    let mut all = first;
    let (mut last, mut is_indian) = (first.digits, false);
    while let Some(rest) = text[all.length..].strip_prefix(sign)
        && let Some(group) = Group::of(rest)
    {
        match (group.digits, is_indian) {
            (3, _) => {}
            (2, _) if last <= 2 && sign == ',' => is_indian = true,
            _ => return None,
        }
        // Three digits end an Indian number.
        if is_indian && last == 3 {
            return None;
        }
        all.value = all
            .value
            .wrapping_mul(10_u64.pow(group.digits))
            .wrapping_add(group.value);
        all.digits += group.digits;
        all.length += sign.len_utf8() + group.length;
        last = group.digits;
    }
    (last == 3 && all.length > first.length).then_some(all)
}

/// What a letter after digits multiplies them by.
fn myriad(c: char) -> Option<u64> {
    match c {
        '万' | '萬' | '만' => Some(10_000),
        '亿' | '億' | '억' => Some(100_000_000),
        _ => None,
    }
}

/// The number written in Han that a text begins with, if it has two signs or more: 十八, 一九一四, 三百万.
pub(super) fn han_number(text: &str) -> Option<Number> {
    // What is below the next ten thousand, and below the next sign for ten, hundred or thousand.
    let (mut whole, mut below, mut last) = (0_u64, 0_u64, 0_u64);
    let (mut digits, mut length) = (0, 0);
    for c in text.chars() {
        if let Some(value) = "〇一二三四五六七八九".chars().position(|known| known == c) {
            last = last.wrapping_mul(10).wrapping_add(value as u64);
        } else if let Some(unit) = "十百千".chars().position(|known| known == c) {
            let unit = 10_u64.pow(unit as u32 + 1);
            below = below.wrapping_add(last.max(1).wrapping_mul(unit));
            last = 0;
        } else if let Some(times) = myriad(c).filter(|_| digits > 0 && c != '만' && c != '억') {
            whole = whole.wrapping_add(below.wrapping_add(last).wrapping_mul(times));
            (below, last) = (0, 0);
        } else {
            break;
        }
        digits += 1;
        length += c.len_utf8();
    }
    (digits >= 2).then(|| Number {
        whole: whole.wrapping_add(below).wrapping_add(last),
        part: (0, 0),
        digits,
        length,
    })
}

/// A Roman number from 2 to 39 of two signs or more, as centuries and kings have them.
pub(super) fn roman_number(word: &str) -> Option<u64> {
    let tens = word.bytes().take_while(|byte| *byte == b'X').count();
    let ones = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
    let one = ones.iter().position(|known| *known == &word[tens..])?;
    (tens <= 3 && word.len() >= 2).then_some((10 * tens + one) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Option<(u64, (u32, u64), &str)> {
        number(text, false).map(|number| (number.whole, number.part, &text[number.length..]))
    }

    #[test]
    fn one_number_has_many_spellings() {
        for text in [
            "1269",
            "1,269",
            "1.269",
            "1 269",
            "1\u{202f}269",
            "1'269",
            "1,269 years",
            "١٢٦٩",
            "١٬٢٦٩",
            "१२६९",
            "१,२६९",
            "๑๒๖๙",
            "１２６９",
            "᧑᧒᧖᧙",
            "𝟏𝟐𝟔𝟗",
        ] {
            let (whole, part, _) = values(text).unwrap_or_default();
            assert_eq!((whole, part), (1269, (0, 0)), "{text}");
        }
        for text in ["12,69,000", "1,269,000", "1.269.000", "१२,६९,०००"] {
            assert_eq!(values(text), Some((1_269_000, (0, 0), "")), "{text}");
        }
        for text in ["3.14", "3,14", "٣٫١٤", "३.१४"] {
            assert_eq!(values(text), Some((3, (2, 14), "")), "{text}");
        }
        for text in ["870,000", "87万", "87만", "870 000"] {
            assert_eq!(values(text), Some((870_000, (0, 0), "")), "{text}");
        }
        assert_eq!(values("1,234.5"), Some((1234, (1, 5), "")));
        assert_eq!(values("0.125"), Some((0, (3, 125), "")));
    }

    #[test]
    fn a_date_is_its_numbers() {
        assert_eq!(values("28.06.1914"), Some((28, (0, 0), ".06.1914")));
        assert_eq!(values("1914-1918"), Some((1914, (0, 0), "-1918")));
        assert_eq!(values("1914 300 men"), Some((1914, (0, 0), " 300 men")));
        assert_eq!(values("28 June"), Some((28, (0, 0), " June")));
        assert_eq!(values("1566."), Some((1566, (0, 0), ".")));
    }

    #[test]
    fn a_number_of_any_length_is_read() {
        let text = "9".repeat(10_000);
        assert_eq!(
            number(&text, false).map(|number| number.length),
            Some(10_000)
        );
        let text = "1".to_owned() + &",000".repeat(1000);
        assert_eq!(
            number(&text, false).map(|number| number.length),
            Some(text.len())
        );
    }

    #[test]
    fn numbers_in_han_and_roman_numbers_have_values() {
        for (text, value) in [
            ("十八世紀", 18),
            ("一九一四年", 1914),
            ("二〇〇五", 2005),
            ("三百万点", 3_000_000),
            ("千二百六十九", 1269),
            ("二十", 20),
        ] {
            assert_eq!(
                han_number(text).map(|number| number.whole),
                Some(value),
                "{text}"
            );
        }
        for text in ["一", "万一", "水原", ""] {
            assert_eq!(han_number(text), None, "{text}");
        }
        for (word, value) in [("XVIII", 18), ("IV", 4), ("XX", 20), ("II", 2)] {
            assert_eq!(roman_number(word), Some(value), "{word}");
        }
        for word in ["I", "X", "VIX", "IIII", "MIX", "XXXX", ""] {
            assert_eq!(roman_number(word), None, "{word}");
        }
    }
}
