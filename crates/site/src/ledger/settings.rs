//! What decides the count, as digests: counted in the same way or not.

use std::path::Path;
use std::{fs, iter};

use anyhow::Context as _;
use footfall_config::{Config, NamedSource, StaffConfig, models};
use footfall_count::{Line, Role, Zone};
use footfall_ledger::{Digest, Place, PlaceKind};
use footfall_track::Point;
use footfall_vision::DetectorConfig;
use serde_json::{Value, json};

/// Of a run, and of each line in it.
pub(super) struct Settings {
    pub all: Digest,
    pub places: Vec<Place>,
}

/// The detector's settings. Where to look counts where it differs from what it is by default, so that what was counted
/// before there was such a setting is known again.
fn detector(config: &Config, source: &NamedSource) -> Value {
    let windows = source.windows.as_ref().unwrap_or(&config.detector.windows);
    let usual = DetectorConfig::default();
    let mut settings = json!(config.detector);
    if let Some(settings) = settings.as_object_mut() {
        settings.insert("windows".to_owned(), json!(windows));
        settings.retain(|key, value| match key.as_str() {
            "windows" => *windows != usual.windows,
            "rest" => *value != json!(usual.rest),
            _ => true,
        });
    }
    settings
}

/// Digests of every setting that may change what is counted: not of how many threads work, what is
/// written, or how it looks.
pub(super) fn digests(
    config: &Config,
    source: &NamedSource,
    tracker: &footfall_track::Config,
    (width, height): (usize, usize),
) -> anyhow::Result<Settings> {
    let mut stages = json!({
        "networks": networks(config)?,
        "device": config.networks.device,
        "frame_rate": source.options.frame_rate,
        "detector": detector(config, source),
        "tracker": tracker,
        "counter": source.counting(config.counter),
        "masks": source.layout.masks,
    });
    if let (Some(staff), Some(stages)) = (staff_digest(&config.staff)?, stages.as_object_mut()) {
        stages.insert("staff".to_owned(), staff);
    }
    if let (false, Some(stages)) = (config.site.is_off(), stages.as_object_mut()) {
        stages.insert("site".to_owned(), json!(config.site));
    }
    let of = |value: Value| Digest::of([value.to_string().as_bytes()]);
    // What it is for decides what is added up, not what is counted.
    let bare = |line: &Line| line.clone().with_role(Role::default());
    let unnamed = |place: Place| Place {
        unnamed: Some(of(json!({ "stages": stages, "kind": place.kind.as_str(), "points": place.points }))),
        ..place
    };
    let line = |line: &Line| {
        let config = of(json!({ "stages": stages, "line": bare(line) }));
        unnamed(Place { config, ..place_of_line(&line.in_pixels(width, height)) })
    };
    let zone = |zone: &Zone| {
        let config = of(json!({ "stages": stages, "zone": zone }));
        unnamed(Place { config, ..place_of_zone(&zone.in_pixels(width, height)) })
    };
    Ok(Settings {
        all: of(json!({
            "stages": stages,
            "lines": source.layout.lines.iter().map(bare).collect::<Vec<_>>(),
            "zones": source.layout.zones,
        })),
        places: source.layout.lines.iter().map(line).chain(source.layout.zones.iter().map(zone)).collect(),
    })
}

/// A line in pixels, by where it lies.
pub(super) fn place_of_line(line: &Line) -> Place {
    placed(PlaceKind::Line, line.name(), line.points())
}

/// A zone in pixels, likewise.
pub(super) fn place_of_zone(zone: &Zone) -> Place {
    placed(PlaceKind::Zone, zone.name(), zone.corners())
}

fn placed(kind: PlaceKind, name: &str, points: &[Point]) -> Place {
    let points: Vec<_> = points.iter().map(|point| [point.x, point.y]).collect();
    let config = Digest::of([json!([name, points]).to_string().as_bytes()]);
    Place { points, ..Place::new(kind, name, config) }
}

/// Staff by what is enrolled; none where nobody is left out.
///
/// # Errors
///
/// Where the gallery cannot be read.
pub fn staff_digest(staff: &StaffConfig) -> anyhow::Result<Option<Value>> {
    let Some(path) = &staff.gallery else { return Ok(None) };
    let bytes =
        fs::read(path).with_context(|| format!("cannot read the staff gallery {}", path.display()))?;
    Ok(Some(json!([Digest::of([bytes.as_slice()]), staff.max_cosine_distance])))
}

/// The networks by their content, since a file may be replaced under its name, and what they run on.
///
/// # Errors
///
/// Where a file cannot be read.
pub fn network_digests(config: &Config) -> anyhow::Result<Value> {
    let mut digests = networks(config)?;
    if let Some(digests) = digests.as_object_mut() {
        digests.insert("device".to_owned(), json!(config.networks.device));
    }
    Ok(digests)
}

/// The networks by their content.
fn networks(config: &Config) -> anyhow::Result<Value> {
    let wanted = &config.networks;
    let detector = read(&models::detector(wanted.detector.as_deref(), wanted.device)?)?;
    Ok(json!({ "detector": detector, "embedder": embedder(config)? }))
}

/// SHA-256 of the embedder's file in hexadecimal, where one runs.
///
/// # Errors
///
/// Where its file cannot be read.
pub fn embedder_digest(config: &Config) -> anyhow::Result<Option<String>> {
    Ok(embedder(config)?.map(|digest| digest.to_string()))
}

fn embedder(config: &Config) -> anyhow::Result<Option<Digest>> {
    if config.networks.no_embedder {
        return Ok(None);
    }
    Ok(Some(match models::embedder(config.networks.embedder.as_deref()) {
        models::Embedder::File(path) => read(path)?,
        models::Embedder::Carried((_, bytes)) => Digest::of([bytes]),
    }))
}

/// A network by its content, and by what the file beside it says of it.
fn read(path: &Path) -> anyhow::Result<Digest> {
    let bytes = fs::read(path).with_context(|| format!("cannot read the network {}", path.display()))?;
    let said = fs::read(footfall_vision::beside(path)).ok();
    Ok(Digest::of(iter::once(bytes.as_slice()).chain(said.as_deref())))
}
