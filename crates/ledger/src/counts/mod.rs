//! Counts over time, by the calendar of some place on earth.

mod nights;
mod period;
mod query;
mod spans;
mod sums;
mod zones;

pub use period::Period;
pub(crate) use query::Passage;
pub use query::{Count, Query};
pub use spans::Span;
pub use zones::ZoneCount;

pub(crate) use spans::union;
pub(crate) use zones::Stay;
