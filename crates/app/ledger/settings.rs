//! What decides the count, as digests: counted in the same way or not.

use std::fs;

use anyhow::Context as _;
use footfall_count::{Line, Zone};
use footfall_ledger::{Digest, Place, PlaceKind};
use serde_json::{Value, json};

use crate::config::Config;
use crate::models;
use crate::sources::NamedSource;

/// Of a run, and of each line in it.
pub(crate) struct Settings {
    pub(crate) all: Digest,
    pub(crate) places: Vec<Place>,
}

/// Digests of every setting that may change what is counted: not of how many threads work, what is
/// written, or how it looks.
pub(crate) fn digests(
    config: &Config,
    source: &NamedSource,
    tracker: &footfall_track::Config,
) -> anyhow::Result<Settings> {
    let stages = json!({
        "networks": networks(config)?,
        "device": config.networks.device,
        "frame_rate": source.options.frame_rate,
        "detector": config.detector,
        "tracker": tracker,
        "counter": config.counter,
        "masks": source.masks,
    });
    let of = |value: Value| Digest::of([value.to_string().as_bytes()]);
    let line = |line: &Line| Place {
        kind: PlaceKind::Line,
        name: line.name().to_owned(),
        config: of(json!({ "stages": stages, "line": line })),
    };
    let zone = |zone: &Zone| Place {
        kind: PlaceKind::Zone,
        name: zone.name().to_owned(),
        config: of(json!({ "stages": stages, "zone": zone })),
    };
    Ok(Settings {
        all: of(json!({ "stages": stages, "lines": source.lines, "zones": source.zones })),
        places: source.lines.iter().map(line).chain(source.zones.iter().map(zone)).collect(),
    })
}

/// The networks by their content: a file may be replaced under its name.
fn networks(config: &Config) -> anyhow::Result<Value> {
    let wanted = &config.networks;
    let read = |path: &std::path::Path| {
        let bytes = fs::read(path).with_context(|| format!("cannot read the network {}", path.display()))?;
        anyhow::Ok(Digest::of([bytes.as_slice()]))
    };
    let detector = read(&wanted.detector.clone().map_or_else(|| models::detector(wanted.device), Ok)?)?;
    let embedder = match &wanted.embedder {
        _ if wanted.no_embedder => None,
        Some(path) => Some(read(path)?),
        None => Some(Digest::of([models::EMBEDDER.1])),
    };
    Ok(json!({ "detector": detector, "embedder": embedder }))
}
