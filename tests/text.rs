//! Text of many scripts as it is laid out: sentences at several widths, and what must hold for any mixture of scripts.

#![allow(clippy::unwrap_used)]

use std::ops::Range;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use scriptlens::script::Romaniser;
use scriptlens::tui::terminal::{BidiMode, Known, choose};
use scriptlens::tui::text::{
    Canvas, Direction, Flow, Glyph, Look, Medium, Roman, Typesetter, Widths, direction,
};
use unicode_segmentation::UnicodeSegmentation;

fn medium(bidi: BidiMode) -> Medium {
    medium_with(bidi, Widths::SUM)
}

fn medium_with(bidi: BidiMode, widths: Widths) -> Medium {
    let bidi = choose(bidi, &Known::default());
    Medium { widths, bidi }
}

/// All rows of a text, laid out: glyphs from left to right, and the blanks before them.
fn rows<'a>(flow: &'a mut Flow, medium: &Medium, roman: Roman) -> Vec<(Vec<Glyph<'a>>, u16)> {
    let mut romaniser = Romaniser::new();
    let mut with = Typesetter {
        medium,
        roman,
        romaniser: &mut romaniser,
    };
    for piece in 0..flow.pieces() {
        flow.lay(piece, &mut with);
    }
    let mut rows = Vec::new();
    for piece in 0..flow.pieces() {
        for row in 0..flow.rows(piece) {
            let drawn = flow.draw(piece, row, medium).unwrap();
            rows.push((drawn.glyphs, drawn.indent));
        }
    }
    rows
}

fn picture(text: &str, room: u16, bidi: BidiMode, roman: Roman) -> String {
    let mut flow = Flow::new(text.to_owned(), room);
    let mut picture = String::new();
    for (glyphs, indent) in rows(&mut flow, &medium(bidi), roman) {
        picture.push_str(&" ".repeat(usize::from(indent)));
        picture.extend(glyphs.iter().map(|glyph| glyph.symbol.as_ref()));
        picture.truncate(picture.trim_end_matches(' ').len());
        picture.push('\n');
    }
    picture
}

/// One sentence in each script: the river flows through the old town, past the museum and three bridges.
const SENTENCES: &[(&str, &str)] = &[
    (
        "Latn",
        "The river flows through the old town, past the museum (built in 1887) and three bridges.",
    ),
    (
        "Latn_vi",
        "Dòng sông chảy qua phố cổ, qua bảo tàng (xây năm 1887) và ba cây cầu.",
    ),
    (
        "Cyrl",
        "Река течёт через старый город, мимо музея (построен в 1887 году) и трёх мостов.",
    ),
    (
        "Grek",
        "Το ποτάμι περνά μέσα από την παλιά πόλη, δίπλα στο μουσείο (1887) και τρεις γέφυρες.",
    ),
    (
        "Armn",
        "Գետը հոսում է հին քաղաքով, թանգարանի (1887) և երեք կամուրջների մոտով։",
    ),
    (
        "Geor",
        "მდინარე მიედინება ძველ ქალაქში, მუზეუმისა (1887) და სამი ხიდის გვერდით.",
    ),
    (
        "Ethi",
        "ወንዙ በአሮጌው ከተማ በኩል፣ ሙዚየሙን (1887) እና ሦስት ድልድዮችን አልፎ ይፈሳል።",
    ),
    (
        "Hebr",
        "הנהר זורם דרך העיר העתיקה, ליד המוזיאון (נבנה ב-1887) ושלושה גשרים.",
    ),
    (
        "Hebr_points",
        "הַנָּהָר זוֹרֵם דֶּרֶךְ הָעִיר, לְיַד Museum of Art (1887).",
    ),
    (
        "Arab",
        "يجري النهر عبر المدينة القديمة، بجانب المتحف (بني عام ١٨٨٧) وثلاثة جسور.",
    ),
    (
        "Arab_fa",
        "رودخانه از شهر قدیمی می‌گذرد، از کنار موزه Louvre (۱۸۸۷) و سه پل.",
    ),
    (
        "Arab_ur",
        "دریا پرانے شہر سے گزرتا ہے، عجائب گھر (1887) اور تین پلوں کے پاس سے۔",
    ),
    (
        "Deva",
        "नदी पुराने शहर से होकर, संग्रहालय (1887 में निर्मित) और तीन पुलों के पास से बहती है।",
    ),
    (
        "Beng",
        "নদীটি পুরনো শহরের মধ্য দিয়ে, জাদুঘর (১৮৮৭) ও তিনটি সেতুর পাশ দিয়ে বয়ে যায়।",
    ),
    (
        "Taml",
        "ஆறு பழைய நகரத்தின் வழியாக, அருங்காட்சியகம் (1887) மற்றும் மூன்று பாலங்களைக் கடந்து ஓடுகிறது.",
    ),
    (
        "Thai",
        "แม่น้ำไหลผ่านเมืองเก่า ผ่านพิพิธภัณฑ์ (สร้างในปี 1887) และสะพานสามแห่ง น้ำใสมาก",
    ),
    ("Laoo", "ແມ່ນ້ຳໄຫຼຜ່ານເມືອງເກົ່າ ຜ່ານຫໍພິພິທະພັນ (1887) ແລະຂົວສາມແຫ່ງ"),
    (
        "Khmr",
        "ទន្លេហូរកាត់ទីក្រុងចាស់ កាត់សារមន្ទីរ (១៨៨៧) និងស្ពានបី ភ្នំពេញជាទីក្រុងធំ។",
    ),
    (
        "Mymr",
        "မြစ်သည် မြို့ဟောင်းကို ဖြတ်၍ ပြတိုက် (၁၈၈၇) နှင့် တံတားသုံးစင်းအနီး စီးဆင်းသည်။",
    ),
    (
        "Hans",
        "这条河流经老城，经过博物馆（建于1887年）和三座桥。“水很清。”他说。",
    ),
    (
        "Jpan",
        "川は古い町を流れ、博物館（1887年建設）と三つの橋のそばを通る。「エッフェル塔」とラッパ。",
    ),
    (
        "Kore",
        "강은 옛 시가지를 지나 박물관(1887년 건립)과 다리 세 개 옆으로 흐른다.",
    ),
    (
        "emoji",
        "The family 👨‍👩‍👧 waved 👋🏽 at the ❤️ boat ⛵ and the flag 🇮🇳 on bridge 1️⃣.",
    ),
    (
        "signs",
        "a\tb\u{200b}c\u{1b}[31mred\u{202e}override\u{202c} \u{feff}mark \u{301}alone x\u{0}y\u{85}z",
    ),
    (
        "long",
        "https://example.org/a/very/long/path?with=values&and=more#fragment0123456789012345678901234567890123456789",
    ),
];

