//! Association by overlap, for those that appearance has left.

use super::frame::Frame;
use crate::assignment::{Edge, Solver};
use crate::matches::{MARGIN, Matches};

/// IoU matching as at the end of DeepSORT's association: tentative tracks, and confirmed ones that
/// were seen in the frame before, with all sightings that are still free. A pair must overlap
/// within `max_iou_distance`; its cost is the IoU distance (1 - IoU) of the predicted box.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overlap {
    solver: Solver,
    candidates: Vec<u32>,
    edges: Vec<Edge>,
}

impl Overlap {
    /// Adds this stage's matches.
    pub(crate) fn run(&mut self, limit: f64, frame: &Frame<'_>, matches: &mut Matches) {
        self.candidates.clear();
        self.edges.clear();
        for (index, track) in frame.tracks.iter().enumerate() {
            if track.missed() == 0 && matches.sighting_of(index).is_none() {
                self.connect(self.candidates.len() as u32, index, limit, frame, matches);
                self.candidates.push(index as u32);
            }
        }
        let alone = limit + MARGIN;
        self.solver.solve(self.candidates.len(), frame.sightings.as_slice().len(), &self.edges, alone);
        for (row, &track) in self.candidates.iter().enumerate() {
            if let Some(sighting) = self.solver.column_of(row) {
                matches.insert(track as usize, sighting);
            }
        }
    }

    /// Adds the edges of one track.
    fn connect(&mut self, row: u32, track: usize, limit: f64, frame: &Frame<'_>, matches: &Matches) {
        let expected = frame.tracks[track].filter.bbox();
        for column in
            frame.sightings.places().beside(&expected).filter(|&sighting| !matches.is_taken(sighting))
        {
            let cost = 1.0 - expected.iou(&frame.sightings.as_slice()[column].bbox);
            if cost <= limit {
                self.edges.push(Edge { row, column: column as u32, cost });
            }
        }
    }
}
