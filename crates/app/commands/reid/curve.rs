//! The threshold and the probability that go with an embedder.

use footfall_eval::reid::Logistic;
use footfall_vision::OnnxEmbedder;

/// Part of the threshold that is taken for the scale of the curve where nobody measured one.
const ASSUMED_SCALE: f64 = 1.0 / 8.0;

/// How the distance of two embeddings is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reading {
    /// One person up to it.
    pub(super) threshold: f64,
    /// From distance to probability.
    pub(super) curve: Logistic,
    /// Whether the curve was measured, rather than assumed.
    pub(super) calibrated: bool,
}

impl Reading {
    /// For two crops: one person where that is likelier, unless the user wants another threshold.
    pub(super) fn of(embedder: &OnnxEmbedder, wanted: Option<f64>) -> Self {
        Self::new(wanted, embedder.same_person(), strict_threshold(embedder))
    }

    fn new(wanted: Option<f64>, measured: Option<[f64; 2]>, strict: f64) -> Self {
        let assumed = [strict, (strict * ASSUMED_SCALE).max(f64::MIN_POSITIVE)];
        let [midpoint, scale] = measured.unwrap_or(assumed);
        Self {
            threshold: wanted.unwrap_or(midpoint),
            curve: Logistic { midpoint, scale },
            calibrated: measured.is_some(),
        }
    }

    /// Whether it is taken for one person.
    pub(super) fn is_same(&self, distance: f64) -> bool {
        distance <= self.threshold
    }

    /// Of one person, 0 to 1.
    pub(super) fn probability(&self, distance: f64) -> f64 {
        self.curve.at(distance)
    }
}

/// The distance up to which one of many may be the person: the embedder's file has it, or the tracker.
pub(super) fn strict_threshold(embedder: &OnnxEmbedder) -> f64 {
    let usual = || f64::from(footfall_track::Config::default().max_cosine_distance);
    embedder.max_cosine_distance().unwrap_or_else(usual)
}

#[cfg(test)]
mod tests {
    use super::Reading;

    #[test]
    fn an_assumed_curve_is_even_at_the_threshold() {
        let reading = Reading::new(None, None, 0.4);
        assert!(!reading.calibrated && reading.is_same(0.4) && !reading.is_same(0.41));
        assert_eq!(reading.probability(0.4), 0.5);
        assert!(reading.probability(0.0) > 0.999 && reading.probability(0.8) < 0.001);
        assert!(Reading::new(None, None, 0.0).probability(0.0) >= 0.5, "no division by zero");
    }

    #[test]
    fn a_measured_curve_is_taken_as_it_is() {
        let reading = Reading::new(None, Some([0.45, 0.1]), 0.2);
        assert!(reading.calibrated && reading.is_same(0.45) && !reading.is_same(0.46));
        assert!(!Reading::new(Some(0.3), Some([0.45, 0.1]), 0.2).is_same(0.45));
        assert_eq!(reading.probability(0.45), 0.5);
    }
}
