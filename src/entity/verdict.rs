//! What became of an entity in a response: one verdict, and everything it rests on.
//!
//! A verdict is evidence, never an accusation. The rules, first that holds:
//!
//! | verdict | when |
//! |---|---|
//! | confused | another known entity stands where this one should: in the answer, or wherever this one never stands right |
//! | drifting | two different wrong spellings |
//! | garbled | a wrong spelling |
//! | untransliterated | source and target script differ, and what the question names is only ever written in the target script, though a form in the source script is known and there is reasoning in which it could stand |
//! | romanised-only | only in Latin letters, though neither side is Latin and another form is known |
//! | exact, variant | the best spelling that stands there |
//! | absent | nowhere |

use std::ops::Range;
use std::rc::Rc;

use unicode_script::Script as Letters;

use super::cue::Cue;
use super::forms::{Case, Role, Sought};
use super::known::Known;
use super::mention::{Kind, Mention, Part};
use super::name::NameModel;
use super::search::Search;
use super::text::Text;
use super::variant::Folded;
use super::wanted::Caches;
use crate::script::{HanMatch, Locale, Script, ScriptRelation, match_of};

/// What became of an entity in a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// An accepted form.
    Exact,
    /// Differs by known freedom only.
    Variant,
    /// Recognisably the same name, with divergent letters.
    Garbled,
    /// Another known entity, or closer to one.
    Confused,
    /// Never leaves the target script although another script was needed.
    Untransliterated,
    /// Only a Latin pivot appears, though neither side is Latin.
    RomanisedOnly,
    /// Several wrong spellings in one response.
    Drifting,
    /// Nowhere.
    Absent,
}

impl Verdict {
    /// Every verdict, in the order of their codes in columns.
    pub const ALL: [Verdict; 8] = [
        Verdict::Exact,
        Verdict::Variant,
        Verdict::Garbled,
        Verdict::Confused,
        Verdict::Untransliterated,
        Verdict::RomanisedOnly,
        Verdict::Drifting,
        Verdict::Absent,
    ];

    /// The verdict of a word.
    pub fn named(word: &str) -> Option<Verdict> {
        Verdict::ALL
            .into_iter()
            .find(|verdict| verdict.word() == word)
    }

    /// How bad it is, to show the worst of several.
    pub const fn gravity(self) -> u8 {
        match self {
            Verdict::Exact => 0,
            Verdict::Variant => 1,
            Verdict::Absent => 2,
            Verdict::Untransliterated => 3,
            Verdict::RomanisedOnly => 4,
            Verdict::Garbled => 5,
            Verdict::Drifting => 6,
            Verdict::Confused => 7,
        }
    }

    /// The name stands in a wrong form. A name that is absent, or in another script than was needed, may have been known.
    pub const fn is_loss(self) -> bool {
        matches!(
            self,
            Verdict::Garbled | Verdict::Confused | Verdict::Drifting
        )
    }

    /// The word used in filters, columns and on screen.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Exact => "exact",
            Verdict::Variant => "variant",
            Verdict::Garbled => "garbled",
            Verdict::Confused => "confused",
            Verdict::Untransliterated => "untransliterated",
            Verdict::RomanisedOnly => "romanised-only",
            Verdict::Drifting => "drifting",
            Verdict::Absent => "absent",
        }
    }
}

/// The verdict on one entity of a response, and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Which of the entities that were looked for.
    pub entity: usize,
    /// What became of it.
    pub verdict: Verdict,
    /// Where it stands: first in the trace, then in the answer, each in order.
    pub mentions: Vec<Mention>,
    /// The place among them of the first that is wrong.
    pub first_wrong: Option<usize>,
    /// How it stands in the answer: the best that is there.
    pub answer: Option<Kind>,
    /// The answer has a wrong spelling that stood in the trace.
    pub repeats: bool,
    /// Another known entity that stands where this one should.
    pub rival: Option<Rival>,
}

/// Another known entity in place of the one that was looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Rival {
    /// Its place among what is known.
    pub known: usize,
    /// Where it stands.
    pub part: Part,
    /// Bytes of that text.
    pub range: Range<usize>,
}

