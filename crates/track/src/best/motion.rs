//! The constant-velocity Kalman filter over centre, width and height.

use std::ops::Range;

use crate::Bbox;
use crate::covariance::Covariance;

/// Standard deviations in heights of the person, those of DeepSORT. Process noise and velocities
/// are per nominal frame interval.
mod std_of {
    pub(super) const POSITION: f64 = 1.0 / 20.0;
    pub(super) const VELOCITY: f64 = 1.0 / 160.0;
    pub(super) const MEASURED: f64 = 1.0 / 20.0;
    pub(super) const INITIAL_POSITION: f64 = 1.0 / 10.0;
    pub(super) const INITIAL_VELOCITY: f64 = 1.0 / 16.0;
}

/// Least height in pixels that noise is scaled by, and least size of an estimated box.
const MIN_SIZE: f64 = 1e-6;

/// A belief about a box and its motion: normal, over centre x and y, width and height, and their
/// velocities.
///
/// The box is measured by its width, not its aspect ratio (BoT-SORT: Aharon, Orfaig and Bobrovsky,
/// 2022), and the noise of all four is a share of the height: one share for x and y, another for
/// width and height. So two 2x2 covariances are all of the 8x8 one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Motion {
    /// Mean of centre x, centre y, width and height, in pixels.
    position: [f64; 4],
    /// Mean of their velocities, in pixels a nominal frame interval.
    velocity: [f64; 4],
    /// Of x and y with their velocities.
    place: Covariance,
    /// Of width and height with theirs.
    size: Covariance,
}

/// How much more uncertain a measurement is than one of a place in plain sight, as factors of the
/// variance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noise {
    /// Of x and y.
    pub(crate) place: f64,
    /// Of width and height.
    pub(crate) size: f64,
}

fn measured(bbox: &Bbox) -> [f64; 4] {
    let centre = bbox.centre();
    [centre.x, centre.y, bbox.width, bbox.height]
}

fn variance(share: f64, height: f64) -> f64 {
    let deviation = share * height.abs().max(MIN_SIZE);
    deviation * deviation
}

impl Motion {
    /// The belief after a first measurement: its box, at rest, both uncertain.
    pub(crate) fn new(bbox: &Bbox) -> Self {
        let of = |share| variance(share, bbox.height);
        let covariance = Covariance::independent(of(std_of::INITIAL_POSITION), of(std_of::INITIAL_VELOCITY));
        Self { position: measured(bbox), velocity: [0.0; 4], place: covariance, size: covariance }
    }

    /// Moves the belief on by `frames` nominal frame intervals, any number from 0 up.
    pub(crate) fn predict(&mut self, frames: f64) {
        if frames <= 0.0 {
            return;
        }
        let of = |share| variance(share, self.position[3]);
        let noise = Covariance::accumulated(of(std_of::POSITION), of(std_of::VELOCITY), frames);
        self.place = self.place.moved(frames).plus(noise);
        self.size = self.size.moved(frames).plus(noise);
        for (position, velocity) in self.position.iter_mut().zip(self.velocity) {
            *position += frames * velocity;
        }
    }

    /// The mean as a box, `frames` nominal frame intervals from now.
    pub(crate) fn bbox_in(&self, frames: f64) -> Bbox {
        let [x, y, width, height] = std::array::from_fn(|i| self.position[i] + frames * self.velocity[i]);
        let (width, height) = (f64::max(width, MIN_SIZE), f64::max(height, MIN_SIZE));
        Bbox::new(x - width / 2.0, y - height / 2.0, width, height)
    }

    /// The mean as a box.
    pub(crate) fn bbox(&self) -> Bbox {
        self.bbox_in(0.0)
    }

    /// Corrects the belief by a measurement.
    pub(crate) fn update(&mut self, bbox: &Bbox, noise: Noise) {
        let variance = variance(std_of::MEASURED, self.position[3]);
        let measured = measured(bbox);
        self.correct(0..2, &measured, self.place, noise.place * variance);
        self.correct(2..4, &measured, self.size, noise.size * variance);
        self.place = self.place.measured(noise.place * variance);
        self.size = self.size.measured(noise.size * variance);
    }

    /// Corrects the means of two coordinates that have a covariance, measured with variance `noise`.
    fn correct(
        &mut self,
        coordinates: Range<usize>,
        measured: &[f64; 4],
        covariance: Covariance,
        noise: f64,
    ) {
        let gain = covariance.variance / (covariance.variance + noise);
        for i in coordinates {
            let correction = gain * (measured[i] - self.position[i]);
            self.position[i] += correction;
            self.velocity[i] += covariance.slope * correction;
        }
    }

    /// Moves the picture under the box, by pixels.
    pub(crate) fn shift(&mut self, x: f64, y: f64) {
        self.position[0] += x;
        self.position[1] += y;
    }

    /// Holds the size: what a person who hides seemed to shrink or grow by says nothing about them.
    pub(crate) fn hold_size(&mut self) {
        self.velocity[2] = 0.0;
        self.velocity[3] = 0.0;
    }
}
