//! Tracking by detection: which boxes of one frame and the next are the same person.
//!
//! Pure: no I/O, threads, clock or logging. One step cannot fail, and the same observations give
//! the same bytes out.

mod geometry;
mod observation;
mod output;

pub use geometry::{Bbox, Point};
pub use observation::{Detection, Embeddings, Observations};
pub use output::{Step, TrackId, TrackedBox};