#[test]
fn a_sentence_in_each_script_breaks_where_readers_expect() {
    for (script, sentence) in SENTENCES {
        let mut all = String::new();
        for room in [14, 28, 60] {
            let rule = "-".repeat(usize::from(room));
            let lines = picture(sentence, room, BidiMode::Off, Roman::Off);
            all.push_str(&format!("{rule}\n{lines}"));
        }
        insta::assert_snapshot!(format!("lines_{script}"), all);
    }
}

#[test]
fn right_to_left_lines_stand_as_they_are_read() {
    for (script, sentence) in SENTENCES {
        if direction(sentence, Direction::LeftToRight) == Direction::RightToLeft {
            let all = [28, 60].map(|room| picture(sentence, room, BidiMode::Visual, Roman::Off));
            insta::assert_snapshot!(format!("visual_{script}"), all.join("\n"));
        }
    }
}

#[test]
fn latin_letters_stand_under_each_word_or_in_place_of_it() {
    for script in ["Cyrl", "Hebr", "Deva", "Thai", "Hans", "Kore"] {
        let sentence = SENTENCES
            .iter()
            .find(|(name, _)| *name == script)
            .unwrap()
            .1;
        let all = [Roman::Under, Roman::Instead]
            .map(|roman| picture(sentence, 44, BidiMode::Visual, roman));
        insta::assert_snapshot!(format!("roman_{script}"), all.join("\n"));
    }
}

