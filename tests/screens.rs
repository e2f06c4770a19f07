//! Every screen as a person sees it, over the sample runs: the machine is driven without a terminal and its effects are
//! carried out at once.

#![allow(clippy::unwrap_used)]

#[path = "support/explorer.rs"]
mod explorer;

use std::ops::ControlFlow;

use crossterm::event::{Event as Terminal, KeyCode, KeyEvent, KeyModifiers};
use explorer::{Explorer, samples};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use scriptlens::corpus::{Corpus, Key, Options};
use scriptlens::tui::action::Action;
use scriptlens::tui::app::{Effect, Event, Screen};

macro_rules! at_all_sizes {
    ($name:ident, $keys:expr) => {
        #[test]
        fn $name() {
            for (width, height) in [(80, 24), (120, 40), (200, 50)] {
                let text = Explorer::new(width, height).keys($keys).text();
                insta::assert_snapshot!(format!("{}_{width}x{height}", stringify!($name)), text);
            }
        }
    };
}

at_all_sizes!(compare_with_its_source, "ftgt:Hebr wrong len>300<cr>c");
at_all_sizes!(compare_where_they_part, "ftgt:Cyrl wrong len>300<cr>cdn");
at_all_sizes!(compare_three, "ftgt:Arab wrong len>300<cr>c+S");
at_all_sizes!(compare_marked, "fq:pirosmani* tgt:Latn len>300<cr>MMc");
at_all_sizes!(flips, "fcross<cr>F");

macro_rules! at_both_sizes {
    ($name:ident, $keys:expr) => {
        #[test]
        fn $name() {
            for (width, height) in [(80, 24), (120, 40)] {
                let text = Explorer::new(width, height).keys($keys).text();
                insta::assert_snapshot!(format!("{}_{width}x{height}", stringify!($name)), text);
            }
        }
    };
}

at_both_sizes!(browse, "");
at_both_sizes!(browse_barrier_failures, "bjj");
at_both_sizes!(browse_facets_chosen, "<tab><down><cr><down>-");
at_both_sizes!(browse_unfolded, "G[ ");
at_both_sizes!(read, "b<cr>");
at_both_sizes!(read_romanised, "ftgt:Hebr epoch=1<cr><cr>R");
at_both_sizes!(read_with_script_strip, "ftgt:Deva wrong<cr><cr>S");
at_both_sizes!(read_inspected, "ftgt:Arab epoch=1<cr><cr>ijjj<left><left>");
at_both_sizes!(read_marked_and_found, "/koprivshtitsa<cr><cr>!");
at_both_sizes!(read_names_walked, "ftgt:Hebr verdict:garbled<cr><cr>nnn");
at_both_sizes!(
    read_where_it_went_wrong,
    "ftgt:Cyrl verdict:garbled<cr><cr>w"
);
at_both_sizes!(browse_names_aligned, "fverdict:drifting<cr>w");
at_both_sizes!(read_encrypted, "ftrace:encrypted<cr><cr>");
at_both_sizes!(problems, "p");
at_both_sizes!(help, "?");
at_both_sizes!(filter_prompt, "fsrc:Hebr t");
at_both_sizes!(filter_error, "fcross soruce:Hebr wrong");
at_both_sizes!(search_prompt, "/kopriv");
at_both_sizes!(palette, ":fail");
at_both_sizes!(nothing_matches, "fright wrong<cr>");

