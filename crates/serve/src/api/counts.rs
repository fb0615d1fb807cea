//! Counts over a range, and those of today.
#![allow(clippy::struct_field_names, reason = "the names are those of the JSON's members")]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::Query;
use super::problem::ProblemBody;
use super::{Problem, Shared, csv};
use crate::{Book, Bucket, CountsQuery, Period, PortError};

/// Periods in one answer; more are a mistake in `by`.
const MOST_PERIODS: i64 = 20_000;

/// Which counts are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    /// Crossings from here; by default from the last midnight.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// And before this; by default until now.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// How they are summed up; by default by hour.
    #[serde(default)]
    by: By,
    /// Of one source alone, by name.
    source: Option<String>,
    /// Of one line alone, by name.
    line: Option<String>,
}

/// How counts are summed up.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum By {
    Minute,
    #[default]
    Hour,
    Day,
    Week,
}

/// Counts over a range.
#[derive(Serialize, ToSchema)]
pub(super) struct Counts {
    /// Periods start by the clock on the wall of this time zone.
    zone: String,
    #[schema(value_type = String, format = DateTime)]
    from: String,
    #[schema(value_type = String, format = DateTime)]
    to: String,
    /// By start, source and line; what has no crossing is left out.
    counts: Vec<Row>,
}

/// One line's counts in one period.
#[derive(Serialize, ToSchema)]
struct Row {
    #[schema(value_type = String, format = DateTime)]
    start: String,
    source: String,
    line: String,
    r#in: u64,
    out: u64,
}

/// The counts since the last midnight.
#[derive(PartialEq, Serialize, ToSchema)]
pub(crate) struct Today {
    /// Days start at midnight in this time zone.
    zone: String,
    #[schema(value_type = String, format = DateTime)]
    from: String,
    /// Over all lines.
    r#in: u64,
    /// Over all lines.
    out: u64,
    /// People inside now, as far as was counted; never below 0.
    occupancy: u64,
    lines: Vec<LineCounts>,
    /// Over all lines, an entry for each hour with a crossing.
    hours: Vec<HourCounts>,
}

#[derive(PartialEq, Serialize, ToSchema)]
struct LineCounts {
    source: String,
    line: String,
    r#in: u64,
    out: u64,
}

#[derive(PartialEq, Serialize, ToSchema)]
struct HourCounts {
    #[schema(value_type = String, format = DateTime)]
    start: String,
    r#in: u64,
    out: u64,
}

impl From<By> for Period {
    fn from(by: By) -> Self {
        match by {
            By::Minute => Self::Minute,
            By::Hour => Self::Hour,
            By::Day => Self::Day,
            By::Week => Self::Week,
        }
    }
}

impl From<Bucket> for Row {
    fn from(bucket: Bucket) -> Self {
        let Bucket { start, source, line, entered, left } = bucket;
        Self { start: start.to_string(), source, line, r#in: entered, out: left }
    }
}

/// The last midnight by the ledger's clock, until a moment from now.
fn today_of(book: &dyn Book) -> Result<(Timestamp, Timestamp), PortError> {
    let now = book.now()?;
    let midnight = now.to_zoned_datetime(book.zone()).start_of_day()?.timestamp();
    // What is decided in this very moment belongs to it.
    Ok((midnight, now.saturating_add(1.second())?))
}

fn zone_name(book: &dyn Book) -> String {
    book.zone().iana_name().unwrap_or("UTC").to_owned()
}

impl Range {
    /// The range, without one that is empty or endless.
    fn resolve(&self, book: &dyn Book) -> Result<Result<CountsQuery, Problem>, PortError> {
        let (midnight, now) = today_of(book)?;
        let (from, to) = (self.from.unwrap_or(midnight), self.to.unwrap_or(now));
        if from >= to {
            return Ok(Err(Problem::bad_request(format!("`from` ({from}) must be before `to` ({to})"))));
        }
        let period = match self.by {
            By::Minute => 60,
            By::Hour => 3600,
            By::Day => 86_400,
            By::Week => 604_800,
        };
        if (to.as_second() - from.as_second()) / period > MOST_PERIODS {
            let detail = "the range has too many periods: ask for a shorter one, or for longer periods";
            return Ok(Err(Problem::bad_request(detail)));
        }
        let (source, line) = (self.source.clone(), self.line.clone());
        Ok(Ok(CountsQuery { from, to, by: self.by.into(), source, line }))
    }
}

impl Today {
    /// Crossings with direction `in`, over all lines.
    pub(crate) fn entered(&self) -> u64 {
        self.r#in
    }

