//! One track: what is believed about a person from frame to frame.

use std::time::Duration;

use super::feature::Feature;
use super::motion::{Motion, Noise};
use crate::{Bbox, TrackId};

/// A person's track: tentative until it has an id, confirmed then, and lost while it is missed.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub(crate) motion: Motion,
    /// Where it is expected in the frame that is being processed.
    pub(crate) expected: Bbox,
    pub(crate) feature: Feature,
    /// Given at confirmation.
    pub(crate) id: Option<TrackId>,
    /// Frames in which it was matched.
    pub(crate) hits: u32,
    /// How much its detections' confidences speak for somebody being there.
    pub(crate) evidence: f32,
    /// Whose box its own is part of, while it is not confirmed.
    pub(crate) part_of: Option<TrackId>,
    /// Frames since it was last matched, the one that is being processed not counted.
    pub(crate) missed: u32,
    /// Time since it was last matched.
    pub(crate) unseen: Duration,
    /// Time since an embedding was added to its feature.
    pub(crate) unembedded: Duration,
}

impl Track {
    /// A track that begins with a first detection. The feature is empty.
    pub(crate) fn new(bbox: &Bbox, feature: Feature) -> Self {
        Self {
            motion: Motion::new(bbox),
            expected: *bbox,
            feature,
            id: None,
            hits: 1,
            evidence: 0.0,
            part_of: None,
            missed: 0,
            unseen: Duration::ZERO,
            unembedded: Duration::ZERO,
        }
    }

    pub(crate) fn is_confirmed(&self) -> bool {
        self.id.is_some()
    }

    /// Grows older by the interval to the next frame, which is so many nominal ones.
    pub(crate) fn advance(&mut self, interval: Duration, frames: f64) {
        self.unseen = self.unseen.saturating_add(interval);
        self.unembedded = self.unembedded.saturating_add(interval);
        if self.missed > 0 {
            self.motion.hold_size();
        }
        self.motion.predict(frames);
        self.expected = self.motion.bbox();
    }

    /// Moves the picture under it.
    pub(crate) fn shift(&mut self, x: f64, y: f64) {
        self.motion.shift(x, y);
        self.expected = self.motion.bbox();
    }

    /// Takes a detection that it was matched with.
    pub(crate) fn hit(&mut self, bbox: &Bbox, noise: Noise) {
        self.motion.update(bbox, noise);
        self.hits = self.hits.saturating_add(1);
        self.missed = 0;
        self.unseen = Duration::ZERO;
    }

    /// Was not matched in this frame.
    pub(crate) fn miss(&mut self) {
        self.missed = self.missed.saturating_add(1);
    }

    pub(crate) fn remember(&mut self, embedding: &[f32], momentum: f32) {
        self.feature.add(embedding, momentum);
        self.unembedded = Duration::ZERO;
    }
}
