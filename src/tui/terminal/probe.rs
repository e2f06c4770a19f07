//! Asks the terminal who it is and how it counts cells: once, before anything else reads from it.

use super::{Cache, Known};

/// Asks the terminal of this process, in raw mode and on the other screen, whose first row is written to and erased.
///
/// A terminal that does not answer within a moment is asked no more. What it still answers then does no
/// harm: crossterm knows both answers and makes no keys of them.
#[cfg(unix)]
pub fn probe(cache: &Cache) -> Known {
    // Standard input may be data. Where it is the terminal, crossterm reads the same keys from there.
    match std::fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/tty")
    {
        Ok(mut tty) => unix::probe(&mut tty, cache),
        Err(_) => nothing(),
    }
}

/// Nothing is known of other consoles than those of Unix.
#[cfg(not(unix))]
pub fn probe(_: &Cache) -> Known {
    nothing()
}

fn nothing() -> Known {
    Known {
        identity: super::Identity::from_env(),
        ..Known::default()
    }
}

#[cfg(unix)]
mod unix {
    use std::io::{Read, Write};
    use std::os::fd::AsFd;
    use std::time::{Duration, Instant};

    use crossterm::event::KeyEvent;
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;

    use super::super::answers::{Answer, Answers};
    use super::super::{Cache, Identity, Known};
    use crate::tui::text::width::Widths;

    /// How long to wait for any answer at all.
    const FIRST: Duration = Duration::from_millis(400);
    /// How long to wait for the end of the answers of a terminal that has answered before. Long, because an answer
    /// that comes later would be taken for keys.
    const NEXT: Duration = Duration::from_secs(1);
    /// How long to wait for the rest of an answer that has begun.
    const REST: Duration = Duration::from_millis(50);

    pub fn probe<T: Read + Write + AsFd>(tty: &mut T, cache: &Cache) -> Known {
        let mut known = super::nothing();
        let mut dialogue = Dialogue {
            tty,
            answers: Answers::default(),
            typed: Vec::new(),
        };
        let _ = dialogue.run(&mut known, cache);
        if known.identity.attributes.is_empty() && known.identity.version.is_empty() {
            // It may only be far away.
            known.guess();
        }
        known.typed = dialogue.typed;
        known.typed.extend(dialogue.answers.finish());
        known
    }

