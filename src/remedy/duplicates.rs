//! Near duplicates: texts that share most of what stands in them.
//!
//! A text is the set of its stretches of five letters, whatever the script, without case, blanks and punctuation. How much
//! two sets share (Jaccard) is estimated by MinHash (Broder 1997) and looked for by bands of equal minima, so that a text
//! is compared only with those it may be like. It is written here because it is forty lines: the crates for it bring
//! their own hashers, serialisers and thread pools.

use std::collections::HashMap;

/// Letters of a stretch.
const STRETCH: usize = 5;
/// Minima of a text; the estimate has a standard error of 1 / (2 √128) at most, 0.044.
const MINIMA: usize = 128;
/// Minima of a band: 32 bands find 97 % of the pairs that share 0.57, and all that share 0.8.
const BAND: usize = 4;

/// Texts that were met.
#[derive(Debug, Default)]
pub struct Met {
    texts: Vec<[u32; MINIMA]>,
    bands: HashMap<(u8, [u32; BAND]), Vec<u32>>,
}

impl Met {
    /// Adds a text unless one was met that shares more than `limit` with it, from 0 to 1: then its number, from 0.
    pub fn add(&mut self, text: &str, limit: f64) -> Option<usize> {
        let minima = minima(text);
        let bands = || (0..).zip(minima.as_chunks::<BAND>().0.iter().copied());
        let mut like: Vec<u32> = bands()
            .filter_map(|band| self.bands.get(&band))
            .flatten()
            .copied()
            .collect();
        like.sort_unstable();
        like.dedup();
        let shares = |other: &u32| {
            let other = self.texts.get(*other as usize);
            other.is_some_and(|other| likeness(other, &minima) > limit)
        };
        if let Some(other) = like.into_iter().find(shares) {
            return Some(other as usize);
        }
        let number = self.texts.len() as u32;
        bands().for_each(|band| self.bands.entry(band).or_default().push(number));
        self.texts.push(minima);
        None
    }
}

/// The share of minima that are equal estimates the share of stretches that both have among those that either has.
fn likeness(a: &[u32; MINIMA], b: &[u32; MINIMA]) -> f64 {
    let equal = a.iter().zip(b).filter(|(a, b)| a == b).count();
    equal as f64 / MINIMA as f64
}

fn minima(text: &str) -> [u32; MINIMA] {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    let letters: Vec<char> = letters.flat_map(char::to_lowercase).collect();
    let mut minima = [u32::MAX; MINIMA];
    for stretch in letters.windows(STRETCH.min(letters.len().max(1))) {
        let mut hash = stretch
            .iter()
            .fold(0, |hash, letter| mixed(hash ^ u64::from(*letter)));
        for least in &mut minima {
            hash = mixed(hash);
            *least = (*least).min((hash >> 32) as u32);
        }
    }
    minima
}

/// SplitMix64: each step of it is another hash.
fn mixed(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What share of stretches two texts have in common.
    fn exactly(a: &str, b: &str) -> f64 {
        let of = |text: &str| -> std::collections::HashSet<Vec<char>> {
            let letters: Vec<char> = text.chars().collect();
            letters.windows(STRETCH).map(<[char]>::to_vec).collect()
        };
        let (a, b) = (of(a), of(b));
        a.intersection(&b).count() as f64 / a.union(&b).count() as f64
    }

    #[test]
    fn a_text_that_was_changed_a_little_is_a_near_duplicate_and_another_is_not() {
        let mut met = Met::default();
        let text = "Пиросмани по-грузински может писаться по-разному. Начну с начала и проверю каждое написание по очереди.";
        assert_eq!(met.add(text, 0.8), None);
        assert_eq!(
            met.add(
                "松江城の読みを考える。城主の名は何だったか、順に思い出してみよう。",
                0.8
            ),
            None
        );
        assert_eq!(
            met.add(&text.replace("Начну", "— начну").to_uppercase(), 0.8),
            Some(0)
        );
        assert_eq!(
            met.add(&text.replace("каждое написание", "всё"), 0.95),
            None
        );
        assert_eq!(met.add("", 0.8), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_estimate_is_near_what_is_shared(common in "[a-z]{60,200}", one in "[a-z]{6,120}", two in "[a-z]{6,120}") {
            let (a, b) = (common.clone() + &one, common + &two);
            let (estimate, exact) = (likeness(&minima(&a), &minima(&b)), exactly(&a, &b));
            prop_assert!((estimate - exact).abs() < 0.2, "{estimate} {exact}");
        }
    }
}
