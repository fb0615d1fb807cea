//! Excel: a sheet with the rows, times as dates, and one with a chart of each period's ins and outs.

use std::io::Write;

use footfall_ledger::jiff::ZonedDateTime;
use footfall_ledger::{Count, Period, ZoneCount};
use rust_xlsxwriter::{
    Chart, ChartType, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

use crate::csv::{HEADS, ZONE_HEADS};
use crate::extra::{self, Cell, Extra};
use crate::svg::{Point, points};
use crate::{Error, Report, ZoneReport};

/// Rows that a sheet may have under its head.
const MOST_ROWS: u32 = 1_048_575;
/// Width and height of the chart, in pixels.
const CHART: (u32, u32) = (960, 420);

/// How cells look.
struct Formats {
    head: Format,
    time: Format,
    day: Format,
    share: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            head: Format::new().set_bold().set_align(FormatAlign::Left),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            share: Format::new().set_num_format("0.0%"),
        }
    }

    fn of(&self, by: Period) -> &Format {
        match by {
            Period::Minute | Period::Hour => &self.time,
            Period::Day | Period::Week | Period::Month => &self.day,
        }
    }
}

/// A sheet that is written from the top to the bottom.
struct Sheet<'a> {
    page: &'a mut Worksheet,
    formats: &'a Formats,
    row: u32,
    column: u16,
}

impl<'a> Sheet<'a> {
    fn new(page: &'a mut Worksheet, formats: &'a Formats) -> Self {
        Self { page, formats, row: 0, column: 0 }
    }

    fn head<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) -> Result<(), XlsxError> {
        for name in names {
            let width = if matches!(name, "from" | "to" | "before_from" | "before_to") { 17.0 } else { 12.0 };
            self.page.set_column_width(self.column, width)?;
            self.page.write_string_with_format(0, self.column, name, &self.formats.head)?;
            self.column += 1;
        }
        self.page.set_freeze_panes(1, 0).map(drop)
    }

    fn next_row(&mut self) -> Result<(), Error> {
        (self.row, self.column) = (self.row + 1, 0);
        if self.row > MOST_ROWS {
            let problem =
                format!("a sheet has at most {MOST_ROWS} rows: choose longer periods, or a shorter range");
            return Err(Error::Xlsx { problem });
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), XlsxError> {
        self.page.write_string(self.row, self.column, text)?;
        self.column += 1;
        Ok(())
    }

    fn number(&mut self, number: Option<f64>) -> Result<(), XlsxError> {
        if let Some(number) = number {
            self.page.write_number(self.row, self.column, number)?;
        }
        self.column += 1;
        Ok(())
    }

    fn share(&mut self, share: Option<f64>) -> Result<(), XlsxError> {
        if let Some(share) = share {
            self.page.write_number_with_format(self.row, self.column, share, &self.formats.share)?;
        }
        self.column += 1;
        Ok(())
    }

    /// A time as the clock on the wall shows it: Excel knows no zones.
    fn time(&mut self, time: Option<&ZonedDateTime>) -> Result<(), XlsxError> {
        if let Some(time) = time {
            let time = excel(time)?;
            self.page.write_datetime_with_format(self.row, self.column, &time, &self.formats.time)?;
        }
        self.column += 1;
        Ok(())
    }
}

fn excel(time: &ZonedDateTime) -> Result<ExcelDateTime, XlsxError> {
    let date = ExcelDateTime::from_ymd(
        time.year().unsigned_abs(),
        time.month().unsigned_abs(),
        time.day().unsigned_abs(),
    )?;
    date.and_hms(time.hour().unsigned_abs().into(), time.minute().unsigned_abs(), f64::from(time.second()))
}

/// A book with the same properties whenever it is made.
fn book(title: &str) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    Ok(book)
}

pub(crate) fn write(report: &Report<'_>, out: &mut impl Write) -> Result<(), Error> {
    let (mut book, formats) = (book(&report.title)?, Formats::new());
    let mut sheet = Sheet::new(book.add_worksheet_with_constant_memory()?, &formats);
    sheet.page.set_name("counts")?;
    let mut extras: Option<Vec<&Extra>> = None;
    report.counts.each(&mut |count| {
        let extras = if let Some(extras) = &extras {
            extras
        } else {
            let found = extra::of(count);
            let source = count.source.as_ref().map(|_| report.names.source);
            let names = source.into_iter().chain(count.line.as_ref().map(|_| report.names.line));
            sheet.head(names.chain(HEADS).chain(found.iter().map(|extra| extra.name)))?;
            extras.insert(found)
        };
        row(&mut sheet, count, extras)
    })?;
    if extras.is_none() {
        sheet.head(HEADS)?;
    }
    let points = points(report.counts)?;
    if !points.is_empty() {
        let sheet = book.add_worksheet_with_constant_memory()?;
        draw(sheet, &formats, report, &points)?;
    }
    Ok(out.write_all(&book.save_to_buffer()?)?)
}

