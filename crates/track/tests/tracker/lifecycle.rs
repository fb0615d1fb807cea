//! How tracks begin, are lost, come back and end.

use std::time::Duration;

use footfall_track::{
    Bbox, Config, DeepSortConfig, Detection, Embeddings, Observations, Preset, Step, TrackId, Tracker,
};

const INTERVAL: Duration = Duration::from_millis(100);

/// A tracker at ten frames a second, and where it is in time.
struct Scene {
    tracker: Tracker,
    time: Duration,
}

impl Scene {
    fn new(change: impl FnOnce(&mut DeepSortConfig)) -> Self {
        let mut config = Config { frame_rate: 10.0, ..Config::of(Preset::DeepSort) };
        change(&mut config.deepsort);
        Self { tracker: Tracker::new(config).unwrap(), time: Duration::ZERO }
    }

    /// The next frame, with people of a colour at x.
    fn see(&mut self, people: &[(f64, Option<Colour>)]) -> Step {
        self.after(INTERVAL, people)
    }

    fn after(&mut self, interval: Duration, people: &[(f64, Option<Colour>)]) -> Step {
        self.time += interval;
        let mut observations = Observations { detections: Vec::new(), embeddings: Embeddings::new(2) };
        for &(x, colour) in people {
            let bbox = Bbox::new(x, 50.0, 40.0, 100.0);
            observations.detections.push(Detection { bbox, confidence: 0.9 });
            observations.embeddings.push(colour.as_ref().map(|colour| &colour[..]));
        }
        self.tracker.step(self.time, &observations).clone()
    }
}

type Colour = [f32; 2];
const RED: Option<Colour> = Some([1.0, 0.0]);
const BLUE: Option<Colour> = Some([0.0, 1.0]);

fn ids(step: &Step) -> Vec<u64> {
    step.tracks.iter().map(|track| track.id.0).collect()
}

#[test]
fn a_track_is_confirmed_in_its_third_frame() {
    let mut scene = Scene::new(|_| {});
    assert_eq!(ids(&scene.see(&[(0.0, None)])), []);
    assert_eq!(ids(&scene.see(&[(0.0, None)])), []);
    assert_eq!(ids(&scene.see(&[(0.0, None)])), [1]);
}

#[test]
fn with_n_init_1_a_track_is_confirmed_at_once() {
    let mut scene = Scene::new(|config| config.n_init = 1);
    assert_eq!(ids(&scene.see(&[(0.0, None), (300.0, None)])), [1, 2]);
}

#[test]
fn a_tentative_track_dies_at_its_first_miss_and_takes_no_id() {
    let mut scene = Scene::new(|_| {});
    for seen in [true, true, false, true, true] {
        let people = [(0.0, RED), (300.0, BLUE)];
        let step = scene.see(if seen { &people } else { &people[1..] });
        assert!(ids(&step).len() <= 1 && step.removed.is_empty());
    }
    assert_eq!(ids(&scene.see(&[(0.0, RED), (300.0, BLUE)])), [1, 2]);
}

#[test]
fn a_lost_track_comes_back_by_its_appearance() {
    let mut scene = Scene::new(|_| {});
    for _ in 0..4 {
        scene.see(&[(0.0, RED)]);
    }
    for _ in 0..5 {
        assert_eq!(scene.see(&[]), Step::default());
    }
    assert_eq!(ids(&scene.see(&[(5.0, RED)])), [1]);
}

#[test]
fn another_appearance_or_none_does_not_bring_a_lost_track_back() {
    for colour in [BLUE, None] {
        let mut scene = Scene::new(|_| {});
        for _ in 0..4 {
            scene.see(&[(0.0, RED)]);
        }
        scene.see(&[]);
        assert_eq!(ids(&scene.see(&[(0.0, colour)])), []);
    }
}

#[test]
fn a_track_seen_in_the_frame_before_may_change_its_appearance() {
    for colour in [BLUE, None] {
        let mut scene = Scene::new(|_| {});
        for _ in 0..4 {
            scene.see(&[(0.0, RED)]);
        }
        assert_eq!(ids(&scene.see(&[(0.0, colour)])), [1]);
    }
}

#[test]
fn max_age_is_a_time_and_not_a_number_of_frames() {
    for (interval, frames) in [(100, 10), (250, 4), (50, 20), (1000, 1)] {
        let mut scene = Scene::new(|config| config.max_age = Duration::from_secs(1));
        for _ in 0..4 {
            scene.see(&[(0.0, RED)]);
        }
        for _ in 0..frames {
            assert_eq!(scene.after(Duration::from_millis(interval), &[]).removed, []);
        }
        let step = scene.after(Duration::from_millis(1), &[(0.0, RED)]);
        assert_eq!((step.removed, step.tracks.len()), (vec![TrackId(1)], 0));
    }
}

#[test]
fn ids_are_not_used_again() {
    let mut scene = Scene::new(|config| config.max_age = Duration::from_secs(1));
    for expected in 1..5 {
        for _ in 0..3 {
            scene.see(&[(0.0, RED)]);
        }
        assert_eq!(ids(&scene.see(&[(0.0, RED)])), [expected]);
        assert_eq!(scene.after(Duration::from_secs(2), &[]).removed, [TrackId(expected)]);
    }
}

#[test]
fn detections_below_the_least_confidence_are_not_there() {
    let mut scene = Scene::new(|config| config.min_confidence = 0.95);
    for _ in 0..5 {
        assert_eq!(scene.see(&[(0.0, RED)]), Step::default());
    }
}

#[test]
fn the_motion_over_a_missing_frame_is_the_motion_over_two() {
    let positions = [0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 70.0];
    let mut scene = Scene::new(|_| {});
    for x in &positions[..6] {
        scene.see(&[(*x, RED)]);
    }
    let step = scene.after(2 * INTERVAL, &[(70.0, RED)]);
    assert_eq!(ids(&step), [1]);
    assert!((step.tracks[0].bbox.x - 70.0).abs() < 3.0, "{:?}", step.tracks[0].bbox);
}

#[test]
fn time_that_runs_backwards_stands_still() {
    let mut scene = Scene::new(|_| {});
    for _ in 0..4 {
        scene.see(&[(0.0, RED)]);
    }
    scene.time = Duration::ZERO;
    assert_eq!(ids(&scene.after(Duration::ZERO, &[(0.0, RED)])), [1]);
    assert_eq!(ids(&scene.see(&[(0.0, RED)])), [1]);
}
