//! One association: an optimal assignment among some tracks and some sightings.

use super::track::Track;
use crate::assignment::{Edge, Solver};
use crate::matches::{MARGIN, Matches};
use crate::sighting::{Sighting, Sightings};

/// Matches those that are still free; keeps its working memory from one association to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matching {
    solver: Solver,
    candidates: Vec<u32>,
    edges: Vec<Edge>,
}

/// Who takes part in an association, and what a pair costs.
pub(crate) struct Rules<T, S, C> {
    pub(crate) track: T,
    pub(crate) sighting: S,
    /// Cost of a pair; none where it is not possible.
    pub(crate) cost: C,
    /// Greatest cost of a pair.
    pub(crate) limit: f64,
    /// Share by which boxes grow before their overlap counts.
    pub(crate) buffer: f64,
}

impl Matching {
    /// Adds the matches of one association.
    pub(crate) fn run(
        &mut self,
        tracks: &[Track],
        sightings: &Sightings,
        matches: &mut Matches,
        rules: &Rules<
            impl Fn(&Track) -> bool,
            impl Fn(&Sighting) -> bool,
            impl Fn(&Track, &Sighting) -> Option<f64>,
        >,
    ) {
        self.candidates.clear();
        self.edges.clear();
        let list = sightings.as_slice();
        for (index, track) in tracks.iter().enumerate() {
            if matches.sighting_of(index).is_some() || !(rules.track)(track) {
                continue;
            }
            let row = self.candidates.len() as u32;
            self.candidates.push(index as u32);
            let around = sightings.places().around(&track.expected, rules.buffer);
            let free = around.filter(|&column| !matches.is_taken(column) && (rules.sighting)(&list[column]));
            let edges = &mut self.edges;
            free.for_each(|column| {
                let cost = (rules.cost)(track, &list[column]).filter(|&cost| cost <= rules.limit);
                if let Some(cost) = cost {
                    edges.push(Edge { row, column: column as u32, cost });
                }
            });
        }
        self.solver.solve(self.candidates.len(), list.len(), &self.edges, rules.limit + MARGIN);
        for (row, &track) in self.candidates.iter().enumerate() {
            if let Some(sighting) = self.solver.column_of(row) {
                matches.insert(track as usize, sighting);
            }
        }
    }
}
