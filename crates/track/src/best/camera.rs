//! The camera's own motion, as the crowd shows it.

use super::affinity::Affinity;
use super::track::Track;
use crate::sighting::Sightings;

/// Boxes grow by this share before they are paired: a camera may move by more than a step of a person.
const AFFINITY: Affinity = Affinity { buffer: 0.3, height: true };
/// Least similarity of a pair that is believed.
const MIN_SIMILARITY: f64 = 0.2;
/// Fewer pairs tell nothing about all.
const MIN_PAIRS: usize = 3;
/// How many of its standard errors a shift must be away from zero.
const SIGNIFICANT: f64 = 2.0;
/// Standard deviation over median absolute deviation, of a normal distribution.
const DEVIATIONS: f64 = 1.4826;
/// Variance of the median over that of the mean, of a normal distribution: pi / 2.
const MEDIAN_VARIANCE: f64 = std::f64::consts::FRAC_PI_2;
/// A pair's shift is known to this share of the person's height at best.
const LEAST_SPREAD: f64 = 0.01;

/// Estimates the shift of the whole picture against what the tracks expect.
///
/// A moving camera moves everyone at once, and hides what each does by themselves; from the picture
/// it can be measured (BoT-SORT's compensation), and without one it is what all tracks have in
/// common: the median distance from expected to detected boxes, over tracks and detections that are
/// each other's most similar. A few people who walk differently do not move a median. Where little
/// is seen, chance has a median too, so the estimate is shrunk towards zero as far as its standard
/// error asks for (James and Stein, 1961): a camera at rest stays at rest.
#[derive(Clone, Debug, Default)]
pub(crate) struct Camera {
    /// For each sighting: the greatest similarity to any track, and that track.
    favourites: Vec<(f64, u32)>,
    /// For each track: its most similar sighting.
    choices: Vec<Option<u32>>,
    x: Vec<f64>,
    y: Vec<f64>,
    heights: Vec<f64>,
    spare: Vec<f64>,
}

impl Camera {
    /// The shift in x and y, in pixels, of sightings of at least `confidence` against tracks that
    /// were seen in the frame before; none where there is nothing to be said.
    pub(crate) fn shift(
        &mut self,
        tracks: &[Track],
        sightings: &Sightings,
        confidence: f32,
    ) -> Option<(f64, f64)> {
        self.pair(tracks, sightings, confidence);
        self.collect(tracks, sightings);
        let pairs = self.x.len();
        if pairs < MIN_PAIRS {
            return None;
        }
        let (x, y) = (median(&mut self.x), median(&mut self.y));
        let least = LEAST_SPREAD * median(&mut self.heights);
        let x_spread = spread(&self.x, x, &mut self.spare).max(least);
        let y_spread = spread(&self.y, y, &mut self.spare).max(least);
        let squares = (x / x_spread).powi(2) + (y / y_spread).powi(2);
        let distance = squares * pairs as f64 / MEDIAN_VARIANCE;
        let kept = 1.0 - SIGNIFICANT * SIGNIFICANT / distance;
        (kept > 0.0).then_some((kept * x, kept * y))
    }

    /// Finds everyone's most similar counterpart.
    fn pair(&mut self, tracks: &[Track], sightings: &Sightings, confidence: f32) {
        let list = sightings.as_slice();
        self.favourites.clear();
        self.favourites.resize(list.len(), (0.0, 0));
        self.choices.clear();
        for (index, track) in tracks.iter().enumerate() {
            let mut choice = (MIN_SIMILARITY, None);
            if track.missed == 0 {
                for column in sightings.around(&track.expected, AFFINITY.buffer) {
                    let seen = &list[column];
                    let similarity = AFFINITY.of(&track.expected, &seen.bbox);
                    if seen.confidence < confidence || similarity <= MIN_SIMILARITY {
                        continue;
                    }
                    if similarity > choice.0 {
                        choice = (similarity, Some(column as u32));
                    }
                    if similarity > self.favourites[column].0 {
                        self.favourites[column] = (similarity, index as u32);
                    }
                }
            }
            self.choices.push(choice.1);
        }
    }

    /// Takes the distances of those that chose each other.
    fn collect(&mut self, tracks: &[Track], sightings: &Sightings) {
        self.x.clear();
        self.y.clear();
        self.heights.clear();
        for (index, (track, choice)) in tracks.iter().zip(&self.choices).enumerate() {
            let Some(choice) = choice.filter(|&c| self.favourites[c as usize].1 as usize == index) else {
                continue;
            };
            let (from, to) = (track.expected.centre(), sightings.as_slice()[choice as usize].bbox.centre());
            self.x.push(to.x - from.x);
            self.y.push(to.y - from.y);
            self.heights.push(track.expected.height);
        }
    }
}

/// The lower median of values, of which there is one at least; changes their order.
fn median(values: &mut [f64]) -> f64 {
    let middle = (values.len() - 1) / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// Robust standard deviation around a middle.
fn spread(values: &[f64], middle: f64, spare: &mut Vec<f64>) -> f64 {
    spare.clear();
    spare.extend(values.iter().map(|value| (value - middle).abs()));
    DEVIATIONS * median(spare)
}
