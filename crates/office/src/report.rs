//! Counts of all shops, by shop and period of its own calendar.

mod fill;

pub use footfall_calendar::Period;

use std::sync::Arc;

use footfall_calendar::with_offset;
use jiff::civil::Date;
use jiff::{Timestamp, ZonedDateTime};
use serde::{Deserialize, Serialize};
use tokio_postgres::types::ToSql;

use crate::database::Database;
use crate::{OfficeConfig, OfficeError};

/// The statement, and what it is asked with.
pub(crate) const SQL: &str = include_str!("sql/report.sql");

/// What is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportQuery {
    /// The first day, by each shop's calendar; without it the first there is.
    pub from: Option<Date>,
    /// The last day, all of it; without it the last there is.
    pub to: Option<Date>,
    /// What to add up over.
    pub by: Period,
    /// What has rows of its own.
    pub each: Each,
    /// This shop alone.
    pub shop: Option<String>,
}

/// What has rows of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Each {
    /// Each shop: the lines that are in its totals.
    #[default]
    Shop,
    /// Each source of a shop, likewise.
    Source,
    /// Each line of a source, also those within a shop.
    Line,
}

impl Each {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Shop, Self::Source, Self::Line];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Source => "source",
            Self::Line => "line",
        }
    }
}

/// What passed in a period.
#[derive(Clone, Debug, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ReportRow {
    /// The shop's name.
    pub shop: String,
    /// The source's name, where each has rows of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The line's name, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// When it begins, by the shop's clock.
    #[serde(serialize_with = "with_offset")]
    #[schema(value_type = String, format = DateTime)]
    pub from: ZonedDateTime,
    /// When it ends, which is when the next one begins.
    #[serde(serialize_with = "with_offset")]
    #[schema(value_type = String, format = DateTime)]
    pub to: ZonedDateTime,
    /// Who came in.
    pub entered: u64,
    /// The true number lies between these with a probability of 95%.
    pub entered_low: u64,
    /// See [`entered_low`](Self::entered_low).
    pub entered_high: u64,
    /// How many of them are expected to be none,
    pub entered_doubt: f64,
    /// and how many people to have been missed besides.
    pub entered_hidden: f64,
    /// Who left.
    pub left: u64,
    /// See [`entered_low`](Self::entered_low).
    pub left_low: u64,
    /// See [`entered_low`](Self::entered_low).
    pub left_high: u64,
    /// See [`entered_doubt`](Self::entered_doubt).
    pub left_doubt: f64,
    /// See [`entered_hidden`](Self::entered_hidden).
    pub left_hidden: f64,
    /// Who was inside at the end, by what passed since midnight.
    pub inside: u64,
    /// The most that were inside at once.
    pub peak: u64,
    /// People who left and had not been seen to come.
    pub came_unseen: u64,
    /// People who were still inside at midnight.
    pub left_unseen: u64,
    /// Passages of people who work there, which are in no other number.
    pub staff: u64,
    /// Passages that another camera has counted, likewise.
    pub twice: u64,
    /// Stays in zones that began in this time; none where each line has rows of its own.
    pub visits: u64,
    /// Their mean length in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dwell: Option<f64>,
    /// Seconds in which at least one source did not count.
    pub uncounted: f64,
}

/// How a report is shown to people and to programs that want no JSON.
pub trait Sheets: Send + Sync {
    /// The report in this format: `csv` or `xlsx`.
    ///
    /// # Errors
    /// When it cannot be made.
    fn write(&self, query: &ReportQuery, rows: &[ReportRow], format: &str) -> Result<Vec<u8>, String>;
}

/// Whoever writes reports.
pub(crate) type Writer = Arc<dyn Sheets>;

/// What the database has of a shop.
#[derive(Debug, Deserialize)]
pub(crate) struct OfShop {
    pub(crate) shop: String,
    pub(crate) zone: String,
    pub(crate) sums: Vec<Sum>,
    pub(crate) stays: Vec<Stays>,
    pub(crate) gone: Vec<Gone>,
}

/// What passed in a period in which anything did.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Sum {
    source: Option<String>,
    line: Option<String>,
    start: Timestamp,
    entered: u64,
    left: u64,
    entered_doubt: f64,
    entered_hidden: f64,
    left_doubt: f64,
    left_hidden: f64,
    staff: u64,
    twice: u64,
    peak: u64,
    came_unseen: u64,
    inside: u64,
}

/// Stays in zones that began in a period.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Stays {
    source: Option<String>,
    start: Timestamp,
    visits: u64,
    seconds: f64,
}

/// A span in which nobody counted.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Gone {
    source: Option<String>,
    from: Timestamp,
    to: Timestamp,
}

impl ReportQuery {
    /// What the statement is asked with.
    pub(crate) fn values(&self) -> [Option<String>; 5] {
        let date = |date: Option<Date>| date.map(|date| date.to_string());
        let (by, each) = (self.by.as_str().to_owned(), self.each.as_str().to_owned());
        [self.shop.clone(), date(self.from), date(self.to), Some(by), Some(each)]
    }

    /// The rows, of what the statement has answered.
    ///
    /// # Errors
    /// When that means nothing, or there are too many.
    pub(crate) fn rows(&self, answer: &str) -> Result<Vec<ReportRow>, OfficeError> {
        let shops: Vec<OfShop> =
            serde_json::from_str(answer).map_err(|error| OfficeError::Report(error.to_string()))?;
        fill::rows(self, &shops, Timestamp::now())
    }
}

/// The report that is asked for, from the database of `config`.
///
/// # Errors
/// When the database cannot be read, or there are too many rows.
pub fn report(config: &OfficeConfig, query: &ReportQuery) -> Result<Vec<ReportRow>, OfficeError> {
    let database = Database::new(&config.database, "footfall office report")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
    let runtime = runtime.map_err(|source| OfficeError::Threads { source })?;
    runtime.block_on(async {
        let client = database.connect().await?;
        let values = query.values();
        let values: Vec<_> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let row = client.query_one(SQL, &values).await.map_err(OfficeError::database("read the report"))?;
        query.rows(row.get(0))
    })
}
