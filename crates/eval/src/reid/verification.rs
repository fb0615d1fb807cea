//! Same person or not, by a threshold on the distance of two crops.

use serde::Serialize;

use super::logistic::Logistic;
use super::spectrum::{Spectrum, Tally, equal_error_rate};

/// Which percentiles of distances are given.
pub const PERCENTILES: [f64; 7] = [1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0];

/// The rates of false accepts at which the ROC curve is given.
pub const ROC_RATES: [f64; 13] = [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0];

const FALSE_ACCEPTS: f64 = 0.01;
/// A tracker takes the nearest of many embeddings of a track: a rate that is harmless in one
/// comparison adds up.
const RARE_FALSE_ACCEPTS: f64 = 0.001;

/// What becomes of pairs when those under a threshold are taken for one person.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OperatingPoint {
    /// Pairs nearer than this are accepted.
    pub threshold: f64,
    /// The share of pairs of different people that are accepted, 0 to 1: for a point of the curve, the
    /// rate that was asked for.
    pub false_accepts: f64,
    /// The share of pairs of one person that are accepted.
    pub accepts: f64,
}

/// Distances of one kind of pairs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pairs {
    /// How many.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation (of the population).
    pub std: f64,
}

/// Figures over all pairs of crops of one kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verification {
    /// The rate at which false accepts equal false rejects.
    pub eer: f64,
    /// The largest distance that at most 1% of pairs of different people stay under.
    pub threshold: f64,
    /// The share of pairs of one person under `threshold`.
    pub accepts: f64,
    /// As `threshold`, for 0.1%.
    pub rare_threshold: f64,
    /// As `accepts`, for `rare_threshold`.
    pub rare_accepts: f64,
    /// d': `(mean different - mean same) / sqrt((var same + var different) / 2)`.
    pub separation: f64,
    /// Distances of one person's crops at [`PERCENTILES`].
    pub same: [f64; 7],
    /// Distances of different people's crops at [`PERCENTILES`].
    pub different: [f64; 7],
    /// Pairs of one person's crops.
    pub same_pairs: Pairs,
    /// Pairs of different people's crops.
    pub different_pairs: Pairs,
    /// The curve, at [`ROC_RATES`].
    pub roc: Vec<OperatingPoint>,
    /// The threshold that was asked about, with the rates that it has here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<OperatingPoint>,
    /// How a distance becomes the probability of one person.
    pub probability: Logistic,
}

/// Counts pairs of one kind.
pub(super) struct Verifier {
    same: Tally,
    different: Tally,
}

impl Verifier {
    pub(super) fn new() -> Self {
        Self { same: Tally::new(), different: Tally::new() }
    }

    pub(super) fn add(&mut self, is_same: bool, distance: f64) {
        if is_same { self.same.add(distance) } else { self.different.add(distance) }
    }

    /// The figures, with the rates at the threshold `asked`; `None` where there are only pairs of one
    /// person, only such of different people, or neither.
    pub(super) fn finish(self, asked: Option<f64>) -> Option<Verification> {
        let (same, different) = (self.same.finish()?, self.different.finish()?);
        let point = |rate: f64| {
            let threshold =
                if rate < 1.0 { different.at((rate * different.total as f64) as u64) } else { 2.0 };
            let accepts = if rate < 1.0 { same.below(threshold) } else { 1.0 };
            OperatingPoint { threshold, false_accepts: rate, accepts }
        };
        let (usual, rare) = (point(FALSE_ACCEPTS), point(RARE_FALSE_ACCEPTS));
        let spread = f64::midpoint(same.variance, different.variance).sqrt();
        Some(Verification {
            eer: equal_error_rate(&same, &different),
            threshold: usual.threshold,
            accepts: usual.accepts,
            rare_threshold: rare.threshold,
            rare_accepts: rare.accepts,
            separation: (different.mean - same.mean) / spread.max(f64::MIN_POSITIVE),
            same: PERCENTILES.map(|percent| same.percentile(percent)),
            different: PERCENTILES.map(|percent| different.percentile(percent)),
            same_pairs: pairs(&same),
            different_pairs: pairs(&different),
            roc: ROC_RATES.map(point).to_vec(),
            asked: asked.map(|threshold| OperatingPoint {
                threshold,
                false_accepts: different.below(threshold),
                accepts: same.below(threshold),
            }),
            probability: Logistic::fit(&same, &different),
        })
    }
}

fn pairs(spectrum: &Spectrum) -> Pairs {
    Pairs { count: spectrum.total, mean: spectrum.mean, std: spectrum.variance.sqrt() }
}

#[cfg(test)]
mod tests {
    use super::Verifier;

    #[test]
    fn thresholds_let_the_promised_share_of_strangers_in() {
        let mut verifier = Verifier::new();
        for n in 0..10_000 {
            verifier.add(false, 0.5 + f64::from(n) * 1e-4);
            verifier.add(true, f64::from(n) * 1e-4);
        }
        let figures = verifier.finish(Some(0.75)).unwrap();
        assert!((figures.threshold - 0.51).abs() < 1e-6 && (figures.rare_threshold - 0.501).abs() < 1e-6);
        assert!((figures.accepts - 0.51).abs() < 1e-9 && (figures.rare_accepts - 0.501).abs() < 1e-9);
        assert!((figures.eer - 0.25).abs() < 1e-4, "{}", figures.eer);
        let asked = figures.asked.unwrap();
        assert!((asked.false_accepts - 0.25).abs() < 1e-4 && (asked.accepts - 0.75).abs() < 1e-4);
        assert!(figures.roc.is_sorted_by_key(|point| point.accepts));
        // Two uniform distributions of deviation 1/sqrt(12), their means 1/2 apart.
        assert!((figures.separation - 0.5 * 12_f64.sqrt()).abs() < 1e-3, "{}", figures.separation);
        assert!((figures.probability.midpoint - 0.75).abs() < 1e-3, "{:?}", figures.probability);
    }

    #[test]
    fn one_kind_of_pairs_alone_says_nothing() {
        let mut verifier = Verifier::new();
        verifier.add(true, 0.1);
        assert!(verifier.finish(None).is_none());
        let mut verifier = Verifier::new();
        verifier.add(false, 0.1);
        assert!(verifier.finish(None).is_none());
    }

    #[test]
    fn embeddings_that_have_collapsed_separate_nobody() {
        let mut verifier = Verifier::new();
        for is_same in [true, true, false, false, false] {
            verifier.add(is_same, 0.0);
        }
        let figures = verifier.finish(None).unwrap();
        assert_eq!((figures.separation, figures.eer, figures.accepts), (0.0, 0.5, 0.0));
        assert!((figures.probability.at(0.0) - 0.5).abs() < 0.05, "{:?}", figures.probability);
    }
}
