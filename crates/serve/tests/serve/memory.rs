//! A book in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use footfall_count::{Direction, Site};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{RoundMode, Timestamp, Unit, ZonedDateTimeRound};

use footfall_serve::{Book, Bucket, Counts, CountsQuery, Entry, Period, PortError, Total, Waiting};

/// Crossings in memory.
#[derive(Debug)]
pub(crate) struct MemoryBook {
    zone: TimeZone,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: Vec<Entry>,
    cursors: BTreeMap<String, u64>,
    head: u64,
}

impl MemoryBook {
    /// An empty book whose days end at midnight in `zone`.
    pub(crate) fn new(zone: TimeZone) -> Self {
        Self { zone, kept: Mutex::default() }
    }

    /// Adds a crossing; its sequence is given here.
    pub(crate) fn add(&self, mut entry: Entry) {
        let mut kept = self.kept();
        kept.head += 1;
        entry.sequence = kept.head;
        kept.entries.push(entry);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn select(&self, limit: usize, wanted: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        self.kept().entries.iter().filter(|e| wanted(e)).take(limit).cloned().collect()
    }
}

impl Book for MemoryBook {
    fn head(&self) -> Result<u64, PortError> {
        Ok(self.kept().head)
    }

    fn after(&self, cursor: u64, limit: usize) -> Result<Vec<Entry>, PortError> {
        Ok(self.select(limit, |e| e.sequence > cursor))
    }

    fn last(&self, limit: usize) -> Result<Vec<Entry>, PortError> {
        let kept = self.kept();
        let surplus = kept.entries.len().saturating_sub(limit);
        Ok(kept.entries.iter().skip(surplus).cloned().collect())
    }

    fn places(&self, _: Timestamp, _: Timestamp, _: &Waiting) -> Result<Option<(u64, u64)>, PortError> {
        let head = self.kept().head;
        Ok((head > 0).then_some((1, head)))
    }

    fn between(
        &self,
        (from, to): (Timestamp, Timestamp),
        cursor: u64,
        last: u64,
        limit: usize,
        _: &Waiting,
    ) -> Result<Vec<Entry>, PortError> {
        let is_behind = |e: &Entry| e.sequence > cursor && e.sequence <= last;
        Ok(self.select(limit, |e| is_behind(e) && from <= e.at && e.at < to))
    }

    fn counts(&self, query: &CountsQuery, limit: usize, _: &Waiting) -> Result<Counts, PortError> {
        let is = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|w| w == name);
        let mut sums = BTreeMap::<_, (u64, u64)>::new();
        for entry in &self.kept().entries {
            let inside = query.from <= entry.at && entry.at < query.to;
            if inside && is(&query.source, &entry.source) && is(&query.line, &entry.line) {
                let start = start_of(entry.at, query.by, &self.zone)?;
                let sum = sums.entry((start, entry.source.clone(), entry.line.clone())).or_default();
                match entry.direction {
                    Direction::In => sum.0 += 1,
                    Direction::Out => sum.1 += 1,
                }
            }
        }
        let bucket = |((start, source, line), (entered, left))| Bucket { start, source, line, entered, left };
        let mut buckets: Vec<_> = sums.into_iter().map(bucket).collect();
        let mut next = None;
        if buckets.len() > limit {
            let last = buckets[limit - 1].start;
            let end = buckets.iter().position(|bucket| bucket.start > last).unwrap_or(buckets.len());
            next = buckets.get(end).map(|bucket| bucket.start);
            buckets.truncate(end);
        }
        Ok(Counts { buckets, next })
    }

    fn occupancy(&self, at: Timestamp) -> Result<u64, PortError> {
        let mut site = Site::default();
        for entry in self.kept().entries.iter().filter(|e| e.at < at) {
            site.add(entry.direction);
        }
        Ok(site.inside)
    }

    fn changes(&self) -> Result<u64, PortError> {
        self.head()
    }

    fn totals(&self) -> Result<(u64, Vec<Total>), PortError> {
        let kept = self.kept();
        let mut sums = BTreeMap::<_, (u64, u64)>::new();
        for entry in &kept.entries {
            let sum = sums.entry((entry.source.clone(), entry.line.clone())).or_default();
            match entry.direction {
                Direction::In => sum.0 += 1,
                Direction::Out => sum.1 += 1,
            }
        }
        let total = |((source, line), (entered, left))| Total { source, line, entered, left };
        Ok((kept.head, sums.into_iter().map(total).collect()))
    }

    fn cursor(&self, reader: &str) -> Result<u64, PortError> {
        Ok(self.kept().cursors.get(reader).copied().unwrap_or(0))
    }

    fn advance(&self, reader: &str, cursor: u64) -> Result<(), PortError> {
        self.kept().cursors.insert(reader.to_owned(), cursor);
        Ok(())
    }

    fn now(&self) -> Result<Timestamp, PortError> {
        Ok(Timestamp::now())
    }

    fn zone(&self) -> TimeZone {
        self.zone.clone()
    }
}

/// The start of the period that `at` falls into, by the clock on the wall in `zone`.
fn start_of(at: Timestamp, by: Period, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
    let local = at.to_zoned_datetime(zone.clone());
    let down_to = |unit| ZonedDateTimeRound::new().smallest(unit).mode(RoundMode::Trunc);
    let start = match by {
        Period::Minute => local.round(down_to(Unit::Minute))?,
        Period::Hour => local.round(down_to(Unit::Hour))?,
        Period::Day => local.start_of_day()?,
        Period::Week if local.weekday() == Weekday::Monday => local.start_of_day()?,
        Period::Week => local.nth_weekday(-1, Weekday::Monday)?.start_of_day()?,
    };
    Ok(start.timestamp())
}
