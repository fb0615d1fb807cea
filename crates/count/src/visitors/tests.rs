use std::time::Duration;

use proptest::prelude::*;

use super::window::MOST;
use super::{Arrival, Visitor, VisitorConfig, Visitors};

/// A look in a plane, by its angle in degrees.
fn look(angle: f64) -> Vec<f32> {
    let (sine, cosine) = angle.to_radians().sin_cos();
    vec![cosine as f32, sine as f32]
}

const HOUR: Duration = Duration::from_hours(1);
const NOBODY: fn(u64) -> bool = |_| false;

fn visitors() -> Visitors {
    Visitors::new(VisitorConfig { window: 1.0, ..VisitorConfig::default() })
}

fn known(number: u64, coming: u64) -> Visitor {
    Visitor::Known { number, coming }
}

/// Looks of strangers, far from each other, and of one person, near: in as many dimensions as an embedding has.
fn person(seed: u64, visit: u64) -> Vec<f32> {
    let direction = |seed: u64| {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let values: Vec<f64> = (0..128)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
            })
            .collect();
        let norm = values.iter().map(|value| value * value).sum::<f64>().sqrt();
        values.into_iter().map(move |value| value / norm)
    };
    let mixed: Vec<f64> = direction(seed)
        .zip(direction(seed * 1000 + visit + 7))
        .map(|(own, noise)| own + 0.6 * noise)
        .collect();
    let norm = mixed.iter().map(|value| value * value).sum::<f64>().sqrt();
    mixed.into_iter().map(|value| (value / norm) as f32).collect()
}

#[test]
fn whoever_looks_alike_comes_again_and_others_are_new() {
    let mut visitors = visitors();
    let mut come = |person, angle, seconds| {
        visitors.come(person, Some(&look(angle)), Duration::from_secs(seconds), NOBODY).visitor
    };
    assert_eq!(come(1, 0.0, 0), known(1, 1));
    assert_eq!(come(2, 90.0, 10), known(2, 1));
    assert_eq!(come(3, 15.0, 20), known(1, 2));
    assert_eq!(come(4, 170.0, 40), known(3, 1));
    assert_eq!((Visitor::Unknown.coming(), Visitor::Unknown.number()), (1, None));
}

#[test]
fn the_window_is_counted_from_the_latest_coming() {
    let mut visitors = visitors();
    let mut come = |seconds| visitors.come(1, Some(&look(0.0)), Duration::from_secs(seconds), NOBODY).visitor;
    assert_eq!(come(0), known(1, 1));
    assert_eq!(come(3600), known(1, 2));
    assert_eq!(come(7200), known(1, 3));
    assert_eq!(come(10_801), known(2, 1));
    assert_eq!(visitors.estimate().comings, 1, "the window is over for the others");
}

#[test]
fn who_is_still_in_the_picture_is_nobody_else_and_needs_no_looks() {
    let mut visitors = visitors();
    let present = |person| person == 1;
    assert_eq!(visitors.come(1, Some(&look(0.0)), HOUR, present).visitor, known(1, 1));
    assert_eq!(visitors.come(2, Some(&look(0.0)), HOUR, present).visitor, known(2, 1));
    let again = visitors.come(1, None, HOUR, present);
    assert_eq!(again, Arrival { visitor: known(1, 2), again: Some(1.0) }, "in, out and in again");
    assert_eq!(visitors.come(3, None, HOUR, present), Arrival { visitor: Visitor::Unknown, again: None });
    assert_eq!(
        visitors.come(4, Some(&[1.0, 0.0, 0.0]), HOUR, NOBODY).visitor,
        known(3, 1),
        "another embedder"
    );
}

#[test]
fn memory_is_bounded() {
    let mut visitors =
        Visitors::new(VisitorConfig { window: 1.0, max_cosine_distance: 0.0, ..VisitorConfig::default() });
    for person in 0..MOST as u64 + 5 {
        // Nobody is compared with those who are in the picture.
        visitors.come(person, Some(&[]), Duration::ZERO, |_| true);
    }
    assert_eq!(visitors.len(), MOST);
}

/// Half of the comings are of people who came before, and their looks tell who.
#[test]
fn the_estimate_is_the_number_of_people_where_looks_tell_them_apart() {
    let mut visitors = visitors();
    for coming in 0..80_u64 {
        let (seed, visit) = (coming % 40 + 1, coming / 40);
        visitors.come(coming, Some(&person(seed, visit)), Duration::from_secs(coming), NOBODY);
    }
    let estimate = visitors.estimate();
    assert_eq!((estimate.comings, estimate.decided), (80, 40));
    assert!((estimate.different.expected - 40.0).abs() < 3.0, "{estimate:?}");
    assert!(estimate.different.low <= 40.0 && estimate.different.high >= 40.0, "{estimate:?}");
    assert!(
        (estimate.returning.expected - 0.5).abs() < 0.04 && (estimate.frequency.expected - 2.0).abs() < 0.2
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Numbers are given without holes, each begins with its first coming, and none is skipped.
    #[test]
    fn comings_are_counted_without_holes(
        comings in prop::collection::vec((0.0..360.0_f64, 0_u64..5000), 1..60)
    ) {
        let mut visitors = visitors();
        let (mut time, mut seen) = (0, std::collections::BTreeMap::new());
        for (person, (angle, gap)) in (0..).zip(comings) {
            time += gap;
            let come = visitors.come(person, Some(&look(angle)), Duration::from_secs(time), NOBODY).visitor;
            let Visitor::Known { number, coming } = come else { panic!("a look is known") };
            let next = seen.len() as u64 + 1;
            let before = seen.insert(number, coming);
            prop_assert_eq!(coming, before.unwrap_or(0) + 1);
            prop_assert!(before.is_some() || number == next);
        }
    }

    /// Whatever comes, ranges are in order, within what is possible, and what expires leaves nothing behind.
    #[test]
    fn estimates_are_possible(seeds in prop::collection::vec((1_u64..40, 0_u64..900), 1..30)) {
        let mut visitors = visitors();
        let mut time = 0;
        for (place, (seed, gap)) in (0..).zip(seeds) {
            time += gap;
            let look = person(seed, place);
            let arrival = visitors.come(place, Some(&look), Duration::from_secs(time), NOBODY);
            prop_assert!((0.0..=1.0).contains(&arrival.again.unwrap()));
            let estimate = visitors.estimate();
            let range = estimate.different;
            prop_assert!(range.low <= range.expected + 0.5 && range.expected <= range.high + 0.5);
            prop_assert!(range.low >= 1.0 && range.high <= estimate.comings as f64);
            prop_assert!(estimate.decided >= 1 && estimate.decided <= estimate.comings);
        }
        visitors.come(u64::MAX, None, Duration::from_secs(time + 4000), NOBODY);
        let estimate = visitors.estimate();
        prop_assert_eq!((estimate.comings, estimate.decided), (1, 1));
        prop_assert_eq!(estimate.different.expected, 1.0);
    }
}
