//! Columns that a report has only where there is something to say in them, behind those that it always has.

use footfall_ledger::Count;
use footfall_ledger::jiff::ZonedDateTime;

/// A number or a time that may be missing.
pub(crate) enum Cell {
    Whole(Option<u64>),
    Real(Option<f64>),
    Time(Option<ZonedDateTime>),
}

/// One column, by the name that it has in every form.
pub(crate) struct Extra {
    pub(crate) name: &'static str,
    /// Whether there is one, by any of the rows.
    is_there: fn(&Count) -> bool,
    pub(crate) cell: fn(&Count) -> Cell,
}

/// Those that rows like this one have.
pub(crate) fn of(row: &Count) -> Vec<&'static Extra> {
    ALL.iter().filter(|extra| (extra.is_there)(row)).collect()
}

fn has_hours(count: &Count) -> bool {
    count.entered_outside.is_some()
}

fn has_sales(count: &Count) -> bool {
    count.transactions.is_some()
}

fn is_compared(count: &Count) -> bool {
    count.before.is_some()
}

const ALL: [Extra; 16] = [
    Extra { name: "uncountable", is_there: |c| c.uncountable.is_some(), cell: |c| Cell::Real(c.uncountable) },
    Extra { name: "twice", is_there: |c| c.twice.is_some(), cell: |c| Cell::Whole(c.twice) },
    Extra { name: "groups", is_there: |c| c.groups.is_some(), cell: |c| Cell::Whole(c.groups) },
    Extra { name: "group_size", is_there: |c| c.groups.is_some(), cell: |c| Cell::Real(c.group_size) },
    Extra { name: "in_outside", is_there: has_hours, cell: |c| Cell::Whole(c.entered_outside) },
    Extra { name: "out_outside", is_there: has_hours, cell: |c| Cell::Whole(c.left_outside) },
    Extra { name: "marked", is_there: |c| c.marked.is_some(), cell: |c| Cell::Whole(c.marked) },
    Extra { name: "transactions", is_there: has_sales, cell: |c| Cell::Whole(c.transactions) },
    Extra { name: "amount", is_there: has_sales, cell: |c| Cell::Real(c.amount) },
    Extra { name: "conversion", is_there: has_sales, cell: |c| Cell::Real(c.conversion) },
    Extra {
        name: "before_from",
        is_there: is_compared,
        cell: |c| Cell::Time(c.before.as_ref().map(|before| before.from.clone())),
    },
    Extra {
        name: "before_to",
        is_there: is_compared,
        cell: |c| Cell::Time(c.before.as_ref().map(|before| before.to.clone())),
    },
    Extra {
        name: "before_in",
        is_there: is_compared,
        cell: |c| Cell::Whole(c.before.as_ref().and_then(|before| before.entered)),
    },
    Extra {
        name: "before_out",
        is_there: is_compared,
        cell: |c| Cell::Whole(c.before.as_ref().and_then(|before| before.left)),
    },
    Extra {
        name: "before_uncounted",
        is_there: is_compared,
        cell: |c| Cell::Real(c.before.as_ref().and_then(|before| before.uncounted)),
    },
    Extra {
        name: "change",
        is_there: is_compared,
        cell: |c| Cell::Real(c.before.as_ref().and_then(|before| before.change)),
    },
];
