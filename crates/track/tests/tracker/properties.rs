//! What changes nothing, or changes the outcome in a known way.

use std::collections::BTreeSet;
use std::time::Duration;

use footfall_track::{
    Bbox, BestConfig, Config, DeepSortConfig, Detection, Embeddings, Observations, Preset, Step, Tracker,
};

use crate::crowd::{Crowd, Random, Settings};

const INTERVAL: Duration = Duration::from_millis(40);

const PRESETS: [Preset; 2] = [Preset::DeepSort, Preset::Best];

fn config(preset: Preset) -> Config {
    Config { frame_rate: 25.0, ..Config::of(preset) }
}

fn film(seed: u64) -> Vec<Observations> {
    let embedded = [1.0, 0.5, 0.0][seed as usize % 3];
    Crowd::new(Settings { embedded, missed: 0.15, ..Settings::crowded(15) }, seed).take(200).collect()
}

fn track(preset: Preset, film: &[Observations]) -> Vec<Step> {
    let mut tracker = Tracker::new(config(preset)).unwrap();
    (0..)
        .zip(film)
        .map(|(frame, observations)| tracker.step(frame * INTERVAL, observations).clone())
        .collect()
}

fn reorder(observations: &Observations, order: &[usize]) -> Observations {
    let embeddings = Embeddings::new(observations.embeddings.dimension());
    let mut result = Observations { detections: Vec::new(), embeddings };
    for &index in order {
        result.detections.push(observations.detections[index]);
        result.embeddings.push(observations.embeddings.get(index));
    }
    result
}

fn map_boxes(film: &[Observations], change: impl Fn(Bbox) -> Bbox) -> Vec<Observations> {
    let mut film = film.to_vec();
    for observations in &mut film {
        observations.detections.iter_mut().for_each(|detection| detection.bbox = change(detection.bbox));
    }
    film
}

#[test]
fn the_same_film_gives_the_same_tracks() {
    for preset in PRESETS {
        assert_eq!(track(preset, &film(0)), track(preset, &film(0)));
    }
}

/// Each preset with each of some seeds.
fn cases(seeds: u64) -> impl Iterator<Item = (Preset, u64)> {
    PRESETS.into_iter().flat_map(move |preset| (0..seeds).map(move |seed| (preset, seed)))
}

#[test]
fn the_order_of_detections_does_not_matter() {
    for (preset, seed) in cases(6) {
        // Whole pixels, so that detections share coordinates.
        let film = map_boxes(&film(seed), |b| {
            Bbox::new(b.x.round(), b.y.round(), b.width.round(), b.height.round())
        });
        let mut random = Random(seed);
        let orders: Vec<Vec<usize>> = film
            .iter()
            .map(|observations| {
                let mut order: Vec<usize> = (0..observations.detections.len()).collect();
                random.shuffle(&mut order);
                order
            })
            .collect();
        let shuffled: Vec<_> = film.iter().zip(&orders).map(|(frame, order)| reorder(frame, order)).collect();
        let mut steps = track(preset, &shuffled);
        for (step, order) in steps.iter_mut().zip(&orders) {
            step.tracks.iter_mut().for_each(|tracked| tracked.detection = order[tracked.detection]);
        }
        assert_eq!(steps, track(preset, &film));
    }
}

#[test]
fn people_above_each_other_are_numbered_alike_in_any_order() {
    let boxes = [(10.0, 0.5), (200.0, 0.9), (200.0, 0.4), (400.0, 0.9)];
    let seen = |&(y, confidence)| Detection { bbox: Bbox::new(50.0, y, 40.0, 100.0), confidence };
    let ids_by_box = |preset, detections: Vec<Detection>| {
        let deepsort = DeepSortConfig { n_init: 1, ..DeepSortConfig::default() };
        let best = BestConfig { n_init: 1, ..BestConfig::default() };
        let mut tracker = Tracker::new(Config { deepsort, best, ..config(preset) }).unwrap();
        let step = tracker.step(Duration::ZERO, &Observations::without_appearance(detections)).clone();
        step.tracks.iter().map(|tracked| (tracked.id, tracked.bbox, tracked.confidence)).collect::<Vec<_>>()
    };
    let forwards: Vec<Detection> = boxes.iter().map(seen).collect();
    let backwards: Vec<Detection> = forwards.iter().rev().copied().collect();
    for preset in PRESETS {
        assert_eq!(ids_by_box(preset, forwards.clone()), ids_by_box(preset, backwards.clone()));
    }
}

#[test]
fn a_picture_of_another_scale_gives_tracks_of_that_scale() {
    for (preset, seed) in cases(3) {
        let (film, scale) = (film(seed), [4.0, 0.25, 1024.0][seed as usize]);
        let resize = |b: Bbox| Bbox::new(b.x * scale, b.y * scale, b.width * scale, b.height * scale);
        let mut expected = track(preset, &film);
        for step in &mut expected {
            step.tracks.iter_mut().for_each(|tracked| tracked.bbox = resize(tracked.bbox));
            let found = step.found.iter_mut().flat_map(|found| &mut found.boxes);
            found.for_each(|past| past.bbox = resize(past.bbox));
        }
        assert_eq!(
            track(preset, &map_boxes(&film, resize)),
            expected,
            "powers of two scale without rounding"
        );
    }
}

#[test]
fn a_picture_moved_aside_gives_tracks_moved_aside() {
    for (preset, seed) in cases(3) {
        let film = film(seed);
        let shift = |b: Bbox| Bbox::new(b.x + 5000.0, b.y - 3000.0, b.width, b.height);
        let (steps, moved) = (track(preset, &film), track(preset, &map_boxes(&film, shift)));
        for (step, moved) in steps.iter().zip(moved) {
            assert_eq!(step.removed, moved.removed);
            assert_eq!(step.tracks.len(), moved.tracks.len());
            for (tracked, moved) in step.tracks.iter().zip(moved.tracks) {
                assert_eq!((tracked.id, tracked.detection), (moved.id, moved.detection));
                let (here, there) = (shift(tracked.bbox), moved.bbox);
                assert!((here.x - there.x).abs() + (here.y - there.y).abs() < 1e-6);
                assert!((here.width - there.width).abs() + (here.height - there.height).abs() < 1e-6);
            }
        }
    }
}

#[test]
fn ids_have_no_holes_rise_and_end_once() {
    for (preset, seed) in cases(6) {
        let film = film(seed);
        let (mut alive, mut last, mut ended) = (BTreeSet::new(), 0, BTreeSet::new());
        for (step, observations) in track(preset, &film).iter().zip(&film) {
            let mut detections = BTreeSet::new();
            for tracked in &step.tracks {
                if tracked.id.0 == last + 1 {
                    last += 1;
                    alive.insert(tracked.id);
                }
                assert!(alive.contains(&tracked.id), "{} appeared out of turn or again", tracked.id);
                assert!(detections.insert(tracked.detection));
                let detection = observations.detections[tracked.detection];
                assert_eq!(tracked.confidence, detection.confidence);
                assert!(tracked.bbox.iou(&detection.bbox) > 0.1);
            }
            assert!(step.tracks.is_sorted_by(|a, b| a.id < b.id) && step.removed.is_sorted());
            for id in &step.removed {
                assert!(alive.remove(id) && ended.insert(*id));
            }
        }
        assert!(last > 20 && !ended.is_empty());
    }
}
