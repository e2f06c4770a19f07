//! The letter of a multiple-choice answer, in the words and letters of many languages.
//!
//! The patterns of [`PATTERNS`] are tried in order; the first that finds a letter decides, and is named beside it. The
//! words for "answer" are those of simple-evals (`MULTILINGUAL_ANSWER_REGEXES`) and more. Where a pattern fits several
//! times the last counts, since a model that thinks aloud corrects itself.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::chars::{is_letter_or_number, same_word};
use super::{Asked, boxed, contains, normalise};

/// Letters in the order of the options, as [`clean`] leaves them. `_` stands for none.
const ALPHABETS: &[&str] = &[
    "ABCDEFGHIJ",
    // Letters that look like the Latin ones: typed by mistake, or by a model that thinks in Cyrillic or Greek.
    "АВС_Е__НІЈ",
    "ΑΒΓΔΕ__ΗΙ_",
    "_Б_ГД_ЖЗИК",
    "أبجدهوزحطي",
    "ا_________",
    "אבגדהוזחטי",
    "कखगघङचछजझञ",
    "अबसद______",
    "_आइई______",
    "কখগঘঙচছজঝঞ",
    // Read so by simple-evals: the sounds of A, B, D, DH.
    "অবডঢ______",
    "กขคงจฉชซ__",
    "កខគឃង_____",
    "ကခဂဃင_____",
    "აბგდე_____",
    "ԱԲԳԴԵ_____",
    "가나다라마_____",
    "\u{1100}\u{1102}\u{1103}\u{1105}\u{1106}_____",
    "アイウエオ_____",
    "甲乙丙丁戊_____",
    "ሀለሐመ______",
];

/// The order of options where the log itself names them in Cyrillic: then В is the third letter, not a B.
const CYRILLIC: &str = "АБВГДЕЖЗИК";

/// Letters written out as words: Persian and Urdu alif, and Latin letters as Hindi and Bengali say them.
const SPELT: &[(&str, usize)] = &[
    ("الف", 0),
    ("ए", 0),
    ("बी", 1),
    ("सी", 2),
    ("डी", 3),
    ("এ", 0),
    ("বি", 1),
    ("সি", 2),
    ("ডি", 3),
];

/// What stands before the letter, in lower case.
const ANSWER: &str = "answer|antwort|lösung|respuesta|réponse|resposta|risposta|antwoord|svar|svaret|odpowiedź|odpowiedź to|odpověď|odpověď je|\
    răspuns|răspunsul|απάντηση|ответ|відповідь|отговор|одговор|адказ|жауап|жооп|җавап|jawaban|jawabannya|jawapan|sagot|\
    jibu|idahun|ìdáhùn|idáhùn|àdáhùn|àmọ̀nà|ànúgọ|àṣàyàn|amsa|cevap|yanıt|cavab|javob|vastaus|válasz|đáp án|trả lời|\
    الإجابة|الاجابة|إجابة|اجابة|الجواب|جواب|پاسخ|جاۋاب|תשובה|התשובה|उत्तर|जवाब|উত্তর|ઉત્તર|જવાબ|ਉੱਤਰ|ਜਵਾਬ|பதில்|விடை|సమాధానం|\
    జవాబు|ಉತ್ತರ|ഉത്തരം|පිළිතුර|คำตอบ|ចម្លើយ|အဖြေ|ຄຳຕອບ|պատասխան|პასუხი|መልስ|答案|答え|答复|答曰|答|正解|回答|解答|정답|답변|답";

