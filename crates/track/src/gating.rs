//! Which measurements are too far from what the filter expects.

use crate::kalman::{Projection, Xyah};

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
