//! Counts over time, by the calendar of some place on earth.

mod aside;
mod choice;
mod compare;
mod gapped;
mod line_sums;
mod nights;
mod occupancy;
mod period;
mod periods;
mod query;
mod rows;
mod spans;
mod tallies;
mod walk;
mod zones;

pub use compare::{Before, Compare};
pub use period::Period;
pub use query::{Count, Query};
pub use spans::Span;
pub use tallies::PeriodTally;
pub use zones::ZoneCount;

pub(crate) use choice::{Choice, RowKey};
pub(crate) use gapped::Gapped;
pub(crate) use periods::Micros;
pub(crate) use spans::union;
