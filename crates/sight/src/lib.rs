//! Where in a picture people are looked for: near lines and zones, as closely as their size asks for, and not at all
//! while nothing moves.
//!
//! A [`Watch`] belongs to one source and implements the pipeline's [`Sight`](footfall_pipeline::Sight). It learns how
//! high people are in each part of the picture ([`Stature`]), and plans from that, the lines and the zones which
//! windows the detector is run on. A small grey copy of each frame tells whether anything moves.
//!
//! Nothing here knows a clock, a file or a network: the same frames and sightings give the same windows.

mod area;
mod explore;
mod live;
mod motion;
mod optics;
mod plan;
mod rest;
mod stature;
mod verdict;
mod watch;

pub use optics::Optics;
pub use stature::Stature;
pub use verdict::{Verdict, verdicts};
pub use watch::Watch;
