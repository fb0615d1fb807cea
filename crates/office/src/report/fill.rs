//! A row for each period, also for those in which nobody passed: who was inside, and for how long nobody counted.

use std::collections::BTreeMap;

use footfall_count::{CountInterval, Unsure};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use super::{Each, Gone, OfShop, ReportQuery, ReportRow, Sum};
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
            for gone in &shop.gone {
                keys.entry((gone.source.clone(), None)).or_default();
            }
        }
        let Some((first, last)) = extent(query, shop, now)? else { continue };
        for ((source, line), sums) in keys {
            let gone: Vec<_> = shop.gone.iter().filter(|gone| gone.source == source).collect();
            let walk = Walk { query, shop: &shop.shop, source, line, sums: &sums, gone: &gone };
            walk.rows(&first, &last, &mut rows)?;
        }
    }
    Ok(rows)
}

/// From when to when a shop has rows: the days that were asked for, as far as there is anything.
fn extent(
    query: &ReportQuery,
    shop: &OfShop,
    now: Timestamp,
) -> Result<Option<(ZonedDateTime, ZonedDateTime)>, OfficeError> {
    let zone = TimeZone::get(&shop.zone).unwrap_or(TimeZone::UTC);
    let starts = shop.sums.iter().map(|sum| sum.start).chain(shop.gone.iter().map(|gone| gone.from));
    let Some(first) = starts.min() else { return Ok(None) };
    // Whatever passed in the last period passed behind its beginning.
    let within = SignedDuration::from_secs(1);
    let ends = shop.sums.iter().map(|sum| sum.start + within).chain(shop.gone.iter().map(|gone| gone.to));
    let mut last = ends.max().unwrap_or(first).to_zoned_datetime(zone.clone());
    if let Some(to) = query.to {
        // All of the days that were asked for, up to now.
        let end = to
            .tomorrow()
            .and_then(|day| day.to_zoned_datetime(zone.clone()))
            .map_err(|error| wrong(&error))?;
        last = end.min(now.to_zoned_datetime(zone.clone())).max(last);
    }
    let from = query
        .from
        .map(|from| from.to_zoned_datetime(zone.clone()))
        .transpose()
        .map_err(|error| wrong(&error))?;
    let first = from.unwrap_or_else(|| first.to_zoned_datetime(zone));
    Ok(Some((query.by.floor(&first).map_err(|error| wrong(&error))?, last)))
}

/// The rows of one key, period by period.
struct Walk<'a> {
    query: &'a ReportQuery,
    shop: &'a str,
    source: Option<String>,
    line: Option<String>,
    sums: &'a [&'a Sum],
    gone: &'a [&'a Gone],
}

impl Walk<'_> {
    fn rows(
        &self,
        first: &ZonedDateTime,
        last: &ZonedDateTime,
        rows: &mut Vec<ReportRow>,
    ) -> Result<(), OfficeError> {
        let (mut start, mut inside, mut sums) = (first.clone(), 0, self.sums.iter().peekable());
        loop {
            let next = self.query.by.next(&start).map_err(|error| wrong(&error))?;
            let mut row = self.empty(start.clone(), next.clone());
            row.left_unseen =
                if start == start.start_of_day().map_err(|error| wrong(&error))? { inside } else { 0 };
            // Whoever is inside at midnight has left unseen; within a longer period only its last day counts on.
            inside -= row.left_unseen;
            (row.inside, row.peak) = (inside, inside);
            if let Some(sum) = sums.next_if(|sum| sum.start < next.timestamp()) {
                row.take(sum);
                inside = sum.inside;
            }
            row.uncounted = self.gone.iter().map(|gone| seconds_of(gone, &row)).sum();
            rows.push(row);
            if rows.len() > MOST {
                return Err(OfficeError::Report(format!(
                    "there are more than {MOST} rows: ask for fewer days, for one shop, or by day"
                )));
            }
            if next >= *last {
                return Ok(());
            }
            start = next;
        }
    }

    fn empty(&self, from: ZonedDateTime, to: ZonedDateTime) -> ReportRow {
        ReportRow {
            shop: self.shop.to_owned(),
            source: self.source.clone(),
            line: self.line.clone(),
            from,
            to,
            entered: 0,
            entered_low: 0,
            entered_high: 0,
            entered_doubt: 0.0,
            entered_hidden: 0.0,
            left: 0,
            left_low: 0,
            left_high: 0,
            left_doubt: 0.0,
            left_hidden: 0.0,
            inside: 0,
            peak: 0,
            came_unseen: 0,
            left_unseen: 0,
            staff: 0,
            twice: 0,
            uncounted: 0.0,
        }
    }
}

impl ReportRow {
    fn take(&mut self, sum: &Sum) {
        let of = |count, none, hidden| CountInterval::of(count, Unsure { none, hidden });
        let (entered, left) = (
            of(sum.entered, sum.entered_doubt, sum.entered_hidden),
            of(sum.left, sum.left_doubt, sum.left_hidden),
        );
        (self.entered, self.entered_low, self.entered_high) = (sum.entered, entered.low, entered.high);
        (self.left, self.left_low, self.left_high) = (sum.left, left.low, left.high);
        (self.entered_doubt, self.entered_hidden) = (sum.entered_doubt, sum.entered_hidden);
        (self.left_doubt, self.left_hidden) = (sum.left_doubt, sum.left_hidden);
        (self.staff, self.twice) = (sum.staff, sum.twice);
        (self.inside, self.peak) = (sum.inside, self.peak.max(sum.peak));
        self.came_unseen = sum.came_unseen;
    }
}

/// As much of a span as is in a row's period.
fn seconds_of(gone: &Gone, row: &ReportRow) -> f64 {
    let (from, to) = (gone.from.max(row.from.timestamp()), gone.to.min(row.to.timestamp()));
    if to > from { to.duration_since(from).as_secs_f64() } else { 0.0 }
}

fn wrong(error: &jiff::Error) -> OfficeError {
    OfficeError::Report(format!("its days cannot be told: {error}"))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
