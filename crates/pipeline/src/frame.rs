//! What travels through the pipeline: a picture with its number and time, and what was made of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use footfall_count::Seen;
use footfall_track::Observations;

use crate::Look;

/// Where an image's bytes live: a `Vec`, or the buffer of the library that decoded them.
pub trait Pixels: Send + Sync {
    /// `height * width * 3` bytes.
    fn bytes(&self) -> &[u8];
}

impl Pixels for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }
}

/// A picture of `[height, width, 3]` bytes, BGR, rows from the top without padding.
///
/// Never changed after it was made; clones share the bytes.
#[derive(Clone)]
pub struct Image {
    width: usize,
    height: usize,
    pixels: Arc<dyn Pixels>,
}

/// Why bytes are no image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// A side is 0.
    #[error("a picture of {width}x{height} pixels is empty")]
    Empty {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
    /// The number of bytes does not fit the size.
    #[error("{bytes} bytes are no BGR picture of {width}x{height} pixels")]
    Size {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// What there is.
        bytes: usize,
    },
}

impl Image {
    /// A picture over BGR bytes.
    ///
    /// # Errors
    /// When a side is 0 or the bytes are not `height * width * 3`.
    pub fn new(width: usize, height: usize, pixels: Arc<dyn Pixels>) -> Result<Self, ImageError> {
        if width == 0 || height == 0 {
            return Err(ImageError::Empty { width, height });
        }
        let bytes = pixels.bytes().len();
        if width.checked_mul(height).and_then(|n| n.checked_mul(3)) != Some(bytes) {
            return Err(ImageError::Size { width, height, bytes });
        }
        Ok(Self { width, height, pixels })
    }

    /// Width in pixels, at least 1.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels, at least 1.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// The BGR bytes, row by row from the top. Whoever decoded them is asked each time, which costs more than reading a
    /// pixel: take them once, outside of loops.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.pixels.bytes()
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Image({}x{})", self.width, self.height)
    }
}

/// A picture as it came from a source.
#[derive(Clone, Debug)]
pub struct Frame {
    /// From 1, without holes in what the source has read: a dropped frame keeps its number.
    pub number: u64,
    /// Since the source's start, by the source's own clock; never less than the frame before's.
    pub time: Duration,
    /// The picture.
    pub image: Image,
}

/// A frame with what was seen in it: what sinks are given.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The picture, its number and time.
    pub frame: Frame,
    /// Everyone the detector saw, with appearance where it was asked for.
    pub observations: Observations,
    /// Tracks and counts.
    pub seen: Seen,
    /// Where people were looked for.
    pub look: Look,
}
