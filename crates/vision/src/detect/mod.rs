//! Person detectors: picture in, boxes out.

pub(crate) mod coding;
mod end_to_end;
pub(crate) mod evidence;
mod family;
mod grid;
mod input;
mod join;
mod known;
mod listed;
mod nanodet;
mod nms;
pub(crate) mod people;
mod recipe;
mod scored;
#[cfg(test)]
mod tests;
mod yolox;

use std::path::Path;
use std::time::Instant;

use footfall_pipeline::{BoxError, Detector, Found, Image, Window, Windows};
use footfall_track::Detection;
use serde::{Deserialize, Serialize};

use crate::detect::evidence::Evidence;
use crate::detect::family::Family;
use crate::detect::input::InputSize;
use crate::detect::recipe::Recipe;
use crate::letterbox::{Letterbox, Placement};
use crate::metadata::Task;
use crate::reading::{Fact, Reading};
use crate::resample::Region;
use crate::session::Model;
use crate::signature::Element;
use crate::tensor::Tensor;
use crate::{Device, Error, ModelFault, ProviderReport, Runtime, Size, Statement, Times};

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
    /// Where in the picture people are looked for: `auto`, `whole`, `near`, or areas
    /// `[[left, top, width, height], ...]` in pixels.
    pub windows: Windows,
    /// Whether the networks rest while nothing moves and nobody is followed.
    pub rest: bool,
    /// What is said about the network, `KEY=VALUE`: it overrules the file beside it and its metadata.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Statement>,
}

