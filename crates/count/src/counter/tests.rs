use std::time::Duration;

use footfall_track::{Bbox, Point, TrackId, TrackedBox};
use proptest::prelude::*;

use super::{Config, ConfigError, Counter};
use crate::{Crossing, Direction, Line, Tally};

/// Heights of 100 pixels: the dead band reaches 10 pixels to either side.
const HEIGHT: f64 = 100.0;

fn seen(id: u64, x: f64, y: f64) -> TrackedBox {
    let bbox = Bbox::new(x - 20.0, y - HEIGHT, 40.0, HEIGHT);
    TrackedBox { id: TrackId(id), bbox, confidence: 0.9, detection: 0 }
}

fn counter(lines: &[&str]) -> Counter {
    Counter::new(lines.iter().map(|l| l.parse().unwrap()).collect(), Config::default()).unwrap()
}

/// Walks one person through `anchors`, a frame each at 10 frames a second; a `None` is a frame without a match.
fn walk(counter: &mut Counter, id: u64, anchors: &[Option<(f64, f64)>]) -> Vec<Crossing> {
    let mut crossings = Vec::new();
    for (i, anchor) in anchors.iter().enumerate() {
        let tracks: Vec<_> = anchor.iter().map(|&(x, y)| seen(id, x, y)).collect();
        let time = Duration::from_millis(100 * i as u64);
        crossings.extend(counter.step(i as u64 + 1, time, &tracks, &[]));
    }
    crossings
}

fn along_x(xs: &[f64]) -> Vec<Option<(f64, f64)>> {
    xs.iter().map(|&x| Some((x, 300.0))).collect()
}

#[test]
fn from_left_to_right_over_a_line_drawn_upwards_is_in() {
    let mut counter = counter(&["door:384,576,384,0"]);
    let crossings = walk(&mut counter, 7, &along_x(&[350.0, 370.0, 380.0, 388.0, 392.0, 396.0, 420.0]));
    let [crossing] = &crossings[..] else { panic!("{crossings:?}") };
    assert_eq!((crossing.line, crossing.direction, crossing.track), (0, Direction::In, TrackId(7)));
    assert_eq!(
        (crossing.frame, crossing.decided),
        (4, 6),
        "dated at the side change, decided clear of the band"
    );
    assert_eq!(crossing.time, Duration::from_millis(300));
    assert_eq!((crossing.point.x, crossing.point.y), (384.0, 300.0));
    assert_eq!(counter.tallies(), [Tally { entered: 1, left: 0 }]);
}

#[test]
fn back_again_is_out() {
    let mut counter = counter(&["door:384,576,384,0"]);
    let crossings = walk(&mut counter, 1, &along_x(&[350.0, 420.0, 350.0]));
    let directions: Vec<_> = crossings.iter().map(|c| c.direction).collect();
    assert_eq!(directions, [Direction::In, Direction::Out]);
}

#[test]
fn swaying_on_the_line_counts_nothing() {
    let mut counter = counter(&["door:384,576,384,0"]);
    assert!(walk(&mut counter, 1, &along_x(&[350.0, 380.0, 390.0, 378.0, 393.0, 376.0, 350.0])).is_empty());
}

#[test]
fn whoever_appears_on_the_far_side_or_on_the_line_counts_nothing() {
    let mut first = counter(&["door:384,576,384,0"]);
    assert!(walk(&mut first, 1, &along_x(&[384.0, 386.0, 400.0, 450.0])).is_empty());
    let mut second = counter(&["door:384,576,384,0"]);
    second.step(1, Duration::ZERO, &[seen(1, 350.0, 300.0)], &[]);
    assert!(second.step(2, Duration::from_millis(100), &[seen(2, 420.0, 300.0)], &[]).is_empty());
}

#[test]
fn past_the_end_of_the_line_counts_nothing_and_changes_sides() {
    let mut counter = counter(&["door:384,576,384,400"]);
    assert!(walk(&mut counter, 1, &along_x(&[350.0, 420.0])).is_empty());
    let back: Vec<_> =
        vec![Some((350.0, 300.0)), Some((420.0, 300.0)), Some((420.0, 500.0)), Some((350.0, 500.0))];
    let crossings = walk(&mut counter, 2, &back);
    assert_eq!(crossings.len(), 1);
    assert_eq!(crossings[0].direction, Direction::Out);
}

#[test]
fn a_short_gap_is_bridged_and_the_passage_dated_inside_it() {
    let mut counter = counter(&["door:384,576,384,0"]);
    let mut anchors = along_x(&[344.0]);
    anchors.extend([None; 7]);
    anchors.push(Some((424.0, 300.0)));
    let crossings = walk(&mut counter, 1, &anchors);
    assert_eq!(crossings.len(), 1);
    assert_eq!((crossings[0].frame, crossings[0].time), (5, Duration::from_millis(400)));
}

