//! How distances of visits are spread: what a counter's calibration to an embedder is made of.

use serde::Serialize;

use super::Crops;
use super::distances::cosine_distance;
use super::visitors::people;

/// Shares of strangers at which their distances are told, the nearest first.
const SHARES: [f64; 7] = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1];

/// Cosine distances of the mean looks of two visits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpreadReport {
    /// Median of two people's.
    pub middle: f64,
    /// Half the way from their 30% to their 70% quantile, over 0.53: a normal distribution's standard deviation.
    pub scale: f64,
    /// Two people's, in scales from the middle, below which lie 0.01, 0.03, 0.1, 0.3, 1, 3 and 10% of them.
    pub tail: [f64; 7],
    /// Mean of the logarithm of one person's.
    pub same: f64,
    /// Its standard deviation.
    pub deviation: f64,
}

impl SpreadReport {
    /// Measures; none with fewer than two people who were seen by two cameras.
    #[must_use]
    pub fn of(crops: &Crops) -> Option<Self> {
        let people = people(crops);
        let (mut apart, mut logs) = (Vec::new(), Vec::new());
        for (index, visits) in people.iter().enumerate() {
            for (place, visit) in visits.iter().enumerate() {
                let own = visits[place + 1..].iter().map(|other| cosine_distance(visit, other));
                logs.extend(own.map(|distance| distance.max(1e-3).ln()));
                let others = people[index + 1..].iter().flatten();
                apart.extend(others.map(|other| cosine_distance(visit, other) as f32));
            }
        }
        if apart.is_empty() {
            return None;
        }
        apart.sort_unstable_by(f32::total_cmp);
        let quantile = |share: f64| f64::from(apart[(share * (apart.len() - 1) as f64).round() as usize]);
        let (middle, scale) = (quantile(0.5), (quantile(0.7) - quantile(0.3)) / (2.0 * 0.53));
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        let same = mean(&logs);
        let squares: Vec<f64> = logs.iter().map(|log| (log - same) * (log - same)).collect();
        let tail = SHARES.map(|share| (quantile(share) - middle) / scale);
        Some(Self { middle, scale, tail, same, deviation: mean(&squares).sqrt() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::crops;
    use super::SpreadReport;

    #[test]
    fn strangers_are_farther_apart_than_visits_of_one_person() {
        let report = SpreadReport::of(&crops(7, 2000, 60, 3)).unwrap();
        assert!(report.same.exp() < report.middle, "{report:?}");
        assert!(report.tail.is_sorted() && report.tail[6] < 0.0 && report.deviation > 0.0, "{report:?}");
        assert_eq!(SpreadReport::of(&crops(7, 30, 1, 3)), None);
    }
}
