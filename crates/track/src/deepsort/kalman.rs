//! The constant-velocity Kalman filter of the DeepSORT paper, over centre, aspect ratio and height.
//!
//! The paper's state has eight numbers, (x, y, a, h) and their velocities, and an 8x8 covariance.
//! All its noise is independent between coordinates, so that covariance stays four independent 2x2
//! blocks, one a coordinate, for ever.

use crate::Bbox;
use crate::covariance::Covariance;
use crate::geometry::Xyah;

/// The paper's standard deviations. Those of x, y and h grow with the box's height; those of the
/// aspect ratio are absolute. Process noise and velocities are per nominal frame interval.
mod std_of {
    /// Of x, y and h, in heights.
    pub(super) const POSITION: f64 = 1.0 / 20.0;
    /// Of their velocities, in heights a frame.
    pub(super) const VELOCITY: f64 = 1.0 / 160.0;
    pub(super) const ASPECT: f64 = 1e-2;
    pub(super) const ASPECT_VELOCITY: f64 = 1e-5;
    pub(super) const MEASURED_ASPECT: f64 = 1e-1;
    /// How much wider the first belief about x, y and h is than the process noise.
    pub(super) const INITIAL_POSITION: f64 = 2.0;
    pub(super) const INITIAL_VELOCITY: f64 = 10.0;
}

/// Least height in pixels that noise is scaled by. An estimate of the height may pass through zero;
/// without noise the covariance would stop being positive definite.
const MIN_HEIGHT: f64 = 1e-6;

/// A belief about a box and its motion: normal, with independent coordinates.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kalman {
    /// Mean of x, y, a, h.
    pub(crate) position: Xyah,
    /// Mean of their velocities, per nominal frame interval.
    pub(crate) velocity: Xyah,
    /// Of each coordinate with its own velocity.
    covariance: [Covariance; 4],
}

/// A belief projected to what is measured: the innovation's mean and variances, S = H P H' + R.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Projection {
    /// Expected x, y, a, h.
    pub(crate) mean: Xyah,
    /// Their variances, measurement noise included.
    pub(crate) variance: Xyah,
}

impl Kalman {
    /// The belief after a first measurement: its box, at rest, both uncertain.
    pub(crate) fn new(measured: Xyah) -> Self {
        let scale = scale(measured[3]);
        let position = squared(std_of::INITIAL_POSITION * std_of::POSITION * scale);
        let velocity = squared(std_of::INITIAL_VELOCITY * std_of::VELOCITY * scale);
        let length = Covariance::independent(position, velocity);
        let aspect = Covariance::independent(squared(std_of::ASPECT), squared(std_of::ASPECT_VELOCITY));
        Self { position: measured, velocity: [0.0; 4], covariance: [length, length, aspect, length] }
    }

    /// Moves the belief on by `frames` nominal frame intervals, any number from 0 up:
    /// m <- F m, P <- F P F' + Q. Many at once are the same as one by one, for the noise as far as
    /// the height, which scales it, does not change on the way.
    pub(crate) fn predict(&mut self, frames: f64) {
        if frames <= 0.0 {
            return;
        }
        let scale = scale(self.position[3]);
        let accumulated =
            |position, velocity| Covariance::accumulated(squared(position), squared(velocity), frames);
        let length = accumulated(std_of::POSITION * scale, std_of::VELOCITY * scale);
        let aspect = accumulated(std_of::ASPECT, std_of::ASPECT_VELOCITY);
        for (i, noise) in [length, length, aspect, length].into_iter().enumerate() {
            self.position[i] += frames * self.velocity[i];
            self.covariance[i] = self.covariance[i].moved(frames).plus(noise);
        }
    }

    /// What a measurement is expected to be.
    pub(crate) fn project(&self) -> Projection {
        let noise = self.measurement_variance();
        let variance = std::array::from_fn(|i| self.covariance[i].variance + noise[i]);
        Projection { mean: self.position, variance }
    }

