//! Comma-separated values.

use std::io::{self, Write};

use crate::Report;

/// A time of day as programs read it.
pub(crate) const WITH_OFFSET: &str = "%Y-%m-%dT%H:%M:%S%:z";

pub(crate) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let is_per_line = report.counts.iter().any(|count| count.line.is_some());
    let mut rows = ::csv::Writer::from_writer(out);
    let line = is_per_line.then_some("line");
    let heads = [
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
    rows.write_record(line.into_iter().chain(heads))?;
    for count in &report.counts {
        let cells = [
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
        ];
        let line = is_per_line.then(|| count.line.clone().unwrap_or_default());
        rows.write_record(line.into_iter().chain(cells))?;
    }
    rows.flush()
}

/// A number that may be missing.
pub(crate) fn optional<T: ToString>(number: Option<T>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use footfall_ledger::Period;

    use super::write;
    use crate::testing::report;

    #[test]
    fn rows_have_their_offset_and_names_are_quoted() {
        let mut report = report("2026-03-29T00:00:00+01:00", 2, Period::Day, "Europe/Zurich");
        report.counts[1].line = Some("door, \"front\"".into());
        let mut text = Vec::new();
        write(&report, &mut text).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "line,from,to,in,in_low,in_high,out,out_low,out_high,occupancy,peak,came_unseen,left_unseen,visitors,again,staff,visits,dwell,uncounted\n\
             ,2026-03-29T00:00:00+01:00,2026-03-30T00:00:00+02:00,0,0,0,0,0,0,0,0,0,0,,,0,0,,0\n\
             \"door, \"\"front\"\"\",2026-03-30T00:00:00+02:00,2026-03-31T00:00:00+02:00,10,9,11,1,1,1,9,9,1,1,,,0,1,60,30\n"
        );
    }
}
