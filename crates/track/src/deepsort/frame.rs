//! What the stages of the association are given.

use super::track::Track;
use crate::Embeddings;
use crate::sighting::Sightings;

/// The two sides of the association: tracks as predicted, and what was seen.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) tracks: &'a [Track],
    pub(crate) sightings: &'a Sightings,
    /// Appearance of the observations that the sightings come from.
    pub(crate) embeddings: &'a Embeddings,
}

impl<'a> Frame<'a> {
    /// A sighting's embedding, if its detection has one.
    pub(crate) fn embedding(&self, sighting: usize) -> Option<&'a [f32]> {
        self.embeddings.get(self.sightings.as_slice()[sighting].index)
    }
}
