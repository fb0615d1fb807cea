//! Starts a run's threads: those of each lane, and the workers that all lanes share.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded, select};
use footfall_count::Counter;
use footfall_track::Tracker;

use crate::error::RunError;
use crate::lane::{Lane, Opener, Parts, Start};
use crate::pool::{Doors, Ends, Submitter, Taker, pool};
use crate::stage::{
    self, Again, Detected, Door, EmbedStage, Gathering, Looking, Teller, TrackEnds, TrackStage, Tracked,
    Wanted, WriteStage, looking,
};
use crate::summary::Ended;
use crate::threads::{LaneShared, Shared, Threads};
use crate::{Options, Pipeline, Source, SourceInfo, Stop};

/// How reading a source ended, and what tracking came to; one message each.
pub(crate) struct Results {
    pub(crate) ended: Receiver<Ended>,
    pub(crate) tracked: Receiver<Tracked>,
}

/// Notes that may wait for a slow sink.
const NOTES: usize = 16;

/// Starts all threads; `None` if one could not be started, which ends those that were.
pub(crate) fn start(
    pipeline: Pipeline,
    options: &Options,
    stop: &Stop,
    over: Receiver<()>,
    lanes: &Arc<[Arc<LaneShared>]>,
    threads: &mut Threads,
) -> Option<Vec<Results>> {
    let (detectors, embedders) = (pipeline.detectors.len(), pipeline.embedders.len());
    // Each lane has a door, and a second one for frames at which somebody has to look after all.
    let detection = pool(2 * lanes.len(), options.queue + detectors);
    for detector in pipeline.detectors {
        let (work, lanes, run) = (detection.worker.clone(), Arc::clone(lanes), Arc::clone(&threads.shared));
        threads.spawn("detect", move || stage::detect(detector, work, &lanes, &run))?;
    }
    let Ends { lanes: mut detection, doors, .. } = detection;
    let again = detection.split_off(lanes.len());
    // What a lane asks for at once is bounded by the frames it asks for, in however many shares.
    let embedding = pool(lanes.len(), usize::MAX);
    let gathering = Gathering::new(options.gather);
    for embedder in pipeline.embedders {
        let (work, lanes, run) = (embedding.worker.clone(), Arc::clone(lanes), Arc::clone(&threads.shared));
        let gathering = gathering.clone();
        threads.spawn("embed", move || stage::embed(embedder, work, &gathering, &lanes, &run))?;
    }
    watch(doors, stop, over, threads)?;
    let ends = detection.into_iter().zip(again).zip(embedding.lanes);
    let starts = pipeline.lanes.into_iter().zip(lanes.iter()).zip(ends);
    starts
        .map(|((lane, shared), ((frames, (give, take)), crops))| {
            let embedding = (embedders > 0).then(|| EmbedStage::new(embedders, options.gather, crops));
            let networks = Networks { again: Again { give, take }, embedding };
            start_lane(lane, shared, frames, networks, options, stop, threads)
        })
        .collect()
}

/// Closes the doors of live lanes when the run is to end, since their readers may hang in a camera.
fn watch(
    doors: Doors<Wanted, Detected>,
    stop: &Stop,
    over: Receiver<()>,
    threads: &mut Threads,
) -> Option<()> {
    let (stop, run) = (stop.clone(), Arc::clone(&threads.shared));
    threads.spawn_detached("doors", move || {
        select! {
            recv(stop.signal()) -> _ => (),
            recv(run.over.signal()) -> _ => (),
            recv(over) -> _ => (),
        }
        doors.close();
    })
}

