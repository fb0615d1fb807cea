//! How distances are spread, at a fixed resolution and so in fixed memory, however many there are.

/// Steps in a distance of 1. Rounding a distance moves it by half a step, 5e-7, at most: about what
/// single precision makes of it anyway.
const STEPS: f64 = (1_u32 << 20) as f64;
/// A step each from 0 to 2, both included.
const BINS: usize = 2 * (1 << 20) + 1;

/// Distances that are still being counted.
pub(super) struct Tally {
    counts: Vec<u64>,
    sum: f64,
    squares: f64,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self { counts: vec![0; BINS], sum: 0.0, squares: 0.0 }
    }

    pub(super) fn add(&mut self, distance: f64) {
        self.counts[bin(distance)] += 1;
        self.sum += distance;
        self.squares += distance * distance;
    }

    /// All that were counted; `None` where there are none.
    pub(super) fn finish(mut self) -> Option<Spectrum> {
        let mut total = 0;
        for count in &mut self.counts {
            total += *count;
            *count = total;
        }
        let mean = self.sum / total as f64;
        let variance = (self.squares / total as f64 - mean * mean).max(0.0);
        (total > 0).then_some(Spectrum { up_to: self.counts, total, mean, variance })
    }
}

/// Distances, sorted by counting; one at least.
pub(super) struct Spectrum {
    /// Distances in this bin or a lower one.
    up_to: Vec<u64>,
    pub(super) total: u64,
    pub(super) mean: f64,
    /// Of the population: the mean of squares from the mean.
    pub(super) variance: f64,
}

fn bin(distance: f64) -> usize {
    // Rounding errors lead a little below 0 or above 2.
    ((distance * STEPS).round().max(0.0) as usize).min(BINS - 1)
}

fn value(bin: usize) -> f64 {
    bin as f64 / STEPS
}

impl Spectrum {
    /// The distance at `place` of the sorted ones, from 0; the last one for any place beyond.
    pub(super) fn at(&self, place: u64) -> f64 {
        let place = place.min(self.total - 1);
        value(self.up_to.partition_point(|&up_to| up_to <= place))
    }

    /// The `percent`-th percentile, interpolated between neighbours.
    pub(super) fn percentile(&self, percent: f64) -> f64 {
        let place = percent / 100.0 * (self.total - 1) as f64;
        let (low, part) = (place.floor(), place.fract());
        let (below, above) = (self.at(low as u64), self.at(low as u64 + 1));
        below + part * (above - below)
    }

    /// The share of distances under `distance`.
    pub(super) fn below(&self, distance: f64) -> f64 {
        let count = bin(distance).checked_sub(1).map_or(0, |lower| self.up_to[lower]);
        count as f64 / self.total as f64
    }

    /// (distance, how many) of coarse bins that hold any, rising.
    pub(super) fn coarse(&self) -> impl Iterator<Item = (f64, u64)> + '_ {
        const WIDTH: usize = 1 << 9;
        (0..BINS).step_by(WIDTH).filter_map(|first| {
            let last = (first + WIDTH).min(BINS) - 1;
            let before = first.checked_sub(1).map_or(0, |bin| self.up_to[bin]);
            let count = self.up_to[last] - before;
            (count > 0).then(|| (f64::midpoint(value(first), value(last)), count))
        })
    }
}

/// The rate at which false accepts equal false rejects, or come nearest to it, as the threshold
/// rises over all distances.
pub(super) fn equal_error_rate(same: &Spectrum, different: &Spectrum) -> f64 {
    let rates = |bin: usize| {
        let accepted = different.up_to[bin] as f64 / different.total as f64;
        (accepted, 1.0 - same.up_to[bin] as f64 / same.total as f64)
    };
    let difference = |bin: usize| {
        let (accepted, rejected) = rates(bin);
        accepted - rejected
    };
    // It never falls, from -1 to 1.
    let (mut low, mut high) = (0, BINS - 1);
    while low < high {
        let middle = usize::midpoint(low, high);
        if difference(middle) < 0.0 { low = middle + 1 } else { high = middle }
    }
    let before = low.saturating_sub(1);
    let nearest = if difference(before).abs() <= difference(low).abs() { before } else { low };
    let (accepted, rejected) = rates(nearest);
    f64::midpoint(accepted, rejected)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BINS, STEPS, Spectrum, Tally, bin, equal_error_rate, value};

    fn spectrum(distances: &[f64]) -> Spectrum {
        let mut tally = Tally::new();
        for &distance in distances {
            tally.add(distance);
        }
        tally.finish().unwrap()
    }

    #[test]
    fn ends_and_rounding_errors_have_a_bin() {
        assert_eq!([bin(0.0), bin(-1e-16), bin(2.0), bin(2.0 + 1e-15)], [0, 0, BINS - 1, BINS - 1]);
        assert_eq!(value(bin(1.0)), 1.0);
        assert!(Tally::new().finish().is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn sorted_lists_say_the_same(distances in prop::collection::vec(0.0..2.0_f64, 1..60), percent in 0.0..100.0_f64) {
            let ours = spectrum(&distances);
            let mut sorted = distances.clone();
            sorted.sort_by(f64::total_cmp);
            for (place, distance) in sorted.iter().enumerate() {
                prop_assert!((ours.at(place as u64) - distance).abs() <= 0.5 / STEPS);
            }
            let place: f64 = percent / 100.0 * (sorted.len() - 1) as f64;
            let (low, high) = (sorted[place as usize], sorted[(place as usize + 1).min(sorted.len() - 1)]);
            let expected = low + place.fract() * (high - low);
            prop_assert!((ours.percentile(percent) - expected).abs() <= 1.0 / STEPS);
            let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
            let variance = sorted.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / sorted.len() as f64;
            prop_assert!((ours.mean - mean).abs() < 1e-12 && (ours.variance - variance).abs() < 1e-12);
            prop_assert_eq!(ours.coarse().map(|(_, count)| count).sum::<u64>(), sorted.len() as u64);
        }

        /// Against every threshold there is, on distances that a bin tells apart.
        #[test]
        fn the_equal_error_rate_is_the_best_threshold(
            same in prop::collection::vec(0_u32..500, 1..40), different in prop::collection::vec(0_u32..500, 1..40),
        ) {
            let [same, different] =
                [same, different].map(|list| list.iter().map(|&n| f64::from(n) / 256.0).collect::<Vec<_>>());
            let rates = |threshold: f64| {
                let share = |list: &[f64]| list.iter().filter(|&&d| d <= threshold).count() as f64 / list.len() as f64;
                (share(&different), 1.0 - share(&same))
            };
            let nearest = same.iter().chain(&different).map(|&threshold| rates(threshold))
                .map(|(accepted, rejected)| ((accepted - rejected).abs(), f64::midpoint(accepted, rejected)))
                .collect::<Vec<_>>();
            let least = nearest.iter().map(|(gap, _)| *gap).fold(f64::INFINITY, f64::min);
            let ours = equal_error_rate(&spectrum(&same), &spectrum(&different));
            prop_assert!(nearest.iter().any(|(gap, rate)| gap - least < 1e-12 && (rate - ours).abs() < 1e-12));
        }
    }

    #[test]
    fn shares_below_a_distance_leave_the_distance_out() {
        let spectrum = spectrum(&[0.25, 0.5, 0.5, 1.0]);
        assert_eq!([0.0, 0.25, 0.5, 0.75, 2.0].map(|d| spectrum.below(d)), [0.0, 0.0, 0.25, 0.75, 1.0]);
    }
}
