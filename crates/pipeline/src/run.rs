//! The run: every stage on threads of its own, joined by bounded channels.
//!
//! ```text
//! read =frames=> detect =detected=> track+count =scenes=> write
//!                                      |   ^
//!                                    crops | vectors
//!                                      v   |
//!                                      embed
//! ```
//!
//! Shutdown is ownership. A stage that leaves, for whatever reason, drops its ends of the channels; the
//! stages before it find nobody to give to, the ones after it finish what is on its way.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use footfall_count::Counter;
use footfall_track::Tracker;

use crate::error::RunError;
use crate::queue::{Fan, WhenBusy, fan};
use crate::stage::{self, Detected, EmbedStage, TrackStage, Tracked};
use crate::summary::{Ended, Summary};
use crate::threads::Threads;
use crate::{Detector, Embedder, Frame, Sink, Source, Stop};

/// Everything that a run is made of.
pub struct Pipeline {
    /// Where frames come from.
    pub source: Box<dyn Source>,
    /// The detection stage's workers, one at least; all alike.
    pub detectors: Vec<Box<dyn Detector>>,
    /// The embedding stage's workers, all alike; none: tracking without appearance.
    pub embedders: Vec<Box<dyn Embedder>>,
    /// Holds tracks together.
    pub tracker: Tracker,
    /// Counts them over lines.
    pub counter: Counter,
    /// Where scenes go, in this order.
    pub sinks: Vec<Box<dyn Sink>>,
}

/// How a run is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Frames that may wait between two stages, beside those being worked on.
    pub queue: usize,
    /// End after so many frames were read.
    pub max_frames: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { queue: 2, max_frames: None }
    }
}

/// What a run came to: a summary in any case, and the first failure if there was one.
#[derive(Debug)]
pub struct Outcome {
    /// What was done until the end.
    pub summary: Summary,
    /// Why the run failed, if it did.
    pub error: Option<RunError>,
}

/// How long a reader that hangs in its camera is waited for, after everything else has ended.
const GRACE: Duration = Duration::from_secs(3);

impl Pipeline {
    /// Runs until the source ends, the limit is reached, somebody asks to stop, or a stage fails; all
    /// outputs are complete when it returns.
    #[must_use]
    pub fn run(self, options: &Options, stop: &Stop) -> Outcome {
        let began = Instant::now();
        let mut threads = Threads::new(self.detectors.len(), self.embedders.len());
        let results = self.start(options, stop, &mut threads);
        let shared = threads.join();
        let (mut ended, mut tracked) = (Ended::Failed, Tracked::default());
        if let Some((how, what)) = results {
            ended = how.recv_timeout(GRACE).unwrap_or_else(|error| {
                if error == RecvTimeoutError::Disconnected {
                    shared.failure.report(RunError::Panic { stage: "read" });
                }
                Ended::Stopped
            });
            tracked = what.try_recv().unwrap_or_default();
        }
        let error = shared.failure.take();
        if error.is_some() {
            ended = Ended::Failed;
        }
        Outcome { summary: shared.summary(ended, tracked, began.elapsed()), error }
    }

    /// Starts all threads; `None` if one could not be started, which ends those that were.
    fn start(self, options: &Options, stop: &Stop, threads: &mut Threads) -> Option<Results> {
        let (frames, frame_work, detected) = fan(options.queue);
        for detector in self.detectors {
            let work = frame_work.clone();
            threads.spawn("detect", move |shared| {
                stage::detect(detector, &work, &shared.detect, &shared.failure);
            })?;
        }
        drop(frame_work);
        let ahead = stage::ahead(self.source.info().kind);
        let embedding = start_embedding(self.embedders, ahead + 1, threads)?;
        let tracking = TrackStage { tracker: self.tracker, counter: self.counter, embedding, ahead };
        let (scenes, finished) = bounded(options.queue);
        let (tracked_sender, tracked) = bounded(1);
        threads.spawn("track", move |shared| {
            let total = tracking.run(detected, &scenes, shared);
            // Nobody waits for it only if `run` is gone.
            let _ = tracked_sender.send(total);
        })?;
        let sinks = self.sinks;
        threads
            .spawn("write", move |shared| stage::write(sinks, finished, &shared.write, &shared.failure))?;
        let ended = read(self.source, frames, options, stop, threads)?;
        Some((ended, tracked))
    }
}

/// How reading ended, and what tracking came to; one message each.
type Results = (Receiver<Ended>, Receiver<Tracked>);

/// Starts the embedding stage's workers; the stage is `None` where there are no embedders, and the
/// whole is if a thread could not be started.
#[allow(clippy::option_option, reason = "no stage is not the same as a failure")]
fn start_embedding(
    embedders: Vec<Box<dyn Embedder>>,
    frames: usize,
    threads: &mut Threads,
) -> Option<Option<EmbedStage>> {
    if embedders.is_empty() {
        return Some(None);
    }
    let (stage, work) = EmbedStage::new(embedders.len(), frames);
    for embedder in embedders {
        let work = work.clone();
        threads.spawn("embed", move |shared| {
            stage::embed(embedder, &work, &shared.embed, &shared.failure);
        })?;
    }
    Some(Some(stage))
}

/// Starts reading, and for a live source the door before the first stage.
fn read(
    source: Box<dyn Source>,
    frames: Fan<Frame, Detected>,
    options: &Options,
    stop: &Stop,
    threads: &mut Threads,
) -> Option<Receiver<Ended>> {
    let (sender, ended) = bounded(1);
    let (limit, reader_stop) = (options.max_frames, stop.clone());
    let give: Box<dyn FnMut(Frame) -> bool + Send> = match WhenBusy::from(source.info().kind) {
        WhenBusy::Wait => Box::new(move |frame| frames.send(frame)),
        WhenBusy::KeepNewest => {
            // A rendezvous: the reader is back at the camera as soon as the door has the frame.
            let (incoming, newest) = bounded(0);
            let stop = stop.clone();
            threads.spawn("door", move |shared| {
                frames.send_newest(&newest, stop.signal(), || {
                    shared.dropped.fetch_add(1, Ordering::Relaxed);
                });
            })?;
            Box::new(move |frame| incoming.send(frame).is_ok())
        }
    };
    threads.spawn_detached("read", move |shared| {
        let ended = stage::read(source, limit, &reader_stop, &shared.read, &shared.failure, give);
        let _ = sender.send(ended);
    })?;
    Some(ended)
}
