//! Sources, how they are doing, and where people walked in their pictures.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use footfall_count::Anchor;
use serde::Serialize;
use utoipa::ToSchema;

use super::alerts::{self, Alert};
use super::body::Path;
use super::problem::ProblemBody;
use super::visitors::Visitors;
use super::{Problem, Shared, Today, Uncountable};
use crate::{Book, Health, Live, PublisherState, SourceKind, SourceState, Waiting, ZoneState};

/// A source of frames.
#[derive(Serialize, ToSchema)]
pub(super) struct Source {
    /// Its place in addresses.
    id: String,
    /// How people call it.
    name: String,
    kind: Kind,
    /// Of its frames, in pixels.
    width: u32,
    /// Of its frames, in pixels.
    height: u32,
    /// Frames a second, where the source says so.
    frame_rate: Option<f64>,
    status: Status,
}

/// `recorded`: a file, of which every frame is counted; `live`: a camera or a stream.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Recorded,
    Live,
}

/// How a source is doing.
#[derive(Serialize, ToSchema)]
struct Status {
    health: HealthWord,
    /// What is wrong, in words for people.
    detail: Option<String>,
    /// Why no count can be answered for now, where none can: that time is marked like time that was not counted.
    uncountable: Option<Uncountable>,
    /// Since when the health is what it is.
    #[schema(value_type = String, format = DateTime)]
    since: String,
    /// When the newest frame was finished.
    #[schema(value_type = Option<String>, format = DateTime)]
    seen: Option<String>,
    /// Frames that were finished.
    frames: u64,
    /// Frames that were dropped before any work was done on them.
    dropped: u64,
    /// Frames of those finished at which the networks rested: nothing moved, and nobody was followed.
    rested: u64,
    /// How often the source was lost and found again.
    reconnects: u64,
    /// Whether rate, people and zones are of now: not while no frames come.
    current: bool,
    /// Finished frames a second, of late.
    rate: f64,
    /// Time of the newest frame since the source's start, in seconds.
    time: f64,
    /// People in the newest frame.
    people: usize,
    /// Its zones, as of the newest frame.
    zones: Vec<Zone>,
    /// How many different people came in within the window, where that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    visitors: Option<Visitors>,
}

/// What a zone has seen since the run's start.
#[derive(Serialize, ToSchema)]
#[schema(as = ZoneState)]
struct Zone {
    name: String,
    /// How many people are in it now.
    people: u64,
    /// How many were in it at the same time at most.
    most: u64,
    /// Visits that are over.
    visits: u64,
    /// Mean length of these in seconds.
    mean_dwell: f64,
}

/// `starting`: no frame yet; `good`; `poor`: counts may suffer; `lost`: nothing is seen; `ended`: a
/// recording that is over.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum HealthWord {
    Starting,
    Good,
    Poor,
    Lost,
    Ended,
}

/// All sources.
#[derive(Serialize, ToSchema)]
pub(super) struct Sources {
    sources: Vec<Source>,
    /// The alerts of the configuration, as they are now.
    alerts: Vec<Alert>,
}

impl Source {
    fn new(id: &str, state: SourceState) -> Self {
        let status = state.status;
        Self {
            id: id.to_owned(),
            name: state.name,
            kind: match state.kind {
                SourceKind::Recorded => Kind::Recorded,
                SourceKind::Live => Kind::Live,
            },
            width: state.width,
            height: state.height,
            frame_rate: state.frame_rate,
            status: Status {
                health: status.health.into(),
                detail: status.detail(),
                uncountable: status.uncountable.and_then(Uncountable::of),
                since: status.since.to_string(),
                seen: status.seen.map(|at| at.to_string()),
                frames: status.frames,
                dropped: status.dropped,
                rested: status.rested,
                reconnects: status.reconnects,
                current: status.health.is_current(),
                rate: (status.rate * 100.0).round() / 100.0,
                time: status.time,
                people: status.people,
                zones: status.zones.into_iter().map(Zone::from).collect(),
                visitors: status.visitors.map(Visitors::from),
            },
        }
    }
}

impl From<ZoneState> for Zone {
    fn from(zone: ZoneState) -> Self {
        let ZoneState { name, people, most, visits, mean_dwell } = zone;
        Self { name, people, most, visits, mean_dwell: (mean_dwell * 10.0).round() / 10.0 }
    }
}

impl From<Health> for HealthWord {
    fn from(health: Health) -> Self {
        match health {
            Health::Starting => Self::Starting,
            Health::Good => Self::Good,
            Health::Poor => Self::Poor,
            Health::Lost => Self::Lost,
            Health::Ended => Self::Ended,
        }
    }
}

