//! Every place where a form of an entity, or something trying to be it, stands in a text.
//!
//! A text is folded once. Each form is then looked for with errors in the letters of its own script, and, where a
//! script of the text has no form, by the sound of its consonants. Only what is found that way is aligned to the edges
//! of words or clusters and shown to the name model, and each window once in a run.

use std::ops::Range;
use std::rc::Rc;

use unicode_script::Script as Letters;

use super::forms::Sought;
use super::inflection::Inflections;
use super::look::Look;
use super::mention::{Kind, Mention, best_apart};
use super::name::NameModel;
use super::scan::{Pattern, Sounds};
use super::text::Text;
use super::variant::{Letter, is_unspaced};
use super::wanted::{Caches, Wanted};

/// So many forms of different sound are listened for across scripts.
const HEARD: usize = 4;

/// A search for one entity.
#[derive(Debug)]
pub(super) struct Search<'a, 'm> {
    pub(super) sought: &'a Sought,
    /// Its forms made ready.
    pub(super) wanted: Vec<Rc<Wanted<'m>>>,
    /// Of the languages the text may be in.
    pub(super) inflections: Rc<Inflections>,
}

impl<'a, 'm> Search<'a, 'm> {
    pub(super) fn new(
        sought: &'a Sought,
        names: &'m NameModel,
        inflections: Rc<Inflections>,
        caches: &mut Caches<'m>,
    ) -> Self {
        let forms = sought.forms.iter();
        Search {
            sought,
            wanted: forms.map(|form| caches.wanted(names, &form.text)).collect(),
            inflections,
        }
    }

    /// The mentions of the entity in a text, in order. They do not overlap.
    pub(super) fn mentions(&self, text: &mut Text, sounds: &mut Sounds) -> Vec<Mention> {
        let mut found: Vec<Mention> = Vec::new();
        let mut near: Vec<(usize, Range<usize>)> = Vec::new();
        for (form, wanted) in self.distinct() {
            if text.folded.has(wanted.script) {
                self.as_written(text, form, sounds, &mut found, &mut near);
            }
        }
        // What one form is right about need not be asked of the others.
        let right = Right::of(&found);
        for (form, place) in near {
            if !self.is_right_already(text, &place, form, &right) {
                found.extend(
                    self.look(text, form)
                        .and_then(|look| look.at(place, sounds)),
                );
            }
        }
        self.by_sound(text, sounds, &mut found);
        let words: Vec<usize> = self.wanted.iter().map(|form| form.words.len()).collect();
        best_apart(found, &words)
    }

    /// The forms by their places; of those that several languages share, the first.
    pub(super) fn distinct(&self) -> impl Iterator<Item = (usize, &Rc<Wanted<'m>>)> {
        let forms = self.wanted.iter().enumerate();
        forms.filter(|(at, form)| {
            let mut before = self.wanted.iter().take(*at);
            before.all(|other| !Rc::ptr_eq(other, form))
        })
    }

