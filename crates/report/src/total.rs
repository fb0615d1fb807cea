//! All rows together.

use footfall_count::Doubt;
use footfall_ledger::Count;
use footfall_ledger::jiff::ZonedDateTime;

/// Sums over rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Total {
    pub(crate) entered: u64,
    pub(crate) left: u64,
    pub(crate) doubt: Doubt,
    pub(crate) peak: u64,
    pub(crate) came_unseen: u64,
    pub(crate) left_unseen: u64,
    /// See [`Count::visitors`].
    pub(crate) visitors: Option<u64>,
    pub(crate) again: Option<u64>,
    pub(crate) staff: u64,
    /// See [`Count::twice`].
    pub(crate) twice: Option<u64>,
    /// See [`Count::groups`].
    pub(crate) groups: Option<u64>,
    /// People in them.
    grouped: f64,
    pub(crate) visits: u64,
    pub(crate) dwell: Option<f64>,
    pub(crate) uncounted: f64,
    /// See [`Count::uncountable`].
    pub(crate) uncountable: f64,
    /// In and out, outside of the opening hours.
    pub(crate) outside: Option<(u64, u64)>,
    pub(crate) marked: u64,
    pub(crate) transactions: Option<u64>,
    pub(crate) amount: Option<f64>,
    /// Those who came in and left earlier, and how many came in now in the same periods.
    pub(crate) before: Option<(u64, u64, u64)>,
    /// Of the latest period: the longest uncounted and uncountable time of what its rows tell.
    gap: (f64, f64),
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
        let (entered, left) = (count.entered_unsure(), count.left_unsure());
        self.doubt.absorb(Doubt { entered, left });
        self.peak = self.peak.max(count.peak);
        self.came_unseen += count.came_unseen;
        self.left_unseen += count.left_unseen;
        self.staff += count.staff;
        let add = |sum: Option<u64>, number: Option<u64>| number.map_or(sum, |n| Some(sum.unwrap_or(0) + n));
        self.visitors = add(self.visitors, count.visitors);
        self.again = add(self.again, count.again);
        self.groups = add(self.groups, count.groups);
        self.twice = add(self.twice, count.twice);
        self.grouped += count.group_size.unwrap_or(0.0) * count.groups.unwrap_or(0) as f64;
        self.visits += count.visits;
        self.stayed += count.dwell.unwrap_or(0.0) * count.visits as f64;
        self.dwell = (self.visits > 0).then(|| self.stayed / self.visits as f64);
        // Rows of one period tell of the same gaps, or a source each of its own.
        if self.period.as_ref() != Some(&count.from) {
            self.period = Some(count.from.clone());
            self.gap = (0.0, 0.0);
        }
        let uncountable = count.uncountable.unwrap_or_default();
        self.uncounted += (count.uncounted - self.gap.0).max(0.0);
        self.uncountable += (uncountable - self.gap.1).max(0.0);
        self.gap = (self.gap.0.max(count.uncounted), self.gap.1.max(uncountable));
        if let (Some(entered), Some(left)) = (count.entered_outside, count.left_outside) {
            let outside = self.outside.get_or_insert_default();
            *outside = (outside.0 + entered, outside.1 + left);
        }
        self.marked += count.marked.unwrap_or(0);
        self.transactions = add(self.transactions, count.transactions);
        self.amount = count.amount.map(|paid| self.amount.unwrap_or(0.0) + paid).or(self.amount);
        if let Some(before) = &count.before {
            let sums = self.before.get_or_insert_default();
            if let (Some(entered), Some(left)) = (before.entered, before.left) {
                *sums = (sums.0 + entered, sums.1 + left, sums.2 + count.entered);
            }
        }
    }

    /// How many people came in together, on average.
    pub(crate) fn group_size(&self) -> Option<f64> {
        let groups = self.groups.filter(|groups| *groups > 0)?;
        Some(self.grouped / groups as f64)
    }

    /// Transactions for each of those who came in.
    pub(crate) fn conversion(&self) -> Option<f64> {
        let transactions = self.transactions.filter(|_| self.entered > 0)?;
        Some(transactions as f64 / self.entered as f64)
    }

    /// How many more came in than earlier, as a share of then.
    pub(crate) fn change(&self) -> Option<f64> {
        let (entered, _, now) = self.before.filter(|before| before.0 > 0)?;
        Some(now as f64 / entered as f64 - 1.0)
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
        assert_eq!((total.groups, total.group_size()), (None, None));
        (counts[1].groups, counts[1].group_size) = (Some(5), Some(2.0));
        (counts[2].groups, counts[2].group_size) = (Some(15), Some(4.0 / 3.0));
        let total = of(&counts);
        assert_eq!((total.groups, total.group_size()), (Some(20), Some(1.5)));
        counts.insert(1, counts[0].clone());
        assert_eq!(of(&counts).uncounted, 90.0, "another line of the same period");
    }
}
