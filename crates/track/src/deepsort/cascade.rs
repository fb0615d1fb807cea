//! The matching cascade: association by appearance, the tracks seen last first.

use super::frame::Frame;
use super::gating::Gate;
use super::track::State;
use crate::assignment::{Edge, Solver};
use crate::matches::{MARGIN, Matches};

/// Algorithm 1 of the DeepSORT paper.
///
/// The longer a track was missed, the wider its gate is, and the closer it seems to any detection;
/// so tracks choose in the order of the number of frames they were missed in, one optimal
/// assignment for each number. A pair must lie within the motion gate and within
/// `max_cosine_distance`; its cost is the cosine distance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cascade {
    solver: Solver,
    /// Confirmed and lost tracks as (frames missed, track).
    queue: Vec<(u32, u32)>,
    edges: Vec<Edge>,
    /// For each track of the current level: how many sightings are in its gate.
    choices: Vec<u32>,
    /// For each sighting: how many tracks of the current level have it in their gate.
    rivals: Vec<u32>,
}

impl Cascade {
    /// Adds the cascade's matches.
    pub(crate) fn run(&mut self, limit: f32, frame: &Frame<'_>, matches: &mut Matches) {
        let mut queue = std::mem::take(&mut self.queue);
        let dimension = frame.embeddings.dimension();
        let numbered = frame.tracks.iter().enumerate();
        let eligible =
            numbered.filter(|(_, track)| track.state() != State::Tentative && track.gallery.knows(dimension));
        queue.clear();
        queue.extend(eligible.map(|(index, track)| (track.missed(), index as u32)));
        queue.sort_unstable();
        for level in queue.chunk_by(|a, b| a.0 == b.0) {
            self.gate(level, frame, matches);
            self.compare(limit, level, frame);
            let alone = f64::from(limit) + MARGIN;
            self.solver.solve(level.len(), frame.sightings.as_slice().len(), &self.edges, alone);
            for (row, &(_, track)) in level.iter().enumerate() {
                if let Some(sighting) = self.solver.column_of(row) {
                    matches.insert(track as usize, sighting);
                }
            }
        }
        self.queue = queue;
    }

    /// Fills `edges` with the free sightings in each track's gate; costs are not known yet.
    fn gate(&mut self, level: &[(u32, u32)], frame: &Frame<'_>, matches: &Matches) {
        let sightings = frame.sightings.as_slice();
        self.edges.clear();
        self.choices.clear();
        self.rivals.clear();
        self.rivals.resize(sightings.len(), 0);
        for (row, &(_, track)) in level.iter().enumerate() {
            let before = self.edges.len();
            let gate = Gate::new(&frame.tracks[track as usize].filter.project());
            for sighting in frame.sightings.places().near(gate.x(), gate.reach) {
                let possible = gate.admits(&sightings[sighting].measured) && !matches.is_taken(sighting);
                if possible && frame.embedding(sighting).is_some() {
                    self.edges.push(Edge { row: row as u32, column: sighting as u32, cost: 0.0 });
                    self.rivals[sighting] += 1;
                }
            }
            self.choices.push((self.edges.len() - before) as u32);
        }
    }

    /// Sets the edges' costs and drops those over `limit`.
    ///
    /// An edge whose ends have no other edge will be matched whatever it costs within the limit: the
    /// first embedding of the gallery that is close enough decides, and the rest is not read.
    fn compare(&mut self, limit: f32, level: &[(u32, u32)], frame: &Frame<'_>) {
        let (choices, rivals) = (&self.choices, &self.rivals);
        self.edges.retain_mut(|edge| {
            let gallery = &frame.tracks[level[edge.row as usize].1 as usize].gallery;
            let Some(embedding) = frame.embedding(edge.column as usize) else { return false };
            if choices[edge.row as usize] == 1 && rivals[edge.column as usize] == 1 {
                return gallery.is_within(embedding, limit);
            }
            let distance = gallery.distance(embedding);
            edge.cost = f64::from(distance);
            distance <= limit
        });
    }
}
