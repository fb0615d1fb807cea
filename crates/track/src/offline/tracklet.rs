//! What one id was given to.

use crate::TrackedBox;
use crate::best::Feature;

/// The boxes of one track by rising frame, at least one, and its mean appearance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tracklet {
    /// (Index of the frame, box).
    pub(crate) boxes: Vec<(usize, TrackedBox)>,
    pub(crate) feature: Feature,
}

/// Share of a tracklet's feature that stays when an embedding is added.
const MOMENTUM: f32 = 0.95;

impl Tracklet {
    pub(crate) fn push(&mut self, frame: usize, tracked: &TrackedBox, embedding: Option<&[f32]>) {
        self.boxes.push((frame, *tracked));
        if let Some(embedding) = embedding {
            self.feature.add(embedding, MOMENTUM);
        }
    }

    /// Index of its first frame.
    pub(crate) fn first(&self) -> usize {
        self.boxes.first().map_or(0, |&(frame, _)| frame)
    }

    /// Index of its last frame.
    pub(crate) fn last(&self) -> usize {
        self.boxes.last().map_or(0, |&(frame, _)| frame)
    }

    /// Adds another one's boxes, all of later frames; what the person looks like is what they
    /// looked like last.
    pub(crate) fn append(&mut self, other: Self) {
        self.boxes.extend(other.boxes);
        self.feature = other.feature;
    }
}
