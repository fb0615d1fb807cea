//! How far chance may have moved a score: the bootstrap (Efron, 1979).

use serde::Serialize;

use crate::random::SplitMix;

const RESAMPLES: usize = 2000;
const SEED: u64 = 0x0f00_7fa1_1000_0001;
/// Share of the resamples beyond each end of an interval.
const TAIL: f64 = 0.025;

/// A 95% confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// 95% confidence intervals of a counting score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Intervals {
    /// Of the precision.
    pub precision: Interval,
    /// Of the recall.
    pub recall: Interval,
    /// Of F1.
    pub f1: Interval,
}

impl Intervals {
    /// Draws as many passages as there are from all that happened (matched, missed, false), with
    /// replacement, many times, and takes the middle 95% of the scores. Passages are taken to be
    /// independent of each other, so with few of them, or with people in groups, the intervals are
    /// too narrow rather than too wide.
    pub(super) fn of(matched: u64, missed: u64, false_alarms: u64) -> Self {
        let all = matched + missed + false_alarms;
        let mut random = SplitMix(SEED);
        let mut draws = [const { Vec::new() }; 3];
        for _ in 0..RESAMPLES {
            let [mut hits, mut misses, mut alarms] = [0_u64; 3];
            for _ in 0..all {
                let drawn = random.below(all);
                hits += u64::from(drawn < matched);
                misses += u64::from((matched..matched + missed).contains(&drawn));
                alarms += u64::from(drawn >= matched + missed);
            }
            draws[0].push(ratio(hits, hits + alarms));
            draws[1].push(ratio(hits, hits + misses));
            draws[2].push(ratio(2 * hits, 2 * hits + misses + alarms));
        }
        let [precision, recall, f1] = draws.map(middle);
        Self { precision, recall, f1 }
    }
}

/// 1 for 0 / 0: nothing was there to be wrong about.
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn middle(mut draws: Vec<f64>) -> Interval {
    draws.sort_by(f64::total_cmp);
    let beyond = (draws.len() as f64 * TAIL) as usize;
    Interval { low: draws[beyond], high: draws[draws.len() - 1 - beyond] }
}

#[cfg(test)]
mod tests {
    use super::Intervals;

    #[test]
    fn intervals_hold_the_score_and_shrink_with_more_of_it() {
        let few = Intervals::of(8, 2, 1);
        let many = Intervals::of(800, 200, 100);
        for (few, many, score) in [(few.recall, many.recall, 0.8), (few.precision, many.precision, 8.0 / 9.0)]
        {
            assert!(few.low < many.low && many.low < score && score < many.high && many.high < few.high);
        }
        // A proportion of 0.8 of 1000 has a standard error of 0.0126.
        assert!((many.recall.high - many.recall.low - 2.0 * 1.96 * 0.0126).abs() < 0.005);
        assert_eq!(few, Intervals::of(8, 2, 1));
    }

    #[test]
    fn perfect_and_empty_scores_have_intervals_without_width() {
        for intervals in [Intervals::of(5, 0, 0), Intervals::of(0, 0, 0)] {
            assert_eq!((intervals.f1.low, intervals.f1.high), (1.0, 1.0));
        }
    }
}