/// Words of many scripts with blanks, signs, line ends and characters that steer, in any order.
fn mixture() -> impl Strategy<Value = String> {
    let words: Vec<String> = SENTENCES
        .iter()
        .flat_map(|(_, sentence)| sentence.split(' '))
        .map(str::to_owned)
        .collect();
    let odd = "[ \t\n\u{200b}\u{200d}\u{200e}\u{202e}\u{202c}\u{2066}\u{2069}\u{301}\u{93f}\u{e33}()\\[\\]0-9a-zא-תا-ي一-丁]{1,3}";
    let part = prop_oneof![
        4 => proptest::sample::select(words),
        3 => Just(" ".to_owned()),
        1 => odd,
    ];
    proptest::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

fn modes() -> impl Strategy<Value = BidiMode> {
    proptest::sample::select(vec![BidiMode::Visual, BidiMode::Terminal, BidiMode::Off])
}

fn widths() -> impl Strategy<Value = Widths> {
    proptest::sample::select(Widths::NAMED.map(|(_, widths)| widths).to_vec())
}

/// The clusters of a range that are to be seen: blanks may hang over the end of a line, line ends divide paragraphs, and
/// what only allows a line end has no look.
fn seen(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let start = range.start;
    let clusters = text[range].grapheme_indices(true);
    clusters
        .filter(|(_, cluster)| {
            !cluster
                .chars()
                .all(|c| c.is_whitespace() || c == '\u{200b}')
        })
        .map(|(at, cluster)| start + at..start + at + cluster.len())
        .collect()
}

proptest! {
    #[test]
    fn every_cluster_appears_exactly_once_and_in_order(text in mixture(), room in 2u16..50, mode in modes(), widths in widths()) {
        let mut flow = Flow::new(text.clone(), room);
        let mut sources = Vec::new();
        for (glyphs, _) in rows(&mut flow, &medium_with(mode, widths), Roman::Off) {
            let mut line: Vec<_> = glyphs.into_iter().map(|glyph| glyph.source).collect();
            // From the order of the screen back to that of the text: each stands in it once.
            line.sort_by_key(|source| source.start);
            prop_assert!(line.windows(2).all(|pair| pair[0].end <= pair[1].start));
            sources.extend(line);
        }
        prop_assert!(sources.windows(2).all(|pair| pair[0].end <= pair[1].start), "lines in order");
        let boundaries: Vec<_> = sources.iter().flat_map(|source| [source.start, source.end]).collect();
        for cluster in seen(&text, 0..text.len()) {
            let holding = sources.iter().filter(|source| source.start <= cluster.start && source.end >= cluster.end);
            prop_assert_eq!(holding.count(), 1, "{:?} of {:?}", cluster, text);
            prop_assert!(!boundaries.iter().any(|at| cluster.start < *at && *at < cluster.end), "split");
        }
    }

    #[test]
    fn no_line_is_wider_than_the_pane(text in mixture(), room in 2u16..50, mode in modes(), widths in widths(), roman in 0..3) {
        let roman = [Roman::Off, Roman::Under, Roman::Instead][roman as usize];
        let mut flow = Flow::new(text, room);
        for (glyphs, indent) in rows(&mut flow, &medium_with(mode, widths), roman) {
            let width: u16 = glyphs.iter().map(|glyph| glyph.width).sum();
            let letters = glyphs.iter().filter(|glyph| glyph.look != Look::Blank).count();
            // One cluster may be wider than the pane. Latin letters under a word may be longer than a line.
            prop_assert!(width + indent <= room || letters <= 1 || roman == Roman::Under, "{width} of {room}");
        }
    }

    #[test]
    fn a_marked_range_keeps_its_clusters_in_every_order(text in mixture(), room in 4u16..50, from in 0usize..200, length in 1usize..40) {
        let clusters = seen(&text, 0..text.len());
        let marked: Vec<_> = clusters.iter().skip(from % clusters.len().max(1)).take(length).cloned().collect();
        let Some((first, last)) = marked.first().zip(marked.last()) else { return Ok(()) };
        let range = first.start..last.end;
        for mode in [BidiMode::Visual, BidiMode::Terminal, BidiMode::Off] {
            let mut flow = Flow::new(text.clone(), room);
            let mut found = Vec::new();
            for (glyphs, _) in rows(&mut flow, &medium(mode), Roman::Off) {
                let inside = |glyph: &Glyph| glyph.source.start < range.end && glyph.source.end > range.start;
                found.extend(glyphs.into_iter().filter(inside).flat_map(|glyph| seen(&text, glyph.source)));
            }
            found.sort_by_key(|source| source.start);
            // A ligature stands for two letters: with one of them the other is marked.
            let more = found.iter().filter(|source| !marked.contains(source)).count();
            prop_assert!(more <= 2);
            prop_assert!(marked.iter().all(|cluster| found.contains(cluster)), "{:?} {:?}", marked, found);
        }
    }

    #[test]
    fn a_field_is_never_overrun_and_nothing_steers_the_terminal(text in mixture(), room in 0u16..30, mode in modes()) {
        let medium = medium(mode);
        let mut buffer = Buffer::filled(Rect::new(0, 0, 40, 1), ratatui::buffer::Cell::new("#"));
        let mut canvas = Canvas { buffer: &mut buffer, medium: &medium };
        let used = canvas.put(3, 0, room, &text, Style::new());
        prop_assert!(used <= room);
        for x in (0..3).chain(3 + used..40) {
            prop_assert_eq!(buffer[(x, 0)].symbol(), "#");
        }
        for x in 3..3 + used {
            let symbol = buffer[(x, 0)].symbol();
            let steers = |c: char| c.is_control() || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            prop_assert!(!symbol.contains(steers), "{:?}", symbol);
        }
    }
}
