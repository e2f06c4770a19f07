//! Tagging as a person does it: keys go in, journals are written, other sittings find them.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/explorer.rs"]
mod explorer;

use std::collections::BTreeSet;
use std::path::Path;

use explorer::{Explorer, samples};
use scriptlens::annotation::{Folder, Place, State, Status};
use scriptlens::corpus::Key;
use scriptlens::tui::action::Action;
use scriptlens::tui::app::Screen;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A sitting of somebody at these journals.
fn sitting(who: &str, dir: &Path, width: u16, height: u16) -> Explorer {
    let mut explorer = Explorer::new(width, height);
    explorer.app.desk.annotator = who.into();
    explorer.open(dir);
    explorer
}

/// What is said in all journals of a folder.
fn state(dir: &Path) -> State {
    let folder = Folder::read(dir).unwrap();
    assert!(folder.problems.is_empty(), "{:?}", folder.problems);
    folder.state
}

/// The codes that somebody gave, in order of the questions, and of what.
fn tags(dir: &Path, who: &str) -> Vec<(String, Place<'static>)> {
    let state = state(dir);
    let all = state.all().filter(|(name, ..)| *name == who);
    let tags = all.flat_map(|(_, _, marks)| marks.tags);
    tags.map(|tag| (tag.mark.code.to_string(), tag.mark.place.to_owned()))
        .collect()
}

macro_rules! at_both_sizes {
    ($name:ident, $keys:expr) => {
        #[test]
        fn $name() {
            for (width, height) in [(80, 24), (120, 40)] {
                let dir = folder();
                // Another has judged some of the same.
                sitting("bob", dir.path(), width, height).keys("b<cr>tvtlO");
                let text = sitting("ann", dir.path(), width, height).keys($keys).text();
                insta::assert_snapshot!(format!("{}_{width}x{height}", stringify!($name)), text);
            }
        }
    };
}

at_both_sizes!(codes, "b<cr>t");
at_both_sizes!(
    codes_of_a_selected_range,
    "ftgt:Cyrl verdict:garbled<cr><cr>wVt"
);
at_both_sizes!(what_everybody_said, "b<cr>tctl<esc>KK");
at_both_sizes!(browse_with_tags, "btctlD*");
at_both_sizes!(a_queue, "bQ<down><cr>tctlD");
at_both_sizes!(queue_prompt, "bQ");
at_both_sizes!(note_prompt, "b<cr>Cthe name is right in the trace");
at_both_sizes!(settling, "b<cr>tcK=");
at_both_sizes!(blind, "bH<cr>");

#[test]
fn one_key_tags_saves_and_goes_on() {
    let dir = folder();
    let mut ann = sitting("ann", dir.path(), 120, 40);
    ann.keys("b<cr>");
    let first = ann.app.reading;
    ann.keys("tl");
    assert_ne!(ann.app.reading, first, "it went on");
    assert_eq!(
        tags(dir.path(), "ann"),
        [("lost".to_owned(), Place::Response)]
    );
    assert!(ann.text().contains("saved"));
    ann.keys("tl");
    assert_eq!(tags(dir.path(), "ann").len(), 2);
}

#[test]
fn a_spelling_code_is_said_of_the_name_and_a_suggested_one_says_so() {
    let dir = folder();
    let mut ann = sitting("ann", dir.path(), 120, 40);
    ann.keys("ftgt:Cyrl verdict:garbled<cr><cr>t<cr>");
    let found = state(dir.path());
    let (_, _, marks) = found.all().next().unwrap();
    let tag = &marks.tags[0];
    assert!(tag.suggested);
    assert!(matches!(tag.mark.place, Place::Entity(_)), "{:?}", tag.mark);
}

