//! The embedding stage: crops of frames, shared out among workers or gathered for them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use footfall_track::{Bbox, Detection, Embeddings};
use tracing::info_span;

use crate::error::RunError;
use crate::gather::{self, Gather, Supply, gather};
use crate::pool::{Job, Submission, Submitter, Taker, Worker};
use crate::threads::{LaneShared, Shared};
use crate::{Embedder, Frame, Image};

/// Some of a frame's people, for one worker.
pub(crate) struct Crops {
    frame: u64,
    image: Image,
    boxes: Vec<Bbox>,
}

impl gather::Crops for Crops {
    fn crops(&self) -> usize {
        self.boxes.len()
    }
}

/// A worker's end of the pool, on the clock of the machine.
struct Live(Worker<Crops, Embeddings>, Instant);

impl Supply<Crops, Embeddings> for Live {
    fn now(&self) -> Duration {
        self.1.elapsed()
    }

    fn first(&mut self) -> Option<Job<Crops, Embeddings>> {
        self.0.next()
    }

    fn another(
        &mut self,
        deadline: Duration,
        fits: impl Fn(&Crops) -> bool,
    ) -> Submission<Crops, Embeddings> {
        self.0.next_by(self.1 + deadline, fits)
    }

    fn has_beside(&self, lanes: &[usize]) -> bool {
        self.0.has_beside(lanes)
    }
}

/// What the workers of the stage have in common.
#[derive(Clone)]
pub(crate) struct Gathering {
    limits: Gather,
    /// One gathers at a time, while the others work: two would each get half.
    turn: Arc<Mutex<()>>,
}

impl Gathering {
    pub(crate) fn new(limits: Gather) -> Self {
        Self { limits, turn: Arc::default() }
    }

    fn next(&self, work: &mut Live) -> Option<Vec<Job<Crops, Embeddings>>> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        gather(work, &self.limits)
    }
}

/// One worker: embeds until there is no more work or the network fails.
pub(crate) fn embed(
    mut embedder: Box<dyn Embedder>,
    work: Worker<Crops, Embeddings>,
    gathering: &Gathering,
    lanes: &[Arc<LaneShared>],
    run: &Shared,
) {
    let mut work = Live(work, Instant::now());
    while let Some(jobs) = gathering.next(&mut work) {
        let Some(first) = jobs.first() else { continue };
        let (feed, frame) = (&lanes[first.lane].feed, first.item.frame);
        let people: usize = jobs.iter().map(|job| job.item.boxes.len()).sum();
        let began = Instant::now();
        let embedded = {
            let _span = info_span!("embed", source = feed.name(), frame, people).entered();
            let pictures: Vec<_> =
                jobs.iter().map(|job| (&job.item.image, job.item.boxes.as_slice())).collect();
            embedder.embed_all(&pictures)
        };
        let each = began.elapsed().div_f64(people.max(1) as f64);
        match embedded {
            Ok(embedded) => {
                for (job, embeddings) in jobs.into_iter().zip(embedded) {
                    lanes[job.lane].feed.meter.embed.add(each.mul_f64(job.item.boxes.len() as f64));
                    // Where nobody takes it, its lane has ended; there may be others.
                    drop(job.reply.send(embeddings));
                }
            }
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
    limits: Gather,
    give: Submitter<Crops, Embeddings>,
    take: Taker<Crops, Embeddings>,
}

impl EmbedStage {
    /// The ends of a pool of `workers`, with room for the shares of all frames that are asked for at
    /// once.
    pub(crate) fn new(
        workers: usize,
        limits: Gather,
        (give, take): (Submitter<Crops, Embeddings>, Taker<Crops, Embeddings>),
    ) -> Self {
        Self { workers, limits, give, take }
    }

    /// Sets workers to those of the frame's `detections` that are `wanted`, by index; `None` once the
    /// workers are gone.
    ///
    /// They are shared out evenly, so that all workers end at about the same time; or, where they are
    /// gathered with those of other frames, as many together as go into a batch.
    pub(crate) fn ask(&self, frame: &Frame, detections: &[Detection], wanted: &[usize]) -> Option<Asked> {
        let share = self.limits.share(wanted.len(), self.workers);
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
