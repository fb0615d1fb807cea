//! Stays in zones, in every form: a row for each zone in each period.

use std::io::{self, Write};

use console::Style;
use footfall_ledger::jiff::ZonedDateTime;
use footfall_ledger::{Period, ZoneCount};

use crate::bars::{Bar, Plan};
use crate::columns::{dash, gap};
use crate::csv::{WITH_OFFSET, ZONE_HEADS, optional};
use crate::label::{Labels, length};
use crate::table::{Layout, Widths, row, why};
use crate::{Error, Format, Rows, Screen, json, parquet, xlsx};

/// What is to be shown of zones.
pub struct ZoneReport<'a> {
    /// The rows, by time, then by zone.
    pub counts: &'a dyn Rows<ZoneCount>,
    /// What each of them adds up over.
    pub by: Period,
    /// What the counts are of: `till, Europe/Zurich`.
    pub title: String,
    /// As [`Report::reasons`](crate::Report::reasons).
    pub reasons: Vec<(String, f64)>,
}

/// Writes a report on zones.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_zones(
    report: &ZoneReport<'_>,
    format: Format,
    screen: Screen,
    mut out: impl Write + Send,
) -> Result<(), Error> {
    match format {
        Format::Table => table(report, screen, &mut out)?,
        Format::Chart => chart(report, screen, &mut out)?,
        Format::Csv => csv(report, &mut out)?,
        Format::Json => json::write(report.counts, &mut out)?,
        Format::Parquet => parquet::write_zones(report, &mut out)?,
        Format::Xlsx => xlsx::write_zones(report, &mut out)?,
    }
    Ok(out.flush()?)
}

fn nothing(report: &ZoneReport<'_>, out: &mut impl Write) -> Result<(), Error> {
    Ok(writeln!(out, "{}: no zone was watched", report.title)?)
}

/// All zones and periods together.
#[derive(Default)]
struct Total {
    visits: u64,
    stayed: f64,
    longest: f64,
    peak: u64,
    uncounted: f64,
    /// Where the latest row's period begins.
    period: Option<ZonedDateTime>,
}

impl Total {
    fn add(&mut self, count: &ZoneCount) {
        self.visits += count.visits;
        self.stayed += count.dwell.unwrap_or(0.0) * count.visits as f64;
        self.longest = self.longest.max(count.longest.unwrap_or(0.0));
        self.peak = self.peak.max(count.peak);
        // Rows of one period, a zone each, tell of the same gaps.
        if self.period.as_ref() != Some(&count.from) {
            self.period = Some(count.from.clone());
            self.uncounted += count.uncounted;
        }
    }

    fn cells(&self) -> [String; 6] {
        let lasting = |seconds: f64| if self.visits > 0 { length(seconds) } else { dash() };
        [
            self.visits.to_string(),
            lasting(self.stayed / self.visits as f64),
            lasting(self.longest),
            String::new(),
            self.peak.to_string(),
            gap(self.uncounted),
        ]
    }
}

/// Goes through the rows twice: for the widths of the columns, and to write them.
fn table(report: &ZoneReport<'_>, screen: Screen, out: &mut impl Write) -> Result<(), Error> {
    const HEADS: [&str; 6] = ["visits", "dwell", "longest", "occupancy", "peak", "uncounted"];
    let (mut total, mut labels, mut widths) = (Total::default(), Labels::new(report.by), Widths::default());
    let mut is_empty = true;
    report.counts.each(&mut |count| {
        is_empty = false;
        total.add(count);
        widths.see(&row(&labels.see(&count.from), [count.zone.as_str()], cells(count).into_iter()));
        Ok(())
    })?;
    if is_empty {
        return nothing(report, out);
    }
    let head = row(report.by.as_str(), ["zone"], HEADS.into_iter().map(str::to_owned));
    let sums = row("total", [""], total.cells().into_iter());
    widths.see(&head);
    widths.see(&sums);
    let layout = Layout { widths, shown: vec![true; head.len()], names: 2, screen };
    write!(out, "{}\n\n{}", report.title, layout.line(&head, Style::dim))?;
    report.counts.each(&mut |count| {
        let row = row(&labels.name(&count.from), [count.zone.as_str()], cells(count).into_iter());
        Ok(out.write_all(layout.line(&row, |style| style).as_bytes())?)
    })?;
    write!(out, "{}{}", layout.line(&sums, Style::bold), why(&report.reasons))?;
    Ok(())
}

fn cells(count: &ZoneCount) -> [String; 6] {
    let lasting = |seconds: Option<f64>| seconds.map_or_else(dash, length);
    [
        count.visits.to_string(),
        lasting(count.dwell),
        lasting(count.longest),
        count.occupancy.to_string(),
        count.peak.to_string(),
        gap(count.uncounted),
    ]
}

fn chart(report: &ZoneReport<'_>, screen: Screen, out: &mut impl Write) -> Result<(), Error> {
    let (mut labels, mut plan) = (Labels::new(report.by), Plan::new(&["visits"], screen));
    let bar = |label: String, count: &ZoneCount| Bar {
        name: format!("{label} {}", count.zone),
        sides: vec![count.visits],
        uncounted: count.uncounted,
    };
    report.counts.each(&mut |count| {
        plan.see(&bar(labels.see(&count.from), count));
        Ok(())
    })?;
    if plan.is_empty {
        return nothing(report, out);
    }
    write!(out, "{}\n\n{}", report.title, plan.head())?;
    report
        .counts
        .each(&mut |count| Ok(out.write_all(plan.row(&bar(labels.name(&count.from), count)).as_bytes())?))
}