    fn look<'t>(&'t self, text: &'t Text<'t>, form: usize) -> Option<Look<'t, 'm>> {
        let wanted = self.wanted.get(form)?;
        Some(Look::new(self, text, form, wanted))
    }

    /// A form of as many words stands there, as it should.
    fn is_right_already(
        &self,
        text: &Text,
        place: &Range<usize>,
        form: usize,
        right: &Right,
    ) -> bool {
        let words = |form: usize| self.wanted.get(form).map_or(0, |form| form.words.len());
        let mut over = right.over(text.bytes(place.clone()));
        over.any(|other| words(other) >= words(form))
    }

    /// Looks for a form in the letters of its own script; where it stands with errors is told in `near`.
    fn as_written(
        &self,
        text: &Text,
        form: usize,
        sounds: &mut Sounds,
        found: &mut Vec<Mention>,
        near: &mut Vec<(usize, Range<usize>)>,
    ) {
        let Some(look) = self.look(text, form) else {
            return;
        };
        let wanted = look.wanted;
        let stretch = text.stretch(wanted.script, wanted.letters.len());
        let (codes, offset) = (&text.codes[stretch.clone()], stretch.start);
        if let Some(pattern) = &wanted.pattern {
            let beyond = wanted.letters.len() - pattern.len();
            for hit in pattern.hits(codes) {
                let start = offset + pattern.start(codes, hit);
                let end = (offset + hit.end + beyond).min(text.codes.len());
                match hit.errors {
                    0 => found.extend(look.at(start..end, sounds)),
                    _ => near.push((form, start..end)),
                }
            }
        }
        if let Some(turned) = &wanted.turned {
            for start in turned.codes.find_iter(codes) {
                let start = offset + start;
                found.extend(look.turned(start..start + turned.letters.len(), &turned.letters));
            }
        }
    }

    /// Looks for the sound of forms among letters of scripts that no form is in.
    fn by_sound(&self, text: &mut Text, sounds: &mut Sounds, found: &mut Vec<Mention>) {
        let mut covered = vec![Letters::Common];
        covered.extend(self.wanted.iter().map(|form| form.script));
        if text
            .folded
            .scripts()
            .all(|script| covered.contains(&script))
        {
            return;
        }
        let mut tried: Vec<&Pattern> = Vec::new();
        let mut places: Vec<(usize, Range<usize>, usize)> = Vec::new();
        for (form, wanted) in self.distinct() {
            let Some(pattern) = wanted.sound.as_ref().filter(|sound| !tried.contains(sound)) else {
                continue;
            };
            if tried.len() >= HEARD {
                break;
            }
            tried.push(pattern);
            let heard = text.sounds(&covered, sounds);
            for hit in pattern.hits(&heard.sounds) {
                let start = pattern.start(&heard.sounds, hit);
                let ends = heard.places.get(start).zip(heard.places.get(hit.end - 1));
                let place = ends.map(|(first, last)| *first as usize..*last as usize + 1);
                places.extend(place.map(|place| (form, place, hit.end - start)));
            }
        }
        let letters = &text.folded.letters;
        let is_open = |place: &Range<usize>, sounds: usize| {
            let row = letters.get(place.clone()).unwrap_or_default();
            // Without spaces a short name is found everywhere.
            (sounds >= 5 || !is_unspaced(row.first().map_or(Letters::Common, Letter::script)))
                && row
                    .iter()
                    .all(|letter| letter.is_break() || text.is_open(letter, &covered))
        };
        places.retain(|(_, place, sounds)| is_open(place, *sounds));
        for (form, place, _) in places {
            found.extend(
                self.look(text, form)
                    .and_then(|look| look.at(place, sounds)),
            );
        }
    }
}

/// Where forms stand as they should, by their beginning.
struct Right {
    all: Vec<(Range<usize>, usize)>,
    longest: usize,
}

impl Right {
    fn of(found: &[Mention]) -> Right {
        let right = found.iter().filter(|mention| mention.kind != Kind::Garbled);
        let mut all: Vec<_> = right
            .map(|mention| (mention.range.clone(), mention.form))
            .collect();
        all.sort_by_key(|(range, _)| range.start);
        let longest = all.iter().map(|(range, _)| range.len()).max();
        Right {
            all,
            longest: longest.unwrap_or(0),
        }
    }

