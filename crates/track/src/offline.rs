//! A second pass over recorded footage: what comes later tells who was who before.
//!
//! Online, a track that is lost for too long ends, and the person begins a new one. Once all is
//! seen, ends and beginnings that fit are joined (`stitch`), the frames in between are filled
//! (`fill`), and boxes lie on smooth ways (`smooth`). Tracks begin where looking back has surely found them.

mod fill;
mod smooth;
mod stitch;
mod tracklet;

use std::collections::BTreeMap;
use std::time::Duration;

use self::tracklet::Tracklet;
use crate::{Config, FoundPast, Observations, Step, TrackId, TrackedBox};

/// How similar to what was expected a box of before a track began must be, to be one of its boxes: fainter ones tell
/// where somebody was, but not how far they reached.
const SURE: f64 = 0.8;
/// So many boxes are somebody, however soon they followed each other.
const MIN_BOXES: usize = 8;

/// How far tracks are joined and gaps filled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OfflineConfig {
    /// Longest time from the end of a track to the beginning of its continuation.
    pub max_gap: Duration,
    /// Longest gap that is filled.
    pub max_fill: Duration,
    /// Whoever was there for less time, and in fewer than eight frames, was nobody.
    pub min_time: Duration,
    /// Whether boxes are moved onto smooth ways.
    pub smooths: bool,
    /// Greatest cosine distance, 0 to 2, of the mean appearances of two parts of one track.
    pub max_cosine_distance: f32,
}

impl OfflineConfig {
    /// Joined over up to a second, filled over two; appearance as far as the tracker's embedder tells people apart.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            max_gap: Duration::from_secs(1),
            max_fill: Duration::from_secs(2),
            min_time: Duration::from_millis(500),
            smooths: true,
            max_cosine_distance: 2.0 * config.max_cosine_distance,
        }
    }
}

/// One frame after the second pass.
#[derive(Clone, Debug, PartialEq)]
pub struct RefinedFrame {
    /// As it was given.
    pub number: u64,
    /// As it was given.
    pub time: Duration,
    /// Tracks that are in this frame, interpolated ones included, and those that ended before it.
    pub step: Step,
}

/// Everything that a [`Tracker`](crate::Tracker) said about a recording, to be gone over again.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    frames: Vec<(u64, Duration)>,
    tracklets: BTreeMap<TrackId, Tracklet>,
}

impl Recording {
    /// Adds the next frame: its number and time, both rising, and what was seen and tracked in it.
    pub fn push(&mut self, number: u64, time: Duration, observations: &Observations, step: &Step) {
        let frame = self.frames.len();
        self.frames.push((number, time));
        for FoundPast { id, boxes } in &step.found {
            let tracklet = self.tracklets.entry(*id).or_default();
            let sure =
                boxes.iter().rev().take_while(|past| past.ago <= frame && past.similarity >= SURE).count();
            for past in &boxes[boxes.len() - sure..] {
                tracklet.push(frame - past.ago, &past.tracked_as(*id), None);
            }
        }
        for tracked in &step.tracks {
            let embedding = observations.embeddings.get(tracked.detection);
            self.tracklets.entry(tracked.id).or_default().push(frame, tracked, embedding);
        }
    }

