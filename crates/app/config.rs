//! The configuration file, and how the command line overrides it: defaults < file < flags.

#[cfg(test)]
mod documented;
mod ledger;
mod paths;
mod shown;
mod sources;
mod staff;
mod wrong;

use std::collections::BTreeSet;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use footfall_count::{Counter, Layout, Line, Mask, PartLayout, Zone};
use footfall_ledger::{Hours, SiteHours};
use footfall_pipeline::{Gather, Options};
use footfall_private::LocalPath;
use footfall_video::OverlayConfig;
use footfall_vision::{DetectorConfig, Device, DeviceRequest, EmbedderConfig};
use serde::{Deserialize, Serialize};

use crate::cli::{NetworkArgs, OutputArgs, RunArgs};
use crate::exit::usage;
use crate::models;

pub(crate) use ledger::{LedgerConfig, RemovedLines};
pub(crate) use sources::{SourceEntry, Sources};
pub(crate) use staff::StaffConfig;
pub(crate) use wrong::told_of_edit;

/// Everything that can be set, by the parts of the file. `assets/footfall.toml` holds all of it with
/// its defaults. What of it others may see, [`shown`](Self::shown) says.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) networks: NetworkConfig,
    pub(crate) source: Sources,
    pub(crate) detector: DetectorConfig,
    pub(crate) embedder: EmbedderConfig,
    pub(crate) tracker: footfall_track::Config,
    pub(crate) counter: footfall_count::Config,
    pub(crate) staff: StaffConfig,
    pub(crate) overlay: OverlayConfig,
    pub(crate) health: footfall_health::CheckConfig,
    pub(crate) pipeline: PipelineConfig,
    pub(crate) outputs: Outputs,
    pub(crate) ledger: LedgerConfig,
    /// When the place is open.
    #[serde(rename = "hours")]
    pub(crate) opening: Hours,
    /// The same, with that of sources that have their own.
    #[serde(skip)]
    pub(crate) hours: SiteHours,
    pub(crate) serve: footfall_serve::Config,
    pub(crate) publish: footfall_serve::PublishConfig,
    #[serde(rename = "line")]
    pub(crate) lines: Vec<Line>,
    #[serde(rename = "zone")]
    pub(crate) zones: Vec<Zone>,
    #[serde(rename = "mask")]
    pub(crate) masks: Vec<Mask>,
    /// The keys of `tracker` that the file sets: the others may come from the source and the networks.
    #[serde(skip)]
    set_in_tracker: BTreeSet<String>,
    /// The tables in which the file sets `max_cosine_distance`: in others it may come from the embedder.
    #[serde(skip)]
    set_distances: BTreeSet<&'static str>,
}

/// Where there is a `max_cosine_distance` beside the tracker's.
const WITH_DISTANCE: [&str; 3] = ["counter", "counter.visitors", "staff"];

/// Which networks run, and on what.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NetworkConfig {
    pub(crate) device: DeviceRequest,
    pub(crate) detector: Option<LocalPath>,
    pub(crate) embedder: Option<LocalPath>,
    /// The ONNX Runtime library, where it is not the one from set-up.
    pub(crate) runtime: Option<LocalPath>,
    /// Track by motion alone.
    pub(crate) no_embedder: bool,
}

/// How the stages are joined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PipelineConfig {
    /// Copies of each network that work side by side; by default as many as there are cores, and two on a GPU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Frames that may wait between two stages.
    pub(crate) queue: NonZeroUsize,
    /// Milliseconds that a frame's crops wait for those of other frames and sources, to go together; by default
    /// 3 on a GPU, and on a CPU 0, where more at once only wear out its caches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) batch_wait_ms: Option<f64>,
}

/// What is written.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Outputs {
    pub(crate) video: Option<LocalPath>,
    pub(crate) tracks: Option<LocalPath>,
    pub(crate) crossings: Option<LocalPath>,
    pub(crate) detections: Option<LocalPath>,
    pub(crate) record: Option<LocalPath>,
    pub(crate) summary: Option<LocalPath>,
}

impl Default for PipelineConfig {
    fn default() -> Self {
        let queue = NonZeroUsize::MIN.saturating_add(footfall_pipeline::Options::default().queue - 1);
        Self { threads: None, queue, batch_wait_ms: None }
    }
}

impl PipelineConfig {
    /// Copies of each network on this device.
    pub(crate) fn workers(&self, device: Device) -> usize {
        self.threads.map_or_else(|| device.usual_copies(), NonZeroUsize::get)
    }

