//! How unlike strangers look here: what any likeness is compared with.

/// Width of a bin, as a cosine distance.
const WIDTH: f64 = 0.01;
/// Over 0 to 2, and one for what is beyond.
const BINS: usize = 201;
/// Pairs that what was measured elsewhere weighs as much as.
const PRIOR: f64 = 300.0;
/// Beyond so many pairs the older ones weigh half: light, season and clothes change.
const MEMORY: f64 = 100_000.0;
/// The quantiles that the scale is taken from; half their distance in a standard normal distribution.
const QUANTILES: (f64, f64, f64) = (0.3, 0.7, 0.53);

/// The distances of everybody who passed lately to everybody else who did: numbers, and nobody's appearance.
///
/// Almost all pairs are of two people, so their middle and scale hardly depend on the few that are of one.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Cohort {
    bins: Vec<f64>,
    pairs: f64,
    /// Before anybody passed.
    prior: (f64, f64),
}

impl Cohort {
    /// Nobody has passed; strangers' distances are taken to have this middle and scale.
    pub(crate) fn new(prior: (f64, f64)) -> Self {
        Self { bins: vec![0.0; BINS], pairs: 0.0, prior }
    }

    /// Adds the cosine distance of two who passed.
    pub(crate) fn add(&mut self, distance: f64) {
        if !distance.is_finite() {
            return;
        }
        let bin = ((distance.max(0.0) / WIDTH) as usize).min(BINS - 1);
        self.bins[bin] += 1.0;
        self.pairs += 1.0;
        if self.pairs >= MEMORY {
            self.bins.iter_mut().for_each(|bin| *bin /= 2.0);
            self.pairs /= 2.0;
        }
    }

    /// Median of the distances, and their scale: a normal distribution's standard deviation.
    pub(crate) fn place(&self) -> (f64, f64) {
        if self.pairs < 1.0 {
            return self.prior;
        }
        let (low, high, apart) = QUANTILES;
        let scale = ((self.quantile(high) - self.quantile(low)) / (2.0 * apart)).max(WIDTH);
        let (own, share) = ((self.quantile(0.5), scale), self.pairs / (self.pairs + PRIOR));
        let mix = |own: f64, prior: f64| share * own + (1.0 - share) * prior;
        (mix(own.0, self.prior.0), mix(own.1, self.prior.1))
    }

    /// Whether it is one that this program has made.
    pub(crate) fn is_whole(&self) -> bool {
        self.bins.len() == BINS
    }

    fn quantile(&self, share: f64) -> f64 {
        let (wanted, mut below) = (share * self.pairs, 0.0);
        for (index, &count) in self.bins.iter().enumerate() {
            if below + count >= wanted && count > 0.0 {
                return (index as f64 + (wanted - below) / count) * WIDTH;
            }
            below += count;
        }
        BINS as f64 * WIDTH
    }
}

#[cfg(test)]
mod tests {
    use super::{Cohort, MEMORY};

    #[test]
    fn middle_and_scale_become_those_of_the_site() {
        let mut cohort = Cohort::new((0.9, 0.2));
        assert_eq!(cohort.place(), (0.9, 0.2));
        for step in 0..20_000 {
            // Even between 0.4 and 0.8: the 30% and 70% quantiles are 0.16 apart.
            cohort.add(0.4 + 0.4 * f64::from(step) / 20_000.0);
        }
        cohort.add(f64::INFINITY);
        let (middle, scale) = cohort.place();
        assert!((middle - 0.6).abs() < 0.01 && (scale - 0.16 / 1.06).abs() < 0.01, "{middle} {scale}");
    }

    #[test]
    fn what_was_long_ago_weighs_less() {
        let mut cohort = Cohort::new((0.9, 0.2));
        (0..MEMORY as u32).for_each(|_| cohort.add(0.9));
        (0..MEMORY as u32).for_each(|_| cohort.add(0.5));
        assert!((cohort.place().0 - 0.5).abs() < 0.02, "{:?}", cohort.place());
    }
}
