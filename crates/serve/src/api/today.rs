//! The counts since the last midnight.
#![allow(clippy::struct_field_names, reason = "the names are those of the JSON's members")]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use footfall_count::{Doubt, Role};
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;
use utoipa::ToSchema;

use super::periods::{Groups, Ways, ZoneCounts};
use super::problem::ProblemBody;
use super::{Problem, Shared};
use crate::{Beside, Book, Bucket, CountsQuery, Period, PortError, Waiting};

/// The counts since the last midnight.
#[derive(PartialEq, Serialize, ToSchema)]
pub(crate) struct Today {
    /// Days start at midnight in this time zone.
    zone: String,
    #[schema(value_type = String, format = DateTime)]
    from: String,
    /// Over all entrances.
    #[serde(flatten)]
    ways: Ways,
    /// People inside now, as far as was counted at the entrances; never below 0.
    occupancy: u64,
    /// Today's people who went out and had not been seen to come in: inside is by so many more than in less out.
    came_unseen: u64,
    /// Today's people who were still inside when nobody can have been: at night.
    left_unseen: u64,
    #[serde(flatten)]
    groups: Groups,
    #[serde(flatten)]
    beside: Beside,
    /// Seconds of today in which at least one of the sources was not counted.
    uncounted: f64,
    /// As many of them in which pictures came that nobody could count in. Not there where that never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    uncountable: Option<f64>,
    /// Each line, inner ones too.
    lines: Vec<LineCounts>,
    /// Zones that anybody was in.
    zones: Vec<ZoneCounts>,
    /// Over all entrances, an entry for each hour with a crossing.
    hours: Vec<HourCounts>,
}

#[derive(PartialEq, Serialize, ToSchema)]
struct LineCounts {
    source: String,
    line: String,
    #[serde(flatten)]
    ways: Ways,
    /// What the line is for.
    #[schema(value_type = super::shapes::LineRole)]
    role: Role,
    /// Whether it is in the totals: an inner line is not, nor may one be that was removed.
    in_total: bool,
}

#[derive(PartialEq, Serialize, ToSchema)]
struct HourCounts {
    #[schema(value_type = String, format = DateTime)]
    start: String,
    r#in: u64,
    out: u64,
}

/// The last midnight by the ledger's clock, until a moment from now.
pub(super) fn today_of(book: &dyn Book) -> Result<(Timestamp, Timestamp), PortError> {
    let now = book.now()?;
    let midnight = now.to_zoned_datetime(book.zone()).start_of_day()?.timestamp();
    // What is decided in this very moment belongs to it.
    Ok((midnight, now.saturating_add(1.second())?))
}

pub(super) fn zone_name(book: &dyn Book) -> String {
    book.zone().iana_name().unwrap_or("UTC").to_owned()
}

impl Today {
    /// Crossings with direction `in`, over all entrances.
    pub(crate) fn entered(&self) -> u64 {
        self.ways.counts().0
    }

    /// Crossings with direction `out`, over all entrances.
    pub(crate) fn left(&self) -> u64 {
        self.ways.counts().1
    }

    /// Who is inside.
    pub(crate) fn occupancy(&self) -> u64 {
        self.occupancy
    }

    /// How many groups came in over all entrances, and of how many people on average, where that is told.
    pub(crate) fn groups(&self) -> Option<(u64, Option<f64>)> {
        self.groups.groups.map(|groups| (groups, self.groups.group_size))
    }

    /// What stands beside the counts.
    pub(crate) fn beside(&self) -> Beside {
        self.beside
    }

    /// Source, line, in and out.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&str, &str, u64, u64)> {
        self.lines.iter().map(|l| {
            let (entered, left) = l.ways.counts();
            (l.source.as_str(), l.line.as_str(), entered, left)
        })
    }

    /// Today as it is in the ledger now.
    pub(crate) fn read(book: &dyn Book, waiting: &Waiting) -> Result<Self, PortError> {
        let (from, to) = today_of(book)?;
        let query = CountsQuery { from, to, by: Period::Hour, source: None, line: None };
        let buckets = book.counts(&query, usize::MAX, waiting)?.buckets;
        let (mut lines, mut hours) = (BTreeMap::new(), BTreeMap::new());
        let mut all = Sum::default();
        for bucket in &buckets {
            let line = (bucket.source.clone(), bucket.line.clone(), bucket.in_total);
            let (sum, role) = lines.entry(line).or_insert_with(|| (Sum::default(), bucket.role));
            sum.add(bucket);
            *role = bucket.role;
            if bucket.in_total {
                all.add(bucket);
                hours.entry(bucket.start).or_insert_with(Sum::default).add(bucket);
            }
        }
        let of_line = |((source, line, in_total), (sum, role)): (_, (Sum, _))| LineCounts {
            source,
            line,
            ways: sum.ways(),
            role,
            in_total,
        };
        let of_hour = |(start, sum): (Timestamp, Sum)| {
            let (r#in, out) = sum.counts;
            HourCounts { start: start.to_string(), r#in, out }
        };
        let by_day = CountsQuery { by: Period::Day, ..query };
        let drift = book.periods(&by_day, waiting)?.pop();
        Ok(Self {
            zone: zone_name(book),
            from: from.to_string(),
            ways: all.ways(),
            occupancy: book.occupancy(to)?,
            came_unseen: drift.as_ref().map_or(0, |day| day.came_unseen),
            left_unseen: drift.as_ref().map_or(0, |day| day.left_unseen),
            groups: drift.as_ref().map(Groups::from).unwrap_or_default(),
            beside: drift.as_ref().map(|day| day.beside).unwrap_or_default(),
            uncounted: drift.as_ref().map_or(0.0, |day| day.uncounted.round()),
            uncountable: drift.as_ref().and_then(|day| day.uncountable).map(f64::round),
            zones: book.zones(&by_day, waiting)?.into_iter().map(ZoneCounts::from).collect(),
            lines: lines.into_iter().map(of_line).collect(),
            hours: hours.into_iter().map(of_hour).collect(),
        })
    }
}

/// In and out, and how far that is in doubt.
#[derive(Clone, Copy, Default)]
struct Sum {
    counts: (u64, u64),
    doubt: Doubt,
}

impl Sum {
    fn add(&mut self, bucket: &Bucket) {
        self.counts = (self.counts.0 + bucket.entered, self.counts.1 + bucket.left);
        self.doubt.absorb(bucket.doubt);
    }

    fn ways(self) -> Ways {
        Ways::of(self.counts, self.doubt)
    }
}

/// The counts since the last midnight
#[utoipa::path(get, path = "/api/v1/today", tag = "counts", responses(
    (status = 200, body = Today),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn today(State(shared): State<Arc<Shared>>) -> Result<Json<Today>, Problem> {
    shared.ask(Today::read).await.map(Json)
}