    fn batch_wait(&self, device: Device) -> Duration {
        self.batch_wait_ms.map_or_else(|| device.usual_wait(), |wait| Duration::from_secs_f64(wait / 1e3))
    }

    fn check(&self) -> anyhow::Result<()> {
        match self.batch_wait_ms {
            Some(wait) if !(0.0..=1000.0).contains(&wait) => {
                bail!("batch_wait_ms is {wait}; expected milliseconds from 0 to 1000")
            }
            _ => Ok(()),
        }
    }
}

impl Config {
    /// The file at `path`, or the defaults.
    pub(crate) fn load(path: Option<&Path>) -> anyhow::Result<Self> {
        Self::load_with(path, &PartLayout::default())
    }

    /// The same, with what is `given` of the layout instead of the file's.
    pub(crate) fn load_with(path: Option<&Path>, given: &PartLayout) -> anyhow::Result<Self> {
        let mut config = match path {
            Some(path) => Self::read(path).map_err(usage)?,
            None => Self::default(),
        };
        let layout = given.over(&config.layout());
        layout.check().map_err(usage)?;
        Layout { lines: config.lines, zones: config.zones, masks: config.masks } = layout;
        config.ledger.validate().map_err(usage)?;
        config.health.validate().map_err(usage)?;
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

    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let wrong = |error| anyhow::Error::msg(wrong::told(text, &error));
        let mut config: Self = toml::from_str(text).map_err(wrong)?;
        let raw: toml::Table = text.parse().map_err(wrong)?;
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
    pub(crate) fn layout(&self) -> Layout {
        let Self { lines, zones, masks, .. } = self.clone();
        Layout { lines, zones, masks }
    }

    /// The counter of a file's lines and zones, in a picture of this size where it is known.
    pub(crate) fn counter(&self, size: Option<(usize, usize)>) -> anyhow::Result<Counter> {
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
    pub(crate) fn forget_what_is_set(&mut self) {
        self.set_in_tracker.clear();
        self.set_distances.clear();
    }

    /// Takes the distances of the embedder that is named, where the file does not say otherwise: those by default are
    /// the usual embedder's.
    pub(crate) fn take_distances(&mut self) {
        if !self.networks.embedder.as_deref().is_some_and(models::is_embedder_name) {
            return;
        }
        let models::Distances { join, visitors, staff } = models::CLEAN_DISTANCES;
        let Self { counter, staff: of_staff, set_distances, .. } = self;
        let settings = [
            (&mut counter.max_cosine_distance, join),
            (&mut counter.visitors.max_cosine_distance, visitors),
            (&mut of_staff.max_cosine_distance, staff),
        ];
        for (path, (setting, distance)) in WITH_DISTANCE.into_iter().zip(settings) {
            if !set_distances.contains(path) {
                *setting = distance;
            }
        }
    }

    /// The configuration of `footfall run`.
    pub(crate) fn for_run(args: &RunArgs) -> anyhow::Result<Self> {
        let mut config = Self::load_with(args.config.as_deref(), &args.layout())?;
        config.tracker.preset = args.preset.unwrap_or(config.tracker.preset);
        config.counter.anchor = args.anchor.unwrap_or(config.counter.anchor);
        config.counter.visitors.window = args.visitors.unwrap_or(config.counter.visitors.window);
        replace(&mut config.staff.gallery, args.staff.as_ref());
        config.override_networks(&args.networks);
        config.outputs.override_by(&args.outputs);
        config.ledger.override_by(&args.ledger).map_err(usage)?;
        config.serve.address = match args.serve {
            _ if args.no_serve => None,
            Some(address) => Some(address.unwrap_or(config.serve.listens_at())),
            None => config.serve.address,
        };
        Ok(config)
    }

    /// The configuration of `footfall harvest`: nobody is counted.
    pub(crate) fn for_harvest(path: Option<&Path>, networks: &NetworkArgs) -> anyhow::Result<Self> {
        let mut config = Self::load(path)?;
        config.override_networks(networks);
        Ok(config)
    }

    /// How a run with networks on this device is held.
    pub(crate) fn options(&self, device: Device, max_frames: Option<u64>) -> Options {
        let (max_batch, wait) = (self.embedder.batch(device), self.pipeline.batch_wait(device));
        Options { queue: self.pipeline.queue.get(), max_frames, gather: Gather { max_batch, wait } }
    }

    fn override_networks(&mut self, args: &NetworkArgs) {
        self.networks.override_by(args);
        if let Some(crops) = args.max_batch {
            self.embedder.max_batch = NonZeroUsize::new(crops.into());
        }
        self.pipeline.batch_wait_ms = args.batch_wait_ms.or(self.pipeline.batch_wait_ms);
        if let Some(threads) = args.threads {
            self.pipeline.threads = NonZeroUsize::new(threads.into());
        }
        self.take_distances();
    }

    /// The tracker's settings for a source of this frame rate and an embedder calibrated to this
    /// distance, where these are known and the file does not say otherwise.
    pub(crate) fn tracker(
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

impl NetworkConfig {
    fn override_by(&mut self, args: &NetworkArgs) {
        self.device = args.device.unwrap_or(self.device);
        replace(&mut self.detector, args.detector.as_ref());
        if args.embedder.is_some() {
            self.no_embedder = false;
        }
        replace(&mut self.embedder, args.embedder.as_ref());
        self.no_embedder |= args.no_embedder;
    }
}

impl Outputs {
    fn override_by(&mut self, args: &OutputArgs) {
        replace(&mut self.video, args.output.as_ref());
        replace(&mut self.tracks, args.tracks.as_ref());
        replace(&mut self.crossings, args.crossings.as_ref());
        replace(&mut self.detections, args.detections.as_ref());
        replace(&mut self.record, args.record.as_ref());
        replace(&mut self.summary, args.summary.as_ref());
    }
}

fn replace(setting: &mut Option<LocalPath>, flag: Option<&PathBuf>) {
    if let Some(path) = flag {
        *setting = Some(path.clone().into());
    }
}

#[cfg(test)]
mod tests {
    use super::Config;
    use crate::models::{CLEAN_DISTANCES, Distances};

    /// The example in the repository, with the settings that have no default commented out.
    const EXAMPLE: &str = include_str!("../../assets/footfall.toml");

    #[test]
    fn the_example_holds_the_defaults() {
        let mut example = Config::parse(EXAMPLE).unwrap();
        assert_eq!(example.lines.len(), 1, "one line shows how");
        example.lines.clear();
        assert_eq!((example.zones.len(), example.masks.len()), (1, 1), "one shows how");
        example.zones.clear();
        example.masks.clear();
        example.forget_what_is_set();
        assert_eq!(example, Config::default());
    }

    #[test]
    fn the_clean_embedder_has_distances_of_its_own_where_the_file_has_none() {
        let with = |text: &str| {
            let mut config = Config::parse(text).unwrap();
            config.take_distances();
            let visitors = config.counter.visitors.max_cosine_distance;
            [config.counter.max_cosine_distance, visitors, config.staff.max_cosine_distance]
        };
        let Distances { join, visitors, staff } = CLEAN_DISTANCES;
        let usual = with("");
        assert_eq!(with("[networks]\nembedder = 'clean'\n"), [join, visitors, staff]);
        assert_eq!(with("[networks]\nembedder = 'own.onnx'\n"), usual);
        let set = "[networks]\nembedder = 'clean'\n[counter]\nmax_cosine_distance = 0.5\n";
        assert_eq!(with(set), [0.5, visitors, staff]);
        let set = "[networks]\nembedder = 'clean'\n[counter.visitors]\nmax_cosine_distance = 0.1\n[staff]\n\
                   max_cosine_distance = 0.15\n";
        assert_eq!(with(set), [join, 0.1, 0.15]);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place() {
        let error = format!("{:#}", Config::parse("[tracker]\nmax_aeg = 3\n").unwrap_err());
        assert!(error.contains("max_aeg") && error.contains("line 2"), "{error}");
        let error = format!("{:#}", Config::parse("[[line]]\nname='a'\nfrom=[1,2]\nto=[1,2]\n").unwrap_err());
        assert!(error.contains("same point"), "{error}");
    }

    #[test]
    fn the_frame_rate_of_the_source_is_the_nominal_one_unless_set() {
        assert_eq!(Config::default().tracker(Some(7.0), None).frame_rate, 7.0);
        let set = Config::parse("[tracker]\nframe_rate = 25.0\n").unwrap().tracker(Some(7.0), Some(0.5));
        assert_eq!((set.frame_rate, set.max_cosine_distance), (25.0, 0.5));
    }
}
