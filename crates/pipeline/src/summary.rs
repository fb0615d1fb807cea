//! What a run did, and where its time went.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use footfall_count::{Doubt, Estimate, GroupTally, Tally, Visibility, ZoneTally};

use crate::Trouble;

/// Why a run, or one of its lanes, ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ended {
    /// The source had no more frames.
    Source,
    /// As many frames as were asked for have been read.
    Limit,
    /// Somebody asked for it: [`Stop`](crate::Stop).
    Stopped,
    /// A stage failed; the error says which and why.
    #[default]
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

/// What was done with the frames of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Why it ended.
    pub ended: Ended,
    /// Frames that the source gave. Without a failure this is `processed + dropped`.
    pub read: u64,
    /// Frames that went through every stage.
    pub processed: u64,
    /// Frames that were dropped at the door, of a live source only.
    pub dropped: u64,
    /// Frames of those processed at which the networks rested: nothing moved, and nobody was followed.
    pub rested: u64,
    /// People that the detector saw, over all frames.
    pub detections: u64,
    /// Those of them whose appearance the tracker asked for.
    pub embedded: u64,
    /// Confirmed tracks: people tracked, as far as tracking was right.
    pub people: u64,
    /// Boxes of confirmed tracks, over all frames.
    pub tracked: u64,
    /// Names of the lines, in the counter's order.
    pub lines: Vec<String>,
    /// Counts of each line, in the counter's order.
    pub tallies: Vec<Tally>,
    /// How much these are in doubt.
    pub doubts: Vec<Doubt>,
    /// What was seen without being counted.
    pub visibility: Visibility,
    /// Pixels of the network's input for one of the picture, where windows of it were looked at: the greatest.
    pub window_scale: Option<f64>,
    /// Names of the zones, in the counter's order.
    pub zones: Vec<String>,
    /// What each zone has seen, in the counter's order.
    pub zone_tallies: Vec<ZoneTally>,
    /// Groups of each line, in the counter's order, where it was told who came in together.
    pub group_tallies: Option<Vec<GroupTally>>,
    /// How many different people came in within the window, where that was told.
    pub visitors: Option<Estimate>,
    /// Time of the last processed frame since the source's start.
    pub footage: Duration,
    /// From the run's beginning to the last output's completion.
    pub elapsed: Duration,
    /// What was wrong with the source at times.
    pub troubles: Vec<Trouble>,
    /// What else is to be known of its frames.
    pub remarks: Vec<String>,
    /// What this source has cost each stage, in a frame's order.
    pub stages: Vec<StageSummary>,
}

impl Summary {
    /// Processed frames a second; 0 where nothing was processed.
    #[must_use]
    pub fn rate(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { self.processed as f64 / seconds } else { 0.0 }
    }

    /// Time that all stages' workers together have spent on this source.
    #[must_use]
    pub fn busy(&self) -> Duration {
        self.stages.iter().map(|stage| stage.busy).sum()
    }
}

/// Adds up a stage's work for one source; shared by its workers.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    frames: AtomicU64,
    busy: AtomicU64,
    /// How many pieces of work took how long: one count for each bound, and one for what took longer.
    lengths: [AtomicU64; BOUNDS.len() + 1],
}

/// Upper bounds of the lengths that are told apart, in seconds.
const BOUNDS: [f64; 11] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0];

/// How long a stage worked at a time on one source.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// The stage's name.
    pub stage: &'static str,
    /// Time of all its work.
    pub busy: Duration,
    /// An upper bound in seconds, the last without end, and how many pieces of work lie between it and the
    /// bound before.
    pub lengths: Vec<(f64, u64)>,
}

impl Clock {
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
        self.add(began.elapsed());
        result
    }

    /// Adds the time of some work.
    pub(crate) fn add(&self, elapsed: Duration) {
        let nanoseconds = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        self.busy.fetch_add(nanoseconds, Ordering::Relaxed);
        let length = BOUNDS.partition_point(|bound| *bound < elapsed.as_secs_f64());
        self.lengths[length].fetch_add(1, Ordering::Relaxed);
    }

    fn work(&self, stage: &'static str) -> Work {
        let counts = self.lengths.iter().map(|count| count.load(Ordering::Relaxed));
        let bounds = BOUNDS.into_iter().chain([f64::INFINITY]);
        Work { stage, busy: self.busy(), lengths: bounds.zip(counts).collect() }
    }

    pub(crate) fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    fn busy(&self) -> Duration {
        Duration::from_nanos(self.busy.load(Ordering::Relaxed))
    }
}

/// The work of all stages for one source.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    pub(crate) read: Clock,
    pub(crate) detect: Clock,
    pub(crate) embed: Clock,
    pub(crate) track: Clock,
    pub(crate) write: Clock,
    dropped: AtomicU64,
    rested: AtomicU64,
}

impl Meter {
    /// Adds one frame at which the networks rested.
    pub(crate) fn rest_one(&self) {
        self.rested.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn rested(&self) -> u64 {
        self.rested.load(Ordering::Relaxed)
    }

    /// Adds one frame that was dropped at the door.
    pub(crate) fn drop_one(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// How long each stage worked at a time, in a frame's order.
    pub(crate) fn work(&self) -> Vec<Work> {
        let stages = [
            ("read", &self.read),
            ("detect", &self.detect),
            ("embed", &self.embed),
            ("track", &self.track),
            ("write", &self.write),
        ];
        stages.into_iter().map(|(stage, clock)| clock.work(stage)).collect()
    }

    /// Every stage with a worker.
    pub(crate) fn stages(&self, workers: Workers) -> Vec<StageSummary> {
        let stages = [
            ("read", 1, &self.read),
            ("detect", workers.detect, &self.detect),
            ("embed", workers.embed, &self.embed),
            ("track", 1, &self.track),
            ("write", 1, &self.write),
        ];
        let summary = |(name, workers, clock): (&'static str, usize, &Clock)| {
            (workers > 0).then(|| StageSummary { name, workers, frames: clock.frames(), busy: clock.busy() })
        };
        stages.into_iter().filter_map(summary).collect()
    }
}

/// How many workers the shared stages have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Workers {
    pub(crate) detect: usize,
    pub(crate) embed: usize,
}

/// The stages of all lanes together. Those that are not shared have a thread a lane.
pub(crate) fn total<'a>(lanes: impl IntoIterator<Item = &'a Summary>) -> Vec<StageSummary> {
    let mut total: Vec<StageSummary> = Vec::new();
    for stage in lanes.into_iter().flat_map(|lane| &lane.stages) {
        let Some(sum) = total.iter_mut().find(|sum| sum.name == stage.name) else {
            total.push(stage.clone());
            continue;
        };
        if !matches!(stage.name, "detect" | "embed") {
            sum.workers += stage.workers;
        }
        sum.frames += stage.frames;
        sum.busy += stage.busy;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn each_piece_of_work_has_a_length() {
        let clock = Clock::default();
        (0..5).for_each(|_| clock.time(|| ()));
        let work = clock.work("read");
        assert_eq!(work.lengths.iter().map(|(_, count)| count).sum::<u64>(), 5);
        assert!(work.lengths.is_sorted_by(|(a, _), (b, _)| a < b));
        assert_eq!(work.lengths.last().unwrap().0, f64::INFINITY);
    }
}
