//! All rows together.

use footfall_ledger::Count;

/// Sums over rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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
}

impl Total {
    pub(crate) fn of(counts: &[Count]) -> Self {
        let mut total = Self::default();
        let (mut stayed, mut period) = (0.0, None);
        for count in counts {
            total.entered += count.entered;
            total.left += count.left;
            total.doubt.0 += count.entered_doubt;
            total.doubt.1 += count.left_doubt;
            total.peak = total.peak.max(count.peak);
            total.came_unseen += count.came_unseen;
            total.left_unseen += count.left_unseen;
            total.staff += count.staff;
            let add =
                |sum: Option<u64>, number: Option<u64>| number.map_or(sum, |n| Some(sum.unwrap_or(0) + n));
            total.visitors = add(total.visitors, count.visitors);
            total.again = add(total.again, count.again);
            // Rows of one period, a line each, tell of the same stays and gaps.
            if period.replace(&count.from) != Some(&count.from) {
                total.visits += count.visits;
                total.uncounted += count.uncounted;
                stayed += count.dwell.unwrap_or(0.0) * count.visits as f64;
            }
        }
        total.dwell = (total.visits > 0).then(|| stayed / total.visits as f64);
        total
    }
}

#[cfg(test)]
mod tests {
    use footfall_ledger::Period;

    use super::Total;
    use crate::testing::report;

    #[test]
    fn sums_means_and_the_most() {
        let mut report = report("2026-01-01T00:00:00Z", 3, Period::Hour, "UTC");
        let total = Total::of(&report.counts);
        assert_eq!((total.entered, total.left, total.peak, total.visits), (30, 3, 18, 3));
        assert_eq!((total.dwell, total.uncounted), (Some((60.0 + 2.0 * 120.0) / 3.0), 90.0));
        report.counts.insert(1, report.counts[0].clone());
        assert_eq!(Total::of(&report.counts).uncounted, 90.0, "another line of the same period");
    }
}
