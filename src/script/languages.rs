//! Languages: every way a log names one, the script it is written in, the family it belongs to.
//!
//! What is known of each language stands in `assets/languages.toml`; there is no code for any single one.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Locale, Profile, Script};

/// A locale found inside a file, folder or task name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The locale named.
    pub locale: Locale,
    /// The bytes of the name that name it; what is left names the task or model.
    pub range: Range<usize>,
}

/// One row of `assets/languages.toml`.
#[derive(Deserialize)]
struct Language {
    name: String,
    family: String,
    script: Script,
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    regions: BTreeMap<String, Script>,
    #[serde(default)]
    decides: Vec<Script>,
}

struct Table {
    languages: BTreeMap<String, Language>,
    /// BCP 47 and other codes to BCP 47.
    codes: HashMap<String, String>,
    /// Names in lower case to BCP 47.
    names: HashMap<String, String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/languages.toml"
    ));
    // A test pins that the asset parses.
    let languages: BTreeMap<String, Language> = toml::from_str(text).unwrap_or_default();
    let mut codes = HashMap::new();
    let mut names = HashMap::new();
    for (code, language) in &languages {
        for known in language.codes.iter().chain([code]) {
            codes.insert(known.clone(), code.clone());
        }
        for name in language.aliases.iter().chain([&language.name]) {
            names.insert(plain(name), code.clone());
        }
    }
    Table {
        languages,
        codes,
        names,
    }
});

/// Nothing longer is a name: the most bytes that file systems take for one. A cell of a table may be a whole book, and
/// looking for a name in it takes time by the square of its length.
const LONGEST_NAME: usize = 255;

/// The locale that a tag or name stands for, in any of the ways logs write one: `he`, `hi-Deva`, `zh-TW`, `ell_grek`,
/// `zho_Hans`, `Greek`, `simplified_mandarin`, `iw`. `None` for anything else.
pub fn parse(tag: &str) -> Option<Locale> {
    let tag = Some(tag.trim()).filter(|tag| tag.len() <= LONGEST_NAME)?;
    // As records have it: every record of a corpus has two of these.
    if let [
        language @ ..,
        b'-',
        b'A'..=b'Z',
        b'a'..=b'z',
        b'a'..=b'z',
        b'a'..=b'z',
    ] = tag.as_bytes()
        && let [b'a'..=b'z', b'a'..=b'z'] | [b'a'..=b'z', b'a'..=b'z', b'a'..=b'z'] = language
        && let Some(locale) = tagged(tag)
    {
        return Some(locale);
    }
    named(&plain(tag)).or_else(|| tagged(tag))
}

/// The top-level Glottolog family of a BCP 47 language.
pub fn family(language: &str) -> Option<&'static str> {
    TABLE
        .languages
        .get(language)
        .map(|known| known.family.as_str())
}

/// The script a BCP 47 language is usually written in.
pub fn default_script(language: &str) -> Option<Script> {
    TABLE.languages.get(language).map(|known| known.script)
}

/// The English name of a BCP 47 language.
pub fn english_name(language: &str) -> Option<&'static str> {
    TABLE
        .languages
        .get(language)
        .map(|known| known.name.as_str())
}

/// What a text by itself shows of its locale: its main script, and the language only where the script decides it.
pub fn guess(text: &str) -> Locale {
    let script = Profile::of(text).label(None).unwrap_or(Script::ZYYY);
    let decided = TABLE
        .languages
        .iter()
        .find(|(_, known)| known.decides.contains(&script));
    Locale {
        language: decided.map_or("und", |(code, _)| code).to_owned(),
        script,
    }
}

