//! How much a distance of two appearances says: of one person, or of two.

use serde::{Deserialize, Serialize};

/// Whose distances they are: what was measured of an embedder, over people that it was not trained on.
///
/// `scripts/measure visitors` prints what is written down here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calibration {
    /// Of the embedder that runs where none is named; the best guess for any other.
    #[default]
    Research,
    /// Of the embedder `clean`.
    Clean,
}

/// Shares of pairs of strangers whose distance is below [`Spread::tail`], the nearest first.
const SHARES: [f64; 7] = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1];
/// The rest of their distribution, share and distance in scales from the middle: close to a normal one's.
const REST: [(f64, f64); 7] =
    [(0.3, -0.53), (0.5, 0.0), (0.7, 0.53), (0.841, 1.0), (0.98, 2.0), (0.999, 3.0), (0.99999, 5.0)];
/// Points of the distribution of strangers' distances.
const KNOTS: usize = SHARES.len() + REST.len();

/// The distances of an embedder.
///
/// Those of strangers have a shape that stays from site to site, around a middle and in a scale that every site
/// has of its own ([`Cohort`](super::cohort::Cohort)). Those of one person are lognormal above their mode, and as
/// likely as there below it: what is nearer still is no proof against anybody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    /// Of strangers, in scales from the middle, at each of [`SHARES`].
    tail: [f64; 7],
    /// Median of strangers' cosine distances, before a site has shown its own.
    pub(crate) middle: f64,
    /// Half the way between their 30% and 70% quantiles, over 0.53: a normal one's standard deviation.
    pub(crate) scale: f64,
    /// Mean and standard deviation, from site to site, of the mean logarithm of one person's distances.
    pub(crate) same: (f64, f64),
    /// Standard deviation of that logarithm at one site.
    pub(crate) deviation: f64,
    /// After so many comings what they say together weighs half: they are not independent, the same faces come up in
    /// all, and the more so the less distances tell.
    pub(crate) independent: f64,
}

impl Calibration {
    /// Whether it is what it is where nobody says otherwise.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn spread(self) -> Spread {
        match self {
            Self::Research => Spread {
                tail: [-4.98, -4.72, -4.3, -3.77, -3.11, -2.45, -1.52],
                middle: 0.98,
                scale: 0.156,
                same: (-1.5, 0.35),
                deviation: 0.52,
                independent: 400.0,
            },
            Self::Clean => Spread {
                tail: [-4.0, -3.87, -3.5, -3.16, -2.72, -2.16, -1.43],
                middle: 0.84,
                scale: 0.154,
                same: (-1.0, 0.2),
                deviation: 0.4,
                independent: 4.0,
            },
        }
    }
}

/// Where a distance lies among those of strangers: the logarithms of its density, per unit of distance, and of
/// the share that is nearer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Among {
    pub(crate) density: f64,
    pub(crate) nearer: f64,
}

impl Spread {
    /// Of a cosine distance, where strangers' have this middle and scale.
    ///
    /// Between two knots the logit of the share is linear in the distance, and goes on so beyond the outer ones.
    pub(crate) fn among(&self, distance: f64, (middle, scale): (f64, f64)) -> Among {
        let at = (distance - middle) / scale;
        let knot = |index: usize| match index.checked_sub(SHARES.len()) {
            None => (logit(SHARES[index]), self.tail[index]),
            Some(rest) => (logit(REST[rest].0), REST[rest].1),
        };
        let above = (1..KNOTS - 1).find(|&index| knot(index).1 >= at).unwrap_or(KNOTS - 1);
        let ((low, from), (high, to)) = (knot(above - 1), knot(above));
        let slope = (high - low) / (to - from);
        let height = low + slope * (at - from);
        // Logarithms of 1 / (1 + exp(-h)) and of 1 / (1 + exp(h)).
        let (below, beyond) = (-softplus(-height), -softplus(height));
        Among { density: below + beyond + (slope / scale).ln(), nearer: below }
    }

    /// Logarithm of the density of one person's distances, by the logarithm of a distance, for each of these means
    /// that the logarithm of all may have.
    pub(crate) fn same<const N: usize>(&self, log: f64, means: [f64; N]) -> [f64; N] {
        let deviation = self.deviation;
        let whole = deviation.ln() + HALF_LOG_TAU + self.flat().ln();
        means.map(|mean| {
            let log = log.max(mean - deviation * deviation);
            let off = (log - mean) / deviation;
            -0.5 * off * off - log - whole
        })
    }

