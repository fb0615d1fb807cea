//! Stays in zones, added up by period, each zone for itself.

use std::collections::BTreeMap;

use jiff::{Timestamp, ZonedDateTime};
use serde::Serialize;

use super::query::with_offset;
use super::{Query, Span};
use crate::error::Error;
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

/// A stay of somebody in a zone.
pub(crate) struct Stay {
    pub(crate) zone: String,
    pub(crate) span: Span,
}

impl Reader {
    /// Counts stays by period: one row for each zone that was asked for in each, by time, then by name.
    ///
    /// # Errors
    /// As [`counts`](Self::counts).
    pub fn zone_counts(&self, query: &Query) -> Result<Vec<ZoneCount>, Error> {
        let Some(whole) = self.extent(query)? else { return Ok(Vec::new()) };
        let periods = query.periods(whole)?;
        let names = if query.zones.is_empty() { self.places(PlaceKind::Zone)? } else { query.zones.clone() };
        let mut zones: BTreeMap<String, Vec<Span>> =
            names.into_iter().map(|name| (name, Vec::new())).collect();
        let range = Range { from: Some(whole.from), to: Some(whole.to) };
        self.each_visit(range, query, |stay| {
            if let Some(spans) = zones.get_mut(&stay.zone) {
                spans.push(stay.span);
            }
        })?;
        let uncounted = self.uncounted(query.known(whole), &query.sources)?;
        let tallied: Vec<_> = zones.values().map(|spans| tally(spans, &periods)).collect();
        let mut counts = Vec::with_capacity(zones.len() * periods.len());
        let mut next = 0;
        for (index, &period) in periods.iter().enumerate() {
            next += uncounted[next..].iter().take_while(|span| span.to <= period.from).count();
            let here = uncounted[next..].iter().take_while(|span| span.from < period.to);
            let seconds = here.map(|span| span.seconds_in(period)).fold(0.0, |sum, seconds| sum + seconds);
            for (zone, tallied) in zones.keys().zip(&tallied) {
                counts.push(tallied[index].count(zone, period, query, seconds));
            }
        }
        Ok(counts)
    }
}

/// One zone's sums in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Tallied {
    visits: u64,
    seconds: f64,
    longest: f64,
    occupancy: u64,
    peak: u64,
}

impl Tallied {
    fn count(self, zone: &str, period: Span, query: &Query, uncounted: f64) -> ZoneCount {
        let Self { visits, seconds, longest, occupancy, peak } = self;
        let local = |time: Timestamp| time.to_zoned_datetime(query.zone.clone());
        ZoneCount {
            zone: zone.to_owned(),
            from: local(period.from),
            to: local(period.to),
            visits,
            dwell: (visits > 0).then(|| seconds / visits as f64),
            longest: (visits > 0).then_some(longest),
            occupancy,
            peak,
            uncounted,
        }
    }
}

/// What `stays` in one zone come to in each of `periods`, which follow each other.
fn tally(stays: &[Span], periods: &[Span]) -> Vec<Tallied> {
    // Whoever leaves makes room for whoever comes at the same moment.
    let ends = stays.iter().flat_map(|stay| [(stay.from, true), (stay.to, false)]);
    let mut changes: Vec<_> = ends.collect();
    changes.sort_unstable();
    let mut changes = changes.into_iter().peekable();
    let mut inside = 0_u64;
    let mut tallied = Vec::with_capacity(periods.len());
    for period in periods {
        let mut sums = Tallied { peak: inside, ..Tallied::default() };
        while let Some((at, comes)) = changes.next_if(|&(at, _)| at < period.to) {
            inside = if comes { inside + 1 } else { inside.saturating_sub(1) };
            if at < period.from {
                sums.peak = inside;
            } else {
                sums.peak = sums.peak.max(inside);
            }
        }
        sums.occupancy = inside;
        tallied.push(sums);
    }
    for stay in stays {
        let index = periods.partition_point(|period| period.from <= stay.from).checked_sub(1);
        if let Some(sums) = index.and_then(|index| tallied.get_mut(index)) {
            let seconds = stay.to.duration_since(stay.from).as_secs_f64();
            sums.visits += 1;
            sums.seconds += seconds;
            sums.longest = sums.longest.max(seconds);
        }
    }
    tallied
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::tally;
    use crate::Span;

    fn span(from: i64, to: i64) -> Span {
        let at = |second| Timestamp::from_second(second).unwrap();
        Span { from: at(from), to: at(to) }
    }

    proptest! {
        /// Half-second by half-second, so that no change falls on a look.
        #[test]
        fn who_is_in_a_zone_is_who_has_come_and_not_left(
            stays in prop::collection::vec((-20_i64..60, 1_i64..30), 0..12)
        ) {
            let stays: Vec<_> = stays.into_iter().map(|(from, long)| span(from, from + long)).collect();
            let periods: Vec<_> = (0..6).map(|n| span(10 * n, 10 * n + 10)).collect();
            let tallied = tally(&stays, &periods);
            let inside = |second: i64| {
                let look = Timestamp::from_millisecond(1000 * second + 500).unwrap();
                stays.iter().filter(|s| s.from < look && look < s.to).count() as u64
            };
            for (n, sums) in (0_i64..).zip(&tallied) {
                let began: Vec<_> = stays.iter().filter(|s| s.from.as_second().div_euclid(10) == n).collect();
                prop_assert_eq!(sums.visits, began.len() as u64);
                let longest = began.iter().map(|s| s.to.as_second() - s.from.as_second()).max().unwrap_or(0);
                prop_assert_eq!(sums.longest, longest as f64);
                prop_assert_eq!(sums.occupancy, inside(10 * n + 9));
                let most = (10 * n..10 * n + 10).map(inside).max().unwrap();
                // Whoever leaves at the period's first moment was in it for that moment.
                prop_assert!(sums.peak == most || sums.peak == inside(10 * n - 1));
            }
        }
    }
}
