//! What was kept and what was left out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Config, Reason};

/// `manifest.json` beside the identities' folders.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Manifest {
    /// Where the footage came from; without a password.
    pub source: String,
    /// What was wanted of crops.
    pub settings: Config,
    /// Frames that were looked at.
    pub frames: u64,
    /// Tracks of which crops were kept.
    pub identities: u64,
    /// Over all tracks.
    #[serde(flatten)]
    pub counts: Counts,
    /// Every confirmed track, in the order of their numbers.
    pub tracks: Vec<TrackSummary>,
}

/// One track.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrackSummary {
    /// Its number in the run, and its folder where crops of it were kept.
    pub track: u64,
    /// The first frame in which it was seen.
    pub first_frame: u64,
    /// The last one.
    pub last_frame: u64,
    /// What became of its sightings.
    #[serde(flatten)]
    pub counts: Counts,
}

/// What became of sightings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// How many there were.
    pub sightings: u64,
    /// Crops that were written.
    pub kept: u64,
    /// The others, by reason.
    pub left_out: BTreeMap<Reason, u64>,
}

impl Counts {
    pub(crate) fn leave_out(&mut self, reason: Reason) {
        *self.left_out.entry(reason).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.sightings += other.sightings;
        self.kept += other.kept;
        for (reason, count) in &other.left_out {
            *self.left_out.entry(*reason).or_default() += count;
        }
    }
}
