//! Evidence: short clips of moments that somebody may look at again.
//!
//! A clip has small grey pictures on which nobody is in the clear ([`Veil`]), and beside them, apart, what the program
//! saw and decided ([`Head`]): whoever audits sees the pictures first. [`Folder`] keeps clips, sealed where there is a
//! [`Seal`], for so many days and up to so many bytes; the kind of every minute, drawn or not ([`Minute`]); and what
//! auditors answered ([`Answer`]).
//!
//! No threads, clocks, OpenCV or pictures' formats: whoever records gives times and encodes.

mod answer;
mod clip;
mod config;
mod error;
mod folder;
mod minute;
mod rows;
mod seal;
mod small;
mod veil;

pub use answer::{Answer, Difference, LineAnswer};
pub use clip::{Clip, Decision, DrawnLine, Head, Kind, Moment, Seen};
pub use config::{Blur, EvidenceConfig};
pub use error::EvidenceError;
pub use folder::{Folder, Kept};
pub use minute::{LineCount, Minute};
pub use seal::Seal;
pub use small::Small;
pub use veil::Veil;
