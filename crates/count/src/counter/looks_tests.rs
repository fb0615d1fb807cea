//! Who comes: visitors, and those who work there.

use std::time::Duration;

use footfall_track::{Embeddings, Step, TrackId};

use super::Counter;
use super::tests::{DOOR, seen};
use crate::{Config, Crossing, Employee, Reason, Staff, Tally, Visitor, VisitorConfig};

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
    let visitors = VisitorConfig { window: 1.0, ..VisitorConfig::default() };
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
    let visitors = VisitorConfig { window: 1.0, ..VisitorConfig::default() };
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
