//! From a distance to the probability that two crops show one person.

use serde::Serialize;

use super::spectrum::Spectrum;

/// `P(same | d) = 1 / (1 + exp((d - midpoint) / scale))` (Platt 1999), where one person and different
/// people are equally likely beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Logistic {
    /// The distance at which both are equally likely.
    pub midpoint: f64,
    /// How fast certainty grows: that much nearer and the odds are e times higher; above 0.
    pub scale: f64,
}

/// Newton's method on two numbers is done in about ten steps.
const STEPS: usize = 50;
/// The flattest curve: at it, a distance says next to nothing.
const SMALLEST_SLOPE: f64 = 1e-3;

impl Logistic {
    /// The probability of one person at a distance, 0 to 1.
    #[must_use]
    pub fn at(&self, distance: f64) -> f64 {
        1.0 / (1.0 + ((distance - self.midpoint) / self.scale).exp())
    }

    /// The curve of greatest likelihood, both kinds of pairs weighing the same.
    ///
    /// Targets are Platt's `(n + 1) / (n + 2)` rather than 1, so that pairs which a threshold separates
    /// without error do not make the curve infinitely steep.
    pub(super) fn fit(same: &Spectrum, different: &Spectrum) -> Self {
        let target = |spectrum: &Spectrum| (spectrum.total as f64 + 1.0) / (spectrum.total as f64 + 2.0);
        let weighed = |spectrum: &Spectrum, target: f64| -> Vec<[f64; 3]> {
            let total = spectrum.total as f64;
            spectrum.coarse().map(|(distance, count)| [distance, target, count as f64 / total]).collect()
        };
        let mut points = weighed(same, target(same));
        points.extend(weighed(different, 1.0 - target(different)));
        let centre = f64::midpoint(same.mean, different.mean);
        // Log-odds `bias - slope (d - centre)`.
        let (mut bias, mut slope) = (0.0, 1.0);
        let mut loss = cross_entropy(&points, centre, bias, slope);
        for _ in 0..STEPS {
            let [by_bias, by_slope] = newton_step(&points, centre, bias, slope);
            // Halved until it is a step down: far from the optimum Newton's own is too long.
            let halves = (0..30).map(|half| 0.5_f64.powi(half));
            let better =
                halves.map(|part| (bias - part * by_bias, slope - part * by_slope)).find_map(|(b, s)| {
                    let found = cross_entropy(&points, centre, b, s);
                    (found < loss).then_some((b, s, found))
                });
            let Some((b, s, found)) = better else { break };
            (bias, slope, loss) = (b, s, found);
        }
        if slope < SMALLEST_SLOPE {
            return Self { midpoint: centre, scale: 1.0 / SMALLEST_SLOPE };
        }
        Self { midpoint: centre + bias / slope, scale: 1.0 / slope }
    }
}

/// Weighted by each point's third number; points are [distance, target, weight].
fn cross_entropy(points: &[[f64; 3]], centre: f64, bias: f64, slope: f64) -> f64 {
    let log_sigmoid = |x: f64| x.min(0.0) - (-x.abs()).exp().ln_1p();
    let loss = |&[distance, target, weight]: &[f64; 3]| {
        let odds = bias - slope * (distance - centre);
        -weight * (target * log_sigmoid(odds) + (1.0 - target) * log_sigmoid(-odds))
    };
    points.iter().map(loss).sum()
}

/// Hessian inverse times gradient of the cross entropy; nothing where the Hessian cannot be inverted.
fn newton_step(points: &[[f64; 3]], centre: f64, bias: f64, slope: f64) -> [f64; 2] {
    let (mut gradient, mut hessian) = ([0.0; 2], [0.0; 3]);
    for &[distance, target, weight] in points {
        let x = centre - distance;
        let p = 1.0 / (1.0 + (-(bias + slope * x)).exp());
        let (error, curve) = (weight * (p - target), weight * p * (1.0 - p));
        gradient = [gradient[0] + error, gradient[1] + error * x];
        hessian = [hessian[0] + curve, hessian[1] + curve * x, hessian[2] + curve * x * x];
    }
    // Damped: where all distances are one, only the bias is told.
    let [a, b, d] = [hessian[0] + 1e-12, hessian[1], hessian[2] + 1e-12];
    let determinant = a * d - b * b;
    if determinant <= 0.0 {
        return [0.0; 2];
    }
    [(d * gradient[0] - b * gradient[1]) / determinant, (a * gradient[1] - b * gradient[0]) / determinant]
}

#[cfg(test)]
mod tests {
    use super::super::spectrum::{Spectrum, Tally};
    use super::super::testing::Random;
    use super::Logistic;

    fn spectrum(distances: impl IntoIterator<Item = f64>) -> Spectrum {
        let mut tally = Tally::new();
        distances.into_iter().for_each(|distance| tally.add(distance));
        tally.finish().unwrap()
    }

    /// Draws from the curve itself: it must be found again.
    #[test]
    fn a_known_curve_is_found() {
        let (truth, mut random) = (Logistic { midpoint: 0.6, scale: 0.08 }, Random(3));
        let (mut same, mut different) = (Vec::new(), Vec::new());
        for _ in 0..200_000 {
            let distance = 1.2 * random.unit();
            if random.unit() < truth.at(distance) { same.push(distance) } else { different.push(distance) }
        }
        let found = Logistic::fit(&spectrum(same), &spectrum(different));
        assert!((found.midpoint - 0.6).abs() < 0.005 && (found.scale - 0.08).abs() < 0.005, "{found:?}");
    }

    #[test]
    fn separable_pairs_give_a_finite_curve() {
        let found = Logistic::fit(&spectrum([0.1, 0.2]), &spectrum([0.9, 1.0, 1.1]));
        assert!(found.scale > 0.0 && found.scale < 0.5 && (0.2..0.9).contains(&found.midpoint), "{found:?}");
        assert!(found.at(0.1) > 0.7 && found.at(1.1) < 0.3, "{found:?}");
    }

    /// One person's crops farther apart than strangers': no curve falls, so it is flat.
    #[test]
    fn distances_that_say_the_opposite_make_a_flat_curve() {
        let found = Logistic::fit(&spectrum([0.9, 1.0]), &spectrum([0.1, 0.2]));
        assert!(found.scale > 0.0 && found.at(0.0) >= found.at(2.0), "{found:?}");
    }
}