    /// The forms that stand over these bytes.
    fn over(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        let before = self
            .all
            .partition_point(|(other, _)| other.start < range.end);
        let near = self.all[..before].iter().rev();
        let near = near.take_while(move |(other, _)| other.start + self.longest > range.start);
        near.filter(move |(other, _)| other.end > range.start)
            .map(|(_, form)| *form)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::forms::{Form, Origin, Role};
    use super::super::mention::Part;
    use super::*;

    fn found(forms: &[(&str, &str)], text: &str) -> Vec<(Kind, String)> {
        let forms = forms
            .iter()
            .map(|(language, form)| Form::new(form, language, Origin::Record));
        let sought = Sought {
            id: None,
            role: Role::Answer,
            forms: forms.collect(),
        };
        let languages: Vec<&str> = sought
            .forms
            .iter()
            .map(|form| form.language.as_str())
            .collect();
        let mut caches = Caches::new();
        let inflections = caches.inflections(&languages);
        let search = Search::new(&sought, NameModel::shipped(), inflections, &mut caches);
        let mentions = search.mentions(&mut Text::new(text, Part::Trace), &mut caches.sounds);
        mentions
            .into_iter()
            .map(|mention| (mention.kind, text[mention.range].to_owned()))
            .collect()
    }

    fn stands(forms: &[(&str, &str)], text: &str) -> Vec<String> {
        found(forms, text)
            .into_iter()
            .map(|(_, stands)| stands)
            .collect()
    }

    #[test]
    fn what_hangs_on_a_name_is_no_part_of_it() {
        for (language, form, text, name) in [
            ("he", "תל אביב", "הם גרים בתל אביב.", "תל אביב"),
            ("ar", "القاهرة", "وبالقاهرة أيضا", "لقاهرة"),
            ("ko", "이효석", "이효석이라고 한다", "이효석"),
            ("tr", "Ankara", "Ankara'dan geldi", "Ankara"),
            ("ja", "志賀直哉", "作者は志賀直哉です。", "志賀直哉"),
            ("ja", "シューセフ", "それはシューセフと思う", "シューセフ"),
            (
                "en",
                "Leah Goldberg",
                "**Leah Goldberg's** poem",
                "Leah Goldberg",
            ),
            ("th", "วัดร่องขุ่น", "ที่วัดร่องขุ่นเชียงราย", "วัดร่องขุ่น"),
        ] {
            let stands = stands(&[(language, form)], text);
            assert!(
                stands.first().is_some_and(|stands| stands.ends_with(name)),
                "{text}: {stands:?}"
            );
        }
    }

    #[test]
    fn ordinary_words_are_no_names() {
        for (language, form, text) in [
            ("en", "Later", "See you later, and later still."),
            (
                "en",
                "Vann Molyvann",
                "The van moved over many villages and van Molen.",
            ),
            ("ru", "Щусев", "Щука и щи, а также Шура."),
            ("zh", "蔡襄", "他说蔡先生和襄阳。"),
            ("ko", "졸정원", "그 정원을 보았다"),
            ("ja", "シガ", "それがしがある"),
            ("he", "אוורבוך", "אורות בערב ובבוקר"),
            ("hi", "प्रताप मल्ल", "प्रति माह प्रयास"),
            ("en", "Giorgi Shengelaia", "Eldar Shengelaia"),
            ("en", "Asaf-ud-Daula", "Shuja-ud-Daula"),
        ] {
            assert_eq!(found(&[(language, form)], text), [], "{text}");
        }
    }

    #[test]
    fn names_do_not_go_on_over_the_end_of_a_sentence() {
        assert_eq!(
            stands(&[("en", "Leah Goldberg")], "It was Leah. Goldberg wrote.").len(),
            0
        );
        assert_eq!(
            stands(&[("en", "Leah Goldberg")], "Leah **Goldberg** wrote."),
            ["Leah **Goldberg"]
        );
    }

    #[test]
    fn the_long_name_gone_wrong_counts_before_its_part_that_is_right() {
        let forms = [("tr", "Yahya Kemal Beyatlı"), ("tr", "Yahya Kemal")];
        assert_eq!(
            found(&forms, "Yahya Kemal Beyatik"),
            [(Kind::Garbled, "Yahya Kemal Beyatik".to_owned())]
        );
        assert_eq!(
            found(&forms, "Yahya Kemal yazdı"),
            [(Kind::Exact, "Yahya Kemal".to_owned())]
        );
    }

    #[test]
    fn across_scripts_a_usual_spelling_is_a_variant() {
        for (language, form, text, kind) in [
            (
                "ka",
                "გიორგი შენგელაია",
                "それはギオルギ・シェンゲラヤです",
                Kind::Variant,
            ),
            ("ru", "Сарвадхарма", "यह सर्वधर्म है", Kind::Variant),
            (
                "ka",
                "ფიროსმანი",
                "about Pirosmani and others",
                Kind::Variant,
            ),
            (
                "ka",
                "გიორგი შენგელაია",
                "это Гиорги Шенбелая здесь",
                Kind::Garbled,
            ),
        ] {
            let found = found(&[(language, form)], text);
            assert_eq!(
                found.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
                [kind],
                "{text} {found:?}"
            );
        }
    }

    #[test]
    fn no_text_takes_long() {
        let forms = [
            ("en", "Giorgi Shengelaia"),
            ("ka", "გიორგი შენგელაია"),
            ("ja", "志賀直哉"),
        ];
        let started = std::time::Instant::now();
        for text in [
            "a".repeat(100_000),
            "giorgishengelai".repeat(6_000),
            "志賀直".repeat(6_000),
            "Giorgi Shengelaia ".repeat(3_000),
        ] {
            found(&forms, &text);
        }
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }
}
