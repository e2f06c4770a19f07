//! Hazards of real log files, one test each: a file as some tool wrote or broke it, the records that survive, and the
//! place and reason of what does not. The files are made here, in a folder of their own.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};

use scriptlens::corpus::{Corpus, Key, Options};
use scriptlens::ingest::{FieldMap, Gravity, Settings};
use scriptlens::record::{Basis, Outcome, Record, ScoreValue, Trace};

/// Files in a temporary folder.
struct Files(tempfile::TempDir);

/// What was read of them.
struct Loaded {
    records: Vec<Record>,
    /// `run.jsonl:2: reason`, with the file named from the folder.
    problems: Vec<String>,
    /// What is worth knowing of files that were read.
    remarks: Vec<String>,
    /// Files passed over because they are something else.
    skipped: Vec<String>,
    files: usize,
}

impl Files {
    fn new() -> Files {
        Files(tempfile::tempdir().unwrap())
    }

    fn one(name: &str, content: impl AsRef<[u8]>) -> Files {
        Files::new().with(name, content)
    }

    fn with(self, name: &str, content: impl AsRef<[u8]>) -> Files {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Loads the folder as a whole.
    fn load(&self) -> Loaded {
        self.load_paths(&[self.0.path().display().to_string()])
    }

    /// Loads one file by its name.
    fn load_named(&self, name: &str) -> Loaded {
        self.load_paths(&[self.path(name)])
    }

    fn load_paths(&self, paths: &[String]) -> Loaded {
        let corpus = load(paths, &Options::default());
        let folder = format!("{}/", self.0.path().display());
        let told = |gravity| {
            let problems = corpus.problems().iter();
            problems
                .filter(|problem| problem.gravity == gravity)
                .map(|problem| problem.to_string().replace(&folder, ""))
                .collect()
        };
        Loaded {
            records: records(&corpus),
            problems: told(Gravity::Lost),
            remarks: told(Gravity::Remark),
            skipped: told(Gravity::NoRun),
            files: corpus.files().len(),
        }
    }
}

fn load(paths: &[String], options: &Options) -> std::sync::Arc<Corpus> {
    Corpus::load(paths, options, |_| ControlFlow::Continue(()))
}

/// Every record, read again from its file.
fn records(corpus: &Corpus) -> Vec<Record> {
    (0..corpus.len() as u32)
        .map(|row| corpus.read(row).unwrap())
        .collect()
}

impl Loaded {
    #[track_caller]
    fn answers(&self, answers: &[&str]) -> &Self {
        let found: Vec<_> = self.records.iter().map(|r| r.answer.as_str()).collect();
        assert_eq!(found, answers, "{:?}", self.problems);
        self
    }

    /// The problems, each by its place and a part of its reason.
    #[track_caller]
    fn problems(&self, problems: &[(&str, &str)]) -> &Self {
        assert_eq!(self.problems.len(), problems.len(), "{:?}", self.problems);
        for (found, (place, reason)) in self.problems.iter().zip(problems) {
            let says = found.strip_prefix(&format!("{place}: "));
            assert!(says.is_some_and(|says| says.contains(reason)), "{found}");
        }
        self
    }

    #[track_caller]
    fn fine(&self) -> &Self {
        self.problems(&[])
    }
}

/// A row as most tools write it.
fn row(id: usize, answer: &str) -> String {
    format!("{{\"id\":\"q{id}\",\"question\":\"Where is it?\",\"response\":\"{answer}\"}}\n")
}

fn rows(answers: &[&str]) -> String {
    let row = |(id, answer): (usize, &&str)| row(id, answer);
    answers.iter().enumerate().map(row).collect()
}

fn gzip(content: &str) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(content.as_bytes()).unwrap();
    gz.finish().unwrap()
}

fn zst(content: &str) -> Vec<u8> {
    zstd::encode_all(content.as_bytes(), 0).unwrap()
}

// Names that do not say what is in the file.

#[test]
fn json_lines_named_json_are_lines() {
    let text = rows(&["one", "two"]) + "{\"id\": oops}\n" + &row(3, "four");
    let read = Files::one("run.json", text).load();
    read.answers(&["one", "two", "four"])
        .problems(&[("run.json:3", "not JSON")]);
}

