//! From a fact and an intended outcome to a trace and an answer.

use std::collections::HashMap;

use crate::Failure;
use crate::facts::{Fact, Local, Phrases, accepts, script};
use crate::rng::Rng;

/// What becomes of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Spelled as it should be.
    Exact,
    /// Spelled with a freedom the writing system leaves.
    Variant,
    /// One or two wrong letters.
    Garbled,
    /// Taken for somebody or somewhere else.
    Confused,
    /// Never leaves the script of the question.
    Untransliterated,
    /// Only ever in Latin letters.
    Romanised,
    /// Several spellings in one trace.
    Drifting,
    /// Never comes back.
    Absent,
}

/// What is unusual about a response, where something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// Cut off inside the reasoning.
    Unterminated,
    /// The reasoning is withheld; a summary may stand for it.
    Encrypted {
        /// Whether the provider sent one.
        summary: bool,
    },
    /// Reasoning, then nothing.
    EmptyAnswer,
    /// Declines.
    Refusal,
    /// The right name, but not in the language that was asked.
    WrongLanguage,
}

/// One response, before a format is chosen for it.
#[derive(Debug, Clone)]
pub struct Response {
    /// Index of its fact.
    pub fact: usize,
    /// The language asked in.
    pub language: String,
    /// Counts from 1.
    pub epoch: u32,
    /// The question, with the hint where the condition gives one.
    pub question: String,
    /// The reasoning.
    pub trace: String,
    /// The answer as a sentence.
    pub answer: String,
    /// The name alone, empty where none was given.
    pub name: String,
    /// By [`accepts`], and as intended.
    pub correct: bool,
    /// What became of the name.
    pub fate: Fate,
    /// What is unusual.
    pub oddity: Option<Oddity>,
}

/// A spelling, by its part in the story.
#[derive(Clone, Copy, PartialEq)]
enum Name {
    /// The right one: in the language of the trace while thinking, in that of the question when writing it down.
    Right,
    /// As [`Name::Right`], with the freedom the writing system leaves.
    Variant,
    /// The first wrong spelling.
    Off,
    /// The second wrong spelling.
    FurtherOff,
    /// Somebody or somewhere else.
    Rival,
    /// In Latin letters.
    Latin,
}

/// One move of a trace.
#[derive(Clone, Copy, PartialEq)]
enum Move {
    /// What is asked.
    Open,
    /// Something people there know.
    Lore,
    /// A name comes to mind.
    Known(Name),
    /// A name comes to mind, weakly.
    Unsure(Name),
    /// Not the rival but this.
    Fix(Name),
    /// The rival seems to fit better.
    Prefer,
    /// The spelling of the source.
    Source,
    /// One spelling or another.
    Spell(Name, Name),
    /// A spelling by ear.
    Sound(Name),
    /// Another spelling than before.
    Drift(Name, Name),
    /// A Latin pivot.
    Latin,
    /// Nothing comes to mind.
    Blank,
    /// Thinking about how one knows such a thing.
    Muse,
    /// Going over it once more.
    Check,
    /// The conclusion.
    Settle(Name),
    /// Giving up.
    GiveUp,
    /// A step in the language of the source.
    InSource,
    /// A step in English.
    InEnglish,
}

use Move::{
    Blank, Check, Drift, Fix, GiveUp, InEnglish, InSource, Known, Latin, Lore, Muse, Open, Prefer,
    Settle, Sound, Source, Spell, Unsure,
};
use Name::{FurtherOff, Off, Right, Rival};

