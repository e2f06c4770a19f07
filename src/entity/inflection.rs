//! What may hang on a name without garbling it: prefixes, case endings, particles.
//!
//! The tables are short on purpose. An ending that is missing makes an inflected name look garbled by a letter or two,
//! which the score then shows; an ending too many would hide a garbled name. All of it is spelled as
//! [`variant`](super::variant) folds it, and is compared letter by letter.

use std::collections::HashMap;

use unicode_script::Script;

use super::variant::{Folded, Letter};

/// The tables of one writing system, or of the languages in it that inflect alike.
struct Table {
    script: Script,
    /// BCP 47 languages; empty for all of the script.
    languages: &'static str,
    /// What may stand before a name in the same word.
    prefixes: &'static str,
    /// What may stand after a name that stays as it is.
    suffixes: &'static str,
    /// An ending of the basic form and what may stand in its place.
    changes: &'static [(&'static str, &'static str)],
}

const TABLES: &[Table] = &[
    Table {
        script: Script::Hebrew,
        languages: "",
        prefixes: "ו ה ב כ ל מ ש וה וב וכ ול ומ וש שה שב של שמ כש לכש מה כה",
        suffixes: "",
        changes: &[],
    },
    Table {
        script: Script::Arabic,
        languages: "",
        prefixes: "و ف ب ك ل ال وال فال بال كال لل وب ول وك",
        suffixes: "",
        changes: &[],
    },
    Table {
        script: Script::Arabic,
        languages: "fa ur ps",
        prefixes: "",
        suffixes: "ي را ها هاي اش و",
        changes: &[],
    },
    Table {
        script: Script::Cyrillic,
        languages: "",
        prefixes: "",
        suffixes: "а у ом ем е ы и ов ев ам ами ах ым ой ою ови еви ові еві і",
        changes: &[
            ("а", "ы и е у ой ою ей о і"),
            ("я", "и е ю ей ею і ї"),
            ("й", "я ю ем е и єм ї єві"),
            ("ий", "ого его ому ему им ом ем ия ию ием ии ия"),
            ("ый", "ого ому ым ом"),
            ("ой", "ого ому ым ом"),
            ("ая", "ой ую ою"),
            ("яя", "ей юю ею"),
            ("ия", "ии ию ией"),
            ("ь", "я ю ем е и ью і"),
            // Foreign names in -о and -е have no cases.
            ("ово", "ова ову овом ове"),
            ("ево", "ева еву евом еве"),
            ("ино", "ина ину ином ине"),
            ("ы", "ов ам ами ах"),
        ],
    },
    Table {
        script: Script::Cyrillic,
        languages: "bg mk",
        prefixes: "",
        suffixes: "а ът ия ят та то те",
        changes: &[],
    },
    Table {
        script: Script::Greek,
        languages: "",
        prefixes: "",
        suffixes: "",
        changes: &[
            ("οσ", "ου ο ε οι ουσ ων"),
            ("ησ", "η"),
            ("ασ", "α"),
            ("ισ", "ι"),
            ("η", "ησ ην"),
            ("α", "ασ αν"),
            ("ο", "ου"),
            ("ι", "ιου ια"),
            ("ια", "ιασ ιων"),
        ],
    },
    Table {
        script: Script::Latin,
        languages: "en de nl sv da no nb nn",
        prefixes: "",
        suffixes: "s",
        changes: &[],
    },
    Table {
        script: Script::Latin,
        languages: "pl cs sk sl hr bs sr",
        prefixes: "",
        suffixes: "a u owi em ie e y i om ov ovi ow ovi ech",
        changes: &[
            ("a", "y i e o u ie ze ou"),
            ("y", "ego emu ym em eho emu"),
            ("i", "ego emu im"),
        ],
    },
    Table {
        script: Script::Latin,
        languages: "lt lv",
        prefixes: "",
        suffixes: "",
        changes: &[
            ("as", "o ui a u e"),
            ("is", "io iui i iu yje a im"),
            ("us", "aus ui u"),
            ("a", "os ai oje as u am"),
            ("e", "es ei eje i em"),
            ("s", "a am u"),
        ],
    },
    Table {
        script: Script::Latin,
        languages: "tr az uz tk",
        prefixes: "",
        suffixes: "da de ta te dan den tan ten in un nin nun i u yi yu e a ye ya la le yla yle ki",
        changes: &[],
    },
    Table {
        script: Script::Latin,
        languages: "fi et",
        prefixes: "",
        suffixes: "n a ta in en ssa sta lla lta lle na ksi s st l lt le ga",
        changes: &[
            ("s", "ksen ksessa ksesta kseen ksella kselta kselle ksena"),
            ("nen", "sen sessa sesta seen sella selta selle sena sta"),
        ],
    },
    Table {
        script: Script::Latin,
        languages: "hu",
        prefixes: "",
        suffixes: "t ot et at ban ben ba be bol nak nek rol val vel on en hoz hez ert i",
        changes: &[],
    },
    Table {
        script: Script::Latin,
        languages: "ro",
        prefixes: "",
        suffixes: "ul ului",
        changes: &[],
    },
    Table {
        script: Script::Latin,
        languages: "id ms",
        prefixes: "",
        suffixes: "nya",
        changes: &[],
    },
    Table {
        script: Script::Georgian,
        languages: "",
        prefixes: "",
        suffixes: "ს მ მა ის ით ად ში ზე თან ისთვის სთვის დან ც სა",
        changes: &[
            ("ი", "ის მა ს ით ად ში ზე თან იდან ისთვის ისა"),
            ("ა", "ის ას ამ აში აზე ასთან იდან ით ისთვის"),
            ("ე", "ის"),
        ],
    },
    Table {
        script: Script::Armenian,
        languages: "",
        prefixes: "",
        suffixes: "ը ն ի ին ից ով ում ս իս ինը",
        changes: &[("ա", "այի այից այով այում"), ("ի", "ու ուն ուց")],
    },
    Table {
        script: Script::Hangul,
        languages: "",
        prefixes: "",
        suffixes: "은 는 이 가 을 를 의 에 에게 에서 로 으로 와 과 도 만 부터 까지 에는 에서는 이라고 라고 이라는 라는 이다 다 입니다 이며 며 \
            이고 고 인 이었다 였다 씨 님 이나 나 보다 처럼 에도 란 이란 예요 이에요 일 인데 이라 라 께서 한테 의해 역 시",
        changes: &[],
    },
    Table {
        script: Script::Devanagari,
        languages: "",
        prefixes: "",
        suffixes: "ने को का की के से में पर लाई ले मा बाट द्वारा",
        changes: &[],
    },
    Table {
        script: Script::Devanagari,
        languages: "mr",
        prefixes: "",
        suffixes: "चा ची चे च्या ला त ात नी यांनी हून साठी",
        changes: &[],
    },
    Table {
        script: Script::Bengali,
        languages: "",
        prefixes: "",
        suffixes: "ের র কে তে ে য় টি ও ই দের এর",
        changes: &[],
    },
    Table {
        script: Script::Gurmukhi,
        languages: "",
        prefixes: "",
        suffixes: "ਨੇ ਨੂੰ ਦਾ ਦੀ ਦੇ ਵਿੱਚ",
        changes: &[],
    },
    Table {
        script: Script::Gujarati,
        languages: "",
        prefixes: "",
        suffixes: "ના ની નો નું ને એ માં થી",
        changes: &[],
    },
    Table {
        script: Script::Tamil,
        languages: "",
        prefixes: "",
        suffixes: "ை ால் ின் ில் ுக்கு உக்கு வின் வால் வை வில் வுக்கு யின் யில் யை யால் க்கு",
        changes: &[
            ("்", "ை ால் ின் ில் ுக்கு ிலிருந்து"),
            ("ம்", "த்தை த்தில் த்தின் த்துக்கு"),
        ],
    },
    Table {
        script: Script::Telugu,
        languages: "",
        prefixes: "",
        suffixes: "లో కు కి ను ని తో యొక్క",
        changes: &[],
    },
    Table {
        script: Script::Kannada,
        languages: "",
        prefixes: "",
        suffixes: "ದಲ್ಲಿ ಗೆ ನ್ನು ನ ದ ಯ ಅವರ",
        changes: &[],
    },
    Table {
        script: Script::Malayalam,
        languages: "",
        prefixes: "",
        suffixes: "ിൽ യിൽ ന്റെ യുടെ ുടെ ക്ക് ന് നെ യെ",
        changes: &[("്", "ിൽ ിന്റെ ിന് ിനെ ുടെ")],
    },
    Table {
        script: Script::Sinhala,
        languages: "",
        prefixes: "",
        suffixes: "ගේ ට ගෙන් හි",
        changes: &[],
    },
    Table {
        script: Script::Ethiopic,
        languages: "",
        prefixes: "በ ለ ከ የ እና",
        suffixes: "ን ም",
        changes: &[],
    },
];

