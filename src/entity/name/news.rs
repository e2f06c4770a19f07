//! The measures of the NEWS shared tasks on transliteration (2009 to 2018), for the ranked candidates of one name.
//!
//! The figure of a task is the mean over its names; a name without candidates counts as 0.

/// How good the candidates of one name are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct News {
    /// 1 if the first candidate is a reference (ACC).
    pub accuracy: f64,
    /// The F-score of the first candidate and the closest reference, by their longest common subsequence.
    pub f_score: f64,
    /// One by the rank of the first candidate that is a reference (MRR).
    pub reciprocal_rank: f64,
    /// The mean, over as many ranks as there are references, of the share that is right up to there (MAP_ref).
    pub precision: f64,
}

/// The measures of one name.
pub fn news(candidates: &[&str], references: &[&str]) -> News {
    let first = candidates.first().copied().unwrap_or_default();
    let length = |text: &str| text.chars().count();
    let closest = references
        .iter()
        .min_by_key(|reference| length(reference) as i64 - 2 * common(first, reference) as i64);
    let f_score = closest.map_or(0.0, |reference| {
        let both = (length(first) + length(reference)).max(1);
        2.0 * common(first, reference) as f64 / both as f64
    });
    let is_right: Vec<bool> = candidates
        .iter()
        .map(|candidate| references.contains(candidate))
        .collect();
    let rank = is_right.iter().position(|right| *right);
    let right_up_to = |rank| is_right.iter().take(rank).filter(|right| **right).count();
    let precision: f64 = (1..=references.len())
        .map(|rank| right_up_to(rank) as f64 / rank as f64)
        .sum();
    News {
        accuracy: f64::from(u8::from(rank == Some(0))),
        f_score,
        reciprocal_rank: rank.map_or(0.0, |rank| 1.0 / (rank + 1) as f64),
        precision: precision / references.len().max(1) as f64,
    }
}

/// The length of the longest common subsequence, in characters.
pub fn common(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row = vec![0; b.len() + 1];
    for x in a.chars() {
        // What stood above and to the left.
        let mut diagonal = 0;
        let mut left = 0;
        for (y, above) in b.iter().zip(row.iter_mut().skip(1)) {
            left = if x == *y {
                diagonal + 1
            } else {
                left.max(*above)
            };
            diagonal = std::mem::replace(above, left);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four names made to have the figures that the organisers' script prints for the four of its own sample.
    const SAMPLE: [(&[&str], &[&str]); 4] = [
        (&["anna", "ana"], &["anna"]),
        (&["ann", "anna"], &["anna"]),
        (&["ana", "aan", "anna"], &["anna"]),
        (&["ano", "ona"], &["ana"]),
    ];

    #[test]
    fn the_measures_are_those_of_the_shared_tasks() {
        let figures = SAMPLE.map(|(candidates, references)| news(candidates, references));
        let mean = |of: fn(&News) -> f64| figures.iter().map(of).sum::<f64>() / 4.0;
        for (figure, value) in [
            (mean(|name| name.accuracy), 0.25),
            (mean(|name| name.f_score), 0.845_238),
            (mean(|name| name.reciprocal_rank), 0.458_333),
            (mean(|name| name.precision), 0.25),
        ] {
            assert!((figure - value).abs() < 1e-6, "{figure} {value}");
        }
        let scores = figures.map(|name| (name.f_score * 1e6).round() / 1e6);
        assert_eq!(scores, [1.0, 0.857_143, 0.857_143, 0.666_667]);
    }

    #[test]
    fn the_closest_reference_counts() {
        let figures = news(&["мария", "марья"], &["марья", "мария", "маша"]);
        assert_eq!((figures.accuracy, figures.f_score), (1.0, 1.0));
        // Two right in the first two, and still two in the first three.
        assert!((figures.precision - (1.0 + 1.0 + 2.0 / 3.0) / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_name_without_candidates_counts_as_nothing() {
        let nothing = News {
            accuracy: 0.0,
            f_score: 0.0,
            reciprocal_rank: 0.0,
            precision: 0.0,
        };
        assert_eq!(news(&[], &["anna"]), nothing);
        assert_eq!(news(&[], &[]), nothing);
    }
}
