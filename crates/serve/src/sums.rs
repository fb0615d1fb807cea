//! What periods and zones come to, as the ledger tells it.

use footfall_count::CountInterval;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// What one period comes to, over all lines that were asked for together.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodSum {
    /// Where it begins.
    pub start: Timestamp,
    /// Where it ends, which is where the next one begins.
    pub end: Timestamp,
    /// Crossings with direction `in`.
    pub entered: u64,
    /// In which the true number lies with a probability of 95%.
    pub entered_range: CountInterval,
    /// Crossings with direction `out`.
    pub left: u64,
    /// See [`entered_range`](Self::entered_range).
    pub left_range: CountInterval,
    /// People inside at the end.
    pub occupancy: u64,
    /// The most that were inside at once.
    pub peak: u64,
    /// People who left and had not been seen to come.
    pub came_unseen: u64,
    /// People who were still inside when nobody can have been.
    pub left_unseen: u64,
    /// Groups of people who came in together, whoever came alone being one; none where that was not told.
    pub groups: Option<u64>,
    /// How many people these were on average.
    pub group_size: Option<f64>,
    /// What stands beside the counts.
    pub beside: Beside,
    /// Seconds in which at least one of the sources was not counted; what is still to come is not among them.
    pub uncounted: f64,
    /// As many of them in which pictures came that nobody could count in; none where that never was.
    pub uncountable: Option<f64>,
}

/// What stands beside the counts of all entrances, where there are opening hours or the till's sales.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Beside {
    /// How many of those in came outside of the opening hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_outside: Option<u64>,
    /// How many of those out went outside of the opening hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_outside: Option<u64>,
    /// How often somebody has paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transactions: Option<u64>,
    /// Transactions for each who came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion: Option<f64>,
}

/// What one zone comes to in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneSum {
    /// Where the period begins.
    pub start: Timestamp,
    /// The source's name.
    pub source: String,
    /// The zone's name.
    pub zone: String,
    /// Visits that are over and began in the period.
    pub visits: u64,
    /// Their mean length in seconds.
    pub dwell: Option<f64>,
    /// The longest of them in seconds.
    pub longest: Option<f64>,
    /// The most people that were in it at once.
    pub peak: u64,
}
