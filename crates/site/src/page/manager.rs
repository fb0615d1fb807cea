//! What a manager asks the ledger through the interface, and what is told to it beside its entries.

use std::path::Path;

use footfall_config::shown_name;
use footfall_ledger::{Error, Notebook, PlaceKind, Query, Reader, Sale, Span};
use footfall_serve::{Compare, Mark, NewMark, NewSale, Report, ReportQuery, Sold};
use serde::Serialize;
use serde_json::Value;

/// Why a report ended early.
enum Stop {
    TooMany,
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The report that `wanted` is, over the time of `query`; `None` where it has more than `most` rows.
pub(super) fn report(
    reader: &Reader,
    mut query: Query,
    wanted: &ReportQuery,
    most: usize,
) -> Result<Option<Report>, Error> {
    let names = |name: &Option<String>| name.iter().cloned().collect::<Vec<_>>();
    query.lines = reader.names_today(PlaceKind::Line, &names(&wanted.line))?;
    query.zones = reader.names_today(PlaceKind::Zone, &names(&wanted.zone))?;
    (query.per_line, query.per_source) = (wanted.each_line, wanted.each_source);
    if let Some(shown) = &wanted.source {
        query.sources = reader.sources()?;
        query.sources.retain(|name| shown_name(name) == *shown);
        if query.sources.is_empty() {
            return Ok(Some(Report::default()));
        }
    }
    reader.as_of_one_moment(|| {
        let rows = match rows(reader, &query, wanted, most) {
            Ok(rows) => rows,
            Err(Stop::TooMany) => return Ok(None),
            Err(Stop::Failed(error)) => return Err(error),
        };
        let gaps = reader.uncounted(query.range, &query.sources)?;
        let marks = reader.marks_of(&query)?.into_iter().map(shown).collect();
        let uncounted = gaps.into_iter().map(|gap| (gap.from, gap.to)).collect();
        Ok(Some(Report { rows, uncounted, reasons: reader.uncounted_reasons(&query)?, marks }))
    })
}

fn rows(reader: &Reader, query: &Query, wanted: &ReportQuery, most: usize) -> Result<Vec<Value>, Stop> {
    let mut rows = Vec::new();
    let mut add = |row: Value| {
        rows.push(row);
        if rows.len() > most { Err(Stop::TooMany) } else { Ok(()) }
    };
    let with = wanted.compare.map(|with| match with {
        Compare::Week => footfall_ledger::Compare::Week,
        Compare::Year => footfall_ledger::Compare::Year,
    });
    match with {
        _ if wanted.each_zone => reader.each_zone_count(query, |count| add(value(&count)))?,
        Some(with) => reader.each_count_compared(query, with, |count| add(value(&count)))?,
        None => reader.each_count(query, |count| add(value(&count)))?,
    }
    Ok(rows)
}

/// A row as the program's own report has it, its source by the name that the page shows.
fn value(row: &impl Serialize) -> Value {
    // Plain members of our own: this cannot fail.
    let mut value = serde_json::to_value(row).unwrap_or_default();
    if let Some(source) = value.get_mut("source")
        && let Some(name) = source.as_str()
    {
        *source = shown_name(name).into();
    }
    value
}

/// A mark as the server tells it.
pub(super) fn shown(mark: footfall_ledger::Mark) -> Mark {
    let footfall_ledger::Mark { id, at, from, to, source, uncounted, note, taken_back } = mark;
    Mark { id, at, from, to, source: source.map(|name| shown_name(&name)), uncounted, note, taken_back }
}

/// Marks a span of a source by its whole name, or of all.
pub(super) fn mark(ledger: &Path, new: &NewMark, source: Option<String>) -> Result<i64, Error> {
    let NewMark { from, to, uncounted, note, .. } = new.clone();
    let new = footfall_ledger::NewMark { span: Span { from, to }, source, uncounted, note };
    Notebook::open(ledger)?.mark(&new)
}

/// Takes a mark back; gives whether it was in force.
pub(super) fn take_back(ledger: &Path, id: i64) -> Result<bool, Error> {
    Notebook::open(ledger)?.take_back(id)
}

/// Keeps what a till has sold.
pub(super) fn sell(ledger: &Path, till: &str, sales: &[NewSale]) -> Result<Sold, Error> {
    let sale = |sale: &NewSale| {
        let NewSale { at, transactions, amount } = *sale;
        Sale { at, transactions, amount }
    };
    let sales: Vec<_> = sales.iter().map(sale).collect();
    let footfall_ledger::Sold { added, replaced, known } = Notebook::open(ledger)?.sell(till, &sales)?;
    Ok(Sold { added, replaced, known })
}