#[test]
fn objects_printed_over_several_lines_and_named_jsonl_are_read_one_by_one() {
    let object = |id: u32, answer: &str| {
        serde_json::to_string_pretty(
            &serde_json::json!({"id": id, "question": "{Where}?", "response": answer}),
        )
        .unwrap()
    };
    let broken = "{\n  \"id\": 2,\n  \"question\": nothing\n}";
    let text = [&object(1, "one"), broken, &object(3, "}three{")].join("\n");
    let read = Files::one("run.jsonl", text).load();
    read.answers(&["one", "}three{"])
        .problems(&[("run.jsonl:row 2", "not JSON")]);
}

#[test]
fn a_document_named_jsonl_is_a_document() {
    let text = format!(
        "[\n{}]",
        rows(&["one", "two"]).trim_end().replace('\n', ",\n")
    );
    Files::one("run.jsonl", text)
        .load()
        .answers(&["one", "two"])
        .fine();
}

#[test]
fn a_language_that_only_the_names_of_files_and_folders_tell_is_the_target() {
    let read = Files::new()
        .with("phi-4/Greek.csv", "question,response\nΠού είναι;,εδώ\n")
        .with("phi-4/answers_th.jsonl", row(1, "ที่นี่"))
        .with("hindi/run.jsonl", row(1, "यहाँ"))
        .with("plain.jsonl", row(1, "here"))
        .load();
    let targets: Vec<_> = read
        .records
        .iter()
        .map(|r| (r.target.as_ref().unwrap().to_string(), r.target_basis))
        .collect();
    let told = |locale: &str, basis| (locale.to_owned(), basis);
    let expected = [
        told("hi-Deva", Basis::Path),
        told("el-Grek", Basis::Path),
        told("th-Thai", Basis::Path),
        told("und-Latn", Basis::Text),
    ];
    assert_eq!(targets, expected);
    let runs: Vec<_> = read.records.iter().map(|r| r.run.as_str()).collect();
    assert_eq!(runs, ["run", "phi-4", "phi-4/answers", "plain"]);
}

// Encodings and line ends.

#[test]
fn a_byte_order_mark_before_a_csv_header_is_no_part_of_its_first_column() {
    for header in [
        "\u{feff}question,response",
        "\u{feff}\"question\",\"response\"",
    ] {
        let read = Files::one("run.csv", format!("{header}\nWhere?,here\n")).load();
        read.answers(&["here"]).fine();
        assert_eq!(read.records[0].question, "Where?");
        assert!(read.records[0].metadata.is_empty());
    }
}

#[test]
fn a_byte_order_mark_before_json_is_passed_over() {
    let lines = format!("\u{feff}{}", rows(&["one", "two"]));
    let document = "\u{feff}[{\"question\":\"?\",\"response\":\"three\"}]";
    let read = Files::new()
        .with("a.jsonl", lines)
        .with("b.json", document)
        .load();
    read.answers(&["one", "two", "three"]).fine();
}

#[test]
fn escaped_letters_are_letters() {
    let read = Files::one("run.jsonl", row(1, r"\u6771\u4eac \ud83d\uddfc")).load();
    read.answers(&["東京 🗼"]).fine();
}

#[test]
fn half_of_a_surrogate_pair_becomes_a_replacement_character() {
    let text = rows(&[r"a\ud83d", r"\udc00b", r"\ud83d\ud83d\uddfc", "d"]);
    let read = Files::one("run.jsonl", text).load();
    read.answers(&["a\u{fffd}", "\u{fffd}b", "\u{fffd}🗼", "d"])
        .fine();
}

#[test]
fn a_line_of_invalid_utf_8_is_read_with_replacement_characters() {
    let mut bytes = row(1, "één").into_bytes();
    bytes.extend(b"{\"id\":\"q2\",\"question\":\"Wh\xe9re?\",\"response\":\"\xff\"}\n");
    bytes.extend(row(3, "three").into_bytes());
    let read = Files::one("run.jsonl", bytes).load();
    read.answers(&["één", "\u{fffd}", "three"]).fine();
    assert_eq!(read.records[1].question, "Wh\u{fffd}re?");

    let csv = b"question,response\nWh\xe9re?,here\n";
    let read = Files::one("run.csv", csv).load();
    read.answers(&["here"]).fine();
    assert_eq!(read.records[0].question, "Whére?");
    assert!(read.remarks[0].contains("not UTF-8: read as windows-1252"));
}

