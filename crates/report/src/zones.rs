//! Stays in zones, in every form: a row for each zone in each period.

use std::io::{self, Write};

use footfall_ledger::{Period, ZoneCount};

use crate::bars::{Bar, draw_bars};
use crate::csv::{WITH_OFFSET, optional};
use crate::label::{labels, length};
use crate::table::{dash, gap, lay_out, row, why};
use crate::{Error, Format, Screen, parquet};

/// What is to be shown of zones.
#[derive(Clone, Debug)]
pub struct ZoneReport {
    /// The rows, by time, then by zone.
    pub counts: Vec<ZoneCount>,
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
    report: &ZoneReport,
    format: Format,
    screen: Screen,
    mut out: impl Write + Send,
) -> Result<(), Error> {
    match format {
        Format::Table => out.write_all(table(report, screen).as_bytes())?,
        Format::Chart => out.write_all(chart(report, screen).as_bytes())?,
        Format::Csv => csv(report, &mut out)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &report.counts).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
        Format::Parquet => parquet::write_zones(report, &mut out)?,
    }
    Ok(out.flush()?)
}

fn nothing(report: &ZoneReport) -> String {
    format!("{}: no zone was watched\n", report.title)
}

fn table(report: &ZoneReport, screen: Screen) -> String {
    const HEADS: [&str; 6] = ["visits", "dwell", "longest", "occupancy", "peak", "uncounted"];
    if report.counts.is_empty() {
        return nothing(report);
    }
    let mut rows = vec![row(report.by.as_str(), Some("zone"), HEADS.into_iter().map(str::to_owned))];
    for (count, label) in report.counts.iter().zip(names(report)) {
        let lasting = |seconds: Option<f64>| seconds.map_or_else(dash, length);
        let cells = [
            count.visits.to_string(),
            lasting(count.dwell),
            lasting(count.longest),
            count.occupancy.to_string(),
            count.peak.to_string(),
            gap(count.uncounted),
        ];
        rows.push(row(&label, Some(&count.zone), cells.into_iter()));
    }
    rows.push(row("total", Some(""), total(&report.counts).into_iter()));
    lay_out(&report.title, &rows, 2, screen) + &why(&report.reasons)
}

/// The last row: all zones and periods together.
fn total(counts: &[ZoneCount]) -> [String; 6] {
    let visits: u64 = counts.iter().map(|count| count.visits).sum();
    let stayed: f64 = counts.iter().map(|c| c.dwell.unwrap_or(0.0) * c.visits as f64).sum();
    let longest = counts.iter().filter_map(|count| count.longest).fold(0.0, f64::max);
    let lasting = |seconds: f64| if visits > 0 { length(seconds) } else { dash() };
    let peak = counts.iter().map(|count| count.peak).max().unwrap_or(0);
    // Rows of one period, a zone each, tell of the same gaps.
    let first_of_period = |index: &usize| *index == 0 || counts[*index].from != counts[*index - 1].from;
    let uncounted = (0..counts.len()).filter(first_of_period).map(|index| counts[index].uncounted);
    [
        visits.to_string(),
        lasting(stayed / visits as f64),
        lasting(longest),
        String::new(),
        peak.to_string(),
        gap(uncounted.sum()),
    ]
}

fn chart(report: &ZoneReport, screen: Screen) -> String {
    if report.counts.is_empty() {
        return nothing(report);
    }
    let bar = |(count, label): (&ZoneCount, String)| Bar {
        name: format!("{label} {}", count.zone),
        sides: vec![count.visits],
        uncounted: count.uncounted,
    };
    let bars: Vec<_> = report.counts.iter().zip(names(report)).map(bar).collect();
    draw_bars(&report.title, &["visits"], &bars, screen)
}

fn names(report: &ZoneReport) -> Vec<String> {
    labels(report.counts.iter().map(|count| &count.from), report.by)
}

fn csv(report: &ZoneReport, out: &mut impl Write) -> io::Result<()> {
    const HEADS: [&str; 9] =
        ["zone", "from", "to", "visits", "dwell", "longest", "occupancy", "peak", "uncounted"];
    let mut rows = ::csv::Writer::from_writer(out);
    rows.write_record(HEADS)?;
    for count in &report.counts {
        rows.write_record([
            count.zone.clone(),
            count.from.strftime(WITH_OFFSET).to_string(),
            count.to.strftime(WITH_OFFSET).to_string(),
            count.visits.to_string(),
            optional(count.dwell),
            optional(count.longest),
            count.occupancy.to_string(),
            count.peak.to_string(),
            count.uncounted.to_string(),
        ])?;
    }
    rows.flush()
}

#[cfg(test)]
mod tests {
    use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
    use ::parquet::record::RowAccessor as _;
    use footfall_ledger::jiff::tz::TimeZone;
    use footfall_ledger::{Period, ZoneCount};

    use super::{ZoneReport, write_zones};
    use crate::{Format, Screen};

    fn report() -> ZoneReport {
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
        let counts = [(0, "shelf, left"), (0, "till"), (1, "shelf, left"), (1, "till")].map(row).to_vec();
        ZoneReport { counts, by: Period::Hour, title: "all zones".into(), reasons: Vec::new() }
    }

    fn text(format: Format) -> String {
        let mut text = Vec::new();
        write_zones(&report(), format, Screen { width: 80, colours: false }, &mut text).unwrap();
        String::from_utf8(text).unwrap()
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

        let mut bytes = Vec::new();
        write_zones(&report(), Format::Parquet, Screen { width: 80, colours: false }, &mut bytes).unwrap();
        let file = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        let rows: Vec<_> = file.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        for (row, count) in rows.iter().zip(&report().counts) {
            assert_eq!(row.get_string(0).unwrap(), &count.zone);
            assert_eq!(row.get_timestamp_micros(1).unwrap(), count.from.timestamp().as_microsecond());
            assert_eq!(row.get_long(3).unwrap(), count.visits.cast_signed());
            assert_eq!((row.get_double(6).ok(), row.get_double(7).ok()), (count.dwell, count.longest));
        }
        assert_eq!(rows.len(), 4);
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let empty = ZoneReport { counts: Vec::new(), ..report() };
        for format in [Format::Table, Format::Chart] {
            let mut text = Vec::new();
            write_zones(&empty, format, Screen { width: 80, colours: false }, &mut text).unwrap();
            assert_eq!(String::from_utf8(text).unwrap(), "all zones: no zone was watched\n");
        }
    }
}
