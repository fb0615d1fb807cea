//! The periods of a range, one after the other, in microseconds since 1970-01-01 UTC.

use jiff::{SignedDuration, Timestamp};

use super::{Query, Span};
use crate::error::Error;

/// More periods than anybody reads: a year of minutes is half of it.
const MOST: i64 = 1_000_000;

/// A stretch of time in microseconds since 1970-01-01 UTC, without its last moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Micros {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Micros {
    /// How long it is within `other`, in seconds.
    pub(super) fn seconds_in(self, other: Self) -> f64 {
        seconds(self.from.max(other.from), self.to.min(other.to)).max(0.0)
    }
}

impl From<Span> for Micros {
    fn from(span: Span) -> Self {
        Self { from: span.from.as_microsecond(), to: span.to.as_microsecond() }
    }
}

/// Seconds between two moments in microseconds.
pub(super) fn seconds(from: i64, to: i64) -> f64 {
    SignedDuration::from_micros(to.saturating_sub(from)).as_secs_f64()
}

/// The periods of a range that begins and ends with one.
#[derive(Debug)]
pub(super) struct Periods<'q> {
    query: &'q Query,
    next: Timestamp,
    end: Timestamp,
}

impl<'q> Periods<'q> {
    /// # Errors
    /// When there are more than anybody reads.
    pub(super) fn new(query: &'q Query, whole: Span) -> Result<Self, Error> {
        let periods = || Self { query, next: whole.from, end: whole.to };
        // The shortest are those that a change of the clocks cuts; no zone has many of these.
        let least = whole.to.duration_since(whole.from).as_secs() / query.by.usual_seconds();
        if least > MOST / 2 && periods().nth(MOST as usize).is_some() {
            return Err(Error::TooLong { most: MOST as usize });
        }
        Ok(periods())
    }

    /// Where the last one ends.
    pub(super) fn end(&self) -> Timestamp {
        self.end
    }
}

impl Iterator for Periods<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        if self.next >= self.end {
            return None;
        }
        let from = self.next;
        self.next = self.query.by.next(from, &self.query.zone);
        Some(Span { from, to: self.next })
    }
}
