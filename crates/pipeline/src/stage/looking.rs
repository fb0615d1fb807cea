//! Where to look: between the reader, which asks before a frame goes to the detectors, and tracking, which knows what
//! came of the frames before.

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{Detected, Wanted};
use crate::look::{BEHIND, Look, Sight, Sighting};
use crate::pool::{Submitter, Taker};
use crate::{Frame, Kind};

/// Sightings that may wait for the reader: of a recording there are never more, since the reader takes them as it
/// reads on.
const ROOM: usize = BEHIND as usize + 2;

/// The reader's end.
pub(crate) struct Looking {
    sight: Option<Box<dyn Sight>>,
    told: Receiver<Sighting>,
    kind: Kind,
    /// The last frame that the sight has learnt from.
    learnt: u64,
}

/// Tracking's end.
pub(crate) struct Teller {
    sightings: Sender<Sighting>,
    kind: Kind,
    /// Whether anybody listens.
    has_sight: bool,
}

/// Both ends, for a source of this kind.
pub(crate) fn looking(sight: Option<Box<dyn Sight>>, kind: Kind) -> (Looking, Teller) {
    let (sightings, told) = bounded(ROOM);
    let has_sight = sight.is_some();
    (Looking { sight, told, kind, learnt: 0 }, Teller { sightings, kind, has_sight })
}

impl Looking {
    /// What to look at in `frame`.
    pub(crate) fn look(&mut self, frame: &Frame) -> Look {
        let Some(sight) = &mut self.sight else { return Look::default() };
        match self.kind {
            Kind::Recorded => {
                while self.learnt + BEHIND < frame.number {
                    // Without a sender the lane is about to end.
                    let Ok(sighting) = self.told.recv() else { break };
                    self.learnt = sighting.frame;
                    sight.learn(sighting);
                }
            }
            Kind::Live => self.told.try_iter().for_each(|sighting| sight.learn(sighting)),
        }
        sight.look(frame)
    }
}

impl Teller {
    /// Whether anybody learns from what came of frames.
    pub(crate) fn has_sight(&self) -> bool {
        self.has_sight
    }

    /// Tells what came of a frame, if anybody wants to know.
    pub(crate) fn tell(&self, sighting: impl FnOnce() -> Sighting) {
        if !self.has_sight {
            return;
        }
        // Nobody listens where the reader has ended. One that hangs in a camera has use for the first of them only.
        match self.kind {
            Kind::Recorded => drop(self.sightings.send(sighting())),
            Kind::Live => drop(self.sightings.try_send(sighting())),
        }
    }
}

/// Tracking's way to the detectors, for a frame at which the networks were to rest while somebody is followed.
pub(crate) struct Again {
    pub(crate) give: Submitter<Wanted, Detected>,
    pub(crate) take: Taker<Wanted, Detected>,
}

impl Again {
    /// Has somebody look at the frame after all; `None` once there are no detectors any more.
    pub(crate) fn look(&mut self, Detected { frame, look, .. }: Detected) -> Option<Detected> {
        let look = Look { rests: false, ..look };
        self.give.send(Wanted { frame, look }).then(|| self.take.next()).flatten()
    }
}
