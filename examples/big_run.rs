//! Writes a run of any size in the JSON Lines format, to try out how the explorer bears it.
//!
//! ```sh
//! cargo run --release --example big_run -- --responses 1000000 --seed 7 -o big.jsonl
//! ```
//!
//! `--runs 1 --epochs 1 --entities` writes each question once in each language, with the forms of the name it asks with:
//! what `scriptlens prompts` is measured with.
//!
//! A million responses are about a gigabyte: two models under two conditions, two epochs, some ten thousand questions
//! asked in the twelve languages of ECLeKTic, each local to one of them. Everything in it is made up: names are strung
//! together from syllables, sentences from word lists, and who is right is drawn at rates such as studies of transfer
//! across scripts report. The same seed gives the same bytes. Memory does not grow with the size.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::process::ExitCode;

use scriptlens::record::{Entity, Outcome, Record, Score, ScoreValue, Trace};
use scriptlens::script::{self, Locale};

const USAGE: &str =
    "usage: big_run --responses N [--seed S] [--runs 1..4] [--epochs N] [--entities] [-o FILE]";
const NOTE: &str =
    "Synthetic: made up by examples/big_run.rs to try out large files; no model's output.";

/// What is to be written.
pub struct Plan {
    /// How many responses.
    pub responses: u64,
    /// Seed of all that is drawn.
    pub seed: u64,
    /// Bytes of a trace, from and to.
    pub trace: Range<usize>,
    /// How many runs: up to two models under two conditions.
    pub runs: usize,
    /// How often each question is answered in each language by each run.
    pub epochs: u32,
    /// Records bring the forms of the name that the question asks with.
    pub entities: bool,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            responses: 0,
            seed: 1,
            trace: 560..700,
            runs: MODELS.len() * CONDITIONS.len(),
            epochs: 2,
            entities: false,
        }
    }
}