impl Finding {
    /// What went wrong, most telling first, over all wrong mentions; of a variant what is free in it.
    pub fn cues(&self) -> Vec<Cue> {
        let is_wrong = self.first_wrong.is_some();
        let mentions = self
            .mentions
            .iter()
            .filter(|mention| !is_wrong || mention.kind == Kind::Garbled);
        let mut cues: Vec<Cue> = mentions
            .flat_map(|mention| mention.cues.iter().copied())
            .collect();
        cues.sort_unstable();
        cues.dedup();
        cues
    }
}

/// Looks at a response: one finding for each entity that is looked for.
pub fn audit<'m>(
    case: &Case,
    names: &'m NameModel,
    known: &Known,
    caches: &mut Caches<'m>,
) -> Vec<Finding> {
    let locales = [case.target, case.source].into_iter().flatten();
    let languages: Vec<&str> = locales.map(|locale| locale.language.as_str()).collect();
    let inflections = caches.inflections(&languages);
    let mut texts = [
        Text::new(case.trace, Part::Trace),
        Text::new(case.answer, Part::Answer),
    ];
    let stands = |text: &Text| known.stands(text, &inflections);
    let others: Vec<Rival> = texts.iter().flat_map(stands).collect();
    let search = |sought| Search::new(sought, names, Rc::clone(&inflections), caches);
    let searches: Vec<Search> = case.sought.iter().map(search).collect();
    let mine: Vec<Vec<usize>> = searches.iter().map(|search| known.same(search)).collect();
    let mut findings = Vec::with_capacity(case.sought.len());
    for (entity, (search, mine_here)) in searches.iter().zip(&mine).enumerate() {
        let mut found: Vec<Mention> = Vec::new();
        for text in &mut texts {
            let mut full = search.mentions(text, &mut caches.sounds);
            let parts = search.parts(text, &full, !found.is_empty(), known, mine_here);
            full.extend(parts);
            full.sort_by_key(|mention| mention.range.start);
            found.extend(full);
        }
        let judge = Judge {
            case,
            sought: search.sought,
            known,
            others: &others,
            mine: mine_here,
            asked: &mine,
        };
        findings.push(judge.finding(entity, found, names, caches));
    }
    findings
}

/// What a verdict on one entity rests on.
struct Judge<'a> {
    case: &'a Case<'a>,
    sought: &'a Sought,
    known: &'a Known,
    /// Everything known that stands in the response.
    others: &'a [Rival],
    /// The numbers of this entity, and those of everything that is looked for.
    mine: &'a [usize],
    asked: &'a [Vec<usize>],
}

/// So much closer must another name be.
const CLOSER: f32 = 0.1;