/// What may stand between that and the letter.
const FILLERS: &str = "is|are|be|would|should|must|the|correct|right|best|final|option|choice|letter|es|la|el|correcta|\
    opción|letra|est|réponse|lettre|bonne|correcte|ist|die|der|lautet|richtige|buchstabe|é|é a|alternativa|opção|correta|è|\
    corretta|lettera|opzione|het|juiste|optie|brzmi|adalah|pilihan|huruf|là|phương án|ni|är|вариант|варіант|это|це|\
    буква|хи|هي|هو|الخيار|الحرف|الصحيحة|الصحيح|النهائية|النهائي|گزینه|گزینهٔ|آپشن|حرف|היא|הוא|האפשרות|אפשרות|הנכונה|סעיף|है|विकल्प|\
    सही|হল|হলো|হচ্ছে|হবে|বিকল্প|คือ|ข้อ|ตัวเลือก|เป็น|是|为|為|就是|应为|应该是|选项|選項|选|選|は|が|選択肢|은|는|이|선택지|옵션|번|\
    ที่ถูกต้อง|ที่ถูก|ที่ถูกต้องคือ|yang|benar|tepat|paling|σωστή|ορθή|είναι|το|η|corect|corectă|este|poprawna|poprawną|jest|to|správná|\
    je|doğru|şık|helyes|oikea|on|rätt|rette|er|đúng|зөв|правильный|верный|вірна|правильна";

/// What names an option: `option C`.
const OPTION: &str = "option|choice|opción|opção|alternativa|opzione|antwortmöglichkeit|pilihan|phương án|вариант|варіант|\
    الخيار|گزینه|אפשרות|विकल्प|বিকল্প|ข้อ|ตัวเลือก|选项|選項|选|選|選択肢|선택지";

/// Words that follow an option's letter in English, so that `A` is not an article there.
const AFTER: &[&str] = &["is", "because", "since", "as", "and", "would", "was"];

static ANSWERS: LazyLock<Words> = LazyLock::new(|| Words::of(ANSWER));
static BETWEEN: LazyLock<Words> = LazyLock::new(|| Words::of(FILLERS));
static OPTIONS: LazyLock<Words> = LazyLock::new(|| Words::of(OPTION));

/// The words of a list, in the form in which [`clean`] leaves a text, under the letter they begin with; longest first.
struct Words(HashMap<char, Vec<Vec<char>>>);

impl Words {
    fn of(list: &str) -> Words {
        let mut words: HashMap<char, Vec<Vec<char>>> = HashMap::new();
        for word in list.split('|') {
            let word: Vec<char> = word.nfkc().collect();
            if let Some(first) = word.first() {
                words.entry(*first).or_default().push(word);
            }
        }
        for words in words.values_mut() {
            words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        }
        Words(words)
    }

    /// The longest word that `text` begins with.
    fn at_start_of(&self, text: &[char]) -> Option<&[char]> {
        let words = self.0.get(text.first()?)?;
        let word = words.iter().find(|word| text.starts_with(word))?;
        Some(word)
    }
}

/// The place of every letter of [`ALPHABETS`]; the first alphabet wins.
static PLACES: LazyLock<HashMap<char, usize>> = LazyLock::new(|| {
    let letters = ALPHABETS
        .iter()
        .rev()
        .flat_map(|letters| letters.chars().zip(0..));
    letters.filter(|(letter, _)| *letter != '_').collect()
});

/// A pattern: its name, and how it finds the place of an option.
type Pattern = (&'static str, fn(&Reader) -> Option<usize>);

/// The patterns, in the order in which they are tried.
const PATTERNS: &[Pattern] = &[
    ("\\boxed{C}", |reader| reader.of_box()),
    ("Answer: C", |reader| reader.after_answer(true)),
    ("the answer is C", |reader| reader.after_answer(false)),
    ("a lone letter", |reader| reader.lone()),
    ("C. at the start", |reader| reader.first()),
    ("option C, (C)", |reader| reader.only_option()),
    ("the text of one choice", |reader| reader.choice_named()),
];

/// What an answer says.
pub(super) struct Chosen {
    /// Which option, from 0.
    pub option: usize,
    /// The name of the pattern.
    pub pattern: &'static str,
}

impl Chosen {
    /// The option as `A`, `B`, `C`.
    pub fn letter(&self) -> String {
        ALPHABETS[0].chars().nth(self.option).into_iter().collect()
    }
}

/// The option that the answer chooses.
pub(super) fn find(asked: &Asked) -> Option<Chosen> {
    let reader = Reader::new(asked);
    PATTERNS.iter().find_map(|(pattern, find)| {
        let option = find(&reader)?;
        Some(Chosen { option, pattern })
    })
}

/// The options that are accepted. A gold answer is a letter; or, where the choices are known, the text of one of them; or
/// the number of one, counted from 0, unless a choice reads like that number.
pub(super) fn accepted(asked: &Asked) -> Vec<usize> {
    let reader = Reader::new(asked);
    let gold = asked.gold.iter();
    gold.filter_map(|gold| {
        let number = || gold.trim().parse().ok();
        reader
            .lone_in(&clean(gold))
            .or_else(|| reader.choice_equal_to(gold))
            .or_else(|| number().filter(|option| *option < asked.choices.len()))
    })
    .collect()
}

/// An answer, made ready for the patterns.
struct Reader<'a> {
    asked: &'a Asked<'a>,
    text: Vec<char>,
    /// `text` in lower case, character for character.
    lower: Vec<char>,
    /// The options are named in Cyrillic.
    cyrillic: bool,
}

