//! What a tracker says about one frame.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Bbox;

/// A track's number, from 1, given once and never again by the same tracker.
///
/// Numbers are given in the order in which tracks are confirmed, so a tracker's output starts at 1
/// and has no holes for tracks that nobody ever saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrackId(pub u64);

impl fmt::Display for TrackId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A confirmed track that was matched with a detection in this frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackedBox {
    /// Who.
    pub id: TrackId,
    /// Where, in pixels: the filter's estimate after the update.
    pub bbox: Bbox,
    /// Confidence of the matched detection, 0 to 1.
    pub confidence: f32,
    /// The matched detection's index in the frame's observations; [`Self::INTERPOLATED`] for none.
    pub detection: usize,
}

impl TrackedBox {
    /// In place of a detection: nobody was seen, and the box lies between those before and after.
    pub const INTERPOLATED: usize = usize::MAX;
}

/// The outcome of one step of a tracker.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// Confirmed tracks matched in this frame, by rising id.
    pub tracks: Vec<TrackedBox>,
    /// Confirmed tracks that ended with this frame and will not come back, by rising id.
    pub removed: Vec<TrackId>,
    /// Where tracks that were confirmed in this frame had been before, as far as somebody was seen there.
    pub found: Vec<FoundPast>,
}

/// Where somebody was before their track was confirmed: found by looking back.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundPast {
    /// Who.
    pub id: TrackId,
    /// By rising time; not in every frame.
    pub boxes: Vec<PastBox>,
}

impl PastBox {
    /// As a track's outcome in its frame. The detection has gone by.
    pub(crate) fn tracked_as(&self, id: TrackId) -> TrackedBox {
        TrackedBox { id, bbox: self.bbox, confidence: self.confidence, detection: TrackedBox::INTERPOLATED }
    }
}

/// A box in a frame that is over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PastBox {
    /// So many steps ago, 1 or more.
    pub ago: usize,
    /// Where, in pixels.
    pub bbox: Bbox,
    /// Of the detection there, 0 to 1.
    pub confidence: f32,
    /// How alike it is to where the person was expected there, 0 to 1.
    pub similarity: f64,
}
