//! How fast it is: reading records, counting scripts, filtering, searching.
//!
//! ```sh
//! cargo bench                 # everything; the million rows take a while to make
//! cargo bench -- script       # one module
//! ```
//!
//! Everything is made by `examples/big_run.rs` with a fixed seed, so that numbers of two days can be compared.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufWriter, Write};
use std::ops::{ControlFlow, Range};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use scriptlens::annotation::Taxonomy;
use scriptlens::corpus::view::{Sort, Viewer};
use scriptlens::corpus::{Corpus, Filter, Options};
use scriptlens::ingest::{self, Input, Opened};
use scriptlens::record::Record;
use scriptlens::tui::desk::Desk;
use serde_json::{Value, json};

#[path = "../examples/big_run.rs"]
#[allow(dead_code)]
mod big_run;

/// Regression with strata.
#[path = "logit/mod.rs"]
mod logit;

/// Aligning traces.
#[path = "traces/mod.rs"]
mod traces;

fn main() {
    divan::main();
}

/// A desk at which nothing was said.
fn desk() -> Desk {
    Desk::new(Taxonomy::shipped().unwrap().into(), "ann".into())
}

/// Traces as long as reasoning models write them in these runs, and none, where only columns count.
const LONG: Range<usize> = 560..700;
const NONE: Range<usize> = 0..1;

fn lines(responses: u64, trace: Range<usize>) -> Vec<u8> {
    let seed = 7;
    let mut bytes = Vec::new();
    let plan = big_run::Plan {
        responses,
        seed,
        trace,
        ..big_run::Plan::default()
    };
    big_run::write(&plan, &mut bytes).unwrap();
    bytes
}

/// A corpus of this many responses. Its file is gone, but stays readable for who has it open.
fn corpus(responses: u64, trace: Range<usize>) -> Arc<Corpus> {
    let file = tempfile::Builder::new()
        .suffix(".jsonl")
        .tempfile()
        .unwrap();
    let plan = big_run::Plan {
        responses,
        seed: 7,
        trace,
        ..big_run::Plan::default()
    };
    big_run::write(&plan, &mut BufWriter::new(file.as_file())).unwrap();
    load(&file.path().display().to_string())
}

fn load(path: &str) -> Arc<Corpus> {
    let paths = [path.to_owned()];
    let corpus = Corpus::load(&paths, &Options::default(), |_| ControlFlow::Continue(()));
    assert!(corpus.problems().is_empty() && !corpus.is_empty());
    corpus
}

/// Bytes to records, on one thread.
mod read {
    use super::*;

    const RESPONSES: u64 = 10_000;

    /// The same responses in the formats people have.
    fn content(format: &str) -> Vec<u8> {
        let ours = lines(RESPONSES, LONG);
        let records = || {
            let lines = ours.split(|byte| *byte == b'\n').filter(|l| !l.is_empty());
            lines.map(|line| serde_json::from_slice::<Record>(line).unwrap())
        };
        let row = |record: Record| {
            json!({"id": record.question_id, "source_lang": record.source.unwrap().to_string(),
                "target_lang": record.target.unwrap().to_string(), "question": record.question,
                "response": format!("<think>\n{}\n</think>\n\n{}", record.trace.text(), record.answer),
                "gold": record.gold[0], "correct": record.outcome})
        };
        let mut bytes = Vec::new();
        match format {
            "scriptlens.jsonl" => return ours,
            "table.jsonl" => {
                records().for_each(|record| writeln!(bytes, "{}", row(record)).unwrap());
            }
            "table.json" => {
                let rows: Vec<Value> = records().map(row).collect();
                bytes = json!({"model": "m", "results": rows})
                    .to_string()
                    .into_bytes();
            }
            _ => {
                let mut csv = csv::Writer::from_writer(&mut bytes);
                for (at, record) in records().enumerate() {
                    let Value::Object(row) = row(record) else {
                        continue;
                    };
                    if at == 0 {
                        csv.write_record(row.keys()).unwrap();
                    }
                    let cell = |cell: &Value| cell.as_str().map_or(cell.to_string(), str::to_owned);
                    csv.write_record(row.values().map(cell)).unwrap();
                }
                drop(csv);
            }
        }
        bytes
    }

