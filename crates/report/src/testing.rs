//! Reports for tests.

use footfall_ledger::jiff::Timestamp;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::{Count, Period};

use crate::Report;

/// `count` periods from `from` on, each with its own numbers.
pub(crate) fn counts(from: &str, count: u64, by: Period, zone: &str) -> Vec<Count> {
    let zone = TimeZone::get(zone).unwrap();
    let first = by.floor(from.parse().unwrap(), &zone);
    let starts = std::iter::successors(Some(first), |&start| Some(by.next(start, &zone)));
    starts.zip(0..count).map(|(start, n)| row(start, n, by, &zone)).collect()
}

/// A report called `door`.
pub(crate) fn report(counts: &Vec<Count>, by: Period) -> Report<'_> {
    Report {
        counts,
        by,
        title: "door".into(),
        names: crate::Names::default(),
        reasons: Vec::new(),
        gaps: Vec::new(),
        notes: Vec::new(),
    }
}

fn row(start: Timestamp, n: u64, by: Period, zone: &TimeZone) -> Count {
    let [from, to] = [start, by.next(start, zone)].map(|at| at.to_zoned_datetime(zone.clone()));
    Count {
        from,
        to,
        entered: 10 * n,
        entered_low: 9 * n,
        entered_high: 11 * n,
        entered_doubt: 0.5 * n as f64,
        left: n,
        left_low: n,
        left_high: n,
        occupancy: 9 * n,
        peak: 9 * n,
        came_unseen: n % 2,
        left_unseen: n % 3,
        visits: n,
        dwell: (n > 0).then_some(60.0 * n as f64),
        uncounted: 30.0 * n as f64,
        ..Count::default()
    }
}