/// Lower case, and one space for whatever separates words.
fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower
        .split(|c: char| c.is_whitespace() || matches!(c, '_' | '-' | '(' | ')' | ',' | '/' | '.'));
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A plain name, with a script beside it or not: `greek`, `traditional mandarin`, `kashmiri arabic script`.
fn named(name: &str) -> Option<Locale> {
    if let Some(language) = TABLE.names.get(name) {
        return usual(language);
    }
    let words: Vec<&str> = name.split(' ').collect();
    let says_script = words.contains(&"script");
    words.iter().enumerate().find_map(|(at, word)| {
        let script = script_word(word)?;
        // "greek" after "arabic" is a second language rather than the script of the first.
        if TABLE.names.contains_key(*word) && !says_script {
            return None;
        }
        let others = words
            .iter()
            .enumerate()
            .filter(|&(i, word)| i != at && *word != "script");
        let rest: Vec<&str> = others.map(|(_, word)| *word).collect();
        let language = TABLE.names.get(&rest.join(" "))?;
        Some(Locale {
            language: language.clone(),
            script,
        })
    })
}

fn script_word(word: &str) -> Option<Script> {
    match word {
        "simplified" => Some(Script::HANS),
        "traditional" => Some(Script::HANT),
        "roman" | "romanized" | "romanised" | "latinized" => Some(Script::LATN),
        _ => {
            let (first, rest) = word.split_at_checked(1)?;
            let name = format!("{}{rest}", first.to_ascii_uppercase());
            unicode_script::Script::from_full_name(&name).map(Script::from)
        }
    }
}

/// A language in the script it is usually written in.
fn usual(language: &str) -> Option<Locale> {
    Some(Locale {
        language: language.to_owned(),
        script: default_script(language)?,
    })
}

/// A tag of BCP 47, or one in its manner, such as `ell_grek`.
fn tagged(tag: &str) -> Option<Locale> {
    let mut subtags = tag.split(['-', '_']);
    let first = subtags
        .next()
        .filter(|first| is_word(first, 2..=3))?
        .to_ascii_lowercase();
    let mut language = TABLE.codes.get(&first).unwrap_or(&first).clone();
    let mut script = None;
    let mut region = None;
    for subtag in subtags {
        match subtag.len() {
            // Extensions and private use say nothing of language or script.
            1 => break,
            4 if script.is_none() && region.is_none() => script = Some(Script::parse(subtag)?),
            2 if region.is_none() && is_word(subtag, 2..=2) => {
                region = Some(subtag.to_ascii_uppercase())
            }
            3 if region.is_none() && subtag.bytes().all(|byte| byte.is_ascii_digit()) => {
                region = Some(subtag.into())
            }
            // An extended language: zh-yue.
            3 if script.is_none() && region.is_none() => {
                language = TABLE.codes.get(&subtag.to_ascii_lowercase())?.clone();
            }
            _ => return None,
        }
    }
    // FLORES writes kor_Hang, BCP 47 ko-Kore: one locale, so it gets one name.
    let script = script.map(|script| {
        if script == Script::HANG {
            Script::KORE
        } else {
            script
        }
    });
    let Some(known) = TABLE.languages.get(&language) else {
        // A language missing from the table is taken on the word of its script.
        let script = script.or((language == "und").then_some(Script::ZYYY))?;
        return Some(Locale { language, script });
    };
    let regional = region.and_then(|region| known.regions.get(&region).copied());
    Some(Locale {
        script: script.or(regional).unwrap_or(known.script),
        language,
    })
}