    fn open(path: PathBuf) -> Opened {
        let input = Input {
            root: path.clone(),
            path,
            named: true,
        };
        ingest::open(&input, &Arc::default()).unwrap().unwrap()
    }

    #[divan::bench(args = ["scriptlens.jsonl", "table.jsonl", "table.json", "table.csv"], sample_count = 10)]
    fn records(bencher: Bencher, format: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format);
        let bytes = content(format);
        std::fs::write(&path, &bytes).unwrap();
        let opened = open(path);
        bencher.counter(BytesCount::new(bytes.len())).bench(|| {
            let mut records = 0;
            let problems = opened.source.blocks(&mut |block| {
                opened.source.parse(&block, &mut |item| {
                    records += u64::from(black_box(item).is_ok());
                });
                ControlFlow::Continue(())
            });
            assert!(problems.is_empty());
            assert_eq!(records, RESPONSES);
        });
    }

    /// Some 20 MB to a corpus, on all threads: what one waits for after naming a file.
    #[divan::bench(sample_count = 10)]
    fn index(bencher: Bencher) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.jsonl");
        let bytes = lines(18_000, LONG);
        std::fs::write(&path, &bytes).unwrap();
        let path = path.display().to_string();
        bencher
            .counter(BytesCount::new(bytes.len()))
            .bench(|| load(&path));
    }

    #[divan::bench(args = ["think", "harmony", "steps", "none"])]
    fn split_reasoning(bencher: Bencher, form: &str) {
        let lines = lines(200, LONG);
        let first: Record =
            serde_json::from_slice(lines.split(|b| *b == b'\n').nth(8).unwrap()).unwrap();
        let (trace, answer) = (first.trace.text(), &first.answer);
        let text = match form {
            "think" => format!("<think>\n{trace}\n</think>\n\n{answer}"),
            "harmony" => format!("analysis{trace}assistantfinal{answer}"),
            "steps" => format!("<step>{}", trace.replace('\n', "\n<step>")),
            _ => format!("{trace}\n\n{answer}"),
        };
        bencher
            .counter(BytesCount::of_str(&text))
            .bench(|| ingest::reasoning::split(black_box(&text)));
    }
}

/// Letters to scripts.
mod script {
    use scriptlens::script::{Profile, Romaniser};

    use super::*;

    const TEXTS: [(&str, &str); 6] = [
        (
            "ascii",
            "The question asks who designed the bridge, so I recall the river and its city. ",
        ),
        (
            "cyrillic",
            "Вопрос в том, кто построил мост, поэтому я вспоминаю реку и город. ",
        ),
        (
            "hebrew",
            "השאלה היא מי בנה את הגשר, ולכן אני נזכר בנהר ובעיר שלו. ",
        ),
        (
            "devanagari",
            "प्रश्न यह है कि पुल किसने बनाया, इसलिए मुझे नदी और शहर याद आते हैं। ",
        ),
        (
            "han",
            "题目问的是谁设计了这座桥，所以我想起那条河和那座城市。",
        ),
        (
            "japanese",
            "質問は誰が橋を設計したかなので、その川と都市を思い出す。",
        ),
    ];

    fn text(name: &str) -> &'static str {
        TEXTS.iter().find(|(n, _)| *n == name).unwrap().1
    }

    #[divan::bench(args = TEXTS.map(|(name, _)| name))]
    fn profile(bencher: Bencher, name: &str) {
        let text = text(name).repeat(1000);
        bencher
            .counter(BytesCount::of_str(&text))
            .bench(|| Profile::of(black_box(&text)));
    }

    /// Words seen before, as most are.
    #[divan::bench(args = TEXTS.map(|(name, _)| name))]
    fn search_key(bencher: Bencher, name: &str) {
        let text = text(name);
        let mut romaniser = Romaniser::new();
        bencher
            .counter(BytesCount::of_str(text))
            .bench_local(move || romaniser.search_key(black_box(text)));
    }
}