    /// Corrects the belief by a measurement: K = P H' / S, m <- m + K y, P <- P - K S K'.
    pub(crate) fn update(&mut self, measured: Xyah) {
        let noise = self.measurement_variance();
        for i in 0..4 {
            let covariance = self.covariance[i];
            let gain = covariance.variance / (covariance.variance + noise[i]);
            let correction = gain * (measured[i] - self.position[i]);
            self.position[i] += correction;
            self.velocity[i] += covariance.slope * correction;
            self.covariance[i] = covariance.measured(noise[i]);
        }
    }

    /// The mean as a box.
    pub(crate) fn bbox(&self) -> Bbox {
        let [x, y, aspect, height] = self.position;
        let width = aspect * height;
        Bbox::new(x - width / 2.0, y - height / 2.0, width, height)
    }

    fn measurement_variance(&self) -> Xyah {
        let position = squared(std_of::POSITION * scale(self.position[3]));
        [position, position, squared(std_of::MEASURED_ASPECT), position]
    }
}

fn scale(height: f64) -> f64 {
    height.abs().max(MIN_HEIGHT)
}

fn squared(value: f64) -> f64 {
    value * value
}

#[cfg(test)]
mod tests {
    use nalgebra::{Matrix4, SMatrix, SVector, Vector4};
    use proptest::prelude::*;

    use super::Kalman;
    use crate::Bbox;
    use crate::covariance::Covariance;
    use crate::geometry::{Xyah, xyah};

    type Matrix8 = SMatrix<f64, 8, 8>;

    /// The textbook's filter with full matrices, and the paper's noise.
    struct Dense {
        mean: SVector<f64, 8>,
        covariance: Matrix8,
    }

    fn deviations(position: f64, velocity: f64, height: f64, aspect: [f64; 2]) -> Matrix8 {
        let (p, v) = (position * height, velocity * height);
        let deviations = [p, p, aspect[0], p, v, v, aspect[1], v];
        Matrix8::from_diagonal(&SVector::from(deviations).map(|std| std * std))
    }

    impl Dense {
        fn new(measured: Xyah) -> Self {
            let mean = SVector::from_fn(|i, _| if i < 4 { measured[i] } else { 0.0 });
            Self { mean, covariance: deviations(0.1, 1.0 / 16.0, measured[3], [1e-2, 1e-5]) }
        }

        fn predict(&mut self) {
            let mut transition = Matrix8::identity();
            transition.fixed_view_mut::<4, 4>(0, 4).fill_with_identity();
            let noise = deviations(0.05, 1.0 / 160.0, self.mean[3], [1e-2, 1e-5]);
            self.mean = transition * self.mean;
            self.covariance = transition * self.covariance * transition.transpose() + noise;
        }

        fn project(&self) -> Matrix4<f64> {
            let std = self.mean[3] / 20.0;
            let noise = Vector4::new(std, std, 1e-1, std).map(|std| std * std);
            self.covariance.fixed_view::<4, 4>(0, 0) + Matrix4::from_diagonal(&noise)
        }

        fn update(&mut self, measured: Xyah) {
            let innovation_covariance = self.project();
            let gain = self.covariance.fixed_columns::<4>(0) * innovation_covariance.try_inverse().unwrap();
            let innovation = Vector4::from(measured) - self.mean.fixed_rows::<4>(0);
            self.mean += gain * innovation;
            self.covariance -= gain * innovation_covariance * gain.transpose();
        }
    }

    /// The blocks as one 8x8 covariance.
    fn covariance(filter: &Kalman) -> Matrix8 {
        let mut full = Matrix8::zeros();
        for (i, block) in filter.covariance.iter().enumerate() {
            let [position, cross, velocity] = block.entries();
            full[(i, i)] = position;
            full[(i, i + 4)] = cross;
            full[(i + 4, i)] = cross;
            full[(i + 4, i + 4)] = velocity;
        }
        full
    }

    fn assert_close(actual: f64, expected: f64, scale: f64) {
        assert!((actual - expected).abs() <= 1e-9 * scale, "{actual} is not {expected} at scale {scale}");
    }