/// A response whose trace is in many scripts, one paragraph each, several screens long.
fn long() -> Explorer {
    let file = tempfile::Builder::new()
        .suffix(".jsonl")
        .tempfile()
        .unwrap();
    let paragraphs = [
        "The inscription is from East Java, dated 1269, and it names the temple several times in the old script.",
        "Надпись из Восточной Явы датирована 1269 годом и несколько раз называет храм старым письмом.",
        "הכתובת ממזרח ג׳אווה מתוארכת לשנת 1269, והיא מזכירה את המקדש (כמה פעמים) בכתב הישן.",
        "यह शिलालेख पूर्वी जावा का है, 1269 का, और इसमें मंदिर का नाम पुरानी लिपि में कई बार आता है।",
    ];
    let trace: Vec<String> = (0..60)
        .map(|n| format!("{n}. {}", paragraphs[n % 4]))
        .collect();
    let record = serde_json::json!({
        "question_id": "q", "model": "m", "question": "Where?", "answer": "Java",
        "trace": {"kind": "plain", "text": trace.join("\n\n")},
    });
    serde_json::to_writer(file.as_file(), &record).unwrap();
    let paths = [file.path().display().to_string()];
    let corpus = Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()));
    Explorer::of(corpus, 80, 24)
}

#[test]
fn what_is_read_stays_in_sight_when_it_is_laid_out_anew() {
    let mut explorer = long();
    explorer.keys("<cr>").keys(&"j".repeat(70));
    let top = |explorer: &mut Explorer| {
        let text = explorer.text();
        let number = text.lines().skip(3).find_map(|line| {
            let digits = line
                .split(|c: char| !c.is_ascii_digit())
                .find(|n| n.len() == 2);
            digits.map(|n| n.parse::<i32>().unwrap())
        });
        number.unwrap()
    };
    let first = top(&mut explorer);
    assert!(first > 10);
    for key in ["R", "R", "R", "S", "S", "!", "B", "B", "B", "B"] {
        explorer.keys(key);
        assert!((top(&mut explorer) - first).abs() <= 1, "{key}");
    }
    explorer.app.size = Rect::new(0, 0, 130, 24);
    explorer.happen(Event::Terminal(Terminal::Resize(130, 24)));
    assert!((top(&mut explorer) - first).abs() <= 1, "resized");
}

#[test]
fn a_cluster_is_inspected_by_keys_and_by_a_click() {
    let mut explorer = long();
    explorer.keys("i");
    assert!(
        explorer.text().contains("U+0057 LATIN CAPITAL LETTER W"),
        "the question comes first"
    );
    explorer.keys("jj");
    let text = explorer.text();
    assert!(text.contains("U+"), "{text}");
    let line = text
        .lines()
        .position(|line| line.contains("הכתובת") || line.contains("תבותכה"))
        .unwrap();
    explorer.click(70, line as u16);
    let before = explorer.text();
    assert!(before.contains("HEBREW LETTER"), "{before}");
    explorer.keys("<left>");
    assert_ne!(explorer.text(), before);
    explorer.keys("G");
    let text = explorer.text();
    assert!(
        text.contains("U+"),
        "it follows to where one scrolls: {text}"
    );
    explorer.keys("<esc>");
    assert!(!explorer.text().contains("U+"));
    assert_eq!(explorer.app.screen, Screen::Read);
}

fn explorer_of(record: &serde_json::Value, width: u16, height: u16) -> Explorer {
    let file = tempfile::Builder::new()
        .suffix(".jsonl")
        .tempfile()
        .unwrap();
    serde_json::to_writer(file.as_file(), record).unwrap();
    let paths = [file.path().display().to_string()];
    let corpus = Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()));
    Explorer::of(corpus, width, height)
}

/// What controls a terminal, turns lines around, or cannot be seen.
const STEERING: &str = "Да\u{1b}]0;title\u{7}нет и да\u{1b}[31mнет\u{9b}32mконец a\u{202e}b\u{2066}c\u{2028}d\u{0}e\rf \
    a\u{e0048}\u{e0069}b x\u{34f}y \u{fff9}z я\u{200d}и שלום\u{200f} مرحبا\u{202b}لا";