#[test]
fn texts_in_utf_16_and_latin_1_are_read() {
    let text = rows(&["Görlitz", "Neiße"]);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [[b"\xff\xfe", &utf16[..]].concat(), utf16] {
        let read = Files::one("run.jsonl", bytes).load();
        read.answers(&["Görlitz", "Neiße"]).fine();
    }
    let latin1: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
    let read = Files::one("run.jsonl", latin1).load();
    read.answers(&["Görlitz", "Neiße"]).fine();
    assert!(read.remarks[0].contains("not UTF-8: read as windows-1252"));
}

#[test]
fn an_archive_cut_short_gives_the_samples_before_the_cut() {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/inspect");
    let whole = std::fs::read_dir(whole).unwrap().flatten();
    let mut read_some = false;
    for log in whole.filter(|file| file.path().extension().is_some_and(|e| e == "eval")) {
        let bytes = std::fs::read(log.path()).unwrap();
        let all = Files::one("run.eval", &bytes).load().records.len();
        for cut in (0..bytes.len()).step_by(97) {
            let read = Files::one("run.eval", &bytes[..cut]).load();
            assert!(read.records.len() <= all);
            assert!(
                !read.problems.is_empty() || !read.skipped.is_empty(),
                "{cut}"
            );
            read_some |= !read.records.is_empty();
        }
    }
    assert!(read_some);
}

#[test]
fn ids_that_are_there_twice_are_epochs_and_told() {
    let files = Files::one("run.jsonl", rows(&["one", "two"]) + &rows(&["eins"]))
        .with("more/run.jsonl", rows(&["uno"]));
    let read = files.load();
    read.fine();
    assert_eq!(read.records.len(), 4);
    assert_eq!(read.remarks.len(), 1, "{:?}", read.remarks);
    assert!(
        read.remarks[0].starts_with("run.jsonl: 1 response to questions that this run has already")
    );
    let files =
        Files::one("a/atlas_hi.jsonl", rows(&["one"])).with("b/atlas_hi.jsonl", rows(&["uno"]));
    let read = files.load_paths(&[files.path("a"), files.path("b")]);
    assert!(
        read.remarks[0].contains("that the same run also answers in"),
        "{:?}",
        read.remarks
    );
}

#[test]
fn one_field_of_many_types_is_read_as_what_each_row_has() {
    let values = [
        "7",
        "\"seven\"",
        "[\"se\", \"ven\"]",
        "{\"n\": 7}",
        "true",
        "null",
        "7.5",
    ];
    let row = |value: &str| {
        let question = value.len();
        format!(
            "{{\"question\": \"Q{question}\", \"response\": {value}, \"gold\": {value}, \"epoch\": {value}}}
"
        )
    };
    let read = Files::one("run.jsonl", values.map(row).concat()).load();
    read.answers(&["7", "seven", "se\nven", "{\"n\":7}", "true", "", "7.5"])
        .fine();
    assert_eq!(read.records[2].gold, ["se", "ven"]);
}

#[test]
fn a_line_of_many_megabytes_is_read_and_costs_no_other() {
    let long = "word ".repeat(4 << 20);
    let read = Files::one(
        "run.jsonl",
        row(1, "one") + &row(2, &long) + &row(3, "three"),
    )
    .load();
    assert_eq!(read.records.len(), 3);
    assert_eq!(read.records[1].answer.len(), long.len());
    read.fine();
}

#[test]
fn carriage_returns_at_line_ends_belong_to_no_text() {
    let lines = rows(&["one", "two"]).replace('\n', "\r\n") + "\r\n{broken\r\n";
    let read = Files::one("run.jsonl", lines).load();
    read.answers(&["one", "two"])
        .problems(&[("run.jsonl:4", "not JSON")]);

    let read = Files::one(
        "run.csv",
        "question,response\r\nWhere?,here\r\n\r\nWho?,\"she\r\nherself\"\r\n",
    )
    .load();
    read.answers(&["here", "she\r\nherself"]).fine();
}

