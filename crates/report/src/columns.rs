//! What each column of a table says.

use footfall_count::{CountInterval, Unsure};
use footfall_ledger::Count;

use crate::label::length;
use crate::total::Total;

/// A column: its head, whether it has anything to say, and what it says of a row and of all rows together.
pub(crate) struct Column {
    pub(crate) head: &'static str,
    pub(crate) is_shown: fn(&Total) -> bool,
    pub(crate) cell: fn(&Count) -> String,
    pub(crate) total: fn(&Total) -> String,
}

pub(crate) const COLUMNS: [Column; 23] = [
    Column {
        head: "in",
        is_shown: |_| true,
        cell: |c| between(c.entered, c.entered_low, c.entered_high),
        total: |t| total_between(t.entered, t.doubt.entered),
    },
    Column {
        head: "out",
        is_shown: |_| true,
        cell: |c| between(c.left, c.left_low, c.left_high),
        total: |t| total_between(t.left, t.doubt.left),
    },
    Column {
        head: "occupancy",
        is_shown: |_| true,
        cell: |c| c.occupancy.to_string(),
        total: |_| String::new(),
    },
    Column { head: "peak", is_shown: |_| true, cell: |c| c.peak.to_string(), total: |t| t.peak.to_string() },
    Column {
        head: "drift",
        is_shown: |_| true,
        cell: |c| drift(c.came_unseen, c.left_unseen),
        total: |t| drift(t.came_unseen, t.left_unseen),
    },
    Column {
        head: "visitors",
        is_shown: |t| t.visitors.is_some(),
        cell: |c| known(c.visitors),
        total: |t| known(t.visitors),
    },
    Column {
        head: "again",
        is_shown: |t| t.visitors.is_some(),
        cell: |c| known(c.again),
        total: |t| known(t.again),
    },
    Column {
        head: "staff",
        is_shown: |t| t.staff > 0,
        cell: |c| c.staff.to_string(),
        total: |t| t.staff.to_string(),
    },
    Column {
        head: "twice",
        is_shown: |t| t.twice.is_some(),
        cell: |c| known(c.twice),
        total: |t| known(t.twice),
    },
    Column {
        head: "groups",
        is_shown: |t| t.groups.is_some(),
        cell: |c| known(c.groups),
        total: |t| known(t.groups),
    },
    Column {
        head: "group size",
        is_shown: |t| t.groups.is_some(),
        cell: |c| mean(c.group_size),
        total: |t| mean(t.group_size()),
    },
    Column {
        head: "visits",
        is_shown: |t| t.visits > 0,
        cell: |c| c.visits.to_string(),
        total: |t| t.visits.to_string(),
    },
    Column {
        head: "dwell",
        is_shown: |t| t.visits > 0,
        cell: |c| c.dwell.map_or_else(dash, length),
        total: |t| t.dwell.map_or_else(dash, length),
    },
    Column { head: "uncounted", is_shown: |_| true, cell: |c| gap(c.uncounted), total: |t| gap(t.uncounted) },
    Column {
        head: "uncountable",
        is_shown: |t| t.uncountable > 0.0,
        cell: |c| gap(c.uncountable.unwrap_or_default()),
        total: |t| gap(t.uncountable),
    },
    Column {
        head: "in outside",
        is_shown: |t| t.outside.is_some(),
        cell: |c| known(c.entered_outside),
        total: |t| known(t.outside.map(|outside| outside.0)),
    },
    Column {
        head: "out outside",
        is_shown: |t| t.outside.is_some(),
        cell: |c| known(c.left_outside),
        total: |t| known(t.outside.map(|outside| outside.1)),
    },
    Column {
        head: "marked",
        is_shown: |t| t.marked > 0,
        cell: |c| known(c.marked),
        total: |t| t.marked.to_string(),
    },
    Column {
        head: "transactions",
        is_shown: |t| t.transactions.is_some(),
        cell: |c| known(c.transactions),
        total: |t| known(t.transactions),
    },
    Column {
        head: "amount",
        is_shown: |t| t.amount.is_some(),
        cell: |c| c.amount.map_or_else(dash, |paid| format!("{paid:.2}")),
        total: |t| t.amount.map_or_else(dash, |paid| format!("{paid:.2}")),
    },
    Column {
        head: "conversion",
        is_shown: |t| t.transactions.is_some(),
        cell: |c| c.conversion.map_or_else(dash, |share| format!("{:.1}%", 100.0 * share)),
        total: |t| t.conversion().map_or_else(dash, |share| format!("{:.1}%", 100.0 * share)),
    },
    Column {
        head: "in before",
        is_shown: |t| t.before.is_some(),
        cell: |c| known(c.before.as_ref().and_then(|before| before.entered)),
        total: |t| known(t.before.map(|before| before.0)),
    },
    Column {
        head: "change",
        is_shown: |t| t.before.is_some(),
        cell: |c| change(c.before.as_ref().and_then(|before| before.change)),
        total: |t| change(t.change()),
    },
];

/// `+12.5%`, `-3.0%`.
fn change(share: Option<f64>) -> String {
    share.map_or_else(dash, |share| format!("{:+.1}%", 100.0 * share))
}

/// `412 (405 to 418)`, or the number alone where it is certain.
fn between(count: u64, low: u64, high: u64) -> String {
    if low == high { count.to_string() } else { format!("{count} ({low} to {high})") }
}

fn total_between(count: u64, unsure: Unsure) -> String {
    let range = CountInterval::of(count, unsure);
    between(count, range.low, range.high)
}

fn known(number: Option<u64>) -> String {
    number.map_or_else(dash, |number| number.to_string())
}

fn mean(number: Option<f64>) -> String {
    number.map_or_else(dash, |number| format!("{number:.1}"))
}

pub(crate) fn dash() -> String {
    "-".to_owned()
}

pub(crate) fn gap(seconds: f64) -> String {
    if seconds > 0.0 { length(seconds.max(1.0)) } else { dash() }
}

/// `+2 -9`: two came unseen, nine left unseen.
fn drift(came: u64, left: u64) -> String {
    match (came, left) {
        (0, 0) => dash(),
        (came, 0) => format!("+{came}"),
        (0, left) => format!("-{left}"),
        (came, left) => format!("+{came} -{left}"),
    }
}