/// In this script something may stand before a name in its word.
pub fn has_prefixes(script: Script) -> bool {
    matches!(script, Script::Hebrew | Script::Arabic | Script::Ethiopic)
}

/// The endings and prefixes of one script, in the languages a text may be in, folded.
#[derive(Debug, Clone, Default)]
pub struct Inflection {
    prefixes: Vec<Vec<char>>,
    suffixes: Vec<Vec<char>>,
    changes: Vec<(Vec<char>, Vec<Vec<char>>)>,
}

/// What may hang on a name in any script, in the languages a text may be in.
#[derive(Debug, Clone, Default)]
pub struct Inflections(HashMap<Script, Inflection>);

impl Inflections {
    /// Of texts in one of these languages.
    pub fn of(languages: &[&str]) -> Inflections {
        let scripts = TABLES.iter().map(|table| table.script);
        Inflections(
            scripts
                .map(|script| (script, Inflection::of(script, languages)))
                .collect(),
        )
    }

    /// What may hang on a name in one script.
    pub fn in_script(&self, script: Script) -> &Inflection {
        static NOTHING: Inflection = Inflection {
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            changes: Vec::new(),
        };
        self.0.get(&script).unwrap_or(&NOTHING)
    }
}

/// So many letters of a name must stay for it to be the same word.
const STEM: usize = 3;

