//! Finds entities in the questions themselves, where a run names none: the same question in several languages shows which
//! of its words are names, because these sound alike.
//!
//! One version is the hub: that of the source, or one whose script has capital letters, which tell names from words that
//! merely sound alike. Stretches of the hub that may be names are looked for in every other version, first by their
//! consonants, then by the name model. Quoted titles go together by their order and numbers by their value. What is found
//! belongs together by its place in the hub. It is better to miss a name than to take a word for one.

mod marks;
mod reading;
mod search;

use std::collections::BTreeMap;
use std::ops::Range;

use unicode_script::Script;

use super::name::NameModel;
use super::told::rounded;
use crate::record::Entity;
use reading::{Reading, is_letter, is_unspaced};
use search::{Anchor, Found};

/// A question in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version<'a> {
    /// BCP 47 tag.
    pub language: &'a str,
    /// The question.
    pub text: &'a str,
    /// The knowledge asked for is local to this language. At most one version is the source; without one the first is.
    pub is_source: bool,
}

/// What kind of thing was mined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Sounds the same in both languages.
    Name,
    /// The same value, in any digits.
    Number,
    /// Stands in quotes, at the same place among all quotes.
    Title,
}

/// How a mined entity is written in one version.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// Bytes of the text, on borders of grapheme clusters.
    pub range: Range<usize>,
    /// What stands there.
    pub text: String,
    /// That it is the same as the source form, from 0 to 1; in the source, the best of the others.
    pub probability: f32,
}

/// An entity found in the source version and at least one other.
#[derive(Debug, Clone, PartialEq)]
pub struct Mined {
    /// What it is.
    pub kind: Kind,
    /// Language tag to form.
    pub forms: BTreeMap<String, Form>,
    /// The worst probability of all forms.
    pub probability: f32,
}

impl Mined {
    /// The same as an entity of a record, each of its forms marked as mined.
    pub fn into_entity(self) -> Entity {
        let mut entity = Entity::default();
        for (language, form) in self.forms {
            entity
                .mined
                .insert(language.clone(), rounded(form.probability));
            entity.forms.insert(language, vec![form.text]);
        }
        entity
    }
}

/// The entities of a question, in the order of the hub. A language that stands twice counts once.
pub fn mine(model: &NameModel, versions: &[Version]) -> Vec<Mined> {
    let mut readings: Vec<Reading> = Vec::with_capacity(versions.len());
    for version in versions {
        let is_known = |known: &Reading| known.language == version.language;
        if !readings.iter().any(is_known) {
            readings.push(Reading::new(model, version));
        }
    }
    let source = readings
        .iter()
        .position(|reading| reading.is_source)
        .unwrap_or(0);
    let rank = |(nth, reading): &(usize, &Reading)| {
        let is_english = reading.language.split('-').next() == Some("en");
        (
            reading.grade,
            *nth == source,
            is_english,
            reading.is_latin(),
        )
    };
    let Some((hub, hub_reading)) = readings.iter().enumerate().max_by_key(rank) else {
        return Vec::new();
    };
    let anchors = hub_reading.anchors(model);
    let (mut links, mut maybe) = (Vec::new(), Vec::new());
    for (nth, other) in readings.iter().enumerate() {
        if nth != hub {
            links.extend(link(model, hub_reading, &anchors, other, nth, &mut maybe));
        }
    }
    let mut groups = grouped(links, &maybe, (source != hub).then_some(source));
    for nth in 0..groups.len() {
        complete(&mut groups, nth, readings.len(), &maybe);
    }
    let mut found: Vec<Mined> = Vec::new();
    for group in &groups {
        let item = mined(model, &readings, source, hub, group);
        found.extend(item.filter(|item| !found.iter().any(|known| known.shares_with(item))));
    }
    found
}

impl Mined {
    /// Both have a form at the same place.
    fn shares_with(&self, other: &Mined) -> bool {
        let same = |(language, form): (&String, &Form)| {
            let of_other = other.forms.get(language);
            of_other.is_some_and(|other| overlap(&form.range, &other.range))
        };
        self.forms.iter().any(same)
    }
}

/// A stretch of the hub and what stands for it in another version.
#[derive(Debug, Clone)]
struct Link {
    kind: Kind,
    hub: Range<usize>,
    version: usize,
    range: Range<usize>,
    probability: f32,
    /// How far they are one name rather than two: a natural logarithm.
    score: f64,
}

