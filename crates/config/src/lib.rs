//! The configuration file, and what it names: sources, networks, outputs.
//!
//! How the command line overrides it (defaults < file < flags) is the program's business.

#[cfg(test)]
mod documented;
mod ledger;
pub mod models;
mod named;
mod networks;
mod outputs;
mod paths;
mod pipeline;
mod remember;
mod shown;
mod sources;
mod staff;
mod usage;
mod wrong;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use footfall_count::{Calibration, Counter, Layout, Line, Mask, PartLayout, SiteConfig, Zone};
use footfall_evidence::EvidenceConfig;
use footfall_ledger::{Hours, SiteHours};
use footfall_pipeline::Options;
use footfall_video::OverlayConfig;
use footfall_vision::{DetectorConfig, Device, EmbedderConfig, counting_distances};
use serde::Deserialize;

pub use ledger::{LedgerConfig, RemovedLines};
pub use named::{Kept, NamedSource, shown_name, tell_apart, transport};
pub use networks::NetworkConfig;
pub use outputs::Outputs;
pub use pipeline::PipelineConfig;
pub use remember::RememberConfig;
pub use sources::{SourceEntry, Sources};
pub use staff::StaffConfig;
pub use usage::{Usage, usage};
pub use wrong::told_of_edit;

/// Everything that can be set, by the parts of the file. `assets/footfall.toml` holds all of it with
/// its defaults. What of it others may see, [`shown`](Self::shown) says.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Which networks run, and on what.
    pub networks: NetworkConfig,
    /// Cameras and recordings, and how they are opened.
    pub source: Sources,
    /// Which boxes of the detector's are taken.
    pub detector: DetectorConfig,
    /// How many crops go to the embedder at once.
    pub embedder: EmbedderConfig,
    /// How boxes become tracks.
    pub tracker: footfall_track::Config,
    /// How tracks become crossings.
    pub counter: footfall_count::Config,
    /// Who works there, and is not counted.
    pub staff: StaffConfig,
    /// Whether visitors outlast a restart.
    pub remember: RememberConfig,
    /// Which cameras see the same people.
    pub site: SiteConfig,
    /// What is drawn on the video that is written.
    pub overlay: OverlayConfig,
    /// When a source is unfit for counting.
    pub health: footfall_health::CheckConfig,
    /// How the stages are joined.
    pub pipeline: PipelineConfig,
    /// What is written.
    pub outputs: Outputs,
    /// Where crossings are kept for good.
    pub ledger: LedgerConfig,
    /// Clips that are kept for an audit.
    pub evidence: EvidenceConfig,
    /// When the place is open.
    #[serde(rename = "hours")]
    pub opening: Hours,
    /// The same, with that of sources that have their own.
    #[serde(skip)]
    pub hours: SiteHours,
    /// The page and the interface.
    pub serve: footfall_serve::Config,
    /// Who is told of crossings.
    pub publish: footfall_serve::PublishConfig,
    /// Lines over sources that have none of their own.
    #[serde(rename = "line")]
    pub lines: Vec<Line>,
    /// Zones, likewise.
    #[serde(rename = "zone")]
    pub zones: Vec<Zone>,
    /// Masks, likewise.
    #[serde(rename = "mask")]
    pub masks: Vec<Mask>,
    /// The keys of `tracker` that the file sets: the others may come from the source and the networks.
    #[serde(skip)]
    set_in_tracker: BTreeSet<String>,
    /// The tables in which the file sets `max_cosine_distance`: in others it may come from the embedder.
    #[serde(skip)]
    set_distances: BTreeSet<&'static str>,
}

/// Where there is a `max_cosine_distance` beside the tracker's.
const WITH_DISTANCE: [&str; 3] = ["counter", "counter.visitors", "staff"];

impl Config {
    /// The file at `path`, or the defaults.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and where the file cannot be read.
    pub fn load(path: Option<&Path>) -> anyhow::Result<Self> {
        Self::load_with(path, &PartLayout::default())
    }