impl Inflection {
    /// What is known of a script; tables of single languages count where one of them is among `languages`.
    pub fn of(script: Script, languages: &[&str]) -> Inflection {
        let fold = |text: &str| {
            Folded::of(text)
                .letters
                .iter()
                .map(|letter| letter.c)
                .collect::<Vec<char>>()
        };
        let list = |text: &str| text.split_whitespace().map(fold).collect::<Vec<_>>();
        let mut inflection = Inflection::default();
        for table in TABLES.iter().filter(|table| table.script == script) {
            let applies = table.languages.is_empty()
                || table
                    .languages
                    .split(' ')
                    .any(|language| languages.contains(&language));
            if applies {
                inflection.prefixes.extend(list(table.prefixes));
                inflection.suffixes.extend(list(table.suffixes));
                let changes = table.changes.iter();
                inflection
                    .changes
                    .extend(changes.map(|(from, to)| (fold(from), list(to))));
            }
        }
        inflection
    }

    /// Where a name may begin in a word that starts with a prefix, in letters from its start; longest prefix first.
    pub fn begins(&self, word: &[Letter]) -> Vec<usize> {
        places(&self.prefixes, |prefix| {
            word.len() >= prefix.len() + STEM - 1
                && word.iter().zip(prefix).all(|(letter, c)| letter.c == *c)
        })
    }

    /// How many letters at the end of a word may not belong to the name in it; fewest first.
    pub fn ends(&self, word: &[Letter]) -> Vec<usize> {
        let mut ends = places(&self.suffixes, |suffix| {
            word.len() >= suffix.len() + STEM - 1
                && word[word.len() - suffix.len()..]
                    .iter()
                    .zip(suffix)
                    .all(|(letter, c)| letter.c == *c)
        });
        ends.reverse();
        ends
    }

