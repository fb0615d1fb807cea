//! The referee: scores for tracks and crossings against ground truth.
//!
//! Pure: no I/O, threads or clock, and the same input gives the same numbers. [`Sequence`] holds one
//! sequence prepared by the rules of `MOTChallenge`, [`Scores`] what HOTA, CLEAR and the identity
//! metrics say about it; [`counting`] scores crossings, [`reid`] embeddings.

mod assignment;
mod clear;
pub mod counting;
mod error;
mod hota;
mod identity;
mod matrix;
mod overlap;
mod random;
mod range;
pub mod reid;
mod scores;
mod sequence;
mod unique;

pub use clear::Clear;
pub use error::Error;
pub use hota::{Hota, PerAlpha, THRESHOLDS, alpha, mean};
pub use identity::Identity;
pub use range::{FrameRange, RangeError, Selection, shift_into};
pub use scores::{Boxes, Scores, Value};
pub use sequence::{Benchmark, Sequence, TrackBox, TruthBox, check_frames};
