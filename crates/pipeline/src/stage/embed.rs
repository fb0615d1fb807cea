//! The embedding stage: a frame's crops, shared out among workers.

use crossbeam_channel::Receiver;
use footfall_track::{Bbox, Detection, Embeddings};
use tracing::info_span;

use crate::error::{Failure, RunError};
use crate::queue::{Fan, InOrder, Job};
use crate::summary::Clock;
use crate::{Embedder, Frame, Image};

/// Some of a frame's people, for one worker.
pub(crate) struct Crops {
    frame: u64,
    image: Image,
    boxes: Vec<Bbox>,
}

/// One worker: embeds until there is no more work or the network fails.
pub(crate) fn embed(
    mut embedder: Box<dyn Embedder>,
    work: &Receiver<Job<Crops, Embeddings>>,
    clock: &Clock,
    failure: &Failure,
) {
    for Job { item: Crops { frame, image, boxes }, reply } in work {
        let embedded = clock.spend(|| {
            let _span = info_span!("embed", frame, people = boxes.len()).entered();
            embedder.embed(&image, &boxes)
        });
        let embeddings = match embedded {
            Ok(embeddings) => embeddings,
            Err(source) => {
                failure.report(RunError::Stage { stage: "embed", frame, source });
                return;
            }
        };
        if reply.send(embeddings).is_err() {
            return;
        }
    }
}

/// All workers of the stage, as whoever needs embeddings sees them.
pub(crate) struct EmbedStage {
    workers: usize,
    give: Fan<Crops, Embeddings>,
    take: InOrder<Embeddings>,
}

impl EmbedStage {
    pub(crate) fn new(workers: usize, give: Fan<Crops, Embeddings>, take: InOrder<Embeddings>) -> Self {
        Self { workers, give, take }
    }

    /// Embeddings for those of the frame's `detections` that are `wanted`, by index; `None` once the
    /// workers are gone.
    ///
    /// They are shared out evenly, so that all workers end at about the same time.
    pub(crate) fn embed(
        &mut self,
        frame: &Frame,
        detections: &[Detection],
        wanted: &[usize],
    ) -> Option<Embeddings> {
        let share = wanted.len().div_ceil(self.workers).max(1);
        let mut shares = 0;
        for indices in wanted.chunks(share) {
            let boxes = indices.iter().map(|&i| detections[i].bbox).collect();
            if !self.give.send(Crops { frame: frame.number, image: frame.image.clone(), boxes }) {
                return None;
            }
            shares += 1;
        }
        let mut all = Embeddings::default();
        for _ in 0..shares {
            all.append(&self.take.next()?);
        }
        Some(all.spread(wanted, detections.len()))
    }
}