    /// Joins and fills, and numbers people anew, from 1 by the time they appear.
    #[must_use]
    pub fn refine(self, config: &OfflineConfig) -> Vec<RefinedFrame> {
        let times: Vec<f64> = self.frames.iter().map(|(_, time)| time.as_secs_f64()).collect();
        let mut people = stitch::stitch(self.tracklets.into_values().collect(), &times, config);
        let least = config.min_time.as_secs_f64();
        people.retain(|person| {
            person.boxes.len() >= MIN_BOXES || times[person.last()] - times[person.first()] >= least
        });
        people.sort_by_key(Tracklet::first);
        let camera = smooth::camera(&people, times.len());
        let mut refined: Vec<RefinedFrame> = self
            .frames
            .into_iter()
            .map(|(number, time)| RefinedFrame { number, time, step: Step::default() })
            .collect();
        for (id, person) in (1..).map(TrackId).zip(people) {
            let last = person.last();
            let filled = fill::fill(person.boxes, &times, config.max_fill.as_secs_f64());
            let mut boxes: Vec<(usize, TrackedBox)> = filled.collect();
            if config.smooths {
                boxes = smooth::smooth(&boxes, &times, &camera);
            }
            for (frame, tracked) in boxes {
                refined[frame].step.tracks.push(TrackedBox { id, ..tracked });
            }
            if let Some(after) = refined.get_mut(last + 1) {
                after.step.removed.push(id);
            }
        }
        refined
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{OfflineConfig, Recording, RefinedFrame};
    use crate::{Bbox, Detection, Embeddings, FoundPast, Observations, PastBox, Step, TrackId, TrackedBox};

    const CONFIG: OfflineConfig = OfflineConfig {
        max_gap: Duration::from_secs(1),
        max_fill: Duration::from_secs(1),
        min_time: Duration::ZERO,
        smooths: false,
        max_cosine_distance: 0.4,
    };

    /// A film at ten frames a second: for each frame those who are tracked, as (id, x, looks).
    fn film(frames: &[&[(u64, f64, f32)]]) -> Vec<RefinedFrame> {
        film_with(&CONFIG, frames)
    }

    fn film_with(config: &OfflineConfig, frames: &[&[(u64, f64, f32)]]) -> Vec<RefinedFrame> {
        let mut recording = Recording::default();
        for (number, people) in (1..).zip(frames) {
            let mut seen = Observations { detections: Vec::new(), embeddings: Embeddings::new(2) };
            let mut step = Step::default();
            for (detection, &(id, x, looks)) in people.iter().enumerate() {
                let bbox = Bbox::new(x, 0.0, 40.0, 100.0);
                seen.detections.push(Detection { bbox, confidence: 0.9 });
                seen.embeddings.push(Some(&[looks, 1.0 - looks]));
                step.tracks.push(TrackedBox { id: TrackId(id), bbox, confidence: 0.9, detection });
            }
            recording.push(number, Duration::from_millis(100 * number), &seen, &step);
        }
        recording.refine(config)
    }

    fn ids(frames: &[RefinedFrame]) -> Vec<Vec<u64>> {
        frames.iter().map(|frame| frame.step.tracks.iter().map(|tracked| tracked.id.0).collect()).collect()
    }

    #[test]
    fn a_gap_is_filled_on_a_straight_line() {
        let frames = film(&[&[(5, 0.0, 1.0)], &[], &[], &[(5, 30.0, 1.0)]]);
        assert_eq!(ids(&frames), [[1], [1], [1], [1]]);
        assert!((frames[2].step.tracks[0].bbox.x - 20.0).abs() < 1e-9);
        assert_eq!(frames[2].step.tracks[0].detection, TrackedBox::INTERPOLATED);
    }

    #[test]
    fn a_track_begins_where_it_was_surely_found_before() {
        let mut recording = Recording::default();
        let bbox = |frame: u64| Bbox::new(10.0 * frame as f64, 0.0, 40.0, 100.0);
        for frame in 1..=6 {
            let mut step = Step::default();
            if frame == 5 {
                let past = |ago: usize, similarity| PastBox {
                    ago,
                    bbox: bbox(5 - ago as u64),
                    confidence: 0.4,
                    similarity,
                };
                // The faintest is left out; the frame between is filled.
                let boxes = vec![past(4, 0.7), past(3, 0.9), past(1, 0.9)];
                step.found = vec![FoundPast { id: TrackId(7), boxes }];
            }
            if frame >= 5 {
                let tracked = TrackedBox { id: TrackId(7), bbox: bbox(frame), confidence: 0.9, detection: 0 };
                step.tracks = vec![tracked];
            }
            recording.push(frame, Duration::from_millis(100 * frame), &Observations::default(), &step);
        }
        let frames = recording.refine(&CONFIG);
        assert_eq!(ids(&frames), [vec![], vec![1], vec![1], vec![1], vec![1], vec![1]]);
        assert!((frames[2].step.tracks[0].bbox.x - 30.0).abs() < 1e-9);
    }

    #[test]
    fn a_flicker_is_nobody_and_whoever_stays_is() {
        let frames: Vec<&[(u64, f64, f32)]> = (0..10)
            .map(|frame| if frame < 4 { &[(1, 0.0, 1.0), (2, 300.0, 0.0)][..] } else { &[(1, 0.0, 1.0)] })
            .collect();
        assert_eq!(ids(&film(&frames))[3], [1, 2]);
        let config = OfflineConfig { min_time: Duration::from_millis(500), ..CONFIG };
        assert_eq!(ids(&film_with(&config, &frames))[3], [1]);
    }

    #[test]
    fn a_track_goes_on_where_another_begins_in_its_way() {
        let walk: Vec<Vec<(u64, f64, f32)>> = (0..20)
            .map(|i| {
                let x = 10.0 * f64::from(i);
                match i {
                    0..8 => vec![(1, x, 1.0)],
                    12.. => vec![(2, x, 1.0)],
                    _ => vec![],
                }
            })
            .collect();
        let frames = film(&walk.iter().map(Vec::as_slice).collect::<Vec<_>>());
        assert!(ids(&frames).iter().all(|ids| *ids == [1]), "{:?}", ids(&frames));
    }

    #[test]
    fn another_look_or_place_or_a_long_gap_is_another_person() {
        for (gap, x, looks) in [(3, 0.0, 0.0), (3, 300.0, 1.0), (15, 0.0, 1.0)] {
            let mut walk: Vec<Vec<(u64, f64, f32)>> = vec![vec![(1, 0.0, 1.0)]; 5];
            walk.extend(vec![vec![]; gap]);
            walk.extend(vec![vec![(2, x, looks)]; 5]);
            let frames = film(&walk.iter().map(Vec::as_slice).collect::<Vec<_>>());
            assert_eq!(
                ids(&frames)[4 + gap..],
                [vec![], vec![2], vec![2], vec![2], vec![2], vec![2]],
                "{gap} {x}"
            );
            assert_eq!(frames[5].step.removed, [TrackId(1)]);
        }
    }
}
