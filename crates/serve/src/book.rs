//! The port to the ledger: every crossing once, in order.

use footfall_calendar::Period;
use footfall_count::{Direction, Doubt, Role};
use jiff::Timestamp;

use crate::{Mark, NewMark, NewSale, Opening, Pages, PeriodSum, Report, ReportQuery, Sold, Waiting, ZoneSum};

/// An adapter's own error, with its source kept.
pub type PortError = Box<dyn std::error::Error + Send + Sync>;

/// A crossing as the ledger keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its place in the ledger, from 1: later crossings have greater ones.
    pub sequence: u64,
    /// Its identity, the same in every telling: a receiver drops repeats by it.
    pub identity: String,
    /// When the line was passed.
    pub at: Timestamp,
    /// The source's name.
    pub source: String,
    /// The line's name.
    pub line: String,
    /// Which way.
    pub direction: Direction,
    /// The track's number in its run.
    pub track: u64,
    /// The frame's number in its run, from 1.
    pub frame: u64,
    /// Seconds since the source's start.
    pub time: f64,
    /// How likely it is that somebody truly passed, 0 to 1, where that is known.
    pub confidence: Option<f64>,
    /// What the confidence rests on: names as [`footfall_count::Reason::as_str`] has them.
    pub reasons: Vec<String>,
}

/// Which counts are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct CountsQuery {
    /// Crossings from here,
    pub from: Timestamp,
    /// and before this.
    pub to: Timestamp,
    /// How they are summed up.
    pub by: Period,
    /// Of one source alone, by name.
    pub source: Option<String>,
    /// Of one line alone, by name.
    pub line: Option<String>,
}

/// One line's counts in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Bucket {
    /// The period's start.
    pub start: Timestamp,
    /// The source's name.
    pub source: String,
    /// The line's name.
    pub line: String,
    /// Crossings with direction `in`.
    pub entered: u64,
    /// Crossings with direction `out`.
    pub left: u64,
    /// What the line is for.
    pub role: Role,
    /// Whether it is in the totals: an inner line is not, nor may one be that was removed.
    pub in_total: bool,
    /// How many of them are expected to be none.
    pub doubt: Doubt,
}

/// Counts over a range, or over its beginning.
#[derive(Clone, Debug, PartialEq)]
pub struct Counts {
    /// By start, source and line; periods without a crossing are left out.
    pub buckets: Vec<Bucket>,
    /// The start of the first period that is not in it, where there are more than were wanted.
    pub next: Option<Timestamp>,
}

/// One line's counts over all time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// The source's name.
    pub source: String,
    /// The line's name.
    pub line: String,
    /// Crossings with direction `in`.
    pub entered: u64,
    /// Crossings with direction `out`.
    pub left: u64,
}

/// Whose a publisher's place in the ledger is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// This program's, until it ends.
    Ours {
        /// The last entry that is done with; 0 before the first.
        position: u64,
    },
    /// Another program's.
    Held {
        /// Which: `process 1234`.
        holder: String,
    },
}

/// One zone's visits over a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitCount {
    /// The source's name.
    pub source: String,
    /// The zone's name.
    pub zone: String,
    /// Visits that are over and began in the range.
    pub visits: u64,
}

/// Everything that was counted: the port to the ledger. Calls may wait for a disk.
pub trait Book: Pages {
    /// The greatest sequence; 0 while there is none.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn head(&self) -> Result<u64, PortError>;

    /// At most `limit` crossings with a greater sequence than `cursor`, in order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn after(&self, cursor: u64, limit: usize) -> Result<Vec<Entry>, PortError>;

    /// The last `limit` crossings, in order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn last(&self, limit: usize) -> Result<Vec<Entry>, PortError>;