    /// Share of one person's distances that are below this one.
    pub(crate) fn same_below(&self, distance: f64, mean: f64) -> f64 {
        let deviation = self.deviation;
        let mode = (mean - deviation * deviation).exp();
        let (flat, height) = (self.flat(), self.flat() - normal_below(deviation));
        if distance < mode {
            return height * distance.max(0.0) / mode / flat;
        }
        let off = (distance.ln() - mean) / deviation;
        (height + normal_below(off) - normal_below(-deviation)) / flat
    }

    /// The distance than which 30% of strangers are nearer, where theirs have this middle and scale.
    pub(crate) fn common((middle, scale): (f64, f64)) -> f64 {
        middle + REST[0].1 * scale
    }

    /// Area under the density, flat below the mode, before it is made one: the part above the mode, and mode
    /// times height, which do not depend on the mean.
    fn flat(&self) -> f64 {
        let deviation = self.deviation;
        let height = (-0.5 * deviation * deviation).exp() / (deviation * HALF_LOG_TAU.exp());
        height + normal_below(deviation)
    }
}

/// Half the logarithm of a whole turn.
const HALF_LOG_TAU: f64 = 0.918_938_533_204_672_7;

fn logit(share: f64) -> f64 {
    (share / (1.0 - share)).ln()
}

/// The logarithm of `1 + exp(value)`.
fn softplus(value: f64) -> f64 {
    value.max(0.0) + (-value.abs()).exp().ln_1p()
}

/// Share of a standard normal distribution below `value`: the error function by Abramowitz and Stegun, 7.1.26,
/// right to 1.5e-7.
pub(crate) fn normal_below(value: f64) -> f64 {
    let x = value.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    let sum = series.into_iter().fold(0.0, |sum, factor| (sum + factor) * t);
    let beyond = 0.5 * sum * (-x * x).exp();
    if value < 0.0 { beyond } else { 1.0 - beyond }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Calibration, normal_below};

    /// Riemann sum over distances from 0 to 2.
    fn area(density: impl Fn(f64) -> f64) -> f64 {
        (0..20_000).map(|step| density((f64::from(step) + 0.5) * 1e-4) * 1e-4).sum()
    }

    #[test]
    fn densities_have_an_area_of_one_and_the_share_is_that_below() {
        for calibration in [Calibration::Research, Calibration::Clean] {
            let spread = calibration.spread();
            let place = (spread.middle, spread.scale);
            let strangers = area(|distance| spread.among(distance, place).density.exp());
            assert!((strangers - 1.0).abs() < 0.01, "{strangers}");
            let same = area(|distance| spread.same(distance.ln(), [spread.same.0])[0].exp());
            assert!((same - 1.0).abs() < 0.02, "{same}");
            for distance in [0.02, 0.2, 0.4, 0.8] {
                let mean = spread.same.0;
                let until = |at: f64| if at < distance { spread.same(at.ln(), [mean])[0].exp() } else { 0.0 };
                assert!((area(until) - spread.same_below(distance, mean)).abs() < 2e-3, "{distance}");
                let until = |at: f64| if at < distance { spread.among(at, place).density.exp() } else { 0.0 };
                let share = spread.among(distance, place).nearer.exp();
                assert!((area(until) - share).abs() < 2e-3, "{distance}: {share}");
            }
        }
    }

    #[test]
    fn the_normal_distribution_is_the_tables() {
        for (value, share) in [(0.0, 0.5), (1.0, 0.841_344_7), (-1.959_964, 0.025), (3.0, 0.998_650_1)] {
            assert!((normal_below(value) - share).abs() < 1e-6);
        }
    }

    proptest! {
        /// The nearer two appearances are, the more it speaks for one person.
        #[test]
        fn nearer_is_likelier(near in 0.0..0.8_f64, by in 0.001..0.2_f64, shift in -0.8..0.8_f64) {
            for calibration in [Calibration::Research, Calibration::Clean] {
                let spread = calibration.spread();
                let place = (spread.middle, spread.scale);
                let mean = spread.same.0 + shift;
                let ratio = |at: f64| spread.same(at.ln(), [mean])[0] - spread.among(at, place).density;
                // Knots are corners: a step of the slope may turn it for a moment.
                prop_assert!(ratio(near) > ratio(near + by) - 0.8, "{} {}", ratio(near), ratio(near + by));
            }
        }
    }
}
