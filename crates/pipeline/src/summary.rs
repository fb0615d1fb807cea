//! What a run did, and where its time went.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use footfall_count::Tally;

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The source had no more frames.
    Source,
    /// As many frames as were asked for have been read.
    Limit,
    /// Somebody asked for it: [`Stop`](crate::Stop).
    Stopped,
    /// A stage failed; the run's error says which and why.
    Failed,
}

/// The work of one stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageSummary {
    /// The stage's name: its threads bear it too.
    pub name: &'static str,
    /// How many threads shared its work.
    pub workers: usize,
    /// Frames that it finished.
    pub frames: u64,
    /// Time that its workers spent working, together; waiting for other stages does not count.
    pub busy: Duration,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Why it ended.
    pub ended: Ended,
    /// Frames that the source gave. Without a failure this is `processed + dropped`.
    pub read: u64,
    /// Frames that went through every stage.
    pub processed: u64,
    /// Frames that were dropped at the door, of a live source only.
    pub dropped: u64,
    /// People that the detector saw, over all frames.
    pub detections: u64,
    /// Those of them whose appearance the tracker asked for.
    pub embedded: u64,
    /// Confirmed tracks: people tracked, as far as tracking was right.
    pub people: u64,
    /// Boxes of confirmed tracks, over all frames.
    pub tracked: u64,
    /// Counts of each line, in the counter's order.
    pub tallies: Vec<Tally>,
    /// Time of the last processed frame since the source's start.
    pub footage: Duration,
    /// From the first frame's reading to the last output's completion.
    pub elapsed: Duration,
    /// Each stage, in a frame's order.
    pub stages: Vec<StageSummary>,
}

impl Summary {
    /// Processed frames a second; 0 where nothing was processed.
    #[must_use]
    pub fn rate(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { self.processed as f64 / seconds } else { 0.0 }
    }
}

/// Adds up a stage's work; shared by its workers.
#[derive(Debug)]
pub(crate) struct Clock {
    name: &'static str,
    workers: usize,
    frames: AtomicU64,
    busy: AtomicU64,
}

impl Clock {
    pub(crate) fn new(name: &'static str, workers: usize) -> Self {
        Self { name, workers, frames: AtomicU64::new(0), busy: AtomicU64::new(0) }
    }

    /// Does one frame's work, and adds it and its time.
    pub(crate) fn time<T>(&self, work: impl FnOnce() -> T) -> T {
        let result = self.spend(work);
        self.count();
        result
    }

    /// Adds one frame.
    pub(crate) fn count(&self) {
        self.frames.fetch_add(1, Ordering::Relaxed);
    }

    /// Does some work and adds its time.
    pub(crate) fn spend<T>(&self, work: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let result = work();
        let nanoseconds = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.busy.fetch_add(nanoseconds, Ordering::Relaxed);
        result
    }

    pub(crate) fn workers(&self) -> usize {
        self.workers
    }

    pub(crate) fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    pub(crate) fn summary(&self) -> StageSummary {
        let busy = Duration::from_nanos(self.busy.load(Ordering::Relaxed));
        StageSummary { name: self.name, workers: self.workers, frames: self.frames(), busy }
    }
}
