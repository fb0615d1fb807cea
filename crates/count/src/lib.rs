//! Directed lines, and the people who really pass them.
//!
//! Pure: no I/O, threads, clock or logging. One step cannot fail, and the same tracks give the
//! same crossings.

mod crossing;
mod line;

pub use crossing::{Crossing, Direction, Tally};
pub use line::{Line, LineError};
