//! MOT text: a line a box, comma-separated, frames from 1, pixels from the picture's top left corner.
//!
//! Blank lines, CRLF, spaces around numbers, trailing commas and a byte order mark are tolerated;
//! a number that is not finite or a frame 0 is not.

mod detections;
mod row;
mod tracks;
mod truth;

pub use detections::MotDetections;
pub use tracks::{TrackRow, TrackWriter, read_tracks};
pub use truth::{Layout, Truth, TruthRow, read_truth};
