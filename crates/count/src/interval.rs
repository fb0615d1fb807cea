//! How far a count may be from the truth.

use serde::{Deserialize, Serialize};

use crate::Direction;

/// The range in which the true number lies with a probability of 95%.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountInterval {
    /// Its least number.
    pub low: u64,
    /// Its greatest number.
    pub high: u64,
}

/// How far the counts of one direction are in doubt.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Unsure {
    /// How many of those who were counted are expected to be nobody: the sum of what each crossing's confidence lacks
    /// to 1.
    pub none: f64,
    /// How many people who passed are expected to have been missed: the sum of what each crossing says of it.
    pub hidden: f64,
}

/// How far a line's counts are in doubt.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Doubt {
    /// Of those inwards.
    pub entered: Unsure,
    /// Of those outwards.
    pub left: Unsure,
}

impl Unsure {
    /// Adds one crossing of this confidence, 0 to 1, at which so many people are expected to have been missed; `None`
    /// where nobody knows.
    pub fn add(&mut self, confidence: f64, hidden: Option<f64>) {
        self.none += 1.0 - confidence.clamp(0.0, 1.0);
        self.hidden += hidden.filter(|hidden| hidden.is_finite()).unwrap_or(UNKNOWN).max(0.0);
    }

    /// What is left without that of some of its crossings.
    fn without(self, part: Self) -> Self {
        Self { none: (self.none - part.none).max(0.0), hidden: (self.hidden - part.hidden).max(0.0) }
    }

    /// Adds what others are in doubt.
    pub fn absorb(&mut self, other: Self) {
        self.none += other.none;
        self.hidden += other.hidden;
    }
}

impl Doubt {
    /// Adds one crossing: see [`Unsure::add`].
    pub fn add(&mut self, direction: Direction, confidence: f64, hidden: Option<f64>) {
        match direction {
            Direction::In => self.entered.add(confidence, hidden),
            Direction::Out => self.left.add(confidence, hidden),
        }
    }

    /// What is left without that of some of its crossings.
    #[must_use]
    pub fn without(self, part: Self) -> Self {
        Self { entered: self.entered.without(part.entered), left: self.left.without(part.left) }
    }

    /// Adds what another line's counts are in doubt.
    pub fn absorb(&mut self, other: Self) {
        self.entered.absorb(other.entered);
        self.left.absorb(other.left);
    }
}

/// The probability left out on either side.
const TAIL: f64 = 0.025;
/// Means above which a Poisson distribution is taken for a normal one.
const MANY: f64 = 200.0;
/// Standard deviations of a normal distribution within which 95% lie.
const SPREAD: f64 = 1.96;

impl CountInterval {
    /// Of `count` crossings, of which some are in doubt; nobody is nobody where none was counted.
    ///
    /// The true number is the count, less those that were none, plus those that were missed. Of
    /// independent crossings with different confidences the former is Poisson-binomial; for
    /// confidences near 1 that is nearly a Poisson distribution with the mean [`Unsure::none`] (Le Cam, 1960), and a
    /// wider one for others. Those who were missed vary more than by chance, since what hid one hid others: a negative
    /// binomial distribution with the mean `m`, which is [`Unsure::hidden`] and [`MISSED_AT_ALL`], and the variance
    /// `m + VARIES m^2`. The constants are those of [`Visibility::hidden`](crate::Visibility::hidden).
    #[must_use]
    pub fn of(count: u64, unsure: Unsure) -> Self {
        if count == 0 { Self { low: 0, high: 0 } } else { Self::likely(count, unsure) }
    }

    /// The same of a stretch that was watched: where nobody was counted, somebody may have been missed.
    #[must_use]
    pub fn likely(count: u64, unsure: Unsure) -> Self {
        Self::with_hidden(count, unsure.none, MISSED_AT_ALL + unsure.hidden, VARIES)
    }

    fn with_hidden(count: u64, doubt: f64, hidden: f64, varies: f64) -> Self {
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

/// The least and the greatest difference of two variables with these probabilities of 0, 1, 2, ..., outside of which lie
/// at most [`TAIL`] to either side.
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

/// How many people are expected to have been missed for each one counted, where nobody knows how well people were seen.
const UNKNOWN: f64 = 0.1;
/// How many are expected to have been missed whatever the count. This and [`VARIES`] are fitted together with the
/// weights of [`Visibility::hidden`](crate::Visibility::hidden).
const MISSED_AT_ALL: f64 = 0.11;
/// How much more than by chance they vary: see [`CountInterval::of`].
const VARIES: f64 = 0.41;

#[cfg(test)]
mod tests {
    use super::{CountInterval, Unsure, differences, negative_binomial, poisson};
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
        let skellam = |plus, minus| differences(&poisson(plus), &poisson(minus));
        assert_eq!(skellam(0.0, 0.0), (0.0, 0.0));
        // P(X = 0) = 0.905, P(X <= 1) = 0.995: one missed is within, two are not.
        assert_eq!(skellam(0.1, 0.0), (0.0, 1.0));
        assert_eq!(CountInterval::of(0, Unsure::default()), CountInterval { low: 0, high: 0 });
        assert_eq!(CountInterval::likely(0, Unsure::default()), CountInterval { low: 0, high: 1 });
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
        fn the_count_is_within_and_doubt_widens(count in 1_u64..5000, share in 0.0..0.4_f64, hidden in 0.0..0.3_f64) {
            let unsure = Unsure { none: share * count as f64, hidden: hidden * count as f64 };
            let interval = CountInterval::of(count, unsure);
            prop_assert!(interval.low <= count && count <= interval.high);
            let surer = CountInterval::of(count, Unsure { none: unsure.none / 2.0, ..unsure });
            prop_assert!(interval.low <= surer.low + 1);
        }

        /// However a count is put together, it is in as much doubt as its parts.
        #[test]
        fn doubts_add_up(each in prop::collection::vec((0.0..1.0_f64, prop::option::of(0.0..0.5_f64)), 0..20), cut in 0..20_usize) {
            let sum = |part: &[(f64, Option<f64>)]| part.iter().fold(Unsure::default(), |mut sum, &(confidence, hidden)| {
                sum.add(confidence, hidden);
                sum
            });
            let (first, second) = each.split_at(cut.min(each.len()));
            let mut both = sum(first);
            both.absorb(sum(second));
            let whole = sum(&each);
            prop_assert!((both.none - whole.none).abs() < 1e-9 && (both.hidden - whole.hidden).abs() < 1e-9);
        }
    }
}
