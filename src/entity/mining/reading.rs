//! A question as the miner reads it: words, or clusters in scripts without spaces; where names may start and end; what
//! capital letters say.

use std::cell::OnceCell;
use std::ops::Range;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
use unicode_script::{Script, UnicodeScript as _};
use unicode_segmentation::UnicodeSegmentation as _;

use super::super::name::{NameModel, Sounds};
use super::Version;
use super::marks::{numbers, quotes};

/// What a capital letter says of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// Nothing: its script has none.
    Without,
    /// It begins with a small letter.
    Small,
    /// It begins with a capital letter, as any word there would.
    Usual,
    /// It begins with a capital letter where a common word would not.
    Capital,
}

/// What stands between a word and the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Something that no name goes across.
    Break,
    /// A space, or a dot between parts of a name.
    Space,
    /// A hyphen or apostrophe; nothing, in a script without spaces.
    Glue,
}

/// A word, or a grapheme cluster of a script without spaces.
#[derive(Debug, Clone)]
pub(super) struct Atom {
    pub(super) range: Range<usize>,
    pub(super) script: Script,
    pub(super) case: Case,
    pub(super) gap: Gap,
}

/// Where a name may start or end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    /// Where the name itself does.
    pub(super) byte: usize,
    /// Where its form does, as it stands: with the article, with the ending.
    pub(super) shown: usize,
    pub(super) atom: usize,
    /// How unlikely it is that a name does; a natural logarithm.
    pub(super) cost: f64,
}

/// A version, read.
pub(super) struct Reading<'a> {
    pub(super) language: &'a str,
    pub(super) text: &'a str,
    pub(super) is_source: bool,
    pub(super) grade: Grade,
    pub(super) quotes: Vec<Range<usize>>,
    pub(super) numbers: Vec<(Range<usize>, String)>,
    pub(super) atoms: Vec<Atom>,
    pub(super) starts: Vec<Edge>,
    pub(super) ends: Vec<Edge>,
    pub(super) stretches: Vec<Stretch>,
    pub(super) windows: OnceCell<Vec<Window>>,
    pub(super) sounds: Sounds,
}

/// What is written in one script without a break.
pub(super) struct Stretch {
    pub(super) range: Range<usize>,
    /// It is looked at as a whole: words with capitals, or katakana.
    pub(super) is_short: bool,
    pub(super) is_unspaced: bool,
    pub(super) is_han: bool,
}

/// A stretch between two edges, by their places.
pub(super) struct Window {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) sounds: Sounds,
}

/// How well the script and language of a version show what is a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// Not even words are parted.
    Unspaced,
    /// There are words.
    Spaced,
    /// All nouns have capitals.
    Nouns,
    /// Names have capitals.
    Names,
}

impl<'a> Reading<'a> {
    pub(super) fn new(model: &NameModel, version: &Version<'a>) -> Self {
        let text = version.text;
        let atoms = atoms(text, all_nouns(version.language));
        let (starts, ends) = edges(text, &atoms);
        let stretches = stretches(&atoms);
        Self {
            language: version.language,
            text,
            is_source: version.is_source,
            quotes: quotes(text),
            numbers: numbers(text),
            grade: Self::grade(&atoms, version.language),
            atoms,
            starts,
            ends,
            stretches,
            windows: OnceCell::new(),
            sounds: model.sounds(text),
        }
    }

    pub(super) fn grade(atoms: &[Atom], language: &str) -> Grade {
        let count = |is: fn(&Atom) -> bool| -> usize {
            let of_kind = atoms.iter().filter(|atom| is(atom));
            of_kind.map(|atom| atom.range.len()).sum()
        };
        let (cased, unspaced) = (
            count(|atom| atom.case != Case::Without),
            count(|atom| is_unspaced(atom.script)),
        );
        let all = count(|_| true);
        match () {
            () if cased * 2 > all && all_nouns(language) => Grade::Nouns,
            () if cased * 2 > all => Grade::Names,
            () if unspaced * 2 > all => Grade::Unspaced,
            () => Grade::Spaced,
        }
    }