    struct Dialogue<'a, T> {
        tty: &'a mut T,
        answers: Answers,
        typed: Vec<KeyEvent>,
    }

    impl<T: Read + Write + AsFd> Dialogue<'_, T> {
        /// None as soon as an answer is missing.
        fn run(&mut self, known: &mut Known, cache: &Cache) -> Option<()> {
            self.ask("\x1b[6n", FIRST)?;
            for answer in self.ask("\x1b[>0q\x1b[8$p\x1b[>c", NEXT)? {
                match answer {
                    Answer::Version(version) => known.identity.version = version,
                    Answer::Attributes(attributes) => known.identity.attributes = attributes,
                    Answer::Mode(8, state) => known.takes_order = matches!(state, 1 | 2),
                    _ => {}
                }
            }
            if known.identity.is_tmux() {
                known.outer = Identity::around_tmux();
            }
            let key = known.identity.key();
            known.widths = cache.get(&key);
            if known.widths.is_none() {
                known.widths = self.measure();
                known.widths.inspect(|widths| cache.put(&key, *widths));
            }
            Some(())
        }

        fn measure(&mut self) -> Option<Widths> {
            let samples = Widths::SAMPLES.map(|sample| format!("\x1b[1;1H{sample}\x1b[6n"));
            let answers = self.ask(&(samples.concat() + "\x1b[2J\x1b[1;1H"), NEXT)?;
            let cells = answers.into_iter().filter_map(|answer| match answer {
                Answer::Position(1, column) => Some(column.saturating_sub(1)),
                _ => None,
            });
            let cells: Vec<u16> = cells.collect();
            Widths::measured(cells.try_into().ok()?)
        }

        /// The answers to some questions, if all have come in time.
        fn ask(&mut self, questions: &str, limit: Duration) -> Option<Vec<Answer>> {
            write!(self.tty, "{questions}\x1b[c").ok()?;
            self.tty.flush().ok()?;
            let mut end = Instant::now() + limit;
            let (mut found, mut answers) = (Vec::new(), Vec::new());
            loop {
                self.read(end, &mut found)?;
                let mut done = false;
                for answer in found.drain(..) {
                    match answer {
                        Answer::Key(key) => self.typed.push(key),
                        Answer::Done => done = true,
                        other => answers.push(other),
                    }
                }
                if done {
                    return Some(answers);
                }
                if self.answers.begun() {
                    end = end.max(Instant::now() + REST);
                }
            }
        }

        /// What comes next, if it comes before the end.
        fn read(&mut self, end: Instant, found: &mut Vec<Answer>) -> Option<()> {
            loop {
                let left = end.checked_duration_since(Instant::now())?;
                let mut ready = [PollFd::new(&*self.tty, PollFlags::IN)];
                match poll(&mut ready, Some(&Timespec::try_from(left).ok()?)) {
                    // A signal, such as that of a new size.
                    Err(Errno::INTR) => {}
                    Ok(1..) => break,
                    _ => return None,
                }
            }
            let mut bytes = [0; 1024];
            let length = self
                .tty
                .read(&mut bytes)
                .ok()
                .filter(|length| *length > 0)?;
            self.answers.read(bytes.get(..length)?, found);
            Some(())
        }
    }

    #[cfg(test)]
    mod tests {
        #![allow(clippy::unwrap_used)]

        use std::fs::File;
        use std::num::NonZeroU16;
        use std::thread;

        use crossterm::event::KeyCode;
        use portable_pty::{PtySize, native_pty_system};
        use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

        use super::*;

        /// How a terminal answers.
        #[derive(Clone, Copy, PartialEq)]
        enum Manner {
            AllAtOnce,
            ByteByByte,
            Never,
            /// It answers the first questions, and no more.
            Once,
            /// The user types between the answers.
            Typing,
        }

        /// The answers of a vt100 to what it was sent.
        #[derive(Default)]
        struct Reply {
            text: String,
            typing: bool,
        }

        impl vt100::Callbacks for Reply {
            fn unhandled_csi(
                &mut self,
                screen: &mut vt100::Screen,
                first: Option<u8>,
                second: Option<u8>,
                parameters: &[&[u16]],
                end: char,
            ) {
                let (row, column) = screen.cursor_position();
                let parameter = parameters.first().and_then(|p| p.first());
                let answer = match (first, second, parameter, end) {
                    (None, None, Some(6), 'n') => format!("\x1b[{};{}R", row + 1, column + 1),
                    (Some(b'>'), None, _, 'q') => "\x1bP>|VT(100)\x1b\\".into(),
                    (Some(b'$'), None, Some(8), 'p') => "\x1b[8;2$y".into(),
                    (Some(b'>'), None, _, 'c') => "\x1b[>0;100;0c".into(),
                    (None, None, _, 'c') => "\x1b[?6c".into(),
                    _ => return,
                };
                if self.typing {
                    self.text += "é";
                }
                self.text += &answer;
            }
        }

        /// The near end of a pseudo-terminal at whose far end a terminal answers in this manner.
        fn terminal(manner: Manner) -> File {
            let pair = native_pty_system().openpty(PtySize::default()).unwrap();
            let path = pair.master.tty_name().unwrap();
            let tty = File::options().read(true).write(true).open(path).unwrap();
            let mut raw = tcgetattr(&tty).unwrap();
            raw.make_raw();
            tcsetattr(&tty, OptionalActions::Now, &raw).unwrap();
            let mut reader = pair.master.try_clone_reader().unwrap();
            let mut writer = pair.master.take_writer().unwrap();
            thread::spawn(move || {
                let (rows, columns) = (NonZeroU16::new(24).unwrap(), NonZeroU16::new(80).unwrap());
                let reply = Reply {
                    typing: manner == Manner::Typing,
                    ..Reply::default()
                };
                let mut screen = vt100::Parser::new_with_callbacks(rows, columns, 0, reply);
                let mut bytes = [0; 4096];
                // The near end hangs up by being dropped; both halves of the pair live that long.
                let pair = pair;
                while let Ok(length @ 1..) = reader.read(&mut bytes) {
                    screen.process(&bytes[..length]);
                    let text = std::mem::take(&mut screen.callbacks_mut().text);
                    match manner {
                        Manner::Never => {}
                        Manner::ByteByByte => {
                            for byte in text.bytes() {
                                writer.write_all(&[byte]).unwrap();
                                thread::sleep(Duration::from_micros(100));
                            }
                        }
                        Manner::Once if text.contains("VT") => {}
                        _ => writer.write_all(text.as_bytes()).unwrap(),
                    }
                }
                drop(pair);
            });
            tty
        }

        /// What a vt100 makes of the samples, asked directly.
        fn expected() -> Option<Widths> {
            Widths::measured(Widths::SAMPLES.map(|sample| {
                let (rows, columns) = (NonZeroU16::MIN, NonZeroU16::new(80).unwrap());
                let mut screen = vt100::Parser::new(rows, columns, 0);
                screen.process(sample.as_bytes());
                screen.screen().cursor_position().1
            }))
        }

        #[test]
        fn a_terminal_that_answers_is_known() {
            for manner in [Manner::AllAtOnce, Manner::ByteByByte] {
                let known = probe(&mut terminal(manner), &Cache::default());
                assert_eq!(known.identity.version, "VT(100)");
                assert_eq!(known.identity.attributes, "0;100;0");
                assert!(known.takes_order);
                assert!(known.widths.is_some());
                assert_eq!(known.widths, expected());
                assert_eq!(known.typed, []);
            }
        }

        #[test]
        fn a_terminal_that_never_answers_is_not_waited_for_long() {
            let start = Instant::now();
            let known = probe(&mut terminal(Manner::Never), &Cache::default());
            assert_eq!(known, super::super::nothing());
            assert!(start.elapsed() < FIRST * 10);
        }

        #[test]
        fn a_terminal_that_answers_once_is_asked_no_more() {
            let start = Instant::now();
            let known = probe(&mut terminal(Manner::Once), &Cache::default());
            assert_eq!(known, super::super::nothing());
            // Each is waited for once; a machine under load is slow besides.
            assert!(start.elapsed() < (FIRST + NEXT) * 10);
        }

        #[test]
        fn what_the_user_types_meanwhile_is_not_lost() {
            let known = probe(&mut terminal(Manner::Typing), &Cache::default());
            assert_eq!(known.widths, expected());
            let (first, identity, samples) = (2, 4, Widths::SAMPLES.len() + 1);
            let typed = vec![KeyEvent::from(KeyCode::Char('é')); first + identity + samples];
            assert_eq!(known.typed, typed);
        }

        #[test]
        fn what_was_measured_before_is_not_asked_again() {
            let folder = tempfile::tempdir().unwrap();
            let cache = Cache::at(folder.path().join("terminals.toml"));
            let first = probe(&mut terminal(Manner::AllAtOnce), &cache);
            assert_eq!(cache.get(&first.identity.key()), expected());
            cache.put(&first.identity.key(), Widths::CLUSTER1);
            let second = probe(&mut terminal(Manner::AllAtOnce), &cache);
            assert_eq!(second.widths, Some(Widths::CLUSTER1));
        }
    }
}