/// Filters and counts: what one waits for after a key.
mod view {
    use super::*;

    /// Corpora are made once. Statics are never dropped, but there is nothing to tidy up.
    fn of(rows: u64) -> &'static Arc<Corpus> {
        static SMALL: OnceLock<Arc<Corpus>> = OnceLock::new();
        static LARGE: OnceLock<Arc<Corpus>> = OnceLock::new();
        let made = if rows > 100_000 { &LARGE } else { &SMALL };
        made.get_or_init(|| corpus(rows, NONE))
    }

    const ROWS: [u64; 2] = [100_000, 1_000_000];

    fn view(viewer: &mut Viewer, corpus: &Arc<Corpus>, filter: &str, sort: Sort) -> usize {
        let filter = Filter::parse(filter).unwrap();
        let mut rows = 0;
        viewer.view(corpus, &filter, sort, &mut |view| {
            rows = black_box(view).rows;
            ControlFlow::Continue(())
        });
        rows
    }

    fn bench(bencher: Bencher, rows: u64, filter: &str, sort: Sort) {
        let corpus = of(rows);
        bencher
            .counter(ItemsCount::new(rows))
            .with_inputs(Viewer::default)
            .bench_local_refs(|viewer| view(viewer, corpus, filter, sort));
    }

    /// A view is there; what a change of the matrix costs. The bar: a million responses within 100 ms, drawing included.
    #[divan::bench(args = ["accuracy", "transfer", "gap", "unparsed", "languages"], sample_count = 20)]
    fn matrix_of_a_million(bencher: Bencher, what: &str) {
        use scriptlens::stats::Selection;
        use scriptlens::stats::matrix::{Ask, Axis, Matrix, Measure};
        let corpus = of(1_000_000);
        let mask = Arc::new(vec![true; corpus.len()]);
        let measure = Measure::ALL
            .into_iter()
            .find(|measure| measure.word() == what);
        let ask = Ask {
            axis: if what == "languages" {
                Axis::Language
            } else {
                Axis::Script
            },
            measure: measure.unwrap_or_default(),
            ..Ask::default()
        };
        bencher.counter(ItemsCount::new(corpus.len())).bench(|| {
            let selection = Selection::of(corpus, Filter::default(), mask.clone());
            let matrix = Matrix::of(&selection, ask, None).unwrap();
            assert!(matrix.all.n > 10_000);
            matrix
        });
    }

    /// From the key to the frame: the matrix of a million responses, counted and drawn.
    #[divan::bench(sample_count = 20)]
    fn key_to_matrix_of_a_million(bencher: Bencher) {
        use crossterm::event::{Event as Terminal, KeyCode, KeyEvent, KeyModifiers};
        use ratatui::buffer::Buffer;
        use ratatui::layout::Rect;
        use scriptlens::tui::app::{App, Event};
        use scriptlens::tui::keymap::Keymap;
        use scriptlens::tui::screens;
        use scriptlens::tui::worker::{Memory, carry_out, settle};
        let corpus = of(1_000_000);
        let size = Rect::new(0, 0, 120, 40);
        let mut memory = Memory::default();
        let nothing = Corpus::load(&[], &Options::default(), |_| ControlFlow::Break(()));
        let mut app = App::new(nothing, Filter::default(), Keymap::default(), desk(), size);
        // Only the view: an audit of a million responses is not what is measured.
        for effect in app.update(Event::Loaded(corpus.clone())) {
            let (send, events) = crossbeam_channel::unbounded();
            if matches!(effect, scriptlens::tui::app::Effect::View { .. }) {
                carry_out(effect, &mut memory, &|event| {
                    let _ = send.send(event);
                    ControlFlow::Continue(())
                });
            }
            for event in events.try_iter() {
                drop(app.update(event));
            }
        }
        let key = Event::Terminal(Terminal::Key(KeyEvent::new(
            KeyCode::Char('m'),
            KeyModifiers::NONE,
        )));
        let buffer = Buffer::empty(size);
        let key = || match &key {
            Event::Terminal(key) => Event::Terminal(key.clone()),
            _ => Event::Ended,
        };
        bencher
            .counter(ItemsCount::new(corpus.len()))
            .bench_local(|| {
                app.heat.forget();
                settle(&mut app, &mut memory, key());
                assert!(app.heat.counted().is_some());
                let mut buffer = buffer.clone();
                screens::render(&app, &mut buffer);
                // Back again.
                app.screen = scriptlens::tui::app::Screen::Browse;
                buffer
            });
    }

    /// Facets and groups of everything.
    #[divan::bench(args = ROWS, sample_count = 10)]
    fn everything(bencher: Bencher, rows: u64) {
        bench(bencher, rows, "", Sort::Loaded);
    }

    #[divan::bench(args = ROWS, sample_count = 10)]
    fn one_value(bencher: Bencher, rows: u64) {
        bench(bencher, rows, "src:Hebr", Sort::Loaded);
    }

    #[divan::bench(args = ROWS, sample_count = 10)]
    fn barrier_failures(bencher: Bencher, rows: u64) {
        bench(bencher, rows, "barrier", Sort::Loaded);
    }

    #[divan::bench(args = ROWS, sample_count = 10)]
    fn six_clauses(bencher: Bencher, rows: u64) {
        let filter = "cross wrong src:Jpan,Hans -tgt:Kore model:*70b anslen>3";
        bench(bencher, rows, filter, Sort::Question);
    }

    /// One more clause than the view before had: what a click on a facet costs.
    #[divan::bench(args = ROWS, sample_count = 10)]
    fn one_clause_more(bencher: Bencher, rows: u64) {
        let corpus = of(rows);
        let seen = || {
            let mut viewer = Viewer::default();
            view(&mut viewer, corpus, "cross wrong src:Hebr", Sort::Loaded);
            viewer
        };
        bencher
            .counter(ItemsCount::new(rows))
            .with_inputs(seen)
            .bench_local_refs(|viewer| {
                view(
                    viewer,
                    corpus,
                    "cross wrong src:Hebr tgt:Deva",
                    Sort::Loaded,
                )
            });
    }
}

