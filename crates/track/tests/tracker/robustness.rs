//! Any input whatever, and much of it.

use std::time::Duration;

use footfall_track::{
    Bbox, BestConfig, Config, DeepSortConfig, Detection, Embeddings, Observations, Preset, Step, Tracker,
};
use proptest::prelude::*;

use crate::crowd::{Crowd, Settings};

fn number() -> impl Strategy<Value = f64> {
    let special = prop::sample::select(vec![
        0.0,
        -0.0,
        1e-300,
        1e300,
        -1e300,
        f64::MAX,
        1e9,
        1e-6,
        f64::NAN,
        f64::INFINITY,
    ]);
    prop_oneof![6 => -50.0..500.0, 2 => -1e9..1e9, 1 => special, 1 => any::<f64>()]
}

fn detection() -> impl Strategy<Value = Detection> {
    let confidence = prop_oneof![8 => 0.3f32..1.0, 1 => any::<f32>()];
    (number(), number(), number(), number(), confidence).prop_map(|(x, y, width, height, confidence)| {
        Detection { bbox: Bbox::new(x, y, width, height), confidence }
    })
}

fn embedding() -> impl Strategy<Value = Option<Vec<f32>>> {
    let value = prop_oneof![8 => -1.0f32..1.0, 1 => any::<f32>()];
    prop::option::weighted(0.8, prop::collection::vec(value, 1..4))
}

fn observations() -> impl Strategy<Value = Observations> {
    let seen = (detection(), embedding());
    (prop::collection::vec(seen, 0..12), 0usize..4, 0usize..3).prop_map(|(seen, dimension, unembedded)| {
        let mut embeddings = Embeddings::new(dimension);
        for (_, embedding) in seen.iter().skip(unembedded) {
            embeddings.push(embedding.as_deref());
        }
        Observations { detections: seen.into_iter().map(|(detection, _)| detection).collect(), embeddings }
    })
}

fn assert_sound(step: &Step, observations: &Observations) {
    for tracked in &step.tracks {
        let Bbox { x, y, width, height } = tracked.bbox;
        assert!([x, y, width, height].iter().all(|value| value.is_finite()), "{tracked:?}");
        assert_eq!(tracked.confidence, observations.detections[tracked.detection].confidence);
    }
    assert!(step.tracks.is_sorted_by(|a, b| a.id < b.id));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_input_gives_finite_boxes(
        frames in prop::collection::vec((observations(), 1u32..4, prop_oneof![3 => 0u64..100, 1 => any::<u64>()]), 1..20),
        n_init in 1u32..4,
        max_age in prop_oneof![0.1..3.0, 1.0..1e18],
        frame_rate in prop_oneof![1.0..100.0, 1e-3..1e6],
        nn_budget in 1usize..5,
        preset in prop::sample::select(vec![Preset::DeepSort, Preset::Best]),
    ) {
        let max_age = Duration::from_secs_f64(max_age);
        let deepsort = DeepSortConfig { n_init, max_age, nn_budget, ..DeepSortConfig::default() };
        let best = BestConfig { n_init, max_age, ..BestConfig::default() };
        let config = Config { preset, frame_rate, deepsort, best, ..Config::default() };
        let mut tracker = Tracker::new(config).unwrap();
        for (observations, repeats, milliseconds) in frames {
            for repeat in 0..repeats {
                let time = Duration::from_millis(milliseconds.saturating_add(u64::from(repeat) * 40));
                let wanted = tracker.plan(time, &observations.detections);
                assert!(wanted.is_sorted_by(|a, b| a < b));
                assert!(wanted.iter().all(|&index| index < observations.detections.len()));
                assert_sound(tracker.step(time, &observations), &observations);
            }
        }
    }
}

#[test]
fn a_long_run() {
    for preset in [Preset::DeepSort, Preset::Best] {
        run_long(preset);
    }
}

fn run_long(preset: Preset) {
    let mut tracker = Tracker::new(Config::of(preset)).unwrap();
    let settings =
        Settings { missed: 0.2, false_alarms: 0.2, embedded: 0.7, dimension: 8, ..Settings::crowded(10) };
    let mut last = 0;
    for (frame, observations) in (0..20_000u32).zip(Crowd::new(settings, 1)) {
        let step = tracker.step(frame * Duration::from_millis(33), &observations);
        assert_sound(step, &observations);
        last = step.tracks.iter().map(|tracked| tracked.id.0).fold(last, u64::max);
    }
    assert!(last > 500);
}
