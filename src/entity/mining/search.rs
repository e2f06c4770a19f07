//! Looks for a stretch of one question in another.

use std::ops::Range;

use unicode_script::Script;

use super::super::name::{NameModel, Pair, Prepared, Sounds};
use super::reading::{Grade, HANGING, Reading, is_unspaced};

/// A stretch of the hub that may be a name.
pub(super) struct Anchor<'m> {
    pub(super) range: Range<usize>,
    pub(super) prepared: Prepared<'m>,
    pub(super) sounds: Sounds,
    pub(super) script: Script,
    /// A capital letter says so.
    pub(super) is_sure: bool,
}

impl Reading<'_> {
    /// All stretches that may be names.
    pub(super) fn anchors<'m>(&self, model: &'m NameModel) -> Vec<Anchor<'m>> {
        let mut anchors: Vec<Anchor> = Vec::new();
        let mut add = |range: Range<usize>, script: Script, is_sure: bool| {
            let text = self.text.get(range.clone()).unwrap_or("");
            let is_small = !is_sure && text.len() <= 3;
            if !is_small && !anchors.iter().any(|known| known.range == range) {
                anchors.push(Anchor {
                    range,
                    prepared: model.prepare(text),
                    sounds: model.sounds(text),
                    script,
                    is_sure,
                });
            }
        };
        for quote in &self.quotes {
            let script = self
                .atoms
                .iter()
                .find(|atom| atom.range.start >= quote.start)
                .map_or(Script::Common, |atom| atom.script);
            add(quote.clone(), script, true);
        }
        for start in &self.starts {
            let Some(script) = self.atoms.get(start.atom).map(|atom| atom.script) else {
                continue;
            };
            for end in &self.ends {
                let length = (end.atom + 1).saturating_sub(start.atom);
                let fits = match script {
                    Script::Katakana => start.cost + end.cost == 0.0,
                    script if is_unspaced(script) => (2..=longest(script)).contains(&length),
                    _ => start.cost + end.cost <= HANGING,
                };
                if fits && self.is_window(*start, *end) {
                    add(start.byte..end.byte, script, self.is_sure(*start, *end));
                }
            }
        }
        anchors
    }

    /// The stretch that is most likely this name.
    pub(super) fn search<'m>(
        &self,
        model: &'m NameModel,
        anchor: &Anchor<'m>,
        free: &dyn Fn(&Range<usize>) -> bool,
    ) -> Option<Found> {
        let mut climb = Climb {
            model,
            reading: self,
            anchor,
            free,
            tried: Vec::new(),
            best: None,
        };
        let places = self.sounds.places(self.text, &anchor.sounds);
        for stretch in &self.stretches {
            let inside = |place: &Range<usize>| {
                place.start.max(stretch.range.start)..place.end.min(stretch.range.end)
            };
            if stretch.is_short {
                climb.from(stretch.range.clone());
            } else if stretch.is_unspaced {
                // A name that is not read as in Mandarin.
                if anchor.is_sure && stretch.is_han && (6..=18).contains(&stretch.range.len()) {
                    climb.whole(&stretch.range);
                }
            } else {
                places
                    .iter()
                    .map(inside)
                    .filter(|place| !place.is_empty())
                    .for_each(|place| climb.from(place));
            }
        }
        climb.windows();
        for (byte, same) in self.text.match_indices(anchor.prepared.text()) {
            climb.from(byte..byte + same.len());
        }
        let words = anchor.prepared.text().split(char::is_whitespace).count();
        let most = match self.grade {
            Grade::Unspaced if anchor.sounds.len() < 2 => 4,
            Grade::Unspaced => 0,
            _ if places.is_empty() => words,
            _ => 0,
        };
        if most > 0 {
            for start in 0..self.starts.len() {
                for end in 0..self.ends.len() {
                    let few = match (self.starts.get(start), self.ends.get(end)) {
                        (Some(from), Some(to)) => {
                            to.atom >= from.atom && to.atom - from.atom < most
                        }
                        _ => false,
                    };
                    if few {
                        climb.step(start, end);
                    }
                }
            }
        }
        let (start, end, score) = climb.best?;
        let (start, end) = (*self.starts.get(start)?, *self.ends.get(end)?);
        Some(Found {
            range: start.shown..end.shown,
            probability: anchor
                .prepared
                .probability(self.text.get(start.byte..end.byte)?),
            score,
            script: self.atoms.get(start.atom)?.script,
            is_sure: self.is_sure(start, end),
        })
    }
}