fn main() -> ExitCode {
    let (plan, file) = match arguments(std::env::args().skip(1)) {
        Ok(told) => told,
        Err(wrong) => {
            eprintln!("{wrong}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let done = match &file {
        None => write(
            &plan,
            &mut BufWriter::with_capacity(1 << 16, io::stdout().lock()),
        ),
        Some(name) => File::create(name)
            .and_then(|file| write(&plan, &mut BufWriter::with_capacity(1 << 20, file))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", file.as_deref().unwrap_or("standard output"));
            ExitCode::FAILURE
        }
    }
}

fn arguments(given: impl Iterator<Item = String>) -> Result<(Plan, Option<String>), String> {
    let (mut plan, mut file) = (Plan::default(), None);
    let mut given = given;
    while let Some(name) = given.next() {
        if name == "--entities" {
            plan.entities = true;
            continue;
        }
        let value = given
            .next()
            .ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.replace('_', "").parse::<u64>();
        let wrong = |_| format!("{name} {value}: not a number");
        match name.as_str() {
            "--responses" | "-n" => plan.responses = number().map_err(wrong)?,
            "--seed" => plan.seed = number().map_err(wrong)?,
            "--runs" => plan.runs = number().map_err(wrong)? as usize,
            "--epochs" => plan.epochs = number().map_err(wrong)? as u32,
            "-o" | "--output" => file = Some(value),
            _ => return Err(format!("{name} is unknown")),
        }
    }
    let runs = 1..=Plan::default().runs;
    match plan.responses > 0 && plan.epochs > 0 && runs.contains(&plan.runs) {
        true => Ok((plan, file)),
        false => Err("say how many responses, runs and epochs".into()),
    }
}

/// Models and how much of what is local to a language they know in it.
const MODELS: [(&str, f64); 2] = [("synthetic-7b", 0.62), ("synthetic-70b", 0.81)];
const CONDITIONS: [&str; 2] = ["baseline", "entity-hint"];

/// Writes the run, one response a line.
///
/// # Errors
/// The output cannot be written.
pub fn write(plan: &Plan, out: &mut impl Write) -> io::Result<()> {
    let languages = languages();
    let variants = languages.len() as u64 * u64::from(plan.epochs);
    let questions = plan.responses.div_ceil(plan.runs as u64 * variants);
    let mut left = plan.responses;
    let mut first = true;
    let runs = MODELS
        .iter()
        .flat_map(|model| CONDITIONS.map(|condition| (model, condition)));
    for (model, condition) in runs.take(plan.runs) {
        for number in 0..questions {
            let question = Question::draw(plan.seed, number, &languages);
            let mut rng = Rng::of(&[plan.seed, number, left]);
            let known = rng.chance(model.1);
            for target in &languages {
                let held = question.held(target, condition, known, &mut rng);
                for epoch in 1..=plan.epochs {
                    if left == 0 {
                        return out.flush();
                    }
                    left -= 1;
                    // Epochs of one variant mostly agree.
                    let right = held != rng.chance(0.07);
                    let size = plan.trace.start + rng.below(plan.trace.len().max(1));
                    let mut record = question.asked(target, right, size, &mut rng);
                    record.run = format!("{}/{condition}", model.0);
                    record.model = Some(model.0.to_owned());
                    record.condition = Some(condition.to_owned());
                    record.epoch = epoch;
                    record.note = std::mem::take(&mut first).then(|| NOTE.to_owned());
                    if plan.entities {
                        record.entities.push(question.entity(target));
                    }
                    serde_json::to_writer(&mut *out, &record)?;
                    out.write_all(b"\n")?;
                }
            }
        }
    }
    out.flush()
}

/// A made-up fact: somebody made something, and what they are called is asked for.
struct Question<'a> {
    id: String,
    source: &'a Language,
    /// Syllables of the thing's name.
    thing: Name,
    /// Syllables of the answer.
    answer: Name,
    word: usize,
    shape: usize,
    year: usize,
}

impl<'a> Question<'a> {
    fn draw(seed: u64, number: u64, languages: &'a [Language]) -> Self {
        let mut rng = Rng::of(&[seed, number]);
        Question {
            id: format!("synthetic/{number:06}"),
            source: &languages[rng.below(languages.len())],
            thing: Name::draw(&mut rng),
            answer: Name::draw(&mut rng),
            word: rng.below(WORDS_EACH),
            shape: rng.below(usize::MAX),
            year: 1400 + rng.below(600),
        }
    }

    /// Whether a model that knows the answer, or does not, has it when asked in this language.
    fn held(&self, target: &Language, condition: &str, known: bool, rng: &mut Rng) -> bool {
        let (source, target) = (&self.source.locale, &target.locale);
        let lift = if condition == "entity-hint" {
            0.14
        } else {
            0.0
        };
        rng.chance(match known {
            false => 0.03,
            true if source == target => 0.96,
            true if source.script == target.script => 0.71 + lift / 4.0,
            true if self.source.shares_han && target.script.as_str() != "Kore" => 0.46 + lift,
            true => 0.36 + lift,
        })
    }

    /// The thing, as it is written at the source, in the language of the question and in English.
    fn entity(&self, target: &Language) -> Entity {
        let of = |language: &Language| {
            let mut form = String::new();
            self.thing.spell(language.letters, &mut form);
            (language.locale.language.clone(), vec![form])
        };
        let languages = [Some(self.source), Some(target), target.pivot];
        Entity {
            forms: languages.into_iter().flatten().map(of).collect(),
            ..Entity::default()
        }
    }

    fn asked(&self, target: &Language, right: bool, size: usize, rng: &mut Rng) -> Record {
        let said = match rng.below(10) {
            _ if right => self.answer,
            0..=5 => self.answer.misheard(rng),
            _ => Name::draw(rng),
        };
        let mut question = String::with_capacity(160);
        let shape = &target.questions[self.shape % target.questions.len()];
        shape.write(&mut question, target, |slot| match slot {
            Slot::Name => (self.thing, 0),
            Slot::Word => (self.thing, self.word),
            Slot::Year => (self.thing, self.year),
        });
        // Most reasoning is in the language of the question, some in English, some where the knowledge lies.
        let inner = match rng.below(10) {
            0..=6 => target,
            7 => self.source,
            _ => target.pivot.unwrap_or(target),
        };
        let mut trace = String::with_capacity(size + 160);
        while trace.len() < size {
            let shape = &inner.thoughts[rng.below(inner.thoughts.len())];
            let name = if rng.chance(0.4) { self.thing } else { said };
            let (word, year) = (rng.below(WORDS_EACH), self.year + rng.below(40));
            shape.write(&mut trace, inner, |slot| match slot {
                Slot::Name => (name, 0),
                Slot::Word => (name, word),
                Slot::Year => (name, year),
            });
            trace.push_str(if rng.chance(0.4) { "\n" } else { inner.gap });
        }
        trace.truncate(trace.trim_end().len());
        let cut_off = !right && rng.chance(0.02);
        let mut answer = String::with_capacity(48);
        if !cut_off {
            said.spell(target.letters, &mut answer);
        }
        let mut gold = vec![String::new()];
        self.answer.spell(target.letters, &mut gold[0]);
        if target.letters != Letters::Latin {
            gold.push(String::new());
            self.answer.spell(Letters::Latin, &mut gold[1]);
        }
        let close = said.alike(self.answer);
        let score = |name: &str, value| Score {
            name: name.to_owned(),
            value: ScoreValue::Number(value),
            explanation: None,
        };
        let right = right && !cut_off;
        Record {
            dataset: Some("synthetic".to_owned()),
            question_id: self.id.clone(),
            source: Some(self.source.locale.clone()),
            target: Some(target.locale.clone()),
            question,
            trace: match (size, cut_off) {
                (0, _) => Trace::Absent,
                (_, true) => Trace::Unterminated(trace),
                (_, false) => Trace::Plain(trace),
            },
            answer,
            gold,
            scores: vec![
                score("exact_match", f64::from(u8::from(right))),
                score("likeness", (close * 100.0).round() / 100.0),
            ],
            outcome: Outcome::from(right),
            truncated: cut_off,
            ..Record::default()
        }
    }
}

// Names.

/// Ways to write a syllable.
#[derive(Clone, Copy, PartialEq)]
enum Letters {
    Latin,
    Hebrew,
    Devanagari,
    Katakana,
    Hangul,
    Han,
}

/// Syllables, in the order of [`Letters`].
const SYLLABLES: &[[&str; 6]] = &[
    ["sa", "סא", "सा", "サ", "사", "萨"],
    ["ra", "רא", "रा", "ラ", "라", "拉"],
    ["ma", "מא", "मा", "マ", "마", "马"],
    ["na", "נא", "ना", "ナ", "나", "纳"],
    ["ta", "טא", "ता", "タ", "타", "塔"],
    ["ka", "קא", "का", "カ", "카", "卡"],
    ["ba", "בא", "बा", "バ", "바", "巴"],
    ["da", "דא", "दा", "ダ", "다", "达"],
    ["ha", "הא", "हा", "ハ", "하", "哈"],
    ["ya", "יא", "या", "ヤ", "야", "亚"],
    ["mi", "מי", "मी", "ミ", "미", "米"],
    ["ri", "רי", "री", "リ", "리", "里"],
    ["ni", "ני", "नी", "ニ", "니", "尼"],
    ["ki", "קי", "की", "キ", "키", "基"],
    ["bi", "בי", "बी", "ビ", "비", "比"],
    ["di", "די", "दी", "ディ", "디", "迪"],
    ["ko", "קו", "को", "コ", "코", "科"],
    ["do", "דו", "दो", "ド", "도", "多"],
    ["mo", "מו", "मो", "モ", "모", "莫"],
    ["ro", "רו", "रो", "ロ", "로", "罗"],
    ["to", "טו", "तो", "ト", "토", "托"],
    ["no", "נו", "नो", "ノ", "노", "诺"],
    ["zi", "זי", "ज़ी", "ジ", "지", "齐"],
    ["fa", "פא", "फ़ा", "ファ", "파", "法"],
    ["su", "סו", "सू", "ス", "수", "苏"],
    ["pe", "פה", "पे", "ペ", "페", "佩"],
    ["le", "לה", "ले", "レ", "레", "莱"],
    ["ne", "נה", "ने", "ネ", "네", "内"],
    ["te", "טה", "ते", "テ", "테", "特"],
    ["me", "מה", "मे", "メ", "메", "梅"],
];

#[derive(Clone, Copy, PartialEq)]
struct Name {
    syllables: [u8; 5],
    len: u8,
}

impl Name {
    fn draw(rng: &mut Rng) -> Name {
        let syllables = [(); 5].map(|()| rng.below(SYLLABLES.len()) as u8);
        let len = 3 + rng.below(3) as u8;
        Name { syllables, len }
    }

    /// The name with one syllable off.
    fn misheard(mut self, rng: &mut Rng) -> Name {
        let at = rng.below(usize::from(self.len));
        let other = 1 + rng.below(SYLLABLES.len() - 1);
        self.syllables[at] = ((usize::from(self.syllables[at]) + other) % SYLLABLES.len()) as u8;
        self
    }

    /// Share of syllables that are the same.
    fn alike(self, other: Name) -> f64 {
        let same = (0..usize::from(self.len.min(other.len)))
            .filter(|at| self.syllables[*at] == other.syllables[*at])
            .count();
        same as f64 / f64::from(self.len.max(other.len))
    }

    fn spell(self, letters: Letters, into: &mut String) {
        for (at, syllable) in self.syllables[..usize::from(self.len)].iter().enumerate() {
            let spelling = SYLLABLES[usize::from(*syllable)][letters as usize];
            match (at, letters) {
                (0, Letters::Latin) => {
                    into.extend(spelling.chars().take(1).map(|c| c.to_ascii_uppercase()));
                    into.push_str(&spelling[1..]);
                }
                _ => into.push_str(spelling),
            }
        }
    }
}

// Sentences.

enum Slot {
    Name,
    Word,
    Year,
}

/// A sentence with places for a name, a word and a year.
struct Shape(Vec<(&'static str, Option<Slot>)>);

impl Shape {
    /// Reads `… {n} … {w} … {y} …`.
    fn read(text: &'static str) -> Shape {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (slot, after) = after.split_at(1);
            let slot = match slot {
                "n" => Slot::Name,
                "w" => Slot::Word,
                _ => Slot::Year,
            };
            parts.push((before, Some(slot)));
            rest = &after[1..];
        }
        parts.push((rest, None));
        Shape(parts)
    }

    fn write(&self, into: &mut String, language: &Language, fill: impl Fn(&Slot) -> (Name, usize)) {
        for (text, slot) in &self.0 {
            into.push_str(text);
            let Some(slot) = slot else { continue };
            let (name, number) = fill(slot);
            match slot {
                Slot::Name => name.spell(language.letters, into),
                Slot::Word => into.push_str(language.words[number]),
                Slot::Year => {
                    let digit = |place: usize| char::from(b'0' + (number / place % 10) as u8);
                    into.extend([1000, 100, 10, 1].map(digit));
                }
            }
        }
    }
}

/// How one writes in a language.
struct Language {
    locale: Locale,
    letters: Letters,
    words: Vec<&'static str>,
    questions: Vec<Shape>,
    thoughts: Vec<Shape>,
    /// Between two sentences.
    gap: &'static str,
    shares_han: bool,
    /// English, for all that are not.
    pivot: Option<&'static Language>,
}

fn languages() -> Vec<Language> {
    static ENGLISH: std::sync::OnceLock<Option<Language>> = std::sync::OnceLock::new();
    let english = ENGLISH
        .get_or_init(|| {
            LANGUAGES
                .iter()
                .find(|l| l.0 == "en")
                .and_then(|l| language(l, None))
        })
        .as_ref();
    LANGUAGES
        .iter()
        .filter_map(|written| language(written, english.filter(|_| written.0 != "en")))
        .collect()
}

fn language(written: &Written, pivot: Option<&'static Language>) -> Option<Language> {
    let (tag, words, questions, thoughts) = written;
    let locale = script::parse(tag)?;
    let letters = match locale.script.as_str() {
        "Hebr" => Letters::Hebrew,
        "Deva" => Letters::Devanagari,
        "Jpan" => Letters::Katakana,
        "Kore" => Letters::Hangul,
        "Hans" => Letters::Han,
        _ => Letters::Latin,
    };
    let shares_han = matches!(letters, Letters::Katakana | Letters::Han);
    Some(Language {
        letters,
        shares_han,
        words: words.split_whitespace().take(WORDS_EACH).collect(),
        questions: questions.iter().map(|text| Shape::read(text)).collect(),
        thoughts: thoughts.iter().map(|text| Shape::read(text)).collect(),
        gap: if shares_han { "" } else { " " },
        locale,
        pivot,
    })
}

/// Words of each list: forty things that are built, made, fought or visited.
const WORDS_EACH: usize = 40;

/// Tag, words, shapes of questions, shapes of thoughts.
type Written = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const LANGUAGES: &[Written] = &[
    (
        "de",
        "Fluss Brücke Burg Tempel Stadt Dorf Berg See Insel Museum Bibliothek Schule König Königin Dichter Maler \
         Architekt Ingenieur Krieg Vertrag Jahrhundert Buch Lied Film Roman Schlacht Garten Platz Straße Turm Kirche \
         Hafen Bahnhof Markt Provinz Hauptstadt Dynastie Fest Stein Mauer",
        &[
            "Wer hat {n} ({w}) im Jahr {y} entworfen?",
            "Wie heißt die Person, die mit {n} und dem Wort {w} verbunden wird?",
            "Nach wem ist {n} benannt, bekannt durch {w} und das Jahr {y}?",
        ],
        &[
            "Die Frage nennt {n}, also geht es wohl um {w}.",
            "Ich erinnere mich an {n} aus dem Jahr {y}.",
            "Es könnte {n} sein, aber {w} passt nicht ganz dazu.",
            "Moment, {w} wurde erst {y} erwähnt, das spricht für {n}.",
            "Ich prüfe noch einmal: {n} schreibt man in der anderen Schrift anders.",
            "Also lautet die Antwort vermutlich {n}.",
        ],
    ),
    (
        "en",
        "river bridge castle temple city village mountain lake island museum library school king queen poet painter \
         architect engineer war treaty century book song film novel battle garden square street tower church harbour \
         station market province capital dynasty festival stone wall",
        &[
            "Who designed {n}, the {w} of {y}?",
            "What is the name of the person connected with {n} and its {w}?",
            "After whom is {n} named, known for its {w} since {y}?",
        ],
        &[
            "The question names {n}, so this must be about a {w}.",
            "I remember {n} from around {y}.",
            "It could be {n}, but the {w} does not quite fit.",
            "Wait, the {w} is first mentioned in {y}, which speaks for {n}.",
            "Let me check again: {n} is spelt differently in the other script.",
            "So the answer is probably {n}.",
        ],
    ),
    (
        "es",
        "río puente castillo templo ciudad pueblo montaña lago isla museo biblioteca escuela rey reina poeta pintor \
         arquitecto ingeniero guerra tratado siglo libro canción película novela batalla jardín plaza calle torre \
         iglesia puerto estación mercado provincia capital dinastía fiesta piedra muralla",
        &[
            "¿Quién diseñó {n} ({w}) en {y}?",
            "¿Cómo se llama la persona relacionada con {n} y con la palabra {w}?",
            "¿Por quién lleva su nombre {n}, de {y}?",
        ],
        &[
            "La pregunta menciona {n}, así que se trata de {w}.",
            "Recuerdo {n} hacia el año {y}.",
            "Podría ser {n}, pero {w} no encaja del todo.",
            "Espera, {w} aparece por primera vez en {y}, lo que apunta a {n}.",
            "Reviso otra vez: {n} se escribe de otro modo en la otra escritura.",
            "Entonces la respuesta es probablemente {n}.",
        ],
    ),
    (
        "fr",
        "fleuve pont château temple ville village montagne lac île musée bibliothèque école roi reine poète peintre \
         architecte ingénieur guerre traité siècle livre chanson film roman bataille jardin place rue tour église port \
         gare marché province capitale dynastie fête pierre muraille",
        &[
            "Qui a conçu {n} ({w}) en {y} ?",
            "Comment s'appelle la personne liée à {n} et au mot {w} ?",
            "De qui {n} porte-t-il le nom depuis {y} ?",
        ],
        &[
            "La question cite {n}, il s'agit donc de {w}.",
            "Je me souviens de {n} vers {y}.",
            "Ce pourrait être {n}, mais {w} ne convient pas tout à fait.",
            "Attends, {w} n'apparaît qu'en {y}, ce qui plaide pour {n}.",
            "Je vérifie encore : {n} s'écrit autrement dans l'autre écriture.",
            "La réponse est donc sans doute {n}.",
        ],
    ),
    (
        "he",
        "נהר גשר טירה מקדש עיר כפר הר אגם אי מוזיאון ספרייה בית־ספר מלך מלכה משורר צייר אדריכל מהנדס מלחמה אמנה מאה ספר \
         שיר סרט רומן קרב גן כיכר רחוב מגדל כנסייה נמל תחנה שוק מחוז בירה שושלת חג אבן חומה",
        &[
            "מי תכנן את {n} ({w}) בשנת {y}?",
            "מה שמו של האדם הקשור אל {n} ואל המילה {w}?",
            "על שם מי נקרא {n} משנת {y}?",
        ],
        &[
            "השאלה מזכירה את {n}, ולכן מדובר כנראה על {w}.",
            "אני זוכר את {n} מסביבות שנת {y}.",
            "זה יכול להיות {n}, אבל {w} לא לגמרי מתאים.",
            "רגע, {w} נזכר לראשונה בשנת {y}, וזה מחזק את {n}.",
            "אבדוק שוב: {n} נכתב אחרת בכתב השני.",
            "לכן התשובה היא כנראה {n}.",
        ],
    ),
    (
        "hi",
        "नदी पुल किला मंदिर शहर गाँव पहाड़ झील द्वीप संग्रहालय पुस्तकालय विद्यालय राजा रानी कवि चित्रकार वास्तुकार अभियंता युद्ध संधि \
         शताब्दी पुस्तक गीत फ़िल्म उपन्यास लड़ाई बगीचा चौक सड़क मीनार गिरजाघर बंदरगाह स्टेशन बाज़ार प्रांत राजधानी राजवंश त्योहार पत्थर दीवार",
        &[
            "{y} में {n} ({w}) किसने बनाया था?",
            "{n} और शब्द {w} से जुड़े व्यक्ति का नाम क्या है?",
            "{n} का नाम {y} में किसके नाम पर रखा गया?",
        ],
        &[
            "प्रश्न में {n} का नाम है, तो बात {w} की होगी।",
            "मुझे {y} के आसपास का {n} याद है।",
            "यह {n} हो सकता है, लेकिन {w} ठीक नहीं बैठता।",
            "रुको, {w} का उल्लेख पहली बार {y} में मिलता है, जो {n} की ओर इशारा करता है।",
            "फिर से देखता हूँ: दूसरी लिपि में {n} अलग ढंग से लिखा जाता है।",
            "इसलिए उत्तर शायद {n} है।",
        ],
    ),
    (
        "id",
        "sungai jembatan benteng kuil kota desa gunung danau pulau museum perpustakaan sekolah raja ratu penyair pelukis \
         arsitek insinyur perang perjanjian abad buku lagu film novel pertempuran taman alun-alun jalan menara gereja \
         pelabuhan stasiun pasar provinsi ibukota dinasti festival batu tembok",
        &[
            "Siapa yang merancang {n} ({w}) pada tahun {y}?",
            "Siapa nama orang yang terkait dengan {n} dan kata {w}?",
            "Dari nama siapa {n} diambil pada tahun {y}?",
        ],
        &[
            "Pertanyaan ini menyebut {n}, jadi ini tentang {w}.",
            "Saya ingat {n} dari sekitar tahun {y}.",
            "Mungkin {n}, tetapi {w} kurang cocok.",
            "Tunggu, {w} baru disebut pada tahun {y}, yang mendukung {n}.",
            "Saya periksa lagi: {n} ditulis berbeda dalam aksara lain.",
            "Jadi jawabannya mungkin {n}.",
        ],
    ),
    (
        "it",
        "fiume ponte castello tempio città villaggio montagna lago isola museo biblioteca scuola re regina poeta pittore \
         architetto ingegnere guerra trattato secolo libro canzone film romanzo battaglia giardino piazza strada torre \
         chiesa porto stazione mercato provincia capitale dinastia festa pietra muro",
        &[
            "Chi ha progettato {n} ({w}) nel {y}?",
            "Come si chiama la persona legata a {n} e alla parola {w}?",
            "Da chi prende il nome {n} del {y}?",
        ],
        &[
            "La domanda cita {n}, quindi si tratta di {w}.",
            "Ricordo {n} intorno al {y}.",
            "Potrebbe essere {n}, ma {w} non torna del tutto.",
            "Aspetta, {w} compare solo nel {y}, il che fa pensare a {n}.",
            "Controllo di nuovo: {n} si scrive diversamente nell'altra scrittura.",
            "Quindi la risposta è probabilmente {n}.",
        ],
    ),
    (
        "ja",
        "川 橋 城 寺 都市 村 山 湖 島 博物館 図書館 学校 王 女王 詩人 画家 建築家 技術者 戦争 条約 世紀 本 歌 映画 小説 戦い 庭園 広場 通り 塔 \
         教会 港 駅 市場 州 首都 王朝 祭り 石 城壁",
        &[
            "{y}年に{n}（{w}）を設計したのは誰ですか。",
            "{n}と{w}に関わりのある人物の名前は何ですか。",
            "{y}年の{n}は誰にちなんで名付けられましたか。",
        ],
        &[
            "質問には{n}とあるので、{w}の話だろう。",
            "{y}年ごろの{n}を覚えている。",
            "{n}かもしれないが、{w}とは少し合わない。",
            "待って、{w}が初めて出てくるのは{y}年だから、{n}のほうがありそうだ。",
            "もう一度確かめると、{n}は別の文字では違う綴りになる。",
            "したがって、答えはおそらく{n}だ。",
        ],
    ),
    (
        "ko",
        "강 다리 성 사원 도시 마을 산 호수 섬 박물관 도서관 학교 왕 여왕 시인 화가 건축가 기술자 전쟁 조약 세기 책 노래 영화 소설 전투 정원 광장 \
         거리 탑 교회 항구 역 시장 지방 수도 왕조 축제 돌 성벽",
        &[
            "{y}년에 {n}({w})을 설계한 사람은 누구입니까?",
            "{n} 및 {w}과 관련된 인물의 이름은 무엇입니까?",
            "{y}년의 {n}은 누구의 이름을 따서 지어졌습니까?",
        ],
        &[
            "질문에 {n}이 나오므로 {w}에 관한 이야기일 것이다.",
            "{y}년 무렵의 {n}을 기억한다.",
            "{n}일 수도 있지만 {w}과는 잘 맞지 않는다.",
            "잠깐, {w}은 {y}년에 처음 언급되므로 {n} 쪽이 더 그럴듯하다.",
            "다시 확인하면 {n}은 다른 문자에서는 다르게 적는다.",
            "따라서 답은 아마 {n}일 것이다.",
        ],
    ),
    (
        "pt",
        "rio ponte castelo templo cidade aldeia montanha lago ilha museu biblioteca escola rei rainha poeta pintor \
         arquiteto engenheiro guerra tratado século livro canção filme romance batalha jardim praça rua torre igreja \
         porto estação mercado província capital dinastia festa pedra muralha",
        &[
            "Quem projetou {n} ({w}) em {y}?",
            "Como se chama a pessoa ligada a {n} e à palavra {w}?",
            "De quem {n} recebeu o nome em {y}?",
        ],
        &[
            "A pergunta menciona {n}, portanto trata-se de {w}.",
            "Lembro-me de {n} por volta de {y}.",
            "Poderia ser {n}, mas {w} não combina bem.",
            "Espere, {w} só aparece em {y}, o que aponta para {n}.",
            "Verifico de novo: {n} escreve-se de outra forma na outra escrita.",
            "Logo, a resposta é provavelmente {n}.",
        ],
    ),
    (
        "zh",
        "河流 桥梁 城堡 寺庙 城市 村庄 山脉 湖泊 岛屿 博物馆 图书馆 学校 国王 女王 诗人 画家 建筑师 工程师 战争 条约 世纪 书籍 歌曲 电影 小说 战役 \
         花园 广场 街道 高塔 教堂 港口 车站 市场 省份 首都 王朝 节日 石头 城墙",
        &[
            "{y}年是谁设计了{n}（{w}）？",
            "与{n}和{w}有关的人叫什么名字？",
            "{y}年的{n}是以谁的名字命名的？",
        ],
        &[
            "题目提到{n}，所以这应该与{w}有关。",
            "我记得{y}年前后的{n}。",
            "可能是{n}，但{w}不太符合。",
            "等等，{w}直到{y}年才被提到，这更像是{n}。",
            "再检查一遍：{n}在另一种文字里写法不同。",
            "因此答案大概是{n}。",
        ],
    ),
];

// Chance.

/// SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, 2014).
struct Rng(u64);

impl Rng {
    /// A generator for these numbers together.
    fn of(numbers: &[u64]) -> Rng {
        let mix = |rng: Rng, number: &u64| Rng(Rng(rng.0 ^ number).next());
        numbers.iter().fold(Rng(0), mix)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    fn chance(&mut self, of: f64) -> bool {
        ((self.next() >> 11) as f64 / (1u64 << 53) as f64) < of
    }
}
