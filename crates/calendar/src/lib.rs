//! Periods of a calendar, and where each begins: minutes, hours, days, weeks and months as people in a time zone have
//! them, also where clocks are set, by an hour or by less.
//!
//! ```
//! use footfall_calendar::Period;
//! use jiff::tz::TimeZone;
//!
//! let zone = TimeZone::get("Europe/Zurich")?;
//! let start = Period::Day.floor("2026-03-29T12:00:00Z".parse()?, &zone);
//! let hours = Period::Day.next(start, &zone).duration_since(start).as_hours();
//! assert_eq!(hours, 23);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod offset;
mod period;

pub use offset::with_offset;
pub use period::Period;
