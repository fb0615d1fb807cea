//! Counts as people and programs want them: a table, charts, CSV, JSON, Parquet.
//!
//! Every form has the same rows: one for each period, and where lines are told apart one for each line
//! in it; of zones, one for each zone. Fields are those of [`footfall_ledger::Count`] and
//! [`footfall_ledger::ZoneCount`].

mod bars;
mod csv;
mod error;
mod label;
mod parquet;
mod svg;
mod table;
mod total;
mod zones;

use std::io::Write;

use footfall_ledger::{Count, Period};

pub use error::Error;
pub use svg::svg;
pub use zones::{ZoneReport, write_zones};

/// What is to be shown.
#[derive(Clone, Debug)]
pub struct Report {
    /// The rows, by time.
    pub counts: Vec<Count>,
    /// What each of them adds up over.
    pub by: Period,
    /// What the counts are of: `door, Europe/Zurich`.
    pub title: String,
    /// Why nobody counted for how many seconds: `stopped`, `dark`.
    pub reasons: Vec<(String, f64)>,
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
    pub const ALL: [Self; 5] = [Self::Table, Self::Chart, Self::Csv, Self::Json, Self::Parquet];

    /// Its name on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Chart => "chart",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Parquet => "parquet",
        }
    }
}

/// Writes a report.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(
    report: &Report,
    format: Format,
    screen: Screen,
    mut out: impl Write + Send,
) -> Result<(), Error> {
    match format {
        Format::Table => out.write_all(table::table(report, screen).as_bytes())?,
        Format::Chart => out.write_all(bars::bars(report, screen).as_bytes())?,
        Format::Csv => csv::write(report, &mut out)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &report.counts).map_err(std::io::Error::from)?;
            out.write_all(b"\n")?;
        }
        Format::Parquet => parquet::write(report, &mut out)?,
    }
    Ok(out.flush()?)
}

#[cfg(test)]
mod testing;
