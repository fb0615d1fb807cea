//! Association and counting: one thread, since each frame builds on the one before it.

use std::time::Duration;

use crossbeam_channel::Sender;
use footfall_count::{Counter, Tally};
use footfall_track::Tracker;
use tracing::info_span;

use super::Observed;
use crate::Scene;
use crate::summary::Clock;

/// What tracking and counting came to.
#[derive(Debug, Default)]
pub(crate) struct Tracked {
    pub(crate) detections: u64,
    pub(crate) people: u64,
    pub(crate) tallies: Vec<Tally>,
    pub(crate) footage: Duration,
}

/// Tracks and counts until the stream ends, or nobody takes the scenes.
pub(crate) fn track(
    mut tracker: Tracker,
    mut counter: Counter,
    observed: impl Iterator<Item = Observed>,
    scenes: &Sender<Scene>,
    clock: &Clock,
) -> Tracked {
    let mut total = Tracked { tallies: counter.tallies().to_vec(), ..Tracked::default() };
    for Observed { frame, observations } in observed {
        let scene = clock.time(|| {
            let _span = info_span!("track", frame = frame.number).entered();
            let step = tracker.step(frame.time, &observations);
            let crossings = counter.step(frame.number, frame.time, &step.tracks, &step.removed);
            let (tracks, tallies) = (step.tracks.clone(), counter.tallies().to_vec());
            Scene { frame, observations, tracks, crossings, tallies }
        });
        total.detections += scene.observations.detections.len() as u64;
        total.people = scene.tracks.iter().map(|t| t.id.0).fold(total.people, u64::max);
        total.tallies.clone_from(&scene.tallies);
        total.footage = scene.frame.time;
        if scenes.send(scene).is_err() {
            break;
        }
    }
    total
}
