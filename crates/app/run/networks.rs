//! The networks of a run: as many copies of each as work side by side.

use std::num::NonZeroUsize;
use std::path::Path;

use anyhow::Context as _;
use footfall_config::{Config, models};
use footfall_pipeline::{Detector, Embedder, SourceInfo};
use footfall_vision::{Device, EmbedderConfig, Inputs, OnnxDetector, OnnxEmbedder, Runtime, RuntimeConfig};

use super::summary;
use crate::say::say;

/// Opened networks, and what is said about them.
pub(crate) struct OpenNetworks {
    pub(crate) detectors: Vec<Box<dyn Detector>>,
    pub(crate) embedders: Vec<Box<dyn Embedder>>,
    /// Which sizes the detector's inputs have.
    pub(crate) inputs: Inputs,
    /// What they run on.
    pub(crate) device: Device,
    /// As far as the embedder's makers measured it.
    pub(crate) max_cosine_distance: Option<f64>,
    pub(crate) told: summary::NetworkReport,
}

impl OpenNetworks {
    /// Opens what the configuration names, one thread a session: cores are used by several sessions.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        let wanted = &config.networks;
        let (library, device) = (wanted.runtime.as_deref().map(Path::to_owned), wanted.device);
        let runtime = load_runtime(&RuntimeConfig { library, device, threads: NonZeroUsize::MIN })?;
        let device = runtime.device();
        let threads = config.pipeline.workers(device);
        let path = models::detector(wanted.detector.as_deref(), device.into())?;
        let mut inputs = None;
        let mut told = summary::NetworkReport { threads, ..summary::NetworkReport::default() };
        let mut detectors: Vec<Box<dyn Detector>> = Vec::new();
        for _ in 0..threads {
            let detector = OnnxDetector::open(&runtime, &path, &config.detector)?;
            let report = detector.providers();
            told.detector = format!("{} ({}, {report})", file_name(&path), detector.family());
            told.detector_ran_on = report.clone();
            if let Some(guesses) = detector.reading().guesses().filter(|_| detectors.is_empty()) {
                tracing::warn!(
                    "how {} is to be read is partly a guess ({guesses}): `footfall model` tells all of it, and how to \
                     say it",
                    file_name(&path)
                );
            }
            inputs = Some(detector.inputs());
            detectors.push(Box::new(detector));
        }
        let inputs = inputs.context("there is no detector")?;
        let mut opened =
            Self { detectors, embedders: Vec::new(), inputs, device, max_cosine_distance: None, told };
        for _ in 0..if wanted.no_embedder { 0 } else { threads } {
            opened.add_embedder(&runtime, config)?;
        }
        Ok(opened)
    }

    /// How many times as large the pictures of each source are for the detector, where that is known.
    pub(crate) fn scales(&self, infos: &[Option<SourceInfo>]) -> Vec<Option<f64>> {
        let scale = |info: &SourceInfo| self.detectors.first()?.scale(info.width, info.height);
        infos.iter().map(|info| info.as_ref().and_then(scale)).collect()
    }

    fn add_embedder(&mut self, runtime: &Runtime, config: &Config) -> anyhow::Result<()> {
        let path = config.networks.embedder.as_deref();
        let (embedder, name) = open_embedder(runtime, path, &config.embedding())?;
        let report = embedder.providers();
        self.told.embedder = Some(format!("{name} ({} numbers, {report})", embedder.dimension()));
        self.told.embedder_ran_on = Some(report.clone());
        self.max_cosine_distance = embedder.max_cosine_distance();
        self.embedders.push(Box::new(embedder));
        Ok(())
    }
}

/// Loads ONNX Runtime, and says what `auto` came to.
pub(crate) fn load_runtime(config: &RuntimeConfig) -> anyhow::Result<Runtime> {
    let (runtime, choice) = Runtime::choose(config)?;
    if let Some(choice) = choice {
        say(&format!("device: {choice}\n"));
    }
    Ok(runtime)
}

/// The embedder that is wanted, a file or one in this program; with its name.
pub(crate) fn open_embedder(
    runtime: &Runtime,
    path: Option<&Path>,
    config: &EmbedderConfig,
) -> anyhow::Result<(OnnxEmbedder, String)> {
    match models::embedder(path) {
        models::Embedder::File(path) => Ok((OnnxEmbedder::open(runtime, path, config)?, file_name(path))),
        models::Embedder::Carried((name, bytes)) => {
            Ok((OnnxEmbedder::from_bytes(runtime, name, bytes, config)?, name.to_owned()))
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