/// Where a name was found.
pub(super) struct Found {
    pub(super) range: Range<usize>,
    pub(super) probability: f32,
    pub(super) score: f64,
    pub(super) script: Script,
    pub(super) is_sure: bool,
}

/// Looks for the best window by moving its edges.
pub(super) struct Climb<'s, 't, 'm> {
    pub(super) model: &'m NameModel,
    pub(super) reading: &'s Reading<'t>,
    pub(super) anchor: &'s Anchor<'m>,
    pub(super) free: &'s dyn Fn(&Range<usize>) -> bool,
    pub(super) tried: Vec<(usize, usize)>,
    pub(super) best: Option<(usize, usize, f64)>,
}

impl Climb<'_, '_, '_> {
    /// From the part of a place that goes with the name.
    pub(super) fn from(&mut self, place: Range<usize>) {
        let (starts, ends) = (&self.reading.starts, &self.reading.ends);
        let Some(found) = self.reading.text.get(place.clone()) else {
            return;
        };
        let pairs = self.anchor.prepared.compare(found).pairs;
        let is_of_name = |pair: &&Pair| !pair.expected.is_empty();
        let first = pairs
            .iter()
            .find(is_of_name)
            .map_or(0, |pair| pair.found.start);
        let last = pairs
            .iter()
            .rev()
            .find(is_of_name)
            .map_or(found.len(), |pair| pair.found.end);
        let start = starts
            .partition_point(|edge| edge.byte < place.start + first)
            .min(starts.len().saturating_sub(1));
        let end = ends
            .partition_point(|edge| edge.byte < place.start + last)
            .min(ends.len().saturating_sub(1));
        let mut at: Option<(usize, usize, f64)> = None;
        for (start, end) in [
            (start, end),
            (start.saturating_sub(1), end),
            (start, end + 1),
            (start + 1, end),
            (start, end.saturating_sub(1)),
            (start.saturating_sub(1), end + 1),
            (start.saturating_sub(1), end.saturating_sub(1)),
            (start + 1, end + 1),
        ] {
            if let Some(score) = self.step(start, end)
                && at.is_none_or(|at| score > at.2)
            {
                at = Some((start, end, score));
            }
        }
        if let Some(at) = at.filter(|at| at.2 > HOPELESS) {
            self.around(at);
        }
    }

    /// Moves the edges as long as that makes it better.
    pub(super) fn around(&mut self, mut at: (usize, usize, f64)) {
        loop {
            let (start, end, score) = at;
            for (start, end) in [
                (start.saturating_sub(1), end),
                (start + 1, end),
                (start, end.saturating_sub(1)),
                (start, end + 1),
                (start + 2, end),
                (start, end + 2),
                (start.saturating_sub(2), end),
                (start, end.saturating_sub(2)),
            ] {
                if let Some(score) = self.step(start, end)
                    && score > at.2
                {
                    at = (start, end, score);
                }
            }
            if at.2 <= score {
                return;
            }
        }
    }

    /// A stretch, and the same without its last letter, which may say what kind of place it is.
    pub(super) fn whole(&mut self, stretch: &Range<usize>) {
        let start = self
            .reading
            .starts
            .partition_point(|edge| edge.byte < stretch.start);
        let end = self
            .reading
            .ends
            .partition_point(|edge| edge.byte < stretch.end);
        self.step(start, end);
        self.step(start, end.saturating_sub(1));
    }

    /// All windows of the scripts without spaces that sound like the name, and what is around the best.
    pub(super) fn windows(&mut self) {
        for window in self.reading.windows(self.model) {
            if window.sounds.could_match(&self.anchor.sounds) {
                self.step(window.start, window.end);
            }
        }
        if let Some(best) = self.best {
            self.around(best);
        }
    }

    /// The score of a window that has not been tried.
    pub(super) fn step(&mut self, start: usize, end: usize) -> Option<f64> {
        let (from, to) = (self.reading.starts.get(start)?, self.reading.ends.get(end)?);
        if self.tried.contains(&(start, end))
            || !self.reading.is_window(*from, *to)
            || !(self.free)(&(from.shown..to.shown))
        {
            return None;
        }
        self.tried.push((start, end));
        let window = self.reading.text.get(from.byte..to.byte)?;
        let score = self.anchor.prepared.raw_score(window) - from.cost - to.cost;
        if self.best.is_none_or(|best| score > best.2) {
            self.best = Some((start, end, score));
        }
        Some(score)
    }
}

pub(super) fn longest(script: Script) -> usize {
    match script {
        Script::Han => 6,
        Script::Katakana => 20,
        _ => 10,
    }
}

/// A window that scores less is not near a name.
pub(super) const HOPELESS: f64 = -15.0;
