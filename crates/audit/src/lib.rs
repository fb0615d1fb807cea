//! Counts that can be checked: which minutes somebody is to count by eye, and what follows from their answers.
//!
//! Pure: no I/O, threads or clock, and the same input gives the same numbers. [`Plan`] draws minutes by
//! [`Stratum`], each with a probability that is known. [`estimate`] makes of what was seen in them the true number
//! of all minutes, with an interval that needs no model of the program's errors. [`agreement`] says how far several
//! auditors saw the same.
//!
//! ```
//! use footfall_audit::{Answer, Cell, Crowding, HourType, Light, Stratum, estimate};
//!
//! let stratum = Stratum { hour: HourType::Midday, crowding: Crowding::Few, light: Light::Bright };
//! let month = [Cell { stratum, probability: 0.01, minutes: 3000, counted: 6000 }];
//! // In each of thirty minutes the program counted two; in three of them somebody saw one more.
//! let answers: Vec<Answer> = (0..30)
//!     .map(|n| Answer { stratum, probability: 0.01, counted: 2, seen: if n % 10 == 0 { 3.0 } else { 2.0 } })
//!     .collect();
//! let truly = estimate(&month, &answers).unwrap();
//! assert!((truly.corrected - 6300.0).abs() < 1e-9);
//! assert!(truly.low < 6300.0 && 6300.0 < truly.high);
//! ```

mod agreement;
mod draw;
mod estimate;
mod spread;
mod stratum;

pub use agreement::agreement;
pub use draw::Plan;
pub use estimate::{Answer, Cell, Estimate, LEAST, estimate};
pub use stratum::{Crowding, HourType, Light, Stratum};
