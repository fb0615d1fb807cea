//! The embedding stage: a frame's crops, shared out among workers.

use crossbeam_channel::Receiver;
use footfall_track::{Bbox, Detection, Embeddings};
use tracing::info_span;

use crate::error::{Failure, RunError};
use crate::queue::{Fan, InOrder, Job, fan};
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

/// All workers of the stage, as whoever needs embeddings sees them.
pub(crate) struct EmbedStage {
    workers: usize,
    give: Fan<Crops, Embeddings>,
    take: InOrder<Embeddings>,
}

impl EmbedStage {
    /// The stage, its workers' end, and room for the shares of `frames` frames on their way.
    pub(crate) fn new(workers: usize, frames: usize) -> (Self, Receiver<Job<Crops, Embeddings>>) {
        let (give, work, take) = fan(workers * frames);
        (Self { workers, give, take }, work)
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
