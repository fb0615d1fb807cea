//! This project's tracker.

use std::time::Duration;

use footfall_track::{
    Bbox, Config, ConfigError, Detection, Embeddings, Observations, Preset, TrackedBox, Tracker,
};

use crate::workload::{DIMENSION, FRAME_RATE, Frame};
use crate::{Contestant, Row};

/// The workload's people are closer to themselves than to others at this cosine distance; the other trackers
/// work with the same.
const MAX_COSINE_DISTANCE: f32 = 0.2;

pub struct Footfall {
    tracker: Tracker,
    frames: u32,
    appearance: bool,
    tracks: Vec<TrackedBox>,
}

/// Preset `best`.
pub fn best() -> Result<Footfall, ConfigError> {
    of(Preset::Best)
}

/// Preset `deepsort`, with its gallery of 100.
pub fn deepsort() -> Result<Footfall, ConfigError> {
    of(Preset::DeepSort)
}

fn of(preset: Preset) -> Result<Footfall, ConfigError> {
    let config =
        Config { max_cosine_distance: MAX_COSINE_DISTANCE, frame_rate: FRAME_RATE, ..Config::of(preset) };
    Ok(Footfall { tracker: Tracker::new(config)?, frames: 0, appearance: true, tracks: Vec::new() })
}

impl Footfall {
    /// The same with detections alone.
    pub fn without_appearance(self) -> Self {
        Self { appearance: false, ..self }
    }
}

impl Contestant for Footfall {
    type Input = Observations;

    fn prepare(&self, frame: &Frame) -> Observations {
        let detections = frame.boxes.iter().zip(&frame.confidences).map(|(bbox, &confidence)| {
            let [x, y, width, height] = bbox.map(f64::from);
            Detection { bbox: Bbox::new(x, y, width, height), confidence }
        });
        let mut observations = Observations::without_appearance(detections.collect());
        if self.appearance {
            observations.embeddings = Embeddings::new(DIMENSION);
            for embedding in &frame.embeddings {
                observations.embeddings.push(Some(embedding));
            }
        }
        observations
    }

    fn update(&mut self, input: &mut Observations) {
        let time = Duration::from_secs_f64(f64::from(self.frames) / FRAME_RATE);
        self.frames += 1;
        self.tracks.clear();
        self.tracks.extend_from_slice(&self.tracker.step(time, input).tracks);
    }

    fn tracks(&self) -> Vec<Row> {
        let row = |track: &TrackedBox| {
            let Bbox { x, y, width, height } = track.bbox;
            (track.id.0, [x, y, width, height])
        };
        self.tracks.iter().map(row).collect()
    }
}