#[test]
fn a_range_snaps_to_the_name_and_can_be_changed_by_cluster() {
    let dir = folder();
    let mut ann = sitting("ann", dir.path(), 120, 40);
    ann.keys("ftgt:Cyrl verdict:garbled<cr><cr>wV");
    let row = ann.app.reading;
    let marks = ann.app.page.names.marks.as_ref().unwrap();
    let mention = marks
        .get(ann.app.page.names.chosen.unwrap())
        .unwrap()
        .range
        .clone();
    assert_eq!(ann.app.page.selected().unwrap().1, mention);
    ann.keys("<left>");
    let (section, range) = ann.app.page.selected().unwrap();
    assert_eq!(
        (range.start, range.end < mention.end),
        (mention.start, true)
    );
    let text = ann.app.page.document.as_ref().unwrap().text(section)[range].to_owned();
    ann.keys("tv");
    let tags = tags(dir.path(), "ann");
    let (_, Place::Range(span)) = &tags[0] else {
        panic!("{tags:?}");
    };
    let record = samples().read(row).unwrap();
    let whole = [record.trace.text(), record.answer.as_str()];
    assert!(
        whole
            .iter()
            .any(|whole| whole.get(span.range()) == Some(text.as_str()))
    );
}

#[test]
fn the_mouse_selects_clusters_and_a_key_takes_whole_words() {
    let mut ann = Explorer::new(120, 40);
    ann.keys("ftgt:Latn atsource right<cr><cr>");
    let line = ann
        .text()
        .lines()
        .position(|line| line.contains("TRACE ("))
        .unwrap() as u16;
    ann.click(3, line + 1);
    ann.drag(6, line + 1);
    let (section, range) = ann.app.page.selected().unwrap();
    let document = ann.app.page.document.as_ref().unwrap();
    assert_eq!(document.text(section)[range.clone()].chars().count(), 4);
    ann.keys("V");
    let document = ann.app.page.document.as_ref().unwrap();
    let (_, whole) = ann.app.page.selected().unwrap();
    assert!(whole.start <= range.start && whole.end >= range.end);
    let after = document.text(section)[whole.end..].chars().next();
    assert!(after.is_none_or(|letter| !letter.is_alphanumeric()));
    ann.click(20, line + 1);
    assert_eq!(ann.app.page.selected(), None, "a click selects nothing");
}

#[test]
fn what_is_taken_back_stays_so_in_the_next_sitting_and_can_be_brought_back() {
    let dir = folder();
    sitting("ann", dir.path(), 120, 40).keys("b<cr>tlOtrU");
    assert_eq!(tags(dir.path(), "ann").len(), 1);
    let mut again = sitting("ann", dir.path(), 120, 40);
    again.keys("bUU");
    assert_eq!(tags(dir.path(), "ann").len(), 0);
    again.act(Action::Redo);
    assert_eq!(
        tags(dir.path(), "ann").len(),
        1,
        "the first tag is there again"
    );
    again.keys("UU");
    assert!(again.text().contains("nothing to take back"));
}

#[test]
fn the_same_key_takes_a_tag_away() {
    let dir = folder();
    let mut ann = sitting("ann", dir.path(), 120, 40);
    ann.keys("b<cr>t+lk");
    assert_eq!(tags(dir.path(), "ann").len(), 2, "several at once");
    ann.keys("k<esc>");
    assert_eq!(
        tags(dir.path(), "ann"),
        [("lost".to_owned(), Place::Response)]
    );
}

#[test]
fn notes_and_flags_are_kept_and_taken_away() {
    let dir = folder();
    let mut ann = sitting("ann", dir.path(), 120, 40);
    ann.keys("b<cr>Cwhy?<cr>*");
    let found = state(dir.path());
    let (_, _, marks) = found.all().next().unwrap();
    assert_eq!((marks.notes[0].text, marks.flag.is_some()), ("why?", true));
    assert_eq!(marks.status, Status::Open, "a note is no decision");
    ann.keys("C<bs><bs><bs><bs>").keys("<cr>*");
    let found = state(dir.path());
    let (_, _, marks) = found.all().next().unwrap();
    assert!(marks.notes.is_empty() && marks.flag.is_none());
}

#[test]
fn a_queue_goes_on_where_it_was_left() {
    let dir = folder();
    let mut ann = sitting("ann", dir.path(), 120, 40);
    ann.keys("bQrandom 7<cr>");
    let rows = ann.app.desk.queue.as_ref().unwrap().rows.clone();
    assert_eq!((ann.app.screen, ann.app.reading), (Screen::Read, rows[0]));
    ann.keys("tlDP");
    assert_eq!(ann.app.reading, rows[3]);
    drop(ann);
    let mut again = sitting("ann", dir.path(), 120, 40);
    assert!(again.text().contains("a queue is not finished"));
    again.keys("Qresume<cr>");
    let queue = again.app.desk.queue.as_ref().unwrap();
    assert_eq!(
        (&queue.rows, queue.settled, queue.deferred()),
        (&rows, 2, 1)
    );
    assert_eq!(again.app.reading, rows[3]);
    // What was put off comes back when all else is done.
    again.keys(&"O".repeat(rows.len() - 3));
    assert_eq!(again.app.reading, rows[1]);
    again.keys("O");
    assert!(again.text().contains("the queue is done"));
    again.keys("Qstop<cr>");
    assert!(again.app.desk.queue.is_none());
    assert_ne!(
        again.app.entries.len(),
        rows.len(),
        "the list is that of the filter"
    );
}

