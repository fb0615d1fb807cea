//! One track: what is believed about a person from frame to frame.

use std::time::Duration;

use super::kalman::Kalman;
use crate::TrackId;
use crate::gallery::Gallery;
use crate::geometry::Xyah;

/// Where a track is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Seen in each frame since it began, but not often enough yet to be believed.
    Tentative,
    /// Believed, and seen in the latest frame.
    Confirmed(TrackId),
    /// Believed, and missed in the latest frame; it may come back.
    Lost(TrackId),
}

/// A person's track.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub(crate) filter: Kalman,
    pub(crate) gallery: Gallery,
    /// Given at confirmation.
    pub(crate) id: Option<TrackId>,
    /// Frames in which it was matched.
    hits: u32,
    /// Frames since it was last matched.
    missed: u32,
    /// Time since it was last matched.
    unseen: Duration,
}

impl Track {
    /// A track that begins with a first measurement. The gallery is empty.
    pub(crate) fn new(measured: Xyah, gallery: Gallery) -> Self {
        let filter = Kalman::new(measured);
        Self { filter, gallery, id: None, hits: 1, missed: 0, unseen: Duration::ZERO }
    }

    pub(crate) fn state(&self) -> State {
        match self.id {
            None => State::Tentative,
            Some(id) if self.missed == 0 => State::Confirmed(id),
            Some(id) => State::Lost(id),
        }
    }

    /// Frames since it was last matched, the one that is being processed not counted: the level of
    /// the matching cascade that it belongs to.
    pub(crate) fn missed(&self) -> u32 {
        self.missed
    }

    /// Time since it was last matched.
    pub(crate) fn unseen(&self) -> Duration {
        self.unseen
    }

    /// Whether it was matched often enough to be confirmed.
    pub(crate) fn is_established(&self, n_init: u32) -> bool {
        self.hits >= n_init
    }

    /// Grows older by the interval to the next frame.
    pub(crate) fn age(&mut self, interval: Duration) {
        self.unseen = self.unseen.saturating_add(interval);
    }

    /// Takes a measurement that it was matched with.
    pub(crate) fn hit(&mut self, measured: Xyah) {
        self.filter.update(measured);
        self.hits = self.hits.saturating_add(1);
        self.missed = 0;
        self.unseen = Duration::ZERO;
    }

    /// Was not matched in this frame.
    pub(crate) fn miss(&mut self) {
        self.missed = self.missed.saturating_add(1);
    }
}
