//! Counts over time, by the calendar of some place on earth.

mod aside;
mod choice;
mod compare;
mod count;
mod gapped;
mod line_sums;
mod nights;
mod occupancy;
mod periods;
mod query;
mod rows;
mod spans;
mod tallies;
mod walk;
mod zones;

pub use compare::{Before, Compare};
pub use count::Count;
pub use query::Query;
pub use spans::Span;
pub use tallies::PeriodTally;
pub use zones::ZoneCount;

pub(crate) use choice::{Choice, RowKey};
pub(crate) use gapped::Gapped;
pub(crate) use periods::Micros;
pub(crate) use spans::union;