const EXACT_HOME: &[&[Move]] = &[
    &[Open, Lore, Known(Right), Lore, Check, Settle(Right)],
    &[Open, Unsure(Right), Lore, Fix(Right), Check, Settle(Right)],
    &[Known(Right), Lore, Check, Fix(Right), Lore, Settle(Right)],
    &[Lore, Open, Known(Right), Check, Lore, Settle(Right)],
];
const EXACT_CROSS: &[&[Move]] = &[
    &[
        Open,
        Lore,
        Known(Right),
        Source,
        Spell(Right, Off),
        Settle(Right),
    ],
    &[
        Open,
        Unsure(Right),
        Lore,
        Fix(Right),
        Source,
        Check,
        Settle(Right),
    ],
    &[Open, Lore, InSource, Sound(Right), Check, Settle(Right)],
    &[
        Open,
        Source,
        Lore,
        Known(Right),
        Fix(Right),
        Lore,
        Settle(Right),
    ],
    &[
        Open,
        InEnglish,
        Source,
        Spell(Right, Off),
        Check,
        Settle(Right),
    ],
    &[
        Lore,
        Open,
        Unsure(Right),
        Check,
        Source,
        Known(Right),
        Lore,
        Settle(Right),
    ],
];
const VARIANT: &[&[Move]] = &[
    &[
        Open,
        Lore,
        Known(Name::Variant),
        Check,
        Lore,
        Settle(Name::Variant),
    ],
    &[
        Open,
        Unsure(Name::Variant),
        Lore,
        Fix(Name::Variant),
        Settle(Name::Variant),
    ],
    &[
        Lore,
        Known(Name::Variant),
        Open,
        Check,
        Lore,
        Settle(Name::Variant),
    ],
];
const GARBLED: &[&[Move]] = &[
    &[Open, Lore, Known(Off), Check, Sound(Off), Settle(Off)],
    &[Open, Unsure(Off), Lore, Fix(Off), Check, Settle(Off)],
    &[Open, Lore, Sound(Off), Lore, Check, Settle(Off)],
    &[Lore, Open, Known(Off), Fix(Off), Sound(Off), Settle(Off)],
];
const GARBLED_THEN_RIGHT: &[&[Move]] = &[
    &[
        Open,
        Lore,
        Unsure(Off),
        Source,
        Drift(Right, Off),
        Settle(Right),
    ],
    &[
        Open,
        Known(Off),
        Check,
        InSource,
        Drift(Right, Off),
        Settle(Right),
    ],
];
const CONFUSED: &[&[Move]] = &[
    &[Open, Lore, Known(Rival), Check, Lore, Settle(Rival)],
    &[Open, Unsure(Rival), Lore, Prefer, Settle(Rival)],
    &[Open, Lore, Blank, Prefer, Check, Settle(Rival)],
    &[Lore, Open, Known(Rival), Prefer, Lore, Settle(Rival)],
    &[Open, Lore, Unsure(Right), Prefer, Check, Settle(Rival)],
];
const UNTRANSLITERATED: &[&[Move]] = &[
    &[Open, Lore, Sound(Right), Check, Lore, Settle(Right)],
    &[
        Open,
        Unsure(Right),
        Lore,
        Sound(Right),
        Check,
        Settle(Right),
    ],
    &[Lore, Open, Known(Right), Sound(Right), Lore, Settle(Right)],
];
const UNTRANSLITERATED_LOST: &[&[Move]] = &[
    &[Open, Sound(Off), Lore, Check, Sound(Off), Settle(Off)],
    &[Open, Lore, Unsure(Off), Sound(Off), Lore, Settle(Off)],
    &[Lore, Sound(Off), Open, Check, Settle(Off)],
];
const ROMANISED: &[&[Move]] = &[
    &[Open, Lore, Latin, Check, Lore, Settle(Name::Latin)],
    &[
        Open,
        Latin,
        Lore,
        Fix(Name::Latin),
        Check,
        Settle(Name::Latin),
    ],
    &[
        Lore,
        Open,
        Unsure(Name::Latin),
        Latin,
        Check,
        Settle(Name::Latin),
    ],
];
const DRIFTING: &[&[Move]] = &[
    &[
        Open,
        Lore,
        Known(Off),
        Drift(FurtherOff, Off),
        Lore,
        Settle(FurtherOff),
    ],
    &[
        Open,
        Unsure(Off),
        Lore,
        Spell(Off, FurtherOff),
        Drift(FurtherOff, Off),
        Settle(FurtherOff),
    ],
    &[
        Open,
        Lore,
        Sound(Off),
        Spell(FurtherOff, Off),
        Check,
        Settle(FurtherOff),
    ],
];
const DRIFTING_THEN_RIGHT: &[&[Move]] = &[
    &[
        Open,
        Lore,
        Unsure(Off),
        Drift(FurtherOff, Off),
        Source,
        Settle(Right),
    ],
    &[
        Open,
        Sound(FurtherOff),
        Spell(Off, FurtherOff),
        Lore,
        Drift(Right, Off),
        Settle(Right),
    ],
];
const ABSENT: &[&[Move]] = &[
    &[Open, Lore, Blank, Check, Lore, GiveUp],
    &[Open, Blank, Lore, Check, GiveUp],
    &[Lore, Open, Check, Blank, Lore, GiveUp],
];

