//! JSON lines: an object a line. Fields that are not known are ignored, so files may hold more.

mod crossings;
mod detections;
mod groups;
mod tracks;
mod true_crossings;

pub use crossings::{CrossingReader, CrossingRow, CrossingWriter};
pub use detections::{About, DetectionWriter, JsonDetections};
pub use groups::{GroupRow, GroupWriter};
pub use tracks::JsonTrackWriter;
pub use true_crossings::{TrueCrossings, TrueEvent, TrueLine, TrueSequence, read_true_crossings};