// Damage.

#[test]
fn a_file_of_nul_bytes_is_one_problem() {
    for name in ["run.json", "run.csv", "run.eval"] {
        let read = Files::one(name, [0; 9000]).load();
        read.answers(&[])
            .problems(&[(name, "begins with NUL bytes")]);
        assert!(read.skipped.is_empty(), "damage is never passed over");
    }
}

#[test]
fn a_line_of_nul_bytes_costs_no_other_line() {
    let text = row(1, "one") + &"\0".repeat(300) + "\n" + &row(3, "three");
    let read = Files::one("run.jsonl", text).load();
    read.answers(&["one", "three"])
        .problems(&[("run.jsonl:2", "NUL bytes only")]);
}

#[test]
fn a_last_line_that_is_only_half_written_costs_no_other_line() {
    let text = rows(&["one", "two"]) + "{\"id\":\"q3\",\"question\":\"Wh";
    let read = Files::one("run.jsonl", text).load();
    read.answers(&["one", "two"])
        .problems(&[("run.jsonl:3", "not JSON: EOF")]);
}

#[test]
fn a_document_that_breaks_off_gives_what_is_whole() {
    let text = r#"[{"question":"?","response":"one"},{"question":"?","resp"#;
    let read = Files::one("run.json", text).load();
    read.answers(&["one"])
        .problems(&[("run.json", "ends in the middle")]);
}

#[test]
fn a_compressed_file_that_breaks_off_gives_what_stands_before() {
    let long: String = (0..2000)
        .map(|id| row(id, &format!("here{}", id * 7919)))
        .collect();
    for (name, whole, what) in [
        ("run.jsonl.gz", gzip(&long), "gzip"),
        ("run.jsonl.zst", zst(&long), "zstd"),
    ] {
        let read = Files::one(name, &whole[..whole.len() * 3 / 4]).load();
        let cut = format!("the {what} stream is damaged or cut short");
        assert!(
            read.problems.iter().any(|p| p.contains(&cut)),
            "{:?}",
            read.problems
        );
        assert!(read.records.iter().all(|r| r.answer.starts_with("here")));
        // zstd gives nothing of a block that is not whole.
        assert!(
            what == "zstd" || read.records.len() > 1000,
            "{}",
            read.records.len()
        );
    }
}

#[test]
fn json_nested_beyond_reason_is_a_problem_of_its_line() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let text =
        row(1, "one") + &format!("{{\"question\":\"?\",\"response\":{deep}}}\n") + &row(3, "three");
    let read = Files::one("run.jsonl", text).load();
    read.answers(&["one", "three"])
        .problems(&[("run.jsonl:2", "recursion limit")]);

    let document = format!("[{{\"question\":\"?\",\"response\":\"one\"}},{deep}]");
    let read = Files::one("run.json", document).load();
    read.answers(&["one"])
        .problems(&[("run.json:row 2", "recursion limit")]);
}

#[test]
fn a_file_that_may_not_be_read_is_a_problem() {
    let files = Files::one("a.jsonl", row(1, "one")).with("b.jsonl", row(2, "two"));
    let path = files.path("a.jsonl");
    if !forbid(Path::new(&path)) {
        eprintln!("skipped: this user may read everything");
        return;
    }
    let read = files.load();
    read.answers(&["two"])
        .problems(&[("a.jsonl", "ermission denied")]);
    assert!(read.skipped.is_empty());
}

/// Takes all permissions away; false if the file can be read nevertheless.
#[cfg(unix)]
fn forbid(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o0)).unwrap();
    std::fs::File::open(path).is_err()
}

#[cfg(not(unix))]
fn forbid(_: &Path) -> bool {
    false
}

// Odd values.

