//! The run: every stage on threads of its own, joined by bounded channels.
//!
//! ```text
//! read =frames=> | detect | =detected=> track+count =scenes=> write     a lane
//! read =frames=> | detect | =detected=> track+count =scenes=> write     a lane
//!                 workers                  |   ^
//!                for everyone            crops | vectors
//!                                          v   |
//!                                          embed                        workers for everyone
//! ```
//!
//! Shutdown is ownership. A stage that leaves, for whatever reason, drops its ends of the channels; the
//! stages before it find nobody to give to, the ones after it finish what is on its way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{RecvTimeoutError, bounded};

use crate::error::{Failure, RunError};
use crate::feed::Hub;
use crate::gather::Gather;
use crate::lane::Lane;
use crate::start::{Results, start};
use crate::summary::{Ended, StageSummary, Summary, Workers, total};
use crate::threads::{LaneShared, Threads};
use crate::{Detector, Embedder, SourceInfo, Stop};

/// Everything that a run is made of.
pub struct Pipeline {
    /// The sources, one at least, each with what is its own.
    pub lanes: Vec<Lane>,
    /// The detection stage's workers, one at least; all alike.
    pub detectors: Vec<Box<dyn Detector>>,
    /// The embedding stage's workers, all alike; none: tracking without appearance.
    pub embedders: Vec<Box<dyn Embedder>>,
}

/// How a run is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Frames of a source that may wait between two stages, beside those being worked on.
    pub queue: usize,
    /// End a source after so many of its frames were read.
    pub max_frames: Option<u64>,
    /// How crops go together into the embedder.
    pub gather: Gather,
}

impl Default for Options {
    fn default() -> Self {
        Self { queue: 2, max_frames: None, gather: Gather::default() }
    }
}

/// What a run came to.
#[derive(Debug)]
pub struct Outcome {
    /// Each source, in the order of the lanes.
    pub lanes: Vec<LaneOutcome>,
    /// The work of each stage for all sources, in a frame's order.
    pub stages: Vec<StageSummary>,
    /// From the first frame's reading to the last output's completion.
    pub elapsed: Duration,
    /// Why the whole run failed, if it did: a network, an output or a bug.
    pub error: Option<RunError>,
}

/// What came of one source: a summary in any case, and its failure if there was one.
#[derive(Debug)]
pub struct LaneOutcome {
    /// Its name.
    pub name: String,
    /// What is known of it, if it could be opened.
    pub info: Option<SourceInfo>,
    /// What was done until the end.
    pub summary: Summary,
    /// Why it could not be read any more, if that is so.
    pub error: Option<RunError>,
}

/// How long a reader that hangs in its camera is waited for, after everything else has ended.
const GRACE: Duration = Duration::from_secs(3);

impl Pipeline {
    /// What the sources will show of themselves.
    #[must_use]
    pub fn hub(&self) -> Hub {
        Hub::new(self.lanes.iter().map(|lane| Arc::clone(&lane.feed)))
    }

    /// Runs until all sources have ended, the limit is reached, somebody asks to stop, or a stage
    /// fails; all outputs are complete when it returns.
    ///
    /// A source that cannot be read any more ends alone, and the others go on.
    #[must_use]
    pub fn run(self, options: &Options, stop: &Stop) -> Outcome {
        let began = Instant::now();
        let workers = Workers { detect: self.detectors.len(), embed: self.embedders.len() };
        let mut threads = Threads::default();
        let has_others = self.lanes.len() > 1;
        let share = |lane: &Lane| {
            let (feed, run) = (Arc::clone(&lane.feed), Arc::clone(&threads.shared));
            Arc::new(LaneShared { feed, failure: Failure::default(), run, has_others })
        };
        let lanes: Arc<[_]> = self.lanes.iter().map(share).collect();
        // Dropped when all threads but the readers have ended.
        let (running, over) = bounded(0);
        let mut results = start(self, options, stop, over, &lanes, &mut threads).into_iter().flatten();
        let shared = threads.join();
        drop(running);
        let patience = Instant::now() + GRACE;
        let outcome = |lane: &Arc<LaneShared>| lane.outcome(results.next(), workers, began, patience);
        let lanes: Vec<_> = lanes.iter().map(outcome).collect();
        let stages = total(lanes.iter().map(|lane| &lane.summary));
        Outcome { stages, lanes, elapsed: began.elapsed(), error: shared.take_failure() }
    }
}

impl LaneShared {
    /// What came of the lane; its reader is waited for until `patience` ends.
    fn outcome(
        &self,
        results: Option<Results>,
        workers: Workers,
        began: Instant,
        patience: Instant,
    ) -> LaneOutcome {
        let (mut ended, tracked) = results.map_or_else(Default::default, |results| {
            let ended = results.ended.recv_deadline(patience).map_err(|error| match error {
                RecvTimeoutError::Timeout => Ended::Stopped,
                RecvTimeoutError::Disconnected => Ended::Failed,
            });
            (ended.unwrap_or_else(|instead| instead), results.tracked.try_recv().unwrap_or_default())
        });
        let error = self.failure.take();
        if error.is_some() || self.run.has_failed() {
            ended = Ended::Failed;
        }
        let status = self.feed.status();
        let summary = Summary {
            ended,
            read: status.read,
            processed: status.processed,
            dropped: status.dropped,
            rested: status.rested,
            detections: tracked.detections,
            embedded: tracked.embedded,
            people: tracked.people,
            tracked: tracked.boxes,
            lines: tracked.lines,
            tallies: tracked.tallies,
            doubts: tracked.doubts,
            visibility: tracked.visibility,
            window_scale: tracked.window_scale,
            zones: tracked.zones,
            zone_tallies: tracked.zone_tallies,
            group_tallies: tracked.group_tallies,
            visitors: tracked.visitors,
            footage: tracked.footage,
            elapsed: began.elapsed(),
            troubles: status.troubles,
            remarks: self.feed.remarks(),
            stages: self.feed.meter.stages(workers),
        };
        LaneOutcome { name: self.feed.name().to_owned(), info: status.info, summary, error }
    }
}