impl<'a> Reader<'a> {
    fn new(asked: &'a Asked) -> Self {
        let text = clean(asked.answer);
        let lower = text.iter().map(|c| lower(*c)).collect();
        let cyrillic = |gold: &String| {
            let mut letters = gold.chars().filter(|c| is_letter_or_number(*c));
            letters.next().is_some_and(|c| CYRILLIC.contains(c)) && letters.next().is_none()
        };
        Reader {
            asked,
            text,
            lower,
            cyrillic: asked.gold.iter().any(cyrillic),
        }
    }

    /// The option whose letter begins at `at`, and where it ends. What stands before is the caller's matter.
    fn letter_at(&self, text: &[char], at: usize) -> Option<(usize, usize)> {
        let spelt = SPELT.iter().find_map(|(word, option)| {
            let end = at + word.chars().count();
            let same = word.chars().eq(text.get(at..end)?.iter().copied());
            (same && ends(text, end)).then_some((*option, end))
        });
        let (option, end) = match spelt {
            Some(found) => found,
            None => (self.option(*text.get(at)?)?, at + 1),
        };
        let known = self.asked.choices.is_empty() || option < self.asked.choices.len();
        (known && ends(text, end) && !is_other_word(text, at, end)).then_some((option, end))
    }

    fn option(&self, letter: char) -> Option<usize> {
        let cyrillic = |c| CYRILLIC.chars().position(|letter| letter == c);
        let place = |c| {
            let cyrillic = self.cyrillic.then(|| cyrillic(c)).flatten();
            cyrillic.or_else(|| PLACES.get(&c).copied())
        };
        place(letter).or_else(|| place(upper(letter)))
    }

    /// The last box, if a letter or the text of a choice is in it.
    fn of_box(&self) -> Option<usize> {
        let text = clean(boxed(self.asked.answer)?);
        let start = text.iter().position(|c| is_letter_or_number(*c))?;
        let letter = self.letter_at(&text, start).map(|(option, _)| option);
        letter.or_else(|| self.choice_equal_to(&text.iter().collect::<String>()))
    }

    /// The letter after the last word for "answer" that has one; with a colon between, or with or without.
    fn after_answer(&self, colon: bool) -> Option<usize> {
        (0..self.text.len()).rev().find_map(|at| {
            let end = self.word_at(at, &ANSWERS)?;
            let (found, start) = self.skip(end);
            let (option, _) = self.letter_at(&self.text, start)?;
            (found || !colon).then_some(option)
        })
    }

    /// The end of the word of a list that stands at `at`.
    fn word_at(&self, at: usize, words: &Words) -> Option<usize> {
        let word = words.at_start_of(self.lower.get(at..)?)?;
        let end = at + word.len();
        // Only scripts with case: others write small words before and behind without a space.
        let goes_on = |a: Option<&char>, b: Option<&char>| {
            let cased = |c: Option<&char>| c.is_some_and(|c| c.is_lowercase());
            cased(a) && cased(b)
        };
        let before = at.checked_sub(1).and_then(|before| self.lower.get(before));
        let whole = !goes_on(before, word.first()) && !goes_on(word.last(), self.lower.get(end));
        whole.then_some(end)
    }

