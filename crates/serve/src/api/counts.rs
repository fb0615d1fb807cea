//! Counts over a range.
#![allow(clippy::struct_field_names, reason = "the names are those of the JSON's members")]

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use footfall_count::Role;
use futures_util::stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::Query;
use super::periods::Ways;
use super::problem::ProblemBody;
use super::today::{today_of, zone_name};
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
    by: Period,
    /// Of one source alone, by name.
    source: Option<String>,
    /// Of one line alone, by name.
    line: Option<String>,
}

/// Counts over a range.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is written piece by piece; this describes the whole")]
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

/// [`Counts`] but for the counts themselves.
#[derive(Serialize)]
struct Head<'a> {
    zone: &'a str,
    from: String,
    to: String,
}

/// One line's counts in one period.
#[derive(Serialize, ToSchema)]
struct Row {
    #[schema(value_type = String, format = DateTime)]
    start: String,
    source: String,
    line: String,
    #[serde(flatten)]
    ways: Ways,
    /// What the line is for.
    #[schema(value_type = super::shapes::LineRole)]
    role: Role,
    /// Whether it is in the totals of the place.
    in_total: bool,
}

impl From<Bucket> for Row {
    fn from(bucket: Bucket) -> Self {
        let Bucket { start, source, line, entered, left, role, in_total, doubt } = bucket;
        let ways = Ways::of((entered, left), doubt);
        Self { start: start.to_string(), source, line, ways, role, in_total }
    }
}

impl Range {
    /// The range, without one that is empty or endless.
    pub(super) fn resolve(&self, book: &dyn Book) -> Result<Result<CountsQuery, Problem>, PortError> {
        let (midnight, now) = today_of(book)?;
        let (from, to) = (self.from.unwrap_or(midnight), self.to.unwrap_or(now));
        if from >= to {
            return Ok(Err(Problem::bad_request(format!("`from` ({from}) must be before `to` ({to})"))));
        }
        let period = self.by.usual_seconds();
        if (to.as_second() - from.as_second()) / period > MOST_PERIODS {
            let detail = "the range has too many periods: ask for a shorter one, or for longer periods";
            return Ok(Err(Problem::bad_request(detail)));
        }
        let (source, line) = (self.source.clone(), self.line.clone());
        Ok(Ok(CountsQuery { from, to, by: self.by, source, line }))
    }
}

/// Counts in pieces: a period's, and those of as many behind it as make a good piece.
struct Pieces {
    shared: Arc<Shared>,
    query: CountsQuery,
    zone: String,
    first: Option<Vec<Bucket>>,
    /// Where to go on behind the first piece.
    next: Option<Timestamp>,
}

/// Buckets in a piece, or a few more.
const PIECE: usize = 2000;

impl Pieces {
    /// Reads the first piece, and with it whether there is anything to complain about.
    async fn begin(shared: Arc<Shared>, range: Range) -> Result<Self, Problem> {
        let answered = shared.ask(move |book, waiting| {
            let query = match range.resolve(book)? {
                Ok(query) => query,
                Err(problem) => return Ok(Err(problem)),
            };
            let counts = book.counts(&query, PIECE, waiting)?;
            Ok(Ok((query, counts, zone_name(book))))
        });
        let (query, counts, zone) = answered.await??;
        Ok(Self { shared, query, zone, first: Some(counts.buckets), next: counts.next })
    }

    /// The next piece; `None` behind the last one.
    async fn next(&mut self) -> Option<Result<Vec<Bucket>, PortError>> {
        if let Some(first) = self.first.take() {
            return Some(Ok(first));
        }
        let query = CountsQuery { from: self.next.take()?, ..self.query.clone() };
        let counts = self.shared.ask(move |book, waiting| book.counts(&query, PIECE, waiting)).await;
        let Ok(counts) = counts else { return Some(Err("the ledger cannot be read".into())) };
        self.next = counts.next;
        Some(Ok(counts.buckets))
    }

    /// A body of what `write` makes of each piece, between `head` and `end`. However many there are, one is in
    /// memory at a time.
    fn body(
        self,
        head: String,
        write: impl FnMut(&mut String, Bucket) + Send + 'static,
        end: &'static str,
    ) -> Body {
        let pieces = stream::unfold(Some((self, head, write)), move |step| async move {
            let (mut pieces, mut text, mut write) = step?;
            match pieces.next().await {
                None => Some((Ok(text + end), None)),
                Some(Err(error)) => Some((Err(error), None)),
                Some(Ok(buckets)) => {
                    for bucket in buckets {
                        write(&mut text, bucket);
                    }
                    Some((Ok::<_, PortError>(text), Some((pieces, String::new(), write))))
                }
            }
        });
        Body::from_stream(pieces)
    }
}

/// Counts over a range, a row for each period, source and line
#[utoipa::path(get, path = "/api/v1/counts", tag = "counts", params(Range), responses(
    (status = 200, body = Counts),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn counts(
    State(shared): State<Arc<Shared>>,
    Query(range): Query<Range>,
) -> Result<Response, Problem> {
    let pieces = Pieces::begin(shared, range).await?;
    let head =
        Head { zone: &pieces.zone, from: pieces.query.from.to_string(), to: pieces.query.to.to_string() };
    // An object whose last member is still to come.
    let mut head = serde_json::to_string(&head).map_err(|error| Problem::internal(&error.into()))?;
    head.pop();
    head.push_str(",\"counts\":[");
    let mut comma = "";
    let write = move |text: &mut String, bucket: Bucket| {
        text.push_str(std::mem::replace(&mut comma, ","));
        // Plain members of our own: this cannot fail.
        text.push_str(&serde_json::to_string(&Row::from(bucket)).unwrap_or_default());
    };
    let json = [(header::CONTENT_TYPE, "application/json")];
    Ok((json, pieces.body(head, write, "]}")).into_response())
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
    let pieces = Pieces::begin(shared, range).await?;
    let head = csv::row(["start", "source", "line", "in", "out"]);
    let write = |text: &mut String, bucket: Bucket| {
        let Row { start, source, line, ways, .. } = bucket.into();
        let (entered, left) = ways.counts();
        text.push_str(&csv::row([&*start, &*source, &*line, &*entered.to_string(), &*left.to_string()]));
    };
    Ok((csv::headers("footfall-counts.csv"), pieces.body(head, write, "")).into_response())
}
