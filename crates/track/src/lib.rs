//! Tracking by detection: which boxes of one frame and the next are the same person.
//!
//! Pure: no I/O, threads, clock or logging. One step cannot fail, and the same observations give
//! the same bytes out.
//!
//! [`Tracker`] works by one of two presets: `deepsort`, the published algorithm, and `best`. Each is
//! a module of its own; what they share is beside them: `sighting` (usable detections), `places` (who
//! is near whom), `covariance` (of a coordinate and its velocity), `gallery` (appearance), `assignment` and
//! `matches`.

pub mod assignment;
mod best;
mod config;
mod covariance;
mod deepsort;
pub mod gallery;
mod geometry;
mod matches;
mod observation;
pub mod offline;
mod output;
mod places;
mod sighting;
mod statistics;
mod tracker;

pub use best::BestConfig;
pub use config::{Config, ConfigError, Preset};
pub use deepsort::DeepSortConfig;
pub use geometry::{Bbox, Point};
pub use observation::{Detection, Embeddings, Observations};
pub use output::{FoundPast, PastBox, Step, TrackId, TrackedBox};
pub use tracker::Tracker;
