//! How much a distance of two appearances says, between two cameras.

use crate::Calibration;
use crate::visitors::cohort::Cohort;
use crate::visitors::cosine_distance;
use crate::visitors::likeness::Spread;

/// Values that the mean logarithm of one person's distances may have, in standard deviations from what was measured.
const MEANS: [f64; 7] = [-2.4, -1.6, -0.8, 0.0, 0.8, 1.6, 2.4];
/// Share of looks that say nothing of who it is: half hidden, or somebody else in the crop.
const SPOILT: f64 = 0.04;
/// Comings of which together the grid learns: they are not independent of each other.
const LEARNT: f64 = 100.0;
/// The greatest likelihood ratio: a single likeness proves no more.
const MOST: f64 = 1e6;

/// The looks of one person and of two, as these two cameras have shown them.
#[derive(Clone, Debug)]
pub(super) struct Looks {
    spread: Spread,
    cohort: Cohort,
    /// Logarithms of how well each of [`MEANS`] explains the pairs so far.
    evidence: [f64; MEANS.len()],
    pairs: f64,
}

impl Looks {
    pub(super) fn new(calibration: Calibration) -> Self {
        let spread = calibration.spread();
        let evidence = MEANS.map(|mean| -0.5 * mean * mean);
        Self { spread, cohort: Cohort::new((spread.middle, spread.scale)), evidence, pairs: 0.0 }
    }

    /// Takes down two who are not one.
    pub(super) fn strangers(&mut self, a: &[f32], b: &[f32]) {
        self.cohort.add(cosine_distance(a, b));
    }

    /// How much likelier it is that one person looks so to these two cameras than that two do.
    pub(super) fn ratio(&self, a: &[f32], b: &[f32]) -> f64 {
        let distance = cosine_distance(a, b);
        if !distance.is_finite() {
            return 1.0;
        }
        let among = self.spread.among(distance, self.cohort.place()).density;
        let same = self.same(distance);
        let most = self.evidence.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights = self.evidence.map(|evidence| (evidence - most).exp());
        let whole: f64 = weights.iter().sum();
        let ratio: f64 =
            same.iter().zip(weights).map(|(same, weight)| weight * (same - among).min(20.0).exp()).sum();
        ((1.0 - SPOILT) * ratio / whole + SPOILT).min(MOST)
    }

    /// Takes down two who are one with this probability.
    pub(super) fn learn(&mut self, a: &[f32], b: &[f32], probability: f64) {
        let distance = cosine_distance(a, b);
        if !distance.is_finite() || self.pairs >= LEARNT {
            return;
        }
        let same = self.same(distance);
        let most = same.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        self.evidence
            .iter_mut()
            .zip(same)
            .for_each(|(sum, same)| *sum += probability * (same - most).max(-3.0));
        self.pairs += probability;
    }

    fn same(&self, distance: f64) -> [f64; MEANS.len()] {
        let (mean, deviation) = self.spread.same;
        self.spread.same(distance.max(1e-3).ln(), MEANS.map(|step| mean + step * deviation))
    }
}

#[cfg(test)]
mod tests {
    use super::Looks;
    use crate::Calibration;

    fn at(distance: f32) -> [f32; 2] {
        [1.0 - distance, (1.0 - (1.0 - distance).powi(2)).sqrt()]
    }

    #[test]
    fn alike_speaks_for_one_unlike_against_it_and_never_without_end() {
        let looks = Looks::new(Calibration::Research);
        let ratio = |distance| looks.ratio(&at(0.0), &at(distance));
        assert!(ratio(0.1) > 20.0 && ratio(0.1) > ratio(0.4) && ratio(0.4) > ratio(0.9));
        assert!((0.03..0.1).contains(&ratio(1.0)), "{}", ratio(1.0));
        assert_eq!(looks.ratio(&at(0.0), &[1.0]), 1.0, "of two embedders");
    }

    #[test]
    fn two_cameras_in_other_light_are_learnt() {
        let (mut looks, before) = (Looks::new(Calibration::Research), Looks::new(Calibration::Research));
        (0..50).for_each(|_| looks.learn(&at(0.0), &at(0.5), 1.0));
        let ratio = |looks: &Looks| looks.ratio(&at(0.0), &at(0.5));
        assert!(ratio(&looks) > 1.5 * ratio(&before), "{} {}", ratio(&looks), ratio(&before));
    }
}
