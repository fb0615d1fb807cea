//! Other settings while a tracker is at work: the same ones change nothing, others are as if it had them.

use std::time::Duration;

use footfall_track::{BestConfig, Config, DeepSortConfig, Observations, Preset, Step, Tracker};
use proptest::prelude::*;

use crate::crowd::{Crowd, Settings};

const INTERVAL: Duration = Duration::from_millis(40);
const FRAMES: usize = 60;

fn film(seed: u64) -> Vec<Observations> {
    let embedded = [1.0, 0.5][seed as usize % 2];
    Crowd::new(Settings { embedded, missed: 0.2, ..Settings::crowded(12) }, seed).take(FRAMES).collect()
}

/// All that the tracker says of the film: what it asks for, and what it makes of it. `change` comes before the
/// frame of this number.
fn tracked(
    mut tracker: Tracker,
    film: &[Observations],
    change: Option<(usize, &Config)>,
) -> Vec<(Vec<usize>, Step)> {
    let mut told = Vec::new();
    for (number, seen) in film.iter().enumerate() {
        if let Some((_, config)) = change.filter(|(at, _)| *at == number) {
            tracker.reconfigure(config.clone()).unwrap();
        }
        let time = number as u32 * INTERVAL;
        let wanted = tracker.plan(time, &seen.detections).to_vec();
        told.push((wanted, tracker.step(time, seen).clone()));
    }
    told
}

fn share() -> std::ops::RangeInclusive<f32> {
    0.0..=1.0
}

fn deepsort() -> impl Strategy<Value = DeepSortConfig> {
    (0.0_f32..0.8, 1_u32..5, 100_u64..3000, 1_usize..20, 0.3..1.0_f64).prop_map(
        |(min_confidence, n_init, max_age, nn_budget, max_iou_distance)| DeepSortConfig {
            min_confidence,
            n_init,
            max_age: Duration::from_millis(max_age),
            nn_budget,
            max_iou_distance,
        },
    )
}

fn best() -> impl Strategy<Value = BestConfig> {
    let confidences = (share(), share(), share(), share(), share());
    let scale = prop_oneof![Just(0.0_f32), 0.0_f32..0.5];
    let beginning = (scale, 1_u32..4, 0.0_f32..1.5, 100_u64..3000);
    let distances = (0.2..1.2_f64, 0.1..0.9_f64, 0.1..1.0_f64, 0.0..0.5_f64);
    let rest = (any::<bool>(), any::<bool>(), 0.0..9.0_f64, 0.5..9.0_f64, 0.0..4.0_f64, 0.5_f32..1.0);
    let looks = (prop_oneof![Just(0.0), 0.5..1.0_f64], prop_oneof![Just(0), 100_u64..4000]);
    (confidences, beginning, distances, rest, looks).prop_map(
        |(confidences, beginning, distances, rest, looks)| BestConfig {
            new_confidence: confidences.0,
            doubtful_confidence: confidences.1,
            high_confidence: confidences.2,
            low_confidence: confidences.3,
            embedding_confidence: confidences.4,
            scale_memory: beginning.0,
            n_init: beginning.1,
            evidence: beginning.2,
            max_age: Duration::from_millis(beginning.3),
            part_share: looks.0,
            look_back: Duration::from_millis(looks.1),
            max_distance: distances.0,
            max_low_distance: distances.1,
            max_tentative_distance: distances.2,
            box_buffer: distances.3,
            height_similarity: rest.0,
            camera_motion: rest.1,
            occlusion_noise: rest.2,
            size_noise: rest.3,
            appearance_weight: rest.4,
            feature_momentum: rest.5,
        },
    )
}

/// Any settings, of either preset; half of the time they are the defaults, where faults would be seen first.
fn config() -> impl Strategy<Value = Config> {
    let preset = prop_oneof![Just(Preset::DeepSort), Just(Preset::Best)];
    let own = (preset, 5.0..60.0_f64, 0.05_f32..0.8, deepsort(), best());
    let own = own.prop_map(|(preset, frame_rate, max_cosine_distance, deepsort, best)| Config {
        preset,
        frame_rate,
        max_cosine_distance,
        deepsort,
        best,
    });
    prop_oneof![own, Just(Config::of(Preset::DeepSort)), Just(Config::of(Preset::Best))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn equal_settings_change_nothing_at_any_frame(config in config(), seed in 0_u64..1000, at in 0..FRAMES) {
        let film = film(seed);
        let tracker = Tracker::new(config.clone()).unwrap();
        let without = tracked(tracker.clone(), &film, None);
        prop_assert_eq!(tracked(tracker, &film, Some((at, &config))), without);
    }

    #[test]
    fn other_settings_are_those_of_a_tracker_that_began_with_them(
        before in config(), after in config(), seed in 0_u64..1000
    ) {
        let film = film(seed);
        let after = Config { preset: before.preset, ..after };
        let changed = tracked(Tracker::new(before).unwrap(), &film, Some((0, &after)));
        prop_assert_eq!(changed, tracked(Tracker::new(after).unwrap(), &film, None));
    }

    /// A change and its taking back between two frames leave no trace; but for a smaller budget of embeddings,
    /// which has made a track forget some.
    #[test]
    fn a_change_that_is_taken_back_leaves_no_trace(
        config in config(), other in config(), seed in 0_u64..1000, at in 1..FRAMES
    ) {
        let film = film(seed);
        let nn_budget = other.deepsort.nn_budget.max(config.deepsort.nn_budget);
        let deepsort = DeepSortConfig { nn_budget, ..other.deepsort };
        let other = Config { preset: config.preset, deepsort, ..other };
        let mut tracker = Tracker::new(config.clone()).unwrap();
        let mut there_and_back = tracker.clone();
        for (number, seen) in film.iter().enumerate() {
            if number == at {
                there_and_back.reconfigure(other.clone()).unwrap();
                there_and_back.reconfigure(config.clone()).unwrap();
            }
            let time = number as u32 * INTERVAL;
            prop_assert_eq!(there_and_back.step(time, seen), tracker.step(time, seen));
        }
    }
}