impl Judge<'_> {
    fn finding<'m>(
        &self,
        entity: usize,
        found: Vec<Mention>,
        names: &'m NameModel,
        caches: &mut Caches<'m>,
    ) -> Finding {
        // What is the name of another is no mention of this one.
        let (mut mentions, mut rivals) = (Vec::with_capacity(found.len()), Vec::new());
        let is_part = |mention: &Mention| mention.cues.contains(&Cue::Partial);
        for mention in found {
            if is_part(&mention) && self.covering(&mention).is_some() {
                continue;
            }
            match self.rival(&mention, names, caches) {
                Some(rival) => rivals.push(rival),
                None => mentions.push(self.restored(mention)),
            }
        }
        let in_answer = mentions
            .iter()
            .filter(|mention| mention.part == Part::Answer);
        let answer = in_answer.map(|mention| mention.kind).min();
        if answer.is_none() {
            rivals.extend(self.instead().cloned());
        }
        let is_instead =
            |rival: &Rival| rival.part == Part::Answer && answer.is_none() || mentions.is_empty();
        let rival = rivals.into_iter().find(is_instead);
        let mut wrong: Vec<(Part, String)> = mentions
            .iter()
            .filter(|mention| mention.kind == Kind::Garbled)
            .map(|mention| (mention.part, Folded::of(self.written(mention)).key()))
            .collect();
        wrong.sort_unstable();
        wrong.dedup();
        let mut spellings: Vec<&str> = wrong.iter().map(|(_, spelling)| &**spelling).collect();
        spellings.sort_unstable();
        let repeats = spellings.windows(2).any(|two| two[0] == two[1]);
        spellings.dedup();
        let verdict = match spellings.len() {
            _ if rival.is_some() => Verdict::Confused,
            0 => self.of_right(&mentions),
            1 => Verdict::Garbled,
            _ => Verdict::Drifting,
        };
        let is_wrong = |mention: &Mention| mention.kind == Kind::Garbled;
        Finding {
            entity,
            verdict,
            first_wrong: mentions.iter().position(is_wrong),
            answer,
            repeats,
            rival,
            mentions,
        }
    }

    /// The verdict where no spelling is wrong.
    fn of_right(&self, mentions: &[Mention]) -> Verdict {
        match mentions.iter().map(|mention| mention.kind).min() {
            None => Verdict::Absent,
            Some(_) if self.is_untransliterated(mentions) => Verdict::Untransliterated,
            Some(_) if self.is_romanised_only(mentions) => Verdict::RomanisedOnly,
            Some(Kind::Exact) => Verdict::Exact,
            Some(_) => Verdict::Variant,
        }
    }

    fn written(&self, mention: &Mention) -> &str {
        let text = match mention.part {
            Part::Trace => self.case.trace,
            Part::Answer => self.case.answer,
        };
        text.get(mention.range.clone()).unwrap_or("")
    }

    /// The other entity in whose name a mention stands.
    fn covering(&self, mention: &Mention) -> Option<&Rival> {
        self.foreign().find(|other| {
            other.part == mention.part
                && other.range.start <= mention.range.start
                && mention.range.end <= other.range.end
        })
    }

    /// The other entity whose name a wrong mention is part of, or closer to.
    fn rival<'m>(
        &self,
        mention: &Mention,
        names: &'m NameModel,
        caches: &mut Caches<'m>,
    ) -> Option<Rival> {
        if mention.kind != Kind::Garbled {
            return None;
        }
        if let Some(other) = self.covering(mention) {
            return Some(other.clone());
        }
        let (stands, least) = (self.written(mention), mention.probability + CLOSER);
        let known = self
            .known
            .likelier(stands, least, self.mine, names, caches)?;
        Some(Rival {
            known,
            part: mention.part,
            range: mention.range.clone(),
        })
    }

    fn foreign(&self) -> impl Iterator<Item = &Rival> {
        let others = self.others.iter();
        others.filter(|other| !self.mine.contains(&other.known))
    }

    /// What is given as the answer in place of this one: an answer of another question.
    fn instead(&self) -> Option<&Rival> {
        let is_asked = |other: &Rival| self.asked.iter().flatten().any(|id| *id == other.known);
        let is_rival = |other: &&Rival| {
            other.part == Part::Answer && self.known.is_answer(other.known) && !is_asked(other)
        };
        let mut foreign = self.foreign().filter(|_| self.sought.role == Role::Answer);
        foreign.find(is_rival)
    }

    fn scripts(&self) -> Option<(Script, Script)> {
        let locales = self.case.source.zip(self.case.target);
        locales.map(|(source, target)| (source.script, target.script))
    }

    /// A name that was to be restored in the script it comes from, and was not.
    fn restored(&self, mut mention: Mention) -> Mention {
        let is_there = |(source, target): (Script, Script)| {
            !is_same(source, target) && is_same(Script::from(mention.letters), source)
        };
        if mention.kind == Kind::Garbled && self.scripts().is_some_and(is_there) {
            mention.cues.push(Cue::BackTransliteration);
        }
        mention
    }

    fn is_untransliterated(&self, mentions: &[Mention]) -> bool {
        let Some((source, target)) = self.scripts() else {
            return false;
        };
        self.sought.role == Role::Question
            && !is_same(source, target)
            && !self.case.trace.trim().is_empty()
            && (self.sought.forms.iter()).any(|form| is_same(form.script, source))
            && (mentions.iter()).all(|mention| is_same(Script::from(mention.letters), target))
    }

    fn is_romanised_only(&self, mentions: &[Mention]) -> bool {
        let is_latin =
            |locale: Option<&Locale>| locale.is_none_or(|locale| locale.script == Script::LATN);
        !is_latin(self.case.source)
            && !is_latin(self.case.target)
            && (self.sought.forms.iter()).any(|form| form.letters != Letters::Latin)
            && (mentions.iter()).all(|mention| mention.letters == Letters::Latin)
    }
}

