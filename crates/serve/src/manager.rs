//! What the ledger is asked, and told, beside its crossings: reports, marks, and what the till has sold.

use jiff::Timestamp;
use serde_json::Value;

use crate::Period;

/// With which earlier time counts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// The week before.
    Week,
    /// The year before.
    Year,
}

/// Whether the place is open at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Nobody has said when it is.
    Unknown,
    /// It is, since then.
    Since(Timestamp),
    /// It is not.
    Closed,
}

/// Which report is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportQuery {
    /// From here: the whole period that this is in,
    pub from: Timestamp,
    /// and up to the end of the one before this.
    pub to: Timestamp,
    /// How it is summed up.
    pub by: Period,
    /// Of one source alone, by name.
    pub source: Option<String>,
    /// Of one line alone, by name.
    pub line: Option<String>,
    /// Stays in one zone alone, by name.
    pub zone: Option<String>,
    /// A row for each line.
    pub each_line: bool,
    /// A row for each source.
    pub each_source: bool,
    /// Stays in zones rather than crossings, a row for each zone.
    pub each_zone: bool,
    /// Each period beside an earlier one.
    pub compare: Option<Compare>,
}

/// What `footfall report` says, for programs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The rows, with the members that the program's JSON has.
    pub rows: Vec<Value>,
    /// When nobody counted, by time.
    pub uncounted: Vec<(Timestamp, Timestamp)>,
    /// Why nobody counted for how many seconds, the longest first.
    pub reasons: Vec<(String, f64)>,
    /// What somebody has said of spans in it.
    pub marks: Vec<Mark>,
}

/// A span that somebody has marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its number.
    pub id: i64,
    /// When it was made.
    pub at: Timestamp,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
    /// Of one source alone, by name.
    pub source: Option<String>,
    /// Whether nobody counts as having been counted in it.
    pub uncounted: bool,
    /// Whatever else there is to say.
    pub note: String,
    /// When it was taken back.
    pub taken_back: Option<Timestamp>,
}

/// A span that is to be marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMark {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
    /// Of one source alone, by name.
    pub source: Option<String>,
    /// See [`Mark::uncounted`].
    pub uncounted: bool,
    /// See [`Mark::note`].
    pub note: String,
}

/// What a till has sold at some time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewSale {
    /// When, or from when on.
    pub at: Timestamp,
    /// How often somebody has paid.
    pub transactions: u64,
    /// How much that was.
    pub amount: Option<f64>,
}

/// What became of sales.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sold {
    /// Of times that nothing was known of.
    pub added: usize,
    /// Of times of which something else was known.
    pub replaced: usize,
    /// Of times of which just that was known.
    pub known: usize,
}
