//! The embedding stage: a frame's crops, shared out among workers.

use std::sync::Arc;

use footfall_track::{Bbox, Detection, Embeddings};
use tracing::info_span;

use crate::error::RunError;
use crate::pool::{Giver, Job, Taker, Worker};
use crate::threads::{LaneShared, Shared};
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
    work: Worker<Crops, Embeddings>,
    lanes: &[Arc<LaneShared>],
    run: &Shared,
) {
    for Job { lane, item: Crops { frame, image, boxes }, reply } in work {
        let feed = &lanes[lane].feed;
        let embedded = feed.meter.embed.spend(|| {
            let _span = info_span!("embed", source = feed.name(), frame, people = boxes.len()).entered();
            embedder.embed(&image, &boxes)
        });
        match embedded {
            // Where nobody takes it, its lane has ended; there may be others.
            Ok(embeddings) => drop(reply.send(embeddings)),
            Err(source) => {
                run.fail(RunError::Stage { stage: "embed", name: feed.name().to_owned(), frame, source });
                return;
            }
        }
    }
}

/// What the workers were set to for one frame.
pub(crate) struct Asked {
    wanted: Vec<usize>,
    shares: usize,
}

impl Asked {
    /// How many people.
    pub(crate) fn people(&self) -> usize {
        self.wanted.len()
    }
}

/// All workers of the stage, as one lane sees them.
pub(crate) struct EmbedStage {
    workers: usize,
    give: Giver<Crops, Embeddings>,
    take: Taker<Crops, Embeddings>,
}

impl EmbedStage {
    /// The ends of a pool of `workers`, with room for the shares of all frames that are asked for at
    /// once.
    pub(crate) fn new(
        workers: usize,
        (give, take): (Giver<Crops, Embeddings>, Taker<Crops, Embeddings>),
    ) -> Self {
        Self { workers, give, take }
    }

    /// Sets workers to those of the frame's `detections` that are `wanted`, by index; `None` once the
    /// workers are gone.
    ///
    /// They are shared out evenly, so that all workers end at about the same time.
    pub(crate) fn ask(&self, frame: &Frame, detections: &[Detection], wanted: &[usize]) -> Option<Asked> {
        let share = wanted.len().div_ceil(self.workers).max(1);
        let mut shares = 0;
        for indices in wanted.chunks(share) {
            let boxes = indices.iter().map(|&i| detections[i].bbox).collect();
            if !self.give.send(Crops { frame: frame.number, image: frame.image.clone(), boxes }) {
                return None;
            }
            shares += 1;
        }
        Some(Asked { wanted: wanted.to_vec(), shares })
    }

    /// The embeddings of the frame that was asked for the longest ago, with `count` detections; `None`
    /// once the workers are gone.
    pub(crate) fn answer(&mut self, asked: &Asked, count: usize) -> Option<Embeddings> {
        let mut all = Embeddings::default();
        for _ in 0..asked.shares {
            all.append(&self.take.next()?);
        }
        Some(all.spread(&asked.wanted, count))
    }
}