fn csv(report: &ZoneReport<'_>, out: &mut impl Write) -> Result<(), Error> {
    let mut rows = ::csv::Writer::from_writer(out);
    rows.write_record(ZONE_HEADS).map_err(io::Error::from)?;
    report.counts.each(&mut |count| {
        let cells = [
            count.zone.clone(),
            count.from.strftime(WITH_OFFSET).to_string(),
            count.to.strftime(WITH_OFFSET).to_string(),
            count.visits.to_string(),
            optional(count.dwell),
            optional(count.longest),
            count.occupancy.to_string(),
            count.peak.to_string(),
            count.uncounted.to_string(),
        ];
        Ok(rows.write_record(cells).map_err(io::Error::from)?)
    })?;
    Ok(rows.flush()?)
}

#[cfg(test)]
mod tests {
    use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
    use ::parquet::record::RowAccessor as _;
    use footfall_ledger::jiff::tz::TimeZone;
    use footfall_ledger::{Period, ZoneCount};

    use super::{ZoneReport, write_zones};
    use crate::{Format, Screen};

    fn counts() -> Vec<ZoneCount> {
        let zone = TimeZone::get("Europe/Zurich").unwrap();
        let first = "2026-10-25T02:00:00+02:00".parse().unwrap();
        let starts = [first, Period::Hour.next(first, &zone)];
        let row = |(n, name): (usize, &str)| ZoneCount {
            zone: name.into(),
            from: starts[n].to_zoned_datetime(zone.clone()),
            to: Period::Hour.next(starts[n], &zone).to_zoned_datetime(zone.clone()),
            visits: n as u64 * 2,
            dwell: (n > 0).then_some(90.0),
            longest: (n > 0).then_some(120.0),
            occupancy: n as u64,
            peak: n as u64 + 1,
            uncounted: 30.0,
        };
        [(0, "shelf, left"), (0, "till"), (1, "shelf, left"), (1, "till")].map(row).to_vec()
    }

    fn written(counts: &Vec<ZoneCount>, format: Format) -> Vec<u8> {
        let report = ZoneReport { counts, by: Period::Hour, title: "all zones".into(), reasons: Vec::new() };
        let mut bytes = Vec::new();
        write_zones(&report, format, Screen { width: 80, colours: false }, &mut bytes).unwrap();
        bytes
    }

    fn text(format: Format) -> String {
        String::from_utf8(written(&counts(), format)).unwrap()
    }

    #[test]
    fn a_table_has_a_row_for_each_zone_and_gaps_once_in_the_total() {
        assert_eq!(
            text(Format::Table),
            "all zones\n\n\
             hour                         zone         visits  dwell  longest  occupancy  peak  uncounted\n\
             2026-10-25 Sun 02:00 +02:00  shelf, left       0      -        -          0     1       0:30\n\
             2026-10-25 Sun 02:00 +02:00  till              0      -        -          0     1       0:30\n\
             2026-10-25 Sun 02:00 +01:00  shelf, left       2   1:30     2:00          1     2       0:30\n\
             2026-10-25 Sun 02:00 +01:00  till              2   1:30     2:00          1     2       0:30\n\
             total                                          4   1:30     2:00                2       1:00\n"
        );
    }

    #[test]
    fn values_are_those_of_the_rows() {
        let csv = text(Format::Csv);
        let rows: Vec<_> = csv.lines().collect();
        assert_eq!(rows[0], "zone,from,to,visits,dwell,longest,occupancy,peak,uncounted");
        assert_eq!(rows[1], "\"shelf, left\",2026-10-25T02:00:00+02:00,2026-10-25T02:00:00+01:00,0,,,0,1,30");
        let json: serde_json::Value = serde_json::from_str(&text(Format::Json)).unwrap();
        assert_eq!(json[3]["zone"], "till");
        assert_eq!(json[3]["dwell"], 90.0);
        let chart = text(Format::Chart);
        assert!(chart.lines().all(|line| line.chars().count() <= 80 + "  uncounted 0:30".len()), "{chart}");
        assert!(chart.contains("till") && chart.contains('█'), "{chart}");

        let bytes = written(&counts(), Format::Parquet);
        let file = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        let rows: Vec<_> = file.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        for (row, count) in rows.iter().zip(&counts()) {
            assert_eq!(row.get_string(0).unwrap(), &count.zone);
            assert_eq!(row.get_timestamp_micros(1).unwrap(), count.from.timestamp().as_microsecond());
            assert_eq!(row.get_long(3).unwrap(), count.visits.cast_signed());
            assert_eq!((row.get_double(6).ok(), row.get_double(7).ok()), (count.dwell, count.longest));
        }
        assert_eq!(rows.len(), 4);
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        for format in [Format::Table, Format::Chart] {
            let text = written(&Vec::new(), format);
            assert_eq!(String::from_utf8(text).unwrap(), "all zones: no zone was watched\n");
        }
    }
}