/// Everything in `other` that goes with something in the hub. No stretch is used twice.
fn link<'m>(
    model: &'m NameModel,
    hub: &Reading,
    anchors: &[Anchor<'m>],
    other: &Reading,
    version: usize,
    maybe: &mut Vec<Link>,
) -> Vec<Link> {
    let mut links = titles(model, hub, other, version);
    for (range, value) in &hub.numbers {
        let is_same = |(found, of_found): &&(Range<usize>, String)| {
            of_found == value && is_free(&links, range, found)
        };
        if let Some((found, _)) = other.numbers.iter().find(is_same) {
            links.push(Link {
                kind: Kind::Number,
                hub: range.clone(),
                version,
                range: found.clone(),
                probability: 1.0,
                score: 0.0,
            });
        }
    }
    let mut names: Vec<Link> = Vec::new();
    for anchor in anchors {
        let is_open = |range: &Range<usize>| is_free(&links, &anchor.range, range);
        let Some(found) = other.search(model, anchor, &is_open) else {
            continue;
        };
        let words = anchor.prepared.text().split(char::is_whitespace).count();
        let score = found.score + f64::from(u8::try_from(words).unwrap_or(0)) * WORD;
        let needed = needed(anchor, &found);
        let Found {
            range, probability, ..
        } = found;
        let link = Link {
            kind: Kind::Name,
            hub: anchor.range.clone(),
            version,
            range,
            probability,
            score,
        };
        if probability >= needed && !goes_on(hub, &link.hub, other, &link.range) {
            names.push(link.clone());
        }
        if probability >= KNOWN && needed <= UNSURE {
            maybe.push(link);
        }
    }
    names.sort_by(|a, b| b.score.total_cmp(&a.score));
    for name in names {
        if is_free(&links, &name.hub, &name.range) {
            links.push(name);
        }
    }
    joined(hub, other, links)
}

/// The probability from which what was found is taken for the name; more than can be reached where nothing is sure.
fn needed(anchor: &Anchor, found: &Found) -> f32 {
    let is_han = |script| matches!(script, Script::Han | Script::Hangul);
    let is_short = anchor.sounds.len() <= 2;
    if found.script == anchor.script
        && anchor
            .prepared
            .text()
            .chars()
            .filter(|c| is_letter(*c))
            .count()
            < 2
    {
        return NEVER;
    }
    let at_least = match () {
        // Words that came from Chinese sound alike in all of these.
        () if !anchor.is_sure
            && !found.is_sure
            && (is_short || is_han(anchor.script) && is_han(found.script)) =>
        {
            NEVER
        }
        () if !anchor.is_sure && !found.is_sure => UNSURE,
        // There are many windows of few letters.
        () if found.script == Script::Han && found.range.len() <= 6 => FEW_LETTERS,
        () if is_short && is_unspaced(found.script) && found.script != Script::Katakana => UNSURE,
        () => SURE,
    };
    if found.script == anchor.script {
        at_least.max(SAME_SCRIPT)
    } else {
        at_least
    }
}

