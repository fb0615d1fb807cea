//! Tracking by detection: which boxes of one frame and the next are the same person.
//!
//! Pure: no I/O, threads, clock or logging. One step cannot fail, and the same observations give
//! the same bytes out.

//!
//! [`Tracker`] is DeepSORT (Wojke, Bewley and Paulus, 2017) with time in seconds. In the order of a
//! step: `sighting` (usable detections), `kalman` and `covariance` (motion), `gating`, `gallery` (appearance),
//! `assignment`, the two stages `cascade` and `overlap`, and `track` (lifecycle).

pub mod assignment;
mod cascade;
mod config;
mod covariance;
pub mod gallery;
mod gating;
mod geometry;
mod kalman;
mod matches;
mod observation;
mod output;
mod overlap;
mod sighting;
mod track;
mod tracker;

pub use config::{Config, ConfigError};
pub use geometry::{Bbox, Point};
pub use observation::{Detection, Embeddings, Observations};
pub use output::{Step, TrackId, TrackedBox};
pub use tracker::Tracker;