#[test]
fn nothing_in_a_text_steers_the_terminal_whatever_is_shown_of_it() {
    let record = serde_json::json!({
        "question_id": STEERING, "model": STEERING, "question": STEERING, "answer": STEERING, "gold": [STEERING],
        "trace": {"kind": "plain", "text": ([STEERING; 3].join("\n"))},
    });
    let steers = |c: char| {
        let hidden = matches!(c, '\u{34f}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
        c.is_control() || hidden
    };
    let mut explorer = explorer_of(&record, 110, 50);
    for key in [
        "", "R", "<cr>", "R", "S", "!", "i", "<left>", "B", "B", "R", "B", "S",
    ] {
        explorer.keys(key);
        // Marks of the program's own keep fields apart.
        let text = explorer.text();
        let found: Vec<char> = text.chars().filter(|c| *c != '\n' && steers(*c)).collect();
        assert!(found.is_empty(), "{found:?} after {key}");
    }
}

#[test]
fn line_separators_and_blanks_lose_no_text() {
    let record = serde_json::json!({
        "question_id": "q", "model": "m", "question": "Where\u{2028}SECOND?", "answer": "Paris\u{2028}London\u{2029}Rome",
        "trace": {"kind": "plain", "text": "  \n "},
    });
    let mut explorer = explorer_of(&record, 80, 24);
    explorer.keys("<cr>");
    let text = explorer.text();
    for part in ["Where", "SECOND?", "Paris", "London", "Rome", "(blank)"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn what_is_searched_for_is_marked_in_short_sections_too() {
    let record = serde_json::json!({
        "question_id": "q", "model": "m", "question": "Which city?", "answer": "Paris", "gold": ["Paris"],
    });
    let mut explorer = explorer_of(&record, 80, 24);
    explorer.keys("/\"Paris\"<cr><cr>");
    let hits = |explorer: &mut Explorer| {
        let buffer = explorer.draw();
        let marked = buffer
            .content
            .iter()
            .filter(|cell| cell.bg == Color::Yellow);
        marked.map(|cell| cell.symbol()).collect::<String>()
    };
    assert_eq!(hits(&mut explorer), "ParisParis");
}

#[test]
fn arrows_visit_every_cluster_whichever_way_lines_run() {
    let record = serde_json::json!({
        "question_id": "q", "model": "m", "question": "ab שלום cd",
        "trace": {"kind": "plain", "text": "The end of a line.\n\nשלום abc עולם\nनमस्ते\nمرحبا"},
    });
    for keys in ["<cr>i", "<cr>iB", "<cr>iRR"] {
        let mut explorer = explorer_of(&record, 60, 30);
        explorer.keys(keys);
        let mut visited = Vec::new();
        for _ in 0..200 {
            let spot = explorer.app.page.cursor.unwrap();
            if visited.last() == Some(&spot) {
                break;
            }
            assert!(
                !visited.contains(&spot),
                "{keys}: {spot:?} again, after {}",
                visited.len()
            );
            visited.push(spot);
            explorer.keys("<right>");
        }
        // All of the text but blanks at line ends, or all words where they stand in its place.
        let least = if keys.ends_with("RR") { 20 } else { 50 };
        assert!(visited.len() >= least, "{keys}: {}", visited.len());
        for spot in visited.iter().rev().skip(1) {
            explorer.keys("<left>");
            assert_eq!(
                explorer.app.page.cursor.as_ref(),
                Some(spot),
                "{keys}, and back"
            );
        }
    }
}

#[test]
fn keys_that_come_faster_than_frames_are_all_done() {
    let mut explorer = long();
    explorer.keys("<cr>");
    let press = |explorer: &mut Explorer, letter: char| {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
        drop(explorer.app.update(Event::Terminal(Terminal::Key(key))));
    };
    "Gk".chars().for_each(|letter| press(&mut explorer, letter));
    explorer.happen(Event::Terminal(Terminal::FocusGained));
    let text = explorer.text();
    assert!(text.contains("59. "), "{text}");
    "gjj"
        .chars()
        .for_each(|letter| press(&mut explorer, letter));
    explorer.happen(Event::Terminal(Terminal::FocusGained));
    assert!(
        !explorer.text().contains("QUESTION"),
        "two lines down from the top"
    );
    explorer.keys("<esc>");
    let enter = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
    drop(explorer.app.update(Event::Terminal(Terminal::Key(enter))));
    press(&mut explorer, 'G');
    explorer.happen(Event::Terminal(Terminal::FocusGained));
    assert!(
        explorer.text().contains("59. "),
        "opened and gone to the end"
    );
}

#[test]
fn every_size_is_drawn() {
    let corpus = samples();
    for keys in ["", "<tab>", "<cr>", "?", "p", "fsrc:", ":", "b<cr>"] {
        for (width, height) in (0..9).flat_map(|w| (0..9).map(move |h| (w, h))).chain([
            (1, 60),
            (300, 1),
            (26, 12),
            (250, 80),
        ]) {
            let mut explorer = Explorer::of(corpus.clone(), 100, 30);
            explorer.keys(keys);
            explorer.happen(Event::Terminal(Terminal::Resize(width, height)));
            explorer.keys("jjG");
        }
    }
}

#[test]
fn facets_write_the_filter_that_the_screen_shows() {
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("<tab><down><cr>");
    let chosen = explorer.app.filter.to_string();
    assert!(chosen.starts_with("src:"), "{chosen}");
    assert!(explorer.text().contains(&format!("[1× {chosen}]")));
    // The facet still counts its other values, so that one can be added.
    explorer.keys("<down><cr>");
    assert!(explorer.app.filter.to_string().contains(','));
    explorer.keys("1");
    assert!(explorer.app.filter.clauses.is_empty());
}

#[test]
fn answers_are_graded_anew_by_a_key_and_what_was_logged_stays_beside_it() {
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("rexact<cr>");
    let text = explorer.text();
    let label = "graded by exact (MultiLoKo normalisation 2)";
    assert!(text.contains(label) && text.contains(" log "), "{text}");
    let corpus = explorer.app.corpus.clone();
    let count = |key| {
        let rows = 0..corpus.len() as u32;
        rows.filter(|row| corpus.name(*row, key) == "right").count()
    };
    assert!(
        count(Key::Outcome) < count(Key::Logged),
        "sentences are not exact"
    );
    explorer.keys("flogged:right wrong<cr><cr>");
    let text = explorer.text();
    assert!(text.contains("✗ wrong, logged ✓ right"), "{text}");
    explorer.keys("qr");
    assert!(
        explorer.text().contains("as-logged"),
        "the choices are shown"
    );
    explorer.keys("<cr>");
    assert!(
        explorer.app.corpus.grader().is_none(),
        "as-logged is the first choice"
    );
    let logged = explorer.app.corpus.codes(Key::Logged);
    assert_eq!(explorer.app.corpus.codes(Key::Outcome), logged);
}

#[test]
fn the_mouse_selects_opens_and_switches_filters_off() {
    let mut explorer = Explorer::new(120, 40);
    explorer.click(60, 5);
    assert_eq!(explorer.app.list.at, 2);
    explorer.click(60, 5);
    assert_eq!(explorer.app.screen, Screen::Read);
    explorer.keys("<esc>");
    explorer.click(115, 0);
    assert_eq!(explorer.app.filter.to_string(), "barrier");
    let (chip, _) = explorer.app.layout.chips[0];
    explorer.click(chip.x + 1, chip.y);
    assert!(explorer.app.filter.clauses.is_empty());
}

#[test]
fn the_same_question_in_its_source_language_is_one_key_away_and_back() {
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("b<cr>");
    let failure = explorer.app.reading;
    explorer.keys("s");
    let source = explorer.app.reading;
    assert_ne!(source, failure);
    assert_eq!(
        explorer
            .app
            .corpus
            .name(source, scriptlens::corpus::Key::Question),
        explorer
            .app
            .corpus
            .name(failure, scriptlens::corpus::Key::Question)
    );
    assert!(
        explorer.app.corpus.groups().all
            [explorer.app.corpus.groups().of_row[source as usize] as usize]
            .at_source
    );
    explorer.keys("s");
    assert_eq!(explorer.app.reading, failure);
}

#[test]
fn all_variants_of_a_question_are_one_key_away() {
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("bv");
    assert!(
        explorer
            .app
            .filter
            .to_string()
            .contains("q:pirosmani-director")
    );
    explorer.keys("1");
    let corpus = explorer.app.corpus.clone();
    let question = |entry: &scriptlens::tui::app::Entry| {
        corpus.groups().all[entry.group_of(&corpus) as usize].question
    };
    let first = question(&explorer.app.entries[0]);
    assert!(
        explorer.app.entries.len() > 10
            && explorer
                .app
                .entries
                .iter()
                .all(|entry| question(entry) == first)
    );
    explorer.keys("v");
    assert!(explorer.app.filter.clauses.is_empty());
}

#[test]
fn facets_count_what_another_choice_would_show_also_in_a_search() {
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("/koprivshtitsa<cr>");
    let count = |explorer: &Explorer| {
        let view = explorer.app.view.as_ref().unwrap();
        let facet = view
            .facets
            .iter()
            .find(|facet| facet.key == scriptlens::corpus::Key::Target)
            .unwrap();
        facet.values.clone()
    };
    let before = count(&explorer);
    assert!(before.len() > 1);
    explorer.keys("f tgt:Latn<cr>");
    assert_eq!(
        count(&explorer),
        before,
        "the facet's own choice does not count against its other values"
    );
}

#[test]
fn keys_do_not_reach_what_lies_under_help() {
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("b?1");
    assert_eq!(explorer.app.filter.to_string(), "barrier");
}

#[test]
fn epochs_fold_into_one_row_and_unfold() {
    let mut explorer = Explorer::new(120, 40);
    let folded = explorer.app.entries.len();
    let epochs = |explorer: &Explorer| {
        let corpus = &explorer.app.corpus;
        let group = explorer.app.entries[explorer.app.list.at].group_of(corpus);
        corpus.groups().rows(group).len()
    };
    let n = epochs(&explorer);
    explorer.keys(" ");
    assert_eq!(explorer.app.entries.len(), folded + n);
    explorer.keys("j ");
    assert_eq!(
        explorer.app.entries.len(),
        folded,
        "folding works from an epoch too"
    );
    explorer.keys("z");
    assert!(explorer.app.entries.len() > explorer.app.corpus.len());
}

#[test]
fn colour_never_stands_alone() {
    let mut explorer = Explorer::new(120, 40);
    let buffer = explorer.draw();
    let wrong = (0..buffer.area.height).find(|y| buffer[(29, *y)].symbol() == "✗");
    let cell = &buffer[(29, wrong.unwrap_or_default())];
    assert_eq!((cell.symbol(), cell.fg), ("✗", Color::Red));
    assert!(
        buffer[(40, 3)].modifier.contains(Modifier::REVERSED),
        "the selected row shows without colour"
    );
}

#[test]
fn quitting_leaves_from_browse_and_goes_back_elsewhere() {
    let mut explorer = Explorer::new(80, 24);
    explorer.keys("<cr>q");
    assert!(!explorer.left && explorer.app.screen == Screen::Browse);
    explorer.keys("q");
    assert!(explorer.left);
}

#[test]
fn panes_are_added_moved_dropped_and_scrolled_alone() {
    let mut explorer = Explorer::new(160, 20);
    explorer.keys("ftgt:Cyrl wrong len>300<cr>c");
    let panes = |explorer: &Explorer| {
        explorer
            .app
            .compare
            .as_ref()
            .map_or(Vec::new(), |compare| compare.rows())
    };
    let two = panes(&explorer);
    assert_eq!(two.len(), 2);
    explorer.keys("c");
    let other = panes(&explorer);
    assert!(other[0] == two[0] && other[1] != two[1], "the next partner");
    explorer.keys("++");
    let four = panes(&explorer);
    assert_eq!(four[..2], other[..]);
    assert_eq!(four.len(), 4);
    explorer.keys("+");
    assert_eq!(panes(&explorer), four, "four are enough");
    explorer.keys("<tab>>");
    assert_eq!(panes(&explorer), [four[0], four[2], four[1], four[3]]);
    explorer.keys("--");
    assert_eq!(panes(&explorer), [four[0], four[2]]);
    explorer.keys("-");
    assert_eq!(panes(&explorer).len(), 2, "two are needed");
    explorer.keys("u");
    let before = explorer.text();
    explorer.keys("jjjj");
    let (before, after) = (before.lines(), explorer.text());
    // The line between the panes is one of them.
    let middle = 79;
    let half = |line: &str, left: bool| -> String {
        let letters: Vec<char> = line.chars().collect();
        let (a, b) = letters.split_at(middle.min(letters.len()));
        if left {
            a.iter().collect()
        } else {
            b.iter().collect()
        }
    };
    let same = |left| {
        before
            .clone()
            .zip(after.lines())
            .skip(7)
            .take(10)
            .all(|(a, b)| half(a, left) == half(b, left))
    };
    assert!(same(true) != same(false), "one pane scrolls alone\n{after}");
    explorer.keys("<cr>");
    assert_eq!(
        explorer.app.screen,
        Screen::Read,
        "the response of the pane"
    );
    explorer.keys("<esc>");
    assert_eq!(
        explorer.app.screen,
        Screen::Compare,
        "back to where it was opened"
    );
    explorer.keys("<esc>");
    assert_eq!(explorer.app.screen, Screen::Browse);
    explorer.keys("<cr><esc>");
    assert_eq!(explorer.app.screen, Screen::Browse);
}

#[test]
fn what_two_runs_answered_is_listed_flips_first_and_compared() {
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("fcross<cr>F");
    let found = explorer
        .app
        .flips
        .as_ref()
        .and_then(|flips| flips.found.clone())
        .expect("two runs");
    let paired = &found.paired;
    assert_eq!(
        found.pairs.len(),
        paired.both + paired.only_a + paired.only_b + paired.neither + paired.undecided
    );
    let quadrants: Vec<_> = found.pairs.iter().map(|pair| pair.quadrant).collect();
    assert!(quadrants.is_sorted(), "where they differ first");
    assert!(paired.only_a + paired.only_b > 0 && paired.test.is_some());
    explorer.keys("<cr>");
    assert_eq!(explorer.app.screen, Screen::Compare);
    explorer.keys("<esc>.");
    assert_eq!(explorer.app.screen, Screen::Flips);
    let other = explorer
        .app
        .flips
        .as_ref()
        .and_then(|flips| flips.found.clone());
    assert!(
        other.is_some_and(|other| other.pairs != found.pairs),
        "another run"
    );
    let mut flipped = Explorer::new(120, 40);
    flipped.keys("fflip:atlas-9b/baseline>meridian-32b/baseline<cr>");
    let rows = flipped.app.view.as_ref().map_or(0, |view| view.rows);
    assert!(rows > 0, "{}", flipped.text());
}

#[test]
fn a_pane_and_the_whole_comparison_are_copied_as_plain_text() {
    let mut explorer = Explorer::new(120, 40);
    explorer.keys("ftgt:Hebr wrong len>300<cr>c");
    let copied = |explorer: &mut Explorer, action| {
        let effects = explorer.app.act(action);
        effects.into_iter().find_map(|effect| match effect {
            Effect::Copy(text) => Some(text),
            _ => None,
        })
    };
    let one = copied(&mut explorer, Action::Copy).expect("a text");
    let row = explorer
        .app
        .compare
        .as_ref()
        .map(|compare| compare.rows()[0])
        .expect("a pane");
    let record = samples().read(row).unwrap();
    assert!(one.contains(record.trace.text()) && one.ends_with(record.answer.trim()));
    let all = copied(&mut explorer, Action::CopyAll).expect("a text");
    assert!(all.starts_with("A: ") && all.contains("\nB: ") && all.contains("STEP 1"));
    assert!(!all.contains('\u{1b}'));
}
