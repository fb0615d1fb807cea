//! Whose appearance is worth looking at.

use crate::Embeddings;
use crate::sighting::Sighting;

/// The appearance of a frame's detections, as far as it is to be trusted.
#[derive(Clone, Copy)]
pub(crate) struct Looks<'a> {
    pub(crate) embeddings: &'a Embeddings,
    /// Least confidence of a detection whose embedding counts.
    pub(crate) confidence: f32,
}

impl<'a> Looks<'a> {
    /// That of one, where it is.
    pub(crate) fn of(self, seen: &Sighting) -> Option<&'a [f32]> {
        self.embeddings.get(seen.index).filter(|_| seen.confidence >= self.confidence)
    }
}
