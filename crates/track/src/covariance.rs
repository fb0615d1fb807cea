//! The covariance of a coordinate and its velocity, in a form that rounding cannot make indefinite.

/// A 2x2 covariance as its factors (Bierman's U-D form): with p the coordinate's variance, g the
/// regression of the velocity on it, and c what is left of the velocity's variance once the
/// coordinate is known, P = [p, g p; g p, g^2 p + c].
///
/// P is positive definite if p and c are positive, and every operation here adds and multiplies
/// positive numbers only to get them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Covariance {
    /// p.
    pub(crate) variance: f64,
    /// g.
    pub(crate) slope: f64,
    /// c.
    residual: f64,
}

impl Covariance {
    /// That of a coordinate and a velocity which know nothing of each other.
    pub(crate) fn independent(position: f64, velocity: f64) -> Self {
        Self { variance: position, slope: 0.0, residual: velocity }
    }

    /// What `frames` > 0 steps of the filter add, if each adds Q = diag(p, v) and then moves by
    /// F(t) = [1 t; 0 1].
    ///
    /// The sum over j = 0..k-1 of F(j) Q F(j)' is [k p + v k(k-1)(2k-1)/6, v k(k-1)/2; ., k v]. Its
    /// closed form is also the noise of a continuous process, additive over any division of the
    /// time and positive definite for every k > 0 (where p > v / 12), so it holds between frames
    /// too.
    pub(crate) fn accumulated(p: f64, v: f64, frames: f64) -> Self {
        let k = frames;
        let variance = k * (p + v * (k - 1.0) * (2.0 * k - 1.0) / 6.0);
        let determinant = k * k * v * (p + v * (k * k - 1.0) / 12.0);
        Self { variance, slope: v * k * (k - 1.0) / 2.0 / variance, residual: determinant / variance }
    }

    /// F P F' after `frames` > 0 steps; the determinant stays the same.
    pub(crate) fn moved(self, frames: f64) -> Self {
        let Self { variance: p, slope: g, residual: c } = self;
        let stretch = 1.0 + frames * g;
        let variance = p * stretch * stretch + frames * frames * c;
        Self { variance, slope: (p * g * stretch + frames * c) / variance, residual: p * c / variance }
    }

    /// P + Q.
    pub(crate) fn plus(self, other: Self) -> Self {
        let variance = self.variance + other.variance;
        let share = other.variance / variance;
        let between = other.slope - self.slope;
        Self {
            variance,
            slope: self.slope + share * between,
            residual: self.residual + other.residual + self.variance * share * between * between,
        }
    }

    /// P - K S K' after the coordinate was measured with variance `noise`. What is left of the
    /// velocity's variance once the coordinate is known stays the same, and so does the regression.
    pub(crate) fn measured(self, noise: f64) -> Self {
        Self { variance: self.variance * (noise / (self.variance + noise)), ..self }
    }

    /// The matrix's entries: variance of the coordinate, covariance, variance of the velocity.
    #[cfg(test)]
    pub(crate) fn entries(&self) -> [f64; 3] {
        let Self { variance: p, slope: g, residual: c } = *self;
        [p, g * p, g * g * p + c]
    }

    #[cfg(test)]
    pub(crate) fn is_positive_definite(&self) -> bool {
        let Self { variance: p, slope: g, residual: c } = *self;
        p > 0.0 && c > 0.0 && p.is_finite() && g.is_finite() && c.is_finite()
    }
}
