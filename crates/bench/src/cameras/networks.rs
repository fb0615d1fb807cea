//! The networks of all tries: opened once, and lent to one pipeline after the other.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use footfall_pipeline::{BoxError, Detector, Embedder, Image};
use footfall_track::{Bbox, Detection, Embeddings};
use footfall_vision::{OnnxDetector, OnnxEmbedder, ProviderReport, Runtime};
use serde::Serialize;

use super::args::{CamerasArgs, Sharing};
use super::scene::SharedScene;
use crate::network::Network;
use crate::{BuiltIn, Error, detect};

/// One worker's network. Only one pipeline runs at a time, so nobody waits for the lock.
type Lent<T> = Arc<Mutex<T>>;

/// As many copies of each as work side by side.
pub(crate) struct Networks {
    detectors: Vec<Lent<OnnxDetector>>,
    embedders: Vec<Lent<OnnxEmbedder>>,
    pub(crate) max_cosine_distance: Option<f64>,
    pub(crate) told: Told,
}

/// What is said about them.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Told {
    pub(crate) detector: String,
    /// By ONNX Runtime's own profile.
    pub(crate) detector_ran_on: ProviderReport,
    pub(crate) embedder: String,
    pub(crate) embedder_ran_on: ProviderReport,
}

impl Networks {
    /// Opens what the arguments name.
    ///
    /// # Errors
    /// When a network is not named, cannot be read, or cannot be opened on the device.
    pub(crate) fn open(
        runtime: &Runtime,
        args: &CamerasArgs,
        sharing: Sharing,
        built_in: Option<BuiltIn<'_>>,
    ) -> Result<Self, Error> {
        let path = args.detector.clone().map_or_else(|| detect::usual(runtime.device()), Ok)?;
        let network = Network::find(args.embedder.as_deref(), built_in)?;
        let mut opened = Self {
            detectors: Vec::new(),
            embedders: Vec::new(),
            max_cosine_distance: None,
            told: Told::default(),
        };
        for _ in 0..sharing.copies {
            opened.add(runtime, &path, &network, sharing.max_batch)?;
        }
        Ok(opened)
    }

    fn add(&mut self, runtime: &Runtime, path: &Path, network: &Network, batch: usize) -> Result<(), Error> {
        let detector = detect::open(runtime, path)?;
        let embedder = network.open(runtime, batch)?;
        self.max_cosine_distance = embedder.max_cosine_distance();
        self.told = Told {
            detector: PathBuf::from(path).display().to_string(),
            detector_ran_on: detector.providers().clone(),
            embedder: network.name.clone(),
            embedder_ran_on: embedder.providers().clone(),
        };
        self.detectors.push(Arc::new(Mutex::new(detector)));
        self.embedders.push(Arc::new(Mutex::new(embedder)));
        Ok(())
    }

    /// The detectors' workers over a scene.
    pub(crate) fn detectors(&self, scene: &SharedScene) -> Vec<Box<dyn Detector>> {
        let worker = |detector: &Lent<OnnxDetector>| -> Box<dyn Detector> {
            Box::new(Known { detector: Arc::clone(detector), scene: Arc::clone(scene) })
        };
        self.detectors.iter().map(worker).collect()
    }

    /// The embedders' workers.
    pub(crate) fn embedders(&self) -> Vec<Box<dyn Embedder>> {
        let worker =
            |embedder: &Lent<OnnxEmbedder>| -> Box<dyn Embedder> { Box::new(Borrowed(Arc::clone(embedder))) };
        self.embedders.iter().map(worker).collect()
    }
}

fn lock<T>(lent: &Lent<T>) -> MutexGuard<'_, T> {
    lent.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs the network, and then says who is known to be in the scene: what one detector finds in pictures that
/// were put together tells nothing of how many people there are.
struct Known {
    detector: Lent<OnnxDetector>,
    scene: SharedScene,
}

impl Detector for Known {
    fn detect(&mut self, image: &Image) -> Result<Vec<Detection>, BoxError> {
        lock(&self.detector).find(image)?;
        Ok(self.scene.people_in(image).to_vec())
    }
}

struct Borrowed(Lent<OnnxEmbedder>);

impl Embedder for Borrowed {
    fn embed(&mut self, image: &Image, boxes: &[Bbox]) -> Result<Embeddings, BoxError> {
        lock(&self.0).embed(image, boxes)
    }

    fn embed_all(&mut self, pictures: &[(&Image, &[Bbox])]) -> Result<Vec<Embeddings>, BoxError> {
        lock(&self.0).embed_all(pictures)
    }
}