    /// Whether one word is another in a case of it: `Москвы` of `Москва`, `Щусевым` of `Щусев`. The stem stays.
    pub fn is_case(&self, basic: &[Letter], found: &[Letter]) -> bool {
        let rest_is = |stem: usize, ending: &[char]| {
            found.len() == stem + ending.len()
                && found[stem..]
                    .iter()
                    .zip(ending)
                    .all(|(letter, c)| letter.c == *c)
        };
        let common = basic
            .iter()
            .zip(found)
            .take_while(|(basic, found)| basic.c == found.c)
            .count();
        if common == basic.len()
            && (rest_is(common, &[])
                || common >= STEM - 1 && self.suffixes.iter().any(|suffix| rest_is(common, suffix)))
        {
            return true;
        }
        self.changes.iter().any(|(from, to)| {
            let stem = basic.len().wrapping_sub(from.len());
            stem >= STEM - 1
                && stem <= common
                && basic[stem..]
                    .iter()
                    .map(|letter| letter.c)
                    .eq(from.iter().copied())
                && to.iter().any(|to| rest_is(stem, to))
        })
    }
}

/// The lengths of the affixes that fit, longest first.
fn places(affixes: &[Vec<char>], fits: impl Fn(&[char]) -> bool) -> Vec<usize> {
    let fitting = affixes.iter().filter(|affix| fits(affix));
    let mut places: Vec<usize> = fitting.map(Vec::len).collect();
    places.sort_unstable_by(|a, b| b.cmp(a));
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_case(basic: &str, found: &str, language: &str) -> bool {
        let (basic, found) = (Folded::of(basic), Folded::of(found));
        Inflection::of(basic.script(), &[language]).is_case(&basic.letters, &found.letters)
    }

    #[test]
    fn a_name_in_a_case_is_the_same_word() {
        for (language, basic, found) in [
            ("ru", "Москва", "Москве"),
            ("ru", "Москва", "Москвы"),
            ("ru", "Щусев", "Щусевым"),
            ("ru", "Алексей", "Алексея"),
            ("ru", "Казанский", "Казанского"),
            ("ru", "Шенгелая", "Шенгелаю"),
            ("el", "Παπαδιαμάντης", "Παπαδιαμάντη"),
            ("el", "Αλέξανδρος", "Αλέξανδρου"),
            ("pl", "Warszawa", "Warszawie"),
            ("cs", "Kafka", "Kafky"),
            ("de", "Goldberg", "Goldbergs"),
            ("tr", "Ankara", "Ankara'da"),
            ("el", "Χοζοβιώτισσα", "Χοζοβιώτισσας"),
            ("fi", "Sibelius", "Sibeliuksen"),
            ("hu", "Budapest", "Budapesten"),
            ("ka", "თბილისი", "თბილისში"),
            ("ka", "შენგელაია", "შენგელაიას"),
            ("hy", "Երևան", "Երևանում"),
            ("ko", "서울", "서울에서"),
            ("ko", "이효석", "이효석이라고"),
            ("bn", "হোসেন", "হোসেনের"),
            ("ne", "मल्ल", "मल्लले"),
            ("ta", "சென்னை", "சென்னையில்"),
        ] {
            assert!(is_case(basic, found, language), "{found}");
        }
    }

    #[test]
    fn another_ending_is_another_word() {
        for (language, basic, found) in [
            ("ru", "Щусев", "Щусек"),
            ("ru", "Халеги", "Халека"),
            ("ru", "Санбо", "Санбу"),
            ("ru", "Щусев", "Щукин"),
            ("en", "Warszawa", "Warszawie"),
            ("en", "Horio", "Horino"),
            ("ja", "ナオヤ", "ナオヤン"),
            ("ko", "이효석", "이호석"),
        ] {
            assert!(!is_case(basic, found, language), "{found}");
        }
    }

    #[test]
    fn prefixes_and_particles_are_found_at_the_edges() {
        let edges = |word: &str| {
            let folded = Folded::of(word);
            let inflection = Inflection::of(folded.script(), &[]);
            (
                inflection.begins(&folded.letters),
                inflection.ends(&folded.letters),
            )
        };
        assert_eq!(edges("ובירושלים"), (vec![2, 1], vec![]));
        assert_eq!(edges("والقاهرة"), (vec![3, 1], vec![]));
        // Letters, not syllables: 에서 is four, 서 is no particle.
        assert_eq!(edges("서울에서"), (vec![], vec![4]));
    }
}
