//! Which measurements are too far from what the filter expects.

use super::kalman::Projection;
use crate::geometry::Xyah;

/// The 0.95 quantile of the chi-square distribution with four degrees of freedom: a true
/// measurement's squared Mahalanobis distance is greater in one case of twenty.
pub(crate) const CHI_SQUARE_95: f64 = 9.4877;

/// The measurements that one track may have made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gate {
    mean: Xyah,
    /// Inverse of S, which is diagonal.
    precision: Xyah,
    /// Greatest distance in x that can pass, in pixels.
    pub(crate) reach: f64,
}

impl Gate {
    pub(crate) fn new(expected: &Projection) -> Self {
        let reach = (CHI_SQUARE_95 * expected.variance[0]).sqrt();
        Self { mean: expected.mean, precision: expected.variance.map(f64::recip), reach }
    }

    /// x of the middle.
    pub(crate) fn x(&self) -> f64 {
        self.mean[0]
    }

    /// Squared Mahalanobis distance, (z - m)' S^-1 (z - m).
    pub(crate) fn squared_distance(&self, measured: &Xyah) -> f64 {
        let term = |i: usize| (measured[i] - self.mean[i]) * (measured[i] - self.mean[i]) * self.precision[i];
        (term(0) + term(1)) + (term(2) + term(3))
    }

    /// Whether the measurement is inside.
    pub(crate) fn admits(&self, measured: &Xyah) -> bool {
        self.squared_distance(measured) <= CHI_SQUARE_95
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::{Matrix4, Vector4};
    use proptest::prelude::*;

    use super::{CHI_SQUARE_95, Gate};
    use crate::deepsort::kalman::{Kalman, Projection};

    proptest! {
        #[test]
        fn equals_the_dense_distance(
            mean in prop::array::uniform4(-50.0..50.0),
            measured in prop::array::uniform4(-50.0..50.0),
            variance in prop::array::uniform4(0.01..400.0),
        ) {
            let gate = Gate::new(&Projection { mean, variance });
            let difference = Vector4::from(measured) - Vector4::from(mean);
            let covariance = Matrix4::from_diagonal(&Vector4::from(variance));
            let dense = (difference.transpose() * covariance.try_inverse().unwrap() * difference)[0];
            let distance = gate.squared_distance(&measured);
            prop_assert!((distance - dense).abs() <= 1e-9 * dense.max(1.0));
            prop_assert_eq!(gate.admits(&measured), distance <= CHI_SQUARE_95);
            prop_assert!(!gate.admits(&measured) || (measured[0] - mean[0]).abs() <= gate.reach);
        }
    }

    /// The chi-square distribution with four degrees of freedom has the distribution function
    /// 1 - exp(-q/2) (1 + q/2).
    #[test]
    fn the_quantile_is_that_of_four_degrees_of_freedom() {
        let half = CHI_SQUARE_95 / 2.0;
        let probability = 1.0 - (-half).exp() * (1.0 + half);
        assert!((probability - 0.95).abs() < 1e-5);
    }

    #[test]
    fn grows_with_the_time_since_the_last_measurement() {
        let mut filter = Kalman::new([0.0, 0.0, 0.4, 100.0]);
        let mut reach = 0.0;
        for _ in 0..10 {
            filter.predict(1.0);
            let gate = Gate::new(&filter.project());
            assert!(gate.reach > reach);
            reach = gate.reach;
        }
    }
}
