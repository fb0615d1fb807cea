//! Stays in zones, added up by period, each zone for itself.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use footfall_calendar::with_offset;
use jiff::ZonedDateTime;
use serde::Serialize;

use super::gapped::Gapped;
use super::periods::{Micros, Periods, seconds};
use super::{Choice, Query, Span};
use crate::beside::Marked;
use crate::error::Error;
use crate::quarters::{Part, Quarter, Spots, Stretch};
use crate::reader::{Range, Reader};
use crate::source::PlaceKind;

/// One zone in one period. A stay is written down when it is over: who is still there is not in it yet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ZoneCount {
    /// The zone.
    pub zone: String,
    /// Where the period begins.
    #[serde(serialize_with = "with_offset")]
    pub from: ZonedDateTime,
    /// Where it ends, which is where the next one begins.
    #[serde(serialize_with = "with_offset")]
    pub to: ZonedDateTime,
    /// Stays that began in this period.
    pub visits: u64,
    /// Their mean length, in seconds.
    pub dwell: Option<f64>,
    /// The longest of them, in seconds.
    pub longest: Option<f64>,
    /// People in the zone at the end.
    pub occupancy: u64,
    /// The most that were in it at once.
    pub peak: u64,
    /// Time in which at least one of the sources was not counted, in seconds.
    pub uncounted: f64,
}

/// Nobody stays longer than that, in microseconds: who is in a zone came at most so long before.
const LONGEST: i64 = 86_400_000_000;

impl Reader {
    /// Counts stays by period, as [`each_zone_count`](Self::each_zone_count) gives them.
    ///
    /// # Errors
    /// As [`each_zone_count`](Self::each_zone_count).
    pub fn zone_counts(&self, query: &Query) -> Result<Vec<ZoneCount>, Error> {
        let mut counts = Vec::new();
        self.each_zone_count(query, |count| {
            counts.push(count);
            Ok::<_, Error>(())
        })?;
        Ok(counts)
    }

    /// Gives stays by period one by one: one for each zone that was asked for in each, by time, then by name.
    /// However many there are, one is in memory at a time.
    ///
    /// # Errors
    /// As [`each_count`](Self::each_count).
    pub fn each_zone_count<E: From<Error>>(
        &self,
        query: &Query,
        mut take: impl FnMut(ZoneCount) -> Result<(), E>,
    ) -> Result<(), E> {
        self.as_of_one_moment(|| {
            let Some(whole) = self.extent(query)? else { return Ok(()) };
            let periods = Periods::new(query, whole)?;
            let mut names =
                if query.zones.is_empty() { self.places(PlaceKind::Zone)? } else { query.zones.clone() };
            names.sort();
            names.dedup();
            let mut spots = self.spots()?;
            let from = whole.from.as_microsecond().saturating_sub(LONGEST);
            let gapped = self.gaps_before(query, whole, from, &mut spots)?;
            let marks = self.marked(Range { from: Some(whole.from), to: Some(whole.to) }, &query.sources)?;
            let mut walk = Walk::new(query, &names, periods, gapped, marks);
            let mut give = |count| {
                self.still_wanted()?;
                take(count)
            };
            let scanned = Micros { from, to: whole.to.as_microsecond() };
            self.each_quarter(scanned, Part::STRETCHES, &mut spots, |quarter, spots| {
                walk.quarter(quarter, spots, scanned, &mut give)
            })?;
            walk.go_to(scanned.to, &mut give)
        })
    }
}

/// Where a walk through stays in order of time has come to.
struct Walk<'q> {
    query: &'q Query,
    zones: Vec<Zone>,
    of_zones: Choice<'q>,
    of_sources: Choice<'q>,
    /// Those behind the present one.
    periods: Periods<'q>,
    next: Option<Span>,
    /// `None` before the first one, and after the last one.
    present: Option<Span>,
    gapped: Gapped,
    marks: Marked,
}