    pub(super) fn is_latin(&self) -> bool {
        self.atoms
            .iter()
            .filter(|atom| atom.script == Script::Latin)
            .count()
            * 2
            > self.atoms.len()
    }

    /// What goes on from one edge to the other without a break and in one script.
    pub(super) fn is_window(&self, start: Edge, end: Edge) -> bool {
        if start.byte >= end.byte || start.atom > end.atom {
            return false;
        }
        let Some(atoms) = self.atoms.get(start.atom..=end.atom) else {
            return false;
        };
        let Some((first, others)) = atoms.split_first() else {
            return false;
        };
        let is_inner_word = |atom: &Atom| {
            let word = || self.text.get(atom.range.clone()).unwrap_or("");
            atom.case != Case::Small
                || atom.gap == Gap::Glue
                || CONNECTORS.split(' ').any(|known| known == word())
        };
        let words = others.iter().filter(|atom| atom.gap == Gap::Space).count();
        words < MOST_WORDS
            && others.iter().all(|atom| {
                atom.gap != Gap::Break && atom.script == first.script && is_inner_word(atom)
            })
    }

    /// How sure capital letters make it that this is a name.
    pub(super) fn is_sure(&self, start: Edge, end: Edge) -> bool {
        let atoms = self.atoms.get(start.atom..=end.atom).unwrap_or_default();
        atoms.iter().any(|atom| atom.case == Case::Capital)
    }

    /// All windows of the scripts without spaces, with their sounds.
    pub(super) fn windows(&self, model: &NameModel) -> &[Window] {
        self.windows.get_or_init(|| {
            let mut windows = Vec::new();
            for (start, from) in self.starts.iter().enumerate() {
                let Some(script) = self.atoms.get(from.atom).map(|atom| atom.script) else {
                    continue;
                };
                if !is_unspaced(script) || script == Script::Katakana {
                    continue;
                }
                let most = if script == Script::Han {
                    LONGEST_HAN
                } else {
                    LONGEST
                };
                let first = self.ends.partition_point(|to| to.byte <= from.byte);
                let ends = self.ends.iter().enumerate().skip(first);
                for (end, to) in ends
                    .take_while(|(_, to)| to.atom < from.atom + most && self.is_window(*from, **to))
                {
                    let sounds = model.sounds(self.text.get(from.byte..to.byte).unwrap_or(""));
                    windows.push(Window { start, end, sounds });
                }
            }
            windows
        })
    }

    /// Whether the name goes on before the stretch and behind it: capitals and dots between its parts show it.
    pub(super) fn more_of_name(&self, range: &Range<usize>) -> (bool, bool) {
        let is_one_name = |from: &Atom, to: &Atom| {
            let between = self.text.get(from.range.end..to.range.start).unwrap_or("");
            to.gap == Gap::Space
                && from.script == to.script
                && match to.case {
                    Case::Without => between.chars().any(|c| !c.is_whitespace()),
                    case => case != Case::Small && from.case != Case::Small,
                }
        };
        let (mut before, mut behind) = (false, false);
        for (from, to) in self
            .atoms
            .iter()
            .zip(self.atoms.iter().skip(1))
            .filter(|(from, to)| is_one_name(from, to))
        {
            before |= to.range.start == range.start && from.range.end < range.start;
            behind |= from.range.end == range.end && to.range.start > range.end;
        }
        (before, behind)
    }

    /// Nothing but a space, a hyphen or a dot stands between the two.
    pub(super) fn is_side_by_side(&self, first: &Range<usize>, second: &Range<usize>) -> bool {
        let between = self.text.get(first.end..second.start);
        between.is_some_and(|between| {
            between.chars().count() <= 1
                && between
                    .chars()
                    .all(|c| !gap_of(c).is_some_and(|gap| gap == Gap::Break))
        })
    }
}

