//! Comma-separated values.

use std::io::{self, Write};

use footfall_ledger::Count;

use crate::extra::{self, Cell, Extra};
use crate::{Error, Report};

/// A time of day as programs read it.
pub(crate) const WITH_OFFSET: &str = "%Y-%m-%dT%H:%M:%S%:z";

pub(crate) const HEADS: [&str; 18] = [
    "from",
    "to",
    "in",
    "in_low",
    "in_high",
    "out",
    "out_low",
    "out_high",
    "occupancy",
    "peak",
    "came_unseen",
    "left_unseen",
    "visitors",
    "again",
    "staff",
    "visits",
    "dwell",
    "uncounted",
];

pub(crate) fn write(report: &Report<'_>, out: &mut impl Write) -> Result<(), Error> {
    let mut rows = ::csv::Writer::from_writer(out);
    let mut extras: Option<Vec<&Extra>> = None;
    report.counts.each(&mut |count| {
        let extras = if let Some(extras) = &extras {
            extras
        } else {
            let found = extra::of(count);
            let source = count.source.as_ref().map(|_| report.names.source);
            let names = source.into_iter().chain(count.line.as_ref().map(|_| report.names.line));
            let heads = names.chain(HEADS).chain(found.iter().map(|extra| extra.name));
            rows.write_record(heads).map_err(io::Error::from)?;
            extras.insert(found)
        };
        let names = count.source.iter().chain(&count.line).cloned();
        let more = extras.iter().map(|extra| text((extra.cell)(count)));
        Ok(rows.write_record(names.chain(cells(count)).chain(more)).map_err(io::Error::from)?)
    })?;
    if extras.is_none() {
        rows.write_record(HEADS).map_err(io::Error::from)?;
    }
    Ok(rows.flush()?)
}

fn text(cell: Cell) -> String {
    match cell {
        Cell::Whole(number) => optional(number),
        Cell::Real(number) => optional(number),
        Cell::Time(time) => time.map_or_else(String::new, |time| time.strftime(WITH_OFFSET).to_string()),
    }
}

/// Of a report on zones.
pub(crate) const ZONE_HEADS: [&str; 9] =
    ["zone", "from", "to", "visits", "dwell", "longest", "occupancy", "peak", "uncounted"];

fn cells(count: &Count) -> [String; 18] {
    [
        count.from.strftime(WITH_OFFSET).to_string(),
        count.to.strftime(WITH_OFFSET).to_string(),
        count.entered.to_string(),
        count.entered_low.to_string(),
        count.entered_high.to_string(),
        count.left.to_string(),
        count.left_low.to_string(),
        count.left_high.to_string(),
        count.occupancy.to_string(),
        count.peak.to_string(),
        count.came_unseen.to_string(),
        count.left_unseen.to_string(),
        optional(count.visitors),
        optional(count.again),
        count.staff.to_string(),
        count.visits.to_string(),
        optional(count.dwell),
        count.uncounted.to_string(),
    ]
}

/// A number that may be missing.
pub(crate) fn optional<T: ToString>(number: Option<T>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use footfall_ledger::Period;

    use super::write;
    use crate::testing::{counts, report};

    #[test]
    fn rows_have_their_offset_and_names_are_quoted() {
        let mut counts = counts("2026-03-29T00:00:00+01:00", 2, Period::Day, "Europe/Zurich");
        counts[0].line = Some(String::new());
        counts[1].line = Some("door, \"front\"".into());
        let mut text = Vec::new();
        write(&report(&counts, Period::Day), &mut text).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "line,from,to,in,in_low,in_high,out,out_low,out_high,occupancy,peak,came_unseen,left_unseen,visitors,again,staff,visits,dwell,uncounted\n\
             ,2026-03-29T00:00:00+01:00,2026-03-30T00:00:00+02:00,0,0,0,0,0,0,0,0,0,0,,,0,0,,0\n\
             \"door, \"\"front\"\"\",2026-03-30T00:00:00+02:00,2026-03-31T00:00:00+02:00,10,9,11,1,1,1,9,9,1,1,,,0,1,60,30\n"
        );
    }
}
