//! Who is in which zone, since when.

use std::time::Duration;

use footfall_track::TrackId;
use serde::{Deserialize, Serialize};

use crate::Zone;
use crate::config::Limits;
use crate::sighting::Sighting;

/// A stay of a person in a zone, from entering to leaving, or to the last time that they were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Which zone, by its place in the counter's list.
    pub zone: usize,
    /// Who, by the track that they were in the zone with last.
    pub track: TrackId,
    /// Number of the frame in which they had entered, from 1.
    pub frame: u64,
    /// That frame's time since the source's start.
    pub entered: Duration,
    /// When they were out again, or seen last.
    pub left: Duration,
}

impl Visit {
    /// How long they stayed.
    #[must_use]
    pub fn dwell(&self) -> Duration {
        self.left.saturating_sub(self.entered)
    }
}

/// What a zone has seen so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneTally {
    /// How many people are in it.
    pub occupancy: u64,
    /// How many were in it at the same time at most.
    pub most: u64,
    /// Visits that are over.
    pub visits: u64,
    /// How long these were, together.
    pub dwell: Duration,
}

impl ZoneTally {
    /// Mean length of the visits that are over.
    #[must_use]
    pub fn mean_dwell(&self) -> Duration {
        u32::try_from(self.visits).ok().and_then(|visits| self.dwell.checked_div(visits)).unwrap_or_default()
    }

    pub(crate) fn add(&mut self, visit: &Visit) {
        self.visits += 1;
        self.dwell = self.dwell.saturating_add(visit.dwell());
    }
}

/// A person's stay in one zone, if they are in it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stay {
    entered: Option<(u64, Duration)>,
}

impl Stay {
    pub(crate) fn is_open(&self) -> bool {
        self.entered.is_some()
    }

    /// Takes the person's next place; the visit, if they have left.
    ///
    /// They are in once they are past the edge by more than the dead band, and out likewise.
    pub(crate) fn follow(
        &mut self,
        index: usize,
        zone: &Zone,
        here: &Sighting,
        limits: &Limits,
    ) -> Option<Visit> {
        let depth = zone.depth(here.anchor);
        let band = limits.dead_band * here.stature.max(0.0);
        if depth > band {
            self.entered.get_or_insert((here.frame, here.time));
        } else if depth < -band {
            return self.close(index, here.track, here.time);
        }
        None
    }

    /// Ends the stay, if there is one.
    pub(crate) fn close(&mut self, zone: usize, track: TrackId, left: Duration) -> Option<Visit> {
        let (frame, entered) = self.entered.take()?;
        Some(Visit { zone, track, frame, entered, left })
    }
}