/// Texts, read from the file one by one.
mod search {
    use super::*;

    const ROWS: u64 = 20_000;

    fn bench(bencher: Bencher, filter: &str, first: bool) {
        static CORPUS: OnceLock<Arc<Corpus>> = OnceLock::new();
        let corpus = CORPUS.get_or_init(|| corpus(ROWS, LONG));
        let filter = Filter::parse(filter).unwrap();
        bencher.bench_local(|| {
            let mut rows = 0;
            Viewer::default().view(corpus, &filter, Sort::Loaded, &mut |view| {
                rows = black_box(view).rows;
                if first && rows > 0 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            });
            rows
        });
    }

    /// Until the first rows are on the screen.
    #[divan::bench(args = ["\"bridge\"", "~bridge"], sample_count = 10)]
    fn first_hits(bencher: Bencher, filter: &str) {
        bench(bencher, filter, true);
    }

    /// Until every one of 20,000 rows was looked at.
    #[divan::bench(args = ["\"bridge\"", "~sarwadharma", "cross wrong tgt:Deva ~sarwadharma"], sample_count = 10)]
    fn all_hits(bencher: Bencher, filter: &str) {
        bench(bencher, filter, false);
    }
}

/// One frame of browse on a large screen, its responses at hand.
mod render {
    use super::desk;
    use super::*;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use scriptlens::tui::app::{App, Event};
    use scriptlens::tui::keymap::Keymap;
    use scriptlens::tui::screens;
    use scriptlens::tui::worker::{Memory, settle};

    fn browse(width: u16, height: u16) -> App {
        let corpus = corpus(2_000, LONG);
        let size = Rect::new(0, 0, width, height);
        let mut app = App::new(
            corpus.clone(),
            Filter::default(),
            Keymap::default(),
            desk(),
            size,
        );
        settle(&mut app, &mut Memory::default(), Event::Loaded(corpus));
        app
    }

