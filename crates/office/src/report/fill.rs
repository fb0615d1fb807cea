//! A row for each period, also for those in which nobody passed: who was inside, and for how long nobody counted.

use std::collections::BTreeMap;

use footfall_calendar::Period;
use footfall_count::{CountInterval, Unsure};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Each, Gone, OfShop, ReportQuery, ReportRow, Stays, Sum};
use crate::OfficeError;

/// More rows than this nobody reads, and no spreadsheet takes many more.
const MOST: usize = 500_000;

/// The source and the line that rows are of.
type Key = (Option<String>, Option<String>);

/// All rows: by shop, by source and line, by time. Nothing lies behind `now`.
pub(super) fn rows(
    query: &ReportQuery,
    shops: &[OfShop],
    now: Timestamp,
) -> Result<Vec<ReportRow>, OfficeError> {
    let mut rows = Vec::new();
    for shop in shops {
        let mut keys: BTreeMap<Key, Vec<&Sum>> = BTreeMap::new();
        for sum in &shop.sums {
            keys.entry((sum.source.clone(), sum.line.clone())).or_default().push(sum);
        }
        // Where nobody counted at all there may be no sums, and is a row all the same.
        if query.each != Each::Line {
            let sources = shop.gone.iter().map(|gone| &gone.source);
            for source in sources.chain(shop.stays.iter().map(|stays| &stays.source)) {
                keys.entry((source.clone(), None)).or_default();
            }
        }
        let zone = TimeZone::get(&shop.zone).unwrap_or(TimeZone::UTC);
        let Some((first, last)) = extent(query, shop, &zone, now)? else { continue };
        for ((source, line), sums) in keys {
            let gone: Vec<_> = shop.gone.iter().filter(|gone| gone.source == source).collect();
            let stays: Vec<_> = shop.stays.iter().filter(|stays| stays.source == source).collect();
            let (by, name) = (query.by, &*shop.shop);
            let walk =
                Walk { by, zone: &zone, shop: name, source, line, sums: &sums, stays: &stays, gone: &gone };
            walk.rows(first, last, &mut rows)?;
        }
    }
    Ok(rows)
}

/// From when to when a shop has rows: the days that were asked for, as far as there is anything.
fn extent(
    query: &ReportQuery,
    shop: &OfShop,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Option<(Timestamp, Timestamp)>, OfficeError> {
    let midnight = |day: Date| {
        let start = day.to_zoned_datetime(zone.clone()).map(|start| start.timestamp());
        start.map_err(|error| OfficeError::Report(format!("its days cannot be told: {error}")))
    };
    let begun = || shop.sums.iter().map(|sum| sum.start).chain(shop.stays.iter().map(|stays| stays.start));
    let Some(first) = begun().chain(shop.gone.iter().map(|gone| gone.from)).min() else { return Ok(None) };
    // Whatever passed in the last period passed behind its beginning.
    let within = SignedDuration::from_secs(1);
    let ends = begun().map(|start| start + within).chain(shop.gone.iter().map(|gone| gone.to));
    let mut last = ends.max().unwrap_or(first);
    if let Some(to) = query.to {
        // All of the days that were asked for, up to now.
        last = midnight(to.tomorrow().unwrap_or(Date::MAX))?.min(now).max(last);
    }
    let first = query.from.map(midnight).transpose()?.unwrap_or(first);
    Ok(Some((query.by.floor(first, zone), last)))
}

/// The rows of one key, period by period.
struct Walk<'a> {
    by: Period,
    zone: &'a TimeZone,
    shop: &'a str,
    source: Option<String>,
    line: Option<String>,
    sums: &'a [&'a Sum],
    stays: &'a [&'a Stays],
    gone: &'a [&'a Gone],
}

impl Walk<'_> {
    fn rows(&self, first: Timestamp, last: Timestamp, rows: &mut Vec<ReportRow>) -> Result<(), OfficeError> {
        let (mut start, mut inside) = (first, 0);
        let (mut sums, mut stays) = (self.sums.iter().peekable(), self.stays.iter().peekable());
        loop {
            let next = self.by.next(start, self.zone);
            let mut row = self.empty(start, next);
            row.left_unseen = if start == Period::Day.floor(start, self.zone) { inside } else { 0 };
            // Whoever is inside at midnight has left unseen; within a longer period only its last day counts on.
            inside -= row.left_unseen;
            (row.inside, row.peak) = (inside, inside);
            // The database begins some hours elsewhere where clocks are set by half of one: nobody gets lost by that.
            while let Some(sum) = sums.next_if(|sum| sum.start < next) {
                row.take(sum);
                inside = sum.inside;
            }
            let mut seconds = 0.0;
            while let Some(stays) = stays.next_if(|stays| stays.start < next) {
                row.visits += stays.visits;
                seconds += stays.seconds;
            }
            row.dwell = (row.visits > 0).then(|| seconds / row.visits as f64);
            row.uncounted = self.gone.iter().map(|gone| seconds_of(gone, &row)).sum();
            rows.push(row);
            if rows.len() > MOST {
                return Err(OfficeError::Report(format!(
                    "there are more than {MOST} rows: ask for fewer days, for one shop, or by day"
                )));
            }
            if next >= last {
                return Ok(());
            }
            start = next;
        }
    }

    fn empty(&self, from: Timestamp, to: Timestamp) -> ReportRow {
        let local = |at: Timestamp| at.to_zoned_datetime(self.zone.clone());
        ReportRow {
            shop: self.shop.to_owned(),
            source: self.source.clone(),
            line: self.line.clone(),
            from: local(from),
            to: local(to),
            ..ReportRow::default()
        }
    }
}

impl ReportRow {
    /// Adds what passed later in the same period.
    fn take(&mut self, sum: &Sum) {
        self.entered += sum.entered;
        self.entered_doubt += sum.entered_doubt;
        self.entered_hidden += sum.entered_hidden;
        self.left += sum.left;
        self.left_doubt += sum.left_doubt;
        self.left_hidden += sum.left_hidden;
        let of = |count, none, hidden| CountInterval::of(count, Unsure { none, hidden });
        let (entered, left) = (
            of(self.entered, self.entered_doubt, self.entered_hidden),
            of(self.left, self.left_doubt, self.left_hidden),
        );
        (self.entered_low, self.entered_high) = (entered.low, entered.high);
        (self.left_low, self.left_high) = (left.low, left.high);
        self.staff += sum.staff;
        self.twice += sum.twice;
        self.came_unseen += sum.came_unseen;
        (self.inside, self.peak) = (sum.inside, self.peak.max(sum.peak));
    }
}

/// As much of a span as is in a row's period.
fn seconds_of(gone: &Gone, row: &ReportRow) -> f64 {
    let (from, to) = (gone.from.max(row.from.timestamp()), gone.to.min(row.to.timestamp()));
    if to > from { to.duration_since(from).as_secs_f64() } else { 0.0 }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
