//! What a detector wants done to a picture.

use crate::letterbox::Placement;
use crate::metadata::Metadata;
use crate::normalise::{Colour, Normaliser};

/// Preprocessing: a family's own, where the file's metadata does not say otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Recipe {
    pub(crate) colour: Colour,
    /// On the scale 0 to 255, in the order of the input's channels.
    pub(crate) mean: [f32; 3],
    pub(crate) std: [f32; 3],
    pub(crate) placement: Placement,
    /// The value of pixels around the picture.
    pub(crate) pad: u8,
    /// Input sides are multiples of it.
    pub(crate) stride: usize,
}

impl Recipe {
    /// This recipe, with what the metadata says in its place.
    pub(crate) fn or(self, metadata: &Metadata) -> Self {
        Self {
            colour: metadata.colour.unwrap_or(self.colour),
            mean: metadata.mean.unwrap_or(self.mean),
            std: metadata.std.unwrap_or(self.std),
            placement: metadata.placement.unwrap_or(self.placement),
            pad: metadata.pad.unwrap_or(self.pad),
            stride: metadata.stride.unwrap_or(self.stride),
        }
    }

    pub(crate) fn normaliser(&self) -> Normaliser {
        Normaliser::new(self.colour, self.mean, self.std)
    }
}
