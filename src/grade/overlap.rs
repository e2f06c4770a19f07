//! Graders that say how much of two texts is the same.

use std::collections::HashMap;

use super::chars::is_han;

/// Languages whose gold answers the ECLeKTic string score divides into Chinese characters. The original names `zh` and
/// `ja`, the only two it meets.
const BY_CHARACTER: &[&str] = &["zh", "ja", "yue", "cmn"];

/// Token F1, as SQuAD and MultiLoKo have it: tokens are counted, not ordered.
///
/// A token is what stands between spaces, and each Chinese character by itself. Without the second half, which is the
/// custom of Chinese question answering and not MultiLoKo's, the score of `東京タワー` would be all or nothing. It stays
/// so for Thai, Lao, Khmer and Burmese, whose words only a dictionary can tell; their letters are too few to be tokens.
pub(super) fn f1(answer: &str, gold: &str) -> f64 {
    let (answer, gold) = (tokens(answer), tokens(gold));
    let mut left: HashMap<&str, usize> = HashMap::new();
    for token in &gold {
        *left.entry(token).or_default() += 1;
    }
    let mut take = |token: &&&str| match left.get_mut(**token) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    };
    let same = answer.iter().filter(|token| take(token)).count();
    // 2PR / (P + R), where P is same/answer and R is same/gold.
    ratio(2 * same, answer.len() + gold.len())
}

fn tokens(text: &str) -> Vec<&str> {
    text.split_whitespace().flat_map(around_han).collect()
}

/// Each Chinese character, and each stretch between them.
fn around_han(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(is_han).flat_map(|part| {
        let last = part.char_indices().next_back();
        let at = last.map_or(0, |(at, c)| if is_han(c) { at } else { part.len() });
        let (stretch, han) = part.split_at(at);
        [stretch, han].into_iter().filter(|token| !token.is_empty())
    })
}

/// Word recall, the string score of ECLeKTic in the code of Swiss AI: which tokens of the gold answer stand anywhere in
/// the answer, and what share of them that is. Nothing is normalised, and a token may stand inside a longer word.
///
/// Tokens are what stands between white space; in Chinese and Japanese, each Chinese character and each stretch between
/// them, spaces and all, so that a run of kana is one token.
pub(super) fn recall<'a>(answer: &str, gold: &'a str, language: &str) -> (f64, Vec<&'a str>) {
    let tokens: Vec<&str> = if BY_CHARACTER.contains(&language) {
        around_han(gold).collect()
    } else {
        gold.split_whitespace().collect()
    };
    let mut known: HashMap<&str, bool> = HashMap::new();
    let mut stands = |token| *known.entry(token).or_insert_with(|| answer.contains(token));
    let found: Vec<&str> = tokens
        .iter()
        .copied()
        .filter(|token| stands(token))
        .collect();
    (ratio(found.len(), tokens.len()), found)
}

/// The longest n-grams of chrF.
const ORDER: usize = 6;

/// Sentence chrF2, 0 to 1, as sacrebleu has it: character n-grams up to six, white space removed, no word n-grams, and
/// orders that are longer than one of the texts left out.
pub(super) fn chrf(answer: &str, gold: &str) -> f64 {
    let [answer, gold] = [answer, gold].map(|text| {
        let letters = text.chars().filter(|c| !c.is_whitespace());
        letters.collect::<Vec<char>>()
    });
    let mut left: HashMap<u128, u32> = HashMap::new();
    for start in 0..gold.len() {
        for gram in grams(&gold[start..]) {
            *left.entry(gram).or_default() += 1;
        }
    }
    let mut same = [0; ORDER];
    for start in 0..answer.len() {
        // Where a short n-gram is not in the gold answer, no longer one that begins with it is.
        for (order, gram) in grams(&answer[start..]).enumerate() {
            match left.get_mut(&gram) {
                Some(0) => {}
                Some(count) => {
                    *count -= 1;
                    same[order] += 1;
                }
                None => break,
            }
        }
    }
    let orders = ORDER.min(answer.len()).min(gold.len());
    let mean = |text: &[char]| {
        let shares = (0..orders).map(|order| ratio(same[order], text.len() - order));
        shares.sum::<f64>() / orders.max(1) as f64
    };
    let (precision, recall) = (mean(&answer), mean(&gold));
    match 4.0 * precision + recall {
        0.0 => 0.0,
        sum => (5.0 * precision * recall / sum).min(1.0),
    }
}

/// The n-grams that `text` begins with, shortest first, each as one number: 21 bits a character, and a 1 in front.
fn grams(text: &[char]) -> impl Iterator<Item = u128> {
    text.iter().take(ORDER).scan(1, |gram: &mut u128, c| {
        *gram = *gram << 21 | u128::from(u32::from(*c));
        Some(*gram)
    })
}

fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }

    #[test]
    fn chrf_is_that_of_sacrebleu() {
        // sacrebleu 2.6.0, sentence_chrf with its defaults.
        for (answer, gold, score) in [
            ("Шувалов", "Шувалова", 83.07482317905449),
            (
                "Пётр Ильич Чайковский",
                "Чайковский Пётр",
                71.22457296147327,
            ),
            ("सर्वधर्म", "सर्वधर्मा", 86.26917130700087),
            ("गंगा नदी", "गङ्गा", 15.65954310980103),
            ("东京铁塔", "东京塔", 46.42857142857143),
            ("東京スカイツリー", "東京タワー", 15.067237163814179),
            ("الرياض", "مدينة الرياض", 44.02582537713412),
            ("Zürich", "Zurich", 37.77777777777778),
            ("a", "abc", 38.46153846153846),
            ("abc", "abc", 100.0),
            ("ab", "cd", 0.0),
            ("北京", "南京", 25.0),
            ("", "abc", 0.0),
        ] {
            check(chrf(answer, gold), score / 100.0);
        }
    }

    #[test]
    fn f1_counts_tokens() {
        // The f1 of multiloko eval.py, commit 26a1fcc.
        check(f1("danube river", "danube"), 2.0 / 3.0);
        check(f1("नर्मदा नदी का तट", "नर्मदा नदी"), 2.0 / 3.0);
        check(f1("the cat", "dog"), 0.0);
        check(f1("a a a", "a b"), 0.4);
        // Ours: three of four tokens, of which there are four on each side.
        check(f1("東京都タワー", "東京タワー塔"), 0.75);
    }

    #[test]
    fn recall_is_that_of_the_eclektic_string_score() {
        // The _word_recall of the Swiss AI scorer, run on these texts.
        for (gold, answer, language, score) in [
            ("Mount Kenya", "It is Mount Elgon", "en", 0.5),
            ("東京タワー", "東京のタワー", "ja", 1.0),
            ("カール五世", "カール四世", "ja", 2.0 / 3.0),
            ("京 アニ", "京アニ", "ja", 0.5),
            ("人々", "人々", "ja", 1.0),
            ("長江大橋", "长江大桥", "zh", 0.5),
            ("Iran", "Iranian", "en", 1.0),
            ("गंगा नदी", "गंगा", "hi", 0.5),
            ("Victor Hugo", "victor hugo", "fr", 0.0),
            ("서울 대학교", "서울대학교", "ko", 1.0),
        ] {
            check(recall(answer, gold, language).0, score);
        }
    }
}
