//! Feet behind something: a counter, a trolley, somebody else.

use std::time::Duration;

use footfall_track::{Bbox, Embeddings, Step, TrackId, TrackedBox};
use proptest::prelude::*;

use super::Counter;
use crate::{Config, Tally};

const HEIGHT: f64 = 150.0;

/// What is counted over a level line through y = 300, `in` downwards, of one person with their head at `top`
/// and a share `shown` of their height in the box, by frame.
fn count(rate: u32, frames: u32, person: impl Fn(u32) -> (f64, f64)) -> Tally {
    let lines = vec!["door:0,300,768,300".parse().unwrap()];
    let mut counter = Counter::new(lines, Config::default()).unwrap();
    for frame in 0..frames {
        let (top, shown) = person(frame);
        let bbox = Bbox::new(350.0, top, 60.0, HEIGHT * shown);
        let tracks = vec![TrackedBox { id: TrackId(1), bbox, confidence: 0.9, detection: 0 }];
        let step = Step { tracks, removed: Vec::new(), ..Step::default() };
        let time = frame * Duration::from_secs(1) / rate;
        let _ = counter.step(u64::from(frame) + 1, time, &step, &Embeddings::default());
    }
    let _ = counter.finish();
    counter.tallies()[0]
}

/// Whether feet are hidden in a frame, where they are for every other `period` of seconds.
fn is_hidden(frame: u32, rate: u32, period: f64) -> bool {
    (f64::from(frame) / f64::from(rate) / period) as u64 % 2 == 1
}

proptest! {
    /// Their feet at y = 340, or with hidden legs far above the line.
    #[test]
    fn who_stands_still_passes_nothing(
        rate in prop::sample::select(vec![5_u32, 10, 15, 25, 30]),
        shown in 0.4..0.65_f64,
        period in 0.8..4.5_f64,
        jitter in prop::collection::vec(-1.5..1.5_f64, 64),
        begins_hidden in any::<bool>(),
    ) {
        let person = |frame: u32| {
            let hidden = is_hidden(frame, rate, period) != begins_hidden;
            (190.0 + jitter[frame as usize % 64], if hidden { shown } else { 1.0 })
        };
        prop_assert_eq!(count(rate, 20 * rate, person), Tally::default());
    }

    /// Downwards over the line in three seconds, and their legs vanish and appear on the way.
    #[test]
    fn who_walks_passes_once(
        rate in prop::sample::select(vec![10_u32, 15, 25, 30]),
        shown in 0.4..0.65_f64,
        from in 1.0..3.0_f64,
        lasts in 0.3..2.5_f64,
    ) {
        let person = |frame: u32| {
            let time = f64::from(frame) / f64::from(rate);
            let walked = (time - 1.5).clamp(0.0, 3.0);
            (90.0 + 40.0 * walked, if (from..from + lasts).contains(&time) { shown } else { 1.0 })
        };
        prop_assert_eq!(count(rate, 7 * rate, person), Tally { entered: 1, left: 0 });
    }
}
