//! How well one line was counted.

use footfall_count::{Direction, Tally};
use serde::Serialize;

use super::bootstrap::Intervals;
use super::matching::largest_pairing;

/// Someone passing a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Passage {
    /// When, in seconds since the source's start.
    pub time: f64,
    /// Which way.
    pub direction: Direction,
}

/// The score of one line, or of several as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Counted passages that are true ones, each of one: same direction, and near in time.
    pub matched: u64,
    /// True passages.
    pub truth: Tally,
    /// Counted passages.
    pub counted: Tally,
    /// |counted in - true in| + |counted out - true out|, summed over lines.
    pub count_error: u64,
    /// |(counted in - out) - (true in - out)|, summed over lines: the error in how many are inside.
    pub net_error: u64,
}

impl Outcome {
    /// Scores one line. A pair may differ by `tolerance` seconds; both lists may have any order.
    #[must_use]
    pub fn of(truth: &[Passage], counted: &[Passage], tolerance: f64) -> Self {
        let mut outcome = Self { truth: tally(truth), counted: tally(counted), ..Self::default() };
        for direction in [Direction::In, Direction::Out] {
            outcome.matched +=
                largest_pairing(&times(truth, direction), &times(counted, direction), tolerance);
        }
        let Self { truth, counted, .. } = outcome;
        outcome.count_error = counted.entered.abs_diff(truth.entered) + counted.left.abs_diff(truth.left);
        outcome.net_error = (counted.entered + truth.left).abs_diff(truth.entered + counted.left);
        outcome
    }

    /// Several lines as one.
    #[must_use]
    pub fn combined<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        let add = |a: Tally, b: Tally| Tally { entered: a.entered + b.entered, left: a.left + b.left };
        all.fold(Self::default(), |sum, one| Self {
            matched: sum.matched + one.matched,
            truth: add(sum.truth, one.truth),
            counted: add(sum.counted, one.counted),
            count_error: sum.count_error + one.count_error,
            net_error: sum.net_error + one.net_error,
        })
    }

    /// True passages that were not counted.
    #[must_use]
    pub fn missed(&self) -> u64 {
        total(self.truth) - self.matched
    }

    /// Counted passages that are not true.
    #[must_use]
    pub fn false_alarms(&self) -> u64 {
        total(self.counted) - self.matched
    }

    /// Share of counted passages that are true; 1 where nothing was to be counted and nothing was.
    #[must_use]
    pub fn precision(&self) -> f64 {
        match total(self.counted) {
            0 => f64::from(u8::from(total(self.truth) == 0)),
            counted => self.matched as f64 / counted as f64,
        }
    }

    /// Share of true passages that were counted; 1 where there are none.
    #[must_use]
    pub fn recall(&self) -> f64 {
        match total(self.truth) {
            0 => 1.0,
            truth => self.matched as f64 / truth as f64,
        }
    }

    /// Harmonic mean of precision and recall; 1 where there is nothing.
    #[must_use]
    pub fn f1(&self) -> f64 {
        match total(self.truth) + total(self.counted) {
            0 => 1.0,
            sum => 2.0 * self.matched as f64 / sum as f64,
        }
    }

    /// 95% bootstrap confidence intervals. The same outcome always gives the same ones.
    #[must_use]
    pub fn intervals(&self) -> Intervals {
        Intervals::of(self.matched, self.missed(), self.false_alarms())
    }
}

fn total(tally: Tally) -> u64 {
    tally.entered + tally.left
}

fn tally(passages: &[Passage]) -> Tally {
    let mut tally = Tally::default();
    for passage in passages {
        tally.add(passage.direction);
    }
    tally
}

fn times(passages: &[Passage], direction: Direction) -> Vec<f64> {
    let mut times: Vec<f64> = passages.iter().filter(|p| p.direction == direction).map(|p| p.time).collect();
    times.sort_by(f64::total_cmp);
    times
}

#[cfg(test)]
mod tests {
    use footfall_count::{Direction, Tally};

    use super::{Outcome, Passage};

    fn passages(rows: &[(f64, Direction)]) -> Vec<Passage> {
        rows.iter().map(|&(time, direction)| Passage { time, direction }).collect()
    }

    #[test]
    fn a_passage_counts_once_in_its_direction_and_near_its_time() {
        use Direction::{In, Out};
        let truth = passages(&[(1.0, In), (5.0, In), (9.0, Out)]);
        let counted = passages(&[(9.5, Out), (1.2, In), (1.3, In), (5.0, Out)]);
        let outcome = Outcome::of(&truth, &counted, 1.0);
        assert_eq!(outcome.matched, 2);
        assert_eq!((outcome.missed(), outcome.false_alarms()), (1, 2));
        assert_eq!(outcome.counted, Tally { entered: 2, left: 2 });
        assert_eq!((outcome.count_error, outcome.net_error), (1, 1));
        assert_eq!((outcome.precision(), outcome.recall()), (0.5, 2.0 / 3.0));
        assert_eq!(outcome.f1(), 4.0 / 7.0);
    }

    #[test]
    fn errors_of_lines_do_not_cancel_out() {
        let one = passages(&[(1.0, Direction::In)]);
        let lines = [Outcome::of(&one, &[], 1.0), Outcome::of(&[], &one, 1.0)];
        let all = Outcome::combined(lines.iter());
        assert_eq!((all.count_error, all.net_error, all.matched), (2, 2, 0));
        assert_eq!(lines[1].recall(), 1.0);
        assert_eq!(lines[1].precision(), 0.0);
        let nothing = Outcome::of(&[], &[], 1.0);
        assert_eq!((nothing.precision(), nothing.recall(), nothing.f1()), (1.0, 1.0, 1.0));
    }
}
