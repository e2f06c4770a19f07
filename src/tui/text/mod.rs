//! Text of many scripts in cells: clusters are never split, and nothing in a text reaches the terminal unescaped.

use std::num::NonZeroU16;
use std::ops::Range;

use ratatui::buffer::{Buffer, CellDiffOption, CellWidth};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What is put on the screen for one grapheme cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown<'a> {
    /// The cluster itself, so many cells wide.
    Cluster(&'a str, u16),
    /// A sign for something that has no look of its own.
    Sign(char),
}

impl Shown<'_> {
    fn width(self) -> u16 {
        match self {
            Shown::Cluster(_, width) => width,
            Shown::Sign(_) => 1,
        }
    }
}

fn shown(cluster: &str) -> Shown<'_> {
    let first = cluster.chars().next().unwrap_or(' ');
    match first {
        '\t' | '\n' | '\r' => Shown::Sign(' '),
        // Pictures of the control characters themselves.
        '\0'..='\x1f' => Shown::Sign(char::from_u32(0x2400 + first as u32).unwrap_or('\u{fffd}')),
        '\x7f' => Shown::Sign('\u{2421}'),
        '\u{80}'..='\u{9f}' => Shown::Sign('\u{fffd}'),
        _ => match width(cluster) {
            // A mark without a base, or an invisible control that could turn the line around.
            0 => Shown::Sign('\u{b7}'),
            width => Shown::Cluster(cluster, width),
        },
    }
}

/// Cells of a cluster. unicode-width gives nothing to the spacing vowel signs that Unicode counts as extending, but
/// terminals advance by one: drawn without room, the next letter would cover them.
fn width(cluster: &str) -> u16 {
    let spacing = |c: char| {
        c.width() == Some(0)
            && matches!(
                c,
                '\u{9be}'
                    | '\u{9d7}'
                    | '\u{b3e}'
                    | '\u{b57}'
                    | '\u{bbe}'
                    | '\u{bd7}'
                    | '\u{cc0}'
                    | '\u{cc2}'
                    | '\u{cc7}'
                    | '\u{cc8}'
                    | '\u{cca}'
                    | '\u{ccb}'
                    | '\u{cd5}'
                    | '\u{cd6}'
                    | '\u{d3e}'
                    | '\u{d57}'
                    | '\u{dcf}'
                    | '\u{ddf}'
                    | '\u{17b6}'
            )
    };
    (cluster.width() + cluster.chars().filter(|c| spacing(*c)).count()) as u16
}

/// Cells of a text on one line.
pub fn cells(text: &str) -> usize {
    text.graphemes(true)
        .map(|cluster| usize::from(shown(cluster).width()))
        .sum()
}

/// Writes a text on one line, up to `room` cells; what does not fit is told by an ellipsis. Returns the cells used.
pub fn put(buffer: &mut Buffer, x: u16, y: u16, room: u16, text: &str, style: Style) -> u16 {
    let area = buffer.area;
    if y < area.top() || y >= area.bottom() || x < area.left() || x >= area.right() {
        return 0;
    }
    let room = room.min(area.right() - x);
    let mut used = 0;
    let mut clusters = text.graphemes(true).peekable();
    while let Some(cluster) = clusters.next() {
        let shown = shown(cluster);
        // Looking ahead is needed only near the end: the ellipsis must fit if anything is left.
        let rest = used + shown.width() >= room && clusters.peek().is_some();
        if used + shown.width() + u16::from(rest) > room {
            if used < room {
                set(buffer, x + used, y, Shown::Sign('…'), style);
                used += 1;
            }
            break;
        }
        set(buffer, x + used, y, shown, style);
        used += shown.width();
    }
    used
}

fn set(buffer: &mut Buffer, x: u16, y: u16, shown: Shown, style: Style) {
    let cell = &mut buffer[(x, y)];
    // Nothing of what was there before shows through, neither its colour nor its width.
    cell.reset();
    match shown {
        Shown::Sign(sign) => drop(cell.set_char(sign)),
        Shown::Cluster(cluster, width) => {
            cell.set_symbol(cluster);
            if cluster.cell_width() != width {
                cell.diff_option = NonZeroU16::new(width)
                    .map_or(CellDiffOption::None, CellDiffOption::ForcedWidth);
            }
        }
    }
    cell.set_style(style);
    for x in x + 1..x + shown.width() {
        let cell = &mut buffer[(x, y)];
        cell.reset();
        cell.set_style(style);
        // Different from an ordinary blank, so that one in its place is drawn and nothing of the cluster stays behind.
        cell.diff_option = CellDiffOption::ForcedWidth(NonZeroU16::MIN);
    }
}

/// Puts a left-to-right mark into the blank cell at the end of a field, so that a terminal that reorders whole rows
/// keeps the fields of a row apart.
pub fn fence(buffer: &mut Buffer, x: u16, y: u16) {
    if buffer.area.contains((x, y).into()) {
        let cell = &mut buffer[(x, y)];
        let symbol = format!(
            "{}\u{200e}",
            if cell.symbol().is_empty() {
                " "
            } else {
                cell.symbol()
            }
        );
        cell.set_symbol(&symbol);
        cell.diff_option = CellDiffOption::ForcedWidth(NonZeroU16::MIN);
    }
}

