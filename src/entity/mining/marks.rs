//! What stands out in any text: quotes and numbers.

use std::ops::Range;

use unicode_script::Script;

use super::reading::{is_letter, is_unspaced, script_of};
use crate::script::digit;

/// The contents of all quotes, without spaces and commas at their ends.
pub(super) fn quotes(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut rest = 0;
    for (byte, open) in text.char_indices() {
        if byte < rest {
            continue;
        }
        let Some(closers) = closers(open) else {
            continue;
        };
        let after_word = text
            .get(..byte)
            .and_then(|before| before.chars().next_back())
            .is_some_and(|c| c.is_alphanumeric());
        let is_straight = closers.contains(open) || matches!(open, '‘' | '’' | '״' | '”');
        let may_follow = |c: char| is_unspaced(script_of(c));
        if is_straight
            && after_word
            && !text
                .get(..byte)
                .and_then(|before| before.chars().next_back())
                .is_some_and(may_follow)
        {
            continue;
        }
        let start = byte + open.len_utf8();
        let Some(inner) = text.get(start..) else {
            continue;
        };
        let mut before = ' ';
        let close = inner.char_indices().find(|(at, c)| {
            let next = inner
                .get(at + c.len_utf8()..)
                .and_then(|after| after.chars().next())
                .unwrap_or(' ');
            let is_apostrophe = matches!(c, '\'' | '’' | '"' | '״')
                && (before.is_whitespace()
                    || next.is_alphanumeric()
                        && !is_unspaced(script_of(next))
                        && script_of(next) != Script::Hangul);
            before = *c;
            closers.contains(*c) && !is_apostrophe
        });
        let Some((end, closer)) = close else { continue };
        rest = start + end + closer.len_utf8();
        let content = inner.get(..end).unwrap_or("");
        let is_edge = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | ';' | '،' | '、');
        let from = start + (content.len() - content.trim_start_matches(is_edge).len());
        let to = start + content.trim_end_matches(is_edge).len();
        if from < to && content.chars().filter(|c| is_letter(*c)).count() >= 2 {
            found.push(from..to);
        }
    }
    found
}

/// What closes a quote that is opened so.
pub(super) fn closers(open: char) -> Option<&'static str> {
    Some(match open {
        '"' => "\"",
        '\'' => "'",
        '״' => "״",
        '“' => "”",
        '‘' | '‚' => "’‘",
        '„' => "“”\"",
        '”' => "”",
        '«' => "»",
        '»' => "«",
        '‹' => "›",
        '「' => "」",
        '『' => "』",
        '《' => "》",
        '〈' => "〉",
        '〝' => "〟",
        _ => return None,
    })
}

/// All numbers and their values.
pub(super) fn numbers(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut before = ' ';
    while let Some((start, c)) = chars.next() {
        let Some(first) = digit(c) else {
            before = c;
            continue;
        };
        let in_word = is_letter(before)
            && !is_unspaced(script_of(before))
            && script_of(before) != Script::Hangul;
        let (mut end, mut value) = (start + c.len_utf8(), first.to_string());
        while let Some((byte, c)) = chars.peek().copied() {
            if let Some(digit) = digit(c) {
                value.push_str(&digit.to_string());
                end = byte + c.len_utf8();
            } else if !(matches!(c, '.' | ',' | '٫' | '٬' | '\u{a0}' | '\u{202f}')
                && text
                    .get(byte + c.len_utf8()..)
                    .and_then(|after| after.chars().next())
                    .is_some_and(|c| digit(c).is_some()))
            {
                break;
            } else {
                value.push(if matches!(c, '.' | '٫' | ',') {
                    '.'
                } else {
                    ' '
                });
            }
            chars.next();
        }
        before = '0';
        if !in_word {
            found.push((start..end, plain(&value)));
        }
    }
    found
}

/// A number without signs between its thousands. One sign before three digits parts thousands, before others a fraction.
pub(super) fn plain(value: &str) -> String {
    let parts: Vec<&str> = value.split(['.', ' ']).collect();
    match parts.split_last() {
        Some((last, whole)) if !whole.is_empty() && last.len() != 3 => {
            format!("{}.{last}", whole.concat())
        }
        _ => parts.concat(),
    }
}