    /// Where the letter must stand after a word that ended at `at`, and whether a colon was passed.
    fn skip(&self, mut at: usize) -> (bool, usize) {
        const MOST: usize = 40;
        let (most, mut colon) = (at + MOST, false);
        while at < most.min(self.text.len()) {
            let c = self.text[at];
            if let Some(end) = self.word_at(at, &BETWEEN) {
                at = end;
            } else if !is_letter_or_number(c) && !matches!(c, '.' | '!' | '?' | ';') {
                colon |= matches!(c, ':' | '=' | 'ঃ' | '՝' | '፦' | '៖');
                at += 1;
            } else {
                break;
            }
        }
        (colon, at)
    }

    /// The whole answer, or its last line, is one letter.
    fn lone(&self) -> Option<usize> {
        let last = self
            .text
            .split(|c| *c == '\n')
            .rfind(|line| !line.iter().all(|c| c.is_whitespace()));
        self.lone_in(&self.text).or_else(|| self.lone_in(last?))
    }

    fn lone_in(&self, text: &[char]) -> Option<usize> {
        let start = text.iter().position(|c| is_letter_or_number(*c))?;
        let (option, end) = self.letter_at(text, start)?;
        let rest = &text[end..];
        (!rest.iter().any(|c| is_letter_or_number(*c))).then_some(option)
    }

    /// A letter with a mark behind it begins the answer: `C. Paris`, `(C) Paris`, `C: Paris`.
    fn first(&self) -> Option<usize> {
        let start = self.text.iter().position(|c| is_letter_or_number(*c))?;
        let (option, end) = self.letter_at(&self.text, start)?;
        let marks = match self.text.get(end)? {
            ')' | ']' | '}' | '、' => true,
            // `A:` is also how some prompts have a reply begin.
            ':' => option > 0,
            // `A.I.` and `e.g.` are no options.
            '.' => !self
                .text
                .get(end + 1)
                .is_some_and(char::is_ascii_alphanumeric),
            _ => false,
        };
        marks.then_some(option)
    }

    /// The only letter that stands in brackets or after a word for "option".
    fn only_option(&self) -> Option<usize> {
        let mut only = None;
        for at in 0..self.text.len() {
            let start = match self.text[at] {
                '(' | '[' | '【' => at + 1,
                _ => match self.word_at(at, &OPTIONS) {
                    Some(end) => self.skip(end).1,
                    None => continue,
                },
            };
            let Some((option, end)) = self.letter_at(&self.text, start) else {
                continue;
            };
            let closed = matches!(self.text.get(end), Some(')' | ']' | '】'));
            if start == at + 1 && !closed {
                continue;
            }
            if only.is_some_and(|only| only != option) {
                return None;
            }
            only = Some(option);
        }
        only
    }

    /// The one choice that reads like `text`.
    fn choice_equal_to(&self, text: &str) -> Option<usize> {
        let language = self.asked.language();
        let wanted = normalise::variants(text, language);
        self.one_choice(|choice| {
            let forms = normalise::variants(choice, language);
            forms.iter().any(|form| wanted.contains(form))
        })
    }

    /// The one choice whose text is the answer or stands in it, where the answer is long in its end. A choice that stands
    /// in another choice found is not meant.
    fn choice_named(&self) -> Option<usize> {
        const END: usize = 4096;
        let text = self.asked.answer;
        let text = &text[text.ceil_char_boundary(text.len().saturating_sub(END))..];
        let language = self.asked.language();
        let stands = |choice: &str, text: &str| contains::find(text, &[choice], language).is_some();
        let found: Vec<&String> = self
            .asked
            .choices
            .iter()
            .filter(|choice| stands(choice, text))
            .collect();
        let inside = |choice: &str| {
            found
                .iter()
                .any(|other| *other != choice && stands(choice, other))
        };
        let named = |choice: &str| found.iter().any(|other| *other == choice) && !inside(choice);
        self.choice_equal_to(text)
            .or_else(|| self.one_choice(named))
    }

    fn one_choice(&self, is: impl Fn(&str) -> bool) -> Option<usize> {
        let mut found = (0..)
            .zip(self.asked.choices)
            .filter(|(_, choice)| is(choice));
        let (option, _) = found.next()?;
        found.next().is_none().then_some(option)
    }
}