fn all(live: &Live) -> Sources {
    let sources = live.sources().iter().map(|s| Source::new(&s.id, s.state())).collect();
    Sources { sources, alerts: alerts::all(live) }
}

/// The state of all sources as JSON.
pub(super) fn states(live: &Live) -> Bytes {
    serde_json::to_vec(&all(live)).unwrap_or_default().into()
}

/// All sources and how they are doing
#[utoipa::path(get, path = "/api/v1/sources", tag = "sources", responses(
    (status = 200, body = Sources),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn sources(State(shared): State<Arc<Shared>>) -> Json<Sources> {
    Json(all(&shared.live))
}

/// Whether everything is counted
#[derive(Serialize, ToSchema)]
pub(super) struct HealthReport {
    /// True while every source is good, or a recording that is over, and the ledger can be read.
    good: bool,
    /// Whether the ledger can be read; why not is in the log.
    ledger: bool,
    /// Sources that are not.
    troubles: Vec<Trouble>,
    /// How those are served who take crossings elsewhere; counting does not depend on them.
    publishers: Vec<Publisher>,
    /// The program's version.
    version: &'static str,
}

/// Who takes crossings elsewhere.
#[derive(Serialize, ToSchema)]
struct Publisher {
    name: String,
    /// Whether it could be reached at the last try.
    up: bool,
    /// Crossings that it does not have yet.
    behind: u64,
    /// How often it was lost, or did not take what there was.
    failures: u64,
    /// Crossings that it has refused for good.
    refused: u64,
    /// What is wrong now, in words for people.
    trouble: Option<String>,
}

impl From<PublisherState> for Publisher {
    fn from(state: PublisherState) -> Self {
        let PublisherState { name, up, behind, failures, refused, trouble } = state;
        Self { name, up, behind, failures, refused, trouble }
    }
}

#[derive(Serialize, ToSchema)]
struct Trouble {
    source: String,
    health: HealthWord,
    detail: Option<String>,
}

/// Whether everything is counted: 200 where it is, 503 where it is not
#[utoipa::path(get, path = "/api/v1/health", tag = "sources", responses(
    (status = 200, body = HealthReport),
    (status = 503, body = HealthReport),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn health(State(shared): State<Arc<Shared>>) -> (StatusCode, Json<HealthReport>) {
    let states = shared.live.sources().iter().map(|s| s.state());
    let bad = states.filter(|s| !matches!(s.status.health, Health::Good | Health::Ended));
    let trouble = |s: SourceState| Trouble {
        source: s.name,
        health: s.status.health.into(),
        detail: s.status.detail(),
    };
    let troubles: Vec<_> = bad.map(trouble).collect();
    // What the page shows of it.
    let read = |book: &dyn Book, waiting: &Waiting| book.last(1).and_then(|_| Today::read(book, waiting));
    let ledger = shared.ask(read).await.is_ok();
    let good = troubles.is_empty() && ledger;
    let status = if good { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let publishers = shared.publishers.all().into_iter().map(Publisher::from).collect();
    (status, Json(HealthReport { good, ledger, troubles, publishers, version: env!("CARGO_PKG_VERSION") }))
}

/// How long people were in each cell of a grid over the picture, since the run's start.
#[derive(Serialize, ToSchema)]
pub(super) struct HeatMap {
    columns: usize,
    rows: usize,
    /// Row by row from the top left.
    seconds: Vec<f64>,
    /// When the first frame of it came.
    #[schema(value_type = String, format = DateTime)]
    since: String,
    /// Seconds of the source's time that it covers.
    over: f64,
    /// Which point of a person it is of: `feet`, `centre` or `head` of their box. What was before another one was
    /// chosen is of that.
    #[schema(value_type = String)]
    anchor: Anchor,
}

/// Where people walked: seconds that the point that stands for them was in each cell
#[utoipa::path(get, path = "/api/v1/sources/{source}/heat", tag = "sources", params(
    ("source" = String, Path, description = "A source's id"),
), responses(
    (status = 200, body = HeatMap),
    (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "No picture yet"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn heat(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Json<HeatMap>, Problem> {
    let source = shared.live.source(&id).ok_or_else(|| Problem::no_source(&id))?;
    let heat = source.heat().ok_or_else(|| Problem::busy("there is no picture yet"))?;
    let seconds = heat.seconds().map(|s| (s * 100.0).round() / 100.0).collect();
    Ok(Json(HeatMap {
        columns: heat.columns,
        rows: heat.rows,
        seconds,
        since: heat.since.to_string(),
        over: heat.over().round(),
        anchor: heat.anchor,
    }))
}