#[test]
fn an_answer_of_235_kilobytes_of_blanks_is_kept_as_it_is() {
    let blanks = " \\n".repeat(120_000);
    for (name, text) in [
        ("middle.jsonl", row(1, "one") + &row(2, &blanks)),
        ("first.jsonl", row(1, &blanks) + &row(2, "one")),
    ] {
        let files = Files::one(name, text);
        let corpus = load(&[files.path(name)], &Options::default());
        let lengths = corpus.measure(scriptlens::corpus::Measure::AnswerLength);
        assert_eq!(*lengths.iter().max().unwrap(), 240_000, "{name}");
        let longest = lengths.iter().position(|length| *length == 240_000);
        let record = corpus.read(longest.unwrap() as u32).unwrap();
        assert_eq!(record.answer.len(), 240_000);
        assert!(record.trace.is_absent() && record.answer.trim().is_empty());
        assert!(corpus.problems().is_empty());
    }
}

#[test]
fn an_answer_that_is_null_is_empty() {
    let null = "{\"question\":\"Wer?\",\"ModelAnswer\":null}\n";
    let said = "{\"question\":\"Wer?\",\"ModelAnswer\":\"sie\"}\n";
    let read = Files::one("run.jsonl", [null, said, null].concat()).load();
    read.answers(&["", "sie", ""]).fine();
}

#[test]
fn numbers_json_has_no_word_for_are_unscored() {
    let score = |id: u32, value: &str| {
        format!(
            "{{\"id\":{id},\"question\":\"NaN?\",\"response\":\"Infinity\",\"score\":{value}}}\n"
        )
    };
    let text: String = ["NaN", "-Infinity", "Infinity", "null", "0.5"]
        .iter()
        .zip(1..)
        .map(|(value, id)| score(id, value))
        .collect();
    let read = Files::one("run.jsonl", text).load();
    read.answers(&["Infinity"; 5]).fine();
    let scores: Vec<_> = read
        .records
        .iter()
        .map(|r| r.scores.first().map(|score| score.value.clone()))
        .collect();
    let unscored = |score: &Option<ScoreValue>| {
        score
            .as_ref()
            .is_none_or(|score| *score == ScoreValue::Unscored)
    };
    assert!(scores[..4].iter().all(unscored), "{scores:?}");
    assert_eq!(scores[4], Some(ScoreValue::Number(0.5)));
    assert!(read.records.iter().all(|r| r.outcome.is_unjudged()));
}

#[test]
fn scores_are_kept_as_given_and_decide_only_where_they_are_beyond_doubt() {
    let cases = [
        ("1", Outcome::Right, ScoreValue::Number(1.0)),
        ("0", Outcome::Wrong, ScoreValue::Number(0.0)),
        ("0.75", Outcome::Unjudged, ScoreValue::Number(0.75)),
        ("7", Outcome::Unjudged, ScoreValue::Number(7.0)),
        ("true", Outcome::Right, ScoreValue::Bool(true)),
        ("\"C\"", Outcome::Right, ScoreValue::Text("C".into())),
        ("\"I\"", Outcome::Wrong, ScoreValue::Text("I".into())),
        ("\"B\"", Outcome::Unjudged, ScoreValue::Text("B".into())),
        (
            "\"NOT_ATTEMPTED\"",
            Outcome::NotAttempted,
            ScoreValue::Text("NOT_ATTEMPTED".into()),
        ),
        (
            "\"CORRECT\"",
            Outcome::Right,
            ScoreValue::Text("CORRECT".into()),
        ),
        (
            "\"Rating: [[1]]\"",
            Outcome::Unjudged,
            ScoreValue::Text("Rating: [[1]]".into()),
        ),
    ];
    let row = |(grade, ..): &(&str, Outcome, ScoreValue)| {
        format!("{{\"question\":\"?\",\"response\":\"!\",\"correct\":{grade}}}\n")
    };
    let read = Files::one("run.jsonl", cases.iter().map(row).collect::<String>()).load();
    read.fine();
    assert_eq!(read.records.len(), cases.len());
    for (record, (grade, correct, value)) in read.records.iter().zip(cases) {
        assert_eq!(record.outcome, correct, "{grade}");
        assert_eq!(record.scores[0].value, value, "{grade}");
    }
}

#[test]
fn of_two_members_with_one_name_the_last_counts() {
    let text = "{\"question\":\"?\",\"response\":\"first\",\"response\":\"last\"}\n";
    Files::one("run.jsonl", text)
        .load()
        .answers(&["last"])
        .fine();
}

