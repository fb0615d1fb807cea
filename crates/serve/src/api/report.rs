//! What `footfall report` says, under the same names.
#![allow(clippy::struct_excessive_bools, reason = "the names are those of the command line")]

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use footfall_count::Condition;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::body::Query;
use super::marks::Mark;
use super::problem::ProblemBody;
use super::today::{today_of, zone_name};
use super::{Problem, Shared, Uncountable};
use crate::{Book, Compare, Period, PortError, ReportQuery};

/// Rows in one answer; more are a mistake in `by`.
const MOST_ROWS: usize = 20_000;
/// Periods likewise.
const MOST_PERIODS: i64 = 20_000;

/// Which report is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// From here, the whole period that this is in; by default from the last midnight.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// To the end of the period before this; by default until now.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// How it is summed up; by default by hour.
    #[serde(default)]
    by: Period,
    /// Of one source alone, by name.
    source: Option<String>,
    /// Of one line alone, by name.
    line: Option<String>,
    /// Stays in one zone alone, by name.
    zone: Option<String>,
    /// A row for each line; those of one name at two sources are two.
    #[serde(default)]
    each_line: bool,
    /// A row for each source.
    #[serde(default)]
    each_source: bool,
    /// Stays in zones rather than crossings, a row for each zone.
    #[serde(default)]
    each_zone: bool,
    /// Each period beside the same one of the week before, or of the year before.
    compare: Option<With>,
}

/// With which earlier time periods are compared: `week`, seven days before; `year`, 52 weeks before, or of a month
/// the same month.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum With {
    Week,
    Year,
}

/// What was counted, and how far it holds.
#[derive(Serialize, ToSchema)]
pub(super) struct Report {
    /// Periods start by the clock on the wall of this time zone.
    zone: String,
    #[schema(value_type = String, format = DateTime)]
    from: String,
    #[schema(value_type = String, format = DateTime)]
    to: String,
    /// By time.
    #[schema(value_type = Vec<ReportRow>)]
    rows: Vec<Value>,
    /// When nobody counted, by time: a day nobody counted is not a day without people.
    uncounted: Vec<Span>,
    /// Why nobody counted, the longest first.
    reasons: Vec<Reason>,
    /// What somebody has said of spans in it.
    marks: Vec<Mark>,
}

#[derive(Serialize, ToSchema)]
struct Span {
    #[schema(value_type = String, format = DateTime)]
    from: String,
    #[schema(value_type = String, format = DateTime)]
    to: String,
}

#[derive(Serialize, ToSchema)]
#[allow(clippy::struct_field_names, reason = "the interface's names")]
struct Reason {
    /// `stopped`, `dark`, `marked`, ...
    reason: String,
    seconds: f64,
    /// Where pictures came that nobody could count in: why, and what to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    uncountable: Option<Uncountable>,
}

impl From<(String, f64)> for Reason {
    fn from((reason, seconds): (String, f64)) -> Self {
        let uncountable = Condition::uncountable(&reason).and_then(Uncountable::of);
        Self { reason, seconds, uncountable }
    }
}

/// A row: of crossings, or with `each_zone` of a zone.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, clippy::large_enum_variant, reason = "rows are made elsewhere; this describes them")]
pub(crate) enum ReportRow {
    Crossings(CountRow),
    Stays(ZoneRow),
}

/// One period, of a source or line where each is counted for itself.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are made elsewhere; this describes them")]
pub(crate) struct CountRow {
    source: Option<String>,
    line: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    from: String,
    #[schema(value_type = String, format = DateTime)]
    to: String,
    r#in: u64,
    /// The true number lies between these with a probability of 95%.
    in_low: u64,
    in_high: u64,
    /// How many of them are expected to be none.
    in_doubt: f64,
    /// How many people are expected to have been missed, besides those who were counted.
    in_hidden: f64,
    out: u64,
    out_low: u64,
    out_high: u64,
    out_doubt: f64,
    out_hidden: f64,
    /// People inside at the end.
    occupancy: u64,
    /// The most that were inside at once.
    peak: u64,
    /// People who left and had not been seen to come.
    came_unseen: u64,
    /// People who were still inside at the nightly reset.
    left_unseen: u64,
    /// Different visitors, where they are told apart.
    visitors: Option<u64>,
    /// Those who came in and had come before.
    again: Option<u64>,
    staff: u64,
    /// Groups of people who came in together, where that is told; whoever came alone is one.
    groups: Option<u64>,
    /// How many people these were on average.
    group_size: Option<f64>,
    /// Stays in zones.
    visits: u64,
    /// Their mean length, in seconds.
    dwell: Option<f64>,
    /// Time in which nobody counted, in seconds.
    uncounted: f64,
    /// As much of it in which pictures came that nobody could count in, in seconds. Not there where that never was.
    uncountable: Option<f64>,
    /// Those of `in` outside of the opening hours, where these are known.
    in_outside: Option<u64>,
    out_outside: Option<u64>,
    /// Crossings in time that is marked as uncounted: they are in none of the other numbers.
    marked: Option<u64>,
    /// What the till has sold.
    transactions: Option<u64>,
    amount: Option<f64>,
    /// Transactions for each of those who came in.
    conversion: Option<f64>,
    before: Option<BeforeRow>,
}