/// One compatible form for fullwidth, circled and bold letters; no emphasis, no TeX fonts, nothing invisible.
fn clean(text: &str) -> Vec<char> {
    const FONTS: &[&str] = &["\\textbf", "\\textit", "\\text", "\\mathbf", "\\mathrm"];
    let without = |text: String, font: &&str| match text.contains(font) {
        true => text.replace(font, ""),
        false => text,
    };
    let text = FONTS.iter().fold(text.to_owned(), without);
    let hidden = |c: &char| {
        let joins = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
        joins
            || matches!(c, '*' | '`' | '$' | 'ـ' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let spaced = |c| if c == '_' { ' ' } else { c };
    text.nfkc().filter(|c| !hidden(c)).map(spaced).collect()
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn upper(c: char) -> char {
    c.to_uppercase().next().unwrap_or(c)
}

/// No word goes on at `at`.
fn ends(text: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    match (before, text.get(at)) {
        (Some(before), Some(next)) => !same_word(*before, *next),
        _ => true,
    }
}

/// The letter is a word of a sentence: a small letter, or one of the capitals that are words in some language, before
/// another word. `Answer: A Paris` chooses an option, `Ответ: В Москве` does not.
fn is_other_word(text: &[char], at: usize, end: usize) -> bool {
    let rest = &text[end..];
    let space = rest.iter().take_while(|c| matches!(c, ' ' | '\t')).count();
    let Some(next) = rest
        .get(space)
        .filter(|next| space > 0 && next.is_alphabetic())
    else {
        return false;
    };
    let letter = text[at];
    let small = letter.is_lowercase() && !PLACES.contains_key(&letter);
    let letters = rest[space..].iter().take_while(|c| c.is_alphanumeric());
    let word: String = letters.take(9).collect();
    match letter {
        'A' | 'E' | 'I' => next.is_lowercase() && !AFTER.contains(&word.as_str()),
        'А' | 'В' | 'И' | 'К' | 'С' | 'Η' => true,
        _ => small,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked<'a>(answer: &'a str, choices: &'a [String]) -> Asked<'a> {
        Asked {
            answer,
            gold: &[],
            language: None,
            choices,
        }
    }

    #[track_caller]
    fn check(answer: &str, letter: &str, pattern: &str) {
        let found = find(&asked(answer, &[]));
        let found = found.map(|found| (found.letter(), found.pattern));
        assert_eq!(found, Some((letter.to_owned(), pattern)), "{answer}");
    }

    #[track_caller]
    fn nothing(answer: &str) {
        let found = find(&asked(answer, &[]));
        let found = found.map(|found| (found.letter(), found.pattern));
        assert_eq!(found, None, "{answer}");
    }

    fn strings<const N: usize>(texts: [&str; N]) -> Vec<String> {
        texts.map(str::to_owned).into()
    }

    #[test]
    fn a_letter_is_read_in_many_scripts() {
        for (answer, letter) in [
            ("Answer: C", "C"),
            ("**Answer:** (c)", "C"),
            ("Răspuns: B.", "B"),
            ("الإجابة: ج", "C"),
            ("الإجابة الصحيحة هي: (ب)", "B"),
            ("پاسخ: الف", "A"),
            ("উত্তর: গ", "C"),
            ("উত্তরঃ ব", "B"),
            ("उत्तर: घ", "D"),
            ("सही उत्तर: (ख) दिल्ली", "B"),
            ("תשובה: ד", "D"),
            ("答え：Ｃ", "C"),
            ("答案：B。", "B"),
            ("정답: C입니다", "C"),
            ("Ответ: В", "B"),
            ("Ответ: Г", "D"),
            ("Απάντηση: Δ", "D"),
            ("คำตอบ: ค", "C"),
            ("Đáp án: A", "A"),
            ("Réponse :\nD", "D"),
            ("პასუხი: ბ", "B"),
            ("答え: イ", "B"),
            ("정답: ㄷ", "C"),
        ] {
            check(answer, letter, "Answer: C");
        }
        for (answer, letter) in [
            ("So the answer is (C).", "C"),
            ("The correct answer is option D because it floats", "D"),
            ("La respuesta correcta es la B", "B"),
            ("Die richtige Antwort lautet C, denn", "C"),
            ("正确答案是C选项", "C"),
            ("正解はBです", "B"),
            ("정답은 D입니다", "D"),
            ("Правильный ответ — Б", "B"),
            ("A resposta correta é a C", "C"),
            ("Poprawna odpowiedź to B", "B"),
            ("الجواب هو د", "D"),
            ("התשובה הנכונה היא ב", "B"),
            ("সঠিক উত্তর হল (খ)", "B"),
            ("คำตอบคือข้อ ง", "D"),
            ("คำตอบที่ถูกต้องคือ C", "C"),
            ("Jawaban yang benar adalah B", "B"),
            ("Η σωστή απάντηση είναι το Β", "B"),
            ("Răspunsul corect este B", "B"),
        ] {
            check(answer, letter, "the answer is C");
        }
    }

    #[test]
    fn patterns_are_tried_in_order_and_the_last_place_counts() {
        check("Answer: A. No: $\\boxed{\\text{C}}$", "C", "\\boxed{C}");
        check("Answer: A\nWait.\nAnswer: B", "B", "Answer: C");
        check("Answer: B, so the answer is C", "B", "Answer: C");
        check("𝐁", "B", "a lone letter");
        check("It floats.\n\n(D)", "D", "a lone letter");
        check("ⓒ", "C", "a lone letter");
        check("C. Paris", "C", "C. at the start");
        check("ب) باريس", "B", "C. at the start");
        check("I would take (B), not anything else", "B", "option C, (C)");
        check("选项B更合理", "B", "option C, (C)");
    }

    #[test]
    fn a_word_is_no_letter() {
        for text in [
            "Answer: a lion",
            "Answer: Berlin",
            "The answer is I think unclear",
            "Ответ: В Москве",
            "答え: アメリカ",
            "A.I. is everywhere",
            "Either (A) or (B)",
            "answers Cambodia",
            "Answer choices: A, B",
            "The answer is not C",
            "Paris",
            "42",
            "الجواب: باريس",
        ] {
            nothing(text);
        }
    }

    #[test]
    fn the_text_of_one_choice_is_the_last_resort() {
        let choices = strings(["Iran", "Iran and Iraq", "Peru", "Chad"]);
        let chosen = |answer| find(&asked(answer, &choices)).map(|found| found.letter());
        assert_eq!(chosen("It must be Peru."), Some("C".into()));
        assert_eq!(chosen("It is Iran and Iraq"), Some("B".into()));
        assert_eq!(chosen("Peru or Chad"), None);
        assert_eq!(chosen("\\boxed{\\text{Chad}}"), Some("D".into()));
        assert_eq!(chosen("Answer: F"), None, "there are four choices");
    }

    #[test]
    fn gold_is_a_letter_a_choice_or_a_number_of_one() {
        let accepted_of = |gold: &str, choices: &[String]| {
            accepted(&Asked {
                gold: &strings([gold]),
                ..asked("", choices)
            })
        };
        let cities = strings(["Paris", "Lyon", "Nice"]);
        assert_eq!(accepted_of("C", &cities), [2]);
        assert_eq!(accepted_of("(b)", &[]), [1]);
        assert_eq!(accepted_of("ج", &[]), [2]);
        assert_eq!(accepted_of("lyon", &cities), [1]);
        assert_eq!(accepted_of("2", &cities), [2]);
        assert!(accepted_of("3", &cities).is_empty());
        assert!(accepted_of("2", &[]).is_empty());
        assert_eq!(accepted_of("2", &strings(["1", "2", "3"])), [1]);
    }

    #[test]
    fn cyrillic_options_are_read_in_their_own_order_where_gold_is_one() {
        let gold = strings(["В"]);
        let asked = Asked {
            gold: &gold,
            ..asked("Ответ: В", &[])
        };
        assert_eq!(find(&asked).map(|found| found.option), Some(2));
        assert_eq!(accepted(&asked), [2]);
    }
}
