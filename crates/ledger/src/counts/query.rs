//! Counting up what the ledger holds.

use footfall_count::Direction;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};
use serde::{Serialize, Serializer};

use super::nights::Nights;
use super::sums::Sums;
use super::{Period, Span};
use crate::error::Error;
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
    /// Lines by name; none: all.
    pub lines: Vec<String>,
    /// Sources by name; none: all.
    pub sources: Vec<String>,
    /// Zones by name, for visits and dwell; none: all.
    pub zones: Vec<String>,
    /// Whether each line is counted for itself.
    pub per_line: bool,
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
            reset: Some(Time::constant(4, 0, 0, 0)),
        }
    }
}

/// One period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Count {
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
    /// The true number lies between these with a probability of 95%, by the crossings' confidence.
    #[serde(rename = "in_low")]
    pub entered_low: u64,
    /// See [`entered_low`](Self::entered_low).
    #[serde(rename = "in_high")]
    pub entered_high: u64,
    /// How many of them are expected to be none: the sum of what each one's confidence lacks to 1.
    #[serde(rename = "in_doubt")]
    pub entered_doubt: f64,
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
    /// Stays in zones that began in this period.
    pub visits: u64,
    /// Their mean length, in seconds.
    pub dwell: Option<f64>,
    /// Time in which at least one of the sources was not counted, in seconds.
    pub uncounted: f64,
}

pub(super) fn with_offset<S: Serializer>(time: &ZonedDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.strftime("%Y-%m-%dT%H:%M:%S%:z"))
}

/// More periods than anybody reads: a year of minutes is half of it.
const MOST: usize = 1_000_000;

impl Query {
    /// The periods of a range that begins and ends with one.
    pub(super) fn periods(&self, whole: Span) -> Result<Vec<Span>, Error> {
        let mut periods = Vec::new();
        let mut from = whole.from;
        while from < whole.to {
            if periods.len() == MOST {
                return Err(Error::TooLong { most: MOST });
            }
            let to = self.by.next(from, &self.zone);
            periods.push(Span { from, to });
            from = to;
        }
        Ok(periods)
    }

    /// The time of `whole` of which it matters whether anybody counted: nobody counts after the last scene,
    /// and only those who ask for that time want to know.
    pub(super) fn known(&self, whole: Span) -> Range {
        Range { from: Some(whole.from), to: self.range.to.map(|_| whole.to) }
    }
}

impl Reader {
    /// Counts by period: one row for each, those without anybody too, by time; with
    /// [`per_line`](Query::per_line) one for each line in it, by name. Nothing where nothing was recorded.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the range has more than a million periods.
    pub fn counts(&self, query: &Query) -> Result<Vec<Count>, Error> {
        let Some(whole) = self.extent(query)? else { return Ok(Vec::new()) };
        let periods = query.periods(whole)?;
        let mut sums = Sums::new(query, periods, self.chosen_lines(query)?);
        let scanned = Range { from: sums.nights.as_ref().map(Nights::next), to: Some(whole.to) };
        self.each_passage(scanned, query, |passage| sums.pass(&passage))?;
        let range = Range { from: Some(whole.from), to: Some(whole.to) };
        self.each_visit(range, query, |stay| sums.visit(stay.span))?;
        let uncounted = self.uncounted(query.known(whole), &query.sources)?;
        Ok(sums.finish(&uncounted))
    }

    /// How long it was not counted in the periods of [`counts`](Self::counts), by reason, as `stopped` or `dark`, in
    /// seconds, the longest first. Reasons of several sources may hold at the same time.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn uncounted_reasons(&self, query: &Query) -> Result<Vec<(String, f64)>, Error> {
        let Some(whole) = self.extent(query)? else { return Ok(Vec::new()) };
        self.lengths_of_gaps(query.known(whole), &query.sources)
    }

    /// From the first period's beginning to the last one's end.
    pub(super) fn extent(&self, query: &Query) -> Result<Option<Span>, Error> {
        let Some(recorded) = self.recorded(&query.sources)? else { return Ok(None) };
        let from = query.by.floor(query.range.from.unwrap_or(recorded.from), &query.zone);
        let last = match query.range.to {
            Some(to) => to.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(to),
            None => recorded.to,
        };
        if last < from {
            return Ok(None);
        }
        let to = query.by.next(query.by.floor(last, &query.zone), &query.zone);
        Ok(Some(Span { from, to }))
    }

    fn chosen_lines(&self, query: &Query) -> Result<Vec<Option<String>>, Error> {
        if !query.per_line {
            return Ok(vec![None]);
        }
        let names =
            if query.lines.is_empty() { self.names(crate::Kind::Crossing)? } else { query.lines.clone() };
        let mut names: Vec<_> = names.into_iter().map(Some).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }
}

/// One crossing, as far as it counts.
pub(crate) struct Passage {
    pub(crate) at: Timestamp,
    pub(crate) line: String,
    pub(crate) direction: Direction,
    /// How likely it was one, 0 to 1.
    pub(crate) confidence: f64,
    /// Which coming of this visitor it was, from 1, where visitors were told apart.
    pub(crate) coming: Option<u64>,
    /// Whether it was somebody who works there.
    pub(crate) is_staff: bool,
}
