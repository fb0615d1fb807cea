//! Counting up what the ledger holds.

use footfall_count::Unsure;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};
use serde::{Serialize, Serializer};

use super::nights::Nights;
use super::periods::{Micros, Periods};
use super::walk::{Knows, Walk};
use super::{Before, Period, Span};
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

/// One period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Count {
    /// The source, where each is counted for itself, or lines of one name at several are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The line, where each is counted for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// Where it begins.
    #[serde(serialize_with = "with_offset")]
    pub from: ZonedDateTime,
    /// Where it ends, which is where the next one begins.
    #[serde(serialize_with = "with_offset")]
    pub to: ZonedDateTime,
    /// Crossings with direction `in`.
    #[serde(rename = "in")]
    pub entered: u64,
    /// The true number lies between these with a probability of 95%, by the crossings' confidence and by how well people
    /// were followed: [`CountInterval::of`](footfall_count::CountInterval::of).
    #[serde(rename = "in_low")]
    pub entered_low: u64,
    /// See [`entered_low`](Self::entered_low).
    #[serde(rename = "in_high")]
    pub entered_high: u64,
    /// How many of them are expected to be none: the sum of what each one's confidence lacks to 1.
    #[serde(rename = "in_doubt")]
    pub entered_doubt: f64,
    /// How many people are expected to have been missed, besides those who were counted.
    #[serde(rename = "in_hidden")]
    pub entered_hidden: f64,
    /// Crossings with direction `out`.
    #[serde(rename = "out")]
    pub left: u64,
    /// See [`entered_low`](Self::entered_low).
    #[serde(rename = "out_low")]
    pub left_low: u64,
    /// See [`entered_low`](Self::entered_low).
    #[serde(rename = "out_high")]
    pub left_high: u64,
    /// See [`entered_doubt`](Self::entered_doubt).
    #[serde(rename = "out_doubt")]
    pub left_doubt: f64,
    /// See [`entered_hidden`](Self::entered_hidden).
    #[serde(rename = "out_hidden")]
    pub left_hidden: f64,
    /// People inside at the end, by all lines that were asked for. Never below zero.
    pub occupancy: u64,
    /// The most that were inside at once.
    pub peak: u64,
    /// Drift that was corrected: people who left and had not been seen to come.
    pub came_unseen: u64,
    /// Drift that was corrected: people who were still inside at the nightly reset.
    pub left_unseen: u64,
    /// Different visitors among those who came in, as far as the runs told them apart: those who had not
    /// come within the window before. None where no run did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visitors: Option<u64>,
    /// Those who came in and had come within the window before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again: Option<u64>,
    /// Crossings, in and out, of people who work there. They are in none of the other numbers.
    pub staff: u64,
    /// Crossings, in and out, that another camera has seen too and that are counted there. They are in none of the other
    /// numbers. None where no camera has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twice: Option<u64>,
    /// Groups of people who came in together, whoever came alone being one; none where nobody told groups apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<u64>,
    /// How many people these were on average; none where there was no group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_size: Option<f64>,
    /// Stays in zones that began in this period; none where each line is counted for itself.
    pub visits: u64,
    /// Their mean length, in seconds.
    pub dwell: Option<f64>,
    /// Time in which at least one of the sources was not counted, in seconds.
    pub uncounted: f64,
    /// As much of [`uncounted`](Self::uncounted) in which pictures came that nobody could count in: too few of them, or
    /// people too small or not to be followed. None where that never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncountable: Option<f64>,
    /// Those of [`entered`](Self::entered) who came outside of the opening hours. None where nobody has said
    /// when it is open; and so on for all that follows.
    #[serde(rename = "in_outside", skip_serializing_if = "Option::is_none")]
    pub entered_outside: Option<u64>,
    /// Those of [`left`](Self::left) who left outside of the opening hours.
    #[serde(rename = "out_outside", skip_serializing_if = "Option::is_none")]
    pub left_outside: Option<u64>,
    /// Crossings in time that somebody has marked as not counted. They are in none of the other numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marked: Option<u64>,
    /// What the till has sold, where lines and sources are added up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transactions: Option<u64>,
    /// What was paid for it, in the till's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<f64>,
    /// Transactions for each of those who came in; none where nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion: Option<f64>,
    /// The same in an earlier period, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
}

impl Count {
    /// How far those with direction `in` are in doubt.
    #[must_use]
    pub fn entered_unsure(&self) -> Unsure {
        Unsure { none: self.entered_doubt, hidden: self.entered_hidden }
    }

    /// How far those with direction `out` are in doubt.
    #[must_use]
    pub fn left_unsure(&self) -> Unsure {
        Unsure { none: self.left_doubt, hidden: self.left_hidden }
    }
}

pub(super) fn with_offset<S: Serializer>(time: &ZonedDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.strftime("%Y-%m-%dT%H:%M:%S%:z"))
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
