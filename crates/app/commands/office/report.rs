//! `footfall office report`: counts of all shops, in the same forms as a shop's own.

use anyhow::anyhow;
use footfall_config::usage;
use footfall_ledger::Count;
use footfall_office::{Each, ReportQuery, ReportRow, Sheets};
use footfall_report::{Format, Names, Report, Screen};

use super::{load, told};
use crate::cli::office::OfficeReportArgs;
use crate::commands::report::show;

/// Reads the database, and writes the report.
pub(super) fn run(args: &OfficeReportArgs) -> anyhow::Result<()> {
    let config = load(&args.config)?;
    let OfficeReportArgs { by, each, from, to, .. } = *args;
    let query = ReportQuery { from, to, by, each, shop: args.shop.clone() };
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        return Err(usage(anyhow!("--to is before --from")));
    }
    let rows = footfall_office::report(&config, &query).map_err(told)?;
    if rows.is_empty()
        && let Some(shop) = &args.shop
    {
        return Err(usage(anyhow!(
            "there is nothing of {shop:?} in these days: footfall office shops lists all"
        )));
    }
    show(args.output.as_deref(), args.format, |screen, out| write(&query, &rows, args.format, screen, out))
}

/// Reports as files, for the office's page.
pub(super) struct Files;

impl Sheets for Files {
    fn write(&self, query: &ReportQuery, rows: &[ReportRow], format: &str) -> Result<Vec<u8>, String> {
        let format = Format::ALL.into_iter().find(|known| known.as_str() == format);
        let format = format.ok_or("there is no such format")?;
        let mut bytes = Vec::new();
        let screen = Screen { width: 100, colours: false };
        write(query, rows, format, screen, &mut bytes).map_err(|error| error.to_string())?;
        Ok(bytes)
    }
}

fn write(
    query: &ReportQuery,
    rows: &[ReportRow],
    format: Format,
    screen: Screen,
    mut out: &mut (dyn std::io::Write + Send),
) -> Result<(), footfall_report::Error> {
    if format == Format::Json {
        serde_json::to_writer_pretty(&mut out, rows).map_err(std::io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    // A column is there of all rows or of none.
    let has_twice = rows.iter().any(|row| row.twice > 0);
    let counts: Vec<Count> = rows.iter().map(|row| count(row, has_twice)).collect();
    let of = query.shop.as_deref().unwrap_or("all shops");
    let title = format!("{of}, by {}, each by its own clock", query.by.as_str());
    let line = if query.each == Each::Source { "source" } else { "line" };
    let names = Names { source: "shop", line };
    let report = Report {
        counts: &counts,
        by: query.by,
        title,
        names,
        reasons: Vec::new(),
        gaps: Vec::new(),
        notes: Vec::new(),
    };
    footfall_report::write(&report, format, screen, out)
}

/// The row in a shop's own terms. What is behind the shop's name has one column: `Door`, or `Door / entrance`.
fn count(row: &ReportRow, has_twice: bool) -> Count {
    let names: Vec<_> = row.source.iter().chain(&row.line).map(String::as_str).collect();
    Count {
        source: Some(row.shop.clone()),
        line: (!names.is_empty()).then(|| names.join(" / ")),
        from: row.from.clone(),
        to: row.to.clone(),
        entered: row.entered,
        entered_low: row.entered_low,
        entered_high: row.entered_high,
        entered_doubt: row.entered_doubt,
        entered_hidden: row.entered_hidden,
        left: row.left,
        left_low: row.left_low,
        left_high: row.left_high,
        left_doubt: row.left_doubt,
        left_hidden: row.left_hidden,
        occupancy: row.inside,
        peak: row.peak,
        came_unseen: row.came_unseen,
        left_unseen: row.left_unseen,
        staff: row.staff,
        twice: has_twice.then_some(row.twice),
        visits: row.visits,
        dwell: row.dwell,
        uncounted: row.uncounted,
        ..Count::default()
    }
}
