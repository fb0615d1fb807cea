//! The networks of a run: as many copies of each as work side by side.

use std::num::NonZeroUsize;
use std::path::Path;

use footfall_pipeline::{Detector, Embedder};
use footfall_vision::{EmbedderConfig, OnnxDetector, OnnxEmbedder, Runtime, RuntimeConfig};

use crate::config::Config;
use crate::{models, report};

/// Opened networks, and what is said about them.
pub(crate) struct Networks {
    pub(crate) detectors: Vec<Box<dyn Detector>>,
    pub(crate) embedders: Vec<Box<dyn Embedder>>,
    /// As far as the embedder's makers measured it.
    pub(crate) max_cosine_distance: Option<f64>,
    pub(crate) told: report::Networks,
}

impl Networks {
    /// Opens what the configuration names, one thread a session: cores are used by several sessions.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        let wanted = &config.networks;
        let (library, device) = (wanted.runtime.clone(), wanted.device);
        let runtime = Runtime::load(&RuntimeConfig { library, device, threads: NonZeroUsize::MIN })?;
        let threads = config.pipeline.workers();
        let path = wanted.detector.clone().map_or_else(|| models::detector(device), Ok)?;
        let mut opened = Self {
            detectors: Vec::new(),
            embedders: Vec::new(),
            max_cosine_distance: None,
            told: report::Networks { threads, ..report::Networks::default() },
        };
        for _ in 0..threads {
            let detector = OnnxDetector::open(&runtime, &path, &config.detector)?;
            opened.told.detector =
                format!("{} ({}, {})", file_name(&path), detector.family(), detector.provider());
            opened.detectors.push(Box::new(detector));
            if !wanted.no_embedder {
                opened.add_embedder(&runtime, config)?;
            }
        }
        Ok(opened)
    }

    fn add_embedder(&mut self, runtime: &Runtime, config: &Config) -> anyhow::Result<()> {
        let path = config.networks.embedder.as_deref();
        let (embedder, name) = open_embedder(runtime, path, &config.embedder)?;
        let told = format!("{name} ({} numbers, {})", embedder.dimension(), embedder.provider());
        self.told.embedder = Some(told);
        self.max_cosine_distance = embedder.max_cosine_distance();
        self.embedders.push(Box::new(embedder));
        Ok(())
    }
}

/// The embedder of that file, or the one in this program; with its name.
pub(crate) fn open_embedder(
    runtime: &Runtime,
    path: Option<&Path>,
    config: &EmbedderConfig,
) -> anyhow::Result<(OnnxEmbedder, String)> {
    if let Some(path) = path {
        return Ok((OnnxEmbedder::open(runtime, path, config)?, file_name(path)));
    }
    let (name, bytes) = models::EMBEDDER;
    Ok((OnnxEmbedder::from_bytes(runtime, name, bytes, config)?, name.to_owned()))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