    /// Crossings with direction `out`, over all lines.
    pub(crate) fn left(&self) -> u64 {
        self.out
    }

    /// Who is inside.
    pub(crate) fn occupancy(&self) -> u64 {
        self.occupancy
    }

    /// Source, line, in and out.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&str, &str, u64, u64)> {
        self.lines.iter().map(|l| (l.source.as_str(), l.line.as_str(), l.r#in, l.out))
    }

    /// Today as it is in the ledger now.
    pub(crate) fn read(book: &dyn Book) -> Result<Self, PortError> {
        let (from, to) = today_of(book)?;
        let query = CountsQuery { from, to, by: Period::Hour, source: None, line: None };
        let buckets = book.counts(&query)?.buckets;
        let (mut lines, mut hours) = (BTreeMap::new(), BTreeMap::new());
        let add = |sum: &mut (u64, u64), bucket: &Bucket| {
            sum.0 += bucket.entered;
            sum.1 += bucket.left;
        };
        let mut all = (0, 0);
        for bucket in &buckets {
            add(&mut all, bucket);
            add(lines.entry((bucket.source.clone(), bucket.line.clone())).or_default(), bucket);
            add(hours.entry(bucket.start).or_default(), bucket);
        }
        let of_line = |((source, line), (r#in, out))| LineCounts { source, line, r#in, out };
        let of_hour =
            |(start, (r#in, out)): (Timestamp, _)| HourCounts { start: start.to_string(), r#in, out };
        Ok(Self {
            zone: zone_name(book),
            from: from.to_string(),
            r#in: all.0,
            out: all.1,
            occupancy: book.occupancy(from, to)?,
            lines: lines.into_iter().map(of_line).collect(),
            hours: hours.into_iter().map(of_hour).collect(),
        })
    }
}

async fn read(shared: &Shared, range: Range) -> Result<Counts, Problem> {
    let answered = shared.ask(move |book| {
        let query = match range.resolve(book)? {
            Ok(query) => query,
            Err(problem) => return Ok(Err(problem)),
        };
        let counts = book.counts(&query)?.buckets.into_iter().map(Row::from).collect();
        let (from, to) = (query.from.to_string(), query.to.to_string());
        Ok(Ok(Counts { zone: zone_name(book), from, to, counts }))
    });
    answered.await?
}

/// Counts over a range, a row for each period, source and line
#[utoipa::path(get, path = "/api/v1/counts", tag = "counts", params(Range), responses(
    (status = 200, body = Counts),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn counts(
    State(shared): State<Arc<Shared>>,
    Query(range): Query<Range>,
) -> Result<Json<Counts>, Problem> {
    read(&shared, range).await.map(Json)
}

/// Counts over a range as CSV
#[utoipa::path(get, path = "/api/v1/counts.csv", tag = "counts", params(Range), responses(
    (status = 200, content_type = "text/csv", body = String),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn counts_csv(
    State(shared): State<Arc<Shared>>,
    Query(range): Query<Range>,
) -> Result<Response, Problem> {
    let counts = read(&shared, range).await?;
    let mut text = csv::row(["start", "source", "line", "in", "out"]);
    for row in counts.counts {
        let (entered, left) = (row.r#in.to_string(), row.out.to_string());
        text += &csv::row([&*row.start, &*row.source, &*row.line, &*entered, &*left]);
    }
    Ok((csv::headers("footfall-counts.csv"), text).into_response())
}

/// The counts since the last midnight
#[utoipa::path(get, path = "/api/v1/today", tag = "counts", responses(
    (status = 200, body = Today),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn today(State(shared): State<Arc<Shared>>) -> Result<Json<Today>, Problem> {
    shared.ask(Today::read).await.map(Json)
}