/// A zone: when those who are in it leave, and the sums of the present period.
struct Zone {
    name: String,
    inside: BinaryHeap<Reverse<i64>>,
    sums: Sums,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sums {
    visits: u64,
    seconds: f64,
    longest: f64,
    peak: u64,
}

impl<'q> Walk<'q> {
    fn new(
        query: &'q Query,
        names: &'q [String],
        mut periods: Periods<'q>,
        gapped: Gapped,
        marks: Marked,
    ) -> Self {
        let zone =
            |name: &String| Zone { name: name.clone(), inside: BinaryHeap::new(), sums: Sums::default() };
        Self {
            query,
            zones: names.iter().map(zone).collect(),
            of_zones: Choice::each_of(names, &query.sources),
            of_sources: Choice::sum_of(&[], &query.sources),
            next: periods.next(),
            periods,
            present: None,
            gapped,
            marks,
        }
    }

    fn quarter<E>(
        &mut self,
        quarter: &Quarter,
        spots: &Spots,
        scanned: Micros,
        give: &mut impl FnMut(ZoneCount) -> Result<(), E>,
    ) -> Result<(), E> {
        for gap in &quarter.gaps {
            if self.of_sources.place(gap.spot, spots).is_some()
                && let Some(spot) = spots.get(gap.spot)
            {
                self.gapped.add(&spot.name, Micros { from: gap.from, to: gap.to });
            }
        }
        for visit in quarter.visits.iter().filter(|v| v.from >= scanned.from && v.from < scanned.to) {
            let Some(zone) = self.of_zones.place(visit.spot, spots) else { continue };
            let source = spots.get(visit.spot).map_or("", |spot| &spot.source_name);
            if self.marks.has(visit.from, source) {
                continue;
            }
            self.go_to(visit.from, give)?;
            let is_told = self.present.is_some();
            if let Some(zone) = self.zones.get_mut(zone) {
                zone.come(visit, is_told);
            }
        }
        Ok(())
    }

    /// Gives the periods that are over at `time`, and begins those that have begun.
    fn go_to<E>(&mut self, time: i64, give: &mut impl FnMut(ZoneCount) -> Result<(), E>) -> Result<(), E> {
        loop {
            if let Some(present) = self.present.take_if(|present| present.to.as_microsecond() <= time) {
                self.give(present, give)?;
            }
            if self.present.is_some() {
                return Ok(());
            }
            let has_begun = |next: &mut Span| next.from.as_microsecond() <= time;
            let Some(next) = self.next.take_if(has_begun) else { return Ok(()) };
            self.next = self.periods.next();
            self.present = Some(next);
            let from = next.from.as_microsecond();
            for zone in &mut self.zones {
                // Whoever leaves at the period's first moment was in it for that moment.
                zone.leave_before(from);
                zone.sums = Sums { peak: zone.inside.len() as u64, ..Sums::default() };
            }
        }
    }

    fn give<E>(&mut self, period: Span, give: &mut impl FnMut(ZoneCount) -> Result<(), E>) -> Result<(), E> {
        let uncounted = self.gapped.lost_in(period.into()).uncounted;
        let local = |time: jiff::Timestamp| time.to_zoned_datetime(self.query.zone.clone());
        for zone in &mut self.zones {
            zone.leave_before(period.to.as_microsecond());
            let Sums { visits, seconds, longest, peak } = zone.sums;
            give(ZoneCount {
                zone: zone.name.clone(),
                from: local(period.from),
                to: local(period.to),
                visits,
                dwell: (visits > 0).then(|| seconds / visits as f64),
                longest: (visits > 0).then_some(longest),
                occupancy: zone.inside.len() as u64,
                peak,
                uncounted,
            })?;
        }
        Ok(())
    }
}

impl Zone {
    fn leave_before(&mut self, time: i64) {
        while self.inside.peek().is_some_and(|Reverse(left)| *left < time) {
            self.inside.pop();
        }
    }

    /// `is_told`: the stay begins in a period that is asked for.
    fn come(&mut self, visit: &Stretch, is_told: bool) {
        // Whoever leaves makes room for whoever comes at the same moment.
        self.leave_before(visit.from.saturating_add(1));
        self.inside.push(Reverse(visit.to));
        if !is_told {
            return;
        }
        let seconds = seconds(visit.from, visit.to);
        self.sums.visits += 1;
        self.sums.seconds += seconds;
        self.sums.longest = self.sums.longest.max(seconds);
        self.sums.peak = self.sums.peak.max(self.inside.len() as u64);
    }
}
