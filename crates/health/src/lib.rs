//! Whether a camera's picture is fit for counting: covered, frozen, blurred, dark, moved.
//!
//! A [`PictureCheck`] looks at a small grey copy of a frame now and then. What it measures are plain image
//! statistics, told with each condition as evidence; a condition is raised once it has lasted, and is over
//! once the picture has been good for as long.

// A small copy has few pixels, and shifts of it are below zero too.
#![allow(clippy::cast_possible_wrap)]

mod check;
mod config;
mod grey;
mod latch;
mod measure;
mod shift;

pub use check::PictureCheck;
pub use config::{CheckConfig, ConfigError};
pub use grey::Grey;