    /// The same, with what is `given` of the layout instead of the file's.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn load_with(path: Option<&Path>, given: &PartLayout) -> anyhow::Result<Self> {
        let mut config = match path {
            Some(path) => Self::read(path).map_err(usage)?,
            None => Self::default(),
        };
        let layout = given.over(&config.layout());
        layout.check().map_err(usage)?;
        Layout { lines: config.lines, zones: config.zones, masks: config.masks } = layout;
        config.site.check().map_err(usage)?;
        config.ledger.validate().map_err(usage)?;
        config.health.validate().map_err(usage)?;
        config.evidence.check().map_err(usage)?;
        config.pipeline.check().map_err(usage)?;
        Ok(config)
    }

    fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).map_err(|error| {
            let is_forbidden = error.kind() == std::io::ErrorKind::PermissionDenied;
            let advice = "; it belongs to another user: `sudo chown --reference=FOLDER FILE` gives it to whom its folder \
                          belongs";
            let advice = if is_forbidden { advice } else { "" };
            anyhow::anyhow!("cannot read the configuration {}: {error}{advice}", path.display())
        })?;
        let mut config =
            Self::parse(&text).with_context(|| format!("the configuration {}", path.display()))?;
        config.begin_in(path.parent().unwrap_or(Path::new("")))?;
        Ok(config)
    }

    /// The configuration in `text`; paths stay as they are written there.
    ///
    /// # Errors
    ///
    /// Says what is wrong and where, with nothing of the values.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let wrong = |error| anyhow::Error::msg(wrong::told(text, &error));
        let mut config: Self = toml::from_str(text).map_err(wrong)?;
        let raw: toml::Table = text.parse().map_err(wrong)?;
        // Version 0.1 had it there.
        let moved = config.embedder.max_batch.take();
        config.pipeline.max_batch = config.pipeline.max_batch.or(moved);
        let tracker = raw.get("tracker").and_then(toml::Value::as_table);
        let own =
            config.source.list.iter().filter_map(|source| Some((source.name.clone(), source.hours.clone()?)));
        config.hours = SiteHours { all: config.opening.clone(), own: own.collect() };
        config.set_in_tracker = tracker.into_iter().flat_map(toml::Table::keys).cloned().collect();
        let is_set = |path: &&str| {
            let table = path.split('.').try_fold(&raw, |table, key| table.get(key)?.as_table());
            table.is_some_and(|table| table.contains_key("max_cosine_distance"))
        };
        config.set_distances = WITH_DISTANCE.into_iter().filter(is_set).collect();
        Ok(config)
    }

    /// What is drawn over sources that have nothing of their own.
    #[must_use]
    pub fn layout(&self) -> Layout {
        let Self { lines, zones, masks, .. } = self.clone();
        Layout { lines, zones, masks }
    }

    /// The counter of a file's lines and zones, in a picture of this size where it is known.
    ///
    /// # Errors
    ///
    /// Where a line or a zone makes no sense, or is in percent of a picture whose size is not known.
    pub fn counter(&self, size: Option<(usize, usize)>) -> anyhow::Result<Counter> {
        let mut counter = Counter::over(self.layout(), self.counter)?;
        if let Some((width, height)) = size {
            counter.fit(width, height);
        }
        if !counter.is_fit() {
            bail!(
                "some lines, zones or masks are in percent of the picture: give its size, as in --size 768x576"
            );
        }
        Ok(counter)
    }

    /// Makes settings comparable, whether they stand in a file or are as they are by default.
    pub fn forget_what_is_set(&mut self) {
        self.set_in_tracker.clear();
        self.set_distances.clear();
    }

    /// Takes the distances of the embedder that is named, where the file does not say otherwise: those by default are
    /// the usual embedder's.
    pub fn take_distances(&mut self) {
        let Some(embedder) = self.networks.embedder.as_deref() else { return };
        let distances = if models::is_embedder_name(embedder) {
            let models::Distances { join, staff } = models::CLEAN_DISTANCES;
            self.counter.visitors.calibration = Calibration::Clean;
            [Some(join), None, Some(staff)]
        } else {
            // What is wrong with it is told when the network is opened.
            counting_distances(embedder, &self.embedder.options).unwrap_or_default()
        };
        let Self { counter, staff: of_staff, set_distances, .. } = self;
        let settings = [
            &mut counter.max_cosine_distance,
            &mut counter.visitors.max_cosine_distance,
            &mut of_staff.max_cosine_distance,
        ];
        for ((path, setting), distance) in WITH_DISTANCE.into_iter().zip(settings).zip(distances) {
            if !set_distances.contains(path) {
                *setting = distance.unwrap_or(*setting);
            }
        }
    }

    /// How a run with networks on this device is held.
    #[must_use]
    pub fn options(&self, device: Device, max_frames: Option<u64>) -> Options {
        Options { queue: self.pipeline.queue.get(), max_frames, gather: self.pipeline.gather(device) }
    }

    /// How the embedder is opened.
    #[must_use]
    pub fn embedding(&self) -> EmbedderConfig {
        EmbedderConfig { max_batch: self.pipeline.max_batch, ..self.embedder.clone() }
    }

    /// The tracker's settings for a source of this frame rate and an embedder calibrated to this
    /// distance, where these are known and the file does not say otherwise.
    #[must_use]
    pub fn tracker(
        &self,
        frame_rate: Option<f64>,
        max_cosine_distance: Option<f64>,
    ) -> footfall_track::Config {
        let mut tracker = self.tracker.clone();
        let is_free = |key: &str| !self.set_in_tracker.contains(key);
        if let Some(rate) = frame_rate.filter(|_| is_free("frame_rate")) {
            tracker.frame_rate = rate;
        }
        if let Some(distance) = max_cosine_distance.filter(|_| is_free("max_cosine_distance")) {
            tracker.max_cosine_distance = distance as f32;
        }
        tracker
    }
}

#[cfg(test)]
mod tests;
