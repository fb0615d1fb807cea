//! The counts since the last midnight.
#![allow(clippy::struct_field_names, reason = "the names are those of the JSON's members")]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use footfall_count::Role;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::ProblemBody;
use super::{Problem, Shared};
use crate::{Book, Bucket, CountsQuery, Period, PortError, Waiting};

/// The counts since the last midnight.
#[derive(PartialEq, Serialize, ToSchema)]
pub(crate) struct Today {
    /// Days start at midnight in this time zone.
    zone: String,
    #[schema(value_type = String, format = DateTime)]
    from: String,
    /// Over all entrances.
    r#in: u64,
    /// Over all entrances.
    out: u64,
    /// People inside now, as far as was counted at the entrances; never below 0.
    occupancy: u64,
    /// Each line, inner ones too.
    lines: Vec<LineCounts>,
    /// Over all entrances, an entry for each hour with a crossing.
    hours: Vec<HourCounts>,
}

#[derive(PartialEq, Serialize, ToSchema)]
struct LineCounts {
    source: String,
    line: String,
    r#in: u64,
    out: u64,
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
        self.r#in
    }

    /// Crossings with direction `out`, over all entrances.
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
    pub(crate) fn read(book: &dyn Book, waiting: &Waiting) -> Result<Self, PortError> {
        let (from, to) = today_of(book)?;
        let query = CountsQuery { from, to, by: Period::Hour, source: None, line: None };
        let buckets = book.counts(&query, usize::MAX, waiting)?.buckets;
        let (mut lines, mut hours) = (BTreeMap::new(), BTreeMap::new());
        let add = |sum: &mut (u64, u64), bucket: &Bucket| {
            sum.0 += bucket.entered;
            sum.1 += bucket.left;
        };
        let mut all = (0, 0);
        for bucket in &buckets {
            let line = (bucket.source.clone(), bucket.line.clone(), bucket.in_total);
            let (sums, role) = lines.entry(line).or_default();
            add(sums, bucket);
            *role = bucket.role;
            if bucket.in_total {
                add(&mut all, bucket);
                add(hours.entry(bucket.start).or_default(), bucket);
            }
        }
        let of_line = |((source, line, in_total), ((r#in, out), role))| LineCounts {
            source,
            line,
            r#in,
            out,
            role,
            in_total,
        };
        let of_hour =
            |(start, (r#in, out)): (Timestamp, _)| HourCounts { start: start.to_string(), r#in, out };
        Ok(Self {
            zone: zone_name(book),
            from: from.to_string(),
            r#in: all.0,
            out: all.1,
            occupancy: book.occupancy(to)?,
            lines: lines.into_iter().map(of_line).collect(),
            hours: hours.into_iter().map(of_hour).collect(),
        })
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
