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

/// Somebody comes nearer, dimly first. Beside them a clear person stands, with a second box on their legs.
#[test]
fn who_becomes_clear_is_found_where_they_were_dim() {
    let mut scene = Scene::new();
    let at = |frame: u32| 300.0 - 4.0 * f64::from(frame);
    let legs = Detection { bbox: Bbox::new(600.0, 100.0, 40.0, 50.0), confidence: 0.4 };
    let mut found = Vec::new();
    for frame in 0..30 {
        let confidence = if frame < 25 { 0.4 } else { 0.9 };
        let people = [(600.0, 0.9), (at(frame), confidence)];
        let detection = |&(x, confidence): &(f64, f32)| Detection { bbox: body(x), confidence };
        let seen = people.iter().map(detection).chain([legs]).collect();
        let step = scene.tracker.step(scene.time, &Observations::without_appearance(seen)).clone();
        scene.time += INTERVAL;
        assert!(ids(&step).len() <= 2, "legs are nobody");
        found.extend(step.found.into_iter().map(|found| (frame, found)));
    }
    let [(confirmed, past)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(past.id.0, 2);
    let frames: Vec<_> = past.boxes.iter().map(|b| confirmed - b.ago as u32).collect();
    assert_eq!(frames, (0..*confirmed).collect::<Vec<_>>(), "every frame, by rising time");
    for (frame, past) in frames.iter().zip(&past.boxes) {
        assert!((past.bbox.x - at(*frame)).abs() < 4.0, "{frame}: {past:?}");
    }
}

/// Whoever was there before cannot be found: the way back ends where nobody was seen for a while.
#[test]
fn the_way_back_ends_where_nobody_was() {
    let mut scene = Scene::new();
    let mut found = Vec::new();
    for frame in 0..60 {
        let dim = !(20..40).contains(&frame);
        let people = [(600.0, 0.9), (100.0, if frame < 50 { 0.4 } else { 0.9 })];
        let step = scene.see(&people[..if dim { 2 } else { 1 }]);
        found.extend(step.found.into_iter().map(|found| frame - found.boxes[0].ago as u32));
    }
    assert_eq!(found, [40]);
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