impl Default for DetectorConfig {
    fn default() -> Self {
        Self {
            confidence: 0.1,
            nms_iou: 0.6,
            max_detections: 300,
            input_size: None,
            windows: Windows::Auto,
            rest: true,
            options: Vec::new(),
        }
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

/// Which sizes a detector's inputs have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inputs(InputSize);

impl Inputs {
    /// The input for pictures of this size.
    #[must_use]
    pub fn for_picture(self, width: usize, height: usize) -> Size {
        self.0.for_picture(Size::new(height, width))
    }

    /// Sides are multiples of this many pixels, where the network takes inputs of any size.
    #[must_use]
    pub fn stride(self) -> Option<usize> {
        self.0.stride()
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
    reading: Reading,
    times: Times,
}

impl OnnxDetector {
    /// Opens a detector, of the family that is stated or that its outputs tell.
    ///
    /// # Errors
    /// When the configuration means nothing, the file cannot be read, is no ONNX model, is no
    /// detector of a known family, takes no input of the configured size, or when the device cannot
    /// be had; and when something must be stated that the file does not tell.
    pub fn open(runtime: &Runtime, path: &Path, config: &DetectorConfig) -> Result<Self, Error> {
        config.check()?;
        let mut model = Model::open(runtime, path, &config.options)?;
        if model.metadata().task == Some(Task::Embed) {
            let fault = ModelFault::Task { wanted: "detect people", found: "embed crops of people" };
            return Err(model.unusable(fault));
        }
        let input = InputSize::new(&model, config.input_size)?;
        let shape = model.feed()?.shape(input.for_picture(USUAL));
        model.prove(shape)?;
        let family = recognise(&mut model, shape)?;
        let (recipe, facts) = Recipe::new(family.known().usual, model.feed()?, model.metadata());
        // What is stretched has the size that it was trained at, whatever the picture's shape.
        let input = match (recipe.placement, model.metadata().size) {
            (Placement::Stretch, Some(size)) if config.input_size.is_none() => input.always(size),
            _ => input,
        };
        let letterbox = Letterbox::new(recipe.placement, recipe.pad, recipe.normaliser());
        let reading = reading(&model, &*family, input.fact(&model, config.input_size), facts);
        Ok(Self { model, family, input, letterbox, config: config.clone(), reading, times: Times::default() })
    }

    /// How the network's outputs are decoded: `nanodet`, `yolox`.
    #[must_use]
    pub fn family(&self) -> &'static str {
        self.family.known().name
    }

    /// What the file was taken for, and why.
    #[must_use]
    pub fn reading(&self) -> &Reading {
        &self.reading
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

    /// Which sizes its inputs have, also when it is at work elsewhere.
    #[must_use]
    pub fn inputs(&self) -> Inputs {
        Inputs(self.input)
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
        let picture = Region::whole(image);
        self.find_in(image, picture, self.input.for_picture(picture.size))
    }

    /// Everyone in the windows, each looked at by itself, by falling score.
    ///
    /// # Errors
    /// As [`OnnxDetector::find`].
    pub fn find_within(&mut self, image: &Image, windows: &[Window]) -> Result<Found, Error> {
        let size = Size::new(image.height(), image.width());
        let mut seen = Vec::with_capacity(windows.len());
        for window in windows {
            let Some(region) = Region::of(&window.bbox(), size) else { continue };
            let input = self.input.for_window(region.size, window.scale);
            seen.push((*window, self.find_in(image, region, input)?));
        }
        Ok(join::join(&seen, size, self.config.nms_iou, self.config.max_detections))
    }

    /// Everyone in a region, in the picture's pixels.
    fn find_in(&mut self, image: &Image, region: Region, input: Size) -> Result<Vec<Detection>, Error> {
        let began = Instant::now();
        let shape = self.model.feed()?.shape(input);
        // Of a batch of a fixed size the first is the picture; the others are what they were.
        let planes = &mut self.model.input(shape)?[..3 * input.area()];
        let fit = self.letterbox.prepare(image, region, input, planes)?;
        let prepared = Instant::now();
        self.times.prepare += prepared - began;
        let mut found = Vec::new();
        let known = self.family.known();
        let read =
            |outputs: &[Tensor<'_>]| self.family.decode(outputs, input, self.config.confidence, &mut found);
        self.model.run(shape, &known.outputs, read)?;
        for detection in &mut found {
            detection.bbox = fit.to_picture(&detection.bbox);
        }
        found.retain(|detection| touches(detection, region.size));
        // No two boxes overlap by more than all of both.
        let most_overlap = if known.has_doubles { self.config.nms_iou } else { 1.0 };
        let mut kept = nms::suppress(found, most_overlap, self.config.max_detections);
        if (region.left, region.top) != (0, 0) {
            for detection in &mut kept {
                detection.bbox.x += region.left as f64;
                detection.bbox.y += region.top as f64;
            }
        }
        self.times.network += prepared.elapsed();
        Ok(kept)
    }
}

/// The family of a network, by what it gives for a trial picture: points of all shades that follow from their
/// places alone.
fn recognise(model: &mut Model, shape: [usize; 4]) -> Result<Box<dyn Family>, Error> {
    let shades = if model.feed()?.element == Element::U8 { 255.0 } else { 1.0 };
    for (index, value) in model.input(shape)?.iter_mut().enumerate() {
        *value = shades * ((index * 7919) % 1009) as f32 / 1008.0;
    }
    let seen = model.look(shape)?;
    let evidence = Evidence {
        signature: model.signature(),
        feed: model.feed()?,
        metadata: model.metadata(),
        input: Size::new(shape[2], shape[3]),
        seen,
    };
    known::of(&evidence).map_err(|fault| model.unusable(fault))
}

/// All that is known of a detector, in the order in which people are told.
fn reading(model: &Model, family: &dyn Family, size: Fact, recipe: Vec<Fact>) -> Reading {
    let (known, metadata) = (family.known(), model.metadata());
    let doubles = if known.has_doubles { "yes" } else { "no" };
    let mut facts = vec![
        Fact::of_shape("task", "detect", "it gives boxes"),
        Fact::stated_or(metadata, "family", known.name, &known.why),
        Fact::stated_or(metadata, "class", known.people.told(), &known.people.why),
        size,
    ];
    facts.extend(recipe);
    facts.extend(known.facts.iter().cloned());
    facts.push(Fact::stated_or(metadata, "nms", doubles, "as usual for its family"));
    Reading { ports: model.signature().to_string(), facts }
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

    fn look(&mut self, image: &Image, windows: &[Window]) -> Result<Found, BoxError> {
        if windows.is_empty() {
            return Ok(Found { people: self.find(image)?, cut: Vec::new() });
        }
        Ok(self.find_within(image, windows)?)
    }
}
