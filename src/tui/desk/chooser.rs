//! Choosing a code: what it is said of, which codes there are, which are suggested.

use std::borrow::Cow;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::annotation::{Code, Mark, Place, Scope, Taxonomy};

/// What is being chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum For {
    /// The tags of the annotator.
    Tags,
    /// The tags that hold, where people differ: what each of them said, and what is chosen so far.
    Gold {
        /// Annotators and their tags.
        said: Vec<(String, Vec<Mark<'static>>)>,
        /// What will hold.
        chosen: Vec<Mark<'static>>,
    },
}

/// A code is about to be chosen for a response.
#[derive(Debug, Clone)]
pub struct Chooser {
    /// The response.
    pub row: u32,
    /// What for.
    pub purpose: For,
    /// What a code may be said of, the likeliest first, and what that is called on screen.
    pub places: Vec<(Place<'static>, String)>,
    /// The number of the one it is said of, where the annotator has chosen.
    pub place: Option<usize>,
    /// Codes that are suggested, by their number in the taxonomy.
    pub suggested: Vec<usize>,
    /// The code under the cursor, by its number in the taxonomy.
    pub cursor: usize,
    /// It stays open after a code.
    pub stays: bool,
}

/// What a key in the chooser asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Chosen {
    /// Nothing yet.
    Nothing,
    /// To close it.
    Close,
    /// To set this tag or, where it is set, to take it away.
    Mark {
        /// The tag.
        mark: Mark<'static>,
        /// It was suggested.
        suggested: bool,
        /// The chooser stays open.
        stays: bool,
    },
    /// To have these tags hold.
    Settle(Vec<Mark<'static>>),
    /// The code cannot be said of any of the places; a sentence.
    Impossible(String),
}

/// Codes that can be set, by their number.
pub fn settable(taxonomy: &Taxonomy) -> impl DoubleEndedIterator<Item = (usize, &Code)> {
    let codes = taxonomy.codes().iter().enumerate();
    codes.filter(|(_, code)| !code.is_heading())
}

impl Chooser {
    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent, taxonomy: &Taxonomy) -> Chosen {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return match key.code {
                KeyCode::Char('c' | 'g') => Chosen::Close,
                _ => Chosen::Nothing,
            };
        }
        match key.code {
            KeyCode::Esc => return Chosen::Close,
            KeyCode::Enter => match &self.purpose {
                For::Gold { chosen, .. } => return Chosen::Settle(chosen.clone()),
                For::Tags => return self.choose(self.cursor, taxonomy, self.stays),
            },
            KeyCode::Char(' ') => return self.choose(self.cursor, taxonomy, true),
            KeyCode::Char('+') => self.stays ^= true,
            KeyCode::Tab => self.next_place(1),
            KeyCode::BackTab => self.next_place(self.places.len().max(1) - 1),
            KeyCode::Down | KeyCode::Right => self.step(taxonomy, 1),
            KeyCode::Up | KeyCode::Left => self.step(taxonomy, -1),
            KeyCode::Char(letter) => {
                let at = taxonomy
                    .codes()
                    .iter()
                    .position(|code| code.key == Some(letter));
                let nth = letter
                    .to_digit(10)
                    .and_then(|digit| (digit as usize).checked_sub(1));
                return match (at, nth) {
                    (Some(at), _) => self.choose(at, taxonomy, self.stays),
                    (None, Some(nth)) => self.take(nth, taxonomy),
                    (None, None) => Chosen::Impossible(format!("no code has the key {letter}")),
                };
            }
            _ => {}
        }
        Chosen::Nothing
    }

    /// The nth suggestion, or what the nth annotator said.
    fn take(&mut self, nth: usize, taxonomy: &Taxonomy) -> Chosen {
        match &mut self.purpose {
            For::Tags => match self.suggested.get(nth) {
                Some(at) => self.choose(*at, taxonomy, self.stays),
                None => Chosen::Impossible(format!("there is no suggestion {}", nth + 1)),
            },
            For::Gold { said, chosen } => match said.get(nth) {
                Some((_, marks)) => {
                    *chosen = marks.clone();
                    Chosen::Nothing
                }
                None => Chosen::Impossible(format!("there is no annotator {}", nth + 1)),
            },
        }
    }

    fn next_place(&mut self, by: usize) {
        if !self.places.is_empty() {
            let next = self
                .place
                .map_or(0, |place| (place + by) % self.places.len());
            self.place = Some(next);
        }
    }

    fn step(&mut self, taxonomy: &Taxonomy, step: isize) {
        let codes: Vec<usize> = settable(taxonomy).map(|(at, _)| at).collect();
        let here = codes.iter().position(|at| *at == self.cursor).unwrap_or(0);
        let next = (here as isize + step).rem_euclid(codes.len().max(1) as isize);
        self.cursor = codes.get(next as usize).copied().unwrap_or(0);
    }

    /// What a code would be said of: what the annotator has chosen, else the first place that it applies to.
    pub fn place_of(&self, code: &Code) -> Option<&(Place<'static>, String)> {
        let fits = |(place, _): &&(Place, String)| code.applies.contains(&scope(place));
        match self.place {
            Some(at) => self.places.get(at).filter(fits),
            None => self.places.iter().find(fits),
        }
    }

    fn choose(&mut self, at: usize, taxonomy: &Taxonomy, stays: bool) -> Chosen {
        self.cursor = at;
        let Some(code) = taxonomy.codes().get(at) else {
            return Chosen::Nothing;
        };
        let Some((place, _)) = self.place_of(code) else {
            let of: Vec<&str> = code.applies.iter().map(|scope| of(*scope)).collect();
            return Chosen::Impossible(format!(
                "{} is said of {}: n goes to names, V selects a range, tab changes what it is said of",
                code.name,
                of.join(" or ")
            ));
        };
        let mark = Mark {
            code: Cow::Owned(code.code.clone()),
            place: place.clone(),
        };
        if let For::Gold { said, chosen } = &mut self.purpose {
            // Where somebody said it of a place, it holds of that place.
            let all = said.iter().flat_map(|(_, marks)| marks);
            let same = all.filter(|other| other.code == mark.code).cloned();
            let mut same: Vec<Mark> = same.collect();
            if same.is_empty() {
                same.push(mark);
            }
            let before = chosen.len();
            chosen.retain(|other| other.code.as_ref() != code.code);
            if chosen.len() == before {
                same.dedup();
                chosen.extend(same);
            }
            return Chosen::Nothing;
        }
        Chosen::Mark {
            mark,
            suggested: self.suggested.contains(&at),
            stays,
        }
    }
}

