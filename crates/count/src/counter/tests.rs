use std::time::Duration;

use footfall_track::{Bbox, Embeddings, FoundPast, PastBox, Point, Step, TrackId, TrackedBox};
use proptest::prelude::*;

use super::Counter;
use crate::{
    Config, Crossing, Direction, Employee, Line, Reason, Staff, Tally, Visitor, VisitorConfig, confidence,
};

/// Heights of 100 pixels: the dead band reaches 10 pixels to either side.
const HEIGHT: f64 = 100.0;
/// Upwards in the middle: from left to right is `in`.
const DOOR: &str = "door:384,576,384,0";

fn seen(id: u64, x: f64, y: f64) -> TrackedBox {
    let bbox = Bbox::new(x - 20.0, y - HEIGHT, 40.0, HEIGHT);
    TrackedBox { id: TrackId(id), bbox, confidence: 0.9, detection: 0 }
}

fn counter(lines: &[&str]) -> Counter {
    Counter::new(lines.iter().map(|l| l.parse().unwrap()).collect(), Config::plain()).unwrap()
}

/// One frame, at 10 a second.
fn step(counter: &mut Counter, frame: u64, tracks: Vec<TrackedBox>, removed: Vec<TrackId>) -> Vec<Crossing> {
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

/// A counter with the defaults, which look past faults of tracks.
fn keen(lines: &[&str]) -> Counter {
    Counter::new(lines.iter().map(|l| l.parse().unwrap()).collect(), Config::default()).unwrap()
}

/// Steps through frames, each the people (id, x) in it, and what comes at the end.
fn film(counter: &mut Counter, frames: &[Vec<(u64, f64)>]) -> Vec<Crossing> {
    let mut crossings = Vec::new();
    for (i, people) in frames.iter().enumerate() {
        let tracks = people.iter().map(|&(id, x)| seen(id, x, 300.0)).collect();
        crossings.extend(step(counter, i as u64 + 1, tracks, Vec::new()));
    }
    crossings.extend(counter.finish());
    crossings
}

/// Someone who walks 10 pixels a frame from x = 300, by track `id_at` of the frame, unseen where it gives none.
fn walker(frames: u32, id_at: impl Fn(u32) -> Option<u64>) -> Vec<Vec<(u64, f64)>> {
    (0..frames).map(|i| id_at(i).map(|id| (id, 300.0 + 10.0 * f64::from(i))).into_iter().collect()).collect()
}

#[test]
fn a_walk_counts_the_same_with_and_without_care() {
    let walk = walker(20, |_| Some(1));
    let (careful, plain) = (film(&mut keen(&[DOOR]), &walk), film(&mut counter(&[DOOR]), &walk));
    assert_eq!(careful.len(), 1);
    let what = |c: &Crossing| (c.direction, c.frame, c.time, c.reasons.clone());
    assert_eq!(what(&careful[0]), what(&plain[0]));
    assert_eq!(careful[0].reasons, [Reason::Followed]);
    assert!(careful[0].decided > plain[0].decided);
}

#[test]
fn an_id_switch_on_the_line_neither_loses_nor_doubles() {
    for gap in [0, 3, 15] {
        let walk = walker(40, |i| match i {
            0..8 => Some(1),
            _ if i >= 8 + gap => Some(2),
            _ => None,
        });
        let crossings = film(&mut keen(&[DOOR]), &walk);
        assert_eq!(crossings.len(), 1, "{gap}");
        assert_eq!((crossings[0].direction, crossings[0].frame), (Direction::In, 10));
        assert!(crossings[0].reasons.contains(&Reason::Joined), "{gap}: {:?}", crossings[0].reasons);
        assert!(film(&mut counter(&[DOOR]), &walk).is_empty());
    }
}

#[test]
fn another_place_another_look_or_a_long_gap_is_another_person() {
    let far = |i: u32| if i < 8 { vec![(1, 300.0)] } else { vec![(2, 470.0)] };
    assert!(film(&mut keen(&[DOOR]), &(0..30).map(far).collect::<Vec<_>>()).is_empty());
    let late = walker(60, |i| match i {
        0..8 => Some(1),
        30.. => Some(2),
        _ => None,
    });
    assert!(film(&mut keen(&[DOOR]), &late).is_empty());
    let looks = |of_second: [f32; 2]| {
        let mut counter = keen(&[DOOR]);
        let mut crossings = Vec::new();
        for (i, people) in walker(20, |i| Some(if i < 8 { 1 } else { 2 })).iter().enumerate() {
            let tracks = people.iter().map(|&(id, x)| seen(id, x, 300.0)).collect();
            let mut embeddings = Embeddings::new(2);
            embeddings.push(Some(if i < 8 { &[1.0, 0.0] } else { &of_second }));
            let time = Duration::from_millis(100 * i as u64);
            crossings.extend(counter.step(
                i as u64 + 1,
                time,
                &Step { tracks, removed: vec![], ..Step::default() },
                &embeddings,
            ));
        }
        crossings.len() + counter.finish().len()
    };
    assert_eq!((looks([1.0, 0.1]), looks([0.0, 1.0])), (1, 0));
}

#[test]
fn whoever_comes_out_of_an_occlusion_has_come_from_behind_it() {
    // Someone stands at x = 395; another one comes out beside them and walks on.
    let scene = |hider: bool| -> Vec<Vec<(u64, f64)>> {
        let walk = |i: u32| (i >= 12).then(|| (2, 405.0 + 8.0 * f64::from(i - 12)));
        (0..30).map(|i| hider.then_some((1, 395.0)).into_iter().chain(walk(i)).collect()).collect()
    };
    let crossings = film(&mut keen(&[DOOR]), &scene(true));
    let [crossing] = &crossings[..] else { panic!("{crossings:?}") };
    assert_eq!((crossing.direction, crossing.track), (Direction::In, TrackId(2)));
    assert!(crossing.frame < 13 && crossing.reasons.contains(&Reason::Emerged), "{crossing:?}");
    assert!(film(&mut keen(&[DOOR]), &scene(false)).is_empty());
}

#[test]
fn who_was_seen_dimly_before_their_track_began_has_come_from_there() {
    let walk = |found: usize| {
        let mut counter = keen(&[DOOR]);
        let mut crossings = Vec::new();
        for frame in 0..30_u32 {
            let x = |frame: u32| 360.0 + 4.0 * f64::from(frame);
            let mut step = Step::default();
            if frame >= 10 {
                step.tracks = vec![seen(1, x(frame), 300.0)];
            }
            if frame == 10 {
                let past = |ago: usize| PastBox {
                    ago,
                    bbox: seen(1, x(frame - ago as u32), 300.0).bbox,
                    confidence: 0.3,
                };
                step.found = vec![FoundPast { id: TrackId(1), boxes: (1..=found).rev().map(past).collect() }];
            }
            let time = Duration::from_millis(100) * frame;
            crossings.extend(counter.step(u64::from(frame) + 1, time, &step, &Embeddings::default()));
        }
        crossings.extend(counter.finish());
        crossings
    };
    let crossings = walk(10);
    let [crossing] = &crossings[..] else { panic!("{crossings:?}") };
    assert_eq!((crossing.direction, crossing.track), (Direction::In, TrackId(1)));
    assert!(
        crossing.frame < 10 && crossing.decided > 10 && crossing.reasons.contains(&Reason::Found),
        "{crossing:?}"
    );
    assert!(walk(0).is_empty() && walk(2).is_empty(), "not seen on the near side");
}

#[test]
fn jitter_over_the_band_counts_nothing() {
    let frames: Vec<_> = (0..41).map(|i| vec![(1, if i % 2 == 0 { 370.0 } else { 397.0 })]).collect();
    assert!(film(&mut keen(&[DOOR]), &frames).is_empty());
    assert!(!film(&mut counter(&[DOOR]), &frames).is_empty());
}

#[test]
fn people_who_are_gone_are_forgotten() {
    let mut counter = keen(&[DOOR]).with_zones(vec!["z:0,0,400,0,400,500".parse().unwrap()]);
    for frame in 1..=10 {
        step(&mut counter, frame, vec![seen(1, 300.0, 300.0)], vec![]);
    }
    assert_eq!(counter.zone_tallies()[0].occupancy, 1);
    for frame in 11..60 {
        step(&mut counter, frame, vec![], if frame == 25 { vec![TrackId(1)] } else { vec![] });
    }
    assert!(counter.people.is_empty() && counter.person_of.is_empty() && counter.newcomers.is_empty());
    let visits = counter.take_visits();
    assert_eq!((visits.len(), visits[0].dwell()), (1, Duration::from_millis(900)));
    assert_eq!((counter.zone_tallies()[0].occupancy, counter.zone_tallies()[0].most), (0, 1));
}

#[test]
fn a_zone_knows_who_is_in_it_and_for_how_long() {
    let mut counter = keen(&[]).with_zones(vec!["till:350,200,450,200,450,400,350,400".parse().unwrap()]);
    film(&mut counter, &walker(30, |i| Some(if i < 9 { 1 } else { 2 })));
    let visits = counter.take_visits();
    let [visit] = &visits[..] else { panic!("{visits:?}") };
    // In from x = 370 (beyond the band of 10 pixels) until x = 470: eleven frames later.
    assert_eq!((visit.zone, visit.frame, visit.dwell()), (0, 8, Duration::from_secs(1)));
    assert_eq!((counter.zone_tallies()[0].visits, counter.zone_tallies()[0].occupancy), (1, 0));
}

/// Walks somebody who looks like this through the door, from `start` seconds on, and out of the picture.
fn come_in(counter: &mut Counter, id: u64, start: u64, look: Option<[f32; 2]>) -> Vec<Crossing> {
    let mut crossings = Vec::new();
    let step_at = |counter: &mut Counter, tenth: u64, step: &Step| {
        let mut embeddings = Embeddings::new(2);
        embeddings.push(look.as_ref().map(|look| &look[..]));
        let frame = 10 * start + tenth;
        counter.step(frame, Duration::from_millis(100 * frame), step, &embeddings)
    };
    for tenth in 0..12 {
        let tracks = vec![seen(id, 300.0 + 20.0 * tenth as f64, 300.0)];
        crossings.extend(step_at(counter, tenth, &Step { tracks, removed: Vec::new(), ..Step::default() }));
    }
    let gone = Step { removed: vec![TrackId(id)], ..Step::default() };
    crossings.extend(step_at(counter, 12, &gone));
    crossings
}

#[test]
fn visitors_who_come_in_again_are_known_within_the_window() {
    let visitors = VisitorConfig { window: 1.0, max_cosine_distance: 0.1 };
    let config = Config { visitors, ..Config::plain() };
    let mut counter = Counter::new(vec![DOOR.parse().unwrap()], config).unwrap();
    let (red, blue) = (Some([1.0, 0.0]), Some([0.0, 1.0]));
    let comings = [(1, 0, red), (2, 10, blue), (3, 20, red), (4, 30, None), (5, 4000, red)];
    let known: Vec<_> = comings
        .iter()
        .flat_map(|&(id, start, look)| come_in(&mut counter, id, start, look))
        .map(|crossing| crossing.visitor)
        .collect();
    let visitor = |number, coming| Some(Visitor::Known { number, coming });
    let expected = [visitor(1, 1), visitor(2, 1), visitor(1, 2), Some(Visitor::Unknown), visitor(3, 1)];
    assert_eq!(known, expected);

    let mut plain = Counter::new(vec![DOOR.parse().unwrap()], Config::plain()).unwrap();
    assert_eq!(come_in(&mut plain, 1, 0, red)[0].visitor, None, "nobody asked");
    let mut outwards = Counter::new(vec!["door:384,0,384,576".parse().unwrap()], config).unwrap();
    assert_eq!(come_in(&mut outwards, 1, 0, red)[0].visitor, None, "who leaves is no visitor");
}

#[test]
fn those_who_work_there_pass_uncounted_until_they_expire() {
    let employee =
        Employee { name: "Anna".into(), looks: vec![vec![1.0, 0.0]], expires: Duration::from_secs(15) };
    let visitors = VisitorConfig { window: 1.0, max_cosine_distance: 0.1 };
    let config = Config { visitors, ..Config::plain() };
    let counter = Counter::new(vec![DOOR.parse().unwrap()], config).unwrap();
    let mut counter = counter.with_staff(Staff::new(vec![employee], 0.1));
    let (anna, other) = (Some([1.0, 0.0]), Some([0.0, 1.0]));
    let comings = [(1, 0, anna), (2, 5, other), (3, 10, None), (4, 20, anna)];
    let crossings: Vec<_> =
        comings.iter().flat_map(|&(id, start, look)| come_in(&mut counter, id, start, look)).collect();
    let staff: Vec<_> = crossings.iter().map(|crossing| crossing.staff.as_deref()).collect();
    assert_eq!(staff, [Some("Anna"), None, None, None]);
    assert!(crossings[0].reasons.contains(&Reason::Staff) && !crossings[1].reasons.contains(&Reason::Staff));
    assert_eq!((crossings[0].visitor, crossings[3].visitor.unwrap().number()), (None, Some(2)));
    assert_eq!(counter.tallies(), [Tally { entered: 3, left: 0 }]);
}