/// Words and clusters.
pub(super) fn atoms(text: &str, all_nouns: bool) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = Vec::new();
    let (mut gap, mut is_first) = (Gap::Break, true);
    for (byte, cluster) in text.grapheme_indices(true) {
        let Some(c) = cluster.chars().next() else {
            continue;
        };
        let range = byte..byte + cluster.len();
        if !is_letter(c) {
            match gap_of(c) {
                // A mark that hangs on a word.
                None => {
                    if let Some(last) = atoms.last_mut().filter(|last| last.range.end == byte) {
                        last.range.end = range.end;
                        continue;
                    }
                }
                Some(next) => {
                    let after_initial = c == '.'
                        && atoms.last().is_some_and(|last| {
                            last.case != Case::Small
                                && last.case != Case::Without
                                && text
                                    .get(last.range.clone())
                                    .is_some_and(|word| word.chars().count() == 1)
                        });
                    let next = if after_initial { Gap::Space } else { next };
                    gap = match (gap, next) {
                        (Gap::Break, _) | (_, Gap::Break) => Gap::Break,
                        (Gap::Space, _) | (_, Gap::Space) => Gap::Space,
                        _ => Gap::Glue,
                    };
                    is_first |=
                        matches!(c, '.' | '?' | '!' | '。' | '？' | '！' | ':') && !after_initial;
                    continue;
                }
            }
            gap = Gap::Break;
            continue;
        }
        let script = script_of(c);
        let goes_on = gap == Gap::Glue
            && atoms.last().is_some_and(|last| {
                last.range.end == byte && last.script == script && !is_unspaced(script)
            });
        if goes_on {
            if let Some(last) = atoms.last_mut() {
                last.range.end = range.end;
            }
            continue;
        }
        let case = match () {
            () if !has_case(script) => Case::Without,
            () if !c.is_uppercase() => Case::Small,
            () if is_first || all_nouns => Case::Usual,
            () => Case::Capital,
        };
        atoms.push(Atom {
            range,
            script,
            case,
            gap,
        });
        (gap, is_first) = (Gap::Glue, false);
    }
    atoms
}

/// What goes on in one script, without a break and without small words; words that hang on a capital stay with it.
pub(super) fn stretches(atoms: &[Atom]) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut before: Option<&Atom> = None;
    for atom in atoms {
        let goes_on = before.is_some_and(|before| {
            atom.gap != Gap::Break
                && before.script == atom.script
                && (before.case == Case::Small) == (atom.case == Case::Small)
        });
        match stretches.last_mut() {
            Some(last) if goes_on => last.range.end = atom.range.end,
            _ => stretches.push(Stretch {
                range: atom.range.clone(),
                is_short: matches!(atom.case, Case::Usual | Case::Capital)
                    || atom.script == Script::Katakana,
                is_unspaced: is_unspaced(atom.script),
                is_han: atom.script == Script::Han,
            }),
        }
        before = Some(atom);
    }
    stretches
}