fn is_word(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Codes that are hardly ever anything else, so they count wherever they stand alone between underscores.
const CLEAR: &str = "ar bg bn en fa fr gu hi hu ja ko nl ru sw uk ur vi yo zh zu";
/// Words that are also codes or names; they name a language at most where nothing else can stand.
const ORDINARY: &str = "\
    all ace and arm asm ast ban cat est fat fin got her ice lat latin lit mal man mar mao max may min mon pan per pol \
    polish run san sin sun tat tib war as be he in is it la me mo my no or so to";
/// Benchmarks, and words for "language", right after which a code is expected.
const PREFIXES: &str = "\
    mgsm afrimgsm mmmlu afrimmlu indommlu globalmmlu belebele xcopa xnli afrixnli xstorycloze xwinograd xquad \
    mlqa tydiqa mkqa flores flores200 eclektic multiloko xfakt polymath milu paws pawsx lang language locale \
    tgt target";
/// What may stand between a benchmark and the code.
const MODIFIERS: &str = "direct native cot en full lite small v1 v2 test dev val openai base qa";
/// What may follow a code at the end of a name.
const SUFFIXES: &str = "\
    results result samples test dev val validation train eval output outputs answers predictions responses \
    scores log logs";
/// Phrases whose second word is no code.
const PHRASES: [&str; 11] = [
    "yes no",
    "or no",
    "opt in",
    "log in",
    "sign in",
    "plug in",
    "how to",
    "sample id",
    "question id",
    "task id",
    "run id",
];
const EXTENSIONS: &str = "\
    json jsonl ndjson csv tsv parquet eval log txt gz zst zip xz bz2 md yaml yml html xlsx arrow feather pkl \
    py";
/// Model families: what is joined to one of these by hyphens is a model's name, where "it" means instruction-tuned.
const MODELS: &str = "\
    gpt chatgpt llama qwen qwq gemma gemini claude mistral mixtral ministral magistral deepseek phi aya bloom \
    bloomz falcon olmo command glm chatglm grok kimi minimax nova opus sonnet haiku internlm baichuan granite \
    nemotron smollm eurollm apertus salamandra teuken sarvam swallow elyza typhoon sailor sealion jais mt \
    flan vicuna wizardlm hermes o";

fn listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|entry| entry == word)
}

struct Token<'a> {
    text: &'a str,
    lower: String,
    range: Range<usize>,
    /// Joined by hyphens or full stops to the name of a model.
    in_model: bool,
}

/// The locale named inside a file, folder or task name: `Greek.csv`, `mgsm_direct_bn`, `belebele_ell_Grek`,
/// `global_mmlu_full_he_2025-03-13T…`. Ordinary words and the names of models are left alone, so some locales are
/// missed.
pub fn from_path(component: &str) -> Option<Found> {
    if component.len() > LONGEST_NAME {
        return None;
    }
    let tokens = tokens(component);
    let end = without_tail(component, &tokens);
    let mut best: Option<(u8, Found)> = None;
    let mut at = 0;
    while at < end {
        let longest = (1..=4.min(end - at))
            .rev()
            .find_map(|length| candidate(component, &tokens, at, length, end));
        let Some((rank, length, locale)) = longest else {
            at += 1;
            continue;
        };
        if best.as_ref().is_none_or(|(known, _)| rank >= *known) {
            best = Some((
                rank,
                Found {
                    locale,
                    range: tokens[at].range.start..tokens[at + length - 1].range.end,
                },
            ));
        }
        at += length;
    }
    best.map(|(_, found)| found)
}

fn tokens(component: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut chunk = 0;
    for text in component
        .split(|c: char| !c.is_alphanumeric())
        .filter(|text| !text.is_empty())
    {
        let start = text.as_ptr().addr() - component.as_ptr().addr();
        let gap = &component[tokens.last().map_or(0, |token| token.range.end)..start];
        let lower = text.to_lowercase();
        // `phi.he`: two letters behind a full stop are a language sooner than a part of a version.
        let coded = gap == "." && text.len() == 2 && TABLE.languages.contains_key(&*lower);
        if coded || gap.chars().any(|c| !matches!(c, '-' | '.')) {
            chunk = tokens.len();
        }
        let family = lower.trim_end_matches(|c: char| c.is_ascii_digit());
        let in_model = listed(MODELS, family.strip_suffix('v').unwrap_or(family))
            && lower != "o"
            && lower != "mt"
            || tokens.get(chunk).is_some_and(|token| token.in_model);
        tokens.push(Token {
            text,
            lower,
            range: start..start + text.len(),
            in_model,
        });
        if in_model {
            tokens[chunk..]
                .iter_mut()
                .for_each(|token| token.in_model = true);
        }
    }
    tokens
}

