//! A frame with what was found in it, as whoever counts hands it over.

use std::sync::Arc;

use footfall_count::Anchor;
use jiff::Timestamp;

use super::ZoneState;
use crate::PortError;

/// A frame's pixels, which can become a JPEG for those who look.
pub trait Picture: Send + Sync {
    /// The picture as JPEG of this quality (1 to 100), made smaller where it is wider than `width`.
    ///
    /// # Errors
    /// When it cannot be encoded.
    fn jpeg(&self, width: u32, quality: u8) -> Result<Vec<u8>, PortError>;

    /// What is in `area` (left, top, width and height in pixels) as JPEG, made smaller where it is wider than
    /// `width`. What of the area is outside of the picture is left out.
    ///
    /// # Errors
    /// When it cannot be encoded, or nothing of the area is in the picture.
    fn part(&self, area: [f64; 4], width: u32, quality: u8) -> Result<Vec<u8>, PortError>;
}

/// Somebody in a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Person {
    /// The track's number.
    pub id: u64,
    /// Left, top, width and height in the picture's pixels.
    pub bbox: [f64; 4],
}

/// Somebody who passed a line, as the frame in which that was decided shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Passing {
    /// The line's name.
    pub line: String,
    /// The track's number.
    pub track: u64,
    /// The number of the frame in which the line was reached.
    pub frame: u64,
    /// That frame's time since the source's start, in seconds.
    pub time: f64,
    /// Where they are in this frame, or where they passed if they have left it: left, top, width and height in pixels.
    pub bbox: [f64; 4],
    /// How they look: a vector of unit length, where one is known.
    pub look: Option<Arc<[f32]>>,
}

/// A frame with what was found in it.
#[derive(Clone)]
pub struct View {
    /// From 1.
    pub frame: u64,
    /// Seconds since the source's start.
    pub time: f64,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Which point of a person stands for them.
    pub anchor: Anchor,
    /// Windows in which people are looked for, each left, top, width and height in pixels; none: the whole picture.
    pub windows: Vec<[u32; 4]>,
    /// Who was tracked in it.
    pub people: Vec<Person>,
    /// What its zones have seen until then.
    pub zones: Vec<ZoneState>,
    /// How many different people came in until then, where that is told.
    pub visitors: Option<footfall_count::Estimate>,
    /// The crossings that were decided in it.
    pub crossings: Vec<Passing>,
    /// Its pixels.
    pub picture: Arc<dyn Picture>,
}

/// A view as viewers get it.
#[derive(Clone)]
pub struct Shown {
    /// The frame.
    pub view: Arc<View>,
    /// When it came here.
    pub at: Timestamp,
}

/// What is drawn over a source's picture, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shapes {
    /// Its lines.
    pub lines: Vec<String>,
    /// Its zones.
    pub zones: Vec<String>,
    /// Whether the source is one of this program: else nobody here knows who is in its zones.
    pub is_watched: bool,
}
