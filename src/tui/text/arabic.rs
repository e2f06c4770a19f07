//! Joined Arabic for terminals that do not join: each letter as the presentation form that its neighbours ask for.
//!
//! The forms are those of Unicode's Arabic Presentation Forms A and B: all letters of Arabic and Persian, nearly all of
//! Urdu and Uyghur, most of Pashto and Sindhi. A letter that has none there is drawn as it is, alone, and so its
//! neighbours do not reach for it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// How a cluster is to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// As it is stored.
    AsIs,
    /// As this: the cluster with its letter replaced and its marks kept.
    Form(String),
    /// This stands for the cluster and the next one, a lam and an alef, with the marks of both in their order.
    Ligature(String),
    /// Part of the ligature before it.
    Taken,
}

/// Presentation forms of a letter; how many there are says how it joins.
#[derive(Debug, Clone, Copy)]
enum Forms {
    /// It joins with no other letter.
    Alone([char; 1]),
    /// It joins with the letter before it: isolated, final.
    Before([char; 2]),
    /// It joins on both sides: isolated, final, initial, medial.
    Both([char; 4]),
}

impl Forms {
    fn of(c: char) -> Option<Forms> {
        *FORMS.get((c as usize).checked_sub(ARABIC)?)?
    }

    /// The form for a letter that is joined with the one before it and with the one after it, or not.
    fn form(self, before: bool, after: bool) -> char {
        match (self, before, after) {
            (Forms::Alone([isolated]), ..) => isolated,
            (Forms::Before([isolated, _]), false, _) => isolated,
            (Forms::Before([_, last]), true, _) => last,
            (Forms::Both([isolated, ..]), false, false) => isolated,
            (Forms::Both([_, last, ..]), true, false) => last,
            (Forms::Both([_, _, first, _]), false, true) => first,
            (Forms::Both([.., middle]), true, true) => middle,
        }
    }
}

/// Where the Arabic block begins; all letters that have forms are in it.
const ARABIC: usize = 0x600;

/// Forms of the letters of the Arabic block.
static FORMS: LazyLock<[Option<Forms>; 256]> = LazyLock::new(|| {
    let mut letters: BTreeMap<usize, Vec<char>> = BTreeMap::new();
    for form in ('\u{fb50}'..='\u{fdff}').chain('\u{fe70}'..='\u{fefc}') {
        let mut whole = form.nfkc();
        if let (Some(letter), None) = (whole.next(), whole.next()) {
            letters.entry(letter as usize).or_default().push(form);
        }
    }
    // Forms are in the order of `Forms`, but for alef maksura: the two that join forward were added in another block.
    if let Some(forms) = letters.get_mut(&('ى' as usize)) {
        forms.rotate_left(2);
    }
    std::array::from_fn(|i| {
        let forms = letters.get(&(ARABIC + i))?.as_slice();
        (forms.try_into().map(Forms::Alone))
            .or_else(|_| forms.try_into().map(Forms::Before))
            .or_else(|_| forms.try_into().map(Forms::Both))
            .ok()
    })
});

/// Whether a text has any letter that joins. Without one, `shape` need not be asked.
pub fn joins(text: &str) -> bool {
    // First bytes of the characters of the Arabic block.
    let arabic = |byte: u8| matches!(byte, 0xd8..=0xdb);
    let joins = |c| matches!(Forms::of(c), Some(Forms::Before(_) | Forms::Both(_)));
    text.bytes().any(arabic) && text.chars().any(joins)
}

/// Shapes of the clusters of a line: byte ranges of the paragraph, in the order they are stored in. A letter at the edge
/// of the line joins with its neighbour in the paragraph all the same; a ligature is not made across the edge.
///
/// Letters join in the order they are stored in (Unicode Standard, 9.2), so the forms fit where they run from right to
/// left.
pub fn shape(paragraph: &str, clusters: &[Range<usize>]) -> Vec<Shape> {
    let mut shapes = Vec::with_capacity(clusters.len());
    let mut clusters = clusters.iter().peekable();
    while let Some(cluster) = clusters.next() {
        let Some(letter) = Letter::of(paragraph, cluster) else {
            shapes.push(Shape::AsIs);
            continue;
        };
        let next = clusters.peek();
        if let Some(ligature) = next.and_then(|next| letter.ligature(paragraph, next)) {
            clusters.next();
            shapes.extend([Shape::Ligature(ligature), Shape::Taken]);
        } else {
            shapes.push(Shape::Form(letter.form()));
        }
    }
    shapes
}

