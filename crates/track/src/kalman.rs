//! The constant-velocity Kalman filter of the DeepSORT paper, over centre, aspect ratio and height.
//!
//! The paper's state has eight numbers, (x, y, a, h) and their velocities, and an 8x8 covariance.
//! All its noise is independent between coordinates, so that covariance stays four independent 2x2
//! blocks, one a coordinate, for ever. Each quantity is kept for the four coordinates side by side.

use crate::Bbox;

/// Centre x and y in pixels, aspect ratio (width over height), height in pixels.
pub(crate) type Xyah = [f64; 4];

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
    /// How much wider the first belief is than the process noise.
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
    /// Variance of each position.
    pp: Xyah,
    /// Covariance of each position with its own velocity.
    pv: Xyah,
    /// Variance of each velocity.
    vv: Xyah,
}

/// A belief projected to what is measured: the innovation's mean and variances, S = H P H' + R.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Projection {
    /// Expected x, y, a, h.
    pub(crate) mean: Xyah,
    /// Their variances, measurement noise included.
    pub(crate) variance: Xyah,
}

/// The box as the filter measures it.
pub(crate) fn xyah(bbox: &Bbox) -> Xyah {
    let centre = bbox.centre();
    [centre.x, centre.y, bbox.width / bbox.height, bbox.height]
}

impl Kalman {
    /// The belief after a first measurement: its box, at rest, both uncertain.
    pub(crate) fn new(measured: Xyah) -> Self {
        let (position, velocity) = process_std(measured[3]);
        let aspect = std_of::ASPECT;
        let wide = |std: f64| squared(std_of::INITIAL_POSITION * std);
        let mut pp = position.map(wide);
        pp[2] = squared(aspect);
        let mut vv = velocity.map(|std| squared(std_of::INITIAL_VELOCITY * std));
        vv[2] = squared(std_of::ASPECT_VELOCITY);
        Self { position: measured, velocity: [0.0; 4], pp, pv: [0.0; 4], vv }
    }

    /// Moves the belief on by `frames` nominal frame intervals, any number from 0 up.
    ///
    /// With F(t) = [1 t; 0 1] and the published Q = diag(p, v) a frame, k frames give
    /// P <- F(k) P F(k)' + sum over j = 0..k-1 of F(j) Q F(j)', and that sum is
    /// [k p + v k(k-1)(2k-1)/6, v k(k-1)/2; v k(k-1)/2, k v]. The closed form is also the noise of
    /// a continuous process, positive definite for every k > 0 and additive over any division of
    /// the time (as long as the noise's scale, the height, is the same), so it holds between
    /// frames too.
    pub(crate) fn predict(&mut self, frames: f64) {
        let k = frames;
        let (position_std, velocity_std) = process_std(self.position[3]);
        let position_drift = k * (k - 1.0) * (2.0 * k - 1.0) / 6.0;
        let cross_drift = k * (k - 1.0) / 2.0;
        for i in 0..4 {
            let (p, v) = (squared(position_std[i]), squared(velocity_std[i]));
            self.position[i] += k * self.velocity[i];
            self.pp[i] += k * (2.0 * self.pv[i] + k * self.vv[i]) + k * p + position_drift * v;
            self.pv[i] += k * self.vv[i] + cross_drift * v;
            self.vv[i] += k * v;
        }
    }

    /// What a measurement is expected to be.
    pub(crate) fn project(&self) -> Projection {
        let noise = self.measurement_variance();
        let variance = std::array::from_fn(|i| self.pp[i] + noise[i]);
        Projection { mean: self.position, variance }
    }

    /// Corrects the belief by a measurement: K = P H' / S, m <- m + K y, P <- P - K S K'.
    ///
    /// The new covariance is written as sums of positive terms (with r the measurement noise,
    /// s = `pp` + r and d the block's determinant: `pp` r / s, `pv` r / s, (`vv` r + d) / s), so
    /// that rounding cannot make it indefinite.
    pub(crate) fn update(&mut self, measured: Xyah) {
        let noise = self.measurement_variance();
        for i in 0..4 {
            let (pp, pv, vv, r) = (self.pp[i], self.pv[i], self.vv[i], noise[i]);
            let s = pp + r;
            let innovation = measured[i] - self.position[i];
            let determinant = (pp * vv - pv * pv).max(0.0);
            self.position[i] += pp / s * innovation;
            self.velocity[i] += pv / s * innovation;
            self.pp[i] = pp * r / s;
            self.pv[i] = pv * r / s;
            self.vv[i] = (vv * r + determinant) / s;
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

/// Standard deviations that one nominal frame adds, of x, y, a, h and of their velocities.
fn process_std(height: f64) -> (Xyah, Xyah) {
    let (p, v) = (std_of::POSITION * scale(height), std_of::VELOCITY * scale(height));
    ([p, p, std_of::ASPECT, p], [v, v, std_of::ASPECT_VELOCITY, v])
}

fn scale(height: f64) -> f64 {
    height.abs().max(MIN_HEIGHT)
}

fn squared(value: f64) -> f64 {
    value * value
}
