//! What a worker has done so far, as its metrics and its last words tell it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use footfall_serve::parts::Problem;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use serde::Serialize;

/// Counters that only rise.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) done: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) dead: AtomicU64,
    pub(crate) given_back: AtomicU64,
    pub(crate) lost: AtomicU64,
    pub(crate) alarms: AtomicU64,
    pub(crate) frames: AtomicU64,
    pub(crate) troubles: AtomicU64,
    /// Microseconds.
    fetching: AtomicU64,
    counting: AtomicU64,
    queue: AtomicU64,
    /// 1 while it has a job.
    pub(crate) busy: AtomicU64,
}

/// What a worker has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Worked {
    /// Recordings that were counted.
    pub done: u64,
    /// Tries that failed.
    pub failed: u64,
    /// Recordings that were given up.
    pub dead: u64,
    /// Jobs that were given back.
    pub given_back: u64,
    /// Jobs that another worker had meanwhile.
    pub lost: u64,
    /// Counts that differ where they must not.
    pub alarms: u64,
    /// Frames that were counted.
    pub frames: u64,
    /// Seconds spent on counting, on bringing recordings here, and on the queue and the database.
    pub counting_seconds: f64,
    /// Likewise.
    pub fetching_seconds: f64,
    /// Likewise.
    pub queue_seconds: f64,
}

/// On what time was spent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Fetching,
    Counting,
    Queue,
}

impl Figures {
    pub(crate) fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn spent(&self, part: Part, time: Duration) {
        let counter = match part {
            Part::Fetching => &self.fetching,
            Part::Counting => &self.counting,
            Part::Queue => &self.queue,
        };
        counter.fetch_add(time.as_micros() as u64, Ordering::Relaxed);
    }

    pub(crate) fn worked(&self) -> Worked {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let seconds = |counter: &AtomicU64| of(counter) as f64 / 1e6;
        Worked {
            done: of(&self.done),
            failed: of(&self.failed),
            dead: of(&self.dead),
            given_back: of(&self.given_back),
            lost: of(&self.lost),
            alarms: of(&self.alarms),
            frames: of(&self.frames),
            counting_seconds: seconds(&self.counting),
            fetching_seconds: seconds(&self.fetching),
            queue_seconds: seconds(&self.queue),
        }
    }
}

/// `GET /metrics`.
pub(crate) fn routes(figures: Arc<Figures>) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(figures)
}

/// What Prometheus asks for, in OpenMetrics text.
async fn metrics(State(figures): State<Arc<Figures>>) -> Response {
    let worked = figures.worked();
    let mut registry = Registry::with_prefix("footfall_worker");
    for (name, help, value) in [
        ("recordings", "Recordings that were counted", worked.done),
        ("failures", "Tries that failed", worked.failed),
        ("dead", "Recordings that were given up here", worked.dead),
        ("given_back", "Jobs that were given back", worked.given_back),
        ("lost", "Jobs that another worker had meanwhile", worked.lost),
        ("alarms", "Counts that differ where they must not", worked.alarms),
        ("frames", "Frames that were counted", worked.frames),
        ("troubles", "How often the hub or the database was lost", figures.troubles.load(Ordering::Relaxed)),
    ] {
        let counter = Counter::<u64>::default();
        counter.inc_by(value);
        registry.register(name, help, counter);
    }
    for (name, help, value) in [
        ("counting_seconds", "Time spent on counting", worked.counting_seconds),
        ("fetching_seconds", "Time spent on bringing recordings here", worked.fetching_seconds),
        ("queue_seconds", "Time spent on the queue and the database", worked.queue_seconds),
    ] {
        let counter = Counter::<f64, AtomicU64>::default();
        counter.inc_by(value);
        registry.register(name, help, counter);
    }
    let busy = Gauge::<i64>::default();
    busy.set(figures.busy.load(Ordering::Relaxed).cast_signed());
    registry.register("busy", "1 while it has a job", busy);
    let mut text = String::new();
    if encode(&mut text, &registry).is_err() {
        return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the figures cannot be written")
            .into_response();
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
