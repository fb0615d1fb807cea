//! What a detector sees of a picture.

/// How the network's input and the picture go together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Optics {
    /// Width and height of the picture in pixels.
    pub picture: [usize; 2],
    /// Width and height of the network's input for the whole picture, in pixels.
    pub input: [usize; 2],
    /// Sides of the input are multiples of this many pixels.
    pub stride: usize,
    /// Whether the network takes inputs of other sizes too.
    pub is_free: bool,
}

impl Optics {
    /// Pixels of the input for one of the picture, where the whole picture is looked at.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale_of(self.picture[0] as f64, self.picture[1] as f64)
    }

    /// Pixels of the usual input for one of a part of the picture of this size.
    pub(crate) fn scale_of(&self, width: f64, height: f64) -> f64 {
        (self.input[0] as f64 / width).min(self.input[1] as f64 / height)
    }

    /// Pixels of the usual input: what a frame costs.
    pub(crate) fn budget(&self) -> f64 {
        (self.input[0] * self.input[1]) as f64
    }
}