/// An earlier period.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "as above")]
pub(crate) struct BeforeRow {
    #[schema(value_type = String, format = DateTime)]
    from: String,
    /// Of a period that is not over, as much of the earlier one as has passed of this one.
    #[schema(value_type = String, format = DateTime)]
    to: String,
    /// Not known where nothing was recorded yet.
    r#in: Option<u64>,
    out: Option<u64>,
    uncounted: Option<f64>,
    /// How many more came in now, as a share of then.
    change: Option<f64>,
}

/// One zone in one period.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "as above")]
pub(crate) struct ZoneRow {
    zone: String,
    #[schema(value_type = String, format = DateTime)]
    from: String,
    #[schema(value_type = String, format = DateTime)]
    to: String,
    /// Stays that began in it.
    visits: u64,
    dwell: Option<f64>,
    longest: Option<f64>,
    occupancy: u64,
    peak: u64,
    uncounted: f64,
}

impl Wanted {
    fn resolve(self, book: &dyn Book) -> Result<Result<ReportQuery, Problem>, PortError> {
        let (midnight, now) = today_of(book)?;
        let (from, to) = (self.from.unwrap_or(midnight), self.to.unwrap_or(now));
        if from >= to {
            return Ok(Err(Problem::bad_request(format!("`from` ({from}) must be before `to` ({to})"))));
        }
        let by = self.by;
        if (to.as_second() - from.as_second()) / by.usual_seconds() > MOST_PERIODS {
            return Ok(Err(too_many()));
        }
        if self.each_zone && (self.each_line || self.each_source || self.compare.is_some()) {
            let detail = "`each_zone` is of zones alone: not with `each_line`, `each_source` or `compare`";
            return Ok(Err(Problem::bad_request(detail)));
        }
        let compare = self.compare.map(|with| match with {
            With::Week => Compare::Week,
            With::Year => Compare::Year,
        });
        if (compare, by) == (Some(Compare::Week), Period::Month) {
            let detail = "`compare=week` is of periods up to a week; of months, `compare=year`";
            return Ok(Err(Problem::bad_request(detail)));
        }
        let Self { source, line, zone, each_line, each_source, each_zone, .. } = self;
        let query =
            ReportQuery { from, to, by, source, line, zone, each_line, each_source, each_zone, compare };
        Ok(Ok(query))
    }
}

fn too_many() -> Problem {
    Problem::bad_request("the range has too many rows: ask for a shorter one, or for longer periods")
}

/// A report over a range: what `footfall report --format json` says, and what there is to know beside it
#[utoipa::path(get, path = "/api/v1/report", tag = "counts", params(Wanted), responses(
    (status = 200, body = Report),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn report(
    State(shared): State<Arc<Shared>>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Report>, Problem> {
    let answered = shared.ask(move |book, waiting| {
        let query = match wanted.resolve(book)? {
            Ok(query) => query,
            Err(problem) => return Ok(Err(problem)),
        };
        let Some(report) = book.report(&query, MOST_ROWS, waiting)? else { return Ok(Err(too_many())) };
        Ok(Ok(Report {
            zone: zone_name(book),
            from: query.from.to_string(),
            to: query.to.to_string(),
            rows: report.rows,
            uncounted: report
                .uncounted
                .into_iter()
                .map(|(from, to)| Span { from: from.to_string(), to: to.to_string() })
                .collect(),
            reasons: report.reasons.into_iter().map(Reason::from).collect(),
            marks: report.marks.into_iter().map(Mark::from).collect(),
        }))
    });
    answered.await?.map(Json)
}
