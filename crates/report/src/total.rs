//! All rows together.

use footfall_ledger::Count;
use footfall_ledger::jiff::ZonedDateTime;

/// Sums over rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Total {
    pub(crate) entered: u64,
    pub(crate) left: u64,
    /// See [`Count::entered_doubt`].
    pub(crate) doubt: (f64, f64),
    pub(crate) peak: u64,
    pub(crate) came_unseen: u64,
    pub(crate) left_unseen: u64,
    /// See [`Count::visitors`].
    pub(crate) visitors: Option<u64>,
    pub(crate) again: Option<u64>,
    pub(crate) staff: u64,
    pub(crate) visits: u64,
    pub(crate) dwell: Option<f64>,
    pub(crate) uncounted: f64,
    /// Of all stays, in seconds.
    stayed: f64,
    /// Where the latest row's period begins.
    period: Option<ZonedDateTime>,
}

impl Total {
    /// Takes one more row.
    pub(crate) fn add(&mut self, count: &Count) {
        self.entered += count.entered;
        self.left += count.left;
        self.doubt.0 += count.entered_doubt;
        self.doubt.1 += count.left_doubt;
        self.peak = self.peak.max(count.peak);
        self.came_unseen += count.came_unseen;
        self.left_unseen += count.left_unseen;
        self.staff += count.staff;
        let add = |sum: Option<u64>, number: Option<u64>| number.map_or(sum, |n| Some(sum.unwrap_or(0) + n));
        self.visitors = add(self.visitors, count.visitors);
        self.again = add(self.again, count.again);
        // Rows of one period, a line each, tell of the same stays and gaps.
        if self.period.as_ref() != Some(&count.from) {
            self.period = Some(count.from.clone());
            self.visits += count.visits;
            self.uncounted += count.uncounted;
            self.stayed += count.dwell.unwrap_or(0.0) * count.visits as f64;
            self.dwell = (self.visits > 0).then(|| self.stayed / self.visits as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use footfall_ledger::{Count, Period};

    use super::Total;
    use crate::testing::counts;

    #[test]
    fn sums_means_and_the_most() {
        let mut counts = counts("2026-01-01T00:00:00Z", 3, Period::Hour, "UTC");
        let of = |counts: &[Count]| {
            let mut total = Total::default();
            for count in counts {
                total.add(count);
            }
            total
        };
        let total = of(&counts);
        assert_eq!((total.entered, total.left, total.peak, total.visits), (30, 3, 18, 3));
        assert_eq!((total.dwell, total.uncounted), (Some((60.0 + 2.0 * 120.0) / 3.0), 90.0));
        counts.insert(1, counts[0].clone());
        assert_eq!(of(&counts).uncounted, 90.0, "another line of the same period");
    }
}
