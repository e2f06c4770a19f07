//! Reads what comes from a terminal that was asked something: its answers, and keys typed meanwhile.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One thing that came from the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Where the cursor is, row and column from 1 (CPR, `CSI r ; c R`).
    Position(u16, u16),
    /// Primary device attributes (DA1, `CSI ? … c`). Every terminal has them, so they end a list of questions.
    Done,
    /// Secondary device attributes (DA2, `CSI > … c`).
    Attributes(String),
    /// Name and version (XTVERSION, `DCS > | … ST`).
    Version(String),
    /// A mode and its state (DECRQM, `CSI m ; s $ y`).
    Mode(u16, u16),
    /// A key.
    Key(KeyEvent),
}

/// Takes bytes as they come, in pieces of any size.
#[derive(Debug, Default)]
pub struct Answers {
    /// The beginning of something whose end has not come.
    begun: Vec<u8>,
}

/// No answer is longer; what begins like one is given up there.
const LONGEST: usize = 256;

/// What stands at the beginning of some bytes.
enum Piece {
    /// Something of so many bytes, and what it means.
    Whole(usize, Option<Answer>),
    /// Something whose end is missing.
    Begun,
}

impl Answers {
    /// Reads some more bytes.
    pub fn read(&mut self, bytes: &[u8], found: &mut Vec<Answer>) {
        self.begun.extend_from_slice(bytes);
        let mut rest = self.begun.as_slice();
        while let Piece::Whole(length, answer) = piece(rest) {
            found.extend(answer);
            rest = rest.get(length..).unwrap_or_default();
        }
        self.begun = rest.to_vec();
    }

    /// Whether the end of something is missing.
    pub fn begun(&self) -> bool {
        !self.begun.is_empty()
    }

    /// The key that is left when nothing more comes.
    pub fn finish(self) -> Option<KeyEvent> {
        (self.begun == b"\x1b").then(|| KeyCode::Esc.into())
    }
}

fn piece(bytes: &[u8]) -> Piece {
    match bytes {
        [] | [0x1b] => Piece::Begun,
        [0x1b, b'[', rest @ ..] => control(rest),
        [0x1b, b'P', rest @ ..] => device(rest),
        [0x1b, b'O'] => Piece::Begun,
        [0x1b, b'O', end, ..] => Piece::Whole(3, arrow(*end)),
        [0x1b, ..] => key(1, KeyCode::Esc),
        [b'\r', ..] => key(1, KeyCode::Enter),
        [b'\t', ..] => key(1, KeyCode::Tab),
        [0x7f, ..] => key(1, KeyCode::Backspace),
        [letter @ 0x01..=0x1a, ..] => {
            let code = KeyCode::Char(char::from(letter - 1 + b'a'));
            let event = KeyEvent::new(code, KeyModifiers::CONTROL);
            Piece::Whole(1, Some(Answer::Key(event)))
        }
        [first, ..] => letter(*first, bytes),
    }
}

fn key(length: usize, code: KeyCode) -> Piece {
    Piece::Whole(length, Some(Answer::Key(code.into())))
}

/// A UTF-8 letter, with shift if it is a capital, as crossterm has it.
fn letter(first: u8, bytes: &[u8]) -> Piece {
    let length = match first {
        0x20..=0x7e => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Piece::Whole(1, None),
    };
    let Some(letter) = bytes.get(..length) else {
        return Piece::Begun;
    };
    match std::str::from_utf8(letter).map(|text| text.chars().next()) {
        Ok(Some(c)) => {
            let shift = match c.is_uppercase() {
                true => KeyModifiers::SHIFT,
                false => KeyModifiers::NONE,
            };
            let event = KeyEvent::new(KeyCode::Char(c), shift);
            Piece::Whole(length, Some(Answer::Key(event)))
        }
        _ => Piece::Whole(1, None),
    }
}

/// A control sequence, behind its `CSI` (ECMA-48 5.4).
fn control(bytes: &[u8]) -> Piece {
    let within = |byte: &u8| (0x20..=0x3f).contains(byte);
    let length = bytes
        .iter()
        .take(LONGEST)
        .take_while(|byte| within(byte))
        .count();
    let parameters = bytes.get(..length).unwrap_or_default();
    match bytes.get(length) {
        None if length < LONGEST => Piece::Begun,
        Some(end @ 0x40..=0x7e) if length < LONGEST => {
            Piece::Whole(2 + length + 1, meaning(parameters, *end))
        }
        // Cut off by something else, which is read for itself.
        _ => Piece::Whole(2 + length, None),
    }
}