/// A letter that has forms, and what stands around it.
struct Letter<'a> {
    c: char,
    forms: Forms,
    /// What is before it in its cluster: nothing, or a sign that holds letters, such as that of a number.
    held: &'a str,
    /// What is after it in its cluster.
    marks: &'a str,
    /// The paragraph up to the letter, and from behind it.
    before: &'a str,
    after: &'a str,
}

impl<'a> Letter<'a> {
    fn of(paragraph: &'a str, cluster: &Range<usize>) -> Option<Letter<'a>> {
        let text = paragraph.get(cluster.clone())?;
        let (at, c, forms) = text
            .char_indices()
            .find_map(|(at, c)| Some((at, c, Forms::of(c)?)))?;
        let (held, rest) = text.split_at(at);
        let (before, after) = paragraph.split_at(cluster.start + at);
        Some(Letter {
            c,
            forms,
            held,
            marks: &rest[c.len_utf8()..],
            before,
            after: &after[c.len_utf8()..],
        })
    }

    /// Whether it is joined with what is before it, apart from the marks between them.
    fn joined_before(&self) -> bool {
        let mut before = self.before.chars().rev().skip_while(|c| transparent(*c));
        before.next().is_some_and(joins_after)
    }

    fn joined_after(&self) -> bool {
        let mut after = self.after.chars().skip_while(|c| transparent(*c));
        after.next().is_some_and(joins_before)
    }

    /// Its cluster with the form its neighbours ask for.
    fn form(&self) -> String {
        let form = self.forms.form(self.joined_before(), self.joined_after());
        format!("{}{form}{}", self.held, self.marks)
    }

    /// A lam and the alef in the next cluster as one. Marks on the lam do not part them; a joiner or non-joiner does,
    /// and so does a control, which is a cluster between them.
    fn ligature(&self, paragraph: &str, next: &Range<usize>) -> Option<String> {
        if self.c != 'ل' || !self.marks.chars().all(transparent) {
            return None;
        }
        let next = Letter::of(paragraph, next).filter(|next| next.held.is_empty())?;
        let [isolated, last] = match next.c {
            'آ' => ['\u{fef5}', '\u{fef6}'],
            'أ' => ['\u{fef7}', '\u{fef8}'],
            'إ' => ['\u{fef9}', '\u{fefa}'],
            'ا' => ['\u{fefb}', '\u{fefc}'],
            _ => return None,
        };
        let form = if self.joined_before() { last } else { isolated };
        Some(format!("{}{form}{}{}", self.held, self.marks, next.marks))
    }
}

const TATWEEL: char = '\u{640}';
const ZERO_WIDTH_JOINER: char = '\u{200d}';

fn joins_before(c: char) -> bool {
    matches!(c, TATWEEL | ZERO_WIDTH_JOINER)
        || matches!(Forms::of(c), Some(Forms::Before(_) | Forms::Both(_)))
}

fn joins_after(c: char) -> bool {
    matches!(c, TATWEEL | ZERO_WIDTH_JOINER) || matches!(Forms::of(c), Some(Forms::Both(_)))
}

/// Whether letters join across a character as if it were not there (Joining_Type of Unicode's ArabicShaping.txt: marks
/// and format characters, but for those that it lists as joining or as not).
fn transparent(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, Format, NonspacingMark};
    match c {
        '\0'..='\x7f' => false,
        '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{180e}' => false,
        '\u{200c}' | '\u{200d}' | '\u{2066}'..='\u{2069}' | '\u{110bd}' | '\u{110cd}' => false,
        _ => matches!(
            c.general_category(),
            NonspacingMark | EnclosingMark | Format
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    fn clusters(text: &str) -> Vec<Range<usize>> {
        text.grapheme_indices(true)
            .map(|(at, cluster)| at..at + cluster.len())
            .collect()
    }

    /// What is sent for a text, in the order it is stored in.
    fn sent(text: &str) -> String {
        let clusters = clusters(text);
        let shapes = shape(text, &clusters);
        let sent = clusters.into_iter().zip(shapes);
        sent.map(|(cluster, shape)| match shape {
            Shape::AsIs => text[cluster].to_owned(),
            Shape::Form(form) | Shape::Ligature(form) => form,
            Shape::Taken => String::new(),
        })
        .collect()
    }

    #[test]
    fn every_letter_of_a_word_has_the_form_of_its_place() {
        for (word, forms) in [
            ("السلام", "\u{fe8d}\u{fedf}\u{feb4}\u{fefc}\u{fee1}"),
            ("الله", "\u{fe8d}\u{fedf}\u{fee0}\u{feea}"),
            ("کتاب", "\u{fb90}\u{fe98}\u{fe8e}\u{fe8f}"),
            (
                "پاکستان",
                "\u{fb58}\u{fe8e}\u{fb90}\u{feb4}\u{fe98}\u{fe8e}\u{fee5}",
            ),
            ("ہے", "\u{fba8}\u{fbaf}"),
            ("ھ", "\u{fbaa}"),
            ("آب", "\u{fe81}\u{fe8f}"),
            ("بِسْمِ", "\u{fe91}\u{650}\u{feb4}\u{652}\u{fee2}\u{650}"),
            ("قرآن", "\u{fed7}\u{feae}\u{fe81}\u{fee5}"),
            ("شيء", "\u{feb7}\u{fef2}\u{fe80}"),
            ("لأن", "\u{fef7}\u{fee5}"),
            ("على", "\u{fecb}\u{fee0}\u{fef0}"),
            ("ىبى", "\u{fbe8}\u{fe92}\u{fef0}"),
            ("ئىب", "\u{fe8b}\u{fbe9}\u{fe90}"),
            ("مؤسسة", "\u{fee3}\u{fe86}\u{feb3}\u{feb4}\u{fe94}"),
        ] {
            assert_eq!(sent(word), forms, "{word}");
        }
    }

    #[test]
    fn a_lam_and_an_alef_are_one() {
        let ligature = |form: &str| vec![Shape::Ligature(form.to_owned()), Shape::Taken];
        for (text, form) in [
            ("لا", "\u{fefb}"),
            ("لآ", "\u{fef5}"),
            ("لأ", "\u{fef7}"),
            ("لإ", "\u{fef9}"),
            ("لَّاً", "\u{fefb}\u{64e}\u{651}\u{64b}"),
        ] {
            let shapes = shape(text, &clusters(text));
            assert_eq!(shapes, ligature(form), "{text}");
        }
        assert_eq!(sent("بلا"), "\u{fe91}\u{fefc}");
        assert_eq!(
            sent("لال"),
            "\u{fefb}\u{fedd}",
            "nothing joins the alef from behind"
        );
        assert_eq!(sent("للا"), "\u{fedf}\u{fefc}");
    }

    #[test]
    fn what_stands_between_a_lam_and_an_alef_may_part_them() {
        assert_eq!(sent("ل\u{200c}ا"), "\u{fedd}\u{200c}\u{fe8d}");
        assert_eq!(sent("ل\u{200d}ا"), "\u{fedf}\u{200d}\u{fe8e}");
        assert_eq!(
            sent("ل\u{200f}ا"),
            "\u{fedf}\u{200f}\u{fe8e}",
            "joined across a control, which is shown"
        );
        assert_eq!(sent("ل\u{600}ا"), "\u{fedd}\u{600}\u{fe8d}");
        let text = "لا";
        let clusters = clusters(text);
        assert_eq!(
            shape(text, &clusters[..1]),
            [Shape::Form("\u{fedf}".into())]
        );
        assert_eq!(
            shape(text, &clusters[1..]),
            [Shape::Form("\u{fe8e}".into())]
        );
    }

    #[test]
    fn joiners_and_tatweel_are_neighbours_of_their_own_kind() {
        assert_eq!(
            sent("می\u{200c}خوا"),
            "\u{fee3}\u{fbfd}\u{200c}\u{fea7}\u{feee}\u{fe8d}"
        );
        assert_eq!(sent("ه\u{200d}"), "\u{feeb}\u{200d}");
        assert_eq!(sent("\u{200d}ه"), "\u{200d}\u{feea}");
        assert_eq!(sent("بـب"), "\u{fe91}ـ\u{fe90}");
        assert_eq!(sent("ب\u{2067}ب"), "\u{fe8f}\u{2067}\u{fe8f}");
        assert_eq!(sent("ب b ب"), "\u{fe8f} b \u{fe8f}");
    }

    #[test]
    fn a_letter_without_forms_is_alone_and_so_are_its_neighbours() {
        assert_eq!(sent("بەب"), "\u{fe8f}ە\u{fe8f}");
    }

    #[test]
    fn the_table_has_all_letters_and_says_how_they_join() {
        let forms: Vec<Forms> = FORMS.iter().copied().flatten().collect();
        let count = |kind: fn(&Forms) -> bool| forms.iter().filter(|forms| kind(forms)).count();
        assert_eq!(count(|forms| matches!(forms, Forms::Alone(_))), 1);
        assert_eq!(count(|forms| matches!(forms, Forms::Before(_))), 28);
        assert_eq!(count(|forms| matches!(forms, Forms::Both(_))), 46);
    }

    #[test]
    fn a_text_without_letters_that_join_is_told_at_once() {
        assert!(joins("abc ب") && joins("د"));
        assert!(!joins("abc שלום ١٢٣ ء ـ ە 東京"));
    }

    fn letters() -> impl Strategy<Value = String> {
        "([ابتدرلمهيىکہےءآأەa ـ]|ل[َّ]?ا|لأ|[\u{64b}-\u{655}\u{670}]|[\u{200b}-\u{200f}\u{2067}\u{600}]){0,24}"
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_moved(text in letters()) {
            let clusters = clusters(&text);
            let shapes = shape(&text, &clusters);
            prop_assert_eq!(shapes.len(), clusters.len());
            for (i, shape) in shapes.iter().enumerate() {
                let stored = &text[clusters[i].clone()];
                prop_assert_eq!(*shape == Shape::Taken, i > 0 && matches!(shapes[i - 1], Shape::Ligature(_)));
                match shape {
                    Shape::AsIs => prop_assert!(!stored.chars().any(|c| Forms::of(c).is_some())),
                    Shape::Form(form) => prop_assert!(form.nfkd().eq(stored.nfkd()), "{:?} {:?}", form, stored),
                    Shape::Ligature(form) => {
                        let both = &text[clusters[i].start..clusters[i + 1].end];
                        let marks = |text: &str| text.chars().filter(|c| transparent(*c)).collect::<String>();
                        let rest = |text: &str| text.nfkc().filter(|c| !transparent(*c)).collect::<String>();
                        prop_assert_eq!(marks(form), marks(both));
                        prop_assert_eq!(rest(form), rest(both));
                    }
                    Shape::Taken => {}
                }
            }
        }

        #[test]
        fn a_line_is_shaped_as_part_of_its_paragraph(text in letters(), from in 0usize..12, to in 0usize..24) {
            let clusters = clusters(&text);
            let to = to.min(clusters.len());
            let from = from.min(to);
            let whole = shape(&text, &clusters);
            let line = shape(&text, &clusters[from..to]);
            for (i, shape) in line.iter().enumerate() {
                // Only a ligature that the edges cut is drawn otherwise.
                let cut = (i == 0 && whole[from] == Shape::Taken)
                    || (from + i + 1 == to && matches!(whole[from + i], Shape::Ligature(_)));
                prop_assert!(cut && matches!(shape, Shape::Form(_)) || *shape == whole[from + i]);
            }
        }

        #[test]
        fn two_letters_join_from_both_sides_or_not_at_all(text in "[ابتدرلمهيىکہےءأ]{2,12}") {
            let forms: Vec<(char, bool, bool)> = sent(&text).chars().map(sides).collect();
            for pair in forms.windows(2) {
                prop_assert_eq!(pair[0].2, pair[1].1, "{:?}", pair);
            }
        }
    }

    /// Whether a form is drawn joined with the letter before it and the one after it.
    fn sides(form: char) -> (char, bool, bool) {
        let ligature = matches!(form, '\u{fef6}' | '\u{fef8}' | '\u{fefa}' | '\u{fefc}');
        let found = FORMS.iter().flatten().find_map(|forms| match *forms {
            Forms::Alone(_) => None,
            Forms::Before([_, last]) => (form == last).then_some((true, false)),
            Forms::Both([_, last, first, middle]) => [
                (last, true, false),
                (first, false, true),
                (middle, true, true),
            ]
            .into_iter()
            .find_map(|(c, before, after)| (c == form).then_some((before, after))),
        });
        let (before, after) = found.unwrap_or((ligature, false));
        (form, before, after)
    }
}
