//! How far a count may be from the truth.

use serde::{Deserialize, Serialize};

use crate::{Crossing, Direction};

/// The range in which the true number lies with a probability of 95%.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountInterval {
    /// Its least number.
    pub low: u64,
    /// Its greatest number.
    pub high: u64,
}

/// How many of a line's crossings are expected to be none: the sum of what each one's confidence lacks
/// to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Doubt {
    /// Of those inwards.
    pub entered: f64,
    /// Of those outwards.
    pub left: f64,
}

impl Doubt {
    /// Adds one crossing.
    pub fn add(&mut self, crossing: &Crossing) {
        let lack = 1.0 - crossing.confidence.clamp(0.0, 1.0);
        match crossing.direction {
            Direction::In => self.entered += lack,
            Direction::Out => self.left += lack,
        }
    }
}

/// The probability left out on either side.
const TAIL: f64 = 0.025;
/// Means above which a Poisson distribution is taken for a normal one.
const MANY: f64 = 200.0;
/// Standard deviations of a normal distribution within which 95% lie.
const SPREAD: f64 = 1.96;

impl CountInterval {
    /// Of `count` crossings, of which `doubt` are expected to be none: the sum of what each one's
    /// confidence lacks to 1.
    ///
    /// The true number is the count, less those that were none, plus those that were missed. Of
    /// independent crossings with different confidences the former is Poisson-binomial; for
    /// confidences near 1 that is nearly a Poisson distribution with the mean `doubt` (Le Cam, 1960), and a
    /// wider one for others. The latter is taken as Poisson with the mean `MISSED` a crossing. Their
    /// difference follows a Skellam distribution.
    #[must_use]
    pub fn of(count: u64, doubt: f64) -> Self {
        let none = doubt.clamp(0.0, count as f64);
        let missed = MISSED * count as f64 + MISSED_AT_ALL;
        let centre = count as f64 - none + missed;
        let (low, high) = if none + missed > MANY {
            let half = SPREAD * (none + missed).sqrt();
            ((centre - half).floor(), (centre + half).ceil())
        } else {
            let (low, high) = skellam(missed, none);
            (count as f64 + low, count as f64 + high)
        };
        Self { low: (low.max(0.0) as u64).min(count), high: (high.max(0.0) as u64).max(count) }
    }

    /// The same, where those who were missed have the mean `hidden` and vary more than by chance: a negative binomial
    /// distribution with the variance `hidden + varies hidden^2`.
    #[must_use]
    pub(crate) fn with_hidden(count: u64, doubt: f64, hidden: f64, varies: f64) -> Self {
        let none = doubt.clamp(0.0, count as f64);
        let whole = count as f64;
        let variance = none + hidden + varies * hidden * hidden;
        let (low, high) = if none + hidden > MANY {
            // The longer tail is that of the hidden, taken as gamma: its upper limit is that of Wilson and Hilferty.
            let spread = varies + 1.0 / hidden.max(1.0);
            let shape = 1.0 / spread;
            let cube = 1.0 - 1.0 / (9.0 * shape) + SPREAD / (3.0 * shape.sqrt());
            let low = whole - none - SPREAD * variance.min(none + hidden).sqrt();
            (low.floor(), (whole - none + hidden * cube.powi(3) + SPREAD * none.sqrt()).ceil())
        } else {
            let (low, high) = differences(&negative_binomial(hidden, varies), &poisson(none));
            (whole + low, whole + high)
        };
        Self { low: (low.max(0.0) as u64).min(count), high: (high.max(0.0) as u64).max(count) }
    }
}

/// The least and the greatest difference of two Poisson variables outside of which lie at most
/// [`TAIL`] to either side.
fn skellam(plus: f64, minus: f64) -> (f64, f64) {
    differences(&poisson(plus), &poisson(minus))
}

/// The same of two variables with these probabilities of 0, 1, 2, ....
fn differences(plus: &[f64], minus: &[f64]) -> (f64, f64) {
    let mut differences = vec![0.0; plus.len() + minus.len() - 1];
    for (i, p) in plus.iter().enumerate() {
        for (j, q) in minus.iter().enumerate() {
            differences[i + minus.len() - 1 - j] += p * q;
        }
    }
    let within = |below: &mut f64, p: &f64| {
        *below += p;
        Some(*below)
    };
    let reached = |below: f64| below > TAIL;
    let low = differences.iter().scan(0.0, within).position(reached).unwrap_or(0);
    let high = differences.iter().rev().scan(0.0, within).position(reached).unwrap_or(0);
    let zero = minus.len() as f64 - 1.0;
    (low as f64 - zero, (differences.len() - 1 - high) as f64 - zero)
}