#[test]
fn after_a_long_gap_nobody_knows() {
    let mut counter = counter(&["door:384,576,384,0"]);
    let mut anchors = along_x(&[344.0]);
    anchors.extend([None; 11]);
    anchors.extend(along_x(&[424.0, 440.0]));
    assert!(walk(&mut counter, 1, &anchors).is_empty());
}

#[test]
fn an_ended_track_is_forgotten() {
    let mut counter = counter(&["door:384,576,384,0"]);
    counter.step(1, Duration::ZERO, &[seen(1, 350.0, 300.0)], &[]);
    counter.step(2, Duration::from_millis(100), &[], &[TrackId(1)]);
    assert!(counter.walks.is_empty());
}

#[test]
fn numbers_that_mean_nothing_are_refused() {
    let build = |config| Counter::new(Vec::new(), config).unwrap_err();
    let negative = Config { dead_band: -0.1, ..Config::default() };
    assert_eq!(build(negative), ConfigError::DeadBand { value: -0.1 });
    assert!(matches!(
        build(Config { dead_band: f64::NAN, ..Config::default() }),
        ConfigError::DeadBand { .. }
    ));
    assert!(matches!(build(Config { max_gap: -1.0, ..Config::default() }), ConfigError::MaxGap { .. }));
}

fn path() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((0.0..768.0_f64, 100.0..576.0_f64), 2..40)
}

proptest! {
    /// A line from edge to edge of the world cannot be walked around: in minus out is the
    /// difference between the last and the first side taken.
    #[test]
    fn net_count_is_the_change_of_sides(path in path(), x in 100.0..600.0_f64) {
        let line = Line::new("door", Point::new(x, 1e4), Point::new(x, -1e4)).unwrap();
        let mut counter = Counter::new(vec![line.clone()], Config::default()).unwrap();
        walk(&mut counter, 1, &path.iter().map(|&p| Some(p)).collect::<Vec<_>>());
        let sides: Vec<f64> = path.iter().map(|&(px, py)| line.signed_distance(Point::new(px, py)))
            .filter(|d| d.abs() > 0.1 * HEIGHT).map(f64::signum).collect();
        let change = sides.last().zip(sides.first()).map_or(0.0, |(last, first)| (last - first) / 2.0);
        let tally = counter.tallies()[0];
        prop_assert_eq!(tally.entered as f64 - tally.left as f64, change);
    }

    /// The same walk over the line with its ends exchanged counts the same with in and out exchanged.
    #[test]
    fn a_turned_line_swaps_in_and_out(path in path(), ends in (0.0..768.0_f64, 0.0..576.0_f64, 0.0..768.0_f64, 0.0..576.0_f64)) {
        let (a, b) = (Point::new(ends.0, ends.1), Point::new(ends.2, ends.3));
        prop_assume!(a != b);
        let anchors: Vec<_> = path.iter().map(|&p| Some(p)).collect();
        let tally = |a, b| {
            let mut counter = Counter::new(vec![Line::new("door", a, b).unwrap()], Config::default()).unwrap();
            walk(&mut counter, 1, &anchors);
            counter.tallies()[0]
        };
        let (there, back) = (tally(a, b), tally(b, a));
        prop_assert_eq!((there.entered, there.left), (back.left, back.entered));
    }

    /// Every crossing lies on its line, between its ends, and not after the frame that decided it.
    #[test]
    fn crossings_lie_on_the_line(path in path()) {
        let mut counter = counter(&["door:384,576,384,200"]);
        for crossing in walk(&mut counter, 1, &path.iter().map(|&p| Some(p)).collect::<Vec<_>>()) {
            prop_assert!((crossing.point.x - 384.0).abs() < 1e-6);
            prop_assert!((200.0..=576.0).contains(&crossing.point.y));
            prop_assert!(crossing.frame <= crossing.decided);
        }
    }

    /// Other people's tracks change nothing about one's own crossings.
    #[test]
    fn people_are_counted_independently(first in path(), second in path()) {
        let alone = |id, path: &[(f64, f64)]| {
            walk(&mut counter(&["door:384,576,384,100"]), id, &path.iter().map(|&p| Some(p)).collect::<Vec<_>>())
        };
        let mut together = counter(&["door:384,576,384,100"]);
        let mut crossings = Vec::new();
        for i in 0..first.len().max(second.len()) {
            let one = first.get(i).map(|&(x, y)| seen(1, x, y));
            let other = second.get(i).map(|&(x, y)| seen(2, x, y));
            let tracks: Vec<_> = one.into_iter().chain(other).collect();
            crossings.extend(together.step(i as u64 + 1, Duration::from_millis(100 * i as u64), &tracks, &[]));
        }
        let (ones, others): (Vec<_>, Vec<_>) = crossings.into_iter().partition(|c| c.track == TrackId(1));
        prop_assert_eq!(ones, alone(1, &first));
        prop_assert_eq!(others, alone(2, &second));
    }
}
