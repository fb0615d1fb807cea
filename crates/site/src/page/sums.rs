//! What the ledger says of periods and zones, as the server tells it.

use footfall_count::CountInterval;
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::{Count, ZoneCount};
use footfall_serve::{Beside, PeriodSum, ZoneSum};

/// A period as the server tells it. What lies before `begun`, when the first source was first counted, was not
/// counted either.
pub(super) fn period_sum(count: &Count, begun: Option<Timestamp>) -> PeriodSum {
    let (start, end) = (count.from.timestamp(), count.to.timestamp());
    let before = begun.map_or(0.0, |begun| begun.min(end).duration_since(start).as_secs_f64().max(0.0));
    PeriodSum {
        start,
        end,
        entered: count.entered,
        entered_range: CountInterval { low: count.entered_low, high: count.entered_high },
        left: count.left,
        left_range: CountInterval { low: count.left_low, high: count.left_high },
        occupancy: count.occupancy,
        peak: count.peak,
        came_unseen: count.came_unseen,
        left_unseen: count.left_unseen,
        groups: count.groups,
        group_size: count.group_size,
        beside: Beside {
            in_outside: count.entered_outside,
            out_outside: count.left_outside,
            transactions: count.transactions,
            conversion: count.conversion,
        },
        uncounted: count.uncounted + before,
        uncountable: count.uncountable,
    }
}

/// A zone in a period as the server tells it.
pub(super) fn zone_sum(count: ZoneCount, source: &str) -> ZoneSum {
    ZoneSum {
        start: count.from.timestamp(),
        source: source.to_owned(),
        zone: count.zone,
        visits: count.visits,
        dwell: count.dwell,
        longest: count.longest,
        peak: count.peak,
    }
}
