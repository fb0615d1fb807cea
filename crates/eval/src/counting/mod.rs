//! Crossings against true crossings.
//!
//! [`Outcome`] scores one line, or several as one; [`Interval`]s say how far chance may have moved a
//! score; [`true_crossings`] makes the truth from ground-truth tracks by the counter's own rule.

mod bootstrap;
mod matching;
mod outcome;
mod truth;

pub use bootstrap::{Interval, Intervals};
pub use outcome::{Outcome, Passage};
pub use truth::true_crossings;
