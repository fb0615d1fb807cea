//! Tracks against ground truth, from folders or arrays.

mod folders;
mod rows;

use std::collections::BTreeMap;

use footfall_eval::{
    Benchmark, FrameRange, Scores, Selection, Sequence, TrackBox, TruthBox, check_frames, shift_into,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::scores::{self, Scored};
use crate::settings::wrong;

pub(crate) use folders::evaluate_folders;
pub(crate) use rows::evaluate_rows;

/// One sequence, as it is to be scored.
struct Work {
    truth: Vec<TruthBox>,
    tracks: Vec<TrackBox>,
    /// Number of frames, where it is known.
    length: Option<u64>,
    benchmark: Benchmark,
}

/// What was scored.
struct Outcome {
    sequences: Vec<(String, Scored)>,
    notes: BTreeMap<String, Vec<String>>,
}

/// Frames of five days at 25 a second: more are a mistake in the frames' column.
const MOST_FRAMES: u64 = 10_000_000;
/// People and tracks are compared pairwise: so many pairs take 2 GB.
const MOST_PAIRS: usize = 1 << 28;
/// More boxes in a frame than any picture has people.
const MOST_BOXES: usize = 10_000;

fn selection(frames: &str) -> PyResult<Selection> {
    if frames == "all" { Ok(Selection::All) } else { frames.parse().map_err(wrong) }
}

fn benchmark(name: &str) -> PyResult<Option<Benchmark>> {
    match name {
        "auto" => Ok(None),
        "mot15" => Ok(Some(Benchmark::Mot15)),
        "mot17" => Ok(Some(Benchmark::Mot17)),
        "mot20" => Ok(Some(Benchmark::Mot20)),
        _ => {
            Err(PyValueError::new_err(format!("benchmark is {name:?}; expected auto, mot15, mot17 or mot20")))
        }
    }
}

impl Work {
    fn score(mut self, frames: Selection) -> Result<(Scored, Vec<String>), String> {
        let last_truth = self.truth.iter().map(|row| row.frame).max();
        let last_track = self.tracks.iter().map(|row| row.frame).max();
        let length = self.length.or(last_truth).or(last_track).unwrap_or(0);
        let range = frames.of(length);
        if range.count() == 0 && frames != Selection::All {
            return Err(format!("no frame to score: the sequence has {length}"));
        }
        self.check_size(range, length)?;
        let mut notes = Vec::new();
        if let Some(last) = shift_into(&mut self.tracks, range) {
            let FrameRange { first, last: end } = range;
            notes.push(format!(
                "no tracks in frames {first} to {end}; those in frames up to {last} are taken as counted from {first}"
            ));
        }
        if self.length.is_some() {
            check_frames(&self.truth, &self.tracks, length).map_err(|error| error.to_string())?;
        }
        let sequence = Sequence::new(&self.truth, &self.tracks, range, self.benchmark);
        let sequence = sequence.map_err(|error| error.to_string())?;
        let given = self.truth.len();
        if sequence.truth_boxes() == 0 && given > 0 {
            return Err(format!(
                "nothing is left to score of {given} boxes of the ground truth: all are in other frames than {} to {}, \
                 marked 0, or of another class than 1 (pedestrian)",
                range.first, range.last
            ));
        }
        drop(self);
        Ok((Scored { scores: Scores::of(&sequence), frames: range.count() }, notes))
    }

    /// What would fill the memory is no sequence.
    fn check_size(&self, range: FrameRange, length: u64) -> Result<(), String> {
        if length > MOST_FRAMES {
            return Err(format!("the last frame is {length}; at most {MOST_FRAMES} are scored"));
        }
        let (mut truth, mut tracks) = (vec![0; range.count() as usize], vec![0; range.count() as usize]);
        count(&mut truth, range, self.truth.iter().map(|row| row.frame));
        count(&mut tracks, range, self.tracks.iter().map(|row| row.frame));
        for (what, counts) in [("the ground truth", &truth), ("the tracks", &tracks)] {
            if let Some(index) = counts.iter().position(|&count| count > MOST_BOXES) {
                let frame = range.first + index as u64;
                return Err(format!(
                    "frame {frame}: {what} have {} boxes, more than {MOST_BOXES}",
                    counts[index]
                ));
            }
        }
        let (people, ids) =
            (distinct(self.truth.iter().map(|row| row.id)), distinct(self.tracks.iter().map(|row| row.id)));
        match people.checked_mul(ids) {
            Some(pairs) if pairs <= MOST_PAIRS => Ok(()),
            _ => Err(format!(
                "{people} people and {ids} tracks are more pairs than can be compared ({MOST_PAIRS}); is the id in \
                 the second column?"
            )),
        }
    }
}

fn count(counts: &mut [usize], range: FrameRange, frames: impl Iterator<Item = u64>) {
    for frame in frames.filter(|&frame| range.contains(frame)) {
        counts[(frame - range.first) as usize] += 1;
    }
}

fn distinct(ids: impl Iterator<Item = u64>) -> usize {
    let mut ids: Vec<u64> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids.len()
}

impl Outcome {
    /// Scores sequences, by rising name.
    ///
    /// # Errors
    /// The first that cannot be scored, by its name.
    fn of(
        work: impl Iterator<Item = Result<(String, Work), String>>,
        frames: Selection,
    ) -> Result<Self, String> {
        let mut outcome = Self { sequences: Vec::new(), notes: BTreeMap::new() };
        for work in work {
            let (name, work) = work?;
            let (scored, notes) = work.score(frames).map_err(|problem| format!("{name}: {problem}"))?;
            if !notes.is_empty() {
                outcome.notes.insert(name.clone(), notes);
            }
            outcome.sequences.push((name, scored));
        }
        Ok(outcome)
    }

    fn dict<'py>(&self, py: Python<'py>, missing: &[String]) -> PyResult<Bound<'py, PyDict>> {
        let (all, sequences) = (PyDict::new(py), PyDict::new(py));
        for (name, scored) in &self.sequences {
            sequences.set_item(name, scores::dict(py, scored)?)?;
        }
        let each: Vec<&Scores> = self.sequences.iter().map(|(_, scored)| &scored.scores).collect();
        let frames = self.sequences.iter().map(|(_, scored)| scored.frames).sum();
        let combined = Scored { scores: Scores::combined(&each), frames };
        all.set_item("sequences", sequences)?;
        all.set_item("combined", scores::dict(py, &combined)?)?;
        all.set_item("missing", missing)?;
        all.set_item("notes", &self.notes)?;
        Ok(all)
    }
}
