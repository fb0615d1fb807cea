//! The files people keep: MOT text, JSON lines, what other programs write, sets of crops, and files that appear
//! whole or not at all.
//!
//! Readers take one row or frame at a time and name the file, the line and what was expected where
//! something is wrong. Writers go through [`PartialFile`], so a file under its final name is whole,
//! and may be read by those who could read the one before; what is personal is private at first.

pub mod crops;
mod detections;
mod error;
pub mod jsonl;
pub mod labels;
mod lines;
pub mod mot;
mod ordinal;
mod partial;
mod partial_path;
pub mod recording;
mod table;
mod tracks;
mod truth;

pub use detections::{DetectionFrame, DetectionReader};
pub use error::Error;
pub use footfall_scratch::Privacy;
pub use ordinal::ordinal;
pub use partial::PartialFile;
pub use partial_path::PartialPath;
pub use table::Table;
pub use tracks::TracksWriter;
pub use truth::{read_any_truth, truth_in};