/// The probabilities of 0, 1, 2, ... of a negative binomial variable, as far as they matter:
/// `P(k + 1) = P(k) (k + r) / (k + 1) q` with `r = 1 / varies` and `q = varies mean / (1 + varies mean)`.
fn negative_binomial(mean: f64, varies: f64) -> Vec<f64> {
    let (r, q) = (1.0 / varies, varies * mean / (1.0 + varies * mean));
    let most = (mean + 10.0 * (mean + varies * mean * mean).sqrt() + 10.0).ceil() as u32;
    let mut probability = (1.0 - q).powf(r);
    let mut all = vec![probability];
    for k in 0..most {
        probability *= (f64::from(k) + r) / f64::from(k + 1) * q;
        all.push(probability);
    }
    all
}

/// The probabilities of 0, 1, 2, ..., as far as they matter.
fn poisson(mean: f64) -> Vec<f64> {
    let most = (mean + 10.0 * mean.sqrt() + 10.0).ceil() as u32;
    let mut probability = (-mean).exp();
    let mut all = vec![probability];
    for k in 1..=most {
        probability *= mean / f64::from(k);
        all.push(probability);
    }
    all
}

/// Expected number of people missed for each one counted. With these two, the share of true counts within
/// their intervals is as `scores/certainty.md` has it.
const MISSED: f64 = 0.1;
/// Expected number of people missed whatever the count.
const MISSED_AT_ALL: f64 = 0.1;

#[cfg(test)]
mod tests {
    use super::{CountInterval, negative_binomial, poisson, skellam};
    use proptest::prelude::*;

    #[test]
    fn poisson_sums_to_one_with_its_mean() {
        for mean in [0.0, 0.3, 7.0, 150.0] {
            let all = poisson(mean);
            let total: f64 = all.iter().sum();
            let first: f64 = all.iter().enumerate().map(|(k, p)| k as f64 * p).sum();
            assert!((total - 1.0).abs() < 1e-9 && (first - mean).abs() < 1e-6, "{mean}");
        }
    }

    #[test]
    fn a_negative_binomial_has_its_mean_and_its_variance() {
        for (mean, varies) in [(0.1, 1.3), (3.0, 1.3), (40.0, 0.2)] {
            let all = negative_binomial(mean, varies);
            let moment =
                |of: &dyn Fn(f64) -> f64| all.iter().enumerate().map(|(k, p)| of(k as f64) * p).sum::<f64>();
            assert!(
                (moment(&|_| 1.0) - 1.0).abs() < 1e-3 && (moment(&|k| k) - mean).abs() < 0.02 * mean,
                "{mean}"
            );
            let variance = moment(&|k| (k - mean).powi(2));
            assert!((variance / (mean + varies * mean * mean) - 1.0).abs() < 0.05, "{variance}");
        }
    }

    #[test]
    fn without_doubt_there_is_no_width() {
        assert_eq!(skellam(0.0, 0.0), (0.0, 0.0));
        // P(X = 0) = 0.905, P(X <= 1) = 0.995: one missed is within, two are not.
        assert_eq!(skellam(0.1, 0.0), (0.0, 1.0));
    }

    proptest! {
        /// Small and large counts go over into each other, and more hidden people never make it narrower.
        #[test]
        fn the_hidden_widen(count in 0_u64..3000, share in 0.0..0.3_f64, hidden in 0.05..0.6_f64) {
            let (doubt, hidden) = (share * count as f64, 0.1 + hidden * count as f64);
            let less = CountInterval::with_hidden(count, doubt, hidden / 2.0, 1.3);
            let more = CountInterval::with_hidden(count, doubt, hidden, 1.3);
            prop_assert!(more.low <= count && count <= more.high);
            prop_assert!(more.high + more.high / 10 + 1 >= less.high, "{less:?} {more:?}");
        }

        #[test]
        fn the_count_is_within_and_doubt_widens(count in 0_u64..5000, share in 0.0..0.4_f64) {
            let doubt = share * count as f64;
            let interval = CountInterval::of(count, doubt);
            prop_assert!(interval.low <= count && count <= interval.high);
            let surer = CountInterval::of(count, doubt / 2.0);
            prop_assert!(interval.low <= surer.low + 1);
        }
    }
}
