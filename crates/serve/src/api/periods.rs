//! What periods come to: people inside, ranges, time that was not counted; and zones.
#![allow(clippy::struct_field_names, reason = "the names are those of the JSON's members")]

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use footfall_count::{CountInterval, Doubt};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::Query;
use super::counts::Range;
use super::problem::ProblemBody;
use super::today::zone_name;
use super::{Problem, Shared};
use crate::{Beside, PeriodSum, ZoneSum};

/// What periods come to.
#[derive(Serialize, ToSchema)]
pub(super) struct Periods {
    /// Periods start by the clock on the wall of this time zone.
    zone: String,
    /// By start, also those without a crossing; none where nothing was ever recorded.
    periods: Vec<PeriodCounts>,
}

/// What one period comes to, over all lines that were asked for together.
#[derive(Serialize, ToSchema)]
struct PeriodCounts {
    #[schema(value_type = String, format = DateTime)]
    start: String,
    #[schema(value_type = String, format = DateTime)]
    end: String,
    #[serde(flatten)]
    ways: Ways,
    /// People inside at the end, as far as was counted; never below 0.
    occupancy: u64,
    /// The most that were inside at once.
    peak: u64,
    /// People who went out and had not been seen to come in.
    came_unseen: u64,
    /// People who were still inside when nobody can have been: at night.
    left_unseen: u64,
    #[serde(flatten)]
    groups: Groups,
    #[serde(flatten)]
    beside: Beside,
    /// Seconds in which at least one of the sources was not counted.
    uncounted: f64,
    /// As many of them in which pictures came that nobody could count in. Not there where that never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    uncountable: Option<f64>,
}

/// Who came in together, where that is told.
#[derive(Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub(super) struct Groups {
    /// Groups of people who came in together; whoever came alone is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) groups: Option<u64>,
    /// How many people these were on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group_size: Option<f64>,
}

/// How many went which way, and between which numbers the true ones lie with a probability of 95%.
#[derive(Clone, Copy, PartialEq, Serialize, ToSchema)]
pub(super) struct Ways {
    r#in: u64,
    in_low: u64,
    in_high: u64,
    out: u64,
    out_low: u64,
    out_high: u64,
}

/// What zones come to.
#[derive(Serialize, ToSchema)]
pub(super) struct Zones {
    /// Periods start by the clock on the wall of this time zone.
    zone: String,
    /// By start, source and zone; what nobody was in is left out.
    zones: Vec<ZonePeriod>,
}

#[derive(Serialize, ToSchema)]
struct ZonePeriod {
    #[schema(value_type = String, format = DateTime)]
    start: String,
    #[serde(flatten)]
    counts: ZoneCounts,
}

/// What a zone comes to.
#[derive(PartialEq, Serialize, ToSchema)]
pub(super) struct ZoneCounts {
    source: String,
    zone: String,
    /// Visits that began in the period and are over.
    visits: u64,
    /// Their mean length in seconds.
    dwell: Option<f64>,
    /// The longest of them in seconds.
    longest: Option<f64>,
    /// The most people that were in it at once.
    peak: u64,
}

impl Ways {
    /// So many, and how far that is in doubt.
    pub(super) fn of((entered, left): (u64, u64), doubt: Doubt) -> Self {
        let ranges = (CountInterval::of(entered, doubt.entered), CountInterval::of(left, doubt.left));
        Self::within((entered, left), ranges.0, ranges.1)
    }

    fn within((r#in, out): (u64, u64), entered: CountInterval, left: CountInterval) -> Self {
        let (in_low, in_high, out_low, out_high) = (entered.low, entered.high, left.low, left.high);
        Self { r#in, in_low, in_high, out, out_low, out_high }
    }

    pub(super) fn counts(self) -> (u64, u64) {
        (self.r#in, self.out)
    }
}

impl From<PeriodSum> for PeriodCounts {
    fn from(sum: PeriodSum) -> Self {
        Self {
            start: sum.start.to_string(),
            end: sum.end.to_string(),
            ways: Ways::within((sum.entered, sum.left), sum.entered_range, sum.left_range),
            occupancy: sum.occupancy,
            peak: sum.peak,
            came_unseen: sum.came_unseen,
            left_unseen: sum.left_unseen,
            groups: Groups::from(&sum),
            beside: sum.beside,
            uncounted: tenth(sum.uncounted),
            uncountable: sum.uncountable.map(tenth),
        }
    }
}

impl From<&PeriodSum> for Groups {
    fn from(sum: &PeriodSum) -> Self {
        let hundredth = |size: f64| (size * 100.0).round() / 100.0;
        Self { groups: sum.groups, group_size: sum.group_size.map(hundredth) }
    }
}

impl From<ZoneSum> for ZoneCounts {
    fn from(sum: ZoneSum) -> Self {
        let ZoneSum { start: _, source, zone, visits, dwell, longest, peak } = sum;
        Self { source, zone, visits, dwell: dwell.map(tenth), longest: longest.map(tenth), peak }
    }
}

fn tenth(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}

/// What each period of a range comes to: ins and outs with their ranges, people inside, time that was not counted
#[utoipa::path(get, path = "/api/v1/periods", tag = "counts", params(Range), responses(
    (status = 200, body = Periods),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn periods(
    State(shared): State<Arc<Shared>>,
    Query(range): Query<Range>,
) -> Result<Json<Periods>, Problem> {
    let answer = shared.ask(move |book, waiting| match range.resolve(book)? {
        Ok(query) => {
            let periods = book.periods(&query, waiting)?.into_iter().map(PeriodCounts::from).collect();
            Ok(Ok(Json(Periods { zone: zone_name(book), periods })))
        }
        Err(problem) => Ok(Err(problem)),
    });
    answer.await?
}

/// What each zone comes to in each period of a range: visits, how long they were, how many people at most
#[utoipa::path(get, path = "/api/v1/zones", tag = "counts", params(Range), responses(
    (status = 200, body = Zones),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn zones(
    State(shared): State<Arc<Shared>>,
    Query(range): Query<Range>,
) -> Result<Json<Zones>, Problem> {
    let period = |sum: ZoneSum| ZonePeriod { start: sum.start.to_string(), counts: sum.into() };
    let answer = shared.ask(move |book, waiting| match range.resolve(book)? {
        Ok(query) => {
            let zones = book.zones(&query, waiting)?.into_iter().map(period).collect();
            Ok(Ok(Json(Zones { zone: zone_name(book), zones })))
        }
        Err(problem) => Ok(Err(problem)),
    });
    answer.await?
}