fn meaning(parameters: &[u8], end: u8) -> Option<Answer> {
    let text = std::str::from_utf8(parameters).ok()?;
    let two = |text: &str| {
        let (a, b) = text.split_once(';')?;
        Some((a.parse().ok()?, b.parse().ok()?))
    };
    match end {
        b'R' => two(text).map(|(row, column)| Answer::Position(row, column)),
        b'y' => two(text.strip_suffix('$')?).map(|(mode, state)| Answer::Mode(mode, state)),
        b'c' if text.starts_with('?') => Some(Answer::Done),
        b'c' => Some(Answer::Attributes(text.strip_prefix('>')?.to_owned())),
        _ if text.is_empty() => arrow(end),
        _ => None,
    }
}

fn arrow(end: u8) -> Option<Answer> {
    let code = match end {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        _ => return None,
    };
    Some(Answer::Key(code.into()))
}

/// A device control string, behind its `DCS`, up to the string terminator.
fn device(bytes: &[u8]) -> Piece {
    let within = bytes.get(..LONGEST).unwrap_or(bytes);
    match within.windows(2).position(|pair| pair == b"\x1b\\") {
        Some(length) => {
            let text = String::from_utf8_lossy(within.get(..length).unwrap_or_default());
            let version = text.strip_prefix(">|").map(str::to_owned);
            Piece::Whole(2 + length + 2, version.map(Answer::Version))
        }
        None if bytes.len() < LONGEST => Piece::Begun,
        None => Piece::Whole(2 + LONGEST, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(pieces: &[&[u8]]) -> (Vec<Answer>, Option<KeyEvent>) {
        let (mut answers, mut found) = (Answers::default(), Vec::new());
        for piece in pieces {
            answers.read(piece, &mut found);
        }
        (found, answers.finish())
    }

    fn typed(c: char) -> Answer {
        Answer::Key(KeyCode::Char(c).into())
    }

    #[test]
    fn the_answers_of_an_xterm_are_read() {
        let bytes = b"\x1b[1;3R\x1bP>|XTerm(379)\x1b\\\x1b[8;0$y\x1b[>41;379;0c\x1b[?64;1;2c";
        let expected = vec![
            Answer::Position(1, 3),
            Answer::Version("XTerm(379)".into()),
            Answer::Mode(8, 0),
            Answer::Attributes("41;379;0".into()),
            Answer::Done,
        ];
        assert_eq!(read(&[bytes]), (expected, None));
    }

    #[test]
    fn keys_between_answers_are_kept() {
        let bytes = "q\x1b[1;1RÄж\r\x1b[A\x1bOB\x03\t\x7f\x1b".as_bytes();
        let shifted = KeyEvent::new(KeyCode::Char('Ä'), KeyModifiers::SHIFT);
        let expected = vec![
            typed('q'),
            Answer::Position(1, 1),
            Answer::Key(shifted),
            typed('ж'),
            Answer::Key(KeyCode::Enter.into()),
            Answer::Key(KeyCode::Up.into()),
            Answer::Key(KeyCode::Down.into()),
            Answer::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)),
            Answer::Key(KeyCode::Tab.into()),
            Answer::Key(KeyCode::Backspace.into()),
        ];
        assert_eq!(read(&[bytes]), (expected, Some(KeyCode::Esc.into())));
    }

    #[test]
    fn an_escape_key_before_an_answer_is_a_key() {
        let expected = vec![Answer::Key(KeyCode::Esc.into()), Answer::Position(2, 1)];
        assert_eq!(read(&[b"\x1b\x1b[2;1R"]), (expected, None));
    }

    #[test]
    fn what_never_ends_is_given_up_and_what_follows_is_read() {
        for begin in [&b"\x1bP"[..], b"\x1b["] {
            let mut bytes = begin.to_vec();
            bytes.extend([b'0'; LONGEST]);
            bytes.push(b'a');
            assert_eq!(read(&[&bytes]).0, [typed('a')]);
        }
        assert_eq!(
            read(&[b"\x1b[1;\x01"]).0.len(),
            1,
            "the key that cut it off"
        );
    }

    proptest! {
        #[test]
        fn bytes_mean_the_same_in_pieces_of_any_size(
            bytes in proptest::collection::vec(
                prop_oneof![
                    Just(b"\x1b".to_vec()), Just(b"\x1b[".to_vec()), Just(b"\x1bP>|".to_vec()), Just(b"\x1b\\".to_vec()),
                    Just(b"1;2R".to_vec()), Just(b"?6c".to_vec()), Just("é漢🦀".as_bytes().to_vec()), Just(vec![b'1'; 200]),
                    proptest::collection::vec(any::<u8>(), 1..4),
                ],
                0..40,
            ),
            cuts in proptest::collection::vec(1usize..40, 1..20),
        ) {
            let bytes = bytes.concat();
            let (mut pieces, mut rest) = (Vec::new(), bytes.as_slice());
            for cut in cuts.into_iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                pieces.push(piece);
                rest = after;
            }
            prop_assert_eq!(read(&pieces), read(&[&bytes]));
        }
    }
}