/// Where names may start and end.
pub(super) fn edges(text: &str, atoms: &[Atom]) -> (Vec<Edge>, Vec<Edge>) {
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    for (nth, atom) in atoms.iter().enumerate() {
        let before = nth.checked_sub(1).and_then(|nth| atoms.get(nth));
        let after = atoms.get(nth + 1);
        let cut = |from: Option<&Atom>, to: Option<&Atom>| match (from, to) {
            (Some(from), Some(to))
                if from.range.end == to.range.start && from.script == to.script =>
            {
                cut(from.script)
            }
            _ => 0.0,
        };
        let hangs_on_name = atom.gap == Gap::Glue
            && before.is_some_and(|before| before.case != Case::Small)
            && text.get(atom.range.clone()) != Some("s");
        if atom.script == Script::Hiragana {
            continue;
        }
        let parts = |from: Option<&Atom>, to: Option<&Atom>, then: Option<&Atom>| match (from, to) {
            (Some(from), Some(to)) => {
                from.range.end < to.range.start
                    || from.script != to.script
                    || may_part(text, from, to, then)
            }
            _ => true,
        };
        if atom.case != Case::Small && parts(before, Some(atom), after) {
            starts.push(Edge {
                byte: atom.range.start,
                shown: atom.range.start,
                atom: nth,
                cost: cut(before, Some(atom)),
            });
        }
        let word = text.get(atom.range.clone()).unwrap_or("");
        let is_border = |byte: &usize| {
            (1..word.len()).contains(byte)
                && word
                    .grapheme_indices(true)
                    .any(|(border, _)| border == *byte)
        };
        for hanging in hanging(atom.script) {
            let (byte, edges) = match hanging {
                Hanging::Before(prefix) if word.starts_with(prefix) => (prefix.len(), &mut starts),
                Hanging::Article(article) if word.starts_with(article) => {
                    (article.len(), &mut starts)
                }
                Hanging::Behind(suffix) | Hanging::Ending(suffix) if word.ends_with(suffix) => {
                    (word.len() - suffix.len(), &mut ends)
                }
                _ => continue,
            };
            let stays = match hanging {
                Hanging::Article(_) => Some(atom.range.start),
                Hanging::Ending(_) => Some(atom.range.end),
                _ => is_border(&byte).then_some(atom.range.start + byte),
            };
            if let Some(shown) = stays.filter(|_| (1..word.len()).contains(&byte)) {
                edges.push(Edge {
                    byte: atom.range.start + byte,
                    shown,
                    atom: nth,
                    cost: HANGING,
                });
            }
        }
        if (atom.case != Case::Small || hangs_on_name)
            && parts(Some(atom), after, atoms.get(nth + 2))
        {
            ends.push(Edge {
                byte: atom.range.end,
                shown: atom.range.end,
                atom: nth,
                cost: cut(Some(atom), after),
            });
        }
    }
    starts.sort_by_key(|edge: &Edge| (edge.byte, edge.atom));
    ends.sort_by_key(|edge: &Edge| (edge.byte, edge.atom));
    (starts, ends)
}

/// A syllable may end between two clusters: in Thai and Lao some vowels stand before their consonant or behind it as
/// letters of their own, and a silent letter bears a mark; in Japanese a small or long sound belongs to the one before.
pub(super) fn may_part(text: &str, from: &Atom, to: &Atom, after: Option<&Atom>) -> bool {
    let (start, end, script) = (from.range.start, to.range.end, to.script);
    let of = |atom: &Atom| text.get(atom.range.clone()).unwrap_or("").to_owned();
    let (from, to) = (of(from), of(to));
    let leads = |c: char| matches!(c, 'เ'..='ไ' | 'ເ'..='ໄ');
    let follows = |c: char| {
        matches!(
            c,
            'ะ' | 'า'
                | 'ำ'
                | 'ๅ'
                | 'ๆ'
                | 'ฯ'
                | 'ະ'
                | 'າ'
                | 'ຳ'
                | 'ー'
                | 'ァ'
                | 'ィ'
                | 'ゥ'
                | 'ェ'
                | 'ォ'
                | 'ャ'
                | 'ュ'
                | 'ョ'
                | 'ン'
                | 'ッ'
        )
    };
    let is_bare = |letter: &str| {
        letter.chars().count() == 1 && letter.chars().all(|c| matches!(c, 'ก'..='ฮ' | 'ກ'..='ຮ'))
    };
    let is_last = |after: Option<&Atom>| {
        after.is_none_or(|after| after.range.start > end || after.script != script)
    };
    if is_bare(&to) && is_last(after) {
        return false;
    }
    let is_open = from.contains('\u{e35}')
        && text
            .get(..start)
            .is_some_and(|before| before.ends_with('เ'));
    from != "ห"
        && !is_open
        && !from.contains(['\u{e31}', '\u{e37}', '\u{e47}', '\u{eb1}'])
        && !from.starts_with(leads)
        && !to.starts_with(follows)
        && !to.contains(['\u{e4c}', '\u{ecc}'])
        && !from.ends_with('\u{17d2}')
}

