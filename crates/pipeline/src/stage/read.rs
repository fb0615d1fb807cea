//! Frames out of the source, up to a limit or a request to stop.

use std::time::Duration;

use crossbeam_channel::Sender;
use rustix::time::{ClockId, clock_gettime};
use tracing::{error, info_span};

use crate::error::RunError;
use crate::pool::{Put, Submitter};
use crate::stage::{Detected, Looking, Wanted};
use crate::stop::Stop;
use crate::summary::Ended;
use crate::threads::LaneShared;
use crate::{Found, Item, Note, Source, WhenBusy};

/// Where what was read goes to.
pub(crate) struct Door {
    pub(crate) frames: Submitter<Wanted, Detected>,
    pub(crate) notes: Sender<Note>,
}

/// Reads until the source ends, `limit` frames were read, somebody asks to stop, the run has failed, or
/// nobody takes frames any more.
pub(crate) fn read(
    mut source: Box<dyn Source>,
    limit: Option<u64>,
    stop: &Stop,
    lane: &LaneShared,
    door: &Door,
    mut looking: Looking,
) -> Ended {
    let mut left = limit.unwrap_or(u64::MAX);
    let when_busy = WhenBusy::from(source.info().kind);
    let meter = &lane.feed.meter;
    loop {
        if left == 0 {
            return Ended::Limit;
        }
        if stop.is_requested() {
            return Ended::Stopped;
        }
        if lane.run.over.is_requested() {
            return Ended::Failed;
        }
        let mut next = || {
            let _span = info_span!("read", source = lane.feed.name()).entered();
            source.next_item().transpose()
        };
        let next = match when_busy {
            WhenBusy::Wait => meter.read.spend(next),
            // A camera is waited for, which is no work: only what this thread has computed is.
            WhenBusy::KeepNewest => {
                let before = computed();
                let item = next();
                meter.read.add(computed().saturating_sub(before));
                item
            }
        };
        match next {
            None => return if stop.is_requested() { Ended::Stopped } else { Ended::Source },
            Some(Ok(Item::Alive)) => lane.feed.beat(),
            Some(Ok(Item::Note(note))) => {
                lane.feed.beat();
                // Whoever does not take it any more has failed, and says so.
                let _ = door.notes.send(note);
            }
            Some(Ok(Item::Frame(frame))) => {
                left -= 1;
                meter.read.count();
                let wanted = Wanted { look: looking.look(&frame), frame };
                if let Some(ended) = give(wanted, when_busy, stop, lane, door) {
                    return ended;
                }
            }
            Some(Err(error)) => {
                if lane.has_others {
                    // It becomes the run's error at the very end, which may be months away.
                    error!("{}: {error}. The others go on", lane.feed.name());
                }
                lane.failure.report(RunError::Read { name: source.info().name.clone(), source: error });
                return Ended::Failed;
            }
        }
    }
}

/// For how long the processor has worked for this thread.
fn computed() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or_default();
    u64::try_from(time.tv_sec).map_or(Duration::ZERO, |seconds| Duration::new(seconds, nanoseconds))
}

/// Puts a live frame at the door, or past it where the networks may rest.
fn put(frame: Wanted, door: &Door) -> Put {
    let Wanted { frame, look } = frame;
    if look.rests {
        return door.frames.pass(Detected { frame, look, found: Found::default() });
    }
    door.frames.put(Wanted { frame, look })
}

/// Gives a frame to the detectors, each way as its source demands; why the lane ends if they take none.
fn give(frame: Wanted, when_busy: WhenBusy, stop: &Stop, lane: &LaneShared, door: &Door) -> Option<Ended> {
    match when_busy {
        WhenBusy::Wait => (!door.frames.send(frame)).then_some(Ended::Failed),
        WhenBusy::KeepNewest => match put(frame, door) {
            Put::Placed => None,
            Put::Replaced | Put::Dropped => {
                lane.feed.meter.drop_one();
                None
            }
            // It came while the doors were being closed.
            Put::Refused if stop.is_requested() => {
                lane.feed.meter.drop_one();
                Some(Ended::Stopped)
            }
            Put::Refused => Some(Ended::Failed),
        },
    }
}
