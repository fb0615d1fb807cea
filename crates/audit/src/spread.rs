//! How far an estimate may be from the truth.

use statrs::distribution::{ContinuousCDF as _, StudentsT};

/// A value of the sample, and how many minutes it stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighted {
    pub(crate) weight: f64,
    pub(crate) value: f64,
}

/// The probability that is left out on either side.
const TAIL: f64 = 0.025;
/// As many answers the expectation of the spread is worth.
const PRIOR: f64 = 4.0;
/// Errors that may have been seen beside those that were, in each stratum and each direction.
const ONE_MORE: f64 = 0.5;
/// How much of the skewness of counts is obeyed: with all of it, few answers with large errors make limits too
/// narrow on one side.
const SKEW: f64 = 0.7;
/// Limits do not come nearer than so many standard deviations, and skewness does not exceed so much.
const NEAREST: f64 = 0.7;
const MOST_SKEWED: f64 = 1.5;

/// The spread of a total over strata.
///
/// The variance in each stratum is that of the weighted mean in a sample drawn without putting back. Of few
/// answers it is moderated, as limma does (Smyth, 2004): the expected one has the weight of [`PRIOR`] degrees of
/// freedom. And as Wilson and Agresti do for shares, [`ONE_MORE`] error is added to those that were seen: a
/// handful of answers without an error is no proof of perfection. Strata are added as Welch and Satterthwaite do.
/// The constants are those with which `scores/audit.md` comes out best over all its shops. Counts are skewed: those who were missed and those who were counted too often are each
/// taken as a sum of rare events, and the limits of Student's t are shifted for it (Johnson, 1978).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spread {
    total: f64,
    variance: f64,
    /// Of Welch and Satterthwaite: the sum of each stratum's squared variance by its degrees of freedom.
    squares: f64,
    above: Side,
    below: Side,
}

/// Of the positive or of the negative parts of values: their total and its variance.
#[derive(Clone, Copy, Debug, Default)]
struct Side {
    total: f64,
    variance: f64,
}

impl Spread {
    /// Adds a stratum of `minutes`, of which these are in the sample; `expected` is the expected variance of a value.
    pub(crate) fn add(&mut self, sample: &[Weighted], minutes: u64, expected: f64) {
        let stratum = Stratum::of(sample, minutes);
        let (total, variance) = stratum.total(sample, expected, |value| value);
        self.total += total;
        self.variance += variance;
        self.squares += variance * variance / (stratum.answers - 1.0).max(1.0);
        for (side, part) in [(&mut self.above, 1.0), (&mut self.below, -1.0)] {
            let (total, variance) = stratum.total(sample, expected / 2.0, |value| (part * value).max(0.0));
            side.total += total + stratum.event() / 2.0;
            side.variance += variance;
        }
    }

    /// The total over all minutes.
    pub(crate) fn total(&self) -> f64 {
        self.total
    }

    /// The limits between which the total lies with a probability of 95%.
    pub(crate) fn limits(&self) -> (f64, f64) {
        if self.variance <= 0.0 {
            return (self.total, self.total);
        }
        let deviation = self.variance.sqrt();
        let t = quantile(self.variance * self.variance / self.squares);
        let third = |side: Side| side.variance * side.variance / side.total.max(1e-12);
        let skewness = (third(self.above) - third(self.below)) / deviation.powi(3);
        let shift = SKEW * skewness.clamp(-MOST_SKEWED, MOST_SKEWED) / 6.0 * (2.0 * t * t + 1.0);
        let margin = |shift: f64| deviation * (t + shift).max(NEAREST);
        (self.total - margin(-shift), self.total + margin(shift))
    }
}

/// What is the same for all values of a stratum.
struct Stratum {
    answers: f64,
    minutes: f64,
    /// Sums of weights and of their squares.
    weight: f64,
    squares: f64,
}

impl Stratum {
    fn of(sample: &[Weighted], minutes: u64) -> Self {
        Self {
            answers: sample.len() as f64,
            minutes: minutes as f64,
            weight: sample.iter().map(|one| one.weight).sum(),
            squares: sample.iter().map(|one| one.weight * one.weight).sum(),
        }
    }

    /// How many of all crossings one crossing in the sample stands for.
    fn event(&self) -> f64 {
        self.minutes * self.squares / self.weight.powi(2).max(1e-300)
    }

    /// The total of what `part` makes of the values, and its variance.
    fn total(&self, sample: &[Weighted], expected: f64, part: impl Fn(f64) -> f64) -> (f64, f64) {
        if sample.is_empty() {
            return (0.0, 0.0);
        }
        let mean = sample.iter().map(|one| one.weight * part(one.value)).sum::<f64>() / self.weight;
        let squares: f64 = sample.iter().map(|one| (one.weight * (part(one.value) - mean)).powi(2)).sum();
        let squares = squares + ONE_MORE * self.squares / self.answers;
        // Times answers - 1, of which there may be none.
        let observed = self.answers * squares / self.weight.powi(2);
        let expected = expected * self.squares / self.weight.powi(2);
        let variance = (PRIOR * expected + observed) / (self.answers - 1.0 + PRIOR);
        let rest = (1.0 - self.answers / self.minutes.max(1.0)).max(0.0);
        (self.minutes * mean, self.minutes * self.minutes * variance * rest)
    }
}

/// Student's t for these degrees of freedom.
fn quantile(freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom.max(1.0)).map_or(f64::INFINITY, |t| t.inverse_cdf(1.0 - TAIL))
}

#[cfg(test)]
mod tests {
    use super::{Spread, Weighted, quantile};

    #[test]
    fn t_is_that_of_the_tables() {
        for (freedom, t) in [(1.0, 12.706), (4.0, 2.776), (9.0, 2.262), (30.0, 2.042), (1e6, 1.960)] {
            assert!((quantile(freedom) - t).abs() < 1e-3, "{freedom}");
        }
    }

    /// With many answers and little skew it is the textbook's interval of a mean.
    #[test]
    fn many_answers_have_the_usual_limits() {
        let sample: Vec<_> =
            (0..400).map(|n| Weighted { weight: 50.0, value: f64::from(n % 5) - 2.0 }).collect();
        let mut spread = Spread::default();
        spread.add(&sample, 20_000, 2.0);
        let (low, high) = spread.limits();
        let expected = 20_000.0 * 1.966 * (2.0_f64 / 399.0 * 400.0 / 400.0 * (1.0 - 0.02)).sqrt();
        assert!((low + expected).abs() < 0.01 * expected && (high - expected).abs() < 0.01 * expected);
    }

    #[test]
    fn who_only_misses_has_more_room_above() {
        let sample: Vec<_> =
            (0..40).map(|n| Weighted { weight: 1.0, value: f64::from(n % 20 == 0) }).collect();
        let mut spread = Spread::default();
        spread.add(&sample, 4000, 0.05);
        let (low, high) = spread.limits();
        assert!(high - spread.total() > 1.2 * (spread.total() - low));
    }
}
