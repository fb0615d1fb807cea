//! What preset `best` adds: the second association, the moving camera, and embeddings on request.

use std::time::Duration;

use footfall_track::{Bbox, Config, Detection, Embeddings, Observations, Preset, Step, Tracker};

use crate::crowd::{Crowd, Settings};

const INTERVAL: Duration = Duration::from_millis(40);

/// A tracker at 25 frames a second, and where it is in time.
struct Scene {
    tracker: Tracker,
    time: Duration,
}

impl Scene {
    fn new() -> Self {
        let config = Config { frame_rate: 25.0, ..Config::of(Preset::Best) };
        Self { tracker: Tracker::new(config).unwrap(), time: Duration::ZERO }
    }

    /// The next frame, with people at (x, confidence).
    fn see(&mut self, people: &[(f64, f32)]) -> Step {
        let detection = |&(x, confidence): &(f64, f32)| Detection { bbox: body(x), confidence };
        let seen = Observations::without_appearance(people.iter().map(detection).collect());
        let step = self.tracker.step(self.time, &seen).clone();
        self.time += INTERVAL;
        step
    }
}

fn body(x: f64) -> Bbox {
    Bbox::new(x, 50.0, 40.0, 100.0)
}

fn ids(step: &Step) -> Vec<u64> {
    step.tracks.iter().map(|track| track.id.0).collect()
}

#[test]
fn those_of_the_first_frame_are_confirmed_at_once_and_others_later() {
    let mut scene = Scene::new();
    assert_eq!(ids(&scene.see(&[(0.0, 0.9)])), [1]);
    assert_eq!(ids(&scene.see(&[(0.0, 0.9), (300.0, 0.9)])), [1]);
    assert_eq!(ids(&scene.see(&[(0.0, 0.9), (300.0, 0.9)])), [1, 2]);
}

#[test]
fn a_weak_detection_keeps_a_track_up_but_begins_none() {
    let mut scene = Scene::new();
    scene.see(&[(0.0, 0.9), (300.0, 0.9)]);
    for _ in 0..5 {
        assert_eq!(ids(&scene.see(&[(0.0, 0.15), (300.0, 0.9), (600.0, 0.15)])), [1, 2]);
    }
}

#[test]
fn a_weak_detection_does_not_bring_a_lost_track_back() {
    let mut scene = Scene::new();
    scene.see(&[(0.0, 0.9), (300.0, 0.9)]);
    assert_eq!(ids(&scene.see(&[(300.0, 0.9)])), [2]);
    assert_eq!(ids(&scene.see(&[(0.0, 0.15), (300.0, 0.9)])), [2]);
    assert_eq!(ids(&scene.see(&[(0.0, 0.9), (300.0, 0.9)])), [1, 2]);
}

/// The detector of the second film gives half the confidence.
#[test]
fn thresholds_go_with_the_detectors_scale() {
    let mut scenes = [Scene::new(), Scene::new()];
    for frame in 0..10 {
        let x = 3.0 * f64::from(frame);
        let [strong, weak] = &mut scenes;
        let (strong, weak) = (strong.see(&[(x, 0.9), (300.0, 0.8)]), weak.see(&[(x, 0.45), (300.0, 0.4)]));
        assert_eq!((ids(&strong), ids(&strong).len()), (ids(&weak), 2));
    }
}

/// A person far away is seen by half, and a poster is taken for one now and then.
#[test]
fn the_less_certain_a_detection_is_the_more_of_them_a_track_needs() {
    let mut scene = Scene::new();
    let mut frames_until_known = |confidence: f32, x: f64| {
        scene.see(&[(0.0, 1.0)]);
        (1..20).find(|_| scene.see(&[(0.0, 1.0), (x, confidence)]).tracks.len() == 2)
    };
    assert_eq!(frames_until_known(0.95, 300.0), Some(2));
    assert_eq!(frames_until_known(0.82, 600.0), Some(3));
    assert_eq!(frames_until_known(0.75, 900.0), Some(4));
    assert_eq!(frames_until_known(0.65, 1200.0), None, "it begins no track");
}

/// Everyone jumps by a body's width, and one of them was hidden meanwhile.
#[test]
fn a_jump_of_the_camera_moves_lost_tracks_with_it() {
    let mut scene = Scene::new();
    let places = [0.0, 200.0, 400.0, 600.0, 800.0, 1000.0];
    let all = |shift: f64| places.map(|x| (x + shift, 0.9));
    for _ in 0..5 {
        scene.see(&all(0.0));
    }
    scene.see(&all(0.0)[1..]);
    assert_eq!(ids(&scene.see(&all(35.0)[1..])), [2, 3, 4, 5, 6]);
    assert_eq!(ids(&scene.see(&all(35.0))), [1, 2, 3, 4, 5, 6]);
}

/// A scattered crowd needs few embeddings once it is known, and those are enough.
#[test]
fn few_embeddings_are_asked_for_where_people_are_apart() {
    let settings = Settings { dimension: 16, missed: 0.0, false_alarms: 0.0, ..Settings::spread(10) };
    let mut tracker = Scene::new().tracker;
    let (mut asked, mut seen) = (0, 0);
    for (frame, observations) in (0..200u32).zip(Crowd::new(settings, 3)) {
        let wanted = tracker.plan(frame * INTERVAL, &observations.detections).to_vec();
        if frame == 0 {
            assert_eq!(wanted.len(), observations.detections.len(), "nobody is known yet");
        }
        let mut embeddings = Embeddings::new(16);
        for index in 0..observations.detections.len() {
            embeddings.push(observations.embeddings.get(index).filter(|_| wanted.contains(&index)));
        }
        asked += wanted.len();
        seen += observations.detections.len();
        let detections = observations.detections;
        tracker.step(frame * INTERVAL, &Observations { detections, embeddings });
    }
    assert!(5 * asked < 2 * seen, "{asked} of {seen}");
}

#[test]
fn asking_changes_nothing() {
    let film: Vec<Observations> = Crowd::new(Settings::crowded(15), 5).take(100).collect();
    let (mut asked, mut unasked) = (Scene::new().tracker, Scene::new().tracker);
    for (frame, observations) in (0u32..).zip(&film) {
        asked.plan(frame * INTERVAL, &observations.detections);
        assert_eq!(asked.step(frame * INTERVAL, observations), unasked.step(frame * INTERVAL, observations));
    }
}
