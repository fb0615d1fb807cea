//! Whether a source is fit for counting: its picture covered, frozen, blurred, dark or moved, its frames too few.
//!
//! A [`PictureCheck`] looks at a small grey copy of a frame now and then. What it measures are plain image
//! statistics, told with each condition as evidence; a condition is raised once it has lasted, and is over
//! once the picture has been good for as long. A [`RateCheck`] looks at frames' times alone, a
//! [`CountableCheck`] at how people are seen and followed, in the same manner.

// A small copy has few pixels, and shifts of it are below zero too.
#![allow(clippy::cast_possible_wrap)]

mod check;
mod config;
mod countable;
mod grey;
mod latch;
mod measure;
mod rate;
mod shift;

pub use check::PictureCheck;
pub use config::{CheckConfig, ConfigError};
pub use countable::CountableCheck;
pub use grey::Grey;
pub use rate::RateCheck;