    fn assert_equal(filter: &Kalman, dense: &Dense) {
        for i in 0..4 {
            assert_close(filter.position[i], dense.mean[i], 1.0 + dense.mean[i].abs());
            assert_close(filter.velocity[i], dense.mean[i + 4], 1.0 + dense.mean[i + 4].abs());
        }
        let (full, other) = (covariance(filter), dense.covariance);
        for i in 0..8 {
            for j in 0..8 {
                assert_close(full[(i, j)], other[(i, j)], (other[(i, i)] * other[(j, j)]).sqrt());
            }
        }
    }

    fn is_sound(filter: &Kalman) -> bool {
        let finite = |values: &Xyah| values.iter().all(|v| v.is_finite());
        let definite = filter.covariance.iter().all(Covariance::is_positive_definite);
        definite && finite(&filter.position) && finite(&filter.velocity)
    }

    fn plausible() -> impl Strategy<Value = Xyah> {
        (-100.0..2000.0, -100.0..2000.0, 0.2..1.0, 20.0..600.0).prop_map(|(x, y, a, h)| [x, y, a, h])
    }

    proptest! {
        /// The heights stay near each other: where one passes through zero, it is the textbook's
        /// subtraction of covariances that loses its digits.
        #[test]
        fn equals_the_textbook(
            first in plausible(), steps in prop::collection::vec((plausible(), 0.8..1.2, 1..4), 1..20),
        ) {
            let (mut filter, mut dense) = (Kalman::new(first), Dense::new(first));
            for ([x, y, aspect, _], growth, frames) in steps {
                for _ in 0..frames {
                    filter.predict(1.0);
                    dense.predict();
                    assert_equal(&filter, &dense);
                }
                for (i, variance) in filter.project().variance.into_iter().enumerate() {
                    assert_close(variance, dense.project()[(i, i)], variance);
                }
                let measured = [x, y, aspect, first[3] * growth];
                filter.update(measured);
                dense.update(measured);
                assert_equal(&filter, &dense);
            }
        }

        #[test]
        fn one_long_interval_is_many_short_ones(
            first in plausible(), second in plausible(), parts in prop::collection::vec(0.0..5.0, 1..8),
        ) {
            let mut at_once = Kalman::new(first);
            at_once.predict(1.0);
            at_once.update(second);
            at_once.velocity[3] = 0.0; // the scale of the noise is held
            let mut bit_by_bit = at_once.clone();
            at_once.predict(parts.iter().sum());
            for &part in &parts {
                bit_by_bit.predict(part);
            }
            let dense = Dense {
                mean: SVector::from_fn(|i, _| if i < 4 { bit_by_bit.position[i] } else { bit_by_bit.velocity[i - 4] }),
                covariance: covariance(&bit_by_bit),
            };
            assert_equal(&at_once, &dense);
        }

        #[test]
        fn stays_positive_definite_whatever_comes(
            first in wild(), steps in prop::collection::vec((wild(), prop_oneof![0.0..3.0, 0.0..1e6]), 1..40),
        ) {
            let mut filter = Kalman::new(first);
            for (measured, frames) in steps {
                filter.predict(frames);
                prop_assert!(is_sound(&filter), "{filter:?}");
                filter.update(measured);
                prop_assert!(is_sound(&filter), "{filter:?}");
            }
        }
    }

    fn wild() -> impl Strategy<Value = Xyah> {
        let size = || prop_oneof![1e-6..1e-3, 1.0..1000.0, 1e6..1e9];
        let place = || prop_oneof![-1e9..1e9, -10.0..10.0];
        (place(), place(), size(), size())
            .prop_map(|(x, y, width, height)| xyah(&Bbox::new(x, y, width, height)))
    }

    #[test]
    fn no_time_changes_nothing() {
        let mut filter = Kalman::new([10.0, 20.0, 0.5, 100.0]);
        filter.predict(1.0);
        let before = filter.clone();
        filter.predict(0.0);
        assert_eq!(filter, before);
    }

    #[test]
    fn box_and_measurement_are_inverse() {
        let bbox = Bbox::new(12.0, 30.0, 40.0, 100.0);
        assert_eq!(Kalman::new(xyah(&bbox)).bbox(), bbox);
    }
}