    /// The sequences between which all crossings from `from` to before `to` lie, both among them; `None` where
    /// there are none.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn places(
        &self,
        from: Timestamp,
        to: Timestamp,
        waiting: &Waiting,
    ) -> Result<Option<(u64, u64)>, PortError>;

    /// At most `limit` crossings from the first moment of `range` to before its second, in order, after `cursor`
    /// and up to the sequence `last`.
    ///
    /// # Errors
    /// When the ledger cannot be read, or nobody waits any more.
    fn between(
        &self,
        range: (Timestamp, Timestamp),
        cursor: u64,
        last: u64,
        limit: usize,
        waiting: &Waiting,
    ) -> Result<Vec<Entry>, PortError>;

    /// Counts over a range: all periods, or where these have more than `limit` buckets the first ones, at least
    /// one.
    ///
    /// # Errors
    /// When the ledger cannot be read, or nobody waits any more.
    fn counts(&self, query: &CountsQuery, limit: usize, waiting: &Waiting) -> Result<Counts, PortError>;

    /// What each period of a range comes to, also those without a crossing.
    ///
    /// # Errors
    /// When the ledger cannot be read, or nobody waits any more.
    fn periods(&self, query: &CountsQuery, waiting: &Waiting) -> Result<Vec<PeriodSum>, PortError>;

    /// What each zone comes to in each period of a range, by start, source and zone; those that nobody was in are
    /// left out. The query's line plays no part.
    ///
    /// # Errors
    /// When the ledger cannot be read, or nobody waits any more.
    fn zones(&self, query: &CountsQuery, waiting: &Waiting) -> Result<Vec<ZoneSum>, PortError>;

    /// People inside at `at`; never below 0.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn occupancy(&self, at: Timestamp) -> Result<u64, PortError>;

    /// Counts of each line over all entries, and the greatest sequence among them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn totals(&self) -> Result<(u64, Vec<Total>), PortError>;

    /// A number that is another one whenever anything may have been written or removed since it was last asked
    /// for. It is asked for again and again, and costs next to nothing.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn changes(&self) -> Result<u64, PortError>;

    /// Visits of each zone that began at `from` or later; zones without any may be left out.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn visits(&self, from: Timestamp) -> Result<Vec<VisitCount>, PortError>;

    /// Whether the place is open at `at`.
    fn opening(&self, at: Timestamp) -> Opening;

    /// A report, by the names that the program's own has; `None` where it has more than `most` rows.
    ///
    /// # Errors
    /// When the ledger cannot be read, or nobody waits any more.
    fn report(
        &self,
        query: &ReportQuery,
        most: usize,
        waiting: &Waiting,
    ) -> Result<Option<Report>, PortError>;

    /// Spans that somebody has marked: those that touch this time, in the order in which they were made.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn marks(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> Result<Vec<Mark>, PortError>;

    /// Marks a span; gives the mark's number, or nothing where there is no such source.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn mark(&self, new: &NewMark) -> Result<Option<i64>, PortError>;

    /// Takes a mark back; gives whether it was in force.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn take_back(&self, id: i64) -> Result<bool, PortError>;

    /// Keeps what a till has sold, all of it or nothing.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn sell(&self, till: &str, sales: &[NewSale]) -> Result<Sold, PortError>;

    /// Takes the place of the publisher called `reader` for this program, for as long as that runs.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn claim(&self, reader: &str) -> Result<Claim, PortError>;

    /// Keeps for good that `reader` has come up to `cursor`, and which entries its receiver has refused for
    /// good, and why. The place must have been claimed.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn pass(&self, reader: &str, cursor: u64, refused: &[(u64, String)]) -> Result<(), PortError>;

    /// How many entries the receiver of `reader` has refused for good.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn refused(&self, reader: &str) -> Result<u64, PortError>;

    /// What `reader` has kept beside its place.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn memory(&self, reader: &str) -> Result<Option<String>, PortError>;

    /// Keeps for good what `reader` must know after a restart.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn remember(&self, reader: &str, value: &str) -> Result<(), PortError>;

    /// The moment whose day is "today": now, or for a ledger of recordings alone when the last one was counted.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn now(&self) -> Result<Timestamp, PortError>;

    /// The time zone whose midnights part days.
    fn zone(&self) -> jiff::tz::TimeZone;
}