fn row(sheet: &mut Sheet<'_>, count: &Count, extras: &[&Extra]) -> Result<(), Error> {
    sheet.next_row()?;
    for name in count.source.iter().chain(&count.line) {
        sheet.text(name)?;
    }
    sheet.time(Some(&count.from))?;
    sheet.time(Some(&count.to))?;
    for number in [
        Some(count.entered),
        Some(count.entered_low),
        Some(count.entered_high),
        Some(count.left),
        Some(count.left_low),
        Some(count.left_high),
        Some(count.occupancy),
        Some(count.peak),
        Some(count.came_unseen),
        Some(count.left_unseen),
        count.visitors,
        count.again,
        Some(count.staff),
        Some(count.visits),
    ] {
        sheet.number(number.map(|number| number as f64))?;
    }
    sheet.number(count.dwell)?;
    sheet.number(Some(count.uncounted))?;
    for extra in extras {
        match (extra.cell)(count) {
            Cell::Whole(number) => sheet.number(number.map(|number| number as f64))?,
            Cell::Real(share) if matches!(extra.name, "conversion" | "change") => sheet.share(share)?,
            Cell::Real(number) => sheet.number(number)?,
            Cell::Time(time) => sheet.time(time.as_ref())?,
        }
    }
    Ok(())
}

/// A sheet with a chart of all lines and sources together.
fn draw(
    sheet: &mut Worksheet,
    formats: &Formats,
    report: &Report<'_>,
    points: &[Point],
) -> Result<(), Error> {
    sheet.set_name("chart")?;
    let mut written = Sheet::new(sheet, formats);
    written.head(["from", "in", "out"])?;
    for point in points {
        written.next_row()?;
        let (row, time) = (written.row, excel(&point.from)?);
        written.page.write_datetime_with_format(row, 0, &time, formats.of(report.by))?;
        written.page.write_number(row, 1, point.entered as f64)?;
        written.page.write_number(row, 2, point.left as f64)?;
    }
    let last = written.row;
    let mut chart = Chart::new(ChartType::Column);
    chart.title().set_name(&report.title);
    for (column, name) in [(1, "in"), (2, "out")] {
        let series = chart.add_series();
        series
            .set_name(name)
            .set_categories(("chart", 1, 0, last, 0))
            .set_values(("chart", 1, column, last, column));
    }
    chart.y_axis().set_name("people");
    chart.set_width(CHART.0).set_height(CHART.1);
    sheet.insert_chart(1, 4, &chart)?;
    Ok(())
}

/// Writes zones likewise, without a chart.
pub(crate) fn write_zones(report: &ZoneReport<'_>, out: &mut impl Write) -> Result<(), Error> {
    let (mut book, formats) = (book(&report.title)?, Formats::new());
    let mut sheet = Sheet::new(book.add_worksheet_with_constant_memory()?, &formats);
    sheet.page.set_name("zones")?;
    sheet.head(ZONE_HEADS)?;
    report.counts.each(&mut |count: &ZoneCount| {
        sheet.next_row()?;
        sheet.text(&count.zone)?;
        sheet.time(Some(&count.from))?;
        sheet.time(Some(&count.to))?;
        sheet.number(Some(count.visits as f64))?;
        sheet.number(count.dwell)?;
        sheet.number(count.longest)?;
        sheet.number(Some(count.occupancy as f64))?;
        sheet.number(Some(count.peak as f64))?;
        Ok(sheet.number(Some(count.uncounted))?)
    })?;
    Ok(out.write_all(&book.save_to_buffer()?)?)
}

#[cfg(test)]
mod tests {
    use footfall_ledger::Period;

    use super::write;
    use crate::testing::{counts, report};

    #[test]
    fn the_same_report_is_the_same_bytes() {
        let counts = counts("2026-03-29T00:00:00Z", 3, Period::Hour, "Europe/Zurich");
        let written = || {
            let mut bytes = Vec::new();
            write(&report(&counts, Period::Hour), &mut bytes).unwrap();
            bytes
        };
        assert!(written().starts_with(b"PK") && written() == written());
    }
}