/// How many tokens are left without extension, identifier, time stamp and counters.
fn without_tail(component: &str, tokens: &[Token]) -> usize {
    let mut end = tokens.len();
    while end > 1
        && component[..tokens[end - 1].range.start].ends_with('.')
        && listed(EXTENSIONS, &tokens[end - 1].lower)
    {
        end -= 1;
    }
    let is_identifier =
        |text: &str| text.len() >= 16 && text.bytes().any(|byte| byte.is_ascii_digit());
    if end > 1 && is_identifier(tokens[end - 1].text) {
        end -= 1;
    }
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_year = |text: &str| {
        text.len() == 4 && is_number(text) && (text.starts_with("19") || text.starts_with("20"))
    };
    let is_stamp = |pair: &[Token]| {
        is_year(pair[0].text) && pair[1].text.len() == 2 && is_number(pair[1].text)
    };
    if let Some(stamp) = (1..end.saturating_sub(1)).find(|&at| is_stamp(&tokens[at..at + 2])) {
        end = stamp;
    }
    while end > 1 && is_number(tokens[end - 1].text) {
        end -= 1;
    }
    end
}

/// What `length` tokens from `at` name, and how sure that is.
fn candidate(
    component: &str,
    tokens: &[Token],
    at: usize,
    length: usize,
    end: usize,
) -> Option<(u8, usize, Locale)> {
    let these = &tokens[at..at + length];
    let text = &component[these[0].range.start..these[length - 1].range.end];
    let expected = is_expected(tokens, at);
    let is_last = at + length == end;
    let nearly_last = !is_last
        && tokens[at + length..end]
            .iter()
            .all(|token| listed(SUFFIXES, &token.lower));
    let ordinary = listed(ORDINARY, &these[0].lower) && length == 1;

    if length == 2 && these[0].lower.len() <= 3 && these[1].lower.len() == 4 {
        let known = TABLE.codes.contains_key(&these[0].lower);
        let cased = these[0].lower.len() == 3
            && these[1].text.starts_with(|c: char| c.is_ascii_uppercase());
        return (known || cased)
            .then(|| tagged(text))
            .flatten()
            .map(|locale| (5, length, locale));
    }
    if these[0].in_model && !expected {
        return None;
    }
    if let Some(locale) = named(&plain(text)).filter(|_| text.chars().count() > 3) {
        let rank = match () {
            () if expected => 4,
            () if is_last => 3,
            () if ordinary => return None,
            () => 2,
        };
        return Some((rank, length, locale));
    }
    if length == 2
        && is_word(these[1].text, 2..=2)
        && these[1].text.bytes().all(|byte| byte.is_ascii_uppercase())
    {
        let known = TABLE.codes.contains_key(&these[0].lower) && !listed(ORDINARY, &these[0].lower);
        let here = expected || is_last || nearly_last || listed(CLEAR, &these[0].lower);
        return (known && here)
            .then(|| tagged(text))
            .flatten()
            .map(|locale| (3, length, locale));
    }
    if length != 1 || !TABLE.codes.contains_key(&these[0].lower) {
        return None;
    }
    let code = &these[0];
    let alone = !touches_hyphen(component, &code.range);
    let rank = match () {
        () if expected && (!ordinary || is_last || matches!(code.text, "he" | "it" | "so")) => 4,
        () if is_last && !means_something_else(tokens, at) => 3,
        () if ordinary => return None,
        () if nearly_last => 3,
        () if alone && listed(CLEAR, &code.lower) => 1,
        () => return None,
    };
    Some((rank, length, usual(TABLE.codes.get(&code.lower)?)?))
}

/// A benchmark, or a word for "language", stands before, with nothing but modifiers between.
fn is_expected(tokens: &[Token], at: usize) -> bool {
    // In "en_cot" the code is that of the reasoning.
    if tokens[at].lower == "en" && tokens.get(at + 1).is_some_and(|next| next.lower == "cot") {
        return false;
    }
    let mut before = tokens[..at]
        .iter()
        .rev()
        .skip_while(|token| listed(MODIFIERS, &token.lower));
    let Some(token) = before.next() else {
        return false;
    };
    let plain_mmlu_of_many =
        token.lower == "mmlu" && before.next().is_some_and(|token| token.lower == "global");
    plain_mmlu_of_many || listed(PREFIXES, &token.lower)
}

