//! Counts as people and programs want them: a table, charts, CSV, JSON, Parquet, Excel.
//!
//! Every form has the same rows: one for each period, and where lines are told apart one for each line
//! in it, where sources are one for each source; of zones, one for each zone. Fields are those of [`footfall_ledger::Count`] and
//! [`footfall_ledger::ZoneCount`].

mod bars;
mod columns;
mod csv;
mod error;
mod extra;
mod json;
mod label;
mod parquet;
mod rows;
mod svg;
mod table;
mod total;
mod xlsx;
mod zones;

use std::io::Write;

use footfall_ledger::{Count, Period, Span};

pub use error::Error;
pub use rows::Rows;
pub use svg::svg;
pub use zones::{ZoneReport, write_zones};

/// What is to be shown.
pub struct Report<'a> {
    /// The rows, by time.
    pub counts: &'a dyn Rows<Count>,
    /// What each of them adds up over.
    pub by: Period,
    /// What the counts are of: `door, Europe/Zurich`.
    pub title: String,
    /// What the columns are called that say what a row is of.
    pub names: Names,
    /// Why nobody counted for how many seconds: `stopped`, `dark`.
    pub reasons: Vec<(String, f64)>,
    /// When nobody counted, by time, for a chart.
    pub gaps: Vec<Span>,
    /// What somebody has said of spans in it, a line each, for a table.
    pub notes: Vec<String>,
}

/// What the columns are called that say what a row is of, where rows are of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    /// Of [`Count::source`].
    pub source: &'static str,
    /// Of [`Count::line`].
    pub line: &'static str,
}

impl Default for Names {
    fn default() -> Self {
        Self { source: "source", line: "line" }
    }
}

/// How it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Columns of text, with totals.
    #[default]
    Table,
    /// Bars of text.
    Chart,
    /// Comma-separated values with a head line.
    Csv,
    /// An array of objects.
    Json,
    /// Apache Parquet: times as UTC timestamps in microseconds.
    Parquet,
    /// Excel: times as dates of the clock on the wall, with a chart.
    Xlsx,
}

/// The screen that text is made for.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Characters in a line.
    pub width: usize,
    /// Whether it shows colours.
    pub colours: bool,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Table, Self::Chart, Self::Csv, Self::Json, Self::Parquet, Self::Xlsx];

    /// Its name on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Chart => "chart",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Parquet => "parquet",
            Self::Xlsx => "xlsx",
        }
    }

    /// Whether people cannot read it on a terminal.
    #[must_use]
    pub fn is_binary(self) -> bool {
        matches!(self, Self::Parquet | Self::Xlsx)
    }
}

/// Writes a report.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(
    report: &Report<'_>,
    format: Format,
    screen: Screen,
    mut out: impl Write + Send,
) -> Result<(), Error> {
    match format {
        Format::Table => table::write(report, screen, &mut out)?,
        Format::Chart => bars::write(report, screen, &mut out)?,
        Format::Csv => csv::write(report, &mut out)?,
        Format::Json => json::write(report.counts, &mut out)?,
        Format::Parquet => parquet::write(report, &mut out)?,
        Format::Xlsx => xlsx::write(report, &mut out)?,
    }
    Ok(out.flush()?)
}

#[cfg(test)]
mod testing;
