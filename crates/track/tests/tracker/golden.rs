//! Equality with the published algorithm, track by track.

use std::collections::BTreeMap;
use std::time::Duration;

use footfall_track::{Config, DeepSortConfig, Preset, Tracker};

use crate::crowd::{Crowd, Settings};
use crate::published::{Parameters, Published};

const FRAMES: u32 = 250;
const INTERVAL: Duration = Duration::from_millis(40);

/// Runs both over a crowd and compares every box of every frame. Ids may differ, as long as each of
/// one side always goes with the same one of the other.
fn check(settings: Settings, nn_budget: usize, seed: u64) {
    let deepsort = DeepSortConfig {
        min_confidence: 0.0,
        max_age: 20 * INTERVAL,
        nn_budget,
        ..DeepSortConfig::default()
    };
    let config = Config { frame_rate: 25.0, deepsort, ..Config::of(Preset::DeepSort) };
    let mut published = Published::new(Parameters {
        n_init: config.deepsort.n_init,
        max_age: 20,
        max_cosine_distance: f64::from(config.max_cosine_distance),
        max_iou_distance: config.deepsort.max_iou_distance,
        nn_budget,
    });
    let mut tracker = Tracker::new(config).unwrap();
    let (mut ours, mut theirs) = (BTreeMap::new(), BTreeMap::new());
    let mut boxes = 0;
    for (frame, observations) in (0..FRAMES).zip(Crowd::new(settings, seed)) {
        let expected = published.step(&observations);
        let mut tracks = tracker.step(frame * INTERVAL, &observations).tracks.clone();
        tracks.sort_by_key(|track| track.detection);
        let detections = |indices: &mut dyn Iterator<Item = usize>| indices.collect::<Vec<_>>();
        assert_eq!(
            detections(&mut tracks.iter().map(|track| track.detection)),
            detections(&mut expected.iter().map(|entry| entry.0)),
            "frame {frame}, seed {seed}"
        );
        for (track, (_, id, bbox)) in tracks.iter().zip(expected) {
            assert_eq!(*ours.entry(id).or_insert(track.id), track.id, "frame {frame}, seed {seed}");
            assert_eq!(*theirs.entry(track.id).or_insert(id), id, "frame {frame}, seed {seed}");
            let pairs = [
                (track.bbox.x, bbox.x),
                (track.bbox.y, bbox.y),
                (track.bbox.width, bbox.width),
                (track.bbox.height, bbox.height),
            ];
            assert!(pairs.iter().all(|(a, b)| (a - b).abs() < 1e-6), "{:?} is not {bbox:?}", track.bbox);
            boxes += 1;
        }
    }
    assert!(boxes > 5 * FRAMES && ours.len() > 15, "the scene is too easy to tell anything");
}

#[test]
fn a_crowd_with_appearance() {
    for seed in 0..2 {
        check(Settings::crowded(14), 100, seed);
    }
}

#[test]
fn a_crowd_with_a_short_memory_and_a_poor_detector() {
    for seed in 10..12 {
        check(Settings { missed: 0.2, false_alarms: 0.1, ..Settings::crowded(20) }, 5, seed);
    }
}

#[test]
fn a_crowd_of_whom_some_have_an_appearance() {
    for seed in 20..22 {
        check(Settings { embedded: 0.5, ..Settings::crowded(14) }, 100, seed);
    }
}

#[test]
fn a_crowd_without_appearance() {
    for seed in 30..32 {
        check(Settings { dimension: 0, ..Settings::crowded(14) }, 100, seed);
    }
}

/// With looks that hardly differ, whole groups compete for each other's detections.
#[test]
fn a_crowd_of_people_who_look_alike() {
    for seed in 40..42 {
        check(Settings { dimension: 3, ..Settings::crowded(25) }, 100, seed);
    }
}