#[test]
fn orders_of_a_queue_are_what_they_say() {
    let rows = |order: &str| {
        let mut ann = sitting("ann", folder().path(), 120, 40);
        ann.keys(&format!("bQ{order}<cr>"));
        ann.app.desk.queue.as_ref().unwrap().rows.clone()
    };
    let corpus = samples();
    let (loaded, random, other) = (rows("loaded"), rows("random 1"), rows("random 2"));
    assert!(loaded.is_sorted() && random != loaded && random != other);
    assert_eq!(random, rows("random 1"));
    let sorted = |rows: &[u32]| rows.iter().copied().collect::<BTreeSet<u32>>();
    assert_eq!(sorted(&random), sorted(&loaded));
    let question = |row: &u32| corpus.name(*row, Key::Question).to_owned();
    let mut questions: Vec<String> = rows("by-question").iter().map(question).collect();
    questions.dedup();
    let distinct: BTreeSet<&String> = questions.iter().collect();
    assert_eq!(
        distinct.len(),
        questions.len(),
        "each question in one piece"
    );
    let share = |row: &u32| {
        let asked = question(row);
        let same = |other: &u32| corpus.name(*other, Key::Question) == asked;
        let all = (0..corpus.len() as u32).filter(same);
        let outcomes: Vec<&str> = all.map(|row| corpus.name(row, Key::Outcome)).collect();
        let count = |outcome| outcomes.iter().filter(|other| **other == outcome).count();
        let (right, wrong) = (count("right"), count("wrong"));
        right * 1000 / (right + wrong).max(1)
    };
    assert!(rows("hardest").iter().map(share).is_sorted());
}

#[test]
fn the_second_sitting_of_one_person_reads_only_and_says_who_writes() {
    let dir = folder();
    let mut first = sitting("ann", dir.path(), 120, 40);
    first.keys("b<cr>tl");
    let mut second = sitting("ann", dir.path(), 120, 40);
    second.keys("b");
    assert!(second.text().contains("read-only"));
    second.keys("<cr>tk");
    assert!(
        second
            .text()
            .contains(&format!("process {}", std::process::id()))
    );
    assert_eq!(tags(dir.path(), "ann").len(), 1);
    drop(first);
    // The next try finds the journal free.
    second.keys("tktk");
    assert_eq!(tags(dir.path(), "ann").len(), 2);
}

#[test]
fn tags_are_filters_and_people_who_differ_are_found_and_settled() {
    let dir = folder();
    sitting("bob", dir.path(), 120, 40).keys("b<cr>tktk");
    let mut ann = sitting("ann", dir.path(), 120, 40);
    ann.keys("b<cr>tltkq");
    let rows = |explorer: &mut Explorer, filter: &str| {
        explorer.keys("X").keys(&format!("f{filter}<cr>"));
        explorer.app.view.as_ref().unwrap().rows
    };
    assert_eq!(rows(&mut ann, "tag:switched"), 2);
    assert_eq!(rows(&mut ann, "tag:switched annotator:ann"), 1);
    assert_eq!(rows(&mut ann, "annotator:bob -annotator:ann"), 0);
    assert_eq!(rows(&mut ann, "tag:disagree"), 1);
    ann.keys("<cr>=2<cr>");
    let found = state(dir.path());
    let gold = found.targets().find_map(|target| {
        found
            .gold(&target)
            .map(|gold| (gold.annotator.to_owned(), gold.marks.len()))
    });
    assert_eq!(gold, Some(("ann".to_owned(), 1)));
    ann.keys("q");
    assert_eq!(rows(&mut ann, "tag:disagree"), 0);
    assert_eq!(rows(&mut ann, "gold:*"), 1 + rows(&mut ann, "gold:none"));
}

