//! Association and counting: one thread, since each frame builds on the one before it.
//!
//! This stage asks for embeddings, rather than being given them: what it has learnt from the frames
//! before may tell which of the next frame's people need any.

use std::time::Duration;

use crossbeam_channel::Sender;
use footfall_count::{Counter, Tally};
use footfall_track::{Detection, Embeddings, Observations, Tracker};
use tracing::info_span;

use super::{Detected, EmbedStage};
use crate::Scene;
use crate::threads::Shared;

/// What tracking and counting came to.
#[derive(Debug, Default)]
pub(crate) struct Tracked {
    pub(crate) detections: u64,
    pub(crate) people: u64,
    pub(crate) tallies: Vec<Tally>,
    pub(crate) footage: Duration,
}

/// Tracks and counts until the stream ends, the embedding stage is gone, or nobody takes the scenes.
pub(crate) fn track(
    mut tracker: Tracker,
    mut counter: Counter,
    detected: impl Iterator<Item = Detected>,
    mut embedding: Option<EmbedStage>,
    scenes: &Sender<Scene>,
    shared: &Shared,
) -> Tracked {
    let mut total = Tracked { tallies: counter.tallies().to_vec(), ..Tracked::default() };
    let min_confidence = tracker.config().min_confidence();
    for Detected { frame, detections } in detected {
        let embeddings = match &mut embedding {
            Some(stage) => {
                let wanted = likely(&detections, min_confidence);
                let Some(embeddings) = stage.embed(&frame, &detections, &wanted) else { break };
                shared.embed.count();
                embeddings
            }
            None => Embeddings::absent(detections.len()),
        };
        let observations = Observations { detections, embeddings };
        let scene = shared.track.time(|| {
            let _span = info_span!("track", frame = frame.number).entered();
            let step = tracker.step(frame.time, &observations);
            let crossings = counter.step(frame.number, frame.time, &step.tracks, &step.removed);
            let (tracks, tallies) = (step.tracks.clone(), counter.tallies().to_vec());
            Scene { frame, observations, tracks, crossings, tallies }
        });
        total.add(&scene);
        if scenes.send(scene).is_err() {
            break;
        }
    }
    total
}

/// Detections that the tracker would look at: nothing is spent on the others.
fn likely(detections: &[Detection], min_confidence: f32) -> Vec<usize> {
    (0..detections.len()).filter(|&i| detections[i].confidence >= min_confidence).collect()
}

impl Tracked {
    fn add(&mut self, scene: &Scene) {
        self.detections += scene.observations.detections.len() as u64;
        self.people = scene.tracks.iter().map(|t| t.id.0).fold(self.people, u64::max);
        self.tallies.clone_from(&scene.tallies);
        self.footage = scene.frame.time;
    }
}
