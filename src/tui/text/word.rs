//! The word at a place of a text, in every script.

use std::ops::Range;
use std::sync::LazyLock;

use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};

/// By UAX #29, with dictionaries for scripts that put no blanks between words.
static WORDS: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_dictionary(Default::default()));

/// Bytes of text that are looked at on each side of a place.
const AROUND: usize = 512;

/// The word that stands over a byte. Where no word stands it is what stands there.
pub fn word_at(text: &str, byte: usize) -> Range<usize> {
    let from = text.floor_char_boundary(byte.saturating_sub(AROUND));
    let to = text.ceil_char_boundary(byte.saturating_add(AROUND));
    let window = &text[from..to];
    let mut start = 0;
    for end in WORDS.segment_str(window).filter(|end| *end > 0) {
        if from + end > byte {
            return from + start..from + end;
        }
        start = end;
    }
    to..to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is_word(text: &str, word: &str) {
        let at = text.find(word).unwrap_or(usize::MAX);
        for byte in (at..at + word.len()).filter(|byte| text.is_char_boundary(*byte)) {
            assert_eq!(&text[word_at(text, byte)], word, "at byte {byte}");
        }
    }

    #[test]
    fn words_end_where_readers_see_their_end() {
        is_word("called Sarvadarma, perhaps", "Sarvadarma");
        is_word("सर्वधर्म कहलाता है", "सर्वधर्म");
        is_word("そのサルワダルマは", "サルワダルマ");
        is_word("ชื่อกรุงเทพมหานคร", "กรุงเทพมหานคร");
        is_word("שמו של ירושלים הוא", "ירושלים");
    }

    #[test]
    fn a_place_in_a_long_text_is_looked_at_and_not_all_of_it() {
        let text = "word ".repeat(100_000);
        assert_eq!(word_at(&text, 250_002), 250_000..250_004);
        assert_eq!(word_at(&text, text.len()), text.len()..text.len());
        assert_eq!(word_at("", 0), 0..0);
    }
}
