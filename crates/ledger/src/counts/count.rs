//! What one period comes to.

use footfall_calendar::with_offset;
use footfall_count::Unsure;
use jiff::ZonedDateTime;
use serde::Serialize;

use super::Before;

/// One period.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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
