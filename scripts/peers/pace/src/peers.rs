//! Trackers of other projects, with their packages' own settings.

use std::error::Error;
use std::mem::take;

use norfair_rs::distances::distance_function_by_name;
use norfair_rs::{Detection, Tracker, TrackerConfig};
use trackforge::trackers::tracktrack;

use crate::workload::Frame;
use crate::{Contestant, Row};

/// TrackTrack of trackforge: one averaged feature a track.
pub struct TrackTrack {
    tracker: tracktrack::TrackTrack,
    tracks: Vec<Row>,
}

impl TrackTrack {
    pub fn new() -> Self {
        Self { tracker: tracktrack::TrackTrack::new(), tracks: Vec::new() }
    }
}

impl Contestant for TrackTrack {
    type Input = (Vec<([f32; 4], f32, i64)>, Vec<Vec<f32>>);

    fn prepare(&self, frame: &Frame) -> Self::Input {
        let people =
            frame.boxes.iter().zip(&frame.confidences).map(|(&bbox, &confidence)| (bbox, confidence, 0));
        (people.collect(), frame.embeddings.clone())
    }

    fn update(&mut self, (people, embeddings): &mut Self::Input) {
        let tracked = self.tracker.update(take(people), embeddings);
        self.tracks.clear();
        self.tracks.extend(tracked.iter().map(|track| (track.track_id, track.tlwh.map(f64::from))));
    }

    fn tracks(&self) -> Vec<Row> {
        self.tracks.clone()
    }
}

/// norfair-rs with IoU, as its documentation pairs boxes; tracks live as long unseen as the others'.
pub struct Norfair {
    tracker: Tracker,
    /// Identity, corners, and the left edge of the detection it was last matched with.
    tracks: Vec<(u64, [f64; 4], Option<f64>)>,
    lefts: Vec<f64>,
}

impl Norfair {
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let mut config = TrackerConfig::new(distance_function_by_name("iou"), 0.7);
        config.hit_counter_max = 30;
        config.initialization_delay = 2;
        Ok(Self { tracker: Tracker::new(config)?, tracks: Vec::new(), lefts: Vec::new() })
    }
}

impl Contestant for Norfair {
    type Input = Vec<Detection>;

    fn prepare(&self, frame: &Frame) -> Vec<Detection> {
        let corners = frame.boxes.iter().map(|bbox| {
            let [x, y, width, height] = bbox.map(f64::from);
            [x, y, x + width, y + height]
        });
        corners.filter_map(|corners| Detection::from_slice(&corners, 1, 4).ok()).collect()
    }

    fn update(&mut self, people: &mut Vec<Detection>) {
        self.lefts.clear();
        self.lefts.extend(people.iter().map(|person| person.points[(0, 0)]));
        let tracked = self.tracker.update(take(people), 1, None);
        self.tracks.clear();
        self.tracks.extend(tracked.iter().filter_map(|track| {
            let corners = [0, 1, 2, 3].map(|i| track.estimate[(0, i)]);
            let left = track.last_detection.as_ref().map(|seen| seen.points[(0, 0)]);
            Some((track.id? as u64, corners, left))
        }));
    }

    /// Those matched in this frame: it also tells of others, where it expects them.
    fn tracks(&self) -> Vec<Row> {
        let seen =
            self.tracks.iter().filter(|(_, _, left)| left.is_some_and(|left| self.lefts.contains(&left)));
        seen.map(|&(id, [x, y, right, bottom], _)| (id, [x, y, right - x, bottom - y])).collect()
    }
}
