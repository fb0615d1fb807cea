//! Who has been matched with whom so far.

/// Price of staying alone over the greatest distance that is allowed, so that a pair exactly at
/// that distance is still matched. The published code's margin.
pub(crate) const MARGIN: f64 = 1e-5;

/// Matches of tracks with sightings so far; each is in one at most.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matches {
    sightings: Vec<Option<u32>>,
    taken: Vec<bool>,
}

impl Matches {
    /// Starts a frame without any match.
    pub(crate) fn reset(&mut self, tracks: usize, sightings: usize) {
        self.sightings.clear();
        self.sightings.resize(tracks, None);
        self.taken.clear();
        self.taken.resize(sightings, false);
    }

    /// Matches two that are both free.
    pub(crate) fn insert(&mut self, track: usize, sighting: usize) {
        self.sightings[track] = Some(sighting as u32);
        self.taken[sighting] = true;
    }

    /// The sighting that a track was matched with.
    pub(crate) fn sighting_of(&self, track: usize) -> Option<usize> {
        self.sightings[track].map(|sighting| sighting as usize)
    }

    /// Gives the sighting of one track to another that has none.
    pub(crate) fn hand_over(&mut self, from: usize, to: usize) {
        self.sightings[to] = self.sightings[from].take();
    }

    /// Whether a sighting was matched.
    pub(crate) fn is_taken(&self, sighting: usize) -> bool {
        self.taken[sighting]
    }
}
