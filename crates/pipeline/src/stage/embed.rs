//! One worker of the embedding stage: all crops of a frame in one call.

use crossbeam_channel::Receiver;
use footfall_track::{Bbox, Observations};
use tracing::info_span;

use super::Detected;
use crate::error::{Failure, RunError};
use crate::queue::Job;
use crate::summary::Clock;
use crate::{BoxError, Embedder, Frame};

/// A frame and the people in it, with their appearance.
pub(crate) struct Observed {
    pub(crate) frame: Frame,
    pub(crate) observations: Observations,
}

impl From<Detected> for Observed {
    /// Nobody's appearance is known.
    fn from(detected: Detected) -> Self {
        let observations = Observations::without_appearance(detected.detections);
        Self { frame: detected.frame, observations }
    }
}

/// Embeds detections of at least `min_confidence`, until there is no more work or the network fails.
///
/// The others would be ignored by the tracker: nothing is spent on them.
pub(crate) fn embed(
    mut embedder: Box<dyn Embedder>,
    min_confidence: f32,
    work: &Receiver<Job<Detected, Observed>>,
    clock: &Clock,
    failure: &Failure,
) {
    for Job { item: detected, reply } in work {
        let frame = detected.frame.number;
        let observed = clock.time(|| {
            let _span = info_span!("embed", frame, people = detected.detections.len()).entered();
            observe(&mut *embedder, min_confidence, detected)
        });
        let observed = match observed {
            Ok(observed) => observed,
            Err(source) => {
                failure.report(RunError::Stage { stage: "embed", frame, source });
                return;
            }
        };
        if reply.send(observed).is_err() {
            return;
        }
    }
}

fn observe(
    embedder: &mut dyn Embedder,
    min_confidence: f32,
    Detected { frame, detections }: Detected,
) -> Result<Observed, BoxError> {
    let likely: Vec<usize> =
        (0..detections.len()).filter(|&i| detections[i].confidence >= min_confidence).collect();
    let boxes: Vec<Bbox> = likely.iter().map(|&i| detections[i].bbox).collect();
    let embeddings = embedder.embed(&frame.image, &boxes)?.spread(&likely, detections.len());
    Ok(Observed { frame, observations: Observations { detections, embeddings } })
}