fn is_same(a: Script, b: Script) -> bool {
    match_of(a, b, HanMatch::Full) == ScriptRelation::Same
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::forms::{Form, Origin, forms};
    use super::*;
    use crate::record::Entity;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    fn sought(role: Role, json: &str) -> Sought {
        let entity: Entity = serde_json::from_str(&format!(r#"{{"forms":{json}}}"#)).unwrap();
        Sought {
            id: None,
            role,
            forms: forms(&entity, Origin::Record),
        }
    }

    fn known(names: &[&str]) -> Known {
        let mut known = Known::new();
        for name in names {
            let forms = vec![Form::new(name, "und", Origin::Catalog)];
            known.add(
                &Sought {
                    id: None,
                    role: Role::Answer,
                    forms,
                },
                &mut Caches::new(),
            );
        }
        known
    }

    fn find(
        sought: &Sought,
        source: &str,
        target: &str,
        trace: &str,
        answer: &str,
        known: &Known,
    ) -> Finding {
        let locale = |tag: &str| crate::script::parse(tag);
        let (source, target) = (locale(source), locale(target));
        let case = Case {
            trace,
            answer,
            sought: std::slice::from_ref(sought),
            source: source.as_ref(),
            target: target.as_ref(),
        };
        audit(&case, NameModel::shipped(), known, &mut Caches::new()).remove(0)
    }

    #[test]
    fn another_known_name_in_its_place_is_confused() {
        let shengelaia = sought(
            Role::Answer,
            r#"{"en":["Giorgi Shengelaia"],"ka":["გიორგი შენგელაია"]}"#,
        );
        let known = known(&["Eldar Shengelaia", "Akira Kurosawa"]);
        let of = |trace: &str, answer: &str| find(&shengelaia, "ka", "en", trace, answer, &known);
        let finding = of("It may be Giorgi Shengelaia.", "Eldar Shengelaia");
        assert_eq!(finding.verdict, Verdict::Confused);
        let rival = finding.rival.unwrap();
        assert_eq!(
            (known.name(rival.known), rival.part, rival.range),
            ("Eldar Shengelaia", Part::Answer, 0..16)
        );
        // One who was thought of and dropped is no confusion.
        let finding = of("Eldar Shengelaia? No.", "Giorgi Shengelaia");
        assert_eq!((finding.verdict, finding.rival), (Verdict::Exact, None));
        assert_eq!(of("", "Kurosawa Akira").verdict, Verdict::Absent);
    }

    #[test]
    fn a_wrong_spelling_that_comes_back_in_the_answer_is_repeated() {
        let horio = sought(Role::Answer, r#"{"en":["Horio Yoshiharu"]}"#);
        let of = |trace: &str, answer: &str| find(&horio, "ja", "en", trace, answer, &Known::new());
        let finding = of(
            "Horio Yoshiharu? Horio Yoshihara.",
            "It is Horio Yoshihara.",
        );
        assert!(finding.repeats);
        assert_eq!(
            (finding.first_wrong, finding.answer),
            (Some(1), Some(Kind::Garbled))
        );
        assert_eq!(finding.cues(), [Cue::Vowel]);
        let (form, text) = finding.mentions[1].diverges.clone().unwrap();
        assert_eq!((&"Horio Yoshiharu"[form], text), ("u", 31..32));
        let finding = of("Horio Yoshihara", "Horio Yoshiharu");
        assert!(!finding.repeats);
        assert_eq!(finding.answer, Some(Kind::Exact));
    }

    #[test]
    fn a_name_restored_wrongly_in_its_own_script_is_back_transliterated() {
        let shchusev = sought(
            Role::Answer,
            r#"{"ru":["Алексей Щусев"],"ja":["アレクセイ・シューセフ"]}"#,
        );
        let finding = find(
            &shchusev,
            "ru",
            "ja",
            "アレクセイ・シューセフ（Алексей Шушев）",
            "",
            &Known::new(),
        );
        assert_eq!(
            (finding.verdict, finding.first_wrong),
            (Verdict::Garbled, Some(1))
        );
        assert!(finding.cues().contains(&Cue::BackTransliteration));
    }

    #[test]
    fn every_verdict_has_a_word_of_its_own() {
        let words: std::collections::BTreeSet<&str> =
            Verdict::ALL.into_iter().map(Verdict::word).collect();
        assert_eq!(words.len(), Verdict::ALL.len());
    }

    proptest! {
        #[test]
        fn evidence_is_sound_in_any_text(
            pieces in prop::collection::vec(prop_oneof![
                Just("Giorgi Shengelaia".to_owned()), Just("გიორგი შენგელაიას".to_owned()), Just("志賀直哉".to_owned()),
                Just("이효석은".to_owned()), Just("Сига Наоя".to_owned()), Just("ชิงะ นาโอกิ".to_owned()), Just("प्रताप मल्ल".to_owned()),
                "[ -~]{0,6}", "\\PC{0,6}", "[a-zà-üа-яა-ჰ가-힣一-丟ก-๛ऀ-ॿ\u{300}-\u{310}\u{200b}-\u{200f}]{0,5}",
            ], 0..8),
            joint in prop_oneof![Just(" "), Just(""), Just("\n"), Just("。")],
        ) {
            let text = pieces.join(joint);
            let entities = [
                sought(Role::Answer, r#"{"en":["Giorgi Shengelaia"],"ka":["გიორგი შენგელაია"],"ja":["志賀直哉"]}"#),
                sought(Role::Question, r#"{"ko":["이효석"],"ru":["Наоя Сига"],"th":["ชิงะ นาโอยะ"],"hi":["प्रताप मल्ल"]}"#),
            ];
            let case = Case { trace: &text, answer: &text, sought: &entities, source: None, target: None };
            let findings = audit(&case, NameModel::shipped(), &known(&["Eldar Shengelaia"]), &mut Caches::new());
            prop_assert_eq!(findings.len(), 2);
            let mut bounds: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
            bounds.push(text.len());
            for finding in &findings {
                for part in [Part::Trace, Part::Answer] {
                    let ranges = finding.mentions.iter().filter(|mention| mention.part == part);
                    let ranges: Vec<_> = ranges.map(|mention| mention.range.clone()).collect();
                    prop_assert!(ranges.is_sorted_by(|a, b| a.end <= b.start), "{ranges:?}");
                    prop_assert!(ranges.iter().all(|range| range.start < range.end && bounds.contains(&range.start) && bounds.contains(&range.end)));
                }
                for mention in &finding.mentions {
                    use unicode_normalization::UnicodeNormalization;
                    let form = &entities[finding.entity].forms[mention.form].text;
                    let stands = &text[mention.range.clone()];
                    prop_assert_eq!(mention.kind == Kind::Exact, stands.nfc().eq(form.nfc()), "{} {}", form, stands);
                    if let Some((of_form, of_text)) = &mention.diverges {
                        prop_assert!(form.get(of_form.clone()).is_some() && bounds.contains(&of_text.start) && bounds.contains(&of_text.end));
                    }
                    prop_assert!((0.0..=1.0).contains(&mention.probability));
                }
                prop_assert_eq!(finding.verdict == Verdict::Absent, finding.mentions.is_empty() && finding.rival.is_none());
            }
        }

        #[test]
        fn an_accepted_form_standing_alone_is_exact(
            form in "[A-Z][a-z]{2,8} [A-Z][a-z]{2,8}|[А-Я][а-я]{3,8}|[א-ת]{4,8}|[ა-ჰ]{4,8}|[가-힣]{2,4}|[ァ-ヴ]{3,8}|[一-丟]{2,4}|[ก-ฮ]{4,8}|[क-ह]{4,6}",
            before in "[a-z0-9]{0,5}", after in "[a-z0-9]{0,5}",
        ) {
            let sought = Sought { id: None, role: Role::Answer, forms: vec![Form::new(&form, "und", Origin::Record)] };
            let finding = find(&sought, "en", "en", "", &format!("{before} {form} {after}"), &Known::new());
            prop_assert_eq!(finding.verdict, Verdict::Exact, "{}", form);
            prop_assert_eq!(finding.mentions[0].range.clone(), before.len() + 1..before.len() + 1 + form.len());
        }

        #[test]
        fn of_an_empty_text_every_name_is_absent(form in "\\PC{1,20}") {
            let sought = Sought { id: None, role: Role::Answer, forms: vec![Form::new(&form, "und", Origin::Record)] };
            prop_assert_eq!(find(&sought, "en", "ru", "", "", &Known::new()).verdict, Verdict::Absent);
        }
    }
}