/// What may hang on a name in one word.
#[derive(Debug, Clone, Copy)]
pub(super) enum Hanging {
    /// A small word before it.
    Before(&'static str),
    /// An article, which belongs to the form but not to the sound of the name elsewhere.
    Article(&'static str),
    /// A particle behind it.
    Behind(&'static str),
    /// A case ending, which belongs to the form as it stands.
    Ending(&'static str),
}

pub(super) fn hanging(script: Script) -> impl Iterator<Item = Hanging> {
    let (before, article, behind, ending) = match script {
        Script::Hebrew => (
            "ו ה ב כ ל מ ש וה וב וכ ול ומ וש שה שב של שמ מה כה",
            "",
            "",
            "",
        ),
        Script::Arabic => ("و ف ب ك ل وب ول وك", "ال", "ها های ی را", ""),
        Script::Hangul => (
            "",
            "",
            "은 는 이 가 을 를 의 에 에서 에게 로 으로 과 와 도 만 부터 까지 이나 이란 라는 이라는 인",
            "",
        ),
        Script::Devanagari => ("", "", "को का की ले मा लाई बाट हरू", ""),
        Script::Bengali => ("", "", "য়ের কে তে টি টা", "ের র"),
        Script::Georgian => ("", "", "", "ში ზე ის ს მა თან დან ი"),
        _ => ("", "", "", ""),
    };
    let words = |words: &'static str| words.split(' ').filter(|word| !word.is_empty());
    let before = words(before)
        .map(Hanging::Before)
        .chain(words(article).map(Hanging::Article));
    before
        .chain(words(behind).map(Hanging::Behind))
        .chain(words(ending).map(Hanging::Ending))
}

/// What it costs to begin or end a name between two letters of a script without spaces. Katakana shows where most words
/// end.
pub(super) fn cut(script: Script) -> f64 {
    match script {
        Script::Katakana => 4.0,
        Script::Han => 0.5,
        _ => 1.0,
    }
}

pub(super) fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !matches!(c, 'ʼ' | 'ʻ') || matches!(c, 'ー' | '々')
}

pub(super) fn script_of(c: char) -> Script {
    match c {
        'ー' => Script::Katakana,
        '々' => Script::Han,
        c => c.script(),
    }
}

/// What a character that is no letter does to a name; nothing, where it is a part of a word.
pub(super) fn gap_of(c: char) -> Option<Gap> {
    match c {
        '-' | '‐' | '\u{2011}' | '\'' | '’' | 'ʼ' | 'ʻ' => Some(Gap::Glue),
        '・' | '·' | '‧' | '•' | '゠' | '＝' => Some(Gap::Space),
        '״' | '׳' | '\u{200c}' | '\u{200d}' | '\u{ad}' => None,
        c if c.is_whitespace() => Some(Gap::Space),
        c if c.general_category() == GeneralCategory::NonspacingMark
            || c.general_category() == GeneralCategory::SpacingMark =>
        {
            None
        }
        _ => Some(Gap::Break),
    }
}

pub(super) fn has_case(script: Script) -> bool {
    matches!(
        script,
        Script::Latin
            | Script::Greek
            | Script::Cyrillic
            | Script::Armenian
            | Script::Coptic
            | Script::Adlam
            | Script::Deseret
            | Script::Cherokee
    )
}

/// Nothing stands between words in this script, or between a foreign name and what follows it.
pub(super) fn is_unspaced(script: Script) -> bool {
    script == Script::Katakana || crate::entity::variant::is_unspaced(script)
}

/// All nouns of this language begin with a capital letter.
pub(super) fn all_nouns(language: &str) -> bool {
    matches!(
        language.split('-').next(),
        Some("de" | "lb" | "gsw" | "nds" | "bar")
    )
}

/// So many Han letters write a foreign name.
pub(super) const LONGEST_HAN: usize = 12;

/// A name has at most so many clusters in other scripts without spaces.
pub(super) const LONGEST: usize = 20;

/// What it costs to take off what hangs on a name.
pub(super) const HANGING: f64 = 0.5;

/// A name has at most so many words.
pub(super) const MOST_WORDS: usize = 6;

/// Small words that stand within names.
pub(super) const CONNECTORS: &str = "of the de du des da do dos das di del della dello degli la las le les el al van von der den ten ter zu zur \
    af av og y e i bin ibn ben bint abu ud ul ad ad- te ni na der ван фон дер ден де ди да дю ла ле дель эль аль ибн бин ван";