#[test]
fn reasoning_inside_the_answer_is_taken_out_of_it() {
    let text = rows(&["<think>Hm.</think>here", "<think>Hm, and then"]);
    let read = Files::one("run.jsonl", text).load();
    read.answers(&["here", ""]).fine();
    assert_eq!(read.records[0].trace, Trace::Plain("Hm.".into()));
    assert_eq!(
        read.records[1].trace,
        Trace::Unterminated("Hm, and then".into())
    );
    assert!(read.records[1].truncated);
}

// Rows that are not records, and records that are several rows.

#[test]
fn rows_of_two_filters_are_one_response() {
    let row = |doc: u32, filter: &str, score: u8| {
        format!(
            "{{\"doc_id\":{doc},\"doc\":{{\"question\":\"Q{doc}\"}},\"target\":\"g\",\"arguments\":[[\"Q{doc}\",{{}}]],\
             \"resps\":[[\"a{doc}\"]],\"filtered_resps\":[\"a{doc}\"],\"filter\":\"{filter}\",\"metrics\":[\"exact_match\"],\
             \"doc_hash\":\"h{doc}\",\"exact_match\":{score}}}\n"
        )
    };
    let strict = row(0, "strict", 0) + &row(1, "strict", 0);
    let flexible = row(0, "flexible", 1) + &row(1, "flexible", 0);
    let files = Files::one(
        "acme__tiny/samples_facts_he_2026-01-02T03-04-05.000006.jsonl",
        strict + &flexible,
    );
    let read = files.load();
    read.answers(&["a0", "a1"]).fine();
    let scores = |record: &Record| {
        let name = |score: &scriptlens::record::Score| score.name.clone();
        record.scores.iter().map(name).collect::<Vec<_>>()
    };
    let names = ["exact_match/strict", "exact_match/flexible"];
    assert!(read.records.iter().all(|record| scores(record) == names));
    let correct: Vec<_> = read.records.iter().map(|r| r.outcome).collect();
    assert_eq!(correct, [Outcome::Right, Outcome::Wrong]);
    assert_eq!(read.records[0].run, "acme/tiny");

    let corpus = load(&[files.path("acme__tiny")], &Options::default());
    let outcomes: Vec<_> = (0..2).map(|row| corpus.name(row, Key::Outcome)).collect();
    assert_eq!(outcomes, ["right", "wrong"], "columns agree with records");
}

#[test]
fn line_ends_inside_quotes_do_not_end_a_row() {
    let text = "question,response\n\"first\nsecond \"\"line\"\"\",\"a,b\n\nc\"\nWho?,she\n";
    let read = Files::one("run.csv", text).load();
    read.answers(&["a,b\n\nc", "she"]).fine();
    assert_eq!(read.records[0].question, "first\nsecond \"line\"");
}

#[test]
fn a_row_with_too_many_fields_costs_no_other_row() {
    let text = "question,response\nWhere?,here\nWhere?,over,there\nWho?\nWho?,she\n";
    let read = Files::one("run.csv", text).load();
    read.answers(&["here", "she"]).problems(&[
        ("run.csv:row 2", "3 fields where the header has 2"),
        ("run.csv:row 3", "1 fields where the header has 2"),
    ]);
}

#[test]
fn tabs_semicolons_and_bars_divide_columns_too() {
    for (delimiter, format) in [("\t", "TSV"), (";", "CSV"), ("|", "CSV")] {
        let text = ["question*response*gold", "Where, who?*here*there"]
            .join("\n")
            .replace('*', delimiter);
        let files = Files::one("run.csv", text);
        files.load().answers(&["here"]).fine();
        let corpus = load(&[files.path("run.csv")], &Options::default());
        assert_eq!(corpus.files()[0].source.format(), format);
    }
}

#[test]
fn a_value_that_is_no_object_is_a_problem_of_its_row() {
    let text = "[{\"question\":\"?\",\"response\":\"one\"}, 5, null, [], {\"question\":\"?\",\"response\":\"two\"}]";
    let read = Files::one("run.json", text).load();
    read.answers(&["one", "two"]).problems(&[
        ("run.json:row 2", "expected an object, found a number"),
        ("run.json:row 3", "expected an object, found null"),
        ("run.json:row 4", "expected an object, found a list"),
    ]);
}