    #[divan::bench(args = [(80, 24), (250, 80)])]
    fn one_frame(bencher: Bencher, (width, height): (u16, u16)) {
        let app = browse(width, height);
        let buffer = Buffer::empty(app.size);
        bencher
            .with_inputs(|| buffer.clone())
            .bench_values(|mut buffer| screens::render(black_box(&app), &mut buffer));
    }
}

/// A trace of 1 MB: until it is in sight, and from there until its end is.
mod text {
    use super::desk;
    use super::*;
    use crossterm::event::{Event as Terminal, KeyCode, KeyEvent, KeyModifiers};
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use scriptlens::tui::app::{App, Event};
    use scriptlens::tui::keymap::Keymap;
    use scriptlens::tui::screens;
    use scriptlens::tui::worker::{Memory, settle};

    const SIZE: usize = 1 << 20;
    const SENTENCES: [(&str, &str); 6] = [
        (
            "Latn",
            "The river flows through the old town, past the museum and three bridges. ",
        ),
        (
            "Arab",
            "يجري النهر عبر المدينة القديمة، بجانب المتحف (بني عام ١٨٨٧) وثلاثة جسور. ",
        ),
        (
            "Deva",
            "नदी पुराने शहर से होकर, संग्रहालय और तीन पुलों के पास से बहती है। ",
        ),
        (
            "Thai",
            "แม่น้ำไหลผ่านเมืองเก่า ผ่านพิพิธภัณฑ์ และสะพานสามแห่ง น้ำใสมาก ",
        ),
        ("Khmr", "ទន្លេហូរកាត់ទីក្រុងចាស់ កាត់សារមន្ទីរ និងស្ពានបី ភ្នំពេញជាទីក្រុងធំ។ "),
        (
            "Hans",
            "这条河流经老城，经过博物馆（建于1887年）和三座桥。“水很清。”他说。",
        ),
    ];

    /// An explorer with one response at hand, in a pane of 160 × 50: a trace in paragraphs, or in a single one.
    fn explorer(script: &str, paragraphs: bool) -> App {
        let sentence = SENTENCES
            .iter()
            .find(|(name, _)| *name == script)
            .unwrap()
            .1;
        let paragraph = sentence.repeat(6) + if paragraphs { "\n\n" } else { "" };
        let record = Record {
            question: "Where?".into(),
            trace: scriptlens::record::Trace::Plain(paragraph.repeat(SIZE / paragraph.len())),
            ..Record::default()
        };
        let file = tempfile::Builder::new()
            .suffix(".jsonl")
            .tempfile()
            .unwrap();
        serde_json::to_writer(file.as_file(), &record).unwrap();
        let corpus = load(&file.path().display().to_string());
        let size = Rect::new(0, 0, 160, 50);
        let mut app = App::new(
            corpus.clone(),
            Filter::default(),
            Keymap::default(),
            desk(),
            size,
        );
        settle(&mut app, &mut Memory::default(), Event::Loaded(corpus));
        app
    }

    fn press(app: &mut App, code: KeyCode) -> Buffer {
        let key = KeyEvent::new(code, KeyModifiers::NONE);
        app.update(Event::Terminal(Terminal::Key(key)));
        app.prepare();
        let mut buffer = Buffer::empty(app.size);
        screens::render(black_box(app), &mut buffer);
        buffer
    }

    #[divan::bench(args = ["Latn", "Arab", "Deva", "Thai", "Khmr", "Hans"], sample_count = 10, sample_size = 1)]
    fn open(bencher: Bencher, script: &str) {
        bencher
            .with_inputs(|| explorer(script, true))
            .bench_local_refs(|app| press(app, KeyCode::Enter));
    }

    #[divan::bench(args = ["Latn", "Arab", "Deva", "Thai", "Khmr", "Hans"], consts = [true, false], sample_count = 10, sample_size = 1)]
    fn to_the_end<const PARAGRAPHS: bool>(bencher: Bencher, script: &str) {
        let opened = || {
            let mut app = explorer(script, PARAGRAPHS);
            press(&mut app, KeyCode::Enter);
            app
        };
        bencher
            .with_inputs(opened)
            .bench_local_refs(|app| press(app, KeyCode::End));
    }
}