/// Starts the threads of one lane. Their parts come to them when the source is open.
fn start_lane(
    lane: Lane,
    shared: &Arc<LaneShared>,
    (give, take): (Submitter<Wanted, Detected>, Taker<Wanted, Detected>),
    Networks { again, embedding }: Networks,
    options: &Options,
    stop: &Stop,
    threads: &mut Threads,
) -> Option<Results> {
    let (scenes, finished) = bounded(options.queue);
    let (notes, told) = bounded(NOTES);
    let (tracking, tracking_parts) = bounded(1);
    let (writing, writing_parts) = bounded(1);
    let (total, tracked) = bounded(1);
    let (state, asked) = (Arc::clone(shared), stop.clone());
    threads.spawn("track", move || {
        let Some(Tracking { tracker, counter, info, teller }) = parts(&tracking_parts, &asked, &state.run)
        else {
            return;
        };
        let stage = TrackStage::new(tracker, counter, TrackEnds { embedding, again, teller }, &info);
        // Nobody waits for it only if the run is gone.
        let _ = total.send(stage.run(take, &scenes, &state.feed));
    })?;
    let (state, asked) = (Arc::clone(shared), stop.clone());
    threads.spawn("write", move || {
        if let Some(stage) = parts::<WriteStage>(&writing_parts, &asked, &state.run) {
            stage.run(finished, told, &state);
        }
    })?;
    let hand_out = HandOut { tracking, writing };
    let source = match lane.start {
        Start::Now(parts) => Opened::Already(hand_out.give(*parts)),
        Start::Later(opener) => Opened::NotYet(opener, hand_out),
    };
    let (sender, ended) = bounded(1);
    let (state, stop, limit) = (Arc::clone(shared), stop.clone(), options.max_frames);
    threads.spawn_detached("read", move || {
        let door = Door { frames: give, notes };
        let ended = match source.source(&state) {
            Some((source, looking)) => stage::read(source, limit, &stop, &state, &door, looking),
            None if stop.is_requested() => Ended::Stopped,
            None => Ended::Failed,
        };
        state.feed.ended(ended);
        let _ = sender.send(ended);
    })?;
    Some(Results { ended, tracked })
}

/// What the tracking stage of a lane needs of it.
struct Tracking {
    tracker: Tracker,
    counter: Counter,
    info: SourceInfo,
    teller: Teller,
}

/// The ways of a lane's tracking to the networks.
struct Networks {
    again: Again,
    embedding: Option<EmbedStage>,
}

/// Brings a lane's parts to its stages.
struct HandOut {
    tracking: Sender<Tracking>,
    writing: Sender<WriteStage>,
}

impl HandOut {
    fn give(self, parts: Parts) -> (Box<dyn Source>, Looking) {
        let Parts { source, tracker, counter, sinks, inspectors, sight } = parts;
        let (looking, teller) = looking(sight, source.info().kind);
        // A stage that does not take its part has been told to end.
        let _ = self.tracking.send(Tracking { tracker, counter, info: source.info().clone(), teller });
        let _ = self.writing.send(WriteStage { sinks, inspectors });
        (source, looking)
    }
}

/// A lane's source, or how it will be had.
enum Opened {
    Already((Box<dyn Source>, Looking)),
    NotYet(Opener, HandOut),
}

impl Opened {
    /// The source; `None` when it could not be opened, or the run was asked to stop before it could.
    fn source(self, lane: &LaneShared) -> Option<(Box<dyn Source>, Looking)> {
        let (open, hand_out) = match self {
            Self::Already(opened) => return Some(opened),
            Self::NotYet(open, hand_out) => (open, hand_out),
        };
        match open(&lane.feed) {
            Ok(parts) => parts.map(|parts| {
                lane.feed.opened(parts.source.info());
                hand_out.give(parts)
            }),
            Err(source) => {
                let name = lane.feed.name().to_owned();
                lane.failure.report(RunError::Read { name, source });
                None
            }
        }
    }
}

/// Waits for a stage's part of the lane; `None` when the run is to end before there is one.
fn parts<T>(parts: &Receiver<T>, stop: &Stop, run: &Shared) -> Option<T> {
    select! {
        recv(parts) -> parts => parts.ok(),
        recv(stop.signal()) -> _ => parts.try_recv().ok(),
        recv(run.over.signal()) -> _ => parts.try_recv().ok(),
    }
}
