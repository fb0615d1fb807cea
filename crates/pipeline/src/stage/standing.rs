//! Who stands: seen in one place again and again, they say no more of how high people are than they did at first.
//!
//! Without this, somebody who waits at a counter all day, or a poster that the detector takes for a person, would in time
//! outweigh everybody who passes.

use std::collections::BTreeMap;

use footfall_count::is_away;
use footfall_track::{Bbox, Detection, TrackId, TrackedBox};

/// Whoever is in one place says something in so many frames.
const FRAMES: u32 = 25;

/// Since when each of those who are followed has been where they are: the box then, and for how many frames.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing(BTreeMap<TrackId, (Bbox, u32)>);

impl Standing {
    /// The detections of a frame but for those who stand.
    pub(crate) fn others(&mut self, detections: &[Detection], tracks: &[TrackedBox]) -> Vec<Detection> {
        let before = std::mem::take(&mut self.0);
        let mut stands = vec![false; detections.len()];
        for track in tracks {
            let place = before.get(&track.id).filter(|(bbox, _)| !is_away(bbox, &track.bbox));
            let (bbox, frames) = place.map_or((track.bbox, 1), |&(bbox, frames)| (bbox, frames + 1));
            self.0.insert(track.id, (bbox, frames.min(FRAMES + 1)));
            if let Some(stands) = stands.get_mut(track.detection) {
                *stands = frames > FRAMES;
            }
        }
        let moving = detections.iter().zip(stands).filter(|(_, stands)| !stands);
        moving.map(|(detection, _)| *detection).collect()
    }
}

#[cfg(test)]
mod tests {
    use footfall_track::{Bbox, Detection, TrackId, TrackedBox};

    use super::{FRAMES, Standing};

    /// Frames with these people, of whom each is followed where they have an id; how often each was told.
    fn told(frames: u32, person: impl Fn(u32) -> [(u64, f64); 3]) -> [u32; 3] {
        let (mut standing, mut told) = (Standing::default(), [0; 3]);
        for frame in 0..frames {
            let people = person(frame);
            let detections =
                people.map(|(_, x)| Detection { bbox: Bbox::new(x, 50.0, 20.0, 50.0), confidence: 0.9 });
            let followed = (0..3).filter(|&index| people[index].0 > 0);
            let tracks = followed.map(|detection| {
                let (id, bbox) = (TrackId(people[detection].0), detections[detection].bbox);
                TrackedBox { id, bbox, confidence: 0.9, detection }
            });
            let others = standing.others(&detections, &tracks.collect::<Vec<_>>());
            (0..3).for_each(|index| told[index] += u32::from(others.contains(&detections[index])));
        }
        told
    }

    #[test]
    fn who_stands_is_told_for_a_while_and_who_walks_or_is_not_followed_all_along() {
        // A detector's boxes are never twice the same.
        let jitter = |frame: u32| 100.0 + f64::from(frame % 5);
        let walks = |frame: u32| 200.0 + f64::from(frame);
        let people = |frame: u32| [(1, jitter(frame)), (2, walks(frame)), (0, 900.0)];
        assert_eq!(told(1000, people), [FRAMES, 1000, 1000]);
        // Whoever goes on after a rest is somebody on their way again.
        let goes_on = |frame: u32| if frame < 500 { 100.0 } else { 100.0 + f64::from(frame - 500) };
        let [stood, ..] = told(1000, |frame| [(1, goes_on(frame)), (2, 3000.0), (0, 5000.0)]);
        assert!((FRAMES + 485..=FRAMES + 500).contains(&stood), "{stood}");
    }
}
