//! The referee: scores for tracks and crossings against ground truth.
//!
//! Pure: no I/O, threads or clock, and the same input gives the same numbers. [`Sequence`] holds one
//! sequence prepared by the rules of `MOTChallenge`, [`Scores`] what HOTA, CLEAR and the identity
//! metrics say about it; [`counting`] scores crossings, [`reid`] embeddings.
//!
//! ```
//! use footfall_eval::{Benchmark, Scores, Selection, Sequence, TrackBox, TruthBox};
//! use footfall_track::Bbox;
//!
//! let bbox = |frame: u64| Bbox::new(10.0 * frame as f64, 50.0, 40.0, 100.0);
//! let truth: Vec<TruthBox> = (1..=10)
//!     .map(|frame| TruthBox { frame, id: 1, bbox: bbox(frame), considered: true, class: 1 })
//!     .collect();
//! let tracks: Vec<TrackBox> = (1..=9).map(|frame| TrackBox { frame, id: 7, bbox: bbox(frame) }).collect();
//! let sequence = Sequence::new(&truth, &tracks, Selection::All.of(10), Benchmark::Mot15)?;
//! let scores = Scores::of(&sequence);
//! assert_eq!(scores.clear.counts.false_negatives, 1);
//! assert_eq!(scores.identity.recall(), 0.9);
//! # Ok::<(), footfall_eval::Error>(())
//! ```

mod assignment;
mod by_frame;
mod clear;
pub mod counting;
mod error;
mod hota;
mod identity;
mod labels;
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
pub use labels::identity_f1;
pub use range::{FrameRange, RangeError, Selection, shift_into};
pub use scores::{Boxes, Scores, Value};
pub use sequence::{Benchmark, Sequence, TrackBox, TruthBox, check_frames};