/// Writes traces and remembers which sentences a question has used, so that no two of its traces read the same.
pub struct Composer<'a> {
    phrases: &'a Phrases,
    used: HashMap<(String, String), u32>,
}

/// One response to be written.
pub struct Wish<'a> {
    /// The fact.
    pub fact: &'a Fact,
    /// The language asked in.
    pub language: &'a str,
    /// Right or wrong.
    pub correct: bool,
    /// What becomes of the name.
    pub fate: Fate,
    /// How likely the trace is in English although the question is not.
    pub english: f64,
    /// The question gives the spelling of the source.
    pub hinted: bool,
}

impl<'a> Composer<'a> {
    /// With nothing used yet.
    pub fn new(phrases: &'a Phrases) -> Self {
        Composer {
            phrases,
            used: HashMap::new(),
        }
    }

    /// The best of several tries: the one that repeats least of what this question's traces already say.
    pub fn trace(&mut self, wish: &Wish, rng: &mut Rng) -> Result<String, Failure> {
        let mut best: Option<(u32, Vec<Vec<String>>)> = None;
        for _ in 0..24 {
            let steps = self.attempt(wish, rng)?;
            let cost = steps
                .iter()
                .flatten()
                .map(|s| self.times_used(wish, s).pow(2))
                .sum();
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, steps));
            }
        }
        let steps = best.map(|(_, steps)| steps).unwrap_or_default();
        for sentence in steps.iter().flatten() {
            *self
                .used
                .entry((wish.fact.id.clone(), sentence.clone()))
                .or_default() += 1;
        }
        Ok(steps
            .iter()
            .map(|step| join(step))
            .collect::<Vec<_>>()
            .join("\n\n"))
    }

    fn times_used(&self, wish: &Wish, sentence: &str) -> u32 {
        self.used
            .get(&(wish.fact.id.clone(), sentence.to_owned()))
            .copied()
            .unwrap_or(0)
    }

    fn attempt(&self, wish: &Wish, rng: &mut Rng) -> Result<Vec<Vec<String>>, Failure> {
        let cross = script(&wish.fact.source) != script(wish.language);
        let plots = match (wish.fate, wish.correct) {
            (Fate::Exact, _) if cross => EXACT_CROSS,
            (Fate::Exact, _) => EXACT_HOME,
            (Fate::Variant, _) => VARIANT,
            (Fate::Garbled, true) => GARBLED_THEN_RIGHT,
            (Fate::Garbled, false) => GARBLED,
            (Fate::Confused, _) => CONFUSED,
            (Fate::Untransliterated, true) => UNTRANSLITERATED,
            (Fate::Untransliterated, false) => UNTRANSLITERATED_LOST,
            (Fate::Romanised, _) => ROMANISED,
            (Fate::Drifting, true) => DRIFTING_THEN_RIGHT,
            (Fate::Drifting, false) => DRIFTING,
            (Fate::Absent, _) => ABSENT,
        };
        let mut moves = plots[rng.below(plots.len())].to_vec();
        // A trace that never leaves the target script is one that never switches to English.
        let stays = matches!(wish.fate, Fate::Untransliterated | Fate::Variant);
        let language = if !stays && rng.chance(wish.english) {
            "en"
        } else {
            wish.language
        };
        if !stays
            && wish.hinted
            && cross
            && wish.fate != Fate::Romanised
            && !moves.contains(&Source)
            && rng.chance(0.5)
        {
            moves.insert(1, Source);
        }
        if !stays && cross && wish.fate == Fate::Exact && rng.chance(0.2) {
            moves.insert(2, InSource);
        }
        if rng.chance(0.6) {
            moves.insert(1 + rng.below(moves.len() / 2), Muse);
        }
        let mut lore = self.lore(wish.fact.local(language)?, rng);
        let mut steps: Vec<Vec<String>> = Vec::new();
        for step in moves {
            if matches!(step, Check) && rng.chance(0.3) {
                continue;
            }
            let Some(sentences) = self.say(step, wish, language, &mut lore, rng)? else {
                continue;
            };
            if sentences
                .iter()
                .any(|sentence| steps.iter().flatten().any(|other| other == sentence))
            {
                continue;
            }
            // Some paragraphs carry two thoughts.
            match steps.last_mut() {
                Some(last) if last.len() == 1 && rng.chance(0.3) => last.extend(sentences),
                _ => steps.push(sentences),
            }
        }
        // Some think longer than others, but no thought comes twice.
        let mut musings = 0;
        let enough = 430 + (rng.unit().powi(2) * 800.0) as usize;
        for _ in 0..12 {
            let said = |sentence: &String| steps.iter().flatten().any(|other| other == sentence);
            if steps
                .iter()
                .flatten()
                .map(|sentence| weight(sentence))
                .sum::<usize>()
                >= enough
                || steps.len() >= 8
            {
                break;
            }
            // Going over it comes late, everything else early.
            let mut late = false;
            let more = match lore.pop() {
                Some(sentence) => vec![sentence],
                None if musings < 2 && (stays || language == "en" || rng.chance(0.6)) => {
                    musings += 1;
                    late = rng.chance(0.5);
                    self.say(
                        if late { Check } else { Muse },
                        wish,
                        language,
                        &mut lore,
                        rng,
                    )?
                    .unwrap_or_default()
                }
                None if stays || (language == "en" && wish.fate == Fate::Romanised) => break,
                // Reasoning wanders into the language of the source, or into English.
                None if wish.fate != Fate::Romanised && (language == "en" || rng.chance(0.35)) => {
                    self.lore(wish.fact.local(&wish.fact.source)?, rng)
                        .into_iter()
                        .take(1)
                        .collect()
                }
                None => {
                    let english = self.lore(wish.fact.local("en")?, rng);
                    self.phrase("english", "en", rng)?
                        .into_iter()
                        .chain(english.into_iter().take(2))
                        .collect()
                }
            };
            if more.is_empty() || more.iter().any(said) {
                continue;
            }
            let half = (steps.len() / 2).max(1);
            let at = if late {
                steps.len().saturating_sub(1).max(1)
            } else {
                1 + rng.below(half)
            };
            match steps.get_mut(at - 1) {
                Some(step) if step.len() == 1 && rng.chance(0.45) => step.extend(more),
                _ => steps.insert(at.min(steps.len()), more),
            }
        }
        Ok(steps)
    }

    fn lore(&self, local: &Local, rng: &mut Rng) -> Vec<String> {
        let mut lore = local.lore.clone();
        for index in (1..lore.len()).rev() {
            lore.swap(index, rng.below(index + 1));
        }
        lore
    }

    /// The sentences of one move; none where the language has no words for it.
    fn say(
        &self,
        step: Move,
        wish: &Wish,
        language: &str,
        lore: &mut Vec<String>,
        rng: &mut Rng,
    ) -> Result<Option<Vec<String>>, Failure> {
        let fact = wish.fact;
        let thinking = fact.local(language)?;
        let asked = fact.local(wish.language)?;
        let english = fact.local("en")?;
        let origin = fact.local(&fact.source)?;
        // While thinking, a name is spelled in the language of the trace; written down, in that of the question.
        let early = |name: Name| match name {
            Right => thinking.gold[0].as_str(),
            Name::Variant => thinking.variant.as_deref().unwrap_or(&thinking.gold[0]),
            Off => &thinking.garbled[0],
            FurtherOff => &thinking.garbled[1],
            Rival => &thinking.rival,
            Name::Latin => &english.gold[0],
        };
        let late = |name: Name| match name {
            Right => asked.gold[0].as_str(),
            Name::Variant => asked.variant.as_deref().unwrap_or(&asked.gold[0]),
            Off => &asked.garbled[0],
            FurtherOff => &asked.garbled[1],
            Rival => &asked.rival,
            Name::Latin => &english.gold[0],
        };
        let rival = thinking.rival.as_str();
        let fill = |slot: &str,
                    name: &str,
                    other: &str,
                    rng: &mut Rng|
         -> Result<Option<Vec<String>>, Failure> {
            Ok(self.phrase(slot, language, rng)?.map(|phrase| {
                vec![
                    phrase
                        .replace("{s}", &thinking.subject[0])
                        .replace("{n}", name)
                        .replace("{o}", name)
                        .replace("{m}", other)
                        .replace("{r}", rival),
                ]
            }))
        };
        match step {
            Open => fill("open", "", "", rng),
            Lore => Ok(lore.pop().map(|sentence| vec![sentence])),
            Known(name) => fill("known", early(name), "", rng),
            Unsure(name) => fill("unsure", early(name), "", rng),
            Fix(name) => fill("fix", early(name), "", rng),
            Prefer => fill("prefer", early(Rival), "", rng),
            // The source spelling of the name in the question, which is all a hint gives away.
            Source if wish.hinted || wish.fate != Fate::Exact => {
                fill("source", &origin.subject[0], "", rng)
            }
            Source => fill("source", &origin.gold[0], "", rng),
            Spell(a, b) => {
                let (a, b) = if rng.chance(0.5) { (a, b) } else { (b, a) };
                fill("spell", late(a), late(b), rng)
            }
            Sound(name) => fill("sound", late(name), "", rng),
            Drift(now, before) => {
                let before = if matches!(before, Off) && language != wish.language {
                    early(before)
                } else {
                    late(before)
                };
                fill("drift", late(now), before, rng)
            }
            Latin => fill("latin", early(Name::Latin), "", rng),
            Blank => fill("blank", "", "", rng),
            // Away from home there is also the writing to think about.
            Muse if wish.language != fact.source && rng.chance(0.45) => fill("abroad", "", "", rng),
            Muse => fill("muse", "", "", rng),
            Check => fill("check", "", "", rng),
            Settle(name) => fill("settle", late(name), "", rng),
            GiveUp => fill("giveup", "", "", rng),
            InSource => {
                let sentence = self
                    .phrase("known", &fact.source, rng)?
                    .map(|p| p.replace("{n}", &origin.gold[0]));
                let local = self.lore(origin, rng).pop();
                Ok(Some(local.into_iter().chain(sentence).collect()))
            }
            InEnglish if language == "en" => Ok(lore.pop().map(|sentence| vec![sentence])),
            InEnglish => {
                let switch = self.phrase("english", "en", rng)?;
                let known = self
                    .phrase("known", "en", rng)?
                    .map(|p| p.replace("{n}", &english.gold[0]));
                Ok(Some(switch.into_iter().chain(known).collect()))
            }
        }
    }

    /// One phrase of a slot. English has every slot; another language may leave one out.
    pub fn phrase(
        &self,
        slot: &str,
        language: &str,
        rng: &mut Rng,
    ) -> Result<Option<String>, Failure> {
        let variants = self.phrases.get(language).and_then(|slots| slots.get(slot));
        match variants {
            Some(variants) if !variants.is_empty() => {
                Ok(Some(variants[rng.below(variants.len())].clone()))
            }
            _ if language == "en" => Err(Failure::new(format!("phrases: en.{slot} is missing"))),
            _ => Ok(None),
        }
    }

    /// A phrase that must be there.
    pub fn must(&self, slot: &str, language: &str, rng: &mut Rng) -> Result<String, Failure> {
        self.phrase(slot, language, rng)?
            .ok_or_else(|| Failure::new(format!("phrases: {language}.{slot} is missing")))
    }

    /// The name that a response with this outcome ends on; none where it gives up.
    pub fn name(&self, wish: &Wish, rng: &mut Rng) -> Result<Option<String>, Failure> {
        let asked = wish.fact.local(wish.language)?;
        if wish.correct {
            return Ok(Some(asked.gold[0].clone()));
        }
        Ok(match wish.fate {
            Fate::Confused => Some(asked.rival.clone()),
            Fate::Drifting => Some(asked.garbled[1].clone()),
            Fate::Romanised => Some(asked.garbled[rng.below(2)].clone()),
            Fate::Absent if rng.chance(0.7) => None,
            Fate::Absent => Some(asked.rival.clone()),
            _ => Some(asked.garbled[0].clone()),
        })
    }

    /// Checks the outcome against the grader.
    pub fn graded(&self, wish: &Wish, answer: &str) -> Result<(), Failure> {
        let gold = &wish.fact.local(wish.language)?.gold;
        if accepts(gold, answer) == wish.correct {
            return Ok(());
        }
        Err(Failure::new(format!(
            "{}.{}: meant {}, graded otherwise: {answer}",
            wish.fact.id, wish.language, wish.correct
        )))
    }
}

/// How much a sentence says: a Chinese, Japanese or Korean character says more than a letter.
fn weight(sentence: &str) -> usize {
    let weigh = |c| match c {
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' => 3,
        '\u{ac00}'..='\u{d7a3}' => 2,
        _ => 1,
    };
    sentence.chars().map(weigh).sum()
}

/// Sentences of one paragraph; Chinese and Japanese put no space between them.
fn join(sentences: &[String]) -> String {
    let mut text = String::new();
    for sentence in sentences {
        if !text.is_empty() && !text.ends_with(['。', '？', '！', '」', '，']) {
            text.push(' ');
        }
        text.push_str(sentence);
    }
    text
}