/// Byte ranges of the lines of a text that is `room` cells wide: broken after blanks, between letters of scripts that
/// are written without blanks, and inside a word only where it is longer than a line.
pub fn wrap(text: &str, room: u16) -> Vec<Range<usize>> {
    let room = usize::from(room.max(1));
    let mut lines = Vec::new();
    for paragraph in paragraphs(text) {
        wrap_paragraph(text, paragraph, room, &mut lines);
    }
    lines
}

/// Byte ranges between line ends, without them.
fn paragraphs(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let range = start..start + line.trim_end_matches(['\n', '\r']).len();
        start += line.len();
        range
    })
}

fn wrap_paragraph(text: &str, paragraph: Range<usize>, room: usize, lines: &mut Vec<Range<usize>>) {
    let (mut start, mut used) = (paragraph.start, 0);
    // Where the line could end, and how wide what follows it is by now.
    let mut chance: Option<(usize, usize)> = None;
    for (at, cluster) in text[paragraph.clone()].grapheme_indices(true) {
        let at = paragraph.start + at;
        let width = usize::from(shown(cluster).width());
        let blank = cluster.chars().all(char::is_whitespace);
        if used + width > room && !blank && at > start {
            let (end, carried) = chance
                .take()
                .filter(|(end, _)| *end > start)
                .unwrap_or((at, 0));
            lines.push(start..end);
            (start, used) = (end, carried);
            // A wide letter may not even fit behind what was carried over.
            if used + width > room && at > start {
                lines.push(start..at);
                (start, used) = (at, 0);
            }
        }
        used += width;
        let after = at + cluster.len();
        if blank || breaks_anywhere(cluster) {
            chance = Some((after, 0));
        } else if let Some((_, carried)) = &mut chance {
            *carried += width;
        }
    }
    lines.push(start..paragraph.end);
}

/// Scripts whose lines may end after nearly every letter.
fn breaks_anywhere(cluster: &str) -> bool {
    cluster.chars().next().is_some_and(|c| {
        matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}'
            | '、' | '。')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::layout::Rect;

    fn row(text: &str, room: u16) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, room, 1));
        put(&mut buffer, 0, 0, room, text, Style::new());
        let mut line = String::new();
        let mut x = 0;
        while x < room {
            let symbol = buffer[(x, 0)].symbol();
            line.push_str(symbol);
            x += width(symbol).max(1);
        }
        line.trim_end().to_owned()
    }

    #[test]
    fn clusters_of_every_script_stay_whole() {
        for text in [
            "গর্বাচেভ",
            "सर्वधर्म",
            "ภาษาไทย น้ำ",
            "مُحَمَّد",
            "שָׁלוֹם",
            "서울",
            "東京ﾀﾞx",
            "👨‍👩‍👧‍👦 ok",
        ] {
            assert_eq!(row(text, 60), text);
        }
        assert_eq!(
            row("東京都", 5),
            "東京…",
            "a wide letter that would not fit is left out"
        );
        assert_eq!(row("東京都", 6), "東京都");
        assert_eq!(row("सर्वधर्म", 4), "सर्व…");
    }

    #[test]
    fn nothing_in_a_text_controls_the_terminal() {
        assert_eq!(
            row("a\x1b[31mb\u{202e}c\td\u{9b}e", 40),
            "a␛[31mb·c d\u{fffd}e"
        );
    }

    fn lines(text: &str, room: u16) -> Vec<&str> {
        wrap(text, room)
            .into_iter()
            .map(|line| text[line].trim_end())
            .collect()
    }

    #[test]
    fn lines_break_after_blanks_and_between_ideographs() {
        assert_eq!(lines("one two three", 8), ["one two", "three"]);
        assert_eq!(lines("a\n\nb", 8), ["a", "", "b"]);
        assert_eq!(lines("unbreakable", 4), ["unbr", "eaka", "ble"]);
        assert_eq!(lines("東京の塔は高い", 6), ["東京の", "塔は高", "い"]);
        assert_eq!(lines("Где находится", 6), ["Где", "находи", "тся"]);
    }

    proptest! {
        #[test]
        fn every_letter_is_on_one_line_and_no_line_is_too_wide(text in "[a-zжщ東京कषि्ा \u{200d}\n👩🏽]{0,80}", room in 4u16..30) {
            let lines = wrap(&text, room);
            let mut end = 0;
            for line in &lines {
                prop_assert!(line.start >= end, "lines overlap");
                prop_assert!(text[end..line.start].chars().all(|c| c == '\n' || c == '\r'));
                let line_text = text[line.clone()].trim_end();
                // A cluster wider than the line stays whole all the same.
                let one = line_text.graphemes(true).count() == 1;
                prop_assert!(one || cells(line_text) <= usize::from(room));
                end = line.end;
            }
            prop_assert!(text[end..].chars().all(|c| c == '\n' || c == '\r'));
        }
    }
}
