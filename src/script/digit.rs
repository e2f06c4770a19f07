//! Decimal digits of every script.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The value of a decimal digit of any script.
pub fn digit(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let is_digit = |c: char| c.general_category() == GeneralCategory::DecimalNumber;
    // Unicode encodes decimal digits in runs of ten from zero to nine, so the place in the run is the value.
    let before = |c: &char| char::from_u32(*c as u32 - 1).filter(|c| is_digit(*c));
    if !c.is_numeric() || !is_digit(c) {
        return None;
    }
    let place = std::iter::successors(Some(c), before).count() as u32;
    (place - 1).checked_rem(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_have_a_value() {
        for (digits, value) in [("7٧۷७৭๗៧၇༧", 7), ("0٠۰०০๐０", 0), ("9９𝟗𝟡𝟵𝟿", 9)]
        {
            for c in digits.chars() {
                assert_eq!(digit(c), Some(value), "{c}");
            }
        }
        for c in "a五²½Ⅳ①".chars() {
            assert_eq!(digit(c), None, "{c}");
        }
        let digits = || ('\0'..=char::MAX).filter_map(digit);
        assert!(
            (0..10).all(|value| digits().filter(|d| *d == value).count() == digits().count() / 10)
        );
    }
}