#[test]
fn names_of_runs_and_what_others_said_are_hidden_from_the_blind() {
    let dir = folder();
    sitting("bob", dir.path(), 200, 50).keys("b<cr>tltl");
    let mut ann = sitting("ann", dir.path(), 200, 50);
    ann.keys("bH");
    let runs: Vec<String> = samples()
        .dict(Key::Run)
        .names()
        .map(str::to_owned)
        .collect();
    for keys in ["", "<cr>", "<end>", "c", "<esc>q", "F"] {
        let text = ann.keys(keys).text();
        for run in &runs {
            let model = run.split('/').next().unwrap();
            assert!(!text.contains(model), "{keys}: {model} in\n{text}");
        }
        assert!(!text.contains("bob"), "{keys}");
    }
}

#[test]
fn nothing_is_lost_where_nothing_can_be_written() {
    let dir = folder();
    // A file where the folder should be.
    let blocked = dir.path().join("annotations");
    std::fs::write(&blocked, "").unwrap();
    let mut ann = sitting("ann", &blocked, 120, 40);
    ann.keys("b<cr>tl");
    assert!(ann.text().contains("! 1 not saved"), "{}", ann.text());
    ann.keys("qq");
    assert!(!ann.left, "it says so first");
    assert!(ann.text().contains("not saved"));
    std::fs::remove_file(&blocked).unwrap();
    ann.keys("b<cr>tk");
    assert!(!ann.text().contains("not saved"), "{}", ann.text());
    assert_eq!(tags(&blocked, "ann").len(), 2);
    ann.keys("qq");
    assert!(ann.left);
}

#[test]
fn a_list_stays_as_it_is_while_a_queue_is_judged() {
    let dir = folder();
    let mut ann = sitting("ann", dir.path(), 120, 40);
    ann.keys("funtagged barrier<cr>Qloaded<cr>");
    let rows = ann.app.entries.len();
    ann.keys("tltltl");
    assert_eq!(ann.app.entries.len(), rows);
    ann.keys("Qstop<cr>");
    let left = ann.app.view.as_ref().unwrap().rows;
    assert_eq!(left, rows - 3);
}

#[test]
fn what_is_brought_back_counts_in_a_queue_of_another_sitting() {
    let dir = folder();
    sitting("ann", dir.path(), 120, 40).keys("bQrandom 3<cr>tltkUU");
    let mut again = sitting("ann", dir.path(), 120, 40);
    again.keys("Qresume<cr>");
    let settled = |ann: &Explorer| ann.app.desk.queue.as_ref().unwrap().settled;
    assert_eq!(settled(&again), 0);
    again.act(Action::Redo);
    assert_eq!(settled(&again), 1);
}

/// A folder in which two have judged the same three responses, not always alike.
fn two_opinions() -> TempDir {
    let dir = folder();
    sitting("bob", dir.path(), 120, 40).keys("b<cr>tltkO");
    sitting("ann", dir.path(), 120, 40).keys("b<cr>tltnO");
    dir
}

#[test]
fn the_last_decisions_and_the_agreement_stand_on_a_screen_of_their_own() {
    let dir = two_opinions();
    for (width, height) in [(80, 24), (120, 40)] {
        let mut ann = sitting("ann", dir.path(), width, height);
        let text = ann.keys("Tj").text();
        insta::assert_snapshot!(format!("decisions_{width}x{height}"), text);
        let text = ann.keys("<tab>").text();
        insta::assert_snapshot!(format!("agreement_{width}x{height}"), text);
        ann.keys("<cr>");
        assert_eq!(ann.app.screen, Screen::Browse);
        assert_eq!(ann.app.view.as_ref().unwrap().rows, 1, "they differ on one");
    }
}

#[test]
fn a_decision_leads_back_to_its_response() {
    let dir = two_opinions();
    let mut ann = sitting("ann", dir.path(), 120, 40);
    ann.keys("T<end><cr>");
    assert_eq!(ann.app.screen, Screen::Read);
    let row = ann.app.reading;
    assert_eq!(
        ann.app.desk.marks(&samples(), row).tags[0].mark.code,
        "lost"
    );
    ann.keys("<esc>");
    assert_eq!(ann.app.screen, Screen::Tags);
}