/// Both stretches are parts of longer names, which were not found to be the same.
fn goes_on(hub: &Reading, ours: &Range<usize>, other: &Reading, theirs: &Range<usize>) -> bool {
    let (ours, theirs) = (hub.more_of_name(ours), other.more_of_name(theirs));
    ours.0 && theirs.0 || ours.1 && theirs.1
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn is_free(links: &[Link], hub: &Range<usize>, range: &Range<usize>) -> bool {
    !links
        .iter()
        .any(|link| overlap(&link.hub, hub) || overlap(&link.range, range))
}

/// Quoted titles, where both versions quote as many.
fn titles(model: &NameModel, hub: &Reading, other: &Reading, version: usize) -> Vec<Link> {
    if hub.quotes.len() != other.quotes.len() {
        return Vec::new();
    }
    let rule = if hub.quotes.len() == 1 {
        ONLY_QUOTE
    } else {
        NTH_QUOTE
    };
    let pairs = hub
        .quotes
        .iter()
        .zip(&other.quotes)
        .filter_map(|(ours, theirs)| {
            let (one, two) = (hub.text.get(ours.clone())?, other.text.get(theirs.clone())?);
            let probability = model.probability(one, two).max(rule);
            Some(Link {
                kind: Kind::Title,
                hub: ours.clone(),
                version,
                range: theirs.clone(),
                probability,
                score: 0.0,
            })
        });
    pairs.collect()
}

/// Names that stand side by side in both versions are one name.
fn joined(hub: &Reading, other: &Reading, mut links: Vec<Link>) -> Vec<Link> {
    links.sort_by_key(|link| link.hub.start);
    let mut joined: Vec<Link> = Vec::with_capacity(links.len());
    for link in links {
        match joined.last_mut() {
            Some(last)
                if last.kind == Kind::Name
                    && link.kind == Kind::Name
                    && hub.is_side_by_side(&last.hub, &link.hub)
                    && (other.is_side_by_side(&last.range, &link.range)
                        || other.is_side_by_side(&link.range, &last.range)) =>
            {
                last.hub.end = link.hub.end;
                last.range =
                    last.range.start.min(link.range.start)..last.range.end.max(link.range.end);
                last.probability = last.probability.min(link.probability);
                last.score += link.score;
            }
            _ => joined.push(link),
        }
    }
    joined
}

/// Links that overlap in the hub, one for each version at most, in the order of the hub.
fn grouped(mut links: Vec<Link>, maybe: &[Link], source: Option<usize>) -> Vec<Group> {
    links.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut groups: Vec<Vec<Link>> = Vec::new();
    for link in links {
        let is_number = |link: &Link| link.kind == Kind::Number;
        let belongs =
            |known: &Link| is_number(known) == is_number(&link) && overlap(&known.hub, &link.hub);
        match groups.iter_mut().find(|group| group.iter().any(belongs)) {
            Some(group) if group.iter().any(|known| known.version == link.version) => {}
            Some(group) => group.push(link),
            None => groups.push(vec![link]),
        }
    }
    let most = |links: &[Link]| {
        let all = || links.iter().chain(maybe);
        let in_source = |hub: &Range<usize>| {
            source.is_none_or(|source| all().any(|link| link.hub == *hub && link.version == source))
        };
        let count = |hub: &Range<usize>| links.iter().filter(|link| link.hub == *hub).count();
        links
            .iter()
            .map(|link| &link.hub)
            .max_by_key(|hub| (in_source(hub), count(hub), hub.len()))
            .cloned()
    };
    let with_hub = groups.into_iter().filter_map(|links| {
        Some(Group {
            hub: most(&links)?,
            links,
        })
    });
    let mut groups: Vec<Group> = with_hub.collect();
    groups.sort_by_key(|group| group.hub.start);
    groups
}

/// What one stretch of the hub stands for.
struct Group {
    hub: Range<usize>,
    links: Vec<Link>,
}

/// Gives the versions that have a part of a name, or nothing, what is likely enough since others have it whole.
fn complete(groups: &mut [Group], nth: usize, versions: usize, maybe: &[Link]) {
    let Some(group) = groups.get(nth) else { return };
    let whole = group
        .links
        .iter()
        .filter(|link| link.hub == group.hub)
        .count();
    let is_open = |link: &Link| {
        let others = groups
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != nth)
            .flat_map(|(_, group)| &group.links);
        !others
            .filter(|other| other.version == link.version)
            .any(|other| overlap(&other.range, &link.range))
    };
    let in_version = |version: usize| -> Option<Link> {
        let known = group.links.iter().find(|link| link.version == version);
        if let Some(link) = known.filter(|link| link.hub == group.hub) {
            return Some(link.clone());
        }
        let same = |link: &&Link| link.version == version && link.hub == group.hub && is_open(link);
        let is_name = group.links.iter().all(|link| link.kind == Kind::Name);
        maybe
            .iter()
            .find(same)
            .filter(|_| is_name && (known.is_some() || whole >= 2))
            .cloned()
    };
    let links = (0..versions).filter_map(in_version).collect();
    if let Some(group) = groups.get_mut(nth) {
        group.links = links;
    }
}

/// What a group says, where it has a form in the source.
fn mined(
    model: &NameModel,
    readings: &[Reading],
    source: usize,
    hub: usize,
    group: &Group,
) -> Option<Mined> {
    let kind = group.links.iter().map(|link| link.kind).max()?;
    let form = |version: usize, range: &Range<usize>, probability: f32| {
        let reading = readings.get(version)?;
        let text = reading.text.get(range.clone())?.to_owned();
        Some((
            reading.language.to_owned(),
            Form {
                range: range.clone(),
                text,
                probability,
            },
        ))
    };
    let mut forms: BTreeMap<String, Form> = BTreeMap::new();
    forms.extend(form(hub, &group.hub, 0.0));
    for link in &group.links {
        forms.extend(form(link.version, &link.range, link.probability));
    }
    let own = readings.get(source)?.language;
    let source_text = forms.get(own)?.text.clone();
    if source != hub {
        // What goes with the hub goes with the source as well as either of them does.
        let through = forms.get(own)?.probability;
        let prepared = model.prepare(&source_text);
        for (language, form) in &mut forms {
            if language != own {
                let hub_form = if form.probability == 0.0 {
                    1.0
                } else {
                    form.probability
                };
                form.probability = match kind {
                    Kind::Name => prepared.probability(&form.text).max(through * hub_form),
                    _ => through.min(hub_form),
                };
            }
        }
    }
    let others = || {
        forms
            .iter()
            .filter(|(language, _)| *language != own)
            .map(|(_, form)| form.probability)
    };
    let (best, worst) = (others().fold(0.0, f32::max), others().fold(1.0, f32::min));
    forms.get_mut(own)?.probability = best;
    Some(Mined {
        kind,
        forms,
        probability: worst,
    })
}

