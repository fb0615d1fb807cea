//! The stages, a thread or several each. Each takes from the one before until that closes, and closes
//! its own end when it leaves.

mod detect;
mod embed;
mod fixtures;
mod looking;
mod read;
mod track;
mod write;

pub(crate) use detect::{Detected, Wanted, detect};
pub(crate) use embed::{EmbedStage, Gathering, embed};
pub(crate) use looking::{Again, Looking, Teller, looking};
pub(crate) use read::{Door, read};
pub(crate) use track::{Counted, TrackEnds, TrackStage, Tracked};
pub(crate) use write::WriteStage;
