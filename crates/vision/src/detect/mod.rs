//! Person detectors: picture in, boxes out.

mod family;
mod input;
mod nanodet;
mod nms;
mod recipe;
#[cfg(test)]
mod tests;
mod yolox;

use std::path::Path;
use std::time::Instant;

use footfall_pipeline::{BoxError, Detector, Image};
use footfall_track::Detection;
use serde::{Deserialize, Serialize};

use crate::detect::family::Family;
use crate::detect::input::InputSize;
use crate::letterbox::Letterbox;
use crate::metadata::Task;
use crate::session::Model;
use crate::{Device, Error, ModelFault, ProviderReport, Runtime, Size, Times};

/// What counts as a detection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DetectorConfig {
    /// Detections below this score are dropped, 0 to 1. Trackers have thresholds of their own above
    /// it, so it is low.
    pub confidence: f32,
    /// Of two boxes that overlap more than this (IoU), the one with the lower score is dropped.
    pub nms_iou: f64,
    /// At most this many detections a picture, those with the highest scores.
    pub max_detections: usize,
    /// The network's input, `HEIGHTxWIDTH`. By default the size that the model names, or one of the
    /// same area that fits the picture's shape better where the network takes any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_size: Option<Size>,
}

impl Default for DetectorConfig {
    fn default() -> Self {
        Self { confidence: 0.1, nms_iou: 0.6, max_detections: 300, input_size: None }
    }
}

impl DetectorConfig {
    /// # Errors
    /// When a share is none.
    fn check(&self) -> Result<(), Error> {
        for (key, value) in [("confidence", f64::from(self.confidence)), ("nms_iou", self.nms_iou)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::Setting { key, value, expected: "a number from 0 to 1" });
            }
        }
        Ok(())
    }
}

/// The picture for which a network is warmed up, where it takes more than one size.
const USUAL: Size = Size::new(1080, 1920);

/// A person detector from an ONNX file: one session, buffers of its own.
pub struct OnnxDetector {
    model: Model,
    family: Box<dyn Family>,
    input: InputSize,
    letterbox: Letterbox,
    config: DetectorConfig,
    times: Times,
}

impl OnnxDetector {
    /// Opens a detector of a family that its metadata, or else its outputs, tell.
    ///
    /// # Errors
    /// When the configuration means nothing, the file cannot be read, is no ONNX model, is no
    /// detector of a known family, takes no input of the configured size, or when the device cannot
    /// be had.
    pub fn open(runtime: &Runtime, path: &Path, config: &DetectorConfig) -> Result<Self, Error> {
        config.check()?;
        let mut model = Model::open(runtime, path)?;
        if model.metadata().task == Some(Task::Embed) {
            let fault = ModelFault::Task { wanted: "detect people", found: "embed crops of people" };
            return Err(model.unusable(fault));
        }
        let family =
            family::of(model.signature(), model.metadata()).map_err(|fault| model.unusable(fault))?;
        let recipe = family.recipe(model.metadata());
        let input = InputSize::new(&model, &recipe, config.input_size)?;
        let letterbox = Letterbox::new(recipe.placement, recipe.pad, recipe.normaliser());
        let Size { height, width } = input.for_picture(USUAL);
        model.prove([1, 3, height, width])?;
        Ok(Self { model, family, input, letterbox, config: config.clone(), times: Times::default() })
    }

    /// How the network's outputs are decoded: `nanodet`, `yolox`.
    #[must_use]
    pub fn family(&self) -> &'static str {
        self.family.name()
    }

    /// What the session runs on.
    #[must_use]
    pub fn device(&self) -> Device {
        self.model.device()
    }

    /// What the network really ran on when it was opened, in ONNX Runtime's own words.
    #[must_use]
    pub fn providers(&self) -> &ProviderReport {
        self.model.providers()
    }

    /// What the time went into since it was opened.
    #[must_use]
    pub fn times(&self) -> Times {
        self.times
    }

    /// The network's input for pictures of this size.
    #[must_use]
    pub fn input_size(&self, width: usize, height: usize) -> Size {
        self.input.for_picture(Size::new(height, width))
    }

    /// Everyone in the picture, by falling score.
    ///
    /// Boxes are in the picture's pixels and may reach beyond its border, as far as the network
    /// believes that a person does: cutting them would shift the feet and the aspect ratio that a
    /// tracker's motion model is about. A box that is entirely outside is dropped.
    ///
    /// # Errors
    /// When the network does not run or its outputs are not of the expected shape.
    pub fn find(&mut self, image: &Image) -> Result<Vec<Detection>, Error> {
        let began = Instant::now();
        let picture = Size::new(image.height(), image.width());
        let input = self.input.for_picture(picture);
        let shape = [1, 3, input.height, input.width];
        let fit = self.letterbox.prepare(image, input, self.model.input(shape)?)?;
        let prepared = Instant::now();
        self.times.prepare += prepared - began;
        let mut found = Vec::new();
        self.family.run(&mut self.model, shape, self.config.confidence, &mut found)?;
        for detection in &mut found {
            detection.bbox = fit.to_picture(&detection.bbox);
        }
        found.retain(|detection| touches(detection, picture));
        let kept = nms::suppress(found, self.config.nms_iou, self.config.max_detections);
        self.times.network += prepared.elapsed();
        Ok(kept)
    }
}

/// Whether the box is a box and part of it lies in the picture.
fn touches(detection: &Detection, picture: Size) -> bool {
    let bbox = &detection.bbox;
    let inside = bbox.x < picture.width as f64 && bbox.y < picture.height as f64;
    bbox.is_proper() && inside && bbox.right() > 0.0 && bbox.bottom() > 0.0
}

impl Detector for OnnxDetector {
    fn detect(&mut self, image: &Image) -> Result<Vec<Detection>, BoxError> {
        Ok(self.find(image)?)
    }

    fn scale(&self, width: usize, height: usize) -> Option<f64> {
        let input = self.input_size(width, height);
        Some((input.width as f64 / width as f64).min(input.height as f64 / height as f64))
    }
}