// Compression.

#[test]
fn compressed_files_are_read_through() {
    let csv = "question,response\nWhere?,csv\n";
    let read = Files::new()
        .with("a.csv.gz", gzip(csv))
        .with("b.jsonl.zst", zst(&row(1, "jsonl")))
        .with(
            "c.json.gz",
            gzip("[{\"question\":\"?\",\"response\":\"json\"}]"),
        )
        .load();
    read.answers(&["csv", "jsonl", "json"]).fine();
    let runs: Vec<_> = read.records.iter().map(|r| r.run.as_str()).collect();
    assert_eq!(runs, ["a", "b", "c"]);
}

#[test]
fn several_compressed_members_one_after_the_other_are_one_file() {
    let (one, two) = (row(1, "one"), row(2, "two"));
    let read = Files::new()
        .with("a.jsonl.gz", [gzip(&one), gzip(&two)].concat())
        .with("b.jsonl.zst", [zst(&one), zst(&two)].concat())
        .load();
    read.answers(&["one", "two", "one", "two"]).fine();
}

// Files that are no runs.

#[test]
fn what_is_no_run_is_passed_over_in_a_folder_and_a_problem_when_named() {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    let files = Files::one("run.jsonl", row(1, "one"))
        .with("README.md", "# Runs\n\nOne, two, three; see the paper.\n")
        .with("empty.jsonl", "")
        .with("plot.png", PNG)
        .with("settings.json", "{\"temperature\": 0.6}")
        .with("counts.csv", "language,n\nhe,12\n");
    let read = files.load();
    read.answers(&["one"]).fine();
    assert_eq!(read.skipped.len(), 5, "{:?}", read.skipped);
    assert_eq!(read.files, 1);
    for (name, reason) in [
        ("README.md", "not a run"),
        ("empty.jsonl", "the file is empty"),
        ("plot.png", "not a run"),
        ("settings.json", "without a question or an answer"),
        ("counts.csv", "--map question=COLUMN"),
    ] {
        let read = files.load_named(name);
        read.answers(&[]).problems(&[(name, reason)]);
    }
}

#[test]
fn a_file_named_twice_is_read_once() {
    let files = Files::one("run.jsonl", row(1, "one"));
    let (folder, file) = (files.path(""), files.path("run.jsonl"));
    for paths in [
        vec![file.clone(), file.clone()],
        vec![folder.clone(), file.clone()],
        vec![file, folder.clone(), folder],
    ] {
        let read = files.load_paths(&paths);
        read.answers(&["one"]).fine();
        assert_eq!(read.files, 1);
    }
}

#[test]
fn a_path_that_is_not_there_costs_no_other() {
    let files = Files::one("run.jsonl", row(1, "one"));
    let read = files.load_paths(&[files.path("gone.jsonl"), files.path("run.jsonl")]);
    read.answers(&["one"])
        .problems(&[("gone.jsonl", "no such file")]);
}

#[test]
fn columns_of_any_name_are_read_when_they_are_mapped() {
    let files = Files::one("run.csv", "Frage auf Deutsch,Reaktion\nWo?,hier\n");
    files
        .load_named("run.csv")
        .problems(&[("run.csv", "--map question=COLUMN")]);
    let map = FieldMap::parse(&[
        "question=Frage auf Deutsch".into(),
        "answer=Reaktion".into(),
    ]);
    let options = Options {
        settings: Settings {
            map: map.unwrap(),
            ..Settings::default()
        },
        ..Options::default()
    };
    let corpus = load(&[files.path("run.csv")], &options);
    let record = &records(&corpus)[0];
    assert_eq!(
        (record.question.as_str(), record.answer.as_str()),
        ("Wo?", "hier")
    );
}

#[test]
fn standard_input_is_read_like_a_file() {
    for content in [
        rows(&["one", "two"]).into_bytes(),
        gzip(&rows(&["one", "two"])),
        b"question,response\n?,one\n?,two\n".to_vec(),
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_scriptlens"))
            .args(["filter", "-", "unjudged"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&content).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let answers: Vec<String> = String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str::<Record>(line).unwrap().answer)
            .collect();
        assert_eq!(answers, ["one", "two"]);
    }
}