/// "it" after a model or its size, three-letter words, and phrases such as "opt in".
fn means_something_else(tokens: &[Token], at: usize) -> bool {
    let code = &tokens[at].lower;
    if code.len() > 2 && listed(ORDINARY, code) {
        return true;
    }
    let Some(before) = at.checked_sub(1).map(|at| &tokens[at]) else {
        return false;
    };
    let is_size =
        before.lower.ends_with('b') && before.lower.starts_with(|c: char| c.is_ascii_digit());
    let after_model = code == "it" && (is_size || before.in_model);
    after_model || PHRASES.contains(&format!("{} {code}", before.lower).as_str())
}

fn touches_hyphen(component: &str, range: &Range<usize>) -> bool {
    component[..range.start].ends_with('-') || component[range.end..].starts_with('-')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use proptest::prelude::*;

    use super::*;

    fn tag(text: &str) -> String {
        parse(text).map_or_else(|| "none".into(), |locale| locale.to_string())
    }

    fn path(name: &str) -> String {
        from_path(name).map_or_else(
            || "none".into(),
            |found| format!("{} {}", found.locale, &name[found.range]),
        )
    }

    #[test]
    fn the_table_is_whole_and_no_code_or_name_stands_twice() {
        assert!(TABLE.languages.len() > 150);
        let codes: usize = TABLE
            .languages
            .values()
            .map(|known| known.codes.len() + 1)
            .sum();
        let names: usize = TABLE
            .languages
            .values()
            .map(|known| known.aliases.len() + 1)
            .sum();
        assert_eq!(TABLE.codes.len(), codes);
        assert_eq!(TABLE.names.len(), names);
        for (code, known) in &TABLE.languages {
            let usual = Locale {
                language: code.clone(),
                script: known.script,
            };
            assert_eq!(parse(code).as_ref(), Some(&usual));
            assert_eq!(parse(&usual.to_string()), Some(usual.clone()));
            assert_eq!(parse(&known.name), Some(usual));
        }
    }

    #[test]
    fn every_way_a_log_names_a_language_is_read() {
        for (text, expected) in [
            ("he", "he-Hebr"),
            ("iw", "he-Hebr"),
            ("in", "id-Latn"),
            ("hi-Deva", "hi-Deva"),
            ("hi-Latn", "hi-Latn"),
            ("zh", "zh-Hans"),
            ("zh-Hant", "zh-Hant"),
            ("zh-TW", "zh-Hant"),
            ("zh_CN", "zh-Hans"),
            ("zh-Hans-HK", "zh-Hans"),
            ("zh-yue", "yue-Hant"),
            ("zh-cmn-Hant", "zh-Hant"),
            ("pt-BR", "pt-Latn"),
            ("es-419", "es-Latn"),
            ("en-US-u-ca-buddhist", "en-Latn"),
            ("pa", "pa-Guru"),
            ("pa-PK", "pa-Arab"),
            ("sr", "sr-Cyrl"),
            ("sr-Latn", "sr-Latn"),
            ("heb_Hebr", "he-Hebr"),
            ("zho_Hans", "zh-Hans"),
            ("arb_Arab", "ar-Arab"),
            ("ell_grek", "el-Grek"),
            ("kor_hang", "ko-Kore"),
            ("arz_arab", "arz-Arab"),
            ("bho_deva", "bho-Deva"),
            ("kan_knda", "kn-Knda"),
            ("snd_arab", "sd-Arab"),
            ("tel_telu", "te-Telu"),
            ("tha_thai", "th-Thai"),
            ("tzm_Tfng", "tzm-Tfng"),
            ("lij_Latn", "lij-Latn"),
            ("ger", "de-Latn"),
            ("fre", "fr-Latn"),
            ("chi", "zh-Hans"),
            ("Greek", "el-Grek"),
            ("GREEK", "el-Grek"),
            ("simplified_mandarin", "zh-Hans"),
            ("traditional_mandarin", "zh-Hant"),
            ("Chinese (Traditional)", "zh-Hant"),
            ("cantonese", "yue-Hant"),
            ("farsi", "fa-Arab"),
            ("Chinese", "zh-Hans"),
            ("Tai Tham", "nod-Lana"),
            ("lanna", "nod-Lana"),
            ("tagalog", "fil-Latn"),
            ("Serbian (Cyrillic)", "sr-Cyrl"),
            ("romanized hindi", "hi-Latn"),
            ("Kashmiri (Devanagari script)", "ks-Deva"),
            ("Kashmiri (Arabic script)", "ks-Arab"),
            ("日本語", "ja-Jpan"),
            ("und", "und-Zyyy"),
            ("und-Deva", "und-Deva"),
            ("", "none"),
            ("-", "none"),
            ("baseline", "none"),
            ("question", "none"),
            ("the", "none"),
            ("in-context", "none"),
            ("to be", "none"),
            ("no-thinking", "none"),
            ("hard", "none"),
            ("xx", "none"),
            ("arabic greek", "none"),
            ("ё-Latn", "none"),
        ] {
            assert_eq!(tag(text), expected, "{text}");
        }
    }

    /// The languages of each data set as it writes them, and how many scripts it holds.
    #[test]
    fn the_languages_of_known_data_sets_are_read() {
        for (set, tags) in [
            ("ECLeKTic", "en fr de he hi id it ja ko zh pt es"),
            (
                "X-FaKT",
                "Arabic Chinese English French Greek Hindi Japanese Nepali Russian Swahili Thai Turkish Ukrainian",
            ),
            (
                "MultiLoKo",
                "arabic bengali cantonese czech dutch english french hebrew hindi italian indonesian farsi \
                 german japanese khmer korean malay marathi polish portuguese romanian russian \
                 simplified_mandarin spanish swedish tagalog thai traditional_mandarin turkish vietnamese \
                 urdu",
            ),
            (
                "Global-MMLU",
                "am ar bn cs de el en es fa fil fr ha he hi id ig it ja ko ky lt mg ms ne nl ny pl pt ro ru \
                 si sn so sr sv sw te tr uk vi yo zh",
            ),
            (
                "MMMLU",
                "AR-XY BN-BD DE-DE ES-LA FR-FR HI-IN ID-ID IT-IT JA-JP KO-KR PT-BR SW-KE YO-NG ZH-CN",
            ),
            (
                "Belebele",
                "acm_Arab afr_Latn als_Latn amh_Ethi apc_Arab arb_Arab arb_Latn ars_Arab ary_Arab arz_Arab \
                 asm_Beng azj_Latn bam_Latn ben_Beng ben_Latn bod_Tibt bul_Cyrl cat_Latn ceb_Latn ces_Latn \
                 ckb_Arab dan_Latn deu_Latn ell_Grek eng_Latn est_Latn eus_Latn fin_Latn fra_Latn fuv_Latn \
                 gaz_Latn grn_Latn guj_Gujr hat_Latn hau_Latn heb_Hebr hin_Deva hin_Latn hrv_Latn hun_Latn \
                 hye_Armn ibo_Latn ilo_Latn ind_Latn isl_Latn ita_Latn jav_Latn jpn_Jpan kac_Latn kan_Knda \
                 kat_Geor kaz_Cyrl kea_Latn khk_Cyrl khm_Khmr kin_Latn kir_Cyrl kor_Hang lao_Laoo lin_Latn \
                 lit_Latn lug_Latn luo_Latn lvs_Latn mal_Mlym mar_Deva mkd_Cyrl mlt_Latn mri_Latn mya_Mymr \
                 nld_Latn nob_Latn npi_Deva npi_Latn nso_Latn nya_Latn ory_Orya pan_Guru pbt_Arab pes_Arab \
                 plt_Latn pol_Latn por_Latn ron_Latn rus_Cyrl shn_Mymr sin_Latn sin_Sinh slk_Latn slv_Latn \
                 sna_Latn snd_Arab som_Latn sot_Latn spa_Latn srp_Cyrl ssw_Latn sun_Latn swe_Latn swh_Latn \
                 tam_Taml tel_Telu tgk_Cyrl tgl_Latn tha_Thai tir_Ethi tsn_Latn tso_Latn tur_Latn ukr_Cyrl \
                 urd_Arab urd_Latn uzn_Latn vie_Latn war_Latn wol_Latn xho_Latn yor_Latn zho_Hans zho_Hant \
                 zsm_Latn zul_Latn",
            ),
        ] {
            for text in tags.split_whitespace() {
                let locale = parse(text).unwrap_or_else(|| panic!("{set}: {text}"));
                if let Some((_, script)) = text.split_once('_').filter(|_| set == "Belebele") {
                    assert_eq!(
                        locale.script.as_str(),
                        script.replace("Hang", "Kore"),
                        "{set}: {text}"
                    );
                }
                assert_eq!(
                    family(&locale.language).is_none(),
                    locale.language == "kea",
                    "{set}: {text}"
                );
                let in_path = from_path(&format!("x_{text}.jsonl")).map(|found| found.locale);
                assert_eq!(in_path, Some(locale), "{set}: {text} in a path");
            }
        }
    }

    #[test]
    fn a_locale_in_a_path_is_found_and_says_where() {
        for (name, expected) in [
            ("Greek.csv", "el-Grek Greek"),
            ("he", "he-Hebr he"),
            ("phi.he", "he-Hebr he"),
            ("qwen2.5-7b.ru.jsonl", "ru-Cyrl ru"),
            ("phi.pt_BR.jsonl", "pt-Latn pt_BR"),
            ("mgsm_direct_bn", "bn-Beng bn"),
            ("mgsm_native_cot_sw", "sw-Latn sw"),
            ("mgsm_en_cot_te", "te-Telu te"),
            ("mgsm_en_cot_en", "en-Latn en"),
            ("global_mmlu_full_sw", "sw-Latn sw"),
            ("global_mmlu_full_id_abstract_algebra", "id-Latn id"),
            (
                "global_mmlu_full_he_high_school_physics.jsonl",
                "he-Hebr he",
            ),
            (
                "samples_global_mmlu_full_he_2025-03-13T12-22-33.123456.jsonl",
                "he-Hebr he",
            ),
            ("belebele_ell_Grek", "el-Grek ell_Grek"),
            (
                "samples_belebele_zho_Hant_2026-01-21T03-44-18.458309.jsonl",
                "zh-Hant zho_Hant",
            ),
            ("belebele_kea_Latn", "kea-Latn kea_Latn"),
            (
                "annotated_question_output_qwen_qwen3_5-9b_lanna.json",
                "nod-Lana lanna",
            ),
            (
                "annotated_question_output_google_gemini-3_1-flash-lite-preview_en.json",
                "en-Latn en",
            ),
            (
                "annotated_question_output_deepseek_deepseek-v3_2_original_en.json",
                "en-Latn en",
            ),
            (
                "traditional_mandarin_dev.jsonl",
                "zh-Hant traditional_mandarin",
            ),
            ("shaberi-ja", "ja-Jpan ja"),
            ("czech-simpleqa", "cs-Latn czech"),
            ("mmlu_PT-BR.csv", "pt-Latn PT-BR"),
            ("mmlu_ZH-CN.csv", "zh-Hans ZH-CN"),
            ("eclektic-zh-Hant-run1.jsonl", "zh-Hant zh-Hant"),
            ("qwen3-8b_de.json", "de-Latn de"),
            ("qwen3-8b-mgsm-th.json", "th-Thai th"),
            ("gemma-2-9b-it_mgsm_it", "it-Latn it"),
            (
                "mmmlu:subject=law,language=sw,model=openai_gpt2",
                "sw-Latn sw",
            ),
            ("english_prompt_greek.csv", "el-Grek greek"),
            (
                "2025-11-07T10-59-47-05-00_mgsm-he_LqPDntDnkk4h2fSqQ8i6CE.eval",
                "he-Hebr he",
            ),
            ("ko_results.jsonl", "ko-Kore ko"),
            ("Haitian-Creole", "ht-Latn Haitian-Creole"),
        ] {
            assert_eq!(path(name), expected, "{name}");
        }
    }

    #[test]
    fn words_and_model_names_are_not_locales() {
        for name in [
            "",
            "...",
            "gpt-4o-mini",
            "gpt-4o-mini.jsonl",
            "llama-3-it",
            "qwen3-8b",
            "gemma-2-9b-it",
            "gemma_2_9b_it.json",
            "google__gemma-3-27b-it",
            "Llama3-8B-Chinese-Chat",
            "ELYZA-japanese-Llama-2-7b",
            "openai__gpt-oss-20b.json",
            "o1-mini",
            "gpt-4.1.mini.json",
            "Yi-34B",
            "arc_easy",
            "mmlu_no_context",
            "what_is_it_about.jsonl",
            "multiloko_no_hints.jsonl",
            "yes_no.csv",
            "question_id.csv",
            "test_run.json",
            "results_without_system_prompt.csv",
            "llama_ts_rqa_12th_physics_1_results.parquet",
            "samples_math_perturbed_full_2026-01-21T03-44-18.458309.jsonl",
            "2025-11-07T10-59-47-05-00_websearch-addition-problem_LqPDntDnkk4h2fSqQ8i6CE.eval",
            "2025-09-23T08-09-58-04-00_theory-of-mind_bbB4eRCx2rFJLyPH42Cj9r.eval",
            "geofact_x_test.jsonl",
            "log_read_sample.json",
            "polish_answers.py",
            "f3a1c0de-4b2e-4c1a-9f6d-1b7e5a2c8d40_samples.jsonl",
        ] {
            assert_eq!(path(name), "none", "{name}");
        }
    }

    #[test]
    fn families_are_those_of_glottolog() {
        for (language, expected) in [
            ("fi", "Uralic"),
            ("sw", "Atlantic-Congo"),
            ("th", "Tai-Kadai"),
            ("eu", "Basque"),
        ] {
            assert_eq!(family(language), Some(expected));
        }
        assert_eq!(
            (family("und"), default_script("he"), english_name("el")),
            (None, Some(Script::HEBR), Some("Greek"))
        );
    }

    #[test]
    fn a_text_alone_gives_its_script_and_at_times_its_language() {
        for (text, expected) in [
            ("กรุงเทพมหานคร", "th-Thai"),
            ("תל אביב", "he-Hebr"),
            ("Αθήνα", "el-Grek"),
            ("서울은 수도이다", "ko-Kore"),
            ("東京タワーはどこ", "ja-Jpan"),
            ("თბილისი", "ka-Geor"),
            ("这座城市叫什么", "zh-Hans"),
            ("這座城市叫什麼", "und-Hant"),
            ("Москва", "und-Cyrl"),
            ("NASA का मुख्यालय", "und-Deva"),
            ("Where is it?", "und-Latn"),
            ("1969", "und-Zyyy"),
        ] {
            assert_eq!(guess(text).to_string(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_name_is_too_strange(name in "([a-z]{1,4}|[A-Z]{2}|\\PC|[-_. (]|he|Grek|mgsm|20\\d\\d){0,12}") {
            if let Some(locale) = parse(&name) {
                prop_assert_eq!(parse(&locale.to_string()), Some(locale));
            }
            if let Some(found) = from_path(&name) {
                prop_assert!(name.get(found.range).is_some_and(|text| !text.is_empty()));
            }
        }
    }
}
