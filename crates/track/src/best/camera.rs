//! The camera's own motion, as the crowd shows it.

use super::affinity::Affinity;
use super::track::Track;
use crate::sighting::Sightings;
use crate::statistics::median;

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
/// Share by which the standing of the camera follows the latest frame.
const MEMORY: f64 = 0.1;
/// Squared standard errors beyond which a frame says no more for a moving camera: one is enough to be sure of
/// itself, and not of those before and after it.
const MOST_EVIDENCE: f64 = 20.0;
/// Mean of the squared standard errors up to which a camera is at rest. Chance alone makes it 2, one for each
/// axis, and people who turn round together some more.
const AT_REST: f64 = 5.0;
/// Squared standard errors that are believed even of a camera at rest: somebody knocked against it.
const KNOCKED: f64 = 100.0;
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
/// error asks for (James and Stein, 1961), and once more by what the frames before it showed: most
/// cameras are screwed to a wall, and a group that turns round is no reason to think otherwise.
#[derive(Clone, Debug, Default)]
pub(crate) struct Camera {
    /// For each sighting: the greatest similarity to any track, and that track.
    favourites: Vec<(f64, u32)>,
    /// For each track: its most similar sighting.
    choices: Vec<Option<u32>>,
    x: Vec<f64>,
    y: Vec<f64>,
    heights: Vec<f64>,
    /// Mean of the latest frames' squared standard errors that the shift was away from zero.
    evidence: Option<f64>,
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
        let moving = shrunk(AT_REST, self.moving(distance)).max(shrunk(KNOCKED, distance));
        let kept = shrunk(SIGNIFICANT * SIGNIFICANT, distance) * moving;
        (kept > 0.0).then_some((kept * x, kept * y))
    }

    /// The mean of the evidence for a moving camera, once this frame's is in it.
    fn moving(&mut self, distance: f64) -> f64 {
        let now = distance.min(MOST_EVIDENCE);
        let mean = self.evidence.map_or(now, |mean| mean + MEMORY * (now - mean));
        self.evidence = Some(mean);
        mean
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
                let around = sightings.places().around(&track.expected, AFFINITY.buffer);
                let clear = around.filter(|&column| list[column].confidence >= confidence);
                clear.for_each(|column| {
                    let similarity = AFFINITY.of(&track.expected, &list[column].bbox);
                    if similarity > choice.0 {
                        choice = (similarity, Some(column as u32));
                    }
                    if similarity > self.favourites[column].0.max(MIN_SIMILARITY) {
                        self.favourites[column] = (similarity, index as u32);
                    }
                });
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

/// What is left of an estimate whose squared standard errors are `distance`, when `chance` of them mean nothing.
fn shrunk(chance: f64, distance: f64) -> f64 {
    (1.0 - chance / distance).max(0.0)
}

/// Robust standard deviation around a middle.
fn spread(values: &[f64], middle: f64, spare: &mut Vec<f64>) -> f64 {
    spare.clear();
    spare.extend(values.iter().map(|value| (value - middle).abs()));
    DEVIATIONS * median(spare)
}

#[cfg(test)]
mod tests {
    use super::Camera;
    use crate::best::feature::Feature;
    use crate::best::track::Track;
    use crate::sighting::Sightings;
    use crate::{Bbox, Detection};

    /// What is said of five people of 100 pixels who are seen `shift` from where they are expected, and by a
    /// pixel or two to either side of that.
    fn said(camera: &mut Camera, shift: f64) -> f64 {
        let body = |person: i32| Bbox::new(200.0 * f64::from(person), 50.0, 40.0, 100.0);
        let tracks: Vec<_> = (0..5).map(|person| Track::new(&body(person), Feature::default())).collect();
        let seen = |person: i32| {
            let bbox = body(person);
            Detection { bbox: Bbox { x: bbox.x + shift + f64::from(person - 2), ..bbox }, confidence: 0.9 }
        };
        let mut sightings = Sightings::default();
        sightings.fill(&(0..5).map(seen).collect::<Vec<_>>(), 0.1);
        camera.shift(&tracks, &sightings, 0.5).map_or(0.0, |(x, _)| x)
    }

    #[test]
    fn one_frame_does_not_move_a_camera_that_is_at_rest() {
        let mut camera = Camera::default();
        for _ in 0..20 {
            assert_eq!(said(&mut camera, 0.5), 0.0);
        }
        assert_eq!(said(&mut camera, 4.0), 0.0);
        let frames: Vec<_> = (0..20).map(|_| said(&mut camera, 4.0)).collect();
        assert!(frames.is_sorted() && frames[19] > 2.0, "{frames:?}");
    }

    #[test]
    fn a_knock_is_felt_at_once() {
        let mut camera = Camera::default();
        for _ in 0..20 {
            said(&mut camera, 0.5);
        }
        assert!(said(&mut camera, 30.0) > 20.0);
    }
}
