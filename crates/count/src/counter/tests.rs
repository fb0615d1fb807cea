//! The bare rule, over tracks without a fault.

use std::time::Duration;

use footfall_track::{Bbox, Embeddings, Point, Step, TrackId, TrackedBox};
use proptest::prelude::*;

use super::Counter;
use crate::{Anchor, Config, Crossing, Direction, Line, Reason, Tally, confidence};

/// Heights of 100 pixels: the dead band reaches 10 pixels to either side.
const HEIGHT: f64 = 100.0;
/// Upwards in the middle: from left to right is `in`.
pub(super) const DOOR: &str = "door:384,576,384,0";

pub(super) fn seen(id: u64, x: f64, y: f64) -> TrackedBox {
    let bbox = Bbox::new(x - 20.0, y - HEIGHT, 40.0, HEIGHT);
    TrackedBox { id: TrackId(id), bbox, confidence: 0.9, detection: 0 }
}

pub(super) fn counter(lines: &[&str]) -> Counter {
    Counter::new(lines.iter().map(|l| l.parse().unwrap()).collect(), Config::plain()).unwrap()
}

/// One frame, at 10 a second.
pub(super) fn step(
    counter: &mut Counter,
    frame: u64,
    tracks: Vec<TrackedBox>,
    removed: Vec<TrackId>,
) -> Vec<Crossing> {
    let time = Duration::from_millis(100 * (frame - 1));
    counter.step(frame, time, &Step { tracks, removed, ..Step::default() }, &Embeddings::default())
}

/// Walks one person through `anchors`, a frame each at 10 frames a second; a `None` is a frame without a match.
fn walk(counter: &mut Counter, id: u64, anchors: &[Option<(f64, f64)>]) -> Vec<Crossing> {
    let mut crossings = Vec::new();
    for (i, anchor) in anchors.iter().enumerate() {
        let tracks: Vec<_> = anchor.iter().map(|&(x, y)| seen(id, x, y)).collect();
        crossings.extend(step(counter, i as u64 + 1, tracks, Vec::new()));
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
    step(&mut second, 1, vec![seen(1, 350.0, 300.0)], vec![]);
    assert!(step(&mut second, 2, vec![seen(2, 420.0, 300.0)], vec![]).is_empty());
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
    step(&mut counter, 1, vec![seen(1, 350.0, 300.0)], vec![]);
    step(&mut counter, 2, vec![], vec![TrackId(1)]);
    assert!(counter.people.is_empty() && counter.person_of.is_empty() && counter.newcomers.is_empty());
}

#[test]
fn numbers_that_mean_nothing_are_refused() {
    let refused = |config| Counter::new(Vec::new(), config).unwrap_err().setting;
    assert_eq!(refused(Config { dead_band: -0.1, ..Config::default() }), "dead_band");
    assert_eq!(refused(Config { dead_band: f64::NAN, ..Config::default() }), "dead_band");
    assert_eq!(refused(Config { max_gap: -1.0, ..Config::default() }), "max_gap");
    assert_eq!(refused(Config { smoothing: f64::INFINITY, ..Config::default() }), "smoothing");
    assert_eq!(refused(Config { max_cosine_distance: 2.5, ..Config::default() }), "max_cosine_distance");
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
        let mut counter = Counter::new(vec![line.clone()], Config::plain()).unwrap();
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
            let mut counter = Counter::new(vec![Line::new("door", a, b).unwrap()], Config::plain()).unwrap();
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
            crossings.extend(step(&mut together, i as u64 + 1, tracks, Vec::new()));
        }
        // That they met is told, and nothing else.
        for crossing in &mut crossings {
            crossing.reasons.retain(|&reason| reason != Reason::Crowded);
            crossing.confidence = confidence::of(&crossing.reasons);
        }
        let (ones, others): (Vec<_>, Vec<_>) = crossings.into_iter().partition(|c| c.track == TrackId(1));
        prop_assert_eq!(ones, alone(1, &first));
        prop_assert_eq!(others, alone(2, &second));
    }
}

#[test]
fn the_anchor_is_what_passes() {
    // Downwards, the feet 100 pixels below the head.
    let passed = |anchor| {
        let config = Config { anchor, ..Config::plain() };
        let mut counter = Counter::new(vec!["door:768,300,0,300".parse().unwrap()], config).unwrap();
        let down: Vec<_> = (0..40).map(|i| Some((400.0, 250.0 + 5.0 * f64::from(i)))).collect();
        walk(&mut counter, 1, &down)[0].frame
    };
    assert_eq!(Anchor::ALL.map(passed), [11, 21, 31]);
}
