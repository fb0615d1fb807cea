//! What the counter's own rule costs: whoever is likely enough to be one who came before is taken for that one.

use footfall_count::Calibration;
use serde::Serialize;

use super::Crops;
use super::trials::{Errors, Trial, trials};
use super::visitors::{VisitorReport, people};

/// Probabilities that are asked for, one after the other.
const PROBABILITIES: [f64; 7] = [0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99];
/// Shares of new visitors taken for old at which the two rules are compared.
const RATES: [f64; 4] = [0.002, 0.007, 0.02, 0.05];

/// The errors of windows of several sizes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecognitionReport {
    /// People who were seen on two visits at least, by different cameras.
    pub people: usize,
    /// By size; those for which there are too few people are left out.
    pub windows: Vec<RecognitionWindow>,
}

/// The errors in a window of so many people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecognitionWindow {
    /// How many people came in it before.
    pub size: usize,
    /// By the least probability.
    pub points: Vec<Point>,
    /// Beside the nearest distance, at equal rates.
    pub equal: Vec<Equal>,
}

/// The errors at one least probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The least probability of the one they are taken for.
    pub probability: f64,
    /// Share of new visitors who are taken for one of them.
    pub false_merges: f64,
    /// Share of those who come again and are taken for new.
    pub missed: f64,
    /// Share of those who come again and are taken for somebody else who came.
    pub mistaken: f64,
}

/// What is missed where so many new visitors at most are taken for old.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Equal {
    /// The share of new visitors.
    pub false_merges: f64,
    /// Share of those who come again and are taken for new, by the counter's own rule,
    pub missed: f64,
    /// and where the nearest one within some distance is taken.
    pub missed_by_distance: f64,
}

impl RecognitionReport {
    /// Measures windows of these sizes by the counter's own rule, and the nearest one within each of the distances.
    #[must_use]
    pub fn of(
        crops: &Crops,
        sizes: &[usize],
        calibration: Calibration,
        distances: &[f64],
    ) -> (Self, Vec<VisitorReport>) {
        let people = people(crops);
        let trials: Vec<_> = sizes.iter().map(|&size| trials(&people, size, calibration)).collect();
        let window = |(&size, trials): (&usize, &Option<Vec<Trial>>)| {
            let trials = trials.as_ref()?;
            let points = PROBABILITIES.map(|probability| point(trials, probability)).to_vec();
            let equal = RATES.map(|rate| equal(trials, rate)).to_vec();
            Some(RecognitionWindow { size, points, equal })
        };
        let windows = sizes.iter().zip(&trials).filter_map(window).collect();
        let by_distance = |&distance: &f64| VisitorReport::over(&people, &trials, distance, sizes);
        let reports = distances.iter().map(by_distance).collect();
        (Self { people: people.len(), windows }, reports)
    }
}

fn point(trials: &[Trial], probability: f64) -> Point {
    let Errors { false_merges, missed, mistaken } = Errors::of(trials, |trial| {
        let (chance, is_right) = trial.likeliest;
        (chance >= probability && chance > 0.0).then_some(is_right)
    });
    Point { probability, false_merges, missed, mistaken }
}

fn equal(trials: &[Trial], rate: f64) -> Equal {
    Equal {
        false_merges: rate,
        missed: missed_at(trials, rate, |trial| trial.likeliest.0),
        missed_by_distance: missed_at(trials, rate, |trial| -trial.nearest.0),
    }
}

/// Share of those who come again and are no more alike, by `likeness`, than the stranger is beyond whom lies a share
/// of `rate`.
fn missed_at(trials: &[Trial], rate: f64, likeness: impl Fn(&Trial) -> f64) -> f64 {
    let strangers = trials.iter().filter(|trial| !trial.returns);
    let mut strangers: Vec<f64> = strangers.map(&likeness).collect();
    strangers.sort_unstable_by(|a, b| b.total_cmp(a));
    let beyond = ((rate * strangers.len() as f64) as usize).min(strangers.len().saturating_sub(1));
    let least = strangers.get(beyond).copied().unwrap_or(f64::NEG_INFINITY);
    let own = trials.iter().filter(|trial| trial.returns);
    let (all, missed) = own
        .fold((0_u64, 0_u64), |(all, missed), trial| (all + 1, missed + u64::from(likeness(trial) <= least)));
    missed as f64 / all.max(1) as f64
}

#[cfg(test)]
mod tests {
    use footfall_count::Calibration;

    use super::super::testing::crops;
    use super::RecognitionReport;

    #[test]
    fn a_higher_probability_merges_fewer_and_misses_more() {
        let crops = crops(7, 2000, 60, 3);
        let (report, by_distance) =
            RecognitionReport::of(&crops, &[5, 30, 500], Calibration::Research, &[0.1, 0.3]);
        assert_eq!((report.people, report.windows.len(), by_distance.len()), (60, 2, 2));
        for window in &report.windows {
            let points = &window.points;
            assert!(points.is_sorted_by(|a, b| a.false_merges >= b.false_merges), "{points:?}");
            assert!(points.is_sorted_by(|a, b| a.missed <= b.missed), "{points:?}");
            let equal = &window.equal;
            assert!(equal.is_sorted_by(|a, b| a.missed >= b.missed), "{equal:?}");
            assert!(equal.is_sorted_by(|a, b| a.missed_by_distance >= b.missed_by_distance), "{equal:?}");
        }
        assert!(by_distance[0].windows[0].false_merges <= by_distance[1].windows[0].false_merges);
    }
}
