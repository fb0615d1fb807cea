//! Directed lines, and the people who really pass them.
//!
//! Pure: no I/O, threads, clock or logging. One step cannot fail, and the same tracks give the
//! same crossings.

mod counter;
mod crossing;
mod health;
mod line;

pub use counter::{Config, ConfigError, Counter};
pub use crossing::{Crossing, Direction, Reason, Tally};
pub use health::{Condition, HealthChange, Uncounted};
pub use line::{Line, LineError};
