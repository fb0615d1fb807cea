//! What Prometheus asks for, in OpenMetrics text.

use std::fmt;
use std::sync::{Arc, Weak};

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use crate::api::{Problem, Shared};
use crate::{Health, SourceState};

type Labels<'a, const N: usize> = [(&'a str, &'a str); N];

/// What there is to measure, read when it is asked for.
struct Site(Weak<Shared>);

impl fmt::Debug for Site {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Site")
    }
}

/// One family of metrics that is being written.
struct Family<'a> {
    encoder: MetricEncoder<'a>,
}

impl<'a> Family<'a> {
    fn begin(
        encoder: &'a mut DescriptorEncoder<'_>,
        name: &'a str,
        help: &'a str,
        kind: MetricType,
    ) -> Result<Self, fmt::Error> {
        Ok(Self { encoder: encoder.encode_descriptor(name, help, None, kind)? })
    }

    fn counter<const N: usize>(&mut self, labels: &Labels<'_, N>, value: u64) -> fmt::Result {
        self.encoder.encode_family(labels)?.encode_counter::<Labels<'_, N>, _, u64>(&value, None)
    }

    fn gauge<const N: usize>(&mut self, labels: &Labels<'_, N>, value: f64) -> fmt::Result {
        self.encoder.encode_family(labels)?.encode_gauge(&value)
    }
}

/// A metric of each source: its name, what it is, and how it is read off the source's state.
type OfSource<T> = (&'static str, &'static str, fn(&SourceState) -> T);

/// Numbers of each source that rise and fall.
const GAUGES: [OfSource<f64>; 5] = [
    ("people", "People in the newest frame", |s| s.status.people as f64),
    ("frames_per_second", "Finished frames a second, of late", |s| s.status.rate),
    ("source_up", "1 while frames come, or a recording is over", |s| {
        f64::from(!matches!(s.status.health, Health::Lost | Health::Starting))
    }),
    ("source_good", "1 while nothing is wrong with the source", |s| {
        f64::from(matches!(s.status.health, Health::Good | Health::Ended))
    }),
    (
        "source_countable",
        "1 while counts of the source can be answered for, as far as its picture goes",
        |s| f64::from(s.status.uncountable.is_none()),
    ),
];

/// Numbers of each source that only rise.
const COUNTERS: [OfSource<u64>; 4] = [
    ("frames", "Frames that were finished", |s| s.status.frames),
    ("frames_dropped", "Frames that were dropped before any work was done on them", |s| s.status.dropped),
    ("frames_rested", "Frames at which no network ran, since nothing moved and nobody was followed", |s| {
        s.status.rested
    }),
    ("reconnects", "How often the source was lost and found again", |s| s.status.reconnects),
];

impl Collector for Site {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let Some(shared) = self.0.upgrade() else { return Ok(()) };
        let sources: Vec<_> = shared.live.sources().iter().map(|s| s.state()).collect();
        for (name, help, read) in COUNTERS {
            let mut family = Family::begin(&mut encoder, name, help, MetricType::Counter)?;
            sources.iter().try_for_each(|s| family.counter(&[("source", &s.name)], read(s)))?;
        }
        for (name, help, read) in GAUGES {
            let mut family = Family::begin(&mut encoder, name, help, MetricType::Gauge)?;
            sources.iter().try_for_each(|s| family.gauge(&[("source", &s.name)], read(s)))?;
        }
        crossings(&shared, &mut encoder)?;
        zones(&sources, &mut encoder)?;
        stages(&sources, &mut encoder)?;
        publishers(&shared, &mut encoder)?;
        let viewers = shared.limits.viewers as usize - shared.viewers.available_permits();
        Family::begin(&mut encoder, "viewers", "Viewers of live pictures", MetricType::Gauge)?
            .gauge(&[], viewers as f64)
    }
}

fn crossings(shared: &Shared, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let help = "Crossings in the ledger";
    let mut family = Family::begin(encoder, "crossings", help, MetricType::Counter)?;
    for ((source, line), (entered, left)) in shared.tail.totals() {
        for (direction, count) in [("in", entered), ("out", left)] {
            let labels = [("source", &*source), ("line", &*line), ("direction", direction)];
            family.counter(&labels, count)?;
        }
    }
    Ok(())
}

fn zones(sources: &[SourceState], encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let each = || sources.iter().flat_map(|s| s.status.zones.iter().map(|zone| (&*s.name, zone)));
    let mut family = Family::begin(encoder, "zone_people", "People in a zone now", MetricType::Gauge)?;
    each().try_for_each(|(source, zone)| {
        family.gauge(&[("source", source), ("zone", &*zone.name)], zone.people as f64)
    })?;
    let mut family = Family::begin(encoder, "zone_visits", "Visits that are over", MetricType::Counter)?;
    each().try_for_each(|(source, zone)| {
        family.counter(&[("source", source), ("zone", &*zone.name)], zone.visits)
    })
}

fn stages(sources: &[SourceState], encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let help = "Time of a stage's work on a frame";
    let mut family = Family::begin(encoder, "stage_seconds", help, MetricType::Histogram)?;
    for source in sources {
        for stage in &source.status.stages {
            let labels = [("source", &*source.name), ("stage", stage.name)];
            let mut encoder = family.encoder.encode_family(&labels)?;
            encoder.encode_histogram::<Labels<'_, 0>>(stage.seconds, stage.frames, &stage.buckets, None)?;
        }
    }
    Ok(())
}

fn publishers(shared: &Shared, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let states = shared.publishers.all();
    let mut family = Family::begin(
        encoder,
        "publisher_behind",
        "Crossings that a receiver does not have yet",
        MetricType::Gauge,
    )?;
    states.iter().try_for_each(|p| family.gauge(&[("publisher", &p.name)], p.behind as f64))?;
    let mut family =
        Family::begin(encoder, "publisher_up", "1 while a receiver can be reached", MetricType::Gauge)?;
    states.iter().try_for_each(|p| family.gauge(&[("publisher", &p.name)], f64::from(p.up)))?;
    let help = "How often a receiver was lost or refused something";
    let mut family = Family::begin(encoder, "publisher_failures", help, MetricType::Counter)?;
    states.iter().try_for_each(|p| family.counter(&[("publisher", &p.name)], p.failures))?;
    let help = "Crossings that a receiver has refused for good, and that it is not sent again";
    let mut family = Family::begin(encoder, "publisher_refused", help, MetricType::Counter)?;
    states.iter().try_for_each(|p| family.counter(&[("publisher", &p.name)], p.refused))
}

/// Everything that can be measured, for Prometheus.
pub(crate) async fn metrics(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    let mut registry = Registry::with_prefix("footfall");
    registry.register_collector(Box::new(Site(Arc::downgrade(&shared))));
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry)
        .map_err(|error| Problem::internal(&error.into()))?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
