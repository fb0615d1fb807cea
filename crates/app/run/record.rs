//! A run as `footfall replay` takes it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use footfall_config::{Config, StaffConfig};
use footfall_count::{Layout, Line, Mask, Zone};
use footfall_formats::recording::{RecordingHead, RecordingWriter};
use footfall_ledger::jiff::Timestamp;
use footfall_pipeline::{BoxError, Scene, Sink, SourceInfo};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;

use crate::cli::ReplayArgs;

/// Writes what the tracker was given.
pub(crate) struct RecordSink {
    path: PathBuf,
    writer: RecordingWriter,
}

impl RecordSink {
    pub(crate) fn create(path: &Path, head: &RecordingHead) -> anyhow::Result<Box<dyn Sink>> {
        Ok(Box::new(Self { path: path.to_owned(), writer: RecordingWriter::create(path, head)? }))
    }
}

impl Sink for RecordSink {
    fn name(&self) -> String {
        format!("recording {}", self.path.display())
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        Ok(self.writer.write(scene.frame.number, scene.frame.time, &scene.observations)?)
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(self.writer.finish()?)
    }
}

/// The settings of the stages after detection: what a recording keeps of its run's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) tracker: footfall_track::Config,
    pub(crate) counter: footfall_count::Config,
    pub(crate) lines: Vec<Line>,
    #[serde(default)]
    pub(crate) zones: Vec<Zone>,
    /// Those whom they hide are not in the recording.
    #[serde(default)]
    pub(crate) masks: Vec<Mask>,
    #[serde(default, skip_serializing_if = "StaffConfig::is_off", serialize_with = "with_gallery")]
    pub(crate) staff: StaffConfig,
}

/// Staff with the path of their gallery: a recording stays on this machine, and needs it.
fn with_gallery<S: Serializer>(staff: &StaffConfig, serializer: S) -> Result<S::Ok, S::Error> {
    let StaffConfig { gallery, max_cosine_distance } = staff;
    json!({ "gallery": gallery.as_deref(), "max_cosine_distance": max_cosine_distance }).serialize(serializer)
}

impl Settings {
    /// What a recording begins with.
    pub(crate) fn head(
        &self,
        source: &str,
        info: &SourceInfo,
        start: Timestamp,
        max_cosine_distance: Option<f64>,
    ) -> anyhow::Result<RecordingHead> {
        Ok(RecordingHead {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            source: source.to_owned(),
            live: info.kind == footfall_pipeline::Kind::Live,
            start: Some(start.to_string()),
            size: [info.width, info.height],
            frame_rate: info.frame_rate,
            max_cosine_distance,
            settings: serde_json::to_value(self)?,
        })
    }

    /// What is drawn over the source.
    pub(crate) fn layout(&self) -> Layout {
        let Self { lines, zones, masks, .. } = self.clone();
        Layout { lines, zones, masks }
    }

    /// The run's, or those that the arguments name in their place.
    pub(crate) fn of(args: &ReplayArgs, head: &RecordingHead) -> anyhow::Result<Self> {
        let mut settings = match &args.config {
            Some(path) => {
                let mut config = Config::load(Some(path))?;
                config.take_distances();
                let tracker = config.tracker(head.frame_rate, head.max_cosine_distance);
                let Config { counter, lines, zones, masks, staff, .. } = config;
                Self { tracker, counter, lines, zones, masks, staff }
            }
            None => serde_json::from_value(head.settings.clone()).with_context(|| {
                format!(
                    "{} was recorded by Footfall {}, whose settings this one does not know: name yours with --config",
                    args.recording.display(),
                    head.version
                )
            })?,
        };
        settings.tracker.preset = args.preset.unwrap_or(settings.tracker.preset);
        settings.counter.anchor = args.anchor.unwrap_or(settings.counter.anchor);
        if !args.lines.is_empty() {
            settings.lines.clone_from(&args.lines);
        }
        Ok(settings)
    }
}