/// What kind of thing a place is.
fn scope(place: &Place) -> Scope {
    match place {
        Place::Response => Scope::Response,
        Place::Entity(_) => Scope::Entity,
        Place::Range(_) => Scope::Range,
    }
}

fn of(scope: Scope) -> &'static str {
    match scope {
        Scope::Response => "a response",
        Scope::Entity => "a name",
        Scope::Range => "a range of text",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn chooser(places: Vec<Place<'static>>) -> (Chooser, Taxonomy) {
        let taxonomy = Taxonomy::shipped().unwrap();
        let number = |code: &str| {
            taxonomy
                .codes()
                .iter()
                .position(|c| c.code == code)
                .unwrap()
        };
        let chooser = Chooser {
            row: 0,
            purpose: For::Tags,
            places: places
                .into_iter()
                .map(|place| (place, String::new()))
                .collect(),
            place: None,
            suggested: vec![number("consonant"), number("vowel")],
            cursor: number("consonant"),
            stays: false,
        };
        (chooser, taxonomy)
    }

    fn press(chooser: &mut Chooser, taxonomy: &Taxonomy, code: KeyCode) -> Chosen {
        chooser.key(KeyEvent::from(code), taxonomy)
    }

    fn marked(chosen: Chosen) -> (String, Place<'static>, bool) {
        match chosen {
            Chosen::Mark {
                mark, suggested, ..
            } => (mark.code.into_owned(), mark.place, suggested),
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn one_key_chooses_a_code_for_the_first_place_it_applies_to() {
        let entity = Place::Entity("Q1".into());
        let (mut chooser, taxonomy) = chooser(vec![Place::Response, entity.clone()]);
        let chosen = press(&mut chooser, &taxonomy, KeyCode::Char('o'));
        assert_eq!(marked(chosen), ("omitted".into(), entity, false));
        let chosen = press(&mut chooser, &taxonomy, KeyCode::Char('l'));
        assert_eq!(marked(chosen), ("lost".into(), Place::Response, false));
    }

    #[test]
    fn a_suggestion_is_taken_with_one_key_and_told_as_one() {
        let (mut chooser, taxonomy) = chooser(vec![Place::Entity("Q1".into())]);
        for (key, code) in [
            (KeyCode::Enter, "consonant"),
            (KeyCode::Char('2'), "vowel"),
            (KeyCode::Char('c'), "consonant"),
        ] {
            let (chosen, _, suggested) = marked(press(&mut chooser, &taxonomy, key));
            assert_eq!((chosen.as_str(), suggested), (code, true));
        }
    }

    #[test]
    fn a_code_that_fits_no_place_is_refused_with_a_reason() {
        let (mut chooser, taxonomy) = chooser(vec![Place::Response]);
        let chosen = press(&mut chooser, &taxonomy, KeyCode::Char('v'));
        assert!(
            matches!(chosen, Chosen::Impossible(why) if why.starts_with("Vowel is said of a name or a range"))
        );
        let chosen = press(&mut chooser, &taxonomy, KeyCode::Char('9'));
        assert!(matches!(chosen, Chosen::Impossible(_)));
    }

    #[test]
    fn what_holds_is_chosen_from_what_people_said_and_from_all_codes() {
        let (mut chooser, taxonomy) = chooser(vec![Place::Response]);
        let mark = |code: &'static str| Mark {
            code: code.into(),
            place: Place::Entity("Q1".into()),
        };
        chooser.purpose = For::Gold {
            said: vec![
                ("ann".into(), vec![mark("vowel")]),
                ("bob".into(), vec![mark("omitted")]),
            ],
            chosen: vec![],
        };
        press(&mut chooser, &taxonomy, KeyCode::Char('2'));
        press(&mut chooser, &taxonomy, KeyCode::Char('l'));
        let chosen = press(&mut chooser, &taxonomy, KeyCode::Enter);
        let lost = Mark {
            code: "lost".into(),
            place: Place::Response,
        };
        assert_eq!(chosen, Chosen::Settle(vec![mark("omitted"), lost]));
    }
}