/// What a name with a capital letter must reach.
const SURE: f32 = 0.8;

/// What a stretch must reach of which no capital says that it is a name.
const UNSURE: f32 = 0.97;

/// What one or two Han letters must reach.
const FEW_LETTERS: f32 = 0.98;

/// What must be reached where both forms are in one script, in which related words look alike.
const SAME_SCRIPT: f32 = 0.9;

/// That what both versions quote is the same, where they quote nothing else.
const ONLY_QUOTE: f32 = 0.95;

/// The same where they quote several things, but as many.
const NTH_QUOTE: f32 = 0.85;

/// How much more likely it is that a name goes on with a word beside it that may be a name too; a natural logarithm.
const WORD: f64 = 3.0;

/// What a name must reach that two other versions have.
const KNOWN: f32 = 0.6;

/// More than any probability.
const NEVER: f32 = 2.0;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use unicode_segmentation::UnicodeSegmentation as _;

    use super::marks::numbers;
    use super::*;

    /// What is mined from versions, the first of which is the source: kind and forms, in the order of the languages.
    fn mined(versions: &[(&str, &str)]) -> Vec<(Kind, Vec<String>)> {
        let versions = versions.iter().enumerate();
        let versions: Vec<Version> = versions
            .map(|(nth, (language, text))| Version {
                language,
                text,
                is_source: nth == 0,
            })
            .collect();
        let in_order = |item: Mined| {
            let form = |version: &Version| {
                item.forms
                    .get(version.language)
                    .map(|form| form.text.clone())
            };
            (item.kind, versions.iter().filter_map(form).collect())
        };
        mine(NameModel::shipped(), &versions)
            .into_iter()
            .map(in_order)
            .collect()
    }

    fn names(versions: &[(&str, &str)]) -> Vec<Vec<String>> {
        let names = mined(versions)
            .into_iter()
            .filter(|(kind, _)| *kind == Kind::Name);
        names.map(|(_, forms)| forms).collect()
    }

    #[test]
    fn names_are_found_in_many_pairs_of_scripts() {
        let english = "What is the present name of Soliman Pasha Square in downtown Cairo?";
        for (source, target, expected) in [
            (
                ("ar", "ما الاسم الحالي لميدان سليمان باشا في وسط القاهرة؟"),
                ("en", english),
                vec![["سليمان باشا", "Soliman Pasha"]],
            ),
            (
                ("he", "מי תכננה את כיכר דיזנגוף בתל אביב?"),
                (
                    "en",
                    "Which architect designed Dizengoff Square in Tel Aviv?",
                ),
                vec![["דיזנגוף", "Dizengoff"], ["תל אביב", "Tel Aviv"]],
            ),
            (
                ("ru", "Кто архитектор Казанского вокзала в Москве?"),
                ("he", "מי האדריכל של תחנת הרכבת קזנסקי במוסקבה?"),
                vec![["Москве", "מוסקבה"]],
            ),
            (
                ("en", "Which river is the longest in Mississippi?"),
                ("hi", "मिसिसिपी की सबसे लंबी नदी कौन सी है?"),
                vec![["Mississippi", "मिसिसिपी"]],
            ),
            (
                ("en", "Which publisher printed the poems of Toni Morrison?"),
                ("ja", "トニ・モリスンの詩を出版した会社はどこですか。"),
                vec![["Toni Morrison", "トニ・モリスン"]],
            ),
            (
                ("en", "Which artist lives near Chiang Rai?"),
                ("ko", "치앙라이의 예술가는 누구인가?"),
                vec![["Chiang Rai", "치앙라이"]],
            ),
            (
                ("th", "ศิลปินคนใดอยู่ที่จังหวัดเชียงราย"),
                ("en", "Which artist lives near Chiang Rai?"),
                vec![["เชียงราย", "Chiang Rai"]],
            ),
            (
                ("km", "តើស្ថាបត្យករណាបានរចនាវិមានឯករាជ្យនៅភ្នំពេញ?"),
                (
                    "en",
                    "Which architect designed the Independence Monument in Phnom Penh?",
                ),
                vec![["ភ្នំពេញ", "Phnom Penh"]],
            ),
            (
                ("en", "Which official laid out the garden in Suzhou?"),
                ("zh", "苏州的园林最初是由哪位官员兴建的？"),
                vec![["Suzhou", "苏州"]],
            ),
            (
                ("el", "Πώς λέγεται το μοναστήρι της Αμοργού;"),
                ("ru", "Как называется монастырь на острове Аморгос?"),
                vec![["Αμοργού", "Аморгос"]],
            ),
        ] {
            let found = names(&[source, target]);
            for pair in expected {
                assert!(
                    found.iter().any(|forms| *forms == pair),
                    "{pair:?} {found:?}"
                );
            }
        }
    }

    #[test]
    fn nothing_but_the_names_is_found() {
        for (versions, expected) in [
            (
                [
                    ("en", "Who was the first president of the film academy?"),
                    ("ar", "من كان أول رئيس لأكاديمية الفيلم؟"),
                ],
                vec![],
            ),
            (
                [
                    (
                        "en",
                        "Which international organisation has its museum in Geneva?",
                    ),
                    (
                        "es",
                        "¿Qué organización internacional tiene su museo en Ginebra?",
                    ),
                ],
                vec![],
            ),
            (
                [
                    ("de", "Welcher Architekt entwarf den Tempel?"),
                    ("en", "Which architect designed the temple?"),
                ],
                vec![],
            ),
            (
                [
                    ("en", "What does democracy mean in the theatre?"),
                    ("hi", "थिएटर में डेमोक्रेसी का क्या मतलब है?"),
                ],
                vec![],
            ),
            (
                [
                    ("ja", "国宝の天守が残る城を築いた大名は誰ですか。"),
                    ("zh", "保留着国宝天守的城是由哪位大名修建的？"),
                ],
                vec![],
            ),
            (
                [
                    ("en", "Which dog sleeps under the table?"),
                    ("ru", "Сколько стоит билет до моря?"),
                ],
                vec![],
            ),
            (
                [
                    ("en", "Where was Ivan Franko born?"),
                    ("uk", "Де народився Іван Франко?"),
                ],
                vec![vec!["Ivan Franko".to_owned(), "Іван Франко".to_owned()]],
            ),
        ] {
            assert_eq!(names(&versions), expected, "{versions:?}");
        }
    }

    #[test]
    fn quoted_titles_go_together_by_their_place() {
        let title = |one: &str, two: &str| (Kind::Title, vec![one.to_owned(), two.to_owned()]);
        for (source, target, expected) in [
            (
                ("ko", "단편소설 ‘메밀꽃 필 무렵’의 작가는?"),
                ("zh", "短篇小说《荞麦花开时》的作者是谁？"),
                ("메밀꽃 필 무렵", "荞麦花开时"),
            ),
            (
                ("he", "מי כתבה את „דירה להשכיר”?"),
                ("de", "Wer schrieb „Wohnung zu vermieten“?"),
                ("דירה להשכיר", "Wohnung zu vermieten"),
            ),
            (
                ("el", "Ποιος έγραψε το «Η Φόνισσα»;"),
                ("ja", "『女殺人者』の作者は誰ですか。"),
                ("Η Φόνισσα", "女殺人者"),
            ),
            (
                ("en", "Who wrote \"The Dog's Tale,\" and when?"),
                ("fr", "Qui a écrit « L'histoire du chien » ?"),
                ("The Dog's Tale", "L'histoire du chien"),
            ),
        ] {
            assert_eq!(mined(&[source, target]), [title(expected.0, expected.1)]);
        }
        let two_and_one = [
            ("en", "Is “Stone” older than “Water”?"),
            ("fr", "« Pierre » est-il plus ancien ?"),
        ];
        assert_eq!(mined(&two_and_one), []);
    }

    #[test]
    fn numbers_go_together_by_value() {
        let found = mined(&[
            ("en", "What happened in 1964 to 1,250 of the 12.5 tons?"),
            ("fa", "در سال ۱۹۶۴ بر سر ۱٬۲۵۰ تا از ۱۲٫۵ تن چه آمد؟"),
        ]);
        let expected = [["1964", "۱۹۶۴"], ["1,250", "۱٬۲۵۰"], ["12.5", "۱۲٫۵"]];
        let expected = expected.map(|pair| (Kind::Number, pair.map(str::to_owned).to_vec()));
        assert_eq!(found, expected);
        assert_eq!(
            numbers("CO2 1.234.567 ३ 25th")
                .into_iter()
                .map(|(_, value)| value)
                .collect::<Vec<_>>(),
            ["1234567", "3", "25"]
        );
    }

    #[test]
    fn several_versions_make_one_entity() {
        let found = mine(
            NameModel::shipped(),
            &[
                Version {
                    language: "ka",
                    text: "ვინ არის ერევანში მდგარი ქანდაკების ავტორი?",
                    is_source: false,
                },
                Version {
                    language: "en",
                    text: "Which sculptor made the statue in Yerevan?",
                    is_source: false,
                },
                Version {
                    language: "hy",
                    text: "Ո՞վ է Երևանի արձանի քանդակագործը։",
                    is_source: true,
                },
                Version {
                    language: "ru",
                    text: "Кто автор статуи в Ереване?",
                    is_source: false,
                },
            ],
        );
        assert_eq!(found.len(), 1, "{found:?}");
        let Entity {
            forms,
            mined: probabilities,
            ..
        } = found[0].clone().into_entity();
        let forms: Vec<(&str, &str)> = forms
            .iter()
            .map(|(language, forms)| (&**language, &*forms[0]))
            .collect();
        assert_eq!(
            forms,
            [
                ("en", "Yerevan"),
                ("hy", "Երևանի"),
                ("ka", "ერევანში"),
                ("ru", "Ереване")
            ]
        );
        assert!(
            probabilities
                .values()
                .all(|probability| *probability >= KNOWN)
        );
        assert_eq!(probabilities.len(), 4);
    }

    #[test]
    fn one_version_or_none_has_no_entities() {
        assert_eq!(mined(&[]), []);
        assert_eq!(mined(&[("en", "Where is Paris?")]), []);
        assert_eq!(
            mined(&[("en", "Where is Paris?"), ("en", "Where is Paris?")]),
            []
        );
        assert_eq!(mined(&[("en", ""), ("ja", "")]), []);
    }

    #[test]
    fn a_source_form_must_be_there() {
        let without = [
            ("bn", "স্মৃতিসৌধের স্থপতি কে?"),
            ("en", "Who was the architect in Bangladesh?"),
            ("hi", "बांग्लादेश में वास्तुकार कौन थे?"),
        ];
        assert_eq!(names(&without), Vec::<Vec<String>>::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

        #[test]
        fn forms_stand_on_cluster_borders_and_none_is_used_twice(
            texts in proptest::collection::vec(
                "\\PC{0,30}|([A-Z][a-zé]{2,7}[ '.,-]){0,6}|([А-Я][а-я]{2,7}[ «»]){0,5}|[ァ-ヺー・の]{0,20}|[ก-ฮเ-ไะาิ่์ ]{0,24}|([א-ת]{2,6} ){0,5}|[一-丿《》0-9]{0,14}|([कखगनमरलवसहािी्]{2,6} ){0,5}|\"Paris\" Ivan Franko 1964 Іван Франко ・パリ",
                0..4,
            ),
        ) {
            let languages = ["en", "ru", "ja", "de"];
            let versions: Vec<Version> = texts
                .iter()
                .zip(languages)
                .map(|(text, language)| Version { language, text, is_source: language == "ru" })
                .collect();
            let found = mine(NameModel::shipped(), &versions);
            prop_assert_eq!(&found, &mine(NameModel::shipped(), &versions));
            for version in &versions {
                let mut borders: Vec<usize> = version.text.grapheme_indices(true).map(|(at, _)| at).collect();
                borders.push(version.text.len());
                let mut ranges: Vec<&Form> = found.iter().filter_map(|item| item.forms.get(version.language)).collect();
                ranges.sort_by_key(|form| form.range.start);
                for form in &ranges {
                    prop_assert!(borders.contains(&form.range.start) && borders.contains(&form.range.end), "{:?}", form);
                    prop_assert_eq!(&version.text[form.range.clone()], &form.text);
                    prop_assert!(!form.text.is_empty() && (0.0..=1.0).contains(&form.probability));
                }
                prop_assert!(ranges.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start));
            }
            for item in &found {
                prop_assert!(item.forms.len() >= 2);
            }
        }
    }
}
