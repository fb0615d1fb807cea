//! Counting up what the ledger holds.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::nights::Nights;
use super::periods::{Micros, Periods};
use super::walk::{Knows, Walk};
use super::{Count, Span};
use crate::Period;
use crate::error::Error;
use crate::hours::SiteHours;
use crate::quarters::{Part, Telling};
use crate::reader::{Range, Reader};

/// What to count up, and how.
#[derive(Clone, Debug)]
pub struct Query {
    /// From when to when; by default all that there is. Both ends are widened to whole periods.
    pub range: Range,
    /// What to add up over.
    pub by: Period,
    /// Whose clock and calendar.
    pub zone: TimeZone,
    /// Lines by name; none: all that are in the totals, entrances.
    pub lines: Vec<String>,
    /// Sources by name; none: all.
    pub sources: Vec<String>,
    /// Zones by name, for visits and dwell; none: all.
    pub zones: Vec<String>,
    /// Whether each line is counted for itself.
    pub per_line: bool,
    /// Whether each source is counted for itself.
    pub per_source: bool,
    /// When the place is open: crossings outside of that are told apart.
    pub hours: SiteHours,
    /// A time of day at which nobody is inside: occupancy begins at zero there.
    pub reset: Option<Time>,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            range: Range::default(),
            by: Period::default(),
            zone: TimeZone::UTC,
            lines: Vec::new(),
            sources: Vec::new(),
            zones: Vec::new(),
            per_line: false,
            per_source: false,
            hours: SiteHours::default(),
            reset: Some(Time::constant(4, 0, 0, 0)),
        }
    }
}

impl Query {
    /// The time of `whole` of which it matters whether anybody counted: nobody counts after the last scene,
    /// and only those who ask for that time want to know.
    pub(crate) fn known(&self, whole: Span) -> Range {
        Range { from: Some(whole.from), to: self.range.to.map(|_| whole.to) }
    }
}

impl Reader {
    /// Counts by period, as [`each_count`](Self::each_count) gives them.
    ///
    /// # Errors
    /// As [`each_count`](Self::each_count).
    pub fn counts(&self, query: &Query) -> Result<Vec<Count>, Error> {
        let mut counts = Vec::new();
        self.each_count(query, |count| {
            counts.push(count);
            Ok::<_, Error>(())
        })?;
        Ok(counts)
    }

    /// Gives counts by period one by one: one for each period, those without anybody too, by time; with
    /// [`per_line`](Query::per_line) one for each line in it, by name, and with [`per_source`](Query::per_source)
    /// one for each source. Nothing where nothing was recorded.
    /// However many there are, one is in memory at a time.
    ///
    /// # Errors
    /// When the ledger cannot be read, the range has more than a million periods, or `take` fails.
    pub fn each_count<E: From<Error>>(
        &self,
        query: &Query,
        mut take: impl FnMut(Count) -> Result<(), E>,
    ) -> Result<(), E> {
        self.as_of_one_moment(|| {
            let Some(whole) = self.extent(query)? else { return Ok(()) };
            let periods = Periods::new(query, whole)?;
            let mut spots = self.spots()?;
            let rows = self.rows(query)?;
            let knows = Knows {
                visitors: self.tells(Telling::Comings, whole, &mut spots, rows.of_lines(query))?,
                groups: self.tells(Telling::Companies, whole, &mut spots, rows.of_lines(query))?,
                twice: self.has_twice(whole)?,
                uncountable: self.has_uncountable(&query.sources, &mut spots)?,
            };
            let nights = query.reset.map(|time| Nights::before(whole.from, time, &query.zone));
            let scanned = nights.as_ref().map_or(i64::MIN, |nights| nights.next().as_microsecond());
            let scanned = Micros { from: scanned, to: whole.to.as_microsecond() };
            let gapped = self.gaps_of_rows(query, &rows, whole, scanned.from, &mut spots)?;
            let beside = self.beside(query, whole)?;
            let mut walk = Walk::new(query, &rows, periods, nights, gapped, knows, beside);
            let mut give = |count| {
                self.still_wanted()?;
                take(count)
            };
            self.each_quarter(scanned, Part::ALL, &mut spots, |quarter, spots| {
                walk.quarter(quarter, spots, scanned.to, &mut give)
            })?;
            walk.finish(&mut give)
        })
    }

    /// How long it was not counted in the periods of [`counts`](Self::counts), by reason, as `stopped` or `dark`, in
    /// seconds, the longest first. Reasons of several sources may hold at the same time.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn uncounted_reasons(&self, query: &Query) -> Result<Vec<(String, f64)>, Error> {
        self.as_of_one_moment(|| {
            let Some(whole) = self.extent(query)? else { return Ok(Vec::new()) };
            self.lengths_of_gaps(query.known(whole), &query.sources)
        })
    }

    /// Whether any crossing in this time is counted at another camera.
    fn has_twice(&self, whole: Span) -> Result<bool, Error> {
        let sql = "SELECT EXISTS (SELECT 1 FROM event INDEXED BY crossing_twice
                   WHERE kind = 'crossing' AND twice AND utc >= ?1 AND utc < ?2)";
        let range = (whole.from.as_microsecond(), whole.to.as_microsecond());
        self.read(|connection| connection.query_row(sql, range, |row| row.get(0)))
    }

    /// From the first period's beginning to the last one's end.
    pub(crate) fn extent(&self, query: &Query) -> Result<Option<Span>, Error> {
        let (from, last) = match (query.range.from, query.range.to) {
            (Some(from), Some(to)) if self.has_any(&query.sources)? => (from, before(to)),
            (Some(_), Some(_)) => return Ok(None),
            (from, to) => {
                let Some(recorded) = self.recorded(&query.sources)? else { return Ok(None) };
                (from.unwrap_or(recorded.from), to.map_or(recorded.to, before))
            }
        };
        let from = query.by.floor(from, &query.zone);
        if last < from {
            return Ok(None);
        }
        let to = query.by.next(query.by.floor(last, &query.zone), &query.zone);
        Ok(Some(Span { from, to }))
    }
}

/// The last moment before `to`.
fn before(to: Timestamp) -> Timestamp {
    to.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(to)
}
