//! Turns footage into a training set: a folder for each confirmed track, with few, good and different
//! crops of that person.
//!
//! [`Harvest`] is a sink of the pipeline. It screens every sighting of a track (score, size, borders,
//! others in the way, sharpness), keeps the sharpest within each interval of time, leaves out those that
//! look like one it has, and writes the rest under names like Market-1501's when the track is over. The
//! folder appears when all of it is there, with a manifest of what was left out and why.
//!
//! How a picture becomes bytes is the caller's: this crate knows no image library.

mod album;
mod config;
mod error;
mod harvest;
mod manifest;
mod picker;
mod pixels;
mod screen;
#[cfg(test)]
mod testing;

pub use config::{Config, CropSize};
pub use error::Error;
pub use harvest::{Encode, Harvest};
pub use manifest::{Counts, Manifest, TrackSummary};
pub use screen::Reason;
